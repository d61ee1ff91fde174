//! What people see: tables and lines in the terminal.

use std::io::{IsTerminal, Write};

use matdock_app::{
    campaign::Campaign,
    explain, partial,
    plot::number,
    record_results::Recorded,
    report::{duration, rounded},
    show::Shown,
    status::Status,
    suggest::Suggested,
    verify::Verified,
    warning::Warning,
};
use matdock_message::{Language, Message, say};
use matdock_record::{Body, Record, body};

/// Prints text; a reader that went away is no fault of ours.
pub fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints a message as a line.
pub fn line(message: &Message, language: Language) {
    print(&format!("{}\n", message.text(language)));
}

/// Whether somebody is looking at the terminal.
pub fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// A word or phrase of the catalogue.
pub fn word(id: &str, language: Language) -> String {
    matdock_message::text_of(language, id).unwrap_or_else(|| id.to_owned())
}

/// A table with columns as wide as their cells. Japanese characters count twice.
pub fn table(headers: &[String], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..headers.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).chain([&headers[column]]);
            cells.map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    let mut push = |cells: &[String]| {
        let mut text = String::new();
        for (cell, wanted) in cells.iter().zip(&widths) {
            text.push_str(cell);
            text.push_str(&" ".repeat(wanted.saturating_sub(width(cell)) + 2));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    };
    push(headers);
    push(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>());
    rows.iter().for_each(|row| push(row));
    out
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{1100}'..='\u{ffe6}').contains(&c) { 2 } else { 1 }).sum()
}

pub fn suggested(campaign: &Campaign, suggested: &Suggested, language: Language) {
    let word = |id| word(id, language);
    let mut headers = vec!["#".to_owned()];
    if campaign.pool.is_some() {
        headers.push(word("cli-word-row"));
    }
    headers.extend(campaign.inputs.iter().map(|input| input.header()));
    headers.extend(campaign.outcomes.iter().map(|o| format!("{} {}", word("cli-word-expected"), o.name)));
    headers.push(word("cli-word-why"));
    let all = suggested.pending.iter().chain(&suggested.new);
    let rows: Vec<Vec<String>> = all.clone().map(|suggestion| suggestion_row(campaign, suggestion, language)).collect();
    print(&table(&headers, &rows));
    if !suggested.pending.is_empty() {
        line(&say!("cli-suggest-pending", count = suggested.pending.len()), language);
    }
    if !suggested.finish.is_empty() {
        let numbers: Vec<String> = suggested.finish.iter().map(|one| one.number.to_string()).collect();
        line(&say!("cli-suggest-finish", numbers = numbers.join(", ")), language);
    }
    let mut partials = partial::half_made_lines(campaign, &suggested.half_made);
    partials.extend(partial::first_lines(campaign, &all.cloned().collect::<Vec<_>>()));
    partials.iter().for_each(|message| line(message, language));
    if let Some(remaining) = &suggested.remaining {
        line(&explain::remaining_line(campaign, remaining), language);
    }
    suggested.knowledge.iter().for_each(|weight| line(&matdock_app::report::weight_line(campaign, weight), language));
    if let Some(cost) = suggested.uncovered {
        line(&say!("cli-suggest-uncovered", cost = number(cost.cost), hours = number(cost.hours)), language);
    }
    warnings(&suggested.warnings, language);
}

fn suggestion_row(campaign: &Campaign, suggestion: &body::Suggestion, language: Language) -> Vec<String> {
    let mut row = vec![suggestion.number.to_string()];
    if campaign.pool.is_some() {
        row.push(suggestion.row.clone().unwrap_or_default());
    }
    row.extend(campaign.inputs.iter().map(|input| match suggestion.settings.get(&input.name) {
        Some(datum) => datum.quantity().map_or_else(|| datum.to_string(), |q| number(q.value)),
        None => String::new(),
    }));
    row.extend(campaign.outcomes.iter().map(|outcome| {
        let predicted = suggestion.predicted.iter().find(|p| p.outcome == outcome.name);
        predicted
            .map_or_else(|| "—".to_owned(), |p| format!("{} ({} .. {})", number(p.mean), number(p.low), number(p.high)))
    }));
    row.push(why(suggestion, language));
    row
}

