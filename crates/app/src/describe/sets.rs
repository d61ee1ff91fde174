//! The sets of descriptors, and how a row's structure becomes numbers.

use std::collections::BTreeSet;

use matdock_chem::{
    Composition, Ends, FeatureSet, FingerprintKind, Fingerprinter, Missing, MissingReason, Molecule, Mordred, Polymer,
    Rdkit, Synthesis,
};
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

/// How the structures of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Notation {
    /// Chemical formulas.
    Formula,
    /// SMILES.
    Smiles,
}

/// Sets of descriptors chosen for a table.
#[derive(Debug, Clone)]
pub struct Sets {
    notation: Notation,
    ends: Option<Ends>,
    chosen: Vec<Set>,
    headers: Vec<String>,
}

#[derive(Debug, Clone)]
enum Set {
    /// Of what the material consists of.
    Features(FeatureSet),
    /// Of a molecule; with the formulas of the literature where Mordred departs from them.
    Mordred { corrected: bool },
    /// Of a molecule, too.
    Rdkit,
    /// Of a repeat unit, whatever becomes of its ends elsewhere.
    Polymer,
    /// How easily a molecule can be made.
    Synthesis,
    /// The bits of a fingerprint, or how often each occurs.
    Fingerprint { maker: Fingerprinter, counts: bool },
}

/// The descriptors of one structure.
pub(super) struct Computed {
    pub(super) values: Vec<Option<f64>>,
    /// Why values are missing, and how many.
    pub(super) reasons: Vec<(Message, usize)>,
    /// Whether the structure has open ends that nobody said what to do with.
    pub(super) open: bool,
}

/// Why a value is missing.
#[derive(Clone, Copy, PartialEq)]
enum Reason {
    Feature(Missing),
    Molecule(MissingReason),
}

impl Reason {
    fn message(self) -> Message {
        match self {
            Self::Feature(missing) => missing.message(),
            Self::Molecule(missing) => missing.message(),
        }
    }
}

const MORDRED: &str = "mordred";
const RDKIT: &str = "rdkit";
const POLYMER: &str = "polymer";
const SYNTHESIS: &str = "synthesis";
/// Behind the name of a descriptor that `--corrected` computes otherwise.
const CORRECTED: &str = "@corrected";
/// Behind the name of a fingerprint: counts instead of bits.
const COUNTS: &str = "-counts";
const MACCS: &str = "maccs";

impl Set {
    fn of(name: &str, corrected: bool) -> Result<Self, Message> {
        match name {
            MORDRED => Ok(Self::Mordred { corrected }),
            RDKIT => Ok(Self::Rdkit),
            POLYMER => Ok(Self::Polymer),
            SYNTHESIS => Ok(Self::Synthesis),
            name if Synthesis::explain(name).is_some() => Ok(Self::Synthesis),
            name => {
                // `morgan-counts:3:1024` is `morgan:3:1024`, counted.
                let (kind, numbers) = name.split_at(name.find(':').unwrap_or(name.len()));
                let (kind, counts) = match kind.strip_suffix(COUNTS) {
                    Some(kind) if kind != MACCS => (kind, true),
                    _ => (kind, false),
                };
                if let Some(maker) = Fingerprinter::named(&format!("{kind}{numbers}")) {
                    return Ok(Self::Fingerprint { maker, counts });
                }
                let sets = || Sets::names().join(", ");
                let unknown = |_| say!("app-describe-unknown-set", name = name, sets = sets());
                FeatureSet::of(&[name]).map(Self::Features).map_err(unknown)
            }
        }
    }

    /// Names of the descriptors.
    fn names(&self, set: &str) -> Vec<String> {
        match self {
            Self::Features(features) => features.features().iter().map(ToString::to_string).collect(),
            Self::Mordred { corrected } => Mordred::names().iter().map(|name| mordred_name(name, *corrected)).collect(),
            Self::Rdkit => Rdkit::names().to_vec(),
            Self::Polymer => Polymer::names().to_vec(),
            Self::Synthesis => Synthesis::names().to_vec(),
            Self::Fingerprint { maker, .. } => {
                (first_place(set)..maker.size()).map(|place| format!("{set}_{place}")).collect()
            }
        }
    }

