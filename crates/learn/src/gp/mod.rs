//! Exact Gaussian process regression.
//!
//! Inputs are expected scaled to about 0..1 per column, outputs to mean 0 and variance 1 (see
//! [`crate::warp::Warp`]). The constant mean has a normal prior and is integrated out.

mod data;
mod fit;
mod input_warp;
mod predict;
mod search;
mod sparse;
#[cfg(test)]
mod tests;
mod thin;

pub use data::{Basis, Data, Trend};
pub use fit::{Fit, FitError};
pub use input_warp::InputWarp;
pub use predict::Moments;
pub(crate) use search::{Ended, MANY};
pub use sparse::SparseFit;
use thin::Thinned;

use faer::Mat;

use crate::{
    columns::{Columns, dot, rescale},
    kernel::{Kernel, Rows},
    linear::Cholesky,
};

/// What kind of process to fit: response = constant + trends + smooth deviation.
#[derive(Debug, Clone)]
pub struct Structure {
    /// How similarity falls with distance.
    pub kernel: Kernel,
    /// For each input column the number of its lengthscale, from 0 without gaps: one per column is automatic
    /// relevance determination, all alike is isotropic, the columns of one category share theirs.
    pub groups: Vec<usize>,
    /// Functions the response is believed to contain; their coefficients are integrated out.
    pub trends: Vec<Trend>,
    /// Columns whose inputs are bent, see [`InputWarp`].
    pub warped: Vec<usize>,
}

impl Structure {
    /// A process around a constant.
    pub fn new(kernel: Kernel, groups: &[usize]) -> Self {
        Self { kernel, groups: groups.to_vec(), trends: Vec::new(), warped: Vec::new() }
    }

    /// For each lengthscale whether it has nothing in common with the others: under such a prior that of names, whose
    /// columns share one.
    fn apart(&self, prior: &Prior) -> Vec<bool> {
        let columns = |group: usize| self.groups.iter().filter(|own| **own == group).count();
        (0..fit::group_count(self)).map(|group| prior.names_apart && columns(group) > 1).collect()
    }

    /// Medians of the logarithms of the lengthscales.
    fn locations(&self, prior: &Prior) -> Vec<f64> {
        let offset = |group: usize| prior.lengthscale_offsets.get(group).copied().unwrap_or(0.0);
        let longer = |apart: bool| if apart { NAMES_LONGER } else { 0.0 };
        let each = self.apart(prior).into_iter().enumerate();
        each.map(|(group, apart)| prior.lengthscale_location + offset(group) + longer(apart)).collect()
    }
}

/// What the data are believed to be like before they are seen (outputs standardised).
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// Median of the logarithm of a lengthscale.
    pub lengthscale_location: f64,
    /// By how much that of each lengthscale is larger, for what is known of single columns; empty for nothing.
    pub lengthscale_offsets: Vec<f64>,
    /// Standard deviation of what all lengthscales have in common (of logarithms).
    pub lengthscale_shared_scale: f64,
    /// Standard deviation of each lengthscale around what is common: small holds the process near isotropic,
    /// large lets every column find its own.
    pub lengthscale_scale: f64,
    /// Whether the lengthscales of names, whose columns share one, have nothing in common with those of numbers: names
    /// are one unit apart whatever the units of numbers. They are long then, so that what was seen with one name is
    /// expected of one never tried.
    pub names_apart: bool,
    /// Median of the logarithm of the noise variance.
    pub noise_location: f64,
    /// Standard deviation of that logarithm.
    pub noise_scale: f64,
    /// Median of the signal variance.
    pub signal: f64,
    /// Standard deviation of its logarithm; zero keeps it at the median.
    pub signal_scale: f64,
    /// Variance of the constant mean.
    pub mean_variance: f64,
    /// Smallest noise variance (known from replicates).
    pub noise_floor: f64,
    /// Standard deviation of the logarithms of the shape parameters of bent inputs, around no bend.
    pub warp_scale: f64,
}

/// Source: Cowen-Rivers et al., HEBO: pushing the limits of sample-efficient hyperparameter optimisation, J. Artif.
/// Intell. Res. 74 (2022).
const WARP_SCALE: f64 = 0.866;
/// By how much the logarithm of the lengthscale of names apart is expected to be larger than that of numbers. Chosen on
/// Ackley's function of three numbers, two whole numbers and a category (regret after 60 experiments, 60 seeds: 3.9 for 0,
/// 1.2 for 1, 0.7 for 2, 1.1 for 3).
const NAMES_LONGER: f64 = 2.0;

