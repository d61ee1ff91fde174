//! `matdock lab components`: principal components learnt from the series that a campaign has in the dock.

use std::{collections::HashMap, path::Path};

use matdock_lab::{
    Stream,
    feature::{self, Basis},
};
use matdock_message::{Message, say};
use matdock_record::{Body, RecordId};
use matdock_store::{Dock, Query};
use serde::Serialize;

use crate::{campaign::Campaign, history::History, table};

/// What was learnt.
#[derive(Debug, Clone, Serialize)]
pub struct Learnt {
    /// The file of the basis.
    pub file: String,
    /// Stream, column and step.
    pub of: String,
    /// How many series it was learnt from.
    pub series: usize,
    /// Series that were not fit.
    pub left_out: usize,
    /// Share of the variance of each component.
    pub shares: Vec<f64>,
    /// Largest residual of a series that was left out (root mean square).
    pub residual: f64,
}

/// Learns up to `count` components of `of` (`xrd.intensity during scan`) from all samples of the campaign, and writes the
/// basis to `out`, for a recipe to name.
///
/// # Errors
/// `of` is not understood, there are too few series, or the file cannot be written.
pub fn learn(dock: &Dock, campaign: &Campaign, of: &str, count: usize, out: &Path) -> Result<Learnt, Message> {
    let (stream, column, step) = feature::source(of)?;
    let history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    let of_kind = |kind| Query { kind: Some(kind), campaign: Some(history.campaign), ..Query::default() };
    let mut runs: HashMap<RecordId, String> = HashMap::new();
    for kind in ["process", "measurement"] {
        for record in dock.records(&of_kind(kind))? {
            match record.body {
                Body::Process(run) => drop(runs.insert(record.id, run.name)),
                Body::Measurement(run) => drop(runs.insert(record.id, run.name)),
                _ => {}
            }
        }
    }
    let mut streams = Vec::new();
    for record in dock.records(&of_kind("series"))? {
        let Body::Series(series) = record.body else { continue };
        if series.name == stream && runs.get(&series.run) == Some(&step) {
            let numbers = dock.series(&series.object)?;
            streams.push(Stream { name: series.name, columns: numbers.columns, data: numbers.data });
        }
    }
    let (basis, left_out) = Basis::learn(of, &streams, &column, count)?;
    table::save(basis.text().as_bytes(), out)?;
    Ok(Learnt {
        file: out.display().to_string(),
        of: of.to_owned(),
        series: basis.series,
        left_out,
        shares: basis.shares.clone(),
        residual: basis.usual,
    })
}
