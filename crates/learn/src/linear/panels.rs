//! Cholesky factor and inverse of a matrix that fits into the caches, eight rows side by side.
//!
//! Three times the same product of thin panels, which leaves out what is known to be zero: general routines that divide
//! the matrix take longer to divide it than to compute.

use faer::Mat;
use pulp::{Arch, Simd, WithSimd};

/// Rows side by side, and columns that are computed at once.
const WIDTH: usize = 8;

/// Rows of one column that lie side by side.
type Cells = [f64; WIDTH];
/// A square of cells, column by column.
type Square = [Cells; WIDTH];

/// What is computed in: rows `8 p` to `8 p + 7` of column `k` are at `p * size + k`.
#[derive(Debug, Clone, Default)]
pub(super) struct Panels {
    /// Rows and columns, filled up to whole squares with those of the identity.
    size: usize,
    lower: Vec<Cells>,
    /// Transposed inverse of the factor.
    upper: Vec<Cells>,
}

impl Panels {
    /// Replaces the lower triangle of a positive definite matrix by that of its Cholesky factor; `false`, and the matrix as
    /// it was, where it is not positive definite.
    pub(super) fn factorise(&mut self, matrix: &mut Mat<f64>) -> bool {
        self.read(matrix);
        let done = Arch::new().dispatch(Factorise(self));
        if done {
            write(&self.lower, self.size, matrix);
        }
        done
    }

    /// Lower triangle of the inverse of the matrix with this Cholesky factor into `inverse`.
    pub(super) fn invert(&mut self, factor: &Mat<f64>, inverse: &mut Mat<f64>) {
        self.read(factor);
        self.invert_factorised(inverse);
    }

    /// Lower triangle of the inverse of the matrix that was factorised last into `inverse`. The factor is gone then.
    pub(super) fn invert_factorised(&mut self, inverse: &mut Mat<f64>) {
        self.upper.resize(self.lower.len(), [0.0; WIDTH]);
        Arch::new().dispatch(Invert(self));
        write(&self.lower, self.size, inverse);
    }

    fn read(&mut self, matrix: &Mat<f64>) {
        let size = matrix.nrows();
        self.size = size.next_multiple_of(WIDTH);
        self.lower.resize(self.size * self.size / WIDTH, [0.0; WIDTH]);
        for k in 0..self.size {
            for panel in k / WIDTH..self.size / WIDTH {
                let cells = &mut self.lower[panel * self.size + k];
                let first = panel * WIDTH;
                if k < size && first + WIDTH <= size {
                    cells.copy_from_slice(&matrix.col_as_slice(k)[first..first + WIDTH]);
                } else {
                    let cell = |row: usize| if k < size && row < size { matrix[(row, k)] } else { f64::from(row == k) };
                    *cells = std::array::from_fn(|r| cell(first + r));
                }
            }
        }
    }
}

/// The lower triangle of panels into that of a matrix.
fn write(panels: &[Cells], stride: usize, matrix: &mut Mat<f64>) {
    let size = matrix.nrows();
    for k in 0..size {
        let column = matrix.col_as_slice_mut(k);
        for (panel, rows) in column.chunks_mut(WIDTH).enumerate().skip(k / WIDTH) {
            let cells = &panels[panel * stride + k];
            let above = k.saturating_sub(panel * WIDTH);
            let count = rows.len();
            rows[above..].copy_from_slice(&cells[above..count]);
        }
    }
}

struct Factorise<'a>(&'a mut Panels);

impl WithSimd for Factorise<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Panels { size, lower, .. } = self.0;
        let size = *size;
        for j in 0..size / WIDTH {
            let known = j * WIDTH;
            let (above, below) = lower.split_at_mut((j + 1) * size);
            let (factor, own) = above[j * size..].split_at_mut(known);
            let [sum] = products(simd, [factor], factor);
            let own = &mut own[..WIDTH];
            take(own, &sum);
            if !factorise_square(own) {
                return false;
            }
            let own: &[Cells] = own;
            for pair in below.chunks_mut(2 * size) {
                if pair.len() == 2 * size {
                    let (first, second) = pair.split_at_mut(size);
                    let (a, first) = first.split_at_mut(known);
                    let (b, second) = second.split_at_mut(known);
                    let sums = products(simd, [a, b], factor);
                    finish(&mut first[..WIDTH], &sums[0], own);
                    finish(&mut second[..WIDTH], &sums[1], own);
                } else {
                    let (a, last) = pair.split_at_mut(known);
                    let [sum] = products(simd, [a], factor);
                    finish(&mut last[..WIDTH], &sum, own);
                }
            }
        }
        true
    }
}

struct Invert<'a>(&'a mut Panels);

