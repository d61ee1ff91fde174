//! Hyperparameters by sampling, under a prior that lets only a few columns matter.

use super::{
    Data, FitError, Gp, Prior, Structure,
    fit::{Posterior, group_count, unpack},
};
use crate::{
    nuts::{self, Chain, Settings},
    optimise::{Limits, Status, minimise},
};

/// Processes whose hyperparameters are drawn from their posterior: each explains the data about equally well.
///
/// The inverse squared lengthscale of every column is half-Cauchy with scale `tau`, and `tau` half-Cauchy with scale
/// 0.1: most columns are taken to do nothing until the data say otherwise. Noise and signal have the priors of
/// [`Prior`], widened.
///
/// Source: Eriksson & Jankowiak, High-dimensional Bayesian optimization with sparse axis-aligned subspaces, UAI 2021;
/// sampled with the logarithms divided by their scales (hyperbolic secant densities), where nothing is far from one.
#[derive(Debug, Clone)]
pub struct SparseFit {
    /// One process per draw.
    pub gps: Vec<Gp>,
    /// Mean probability of acceptance of the sampler; near 0.8 when all is well.
    pub acceptance: f64,
    /// Trajectories of the sampler that were lost.
    pub divergences: usize,
}

/// Scale of the global shrinkage.
const SHRINKAGE: f64 = 0.1;
/// Standard deviations of the logarithms of noise and signal variance.
const NOISE_SCALE: f64 = 1.5;
const SIGNAL_SCALE: f64 = 1.0;
/// The sampler's default.
const SETTINGS: Settings = Settings { warmup: 128, draws: 12, thinning: 8, depth: 6 };

/// Share of lost trajectories, and mean probability of acceptance, beyond which the draws are not to be trusted.
const MOST_LOST: f64 = 0.1;
const LEAST_ACCEPTED: f64 = 0.4;

impl SparseFit {
    /// Draws processes for `data` (n x d, outputs standardised); the same seed gives the same draws.
    ///
    /// Errors: see [`FitError`].
    pub fn new(structure: &Structure, data: &Data<'_>, seed: u64) -> Result<Self, FitError> {
        if data.is_empty() {
            return Err(FitError::Empty);
        }
        if !data.is_sound(structure.groups.len()) {
            return Err(FitError::Data);
        }
        let prior = prior(structure);
        let posterior = Posterior::new(structure, &prior, data);
        let chain = chain(&posterior, SETTINGS, seed).ok_or(FitError::Diverged)?;
        let gps: Vec<Gp> = chain
            .draws
            .iter()
            .filter_map(|draw| {
                let numbers = unpack(structure, &prior, &logarithms(draw));
                Gp::new(structure.clone(), numbers, prior.mean_variance, data)
            })
            .collect();
        if gps.is_empty() {
            return Err(FitError::Diverged);
        }
        Ok(Self { gps, acceptance: chain.acceptance, divergences: chain.divergences })
    }

    /// Whether the draws can be trusted: stalled when too many trajectories were lost or refused.
    pub fn status(&self) -> Status {
        let trajectories = SETTINGS.warmup + SETTINGS.draws * SETTINGS.thinning;
        let lost = self.divergences as f64 > MOST_LOST * trajectories as f64;
        if lost || self.acceptance < LEAST_ACCEPTED { Status::Stalled } else { Status::Converged }
    }
}

fn prior(structure: &Structure) -> Prior {
    Prior { noise_scale: NOISE_SCALE, signal_scale: SIGNAL_SCALE, ..Prior::scaled_to(group_count(structure)) }
}

