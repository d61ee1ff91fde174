//! Asks the planner and writes down what it proposes.

use matdock_message::Message;
use matdock_plan::{Observation, Purpose, Suggestion};
use matdock_record::{Agent, IdSource, Provenance, Record, SuggestionId, Timestamp, body};

use crate::{campaign::Campaign, cost, history::History};

/// The word stored for a purpose.
pub fn purpose_word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Initial => "initial",
        Purpose::Explore => "explore",
        Purpose::Exploit => "exploit",
        Purpose::Balance => "balance",
        Purpose::Guess => "guess",
        Purpose::Look => "look",
        Purpose::Source => "source",
    }
}

/// Up to `count` new suggestions as records, ready to be committed; nothing is stored yet.
///
/// The seed of a proposal is made from the campaign's seed and the number of the suggestion, so that a campaign
/// that is stopped and started again proposes the same.
///
/// # Errors
/// The planner has nothing left to propose, or the history does not fit the campaign.
pub fn propose(
    campaign: &Campaign,
    history: &History,
    count: usize,
    at: Timestamp,
    ids: &mut IdSource,
) -> Result<Vec<Record>, Message> {
    let (observations, numbers) = history.observations(campaign)?;
    let pending = history.pending_points(campaign)?;
    let first = history.next_number();
    let seed = mix(campaign.seed, u64::from(first));
    let planner = campaign.planner()?.refusing(history.vetoed_points(campaign));
    let planner = match cost::of_planner(campaign, history) {
        Some(costs) => planner.with_costs(costs),
        None => planner,
    };
    let suggestions = planner.suggest(&observations, &pending, count, seed)?;
    let influences = influences(campaign, &observations, &suggestions, seed);
    let records = suggestions.into_iter().zip(influences).zip(first..).map(|((suggestion, influences), number)| {
        let body = body::Suggestion { influences, ..stored(campaign, history, &numbers, suggestion, number, seed) };
        Record::suggestion(SuggestionId::new(ids, at), Provenance::new(Agent::Planner, at), body)
    });
    Ok(records.collect())
}

/// What drives the expected main outcome of each suggestion; nothing for those made without a model.
fn influences(
    campaign: &Campaign,
    observations: &[Observation],
    suggestions: &[Suggestion],
    seed: u64,
) -> Vec<Vec<body::Influence>> {
    let informed = suggestions.iter().any(|suggestion| !suggestion.predicted.is_empty());
    let few = campaign.space.parameters().len() <= MOST_PARAMETERS;
    // An explanation that cannot be given is no reason to withhold the suggestion.
    let model =
        (informed && few).then(|| campaign.planner().and_then(|planner| planner.model(observations, seed)).ok());
    let model = model.flatten();
    let of = |suggestion: &Suggestion| {
        let model = model.as_ref().filter(|_| !suggestion.predicted.is_empty())?;
        let influences = model.influences(0, &suggestion.point).ok()?;
        let kept = influences.into_iter().filter(|influence| influence.effect.is_finite() && influence.effect != 0.0);
        Some(kept.take(INFLUENCES).map(|d| body::Influence { parameter: d.parameter, effect: d.effect }).collect())
    };
    suggestions.iter().map(|suggestion| of(suggestion).unwrap_or_default()).collect()
}

/// Influences kept with a suggestion, and number of parameters above which looking for them takes too long.
const INFLUENCES: usize = 3;
const MOST_PARAMETERS: usize = 200;

fn stored(
    campaign: &Campaign,
    history: &History,
    numbers: &[u32],
    suggestion: Suggestion,
    number: u32,
    seed: u64,
) -> body::Suggestion {
    // A model of absurd readings may overflow; such an expectation is no expectation.
    let finite = suggestion.predicted.iter().filter(|p| p.mean.is_finite() && p.low.is_finite() && p.high.is_finite());
    let predicted = finite.map(|p| body::Predicted {
        outcome: p.outcome.clone(),
        unit: campaign.unit_of(&p.outcome),
        mean: p.mean,
        low: p.low,
        high: p.high,
    });
    body::Suggestion {
        campaign: history.campaign,
        number,
        settings: campaign.settings_of(&suggestion.point, suggestion.row),
        row: suggestion.row.and_then(|row| campaign.pool.as_ref().map(|pool| pool.label(row).to_owned())),
        predicted: predicted.collect(),
        success: suggestion.success,
        purpose: purpose_word(suggestion.purpose).to_owned(),
        region: suggestion.region,
        exploration: suggestion.exploration,
        nearest: suggestion.nearest.and_then(|(index, distance)| Some((*numbers.get(index)?, distance))),
        influences: Vec::new(),
        observed: u32::try_from(numbers.len()).unwrap_or(u32::MAX),
        seed,
    }
}

/// One seed from two (SplitMix64 finaliser, Steele et al. 2014), so that neighbours have nothing in common.
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