impl WithSimd for Invert<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Panels { size, lower, upper } = self.0;
        let size = *size;
        let count = size / WIDTH;
        for j in 0..count {
            let known = j * WIDTH;
            let factor = &lower[j * size..(j + 1) * size];
            let own = &factor[known..known + WIDTH];
            for (number, pair) in upper[..(j + 1) * size].chunks_mut(2 * size).enumerate() {
                let begin = 2 * number * WIDTH;
                if pair.len() == 2 * size {
                    let (first, second) = pair.split_at_mut(size);
                    let begins = 2 * number + 1 == j;
                    if begins {
                        set_diagonal(&mut second[begin..known], 0.0);
                    }
                    let sums = products(simd, [&first[begin..known], &second[begin..known]], &factor[begin..known]);
                    let (first, second) = (&mut first[known..known + WIDTH], &mut second[known..known + WIDTH]);
                    set_diagonal(first, 0.0);
                    set_diagonal(second, f64::from(u8::from(begins)));
                    finish(first, &sums[0], own);
                    finish(second, &sums[1], own);
                } else {
                    let [sum] = products(simd, [&pair[begin..known]], &factor[begin..known]);
                    let last = &mut pair[known..known + WIDTH];
                    set_diagonal(last, 1.0);
                    finish(last, &sum, own);
                }
            }
        }
        for i in (0..count).step_by(2) {
            let begin = i * WIDTH;
            let first = &upper[i * size + begin..(i + 1) * size];
            if i + 1 < count {
                let second = &upper[(i + 1) * size + begin..(i + 2) * size];
                for j in 0..=i + 1 {
                    let sums = products(simd, [first, second], &upper[j * size + begin..(j + 1) * size]);
                    lower[i * size + j * WIDTH..][..WIDTH].copy_from_slice(&sums[0]);
                    lower[(i + 1) * size + j * WIDTH..][..WIDTH].copy_from_slice(&sums[1]);
                }
            } else {
                for j in 0..=i {
                    let [sum] = products(simd, [first], &upper[j * size + begin..(j + 1) * size]);
                    lower[i * size + j * WIDTH..][..WIDTH].copy_from_slice(&sum);
                }
            }
        }
    }
}

/// Products of panels with the transposed panel `b`.
#[inline(always)]
fn products<S: Simd, const COUNT: usize>(simd: S, a: [&[Cells]; COUNT], b: &[Cells]) -> [Square; COUNT] {
    let mut all = [[[0.0; WIDTH]; WIDTH]; COUNT];
    let mut same_length = a;
    for a in &mut same_length {
        *a = &a[..b.len()];
    }
    let a = same_length;
    // Every number of lanes there is divides the width.
    for part in 0..WIDTH / S::F64_LANES {
        let mut sums = [[simd.splat_f64s(0.0); WIDTH]; COUNT];
        for (k, factors) in b.iter().enumerate() {
            let mut rows = [simd.splat_f64s(0.0); COUNT];
            for p in 0..COUNT {
                rows[p] = S::as_simd_f64s(&a[p][k]).0[part];
            }
            for c in 0..WIDTH {
                let factor = simd.splat_f64s(factors[c]);
                for p in 0..COUNT {
                    sums[p][c] = simd.mul_add_f64s(rows[p], factor, sums[p][c]);
                }
            }
        }
        for p in 0..COUNT {
            for c in 0..WIDTH {
                S::as_mut_simd_f64s(&mut all[p][c]).0[part] = sums[p][c];
            }
        }
    }
    all
}

/// Zero but for the diagonal.
#[inline(always)]
fn set_diagonal(square: &mut [Cells], value: f64) {
    for (c, cells) in square.iter_mut().enumerate() {
        *cells = [0.0; WIDTH];
        cells[c] = value;
    }
}

/// Takes `sum` off a square.
#[inline(always)]
fn take(square: &mut [Cells], sum: &Square) {
    for (cells, sum) in square.iter_mut().zip(sum) {
        for r in 0..WIDTH {
            cells[r] -= sum[r];
        }
    }
}

/// Takes `sum` off a square and divides it by the transposed `factor`.
#[inline(always)]
fn finish(square: &mut [Cells], sum: &Square, factor: &[Cells]) {
    take(square, sum);
    for c in 0..WIDTH {
        let inverse = 1.0 / factor[c][c];
        let mut own = square[c];
        for d in 0..c {
            for r in 0..WIDTH {
                own[r] = (-square[d][r]).mul_add(factor[d][c], own[r]);
            }
        }
        for r in 0..WIDTH {
            square[c][r] = own[r] * inverse;
        }
    }
}

/// Cholesky factor of a square, in place; `false` where it is not positive definite.
#[inline(always)]
fn factorise_square(square: &mut [Cells]) -> bool {
    for c in 0..WIDTH {
        for d in 0..c {
            for r in c..WIDTH {
                square[c][r] = (-square[d][r]).mul_add(square[d][c], square[c][r]);
            }
        }
        let pivot = square[c][c];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
        let root = pivot.sqrt();
        square[c][c] = root;
        for cell in &mut square[c][c + 1..] {
            *cell /= root;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_and_inverse_multiply_to_the_matrix_and_the_identity() {
        for size in [1, 5, 8, 9, 16, 23, 40, 41] {
            let cell = |i: usize, j: usize| if i == j { 2.0 } else { 1.0 / (1.0 + i.abs_diff(j) as f64) };
            let matrix = Mat::from_fn(size, size, cell);
            let (mut factor, mut inverse) = (matrix.clone(), Mat::zeros(size, size));
            let mut panels = Panels::default();
            assert!(panels.factorise(&mut factor));
            panels.invert_factorised(&mut inverse);
            let mut again = Mat::zeros(size, size);
            panels.invert(&factor, &mut again);
            assert_eq!(again, inverse);
            let symmetric = |i: usize, j: usize| inverse[(i.max(j), i.min(j))];
            for i in 0..size {
                for j in 0..=i {
                    let product: f64 = (0..=j).map(|k| factor[(i, k)] * factor[(j, k)]).sum();
                    assert!((product - matrix[(i, j)]).abs() < 1e-13, "{size} {i} {j}");
                    let product: f64 = (0..size).map(|k| matrix[(i, k)] * symmetric(k, j)).sum();
                    assert!((product - f64::from(i == j)).abs() < 1e-12, "{size} {i} {j}: {product}");
                }
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_is_left_as_it_was() {
        let mut matrix = Mat::from_fn(10, 10, |i, j| if i == j { f64::from(u8::from(i < 9)) - 0.5 } else { 0.0 });
        let before = matrix.clone();
        assert!(!Panels::default().factorise(&mut matrix));
        assert_eq!(matrix, before);
    }
}
