//! Numbers column by column, for loops over rows that the compiler turns into vector instructions.

use pulp::{Arch, NullaryFnOnce};

use crate::kernel::Rows;

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

    /// Squared distances of `point` from the rows from `from` on.
    #[inline(always)]
    pub(crate) fn squared_distances(&self, from: usize, point: &[f64], squares: &mut [f64]) {
        squares.fill(0.0);
        for (x, column) in point.iter().zip(&self.columns) {
            let x = *x;
            for (square, y) in squares.iter_mut().zip(&column[from..]) {
                *square += (x - y) * (x - y);
            }
        }
    }

    /// Squared distances of `point` from all rows.
    pub(crate) fn distances(&self, point: &[f64], squares: &mut [f64]) {
        Arch::new().dispatch(Distances { columns: self, point, squares });
    }

    /// For every column the sum over rows from `from` on of weight times squared difference from `point`, added
    /// to `sums`.
    pub(crate) fn add_weighted_squares(&self, from: usize, point: &[f64], weights: &[f64], sums: &mut [f64]) {
        for ((x, column), sum) in point.iter().zip(&self.columns).zip(sums) {
            *sum += Arch::new().dispatch(Sum { a: weights, b: &column[from..], term: Squared(*x) });
        }
    }

    /// For every column the sum over rows of weight times difference `point - row`.
    pub(crate) fn weighted_differences(&self, point: &[f64], weights: &[f64]) -> Vec<f64> {
        let sum =
            |(x, column): (&f64, &Vec<f64>)| Arch::new().dispatch(Sum { a: weights, b: column, term: Linear(*x) });
        point.iter().zip(&self.columns).map(sum).collect()
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
        self.columns.squared_distances(0, self.point, self.squares);
    }
}

/// Sum of `a b`.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    Arch::new().dispatch(Sum { a, b, term: Product })
}

/// What is summed over pairs.
trait Term {
    fn of(&self, a: f64, b: f64) -> f64;
}

struct Product;

/// `a (x - b)`.
struct Linear(f64);

/// `a (x - b)^2`.
struct Squared(f64);

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

impl Term for Squared {
    #[inline(always)]
    fn of(&self, a: f64, b: f64) -> f64 {
        let difference = self.0 - b;
        a * difference * difference
    }
}

/// A sum in sixteen strands, so that the compiler computes several at once; the order is the same on every processor.
struct Sum<'a, T> {
    a: &'a [f64],
    b: &'a [f64],
    term: T,
}

impl<T: Term> NullaryFnOnce for Sum<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        const STRANDS: usize = 16;
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
        let mut half = STRANDS;
        while half > 1 {
            half /= 2;
            for k in 0..half {
                strands[k] += strands[k + half];
            }
        }
        strands[0] + rest
    }
}
