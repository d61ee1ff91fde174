//! Writes tables: CSV, Excel, Parquet, JSON.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    str::FromStr,
};

use matdock_message::{Message, say};
use serde_json::{Map, Value};

use super::{Cell, SheetExtras, Table, parquet, sheet};

/// A file format for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text, comma separated, UTF-8.
    Csv,
    /// Excel workbook.
    Xlsx,
    /// Parquet: numbers as 64-bit floats, what is missing as null.
    Parquet,
    /// An array with one object per row; keys are the headers.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::Parquet, Self::Json];

    /// Its name, which is also the extension of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Json => "json",
        }
    }

    /// The format of a file by its extension. Errors: no known extension.
    pub fn of(path: &Path) -> Result<Self, Message> {
        path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().parse()
    }
}

impl FromStr for Format {
    type Err = Message;

    fn from_str(name: &str) -> Result<Self, Message> {
        let found = Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| say!("table-unknown-format", name = name, formats = Self::ALL.map(Self::name).join(", ")))
    }
}

/// Writes a table to a file, or to standard output where there is no path.
///
/// The file appears whole or not at all. Errors: the disk or the format refuses; the message names the file.
pub fn write(table: &Table, format: Format, path: Option<&Path>) -> Result<(), Message> {
    let bytes = to_bytes(table, format, &SheetExtras::default())?;
    match path {
        Some(path) => save(&bytes, path),
        None => match io::stdout().lock().write_all(&bytes) {
            // A reader such as `head` has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(say!("table-unwritable-output", reason = error)),
            Ok(()) => Ok(()),
        },
    }
}

/// The bytes of a file that holds the table; `extras` are for [`Format::Xlsx`] alone.
pub fn to_bytes(table: &Table, format: Format, extras: &SheetExtras) -> Result<Vec<u8>, Message> {
    match format {
        Format::Csv => csv_bytes(table),
        Format::Xlsx => sheet::to_bytes(table, extras),
        Format::Parquet => parquet::to_bytes(table),
        Format::Json => json_bytes(table),
    }
}

/// Writes bytes to a file that appears whole or not at all, even when the power fails.
pub fn save(bytes: &[u8], path: &Path) -> Result<(), Message> {
    let temporary = beside(path);
    let written = write_through(bytes, &temporary).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Nothing more can be done about a leftover; the error that matters is the first one.
        let _ = fs::remove_file(&temporary);
        let what = say!("table-unwritable", reason = error);
        say!("place-file", file = path.display(), what = what)
    })
}

/// A file in the same folder, so that it can be renamed.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn write_through(bytes: &[u8], path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn csv_bytes(table: &Table) -> Result<Vec<u8>, Message> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let refuse = |error: csv::Error| say!("table-unwritable-output", reason = error);
    if !table.columns.is_empty() {
        writer.write_record(table.columns.iter().map(super::Column::header)).map_err(refuse)?;
    }
    for row in table.rows.iter().filter(|row| !row.is_empty()) {
        writer.write_record(row.iter().map(Cell::to_string)).map_err(refuse)?;
    }
    writer.into_inner().map_err(|error| say!("table-unwritable-output", reason = error.error()))
}

fn json_bytes(table: &Table) -> Result<Vec<u8>, Message> {
    let value = |cell: &Cell| match cell {
        Cell::Empty | Cell::Fault(_) => Value::Null,
        Cell::Number(number) => (*number).into(),
        Cell::Flag(flag) => (*flag).into(),
        Cell::Text(text) | Cell::Date(text) => text.as_str().into(),
    };
    let object = |row: &Vec<Cell>| {
        let pairs = table.columns.iter().zip(row);
        Value::Object(pairs.map(|(column, cell)| (column.header(), value(cell))).collect::<Map<_, _>>())
    };
    let rows: Vec<Value> = table.rows.iter().map(object).collect();
    let mut bytes =
        serde_json::to_vec_pretty(&rows).map_err(|error| say!("table-unwritable-output", reason = error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::read;

    fn table() -> Table {
        let mut table = Table::new(["id", "x [K]", "note"]);
        table.push(vec!["s1".into(), 0.1.into(), "a, \"b\"\nc".into()]);
        table.push(vec!["s2".into(), Cell::Empty, Cell::Empty]);
        table
    }

    #[test]
    fn csv_and_xlsx_read_back_as_written() {
        let folder = tempfile::tempdir().unwrap();
        for format in [Format::Csv, Format::Xlsx] {
            let path = folder.path().join("t").with_extension(format.name());
            write(&table(), Format::of(&path).unwrap(), Some(&path)).unwrap();
            let back = read(&path).unwrap();
            assert_eq!((back.columns, back.rows), (table().columns, table().rows), "{format:?}");
        }
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "no temporary files stay: {names:?}");
    }

    #[test]
    fn json_has_an_object_per_row() {
        let bytes = to_bytes(&table(), Format::Json, &SheetExtras::default()).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value[0]["x [K]"], 0.1);
        assert!(value[1]["note"].is_null());
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = save(b"x", &folder.path().join("missing").join("t.csv")).unwrap_err().to_string();
        assert!(error.contains("t.csv"), "{error}");
        let error = save(b"x", folder.path()).unwrap_err().to_string();
        assert!(error.contains("cannot be written"), "{error}");
        assert!("ods".parse::<Format>().unwrap_err().to_string().contains("csv, xlsx, parquet, json"));
    }

    #[test]
    fn files_that_are_no_tables_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |name: &str, bytes: &[u8], part: &str| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(part), "{error}");
        };
        refused("empty.csv", b"", "empty");
        refused("empty.xlsx", b"", "empty");
        refused("renamed.csv", b"PK\x03\x04", "Excel");
        refused("image.png", b"x", "png");
        refused("broken.xlsx", b"PK\x03\x04", "workbook");
        assert!(read(&folder.path().join("none.csv")).unwrap_err().to_string().contains("none.csv"));
    }
}
