//! Reads CSV files, and leads to the reader of Excel files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use matdock_message::{Message, say};

use super::{Cell, Column, Source, Table, number, parquet, sheet};

/// More than any table people fill in; a larger file is a mistake and would fill the memory.
const LARGEST_FILE: u64 = 512 << 20;
/// A longer field is nearly always a quotation mark that was never closed. Excel allows 32767 characters.
const LONGEST_CELL: usize = 32_767;

/// Reads a table from a `.csv` (also `.tsv`, `.txt`), `.parquet` or `.xlsx` file; of the latter the first sheet,
/// or the one named behind the file, as in `book.xlsx#Results`.
///
/// Text must be UTF-8; comma, semicolon and tab are told apart by the header. Headers are `name [unit]`. Empty rows
/// and columns are left out. Errors: name the file, the line or the cell, and what to do.
pub fn read(path: &Path) -> Result<Table, Message> {
    let (file, sheet) = file_of(path);
    read_sheet(&file, sheet.as_deref())
}

/// The file of a path, and the sheet that is named behind it: `book.xlsx#Results`.
pub fn file_of(path: &Path) -> (PathBuf, Option<String>) {
    let text = path.to_str().unwrap_or_default();
    let ends = |kind: &str| text.to_ascii_lowercase().find(&format!("{kind}#")).map(|start| start + kind.len());
    let named = [".xlsx", ".xlsm"].iter().find_map(|kind| ends(kind)).filter(|_| !path.exists());
    match named.map(|end| text.split_at(end)) {
        Some((file, sheet)) => (PathBuf::from(file), Some(sheet.replacen('#', "", 1))),
        None => (path.to_owned(), None),
    }
}

/// Like [`read`], from the named sheet of an `.xlsx` file.
fn read_sheet(path: &Path, sheet: Option<&str>) -> Result<Table, Message> {
    let file = path.display().to_string();
    let place = |what: Message| say!("place-file", file = file, what = what);
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let unreadable = |error: std::io::Error| place(say!("table-unreadable", reason = error));
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(place(say!("table-file-too-large", most = LARGEST_FILE >> 20)));
    }
    if extension == "parquet" && size > 0 {
        return parquet::read(path, &file);
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    match extension.as_str() {
        _ if bytes.is_empty() => Err(place(say!("table-empty-file"))),
        "csv" | "tsv" | "txt" if bytes.starts_with(b"PK") => Err(place(say!("table-is-a-workbook"))),
        "csv" | "tsv" | "txt" => read_text(&bytes, &file),
        "xlsx" | "xlsm" => sheet::read(bytes, &file, sheet),
        _ => Err(place(say!("table-unknown-kind", extension = extension))),
    }
}

/// A row as found in a file: its line or sheet row, and its cells.
pub(super) struct FoundRow {
    pub(super) line: u64,
    pub(super) cells: Vec<Cell>,
}

pub(crate) fn read_text(bytes: &[u8], file: &str) -> Result<Table, Message> {
    let text = decode(bytes).map_err(|what| say!("place-file", file = file, what = what))?;
    let delimiter = delimiter(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            say!("place-file-line", file = file, line = line, what = say!("table-csv", reason = error))
        })?;
        let line = line_of(text, &record);
        if let Some(long) = record.iter().find(|field| field.len() > LONGEST_CELL) {
            let what = say!("table-cell-too-long", length = long.len(), most = LONGEST_CELL);
            return Err(say!("place-file-line", file = file, line = line, what = what));
        }
        found.push(FoundRow { line, cells: record.iter().map(field).collect() });
    }
    assemble(found, Source { file: file.to_owned(), ..Source::default() })
}

/// The line a record begins on: the reader counts from the end of the record before, blank lines included.
fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else { return 1 };
    let from = text.as_bytes().get(usize::try_from(position.byte()).unwrap_or(usize::MAX)..).unwrap_or_default();
    let blank = from.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n').count();
    position.line() + blank as u64
}

pub(super) fn field(text: &str) -> Cell {
    number::exact(text).map_or_else(|| text.into(), Cell::Number)
}

fn decode(bytes: &[u8]) -> Result<&str, Message> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(say!("table-utf16"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line = |at: usize| 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(say!("table-not-text", line = line(at), byte = at + 1));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        say!("table-not-utf8", line = line(at), byte = at + 1)
    })
}

/// Whichever of tab, semicolon and comma is most frequent in the header, outside quotation marks and units.
pub(crate) fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let (mut quoted, mut unit) = (false, false);
    let mut count = [(b'\t', 0), (b';', 0), (b',', 0)];
    for byte in header.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' if !quoted => unit = true,
            b']' => unit = false,
            _ if quoted || unit => {}
            _ => count.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, n)| *n += 1),
        }
    }
    let most = count.iter().map(|(_, n)| *n).max().unwrap_or(0);
    count.iter().find(|(_, n)| *n == most && most > 0).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Makes a table of the rows found: the first that is not empty is the header.
