//! Replays a planner against a table of finished experiments.

use std::time::Instant;

use matdock_message::{Message, say};
use rand::{RngExt, seq::index};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use serde::Serialize;

use crate::{
    goal::{Direction, Goal},
    history::{Measured, Observation},
    planner::{Planner, Settings},
    space::{Point, Pool, Space},
};

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
/// A repetition ends when the best row was tried; afterwards its best value stays what it is. With
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
    let worth = Worth::new(table, goal, options.top_percent)?;
    let initial = if options.initial > 0 || options.initial_rows.is_some() { 0 } else { settings.initial };
    let settings = Settings { initial, ..settings.clone() };
    let planner = Planner::new(Space::Pool(table.pool.clone()), goal.clone(), settings)?;
    let replay = Replay { table, planner: &planner, worth: &worth, options };
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
    Ok(summary(&worth, &runs))
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

/// How good the rows of the table truly are.
struct Worth {
    /// The higher the better; rows that fail or break a bound are worth what the worst other row is.
    merit: Vec<f64>,
    best: Vec<bool>,
    top: Vec<bool>,
    percent: f64,
    /// Multiplied with a merit to show it: -1 for one outcome that is minimised.
    shown: f64,
}

impl Worth {
    fn new(table: &Table, goal: &Goal, percent: f64) -> Result<Self, Message> {
        let means: Vec<Vec<Option<f64>>> =
            table.outcomes.iter().map(|row| row.iter().map(|values| average(values)).collect()).collect();
        let single = match goal.objectives.as_slice() {
            [only] => matches!(only.direction, Direction::Minimise | Direction::Maximise),
            _ => false,
        };
        let merits: Vec<Option<f64>> = means.iter().map(|row| merit(row, &means, goal, single)).collect();
        let known = || merits.iter().flatten().copied();
        let (worst, most) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), m| (l.min(m), h.max(m)));
        if !most.is_finite() {
            return Err(say!("plan-backtest-best"));
        }
        let mut sorted: Vec<f64> = known().collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let wanted = (merits.len() as f64 * percent / 100.0).ceil().max(1.0) as usize;
        let threshold = sorted[wanted.min(sorted.len()) - 1];
        let best = merits.iter().map(|m| *m == Some(most)).collect();
        let top = merits.iter().map(|m| m.is_some_and(|m| m >= threshold)).collect();
        let shown = if single && goal.objectives[0].direction == Direction::Minimise { -1.0 } else { 1.0 };
        let merit = merits.iter().map(|m| m.unwrap_or(worst)).collect();
        Ok(Self { merit, best, top, percent, shown })
    }
}

fn average(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Merit of a row: for one outcome up or down its signed value, else the weighted sum in units of scales.
fn merit(row: &[Option<f64>], all: &[Vec<Option<f64>>], goal: &Goal, single: bool) -> Option<f64> {
    for bound in &goal.bounds {
        let value = row[goal.position(&bound.outcome)?]?;
        if bound.low.is_some_and(|low| value < low) || bound.high.is_some_and(|high| value > high) {
            return None;
        }
    }
    let mut total = 0.0;
    for objective in &goal.objectives {
        let outcome = goal.position(&objective.outcome)?;
        let value = row[outcome]?;
        let part = objective.direction.merit(value);
        let factor = if single {
            1.0
        } else {
            let values: Vec<f64> = all.iter().filter_map(|row| row[outcome]).collect();
            objective.weight / objective.scale.unwrap_or_else(|| crate::belief::deviation(&values))
        };
        total += factor * part;
    }
    Some(total)
}

struct Replay<'a> {
    table: &'a Table,
    planner: &'a Planner,
    worth: &'a Worth,
    options: &'a Options,
}

/// One repetition.
struct Run {
    /// Rows in the order tried.
    tried: Vec<usize>,
    finished: bool,
    seconds: Vec<f64>,
}

