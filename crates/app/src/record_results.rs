//! `matdock record`: results a person brings back in a sheet. All of a file, or nothing of it.

mod brought;
mod writer;

use std::{collections::HashMap, path::Path};

use matdock_message::{Message, say};
use matdock_plan::{ParameterKind, Value};
use matdock_record::{Datum, IdSource, Outcome, Timestamp, body::Fields};
use matdock_store::{Batch, Dock};
use serde::Serialize;

use crate::{
    campaign::{Campaign, Input, InputKind},
    history::{self, Experiment, History},
    suggest::{OUTCOME, REASON, ROW, SUGGESTION},
    table::Table,
    trial_files::TrialFiles,
};

pub use brought::Brought;

use self::{brought::Files, writer::Writer};

/// What was taken from a sheet.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    /// Name of the campaign.
    pub campaign: String,
    /// New results.
    pub recorded: u32,
    /// Of them failed ones.
    pub failed: u32,
    /// Of them experiments nobody had suggested.
    pub own: u32,
    /// Results of experiments that were made up to a stage before and are finished now.
    pub finished: u32,
    /// Results that were corrected.
    pub corrected: u32,
    /// New results that lack some outcome of the goal.
    pub incomplete: u32,
    /// Suggestions that still wait for a result.
    pub waiting: u32,
    /// What was taken from files of trials.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from_files: Vec<FromFiles>,
}

/// What was taken from the files of one trial.
#[derive(Debug, Clone, Serialize)]
pub struct FromFiles {
    /// The suggestion.
    pub suggestion: u32,
    /// Values with their flags; what is missing has its reason.
    pub values: Fields,
}

/// Takes results back from a sheet. Nothing is stored of a file with any mistake in it.
///
/// With `correct`, rows for suggestions that already have a result become new versions of it.
///
/// # Errors
/// Names the first cell that does not fit, and what to do.
pub fn record(
    dock: &Dock,
    campaign: &Campaign,
    path: &Path,
    correct: bool,
    at: Timestamp,
    ids: &mut IdSource,
) -> Result<Recorded, Message> {
    record_with_files(dock, campaign, Brought::Sheet(path), None, correct, at, ids)
}

/// As [`record`]; what a person did not type in is taken from the files of the trials: `from` is the folder of the trial
/// or, with a sheet, the folder that has a folder for each, such as `trial-07`.
///
/// # Errors
/// As [`record`]; a folder that is not there. What is wrong with a file makes its values missing, with the reason.
pub fn record_with_files(
    dock: &Dock,
    campaign: &Campaign,
    brought: Brought<'_>,
    from: Option<&Path>,
    correct: bool,
    at: Timestamp,
    ids: &mut IdSource,
) -> Result<Recorded, Message> {
    let (table, files) = (brought.table(campaign)?, Files::new(campaign, brought, from)?);
    history::begin(dock, campaign, at, ids)?;
    let history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    let sheet = Sheet { files, ..Sheet::new(&table, campaign, &history, correct)? };
    let mut recorded = Recorded {
        campaign: campaign.name.clone(),
        recorded: 0,
        failed: 0,
        own: 0,
        finished: 0,
        corrected: 0,
        incomplete: 0,
        waiting: 0,
        from_files: Vec::new(),
    };
    let mut answers = Vec::new();
    let mut lines: HashMap<u32, u64> = HashMap::new();
    for row in 0..table.rows.len() {
        answers.extend(sheet.answer(row, &mut lines)?);
    }
    let answered = answers.iter().filter(|answer| answer.corrects.is_none() && answer.suggestion.is_some()).count();
    recorded.waiting = u32::try_from(history.pending().count().saturating_sub(answered)).unwrap_or(u32::MAX);
    if answers.is_empty() {
        return Ok(recorded);
    }
    let mut writer = Writer { campaign, history: &history, at, ids, records: Vec::new(), own: 0 };
    let source = match brought {
        Brought::Sheet(path) => Some(writer.source(dock, path)?),
        Brought::Trial { .. } | Brought::Seen { .. } => None,
    };
    for answer in answers {
        recorded.failed += u32::from(matches!(answer.outcome, Outcome::Failed(_)));
        match &answer.corrects {
            Some(known) if is_partial(&known.outcome) && !is_partial(&answer.outcome) => recorded.finished += 1,
            Some(_) => recorded.corrected += 1,
            None => recorded.recorded += 1,
        }
        recorded.own += u32::from(answer.suggestion.is_none());
        let measured = answer.values.values().filter(|datum| datum.quantity().is_some()).count();
        let lacks = answer.outcome.is_success() && measured < campaign.measured().count();
        if let (Some(files), Some(suggestion)) = (&answer.files, answer.suggestion) {
            recorded.from_files.push(FromFiles { suggestion, values: files.values.clone() });
        }
        recorded.incomplete += u32::from(lacks);
        writer.write(dock, answer, source)?;
    }
    dock.commit(&Batch { records: writer.records, journal: Vec::new() })?;
    Ok(recorded)
}

