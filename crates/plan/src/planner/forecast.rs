//! What will become of an experiment of which the first part was seen.

use matdock_learn::{Options, Rows};
use matdock_message::Message;
use serde::Serialize;

use super::{Planner, Prediction};
use crate::{
    belief::{Belief, deviation},
    goal::Goal,
    history::Observation,
    space::Point,
};

/// Experiments with a measured outcome below which nothing is foretold.
const FEWEST: usize = 10;
/// Standard deviation of a setting that is spread evenly over its range: what is seen gets the same.
const SPREAD: f64 = 0.288_675_134_594_812_9;
/// Ratio of the largest to the smallest value from which what is seen counts by its logarithm.
const DECADES: f64 = 10.0;

/// What was seen of an experiment at some moment of it, quantity by quantity; `None` where nothing was.
pub type SoFar = Vec<Option<f64>>;

/// What is expected of an experiment from its settings and what was seen of its first part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// Expected outcomes, with 90 % intervals.
    pub predicted: Vec<Prediction>,
    /// Probability that it is better than the best so far, keeps all bounds and does not fail.
    pub chance: f64,
    /// Probability that it does not fail.
    pub success: f64,
    /// How many experiments this was learnt from.
    pub experiments: usize,
}

impl Planner {
    /// What will become of the experiment at `point` of which `now` was seen, from finished experiments `past` of which
    /// `seen` was seen at the same moment (one entry each, quantities in the same order). `None` with fewer than ten.
    ///
    /// The outcome is modelled directly from settings and what was seen, as the planner models it from settings.
    ///
    /// Errors: a point that does not fit the space.
    pub fn forecast(
        &self,
        past: &[Observation],
        seen: &[SoFar],
        point: &Point,
        now: &SoFar,
    ) -> Result<Option<Forecast>, Message> {
        let columns: Vec<Sensed> = (0..now.len()).filter_map(|k| Sensed::new(seen, k, now)).collect();
        let goal = Goal { stages: Vec::new(), ..self.goal.clone() };
        let outcomes = goal.outcomes().len();
        let mut inputs = Rows::new(self.encoding.width() + columns.len());
        let mut observed = Vec::with_capacity(past.len());
        for (observation, seen) in past.iter().zip(seen) {
            let mut row = self.encoding.encode(&observation.point)?;
            row.extend(columns.iter().map(|column| column.place(seen)));
            inputs.push(&row);
            let outcomes = observation.outcomes.iter().take(outcomes).copied().collect();
            observed.push(Observation { outcomes, ..observation.clone() });
        }
        let measured = observed.iter().filter(|o| o.outcomes.iter().all(|m| m.value().is_some())).count();
        if measured < FEWEST {
            return Ok(None);
        }
        let mut row = self.encoding.encode(point)?;
        row.extend(columns.iter().map(|column| column.place(now)));
        let mut groups = self.encoding.groups().to_vec();
        let first = groups.iter().max().map_or(0, |most| most + 1);
        groups.extend((0..columns.len()).map(|number| first + number));
        let belief = Belief::learn(&goal, &groups, &inputs, &observed, &Options::default());
        if !belief.has_model() {
            return Ok(None);
        }
        let rows = Rows::collect(row.len(), [row.as_slice()]);
        let success = belief.success(&row);
        Ok(Some(Forecast {
            predicted: belief.predictions(&rows).pop().unwrap_or_default(),
            chance: ((1.0 - belief.exploration(&row)) * belief.kept(&rows) * success).clamp(0.0, 1.0),
            success,
            experiments: measured,
        }))
    }
}

/// A quantity that was seen, as a column beside the settings.
struct Sensed {
    quantity: usize,
    logarithm: bool,
    mean: f64,
    deviation: f64,
}

impl Sensed {
    /// `None` where it was not seen now, too rarely, or never differs.
    fn new(seen: &[SoFar], quantity: usize, now: &SoFar) -> Option<Self> {
        now.get(quantity).copied().flatten().filter(|value| value.is_finite())?;
        let read = |row: &SoFar| row.get(quantity).copied().flatten().filter(|value| value.is_finite());
        let values: Vec<f64> = seen.iter().filter_map(read).collect();
        if 2 * values.len() < seen.len() || values.len() < FEWEST {
            return None;
        }
        let (low, high) = values.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), v| (l.min(*v), h.max(*v)));
        let logarithm = low > 0.0 && high > DECADES * low;
        let scaled: Vec<f64> = values.iter().map(|value| if logarithm { value.ln() } else { *value }).collect();
        let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
        let deviation = deviation(&scaled);
        (deviation > 0.0 && deviation.is_finite()).then_some(Self { quantity, logarithm, mean, deviation })
    }

    /// Its place among the columns; in the middle where it was not seen.
    fn place(&self, seen: &SoFar) -> f64 {
        let Some(value) = seen.get(self.quantity).copied().flatten() else { return 0.5 };
        let value = if self.logarithm { value.max(f64::MIN_POSITIVE).ln() } else { value };
        // Far outside of all that was seen before it says no more than at the edge.
        0.5 + SPREAD * ((value - self.mean) / self.deviation).clamp(-6.0, 6.0)
    }
}
