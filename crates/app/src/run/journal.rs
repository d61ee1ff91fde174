//! The executor's journal in the dock. Every entry and the records it leads to are kept in one transaction.

use std::{
    cell::{Ref, RefCell},
    collections::HashMap,
};

use matdock_lab::{
    ActionId, Entry, Event, Image, Journal, Recipe, Stream,
    driver::{Action, MOVE, Reply},
    feature::Feature,
    recipe::Work,
};
use matdock_message::{Message, say};
use matdock_record::{
    Agent, Body, Datum, FileId, IdSource, MaterialSpecId, MeasurementId, MeasurementSpecId, Outcome, ProcessId,
    ProcessSpecId, Provenance, Record, RecordId, SampleId, SeriesId, SuggestionId, Timestamp, body, body::Fields,
};
use matdock_store::{Batch, Dock, JournalLine, Query, SeriesData};

use super::live;
use crate::{
    campaign::Campaign,
    history::{self, History, RESULT},
    propose::mix,
};

/// Name of the analysis that features come from.
const FEATURES: &str = "features";

/// Writes what the executor does into the dock, as journal lines and as records.
pub struct LabJournal<'a> {
    dock: &'a Dock,
    name: String,
    history: RefCell<History>,
    /// What is known of every sample: its record and the runs on it whose results count.
    samples: HashMap<SampleId, Known>,
    actions: HashMap<ActionId, Asked>,
    measuring: Vec<String>,
    analyses: HashMap<String, Analysed>,
    after_entry: Option<&'a dyn Fn(u64)>,
    /// What was seen of samples before they were finished.
    seen: Vec<live::Seen>,
}

/// What is known of an analysis step or of the features of a step.
#[derive(Debug, Clone, Default)]
struct Analysed {
    /// Name of the analysis.
    name: String,
    /// The step it looks at.
    from: String,
    /// How each value is computed, where the name of the analysis does not say it.
    settings: Fields,
}

struct Known {
    body: body::Sample,
    runs: HashMap<String, RecordId>,
    analyses: Vec<RecordId>,
    /// Of a sample that is ended early: what that spares, and what is as good as known of it.
    stopped: Option<(f64, Fields)>,
}

struct Asked {
    action: Action,
    spec: RecordId,
    run: Option<RecordId>,
}

impl<'a> LabJournal<'a> {
    /// A journal of `campaign`; `history` is what the dock already has.
    pub fn new(
        dock: &'a Dock,
        campaign: &Campaign,
        recipe: &Recipe,
        history: History,
        after_entry: Option<&'a dyn Fn(u64)>,
    ) -> Self {
        let mut measuring: Vec<String> = Vec::new();
        let mut analyses = HashMap::new();
        for step in &recipe.steps {
            let name_of = |from: usize| recipe.steps.get(from).map(|step| step.name.clone()).unwrap_or_default();
            match &step.work {
                Work::Analysis { analysis, from, .. } => {
                    let (name, from) = (analysis.clone(), name_of(*from));
                    measuring.push(from.clone());
                    analyses.insert(step.name.clone(), Analysed { name, from, settings: Fields::new() });
                }
                // What is sensed while something is done to a sample does not make it a measurement.
                Work::Features { from, features } => {
                    let how = |f: &Feature| (f.name.clone(), Datum::Text(f.described()));
                    let (name, settings) = (FEATURES.to_owned(), features.iter().map(how).collect());
                    analyses.insert(step.name.clone(), Analysed { name, from: name_of(*from), settings });
                }
                Work::Station { .. } => {}
            }
        }
        measuring.extend(recipe.outputs.iter().filter_map(|o| Some(recipe.steps.get(o.step)?.name.clone())));
        Self {
            dock,
            name: name(campaign),
            history: RefCell::new(history),
            samples: HashMap::new(),
            actions: HashMap::new(),
            measuring,
            analyses,
            after_entry,
            seen: Vec::new(),
        }
    }

    /// The entries the dock holds.
    ///
    /// # Errors
    /// The dock cannot be read, or a line is no entry.
    pub fn entries(&self) -> Result<Vec<Entry>, Message> {
        let lines = self.dock.journal(&self.name)?;
        let entry = |line: JournalLine| {
            serde_json::from_value::<Entry>(line.entry)
                .map_err(|error| say!("app-journal-line", journal = self.name, line = line.sequence, reason = error))
        };
        lines.into_iter().map(entry).collect()
    }

