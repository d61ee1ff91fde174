//! Smallest rings: the smallest set of smallest rings (SSSR), then every ring that could stand in for one of them.
//!
//! Source: Figueras, J. Chem. Inf. Comput. Sci. 36, 986 (1996), with the choices RDKit makes where the set is not
//! unique, so that the same rings come out.

use std::collections::VecDeque;

use super::{BondOrder, Molecule};

/// A ring of a molecule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ring {
    /// Atoms, in the order of going round.
    pub atoms: Vec<usize>,
    /// Bonds: the first joins the first two atoms, the last the last atom and the first.
    pub bonds: Vec<usize>,
}

/// Ring atoms in descending order: tells two rings apart, and orders them like numbers whose bits are the atoms.
type Key = Vec<usize>;

fn key(ring: &[usize]) -> Key {
    let mut key = ring.to_vec();
    key.sort_unstable_by(|a, b| b.cmp(a));
    key
}

const UNREACHED: u32 = u32::MAX;

/// State of the search in one molecule.
struct Search<'a> {
    molecule: &'a Molecule,
    active: Vec<bool>,
    degrees: Vec<usize>,
    known: Vec<Key>,
    found: Vec<Vec<usize>>,
    on_ring_atom: Vec<bool>,
    on_ring_bond: Vec<bool>,
    parents: Vec<u32>,
    depths: Vec<u32>,
    state: Vec<u8>,
    queue: Vec<usize>,
}

impl Molecule {
    /// Finds the symmetrised smallest set of smallest rings.
    pub(super) fn find_rings(&mut self) {
        self.rings.clear();
        self.atom_rings.clear();
        self.bond_rings.clear();
        if self.bonds.len() + self.fragment_count == self.atoms.len() {
            return;
        }
        let mut search = Search::new(self);
        let mut smallest = Vec::new();
        let mut extra = Vec::new();
        for atoms in self.fragment_atoms() {
            search.fragment(&atoms, &mut smallest, &mut extra);
        }
        let mut rings: Vec<Ring> = smallest.into_iter().map(|atoms| self.ring(atoms)).collect();
        self.symmetrize(&mut rings, extra);
        self.rings = rings;
        self.atom_rings.resize(self.atoms.len(), 0);
        self.bond_rings.resize(self.bonds.len(), 0);
        for ring in &self.rings {
            ring.atoms.iter().for_each(|&atom| self.atom_rings[atom] += 1);
            ring.bonds.iter().for_each(|&bond| self.bond_rings[bond] += 1);
        }
    }

    pub(super) fn fragment_atoms(&self) -> Vec<Vec<usize>> {
        let mut lists = vec![Vec::new(); self.fragment_count];
        for (atom, &fragment) in self.fragments.iter().enumerate() {
            lists[fragment as usize].push(atom);
        }
        lists
    }

    fn ring(&self, atoms: Vec<usize>) -> Ring {
        let bonds =
            (0..atoms.len()).filter_map(|at| self.bond_between(atoms[at], atoms[(at + 1) % atoms.len()])).collect();
        Ring { atoms, bonds }
    }

    /// Adds each left-over ring that could replace one of the smallest rings of its size.
    fn symmetrize(&self, rings: &mut Vec<Ring>, extra: Vec<Vec<usize>>) {
        if extra.is_empty() {
            return;
        }
        let mut counts = vec![0_u32; self.bonds.len()];
        for &bond in rings.iter().flat_map(|ring| &ring.bonds) {
            counts[bond] += 1;
        }
        let smallest = rings.len();
        for atoms in extra {
            let ring = self.ring(atoms);
            let replaces = |other: &Ring| {
                other.bonds.len() == ring.bonds.len()
                    && other.bonds.iter().any(|bond| ring.bonds.contains(bond))
                    && other.bonds.iter().all(|bond| counts[*bond] != 1 || ring.bonds.contains(bond))
            };
            if rings[..smallest].iter().any(replaces) {
                rings.push(ring);
            }
        }
    }
}

impl<'a> Search<'a> {
    fn new(molecule: &'a Molecule) -> Self {
        let count = molecule.atoms.len();
        let active: Vec<bool> = molecule.bonds.iter().map(|bond| bond.order != BondOrder::Dative).collect();
        let degrees =
            (0..count).map(|atom| molecule.neighbours(atom).iter().filter(|next| active[next.bond]).count()).collect();
        Self {
            molecule,
            active,
            degrees,
            known: Vec::new(),
            found: Vec::new(),
            on_ring_atom: vec![false; count],
            on_ring_bond: vec![false; molecule.bonds.len()],
            parents: vec![UNREACHED; count],
            depths: vec![0; count],
            state: vec![0; count],
            queue: Vec::with_capacity(count),
        }
    }

