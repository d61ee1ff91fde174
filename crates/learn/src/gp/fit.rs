//! Hyperparameters by maximum a posteriori, with analytic gradients and several starts.

use std::cell::RefCell;

use faer::Mat;

use super::{Data, Gp, Hyperparameters, InputWarp, Prior, Structure, data, search::Ended};
use crate::{
    columns::{Columns, Strands, dot, rescale, scaled_differences},
    kernel::Rows,
    linear::{Cholesky, Memory},
    optimise::Status,
};

/// A fitted process and how the fit went.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The process.
    pub gp: Gp,
    /// Log posterior of its hyperparameters (up to a constant that is the same for all processes with the
    /// same number of lengthscales).
    pub log_posterior: f64,
    /// How the search ended: [`Status::Exhausted`] when it was cut short, [`Status::Stalled`] when something is wrong
    /// with the numbers.
    pub status: Status,
    /// Number of observations the hyperparameters were searched on; the process itself knows all of them.
    pub rows: usize,
    pub(crate) ended: Ended,
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

impl Fit {
    /// Fits a process.
    ///
    /// Shape: `data` n x d with d = `structure.groups.len()`, n at least 1.
    ///
    /// Errors: see [`FitError`].
    ///
    /// Source: Rasmussen & Williams (2006), eq. 2.30 and 5.9, plus the log prior.
    pub fn new(structure: &Structure, prior: &Prior, data: &Data<'_>) -> Result<Self, FitError> {
        Self::near(structure, prior, data, None, f64::INFINITY)
    }

    /// [`Fit::new`], where a like search ended near the place looked for: with many observations, most of the search is
    /// then spared. It is given up where minus the log posterior is sure to stay above `give_up`.
    pub(crate) fn near(
        structure: &Structure,
        prior: &Prior,
        data: &Data<'_>,
        near: Option<&Ended>,
        give_up: f64,
    ) -> Result<Self, FitError> {
        let size = data.len();
        if size == 0 {
            return Err(FitError::Empty);
        }
        if !data.is_sound(structure.groups.len()) {
            return Err(FitError::Data);
        }
        let whole = Posterior::new(structure, prior, data);
        let (ended, status) = whole.search(near, give_up).ok_or(FitError::Diverged)?;
        if ended.value > give_up {
            return Err(FitError::Diverged);
        }
        let hyperparameters = unpack(structure, prior, &ended.point);
        let gp = Gp::new(structure.clone(), hyperparameters, prior.mean_variance, data).ok_or(FitError::Diverged)?;
        let mut unused = vec![0.0; ended.point.len()];
        let log_posterior = gp.log_evidence() + whole.log_prior(&ended.point, &mut unused);
        Ok(Self { gp, log_posterior, status, rows: ended.rows, ended })
    }

    /// By how much the log posterior may rise when the columns `structure.warped` are bent, from a search that `ended`
    /// without bends: exact where the data say no more of a shape than the prior does and the posterior is normal.
    /// Where they say more, it rises less.
    pub(crate) fn promise(structure: &Structure, prior: &Prior, data: &Data<'_>, ended: &Ended) -> f64 {
        let whole = Posterior::new(structure, prior, data);
        let theta = whole.adapted(ended).point;
        let mut gradient = vec![0.0; theta.len()];
        whole.negative_log(&theta, &mut gradient);
        let shapes = &gradient[scale_count(structure, prior)..];
        0.5 * prior.warp_scale.powi(2) * shapes.iter().map(|slope| slope * slope).sum::<f64>()
    }
}

pub(super) fn group_count(structure: &Structure) -> usize {
    structure.groups.iter().max().map_or(0, |most| most + 1)
}

/// Number of parameters before those of the bends.
pub(super) fn scale_count(structure: &Structure, prior: &Prior) -> usize {
    group_count(structure) + 1 + usize::from(prior.signal_scale > 0.0)
}

/// Parameters are logarithms: lengthscales, noise, the signal if it is learnt, and two shapes for every bent column.
pub(super) fn unpack(structure: &Structure, prior: &Prior, theta: &[f64]) -> Hyperparameters {
    let groups = group_count(structure);
    let shapes = theta[scale_count(structure, prior)..].as_chunks::<2>().0;
    let warps = shapes.iter().map(|[lower, upper]| InputWarp { lower: lower.exp(), upper: upper.exp() });
    Hyperparameters {
        lengthscales: theta[..groups].iter().map(|t| t.exp()).collect(),
        noise: theta[groups].exp(),
        signal: prior.signal * if prior.signal_scale > 0.0 { theta[groups + 1].exp() } else { 1.0 },
        warps: warps.take(structure.warped.len()).collect(),
    }
}

