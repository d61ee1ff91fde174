//! `matdock show`: one record, or a sample with its whole history.

use matdock_message::{Message, say};
use matdock_record::{Body, Record, SampleId};
use matdock_store::{Dock, Query};
use serde::Serialize;

/// A record and what belongs to it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// All versions, oldest first.
    pub versions: Vec<Record>,
    /// For a sample everything done to it and seen on it, in the order of time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Record>,
}

impl Shown {
    /// The latest version.
    pub fn latest(&self) -> Option<&Record> {
        self.versions.last()
    }
}

/// Finds a record by its id, the beginning of its id, or a sample by its name.
///
/// # Errors
/// Nothing or more than one thing fits; the message lists what does.
pub fn show(dock: &Dock, text: &str) -> Result<Vec<Shown>, Message> {
    let found = dock.find(text)?;
    if found.is_empty() {
        return Err(say!("app-show-nothing", text = text));
    }
    if found.len() > 20 {
        return Err(say!("app-show-many", text = text, count = found.len()));
    }
    found.into_iter().map(|record| shown(dock, &record)).collect()
}

fn shown(dock: &Dock, record: &Record) -> Result<Shown, Message> {
    let history = match &record.body {
        Body::Sample(_) => dock.records(&Query { sample: Some(SampleId::from(record.id)), ..Query::default() })?,
        _ => Vec::new(),
    };
    let mut history: Vec<Record> = history.into_iter().filter(|other| other.id != record.id).collect();
    if matches!(record.body, Body::Sample(_)) {
        // A file names the run it belongs to, not the sample.
        let files = dock.records(&Query { kind: Some("file"), ..Query::default() })?;
        let own = |file: &Record| matches!(&file.body, Body::File(f) if f.of == Some(record.id) || history.iter().any(|run| f.of == Some(run.id)));
        let new = |file: &Record| own(file) && history.iter().all(|known| known.id != file.id);
        let own: Vec<Record> = files.into_iter().filter(new).collect();
        history.extend(own);
        history.sort_by_key(|record| record.provenance.at);
    }
    Ok(Shown { versions: dock.versions(record.id)?, history })
}
