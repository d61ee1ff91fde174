//! Chance of success learnt from experiments that failed.
//!
//! Gaussian process classification. Until something fails success is certain; from then on the chance far from all
//! data is what it was expected to be beforehand, moved by how often experiments failed.
//!
//! The process is cautious: it orders settings by their chance well, but what it calls 70 % succeeds in 97 % of cases
//! where failures have a region of their own. The chance people are shown is therefore corrected by what left-out
//! experiments did.

use std::sync::{Arc, OnceLock};

use crate::{
    kernel::{Kernel, Rows, squared_distance},
    laplace::{Evidence, Laplace, Latent, log_logistic, logistic},
    optimise::{Limits, minimise},
};

/// Probability that an experiment succeeds, as a function of its settings.
#[derive(Debug, Clone, Default)]
pub struct Feasibility {
    /// None while nothing has failed.
    process: Option<Process>,
}

#[derive(Debug, Clone)]
struct Process {
    posterior: Laplace,
    latent: Latent,
    /// The experiments that the lengthscales were learnt from, and which of them succeeded.
    inputs: Rows,
    succeeded: Vec<bool>,
    correction: Arc<OnceLock<Correction>>,
}

/// Log odds of success as they turn out, a straight line in those of the process.
#[derive(Debug, Clone, Copy)]
struct Correction {
    offset: f64,
    slope: f64,
}

/// Log odds of success expected beforehand and their variance. Success is likely, but nobody knows how likely.
const MEAN: f64 = 2.0;
const MEAN_VARIANCE: f64 = 4.0;
/// Median lengthscale in units of the square root of the number of directions, and the standard deviation of its
/// logarithm.
const LENGTHSCALE: f64 = 0.3;
const LENGTHSCALE_SCALE: f64 = 0.7;
const LENGTHSCALE_RANGE: (f64, f64) = (2e-2, 1e2);
/// The same of the variance of the log odds. It is large because whether an experiment fails is mostly no matter of
/// chance: one success among many failures is a small region that works, not good luck.
const SIGNAL: f64 = 300.0;
const SIGNAL_SCALE: f64 = 0.7;
const SIGNAL_RANGE: (f64, f64) = (1.0, 1e4);
/// Experiments that the lengthscales, and the process itself, are learnt from at most.
const SEARCHED: usize = 100;
const KEPT: usize = 400;
const EVALUATIONS: usize = 30;
/// Parts of the experiments left out in turn for the correction.
const FOLDS: usize = 10;
/// Offset and slope expected beforehand, and their standard deviations; the slope is what is seen where failures have
/// a region of their own (example `success`).
const OFFSET: (f64, f64) = (0.0, 1.0);
const SLOPE: (f64, f64) = (2.0, 1.5);
const SLOPE_RANGE: (f64, f64) = (0.05, 10.0);

impl Feasibility {
    /// Learns from experiments at `inputs` (n x d, scaled to about 0..1 per column); `groups` as in
    /// [`crate::gp::Structure::groups`].
    ///
    /// The lengthscales are the most probable ones. Of more than 400 experiments those that are nearest to one with
    /// the other result, and as many of the others, are used.
    ///
    /// Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), algorithms 3.1, 3.2 and 5.1.
    pub fn fit(inputs: &Rows, groups: &[usize], failed: &[bool]) -> Self {
        let sound = inputs.len() == failed.len() && groups.len() == inputs.width();
        if !failed.contains(&true) || !sound || !inputs.iter().flatten().all(|x| x.is_finite()) {
            return Self::default();
        }
        let succeeded: Vec<bool> = failed.iter().map(|failed| !failed).collect();
        let (inputs, succeeded) = thinned(inputs, &succeeded, KEPT);
        let (some, their) = thinned(&inputs, &succeeded, SEARCHED);
        let latent = most_probable(&some, groups, &their);
        let process = Laplace::new(latent.clone(), &inputs, &succeeded).map(|posterior| Process {
            posterior,
            latent,
            inputs: some,
            succeeded: their,
            correction: Arc::default(),
        });
        Self { process }
    }

    /// Whether nothing has failed so far.
    pub fn is_certain(&self) -> bool {
        self.process.is_none()
    }

    /// Probability of success at `point` by the process, for comparing settings; strictly between 0 and 1 once
    /// something has failed.
    pub fn probability(&self, point: &[f64]) -> f64 {
        self.log_probability_with_gradient(point).0.exp()
    }

    /// Probability of success at `point` for people: corrected by how often left-out experiments succeeded. Settings
    /// keep their order.
    ///
    /// Source: Platt, Probabilistic outputs for support vector machines (1999), with a prior instead of softened
    /// targets.
    pub fn corrected_probability(&self, point: &[f64]) -> f64 {
        let Some(process) = &self.process else { return 1.0 };
        let correction = process.correction.get_or_init(|| process.correction());
        correction.probability(odds(process.posterior.log_success_with_gradient(point).0))
    }

