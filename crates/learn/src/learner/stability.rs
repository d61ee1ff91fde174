//! Which columns a sparse linear model keeps: the Lasso path, and stability selection.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;

use super::{
    Features, LearnerError, Standard, Task, check,
    lasso::{Quadratic, penalties},
    scaling::Scaling,
};

/// Weights as the penalty falls.
#[derive(Debug, Clone, PartialEq)]
pub struct LassoPath {
    /// Penalties, falling, for standardised targets and columns.
    pub penalties: Vec<f64>,
    /// Per penalty the weight of each column, in units of the target per unit of the column.
    pub weights: Vec<Vec<f64>>,
}

/// Which columns are chosen again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// Share of the draws that chose each column.
    pub shares: Vec<f64>,
    /// Mean sign of its weight when chosen, -1 to 1.
    pub signs: Vec<f64>,
    /// Columns that each draw may choose.
    pub chosen: usize,
    /// Share from which a column counts as stable.
    pub threshold: f64,
    /// At most so many of the stable columns are expected to be there by chance.
    pub by_chance: f64,
}

impl Stability {
    /// Stable columns, the most frequent first.
    pub fn stable(&self) -> Vec<usize> {
        let mut stable: Vec<usize> = (0..self.shares.len()).filter(|&j| self.shares[j] >= self.threshold).collect();
        stable.sort_by(|&a, &b| self.shares[b].total_cmp(&self.shares[a]).then(a.cmp(&b)));
        stable
    }
}

/// Halves that are drawn, in pairs that complete one another.
const PAIRS: u64 = 50;
/// High, so that a draw may choose many: more columns that matter together are found than with a low one and few choices.
const THRESHOLD: f64 = 0.9;

/// The weights of the Lasso for 100 penalties from the smallest that leaves none, to a thousandth of it.
///
/// Errors: see [`LearnerError`].
///
/// Source: Friedman, Hastie & Tibshirani, J. Stat. Softw. 33, 1 (2010).
pub fn lasso_path(features: &Features, targets: &[f64]) -> Result<LassoPath, LearnerError> {
    check(Task::Number, features, targets)?;
    let standard = Standard::of(Task::Number, targets);
    let scaling = Scaling::of(features);
    let scale = if standard.scale > 0.0 { standard.scale } else { 1.0 };
    let own: Vec<f64> = targets.iter().map(|y| (y - standard.mean) / scale).collect();
    let inputs = scaling.apply(features);
    let mut state = Quadratic::of(inputs.as_ref(), &own);
    let penalties = penalties(state.largest());
    let weights = penalties.iter().map(|penalty| {
        state.descend(*penalty, 0.0, 1e-7);
        let units = scaling.in_units(&state.weights, features.width());
        units.into_iter().map(|w| w * scale).collect()
    });
    let weights = weights.collect();
    Ok(LassoPath { penalties, weights })
}

/// How often each column is among the first that enter the Lasso path on random halves of the rows. The number of
/// columns that a half may choose keeps the expected number of stable columns by chance at `by_chance`.
///
/// Errors: see [`LearnerError`].
///
/// Source: Meinshausen & Buehlmann, J. R. Stat. Soc. B 72, 417 (2010); complementary pairs and the bound for unimodal
/// shares, theorem 2: Shah & Samworth, ibid. 75, 55 (2013).
pub fn stability_selection(
    features: &Features,
    targets: &[f64],
    by_chance: f64,
    seed: u64,
) -> Result<Stability, LearnerError> {
    check(Task::Number, features, targets)?;
    let width = features.width();
    let useful = Scaling::of(features).width().max(1);
    let pairs = PAIRS as f64;
    let bound = 4.0 * (1.0 - THRESHOLD + 0.5 / pairs) / (1.0 + 1.0 / pairs);
    let share = useful as f64 / bound;
    let chosen = ((share * by_chance.max(0.0)).sqrt().floor() as usize).clamp(1, useful);
    let pair = |number: u64| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number);
        let mut order: Vec<usize> = (0..targets.len()).collect();
        (1..order.len()).rev().for_each(|i| order.swap(i, random.random_range(0..=i)));
        let half = targets.len() / 2;
        [&order[..half], &order[half..2 * half]].map(|rows| entered(features, targets, rows, chosen))
    };
    let draws: Vec<Vec<(usize, f64)>> = (0..PAIRS).into_par_iter().flat_map_iter(pair).collect();
    let mut shares = vec![0.0; width];
    let mut signs = vec![0.0; width];
    for (column, sign) in draws.iter().flatten() {
        shares[*column] += 1.0;
        signs[*column] += sign;
    }
    signs.iter_mut().zip(&shares).filter(|(_, share)| **share > 0.0).for_each(|(sign, share)| *sign /= share);
    shares.iter_mut().for_each(|share| *share /= draws.len() as f64);
    let by_chance = (chosen * chosen) as f64 / share;
    Ok(Stability { shares, signs, chosen, threshold: THRESHOLD, by_chance })
}

