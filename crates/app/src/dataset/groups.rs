//! Columns by which rows belong together: the polymer, the paper, the batch. Rows of a group resemble each other, so that an
//! honest test leaves out whole groups.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::columns::{Column, Kind};
use crate::table::Table;

/// The groups that a column makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// Name of the column.
    pub name: String,
    /// Whether it was named as such; otherwise it looks as if rows belong together by it.
    pub named: bool,
    /// Number of groups.
    pub groups: usize,
    /// Rows of the largest.
    pub largest: usize,
    /// Rows of the one in the middle.
    pub median: usize,
    /// Rows that are alone in their group.
    pub alone: usize,
    /// Rows in no group, because the cell is empty.
    pub without: usize,
    /// The largest groups, with their rows.
    pub sizes: Vec<(String, usize)>,
}

/// Fewer names than this are choices.
const FEWEST: usize = 5;
/// Share of the rows that must share their text with another one.
const REPEATED: f64 = 0.2;
/// Groups that are listed.
const LISTED: usize = 20;
/// Columns that are proposed.
const PROPOSED: usize = 6;
/// Words of columns by which rows belong together, even where they hold numbers.
const WORDS: [&str; 20] = [
    "batch",
    "lot",
    "paper",
    "doi",
    "ref",
    "source",
    "src",
    "group",
    "family",
    "series",
    "campaign",
    "lab",
    "polymer",
    "study",
    "ロット",
    "バッチ",
    "文献",
    "論文",
    "試料",
    "系列",
];

/// The groups of a table: those of the columns `named`, then those that look like it, those of fewest groups first.
pub(super) fn of(table: &Table, columns: &[Column], named: &[String], target: Option<&str>) -> Vec<Groups> {
    let mut found: Vec<Groups> = named.iter().filter_map(|name| Some(one(table, table.find(name)?, true))).collect();
    let rest = columns.iter().enumerate().filter(|(_, c)| !named.contains(&c.name) && Some(c.name.as_str()) != target);
    let mut proposed: Vec<Groups> = rest
        .filter(|(_, column)| may_group(column))
        .map(|(place, _)| one(table, place, false))
        .filter(|groups| {
            let rows = table.rows.len() - groups.without;
            groups.groups >= FEWEST && (rows - groups.alone) as f64 >= REPEATED * rows as f64
        })
        .collect();
    proposed.sort_by_key(|groups| groups.groups);
    proposed.truncate(PROPOSED);
    found.extend(proposed);
    found
}

fn may_group(column: &Column) -> bool {
    let half_known = 2 * column.known >= column.known + column.missing_rows();
    match column.kind {
        Kind::Smiles | Kind::Formula | Kind::Choice | Kind::Text => half_known,
        Kind::Number | Kind::Identifier => {
            let name = column.name.to_lowercase();
            let mut words = name.split(|c: char| !c.is_alphanumeric());
            let said =
                words.any(|word| WORDS.contains(&word)) || WORDS.iter().any(|w| !w.is_ascii() && name.contains(w));
            half_known && said
        }
        _ => false,
    }
}

fn one(table: &Table, place: usize, named: bool) -> Groups {
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    let mut without = 0;
    for row in 0..table.rows.len() {
        match table.cell(row, place) {
            cell if cell.is_empty() => without += 1,
            cell => *sizes.entry(cell.to_string()).or_default() += 1,
        }
    }
    let mut sizes: Vec<(String, usize)> = sizes.into_iter().collect();
    sizes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Groups {
        name: table.columns[place].name.clone(),
        named,
        groups: sizes.len(),
        largest: sizes.first().map_or(0, |group| group.1),
        median: sizes.get(sizes.len() / 2).map_or(0, |group| group.1),
        alone: sizes.iter().filter(|group| group.1 == 1).count(),
        without,
        sizes: sizes.into_iter().take(LISTED).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::columns;

    #[test]
    fn what_repeats_like_a_paper_or_batch_is_proposed() {
        let mut table = Table::new(["paper", "batch no", "treatment", "row", "x"]);
        for row in 0..40 {
            let number = f64::from(row);
            table.push(vec![
                format!("paper {}", row % 8).into(),
                f64::from(row % 6).into(),
                ["water", "oil", "air"][row as usize % 3].into(),
                format!("r{row}").into(),
                (number * 1.37 % 1.0).into(),
            ]);
        }
        let columns = columns::of(&table);
        let names = |named: &[String]| -> Vec<String> {
            of(&table, &columns, named, Some("x")).into_iter().map(|groups| groups.name).collect()
        };
        assert_eq!(names(&[]), ["batch no", "paper"], "three treatments are choices, a name of a row is alone");
        let named = of(&table, &columns, &["treatment".to_owned()], None);
        assert_eq!((named[0].named, named[0].groups, named[0].largest, named[0].alone), (true, 3, 14, 0));
    }
}
