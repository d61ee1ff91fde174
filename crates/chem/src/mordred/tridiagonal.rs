//! Eigenvalues of symmetric tridiagonal matrices of one size, several at a time.
//!
//! The QL method for all eigenvalues, Laguerre's for the extreme ones and inverse iteration for a vector (Parlett, The
//! Symmetric Eigenvalue Problem, chapters 4 and 8).

use std::array::from_fn;

/// Matrices of one size, entry by entry side by side.
pub(crate) struct Tridiagonal<const L: usize> {
    pub diagonal: Vec<[f64; L]>,
    /// Entry `i` couples `i` and `i + 1`; the last is zero.
    pub coupling: Vec<[f64; L]>,
}

/// Rounds of the QL method for one eigenvalue; two or three do.
const MOST_ROUNDS: usize = 60;

impl<const L: usize> Tridiagonal<L> {
    fn count(&self) -> usize {
        self.diagonal.len()
    }

    /// All eigenvalues, in no order; NaN for a matrix for which the method does not settle.
    pub fn eigenvalues(&self) -> Vec<[f64; L]> {
        pulp::Arch::new().dispatch(Ql::new(self))
    }

    /// The largest and the smallest eigenvalue. For the smallest, negated matrices are worked on beside the others.
    pub fn extremes(&self) -> ([f64; L], [f64; L]) {
        pulp::Arch::new().dispatch(Laguerre(self))
    }

    /// Gershgorin's bounds on the largest eigenvalues of the matrices and of the negated ones.
    fn bounds(&self) -> Both<L> {
        let mut bounds = [[f64::NEG_INFINITY; L]; 2];
        let mut before = [0.0; L];
        for (d, e) in self.diagonal.iter().zip(&self.coupling) {
            for l in 0..L {
                bounds[0][l] = bounds[0][l].max(d[l] + before[l] + e[l].abs());
                bounds[1][l] = bounds[1][l].max(-d[l] + before[l] + e[l].abs());
                before[l] = e[l].abs();
            }
        }
        bounds
    }

    /// The eigenvector of an eigenvalue of each matrix, of length 1.
    #[inline(always)]
    pub fn eigenvectors(&self, values: [f64; L]) -> Vec<[f64; L]> {
        let count = self.count();
        if count == 1 {
            return vec![[1.0; L]];
        }
        let factors = Factors::new(self, values);
        let mut vectors = vec![[1.0 / (count as f64).sqrt(); L]; count];
        for _ in 0..3 {
            factors.solve(&mut vectors);
            let mut length = [0.0; L];
            for row in &vectors {
                (0..L).for_each(|l| length[l] += row[l] * row[l]);
            }
            let scale = length.map(|square| square.sqrt().recip());
            for row in &mut vectors {
                (0..L).for_each(|l| row[l] *= scale[l]);
            }
        }
        vectors
    }
}

/// A number for each matrix, and for each negated one.
type Both<const L: usize> = [[f64; L]; 2];

/// Laguerre's method from above: every step stays above the largest eigenvalue.
struct Laguerre<'a, const L: usize>(&'a Tridiagonal<L>);

impl<const L: usize> pulp::NullaryFnOnce for Laguerre<'_, L> {
    type Output = ([f64; L], [f64; L]);

    #[inline(always)]
    fn call(self) -> Self::Output {
        const MOST_STEPS: usize = 200;
        let matrices = self.0;
        let size = matrices.count() as f64;
        let squares: Vec<[f64; L]> = matrices.coupling.iter().map(|row| row.map(|e| e * e)).collect();
        let start = |bound: f64| bound + f64::EPSILON * bound.abs() + f64::MIN_POSITIVE;
        let mut value = matrices.bounds().map(|bounds| bounds.map(start));
        let mut done = [[false; L]; 2];
        for _ in 0..MOST_STEPS {
            let (first, second, above) = derivatives(&matrices.diagonal, &squares, &value);
            for side in 0..2 {
                for l in 0..L {
                    let (slope, bend) = (first[side][l], second[side][l]);
                    let spread = ((size - 1.0) * (size * bend - slope * slope)).max(0.0).sqrt();
                    let (now, next) = (value[side][l], value[side][l] - size / (slope + spread));
                    if done[side][l] || !above[side][l] {
                        done[side][l] = true;
                    } else if now - next <= 2.0 * f64::EPSILON * now.abs() {
                        value[side][l] = next.min(now);
                        done[side][l] = true;
                    } else {
                        value[side][l] = next;
                    }
                }
            }
            if done.as_flattened().iter().all(|&done| done) {
                break;
            }
        }
        let [largest, least] = value;
        (largest, least.map(|value| -value))
    }
}

