//! Reads tables row after row.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use matdock_message::{Message, say};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{sdf::Records, sets::Notation};
use crate::table::{self, Column, parquet_cells};

/// A row as it stands in the file.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Line, from 1.
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    /// What is wrong with the row itself.
    pub(super) problem: Option<Message>,
}

/// A table being read.
pub(super) struct Input {
    path: PathBuf,
    file: String,
    headers: Vec<String>,
    rows: Rows,
    size: u64,
}

enum Rows {
    Text(Box<csv::Reader<BufReader<File>>>),
    /// `.smi`: a structure, then what it is called, without a header.
    Smiles {
        lines: BufReader<File>,
        line: u64,
        bytes: u64,
    },
    Sdf(Box<Records>),
    Parquet {
        batches: Box<ParquetRecordBatchReader>,
        schema: SchemaRef,
        row: u64,
    },
    /// A workbook is read whole; it has at most a million rows.
    Sheet {
        table: Box<table::Table>,
        row: usize,
    },
}

/// Names a column of structures usually has, best first.
const USUAL: [&str; 10] = [
    "smiles",
    "canonical_smiles",
    "psmiles",
    "formula",
    "composition",
    "chemical_formula",
    "structure",
    "molecule",
    "material",
    "compound",
];
/// Whole numbers below it are exact.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;
/// A longer line is no structure.
const LONGEST_LINE: u64 = 1 << 20;