/// Beyond this size the numerics overflow; in no unit is anything in a laboratory so large.
const LARGEST: f64 = 1e100;

fn is_partial(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Partial(_))
}

/// One row with a result.
struct Answer {
    suggestion: Option<u32>,
    corrects: Option<Experiment>,
    settings: Fields,
    values: Fields,
    outcome: Outcome,
    files: Option<TrialFiles>,
}

/// A results table with its columns found.
struct Sheet<'a> {
    table: &'a Table,
    campaign: &'a Campaign,
    history: &'a History,
    correct: bool,
    files: Option<Files<'a>>,
    suggestion: Option<usize>,
    outcome: Option<usize>,
    reason: Option<usize>,
    inputs: Vec<Option<usize>>,
    outcomes: Vec<Option<usize>>,
}

impl<'a> Sheet<'a> {
    fn new(table: &'a Table, campaign: &'a Campaign, history: &'a History, correct: bool) -> Result<Self, Message> {
        let known = |name: &str| {
            [SUGGESTION, ROW, OUTCOME, REASON].contains(&name)
                || campaign.inputs.iter().any(|input| input.name == name)
                || campaign.measured().any(|outcome| outcome.name == name)
        };
        if let Some(column) = table.columns.iter().position(|column| !known(&column.name)) {
            let names: Vec<&str> = campaign.measured().map(|o| o.name.as_str()).collect();
            let name = table.columns.get(column).map_or("", |c| c.name.as_str());
            return Err(table.at_header(column, say!("app-record-column", name = name, outcomes = names.join(", "))));
        }
        let outcomes: Vec<Option<usize>> = campaign.measured().map(|o| table.find(&o.name)).collect();
        if outcomes.iter().all(Option::is_none) && table.find(OUTCOME).is_none() {
            let names: Vec<&str> = campaign.measured().map(|o| o.name.as_str()).collect();
            return Err(table.in_file(say!("app-record-no-outcome", outcomes = names.join(", "))));
        }
        Ok(Self {
            table,
            campaign,
            history,
            correct,
            files: None,
            suggestion: table.find(SUGGESTION),
            outcome: table.find(OUTCOME),
            reason: table.find(REASON),
            inputs: campaign.inputs.iter().map(|input| table.find(&input.name)).collect(),
            outcomes,
        })
    }

    /// The result in a row; `None` for a row that still waits for one.
    fn answer(&self, row: usize, lines: &mut HashMap<u32, u64>) -> Result<Option<Answer>, Message> {
        let (suggestion, corrects) = self.suggestion(row, lines)?;
        let mut values = self.values(row)?;
        let written = self.outcome.is_some_and(|column| !self.table.cell(row, column).is_empty());
        let files = match (&self.files, suggestion) {
            (Some(files), Some(number)) if written || !values.is_empty() => Some(files.of(self.campaign, number)?),
            _ => None,
        };
        let sensed = files.iter().flat_map(|files| files.values.values()).any(|datum| datum.quantity().is_some());
        let Some(outcome) = self.ending(row, !values.is_empty() || sensed)? else { return Ok(None) };
        // What a person typed in counts more than what a file says.
        for (name, datum) in files.iter().flat_map(|files| &files.values) {
            values.entry(name.clone()).or_insert_with(|| datum.clone());
        }
        // An experiment that is finished now keeps what was seen of it before.
        let finished = corrects.iter().filter(|known| is_partial(&known.outcome) && !is_partial(&outcome));
        let finished: Vec<&Experiment> = finished.collect();
        for (name, datum) in finished.iter().flat_map(|known| &known.values) {
            values.entry(name.clone()).or_insert_with(|| datum.clone());
        }
        let allowed = self.correct || !finished.is_empty();
        if let (Some(number), Some(column), false) = (suggestion, self.suggestion, allowed)
            && self.history.suggestions.get(&number).is_some_and(|p| p.answered)
        {
            return Err(self.table.at(row, column, say!("app-record-answered", number = number)));
        }
        let settings = self.settings(row, suggestion)?;
        Ok(Some(Answer { suggestion, corrects, settings, values, outcome, files }))
    }

