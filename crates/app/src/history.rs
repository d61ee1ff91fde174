//! What a campaign has seen so far, read back from the dock.

use std::collections::{BTreeMap, HashMap};

use matdock_message::{Message, say};
use matdock_plan::{Measured, Observation, Point, Value};
use matdock_record::{
    Agent, Body, CampaignId, Datum, IdSource, Outcome, Provenance, Qualifier, Record, RecordId, SampleId, SuggestionId,
    Timestamp, body, body::Fields,
};
use matdock_store::{Batch, Dock, Query};
use serde::Serialize;

use crate::campaign::Campaign;

/// Name of the measurement run that closes an experiment: the campaign's outcomes and how it ended.
pub const RESULT: &str = "result";

/// One finished experiment.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// 1, 2, 3 ... in the order they ended.
    pub number: u32,
    /// The sample.
    pub sample: SampleId,
    /// Name of the sample.
    pub name: String,
    /// The suggestion it answers.
    pub suggestion: Option<u32>,
    /// The settings that were used.
    pub settings: Fields,
    /// The pool row, by its label.
    pub row: Option<String>,
    /// What was measured.
    pub values: Fields,
    /// How it ended.
    pub outcome: Outcome,
    /// Planned lab time of the steps that were left out, where it was ended early \[s\].
    pub spared: Option<f64>,
    /// Outcomes that were not measured but are as good as known to be beyond these limits.
    pub limits: Fields,
    /// When it ended.
    pub ended: Timestamp,
    /// The record of the result.
    pub result: RecordId,
    /// Version of that record.
    pub version: u32,
    /// Version of the record of the sample.
    pub sample_version: u32,
}

/// A suggestion as stored.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// Its id.
    pub id: SuggestionId,
    /// When it was made.
    pub at: Timestamp,
    /// What it says.
    pub body: body::Suggestion,
    /// The sample made from it, if any.
    pub sample: Option<SampleId>,
    /// Whether its experiment is finished.
    pub answered: bool,
    /// Whether somebody refused it.
    pub vetoed: bool,
}

/// Settings somebody refused.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vetoed {
    /// Number of the suggestion, if it was one.
    pub suggestion: Option<u32>,
    /// Its pool row, by label.
    pub row: Option<String>,
    /// The settings.
    pub settings: Fields,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Everything a campaign has seen.
#[derive(Debug, Clone)]
pub struct History {
    /// The campaign's id in the dock.
    pub campaign: CampaignId,
    /// When the campaign was begun.
    pub begun: Timestamp,
    /// All suggestions by number.
    pub suggestions: BTreeMap<u32, Proposed>,
    /// Finished experiments in the order they ended.
    pub experiments: Vec<Experiment>,
    /// Settings somebody refused, in the order of time.
    pub vetoes: Vec<Vetoed>,
}

impl History {
    /// Reads the history of `campaign`; `None` when the dock has no campaign of that name.
    ///
    /// # Errors
    /// The dock cannot be read.
    pub fn read(dock: &Dock, campaign: &Campaign) -> Result<Option<Self>, Message> {
        Self::read_named(dock, &campaign.name)
    }

    /// Reads the history of the campaign called `name`; `None` when the dock has none.
    ///
    /// # Errors
    /// The dock cannot be read.
    pub fn read_named(dock: &Dock, name: &str) -> Result<Option<Self>, Message> {
        let Some(record) = dock.campaign(name)? else { return Ok(None) };
        let id = CampaignId::from(record.id);
        let mut history = Self {
            campaign: id,
            begun: record.provenance.at,
            suggestions: BTreeMap::new(),
            experiments: Vec::new(),
            vetoes: Vec::new(),
        };
        let of_kind =
            |kind: &'static str| dock.records(&Query { campaign: Some(id), kind: Some(kind), ..Query::default() });
        for record in of_kind("suggestion")? {
            history.add_suggestion(&record);
        }
        of_kind("veto")?.iter().for_each(|record| history.add_veto(record));
        let mut samples: HashMap<SampleId, (body::Sample, u32)> = HashMap::new();
        for record in of_kind("sample")? {
            if let Body::Sample(sample) = record.body {
                samples.insert(SampleId::from(record.id), (sample, record.version));
            }
        }
        for record in of_kind("measurement")? {
            if let Body::Measurement(run) = &record.body
                && run.name == RESULT
                && let Some((sample, version)) = samples.get(&run.sample)
            {
                history.add_result(&record, run, sample, *version);
            }
        }
        for (id, (sample, _)) in &samples {
            if let Some(proposed) = sample.suggestion.and_then(|s| history.by_id_mut(s)) {
                proposed.sample = Some(*id);
            }
        }
        Ok(Some(history))
    }