    /// Logarithm of the probability of success at each row of `points`.
    pub fn log_probabilities(&self, points: &Rows) -> Vec<f64> {
        match &self.process {
            Some(process) => process.posterior.log_successes(points),
            None => vec![0.0; points.len()],
        }
    }

    /// Logarithm of the probability of success, and its gradient by the settings.
    pub fn log_probability_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        match &self.process {
            Some(process) => process.posterior.log_success_with_gradient(point),
            None => (0.0, vec![0.0; point.len()]),
        }
    }
}

impl Process {
    /// What left-out experiments teach: a tenth of them at a time, the numbers of the latent function kept.
    fn correction(&self) -> Correction {
        let size = self.succeeded.len();
        let mut seen: Vec<(f64, bool)> = Vec::with_capacity(size);
        for fold in 0..FOLDS.min(size) {
            let (out, kept): (Vec<usize>, Vec<usize>) = (0..size).partition(|index| index % FOLDS == fold);
            let known: Vec<bool> = kept.iter().map(|&index| self.succeeded[index]).collect();
            let Some(learnt) = Laplace::new(self.latent.clone(), &self.inputs.select(&kept), &known) else { continue };
            let found = learnt.log_successes(&self.inputs.select(&out));
            seen.extend(found.into_iter().zip(out).map(|(log, index)| (odds(log), self.succeeded[index])));
        }
        Correction::most_probable(&seen)
    }
}

impl Correction {
    /// Maximum a posteriori of offset and slope, given log odds and whether what they speak of succeeded.
    fn most_probable(seen: &[(f64, bool)]) -> Self {
        let function = |line: &[f64], gradient: &mut [f64]| {
            let [offset, slope] = [line[0], line[1]];
            let (z, w) = ((offset - OFFSET.0) / OFFSET.1, (slope - SLOPE.0) / SLOPE.1);
            let mut value = 0.5 * (z * z + w * w);
            (gradient[0], gradient[1]) = (z / OFFSET.1, w / SLOPE.1);
            for (odds, succeeded) in seen {
                let sign = if *succeeded { 1.0 } else { -1.0 };
                let towards = sign * (offset + slope * odds);
                value -= log_logistic(towards);
                let pull = sign * logistic(-towards);
                gradient[0] -= pull;
                gradient[1] -= pull * odds;
            }
            value
        };
        let (low, high) = ([-10.0, SLOPE_RANGE.0], [10.0, SLOPE_RANGE.1]);
        let found = minimise(function, &[OFFSET.0, SLOPE.0], &low, &high, Limits::default());
        Self { offset: found.point[0], slope: found.point[1] }
    }

    fn probability(self, odds: f64) -> f64 {
        logistic(self.offset + self.slope * odds)
    }
}

/// Log odds of a probability whose logarithm is `log`.
fn odds(log: f64) -> f64 {
    let log = log.min(-1e-12);
    log - (-log.exp_m1()).ln()
}

/// The latent function whose numbers are `theta`: the logarithms of the lengthscales of each group and of the signal.
fn latent(groups: &[usize], theta: &[f64]) -> Latent {
    let rates = groups.iter().map(|&group| (-theta[group]).exp()).collect();
    let signal = theta.last().map_or(SIGNAL, |log| log.exp());
    Latent { kernel: Kernel::Matern52, mean: MEAN, mean_variance: MEAN_VARIANCE, signal, rates }
}

/// Maximum a posteriori.
fn most_probable(inputs: &Rows, groups: &[usize], succeeded: &[bool]) -> Latent {
    let directions = groups.iter().max().map_or(0, |most| most + 1);
    let typical = (LENGTHSCALE * (directions.max(1) as f64).sqrt()).ln();
    let mut centre = vec![typical; directions];
    centre.push(SIGNAL.ln());
    let mut scales = vec![LENGTHSCALE_SCALE; directions];
    scales.push(SIGNAL_SCALE);
    let ends = |length: f64, signal: f64| -> Vec<f64> {
        std::iter::repeat_n(length.ln(), directions).chain([signal.ln()]).collect()
    };
    let low = ends(LENGTHSCALE_RANGE.0, SIGNAL_RANGE.0);
    let high = ends(LENGTHSCALE_RANGE.1, SIGNAL_RANGE.1);
    let mut evidence = Evidence::new(inputs, succeeded);
    let function = |theta: &[f64], gradient: &mut [f64]| {
        let Some((log, by_column, by_signal)) = evidence.log_with_gradient(latent(groups, theta)) else {
            return f64::INFINITY;
        };
        gradient.fill(0.0);
        groups.iter().zip(by_column).for_each(|(&group, slope)| gradient[group] -= slope);
        gradient[directions] -= by_signal;
        let mut value = -log;
        for (((slope, theta), centre), scale) in gradient.iter_mut().zip(theta).zip(&centre).zip(&scales) {
            let z = (theta - centre) / scale;
            *slope += z / scale;
            value += 0.5 * z * z;
        }
        value
    };
    let limits = Limits { evaluations: EVALUATIONS, gradient: 1e-2, decrease: 1e-5, gain: 0.0 };
    let found = minimise(function, &centre, &low, &high, limits);
    latent(groups, &found.point)
}

