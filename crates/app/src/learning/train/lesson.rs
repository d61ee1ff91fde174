//! The rows of a table that are learnt from.

use std::path::Path;

use matdock_learn::{
    learner::{LearnerError, Limit, beyond_limits},
    validate::Domain,
};
use matdock_message::{Message, say};
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::FEWEST;
use crate::{
    learning::schema::{Prepared, Schema, Target},
    table::Table,
};

/// The rows to learn from.
pub(super) struct Lesson {
    pub(super) schema: Schema,
    pub(super) prepared: Prepared,
    pub(super) targets: Vec<f64>,
    /// Where a target is only a limit, on which side of it the true value lies.
    pub(super) limits: Vec<Option<Limit>>,
    pub(super) without_target: usize,
    pub(super) domain: Domain,
    pub(super) labels: Vec<String>,
}

impl Lesson {
    pub(super) fn of(table: &Table, schema: Schema, dock: Option<&Path>) -> Result<Self, Message> {
        let targets = schema.targets(table)?;
        let known: Vec<(usize, Target)> =
            targets.iter().enumerate().filter_map(|(row, target)| Some((row, (*target)?))).collect();
        if known.len() < FEWEST {
            return Err(table.in_file(say!("app-learn-few-rows", rows = known.len(), fewest = FEWEST)));
        }
        let prepared = schema.prepare(table, known.iter().map(|(row, _)| *row).collect(), dock)?;
        let label = |row: &usize| {
            let line = table.source.lines.get(*row).copied().unwrap_or(*row as u64 + 2);
            let text = schema.structures().and_then(|name| table.find(name)).map(|column| table.cell(*row, column));
            text.map_or_else(|| format!("line {line}"), |text| format!("line {line}: {text}"))
        };
        Ok(Self {
            domain: Domain::new(&prepared.features),
            labels: prepared.rows.iter().map(label).collect(),
            targets: known.iter().map(|(_, target)| target.value).collect(),
            limits: known.iter().map(|(_, target)| target.limit).collect(),
            without_target: table.rows.len() - known.len(),
            prepared,
            schema,
        })
    }

    /// The targets of some rows as they are learnt: what is expected beyond a limit in place of the limit. Nothing is
    /// learnt of other rows.
    pub(super) fn known(&self, rows: &[usize], seed: u64) -> Result<Vec<f64>, LearnerError> {
        self.known_of(rows, &self.targets, &self.limits, seed)
    }

    /// [`Self::known`], had the rows these targets and limits.
    fn known_of(
        &self,
        rows: &[usize],
        targets: &[f64],
        limits: &[Option<Limit>],
        seed: u64,
    ) -> Result<Vec<f64>, LearnerError> {
        let targets: Vec<f64> = rows.iter().map(|row| targets[*row]).collect();
        let limits: Vec<Option<Limit>> = rows.iter().map(|row| limits[*row]).collect();
        if limits.iter().all(Option::is_none) {
            return Ok(targets);
        }
        beyond_limits(&self.prepared.features.select(rows), &targets, &limits, seed)
    }

    /// A prediction as it counts beside the target of a row: the limit itself where it lies beyond it.
    pub(super) fn counted(&self, row: usize, predicted: f64) -> f64 {
        Limit::counted(self.limits[row], self.targets[row], predicted)
    }

    /// The targets in random order, each with what it is a limit of.
    pub(super) fn scrambled(&self, seed: u64) -> Scrambling<'_> {
        let mut order: Vec<usize> = (0..self.targets.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        Scrambling {
            lesson: self,
            targets: order.iter().map(|row| self.targets[*row]).collect(),
            limits: order.iter().map(|row| self.limits[*row]).collect(),
        }
    }
}

/// A lesson with its targets in random order.
pub(super) struct Scrambling<'l> {
    lesson: &'l Lesson,
    pub(super) targets: Vec<f64>,
    limits: Vec<Option<Limit>>,
}

impl Scrambling<'_> {
    /// As [`Lesson::known`].
    pub(super) fn known(&self, rows: &[usize], seed: u64) -> Result<Vec<f64>, LearnerError> {
        self.lesson.known_of(rows, &self.targets, &self.limits, seed)
    }

    /// As [`Lesson::counted`].
    pub(super) fn counted(&self, row: usize, predicted: f64) -> f64 {
        Limit::counted(self.limits[row], self.targets[row], predicted)
    }
}
