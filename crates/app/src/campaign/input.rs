//! What people set, between the campaign file, the sheet they fill in, and the planner.

use matdock_message::{Message, say};
use matdock_plan::{Parameter, ParameterKind, Value};
use matdock_record::{Datum, Unit};

use super::{header, substance::Substance};

/// Something people set.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// What it can be.
    pub kind: InputKind,
}

/// What an input can be.
#[derive(Debug, Clone, PartialEq)]
pub enum InputKind {
    /// A number or a level, as the planner sees it.
    Plain(ParameterKind),
    /// A name in a pool, seen by the planner with descriptors.
    Substance(Substance),
    /// A chemical formula, seen by the planner as the named set of features.
    Formula(String),
}

impl Input {
    /// As a stored field.
    pub fn datum(&self, value: &Value) -> Datum {
        match value {
            Value::Number(number) => Datum::number(*number, &self.unit),
            Value::Level(level) => Datum::Text(level.clone()),
            Value::Absent => Datum::Missing("absent".to_owned()),
        }
    }

    /// As the planner sees it.
    ///
    /// # Errors
    /// A number where a level is needed, or the other way round, or a unit of another dimension.
    pub fn value(&self, datum: &Datum) -> Result<Value, Message> {
        match datum {
            Datum::Quantity(quantity) => Ok(Value::Number(quantity.to(&self.unit)?.value)),
            Datum::Text(level) => Ok(Value::Level(level.clone())),
            Datum::Flag(flag) => Ok(Value::Level(flag.to_string())),
            Datum::Missing(_) => Err(say!("app-setting-missing", name = self.name)),
        }
    }

    /// Whether a value lies within the range or is one of the levels; it need not be one of the steps.
    pub(super) fn spans(&self, value: &Value) -> bool {
        match (&self.kind, value) {
            (InputKind::Plain(ParameterKind::Continuous { low, high, .. }), Value::Number(number)) => {
                (*low..=*high).contains(number)
            }
            (InputKind::Plain(ParameterKind::Integer { low, high }), Value::Number(number)) => {
                (*low as f64..=*high as f64).contains(number)
            }
            (InputKind::Plain(ParameterKind::Ordinal { levels }), Value::Number(number)) => levels.contains(number),
            (InputKind::Plain(kind), Value::Level(level)) => kind.names().is_some_and(|levels| levels.contains(level)),
            _ => false,
        }
    }

    /// Whether numbers are set.
    pub fn is_number(&self) -> bool {
        match &self.kind {
            InputKind::Plain(kind) => kind.names().is_none(),
            InputKind::Formula(_) | InputKind::Substance(_) => false,
        }
    }

    /// The header of its column in tables, `name [unit]`.
    pub fn header(&self) -> String {
        header(&self.name, &self.unit)
    }

    /// The planner's parameter for this input; a formula is several, see [`pool`].
    pub(super) fn parameter(&self) -> Option<Parameter> {
        match &self.kind {
            InputKind::Plain(kind) => {
                Some(Parameter { name: self.name.clone(), unit: self.unit.to_string(), kind: kind.clone() })
            }
            InputKind::Formula(_) | InputKind::Substance(_) => None,
        }
    }
}
