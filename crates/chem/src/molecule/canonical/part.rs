//! The fragments of a molecule as molecules of their own.

use crate::{
    Molecule, Neighbour,
    molecule::stereo::{Arrangement, Stereo},
};

/// Each fragment with its handedness and arrangement, atoms and bonds in their order.
pub(super) fn parts(molecule: &Molecule, stereo: &Stereo) -> impl Iterator<Item = (Molecule, Stereo)> {
    let mut places = vec![0; molecule.atoms.len()];
    molecule.fragment_atoms().into_iter().map(move |atoms| {
        atoms.iter().enumerate().for_each(|(place, &atom)| places[atom] = place);
        let begins = |&atom: &usize| {
            let links = molecule.neighbours(atom).iter();
            links.filter(move |next| molecule.bonds[next.bond].begin == atom).map(|next: &Neighbour| next.bond)
        };
        let mut bonds: Vec<usize> = atoms.iter().flat_map(begins).collect();
        bonds.sort_unstable();
        (part(molecule, &atoms, &bonds, &places), stereo_of(stereo, &atoms, &bonds, &places))
    })
}

fn part(molecule: &Molecule, atoms: &[usize], bonds: &[usize], places: &[usize]) -> Molecule {
    let mut part = Molecule {
        atoms: atoms.iter().map(|&atom| molecule.atoms[atom]).collect(),
        bonds: bonds.iter().map(|&bond| molecule.bonds[bond]).collect(),
        atom_rings: atoms.iter().filter_map(|&atom| molecule.atom_rings.get(atom).copied()).collect(),
        bond_rings: bonds.iter().filter_map(|&bond| molecule.bond_rings.get(bond).copied()).collect(),
        ..Molecule::default()
    };
    for bond in &mut part.bonds {
        (bond.begin, bond.end) = (places[bond.begin], places[bond.end]);
    }
    part.link();
    part
}

fn stereo_of(stereo: &Stereo, atoms: &[usize], bonds: &[usize], places: &[usize]) -> Stereo {
    let partners =
        |&atom: &usize| stereo.ring_partners[atom].iter().map(|&(other, same)| (places[other], same)).collect();
    let moved = |arrangement: Arrangement| Arrangement {
        neighbours: arrangement.neighbours.map(|atom| places[atom]),
        ..arrangement
    };
    Stereo {
        chirality: atoms.iter().map(|&atom| stereo.chirality[atom]).collect(),
        ring_partners: atoms.iter().map(partners).collect(),
        arrangements: bonds.iter().map(|&bond| stereo.arrangements[bond].map(moved)).collect(),
    }
}
