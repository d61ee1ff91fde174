//! Why a cell holds no value.

use serde::{Deserialize, Serialize};

use super::columns::Kind;
use crate::table::{Cell, Table, number};

/// Why a cell holds no value that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nothing is in it.
    Empty,
    /// A word for nothing in a column of numbers, such as `n/a`.
    SaidToBeNothing,
    /// The spreadsheet shows an error.
    Fault,
    /// A number with a unit of its own, in a column whose header names the unit.
    OwnUnit,
    /// It cannot be read as a number.
    NoNumber,
    /// It cannot be read as a structure.
    NoStructure,
    /// It cannot be read as a date.
    NoDate,
}

/// Cells without a value for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub cells: usize,
    /// The first of them that differ; none of empty cells.
    pub examples: Vec<Example>,
}

/// A cell without a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Line of the file.
    pub line: u64,
    /// What stands in it.
    pub text: String,
    /// What is wrong with it.
    pub problem: String,
}

const EXAMPLES: usize = 3;
const LONGEST_TEXT: usize = 80;

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Empty,
        Self::SaidToBeNothing,
        Self::Fault,
        Self::OwnUnit,
        Self::NoNumber,
        Self::NoStructure,
        Self::NoDate,
    ];

    /// Key of its word in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "app-dataset-missing-empty",
            Self::SaidToBeNothing => "app-dataset-missing-nothing",
            Self::Fault => "app-dataset-missing-fault",
            Self::OwnUnit => "app-dataset-missing-own-unit",
            Self::NoNumber => "app-dataset-missing-no-number",
            Self::NoStructure => "app-dataset-missing-no-structure",
            Self::NoDate => "app-dataset-missing-no-date",
        }
    }

    /// Why a cell of a column of this kind holds no value; `None` where it holds one. Structures and dates are not read.
    pub(super) fn of(cell: &Cell, kind: Kind) -> Option<Self> {
        match cell {
            Cell::Empty => Some(Self::Empty),
            Cell::Fault(_) => Some(Self::Fault),
            cell if kind == Kind::Number => match number::parse(cell) {
                Ok(_) => None,
                Err(error) if error.id() == "table-stands-for-nothing" => Some(Self::SaidToBeNothing),
                Err(_) if own_unit(cell).is_some() => Some(Self::OwnUnit),
                Err(_) => Some(Self::NoNumber),
            },
            _ => None,
        }
    }
}

/// The unit behind the number in a cell such as `5 mm`.
pub(super) fn own_unit(cell: &Cell) -> Option<String> {
    let Cell::Text(text) = cell else { return None };
    let (number, unit) = text.split_at(text.rfind(char::is_whitespace).or_else(|| text.find(char::is_alphabetic))?);
    let number = number::parse(&number.into()).ok().flatten();
    let unit = unit.trim();
    (number.is_some() && unit.parse::<matdock_record::Unit>().is_ok()).then(|| unit.to_owned())
}

impl Missing {
    /// Adds a cell.
    pub(super) fn add(all: &mut Vec<Self>, reason: Reason, table: &Table, row: usize, column: usize, problem: String) {
        let place = all.iter().position(|missing| missing.reason == reason).unwrap_or_else(|| {
            all.push(Self { reason, cells: 0, examples: Vec::new() });
            all.len() - 1
        });
        let missing = &mut all[place];
        missing.cells += 1;
        if reason == Reason::Empty || missing.examples.len() == EXAMPLES {
            return;
        }
        let text: String = table.cell(row, column).to_string().chars().take(LONGEST_TEXT).collect();
        if missing.examples.iter().all(|example| example.text != text) {
            let line = table.source.lines.get(row).copied().unwrap_or(row as u64 + 2);
            missing.examples.push(Example { line, text, problem });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_without_a_value_has_its_reason() {
        let reason = |text: &str| Reason::of(&text.into(), Kind::Number);
        assert_eq!(reason(""), Some(Reason::Empty));
        assert_eq!(reason("n/a"), Some(Reason::SaidToBeNothing));
        assert_eq!(reason("5 mm"), Some(Reason::OwnUnit));
        assert_eq!(reason("1.5e-3 S/cm"), Some(Reason::OwnUnit));
        assert_eq!(reason("high"), Some(Reason::NoNumber));
        assert_eq!(reason("<1e-10"), None);
        assert_eq!(Reason::of(&Cell::Fault("#N/A".into()), Kind::Choice), Some(Reason::Fault));
        assert_eq!(Reason::of(&"n/a".into(), Kind::Choice), None, "a choice may be called so");
    }
}
