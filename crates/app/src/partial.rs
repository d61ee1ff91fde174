//! Experiments made up to a stage first: until which, and which of them are worth finishing.

use matdock_message::Message;
use matdock_plan::Begun;
use matdock_record::{Body, Datum, Outcome, Record};

use crate::{
    campaign::Campaign,
    history::{Experiment, History},
    learnt::Learnt,
    propose::is_made_for_learning,
};

/// Tells in new suggestions (`records`) until which stage each is made first. Returns the numbers of the suggestions that
/// were made up to a stage and promise more per cost than the first new one, the best first.
///
/// # Errors
/// The history does not fit the campaign file.
pub fn weigh(
    campaign: &Campaign,
    history: &History,
    learnt: &Learnt,
    records: &mut [Record],
) -> Result<Vec<u32>, Message> {
    if campaign.partials.is_empty() {
        return Ok(Vec::new());
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
    let mut finish: Option<Vec<u32>> = None;
    for record in records {
        let Body::Suggestion(suggestion) = &mut record.body else { continue };
        if is_made_for_learning(&suggestion.purpose) {
            continue;
        }
        let (point, _) = campaign.point_of(&suggestion.settings, suggestion.row.as_deref())?;
        let Some(weighed) = planner.weigh(learnt.lesson(), &begun, &point, suggestion.seed)? else { continue };
        let stage = weighed.until.and_then(|number| campaign.partials.get(number));
        suggestion.until = stage.map(|partial| partial.until.clone());
        let numbers = weighed.finish.iter().filter_map(|place| numbers.get(*place).copied());
        finish.get_or_insert_with(|| numbers.collect());
    }
    Ok(finish.unwrap_or_default())
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