/// How readings vary together.
pub(super) struct Covariance<'a> {
    pub(super) structure: &'a Structure,
    pub(super) trend_columns: &'a [Vec<f64>],
    pub(super) extra_noise: &'a [f64],
    pub(super) mean_variance: f64,
}

impl Covariance<'_> {
    /// Writes the lower triangle for inputs in lengthscales to `matrix`, and the derivatives of the kernel by the
    /// squared distance to that of `slopes`.
    pub(super) fn fill(
        &self,
        numbers: &Hyperparameters,
        scaled: &Columns,
        matrix: &mut Mat<f64>,
        mut slopes: Option<&mut Mat<f64>>,
    ) {
        let kernel = self.structure.kernel;
        let size = scaled.len();
        let mut row = vec![0.0; self.structure.groups.len()];
        for j in 0..size {
            scaled.read(j, &mut row);
            let column = &mut matrix.col_as_slice_mut(j)[j..];
            match &mut slopes {
                Some(slopes) => {
                    kernel.values_and_slopes(scaled, j, &row, column, &mut slopes.col_as_slice_mut(j)[j..]);
                }
                None => kernel.values(scaled, j, &row, column),
            }
            rescale(column, numbers.signal, self.mean_variance);
            for (trend, values) in self.structure.trends.iter().zip(self.trend_columns) {
                let factor = trend.variance * values[j];
                column.iter_mut().zip(&values[j..]).for_each(|(cell, h)| *cell += factor * h);
            }
            column[0] += numbers.noise + self.extra_noise[j];
        }
    }
}

/// The posterior of the hyperparameters.
pub(super) struct Posterior<'a> {
    pub(super) structure: &'a Structure,
    pub(super) prior: &'a Prior,
    inputs: Rows,
    trend_columns: Vec<Vec<f64>>,
    extra_noise: Vec<f64>,
    /// Outputs less what the trends are expected to add up to.
    pub(super) residuals: Vec<f64>,
    workspace: RefCell<Option<Workspace>>,
    /// All evaluations: a search goes on where another one ended.
    known: RefCell<Vec<Evaluated>>,
}

/// What an evaluation gave.
struct Evaluated {
    place: Vec<f64>,
    value: f64,
    /// Where it was asked for.
    gradient: Option<Vec<f64>>,
}

/// Matrices that every evaluation needs: asking the system for them each time costs as much as filling them.
struct Workspace {
    matrix: Mat<f64>,
    slopes: Mat<f64>,
    inverse: Mat<f64>,
    memory: Memory,
}

impl Workspace {
    fn new(size: usize) -> Self {
        let empty = || Mat::zeros(size, size);
        Self { matrix: empty(), slopes: empty(), inverse: empty(), memory: Memory::default() }
    }
}

impl<'a> Posterior<'a> {
    pub(super) fn new(structure: &'a Structure, prior: &'a Prior, data: &Data<'_>) -> Self {
        let trend_columns = data::trend_columns(&structure.trends, data.inputs);
        let expected = data::expected_trend(&structure.trends, &trend_columns, data.len());
        let residuals = data.outputs.iter().zip(expected).map(|(y, m)| y - m).collect();
        let inputs = data.inputs.clone();
        Self {
            structure,
            prior,
            inputs,
            trend_columns,
            extra_noise: data.extra(),
            residuals,
            workspace: RefCell::default(),
            known: RefCell::default(),
        }
    }

    /// The posterior given only some of the observations.
    pub(super) fn thinned(&self, chosen: &[usize]) -> Self {
        let pick = |values: &[f64]| -> Vec<f64> { chosen.iter().map(|&index| values[index]).collect() };
        Self {
            structure: self.structure,
            prior: self.prior,
            inputs: self.inputs.select(chosen),
            trend_columns: self.trend_columns.iter().map(|column| pick(column)).collect(),
            extra_noise: pick(&self.extra_noise),
            residuals: pick(&self.residuals),
            workspace: RefCell::default(),
            known: RefCell::default(),
        }
    }

    /// Minus the log posterior of `theta`, and its gradient.
    pub(super) fn negative_log(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        self.negative_log_below(theta, f64::INFINITY, gradient)
    }

