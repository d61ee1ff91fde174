//! `matdock dataset export`: a table other programs can learn from.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use matdock_chem::Ends;
use matdock_message::{Language, Message};
use matdock_record::Qualifier;
use serde::Serialize;

use super::{
    columns::{self, Column, Kind},
    missing::Reason,
    numbers, versions,
};
use crate::{
    learning::{Columns, Input},
    table::{self, Cell, Format, Table},
};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exported {
    /// Name and version.
    pub dataset: String,
    /// The table written.
    pub output: PathBuf,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Cells without a value, whose reasons stand in the last column.
    pub missing: usize,
}

/// Writes a dataset as a table of values: what cannot be read is empty, the last column has the reasons. A column with
/// limits becomes two, `NAME` with the number and `NAME limit` with `<`, `>` or `=`. With `descriptors`, structures are
/// followed by their descriptors.
///
/// # Errors
/// There is no such dataset, it was changed, or the file cannot be written.
pub fn export(
    dock: &Path,
    name: &str,
    output: &Path,
    descriptors: bool,
    language: Language,
) -> Result<Exported, Message> {
    let dataset = versions::read(dock, name)?;
    let format = Format::of(output)?;
    let table = table::read(&versions::table_file(dock, &dataset)?)?;
    let mut made = Written { reasons: vec![Vec::new(); table.rows.len()], missing: 0, language, ..Written::default() };
    for (place, column) in dataset.columns.iter().enumerate() {
        made.column(&table, place, column);
        if descriptors && matches!(column.kind, Kind::Smiles | Kind::Formula) {
            let ends: Option<Ends> = dataset.options.ends.as_deref().map(str::parse).transpose()?;
            let said = Columns { sets: dataset.options.sets.clone(), ends, ..Columns::default() };
            made.descriptors(&table, place, &said, dock)?;
        }
    }
    let reasons = std::mem::take(&mut made.reasons);
    let reasons = reasons.into_iter().map(|reasons| Cell::from(reasons.join("; "))).collect();
    made.add(Message::new("app-dataset-column-missing-reasons").text(language), None, reasons);
    let written = made.table();
    table::write(&written, format, Some(output))?;
    Ok(Exported {
        dataset: dataset.title(),
        output: output.to_owned(),
        rows: written.rows.len(),
        columns: written.columns.len(),
        missing: made.missing,
    })
}

#[derive(Default)]
struct Written {
    columns: Vec<table::Column>,
    cells: Vec<Vec<Cell>>,
    reasons: Vec<Vec<String>>,
    missing: usize,
    language: Language,
}

impl Written {
    fn add(&mut self, name: String, unit: Option<String>, cells: Vec<Cell>) {
        let taken = |name: &str| self.columns.iter().any(|column| column.name == name);
        let mut free = name.clone();
        let mut number = 2;
        while taken(&free) {
            free = format!("{name} {number}");
            number += 1;
        }
        self.columns.push(table::Column { name: free, unit });
        self.cells.push(cells);
    }

    fn column(&mut self, table: &Table, place: usize, column: &Column) {
        let rows = 0..table.rows.len();
        let mut cells = Vec::with_capacity(rows.len());
        let mut limits = Vec::with_capacity(rows.len());
        let told = table.find(&format!("{}{}", column.name, columns::BECAUSE));
        for row in rows {
            let cell = table.cell(row, place);
            let mut reason = Reason::of(cell, column.kind);
            if column.kind == Kind::Date && reason.is_none() && columns::date(cell).is_none() {
                reason = Some(Reason::NoDate);
            }
            if let Some(reason) = reason {
                let word = match told.map(|told| table.cell(row, told)) {
                    Some(Cell::Text(told)) => told.clone(),
                    _ => Message::new(reason.key()).text(self.language),
                };
                let text = if cell.is_empty() { String::new() } else { format!(" ({cell})") };
                self.reasons[row].push(format!("{}: {word}{text}", column.name));
                self.missing += 1;
            }
            let number = (column.kind == Kind::Number).then(|| numbers::measured(table, row, place)).flatten();
            let (value, limit) = match (reason, number) {
                (Some(_), _) => (Cell::Empty, Cell::Empty),
                (None, Some((value, qualifier))) => (value.into(), sign(qualifier).into()),
                (None, None) => (cell.clone(), Cell::Empty),
            };
            cells.push(value);
            limits.push(limit);
        }
        self.add(column.name.clone(), column.unit.clone(), cells);
        if column.below + column.above > 0 {
            self.add(format!("{} limit", column.name), None, limits);
        }
    }

    fn descriptors(&mut self, table: &Table, place: usize, said: &Columns, dock: &Path) -> Result<(), Message> {
        let Ok(input @ Input::Structure { notation, .. }) = Input::of(table, place, said) else { return Ok(()) };
        let name = &table.columns[place].name;
        let texts: Vec<String> = (0..table.rows.len()).map(|row| table.cell(row, place).to_string()).collect();
        let mut different: Vec<&str> = texts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        different.sort_unstable();
        different.dedup();
        for set in input.sets()? {
            let (values, _) = set.numbers_of(&different, notation, Some(dock));
            let known: BTreeMap<&str, &Result<Vec<Option<f64>>, Message>> =
                different.iter().copied().zip(&values).collect();
            for (row, text) in texts.iter().enumerate() {
                if let Some(Err(problem)) = known.get(text.as_str()) {
                    self.reasons[row].push(format!("{name}: {}", problem.text(self.language)));
                    self.missing += 1;
                }
            }
            for (number, header) in set.headers().iter().enumerate() {
                let value = |text: &String| match known.get(text.as_str()) {
                    Some(Ok(values)) => Cell::from(values.get(number).copied().flatten()),
                    _ => Cell::Empty,
                };
                self.add(format!("{name}: {header}"), None, texts.iter().map(value).collect());
            }
        }
        Ok(())
    }

    fn table(&mut self) -> Table {
        let columns = std::mem::take(&mut self.columns);
        let mut cells: Vec<_> = std::mem::take(&mut self.cells).into_iter().map(Vec::into_iter).collect();
        let mut table = Table { columns, ..Table::default() };
        let rows = cells.first().map_or(0, ExactSizeIterator::len);
        for _ in 0..rows {
            table.rows.push(cells.iter_mut().map(|column| column.next().unwrap_or_default()).collect());
        }
        table
    }
}

fn sign(qualifier: Qualifier) -> &'static str {
    match qualifier {
        Qualifier::Below => "<",
        Qualifier::Above => ">",
        Qualifier::Equal => "=",
    }
}
