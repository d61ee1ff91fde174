//! Where to search: ranges of parameters with their rules, or a pool of given candidates.

mod draw;
mod mixture;
mod parameter;
mod pool;
mod ranges;
mod repair;
mod scale;

use matdock_message::Message;
use serde::{Deserialize, Serialize};

pub use mixture::Mixture;
pub use parameter::{Parameter, ParameterKind};
pub(crate) use pool::PointIndex;
pub use pool::Pool;
pub use ranges::{Ranges, Rule, Rules};
pub use scale::Scale;

/// One setting of one parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number, in the unit of the parameter.
    Number(f64),
    /// A level of a categorical parameter.
    Level(String),
    /// Not set, because the parameter is there only when another has a certain value. Serialised as null.
    Absent,
}

impl Value {
    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Level(_) | Self::Absent => None,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Level(level) => f.write_str(level),
            Self::Absent => Ok(()),
        }
    }
}

/// Settings of all parameters, in their order.
pub type Point = Vec<Value>;

/// Where to search.
#[derive(Debug, Clone, PartialEq)]
pub enum Space {
    /// Every combination of settings within the ranges that keeps the rules.
    Ranges(Ranges),
    /// Only the given rows.
    Pool(Pool),
}

impl Space {
    /// A space of all combinations of settings.
    ///
    /// Errors: no parameter, a name twice, an empty or impossible range (names the parameter).
    pub fn ranges(parameters: Vec<Parameter>) -> Result<Self, Message> {
        Self::with_rules(parameters, Rules::default())
    }

    /// A space of the combinations of settings that keep `rules`.
    ///
    /// Errors: as [`Space::ranges`]; a mixture that cannot add up, conditions in a circle, rules that leave nothing
    /// (names those that contradict one another).
    pub fn with_rules(parameters: Vec<Parameter>, rules: Rules) -> Result<Self, Message> {
        Ok(Self::Ranges(Ranges::new(parameters, rules)?))
    }

    /// The parameters, in the order of a [`Point`].
    pub fn parameters(&self) -> &[Parameter] {
        match self {
            Self::Ranges(ranges) => ranges.parameters(),
            Self::Pool(pool) => pool.columns(),
        }
    }

    /// Whether `point` is one the space allows.
    pub fn contains(&self, point: &[Value]) -> bool {
        match self {
            Self::Ranges(ranges) => ranges.allows(point),
            Self::Pool(pool) => pool.position(point).is_some(),
        }
    }

    /// `point` in five significant digits where its numbers can be any and the rules allow it.
    #[must_use]
    pub fn readable(&self, point: &[Value]) -> Point {
        match self {
            Self::Ranges(ranges) => ranges.readable(point),
            Self::Pool(_) => point.to_vec(),
        }
    }
}

/// A cell as a map key: numbers by their bits (zeros alike).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum CellKey {
    Number(u64),
    Level(String),
    Absent,
}

/// A point as a map key.
pub(crate) fn key(point: &[Value]) -> Vec<CellKey> {
    point.iter().map(CellKey::of).collect()
}

impl CellKey {
    fn of(value: &Value) -> Self {
        match value {
            Value::Number(number) => Self::Number((number + 0.0).to_bits()),
            Value::Level(level) => Self::Level(level.clone()),
            Value::Absent => Self::Absent,
        }
    }
}
