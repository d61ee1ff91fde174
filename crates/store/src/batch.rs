//! What is kept in one go: all of it or nothing.

use matdock_record::{Record, Timestamp};

/// Records and journal lines that belong together: after a crash all of them are in the dock or none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// New records and new versions of known ones; they may refer to one another in any order.
    pub records: Vec<Record>,
    /// New lines of journals, each journal in the order of its numbers.
    pub journal: Vec<JournalLine>,
}

/// One line of a journal: what is about to be done, or what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalLine {
    /// Name of the journal, such as the id of a campaign; not empty, at most 200 bytes, no control characters.
    pub journal: String,
    /// 1, 2, 3 ... within the journal, without gaps.
    pub sequence: u64,
    /// When it was written, in lab time.
    pub at: Timestamp,
    /// What it says.
    pub entry: serde_json::Value,
}
