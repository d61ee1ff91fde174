//! Reads SMILES: the OpenSMILES language and what RDKit accepts beyond it (`~`, `$`, `->`, `<-`, `%(123)`, `[#6]`).

use super::{
    Bond, BondOrder, Chirality, Direction, Molecule, SmilesError, SmilesProblem,
    smiles_atom::{Problem, bracket, organic, unexpected},
    smiles_error::LONGEST,
};

/// A bond symbol as written; no order when only its direction or nothing was written.
#[derive(Clone, Copy, Default)]
struct WrittenBond {
    order: Option<BondOrder>,
    direction: Direction,
    /// `<-`: the electrons come from the atom that follows.
    reversed: bool,
}

/// A ring number opened and not yet closed.
struct OpenRing {
    number: u32,
    atom: usize,
    bond: WrittenBond,
    position: usize,
    /// Stands in the list of neighbours of a chiral atom until the ring is closed.
    placeholder: i64,
}

/// Where an atom stands in the text and what it is bonded to so far, beyond the atoms that follow it.
struct Place {
    position: u32,
    previous: u32,
    /// The last ring closed here.
    closed: u32,
}

/// A ring bond, and the ring closed before it on the same atom.
struct Closed {
    number: u32,
    bond: Bond,
    before: u32,
}

const NONE: u32 = u32::MAX;

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}

/// A neighbour list of a chiral atom in the order of writing.
struct Written {
    atom: usize,
    neighbours: Vec<i64>,
}

/// Stands for the implicit hydrogen in [`Written`].
const HYDROGEN: i64 = -1;

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    molecule: Molecule,
    places: Vec<Place>,
    current: Option<usize>,
    bond: Option<(usize, WrittenBond)>,
    branches: Vec<(usize, usize)>,
    open: Vec<OpenRing>,
    closed: Vec<Closed>,
    chiral: Vec<Written>,
    placeholders: i64,
}

/// A molecule as written, before perception, and where each atom stands in the text.
pub(super) struct Parsed {
    pub molecule: Molecule,
    pub positions: Vec<u32>,
}

