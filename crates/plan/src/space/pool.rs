//! Candidates given one by one.

use std::collections::{HashMap, HashSet};

use matdock_message::{Message, say};

use super::{CellKey, Parameter, Point, Value, key, parameter::check_parameters};

/// Candidates given one by one: the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    columns: Vec<Parameter>,
    rows: Vec<Point>,
    labels: Vec<String>,
}

impl Pool {
    /// A pool of `rows`, each a setting of every column. `labels` name the rows for people; when empty,
    /// rows are named by their number from 1.
    ///
    /// Errors: no column or fewer than two rows, a cell that is missing, not finite or of the wrong kind,
    /// a row twice (named).
    pub fn new(columns: Vec<Parameter>, rows: Vec<Point>, labels: Vec<String>) -> Result<Self, Message> {
        check_parameters(&columns)?;
        let labels =
            if labels.is_empty() { (1..=rows.len()).map(|number| number.to_string()).collect() } else { labels };
        if rows.len() < 2 {
            return Err(say!("plan-pool-small", rows = rows.len()));
        }
        if labels.len() != rows.len() {
            return Err(say!("plan-pool-labels", rows = rows.len(), labels = labels.len()));
        }
        let mut seen: HashMap<Vec<CellKey>, usize> = HashMap::new();
        let names: Vec<Option<HashSet<&String>>> =
            columns.iter().map(|column| column.kind.names().map(|names| names.iter().collect())).collect();
        for (index, row) in rows.iter().enumerate() {
            if row.len() != columns.len() {
                return Err(say!("plan-pool-width", row = labels[index], cells = row.len(), columns = columns.len()));
            }
            for ((column, names), value) in columns.iter().zip(&names).zip(row) {
                let fits = match (names, value) {
                    (Some(names), Value::Level(level)) => names.contains(level),
                    _ => column.accepts(value),
                };
                if !fits {
                    return Err(say!("plan-pool-cell", row = labels[index], column = column.name, value = value));
                }
            }
            if let Some(first) = seen.insert(key(row), index) {
                return Err(say!("plan-pool-duplicate", first = labels[first], second = labels[index]));
            }
        }
        Ok(Self { columns, rows, labels })
    }

    /// The columns, in the order of a [`Point`].
    pub fn columns(&self) -> &[Parameter] {
        &self.columns
    }

    /// The candidates.
    pub fn rows(&self) -> &[Point] {
        &self.rows
    }

    /// What people call the candidates, one per row.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }
}