    /// Every descriptor, explained; the bits of a hashed fingerprint share a line.
    fn explain(&self, set: &str, language: Language) -> Vec<Descriptor> {
        let descriptor = |name: String, unit: &str, about: String| Descriptor {
            set: set.to_owned(),
            name,
            unit: unit.to_owned(),
            about,
        };
        match self {
            Self::Features(features) => {
                let one = |f: &matdock_chem::Feature| descriptor(f.to_string(), f.unit(), f.describe(language));
                features.features().iter().map(one).collect()
            }
            Self::Mordred { corrected } => {
                let about = |name: &str| match (Mordred::explain(name), Mordred::correction(name)) {
                    (Some(about), Some(correction)) => {
                        say!("app-describe-correction", about = about, correction = correction).text(language)
                    }
                    (about, _) => about.map_or_else(String::new, |about| about.text(language)),
                };
                let one = |name: &String| descriptor(mordred_name(name, *corrected), Mordred::unit(name), about(name));
                Mordred::names().iter().map(one).collect()
            }
            Self::Rdkit => {
                let about = |name: &str| Rdkit::explain(name).map_or_else(String::new, |about| about.text(language));
                let one = |name: &String| descriptor(name.clone(), Rdkit::unit(name), about(name));
                Rdkit::names().iter().map(one).collect()
            }
            Self::Polymer => {
                let about = |name: &str| Polymer::explain(name).map_or_else(String::new, |about| about.text(language));
                let one = |name: &String| descriptor(name.clone(), Polymer::unit(name), about(name));
                Polymer::names().iter().map(one).collect()
            }
            Self::Synthesis => {
                let about =
                    |name: &str| Synthesis::explain(name).map_or_else(String::new, |about| about.text(language));
                Synthesis::names().iter().map(|name| descriptor(name.clone(), "1", about(name))).collect()
            }
            Self::Fingerprint { maker, .. } if set == MACCS => {
                let one = |place: usize| descriptor(format!("{set}_{place}"), "1", maker.explain(place).text(language));
                (first_place(set)..maker.size()).map(one).collect()
            }
            Self::Fingerprint { maker, .. } => {
                let name = format!("{set}_0 … {set}_{}", maker.size().saturating_sub(1));
                vec![descriptor(name, "1", maker.explain(0).text(language))]
            }
        }
    }
}

/// The name of a descriptor of Mordred, told from Mordred's own value where it is computed otherwise.
fn mordred_name(name: &str, corrected: bool) -> String {
    let suffix = if corrected && Mordred::correction(name).is_some() { CORRECTED } else { "" };
    format!("{name}{suffix}")
}

/// MACCS keys are counted from 1.
fn first_place(set: &str) -> usize {
    usize::from(set == MACCS)
}

