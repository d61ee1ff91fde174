//! Circular fingerprints.
//!
//! Each atom begins with a number for what it is. In every round its number is mixed with those of its neighbours. Of
//! several surroundings that consist of the same bonds one counts.

use smallvec::SmallVec;

use super::hash::{combine, sequence};
use crate::{BondOrder, Molecule, molecule::table::facts};

/// What each atom is: element, bonds, hydrogens, charge, isotope, and whether it is in a ring.
pub(super) fn connectivity(molecule: &Molecule) -> Vec<u32> {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let of = |(index, atom): (usize, &crate::Atom)| {
        let hydrogens = atom.hydrogens();
        let known = atom.isotope != 0 && atom.number != 0;
        let excess = if known { molecule.atom_mass(index) - facts(atom.number).weight } else { 0.0 };
        let first = [
            u32::from(atom.number),
            number(molecule.neighbours(index).len() + hydrogens),
            number(molecule.total_hydrogens(index)),
            i32::from(atom.charge).cast_unsigned(),
            (excess as i32).cast_unsigned(),
        ];
        let ring = (molecule.ring_count_of_atom(index) > 0).then_some(1);
        sequence(first.into_iter().chain(ring))
    };
    molecule.atoms().iter().enumerate().map(of).collect()
}

/// A set of bonds.
trait BondSet: Clone + Default + Eq {
    fn insert(&mut self, bond: usize);
    fn join(&mut self, other: &Self);
    /// A number to find equal sets by.
    fn hash(&self) -> u64;
}

fn mix(value: u64) -> u64 {
    let product = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 32)
}

impl BondSet for u64 {
    fn insert(&mut self, bond: usize) {
        *self |= 1 << bond;
    }

    fn join(&mut self, other: &Self) {
        *self |= other;
    }

    fn hash(&self) -> u64 {
        mix(*self)
    }
}

impl BondSet for u128 {
    fn insert(&mut self, bond: usize) {
        *self |= 1 << bond;
    }

    fn join(&mut self, other: &Self) {
        *self |= other;
    }

    fn hash(&self) -> u64 {
        mix(*self as u64 ^ mix((*self >> 64) as u64))
    }
}

/// For large molecules, where few of the bonds are near an atom: ascending.
impl BondSet for Vec<u32> {
    fn insert(&mut self, bond: usize) {
        let bond = u32::try_from(bond).unwrap_or(u32::MAX);
        if let Err(place) = self.binary_search(&bond) {
            Vec::insert(self, place, bond);
        }
    }

    fn join(&mut self, other: &Self) {
        self.extend_from_slice(other);
        self.sort_unstable();
        self.dedup();
    }

    fn hash(&self) -> u64 {
        self.iter().fold(0, |hash, &bond| mix(hash ^ u64::from(bond)))
    }
}

/// A surrounding: its bonds, its code, its atom, and the round it was found in.
struct Found<S> {
    set: S,
    code: u32,
    atom: usize,
    round: usize,
}

/// Surroundings by their bonds.
struct Known<S> {
    found: Vec<Found<S>>,
    /// Places in `found`, by the hashes of the sets; at least twice as many as there are sets.
    places: Vec<u32>,
}

impl<S: BondSet> Known<S> {
    const FREE: u32 = u32::MAX;

    fn new(expected: usize) -> Self {
        let size = (2 * expected + 2).next_power_of_two();
        Self { found: Vec::with_capacity(expected), places: vec![Self::FREE; size] }
    }

    /// Doubles the places.
    fn grow(&mut self) {
        let size = 2 * self.places.len();
        self.places = vec![Self::FREE; size];
        for (number, found) in self.found.iter().enumerate() {
            let mut at = found.set.hash() as usize & (size - 1);
            while self.places[at] != Self::FREE {
                at = (at + 1) & (size - 1);
            }
            self.places[at] = u32::try_from(number).unwrap_or(Self::FREE);
        }
    }

    /// Adds a surrounding unless one of the same bonds is known; returns the atom that is done with by that. Of those
    /// found in one round the one with the smallest code stays.
    fn add(&mut self, new: Found<S>) -> Option<usize> {
        if 2 * self.found.len() >= self.places.len() {
            self.grow();
        }
        let last = self.places.len() - 1;
        let mut at = new.set.hash() as usize & last;
        loop {
            let Some(known) = self.found.get_mut(self.places[at] as usize) else {
                self.places[at] = u32::try_from(self.found.len()).unwrap_or(Self::FREE);
                self.found.push(new);
                return None;
            };
            if known.set == new.set {
                if known.round == new.round && (new.code, new.atom) < (known.code, known.atom) {
                    return Some(std::mem::replace(known, new).atom);
                }
                return Some(new.atom);
            }
            at = (at + 1) & last;
        }
    }
}

/// Calls `take` with the code of every distinct surrounding of every atom, out to `radius` bonds.
pub(super) fn environments(molecule: &Molecule, atoms: &[u32], radius: usize, take: &mut dyn FnMut(u32)) {
    atoms.iter().for_each(|&code| take(code));
    if radius == 0 {
        return;
    }
    match molecule.bonds().len() {
        ..=64 => rounds::<u64>(molecule, atoms, radius, take),
        65..=128 => rounds::<u128>(molecule, atoms, radius, take),
        _ => rounds::<Vec<u32>>(molecule, atoms, radius, take),
    }
}

fn rounds<S: BondSet>(molecule: &Molecule, atoms: &[u32], radius: usize, take: &mut dyn FnMut(u32)) {
    let count = atoms.len();
    let mut codes = atoms.to_vec();
    let mut next_codes = vec![0; count];
    let mut sets = vec![S::default(); count];
    let mut next_sets = sets.clone();
    let mut known = Known::new(2 * count);
    let mut settled: Vec<bool> = (0..count).map(|atom| molecule.neighbours(atom).is_empty()).collect();
    let mut done = Vec::with_capacity(count);
    let mut around: SmallVec<[(u32, u32); 4]> = SmallVec::new();
    for round in 0..radius {
        let first = known.found.len();
        done.clear();
        for atom in (0..count).filter(|&atom| !settled[atom]) {
            around.clear();
            let mut set = sets[atom].clone();
            for next in molecule.neighbours(atom) {
                set.insert(next.bond);
                set.join(&sets[next.atom]);
                around.push((bond_code(molecule.bonds()[next.bond].order), codes[next.atom]));
            }
            around.sort_unstable();
            let start = combine(u32::try_from(round).unwrap_or(u32::MAX), codes[atom]);
            let code = around.iter().fold(start, |code, &(bond, other)| combine(code, sequence([bond, other])));
            next_codes[atom] = code;
            next_sets[atom] = set.clone();
            done.extend(known.add(Found { set, code, atom, round }));
        }
        known.found[first..].iter().for_each(|found| take(found.code));
        done.iter().for_each(|&atom| settled[atom] = true);
        std::mem::swap(&mut codes, &mut next_codes);
        next_codes.fill(0);
        sets.clone_from(&next_sets);
    }
}

fn bond_code(order: BondOrder) -> u32 {
    match order {
        BondOrder::Any => 0,
        BondOrder::Single => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
        BondOrder::Aromatic => 12,
        BondOrder::Dative => 17,
    }
}
