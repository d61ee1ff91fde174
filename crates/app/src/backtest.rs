//! `matdock backtest`: replays a campaign against a table of finished experiments.

use std::path::{Path, PathBuf};

use matdock_message::{Language, Message, say};
use matdock_plan::backtest::{self, Options};
use serde::Serialize;

pub use matdock_plan::backtest::{Best, FrontFigures, Spread};

use crate::{
    campaign::{Campaign, Finished, finished_table, header},
    plot::{self, Colour, Mark, Panel},
};

/// What to replay.
#[derive(Debug, Clone)]
pub struct Request {
    /// The table; without it the pool's own.
    pub data: Option<PathBuf>,
    /// First experiments per repetition.
    pub initial_file: Option<PathBuf>,
    /// Everything else.
    pub options: Options,
    /// Whether the number of first experiments comes from the campaign file.
    pub initial_of_campaign: bool,
}

/// Result of a backtest, with what it was made from.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Name of the campaign.
    pub campaign: String,
    /// The outcome followed; for a front the first of them.
    pub outcome: String,
    /// Its unit.
    pub unit: String,
    /// The best row of the table, by its label; none for a front.
    pub best_row: Option<String>,
    /// Its value.
    pub best_value: Option<f64>,
    /// The rows of the true front, with the means of all objectives; empty for a goal with one best row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub front_rows: Vec<FrontRow>,
    /// Rows of the table outside the campaign's ranges, left out.
    #[serde(skip_serializing_if = "is_zero")]
    pub left_out: usize,
    /// Random first experiments per repetition.
    pub initial: usize,
    /// The figures.
    #[serde(flatten)]
    pub result: backtest::Backtest,
}

/// A row of the true front.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrontRow {
    /// Its label.
    pub row: String,
    /// Mean of each objective, in the order of the campaign file.
    pub values: Vec<f64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Replays `campaign`. `progress` is called once per finished repetition, from any thread.
///
/// # Errors
/// The table does not fit the campaign; names the cell.
pub fn run(campaign: &Campaign, request: &Request, progress: &(dyn Fn() + Sync)) -> Result<Report, Message> {
    let Finished { table, labels, left_out } = finished_table(campaign, request.data.as_deref())?;
    let mut options = request.options.clone();
    options.knowledge = campaign.knowledge.clone();
    if request.initial_of_campaign {
        options.initial = campaign.planner.initial.min(labels.len());
    }
    if let Some(path) = &request.initial_file {
        let rows = initial_rows(path, labels.len())?;
        if rows.len() < options.seeds {
            let file = path.display();
            return Err(say!("app-initial-few", file = file, found = rows.len(), seeds = options.seeds));
        }
        options.initial_rows = Some(rows);
    }
    let result = backtest::run(&table, &campaign.goal, &campaign.planner, &options, progress)?;
    let objective = campaign.main_objective();
    let best = result.best.as_ref().map(|best| best.row);
    let front = result.front.iter().flat_map(|front| &front.rows);
    Ok(Report {
        campaign: campaign.name.clone(),
        outcome: objective.outcome.clone(),
        unit: campaign.unit_of(&objective.outcome).to_string(),
        best_row: best.map(|row| labels.label(row).to_owned()),
        best_value: best.and_then(|row| mean(&table, row, 0)),
        front_rows: front.map(|&row| front_row(campaign, &table, labels.label(row), row)).collect(),
        left_out,
        initial: options.initial_rows.as_ref().and_then(|rows| rows.first()).map_or(options.initial, Vec::len),
        result,
    })
}

/// Mean of a row's replicates.
fn mean(table: &backtest::Table, row: usize, outcome: usize) -> Option<f64> {
    let values = table.outcomes.get(row)?.get(outcome)?;
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn front_row(campaign: &Campaign, table: &backtest::Table, label: &str, row: usize) -> FrontRow {
    // Outcomes begin with the objectives; a row of the front has them all.
    let values = (0..campaign.goal.objectives.len()).filter_map(|outcome| mean(table, row, outcome)).collect();
    FrontRow { row: label.to_owned(), values }
}

/// Reads first experiments: a JSON list of lists, or one line per repetition with row numbers and commas.
fn initial_rows(path: &Path, pool: usize) -> Result<Vec<Vec<usize>>, Message> {
    let file = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| say!("app-file-unreadable", file = file, reason = error))?;
    let check = |line: usize, number: &str| {
        let row = number.trim().parse::<usize>().ok().filter(|row| *row < pool);
        row.ok_or_else(|| {
            let what = say!("app-initial-row", text = number.trim(), last = pool - 1);
            say!("place-file-line", file = file, line = line, what = what)
        })
    };
    if text.trim_start().starts_with('[') {
        let lists: Vec<Vec<u64>> = serde_json::from_str(&text).map_err(|error| {
            let what = say!("app-initial-json", reason = error);
            say!("place-file-line", file = file, line = error.line(), what = what)
        })?;
        let lists = lists.iter().map(|list| list.iter().map(|row| check(1, &row.to_string())).collect());
        return lists.collect();
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| line.split([',', ';', '\t']).map(|number| check(index + 1, number)).collect()).collect()
}

/// The curves against random search, as SVG: the best so far, or the share of the front's hypervolume and its rows.
///
/// # Errors
/// It could not be drawn.
pub fn plot(campaign: &Campaign, report: &Report, language: Language) -> Result<String, Message> {
    let text = |message: Message| message.text(language);
    let name = &report.campaign;
    let panel = |title: Message, y: String, random: &[f64], planner: &[f64]| {
        let curve = |values: &[f64]| values.iter().enumerate().map(|(i, v)| ((i + 1) as f64, *v)).collect::<Vec<_>>();
        Panel {
            title: text(title),
            x: text(say!("app-plot-experiments")),
            y,
            marks: vec![
                Mark::Stairs(
                    text(say!("app-plot-random")),
                    curve(&random[..planner.len().min(random.len())]),
                    Colour::Grey,
                ),
                Mark::Stairs("matdock".to_owned(), curve(planner), Colour::Blue),
            ],
            ..Panel::default()
        }
    };
    let seeds = report.result.seeds;
    let mut panels = Vec::new();
    if let Some(best) = &report.result.best {
        let unit = campaign.unit_of(&report.outcome);
        let title = say!("app-plot-backtest-best", name = name, seeds = seeds);
        panels.push(panel(title, header(&report.outcome, &unit), &best.random.best_so_far, &best.best_so_far));
    }
    if let Some(front) = &report.result.front {
        let title = say!("app-plot-backtest-front", name = name, seeds = seeds);
        let share = text(say!("app-plot-hypervolume"));
        panels.push(panel(title, share, &front.random.hypervolume_share, &front.hypervolume_share));
        let title = say!("app-plot-backtest-rows", name = name, rows = front.rows.len());
        panels.push(panel(title, text(say!("app-plot-front-rows")), &front.random.front_rows, &front.front_rows));
    }
    plot::svg(&panels, 1)
}
