//! The order in which a canonical SMILES walks the atoms.

use crate::{BondOrder, Molecule};

/// A piece of a SMILES.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece {
    Atom(usize),
    /// A bond, and the atom it is written behind.
    Bond(usize, usize),
    /// A ring bond opened here.
    Open(usize),
    /// A ring bond opened before and closed here; its symbol has been written.
    Close(usize),
    BranchOpen,
    BranchClose,
}

/// A walk over one fragment.
pub(super) struct Walk {
    pub pieces: Vec<Piece>,
    /// For each atom the ring bonds that are opened or closed there.
    pub closures: Vec<Vec<usize>>,
    /// For each atom its bonds in the order of writing: the one it was reached by, ring bonds, the others.
    pub bonds: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Colour {
    White,
    Grey,
    Black,
}

/// Bond kinds are put into the rank above the atoms.
const KINDS: i64 = 32;
const ATOMS: i64 = 5000;

/// Where the walk can go on, best first.
struct Frame {
    atom: usize,
    options: Vec<(i64, usize, usize)>,
    next: usize,
}

impl Walk {
    pub(super) fn new(molecule: &Molecule, start: usize, ranks: &[usize]) -> Self {
        let count = molecule.atoms.len();
        let closures = find_closures(molecule, start, ranks);
        let mut walk = Self { pieces: Vec::new(), closures, bonds: vec![Vec::new(); count] };
        walk.build(molecule, start, ranks);
        walk
    }

    /// Writes the pieces; a loop over a stack, as chains may be long.
    fn build(&mut self, molecule: &Molecule, start: usize, ranks: &[usize]) {
        let mut seen = vec![false; molecule.atoms.len()];
        let mut opened = vec![false; molecule.bonds.len()];
        let mut stack: Vec<Frame> = Vec::new();
        let mut enter: Option<(usize, Option<usize>)> = Some((start, None));
        loop {
            if let Some((atom, reached_by)) = enter.take() {
                seen[atom] = true;
                self.pieces.push(Piece::Atom(atom));
                self.bonds[atom].extend(reached_by);
                for &bond in &self.closures[atom] {
                    self.bonds[atom].push(bond);
                    if opened[bond] {
                        self.pieces.push(Piece::Bond(bond, atom));
                        self.pieces.push(Piece::Close(bond));
                    } else {
                        opened[bond] = true;
                        self.pieces.push(Piece::Open(bond));
                    }
                }
                let closing = |bond: usize| self.closures[atom].contains(&bond);
                let mut options: Vec<(i64, usize, usize)> = molecule
                    .neighbours(atom)
                    .iter()
                    .filter(|next| Some(next.bond) != reached_by && !seen[next.atom] && !closing(next.bond))
                    .map(|next| {
                        let rank = ranks[next.atom] as i64 + ring_shift(molecule, next.bond) * ATOMS * ATOMS;
                        (rank, next.atom, next.bond)
                    })
                    .collect();
                options.sort_unstable();
                stack.push(Frame { atom, options, next: 0 });
            }
            let Some(frame) = stack.last_mut() else { return };
            // A branch that ends is closed, unless it was the last.
            if frame.next > 0 && frame.next < frame.options.len() {
                self.pieces.push(Piece::BranchClose);
            }
            let Some(&(_, next, bond)) = frame.options.get(frame.next) else {
                stack.pop();
                continue;
            };
            frame.next += 1;
            let from = frame.atom;
            if frame.next < frame.options.len() {
                self.pieces.push(Piece::BranchOpen);
            }
            self.bonds[from].push(bond);
            self.pieces.push(Piece::Bond(bond, from));
            enter = Some((next, Some(bond)));
        }
    }
}

/// Ring bonds that are left out of the walk and written as ring numbers, for each atom in the order of writing.
fn find_closures(molecule: &Molecule, start: usize, ranks: &[usize]) -> Vec<Vec<usize>> {
    let mut closures = vec![Vec::new(); molecule.atoms.len()];
    let mut colours = vec![Colour::White; molecule.atoms.len()];
    let mut stack: Vec<Frame> = Vec::new();
    let mut enter = Some((start, None));
    loop {
        if let Some((atom, reached_by)) = enter.take() {
            colours[atom] = Colour::Grey;
            let mut options: Vec<(i64, usize, usize)> = molecule
                .neighbours(atom)
                .iter()
                .filter(|next| Some(next.bond) != reached_by)
                .map(|next| {
                    // First to atoms already met, then out of the ring, then on along the ring.
                    let kind = KINDS - code(molecule, next.bond);
                    let rank = ranks[next.atom] as i64;
                    let rank = match colours[next.atom] {
                        Colour::Grey => rank - (KINDS + 1) * ATOMS * ATOMS + kind * ATOMS,
                        _ => rank + ring_shift(molecule, next.bond) * ATOMS * ATOMS,
                    };
                    (rank, next.atom, next.bond)
                })
                .collect();
            options.sort_unstable();
            stack.push(Frame { atom, options, next: 0 });
        }
        let Some(frame) = stack.last_mut() else { return closures };
        let Some(&(_, next, bond)) = frame.options.get(frame.next) else {
            colours[frame.atom] = Colour::Black;
            stack.pop();
            continue;
        };
        frame.next += 1;
        match colours[next] {
            Colour::White => enter = Some((next, Some(bond))),
            Colour::Grey => {
                closures[next].push(bond);
                closures[frame.atom].push(bond);
            }
            Colour::Black => {}
        }
    }
}

/// How far a ring bond moves its neighbour back: single bonds more than double ones.
fn ring_shift(molecule: &Molecule, bond: usize) -> i64 {
    if molecule.ring_count_of_bond(bond) > 0 { KINDS - code(molecule, bond) } else { 0 }
}

fn code(molecule: &Molecule, bond: usize) -> i64 {
    match molecule.bonds[bond].order {
        BondOrder::Any => 0,
        BondOrder::Single => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
        BondOrder::Aromatic => 12,
        BondOrder::Dative => 17,
    }
}
