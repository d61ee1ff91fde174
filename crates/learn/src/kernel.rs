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
    #[inline(always)]
    fn value_and_slope(self, square: f64) -> (f64, f64) {
        match self {
            Self::Matern52 => {
                let a = (5.0 * square).sqrt();
                let decay = exp_of_negative(-a);
                ((1.0 + a + a * a / 3.0) * decay, -5.0 / 6.0 * (1.0 + a) * decay)
            }
            Self::Rbf => {
                let value = exp_of_negative(-0.5 * square);
                (value, -0.5 * value)
            }
        }
    }

    /// Covariances of `point` with the rows of `columns` from row `from` on; both in lengthscales.
    ///
    /// Shape: `values` has one cell for each of these rows.
    pub(crate) fn values(self, columns: &Columns, from: usize, point: &[f64], values: &mut [f64]) {
        pulp::Arch::new().dispatch(|| {
            columns.squared_distances(from, point, values);
            match self {
                Self::Matern52 => values.iter_mut().for_each(|v| *v = Self::Matern52.value_and_slope(*v).0),
                Self::Rbf => values.iter_mut().for_each(|v| *v = Self::Rbf.value_and_slope(*v).0),
            }
        });
    }

    /// [`Kernel::values`], and their derivatives by the squared distance.
    pub(crate) fn values_and_slopes(
        self,
        columns: &Columns,
        from: usize,
        point: &[f64],
        values: &mut [f64],
        slopes: &mut [f64],
    ) {
        pulp::Arch::new().dispatch(|| {
            columns.squared_distances(from, point, values);
            let both = values.iter_mut().zip(slopes);
            match self {
                Self::Matern52 => both.for_each(|(v, s)| (*v, *s) = Self::Matern52.value_and_slope(*v)),
                Self::Rbf => both.for_each(|(v, s)| (*v, *s) = Self::Rbf.value_and_slope(*v)),
            }
        });
    }
}

/// `exp(x)` for `x <= 0`, relative error below 1e-15; zero below -700. Straight-line code, so that the compiler
/// computes several at once.
#[inline(always)]
fn exp_of_negative(x: f64) -> f64 {
    // Adding and subtracting this rounds to the nearest whole number and leaves it in the lowest bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let bounded = if x > -700.0 { x } else { -700.0 };
    let shifted = bounded * std::f64::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let r = (bounded - whole * LN_2_HIGH) - whole * LN_2_LOW;
    // Taylor series: |r| <= ln(2) / 2, the next term is below 2e-16.
    const FACTORS: [f64; 13] = [
        1.0,
        1.0,
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
        1.0 / 40320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
    ];
    let mut sum = FACTORS[12];
    for index in (0..12).rev() {
        sum = sum * r + FACTORS[index];
    }
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    if x > -700.0 { sum * power } else { 0.0 }
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

    /// Those with the given numbers.
    pub fn select(&self, indices: &[usize]) -> Self {
        Self::collect(self.width, indices.iter().map(|&index| self.row(index)))
    }
}

/// The numbers of [`Rows`], column by column: what a loop over rows reads lies together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Columns {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

impl Columns {
    /// Every number multiplied by the factor of its column.
    pub(crate) fn scaled(rows: &Rows, factors: &[f64]) -> Self {
        let column = |(index, factor): (usize, &f64)| {
            rows.values.iter().skip(index).step_by(rows.width.max(1)).map(|x| x * factor).collect()
        };
        Self { rows: rows.len(), columns: factors.iter().enumerate().map(column).collect() }
    }

