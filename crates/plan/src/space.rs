//! Where to search: ranges of parameters, or a pool of given candidates.

use std::collections::HashMap;

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

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

/// How distances along a continuous parameter are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Equal differences count equally.
    #[default]
    Linear,
    /// Equal ratios count equally (pressures, concentrations).
    Log,
}

/// What a parameter can be set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ParameterKind {
    /// Any number from `low` to `high`, or with a `step` the numbers `low + k step`.
    Continuous {
        /// Lowest setting.
        low: f64,
        /// Highest setting.
        high: f64,
        /// How distances are seen.
        scale: Scale,
        /// The instrument's resolution.
        step: Option<f64>,
    },
    /// Whole numbers from `low` to `high`.
    Integer {
        /// Lowest setting.
        low: i64,
        /// Highest setting.
        high: i64,
    },
    /// A few given numbers.
    Ordinal {
        /// The numbers, all different.
        levels: Vec<f64>,
    },
    /// Named choices without an order.
    Categorical {
        /// The names, all different.
        levels: Vec<String>,
    },
}

/// One thing a researcher can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, unique in the space.
    pub name: String,
    /// Its unit (UCUM code; empty when it has none).
    pub unit: String,
    /// What it can be set to.
    pub kind: ParameterKind,
}

/// Candidates given one by one: the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    columns: Vec<Parameter>,
    rows: Vec<Point>,
    labels: Vec<String>,
}

/// Where to search.
#[derive(Debug, Clone, PartialEq)]
pub enum Space {
    /// Every combination of settings within the ranges.
    Ranges(Vec<Parameter>),
    /// Only the given rows.
    Pool(Pool),
}

impl Space {
    /// A space of all combinations of settings.
    ///
    /// Errors: no parameter, a name twice, an empty or impossible range (names the parameter).
    pub fn ranges(parameters: Vec<Parameter>) -> Result<Self, Message> {
        check_parameters(&parameters)?;
        Ok(Self::Ranges(parameters))
    }

    /// The parameters, in the order of a [`Point`].
    pub fn parameters(&self) -> &[Parameter] {
        match self {
            Self::Ranges(parameters) => parameters,
            Self::Pool(pool) => &pool.columns,
        }
    }

    /// Whether `point` is one the space allows.
    pub fn contains(&self, point: &[Value]) -> bool {
        match self {
            Self::Ranges(parameters) => {
                parameters.len() == point.len() && parameters.iter().zip(point).all(|(p, value)| p.allows(value))
            }
            Self::Pool(pool) => pool.rows.iter().any(|row| row == point),
        }
    }
}

