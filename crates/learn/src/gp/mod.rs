//! Exact Gaussian process regression.
//!
//! Inputs are expected scaled to about 0..1 per column, outputs to mean 0 and variance 1 (see
//! [`crate::warp::Warp`]). The constant mean has a normal prior and is integrated out.

mod fit;
mod predict;
mod sparse;

pub use fit::{Fit, FitError};
pub use predict::Moments;
pub use sparse::SparseFit;

use crate::{
    kernel::{Kernel, Rows},
    linear::Cholesky,
};

/// What kind of process to fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// How similarity falls with distance.
    pub kernel: Kernel,
    /// For each input column the number of its lengthscale, from 0 without gaps: one per column is automatic
    /// relevance determination, all alike is isotropic, the columns of one category share theirs.
    pub groups: Vec<usize>,
}

/// What the data are believed to be like before they are seen (outputs standardised).
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// Median of the logarithm of a lengthscale.
    pub lengthscale_location: f64,
    /// Standard deviation of what all lengthscales have in common (of logarithms).
    pub lengthscale_shared_scale: f64,
    /// Standard deviation of each lengthscale around what is common: small holds the process near isotropic,
    /// large lets every column find its own.
    pub lengthscale_scale: f64,
    /// Median of the logarithm of the noise variance.
    pub noise_location: f64,
    /// Standard deviation of that logarithm.
    pub noise_scale: f64,
    /// Standard deviation of the logarithm of the signal variance; zero keeps it at 1.
    pub signal_scale: f64,
    /// Variance of the constant mean.
    pub mean_variance: f64,
    /// Smallest noise variance (known from replicates).
    pub noise_floor: f64,
}

impl Prior {
    /// The prior for `dimensions` independent directions.
    ///
    /// Source: the dimension-scaled prior of Hvarfner, Hellsten & Nardi, Vanilla Bayesian optimization performs
    /// great in high dimensions, ICML 2024 (lengthscales LogNormal(sqrt 2 + ln(d)/2, sqrt 3), noise
    /// LogNormal(-4, 1)), with three changes that needed fewer experiments on published pools: densities are
    /// those of the logarithms, so that the mode is the median; the median lengthscale is half as long; and the
    /// variance is shared between a common part and one per column (a hierarchical prior, the common part
    /// integrated out), because a few readings cannot tell many lengthscales apart.
    pub fn scaled_to(dimensions: usize) -> Self {
        let half = std::f64::consts::LN_2;
        Self {
            lengthscale_location: std::f64::consts::SQRT_2 - half + 0.5 * (dimensions.max(1) as f64).ln(),
            lengthscale_shared_scale: 1.0,
            lengthscale_scale: 1.0,
            noise_location: -4.0,
            noise_scale: 1.0,
            signal_scale: 0.0,
            mean_variance: 1.0,
            noise_floor: 1e-5,
        }
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
}

/// A fitted Gaussian process.
#[derive(Debug, Clone)]
pub struct Gp {
    structure: Structure,
    hyperparameters: Hyperparameters,
    mean_variance: f64,
    /// One divided by the lengthscale of each column.
    rates: Vec<f64>,
    /// Inputs in lengthscales.
    scaled: Rows,
    outputs: Vec<f64>,
    factor: Cholesky,
    /// `K^-1 y`.
    weights: Vec<f64>,
    log_evidence: f64,
}

impl Gp {
    /// The process with given hyperparameters on the given data; `None` when something is not finite.
    ///
    /// Shape: `inputs` n x d, `outputs` n.
    pub fn new(
        structure: Structure,
        hyperparameters: Hyperparameters,
        mean_variance: f64,
        inputs: &Rows,
        outputs: &[f64],
    ) -> Option<Self> {
        let rates: Vec<f64> = structure.groups.iter().map(|&g| 1.0 / hyperparameters.lengthscales[g]).collect();
        let scaled = inputs.scaled(&rates);
        let covariance = fit::covariance(structure.kernel, &hyperparameters, mean_variance, &scaled);
        let factor = Cholesky::new(&covariance)?;
        let mut weights = outputs.to_vec();
        factor.solve(&mut weights);
        let fit: f64 = weights.iter().zip(outputs).map(|(w, y)| w * y).sum();
        let size = outputs.len() as f64;
        let log_evidence = -0.5 * (fit + factor.log_determinant() + size * (2.0 * std::f64::consts::PI).ln());
        let sound = log_evidence.is_finite() && weights.iter().all(|w| w.is_finite());
        sound.then(|| Self {
            structure,
            hyperparameters,
            mean_variance,
            rates,
            scaled,
            outputs: outputs.to_vec(),
            factor,
            weights,
            log_evidence,
        })
    }

    /// The learnt numbers.
    pub fn hyperparameters(&self) -> &Hyperparameters {
        &self.hyperparameters
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
        self.outputs.len()
    }

    /// Whether it has seen nothing.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }

    /// The same process with other outputs at the same inputs.
    pub fn with_outputs(&self, outputs: &[f64]) -> Self {
        let mut changed = self.clone();
        changed.outputs = outputs.to_vec();
        changed.weights = outputs.to_vec();
        changed.factor.solve(&mut changed.weights);
        changed
    }

    /// The same process with one more observation, in O(n^2).
    pub fn with_observation(&self, input: &[f64], output: f64) -> Self {
        let row: Vec<f64> = input.iter().zip(&self.rates).map(|(x, r)| x * r).collect();
        let cross = self.cross(&row);
        let own = self.hyperparameters.signal + self.mean_variance + self.hyperparameters.noise;
        let mut extended = self.clone();
        extended.factor = self.factor.extended(&cross, own);
        extended.scaled.push(&row);
        extended.outputs.push(output);
        extended.weights = extended.outputs.clone();
        extended.factor.solve(&mut extended.weights);
        extended
    }

    /// Covariances of a scaled point with the observations.
    fn cross(&self, row: &[f64]) -> Vec<f64> {
        let Hyperparameters { signal, .. } = self.hyperparameters;
        self.scaled
            .iter()
            .map(|own| {
                signal * self.structure.kernel.value(crate::kernel::squared_distance(row, own)) + self.mean_variance
            })
            .collect()
    }
}
