//! Patterns of atoms and bonds (SMARTS) and where they occur in a molecule.
//!
//! Understood are the atom primitives `*`, `A`, `a`, element symbols, `#n`, `D`, `d`, `X`, `v`, `H`, `h`, `R`, `r`, `x`,
//! charges, isotopes and patterns in a pattern `$(...)`; the bonds `-`, `=`, `#`, `:`, `~`, `@`; and `!`, `&`, `,`, `;`
//! between them. Handedness is read over.

mod parse;
mod search;

pub(crate) use self::search::Target;
use crate::SmilesError;

/// What an atom has to be.
#[derive(Debug, Clone, PartialEq)]
enum AtomTest {
    Any,
    /// Atomic number, and whether it has to be aromatic.
    Element(u8, bool),
    Number(u8),
    Aromatic(bool),
    Degree(usize),
    /// Bonds to atoms other than hydrogen.
    HeavyDegree(usize),
    Connections(usize),
    Valence(i32),
    Hydrogens(usize),
    AttachedHydrogens(usize),
    Charge(i8),
    Isotope(u16),
    /// In a ring at all (`None`) or in so many rings.
    Rings(Option<usize>),
    /// In a ring at all (`None`) or in a smallest ring of this size.
    RingSize(Option<usize>),
    /// Ring bonds on the atom.
    RingBonds(Option<usize>),
    Inner(Box<Pattern>),
    Not(Box<AtomTest>),
    All(Vec<AtomTest>),
    One(Vec<AtomTest>),
}

/// What a bond has to be.
#[derive(Debug, Clone, PartialEq)]
enum BondTest {
    Any,
    SingleOrAromatic,
    Order(crate::BondOrder),
    InRing,
    Not(Box<BondTest>),
    All(Vec<BondTest>),
    One(Vec<BondTest>),
}

#[derive(Debug, Clone, PartialEq)]
struct PatternBond {
    from: usize,
    to: usize,
    test: BondTest,
}

/// A pattern of atoms and bonds.
///
/// ```
/// use matdock_chem::{Molecule, Pattern};
///
/// let hydroxyl = Pattern::parse("[OX2H]")?;
/// assert_eq!(hydroxyl.count(&Molecule::from_smiles("OCC(O)CO")?), 3);
/// # Ok::<(), matdock_chem::SmilesError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    atoms: Vec<AtomTest>,
    /// For each atom the bonds to atoms before it; the first leads to the atom it is reached from.
    links: Vec<Vec<PatternBond>>,
    /// For each atom the bonds it has in the pattern at least.
    degrees: Vec<usize>,
    /// Elements that have to be there, as bits.
    elements: u128,
}

impl Pattern {
    /// Reads a SMARTS.
    ///
    /// # Errors
    /// What is no SMARTS, or a primitive that is not understood; the error points at the character.
    pub fn parse(smarts: &str) -> Result<Self, SmilesError> {
        parse::parse(smarts)
    }
}
