//! Readings that all others contradict.

use serde::Serialize;

use super::{GpAverage, Options, Reading, Readings, Surrogate, average::Searches, censored::fill_in};
use crate::{
    gp::{Data, FitError},
    kernel::{Rows, squared_distance},
    warp::{Bend, Warp},
};

/// A reading that counts less than the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outlier {
    /// Number of the reading, from 0.
    pub reading: usize,
    /// How far it counts, 0 to 1: one divided by the squared distance from what the others let expect, in standard
    /// deviations.
    pub weight: f64,
    /// Variance added to its noise, on the scale of the model.
    #[serde(skip)]
    extra_noise: f64,
}

/// On which side of what was expected a reading may be a discovery: it counts in full unless readings close to it
/// contradict it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// High values are wanted.
    High,
    /// Low values are wanted.
    Low,
    /// A surprise may be good either way.
    #[default]
    Both,
}

/// The default kind of model, and what it was learnt from.
pub(super) struct Learnt {
    pub(super) warp: Warp,
    /// Bent and standardised, limits filled in.
    pub(super) outputs: Vec<f64>,
    pub(super) extra_noise: Vec<f64>,
    pub(super) average: GpAverage,
    /// Whether any evidence asked for a bend would have led to the same model.
    pub(super) clear: bool,
}

/// A reading that may be an outlier.
struct Suspect {
    reading: usize,
    /// How far (standard deviations) it has to be from what a model learnt without it expects.
    certain: f64,
}

/// Exact readings below which nothing can be called an outlier.
const FEWEST: usize = 8;
/// Distances (standard deviations) from which a reading is suspected, and from which a model learnt without it
/// calls it an outlier: where close readings contradict it, and where only readings around it do. Responses that
/// fall off steeply reach 7 on published pools.
const SUSPECT: f64 = 3.0;
const CERTAIN: f64 = 5.0;
const CERTAIN_AROUND: f64 = 10.0;
/// At most one reading in so many is suspected.
const SHARE: usize = 10;
/// Root mean square difference per column, in ranges, within which readings contradict a discovery, and within which
/// they contradict another surprise.
const CLOSE: f64 = 0.03;
const AROUND: f64 = 0.25;
/// Fits, each after the censored readings were filled in anew.
const CENSORED_FITS: usize = 2;

impl Readings<'_> {
    pub(super) fn is_exact(&self, index: usize) -> bool {
        matches!(self.readings.get(index), Some(Reading::Value(_)))
    }

    fn select(&self, rows: &[usize]) -> (Rows, Vec<Reading>, Vec<f64>) {
        let inputs = Rows::collect(self.inputs.width(), rows.iter().map(|&row| self.inputs.row(row)));
        let uncertainties = if self.uncertainties.is_empty() { &[][..] } else { rows };
        (
            inputs,
            rows.iter().map(|&row| self.readings[row]).collect(),
            uncertainties.iter().map(|&row| self.uncertainties[row]).collect(),
        )
    }

    /// Variance of a reading that is known beforehand, on the scale of the model.
    fn known_noise(&self, index: usize, warp: &Warp) -> f64 {
        let uncertainty = self.uncertainties.get(index).copied().unwrap_or(0.0);
        if !uncertainty.is_finite() || uncertainty <= 0.0 {
            return 0.0;
        }
        let number = self.readings[index].number();
        let reach = 0.5 * (warp.forward(number + uncertainty) - warp.forward(number - uncertainty));
        if reach.is_finite() { reach * reach } else { 0.0 }
    }
}

/// The default kind of model, with the readings that count less in it.
///
/// A reading is suspected when all others let expect something else; then a model is learnt without the suspects.
/// Those it calls improbable, too, and that readings around them contradict, get the noise that makes them as
/// distant as expected. A surprise on the side of discoveries needs a repetition or two close readings against it.
///
/// Errors: see [`FitError`].
pub(super) fn learn(readings: &Readings<'_>, options: &Options) -> Result<(Learnt, Vec<Outlier>), FitError> {
    let uncertainties = readings.uncertainties.len();
    if uncertainties != 0 && uncertainties != readings.readings.len() {
        return Err(FitError::Data);
    }
    let mut first = fitted(readings, options, &[])?;
    if !options.robust {
        return Ok((first, Vec::new()));
    }
    let mut suspects = suspects(readings, options, &first);
    // Those that turn out to be expected join the others, who may then say something else.
    while !suspects.is_empty() {
        let (found, clear) = outliers(readings, options, &suspects)?;
        first.clear &= clear;
        if found.len() == suspects.len() {
            let last = fitted(readings, options, &found)?;
            return Ok((Learnt { clear: first.clear && last.clear, ..last }, found));
        }
        suspects.retain(|suspect| found.iter().any(|outlier| outlier.reading == suspect.reading));
    }
    Ok((first, Vec::new()))
}