impl Pool {
    /// A pool of `rows`, each a setting of every column. `labels` name the rows for people; when empty,
    /// rows are named by their number from 1.
    ///
    /// Errors: no column or fewer than two rows, a cell that is missing, not finite or of the wrong kind,
    /// a row twice (named).
    pub fn new(columns: Vec<Parameter>, rows: Vec<Point>, labels: Vec<String>) -> Result<Self, Message> {
        check_parameters(&columns)?;
        let labels =
            if labels.is_empty() { (1..=rows.len()).map(|number| number.to_string()).collect() } else { labels };
        if rows.len() < 2 {
            return Err(say!("plan-pool-small", rows = rows.len()));
        }
        if labels.len() != rows.len() {
            return Err(say!("plan-pool-labels", rows = rows.len(), labels = labels.len()));
        }
        let mut seen: HashMap<Vec<CellKey>, usize> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            if row.len() != columns.len() {
                return Err(say!("plan-pool-width", row = labels[index], cells = row.len(), columns = columns.len()));
            }
            for (column, value) in columns.iter().zip(row) {
                if !column.accepts(value) {
                    return Err(say!("plan-pool-cell", row = labels[index], column = column.name, value = value));
                }
            }
            if let Some(first) = seen.insert(key(row), index) {
                return Err(say!("plan-pool-duplicate", first = labels[first], second = labels[index]));
            }
        }
        Ok(Self { columns, rows, labels })
    }

    /// The columns, in the order of a [`Point`].
    pub fn columns(&self) -> &[Parameter] {
        &self.columns
    }

    /// The candidates.
    pub fn rows(&self) -> &[Point] {
        &self.rows
    }

    /// What people call the candidates, one per row.
    pub fn labels(&self) -> &[String] {
        &self.labels
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

impl Parameter {
    /// Whether `value` has the kind this parameter needs (a finite number, or a known level); it may lie
    /// outside the range.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        match (&self.kind, value) {
            (ParameterKind::Categorical { levels }, Value::Level(level)) => levels.contains(level),
            (ParameterKind::Categorical { .. }, Value::Number(_)) | (_, Value::Level(_) | Value::Absent) => false,
            (ParameterKind::Continuous { scale: Scale::Log, .. }, Value::Number(number)) => {
                number.is_finite() && *number > 0.0
            }
            (_, Value::Number(number)) => number.is_finite(),
        }
    }

    /// Whether `value` is a setting the range allows, steps included.
    pub fn allows(&self, value: &Value) -> bool {
        if !self.accepts(value) {
            return false;
        }
        match (&self.kind, value) {
            (ParameterKind::Continuous { low, high, step, .. }, Value::Number(number)) => {
                let inside = number >= low && number <= high;
                inside
                    && step.is_none_or(|step| {
                        let count = ((number - low) / step).round();
                        (low + count * step - number).abs() <= 1e-9 * step.max(number.abs())
                    })
            }
            (ParameterKind::Integer { low, high }, Value::Number(number)) => {
                number.fract() == 0.0 && *number >= *low as f64 && *number <= *high as f64
            }
            (ParameterKind::Ordinal { levels }, Value::Number(number)) => levels.contains(number),
            _ => true,
        }
    }
}

fn check_parameters(parameters: &[Parameter]) -> Result<(), Message> {
    if parameters.is_empty() {
        return Err(say!("plan-space-empty"));
    }
    for (index, parameter) in parameters.iter().enumerate() {
        if parameters[..index].iter().any(|other| other.name == parameter.name) {
            return Err(say!("plan-parameter-twice", name = parameter.name));
        }
        check_kind(parameter)?;
    }
    Ok(())
}

/// Whole numbers above this are not exact as f64.
const LARGEST_INTEGER: i64 = 1 << 53;

fn check_kind(parameter: &Parameter) -> Result<(), Message> {
    let name = &parameter.name;
    match &parameter.kind {
        ParameterKind::Continuous { low, high, scale, step } => {
            let width = high - low;
            if !(low.is_finite() && high.is_finite() && low < high && width.is_finite()) {
                return Err(say!("plan-parameter-range", name = name, low = low, high = high));
            }
            if *scale == Scale::Log && *low <= 0.0 {
                return Err(say!("plan-parameter-log", name = name, low = low));
            }
            if let Some(step) = step.filter(|step| !(*step > 0.0 && *step <= width && width / step <= 1e9)) {
                return Err(say!("plan-parameter-step", name = name, step = step));
            }
        }
        ParameterKind::Integer { low, high } => {
            if low >= high || *low < -LARGEST_INTEGER || *high > LARGEST_INTEGER {
                return Err(say!("plan-parameter-range", name = name, low = low, high = high));
            }
        }
        ParameterKind::Ordinal { levels } => {
            if levels.iter().any(|level| !level.is_finite()) {
                return Err(say!("plan-parameter-level-number", name = name));
            }
            check_levels(name, levels)?;
        }
        ParameterKind::Categorical { levels } => check_levels(name, levels)?,
    }
    Ok(())
}

fn check_levels<T: PartialEq + std::fmt::Display>(name: &str, levels: &[T]) -> Result<(), Message> {
    if levels.is_empty() {
        return Err(say!("plan-parameter-no-levels", name = name));
    }
    for (index, level) in levels.iter().enumerate() {
        if levels[..index].contains(level) {
            return Err(say!("plan-parameter-level-twice", name = name, level = level));
        }
    }
    Ok(())
}