/// Why something is suggested, in a line.
pub fn why(suggestion: &body::Suggestion, language: Language) -> String {
    let share = number(100.0 * suggestion.exploration);
    let message = match suggestion.purpose.as_str() {
        "initial" => say!("cli-why-initial"),
        "explore" => say!("cli-why-explore", share = share),
        "exploit" => say!("cli-why-exploit", share = share),
        "guess" => say!("cli-why-guess"),
        "source" => say!("cli-why-source"),
        "look" => say!("cli-why-look", region = suggestion.region.as_deref().unwrap_or_default()),
        "replicate" => replicate(suggestion),
        _ => say!("cli-why-balance", share = share),
    };
    let mut text = message.text(language);
    if let Some(until) = &suggestion.until {
        text.push_str(&say!("cli-why-until", until = until).text(language));
    }
    if let Some((experiment, distance)) = suggestion.nearest.filter(|_| suggestion.repeats.is_none()) {
        let near = say!("cli-why-nearest", experiment = experiment, distance = number(distance));
        text.push_str(&near.text(language));
    }
    if !suggestion.influences.is_empty() {
        let signed = |effect: f64| format!("{}{}", if effect > 0.0 { "+" } else { "" }, number(effect));
        let influences = suggestion.influences.iter().map(|d| format!("{} {}", d.parameter, signed(d.effect)));
        let influences = influences.collect::<Vec<_>>().join(", ");
        text.push_str(&say!("cli-why-influences", influences = influences).text(language));
    }
    if suggestion.success < 0.95 {
        text.push_str(&say!("cli-why-risk", share = number(100.0 * (1.0 - suggestion.success))).text(language));
    }
    text
}

fn replicate(suggestion: &body::Suggestion) -> Message {
    let (experiment, new) = suggestion.repeats.as_ref().map_or((0, 0.0), |repeats| (repeats.experiment, repeats.new));
    say!("cli-why-replicate", experiment = experiment, new = (100.0 * new).round())
}

pub fn recorded(recorded: &Recorded, language: Language) {
    line(
        &say!(
            "cli-recorded",
            recorded = recorded.recorded,
            failed = recorded.failed,
            own = recorded.own,
            waiting = recorded.waiting
        ),
        language,
    );
    for trial in &recorded.from_files {
        line(&say!("cli-recorded-files", number = trial.suggestion), language);
        trial.values.iter().for_each(|(name, datum)| print(&format!("  {name} = {}\n", rounded(datum))));
    }
    if recorded.incomplete > 0 {
        line(&say!("cli-recorded-incomplete", count = recorded.incomplete), language);
    }
    if recorded.finished > 0 {
        line(&say!("cli-recorded-finished", count = recorded.finished), language);
    }
    if recorded.corrected > 0 {
        line(&say!("cli-recorded-corrected", corrected = recorded.corrected), language);
    }
}

