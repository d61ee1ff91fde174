//! Hyperparameters by maximum a posteriori, with analytic gradients and several starts.

use faer::Mat;

use super::{Gp, Hyperparameters, Prior, Structure};
use crate::{
    kernel::{Kernel, Rows, squared_distance},
    linear::Cholesky,
    optimise::{Limits, Status, minimise},
};

/// A fitted process and how the fit went.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The process.
    pub gp: Gp,
    /// Log posterior of its hyperparameters (up to a constant that is the same for all processes with the
    /// same number of lengthscales).
    pub log_posterior: f64,
    /// How the best search ended.
    pub status: Status,
}

/// Why there is no fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// No observations.
    #[error("no observations")]
    Empty,
    /// Inputs and outputs do not match, or a number is not finite.
    #[error("inputs and outputs do not match or are not finite")]
    Data,
    /// No start led to a finite posterior.
    #[error("the fit did not find finite hyperparameters")]
    Diverged,
}

const LENGTHSCALE_RANGE: (f64, f64) = (1e-2, 1e4);
const NOISE_HIGHEST: f64 = 4.0;
const SIGNAL_RANGE: (f64, f64) = (1e-2, 1e2);
/// Above this many rows the starts are compared on a thinned set of this size.
const THINNED: usize = 200;

impl Fit {
    /// Fits a process.
    ///
    /// Shape: `inputs` n x d with d = `structure.groups.len()`, `outputs` n, n at least 1.
    ///
    /// Errors: see [`FitError`].
    ///
    /// Source: Rasmussen & Williams (2006), eq. 2.30 and 5.9, plus the log prior.
    pub fn new(structure: &Structure, prior: &Prior, inputs: &Rows, outputs: &[f64]) -> Result<Self, FitError> {
        let size = outputs.len();
        if size == 0 {
            return Err(FitError::Empty);
        }
        let finite = outputs.iter().all(|y| y.is_finite()) && inputs.iter().flatten().all(|x| x.is_finite());
        if inputs.len() != size || inputs.width() != structure.groups.len() || !finite {
            return Err(FitError::Data);
        }
        let starts = starts(structure, prior);
        let (low, high) = bounds(structure, prior);
        let search = |inputs: &Rows, outputs: &[f64], start: &[f64], evaluations: usize| {
            let posterior = Posterior { structure, prior, inputs, outputs };
            let limits = Limits { evaluations, gradient: 1e-3, decrease: 1e-6 };
            minimise(|theta, gradient| posterior.negative_log(theta, gradient), start, &low, &high, limits)
        };
        let best_of = |inputs: &Rows, outputs: &[f64], evaluations: usize| {
            let found = starts.iter().map(|start| search(inputs, outputs, start, evaluations));
            found.filter(|m| m.value.is_finite()).min_by(|a, b| a.value.total_cmp(&b.value))
        };
        let best = if size <= THINNED + THINNED / 2 {
            best_of(inputs, outputs, 80)
        } else {
            let chosen: Vec<usize> = (0..THINNED).map(|i| i * size / THINNED).collect();
            let thin_inputs = Rows::collect(inputs.width(), chosen.iter().map(|&i| inputs.row(i)));
            let thin_outputs: Vec<f64> = chosen.iter().map(|&i| outputs[i]).collect();
            let rough = best_of(&thin_inputs, &thin_outputs, 40).map(|m| m.point);
            rough.map(|start| search(inputs, outputs, &start, 12)).filter(|m| m.value.is_finite())
        };
        let best = best.ok_or(FitError::Diverged)?;
        let hyperparameters = unpack(structure, prior, &best.point);
        let gp = Gp::new(structure.clone(), hyperparameters, prior.mean_variance, inputs, outputs)
            .ok_or(FitError::Diverged)?;
        Ok(Self { gp, log_posterior: -best.value, status: best.status })
    }
}

pub(super) fn group_count(structure: &Structure) -> usize {
    structure.groups.iter().max().map_or(0, |most| most + 1)
}

/// Parameters are logarithms: lengthscales, noise, and the signal if it is learnt.
pub(super) fn unpack(structure: &Structure, prior: &Prior, theta: &[f64]) -> Hyperparameters {
    let groups = group_count(structure);
    Hyperparameters {
        lengthscales: theta[..groups].iter().map(|t| t.exp()).collect(),
        noise: theta[groups].exp(),
        signal: if prior.signal_scale > 0.0 { theta[groups + 1].exp() } else { 1.0 },
    }
}

fn starts(structure: &Structure, prior: &Prior) -> Vec<Vec<f64>> {
    let (typical, noise) = (prior.lengthscale_location, prior.noise_location);
    let start = |lengthscale: f64, noise: f64| {
        let mut theta = vec![lengthscale; group_count(structure)];
        theta.push(noise);
        if prior.signal_scale > 0.0 {
            theta.push(0.0);
        }
        theta
    };
    vec![start(typical - 1.5, noise - 1.0), start(typical, noise + 1.5)]
}

fn bounds(structure: &Structure, prior: &Prior) -> (Vec<f64>, Vec<f64>) {
    let groups = group_count(structure);
    let mut low = vec![LENGTHSCALE_RANGE.0.ln(); groups];
    let mut high = vec![LENGTHSCALE_RANGE.1.ln(); groups];
    low.push(prior.noise_floor.clamp(1e-8, NOISE_HIGHEST).ln());
    high.push(NOISE_HIGHEST.ln());
    if prior.signal_scale > 0.0 {
        low.push(SIGNAL_RANGE.0.ln());
        high.push(SIGNAL_RANGE.1.ln());
    }
    (low, high)
}

