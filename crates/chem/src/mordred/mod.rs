//! The 1,613 two-dimensional descriptors of Mordred, by their names.
//!
//! Names and values are those of mordredcommunity 2.0.7 on RDKit 2026.09: Moriwaki et al., J. Cheminform. 10, 4 (2018).
//! Where Mordred gives no number (text, NaN or infinity), the value here is [`MissingReason`].

pub(crate) mod atomic;
mod autocorrelation;
mod blocks;
mod chi;
pub(crate) mod context;
mod corrected;
pub(crate) mod counts;
pub(crate) mod crippen;
mod estate;
mod eta;
mod explain;
mod gasteiger;
pub(crate) mod groups;
mod information;
pub(crate) mod paths;
mod perron;
mod rings;
pub(crate) mod spectra;
pub(crate) mod surface;
pub(crate) mod symmetric;
mod tables;
pub(crate) mod topology;
mod tridiagonal;
mod walks;

use std::sync::OnceLock;

use matdock_message::{Message, say};

use self::context::Context;
use crate::Molecule;

/// Why a descriptor has no value for a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MissingReason {
    /// It needs one connected structure, and this one has several fragments.
    SeveralFragments,
    /// A property of one of the elements is not known.
    UnknownProperty,
    /// Nothing it counts or averages over occurs in the structure.
    NothingToAverage,
    /// All atoms are alike in the property, so that nothing can be related to its spread.
    NoSpread,
    /// A property has to be positive for every atom, and for one it is not.
    NotPositive,
    /// It compares with the alkane of the same skeleton, in which an atom would have more than four bonds.
    NoAlkane,
    /// The structure is too entangled for it to be computed in bounded time.
    TooEntangled,
    /// It needs the eigenvalues of a matrix with a row for each heavy atom, and there are more than 500.
    TooLarge,
    /// It needs the distances between all atoms, and with hydrogens there are more than 10,000.
    TooManyAtoms,
    /// It describes repeat units, and the structure has not two open ends in one fragment.
    NotARepeatUnit,
}

impl MissingReason {
    /// The reason as a sentence in the reader's language.
    pub fn message(self) -> Message {
        match self {
            Self::SeveralFragments => say!("chem-descriptor-several-fragments"),
            Self::UnknownProperty => say!("chem-descriptor-unknown-property"),
            Self::NothingToAverage => say!("chem-descriptor-nothing-to-average"),
            Self::NoSpread => say!("chem-descriptor-no-spread"),
            Self::NotPositive => say!("chem-descriptor-not-positive"),
            Self::NoAlkane => say!("chem-descriptor-no-alkane"),
            Self::TooEntangled => say!("chem-descriptor-too-entangled"),
            Self::TooLarge => say!("chem-descriptor-too-large", most = spectra::MOST_ATOMS),
            Self::TooManyAtoms => say!("chem-descriptor-too-many-atoms", most = context::MOST_ATOMS),
            Self::NotARepeatUnit => say!("chem-descriptor-no-repeat-unit"),
        }
    }
}

/// The value of a descriptor, or why there is none.
pub type DescriptorValue = Result<f64, MissingReason>;

/// Values in the order of the names.
pub(crate) type Values = Vec<DescriptorValue>;

