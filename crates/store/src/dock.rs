//! The dock as its callers see it.

use std::path::Path;

use bytes::Bytes;
use matdock_message::Message;
use matdock_record::{FileHash, Record, RecordId};

use crate::{Batch, JournalLine, Query, SeriesData, VerifyReport};

/// What a dock is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reading and writing; one process at a time. A missing dock is made.
    Write,
    /// Reading only, also while another process writes.
    Read,
}

/// The store of everything: records, journals, series and files. Append-only.
#[derive(Debug)]
pub struct Dock {}

fn unfinished<T>() -> Result<T, Message> {
    Err(Message::new("store-unfinished"))
}

#[expect(unused_variables, missing_docs, reason = "signatures first")]
impl Dock {
    pub fn open(place: &Path, mode: Mode) -> Result<Self, Message> {
        unfinished()
    }
    pub fn put_object(&self, bytes: &[u8]) -> Result<FileHash, Message> {
        unfinished()
    }
    pub fn object(&self, hash: &FileHash) -> Result<Bytes, Message> {
        unfinished()
    }
    pub fn put_series(&self, series: &SeriesData) -> Result<FileHash, Message> {
        unfinished()
    }
    pub fn series(&self, hash: &FileHash) -> Result<SeriesData, Message> {
        unfinished()
    }
    pub fn commit(&self, batch: &Batch) -> Result<(), Message> {
        unfinished()
    }
    pub fn record(&self, id: RecordId) -> Result<Option<Record>, Message> {
        unfinished()
    }
    pub fn versions(&self, id: RecordId) -> Result<Vec<Record>, Message> {
        unfinished()
    }
    pub fn records(&self, query: &Query) -> Result<Vec<Record>, Message> {
        unfinished()
    }
    pub fn campaign(&self, name: &str) -> Result<Option<Record>, Message> {
        unfinished()
    }
    pub fn find(&self, prefix: &str) -> Result<Vec<Record>, Message> {
        unfinished()
    }
    pub fn journal(&self, name: &str) -> Result<Vec<JournalLine>, Message> {
        unfinished()
    }
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<VerifyReport, Message> {
        unfinished()
    }
}
