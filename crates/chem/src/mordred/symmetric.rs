//! Eigenvalues of small symmetric matrices, and the eigenvector of the largest.
//!
//! Householder's reduction to tridiagonal form, the QL method for all eigenvalues, Laguerre's for the extreme ones and
//! inverse iteration for the vector (Golub and Van Loan, Matrix Computations, chapter 8).

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
        product.fill(0.0);
        // Row after row, as the matrix is symmetric: sums in columns can be taken several at a time.
        for (row, &factor) in vector.iter().enumerate() {
            let line = &matrix[(first + row) * count + first..(first + row + 1) * count];
            product.iter_mut().zip(line).for_each(|(sum, a)| *sum += a * factor);
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
        let mut d = self.diagonal.clone();
        let mut squares: Vec<f64> = self.coupling.iter().map(|e| e * e).collect();
        let norm = d.iter().chain(&self.coupling).fold(0.0_f64, |most, x| most.max(x.abs()));
        let least = (f64::EPSILON * norm * 0.1).powi(2);
        let count = self.count;
        let mut low = 0;
        let mut rounds = 0;
        while low < count {
            let mut high = low;
            while high + 1 < count {
                let size = f64::EPSILON * (d[high].abs() + d[high + 1].abs());
                if squares[high] <= least.max(size * size) {
                    break;
                }
                high += 1;
            }
            if high == low {
                low += 1;
                rounds = 0;
                continue;
            }
            rounds += 1;
            if rounds > 60 {
                return None;
            }
            rational_ql_step(&mut d, &mut squares, low, high);
        }
        Some(d)
    }

    /// The largest and the smallest eigenvalue.
    pub fn extremes(&self) -> (f64, f64) {
        let squares: Vec<f64> = self.coupling.iter().map(|e| e * e).collect();
        let negated: Vec<f64> = self.diagonal.iter().map(|d| -d).collect();
        (self.largest(&self.diagonal, &squares), -self.largest(&negated, &squares))
    }

    /// Laguerre's method from above: every step stays above the largest eigenvalue.
    fn largest(&self, diagonal: &[f64], squares: &[f64]) -> f64 {
        const MOST_STEPS: usize = 200;
        let size = self.count as f64;
        let bound = |at: usize| {
            let before = if at == 0 { 0.0 } else { self.coupling[at - 1].abs() };
            let behind = if at + 1 < self.count { self.coupling[at].abs() } else { 0.0 };
            diagonal[at] + before + behind
        };
        let mut value = (0..self.count).map(bound).fold(f64::NEG_INFINITY, f64::max);
        value += f64::EPSILON * value.abs() + f64::MIN_POSITIVE;
        for _ in 0..MOST_STEPS {
            // Quotients q of leading minors of `value - T`, with their first two derivatives.
            let (mut first, mut second) = (0.0, 0.0);
            let (mut q, mut dq, mut ddq) = (1.0, 0.0, 0.0);
            for (at, d) in diagonal.iter().enumerate() {
                let over = if at == 0 { 0.0 } else { squares[at - 1] / q };
                let (slope, bend) = (dq / q, ddq / q);
                q = value - d - over;
                if q <= 0.0 {
                    return value;
                }
                dq = 1.0 + over * slope;
                ddq = over * (bend - 2.0 * slope * slope);
                let share = dq / q;
                first += share;
                second += share * share - ddq / q;
            }
            let spread = ((size - 1.0) * (size * second - first * first)).max(0.0).sqrt();
            let next = value - size / (first + spread);
            if value - next <= 2.0 * f64::EPSILON * value.abs() {
                return next.min(value);
            }
            value = next;
        }
        value
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

/// One QL step on rows `low` to `high` without square roots inside: the variant of Pal, Walker and Kahan (Parlett, The
/// Symmetric Eigenvalue Problem, section 8.15). Works on the squares of the couplings.
fn rational_ql_step(d: &mut [f64], squares: &mut [f64], low: usize, high: usize) {
    let root = squares[low].sqrt();
    let g = (d[low + 1] - d[low]) / (2.0 * root);
    let shift = d[low] - root / (g + (g * g + 1.0).sqrt().copysign(g));
    let (mut c, mut s) = (1.0, 0.0);
    let mut gamma = d[high] - shift;
    let mut p = gamma * gamma;
    for i in (low..high).rev() {
        let square = squares[i];
        let r = p + square;
        if i + 1 != high {
            squares[i + 1] = s * r;
        }
        let (before, last) = (c, gamma);
        let inverse = 1.0 / r;
        c = p * inverse;
        s = square * inverse;
        let alpha = d[i];
        gamma = c * (alpha - shift) - s * last;
        d[i + 1] = last + (alpha - gamma);
        p = if c == 0.0 { before * square } else { gamma * gamma * (r / p) };
    }
    squares[low] = s * p;
    d[low] = shift + gamma;
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
        let (largest, least) = reduced.extremes();
        assert!((largest - 2.0).abs() < 1e-13 && (least + 2.0).abs() < 1e-13, "{largest} {least}");
        let vector = reduced.eigenvector(2.0);
        assert!(vector.iter().all(|x| (x.abs() - 6.0_f64.sqrt().recip()).abs() < 1e-13), "{vector:?}");
    }
}
