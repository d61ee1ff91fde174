//! What is known and under way, in columns.

use std::collections::HashSet;

use matdock_learn::Rows;
use matdock_message::{Message, say};

use super::Planner;
use crate::{
    history::{Measured, Observation},
    space::{CellKey, Point, Space, key},
};

/// What is known and under way, in columns.
pub(super) struct Situation<'a> {
    pub(super) observed: &'a [Observation],
    /// The experiment begun last, against which changes of settings are counted.
    pub(super) before: Option<&'a Point>,
    pub(super) inputs: Rows,
    /// Points under way, and their columns.
    pub(super) under_way: Vec<Point>,
    pub(super) pending: Vec<Vec<f64>>,
    pub(super) taken: HashSet<Vec<CellKey>>,
    pub(super) seed: u64,
}

impl Planner {
    pub(super) fn situation<'a>(
        &self,
        observed: &'a [Observation],
        pending: &'a [Point],
        seed: u64,
    ) -> Result<Situation<'a>, Message> {
        let mut inputs = Rows::new(self.encoding.width());
        let mut taken = HashSet::new();
        for (index, observation) in observed.iter().enumerate() {
            let columns =
                self.check(observation).map_err(|what| say!("plan-observation", number = index + 1, what = what))?;
            inputs.push(&columns);
            taken.insert(key(&observation.point));
            if let (Some(row), Space::Pool(pool)) = (observation.row, &self.space) {
                taken.insert(key(&pool.rows()[row]));
            }
        }
        taken.extend(self.refused.iter().map(|point| key(point)));
        let mut columns_under_way = Vec::with_capacity(pending.len());
        for (index, point) in pending.iter().enumerate() {
            let columns = self.encoding.encode(point).map_err(|_| say!("plan-pending", number = index + 1))?;
            columns_under_way.push(columns);
            taken.insert(key(point));
        }
        let before = pending.last().or(observed.last().map(|o| &o.point));
        Ok(Situation { before, observed, inputs, under_way: pending.to_vec(), pending: columns_under_way, taken, seed })
    }

    /// Columns of an observation that fits space and goal.
    fn check(&self, observation: &Observation) -> Result<Vec<f64>, Message> {
        let needed = self.goal.outcomes().len();
        if observation.outcomes.len() != needed {
            return Err(say!("plan-outcome-count", given = observation.outcomes.len(), needed = needed));
        }
        let finite = |measured: &Measured| match measured {
            Measured::Value(value) | Measured::Below(value) | Measured::Above(value) => value.is_finite(),
            Measured::Uncertain { value, uncertainty } => value.is_finite() && *uncertainty >= 0.0,
            Measured::Missing => true,
        };
        if !observation.outcomes.iter().all(finite) {
            return Err(say!("plan-outcome-number"));
        }
        if let (Some(row), Space::Pool(pool)) = (observation.row, &self.space)
            && row >= pool.rows().len()
        {
            return Err(say!("plan-row", row = row + 1));
        }
        self.encoding.encode(&observation.point)
    }
}
