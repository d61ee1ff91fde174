//! Ranks of atoms that do not depend on the order of writing.
//!
//! Source: Schneider, Sahnoun and Landrum, J. Chem. Inf. Model. 55, 2111 (2015): classes are refined by what their atoms
//! are, then by the classes of the neighbours, and ties are broken one by one. Handedness and the arrangement of double
//! bonds are left aside here.

use smallvec::SmallVec;

use super::{BondOrder, Molecule};

/// Bond kind and class of each neighbour, largest first.
type Surroundings = SmallVec<[u64; 4]>;

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
    natures: Vec<u128>,
    /// Room for the atoms of one class with what they are told apart by.
    keyed: Vec<(usize, u128, Surroundings)>,
    touched: Vec<usize>,
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
            natures: (0..count).map(|atom| self.nature(atom)).collect(),
            keyed: Vec::new(),
            touched: Vec::new(),
        };
        partition.size[0] = count;
        partition.activate_all();
        partition.refine(false);
        partition.activate_all();
        partition.refine(true);
        partition.break_ties();
        partition.class
    }

    /// What an atom is: atom number, degree, element, isotope, hydrogens, charge and whether it is handed, the first
    /// in the highest place.
    fn nature(&self, index: usize) -> u128 {
        let atom = &self.atoms[index];
        let handed = atom.chirality != super::Chirality::None;
        // Negative charges come behind positive ones.
        let parts = [
            (u64::from(atom.map), 32),
            (self.neighbours(index).len() as u64, 20),
            (u64::from(atom.number), 8),
            (u64::from(atom.isotope), 16),
            (atom.hydrogens() as u64, 16),
            (u64::from(atom.charge.cast_unsigned()), 8),
            (u64::from(handed), 1),
        ];
        parts.into_iter().fold(0, |nature, (part, bits)| (nature << bits) | u128::from(part))
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
                (kind << 32) | self.class[next.atom] as u64
            })
            .collect();
        bonds.sort_unstable_by(|a, b| b.cmp(a));
        bonds
    }

    /// Splits active classes until none is left; with `neighbours` by the classes around, and on to classes that this
    /// touches, else by what the atoms are.
    fn refine(&mut self, neighbours: bool) {
        let mut keyed = std::mem::take(&mut self.keyed);
        while let Some(first) = self.active.pop() {
            self.is_active[first] = false;
            let (start, length) = (self.class[first], self.size[first]);
            keyed.clear();
            keyed.extend(self.order[start..start + length].iter().map(|&atom| match neighbours {
                true => (atom, 0, self.surroundings(atom)),
                false => (atom, self.natures[atom], Surroundings::new()),
            }));
            if keyed[1..].iter().all(|other| (other.1, &other.2) == (keyed[0].1, &keyed[0].2)) {
                continue;
            }
            keyed.sort_by(|a, b| (a.1, &a.2).cmp(&(b.1, &b.2)));
            let mut at = 0;
            let mut split = None;
            for class in keyed.chunk_by(|a, b| (a.1, &a.2) == (b.1, &b.2)) {
                for (place, (atom, ..)) in class.iter().enumerate() {
                    self.order[start + at + place] = *atom;
                    self.class[*atom] = start + at;
                    self.size[*atom] = if place == 0 { class.len() } else { 0 };
                }
                at += class.len();
                split = split.or(Some(at));
            }
            if neighbours && let Some(split) = split {
                self.touch(start + split..start + length);
            }
        }
        self.keyed = keyed;
    }

    /// Activates the classes of the neighbours of these places.
    fn touch(&mut self, places: std::ops::Range<usize>) {
        let mut touched = std::mem::take(&mut self.touched);
        let atoms = self.order[places].iter().flat_map(|&atom| self.molecule.neighbours(atom));
        touched.extend(atoms.map(|next| self.class[next.atom]).filter(|&class| self.size[self.order[class]] > 1));
        touched.sort_unstable();
        touched.dedup();
        touched.drain(..).for_each(|class| self.activate(self.order[class]));
        self.touched = touched;
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