    /// Takes up entries that are already in the dock, after a restart.
    pub fn replay(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.records_of(entry, Seen::default());
        }
    }

    /// What the campaign has seen.
    pub fn history(&self) -> Ref<'_, History> {
        self.history.borrow()
    }

    /// Short name and settings of a sample.
    pub(super) fn sample(&self, sample: SampleId) -> Option<(&str, &Fields)> {
        self.samples.get(&sample).map(|known| (known.body.name.as_str(), &known.body.settings))
    }

    /// What was seen of a sample at a share of a step.
    pub(super) fn seen_at(&self, sample: SampleId, step: &str, share: f64) -> Option<&Fields> {
        let here = |seen: &&live::Seen| seen.sample == sample && seen.step == step && seen.share == share;
        self.seen.iter().find(here).map(|seen| &seen.values)
    }

    /// Keeps new suggestions.
    ///
    /// # Errors
    /// The dock cannot be written.
    pub fn keep_suggestions(&self, records: Vec<Record>) -> Result<(), Message> {
        let batch = Batch { records, journal: Vec::new() };
        self.dock.commit(&batch)?;
        let mut history = self.history.borrow_mut();
        batch.records.iter().for_each(|record| history.add_suggestion(record));
        Ok(())
    }

    /// Keeps an image as it came from the camera; what is no image file is kept too, it is what was seen.
    fn put_image(&self, image: &Image) -> Result<body::File, Message> {
        Ok(body::File {
            name: image.name.clone(),
            of: None,
            media_type: image.media_type().to_owned(),
            bytes: image.bytes.len() as u64,
            object: self.dock.put_object(&image.bytes)?,
        })
    }

    /// Ids that follow from the campaign and the entry alone, so that a replay gives the same.
    fn ids(&self, sequence: u64) -> IdSource {
        replayed_ids(&self.history.borrow(), Purpose::Entry, sequence)
    }

    /// The records an entry leads to. Remembers what later entries need.
    fn records_of(&mut self, entry: &Entry, seen: Seen) -> Vec<Record> {
        let mut ids = self.ids(entry.sequence);
        match &entry.event {
            Event::Accepted { sample, name, settings } => self.accepted(*sample, name, settings, entry.at, &mut ids),
            Event::Intent { action, .. } => self.intent(action, entry.at, &mut ids),
            Event::Returned { action, started, ended, reply } => {
                self.returned(*action, (*started, *ended), reply, seen, &mut ids)
            }
            Event::Analysed { sample, step, outcome, values } => {
                self.analysed(*sample, step, outcome, values, entry.at, &mut ids)
            }
            Event::Interim { sample, step, share, values } => {
                let (sample, step, share, values) = (*sample, step.clone(), *share, values.clone());
                self.seen.push(live::Seen { sample, step, share, values });
                Vec::new()
            }
            Event::StopAsked { sample, spared, limits, .. } => {
                if let Some(known) = self.samples.get_mut(sample) {
                    known.stopped.get_or_insert_with(|| (*spared, limits.clone()));
                }
                Vec::new()
            }
            Event::Finished { sample, outcome, values } => self.finished(*sample, outcome, values, entry.at, &mut ids),
            _ => Vec::new(),
        }
    }

    fn suggestion_of(&self, name: &str) -> Option<SuggestionId> {
        let number: u32 = name.strip_prefix("S-")?.parse().ok()?;
        self.history.borrow().suggestions.get(&number).map(|proposed| proposed.id)
    }

    fn accepted(
        &mut self,
        sample: SampleId,
        name: &str,
        settings: &Fields,
        at: Timestamp,
        ids: &mut IdSource,
    ) -> Vec<Record> {
        let suggestion = self.suggestion_of(name);
        let campaign = self.history.borrow().campaign;
        let spec = MaterialSpecId::new(ids, at);
        let body = body::Sample {
            name: name.to_owned(),
            spec: Some(spec),
            campaign: Some(campaign),
            suggestion,
            settings: settings.clone(),
        };
        self.samples
            .insert(sample, Known { body: body.clone(), runs: HashMap::new(), analyses: Vec::new(), stopped: None });
        if let Some(id) = suggestion {
            let mut history = self.history.borrow_mut();
            if let Some(proposed) = history.suggestions.values_mut().find(|p| p.id == id) {
                proposed.sample = Some(sample);
            }
        }
        let asked = body::Spec { name: name.to_owned(), settings: settings.clone() };
        vec![
            Record::material_spec(spec, Provenance::new(Agent::Planner, at).on(suggestion), asked),
            Record::sample(sample, Provenance::new(Agent::Planner, at).on(suggestion), body),
        ]
    }

    fn provenance(&self, agent: Agent, at: Timestamp, sample: SampleId) -> Provenance {
        Provenance::new(agent, at).on(self.samples.get(&sample).and_then(|known| known.body.suggestion))
    }

    /// A step whose values or series the campaign's outcomes come from; a move never is one.
    fn is_measurement(&self, action: &Action) -> bool {
        action.capability != MOVE && self.measuring.contains(&action.step)
    }

    fn intent(&mut self, action: &Action, at: Timestamp, ids: &mut IdSource) -> Vec<Record> {
        let asked = body::Spec { name: action.capability.clone(), settings: action.settings.clone() };
        let provenance = self.provenance(Agent::Planner, at, action.sample);
        let record = if self.is_measurement(action) {
            Record::measurement_spec(MeasurementSpecId::new(ids, at), provenance, asked)
        } else {
            Record::process_spec(ProcessSpecId::new(ids, at), provenance, asked)
        };
        self.actions.insert(action.id, Asked { action: action.clone(), spec: record.id, run: None });
        // A move asks for nothing but its aim, which its run says as well.
        if action.capability == MOVE { Vec::new() } else { vec![record] }
    }

    fn returned(
        &mut self,
        id: ActionId,
        (started, ended): (Timestamp, Timestamp),
        reply: &Reply,
        seen: Seen,
        ids: &mut IdSource,
    ) -> Vec<Record> {
        let Some(Asked { action, spec, .. }) = self.actions.get(&id) else { return Vec::new() };
        let (action, spec) = (action.clone(), *spec);
        let is_move = action.capability == MOVE;
        let provenance = self.provenance(Agent::Station(action.station.clone()), ended, action.sample);
        let record = if self.is_measurement(&action) {
            let body = body::Measurement {
                sample: action.sample,
                spec: Some(spec.into()),
                name: action.step.clone(),
                station: Some(action.station.clone()),
                started,
                ended,
                settings: action.settings.clone(),
                values: reply.values.clone(),
                from: Vec::new(),
                outcome: reply.outcome.clone(),
            };
            Record::measurement(MeasurementId::new(ids, ended), provenance.clone(), body)
        } else {
            let mut actual = reply.actual.clone();
            actual.extend(reply.values.clone());
            let body = body::Process {
                sample: action.sample,
                spec: (!is_move).then_some(spec.into()),
                name: if is_move { MOVE.to_owned() } else { action.step.clone() },
                station: Some(action.station.clone()),
                started,
                ended,
                settings: action.settings.clone(),
                actual,
                outcome: reply.outcome.clone(),
            };
            Record::process(ProcessId::new(ids, ended), provenance.clone(), body)
        };
        if let Some(asked) = self.actions.get_mut(&id) {
            asked.run = Some(record.id);
        }
        if let Some(known) = self.samples.get_mut(&action.sample).filter(|_| !is_move) {
            known.runs.insert(action.step.clone(), record.id);
        }
        let run = record.id;
        let series = seen.series.into_iter().map(|(name, stored)| {
            let body = body::Series {
                sample: action.sample,
                run,
                name,
                columns: stored.columns,
                rows: stored.rows,
                object: stored.object,
            };
            Record::series(SeriesId::new(ids, ended), provenance.clone(), body)
        });
        let series: Vec<Record> = series.collect();
        let images = seen.images.into_iter().map(|mut file| {
            file.of = Some(run);
            Record::file(FileId::new(ids, ended), provenance.clone(), file)
        });
        let images: Vec<Record> = images.collect();
        [vec![record], series, images].concat()
    }

    fn analysed(
        &mut self,
        sample: SampleId,
        step: &str,
        outcome: &Outcome,
        values: &Fields,
        at: Timestamp,
        ids: &mut IdSource,
    ) -> Vec<Record> {
        let analysis = self.analyses.get(step).cloned().unwrap_or_default();
        let provenance = self.provenance(Agent::Analysis(analysis.name), at, sample);
        let Some(known) = self.samples.get_mut(&sample) else { return Vec::new() };
        let body = body::Measurement {
            sample,
            spec: None,
            name: step.to_owned(),
            station: None,
            started: at,
            ended: at,
            settings: analysis.settings,
            values: values.clone(),
            from: known.runs.get(&analysis.from).copied().into_iter().collect(),
            outcome: outcome.clone(),
        };
        let record = Record::measurement(MeasurementId::new(ids, at), provenance, body);
        known.analyses.push(record.id);
        vec![record]
    }

    fn finished(
        &mut self,
        sample: SampleId,
        outcome: &Outcome,
        values: &Fields,
        at: Timestamp,
        ids: &mut IdSource,
    ) -> Vec<Record> {
        let provenance = self.provenance(Agent::Analysis(RESULT.to_owned()), at, sample);
        let Some(known) = self.samples.get(&sample) else { return Vec::new() };
        let stopped = known.stopped.as_ref().filter(|_| matches!(outcome, Outcome::Partial(_)));
        let body = body::Measurement {
            sample,
            spec: None,
            name: RESULT.to_owned(),
            station: None,
            started: at,
            ended: at,
            settings: stopped.map(|(spared, limits)| history::stopped(*spared, limits)).unwrap_or_default(),
            values: values.clone(),
            from: known.analyses.clone(),
            outcome: outcome.clone(),
        };
        let record = Record::measurement(MeasurementId::new(ids, at), provenance, body);
        let mut history = self.history.borrow_mut();
        let new = !history.experiments.iter().any(|experiment| experiment.sample == sample);
        if new && let Body::Measurement(run) = &record.body {
            history.add_result(&record, run, &known.body, 1);
        }
        vec![record]
    }
}

