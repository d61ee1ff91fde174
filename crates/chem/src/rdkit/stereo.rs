//! Where a structure could be handed, told or not.
//!
//! An atom or a double bond is a centre when its substituents differ, which is looked at in the graph: classes of atoms
//! refined by their surroundings.

use crate::Chirality;
use std::collections::BTreeSet;

use crate::{
    BondOrder, DescriptorValue, Hybridization, MissingReason, Molecule,
    mordred::{counts::atoms::bridgeheads, ratio},
};

/// Classes of atoms with the same surroundings at any distance.
fn classes(molecule: &Molecule) -> Vec<u64> {
    let count = molecule.atoms().len();
    let start = |atom: usize| {
        let at = &molecule.atoms()[atom];
        let own = [u64::from(at.number), u64::from(at.isotope), molecule.total_hydrogens(atom) as u64];
        own.iter().fold(u64::from(at.charge.cast_unsigned()), |code, &part| mix(code, part))
    };
    let mut classes: Vec<u64> = (0..count).map(start).collect();
    let mut known = 0;
    loop {
        let mut different = classes.clone();
        different.sort_unstable();
        different.dedup();
        if different.len() == known {
            return classes;
        }
        known = different.len();
        classes = (0..count)
            .map(|atom| {
                let around = molecule.neighbours(atom).iter();
                let sum = around.fold(0_u64, |sum, next| {
                    let bond = &molecule.bonds()[next.bond];
                    let order = if bond.aromatic { 4 } else { bond.order as u64 };
                    sum.wrapping_add(mix(order, classes[next.atom]))
                });
                mix(classes[atom], sum)
            })
            .collect();
    }
}

