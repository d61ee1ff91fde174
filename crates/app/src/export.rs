//! `matdock export`: what the dock keeps, as a table for other programs.

mod files;

use std::collections::HashMap;

use matdock_message::{Message, say};
use matdock_record::{
    Body, CampaignId, Datum, Qualifier, Record, RecordId, SampleId, SeriesId, SuggestionId, Unit, body::Fields,
};
use matdock_store::{Dock, Query};

use crate::{
    history::RESULT,
    table::{Cell, Table},
};

pub use files::files;

/// What to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Every record, one row each.
    Records,
    /// Every sample with its settings and results, one row each.
    Samples,
    /// Every measured point of every series.
    Series,
}

/// Which part of the dock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Only {
    campaigns: Vec<String>,
    kind: Option<String>,
    sample: Option<String>,
    name: Option<String>,
    outcome: Option<String>,
}

impl Only {
    /// Reads conditions such as `campaign=thin-film`; several campaigns may be named.
    ///
    /// # Errors
    /// A condition is not `name=value`, or the name is unknown.
    pub fn parse(conditions: &[String]) -> Result<Self, Message> {
        let mut only = Self::default();
        for condition in conditions {
            let (name, value) = condition.split_once('=').ok_or_else(|| say!("app-export-where", text = condition))?;
            let slot = match name.trim() {
                "campaign" => {
                    only.campaigns.push(value.trim().to_owned());
                    continue;
                }
                "kind" => &mut only.kind,
                "sample" => &mut only.sample,
                "name" => &mut only.name,
                "outcome" => &mut only.outcome,
                _ => return Err(say!("app-export-where", text = condition)),
            };
            *slot = Some(value.trim().to_owned());
        }
        Ok(only)
    }

    fn fits(&self, view: &View<'_>) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|w| found == Some(w));
        same(&self.kind, Some(view.record.body.kind()))
            && same(&self.name, view.name)
            && same(&self.outcome, view.outcome)
    }
}

/// Makes the table.
///
/// # Errors
/// The dock cannot be read, or a condition names something it does not have.
pub fn export(dock: &Dock, what: What, only: &Only) -> Result<Table, Message> {
    let reader = Reader::new(dock, only)?;
    match what {
        What::Records => reader.records(),
        What::Samples => reader.samples(),
        What::Series => reader.series(),
    }
}

/// Names of the things records point to, read once.
struct Reader<'a> {
    dock: &'a Dock,
    only: &'a Only,
    campaigns: HashMap<CampaignId, String>,
    suggestions: HashMap<SuggestionId, u32>,
    samples: HashMap<SampleId, String>,
    /// Campaigns in question; none for all.
    wanted: Vec<CampaignId>,
    sample: Option<SampleId>,
}

/// The parts of a record that tables show alike for all kinds.
struct View<'a> {
    record: &'a Record,
    name: Option<&'a str>,
    outcome: Option<&'a str>,
}

impl<'a> View<'a> {
    fn of(record: &'a Record) -> Self {
        let (name, outcome) = match &record.body {
            Body::Campaign(c) => (Some(c.name.as_str()), None),
            Body::Sample(s) => (Some(s.name.as_str()), None),
            Body::Process(p) => (Some(p.name.as_str()), Some(p.outcome.word())),
            Body::Measurement(m) => (Some(m.name.as_str()), Some(m.outcome.word())),
            Body::Series(s) => (Some(s.name.as_str()), None),
            Body::File(f) => (Some(f.name.as_str()), None),
            Body::MaterialSpec(s) | Body::ProcessSpec(s) | Body::MeasurementSpec(s) => (Some(s.name.as_str()), None),
            Body::Suggestion(_) | Body::Veto(_) => (None, None),
        };
        Self { record, name, outcome }
    }
}

impl<'a> Reader<'a> {
    fn new(dock: &'a Dock, only: &'a Only) -> Result<Self, Message> {
        let mut reader = Self {
            dock,
            only,
            campaigns: HashMap::new(),
            suggestions: HashMap::new(),
            samples: HashMap::new(),
            wanted: Vec::new(),
            sample: None,
        };
        let of_kind = |kind| dock.records(&Query { kind: Some(kind), ..Query::default() });
        for record in of_kind("campaign")? {
            if let Body::Campaign(campaign) = record.body {
                reader.campaigns.insert(CampaignId::from(record.id), campaign.name);
            }
        }
        for record in of_kind("suggestion")? {
            if let Body::Suggestion(suggestion) = record.body {
                reader.suggestions.insert(SuggestionId::from(record.id), suggestion.number);
            }
        }
        for name in &only.campaigns {
            let found = reader.campaigns.iter().find(|(_, known)| *known == name);
            let names = || reader.campaigns.values().cloned().collect::<Vec<_>>().join(", ");
            let id = found.ok_or_else(|| say!("app-export-no-campaign", name = name, known = names()))?;
            reader.wanted.push(*id.0);
        }
        for record in reader.records_of(Some("sample"))? {
            if let Body::Sample(sample) = record.body {
                reader.samples.insert(SampleId::from(record.id), sample.name);
            }
        }
        if let Some(name) = &only.sample {
            let found = reader.samples.iter().find(|(id, known)| *known == name || id.to_string() == *name);
            reader.sample = Some(*found.ok_or_else(|| say!("app-export-no-sample", name = name))?.0);
        }
        Ok(reader)
    }

