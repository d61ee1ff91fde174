//! `matdock chain compare`: does the way through the intermediates predict better than the direct one?

use std::path::{Path, PathBuf};

use matdock_message::{Message, say};
use matdock_plan::{Compared, Fold, Observation, Way, folds_at_random, folds_by_group, folds_by_time};
use matdock_record::Datum;
use matdock_store::Dock;
use serde::Serialize;

use crate::{
    campaign::{Campaign, Experiments, header},
    history::{Experiment, History},
    plot::number,
    table::{Cell, Table},
};

/// Which experiments are left out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// Any.
    Random,
    /// Those alike in a column.
    Group(String),
    /// Later ones: in the order of a column, or without one of the experiments.
    Time(Option<String>),
}

impl Split {
    /// Reads `random`, `group:COLUMN`, `time` or `time:COLUMN`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, Message> {
        match text.split_once(':').map_or((text.trim(), ""), |(word, column)| (word.trim(), column.trim())) {
            ("random", "") => Ok(Self::Random),
            ("group", column) if !column.is_empty() => Ok(Self::Group(column.to_owned())),
            ("time", "") => Ok(Self::Time(None)),
            ("time", column) => Ok(Self::Time(Some(column.to_owned()))),
            _ => Err(say!("app-chain-split", text = text)),
        }
    }
}

/// What to compare.
#[derive(Debug, Clone)]
pub struct Request {
    /// Finished experiments; without it those of the pool's table, or else the campaign's own in the dock.
    pub data: Option<PathBuf>,
    /// Which experiments are left out together.
    pub split: Split,
    /// Number of folds.
    pub folds: usize,
    /// Seed of how experiments are dealt into folds.
    pub seed: u64,
}

/// Both ways to predict, quantity by quantity.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Name of the campaign.
    pub campaign: String,
    /// Number of experiments.
    pub experiments: usize,
    /// Rows of the table that lack a setting or lie outside the ranges of the campaign.
    pub left_out: usize,
    /// How experiments were left out: `random`, `group` or `time`.
    pub split: &'static str,
    /// The column that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Number of folds.
    pub folds: usize,
    /// The quantities that depend on others: what is wanted, then what is sensed.
    pub quantities: Vec<Compared>,
}

/// Where the experiments come from.
enum From {
    Table(Experiments),
    Dock(Vec<Experiment>, Vec<Observation>),
}

/// Compares both ways on experiments left out. `progress` is called once per fold.
///
/// # Errors
/// The campaign has no chain, the table does not fit it, there is no such column, or too little was measured.
pub fn compare(
    dock: Option<&Dock>,
    campaign: &Campaign,
    request: &Request,
    progress: &(dyn Fn() + Sync),
) -> Result<Comparison, Message> {
    if campaign.goal.stages.is_empty() {
        return Err(say!("app-chain-none", name = campaign.name));
    }
    if request.folds < 2 {
        return Err(say!("app-chain-folds", count = request.folds));
    }
    let from = experiments(dock, campaign, request.data.as_deref())?;
    let (observed, left_out) = match &from {
        From::Table(experiments) => (&experiments.observed, experiments.left_out),
        From::Dock(_, observed) => (observed, 0),
    };
    let folds = from.folds(observed.len(), request)?;
    let mut quantities = campaign.planner()?.compare_chain(observed, &folds, progress)?;
    if quantities.is_empty() {
        return Err(say!("app-chain-compare-few", name = campaign.name, count = observed.len()));
    }
    quantities.sort_by_key(|quantity| quantity.intermediate);
    let (split, column) = match &request.split {
        Split::Random => ("random", None),
        Split::Group(column) => ("group", Some(column.clone())),
        Split::Time(column) => ("time", column.clone()),
    };
    let (name, experiments, folds) = (campaign.name.clone(), observed.len(), folds.len());
    Ok(Comparison { campaign: name, experiments, left_out, split, column, folds, quantities })
}

fn experiments(dock: Option<&Dock>, campaign: &Campaign, data: Option<&Path>) -> Result<From, Message> {
    let history = match (data, dock) {
        (None, Some(dock)) => History::read(dock, campaign)?.filter(|history| !history.experiments.is_empty()),
        _ => None,
    };
    if data.is_some() || (campaign.pool.is_some() && history.is_none()) {
        return Experiments::read(campaign, data).map(From::Table);
    }
    let history = history.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    let (observed, numbers) = history.observations(campaign)?;
    let number = |number: &u32| history.experiments.iter().find(|experiment| experiment.number == *number).cloned();
    Ok(From::Dock(numbers.iter().filter_map(number).collect(), observed))
}

impl From {
    fn folds(&self, count: usize, request: &Request) -> Result<Vec<Fold>, Message> {
        let folds = match &request.split {
            Split::Random => folds_at_random(count, request.folds, request.seed),
            Split::Time(None) => folds_by_time(&(0..count).map(|row| row as f64).collect::<Vec<_>>(), request.folds),
            Split::Time(Some(column)) => folds_by_time(&self.times(column)?, request.folds),
            Split::Group(column) => folds_by_group(&self.groups(column)?, request.folds, request.seed),
        };
        if folds.len() < 2 { Err(say!("app-chain-folds-few", count = folds.len())) } else { Ok(folds) }
    }

