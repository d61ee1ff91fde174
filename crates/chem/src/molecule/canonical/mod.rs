//! Canonical SMILES: one text for one structure, whatever the order its atoms were written in.
//!
//! Source: Weininger, Weininger and Weininger, J. Chem. Inf. Comput. Sci. 29, 97 (1989); ranks as Schneider, Sahnoun and
//! Landrum, J. Chem. Inf. Model. 55, 2111 (2015), with the choices of RDKit 2026.09, so that the same text comes out.

mod directions;
mod handed;
mod rank;
mod traverse;
mod write;

use self::{directions::Directions, write::Marks};
use super::{Molecule, stereo::Stereo};

impl Molecule {
    /// The canonical SMILES of the structure: the same text for every order of writing its atoms, and RDKit's. Isotopes,
    /// charges, atom numbers, handedness and the arrangement of double bonds are part of it.
    pub fn canonical_smiles(&self) -> String {
        let stereo = Stereo::of(self);
        let mut parts: Vec<String> =
            self.fragment_atoms().iter().map(|atoms| self.fragment_smiles(atoms, &stereo)).collect();
        parts.sort_unstable();
        parts.join(".")
    }

    fn fragment_smiles(&self, atoms: &[usize], stereo: &Stereo) -> String {
        let ranks = rank::ranks(self, atoms, stereo);
        let Some(&start) = atoms.iter().min_by_key(|&&atom| ranks[atom]) else { return String::new() };
        let walk = traverse::Walk::new(self, start, &ranks);
        let mut numbers = vec![0; self.atoms.len()];
        atoms.iter().enumerate().for_each(|(number, &atom)| numbers[atom] = number);
        let directions = Directions::new(self, stereo, &walk, &numbers).found;
        let chirality = handed::written(self, stereo, &walk);
        write::smiles(self, &walk, &Marks { chirality, directions })
    }
}
