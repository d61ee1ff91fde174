use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::*;

/// Friedman's function with columns that do not matter: rows, targets.
pub(super) fn friedman(rows: usize, width: usize, seed: u64) -> (Features, Vec<f64>) {
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
    let (features, targets) = friedman(150, 6, 1);
    let (fresh, truth) = friedman(100, 6, 2);
    // A stack takes the time of all others six times over.
    for &kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Stack) {
        let fitted = Fitted::fit(kind, NUMBER, &features, &targets, 7).unwrap();
        let score = r2(&fitted.predict(&fresh), &truth);
        assert!(score > 0.6, "{kind}: {score}");
        let again = Fitted::fit(kind, NUMBER, &features, &targets, 7).unwrap();
        assert_eq!(fitted, again, "{kind}");
    }
}

#[test]
fn every_learner_bears_odd_tables() {
    type Odd = (&'static str, Vec<Vec<f64>>, Vec<f64>);
    let odd: Vec<Odd> = vec![
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
            // Networks take their time.
            if kind == Kind::Network && !matches!(name, "three rows" | "huge" | "wide") {
                continue;
            }
            let fitted = Fitted::fit(kind, NUMBER, &features, &targets, 7).unwrap();
            let values = fitted.predict(&features);
            assert_eq!(values.len(), features.rows(), "{kind}, {name}");
            assert!(values.iter().all(|y| y.is_finite()), "{kind}, {name}: {values:?}");
            let classes: Vec<f64> = (0..targets.len()).map(|row| (row % 2) as f64).collect();
            let counts: &[usize] = if kind == Kind::Network { &[3] } else { &[2, 3, 9] };
            for &count in counts {
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

#[test]
fn ridge_has_the_weights_of_the_normal_equations() {
    let (features, targets) = friedman(40, 5, 9);
    let fitted = Fitted::fit(Kind::Ridge, NUMBER, &features, &targets, 0).unwrap();
    let penalty = fitted.settings()[0].1;
    let weights = fitted.coefficients().unwrap();
    // In standardised columns: mean product with what is left equals penalty times weight.
    let left: Vec<f64> = fitted.predict(&features).iter().zip(&targets).map(|(p, y)| y - p).collect();
    for (number, weight) in weights.iter().enumerate() {
        let column = features.column(number);
        let mean = column.iter().sum::<f64>() / 40.0;
        let variance = column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 40.0;
        let product = column.iter().zip(&left).map(|(x, r)| (x - mean) * r).sum::<f64>() / 40.0;
        assert!((product - penalty * weight * variance).abs() < 1e-9);
    }
}

#[test]
fn lasso_fulfils_its_optimality_conditions() {
    let (features, targets) = friedman(60, 12, 9);
    let fitted = Fitted::fit(Kind::Lasso, NUMBER, &features, &targets, 0).unwrap();
    let penalty = fitted.settings()[0].1;
    let weights = fitted.coefficients().unwrap();
    let left: Vec<f64> = fitted.predict(&features).iter().zip(&targets).map(|(p, y)| y - p).collect();
    let mean = targets.iter().sum::<f64>() / 60.0;
    let scale = (targets.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / 60.0).sqrt();
    for (number, weight) in weights.iter().enumerate() {
        let column = features.column(number);
        let mean = column.iter().sum::<f64>() / 60.0;
        let spread = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 60.0).sqrt();
        let slope = column.iter().zip(&left).map(|(x, r)| (x - mean) / spread * r / scale).sum::<f64>() / 60.0;
        match *weight == 0.0 {
            true => assert!(slope.abs() <= penalty + 1e-7),
            false => assert!((slope - penalty * weight.signum()).abs() < 1e-7),
        }
    }
}

#[test]
fn classes_are_told_apart() {
    let (features, numbers) = friedman(200, 5, 4);
    let classes: Vec<f64> =
        numbers.iter().map(|y| f64::from(u8::from(*y > 12.0)) + f64::from(u8::from(*y > 17.0))).collect();
    let (train, test): (Vec<usize>, Vec<usize>) = (0..200).partition(|row| row % 4 != 0);
    let own: Vec<f64> = train.iter().map(|&row| classes[row]).collect();
    for &kind in Kind::ALL.iter().filter(|kind| !matches!(kind, Kind::Stack | Kind::GaussianProcess)) {
        let fitted = Fitted::fit(kind, Task::Class { count: 3 }, &features.select(&train), &own, 1).unwrap();
        let shares = fitted.predict(&features.select(&test));
        let right = |(row, share): (&usize, &[f64])| {
            let likely = (0..3).max_by(|&a, &b| share[a].total_cmp(&share[b])).unwrap();
            likely as f64 == classes[*row]
        };
        let right = test.iter().zip(shares.chunks(3)).filter(|(row, share)| right((row, share))).count();
        assert!(right > 29, "{kind}: {right} of 50");
    }
}

#[test]
fn trees_do_not_mind_units_and_send_gaps_where_they_belong() {
    let (features, targets) = friedman(80, 5, 6);
    let bent = (0..5).map(|j| features.column(j).iter().map(|x| 1000.0 * x + 3.0).collect()).collect();
    let bent = Features::from_columns(bent).unwrap();
    for kind in [Kind::RandomForest, Kind::Boosting] {
        let values = Fitted::fit(kind, NUMBER, &features, &targets, 1).unwrap().predict(&features);
        let others = Fitted::fit(kind, NUMBER, &bent, &targets, 1).unwrap().predict(&bent);
        assert!(values.iter().zip(others).all(|(a, b)| (a - b).abs() < 1e-9), "{kind}");
    }
    let gaps: Vec<f64> = (0..40).map(|i| if i % 2 == 0 { f64::NAN } else { f64::from(i) }).collect();
    let targets: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
    let table = Features::from_columns(vec![gaps]).unwrap();
    for kind in [Kind::RandomForest, Kind::ExtraTrees, Kind::Boosting] {
        let values = Fitted::fit(kind, NUMBER, &table, &targets, 1).unwrap().predict(&table);
        assert!(values.iter().zip(&targets).all(|(p, y)| (p - y).abs() < 0.3), "{kind}: {values:?}");
    }
}

#[test]
fn shuffling_a_column_that_matters_hurts() {
    let (features, targets) = friedman(100, 7, 8);
    let fitted = Fitted::fit(Kind::RandomForest, NUMBER, &features, &targets, 1).unwrap();
    let importance = fitted.permutation_importance(&features, &targets, 3, 5);
    assert!(importance[3].mean > 0.2 && importance[6].mean < 0.1, "{importance:?}");
}
