//! Circular fingerprints.
//!
//! Each atom begins with a number for what it is. In every round its number is mixed with those of its neighbours. Of
//! several surroundings that consist of the same bonds one counts.

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
trait BondSet: Clone + Default + Ord {
    fn insert(&mut self, bond: usize);
    fn join(&mut self, other: &Self);
}

impl BondSet for u64 {
    fn insert(&mut self, bond: usize) {
        *self |= 1 << bond;
    }

    fn join(&mut self, other: &Self) {
        *self |= other;
    }
}

impl BondSet for u128 {
    fn insert(&mut self, bond: usize) {
        *self |= 1 << bond;
    }

    fn join(&mut self, other: &Self) {
        *self |= other;
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
    let mut seen: Vec<S> = Vec::new();
    let mut found: Vec<(S, u32, usize)> = Vec::with_capacity(count);
    let mut settled: Vec<bool> = (0..count).map(|atom| molecule.neighbours(atom).is_empty()).collect();
    let mut around: Vec<(u32, u32)> = Vec::with_capacity(8);
    for round in 0..radius {
        found.clear();
        let mut next_sets = sets.clone();
        for atom in (0..count).filter(|&atom| !settled[atom]) {
            around.clear();
            for next in molecule.neighbours(atom) {
                next_sets[atom].insert(next.bond);
                next_sets[atom].join(&sets[next.atom]);
                around.push((bond_code(molecule.bonds()[next.bond].order), codes[next.atom]));
            }
            around.sort_unstable();
            let start = combine(u32::try_from(round).unwrap_or(u32::MAX), codes[atom]);
            let code = around.iter().fold(start, |code, &(bond, other)| combine(code, sequence([bond, other])));
            next_codes[atom] = code;
            found.push((next_sets[atom].clone(), code, atom));
        }
        if found.is_empty() {
            return;
        }
        found.sort_unstable();
        let earlier = seen.len();
        for (at, (set, code, atom)) in found.iter().enumerate() {
            let again = at > 0 && found[at - 1].0 == *set;
            if again || seen[..earlier].binary_search(set).is_ok() {
                settled[*atom] = true;
            } else {
                take(*code);
                seen.push(set.clone());
            }
        }
        seen.sort_unstable();
        std::mem::swap(&mut codes, &mut next_codes);
        next_codes.fill(0);
        sets = next_sets;
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
