//! `matdock report`: the result of a campaign for people: best conditions, plots, all experiments, in one folder.

mod text;

use std::path::{Path, PathBuf};

use matdock_message::{Language, Message, say};
use matdock_plan::{Direction, Through, Value};
use matdock_store::Dock;
use serde::Serialize;

pub use text::{
    drift_line, duration, front_headline, markdown, partial_lines, recommended_lines, rounded, spent_lines, text,
    veto_line, weight_line,
};

use crate::{
    campaign::{Campaign, header},
    comparison::Comparison,
    explain::{self, Fitted},
    export, front,
    history::History,
    learnt::Learnt,
    plot::{self, Colour, Mark, Panel},
    status::{self, Status},
    table,
};

/// A finished report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where the campaign stands.
    pub status: Status,
    /// The model of each outcome: its kind, how it was fitted and how well it predicts.
    pub models: Vec<Fitted>,
    /// How the outcomes behind intermediates are predicted, and why so; empty without a process chain.
    pub through: Vec<Through>,
    /// The closed loop against random search and work by hand, for simulated labs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The folder with the files.
    pub folder: PathBuf,
    /// The files in it.
    pub files: Vec<PathBuf>,
}

/// Writes the report of a campaign into `folder`.
///
/// # Errors
/// The campaign is not in the dock, or the disk refuses.
pub fn report(
    dock: &Dock,
    campaign: &Campaign,
    comparison: Option<Comparison>,
    folder: &Path,
    language: Language,
) -> Result<Report, Message> {
    let history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    let learnt = Learnt::from(campaign, &history)?;
    let status = status::learnt(campaign, &history, &learnt)?;
    std::fs::create_dir_all(folder)
        .map_err(|error| say!("app-file-unwritable", file = folder.display(), reason = error))?;
    let mut files = Vec::new();
    let mut write = |name: &str, bytes: &[u8]| -> Result<(), Message> {
        let path = folder.join(name);
        table::save(bytes, &path)?;
        files.push(path);
        Ok(())
    };
    if let Some(front) = &status.front {
        write("front.svg", front::svg(campaign, &history, &learnt, front, language)?.as_bytes())?;
    }
    write("best-so-far.svg", best_so_far(campaign, &learnt, language)?.as_bytes())?;
    if let Some(text) = model(campaign, &learnt, language)? {
        write("model.svg", text.as_bytes())?;
    }
    let only = export::Only::parse(&[format!("campaign={}", campaign.name)])?;
    let samples = export::export(dock, export::What::Samples, &only)?;
    write("experiments.csv", &table::to_bytes(&samples, table::Format::Csv, &table::SheetExtras::default())?)?;
    let models = learnt.model.iter().flat_map(|model| explain::fitted(campaign, model)).collect();
    let through = learnt.model.iter().flat_map(|model| model.through()).cloned().collect();
    let report = Report { status, models, through, comparison, folder: folder.to_path_buf(), files: files.clone() };
    let path = folder.join("report.md");
    table::save(markdown(campaign, &report, language).as_bytes(), &path)?;
    files.push(path);
    Ok(Report { files, ..report })
}

