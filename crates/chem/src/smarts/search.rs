//! Finds patterns in molecules.

use std::collections::BTreeSet;

use smallvec::{SmallVec, smallvec};

use super::{AtomTest, BondTest, Pattern};
use crate::{BondOrder, Molecule};

/// A molecule patterns are looked for in, and its elements as bits.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    molecule: &'a Molecule,
    elements: u128,
}

impl<'a> Target<'a> {
    pub fn new(molecule: &'a Molecule) -> Self {
        Self { molecule, elements: molecule.atoms().iter().fold(0, |bits, atom| bits | bit(atom.number)) }
    }
}

fn bit(element: u8) -> u128 {
    1_u128.checked_shl(element.into()).unwrap_or_default()
}

impl Pattern {
    /// Finds out what atoms and molecules have to have, so that most others need no closer look.
    pub(super) fn prepare(&mut self) {
        self.degrees = vec![0; self.atoms.len()];
        for links in &self.links {
            for (at, link) in links.iter().enumerate() {
                // Two bonds of the pattern may stand for one of the molecule.
                if links[..at].iter().all(|other| other.from != link.from) {
                    self.degrees[link.from] += 1;
                    self.degrees[link.to] += 1;
                }
            }
        }
        self.elements = self.atoms.iter().fold(0, |bits, test| bits | test.elements());
    }

    /// Whether the pattern occurs with its first atom at `atom`.
    pub fn matches_at(&self, molecule: &Molecule, atom: usize) -> bool {
        atom < molecule.atoms().len() && self.occurs_at(Target { molecule, elements: u128::MAX }, atom)
    }

    /// The same for an atom that is there.
    pub(crate) fn occurs_at(&self, target: Target<'_>, atom: usize) -> bool {
        if self.elements & !target.elements != 0 || target.molecule.neighbours(atom).len() < self.degrees[0] {
            return false;
        }
        if self.atoms.len() == 1 {
            return self.atoms[0].fits(target, atom);
        }
        let mut found = false;
        let mut fits = |place: usize, atom: usize| self.atoms[place].fits(target, atom);
        self.search(target.molecule, atom, &mut fits, &mut |_| {
            found = true;
            true
        });
        found
    }

    /// Every occurrence on a different set of atoms: the atoms in the order of the pattern.
    pub fn find(&self, molecule: &Molecule) -> Vec<Vec<usize>> {
        let count = molecule.atoms().len();
        let mut seen = BTreeSet::new();
        let mut matches = Vec::new();
        let target = Target::new(molecule);
        if self.elements & !target.elements != 0 {
            return matches;
        }
        // An atom is met again and again, and may take long to tell.
        let mut known: Vec<Option<bool>> = vec![None; self.atoms.len() * count];
        let mut fits = |place: usize, atom: usize| {
            *known[place * count + atom].get_or_insert_with(|| self.atoms[place].fits(target, atom))
        };
        for start in 0..count {
            self.search(molecule, start, &mut fits, &mut |mapping| {
                let mut atoms = mapping.to_vec();
                atoms.sort_unstable();
                if seen.insert(atoms) {
                    matches.push(mapping.to_vec());
                }
                false
            });
        }
        matches
    }

    /// Whether the pattern occurs anywhere.
    pub fn occurs(&self, molecule: &Molecule) -> bool {
        let target = Target::new(molecule);
        (0..molecule.atoms().len()).any(|atom| self.occurs_at(target, atom))
    }

    /// Number of occurrences on different sets of atoms.
    pub fn count(&self, molecule: &Molecule) -> usize {
        if self.atoms.len() == 1 {
            let target = Target::new(molecule);
            return (0..molecule.atoms().len()).filter(|&atom| self.occurs_at(target, atom)).count();
        }
        self.find(molecule).len()
    }

    /// Whether an atom of this element, aromatic or not, could be the first of the pattern.
    pub(crate) fn may_begin_with(&self, number: u8, aromatic: bool) -> bool {
        self.atoms[0].may_be(number, aromatic)
    }

