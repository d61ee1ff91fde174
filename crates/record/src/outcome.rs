//! How a run ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a run ended. A failure is data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "reason")]
pub enum Outcome {
    /// Done as asked.
    Succeeded,
    /// It was done and did not work; the reason says what was seen.
    Failed(String),
    /// It was stopped before its end, by a person or a rule.
    Aborted(String),
    /// It was ended on purpose before its last step: what was seen until then counts, the rest is missing.
    Partial(String),
    /// Nobody knows whether or how it was done; a person has to look.
    Uncertain(String),
}

impl Outcome {
    /// The word for tables: `succeeded`, `failed`, `aborted`, `partial` or `uncertain`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed(_) => "failed",
            Self::Aborted(_) => "aborted",
            Self::Partial(_) => "partial",
            Self::Uncertain(_) => "uncertain",
        }
    }

    /// Why it did not succeed.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Succeeded => None,
            Self::Failed(reason) | Self::Aborted(reason) | Self::Partial(reason) | Self::Uncertain(reason) => {
                Some(reason)
            }
        }
    }

    /// True for [`Outcome::Succeeded`].
    pub fn is_success(&self) -> bool {
        *self == Self::Succeeded
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            Some(reason) => write!(f, "{} ({reason})", self.word()),
            None => f.write_str(self.word()),
        }
    }
}
