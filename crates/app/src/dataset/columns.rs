//! What each column of a table holds.

use std::collections::{BTreeMap, BTreeSet};

use matdock_chem::{Composition, Molecule};
use matdock_message::{Language, Message};
use matdock_record::Qualifier;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    missing::{self, Missing, Reason},
    numbers,
};
use crate::{
    describe::Notation,
    learning::{Columns, Input, seconds},
    plot::number,
    table::{Cell, Table},
};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Numbers.
    Number,
    /// One of some names.
    Choice,
    /// Structures written as SMILES.
    Smiles,
    /// Chemical formulas.
    Formula,
    /// Dates or times.
    Date,
    /// A name or running number, different in every row.
    Identifier,
    /// Text, too many different ones for choices.
    Text,
    /// Why another column has no value: `NAME missing because`.
    Reasons,
    /// The same in every row.
    Constant,
    /// Nothing.
    Empty,
}

impl Kind {
    /// Key of its word in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Self::Number => "app-dataset-kind-number",
            Self::Choice => "app-dataset-kind-choice",
            Self::Smiles => "app-dataset-kind-smiles",
            Self::Formula => "app-dataset-kind-formula",
            Self::Date => "app-dataset-kind-date",
            Self::Identifier => "app-dataset-kind-identifier",
            Self::Text => "app-dataset-kind-text",
            Self::Reasons => "app-dataset-kind-reasons",
            Self::Constant => "app-dataset-kind-constant",
            Self::Empty => "app-dataset-kind-empty",
        }
    }
}

/// What one column holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Unit of its header.
    pub unit: Option<String>,
    /// What it holds.
    pub kind: Kind,
    /// Rows with a value.
    pub known: usize,
    /// Rows without, by reason.
    pub missing: Vec<Missing>,
    /// Values that are upper limits, such as `<1e-10`.
    pub below: usize,
    /// Values that are lower limits, such as `>100`.
    pub above: usize,
    /// How many values differ.
    pub different: usize,
    /// Where the numbers lie.
    pub numbers: Option<Numbers>,
    /// The most frequent values of other columns, with the number of rows.
    pub frequent: Vec<(String, usize)>,
    /// First and last date.
    pub dates: Option<(String, String)>,
    /// Units written in cells, with the number of cells: they do not count as values.
    pub units_in_cells: Vec<(String, usize)>,
}

/// Where the numbers of a column lie; limits count with their value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// Smallest.
    pub min: f64,
    /// A quarter lies below it.
    pub lower_quartile: f64,
    /// Half lies below it.
    pub median: f64,
    /// Three quarters lie below it.
    pub upper_quartile: f64,
    /// Largest.
    pub max: f64,
}

/// Behind the name of a column: why it has no value.
pub(super) const BECAUSE: &str = " missing because";
/// Frequent values that are kept.
const FREQUENT: usize = 5;
/// Of which so many are shown in a line, each with so many characters.
const SHOWN: usize = 3;
const SHORT: usize = 24;
/// Share of the cells that must be dates.
const DATES: f64 = 0.9;

/// What the columns of a table hold.
pub(super) fn of(table: &Table) -> Vec<Column> {
    (0..table.columns.len()).into_par_iter().map(|column| one(table, column)).collect()
}

fn one(table: &Table, place: usize) -> Column {
    let column = &table.columns[place];
    let kind = kind(table, place);
    let mut found = Column {
        name: column.name.clone(),
        unit: column.unit.clone(),
        kind,
        known: 0,
        missing: Vec::new(),
        below: 0,
        above: 0,
        different: 0,
        numbers: None,
        frequent: Vec::new(),
        dates: None,
        units_in_cells: Vec::new(),
    };
    let known = found.read(table, place);
    found.known = known.len();
    if matches!(kind, Kind::Number) || known.iter().all(|row| matches!(table.cell(*row, place), Cell::Number(_))) {
        found.count_numbers(table, place, &known);
    } else {
        found.count_texts(table, place, &known);
    }
    found.missing.sort_by_key(|missing| missing.reason);
    found
}

/// What a column holds: what `train` takes it for, and dates and reasons besides.
fn kind(table: &Table, column: usize) -> Kind {
    let name = &table.columns[column].name;
    if name.strip_suffix(BECAUSE).is_some_and(|of| table.find(of).is_some()) {
        return Kind::Reasons;
    }
    if dates(table, column) {
        return Kind::Date;
    }
    match Input::of(table, column, &Columns::default()) {
        Ok(Input::Number { .. }) => Kind::Number,
        Ok(Input::Structure { notation: Notation::Smiles, .. }) => Kind::Smiles,
        Ok(Input::Structure { notation: Notation::Formula, .. }) => Kind::Formula,
        Ok(_) => Kind::Choice,
        Err(why) => match why.id() {
            "app-learn-column-empty" => Kind::Empty,
            "app-learn-column-constant" => Kind::Constant,
            "app-learn-column-identifier" => Kind::Identifier,
            _ => Kind::Text,
        },
    }
}

fn dates(table: &Table, column: usize) -> bool {
    let cells = || table.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
    if !cells().take(3).any(|cell| date(cell).is_some()) {
        return false;
    }
    let found = cells().filter(|cell| date(cell).is_some()).count();
    found as f64 >= DATES * cells().count() as f64
}

