//! What is known of outcomes as explanations that stand beside the plain model, weighted by the data.

use std::sync::Arc;

use matdock_learn::{Basis, Explained, Explanation, Rows, Trend};
use serde::Serialize;

use super::{
    Knowledge,
    source::{Lesson, Source},
};
use crate::{chain::Through, encode::Encoding, goal::Goal};

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
    /// Share of the model that contains it, 0 to 1. The data decide.
    pub share: f64,
    /// Share of the model that takes from the source only how much each parameter matters, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevance: Option<f64>,
    /// Share of the variance of the readings that the prediction of the source accounts for, 0 to 1; none with fewer than
    /// three readings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explains: Option<f64>,
    /// Learnt coefficient: of a source 1 when the tasks are alike after standardising and 0 when they have nothing in
    /// common; of a trend the change over its range in standard deviations of what was measured, positive upwards.
    /// None where nothing of it is left.
    pub coefficient: Option<f64>,
    /// Whether the data speak against it.
    pub contradicted: bool,
    /// Whether the readings of the source do not follow the parameters, so that there is nothing to be learnt from them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub patternless: bool,
    /// Where the outcome is predicted through a process chain: whether the experiments of the source count for what
    /// follows from the intermediates. Trends are not used there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<bool>,
}

/// What the coefficient of a source is expected to be, and its standard deviation: a related task looks alike after
/// standardising, but not quite. Towards zero for tasks that have little in common.
const WHOLE: (f64, f64) = (0.7, 0.4);
/// The same of the effects of single parameters, some of which may carry over when others do not.
const EFFECT: (f64, f64) = (0.6, 0.5);
/// Odds that what a source teaches carries over: how much the parameters matter; the effects of single ones; its whole
/// response; and that when it compares levels with a name, for which of them is best is what differs first between tasks.
/// Chosen on pairs of published tables (example `transfer`).
const RELEVANCE_ODDS: f64 = 1.0;
const EFFECTS_ODDS: f64 = 1.0;
const WHOLE_ODDS: f64 = 0.5;
const LEVELS_ODDS: f64 = 0.02;
/// Shares below which something counts as contradicted.
const CONTRADICTED: f64 = 0.1;
/// Fewest readings a prediction is compared with.
const FEWEST_COMPARED: usize = 3;

/// Something known of an outcome.
#[derive(Debug, Clone)]
struct Item {
    /// A source by its position, or a trend by its own.
    source: Option<usize>,
    trend: Option<usize>,
    /// What it is expected to be multiplied by.
    expected: f64,
    /// All a source predicts.
    basis: Option<Arc<dyn Basis>>,
    patternless: bool,
}

/// An explanation, and which items it takes a response from or how much the parameters matter.
#[derive(Debug, Clone)]
struct Offered {
    explanation: Explanation,
    /// For every trend its item.
    responses: Vec<usize>,
    relevance: Option<usize>,
}

/// What is known of one outcome.
#[derive(Debug, Clone, Default)]
struct Known {
    items: Vec<Item>,
    offered: Vec<Offered>,
}

/// What is known of every outcome.
#[derive(Debug, Clone, Default)]
pub(crate) struct Explanations {
    outcomes: Vec<Known>,
}

impl Explanations {
    /// Each thing known by itself, and where there are several all of them together.
    pub(crate) fn new(knowledge: &Knowledge, goal: &Goal, encoding: &Encoding) -> Self {
        let of = |outcome: usize| {
            let mut known = Known::default();
            let sources = knowledge.sources.iter().map(|source| source.taught(goal, encoding).lesson(outcome));
            let lessons: Vec<(usize, &Lesson)> =
                sources.enumerate().filter_map(|(position, lesson)| Some((position, lesson?))).collect();
            let teaching = lessons.iter().filter(|(_, lesson)| lesson.has_pattern()).count();
            let mut together = Vec::new();
            for (position, lesson) in lessons {
                together.extend(known.add_source(position, lesson, teaching));
            }
            let trends = knowledge.trends.iter().enumerate().filter(|(_, trend)| trend.outcome() == outcome);
            for (at, trend) in trends.filter_map(|(at, trend)| Some((at, trend.trend(encoding)?))) {
                together.push(known.add_trend(at, trend));
            }
            known.add_all(together);
            known
        };
        Self { outcomes: (0..goal.outcomes().len()).map(of).collect() }
    }

