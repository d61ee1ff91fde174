//! From what is written to what is meant: runs the steps of perception in the order RDKit does.

use super::{
    BondOrder, Chirality, Hybridization, Molecule, SmilesError,
    smiles::{Parsed, parse},
    smiles_error::AtomProblem,
    table::facts,
};

impl Parsed {
    /// The molecule as written, perceived.
    pub(super) fn perceived(mut self, smiles: &str) -> Result<Molecule, SmilesError> {
        match self.molecule.perceive() {
            Ok(()) => Ok(self.molecule),
            Err((atom, problem)) => Err(self.fail(smiles, atom, problem)),
        }
    }

    /// The error that points at an atom as written.
    pub(super) fn fail(&self, smiles: &str, atom: usize, problem: super::SmilesProblem) -> SmilesError {
        let byte = self.positions.get(atom).map_or(0, |&at| at as usize);
        let before = smiles.get(..byte).unwrap_or_default().chars().count();
        SmilesError { smiles: smiles.to_owned(), position: before + 1, problem }
    }
}

impl Molecule {
    /// Reads a structure from SMILES and perceives it.
    ///
    /// Understood is OpenSMILES, and beyond it what RDKit reads: `~` and `$` bonds, dative bonds `->` and `<-`, ring
    /// numbers `%(123)`, atoms by number `[#6]`. Text behind white space is a name and left aside.
    ///
    /// # Errors
    /// A text that is no SMILES, an impossible valence, or aromatic atoms without a Kekulé form; the error points at
    /// the character.
    pub fn from_smiles(smiles: &str) -> Result<Self, SmilesError> {
        parse(smiles)?.perceived(smiles)
    }

    /// Returns the written number of the atom at fault.
    pub(super) fn perceive(&mut self) -> Result<(), (usize, super::SmilesProblem)> {
        let written = self.atoms.len();
        let hydrogens_first = self.atoms.iter().any(|atom| atom.number == 1);
        let mut kept: Vec<usize> = Vec::new();
        if hydrogens_first {
            kept = (0..written).collect();
        }
        self.clean_up();
        if hydrogens_first {
            self.absorb_hydrogens();
            self.clean_up();
            if self.atoms.len() < written {
                // Rare: only an error needs the written place, and then the nearest will do.
                kept.truncate(self.atoms.len());
            }
        }
        self.sanitize().map_err(|fault: AtomProblem| {
            let atom = kept.get(fault.atom).copied().unwrap_or(fault.atom);
            (atom, fault.problem)
        })
    }

    fn sanitize(&mut self) -> Result<(), AtomProblem> {
        self.clean_up_metals();
        self.update_valences(true)?;
        let aromatic = self.atoms_beside_aromatic_bonds();
        self.find_rings();
        self.kekulize()?;
        for bond in &mut self.bonds {
            bond.kekule = bond.order;
        }
        self.assign_radicals();
        self.set_aromaticity();
        self.set_conjugation();
        self.set_hybridization();
        self.clean_chirality();
        self.adjust_hydrogens(&aromatic)
    }

    /// Whether an atom can carry conjugation on.
    fn conjugates(&self, index: usize) -> bool {
        let atom = &self.atoms[index];
        let outer = facts(atom.number).outer_electrons;
        let suited = atom.number <= 10 || !matches!(outer, 5 | 6) || (outer == 6 && self.total_degree(index) < 2);
        suited && self.pi_electrons(index) > 0
    }

    fn set_conjugation(&mut self) {
        for bond in &mut self.bonds {
            bond.conjugated = bond.aromatic;
        }
        // Asked of each atom once, and only of those near multiple bonds.
        let mut known: Vec<Option<bool>> = vec![None; self.atoms.len()];
        for index in 0..self.atoms.len() {
            let multiple = |bond: usize, molecule: &Self| molecule.doubled_contribution(bond, index) >= 3;
            if !self.neighbours(index).iter().any(|next| multiple(next.bond, self)) {
                continue;
            }
            if !(2..=3).contains(&self.total_degree(index))
                || !*known[index].get_or_insert_with(|| self.conjugates(index))
            {
                continue;
            }
            let count = self.neighbours(index).len();
            for at in 0..count {
                let first = self.neighbours(index)[at];
                if self.doubled_contribution(first.bond, index) < 3 {
                    continue;
                }
                for other in (0..count).filter(|&other| other != at) {
                    let second = self.neighbours(index)[other];
                    if self.total_degree(second.atom) <= 3
                        && *known[second.atom].get_or_insert_with(|| self.conjugates(second.atom))
                    {
                        self.bonds[first.bond].conjugated = true;
                        self.bonds[second.bond].conjugated = true;
                    }
                }
            }
        }
    }