impl Sets {
    /// Names of all sets.
    pub fn names() -> Vec<&'static str> {
        [MORDRED, RDKIT, POLYMER, SYNTHESIS].into_iter().chain(Fingerprinter::NAMES).chain(FeatureSet::NAMES).collect()
    }

    /// The sets of these names for structures written so; the usual one where there are none: `mordred` for molecules,
    /// `magpie` for formulas.
    ///
    /// `ends` says what becomes of the open ends of repeat units; it is part of the names of the descriptors, as in `nC@H`.
    /// With `corrected`, Mordred's descriptors follow the literature where Mordred departs from it. A name that an
    /// earlier set has with another value gets that of its set behind it, as in `BalabanJ@rdkit`.
    ///
    /// Errors: a name no set has, one descriptor asked for twice, or a set that needs molecules for a column of formulas.
    pub fn of(names: &[String], notation: Notation, ends: Option<Ends>, corrected: bool) -> Result<Self, Message> {
        if let (Notation::Formula, Some(ends)) = (notation, ends) {
            return Err(say!("app-describe-ends-of-formulas", ends = ends));
        }
        let usual = match notation {
            Notation::Formula => "magpie".to_owned(),
            Notation::Smiles => MORDRED.to_owned(),
        };
        let names = if names.is_empty() { std::slice::from_ref(&usual) } else { names };
        let mut sets = Self { notation, ends, chosen: Vec::new(), headers: Vec::new() };
        let mut known = BTreeSet::new();
        for (at, name) in names.iter().enumerate() {
            let set = Set::of(name, corrected)?;
            if notation == Notation::Formula && !matches!(set, Set::Features(_)) {
                return Err(say!("app-describe-needs-molecules", set = name));
            }
            for descriptor in set.names(name) {
                let header = |descriptor: String| match ends.filter(|_| !matches!(set, Set::Polymer)) {
                    Some(ends) => format!("{descriptor}@{ends}"),
                    None => descriptor,
                };
                let (own, told) = (header(descriptor.clone()), header(format!("{descriptor}@{name}")));
                let another = !names[..at].contains(name) && matches!(set, Set::Mordred { .. } | Set::Rdkit);
                match known.insert(own.clone()) {
                    true => sets.headers.push(own),
                    false if another && known.insert(told.clone()) => sets.headers.push(told),
                    false => return Err(say!("app-describe-descriptor-twice", name = own)),
                }
            }
            sets.chosen.push(set);
        }
        Ok(sets)
    }

    /// Every descriptor of a set, explained. Errors: a name no set has.
    pub fn explain(name: &str, corrected: bool, language: Language) -> Result<Vec<Descriptor>, Message> {
        Ok(Set::of(name, corrected)?.explain(name, language))
    }

    /// Names of the descriptors, in order.
    pub(super) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Errors: the structure cannot be read; the message names the character.
    pub(super) fn compute(&self, structure: &str) -> Result<Computed, Message> {
        let structure = structure.trim();
        if structure.is_empty() {
            return Err(say!("app-describe-empty"));
        }
        let molecule = match (self.notation, self.ends) {
            (Notation::Formula, _) => None,
            (Notation::Smiles, Some(ends)) => Some(Molecule::from_repeat_unit(structure, ends)),
            (Notation::Smiles, None) => Some(Molecule::from_smiles(structure)),
        };
        let molecule = molecule.transpose().map_err(|error| error.message())?;
        // Ends are meant to stay open where only repeat units are described.
        let capped = self.chosen.iter().all(|set| matches!(set, Set::Polymer | Set::Fingerprint { .. }));
        let open = !capped && molecule.as_ref().is_some_and(|m| m.atoms().iter().any(|atom| atom.number == 0));
        let mut values = Vec::with_capacity(self.headers.len());
        for set in &self.chosen {
            match (set, &molecule) {
                (Set::Features(features), molecule) => {
                    let composition = match molecule {
                        None => Composition::parse(structure).map_err(|error| error.message())?,
                        Some(molecule) => molecule.composition().ok_or_else(|| say!("app-describe-open-ends"))?,
                    };
                    values.extend(features.compute(&composition).into_iter().map(|v| v.map_err(Reason::Feature)));
                }
                (Set::Mordred { corrected }, Some(molecule)) => {
                    let describe = if *corrected { Mordred::describe_corrected } else { Mordred::describe };
                    values.extend(describe(molecule).into_iter().map(|v| v.map_err(Reason::Molecule)));
                }
                (Set::Rdkit, Some(molecule)) => {
                    values.extend(Rdkit::describe(molecule).into_iter().map(|v| v.map_err(Reason::Molecule)));
                }
                (Set::Polymer, Some(_)) => {
                    let unit = Molecule::open_repeat_unit(structure).map_err(|error| error.message())?;
                    values.extend(Polymer::describe(&unit).into_iter().map(|v| v.map_err(Reason::Molecule)));
                }
                (Set::Synthesis, Some(molecule)) => {
                    values.extend(Synthesis::describe(molecule).into_iter().map(|v| v.map_err(Reason::Molecule)));
                }
                (Set::Fingerprint { maker, counts }, Some(molecule)) => {
                    let mut places = vec![0.0; maker.size()];
                    if *counts {
                        let all = maker.counts(molecule).into_iter();
                        all.for_each(|(place, count)| places[place as usize] = f64::from(count));
                    } else {
                        maker.bits(molecule).places().for_each(|place| places[place] = 1.0);
                    }
                    let skipped = usize::from(maker.kind() == FingerprintKind::Maccs);
                    values.extend(places.into_iter().skip(skipped).map(Ok));
                }
                // Refused when the sets were chosen.
                (Set::Mordred { .. } | Set::Rdkit | Set::Polymer | Set::Synthesis | Set::Fingerprint { .. }, None) => {
                    return Err(say!("app-describe-needs-molecules", set = MORDRED));
                }
            }
        }
        let mut reasons: Vec<(Reason, usize)> = Vec::new();
        for missing in values.iter().filter_map(|value| value.err()) {
            match reasons.iter_mut().find(|(known, _)| *known == missing) {
                Some((_, cells)) => *cells += 1,
                None => reasons.push((missing, 1)),
            }
        }
        let reasons = reasons.into_iter().map(|(reason, cells)| (reason.message(), cells)).collect();
        Ok(Computed { values: values.into_iter().map(Result::ok).collect(), reasons, open })
    }
}
