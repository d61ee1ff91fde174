//! Numbers column by column, for loops over rows that the compiler turns into vector instructions.

use pulp::{Arch, NullaryFnOnce};

use crate::kernel::Rows;

/// Rows gone through at once.
pub(crate) const BLOCK: usize = 16;

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
            rows.values().iter().skip(index).step_by(rows.width().max(1)).map(|x| x * factor).collect()
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

    /// Squared distances of `point` from the [`BLOCK`] rows from `from` on.
    #[inline(always)]
    pub(crate) fn squared_distances(&self, from: usize, point: &[f64]) -> [f64; BLOCK] {
        let mut squares = [0.0; BLOCK];
        for (x, column) in point.iter().zip(&self.columns) {
            let Some(block) = column[from..].first_chunk::<BLOCK>() else { return squares };
            for k in 0..BLOCK {
                let difference = x - block[k];
                squares[k] = difference.mul_add(difference, squares[k]);
            }
        }
        squares
    }

    /// [`Columns::squared_distances`] of the last rows, fewer than a block; zeros beyond them.
    #[inline(always)]
    pub(crate) fn last_squared_distances(&self, from: usize, point: &[f64]) -> [f64; BLOCK] {
        let mut squares = [0.0; BLOCK];
        for (x, column) in point.iter().zip(&self.columns) {
            for (square, y) in squares.iter_mut().zip(&column[from..]) {
                let difference = x - y;
                *square = difference.mul_add(difference, *square);
            }
        }
        squares
    }

    /// Squared distances of `point` from all rows.
    pub(crate) fn distances(&self, point: &[f64], squares: &mut [f64]) {
        Arch::new().dispatch(Distances { columns: self, point, squares });
    }

    /// For every column the sum over rows from `from` on of weight times squared difference from `point`, added
    /// to the strands of `sums`.
    pub(crate) fn add_weighted_squares(&self, from: usize, point: &[f64], weights: &[f64], sums: &mut [Strands]) {
        Arch::new().dispatch(WeightedSquares { columns: self, from, point, weights, sums });
    }

    /// Adds weight times difference in one column between a row after `from` and that row to the row's sum, and takes
    /// the same off the sum of `from`.
    pub(crate) fn push_apart(&self, column: usize, from: usize, weights: &[f64], sums: &mut [f64]) {
        let column = &self.columns[column];
        let (x, mut back) = (column[from], 0.0);
        for ((sum, y), weight) in sums[from + 1..].iter_mut().zip(&column[from + 1..]).zip(weights) {
            let push = weight * (y - x);
            *sum += push;
            back += push;
        }
        sums[from] -= back;
    }

    /// For every column the sum over rows of weight times difference `point - row`.
    pub(crate) fn weighted_differences(&self, point: &[f64], weights: &[f64]) -> Vec<f64> {
        let sum =
            |(x, column): (&f64, &Vec<f64>)| Arch::new().dispatch(Sum { a: weights, b: column, term: Linear(*x) });
        point.iter().zip(&self.columns).map(sum).collect()
    }
}

/// A sum in strands, so that the compiler computes several at once.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Strands([f64; STRANDS]);

const STRANDS: usize = 16;

impl Strands {
    /// The whole sum; its order is the same on every processor.
    pub(crate) fn total(mut self) -> f64 {
        let mut half = STRANDS;
        while half > 1 {
            half /= 2;
            for k in 0..half {
                self.0[k] += self.0[k + half];
            }
        }
        self.0[0]
    }
}

struct WeightedSquares<'a> {
    columns: &'a Columns,
    from: usize,
    point: &'a [f64],
    weights: &'a [f64],
    sums: &'a mut [Strands],
}

