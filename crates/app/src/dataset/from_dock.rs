//! The experiments of a dock as a table to learn from.

use matdock_message::Message;
use matdock_store::Dock;

use super::columns::BECAUSE;
use crate::{
    export::{self, Only, What},
    table::{Cell, Table},
};

/// Columns about the experiment rather than the material: kept, and not learnt from.
const ABOUT: [&str; 6] = ["sample", "id", "suggestion", "ended", "outcome", "reason"];

/// The samples that fulfil conditions such as `campaign=films`, with settings and results, and the columns not to learn from.
///
/// Limits stand in the cell of their value, as `<1e-10`.
pub(super) fn experiments(dock: &Dock, conditions: &[String]) -> Result<(Table, Vec<String>), Message> {
    let mut table = export::export(dock, What::Samples, &Only::parse(conditions)?)?;
    put_qualifiers_beside_values(&mut table);
    let beside = |name: &str| {
        [" uncertainty", BECAUSE].iter().any(|end| name.strip_suffix(end).is_some_and(|of| table.find(of).is_some()))
    };
    let names = table.columns.iter().map(|column| column.name.as_str());
    let ignored = names.filter(|name| ABOUT.contains(name) || beside(name)).map(str::to_owned).collect();
    Ok((table, ignored))
}

/// `<` of the column `NAME qualifier` goes in front of the value of `NAME`.
fn put_qualifiers_beside_values(table: &mut Table) {
    while let Some((signs, of)) = table
        .columns
        .iter()
        .enumerate()
        .find_map(|(place, column)| Some((place, table.find(column.name.strip_suffix(" qualifier")?)?)))
    {
        for row in &mut table.rows {
            let sign = row.remove(signs);
            let of = of - usize::from(of > signs);
            if let (Cell::Text(sign), Some(value @ Cell::Number(_))) = (&sign, row.get(of)) {
                row[of] = Cell::Text(format!("{sign}{value}"));
            }
        }
        table.columns.remove(signs);
    }
}
