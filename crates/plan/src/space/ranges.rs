//! Ranges of parameters, and the rules that settings have to keep together.

use matdock_message::{Message, say};

use super::{Mixture, Parameter, ParameterKind, Point, Value, mixture::Blend, parameter::check_parameters};
use crate::expression::Condition;

/// Something all settings have to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What is looked at.
    pub condition: Condition,
    /// Whether it has to hold (a constraint) or must not (something forbidden). A rule on a parameter that is absent
    /// says nothing.
    pub wanted: bool,
    /// Why, in a person's words.
    pub reason: Option<String>,
}

/// How the parameters of a space hang together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// What has to hold, or must not.
    pub rules: Vec<Rule>,
    /// Components that add up.
    pub mixtures: Vec<Mixture>,
    /// Positions of parameters that are there only when a condition on other parameters holds.
    pub when: Vec<(usize, Condition)>,
}

/// Every combination of settings within ranges that keeps the rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranges {
    parameters: Vec<Parameter>,
    pub(super) rules: Vec<Rule>,
    pub(super) blends: Vec<Blend>,
    /// For each parameter the condition under which it is there.
    when: Vec<Option<Condition>>,
    /// Parameters in an order in which each comes after those its condition speaks of.
    pub(super) order: Vec<usize>,
    /// For each parameter its mixture and its place there.
    place: Vec<Option<(usize, usize)>>,
    /// Allowed points found when the rules were checked.
    pub(super) anchors: Vec<Point>,
}

impl Rule {
    /// A rule that has to hold.
    pub fn keep(condition: Condition) -> Self {
        Self { condition, wanted: true, reason: None }
    }

    /// Settings that are forbidden.
    pub fn forbid(condition: Condition, reason: Option<String>) -> Self {
        Self { condition, wanted: false, reason }
    }

    /// Whether `point` keeps it.
    pub fn allows(&self, point: &[Value]) -> bool {
        self.condition.truth(point) != Some(!self.wanted)
    }

    /// As people wrote it.
    fn shown(&self) -> String {
        let mark = if self.wanted { "" } else { "not " };
        format!("{mark}({})", self.condition)
    }
}

impl Ranges {
    pub(super) fn new(parameters: Vec<Parameter>, rules: Rules) -> Result<Self, Message> {
        check_parameters(&parameters)?;
        let Rules { rules, mixtures, when: conditions } = rules;
        let mut place = vec![None; parameters.len()];
        let mut blends = Vec::new();
        for mixture in mixtures {
            for (position, &component) in mixture.components.iter().enumerate() {
                let other = place.get_mut(component).and_then(|own| own.replace((blends.len(), position)));
                if other.is_some() {
                    return Err(say!("plan-mixture-twice", component = parameters[component].name));
                }
            }
            blends.push(Blend::new(mixture, &parameters)?);
        }
        let mut when = vec![None; parameters.len()];
        for (parameter, condition) in conditions {
            if place.get(parameter).is_some_and(Option::is_some) {
                return Err(say!("plan-when-mixture", name = parameters[parameter].name));
            }
            if let Some(own) = when.get_mut(parameter) {
                *own = Some(condition);
            }
        }
        let order = order(&parameters, &when)?;
        let mut ranges = Self { parameters, rules, blends, when, order, place, anchors: Vec::new() };
        if ranges.is_ruled() {
            ranges.anchors = ranges.find_anchors()?;
        }
        Ok(ranges)
    }

    /// The same with one more rule.
    ///
    /// Errors: no settings keep it together with the others.
    pub(crate) fn narrowed(&self, rule: Rule) -> Result<Self, Message> {
        let mut narrow = self.clone();
        narrow.rules.push(rule);
        narrow.anchors = narrow.find_anchors()?;
        Ok(narrow)
    }

    /// The parameters, in the order of a [`Point`].
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// What settings have to keep together.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether there is anything beyond the ranges: rules, mixtures or conditions.
    pub fn is_ruled(&self) -> bool {
        !self.rules.is_empty() || !self.blends.is_empty() || self.when.iter().any(Option::is_some)
    }

    /// Whether every setting is one its parameter allows, there exactly when it should be, and all rules are kept.
    pub fn allows(&self, point: &[Value]) -> bool {
        self.fits(point) && self.rules.iter().all(|rule| rule.allows(point))
    }

    /// The first rule that `point` breaks.
    pub fn broken(&self, point: &[Value]) -> Option<&Rule> {
        self.rules.iter().find(|rule| !rule.allows(point))
    }

    /// [`Ranges::allows`] without the rules.
    fn fits(&self, point: &[Value]) -> bool {
        let fits = |(index, value): (usize, &Value)| match (self.is_there(index, point), &self.place[index]) {
            (false, _) => *value == Value::Absent,
            // The mixture knows which settings are allowed.
            (true, Some(_)) => true,
            (true, None) => self.parameters[index].allows(value),
        };
        point.len() == self.parameters.len()
            && point.iter().enumerate().all(fits)
            && self.blends.iter().all(|blend| blend.amounts(point).is_some_and(|amounts| blend.is_kept(&amounts)))
    }

