//! Handedness of atoms in the order in which a walk writes their neighbours.

use super::traverse::{Piece, Walk};
use crate::{
    Chirality, Molecule,
    molecule::stereo::{Stereo, is_odd},
};

/// For each atom the handedness to write.
pub(super) fn written(molecule: &Molecule, stereo: &Stereo, walk: &Walk) -> Vec<Chirality> {
    let mut chirality = stereo.chirality.clone();
    let visited: Vec<usize> = walk
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Atom(atom) => Some(*atom),
            _ => None,
        })
        .collect();
    let mut place = vec![usize::MAX; chirality.len()];
    visited.iter().enumerate().for_each(|(at, &atom)| place[atom] = at);
    let turned: Vec<bool> = (0..chirality.len())
        .map(|atom| place[atom] != usize::MAX && is_turned(molecule, &chirality, walk, atom, place[atom] == 0))
        .collect();
    let mut settled = vec![false; chirality.len()];
    for &atom in visited.iter().filter(|&&atom| stereo.chirality[atom] != Chirality::None) {
        let partners = &stereo.ring_partners[atom];
        if partners.is_empty() {
            if turned[atom] {
                chirality[atom] = chirality[atom].turned();
            }
            continue;
        }
        // Only the relation counts: the first is always written the same way.
        if !std::mem::replace(&mut settled[atom], true) {
            chirality[atom] = Chirality::CounterClockwise;
        }
        for &(other, same) in partners {
            if settled[other] || place[other] == usize::MAX || place[other] < place[atom] {
                continue;
            }
            settled[other] = true;
            let flipped = !same ^ turned[atom] ^ turned[other];
            chirality[other] = if flipped { chirality[atom].turned() } else { chirality[atom] };
        }
    }
    chirality
}

/// Whether the order of writing turns the handedness round.
fn is_turned(molecule: &Molecule, chirality: &[Chirality], walk: &Walk, index: usize, first: bool) -> bool {
    let order = &walk.bonds[index];
    if chirality[index] == Chirality::None || order.len() < 3 {
        return false;
    }
    let natural: Vec<usize> = molecule.neighbours(index).iter().map(|next| next.bond).collect();
    let atom = &molecule.atoms[index];
    let hydrogen = atom.explicit_hydrogens == 1;
    let unsaturated = || natural.iter().any(|&bond| molecule.bonds[bond].order.number() > 1.0);
    let fourth = hydrogen || atom.implicit_hydrogens == 1;
    // The hydrogen moves from the last to the first place; a lone pair counts like one.
    let moved =
        natural.len() == 3 && ((first && hydrogen) || (!fourth && walk.closures[index].len() == 1 && !unsaturated()));
    is_odd(&natural, order) != moved
}
