//! Figures on the search for a front: how much of what several objectives can reach at once was found, and how fast.

use matdock_message::{Message, say};
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    Options, Table,
    replay::Run,
    spread::{Spread, spread},
    worth::{means, parts},
};
use crate::{
    goal::{Direction, Goal},
    pareto,
};

/// Shares of the hypervolume whose experiments are counted. Without a budget a repetition ends at the last.
const SHARES: [f64; 3] = [0.9, 0.95, 0.99];
/// Random orders of the table per repetition.
const RANDOM_ORDERS: usize = 10;

/// The true front of a table.
pub(super) struct Front {
    /// Objectives of each row, the higher the better; none for rows that fail or break a bound.
    points: Vec<Option<Vec<f64>>>,
    members: Vec<bool>,
    reference: Vec<f64>,
    volume: f64,
    /// Multiplied with the reference to show it: -1 for what is to be low.
    shown: Vec<f64>,
}

/// Experiments until a share of the true front's hypervolume.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareSpread {
    /// The share, 0 to 1.
    pub share: f64,
    /// Experiments, the random first ones included.
    #[serde(flatten)]
    pub spread: Spread,
    /// Repetitions that did not get there within the budget (counted with it).
    pub unfinished: usize,
    /// Mean experiments of random search.
    pub random: f64,
}

/// Random search on the same table: the mean over several random orders per repetition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrontRandom {
    /// Mean share of the hypervolume after each experiment.
    pub hypervolume_share: Vec<f64>,
    /// Mean number of rows of the true front tried after each experiment (exact).
    pub front_rows: Vec<f64>,
}

/// How a front was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrontFigures {
    /// The rows of the true front, ascending from 0.
    pub rows: Vec<usize>,
    /// Reference point of the hypervolume, per objective in the unit of its outcome (a distance for a target).
    pub reference: Vec<f64>,
    /// Experiments until most of the hypervolume was found.
    pub experiments_to_share: Vec<ShareSpread>,
    /// Mean share of the true front's hypervolume after each experiment.
    pub hypervolume_share: Vec<f64>,
    /// Mean number of rows of the true front tried after each experiment.
    pub front_rows: Vec<f64>,
    /// Random search for comparison.
    pub random: FrontRandom,
}

impl Front {
    /// Errors: no row counts.
    pub(super) fn new(table: &Table, goal: &Goal) -> Result<Self, Message> {
        let points: Vec<Option<Vec<f64>>> = means(table).iter().map(|row| parts(row, goal)).collect();
        let rows: Vec<usize> = (0..points.len()).filter(|&row| points[row].is_some()).collect();
        let known: Vec<&[f64]> = points.iter().flatten().map(Vec::as_slice).collect();
        let reference = pareto::reference(&known);
        let volume = pareto::hypervolume(&known, &reference);
        if known.is_empty() || !(volume > 0.0 && volume.is_finite()) {
            return Err(say!("plan-backtest-best"));
        }
        let mut members = vec![false; points.len()];
        pareto::front(&known).into_iter().for_each(|index| members[rows[index]] = true);
        let shown = |direction| if direction == Direction::Maximise { 1.0 } else { -1.0 };
        let shown = goal.objectives.iter().map(|objective| shown(objective.direction)).collect();
        Ok(Self { points, members, reference, volume, shown })
    }

