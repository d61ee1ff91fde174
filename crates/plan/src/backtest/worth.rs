//! How good the rows of a finished table truly are.

use matdock_message::{Message, say};

use super::Table;
use crate::goal::{Direction, Goal, Objective};

/// How good each row is when all objectives add up to one merit.
pub(super) struct Worth {
    /// The higher the better; rows that fail or break a bound are worth what the worst other row is.
    pub(super) merit: Vec<f64>,
    pub(super) best: Vec<bool>,
    pub(super) top: Vec<bool>,
    pub(super) percent: f64,
    /// Multiplied with a merit to show it: -1 for one outcome that is minimised.
    pub(super) shown: f64,
}

impl Worth {
    pub(super) fn new(table: &Table, goal: &Goal, percent: f64) -> Result<Self, Message> {
        let means = means(table);
        let single = match goal.objectives.as_slice() {
            [only] => matches!(only.direction, Direction::Minimise | Direction::Maximise),
            _ => false,
        };
        let factors = factors(&means, goal, single);
        let merit = |row: &Vec<Option<f64>>| {
            let parts = parts(row, goal)?;
            Some(parts.iter().zip(&factors).map(|(part, factor)| factor * part).sum::<f64>())
        };
        let merits: Vec<Option<f64>> = means.iter().map(merit).collect();
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

/// The mean of each row's replicates; none where it failed.
pub(super) fn means(table: &Table) -> Vec<Vec<Option<f64>>> {
    table.outcomes.iter().map(|row| row.iter().map(|values| average(values)).collect()).collect()
}

pub(super) fn average(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Whether a row was measured and lies within all bounds.
fn keeps_bounds(row: &[Option<f64>], goal: &Goal) -> bool {
    goal.bounds.iter().all(|bound| {
        let value = goal.position(&bound.outcome).and_then(|outcome| row[outcome]);
        value.is_some_and(|v| bound.low.is_none_or(|low| v >= low) && bound.high.is_none_or(|high| v <= high))
    })
}

/// The objectives of a row, the higher the better; none when one is missing or a bound is broken.
///
/// Units: those of the outcomes; what has a target counts by its distance, taken negative.
pub(super) fn parts(row: &[Option<f64>], goal: &Goal) -> Option<Vec<f64>> {
    let part = |objective: &Objective| {
        let value = row[goal.position(&objective.outcome)?]?;
        Some(objective.direction.merit(value))
    };
    if keeps_bounds(row, goal) { goal.objectives.iter().map(part).collect() } else { None }
}

/// What each objective is multiplied with in the sum: 1 for one outcome up or down, else weight by scale.
fn factors(means: &[Vec<Option<f64>>], goal: &Goal, single: bool) -> Vec<f64> {
    let factor = |objective: &Objective| {
        let outcome = goal.position(&objective.outcome).unwrap_or_default();
        let values: Vec<f64> = means.iter().filter_map(|row| row[outcome]).collect();
        objective.weight / objective.scale.unwrap_or_else(|| crate::belief::deviation(&values))
    };
    if single { vec![1.0] } else { goal.objectives.iter().map(factor).collect() }
}
