//! A table of finished experiments, row by row, as a campaign sees them.

use std::path::{Path, PathBuf};

use matdock_message::{Message, say};
use matdock_plan::Observation;
use matdock_record::body::Fields;

use super::{Campaign, Mapping, source};
use crate::{
    history,
    table::{self, Table},
};

/// Finished experiments of a table.
#[derive(Debug, Clone)]
pub struct Experiments {
    /// The table.
    pub table: Table,
    /// The experiments; those without any outcome are not among them.
    pub observed: Vec<Observation>,
    /// For each the row of the table it stands in.
    pub rows: Vec<usize>,
    /// Rows that lack a setting, or lie outside the ranges and levels of the campaign.
    pub left_out: usize,
}

impl Experiments {
    /// Reads the experiments of `campaign` from `data`, or without it from the table of its pool.
    ///
    /// # Errors
    /// There is no table, a column of the campaign is missing, or a cell does not fit; names the cell.
    pub fn read(campaign: &Campaign, data: Option<&Path>) -> Result<Self, Message> {
        let path = match data {
            Some(path) => path.to_path_buf(),
            None => campaign.pool_file()?.ok_or_else(|| say!("app-backtest-no-data"))?,
        };
        let table = table::read(&path)?;
        for input in &campaign.inputs {
            table.column(&input.name)?;
        }
        let rows = source::rows(&table, &Mapping::default(), &campaign.inputs, &campaign.outcomes)?;
        let mut own = Self { table, observed: Vec::new(), rows: Vec::new(), left_out: 0 };
        for (row, (fields, nothing_measured)) in rows.iter().enumerate() {
            if *nothing_measured {
                continue;
            }
            match observation(campaign, fields)? {
                Some(observation) => {
                    own.observed.push(observation);
                    own.rows.push(row);
                }
                None => own.left_out += 1,
            }
        }
        Ok(own)
    }
}

/// What the planner sees of a row; `None` where it cannot.
fn observation(campaign: &Campaign, fields: &Fields) -> Result<Option<Observation>, Message> {
    let mut settings = fields.clone();
    settings.retain(|name, _| campaign.inputs.iter().any(|input| &input.name == name));
    let Ok((point, row)) = campaign.point_of(&settings, None) else { return Ok(None) };
    let there = |datum: &matdock_record::Datum| !matches!(datum, matdock_record::Datum::Missing(_));
    let inside = campaign.inputs.iter().all(|input| {
        let value = settings.get(&input.name).filter(|datum| there(datum)).map(|datum| input.value(datum));
        row.is_some() || value.is_none_or(|value| value.is_ok_and(|value| input.spans(&value)))
    });
    if !inside {
        return Ok(None);
    }
    let outcomes = campaign.outcomes.iter().map(|outcome| history::measured(fields.get(&outcome.name), outcome));
    Ok(Some(Observation { point, row, outcomes: outcomes.collect::<Result<_, _>>()?, failed: false }))
}

impl Campaign {
    /// The table of its pool; `None` for ranges.
    fn pool_file(&self) -> Result<Option<PathBuf>, Message> {
        let parsed = super::file::parse(&self.text, &self.path.display().to_string())?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        Ok(parsed.pool.map(|part| folder.join(&part.get_ref().table)))
    }
}
