//! Gaussian process classification: the posterior of a latent function under a logistic likelihood, as a normal.
//!
//! Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), chapter 3 and section 5.5.

use std::f64::consts::PI;

use faer::Mat;

use crate::{
    columns::{Columns, Strands, dot},
    kernel::{Kernel, Rows},
    linear::{Cholesky, Memory},
};

/// The latent function before anything is seen: a constant, itself not quite known, plus a smooth deviation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Latent {
    pub(crate) kernel: Kernel,
    /// Expected constant (log odds of success) and its variance.
    pub(crate) mean: f64,
    pub(crate) mean_variance: f64,
    /// Variance of the deviation.
    pub(crate) signal: f64,
    /// One divided by the lengthscale of each column.
    pub(crate) rates: Vec<f64>,
}

/// The normal that has the mode and the curvature of the posterior of the latent function.
#[derive(Debug, Clone)]
pub(crate) struct Laplace {
    latent: Latent,
    /// Inputs in lengthscales.
    scaled: Columns,
    /// Slopes of the log likelihood at the mode, which are `K^-1 (mode - mean)`.
    slopes: Vec<f64>,
    /// Square roots of its curvatures there.
    roots: Vec<f64>,
    /// Factor of `B = 1 + roots K roots`.
    factor: Cholesky,
    log_evidence: f64,
}

/// Most steps to the mode, most times one is halved, and the gain of the posterior that counts as none.
const STEPS: usize = 60;
const HALVINGS: usize = 12;
const SETTLED: f64 = 1e-9;
/// Points predicted at once.
const BLOCK: usize = 256;

impl Latent {
    /// Covariances of all rows, and in the lower triangle of `slopes` the derivatives of the correlation by the
    /// squared distance.
    fn covariance(&self, scaled: &Columns, mut slopes: Option<&mut Mat<f64>>) -> Mat<f64> {
        let size = scaled.len();
        let mut matrix = Mat::zeros(size, size);
        let mut row = vec![0.0; self.rates.len()];
        for j in 0..size {
            scaled.read(j, &mut row);
            let column = &mut matrix.col_as_slice_mut(j)[j..];
            match &mut slopes {
                Some(slopes) => {
                    let slopes = &mut slopes.col_as_slice_mut(j)[j..];
                    self.kernel.values_and_slopes(scaled, j, &row, column, slopes);
                }
                None => self.kernel.values(scaled, j, &row, column),
            }
            column.iter_mut().for_each(|cell| *cell = self.signal * *cell + self.mean_variance);
            for i in j + 1..size {
                matrix[(j, i)] = matrix[(i, j)];
            }
        }
        matrix
    }

    fn scale(&self, point: &[f64]) -> Vec<f64> {
        point.iter().zip(&self.rates).map(|(x, rate)| x * rate).collect()
    }
}

/// A point on the way to the mode: `weights` are `K^-1 (f - mean)`, `deviations` are `f - mean`.
#[derive(Clone)]
struct Step {
    weights: Vec<f64>,
    deviations: Vec<f64>,
    log_likelihood: f64,
    /// Log posterior up to a constant.
    height: f64,
}

impl Step {
    fn new(weights: Vec<f64>, deviations: Vec<f64>, mean: f64, succeeded: &[bool]) -> Self {
        let each = deviations.iter().zip(succeeded);
        let log_likelihood = each.map(|(d, good)| log_logistic(if *good { mean + d } else { -mean - d })).sum();
        let height = log_likelihood - 0.5 * dot(&weights, &deviations);
        Self { weights, deviations, log_likelihood, height }
    }

