//! Replays a planner against a table of finished experiments.

use matdock_message::{Message, say};
use serde::Serialize;

use crate::{goal::Goal, planner::Settings, space::Pool};

/// What a row gives when it is tried and has several measured values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replicates {
    /// Their average.
    #[default]
    Average,
    /// One of them, drawn at random.
    Draw,
}

/// A finished table: the pool and what was measured for each row.
#[derive(Debug, Clone)]
pub struct Table {
    /// The candidates.
    pub pool: Pool,
    /// `outcomes[row][outcome]` are the measured replicates, outcomes in the order of [`Goal::outcomes`];
    /// none means that the experiment failed.
    pub outcomes: Vec<Vec<Vec<f64>>>,
}

/// How to replay.
#[derive(Debug, Clone)]
pub struct Options {
    /// Number of repetitions, each with its own random start.
    pub seeds: usize,
    /// Number of random first experiments.
    pub initial: usize,
    /// First experiments per repetition (row numbers from 0) instead of random ones.
    pub initial_rows: Option<Vec<Vec<usize>>>,
    /// What a row with several values gives.
    pub replicates: Replicates,
    /// Most experiments per repetition; without it until the best row is found.
    pub budget: Option<usize>,
    /// Experiments suggested at once.
    pub batch: usize,
    /// Which share of the rows, in percent, counts as top.
    pub top_percent: f64,
    /// Number of threads; the result does not depend on it.
    pub jobs: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seeds: 50,
            initial: 5,
            initial_rows: None,
            replicates: Replicates::Average,
            budget: None,
            batch: 1,
            top_percent: 5.0,
            jobs: 1,
        }
    }
}

/// How a number spreads over the repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Lower quartile.
    pub q1: f64,
    /// Upper quartile.
    pub q3: f64,
    /// Standard error of the mean.
    pub standard_error: f64,
}

/// [`Spread`] of the experiments until a top row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopSpread {
    /// Which share of the rows counts as top, in percent.
    pub percent: f64,
    /// The spread.
    #[serde(flatten)]
    pub spread: Spread,
}

/// Random search on the same table, exact expectation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Random {
    /// Mean experiments until the best row.
    pub experiments_to_best: f64,
    /// Mean experiments until a top row.
    pub experiments_to_top: f64,
    /// Mean best value after each experiment.
    pub best_so_far: Vec<f64>,
}

/// Time the planner took (wall clock; the only part that differs between runs).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Seconds {
    /// Median per suggestion.
    pub median: f64,
    /// Longest.
    pub max: f64,
}

/// Result of a backtest. Experiments are counted with the random first ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// Repetitions.
    pub seeds: usize,
    /// Rows of the pool.
    pub pool: usize,
    /// Experiments until the best row was tried.
    pub experiments_to_best: Spread,
    /// Experiments until a top row was tried.
    pub experiments_to_top: TopSpread,
    /// Repetitions that did not reach the best row within the budget (counted with the budget).
    pub unfinished: usize,
    /// Random search for comparison.
    pub random: Random,
    /// Mean over repetitions of the best value so far (for one objective in its unit, else the merit), per experiment.
    pub best_so_far: Vec<f64>,
    /// Time per suggestion.
    pub seconds_per_suggestion: Seconds,
}

/// Replays the planner against `table`. `progress` is called from any thread, once per finished repetition.
///
/// Errors: a table that does not fit the goal, options that cannot be followed.
pub fn run(
    table: &Table,
    goal: &Goal,
    settings: &Settings,
    options: &Options,
    progress: &(dyn Fn() + Sync),
) -> Result<Backtest, Message> {
    let _ = (table, goal, settings, options, progress);
    Err(say!("plan-backtest-table"))
}
