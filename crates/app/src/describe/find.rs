//! `matdock similar` and `matdock substructure`: structures of a table that resemble one, or have something in them.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use matdock_chem::{Fingerprinter, Molecule, Pattern};
use matdock_message::{Language, Message, say};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    BLOCK, Done, Notation, Problem, Progress, SHOWN,
    input::{Input, Row},
    output::Output,
    same_file,
};

/// Where to look.
#[derive(Debug, Clone)]
pub struct Place {
    /// The table.
    pub input: PathBuf,
    /// Name of the column with the structures, read as SMILES; `None` to find it by its name.
    pub column: Option<String>,
    /// Language of what is said of unreadable rows.
    pub language: Language,
}

/// A row of the table that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Line of the file, from 1.
    pub line: u64,
    /// Tanimoto similarity, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// The cells of the row.
    pub cells: Vec<String>,
}

/// What came of looking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Findings {
    /// Headers of the table.
    pub headers: Vec<String>,
    /// Rows found: the most similar first, or the first of those with the pattern.
    pub found: Vec<Found>,
    /// Rows that have the pattern; with [`similar`] the rows in `found`.
    pub count: u64,
    /// The table written with all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<PathBuf>,
    /// Rows read.
    pub rows: u64,
    /// Rows whose structure could not be read.
    pub unreadable: u64,
    /// The first of them.
    pub problems: Vec<Problem>,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// The `top` rows most similar to a structure; of equally similar ones the first in the table comes first.
///
/// # Errors
/// The table or the structure cannot be read, or no fingerprint has that name.
pub fn similar(
    place: &Place,
    to: &str,
    fingerprint: &str,
    top: usize,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Findings, Message> {
    let names = || Fingerprinter::NAMES.join(", ");
    let maker = Fingerprinter::named(fingerprint)
        .ok_or_else(|| say!("app-similar-unknown-fingerprint", name = fingerprint, names = names()))?;
    let wanted = maker.bits(&Molecule::from_smiles(to).map_err(|error| error.message())?);
    let test = |molecule: &Molecule| Some(wanted.tanimoto(&maker.bits(molecule)));
    let mut best: Vec<Found> = Vec::new();
    let mut findings = scan(place, &test, stop, progress, &mut |found| {
        let at = best.partition_point(|other| other.similarity >= found.similarity);
        if at < top {
            best.insert(at, found);
            best.truncate(top);
        }
        Ok(())
    })?;
    findings.count = best.len() as u64;
    findings.found = best;
    Ok(findings)
}

/// The rows whose structure has a pattern (SMARTS) in it: the first are returned, all are written to `output`.
///
/// # Errors
/// The table or the pattern cannot be read, or the file cannot be written.
pub fn substructure(
    place: &Place,
    smarts: &str,
    output: Option<PathBuf>,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Findings, Message> {
    let pattern = Pattern::parse(smarts).map_err(|error| error.message())?;
    let mut written = match &output {
        Some(path) if same_file(&place.input, path) => {
            return Err(say!("app-describe-onto-itself", file = path.display()));
        }
        Some(path) => Some(Output::create(path, &Input::open(&place.input)?, &[], &[])?),
        None => None,
    };
    let mut first: Vec<Found> = Vec::new();
    let mut waiting: Vec<Done> = Vec::new();
    let test = |molecule: &Molecule| pattern.occurs(molecule).then_some(1.0);
    let scanned = scan(place, &test, stop, progress, &mut |found| {
        if first.len() < SHOWN {
            first.push(Found { similarity: None, ..found.clone() });
        }
        if let Some(written) = &mut written {
            waiting.push(Done { row: Row { line: found.line, cells: found.cells, problem: None }, ..Done::default() });
            if waiting.len() >= BLOCK {
                written.write(&waiting)?;
                waiting.clear();
            }
        }
        Ok(())
    });
    let mut findings = match (scanned, written) {
        (Ok(findings), None) => findings,
        (Ok(findings), Some(mut written)) => match written.write(&waiting) {
            Ok(()) => written.close().map(|()| findings)?,
            Err(error) => {
                written.discard();
                return Err(error);
            }
        },
        (Err(error), written) => {
            written.into_iter().for_each(Output::discard);
            return Err(error);
        }
    };
    findings.found = first;
    findings.output = output;
    Ok(findings)
}

/// Reads every structure, block by block on all cores, and hands on, in order, those `test` gives a number for.
fn scan(
    place: &Place,
    test: &(dyn Fn(&Molecule) -> Option<f64> + Sync),
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
    take: &mut dyn FnMut(Found) -> Result<(), Message>,
) -> Result<Findings, Message> {
    let mut input = Input::open(&place.input)?;
    let column = input.structures(place.column.as_deref())?;
    if place.column.is_none() && input.notation(column) == Some(Notation::Formula) {
        return Err(say!(
            "app-find-needs-molecules",
            column = input.headers().get(column).cloned().unwrap_or_default()
        ));
    }
    let mut findings = Findings {
        headers: input.headers().to_vec(),
        found: Vec::new(),
        count: 0,
        output: None,
        rows: 0,
        unreadable: 0,
        problems: Vec::new(),
        stopped: false,
    };
    let all = input.size();
    while let Some(block) = input.next_block(BLOCK)? {
        findings.rows += block.len() as u64;
        let tested: Vec<(Row, Result<Option<f64>, Message>)> = block
            .into_par_iter()
            .map(|mut row| {
                let result = row.problem.take().map_or_else(|| read(&row, column).map(|m| test(&m)), Err);
                (row, result)
            })
            .collect();
        for (row, result) in tested {
            match result {
                Ok(Some(number)) => {
                    findings.count += 1;
                    take(Found { line: row.line, similarity: Some(number), cells: row.cells })?;
                }
                Ok(None) => {}
                Err(problem) => {
                    findings.unreadable += 1;
                    if findings.problems.len() < SHOWN {
                        findings.problems.push(Problem { line: row.line, what: problem.text(place.language) });
                    }
                }
            }
        }
        progress(Progress { read: input.position(), all, rows: findings.rows });
        if stop.load(Ordering::Relaxed) {
            findings.stopped = true;
            break;
        }
    }
    Ok(findings)
}

fn read(row: &Row, column: usize) -> Result<Molecule, Message> {
    match row.cells.get(column).map_or("", |cell| cell.trim()) {
        "" => Err(say!("app-describe-empty")),
        smiles => Molecule::from_smiles(smiles).map_err(|error| error.message()),
    }
}
