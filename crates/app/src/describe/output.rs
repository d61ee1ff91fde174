//! Writes the described table row after row; the file appears under its name when it is complete.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use matdock_message::{Message, say};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};
use rayon::prelude::*;
use rust_xlsxwriter::{Workbook, Worksheet};

use super::{
    Done,
    input::{Input, plain_number},
};
use crate::table::{Format, beside};

/// Excel has no more.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: usize = 16_384;

pub(super) struct Output {
    path: PathBuf,
    temporary: PathBuf,
    sink: Sink,
}

enum Sink {
    Csv(BufWriter<File>),
    Parquet { writer: Box<ArrowWriter<File>>, schema: SchemaRef },
    Sheet { sheet: Box<Worksheet>, row: u32 },
}

impl Output {
    /// A table with the columns of the input, then `own` with text and `numbers`.
    ///
    /// Errors: the kind of file is not known or cannot be written; a header would stand there twice.
    pub(super) fn create(path: &Path, input: &Input, own: &[&str], numbers: &[String]) -> Result<Self, Message> {
        let place = |what: Message| say!("place-file", file = path.display(), what = what);
        let format = Format::of(path).map_err(place)?;
        let headers = headers(input, own, numbers).map_err(place)?;
        let temporary = beside(path);
        let unwritable = |error: &dyn std::fmt::Display| place(say!("table-unwritable", reason = error));
        let file = File::create(&temporary).map_err(|error| unwritable(&error))?;
        let sink = match format {
            Format::Csv => {
                let mut line = csv::Writer::from_writer(Vec::new());
                line.write_record(&headers).map_err(|error| unwritable(&error))?;
                let mut file = BufWriter::new(file);
                file.write_all(&line.into_inner().map_err(|error| unwritable(&error))?)
                    .map_err(|error| unwritable(&error))?;
                Sink::Csv(file)
            }
            Format::Parquet => {
                let texts = input.headers().len() + own.len();
                let kinds = input.kinds()?;
                let kind = |at: usize| match kinds.get(at) {
                    Some(kind) => kind.clone(),
                    None if at < texts => DataType::Utf8,
                    None => DataType::Float64,
                };
                let fields = headers.iter().enumerate().map(|(at, name)| Field::new(name, kind(at), true));
                let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
                let properties =
                    WriterProperties::builder().set_compression(Compression::ZSTD(Default::default())).build();
                let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
                Sink::Parquet { writer: Box::new(writer.map_err(|error| unwritable(&error))?), schema }
            }
            Format::Xlsx if headers.len() > MOST_COLUMNS => {
                return Err(place(say!("app-describe-sheet-columns", most = MOST_COLUMNS)));
            }
            Format::Xlsx => {
                let mut sheet = Worksheet::new();
                for (column, header) in (0..).zip(&headers) {
                    sheet.write(0, column, header).map_err(|error| unwritable(&error))?;
                }
                Sink::Sheet { sheet: Box::new(sheet), row: 1 }
            }
            Format::Json => return Err(place(say!("app-describe-json"))),
        };
        Ok(Self { path: path.to_owned(), temporary, sink })
    }

    pub(super) fn write(&mut self, block: &[Done]) -> Result<(), Message> {
        let path = &self.path;
        let unwritable = |error: &dyn std::fmt::Display| {
            say!("place-file", file = path.display(), what = say!("table-unwritable", reason = error))
        };
        match &mut self.sink {
            Sink::Csv(file) => {
                let pieces: Result<Vec<Vec<u8>>, csv::Error> = block.par_chunks(16).map(csv_lines).collect();
                for piece in pieces.map_err(|error| unwritable(&error))? {
                    file.write_all(&piece).map_err(|error| unwritable(&error))?;
                }
            }
            Sink::Parquet { writer, schema } => {
                let batch =
                    RecordBatch::try_new(schema.clone(), arrays(block, schema)).map_err(|error| unwritable(&error))?;
                writer.write(&batch).map_err(|error| unwritable(&error))?;
            }
            Sink::Sheet { sheet, row } => {
                for done in block {
                    if *row == MOST_ROWS {
                        let what = say!("app-describe-sheet-rows", most = MOST_ROWS);
                        return Err(say!("place-file", file = path.display(), what = what));
                    }
                    sheet_row(sheet, *row, done).map_err(|error| unwritable(&error))?;
                    *row += 1;
                }
            }
        }
        Ok(())
    }

