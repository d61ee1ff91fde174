//! Ranks of the atoms of a fragment: classes are refined by what their atoms are and by the bonds and classes around
//! them, and ties are broken one by one.

use std::cmp::Ordering;

use smallvec::SmallVec;

use crate::{
    BondOrder, Chirality, Molecule,
    molecule::stereo::{Stereo, is_odd},
};

/// Bond kind, arrangement and class of a neighbour, largest first.
type Surroundings = SmallVec<[(u8, u8, usize); 4]>;
/// What an atom is.
type Nature = (u32, usize, u8, u16, usize, u32, u8, usize);

/// What tells two atoms of a class apart.
#[derive(Clone, Copy, PartialEq)]
enum Criterion {
    /// What they are and what is around them.
    Surroundings,
    /// What is around them, and the handedness of neighbours seen from them.
    Hands,
    /// How rings spread out from them; for cages, where all atoms look alike.
    Spread,
}

/// An atom with what it is told apart by.
struct Keyed {
    atom: usize,
    nature: Option<Nature>,
    around: Surroundings,
}

struct Partition<'a> {
    molecule: &'a Molecule,
    stereo: &'a Stereo,
    /// Atoms sorted by class.
    order: Vec<usize>,
    /// For each atom the place in `order` where its class begins.
    class: Vec<usize>,
    /// Size of the class, at its first atom; 0 at the others.
    size: Vec<usize>,
    /// Classes to be refined, by their first atom; the last comes first.
    active: Vec<usize>,
    is_active: Vec<bool>,
    /// For each atom how rings spread from it, once it is needed.
    spread: Vec<(Vec<i64>, Vec<i64>)>,
}

