//! Checking a whole dock.

use matdock_message::Message;
use matdock_record::FileHash;

/// What a check of the whole dock found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Versions of records read and hashed.
    pub records: u64,
    /// Journal lines read and hashed.
    pub journal_lines: u64,
    /// Objects read and hashed.
    pub objects: u64,
    /// What is wrong, precisely; empty for a whole dock.
    pub problems: Vec<Message>,
    /// Objects no record refers to, left by work that was stopped before its commit. No error.
    pub orphans: Vec<FileHash>,
}
