//! Situations a laboratory gets into.

use matdock_plan::{
    Bound, Combine, Direction, Goal, Measured, Objective, Observation, Parameter, ParameterKind, Planner, Pool,
    Purpose, Scale, Settings, Space, Value,
};

use crate::{continuous, minimise, numbers, observation, plane};

fn at(a: f64, b: f64) -> Vec<Value> {
    vec![Value::Number(a), Value::Number(b)]
}

fn grid(side: usize) -> Vec<(f64, f64)> {
    let step = 1.0 / (side - 1) as f64;
    (0..side * side).map(|i| ((i % side) as f64 * step, (i / side) as f64 * step)).collect()
}

#[test]
fn the_first_experiments_are_spread_and_say_so() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let suggestions = planner.suggest(&[], &[], 5, 7).unwrap();
    assert_eq!(suggestions.len(), 5);
    assert!(suggestions.iter().all(|s| s.purpose == Purpose::Initial && s.predicted.is_empty()));
    for half in [0, 1] {
        let below = suggestions.iter().filter(|s| numbers(&s.point)[half] < 0.5).count();
        assert!((1..=4).contains(&below));
    }
}

#[test]
fn when_everything_failed_it_goes_elsewhere() {
    let planner = Planner::new(plane(), minimise(), Settings { initial: 2, ..Settings::default() }).unwrap();
    let observed: Vec<Observation> = [(0.1, 0.1), (0.2, 0.1), (0.1, 0.3)]
        .map(|(a, b)| Observation { point: at(a, b), row: None, outcomes: vec![Measured::Missing], failed: true })
        .to_vec();
    let suggestion = planner.suggest(&observed, &[], 1, 1).unwrap().remove(0);
    assert_eq!(suggestion.purpose, Purpose::Explore);
    assert!(suggestion.nearest.unwrap().1 > 0.5);
    assert_eq!(planner.model(&observed, 1).unwrap_err().id(), "plan-model-empty");
}

#[test]
fn failures_lower_the_chance_of_their_like() {
    // The better b, the likelier a failure: everything above 0.6 fails.
    let planner = Planner::new(plane(), Goal::single("y", Direction::Maximise), Settings::default()).unwrap();
    let observed: Vec<Observation> = grid(5)
        .into_iter()
        .map(|(a, b)| {
            let failed = b > 0.6;
            let outcome = if failed { Measured::Missing } else { Measured::Value(b) };
            Observation { point: at(a, b), row: None, outcomes: vec![outcome], failed }
        })
        .collect();
    let model = planner.model(&observed, 0).unwrap();
    assert!(model.success(&at(0.5, 0.9)).unwrap() < 0.3);
    assert!(model.success(&at(0.5, 0.2)).unwrap() > 0.7);
    let suggestion = planner.suggest(&observed, &[], 1, 0).unwrap().remove(0);
    assert!(numbers(&suggestion.point)[1] < 0.85, "{suggestion:?}");
}

#[test]
fn equal_values_and_any_scale_give_finite_suggestions() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    for scale in [0.0, 1e-12, 1.0, 1e12] {
        let observed: Vec<Observation> = grid(3).into_iter().map(|(a, b)| observation(at(a, b), scale)).collect();
        for suggestion in planner.suggest(&observed, &[], 2, 5).unwrap() {
            assert!(suggestion.score.is_finite() && suggestion.exploration.is_finite());
            assert!(suggestion.predicted.iter().all(|p| p.mean.is_finite() && p.low <= p.high));
        }
    }
}

#[test]
fn a_target_is_hit() {
    let planner = Planner::new(plane(), Goal::single("y", Direction::Target(0.7)), Settings::default()).unwrap();
    let mut observed: Vec<Observation> = Vec::new();
    for number in 0..14 {
        let point = planner.suggest(&observed, &[], 1, number).unwrap().remove(0).point;
        let x = numbers(&point);
        observed.push(observation(point, x[0] * x[0] + 0.5 * x[1]));
    }
    let nearest = observed.iter().map(|o| match o.outcomes[0] {
        Measured::Value(y) => (y - 0.7).abs(),
        _ => f64::INFINITY,
    });
    assert!(nearest.fold(f64::INFINITY, f64::min) < 0.01);
}