/// Samples from the mode on.
fn chain(posterior: &Posterior<'_>, settings: Settings, seed: u64) -> Option<Chain> {
    let groups = group_count(posterior.structure);
    let start = |local: f64, global: f64, noise: f64| {
        let mut coordinates = vec![local; groups];
        coordinates.extend([global, posterior.prior.noise_location + noise, 0.0]);
        coordinates
    };
    let size = groups + 3;
    let limits = Limits { evaluations: 60, gradient: 1e-2, decrease: 1e-5, gain: 0.0 };
    let found = [start(0.5, 0.0, 0.0), start(1.5, 1.0, -1.0), start(-1.0, -1.0, 2.0)].map(|start| {
        let negative = |x: &[f64], gradient: &mut [f64]| {
            let value = log_density(posterior, x, gradient);
            gradient.iter_mut().for_each(|g| *g = -*g);
            -value
        };
        minimise(negative, &start, &vec![-30.0; size], &vec![30.0; size], limits)
    });
    let best = found.into_iter().filter(|m| m.value.is_finite()).min_by(|a, b| a.value.total_cmp(&b.value))?;
    nuts::sample(|x, gradient| log_density(posterior, x, gradient), &best.point, settings, seed)
}

/// The parameters of [`Posterior`] from the coordinates of the sampler: logarithms of each column's inverse squared
/// lengthscale over `tau`, of `tau` over its scale, of noise and of signal.
fn logarithms(coordinates: &[f64]) -> Vec<f64> {
    let groups = coordinates.len() - 3;
    let global = coordinates[groups] + SHRINKAGE.ln();
    let lengthscales = coordinates[..groups].iter().map(|local| -0.5 * (local + global));
    lengthscales.chain([coordinates[groups + 1], coordinates[groups + 2]]).collect()
}

