//! What a person has to know before trusting a model or a suggestion.

use matdock_message::{Message, say};
use matdock_plan::{Measured, Status as Ended};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{campaign::Campaign, learnt::Learnt, plot::number, propose::Searched};

/// Something to know before trusting what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub Message);

impl Serialize for Warning {
    /// `id` for programs, `text` in English.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Warning", 2)?;
        fields.serialize_field("id", self.0.id())?;
        fields.serialize_field("text", &self.0.to_string())?;
        fields.end()
    }
}

/// Readings from which on it is worth a word that all of them are the same.
const FEWEST_EQUAL: usize = 3;
/// Experiments from which on it is worth a word that an intermediate was never read.
const FEWEST_UNREAD: usize = 5;

/// Warnings about what was learnt from a history.
pub fn of_model(campaign: &Campaign, learnt: &Learnt) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let observed = learnt.observations();
    if observed.len() > 1 && observed.iter().all(|observation| observation.failed) {
        warnings.push(say!("app-warning-all-failed", count = observed.len()));
    }
    for (index, outcome) in campaign.outcomes.iter().enumerate() {
        let readings = observed.iter().filter_map(|observation| observation.outcomes.get(index).copied());
        let readings: Vec<Measured> = readings.filter(|measured| *measured != Measured::Missing).collect();
        let unread = readings.is_empty() && observed.len() >= FEWEST_UNREAD;
        if unread && campaign.goal.is_intermediate(&outcome.name) && !campaign.goal.is_computed(&outcome.name) {
            warnings.push(say!("app-warning-unread", name = outcome.name, count = observed.len()));
        }
        if let Some(first) = readings.first().and_then(|first| first.value())
            && readings.len() >= FEWEST_EQUAL
            && readings.iter().all(|other| other.value() == Some(first))
        {
            let (name, count, value) = (&outcome.name, readings.len(), number(first));
            warnings.push(say!("app-warning-all-equal", outcome = name, count = count, value = value));
        }
        let Some(fitting) = learnt.model.as_ref().and_then(|model| model.fitting(index)) else { continue };
        if let Some(kept) = fitting.kept {
            let readings = fitting.readings;
            warnings.push(say!("app-warning-thinned", outcome = outcome.name, kept = kept, readings = readings));
        }
        match fitting.search {
            None | Some(Ended::Converged) => {}
            Some(Ended::Exhausted) => warnings.push(say!("app-warning-fit-exhausted", outcome = outcome.name)),
            Some(_) => warnings.push(say!("app-warning-fit-stalled", outcome = outcome.name)),
        }
    }
    warnings.into_iter().map(Warning).collect()
}

/// Warnings about the search for suggestions.
pub fn of_search(searched: &[Searched]) -> Vec<Warning> {
    let poor = searched.iter().filter_map(|one| match one.ended {
        Ended::Converged => None,
        Ended::Exhausted => Some(say!("app-warning-search-exhausted", number = one.suggestion)),
        _ => Some(say!("app-warning-search-stalled", number = one.suggestion)),
    });
    poor.map(Warning).collect()
}
