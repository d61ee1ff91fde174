//! Targets that name classes.

use std::collections::BTreeMap;

use matdock_message::{Message, say};

use super::schema::Target;
use crate::table::{Cell, ColumnKind, Table};

/// Different texts up to which a column of text is taken for classes unasked, and at most.
const FEW: usize = 12;
const MOST: usize = 60;

/// The classes of a column in order; none where it holds numbers.
///
/// # Errors
/// Classes are wished for, and there is one or too many.
pub(super) fn of(table: &Table, column: usize, wished: Option<bool>) -> Result<Vec<String>, Message> {
    let cells: Vec<&Cell> = table.rows.iter().filter_map(|row| row.get(column)).filter(|c| !c.is_empty()).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    cells.iter().for_each(|cell| *counts.entry(cell.to_string()).or_default() += 1);
    let words = cells.iter().filter(|cell| matches!(cell, Cell::Text(_) | Cell::Flag(_))).count();
    // Text with a number in it is a reading that was written badly.
    let plain = counts.keys().all(|name| name.parse::<f64>().is_err() && !name.starts_with(['<', '>', '~', '≤', '≥']));
    let kind = table.kind(column);
    let named = match kind {
        ColumnKind::Categorical => counts.len() <= FEW && 2 * counts.len() <= cells.len() && plain,
        ColumnKind::Constant => plain && counts.values().all(|count| *count > 1),
        _ => false,
    };
    if !wished.unwrap_or(words == cells.len() && named) {
        return Ok(Vec::new());
    }
    match counts.len() {
        0 => Err(table.at_header(column, say!("app-learn-no-targets"))),
        1 => {
            let name = counts.into_keys().next().unwrap_or_default();
            Err(table.at_header(column, say!("app-learn-one-class", name = name)))
        }
        2..=MOST => {
            let mut names: Vec<String> = counts.into_keys().collect();
            let number = |name: &String| name.parse::<f64>().ok();
            if names.iter().all(|name| number(name).is_some()) {
                names.sort_by(|a, b| number(a).unwrap_or(0.0).total_cmp(&number(b).unwrap_or(0.0)));
            }
            Ok(names)
        }
        count => Err(table.at_header(column, say!("app-learn-many-classes", count = count, most = MOST))),
    }
}

/// Numbers of the classes of all rows; none where the cell is empty.
///
/// # Errors
/// A cell that names no class.
pub(super) fn targets(table: &Table, column: usize, classes: &[String]) -> Result<Vec<Option<Target>>, Message> {
    let target = |row: usize| {
        let cell = table.cell(row, column);
        if cell.is_empty() {
            return Ok(None);
        }
        let name = cell.to_string();
        let class = classes.iter().position(|class| *class == name);
        let class = class.ok_or_else(|| table.at(row, column, say!("app-learn-no-class", name = name)))?;
        Ok(Some(Target { value: class as f64, limit: None }))
    };
    (0..table.rows.len()).map(target).collect()
}
