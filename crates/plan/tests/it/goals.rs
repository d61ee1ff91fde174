//! Laws that hold for any goal: several objectives added up or as a front, windows, bounds, whatever was measured.

use matdock_plan::{
    Bound, Combine, Direction, Goal, Measured, Objective, Observation, Parameter, ParameterKind, Planner, Pool,
    Settings, Space, Value,
};
use proptest::prelude::*;

use crate::{continuous, numbers};

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![
        Just(Direction::Minimise),
        Just(Direction::Maximise),
        (-5.0..5.0f64).prop_map(Direction::Target),
        (-5.0..5.0f64, 0.0..3.0f64).prop_map(|(low, width)| Direction::Window { low, high: low + width }),
    ]
}

/// Up to four objectives on the outcomes y0, y1 ..., and perhaps a bound on one of them or on another outcome.
fn goal() -> impl Strategy<Value = Goal> {
    let objective = (direction(), 0.1..10.0f64, prop::option::of(0.1..20.0f64));
    let bound = (0..5usize, -10.0..10.0f64, prop::bool::ANY);
    (prop::collection::vec(objective, 1..5), prop::option::of(bound), prop::bool::ANY).prop_map(
        |(objectives, bound, front)| {
            let named = |(number, (direction, weight, reference))| Objective {
                outcome: format!("y{number}"),
                direction,
                weight,
                scale: None,
                reference,
            };
            let bound = bound.map(|(number, at, low)| Bound {
                outcome: format!("y{number}"),
                low: low.then_some(at),
                high: (!low).then_some(at),
            });
            Goal {
                objectives: objectives.into_iter().enumerate().map(named).collect(),
                combine: if front { Combine::Pareto } else { Combine::Sum },
                bounds: bound.into_iter().collect(),
                stages: Vec::new(),
            }
        },
    )
}

fn measured() -> impl Strategy<Value = Measured> {
    prop_oneof![
        8 => (-10.0..10.0f64).prop_map(Measured::Value),
        1 => Just(Measured::Value(3.0)),
        1 => (-1e9..1e9f64).prop_map(Measured::Value),
        1 => (-10.0..10.0f64).prop_map(Measured::Below),
        1 => (-10.0..10.0f64).prop_map(Measured::Above),
        1 => Just(Measured::Missing),
    ]
}

fn space(pool: bool) -> Space {
    let levels = ["x", "y"].map(str::to_owned).to_vec();
    let choice = Parameter {
        name: "c".into(),
        unit: String::new(),
        kind: ParameterKind::Categorical { levels: levels.clone() },
    };
    let columns = vec![continuous("a", 0.0, 1.0), choice];
    if !pool {
        return Space::ranges(columns).unwrap();
    }
    let rows =
        (0..30).map(|i| vec![Value::Number(f64::from(i % 15) / 14.0), Value::Level(levels[i as usize / 15].clone())]);
    Space::Pool(Pool::new(columns, rows.collect(), vec![]).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_goal_with_any_history_gives_suggestions_in_the_space(
        goal in goal(),
        pool in prop::bool::ANY,
        results in prop::collection::vec((prop::collection::vec(measured(), 5), prop::bool::weighted(0.15)), 0..10),
        count in 1..4usize,
    ) {
        let space = space(pool);
        let planner = Planner::new(space.clone(), goal.clone(), Settings { initial: 2, ..Settings::default() }).unwrap();
        let mut observed: Vec<Observation> = Vec::new();
        for (number, (values, failed)) in results.into_iter().enumerate() {
            let suggestion = planner.suggest(&observed, &[], 1, number as u64).unwrap().remove(0);
            let outcomes = values.into_iter().take(goal.outcomes().len()).collect();
            observed.push(Observation { point: suggestion.point, row: suggestion.row, outcomes, failed });
        }
        for suggestion in planner.suggest(&observed, &[], count, 99).unwrap() {
            prop_assert!(space.contains(&suggestion.point), "{:?}", suggestion.point);
            prop_assert!(suggestion.score.is_finite());
            prop_assert!((0.0..=1.0).contains(&suggestion.exploration));
        }
        if let Ok(model) = planner.model(&observed, 0) {
            let front = model.front();
            prop_assert!(front.is_none() || goal.is_front());
            if let Some(front) = front {
                prop_assert!(front.reference.iter().all(|r| r.is_finite()));
                prop_assert!(!front.measured.is_empty() && !front.believed.is_empty());
                prop_assert!(front.hypervolume.windows(2).all(|pair| pair[0] <= pair[1] * (1.0 + 1e-9)));
            }
        }
        if let Some(remaining) = planner.remaining(&observed, 0).unwrap() {
            prop_assert!(remaining.expected.is_finite() && remaining.low <= remaining.high);
        }
    }
}
/// Two objectives that pull apart: the front is the line between (0.2, 0.5) and (0.8, 0.5).
#[test]
fn a_front_is_covered_from_end_to_end() {
    let objective = |outcome: &str| Objective {
        outcome: outcome.into(),
        direction: Direction::Minimise,
        weight: 1.0,
        scale: None,
        reference: None,
    };
    let goal = Goal {
        objectives: vec![objective("left"), objective("right")],
        combine: Combine::Pareto,
        bounds: Vec::new(),
        stages: Vec::new(),
    };
    let planner = Planner::new(crate::plane(), goal, Settings::default()).unwrap();
    let mut observed = Vec::new();
    let distance = |x: &[f64], a: f64| ((x[0] - a).powi(2) + (x[1] - 0.5).powi(2)).sqrt();
    for number in 0..22 {
        let suggestion = planner.suggest(&observed, &[], 1, number).unwrap().remove(0);
        let x = numbers(&suggestion.point);
        let outcomes = vec![Measured::Value(distance(&x, 0.2)), Measured::Value(distance(&x, 0.8))];
        observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: false });
    }
    let front = planner.model(&observed, 0).unwrap().front().unwrap();
    let mut along: Vec<f64> = front.measured.iter().map(|&index| numbers(&observed[index].point)[0]).collect();
    along.sort_by(f64::total_cmp);
    assert!(along[0] < 0.27 && along[along.len() - 1] > 0.73, "{along:?}");
    assert!(along.windows(2).all(|pair| pair[1] - pair[0] < 0.2), "{along:?}");
    let remaining = planner.remaining(&observed, 0).unwrap().unwrap();
    assert!(remaining.expected < 0.1, "{remaining:?}");
}

