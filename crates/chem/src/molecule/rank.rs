//! Ranks of atoms that do not depend on the order of writing.
//!
//! Source: Schneider, Sahnoun and Landrum, J. Chem. Inf. Model. 55, 2111 (2015): classes are refined by what their atoms
//! are, then by the classes of the neighbours, and ties are broken one by one. Handedness and the arrangement of double
//! bonds are left aside here.

use std::cmp::Ordering;

use super::{BondOrder, Molecule};

/// Bond kind and class of a neighbour, largest first.
type Surroundings = Vec<(u8, usize)>;

struct Partition<'a> {
    molecule: &'a Molecule,
    /// Atoms sorted by class.
    order: Vec<usize>,
    /// For each atom the place in `order` where its class begins.
    class: Vec<usize>,
    /// Size of the class, at its first atom; 0 at the others.
    size: Vec<usize>,
    /// Classes to be refined, by their first atom; the last comes first.
    active: Vec<usize>,
    is_active: Vec<bool>,
}

impl Molecule {
    /// The rank of each atom, from 0; every atom has its own.
    pub(crate) fn ranks(&self) -> Vec<usize> {
        let count = self.atoms.len();
        if count == 0 {
            return Vec::new();
        }
        let mut partition = Partition {
            molecule: self,
            order: (0..count).collect(),
            class: vec![0; count],
            size: vec![0; count],
            active: Vec::new(),
            is_active: vec![false; count],
        };
        partition.size[0] = count;
        partition.activate_all();
        partition.refine(false);
        partition.activate_all();
        partition.refine(true);
        partition.break_ties();
        partition.class
    }
}

impl Partition<'_> {
    fn activate_all(&mut self) {
        let mut place = 0;
        while place < self.order.len() {
            let first = self.order[place];
            self.activate(first);
            place += self.size[first].max(1);
        }
    }

    fn activate(&mut self, first: usize) {
        if self.size[first] > 1 && !self.is_active[first] {
            self.is_active[first] = true;
            self.active.push(first);
        }
    }

    /// What the atom is: compared from left to right.
    fn nature(&self, index: usize) -> (u32, usize, u8, u16, usize, u8, bool) {
        let atom = &self.molecule.atoms[index];
        let degree = self.molecule.neighbours(index).len();
        let handed = atom.chirality != super::Chirality::None;
        // Negative charges come behind positive ones.
        (atom.map, degree, atom.number, atom.isotope, atom.hydrogens(), atom.charge.cast_unsigned(), handed)
    }

    fn surroundings(&self, index: usize) -> Surroundings {
        let links = self.molecule.neighbours(index).iter();
        let mut bonds: Surroundings = links
            .map(|next| {
                let bond = &self.molecule.bonds[next.bond];
                let kind = match bond.order {
                    _ if bond.aromatic => 12,
                    BondOrder::Any => 0,
                    BondOrder::Single => 1,
                    BondOrder::Double => 2,
                    BondOrder::Triple => 3,
                    BondOrder::Quadruple => 4,
                    BondOrder::Aromatic => 12,
                    BondOrder::Dative => 17,
                };
                (kind, self.class[next.atom])
            })
            .collect();
        bonds.sort_unstable_by(|a, b| b.cmp(a));
        bonds
    }

    /// Splits active classes until none is left; with `neighbours` also by the classes around, and on to classes that
    /// this touches.
    fn refine(&mut self, neighbours: bool) {
        while let Some(first) = self.active.pop() {
            self.is_active[first] = false;
            let (start, length) = (self.class[first], self.size[first]);
            let mut keyed: Vec<(usize, Surroundings)> = self.order[start..start + length]
                .iter()
                .map(|&atom| (atom, if neighbours { self.surroundings(atom) } else { Surroundings::new() }))
                .collect();
            let compare = |a: &(usize, Surroundings), b: &(usize, Surroundings)| {
                let nature = if neighbours { Ordering::Equal } else { self.nature(a.0).cmp(&self.nature(b.0)) };
                nature.then_with(|| a.1.cmp(&b.1))
            };
            keyed.sort_by(compare);
            let breaks: Vec<usize> = (1..length).filter(|&at| compare(&keyed[at - 1], &keyed[at]).is_ne()).collect();
            self.size[first] = 0;
            for (at, (atom, _)) in keyed.iter().enumerate() {
                self.order[start + at] = *atom;
                self.size[*atom] = 0;
            }
            let starts = [0].into_iter().chain(breaks.iter().copied());
            let ends = breaks.iter().copied().chain([length]);
            for (from, to) in starts.zip(ends) {
                self.size[self.order[start + from]] = to - from;
                for at in from..to {
                    let atom = self.order[start + at];
                    self.class[atom] = start + from;
                }
            }
            if neighbours && let Some(&split) = breaks.first() {
                self.touch(start + split..start + length);
            }
        }
    }

    /// Activates the classes of the neighbours of these places.
    fn touch(&mut self, places: std::ops::Range<usize>) {
        let atoms = self.order[places].iter();
        let mut touched: Vec<usize> =
            atoms.flat_map(|&atom| self.molecule.neighbours(atom)).map(|next| self.class[next.atom]).collect();
        touched.sort_unstable();
        touched.dedup();
        for class in touched {
            self.activate(self.order[class]);
        }
    }

    fn break_ties(&mut self) {
        let mut place = 0;
        while place < self.order.len() {
            let first = self.order[place];
            let length = self.size[first];
            if length <= 1 {
                place += 1;
                continue;
            }
            let last = self.class[first] + length - 1;
            let atom = self.order[last];
            self.class[atom] = last;
            self.size[first] = length - 1;
            self.size[atom] = 1;
            self.touch(last..last + 1);
            self.refine(true);
        }
    }
}
