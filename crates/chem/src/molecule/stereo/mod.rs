//! Which of the handedness and directions written in a structure mean something: handed atoms have four different
//! neighbours or stand in a ring with others like them, and arranged double bonds have different ones at both ends.

mod centre;
pub(super) mod drawn;
mod priority;
mod ring;

use super::{BondOrder, Chirality, Direction, Molecule};

/// How the neighbours of a double bond are arranged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arrangement {
    /// Whether the two named neighbours are on the same side (Z).
    pub together: bool,
    /// The neighbour of higher priority of the beginning and of the end atom.
    pub neighbours: [usize; 2],
}

/// Handedness and arrangement of a molecule, without what means nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Stereo {
    /// Handedness of each atom, as in [`crate::Atom`].
    pub chirality: Vec<Chirality>,
    /// For atoms whose handedness is only relative to others of their rings: which, and whether it is the same.
    pub ring_partners: Vec<Vec<(usize, bool)>>,
    /// For each bond the arrangement of a double bond.
    pub arrangements: Vec<Option<Arrangement>>,
}

/// Rings up to this size leave a double bond no choice.
const SMALL_RING: usize = 7;
/// Rounds of finding centres in very large molecules.
const FEW_ROUNDS: usize = 3;

impl Stereo {
    pub(super) fn of(molecule: &Molecule) -> Self {
        let (atoms, bonds) = (molecule.atoms.len(), molecule.bonds.len());
        let mut stereo = Self {
            chirality: molecule.atoms.iter().map(|atom| atom.chirality).collect(),
            ring_partners: vec![Vec::new(); atoms],
            arrangements: vec![None; bonds],
        };
        let mut directions: Vec<Direction> = molecule.bonds.iter().map(|bond| bond.direction).collect();
        let mut open_atoms = stereo.chirality.iter().any(|&chirality| chirality != Chirality::None);
        let mut open_bonds = (0..bonds).any(|bond| beside_direction(molecule, bond) && may_be_arranged(molecule, bond));
        if !open_atoms && !open_bonds {
            return stereo;
        }
        let mut ranks = priority::priorities(molecule);
        let mut codes = vec![None; atoms];
        // Centres that only the told handedness of others makes: of very large molecules not all are followed up.
        let most_rounds = if atoms > super::canonical::LARGE { FEW_ROUNDS } else { usize::MAX };
        for _ in 0..most_rounds {
            let (mut found_atoms, mut found_bonds) = (false, false);
            if open_atoms {
                (open_atoms, found_atoms) = centre::assign(molecule, &ranks, &mut codes);
            }
            if open_bonds {
                (open_bonds, found_bonds) = stereo.arrange(molecule, &ranks, &mut directions);
            }
            if !((open_atoms || open_bonds) && (found_atoms || found_bonds)) {
                break;
            }
            ranks = priority::reranked(molecule, &ranks, &codes, &stereo.arrangements);
        }
        stereo.ring_partners = ring::partners(molecule, &ranks, &codes);
        for (atom, chirality) in stereo.chirality.iter_mut().enumerate() {
            if codes[atom].is_none() && stereo.ring_partners[atom].is_empty() {
                *chirality = Chirality::None;
            }
        }
        stereo
    }

    /// Finds the arrangement of double bonds; tells whether some are left without one, and whether any was found.
    fn arrange(&mut self, molecule: &Molecule, ranks: &[usize], directions: &mut [Direction]) -> (bool, bool) {
        let (mut open, mut found) = (false, false);
        let mut cleared = Vec::new();
        for index in 0..molecule.bonds.len() {
            if self.arrangements[index].is_some() || !may_be_arranged(molecule, index) {
                continue;
            }
            let bond = &molecule.bonds[index];
            let degrees = [bond.begin, bond.end].map(|atom| molecule.neighbours(atom).len());
            if !degrees.iter().all(|degree| (2..=3).contains(degree)) {
                continue;
            }
            let [begin, end] = [bond.begin, bond.end].map(|atom| sides(molecule, atom, index, ranks, directions));
            if begin.is_empty() || end.is_empty() {
                open = true;
                continue;
            }
            found = true;
            let contradicts = |sides: &[Side]| matches!(sides, [a, b] if a.up == b.up);
            if contradicts(&begin) || contradicts(&end) {
                for sides in [&begin, &end].into_iter().filter(|sides| contradicts(sides)) {
                    cleared.extend(sides.iter().map(|side| side.bond));
                }
                continue;
            }
            let best = |sides: &[Side]| match sides {
                [a, b] if ranks[a.atom] <= ranks[b.atom] => *b,
                _ => sides[0],
            };
            let (first, second) = (best(&begin), best(&end));
            self.arrangements[index] =
                Some(Arrangement { together: first.up == second.up, neighbours: [first.atom, second.atom] });
        }
        cleared.into_iter().for_each(|bond| directions[bond] = Direction::None);
        (open, found)
    }
}

/// A neighbour of a double bond and on which side it is, seen from the double bond.
#[derive(Clone, Copy)]
struct Side {
    atom: usize,
    bond: usize,
    up: bool,
}

/// The neighbours of one end of a double bond; none when no direction is written or both are alike.
fn sides(molecule: &Molecule, atom: usize, double: usize, ranks: &[usize], directions: &[Direction]) -> Vec<Side> {
    let up = |bond: usize| match (directions[bond], molecule.bonds[bond].begin == atom) {
        (Direction::None | Direction::Either, _) => None,
        (direction, forward) => Some((direction == Direction::Up) == forward),
    };
    let links = || molecule.neighbours(atom).iter().filter(|next| next.bond != double);
    let Some(known) = links().find_map(|next| up(next.bond).map(|up| (next.bond, up))) else { return Vec::new() };
    let sides: Vec<Side> =
        links().map(|next| Side { atom: next.atom, bond: next.bond, up: up(next.bond).unwrap_or(!known.1) }).collect();
    match sides.as_slice() {
        [a, b] if ranks[a.atom] == ranks[b.atom] => Vec::new(),
        _ => sides,
    }
}

/// A double bond outside of small rings.
fn may_be_arranged(molecule: &Molecule, bond: usize) -> bool {
    let in_small_ring = || molecule.rings().iter().any(|r| r.bonds.len() <= SMALL_RING && r.bonds.contains(&bond));
    let told = molecule.bonds[bond].direction != Direction::Either;
    told && molecule.bonds[bond].order == BondOrder::Double
        && (molecule.ring_count_of_bond(bond) == 0 || !in_small_ring())
}

fn beside_direction(molecule: &Molecule, bond: usize) -> bool {
    let ends = [molecule.bonds[bond].begin, molecule.bonds[bond].end];
    let mut links = ends.into_iter().flat_map(|atom| molecule.neighbours(atom));
    links.any(|next| matches!(molecule.bonds[next.bond].direction, Direction::Up | Direction::Down))
}

impl Chirality {
    /// The other hand.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Clockwise => Self::CounterClockwise,
            Self::CounterClockwise => Self::Clockwise,
            Self::None => Self::None,
        }
    }
}

/// Whether an odd number of swaps turns one order into another of the same things.
pub(super) fn is_odd<T: PartialEq>(from: &[T], to: &[T]) -> bool {
    let places: Vec<usize> = to.iter().filter_map(|item| from.iter().position(|other| other == item)).collect();
    let inversions = |at: usize| places[at + 1..].iter().filter(|&&later| later < places[at]).count();
    (0..places.len()).map(inversions).sum::<usize>() % 2 == 1
}
