//! The planner: what to try next.

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

use crate::{
    goal::Goal,
    history::Observation,
    model::Model,
    space::{Point, Space},
};

/// How the planner works. The default is sensible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Number of space-filling experiments before the model takes over.
    pub initial: usize,
    /// Choose the initial rows of a pool at random instead of spread.
    pub random_start: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { initial: 5, random_start: false }
    }
}

/// What an outcome is expected to be, with its 90 % interval (unit of the outcome).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Name of the outcome.
    pub outcome: String,
    /// Expected value.
    pub mean: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end of the 90 % interval.
    pub high: f64,
}

/// Why an experiment is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To cover the space before there is a model.
    Initial,
    /// Mostly because little is known there.
    Explore,
    /// Mostly because the model expects a good result.
    Exploit,
    /// Both.
    Balance,
}

/// One proposed experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The settings, in the order of the parameters.
    pub point: Point,
    /// The row of the pool, when the space is one.
    pub row: Option<usize>,
    /// Expected outcomes, in the order of [`Goal::outcomes`]; empty while there is no model.
    pub predicted: Vec<Prediction>,
    /// Probability that the experiment does not fail.
    pub success: f64,
    /// Why it is proposed.
    pub purpose: Purpose,
    /// Share of exploration, 0 (expected to be good) to 1 (unknown).
    pub exploration: f64,
    /// The most similar observation: its index, and the distance (0 same, 1 the whole range of one parameter).
    pub nearest: Option<(usize, f64)>,
    /// Score the planner compared candidates by (log expected improvement; higher is better).
    pub score: f64,
}

/// Proposes experiments; checked once, then only used.
#[derive(Debug, Clone)]
pub struct Planner {
    space: Space,
    goal: Goal,
    settings: Settings,
}

impl Planner {
    /// A planner for `goal` in `space`.
    ///
    /// Errors: a goal that cannot be followed.
    pub fn new(space: Space, goal: Goal, settings: Settings) -> Result<Self, Message> {
        goal.check()?;
        Ok(Self { space, goal, settings })
    }

    /// Where it searches.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// What it searches for.
    pub fn goal(&self) -> &Goal {
        &self.goal
    }

    /// How it works.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Up to `count` experiments to try next; fewer when a pool or a small discrete space runs out.
    ///
    /// `pending` are experiments under way. The same arguments give the same suggestions on any machine
    /// load and number of threads.
    ///
    /// Errors: an observation or pending point that does not fit the space, nothing left to try.
    pub fn suggest(
        &self,
        observed: &[Observation],
        pending: &[Point],
        count: usize,
        seed: u64,
    ) -> Result<Vec<Suggestion>, Message> {
        let _ = (observed, pending, count, seed);
        Err(say!("plan-nothing-left"))
    }

    /// The model behind the suggestions, for reports.
    ///
    /// Errors: an observation that does not fit the space, or too little measured to learn from.
    pub fn model(&self, observed: &[Observation], seed: u64) -> Result<Model, Message> {
        let _ = (observed, seed);
        Err(say!("plan-model-empty"))
    }
}
