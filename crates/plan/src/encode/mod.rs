//! Settings as numbers the models can measure distances between: every parameter spans 0..1.

mod descriptors;
mod levels;

use std::sync::Arc;

use matdock_message::{Message, say};

use crate::space::{Parameter, ParameterKind, Point, Ranges, Scale, Space, Value};
use levels::Levels;

/// How one parameter becomes columns.
#[derive(Debug, Clone)]
enum Axis {
    /// One column: `(position - offset) * rate` on the scale. A rate of zero: no column.
    Number { offset: f64, rate: f64, scale: Scale },
    /// Some columns per level.
    Levels(Levels),
}

/// Settings to columns and back.
#[derive(Debug, Clone)]
pub(crate) struct Encoding {
    parameters: Vec<Parameter>,
    /// The ranges with their rules; none for a pool.
    ranges: Option<Arc<Ranges>>,
    axes: Vec<Axis>,
    /// First column of each parameter.
    starts: Vec<usize>,
    groups: Vec<usize>,
}

/// How far outside 0..1 an earlier experiment may lie before it is pulled in.
const OUTSIDE: f64 = 2.0;
/// Where a number that is absent stands.
const ABSENT: f64 = 0.5;

impl Encoding {
    pub(crate) fn new(space: &Space) -> Self {
        let axes: Vec<Axis> = match space {
            Space::Ranges(ranges) => (0..ranges.parameters().len()).map(|index| range_axis(ranges, index)).collect(),
            Space::Pool(pool) => {
                (0..pool.columns().len()).map(|c| column_axis(&pool.columns()[c], c, pool.rows())).collect()
            }
        };
        let mut starts = Vec::new();
        let mut groups: Vec<usize> = Vec::new();
        let mut group = 0;
        for axis in &axes {
            starts.push(groups.len());
            let own = axis.groups();
            groups.extend(own.iter().map(|g| group + g));
            group += own.iter().max().map_or(0, |most| most + 1);
        }
        let ranges = match space {
            Space::Ranges(ranges) => Some(Arc::new(ranges.clone())),
            Space::Pool(_) => None,
        };
        Self { parameters: space.parameters().to_vec(), ranges, axes, starts, groups }
    }

    /// The same columns for a part of the ranges.
    pub(crate) fn within(&self, ranges: Arc<Ranges>) -> Self {
        Self { ranges: Some(ranges), ..self.clone() }
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        self.groups.len()
    }

    /// For each column the number of its lengthscale.
    pub(crate) fn groups(&self) -> &[usize] {
        &self.groups
    }

    /// The ranges it was made for; none for a pool.
    pub(crate) fn ranges(&self) -> Option<&Ranges> {
        self.ranges.as_deref()
    }

    /// The columns of a parameter; none where all its settings are alike.
    pub(crate) fn columns_of(&self, parameter: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(parameter).copied().unwrap_or(self.width());
        start..self.starts.get(parameter + 1).copied().unwrap_or(self.width())
    }

    /// The columns of all parameters with named levels.
    pub(crate) fn level_columns(&self) -> Vec<usize> {
        let named = (0..self.axes.len()).filter(|&parameter| matches!(self.axes[parameter], Axis::Levels(_)));
        named.flat_map(|parameter| self.columns_of(parameter)).collect()
    }

    /// The column of a numeric parameter.
    pub(crate) fn column(&self, parameter: usize) -> Option<usize> {
        matches!(self.axes[parameter], Axis::Number { rate, .. } if rate > 0.0).then(|| self.starts[parameter])
    }

