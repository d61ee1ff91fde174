//! The model of one outcome: a few Gaussian processes, averaged by how well they explain the data.

use crate::{
    gp::{Fit, FitError, Gp, Moments, Prior, Structure},
    kernel::{Kernel, Rows},
    normal,
    warp::Warp,
};

/// A result as an instrument gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A number.
    Value(f64),
    /// Below a detection limit.
    Below(f64),
    /// Above a detection limit.
    Above(f64),
}

impl Reading {
    /// The number or the limit.
    pub fn number(self) -> f64 {
        match self {
            Self::Value(number) | Self::Below(number) | Self::Above(number) => number,
        }
    }
}

/// How outcomes are modelled. The default is sensible.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Kernels to average over.
    pub kernels: Vec<Kernel>,
    /// Whether a model that expects a rougher response with less noise takes part.
    pub rough: bool,
    /// By how much the log likelihood must rise before skewed outcomes are bent; infinite for never.
    pub bend_evidence: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { kernels: vec![Kernel::Matern52], rough: false, bend_evidence: 10.0 }
    }
}

/// A Gaussian process and its share in the average.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its share, 0 to 1.
    pub share: f64,
    /// The process, on bent and standardised outcomes.
    pub gp: Gp,
}

/// The model of one outcome.
#[derive(Debug, Clone)]
pub struct Surrogate {
    warp: Warp,
    members: Vec<Member>,
    outputs: Vec<f64>,
}

/// How much shorter the rough model expects lengthscales (difference of logarithms), and the median and
/// standard deviation of its log noise.
const ROUGHER: f64 = 3.0;
const ROUGH_NOISE: (f64, f64) = (-6.0, 1.5);
/// Members below this share are dropped.
const SMALLEST_SHARE: f64 = 0.02;
/// Fits, each after the censored readings were filled in anew.
const CENSORED_FITS: usize = 2;
/// Rounds of filling in censored readings per fit.
const CENSORED_ROUNDS: usize = 8;

impl Surrogate {
    /// Learns from `readings` (n) at `inputs` (n x d, scaled to about 0..1); `groups` as in
    /// [`Structure::groups`].
    ///
    /// Censored readings are filled in by expectation: each is replaced by the mean of its prediction from
    /// all other readings, cut at the limit (the E step of a Tobit model), until that settles; then the
    /// hyperparameters are fitted again.
    ///
    /// Errors: see [`FitError`].
    pub fn fit(inputs: &Rows, groups: &[usize], readings: &[Reading], options: &Options) -> Result<Self, FitError> {
        let values: Vec<f64> = readings.iter().filter(|r| matches!(r, Reading::Value(_))).map(|r| r.number()).collect();
        let all: Vec<f64> = readings.iter().map(|r| r.number()).collect();
        let warp = Warp::fit(if values.is_empty() { &all } else { &values }, options.bend_evidence);
        let mut outputs: Vec<f64> = all.iter().map(|&value| warp.forward(value)).collect();
        let mut members = fit_members(inputs, groups, &outputs, options)?;
        if values.len() < readings.len() {
            let limits = outputs.clone();
            for _ in 0..CENSORED_FITS {
                fill_in(&mut outputs, &limits, &members, readings);
                members = fit_members(inputs, groups, &outputs, options)?;
            }
            fill_in(&mut outputs, &limits, &members, readings);
            members.iter_mut().for_each(|member| member.gp = member.gp.with_outputs(&outputs));
        }
        Ok(Self { warp, members, outputs })
    }

    /// The map between outcomes and what the members see.
    pub fn warp(&self) -> &Warp {
        &self.warp
    }

    /// The processes with their shares.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Bent and standardised outcomes, censored ones filled in, in the order of the readings.
    pub fn outputs(&self) -> &[f64] {
        &self.outputs
    }

    /// Mean and variance of the average, on the bent and standardised scale.
    pub fn predict(&self, points: &Rows) -> Vec<Moments> {
        let each: Vec<Vec<Moments>> = self.members.iter().map(|member| member.gp.predict(points)).collect();
        (0..points.len())
            .map(|index| mixed(self.members.iter().zip(&each).map(|(m, moments)| (m.share, moments[index]))))
            .collect()
    }

    /// Every observation predicted from all others (variance of the reading), same scale.
    pub fn leave_one_out(&self) -> Vec<Moments> {
        let each: Vec<Vec<Moments>> = self.members.iter().map(|member| member.gp.leave_one_out()).collect();
        (0..self.outputs.len())
            .map(|index| mixed(self.members.iter().zip(&each).map(|(m, moments)| (m.share, moments[index]))))
            .collect()
    }

    /// Noise variance of a reading, averaged over the members, same scale.
    pub fn noise(&self) -> f64 {
        self.members.iter().map(|member| member.share * member.gp.hyperparameters().noise).sum()
    }

    /// The model with one more experiment that gave what it expects there: for experiments under way.
    pub fn believing(&self, input: &[f64]) -> Self {
        let point = Rows::collect(input.len(), [input]);
        let members = self.members.iter().map(|member| {
            let expected = member.gp.predict(&point).first().map_or(0.0, |moments| moments.mean);
            Member { share: member.share, gp: member.gp.with_observation(input, expected) }
        });
        let mut outputs = self.outputs.clone();
        outputs.push(self.predict(&point).first().map_or(0.0, |moments| moments.mean));
        Self { warp: self.warp, members: members.collect(), outputs }
    }
}

