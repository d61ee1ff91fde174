//! What will become of samples that are not finished yet, and whether to end one early.

use matdock_message::{Message, say};
use matdock_plan::{Direction, Forecast, Observation, SoFar};
use matdock_record::{Datum, Outcome, Qualifier, Quantity, SampleId, Unit, body::Fields};

use super::LabJournal;
use crate::{
    campaign::Campaign,
    history::{Experiment, measured},
    learnt::Learnt,
    plot::number,
    propose::{is_made_for_learning, mix},
};

/// What is expected of a sample that is not finished.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Its short name, such as `S-12`.
    pub sample: String,
    /// The step of which the first part, or all, was seen.
    pub step: String,
    /// Share of the step, 0..1.
    pub share: f64,
    /// What is expected.
    pub forecast: Forecast,
}

/// All that was seen of a sample at a moment of it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub sample: SampleId,
    pub step: String,
    pub share: f64,
    pub values: Fields,
}

/// The outlook of a sample of which `seen` was seen; `None` while too little was learnt.
pub(super) fn outlook(
    campaign: &Campaign,
    learnt: &Learnt,
    journal: &LabJournal<'_>,
    seen: &Seen,
) -> Result<Option<Outlook>, Message> {
    let Some((sample, settings)) = journal.sample(seen.sample) else { return Ok(None) };
    let (point, _) = campaign.point_of(settings, None)?;
    let quantities: Vec<(&String, &Unit)> =
        seen.values.iter().filter_map(|(name, datum)| Some((name, &datum.quantity()?.unit))).collect();
    let so_far = |values: &Fields| -> SoFar {
        let value = |(name, unit): &(&String, &Unit)| Some(values.get(*name)?.quantity()?.to(unit).ok()?.value);
        quantities.iter().map(value).collect()
    };
    let history = journal.history();
    let counts = |e: &&Experiment| matches!(e.outcome, Outcome::Succeeded | Outcome::Failed(_));
    let (mut past, mut before): (Vec<Observation>, Vec<SoFar>) = (Vec::new(), Vec::new());
    for experiment in history.experiments.iter().filter(counts) {
        let values = journal.seen_at(experiment.sample, &seen.step, seen.share);
        let place = learnt.numbers.iter().position(|number| *number == experiment.number);
        if let (Some(values), Some(observation)) = (values, place.and_then(|place| learnt.observations().get(place))) {
            past.push(observation.clone());
            before.push(so_far(values));
        }
    }
    let planner = learnt.planner(campaign, &history);
    let forecast = planner.forecast(&past, &before, &point, &so_far(&seen.values))?;
    Ok(forecast.map(|forecast| Outlook {
        sample: sample.to_owned(),
        step: seen.step.clone(),
        share: seen.share,
        forecast,
    }))
}

/// Why to end a sample early and what is as good as known of it all the same; `None` to go on.
pub(super) fn verdict(
    campaign: &Campaign,
    learnt: &Learnt,
    journal: &LabJournal<'_>,
    outlook: &Outlook,
) -> Option<(Message, Fields)> {
    let below = campaign.stop_early?;
    let history = journal.history();
    let proposed =
        history.suggestions.values().find(|proposed| format!("S-{}", proposed.body.number) == outlook.sample);
    // What was proposed to cover the space or to measure again was never expected to be the best.
    if outlook.forecast.chance >= below || proposed.is_some_and(|p| is_made_for_learning(&p.body.purpose)) {
        return None;
    }
    let reason = say!(
        "app-stopped-early",
        step = outlook.step,
        share = percent(outlook.share),
        chance = chance(outlook.forecast.chance)
    );
    let unlikely = outlook.forecast.chance < below * outlook.forecast.success;
    let limits = learnt.best(&history).filter(|_| unlikely).and_then(|best| limit(campaign, &best.values));
    Some((reason, limits.into_iter().collect()))
}

/// Why a sample that has reached one of the stages after which it may be ended is not finished: what was seen promises
/// less per cost than a new one did. `None` to go on.
pub(super) fn not_worth_finishing(
    campaign: &Campaign,
    learnt: &Learnt,
    journal: &LabJournal<'_>,
    seen: &Seen,
) -> Result<Option<Message>, Message> {
    let partial = campaign.partials.iter().position(|partial| seen.share >= 1.0 && partial.until == seen.step);
    let (Some(partial), Some((name, settings))) = (partial, journal.sample(seen.sample)) else { return Ok(None) };
    let history = journal.history();
    let proposed = history.suggestions.values().find(|proposed| format!("S-{}", proposed.body.number) == name);
    let Some(proposed) = proposed.filter(|p| !is_made_for_learning(&p.body.purpose)) else { return Ok(None) };
    let (point, row) = campaign.point_of(settings, None)?;
    let outcomes = campaign.outcomes.iter().map(|outcome| measured(seen.values.get(&outcome.name), outcome));
    let seen_so_far = Observation { point, row, outcomes: outcomes.collect::<Result<_, _>>()?, failed: false };
    let seed = mix(campaign.seed, u64::from(proposed.body.number));
    let worth = learnt.planner(campaign, &history).is_worth_finishing(learnt.lesson(), &seen_so_far, partial, seed)?;
    Ok((worth == Some(false)).then(|| say!("app-not-finished", step = seen.step)))
}

/// What a sample that will not be better than the best is as good as known to be, where one outcome goes up or down.
fn limit(campaign: &Campaign, best: &Fields) -> Option<(String, Datum)> {
    let [objective] = campaign.goal.objectives.as_slice() else { return None };
    let qualifier = match objective.direction {
        Direction::Minimise => Qualifier::Above,
        Direction::Maximise => Qualifier::Below,
        _ => return None,
    };
    let quantity = best.get(&objective.outcome)?.quantity()?;
    let limit = Quantity { qualifier, uncertainty: None, ..quantity.clone() };
    Some((objective.outcome.clone(), Datum::Quantity(limit)))
}

/// What is expected of a sample, in a line.
pub fn outlook_line(campaign: &Campaign, outlook: &Outlook) -> Message {
    let name = &campaign.main_objective().outcome;
    let predicted = outlook.forecast.predicted.iter().find(|prediction| prediction.outcome == *name);
    let unit = campaign.unit_of(name);
    say!(
        "app-outlook",
        sample = outlook.sample,
        step = outlook.step,
        share = percent(outlook.share),
        outcome = name,
        low = predicted.map(|p| number(p.low)).unwrap_or_default(),
        high = predicted.map(|p| number(p.high)).unwrap_or_default(),
        unit = if unit.is_one() { String::new() } else { format!(" {unit}") },
        chance = chance(outlook.forecast.chance)
    )
}

/// A share for people, such as `50`.
fn percent(share: f64) -> String {
    format!("{:.0}", 100.0 * share)
}

/// A probability for people, such as `3` or `0.2`.
fn chance(chance: f64) -> String {
    if chance < 0.0095 { format!("{:.1}", 100.0 * chance) } else { percent(chance) }
}
