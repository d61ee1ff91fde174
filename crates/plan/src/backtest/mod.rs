//! Replays a planner against a table of finished experiments.

mod best;
mod front;
mod replay;
mod spread;
mod worth;

use matdock_message::{Message, say};
use rayon::prelude::*;
use serde::Serialize;

use crate::{
    goal::{Combine, Goal},
    knowledge::Knowledge,
    planner::{Planner, ReplicatesWanted, Settings},
    space::{Pool, Space},
};

pub use best::{Best, Random, TopSpread};
pub use front::{FrontFigures, FrontRandom, ShareSpread};
pub use spread::Spread;

use front::Front;
use replay::{Aim, Replay, Run};
use spread::quantile;
use worth::Worth;

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
    /// Seed of the first repetition; the others follow.
    pub first_seed: u64,
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
    /// What people know beforehand; it has to speak of the pool of the table.
    pub knowledge: Knowledge,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seeds: 50,
            first_seed: 0,
            initial: 5,
            initial_rows: None,
            replicates: Replicates::Average,
            budget: None,
            batch: 1,
            top_percent: 5.0,
            jobs: 1,
            knowledge: Knowledge::default(),
        }
    }
}

/// Time the planner took (wall clock; the only part that differs between runs).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Seconds {
    /// Median per suggestion.
    pub median: f64,
    /// Longest.
    pub max: f64,
}

impl Seconds {
    fn new(runs: &[Run]) -> Self {
        let mut seconds: Vec<f64> = runs.iter().flat_map(|run| run.seconds.iter().copied()).collect();
        seconds.sort_by(f64::total_cmp);
        Self { median: quantile(&seconds, 0.5), max: seconds.last().copied().unwrap_or(0.0) }
    }
}

/// Result of a backtest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// Repetitions.
    pub seeds: usize,
    /// Rows of the pool.
    pub pool: usize,
    /// How the best row was found; none for a goal that asks for a front.
    #[serde(flatten)]
    pub best: Option<Best>,
    /// How the front was found, for a goal that asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front: Option<FrontFigures>,
    /// Time per suggestion.
    pub seconds_per_suggestion: Seconds,
}

/// Replays the planner against `table`. `progress` is called from any thread, once per finished repetition.
///
/// A repetition ends when the best row was tried; afterwards its best value stays what it is. One that looks for a
/// front ends when it has 99 % of the hypervolume, or, with a budget, when it has every row of the front. With
/// [`Options::initial`] above zero the planner takes over right after the random first experiments.
///
/// Errors: a table that does not fit the goal, options that cannot be followed.
pub fn run(
    table: &Table,
    goal: &Goal,
    settings: &Settings,
    options: &Options,
    progress: &(dyn Fn() + Sync),
) -> Result<Backtest, Message> {
    check(table, goal, options)?;
    let aim = if goal.combine == Combine::Pareto && goal.objectives.len() > 1 {
        Aim::Front(Front::new(table, goal)?)
    } else {
        Aim::Best(Worth::new(table, goal, options.top_percent)?)
    };
    let initial = if options.initial > 0 || options.initial_rows.is_some() { 0 } else { settings.initial };
    // A table has one value for a row, or all it has are drawn from: nothing is measured again.
    let settings = Settings { initial, replicates: ReplicatesWanted::Never, ..settings.clone() };
    let planner = Planner::new(Space::Pool(table.pool.clone()), goal.clone(), settings)?;
    let planner = planner.with_knowledge(options.knowledge.clone());
    let replay = Replay { table, planner: &planner, aim: &aim, options };
    let threads = rayon::ThreadPoolBuilder::new().num_threads(options.jobs).build();
    let threads =
        threads.map_err(|_| say!("plan-backtest-option", option = "jobs", value = options.jobs, allowed = ">= 1"))?;
    let runs: Vec<Run> = threads.install(|| {
        let seeds = 0..options.seeds;
        let each = seeds.into_par_iter().map(|seed| {
            let run = replay.repetition(seed);
            progress();
            run
        });
        each.collect::<Result<_, Message>>()
    })?;
    let (best, front) = match &aim {
        Aim::Best(worth) => (Some(Best::new(worth, &runs)), None),
        Aim::Front(front) => (None, Some(threads.install(|| front.figures(&runs, options)))),
    };
    let seconds_per_suggestion = Seconds::new(&runs);
    Ok(Backtest { seeds: runs.len(), pool: table.pool.rows().len(), best, front, seconds_per_suggestion })
}

fn check(table: &Table, goal: &Goal, options: &Options) -> Result<(), Message> {
    goal.check()?;
    let rows = table.pool.rows().len();
    let needed = goal.outcomes().len();
    if table.outcomes.len() != rows {
        return Err(say!("plan-backtest-table", outcomes = table.outcomes.len(), rows = rows));
    }
    for (label, outcomes) in table.pool.labels().iter().zip(&table.outcomes) {
        if outcomes.len() != needed {
            return Err(say!("plan-backtest-row", row = label, given = outcomes.len(), needed = needed));
        }
        if outcomes.iter().flatten().any(|value| !value.is_finite()) {
            return Err(say!("plan-backtest-number", row = label));
        }
    }
    let positive = [("seeds", options.seeds), ("batch", options.batch), ("jobs", options.jobs)];
    for (option, value) in positive {
        if value == 0 {
            return Err(say!("plan-backtest-option", option = option, value = value, allowed = ">= 1"));
        }
    }
    if options.initial > rows {
        return Err(say!(
            "plan-backtest-option",
            option = "initial",
            value = options.initial,
            allowed = format!("0 .. {rows}")
        ));
    }
    if options.budget == Some(0) {
        return Err(say!("plan-backtest-option", option = "budget", value = 0, allowed = ">= 1"));
    }
    if !(options.top_percent > 0.0 && options.top_percent <= 100.0) {
        return Err(say!("plan-backtest-option", option = "top", value = options.top_percent, allowed = "> 0, <= 100"));
    }
    if let Some(given) = &options.initial_rows {
        if given.len() < options.seeds {
            return Err(say!("plan-backtest-initial", repetition = given.len() + 1));
        }
        for (repetition, first) in given.iter().enumerate() {
            let mut sorted = first.clone();
            sorted.sort_unstable();
            sorted.dedup();
            if first.is_empty() || sorted.len() != first.len() || sorted.last().is_some_and(|row| *row >= rows) {
                return Err(say!("plan-backtest-initial", repetition = repetition + 1));
            }
        }
    }
    Ok(())
}