    /// A share of the way to `other`.
    fn towards(&self, other: &Self, share: f64, mean: f64, succeeded: &[bool]) -> Self {
        let between =
            |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a + share * (b - a)).collect() };
        let weights = between(&self.weights, &other.weights);
        Self::new(weights, between(&self.deviations, &other.deviations), mean, succeeded)
    }

    /// Slopes of the log likelihood and the square roots of its curvatures.
    fn slopes_and_roots(&self, mean: f64, succeeded: &[bool]) -> (Vec<f64>, Vec<f64>) {
        let of = |(d, good): (&f64, &bool)| {
            let probability = logistic(mean + d);
            let slope = if *good { logistic(-mean - d) } else { -probability };
            (slope, (probability * logistic(-mean - d)).sqrt())
        };
        self.deviations.iter().zip(succeeded).map(of).unzip()
    }
}

impl Laplace {
    /// The posterior given which of the experiments at `inputs` (n x d) `succeeded` (n); `None` when something is not
    /// finite.
    ///
    /// Source: Rasmussen & Williams (2006), algorithm 3.1; a step that lowers the posterior is halved.
    pub(crate) fn new(latent: Latent, inputs: &Rows, succeeded: &[bool]) -> Option<Self> {
        let scaled = Columns::scaled(inputs, &latent.rates);
        let covariance = latent.covariance(&scaled, None);
        let start = vec![0.0; succeeded.len()];
        Self::climb(latent, scaled, &covariance, succeeded, &start)
    }

    fn climb(
        latent: Latent,
        scaled: Columns,
        covariance: &Mat<f64>,
        succeeded: &[bool],
        start: &[f64],
    ) -> Option<Self> {
        let (size, mean) = (succeeded.len(), latent.mean);
        let mut now = Step::new(start.to_vec(), product(covariance, start), mean, succeeded);
        let mut buffer = Mat::zeros(size, size);
        for _ in 0..STEPS {
            let (slopes, roots) = now.slopes_and_roots(mean, succeeded);
            let factor = Cholesky::new(buffer, |lower| fill(lower, covariance, &roots))?;
            let pull: Vec<f64> = (0..size).map(|i| roots[i] * roots[i] * now.deviations[i] + slopes[i]).collect();
            let mut solved: Vec<f64> =
                product(covariance, &pull).iter().zip(&roots).map(|(value, root)| value * root).collect();
            factor.solve(&mut solved);
            buffer = factor.into_buffer();
            let weights: Vec<f64> = (0..size).map(|i| pull[i] - roots[i] * solved[i]).collect();
            let deviations = product(covariance, &weights);
            let full = Step::new(weights, deviations, mean, succeeded);
            let shares = (0..HALVINGS).map(|halved| 0.5f64.powi(halved as i32));
            let tried = shares.map(|share| match share {
                1.0 => full.clone(),
                share => now.towards(&full, share, mean, succeeded),
            });
            let before = now.height;
            match tried.into_iter().find(|step| step.height >= before) {
                Some(step) => now = step,
                None => break,
            }
            if now.height - before < SETTLED {
                break;
            }
        }
        let (slopes, roots) = now.slopes_and_roots(mean, succeeded);
        let factor = Cholesky::new(buffer, |lower| fill(lower, covariance, &roots))?;
        let log_evidence = now.height - 0.5 * factor.log_determinant();
        let sound = log_evidence.is_finite() && now.log_likelihood.is_finite();
        sound.then_some(Self { latent, scaled, slopes, roots, factor, log_evidence })
    }

    /// Mean and variance of the latent function at each row of `points`.
    ///
    /// Source: Rasmussen & Williams (2006), algorithm 3.2.
    pub(crate) fn moments(&self, points: &Rows) -> Vec<(f64, f64)> {
        let mut all = Vec::with_capacity(points.len());
        for start in (0..points.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(points.len());
            let mut block = Mat::zeros(self.roots.len(), end - start);
            for index in start..end {
                let cross = block.col_as_slice_mut(index - start);
                self.cross(points.row(index), cross);
                all.push((self.latent.mean + dot(cross, &self.slopes), 0.0));
                cross.iter_mut().zip(&self.roots).for_each(|(cell, root)| *cell *= root);
            }
            self.factor.half_solve(block.as_mut());
            for (column, moments) in all[start..].iter_mut().enumerate() {
                let solved = block.col_as_slice(column);
                moments.1 = self.variance(dot(solved, solved));
            }
        }
        all
    }

