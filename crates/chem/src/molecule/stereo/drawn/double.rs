//! Arrangement of double bonds from where their neighbours are drawn: the bonds beside them get directions as `/` and
//! `\` of a SMILES.

use super::{
    Drawing, Mark,
    vector::{Vector, cross, difference, dot, squared},
};
use crate::{BondOrder, Direction, Molecule};

/// Atoms of double bonds have no more neighbours.
const MOST_NEIGHBOURS: usize = 6;

/// Double bonds that can be arranged, and the bonds beside them.
struct Beside<'a> {
    molecule: &'a mut Molecule,
    drawing: &'a Drawing,
    /// Bonds that still wait: double bonds for their turn, single bonds for a direction.
    waits: Vec<bool>,
    /// For each single bond the double bonds beside it.
    doubles: Vec<Vec<usize>>,
}

/// The bonds on one side of a double bond: the first one is the one looked at.
#[derive(Clone, Copy)]
struct Side {
    atom: usize,
    first: usize,
    second: Option<usize>,
}

impl Molecule {
    /// Gives the bonds beside double bonds directions that say how these are drawn.
    pub(in crate::molecule) fn read_drawn_arrangements(&mut self, drawing: &Drawing) {
        let mut candidates: Vec<usize> = Vec::new();
        for bond in 0..self.bonds.len() {
            let ends = [self.bonds[bond].begin, self.bonds[bond].end];
            if self.bonds[bond].order != BondOrder::Double {
                continue;
            }
            if drawing.marks[bond] == Mark::Either {
                self.bonds[bond].direction = Direction::Either;
            } else if ends.iter().all(|&atom| (2..=MOST_NEIGHBOURS).contains(&self.neighbours(atom).len())) {
                candidates.push(bond);
            }
        }
        // What has more bonds is no molecule, and finding its rings could take long.
        if candidates.is_empty() || self.bonds.len() > 2 * self.atoms.len() {
            return;
        }
        self.find_rings();
        let mut in_small_ring = vec![false; self.bonds.len()];
        for ring in self.rings().iter().filter(|ring| ring.bonds.len() <= super::super::SMALL_RING) {
            ring.bonds.iter().for_each(|&bond| in_small_ring[bond] = true);
        }
        candidates.retain(|&bond| !in_small_ring[bond]);
        let count = self.bonds.len();
        Beside { molecule: self, drawing, waits: vec![false; count], doubles: vec![Vec::new(); count] }
            .run(&candidates);
    }
}

fn may_have_direction(order: BondOrder) -> bool {
    matches!(order, BondOrder::Single | BondOrder::Aromatic)
}