/// Reads the atoms and bonds of a SMILES; what follows white space is a name and left aside.
pub(super) fn parse(smiles: &str) -> Result<Parsed, SmilesError> {
    let trimmed = smiles.trim_start();
    let offset = smiles.len() - trimmed.len();
    let text = trimmed.split_ascii_whitespace().next().unwrap_or_default().as_bytes();
    let fail = |(at, problem): Problem| SmilesError {
        smiles: smiles.to_owned(),
        position: String::from_utf8_lossy(smiles.as_bytes().get(..offset + at).unwrap_or_default()).chars().count() + 1,
        problem,
    };
    if text.is_empty() {
        return Err(fail((0, SmilesProblem::Empty)));
    }
    if text.len() > LONGEST {
        return Err(fail((0, SmilesProblem::TooLong)));
    }
    let mut parser = Parser {
        text,
        at: 0,
        molecule: Molecule::default(),
        places: Vec::with_capacity(text.len()),
        current: None,
        bond: None,
        branches: Vec::new(),
        open: Vec::new(),
        closed: Vec::new(),
        chiral: Vec::new(),
        placeholders: 0,
    };
    parser.molecule.atoms.reserve(text.len());
    parser.molecule.bonds.reserve(text.len());
    parser.run().map_err(fail)?;
    let positions = parser.places.iter().map(|place| place.position + small(offset)).collect();
    Ok(Parsed { molecule: parser.molecule, positions })
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), Problem> {
        while self.at < self.text.len() {
            self.step()?;
        }
        if let Some((_, _)) = self.bond {
            return Err((self.text.len(), SmilesProblem::Unfinished));
        }
        if let Some(&(_, position)) = self.branches.last() {
            return Err((position, SmilesProblem::Unfinished));
        }
        if self.current.is_none() {
            return Err((self.text.len(), SmilesProblem::Unfinished));
        }
        if let Some(ring) = self.open.first() {
            return Err((ring.position, SmilesProblem::OpenRing(ring.number)));
        }
        self.closed.sort_by_key(|closed| closed.number);
        self.molecule.bonds.extend(self.closed.iter().map(|closed| closed.bond));
        self.molecule.link();
        self.set_chirality();
        Ok(())
    }

    fn step(&mut self) -> Result<(), Problem> {
        let start = self.at;
        if let Some(written) = organic(self.text, start) {
            self.at = written.end;
            return self.add_atom(written.atom, start);
        }
        match self.text[start] {
            b'[' => {
                let written = bracket(self.text, start)?;
                self.at = written.end;
                self.add_atom(written.atom, start)
            }
            b'0'..=b'9' | b'%' => self.ring_number(),
            b'(' => self.open_branch(),
            b')' => self.close_branch(),
            b'.' => {
                if self.current.is_none() || self.bond.is_some() || !self.branches.is_empty() {
                    return Err(unexpected(self.text, start));
                }
                self.current = None;
                self.at += 1;
                Ok(())
            }
            _ => self.bond_symbol(),
        }
    }

    fn bond_symbol(&mut self) -> Result<(), Problem> {
        let start = self.at;
        let next = self.text.get(start + 1).copied();
        let mut written = WrittenBond::default();
        let mut length = 1;
        match self.text[start] {
            b'-' if next == Some(b'>') => (written.order, length) = (Some(BondOrder::Dative), 2),
            b'<' if next == Some(b'-') => {
                (written.order, length, written.reversed) = (Some(BondOrder::Dative), 2, true);
            }
            b'-' => written.order = Some(BondOrder::Single),
            b'=' => written.order = Some(BondOrder::Double),
            b'#' => written.order = Some(BondOrder::Triple),
            b'$' => written.order = Some(BondOrder::Quadruple),
            b':' => written.order = Some(BondOrder::Aromatic),
            b'~' => written.order = Some(BondOrder::Any),
            b'/' => written.direction = Direction::Up,
            b'\\' => {
                written.direction = Direction::Down;
                // Some writers escape the backslash.
                if next == Some(b'\\') {
                    length = 2;
                }
            }
            _ => return Err(unexpected(self.text, start)),
        }
        if self.current.is_none() || self.bond.is_some() {
            return Err(unexpected(self.text, start));
        }
        self.bond = Some((start, written));
        self.at += length;
        Ok(())
    }

    fn add_atom(&mut self, atom: super::Atom, start: usize) -> Result<(), Problem> {
        let index = self.molecule.atoms.len();
        self.molecule.atoms.push(atom);
        let previous = self.current.map_or(NONE, small);
        self.places.push(Place { position: small(start), previous, closed: NONE });
        let written = self.bond.take().map(|(_, bond)| bond).unwrap_or_default();
        if atom.chirality != Chirality::None {
            self.chiral.push(Written { atom: index, neighbours: Vec::with_capacity(4) });
        }
        if let Some(previous) = self.current {
            let bond = self.make_bond(previous, index, written);
            self.molecule.bonds.push(bond);
            self.note(previous, index as i64);
            self.note(index, previous as i64);
        }
        if atom.explicit_hydrogens == 1 {
            self.note(index, HYDROGEN);
        }
        self.current = Some(index);
        Ok(())
    }

    fn make_bond(&self, begin: usize, end: usize, written: WrittenBond) -> Bond {
        let both_aromatic = self.molecule.atoms[begin].aromatic && self.molecule.atoms[end].aromatic;
        let default = match written.direction {
            Direction::None if both_aromatic => BondOrder::Aromatic,
            _ => BondOrder::Single,
        };
        let (begin, end) = if written.reversed { (end, begin) } else { (begin, end) };
        let mut bond = Bond::new(begin, end, written.order.unwrap_or(default));
        bond.direction = written.direction;
        bond
    }

    fn open_branch(&mut self) -> Result<(), Problem> {
        let Some(current) = self.current.filter(|_| self.bond.is_none()) else {
            return Err(unexpected(self.text, self.at));
        };
        if self.text.get(self.at + 1) == Some(&b')') || self.text.get(self.at + 1) == Some(&b'(') {
            return Err(unexpected(self.text, self.at + 1));
        }
        self.branches.push((current, self.at));
        self.at += 1;
        Ok(())
    }

    fn close_branch(&mut self) -> Result<(), Problem> {
        if self.bond.is_some() {
            return Err(unexpected(self.text, self.at));
        }
        let Some((atom, _)) = self.branches.pop() else {
            return Err((self.at, SmilesProblem::Unopened));
        };
        self.current = Some(atom);
        self.at += 1;
        Ok(())
    }

    /// Reads `1`, `%12` or `%(123)`.
    fn read_ring_number(&mut self) -> Result<u32, Problem> {
        let digit = |at: usize| self.text.get(at).filter(|c| c.is_ascii_digit()).map(|c| u32::from(c - b'0'));
        let start = self.at;
        if let Some(number) = digit(start) {
            self.at += 1;
            return Ok(number);
        }
        if self.text.get(start + 1) == Some(&b'(') {
            let mut number = 0;
            let mut at = start + 2;
            while let Some(next) = digit(at) {
                number = number * 10 + next;
                at += 1;
                if at - start > 7 {
                    return Err((start, SmilesProblem::BadNumber));
                }
            }
            if at == start + 2 || self.text.get(at) != Some(&b')') {
                return Err(unexpected(self.text, at));
            }
            self.at = at + 1;
            return Ok(number);
        }
        let tens = digit(start + 1).ok_or_else(|| unexpected(self.text, start + 1))?;
        let ones = digit(start + 2).ok_or_else(|| unexpected(self.text, start + 2))?;
        self.at += 3;
        Ok(10 * tens + ones)
    }

    fn ring_number(&mut self) -> Result<(), Problem> {
        let start = self.at;
        let Some(current) = self.current else {
            return Err(unexpected(self.text, start));
        };
        let number = self.read_ring_number()?;
        let written = self.bond.take().map(|(_, bond)| bond).unwrap_or_default();
        let Some(place) = self.open.iter().position(|ring| ring.number == number) else {
            self.placeholders -= 1;
            let placeholder = HYDROGEN + self.placeholders;
            self.note(current, placeholder);
            self.open.push(OpenRing { number, atom: current, bond: written, position: start, placeholder });
            return Ok(());
        };
        let ring = self.open.remove(place);
        if ring.atom == current || self.are_bonded(ring.atom, current) {
            return Err((start, SmilesProblem::BadRing(number)));
        }
        // The bond symbol may stand at either end; the one at the opening counts first.
        let opening = ring.bond.order.is_some() || ring.bond.direction != Direction::None;
        let bond = if opening {
            self.make_bond(ring.atom, current, ring.bond)
        } else {
            self.make_bond(current, ring.atom, written)
        };
        self.closed.push(Closed { number, bond, before: self.places[current].closed });
        self.places[current].closed = small(self.closed.len() - 1);
        if let Some(list) = self.written_at(ring.atom) {
            for entry in list.neighbours.iter_mut().filter(|entry| **entry == ring.placeholder) {
                *entry = current as i64;
            }
        }
        self.note(current, ring.atom as i64);
        Ok(())
    }

    /// Notes a neighbour of an atom when the order of writing matters there.
    fn note(&mut self, atom: usize, neighbour: i64) {
        if let Some(list) = self.written_at(atom) {
            list.neighbours.push(neighbour);
        }
    }

    /// The neighbour list of an atom, if it is chiral.
    fn written_at(&mut self, atom: usize) -> Option<&mut Written> {
        if self.molecule.atoms[atom].chirality == Chirality::None {
            return None;
        }
        let place = self.chiral.binary_search_by_key(&atom, |list| list.atom).ok()?;
        self.chiral.get_mut(place)
    }

    /// Whether two atoms are bonded already: one was written behind the other, or a ring was closed between them.
    fn are_bonded(&self, opened: usize, current: usize) -> bool {
        let behind = |a: usize, b: usize| self.places[a].previous == small(b);
        let closed_from = |from: usize, to: usize| {
            let mut at = self.places[from].closed;
            while let Some(closed) = self.closed.get(at as usize) {
                if closed.bond.other(from) == to {
                    return true;
                }
                at = closed.before;
            }
            false
        };
        let chained = behind(opened, current) || behind(current, opened);
        chained || closed_from(current, opened) || closed_from(opened, current)
    }

    /// Turns handedness in the order of writing into handedness in the order of bonds.
    fn set_chirality(&mut self) {
        for list in &self.chiral {
            let mut order: Vec<usize> = Vec::with_capacity(4);
            let links = self.molecule.neighbours(list.atom);
            for &written in &list.neighbours {
                let place = links.iter().position(|link| link.atom as i64 == written);
                order.push(place.unwrap_or(links.len()));
            }
            let inversions = (0..order.len()).flat_map(|i| (i + 1..order.len()).map(move |j| (i, j)));
            let odd = inversions.filter(|&(i, j)| order[i] > order[j]).count() % 2 == 1;
            let atom = &mut self.molecule.atoms[list.atom];
            atom.chirality = match (atom.chirality, odd, order.len()) {
                (_, _, 0..=2) => Chirality::None,
                (Chirality::Clockwise, true, _) => Chirality::CounterClockwise,
                (Chirality::CounterClockwise, true, _) => Chirality::Clockwise,
                (same, _, _) => same,
            };
        }
    }
}
