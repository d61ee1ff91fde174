//! `matdock backtest`: replays a campaign against a table of finished experiments.

use std::path::{Path, PathBuf};

use matdock_message::{Message, say};
use matdock_plan::backtest::{self, Options};
use serde::Serialize;

pub use matdock_plan::backtest::Spread;

use crate::{
    campaign::{Campaign, finished_table, header},
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
    /// The outcome followed.
    pub outcome: String,
    /// Its unit.
    pub unit: String,
    /// The best row of the table, by its label.
    pub best_row: Option<String>,
    /// Its value.
    pub best_value: f64,
    /// Random first experiments per repetition.
    pub initial: usize,
    /// The figures.
    #[serde(flatten)]
    pub result: backtest::Backtest,
}

/// Replays `campaign`. `progress` is called once per finished repetition, from any thread.
///
/// # Errors
/// The table does not fit the campaign; names the cell.
pub fn run(campaign: &Campaign, request: &Request, progress: &(dyn Fn() + Sync)) -> Result<Report, Message> {
    let (table, labels) = finished_table(campaign, request.data.as_deref())?;
    let mut options = request.options.clone();
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
    let best = best_row(campaign, &table);
    let result = backtest::run(&table, &campaign.goal, &campaign.planner, &options, progress)?;
    let objective = campaign.main_objective();
    Ok(Report {
        campaign: campaign.name.clone(),
        outcome: objective.outcome.clone(),
        unit: campaign.unit_of(&objective.outcome).to_string(),
        best_row: best.map(|(row, _)| labels.label(row).to_owned()),
        best_value: best.map_or(f64::NAN, |(_, value)| value),
        initial: options.initial_rows.as_ref().and_then(|rows| rows.first()).map_or(options.initial, Vec::len),
        result,
    })
}

/// The row with the best mean of the first objective, and that mean.
fn best_row(campaign: &Campaign, table: &backtest::Table) -> Option<(usize, f64)> {
    let direction = campaign.main_objective().direction;
    let merit = |value: f64| direction.merit(value);
    let means = table.outcomes.iter().enumerate().filter_map(|(row, outcomes)| {
        let values = outcomes.first().filter(|values| !values.is_empty())?;
        Some((row, values.iter().sum::<f64>() / values.len() as f64))
    });
    means.max_by(|a, b| merit(a.1).total_cmp(&merit(b.1)))
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

/// The curve of best-so-far against random search, as SVG.
///
/// # Errors
/// It could not be drawn.
pub fn plot(campaign: &Campaign, report: &Report) -> Result<String, Message> {
    let curve = |values: &[f64]| values.iter().enumerate().map(|(i, v)| ((i + 1) as f64, *v)).collect::<Vec<_>>();
    let unit = campaign.unit_of(&report.outcome);
    let until = report.result.best_so_far.len();
    let random = &report.result.random.best_so_far;
    let panel = Panel {
        title: format!("{}: best so far, mean of {} repetitions", report.campaign, report.result.seeds),
        x: "experiments".to_owned(),
        y: header(&report.outcome, &unit),
        marks: vec![
            Mark::Stairs("random search".to_owned(), curve(&random[..until.min(random.len())]), Colour::Grey),
            Mark::Stairs("matdock".to_owned(), curve(&report.result.best_so_far), Colour::Blue),
        ],
        ..Panel::default()
    };
    plot::svg(&[panel], 1)
}
