//! Handedness that is relative: two atoms of a ring, each with equal ways round, can still be on the same or on
//! different sides of it.

use std::collections::VecDeque;

use super::centre::is_rigid_nitrogen;
use crate::{Chirality, Molecule};

/// For each atom the others of its ring system its handedness is relative to, and whether it is written the same.
pub(super) fn partners(molecule: &Molecule, ranks: &[usize], codes: &[Option<Chirality>]) -> Vec<Vec<(usize, bool)>> {
    let count = molecule.atoms.len();
    let candidates: Vec<bool> = (0..count)
        .map(|atom| {
            let handed = molecule.atoms[atom].chirality != Chirality::None && codes[atom].is_none();
            handed && is_candidate(molecule, ranks, atom)
        })
        .collect();
    let mut partners = vec![Vec::new(); count];
    let mut met = vec![false; count];
    let mut walked = vec![false; molecule.bonds.len()];
    for start in (0..count).filter(|&atom| candidates[atom]) {
        if met[start] {
            continue;
        }
        let mut others: Vec<usize> = Vec::new();
        let mut queue = VecDeque::from([start]);
        let mut queued = vec![false; count];
        queued[start] = true;
        while let Some(atom) = queue.pop_front() {
            if atom != start {
                met[atom] = true;
                if candidates[atom] {
                    others.push(atom);
                }
            }
            for next in molecule.neighbours(atom) {
                if std::mem::replace(&mut walked[next.bond], true) || molecule.ring_count_of_bond(next.bond) == 0 {
                    continue;
                }
                if !met[next.atom] && !std::mem::replace(&mut queued[next.atom], true) {
                    queue.push_back(next.atom);
                }
            }
        }
        met[start] = true;
        let group: Vec<usize> = [start].into_iter().chain(others).collect();
        if group.len() < 2 {
            continue;
        }
        for &atom in &group {
            let own = molecule.atoms[atom].chirality;
            let rest = group.iter().filter(|&&other| other != atom);
            partners[atom] = rest.map(|&other| (other, molecule.atoms[other].chirality == own)).collect();
        }
    }
    partners
}

fn is_candidate(molecule: &Molecule, ranks: &[usize], index: usize) -> bool {
    if molecule.ring_count_of_atom(index) == 0 {
        return false;
    }
    if molecule.atoms[index].number == 7 && molecule.total_degree(index) == 3 && !is_rigid_nitrogen(molecule, index) {
        return false;
    }
    let (inside, outside): (Vec<crate::Neighbour>, Vec<crate::Neighbour>) =
        molecule.neighbours(index).iter().copied().partition(|next| molecule.ring_count_of_bond(next.bond) > 0);
    let mut kinds: Vec<usize> = inside.iter().map(|next| ranks[next.atom]).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match outside.as_slice() {
        [] => matches!((inside.len(), kinds.len()), (4, 3) | (3, 2)),
        [_] => inside.len() >= 2,
        [a, b] => ranks[a.atom] != ranks[b.atom],
        _ => false,
    }
}
