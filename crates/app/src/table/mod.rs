//! The tables people bring and take away: CSV, Excel, Parquet, JSON.
//!
//! A table remembers where every cell came from, so that an error can name it.

mod columns;
pub(crate) mod number;
mod parquet;
pub(crate) mod parquet_cells;
mod read;
mod sheet;
mod write;

use std::fmt;

use matdock_message::{Message, say};
use matdock_record::{Quantity, Unit};

pub use columns::{ColumnKind, duplicate_rows};
pub use parquet::PARQUET_THREAD;
pub(crate) use read::{delimiter, read_text};
pub use read::{file_of, read};
pub use sheet::SheetExtras;
pub(crate) use write::beside;
pub use write::{Format, save, to_bytes, write};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A plain number, always finite.
    Number(f64),
    /// Text, without blanks around it.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A date or a time of day, as ISO 8601.
    Date(String),
    /// An error of the spreadsheet, such as `#DIV/0!`.
    Fault(String),
}

impl Cell {
    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

impl From<f64> for Cell {
    /// A number; one that is not finite has no place in a table and leaves the cell empty.
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Number(value) } else { Self::Empty }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            // All digits, and no row of zeros.
            Self::Number(number) if *number != 0.0 && !(1e-5..1e17).contains(&number.abs()) => write!(f, "{number:e}"),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) | Self::Date(text) | Self::Fault(text) => f.write_str(text),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

/// A column's name and unit; its header is `name [unit]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Unit as written in the header; `None` where the header names none.
    pub unit: Option<String>,
}

impl Column {
    /// Reads a header such as `temperature [Cel]`.
    pub fn parse(header: &str) -> Self {
        let header = header.trim();
        if let Some((name, rest)) = header.rsplit_once('[')
            && let Some(unit) = rest.strip_suffix(']')
            && !name.trim().is_empty()
        {
            let unit = unit.trim();
            let unit = if unit.is_empty() { "1" } else { unit };
            return Self { name: name.trim().to_owned(), unit: Some(unit.to_owned()) };
        }
        Self { name: header.to_owned(), unit: None }
    }

    /// The header, `name [unit]`.
    pub fn header(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} [{unit}]", self.name),
            None => self.name.clone(),
        }
    }
}

/// Where a table came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// The file, as the person named it; empty for a table made here.
    pub file: String,
    /// Name of the sheet; `None` for text files.
    pub sheet: Option<String>,
    /// Line or sheet row of the header, from 1.
    pub header_line: u64,
    /// Line or sheet row of each row, from 1.
    pub lines: Vec<u64>,
    /// For each column its place in the file, from 0.
    pub places: Vec<usize>,
}

/// A table: named columns, and rows that all have one cell per column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Columns; no two have the same name.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Where it came from.
    pub source: Source,
}

impl Table {
    /// An empty table with columns from headers such as `temperature [Cel]`.
    pub fn new(headers: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let columns = headers.into_iter().map(|header| Column::parse(header.as_ref())).collect();
        Self { columns, ..Self::default() }
    }

    /// Adds a row; cells beyond the last column are dropped, missing ones are empty.
    pub fn push(&mut self, mut row: Vec<Cell>) {
        row.resize(self.columns.len(), Cell::Empty);
        self.rows.push(row);
    }

    /// Number of the column with this name. Errors: none has it; the message lists those there are.
    pub fn column(&self, name: &str) -> Result<usize, Message> {
        self.find(name).ok_or_else(|| {
            let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
            let what = say!("table-no-column", name = name, columns = names.join(", "));
            self.in_file(what)
        })
    }

    /// Number of the column with this name, if there is one.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The cell; empty outside the table.
    pub fn cell(&self, row: usize, column: usize) -> &Cell {
        self.rows.get(row).and_then(|cells| cells.get(column)).unwrap_or(&Cell::Empty)
    }

    /// The plain number in a cell; `None` where it is empty. Errors: anything else, named by its cell.
    pub fn number(&self, row: usize, column: usize) -> Result<Option<f64>, Message> {
        match number::parse(self.cell(row, column)).map_err(|what| self.at(row, column, what))? {
            Some(measured) if measured.is_plain() => Ok(Some(measured.value)),
            Some(_) => {
                let what = say!("table-not-plain", text = number::shorten(self.cell(row, column)));
                Err(self.at(row, column, what))
            }
            None => Ok(None),
        }
    }

    /// The quantity in a cell, in `unit`: `3.2`, `<1e-10`, `3.2 ± 0.1`, `3.2(1)`; `None` where the cell is empty.
    ///
    /// Units: read in the unit of the header (in `unit` where the header names none) and converted.
    /// Errors: anything else, or a unit of another dimension, named by its cell.
    pub fn quantity(&self, row: usize, column: usize, unit: &Unit) -> Result<Option<Quantity>, Message> {
        let place = |what| self.at(row, column, what);
        let Some(measured) = number::parse(self.cell(row, column)).map_err(place)? else { return Ok(None) };
        let quantity = Quantity {
            value: measured.value,
            unit: self.unit(column, unit)?,
            uncertainty: measured.uncertainty,
            qualifier: measured.qualifier,
        };
        quantity.to(unit).map(Some).map_err(place)
    }

