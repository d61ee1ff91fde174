//! `matdock describe`: numbers for every structure of a table, row after row, so that a table may be of any length.

mod cache;
pub mod find;
mod input;
mod listing;
mod lookup;
mod mixture;
mod output;
mod sdf;
mod sets;

use std::{
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use matdock_chem::Ends;
use matdock_message::{Language, Message, say};
use rayon::prelude::*;
use serde::Serialize;

use cache::{Cache, Fresh};
use input::{Input, Row};
pub use listing::{Descriptor, Kind, Needs};
pub use mixture::Mixtures;
use mixture::Subject;
use output::Output;
pub use sets::{Notation, Sets};

/// What to describe, and where to put it.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The table: `.csv`, `.tsv`, `.txt`, `.smi`, `.xlsx` or `.parquet`.
    pub input: PathBuf,
    /// The table to write: `.csv`, `.parquet` or `.xlsx`.
    pub output: PathBuf,
    /// Names of sets of descriptors; none for those that suit the column.
    pub sets: Vec<String>,
    /// Name of the column with the structures; `None` to find it by its name.
    pub column: Option<String>,
    /// What becomes of the open ends of repeat units; `None` to leave them open.
    pub ends: Option<Ends>,
    /// Whether Mordred's descriptors follow the literature where Mordred departs from it.
    pub corrected: bool,
    /// What to make of several structures in a row.
    pub mixtures: Mixtures,
    /// Dock in which descriptors are kept by structure; `None` to compute all.
    pub dock: Option<PathBuf>,
    /// Language of the reasons in the table.
    pub language: Language,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Described {
    /// The table written.
    pub output: PathBuf,
    /// Column the structures stood in, or columns.
    pub column: String,
    /// How they were read.
    pub notation: Notation,
    /// Rows written.
    pub rows: u64,
    /// Number of descriptors.
    pub descriptors: usize,
    /// Rows without any descriptor, because the structure could not be read.
    pub unreadable: u64,
    /// Cells without a value in the other rows.
    pub missing: u64,
    /// Rows whose structure has open ends (`*`), with nothing said of what becomes of them.
    pub open_ended: u64,
    /// Rows whose fractions added up to nearly one and were scaled to one.
    pub scaled: u64,
    /// Structures looked up in the dock, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Lookups>,
    /// The first unreadable rows.
    pub problems: Vec<Problem>,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// How often descriptors were found in the dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Lookups {
    /// Sets of structures that were there.
    pub found: u64,
    /// Sets of structures that were computed and are kept now.
    pub computed: u64,
}

/// A row whose structure could not be read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: u64,
    /// What is wrong.
    pub what: String,
}

/// How far it has come: bytes (or rows) read of all there are, and rows written.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Bytes or rows read.
    pub read: u64,
    /// Bytes or rows there are.
    pub all: u64,
    /// Rows written.
    pub rows: u64,
}

/// Rows taken together: enough to keep every core busy, few enough to keep memory small.
const BLOCK: usize = 512;
/// Blocks waiting between reading, computing and writing.
const WAITING: usize = 2;
/// Unreadable rows told of in full.
const SHOWN: usize = 10;

/// A row with its descriptors.
#[derive(Default)]
pub(super) struct Done {
    row: Row,
    /// Cells of [`OWN`] columns: why the structure could not be read, and which reasons leave how many cells empty.
    own: Vec<String>,
    values: Vec<Option<f64>>,
    unreadable: bool,
    open: bool,
    scaled: bool,
    hits: usize,
    fresh: Vec<Fresh>,
}

/// Columns between those of the table and the descriptors.
const OWN: [&str; 2] = ["error", "missing"];