impl Prior {
    /// The prior for `dimensions` independent directions.
    ///
    /// Source: the dimension-scaled prior of Hvarfner, Hellsten & Nardi, Vanilla Bayesian optimization performs
    /// great in high dimensions, ICML 2024 (lengthscales LogNormal(sqrt 2 + ln(d)/2, sqrt 3), noise
    /// LogNormal(-4, 1)), with three changes that needed fewer experiments on published pools: densities are
    /// those of the logarithms, so that the mode is the median; the median lengthscale is shorter by the square root of
    /// 2; and the variance is shared between a common part and one per column (a hierarchical prior, the common part
    /// integrated out), because a few readings cannot tell many lengthscales apart.
    pub fn scaled_to(dimensions: usize) -> Self {
        Self {
            lengthscale_location: std::f64::consts::SQRT_2 + 0.5 * (0.5 * dimensions.max(1) as f64).ln(),
            lengthscale_offsets: Vec::new(),
            lengthscale_shared_scale: 1.0,
            lengthscale_scale: 1.0,
            names_apart: false,
            noise_location: -4.0,
            noise_scale: 1.0,
            signal: 1.0,
            signal_scale: 0.0,
            mean_variance: 1.0,
            noise_floor: 1e-5,
            warp_scale: WARP_SCALE,
        }
    }

    /// Log density of the lengthscales of `structure` at their medians (up to a constant that depends on their number
    /// alone).
    pub(crate) fn peak(&self, structure: &Structure) -> f64 {
        let (own, shared) = (self.lengthscale_scale.powi(2), self.lengthscale_shared_scale.powi(2));
        let apart = structure.apart(self);
        let alone = apart.iter().filter(|apart| **apart).count() as f64;
        let common = apart.len() as f64 - alone;
        0.5 * (own.ln() - (own + common * shared).ln() - common * own.ln() - alone * (own + shared).ln())
    }
}

/// The numbers that are learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Hyperparameters {
    /// One per group of columns.
    pub lengthscales: Vec<f64>,
    /// Variance of the response around its mean.
    pub signal: f64,
    /// Variance of a reading.
    pub noise: f64,
    /// One per column of [`Structure::warped`].
    pub warps: Vec<InputWarp>,
}

/// A fitted Gaussian process.
#[derive(Debug, Clone)]
pub struct Gp {
    structure: Structure,
    hyperparameters: Hyperparameters,
    mean_variance: f64,
    /// One divided by the lengthscale of each column.
    rates: Vec<f64>,
    /// Bent inputs in lengthscales.
    scaled: Columns,
    /// Inputs as they were given, where some are bent.
    straight: Option<Rows>,
    /// Values of each trend's basis at the inputs.
    trend_columns: Vec<Vec<f64>>,
    outputs: Vec<f64>,
    extra_noise: Vec<f64>,
    factor: Cholesky,
    /// `K^-1 (y - expected trend)`.
    weights: Vec<f64>,
    log_evidence: f64,
    /// Set when it is not computed from all observations.
    thinned: Option<Thinned>,
}

/// Observations up to which a process is exact. Memory is 8 n^2 bytes per process: 200 MB for 5,000.
///
/// What thinning costs, measured on a wavy function of six inputs with 10,000 noisy rows (root mean square error at
/// 2,000 fresh points, in standard deviations of the outputs; then at the best 5 % of them): all rows 0.048 and 0.050,
/// the 5,000 that are kept 0.055 and 0.053, every second row 0.059 and 0.068.
pub const EXACT: usize = 5000;