    /// Log probability of success at each row of `points`.
    pub(crate) fn log_successes(&self, points: &Rows) -> Vec<f64> {
        self.moments(points).into_iter().map(|(mean, variance)| log_success(mean, variance)).collect()
    }

    /// Log probability of success at `point`, and its gradient.
    pub(crate) fn log_success_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let row = self.latent.scale(point);
        let size = self.roots.len();
        let (mut cross, mut by_square) = (vec![0.0; size], vec![0.0; size]);
        self.latent.kernel.values_and_slopes(&self.scaled, 0, &row, &mut cross, &mut by_square);
        let signal = self.latent.signal;
        cross.iter_mut().for_each(|cell| *cell = signal * *cell + self.latent.mean_variance);
        let mut solved: Vec<f64> = cross.iter().zip(&self.roots).map(|(cell, root)| cell * root).collect();
        self.factor.solve(&mut solved);
        solved.iter_mut().zip(&self.roots).for_each(|(cell, root)| *cell *= root);
        let mean = self.latent.mean + dot(&cross, &self.slopes);
        let variance = self.variance(dot(&cross, &solved));
        let shrink = shrunk(variance);
        let value = log_logistic(mean * shrink);
        let by_odds = logistic(-mean * shrink);
        let by_mean = by_odds * shrink;
        let by_variance = -by_odds * mean * shrink.powi(3) * PI / 16.0;
        let weigh = |i: usize| 2.0 * signal * by_square[i] * (by_mean * self.slopes[i] - 2.0 * by_variance * solved[i]);
        let mut gradient = self.scaled.weighted_differences(&row, &(0..size).map(weigh).collect::<Vec<_>>());
        gradient.iter_mut().zip(&self.latent.rates).for_each(|(slope, rate)| *slope *= rate);
        (value, gradient)
    }

    fn cross(&self, point: &[f64], cross: &mut [f64]) {
        self.latent.kernel.values(&self.scaled, 0, &self.latent.scale(point), cross);
        cross.iter_mut().for_each(|cell| *cell = self.latent.signal * *cell + self.latent.mean_variance);
    }

    fn variance(&self, known: f64) -> f64 {
        let prior = self.latent.signal + self.latent.mean_variance;
        (prior - known).max(1e-12 * prior)
    }
}

/// The evidence as a function of the latent function's numbers, for finding these.
pub(crate) struct Evidence<'a> {
    inputs: &'a Rows,
    succeeded: &'a [bool],
    /// Where the last mode was: the next one is near.
    start: Vec<f64>,
}

impl<'a> Evidence<'a> {
    pub(crate) fn new(inputs: &'a Rows, succeeded: &'a [bool]) -> Self {
        Self { inputs, succeeded, start: vec![0.0; succeeded.len()] }
    }

