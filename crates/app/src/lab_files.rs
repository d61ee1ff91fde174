//! `matdock lab check` and `matdock lab simulate`: a lab and a recipe without any instrument.

use matdock_lab::{CheckReport, Lab, Recipe, gantt_svg, lab::Limit, recipe::Setting, recipe::Work};
use matdock_message::{Language, Message};
use matdock_plan::{ParameterKind, Scale, Value};
use matdock_record::{Datum, body::Fields};
use serde::Serialize;

use crate::campaign::{Campaign, InputKind};

/// What a dry run found, as texts.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    /// What has to be mended.
    pub problems: Vec<String>,
    /// What may be a mistake.
    pub warnings: Vec<String>,
    /// Shortest and longest planned time of one sample alone \[s\].
    pub seconds_per_sample: Option<(f64, f64)>,
    /// The station that limits the throughput, and its time per sample \[s\].
    pub bottleneck: Option<(String, f64)>,
    /// Campaign parameters the recipe uses.
    pub parameters: Vec<String>,
}

impl Checked {
    /// The texts of a report in `language`.
    pub fn of(report: &CheckReport, language: Language) -> Self {
        let texts = |messages: &[Message]| messages.iter().map(|message| message.text(language)).collect();
        Self {
            problems: texts(&report.problems),
            warnings: texts(&report.warnings),
            seconds_per_sample: report.duration,
            bottleneck: report.bottleneck.clone(),
            parameters: report.parameters.clone(),
        }
    }
}

/// A way to take a feature from a series or an image, as texts.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// What recipes call it; `N` stands for a number.
    pub name: String,
    /// Counts up when the same data would give another value.
    pub version: u32,
    /// `series` or `image`.
    pub of: &'static str,
    /// Unit of what it yields.
    pub unit: &'static str,
    /// What it is.
    pub about: String,
    /// Where the formula comes from.
    pub source: &'static str,
}

/// All extractors, described in `language`.
pub fn extractors(language: Language) -> Vec<Listed> {
    let listed = matdock_lab::feature::all().map(|extractor| Listed {
        name: if extractor.numbered { format!("{} N", extractor.name) } else { extractor.name.to_owned() },
        version: extractor.version,
        of: if extractor.is_of_image() { "image" } else { "series" },
        unit: extractor.unit.word(),
        about: extractor.about().text(language),
        source: extractor.source,
    });
    listed.collect()
}

/// How a lab does with many samples.
#[derive(Debug, Clone, Serialize)]
pub struct Simulated {
    /// Samples made.
    pub samples: usize,
    /// Of them lost because a time limit passed.
    pub lost: usize,
    /// Why, each reason once.
    pub lost_because: Vec<String>,
    /// Samples under way at once, at most.
    pub in_flight: usize,
    /// From the first to the last \[s\].
    pub makespan_seconds: f64,
    /// Samples per day.
    pub samples_per_day: f64,
    /// Share of the time each station is in use, 0..1; the robot last.
    pub utilisation: Vec<(String, f64)>,
    /// The settings of every sample.
    pub settings: Fields,
    /// The chart as SVG.
    #[serde(skip)]
    pub gantt: String,
}

/// Simulates `samples` samples with the same settings.
///
/// # Errors
/// The recipe cannot run on this lab, or a setting is missing.
pub fn simulate(
    lab: &Lab,
    recipe: &Recipe,
    samples: usize,
    settings: &Fields,
    seed: u64,
) -> Result<Simulated, Message> {
    let simulation = matdock_lab::simulate(lab, recipe, samples, settings, seed)?;
    Ok(Simulated {
        samples: simulation.samples,
        lost: simulation.lost,
        lost_because: simulation.reasons.clone(),
        in_flight: recipe.in_flight.unwrap_or(lab.in_flight),
        makespan_seconds: simulation.makespan,
        samples_per_day: simulation.per_day,
        utilisation: simulation.utilisation.clone(),
        settings: settings.clone(),
        gantt: gantt_svg(&simulation),
    })
}

/// A value for every campaign parameter of the recipe: as given, else the middle of the campaign's range where there is
/// a campaign, else the middle of what the lab allows.
pub fn settings(lab: &Lab, recipe: &Recipe, given: Fields, campaign: Option<&Campaign>) -> Fields {
    let mut settings = given;
    // Of a pool, whose ranges may be open, any row.
    if let Some(pool) = campaign.and_then(|campaign| campaign.pool.as_ref()) {
        for (name, datum) in pool.settings(pool.len() / 2) {
            settings.entry(name).or_insert(datum);
        }
    }
    for input in campaign.iter().filter(|campaign| campaign.pool.is_none()).flat_map(|campaign| &campaign.inputs) {
        if let InputKind::Plain(kind) = &input.kind {
            settings.entry(input.name.clone()).or_insert_with(|| input.datum(&middle(kind)));
        }
    }
    for step in &recipe.steps {
        let Work::Station { capability, settings: wanted, .. } = &step.work else { continue };
        let Some((_, offered)) = lab.offering(capability).next() else { continue };
        for (name, setting) in wanted {
            let Setting::Parameter(parameter) = setting else { continue };
            let limit = offered.parameters.iter().find(|limit| limit.name == *name);
            let (Some(limit), false) = (limit, settings.contains_key(parameter)) else { continue };
            let middle = match &limit.limit {
                // Half of each: the sum of two large numbers could overflow.
                Limit::Number { unit, min, max } => Some(Datum::number(min / 2.0 + max / 2.0, unit)),
                Limit::Choices(words) => words.first().map(|word| Datum::Text(word.clone())),
                Limit::Flag => Some(Datum::Flag(false)),
            };
            if let Some(middle) = middle {
                settings.insert(parameter.clone(), middle);
            }
        }
    }
    settings
}

/// A setting in the middle of a range, on its scale.
fn middle(kind: &ParameterKind) -> Value {
    match kind {
        ParameterKind::Continuous { low, high, scale: Scale::Log, .. } => Value::Number(low.sqrt() * high.sqrt()),
        ParameterKind::Continuous { low, high, .. } => Value::Number(low / 2.0 + high / 2.0),
        ParameterKind::Integer { low, high } => Value::Number((*low as f64 / 2.0 + *high as f64 / 2.0).round()),
        ParameterKind::Ordinal { levels } => Value::Number(levels.get(levels.len() / 2).copied().unwrap_or_default()),
        ParameterKind::Categorical { levels } | ParameterKind::Substance { levels, .. } => {
            Value::Level(levels.first().cloned().unwrap_or_default())
        }
    }
}
