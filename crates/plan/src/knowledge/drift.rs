//! Results that creep with time: recognised by the evidence of a model with a straight line in time, and corrected.

use std::sync::Arc;

use matdock_learn::{Basis, Explanation, Options, OutcomeModel, Reading, Readings, Rows, Trend};
use serde::{Deserialize, Serialize};

use crate::{
    belief::reading,
    goal::Goal,
    history::{Measured, Observation},
};

/// What is done about results that creep with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftWanted {
    /// Nothing; the report warns.
    #[default]
    Ignore,
    /// Corrected when it is as good as sure.
    Auto,
    /// Corrected always, by as much as the data make likely.
    Correct,
}

/// How an outcome creeps with time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// Name of the outcome.
    pub outcome: String,
    /// Expected change from one experiment to the next (unit of the outcome).
    pub per_experiment: f64,
    /// Probability that there is a drift, by the evidence of the two models, equally likely beforehand.
    pub probability: f64,
}

impl Drift {
    /// Whether it is as good as sure.
    pub fn is_sure(&self) -> bool {
        self.probability >= SURE
    }
}

/// Probability from which a drift counts as sure.
const SURE: f64 = 0.95;
/// Readings below which a drift cannot be told from chance, and above which finding it takes too long.
const FEWEST: usize = 8;
const MOST: usize = 600;
/// Standard deviation of the change over the campaign, in standard deviations of the readings.
const SPREAD: f64 = 1.0;
/// Time stands in a column of its own, so small that it takes no part in similarity.
const SMALL: f64 = 1e-7;

/// The drift of every outcome that has enough readings, from experiments at `inputs` in the order of time.
pub(crate) fn drifts(goal: &Goal, inputs: &Rows, groups: &[usize], observed: &[Observation]) -> Vec<Drift> {
    let names = goal.outcomes().into_iter().enumerate();
    names.filter_map(|(outcome, name)| drift(outcome, name, inputs, groups, observed)).collect()
}

fn drift(outcome: usize, name: &str, inputs: &Rows, groups: &[usize], observed: &[Observation]) -> Option<Drift> {
    let numbers = observed.iter().enumerate();
    let readings: Vec<(usize, Reading)> =
        numbers.filter_map(|(index, o)| Some((index, reading(*o.outcomes.get(outcome)?)?))).collect();
    if !(FEWEST..=MOST).contains(&readings.len()) || groups.is_empty() {
        return None;
    }
    let last = (observed.len() - 1) as f64;
    let mut rows = Rows::new(inputs.width() + 1);
    for (index, _) in &readings {
        let mut row = inputs.row(*index).to_vec();
        row.push(SMALL * *index as f64 / last);
        rows.push(&row);
    }
    let mut groups = groups.to_vec();
    groups.push(groups[0]);
    let readings: Vec<Reading> = readings.into_iter().map(|(_, reading)| reading).collect();
    let line = Trend { basis: Arc::new(Elapsed(inputs.width())), mean: 0.0, variance: SPREAD * SPREAD };
    let options = Options {
        bend_evidence: f64::INFINITY,
        robust: false,
        explanations: vec![Explanation::new(vec![line], 1.0)],
        ..Options::default()
    };
    let readings = Readings { inputs: &rows, groups: &groups, readings: &readings, uncertainties: &[] };
    let model = OutcomeModel::learn(&readings, &options).ok()?;
    let explained = model.explained().first()?;
    let change = explained.coefficients.first().copied().unwrap_or(0.0);
    let deviation = model.warp().backward(1.0) - model.warp().backward(0.0);
    let per_experiment = change * deviation / last;
    let sound = per_experiment.is_finite() && explained.share.is_finite();
    sound.then(|| Drift { outcome: name.to_owned(), per_experiment, probability: explained.share })
}

/// The observations as they would read now.
pub(crate) fn corrected(
    goal: &Goal,
    drifts: &[Drift],
    observed: &[Observation],
    wanted: DriftWanted,
) -> Vec<Observation> {
    let mut corrected = observed.to_vec();
    for drift in drifts {
        let Some(outcome) = goal.position(&drift.outcome) else { continue };
        let per_experiment = match wanted {
            DriftWanted::Ignore => 0.0,
            DriftWanted::Auto if drift.is_sure() => drift.per_experiment,
            DriftWanted::Auto => 0.0,
            DriftWanted::Correct => drift.probability * drift.per_experiment,
        };
        let count = corrected.len();
        for (index, observation) in corrected.iter_mut().enumerate() {
            let shift = per_experiment * (count - 1 - index) as f64;
            if let Some(measured) = observation.outcomes.get_mut(outcome) {
                *measured = shifted(*measured, shift);
            }
        }
    }
    corrected
}

fn shifted(measured: Measured, shift: f64) -> Measured {
    match measured {
        Measured::Value(value) => Measured::Value(value + shift),
        Measured::Uncertain { value, uncertainty } => Measured::Uncertain { value: value + shift, uncertainty },
        Measured::Below(limit) => Measured::Below(limit + shift),
        Measured::Above(limit) => Measured::Above(limit + shift),
        Measured::Missing => Measured::Missing,
    }
}

/// Time since the first experiment, 1 at the last, half below and half above zero.
#[derive(Debug)]
struct Elapsed(usize);

impl Basis for Elapsed {
    fn values(&self, points: &Rows) -> Vec<f64> {
        points.iter().map(|row| row.get(self.0).map_or(0.0, |time| time / SMALL - 0.5)).collect()
    }

    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; point.len()];
        if let Some(slope) = gradient.get_mut(self.0) {
            *slope = 1.0 / SMALL;
        }
        (point.get(self.0).map_or(0.0, |time| time / SMALL - 0.5), gradient)
    }
}