/// Of the logarithm of the characteristic polynomial at `value`: its derivative, the negative second derivative, and
/// whether the value lies above every eigenvalue.
#[inline(always)]
fn derivatives<const L: usize>(
    diagonal: &[[f64; L]],
    squares: &[[f64; L]],
    value: &Both<L>,
) -> (Both<L>, Both<L>, [[bool; L]; 2]) {
    let zeros = [[0.0; L]; 2];
    let (mut first, mut second, mut least) = (zeros, zeros, [[f64::INFINITY; L]; 2]);
    // Quotients q of leading minors of `value - T`, by themselves and their derivatives by q.
    let (mut inverse, mut slope, mut bend) = (zeros, zeros, zeros);
    let mut before = [0.0; L];
    for (d, square) in diagonal.iter().zip(squares) {
        for side in 0..2 {
            for l in 0..L {
                let d = if side == 0 { d[l] } else { -d[l] };
                let over = before[l] * inverse[side][l];
                let q = value[side][l] - d - over;
                least[side][l] = if q < least[side][l] { q } else { least[side][l] };
                let dq = 1.0 + over * slope[side][l];
                let ddq = over * (bend[side][l] - 2.0 * slope[side][l] * slope[side][l]);
                inverse[side][l] = 1.0 / q;
                slope[side][l] = dq * inverse[side][l];
                bend[side][l] = ddq * inverse[side][l];
                first[side][l] += slope[side][l];
                second[side][l] += slope[side][l] * slope[side][l] - bend[side][l];
            }
        }
        before = *square;
    }
    (first, second, least.map(|least| least.map(|least| least > 0.0)))
}

/// State of the QL method without square roots inside: the variant of Pal, Walker and Kahan (Parlett, section 8.15).
struct Ql<const L: usize> {
    d: Vec<[f64; L]>,
    squares: Vec<[f64; L]>,
    /// Couplings whose squares are below this count as zero.
    least: [f64; L],
    /// The part worked on of each matrix: rows `low` to `high`.
    low: [usize; L],
    high: [usize; L],
    rounds: [usize; L],
}

impl<const L: usize> Ql<L> {
    fn new(matrices: &Tridiagonal<L>) -> Self {
        let mut most = [0.0_f64; L];
        for row in matrices.diagonal.iter().chain(&matrices.coupling) {
            (0..L).for_each(|l| most[l] = most[l].max(row[l].abs()));
        }
        Self {
            d: matrices.diagonal.clone(),
            squares: matrices.coupling.iter().map(|row| row.map(|e| e * e)).collect(),
            least: most.map(|norm| (f64::EPSILON * norm * 0.1).powi(2)),
            low: [0; L],
            high: [0; L],
            rounds: [0; L],
        }
    }

    /// Finds the next part to work on of each matrix; whether there is any.
    #[inline(always)]
    fn find_parts(&mut self) -> bool {
        let end = self.d.len();
        let mut first = end;
        for l in 0..L {
            let mut low = self.low[l];
            while low < end && (low + 1 == end || self.small(low, l)) {
                low += 1;
                self.rounds[l] = 0;
            }
            self.low[l] = low;
            first = first.min(low);
        }
        if first < end {
            self.find_ends(first);
        }
        first < end
    }

    /// Whether the coupling behind a row counts as zero.
    #[inline(always)]
    fn small(&self, at: usize, l: usize) -> bool {
        let size = f64::EPSILON * (self.d[at][l].abs() + self.d[at + 1][l].abs());
        let square = self.squares[at][l];
        (square <= self.least[l]) | (square <= size * size)
    }