/// Moments of a mixture of normals.
fn mixed(parts: impl Iterator<Item = (f64, Moments)> + Clone) -> Moments {
    let mean: f64 = parts.clone().map(|(share, m)| share * m.mean).sum();
    let variance = parts.map(|(share, m)| share * (m.variance + (m.mean - mean).powi(2))).sum();
    Moments { mean, variance }
}

fn fit_members(inputs: &Rows, groups: &[usize], outputs: &[f64], options: &Options) -> Result<Vec<Member>, FitError> {
    let separate = groups.iter().max().map_or(0, |most| most + 1);
    let structures: Vec<Structure> =
        options.kernels.iter().map(|&kernel| Structure { kernel, groups: groups.to_vec() }).collect();
    let prior = Prior::scaled_to(separate);
    let mut priors = vec![prior.clone()];
    if options.rough {
        // Both held closer to their medians, so that they stay two different explanations.
        let smooth = Prior { lengthscale_shared_scale: 0.0, ..prior };
        let lengthscale_location = smooth.lengthscale_location - ROUGHER;
        let rough =
            Prior { lengthscale_location, noise_location: ROUGH_NOISE.0, noise_scale: ROUGH_NOISE.1, ..smooth.clone() };
        priors = vec![smooth, rough];
    }
    let mut failure = FitError::Empty;
    let mut scored = Vec::new();
    for (structure, prior) in structures.iter().flat_map(|s| priors.iter().map(move |p| (s, p))) {
        match Fit::new(structure, prior, inputs, outputs) {
            Ok(fit) => scored.push((fit.log_posterior, fit.gp)),
            Err(error) => failure = error,
        }
    }
    let best = scored.iter().map(|(score, _)| *score).fold(f64::NEG_INFINITY, f64::max);
    let weigh = |score: f64| (score - best).exp();
    let total: f64 = scored.iter().map(|(score, _)| weigh(*score)).sum();
    scored.retain(|(score, _)| weigh(*score) >= SMALLEST_SHARE * total);
    let total: f64 = scored.iter().map(|(score, _)| weigh(*score)).sum();
    let members: Vec<Member> =
        scored.into_iter().map(|(score, gp)| Member { share: weigh(score) / total, gp }).collect();
    if members.is_empty() { Err(failure) } else { Ok(members) }
}

fn fill_in(outputs: &mut [f64], limits: &[f64], members: &[Member], readings: &[Reading]) {
    for _ in 0..CENSORED_ROUNDS {
        let left_out: Vec<(f64, Vec<Moments>)> =
            members.iter().map(|member| (member.share, member.gp.with_outputs(outputs).leave_one_out())).collect();
        let mut change = 0.0f64;
        for (index, reading) in readings.iter().enumerate() {
            let predicted = mixed(left_out.iter().map(|(share, moments)| (*share, moments[index])));
            let deviation = predicted.variance.sqrt();
            let filled = match reading {
                Reading::Value(_) => continue,
                Reading::Below(_) => normal::mean_below(predicted.mean, deviation, limits[index]),
                Reading::Above(_) => -normal::mean_below(-predicted.mean, deviation, -limits[index]),
            };
            // A reading cannot be further out than a few deviations of everything else.
            let filled = filled.clamp(limits[index] - 4.0, limits[index] + 4.0);
            change = change.max((filled - outputs[index]).abs());
            outputs[index] = filled;
        }
        if change < 1e-3 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_below_the_limit_is_not_taken_for_the_limit() {
        // y = x, but everything below 0.5 reads "< 0.5".
        let mut inputs = Rows::new(1);
        let mut readings = Vec::new();
        for i in 0..15 {
            let x = f64::from(i) / 14.0;
            inputs.push(&[x]);
            readings.push(if x < 0.5 { Reading::Below(0.5) } else { Reading::Value(x) });
        }
        let learnt = Surrogate::fit(&inputs, &[0], &readings, &Options::default()).unwrap();
        let at = |x: f64| learnt.warp().backward(learnt.predict(&Rows::collect(1, [[x].as_slice()]))[0].mean);
        assert!(at(0.1) < 0.49, "{}", at(0.1));
        assert!((at(0.8) - 0.8).abs() < 0.05, "{}", at(0.8));
    }

    #[test]
    fn shares_add_up_and_outcomes_of_any_scale_are_learnt() {
        for scale in [1e-12, 1.0, 1e12] {
            let mut inputs = Rows::new(1);
            let mut readings = Vec::new();
            for i in 0..10 {
                let x = f64::from(i) / 9.0;
                inputs.push(&[x]);
                readings.push(Reading::Value(scale * (3.0 + (5.0 * x).sin())));
            }
            let learnt = Surrogate::fit(&inputs, &[0], &readings, &Options::default()).unwrap();
            assert!((learnt.members().iter().map(|m| m.share).sum::<f64>() - 1.0).abs() < 1e-12);
            let z = learnt.predict(&Rows::collect(1, [[0.5].as_slice()]))[0].mean;
            assert!((learnt.warp().backward(z) / scale - 3.598).abs() < 0.1);
        }
    }

    #[test]
    fn believing_a_result_lowers_the_uncertainty_there() {
        let mut inputs = Rows::new(1);
        [0.0, 0.5, 1.0].iter().for_each(|x| inputs.push(&[*x]));
        let readings = [1.0, 3.0, 2.0].map(Reading::Value);
        let learnt = Surrogate::fit(&inputs, &[0], &readings, &Options::default()).unwrap();
        let point = Rows::collect(1, [[0.25].as_slice()]);
        let (before, after) = (learnt.predict(&point)[0], learnt.believing(&[0.25]).predict(&point)[0]);
        assert!(after.variance < before.variance);
    }
}
