//! What the planner proposes, and its settings.

use matdock_learn::{Wanted, optimise::Status};
use serde::{Deserialize, Serialize};

use super::{Replicate, ReplicatesWanted};
use crate::{knowledge::DriftWanted, space::Point};

/// How the planner works. The default is sensible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Number of space-filling experiments before the model takes over.
    pub initial: usize,
    /// Choose the initial rows of a pool at random instead of spread.
    pub random_start: bool,
    /// The kind of model.
    pub surrogate: Wanted,
    /// Readings that all others contradict count less. Not for steep responses without noise: the walls of a valley
    /// look like outliers.
    pub robust: bool,
    /// What is done about results that creep with time.
    pub drift: DriftWanted,
    /// Whether conditions that were tried may be proposed again, and new ones are compared by what they teach.
    pub replicates: ReplicatesWanted,
}

impl Default for Settings {
    fn default() -> Self {
        let (surrogate, drift) = (Wanted::default(), DriftWanted::default());
        Self {
            initial: 5,
            random_start: false,
            surrogate,
            robust: false,
            drift,
            replicates: ReplicatesWanted::default(),
        }
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
    /// Because somebody guesses the optimum there.
    Guess,
    /// Because somebody wants the region looked at.
    Look,
    /// Because it did best in an earlier campaign.
    Source,
    /// Because to measure a condition again teaches more about which one is best than a new one.
    Replicate,
}

/// One proposed experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The settings, in the order of the parameters.
    pub point: Point,
    /// The row of the pool, when the space is one.
    pub row: Option<usize>,
    /// Expected outcomes, in the order of [`crate::Goal::outcomes`] (those with anything measured); empty while
    /// there is no model.
    pub predicted: Vec<Prediction>,
    /// Probability that the experiment does not fail.
    pub success: f64,
    /// Why it is proposed.
    pub purpose: Purpose,
    /// Share of exploration: the probability that the result is not better than the best so far.
    pub exploration: f64,
    /// The most similar observation: its index, and the distance (0 same, 1 the whole range of one parameter).
    pub nearest: Option<(usize, f64)>,
    /// Score the planner compared candidates by (log expected improvement; in a list, log gain at the upper confidence
    /// bound; of a replicate the log gain of the condition recommended; higher is better).
    pub score: f64,
    /// The condition of the region it was asked for in, with [`Purpose::Look`].
    pub region: Option<String>,
    /// How the search for the best candidate ended; none where nothing was searched for, as for the initial experiments.
    #[serde(skip_deserializing)]
    pub search: Option<Status>,
    /// The observation it repeats and why, with [`Purpose::Replicate`].
    pub replicate: Option<Replicate>,
}