    /// The explanations of each outcome.
    pub(crate) fn of_outcomes(&self) -> Vec<Vec<Explanation>> {
        let of = |known: &Known| known.offered.iter().map(|offered| offered.explanation.clone()).collect();
        self.outcomes.iter().map(of).collect()
    }

    /// What the data say of everything known of an outcome; `outputs` at `inputs` are the standardised readings.
    pub(crate) fn weights(
        &self,
        knowledge: &Knowledge,
        (outcome, name): (usize, &str),
        explained: &[Explained],
        (inputs, outputs): (&Rows, &[f64]),
    ) -> Vec<Weight> {
        let Some(known) = self.outcomes.get(outcome) else { return Vec::new() };
        let weight = |(number, item): (usize, &Item)| {
            let weighed = known.weighed(number, explained);
            let coefficient = (weighed.share > 0.0).then(|| weighed.sum / weighed.share);
            let against = coefficient.is_some_and(|c| c * item.expected < 0.0);
            let is_source = item.source.is_some();
            let used = weighed.relevance + weighed.share;
            Weight {
                outcome: name.to_owned(),
                source: item.source.and_then(|at| knowledge.sources.get(at)).map(|source| source.name().to_owned()),
                trend: item.trend,
                share: weighed.share,
                relevance: is_source.then_some(weighed.relevance),
                explains: item.basis.as_ref().and_then(|basis| accounted(&basis.values(inputs), outputs)),
                coefficient,
                contradicted: used < CONTRADICTED || against,
                patternless: item.patternless,
                chain: None,
            }
        };
        known.items.iter().enumerate().map(weight).collect()
    }
}

/// What is known of an outcome (its number and name) that is predicted through a process chain: the experiments of sources
/// count there or do not, trends are not used. Nothing for an intermediate, which is learnt anew.
pub(crate) fn chained(knowledge: &Knowledge, through: &[Through], (outcome, name): (usize, &str)) -> Vec<Weight> {
    let Some(through) = through.iter().find(|through| through.outcome == name) else { return Vec::new() };
    let weight = |source: Option<&Source>, trend: Option<usize>, counts: bool| Weight {
        outcome: name.to_owned(),
        source: source.map(|source| source.name().to_owned()),
        trend,
        share: f64::from(u8::from(counts)),
        relevance: None,
        explains: None,
        coefficient: None,
        // A trend is not asked there, so that nothing speaks against it.
        contradicted: source.is_some() && !counts,
        patternless: false,
        chain: Some(counts),
    };
    let sources = knowledge.sources.iter().map(|source| weight(Some(source), None, through.elsewhere));
    let trends = knowledge.trends.iter().enumerate().filter(|(_, trend)| trend.outcome() == outcome);
    sources.chain(trends.map(|(at, _)| weight(None, Some(at), false))).collect()
}

/// What of an item is used together with others.
struct Shared {
    item: usize,
    trends: Vec<Trend>,
    lengthscales: Vec<f64>,
}

/// Shares of the model with an item.
struct Weighed {
    share: f64,
    /// Sum of coefficients times shares.
    sum: f64,
    relevance: f64,
}

