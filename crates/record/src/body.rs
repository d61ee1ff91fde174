//! What can be recorded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, Datum, FileHash, FileId, MaterialSpecId, MeasurementId, MeasurementSpecId, Outcome, ProcessId,
    ProcessSpecId, Provenance, RecordId, SampleId, SeriesId, SuggestionId, Timestamp, Unit, VetoId,
};

/// Named fields of a record, in the order of their names.
pub type Fields = BTreeMap<String, Datum>;

/// One thing the dock keeps. Never changed: a correction is a new version under the same id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Which thing.
    pub id: RecordId,
    /// 1 at first; a correction carries the next number.
    pub version: u32,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What it says.
    pub body: Body,
}

/// What a record says, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Body {
    /// A campaign.
    Campaign(Campaign),
    /// Conditions the planner proposes.
    Suggestion(Suggestion),
    /// Conditions somebody does not want to be tried.
    Veto(Veto),
    /// What material was asked for.
    MaterialSpec(Spec),
    /// One physical specimen.
    Sample(Sample),
    /// What processing was asked for.
    ProcessSpec(Spec),
    /// Something done to a sample.
    Process(Process),
    /// What measurement was asked for.
    MeasurementSpec(Spec),
    /// Something seen on a sample.
    Measurement(Measurement),
    /// Values over time or another axis; the numbers are in an object of their own.
    Series(Series),
    /// A file of any kind; the bytes are in an object of their own.
    File(File),
}

/// A campaign as it was started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its name, unique in the dock.
    pub name: String,
    /// The campaign file as it was read.
    pub text: FileHash,
    /// The seed of everything random in it.
    pub seed: u64,
}

/// Conditions the planner proposes, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// 1, 2, 3 ... within the campaign; people use it as its name.
    pub number: u32,
    /// The proposed settings.
    pub settings: Fields,
    /// The pool row it stands for, by its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// What the model expected, per outcome.
    pub predicted: Vec<Predicted>,
    /// Probability that the experiment succeeds, 0..1.
    pub success: f64,
    /// `initial`, `explore`, `exploit`, `balance`, `guess`, `look`, `source` or `replicate`.
    pub purpose: String,
    /// The condition of the region it was asked for in, with the purpose `look`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The experiment whose condition it repeats, with the purpose `replicate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
    /// The stage up to which it is made first, where only what is seen until then decides whether it is finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Share of exploration in the choice, 0..1.
    pub exploration: f64,
    /// Number of the nearest experiment so far and its distance in scaled settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<(u32, f64)>,
    /// What makes the expected main outcome differ from that of the other experiments, largest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub influences: Vec<Influence>,
    /// How many finished experiments the model knew.
    pub observed: u32,
    /// Seed of this proposal.
    pub seed: u64,
}

/// Which experiment is repeated, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Repeats {
    /// Number of the experiment whose condition it is.
    pub experiment: u32,
    /// What the best new experiment is expected to teach about which condition is best, as a share of what the replicate
    /// is (0 where nothing new is left, else up to 1).
    pub new: f64,
}

/// What one setting does to a prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// Name of the parameter.
    pub parameter: String,
    /// Difference it makes to the expected outcome (unit of the outcome).
    pub effect: f64,
}

/// What the model expected of one outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    /// Name of the outcome.
    pub outcome: String,
    /// Unit of the numbers below.
    pub unit: Unit,
    /// Expected value.
    pub mean: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end of the 90 % interval.
    pub high: f64,
}

/// Conditions that are not to be tried, and why. Who said so, and when, is in the provenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Veto {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// The suggestion that was refused, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<SuggestionId>,
    /// The settings refused.
    pub settings: Fields,
    /// The pool row they stand for, by its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Why.
    pub reason: String,
}

/// What was asked for: of a material, of a process or of a measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// What it is called; for a process or measurement the capability, such as `anneal`.
    pub name: String,
    /// The settings asked for.
    pub settings: Fields,
}

/// One physical specimen (a material run).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Short name for labels, such as `S-17`.
    pub name: String,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<MaterialSpecId>,
    /// The campaign it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// The suggestion it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<SuggestionId>,
    /// Its conditions, as set.
    pub settings: Fields,
}

/// Something done to a sample (a process run).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// To which sample.
    pub sample: SampleId,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<ProcessSpecId>,
    /// Step of the recipe, or what a person called it.
    pub name: String,
    /// Where it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub ended: Timestamp,
    /// The settings asked for.
    pub settings: Fields,
    /// What the instrument said it did.
    pub actual: Fields,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Something seen on a sample (a measurement run).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// On which sample.
    pub sample: SampleId,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<MeasurementSpecId>,
    /// Step of the recipe, name of the analysis, or what a person called it.
    pub name: String,
    /// Where it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub ended: Timestamp,
    /// The settings asked for.
    pub settings: Fields,
    /// What was seen.
    pub values: Fields,
    /// The series and runs the values were computed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<RecordId>,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Values over time or another axis, attached to a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Of which sample.
    pub sample: SampleId,
    /// The process or measurement run during which it was seen.
    pub run: RecordId,
    /// What it is called, such as `spectrum` or `chamber`.
    pub name: String,
    /// Columns, the axis (time, frequency, angle) first.
    pub columns: Vec<Column>,
    /// Number of rows.
    pub rows: u64,
    /// The Parquet object with the numbers.
    pub object: FileHash,
}

