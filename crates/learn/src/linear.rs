//! Symmetric positive-definite matrices: Cholesky factors that always succeed, solves, inverse.

mod panels;

use faer::{
    Mat, MatMut, Par,
    dyn_stack::{MemBuffer, MemStack},
    linalg::{
        cholesky::llt::{factor, inverse},
        triangular_inverse::invert_lower_triangular,
        triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place},
    },
};

use pulp::{Arch, NullaryFnOnce};

use panels::Panels;

use crate::columns::{dot, inline_dot};

/// Lower Cholesky factor `L` of a matrix (`L L^T = K + jitter I`).
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    lower: Mat<f64>,
    jitter: f64,
}

/// Rows up to which matrices are computed in [`Panels`].
const SMALL: usize = 448;

/// What is added to the diagonal, in turn, relative to its mean, until the factorisation succeeds.
const JITTERS: [f64; 8] = [0.0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0];

impl Cholesky {
    /// Factor of the symmetric matrix of which `fill` writes the lower triangle (once, and once more for every larger
    /// jitter) into `lower`, which is square and zero above its diagonal; `None` when the matrix is not finite.
    pub(crate) fn new(lower: Mat<f64>, fill: impl FnMut(&mut Mat<f64>)) -> Option<Self> {
        Self::within(lower, &mut Memory::default(), fill)
    }

