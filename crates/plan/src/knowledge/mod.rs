//! What people know before the data do: guesses of the optimum, regions to look at, settings they refuse.

mod guess;
mod look;
mod refused;

pub use guess::Guess;
pub use look::Look;

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
}
