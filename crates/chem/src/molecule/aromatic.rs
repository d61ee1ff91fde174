//! The aromaticity model of RDKit: Hückel's rule on rings and on systems of up to six fused rings.
//!
//! Source: the RDKit Book, "The RDKit Aromaticity Model".

use super::{BondOrder, Molecule, Ring, fused::Fusion, table::facts};

/// Rings larger than the outer ring of a porphyrin are not fused with others.
const LARGEST_FUSED: usize = 24;
/// Fused rings tried together.
const MOST_FUSED: usize = 6;
/// In systems with more rings than this only pairs are tried.
const MANY_RINGS: usize = 300;

/// Electrons an atom can give to a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Donor {
    Vacant,
    One,
    Two,
    Any,
    None,
}

impl Donor {
    fn range(self) -> (i32, i32) {
        match self {
            Self::Any => (0, 2),
            Self::One => (1, 1),
            Self::Two => (2, 2),
            Self::None | Self::Vacant => (0, 0),
        }
    }
}

impl Molecule {
    /// Marks aromatic atoms and bonds.
    pub(super) fn set_aromaticity(&mut self) {
        if self.rings.is_empty() {
            return;
        }
        let rings = std::mem::take(&mut self.rings);
        let mut on_ring = vec![false; self.bonds.len()];
        rings.iter().flat_map(|ring| &ring.bonds).for_each(|&bond| on_ring[bond] = true);
        let mut donors: Vec<Option<(Donor, bool)>> = vec![None; self.atoms.len()];
        let mut candidates = Vec::new();
        for ring in &rings {
            let mut suited = true;
            for &atom in &ring.atoms {
                let (_, fit) = *donors[atom].get_or_insert_with(|| {
                    let donor = self.donor(atom, &on_ring);
                    (donor, self.may_be_aromatic(atom, donor))
                });
                suited &= fit;
            }
            if suited && ring.atoms.iter().any(|&atom| self.atoms[atom].number != 0) {
                candidates.push(ring);
            }
        }
        let donors: Vec<Donor> = donors.iter().map(|entry| entry.map_or(Donor::None, |(donor, _)| donor)).collect();
        let fusion = Fusion::new(&candidates, LARGEST_FUSED, 1);
        for system in fusion.systems() {
            self.mark_system(&candidates, &fusion, &system, &donors);
        }
        self.rings = rings;
    }

    /// Electrons an atom has for a pi system; negative when it cannot take part.
    pub(super) fn pi_electrons(&self, index: usize) -> i32 {
        let atom = &self.atoms[index];
        let element = facts(atom.number);
        let valence = element.default_valence();
        if valence <= 1 {
            return -1;
        }
        let idle =
            self.neighbours(index).iter().filter(|next| self.doubled_contribution(next.bond, index) == 0).count();
        let degree = i32::try_from(self.total_degree(index) - idle).unwrap_or(i32::MAX);
        if degree > 3 {
            return -1;
        }
        let lone = (i32::from(element.outer_electrons) - valence - i32::from(atom.charge)).max(0);
        let electrons = valence - degree + lone - i32::from(atom.radicals);
        if electrons > 1 && self.unsaturations(index) > 1 { 1 } else { electrons }
    }

    fn unsaturations(&self, index: usize) -> i32 {
        i32::from(self.atoms[index].explicit_valence) - i32::try_from(self.neighbours(index).len()).unwrap_or(i32::MAX)
    }

    fn multiple_bond_outside(&self, index: usize, on_ring: &[bool]) -> Option<usize> {
        let multiple = |bond: usize| self.doubled_contribution(bond, index) >= 4;
        self.neighbours(index).iter().find(|next| !on_ring[next.bond] && multiple(next.bond)).map(|next| next.atom)
    }

    fn donor(&self, index: usize, on_ring: &[bool]) -> Donor {
        let atom = &self.atoms[index];
        if atom.number == 0 {
            return Donor::Any;
        }
        let electrons = self.pi_electrons(index);
        let outside = self.multiple_bond_outside(index, on_ring);
        let stolen = outside.is_some_and(|other| more_electronegative(self.atoms[other].number, atom.number));
        match electrons {
            ..0 => Donor::None,
            0 if outside.is_some() => Donor::Vacant,
            0 => {
                let inside = |bond: usize| on_ring[bond] && self.doubled_contribution(bond, index) >= 4;
                let multiple = self.neighbours(index).iter().any(|next| inside(next.bond));
                if multiple { Donor::One } else { Donor::None }
            }
            1 if outside.is_some() => {
                if stolen {
                    Donor::Vacant
                } else {
                    Donor::One
                }
            }
            1 if self.has_multiple_bond(index) => Donor::One,
            1 if atom.charge == 1 => Donor::Vacant,
            1 => Donor::None,
            _ if (electrons - i32::from(stolen)) % 2 == 1 => Donor::One,
            _ => Donor::Two,
        }
    }

