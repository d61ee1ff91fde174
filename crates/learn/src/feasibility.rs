//! Chance of success learnt from experiments that failed.
//!
//! Gaussian process classification. Until something fails success is certain; from then on the chance far from all
//! data is what it was expected to be beforehand, moved by how often experiments failed.

use crate::{
    kernel::{Kernel, Rows, squared_distance},
    laplace::{Evidence, Laplace, Latent, log_success},
    optimise::{Limits, minimise},
};

/// Probability that an experiment succeeds, as a function of its settings.
#[derive(Debug, Clone, Default)]
pub struct Feasibility {
    /// None while nothing has failed.
    process: Option<Laplace>,
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
        Self { process: Laplace::new(latent, &inputs, &succeeded) }
    }

    /// Whether nothing has failed so far.
    pub fn is_certain(&self) -> bool {
        self.process.is_none()
    }

    /// Probability of success at `point`, strictly between 0 and 1 once something has failed.
    pub fn probability(&self, point: &[f64]) -> f64 {
        self.log_probability_with_gradient(point).0.exp()
    }

    /// Logarithm of the probability of success at each row of `points`.
    pub fn log_probabilities(&self, points: &Rows) -> Vec<f64> {
        match &self.process {
            Some(process) => process.moments(points).into_iter().map(|(mean, var)| log_success(mean, var)).collect(),
            None => vec![0.0; points.len()],
        }
    }

    /// Logarithm of the probability of success, and its gradient by the settings.
    pub fn log_probability_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        match &self.process {
            Some(process) => process.log_success_with_gradient(point),
            None => (0.0, vec![0.0; point.len()]),
        }
    }
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
    let limits = Limits { evaluations: EVALUATIONS, gradient: 1e-2, decrease: 1e-5 };
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
    fn thousands_of_experiments_are_thinned_to_those_that_tell_most() {
        let learnt = grid(71, |x| x[0] > 0.6 && x[1] > 0.3);
        assert!(learnt.probability(&[0.9, 0.8]) < 0.2 && learnt.probability(&[0.9, 0.1]) > 0.8);
        assert!(learnt.probability(&[0.63, 0.6]) < 0.5 && learnt.probability(&[0.57, 0.6]) > 0.5);
    }
}
