//! Tetrahedral stereocentres.

use super::is_odd;
use crate::{BondOrder, Chirality, Molecule};

/// Gives a code to every handed atom whose neighbours are all different: clockwise for R, counterclockwise for S. Tells
/// whether some possible centres are left without one, and whether any was given.
pub(super) fn assign(molecule: &Molecule, ranks: &[usize], codes: &mut [Option<Chirality>]) -> (bool, bool) {
    let (mut open, mut found) = (false, false);
    for (index, atom) in molecule.atoms.iter().enumerate() {
        if atom.chirality == Chirality::None || codes[index].is_some() || !may_be_centre(molecule, index) {
            continue;
        }
        let links = molecule.neighbours(index);
        let mut around: Vec<usize> =
            links.iter().filter(|next| counts(molecule, next.bond, index)).map(|next| ranks[next.atom]).collect();
        around.sort_unstable();
        if around.windows(2).any(|pair| pair[0] == pair[1]) {
            open = true;
            continue;
        }
        let natural: Vec<usize> = links.iter().map(|next| next.bond).collect();
        let mut sorted = links.to_vec();
        sorted.sort_by_key(|next| (ranks[next.atom], next.bond));
        let sorted: Vec<usize> = sorted.iter().map(|next| next.bond).collect();
        let hydrogen = natural.len() == 3 && atom.hydrogens() == 1;
        let turned = is_odd(&natural, &sorted) != hydrogen;
        codes[index] = Some(if turned { atom.chirality.turned() } else { atom.chirality });
        found = true;
    }
    (open, found)
}

/// Whether a bond takes part in the geometry of an atom.
pub(super) fn counts(molecule: &Molecule, bond: usize, atom: usize) -> bool {
    let bond = &molecule.bonds[bond];
    match bond.order {
        BondOrder::Any => false,
        BondOrder::Dative => bond.begin != atom,
        _ => true,
    }
}

fn may_be_centre(molecule: &Molecule, index: usize) -> bool {
    let atom = &molecule.atoms[index];
    let degree = molecule.neighbours(index).iter().filter(|next| counts(molecule, next.bond, index)).count();
    let hydrogens = atom.hydrogens();
    let hydrogen_beside = || {
        let mut atoms = molecule.neighbours(index).iter().map(|next| &molecule.atoms[next.atom]);
        atoms.any(|next| next.number == 1 && next.isotope == 0)
    };
    match degree {
        _ if !(3..=4).contains(&(degree + hydrogens)) => false,
        ..3 => matches!(atom.number, 15 | 33),
        3 if hydrogens == 1 => !hydrogen_beside(),
        3 => match atom.number {
            7 => is_rigid_nitrogen(molecule, index),
            15 | 33 => true,
            16 | 34 => atom.explicit_valence == 4 || (atom.explicit_valence == 3 && atom.charge == 1),
            _ => false,
        },
        _ => true,
    }
}

/// Nitrogen that cannot swing through: in a ring of three, or where rings are bridged.
pub(super) fn is_rigid_nitrogen(molecule: &Molecule, index: usize) -> bool {
    let mut rings = molecule.rings().iter().filter(|ring| ring.atoms.contains(&index));
    rings.any(|ring| ring.atoms.len() == 3) || is_bridgehead(molecule, index)
}

/// Whether an atom has three ring bonds or more, and each of its rings shares two bonds with another of them.
fn is_bridgehead(molecule: &Molecule, index: usize) -> bool {
    let ring_bonds = molecule.neighbours(index).iter().filter(|next| molecule.ring_count_of_bond(next.bond) > 0);
    if ring_bonds.count() < 3 {
        return false;
    }
    let rings: Vec<_> = molecule.rings().iter().filter(|ring| ring.atoms.contains(&index)).collect();
    let shared = |a: usize, b: usize| rings[a].bonds.iter().filter(|bond| rings[b].bonds.contains(bond)).count();
    (0..rings.len()).all(|a| (0..rings.len()).any(|b| a != b && shared(a, b) >= 2))
}
