//! Covariance functions of a distance.

use pulp::NullaryFnOnce;
use serde::{Deserialize, Serialize};

use crate::columns::{BLOCK, Columns};

/// How similarity falls with distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kernel {
    /// Twice differentiable responses (Matern with smoothness 5/2).
    Matern52,
    /// Very smooth responses (squared exponential).
    Rbf,
}

const THIRD: f64 = 1.0 / 3.0;
/// Exponents beyond this one count as this one: nothing is left.
const FURTHEST: f64 = 700.0;

impl Kernel {
    /// Covariance and its derivative by `square`, the squared distance in lengthscales.
    ///
    /// Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), eq. 4.9 and 4.17.
    #[inline(always)]
    fn value_and_slope(self, square: f64) -> (f64, f64) {
        match self {
            Self::Matern52 => {
                let a = (5.0 * square).sqrt().min(FURTHEST);
                let (decay, near) = (exp_of_negative(-a), 1.0 + a);
                ((a * a).mul_add(THIRD, near) * decay, -5.0 / 6.0 * near * decay)
            }
            Self::Rbf => {
                let value = exp_of_negative(-(0.5 * square).min(FURTHEST));
                (value, -0.5 * value)
            }
        }
    }

    /// Covariances of `point` with the rows of `columns` from row `from` on; both in lengthscales.
    ///
    /// Shape: `values` has one cell for each of these rows.
    pub(crate) fn values(self, columns: &Columns, from: usize, point: &[f64], values: &mut [f64]) {
        pulp::Arch::new().dispatch(Values { kernel: self, columns, from, point, values });
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
        pulp::Arch::new().dispatch(ValuesAndSlopes { kernel: self, columns, from, point, values, slopes });
    }
}

/// Work that is compiled once for every kind of processor and dispatched when it runs: these are types because
/// closures are not reliably compiled in place.
struct Values<'a> {
    kernel: Kernel,
    columns: &'a Columns,
    from: usize,
    point: &'a [f64],
    values: &'a mut [f64],
}

impl NullaryFnOnce for Values<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        match self.kernel {
            Kernel::Matern52 => self.fill(Kernel::Matern52),
            Kernel::Rbf => self.fill(Kernel::Rbf),
        }
    }
}

impl Values<'_> {
    #[inline(always)]
    fn fill(self, kernel: Kernel) {
        let (blocks, rest) = self.values.as_chunks_mut::<BLOCK>();
        let last = self.from + blocks.len() * BLOCK;
        for (number, block) in blocks.iter_mut().enumerate() {
            let squares = self.columns.squared_distances(self.from + number * BLOCK, self.point);
            for k in 0..BLOCK {
                block[k] = kernel.value_and_slope(squares[k]).0;
            }
        }
        if !rest.is_empty() {
            let squares = self.columns.last_squared_distances(last, self.point);
            let mut own = [0.0; BLOCK];
            for k in 0..BLOCK {
                own[k] = kernel.value_and_slope(squares[k]).0;
            }
            rest.copy_from_slice(&own[..rest.len()]);
        }
    }
}

struct ValuesAndSlopes<'a> {
    kernel: Kernel,
    columns: &'a Columns,
    from: usize,
    point: &'a [f64],
    values: &'a mut [f64],
    slopes: &'a mut [f64],
}

impl NullaryFnOnce for ValuesAndSlopes<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        match self.kernel {
            Kernel::Matern52 => self.fill(Kernel::Matern52),
            Kernel::Rbf => self.fill(Kernel::Rbf),
        }
    }
}

impl ValuesAndSlopes<'_> {
    #[inline(always)]
    fn fill(self, kernel: Kernel) {
        let (blocks, rest) = self.values.as_chunks_mut::<BLOCK>();
        let (slope_blocks, rest_slopes) = self.slopes.as_chunks_mut::<BLOCK>();
        let last = self.from + blocks.len() * BLOCK;
        for (number, (values, slopes)) in blocks.iter_mut().zip(slope_blocks).enumerate() {
            let squares = self.columns.squared_distances(self.from + number * BLOCK, self.point);
            for k in 0..BLOCK {
                (values[k], slopes[k]) = kernel.value_and_slope(squares[k]);
            }
        }
        if !rest.is_empty() {
            let squares = self.columns.last_squared_distances(last, self.point);
            let (mut values, mut slopes) = ([0.0; BLOCK], [0.0; BLOCK]);
            for k in 0..BLOCK {
                (values[k], slopes[k]) = kernel.value_and_slope(squares[k]);
            }
            rest.copy_from_slice(&values[..rest.len()]);
            rest_slopes.copy_from_slice(&slopes[..rest.len()]);
        }
    }
}

/// `exp(x)` for `x` from -700 to 0, relative error below 1e-15. Straight-line code, so that the compiler computes
/// several at once.
#[inline(always)]
pub(crate) fn exp_of_negative(x: f64) -> f64 {
    // Adding and subtracting this rounds to the nearest whole number and leaves it in the lowest bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let shifted = x.mul_add(std::f64::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let r = whole.mul_add(-LN_2_LOW, whole.mul_add(-LN_2_HIGH, x));
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
        sum = sum.mul_add(r, FACTORS[index]);
    }
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    sum * power
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

    /// All numbers, row by row.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
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

pub(crate) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_the_standard_library() {
        for i in 0..200_000 {
            let x = -f64::from(i) * 0.003_5;
            let expected = x.exp();
            assert!((exp_of_negative(x) - expected).abs() <= 1e-14 * expected, "{x}");
        }
        assert_eq!(exp_of_negative(0.0), 1.0);
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