    /// Finds the row behind which each part is cut off from the rest.
    #[inline(always)]
    fn find_ends(&mut self, first: usize) {
        let last = self.d.len() - 1;
        // Numbers to compare with, several at a time.
        let low = self.low.map(|low| low as f64);
        let mut ends = [last as f64; L];
        let rows = self.d[first..].iter().zip(&self.d[first + 1..]).zip(&self.squares[first..]);
        for (at, ((here, next), squares)) in rows.enumerate().rev() {
            let place = (first + at) as f64;
            for l in 0..L {
                let size = f64::EPSILON * (here[l].abs() + next[l].abs());
                let most = if size * size > self.least[l] { size * size } else { self.least[l] };
                ends[l] = if (squares[l] <= most) & (place >= low[l]) { place } else { ends[l] };
            }
        }
        self.high = ends.map(|end| end as usize);
    }

    /// One step on the part of each matrix.
    #[inline(always)]
    fn step(&mut self) {
        let end = self.d.len();
        let (mut square, mut here, mut next, mut upper) = ([1.0; L], [0.0; L], [0.0; L], [0.0; L]);
        let (mut first, mut last) = (end, 0);
        for l in 0..L {
            let (low, high) = (self.low[l], self.high[l]);
            if low >= end {
                continue;
            }
            self.rounds[l] += 1;
            if self.rounds[l] > MOST_ROUNDS {
                self.d[low][l] = f64::NAN;
                self.low[l] = end;
                continue;
            }
            (first, last) = (first.min(low), last.max(high));
            (square[l], here[l], next[l], upper[l]) =
                (self.squares[low][l], self.d[low][l], self.d[low + 1][l], self.d[high][l]);
        }
        let (mut shift, mut gamma, mut p) = ([0.0; L], [0.0; L], [0.0; L]);
        for l in 0..L {
            let root = square[l].sqrt();
            let g = (next[l] - here[l]) / (2.0 * root);
            shift[l] = here[l] - root / (g + (g * g + 1.0).sqrt().copysign(g));
            gamma[l] = upper[l] - shift[l];
            p[l] = gamma[l] * gamma[l];
        }
        let (mut c, mut s) = ([1.0; L], [0.0; L]);
        let (low, high) = (self.low.map(|low| low as f64), self.high.map(|high| high as f64));
        for at in (first..last).rev() {
            let place = at as f64;
            let (square, alpha) = (self.squares[at], self.d[at]);
            let inside: [bool; L] = from_fn(|l| (low[l] <= place) & (place < high[l]));
            let pick = |new: [f64; L], old: [f64; L]| from_fn(|l| if inside[l] { new[l] } else { old[l] });
            let r: [f64; L] = from_fn(|l| p[l] + square[l]);
            let growth: [f64; L] = from_fn(|l| r[l] / p[l]);
            let inverse = r.map(|r| 1.0 / r);
            let new_c: [f64; L] = from_fn(|l| p[l] * inverse[l]);
            let new_s: [f64; L] = from_fn(|l| square[l] * inverse[l]);
            let new_gamma: [f64; L] = from_fn(|l| new_c[l] * (alpha[l] - shift[l]) - new_s[l] * gamma[l]);
            let usual: [f64; L] = from_fn(|l| new_gamma[l] * new_gamma[l] * growth[l]);
            let turned: [f64; L] = from_fn(|l| c[l] * square[l]);
            let new_p = from_fn(|l| if new_c[l] == 0.0 { turned[l] } else { usual[l] });
            // At the upper end of the part `s` is zero, and so becomes the coupling that counts as zero.
            self.squares[at + 1] = pick(from_fn(|l| s[l] * r[l]), self.squares[at + 1]);
            self.d[at + 1] = pick(from_fn(|l| gamma[l] + (alpha[l] - new_gamma[l])), self.d[at + 1]);
            (c, s) = (pick(new_c, c), pick(new_s, s));
            (gamma, p) = (pick(new_gamma, gamma), pick(new_p, p));
        }
        for l in 0..L {
            let low = self.low[l];
            if low < end {
                self.squares[low][l] = s[l] * p[l];
                self.d[low][l] = shift[l] + gamma[l];
            }
        }
    }
}

