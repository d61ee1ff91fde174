//! Earlier campaigns on a similar task: what they found is a trend the response is believed to contain.

use std::sync::{Arc, OnceLock};

use matdock_learn::{Basis, Moments, Options, OutcomeModel, Rows, Trend};

use crate::{belief::Belief, encode::Encoding, goal::Goal, history::Observation};

/// Experiments of an earlier campaign on a similar task.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    observed: Arc<Vec<Observation>>,
    learnt: Arc<OnceLock<Belief>>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.observed == other.observed
    }
}

/// Experiments beyond this number are thinned evenly: more of them tell little and cost time.
const MOST: usize = 400;

impl Source {
    /// `observed` in the parameters and outcomes of the new campaign; points it cannot describe (a level it does not
    /// have) are left out.
    pub fn new(name: impl Into<String>, observed: Vec<Observation>) -> Self {
        Self { name: name.into(), observed: Arc::new(observed), learnt: Arc::default() }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its experiments.
    pub fn observed(&self) -> &[Observation] {
        &self.observed
    }

    /// What it teaches; learnt once.
    pub(crate) fn belief(&self, goal: &Goal, encoding: &Encoding) -> &Belief {
        self.learnt.get_or_init(|| {
            let outcomes = goal.outcomes().len();
            let sound = self.observed.iter().filter(|o| o.outcomes.len() == outcomes);
            let fitting: Vec<(Vec<f64>, &Observation)> =
                sound.filter_map(|o| encoding.encode(&o.point).ok().map(|columns| (columns, o))).collect();
            let count = fitting.len().min(MOST);
            let chosen = (0..count).map(|k| &fitting[k * fitting.len() / count.max(1)]);
            let inputs = Rows::collect(encoding.width(), chosen.clone().map(|(columns, _)| columns.as_slice()));
            let observed: Vec<Observation> = chosen.map(|(_, o)| (*o).clone()).collect();
            Belief::learn(goal, encoding.groups(), &inputs, &observed, &Options::default())
        })
    }
}

/// What the coefficient of a source is expected to be, and its standard deviation: a related task looks alike after
/// standardising, but not quite. Towards zero for tasks that have little in common.
const COEFFICIENT: f64 = 0.7;
const SPREAD: f64 = 0.4;

/// The prediction of a source, standardised, as a trend.
pub(crate) fn trend(model: &OutcomeModel) -> Trend {
    Trend { basis: Arc::new(Prediction(model.clone())), mean: COEFFICIENT, variance: SPREAD * SPREAD }
}

#[derive(Debug)]
struct Prediction(OutcomeModel);

impl Basis for Prediction {
    fn values(&self, points: &Rows) -> Vec<f64> {
        self.0.surrogate().predict(points).iter().map(|moments: &Moments| moments.mean).collect()
    }

    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let mut value = 0.0;
        let mut gradient = vec![0.0; point.len()];
        for slope in self.0.surrogate().slopes(point).unwrap_or_default() {
            value += slope.share * slope.moments.mean;
            gradient.iter_mut().zip(&slope.mean).for_each(|(sum, own)| *sum += slope.share * own);
        }
        (value, gradient)
    }
}