    /// Calls `take` with every occurrence that begins at `start` until it says true. `fits` tells whether the atom at a
    /// place of the pattern may be an atom of the molecule.
    fn search(
        &self,
        molecule: &Molecule,
        start: usize,
        fits: &mut dyn FnMut(usize, usize) -> bool,
        take: &mut dyn FnMut(&[usize]) -> bool,
    ) {
        let wide_enough = |place: usize, atom: usize| molecule.neighbours(atom).len() >= self.degrees[place];
        if !wide_enough(0, start) || !fits(0, start) {
            return;
        }
        if self.atoms.len() == 1 {
            take(&[start]);
            return;
        }
        let mut mapping: SmallVec<[usize; 8]> = smallvec![start];
        // For each pattern atom behind the first: which neighbour of the atom it hangs on is tried next.
        let mut next: SmallVec<[usize; 8]> = smallvec![0];
        while let Some(place) = next.last_mut() {
            let depth = mapping.len();
            let link = &self.links[depth][..];
            let candidate = match link.first() {
                Some(first) => molecule.neighbours(mapping[first.from]).get(*place).map(|n| (n.atom, n.bond)),
                // A part on its own, behind a point.
                None => (*place < molecule.atoms().len()).then_some((*place, usize::MAX)),
            };
            let Some((atom, bond)) = candidate else {
                next.pop();
                mapping.pop();
                continue;
            };
            *place += 1;
            let bonded = |test: &super::PatternBond, known: Option<usize>| {
                let bond = known.or_else(|| molecule.bond_between(mapping[test.from], atom));
                bond.is_some_and(|bond| test.test.fits(molecule, bond))
            };
            let suits = wide_enough(depth, atom)
                && !mapping.contains(&atom)
                && link.first().is_none_or(|first| bonded(first, Some(bond)))
                && fits(depth, atom)
                && link.iter().skip(1).all(|other| bonded(other, None));
            if !suits {
                continue;
            }
            mapping.push(atom);
            if mapping.len() == self.atoms.len() {
                if take(&mapping) {
                    return;
                }
                mapping.pop();
            } else {
                next.push(0);
            }
        }
    }
}

impl AtomTest {
    fn may_be(&self, number: u8, aromatic: bool) -> bool {
        match self {
            Self::Element(wanted, as_aromatic) => (*wanted, *as_aromatic) == (number, aromatic),
            Self::Number(wanted) => *wanted == number,
            Self::Aromatic(wanted) => *wanted == aromatic,
            Self::All(tests) => tests.iter().all(|test| test.may_be(number, aromatic)),
            Self::One(tests) => tests.iter().any(|test| test.may_be(number, aromatic)),
            _ => true,
        }
    }

    /// Elements of which there has to be an atom, as bits.
    fn elements(&self) -> u128 {
        match self {
            Self::Element(number, _) | Self::Number(number) => bit(*number),
            Self::Inner(pattern) => pattern.elements,
            Self::All(tests) => tests.iter().fold(0, |bits, test| bits | test.elements()),
            _ => 0,
        }
    }

    fn fits(&self, target: Target<'_>, index: usize) -> bool {
        let molecule = target.molecule;
        let atom = &molecule.atoms()[index];
        match self {
            Self::Any => true,
            Self::Element(number, aromatic) => atom.number == *number && atom.aromatic == *aromatic,
            Self::Number(number) => atom.number == *number,
            Self::Aromatic(aromatic) => atom.aromatic == *aromatic,
            Self::Degree(degree) => molecule.neighbours(index).len() == *degree,
            Self::HeavyDegree(degree) => {
                let heavy = |next: &&crate::Neighbour| molecule.atoms()[next.atom].number != 1;
                molecule.neighbours(index).iter().filter(heavy).count() == *degree
            }
            Self::Connections(degree) => molecule.total_degree(index) == *degree,
            Self::Valence(valence) => atom.total_valence() == *valence,
            Self::Hydrogens(count) => molecule.total_hydrogens(index) == *count,
            Self::AttachedHydrogens(count) => atom.hydrogens() == *count,
            Self::Charge(charge) => atom.charge == *charge,
            Self::Isotope(isotope) => atom.isotope == *isotope,
            Self::Rings(None) | Self::RingSize(None) | Self::RingBonds(None) => molecule.ring_count_of_atom(index) > 0,
            Self::Rings(Some(count)) => molecule.ring_count_of_atom(index) == *count,
            Self::RingSize(Some(size)) => {
                let sizes = molecule.rings().iter().filter(|ring| ring.atoms.contains(&index)).map(|r| r.atoms.len());
                sizes.min() == Some(*size)
            }
            Self::RingBonds(Some(count)) => {
                let bonds = molecule.neighbours(index).iter().filter(|next| molecule.ring_count_of_bond(next.bond) > 0);
                bonds.count() == *count
            }
            Self::Inner(pattern) => pattern.occurs_at(target, index),
            Self::Not(test) => !test.fits(target, index),
            Self::All(tests) => tests.iter().all(|test| test.fits(target, index)),
            Self::One(tests) => tests.iter().any(|test| test.fits(target, index)),
        }
    }
}

impl BondTest {
    fn fits(&self, molecule: &Molecule, index: usize) -> bool {
        let order = molecule.bonds()[index].order;
        match self {
            Self::Any => true,
            Self::SingleOrAromatic => matches!(order, BondOrder::Single | BondOrder::Aromatic),
            Self::Order(BondOrder::Aromatic) => molecule.bonds()[index].aromatic,
            Self::Order(wanted) => order == *wanted,
            Self::InRing => molecule.ring_count_of_bond(index) > 0,
            Self::Not(test) => !test.fits(molecule, index),
            Self::All(tests) => tests.iter().all(|test| test.fits(molecule, index)),
            Self::One(tests) => tests.iter().any(|test| test.fits(molecule, index)),
        }
    }
}
