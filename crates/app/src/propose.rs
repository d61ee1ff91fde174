//! Asks the planner and writes down what it proposes.

use matdock_message::Message;
use matdock_plan::{Purpose, Suggestion};
use matdock_record::{
    Agent, IdSource, Provenance, Record, SuggestionId, Timestamp,
    body::{self, Fields},
};
use serde::Serialize;

use crate::{
    campaign::Campaign,
    cost::{self, Amount, Planned},
    history::History,
    learnt::Learnt,
    partial,
};

/// Whether experiments with this purpose, by its word, are made for other reasons than to be the best.
pub fn is_made_for_learning(word: &str) -> bool {
    use Purpose::{Balance, Exploit, Explore};
    [Explore, Exploit, Balance].iter().all(|purpose| purpose_word(*purpose) != word)
}

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
        Purpose::Replicate => "replicate",
    }
}

/// New suggestions, nothing of them stored yet.
#[derive(Debug)]
pub struct Proposal {
    /// As records, ready to be committed; those that the money and the hours left do not cover are left out.
    pub records: Vec<Record>,
    /// How the search for each of them ended, for those that were searched for.
    pub searched: Vec<Searched>,
    /// What the next one costs that is left out because it is not covered.
    pub uncovered: Option<Amount>,
    /// Numbers of suggestions made up to a stage that are worth finishing before anything new, the best first.
    pub finish: Vec<u32>,
}

/// How the search for a suggestion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// Number of the suggestion.
    pub suggestion: u32,
    /// How the search for the best candidate ended.
    pub ended: matdock_plan::Status,
}

/// What the planner proposes next.
///
/// The seed is made from the campaign's seed and the number of the suggestion, so that a campaign that is stopped and
/// started again proposes the same.
///
/// # Errors
/// The planner has nothing left to propose, or the history does not fit the campaign.
pub fn suggestions(
    campaign: &Campaign,
    history: &History,
    learnt: &Learnt,
    count: usize,
) -> Result<Vec<Suggestion>, Message> {
    let pending = history.pending_points(campaign)?;
    learnt.planner(campaign, history).suggest_from(learnt.lesson(), &pending, count, seed(campaign, history))
}

/// The seed of the suggestions that come next.
pub fn seed(campaign: &Campaign, history: &History) -> u64 {
    mix(campaign.seed, u64::from(history.next_number()))
}

/// Up to `count` new suggestions.
///
/// # Errors
/// As [`suggestions`].
pub fn propose(
    campaign: &Campaign,
    history: &History,
    learnt: &Learnt,
    count: usize,
    at: Timestamp,
    ids: &mut IdSource,
) -> Result<Proposal, Message> {
    let (first, seed) = (history.next_number(), seed(campaign, history));
    let mut suggestions = suggestions(campaign, history, learnt, count)?;
    let settings: Vec<Fields> = suggestions.iter().map(|s| campaign.settings_of(&s.point, s.row)).collect();
    let partial::Weighed { until, finish } = partial::weigh(campaign, history, learnt, &suggestions, seed)?;
    let planned = settings.iter().zip(&until);
    let planned: Vec<Planned> =
        planned.map(|(settings, until)| Planned { settings, share: partial::share(campaign, *until) }).collect();
    let covered = cost::covered(campaign, history, &planned);
    let beyond = planned.get(..=covered).and_then(|beyond| cost::of_next(campaign, history, beyond));
    suggestions.truncate(covered);
    let ended = suggestions.iter().zip(first..).filter_map(|(s, suggestion)| Some((suggestion, s.search?)));
    let searched = ended.map(|(suggestion, ended)| Searched { suggestion, ended }).collect();
    let influences = influences(campaign, learnt, &suggestions, seed);
    let until = until.into_iter().map(|number| Some(campaign.partials.get(number?)?.until.clone()));
    let each = suggestions.into_iter().zip(influences).zip(until).zip(first..);
    let records = each.map(|(((suggestion, influences), until), number)| {
        let stored = stored(campaign, history, &learnt.numbers, suggestion, number, seed);
        let body = body::Suggestion { influences, until, ..stored };
        Record::suggestion(SuggestionId::new(ids, at), Provenance::new(Agent::Planner, at), body)
    });
    Ok(Proposal { records: records.collect(), searched, uncovered: beyond, finish })
}

/// What drives the expected main outcome of each suggestion; nothing for those made without a model.
fn influences(
    campaign: &Campaign,
    learnt: &Learnt,
    suggestions: &[Suggestion],
    seed: u64,
) -> Vec<Vec<body::Influence>> {
    let informed = suggestions.iter().any(|suggestion| !suggestion.predicted.is_empty());
    let few = campaign.space.parameters().len() <= MOST_PARAMETERS;
    // An explanation that cannot be given is no reason to withhold the suggestion.
    let model = (informed && few).then(|| learnt.model_from(seed)).flatten();
    let of = |suggestion: &Suggestion| {
        let prediction = suggestion.predicted.first()?;
        let influences = model.as_ref()?.influences(0, &suggestion.point).ok()?;
        // What rounding leaves is no influence.
        let least = LEAST_INFLUENCE * prediction.mean.abs().max(prediction.high - prediction.low);
        let kept =
            influences.into_iter().filter(|influence| influence.effect.is_finite() && influence.effect.abs() > least);
        Some(kept.take(INFLUENCES).map(|d| body::Influence { parameter: d.parameter, effect: d.effect }).collect())
    };
    suggestions.iter().map(|suggestion| of(suggestion).unwrap_or_default()).collect()
}

/// Share of the prediction below which an influence counts as none.
const LEAST_INFLUENCE: f64 = 1e-12;
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
        repeats: suggestion.replicate.and_then(|replicate| {
            let experiment = *numbers.get(replicate.observation)?;
            Some(body::Repeats { experiment, new: replicate.new })
        }),
        until: None,
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