/// The first columns that enter the path on some rows, with the signs of their weights.
fn entered(features: &Features, targets: &[f64], rows: &[usize], most: usize) -> Vec<(usize, f64)> {
    let own: Vec<f64> = rows.iter().map(|&row| targets[row]).collect();
    let standard = Standard::of(Task::Number, &own);
    if rows.is_empty() || standard.scale <= 0.0 {
        return Vec::new();
    }
    let features = features.select(rows);
    let own: Vec<f64> = own.iter().map(|y| (y - standard.mean) / standard.scale).collect();
    let scaling = Scaling::of(&features);
    let inputs = scaling.apply(&features);
    let columns: Vec<usize> = scaling.columns().map(|(column, _)| column).collect();
    let mut state = Quadratic::of(inputs.as_ref(), &own);
    let mut list: Vec<(usize, f64)> = Vec::new();
    for penalty in penalties(state.largest()) {
        state.descend(penalty, 0.0, 1e-4);
        let mut new: Vec<usize> = (0..columns.len())
            .filter(|&place| state.weights[place] != 0.0 && list.iter().all(|(column, _)| *column != columns[place]))
            .collect();
        // Of several at one step the heaviest first.
        new.sort_by(|&a, &b| state.weights[b].abs().total_cmp(&state.weights[a].abs()).then(a.cmp(&b)));
        list.extend(new.into_iter().map(|place| (columns[place], state.weights[place].signum())));
        if list.len() >= most {
            list.truncate(most);
            break;
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::tests::friedman;

    #[test]
    fn a_path_starts_empty_and_ends_at_least_squares() {
        let columns = vec![vec![1.0, 2.0, 3.0, 5.0, 8.0, 13.0], vec![2.0, -1.0, 4.0, 0.0, 1.0, -3.0]];
        let targets: Vec<f64> = (0..6).map(|i| 3.0 * columns[0][i] - 2.0 * columns[1][i] + 7.0).collect();
        let path = lasso_path(&Features::from_columns(columns).unwrap(), &targets).unwrap();
        assert!(path.weights[0].iter().all(|w| w.abs() < 1e-9));
        assert!((path.weights[99][0] - 3.0).abs() < 0.02 && (path.weights[99][1] + 2.0).abs() < 0.02);
    }

    /// `sklearn.linear_model.lasso_path` 1.9.1, tolerance 1e-14, on standardised columns and targets, at these steps.
    #[test]
    fn a_path_is_that_of_scikit_learn() {
        let columns = vec![
            vec![1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 4.0, 7.0],
            vec![2.0, -1.0, 4.0, 0.0, 1.0, -3.0, 2.0, 5.0],
            vec![0.5, 1.5, -0.5, 2.5, 1.0, 0.0, -1.0, 3.0],
        ];
        let targets = [3.1, 0.2, 9.8, 4.9, 12.2, 9.0, 8.8, 20.5];
        let path = lasso_path(&Features::from_columns(columns).unwrap(), &targets).unwrap();
        let expected = [
            (0, [0.0, 0.0, 0.0]),
            (10, [0.627_179_206_170_904_7, 1.078_845_073_894_313, 0.0]),
            (30, [1.210_650_176_071_058_4, 1.946_406_398_204_820_5, 0.159_798_400_456_229_76]),
            (60, [1.372_564_602_301_82, 2.183_613_592_972_754_7, 0.364_041_776_407_166_4]),
            (99, [1.393_835_392_531_650_2, 2.214_775_305_518_012_6, 0.390_873_060_258_558_9]),
        ];
        for (step, weights) in expected {
            for (found, weight) in path.weights[step].iter().zip(weights) {
                assert!((found - weight).abs() < 1e-5, "step {step}: {:?}", path.weights[step]);
            }
        }
    }

    #[test]
    fn stable_columns_are_those_that_matter() {
        let (features, _) = friedman(120, 60, 5);
        let targets: Vec<f64> = (0..120).map(|i| 3.0 * features.column(7)[i] - 2.0 * features.column(30)[i]).collect();
        let stability = stability_selection(&features, &targets, 1.0, 2).unwrap();
        let mut stable = stability.stable();
        stable.sort_unstable();
        assert_eq!(stable, [7, 30]);
        assert_eq!((stability.signs[7], stability.signs[30]), (1.0, -1.0));
        assert!(stability.by_chance <= 1.0);
        let noise: Vec<f64> = features.column(59).iter().map(|x| (x * 1e4).sin()).collect();
        let few = Features::from_columns((0..50).map(|j| features.column(j).to_vec()).collect()).unwrap();
        assert!(stability_selection(&few, &noise, 1.0, 2).unwrap().stable().len() <= 1);
    }
}
