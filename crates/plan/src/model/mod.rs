//! What the planner has learnt, for reports.

mod chain;
mod explanation;
mod sense;

use matdock_learn::{Choice, OutcomeModel, Reading, Rows, optimise::Status};
use matdock_message::{Message, say};
use serde::Serialize;

use crate::{
    belief::Belief,
    chain::{Elsewhere, Stages},
    encode::Encoding,
    history::Observation,
    knowledge::{Drift, Weight},
    pareto,
    planner::Prediction,
    space::{Point, Space, Value},
};

pub use chain::{Cause, ChainView, Contribution, Link, Quantity, Sensor};
pub use explanation::{Calibration, Effect, Importance, Influence, Surface};
pub use sense::SoftReading;

/// Predictions along one parameter, the others held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// Name of the parameter.
    pub parameter: String,
    /// Its settings along the slice.
    pub settings: Vec<Value>,
    /// For each setting the predicted outcomes, in the order of the goal's outcomes.
    pub predicted: Vec<Vec<Prediction>>,
}

/// A reading beside what the model, without that reading, expects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// Index of the observation.
    pub observation: usize,
    /// What was read (the limit, for a censored reading).
    pub measured: f64,
    /// What all other observations let expect.
    pub predicted: Prediction,
    /// Ends of the 50 % interval.
    pub half: (f64, f64),
}

/// Several objectives without weights: which experiments no other beats in all of them, and how much that is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParetoFront {
    /// The worst values still acceptable, in the order of the objectives (unit of the outcome; for a target or window
    /// the distance from it): the corner from which the hypervolume is measured.
    pub reference: Vec<f64>,
    /// Observations on the front by their readings.
    pub measured: Vec<usize>,
    /// Observations on the front by what the model expects of a repetition: noise averaged out.
    pub believed: Vec<usize>,
    /// Hypervolume of the readings after each observation (product of the units of the outcomes).
    pub hypervolume: Vec<f64>,
}

/// A reading that counts less because all others contradict it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Doubted {
    /// Index of the observation.
    pub observation: usize,
    /// What was read (unit of the outcome).
    pub measured: f64,
    /// How far it counts, 0 to 1.
    pub weight: f64,
}

/// How the model of one outcome was fitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fitting {
    /// Readings it was given.
    pub readings: usize,
    /// Readings it is computed from where they are too many for all; `None` for all of them.
    pub kept: Option<usize>,
    /// How the search for its hyperparameters ended; `None` for a kind of model without such a search.
    pub search: Option<Status>,
}

/// What the planner has learnt from the observations.
#[derive(Debug, Clone)]
pub struct Model {
    space: Space,
    encoding: Encoding,
    belief: Belief,
    inputs: Rows,
    observed: Vec<Observation>,
    /// Allowed points spread over the space.
    background: Vec<Point>,
    weights: Vec<Weight>,
    drifts: Vec<Drift>,
    stages: Option<Stages>,
    elsewhere: Elsewhere,
}

impl Model {
    pub(crate) fn new(
        space: Space,
        encoding: Encoding,
        belief: Belief,
        inputs: Rows,
        observed: &[Observation],
        background: Vec<Point>,
    ) -> Self {
        Self {
            space,
            encoding,
            belief,
            inputs,
            observed: observed.to_vec(),
            background,
            weights: Vec::new(),
            drifts: Vec::new(),
            stages: None,
            elsewhere: Elsewhere::none(0),
        }
    }

    /// With what the data say of what people know, and of drifts.
    pub(crate) fn knowing(self, weights: Vec<Weight>, drifts: Vec<Drift>) -> Self {
        Self { weights, drifts, ..self }
    }

    /// With the stages of the goal, and experiments made elsewhere.
    pub(crate) fn with_stages(self, stages: Option<Stages>, elsewhere: Elsewhere) -> Self {
        Self { stages, elsewhere, ..self }
    }

    /// How outcomes creep with time, for those with enough readings.
    pub fn drifts(&self) -> &[Drift] {
        &self.drifts
    }

    /// How much it relies on each earlier campaign and each expected trend.
    pub fn weights(&self) -> &[Weight] {
        &self.weights
    }

