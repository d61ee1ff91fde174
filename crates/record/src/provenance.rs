//! Where a record comes from.

use serde::{Deserialize, Serialize};

use crate::{SuggestionId, Timestamp};

/// Who or what made a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    /// A person, by the name given or the login name.
    Person(String),
    /// An instrument, by its station in the lab.
    Station(String),
    /// A computation on stored data, such as the fit of a circuit.
    Analysis(String),
    /// The planner.
    Planner,
    /// Read from a table somebody brought.
    Import(String),
}

/// Who or what, when, on whose suggestion, with which version of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Who or what.
    pub agent: Agent,
    /// When it happened, in lab time.
    pub at: Timestamp,
    /// The suggestion that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<SuggestionId>,
    /// Version of matdock that wrote the record.
    pub code_version: String,
}

impl Provenance {
    /// Provenance of something `agent` did at `at`, written by this version of matdock.
    pub fn new(agent: Agent, at: Timestamp) -> Self {
        Self { agent, at, suggestion: None, code_version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// The same, on a suggestion.
    #[must_use]
    pub fn on(mut self, suggestion: Option<SuggestionId>) -> Self {
        self.suggestion = suggestion;
        self
    }
}
