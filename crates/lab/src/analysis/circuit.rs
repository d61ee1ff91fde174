//! The equivalent circuit R0 - (R1||CPE1) - (R2||CPE2) - ... and where to start fitting it.
//!
//! A constant-phase element has the impedance 1/(Q (jw)^n), w = 2 pi f; in parallel with R it makes a depressed arc
//!
//! Z(w) = R0 + sum of R_k / (1 + (jw tau_k)^n_k),   tau_k = (R_k Q_k)^(1/n_k).
//!
//! Source: Brug, van den Eeden, Sluyters-Rehbach, Sluyters, J. Electroanal. Chem. 176, 275 (1984). The time constant
//! takes the place of Q while fitting, because R and Q of one arc are strongly correlated and R and tau are not.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use num_complex::Complex64;

use super::least_squares::Residuals;

/// Lowest exponent: below it a constant-phase element is no longer told from a resistor over a few decades.
pub(crate) const LOWEST_EXPONENT: f64 = 0.3;

/// One arc: resistance \[Ohm\], time constant \[s\], exponent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arc {
    pub(crate) r: f64,
    pub(crate) tau: f64,
    pub(crate) n: f64,
}

impl Arc {
    /// Q of the constant-phase element \[F.s^(n-1)\].
    pub(crate) fn q(&self) -> f64 {
        self.tau.powf(self.n) / self.r
    }

    /// Frequency of the top of the arc \[Hz\].
    pub(crate) fn peak(&self) -> f64 {
        1.0 / (TAU * self.tau)
    }
}

/// (jw tau)^n with `u` = ln(w tau).
fn power(u: f64, n: f64) -> Complex64 {
    Complex64::from_polar((n * u).exp(), n * FRAC_PI_2)
}

/// A measured spectrum, prepared for fitting.
///
/// Residuals: (model - data)/|data|, real and imaginary part in turn (modulus weighting; Boukamp, Solid State Ionics 20,
/// 31, 1986). Parameters: ln R0, then ln R, ln tau, n for each arc.
pub(crate) struct Spectrum {
    log_angular: Vec<f64>,
    data: Vec<Complex64>,
}

impl Spectrum {
    /// `frequencies` \[Hz\], `impedances` \[Ohm\]; of one length, positive and not zero.
    pub(crate) fn new(frequencies: &[f64], impedances: &[Complex64]) -> Self {
        Self { log_angular: frequencies.iter().map(|f| (TAU * f).ln()).collect(), data: impedances.to_vec() }
    }

    fn limits(&self) -> (f64, f64) {
        let of = |fold: fn(f64, f64) -> f64, start| self.log_angular.iter().copied().fold(start, fold);
        (of(f64::min, f64::INFINITY), of(f64::max, f64::NEG_INFINITY))
    }

    /// Bounds of the parameters: far beyond what the spectrum can show, but finite.
    pub(crate) fn bounds(&self, arcs: usize) -> Vec<(f64, f64)> {
        let (slow, fast) = self.limits();
        let largest = self.data.iter().map(|z| z.norm()).fold(f64::MIN_POSITIVE, f64::max).ln();
        let resistance = (largest - 16.0, largest + 7.0);
        let mut bounds = vec![resistance];
        for _ in 0..arcs {
            bounds.extend([resistance, (-fast - 5.0, -slow + 5.0), (LOWEST_EXPONENT, 1.0)]);
        }
        bounds
    }

