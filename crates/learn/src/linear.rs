//! Symmetric positive-definite matrices: Cholesky factors that always succeed, solves, inverse.

use faer::{
    Mat, MatMut, Par,
    dyn_stack::{MemBuffer, MemStack},
    linalg::{
        cholesky::llt::{factor, inverse},
        triangular_inverse::invert_lower_triangular,
        triangular_solve::solve_lower_triangular_in_place,
    },
};

use pulp::{Arch, NullaryFnOnce};

use crate::columns::{dot, inline_dot};

/// Lower Cholesky factor `L` of a matrix (`L L^T = K + jitter I`).
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    lower: Mat<f64>,
    jitter: f64,
}

/// What is added to the diagonal, in turn, relative to its mean, until the factorisation succeeds.
const JITTERS: [f64; 8] = [0.0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0];

impl Cholesky {
    /// Factor of the symmetric matrix of which `fill` writes the lower triangle (once, and once more for every larger
    /// jitter) into `lower`, which is square and zero above its diagonal; `None` when the matrix is not finite.
    pub(crate) fn new(mut lower: Mat<f64>, mut fill: impl FnMut(&mut Mat<f64>)) -> Option<Self> {
        let size = lower.nrows();
        for relative in JITTERS {
            fill(&mut lower);
            let diagonal = (0..size).map(|i| lower[(i, i)]).sum::<f64>() / size.max(1) as f64;
            if !diagonal.is_finite() {
                return None;
            }
            let jitter = relative * diagonal;
            (0..size).for_each(|i| lower[(i, i)] += jitter);
            let scratch = factor::cholesky_in_place_scratch::<f64>(size, Par::Seq, Default::default());
            let mut memory = MemBuffer::new(scratch);
            let stack = MemStack::new(&mut memory);
            let done =
                factor::cholesky_in_place(lower.as_mut(), Default::default(), Par::Seq, stack, Default::default());
            let sound = done.is_ok() && (0..size).all(|i| lower[(i, i)].is_finite() && lower[(i, i)] > 0.0);
            if sound {
                return Some(Self { lower, jitter });
            }
        }
        None
    }

    /// What was added to the diagonal.
    pub(crate) fn jitter(&self) -> f64 {
        self.jitter
    }

    pub(crate) fn size(&self) -> usize {
        self.lower.nrows()
    }

    /// `log det K`.
    pub(crate) fn log_determinant(&self) -> f64 {
        2.0 * (0..self.size()).map(|i| self.lower[(i, i)].ln()).sum::<f64>()
    }

    /// `L^-1 b`, in place, for every column of `b`.
    pub(crate) fn half_solve(&self, b: MatMut<'_, f64>) {
        solve_lower_triangular_in_place(self.lower.as_ref(), b, Par::Seq);
    }

    /// `K^-1 b`, in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        Arch::new().dispatch(Solve { lower: &self.lower, b });
    }

    /// Lower triangle of `K^-1` into a matrix of the same size, with memory from [`inverse_memory`].
    pub(crate) fn inverse_into(&self, out: &mut Mat<f64>, memory: &mut MemBuffer) {
        inverse::inverse(out.as_mut(), self.lower.as_ref(), Par::Seq, MemStack::new(memory));
    }

    /// Diagonal of `K^-1`.
    pub(crate) fn inverse_diagonal(&self) -> Vec<f64> {
        let size = self.size();
        let mut half = Mat::zeros(size, size);
        invert_lower_triangular(half.as_mut(), self.lower.as_ref(), Par::Seq);
        (0..size)
            .map(|i| {
                let column = &half.col_as_slice(i)[i..];
                dot(column, column)
            })
            .collect()
    }

    /// The matrix of the factor, to be used again.
    pub(crate) fn into_buffer(self) -> Mat<f64> {
        self.lower
    }

    /// `L z`.
    pub(crate) fn multiply(&self, z: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.size()];
        for (j, factor) in z.iter().enumerate().take(self.size()) {
            let column = &self.lower.col_as_slice(j)[j..];
            product[j..].iter_mut().zip(column).for_each(|(sum, cell)| *sum += factor * cell);
        }
        product
    }

    /// The factor with one more row: `cross` is the new row of `K` against the old ones, `own` its diagonal.
    pub(crate) fn extended(&self, cross: &[f64], own: f64) -> Self {
        let size = self.size();
        let mut row = cross.to_vec();
        self.half_solve(faer::ColMut::from_slice_mut(&mut row).as_mat_mut());
        let squares: f64 = row.iter().map(|value| value * value).sum();
        // A new row that repeats an old one leaves nothing; keep the factor regular all the same.
        let rest = (own + self.jitter - squares).max(1e-10 * own.max(f64::MIN_POSITIVE));
        let mut lower = Mat::zeros(size + 1, size + 1);
        for j in 0..size {
            let column = lower.col_as_slice_mut(j);
            column[j..size].copy_from_slice(&self.lower.col_as_slice(j)[j..]);
            column[size] = row[j];
        }
        lower[(size, size)] = rest.sqrt();
        Self { lower, jitter: self.jitter }
    }
}