    fn fragment(&mut self, atoms: &[usize], smallest: &mut Vec<Vec<usize>>, extra: &mut Vec<Vec<usize>>) {
        let all: usize = atoms.iter().map(|&atom| self.molecule.neighbours(atom).len()).sum::<usize>() / 2;
        if atoms.len() < 3 || all < atoms.len() {
            return;
        }
        let bonds: usize = atoms.iter().map(|&atom| self.degrees[atom]).sum::<usize>() / 2;
        let mut changed: Vec<usize> = atoms.iter().copied().filter(|&atom| self.degrees[atom] < 2).collect();
        let mut done = vec![false; self.molecule.atoms.len()];
        let mut left = atoms.len();
        self.found.clear();
        while left > 0 {
            while let Some(atom) = changed.pop() {
                if !done[atom] {
                    done[atom] = true;
                    left -= 1;
                    self.trim(atom, &mut changed);
                }
            }
            let chain_atoms = self.chain_atoms(atoms);
            if !chain_atoms.is_empty() {
                self.rings_of_chains(&chain_atoms);
                for &atom in &chain_atoms {
                    left = left.saturating_sub(usize::from(!done[atom]));
                    done[atom] = true;
                    self.trim(atom, &mut changed);
                }
            } else if left > 0 {
                let Some(&atom) = atoms.iter().find(|&&atom| self.degrees[atom] == 3) else {
                    break;
                };
                self.rings_of_branching(atom);
                left = left.saturating_sub(usize::from(!done[atom]));
                done[atom] = true;
                self.trim(atom, &mut changed);
            }
        }
        let expected = (bonds + 1).saturating_sub(atoms.len());
        if self.found.len() < expected {
            self.rings_of_missed_bonds(bonds);
        }
        let found = std::mem::take(&mut self.found);
        if found.len() > expected {
            self.keep_independent(found, smallest, extra);
        } else {
            smallest.extend(found);
        }
    }

    /// Takes away the bonds of an atom and notes the neighbours that this leaves at an end.
    fn trim(&mut self, atom: usize, changed: &mut Vec<usize>) {
        for next in self.molecule.neighbours(atom) {
            if !self.active[next.bond] {
                continue;
            }
            if self.degrees[next.atom] <= 2 {
                changed.push(next.atom);
            }
            self.active[next.bond] = false;
            self.degrees[next.atom] -= 1;
            self.degrees[atom] -= 1;
        }
    }

    /// One atom with two bonds for each chain of such atoms.
    fn chain_atoms(&self, atoms: &[usize]) -> Vec<usize> {
        let mut chosen = Vec::new();
        let mut seen = vec![false; self.molecule.atoms.len()];
        let mut open = Vec::new();
        for &atom in atoms {
            if self.degrees[atom] != 2 || seen[atom] {
                continue;
            }
            seen[atom] = true;
            chosen.push(atom);
            open.push(atom);
            while let Some(from) = open.pop() {
                for next in self.molecule.neighbours(from) {
                    if self.active[next.bond] && !seen[next.atom] && self.degrees[next.atom] == 2 {
                        seen[next.atom] = true;
                        open.push(next.atom);
                    }
                }
            }
        }
        chosen
    }

    /// Keeps a ring unless it is known; tells whether it was new.
    fn keep(&mut self, ring: Vec<usize>, ring_key: &Key) -> bool {
        if self.known.contains(ring_key) {
            return false;
        }
        self.known.push(ring_key.clone());
        self.found.push(ring);
        true
    }

    fn mark(&mut self, ring: &[usize]) {
        for (at, &atom) in ring.iter().enumerate() {
            self.on_ring_atom[atom] = true;
            if let Some(bond) = self.molecule.bond_between(atom, ring[(at + 1) % ring.len()]) {
                self.on_ring_bond[bond] = true;
            }
        }
    }