/// Lower triangle of the covariance of the readings.
pub(super) fn covariance(kernel: Kernel, numbers: &Hyperparameters, mean_variance: f64, scaled: &Rows) -> Mat<f64> {
    let size = scaled.len();
    let mut matrix = Mat::zeros(size, size);
    for j in 0..size {
        let row = scaled.row(j);
        let column = matrix.col_as_slice_mut(j);
        column[j] = numbers.signal + mean_variance + numbers.noise;
        for (i, cell) in column.iter_mut().enumerate().skip(j + 1) {
            *cell = numbers.signal * kernel.value(squared_distance(row, scaled.row(i))) + mean_variance;
        }
    }
    matrix
}

pub(super) struct Posterior<'a> {
    pub(super) structure: &'a Structure,
    pub(super) prior: &'a Prior,
    pub(super) inputs: &'a Rows,
    pub(super) outputs: &'a [f64],
}

impl Posterior<'_> {
    /// Minus the log posterior of `theta`, and its gradient.
    fn negative_log(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        self.negative_log_evidence(theta, gradient) - self.log_prior(theta, gradient)
    }

    /// Minus the log probability density of the outputs given `theta`, and its gradient.
    pub(super) fn negative_log_evidence(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let Self { structure, prior, inputs, outputs } = self;
        let groups = group_count(structure);
        let numbers = unpack(structure, prior, theta);
        let rates: Vec<f64> = structure.groups.iter().map(|&g| 1.0 / numbers.lengthscales[g]).collect();
        let scaled = inputs.scaled(&rates);
        let size = outputs.len();
        let matrix = covariance(structure.kernel, &numbers, prior.mean_variance, &scaled);
        let Some(factor) = Cholesky::new(&matrix) else {
            return f64::INFINITY;
        };
        let mut weights = outputs.to_vec();
        factor.solve(&mut weights);
        let fit: f64 = weights.iter().zip(*outputs).map(|(w, y)| w * y).sum();
        let evidence = -0.5 * (fit + factor.log_determinant() + size as f64 * (2.0 * std::f64::consts::PI).ln());
        let inverse = factor.inverse();

        gradient.fill(0.0);
        let mut by_column = vec![0.0; inputs.width()];
        let (mut by_noise, mut by_signal) = (0.0, 0.0);
        for j in 0..size {
            let own = scaled.row(j);
            let column = inverse.col_as_slice(j);
            let surplus = 0.5 * (weights[j] * weights[j] - column[j]);
            by_noise += surplus;
            by_signal += surplus;
            for i in j + 1..size {
                let other = scaled.row(i);
                let (value, slope) = structure.kernel.value_and_slope(squared_distance(own, other));
                let surplus = weights[i] * weights[j] - column[i];
                by_signal += surplus * value;
                let pull = surplus * slope;
                for (sum, (a, b)) in by_column.iter_mut().zip(own.iter().zip(other)) {
                    *sum += pull * (a - b) * (a - b);
                }
            }
        }
        for (&group, sum) in structure.groups.iter().zip(&by_column) {
            gradient[group] -= -2.0 * numbers.signal * sum;
        }
        gradient[groups] = -by_noise * numbers.noise;
        if prior.signal_scale > 0.0 {
            gradient[groups + 1] = -by_signal * numbers.signal;
        }
        -evidence
    }

    /// Log prior density of the logarithms of the hyperparameters; subtracts its gradient from `gradient`.
    fn log_prior(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let prior = self.prior;
        let groups = group_count(self.structure);
        // Lengthscales: normal with variance `own` each, plus `shared` between all of them.
        let (own, shared) = (prior.lengthscale_scale.powi(2), prior.lengthscale_shared_scale.powi(2));
        let whole = own + groups as f64 * shared;
        let deviations: Vec<f64> = theta[..groups].iter().map(|t| t - prior.lengthscale_location).collect();
        let pull = shared / whole * deviations.iter().sum::<f64>();
        let mut total = 0.5 * (own.ln() - whole.ln());
        for (slope, z) in gradient.iter_mut().zip(&deviations) {
            *slope += (z - pull) / own;
            total -= 0.5 * (z * (z - pull) / own + own.ln());
        }
        let mut add = |index: usize, location: f64, scale: f64| {
            let z = (theta[index] - location) / scale;
            gradient[index] += z / scale;
            -0.5 * z * z - scale.ln()
        };
        total += add(groups, prior.noise_location, prior.noise_scale);
        if prior.signal_scale > 0.0 {
            total += add(groups + 1, 0.0, prior.signal_scale);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_that_of_the_posterior() {
        for kernel in [Kernel::Matern52, Kernel::Rbf] {
            let structure = Structure { kernel, groups: vec![0, 1, 1] };
            let prior = Prior { signal_scale: 0.7, ..Prior::scaled_to(2) };
            let mut inputs = Rows::new(3);
            let mut outputs = Vec::new();
            for i in 0..9 {
                let x = i as f64 / 8.0;
                inputs.push(&[x, (7.0 * x).sin(), x * x]);
                outputs.push((3.0 * x).cos() - 0.3 * x);
            }
            let posterior = Posterior { structure: &structure, prior: &prior, inputs: &inputs, outputs: &outputs };
            let theta = [-0.5, 0.4, -3.0, 0.2];
            let mut gradient = [0.0; 4];
            posterior.negative_log(&theta, &mut gradient);
            for i in 0..4 {
                let at = |shift: f64| {
                    let mut moved = theta;
                    moved[i] += shift;
                    posterior.negative_log(&moved, &mut [0.0; 4])
                };
                let numeric = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!(
                    (gradient[i] - numeric).abs() < 1e-5 * numeric.abs().max(1.0),
                    "{i}: {} {numeric}",
                    gradient[i]
                );
            }
        }
    }
}
