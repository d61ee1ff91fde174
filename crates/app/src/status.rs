//! Where a campaign stands.

use matdock_message::Message;
use matdock_plan::{Drift, Model, Prediction, Remaining, Weight};
use matdock_record::{Datum, Outcome, Qualifier, Timestamp, body::Fields};
use matdock_store::Dock;
use serde::Serialize;

use crate::{
    campaign::Campaign,
    cost::{self, Amount, Planned, Spent},
    front::{self, Front},
    history::{Experiment, History, Vetoed},
    learnt::Learnt,
    partial::{self, HalfMade},
    propose,
    warning::{self, Warning},
};

/// Where a campaign stands.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// Name of the campaign.
    pub campaign: String,
    /// Its seed.
    pub seed: u64,
    /// When it was begun; none when nothing is in the dock yet.
    pub begun: Option<Timestamp>,
    /// How many experiments ended, and how.
    pub experiments: Counts,
    /// Experiments the budget allows.
    pub budget: Option<u32>,
    /// What was spent; none where nothing costs anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
    /// Suggestions without a result, by number.
    pub pending: Vec<u32>,
    /// Settings somebody refused, in the order of time.
    pub vetoes: Vec<Vetoed>,
    /// How much the model relies on earlier campaigns and expected trends; empty without a model.
    pub knowledge: Vec<Weight>,
    /// Outcomes that creep with time as good as surely.
    pub drifts: Vec<Drift>,
    /// The best experiment so far; none where a front is wanted.
    pub best: Option<Best>,
    /// The experiments that no other beats in all objectives, where a front is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front: Option<Front>,
    /// The condition to use: the one the model believes best, noise averaged out; none where a front is wanted.
    pub recommended: Option<Best>,
    /// Whether every `stop_at` of the goal was reached by one experiment.
    pub goal_reached: bool,
    /// Time from the first suggestion to the last result \[s\].
    pub lab_seconds: f64,
    /// Planned lab time of the steps that samples ended early left out \[s\].
    pub spared_seconds: f64,
    /// Money and hours not spent on samples ended after a stage of `[[partial]]`; none where that is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spared: Option<Amount>,
    /// Experiments made up to a stage that a person can finish, and what that costs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub half_made: Vec<HalfMade>,
    /// What is still to be gained; none while there is no model.
    pub remaining: Option<Remaining>,
    /// What to know before trusting all this.
    pub warnings: Vec<Warning>,
}

/// How experiments ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All that ended.
    pub finished: u32,
    /// With a result.
    pub succeeded: u32,
    /// Done, without a usable result.
    pub failed: u32,
    /// Stopped by a person or a rule.
    pub aborted: u32,
    /// Ended on purpose before the last step: what was seen counts.
    pub partial: u32,
    /// Nobody knows; a person has to look.
    pub uncertain: u32,
}

/// The best experiment so far.
#[derive(Debug, Clone, Serialize)]
pub struct Best {
    /// Number of the experiment.
    pub experiment: u32,
    /// Name of its sample.
    pub sample: String,
    /// Number of the suggestion it answers.
    pub suggestion: Option<u32>,
    /// Its pool row, by label.
    pub row: Option<String>,
    /// Its settings.
    pub settings: Fields,
    /// What was measured.
    pub values: Fields,
    /// What the model expects of a repetition, with 90 % interval; empty while there is no model.
    pub predicted: Vec<Prediction>,
}

/// Reads where a campaign stands.
///
/// # Errors
/// The dock cannot be read, or the history does not fit the campaign file.
pub fn status(dock: &Dock, campaign: &Campaign) -> Result<Status, Message> {
    match History::read(dock, campaign)? {
        Some(history) => of(campaign, &history),
        None => Ok(Status {
            campaign: campaign.name.clone(),
            seed: campaign.seed,
            begun: None,
            experiments: Counts::default(),
            budget: campaign.budget.experiments,
            spent: None,
            pending: Vec::new(),
            vetoes: Vec::new(),
            knowledge: Vec::new(),
            drifts: Vec::new(),
            best: None,
            front: None,
            recommended: None,
            goal_reached: false,
            lab_seconds: 0.0,
            spared_seconds: 0.0,
            spared: None,
            half_made: Vec::new(),
            remaining: None,
            warnings: Vec::new(),
        }),
    }
}

/// The status of a history.
///
/// # Errors
/// The history does not fit the campaign file.
pub fn of(campaign: &Campaign, history: &History) -> Result<Status, Message> {
    learnt(campaign, history, &Learnt::from(campaign, history)?)
}