pub(super) fn assemble(found: Vec<FoundRow>, source: Source) -> Result<Table, Message> {
    let mut table = Table { source, ..Table::default() };
    let mut rows = found.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    let Some(header) = rows.next() else { return Err(table.in_file(say!("table-no-header"))) };
    let rows: Vec<FoundRow> = rows.collect();
    table.source.header_line = header.line;
    let filled = |place: usize| rows.iter().any(|row| row.cells.get(place).is_some_and(|cell| !cell.is_empty()));
    for (place, cell) in header.cells.iter().enumerate() {
        let column = match cell {
            Cell::Empty if !filled(place) => continue,
            Cell::Fault(_) | Cell::Empty => Column { name: String::new(), unit: None },
            cell => Column::parse(&cell.to_string()),
        };
        table.columns.push(column);
        table.source.places.push(place);
    }
    check_headers(&table)?;
    let width = header.cells.len();
    for row in rows {
        let surplus = row.cells.iter().skip(width).any(|cell| !cell.is_empty());
        // A text file that leaves cells out has lost a delimiter somewhere; a sheet has no end of line to lose.
        if surplus || (table.source.sheet.is_none() && row.cells.len() < width) {
            let what = say!("table-ragged", line = row.line, found = row.cells.len(), expected = width);
            return Err(table.in_file(what));
        }
        let mut found = row.cells;
        let cells = table.source.places.iter().map(|place| found.get_mut(*place).map(std::mem::take));
        table.rows.push(cells.map(Option::unwrap_or_default).collect());
        table.source.lines.push(row.line);
    }
    Ok(table)
}

pub(super) fn check_headers(table: &Table) -> Result<(), Message> {
    for (number, column) in table.columns.iter().enumerate() {
        if column.name.is_empty() {
            return Err(table.at_header(number, say!("table-empty-header")));
        }
        if let Some(first) = table.columns[..number].iter().position(|other| other.name == column.name) {
            let first = table.source.places[first] + 1;
            return Err(table.at_header(number, say!("table-header-twice", name = column.name, first = first)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, Message> {
        read_text(text.as_bytes(), "t.csv")
    }

    fn refused(text: &str, parts: &[&str]) {
        let error = read(text).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_sheet_is_named_behind_its_workbook() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book.xlsx");
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for (name, value) in [("Notes", "said"), ("Results #1", "measured")] {
            let sheet = workbook.add_worksheet().set_name(name).unwrap();
            sheet.write(0, 0, value).unwrap();
            sheet.write(1, 0, 1.5).unwrap();
        }
        workbook.save(&book).unwrap();
        let first = |named: &str| super::read(&folder.path().join(named)).map(|table| table.columns[0].name.clone());
        assert_eq!(first("book.xlsx").unwrap(), "said");
        assert_eq!(first("book.xlsx#Results #1").unwrap(), "measured");
        let refused = first("book.xlsx#Result").unwrap_err().to_string();
        assert!(refused.contains("Notes, Results #1"), "{refused}");
    }

    #[test]
    fn comma_semicolon_and_tab_are_told_apart() {
        for text in ["a,b [m]\n1,x\n", "a;b [m]\n1;x\n", "a\tb [m]\r\n1\tx\r\n", "\u{feff}a;b [m,cm]\n1;x\n"] {
            let table = read(text).unwrap();
            assert_eq!(table.columns.len(), 2, "{text}");
            assert_eq!(table.rows, [vec![Cell::Number(1.0), "x".into()]], "{text}");
        }
    }

    #[test]
    fn a_semicolon_table_may_have_decimal_commas() {
        let table = read("a;b\n3,5;007\n").unwrap();
        assert_eq!(table.number(0, 0).unwrap(), Some(3.5));
        assert_eq!(table.cell(0, 1), &Cell::Text("007".into()), "an identifier keeps its zeros");
    }

    #[test]
    fn errors_name_line_and_column_whatever_the_line_ends() {
        for text in ["a,b\n\n1,2\n\n3,x\n", "a,b\r\n\r\n1,2\r\n,\r\n3,x\r\n", "\n\"a\",b\n1,2\n\n3,x"] {
            let table = read(text).unwrap();
            assert_eq!(table.rows.len(), 2);
            let error = table.number(1, 1).unwrap_err().to_string();
            assert!(error.starts_with("t.csv, line 5, column 2 (b): \"x\""), "{error}");
        }
        let table = read("a,b\n\"two\nlines\",2\n3,x\n").unwrap();
        assert!(table.number(1, 1).unwrap_err().to_string().contains("line 4"));
    }

    #[test]
    fn a_table_that_does_not_hold_together_is_refused() {
        refused("\n\n", &["t.csv", "no header"]);
        refused(",,\n", &["no header"]);
        refused("a,b\n1\n", &["line 2", "1 cell", "2"]);
        refused("a,b\n1,2\n\n1,2,3\n", &["line 4", "3 cell", "2"]);
        refused("a,b,a [m]\n1,2,3\n", &["line 1, column 3", "column 1"]);
        refused("a,,c\n1,2,3\n", &["line 1, column 2"]);
        refused(&format!("a\n{}\n", "x".repeat(40_000)), &["line 2", "40000"]);
        refused("a\0b\n", &["line 1"]);
        assert_eq!(read("a,b\n").unwrap().rows.len(), 0, "a header alone is an empty table");
        assert_eq!(read("a,b,,\n1,2,,\n").unwrap().columns.len(), 2, "empty columns are left out");
    }

    #[test]
    fn text_of_another_encoding_is_refused_with_its_place() {
        let shift_jis = [b"a,b\n1,".as_slice(), &[0x89, 0xb7, 0x93, 0x78], b"\n"].concat();
        let error = read_text(&shift_jis, "t.csv").unwrap_err().to_string();
        assert!(error.contains("line 2, byte 7"), "{error}");
        assert!(read_text(&[0xff, 0xfe, b'a', 0], "t.csv").unwrap_err().to_string().contains("UTF-16"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = read_text(&bytes, "t.csv");
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[a-c0-9,;\"\\[\\]\n\r. -]{0,80}") {
            if let Ok(table) = read(&text) {
                proptest::prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
            }
        }
    }
}
