//! Why the model says what it says: importance, effects, influences of a prediction, and how far it can be trusted.

use matdock_learn::Rows;
use matdock_message::Message;
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Serialize;

use super::Model;
use crate::space::{Point, Value};

/// How much of the variation of an outcome over the space a parameter has a part in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Importance {
    /// Name of the parameter.
    pub parameter: String,
    /// Total-effect index, 0 (none) to 1 (all): the share of the variance that would be left if all other
    /// parameters were known. Shares add up to more than 1 where parameters act together.
    pub share: f64,
}

/// The mean effect of one parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// Name of the parameter.
    pub parameter: String,
    /// Its settings.
    pub settings: Vec<Value>,
    /// Expected outcome at each setting, averaged over the other parameters (unit of the outcome).
    pub mean: Vec<f64>,
    /// 10 % of the places lie below this: where the band is wide, the effect depends on other parameters.
    pub low: Vec<f64>,
    /// 10 % of the places lie above this.
    pub high: Vec<f64>,
}

/// Expected outcome over two parameters, the others held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Surface {
    /// Names of the two parameters.
    pub parameters: [String; 2],
    /// Settings of the first.
    pub first: Vec<Value>,
    /// Settings of the second.
    pub second: Vec<Value>,
    /// `mean[i][j]` at setting i of the first and j of the second (unit of the outcome).
    pub mean: Vec<Vec<f64>>,
}

/// What one setting does to one prediction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influence {
    /// Name of the parameter.
    pub parameter: String,
    /// By how much the expected outcome differs from what it would be with this parameter as in the other
    /// experiments, on average (unit of the outcome).
    pub effect: f64,
}

/// How well the model predicts readings it has not seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Name of the outcome.
    pub outcome: String,
    /// Readings compared (without limits of detection).
    pub readings: usize,
    /// Root mean square error of predictions from all other readings (unit of the outcome).
    pub error: f64,
    /// The same of the mean of all other readings.
    pub error_of_mean: f64,
    /// Share of readings inside their 50 % interval.
    pub inside_50: f64,
    /// Share of readings inside their 90 % interval.
    pub inside_90: f64,
    /// Whether the model predicts clearly better than the mean.
    pub better_than_mean: bool,
}

/// Places parameters are varied at.
const PLACES: usize = 256;
const FEW_PLACES: usize = 48;
const SHUFFLES: usize = 4;
/// A model whose squared error is not below this share of the mean's says nothing.
const NO_BETTER: f64 = 0.9;

impl Model {
    /// Importance of every parameter for outcome number `outcome`, most important first.
    ///
    /// Source: Jansen's estimator of the total effect, Comput. Phys. Commun. 117, 35 (1999), on the expected
    /// outcome; a parameter takes its values from other places of the space.
    ///
    /// Errors: a place that does not fit the space.
    pub fn importance(&self, outcome: usize, seed: u64) -> Result<Vec<Importance>, Message> {
        let places: Vec<Point> = self.background.iter().take(PLACES).cloned().collect();
        let base = self.expected(&places, outcome)?;
        let average = base.iter().sum::<f64>() / base.len().max(1) as f64;
        let variance = base.iter().map(|y| (y - average).powi(2)).sum::<f64>() / base.len().max(1) as f64;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut all = Vec::new();
        for (index, parameter) in self.space.parameters().iter().enumerate() {
            // Each place takes the value of another one, several times over; every value is used equally often.
            let mut square = 0.0;
            for _ in 0..SHUFFLES {
                let mut order: Vec<usize> = (0..places.len()).collect();
                order.shuffle(&mut random);
                let moved: Vec<Point> = places
                    .iter()
                    .zip(&order)
                    .map(|(place, &other)| with(place, index, &places[other][index]))
                    .collect();
                let changed = self.expected(&moved, outcome)?;
                square += base.iter().zip(&changed).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / SHUFFLES as f64;
            }
            let share = square / (2.0 * base.len() as f64 * variance);
            let share = if share.is_finite() { share.min(1.0) } else { 0.0 };
            all.push(Importance { parameter: parameter.name.clone(), share });
        }
        all.sort_by(|a, b| b.share.total_cmp(&a.share));
        Ok(all)
    }

