//! Earlier campaigns on a similar task: what they found is a trend the response is believed to contain.

use std::sync::{Arc, OnceLock};

use matdock_learn::{Basis, Options, OutcomeModel, Rows};

use super::effect::effects;
use crate::{belief::Belief, encode::Encoding, goal::Goal, history::Observation};

/// Experiments of an earlier campaign on a similar task.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    observed: Arc<Vec<Observation>>,
    learnt: Arc<OnceLock<Taught>>,
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
    pub(crate) fn taught(&self, goal: &Goal, encoding: &Encoding) -> &Taught {
        self.learnt.get_or_init(|| {
            let outcomes = goal.outcomes().len();
            let sound = self.observed.iter().filter(|o| o.outcomes.len() == outcomes);
            let fitting: Vec<(Vec<f64>, &Observation)> =
                sound.filter_map(|o| encoding.encode(&o.point).ok().map(|columns| (columns, o))).collect();
            let count = fitting.len().min(MOST);
            let chosen = (0..count).map(|k| &fitting[k * fitting.len() / count.max(1)]);
            let inputs = Rows::collect(encoding.width(), chosen.clone().map(|(columns, _)| columns.as_slice()));
            let observed: Vec<Observation> = chosen.map(|(_, o)| (*o).clone()).collect();
            let belief = Belief::learn(goal, encoding.groups(), &inputs, &observed, &Options::default());
            let lessons = (0..outcomes).map(|outcome| Some(Lesson::new(belief.outcome(outcome)?, &inputs, encoding)));
            Taught { lessons: lessons.collect(), belief }
        })
    }
}

/// What a source teaches.
#[derive(Debug)]
pub(crate) struct Taught {
    /// What it believes of its own task.
    pub(crate) belief: Belief,
    /// For every outcome it has readings of.
    lessons: Vec<Option<Lesson>>,
}

impl Taught {
    /// What it teaches of an outcome; `None` where it has no readings.
    pub(crate) fn lesson(&self, outcome: usize) -> Option<&Lesson> {
        self.lessons.get(outcome).and_then(Option::as_ref)
    }

    /// Whether it is worth beginning with what it found best: its readings follow the parameters, and its best does not
    /// hang on a level with a name.
    pub(crate) fn opens(&self) -> bool {
        let mut lessons = self.lessons.iter().flatten();
        self.belief.has_model() && lessons.all(|lesson| lesson.has_pattern() && !lesson.compares_levels)
    }
}

/// What a source teaches of one outcome, standardised.
#[derive(Debug)]
pub(crate) struct Lesson {
    /// All it found.
    pub(crate) whole: Arc<dyn Basis>,
    /// The effect of each parameter without named levels on its own; none where that is all there is.
    pub(crate) effects: Vec<Arc<dyn Basis>>,
    /// Whether it compares levels that have a name.
    pub(crate) compares_levels: bool,
    /// Lengthscales it found, one per group of columns.
    pub(crate) lengthscales: Vec<f64>,
    /// Share of the variance of its own readings that it predicts when each is left out; none of too few.
    skill: Option<f64>,
}

/// Readings from which on their own prediction says something.
const FEWEST: usize = 5;
/// A source that predicts less than this share of its own variance has no pattern to teach.
const PATTERN: f64 = 0.1;

impl Lesson {
    fn new(model: &OutcomeModel, inputs: &Rows, encoding: &Encoding) -> Self {
        let levels = encoding.level_columns();
        let first = inputs.iter().next();
        let differs =
            |row: &[f64]| first.is_some_and(|first| levels.iter().any(|&column| row[column] != first[column]));
        let compares_levels = inputs.iter().any(differs);
        let mut effects = effects(model, inputs, |column| !levels.contains(&column));
        if effects.len() == 1 && !compares_levels {
            effects.clear();
        }
        Self {
            whole: Arc::new(Prediction(model.clone())),
            effects,
            compares_levels,
            lengthscales: model.surrogate().lengthscales().unwrap_or_default(),
            skill: skill(model),
        }
    }

    /// Whether the source's readings follow the parameters at all.
    pub(crate) fn has_pattern(&self) -> bool {
        self.skill.is_none_or(|skill| skill >= PATTERN)
    }
}

/// Source: cross-validated Q2, as in Todeschini, Ballabio & Grisoni, J. Chem. Inf. Model. 56, 1905 (2016).
fn skill(model: &OutcomeModel) -> Option<f64> {
    let outputs = model.outputs();
    let size = outputs.len() as f64;
    if outputs.len() < FEWEST {
        return None;
    }
    let mean = outputs.iter().sum::<f64>() / size;
    // The mean, too, is that of all others.
    let around: f64 = outputs.iter().map(|y| ((y - mean) * size / (size - 1.0)).powi(2)).sum();
    let left: f64 = outputs.iter().zip(model.surrogate().leave_one_out()).map(|(y, m)| (y - m.mean).powi(2)).sum();
    Some(if around > 0.0 { 1.0 - left / around } else { 0.0 })
}

#[derive(Debug)]
struct Prediction(OutcomeModel);

impl Basis for Prediction {
    fn values(&self, points: &Rows) -> Vec<f64> {
        self.0.surrogate().means(points)
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
