//! Columns brought to mean 0 and variance 1, without gaps.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::Features;

/// How columns are standardised: missing cells become the column's median, columns that do not vary are left out.
///
/// Cells further beyond the known range than it is wide count as its edge: a column that hardly varied among the known
/// rows would otherwise throw a prediction to anywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scaling {
    /// Number of each kept column in the table.
    kept: Vec<usize>,
    medians: Vec<f64>,
    means: Vec<f64>,
    scales: Vec<f64>,
    /// How far each kept column is followed: its known range, and as much again on both sides.
    reach: Vec<[f64; 2]>,
}

/// Range of a column, relative to its largest number, below which it counts as constant.
const CONSTANT: f64 = 1e-13;

impl Scaling {
    pub(super) fn of(features: &Features) -> Self {
        let mut scaling =
            Self { kept: Vec::new(), medians: Vec::new(), means: Vec::new(), scales: Vec::new(), reach: Vec::new() };
        for number in 0..features.width() {
            let column = features.column(number);
            let mut known: Vec<f64> = column.iter().copied().filter(|x| !x.is_nan()).collect();
            let Some(median) = median(&mut known) else { continue };
            let (low, high) = known.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
            if high - low <= CONSTANT * high.abs().max(low.abs()) {
                continue;
            }
            let filled = || column.iter().map(|x| if x.is_nan() { median } else { *x });
            let count = column.len() as f64;
            let mean = filled().sum::<f64>() / count;
            // Divided by the range first, so that squares neither overflow nor vanish.
            let range = high - low;
            let scale = range * (filled().map(|x| ((x - mean) / range).powi(2)).sum::<f64>() / count).sqrt();
            if scale > 0.0 && scale.is_finite() {
                scaling.kept.push(number);
                scaling.medians.push(median);
                scaling.means.push(mean);
                scaling.scales.push(scale);
                scaling.reach.push([low - range, high + range]);
            }
        }
        scaling
    }

    /// Number of columns that are kept.
    pub(super) fn width(&self) -> usize {
        self.kept.len()
    }

    /// Whether it suits tables of `width` columns.
    pub(super) fn is_sound(&self, width: usize) -> bool {
        let lists = [self.medians.len(), self.means.len(), self.scales.len(), self.reach.len()];
        lists.iter().all(|length| *length == self.kept.len())
            && self.kept.iter().all(|number| *number < width)
            && self.medians.iter().chain(&self.means).chain(self.reach.as_flattened()).all(|x| x.is_finite())
            && self.scales.iter().all(|scale| *scale > 0.0 && scale.is_finite())
    }

    /// Number and scale of every kept column.
    pub(super) fn columns(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.kept.iter().copied().zip(self.scales.iter().copied())
    }

    /// The table, standardised: rows x kept columns. A column the table does not have counts as missing.
    pub(super) fn apply(&self, features: &Features) -> Mat<f64> {
        let mut out = Mat::zeros(features.rows(), self.width());
        for place in 0..self.width() {
            let (median, mean, scale) = (self.medians[place], self.means[place], self.scales[place]);
            let [low, high] = self.reach[place];
            let standard = |x: f64| ((if x.is_nan() { median } else { x.max(low).min(high) }) - mean) / scale;
            let column = features.column(self.kept[place]);
            let into = out.col_as_slice_mut(place);
            match column.is_empty() {
                true => into.fill(standard(f64::NAN)),
                false => into.iter_mut().zip(column).for_each(|(z, x)| *z = standard(*x)),
            }
        }
        out
    }

    /// Weights of standardised columns as weights of all `width` columns in their own units.
    pub(super) fn in_units(&self, weights: &[f64], width: usize) -> Vec<f64> {
        let mut all = vec![0.0; width];
        for ((number, scale), weight) in self.kept.iter().zip(&self.scales).zip(weights) {
            if let Some(own) = all.get_mut(*number) {
                *own = weight / scale;
            }
        }
        all
    }
}

/// Middle value, the mean of the two middle ones for an even count.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if !even {
        return Some(upper);
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(lower + 0.5 * (upper - lower))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::{Fitted, Kind, Task};

    #[test]
    fn a_column_is_followed_as_far_beyond_its_known_range_as_that_is_wide() {
        let known = Features::from_columns(vec![(0..10).map(f64::from).collect()]).unwrap();
        let targets: Vec<f64> = (0..10).map(|x| 3.0 * f64::from(x) + 1.0).collect();
        let line = Fitted::fit(Kind::Lasso, Task::Number, &known, &targets, 1).unwrap();
        let predicted = line.predict(&Features::from_columns(vec![vec![-9.0, 18.0, 19.0, 1e6]]).unwrap());
        assert!((predicted[0] + 26.0).abs() < 0.5 && (predicted[1] - 55.0).abs() < 0.5, "{predicted:?}");
        assert_eq!(predicted[2], predicted[1]);
        assert_eq!(predicted[3], predicted[1]);
    }
}
