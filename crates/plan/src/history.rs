//! What was observed so far.

use serde::{Deserialize, Serialize};

use crate::space::Point;

/// A result as an instrument gives it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// A number (unit of the outcome).
    Value(f64),
    /// Below this detection limit (`<`).
    Below(f64),
    /// Above this detection limit (`>`).
    Above(f64),
    /// Not measured.
    Missing,
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