impl Input {
    /// Opens a table. Errors: it cannot be read or is of an unknown kind; the message names the file.
    pub(super) fn open(path: &Path) -> Result<Self, Message> {
        let file = path.display().to_string();
        let place = |what: Message| say!("place-file", file = file, what = what);
        let unreadable = |error: std::io::Error| place(say!("table-unreadable", reason = error));
        let (named, _) = table::file_of(path);
        let extension = named.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        let opened = File::open(&named).map_err(unreadable)?;
        let bytes = opened.metadata().map_err(unreadable)?.len();
        if bytes == 0 {
            return Err(place(say!("table-empty-file")));
        }
        let (headers, rows, size) = match extension.as_str() {
            "csv" | "tsv" | "txt" => {
                let (headers, reader) = text(opened, &place)?;
                (headers, Rows::Text(Box::new(reader)), bytes)
            }
            "smi" => {
                let lines = BufReader::new(opened);
                (vec!["smiles".into(), "name".into()], Rows::Smiles { lines, line: 0, bytes: 0 }, bytes)
            }
            "sdf" | "sd" | "mol" => {
                let records = Records::open(path).map_err(unreadable)?;
                (records.headers(), Rows::Sdf(Box::new(records)), bytes)
            }
            "parquet" => {
                let broken = |error: &dyn std::fmt::Display| place(say!("table-parquet", reason = error));
                let builder = ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|error| broken(&error))?;
                let schema = builder.schema().clone();
                parquet_cells::check(&schema).map_err(place)?;
                let headers = schema.fields().iter().map(|field| field.name().clone()).collect();
                let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
                let batches = builder.with_batch_size(super::BLOCK).build().map_err(|error| broken(&error))?;
                (headers, Rows::Parquet { batches: Box::new(batches), schema, row: 0 }, rows)
            }
            "xlsx" | "xlsm" => {
                let table = table::read(path)?;
                let headers = table.columns.iter().map(Column::header).collect();
                let size = table.rows.len() as u64;
                (headers, Rows::Sheet { table: Box::new(table), row: 0 }, size)
            }
            _ => return Err(place(say!("app-describe-unknown-kind", extension = extension))),
        };
        let mut seen = HashSet::new();
        if let Some(twice) = headers.iter().find(|header| !header.is_empty() && !seen.insert(header.as_str())) {
            return Err(place(say!("app-describe-column-twice", name = twice)));
        }
        Ok(Self { path: path.to_owned(), file, headers, rows, size })
    }

    /// Headers of the columns, as written.
    pub(super) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Bytes, or rows where the file says how many there are.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// How much of [`Input::size`] has been read.
    pub(super) fn position(&self) -> u64 {
        match &self.rows {
            Rows::Text(reader) => reader.position().byte(),
            Rows::Smiles { bytes, .. } => *bytes,
            Rows::Sdf(records) => records.bytes,
            Rows::Parquet { row, .. } => *row,
            Rows::Sheet { row, .. } => *row as u64,
        }
    }

    /// The column with the structures: the one named, or the first with a usual name.
    ///
    /// Errors: there is none; the message lists the columns.
    pub(super) fn structures(&self, name: Option<&str>) -> Result<usize, Message> {
        let names: Vec<String> = self.headers.iter().map(|header| Column::parse(header).name).collect();
        let listed = || names.join(", ");
        let place = |what: Message| say!("place-file", file = self.file, what = what);
        let named = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        match name {
            Some(wanted) => named(wanted)
                .or_else(|| self.headers.iter().position(|header| header == wanted))
                .ok_or_else(|| place(say!("table-no-column", name = wanted, columns = listed()))),
            None => USUAL
                .into_iter()
                .find_map(named)
                .or((names.len() == 1).then_some(0))
                .ok_or_else(|| place(say!("app-describe-no-column", columns = listed()))),
        }
    }

    /// How the structures of a column are written, where its name says so.
    pub(super) fn notation(&self, column: usize) -> Option<Notation> {
        let header = self.headers.get(column)?.to_lowercase();
        match header.contains("smiles") {
            true => Some(Notation::Smiles),
            false => ["formula", "composition"].iter().any(|word| header.contains(word)).then_some(Notation::Formula),
        }
    }

    /// `what`, with the column it is about.
    pub(super) fn at_column(&self, column: usize, what: Message) -> Message {
        let name = self.headers.get(column).cloned().unwrap_or_default();
        let what = say!("app-describe-at-column", name = name, what = what);
        say!("place-file", file = self.file, what = what)
    }

    /// Of what type each column is in a file that has types; looks through the whole of one without. Errors: it cannot
    /// be read.
    pub(super) fn kinds(&self) -> Result<Vec<DataType>, Message> {
        if let Rows::Parquet { schema, .. } = &self.rows {
            return Ok(schema.fields().iter().map(|field| parquet_cells::written_as(field.data_type())).collect());
        }
        let width = self.headers.len();
        let mut all = Self::open(&self.path)?;
        let (mut some, mut other) = (vec![false; width], vec![false; width]);
        while let Some(block) = all.next_block(super::BLOCK)? {
            for row in block {
                for ((cell, some), other) in row.cells.iter().zip(&mut some).zip(&mut other) {
                    let number = plain_number(cell).is_some();
                    *some |= number;
                    *other |= !number && !cell.is_empty();
                }
            }
        }
        let kind = |(some, other): (&bool, &bool)| if *some && !other { DataType::Float64 } else { DataType::Utf8 };
        Ok(some.iter().zip(&other).map(kind).collect())
    }

    /// The next rows, at most `most`; `None` at the end. Errors: the file cannot be read any further.
    pub(super) fn next_block(&mut self, most: usize) -> Result<Option<Vec<Row>>, Message> {
        let width = self.headers.len();
        let mut block = Vec::new();
        match &mut self.rows {
            Rows::Text(reader) => {
                let mut record = csv::ByteRecord::new();
                while block.len() < most
                    && reader.read_byte_record(&mut record).map_err(|error| {
                        let what = say!("table-csv", reason = error);
                        say!("place-file", file = self.file, what = what)
                    })?
                {
                    if record.iter().any(|cell| !cell.is_empty()) {
                        block.push(text_row(&record, width));
                    }
                }
            }
            Rows::Smiles { lines, line, bytes } => {
                while block.len() < most {
                    let mut text = Vec::new();
                    let read = lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text).map_err(|error| {
                        let what = say!("table-unreadable", reason = error);
                        say!("place-file", file = self.file, what = what)
                    })?;
                    if read == 0 {
                        break;
                    }
                    (*line, *bytes) = (*line + 1, *bytes + read as u64);
                    let text = String::from_utf8_lossy(&text);
                    let text = text.trim();
                    if !text.is_empty() {
                        let (structure, name) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
                        let cells = vec![structure.to_owned(), name.trim().to_owned()];
                        block.push(Row { line: *line, cells, problem: None });
                    }
                }
            }
            Rows::Sdf(records) => {
                block = records.rows(most).map_err(|what| say!("place-file", file = self.file, what = what))?;
            }
            Rows::Parquet { batches, row, .. } => match batches.next() {
                None => {}
                Some(Ok(batch)) => {
                    block = parquet_rows(&batch, *row);
                    *row += batch.num_rows() as u64;
                }
                Some(Err(error)) => {
                    let what = say!("table-parquet", reason = error);
                    return Err(say!("place-file", file = self.file, what = what));
                }
            },
            Rows::Sheet { table, row } => {
                let end = (*row + most).min(table.rows.len());
                for at in *row..end {
                    let line = table.source.lines.get(at).copied().unwrap_or(at as u64 + 2);
                    let cells = (0..width).map(|column| table.cell(at, column).to_string()).collect();
                    block.push(Row { line, cells, problem: None });
                }
                *row = end;
            }
        }
        Ok((!block.is_empty()).then_some(block))
    }
}

