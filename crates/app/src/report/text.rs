//! The report in words: for the terminal, and as Markdown with its pictures.

use std::fmt::Write as _;

use matdock_message::{Language, Message, say};
use matdock_plan::{Drift, DriftWanted, Weight};

use super::Report;
use crate::{
    campaign::Campaign,
    chain,
    comparison::Comparison,
    cost::Spent,
    explain::{self, spaced},
    front::{self, Front},
    history::Vetoed,
    partial,
    plot::number,
    status::{Best, Status},
};

/// A part of a report: its heading, what it says, and the pictures that belong to it.
struct Section {
    heading: &'static str,
    lines: Vec<Message>,
    pictures: Vec<&'static str>,
}

/// The report as text for the terminal.
pub fn text(campaign: &Campaign, report: &Report, language: Language) -> String {
    let title = say!("app-report-title", name = report.status.campaign);
    let lines = sections(campaign, report, language).into_iter().flat_map(|section| section.lines);
    std::iter::once(title).chain(lines).map(|line| format!("{}\n", line.text(language))).collect()
}

/// The report as Markdown, with headings and pictures.
pub fn markdown(campaign: &Campaign, report: &Report, language: Language) -> String {
    let word = |id: &str| matdock_message::text_of(language, id).unwrap_or_default();
    let mut out = format!("# {}\n", say!("app-report-title", name = report.status.campaign).text(language));
    for section in sections(campaign, report, language) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n## {}\n", word(section.heading));
        let mut in_table = false;
        for line in section.lines {
            let text = line.text(language);
            // A table needs an empty line around it; everything else is a list, what belongs to a line below it.
            if in_table != text.starts_with('|') {
                in_table = !in_table;
                out.push('\n');
            }
            let _ = match text.strip_prefix("  ") {
                _ if in_table => writeln!(out, "{text}"),
                Some(inner) => writeln!(out, "  - {inner}"),
                None => writeln!(out, "- {text}"),
            };
        }
        for picture in section.pictures {
            let there = report.files.iter().any(|file| file.file_name().is_some_and(|name| name == picture));
            if there {
                let _ = writeln!(out, "\n![{}]({picture})", word(section.heading));
            }
        }
    }
    out
}

