//! Directions of single bonds (`/`, `\`) that tell how double bonds are arranged, as few as do, along a walk.

use std::collections::{BTreeMap, VecDeque};

use super::traverse::{Piece, Walk};
use crate::{BondOrder, Direction, Molecule, molecule::stereo::Stereo};

/// State of the search for directions.
pub(super) struct Directions<'a> {
    molecule: &'a Molecule,
    stereo: &'a Stereo,
    pieces: &'a [Piece],
    /// Place of each atom and bond in the walk.
    atom_place: Vec<usize>,
    bond_place: Vec<usize>,
    /// Bonds written as ring numbers.
    closing: Vec<bool>,
    /// How many double bonds need the direction of a bond, and directions around an atom.
    bond_uses: Vec<u32>,
    atom_uses: Vec<u32>,
    pub found: Vec<Direction>,
}

fn flip(direction: Direction) -> Direction {
    match direction {
        Direction::Up => Direction::Down,
        _ => Direction::Up,
    }
}

/// A bond beside a double bond.
#[derive(Clone, Copy)]
struct Link {
    bond: usize,
    /// Written on the other side of the double bond's atom than usual, which turns the meaning of its direction round.
    turned: bool,
}

/// The bonds beside a double bond at one end: the one written first, and the other.
#[derive(Clone, Copy)]
struct Beside {
    atom: usize,
    first: Link,
    second: Option<Link>,
    is_set: bool,
}

impl<'a> Directions<'a> {
    /// Directions of all bonds of a walk.
    pub(super) fn new(molecule: &'a Molecule, stereo: &'a Stereo, walk: &'a Walk) -> Self {
        let (atoms, bonds) = (molecule.atoms.len(), molecule.bonds.len());
        let mut this = Self {
            molecule,
            stereo,
            pieces: &walk.pieces,
            atom_place: vec![0; atoms],
            bond_place: vec![0; bonds],
            closing: vec![false; bonds],
            bond_uses: vec![0; bonds],
            atom_uses: vec![0; atoms],
            found: vec![Direction::None; bonds],
        };
        for (place, piece) in walk.pieces.iter().enumerate() {
            match *piece {
                Piece::Atom(atom) => this.atom_place[atom] = place,
                Piece::Bond(bond, _) => this.bond_place[bond] = place,
                Piece::Close(bond) => this.closing[bond] = true,
                _ => {}
            }
        }
        this.arrange_all();
        this.remove_misleading();
        this.remove_redundant();
        this
    }

    fn may_have_direction(&self, bond: usize) -> bool {
        matches!(self.molecule.bonds[bond].order, BondOrder::Single | BondOrder::Aromatic | BondOrder::Dative)
    }

    fn is_arranged(&self, bond: usize) -> bool {
        self.molecule.bonds[bond].order == BondOrder::Double && self.stereo.arrangements[bond].is_some()
    }

    /// Arranged double bonds one single bond away.
    fn near(&self, double: usize) -> Vec<usize> {
        let bond = &self.molecule.bonds[double];
        let mut near: Vec<usize> = [bond.begin, bond.end]
            .into_iter()
            .flat_map(|atom| self.molecule.neighbours(atom))
            .filter(|next| self.may_have_direction(next.bond))
            .filter_map(|next| {
                let links = self.molecule.neighbours(next.atom).iter();
                links.map(|other| other.bond).find(|&other| other != next.bond && self.is_arranged(other))
            })
            .collect();
        near.sort_by_key(|&bond| self.bond_place[bond]);
        near
    }

