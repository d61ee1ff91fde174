//! Record formats: one per function of a material (conducts ions, conducts and is transparent, ...), not per substance.
//!
//! Each is a file beside this one: columns with type, unit and the measurement conditions that a value needs. A person
//! fills in a sheet made from it; what comes back is checked against it.

mod check;

use std::path::Path;

use matdock_message::{Language, Message, say};
use matdock_record::Unit;
use serde::Deserialize;

pub use check::{Checked, check};

use crate::table::{self, Format, SheetExtras, Table};

/// What the records of materials with one function hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFormat {
    /// Name, as on the command line.
    #[serde(skip)]
    pub name: &'static str,
    /// The columns, in order.
    pub columns: Vec<Asked>,
}

/// A column of a record format.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Name.
    pub name: String,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub holds: Holds,
    /// Unit of its numbers.
    pub unit: Option<Unit>,
    /// What may stand in it; anything if empty.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Whether every row needs it.
    #[serde(default)]
    pub required: bool,
    /// Whether every row needs this one or another so marked.
    #[serde(default)]
    pub one_of: bool,
    /// Whether something can be learnt from it; not from names, sources and remarks.
    #[serde(default = "yes")]
    pub learn: bool,
    /// Columns without which a value means nothing: the conditions of the measurement.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Lowest possible number.
    pub low: Option<f64>,
    /// Highest possible number.
    pub high: Option<f64>,
}

fn yes() -> bool {
    true
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// A number, also `<1e-10` and `3.2 ± 0.1`.
    Number,
    /// Any text.
    Text,
    /// One of several words.
    Choice,
    /// A molecule, a salt or a repeat unit as SMILES.
    Smiles,
    /// A chemical formula.
    Formula,
    /// A date.
    Date,
}

impl Holds {
    fn described(self) -> Message {
        match self {
            Self::Number => say!("app-record-format-number"),
            Self::Text => say!("app-record-format-text"),
            Self::Choice => say!("app-record-format-choice"),
            Self::Smiles => say!("app-record-format-smiles"),
            Self::Formula => say!("app-record-format-formula"),
            Self::Date => say!("app-record-format-date"),
        }
    }
}

const FILES: [(&str, &str); 4] = [
    ("ion-conductor", include_str!("ion_conductor.toml")),
    ("transparent-conductor", include_str!("transparent_conductor.toml")),
    ("thin-film-cell", include_str!("thin_film_cell.toml")),
    ("powder-electrode", include_str!("powder_electrode.toml")),
];

/// Names of all record formats.
pub fn names() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}

impl RecordFormat {
    /// The record format of this name.
    ///
    /// # Errors
    /// There is none; the message lists them.
    pub fn named(name: &str) -> Result<Self, Message> {
        let unknown = || say!("app-record-format-unknown", name = name, names = names().join(", "));
        let (name, text) = FILES.iter().find(|(own, _)| *own == name).ok_or_else(unknown)?;
        let format: Self = toml::from_str(text).map_err(|_| unknown())?;
        Ok(Self { name, ..format })
    }

    /// What a column means.
    pub fn meaning(asked: &Asked, language: Language) -> String {
        let key = format!("app-record-format-column-{}", asked.name.replace('_', "-"));
        matdock_message::text_of(language, &key).unwrap_or_default()
    }

    /// Writes an empty table to fill in: as a workbook with a sheet that explains every column, or as a line of headers.
    ///
    /// # Errors
    /// The ending of the file is none of a table, or the disk refuses.
    pub fn write_template(&self, path: &Path, language: Language) -> Result<(), Message> {
        let format = Format::of(path)?;
        let table = Table::new(self.columns.iter().map(Asked::header));
        let choices = |asked: &Asked| (asked.name.clone(), asked.choices.clone());
        let extras = SheetExtras {
            name: self.name.to_owned(),
            instructions: Some(("columns".to_owned(), self.explained(language))),
            choices: self.columns.iter().filter(|asked| !asked.choices.is_empty()).map(choices).collect(),
            to_fill: Vec::new(),
        };
        table::save(&table::to_bytes(&table, format, &extras)?, path)
    }

    /// A line for every column: what it means, what may stand in it, and what it needs.
    pub fn explained(&self, language: Language) -> Vec<String> {
        let mut lines = vec![say!("app-record-format-how").text(language)];
        lines.extend(self.columns.iter().map(|asked| asked.explained(language)));
        lines
    }
}

impl Asked {
    /// The header, `name [unit]`.
    pub fn header(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} [{unit}]", self.name),
            None => self.name.clone(),
        }
    }

    fn explained(&self, language: Language) -> String {
        let mut parts = vec![RecordFormat::meaning(self, language)];
        parts.push(if self.choices.is_empty() {
            self.holds.described().text(language)
        } else {
            say!("app-record-format-choices", choices = self.choices.join(", ")).text(language)
        });
        if self.required {
            parts.push(say!("app-record-format-required").text(language));
        }
        if self.one_of {
            parts.push(say!("app-record-format-one-of").text(language));
        }
        if !self.needs.is_empty() {
            parts.push(say!("app-record-format-needs", columns = self.needs.join(", ")).text(language));
        }
        format!("{}: {}", self.header(), parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_column_has_a_meaning_in_both_languages_and_one_unit_everywhere() {
        let mut units: BTreeMap<String, Option<Unit>> = BTreeMap::new();
        for name in names() {
            let format = RecordFormat::named(name).unwrap();
            for asked in &format.columns {
                for language in [Language::English, Language::Japanese] {
                    assert!(!RecordFormat::meaning(asked, language).is_empty(), "{} {language:?}", asked.name);
                }
                assert_eq!(asked.unit.is_some(), asked.holds == Holds::Number, "{}", asked.name);
                assert_eq!(asked.choices.is_empty(), asked.holds != Holds::Choice, "{}", asked.name);
                let unit = units.entry(asked.name.clone()).or_insert_with(|| asked.unit.clone());
                assert_eq!(*unit, asked.unit, "{} has two units", asked.name);
                for needed in &asked.needs {
                    assert!(format.columns.iter().any(|other| other.name == *needed), "{}: {needed}", asked.name);
                }
            }
        }
    }

    #[test]
    fn a_template_is_read_back_with_its_units() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["t.csv", "t.xlsx"] {
            let path = folder.path().join(file);
            let format = RecordFormat::named("ion-conductor").unwrap();
            format.write_template(&path, Language::Japanese).unwrap();
            let table = table::read(&path).unwrap();
            let units: Vec<_> = table.columns.iter().map(|column| column.unit.clone()).collect();
            let asked: Vec<_> = format.columns.iter().map(|a| a.unit.as_ref().map(ToString::to_string)).collect();
            assert_eq!(units, asked);
            assert!(check(&table, &format).problems.is_empty());
        }
    }

    #[test]
    fn an_unknown_format_is_told_what_there_is() {
        let error = RecordFormat::named("magnet").unwrap_err().to_string();
        assert!(error.contains("ion-conductor") && error.contains("powder-electrode"), "{error}");
    }
}
