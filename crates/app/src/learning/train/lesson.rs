//! The rows of a table that are learnt from.

use std::path::Path;

use matdock_learn::validate::Domain;
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
    pub(super) limits: usize,
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
            limits: known.iter().filter(|(_, target)| target.limit).count(),
            without_target: table.rows.len() - known.len(),
            prepared,
            schema,
        })
    }

    /// The targets in random order.
    pub(super) fn scrambled(&self, seed: u64) -> Vec<f64> {
        let mut targets = self.targets.clone();
        targets.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        targets
    }
}