    /// The log evidence of `latent`, and its gradient: by the logarithm of every column's lengthscale, and by that of
    /// the signal; `None` when it is not finite.
    ///
    /// Source: Rasmussen & Williams (2006), algorithm 5.1. Every derivative is a sum over `K' * pull` with the same
    /// `pull`; the posterior variances it needs are `(1 - B^-1) / W`.
    pub(crate) fn log_with_gradient(&mut self, latent: Latent) -> Option<(f64, Vec<f64>, f64)> {
        let size = self.succeeded.len();
        let signal = latent.signal;
        let scaled = Columns::scaled(self.inputs, &latent.rates);
        let mut by_square = Mat::zeros(size, size);
        let covariance = latent.covariance(&scaled, Some(&mut by_square));
        let (mean, mean_variance) = (latent.mean, latent.mean_variance);
        let found = Laplace::climb(latent, scaled, &covariance, self.succeeded, &self.start)?;
        self.start.clone_from(&found.slopes);
        let Laplace { scaled, slopes, roots, factor, log_evidence, .. } = found;
        let mut inverse = Mat::zeros(size, size);
        factor.inverse_into(&mut inverse, &mut Memory::default());
        let at_mode = product(&covariance, &slopes);
        // How the evidence follows the mode: minus half the posterior variance times the slope W (1 - 2 p) of the
        // curvature.
        let bend: Vec<f64> =
            (0..size).map(|i| -0.5 * (1.0 - inverse[(i, i)]) * (1.0 - 2.0 * logistic(mean + at_mode[i]))).collect();
        let mut lost: Vec<f64> = product(&covariance, &bend).iter().zip(&roots).map(|(b, root)| b * root).collect();
        factor.solve(&mut lost);
        let bent: Vec<f64> = (0..size).map(|i| bend[i] - roots[i] * lost[i]).collect();
        let pull = |i: usize, j: usize| {
            slopes[i] * slopes[j] - roots[i] * roots[j] * inverse[(i, j)] + bent[i] * slopes[j] + bent[j] * slopes[i]
        };
        let mut sums = vec![Strands::default(); self.inputs.width()];
        let mut row = vec![0.0; self.inputs.width()];
        let mut by_signal = 0.0;
        let mut weights = vec![0.0; size];
        for j in 0..size {
            by_signal += 0.5 * pull(j, j) * signal;
            for i in j + 1..size {
                let pull = pull(i, j);
                by_signal += pull * (covariance[(i, j)] - mean_variance);
                weights[i] = pull * by_square[(i, j)];
            }
            scaled.read(j, &mut row);
            scaled.add_weighted_squares(j + 1, &row, &weights[j + 1..], &mut sums);
        }
        let by_column = sums.into_iter().map(|sum| -2.0 * signal * sum.total()).collect();
        Some((log_evidence, by_column, by_signal))
    }
}

/// Lower triangle of `1 + roots K roots`.
fn fill(lower: &mut Mat<f64>, covariance: &Mat<f64>, roots: &[f64]) {
    for (j, root) in roots.iter().enumerate() {
        let column = &mut lower.col_as_slice_mut(j)[j..];
        let from = &covariance.col_as_slice(j)[j..];
        column.iter_mut().zip(from).zip(&roots[j..]).for_each(|((cell, k), other)| *cell = root * other * k);
        column[0] += 1.0;
    }
}

fn product(matrix: &Mat<f64>, vector: &[f64]) -> Vec<f64> {
    (0..vector.len()).map(|j| dot(matrix.col_as_slice(j), vector)).collect()
}

/// Probability of success whose logarithm of odds is `odds`.
pub(crate) fn logistic(odds: f64) -> f64 {
    if odds >= 0.0 {
        1.0 / (1.0 + (-odds).exp())
    } else {
        let small = odds.exp();
        small / (1.0 + small)
    }
}

/// Logarithm of [`logistic`].
pub(crate) fn log_logistic(odds: f64) -> f64 {
    odds.min(0.0) - (-odds.abs()).exp().ln_1p()
}

/// What an uncertain latent function is multiplied with so that its probability is about the average one.
///
/// Source: MacKay, Neural Comput. 4, 720 (1992); off by at most 0.02.
fn shrunk(variance: f64) -> f64 {
    1.0 / (1.0 + PI * variance / 8.0).sqrt()
}