pub fn status(campaign: &Campaign, status: &Status, language: Language) {
    line(&say!("app-report-title", name = status.campaign), language);
    let Some(begun) = status.begun else {
        return line(&say!("cli-status-new"), language);
    };
    line(&say!("cli-status-begun", time = begun, seed = status.seed), language);
    let counts = status.experiments;
    let other = counts.aborted + counts.uncertain;
    line(
        &say!(
            "app-report-counts",
            finished = counts.finished,
            succeeded = counts.succeeded,
            failed = counts.failed,
            other = other
        ),
        language,
    );
    matdock_app::report::partial_lines(campaign, status).iter().for_each(|message| line(message, language));
    if let Some(budget) = status.budget {
        line(&say!("app-report-budget", left = budget.saturating_sub(counts.finished), budget = budget), language);
    }
    status.spent.iter().flat_map(matdock_app::report::spent_lines).for_each(|message| line(&message, language));
    if !status.pending.is_empty() {
        let numbers: Vec<String> = status.pending.iter().map(ToString::to_string).collect();
        line(&say!("cli-status-pending", numbers = numbers.join(", ")), language);
    }
    status.vetoes.iter().for_each(|veto| line(&matdock_app::report::veto_line(veto), language));
    status.knowledge.iter().for_each(|weight| line(&matdock_app::report::weight_line(campaign, weight), language));
    status.drifts.iter().for_each(|drift| line(&matdock_app::report::drift_line(campaign, drift), language));
    if let Some(front) = &status.front {
        line(&matdock_app::report::front_headline(front), language);
        let (headers, rows) = matdock_app::front::table(campaign, front, language);
        print(&table(&headers, &rows));
    }
    if let Some(best) = &status.best {
        let row = best.row.as_ref().map(|row| format!(" ({row})")).unwrap_or_default();
        line(&say!("app-report-best", sample = format!("{}{row}", best.sample), number = best.experiment), language);
        for (name, datum) in best.values.iter().chain(&best.settings) {
            line(&say!("app-report-setting", name = name, value = rounded(datum)), language);
        }
    }
    if let Some(recommended) = &status.recommended {
        let lines = matdock_app::report::recommended_lines(campaign, recommended);
        lines.iter().for_each(|message| line(message, language));
    }
    if let Some(remaining) = &status.remaining {
        line(&explain::remaining_line(campaign, remaining), language);
    }
    if status.goal_reached {
        line(&say!("app-report-goal"), language);
    }
    warnings(&status.warnings, language);
}

fn warnings(warnings: &[Warning], language: Language) {
    warnings.iter().for_each(|warning| line(&warning.0, language));
}

pub fn verified(verified: &Verified, language: Language) {
    for problem in &verified.problems {
        line(&say!("cli-verify-problem", text = problem.text(language)), language);
    }
    line(
        &say!(
            "cli-verify-count",
            records = verified.records,
            lines = verified.journal_lines,
            objects = verified.objects,
            problems = verified.problems.len()
        ),
        language,
    );
    if verified.orphans > 0 {
        line(&say!("cli-verify-orphans", count = verified.orphans), language);
    }
}

pub fn shown(shown: &Shown, language: Language) {
    let Some(record) = shown.latest() else { return };
    print(&format!("{}  {}  v{}\n", record.body.kind(), record.id, record.version));
    let json = serde_json::to_value(record).unwrap_or_default();
    print_value(&json["body"], 1);
    line(&say!("cli-show-provenance", time = record.provenance.at, agent = agent(record)), language);
    if shown.versions.len() > 1 {
        line(&say!("cli-show-versions", count = shown.versions.len()), language);
    }
    if shown.history.is_empty() {
        return;
    }
    print("\n");
    let word = |id| word(id, language);
    let headers = ["cli-word-time", "cli-word-what", "cli-word-name", "cli-word-station", "cli-word-result"].map(word);
    let rows: Vec<Vec<String>> = shown.history.iter().filter_map(history_row).collect();
    print(&table(&headers, &rows));
}

fn history_row(record: &Record) -> Option<Vec<String>> {
    let (name, station, result) = match &record.body {
        Body::Process(run) => {
            let time = duration(run.ended.seconds_since(run.started));
            (run.name.clone(), run.station.clone(), format!("{}, {time}", run.outcome))
        }
        Body::Measurement(run) => {
            let values: Vec<String> = run.values.iter().map(|(name, d)| format!("{name} = {}", rounded(d))).collect();
            (run.name.clone(), run.station.clone(), format!("{}  {}", run.outcome, values.join(", ")))
        }
        Body::Series(series) => {
            let columns: Vec<&str> = series.columns.iter().map(|column| column.name.as_str()).collect();
            (series.name.clone(), None, format!("{} × ({})", series.rows, columns.join(", ")))
        }
        Body::File(file) => (file.name.clone(), None, format!("{}, {} kB", file.media_type, file.bytes.div_ceil(1000))),
        _ => return None,
    };
    let time = record.provenance.at.to_string();
    Some(vec![time, record.body.kind().to_owned(), name, station.unwrap_or_default(), result])
}