impl NullaryFnOnce for WeightedSquares<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (weights, weights_rest) = self.weights.as_chunks::<STRANDS>();
        for ((x, column), sum) in self.point.iter().zip(&self.columns.columns).zip(self.sums) {
            let (chunks, rest) = column[self.from..].as_chunks::<STRANDS>();
            let mut strands = sum.0;
            for (w, y) in weights.iter().zip(chunks) {
                for k in 0..STRANDS {
                    let difference = x - y[k];
                    strands[k] = (w[k] * difference).mul_add(difference, strands[k]);
                }
            }
            for ((strand, w), y) in strands.iter_mut().zip(weights_rest).zip(rest) {
                let difference = x - y;
                *strand = (w * difference).mul_add(difference, *strand);
            }
            sum.0 = strands;
        }
    }
}

struct Distances<'a> {
    columns: &'a Columns,
    point: &'a [f64],
    squares: &'a mut [f64],
}

impl NullaryFnOnce for Distances<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (blocks, rest) = self.squares.as_chunks_mut::<BLOCK>();
        let last = blocks.len() * BLOCK;
        for (number, block) in blocks.iter_mut().enumerate() {
            *block = self.columns.squared_distances(number * BLOCK, self.point);
        }
        let squares = self.columns.last_squared_distances(last, self.point);
        rest.copy_from_slice(&squares[..rest.len()]);
    }
}

/// Every value times `factor` plus `shift`.
pub(crate) fn rescale(values: &mut [f64], factor: f64, shift: f64) {
    Arch::new().dispatch(Rescale { values, factor, shift });
}

struct Rescale<'a> {
    values: &'a mut [f64],
    factor: f64,
    shift: f64,
}

impl NullaryFnOnce for Rescale<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.values.iter_mut().for_each(|value| *value = self.factor * *value + self.shift);
    }
}

/// For every row `(factor a - b) c`.
pub(crate) fn scaled_differences(factor: f64, a: &[f64], b: &[f64], c: &[f64], out: &mut [f64]) {
    Arch::new().dispatch(ScaledDifferences { factor, a, b, c, out });
}

struct ScaledDifferences<'a> {
    factor: f64,
    a: &'a [f64],
    b: &'a [f64],
    c: &'a [f64],
    out: &'a mut [f64],
}

impl NullaryFnOnce for ScaledDifferences<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let terms = self.a.iter().zip(self.b).zip(self.c);
        for (out, ((a, b), c)) in self.out.iter_mut().zip(terms) {
            *out = (a * self.factor - b) * c;
        }
    }
}

/// Sum of `a b`.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    Arch::new().dispatch(Sum { a, b, term: Product })
}

/// [`dot`] within a function that is dispatched itself.
#[inline(always)]
pub(crate) fn inline_dot(a: &[f64], b: &[f64]) -> f64 {
    Sum { a, b, term: Product }.call()
}

/// What is summed over pairs.
trait Term {
    fn of(&self, a: f64, b: f64) -> f64;
}

struct Product;

/// `a (x - b)`.
struct Linear(f64);

impl Term for Product {
    #[inline(always)]
    fn of(&self, a: f64, b: f64) -> f64 {
        a * b
    }
}

impl Term for Linear {
    #[inline(always)]
    fn of(&self, a: f64, b: f64) -> f64 {
        a * (self.0 - b)
    }
}

/// A sum of terms over pairs, in strands.
struct Sum<'a, T> {
    a: &'a [f64],
    b: &'a [f64],
    term: T,
}

impl<T: Term> NullaryFnOnce for Sum<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let size = self.a.len().min(self.b.len());
        let (a_chunks, a_rest) = self.a[..size].as_chunks::<STRANDS>();
        let (b_chunks, b_rest) = self.b[..size].as_chunks::<STRANDS>();
        let mut strands = [0.0; STRANDS];
        for (a, b) in a_chunks.iter().zip(b_chunks) {
            for k in 0..STRANDS {
                strands[k] += self.term.of(a[k], b[k]);
            }
        }
        let mut rest = 0.0;
        for (a, b) in a_rest.iter().zip(b_rest) {
            rest += self.term.of(*a, *b);
        }
        Strands(strands).total() + rest
    }
}
