//! One repetition: the planner against the table.

use std::time::Instant;

use matdock_message::Message;
use rand::{RngExt, seq::index};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{
    Options, Replicates, Table,
    front::Front,
    worth::{Worth, average},
};
use crate::{
    history::{Measured, Observation},
    planner::Planner,
    space::Point,
};

/// What a repetition is to find.
pub(super) enum Aim {
    /// The best row.
    Best(Worth),
    /// All rows that no other beats in every objective.
    Front(Front),
}

pub(super) struct Replay<'a> {
    pub(super) table: &'a Table,
    pub(super) planner: &'a Planner,
    pub(super) aim: &'a Aim,
    pub(super) options: &'a Options,
}

/// One repetition.
pub(super) struct Run {
    /// Rows in the order tried.
    pub(super) tried: Vec<usize>,
    /// Share of the front's hypervolume after each; empty when the aim is the best row.
    pub(super) shares: Vec<f64>,
    pub(super) finished: bool,
    pub(super) seconds: Vec<f64>,
}

impl Replay<'_> {
    pub(super) fn repetition(&self, seed: usize) -> Result<Run, Message> {
        let rows = self.table.pool.rows();
        let most = self.options.budget.unwrap_or(rows.len()).min(rows.len());
        let own = self.options.first_seed.wrapping_add(seed as u64);
        let mut random = ChaCha8Rng::seed_from_u64(own);
        let first: Vec<usize> = match &self.options.initial_rows {
            Some(given) => given[seed].clone(),
            None => {
                // What is known beforehand is tried first, the rest is random.
                let initial = self.options.initial;
                let mut first = self.planner.opening_rows(initial, own);
                let others = index::sample(&mut random, rows.len(), initial).into_iter();
                first.extend(others.filter(|row| !first.contains(row)).collect::<Vec<_>>());
                first.truncate(initial);
                first
            }
        };
        let mut run = Run { tried: Vec::new(), shares: Vec::new(), finished: false, seconds: Vec::new() };
        let mut observed = Vec::new();
        let mut found = Vec::new();
        let mut next = first;
        loop {
            for row in next {
                if run.finished || run.tried.len() == most {
                    break;
                }
                observed.push(self.observe(row, &mut random));
                run.tried.push(row);
                match self.aim {
                    Aim::Best(worth) => run.finished = worth.best[row],
                    Aim::Front(front) => {
                        let share = front.with(&mut found, row, run.shares.last().copied().unwrap_or(0.0));
                        run.shares.push(share);
                        run.finished = front.is_reached(&run, self.options.budget.is_some());
                    }
                }
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