    /// The quantity in a cell as it stands, said to be in `unit` whatever the header names; `None` where the cell is empty.
    pub(crate) fn measured(&self, row: usize, column: usize, unit: Unit) -> Result<Option<Quantity>, Message> {
        let measured = number::parse(self.cell(row, column)).map_err(|what| self.at(row, column, what))?;
        let quantity = |found: number::Measured| Quantity {
            value: found.value,
            unit,
            uncertainty: found.uncertainty,
            qualifier: found.qualifier,
        };
        Ok(measured.map(quantity))
    }

    /// The unit a column is written in; `default` where its header names none.
    ///
    /// Errors: the header's unit is not a UCUM code, or cannot be converted into `default`.
    pub fn unit(&self, column: usize, default: &Unit) -> Result<Unit, Message> {
        let Some(written) = self.columns.get(column).and_then(|column| column.unit.as_deref()) else {
            return Ok(default.clone());
        };
        let unit: Unit = written.parse().map_err(|what| self.at_header(column, what))?;
        if unit.fits(default) {
            return Ok(unit);
        }
        Err(self.at_header(column, say!("table-unit-misfit", unit = written, wanted = default)))
    }

    /// The text of a cell, numbers as written; `None` where it is empty. Errors: a fault of the spreadsheet.
    pub fn text(&self, row: usize, column: usize) -> Result<Option<String>, Message> {
        match self.cell(row, column) {
            Cell::Empty => Ok(None),
            Cell::Fault(fault) => Err(self.at(row, column, say!("table-fault", fault = fault))),
            cell => Ok(Some(cell.to_string())),
        }
    }

    /// `what`, with the cell it is about.
    pub fn at(&self, row: usize, column: usize, what: Message) -> Message {
        let line = self.source.lines.get(row).copied().unwrap_or(row as u64 + 2);
        self.place(line, column, what)
    }

    /// `what`, with the header it is about.
    pub fn at_header(&self, column: usize, what: Message) -> Message {
        self.place(self.source.header_line.max(1), column, what)
    }

    /// `what`, with the file it is about.
    pub fn in_file(&self, what: Message) -> Message {
        match (&self.source.sheet, self.source.file.as_str()) {
            (_, "") => what,
            (Some(sheet), file) => say!("table-place-sheet", file = file, sheet = sheet, what = what),
            (None, file) => say!("place-file", file = file, what = what),
        }
    }

    fn place(&self, line: u64, column: usize, what: Message) -> Message {
        let name = self.columns.get(column).map_or("", |column| column.name.as_str());
        let place = self.source.places.get(column).copied().unwrap_or(column);
        let file = &self.source.file;
        match &self.source.sheet {
            Some(sheet) => {
                let cell = format!("{}{line}", sheet::letters(place));
                say!("table-place-cell", file = file, sheet = sheet, cell = cell, name = name, what = what)
            }
            None => {
                say!("table-place-line", file = file, line = line, column = place + 1, name = name, what = what)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use matdock_record::Qualifier;

    use super::*;

    #[test]
    fn headers_have_a_name_and_a_unit() {
        let check = |header: &str, name: &str, unit: Option<&str>| {
            assert_eq!(Column::parse(header), Column { name: name.into(), unit: unit.map(Into::into) }, "{header}");
        };
        check("temperature [Cel]", "temperature", Some("Cel"));
        check(" p[mbar] ", "p", Some("mbar"));
        check("ratio []", "ratio", Some("1"));
        check("dose [[iU]]", "dose [", Some("iU]"));
        check("[K]", "[K]", None);
        check("plain", "plain", None);
    }

    #[test]
    fn quantities_are_converted_from_the_unit_of_the_header() {
        let mut table = Table::new(["t [Cel]", "y [S/cm]"]);
        table.push(vec![100.0.into(), "<1e-3".into()]);
        let kelvin = table.quantity(0, 0, &"K".parse().unwrap()).unwrap().unwrap();
        assert!((kelvin.value - 373.15).abs() < 1e-9);
        let limit = table.quantity(0, 1, &"S/m".parse().unwrap()).unwrap().unwrap();
        assert_eq!(limit.qualifier, Qualifier::Below);
        assert!((limit.value - 0.1).abs() < 1e-12);
        let error = table.quantity(0, 1, &"K".parse().unwrap()).unwrap_err();
        assert!(error.to_string().contains("line 1, column 2 (y)"), "{error}");
        assert_eq!(table.number(0, 1).unwrap_err().id(), "table-place-line");
        assert_eq!(table.quantity(7, 7, &Unit::one()).unwrap(), None);
    }
}