    /// Takes up a suggestion record.
    pub fn add_suggestion(&mut self, record: &Record) {
        if let Body::Suggestion(suggestion) = &record.body {
            self.suggestions.insert(
                suggestion.number,
                Proposed {
                    id: SuggestionId::from(record.id),
                    at: record.provenance.at,
                    body: suggestion.clone(),
                    sample: None,
                    answered: false,
                    vetoed: false,
                },
            );
        }
    }

    /// Takes up a veto.
    pub fn add_veto(&mut self, record: &Record) {
        let Body::Veto(veto) = &record.body else { return };
        let proposed = veto.suggestion.and_then(|id| self.by_id_mut(id)).map(|proposed| {
            proposed.vetoed = true;
            proposed.body.number
        });
        let by = match &record.provenance.agent {
            Agent::Person(name) | Agent::Station(name) | Agent::Analysis(name) | Agent::Import(name) => name.clone(),
            Agent::Planner => String::new(),
        };
        self.vetoes.push(Vetoed {
            suggestion: proposed,
            row: veto.row.clone(),
            settings: veto.settings.clone(),
            reason: veto.reason.clone(),
            by,
            at: record.provenance.at,
        });
    }

    /// The planner's view of what was refused. What no longer fits the campaign file is left out: it cannot be
    /// proposed any more.
    pub fn vetoed_points(&self, campaign: &Campaign) -> Vec<Point> {
        let point = |veto: &Vetoed| campaign.point_of(&veto.settings, veto.row.as_deref()).ok();
        self.vetoes.iter().filter_map(point).map(|(point, _)| point).collect()
    }

    /// Takes up the result of an experiment.
    pub fn add_result(&mut self, record: &Record, run: &body::Measurement, sample: &body::Sample, sample_version: u32) {
        let suggestion = sample.suggestion.and_then(|id| self.by_id_mut(id)).map(|proposed| {
            proposed.answered = true;
            (proposed.body.number, proposed.body.row.clone())
        });
        let (suggestion, row) = suggestion.map_or((None, None), |(number, row)| (Some(number), row));
        self.experiments.push(Experiment {
            number: u32::try_from(self.experiments.len() + 1).unwrap_or(u32::MAX),
            sample: run.sample,
            name: sample.name.clone(),
            suggestion,
            settings: sample.settings.clone(),
            row,
            values: run.values.clone(),
            outcome: run.outcome.clone(),
            spared: run.settings.get(SPARED).and_then(Datum::quantity).map(|spared| spared.value),
            limits: limits(&run.settings),
            ended: run.ended,
            result: record.id,
            version: record.version,
            sample_version,
        });
    }

    fn by_id_mut(&mut self, id: SuggestionId) -> Option<&mut Proposed> {
        self.suggestions.values_mut().find(|proposed| proposed.id == id)
    }

    /// Number of the next suggestion.
    pub fn next_number(&self) -> u32 {
        self.suggestions.keys().next_back().map_or(1, |last| last + 1)
    }

    /// Suggestions whose experiment is not finished, and which nobody refused.
    pub fn pending(&self) -> impl Iterator<Item = &Proposed> {
        self.suggestions.values().filter(|proposed| !proposed.answered && !proposed.vetoed)
    }

    /// The planner's view of the pending suggestions.
    ///
    /// # Errors
    /// A stored suggestion does not fit the campaign file any more.
    pub fn pending_points(&self, campaign: &Campaign) -> Result<Vec<Point>, Message> {
        self.pending()
            .map(|p| campaign.point_of(&p.body.settings, p.body.row.as_deref()).map(|(point, _)| point))
            .collect()
    }