    /// Number of the group of each experiment; those with an empty cell are a group.
    fn groups(&self, column: &str) -> Result<Vec<usize>, Message> {
        let mut known: Vec<String> = Vec::new();
        let cells = self.cells(column)?;
        let number = cells.iter().map(|cell| {
            let text = cell.to_string();
            known.iter().position(|other| *other == text).unwrap_or_else(|| {
                known.push(text);
                known.len() - 1
            })
        });
        Ok(number.collect())
    }

    /// When each experiment was made: a number, or the place of a date among all.
    fn times(&self, column: &str) -> Result<Vec<f64>, Message> {
        let cells = self.cells(column)?;
        let mut dates: Vec<&str> = cells
            .iter()
            .filter_map(|cell| match cell {
                Cell::Date(date) => Some(date.as_str()),
                _ => None,
            })
            .collect();
        dates.sort_unstable();
        let time = |(row, cell): (usize, &Cell)| match cell {
            Cell::Number(number) if dates.is_empty() => Ok(*number),
            Cell::Date(date) => Ok(dates.partition_point(|other| other < &date.as_str()) as f64),
            other => Err(self.at(row, column, say!("app-chain-time", text = other))),
        };
        cells.iter().enumerate().map(time).collect()
    }

    fn at(&self, row: usize, column: &str, what: Message) -> Message {
        let place = |table: &Table, row: usize| table.find(column).map(|place| (row, place));
        match self {
            Self::Table(own) => match own.rows.get(row).and_then(|&row| place(&own.table, row)) {
                Some((row, column)) => own.table.at(row, column, what),
                None => what,
            },
            Self::Dock(..) => what,
        }
    }

    fn cells(&self, column: &str) -> Result<Vec<Cell>, Message> {
        match self {
            Self::Table(own) => {
                let place = own.table.column(column)?;
                Ok(own.rows.iter().map(|&row| own.table.cell(row, place).clone()).collect())
            }
            Self::Dock(experiments, _) => {
                let known = |experiment: &&Experiment| {
                    experiment.settings.contains_key(column) || experiment.values.contains_key(column)
                };
                if experiments.iter().find(known).is_none() {
                    return Err(say!("app-chain-column", name = column));
                }
                let cell = |experiment: &Experiment| match experiment
                    .settings
                    .get(column)
                    .or_else(|| experiment.values.get(column))
                {
                    Some(Datum::Quantity(quantity)) => Cell::from(quantity.value),
                    Some(Datum::Text(text)) => Cell::from(text.as_str()),
                    Some(Datum::Flag(flag)) => Cell::from(*flag),
                    Some(Datum::Missing(_)) | None => Cell::Empty,
                };
                Ok(experiments.iter().map(cell).collect())
            }
        }
    }
}

/// How the experiments were left out, as a sentence.
pub fn title(comparison: &Comparison) -> Message {
    let (name, count, folds) = (&comparison.campaign, comparison.experiments, comparison.folds);
    let split = match (comparison.split, &comparison.column) {
        ("time", Some(_)) => "time-column",
        (split, _) => split,
    };
    let column = comparison.column.clone().unwrap_or_default();
    say!("app-chain-compare-title", name = name, count = count, folds = folds, split = split, column = column)
}

/// The key of the words for a way to predict.
pub fn way_key(way: Way) -> &'static str {
    match way {
        Way::Direct => "app-chain-way-direct",
        Way::Chain => "app-chain-way-chain",
        Way::Chosen => "app-chain-way-chosen",
        Way::Read => "app-chain-way-read",
    }
}

/// What the comparison of a quantity says.
pub fn verdicts(campaign: &Campaign, compared: &Compared) -> Vec<Message> {
    let name = header(&compared.outcome, &campaign.unit_of(&compared.outcome));
    let said = |key: i8, gain: matdock_plan::Gain, way: Way| {
        let error = |wanted: Way| {
            compared.scores.iter().find(|(way, _)| *way == wanted).map_or_else(String::new, |(_, s)| number(s.error))
        };
        let verdict = match key {
            1 => "better",
            -1 => "worse",
            _ => "same",
        };
        let (gain, standard_error) = (super::signed(gain.log_density), number(gain.standard_error));
        (verdict, gain, standard_error, error(way), error(Way::Direct))
    };
    let (verdict, gain, standard_error, error, direct) =
        said(compared.chain_gain.verdict(), compared.chain_gain, Way::Chain);
    let mut lines = vec![say!(
        "app-chain-compare-chain",
        name = name,
        verdict = verdict,
        gain = gain,
        uncertainty = standard_error,
        error = error,
        direct = direct
    )];
    let (verdict, gain, standard_error, _, _) = said(compared.chosen_gain.verdict(), compared.chosen_gain, Way::Chosen);
    lines.push(say!(
        "app-chain-compare-chosen",
        chosen = compared.chain_chosen,
        folds = compared.folds,
        verdict = verdict,
        gain = gain,
        uncertainty = standard_error
    ));
    // Where nothing is read on the way there is nothing to tell.
    if compared.read_gain == compared.chain_gain {
        return lines;
    }
    let (verdict, gain, standard_error, error, direct) =
        said(compared.read_gain.verdict(), compared.read_gain, Way::Read);
    lines.push(say!(
        "app-chain-compare-read",
        name = name,
        verdict = verdict,
        gain = gain,
        uncertainty = standard_error,
        error = error,
        direct = direct
    ));
    lines
}