/// A family of descriptors: what it is called and how it is computed, in the same order.
struct Family {
    names: fn(&mut Vec<String>),
    compute: fn(&Context<'_>, &mut Values),
}

macro_rules! families {
    ($($module:ident :: $family:ident),* $(,)?) => {
        &[$(Family { names: $module::$family::names, compute: $module::$family::compute }),*]
    };
}

/// In the order of Mordred.
static FAMILIES: &[Family] = families![
    topology::abc,
    groups::acid_base,
    spectra::adjacency,
    counts::aromatic,
    counts::atoms,
    autocorrelation::all,
    spectra::bcut,
    topology::balaban,
    spectra::barysz,
    topology::bertz,
    counts::bonds,
    surface::charges,
    counts::carbon_types,
    chi::indices,
    counts::constitutional,
    spectra::detour,
    spectra::distance,
    estate::types,
    topology::eccentric,
    eta::all,
    counts::fragment_complexity,
    rings::framework,
    groups::hydrogen_bond,
    information::contents,
    chi::kappa,
    groups::filters,
    groups::solubility,
    counts::mcgowan,
    surface::bins,
    topology::distance_edge,
    paths::identification,
    paths::path_count,
    counts::polarizability,
    rings::counts,
    groups::rotatable,
    crippen::sums,
    surface::polar,
    topology::charge,
    topology::shape,
    counts::vdw_volume,
    topology::vertex_adjacency,
    walks::all,
    counts::weight,
    topology::wiener,
    topology::zagreb,
];

/// Mordred's descriptors of two-dimensional structures.
///
/// ```
/// use matdock_chem::{Molecule, Mordred};
///
/// let values = Mordred::describe(&Molecule::from_smiles("CCO")?);
/// let place = Mordred::names().iter().position(|name| name == "nHeavyAtom");
/// assert_eq!(place.map(|place| values[place]), Some(Ok(3.0)));
/// # Ok::<(), matdock_chem::SmilesError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Mordred;

impl Mordred {
    /// The names, in the order of [`Mordred::describe`].
    pub fn names() -> &'static [String] {
        static NAMES: OnceLock<Vec<String>> = OnceLock::new();
        NAMES.get_or_init(|| {
            let mut names = Vec::new();
            for family in FAMILIES {
                (family.names)(&mut names);
            }
            names
        })
    }

    /// What the descriptor of this name is, in a few words; `None` for a name it does not have.
    pub fn explain(name: &str) -> Option<Message> {
        explain::explain(name)
    }

    /// What [`Mordred::describe_corrected`] computes otherwise than Mordred; `None` where it does not.
    pub fn correction(name: &str) -> Option<Message> {
        corrected::explain(name)
    }

    /// What values a descriptor takes.
    pub fn kind(name: &str) -> crate::ValueKind {
        crate::about::kind(name)
    }

    /// Who defined a descriptor.
    pub fn source(name: &str) -> &'static str {
        crate::about::mordred(name)
    }

    /// UCUM code of the unit of a descriptor; `1` where it has none.
    pub fn unit(name: &str) -> &'static str {
        explain::unit(name)
    }

    /// Every descriptor of a structure, in the order of [`Mordred::names`].
    ///
    /// Units and sources: those of Mordred's documentation. Errors: a value that does not exist says why.
    pub fn describe(molecule: &Molecule) -> Vec<DescriptorValue> {
        if !context::suited(molecule) {
            return vec![Err(MissingReason::TooManyAtoms); Self::names().len()];
        }
        let context = Context::new(molecule);
        let mut values = Vec::with_capacity(Self::names().len());
        for family in FAMILIES {
            (family.compute)(&context, &mut values);
        }
        for value in &mut values {
            if value.is_ok_and(|number| !number.is_finite()) {
                *value = Err(MissingReason::NothingToAverage);
            }
        }
        values
    }

    /// Every descriptor of a structure, with the formulas of the literature where Mordred departs from them, in the order
    /// of [`Mordred::names`]; [`Mordred::correction`] tells which these are.
    ///
    /// Units and sources: those of Mordred's documentation. Errors: a value that does not exist says why.
    pub fn describe_corrected(molecule: &Molecule) -> Vec<DescriptorValue> {
        let mut values = Self::describe(molecule);
        if context::suited(molecule) {
            corrected::correct(molecule, &mut values);
        }
        values
    }
}

/// A quotient; missing when there is nothing to divide by.
pub(crate) fn ratio(numerator: f64, denominator: f64, reason: MissingReason) -> DescriptorValue {
    if denominator == 0.0 { Err(reason) } else { Ok(numerator / denominator) }
}