/// A column of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What it is, such as `temperature`.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// What it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<RecordId>,
    /// Media type, such as `image/png`.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The object with the bytes.
    pub object: FileHash,
}

impl Body {
    /// The word for the kind, as in stored records.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Campaign(_) => "campaign",
            Self::Suggestion(_) => "suggestion",
            Self::Veto(_) => "veto",
            Self::MaterialSpec(_) => "material_spec",
            Self::Sample(_) => "sample",
            Self::ProcessSpec(_) => "process_spec",
            Self::Process(_) => "process",
            Self::MeasurementSpec(_) => "measurement_spec",
            Self::Measurement(_) => "measurement",
            Self::Series(_) => "series",
            Self::File(_) => "file",
        }
    }

    /// The sample a record belongs to.
    pub fn sample(&self) -> Option<SampleId> {
        match self {
            Self::Process(run) => Some(run.sample),
            Self::Measurement(run) => Some(run.sample),
            Self::Series(series) => Some(series.sample),
            _ => None,
        }
    }

    /// The campaign a record belongs to directly.
    pub fn campaign(&self) -> Option<CampaignId> {
        match self {
            Self::Suggestion(suggestion) => Some(suggestion.campaign),
            Self::Veto(veto) => Some(veto.campaign),
            Self::Sample(sample) => sample.campaign,
            _ => None,
        }
    }

    /// Every record this one points to; each must be in the dock.
    pub fn references(&self) -> Vec<RecordId> {
        let mut found = Vec::new();
        match self {
            Self::Suggestion(suggestion) => found.push(suggestion.campaign.record()),
            Self::Veto(veto) => {
                found.push(veto.campaign.record());
                found.extend(veto.suggestion.map(SuggestionId::record));
            }
            Self::Sample(sample) => {
                found.extend(sample.spec.map(MaterialSpecId::record));
                found.extend(sample.campaign.map(CampaignId::record));
                found.extend(sample.suggestion.map(SuggestionId::record));
            }
            Self::Process(run) => {
                found.push(run.sample.record());
                found.extend(run.spec.map(ProcessSpecId::record));
            }
            Self::Measurement(run) => {
                found.push(run.sample.record());
                found.extend(run.spec.map(MeasurementSpecId::record));
                found.extend(&run.from);
            }
            Self::Series(series) => found.extend([series.sample.record(), series.run]),
            Self::File(file) => found.extend(file.of),
            Self::Campaign(_) | Self::MaterialSpec(_) | Self::ProcessSpec(_) | Self::MeasurementSpec(_) => {}
        }
        found
    }

    /// Every object (by hash) this record points to; each must be in the object folder.
    pub fn objects(&self) -> Vec<&FileHash> {
        match self {
            Self::Campaign(campaign) => vec![&campaign.text],
            Self::Series(series) => vec![&series.object],
            Self::File(file) => vec![&file.object],
            _ => Vec::new(),
        }
    }
}

macro_rules! first_version {
    ($($function:ident: $id:ident => $variant:ident($body:ident)),* $(,)?) => {
        impl Record {
            $(
                /// The first version of a record of this kind.
                pub fn $function(id: $id, provenance: Provenance, body: $body) -> Self {
                    Self { id: id.record(), version: 1, provenance, body: Body::$variant(body) }
                }
            )*
        }
    };
}

first_version! {
    campaign: CampaignId => Campaign(Campaign),
    suggestion: SuggestionId => Suggestion(Suggestion),
    veto: VetoId => Veto(Veto),
    sample: SampleId => Sample(Sample),
    process: ProcessId => Process(Process),
    measurement: MeasurementId => Measurement(Measurement),
    series: SeriesId => Series(Series),
    file: FileId => File(File),
    material_spec: MaterialSpecId => MaterialSpec(Spec),
    process_spec: ProcessSpecId => ProcessSpec(Spec),
    measurement_spec: MeasurementSpecId => MeasurementSpec(Spec),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Agent, IdSource};

    #[test]
    fn a_stored_record_reads_as_its_parts() {
        let mut ids = IdSource::from_seed(1);
        let now = Timestamp::from_microseconds(0);
        let sample = SampleId::new(&mut ids, now);
        let run = Measurement {
            sample,
            spec: None,
            name: "impedance".into(),
            station: Some("impedance-1".into()),
            started: now,
            ended: now.plus_seconds(60.0),
            settings: Fields::new(),
            values: Fields::from([("resistance".into(), Datum::number(12.5, &"Ohm.cm2".parse().unwrap()))]),
            from: vec![],
            outcome: Outcome::Failed("contact lost".into()),
        };
        let record = Record::measurement(
            MeasurementId::new(&mut ids, now),
            Provenance::new(Agent::Station("impedance-1".into()), now),
            run,
        );
        let json = serde_json::to_value(&record).unwrap();
        assert_eq!(json["body"]["kind"], "measurement");
        assert_eq!(json["body"]["outcome"], "failed");
        assert_eq!(json["body"]["reason"], "contact lost");
        assert_eq!(serde_json::from_value::<Record>(json).unwrap(), record);
        assert_eq!(record.body.references(), [sample.record()]);
    }
}