    fn rings_of_chains(&mut self, chain_atoms: &[usize]) {
        // Rings by their place among the known ones.
        let mut by_ring: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut by_atom: Vec<(usize, usize)> = Vec::new();
        let mut same: Vec<(usize, usize)> = Vec::new();
        for &atom in chain_atoms {
            let rings = self.smallest_rings(atom, &[]);
            let none = rings.is_empty();
            for ring in rings {
                let ring_key = key(&ring);
                let number = match self.known.iter().position(|known| *known == ring_key) {
                    Some(number) => number,
                    None => {
                        self.mark(&ring);
                        self.known.push(ring_key);
                        self.found.push(ring);
                        self.known.len() - 1
                    }
                };
                for (other, _) in by_atom.iter().filter(|(other, known)| *other != atom && *known == number) {
                    same.extend([(atom, *other), (*other, atom)]);
                }
                by_atom.push((atom, number));
                match by_ring.iter_mut().find(|(known, _)| *known == number) {
                    Some((_, atoms)) => atoms.push(atom),
                    None => by_ring.push((number, vec![atom])),
                }
            }
            if none {
                let mut changed = vec![atom];
                while let Some(next) = changed.pop() {
                    self.trim(next, &mut changed);
                }
            }
        }
        by_ring.retain(|(_, atoms)| atoms.len() > 1);
        by_ring.sort_by(|a, b| self.known[a.0].cmp(&self.known[b.0]));
        self.rings_hidden_by_others(&by_ring, &same);
    }

    /// Where several atoms lead to one ring, each may stand in a second ring that this one hides.
    fn rings_hidden_by_others(&mut self, by_ring: &[(usize, Vec<usize>)], same: &[(usize, usize)]) {
        for (_, atoms) in by_ring {
            let mut rings = Vec::new();
            for atom in atoms {
                let (active, degrees) = (self.active.clone(), self.degrees.clone());
                for (_, other) in same.iter().filter(|(one, _)| one == atom) {
                    self.trim(*other, &mut Vec::new());
                }
                rings.extend(self.smallest_rings(*atom, &[]));
                (self.active, self.degrees) = (active, degrees);
            }
            let least = rings.iter().map(Vec::len).min().unwrap_or_default();
            for ring in rings.into_iter().filter(|ring| ring.len() == least) {
                let ring_key = key(&ring);
                self.keep(ring, &ring_key);
            }
        }
    }

    /// The three rings at an atom with three bonds, where no atom with two is left.
    fn rings_of_branching(&mut self, atom: usize) {
        let rings = self.smallest_rings(atom, &[]);
        let mut next =
            self.molecule.neighbours(atom).iter().filter(|next| self.active[next.bond]).map(|next| next.atom);
        let (Some(a), Some(b), Some(c)) = (next.next(), next.next(), next.next()) else {
            return;
        };
        let forbidden: Vec<usize> = match rings.as_slice() {
            [first, second] => {
                [a, b, c].into_iter().find(|n| first.contains(n) && second.contains(n)).into_iter().collect()
            }
            [only] => match [a, b, c].map(|n| only.contains(&n)) {
                [false, ..] => vec![c, b],
                [_, false, _] => vec![c, a],
                _ => vec![b, a],
            },
            _ => Vec::new(),
        };
        for ring in rings {
            let ring_key = key(&ring);
            self.keep(ring, &ring_key);
        }
        for avoid in forbidden {
            for ring in self.smallest_rings(atom, &[avoid]) {
                let ring_key = key(&ring);
                self.keep(ring, &ring_key);
            }
        }
    }

    /// All smallest rings through an atom that avoid the forbidden ones.
    fn smallest_rings(&mut self, root: usize, forbidden: &[usize]) -> Vec<Vec<usize>> {
        const WHITE: u8 = 0;
        const GREY: u8 = 1;
        const BLACK: u8 = 2;
        let mut rings = Vec::new();
        let mut size = usize::MAX;
        self.state.fill(WHITE);
        self.parents.fill(UNREACHED);
        for &atom in forbidden {
            self.state[atom] = BLACK;
        }
        self.depths[root] = 0;
        self.queue.clear();
        self.queue.push(root);
        let mut at = 0;
        while let Some(&current) = self.queue.get(at) {
            at += 1;
            self.state[current] = BLACK;
            let depth = self.depths[current] + 1;
            if depth as usize > size {
                break;
            }
            for next in self.molecule.neighbours(current) {
                let seen = self.state[next.atom];
                if !self.active[next.bond] || seen == BLACK || self.parents[current] as usize == next.atom {
                    continue;
                }
                if seen == WHITE {
                    self.parents[next.atom] = u32::try_from(current).unwrap_or(UNREACHED);
                    self.state[next.atom] = GREY;
                    self.depths[next.atom] = depth;
                    self.queue.push(next.atom);
                    continue;
                }
                let Some(ring) = self.stitch(root, current, next.atom) else {
                    continue;
                };
                if ring.len() > size {
                    return rings;
                }
                size = ring.len();
                rings.push(ring);
            }
        }
        rings
    }