    /// The planner's view of the finished experiments, with the number of each.
    ///
    /// Experiments that were aborted or whose end is uncertain teach nothing about the material and are left out.
    ///
    /// # Errors
    /// A stored experiment does not fit the campaign file any more.
    pub fn observations(&self, campaign: &Campaign) -> Result<(Vec<Observation>, Vec<u32>), Message> {
        let (mut observations, mut numbers) = (Vec::new(), Vec::new());
        for experiment in &self.experiments {
            let failed = match experiment.outcome {
                Outcome::Succeeded | Outcome::Partial(_) => false,
                Outcome::Failed(_) => true,
                Outcome::Aborted(_) | Outcome::Uncertain(_) => continue,
            };
            let (point, row) = campaign.point_of(&experiment.settings, experiment.row.as_deref())?;
            // The levels of a pool are those of its table.
            let inputs = campaign.inputs.iter().filter(|_| campaign.pool.is_none());
            let mut unknown = inputs.zip(&point).filter(|(input, value)| !input.knows(value));
            if let Some((input, Value::Level(level))) = unknown.next() {
                let number = experiment.number;
                return Err(say!("app-history-level", number = number, name = input.name, level = level));
            }
            let outcomes = campaign
                .outcomes
                .iter()
                .map(|outcome| match measured(experiment.values.get(&outcome.name), outcome)? {
                    Measured::Missing => measured(experiment.limits.get(&outcome.name), outcome),
                    known => Ok(known),
                })
                .collect::<Result<Vec<_>, _>>()?;
            observations.push(Observation { point, row, outcomes, failed });
            numbers.push(experiment.number);
        }
        Ok((observations, numbers))
    }
}

/// Under which names the result of a sample that was ended early says so.
const SPARED: &str = "spared time";
const LIMIT: &str = "limit of ";

/// What the result of a sample that was ended early says of that, besides its values.
pub(crate) fn stopped(spared: f64, limits: &Fields) -> Fields {
    let limits = limits.iter().map(|(name, limit)| (format!("{LIMIT}{name}"), limit.clone()));
    // A unit that is always known.
    let time = "s".parse().ok().map(|second| (SPARED.to_owned(), Datum::number(spared, &second)));
    limits.chain(time).collect()
}

fn limits(settings: &Fields) -> Fields {
    let limit = |(name, datum): (&String, &Datum)| Some((name.strip_prefix(LIMIT)?.to_owned(), datum.clone()));
    settings.iter().filter_map(limit).collect()
}

pub(crate) fn measured(datum: Option<&Datum>, outcome: &crate::campaign::Outcome) -> Result<Measured, Message> {
    let Some(quantity) = datum.and_then(Datum::quantity) else { return Ok(Measured::Missing) };
    let converted = quantity.to(&outcome.unit)?;
    Ok(match converted.qualifier {
        Qualifier::Equal => match converted.uncertainty {
            Some(uncertainty) => Measured::Uncertain { value: converted.value, uncertainty },
            None => Measured::Value(converted.value),
        },
        Qualifier::Below => Measured::Below(converted.value),
        Qualifier::Above => Measured::Above(converted.value),
    })
}

/// Finds the campaign in the dock, or writes it there. A changed campaign file becomes a new version.
///
/// # Errors
/// The dock cannot be read or written.
pub fn begin(dock: &Dock, campaign: &Campaign, at: Timestamp, ids: &mut IdSource) -> Result<CampaignId, Message> {
    let text = dock.put_object(campaign.text.as_bytes())?;
    let body = body::Campaign { name: campaign.name.clone(), text: text.clone(), seed: campaign.seed };
    let provenance = Provenance::new(Agent::Person(person()), at);
    let record = match dock.campaign(&campaign.name)? {
        Some(known) => {
            let id = CampaignId::from(known.id);
            match &known.body {
                Body::Campaign(old) if old.seed != campaign.seed => {
                    return Err(say!(
                        "app-campaign-other-seed",
                        name = campaign.name,
                        old = old.seed,
                        new = campaign.seed
                    ));
                }
                Body::Campaign(old) if old.text == text => return Ok(id),
                _ => Record { id: known.id, version: known.version + 1, provenance, body: Body::Campaign(body) },
            }
        }
        None => Record::campaign(CampaignId::new(ids, at), provenance, body),
    };
    let id = CampaignId::from(record.id);
    dock.commit(&Batch { records: vec![record], journal: Vec::new() })?;
    Ok(id)
}

/// Who is at the keyboard, for provenance.
pub fn person() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
