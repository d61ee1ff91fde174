//! What can be wrong with a molblock, in words.

use matdock_message::{Message, say};

use super::SmilesProblem;

/// A molblock that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct MolblockError {
    /// Line of the block, from 1.
    pub line: usize,
    /// What the problem is.
    pub problem: MolblockProblem,
}

/// What can be wrong with a molblock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MolblockProblem {
    /// It ends before all atoms and bonds are there.
    Ended,
    /// The fourth line does not say how many atoms and bonds there are.
    Counts,
    /// No atom in it.
    Empty,
    /// A line that is no atom.
    Atom,
    /// A symbol no element has.
    UnknownElement(String),
    /// A line that is no bond, or a bond between atoms that are not there.
    Bond,
    /// A kind of bond only queries have.
    BondKind(i64),
    /// Two bonds between the same atoms.
    BondTwice,
    /// A charge, isotope or radical that cannot be read.
    Property,
    /// Atoms and bonds that make no structure.
    Structure(SmilesProblem),
}

impl MolblockError {
    /// The error as a sentence in the reader's language.
    pub fn message(&self) -> Message {
        let line = self.line;
        match &self.problem {
            MolblockProblem::Ended => say!("chem-molblock-ended", line = line),
            MolblockProblem::Counts => say!("chem-molblock-counts", line = line),
            MolblockProblem::Empty => say!("chem-molblock-empty", line = line),
            MolblockProblem::Atom => say!("chem-molblock-atom", line = line),
            MolblockProblem::UnknownElement(symbol) => say!("chem-molblock-element", line = line, symbol = symbol),
            MolblockProblem::Bond => say!("chem-molblock-bond", line = line),
            MolblockProblem::BondKind(kind) => say!("chem-molblock-bond-kind", line = line, kind = kind),
            MolblockProblem::BondTwice => say!("chem-molblock-bond-twice", line = line),
            MolblockProblem::Property => say!("chem-molblock-property", line = line),
            MolblockProblem::Structure(SmilesProblem::Valence(symbol, valence)) => {
                say!("chem-molblock-valence", line = line, symbol = symbol, valence = valence)
            }
            MolblockProblem::Structure(_) => say!("chem-molblock-aromatic", line = line),
        }
    }
}
