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

    fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::Different,
            Self::Different => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtLeast => Self::Less,
            Self::More => Self::AtMost,
            Self::AtMost => Self::More,
        }
    }

    /// How far from true, positive where false.
    fn gap(self, left: f64, right: f64) -> f64 {
        if self.of(left, right) {
            return 0.0;
        }
        let gap = match self {
            Self::Equal => (left - right).abs(),
            Self::Different => EQUAL * left.abs().max(right.abs()),
            Self::Less | Self::AtMost => left - right,
            Self::More | Self::AtLeast => right - left,
        };
        if gap.is_finite() { gap.max(f64::MIN_POSITIVE) } else { WORST }
    }
}

/// The gap where it cannot be measured.
const WORST: f64 = 1e100;

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

    fn collect(&self, found: &mut Vec<usize>) {
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

    /// How far `point` is from making this `wanted`; 0 where it is so or unknown.
    pub(super) fn gap(&self, point: &[Value], wanted: bool) -> f64 {
        match self {
            Self::Numbers(comparison, left, right) => {
                let (Some(left), Some(right)) = (left.of(point), right.of(point)) else { return 0.0 };
                let comparison = if wanted { *comparison } else { comparison.opposite() };
                // What is no number is never true, and so always false.
                if !wanted && (left.is_nan() || right.is_nan()) { 0.0 } else { comparison.gap(left, right) }
            }
            Self::Texts { .. } => f64::from(u8::from(self.of(point) == Some(!wanted))),
            Self::And(parts) if wanted => parts.iter().map(|part| part.gap(point, true)).sum(),
            Self::Or(parts) if !wanted => parts.iter().map(|part| part.gap(point, false)).sum(),
            Self::And(parts) | Self::Or(parts) => {
                let gaps = parts.iter().map(|part| (part.of(point), part.gap(point, wanted)));
                // An unknown part is no way out while another part is known to be wrong.
                let known = gaps.filter(|(truth, _)| truth.is_some()).map(|(_, gap)| gap);
                let least = known.fold(f64::INFINITY, f64::min);
                if self.of(point) == Some(!wanted) && least.is_finite() { least } else { 0.0 }
            }
            Self::Not(inner) => inner.gap(point, !wanted),
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