    /// Expected outcomes at `point`, in the order of the goal's outcomes (those with anything measured).
    ///
    /// Errors: a point that does not fit the space.
    pub fn predict(&self, point: &[Value]) -> Result<Vec<Prediction>, Message> {
        Ok(self.predict_all(std::slice::from_ref(&point.to_vec()))?.pop().unwrap_or_default())
    }

    /// Probability that an experiment at `point` does not fail.
    ///
    /// Errors: a point that does not fit the space.
    pub fn success(&self, point: &[Value]) -> Result<f64, Message> {
        Ok(self.belief.success(&self.encoding.encode(point)?))
    }

    /// Predictions along parameter number `parameter` through `point`, at `count` settings (all levels of an
    /// ordinal or categorical parameter; in a pool all settings of the column that occur).
    ///
    /// Errors: a point that does not fit the space.
    pub fn slice(&self, point: &[Value], parameter: usize, count: usize) -> Result<Slice, Message> {
        let settings = self.settings_along(parameter, count)?;
        let name = self.space.parameters().get(parameter).map_or(String::new(), |p| p.name.clone());
        let points: Vec<Point> = settings
            .iter()
            .map(|value| {
                if let (Space::Ranges(ranges), true) = (&self.space, parameter < point.len()) {
                    return ranges.with(point, parameter, value.clone());
                }
                let mut moved = point.to_vec();
                if let Some(cell) = moved.get_mut(parameter) {
                    *cell = value.clone();
                }
                moved
            })
            .collect();
        Ok(Slice { parameter: name, settings, predicted: self.predict_all(&points)? })
    }

    /// `count` settings of a parameter from low to high; all of them where they are few.
    fn settings_along(&self, parameter: usize, count: usize) -> Result<Vec<Value>, Message> {
        let Some(along) = self.space.parameters().get(parameter) else {
            return Err(say!("plan-point-width", cells = parameter + 1, parameters = self.space.parameters().len()));
        };
        Ok(match &self.space {
            Space::Pool(pool) => column_settings(pool.rows(), parameter, count),
            Space::Ranges(_) => {
                let all = along.count();
                if all <= count.max(64) {
                    along.settings(all)
                } else {
                    let last = count.max(2) - 1;
                    (0..=last).map(|k| self.encoding.setting(parameter, k as f64 / last as f64)).collect()
                }
            }
        })
    }

    /// Index of the observation with the best measured value under the goal, bounds kept.
    pub fn best_observed(&self) -> Option<usize> {
        self.belief.best_observed(&self.observed).map(|(index, _)| index)
    }

    /// Index of the observation the model believes best (noise averaged out), with its prediction.
    pub fn best_believed(&self) -> Option<(usize, Vec<Prediction>)> {
        let merits = self.belief.expected_merit(&self.inputs);
        // Where no experiment kept the bounds, the best of those that did not fail.
        let kept = self.observed.iter().any(|observation| self.belief.counts(observation));
        let sound = |o: &Observation| if kept { self.belief.counts(o) } else { !o.failed };
        let sound = merits.iter().enumerate().filter(|(index, _)| sound(&self.observed[*index]));
        let (index, _) = sound.max_by(|a, b| a.1.total_cmp(b.1))?;
        let row = Rows::collect(self.inputs.width(), [self.inputs.row(index)]);
        Some((index, self.belief.predictions(&row).pop().unwrap_or_default()))
    }

    /// The front of a goal with several objectives without weights; `None` for other goals, and while no observation
    /// has all objectives measured and keeps the bounds.
    pub fn front(&self) -> Option<ParetoFront> {
        let [measured, believed] = self.belief.fronts(&self.inputs, &self.observed)?;
        let (corner, reference) = self.belief.reference()?;
        let unit = self.belief.unit_of_hypervolume();
        let mut front: Vec<Vec<f64>> = Vec::new();
        let mut reached = 0.0;
        let after = |observation: &Observation| {
            let merits = self.belief.merits_read(observation).filter(|_| self.belief.counts(observation));
            let merits = merits.filter(|merits| merits.iter().zip(&corner).all(|(merit, worst)| merit > worst));
            if let Some(merits) = merits.filter(|merits| !front.iter().any(|other| pareto::dominates(other, merits))) {
                front.retain(|other| !pareto::dominates(&merits, other));
                front.push(merits);
                reached = unit * pareto::hypervolume(&front, &corner);
            }
            reached
        };
        let hypervolume = self.observed.iter().map(after).collect();
        Some(ParetoFront { reference, measured, believed, hypervolume })
    }

