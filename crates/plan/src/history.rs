//! What was observed so far.

use serde::{Deserialize, Serialize};

use crate::space::Point;

/// A result as an instrument gives it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// A number (unit of the outcome).
    Value(f64),
    /// A number whose standard uncertainty is known (both in the unit of the outcome).
    Uncertain {
        /// The number.
        value: f64,
        /// Its standard uncertainty.
        uncertainty: f64,
    },
    /// Below this detection limit (`<`).
    Below(f64),
    /// Above this detection limit (`>`).
    Above(f64),
    /// Not measured.
    Missing,
}

impl Measured {
    /// The number; `None` for a limit or where nothing was measured.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) | Self::Uncertain { value, .. } => Some(value),
            Self::Below(_) | Self::Above(_) | Self::Missing => None,
        }
    }

    /// The standard uncertainty, 0 where it is not known.
    pub(crate) fn uncertainty(self) -> f64 {
        match self {
            Self::Uncertain { uncertainty, .. } => uncertainty,
            _ => 0.0,
        }
    }
}

/// One finished experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The settings, in the order of the parameters. May lie outside the space (an earlier campaign).
    pub point: Point,
    /// The row of the pool it was, if any.
    pub row: Option<usize>,
    /// Results, in the order of [`crate::Goal::outcomes`].
    pub outcomes: Vec<Measured>,
    /// The experiment failed (no usable sample); measured outcomes, if any, are still used.
    pub failed: bool,
}
