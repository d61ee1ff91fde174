//! How good predictions are, and how sure that is.

use std::collections::BTreeMap;

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

/// A figure and the range it lies in with 90 % probability, over new draws of rows (or groups of rows).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The figure.
    pub mean: f64,
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
}

/// How good predictions of numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Share of the variance that is predicted: 1 is perfect, 0 as good as the mean, below 0 worse.
    pub r2: Interval,
    /// Mean absolute error, in the unit of the target.
    pub mae: Interval,
    /// Root mean square error, in the unit of the target.
    pub rmse: Interval,
    /// Rank correlation: 1 when the order is right.
    pub spearman: Interval,
}

/// Draws behind an interval.
const DRAWS: usize = 400;

impl Scores {
    /// Scores of `predicted` beside `measured` values (same length); rows of the same number in `blocks` are drawn
    /// together. `None` of fewer than two rows or when all measured values are the same.
    ///
    /// Source: the percentile bootstrap, Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13; over
    /// blocks where rows of a block resemble each other.
    pub fn of(measured: &[f64], predicted: &[f64], blocks: &[usize], seed: u64) -> Option<Self> {
        let pairs: Vec<(f64, f64)> = measured.iter().copied().zip(predicted.iter().copied()).collect();
        let of = |rows: &[usize]| {
            figures(&rows.iter().filter_map(|row| pairs.get(*row).copied()).collect::<Vec<(f64, f64)>>())
        };
        let [r2, mae, rmse, spearman] = intervals(&blocks[..blocks.len().min(pairs.len())], seed, of)?;
        Some(Self { r2, mae, rmse, spearman })
    }
}

/// Figures of all rows, and the ranges they lie in over new draws of blocks of rows.
pub(super) fn intervals<const N: usize>(
    blocks: &[usize],
    seed: u64,
    figures: impl Fn(&[usize]) -> Option<[f64; N]>,
) -> Option<[Interval; N]> {
    let whole = figures(&(0..blocks.len()).collect::<Vec<usize>>())?;
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    blocks.iter().enumerate().for_each(|(row, block)| members.entry(*block).or_default().push(row));
    let members: Vec<Vec<usize>> = members.into_values().collect();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut draws: Vec<[f64; N]> = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let drawn = (0..members.len()).flat_map(|_| &members[random.random_range(0..members.len())]);
        draws.extend(figures(&drawn.copied().collect::<Vec<usize>>()));
    }
    Some(std::array::from_fn(|place| {
        let mut values: Vec<f64> = draws.iter().map(|draw| draw[place]).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values.get((share * values.len().saturating_sub(1) as f64).round() as usize).copied();
        let mean = whole[place];
        Interval { mean, low: at(0.05).unwrap_or(mean), high: at(0.95).unwrap_or(mean) }
    }))
}

/// R2, mean absolute error, root mean square error, Spearman's rank correlation.
fn figures(pairs: &[(f64, f64)]) -> Option<[f64; 4]> {
    let size = pairs.len() as f64;
    let mean = pairs.iter().map(|(y, _)| y).sum::<f64>() / size;
    let spread: f64 = pairs.iter().map(|(y, _)| (y - mean).powi(2)).sum();
    if pairs.len() < 2 || spread <= 0.0 || !spread.is_finite() {
        return None;
    }
    let squares: f64 = pairs.iter().map(|(y, p)| (y - p).powi(2)).sum();
    let absolute: f64 = pairs.iter().map(|(y, p)| (y - p).abs()).sum();
    let (measured, predicted): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let ranked = correlation(&ranks(&measured), &ranks(&predicted));
    Some([1.0 - squares / spread, absolute / size, (squares / size).sqrt(), ranked])
}

/// Ranks from 0; equal values share the mean of theirs.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for same in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = before as f64 + (same.len() - 1) as f64 / 2.0;
        same.iter().for_each(|row| ranks[*row] = rank);
        before += same.len();
    }
    ranks
}

/// Pearson's correlation; 0 where one side does not vary.
pub(crate) fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let size = a.len().max(1) as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / size, b.iter().sum::<f64>() / size);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_scikit_learn_and_scipy() {
        // scikit-learn 1.9.1 r2_score, mean_absolute_error, root_mean_squared_error; scipy spearmanr.
        let measured = [3.0, -0.5, 2.0, 7.0, 2.0];
        let predicted = [2.5, 0.0, 2.0, 8.0, 1.0];
        let scores = Scores::of(&measured, &predicted, &[0, 1, 2, 3, 4], 1).unwrap();
        assert!((scores.r2.mean - (1.0 - 2.5 / 29.8)).abs() < 1e-12);
        assert!((scores.mae.mean - 0.6).abs() < 1e-12);
        assert!((scores.rmse.mean - 0.5f64.sqrt()).abs() < 1e-12);
        assert!((scores.spearman.mean - 0.974_679_434_480_896_2).abs() < 1e-12, "{}", scores.spearman.mean);
    }

    #[test]
    fn intervals_narrow_with_rows_and_widen_when_rows_belong_together() {
        let measured: Vec<f64> = (0..200).map(|i| (f64::from(i) * 0.37).sin()).collect();
        let predicted: Vec<f64> = measured.iter().enumerate().map(|(i, y)| y + 0.3 * ((i / 20) as f64).cos()).collect();
        let each: Vec<usize> = (0..200).collect();
        let together: Vec<usize> = (0..200).map(|i| i / 20).collect();
        let width = |blocks: &[usize]| {
            let mae = Scores::of(&measured, &predicted, blocks, 3).unwrap().mae;
            assert!(mae.low < mae.mean && mae.mean < mae.high);
            mae.high - mae.low
        };
        assert!(width(&together) > 2.0 * width(&each));
    }

    #[test]
    fn nothing_is_said_of_one_row_or_equal_targets() {
        assert_eq!(Scores::of(&[1.0], &[1.0], &[0], 1), None);
        assert_eq!(Scores::of(&[2.0, 2.0], &[1.0, 3.0], &[0, 1], 1), None);
    }
}
