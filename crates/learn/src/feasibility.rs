//! Chance of success learnt from experiments that failed.
//!
//! A kernel-weighted count of successes and failures nearby, with a prior count in favour of success: it
//! needs no fit that could go wrong, never says 0 or 1, and returns to the overall rate far from all data.

use crate::kernel::{Rows, squared_distance};

/// Probability that an experiment succeeds, as a function of its settings.
#[derive(Debug, Clone)]
pub struct Feasibility {
    inputs: Rows,
    failed: Vec<bool>,
    /// One divided by twice the squared width of the kernel.
    rate: f64,
    /// Prior counts of success and failure.
    prior: (f64, f64),
}

/// Widths tried, per square root of the dimension (inputs scaled to 0..1).
const WIDTHS: [f64; 4] = [0.05, 0.1, 0.2, 0.4];
/// Weight of the prior against one experiment at the very point.
const PRIOR_COUNT: f64 = 0.5;

impl Feasibility {
    /// Learns from experiments at `inputs` (n x d, scaled to 0..1 per column); the kernel width is the one
    /// that predicts each experiment best from the others.
    pub fn fit(inputs: &Rows, failed: &[bool]) -> Self {
        let failures = failed.iter().filter(|failed| **failed).count() as f64;
        // One imagined success keeps a first failure from closing the whole space.
        let share = (failures + 0.5) / (failed.len() as f64 + 2.5);
        let prior = (PRIOR_COUNT * (1.0 - share), PRIOR_COUNT * share);
        let dimension = inputs.width().max(1) as f64;
        let with_width = |width: f64| Self {
            inputs: inputs.clone(),
            failed: failed.to_vec(),
            rate: 0.5 / (width * width * dimension),
            prior,
        };
        let mut best = (f64::NEG_INFINITY, with_width(WIDTHS[2]));
        if failures > 0.0 {
            for width in WIDTHS {
                let trial = with_width(width);
                let score = trial.left_out_score();
                if score > best.0 {
                    best = (score, trial);
                }
            }
        }
        best.1
    }

    /// Whether nothing has failed so far.
    pub fn is_certain(&self) -> bool {
        !self.failed.contains(&true)
    }

    /// Probability of success at `point`, strictly between 0 and 1 once something has failed.
    pub fn probability(&self, point: &[f64]) -> f64 {
        self.log_probability_with_gradient(point).0.exp()
    }

    /// Logarithm of the probability of success, and its gradient by the settings.
    pub fn log_probability_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; point.len()];
        if self.is_certain() {
            return (0.0, gradient);
        }
        let (mut good, mut all) = (self.prior.0, self.prior.0 + self.prior.1);
        let mut good_gradient = vec![0.0; point.len()];
        let mut all_gradient = vec![0.0; point.len()];
        for (own, failed) in self.inputs.iter().zip(&self.failed) {
            let weight = (-self.rate * squared_distance(own, point)).exp();
            all += weight;
            good += if *failed { 0.0 } else { weight };
            for c in 0..point.len() {
                let slope = -2.0 * self.rate * (point[c] - own[c]) * weight;
                all_gradient[c] += slope;
                good_gradient[c] += if *failed { 0.0 } else { slope };
            }
        }
        for c in 0..point.len() {
            gradient[c] = good_gradient[c] / good - all_gradient[c] / all;
        }
        ((good / all).ln(), gradient)
    }

    /// Log likelihood of each experiment from the others.
    fn left_out_score(&self) -> f64 {
        let mut score = 0.0;
        for (index, point) in self.inputs.iter().enumerate() {
            let (mut good, mut all) = (self.prior.0, self.prior.0 + self.prior.1);
            for (other, own) in self.inputs.iter().enumerate().filter(|(other, _)| *other != index) {
                let weight = (-self.rate * squared_distance(own, point)).exp();
                all += weight;
                good += if self.failed[other] { 0.0 } else { weight };
            }
            let success = good / all;
            score += if self.failed[index] { (1.0 - success).ln() } else { success.ln() };
        }
        score
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Feasibility {
        let mut inputs = Rows::new(2);
        let mut failed = Vec::new();
        for i in 0..25 {
            let x = [f64::from(i % 5) / 4.0, f64::from(i / 5) / 4.0];
            inputs.push(&x);
            failed.push(x[0] > 0.6);
        }
        Feasibility::fit(&inputs, &failed)
    }

    #[test]
    fn failures_lower_the_chance_of_their_like() {
        let learnt = example();
        assert!(learnt.probability(&[0.9, 0.5]) < 0.25);
        assert!(learnt.probability(&[0.1, 0.5]) > 0.75);
    }

    #[test]
    fn without_failures_success_is_certain_and_one_failure_closes_nothing() {
        let inputs = Rows::collect(1, [[0.5].as_slice()]);
        assert_eq!(Feasibility::fit(&inputs, &[false]).probability(&[0.5]), 1.0);
        let learnt = Feasibility::fit(&inputs, &[true]);
        assert!(learnt.probability(&[0.5]) > 0.05 && learnt.probability(&[0.0]) < 1.0);
    }

    #[test]
    fn the_gradient_is_that_of_the_probability() {
        let learnt = example();
        let (_, gradient) = learnt.log_probability_with_gradient(&[0.55, 0.3]);
        let at = |x: f64| learnt.log_probability_with_gradient(&[x, 0.3]).0;
        assert!((gradient[0] - (at(0.55 + 1e-6) - at(0.55 - 1e-6)) / 2e-6).abs() < 1e-5);
    }
}