    /// Leaves nothing behind.
    pub(super) fn discard(self) {
        // The error that led here matters more than a leftover.
        let _ = fs::remove_file(&self.temporary);
    }

    /// Gives the file its name. Errors: the disk refuses.
    pub(super) fn close(self) -> Result<(), Message> {
        let Self { path, temporary, sink } = self;
        let unwritable = |error: &dyn std::fmt::Display| {
            say!("place-file", file = path.display(), what = say!("table-unwritable", reason = error))
        };
        let file = match sink {
            Sink::Csv(file) => file.into_inner().map_err(|error| unwritable(&error))?,
            Sink::Parquet { writer, .. } => writer.into_inner().map_err(|error| unwritable(&error))?,
            Sink::Sheet { sheet, .. } => {
                let mut book = Workbook::new();
                book.push_worksheet(*sheet);
                book.save(&temporary).map_err(|error| unwritable(&error))?;
                File::open(&temporary).map_err(|error| unwritable(&error))?
            }
        };
        file.sync_all().and_then(|()| fs::rename(&temporary, &path)).map_err(|error| unwritable(&error))
    }
}

/// The table's own headers, ours, and the descriptors'.
fn headers(input: &Input, own: &[&str], numbers: &[String]) -> Result<Vec<String>, Message> {
    let mut headers = input.headers().to_vec();
    let mut known: HashSet<&str> = input.headers().iter().map(String::as_str).collect();
    for name in own.iter().copied().chain(numbers.iter().map(String::as_str)) {
        if !known.insert(name) {
            return Err(say!("app-describe-header-twice", name = name));
        }
        headers.push(name.to_owned());
    }
    Ok(headers)
}

fn csv_lines(block: &[Done]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut digits = ryu::Buffer::new();
    for done in block {
        for cell in &done.row.cells {
            writer.write_field(cell)?;
        }
        for cell in &done.own {
            writer.write_field(cell)?;
        }
        for value in &done.values {
            // Missing values have their reason; what is not finite would have none and never gets this far.
            let text = value.filter(|value| value.is_finite()).map_or("", |value| digits.format_finite(value));
            writer.write_field(text.strip_suffix(".0").unwrap_or(text))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn arrays(block: &[Done], schema: &Schema) -> Vec<ArrayRef> {
    let first = block.first();
    let (cells, own) = first.map_or((0, 0), |done| (done.row.cells.len(), done.own.len()));
    let values = first.map_or(0, |done| done.values.len());
    let text = |cell: &dyn Fn(&Done) -> Option<&String>| -> ArrayRef {
        let filled = |done| cell(done).filter(|text| !text.is_empty());
        Arc::new(block.iter().map(filled).collect::<StringArray>())
    };
    let theirs = (0..cells).map(|at| -> ArrayRef {
        let cell = |done: &Done| done.row.cells.get(at).cloned().unwrap_or_default();
        match schema.field(at).data_type() {
            DataType::Float64 => Arc::new(block.iter().map(|d| cell(d).parse().ok()).collect::<Float64Array>()),
            DataType::Int64 => Arc::new(block.iter().map(|d| cell(d).parse().ok()).collect::<Int64Array>()),
            DataType::Boolean => Arc::new(block.iter().map(|d| cell(d).parse().ok()).collect::<BooleanArray>()),
            _ => text(&|done| done.row.cells.get(at)),
        }
    });
    let own = (0..own).map(|at| text(&|done| done.own.get(at)));
    let described = (0..values).into_par_iter().map(|at| -> ArrayRef {
        Arc::new(block.iter().map(|done| done.values.get(at).copied().flatten()).collect::<Float64Array>())
    });
    theirs.chain(own).chain(described.collect::<Vec<_>>()).collect()
}

fn sheet_row(sheet: &mut Worksheet, row: u32, done: &Done) -> Result<(), rust_xlsxwriter::XlsxError> {
    let mut column = 0;
    for text in done.row.cells.iter().chain(&done.own) {
        match plain_number(text) {
            Some(number) => drop(sheet.write(row, column, number)?),
            None if text.is_empty() => {}
            None => drop(sheet.write(row, column, text)?),
        }
        column += 1;
    }
    for value in &done.values {
        if let Some(value) = value {
            sheet.write(row, column, *value)?;
        }
        column += 1;
    }
    Ok(())
}