/// What ids are made for; no two purposes share ids.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Entry = 1,
    Suggestion = 2,
    Sample = 3,
}

/// Ids that follow from the campaign, the purpose and a number alone.
pub(super) fn replayed_ids(history: &History, purpose: Purpose, number: u64) -> IdSource {
    // The last eight of sixteen bytes are the random part of the campaign's id.
    let random = history.campaign.as_bytes().iter().skip(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    IdSource::from_seed(mix(mix(random, purpose as u64), number))
}

/// Name of a campaign's journal in the dock.
pub fn name(campaign: &Campaign) -> String {
    format!("lab/{}", campaign.name)
}

/// What came back from an instrument and is already stored as objects.
#[derive(Default)]
struct Seen {
    series: Vec<(String, SeriesRef)>,
    images: Vec<body::File>,
}

/// A stream that is already stored as an object.
struct SeriesRef {
    columns: Vec<body::Column>,
    rows: u64,
    object: matdock_record::FileHash,
}

impl Journal for LabJournal<'_> {
    fn append(&mut self, entry: &Entry) -> Result<(), Message> {
        let mut seen = Seen::default();
        if let Event::Returned { reply, .. } = &entry.event {
            for stream in &reply.streams {
                let data = SeriesData { columns: stream.columns.clone(), data: stream.data.clone() };
                let stored = SeriesRef {
                    columns: stream.columns.clone(),
                    rows: stream.data.first().map_or(0, Vec::len) as u64,
                    object: self.dock.put_series(&data)?,
                };
                seen.series.push((stream.name.clone(), stored));
            }
            for image in &reply.images {
                seen.images.push(self.put_image(image)?);
            }
        }
        let json = serde_json::to_value(entry)
            .map_err(|error| say!("app-journal-line", journal = self.name, line = entry.sequence, reason = error))?;
        let records = self.records_of(entry, seen);
        // Lines of the dock count from 1, entries of the executor from 0.
        let sequence = entry.sequence + 1;
        let line = JournalLine { journal: self.name.clone(), sequence, at: entry.at, entry: json };
        self.dock.commit(&Batch { records, journal: vec![line] })?;
        if let Some(tell) = self.after_entry {
            tell(entry.sequence);
        }
        Ok(())
    }

    fn stream(&self, action: ActionId, name: &str) -> Result<Stream, Message> {
        let missing = || say!("app-journal-stream", name = name, action = action.0);
        let asked = self.actions.get(&action).ok_or_else(missing)?;
        let run = asked.run.ok_or_else(missing)?;
        let query = Query { kind: Some("series"), sample: Some(asked.action.sample), ..Query::default() };
        let found = self.dock.records(&query)?.into_iter().find_map(|record| match record.body {
            Body::Series(series) if series.run == run && series.name == name => Some(series),
            _ => None,
        });
        let data = self.dock.series(&found.ok_or_else(missing)?.object)?;
        Ok(Stream { name: name.to_owned(), columns: data.columns, data: data.data })
    }

    fn image(&self, action: ActionId, name: &str) -> Result<Image, Message> {
        let missing = || say!("app-journal-image", name = name, action = action.0);
        let asked = self.actions.get(&action).ok_or_else(missing)?;
        let run = asked.run.ok_or_else(missing)?;
        let query = Query { kind: Some("file"), ..Query::default() };
        let found = self.dock.records(&query)?.into_iter().find_map(|record| match record.body {
            Body::File(file) if file.of == Some(run) && file.name == name => Some(file),
            _ => None,
        });
        let file = found.ok_or_else(missing)?;
        Ok(Image { name: file.name, bytes: self.dock.object(&file.object)?.to_vec(), pixel: None })
    }
}