    pub(crate) fn push(&mut self, row: &[f64]) {
        self.rows += 1;
        self.columns.iter_mut().zip(row).for_each(|(column, x)| column.push(*x));
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Copies one row into `row`.
    pub(crate) fn read(&self, index: usize, row: &mut [f64]) {
        row.iter_mut().zip(&self.columns).for_each(|(x, column)| *x = column[index]);
    }

    /// Squared distances of `point` from the rows from `from` on.
    #[inline(always)]
    fn squared_distances(&self, from: usize, point: &[f64], squares: &mut [f64]) {
        squares.fill(0.0);
        for (x, column) in point.iter().zip(&self.columns) {
            let x = *x;
            for (square, y) in squares.iter_mut().zip(&column[from..]) {
                *square += (x - y) * (x - y);
            }
        }
    }

    /// For every column the sum over rows from `from` on of weight times squared difference from `point`, added
    /// to `sums`.
    pub(crate) fn add_weighted_squares(&self, from: usize, point: &[f64], weights: &[f64], sums: &mut [f64]) {
        pulp::Arch::new().dispatch(|| {
            for ((x, column), sum) in point.iter().zip(&self.columns).zip(sums) {
                *sum += folded(
                    weights,
                    &column[from..],
                    #[inline(always)]
                    |w, y| w * (x - y) * (x - y),
                );
            }
        });
    }

    /// For every column the sum over rows of weight times difference `point - row`.
    pub(crate) fn weighted_differences(&self, point: &[f64], weights: &[f64]) -> Vec<f64> {
        pulp::Arch::new().dispatch(|| {
            point
                .iter()
                .zip(&self.columns)
                .map(|(x, column)| {
                    folded(
                        weights,
                        column,
                        #[inline(always)]
                        |w, y| w * (x - y),
                    )
                })
                .collect()
        })
    }
}

/// Sum of `a b`, in eight strands, so that the compiler computes several at once.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    pulp::Arch::new().dispatch(|| {
        folded(
            a,
            b,
            #[inline(always)]
            |a, b| a * b,
        )
    })
}

#[inline(always)]
fn folded(a: &[f64], b: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    const STRANDS: usize = 8;
    let (a_chunks, a_rest) = a.as_chunks::<STRANDS>();
    let (b_chunks, b_rest) = b.as_chunks::<STRANDS>();
    let mut strands = [0.0; STRANDS];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for k in 0..STRANDS {
            strands[k] += term(a[k], b[k]);
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| term(*a, *b)).sum();
    let [p, q, r, s, t, u, v, w] = strands;
    ((p + q) + (r + s)) + ((t + u) + (v + w)) + rest
}

pub(crate) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_the_standard_library() {
        for i in 0..200_000 {
            let x = -f64::from(i) * 0.003_451;
            let expected = x.exp();
            assert!((exp_of_negative(x) - expected).abs() <= 1e-14 * expected, "{x}");
        }
        assert_eq!(exp_of_negative(0.0), 1.0);
        assert_eq!(exp_of_negative(-1e300), 0.0);
        assert_eq!(exp_of_negative(f64::NEG_INFINITY), 0.0);
    }

    #[test]
    fn kernels_agree_with_their_formulas() {
        let rows = Rows::collect(2, [[0.3, -1.0].as_slice(), [2.0, 0.5].as_slice(), [0.1, 0.2].as_slice()]);
        let columns = Columns::scaled(&rows, &[1.0, 2.0]);
        let point = [0.1, 0.4];
        for kernel in [Kernel::Matern52, Kernel::Rbf] {
            let (mut values, mut slopes) = ([0.0; 3], [0.0; 3]);
            kernel.values_and_slopes(&columns, 0, &point, &mut values, &mut slopes);
            let mut last = [0.0];
            kernel.values(&columns, 2, &point, &mut last);
            assert_eq!(last[0], values[2]);
            for (index, row) in rows.iter().enumerate() {
                let square = (row[0] - 0.1).powi(2) + (2.0 * row[1] - 0.4).powi(2);
                let at = |square: f64| match kernel {
                    Kernel::Matern52 => {
                        let a = (5.0 * square).sqrt();
                        (1.0 + a + a * a / 3.0) * (-a).exp()
                    }
                    Kernel::Rbf => (-0.5 * square).exp(),
                };
                assert!((values[index] - at(square)).abs() < 1e-14);
                if square > 0.0 {
                    let numeric = (at(square + 1e-6) - at(square - 1e-6)) / 2e-6;
                    assert!((slopes[index] - numeric).abs() < 1e-8);
                }
            }
        }
    }
}