    /// [`Cholesky::new`], computed in `memory`.
    pub(crate) fn within(
        mut lower: Mat<f64>,
        memory: &mut Memory,
        mut fill: impl FnMut(&mut Mat<f64>),
    ) -> Option<Self> {
        let size = lower.nrows();
        for relative in JITTERS {
            fill(&mut lower);
            let diagonal = (0..size).map(|i| lower[(i, i)]).sum::<f64>() / size.max(1) as f64;
            if !diagonal.is_finite() {
                return None;
            }
            let jitter = relative * diagonal;
            (0..size).for_each(|i| lower[(i, i)] += jitter);
            let done = if size <= SMALL { memory.panels.factorise(&mut lower) } else { factorised(&mut lower) };
            if done && (0..size).all(|i| lower[(i, i)].is_finite() && lower[(i, i)] > 0.0) {
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

    /// `K^-1 b`, in place; returns `b^T K^-1 b`.
    pub(crate) fn solve(&self, b: &mut [f64]) -> f64 {
        Arch::new().dispatch(Solve { lower: &self.lower, b })
    }

    /// [`Cholesky::solve`] for every column of `b`.
    pub(crate) fn solve_all(&self, b: &mut Mat<f64>) -> Vec<f64> {
        match b.ncols() {
            1 => vec![self.solve(b.col_as_slice_mut(0))],
            2..=LANES => Arch::new().dispatch(SolveLanes { lower: &self.lower, b }),
            _ => {
                self.half_solve(b.as_mut());
                let known = (0..b.ncols()).map(|column| dot(b.col_as_slice(column), b.col_as_slice(column))).collect();
                solve_upper_triangular_in_place(self.lower.transpose(), b.as_mut(), Par::Seq);
                known
            }
        }
    }

    /// [`Cholesky::inverse_into`] of the factor that was computed last in `memory`.
    pub(crate) fn last_inverse_into(&self, inverse: &mut Mat<f64>, memory: &mut Memory) {
        if self.size() <= SMALL {
            memory.panels.invert_factorised(inverse);
        } else {
            self.inverse_into(inverse, memory);
        }
    }

    /// Lower triangle of `K^-1` into a matrix of the same size, computed in `memory`.
    pub(crate) fn inverse_into(&self, out: &mut Mat<f64>, memory: &mut Memory) {
        let size = self.size();
        if size <= SMALL {
            return memory.panels.invert(&self.lower, out);
        }
        let buffer =
            memory.buffer.get_or_insert_with(|| MemBuffer::new(inverse::inverse_scratch::<f64>(size, Par::Seq)));
        inverse::inverse(out.as_mut(), self.lower.as_ref(), Par::Seq, MemStack::new(buffer));
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
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let Self { lower, b } = self;
        let size = lower.nrows().min(b.len());
        for j in 0..size {
            let column = &lower.col_as_slice(j)[j..size];
            let (known, rest) = b[j..size].split_at_mut(1);
            known[0] /= column[0];
            let factor = known[0];
            rest.iter_mut().zip(&column[1..]).for_each(|(b, cell)| *b -= factor * cell);
        }
        let known = inline_dot(b, b);
        for j in (0..size).rev() {
            let column = &lower.col_as_slice(j)[j..size];
            let (known, rest) = b[j..size].split_at_mut(1);
            known[0] = (known[0] - inline_dot(rest, &column[1..])) / column[0];
        }
        known
    }
}

/// Right-hand sides that are solved for at once, and columns of the factor that are gone through at once.
const LANES: usize = 8;
const COLUMNS: usize = 4;

/// Both substitutions for a few right-hand sides side by side: each number of the factor is read once for all.
struct SolveLanes<'a> {
    lower: &'a Mat<f64>,
    b: &'a mut Mat<f64>,
}

impl NullaryFnOnce for SolveLanes<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn call(self) -> Vec<f64> {
        let Self { lower, b } = self;
        let (size, count) = (lower.nrows(), b.ncols().min(LANES));
        let mut lanes = vec![[0.0; LANES]; size];
        for k in 0..count {
            lanes.iter_mut().zip(b.col_as_slice(k)).for_each(|(lane, b)| lane[k] = *b);
        }
        for begin in (0..size).step_by(COLUMNS) {
            let end = (begin + COLUMNS).min(size);
            for j in begin..end {
                let column = &lower.col_as_slice(j)[..end];
                divide(&mut lanes[j], column[j]);
                let known = lanes[j];
                for i in j + 1..end {
                    take(&mut lanes[i], &known, column[i]);
                }
            }
            let (known, rest) = lanes.split_at_mut(end);
            if let [a, b, c, d] = known[begin..] {
                let cells = |j: usize| &lower.col_as_slice(j)[end..size];
                let cells = cells(begin).iter().zip(cells(begin + 1)).zip(cells(begin + 2)).zip(cells(begin + 3));
                for (lane, (((p, q), r), s)) in rest.iter_mut().zip(cells) {
                    for k in 0..LANES {
                        let half = (-q).mul_add(b[k], (-p).mul_add(a[k], lane[k]));
                        lane[k] = (-s).mul_add(d[k], (-r).mul_add(c[k], half));
                    }
                }
            }
        }
        let mut known = [0.0; LANES];
        for lane in &lanes {
            for k in 0..LANES {
                known[k] += lane[k] * lane[k];
            }
        }
        for begin in (0..size).step_by(COLUMNS).rev() {
            let end = (begin + COLUMNS).min(size);
            let (own, rest) = lanes.split_at_mut(end);
            if end == begin + COLUMNS {
                let cells = |j: usize| &lower.col_as_slice(j)[end..size];
                let cells = cells(begin).iter().zip(cells(begin + 1)).zip(cells(begin + 2)).zip(cells(begin + 3));
                let mut sums = [[0.0; LANES]; COLUMNS];
                for (lane, (((p, q), r), s)) in rest.iter().zip(cells) {
                    for k in 0..LANES {
                        sums[0][k] = p.mul_add(lane[k], sums[0][k]);
                        sums[1][k] = q.mul_add(lane[k], sums[1][k]);
                        sums[2][k] = r.mul_add(lane[k], sums[2][k]);
                        sums[3][k] = s.mul_add(lane[k], sums[3][k]);
                    }
                }
                for (lane, sum) in own[begin..].iter_mut().zip(&sums) {
                    take(lane, sum, 1.0);
                }
            }
            for j in (begin..end).rev() {
                let column = &lower.col_as_slice(j)[..end];
                for i in j + 1..end {
                    let below = own[i];
                    take(&mut own[j], &below, column[i]);
                }
                divide(&mut own[j], column[j]);
            }
        }
        for k in 0..count {
            b.col_as_slice_mut(k).iter_mut().zip(&lanes).for_each(|(b, lane)| *b = lane[k]);
        }
        known[..count].to_vec()
    }
}

/// Takes `factor` times `other` off a lane.
#[inline(always)]
fn take(lane: &mut [f64; LANES], other: &[f64; LANES], factor: f64) {
    for k in 0..LANES {
        lane[k] -= factor * other[k];
    }
}

#[inline(always)]
fn divide(lane: &mut [f64; LANES], divisor: f64) {
    for value in lane {
        *value /= divisor;
    }
}

/// What factors and inverses of matrices of one size are computed in, again and again.
#[derive(Default)]
pub(crate) struct Memory {
    panels: Panels,
    buffer: Option<MemBuffer>,
}

/// Replaces the lower triangle of a large matrix by that of its factor; `false` where there is none.
fn factorised(lower: &mut Mat<f64>) -> bool {
    let scratch = factor::cholesky_in_place_scratch::<f64>(lower.nrows(), Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    factor::cholesky_in_place(lower.as_mut(), Default::default(), Par::Seq, stack, Default::default()).is_ok()
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
        factor.inverse_into(&mut inverse, &mut Memory::default());
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
    fn many_right_hand_sides_are_solved_for_as_each_alone() {
        for size in [1, 3, 4, 9, 22] {
            let matrix = Mat::from_fn(size, size, |i, j| if i == j { 3.0 } else { 1.0 / (1.0 + i.abs_diff(j) as f64) });
            let factor = of(&matrix).unwrap();
            for count in [1, 2, 8, 11] {
                let sides = Mat::from_fn(size, count, |i, j| ((i * 7 + j * 3) % 5) as f64 - 2.0);
                let mut solved = sides.clone();
                let known = factor.solve_all(&mut solved);
                for (j, known) in known.into_iter().enumerate() {
                    let mut alone = sides.col_as_slice(j).to_vec();
                    assert!((factor.solve(&mut alone) - known).abs() < 1e-12);
                    assert!(alone.iter().zip(solved.col_as_slice(j)).all(|(a, b)| (a - b).abs() < 1e-12));
                    assert!((dot(sides.col_as_slice(j), &alone) - known).abs() < 1e-12);
                }
            }
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
