//! Which columns a learner needs: permutation importance.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;

use super::{Features, Fitted, Task};

/// How much worse predictions get without what a column says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Importance {
    /// Mean drop of R2 (numbers) or of the share of right classes.
    pub mean: f64,
    /// Standard deviation over the repeats.
    pub deviation: f64,
}

impl Fitted {
    /// The drop of R2, or of the share of right classes, when the cells of one column after the other are shuffled,
    /// `repeats` times each. The rows had better not be those it was fitted to.
    ///
    /// Source: Breiman, Mach. Learn. 45, 5 (2001); Fisher, Rudin & Dominici, J. Mach. Learn. Res. 20, 177 (2019).
    pub fn permutation_importance(
        &self,
        features: &Features,
        targets: &[f64],
        repeats: usize,
        seed: u64,
    ) -> Vec<Importance> {
        let whole = self.score(features, targets);
        let one = |table: &mut Features, column: usize| {
            let cells = features.column(column).to_vec();
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(column as u64);
            let drops: Vec<f64> = (0..repeats.max(1))
                .map(|_| {
                    let mut shuffled = cells.clone();
                    (1..shuffled.len()).rev().for_each(|i| shuffled.swap(i, random.random_range(0..=i)));
                    table.replace(column, shuffled);
                    whole - self.score(table, targets)
                })
                .collect();
            table.replace(column, cells);
            let mean = drops.iter().sum::<f64>() / drops.len() as f64;
            let variance = drops.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / drops.len() as f64;
            Importance { mean, deviation: variance.sqrt() }
        };
        (0..features.width()).into_par_iter().map_init(|| features.clone(), one).collect()
    }

    /// R2, or the share of right classes; 0 where it is not defined.
    fn score(&self, features: &Features, targets: &[f64]) -> f64 {
        let values = self.predict(features);
        let count = targets.len().max(1) as f64;
        let score = match self.task {
            Task::Number => {
                let mean = targets.iter().sum::<f64>() / count;
                let spread: f64 = targets.iter().map(|y| (y - mean).powi(2)).sum();
                1.0 - values.iter().zip(targets).map(|(p, y)| (p - y).powi(2)).sum::<f64>() / spread
            }
            Task::Class { count: classes } => {
                let likely = |row: &[f64]| (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]).then(b.cmp(&a)));
                let rows = values.chunks_exact(classes.max(1)).zip(targets);
                rows.filter(|(row, y)| likely(row).is_some_and(|class| class as f64 == **y)).count() as f64 / count
            }
        };
        if score.is_finite() { score } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::{Kind, tests::friedman};

    /// Of a linear model a shuffled column costs twice the variance of what it adds, over that of the targets: what
    /// scikit-learn's `permutation_importance` comes to with more and more repeats.
    #[test]
    fn importance_in_a_linear_model_is_twice_the_variance_a_column_explains() {
        let (features, _) = friedman(200, 5, 4);
        let x = |column: usize, row: usize| features.column(column)[row];
        let targets: Vec<f64> = (0..200).map(|row| 3.0 * x(0, row) - x(1, row)).collect();
        let fitted = Fitted::fit(Kind::Ridge, Task::Number, &features, &targets, 1).unwrap();
        let variance = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
        };
        let found = fitted.permutation_importance(&features, &targets, 1000, 2);
        for (column, weight) in [(0, 3.0f64), (1, -1.0), (2, 0.0)] {
            let expected = 2.0 * weight.powi(2) * variance(features.column(column)) / variance(&targets);
            assert!((found[column].mean - expected).abs() < 0.01, "{column}: {found:?} {expected}");
        }
    }
}