    fn set_hybridization(&mut self) {
        for index in 0..self.atoms.len() {
            let atom = &self.atoms[index];
            let degree = self.total_degree(index);
            let hybridization = if atom.number == 0 {
                Hybridization::Unknown
            } else if atom.chirality != Chirality::None && degree == 4 {
                Hybridization::Sp3
            } else {
                let orbitals = match atom.number {
                    ..=88 => self.orbitals(index),
                    _ => i32::try_from(degree).unwrap_or(i32::MAX),
                };
                let conjugated = || self.neighbours(index).iter().any(|next| self.bonds[next.bond].conjugated);
                match orbitals {
                    0 | 1 => Hybridization::S,
                    2 => Hybridization::Sp,
                    3 => Hybridization::Sp2,
                    4 if degree > 3 || !conjugated() => Hybridization::Sp3,
                    4 => Hybridization::Sp2,
                    5 => Hybridization::Sp3d,
                    6 => Hybridization::Sp3d2,
                    _ => Hybridization::Unknown,
                }
            };
            self.atoms[index].hybridization = hybridization;
        }
    }

    /// Bonds, lone pairs and unpaired electrons of an atom.
    fn orbitals(&self, index: usize) -> i32 {
        let atom = &self.atoms[index];
        let idle = self.neighbours(index).iter().filter(|next| {
            let bond = &self.bonds[next.bond];
            bond.order == BondOrder::Dative && bond.end != index
        });
        let degree = i32::try_from(self.total_degree(index) - idle.count()).unwrap_or(i32::MAX);
        if atom.number <= 1 {
            return degree;
        }
        let outer = i32::from(facts(atom.number).outer_electrons);
        let (valence, charge) = (atom.total_valence(), i32::from(atom.charge));
        let free = outer - (valence + charge);
        let radicals = i32::from(atom.radicals);
        if valence + outer - charge < 8 { degree + (free - radicals) / 2 + radicals } else { degree + free / 2 }
    }

    /// Handedness stays only on tetrahedral atoms with at least three neighbours.
    fn clean_chirality(&mut self) {
        for atom in &mut self.atoms {
            if atom.chirality != Chirality::None
                && !matches!(atom.hybridization, Hybridization::Sp3 | Hybridization::Unknown)
            {
                atom.chirality = Chirality::None;
            }
        }
    }

    /// Hydrogens that aromatic bonds would hide, as on pyrrole's nitrogen, are written out.
    ///
    /// `before` tells which atoms had aromatic bonds as written; no other valences can have changed.
    fn adjust_hydrogens(&mut self, before: &[bool]) -> Result<(), AtomProblem> {
        let now = self.atoms_beside_aromatic_bonds();
        let concerned: Vec<usize> = (0..self.atoms.len()).filter(|&atom| before[atom] || now[atom]).collect();
        for &index in &concerned {
            let before = self.atoms[index].implicit_hydrogens;
            self.update_valence(index, false)?;
            let now = self.atoms[index].implicit_hydrogens;
            if now < before {
                let atom = &mut self.atoms[index];
                atom.explicit_hydrogens += before - now;
            }
        }
        concerned.into_iter().try_for_each(|index| self.update_valence(index, true))
    }

    fn atoms_beside_aromatic_bonds(&self) -> Vec<bool> {
        let mut beside: Vec<bool> = self.atoms.iter().map(|atom| atom.aromatic).collect();
        for bond in self.bonds.iter().filter(|bond| bond.aromatic) {
            beside[bond.begin] = true;
            beside[bond.end] = true;
        }
        beside
    }
}
