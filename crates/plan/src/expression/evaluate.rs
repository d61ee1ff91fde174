//! What an expression says of a point.

use crate::space::Value;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    Constant(f64),
    Parameter(usize),
    Negative(Box<Number>),
    Operation(Operator, Box<Number>, Box<Number>),
    Call(Function, Vec<Number>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Power,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Sqrt,
    Abs,
    Exp,
    Ln,
    Log10,
    Sin,
    Cos,
    Tan,
    Floor,
    Ceil,
    Round,
    Min,
    Max,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Text {
    Constant(String),
    Parameter(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Different,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Truth {
    Numbers(Comparison, Number, Number),
    Texts { left: Text, right: Text, equal: bool },
    And(Vec<Truth>),
    Or(Vec<Truth>),
    Not(Box<Truth>),
}

impl Function {
    pub(super) const ALL: [(&'static str, Self); 13] = [
        ("sqrt", Self::Sqrt),
        ("abs", Self::Abs),
        ("exp", Self::Exp),
        ("ln", Self::Ln),
        ("log10", Self::Log10),
        ("sin", Self::Sin),
        ("cos", Self::Cos),
        ("tan", Self::Tan),
        ("floor", Self::Floor),
        ("ceil", Self::Ceil),
        ("round", Self::Round),
        ("min", Self::Min),
        ("max", Self::Max),
    ];

    /// Whether it takes any number of arguments instead of one.
    pub(super) fn takes_many(self) -> bool {
        matches!(self, Self::Min | Self::Max)
    }
}

/// Numbers this near (relative) count as equal: decimal steps are not exact in binary.
const EQUAL: f64 = 1e-9;
/// An ordered comparison forgives only rounding.
const ROUNDING: f64 = 1e-12;

impl Comparison {
    fn of(self, left: f64, right: f64) -> bool {
        let size = left.abs().max(right.abs());
        let near = |tolerance: f64| left == right || (left - right).abs() <= tolerance * size;
        match self {
            _ if left.is_nan() || right.is_nan() => false,
            Self::Equal => near(EQUAL),
            Self::Different => !near(EQUAL),
            Self::Less => left < right && !near(ROUNDING),
            Self::More => left > right && !near(ROUNDING),
            Self::AtMost => left <= right || near(ROUNDING),
            Self::AtLeast => left >= right || near(ROUNDING),
        }
    }
}

impl Number {
    /// The value; `None` where a parameter is absent.
    pub(super) fn of(&self, point: &[Value]) -> Option<f64> {
        Some(match self {
            Self::Constant(number) => *number,
            Self::Parameter(index) => point.get(*index)?.number()?,
            Self::Negative(inner) => -inner.of(point)?,
            Self::Operation(operator, left, right) => {
                let (left, right) = (left.of(point)?, right.of(point)?);
                match operator {
                    Operator::Plus => left + right,
                    Operator::Minus => left - right,
                    Operator::Times => left * right,
                    Operator::Over => left / right,
                    Operator::Power => left.powf(right),
                }
            }
            Self::Call(function, arguments) => {
                let mut values = arguments.iter().map(|argument| argument.of(point));
                let first = values.next().flatten()?;
                match function {
                    Function::Sqrt => first.sqrt(),
                    Function::Abs => first.abs(),
                    Function::Exp => first.exp(),
                    Function::Ln => first.ln(),
                    Function::Log10 => first.log10(),
                    Function::Sin => first.sin(),
                    Function::Cos => first.cos(),
                    Function::Tan => first.tan(),
                    Function::Floor => first.floor(),
                    Function::Ceil => first.ceil(),
                    Function::Round => first.round(),
                    Function::Min => values.try_fold(first, |least, v| v.map(|v| least.min(v)))?,
                    Function::Max => values.try_fold(first, |most, v| v.map(|v| most.max(v)))?,
                }
            }
        })
    }

    pub(super) fn collect(&self, found: &mut Vec<usize>) {
        match self {
            Self::Constant(_) => {}
            Self::Parameter(index) => found.push(*index),
            Self::Negative(inner) => inner.collect(found),
            Self::Operation(_, left, right) => {
                left.collect(found);
                right.collect(found);
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.collect(found)),
        }
    }
}

impl Text {
    fn of<'a>(&'a self, point: &'a [Value]) -> Option<&'a str> {
        match self {
            Self::Constant(text) => Some(text),
            Self::Parameter(index) => match point.get(*index)? {
                Value::Level(level) => Some(level),
                Value::Number(_) | Value::Absent => None,
            },
        }
    }
}

impl Truth {
    /// Three-valued: `None` where it hangs on something absent.
    pub(super) fn of(&self, point: &[Value]) -> Option<bool> {
        match self {
            Self::Numbers(comparison, left, right) => Some(comparison.of(left.of(point)?, right.of(point)?)),
            Self::Texts { left, right, equal } => Some((left.of(point)? == right.of(point)?) == *equal),
            Self::And(parts) => all(parts.iter().map(|part| part.of(point))),
            Self::Or(parts) => all(parts.iter().map(|part| part.of(point).map(|t| !t))).map(|none| !none),
            Self::Not(inner) => inner.of(point).map(|truth| !truth),
        }
    }

    /// A comparison to be changed so that this becomes `wanted`, where several would do any of them.
    pub(super) fn broken(
        &self,
        point: &[Value],
        wanted: bool,
        pick: &mut dyn FnMut(usize) -> usize,
    ) -> Option<Leaf<'_>> {
        match self {
            Self::Numbers(..) | Self::Texts { .. } => Some(Leaf { truth: self, wanted }),
            Self::Not(inner) => inner.broken(point, !wanted, pick),
            Self::And(parts) | Self::Or(parts) => {
                let wrong: Vec<&Truth> = parts.iter().filter(|part| part.of(point) == Some(!wanted)).collect();
                let next = wrong.get(pick(wrong.len().max(1)))?;
                next.broken(point, wanted, pick)
            }
        }
    }

    pub(super) fn collect(&self, found: &mut Vec<usize>) {
        match self {
            Self::Numbers(_, left, right) => {
                left.collect(found);
                right.collect(found);
            }
            Self::Texts { left, right, .. } => {
                found.extend([left, right].into_iter().filter_map(|text| match text {
                    Text::Parameter(index) => Some(*index),
                    Text::Constant(_) => None,
                }));
            }
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect(found)),
            Self::Not(inner) => inner.collect(found),
        }
    }
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut truth = Some(true);
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => truth = None,
        }
    }
    truth
}