/// The status of a history from which something was learnt.
///
/// # Errors
/// The history does not fit the campaign file.
pub fn learnt(campaign: &Campaign, history: &History, learnt: &Learnt) -> Result<Status, Message> {
    Ok(Status {
        campaign: campaign.name.clone(),
        seed: campaign.seed,
        begun: Some(history.begun),
        experiments: counts(&history.experiments),
        budget: campaign.budget.experiments,
        spent: spent(campaign, history, learnt),
        pending: history.pending().map(|p| p.body.number).collect(),
        vetoes: history.vetoes.clone(),
        drifts: learnt.model.iter().flat_map(Model::drifts).filter(|drift| drift.is_sure()).cloned().collect(),
        knowledge: learnt.model.as_ref().map(|model| model.weights().to_vec()).unwrap_or_default(),
        best: learnt.best(history).filter(|_| !campaign.goal.is_front()),
        front: front::of(campaign, history, learnt),
        recommended: learnt.recommended(history).filter(|_| !campaign.goal.is_front()),
        goal_reached: goal_reached(campaign, &history.experiments),
        lab_seconds: lab_seconds(history),
        spared_seconds: spared_seconds(history),
        spared: Some(cost::spared(campaign, history)).filter(|spared| *spared != Amount::default()),
        half_made: partial::half_made(campaign, history),
        remaining: learnt.remaining(campaign)?,
        warnings: warning::of_model(campaign, learnt),
    })
}

/// Time from the first suggestion to the last result \[s\].
pub fn lab_seconds(history: &History) -> f64 {
    let first = history.suggestions.values().map(|p| p.at).min();
    let last = history.experiments.iter().map(|e| e.ended).max();
    first.zip(last).map_or(0.0, |(first, last)| last.seconds_since(first).max(0.0))
}

/// Planned lab time of the steps that samples ended early left out \[s\].
pub fn spared_seconds(history: &History) -> f64 {
    history.experiments.iter().filter_map(|experiment| experiment.spared).sum()
}

/// What was spent, and what the next experiment would cost.
fn spent(campaign: &Campaign, history: &History, learnt: &Learnt) -> Option<Spent> {
    let spent = cost::spent(campaign, history)?;
    // Nothing left to propose is no fault of the status.
    Some(Spent { next: next(campaign, history, learnt).ok().flatten(), ..spent })
}

/// What the experiment that would be suggested next costs, made as far as it would be asked for.
fn next(campaign: &Campaign, history: &History, learnt: &Learnt) -> Result<Option<Amount>, Message> {
    let suggestions = propose::suggestions(campaign, history, learnt, 1)?;
    let weighed = partial::weigh(campaign, history, learnt, &suggestions, propose::seed(campaign, history))?;
    let Some((one, until)) = suggestions.first().zip(weighed.until.first()) else { return Ok(None) };
    let settings = campaign.settings_of(&one.point, one.row);
    let share = partial::share(campaign, *until);
    Ok(cost::of_next(campaign, history, &[Planned { settings: &settings, share }]))
}

/// How the experiments ended.
pub fn counts(experiments: &[Experiment]) -> Counts {
    let mut counts = Counts::default();
    for experiment in experiments {
        counts.finished += 1;
        match experiment.outcome {
            Outcome::Succeeded => counts.succeeded += 1,
            Outcome::Failed(_) => counts.failed += 1,
            Outcome::Aborted(_) => counts.aborted += 1,
            Outcome::Partial(_) => counts.partial += 1,
            Outcome::Uncertain(_) => counts.uncertain += 1,
        }
    }
    counts
}

/// Whether one experiment reached every `stop_at`; false when the campaign has none.
pub fn goal_reached(campaign: &Campaign, experiments: &[Experiment]) -> bool {
    experiments.iter().any(|experiment| reaches(campaign, experiment))
}

/// Whether `experiment` reached every `stop_at` and kept every bound.
pub fn reaches(campaign: &Campaign, experiment: &Experiment) -> bool {
    let value = |name: &str| {
        let quantity = experiment.values.get(name).and_then(Datum::quantity)?.to(&campaign.unit_of(name)).ok()?;
        (quantity.qualifier == Qualifier::Equal).then_some(quantity.value)
    };
    let mut asked = false;
    let good = campaign.goal.objectives.iter().zip(&campaign.stop_at).all(|(objective, stop_at)| {
        let Some(stop_at) = stop_at else { return true };
        asked = true;
        let direction = objective.direction;
        let needed = if direction.window().is_some() { -stop_at } else { direction.merit(*stop_at) };
        value(&objective.outcome).is_some_and(|value| direction.merit(value) >= needed)
    });
    let kept = campaign.goal.bounds.iter().all(|bound| {
        value(&bound.outcome).is_some_and(|value| {
            bound.low.is_none_or(|low| value >= low) && bound.high.is_none_or(|high| value <= high)
        })
    });
    asked && good && kept && experiment.outcome.is_success()
}
