//! Covariance functions of a distance.

use serde::{Deserialize, Serialize};

/// How similarity falls with distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kernel {
    /// Twice differentiable responses (Matern with smoothness 5/2).
    Matern52,
    /// Very smooth responses (squared exponential).
    Rbf,
}

impl Kernel {
    /// Covariance and its derivative by `square`, the squared distance in lengthscales.
    ///
    /// Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), eq. 4.9 and 4.17.
    pub(crate) fn value_and_slope(self, square: f64) -> (f64, f64) {
        match self {
            Self::Matern52 => {
                let a = (5.0 * square).sqrt();
                let decay = (-a).exp();
                ((1.0 + a + a * a / 3.0) * decay, -5.0 / 6.0 * (1.0 + a) * decay)
            }
            Self::Rbf => {
                let value = (-0.5 * square).exp();
                (value, -0.5 * value)
            }
        }
    }

    pub(crate) fn value(self, square: f64) -> f64 {
        match self {
            Self::Matern52 => {
                let a = (5.0 * square).sqrt();
                (1.0 + a + a * a / 3.0) * (-a).exp()
            }
            Self::Rbf => (-0.5 * square).exp(),
        }
    }
}

/// Rows of numbers, row by row in one vector.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    width: usize,
    values: Vec<f64>,
}

impl Rows {
    /// No rows, each to come `width` long.
    pub fn new(width: usize) -> Self {
        Self { width, values: Vec::new() }
    }

    /// Adds a row; cells beyond the width are cut, missing ones are zero.
    pub fn push(&mut self, row: &[f64]) {
        let end = self.values.len() + self.width;
        self.values.extend(row.iter().take(self.width));
        self.values.resize(end, 0.0);
    }

    /// Rows from an iterator of rows.
    pub fn collect<'a>(width: usize, rows: impl IntoIterator<Item = &'a [f64]>) -> Self {
        let mut all = Self::new(width);
        rows.into_iter().for_each(|row| all.push(row));
        all
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Numbers per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// One row.
    pub fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.width..(index + 1) * self.width]
    }

    /// All rows in turn.
    pub fn iter(&self) -> impl Iterator<Item = &[f64]> {
        (0..self.len()).map(|index| self.row(index))
    }

    /// Every number multiplied by the factor of its column.
    pub(crate) fn scaled(&self, factors: &[f64]) -> Self {
        let values = self.iter().flat_map(|row| row.iter().zip(factors).map(|(x, f)| x * f)).collect();
        Self { width: self.width, values }
    }
}

pub(crate) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
