//! `matdock suggest`: the next experiments for a person to do, and the sheet to fill in.

use std::path::Path;

use matdock_message::{Language, Message, say};
use matdock_plan::{Remaining, Weight};
use matdock_record::{Body, Datum, IdSource, Timestamp, body};
use matdock_store::{Batch, Dock};
use serde::Serialize;

use crate::{
    campaign::{Campaign, header},
    cost::{self, Amount},
    history::{self, History},
    learnt::Learnt,
    partial::{self, HalfMade},
    propose::{self, Proposal, Searched},
    table::{self, Cell, Format, SheetExtras, Table},
    warning::{self, Warning},
};

/// Suggestions that wait for a result.
#[derive(Debug, Clone, Serialize)]
pub struct Suggested {
    /// Name of the campaign.
    pub campaign: String,
    /// The new suggestions.
    pub new: Vec<body::Suggestion>,
    /// Suggestions made before that still wait for a result.
    pub pending: Vec<body::Suggestion>,
    /// Suggestions made up to a stage that are worth finishing before anything new, the best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finish: Vec<body::Suggestion>,
    /// Experiments made up to a stage that can be finished, and what that costs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub half_made: Vec<HalfMade>,
    /// Finished experiments so far.
    pub finished: u32,
    /// Experiments the budget allows.
    pub budget: Option<u32>,
    /// What is still to be gained; none while there is no model.
    pub remaining: Option<Remaining>,
    /// How much the model relies on what people know beforehand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub knowledge: Vec<Weight>,
    /// How the search for each new suggestion ended, for those that were searched for.
    pub searched: Vec<Searched>,
    /// What the new suggestions and one more would cost, when fewer than wanted are made because more are not covered by
    /// the money and the hours left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncovered: Option<Amount>,
    /// What to know before trusting all this.
    pub warnings: Vec<Warning>,
}

/// Proposes up to `count` experiments and stores the proposals. Earlier ones without a result count as under way.
///
/// # Errors
/// The budget is used up, nothing is left to propose, or the dock cannot be written.
pub fn suggest(
    dock: &Dock,
    campaign: &Campaign,
    count: usize,
    at: Timestamp,
    ids: &mut IdSource,
) -> Result<Suggested, Message> {
    if count == 0 {
        return Err(say!("app-suggest-zero"));
    }
    history::begin(dock, campaign, at, ids)?;
    let history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    let pending: Vec<body::Suggestion> = history.pending().map(|p| p.body.clone()).collect();
    let finished = u32::try_from(history.experiments.len()).unwrap_or(u32::MAX);
    let taken = history.experiments.len() + pending.len();
    let count = match campaign.budget.experiments {
        Some(budget) if taken >= budget as usize => {
            return Err(say!("app-budget-used", budget = budget, finished = finished, pending = pending.len()));
        }
        Some(budget) => count.min(budget as usize - taken),
        None => count,
    };
    let count = match cost::affordable(campaign, &history) {
        Some(0) => return Err(say!("app-cost-used", name = campaign.name)),
        Some(most) => count.min(most),
        None => count,
    };
    let learnt = Learnt::from(campaign, &history)?;
    let Proposal { records, searched, uncovered, finish } =
        propose::propose(campaign, &history, &learnt, count, at, ids)?;
    let finish = finish.iter().filter_map(|number| Some(history.suggestions.get(number)?.body.clone())).collect();
    if let (true, Some(next), Some(spent)) = (records.is_empty(), uncovered, cost::spent(campaign, &history)) {
        return Err(cost::too_dear(campaign, &spent, next));
    }
    let new = records.iter().filter_map(|record| match &record.body {
        Body::Suggestion(suggestion) => Some(suggestion.clone()),
        _ => None,
    });
    let new = new.collect();
    dock.commit(&Batch { records, journal: Vec::new() })?;
    let remaining = learnt.remaining(campaign)?;
    let mut warnings = warning::of_model(campaign, &learnt);
    warnings.extend(warning::of_search(&searched));
    let knowledge = learnt.model.as_ref().map(|model| model.weights().to_vec()).unwrap_or_default();
    let half_made = partial::half_made(campaign, &history);
    let (campaign, budget) = (campaign.name.clone(), campaign.budget.experiments);
    Ok(Suggested {
        campaign,
        new,
        pending,
        finish,
        half_made,
        finished,
        budget,
        remaining,
        knowledge,
        searched,
        uncovered,
        warnings,
    })
}

/// Columns of a sheet that are not settings or outcomes.
pub(crate) const SUGGESTION: &str = "suggestion";
/// The pool row.
pub(crate) const ROW: &str = "row";
/// How the experiment ended.
pub(crate) const OUTCOME: &str = "outcome";
/// Why it did not succeed.
pub(crate) const REASON: &str = "reason";

/// Names that parameters and outcomes cannot have.
pub(crate) const RESERVED: [&str; 4] = [SUGGESTION, ROW, OUTCOME, REASON];

/// The sheet to fill in: pending and new suggestions, one row each, with empty cells for the outcomes.
pub fn sheet(campaign: &Campaign, suggestions: &[body::Suggestion]) -> Table {
    let mut headers = vec![SUGGESTION.to_owned()];
    if campaign.pool.is_some() {
        headers.push(ROW.to_owned());
    }
    headers.extend(campaign.inputs.iter().map(|input| input.header()));
    headers.extend(campaign.measured().map(|outcome| header(&outcome.name, &outcome.unit)));
    headers.extend([OUTCOME.to_owned(), REASON.to_owned()]);
    let mut table = Table::new(headers);
    for suggestion in suggestions {
        let mut row = vec![Cell::from(f64::from(suggestion.number))];
        if campaign.pool.is_some() {
            row.push(suggestion.row.clone().into());
        }
        row.extend(campaign.inputs.iter().map(|input| match suggestion.settings.get(&input.name) {
            None | Some(Datum::Missing(_)) => Cell::Empty,
            Some(datum) => datum.quantity().map_or_else(|| datum.to_string().into(), |q| q.value.into()),
        }));
        table.push(row);
    }
    table
}

/// Writes the sheet to fill in; an Excel sheet has a page that tells how.
///
/// # Errors
/// The disk refuses.
pub fn save_sheet(
    campaign: &Campaign,
    suggestions: &[body::Suggestion],
    path: &Path,
    format: Format,
    language: Language,
) -> Result<(), Message> {
    let say = |id: &str| matdock_message::text_of(language, id).unwrap_or_default();
    let mut to_fill: Vec<String> = campaign.measured().map(|outcome| outcome.name.clone()).collect();
    to_fill.extend([OUTCOME.to_owned(), REASON.to_owned()]);
    let words = ["succeeded", "failed", "partial", "aborted", "uncertain"].map(str::to_owned).to_vec();
    let extras = SheetExtras {
        name: "results".to_owned(),
        instructions: Some((say("app-sheet-how"), say("app-sheet-instructions").lines().map(str::to_owned).collect())),
        choices: vec![(OUTCOME.to_owned(), words)],
        to_fill,
    };
    table::save(&table::to_bytes(&sheet(campaign, suggestions), format, &extras)?, path)
}