/// Exact readings far from their prediction by all others that readings around them can contradict.
fn suspects(readings: &Readings<'_>, options: &Options, learnt: &Learnt) -> Vec<Suspect> {
    let exact: Vec<usize> = (0..learnt.outputs.len()).filter(|&index| readings.is_exact(index)).collect();
    if exact.len() < FEWEST {
        return Vec::new();
    }
    // One reading cannot be further from few others than this, for it widens the distribution itself.
    let suspected = SUSPECT.min(0.6 * (exact.len() as f64).sqrt());
    let left_out = learnt.average.leave_one_out();
    let surprise = |index: usize| learnt.outputs[index] - left_out[index].mean;
    let mut far: Vec<(usize, f64)> =
        exact.iter().map(|&index| (index, surprise(index).abs() / left_out[index].variance.sqrt())).collect();
    far.retain(|(_, distance)| *distance > suspected);
    far.sort_by(|a, b| b.1.total_cmp(&a.1));
    far.truncate((exact.len() / SHARE).max(1));
    let suspects = far.into_iter().filter_map(|(reading, _)| {
        let certain = certain(readings, options, reading, surprise(reading), &exact, &learnt.outputs)?;
        Some(Suspect { reading, certain })
    });
    suspects.collect()
}

/// How far a reading has to be from what is expected to be an outlier; `None` when it cannot be one: neither a
/// repetition nor two readings around it contradict it, or one agrees with it.
fn certain(
    readings: &Readings<'_>,
    options: &Options,
    index: usize,
    surprise: f64,
    exact: &[usize],
    outputs: &[f64],
) -> Option<f64> {
    let may_be_discovery = match options.discoveries {
        Side::High => surprise > 0.0,
        Side::Low => surprise < 0.0,
        Side::Both => true,
    };
    let own = readings.inputs.row(index);
    let (mut close, mut around, mut repeated) = (0, 0, false);
    for &other in exact.iter().filter(|&&other| other != index) {
        let apart = squared_distance(own, readings.inputs.row(other)) / readings.inputs.width().max(1) as f64;
        if apart > AROUND * AROUND {
            continue;
        }
        let agrees = (outputs[other] - outputs[index]).abs() < 0.5 * surprise.abs();
        if agrees && (apart <= CLOSE * CLOSE || !may_be_discovery) {
            return None;
        }
        around += 1;
        close += usize::from(apart <= CLOSE * CLOSE);
        repeated |= apart < 1e-18;
    }
    if repeated || close >= 2 { Some(CERTAIN) } else { (around >= 2 && !may_be_discovery).then_some(CERTAIN_AROUND) }
}

/// Which of the suspects a model learnt without them calls improbable, and [`Learnt::clear`] of that model.
fn outliers(
    readings: &Readings<'_>,
    options: &Options,
    suspects: &[Suspect],
) -> Result<(Vec<Outlier>, bool), FitError> {
    let rest: Vec<usize> =
        (0..readings.readings.len()).filter(|index| suspects.iter().all(|s| s.reading != *index)).collect();
    let (inputs, kept, uncertainties) = readings.select(&rest);
    let others = Readings { inputs: &inputs, readings: &kept, uncertainties: &uncertainties, ..*readings };
    let learnt = fitted(&others, options, &[])?;
    let points = Rows::collect(inputs.width(), suspects.iter().map(|s| readings.inputs.row(s.reading)));
    let predicted = learnt.average.predict(&points);
    let noise = learnt.average.noise();
    let judged = suspects.iter().zip(predicted).filter_map(|(suspect, m)| {
        let index = suspect.reading;
        let variance = m.variance + noise + readings.known_noise(index, &learnt.warp);
        let surprise = (learnt.warp.forward(readings.readings[index].number()) - m.mean).powi(2);
        let certain = surprise > suspect.certain * suspect.certain * variance;
        certain.then(|| Outlier { reading: index, weight: variance / surprise, extra_noise: surprise - variance })
    });
    Ok((judged.collect(), learnt.clear))
}

