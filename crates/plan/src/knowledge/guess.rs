//! A guess of the optimum: tried first, then drawing the search to it, the less the more was measured.

use std::{collections::HashSet, ops::Range};

use matdock_message::{Message, say};

use crate::{
    encode::Encoding,
    expression::nearest,
    search::Preference,
    space::{Parameter, ParameterKind, Space, Value},
};

/// Where somebody expects the optimum, and how surely.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// Positions of the parameters it speaks of, with their settings.
    at: Vec<(usize, Value)>,
    /// Probability, above 0 and below 1, that the best setting of such a parameter is near.
    confidence: f64,
}

impl Guess {
    /// A guess for some or all parameters of `space`, by name.
    ///
    /// # Errors
    /// No parameter, an unknown one, a setting it cannot have, a confidence that is not between 0 and 1.
    pub fn new(at: &[(String, Value)], confidence: f64, space: &Space) -> Result<Self, Message> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(say!("plan-guess-confidence", confidence = confidence));
        }
        if at.is_empty() {
            return Err(say!("plan-guess-empty"));
        }
        let resolve = |(name, value): &(String, Value)| {
            let position = position(name, space)?;
            let parameter = &space.parameters()[position];
            let reachable = match space {
                Space::Ranges(ranges) => {
                    let left_out = *value == Value::Number(0.0) && ranges.is_optional(position);
                    left_out || within(parameter, value)
                }
                Space::Pool(pool) => within_column(parameter, value, pool.rows().iter().map(|row| &row[position])),
            };
            if reachable { Ok((position, value.clone())) } else { Err(outside(parameter, value)) }
        };
        let at = at.iter().map(resolve).collect::<Result<Vec<_>, _>>()?;
        let mut seen = HashSet::new();
        if let Some((twice, _)) = at.iter().find(|(position, _)| !seen.insert(*position)) {
            return Err(say!("plan-parameter-twice", name = space.parameters()[*twice].name));
        }
        Ok(Self { at, confidence })
    }

    /// The settings guessed, each with the position of its parameter.
    pub fn at(&self) -> &[(usize, Value)] {
        &self.at
    }

    /// Probability, above 0 and below 1, that the best setting of such a parameter is near.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }
}

/// Position of the parameter called `name`.
pub(super) fn position(name: &str, space: &Space) -> Result<usize, Message> {
    let parameters = space.parameters();
    parameters.iter().position(|parameter| parameter.name == name).ok_or_else(|| {
        match nearest(name, parameters.iter().map(|p| p.name.as_str())) {
            Some(near) => say!("plan-expression-name-near", name = name, near = near),
            None => say!("plan-knowledge-name", name = name),
        }
    })
}

fn within(parameter: &Parameter, value: &Value) -> bool {
    let between = |number: f64| parameter.span().is_some_and(|(low, high, _)| (low..=high).contains(&number));
    match (&parameter.kind, value) {
        (ParameterKind::Ordinal { .. }, _) | (_, Value::Level(_)) => parameter.allows(value),
        (_, Value::Number(number)) => between(*number),
        (_, Value::Absent) => false,
    }
}

fn within_column<'a>(parameter: &Parameter, value: &Value, column: impl Iterator<Item = &'a Value> + Clone) -> bool {
    let Some(number) = value.number() else { return parameter.accepts(value) && column.clone().any(|v| v == value) };
    let numbers = column.filter_map(Value::number);
    let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), n| (l.min(n), h.max(n)));
    parameter.accepts(value) && (low..=high).contains(&number)
}

fn outside(parameter: &Parameter, value: &Value) -> Message {
    say!("plan-guess-outside", name = parameter.name, value = value, unit = parameter.unit)
}

/// How far from the guess a parameter still counts as near (standard deviation, share of its range).
const NEAR: f64 = 0.15;
/// The weight of the guess is this number of experiments divided by those done.
const EXPERIMENTS: f64 = 10.0;
/// Settings this close to the guess count as having tried it (share of the range).
const SAME: f64 = 0.02;

/// A guess in columns, with the weight it still has.
///
/// The score of a point is multiplied by its prior density to the power `EXPERIMENTS / done`. The density is a
/// product over parameters of `confidence * normal + (1 - confidence) * constant`, so that a wrong parameter costs a
/// bounded factor and the others still help.
///
/// Source: Hvarfner, Stoll, Souza, Lindauer, Hutter & Nardi, pi-BO: Augmenting acquisition functions with user beliefs
/// for Bayesian optimization, ICLR 2022, eq. 6.
pub(crate) struct Guessed<'a> {
    encoding: &'a Encoding,
    parts: Vec<(Range<usize>, Vec<f64>)>,
    confidence: f64,
    weight: f64,
}

impl<'a> Guessed<'a> {
    /// The guess after `done` experiments.
    pub(crate) fn new(guess: &Guess, encoding: &'a Encoding, base: &[Value], done: usize) -> Self {
        let mut point = base.to_vec();
        for (parameter, value) in &guess.at {
            if let Some(cell) = point.get_mut(*parameter) {
                *cell = value.clone();
            }
        }
        let columns = encoding.encode(&point).unwrap_or_default();
        let parts = guess.at.iter().filter_map(|(parameter, _)| {
            let range = encoding.columns_of(*parameter);
            columns.get(range.clone()).filter(|own| !own.is_empty()).map(|own| (range, own.to_vec()))
        });
        let weight = EXPERIMENTS / done.max(1) as f64;
        Self { encoding, parts: parts.collect(), confidence: guess.confidence, weight }
    }

    /// Distance from the guess in the parameters it speaks of (1: the whole range of one).
    pub(crate) fn distance(&self, columns: &[f64]) -> f64 {
        self.parts.iter().map(|(range, own)| square(columns, range, own)).sum::<f64>().sqrt()
    }

    /// Whether one of `tried` is as good as the guess, when the nearest point there is lies at `nearest`.
    pub(crate) fn is_tried<'c>(&self, tried: impl Iterator<Item = &'c [f64]>, nearest: f64) -> bool {
        tried.into_iter().any(|columns| self.distance(columns) <= nearest + SAME)
    }
}

fn square(columns: &[f64], range: &Range<usize>, own: &[f64]) -> f64 {
    own.iter().zip(columns.get(range.clone()).unwrap_or_default()).map(|(a, b)| (a - b) * (a - b)).sum()
}

impl Preference for Guessed<'_> {
    fn log(&self, point: &[Value]) -> f64 {
        self.encoding.encode(point).map_or(0.0, |columns| self.log_with_gradient(&columns).0)
    }

    fn log_with_gradient(&self, columns: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; columns.len()];
        let mut sum = 0.0;
        for (range, own) in &self.parts {
            let near = self.confidence * (-0.5 * square(columns, range, own) / (NEAR * NEAR)).exp();
            let density = near + 1.0 - self.confidence;
            sum += density.ln();
            for (index, own) in range.clone().zip(own) {
                gradient[index] -= self.weight * near / density * (columns[index] - own) / (NEAR * NEAR);
            }
        }
        (self.weight * sum, gradient)
    }
}