/// Log posterior density of the coordinates, and its gradient.
fn log_density(posterior: &Posterior<'_>, coordinates: &[f64], gradient: &mut [f64]) -> f64 {
    let groups = coordinates.len() - 3;
    let theta = logarithms(coordinates);
    let mut slopes = vec![0.0; groups + 2];
    let mut total = -posterior.negative_log_evidence(&theta, |_| true, &mut slopes);
    gradient.fill(0.0);
    for (index, slope) in slopes[..groups].iter().enumerate() {
        gradient[index] += 0.5 * slope;
        gradient[groups] += 0.5 * slope;
    }
    for (index, x) in coordinates[..=groups].iter().enumerate() {
        // ln cosh without overflow.
        total -= x.abs() + (-2.0 * x.abs()).exp().ln_1p();
        gradient[index] -= x.tanh();
    }
    let prior = posterior.prior;
    let normals = [(prior.noise_location, prior.noise_scale), (0.0, prior.signal_scale)];
    for (offset, (location, scale)) in normals.into_iter().enumerate() {
        let index = groups + 1 + offset;
        let z = (coordinates[index] - location) / scale;
        total -= 0.5 * z * z;
        gradient[index] = -slopes[groups + offset] - z / scale;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Kernel, Rows};

    fn example() -> (Rows, Vec<f64>) {
        let mut inputs = Rows::new(1);
        let mut outputs = Vec::new();
        for (x, y) in [(0.0, -1.0), (0.2, -0.4), (0.35, 0.9), (0.6, 1.1), (0.8, 0.3), (1.0, -0.8)] {
            inputs.push(&[x]);
            outputs.push(y);
        }
        (inputs, outputs)
    }

    #[test]
    fn the_gradient_is_that_of_the_density() {
        let structure = Structure::new(Kernel::Matern52, &[0]);
        let (inputs, outputs) = example();
        let prior = prior(&structure);
        let posterior = Posterior::new(&structure, &prior, &Data::new(&inputs, &outputs));
        let point = [0.7, -0.4, -3.0, 0.3];
        let mut gradient = [0.0; 4];
        log_density(&posterior, &point, &mut gradient);
        for i in 0..4 {
            let at = |shift: f64| {
                let mut moved = point;
                moved[i] += shift;
                log_density(&posterior, &moved, &mut [0.0; 4])
            };
            let numeric = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((gradient[i] - numeric).abs() < 1e-5 * numeric.abs().max(1.0), "{i}: {} {numeric}", gradient[i]);
        }
    }

    #[test]
    fn draws_agree_with_integration_over_a_grid() {
        // Mean and deviation of the log lengthscale, by the midpoint rule over all four coordinates.
        let structure = Structure::new(Kernel::Matern52, &[0]);
        let (inputs, outputs) = example();
        let prior = prior(&structure);
        let posterior = Posterior::new(&structure, &prior, &Data::new(&inputs, &outputs));
        let axis = |low: f64, high: f64, count: usize| -> Vec<f64> {
            (0..count).map(|k| low + (k as f64 + 0.5) / count as f64 * (high - low)).collect()
        };
        let (mut weight, mut first, mut second) = (0.0, 0.0, 0.0);
        for &local in &axis(-8.0, 14.0, 30) {
            for &global in &axis(-8.0, 12.0, 30) {
                for &noise in &axis(-9.0, 2.0, 14) {
                    for &signal in &axis(-3.5, 4.0, 12) {
                        let point = [local, global, noise, signal];
                        let own = log_density(&posterior, &point, &mut [0.0; 4]).exp();
                        let value = logarithms(&point)[0];
                        weight += own;
                        first += own * value;
                        second += own * value * value;
                    }
                }
            }
        }
        let (mean, deviation) = (first / weight, (second / weight - (first / weight).powi(2)).sqrt());
        let settings = Settings { warmup: 300, draws: 3000, thinning: 1, depth: 8 };
        let chain = chain(&posterior, settings, 1).unwrap();
        let values: Vec<f64> = chain.draws.iter().map(|draw| logarithms(draw)[0]).collect();
        let drawn = values.iter().sum::<f64>() / 3000.0;
        let spread = (values.iter().map(|v| (v - drawn).powi(2)).sum::<f64>() / 3000.0).sqrt();
        assert!((drawn - mean).abs() < 0.1 * deviation.max(0.5), "{drawn} {mean}");
        assert!((spread / deviation - 1.0).abs() < 0.15, "{spread} {deviation}");
    }

    #[test]
    fn the_columns_that_matter_are_found_among_thirty() {
        let mut inputs = Rows::new(30);
        let mut outputs = Vec::new();
        let mut state = 1u64;
        for _ in 0..40 {
            let row: Vec<f64> = (0..30)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 11) as f64 / (1u64 << 53) as f64
                })
                .collect();
            outputs.push(2.0 * (3.0 * row[4]).sin() + 3.0 * (row[11] - 0.4).powi(2) - 1.5 * row[20]);
            inputs.push(&row);
        }
        let warp = crate::warp::Warp::fit(&outputs, f64::INFINITY);
        let outputs: Vec<f64> = outputs.iter().map(|y| warp.forward(*y)).collect();
        let structure = Structure::new(Kernel::Matern52, &(0..30).collect::<Vec<_>>());
        let fit = SparseFit::new(&structure, &Data::new(&inputs, &outputs), 1).unwrap();
        let count = fit.gps.len() as f64;
        let relevance = |column: usize| {
            fit.gps.iter().map(|gp| -2.0 * gp.hyperparameters().lengthscales[column].ln()).sum::<f64>() / count
        };
        let mut order: Vec<usize> = (0..30).collect();
        order.sort_by(|a, b| relevance(*b).total_cmp(&relevance(*a)));
        let mut first = order[..3].to_vec();
        first.sort_unstable();
        assert_eq!(first, [4, 11, 20]);
        assert!(relevance(order[2]) > relevance(order[3]) + 1.0);
    }

    #[test]
    fn few_repeated_or_constant_data_are_safe() {
        for outputs in [vec![0.0], vec![0.0, 0.0], vec![-1.0, 1.0, 0.0], vec![1.0; 6]] {
            let inputs = Rows::collect(2, outputs.iter().map(|_| [0.5, 0.5].as_slice()));
            let structure = Structure::new(Kernel::Matern52, &[0, 1]);
            let fit = SparseFit::new(&structure, &Data::new(&inputs, &outputs), 1).unwrap();
            for gp in &fit.gps {
                let moments = gp.predict(&Rows::collect(2, [[0.1, 0.2].as_slice()]))[0];
                assert!(moments.mean.is_finite() && moments.variance > 0.0);
            }
        }
    }
}
