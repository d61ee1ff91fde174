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
    /// The names of a substance in a pool that the campaign file allows; empty for all of the table.
    pub listed: Vec<String>,
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

    /// Whether a row of a pool may have this value: within the range and among the levels the campaign file gives, if it
    /// gives any.
    ///
    /// # Errors
    /// It may not; says what the campaign file allows.
    pub(super) fn admits(&self, value: &Value) -> Result<(), Message> {
        let unlisted =
            |levels: String| say!("app-pool-level-unlisted", name = self.name, level = value, levels = levels);
        let outside =
            |low: f64, high: f64| say!("app-pool-outside", name = self.name, value = value, low = low, high = high);
        match (&self.kind, value) {
            (InputKind::Plain(ParameterKind::Continuous { low, high, .. }), Value::Number(number)) => {
                if (*low..=*high).contains(number) { Ok(()) } else { Err(outside(*low, *high)) }
            }
            (InputKind::Plain(ParameterKind::Integer { low, high }), Value::Number(number)) => {
                let (low, high) = (*low as f64, *high as f64);
                if (low..=high).contains(number) { Ok(()) } else { Err(outside(low, high)) }
            }
            (InputKind::Plain(ParameterKind::Ordinal { levels }), Value::Number(number)) => {
                let texts = || levels.iter().map(ToString::to_string).collect::<Vec<_>>();
                if levels.is_empty() || levels.contains(number) { Ok(()) } else { Err(unlisted(few(&texts()))) }
            }
            (InputKind::Plain(ParameterKind::Categorical { levels }), Value::Level(level)) => {
                if levels.is_empty() || levels.contains(level) { Ok(()) } else { Err(unlisted(few(levels))) }
            }
            (InputKind::Substance(_), Value::Level(level)) => {
                let all = self.listed.is_empty() || self.listed.contains(level);
                if all { Ok(()) } else { Err(unlisted(few(&self.listed))) }
            }
            _ => Ok(()),
        }
    }

    /// Whether a named level is one of those the campaign file or its table has; true for everything else.
    pub fn knows(&self, value: &Value) -> bool {
        match (&self.kind, value) {
            (InputKind::Plain(kind), Value::Level(level)) => {
                kind.names().is_none_or(|names| names.iter().any(|name| name == level))
            }
            _ => true,
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

/// The first of many levels, for an error text.
fn few(levels: &[String]) -> String {
    const SHOWN: usize = 8;
    let more = if levels.len() > SHOWN { ", ..." } else { "" };
    format!("{}{more}", levels.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", "))
}
