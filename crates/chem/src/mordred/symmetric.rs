//! Eigenvalues of small symmetric matrices, and the eigenvector of the largest.
//!
//! Householder's reduction to tridiagonal form, the implicit QL method for the eigenvalues and inverse iteration for
//! the vector (Golub and Van Loan, Matrix Computations, chapter 8).

/// A symmetric matrix reduced to tridiagonal form.
pub(super) struct Tridiagonal {
    count: usize,
    diagonal: Vec<f64>,
    /// Below the diagonal: entry `i` couples `i` and `i + 1`.
    coupling: Vec<f64>,
    /// Householder vectors, one for each column reduced.
    reflections: Vec<f64>,
}

/// Reduces a symmetric matrix, given row by row.
pub(super) fn reduce(mut matrix: Vec<f64>, count: usize) -> Tridiagonal {
    let mut coupling = vec![0.0; count];
    let mut reflections = vec![0.0; count * count];
    let mut product = vec![0.0; count];
    for column in 0..count.saturating_sub(2) {
        let first = column + 1;
        let mut vector: Vec<f64> = matrix[column * count + first..(column + 1) * count].to_vec();
        let norm = vector[1..].iter().map(|x| x * x).sum::<f64>();
        if norm == 0.0 {
            coupling[column] = vector[0];
            continue;
        }
        let length = (vector[0] * vector[0] + norm).sqrt();
        let target = if vector[0] > 0.0 { -length } else { length };
        coupling[column] = target;
        vector[0] -= target;
        let scale = (2.0 / (vector[0] * vector[0] + norm)).sqrt();
        vector.iter_mut().for_each(|x| *x *= scale);
        // The reflection is 1 - v v'; the rest becomes A - v w' - w v' with w = A v - v (v' A v) / 2.
        let size = count - first;
        let product = &mut product[..size];
        for (row, value) in product.iter_mut().enumerate() {
            let line = &matrix[(first + row) * count + first..(first + row + 1) * count];
            *value = line.iter().zip(&vector).map(|(a, v)| a * v).sum();
        }
        let half = 0.5 * product.iter().zip(&vector).map(|(p, v)| p * v).sum::<f64>();
        product.iter_mut().zip(&vector).for_each(|(p, v)| *p -= half * v);
        for row in 0..size {
            let (v, w) = (vector[row], product[row]);
            let line = &mut matrix[(first + row) * count + first..(first + row + 1) * count];
            for ((a, &x), &p) in line.iter_mut().zip(&vector).zip(product.iter()) {
                *a -= v * p + w * x;
            }
        }
        reflections[column * count + first..(column + 1) * count].copy_from_slice(&vector);
    }
    if count >= 2 {
        coupling[count - 2] = matrix[(count - 2) * count + count - 1];
    }
    let diagonal = (0..count).map(|at| matrix[at * count + at]).collect();
    Tridiagonal { count, diagonal, coupling, reflections }
}

impl Tridiagonal {
    /// All eigenvalues, in no order; `None` when the method does not settle.
    pub fn eigenvalues(&self) -> Option<Vec<f64>> {
        let (mut d, mut e) = (self.diagonal.clone(), self.coupling.clone());
        let count = self.count;
        for low in 0..count {
            let mut rounds = 0;
            loop {
                let mut high = low;
                while high + 1 < count {
                    let size = d[high].abs() + d[high + 1].abs();
                    if e[high].abs() <= f64::EPSILON * size {
                        break;
                    }
                    high += 1;
                }
                if high == low {
                    break;
                }
                rounds += 1;
                if rounds > 60 {
                    return None;
                }
                ql_step(&mut d, &mut e, low, high);
            }
        }
        Some(d)
    }

