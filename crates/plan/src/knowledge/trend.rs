//! Trends people expect: an outcome rises or falls with a parameter over part of its range.

use std::sync::Arc;

use matdock_learn::{Basis, Rows, Trend};
use matdock_message::{Message, say};

use super::guess::position;
use crate::{encode::Encoding, goal::Goal, space::Space};

/// An outcome is expected to rise or fall with a parameter, level outside the range given.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedTrend {
    outcome: usize,
    parameter: usize,
    rises: bool,
    from: Option<f64>,
    to: Option<f64>,
}

impl ExpectedTrend {
    /// `outcome` rises (or falls) with `parameter` from `from` to `to` (unit of the parameter; without them over its
    /// whole range).
    ///
    /// # Errors
    /// An unknown outcome or parameter, a parameter without order, a range that is none.
    pub fn new(
        outcome: &str,
        parameter: &str,
        rises: bool,
        (from, to): (Option<f64>, Option<f64>),
        space: &Space,
        goal: &Goal,
    ) -> Result<Self, Message> {
        let parameter = position(parameter, space)?;
        let known = || goal.outcomes().join(", ");
        let outcome =
            goal.position(outcome).ok_or_else(|| say!("plan-trend-outcome", name = outcome, outcomes = known()))?;
        let name = &space.parameters()[parameter].name;
        let Some((low, high, _)) = space.parameters()[parameter].span() else {
            return Err(say!("plan-trend-order", name = name));
        };
        let (first, last) = (from.unwrap_or(low), to.unwrap_or(high));
        let sound = first.is_finite() && last.is_finite() && first < last;
        let pool = matches!(space, Space::Pool(_));
        if !sound || (!pool && (first >= high || last <= low)) {
            return Err(say!("plan-trend-range", name = name, low = first, high = last));
        }
        Ok(Self { outcome, parameter, rises, from, to })
    }

    /// Position of the outcome in [`Goal::outcomes`].
    pub fn outcome(&self) -> usize {
        self.outcome
    }

    /// Position of the parameter.
    pub fn parameter(&self) -> usize {
        self.parameter
    }

    /// Whether the outcome is expected to rise.
    pub fn rises(&self) -> bool {
        self.rises
    }

    /// As a trend on the standardised outcome; `None` where the parameter has no column.
    pub(crate) fn trend(&self, encoding: &Encoding) -> Option<Trend> {
        let column = encoding.column(self.parameter)?;
        let unit = |number: Option<f64>, otherwise: f64| {
            number.and_then(|number| encoding.unit(self.parameter, number)).unwrap_or(otherwise).clamp(0.0, 1.0)
        };
        let (a, b) = (unit(self.from, 0.0), unit(self.to, 1.0));
        // A scale may run downwards.
        let (low, high, turn) = if a < b { (a, b, 1.0) } else { (b, a, -1.0) };
        let sign = if self.rises { turn } else { -turn };
        let basis = Ramp { column, low, high: high.max(low + 1e-6) };
        Some(Trend { basis: Arc::new(basis), mean: sign * CHANGE, variance: SPREAD * SPREAD })
    }
}

/// How much the outcome is expected to change over the range, and the standard deviation of that (in standard
/// deviations of what was measured).
const CHANGE: f64 = 1.5;
const SPREAD: f64 = 0.75;

/// Half below zero to half above along a column, level outside.
#[derive(Debug)]
struct Ramp {
    column: usize,
    low: f64,
    high: f64,
}

impl Ramp {
    fn at(&self, x: f64) -> f64 {
        ((x - self.low) / (self.high - self.low)).clamp(0.0, 1.0) - 0.5
    }
}

impl Basis for Ramp {
    fn values(&self, points: &Rows) -> Vec<f64> {
        points.iter().map(|row| row.get(self.column).map_or(0.0, |x| self.at(*x))).collect()
    }

    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; point.len()];
        let x = point.get(self.column).copied().unwrap_or(self.low);
        if let Some(slope) = gradient.get_mut(self.column)
            && (self.low..self.high).contains(&x)
        {
            *slope = 1.0 / (self.high - self.low);
        }
        (self.at(x), gradient)
    }
}
