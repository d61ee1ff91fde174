//! What several families of descriptors share, computed once for a structure.

use std::cell::OnceCell;

use super::{
    MissingReason,
    atomic::{AtomWeights, weights},
    blocks::Blocks,
    crippen, groups,
    spectra::Spectra,
};
use crate::Molecule;

/// Distance between atoms of different fragments, as RDKit has it.
pub(crate) const FAR: f64 = 1e8;

/// Atoms, hydrogens included, beyond which distances take too much time and memory: both grow with the square.
pub(crate) const MOST_ATOMS: usize = 10_000;

/// Whether the distances between all atoms can be computed.
pub(crate) fn suited(molecule: &Molecule) -> bool {
    molecule.atoms().iter().map(|atom| 1 + atom.hydrogens()).sum::<usize>() <= MOST_ATOMS
}

/// A structure with its distances.
pub(crate) struct Graph<'a> {
    pub molecule: std::borrow::Cow<'a, Molecule>,
    /// Bonds on the shortest way between two atoms, row by row; [`Graph::APART`] between fragments.
    pub distances: Vec<u16>,
    pub weights: AtomWeights,
}

impl Graph<'_> {
    pub const APART: u16 = u16::MAX;

    pub fn count(&self) -> usize {
        self.molecule.atoms().len()
    }

    pub fn row(&self, atom: usize) -> &[u16] {
        let count = self.count();
        &self.distances[atom * count..(atom + 1) * count]
    }

    /// The distance as a number.
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        number(self.row(a)[b])
    }

    pub fn degree(&self, atom: usize) -> usize {
        self.molecule.neighbours(atom).len()
    }
}

/// A structure in which every hydrogen is an atom of its own, behind the atoms there were.
pub(crate) struct Full {
    pub molecule: Molecule,
    pub weights: AtomWeights,
    /// For each hydrogen the atom it is on.
    parents: Vec<usize>,
}

impl Full {
    pub fn count(&self) -> usize {
        self.molecule.atoms().len()
    }

    /// Writes the distances from an atom to all behind it, which those in the structure without hydrogens tell.
    pub fn distances_behind(&self, heavy: &Graph<'_>, atom: usize, distances: &mut Vec<u16>) {
        let before = heavy.count();
        distances.clear();
        if let Some(hydrogen) = atom.checked_sub(before) {
            let row = heavy.row(self.parents[hydrogen]);
            distances.extend(self.parents[hydrogen + 1..].iter().map(|&parent| row[parent].saturating_add(2)));
        } else {
            let row = heavy.row(atom);
            distances.extend_from_slice(&row[atom + 1..]);
            distances.extend(self.parents.iter().map(|&parent| row[parent].saturating_add(1)));
        }
    }
}

/// A distance as a number.
pub(crate) fn number(distance: u16) -> f64 {
    if distance == Graph::APART { FAR } else { f64::from(distance) }
}

/// What the families work with: the structure without and with its hydrogens.
pub(crate) struct Context<'a> {
    /// Hydrogens counted on their neighbours.
    pub heavy: Graph<'a>,
    /// Every hydrogen an atom.
    pub full: Full,
    pub connected: bool,
    pub blocks: Blocks,
    /// Labute's surface of each heavy atom, and of all hydrogens.
    pub surface: (Vec<f64>, f64),
    /// Contributions of each heavy atom to log P and molar refractivity, hydrogens apart.
    pub crippen: Vec<[f64; 2]>,
    /// Electrotopological state of each heavy atom.
    pub estate: Vec<f64>,
    spectra: OnceCell<Spectra>,
    hydrogen_bonds: OnceCell<[f64; 2]>,
}

impl<'a> Context<'a> {
    pub fn new(molecule: &'a Molecule) -> Self {
        let heavy = graph(std::borrow::Cow::Borrowed(molecule));
        let mut with_hydrogens = molecule.with_hydrogens();
        with_hydrogens.choose_kekule_form();
        let weights = weights(&with_hydrogens);
        let hydrogens = heavy.count()..with_hydrogens.atoms().len();
        let parents = hydrogens.map(|hydrogen| with_hydrogens.neighbours(hydrogen)[0].atom).collect();
        let full = Full { molecule: with_hydrogens, weights, parents };
        let surface = super::surface::labute(molecule);
        let estate = super::estate::indices(&heavy);
        let connected = molecule.fragment_count() == 1;
        let blocks = Blocks::new(molecule);
        let crippen = crippen::contributions(molecule);
        Self {
            heavy,
            full,
            connected,
            blocks,
            surface,
            crippen,
            estate,
            spectra: OnceCell::new(),
            hydrogen_bonds: OnceCell::new(),
        }
    }

    /// What is taken from eigenvalues.
    pub fn spectra(&self) -> &Spectra {
        self.spectra.get_or_init(|| Spectra::new(self))
    }

    /// Acceptors and donors of hydrogen bonds.
    pub fn hydrogen_bonds(&self) -> [f64; 2] {
        *self.hydrogen_bonds.get_or_init(|| groups::hydrogen_bonds(self))
    }

    /// An error for structures of several fragments.
    pub fn one_fragment(&self) -> Result<(), MissingReason> {
        if self.connected { Ok(()) } else { Err(MissingReason::SeveralFragments) }
    }
}

fn graph(molecule: std::borrow::Cow<'_, Molecule>) -> Graph<'_> {
    let distances = distances(&molecule);
    let weights = weights(&molecule);
    Graph { molecule, distances, weights }
}

fn distances(molecule: &Molecule) -> Vec<u16> {
    let count = molecule.atoms().len();
    let mut distances = vec![Graph::APART; count * count];
    if count <= u64::BITS as usize {
        by_bits(molecule, &mut distances);
        return distances;
    }
    let mut queue = Vec::with_capacity(count);
    for start in 0..count {
        let row = &mut distances[start * count..(start + 1) * count];
        row[start] = 0;
        queue.clear();
        queue.push(start);
        let mut next = 0;
        while next < queue.len() {
            let atom = queue[next];
            next += 1;
            let further = row[atom].saturating_add(1);
            for link in molecule.neighbours(atom) {
                if row[link.atom] == Graph::APART {
                    row[link.atom] = further;
                    queue.push(link.atom);
                }
            }
        }
    }
    distances
}

/// The same for so few atoms that a set of them is the bits of one number.
fn by_bits(molecule: &Molecule, distances: &mut [u16]) {
    let count = molecule.atoms().len();
    let bits = |links: &[crate::Neighbour]| links.iter().fold(0, |bits, next| bits | (1_u64 << next.atom));
    let around: Vec<u64> = (0..count).map(|atom| bits(molecule.neighbours(atom))).collect();
    let each = |mut set: u64, take: &mut dyn FnMut(usize)| {
        while set != 0 {
            take(set.trailing_zeros() as usize);
            set &= set - 1;
        }
    };
    for (start, row) in distances.chunks_exact_mut(count.max(1)).enumerate() {
        let (mut seen, mut level, mut distance) = (0, 1_u64 << start, 0);
        while level != 0 {
            seen |= level;
            let mut next = 0;
            each(level, &mut |atom| {
                row[atom] = distance;
                next |= around[atom];
            });
            level = next & !seen;
            distance += 1;
        }
    }
}