/// The default kind of model with the given outliers.
fn fitted(readings: &Readings<'_>, options: &Options, outliers: &[Outlier]) -> Result<Learnt, FitError> {
    let values = readings.readings;
    let counts = |index: &usize| outliers.iter().all(|outlier| outlier.reading != *index);
    let numbers = |keep: &dyn Fn(usize) -> bool| -> Vec<f64> {
        (0..values.len()).filter(counts).filter(|index| keep(*index)).map(|index| values[index].number()).collect()
    };
    let exact = numbers(&|index| readings.is_exact(index));
    let sample = if exact.is_empty() { numbers(&|_| true) } else { exact };
    let warp = Warp::fit(&sample, options.bend_evidence);
    let clear = warp == Warp::fit(&sample, 0.0) || options.bend_evidence.is_infinite();
    let mut searches = Searches::default();
    let (bent, evidence) = fitted_under(warp, readings, options, outliers, &mut searches)?;
    let bent = Learnt { clear, ..bent };
    // What an exact model knows of the response says more about the bend than the spread of the readings. Limits are
    // filled in and outliers weighed under one bend, so that they cannot be compared.
    if !options.exact || warp.bend() == Bend::Straight || sample.len() < values.len() {
        return Ok(bent);
    }
    searches.rival = Some((searches.first, searches.log_slopes));
    match fitted_under(Warp::fit(&sample, f64::INFINITY), readings, options, outliers, &mut searches) {
        Ok((straight, other)) if other > evidence => Ok(Learnt { clear, ..straight }),
        _ => Ok(bent),
    }
}

