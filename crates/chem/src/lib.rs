//! Chemical formulas, elements and the features computed from them. No input or output.
//!
//! ```
//! use matdock_chem::{Composition, FeatureSet};
//!
//! let alumina = Composition::parse("Al2O3")?;
//! assert!((alumina.molar_mass() - 101.961).abs() < 0.001);
//!
//! let features = FeatureSet::named("melting")?;
//! let values = features.compute(&alumina);
//! assert_eq!(values.len(), features.names().len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod about;
mod blend;
mod composition;
mod element;
mod fingerprint;
mod molecule;
mod mordred;
mod polymer;
mod rdkit;
mod smarts;
mod synthesis;

pub use about::ValueKind;
pub use blend::{Amount, Basis, Blend, Mixing, Part};
pub use composition::{
    Composition, ElementProperty, Feature, FeatureSet, FormulaError, FormulaProblem, MagpieProperty, Missing,
    OxidationFeature, Statistic, UnknownFeature,
};
pub use element::{Block, Element, Property};
pub use fingerprint::{Fingerprint, FingerprintKind, FingerprintTable, Fingerprinter, Hit};
pub use molecule::{
    Atom, Bond, BondOrder, Chirality, Direction, Ends, Hybridization, MolblockError, MolblockProblem, Molecule,
    Neighbour, RepeatUnit, Ring, SdfRecord, SmilesError, SmilesProblem,
};
pub use mordred::{DescriptorValue, MissingReason, Mordred};
pub use polymer::Polymer;
pub use rdkit::Rdkit;
pub use smarts::Pattern;
pub use synthesis::Synthesis;

/// Names the program that computes: another one, with other sources, has another name. Numbers kept from one are not those
/// of the other.
pub const SOURCES: &str = env!("MATDOCK_CHEM_SOURCES");