fn agent(record: &Record) -> String {
    serde_json::to_value(&record.provenance.agent)
        .map(|v| v.to_string().replace(['{', '}', '"'], ""))
        .unwrap_or_default()
}

/// Fields of a record, indented; nested ones below.
fn print_value(value: &serde_json::Value, depth: usize) {
    let Some(fields) = value.as_object() else { return };
    for (name, value) in fields {
        let indent = "  ".repeat(depth);
        match value {
            serde_json::Value::Object(_) => match serde_json::from_value::<matdock_record::Datum>(value.clone()) {
                Ok(datum) => print(&format!("{indent}{name} = {}\n", rounded(&datum))),
                Err(_) => {
                    print(&format!("{indent}{name}:\n"));
                    print_value(value, depth + 1);
                }
            },
            serde_json::Value::String(text) => print(&format!("{indent}{name} = {text}\n")),
            other => print(&format!("{indent}{name} = {other}\n")),
        }
    }
}

pub fn checked(checked: &matdock_app::lab_files::Checked, language: Language) {
    for problem in &checked.problems {
        line(&say!("cli-check-problem", text = problem), language);
    }
    for warning in &checked.warnings {
        line(&say!("cli-check-warning", text = warning), language);
    }
    if let Some((short, long)) = checked.seconds_per_sample {
        line(&say!("cli-check-duration", short = duration(short), long = duration(long)), language);
    }
    if let Some((station, seconds)) = &checked.bottleneck {
        line(&say!("cli-check-bottleneck", station = station, time = duration(*seconds)), language);
    }
    if !checked.parameters.is_empty() {
        line(&say!("cli-check-parameters", names = checked.parameters.join(", ")), language);
    }
    let count = checked.problems.len();
    line(&if count == 0 { say!("cli-check-fine") } else { say!("cli-check-count", count = count) }, language);
}

pub fn extractors(listed: &[matdock_app::lab_files::Listed], language: Language) {
    let headers = ["cli-features-extractor", "cli-features-of", "cli-features-unit", "cli-features-about"];
    let row = |l: &matdock_app::lab_files::Listed| vec![l.name.clone(), l.of.into(), l.unit.into(), l.about.clone()];
    let headers: Vec<String> = headers.iter().map(|id| word(id, language)).collect();
    print(&table(&headers, &listed.iter().map(row).collect::<Vec<_>>()));
}

pub fn descriptors(listed: &[matdock_app::describe::Descriptor], language: Language) {
    use matdock_app::describe::{Descriptor, Kind, Needs};
    let headers = [
        "cli-describe-set",
        "cli-describe-name",
        "cli-features-unit",
        "cli-describe-kind",
        "cli-describe-needs",
        "cli-features-about",
        "cli-describe-source",
    ];
    let kind = |kind: Kind| match kind {
        Kind::Whole => word("cli-describe-kind-whole", language),
        Kind::Number => word("cli-describe-kind-number", language),
        Kind::YesNo => word("cli-describe-kind-yes-no", language),
    };
    let needs = |needs: Needs| match needs {
        Needs::Formula => word("cli-describe-needs-formula", language),
        Needs::Molecule => word("cli-describe-needs-molecule", language),
        Needs::ClosedMolecule => word("cli-describe-needs-closed", language),
        Needs::ConnectedMolecule => word("cli-describe-needs-connected", language),
        Needs::RepeatUnit => word("cli-describe-needs-unit", language),
    };
    let row = |l: &Descriptor| {
        let (kind, needs) = (kind(l.kind), needs(l.needs));
        vec![l.set.clone(), l.name.clone(), l.unit.clone(), kind, needs, l.about.clone(), l.source.clone()]
    };
    let headers: Vec<String> = headers.iter().map(|id| word(id, language)).collect();
    print(&table(&headers, &listed.iter().map(row).collect::<Vec<_>>()));
}

