//! Small symmetric matrices of one size, several at a time, reduced to tridiagonal form.
//!
//! Molecules have small matrices, in which one step waits for the one before; several matrices side by side keep the
//! processor busy, and give the same numbers as one by one. Householder's reduction from the last row upwards (Golub and
//! Van Loan, Matrix Computations, section 8.3).

use std::array::from_fn as each;

use super::tridiagonal::Tridiagonal;

/// Lower triangles of several symmetric matrices, row by row.
pub(crate) struct Symmetric<const L: usize> {
    pub count: usize,
    pub triangle: Vec<[f64; L]>,
}

fn start(row: usize) -> usize {
    row * (row + 1) / 2
}

impl<const L: usize> Symmetric<L> {
    /// Matrices of zeros.
    pub fn zeros(count: usize) -> Self {
        Self { count, triangle: vec![[0.0; L]; start(count)] }
    }

    /// The entry in a row and a column, the column not behind the row.
    pub fn at(&mut self, row: usize, column: usize) -> &mut [f64; L] {
        &mut self.triangle[start(row) + column]
    }

    /// Sums of the diagonals.
    pub fn trace(&self) -> [f64; L] {
        let own = (0..self.count).map(|row| self.triangle[start(row) + row]);
        own.fold([0.0; L], |sum, x| each(|l| sum[l] + x[l]))
    }

    /// Reduces the matrices.
    pub fn reduce(self) -> Reduced<L> {
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || self.reduce_here(),
        )
    }

    #[inline(always)]
    fn reduce_here(mut self) -> Reduced<L> {
        let count = self.count;
        let zeros = || vec![[0.0; L]; count];
        let mut form = Tridiagonal { diagonal: zeros(), coupling: zeros() };
        let mut scales = zeros();
        // The matrix changes by - u w' - w u' where u is the vector of the reflection before, which stands in its row.
        let mut change = zeros();
        let mut product = zeros();
        let mut half = [0.0; L];
        let nothing = zeros();
        for size in (0..count).rev() {
            let (above, rest) = self.triangle.split_at_mut(start(size));
            let (row, below) = rest.split_at_mut(size + 1);
            // None before the first reflection.
            let last = below.get(..=size).unwrap_or_default();
            let scale = scales.get(size + 1).copied().unwrap_or([0.0; L]);
            let square = match last {
                [] => along(&row[..size.saturating_sub(1)], row),
                _ => change_row(row, last, &product, &mut change, &scale, &half),
            };
            form.diagonal[size] = row[size];
            if size == 0 {
                break;
            }
            let vector = &mut row[..size];
            (form.coupling[size - 1], scales[size]) = reflect(&mut vector[size - 1], square);
            product[..size].fill([0.0; L]);
            // Before the first reflection nothing changes.
            let last = if last.is_empty() { &nothing[..] } else { last };
            // Two rows at a time, which share what is read of the columns.
            for at in (0..size - size % 2).step_by(2) {
                let (line, rest) = above[start(at)..].split_at_mut(at + 1);
                change_and_multiply(line, &mut rest[..at + 2], last, &change, vector, &mut product);
            }
            if size % 2 == 1 {
                let at = size - 1;
                change_and_multiply_one(&mut above[start(at)..][..=at], last, &change, vector, &mut product);
            }
            let scale = &scales[size];
            half = times(&[0.5; L], &times(scale, &times(scale, &along(vector, &product))));
        }
        Reduced { count, form, scales, reflections: self.triangle }
    }
}

/// `c + a b` of every matrix, rounded once. Functions here are inlined whatever their size: the instructions they take
/// are those of the processor only inside the caller.
#[inline(always)]
fn plus<const L: usize>(c: &[f64; L], a: &[f64; L], b: &[f64; L]) -> [f64; L] {
    let mut sum = *c;
    for l in 0..L {
        sum[l] = a[l].mul_add(b[l], c[l]);
    }
    sum
}

#[inline(always)]
fn times<const L: usize>(a: &[f64; L], b: &[f64; L]) -> [f64; L] {
    let mut product = *a;
    for l in 0..L {
        product[l] *= b[l];
    }
    product
}

#[inline(always)]
fn minus<const L: usize>(a: &[f64; L]) -> [f64; L] {
    let mut negative = *a;
    for number in &mut negative {
        *number = -*number;
    }
    negative
}

