//! `matdock verify`: checks the whole dock, and that it makes sense to a laboratory.

use std::collections::HashMap;

use matdock_message::{Message, say};
use matdock_record::{Body, SampleId, SuggestionId};
use matdock_store::{Dock, Query};
use serde::Serialize;

use crate::history::RESULT;

/// What was checked and what is wrong.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Records checked.
    pub records: u64,
    /// Journal lines checked.
    pub journal_lines: u64,
    /// Objects hashed again.
    pub objects: u64,
    /// Objects nobody refers to; harmless leftovers of a crash before a commit.
    pub orphans: u64,
    /// Everything that is wrong.
    pub problems: Vec<Message>,
}

/// [`Verified`] for programs.
#[derive(Debug, Serialize)]
pub struct VerifiedJson<'a> {
    records: u64,
    journal_lines: u64,
    objects: u64,
    orphans: u64,
    problems: Vec<Problem<'a>>,
}

#[derive(Debug, Serialize)]
struct Problem<'a> {
    id: &'a str,
    text: String,
}

impl Verified {
    /// The JSON form.
    pub fn json(&self) -> VerifiedJson<'_> {
        VerifiedJson {
            records: self.records,
            journal_lines: self.journal_lines,
            objects: self.objects,
            orphans: self.orphans,
            problems: self.problems.iter().map(|p| Problem { id: p.id(), text: p.to_string() }).collect(),
        }
    }
}

/// Checks every object, record, reference, journal and dataset, and that no suggestion and no sample has two results.
///
/// # Errors
/// The dock cannot be read at all.
pub fn verify(dock: &Dock, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, Message> {
    let report = dock.verify(progress)?;
    let mut problems = report.problems;
    problems.extend(crate::dataset::problems(dock.place()));
    let mut of_suggestion: HashMap<SuggestionId, SampleId> = HashMap::new();
    for record in dock.records(&Query { kind: Some("sample"), ..Query::default() })? {
        if let Body::Sample(sample) = &record.body
            && let Some(suggestion) = sample.suggestion
            && let Some(other) = of_suggestion.insert(suggestion, SampleId::from(record.id))
        {
            problems.push(say!("app-verify-two-samples", suggestion = suggestion, first = other, second = record.id));
        }
    }
    let mut results = HashMap::new();
    for record in dock.records(&Query { kind: Some("measurement"), ..Query::default() })? {
        if let Body::Measurement(run) = &record.body
            && run.name == RESULT
            && let Some(other) = results.insert(run.sample, record.id)
        {
            problems.push(say!("app-verify-two-results", sample = run.sample, first = other, second = record.id));
        }
    }
    Ok(Verified {
        records: report.records,
        journal_lines: report.journal_lines,
        objects: report.objects,
        orphans: report.orphans.len() as u64,
        problems,
    })
}