    /// The eigenvector of an eigenvalue, of length 1.
    pub fn eigenvector(&self, value: f64) -> Vec<f64> {
        let count = self.count;
        if count == 1 {
            return vec![1.0];
        }
        let scale = self.diagonal.iter().chain(&self.coupling).fold(1e-300_f64, |most, x| most.max(x.abs()));
        let mut vector = vec![1.0 / (count as f64).sqrt(); count];
        for _ in 0..3 {
            self.solve_shifted(value, scale, &mut vector);
            let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
            vector.iter_mut().for_each(|x| *x /= length);
        }
        for column in (0..count.saturating_sub(2)).rev() {
            let reflection = &self.reflections[column * count + column + 1..(column + 1) * count];
            let part = &mut vector[column + 1..];
            let along: f64 = reflection.iter().zip(part.iter()).map(|(v, x)| v * x).sum();
            part.iter_mut().zip(reflection).for_each(|(x, v)| *x -= along * v);
        }
        vector
    }

    /// Solves (T - value) x = b by elimination with row exchanges, b given and x returned in `right`.
    fn solve_shifted(&self, value: f64, scale: f64, right: &mut [f64]) {
        let count = self.count;
        let least = f64::EPSILON * scale;
        let safe = |pivot: f64| if pivot.abs() < least { least.copysign(pivot) } else { pivot };
        let mut main: Vec<f64> = self.diagonal.iter().map(|d| d - value).collect();
        let mut upper: Vec<f64> = self.coupling.clone();
        let mut second = vec![0.0; count];
        for at in 0..count.saturating_sub(1) {
            let below = self.coupling[at];
            if below.abs() > main[at].abs() {
                let factor = main[at] / below;
                let next_main = main[at + 1];
                let next_upper = if at + 2 < count { upper[at + 1] } else { 0.0 };
                main[at] = below;
                main[at + 1] = upper[at] - factor * next_main;
                upper[at] = next_main;
                second[at] = next_upper;
                if at + 2 < count {
                    upper[at + 1] = -factor * next_upper;
                }
                right.swap(at, at + 1);
                right[at + 1] -= factor * right[at];
            } else {
                let factor = below / safe(main[at]);
                main[at + 1] -= factor * upper[at];
                right[at + 1] -= factor * right[at];
            }
        }
        for at in (0..count).rev() {
            let mut rest = right[at];
            if at + 1 < count {
                rest -= upper[at] * right[at + 1];
            }
            if at + 2 < count {
                rest -= second[at] * right[at + 2];
            }
            right[at] = rest / safe(main[at]);
        }
        let largest = right.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        if largest > 0.0 && largest.is_finite() {
            right.iter_mut().for_each(|x| *x /= largest);
        }
    }
}

/// One implicit QL step on rows `low` to `high`.
fn ql_step(d: &mut [f64], e: &mut [f64], low: usize, high: usize) {
    let mut g = (d[low + 1] - d[low]) / (2.0 * e[low]);
    let mut r = g.hypot(1.0);
    g = d[high] - d[low] + e[low] / (g + r.copysign(g));
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    for i in (low..high).rev() {
        let f = s * e[i];
        let b = c * e[i];
        r = (f * f + g * g).sqrt();
        e[i + 1] = r;
        if r == 0.0 {
            d[i + 1] -= p;
            e[high] = 0.0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2.0 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
    }
    d[low] -= p;
    e[low] = g;
    e[high] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_six_has_the_eigenvalues_of_benzene() {
        let mut matrix = vec![0.0; 36];
        for at in 0..6 {
            let next = (at + 1) % 6;
            matrix[at * 6 + next] = 1.0;
            matrix[next * 6 + at] = 1.0;
        }
        let reduced = reduce(matrix, 6);
        let mut values = reduced.eigenvalues().unwrap_or_default();
        values.sort_by(f64::total_cmp);
        for (value, expected) in values.iter().zip([-2.0, -1.0, -1.0, 1.0, 1.0, 2.0]) {
            assert!((value - expected).abs() < 1e-13, "{values:?}");
        }
        let vector = reduced.eigenvector(2.0);
        assert!(vector.iter().all(|x| (x.abs() - 6.0_f64.sqrt().recip()).abs() < 1e-13), "{vector:?}");
    }
}
