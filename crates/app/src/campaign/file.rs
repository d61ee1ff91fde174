//! The campaign file as it is written: every key, its default and its documentation.

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_plan::{ReplicatesWanted, Wanted};
use serde::Deserialize;
use toml::Spanned;

/// The whole of `campaign.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignFile {
    pub campaign: Head,
    #[serde(default)]
    pub budget: BudgetPart,
    pub cost: Option<Spanned<CostPart>>,
    #[serde(default)]
    pub goal: GoalPart,
    #[serde(default, rename = "objective")]
    pub objectives: Vec<Spanned<ObjectivePart>>,
    #[serde(default, rename = "bound")]
    pub bounds: Vec<Spanned<BoundPart>>,
    #[serde(default, rename = "intermediate")]
    pub intermediates: Vec<Spanned<IntermediatePart>>,
    #[serde(default, rename = "parameter")]
    pub parameters: Vec<Spanned<ParameterPart>>,
    #[serde(default, rename = "constraint")]
    pub constraints: Vec<Spanned<ConstraintPart>>,
    #[serde(default)]
    pub forbidden: Vec<Spanned<ForbiddenPart>>,
    #[serde(default, rename = "mixture")]
    pub mixtures: Vec<Spanned<MixturePart>>,
    pub pool: Option<Spanned<PoolPart>>,
    #[serde(default)]
    pub planner: PlannerPart,
    pub lab: Option<Spanned<LabPart>>,
    pub stop_early: Option<Spanned<StopEarlyPart>>,
    #[serde(default, rename = "partial")]
    pub partials: Vec<Spanned<PartialPart>>,
    #[serde(default, rename = "guess")]
    pub guesses: Vec<Spanned<GuessPart>>,
    #[serde(default, rename = "look")]
    pub looks: Vec<Spanned<LookPart>>,
    #[serde(default, rename = "source")]
    pub sources: Vec<Spanned<SourcePart>>,
    #[serde(default, rename = "trend")]
    pub trends: Vec<Spanned<TrendPart>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub name: Spanned<String>,
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    #[expect(dead_code, reason = "a note for people; kept with the text of the file")]
    pub description: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetPart {
    pub experiments: Option<Spanned<u32>>,
    pub lab_time: Option<Spanned<String>>,
    pub cost: Option<Spanned<f64>>,
    pub hours: Option<Spanned<f64>>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct CostPart {
    #[serde(default)]
    pub experiment: f64,
    #[serde(default)]
    pub hours: f64,
    #[serde(default)]
    pub unit: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct GoalPart {
    #[serde(default)]
    pub combine: CombineWord,
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "lowercase")]
pub(super) enum CombineWord {
    #[default]
    Sum,
    Pareto,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectivePart {
    pub outcome: String,
    #[serde(default)]
    pub unit: String,
    pub direction: DirectionWord,
    pub target: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub weight: Option<f64>,
    pub scale: Option<f64>,
    pub reference: Option<f64>,
    pub stop_at: Option<f64>,
    pub good: Option<f64>,
    pub feature: Option<String>,
    pub from: Option<Vec<String>>,
    pub formula: Option<String>,
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum DirectionWord {
    #[serde(alias = "minimize")]
    Minimise,
    #[serde(alias = "maximize")]
    Maximise,
    Target,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoundPart {
    pub outcome: String,
    #[serde(default)]
    pub unit: String,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub from: Option<Vec<String>>,
    pub formula: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntermediatePart {
    pub name: String,
    #[serde(default)]
    pub unit: String,
    pub feature: Option<String>,
    pub pixel: Option<String>,
    pub from: Option<Vec<String>>,
    pub formula: Option<String>,
    #[serde(default)]
    pub computed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterPart {
    pub name: String,
    #[serde(default)]
    pub unit: String,
    #[serde(rename = "type")]
    pub kind: KindWord,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub scale: Option<toml::Value>,
    pub step: Option<f64>,
    pub levels: Option<Vec<toml::Value>>,
    #[serde(default)]
    pub used_up: Vec<toml::Value>,
    pub features: Option<String>,
    pub change_cost: Option<f64>,
    pub change_hours: Option<f64>,
    pub table: Option<String>,
    pub label: Option<String>,
    pub descriptors: Option<Vec<String>>,
    pub when: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstraintPart {
    pub rule: String,
    pub reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForbiddenPart {
    #[serde(rename = "where")]
    pub place: String,
    pub reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MixturePart {
    pub name: String,
    pub components: Vec<String>,
    pub total: Option<f64>,
    pub at_most: Option<usize>,
    #[serde(default)]
    pub optional: bool,
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum KindWord {
    Continuous,
    Integer,
    Ordinal,
    Categorical,
    Substance,
    Formula,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PoolPart {
    pub table: String,
    pub label: Option<String>,
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannerPart {
    pub initial: Option<Spanned<toml::Value>>,
    pub random_start: Option<bool>,
    pub surrogate: Option<Wanted>,
    #[serde(default)]
    pub robust: bool,
    pub drift: Option<DriftWord>,
    pub replicates: Option<ReplicatesWanted>,
}

/// `true`, `false` or `"auto"`.
#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(untagged)]
pub(super) enum DriftWord {
    Plain(bool),
    Word(AutoWord),
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum AutoWord {
    Auto,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuessPart {
    #[serde(default)]
    pub at: BTreeMap<String, toml::Value>,
    pub row: Option<String>,
    pub confidence: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcePart {
    pub table: Option<String>,
    pub campaign: Option<String>,
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    #[serde(default)]
    pub defaults: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrendPart {
    pub outcome: String,
    pub parameter: String,
    pub direction: TrendWord,
    pub from: Option<f64>,
    pub to: Option<f64>,
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum TrendWord {
    Rises,
    Falls,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookPart {
    #[serde(rename = "where")]
    pub condition: String,
    pub experiments: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartialPart {
    pub until: String,
    pub gives: Vec<String>,
    pub cost: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopEarlyPart {
    pub below: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LabPart {
    pub lab: String,
    pub recipe: String,
    pub in_flight: Option<u32>,
    #[serde(default)]
    pub time: TimeWord,
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "lowercase")]
pub(super) enum TimeWord {
    /// Virtual where every station is simulated, real otherwise.
    #[default]
    Auto,
    Virtual,
    Real,
}

/// Reads the text; `file` names it in errors.
pub(super) fn parse(text: &str, file: &str) -> Result<CampaignFile, Message> {
    toml::from_str(text).map_err(|error| {
        let what = say!("app-toml", reason = error.message());
        match error.span() {
            Some(span) => at(text, file, span.start, what),
            None => say!("place-file", file = file, what = what),
        }
    })
}

/// `what` with its place: the line of the byte at `offset`.
pub(super) fn at(text: &str, file: &str, offset: usize, what: Message) -> Message {
    let line = 1 + text.bytes().take(offset).filter(|&b| b == b'\n').count();
    say!("place-file-line", file = file, line = line, what = what)
}