    fn suggestion(
        &self,
        row: usize,
        lines: &mut HashMap<u32, u64>,
    ) -> Result<(Option<u32>, Option<Experiment>), Message> {
        let Some(column) = self.suggestion else { return Ok((None, None)) };
        let Some(value) = self.table.number(row, column)? else { return Ok((None, None)) };
        let number = u32::try_from(value as i64).ok().filter(|n| f64::from(*n) == value);
        let proposed = number.and_then(|n| Some((n, self.history.suggestions.get(&n)?)));
        let Some((number, _)) = proposed else {
            let last = self.history.suggestions.keys().next_back().copied().unwrap_or(0);
            return Err(self.table.at(row, column, say!("app-record-unknown", number = value, last = last)));
        };
        let line = self.table.source.lines.get(row).copied().unwrap_or(row as u64 + 2);
        if let Some(first) = lines.insert(number, line) {
            return Err(self.table.at(row, column, say!("app-record-twice", number = number, line = first)));
        }
        let known = self.history.experiments.iter().find(|e| e.suggestion == Some(number));
        Ok((Some(number), known.filter(|known| self.correct || is_partial(&known.outcome)).cloned()))
    }

    fn values(&self, row: usize) -> Result<Fields, Message> {
        let mut values = Fields::new();
        for (outcome, column) in self.campaign.measured().zip(&self.outcomes) {
            if let Some(column) = column
                && let Some(quantity) = self.table.quantity(row, *column, &outcome.unit)?
            {
                if quantity.value.abs() > LARGEST || quantity.uncertainty.is_some_and(|u| u > LARGEST) {
                    return Err(self.table.at(row, *column, say!("app-record-huge", value = quantity.value)));
                }
                values.insert(outcome.name.clone(), Datum::Quantity(quantity));
            }
        }
        Ok(values)
    }

    /// How the experiment in a row ended; `None` when nothing is filled in.
    fn ending(&self, row: usize, measured: bool) -> Result<Option<Outcome>, Message> {
        let text = |column: Option<usize>| column.map_or(Ok(None), |column| self.table.text(row, column));
        let (word, reason) = (text(self.outcome)?, text(self.reason)?);
        let place = |what| self.table.at(row, self.outcome.unwrap_or(0), what);
        let because = || reason.clone().unwrap_or_else(|| "no reason given".to_owned());
        let outcome = match word.as_deref().map(str::to_lowercase).as_deref() {
            None if measured => Outcome::Succeeded,
            None if reason.is_some() => return Err(place(say!("app-record-reason-only"))),
            None => return Ok(None),
            Some("succeeded" | "success" | "ok" | "成功") if measured => Outcome::Succeeded,
            Some("succeeded" | "success" | "ok" | "成功") => return Err(place(say!("app-record-no-value"))),
            Some("failed" | "failure" | "失敗") => Outcome::Failed(because()),
            Some("partial" | "途中まで") => Outcome::Partial(because()),
            Some("aborted" | "中止") => Outcome::Aborted(because()),
            Some("uncertain" | "不明") => Outcome::Uncertain(because()),
            Some(other) => return Err(place(say!("app-record-word", word = other))),
        };
        Ok(Some(outcome))
    }

