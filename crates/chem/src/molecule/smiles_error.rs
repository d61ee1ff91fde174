//! What can be wrong with a SMILES, in words.

use matdock_message::{Message, say};

use super::table::facts;

/// A SMILES that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct SmilesError {
    /// The SMILES as it was given.
    pub smiles: String,
    /// Where the problem is: the number of the character, from 1.
    pub position: usize,
    /// What the problem is.
    pub problem: SmilesProblem,
}

/// What can be wrong with a SMILES.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmilesProblem {
    /// No atom in it.
    Empty,
    /// Longer than any structure.
    TooLong,
    /// It ends where more is needed: a bond without its second atom, an open bracket or branch.
    Unfinished,
    /// A character that has no place there.
    Unexpected(char),
    /// A symbol in brackets that no element has.
    UnknownElement(String),
    /// A number out of range: isotope, charge, hydrogens, atom map or ring number.
    BadNumber,
    /// A branch closed that was never opened.
    Unopened,
    /// A ring number opened and never closed.
    OpenRing(u32),
    /// A ring closed onto the same atom or along an existing bond.
    BadRing(u32),
    /// An atom with more bonds than its element can have: symbol and valence.
    Valence(&'static str, i32),
    /// An atom written as aromatic that is in no ring.
    AromaticOutsideRing,
    /// A ring written as aromatic in which no double bonds can be placed.
    NotAromatic,
    /// A ring system too entangled to enumerate its rings.
    RingSystem,
    /// A wildcard with several bonds, which is no end of a repeat unit.
    WildcardInside,
    /// So many ends where two are needed.
    EndCount(usize),
    /// An end joined by anything but a single bond.
    EndOrder,
    /// A repeat unit whose ends are one atom or neighbours, so that it cannot be closed into a ring.
    TooSmallToClose,
    /// Several repeat units in one BigSMILES.
    Copolymer,
    /// A repeat unit of BigSMILES that does not begin and end with a bonding descriptor.
    BondingDescriptor,
    /// Several polymer objects of BigSMILES in one another or in a row.
    Blocks,
    /// Amounts behind some of the repeat units only.
    SomeAmounts,
    /// What stands behind a repeat unit is no amount.
    Amount(String),
    /// Repeat units whose bonding descriptors do not make a chain.
    UnitsDoNotJoin,
}

pub(super) const LONGEST: usize = 100_000;

impl SmilesError {
    /// The error as a sentence in the reader's language.
    pub fn message(&self) -> Message {
        let (smiles, position) = (shorten(&self.smiles), self.position);
        match &self.problem {
            SmilesProblem::Empty => say!("chem-smiles-empty"),
            SmilesProblem::TooLong => say!("chem-smiles-too-long", smiles = smiles, most = LONGEST),
            SmilesProblem::Unfinished => say!("chem-smiles-unfinished", smiles = smiles, position = position),
            SmilesProblem::Unexpected(found) => {
                say!("chem-smiles-unexpected", smiles = smiles, position = position, found = found)
            }
            SmilesProblem::UnknownElement(symbol) => {
                say!("chem-smiles-unknown-element", smiles = smiles, position = position, symbol = symbol)
            }
            SmilesProblem::BadNumber => say!("chem-smiles-bad-number", smiles = smiles, position = position),
            SmilesProblem::Unopened => say!("chem-smiles-unopened", smiles = smiles, position = position),
            SmilesProblem::OpenRing(number) => {
                say!("chem-smiles-open-ring", smiles = smiles, position = position, number = number)
            }
            SmilesProblem::BadRing(number) => {
                say!("chem-smiles-bad-ring", smiles = smiles, position = position, number = number)
            }
            SmilesProblem::Valence(symbol, valence) => {
                say!("chem-smiles-valence", smiles = smiles, position = position, symbol = symbol, valence = valence)
            }
            SmilesProblem::AromaticOutsideRing => {
                say!("chem-smiles-aromatic-outside-ring", smiles = smiles, position = position)
            }
            SmilesProblem::NotAromatic => say!("chem-smiles-not-aromatic", smiles = smiles, position = position),
            SmilesProblem::RingSystem => say!("chem-smiles-ring-system", smiles = smiles, position = position),
            SmilesProblem::WildcardInside => say!("chem-ends-inside", smiles = smiles, position = position),
            SmilesProblem::EndCount(count) => {
                say!("chem-ends-count", smiles = smiles, position = position, count = count)
            }
            SmilesProblem::EndOrder => say!("chem-ends-order", smiles = smiles, position = position),
            SmilesProblem::TooSmallToClose => say!("chem-ends-too-small", smiles = smiles),
            SmilesProblem::Copolymer => say!("chem-ends-copolymer", smiles = smiles, position = position),
            SmilesProblem::BondingDescriptor => {
                say!("chem-ends-descriptor", smiles = smiles, position = position)
            }
            SmilesProblem::Blocks => say!("chem-ends-blocks", smiles = smiles, position = position),
            SmilesProblem::SomeAmounts => say!("chem-ends-some-amounts", smiles = smiles),
            SmilesProblem::Amount(text) => {
                say!("chem-ends-amount", smiles = smiles, position = position, text = text)
            }
            SmilesProblem::UnitsDoNotJoin => say!("chem-ends-do-not-join", smiles = smiles),
        }
    }
}

/// What is wrong with an atom, before its place in the text is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AtomProblem {
    pub atom: usize,
    pub problem: SmilesProblem,
}

impl AtomProblem {
    pub fn valence(atom: usize, number: u8, valence: i32) -> Self {
        Self { atom, problem: SmilesProblem::Valence(facts(number).symbol, valence) }
    }
}

fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