impl Gp {
    /// The process with given hyperparameters on the given data; `None` when the data are not sound or something
    /// is not finite.
    ///
    /// Of more than [`EXACT`] observations only that many are used ([`Gp::kept`] says so): a tenth with the highest
    /// and a tenth with the lowest outputs, and of the others those that are furthest from one another.
    ///
    /// Source: Rasmussen & Williams (2006), eq. 2.25 to 2.30 and, for the trends, 2.39 and 2.40.
    pub fn new(
        structure: Structure,
        hyperparameters: Hyperparameters,
        mean_variance: f64,
        data: &Data<'_>,
    ) -> Option<Self> {
        if !data.is_sound(structure.groups.len()) {
            return None;
        }
        if data.len() <= EXACT {
            return Self::exact(structure, hyperparameters, mean_variance, data);
        }
        let kept = thin::chosen(data, EXACT);
        let extra = data.extra();
        let inputs = data.inputs.select(&kept);
        let outputs: Vec<f64> = kept.iter().map(|&index| data.outputs[index]).collect();
        let extra_noise: Vec<f64> = kept.iter().map(|&index| extra[index]).collect();
        let some = Data { inputs: &inputs, outputs: &outputs, extra_noise: &extra_noise };
        let process = Self::exact(structure, hyperparameters, mean_variance, &some)?;
        let thinned = Some(Thinned { kept, inputs: data.inputs.clone(), extra_noise: extra });
        Some(Self { thinned, ..process })
    }

    fn exact(
        structure: Structure,
        hyperparameters: Hyperparameters,
        mean_variance: f64,
        data: &Data<'_>,
    ) -> Option<Self> {
        let rates: Vec<f64> = structure.groups.iter().map(|&g| 1.0 / hyperparameters.lengthscales[g]).collect();
        let scaled = Columns::scaled(&structure.bend(&hyperparameters.warps, data.inputs), &rates);
        let straight = (!hyperparameters.warps.is_empty()).then(|| data.inputs.clone());
        let trend_columns = data::trend_columns(&structure.trends, data.inputs);
        let extra_noise = data.extra();
        let prior = fit::Covariance {
            structure: &structure,
            trend_columns: &trend_columns,
            extra_noise: &extra_noise,
            mean_variance,
        };
        let buffer = Mat::zeros(data.len(), data.len());
        let factor = Cholesky::new(buffer, |matrix| prior.fill(&hyperparameters, &scaled, matrix, None))?;
        let mut process = Self {
            structure,
            hyperparameters,
            mean_variance,
            rates,
            scaled,
            straight,
            trend_columns,
            outputs: data.outputs.to_vec(),
            extra_noise,
            factor,
            weights: Vec::new(),
            log_evidence: 0.0,
            thinned: None,
        };
        process.weigh();
        let sound = process.log_evidence.is_finite() && process.weights.iter().all(|w| w.is_finite());
        sound.then_some(process)
    }

    /// Computes what depends on the outputs.
    fn weigh(&mut self) {
        let expected = data::expected_trend(&self.structure.trends, &self.trend_columns, self.outputs.len());
        let residuals: Vec<f64> = self.outputs.iter().zip(expected).map(|(y, m)| y - m).collect();
        self.weights = residuals.clone();
        self.factor.solve(&mut self.weights);
        let fit = dot(&self.weights, &residuals);
        let size = residuals.len() as f64;
        self.log_evidence = -0.5 * (fit + self.factor.log_determinant() + size * (2.0 * std::f64::consts::PI).ln());
    }

    /// The learnt numbers.
    pub fn hyperparameters(&self) -> &Hyperparameters {
        &self.hyperparameters
    }

    /// Variance of the constant mean.
    pub fn mean_variance(&self) -> f64 {
        self.mean_variance
    }

    /// What kind of process it is.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Log probability density of the outputs given the hyperparameters.
    pub fn log_evidence(&self) -> f64 {
        self.log_evidence
    }

    /// Number of observations.
    pub fn len(&self) -> usize {
        self.thinned.as_ref().map_or(self.outputs.len(), |thinned| thinned.inputs.len())
    }

    /// Number of observations it is computed from, when these are not all: then it is an approximation.
    pub fn kept(&self) -> Option<usize> {
        self.thinned.as_ref().map(|thinned| thinned.kept.len())
    }

    /// Whether it has seen nothing.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }

    /// The same process with other outputs at the same inputs.
    pub fn with_outputs(&self, outputs: &[f64]) -> Self {
        let mut changed = self.clone();
        changed.outputs = match &self.thinned {
            Some(thinned) => thinned.kept.iter().map(|&index| outputs.get(index).copied().unwrap_or(0.0)).collect(),
            None => outputs.to_vec(),
        };
        changed.outputs.resize(self.outputs.len(), 0.0);
        changed.weigh();
        changed
    }

    /// The same process with one more observation, in O(n^2).
    pub fn with_observation(&self, input: &[f64], output: f64) -> Self {
        self.with_noisy_observation(input, output, 0.0)
    }