/// At most `limit` of the experiments: half of them those nearest to one with the other result, which tell where success
/// ends, the others evenly from the rest.
fn thinned(inputs: &Rows, succeeded: &[bool], limit: usize) -> (Rows, Vec<bool>) {
    let size = succeeded.len();
    if size <= limit {
        return (inputs.clone(), succeeded.to_vec());
    }
    let gap = |index: usize| {
        let others = (0..size).filter(|&other| succeeded[other] != succeeded[index]);
        others.map(|other| squared_distance(inputs.row(index), inputs.row(other))).fold(f64::INFINITY, f64::min)
    };
    let gaps: Vec<f64> = (0..size).map(gap).collect();
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| gaps[a].total_cmp(&gaps[b]).then(a.cmp(&b)));
    let (near, rest) = order.split_at(limit / 2);
    let even = limit - near.len();
    let mut kept: Vec<usize> = near.iter().copied().chain((0..even).map(|i| rest[i * rest.len() / even])).collect();
    kept.sort_unstable();
    (inputs.select(&kept), kept.iter().map(|&index| succeeded[index]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(side: usize, fails: impl Fn(&[f64]) -> bool) -> Feasibility {
        let mut inputs = Rows::new(2);
        let at = |i: usize| i as f64 / (side - 1) as f64;
        (0..side * side).for_each(|i| inputs.push(&[at(i % side), at(i / side)]));
        let failed: Vec<bool> = inputs.iter().map(fails).collect();
        Feasibility::fit(&inputs, &[0, 1], &failed)
    }

    #[test]
    fn failures_lower_the_chance_of_their_like() {
        let learnt = grid(5, |x| x[0] > 0.6);
        assert!(learnt.probability(&[0.9, 0.5]) < 0.2, "{}", learnt.probability(&[0.9, 0.5]));
        assert!(learnt.probability(&[0.1, 0.5]) > 0.7, "{}", learnt.probability(&[0.1, 0.5]));
    }

    #[test]
    fn without_failures_success_is_certain_and_one_failure_closes_nothing() {
        let inputs = Rows::collect(1, [[0.5].as_slice()]);
        assert_eq!(Feasibility::fit(&inputs, &[0], &[false]).probability(&[0.5]), 1.0);
        let learnt = Feasibility::fit(&inputs, &[0], &[true]);
        assert!(learnt.probability(&[0.5]) > 0.1 && learnt.probability(&[0.0]) > 0.4);
        assert!(learnt.probability(&[0.0]) < 1.0);
    }

    #[test]
    fn the_chance_shown_is_how_often_experiments_succeed() {
        let corner = |x: &[f64]| x[0] > 0.5 && x[1] > 0.4;
        let learnt = grid(6, corner);
        let places: Vec<[f64; 2]> = (0..900).map(|i| [f64::from(i % 30) / 29.0, f64::from(i / 30) / 29.0]).collect();
        let sure: Vec<&[f64; 2]> = places.iter().filter(|x| learnt.corrected_probability(*x) > 0.8).collect();
        let shown = sure.iter().map(|x| learnt.corrected_probability(*x)).sum::<f64>() / sure.len() as f64;
        let happened = sure.iter().filter(|x| !corner(**x)).count() as f64 / sure.len() as f64;
        assert!(sure.len() > 400 && (shown - happened).abs() < 0.05, "{}: {shown} {happened}", sure.len());
        // Failures by chance alone: the same chance everywhere.
        let inputs =
            Rows::collect(1, (0..40).map(|i| [0.025 * f64::from(i)]).collect::<Vec<_>>().iter().map(|x| x.as_slice()));
        let failed: Vec<bool> = (0..40).map(|i| i * 7 % 40 < 8).collect();
        let learnt = Feasibility::fit(&inputs, &[0], &failed);
        let mean = (0..40).map(|i| learnt.corrected_probability(&[0.025 * f64::from(i) + 0.01])).sum::<f64>() / 40.0;
        assert!((mean - 0.8).abs() < 0.07, "{mean}");
        assert_eq!(Feasibility::default().corrected_probability(&[0.5]), 1.0);
    }

    #[test]
    fn thousands_of_experiments_are_thinned_to_those_that_tell_most() {
        let learnt = grid(71, |x| x[0] > 0.6 && x[1] > 0.3);
        assert!(learnt.probability(&[0.9, 0.8]) < 0.2 && learnt.probability(&[0.9, 0.1]) > 0.8);
        assert!(learnt.probability(&[0.63, 0.6]) < 0.5 && learnt.probability(&[0.57, 0.6]) > 0.5);
    }
}