    /// Starting values, best first, at most `count`.
    ///
    /// For fixed time constants and exponents the circuit is linear in its resistances, so a coarse grid of those is
    /// searched by linear least squares (variable projection; Golub and Pereyra, SIAM J. Numer. Anal. 10, 413, 1973).
    pub(crate) fn starts(&self, arcs: usize, count: usize) -> Vec<Vec<f64>> {
        const TIMES: usize = 14;
        const EXPONENTS: [f64; 3] = [0.6, 0.8, 0.97];
        let (slow, fast) = self.limits();
        let log_tau = |i: usize| -fast + (fast - slow) * i as f64 / (TIMES - 1) as f64;
        let mut shapes = vec![self.weighted(|_| Complex64::new(1.0, 0.0))];
        for i in 0..TIMES {
            for n in EXPONENTS {
                shapes.push(self.weighted(|w| (Complex64::new(1.0, 0.0) + power(w + log_tau(i), n)).inv()));
            }
        }
        let data: Vec<f64> = self.data.iter().flat_map(|z| [z.re / z.norm(), z.im / z.norm()]).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let gram: Vec<Vec<f64>> = shapes.iter().map(|a| shapes.iter().map(|b| dot(a, b)).collect()).collect();
        let right: Vec<f64> = shapes.iter().map(|a| dot(a, &data)).collect();
        let mut found: Vec<(f64, Vec<usize>, Vec<f64>)> = Vec::new();
        for chosen in combinations(arcs, TIMES, EXPONENTS.len()) {
            let (gain, resistances) = nonnegative(&gram, &right, &chosen);
            found.push((gain, chosen, resistances));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut taken: Vec<Vec<usize>> = Vec::new();
        let mut starts = Vec::new();
        for (_, chosen, resistances) in found {
            let times: Vec<usize> = chosen[1..].iter().map(|shape| (shape - 1) / EXPONENTS.len()).collect();
            if starts.len() == count || taken.contains(&times) {
                continue;
            }
            let whole: f64 = resistances.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            let log = |r: f64| r.max(1e-3 * whole).ln();
            let mut start = vec![log(resistances[0])];
            for (k, &time) in times.iter().enumerate() {
                start.extend([
                    log(resistances[k + 1]),
                    log_tau(time),
                    EXPONENTS[(chosen[k + 1] - 1) % EXPONENTS.len()],
                ]);
            }
            taken.push(times);
            starts.push(start);
        }
        starts
    }

    fn weighted(&self, shape: impl Fn(f64) -> Complex64) -> Vec<f64> {
        let scaled = |(w, z): (&f64, &Complex64)| shape(*w) / z.norm();
        self.log_angular.iter().zip(&self.data).map(scaled).flat_map(|z| [z.re, z.im]).collect()
    }
}

impl Residuals for Spectrum {
    fn count(&self) -> usize {
        2 * self.data.len()
    }

    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64], mut derivatives: Option<&mut [f64]>) {
        let width = parameters.len();
        let r0 = parameters[0].exp();
        for (row, (&w, data)) in self.log_angular.iter().zip(&self.data).enumerate() {
            let weight = 1.0 / data.norm();
            let mut model = Complex64::new(r0, 0.0);
            let mut put = |k: usize, value: Complex64| {
                if let Some(derivatives) = derivatives.as_deref_mut() {
                    derivatives[2 * row * width + k] = value.re * weight;
                    derivatives[(2 * row + 1) * width + k] = value.im * weight;
                }
            };
            put(0, model);
            for (arc, p) in parameters[1..].chunks_exact(3).enumerate() {
                let (r, u, n) = (p[0].exp(), w + p[1], p[2]);
                let jwt = power(u, n);
                let shape = (Complex64::new(1.0, 0.0) + jwt).inv();
                let slope = -r * jwt * shape * shape;
                model += r * shape;
                put(3 * arc + 1, r * shape);
                put(3 * arc + 2, n * slope);
                put(3 * arc + 3, slope * Complex64::new(u, FRAC_PI_2));
            }
            let rest = (model - data) * weight;
            (residuals[2 * row], residuals[2 * row + 1]) = (rest.re, rest.im);
        }
    }
}

/// The impedance of the circuit at a frequency.
///
/// Units: Hz, Ohm. Source: see the head of this file.
pub(crate) fn impedance(r0: f64, arcs: &[Arc], frequency: f64) -> Complex64 {
    let w = (2.0 * PI * frequency).ln();
    arcs.iter().fold(Complex64::new(r0, 0.0), |z, arc| {
        z + arc.r * (Complex64::new(1.0, 0.0) + power(w + arc.tau.ln(), arc.n)).inv()
    })
}

/// Choices of shapes: the constant (0) and one shape at each of `arcs` different times.
fn combinations(arcs: usize, times: usize, exponents: usize) -> Vec<Vec<usize>> {
    let mut choices: Vec<Vec<usize>> = vec![vec![0]];
    for _ in 0..arcs {
        choices = choices
            .iter()
            .flat_map(|chosen| {
                let last = chosen[chosen.len() - 1];
                let first_time = if last == 0 { 0 } else { (last - 1) / exponents + 1 };
                (1 + first_time * exponents..=times * exponents)
                    .map(|shape| chosen.iter().copied().chain([shape]).collect())
                    .collect::<Vec<Vec<usize>>>()
            })
            .collect();
    }
    choices
}

/// Linear least squares with coefficients >= 0: how much of the data is explained, and the coefficients.
/// The most negative coefficient is dropped until none is left.
fn nonnegative(gram: &[Vec<f64>], right: &[f64], chosen: &[usize]) -> (f64, Vec<f64>) {
    let mut active: Vec<usize> = (0..chosen.len()).collect();
    while !active.is_empty() {
        let x = solve(gram, right, &active.iter().map(|&k| chosen[k]).collect::<Vec<_>>());
        let worst = (0..active.len()).filter(|&k| x[k] <= 0.0).min_by(|&a, &b| x[a].total_cmp(&x[b]));
        match worst {
            Some(k) => {
                active.remove(k);
            }
            None => {
                let mut all = vec![0.0; chosen.len()];
                let mut gain = 0.0;
                for (&k, &value) in active.iter().zip(&x) {
                    all[k] = value;
                    gain += value * right[chosen[k]];
                }
                return (if gain.is_finite() { gain } else { 0.0 }, all);
            }
        }
    }
    (0.0, vec![0.0; chosen.len()])
}

/// Gauss elimination of a tiny symmetric system; unsolvable directions become 0.
fn solve(gram: &[Vec<f64>], right: &[f64], rows: &[usize]) -> Vec<f64> {
    let n = rows.len();
    let mut a: Vec<Vec<f64>> =
        rows.iter().map(|&i| rows.iter().map(|&j| gram[i][j]).chain([right[i]]).collect()).collect();
    for i in 0..n {
        let pivot = a[i][i];
        for k in i + 1..n {
            let factor = if pivot.abs() > 1e-300 { a[k][i] / pivot } else { 0.0 };
            let (upper, lower) = a.split_at_mut(k);
            for (below, above) in lower[0].iter_mut().zip(&upper[i]).skip(i) {
                *below -= factor * above;
            }
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| a[i][k] * x[k]).sum();
        x[i] = if a[i][i].abs() > 1e-12 * gram[rows[i]][rows[i]] { (a[i][n] - known) / a[i][i] } else { 0.0 };
    }
    x
}