    /// Columns of a point. A parameter that its condition takes away counts as absent, whatever was written down.
    ///
    /// Errors: too few or many settings, a setting of the wrong kind.
    pub(crate) fn encode(&self, point: &[Value]) -> Result<Vec<f64>, Message> {
        if point.len() != self.axes.len() {
            return Err(say!("plan-point-width", cells = point.len(), parameters = self.axes.len()));
        }
        let mut columns = Vec::with_capacity(self.width());
        for (index, ((parameter, axis), value)) in self.parameters.iter().zip(&self.axes).zip(point).enumerate() {
            let absent = *value == Value::Absent;
            if self
                .ranges()
                .is_some_and(|ranges| ranges.when(index).is_some() && (absent || !ranges.is_there(index, point)))
            {
                axis.put_absent(&mut columns);
                continue;
            }
            match (axis, value) {
                (_, Value::Absent) => return Err(say!("plan-point-absent", name = parameter.name)),
                (Axis::Number { offset, rate, scale }, Value::Number(number)) => {
                    let zero = *number == 0.0 && self.ranges().is_some_and(|ranges| ranges.is_optional(index));
                    if !zero && !parameter.accepts(value) {
                        return Err(say!("plan-point", name = parameter.name, value = value));
                    }
                    if *rate > 0.0 {
                        let unit = (scale.position(*number) - offset) * rate;
                        columns.push(unit.clamp(-OUTSIDE, 1.0 + OUTSIDE));
                    }
                }
                (Axis::Levels(levels), Value::Level(level)) => {
                    let code = levels.code(level);
                    columns.extend(code.ok_or_else(|| say!("plan-point", name = parameter.name, value = value))?);
                }
                _ => return Err(say!("plan-point", name = parameter.name, value = value)),
            }
        }
        Ok(columns)
    }

    /// The allowed setting of a parameter nearest to `unit` (0..1) of its range; ranges only.
    pub(crate) fn setting(&self, parameter: usize, unit: f64) -> Value {
        self.parameters[parameter].setting(unit)
    }

    /// The number that stands at `unit` in the column of a parameter, whether or not it can be set.
    pub(crate) fn number(&self, parameter: usize, unit: f64) -> Option<f64> {
        match &self.axes[parameter] {
            Axis::Number { offset, rate, scale } if *rate > 0.0 => Some(scale.setting(offset + unit / rate)),
            _ => None,
        }
    }

    /// Where a number stands in the column of a parameter (0..1 within its range).
    pub(crate) fn unit(&self, parameter: usize, number: f64) -> Option<f64> {
        match self.axes.get(parameter)? {
            Axis::Number { offset, rate, scale } if *rate > 0.0 => {
                Some((scale.position(number) - offset) * rate).filter(|unit| unit.is_finite())
            }
            _ => None,
        }
    }

    /// Squared distance of two encoded points, one unit per whole range of a parameter.
    pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    }
}

impl Axis {
    /// For each column the number of its lengthscale within the parameter.
    fn groups(&self) -> Vec<usize> {
        match self {
            Self::Number { rate, .. } => vec![0; usize::from(*rate > 0.0)],
            Self::Levels(levels) => levels.groups().to_vec(),
        }
    }

    fn put_absent(&self, columns: &mut Vec<f64>) {
        let cell = if matches!(self, Self::Number { .. }) { ABSENT } else { 0.0 };
        columns.extend(std::iter::repeat_n(cell, self.groups().len()));
    }
}

fn number_axis(low: f64, high: f64, scale: &Scale) -> Axis {
    let (low, high) = (scale.position(low), scale.position(high));
    let (low, high) = (low.min(high), low.max(high));
    let rate = if high > low { 1.0 / (high - low) } else { 0.0 };
    // A range too narrow for its size carries no information.
    Axis::Number { offset: low, rate: if rate.is_finite() { rate } else { 0.0 }, scale: scale.clone() }
}

fn level_axis(kind: &ParameterKind) -> Option<Axis> {
    match kind {
        ParameterKind::Categorical { levels } => Some(Axis::Levels(Levels::different(levels))),
        ParameterKind::Substance { levels, descriptors } => Some(Axis::Levels(Levels::alike(levels, descriptors))),
        _ => None,
    }
}

fn range_axis(ranges: &Ranges, index: usize) -> Axis {
    let kind = &ranges.parameters()[index].kind;
    level_axis(kind).unwrap_or_else(|| {
        let (low, high, scale) = ranges.parameters()[index].span().unwrap_or((0.0, 0.0, &Scale::Linear));
        // A component that may be left out stands at zero then.
        number_axis(if ranges.is_optional(index) { 0.0 } else { low }, high, scale)
    })
}

/// In a pool the rows say how wide a column is.
fn column_axis(parameter: &Parameter, column: usize, rows: &[Point]) -> Axis {
    level_axis(&parameter.kind).unwrap_or_else(|| {
        let scale = parameter.span().map_or(&Scale::Linear, |(_, _, scale)| scale);
        let numbers = || rows.iter().filter_map(|row| row[column].number());
        let low = numbers().fold(f64::INFINITY, f64::min);
        let high = numbers().fold(f64::NEG_INFINITY, f64::max);
        number_axis(low, high, scale)
    })
}
