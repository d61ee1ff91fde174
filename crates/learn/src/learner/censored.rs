//! Targets of which only a limit is known (`<1e-10`): what to expect beyond it, and what counts as an error.

use super::{
    Features, Fitted, Kind, LearnerError, Lesson, Task,
    folds::{folds, without},
};
use crate::normal::mean_below;

/// On which side of a limit the true value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Below it (`<`).
    Below,
    /// Above it (`>`).
    Above,
}

impl Limit {
    /// What a prediction counts as beside `target`: the target itself where it is a limit and the prediction lies on
    /// the true side of it, so that the error is 0; the prediction otherwise.
    pub fn counted(limit: Option<Self>, target: f64, predicted: f64) -> f64 {
        match limit {
            Some(Self::Below) => predicted.max(target),
            Some(Self::Above) => predicted.min(target),
            None => predicted,
        }
    }
}

/// Learners that may be asked what lies beyond a limit; the best of them is.
const ASKED: [Kind; 3] = [Kind::Ridge, Kind::ExtraTrees, Kind::GaussianProcess];
/// Rows up to which a Gaussian process, which takes long, is among them.
const FEW: usize = 800;
const PARTS: usize = 3;
const ROUNDS: usize = 5;
/// Fewest values that are known themselves.
const FEWEST: usize = 6;

/// Targets to learn from: limits are replaced by the mean of what may lie beyond them, given what is predicted for the
/// row when it is left out and how far such predictions are off. Every learner can be fitted to them.
///
/// Shape: a limit, or none, per row. Units: those of the targets. Errors: see [`LearnerError`].
/// Source: Buckley & James, Biometrika 66, 429 (1979), with the normal distribution of Tobin, Econometrica 26, 24
/// (1958); the spread by EM, Dempster, Laird & Rubin, J. R. Stat. Soc. B 39, 1 (1977).
pub fn beyond_limits(
    features: &Features,
    targets: &[f64],
    limits: &[Option<Limit>],
    seed: u64,
) -> Result<Vec<f64>, LearnerError> {
    super::check(Task::Number, features, targets)?;
    if limits.len() != targets.len() {
        return Err(LearnerError::Length { rows: targets.len(), targets: limits.len() });
    }
    let exact = limits.iter().filter(|limit| limit.is_none()).count();
    let mut expected = targets.to_vec();
    // With nothing but limits there is no saying how far beyond them the values lie.
    if exact < FEWEST || exact == targets.len() {
        return Ok(expected);
    }
    let parts = folds(&Lesson { task: Task::Number, features, targets, seed }, PARTS);
    // So few of them that one part holds them all.
    let exact_of = |part: &Vec<usize>| part.iter().filter(|row| limits[**row].is_none()).count();
    if parts.iter().any(|part| exact_of(part) == exact) {
        return Ok(expected);
    }
    let predict =
        |kind: Kind, expected: &[f64], of: &dyn Fn(usize) -> bool| left_out(kind, features, expected, &parts, of, seed);
    // Limits taken for values would bend what is learnt at first.
    let known = |row: usize| limits[row].is_none();
    let error = |values: &[f64]| -> f64 {
        let each = values.iter().zip(targets).zip(limits);
        each.map(|((p, y), limit)| (Limit::counted(*limit, *y, *p) - y).powi(2)).sum()
    };
    let mut asked = ASKED[0];
    let mut values = predict(asked, targets, &known)?;
    for kind in &ASKED[1..if targets.len() <= FEW { 3 } else { 2 }] {
        let other = predict(*kind, targets, &known)?;
        if error(&other) < error(&values) {
            (asked, values) = (*kind, other);
        }
    }
    let mut variance = error(&values) / exact as f64;
    for round in 0..ROUNDS {
        let deviation = variance.sqrt();
        let mut sum = 0.0;
        for (row, limit) in limits.iter().enumerate() {
            let (mean, target) = (values[row], targets[row]);
            (expected[row], sum) = match limit {
                None => (target, sum + (target - mean).powi(2)),
                Some(Limit::Below) => {
                    let value = mean_below(mean, deviation, target);
                    (value, sum + variance - (target - mean) * (mean - value))
                }
                Some(Limit::Above) => {
                    let value = -mean_below(-mean, deviation, -target);
                    (value, sum + variance - (mean - target) * (value - mean))
                }
            };
        }
        variance = (sum / targets.len() as f64).max(0.0);
        if round + 1 < ROUNDS {
            values = predict(asked, &expected, &|_| true)?;
        }
    }
    // Predictions that are not finite tell nothing.
    expected.iter_mut().zip(targets).filter(|(value, _)| !value.is_finite()).for_each(|(value, y)| *value = *y);
    Ok(expected)
}

