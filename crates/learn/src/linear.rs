//! Symmetric positive-definite matrices: Cholesky factors that always succeed, solves, inverse.

use faer::{
    Mat, MatMut, Par,
    dyn_stack::{MemBuffer, MemStack},
    linalg::{
        cholesky::llt::{factor, inverse},
        triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place},
    },
};

/// Lower Cholesky factor `L` of a matrix (`L L^T = K + jitter I`).
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    lower: Mat<f64>,
    jitter: f64,
}

/// What is added to the diagonal, in turn, relative to its mean, until the factorisation succeeds.
const JITTERS: [f64; 8] = [0.0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0];

impl Cholesky {
    /// Factor of the symmetric matrix in the lower triangle of what `build` gives (once, and once more for every
    /// larger jitter); `None` when it is not finite.
    pub(crate) fn new(build: impl Fn() -> Mat<f64>) -> Option<Self> {
        for relative in JITTERS {
            let mut lower = build();
            let size = lower.nrows();
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
        let mut column = faer::ColMut::from_slice_mut(b);
        solve_lower_triangular_in_place(self.lower.as_ref(), column.as_mut().as_mat_mut(), Par::Seq);
        solve_upper_triangular_in_place(self.lower.transpose(), column.as_mat_mut(), Par::Seq);
    }

    /// Lower triangle of `K^-1`.
    pub(crate) fn inverse(&self) -> Mat<f64> {
        let size = self.size();
        let mut out = Mat::zeros(size, size);
        let mut memory = MemBuffer::new(inverse::inverse_scratch::<f64>(size, Par::Seq));
        inverse::inverse(out.as_mut(), self.lower.as_ref(), Par::Seq, MemStack::new(&mut memory));
        out
    }

    /// `L z`.
    pub(crate) fn multiply(&self, z: &[f64]) -> Vec<f64> {
        (0..self.size()).map(|i| (0..=i).map(|j| self.lower[(i, j)] * z[j]).sum()).collect()
    }

    /// The factor with one more row: `cross` is the new row of `K` against the old ones, `own` its diagonal.
    pub(crate) fn extended(&self, cross: &[f64], own: f64) -> Self {
        let size = self.size();
        let mut row = cross.to_vec();
        self.half_solve(faer::ColMut::from_slice_mut(&mut row).as_mat_mut());
        let squares: f64 = row.iter().map(|value| value * value).sum();
        // A new row that repeats an old one leaves nothing; keep the factor regular all the same.
        let rest = (own + self.jitter - squares).max(1e-10 * own.max(f64::MIN_POSITIVE));
        let lower = Mat::from_fn(size + 1, size + 1, |i, j| {
            if i < size && j < size {
                self.lower[(i, j)]
            } else if i == size && j < size {
                row[j]
            } else if i == size && j == size {
                rest.sqrt()
            } else {
                0.0
            }
        });
        Self { lower, jitter: self.jitter }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Mat<f64> {
        Mat::from_fn(4, 4, |i, j| if i == j { 2.0 } else { 1.0 / (1.0 + i.abs_diff(j) as f64) })
    }

    #[test]
    fn solves_and_inverse_agree() {
        let matrix = example();
        let factor = Cholesky::new(|| matrix.clone()).unwrap();
        let mut b = vec![1.0, -2.0, 0.5, 3.0];
        factor.solve(&mut b);
        let inverse = factor.inverse();
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
        let small = Cholesky::new(|| matrix.as_ref().submatrix(0, 0, 3, 3).to_owned()).unwrap();
        let large = small.extended(&[matrix[(3, 0)], matrix[(3, 1)], matrix[(3, 2)]], matrix[(3, 3)]);
        let direct = Cholesky::new(|| matrix.clone()).unwrap();
        assert!((large.log_determinant() - direct.log_determinant()).abs() < 1e-12);
    }

    #[test]
    fn a_singular_matrix_gets_jitter_and_a_broken_one_none() {
        let ones = Mat::from_fn(3, 3, |_, _| 1.0);
        assert!(Cholesky::new(|| ones.clone()).is_some());
        assert!(Cholesky::new(|| Mat::from_fn(2, 2, |_, _| f64::NAN)).is_none());
    }
}