/// Sum of the products of two rows.
#[inline(always)]
fn along<const L: usize>(a: &[[f64; L]], b: &[[f64; L]]) -> [f64; L] {
    let mut sum = [0.0; L];
    for (x, y) in a.iter().zip(b) {
        sum = plus(&sum, x, y);
    }
    sum
}

/// Finds what the matrix changes by after a reflection `last`, and brings the last row up to date. Returned is the sum of
/// the squares of the row but for its last two entries.
#[inline(always)]
fn change_row<const L: usize>(
    row: &mut [[f64; L]],
    last: &[[f64; L]],
    product: &[[f64; L]],
    change: &mut [[f64; L]],
    scale: &[f64; L],
    half: &[f64; L],
) -> [f64; L] {
    let end = row.len() - 1;
    let half = minus(half);
    let u = minus(&last[end]);
    let w = minus(&plus(&times(&half, &last[end]), scale, &product[end]));
    let mut square = [0.0; L];
    let front = end.saturating_sub(1);
    for ((a, q), (v, p)) in row[..front].iter_mut().zip(change.iter_mut()).zip(last.iter().zip(product)) {
        *q = plus(&times(&half, v), scale, p);
        *a = plus(&plus(a, &u, q), &w, v);
        square = plus(&square, a, a);
    }
    for at in front..=end {
        change[at] = plus(&times(&half, &last[at]), scale, &product[at]);
        row[at] = plus(&plus(&row[at], &u, &change[at]), &w, &last[at]);
    }
    square
}

/// Brings two rows up to date, one behind the other, and adds what they mean for the product of the matrix with `vector`.
#[inline(always)]
fn change_and_multiply<const L: usize>(
    line: &mut [[f64; L]],
    below: &mut [[f64; L]],
    last: &[[f64; L]],
    change: &[[f64; L]],
    vector: &[[f64; L]],
    product: &mut [[f64; L]],
) {
    let at = line.len() - 1;
    let (u, w, v) = (minus(&last[at]), minus(&change[at]), vector[at]);
    let (u_below, w_below, v_below) = (minus(&last[at + 1]), minus(&change[at + 1]), vector[at + 1]);
    let (mut sum, mut sum_below) = ([0.0; L], [0.0; L]);
    let columns = last[..at].iter().zip(&change[..at]).zip(&vector[..at]).zip(&mut product[..at]);
    for ((a, b), (((p, q), x), y)) in line[..at].iter_mut().zip(&mut below[..at]).zip(columns) {
        *a = plus(&plus(a, &u, q), &w, p);
        *b = plus(&plus(b, &u_below, q), &w_below, p);
        sum = plus(&sum, a, x);
        sum_below = plus(&sum_below, b, x);
        *y = plus(&plus(y, a, &v), b, &v_below);
    }
    line[at] = plus(&plus(&line[at], &u, &change[at]), &w, &last[at]);
    below[at] = plus(&plus(&below[at], &u_below, &change[at]), &w_below, &last[at]);
    below[at + 1] = plus(&plus(&below[at + 1], &u_below, &change[at + 1]), &w_below, &last[at + 1]);
    product[at] = plus(&plus(&sum, &line[at], &v), &below[at], &v_below);
    product[at + 1] = plus(&plus(&sum_below, &below[at], &v), &below[at + 1], &v_below);
}

/// The same for one row.
#[inline(always)]
fn change_and_multiply_one<const L: usize>(
    line: &mut [[f64; L]],
    last: &[[f64; L]],
    change: &[[f64; L]],
    vector: &[[f64; L]],
    product: &mut [[f64; L]],
) {
    let at = line.len() - 1;
    let (u, w, v) = (minus(&last[at]), minus(&change[at]), vector[at]);
    let mut sum = [0.0; L];
    let columns = last[..at].iter().zip(&change[..at]).zip(&vector[..at]).zip(&mut product[..at]);
    for (a, (((p, q), x), y)) in line[..at].iter_mut().zip(columns) {
        *a = plus(&plus(a, &u, q), &w, p);
        sum = plus(&sum, a, x);
        *y = plus(y, a, &v);
    }
    line[at] = plus(&plus(&line[at], &u, &change[at]), &w, &last[at]);
    product[at] = plus(&sum, &line[at], &v);
}

