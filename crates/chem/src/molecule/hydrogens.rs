//! Hydrogen atoms: those written as atoms of their own become counts on their neighbours, and back.

use super::{Atom, Bond, BondOrder, Direction, Molecule};

impl Molecule {
    /// Takes hydrogen atoms out of the graph and counts them on their neighbours.
    ///
    /// Kept are isotopes, bridging and lone hydrogens, those on a wildcard or on another hydrogen only, and those that
    /// tell the arrangement of a double bond.
    pub(super) fn absorb_hydrogens(&mut self) {
        let gone: Vec<bool> = (0..self.atoms.len()).map(|atom| self.is_absorbable(atom)).collect();
        if !gone.contains(&true) {
            return;
        }
        let valences: Vec<i32> =
            (0..gone.len()).map(|atom| self.explicit_valence(atom, false).unwrap_or_default()).collect();
        let mut partners = Vec::new();
        for atom in (0..gone.len()).filter(|&atom| gone[atom]) {
            let heavy = self.neighbours(atom)[0].atom;
            partners.push(heavy);
            self.turn_chirality(heavy, atom);
            let at = &mut self.atoms[heavy];
            if at.fixed_hydrogens || (at.aromatic && at.number != 6) {
                at.explicit_hydrogens = at.explicit_hydrogens.saturating_add(1);
            }
        }
        let places = self.retain(&gone);
        // Where the rules of valence would give fewer hydrogens back than were written, they stay written.
        for heavy in partners {
            let place = places[heavy];
            let full = self.explicit_valence(place, false).unwrap_or_default();
            self.atoms[place].explicit_valence = i8::try_from(full).unwrap_or(i8::MAX);
            let lost = valences[heavy] - full - self.missing_hydrogens(place, false).unwrap_or_default();
            let at = &mut self.atoms[place];
            if !at.fixed_hydrogens && !at.aromatic && lost > 0 {
                at.explicit_hydrogens += u8::try_from(lost).unwrap_or_default();
                at.fixed_hydrogens = true;
            }
        }
    }

    fn is_absorbable(&self, index: usize) -> bool {
        let atom = &self.atoms[index];
        let [next] = self.neighbours(index) else {
            return false;
        };
        let heavy = &self.atoms[next.atom];
        if atom.number != 1 || atom.isotope != 0 || heavy.number <= 1 {
            return false;
        }
        if self.bonds[next.bond].direction == Direction::None {
            return true;
        }
        // The hydrogen tells the arrangement unless another neighbour on this side does.
        let doubled = self.neighbours(next.atom).iter().any(|n| self.bonds[n.bond].order == BondOrder::Double);
        let others = self
            .neighbours(next.atom)
            .iter()
            .filter(|n| n.atom != index && self.bonds[n.bond].order != BondOrder::Double);
        !doubled || others.count() > 0
    }

    /// The hydrogen moves to the end of the neighbours: an odd step turns the handedness round.
    fn turn_chirality(&mut self, heavy: usize, hydrogen: usize) {
        use super::Chirality::{Clockwise, CounterClockwise};
        let links = self.neighbours(heavy);
        let Some(place) = links.iter().position(|next| next.atom == hydrogen) else { return };
        if (links.len() - 1 - place) % 2 == 1 {
            let at = &mut self.atoms[heavy];
            at.chirality = match at.chirality {
                Clockwise => CounterClockwise,
                CounterClockwise => Clockwise,
                none => none,
            };
        }
    }

    /// Takes atoms out; returns the new place of each atom.
    fn retain(&mut self, gone: &[bool]) -> Vec<usize> {
        let mut places = Vec::with_capacity(gone.len());
        let mut next = 0;
        for &gone in gone {
            places.push(next);
            next += usize::from(!gone);
        }
        let mut at = 0;
        self.atoms.retain(|_| {
            at += 1;
            !gone[at - 1]
        });
        self.bonds.retain(|bond| !gone[bond.begin] && !gone[bond.end]);
        for bond in &mut self.bonds {
            (bond.begin, bond.end) = (places[bond.begin], places[bond.end]);
        }
        self.link();
        places
    }

    /// The same molecule with its isotopes of hydrogen as counts on their neighbours, like any other hydrogen; `None`
    /// where it cannot be written without them.
    pub(crate) fn without_hydrogen_isotopes(&self) -> Option<Self> {
        let mut bare = self.clone();
        bare.atoms.iter_mut().filter(|atom| atom.number == 1).for_each(|atom| atom.isotope = 0);
        Self::from_smiles(&bare.canonical_smiles()).ok()
    }

    /// The same molecule without any atom of hydrogen: isotopes and lone ones are gone, too. Those on other atoms are counted
    /// there.
    pub(crate) fn without_hydrogen_atoms(&self) -> Self {
        let mut bare = self.clone();
        let gone: Vec<bool> = self.atoms.iter().map(|atom| atom.number == 1).collect();
        for hydrogen in (0..gone.len()).filter(|&atom| gone[atom]) {
            for next in self.neighbours(hydrogen) {
                let at = &mut bare.atoms[next.atom];
                at.explicit_hydrogens = at.explicit_hydrogens.saturating_add(1);
            }
        }
        bare.retain(&gone);
        bare.find_rings();
        bare
    }

    /// The same molecule with every hydrogen an atom of its own, behind the atoms there were.
    pub fn with_hydrogens(&self) -> Self {
        let mut full = self.clone();
        for index in 0..self.atoms.len() {
            let count = self.atoms[index].hydrogens();
            for _ in 0..count {
                let hydrogen = full.atoms.len();
                full.atoms.push(Atom {
                    number: 1,
                    fixed_hydrogens: true,
                    explicit_valence: 1,
                    hybridization: super::Hybridization::S,
                    ..Atom::default()
                });
                full.bonds.push(Bond::new(index, hydrogen, BondOrder::Single));
            }
            let atom = &mut full.atoms[index];
            atom.explicit_valence += i8::try_from(atom.implicit_hydrogens).unwrap_or_default();
            (atom.explicit_hydrogens, atom.implicit_hydrogens, atom.fixed_hydrogens) = (0, 0, true);
        }
        full.link();
        full
    }
}