    /// Whether parameter number `parameter` is to be set at `point`, by the others there.
    pub fn is_there(&self, parameter: usize, point: &[Value]) -> bool {
        self.when.get(parameter).and_then(Option::as_ref).is_none_or(|condition| condition.holds(point))
    }

    /// The condition under which parameter number `parameter` is there; none when it always is.
    pub fn when(&self, parameter: usize) -> Option<&Condition> {
        self.when.get(parameter).and_then(Option::as_ref)
    }

    /// Makes absent what should be, and gives what should be there and is not the setting `missing` gives.
    pub(crate) fn complete(&self, point: &mut Point, mut missing: impl FnMut(usize) -> Value) {
        for &index in &self.order {
            if self.when[index].is_none() {
                continue;
            }
            match (self.is_there(index, point), &point[index]) {
                (false, _) => point[index] = Value::Absent,
                (true, Value::Absent) => point[index] = missing(index),
                (true, _) => {}
            }
        }
    }

    /// Parameters in an order in which each comes after those its condition speaks of.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Whether the mixture of a parameter is not yet beyond its total at a point that is only set in part.
    pub(crate) fn may_add_up(&self, parameter: usize, point: &[Value]) -> bool {
        self.blend_of(parameter).is_none_or(|(blend, _)| {
            let components = blend.mixture.components.iter();
            let sum: f64 = components.filter_map(|&component| point[component].number()).sum();
            sum <= blend.mixture.total * (1.0 + 1e-9)
        })
    }

    /// Components of mixtures, mixture by mixture.
    pub(crate) fn blends(&self) -> &[Blend] {
        &self.blends
    }

    /// The mixture of a parameter and its place there.
    pub(crate) fn blend_of(&self, parameter: usize) -> Option<(&Blend, usize)> {
        self.place[parameter].map(|(blend, position)| (&self.blends[blend], position))
    }

    /// Whether a parameter is a component of a mixture that may be left out (zero, whatever its range).
    pub fn is_optional(&self, parameter: usize) -> bool {
        self.blend_of(parameter).is_some_and(|(blend, _)| blend.mixture.is_optional())
    }

    /// `point` with one setting changed, and the others of a mixture and of conditions moved as little as needed.
    pub(crate) fn with(&self, point: &[Value], parameter: usize, value: Value) -> Point {
        let mut changed = point.to_vec();
        changed[parameter] = value;
        if let (Some((blend, position)), Some(amounts)) =
            (self.blend_of(parameter), self.blend_of(parameter).and_then(|(blend, _)| blend.amounts(&changed)))
        {
            blend.put(&blend.around(&amounts, position), &mut changed);
        }
        self.complete(&mut changed, |index| self.parameters[index].setting(0.5));
        changed
    }

    pub(super) fn readable(&self, point: &[Value]) -> Point {
        for digits in [4, 6] {
            let mut rounded = point.to_vec();
            for (index, value) in rounded.iter_mut().enumerate() {
                if let (Value::Number(number), None, ParameterKind::Continuous { low, high, step: None, .. }) =
                    (&value, &self.place[index], &self.parameters[index].kind)
                {
                    let short = format!("{number:.digits$e}").parse().unwrap_or(*number);
                    *value = Value::Number(short.clamp(*low, *high));
                }
            }
            for blend in &self.blends {
                if let Some(amounts) = blend.amounts(point) {
                    blend.put(&blend.readable(&amounts, digits), &mut rounded);
                }
            }
            if !self.is_ruled() || self.allows(&rounded) {
                return rounded;
            }
        }
        point.to_vec()
    }

    /// The names of the rules in `chosen`, for an error.
    pub(super) fn shown(&self, chosen: &[usize]) -> String {
        chosen.iter().map(|&rule| self.rules[rule].shown()).collect::<Vec<_>>().join("; ")
    }
}

/// Parents before children.
fn order(parameters: &[Parameter], when: &[Option<Condition>]) -> Result<Vec<usize>, Message> {
    let mut order: Vec<usize> = (0..parameters.len()).filter(|&index| when[index].is_none()).collect();
    let mut waiting: Vec<usize> = (0..parameters.len()).filter(|&index| when[index].is_some()).collect();
    while !waiting.is_empty() {
        let ready = |index: &usize| {
            when[*index].as_ref().is_none_or(|c| c.parameters().iter().all(|parent| order.contains(parent)))
        };
        let (next, rest): (Vec<usize>, Vec<usize>) = waiting.iter().partition(|index| ready(index));
        if next.is_empty() {
            let names: Vec<&str> = rest.iter().map(|&index| parameters[index].name.as_str()).collect();
            return Err(say!("plan-when-circle", names = names.join(", ")));
        }
        order.extend(next);
        waiting = rest;
    }
    Ok(order)
}
