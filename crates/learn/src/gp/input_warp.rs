//! Inputs bent one by one, so that a response that changes faster at one end of a range looks even.

use std::borrow::Cow;

use super::Structure;
use crate::kernel::Rows;

/// A monotone map of one input from 0..1 to 0..1; beyond, straight on.
///
/// Source: the distribution function of Kumaraswamy (1980), 1 - (1 - x^a)^b, as in Snoek, Swersky, Zemel & Adams,
/// Input warping for Bayesian optimization of non-stationary functions, ICML 2014.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputWarp {
    /// Below 1 it stretches the lower end, above 1 it compresses it.
    pub lower: f64,
    /// The same of the upper end.
    pub upper: f64,
}

/// Slopes are infinite at the very ends of the range.
const INSIDE: f64 = 1e-4;
/// Different values of an input below which it is not bent: fewer say nothing of a bend.
const VALUES: usize = 5;

/// A bent input, and its derivatives by the input and by the logarithms of the two shape parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bent {
    pub(super) value: f64,
    pub(super) slope: f64,
    pub(super) by_shape: [f64; 2],
}

impl InputWarp {
    /// No bend.
    pub const NONE: Self = Self { lower: 1.0, upper: 1.0 };

    /// The bent input.
    pub fn forward(&self, input: f64) -> f64 {
        self.bent(input).value
    }

    pub(super) fn bent(&self, input: f64) -> Bent {
        let Self { lower: a, upper: b } = *self;
        let x = (INSIDE + (1.0 - 2.0 * INSIDE) * input).clamp(INSIDE, 1.0 - INSIDE);
        let log_x = x.ln();
        let power = (a * log_x).exp();
        let log_rest = (-(a * log_x).exp_m1()).ln();
        let rest = (b * log_rest).exp();
        // d rest / d (power).
        let steep = b * ((b - 1.0) * log_rest).exp();
        let slope = (1.0 - 2.0 * INSIDE) * steep * a * power / x;
        let beyond = if (0.0..=1.0).contains(&input) { 0.0 } else { input - input.clamp(0.0, 1.0) };
        let by_shape = [steep * power * a * log_x, -rest * b * log_rest];
        Bent { value: 1.0 - rest + beyond * slope, slope, by_shape }
    }
}

impl Structure {
    /// Columns that can be bent: numbers of 0..1 that share their lengthscale with no other column and take several
    /// values.
    pub(crate) fn bendable(groups: &[usize], inputs: &Rows) -> Vec<usize> {
        let alone = |column: &usize| groups.iter().filter(|group| **group == groups[*column]).count() == 1;
        let varied = |column: &usize| {
            let mut values: Vec<f64> = Vec::with_capacity(VALUES);
            for row in inputs.iter() {
                let value = row[*column];
                if !(0.0..=1.0).contains(&value) {
                    return false;
                }
                if values.len() < VALUES && !values.contains(&value) {
                    values.push(value);
                }
            }
            values.len() == VALUES
        };
        (0..groups.len().min(inputs.width())).filter(alone).filter(varied).collect()
    }

    /// The rows with bent inputs.
    pub(super) fn bend<'a>(&self, warps: &[InputWarp], rows: &'a Rows) -> Cow<'a, Rows> {
        if warps.is_empty() {
            return Cow::Borrowed(rows);
        }
        let mut bent = Rows::new(rows.width());
        for row in rows.iter() {
            let mut row = row.to_vec();
            self.bend_row(warps, &mut row);
            bent.push(&row);
        }
        Cow::Owned(bent)
    }

    pub(super) fn bend_row(&self, warps: &[InputWarp], row: &mut [f64]) {
        for (warp, &column) in warps.iter().zip(&self.warped) {
            row[column] = warp.forward(row[column]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRONG: InputWarp = InputWarp { lower: 0.4, upper: 2.5 };

    #[test]
    fn no_bend_leaves_inputs_in_place() {
        for x in [-0.5, 0.0, 0.3, 1.0, 1.7] {
            assert!((InputWarp::NONE.forward(x) - x).abs() < 5.0 * INSIDE, "{x}");
        }
    }

    #[test]
    fn a_bend_keeps_the_order_even_beyond_the_range() {
        for warp in [STRONG, InputWarp { lower: 8.0, upper: 0.2 }] {
            let values: Vec<f64> = (-20..=120).map(|i| warp.forward(f64::from(i) / 100.0)).collect();
            assert!(values.windows(2).all(|pair| pair[0] <= pair[1] && pair[1].is_finite()), "{values:?}");
        }
    }

    #[test]
    fn derivatives_are_those_of_the_bend() {
        let step = 1e-6;
        for x in [0.01, 0.4, 0.97] {
            let bent = STRONG.bent(x);
            let slope = (STRONG.forward(x + step) - STRONG.forward(x - step)) / (2.0 * step);
            assert!((bent.slope - slope).abs() < 1e-5 * slope, "{bent:?} {slope}");
            let shaped = |lower: f64, upper: f64| {
                InputWarp { lower: STRONG.lower * f64::exp(lower), upper: STRONG.upper * f64::exp(upper) }.forward(x)
            };
            let by_lower = (shaped(step, 0.0) - shaped(-step, 0.0)) / (2.0 * step);
            let by_upper = (shaped(0.0, step) - shaped(0.0, -step)) / (2.0 * step);
            assert!((bent.by_shape[0] - by_lower).abs() < 1e-6, "{bent:?} {by_lower}");
            assert!((bent.by_shape[1] - by_upper).abs() < 1e-6, "{bent:?} {by_upper}");
        }
    }

    #[test]
    fn only_numbers_of_their_own_that_vary_are_bent() {
        let mut inputs = Rows::new(5);
        for i in 0..10 {
            let x = f64::from(i) / 9.0;
            inputs.push(&[x, (x * 2.0).floor() / 2.0, x, 1.0 - x, 3.0 * x]);
        }
        assert_eq!(Structure::bendable(&[0, 1, 2, 2, 3], &inputs), [0]);
    }
}
