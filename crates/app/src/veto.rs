//! `matdock veto`: settings somebody does not want to be tried, with the reason.

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_record::{Agent, Datum, IdSource, Provenance, Record, Timestamp, VetoId, body, body::Fields};
use matdock_store::{Batch, Dock};
use serde::Serialize;

use crate::{
    campaign::Campaign,
    history::{self, History, Vetoed},
};

/// What is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// A suggestion, by its number.
    Suggestion(u32),
    /// A row of the pool, by its label.
    Row(String),
    /// Settings, by name; all of them.
    Settings(BTreeMap<String, Datum>),
}

/// A veto that was kept.
#[derive(Debug, Clone, Serialize)]
pub struct Kept {
    /// Name of the campaign.
    pub campaign: String,
    /// The veto.
    #[serde(flatten)]
    pub veto: Vetoed,
}

/// Keeps a veto: these settings are not proposed again. Nothing is deleted; a result that comes nevertheless counts.
///
/// # Errors
/// No reason, an unknown suggestion or row, a suggestion that is already being made or done or refused.
pub fn veto(
    dock: &Dock,
    campaign: &Campaign,
    refusal: &Refusal,
    reason: &str,
    at: Timestamp,
    ids: &mut IdSource,
) -> Result<Kept, Message> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(say!("app-veto-reason"));
    }
    let id = history::begin(dock, campaign, at, ids)?;
    let mut history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    let (suggestion, settings, row) = match refusal {
        Refusal::Suggestion(number) => {
            let proposed = history.suggestions.get(number).ok_or_else(|| {
                let last = history.suggestions.keys().next_back().copied().unwrap_or(0);
                say!("app-veto-unknown", number = number, last = last)
            })?;
            if proposed.answered || proposed.sample.is_some() {
                return Err(say!("app-veto-made", number = number));
            }
            if proposed.vetoed {
                return Err(say!("app-veto-twice", number = number));
            }
            (Some(proposed.id), proposed.body.settings.clone(), proposed.body.row.clone())
        }
        Refusal::Row(label) => {
            let pool = campaign.pool.as_ref();
            let row = pool.and_then(|pool| Some((pool, pool.find(&Fields::new(), Some(label))?)));
            let (pool, row) = row.ok_or_else(|| say!("app-guess-row", row = label))?;
            (None, pool.settings(row), Some(label.clone()))
        }
        Refusal::Settings(given) => {
            if let Some(name) = given.keys().find(|name| campaign.inputs.iter().all(|input| input.name != **name)) {
                return Err(say!("app-veto-name", name = name));
            }
            let mut settings = Fields::new();
            for input in &campaign.inputs {
                let datum = given.get(&input.name).ok_or_else(|| say!("app-setting-missing", name = input.name))?;
                settings.insert(input.name.clone(), input.datum(&input.value(datum)?));
            }
            campaign.point_of(&settings, None)?;
            (None, settings, None)
        }
    };
    // Somebody refuses a row or settings that wait for a result: then that suggestion is refused.
    let waiting = history.pending().find(|p| p.sample.is_none() && p.body.settings == settings).map(|p| p.id);
    let body =
        body::Veto { campaign: id, suggestion: suggestion.or(waiting), settings, row, reason: reason.to_owned() };
    let provenance = Provenance::new(Agent::Person(history::person()), at);
    let record = Record::veto(VetoId::new(ids, at), provenance, body);
    history.add_veto(&record);
    dock.commit(&Batch { records: vec![record], journal: Vec::new() })?;
    let veto = history.vetoes.pop().ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    Ok(Kept { campaign: campaign.name.clone(), veto })
}
