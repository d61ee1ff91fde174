//! What importance is asked of: choices, groups of features that say the same, columns of the table, families of descriptors.

use std::collections::{BTreeMap, BTreeSet};

use matdock_learn::{learner::Features, validate::rank_correlation};
use matdock_message::Language;

use crate::{
    describe::{Notation, Sets},
    learning::schema::{Input, Schema},
};

/// Rank correlation from which on features share what they say.
pub(super) const TOGETHER: f64 = 0.95;
/// Rows that correlations are computed from.
const ROWS: usize = 500;

/// Where a feature comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Origin {
    /// Column of the table; empty where it was computed from several.
    pub(super) source: String,
    /// Family of descriptors; empty for plain columns.
    pub(super) family: String,
    pub(super) unit: Option<String>,
    /// What a descriptor is, in a few words.
    pub(super) meaning: String,
    /// Whether it is one of the names of a choice.
    pub(super) level: Option<String>,
}

/// Features that are looked at together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// The feature (or the column of a choice) it is named after.
    pub(super) name: String,
    /// Numbers of its features, that of the name first.
    pub(super) features: Vec<usize>,
    pub(super) choice: bool,
}

/// Where every feature of a schema comes from.
pub(super) fn origins(schema: &Schema, language: Language) -> Vec<Origin> {
    let mut known: BTreeMap<String, Origin> = BTreeMap::new();
    let several = schema.inputs.iter().filter(|input| matches!(input, Input::Structure { .. })).count() > 1;
    for input in &schema.inputs {
        let source = input.name().to_owned();
        match input {
            Input::Number { name, unit, scale } => {
                let unit = scale.unit(unit.as_deref());
                known.insert(scale.feature(name), Origin { source, unit, ..Origin::default() });
            }
            Input::Choice { name, levels } => {
                for level in levels {
                    let origin = Origin { source: source.clone(), level: Some(level.clone()), ..Origin::default() };
                    known.insert(format!("{name} = {level}"), origin);
                }
            }
            Input::Structure { name, sets, notation, .. } => {
                for set in sets {
                    let ends = None;
                    let Ok(headers) = Sets::of(std::slice::from_ref(set), &[*notation], ends, false) else { continue };
                    let meanings: BTreeMap<String, (String, String)> = Sets::explain(set, false, language)
                        .unwrap_or_default()
                        .into_iter()
                        .map(|one| (one.name, (one.unit, one.about)))
                        .collect();
                    for header in headers.headers() {
                        let (unit, meaning) = meanings.get(header).cloned().unwrap_or_default();
                        let origin = Origin {
                            source: source.clone(),
                            family: family(set, header, *notation),
                            unit: Some(unit).filter(|unit| !unit.is_empty() && unit != "1"),
                            meaning,
                            level: None,
                        };
                        let feature = if several { format!("{name}: {header}") } else { header.clone() };
                        known.insert(feature, origin);
                    }
                }
            }
        }
    }
    schema.features.iter().map(|name| known.get(name).cloned().unwrap_or_default()).collect()
}

/// Which descriptors belong together: of Magpie those of one property, of the others those that share the first letters.
fn family(set: &str, descriptor: &str, notation: Notation) -> String {
    if notation == Notation::Formula {
        let last = descriptor.rsplit(' ').next().unwrap_or(descriptor);
        return format!("{set} {last}");
    }
    const STARTS: &[&str] = &[
        "fr_",
        "PEOE_VSA",
        "SMR_VSA",
        "SlogP_VSA",
        "EState_VSA",
        "VSA_EState",
        "BCUT2D",
        "Chi",
        "Kappa",
        "Num",
        "nBase",
        "AATS",
        "ATSC",
        "ATS",
        "GATS",
        "MATS",
        "AXp",
        "Xp",
        "Xc",
        "Xch",
        "ETA_",
        "MIC",
        "IC",
        "SIC",
        "BIC",
        "CIC",
        "MWC",
        "SRW",
        "polymer.",
    ];
    let start = STARTS.iter().find(|start| descriptor.starts_with(**start));
    start.map_or_else(|| set.to_owned(), |start| format!("{set} {}", start.trim_end_matches(['_', '.'])))
}

/// Choices and features, those that say the same together, the strongest of `strengths` first, at most `most`.
pub(super) fn units(
    origins: &[Origin],
    schema: &Schema,
    features: &Features,
    strengths: &[f64],
    most: usize,
) -> Vec<Unit> {
    let strength = |feature: usize| strengths.get(feature).copied().unwrap_or(0.0);
    let mut choices: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut candidates: Vec<(f64, Unit)> = Vec::new();
    for (number, origin) in origins.iter().enumerate() {
        if origin.level.is_some() {
            choices.entry(&origin.source).or_default().push(number);
        } else {
            let name = schema.features.get(number).cloned().unwrap_or_default();
            candidates.push((strength(number), Unit { name, features: vec![number], choice: false }));
        }
    }
    for (name, levels) in choices {
        let sum = levels.iter().map(|level| strength(*level)).sum();
        candidates.push((sum, Unit { name: name.to_owned(), features: levels, choice: true }));
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.features.cmp(&b.1.features)));
    let step = features.rows().div_ceil(ROWS).max(1);
    let sampled = features.select(&(0..features.rows()).step_by(step).collect::<Vec<_>>());
    let mut taken = BTreeSet::new();
    let mut units: Vec<Unit> = Vec::new();
    for (place, (_, unit)) in candidates.iter().enumerate() {
        if units.len() >= most {
            break;
        }
        if taken.contains(&unit.features[0]) {
            continue;
        }
        let mut unit = unit.clone();
        if !unit.choice {
            for (_, other) in &candidates[place + 1..] {
                let number = other.features[0];
                if !other.choice
                    && !taken.contains(&number)
                    && correlated(sampled.column(unit.features[0]), sampled.column(number))
                {
                    unit.features.push(number);
                }
            }
        }
        taken.extend(unit.features.iter().copied());
        units.push(unit);
    }
    units
}

fn correlated(a: &[f64], b: &[f64]) -> bool {
    let known = a.iter().zip(b).filter(|(a, b)| a.is_finite() && b.is_finite());
    let (a, b): (Vec<f64>, Vec<f64>) = known.map(|(a, b)| (*a, *b)).unzip();
    a.len() >= 5 && rank_correlation(&a, &b).abs() > TOGETHER
}

/// Features by what `key` says of their origin, the strongest first, at most `most`; those without one are left out.
pub(super) fn grouped(
    origins: &[Origin],
    strengths: &[f64],
    most: usize,
    key: impl Fn(&Origin) -> Option<String>,
) -> Vec<Unit> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, origin) in origins.iter().enumerate() {
        if let Some(name) = key(origin) {
            groups.entry(name).or_default().push(number);
        }
    }
    let sum = |features: &[usize]| -> f64 { features.iter().filter_map(|feature| strengths.get(*feature)).sum() };
    let mut groups: Vec<Unit> =
        groups.into_iter().map(|(name, features)| Unit { name, features, choice: false }).collect();
    groups.sort_by(|a, b| sum(&b.features).total_cmp(&sum(&a.features)).then_with(|| a.name.cmp(&b.name)));
    groups.truncate(most);
    groups
}
