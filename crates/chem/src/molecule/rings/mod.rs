//! Smallest rings: the smallest set of smallest rings (SSSR), then every ring that could stand in for one of them.
//!
//! Source: Figueras, J. Chem. Inf. Comput. Sci. 36, 986 (1996), with the choices RDKit makes where the set is not
//! unique, so that the same rings come out.

mod independent;
mod walk;

use std::collections::BTreeSet;

use self::walk::Met;
use super::{BondOrder, Molecule};

/// A ring of a molecule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ring {
    /// Atoms, in the order of going round.
    pub atoms: Vec<usize>,
    /// Bonds: the first joins the first two atoms, the last the last atom and the first.
    pub bonds: Vec<usize>,
}

/// Ring atoms in descending order: orders rings like numbers whose bits are the atoms.
fn key(ring: &[usize]) -> Vec<usize> {
    let mut key = ring.to_vec();
    key.sort_unstable_by(|a, b| b.cmp(a));
    key
}

const NONE: u32 = u32::MAX;

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}

/// What the search knows of an atom.
#[derive(Clone, Copy)]
struct Site {
    /// Bonds not taken away yet.
    degree: u32,
    /// Number of the walk that last came here: even on arrival, odd once its neighbours were looked at.
    walk: u32,
    parent: u32,
    depth: u32,
    /// While bridges are looked for: the earliest atom that bonds below this one lead to.
    earliest: u32,
    /// The last ring found of which this is the smallest atom.
    ring: u32,
    done: bool,
    on_ring: bool,
}

/// What the search knows of a bond.
#[derive(Clone, Copy)]
struct Link {
    active: bool,
    /// In no ring: no walk round a ring goes along it.
    bridge: bool,
    on_ring: bool,
}

/// A ring found.
struct Found {
    atoms: Vec<usize>,
    /// Sum over the atoms that two different rings seldom share.
    sum: u64,
    /// The ring found before it with the same smallest atom.
    before: u32,
}

/// State of the search in one molecule.
struct Search<'a> {
    molecule: &'a Molecule,
    sites: Vec<Site>,
    links: Vec<Link>,
    found: Vec<Found>,
    /// Number of the walk under way, even.
    walk: u32,
    queue: Vec<usize>,
    met: Met,
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
        let mut rings = Vec::new();
        let mut extra = Vec::new();
        for atoms in self.fragment_atoms() {
            search.fragment(&atoms, &mut rings, &mut extra);
        }
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
        if self.fragment_count == 1 {
            return vec![(0..self.atoms.len()).collect()];
        }
        let mut lists = vec![Vec::new(); self.fragment_count];
        for (atom, &fragment) in self.fragments.iter().enumerate() {
            lists[fragment as usize].push(atom);
        }
        lists
    }

    fn ring(&self, atoms: Vec<usize>) -> Ring {
        let mut bonds = Vec::with_capacity(atoms.len());
        let pairs = atoms.iter().zip(atoms.iter().skip(1).chain(atoms.first()));
        bonds.extend(pairs.filter_map(|(&a, &b)| self.bond_between(a, b)));
        Ring { atoms, bonds }
    }

    /// Adds each left-over ring that could replace one of the smallest rings of its size.
    fn symmetrize(&self, rings: &mut Vec<Ring>, extra: Vec<Ring>) {
        if extra.is_empty() {
            return;
        }
        let mut with_bond: Vec<Vec<usize>> = vec![Vec::new(); self.bonds.len()];
        for (at, ring) in rings.iter().enumerate() {
            ring.bonds.iter().for_each(|&bond| with_bond[bond].push(at));
        }
        for ring in extra {
            let replaces = |other: &Ring| {
                other.bonds.len() == ring.bonds.len()
                    && other.bonds.iter().all(|bond| with_bond[*bond].len() != 1 || ring.bonds.contains(bond))
            };
            if ring.bonds.iter().flat_map(|&bond| &with_bond[bond]).any(|&other| replaces(&rings[other])) {
                rings.push(ring);
            }
        }
    }
}

impl<'a> Search<'a> {
    fn new(molecule: &'a Molecule) -> Self {
        let link = |bond: &super::Bond| Link { active: bond.order != BondOrder::Dative, bridge: true, on_ring: false };
        let links: Vec<Link> = molecule.bonds.iter().map(link).collect();
        let site = |atom: usize| Site {
            degree: small(molecule.neighbours(atom).iter().filter(|next| links[next.bond].active).count()),
            walk: 0,
            parent: NONE,
            depth: 0,
            earliest: 0,
            ring: NONE,
            done: false,
            on_ring: false,
        };
        let sites = (0..molecule.atoms.len()).map(site).collect();
        let queue = Vec::with_capacity(molecule.atoms.len());
        Self { molecule, sites, links, found: Vec::new(), walk: 0, queue, met: Met::default() }
    }

