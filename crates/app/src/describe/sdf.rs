//! Reads SDF files: every record becomes a row with its structure as SMILES, its name and its data.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use matdock_chem::SdfRecord;
use matdock_message::{Message, say};
use rayon::prelude::*;

use super::input::Row;

/// Longer records are no molecules.
const LONGEST_RECORD: usize = 16 << 20;
const LONGEST_LINE: u64 = 1 << 20;
/// Columns of our own before those of the data.
const OWN: [&str; 2] = ["smiles", "name"];

/// Records of an SDF file, one after the other.
pub(super) struct Records {
    lines: BufReader<File>,
    line: u64,
    pub(super) bytes: u64,
    /// Names of the data, in the order of their columns.
    names: Vec<String>,
}

impl Records {
    /// Opens a file and looks through it for the names of the data. Errors: it cannot be read.
    pub(super) fn open(path: &Path) -> Result<Self, std::io::Error> {
        let open = || File::open(path).map(|file| BufReader::with_capacity(1 << 18, file));
        let mut records = Self { lines: open()?, line: 0, bytes: 0, names: Vec::new() };
        let mut names: Vec<String> = Vec::new();
        while let Some((_, text)) = records.next()? {
            for (name, _) in SdfRecord::parse(&text).properties {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Ok(Self { lines: open()?, line: 0, bytes: 0, names })
    }

    pub(super) fn headers(&self) -> Vec<String> {
        let data = self.names.iter().map(|name| match OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            true => format!("{name} (SDF)"),
            false => name.clone(),
        });
        OWN.into_iter().map(str::to_owned).chain(data).collect()
    }

    /// The line a record begins at, from 1, and its text; `None` at the end.
    fn next(&mut self) -> Result<Option<(u64, String)>, std::io::Error> {
        let start = self.line + 1;
        let mut text = Vec::new();
        loop {
            let before = text.len();
            let read = self.lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)?;
            self.bytes += read as u64;
            self.line += u64::from(read > 0);
            let line = text.get(before..).unwrap_or_default();
            let ends = line.starts_with(b"$$$$");
            if read == 0 || ends {
                text.truncate(before);
                let text = String::from_utf8_lossy(&text).into_owned();
                let empty = text.trim().is_empty() && !ends;
                return Ok((!empty).then_some((start, text)));
            }
            // The rest of an endless record is read over.
            if text.len() > LONGEST_RECORD {
                text.truncate(before);
            }
        }
    }

    /// The next rows, at most `most`.
    pub(super) fn rows(&mut self, most: usize) -> Result<Vec<Row>, Message> {
        let mut texts = Vec::new();
        while texts.len() < most {
            match self.next().map_err(|error| say!("table-unreadable", reason = error))? {
                Some(text) => texts.push(text),
                None => break,
            }
        }
        Ok(texts.into_par_iter().map(|(line, text)| row(line, &text, &self.names)).collect())
    }
}

fn row(line: u64, text: &str, names: &[String]) -> Row {
    let record = SdfRecord::parse(text);
    let (smiles, problem) = match record.molecule() {
        Ok(molecule) => (molecule.canonical_smiles(), None),
        Err(mut error) => {
            error.line += usize::try_from(line - 1).unwrap_or_default();
            (String::new(), Some(error.message()))
        }
    };
    let value = |name: &String| {
        let found = record.properties.iter().find(|(other, _)| other == name);
        found.map_or_else(String::new, |(_, value)| value.clone())
    };
    let cells = [smiles, record.name.to_owned()].into_iter().chain(names.iter().map(value)).collect();
    Row { line, cells, problem }
}
