//! What the planner has learnt, for reports.

use matdock_message::Message;
use serde::Serialize;

use crate::{planner::Prediction, space::Value};

/// Predictions along one parameter, the others held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// Name of the parameter.
    pub parameter: String,
    /// Its settings along the slice.
    pub settings: Vec<Value>,
    /// For each setting the predicted outcomes, in the order of the goal's outcomes.
    pub predicted: Vec<Vec<Prediction>>,
}

/// What the planner has learnt from the observations.
#[derive(Debug, Clone)]
pub struct Model {}

impl Model {
    /// Expected outcomes at `point`, in the order of the goal's outcomes (those with anything measured).
    ///
    /// Errors: a point that does not fit the space.
    pub fn predict(&self, point: &[Value]) -> Result<Vec<Prediction>, Message> {
        let _ = point;
        Ok(Vec::new())
    }

    /// Probability that an experiment at `point` does not fail.
    ///
    /// Errors: a point that does not fit the space.
    pub fn success(&self, point: &[Value]) -> Result<f64, Message> {
        let _ = point;
        Ok(1.0)
    }

    /// Predictions along parameter number `parameter` through `point`, at `count` settings (all levels of an
    /// ordinal or categorical parameter).
    ///
    /// Errors: a point that does not fit the space.
    pub fn slice(&self, point: &[Value], parameter: usize, count: usize) -> Result<Slice, Message> {
        let _ = (point, count);
        Ok(Slice { parameter: parameter.to_string(), settings: Vec::new(), predicted: Vec::new() })
    }

    /// Index of the observation with the best measured value under the goal, bounds kept.
    pub fn best_observed(&self) -> Option<usize> {
        None
    }

    /// Index of the observation the model believes best (noise averaged out), with its prediction.
    pub fn best_believed(&self) -> Option<(usize, Vec<Prediction>)> {
        None
    }
}
