//! How a lab would do with many samples: the executor on virtual time with the planned durations.

use matdock_message::{Message, say};
use matdock_record::{Timestamp, body::Fields};

use crate::{Lab, Recipe};

/// What a simulated run of many samples showed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Simulation {
    /// How many samples were made.
    pub samples: usize,
    /// How many of them did not get through (a time limit passed).
    pub lost: usize,
    /// Begin of the first to end of the last \[s\].
    pub makespan: f64,
    /// Samples per day.
    pub per_day: f64,
    /// Share of the time in use, 0..1, per station in the order of the lab, the robot last.
    pub utilisation: Vec<(String, f64)>,
    /// Number of samples on their way: from this time \[s\] on, this many.
    pub in_flight: Vec<(f64, usize)>,
    /// Everything that was done.
    pub bars: Vec<Bar>,
    /// When it began.
    pub start: Timestamp,
}

/// One thing done to one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Station or robot.
    pub station: String,
    /// Number of the sample, from 1.
    pub sample: usize,
    /// Step of the recipe, or where a move goes.
    pub step: String,
    /// Begin, from the begin of the run \[s\].
    pub start: f64,
    /// End \[s\].
    pub end: f64,
}

/// Runs `samples` samples with the same settings through the lab in virtual time, every step as long as planned.
///
/// # Errors
/// The recipe cannot run on this lab, or a setting is missing.
pub fn simulate(
    _lab: &Lab,
    _recipe: &Recipe,
    _samples: usize,
    _settings: &Fields,
    _seed: u64,
) -> Result<Simulation, Message> {
    Err(say!("lab-no-station"))
}