/// Opens text with separators: headers and the reader behind them.
fn text(
    mut file: File,
    place: &dyn Fn(Message) -> Message,
) -> Result<(Vec<String>, csv::Reader<BufReader<File>>), Message> {
    let unreadable = |error: std::io::Error| place(say!("table-unreadable", reason = error));
    let mut start = Vec::new();
    file.by_ref().take(64 << 10).read_to_end(&mut start).map_err(unreadable)?;
    if start.starts_with(b"PK") {
        return Err(place(say!("table-is-a-workbook")));
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(place(say!("table-utf16")));
    }
    let mark = if start.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    let delimiter = table::delimiter(&String::from_utf8_lossy(start.get(mark..).unwrap_or_default()));
    file.seek(SeekFrom::Start(mark as u64)).map_err(unreadable)?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(BufReader::with_capacity(1 << 18, file));
    let headers = reader.headers().map_err(|error| place(say!("table-csv", reason = error)))?;
    Ok((headers.iter().map(str::to_owned).collect(), reader))
}

/// Rows of a batch, `before` of them in the file before it.
fn parquet_rows(batch: &RecordBatch, before: u64) -> Vec<Row> {
    let mut columns = parquet_cells::texts(batch);
    let row = |at: usize| {
        let cells = columns.iter_mut().map(|column| column.get_mut(at).map(std::mem::take).unwrap_or_default());
        Row { line: before + at as u64 + 1, cells: cells.collect(), problem: None }
    };
    (0..batch.num_rows()).map(row).collect()
}

fn text_row(record: &csv::ByteRecord, width: usize) -> Row {
    let line = record.position().map_or(0, csv::Position::line);
    let surplus = record.iter().skip(width).any(|cell| !cell.is_empty());
    let problem = if record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
        Some(say!("app-describe-not-utf8"))
    } else {
        (surplus || record.len() < width).then(|| say!("app-describe-ragged", found = record.len(), expected = width))
    };
    let cell = |at: usize| record.get(at).map_or_else(String::new, |cell| String::from_utf8_lossy(cell).into_owned());
    Row { line, cells: (0..width).map(cell).collect(), problem }
}

/// The number a cell is, where writing it as one loses nothing: `007` and numbers of more digits than fit stay text.
pub(super) fn plain_number(cell: &str) -> Option<f64> {
    let digits = cell.trim_start_matches(['-', '+']);
    let padded = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = cell.parse::<f64>().ok().filter(|number| number.is_finite() && !padded)?;
    let exact = number.abs() < MOST_EXACT || cell.contains(['.', 'e', 'E']);
    exact.then_some(number)
}
