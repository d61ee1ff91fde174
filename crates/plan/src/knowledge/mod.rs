//! What people know before the data do: guesses of the optimum, regions to look at, earlier campaigns, trends, settings
//! they refuse.

mod drift;
mod effect;
mod explanations;
mod guess;
mod look;
mod refused;
mod source;
mod trend;

pub use drift::{Drift, DriftWanted};
pub use explanations::Weight;
pub use guess::Guess;
pub use look::Look;
pub use source::Source;
pub use trend::ExpectedTrend;

pub(crate) use drift::{corrected, drifts};
pub(crate) use explanations::{Explanations, chained};
pub(crate) use guess::Guessed;
pub(crate) use look::{Inside, OUTSIDE};
pub(crate) use refused::Refused;

/// What people know or want besides the goal. All of it fades or ends: the data decide.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Knowledge {
    /// Where the optimum may be.
    pub guesses: Vec<Guess>,
    /// Regions to be looked at.
    pub looks: Vec<Look>,
    /// Earlier campaigns on a similar task.
    pub sources: Vec<Source>,
    /// How outcomes are expected to change with parameters.
    pub trends: Vec<ExpectedTrend>,
}
