//! Ranks of the atoms of very large fragments, in time that grows little faster than their number.
//!
//! Classes are refined as in [`super::rank`], but only atoms whose surroundings changed are looked at again, and the
//! largest part of a class keeps its place (Paige and Tarjan, SIAM J. Comput. 16, 973 (1987)). The order of classes, and
//! with it the text, may differ from RDKit's; it does not depend on the order of writing either.

use std::collections::{BTreeMap, VecDeque};

use smallvec::SmallVec;

use super::rank::kind;
use crate::{
    Chirality, Molecule,
    molecule::stereo::{Stereo, is_odd},
};

/// Atoms that nothing tells apart so far. The label orders classes; those of its parts will lie between `low` and `high`.
struct Class {
    members: Vec<usize>,
    touched: Vec<usize>,
    label: u64,
    low: u64,
    high: u64,
    waiting: bool,
}

/// What an atom is: number behind the colon, degree, element, isotope, hydrogens, charge.
type Nature = (u32, usize, u8, u16, usize, u32);
/// Bond kind, arrangement, label and relative handedness of each neighbour, and the handedness among them.
type Surroundings = (SmallVec<[(u8, u8, u64, bool); 4]>, u8);

struct Partition<'a> {
    molecule: &'a Molecule,
    stereo: &'a Stereo,
    classes: Vec<Class>,
    /// For each atom its class and its place among the members, and whether it is to be looked at again.
    class: Vec<usize>,
    place: Vec<usize>,
    touched: Vec<bool>,
    waiting: VecDeque<usize>,
    /// Classes of several atoms, by their labels.
    ties: BTreeMap<u64, usize>,
}

/// Room that the labels of the parts of a class may take, half of it on each side of its own: enough however it falls
/// apart, as the largest part keeps the label and the others are no larger than half.
fn room(members: usize) -> u64 {
    let members = members as u64;
    4 * members * members + 4
}

/// The rank of each atom of a fragment, from 0; atoms outside have the rank 0.
pub(super) fn ranks(molecule: &Molecule, atoms: &[usize], stereo: &Stereo) -> Vec<usize> {
    let count = molecule.atoms.len();
    let mut partition = Partition {
        molecule,
        stereo,
        classes: Vec::new(),
        class: vec![0; count],
        place: vec![0; count],
        touched: vec![false; count],
        waiting: VecDeque::new(),
        ties: BTreeMap::new(),
    };
    partition.begin(atoms);
    partition.refine();
    while let Some((_, &class)) = partition.ties.first_key_value() {
        partition.break_tie(class);
        partition.refine();
    }
    let mut sorted = atoms.to_vec();
    sorted.sort_unstable_by_key(|&atom| partition.classes[partition.class[atom]].label);
    let mut ranks = vec![0; count];
    sorted.iter().enumerate().for_each(|(rank, &atom)| ranks[atom] = rank);
    ranks
}