#[test]
fn several_objectives_and_a_bound() {
    // y rises with a, cost with a too: the bound on cost decides; z pulls b to 0.3.
    let objective = |outcome: &str, direction| Objective {
        outcome: outcome.into(),
        direction,
        weight: 1.0,
        scale: None,
        reference: None,
    };
    let goal = Goal {
        objectives: vec![objective("y", Direction::Maximise), objective("z", Direction::Target(0.3))],
        combine: Combine::Sum,
        bounds: vec![Bound { outcome: "cost".into(), low: None, high: Some(0.5) }],
        stages: Vec::new(),
    };
    assert_eq!(goal.outcomes(), ["y", "z", "cost"]);
    let planner = Planner::new(plane(), goal, Settings::default()).unwrap();
    let mut observed: Vec<Observation> = Vec::new();
    for number in 0..18 {
        let point = planner.suggest(&observed, &[], 1, number).unwrap().remove(0).point;
        let x = numbers(&point);
        let outcomes = vec![Measured::Value(x[0]), Measured::Value(x[1]), Measured::Value(x[0] * x[0])];
        observed.push(Observation { point, row: None, outcomes, failed: false });
    }
    let model = planner.model(&observed, 0).unwrap();
    let best = numbers(&observed[model.best_observed().unwrap()].point);
    assert!((best[0] - 0.5f64.sqrt()).abs() < 0.05 && (best[1] - 0.3).abs() < 0.05, "{best:?}");
}

#[test]
fn censored_values_guide_without_being_numbers() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let observed: Vec<Observation> = grid(4)
        .into_iter()
        .map(|(a, b)| {
            let y = a + 0.1 * b;
            let measured = if y < 0.5 { Measured::Below(0.5) } else { Measured::Value(y) };
            Observation { point: at(a, b), row: None, outcomes: vec![measured], failed: false }
        })
        .collect();
    let model = planner.model(&observed, 0).unwrap();
    assert!(model.predict(&at(0.05, 0.5)).unwrap()[0].mean < 0.5);
    let suggestion = planner.suggest(&observed, &[], 1, 0).unwrap().remove(0);
    assert!(numbers(&suggestion.point)[0] < 0.5);
}

#[test]
fn a_model_for_reports() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let observed: Vec<Observation> =
        grid(4).into_iter().map(|(a, b)| observation(at(a, b), (a - 0.3).powi(2) + b)).collect();
    let model = planner.model(&observed, 0).unwrap();
    let slice = model.slice(&at(0.3, 0.0), 0, 11).unwrap();
    assert_eq!((slice.parameter.as_str(), slice.settings.len()), ("a", 11));
    for (setting, predicted) in slice.settings.iter().zip(&slice.predicted) {
        let truth = (setting.number().unwrap() - 0.3).powi(2);
        assert!((predicted[0].mean - truth).abs() < 0.06, "{setting:?} {predicted:?}");
    }
    assert_eq!(model.best_observed(), Some(1));
    assert!(
        model
            .leave_one_out(0)
            .iter()
            .filter(|l| l.predicted.low <= l.measured && l.measured <= l.predicted.high)
            .count()
            >= 12
    );
    assert_eq!(model.slice(&at(0.3, 0.0), 9, 11).unwrap_err().id(), "plan-point-width");
}

#[test]
fn a_small_space_runs_out_with_a_clear_word() {
    let colours = Parameter {
        name: "colour".into(),
        unit: String::new(),
        kind: ParameterKind::Categorical { levels: vec!["red".into(), "blue".into()] },
    };
    let planner = Planner::new(Space::ranges(vec![colours]).unwrap(), minimise(), Settings::default()).unwrap();
    let all = planner.suggest(&[], &[], 9, 0).unwrap();
    assert_eq!(all.len(), 2);
    let pending: Vec<_> = all.into_iter().map(|s| s.point).collect();
    assert_eq!(planner.suggest(&[], &pending, 1, 0).unwrap_err().id(), "plan-nothing-left");
}