fn best_so_far(campaign: &Campaign, learnt: &Learnt, language: Language) -> Result<String, Message> {
    let objective = campaign.main_objective();
    let better = |new: f64, old: f64| objective.direction.merit(new) > objective.direction.merit(old);
    let (mut measured, mut failed, mut curve) = (Vec::new(), Vec::new(), Vec::new());
    let mut best: Option<f64> = None;
    for (observation, &experiment) in learnt.observations().iter().zip(&learnt.numbers) {
        let x = f64::from(experiment);
        match observation.outcomes.first().and_then(|measured| measured.value()) {
            Some(value) if !observation.failed => {
                measured.push((x, value));
                best = Some(best.filter(|old| !better(value, *old)).unwrap_or(value));
            }
            _ if observation.failed => failed.push(x),
            _ => {}
        }
        curve.extend(best.map(|best| (x, best)));
    }
    let values = measured.iter().map(|p| p.1);
    let (low, high) = values.clone().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let log_y = low > 0.0 && high / low > 30.0;
    // Failures have no value; they are marked at the edge where nothing good is.
    let edge = if matches!(objective.direction, Direction::Maximise) { low } else { high };
    let failed = failed.into_iter().map(|x| (x, edge)).filter(|p| p.1.is_finite()).collect();
    let say = |id: &str| matdock_message::text_of(language, id).unwrap_or_default();
    let panel = Panel {
        title: say!("app-plot-best", name = campaign.name).text(language),
        x: say("app-plot-experiment"),
        y: header(&objective.outcome, &campaign.unit_of(&objective.outcome)),
        log_y,
        marks: vec![
            Mark::Crosses(say("app-plot-failed"), failed, Colour::Grey),
            Mark::Points(say("app-plot-measured"), measured, Colour::Blue),
            Mark::Stairs(say("app-plot-best-line"), curve, Colour::Red),
        ],
        ..Panel::default()
    };
    plot::svg(&[panel], 1)
}

/// One panel per parameter: the model through the best point, and what was measured.
fn model(campaign: &Campaign, learnt: &Learnt, language: Language) -> Result<Option<String>, Message> {
    let Some(model) = &learnt.model else { return Ok(None) };
    let Some(best) = model.best_observed().and_then(|index| learnt.observations().get(index)) else { return Ok(None) };
    let objective = campaign.main_objective();
    let say = |id: &str| matdock_message::text_of(language, id).unwrap_or_default();
    let mut panels = Vec::new();
    for (index, parameter) in campaign.space.parameters().iter().enumerate() {
        let slice = model.slice(&best.point, index, 81)?;
        let names: Vec<String> = parameter.kind.names().unwrap_or_default().to_vec();
        let x = |value: &Value| match value {
            Value::Number(number) => *number,
            Value::Level(level) => names.iter().position(|name| name == level).unwrap_or(0) as f64,
            Value::Absent => 0.0,
        };
        let predicted = slice.settings.iter().zip(&slice.predicted).filter_map(|(setting, outcomes)| {
            outcomes.iter().find(|p| p.outcome == objective.outcome).map(|p| (x(setting), p))
        });
        let band: Vec<(f64, f64, f64)> = predicted.clone().map(|(x, p)| (x, p.low, p.high)).collect();
        let mean: Vec<(f64, f64)> = predicted.map(|(x, p)| (x, p.mean)).collect();
        let seen = learnt.observations().iter().filter(|observation| !observation.failed).filter_map(|observation| {
            let value = observation.outcomes.first()?.value()?;
            Some((x(observation.point.get(index)?), value))
        });
        let seen: Vec<(f64, f64)> = seen.collect();
        let low = band.iter().map(|p| p.1).chain(seen.iter().map(|p| p.1)).fold(f64::INFINITY, f64::min);
        let high = seen.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
        let legend = |id: &str| if index == 0 { say(id) } else { String::new() };
        let log_x =
            matches!(parameter.kind, matdock_plan::ParameterKind::Continuous { scale: matdock_plan::Scale::Log, .. });
        let unit = parameter.unit.parse().unwrap_or_else(|_| matdock_record::Unit::one());
        panels.push(Panel {
            title: parameter.name.clone(),
            x: header(&parameter.name, &unit),
            y: header(&objective.outcome, &campaign.unit_of(&objective.outcome)),
            log_x,
            log_y: low > 0.0 && high / low > 30.0,
            names,
            y_names: Vec::new(),
            marks: vec![
                Mark::Band(legend("app-plot-interval"), band, Colour::Blue),
                Mark::Points(legend("app-plot-measured"), seen, Colour::Grey),
                Mark::Line(legend("app-plot-model"), mean, Colour::Blue),
            ],
        });
    }
    plot::svg(&panels, 3).map(Some)
}
