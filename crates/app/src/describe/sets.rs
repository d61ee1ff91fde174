//! The sets of descriptors, and how a row's structure becomes numbers.

use std::collections::BTreeSet;

use matdock_chem::{
    Composition, DescriptorValue, Ends, FeatureSet, FingerprintKind, Fingerprinter, Missing, MissingReason, Molecule,
    Mordred, Polymer, Rdkit, Synthesis,
};
use matdock_message::{Language, Message, say};
use serde::{Deserialize, Serialize};

use super::{
    cache::{Cache, Fresh, Structure},
    listing::Descriptor,
};

/// From a molecule to the values of a set.
type Describe = fn(&Molecule) -> Vec<DescriptorValue>;

/// How the structures of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notation {
    /// Chemical formulas.
    Formula,
    /// SMILES.
    Smiles,
}

impl Notation {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::Formula, Self::Smiles];

    /// Of several structures: formulas where one of them is.
    pub(super) fn of_all(all: &[Self]) -> Self {
        if all.contains(&Self::Formula) { Self::Formula } else { Self::Smiles }
    }
}

/// Sets of descriptors chosen for a table.
#[derive(Debug, Clone)]
pub struct Sets {
    ends: Option<Ends>,
    chosen: Vec<Set>,
    headers: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) enum Set {
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

/// The descriptors of a row.
pub(super) struct Computed {
    pub(super) values: Vec<Option<f64>>,
    /// Why values are missing, and how many.
    pub(super) reasons: Vec<(Message, usize)>,
    /// Whether a structure has open ends that nobody said what to do with.
    pub(super) open: bool,
    /// Whether fractions were scaled to add up to one.
    pub(super) scaled: bool,
    /// What was computed and is to be kept.
    pub(super) fresh: Vec<Fresh>,
    /// How often descriptors were known.
    pub(super) hits: usize,
}

/// The descriptors of one structure.
#[derive(Default)]
pub(super) struct Values {
    pub(super) values: Vec<Result<f64, Reason>>,
    pub(super) open: bool,
    pub(super) fresh: Vec<Fresh>,
    pub(super) hits: usize,
}

/// Why a value is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reason {
    Feature(Missing),
    Molecule(MissingReason),
}