#[test]
fn bad_spaces_goals_and_observations_are_named() {
    let number = |kind| Space::ranges(vec![Parameter { name: "p".into(), unit: String::new(), kind }]);
    let range = |low, high, scale, step| number(ParameterKind::Continuous { low, high, scale, step });
    let id = |result: Result<Space, matdock_message::Message>| result.unwrap_err().id();
    assert_eq!(id(range(1.0, 0.0, Scale::Linear, None)), "plan-parameter-range");
    assert_eq!(id(range(f64::NAN, 1.0, Scale::Linear, None)), "plan-parameter-range");
    assert_eq!(id(range(0.0, 1.0, Scale::Log, None)), "plan-parameter-log");
    assert_eq!(id(range(0.0, 1.0, Scale::Linear, Some(2.0))), "plan-parameter-step");
    assert_eq!(id(number(ParameterKind::Ordinal { levels: vec![1.0, 1.0] })), "plan-parameter-level-twice");
    assert_eq!(id(number(ParameterKind::Categorical { levels: vec![] })), "plan-parameter-no-levels");
    assert_eq!(id(Space::ranges(vec![])), "plan-space-empty");
    let twice = vec![continuous("a", 0.0, 1.0), continuous("a", 0.0, 1.0)];
    assert_eq!(id(Space::ranges(twice)), "plan-parameter-twice");

    let columns = || vec![continuous("a", 0.0, 1.0)];
    let rows = |values: &[f64]| values.iter().map(|v| vec![Value::Number(*v)]).collect::<Vec<_>>();
    let pool = |values: &[f64]| Pool::new(columns(), rows(values), vec![]).unwrap_err();
    assert_eq!(pool(&[0.1]).id(), "plan-pool-small");
    assert_eq!(pool(&[0.1, f64::NAN]).id(), "plan-pool-cell");
    assert_eq!(
        pool(&[0.1, 0.2, 0.1]).to_string(),
        "rows 1 and 3 of the pool have the same settings; keep one or average them"
    );

    let empty = Goal { objectives: vec![], combine: Combine::Sum, bounds: vec![], stages: Vec::new() };
    assert_eq!(Planner::new(plane(), empty, Settings::default()).unwrap_err().id(), "plan-goal-empty");
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let broken = [observation(at(0.0, f64::INFINITY), 1.0), observation(at(0.0, 0.0), f64::NAN)];
    for one in broken {
        assert_eq!(planner.suggest(&[one], &[], 1, 0).unwrap_err().id(), "plan-observation");
    }
    assert_eq!(planner.suggest(&[], &[vec![]], 1, 0).unwrap_err().id(), "plan-pending");
}

#[test]
fn what_is_still_to_be_gained_shrinks_as_the_space_is_known() {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let bowl = |a: f64, b: f64| (a - 0.4).powi(2) + (b - 0.6).powi(2);
    let grid = |count: usize| {
        let unit = move |i: usize| i as f64 / (count as f64 - 1.0);
        let all = (0..count * count).map(|i| (unit(i % count), unit(i / count)));
        all.map(|(a, b)| observation(at(a, b), bowl(a, b))).collect::<Vec<_>>()
    };
    assert!(planner.remaining(&grid(2), 1).unwrap().is_none());
    let equal: Vec<_> = grid(7).into_iter().map(|one| observation(one.point, 1.0)).collect();
    assert!(planner.remaining(&equal, 1).unwrap().is_none());
    let few = planner.remaining(&grid(3), 1).unwrap().unwrap();
    let many = planner.remaining(&grid(7), 1).unwrap().unwrap();
    assert!(few.expected > 5.0 * many.expected, "{few:?} {many:?}");
    assert!(few.high > few.expected && few.low >= 0.0, "{few:?}");
    // The best of the fine grid, at (1/3, 2/3), is 0.0089 above the true optimum.
    assert!((many.expected - 0.0089).abs() < 0.0005, "{many:?}");
}

#[test]
fn anywhere_in_a_window_is_good_and_the_search_gets_there() {
    let window = Direction::Window { low: 0.55, high: 0.65 };
    let planner = Planner::new(plane(), Goal::single("y", window), Settings::default()).unwrap();
    let response = |point: &[Value]| {
        let (a, b) = (point[0].number().unwrap(), point[1].number().unwrap());
        a * a + 0.5 * b
    };
    let mut observed: Vec<Observation> = Vec::new();
    for round in 0..12 {
        let suggestion = planner.suggest(&observed, &[], 1, round).unwrap().remove(0);
        let y = response(&suggestion.point);
        observed.push(observation(suggestion.point, y));
    }
    let inside =
        observed.iter().skip(7).filter(|o| matches!(o.outcomes[0], Measured::Value(y) if (0.55..=0.65).contains(&y)));
    assert!(inside.count() >= 4, "{observed:?}");
}
