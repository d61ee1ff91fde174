//! What can be set, and to what.

use std::collections::HashSet;

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

use super::{Scale, Value};

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
    /// Named choices with numbers that tell how alike they are.
    Substance {
        /// The names, all different.
        levels: Vec<String>,
        /// For each level its descriptors, in any units; equally many for all.
        descriptors: Vec<Vec<f64>>,
    },
}

impl ParameterKind {
    /// The names of the levels, for one that has names.
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Self::Categorical { levels } | Self::Substance { levels, .. } => Some(levels),
            Self::Continuous { .. } | Self::Integer { .. } | Self::Ordinal { .. } => None,
        }
    }
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

impl Parameter {
    /// A number as formulas see it, whatever its range.
    pub fn number(name: &str, unit: &str) -> Self {
        let kind = ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        Self { name: name.to_owned(), unit: unit.to_owned(), kind }
    }

    /// Whether `value` has the kind this parameter needs (a finite number, or a known level); it may lie
    /// outside the range.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        match (&self.kind, value) {
            (kind, Value::Level(level)) => kind.names().is_some_and(|levels| levels.contains(level)),
            (_, Value::Absent) => false,
            (ParameterKind::Continuous { scale, .. }, Value::Number(number)) => scale.has(*number),
            (kind, Value::Number(number)) => kind.names().is_none() && number.is_finite(),
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

    /// The allowed setting nearest to `unit` (0..1) of the range.
    pub(crate) fn setting(&self, unit: f64) -> Value {
        let unit = if unit.is_finite() { unit.clamp(0.0, 1.0) } else { 0.5 };
        match &self.kind {
            ParameterKind::Categorical { levels } | ParameterKind::Substance { levels, .. } => {
                let index = ((unit * levels.len() as f64) as usize).min(levels.len().saturating_sub(1));
                Value::Level(levels.get(index).cloned().unwrap_or_default())
            }
            _ => self.snapped(self.relaxed(unit).unwrap_or_default()),
        }
    }

    /// The number at `unit` (0..1) of the range of numbers, steps disregarded.
    pub(crate) fn relaxed(&self, unit: f64) -> Option<f64> {
        let (low, high, scale) = self.span()?;
        Some(match scale {
            Scale::Linear => low + unit * (high - low),
            scale => scale.setting(scale.position(low) + unit * (scale.position(high) - scale.position(low))),
        })
    }

    /// Where a number lies in the range, 0..1 (outside when it does).
    pub(crate) fn unit_of(&self, number: f64) -> Option<f64> {
        let (low, high, scale) = self.span()?;
        let (low, high) = (scale.position(low), scale.position(high));
        let unit = (scale.position(number) - low) / (high - low);
        Some(if unit.is_finite() { unit } else { 0.5 })
    }

    /// The allowed number nearest to `number`.
    pub(crate) fn snapped(&self, number: f64) -> Value {
        Value::Number(match &self.kind {
            ParameterKind::Continuous { low, high, step: None, .. } => number.clamp(*low, *high),
            ParameterKind::Continuous { low, high, step: Some(step), .. } => {
                grid(*low, *high, *step, (number - low) / step)
            }
            ParameterKind::Integer { low, high } => number.round().clamp(*low as f64, *high as f64),
            ParameterKind::Ordinal { levels } => {
                let nearest = levels.iter().copied().min_by(|a, b| (a - number).abs().total_cmp(&(b - number).abs()));
                nearest.unwrap_or(number)
            }
            ParameterKind::Categorical { .. } | ParameterKind::Substance { .. } => number,
        })
    }

    /// Lowest and highest number, and the scale between; none for levels with names.
    pub(crate) fn span(&self) -> Option<(f64, f64, &Scale)> {
        match &self.kind {
            ParameterKind::Continuous { low, high, scale, .. } => Some((*low, *high, scale)),
            ParameterKind::Integer { low, high } => Some((*low as f64, *high as f64, &Scale::Linear)),
            ParameterKind::Ordinal { levels } => {
                let low = levels.iter().copied().fold(f64::INFINITY, f64::min);
                let high = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                Some((low, high, &Scale::Linear))
            }
            ParameterKind::Categorical { .. } | ParameterKind::Substance { .. } => None,
        }
    }

    /// Whether it can take any number of its range.
    pub(crate) fn is_free(&self) -> bool {
        matches!(self.kind, ParameterKind::Continuous { step: None, .. })
    }

