//! Learners: Gaussian processes, their validation and explanation. Pure: same data and seed, same bytes.

pub mod chain;
mod columns;
mod components;
mod feasibility;
mod forest;
pub mod gp;
mod kernel;
mod laplace;
pub mod learner;
mod linear;
mod nearest;
pub mod normal;
pub mod nuts;
pub mod optimise;
mod surrogate;
pub mod validate;
mod warp;

pub use chain::{Chain, Chained, Sensed};
pub use components::principal_components;
pub use feasibility::Feasibility;
pub use forest::Forest;
pub use gp::{Basis, Moments, Trend};
pub use kernel::{Kernel, Rows};
pub use nearest::nearest;
pub use surrogate::{
    Candidate, Choice, Component, Explained, Explanation, Family, GpAverage, Lookahead, Member, Options, OutcomeModel,
    Outcomes, Outlier, Reading, Readings, Separate, Side, Slope, Surrogate, Wanted, mixed,
};
pub use warp::{Bend, Warp};