    /// The ring of two paths that meet; `None` when they parted after the root.
    fn stitch(&self, root: usize, current: usize, meeting: usize) -> Option<Vec<usize>> {
        let mut back = Vec::with_capacity(2 * self.depths[current] as usize + 2);
        back.push(current);
        let mut at = current;
        while self.parents[at] != UNREACHED {
            at = self.parents[at] as usize;
            back.push(at);
        }
        back.reverse();
        let mut ring = back;
        let own = ring.len();
        ring.push(meeting);
        let mut at = meeting;
        while self.parents[at] != UNREACHED && self.parents[at] as usize != root {
            at = self.parents[at] as usize;
            if ring[1..own].contains(&at) {
                return None;
            }
            ring.push(at);
        }
        (!ring[1..own].contains(&meeting)).then_some(ring)
    }

    /// In tightly fused systems a bond between two ring atoms may still lack its ring.
    fn rings_of_missed_bonds(&mut self, bonds: usize) {
        let mut dead = vec![false; self.molecule.bonds.len()];
        loop {
            let missed = (0..bonds.min(self.molecule.bonds.len())).find(|&bond| {
                let Some(at) = self.molecule.bonds.get(bond) else { return false };
                !self.on_ring_bond[bond] && !dead[bond] && self.on_ring_atom[at.begin] && self.on_ring_atom[at.end]
            });
            let Some(bond) = missed else { return };
            dead[bond] = true;
            let at = self.molecule.bonds[bond];
            if let Some(ring) = self.path_ring(at.begin, at.end) {
                let ring_key = key(&ring);
                self.mark(&ring);
                self.keep(ring, &ring_key);
            }
        }
    }

    /// The shortest way along ring atoms from one atom to its neighbour that makes a ring not known yet.
    fn path_ring(&self, start: usize, end: usize) -> Option<Vec<usize>> {
        const MOST: usize = 20_000;
        let mut queue = VecDeque::from([vec![start]]);
        while let Some(path) = queue.pop_front() {
            if queue.len() > MOST {
                return None;
            }
            let last = path[path.len() - 1];
            for next in self.molecule.neighbours(last) {
                let mut longer = path.clone();
                longer.push(next.atom);
                if next.atom == end {
                    if last != start && !self.known.contains(&key(&longer)) {
                        return Some(longer);
                    }
                } else if self.on_ring_atom[next.atom] && !path.contains(&next.atom) {
                    queue.push_back(longer);
                }
            }
        }
        None
    }

    /// Splits the rings found into independent ones and those made up of them.
    fn keep_independent(
        &self,
        mut rings: Vec<Vec<usize>>,
        smallest: &mut Vec<Vec<usize>>,
        extra: &mut Vec<Vec<usize>>,
    ) {
        rings.sort_by_key(Vec::len);
        let bonds: Vec<Vec<usize>> = rings.iter().map(|ring| self.molecule.ring(ring.clone()).bonds).collect();
        let mut covered = vec![false; self.molecule.bonds.len()];
        let mut available = vec![true; rings.len()];
        let mut kept = vec![false; rings.len()];
        for at in 0..rings.len() {
            if bonds[at].iter().all(|&bond| covered[bond]) {
                available[at] = false;
            }
            if !available[at] {
                continue;
            }
            kept[at] = true;
            bonds[at].iter().for_each(|&bond| covered[bond] = true);
            let mut considered: Vec<usize> =
                (at + 1..rings.len()).filter(|&j| available[j] && rings[j].len() == rings[at].len()).collect();
            while !considered.is_empty() {
                let overlap = |j: usize| bonds[j].iter().filter(|&&bond| covered[bond]).count();
                let mut best = 0;
                for place in 1..considered.len() {
                    if overlap(considered[place]) > overlap(considered[best]) {
                        best = place;
                    }
                }
                let chosen = considered.remove(best);
                available[chosen] = false;
                if bonds[chosen].iter().any(|&bond| !covered[bond]) {
                    kept[chosen] = true;
                    bonds[chosen].iter().for_each(|&bond| covered[bond] = true);
                }
            }
        }
        for (ring, kept) in rings.into_iter().zip(kept) {
            if kept { smallest.push(ring) } else { extra.push(ring) }
        }
    }
}