impl<const L: usize> pulp::NullaryFnOnce for Ql<L> {
    type Output = Vec<[f64; L]>;

    #[inline(always)]
    fn call(mut self) -> Vec<[f64; L]> {
        while self.find_parts() {
            self.step();
        }
        self.d
    }
}

/// Matrices less an eigenvalue each, eliminated with row exchanges.
struct Factors<const L: usize> {
    main: Vec<[f64; L]>,
    upper: Vec<[f64; L]>,
    second: Vec<[f64; L]>,
    factor: Vec<[f64; L]>,
    exchanged: Vec<[bool; L]>,
}

impl<const L: usize> Factors<L> {
    #[inline(always)]
    fn new(matrices: &Tridiagonal<L>, values: [f64; L]) -> Self {
        let count = matrices.count();
        let mut scale = [1e-300_f64; L];
        for row in matrices.diagonal.iter().chain(&matrices.coupling) {
            (0..L).for_each(|l| scale[l] = scale[l].max(row[l].abs()));
        }
        let zeros = || vec![[0.0; L]; count];
        let mut main: Vec<[f64; L]> = matrices.diagonal.iter().map(|row| from_fn(|l| row[l] - values[l])).collect();
        let mut upper = matrices.coupling.clone();
        let (mut second, mut factor, mut exchanged) = (zeros(), zeros(), vec![[false; L]; count]);
        let safe = |pivot: f64, l: usize| {
            let least = f64::EPSILON * scale[l];
            if pivot.abs() < least { least.copysign(pivot) } else { pivot }
        };
        for at in 0..count.saturating_sub(1) {
            for l in 0..L {
                let below = matrices.coupling[at][l];
                if below.abs() > main[at][l].abs() {
                    let ratio = main[at][l] / below;
                    let (next_main, next_upper) = (main[at + 1][l], upper[at + 1][l]);
                    main[at + 1][l] = upper[at][l] - ratio * next_main;
                    main[at][l] = below.recip();
                    upper[at][l] = next_main;
                    second[at][l] = next_upper;
                    upper[at + 1][l] = -ratio * next_upper;
                    factor[at][l] = ratio;
                    exchanged[at][l] = true;
                } else {
                    let inverse = safe(main[at][l], l).recip();
                    factor[at][l] = below * inverse;
                    main[at][l] = inverse;
                    main[at + 1][l] -= factor[at][l] * upper[at][l];
                }
            }
        }
        if let Some(last) = main.last_mut() {
            (0..L).for_each(|l| last[l] = safe(last[l], l).recip());
        }
        Self { main, upper, second, factor, exchanged }
    }

    /// Solves (T - value) x = b, b given and x returned in `right`, x scaled to entries of at most 1.
    #[inline(always)]
    fn solve(&self, right: &mut [[f64; L]]) {
        let count = right.len();
        for at in 0..count - 1 {
            let (here, below, exchanged) = (right[at], right[at + 1], self.exchanged[at]);
            right[at] = from_fn(|l| if exchanged[l] { below[l] } else { here[l] });
            let other: [f64; L] = from_fn(|l| if exchanged[l] { here[l] } else { below[l] });
            right[at + 1] = from_fn(|l| other[l] - self.factor[at][l] * right[at][l]);
        }
        let mut most = [0.0_f64; L];
        let (mut next, mut behind) = ([0.0; L], [0.0; L]);
        for (at, row) in right.iter_mut().enumerate().rev() {
            let (main, upper, second) = (&self.main[at], &self.upper[at], &self.second[at]);
            *row = from_fn(|l| (row[l] - upper[l] * next[l] - second[l] * behind[l]) * main[l]);
            most = from_fn(|l| most[l].max(row[l].abs()));
            (behind, next) = (next, *row);
        }
        let scale = most.map(|most| if most > 0.0 && most.is_finite() { most.recip() } else { 1.0 });
        for row in right {
            (0..L).for_each(|l| row[l] *= scale[l]);
        }
    }
}