/// One comparison that should be true, or should not.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    truth: &'a Truth,
    wanted: bool,
}

impl Leaf<'_> {
    /// Positions of the parameters it compares, each once.
    pub(crate) fn parameters(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.truth.collect(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Left minus right side of a comparison of numbers, moved a little where equal sides are not enough.
    pub(crate) fn gap(&self, point: &[Value]) -> Option<f64> {
        let Truth::Numbers(comparison, left, right) = self.truth else { return None };
        let (left, right) = (left.of(point)?, right.of(point)?);
        let margin = 1e-9 * left.abs().max(right.abs()).max(f64::MIN_POSITIVE);
        let margin = match (comparison, self.wanted) {
            (Comparison::Equal, true) | (Comparison::Different, false) => 0.0,
            (Comparison::Less, true) | (Comparison::AtLeast, false) => margin,
            (Comparison::More, true) | (Comparison::AtMost, false) => -margin,
            (Comparison::Equal, false) | (Comparison::Different, true) => 4.0 * margin,
            _ => 0.0,
        };
        Some(left - right + margin)
    }

    /// The level that would set parameter `index` right in a comparison of levels.
    pub(crate) fn level(&self, index: usize, point: &[Value]) -> Option<String> {
        let Truth::Texts { left, right, equal } = self.truth else { return None };
        if *equal != self.wanted {
            return None;
        }
        let other = if *left == Text::Parameter(index) { right } else { left };
        other.of(point).map(str::to_owned)
    }
}