impl Known {
    /// Offers what a source teaches, one of `teaching`; and what of it is used together with others.
    fn add_source(&mut self, position: usize, lesson: &Lesson, teaching: usize) -> Option<Shared> {
        let item = self.items.len();
        let (basis, patternless) = (Some(lesson.whole.clone()), !lesson.has_pattern());
        self.items.push(Item { source: Some(position), trend: None, expected: WHOLE.0, basis, patternless });
        if patternless {
            return None;
        }
        let trend = |basis: &Arc<dyn Basis>, (mean, spread): (f64, f64)| {
            let basis = basis.clone();
            Trend { basis, mean, variance: spread * spread }
        };
        let effects = |share: f64| -> Vec<Trend> {
            lesson.effects.iter().map(|effect| trend(effect, (share * EFFECT.0, EFFECT.1))).collect()
        };
        let mut offer = |trends: Vec<Trend>, odds: f64| {
            let relevance = trends.is_empty().then_some(item);
            let responses = vec![item; trends.len()];
            let explanation =
                Explanation { lengthscales: lesson.lengthscales.clone(), ..Explanation::new(trends, odds) };
            self.offered.push(Offered { explanation, responses, relevance });
        };
        offer(Vec::new(), RELEVANCE_ODDS);
        if !lesson.effects.is_empty() {
            offer(effects(1.0), EFFECTS_ODDS);
        }
        offer(vec![trend(&lesson.whole, WHOLE)], if lesson.compares_levels { LEVELS_ODDS } else { WHOLE_ODDS });
        // Together they find what one finds alone.
        let share = 1.0 / teaching as f64;
        let whole = || vec![trend(&lesson.whole, (share * WHOLE.0, WHOLE.1))];
        let trends = if lesson.compares_levels { effects(share) } else { whole() };
        Some(Shared { item, trends, lengthscales: lesson.lengthscales.clone() })
    }

    /// Offers an expected trend.
    fn add_trend(&mut self, at: usize, trend: Trend) -> Shared {
        let item = self.items.len();
        self.items.push(Item { source: None, trend: Some(at), expected: trend.mean, basis: None, patternless: false });
        let trends = vec![trend];
        let explanation = Explanation::new(trends.clone(), 1.0);
        self.offered.push(Offered { explanation, responses: vec![item], relevance: None });
        Shared { item, trends, lengthscales: Vec::new() }
    }

    /// Offers all of them together.
    fn add_all(&mut self, together: Vec<Shared>) {
        if together.len() < 2 {
            return;
        }
        let lengthscales: Vec<&[f64]> =
            together.iter().map(|shared| shared.lengthscales.as_slice()).filter(|own| !own.is_empty()).collect();
        let count = lengthscales.iter().map(|own| own.len()).min().unwrap_or(0);
        let mean = |group: usize| {
            let logarithms = lengthscales.iter().map(|own| own[group].ln());
            (logarithms.sum::<f64>() / lengthscales.len() as f64).exp()
        };
        let odds = if lengthscales.is_empty() { 1.0 } else { WHOLE_ODDS };
        let lengthscales = (0..count).map(mean).collect();
        let responses = together.iter().flat_map(|shared| vec![shared.item; shared.trends.len()]).collect();
        let trends = together.into_iter().flat_map(|shared| shared.trends).collect();
        let explanation = Explanation { lengthscales, ..Explanation::new(trends, odds) };
        self.offered.push(Offered { explanation, responses, relevance: None });
    }

    fn weighed(&self, item: usize, explained: &[Explained]) -> Weighed {
        let mut weighed = Weighed { share: 0.0, sum: 0.0, relevance: 0.0 };
        for (offered, explained) in self.offered.iter().zip(explained) {
            if offered.relevance == Some(item) {
                weighed.relevance += explained.share;
            }
            let coefficients = offered.responses.iter().zip(&explained.coefficients);
            let own: Vec<f64> = coefficients.filter(|(number, _)| **number == item).map(|(_, c)| *c).collect();
            if !own.is_empty() {
                weighed.share += explained.share;
                weighed.sum += explained.share * own.iter().sum::<f64>() / own.len() as f64;
            }
        }
        weighed
    }
}

/// Share of the variance of `outputs` that a prediction accounts for: their squared correlation, nothing where it is
/// negative.
fn accounted(predicted: &[f64], outputs: &[f64]) -> Option<f64> {
    if outputs.len() < FEWEST_COMPARED || predicted.len() != outputs.len() {
        return None;
    }
    let count = outputs.len() as f64;
    let centre = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (a, b) = (centre(predicted), centre(outputs));
    let sum = |of: &dyn Fn(f64, f64) -> f64| predicted.iter().zip(outputs).map(|(x, y)| of(x - a, y - b)).sum::<f64>();
    let (together, own, other) = (sum(&|x, y| x * y), sum(&|x, _| x * x), sum(&|_, y| y * y));
    let correlation = together / (own * other).sqrt();
    Some(if correlation.is_finite() { correlation.max(0.0).powi(2) } else { 0.0 })
}
