//! Sets of features that go together, by name.

use matdock_message::{Message, say};

use super::{Composition, Feature, Missing, OxidationFeature};

/// Features chosen for a model, in a fixed order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureSet {
    features: Vec<Feature>,
}

/// A name that is neither a set of features nor a feature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct UnknownFeature {
    /// The name asked for.
    pub name: String,
}

impl UnknownFeature {
    /// The error as a sentence in the reader's language.
    pub fn message(&self) -> Message {
        say!("chem-unknown-feature", name = self.name, sets = FeatureSet::NAMES.join(", "))
    }
}

/// For melting points of inorganic compounds, from tens of rows. Few on purpose: with more, distances in a Gaussian
/// process say less, and finding the best of a table takes longer.
const MELTING: [&str; 10] = [
    "ions.bond_strength",
    "ions.coulomb_strength",
    "electronegativity.range",
    "valence.mean",
    "p_valence.fraction",
    "melting_point.mean",
    "melting_point.min",
    "atomisation_enthalpy.min",
    "stoichiometry.anion_fraction",
    "stoichiometry.atoms",
];

/// A small set for any property of an inorganic material.
const BASIC: [&str; 13] = [
    "electronegativity.mean",
    "electronegativity.range",
    "covalent_radius.mean",
    "covalent_radius.range",
    "valence.mean",
    "valence.range",
    "period.mean",
    "group.mean",
    "group.range",
    "mass.mean",
    "melting_point.mean",
    "stoichiometry.norm2",
    "stoichiometry.atoms",
];

impl FeatureSet {
    /// Names of the ready-made sets.
    pub const NAMES: [&str; 5] = ["basic", "melting", "full", "magpie", "oxidation"];

    /// A ready-made set: `basic` (thirteen for any inorganic material), `melting` (ten for melting points), `full`
    /// (everything from matdock's table of the elements), `magpie` (132, equal to the set of the Python package
    /// matminer 0.10, but with what it makes up by averaging over the elements left missing), or `oxidation` (nine from
    /// the oxidation states that make the formula neutral).
    ///
    /// Errors: [`UnknownFeature`] for any other name.
    pub fn named(name: &str) -> Result<Self, UnknownFeature> {
        match name {
            "basic" => Self::of(&BASIC),
            "melting" => Self::of(&MELTING),
            "full" => Ok(Self { features: Feature::own() }),
            "magpie" => Ok(Self { features: Feature::magpie() }),
            "oxidation" => Ok(Self { features: OxidationFeature::ALL.map(Feature::Oxidation).to_vec() }),
            _ => Err(UnknownFeature { name: name.to_owned() }),
        }
    }

    /// Features by name; the name of a ready-made set stands for all of its features. Repeated ones are taken once.
    ///
    /// Errors: [`UnknownFeature`] for a name that is neither.
    pub fn of(names: &[impl AsRef<str>]) -> Result<Self, UnknownFeature> {
        let mut features = Vec::new();
        for name in names.iter().map(AsRef::as_ref) {
            let found = match Feature::from_name(name) {
                Some(feature) => vec![feature],
                None => Self::named(name)?.features,
            };
            for feature in found {
                if !features.contains(&feature) {
                    features.push(feature);
                }
            }
        }
        Ok(Self { features })
    }

    /// The features, in order.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Their names, in order.
    pub fn names(&self) -> Vec<String> {
        self.features.iter().map(Feature::to_string).collect()
    }

    /// The value of every feature for a material, in order; each may be missing on its own.
    pub fn compute(&self, composition: &Composition) -> Vec<Result<f64, Missing>> {
        Feature::compute_all(&self.features, composition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_made_sets_have_only_known_and_different_features() {
        for name in FeatureSet::NAMES {
            assert!(FeatureSet::named(name).is_ok(), "{name}");
        }
        assert_eq!(FeatureSet::named("basic").unwrap().features().len(), BASIC.len());
        assert_eq!(FeatureSet::named("melting").unwrap().features().len(), MELTING.len());
        assert!(FeatureSet::named("full").unwrap().features().len() > 150);
    }

    #[test]
    fn sets_and_single_features_combine() {
        let set = FeatureSet::of(&["basic", "mass.mean", "density.max"]).unwrap();
        assert_eq!(set.features().len(), BASIC.len() + 1);
        let error = FeatureSet::of(&["mass.average"]).unwrap_err();
        assert!(error.to_string().contains("mass.average"), "{error}");
    }
}
