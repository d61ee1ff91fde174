//! What every learner keeps to, whatever the numbers.

use proptest::prelude::*;

use super::{Features, Fitted, Kind, Task};

const ROWS: usize = 16;

fn tables() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>)> {
    let cell = -5.0..5.0f64;
    (
        proptest::collection::vec(proptest::collection::vec(cell.clone(), ROWS), 2..4),
        proptest::collection::vec(cell, ROWS),
    )
}

fn predictions(kind: Kind, columns: &[Vec<f64>], targets: &[f64]) -> Vec<f64> {
    let features = Features::from_columns(columns.to_vec()).unwrap();
    Fitted::fit(kind, Task::Number, &features, targets, 3).unwrap().predict(&features)
}

fn near(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs())))
}

const LINEAR: [Kind; 3] = [Kind::Ridge, Kind::Lasso, Kind::ElasticNet];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn shifted_and_scaled_targets_give_shifted_and_scaled_predictions(
        (columns, targets) in tables(), shift in -100.0..100.0f64, scale in 0.01..100.0f64
    ) {
        let moved: Vec<f64> = targets.iter().map(|y| shift + scale * y).collect();
        for kind in LINEAR {
            let expected: Vec<f64> = predictions(kind, &columns, &targets).iter().map(|y| shift + scale * y).collect();
            let found = predictions(kind, &columns, &moved);
            prop_assert!(near(&found, &expected, 1e-4), "{kind} {found:?} {expected:?}");
        }
    }

    #[test]
    fn a_constant_column_changes_nothing_that_is_linear((columns, targets) in tables(), value in -1e3..1e3f64) {
        let mut more = columns.clone();
        more.push(vec![value; ROWS]);
        for kind in LINEAR {
            let (with, without) = (predictions(kind, &more, &targets), predictions(kind, &columns, &targets));
            prop_assert!(near(&with, &without, 1e-9), "{kind}");
        }
    }

    #[test]
    fn predictions_are_finite_with_cells_missing_and_nothing_in_a_column((columns, targets) in tables(), hole in 0..ROWS) {
        let mut odd = columns;
        odd[0][hole] = f64::NAN;
        odd.push(vec![f64::NAN; ROWS]);
        odd.push(vec![7.0; ROWS]);
        for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Stack && **kind != Kind::Network) {
            let found = predictions(*kind, &odd, &targets);
            prop_assert!(found.iter().all(|y| y.is_finite()), "{kind} {found:?}");
        }
    }
}