/// Both substitutions for one right-hand side, column by column: each number of the factor is read once, in order.
struct Solve<'a> {
    lower: &'a Mat<f64>,
    b: &'a mut [f64],
}

impl NullaryFnOnce for Solve<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { lower, b } = self;
        let size = lower.nrows().min(b.len());
        for j in 0..size {
            let column = &lower.col_as_slice(j)[j..size];
            let (known, rest) = b[j..size].split_at_mut(1);
            known[0] /= column[0];
            let factor = known[0];
            rest.iter_mut().zip(&column[1..]).for_each(|(b, cell)| *b -= factor * cell);
        }
        for j in (0..size).rev() {
            let column = &lower.col_as_slice(j)[j..size];
            let (known, rest) = b[j..size].split_at_mut(1);
            known[0] = (known[0] - inline_dot(rest, &column[1..])) / column[0];
        }
    }
}

/// What [`Cholesky::inverse_into`] works in.
pub(crate) fn inverse_memory(size: usize) -> MemBuffer {
    MemBuffer::new(inverse::inverse_scratch::<f64>(size, Par::Seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Mat<f64> {
        Mat::from_fn(4, 4, |i, j| if i == j { 2.0 } else { 1.0 / (1.0 + i.abs_diff(j) as f64) })
    }

    fn of(matrix: &Mat<f64>) -> Option<Cholesky> {
        Cholesky::new(Mat::zeros(matrix.nrows(), matrix.nrows()), |lower| lower.copy_from(matrix))
    }

    #[test]
    fn solves_and_inverse_agree() {
        let matrix = example();
        let factor = of(&matrix).unwrap();
        let mut b = vec![1.0, -2.0, 0.5, 3.0];
        factor.solve(&mut b);
        let mut inverse = Mat::zeros(4, 4);
        factor.inverse_into(&mut inverse, &mut inverse_memory(4));
        for (i, value) in factor.inverse_diagonal().into_iter().enumerate() {
            assert!((value - inverse[(i, i)]).abs() < 1e-12);
        }
        for i in 0..4 {
            let expected: f64 = [1.0, -2.0, 0.5, 3.0]
                .iter()
                .enumerate()
                .map(|(j, value)| value * if i >= j { inverse[(i, j)] } else { inverse[(j, i)] })
                .sum();
            assert!((b[i] - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn one_more_row_gives_the_factor_of_the_larger_matrix() {
        let matrix = example();
        let small = of(&matrix.as_ref().submatrix(0, 0, 3, 3).to_owned()).unwrap();
        let large = small.extended(&[matrix[(3, 0)], matrix[(3, 1)], matrix[(3, 2)]], matrix[(3, 3)]);
        let direct = of(&matrix).unwrap();
        assert!((large.log_determinant() - direct.log_determinant()).abs() < 1e-12);
    }

    #[test]
    fn a_singular_matrix_gets_jitter_and_a_broken_one_none() {
        let ones = Mat::from_fn(3, 3, |_, _| 1.0);
        assert!(of(&ones).is_some());
        assert!(of(&Mat::from_fn(2, 2, |_, _| f64::NAN)).is_none());
    }
}