    /// The mean effect of parameter number `parameter` on outcome number `outcome`, at `count` settings.
    ///
    /// Source: partial dependence, Friedman, Ann. Stat. 29, 1189 (2001); the band is that of the single places.
    ///
    /// Errors: no such parameter.
    pub fn effect(&self, outcome: usize, parameter: usize, count: usize) -> Result<Effect, Message> {
        let settings = self.settings_along(parameter, count)?;
        let places: Vec<&Point> = self.background.iter().take(FEW_PLACES).collect();
        let (mut mean, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
        for setting in &settings {
            let moved: Vec<Point> = places.iter().map(|place| with(place, parameter, setting)).collect();
            let mut values = self.expected(&moved, outcome)?;
            values.sort_by(f64::total_cmp);
            let at = |share: f64| values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied();
            mean.push(values.iter().sum::<f64>() / values.len().max(1) as f64);
            low.push(at(0.1).unwrap_or(f64::NAN));
            high.push(at(0.9).unwrap_or(f64::NAN));
        }
        let parameter = self.space.parameters().get(parameter).map_or(String::new(), |p| p.name.clone());
        Ok(Effect { parameter, settings, mean, low, high })
    }

    /// Expected outcome number `outcome` over two parameters, the others as in `point`, at `count` settings each.
    ///
    /// Errors: no such parameter, a point that does not fit the space.
    pub fn surface(
        &self,
        outcome: usize,
        point: &[Value],
        parameters: [usize; 2],
        count: usize,
    ) -> Result<Surface, Message> {
        let first = self.settings_along(parameters[0], count)?;
        let second = self.settings_along(parameters[1], count)?;
        let mean = first
            .iter()
            .map(|one| {
                let base = with(point, parameters[0], one);
                let moved: Vec<Point> = second.iter().map(|two| with(&base, parameters[1], two)).collect();
                self.expected(&moved, outcome)
            })
            .collect::<Result<_, _>>()?;
        let name = |index: usize| self.space.parameters().get(index).map_or(String::new(), |p| p.name.clone());
        Ok(Surface { parameters: parameters.map(name), first, second, mean })
    }

    /// What makes the expected outcome number `outcome` at `point` differ from that of the other experiments, per
    /// parameter, largest first.
    ///
    /// Errors: a point that does not fit the space.
    pub fn influences(&self, outcome: usize, point: &[Value]) -> Result<Vec<Influence>, Message> {
        let here = self.expected(&[point.to_vec()], outcome)?;
        let Some(here) = here.first() else { return Ok(Vec::new()) };
        let stride = self.observed.len().div_ceil(FEW_PLACES).max(1);
        let others: Vec<&Point> = self.observed.iter().step_by(stride).map(|o| &o.point).collect();
        let mut all = Vec::new();
        for (index, parameter) in self.space.parameters().iter().enumerate() {
            let moved: Vec<Point> =
                others.iter().filter_map(|other| Some(with(point, index, other.get(index)?))).collect();
            let values = self.expected(&moved, outcome)?;
            if !values.is_empty() {
                let effect = here - values.iter().sum::<f64>() / values.len() as f64;
                all.push(Influence { parameter: parameter.name.clone(), effect });
            }
        }
        all.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
        Ok(all)
    }

    /// How well readings of outcome number `outcome` are predicted from all others; `None` below 3 readings.
    pub fn calibration(&self, outcome: usize) -> Option<Calibration> {
        let pairs: Vec<_> =
            self.leave_one_out(outcome).into_iter().filter(|pair| self.is_value(pair, outcome)).collect();
        let count = pairs.len() as f64;
        if pairs.len() < 3 {
            return None;
        }
        let sum: f64 = pairs.iter().map(|pair| pair.measured).sum();
        let of_mean = |measured: f64| measured - (sum - measured) / (count - 1.0);
        let root = |squares: f64| (squares / count).sqrt();
        let error = root(pairs.iter().map(|pair| (pair.measured - pair.predicted.mean).powi(2)).sum());
        let error_of_mean = root(pairs.iter().map(|pair| of_mean(pair.measured).powi(2)).sum());
        let inside = |low: f64, high: f64, measured: f64| (low..=high).contains(&measured);
        let share = |inside: usize| inside as f64 / count;
        Some(Calibration {
            outcome: self.belief.outcome_names().get(outcome).cloned().unwrap_or_default(),
            readings: pairs.len(),
            error,
            error_of_mean,
            inside_50: share(pairs.iter().filter(|pair| inside(pair.half.0, pair.half.1, pair.measured)).count()),
            inside_90: share(
                pairs.iter().filter(|pair| inside(pair.predicted.low, pair.predicted.high, pair.measured)).count(),
            ),
            better_than_mean: error.powi(2) < NO_BETTER * error_of_mean.powi(2),
        })
    }

    fn is_value(&self, pair: &super::LeftOut, outcome: usize) -> bool {
        let reading = self.observed.get(pair.observation).and_then(|o| o.outcomes.get(outcome));
        reading.is_some_and(|measured| measured.value().is_some())
    }

    /// Expected values of one outcome (its unit); empty where it has no model.
    fn expected(&self, points: &[Point], outcome: usize) -> Result<Vec<f64>, Message> {
        let mut rows = Rows::new(self.encoding.width());
        for point in points {
            rows.push(&self.encoding.encode(point)?);
        }
        let Some(model) = self.belief.outcome(outcome) else { return Ok(Vec::new()) };
        let moments = model.surrogate().predict(&rows);
        Ok(moments.iter().map(|m| model.warp().expected(m.mean, m.variance.sqrt())).collect())
    }
}

fn with(point: &[Value], parameter: usize, value: &Value) -> Point {
    let mut moved = point.to_vec();
    if let Some(cell) = moved.get_mut(parameter) {
        *cell = value.clone();
    }
    moved
}
