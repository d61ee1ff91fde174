//! One fit serves suggestions, the model and what is still to be gained; and it changes none of them.

use matdock_plan::{Lesson, Observation, Planner, Settings, Status, Value};

use crate::{minimise, observation, plane};

/// A bowl; with `decades` its outcome spreads over many.
fn readings(decades: bool) -> Vec<Observation> {
    let place = |i: u32| [(f64::from(i) * 0.618).fract(), (f64::from(i) * 0.755).fract()];
    let read = |i: u32| {
        let [a, b] = place(i);
        let bowl = (a - 0.3).powi(2) + (b - 0.6).powi(2);
        observation(vec![Value::Number(a), Value::Number(b)], if decades { (9.0 * bowl).exp() } else { bowl })
    };
    (1..16).map(read).collect()
}

#[test]
fn a_lesson_gives_what_each_question_alone_gives() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    for observed in [readings(false), readings(true)] {
        let lesson = Lesson::new(observed.clone());
        let together = planner.suggest_from(&lesson, &[], 3, 7).unwrap();
        assert_eq!(together, planner.suggest(&observed, &[], 3, 7).unwrap());
        assert_eq!(planner.remaining_from(&lesson, 1).unwrap(), planner.remaining(&observed, 1).unwrap());
        let point = &together[0].point;
        let alone = planner.model(&observed, 1).unwrap();
        assert_eq!(planner.model_from(&lesson, 1).unwrap().predict(point), alone.predict(point));
    }
}

#[test]
fn how_a_fit_and_a_search_ended_is_told() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let lesson = Lesson::new(readings(false));
    let suggestion = planner.suggest_from(&lesson, &[], 1, 7).unwrap().remove(0);
    assert!(suggestion.search.is_some_and(|ended| ended <= Status::Exhausted), "{:?}", suggestion.search);
    let fitting = planner.model_from(&lesson, 7).unwrap().fitting(0).unwrap();
    assert_eq!((fitting.readings, fitting.kept), (15, None));
    assert!(fitting.search.is_some_and(|ended| ended <= Status::Exhausted), "{fitting:?}");
    // The first experiments are searched for by nobody.
    assert_eq!(planner.suggest(&[], &[], 1, 7).unwrap()[0].search, None);
}

#[test]
fn equal_readings_over_ranges_lead_to_where_nothing_was_tried() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let corner = |i: u32| vec![Value::Number(0.1 * f64::from(i)), Value::Number(0.1 * f64::from(i * i % 5))];
    let observed: Vec<Observation> = (0..6).map(|i| observation(corner(i), 3.0)).collect();
    let suggestion = planner.suggest(&observed, &[], 1, 7).unwrap().remove(0);
    assert!(suggestion.nearest.unwrap().1 > 0.25, "{suggestion:?}");
}