    /// [`Posterior::negative_log`]; of a value above `enough` the gradient is left as it was.
    pub(super) fn negative_log_below(&self, theta: &[f64], enough: f64, gradient: &mut [f64]) -> f64 {
        if let Some(known) = self.known.borrow().iter().rev().find(|known| known.place == theta) {
            match &known.gradient {
                Some(slopes) => {
                    gradient.copy_from_slice(slopes);
                    return known.value;
                }
                None if known.value > enough => return known.value,
                None => {}
            }
        }
        let mut slopes = vec![0.0; theta.len()];
        let log_prior = self.log_prior(theta, &mut slopes);
        let is_wanted = |evidence: f64| evidence - log_prior <= enough || evidence.is_nan();
        let evidence = self.negative_log_evidence(theta, is_wanted, gradient);
        let (value, whole) = (evidence - log_prior, is_wanted(evidence));
        if whole {
            gradient.iter_mut().zip(&slopes).for_each(|(sum, slope)| *sum += slope);
        }
        let (place, gradient) = (theta.to_vec(), whole.then(|| gradient.to_vec()));
        self.known.borrow_mut().push(Evaluated { place, value, gradient });
        value
    }

    /// Minus the log probability density of the outputs given `theta`, and, of one that `is_wanted`, its gradient.
    pub(super) fn negative_log_evidence(
        &self,
        theta: &[f64],
        is_wanted: impl Fn(f64) -> bool,
        gradient: &mut [f64],
    ) -> f64 {
        let Self { structure, prior, inputs, residuals, .. } = self;
        let groups = group_count(structure);
        let numbers = unpack(structure, prior, theta);
        let rates: Vec<f64> = structure.groups.iter().map(|&g| 1.0 / numbers.lengthscales[g]).collect();
        let scaled = Columns::scaled(&structure.bend(&numbers.warps, inputs), &rates);
        let size = residuals.len();
        let covariance = Covariance {
            structure,
            trend_columns: &self.trend_columns,
            extra_noise: &self.extra_noise,
            mean_variance: prior.mean_variance,
        };
        let mut workspace = self.workspace.borrow_mut();
        let Workspace { matrix, slopes, inverse, memory } = workspace.get_or_insert_with(|| Workspace::new(size));
        let buffer = std::mem::replace(matrix, Mat::new());
        let fill = |matrix: &mut Mat<f64>| covariance.fill(&numbers, &scaled, matrix, Some(slopes));
        let Some(factor) = Cholesky::within(buffer, memory, fill) else {
            *workspace = None;
            return f64::INFINITY;
        };
        let mut weights = residuals.clone();
        factor.solve(&mut weights);
        let fit = dot(&weights, residuals);
        let evidence = -0.5 * (fit + factor.log_determinant() + size as f64 * (2.0 * std::f64::consts::PI).ln());
        if !is_wanted(-evidence) {
            *matrix = factor.into_buffer();
            return -evidence;
        }

        factor.last_inverse_into(inverse, memory);
        gradient.fill(0.0);
        let mut by_column = vec![Strands::default(); inputs.width()];
        let mut row = vec![0.0; inputs.width()];
        let mut pulls = vec![0.0; size];
        let mut pushes = vec![vec![0.0; size]; structure.warped.len()];
        for j in 0..size.saturating_sub(1) {
            scaled.read(j, &mut row);
            let pulls = &mut pulls[j + 1..];
            let (cells, slopes) = (&inverse.col_as_slice(j)[j + 1..], &slopes.col_as_slice(j)[j + 1..]);
            scaled_differences(weights[j], &weights[j + 1..], cells, slopes, pulls);
            scaled.add_weighted_squares(j + 1, &row, pulls, &mut by_column);
            for (pushes, &column) in pushes.iter_mut().zip(&structure.warped) {
                scaled.push_apart(column, j, pulls, pushes);
            }
        }
        for (&group, sum) in structure.groups.iter().zip(&by_column) {
            gradient[group] -= -2.0 * numbers.signal * sum.total();
        }
        for (number, (pushes, &column)) in pushes.iter().zip(&structure.warped).enumerate() {
            let place = scale_count(structure, prior) + 2 * number;
            let factor = 2.0 * numbers.signal * rates[column];
            for (push, row) in pushes.iter().zip(inputs.iter()) {
                let by_shape = numbers.warps[number].bent(row[column]).by_shape;
                gradient[place] -= factor * push * by_shape[0];
                gradient[place + 1] -= factor * push * by_shape[1];
            }
        }
        let surplus = |i: usize| 0.5 * (weights[i] * weights[i] - inverse[(i, i)]);
        let by_noise: f64 = (0..size).map(surplus).sum();
        gradient[groups] = -by_noise * numbers.noise;
        if prior.signal_scale > 0.0 {
            // Everything adds up to (y' K^-1 y - n) / 2; what is not signal is taken off.
            let jitter = factor.jitter();
            let noise: f64 = (0..size).map(|i| surplus(i) * (numbers.noise + self.extra_noise[i] + jitter)).sum();
            let constant = vec![1.0; size];
            let trends = structure.trends.iter().zip(&self.trend_columns).map(|(t, h)| (t.variance, h));
            let known: f64 = trends
                .chain([(prior.mean_variance, &constant)])
                .map(|(variance, column)| {
                    let mut solved = column.clone();
                    factor.solve(&mut solved);
                    0.5 * variance * (dot(column, &weights).powi(2) - dot(column, &solved))
                })
                .sum();
            gradient[groups + 1] = -(0.5 * (fit - size as f64) - noise - known);
        }
        *matrix = factor.into_buffer();
        -evidence
    }