/// The rank of each atom of a fragment, from 0; every atom has its own. Atoms outside have the rank 0.
pub(super) fn ranks(molecule: &Molecule, atoms: &[usize], stereo: &Stereo) -> Vec<usize> {
    let count = molecule.atoms.len();
    let mut partition = Partition {
        molecule,
        stereo,
        order: atoms.to_vec(),
        class: vec![0; count],
        size: vec![0; count],
        active: Vec::new(),
        is_active: vec![false; count],
        spread: Vec::new(),
    };
    let Some(&first) = atoms.first() else { return partition.class };
    partition.size[first] = atoms.len();
    partition.activate_all();
    partition.refine(Criterion::Surroundings);
    if atoms.iter().any(|&atom| stereo.chirality[atom] != Chirality::None) {
        partition.activate_all();
        partition.refine(Criterion::Hands);
    }
    if partition.is_cage_like() {
        partition.spread = (0..count).map(|_| Default::default()).collect();
        for &atom in atoms.iter().filter(|&&atom| molecule.ring_count_of_atom(atom) > 0) {
            partition.spread[atom] = spread(molecule, atom);
        }
        partition.activate_all();
        partition.refine(Criterion::Spread);
    }
    partition.break_ties();
    partition.class
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
    fn nature(&self, index: usize) -> Nature {
        let atom = &self.molecule.atoms[index];
        let degree = self.molecule.neighbours(index).len();
        // Negative charges come behind positive ones.
        let charge = i32::from(atom.charge).cast_unsigned();
        let hand = self.hand(index);
        (atom.map, degree, atom.number, atom.isotope, atom.hydrogens(), charge, hand, self.ring_hands(index))
    }

    /// 0 for atoms without handedness, 1 where the classes around do not tell it, else 2 or 3.
    fn hand(&self, index: usize) -> u8 {
        let chirality = self.stereo.chirality[index];
        if chirality == Chirality::None {
            return 0;
        }
        let classes: SmallVec<[usize; 4]> =
            self.molecule.neighbours(index).iter().map(|next| self.class[next.atom]).collect();
        let mut sorted = classes.clone();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return 1;
        }
        let chirality = if is_odd(&classes, &sorted) { chirality.turned() } else { chirality };
        2 + u8::from(chirality == Chirality::Clockwise)
    }

    /// Tells which neighbours have a handedness relative to others of their ring.
    fn ring_hands(&self, index: usize) -> usize {
        let links = self.molecule.neighbours(index).iter();
        let handed = links.filter(|next| {
            !self.stereo.ring_partners[next.atom].is_empty() && self.stereo.chirality[next.atom] != Chirality::None
        });
        handed.map(|next| self.class[next.atom] * 10_000 + 1).sum()
    }

    /// The handedness of each neighbour seen from a ring atom, by the classes of the neighbours.
    fn hands_around(&self, index: usize) -> Vec<(usize, u8)> {
        let in_ring = self.molecule.ring_count_of_atom(index) > 0;
        let mut hands: Vec<(usize, u8)> = self
            .molecule
            .neighbours(index)
            .iter()
            .map(|next| {
                let chirality = self.stereo.chirality[next.atom];
                if !in_ring || chirality == Chirality::None {
                    return (self.class[next.atom], 0);
                }
                let natural: Vec<usize> = self.molecule.neighbours(next.atom).iter().map(|other| other.atom).collect();
                let mut rest: Vec<_> =
                    self.molecule.neighbours(next.atom).iter().filter(|other| other.atom != index).collect();
                rest.sort_by_key(|other| std::cmp::Reverse(self.link(other)));
                let seen: Vec<usize> = [index].into_iter().chain(rest.iter().map(|other| other.atom)).collect();
                let odd = is_odd(&natural, &seen);
                (self.class[next.atom], 1 + u8::from(odd == (chirality == Chirality::Clockwise)))
            })
            .collect();
        hands.sort_unstable();
        hands
    }

    fn link(&self, next: &crate::Neighbour) -> (u8, u8, usize) {
        let arrangement = match self.stereo.arrangements[next.bond].map(|arrangement| arrangement.together) {
            None => 0,
            Some(true) => 2,
            Some(false) => 3,
        };
        (kind(&self.molecule.bonds[next.bond]), arrangement, self.class[next.atom])
    }

    fn surroundings(&self, index: usize) -> Surroundings {
        let mut bonds: Surroundings = self.molecule.neighbours(index).iter().map(|next| self.link(next)).collect();
        bonds.sort_unstable_by(|a, b| b.cmp(a));
        bonds
    }

    fn keyed(&self, criterion: Criterion, atom: usize) -> Keyed {
        let nature = (criterion == Criterion::Surroundings).then(|| self.nature(atom));
        Keyed { atom, nature, around: self.surroundings(atom) }
    }

    fn compare(&self, criterion: Criterion, a: &Keyed, b: &Keyed) -> Ordering {
        let around = || a.around.cmp(&b.around);
        match criterion {
            Criterion::Surroundings => a.nature.cmp(&b.nature).then_with(around),
            Criterion::Spread => self.spread[a.atom].cmp(&self.spread[b.atom]).then_with(around),
            Criterion::Hands => around().then_with(|| {
                let hands = |atom: usize| self.hands_around(atom).into_iter().map(|(_, hand)| hand);
                hands(a.atom).cmp(hands(b.atom))
            }),
        }
    }

    /// Splits active classes until none is left, and on to classes that this touches.
    fn refine(&mut self, criterion: Criterion) {
        let mut keyed: Vec<Keyed> = Vec::new();
        while let Some(first) = self.active.pop() {
            self.is_active[first] = false;
            let (start, length) = (self.class[first], self.size[first]);
            keyed.clear();
            keyed.extend(self.order[start..start + length].iter().map(|&atom| self.keyed(criterion, atom)));
            if keyed[1..].iter().all(|other| self.compare(criterion, &keyed[0], other).is_eq()) {
                continue;
            }
            keyed.sort_by(|a, b| self.compare(criterion, a, b));
            let breaks: Vec<usize> =
                (1..length).filter(|&at| self.compare(criterion, &keyed[at - 1], &keyed[at]).is_ne()).collect();
            self.size[first] = 0;
            for (at, keyed) in keyed.iter().enumerate() {
                self.order[start + at] = keyed.atom;
                self.size[keyed.atom] = 0;
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
            if let Some(&split) = breaks.first() {
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

    /// Whether more than half of the ring atoms are in classes of three or more, some of them where rings meet.
    fn is_cage_like(&self) -> bool {
        let rings = |atom: usize| self.molecule.ring_count_of_atom(atom);
        let ring_atoms = || self.order.iter().copied().filter(|&atom| rings(atom) > 0);
        let alike: usize = ring_atoms().map(|atom| self.size[atom]).filter(|&size| size > 2).sum();
        let ties = self.order.iter().any(|&atom| self.size[atom] == 0);
        ties && 2 * alike > ring_atoms().count() && ring_atoms().any(|atom| rings(atom) > 1 && self.size[atom] > 1)
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
            self.refine(Criterion::Surroundings);
        }
    }
}

pub(super) fn kind(bond: &crate::Bond) -> u8 {
    match bond.order {
        _ if bond.aromatic => 12,
        BondOrder::Any => 0,
        BondOrder::Single => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
        BondOrder::Aromatic => 12,
        BondOrder::Dative => 17,
    }
}

/// Walking out from a ring atom level by level: how many atoms each level has, and how often each atom of a level is met
/// again from it and from the level before; -1 ends a level.
fn spread(molecule: &Molecule, from: usize) -> (Vec<i64>, Vec<i64>) {
    let count = molecule.atoms.len();
    let (mut sizes, mut again) = (Vec::new(), Vec::new());
    // The level an atom is first met on, from 1; how often those of a level are met again.
    let mut level_of = vec![0_usize; count];
    let mut met = vec![0_i64; count];
    let mut level = vec![from];
    let mut number = 1;
    level_of[from] = number;
    while !level.is_empty() {
        let mut next = Vec::new();
        for &atom in level.iter().filter(|&&atom| molecule.ring_count_of_atom(atom) > 0) {
            for link in molecule.neighbours(atom) {
                if level_of[link.atom] == 0 {
                    level_of[link.atom] = number + 1;
                    next.push(link.atom);
                }
            }
        }
        let mut touched = Vec::new();
        for link in next.iter().flat_map(|&atom| molecule.neighbours(atom)) {
            if level_of[link.atom] >= number {
                if met[link.atom] == 0 {
                    touched.push(link.atom);
                }
                met[link.atom] += 1;
            }
        }
        let mut counts: Vec<i64> = touched.into_iter().map(|atom| std::mem::take(&mut met[atom])).collect();
        counts.sort_unstable();
        again.extend(counts);
        again.push(-1);
        sizes.extend([next.len() as i64, -1]);
        level = next;
        number += 1;
    }
    (sizes, again)
}
