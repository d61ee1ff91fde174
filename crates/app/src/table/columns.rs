//! What kind of values a column holds, and which rows say the same.

use std::collections::{BTreeSet, HashMap};

use matdock_chem::Composition;

use super::{Cell, Table, number};

/// What the cells of a column are, as far as they tell. Empty cells do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// No cell has anything in it.
    Empty,
    /// Every cell says the same, in more than one row.
    Constant,
    /// Whole numbers.
    Integer,
    /// Numbers, perhaps with `<`, `>` or an uncertainty.
    Numeric,
    /// Chemical formulas.
    Formula,
    /// Text that names the row: different in every row.
    Identifier,
    /// Choices: text that repeats, or yes and no.
    Categorical,
}

impl Table {
    /// Finds out what a column holds.
    ///
    /// Whole numbers that are different in every row and rise by one are an identifier (a running number). Text that
    /// reads as a chemical formula in every row is a formula, except where every formula is a single element without
    /// amount, as `C`, `N` or `In` may be names of choices.
    pub fn kind(&self, column: usize) -> ColumnKind {
        let cells: Vec<&Cell> = self.rows.iter().filter_map(|row| row.get(column)).filter(|c| !c.is_empty()).collect();
        let Some(first) = cells.first() else { return ColumnKind::Empty };
        if cells.len() > 1 && cells.iter().all(|cell| cell == first) {
            return ColumnKind::Constant;
        }
        let numbers: Option<Vec<f64>> =
            cells.iter().map(|cell| number::parse(cell).ok().flatten().map(|measured| measured.value)).collect();
        if let Some(numbers) = numbers {
            let plain = cells.iter().all(|cell| matches!(cell, Cell::Number(_)));
            let whole = plain && numbers.iter().all(|value| value.fract() == 0.0 && value.abs() < 9e15);
            let running = whole && numbers.len() > 2 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
            return match (running, whole) {
                (true, _) => ColumnKind::Identifier,
                (_, true) => ColumnKind::Integer,
                _ => ColumnKind::Numeric,
            };
        }
        if is_formula(&cells) {
            return ColumnKind::Formula;
        }
        let different: BTreeSet<String> = cells.iter().map(|cell| cell.to_string()).collect();
        let identifier = cells.len() > 2 && different.len() == cells.len();
        if identifier { ColumnKind::Identifier } else { ColumnKind::Categorical }
    }

    /// Rows (from 0) in which the cell of this column is empty.
    pub fn missing(&self, column: usize) -> Vec<usize> {
        (0..self.rows.len()).filter(|row| self.cell(*row, column).is_empty()).collect()
    }
}

fn is_formula(cells: &[&Cell]) -> bool {
    let mut compound = false;
    for cell in cells {
        let Cell::Text(text) = cell else { return false };
        let Ok(composition) = Composition::parse(text) else { return false };
        compound |= composition.elements() > 1;
    }
    compound
}

/// Pairs of rows (from 0) that have the same cells in `columns`: each later row with the first like it.
pub fn duplicate_rows(table: &Table, columns: &[usize]) -> Vec<(usize, usize)> {
    let mut first: HashMap<Vec<String>, usize> = HashMap::new();
    let mut pairs = Vec::new();
    for row in 0..table.rows.len() {
        let key = columns.iter().map(|column| table.cell(row, *column).to_string()).collect();
        match first.get(&key) {
            Some(earlier) => pairs.push((*earlier, row)),
            None => {
                first.insert(key, row);
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(column: &[&str]) -> Table {
        let mut table = Table::new(["a"]);
        for text in column {
            table.push(vec![number::exact(text).map_or_else(|| (*text).into(), Cell::Number)]);
        }
        table
    }

    #[test]
    fn kinds_of_columns() {
        let check = |column: &[&str], kind| assert_eq!(table(column).kind(0), kind, "{column:?}");
        check(&[], ColumnKind::Empty);
        check(&["", ""], ColumnKind::Empty);
        check(&["5", "5", ""], ColumnKind::Constant);
        check(&["5"], ColumnKind::Integer);
        check(&["5", "7", "5"], ColumnKind::Integer);
        check(&["1", "2", "3", "4"], ColumnKind::Identifier);
        check(&["0.5", "7", "<3"], ColumnKind::Numeric);
        check(&["1e-3", "", "2 ± 1"], ColumnKind::Numeric);
        check(&["Al2O3", "MgO", "C"], ColumnKind::Formula);
        check(&["C", "N", "C"], ColumnKind::Categorical);
        check(&["argon", "air", "argon"], ColumnKind::Categorical);
        check(&["s-1", "s-2", "s-3"], ColumnKind::Identifier);
        check(&["1", "two", "2", "1"], ColumnKind::Categorical);
    }

    #[test]
    fn missing_cells_and_repeated_rows_are_found() {
        let table = table(&["1", "", "1.0", "2"]);
        assert_eq!(table.missing(0), [1]);
        assert_eq!(duplicate_rows(&table, &[0]), [(0, 2)]);
    }
}