fn mix(code: u64, part: u64) -> u64 {
    let product = (code.rotate_left(23) ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    product ^ (product >> 31)
}

/// Whether an atom's shape allows it to be a centre.
fn suited(molecule: &Molecule, bridgeheads: &BTreeSet<usize>, index: usize) -> bool {
    let atom = &molecule.atoms()[index];
    let hydrogens = molecule.total_hydrogens(index);
    let bonded = molecule.total_degree(index);
    if hydrogens > 1 || !(3..=4).contains(&bonded) || molecule.neighbours(index).len() < 3 {
        return false;
    }
    if bonded == 4 {
        return true;
    }
    match atom.number {
        // Nitrogen turns over unless a ring keeps it from it.
        7 => {
            let in_small = molecule.rings().iter().any(|ring| ring.atoms.len() == 3 && ring.atoms.contains(&index));
            hydrogens == 0 && (in_small || bridgeheads.contains(&index)) && !atom.aromatic
        }
        15 | 33 => true,
        16 | 34 => atom.total_valence() == 4 || (atom.total_valence() == 3 && atom.charge == 1),
        _ => false,
    }
}

/// Whether all neighbours of an atom are of different classes.
fn all_differ(molecule: &Molecule, classes: &[u64], index: usize) -> bool {
    let mut around: Vec<u64> = molecule.neighbours(index).iter().map(|next| classes[next.atom]).collect();
    around.sort_unstable();
    around.windows(2).all(|pair| pair[0] != pair[1])
}

fn centre_atoms(molecule: &Molecule, classes: &[u64]) -> Vec<bool> {
    let bridgeheads = bridgeheads(molecule);
    let is_centre = |atom: usize| suited(molecule, &bridgeheads, atom) && all_differ(molecule, classes, atom);
    (0..molecule.atoms().len()).map(is_centre).collect()
}

/// Adds the atoms that are centres because of others: with equal neighbours that lie in one ring with another such
/// atom, or that lead to centres.
fn add_dependent(molecule: &Molecule, classes: &[u64], centres: &mut [bool]) {
    let bridgeheads = bridgeheads(molecule);
    let in_ring = |bond: usize| molecule.ring_count_of_bond(bond) > 0;
    let equal = |atom: usize, ring: bool| {
        let links = molecule.neighbours(atom);
        links.iter().enumerate().all(|(place, first)| {
            let same = links[place + 1..].iter().filter(|second| classes[second.atom] == classes[first.atom]);
            same.clone().all(|second| in_ring(first.bond) == ring && in_ring(second.bond) == ring)
        })
    };
    let open: Vec<usize> = (0..centres.len())
        .filter(|&atom| {
            !centres[atom] && suited(molecule, &bridgeheads, atom) && (equal(atom, true) || equal(atom, false))
        })
        .collect();
    let mut ringed = vec![false; centres.len()];
    open.iter().filter(|&&atom| equal(atom, true)).for_each(|&atom| ringed[atom] = true);
    let mut dependent = vec![false; centres.len()];
    for ring in molecule.rings() {
        // Those of a ring depend on one another.
        if ring.atoms.iter().filter(|&&atom| centres[atom] || ringed[atom]).count() > 1 {
            ring.atoms.iter().filter(|&&atom| ringed[atom]).for_each(|&atom| dependent[atom] = true);
        }
    }
    centres.iter_mut().zip(dependent).for_each(|(centre, dependent)| *centre |= dependent);
    for &atom in open.iter().filter(|&&atom| !equal(atom, true)) {
        centres[atom] = molecule.neighbours(atom).iter().all(|next| {
            let alike =
                |other: &&crate::Neighbour| other.atom != next.atom && classes[other.atom] == classes[next.atom];
            !molecule.neighbours(atom).iter().any(|other| alike(&other))
                || leads_to_centre(molecule, centres, atom, next.atom)
        });
    }
}

/// Whether there is a centre among the atoms reached from `next` without passing `from`.
fn leads_to_centre(molecule: &Molecule, centres: &[bool], from: usize, next: usize) -> bool {
    let mut seen = vec![false; centres.len()];
    (seen[from], seen[next]) = (true, true);
    let mut open = vec![next];
    while let Some(atom) = open.pop() {
        if centres[atom] {
            return true;
        }
        for further in molecule.neighbours(atom) {
            if !std::mem::replace(&mut seen[further.atom], true) {
                open.push(further.atom);
            }
        }
    }
    false
}

/// Number of atoms that are centres, and of those whose handedness is not told.
pub(super) fn centres(molecule: &Molecule) -> [f64; 2] {
    let centres = centre_atoms(molecule, &classes(molecule));
    let told = |atom: &usize| molecule.atoms()[*atom].chirality != Chirality::None;
    let all: Vec<usize> = (0..centres.len()).filter(|&atom| centres[atom]).collect();
    [all.len() as f64, all.iter().filter(|atom| !told(atom)).count() as f64]
}

/// Ends of double bonds whose substituents can lie on either side.
fn double_bond_ends(molecule: &Molecule, classes: &[u64]) -> Vec<bool> {
    let mut ends = vec![false; molecule.atoms().len()];
    let small_ring =
        |bond: usize| molecule.rings().iter().any(|ring| ring.atoms.len() < 8 && ring.bonds.contains(&bond));
    for (index, bond) in molecule.bonds().iter().enumerate() {
        if bond.order != BondOrder::Double || small_ring(index) {
            continue;
        }
        let open = |atom: usize, other: usize| {
            let links = molecule.neighbours(atom);
            let single = links.iter().filter(|next| molecule.bonds()[next.bond].order != BondOrder::Double);
            (2..=3).contains(&links.len())
                && single.count() == links.len() - 1
                && match links.iter().filter(|next| next.atom != other).collect::<Vec<_>>()[..] {
                    [first, second] => classes[first.atom] != classes[second.atom],
                    _ => true,
                }
        };
        if open(bond.begin, bond.end) && open(bond.end, bond.begin) {
            (ends[bond.begin], ends[bond.end]) = (true, true);
        }
    }
    ends
}

/// Spacial score per heavy atom. Source: Krzyzanowski et al., J. Med. Chem. 66, 12739 (2023).
pub(super) fn spacial_score(molecule: &Molecule) -> DescriptorValue {
    let classes = classes(molecule);
    let mut centres = centre_atoms(molecule, &classes);
    add_dependent(molecule, &classes, &mut centres);
    let ends = double_bond_ends(molecule, &classes);
    let mut score = 0.0;
    for (index, atom) in molecule.atoms().iter().enumerate() {
        let shape = match atom.hybridization {
            Hybridization::Sp => 1.0,
            Hybridization::Sp2 => 2.0,
            Hybridization::Sp3 => 3.0,
            _ => 4.0,
        };
        let stereo = if centres[index] || ends[index] { 2.0 } else { 1.0 };
        let ring = if molecule.ring_count_of_atom(index) > 0 && !atom.aromatic { 2.0 } else { 1.0 };
        let neighbours = molecule.neighbours(index).len() as f64;
        score += shape * stereo * ring * neighbours * neighbours;
    }
    let heavy = molecule.atoms().iter().filter(|atom| atom.number > 1).count() as f64;
    ratio(score, heavy, MissingReason::NothingToAverage)
}
