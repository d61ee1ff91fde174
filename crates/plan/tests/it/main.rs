//! Tests of the planner as a whole.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod backtest;
mod chains;
mod explanation;
mod goals;
mod knowledge;
mod laws;
mod lesson;
mod optima;
mod replicates;
mod rules;
mod special;

use matdock_plan::{Direction, Goal, Measured, Observation, Parameter, ParameterKind, Point, Scale, Space, Value};

/// A continuous parameter.
pub fn continuous(name: &str, low: f64, high: f64) -> Parameter {
    let kind = ParameterKind::Continuous { low, high, scale: Scale::Linear, step: None };
    Parameter { name: name.to_owned(), unit: String::new(), kind }
}

/// A finished experiment with one outcome.
pub fn observation(point: Point, value: f64) -> Observation {
    Observation { point, row: None, outcomes: vec![Measured::Value(value)], failed: false }
}

/// Numbers of a point.
pub fn numbers(point: &[Value]) -> Vec<f64> {
    point.iter().filter_map(Value::number).collect()
}

/// The goal to make y small.
pub fn minimise() -> Goal {
    Goal::single("y", Direction::Minimise)
}

/// Two continuous parameters.
pub fn plane() -> Space {
    Space::ranges(vec![continuous("a", 0.0, 1.0), continuous("b", 0.0, 1.0)]).unwrap()
}
