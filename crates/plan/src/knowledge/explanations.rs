//! What is known of outcomes as explanations that stand beside the plain model, weighted by the data.

use matdock_learn::{Explained, Explanation, Trend};
use serde::Serialize;

use super::{Knowledge, source};
use crate::{encode::Encoding, goal::Goal};

/// Something known of an outcome: a source by its position, or a trend by its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Source(usize),
    Trend(usize),
}

/// How much the model relies on something people know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weight {
    /// Name of the outcome.
    pub outcome: String,
    /// The source, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Or the trend, by the position it was given at (from 0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trend: Option<usize>,
    /// Share of the model that contains it, 0 to 1. The data decide; a source begins low, a trend at a half.
    pub share: f64,
    /// Learnt coefficient: of a source 1 when the tasks are alike after standardising and 0 when they have nothing in
    /// common; of a trend the change over its range in standard deviations of what was measured, positive upwards.
    /// None where nothing of it is left.
    pub coefficient: Option<f64>,
    /// Whether the data speak against it.
    pub contradicted: bool,
}

/// Odds that a source has something to say: so low, because a source that only looks alike costs more experiments at
/// the beginning than a good one saves. A few results that agree outweigh them.
const SOURCE_ODDS: f64 = 0.15;
/// Shares below which something counts as contradicted.
const CONTRADICTED: f64 = 0.1;

/// What is known of every outcome.
#[derive(Debug, Clone, Default)]
pub(crate) struct Explanations {
    /// For each outcome what is known.
    items: Vec<Vec<(Item, Trend)>>,
    /// For each outcome the explanations: positions in `items`.
    sets: Vec<Vec<Vec<usize>>>,
}

impl Explanations {
    /// Each thing known by itself, and where there are several all of them together.
    pub(crate) fn new(knowledge: &Knowledge, goal: &Goal, encoding: &Encoding) -> Self {
        let mut made = Self::default();
        for outcome in 0..goal.outcomes().len() {
            let mut items = Vec::new();
            for (position, source) in knowledge.sources.iter().enumerate() {
                let learnt = source.belief(goal, encoding);
                items.extend(learnt.outcome(outcome).map(|model| (Item::Source(position), source::trend(model))));
            }
            let trends = knowledge.trends.iter().enumerate().filter(|(_, trend)| trend.outcome() == outcome);
            items.extend(trends.filter_map(|(at, trend)| Some((Item::Trend(at), trend.trend(encoding)?))));
            let mut sets: Vec<Vec<usize>> = (0..items.len()).map(|item| vec![item]).collect();
            if items.len() > 1 {
                sets.push((0..items.len()).collect());
            }
            made.items.push(items);
            made.sets.push(sets);
        }
        made
    }

    /// The explanations of each outcome.
    pub(crate) fn of_outcomes(&self) -> Vec<Vec<Explanation>> {
        let of = |items: &Vec<(Item, Trend)>, set: &Vec<usize>| {
            let sources = set.iter().filter(|&&item| matches!(items[item].0, Item::Source(_))).count();
            let trends = set.iter().map(|&item| items[item].1.clone()).collect();
            Explanation { trends, odds: if sources > 0 { SOURCE_ODDS } else { 1.0 } }
        };
        self.items.iter().zip(&self.sets).map(|(items, sets)| sets.iter().map(|set| of(items, set)).collect()).collect()
    }

    /// What the data say of everything known of an outcome.
    pub(crate) fn weights(
        &self,
        knowledge: &Knowledge,
        outcome: usize,
        name: &str,
        explained: &[Explained],
    ) -> Vec<Weight> {
        let (Some(items), Some(sets)) = (self.items.get(outcome), self.sets.get(outcome)) else { return Vec::new() };
        let weight = |(position, (item, trend)): (usize, &(Item, Trend))| {
            let (mut share, mut sum) = (0.0, 0.0);
            for (set, explained) in sets.iter().zip(explained) {
                let place = set.iter().position(|&member| member == position);
                if let Some(coefficient) = place.and_then(|place| explained.coefficients.get(place)) {
                    share += explained.share;
                    sum += explained.share * coefficient;
                }
            }
            let coefficient = (share > 0.0).then(|| sum / share);
            let against = coefficient.is_some_and(|c| c * trend.mean < 0.0);
            let (source, at) = match item {
                Item::Source(source) => (knowledge.sources.get(*source).map(|s| s.name().to_owned()), None),
                Item::Trend(at) => (None, Some(*at)),
            };
            let contradicted = share < CONTRADICTED || against;
            Weight { outcome: name.to_owned(), source, trend: at, share, coefficient, contradicted }
        };
        items.iter().enumerate().map(weight).collect()
    }
}
