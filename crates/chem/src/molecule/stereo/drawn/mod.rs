//! Handedness and arrangement as they are drawn: wedges of a flat drawing, or the coordinates of atoms in space.
//!
//! Source: IUPAC, Graphical representation of stereochemical configuration, Pure Appl. Chem. 78, 1897 (2006); what of
//! doubtful drawings is read and what is not, as in RDKit 2026.09.

mod double;
mod solid;
mod vector;
mod wedge;

use self::vector::Vector;
use crate::{Chirality, Molecule};

/// What is drawn along a bond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::molecule) enum Mark {
    Plain,
    /// A solid wedge: towards the reader from the beginning atom.
    Up,
    /// A hashed wedge: away from the reader.
    Down,
    /// A wavy single bond or a crossed double bond: either.
    Either,
}

/// Where the atoms of a molecule stand and how its bonds are drawn.
#[derive(Debug, Clone, Default)]
pub(in crate::molecule) struct Drawing {
    /// Place of each atom. Shape: atoms. Units: any, commonly Å.
    pub points: Vec<Vector>,
    /// Shape: bonds.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// Whether the atoms stand in space and not on paper.
    fn is_solid(&self) -> bool {
        self.points.iter().any(|point| point[2] != 0.0)
    }
}

impl Molecule {
    /// Gives the atoms the handedness that is drawn. The hydrogens have to be in the molecule as they were drawn.
    pub(in crate::molecule) fn read_drawn_centres(&mut self, drawing: &Drawing) {
        if drawing.is_solid() {
            for atom in 0..self.atoms.len() {
                let written = self.explicit_valence(atom, false).unwrap_or_default();
                self.atoms[atom].explicit_valence = i8::try_from(written).unwrap_or(i8::MAX);
                if !self.is_left_open(drawing, atom) {
                    self.atoms[atom].chirality = solid::handedness(self, &drawing.points, atom);
                }
            }
            return;
        }
        for (bond, &mark) in drawing.marks.iter().enumerate() {
            let centre = self.bonds[bond].begin;
            let wedged = matches!(mark, Mark::Up | Mark::Down) && matches!(self.neighbours(centre).len(), 3 | 4);
            if wedged && self.atoms[centre].chirality == Chirality::None && !self.is_left_open(drawing, centre) {
                self.atoms[centre].chirality = wedge::handedness(self, drawing, bond);
            }
        }
    }

    /// Whether a wavy bond begins at an atom.
    fn is_left_open(&self, drawing: &Drawing, atom: usize) -> bool {
        let mut bonds = self.neighbours(atom).iter().map(|next| next.bond);
        bonds.any(|bond| drawing.marks[bond] == Mark::Either && self.bonds[bond].begin == atom)
    }
}