    /// [`Gp::with_observation`] for a reading whose noise variance is known to be larger by `extra_noise`.
    pub fn with_noisy_observation(&self, input: &[f64], output: f64, extra_noise: f64) -> Self {
        let points = Rows::collect(self.rates.len(), [input]);
        let row = self.scale(points.row(0));
        let trends: Vec<f64> = data::trend_columns(&self.structure.trends, &points).iter().map(|c| c[0]).collect();
        let cross = self.cross(&row, &trends);
        let own = self.prior_variance(&trends) + self.hyperparameters.noise + extra_noise;
        let mut extended = self.clone();
        if let Some(thinned) = &mut extended.thinned {
            thinned.kept.push(thinned.inputs.len());
            thinned.inputs.push(input);
            thinned.extra_noise.push(extra_noise);
        }
        extended.factor = self.factor.extended(&cross, own);
        extended.scaled.push(&row);
        if let Some(straight) = &mut extended.straight {
            straight.push(input);
        }
        extended.trend_columns.iter_mut().zip(&trends).for_each(|(column, h)| column.push(*h));
        extended.outputs.push(output);
        extended.extra_noise.push(extra_noise);
        extended.weigh();
        extended
    }

    /// The same process without the observations with these numbers; `None` when something is not finite, or for a
    /// process that is not computed from all observations.
    pub fn without_observations(&self, left_out: &[usize]) -> Option<Self> {
        if self.thinned.is_some() {
            return None;
        }
        let kept: Vec<usize> = (0..self.outputs.len()).filter(|number| !left_out.contains(number)).collect();
        let inputs = match &self.straight {
            Some(straight) => straight.select(&kept),
            None => self.unscaled(&kept),
        };
        let of = |values: &[f64]| kept.iter().map(|&number| values[number]).collect::<Vec<f64>>();
        let (outputs, extra_noise) = (of(&self.outputs), of(&self.extra_noise));
        let data = Data { inputs: &inputs, outputs: &outputs, extra_noise: &extra_noise };
        Self::new(self.structure.clone(), self.hyperparameters.clone(), self.mean_variance, &data)
    }

    /// Inputs of some observations, from those in lengthscales; none is bent.
    fn unscaled(&self, numbers: &[usize]) -> Rows {
        let mut row = vec![0.0; self.rates.len()];
        let mut inputs = Rows::new(self.rates.len());
        for &number in numbers {
            self.scaled.read(number, &mut row);
            row.iter_mut().zip(&self.rates).for_each(|(x, rate)| *x /= rate);
            inputs.push(&row);
        }
        inputs
    }

    /// Covariances with the observations of a point given in lengthscales and by its basis values.
    fn cross(&self, row: &[f64], trends: &[f64]) -> Vec<f64> {
        let mut cross = vec![0.0; self.outputs.len()];
        self.structure.kernel.values(&self.scaled, 0, row, &mut cross);
        self.complete_cross(&mut cross, trends);
        cross
    }

    /// Turns correlations with the observations into covariances, mean and trends included.
    fn complete_cross(&self, cross: &mut [f64], trends: &[f64]) {
        rescale(cross, self.hyperparameters.signal, self.mean_variance);
        for ((trend, column), h) in self.structure.trends.iter().zip(&self.trend_columns).zip(trends) {
            let factor = trend.variance * h;
            cross.iter_mut().zip(column).for_each(|(k, own)| *k += factor * own);
        }
    }

    /// Variance of the response before anything is seen, where the bases have the given values.
    fn prior_variance(&self, trends: &[f64]) -> f64 {
        let trends: f64 = self.structure.trends.iter().zip(trends).map(|(t, h)| t.variance * h * h).sum();
        self.hyperparameters.signal + self.mean_variance + trends
    }

    /// A point, its inputs bent and in lengthscales.
    fn scale(&self, point: &[f64]) -> Vec<f64> {
        let mut row = point.to_vec();
        self.structure.bend_row(&self.hyperparameters.warps, &mut row);
        row.iter_mut().zip(&self.rates).for_each(|(x, rate)| *x *= rate);
        row
    }

    /// The same of every row.
    fn scale_all(&self, points: &Rows) -> Columns {
        Columns::scaled(&self.structure.bend(&self.hyperparameters.warps, points), &self.rates)
    }
}