    /// For one outcome of the goal, every reading beside its prediction from all the others; empty when
    /// nothing was measured.
    pub fn leave_one_out(&self, outcome: usize) -> Vec<LeftOut> {
        const HALF_WIDTH: f64 = 1.6448536269514722;
        const QUARTILE: f64 = 0.6744897501960817;
        let Some(name) = self.belief.outcome_names().get(outcome) else { return Vec::new() };
        let Some(model) = self.belief.outcome(outcome) else { return Vec::new() };
        let readings = self.observed.iter().enumerate().filter_map(|(index, observation)| {
            crate::belief::reading(observation.outcomes[outcome]).map(|reading| (index, reading.number()))
        });
        let warp = model.warp();
        readings
            .zip(model.surrogate().leave_one_out())
            .map(|((observation, measured), moments)| {
                let deviation = moments.variance.sqrt();
                let predicted = Prediction {
                    outcome: name.clone(),
                    mean: warp.expected(moments.mean, deviation),
                    low: warp.backward(moments.mean - HALF_WIDTH * deviation),
                    high: warp.backward(moments.mean + HALF_WIDTH * deviation),
                };
                let half = (
                    warp.backward(moments.mean - QUARTILE * deviation),
                    warp.backward(moments.mean + QUARTILE * deviation),
                );
                LeftOut { observation, measured, predicted, half }
            })
            .collect()
    }

    /// Which kinds of model were tried for one outcome of the goal, how well each predicts readings left out, and which
    /// one was chosen.
    pub fn choice(&self, outcome: usize) -> Option<&Choice> {
        self.belief.outcome(outcome).and_then(OutcomeModel::choice)
    }

    /// How the model of one outcome of the goal was fitted; `None` where nothing was measured.
    pub fn fitting(&self, outcome: usize) -> Option<Fitting> {
        let model = self.belief.outcome(outcome)?;
        let surrogate = model.surrogate();
        Some(Fitting { readings: model.outputs().len(), kept: surrogate.kept(), search: surrogate.status() })
    }

    /// Readings of one outcome of the goal that count less because all others contradict them.
    pub fn outliers(&self, outcome: usize) -> Vec<Doubted> {
        let Some(model) = self.belief.outcome(outcome) else { return Vec::new() };
        let reading = |o: &Observation| crate::belief::reading(o.outcomes[outcome]).map(Reading::number);
        let readings: Vec<(usize, f64)> =
            self.observed.iter().enumerate().filter_map(|(index, o)| Some((index, reading(o)?))).collect();
        let doubted = model.outliers().iter().filter_map(|outlier| {
            let (observation, measured) = *readings.get(outlier.reading)?;
            Some(Doubted { observation, measured, weight: outlier.weight })
        });
        doubted.collect()
    }

    fn predict_all(&self, points: &[Point]) -> Result<Vec<Vec<Prediction>>, Message> {
        let mut rows = Rows::new(self.encoding.width());
        for point in points {
            rows.push(&self.encoding.encode(point)?);
        }
        Ok(self.belief.predictions(&rows))
    }
}

/// Settings of a pool's column, sorted, thinned to about `count` when numeric.
fn column_settings(rows: &[Point], column: usize, count: usize) -> Vec<Value> {
    let mut numbers: Vec<f64> = rows.iter().filter_map(|row| row[column].number()).collect();
    if numbers.is_empty() {
        let mut levels: Vec<Value> = Vec::new();
        for row in rows {
            if !levels.contains(&row[column]) {
                levels.push(row[column].clone());
            }
        }
        return levels;
    }
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let count = count.max(2).min(numbers.len());
    if count == numbers.len() || count < 2 {
        return numbers.into_iter().map(Value::Number).collect();
    }
    (0..count).map(|k| Value::Number(numbers[k * (numbers.len() - 1) / (count - 1)])).collect()
}