pub fn described(described: &matdock_app::describe::Described, language: Language) {
    let say = |message: Message| line(&message, language);
    if described.stopped {
        say(say!("cli-describe-stopped"));
    }
    say(say!(
        "cli-describe-made",
        rows = described.rows,
        descriptors = described.descriptors,
        column = described.column,
        file = described.output.display()
    ));
    if described.unreadable > 0 {
        say(say!("cli-describe-unreadable", rows = described.unreadable));
        for problem in &described.problems {
            say(say!("cli-describe-problem", line = problem.line, what = problem.what));
        }
        let more = described.unreadable.saturating_sub(described.problems.len() as u64);
        if more > 0 {
            say(say!("cli-describe-more", rows = more));
        }
    }
    if described.open_ended > 0 {
        say(say!("cli-describe-open", rows = described.open_ended));
    }
    if described.scaled > 0 {
        say(say!("cli-describe-scaled", rows = described.scaled));
    }
    if let Some(kept) = described.kept {
        let all = kept.found + kept.computed;
        let share = 100.0 * kept.found as f64 / all.max(1) as f64;
        say(say!("cli-describe-kept", found = kept.found, all = all, share = format!("{share:.1}")));
    }
    if described.missing > 0 {
        say(say!("cli-describe-missing", cells = described.missing));
    }
}

pub fn findings(findings: &matdock_app::describe::find::Findings, language: Language) {
    let say = |message: Message| line(&message, language);
    let similar = findings.found.iter().any(|found| found.similarity.is_some());
    let own = ["cli-find-line", "cli-find-similarity"];
    let own = own.iter().take(1 + usize::from(similar)).map(|id| word(id, language));
    let headers: Vec<String> = own.chain(findings.headers.iter().cloned()).collect();
    let row = |found: &matdock_app::describe::find::Found| {
        let similarity = found.similarity.map(|similarity| format!("{similarity:.3}"));
        [found.line.to_string()].into_iter().chain(similarity).chain(found.cells.iter().cloned()).collect()
    };
    if !findings.found.is_empty() {
        print(&table(&headers, &findings.found.iter().map(row).collect::<Vec<_>>()));
    }
    if findings.stopped {
        say(say!("cli-describe-stopped"));
    }
    match &findings.output {
        Some(file) => {
            say(say!("cli-find-written", count = findings.count, rows = findings.rows, file = file.display()));
        }
        None if similar => say(say!("cli-find-similar", rows = findings.rows)),
        None => say(say!("cli-find-count", count = findings.count, rows = findings.rows)),
    }
    if findings.unreadable > 0 {
        say(say!("cli-find-unreadable", rows = findings.unreadable));
        for problem in &findings.problems {
            say(say!("cli-describe-problem", line = problem.line, what = problem.what));
        }
        let more = findings.unreadable.saturating_sub(findings.problems.len() as u64);
        if more > 0 {
            say(say!("cli-describe-more", rows = more));
        }
    }
}

pub fn simulated(simulated: &matdock_app::lab_files::Simulated, language: Language) {
    let text = say!(
        "cli-simulate-head",
        samples = simulated.samples,
        in_flight = simulated.in_flight,
        time = duration(simulated.makespan_seconds),
        per_day = number(simulated.samples_per_day)
    );
    line(&text, language);
    if simulated.lost > 0 {
        let reasons = simulated.lost_because.join("; ");
        line(&say!("cli-simulate-lost", count = simulated.lost, reasons = reasons), language);
    }
    let headers = [word("cli-word-station", language), word("cli-word-in-use", language)];
    let rows =
        simulated.utilisation.iter().map(|(station, share)| vec![station.clone(), format!("{:.0} %", 100.0 * share)]);
    print(&table(&headers, &rows.collect::<Vec<_>>()));
}
