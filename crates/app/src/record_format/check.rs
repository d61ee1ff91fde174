//! Whether a table a person filled in says what a record format asks for.

use matdock_chem::{Composition, Molecule};
use matdock_message::{Message, say};
use matdock_record::Unit;

use super::{Asked, Holds, RecordFormat};
use crate::table::{Cell, Table};

/// What was found in a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// Columns of the table that the format knows.
    pub known: usize,
    /// Names of columns that it does not know; they are kept.
    pub unknown: Vec<String>,
    /// What does not fit, with its place.
    pub problems: Vec<Message>,
}

/// Compares a table with a record format. Nothing of the table is changed or refused.
pub fn check(table: &Table, format: &RecordFormat) -> Checked {
    let place = |name: &str| table.find(name);
    let mut problems = Vec::new();
    for asked in &format.columns {
        match place(&asked.name) {
            Some(column) => asked.check(table, column, &place, &mut problems),
            None if asked.required && !table.rows.is_empty() => {
                problems.push(table.in_file(say!("app-record-format-no-column", name = asked.name)));
            }
            None => {}
        }
    }
    let either: Vec<&Asked> = format.columns.iter().filter(|asked| asked.one_of).collect();
    if !either.is_empty() {
        let has = |row: usize| either.iter().any(|a| place(&a.name).is_some_and(|c| !table.cell(row, c).is_empty()));
        let names = either.iter().map(|asked| asked.name.as_str()).collect::<Vec<_>>().join(", ");
        let without = (0..table.rows.len()).filter(|row| !has(*row));
        problems.extend(without.map(|row| table.at(row, 0, say!("app-record-format-none-of", names = names))));
    }
    let knows = |name: &String| format.columns.iter().any(|asked| asked.name == *name);
    let names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let unknown: Vec<String> = names.iter().filter(|name| !knows(name)).cloned().collect();
    Checked { known: names.len() - unknown.len(), unknown, problems }
}

impl Asked {
    fn check(&self, table: &Table, column: usize, place: &dyn Fn(&str) -> Option<usize>, problems: &mut Vec<Message>) {
        if let Some(unit) = &self.unit {
            // Without the unit every cell would be reported.
            if let Err(what) = table.unit(column, unit) {
                problems.push(what);
                return;
            }
            if table.columns[column].unit.is_none() && !unit.is_one() {
                problems.push(table.at_header(column, say!("app-record-format-no-unit", unit = unit)));
            }
        }
        for row in 0..table.rows.len() {
            if table.cell(row, column).is_empty() {
                if self.required {
                    problems.push(table.at(row, column, say!("app-record-format-empty")));
                }
                continue;
            }
            problems.extend(self.problem(table, row, column));
            for needed in &self.needs {
                if place(needed).is_none_or(|other| table.cell(row, other).is_empty()) {
                    problems.push(table.at(row, column, say!("app-record-format-condition", name = needed)));
                }
            }
        }
    }

    /// What is wrong with a cell that is not empty.
    fn problem(&self, table: &Table, row: usize, column: usize) -> Option<Message> {
        let text = table.cell(row, column).to_string();
        let what = match self.holds {
            Holds::Number => return self.number(table, row, column).err(),
            Holds::Text => return table.text(row, column).err(),
            Holds::Smiles => Molecule::from_smiles(&text).err().map(|error| error.message()),
            Holds::Formula => Composition::parse(&text).err().map(|error| error.message()),
            Holds::Choice if self.choices.contains(&text) => None,
            Holds::Choice => Some(say!("app-record-format-no-choice", text = text, choices = self.choices.join(", "))),
            Holds::Date if matches!(table.cell(row, column), Cell::Date(_)) || is_date(&text) => None,
            Holds::Date => Some(say!("app-record-format-no-date", text = text)),
        };
        what.map(|what| table.at(row, column, what))
    }

    fn number(&self, table: &Table, row: usize, column: usize) -> Result<(), Message> {
        let unit = self.unit.clone().unwrap_or_else(Unit::one);
        let Some(quantity) = table.quantity(row, column, &unit)? else { return Ok(()) };
        let below = self.low.filter(|low| quantity.value < *low);
        let above = self.high.filter(|high| quantity.value > *high);
        match (below, above) {
            (Some(low), _) => Err(say!("app-record-format-below", low = low, unit = unit)),
            (_, Some(high)) => Err(say!("app-record-format-above", high = high, unit = unit)),
            _ => Ok(()),
        }
        .map_err(|what| table.at(row, column, what))
    }
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headers: &[&str], rows: &[&[&str]]) -> Table {
        let mut table = Table::new(headers);
        let cell = |text: &&str| text.parse::<f64>().map_or_else(|_| Cell::from(*text), Cell::from);
        rows.iter().for_each(|row| table.push(row.iter().map(cell).collect()));
        table
    }

    fn problems(headers: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let format = RecordFormat::named("ion-conductor").unwrap();
        check(&table(headers, rows), &format).problems.iter().map(ToString::to_string).collect()
    }

    const HEADERS: [&str; 5] =
        ["sample", "repeat_unit", "ionic_conductivity [S/cm]", "conductivity_temperature [K]", "our_own_column"];

    #[test]
    fn a_good_table_has_no_problems_and_keeps_its_own_columns() {
        let table = table(&HEADERS, &[&["P1", "*CCO*", "<1e-10", "298.15", "blue"], &["P2", "*CC*", "", "", ""]]);
        let checked = check(&table, &RecordFormat::named("ion-conductor").unwrap());
        assert_eq!(checked.problems, []);
        assert_eq!((checked.known, checked.unknown), (4, vec!["our_own_column".to_owned()]));
    }

    #[test]
    fn a_value_without_the_condition_of_its_measurement_is_told_with_its_cell() {
        let found = problems(&HEADERS, &[&["P1", "*CCO*", "1e-5", "", ""]]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("conductivity_temperature") && found[0].contains("ionic_conductivity"), "{found:?}");
    }

    #[test]
    fn wrong_units_structures_choices_and_impossible_numbers_are_told() {
        assert!(problems(&["sample", "formula", "thickness [Cel]"], &[&["1", "LiF", "3"]])[0].contains("Cel"));
        assert!(problems(&["sample", "formula", "thickness"], &[&["1", "LiF", "3"]])[0].contains("um"));
        assert!(problems(&["sample", "repeat_unit"], &[&["1", "*CC(O*"]])[0].contains("*CC(O*"));
        assert!(problems(&["sample", "formula"], &[&["1", "Xx2"]])[0].contains("Xx"));
        let kinds = problems(&["sample", "formula", "outcome"], &[&["1", "LiF", "perhaps"]]);
        assert!(kinds[0].contains("succeeded, failed"), "{kinds:?}");
        let share = problems(&["sample", "formula", "crystallinity [1]"], &[&["1", "LiF", "1.2"]]);
        assert!(share[0].contains("100"), "{share:?}");
    }

    #[test]
    fn a_row_of_no_substance_or_no_name_is_told() {
        assert_eq!(problems(&["sample", "formula"], &[&["", ""]]).len(), 2);
        assert_eq!(problems(&["formula"], &[&["LiF"]]).len(), 1);
    }
}