    /// The share of the hypervolume when `row` is tried as well; `found` is the front so far, with that `share`.
    pub(super) fn with<'a>(&'a self, found: &mut Vec<&'a [f64]>, row: usize, share: f64) -> f64 {
        let Some(point) = &self.points[row] else { return share };
        let beaten = |other: &&[f64]| other.iter().zip(point).all(|(a, b)| a >= b);
        if found.iter().any(beaten) {
            return share;
        }
        found.retain(|other| !pareto::dominates(point, other));
        found.push(point);
        // Rounding must not make it fall or pass the whole.
        (pareto::hypervolume(found, &self.reference) / self.volume).clamp(share, 1.0)
    }

    /// Whether a repetition is over.
    pub(super) fn is_reached(&self, run: &Run, with_budget: bool) -> bool {
        if !with_budget {
            return run.shares.last().is_some_and(|share| *share >= SHARES[SHARES.len() - 1]);
        }
        let tried = run.tried.iter().filter(|row| self.members[**row]).count();
        tried == self.members.iter().filter(|member| **member).count()
    }

    pub(super) fn figures(&self, runs: &[Run], options: &Options) -> FrontFigures {
        let longest = runs.iter().map(|run| run.shares.len()).max().unwrap_or(0);
        let orders = self.random(runs.len(), options.first_seed, longest);
        let random: Vec<&[f64]> = orders.iter().map(Vec::as_slice).collect();
        let shares: Vec<&[f64]> = runs.iter().map(|run| run.shares.as_slice()).collect();
        let rows: Vec<usize> = (0..self.members.len()).filter(|&row| self.members[row]).collect();
        let found: Vec<Vec<f64>> = runs.iter().map(|run| self.counted(run)).collect();
        let found: Vec<&[f64]> = found.iter().map(Vec::as_slice).collect();
        let density = rows.len() as f64 / self.members.len() as f64;
        FrontFigures {
            reference: self.reference.iter().zip(&self.shown).map(|(x, sign)| sign * x).collect(),
            experiments_to_share: SHARES.iter().map(|&share| to_share(share, &shares, &random)).collect(),
            hypervolume_share: mean_curve(&shares, longest),
            front_rows: mean_curve(&found, longest),
            random: FrontRandom {
                hypervolume_share: mean_curve(&random, longest),
                front_rows: (1..=longest).map(|tried| tried as f64 * density).collect(),
            },
            rows,
        }
    }

    /// Rows of the front among those tried, after each experiment.
    fn counted(&self, run: &Run) -> Vec<f64> {
        let mut count = 0.0;
        let each = run.tried.iter().map(|&row| {
            count += f64::from(u8::from(self.members[row]));
            count
        });
        each.collect()
    }

    /// Shares along random orders of the table: at least `longest` experiments, and until the last share is reached.
    fn random(&self, repetitions: usize, first_seed: u64, longest: usize) -> Vec<Vec<f64>> {
        (0..repetitions * RANDOM_ORDERS)
            .into_par_iter()
            .map(|number| {
                let mut random = ChaCha8Rng::seed_from_u64(first_seed.wrapping_add(number as u64));
                // Another stream than that of the repetitions' first experiments.
                random.set_stream(1);
                let mut order: Vec<usize> = (0..self.points.len()).collect();
                order.shuffle(&mut random);
                let mut found = Vec::new();
                let (mut share, mut shares) = (0.0, Vec::new());
                for row in order {
                    if shares.len() >= longest && share >= SHARES[SHARES.len() - 1] {
                        break;
                    }
                    share = self.with(&mut found, row, share);
                    shares.push(share);
                }
                shares
            })
            .collect()
    }
}

fn to_share(share: f64, curves: &[&[f64]], random: &[&[f64]]) -> ShareSpread {
    let reached = |curve: &&[f64]| curve.iter().position(|reached| *reached >= share).map(|at| at + 1);
    let count = |curve: &&[f64]| reached(curve).unwrap_or(curve.len()) as f64;
    let of = |curves: &[&[f64]]| spread(&curves.iter().map(count).collect::<Vec<f64>>());
    let unfinished = curves.iter().filter(|curve| reached(curve).is_none()).count();
    ShareSpread { share, spread: of(curves), unfinished, random: of(random).mean }
}

/// Mean of curves that keep their last value.
fn mean_curve(curves: &[&[f64]], longest: usize) -> Vec<f64> {
    let at = |curve: &[f64], experiment: usize| curve.get(experiment).or(curve.last()).copied().unwrap_or(0.0);
    let mean = |experiment| curves.iter().map(|curve| at(curve, experiment)).sum::<f64>() / curves.len().max(1) as f64;
    (0..longest).map(mean).collect()
}
