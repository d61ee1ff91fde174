//! Goals, search spaces, acquisition and suggestions. Pure: same data and seed, same bytes.
//!
//! A [`Space`] (ranges, or a pool of given candidates) and a [`Goal`] make a [`Planner`]; given what was
//! observed so far it makes [`Suggestion`]s. [`backtest`] replays a planner against a finished table.

pub mod backtest;
mod belief;
mod chain;
mod cost;
mod encode;
mod expression;
mod goal;
mod history;
pub mod knowledge;
mod model;
pub mod pareto;
mod planner;
mod search;
mod space;
mod start;

pub use chain::{
    Through,
    compare::{Compared, Fold, Gain, Score, Way, folds_at_random, folds_by_group, folds_by_time},
};
pub use cost::{Costs, Limit};
pub use expression::{Condition, Formula};
pub use goal::{Bound, Combine, Direction, Goal, Objective, Stage};
pub use history::{Measured, Observation};
pub use knowledge::{Drift, DriftWanted, ExpectedTrend, Guess, Knowledge, Look, Source, Weight};
pub use matdock_learn::{
    Candidate, Choice, Family, Wanted,
    chain::{Domain, Quality},
    optimise::Status,
};
pub use model::{
    Calibration, Cause, ChainView, Contribution, Doubted, Effect, Fitting, Importance, Influence, LeftOut, Link, Model,
    ParetoFront, Quantity, Sensor, Slice, SoftReading, Surface,
};
pub use planner::{
    Begun, Forecast, Lesson, Next, Partial, Planner, Prediction, Purpose, Remaining, Replicate, ReplicatesWanted,
    Settings, SoFar, Suggestion, Weighed,
};
pub use space::{Mixture, Parameter, ParameterKind, Point, Pool, Ranges, Rule, Rules, Scale, Space, Value};