fn sections(campaign: &Campaign, report: &Report, language: Language) -> Vec<Section> {
    let status = &report.status;
    let part = |heading, lines, pictures: &[&'static str]| Section { heading, lines, pictures: pictures.to_vec() };
    let mut sections = vec![part("app-section-standing", standing(campaign, status), &[])];
    let mut result = Vec::new();
    if let Some(front) = &status.front {
        result.extend(front_lines(campaign, front, language));
    }
    result.extend(status.best.iter().flat_map(|best| best_lines(campaign, best)));
    result.extend(status.recommended.iter().flat_map(|recommended| recommended_lines(campaign, recommended)));
    if status.best.is_none() && status.front.is_none() {
        result.push(say!("app-report-nothing"));
    }
    result.extend(status.remaining.iter().map(|remaining| explain::remaining_line(campaign, remaining)));
    sections.push(part("app-section-result", result, &["front.svg", "best-so-far.svg"]));
    let mut model: Vec<Message> = status.knowledge.iter().map(|weight| weight_line(campaign, weight)).collect();
    model.extend(status.drifts.iter().map(|drift| drift_line(campaign, drift)));
    model.extend(report.models.iter().flat_map(|one| explain::fitted_lines(campaign, one, language)));
    model.extend(report.through.iter().map(chain::through_line));
    sections.push(part("app-section-model", model, &["model.svg"]));
    if let Some(comparison) = &report.comparison {
        sections.push(part("app-section-comparison", comparison_lines(campaign, comparison), &[]));
    }
    sections.retain(|section| !section.lines.is_empty());
    sections
}

/// How far the campaign is, and what it has used.
fn standing(campaign: &Campaign, status: &Status) -> Vec<Message> {
    let counts = status.experiments;
    let mut lines = vec![say!(
        "app-report-counts",
        finished = counts.finished,
        succeeded = counts.succeeded,
        failed = counts.failed,
        other = counts.aborted + counts.uncertain
    )];
    lines.extend(partial_lines(campaign, status));
    if let Some(budget) = status.budget {
        lines.push(say!("app-report-budget", left = budget.saturating_sub(counts.finished), budget = budget));
    }
    lines.push(say!("app-report-time", time = duration(status.lab_seconds)));
    lines.extend(status.spent.iter().flat_map(spent_lines));
    if status.goal_reached {
        lines.push(say!("app-report-goal"));
    }
    lines.extend(status.warnings.iter().map(|warning| warning.0.clone()));
    lines.extend(status.vetoes.iter().map(veto_line));
    lines
}

/// How many samples were ended early and what that spared, and which can still be finished.
pub fn partial_lines(campaign: &Campaign, status: &Status) -> Vec<Message> {
    let (count, time) = (status.experiments.partial, duration(status.spared_seconds));
    let mut lines = Vec::new();
    if status.spared_seconds > 0.0 {
        lines.push(say!("app-report-partial", count = count, time = time));
    } else if count > 0 {
        lines.push(say!("app-report-partial-only", count = count));
    }
    if let Some(spared) = status.spared {
        let (cost, hours) = (number(spared.cost), number(spared.hours));
        lines.push(say!("app-report-partial-cost", cost = cost, unit = campaign.costs.unit, hours = hours));
    }
    lines.extend(partial::half_made_lines(campaign, &status.half_made));
    lines
}

/// The closed loop against random search and work by hand.
fn comparison_lines(campaign: &Campaign, c: &Comparison) -> Vec<Message> {
    let unit = spaced(&campaign.unit_of(&c.outcome));
    let at_least = if c.random_reached == 0 { "> " } else { "" };
    vec![
        say!("app-report-comparison", outcome = c.outcome, level = number(c.level), unit = unit),
        say!(
            "app-report-random",
            factor = format!("{at_least}{}", number(c.experiments_factor)),
            loop = c.loop_experiments,
            random = format!("{at_least}{}", number(c.random_experiments)),
            reached = c.random_reached,
            simulated = c.random_simulated
        ),
        say!(
            "app-report-hand",
            factor = number(c.time_factor),
            experiments = c.experiments,
            loop = duration(c.loop_seconds),
            hand = duration(c.hand_seconds),
            hours = c.hand_hours_per_day,
            days = c.hand_days_per_week
        ),
    ]
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
            if weight.chain.is_some() {
                return say!("app-report-trend-chain", outcome = outcome, name = name);
            }
            match (trend.rises(), weight.contradicted) {
                (true, false) => say!("app-report-rises", outcome = outcome, name = name, share = share),
                (false, false) => say!("app-report-falls", outcome = outcome, name = name, share = share),
                (true, true) => say!("app-report-rises-not", outcome = outcome, name = name, share = share),
                (false, true) => say!("app-report-falls-not", outcome = outcome, name = name, share = share),
            }
        }
        (source, ..) => {
            let source = source.as_deref().unwrap_or_default();
            let percent = |share: Option<f64>| number(100.0 * share.unwrap_or(0.0));
            let (relevance, explains) = (percent(weight.relevance), percent(weight.explains));
            if weight.chain == Some(true) {
                say!("app-report-source-chain", source = source, outcome = outcome)
            } else if weight.chain == Some(false) {
                say!("app-report-source-chain-not", source = source, outcome = outcome)
            } else if weight.patternless {
                say!("app-report-source-patternless", source = source, outcome = outcome)
            } else if weight.coefficient.is_some_and(|c| c < 0.0) && weight.share >= weight.relevance.unwrap_or(0.0) {
                say!("app-report-source-opposite", source = source, outcome = outcome, share = share)
            } else if weight.contradicted {
                say!("app-report-source-not", source = source, outcome = outcome, share = share, explains = explains)
            } else if weight.share < weight.relevance.unwrap_or(0.0) {
                say!(
                    "app-report-source-relevance",
                    source = source,
                    outcome = outcome,
                    share = share,
                    relevance = relevance,
                    explains = explains
                )
            } else {
                say!(
                    "app-report-source",
                    source = source,
                    outcome = outcome,
                    share = share,
                    relevance = relevance,
                    explains = explains,
                    coefficient = coefficient
                )
            }
        }
    }
}

/// A drift in a line, and what is done about it.
pub fn drift_line(campaign: &Campaign, drift: &Drift) -> Message {
    let (outcome, unit) = (&drift.outcome, spaced(&campaign.unit_of(&drift.outcome)));
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
            unit = spaced(&outcome.unit)
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
            unit = spaced(&campaign.unit_of(&p.outcome))
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

/// What was spent, of how much, and what the next experiment would cost.
pub fn spent_lines(spent: &Spent) -> Vec<Message> {
    let of = |value: f64, budget: Option<f64>| match budget {
        Some(budget) => format!("{} / {}", number(value), number(budget)),
        None => number(value),
    };
    let mut lines = vec![say!(
        "app-report-spent",
        cost = of(spent.finished.cost, spent.budget_cost),
        unit = spent.unit,
        hours = of(spent.finished.hours, spent.budget_hours)
    )];
    if spent.begun != spent.finished {
        let waiting = (spent.begun.cost - spent.finished.cost, spent.begun.hours - spent.finished.hours);
        lines.push(say!(
            "app-report-under-way",
            cost = number(waiting.0),
            unit = spent.unit,
            hours = number(waiting.1)
        ));
    }
    if let Some(next) = spent.next {
        let cost = number(next.cost);
        lines.push(say!("app-report-next", cost = cost, unit = spent.unit, hours = number(next.hours)));
    }
    if spent.left_cost.is_some() || spent.left_hours.is_some() {
        let left = |left: Option<f64>| left.map_or_else(|| "—".to_owned(), number);
        let (cost, hours) = (left(spent.left_cost), left(spent.left_hours));
        lines.push(say!("app-report-left", cost = cost, unit = spent.unit, hours = hours));
    }
    lines
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
