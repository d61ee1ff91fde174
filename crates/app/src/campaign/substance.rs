//! Substances: names with descriptors, from a table or computed from formulas.

use std::{collections::HashMap, path::Path};

use matdock_chem::{Composition, FeatureSet};
use matdock_message::{Message, say};
use matdock_plan::ParameterKind;

use crate::table::{self, Cell, Table};

/// Where the descriptors of a substance come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Substance {
    /// From a table: for each name its numbers.
    Table {
        /// The names, in the order of the table.
        levels: Vec<String>,
        /// For each name its descriptors.
        descriptors: HashMap<String, Vec<f64>>,
    },
    /// Computed with the named set of features; the names are formulas.
    Features(String),
}

impl Substance {
    /// Reads a table of descriptors: `label` is the column of names (without it the parameter's name, or the first
    /// column), `chosen` the columns to use (without it all that have a number in every row).
    pub(super) fn read(
        path: &Path,
        parameter: &str,
        label: Option<&str>,
        chosen: Option<&[String]>,
    ) -> Result<Self, Message> {
        let table = table::read(path)?;
        let label = match label {
            Some(label) => table.column(label)?,
            None => table.find(parameter).unwrap_or(0),
        };
        let columns: Vec<usize> = match chosen {
            Some(names) => names.iter().map(|name| table.column(name)).collect::<Result<_, _>>()?,
            None => (0..table.columns.len()).filter(|&column| column != label && numeric(&table, column)).collect(),
        };
        if columns.is_empty() {
            return Err(table.in_file(say!("app-substance-no-descriptor", name = parameter)));
        }
        let mut levels = Vec::new();
        let mut descriptors = HashMap::new();
        for row in 0..table.rows.len() {
            let Some(name) = table.text(row, label)? else {
                return Err(table.at(row, label, say!("app-substance-no-name", name = parameter)));
            };
            let numbers = columns.iter().map(|&column| {
                let number = table.number(row, column)?;
                number.ok_or_else(|| table.at(row, column, say!("app-substance-gap", level = name)))
            });
            let numbers = numbers.collect::<Result<Vec<f64>, Message>>()?;
            if descriptors.insert(name.clone(), numbers).is_some() {
                return Err(table.at(row, label, say!("app-substance-twice", level = name)));
            }
            levels.push(name);
        }
        Ok(Self::Table { levels, descriptors })
    }

    /// All names, where a table has them.
    pub(super) fn levels(&self) -> Option<Vec<String>> {
        match self {
            Self::Table { levels, .. } => Some(levels.clone()),
            Self::Features(_) => None,
        }
    }

    /// Whether there are descriptors for a name.
    pub(super) fn knows(&self, level: &str) -> bool {
        match self {
            Self::Table { descriptors, .. } => descriptors.contains_key(level),
            Self::Features(_) => Composition::parse(level).is_ok(),
        }
    }

    /// These names with their descriptors; those that one of them lacks are left out.
    pub(super) fn described(&self, parameter: &str, levels: Vec<String>) -> Result<ParameterKind, Message> {
        let unknown = |level: &str| say!("app-substance-unknown", name = parameter, level = level);
        let rows: Vec<Vec<Option<f64>>> = match self {
            Self::Table { descriptors, .. } => levels
                .iter()
                .map(|level| {
                    let numbers = descriptors.get(level).ok_or_else(|| unknown(level))?;
                    Ok(numbers.iter().copied().map(Some).collect())
                })
                .collect::<Result<_, Message>>()?,
            Self::Features(set) => {
                let set = FeatureSet::named(set).map_err(|error| error.message())?;
                let features = |level: &String| {
                    let composition = Composition::parse(level).map_err(|error| error.message())?;
                    Ok(set.compute(&composition).into_iter().map(Result::ok).collect())
                };
                levels.iter().map(features).collect::<Result<_, Message>>()?
            }
        };
        let width = rows.first().map_or(0, Vec::len);
        let complete: Vec<usize> =
            (0..width).filter(|&column| rows.iter().all(|row| row.get(column).is_some_and(Option::is_some))).collect();
        let descriptors = rows.iter().map(|row| complete.iter().filter_map(|&column| row[column]).collect()).collect();
        Ok(ParameterKind::Substance { levels, descriptors })
    }
}

/// Whether every row has a plain number in a column.
fn numeric(table: &Table, column: usize) -> bool {
    (0..table.rows.len()).all(|row| matches!(table.cell(row, column), Cell::Number(_)))
}