    /// Number of different settings; `usize::MAX` for any number of a range.
    pub(crate) fn count(&self) -> usize {
        match &self.kind {
            ParameterKind::Continuous { step: None, .. } => usize::MAX,
            ParameterKind::Continuous { low, high, step: Some(step), .. } => ((high - low) / step + 1e-9) as usize + 1,
            ParameterKind::Integer { low, high } => {
                usize::try_from(high.abs_diff(*low)).unwrap_or(usize::MAX).saturating_add(1)
            }
            ParameterKind::Ordinal { levels } => levels.len(),
            ParameterKind::Categorical { levels } | ParameterKind::Substance { levels, .. } => levels.len(),
        }
    }

    /// Its first `count` settings, or for any number of a range `count` evenly spread ones.
    pub(crate) fn settings(&self, count: usize) -> Vec<Value> {
        match &self.kind {
            ParameterKind::Ordinal { levels } => levels.iter().take(count).map(|level| Value::Number(*level)).collect(),
            ParameterKind::Categorical { levels } | ParameterKind::Substance { levels, .. } => {
                levels.iter().take(count).map(|level| Value::Level(level.clone())).collect()
            }
            ParameterKind::Integer { low, .. } => (0..count).map(|k| Value::Number(*low as f64 + k as f64)).collect(),
            ParameterKind::Continuous { low, high, step, .. } => match step {
                Some(step) => (0..count).map(|k| Value::Number(grid(*low, *high, *step, k as f64))).collect(),
                None => (0..count).map(|k| self.setting(k as f64 / (count.max(2) - 1) as f64)).collect(),
            },
        }
    }
}

/// The setting `low + k step`, `k` rounded and kept within the range, in the fewest decimals that mean it
/// (0.3, not 0.30000000000000004).
pub(crate) fn grid(low: f64, high: f64, step: f64, k: f64) -> f64 {
    let most = ((high - low) / step + 1e-9).floor();
    let exact = low + k.round().clamp(0.0, most) * step;
    let size = exact.abs().max(low.abs()).max(step);
    let decimals = 12 - (size.log10().floor() as i32).clamp(-290, 12);
    let plain = format!("{exact:.*}", decimals.max(0) as usize).parse().unwrap_or(exact);
    plain.min(high).max(low)
}

pub(super) fn check_parameters(parameters: &[Parameter]) -> Result<(), Message> {
    if parameters.is_empty() {
        return Err(say!("plan-space-empty"));
    }
    let mut names = HashSet::new();
    for parameter in parameters {
        if !names.insert(&parameter.name) {
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
            scale.check(name, *low, *high)?;
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
            check_levels(name, levels.iter().map(|level| (level + 0.0).to_string()))?;
        }
        ParameterKind::Categorical { levels } => check_levels(name, levels.iter())?,
        ParameterKind::Substance { levels, descriptors } => {
            check_levels(name, levels.iter())?;
            let width = descriptors.first().map_or(0, Vec::len);
            if descriptors.len() != levels.len() || descriptors.iter().any(|row| row.len() != width) {
                return Err(say!(
                    "plan-parameter-descriptors",
                    name = name,
                    levels = levels.len(),
                    rows = descriptors.len()
                ));
            }
            if let Some(row) = descriptors.iter().position(|row| row.iter().any(|number| !number.is_finite())) {
                return Err(say!("plan-parameter-descriptor", name = name, level = levels[row]));
            }
        }
    }
    Ok(())
}

fn check_levels<T: Eq + std::hash::Hash + std::fmt::Display>(
    name: &str,
    levels: impl ExactSizeIterator<Item = T>,
) -> Result<(), Message> {
    if levels.len() == 0 {
        return Err(say!("plan-parameter-no-levels", name = name));
    }
    let mut seen = HashSet::new();
    for level in levels {
        if let Some(level) = seen.replace(level) {
            return Err(say!("plan-parameter-level-twice", name = name, level = level));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_give_plain_decimals() {
        assert_eq!(grid(0.0, 1.0, 0.1, 3.0), 0.3);
        assert_eq!(grid(0.1, 0.9, 0.2, 3.0), 0.7);
        assert_eq!(grid(25.0, 300.0, 5.0, 7.2), 60.0);
        assert_eq!(grid(1e-9, 1e-8, 1e-10, 12.0), 2.2e-9);
        assert_eq!(grid(1e12, 2e12, 1e11, 3.0), 1.3e12);
        assert_eq!(grid(0.0, 1.0, 0.3, 99.0), 0.9);
    }
}