    fn has_multiple_bond(&self, index: usize) -> bool {
        let atom = &self.atoms[index];
        let counted =
            self.neighbours(index).iter().filter(|next| self.doubled_contribution(next.bond, index) != 0).count();
        let degree = i32::try_from(counted).unwrap_or(i32::MAX) + i32::from(atom.explicit_hydrogens);
        i32::from(atom.explicit_valence) != degree
    }

    fn may_be_aromatic(&self, index: usize, donor: Donor) -> bool {
        let atom = &self.atoms[index];
        if donor == Donor::None || (atom.number > 18 && !matches!(atom.number, 34 | 52)) {
            return false;
        }
        let default = facts(atom.number).default_valence();
        let like = u8::try_from((i32::from(atom.number) - i32::from(atom.charge)).clamp(0, 118)).unwrap_or_default();
        if default > 0 && atom.total_valence() > facts(like).default_valence() {
            return false;
        }
        if atom.radicals > 0 && atom.number != 6 {
            return false;
        }
        let multiple =
            |next: &&super::Neighbour| matches!(self.bonds[next.bond].order, BondOrder::Double | BondOrder::Triple);
        self.unsaturations(index) <= 1 || self.neighbours(index).iter().filter(multiple).count() <= 1
    }

    fn mark_system(&mut self, rings: &[&Ring], fusion: &Fusion, system: &[usize], donors: &[Donor]) {
        let mut waiting: Vec<usize> = system.iter().flat_map(|&ring| rings[ring].bonds.iter().copied()).collect();
        waiting.sort_unstable();
        waiting.dedup();
        for size in 1..=system.len().min(MOST_FUSED) {
            waiting.retain(|&bond| !self.bonds[bond].aromatic);
            if waiting.is_empty() || (size > 2 && system.len() > MANY_RINGS) {
                return;
            }
            // Whether a choice is aromatic does not depend on what is marked: their order is of no account.
            fusion.connected(system, size, &mut |chosen| {
                if follows_huckel(rings, chosen, donors) {
                    self.mark_aromatic(rings, chosen);
                }
            });
        }
    }

    /// Marks the atoms of the rings, and the bonds on the outside of the system.
    fn mark_aromatic(&mut self, rings: &[&Ring], chosen: &[usize]) {
        for &atom in chosen.iter().flat_map(|&ring| &rings[ring].atoms) {
            self.atoms[atom].aromatic = true;
        }
        let bonds = chosen.iter().flat_map(|&ring| rings[ring].bonds.iter().map(move |&bond| (ring, bond)));
        for (ring, bond) in bonds {
            if chosen.iter().any(|&other| other != ring && rings[other].bonds.contains(&bond)) {
                continue;
            }
            let bond = &mut self.bonds[bond];
            bond.aromatic = true;
            if matches!(bond.order, BondOrder::Single | BondOrder::Double) {
                bond.order = BondOrder::Aromatic;
            }
        }
    }
}

/// Whether the electrons of the atoms that stand in one or two of the rings make 4n+2.
fn follows_huckel(rings: &[&Ring], chosen: &[usize], donors: &[Donor]) -> bool {
    let (mut least, mut most) = (0, 0);
    let atoms = chosen.iter().enumerate().flat_map(|(at, &ring)| rings[ring].atoms.iter().map(move |&atom| (at, atom)));
    for (at, atom) in atoms {
        let seen = chosen[..at].iter().any(|&ring| rings[ring].atoms.contains(&atom));
        if seen || (chosen.len() > 2 && chosen.iter().filter(|&&ring| rings[ring].atoms.contains(&atom)).count() > 2) {
            continue;
        }
        let (low, high) = donors[atom].range();
        least += low;
        most += high;
    }
    match most {
        6.. => (least..=most).any(|electrons| (electrons - 2) % 4 == 0),
        _ => most == 2,
    }
}

fn more_electronegative(a: u8, b: u8) -> bool {
    let (outer_a, outer_b) = (facts(a).outer_electrons, facts(b).outer_electrons);
    outer_a > outer_b || (outer_a == outer_b && a < b)
}