/// What is predicted for every row when its part is left out, from the rows that `of` accepts.
fn left_out(
    kind: Kind,
    features: &Features,
    targets: &[f64],
    parts: &[Vec<usize>],
    of: &dyn Fn(usize) -> bool,
    seed: u64,
) -> Result<Vec<f64>, LearnerError> {
    let mut values = vec![0.0; targets.len()];
    for part in parts {
        let inside: Vec<usize> = without(targets.len(), part).into_iter().filter(|&row| of(row)).collect();
        let known: Vec<f64> = inside.iter().map(|&row| targets[row]).collect();
        let fitted = Fitted::fit(kind, Task::Number, &features.select(&inside), &known, seed)?;
        part.iter().zip(fitted.predict(&features.select(part))).for_each(|(&row, value)| values[row] = value);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    use super::{super::tests::friedman, *};

    /// Noisy values of which those below a detection limit are only known to be below it.
    fn censored(rows: usize, limit: f64, seed: u64) -> (Features, Vec<f64>, Vec<Option<Limit>>) {
        let (features, truth) = friedman(rows, 6, seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let noisy = truth.iter().map(|y| y + 2.0 * (random.random::<f64>() - 0.5));
        let (targets, limits) = noisy.map(|y| if y < limit { (limit, Some(Limit::Below)) } else { (y, None) }).unzip();
        (features, targets, limits)
    }

    fn error(features: &Features, targets: &[f64], kind: Kind) -> f64 {
        let (fresh, truth) = friedman(300, 6, 99);
        let fitted = Fitted::fit(kind, Task::Number, features, targets, 1).unwrap();
        let squares = fitted.predict(&fresh).iter().zip(&truth).map(|(p, y)| (p - y).powi(2)).sum::<f64>();
        (squares / truth.len() as f64).sqrt()
    }

    #[test]
    fn limits_used_as_limits_predict_better_than_as_values_and_than_left_out() {
        let (features, targets, limits) = censored(250, 12.0, 5);
        let share = limits.iter().flatten().count() as f64 / 250.0;
        assert!((0.25..0.5).contains(&share), "{share}");
        let expected = beyond_limits(&features, &targets, &limits, 1).unwrap();
        let exact: Vec<usize> = (0..250).filter(|&row| limits[row].is_none()).collect();
        let known: Vec<f64> = exact.iter().map(|&row| targets[row]).collect();
        for kind in [Kind::Ridge, Kind::ExtraTrees, Kind::Boosting, Kind::GaussianProcess] {
            let used = error(&features, &expected, kind);
            let as_values = error(&features, &targets, kind);
            let dropped = error(&features.select(&exact), &known, kind);
            // A Gaussian process continues such a smooth function by itself.
            let factor = if kind == Kind::GaussianProcess { 1.02 } else { 0.97 };
            assert!(used < 0.97 * as_values && used < factor * dropped, "{kind}: {used} {as_values} {dropped}");
        }
    }

    #[test]
    fn what_is_expected_lies_beyond_the_limit_on_either_side() {
        let (features, targets, limits) = censored(80, 12.0, 3);
        let below = beyond_limits(&features, &targets, &limits, 1).unwrap();
        let mirrored: Vec<f64> = targets.iter().map(|y| -y).collect();
        let turned: Vec<Option<Limit>> = limits.iter().map(|limit| limit.map(|_| Limit::Above)).collect();
        let above = beyond_limits(&features, &mirrored, &turned, 1).unwrap();
        for (row, limit) in limits.iter().enumerate() {
            let right = if limit.is_some() { below[row] <= targets[row] } else { below[row] == targets[row] };
            assert!(right && (below[row] + above[row]).abs() < 1e-6, "{row}: {} {}", below[row], above[row]);
        }
    }

    #[test]
    fn a_prediction_on_the_true_side_of_a_limit_is_no_error() {
        assert_eq!(Limit::counted(Some(Limit::Below), -10.0, -14.0), -10.0);
        assert_eq!(Limit::counted(Some(Limit::Below), -10.0, -8.0), -8.0);
        assert_eq!(Limit::counted(Some(Limit::Above), 3.0, 5.0), 3.0);
        assert_eq!(Limit::counted(None, 3.0, 5.0), 5.0);
    }

    #[test]
    fn limits_alone_or_none_at_all_change_nothing() {
        let (features, targets, _) = censored(12, 12.0, 3);
        for limits in [vec![None; 12], vec![Some(Limit::Below); 12]] {
            assert_eq!(beyond_limits(&features, &targets, &limits, 1).unwrap(), targets);
        }
        assert!(beyond_limits(&features, &targets, &[None], 1).is_err());
    }
}