impl Replay<'_> {
    fn repetition(&self, seed: usize) -> Result<Run, Message> {
        let rows = self.table.pool.rows();
        let most = self.options.budget.unwrap_or(rows.len()).min(rows.len());
        let own = self.options.first_seed.wrapping_add(seed as u64);
        let mut random = ChaCha8Rng::seed_from_u64(own);
        let first: Vec<usize> = match &self.options.initial_rows {
            Some(given) => given[seed].clone(),
            None => index::sample(&mut random, rows.len(), self.options.initial).into_vec(),
        };
        let mut run = Run { tried: Vec::new(), finished: false, seconds: Vec::new() };
        let mut observed = Vec::new();
        let mut next = first;
        loop {
            for row in next {
                if run.finished || run.tried.len() == most {
                    break;
                }
                observed.push(self.observe(row, &mut random));
                run.tried.push(row);
                run.finished = self.worth.best[row];
            }
            if run.finished || run.tried.len() == most {
                return Ok(run);
            }
            let count = self.options.batch.min(most - run.tried.len());
            let begun = Instant::now();
            let suggested = self.planner.suggest(&observed, &[], count, own << 32 | run.tried.len() as u64)?;
            let each = begun.elapsed().as_secs_f64() / suggested.len().max(1) as f64;
            run.seconds.extend(suggested.iter().map(|_| each));
            next = suggested.into_iter().filter_map(|suggestion| suggestion.row).collect();
        }
    }

    fn observe(&self, row: usize, random: &mut ChaCha8Rng) -> Observation {
        let point: Point = self.table.pool.rows()[row].clone();
        let outcomes: Vec<Measured> = self.table.outcomes[row]
            .iter()
            .map(|values| {
                let value = match self.options.replicates {
                    Replicates::Draw if !values.is_empty() => Some(values[random.random_range(0..values.len())]),
                    _ => average(values),
                };
                value.map_or(Measured::Missing, Measured::Value)
            })
            .collect();
        let failed = outcomes.iter().all(|measured| *measured == Measured::Missing);
        Observation { point, row: Some(row), outcomes, failed }
    }
}

fn summary(worth: &Worth, runs: &[Run]) -> Backtest {
    let pool = worth.merit.len();
    let best: Vec<f64> = runs.iter().map(|run| run.tried.len() as f64).collect();
    let first_top = |run: &Run| run.tried.iter().position(|&row| worth.top[row]).map_or(run.tried.len(), |at| at + 1);
    let top: Vec<f64> = runs.iter().map(|run| first_top(run) as f64).collect();
    let longest = runs.iter().map(|run| run.tried.len()).max().unwrap_or(0);
    let mut curve = vec![0.0; longest];
    for run in runs {
        let mut so_far = f64::NEG_INFINITY;
        for (at, sum) in curve.iter_mut().enumerate() {
            if let Some(&row) = run.tried.get(at) {
                so_far = so_far.max(worth.merit[row]);
            }
            *sum += worth.shown * so_far / runs.len() as f64;
        }
    }
    let mut seconds: Vec<f64> = runs.iter().flat_map(|run| run.seconds.iter().copied()).collect();
    seconds.sort_by(f64::total_cmp);
    let expected = |good: &[bool]| (pool as f64 + 1.0) / (good.iter().filter(|good| **good).count() as f64 + 1.0);
    Backtest {
        seeds: runs.len(),
        pool,
        experiments_to_best: spread(&best),
        experiments_to_top: TopSpread { percent: worth.percent, spread: spread(&top) },
        unfinished: runs.iter().filter(|run| !run.finished).count(),
        random: Random {
            experiments_to_best: expected(&worth.best),
            experiments_to_top: expected(&worth.top),
            best_so_far: random_curve(&worth.merit, longest).iter().map(|m| worth.shown * m).collect(),
        },
        best_so_far: curve,
        seconds_per_suggestion: Seconds {
            median: quantile(&seconds, 0.5),
            max: seconds.last().copied().unwrap_or(0.0),
        },
    }
}

/// Expected best of `t` rows drawn without replacement, for t = 1 to `longest`: the row of rank i is the best
/// of them with probability C(N - i, t - 1) / C(N, t).
fn random_curve(merit: &[f64], longest: usize) -> Vec<f64> {
    let mut sorted = merit.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let size = sorted.len() as f64;
    (1..=longest)
        .map(|drawn| {
            let drawn = drawn as f64;
            let mut probability = drawn / size;
            let mut expected = 0.0;
            for (rank, merit) in sorted.iter().enumerate() {
                expected += probability * merit;
                let left = size - rank as f64 - 1.0;
                probability *= if left > 0.0 { ((left - drawn + 1.0) / left).max(0.0) } else { 0.0 };
            }
            expected
        })
        .collect()
}

fn spread(values: &[f64]) -> Spread {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len().max(1) as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let variance = sorted.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    Spread {
        mean,
        median: quantile(&sorted, 0.5),
        q1: quantile(&sorted, 0.25),
        q3: quantile(&sorted, 0.75),
        standard_error: (variance / count).sqrt(),
    }
}

/// Quantile of sorted values, linear between them; zero of none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    if sorted.is_empty() {
        return 0.0;
    }
    let position = share * (sorted.len() - 1) as f64;
    let (below, above) = (position.floor() as usize, position.ceil() as usize);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}