    fn fragment(&mut self, atoms: &[usize], smallest: &mut Vec<Ring>, extra: &mut Vec<Ring>) {
        let all: usize = atoms.iter().map(|&atom| self.molecule.neighbours(atom).len()).sum::<usize>() / 2;
        if atoms.len() < 3 || all < atoms.len() {
            return;
        }
        let bonds = atoms.iter().map(|&atom| self.sites[atom].degree as usize).sum::<usize>() / 2;
        let mut changed: Vec<usize> = atoms.iter().copied().filter(|&atom| self.sites[atom].degree < 2).collect();
        let mut chain_atoms = Vec::new();
        let mut left = atoms.len();
        let mut bridges_known = false;
        while left > 0 {
            while let Some(atom) = changed.pop() {
                if !self.sites[atom].done {
                    self.sites[atom].done = true;
                    left -= 1;
                    self.trim(atom, &mut changed);
                }
            }
            if !std::mem::replace(&mut bridges_known, true) {
                self.find_bridges(atoms);
            }
            self.find_chain_atoms(atoms, &mut chain_atoms);
            if !chain_atoms.is_empty() {
                self.rings_of_chains(&chain_atoms);
                for &atom in &chain_atoms {
                    left = left.saturating_sub(usize::from(!self.sites[atom].done));
                    self.sites[atom].done = true;
                    self.trim(atom, &mut changed);
                }
            } else if left > 0 {
                let Some(&atom) = atoms.iter().find(|&&atom| self.sites[atom].degree == 3) else {
                    break;
                };
                self.rings_of_branching(atom);
                left = left.saturating_sub(usize::from(!self.sites[atom].done));
                self.sites[atom].done = true;
                self.trim(atom, &mut changed);
            }
        }
        let expected = (bonds + 1).saturating_sub(atoms.len());
        if self.found.len() < expected {
            self.rings_of_missed_bonds(bonds);
        }
        let rings = self.found.drain(..).map(|found| self.molecule.ring(found.atoms));
        if rings.len() > expected {
            independent::split(rings.collect(), self.molecule.bonds.len(), smallest, extra);
        } else {
            smallest.extend(rings);
        }
    }

    /// Takes away the bonds of an atom and notes the neighbours that this leaves at an end.
    fn trim(&mut self, atom: usize, changed: &mut Vec<usize>) {
        for next in self.molecule.neighbours(atom) {
            if !self.links[next.bond].active {
                continue;
            }
            if self.sites[next.atom].degree <= 2 {
                changed.push(next.atom);
            }
            self.links[next.bond].active = false;
            self.sites[next.atom].degree -= 1;
            self.sites[atom].degree -= 1;
        }
    }

    /// Takes away the bonds of an atom and notes them, so that they can be put back.
    fn cut(&mut self, atom: usize, cut: &mut Vec<usize>) {
        for next in self.molecule.neighbours(atom) {
            if std::mem::replace(&mut self.links[next.bond].active, false) {
                cut.push(next.bond);
            }
        }
    }

    /// One atom with two bonds for each chain of such atoms.
    fn find_chain_atoms(&mut self, atoms: &[usize], chosen: &mut Vec<usize>) {
        chosen.clear();
        self.walk += 2;
        self.queue.clear();
        for &atom in atoms {
            if self.sites[atom].degree != 2 || self.sites[atom].walk == self.walk {
                continue;
            }
            self.sites[atom].walk = self.walk;
            chosen.push(atom);
            self.queue.push(atom);
            while let Some(from) = self.queue.pop() {
                for next in self.molecule.neighbours(from) {
                    let site = &mut self.sites[next.atom];
                    if self.links[next.bond].active && site.walk != self.walk && site.degree == 2 {
                        site.walk = self.walk;
                        self.queue.push(next.atom);
                    }
                }
            }
        }
    }