/// The same under a given bend, with the log posterior of the readings in their own unit.
fn fitted_under(
    warp: Warp,
    readings: &Readings<'_>,
    options: &Options,
    outliers: &[Outlier],
    searches: &mut Searches,
) -> Result<(Learnt, f64), FitError> {
    let Readings { inputs, groups, readings: values, .. } = *readings;
    let mut outputs: Vec<f64> = values.iter().map(|reading| warp.forward(reading.number())).collect();
    let mut extra_noise = Vec::new();
    if !outliers.is_empty() || readings.uncertainties.iter().any(|u| *u > 0.0) {
        extra_noise = (0..values.len()).map(|index| readings.known_noise(index, &warp)).collect();
        outliers.iter().for_each(|outlier| extra_noise[outlier.reading] += outlier.extra_noise);
    }
    let numbers: Vec<f64> = values.iter().map(|reading| reading.number()).collect();
    let log_slopes = warp.log_slopes(&numbers);
    searches.log_slopes = log_slopes;
    let mut fit = |outputs: &[f64]| {
        GpAverage::fit_with_posterior(&Data { inputs, outputs, extra_noise: &extra_noise }, groups, options, searches)
    };
    let (mut average, mut log_posterior) = fit(&outputs)?;
    if values.iter().any(|reading| !matches!(reading, Reading::Value(_))) {
        let limits = outputs.clone();
        for _ in 0..CENSORED_FITS {
            fill_in(&mut outputs, &limits, &average, values);
            (average, log_posterior) = fit(&outputs)?;
        }
        fill_in(&mut outputs, &limits, &average, values);
        average = average.with_outputs(&outputs);
    }
    Ok((Learnt { warp, outputs, extra_noise, average, clear: false }, log_posterior + log_slopes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OutcomeModel;

    /// A smooth response of two settings at 30 places; reading number `strange` is `value` instead.
    fn example(strange: usize, value: f64) -> (Rows, Vec<Reading>) {
        let mut inputs = Rows::new(2);
        let mut readings = Vec::new();
        for i in 0..30 {
            let x = [(i as f64 * 0.618).fract(), (i as f64 * 0.755).fract()];
            inputs.push(&x);
            readings.push(Reading::Value((3.0 * x[0]).sin() + x[1] * x[1]));
        }
        readings[strange] = Reading::Value(value);
        (inputs, readings)
    }

    fn learn(inputs: &Rows, readings: &[Reading], discoveries: Side) -> OutcomeModel {
        let options = Options { discoveries, ..Options::default() };
        OutcomeModel::fit(inputs, &[0, 1], readings, &options).unwrap()
    }

    #[test]
    fn a_reading_far_too_low_does_not_wreck_the_model_of_a_maximum() {
        for value in [-5.0, -500.0] {
            let (inputs, readings) = example(11, value);
            let model = learn(&inputs, &readings, Side::High);
            let outliers: Vec<usize> = model.outliers().iter().map(|outlier| outlier.reading).collect();
            assert_eq!(outliers, [11]);
            assert!(model.outliers()[0].weight < 0.04);
            let point = [0.4, 0.7];
            let m = model.surrogate().predict(&Rows::collect(2, [point.as_slice()]))[0];
            let expected = (3.0 * point[0]).sin() + point[1] * point[1];
            assert!((model.warp().backward(m.mean) - expected).abs() < 0.1, "{}", model.warp().backward(m.mean));
        }
    }

    #[test]
    fn a_discovery_counts_in_full_until_readings_close_to_it_contradict_it() {
        let (mut inputs, mut readings) = example(11, 3.0);
        let model = learn(&inputs, &readings, Side::High);
        assert!(model.outliers().is_empty(), "{:?}", model.outliers());
        let plain = Options { robust: false, ..Options::default() };
        let plain = OutcomeModel::fit(&inputs, &[0, 1], &readings, &plain).unwrap();
        assert_eq!(model.surrogate().predict(&inputs), plain.surrogate().predict(&inputs));

        // Repeated with the same result it still is one.
        let place = inputs.row(11).to_vec();
        let (mut again, mut confirmed) = (inputs.clone(), readings.clone());
        again.push(&place);
        confirmed.push(Reading::Value(2.9));
        assert!(learn(&again, &confirmed, Side::High).outliers().is_empty());

        // Repeated with an ordinary result it is not.
        for _ in 0..2 {
            inputs.push(&place);
            readings.push(Reading::Value((3.0 * place[0]).sin() + place[1] * place[1]));
        }
        let model = learn(&inputs, &readings, Side::High);
        assert_eq!(model.outliers().iter().map(|outlier| outlier.reading).collect::<Vec<_>>(), [11]);
    }

    #[test]
    fn clean_and_noisy_readings_give_no_outliers() {
        use rand::RngExt;
        use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
        use rand_distr::{Distribution, StandardNormal};
        for seed in 0..20 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut inputs = Rows::new(2);
            let mut readings = Vec::new();
            for _ in 0..30 {
                let x: [f64; 2] = [random.random(), random.random()];
                let z: f64 = StandardNormal.sample(&mut random);
                inputs.push(&x);
                readings.push(Reading::Value((3.0 * x[0]).sin() + x[1] * x[1] + 0.1 * z));
            }
            let model = learn(&inputs, &readings, Side::High);
            assert!(model.outliers().is_empty(), "{seed}: {:?}", model.outliers());
        }
    }

    #[test]
    fn a_reading_known_to_be_uncertain_pulls_less() {
        let (inputs, readings) = example(11, 2.5);
        let mut uncertainties = vec![0.0; 30];
        let at = |uncertainties: &[f64]| {
            let readings = Readings { inputs: &inputs, groups: &[0, 1], readings: &readings, uncertainties };
            let model = OutcomeModel::learn(&readings, &Options { robust: false, ..Options::default() }).unwrap();
            model.warp().backward(model.surrogate().predict(&Rows::collect(2, [inputs.row(11)]))[0].mean)
        };
        let x = inputs.row(11);
        let truth = (3.0 * x[0]).sin() + x[1] * x[1];
        let certain = at(&uncertainties);
        uncertainties[11] = 1.0;
        let uncertain = at(&uncertainties);
        assert!((uncertain - truth).abs() < 0.3 * (certain - truth).abs(), "{certain} {uncertain} {truth}");
    }
}
