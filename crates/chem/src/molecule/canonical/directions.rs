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
    /// The same, where the beginning atom comes two or more behind the end atom.
    backward: Vec<bool>,
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

/// The bonds beside a double bond at one end: the one written first, and the other.
#[derive(Clone, Copy)]
struct Beside {
    atom: usize,
    first: usize,
    second: Option<usize>,
    is_set: bool,
}

impl<'a> Directions<'a> {
    /// Directions of all bonds of a walk; `numbers` has the place of each atom in its fragment.
    pub(super) fn new(molecule: &'a Molecule, stereo: &'a Stereo, walk: &'a Walk, numbers: &[usize]) -> Self {
        let (atoms, bonds) = (molecule.atoms.len(), molecule.bonds.len());
        let mut this = Self {
            molecule,
            stereo,
            pieces: &walk.pieces,
            atom_place: vec![0; atoms],
            bond_place: vec![0; bonds],
            closing: vec![false; bonds],
            backward: vec![false; bonds],
            bond_uses: vec![0; bonds],
            atom_uses: vec![0; atoms],
            found: vec![Direction::None; bonds],
        };
        for (place, piece) in walk.pieces.iter().enumerate() {
            match *piece {
                Piece::Atom(atom) => this.atom_place[atom] = place,
                Piece::Bond(bond, _) => this.bond_place[bond] = place,
                Piece::Close(bond) => {
                    let at = &molecule.bonds[bond];
                    this.closing[bond] = true;
                    this.backward[bond] = numbers[at.begin] > numbers[at.end] + 1;
                }
                _ => {}
            }
        }
        this.arrange_all();
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
        near.sort_unstable();
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
                self.arrange(bond);
                done[bond] = true;
                queue.extend(near.get(&bond).into_iter().flatten().copied().filter(|&next| !done[next]));
            }
        }
    }

    fn beside(&self, atom: usize, double: usize) -> Option<Beside> {
        let mut beside: Option<Beside> = None;
        let mut is_set = false;
        for next in self.molecule.neighbours(atom) {
            if next.bond == double || !self.may_have_direction(next.bond) {
                continue;
            }
            is_set |= self.bond_uses[next.bond] > 0;
            beside = Some(match beside {
                None => Beside { atom, first: next.bond, second: None, is_set },
                Some(b) if self.bond_place[next.bond] < self.bond_place[b.first] => {
                    Beside { first: next.bond, second: Some(b.first), is_set, ..b }
                }
                Some(b) => Beside { second: Some(next.bond), is_set, ..b },
            });
        }
        beside
    }

    fn degree(&self, atom: usize) -> usize {
        self.molecule.neighbours(atom).len()
    }

    /// The direction on the other side that a direction on one side asks for.
    fn opposite(&self, double: usize, from: (usize, usize), to: (usize, usize)) -> Direction {
        let Some(arrangement) = self.stereo.arrangements[double] else { return Direction::None };
        let mut direction = self.found[from.1];
        if arrangement.together {
            direction = flip(direction);
        }
        for (atom, bond) in [from, to] {
            let other = self.molecule.bonds[bond].other(atom);
            if self.degree(atom) == 3 && !arrangement.neighbours.contains(&other) {
                direction = flip(direction);
            }
        }
        direction
    }

    fn set(&mut self, bond: usize, direction: Direction) {
        self.found[bond] = direction;
    }

    fn switch(&mut self, bond: usize) {
        if self.found[bond] != Direction::None {
            self.found[bond] = flip(self.found[bond]);
        }
    }

    /// Takes the direction of the second bond over to the first where only that one has it; returns the bond that rules.
    fn ruling(&mut self, side: Beside) -> usize {
        match side.second {
            Some(second) if self.bond_uses[side.first] == 0 => {
                self.set(side.first, self.found[second]);
                self.bond_uses[side.first] += 1;
                self.atom_uses[side.atom] += 2;
                second
            }
            _ => {
                self.bond_uses[side.first] += 1;
                self.atom_uses[side.atom] += 1;
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
        let (Some(one), Some(two)) = (self.beside(one, double), self.beside(two, double)) else { return };
        if one.is_set && two.is_set {
            return;
        }
        let (mut ruling_one, mut ruling_two) = (one.first, two.first);
        let from_one = !two.is_set;
        if !one.is_set && !two.is_set {
            // The first direction is free to choose.
            self.set(one.first, Direction::Up);
            self.bond_uses[one.first] += 1;
            self.atom_uses[one.atom] += 1;
        } else if from_one {
            ruling_one = self.ruling(one);
        } else {
            ruling_two = self.ruling(two);
        }
        if from_one {
            let mut direction = self.opposite(double, (one.atom, ruling_one), (two.atom, two.first));
            if self.backward[double] {
                direction = flip(direction);
            }
            self.set(two.first, direction);
            self.bond_uses[two.first] += 1;
            self.atom_uses[two.atom] += 1;
        } else {
            let mut direction = self.opposite(double, (two.atom, ruling_two), (one.atom, one.first));
            if self.backward[ruling_two] != self.backward[one.first] {
                direction = flip(direction);
            }
            self.set(one.first, direction);
            self.bond_uses[one.first] += 1;
            self.atom_uses[one.atom] += 1;
        }
        self.set_seconds(double, one, two);
        self.turn_written_behind(from_one, one, two, ruling_one);
        self.look_ahead(two);
    }

    /// The second bonds at both ends follow the first.
    fn set_seconds(&mut self, double: usize, one: Beside, two: Beside) {
        if let Some(second) = one.second.filter(|_| self.degree(one.atom) == 3) {
            if self.bond_uses[second] == 0 {
                // In a branch the same direction means the other side.
                let mut direction = self.found[one.first];
                if self.same_branch(double, second) {
                    direction = flip(direction);
                }
                if self.backward[second] {
                    direction = flip(direction);
                }
                self.set(second, direction);
            }
            self.bond_uses[second] += 1;
            self.atom_uses[one.atom] += 1;
        }
        if let Some(second) = two.second.filter(|_| self.degree(two.atom) == 3) {
            if self.bond_uses[second] == 0 {
                let first = self.found[two.first];
                self.set(second, if self.closing[second] { first } else { flip(first) });
            }
            self.bond_uses[second] += 1;
            self.atom_uses[two.atom] += 1;
        }
    }

    /// A bond written behind the atom the double bond begins at points the other way.
    fn turn_written_behind(&mut self, from_one: bool, one: Beside, two: Beside, ruling: usize) {
        let base = if from_one { one.atom } else { two.atom };
        if self.bond_place[ruling] <= self.atom_place[base] {
            return;
        }
        if self.bond_uses[ruling] == 1 {
            if !self.closing[ruling] {
                self.switch(ruling);
            }
        } else if self.bond_uses[two.first] == 1 {
            self.switch(two.first);
            if let Some(second) = two.second.filter(|&second| self.bond_uses[second] >= 1) {
                self.switch(second);
            }
        }
    }

    /// Where the next atom has an arranged double bond too, its other bond gets its direction now, so that they agree.
    fn look_ahead(&mut self, two: Beside) {
        let atom = self.molecule.bonds[two.first].other(two.atom);
        if self.degree(atom) != 3 {
            return;
        }
        let links = self.molecule.neighbours(atom);
        let arranged = links.iter().any(|next| self.is_arranged(next.bond));
        let single = |bond: usize| self.molecule.bonds[bond].order == BondOrder::Single && bond != two.first;
        let other = links.iter().rev().map(|next| next.bond).find(|&bond| single(bond));
        if let Some(other) = other.filter(|&other| arranged && self.found[other] == Direction::None) {
            let direction = self.found[two.first];
            self.set(other, if self.backward[other] { flip(direction) } else { direction });
            self.bond_uses[other] += 1;
            self.atom_uses[atom] += 1;
        }
    }

    /// Whether two bonds are written without a branch opening or closing for good between them.
    fn same_branch(&self, a: usize, b: usize) -> bool {
        let (start, end) = (self.bond_place[a].min(self.bond_place[b]), self.bond_place[a].max(self.bond_place[b]));
        let between = self.pieces.get(start + 1..end).unwrap_or_default().iter();
        let level = between.map(|piece| match piece {
            Piece::BranchOpen => 1,
            Piece::BranchClose => -1,
            _ => 0,
        });
        level.sum::<i32>() == 0
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

    fn clear_around(&mut self, bond: usize, atom: usize) {
        let molecule = self.molecule;
        let alone = |this: &Self, bond: usize| {
            let at = &molecule.bonds[bond];
            this.atom_uses[at.begin] == 1 || this.atom_uses[at.end] == 1
        };
        let (mut possible, mut adjusted) = (false, false);
        for next in molecule.neighbours(atom) {
            if next.bond == bond || !self.may_have_direction(next.bond) {
                continue;
            }
            possible = true;
            if self.bond_uses[next.bond] >= self.bond_uses[bond] && !alone(self, next.bond) {
                adjusted = true;
                self.use_less(next.bond);
            }
        }
        if possible && !adjusted && !alone(self, bond) {
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