impl Beside<'_> {
    fn run(&mut self, candidates: &[usize]) {
        let mut turns: Vec<(usize, usize)> = Vec::with_capacity(candidates.len());
        for &double in candidates {
            let bond = self.molecule.bonds[double];
            let mut sum = 0;
            for next in [bond.begin, bond.end].into_iter().flat_map(|atom| self.molecule.neighbours(atom)) {
                if may_have_direction(self.molecule.bonds[next.bond].order) {
                    self.waits[next.bond] = true;
                    self.waits[double] = true;
                    self.doubles[next.bond].push(double);
                    sum += next.bond;
                }
            }
            // Those outside of rings first; where drawings contradict themselves the order decides.
            let weight = if self.molecule.ring_count_of_bond(double) == 0 { 10 } else { 1 };
            turns.push((sum * weight, double));
        }
        turns.sort_unstable_by(|a, b| b.cmp(a));
        for (_, start) in turns {
            let mut open = vec![start];
            while let Some(double) = open.pop() {
                if std::mem::replace(&mut self.waits[double], false) {
                    let follow = self.arrange(double);
                    open.extend(follow.into_iter().rev());
                }
            }
        }
    }

    /// Sets the directions around one double bond; returns the double bonds that share them.
    fn arrange(&mut self, double: usize) -> Vec<usize> {
        let bond = self.molecule.bonds[double];
        let sides = [bond.begin, bond.end].map(|atom| self.side(atom, double));
        if sides.iter().any(|side| matches!(side, Err(Wavy))) {
            self.molecule.bonds[double].direction = Direction::Either;
            return Vec::new();
        }
        let [Ok(Some(begin)), Ok(Some(end))] = sides else { return Vec::new() };
        let (Some(begin), Some(end)) = (self.bent(begin, bond.end), self.bent(end, bond.begin)) else {
            self.molecule.bonds[double].direction = Direction::Either;
            return Vec::new();
        };
        let across = self.are_across(begin, end);
        let mut follow: Vec<usize> = Vec::new();
        for side in [begin, end].into_iter().filter(|side| self.waits[side.first]) {
            follow.extend(self.doubles[side.first].iter().copied().filter(|&other| self.waits[other]));
        }
        match (self.waits[begin.first], self.waits[end.first]) {
            (false, false) => {}
            (false, true) => self.point(end, self.points_up(begin) != across),
            (true, false) => self.point(begin, self.points_up(end) != across),
            (true, true) => {
                self.point(begin, false);
                self.point(end, across);
            }
        }
        for side in [begin, end] {
            self.waits[side.first] = false;
            if let Some(second) = side.second.filter(|&second| self.waits[second]) {
                let up = self.points_up(side);
                self.point(Side { first: second, ..side }, !up);
                self.waits[second] = false;
            }
        }
        follow
    }

    /// The bonds beside one end: first one that has a direction, or is beside more double bonds.
    fn side(&self, atom: usize, double: usize) -> Result<Option<Side>, Wavy> {
        let mut side: Option<Side> = None;
        for next in self.molecule.neighbours(atom).iter().filter(|next| next.bond != double) {
            if !may_have_direction(self.molecule.bonds[next.bond].order) {
                continue;
            }
            if self.drawing.marks[next.bond] == Mark::Either {
                return Err(Wavy);
            }
            let better =
                |first: usize| !self.waits[next.bond] || self.doubles[next.bond].len() > self.doubles[first].len();
            side = Some(match side {
                None => Side { atom, first: next.bond, second: None },
                Some(Side { first, .. }) if better(first) => Side { atom, first: next.bond, second: Some(first) },
                Some(Side { first, .. }) => Side { atom, first, second: Some(next.bond) },
            });
        }
        Ok(side)
    }

    /// The side with a bond first that is not in line with the double bond; none where all are.
    fn bent(&self, side: Side, opposite: usize) -> Option<Side> {
        let axis = self.arm(side.atom, opposite);
        let in_line = |bond: usize| is_in_line(self.arm(side.atom, self.molecule.bonds[bond].other(side.atom)), axis);
        if !in_line(side.first) {
            return Some(side);
        }
        let second = side.second.filter(|&second| !in_line(second))?;
        Some(Side { atom: side.atom, first: second, second: Some(side.first) })
    }

    fn arm(&self, from: usize, to: usize) -> Vector {
        difference(self.drawing.points[to], self.drawing.points[from])
    }

    /// Whether the first bonds of both sides are on different sides of the double bond.
    fn are_across(&self, begin: Side, end: Side) -> bool {
        let axis = self.arm(begin.atom, end.atom);
        let normal = |side: Side| {
            let next = self.molecule.bonds[side.first].other(side.atom);
            cross(self.arm(side.atom, next), axis)
        };
        dot(normal(begin), normal(end)) <= 0.0
    }

    /// Whether the first bond goes up, seen from the double bond.
    fn points_up(&self, side: Side) -> bool {
        let bond = &self.molecule.bonds[side.first];
        (bond.direction == Direction::Up) == (bond.begin == side.atom)
    }

    fn point(&mut self, side: Side, up: bool) {
        let bond = &mut self.molecule.bonds[side.first];
        let forward = bond.begin == side.atom;
        bond.direction = if up == forward { Direction::Up } else { Direction::Down };
    }
}

/// A wavy bond beside a double bond: its arrangement is not known.
struct Wavy;

/// Whether two bonds go in opposite directions (178°), or have no direction.
fn is_in_line(a: Vector, b: Vector) -> bool {
    const COSINE: f64 = -0.999_388;
    let lengths = squared(a) * squared(b);
    !(lengths >= 1e-6 && lengths.is_finite()) || dot(a, b) < COSINE * lengths.sqrt()
}