    /// The number of a ring among those found, by its atoms; `None` with its smallest atom and sum if it is new.
    fn number_of(&mut self, ring: &[usize]) -> Result<usize, (usize, u64)> {
        let mix = |&atom: &usize| (atom as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        let sum = ring.iter().map(mix).fold(0, u64::wrapping_add);
        let smallest = ring.iter().copied().min().unwrap_or_default();
        let mut at = self.sites[smallest].ring;
        while let Some(known) = self.found.get(at as usize) {
            if known.sum == sum && known.atoms.len() == ring.len() {
                self.walk += 2;
                ring.iter().for_each(|&atom| self.sites[atom].walk = self.walk);
                if known.atoms.iter().all(|&atom| self.sites[atom].walk == self.walk) {
                    return Ok(at as usize);
                }
            }
            at = known.before;
        }
        Err((smallest, sum))
    }

    fn add(&mut self, ring: &[usize], (smallest, sum): (usize, u64)) -> usize {
        let number = self.found.len();
        let before = std::mem::replace(&mut self.sites[smallest].ring, small(number));
        self.found.push(Found { atoms: ring.to_vec(), sum, before });
        number
    }

    /// Keeps a ring unless it is known.
    fn keep(&mut self, ring: &[usize]) {
        if let Err(new) = self.number_of(ring) {
            self.add(ring, new);
        }
    }

    fn mark(&mut self, ring: &[usize]) {
        for (at, &atom) in ring.iter().enumerate() {
            self.sites[atom].on_ring = true;
            if let Some(bond) = self.molecule.bond_between(atom, ring[(at + 1) % ring.len()]) {
                self.links[bond].on_ring = true;
            }
        }
    }

    fn rings_of_chains(&mut self, chain_atoms: &[usize]) {
        // Which atom led to which ring, by the number of the ring.
        let mut led: Vec<(usize, usize)> = Vec::with_capacity(chain_atoms.len());
        let mut met = std::mem::take(&mut self.met);
        for &atom in chain_atoms {
            met.clear();
            self.smallest_rings(atom, &[], &mut met);
            for at in 0..met.len() {
                let ring = met.ring(at);
                let number = match self.number_of(ring) {
                    Ok(number) => number,
                    Err(new) => {
                        self.mark(ring);
                        self.add(ring, new)
                    }
                };
                led.push((atom, number));
            }
            if met.len() == 0 {
                let mut changed = vec![atom];
                while let Some(next) = changed.pop() {
                    self.trim(next, &mut changed);
                }
            }
        }
        self.met = met;
        self.rings_hidden_by_others(&led);
    }

    /// Where several atoms lead to one ring, each may stand in a second ring that this one hides.
    fn rings_hidden_by_others(&mut self, led: &[(usize, usize)]) {
        let mut by_ring: Vec<(usize, usize)> = led.iter().map(|&(atom, ring)| (ring, atom)).collect();
        // Stable: the atoms of a ring stay in their order.
        by_ring.sort_by_key(|&(ring, _)| ring);
        let mut groups: Vec<&[(usize, usize)]> =
            by_ring.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1).collect();
        groups.sort_by_cached_key(|group| key(&self.found[group[0].0].atoms));
        let mut met = std::mem::take(&mut self.met);
        let mut cut = Vec::new();
        for group in groups {
            met.clear();
            for &(_, atom) in group {
                let first = led.partition_point(|(one, _)| *one < atom);
                for (_, ring) in led[first..].iter().take_while(|(one, _)| *one == atom) {
                    let start = by_ring.partition_point(|(other, _)| other < ring);
                    let others = by_ring[start..].iter().take_while(|(other, _)| other == ring);
                    others.filter(|(_, other)| *other != atom).for_each(|&(_, other)| self.cut(other, &mut cut));
                }
                self.smallest_rings(atom, &[], &mut met);
                cut.drain(..).for_each(|bond| self.links[bond].active = true);
            }
            let least = (0..met.len()).map(|at| met.ring(at).len()).min().unwrap_or_default();
            for at in (0..met.len()).filter(|&at| met.ring(at).len() == least) {
                self.keep(met.ring(at));
            }
        }
        self.met = met;
    }

    /// The three rings at an atom with three bonds, where no atom with two is left.
    fn rings_of_branching(&mut self, atom: usize) {
        let mut next =
            self.molecule.neighbours(atom).iter().filter(|next| self.links[next.bond].active).map(|next| next.atom);
        let (Some(a), Some(b), Some(c)) = (next.next(), next.next(), next.next()) else {
            return;
        };
        let mut met = std::mem::take(&mut self.met);
        met.clear();
        self.smallest_rings(atom, &[], &mut met);
        let on = |at: usize, atom: usize| met.ring(at).contains(&atom);
        let forbidden: Vec<usize> = match met.len() {
            2 => [a, b, c].into_iter().find(|&n| on(0, n) && on(1, n)).into_iter().collect(),
            1 => match [a, b, c].map(|n| on(0, n)) {
                [false, ..] => vec![c, b],
                [_, false, _] => vec![c, a],
                _ => vec![b, a],
            },
            _ => Vec::new(),
        };
        for avoid in forbidden {
            self.smallest_rings(atom, &[avoid], &mut met);
        }
        (0..met.len()).for_each(|at| self.keep(met.ring(at)));
        self.met = met;
    }

    /// In tightly fused systems a bond between two ring atoms may still lack its ring.
    fn rings_of_missed_bonds(&mut self, bonds: usize) {
        let most = bonds.min(self.links.len());
        let mut waiting: BTreeSet<usize> = (0..most).collect();
        let mut tried = vec![false; most];
        while let Some(bond) = waiting.pop_first() {
            let at = self.molecule.bonds[bond];
            if self.links[bond].on_ring || !self.sites[at.begin].on_ring || !self.sites[at.end].on_ring {
                continue;
            }
            if std::mem::replace(&mut tried[bond], true) {
                continue;
            }
            if let Some(ring) = self.path_ring(at.begin, at.end) {
                self.mark(&ring);
                self.keep(&ring);
                let beside = ring.iter().flat_map(|&atom| self.molecule.neighbours(atom)).map(|next| next.bond);
                waiting.extend(beside.filter(|&bond| bond < most && !tried[bond]));
            }
        }
    }
}
