//! What somebody who uses a dataset should know of it.

use matdock_message::{Message, say};

use super::{
    Dataset,
    columns::{Column, Kind},
    missing::Reason,
};

/// Fewer rows than this say little.
const FEW: usize = 15;
/// Notes on single columns that are told.
const MOST: usize = 20;
/// Columns that are named in a note.
const NAMED: usize = 8;

/// The notes on a dataset, those about most of it first.
pub fn notes(dataset: &Dataset) -> Vec<Message> {
    let mut told = Vec::new();
    if dataset.rows < FEW {
        told.push(say!("app-dataset-note-few", rows = dataset.rows));
    }
    if dataset.columns.len() > dataset.rows {
        told.push(say!("app-dataset-note-wide", columns = dataset.columns.len(), rows = dataset.rows));
    }
    if dataset.repeated_rows > 0 {
        told.push(say!("app-dataset-note-repeated", rows = dataset.repeated_rows));
    }
    if let Some(column) = dataset.options.target.as_deref().and_then(|name| dataset.column(name)) {
        if column.kind == Kind::Constant {
            told.push(say!("app-dataset-note-target-constant", name = column.name));
        }
        if column.missing_rows() > 0 {
            told.push(say!("app-dataset-note-target-missing", name = column.name, rows = column.missing_rows()));
        }
    }
    let of_kind = |kind: Kind| listed(dataset.columns.iter().filter(move |column| column.kind == kind));
    if let Some(names) = of_kind(Kind::Empty) {
        told.push(say!("app-dataset-note-empty", names = names));
    }
    if let Some(names) = of_kind(Kind::Constant) {
        told.push(say!("app-dataset-note-constant", names = names));
    }
    let mut of_columns: Vec<Message> = dataset.columns.iter().flat_map(of_column).collect();
    let more = of_columns.len().saturating_sub(MOST);
    of_columns.truncate(MOST);
    told.extend(of_columns);
    if more > 0 {
        told.push(say!("app-dataset-note-more", count = more));
    }
    told
}

fn of_column(column: &Column) -> Vec<Message> {
    let mut told = Vec::new();
    if !column.units_in_cells.is_empty() {
        let units: Vec<String> =
            column.units_in_cells.iter().map(|(unit, cells)| format!("{unit} ({cells})")).collect();
        told.push(say!("app-dataset-note-units", name = column.name, units = units.join(", ")));
    }
    for missing in &column.missing {
        let Some(first) = missing.examples.first() else { continue };
        let (name, cells, line, text) = (&column.name, missing.cells, first.line, &first.text);
        match missing.reason {
            Reason::NoNumber | Reason::NoDate => {
                told.push(say!("app-dataset-note-text", name = name, cells = cells, line = line, text = text));
            }
            Reason::NoStructure => {
                let problem = &first.problem;
                told.push(say!(
                    "app-dataset-note-structure",
                    name = name,
                    cells = cells,
                    line = line,
                    text = text,
                    problem = problem
                ));
            }
            Reason::Fault => {
                told.push(say!("app-dataset-note-fault", name = name, cells = cells, line = line, text = text));
            }
            Reason::Empty | Reason::SaidToBeNothing | Reason::OwnUnit => {}
        }
    }
    told
}

fn listed<'a>(columns: impl Iterator<Item = &'a Column>) -> Option<String> {
    let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
    let more = if names.len() > NAMED { format!(", … ({})", names.len()) } else { String::new() };
    let first = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| first + &more)
}
