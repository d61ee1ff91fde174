//! Settings as numbers the models can measure distances between: every parameter spans 0..1.

use matdock_message::{Message, say};

use crate::space::{Parameter, ParameterKind, Point, Scale, Space, Value};

/// How one parameter becomes columns.
#[derive(Debug, Clone)]
enum Axis {
    /// One column: `(value - offset) * rate`, of the logarithm if `log`. A rate of zero: no column.
    Number { offset: f64, rate: f64, log: bool },
    /// One column per level; two different levels are one unit apart.
    Levels(Vec<String>),
}

/// Settings to columns and back.
#[derive(Debug, Clone)]
pub(crate) struct Encoding {
    parameters: Vec<Parameter>,
    axes: Vec<Axis>,
    /// First column of each parameter.
    starts: Vec<usize>,
    groups: Vec<usize>,
}

/// How far outside 0..1 an earlier experiment may lie before it is pulled in.
const OUTSIDE: f64 = 2.0;

impl Encoding {
    pub(crate) fn new(space: &Space) -> Self {
        let axes: Vec<Axis> = match space {
            Space::Ranges(parameters) => parameters.iter().map(range_axis).collect(),
            Space::Pool(pool) => {
                (0..pool.columns().len()).map(|c| column_axis(&pool.columns()[c], c, pool.rows())).collect()
            }
        };
        let mut starts = Vec::new();
        let mut groups = Vec::new();
        let mut group = 0;
        for axis in &axes {
            starts.push(groups.len());
            let width = axis.width();
            groups.extend(std::iter::repeat_n(group, width));
            group += usize::from(width > 0);
        }
        Self { parameters: space.parameters().to_vec(), axes, starts, groups }
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        self.groups.len()
    }

    /// For each column the number of its lengthscale.
    pub(crate) fn groups(&self) -> &[usize] {
        &self.groups
    }

    /// The column of a numeric parameter.
    pub(crate) fn column(&self, parameter: usize) -> Option<usize> {
        matches!(self.axes[parameter], Axis::Number { rate, .. } if rate > 0.0).then(|| self.starts[parameter])
    }

    /// Columns of a point.
    ///
    /// Errors: too few or many settings, a setting of the wrong kind.
    pub(crate) fn encode(&self, point: &[Value]) -> Result<Vec<f64>, Message> {
        if point.len() != self.axes.len() {
            return Err(say!("plan-point-width", cells = point.len(), parameters = self.axes.len()));
        }
        let mut columns = Vec::with_capacity(self.width());
        for ((parameter, axis), value) in self.parameters.iter().zip(&self.axes).zip(point) {
            if !parameter.accepts(value) {
                return Err(say!("plan-point", name = parameter.name, value = value));
            }
            match (axis, value) {
                (Axis::Number { rate, .. }, Value::Number(_)) if *rate == 0.0 => {}
                (Axis::Number { offset, rate, log }, Value::Number(number)) => {
                    let number = if *log { number.ln() } else { *number };
                    columns.push(((number - offset) * rate).clamp(-OUTSIDE, 1.0 + OUTSIDE));
                }
                (Axis::Levels(levels), Value::Level(_)) if levels.len() < 2 => {}
                (Axis::Levels(levels), Value::Level(own)) => {
                    let one = std::f64::consts::FRAC_1_SQRT_2;
                    columns.extend(levels.iter().map(|level| if level == own { one } else { 0.0 }));
                }
                _ => return Err(say!("plan-point", name = parameter.name, value = value)),
            }
        }
        Ok(columns)
    }

    /// The allowed setting of a parameter nearest to `unit` (0..1) of its range; ranges only.
    pub(crate) fn setting(&self, parameter: usize, unit: f64) -> Value {
        setting(&self.parameters[parameter].kind, unit)
    }

    /// Squared distance of two encoded points, one unit per whole range of a parameter.
    pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    }
}

impl Axis {
    fn width(&self) -> usize {
        match self {
            Self::Number { rate, .. } => usize::from(*rate > 0.0),
            Self::Levels(levels) if levels.len() < 2 => 0,
            Self::Levels(levels) => levels.len(),
        }
    }
}

fn number_axis(low: f64, high: f64, log: bool) -> Axis {
    let (low, high) = if log { (low.ln(), high.ln()) } else { (low, high) };
    let rate = if high > low { 1.0 / (high - low) } else { 0.0 };
    // A range too narrow for its size carries no information.
    Axis::Number { offset: low, rate: if rate.is_finite() { rate } else { 0.0 }, log }
}

fn range_axis(parameter: &Parameter) -> Axis {
    match &parameter.kind {
        ParameterKind::Continuous { low, high, scale, .. } => number_axis(*low, *high, *scale == Scale::Log),
        ParameterKind::Integer { low, high } => number_axis(*low as f64, *high as f64, false),
        ParameterKind::Ordinal { levels } => {
            let (low, high) = extent(levels.iter().copied());
            number_axis(low, high, false)
        }
        ParameterKind::Categorical { levels } => Axis::Levels(levels.clone()),
    }
}

/// In a pool the rows say how wide a column is.
fn column_axis(parameter: &Parameter, column: usize, rows: &[Point]) -> Axis {
    if let ParameterKind::Categorical { levels } = &parameter.kind {
        return Axis::Levels(levels.clone());
    }
    let log = matches!(parameter.kind, ParameterKind::Continuous { scale: Scale::Log, .. });
    let (low, high) = extent(rows.iter().filter_map(|row| row[column].number()));
    number_axis(low, high, log)
}

fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

fn setting(kind: &ParameterKind, unit: f64) -> Value {
    let unit = if unit.is_finite() { unit.clamp(0.0, 1.0) } else { 0.5 };
    match kind {
        ParameterKind::Continuous { low, high, scale, step } => {
            let number = match scale {
                Scale::Linear => low + unit * (high - low),
                Scale::Log => (low.ln() + unit * (high.ln() - low.ln())).exp(),
            };
            let number = match step {
                None => number,
                Some(step) => {
                    let most = ((high - low) / step + 1e-9).floor();
                    low + ((number - low) / step).round().clamp(0.0, most) * step
                }
            };
            Value::Number(number.clamp(*low, *high))
        }
        ParameterKind::Integer { low, high } => {
            let number = *low as f64 + unit * (*high as f64 - *low as f64);
            Value::Number(number.round().clamp(*low as f64, *high as f64))
        }
        ParameterKind::Ordinal { levels } => {
            let (low, high) = extent(levels.iter().copied());
            let wanted = low + unit * (high - low);
            let nearest = levels.iter().copied().min_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()));
            Value::Number(nearest.unwrap_or(low))
        }
        ParameterKind::Categorical { levels } => {
            let index = ((unit * levels.len() as f64) as usize).min(levels.len().saturating_sub(1));
            Value::Level(levels.get(index).cloned().unwrap_or_default())
        }
    }
}
