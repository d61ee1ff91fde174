//! The sets of descriptors, and how a row's structure becomes numbers.

use matdock_chem::{Composition, Feature, FeatureSet, Missing};
use matdock_message::{Language, Message, say};
use serde::Serialize;

/// One number that can be computed from a structure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Descriptor {
    /// Set it belongs to.
    pub set: String,
    /// Name, which is also the header of its column.
    pub name: String,
    /// UCUM code of its unit; `1` where it has none.
    pub unit: String,
    /// What it is.
    pub about: String,
}

/// Sets of descriptors chosen for a table.
#[derive(Debug, Clone)]
pub struct Sets {
    features: FeatureSet,
}

/// The descriptors of one structure.
pub(super) struct Computed {
    pub(super) values: Vec<Option<f64>>,
    /// Why values are missing, and how many.
    pub(super) reasons: Vec<(Message, usize)>,
}

/// Taken where nobody says which.
const DEFAULT: &str = "magpie";

impl Sets {
    /// Names of all sets.
    pub fn names() -> Vec<&'static str> {
        FeatureSet::NAMES.to_vec()
    }

    /// The sets of these names; the usual one where there are none. Errors: a name no set has.
    pub fn of(names: &[String]) -> Result<Self, Message> {
        let features = match names {
            [] => FeatureSet::named(DEFAULT),
            names => FeatureSet::of(names),
        };
        Ok(Self { features: features.map_err(|error| error.message())? })
    }

    /// Headers of the columns, in order.
    pub fn descriptors(&self) -> &[Feature] {
        self.features.features()
    }

    /// Every descriptor of the sets, explained.
    pub fn explain(&self, set: &str, language: Language) -> Vec<Descriptor> {
        let one = |feature: &Feature| Descriptor {
            set: set.to_owned(),
            name: feature.to_string(),
            unit: feature.unit().to_owned(),
            about: feature.describe(language),
        };
        self.features.features().iter().map(one).collect()
    }

    pub(super) fn headers(&self) -> Vec<String> {
        self.features.names()
    }

    /// Errors: the structure cannot be read; the message names the character.
    pub(super) fn compute(&self, structure: &str) -> Result<Computed, Message> {
        if structure.trim().is_empty() {
            return Err(say!("app-describe-empty"));
        }
        let composition = Composition::parse(structure).map_err(|error| error.message())?;
        let mut reasons: Vec<(Missing, usize)> = Vec::new();
        let values = self.features.compute(&composition).into_iter().map(|value| {
            value
                .map_err(|missing| match reasons.iter_mut().find(|(known, _)| *known == missing) {
                    Some((_, cells)) => *cells += 1,
                    None => reasons.push((missing, 1)),
                })
                .ok()
        });
        let values = values.collect();
        let reasons = reasons.into_iter().map(|(missing, cells)| (missing.message(), cells)).collect();
        Ok(Computed { values, reasons })
    }
}