#[test]
fn a_batch_for_a_front_is_spread_along_it() {
    let objective = |outcome: &str| Objective {
        outcome: outcome.into(),
        direction: Direction::Maximise,
        weight: 1.0,
        scale: None,
        reference: Some(-1.0),
    };
    let goal = Goal {
        objectives: vec![objective("up"), objective("down")],
        combine: Combine::Pareto,
        bounds: vec![],
        stages: Vec::new(),
    };
    let space = Space::ranges(vec![continuous("a", 0.0, 1.0)]).unwrap();
    let planner = Planner::new(space, goal, Settings::default()).unwrap();
    let observed: Vec<Observation> = [0.0, 0.3, 0.5, 0.7, 1.0]
        .map(|x: f64| Observation {
            point: vec![Value::Number(x)],
            row: None,
            outcomes: vec![Measured::Value(x * x), Measured::Value((1.0 - x).powi(2))],
            failed: false,
        })
        .to_vec();
    let batch = planner.suggest(&observed, &[], 4, 1).unwrap();
    let places: Vec<f64> = batch.iter().map(|s| numbers(&s.point)[0]).collect();
    for (index, x) in places.iter().enumerate() {
        assert!(places[..index].iter().all(|other| (x - other).abs() > 0.03), "{places:?}");
    }
}

#[test]
fn a_dear_setting_is_changed_less_often_but_still_found() {
    let dear = |costs: Option<matdock_plan::Costs>| {
        let planner = Planner::new(crate::plane(), crate::minimise(), Settings::default()).unwrap();
        let planner = match costs {
            Some(costs) => planner.with_costs(costs),
            None => planner,
        };
        let mut observed: Vec<Observation> = Vec::new();
        for number in 0..16 {
            let suggestion = planner.suggest(&observed, &[], 1, number).unwrap().remove(0);
            let x = numbers(&suggestion.point);
            observed.push(crate::observation(suggestion.point, (x[0] - 0.3).powi(2) + (x[1] - 0.7).powi(2)));
        }
        let changes = observed.windows(2).filter(|pair| pair[0].point[0] != pair[1].point[0]).count();
        let value = |o: &Observation| match o.outcomes[0] {
            Measured::Value(value) => value,
            _ => f64::INFINITY,
        };
        (changes, observed.iter().map(value).fold(f64::INFINITY, f64::min))
    };
    let (free, _) = dear(None);
    let costs = matdock_plan::Costs { experiment: 1.0, changes: vec![20.0, 0.0], left: Some(0.8), limits: Vec::new() };
    let (paid, best) = dear(Some(costs));
    assert!(paid < free, "{paid} changes against {free}");
    assert!(best < 0.02, "{best}");
}

#[test]
fn an_initial_experiment_keeps_a_setting_that_what_is_left_cannot_change() {
    let levels = |name: &str| Parameter {
        name: name.into(),
        unit: String::new(),
        kind: ParameterKind::Categorical { levels: ["x", "y", "z"].map(str::to_owned).to_vec() },
    };
    let limit = matdock_plan::Limit { experiment: 1.0, changes: vec![20.0, 0.0], left: 5.0 };
    let costs = matdock_plan::Costs { experiment: 1.0, changes: vec![20.0, 0.0], left: Some(0.2), limits: vec![limit] };
    let before = vec![Value::Level("x".into()), Value::Number(0.5)];
    let rows = (0..9).map(|i| vec![Value::Level(["x", "y", "z"][i % 3].into()), Value::Number(i as f64 / 8.0)]);
    let ranges = Space::ranges(vec![levels("target"), continuous("heat", 0.0, 1.0)]).unwrap();
    let pool = Space::Pool(
        Pool::new(vec![levels("target"), continuous("heat", 0.0, 1.0)], rows.collect(), Vec::new()).unwrap(),
    );
    for space in [ranges, pool] {
        let planner = Planner::new(space, Goal::single("y", Direction::Minimise), Settings::default()).unwrap();
        let planner = planner.with_costs(costs.clone());
        for seed in 0..5 {
            let observed = [crate::observation(before.clone(), 1.0)];
            let suggestion = planner.suggest(&observed, &[], 1, seed).unwrap().remove(0);
            assert_eq!(suggestion.point[0], before[0]);
        }
    }
}