    /// The settings that were used: those of the sheet, and those of the suggestion where the sheet has none.
    fn settings(&self, row: usize, suggestion: Option<u32>) -> Result<Fields, Message> {
        let proposed = suggestion.and_then(|number| self.history.suggestions.get(&number));
        let mut settings = proposed.map(|p| p.body.settings.clone()).unwrap_or_default();
        for (input, column) in self.campaign.inputs.iter().zip(&self.inputs) {
            let Some(column) = *column else { continue };
            let Some(datum) = self.setting(row, column, input)? else { continue };
            if self.campaign.pool.is_some()
                && let Some(asked) = settings.get(&input.name)
                && !same(asked, &datum)
            {
                let what = say!("app-record-pool-changed", name = input.name, asked = asked, found = datum);
                return Err(self.table.at(row, column, what));
            }
            settings.insert(input.name.clone(), datum);
        }
        self.presence(row, &mut settings)?;
        if suggestion.is_none() {
            // An experiment of one's own in a pool has to be a row of it.
            self.campaign.point_of(&settings, None).map_err(|what| self.table.at(row, 0, what))?;
        }
        Ok(settings)
    }

    /// Every setting there that should be, and none that should not: what is there depends on other settings.
    fn presence(&self, row: usize, settings: &mut Fields) -> Result<(), Message> {
        for (index, input) in self.campaign.inputs.iter().enumerate() {
            let column = self.table.find(&input.name).or(self.suggestion).unwrap_or(0);
            let filled = self.table.find(&input.name).is_some_and(|column| !self.table.cell(row, column).is_empty());
            let known = settings.get(&input.name).is_some_and(|datum| !matches!(datum, Datum::Missing(_)));
            match (self.campaign.is_there(index, settings), self.campaign.when(index)) {
                (true, _) if !known => {
                    return Err(self.table.at(row, column, say!("app-record-setting", name = input.name)));
                }
                (false, Some(when)) if filled => {
                    let what = say!("app-record-absent", name = input.name, when = when.text());
                    return Err(self.table.at(row, column, what));
                }
                (false, Some(_)) => {
                    let reason = self.campaign.reason_absent(index);
                    settings.insert(input.name.clone(), Datum::Missing(reason));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn setting(&self, row: usize, column: usize, input: &Input) -> Result<Option<Datum>, Message> {
        let datum = if input.is_number() {
            self.table.quantity(row, column, &input.unit)?.map(Datum::Quantity)
        } else {
            self.table.text(row, column)?.map(Datum::Text)
        };
        let Some(datum) = datum else { return Ok(None) };
        if self.campaign.pool.is_none()
            && let InputKind::Plain(kind) = &input.kind
        {
            let value = input.value(&datum)?;
            let left_out = self.campaign.may_be_zero(&input.name) && value == Value::Number(0.0);
            if let Some(allowed) = outside(kind, &value).filter(|_| !left_out) {
                let what = say!("app-record-range", name = input.name, value = datum, allowed = allowed);
                return Err(self.table.at(row, column, what));
            }
        }
        Ok(Some(datum))
    }
}

/// What would have been allowed, when `value` is outside; a person may be off the steps an instrument has.
fn outside(kind: &ParameterKind, value: &Value) -> Option<String> {
    let (inside, allowed) = match (kind, value) {
        (ParameterKind::Continuous { low, high, .. }, Value::Number(v)) => {
            (v >= low && v <= high, format!("{low} .. {high}"))
        }
        (ParameterKind::Integer { low, high }, Value::Number(v)) => {
            (*v >= *low as f64 && *v <= *high as f64 && v.fract() == 0.0, format!("{low} .. {high}"))
        }
        (ParameterKind::Ordinal { levels }, Value::Number(v)) => {
            (levels.contains(v), levels.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        (ParameterKind::Categorical { levels } | ParameterKind::Substance { levels, .. }, Value::Level(v)) => {
            (levels.contains(v), levels.join(", "))
        }
        _ => (false, String::new()),
    };
    (!inside).then_some(allowed)
}

fn same(a: &Datum, b: &Datum) -> bool {
    match (a.quantity(), b.quantity()) {
        (Some(a), Some(b)) => (a.value - b.value).abs() <= 1e-9 * a.value.abs().max(b.value.abs()),
        _ => a.to_string() == b.to_string(),
    }
}