/// The date in a cell, as seconds.
pub(super) fn date(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Date(text) => Some(seconds(text).unwrap_or(0.0)),
        // A short text would be read as a time of day.
        Cell::Text(text) if text.len() >= "2026-01-31".len() => seconds(text),
        _ => None,
    }
}

impl Column {
    /// Rows with a value; the others are counted by reason.
    fn read(&mut self, table: &Table, place: usize) -> Vec<usize> {
        let mut known = Vec::new();
        let mut units: BTreeMap<String, usize> = BTreeMap::new();
        let mut structures: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for row in 0..table.rows.len() {
            let cell = table.cell(row, place);
            let mut reason = Reason::of(cell, self.kind);
            let mut problem = String::new();
            match (self.kind, cell) {
                (Kind::Number, _) if reason == Some(Reason::OwnUnit) => {
                    *units.entry(missing::own_unit(cell).unwrap_or_default()).or_default() += 1;
                }
                (Kind::Choice | Kind::Text | Kind::Identifier, Cell::Text(text)) if text.contains(' ') => {
                    if let Some(unit) = missing::own_unit(cell) {
                        *units.entry(unit).or_default() += 1;
                    }
                }
                (Kind::Smiles | Kind::Formula, Cell::Text(text)) => {
                    let unread = structures.entry(text).or_insert_with(|| unreadable(text, self.kind));
                    if let Some(why) = unread {
                        (reason, problem) = (Some(Reason::NoStructure), why.clone());
                    }
                }
                (Kind::Date, cell) if reason.is_none() && date(cell).is_none() => reason = Some(Reason::NoDate),
                _ => {}
            }
            match reason {
                Some(reason) => Missing::add(&mut self.missing, reason, table, row, place, problem),
                None => known.push(row),
            }
        }
        // Some names look like a number with a unit, most of a column do not by chance.
        if self.kind == Kind::Number || 2 * units.values().sum::<usize>() > known.len() {
            self.units_in_cells = units.into_iter().collect();
        }
        known
    }

    fn count_numbers(&mut self, table: &Table, place: usize, known: &[usize]) {
        let mut values = Vec::with_capacity(known.len());
        for (value, qualifier) in known.iter().filter_map(|row| numbers::measured(table, *row, place)) {
            values.push(value);
            self.below += usize::from(qualifier == Qualifier::Below);
            self.above += usize::from(qualifier == Qualifier::Above);
        }
        values.sort_by(f64::total_cmp);
        self.different = values.iter().map(|value| value.to_bits()).collect::<BTreeSet<u64>>().len();
        let at = |share| numbers::quantile(&values, share);
        if let (Some(min), Some(max)) = (values.first(), values.last()) {
            self.numbers = Some(Numbers {
                min: *min,
                lower_quartile: at(0.25),
                median: at(0.5),
                upper_quartile: at(0.75),
                max: *max,
            });
        }
    }

    fn count_texts(&mut self, table: &Table, place: usize, known: &[usize]) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for row in known {
            *counts.entry(table.cell(*row, place).to_string()).or_default() += 1;
        }
        self.different = counts.len();
        if self.kind == Kind::Date {
            let ends = counts.first_key_value().zip(counts.last_key_value());
            self.dates = ends.map(|((first, _), (last, _))| (first.clone(), last.clone()));
            return;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts.truncate(FREQUENT);
        self.frequent = counts;
    }

    /// A few figures: smallest, median, largest number; first and last date; the most frequent names.
    pub fn figures(&self) -> String {
        match (&self.numbers, &self.dates) {
            (Some(n), _) => [n.min, n.median, n.max].map(number).join(" … "),
            (None, Some((first, last))) => format!("{first} … {last}"),
            (None, None) => {
                let named = self.frequent.iter().map(|(name, rows)| format!("{} ({rows})", shortened(name, SHORT)));
                named.take(SHOWN).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// How many cells have no value, by reason.
    pub fn missing_words(&self, language: Language) -> String {
        let one =
            |missing: &Missing| format!("{} {}", missing.cells, Message::new(missing.reason.key()).text(language));
        self.missing.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// How many values are limits, as `< 12, > 3`.
    pub fn limits(&self) -> String {
        let part = |sign: &str, count: usize| (count > 0).then(|| format!("{sign} {count}"));
        [part("<", self.below), part(">", self.above)].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Rows without a value.
    pub fn missing_rows(&self) -> usize {
        self.missing.iter().map(|missing| missing.cells).sum()
    }

    /// Name and unit.
    pub fn header(&self) -> String {
        crate::table::Column { name: self.name.clone(), unit: self.unit.clone() }.header()
    }
}

/// Text of at most so many characters.
pub(super) fn shortened(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn unreadable(text: &str, kind: Kind) -> Option<String> {
    match kind {
        Kind::Smiles => Molecule::from_smiles(text).err().map(|error| error.message().to_string()),
        _ => Composition::parse(text).err().map(|error| error.message().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_smiles_are_told_from_formulas_by_the_name_of_the_column() {
        let mut table = Table::new(["SMILES", "formula", "day"]);
        for (row, smiles) in ["CCO", "CO", "CCCO", "CC"].into_iter().enumerate() {
            table.push(vec![
                smiles.into(),
                ["NaCl", "MgO", "C", "Al2O3"][row].into(),
                format!("2026-01-0{}", row + 1).into(),
            ]);
        }
        let kinds: Vec<Kind> = of(&table).into_iter().map(|column| column.kind).collect();
        assert_eq!(kinds, [Kind::Smiles, Kind::Formula, Kind::Date]);
    }
}
