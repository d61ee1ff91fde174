//! What a process learns from, and what is known of the response beforehand.

use std::{fmt::Debug, sync::Arc};

use crate::kernel::Rows;

/// Observations to learn from.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a> {
    /// Where was measured: n x d, scaled to about 0..1 per column.
    pub inputs: &'a Rows,
    /// What was read: n values, scaled to about mean 0 and variance 1.
    pub outputs: &'a [f64],
    /// Noise variance of each reading that comes on top of the learnt one (a known uncertainty of measurement, a
    /// reading trusted less), in squared units of the outputs; empty for none.
    pub extra_noise: &'a [f64],
}

impl<'a> Data<'a> {
    /// Readings that are all equally noisy.
    pub fn new(inputs: &'a Rows, outputs: &'a [f64]) -> Self {
        Self { inputs, outputs, extra_noise: &[] }
    }

    /// Number of observations.
    pub fn len(&self) -> usize {
        self.outputs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }

    /// Whether lengths agree, numbers are finite and variances not negative.
    pub fn is_sound(&self, width: usize) -> bool {
        let extra = self.extra_noise;
        self.inputs.len() == self.len()
            && self.inputs.width() == width
            && (extra.is_empty() || extra.len() == self.len())
            && self.outputs.iter().all(|y| y.is_finite())
            && self.inputs.iter().flatten().all(|x| x.is_finite())
            && extra.iter().all(|v| v.is_finite() && *v >= 0.0)
    }

    /// Extra noise variance of every observation, zeros where none is known.
    pub(super) fn extra(&self) -> Vec<f64> {
        if self.extra_noise.is_empty() { vec![0.0; self.len()] } else { self.extra_noise.to_vec() }
    }
}

/// A function of the inputs that the response is believed to contain, times an unknown coefficient: the prediction
/// of an earlier campaign, a straight line, a formula.
///
/// A value that is not finite counts as zero.
pub trait Basis: Debug + Send + Sync {
    /// Values at every row of `points` (m x d, scaled as the inputs of the process).
    fn values(&self, points: &Rows) -> Vec<f64>;

    /// Value at one point, and its gradient by the inputs.
    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>);
}

/// A basis function with what is believed about its coefficient.
#[derive(Debug, Clone)]
pub struct Trend {
    /// The function.
    pub basis: Arc<dyn Basis>,
    /// Expected coefficient.
    pub mean: f64,
    /// Variance of the coefficient, at least 0 (0: the coefficient is known).
    pub variance: f64,
}

impl PartialEq for Trend {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.basis, &other.basis) && self.mean == other.mean && self.variance == other.variance
    }
}

/// Basis values at points, one column per trend.
pub(super) fn trend_columns(trends: &[Trend], points: &Rows) -> Vec<Vec<f64>> {
    let column = |trend: &Trend| {
        let mut values = trend.basis.values(points);
        values.resize(points.len(), 0.0);
        values.iter_mut().filter(|value| !value.is_finite()).for_each(|value| *value = 0.0);
        values
    };
    trends.iter().map(column).collect()
}

/// What the trends are expected to add up to, from their columns.
pub(super) fn expected_trend(trends: &[Trend], columns: &[Vec<f64>], size: usize) -> Vec<f64> {
    let mut sum = vec![0.0; size];
    for (trend, column) in trends.iter().zip(columns) {
        sum.iter_mut().zip(column).for_each(|(s, h)| *s += trend.mean * h);
    }
    sum
}
