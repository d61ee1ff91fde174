//! Every descriptor explained: what it is, its unit, its values, what it needs, and where it comes from.

use matdock_chem::{
    DescriptorValue, FingerprintKind, Fingerprinter, MissingReason, Molecule, Mordred, Polymer, Rdkit, Synthesis,
    ValueKind,
};
use matdock_message::{Language, Message, say};
use serde::Serialize;

use super::sets::{MACCS, Set, first_place, mordred_name};

/// One number that can be computed from a structure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Descriptor {
    /// Set it belongs to.
    pub set: String,
    /// Name, which is also the header of its column.
    pub name: String,
    /// UCUM code of its unit; `1` where it has none.
    pub unit: String,
    /// What values it takes.
    pub kind: Kind,
    /// What has to be there for it to have a value.
    pub needs: Needs,
    /// What it is.
    pub about: String,
    /// Who defined it, or whose numbers these are.
    pub source: String,
}

/// What values a descriptor takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Whole numbers from 0.
    Whole,
    /// Any number.
    Number,
    /// 1 for yes, 0 for no.
    YesNo,
}

/// What a descriptor is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// A formula, or a molecule without open ends.
    Formula,
    /// A molecule.
    Molecule,
    /// A molecule of known elements, without open ends.
    ClosedMolecule,
    /// A molecule in one piece.
    ConnectedMolecule,
    /// A repeat unit with two open ends.
    RepeatUnit,
}

/// A molecule in one piece and of known elements.
const WHOLE: &str = "CC(O)c1ccccc1Cl";
const SYNTHESIS_SOURCE: &str = "Ertl and Schuffenhauer, J. Cheminform. 1, 8 (2009)";
const TWO_PIECES: &str = "CC(O)c1ccccc1Cl.CCN";
const OPEN: &str = "*CC(O)c1ccccc1Cl";

impl From<ValueKind> for Kind {
    fn from(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Whole => Self::Whole,
            ValueKind::Real => Self::Number,
            ValueKind::YesNo => Self::YesNo,
        }
    }
}

/// What each descriptor of a set of molecules needs: what it has no value for says so.
fn needs(describe: fn(&Molecule) -> Vec<DescriptorValue>) -> Vec<Needs> {
    let of = |smiles| Molecule::from_smiles(smiles).map(|molecule| describe(&molecule)).unwrap_or_default();
    let (whole, pieces, open) = (of(WHOLE), of(TWO_PIECES), of(OPEN));
    let one = |((whole, pieces), open): ((DescriptorValue, DescriptorValue), DescriptorValue)| match (pieces, open) {
        (Err(MissingReason::SeveralFragments), _) => Needs::ConnectedMolecule,
        (_, Err(_)) if whole.is_ok() => Needs::ClosedMolecule,
        _ => Needs::Molecule,
    };
    whole.into_iter().zip(pieces).zip(open).map(one).collect()
}