/// Describes every row; the order stays, one bad row never stops the rest.
///
/// The file is the same for any number of threads. `stop` ends it early with the rows done so far.
///
/// # Errors
/// The table cannot be read or written, has no such column, or a set is not known; the message says which there are.
pub fn describe(wish: &Wish, stop: &AtomicBool, progress: &mut dyn FnMut(Progress)) -> Result<Described, Message> {
    if same_file(&wish.input, &wish.output) {
        return Err(say!("app-describe-onto-itself", file = wish.output.display()));
    }
    let mut input = Input::open(&wish.input)?;
    let subject = Subject::of(wish, &input)?;
    let notations = subject.notations();
    let sets = Sets::of(&wish.sets, &notations, wish.ends, wish.corrected)?;
    let headers = subject.headers(&sets);
    let mut output = Output::create(&wish.output, &input, &OWN, &headers)?;
    let mut cache = match wish.dock.as_deref().map(|dock| Cache::open(dock, &sets.kept())).transpose() {
        Ok(cache) => cache,
        Err(error) => {
            output.discard();
            return Err(error);
        }
    };
    let all = input.size();
    let mut described = Described {
        output: wish.output.clone(),
        column: subject.columns(&input),
        rows: 0,
        notation: Notation::of_all(&notations),
        descriptors: headers.len(),
        unreadable: 0,
        missing: 0,
        open_ended: 0,
        scaled: 0,
        kept: cache.is_some().then(Lookups::default),
        problems: Vec::new(),
        stopped: false,
    };
    let written = thread::scope(|scope| {
        let (to_compute, blocks) = mpsc::sync_channel(WAITING);
        let reader = scope.spawn(move || -> Result<(), Message> {
            while let Some(block) = input.next_block(BLOCK)? {
                if to_compute.send((block, input.position())).is_err() {
                    break;
                }
            }
            Ok(())
        });
        for (block, read) in blocks {
            let known = cache.as_ref();
            let one = |row| one(row, &subject, &sets, known, headers.len(), wish.language);
            let mut done: Vec<Done> = block.into_par_iter().map(one).collect();
            described.count(&done);
            if let Some(cache) = &mut cache {
                cache.keep(done.iter_mut().flat_map(|done| done.fresh.drain(..)))?;
            }
            output.write(&done)?;
            progress(Progress { read, all, rows: described.rows });
            if stop.load(Ordering::Relaxed) {
                described.stopped = true;
                break;
            }
        }
        // The channel is closed now, so the reader has ended or is about to.
        reader.join().unwrap_or_else(|_| Err(say!("app-describe-reader")))
    });
    match written {
        Ok(()) => output.close().map(|()| described),
        Err(error) => {
            output.discard();
            Err(error)
        }
    }
}

impl Described {
    fn count(&mut self, block: &[Done]) {
        self.rows += block.len() as u64;
        for done in block {
            self.open_ended += u64::from(done.open);
            self.scaled += u64::from(done.scaled);
            if let Some(kept) = &mut self.kept {
                kept.found += done.hits as u64;
                kept.computed += done.fresh.len() as u64;
            }
            if done.unreadable {
                self.unreadable += 1;
                if self.problems.len() < SHOWN {
                    let what = done.own.first().cloned().unwrap_or_default();
                    self.problems.push(Problem { line: done.row.line, what });
                }
            } else {
                self.missing += done.values.iter().filter(|value| value.is_none()).count() as u64;
            }
        }
    }
}

fn one(mut row: Row, subject: &Subject, sets: &Sets, cache: Option<&Cache>, width: usize, language: Language) -> Done {
    let computed = match row.problem.take() {
        Some(problem) => Err(problem),
        None => subject.describe(&row, sets, cache),
    };
    match computed {
        Ok(computed) => {
            let reasons: Vec<String> = computed
                .reasons
                .iter()
                .map(|(reason, cells)| {
                    say!("app-describe-reason", reason = reason.text(language), cells = cells).text(language)
                })
                .collect();
            Done {
                row,
                own: vec![String::new(), reasons.join("; ")],
                values: computed.values,
                unreadable: false,
                open: computed.open,
                scaled: computed.scaled,
                hits: computed.hits,
                fresh: computed.fresh,
            }
        }
        Err(problem) => {
            let own = vec![problem.text(language), String::new()];
            Done { row, own, values: vec![None; width], unreadable: true, ..Done::default() }
        }
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod mixture_tests;
#[cfg(test)]
mod tests;