    /// Log prior density of the logarithms of the hyperparameters; subtracts its gradient from `gradient`.
    fn log_prior(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let prior = self.prior;
        let groups = group_count(self.structure);
        // Lengthscales: normal with variance `own` each, plus `shared` between all of them; those apart do not take part
        // in what is common.
        let (own, shared) = (prior.lengthscale_scale.powi(2), prior.lengthscale_shared_scale.powi(2));
        let apart = self.structure.apart(prior);
        let common = apart.iter().filter(|apart| !**apart).count();
        let whole = own + common as f64 * shared;
        let deviations: Vec<f64> = theta.iter().zip(self.structure.locations(prior)).map(|(t, at)| t - at).collect();
        let sum: f64 = deviations.iter().zip(&apart).filter(|(_, apart)| !**apart).map(|(z, _)| z).sum();
        let pull = shared / whole * sum;
        let mut total = 0.5 * (own.ln() - whole.ln());
        for ((slope, z), apart) in gradient.iter_mut().zip(&deviations).zip(&apart) {
            let (pull, variance) = if *apart { (0.0, own + shared) } else { (pull, own) };
            *slope += (z - pull) / variance;
            total -= 0.5 * (z * (z - pull) / variance + variance.ln());
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
        // As a rule the data say little of a shape, so that the spread of what they leave open is that of the prior:
        // what is left of the density is how unlikely the bend is beside none.
        for index in scale_count(self.structure, prior)..theta.len() {
            total += add(index, 0.0, prior.warp_scale) + prior.warp_scale.ln();
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        gp::{Trend, tests::Line},
        kernel::Kernel,
    };

    #[test]
    fn the_gradient_is_that_of_the_posterior() {
        for (kernel, names_apart) in [(Kernel::Matern52, false), (Kernel::Rbf, true)] {
            let trend = Trend { basis: Arc::new(Line), mean: 0.4, variance: 2.0 };
            let warped = vec![0, 2];
            let structure = Structure { trends: vec![trend], warped, ..Structure::new(kernel, &[0, 1, 1]) };
            let prior = Prior { signal_scale: 0.7, names_apart, ..Prior::scaled_to(2) };
            let mut inputs = Rows::new(3);
            let mut outputs = Vec::new();
            for i in 0..9 {
                let x = i as f64 / 8.0;
                inputs.push(&[x, (7.0 * x).sin(), x * x]);
                outputs.push((3.0 * x).cos() - 0.3 * x);
            }
            let extra_noise: Vec<f64> = (0..9).map(|i| 0.01 * f64::from(i)).collect();
            let data = Data { inputs: &inputs, outputs: &outputs, extra_noise: &extra_noise };
            let posterior = Posterior::new(&structure, &prior, &data);
            let theta = [-0.5, 0.4, -3.0, 0.2, 0.3, -0.4, -0.2, 0.5];
            let mut gradient = [0.0; 8];
            posterior.negative_log(&theta, &mut gradient);
            for i in 0..8 {
                let at = |shift: f64| {
                    let mut moved = theta;
                    moved[i] += shift;
                    posterior.negative_log(&moved, &mut [0.0; 8])
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