    /// Double bonds with most others near come first, then those written first; from each on to those near.
    fn arrange_all(&mut self) {
        let written = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Bond(bond, _) if self.is_arranged(*bond) => Some(*bond),
            _ => None,
        });
        let near: BTreeMap<usize, Vec<usize>> = written.map(|bond| (bond, self.near(bond))).collect();
        let mut order: Vec<usize> = near.keys().copied().collect();
        order.sort_by_key(|bond| (usize::MAX - near[bond].len(), self.bond_place[*bond]));
        let mut done = vec![false; self.found.len()];
        for start in order {
            if done[start] {
                continue;
            }
            let mut queue = VecDeque::from([start]);
            while let Some(bond) = queue.pop_front() {
                if std::mem::replace(&mut done[bond], true) {
                    continue;
                }
                self.arrange(bond);
                queue.extend(near.get(&bond).into_iter().flatten().copied().filter(|&next| !done[next]));
            }
        }
    }

    /// The bonds beside a double bond at the end it is written from (`leading`) or at the other.
    fn beside(&self, atom: usize, double: usize, leading: bool) -> Option<Beside> {
        let mut links: Vec<usize> = self.molecule.neighbours(atom).iter().map(|next| next.bond).collect();
        links.retain(|&bond| bond != double && self.may_have_direction(bond));
        let is_set = links.iter().any(|&bond| self.bond_uses[bond] > 0);
        links.sort_by_key(|&bond| self.bond_place[bond]);
        let link = |&bond: &usize| {
            let behind = self.atom_place[atom] < self.atom_place[self.molecule.bonds[bond].other(atom)];
            Link { bond, turned: (behind == leading) != self.closing[bond] }
        };
        Some(Beside { atom, first: links.first().map(link)?, second: links.get(1).map(link), is_set })
    }

    fn degree(&self, atom: usize) -> usize {
        self.molecule.neighbours(atom).len()
    }

    /// Gives a bond the direction its neighbour on the same atom asks for: the other side.
    fn follow(&mut self, from: Link, to: Link) {
        let direction = self.found[from.bond];
        self.found[to.bond] = if from.turned == to.turned { flip(direction) } else { direction };
    }

    /// Gives a bond the direction that a bond at the other end of the double bond asks for.
    fn oppose(&mut self, double: usize, from: (usize, Link), to: (usize, Link)) {
        let Some(arrangement) = self.stereo.arrangements[double] else { return };
        let mut turned = arrangement.together != (from.1.turned != to.1.turned);
        for (atom, link) in [from, to] {
            let other = self.molecule.bonds[link.bond].other(atom);
            turned ^= self.degree(atom) == 3 && !arrangement.neighbours.contains(&other);
        }
        let direction = self.found[from.1.bond];
        self.found[to.1.bond] = if turned { flip(direction) } else { direction };
    }

    fn count(&mut self, side: Beside, bond: usize) {
        self.bond_uses[bond] += 1;
        self.atom_uses[side.atom] += 1;
    }

    /// Which of the bonds of a side that has a direction rules; the first takes its direction over.
    fn ruling(&mut self, side: Beside) -> Link {
        match side.second {
            Some(second) if self.bond_uses[side.first.bond] == 0 => {
                self.follow(second, side.first);
                self.count(side, second.bond);
                self.count(side, side.first.bond);
                second
            }
            second => {
                self.count(side, side.first.bond);
                if let Some(second) = second.filter(|second| self.bond_uses[second.bond] > 0) {
                    self.count(side, second.bond);
                }
                side.first
            }
        }
    }

    /// Sets the directions around one double bond.
    fn arrange(&mut self, double: usize) {
        let bond = self.molecule.bonds[double];
        let (mut one, mut two) = (bond.begin, bond.end);
        if ![one, two].iter().all(|&atom| (2..=3).contains(&self.degree(atom))) {
            return;
        }
        if self.atom_place[one] >= self.atom_place[two] {
            (one, two) = (two, one);
        }
        let (Some(one), Some(two)) = (self.beside(one, double, true), self.beside(two, double, false)) else { return };
        if one.is_set && two.is_set {
            [one, two].into_iter().for_each(|side| self.complete(side));
            return;
        }
        if two.is_set {
            let ruling = self.ruling(two);
            self.oppose(double, (two.atom, ruling), (one.atom, one.first));
            self.count(one, one.first.bond);
        } else {
            let ruling = if one.is_set {
                self.ruling(one)
            } else {
                // The first direction is free to choose.
                self.found[one.first.bond] = Direction::Up;
                self.count(one, one.first.bond);
                one.first
            };
            self.oppose(double, (one.atom, ruling), (two.atom, two.first));
            self.count(two, two.first.bond);
        }
        for side in [one, two] {
            if let Some(second) = side.second.filter(|_| self.degree(side.atom) == 3) {
                if self.bond_uses[second.bond] == 0 {
                    self.follow(side.first, second);
                }
                self.count(side, second.bond);
            }
        }
    }

    /// Both bonds of a side whose direction others have set.
    fn complete(&mut self, side: Beside) {
        if let Some(second) = side.second {
            if self.bond_uses[side.first.bond] == 0 {
                self.follow(second, side.first);
            } else if self.bond_uses[second.bond] == 0 {
                self.follow(side.first, second);
            }
            self.count(side, second.bond);
        }
        self.count(side, side.first.bond);
    }

    /// Directions around a double bond without arrangement would give it one: one is left out where that does no harm.
    fn remove_misleading(&mut self) {
        for &piece in self.pieces {
            let Piece::Bond(double, _) = piece else { continue };
            let bond = self.molecule.bonds[double];
            let ends = [bond.begin, bond.end];
            if bond.order != BondOrder::Double
                || self.is_arranged(double)
                || ends.iter().any(|&atom| self.degree(atom) == 1)
            {
                continue;
            }
            let directed = |atom: usize| {
                let links = self.molecule.neighbours(atom).iter();
                links.filter(|next| self.bond_uses[next.bond] > 0).copied().collect::<Vec<_>>()
            };
            let [begin, end] = ends.map(directed);
            if begin.is_empty() || end.is_empty() || self.atom_uses[bond.end] > 0 {
                continue;
            }
            let mut candidates = if self.atom_uses[bond.begin] > 0 { Vec::new() } else { begin };
            candidates.extend(end);
            candidates.sort_by_key(|next| self.bond_place[next.bond]);
            if let Some(next) = candidates.into_iter().find(|next| self.atom_uses[next.atom] == 2) {
                self.bond_uses[next.bond] = 0;
                self.found[next.bond] = Direction::None;
                self.atom_uses[next.atom] -= 1;
            }
        }
    }

    /// Directions that others tell as well are left out.
    fn remove_redundant(&mut self) {
        for &piece in self.pieces {
            let Piece::Bond(bond, from) = piece else { continue };
            if !self.may_have_direction(bond) || self.bond_uses[bond] == 0 {
                self.found[bond] = Direction::None;
                continue;
            }
            for atom in [from, self.molecule.bonds[bond].other(from)] {
                let mut links = self.molecule.neighbours(atom).iter();
                if links.any(|next| next.bond != bond && self.is_arranged(next.bond)) {
                    self.clear_around(bond, atom);
                }
            }
        }
    }

    /// Of a bond and the other one at an atom of an arranged double bond, one needs its direction less.
    fn clear_around(&mut self, bond: usize, atom: usize) {
        let alone = |this: &Self, bond: usize| {
            let at = &this.molecule.bonds[bond];
            this.atom_uses[at.begin] == 1 || this.atom_uses[at.end] == 1
        };
        let mut links = self.molecule.neighbours(atom).iter().map(|next| next.bond);
        let Some(other) = links.find(|&other| other != bond && self.may_have_direction(other)) else { return };
        if self.bond_uses[other] >= self.bond_uses[bond] && !alone(self, other) {
            self.use_less(other);
        } else if !alone(self, bond) {
            self.use_less(bond);
        }
    }

    fn use_less(&mut self, bond: usize) {
        self.bond_uses[bond] = self.bond_uses[bond].saturating_sub(1);
        if self.bond_uses[bond] == 0 {
            self.found[bond] = Direction::None;
            let at = &self.molecule.bonds[bond];
            for atom in [at.begin, at.end] {
                self.atom_uses[atom] = self.atom_uses[atom].saturating_sub(1);
            }
        }
    }
}
