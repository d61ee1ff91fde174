//! Which records to read.

use matdock_record::{CampaignId, SampleId, SuggestionId, Timestamp};

/// Which records to read; every condition that is given has to hold. The default asks for everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The kind, in the word of `Body::kind`: `sample`, `measurement` ...
    pub kind: Option<&'static str>,
    /// The campaign itself, its suggestions and samples, and everything done to and seen on these samples.
    pub campaign: Option<CampaignId>,
    /// The sample itself, and everything done to it and seen on it.
    pub sample: Option<SampleId>,
    /// The suggestion itself, its samples, and everything done to and seen on these samples.
    pub suggestion: Option<SuggestionId>,
    /// At this time (of the provenance) or later.
    pub since: Option<Timestamp>,
    /// Before this time (of the provenance).
    pub until: Option<Timestamp>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Every version instead of the latest ones only.
    pub all_versions: bool,
}