impl Partition<'_> {
    fn nature(&self, index: usize) -> Nature {
        let atom = &self.molecule.atoms[index];
        let degree = self.molecule.neighbours(index).len();
        let charge = i32::from(atom.charge).cast_unsigned();
        (atom.map, degree, atom.number, atom.isotope, atom.hydrogens(), charge)
    }

    /// Classes by what the atoms are; all of them wait to be looked at.
    fn begin(&mut self, atoms: &[usize]) {
        let mut keyed: Vec<(Nature, usize)> = atoms.iter().map(|&atom| (self.nature(atom), atom)).collect();
        keyed.sort_unstable();
        let mut low = 0;
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            let members: Vec<usize> = group.iter().map(|(_, atom)| *atom).collect();
            let high = low + room(members.len());
            self.add(members, low, high);
            low = high;
        }
        for class in 0..self.classes.len() {
            let members = self.classes[class].members.clone();
            members.iter().for_each(|&atom| self.touched[atom] = true);
            self.classes[class].touched = members;
            self.classes[class].waiting = true;
            self.waiting.push_back(class);
        }
    }

    fn add(&mut self, members: Vec<usize>, low: u64, high: u64) {
        let number = self.classes.len();
        for (place, &atom) in members.iter().enumerate() {
            (self.class[atom], self.place[atom]) = (number, place);
        }
        let label = low + (high - low) / 2;
        if members.len() > 1 {
            self.ties.insert(label, number);
        }
        self.classes.push(Class { members, touched: Vec::new(), label, low, high, waiting: false });
    }

    fn label(&self, atom: usize) -> u64 {
        self.classes[self.class[atom]].label
    }

    fn surroundings(&self, index: usize) -> Surroundings {
        let links = self.molecule.neighbours(index);
        let mut around: SmallVec<[(u8, u8, u64, bool); 4]> = links
            .iter()
            .map(|next| {
                let arrangement = match self.stereo.arrangements[next.bond].map(|arrangement| arrangement.together) {
                    None => 0,
                    Some(true) => 2,
                    Some(false) => 3,
                };
                let relative = !self.stereo.ring_partners[next.atom].is_empty();
                (kind(&self.molecule.bonds[next.bond]), arrangement, self.label(next.atom), relative)
            })
            .collect();
        around.sort_unstable_by(|a, b| b.cmp(a));
        (around, self.hand(index))
    }

    /// 0 for atoms without handedness, 1 where the classes around do not tell it, else 2 or 3.
    fn hand(&self, index: usize) -> u8 {
        let chirality = self.stereo.chirality[index];
        if chirality == Chirality::None {
            return 0;
        }
        let labels: SmallVec<[u64; 4]> =
            self.molecule.neighbours(index).iter().map(|next| self.label(next.atom)).collect();
        let mut sorted = labels.clone();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return 1;
        }
        let chirality = if is_odd(&labels, &sorted) { chirality.turned() } else { chirality };
        2 + u8::from(chirality == Chirality::Clockwise)
    }

    fn refine(&mut self) {
        while let Some(class) = self.waiting.pop_front() {
            self.classes[class].waiting = false;
            let touched = std::mem::take(&mut self.classes[class].touched);
            touched.iter().for_each(|&atom| self.touched[atom] = false);
            if self.classes[class].members.len() > 1 {
                self.split(class, touched);
            }
        }
    }

    /// Splits a class by the surroundings of the touched atoms; the others all have the same as before.
    fn split(&mut self, class: usize, touched: Vec<usize>) {
        let rest = self.classes[class].members.len() - touched.len();
        touched.iter().for_each(|&atom| self.touched[atom] = true);
        // One atom stands for all that were not touched.
        let other = self.classes[class].members.iter().copied().find(|&atom| !self.touched[atom]);
        let mut keyed: Vec<(Surroundings, usize)> =
            touched.iter().copied().chain(other).map(|atom| (self.surroundings(atom), atom)).collect();
        keyed.sort_unstable();
        let sizes: Vec<usize> = keyed
            .chunk_by(|a, b| a.0 == b.0)
            .map(|group| group.len() + if group.iter().any(|(_, atom)| Some(*atom) == other) { rest - 1 } else { 0 })
            .collect();
        let largest = (0..sizes.len()).rev().max_by_key(|&at| sizes[at]).unwrap_or_default();
        let mut parts: Vec<Vec<usize>> = Vec::new();
        if sizes.len() > 1 {
            for (at, group) in keyed.chunk_by(|a, b| a.0 == b.0).enumerate() {
                let mut part: Vec<usize> = Vec::new();
                if at != largest {
                    part.extend(group.iter().map(|(_, atom)| *atom).filter(|atom| Some(*atom) != other));
                    if part.len() < group.len() {
                        let members = self.classes[class].members.iter().copied();
                        part.extend(members.filter(|&atom| !self.touched[atom]));
                    }
                }
                parts.push(part);
            }
        }
        touched.iter().for_each(|&atom| self.touched[atom] = false);
        self.part(class, parts, largest);
    }

    /// Makes all parts but the largest classes of their own, before and behind it.
    fn part(&mut self, class: usize, parts: Vec<Vec<usize>>, largest: usize) {
        let mut moved = Vec::new();
        let mut behind = Vec::new();
        for (at, part) in parts.into_iter().enumerate() {
            if at == largest {
                continue;
            }
            part.iter().for_each(|&atom| self.take(class, atom));
            moved.extend_from_slice(&part);
            if at < largest {
                let low = self.classes[class].low;
                self.classes[class].low += room(part.len());
                self.add(part, low, self.classes[class].low);
            } else {
                behind.push(part);
            }
        }
        for part in behind.into_iter().rev() {
            self.add_behind(class, part);
        }
        if self.classes[class].members.len() == 1 {
            self.ties.remove(&self.classes[class].label);
        }
        self.touch(&moved);
    }

    fn add_behind(&mut self, class: usize, part: Vec<usize>) {
        let high = self.classes[class].high;
        self.classes[class].high -= room(part.len());
        self.add(part, self.classes[class].high, high);
    }

    /// Takes an atom out of its class.
    fn take(&mut self, class: usize, atom: usize) {
        let place = self.place[atom];
        let members = &mut self.classes[class].members;
        members.swap_remove(place);
        if let Some(&other) = members.get(place) {
            self.place[other] = place;
        }
    }

    /// The neighbours of atoms whose class is a new one are looked at again.
    fn touch(&mut self, moved: &[usize]) {
        let mut woken: Vec<(u64, usize)> = Vec::new();
        for next in moved.iter().flat_map(|&atom| self.molecule.neighbours(atom)) {
            let number = self.class[next.atom];
            let class = &mut self.classes[number];
            if class.members.len() > 1 && !std::mem::replace(&mut self.touched[next.atom], true) {
                class.touched.push(next.atom);
                if !std::mem::replace(&mut class.waiting, true) {
                    woken.push((class.label, number));
                }
            }
        }
        woken.sort_unstable();
        self.waiting.extend(woken.into_iter().map(|(_, class)| class));
    }

    /// Takes one of the atoms of a class as if it came last.
    fn break_tie(&mut self, class: usize) {
        let Some(&atom) = self.classes[class].members.last() else { return };
        self.take(class, atom);
        self.add_behind(class, vec![atom]);
        if self.classes[class].members.len() == 1 {
            self.ties.remove(&self.classes[class].label);
        }
        self.touch(&[atom]);
    }
}
