//! Laws that hold for any space and any history.

use std::collections::HashSet;

use matdock_plan::{
    Measured, Observation, Parameter, ParameterKind, Planner, Point, Pool, Purpose, Scale, Settings, Space, Value,
};
use proptest::prelude::*;

use crate::minimise;

fn kind() -> impl Strategy<Value = ParameterKind> {
    prop_oneof![
        (-1e3..1e3f64, 1e-3..1e3f64, prop::option::of(0.01..0.9f64)).prop_map(|(low, width, step)| {
            let step = step.map(|share| share * width);
            ParameterKind::Continuous { low, high: low + width, scale: Scale::Linear, step }
        }),
        (1e-9..1e3f64, 1.1..1e6f64).prop_map(|(low, ratio)| ParameterKind::Continuous {
            low,
            high: low * ratio,
            scale: Scale::Log,
            step: None
        }),
        (-50..50i64, 1..200i64).prop_map(|(low, width)| ParameterKind::Integer { low, high: low + width }),
        prop::collection::hash_set(-100..100i32, 1..6).prop_map(|set| {
            let mut levels: Vec<f64> = set.into_iter().map(f64::from).collect();
            levels.sort_by(f64::total_cmp);
            ParameterKind::Ordinal { levels }
        }),
        (1..5usize).prop_map(|count| ParameterKind::Categorical {
            levels: (0..count).map(|level| format!("level {level}")).collect()
        }),
    ]
}

fn ranges() -> impl Strategy<Value = Space> {
    prop::collection::vec(kind(), 1..5).prop_map(|kinds| {
        let named = |(index, kind)| Parameter { name: format!("p{index}"), unit: String::new(), kind };
        Space::ranges(kinds.into_iter().enumerate().map(named).collect()).unwrap()
    })
}

fn measured() -> impl Strategy<Value = (Measured, bool)> {
    let outcome = prop_oneof![
        4 => (-1e6..1e6f64).prop_map(Measured::Value),
        1 => Just(Measured::Value(3.0)),
        1 => (-1e6..1e6f64).prop_map(Measured::Below),
        1 => (-1e6..1e6f64).prop_map(Measured::Above),
        1 => Just(Measured::Missing),
    ];
    (outcome, prop::bool::weighted(0.2))
}

/// Points the planner itself proposed, with arbitrary results.
fn history(planner: &Planner, results: &[(Measured, bool)]) -> Vec<Observation> {
    let mut observed: Vec<Observation> = Vec::new();
    for (number, (measured, failed)) in results.iter().enumerate() {
        let Ok(mut suggested) = planner.suggest(&observed, &[], 1, number as u64) else { break };
        let suggestion = suggested.remove(0);
        let outcomes = vec![*measured];
        observed.push(Observation { point: suggestion.point, row: suggestion.row, outcomes, failed: *failed });
    }
    observed
}

fn texts(point: &Point) -> Vec<String> {
    point.iter().map(Value::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn suggestions_are_in_the_space_new_and_finite(
        space in ranges(),
        results in prop::collection::vec(measured(), 0..9),
        count in 1..4usize,
    ) {
        let planner = Planner::new(space.clone(), minimise(), Settings { initial: 3, ..Settings::default() }).unwrap();
        let observed = history(&planner, &results);
        let Ok(first) = planner.suggest(&observed, &[], 1, 77) else { return Ok(()) };
        let pending: Vec<Point> = first.into_iter().map(|s| s.point).collect();
        let Ok(suggestions) = planner.suggest(&observed, &pending, count, 78) else { return Ok(()) };
        prop_assert!(suggestions.len() <= count);
        let mut seen: HashSet<Vec<String>> = pending.iter().map(texts).collect();
        for suggestion in &suggestions {
            prop_assert!(space.contains(&suggestion.point), "{:?}", suggestion.point);
            // Where readings scatter a condition may be worth a second reading.
            let again = suggestion.purpose == Purpose::Replicate && suggestion.replicate.is_some();
            prop_assert!(seen.insert(texts(&suggestion.point)) || again, "{suggestion:?}");
            prop_assert!(suggestion.score.is_finite());
            prop_assert!((0.0..=1.0).contains(&suggestion.success));
            prop_assert!((0.0..=1.0).contains(&suggestion.exploration));
            for p in &suggestion.predicted {
                prop_assert!(p.mean.is_finite() && p.low.is_finite() && p.high.is_finite() && p.low <= p.high, "{p:?}");
            }
        }
        prop_assert_eq!(suggestions, planner.suggest(&observed, &pending, count, 78).unwrap());
    }

    #[test]
    fn a_pool_row_is_never_proposed_twice(
        values in prop::collection::hash_set((-20..20i32, 0..3usize), 2..25),
        results in prop::collection::vec(measured(), 0..12),
    ) {
        let number = ParameterKind::Continuous { low: -1e3, high: 1e3, scale: Scale::Linear, step: None };
        let levels = ["x", "y", "z"].map(str::to_owned).to_vec();
        let columns = vec![
            Parameter { name: "n".into(), unit: String::new(), kind: number },
            Parameter { name: "c".into(), unit: String::new(), kind: ParameterKind::Categorical { levels: levels.clone() } },
        ];
        let mut values: Vec<(i32, usize)> = values.into_iter().collect();
        values.sort_unstable();
        let rows = values.iter().map(|(n, c)| vec![Value::Number(f64::from(*n)), Value::Level(levels[*c].clone())]);
        let pool = Pool::new(columns, rows.collect(), vec![]).unwrap();
        let size = pool.rows().len();
        let planner = Planner::new(Space::Pool(pool), minimise(), Settings { initial: 3, ..Settings::default() }).unwrap();
        let observed = history(&planner, &results);
        let mut rows: Vec<usize> = observed.iter().filter_map(|o| o.row).collect();
        if let Ok(suggestions) = planner.suggest(&observed, &[], 5, 3) {
            rows.extend(suggestions.iter().filter_map(|s| s.row));
        } else {
            prop_assert_eq!(observed.len(), size);
        }
        let different: HashSet<usize> = rows.iter().copied().collect();
        prop_assert_eq!(different.len(), rows.len());
    }
}