/// Changes the last entry of a row, of which the squares of the entries before have a sum, so that the row becomes the
/// vector `v` of a reflection `1 - s v v'` that leaves only that entry. Returned are what it leaves there, and `s`.
#[inline(always)]
fn reflect<const L: usize>(end: &mut [f64; L], square: [f64; L]) -> ([f64; L], [f64; L]) {
    /// Smaller sums are none: one over them would be no number.
    const LEAST: f64 = 1e-290;
    let (mut target, mut scale) = (*end, [0.0; L]);
    for l in 0..L {
        if square[l] > LEAST {
            let length = (end[l] * end[l] + square[l]).sqrt();
            target[l] = if end[l] > 0.0 { -length } else { length };
            end[l] -= target[l];
            scale[l] = 2.0 / (end[l] * end[l] + square[l]);
        }
    }
    (target, scale)
}

/// Matrices in tridiagonal form, and the way back.
pub(crate) struct Reduced<const L: usize> {
    pub count: usize,
    pub form: Tridiagonal<L>,
    /// What each reflection is multiplied with.
    scales: Vec<[f64; L]>,
    /// In each row the vector of a reflection.
    reflections: Vec<[f64; L]>,
}

impl<const L: usize> Reduced<L> {
    /// The eigenvectors of one eigenvalue of each matrix, of length 1.
    pub fn eigenvectors(&self, values: [f64; L]) -> Vec<[f64; L]> {
        pulp::Arch::new().dispatch(Eigenvectors { of: self, values })
    }
}

struct Eigenvectors<'a, const L: usize> {
    of: &'a Reduced<L>,
    values: [f64; L],
}

impl<const L: usize> pulp::NullaryFnOnce for Eigenvectors<'_, L> {
    type Output = Vec<[f64; L]>;

    #[inline(always)]
    fn call(self) -> Vec<[f64; L]> {
        let Self { of, values } = self;
        let mut vectors = of.form.eigenvectors(values);
        let reflection = |row: usize| &of.reflections[start(row)..][..row];
        // One reflection is applied while the next is measured along the vectors.
        let mut before: &[[f64; L]] = &[];
        let mut against = [0.0; L];
        for row in 1..=of.count {
            // Behind the last there is none.
            let next = if row < of.count { reflection(row) } else { before };
            let mut sum = [0.0; L];
            for ((x, v), n) in vectors.iter_mut().zip(before).zip(next) {
                *x = plus(x, &against, v);
                sum = plus(&sum, n, x);
            }
            if row < of.count {
                let end = next[row - 1];
                sum = plus(&sum, &end, &vectors[row - 1]);
                against = minus(&times(&of.scales[row], &sum));
                before = next;
            }
        }
        vectors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring of six and a chain of six, the other matrices zero.
    fn benzene_and_hexatriene() -> Reduced<4> {
        let mut matrices = Symmetric::zeros(6);
        for at in 0..5 {
            *matrices.at(at + 1, at) = [1.0, 1.0, 0.0, 0.0];
        }
        matrices.at(5, 0)[0] = 1.0;
        matrices.reduce()
    }

    #[test]
    fn a_ring_and_a_chain_of_six_have_the_eigenvalues_hueckel_found() {
        let reduced = benzene_and_hexatriene();
        let values = reduced.form.eigenvalues();
        for (lane, expected) in [
            (0, vec![-2.0, -1.0, -1.0, 1.0, 1.0, 2.0]),
            (1, (1..=6).rev().map(|k| 2.0 * (std::f64::consts::PI * f64::from(k) / 7.0).cos()).collect::<Vec<f64>>()),
            (2, vec![0.0; 6]),
        ] {
            let mut found: Vec<f64> = values.iter().map(|row| row[lane]).collect();
            found.sort_by(f64::total_cmp);
            assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-13), "{found:?} {expected:?}");
        }
    }

    #[test]
    fn the_extreme_eigenvalues_and_the_leading_vector_are_found_alone() {
        let reduced = benzene_and_hexatriene();
        let (largest, least) = reduced.form.extremes();
        assert!((largest[0] - 2.0).abs() < 1e-13 && (least[0] + 2.0).abs() < 1e-13, "{largest:?} {least:?}");
        let vectors = reduced.eigenvectors(largest);
        assert!(vectors.iter().all(|x| (x[0].abs() - 6.0_f64.sqrt().recip()).abs() < 1e-13), "{vectors:?}");
    }
}
