//! Atom pairs and topological torsions: which atoms stand how far from each other, and which follow each other.

use super::hash::sequence;
use crate::{BondOrder, Hybridization, Molecule};

/// Pairs further apart are left out.
const LONGEST: usize = 30;
/// Bits of the code of an atom: three for its bonds, two for pi electrons, four for the element.
const CODE_BITS: u32 = 9;
/// Elements told apart; all others have the last number.
const ELEMENTS: [u8; 15] = [5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 51, 52, 53];

/// What an atom is: element, pi electrons, bonds.
fn code(molecule: &Molecule, index: usize) -> u32 {
    let atom = &molecule.atoms()[index];
    let number = |value: usize| u32::try_from(value).unwrap_or_default();
    let bonds = number(molecule.neighbours(index).len() % 7);
    let pi = number(pi_electrons(molecule, index) % 3);
    let listed = ELEMENTS.iter().position(|&element| element >= atom.number);
    let element = match listed.filter(|&at| ELEMENTS[at] == atom.number) {
        Some(at) => number(at),
        None => 15,
    };
    bonds | pi << 3 | element << 5
}

fn pi_electrons(molecule: &Molecule, index: usize) -> usize {
    let atom = &molecule.atoms()[index];
    if atom.aromatic {
        return 1;
    }
    if atom.hybridization == Hybridization::Sp3 {
        return 0;
    }
    let bonds =
        molecule.neighbours(index).iter().filter(|next| molecule.bonds()[next.bond].order != BondOrder::Dative).count();
    usize::try_from(atom.explicit_valence)
        .unwrap_or_default()
        .saturating_sub(usize::from(atom.explicit_hydrogens) + bonds)
}

/// Calls `take` with the code of every pair of atoms at most [`LONGEST`] bonds apart.
pub(super) fn pairs(molecule: &Molecule, take: &mut dyn FnMut(u32)) {
    const UNREACHED: u8 = u8::MAX;
    let count = molecule.atoms().len();
    let limit = (1 << CODE_BITS) - 1;
    let codes: Vec<u32> = (0..count).map(|atom| code(molecule, atom) % limit).collect();
    let mut distances = vec![UNREACHED; count];
    let mut queue = Vec::with_capacity(count);
    for start in 0..count {
        queue.clear();
        queue.push(start);
        distances[start] = 0;
        let mut at = 0;
        while let Some(&atom) = queue.get(at) {
            at += 1;
            let distance = distances[atom];
            if usize::from(distance) == LONGEST {
                break;
            }
            for next in molecule.neighbours(atom) {
                if distances[next.atom] == UNREACHED {
                    distances[next.atom] = distance + 1;
                    queue.push(next.atom);
                }
            }
        }
        for &atom in &queue {
            if atom > start {
                let (low, high) = (codes[start].min(codes[atom]), codes[start].max(codes[atom]));
                take(sequence([low, u32::from(distances[atom]), high]));
            }
            distances[atom] = UNREACHED;
        }
    }
}

/// Calls `take` with the code of every chain of four atoms without hydrogen; a ring of three counts once.
pub(super) fn torsions(molecule: &Molecule, take: &mut dyn FnMut(u32)) {
    let count = molecule.atoms().len();
    let limit = (1 << CODE_BITS) - 1;
    let codes: Vec<u32> = (0..count).map(|atom| code(molecule, atom).wrapping_sub(2) % limit + 1).collect();
    let hash = |path: [usize; 4]| {
        let mut codes = [codes[path[0]], codes[path[1]] - 1, codes[path[2]] - 1, codes[path[3]]];
        if (codes[0], codes[1]) > (codes[3], codes[2]) {
            codes.reverse();
        }
        sequence(codes)
    };
    let heavy = |atom: usize| molecule.atoms()[atom].number != 1;
    for bond in molecule.bonds() {
        // Every chain has one bond in its middle.
        let (b, c) = (bond.begin, bond.end);
        if !heavy(b) || !heavy(c) {
            continue;
        }
        for a in molecule.neighbours(b).iter().map(|next| next.atom).filter(|&a| a != c && heavy(a)) {
            for d in molecule.neighbours(c).iter().map(|next| next.atom).filter(|&d| d != b && heavy(d)) {
                if a != d {
                    take(hash([a, b, c, d]));
                } else if a < b && a < c {
                    // The ring is walked from its first atom.
                    take(hash([a, b, c, a]));
                }
            }
        }
    }
}
