//! Experiments made up to a stage first: until which, and which of them are worth finishing.

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_plan::{Begun, Partial, Suggestion};
use matdock_record::{Datum, Outcome, body};
use serde::Serialize;

use crate::{
    campaign::Campaign,
    cost::Amount,
    history::{Experiment, History},
    learnt::Learnt,
    plot::number,
    propose::{is_made_for_learning, purpose_word},
};

/// An experiment that was made up to a stage and that a person can finish.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HalfMade {
    /// Number of the suggestion.
    pub suggestion: u32,
    /// The stage.
    pub until: String,
    /// What it costs to finish it, as a share of a whole experiment, 0..1.
    pub rest: f64,
    /// The same in money and hours; none where nothing costs anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_cost: Option<Amount>,
}

/// The experiments that were made up to a stage and can still be finished. A lab takes its samples out: what it ended
/// stays so.
pub fn half_made(campaign: &Campaign, history: &History) -> Vec<HalfMade> {
    if campaign.lab.is_some() {
        return Vec::new();
    }
    let half_made = |experiment: &Experiment| {
        let partial = campaign.partials.get(stage(campaign, experiment)?)?;
        let rest = 1.0 - partial.cost;
        Some(HalfMade {
            suggestion: experiment.suggestion?,
            until: partial.until.clone(),
            rest,
            rest_cost: campaign.costs.share(rest),
        })
    };
    history.experiments.iter().filter_map(half_made).collect()
}

/// Which experiments are made up to a stage only, and what it costs to finish one.
pub fn half_made_lines(campaign: &Campaign, half_made: &[HalfMade]) -> Vec<Message> {
    let mut stages: BTreeMap<&str, Vec<&HalfMade>> = BTreeMap::new();
    half_made.iter().for_each(|one| stages.entry(&one.until).or_default().push(one));
    let line = |(until, those): (&str, Vec<&HalfMade>)| {
        let one = those.first()?;
        let numbers = joined(those.iter().map(|one| one.suggestion));
        let share = number(100.0 * one.rest);
        Some(match one.rest_cost {
            Some(rest) => say!(
                "app-half-made-cost",
                until = until,
                numbers = numbers,
                share = share,
                cost = number(rest.cost),
                unit = campaign.costs.unit,
                hours = number(rest.hours)
            ),
            None => say!("app-half-made", until = until, numbers = numbers, share = share),
        })
    };
    stages.into_iter().filter_map(line).collect()
}

/// Which of the suggestions are made up to a stage first, what that costs, and what to do with them.
pub fn first_lines(campaign: &Campaign, suggestions: &[body::Suggestion]) -> Vec<Message> {
    let line = |partial: &Partial| {
        let these = suggestions.iter().filter(|suggestion| suggestion.until.as_ref() == Some(&partial.until));
        let numbers = joined(these.map(|suggestion| suggestion.number));
        if numbers.is_empty() {
            return None;
        }
        let (until, gives) = (&partial.until, partial.gives.join(", "));
        let share = number(100.0 * partial.cost);
        Some(match campaign.costs.share(partial.cost) {
            Some(own) => say!(
                "app-partial-first-cost",
                until = until,
                numbers = numbers,
                gives = gives,
                share = share,
                cost = number(own.cost),
                unit = campaign.costs.unit,
                hours = number(own.hours)
            ),
            None => say!("app-partial-first", until = until, numbers = numbers, gives = gives, share = share),
        })
    };
    campaign.partials.iter().filter_map(line).collect()
}

fn joined(numbers: impl Iterator<Item = u32>) -> String {
    numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}

/// How new suggestions are best made, by hand.
#[derive(Debug, Clone, Default)]
pub struct Weighed {
    /// The stage (its number) until which each suggestion is made first, if any.
    pub until: Vec<Option<usize>>,
    /// Numbers of the suggestions that were made up to a stage and promise more per cost than the first new one, the best
    /// first.
    pub finish: Vec<u32>,
}

/// Until which stage each of the new suggestions is made first. In a lab that is decided when the step is done.
///
/// # Errors
/// The history does not fit the campaign file.
pub fn weigh(
    campaign: &Campaign,
    history: &History,
    learnt: &Learnt,
    suggestions: &[Suggestion],
    seed: u64,
) -> Result<Weighed, Message> {
    let mut all = Weighed { until: vec![None; suggestions.len()], finish: Vec::new() };
    if campaign.partials.is_empty() || campaign.lab.is_some() {
        return Ok(all);
    }
    let planner = learnt.planner(campaign, history);
    let (mut begun, mut numbers) = (Vec::new(), Vec::new());
    for experiment in &history.experiments {
        let observation = learnt.numbers.iter().position(|number| *number == experiment.number);
        if let (Some(partial), Some(observation), Some(number)) =
            (stage(campaign, experiment), observation, experiment.suggestion)
        {
            begun.push(Begun { observation, partial });
            numbers.push(number);
        }
    }
    let mut is_first = true;
    for (suggestion, until) in suggestions.iter().zip(&mut all.until) {
        if is_made_for_learning(purpose_word(suggestion.purpose)) {
            continue;
        }
        let Some(weighed) = planner.weigh(learnt.lesson(), &begun, &suggestion.point, seed)? else { continue };
        *until = weighed.until;
        if std::mem::take(&mut is_first) {
            all.finish = weighed.finish.iter().filter_map(|place| numbers.get(*place).copied()).collect();
        }
    }
    Ok(all)
}

/// What of an experiment that is made until a stage (its number) is paid, 0..1.
pub fn share(campaign: &Campaign, until: Option<usize>) -> f64 {
    until.and_then(|number| campaign.partials.get(number)).map_or(1.0, |partial| partial.cost)
}

/// The smallest share of an experiment that can be asked for, 0..1.
pub fn least_share(campaign: &Campaign) -> f64 {
    let by_hand = campaign.partials.iter().filter(|_| campaign.lab.is_none());
    by_hand.map(|partial| partial.cost).fold(1.0, f64::min)
}

/// The stage (its number) up to which an experiment was made on purpose: the cheapest that gives all that was measured.
pub fn stage(campaign: &Campaign, experiment: &Experiment) -> Option<usize> {
    if !matches!(experiment.outcome, Outcome::Partial(_)) {
        return None;
    }
    let measured = |name: &String| matches!(experiment.values.get(name), Some(Datum::Quantity(_)));
    let known: Vec<&String> = campaign.outcomes.iter().map(|o| &o.name).filter(|name| measured(name)).collect();
    let gives_all = |number: &usize| known.iter().all(|name| campaign.partials[*number].gives.contains(name));
    let fitting = (0..campaign.partials.len()).filter(gives_all);
    fitting.min_by(|a, b| campaign.partials[*a].cost.total_cmp(&campaign.partials[*b].cost))
}