    /// Records of the campaigns in question, campaign after campaign.
    fn records_of(&self, kind: Option<&'static str>) -> Result<Vec<Record>, Message> {
        let query = |campaign| Query { kind, campaign, sample: self.sample, ..Query::default() };
        if self.wanted.is_empty() {
            return self.dock.records(&query(None));
        }
        let mut all = Vec::new();
        for campaign in &self.wanted {
            all.extend(self.dock.records(&query(Some(*campaign)))?);
        }
        Ok(all)
    }

    fn query(&self, kind: Option<&'static str>) -> Result<Vec<Record>, Message> {
        let mut records = self.records_of(kind)?;
        records.retain(|record| self.only.fits(&View::of(record)));
        Ok(records)
    }

    fn records(&self) -> Result<Table, Message> {
        let records = self.query(None)?;
        let mut wide =
            Wide::new(["id", "kind", "version", "at", "by", "sample", "name", "outcome", "reason", "station"]);
        for record in &records {
            let view = View::of(record);
            let (station, reason) = match &record.body {
                Body::Veto(v) => (None, Some(v.reason.clone())),
                Body::Process(p) => (p.station.clone(), p.outcome.reason().map(str::to_owned)),
                Body::Measurement(m) => (m.station.clone(), m.outcome.reason().map(str::to_owned)),
                _ => (None, None),
            };
            let sample = match &record.body {
                Body::Sample(sample) => Some(sample.name.clone()),
                body => body.sample().and_then(|id| self.samples.get(&id).cloned()),
            };
            wide.row([
                record.id.to_string().into(),
                record.body.kind().into(),
                Cell::Number(f64::from(record.version)),
                record.provenance.at.to_string().into(),
                agent(record).into(),
                sample.into(),
                view.name.map(str::to_owned).into(),
                view.outcome.map(str::to_owned).into(),
                reason.into(),
                station.into(),
            ]);
            match &record.body {
                Body::Suggestion(s) => wide.fields("setting.", &s.settings),
                Body::Veto(v) => wide.fields("setting.", &v.settings),
                Body::Sample(s) => wide.fields("setting.", &s.settings),
                Body::MaterialSpec(s) | Body::ProcessSpec(s) | Body::MeasurementSpec(s) => {
                    wide.fields("setting.", &s.settings);
                }
                Body::Process(p) => {
                    wide.fields("setting.", &p.settings);
                    wide.fields("actual.", &p.actual);
                }
                Body::Measurement(m) => {
                    wide.fields("setting.", &m.settings);
                    wide.fields("value.", &m.values);
                }
                Body::Campaign(_) | Body::Series(_) | Body::File(_) => {}
            }
        }
        Ok(wide.table())
    }

    fn samples(&self) -> Result<Table, Message> {
        let mut results: HashMap<SampleId, Record> = HashMap::new();
        for record in self.records_of(Some("measurement"))? {
            if let Body::Measurement(run) = &record.body
                && run.name == RESULT
            {
                results.insert(run.sample, record);
            }
        }
        let mut wide = Wide::new(["sample", "id", "campaign", "suggestion", "ended", "outcome", "reason"]);
        for record in self.records_of(Some("sample"))? {
            let Body::Sample(sample) = &record.body else { continue };
            let result = results.get(&SampleId::from(record.id)).and_then(|record| match &record.body {
                Body::Measurement(run) => Some(run),
                _ => None,
            });
            let word = result.map(|run| run.outcome.word());
            if self.only.outcome.as_deref().is_some_and(|wanted| word != Some(wanted))
                || self.only.name.as_deref().is_some_and(|wanted| wanted != sample.name)
            {
                continue;
            }
            let suggestion = sample.suggestion.and_then(|id| self.suggestions.get(&id)).map(|n| f64::from(*n));
            wide.row([
                sample.name.clone().into(),
                record.id.to_string().into(),
                sample.campaign.and_then(|id| self.campaigns.get(&id).cloned()).into(),
                suggestion.into(),
                result.map(|run| run.ended.to_string()).into(),
                word.map(str::to_owned).into(),
                result.and_then(|run| run.outcome.reason().map(str::to_owned)).into(),
            ]);
            wide.fields("", &sample.settings);
            if let Some(run) = result {
                wide.fields("", &run.values);
            }
        }
        Ok(wide.table())
    }

