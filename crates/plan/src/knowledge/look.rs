//! Regions a researcher wants looked at.

use std::sync::Arc;

use matdock_message::{Message, say};

use crate::{
    expression::Condition,
    search::Preference,
    space::{Point, Ranges, Rule, Space, Value},
};

/// So many experiments have to lie where a condition holds, whatever the model thinks.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    condition: Condition,
    experiments: usize,
    /// The part of the ranges that is meant; none for a pool.
    inside: Option<Arc<Ranges>>,
}

impl Look {
    /// `experiments` experiments where `condition` holds.
    ///
    /// # Errors
    /// A condition that cannot be read, or that holds nowhere; no experiments.
    pub fn new(condition: &str, experiments: usize, space: &Space) -> Result<Self, Message> {
        let condition = Condition::parse(condition, space.parameters())?;
        if experiments == 0 {
            return Err(say!("plan-look-none"));
        }
        let inside = match space {
            Space::Pool(pool) if pool.rows().iter().any(|row| condition.holds(row)) => None,
            Space::Pool(_) => return Err(say!("plan-look-nowhere", text = condition.text())),
            Space::Ranges(ranges) => {
                let narrow = ranges.narrowed(Rule::keep(condition.clone()));
                Some(Arc::new(narrow.map_err(|_| say!("plan-look-nowhere", text = condition.text()))?))
            }
        };
        Ok(Self { condition, experiments, inside })
    }

    /// Where.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// How many experiments.
    pub fn experiments(&self) -> usize {
        self.experiments
    }

    /// How many are still missing when those at `points` are done or under way.
    pub fn missing<'a>(&self, points: impl Iterator<Item = &'a Point>) -> usize {
        self.experiments.saturating_sub(points.filter(|point| self.condition.holds(point)).count())
    }

    /// The part of the ranges that is meant; none for a pool.
    pub(crate) fn inside(&self) -> Option<&Arc<Ranges>> {
        self.inside.as_ref()
    }
}

/// Shuts out what lies outside a region.
pub(crate) struct Inside<'a>(pub(crate) &'a Condition);

/// Scores below this belong to points outside.
pub(crate) const OUTSIDE: f64 = -1e12;

impl Preference for Inside<'_> {
    fn log(&self, point: &[Value]) -> f64 {
        if self.0.holds(point) { 0.0 } else { 2.0 * OUTSIDE }
    }
}
