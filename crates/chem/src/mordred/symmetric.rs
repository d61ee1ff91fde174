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
        let mut form = Tridiagonal { diagonal: vec![[0.0; L]; count], coupling: vec![[0.0; L]; count] };
        // Of the reflection before: its vector u and the vector w that the matrix changes by, A - u w' - w u'.
        let mut last = vec![[0.0; L]; count];
        let mut change = vec![[0.0; L]; count];
        let mut product = vec![[0.0; L]; count];
        for size in (0..count).rev() {
            let (above, rest) = self.triangle.split_at_mut(start(size));
            let row = &mut rest[..=size];
            subtract(row, &last, &change, last[size], change[size]);
            form.diagonal[size] = row[size];
            if size == 0 {
                break;
            }
            let vector = &mut row[..size];
            form.coupling[size - 1] = reflect(vector);
            product[..size].fill([0.0; L]);
            for at in 0..size {
                let line = &mut above[start(at)..][..=at];
                let sum = change_and_multiply(line, &last, &change, vector, &mut product);
                product[at] = sum;
            }
            let half: [f64; L] =
                vector.iter().zip(&product).fold([0.0; L], |sum, (v, p)| each(|l| sum[l] + 0.5 * v[l] * p[l]));
            for ((change, p), v) in change.iter_mut().zip(&product).zip(vector.iter()) {
                *change = each(|l| p[l] - half[l] * v[l]);
            }
            last[..size].copy_from_slice(vector);
        }
        Reduced { count, form, reflections: self.triangle }
    }
}

/// Takes `u w' + w u'` from one row; `u` and `w` are those of the row itself.
#[inline(always)]
fn subtract<const L: usize>(row: &mut [[f64; L]], last: &[[f64; L]], change: &[[f64; L]], u: [f64; L], w: [f64; L]) {
    for ((a, p), q) in row.iter_mut().zip(last).zip(change) {
        *a = each(|l| a[l] - (u[l] * q[l] + w[l] * p[l]));
    }
}

/// Brings one row up to date, and adds what it means for the product of the matrix with `vector`: to the entries of
/// `product` before its own, and returned for its own.
#[inline(always)]
fn change_and_multiply<const L: usize>(
    line: &mut [[f64; L]],
    last: &[[f64; L]],
    change: &[[f64; L]],
    vector: &[[f64; L]],
    product: &mut [[f64; L]],
) -> [f64; L] {
    let at = line.len() - 1;
    let (u, w, v) = (last[at], change[at], vector[at]);
    let mut sum = [0.0; L];
    let columns = last[..at].iter().zip(&change[..at]).zip(&vector[..at]).zip(&mut product[..at]);
    for (a, (((p, q), x), y)) in line[..at].iter_mut().zip(columns) {
        *a = each(|l| a[l] - (u[l] * q[l] + w[l] * p[l]));
        sum = each(|l| sum[l] + a[l] * x[l]);
        *y = each(|l| y[l] + a[l] * v[l]);
    }
    let own = &mut line[at];
    *own = each(|l| own[l] - 2.0 * u[l] * w[l]);
    each(|l| sum[l] + own[l] * v[l])
}

/// Makes a row the vector `v` of the reflection `1 - v v'` that leaves only its last entry, which is returned.
#[inline(always)]
fn reflect<const L: usize>(row: &mut [[f64; L]]) -> [f64; L] {
    let Some((end, front)) = row.split_last_mut() else { return [0.0; L] };
    let rest: [f64; L] = front.iter().fold([0.0; L], |sum, x| each(|l| sum[l] + x[l] * x[l]));
    let (mut target, mut scale) = (*end, [0.0; L]);
    for l in 0..L {
        if rest[l] > 0.0 {
            let length = (end[l] * end[l] + rest[l]).sqrt();
            target[l] = if end[l] > 0.0 { -length } else { length };
            end[l] -= target[l];
            scale[l] = (2.0 / (end[l] * end[l] + rest[l])).sqrt();
        }
    }
    for x in row {
        *x = each(|l| x[l] * scale[l]);
    }
    target
}

/// Matrices in tridiagonal form, and the way back.
pub(crate) struct Reduced<const L: usize> {
    pub count: usize,
    pub form: Tridiagonal<L>,
    /// In each row the vector of a reflection.
    reflections: Vec<[f64; L]>,
}

impl<const L: usize> Reduced<L> {
    /// The eigenvectors of one eigenvalue of each matrix, of length 1.
    pub fn eigenvectors(&self, values: [f64; L]) -> Vec<[f64; L]> {
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || self.eigenvectors_here(values),
        )
    }

    #[inline(always)]
    fn eigenvectors_here(&self, values: [f64; L]) -> Vec<[f64; L]> {
        let mut vectors = self.form.eigenvectors(values);
        for row in 1..self.count {
            let reflection = &self.reflections[start(row)..][..row];
            let part = &mut vectors[..row];
            let along: [f64; L] =
                reflection.iter().zip(part.iter()).fold([0.0; L], |sum, (v, x)| each(|l| sum[l] + v[l] * x[l]));
            for (x, v) in part.iter_mut().zip(reflection) {
                *x = each(|l| x[l] - along[l] * v[l]);
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