    fn series(&self) -> Result<Table, Message> {
        let mut runs: HashMap<RecordId, String> = HashMap::new();
        for kind in ["process", "measurement"] {
            for record in self.records_of(Some(kind))? {
                if let Some(name) = View::of(&record).name {
                    runs.insert(record.id, name.to_owned());
                }
            }
        }
        let mut wide = Wide::new(["sample", "step", "series", "id"]);
        for record in self.query(Some("series"))? {
            let Body::Series(series) = &record.body else { continue };
            let numbers = self.dock.series(&series.object)?;
            let columns: Vec<usize> = numbers.columns.iter().map(|c| wide.column(&c.name, &c.unit)).collect();
            let id = SeriesId::from(record.id).to_string();
            let length = numbers.data.first().map_or(0, Vec::len);
            for index in 0..length {
                wide.row([
                    self.samples.get(&series.sample).cloned().into(),
                    runs.get(&series.run).cloned().into(),
                    series.name.clone().into(),
                    id.clone().into(),
                ]);
                for (column, values) in columns.iter().zip(&numbers.data) {
                    wide.set(*column, values.get(index).copied().unwrap_or(f64::NAN).into());
                }
            }
        }
        Ok(wide.table())
    }
}

fn agent(record: &Record) -> String {
    use matdock_record::Agent;
    match &record.provenance.agent {
        Agent::Person(name) => format!("person {name}"),
        Agent::Station(name) => format!("station {name}"),
        Agent::Analysis(name) => format!("analysis {name}"),
        Agent::Planner => "planner".to_owned(),
        Agent::Import(name) => format!("import {name}"),
    }
}

/// A table whose columns are found while its rows are written.
struct Wide {
    headers: Vec<String>,
    known: HashMap<String, (usize, Unit)>,
    rows: Vec<Vec<Cell>>,
}

impl Wide {
    fn new<const N: usize>(headers: [&str; N]) -> Self {
        Self { headers: headers.map(str::to_owned).to_vec(), known: HashMap::new(), rows: Vec::new() }
    }

    fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// The column for `name` in `unit`. A name that comes with units of two dimensions becomes two columns.
    fn column(&mut self, name: &str, unit: &Unit) -> usize {
        let fitting = self.known.get(name).filter(|(_, known)| unit.fits(known));
        if let Some((index, _)) = fitting {
            return *index;
        }
        let header = crate::campaign::header(name, unit);
        if let Some((index, _)) = self.known.get(&header) {
            return *index;
        }
        self.headers.push(header.clone());
        let entry = (self.headers.len() - 1, unit.clone());
        let key = if self.known.contains_key(name) { header } else { name.to_owned() };
        self.known.insert(key, entry);
        self.headers.len() - 1
    }

    fn set(&mut self, column: usize, cell: Cell) {
        if let Some(row) = self.rows.last_mut() {
            if row.len() <= column {
                row.resize(column + 1, Cell::Empty);
            }
            if let Some(slot) = row.get_mut(column) {
                *slot = cell;
            }
        }
    }

    /// Fields as columns: the number in the unit of the column, and beside it uncertainty and qualifier where there are any.
    fn fields(&mut self, prefix: &str, fields: &Fields) {
        for (name, datum) in fields {
            let name = format!("{prefix}{name}");
            match datum {
                Datum::Quantity(quantity) => {
                    let column = self.column(&name, &quantity.unit);
                    let unit = self.known.values().find(|(index, _)| *index == column).map(|(_, unit)| unit.clone());
                    let converted = unit.and_then(|unit| quantity.to(&unit).ok()).unwrap_or_else(|| quantity.clone());
                    self.set(column, converted.value.into());
                    if let Some(uncertainty) = converted.uncertainty {
                        let column = self.column(&format!("{name} uncertainty"), &converted.unit);
                        self.set(column, uncertainty.into());
                    }
                    if converted.qualifier != Qualifier::Equal {
                        let column = self.column(&format!("{name} qualifier"), &Unit::one());
                        let sign = if converted.qualifier == Qualifier::Below { "<" } else { ">" };
                        self.set(column, Cell::Text(sign.to_owned()));
                    }
                }
                Datum::Text(text) => {
                    let column = self.column(&name, &Unit::one());
                    self.set(column, text.as_str().into());
                }
                Datum::Flag(flag) => {
                    let column = self.column(&name, &Unit::one());
                    self.set(column, (*flag).into());
                }
                Datum::Missing(reason) => {
                    let column = self.column(&format!("{name} missing because"), &Unit::one());
                    self.set(column, reason.as_str().into());
                }
            }
        }
    }

    fn table(self) -> Table {
        let mut table = Table::new(&self.headers);
        for row in self.rows {
            table.push(row);
        }
        table
    }
}