/// Log probability of success for a latent function of this mean and variance.
fn log_success(mean: f64, variance: f64) -> f64 {
    log_logistic(mean * shrunk(variance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> (Rows, Vec<bool>) {
        let mut inputs = Rows::new(2);
        let mut succeeded = Vec::new();
        for i in 0..12 {
            let point = [f64::from(i) / 11.0, f64::from(i * 5 % 12) / 11.0];
            inputs.push(&point);
            succeeded.push((point[0] + 0.5 * point[1] < 0.8) != (i == 3));
        }
        (inputs, succeeded)
    }

    fn latent(log_lengthscales: [f64; 2], log_signal: f64, mean: f64, mean_variance: f64) -> Latent {
        let rates = log_lengthscales.map(|log| (-log).exp()).to_vec();
        Latent { kernel: Kernel::Matern52, mean, mean_variance, signal: log_signal.exp(), rates }
    }

    /// scikit-learn 1.9.1, `GaussianProcessClassifier(4 * Matern([0.3, 0.6], nu=2.5), optimizer=None)`. Evidence, its
    /// gradient and the moments agree to its convergence; its probability is averaged by another approximation, which
    /// differs by up to 0.01.
    #[test]
    fn evidence_moments_and_probability_agree_with_scikit_learn() {
        let (inputs, succeeded) = example();
        let numbers = latent([0.3f64.ln(), 0.6f64.ln()], 4f64.ln(), 0.0, 0.0);
        let (log, by_column, by_signal) =
            Evidence::new(&inputs, &succeeded).log_with_gradient(numbers.clone()).unwrap();
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        close(log, -7.675914955913321);
        close(by_signal, -0.08779187);
        close(by_column[0], -0.03080546);
        close(by_column[1], 0.62383134);
        let learnt = Laplace::new(numbers, &inputs, &succeeded).unwrap();
        let points = [[0.2, 0.3], [0.6, 0.5], [0.9, 0.1]];
        let moments = learnt.moments(&Rows::collect(2, points.iter().map(|point| point.as_slice())));
        let expected = [
            (0.698776931, 1.36650064, 0.63417392),
            (-1.27095351, 1.41197603, 0.26856297),
            (-1.50840694, 2.20778517, 0.25222235),
        ];
        for (found, expected) in moments.into_iter().zip(expected) {
            close(found.0, expected.0);
            close(found.1, expected.1);
            assert!((log_success(found.0, found.1).exp() - expected.2).abs() < 0.01);
        }
    }

    #[test]
    fn the_gradients_are_those_of_evidence_and_probability() {
        let (inputs, succeeded) = example();
        let at = |theta: [f64; 3]| {
            let numbers = latent([theta[0], theta[1]], theta[2], 1.5, 0.8);
            Evidence::new(&inputs, &succeeded).log_with_gradient(numbers).unwrap()
        };
        let theta = [-1.0, -0.2, 2.5];
        let (_, by_column, by_signal) = at(theta);
        for (index, found) in [by_column[0], by_column[1], by_signal].into_iter().enumerate() {
            let (mut more, mut less) = (theta, theta);
            more[index] += 1e-4;
            less[index] -= 1e-4;
            let numeric = (at(more).0 - at(less).0) / 2e-4;
            assert!((found - numeric).abs() < 1e-4 * numeric.abs().max(1.0), "{index}: {found} {numeric}");
        }
        let learnt = Laplace::new(latent([-1.0, -0.2], 2.5, 1.5, 0.8), &inputs, &succeeded).unwrap();
        let at = |x: f64| learnt.log_success_with_gradient(&[x, 0.3]);
        let (value, gradient) = at(0.55);
        let (mean, variance) = learnt.moments(&Rows::collect(2, [[0.55, 0.3].as_slice()]))[0];
        assert!((value - log_success(mean, variance)).abs() < 1e-10);
        assert!((gradient[0] - (at(0.55 + 1e-5).0 - at(0.55 - 1e-5).0) / 2e-5).abs() < 1e-6);
    }

    #[test]
    fn extreme_numbers_and_repeated_rows_are_no_harm() {
        for (signal, size) in [(1e3f64, 1usize), (1e3, 60), (0.1, 60)] {
            let inputs = Rows::collect(1, (0..size).map(|_| [0.5].as_slice()));
            let succeeded: Vec<bool> = (0..size).map(|i| i % 2 == 1).collect();
            let numbers = Latent { rates: vec![50.0], ..latent([0.0; 2], signal.ln(), 2.0, 1.0) };
            let learnt = Laplace::new(numbers, &inputs, &succeeded).unwrap();
            let (log, gradient) = learnt.log_success_with_gradient(&[0.5]);
            assert!(learnt.log_evidence.is_finite() && log.is_finite() && log < 0.0 && gradient[0].is_finite());
        }
    }
}
