//! `matdock report`: the result of a campaign for people: best conditions, plots, all experiments, in one folder.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use matdock_message::{Language, Message, say};
use matdock_plan::{Direction, Drift, DriftWanted, Value, Weight};
use matdock_store::Dock;
use serde::Serialize;

use crate::{
    campaign::{Campaign, header},
    comparison::Comparison,
    cost::Spent,
    explain, export,
    front::{self, Front},
    history::{History, Vetoed},
    plot::{self, Colour, Mark, Panel, number},
    status::{self, Best, Learnt, Status},
    table,
};

/// A finished report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where the campaign stands.
    pub status: Status,
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
    let status = status::of(campaign, &history)?;
    let learnt = Learnt::from(campaign, &history)?;
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
    let report = Report { status, comparison, folder: folder.to_path_buf(), files: Vec::new() };
    let text = text(campaign, &report, language);
    write("report.md", text.as_bytes())?;
    Ok(Report { files, ..report })
}

/// The report as text (Markdown), for the terminal and for `report.md`.
pub fn text(campaign: &Campaign, report: &Report, language: Language) -> String {
    let mut out = String::new();
    let mut line = |message: Message| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}", message.text(language));
    };
    let status = &report.status;
    let counts = status.experiments;
    line(say!("app-report-title", name = status.campaign));
    line(say!(
        "app-report-counts",
        finished = counts.finished,
        succeeded = counts.succeeded,
        failed = counts.failed,
        other = counts.aborted + counts.uncertain
    ));
    line(say!("app-report-time", time = duration(status.lab_seconds)));
    status.spent.iter().for_each(|spent| line(spent_line(spent)));
    if status.goal_reached {
        line(say!("app-report-goal"));
    }
    status.vetoes.iter().for_each(|veto| line(veto_line(veto)));
    status.knowledge.iter().for_each(|weight| line(weight_line(campaign, weight)));
    status.drifts.iter().for_each(|drift| line(drift_line(campaign, drift)));
    if let Some(front) = &status.front {
        front_lines(campaign, front, language).into_iter().for_each(&mut line);
    }
    if let Some(best) = &status.best {
        best_lines(campaign, best).into_iter().for_each(&mut line);
    }
    if let Some(recommended) = &status.recommended {
        recommended_lines(campaign, recommended).into_iter().for_each(&mut line);
    }
    if status.best.is_none() && status.front.is_none() {
        line(say!("app-report-nothing"));
    }
    if let Some(remaining) = &status.remaining {
        line(explain::remaining_line(campaign, remaining));
    }
    if let Some(c) = &report.comparison {
        let unit = campaign.unit_of(&c.outcome);
        line(say!("app-report-comparison", outcome = c.outcome, level = number(c.level), unit = unit));
        let at_least = if c.random_reached == 0 { "> " } else { "" };
        line(say!(
            "app-report-random",
            factor = format!("{at_least}{}", number(c.experiments_factor)),
            loop = c.loop_experiments,
            random = format!("{at_least}{}", number(c.random_experiments)),
            reached = c.random_reached,
            simulated = c.random_simulated
        ));
        line(say!(
            "app-report-hand",
            factor = number(c.time_factor),
            experiments = c.experiments,
            loop = duration(c.loop_seconds),
            hand = duration(c.hand_seconds),
            hours = c.hand_hours_per_day,
            days = c.hand_days_per_week
        ));
    }
    out
}

/// How much the model relies on an earlier campaign or an expected trend, in a line.
pub fn weight_line(campaign: &Campaign, weight: &Weight) -> Message {
    let share = number(100.0 * weight.share);
    let coefficient = weight.coefficient.map_or_else(|| "—".to_owned(), number);
    let outcome = &weight.outcome;
    let trend = weight.trend.and_then(|at| campaign.knowledge.trends.get(at));
    let parameter = trend.and_then(|trend| campaign.space.parameters().get(trend.parameter()));
    match (&weight.source, trend, parameter) {
        (None, Some(trend), Some(parameter)) => {
            let name = &parameter.name;
            match (trend.rises(), weight.contradicted) {
                (true, false) => say!("app-report-rises", outcome = outcome, name = name, share = share),
                (false, false) => say!("app-report-falls", outcome = outcome, name = name, share = share),
                (true, true) => say!("app-report-rises-not", outcome = outcome, name = name, share = share),
                (false, true) => say!("app-report-falls-not", outcome = outcome, name = name, share = share),
            }
        }
        (source, ..) => {
            let source = source.as_deref().unwrap_or_default();
            if weight.contradicted {
                say!("app-report-source-not", source = source, outcome = outcome, share = share)
            } else {
                say!("app-report-source", source = source, outcome = outcome, share = share, coefficient = coefficient)
            }
        }
    }
}

/// A drift in a line, and what is done about it.
pub fn drift_line(campaign: &Campaign, drift: &Drift) -> Message {
    let (outcome, unit) = (&drift.outcome, campaign.unit_of(&drift.outcome));
    let change = number(drift.per_experiment);
    match campaign.planner.drift {
        DriftWanted::Ignore => say!("app-report-drift", outcome = outcome, change = change, unit = unit),
        _ => say!("app-report-drift-corrected", outcome = outcome, change = change, unit = unit),
    }
}

