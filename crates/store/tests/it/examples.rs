//! Records to work with: a campaign, samples made and measured for it.

use matdock_record::{
    Agent, CampaignId, Datum, FileHash, IdSource, MeasurementId, Outcome, ProcessId, Provenance, Record, SampleId,
    SeriesId, SuggestionId, Timestamp, Unit,
    body::{Body, Campaign, Column, Fields, Measurement, Process, Sample, Series, Suggestion},
};
use matdock_store::{Batch, Dock, JournalLine, Mode, SeriesData};

pub const START: i64 = 1_800_000_000_000_000;

pub fn time(second: i64) -> Timestamp {
    Timestamp::from_microseconds(START + second * 1_000_000)
}

pub fn open(place: &std::path::Path) -> Dock {
    Dock::open(place, Mode::Write).unwrap()
}

pub fn records(records: Vec<Record>) -> Batch {
    Batch { records, journal: vec![] }
}

pub fn line(journal: &str, sequence: u64) -> JournalLine {
    let entry = serde_json::json!({"action": format!("move {sequence}"), "seconds": 0.1 * sequence as f64});
    JournalLine { journal: journal.into(), sequence, at: time(sequence as i64), entry }
}

pub fn assert_whole(dock: &Dock) {
    let report = dock.verify(&mut |_, _| {}).unwrap();
    assert_eq!(report.problems, [], "{:#?}", report.problems.iter().map(ToString::to_string).collect::<Vec<_>>());
}

pub fn spectrum(rows: usize, columns: usize, seed: u64) -> SeriesData {
    let unit: Unit = "Cel".parse().unwrap();
    let wave = |c: usize, r: usize| (r as f64 * 0.01 + c as f64 + seed as f64).sin() * 100.0;
    SeriesData {
        columns: (0..columns).map(|c| Column { name: format!("c{c}"), unit: unit.clone() }).collect(),
        data: (0..columns).map(|c| (0..rows).map(|r| wave(c, r)).collect()).collect(),
    }
}

/// Makes records that fit together.
pub struct Maker {
    pub ids: IdSource,
    pub campaign: CampaignId,
    clock: i64,
}

impl Maker {
    pub fn new(seed: u64) -> Self {
        let mut ids = IdSource::from_seed(seed);
        Self { campaign: CampaignId::new(&mut ids, time(0)), ids, clock: 0 }
    }

    pub fn provenance(&mut self) -> Provenance {
        self.clock += 1;
        Provenance::new(Agent::Person("tester".into()), time(self.clock))
    }

    pub fn campaign(&mut self, name: &str, text: FileHash) -> Record {
        let provenance = self.provenance();
        Record::campaign(self.campaign, provenance, Campaign { name: name.into(), text, seed: u64::MAX })
    }

    pub fn suggestion(&mut self, number: u32) -> Record {
        let provenance = self.provenance();
        let id = SuggestionId::new(&mut self.ids, provenance.at);
        let suggestion = Suggestion {
            campaign: self.campaign,
            number,
            settings: settings(number),
            row: None,
            predicted: vec![],
            success: 1.0,
            purpose: "initial".into(),
            region: None,
            until: None,
            exploration: 0.5,
            nearest: None,
            influences: Vec::new(),
            repeats: None,
            observed: 0,
            seed: 1,
        };
        Record::suggestion(id, provenance, suggestion)
    }

    pub fn sample(&mut self, number: u32, suggestion: Option<SuggestionId>) -> Record {
        let provenance = self.provenance();
        let id = SampleId::new(&mut self.ids, provenance.at);
        let sample = Sample {
            name: format!("S-{number}"),
            spec: None,
            campaign: Some(self.campaign),
            suggestion,
            settings: settings(number),
        };
        Record::sample(id, provenance, sample)
    }

    pub fn process(&mut self, sample: SampleId) -> Record {
        let provenance = self.provenance();
        let id = ProcessId::new(&mut self.ids, provenance.at);
        let process = Process {
            sample,
            spec: None,
            name: "anneal".into(),
            station: Some("anneal-1".into()),
            started: provenance.at,
            ended: provenance.at.plus_seconds(60.0),
            settings: settings(3),
            actual: settings(4),
            outcome: Outcome::Failed("cracked".into()),
        };
        Record::process(id, provenance, process)
    }

    /// A measurement and the series it was computed from; each refers to the other.
    pub fn measurement(&mut self, sample: SampleId, series: &SeriesData, object: FileHash) -> [Record; 2] {
        let provenance = self.provenance();
        let id = MeasurementId::new(&mut self.ids, provenance.at);
        let series_id = SeriesId::new(&mut self.ids, provenance.at);
        let measurement = Measurement {
            sample,
            spec: None,
            name: "impedance".into(),
            station: None,
            started: provenance.at,
            ended: provenance.at.plus_seconds(10.0),
            settings: Fields::new(),
            values: settings(7),
            from: vec![series_id.record()],
            outcome: Outcome::Succeeded,
        };
        let series = Series {
            sample,
            run: id.record(),
            name: "spectrum".into(),
            columns: series.columns.clone(),
            rows: series.rows() as u64,
            object,
        };
        [Record::measurement(id, provenance.clone(), measurement), Record::series(series_id, provenance, series)]
    }

    /// A campaign in an empty dock, with one suggestion, one sample and what was done to it: 6 records.
    pub fn fill(&mut self, dock: &Dock, name: &str) -> Vec<Record> {
        let text = dock.put_object(format!("name = \"{name}\"").as_bytes()).unwrap();
        let campaign = self.campaign(name, text);
        let suggestion = self.suggestion(1);
        let sample = self.sample(1, Some(suggestion.id.into()));
        let process = self.process(sample.id.into());
        let series = spectrum(50, 3, 1);
        let object = dock.put_series(&series).unwrap();
        let [measurement, series] = self.measurement(sample.id.into(), &series, object);
        let all = vec![campaign, suggestion, sample, process, measurement, series];
        dock.commit(&Batch { records: all.clone(), journal: vec![line(name, 1), line(name, 2)] }).unwrap();
        all
    }
}

pub fn settings(number: u32) -> Fields {
    let kelvin: Unit = "K".parse().unwrap();
    Fields::from([
        ("temperature".into(), Datum::number(300.0 + f64::from(number) * 0.1, &kelvin)),
        ("target".into(), Datum::Text("Li3PO4".into())),
        ("humidity".into(), Datum::Missing("sensor off".into())),
    ])
}

/// The next version of a record, with another name of its station or sample.
pub fn corrected(record: &Record, name: &str) -> Record {
    let mut next = record.clone();
    next.version += 1;
    match &mut next.body {
        Body::Sample(sample) => sample.name = name.into(),
        Body::Process(process) => process.station = Some(name.into()),
        _ => {}
    }
    next
}
