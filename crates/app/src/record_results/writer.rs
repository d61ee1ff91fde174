//! Turns what a person brings back into records.

use std::path::Path;

use matdock_message::{Message, say};
use matdock_record::{
    Agent, Body, Datum, FileId, IdSource, MeasurementId, Outcome, Provenance, Record, RecordId, SampleId, Timestamp,
    body, body::Fields,
};
use matdock_store::Dock;

use super::Answer;
use crate::{
    campaign::Campaign,
    history::{self, History, RESULT},
    trial_files::TrialFiles,
};

/// Name of the measurement that values from files are kept as.
const FEATURES: &str = "features of files";

/// Turns answers into records.
pub(super) struct Writer<'a> {
    pub campaign: &'a Campaign,
    pub history: &'a History,
    pub at: Timestamp,
    pub ids: &'a mut IdSource,
    pub records: Vec<Record>,
    pub own: u32,
}

impl Writer<'_> {
    /// Keeps the sheet itself, as the source of every number in it.
    pub fn source(&mut self, dock: &Dock, path: &Path) -> Result<RecordId, Message> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| say!("app-file-unreadable", file = file, reason = error))?;
        let object = dock.put_object(&bytes)?;
        let media_type = match path.extension().and_then(|e| e.to_str()) {
            Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _ => "text/csv",
        };
        let id = FileId::new(self.ids, self.at);
        let body = body::File {
            name: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            of: Some(self.history.campaign.record()),
            media_type: media_type.to_owned(),
            bytes: bytes.len() as u64,
            object,
        };
        self.records.push(Record::file(id, self.provenance(), body));
        Ok(id.record())
    }

    fn provenance(&self) -> Provenance {
        Provenance::new(Agent::Person(history::person()), self.at)
    }

    /// Keeps the files of a trial and, as a measurement of its own, what was taken from them.
    fn keep_files(&mut self, dock: &Dock, sample: SampleId, files: TrialFiles) -> Result<RecordId, Message> {
        let mut from = Vec::new();
        for file in files.files {
            let id = FileId::new(self.ids, self.at);
            let body = body::File {
                name: file.name,
                of: Some(sample.record()),
                media_type: file.media_type.to_owned(),
                bytes: file.bytes.len() as u64,
                object: dock.put_object(&file.bytes)?,
            };
            self.records.push(Record::file(id, self.provenance(), body));
            from.push(id.record());
        }
        let run = body::Measurement {
            sample,
            spec: None,
            name: FEATURES.to_owned(),
            station: None,
            started: self.at,
            ended: self.at,
            settings: files.described,
            values: files.values,
            from,
            outcome: Outcome::Succeeded,
        };
        let id = MeasurementId::new(self.ids, self.at);
        let provenance = Provenance::new(Agent::Analysis(FEATURES.to_owned()), self.at);
        self.records.push(Record::measurement(id, provenance, run));
        Ok(id.record())
    }

    pub fn write(&mut self, dock: &Dock, answer: Answer, source: Option<RecordId>) -> Result<(), Message> {
        let proposed = answer.suggestion.and_then(|number| self.history.suggestions.get(&number));
        let suggestion = proposed.map(|p| p.id);
        let provenance = self.provenance().on(suggestion);
        let sample_body = |name: String, settings: Fields| body::Sample {
            name,
            spec: None,
            campaign: Some(self.history.campaign),
            suggestion,
            settings,
        };
        let (sample, result, version) = match &answer.corrects {
            Some(known) => {
                if known.settings != answer.settings {
                    let body = Body::Sample(sample_body(known.name.clone(), answer.settings.clone()));
                    let id = known.sample.record();
                    self.records.push(Record {
                        id,
                        version: known.sample_version + 1,
                        provenance: provenance.clone(),
                        body,
                    });
                }
                (known.sample, MeasurementId::from(known.result), known.version + 1)
            }
            None => {
                let name = match answer.suggestion {
                    Some(number) => format!("S-{number}"),
                    None => {
                        self.own += 1;
                        let before = self.history.experiments.iter().filter(|e| e.suggestion.is_none()).count();
                        format!("X-{}", before as u32 + self.own)
                    }
                };
                let body = sample_body(name, answer.settings.clone());
                let id = SampleId::new(self.ids, self.at);
                self.records.push(Record::sample(id, provenance.clone(), body));
                (id, MeasurementId::new(self.ids, self.at), 1)
            }
        };
        let mut from: Vec<RecordId> = source.into_iter().collect();
        if let Some(files) = answer.files {
            from.push(self.keep_files(dock, sample, files)?);
        }
        let mut values = answer.values;
        for outcome in self.campaign.measured() {
            values.entry(outcome.name.clone()).or_insert_with(|| Datum::Missing("not measured".to_owned()));
        }
        let run = body::Measurement {
            sample,
            spec: None,
            name: RESULT.to_owned(),
            station: None,
            started: self.at,
            ended: self.at,
            settings: Fields::new(),
            values,
            from,
            outcome: answer.outcome,
        };
        let record = Record { version, ..Record::measurement(result, provenance, run) };
        self.records.push(record);
        Ok(())
    }
}
