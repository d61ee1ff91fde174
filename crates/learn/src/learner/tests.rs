use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::*;

/// Friedman's function with columns that do not matter: rows, targets.
fn friedman(rows: usize, width: usize, seed: u64) -> (Features, Vec<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let columns: Vec<Vec<f64>> = (0..width).map(|_| (0..rows).map(|_| random.random()).collect()).collect();
    let y = |row: usize| {
        let x = |column: usize| columns[column][row];
        10.0 * (std::f64::consts::PI * x(0) * x(1)).sin() + 20.0 * (x(2) - 0.5).powi(2) + 10.0 * x(3) + 5.0 * x(4)
    };
    let targets = (0..rows).map(y).collect();
    (Features::from_columns(columns).unwrap(), targets)
}

/// Share of the variance that is explained.
fn r2(predicted: &[f64], targets: &[f64]) -> f64 {
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    let left: f64 = predicted.iter().zip(targets).map(|(p, y)| (p - y).powi(2)).sum();
    1.0 - left / targets.iter().map(|y| (y - mean).powi(2)).sum::<f64>()
}

const NUMBER: Task = Task::Number;

#[test]
fn every_learner_learns_a_smooth_function() {
    let (features, targets) = friedman(300, 8, 1);
    let (fresh, truth) = friedman(200, 8, 2);
    for &kind in Kind::ALL {
        let fitted = Fitted::fit(kind, NUMBER, &features, &targets, 7).unwrap();
        let score = r2(&fitted.predict(&fresh), &truth);
        assert!(score > 0.7, "{kind}: {score}");
        let again = Fitted::fit(kind, NUMBER, &features, &targets, 7).unwrap();
        assert_eq!(fitted, again, "{kind}");
    }
}

#[test]
fn every_learner_bears_odd_tables() {
    let odd: Vec<(&str, Vec<Vec<f64>>, Vec<f64>)> = vec![
        ("no columns", vec![], vec![1.0, 2.0, 3.0]),
        ("one row", vec![vec![1.0]], vec![2.0]),
        ("two rows", vec![vec![1.0, 2.0]], vec![2.0, 3.0]),
        ("three rows", vec![vec![1.0, 2.0, 4.0], vec![0.0, f64::NAN, 1.0]], vec![2.0, 3.0, 1.0]),
        ("all missing", vec![vec![f64::NAN; 5], vec![1.0, 2.0, 3.0, 4.0, 5.0]], vec![2.0, 3.0, 1.0, 4.0, 4.0]),
        ("constant", vec![vec![3.0; 5]], vec![2.0, 3.0, 1.0, 4.0, 4.0]),
        ("constant or missing", vec![vec![3.0, f64::NAN, 3.0, 3.0, f64::NAN]], vec![2.0, 3.0, 1.0, 4.0, 4.0]),
        ("huge", vec![vec![1e99, -1e99, 3e80, 4.0, 5.0]], vec![2e99, 3.0, 1.0, -4e99, 4.0]),
        ("tiny", vec![vec![1e-300, 2e-300, 3e-300, 4e-300, 9e-300]], vec![2e-300, 3e-300, 1e-300, 4e-300, 4e-300]),
        ("same target", vec![vec![1.0, 2.0, 3.0, 4.0, 5.0]], vec![2.0; 5]),
        (
            "wide",
            (0..40).map(|i| (0..6).map(|j| ((i * 7 + j * 5) % 11) as f64).collect()).collect(),
            vec![1.0, 0.0, 1.0, 1.0, 0.0, 0.0],
        ),
    ];
    for (name, columns, targets) in odd {
        let features = Features::from_columns(columns).unwrap();
        for &kind in Kind::ALL {
            let fitted = Fitted::fit(kind, NUMBER, &features, &targets, 7).unwrap();
            let values = fitted.predict(&features);
            assert_eq!(values.len(), features.rows(), "{kind}, {name}");
            assert!(values.iter().all(|y| y.is_finite()), "{kind}, {name}: {values:?}");
            let classes: Vec<f64> = (0..targets.len()).map(|row| (row % 2) as f64).collect();
            for count in [2, 3, 9] {
                let task = Task::Class { count };
                let fitted = match Fitted::fit(kind, task, &features, &classes, 7) {
                    Err(LearnerError::Unsupported(_)) => continue,
                    fitted => fitted.unwrap(),
                };
                let shares = fitted.predict(&features);
                assert_eq!(shares.len(), count * features.rows(), "{kind}, {name}");
                for row in shares.chunks(count) {
                    let sum: f64 = row.iter().sum();
                    assert!((sum - 1.0).abs() < 1e-9 && row.iter().all(|p| *p >= 0.0), "{kind}, {name}: {row:?}");
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_learnt_from_is_refused() {
    let features = Features::from_columns(vec![vec![1.0, 2.0]]).unwrap();
    for &kind in Kind::ALL {
        let fit = |task, targets: &[f64]| Fitted::fit(kind, task, &features, targets, 0).unwrap_err();
        assert_eq!(fit(NUMBER, &[]), LearnerError::Empty);
        assert_eq!(fit(NUMBER, &[1.0]), LearnerError::Length { rows: 2, targets: 1 });
        assert_eq!(fit(NUMBER, &[1.0, f64::NAN]), LearnerError::Target { row: 1 });
        assert_eq!(fit(Task::Class { count: 2 }, &[0.0, 2.0]), LearnerError::Target { row: 1 });
        assert_eq!(fit(Task::Class { count: 2 }, &[0.5, 1.0]), LearnerError::Target { row: 0 });
        assert_eq!(fit(Task::Class { count: 0 }, &[0.0, 0.0]), LearnerError::NoClasses);
    }
    let cell = Features::new(vec![vec![Some(1.0), None], vec![None, Some(f64::INFINITY)]]);
    assert_eq!(cell, Err(LearnerError::Cell { column: 1, row: 1 }));
    let ragged = Features::new(vec![vec![None], vec![]]);
    assert_eq!(ragged, Err(LearnerError::Ragged { column: 1, rows: 0, expected: 1 }));
}

#[test]
fn names_lead_back_to_kinds() {
    assert!(Kind::ALL.iter().all(|kind| kind.name().parse() == Ok(*kind)));
    assert!("tea-leaves".parse::<Kind>().is_err());
}