impl Set {
    /// Every descriptor, explained; the bits of a hashed fingerprint share a line.
    pub(super) fn explain(&self, set: &str, language: Language) -> Vec<Descriptor> {
        let text = |about: Option<Message>| about.map_or_else(String::new, |about| about.text(language));
        let descriptor = |name: String, unit: &str, kind: Kind, needs: Needs, about: String, source: &str| Descriptor {
            set: set.to_owned(),
            name,
            unit: unit.to_owned(),
            kind,
            needs,
            about,
            source: source.to_owned(),
        };
        match self {
            Self::Features(features) => {
                let one = |f: &matdock_chem::Feature| {
                    let name = f.to_string();
                    let source = feature_source(&name);
                    descriptor(name, f.unit(), Kind::Number, Needs::Formula, f.describe(language), source)
                };
                features.features().iter().map(one).collect()
            }
            Self::Mordred { corrected } => {
                let about = |name: &str| match (Mordred::explain(name), Mordred::correction(name)) {
                    (Some(about), Some(correction)) => {
                        say!("app-describe-correction", about = about, correction = correction).text(language)
                    }
                    (about, _) => text(about),
                };
                let one = |(name, needs): (&String, Needs)| {
                    let header = mordred_name(name, *corrected);
                    let kind = Mordred::kind(name).into();
                    descriptor(header, Mordred::unit(name), kind, needs, about(name), Mordred::source(name))
                };
                Mordred::names().iter().zip(needs(Mordred::describe)).map(one).collect()
            }
            Self::Rdkit => {
                let one = |(name, needs): (&String, Needs)| {
                    let (unit, about) = (Rdkit::unit(name), text(Rdkit::explain(name)));
                    descriptor(name.clone(), unit, Rdkit::kind(name).into(), needs, about, Rdkit::source(name))
                };
                Rdkit::names().iter().zip(needs(Rdkit::describe)).map(one).collect()
            }
            Self::Polymer => {
                let one = |name: &String| {
                    let (unit, about) = (Polymer::unit(name), text(Polymer::explain(name)));
                    let kind = if COUNTED.contains(&name.as_str()) { Kind::Whole } else { Kind::Number };
                    descriptor(name.clone(), unit, kind, Needs::RepeatUnit, about, "matdock")
                };
                Polymer::names().iter().map(one).collect()
            }
            Self::Synthesis => {
                let one = |name: &String| {
                    let about = text(Synthesis::explain(name));
                    descriptor(name.clone(), "1", Kind::Number, Needs::Molecule, about, SYNTHESIS_SOURCE)
                };
                Synthesis::names().iter().map(one).collect()
            }
            Self::Fingerprint { maker, .. } if set == MACCS => {
                let one = |place: usize| {
                    let (name, about) = (format!("{set}_{place}"), maker.explain(place).text(language));
                    descriptor(name, "1", Kind::YesNo, Needs::Molecule, about, fingerprint_source(maker))
                };
                (first_place(set)..maker.size()).map(one).collect()
            }
            Self::Fingerprint { maker, counts } => {
                let name = format!("{set}_0 … {set}_{}", maker.size().saturating_sub(1));
                let kind = if *counts { Kind::Whole } else { Kind::YesNo };
                let about = maker.explain(0).text(language);
                vec![descriptor(name, "1", kind, Needs::Molecule, about, fingerprint_source(maker))]
            }
        }
    }
}

/// Descriptors of repeat units that count.
const COUNTED: [&str; 7] = [
    "polymer.backbone_length",
    "polymer.backbone_atoms",
    "polymer.side_atoms",
    "polymer.longest_side_group",
    "polymer.ether_oxygens",
    "polymer.anions_on_chain",
    "polymer.cations_on_chain",
];

fn feature_source(name: &str) -> &'static str {
    match name.starts_with("MagpieData") {
        true => "Ward et al., npj Comput. Mater. 2, 16028 (2016); matminer 0.10",
        false => "Ward et al., npj Comput. Mater. 2, 16028 (2016); numbers: NOTICE",
    }
}

fn fingerprint_source(maker: &Fingerprinter) -> &'static str {
    match maker.kind() {
        FingerprintKind::Morgan { .. } | FingerprintKind::FeatureMorgan { .. } => {
            "Rogers and Hahn, J. Chem. Inf. Model. 50, 742 (2010)"
        }
        FingerprintKind::Maccs => "Durant et al., J. Chem. Inf. Comput. Sci. 42, 1273 (2002)",
        FingerprintKind::AtomPairs => "Carhart et al., J. Chem. Inf. Comput. Sci. 25, 64 (1985)",
        FingerprintKind::Torsions => "Nilakantan et al., J. Chem. Inf. Comput. Sci. 27, 82 (1987)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::Sets;

    #[test]
    fn every_descriptor_of_every_set_is_explained_in_full() {
        for set in Sets::names() {
            for corrected in [false, true] {
                for language in [Language::English, Language::Japanese] {
                    for one in Sets::explain(set, corrected, language).unwrap() {
                        let full = [&one.set, &one.name, &one.unit, &one.about, &one.source];
                        assert!(full.iter().all(|text| !text.is_empty()), "{one:?}");
                        assert!(!one.about.contains("chem-") && !one.about.contains("app-"), "{one:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_a_descriptor_needs_is_what_it_is_missing_without() {
        let list = Sets::explain("mordred", false, Language::English).unwrap();
        let of = |name: &str| list.iter().find(|one| one.name == name).map(|one| (one.kind, one.needs)).unwrap();
        assert_eq!(of("nC"), (Kind::Whole, Needs::Molecule));
        assert_eq!(of("SpMax_D"), (Kind::Number, Needs::ConnectedMolecule));
        assert_eq!(of("Mv"), (Kind::Number, Needs::ClosedMolecule));
        assert_eq!(of("Lipinski").0, Kind::YesNo);
    }
}