/// A veto in a line: what, why, who, when.
pub fn veto_line(veto: &Vetoed) -> Message {
    let settings = || {
        let each = veto.settings.iter().map(|(name, datum)| format!("{name} = {}", rounded(datum)));
        each.collect::<Vec<_>>().join(", ")
    };
    let what = match (&veto.row, veto.suggestion) {
        (Some(row), _) => row.clone(),
        (None, Some(number)) => format!("{number} ({})", settings()),
        (None, None) => settings(),
    };
    say!("app-report-veto", what = what, reason = veto.reason, by = veto.by, at = veto.at)
}

fn name_of(best: &Best) -> String {
    format!("{}{}", best.sample, best.row.as_ref().map(|row| format!(" ({row})")).unwrap_or_default())
}

/// The best reading, with what the model expects of its conditions.
fn best_lines(campaign: &Campaign, best: &Best) -> Vec<Message> {
    let mut lines = vec![say!("app-report-best", sample = name_of(best), number = best.experiment)];
    for outcome in &campaign.outcomes {
        let measured = best.values.get(&outcome.name).map_or_else(|| "—".to_owned(), rounded);
        let Some(p) = best.predicted.iter().find(|p| p.outcome == outcome.name) else { continue };
        lines.push(say!(
            "app-report-value",
            name = outcome.name,
            measured = measured,
            mean = number(p.mean),
            low = number(p.low),
            high = number(p.high),
            unit = outcome.unit
        ));
    }
    for input in &campaign.inputs {
        let value = best.settings.get(&input.name).map_or_else(|| "—".to_owned(), rounded);
        lines.push(say!("app-report-setting", name = input.name, value = value));
    }
    lines
}

/// The conditions the model believes best, with the interval of a repetition.
pub fn recommended_lines(campaign: &Campaign, recommended: &Best) -> Vec<Message> {
    let settings = campaign.inputs.iter().filter_map(|input| {
        let value = recommended.settings.get(&input.name)?;
        Some(format!("{} = {}", input.name, rounded(value)))
    });
    let settings = settings.collect::<Vec<_>>().join(", ");
    let mut lines = vec![say!("app-report-recommended", sample = name_of(recommended), settings = settings)];
    for p in &recommended.predicted {
        lines.push(say!(
            "app-report-believed",
            name = p.outcome,
            mean = number(p.mean),
            low = number(p.low),
            high = number(p.high),
            unit = campaign.unit_of(&p.outcome)
        ));
    }
    lines
}

/// The front as lines of a Markdown table.
fn front_lines(campaign: &Campaign, front: &Front, language: Language) -> Vec<Message> {
    let (headers, rows) = front::table(campaign, front, language);
    let cells = |cells: &[String]| say!("app-front-row", cells = cells.join(" | "));
    let mut lines = vec![front_headline(front), cells(&headers), cells(&vec!["---".to_owned(); headers.len()])];
    lines.extend(rows.iter().map(|row| cells(row)));
    lines
}

/// What was spent, of how much.
pub fn spent_line(spent: &Spent) -> Message {
    let of = |value: f64, budget: Option<f64>| match budget {
        Some(budget) => format!("{} / {}", number(value), number(budget)),
        None => number(value),
    };
    say!(
        "app-report-spent",
        cost = of(spent.finished.cost, spent.budget_cost),
        unit = spent.unit,
        hours = of(spent.finished.hours, spent.budget_hours)
    )
}

/// How many experiments are on the front, and its hypervolume above which reference.
pub fn front_headline(front: &Front) -> Message {
    let corner: Vec<String> =
        front.reference.iter().map(|corner| format!("{} {}", corner.outcome, number(corner.value))).collect();
    say!(
        "app-front-head",
        count = front.experiments.iter().filter(|member| member.measured).count(),
        hypervolume = number(front.hypervolume),
        reference = corner.join(", ")
    )
}

/// A field with its number shortened for reading.
pub fn rounded(datum: &matdock_record::Datum) -> String {
    match datum.quantity() {
        Some(q) => {
            let short = matdock_record::Quantity { value: 0.0, uncertainty: None, ..q.clone() };
            let sign = short.to_string();
            let sign: String = sign.chars().take_while(|c| matches!(c, '<' | '>')).collect();
            let spread = q.uncertainty.map(|u| format!(" ± {}", number(u))).unwrap_or_default();
            let unit = if q.unit.is_one() { String::new() } else { format!(" {}", q.unit) };
            format!("{sign}{}{spread}{unit}", number(q.value))
        }
        None => datum.to_string(),
    }
}

/// A duration for people: `3 d 4 h`, `2 h 10 min`, `45 s`.
pub fn duration(seconds: f64) -> String {
    // Durations are far below the range of u64; a negative one is shown as zero.
    let whole = seconds.max(0.0).round() as u64;
    let (days, hours, minutes) = (whole / 86_400, whole % 86_400 / 3600, whole % 3600 / 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{whole} s"),
        (0, 0, minutes) => format!("{minutes} min {} s", whole % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn best_so_far(campaign: &Campaign, learnt: &Learnt, language: Language) -> Result<String, Message> {
    let objective = campaign.main_objective();
    let better = |new: f64, old: f64| objective.direction.merit(new) > objective.direction.merit(old);
    let (mut measured, mut failed, mut curve) = (Vec::new(), Vec::new(), Vec::new());
    let mut best: Option<f64> = None;
    for (observation, &experiment) in learnt.observations.iter().zip(&learnt.numbers) {
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
    let Some(best) = model.best_observed().and_then(|index| learnt.observations.get(index)) else { return Ok(None) };
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
        let seen = learnt.observations.iter().filter(|observation| !observation.failed).filter_map(|observation| {
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