impl Reason {
    pub(super) fn message(self) -> Message {
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
pub(super) const MACCS: &str = "maccs";

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

    /// Name and way of a set that takes longer to compute than to look up.
    fn kept(&self) -> Option<(String, Describe)> {
        match self {
            Self::Mordred { corrected: false } => Some((MORDRED.to_owned(), Mordred::describe)),
            Self::Mordred { corrected: true } => Some((format!("{MORDRED}-corrected"), Mordred::describe_corrected)),
            Self::Rdkit => Some((RDKIT.to_owned(), Rdkit::describe)),
            Self::Features(_) | Self::Polymer | Self::Synthesis | Self::Fingerprint { .. } => None,
        }
    }

    fn compute(
        &self,
        structure: &str,
        molecule: Option<&Molecule>,
        values: &mut Vec<Result<f64, Reason>>,
    ) -> Result<(), Message> {
        match (self, molecule) {
            (Self::Features(features), molecule) => {
                let composition = match molecule {
                    None => Composition::parse(structure).map_err(|error| error.message())?,
                    Some(molecule) => molecule.composition().ok_or_else(|| say!("app-describe-open-ends"))?,
                };
                values.extend(features.compute(&composition).into_iter().map(|v| v.map_err(Reason::Feature)));
            }
            (Self::Mordred { corrected }, Some(molecule)) => {
                let describe = if *corrected { Mordred::describe_corrected } else { Mordred::describe };
                values.extend(describe(molecule).into_iter().map(|v| v.map_err(Reason::Molecule)));
            }
            (Self::Rdkit, Some(molecule)) => {
                values.extend(Rdkit::describe(molecule).into_iter().map(|v| v.map_err(Reason::Molecule)));
            }
            (Self::Polymer, Some(_)) => {
                let unit = Molecule::open_repeat_unit(structure).map_err(|error| error.message())?;
                values.extend(Polymer::describe(&unit).into_iter().map(|v| v.map_err(Reason::Molecule)));
            }
            (Self::Synthesis, Some(molecule)) => {
                values.extend(Synthesis::describe(molecule).into_iter().map(|v| v.map_err(Reason::Molecule)));
            }
            (Self::Fingerprint { maker, counts }, Some(molecule)) => {
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
            (Self::Mordred { .. } | Self::Rdkit | Self::Polymer | Self::Synthesis | Self::Fingerprint { .. }, None) => {
                return Err(say!("app-describe-needs-molecules", set = MORDRED));
            }
        }
        Ok(())
    }
}

/// The name of a descriptor of Mordred, told from Mordred's own value where it is computed otherwise.
pub(super) fn mordred_name(name: &str, corrected: bool) -> String {
    let suffix = if corrected && Mordred::correction(name).is_some() { CORRECTED } else { "" };
    format!("{name}{suffix}")
}

/// MACCS keys are counted from 1.
pub(super) fn first_place(set: &str) -> usize {
    usize::from(set == MACCS)
}

impl Sets {
    /// Names of all sets.
    pub fn names() -> Vec<&'static str> {
        [MORDRED, RDKIT, POLYMER, SYNTHESIS].into_iter().chain(Fingerprinter::NAMES).chain(FeatureSet::NAMES).collect()
    }

    /// The sets of these names for structures written so, all of them; the usual one where there are none: `mordred` for molecules,
    /// `magpie` for formulas.
    ///
    /// `ends` says what becomes of the open ends of repeat units; it is part of the names of the descriptors, as in `nC@H`.
    /// With `corrected`, Mordred's descriptors follow the literature where Mordred departs from it. A name that an
    /// earlier set has with another value gets that of its set behind it, as in `BalabanJ@rdkit`.
    ///
    /// Errors: a name no set has, one descriptor asked for twice, or a set that needs molecules for a column of formulas.
    pub fn of(names: &[String], notations: &[Notation], ends: Option<Ends>, corrected: bool) -> Result<Self, Message> {
        if let (false, Some(ends)) = (notations.contains(&Notation::Smiles), ends) {
            return Err(say!("app-describe-ends-of-formulas", ends = ends));
        }
        let notation = Notation::of_all(notations);
        let usual = match notation {
            Notation::Formula => "magpie".to_owned(),
            Notation::Smiles => MORDRED.to_owned(),
        };
        let names = if names.is_empty() { std::slice::from_ref(&usual) } else { names };
        let mut sets = Self { ends, chosen: Vec::new(), headers: Vec::new() };
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
    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Whether one of these sets can only be computed from molecules.
    pub(super) fn need_molecules(names: &[String]) -> bool {
        names.iter().any(|name| Set::of(name, false).is_ok_and(|set| !matches!(set, Set::Features(_))))
    }

    /// Sets worth keeping: those that take longer to compute than to look up. Each with its number of descriptors.
    pub(super) fn kept(&self) -> Vec<(String, usize)> {
        let kept = |set: &Set| Some((set.kept()?.0, set.names("").len()));
        self.chosen.iter().filter_map(kept).collect()
    }

    /// Errors: the structure cannot be read; the message names the character.
    pub(super) fn compute(
        &self,
        structure: &str,
        notation: Notation,
        cache: Option<&Cache>,
    ) -> Result<Values, Message> {
        let structure = structure.trim();
        let molecule = match (notation, self.ends) {
            (Notation::Formula, _) => None,
            (Notation::Smiles, Some(ends)) => Some(Molecule::from_repeat_unit(structure, ends)),
            (Notation::Smiles, None) => Some(Molecule::from_smiles(structure)),
        };
        let molecule = molecule.transpose().map_err(|error| error.message())?;
        // Ends are meant to stay open where only repeat units are described.
        let capped = self.chosen.iter().all(|set| matches!(set, Set::Polymer | Set::Fingerprint { .. }));
        let open = !capped && molecule.as_ref().is_some_and(|m| m.atoms().iter().any(|atom| atom.number == 0));
        let canonical = match (cache, &molecule) {
            (Some(cache), Some(molecule)) => Some((cache, Structure { molecule, smiles: molecule.canonical_smiles() })),
            _ => None,
        };
        let mut all = Values { values: Vec::with_capacity(self.headers.len()), open, ..Values::default() };
        for set in &self.chosen {
            match (set.kept(), &canonical, &molecule) {
                (Some((name, compute)), Some((cache, structure)), _) => {
                    let (values, fresh, hit) = cache.describe(&name, structure, &compute);
                    all.values.extend(values.into_iter().map(|value| value.map_err(Reason::Molecule)));
                    all.fresh.extend(fresh);
                    all.hits += usize::from(hit);
                }
                (_, _, molecule) => set.compute(structure, molecule.as_ref(), &mut all.values)?,
            }
        }
        Ok(all)
    }
}
