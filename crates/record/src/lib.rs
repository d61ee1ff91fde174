//! The words of matdock as types: records, quantities, units, outcomes, ids. No input or output.
//!
//! The model follows GEMD (Citrine's Graphical Expression of Materials Data): there is a *material*,
//! a *process* makes it, a *measurement* looks at it; each exists as a *spec* (what was asked for) and
//! as a *run* (what happened). A [`body::Sample`] is a material run.

pub mod body;
mod id;
mod outcome;
mod provenance;
mod quantity;
mod time;
mod unit;

pub use body::{Body, Record};
pub use id::{
    CampaignId, FileHash, FileId, IdSource, MaterialSpecId, MeasurementId, MeasurementSpecId, ProcessId, ProcessSpecId,
    RecordId, SampleId, SeriesId, SuggestionId, VetoId,
};
pub use outcome::Outcome;
pub use provenance::{Agent, Provenance};
pub use quantity::{Datum, Qualifier, Quantity};
pub use time::Timestamp;
pub use unit::Unit;
