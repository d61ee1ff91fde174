//! Counts of rings and ring systems, and the share of atoms in rings and between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Values, context::Context};
use crate::Molecule;

/// A ring or a fused system: number of atoms, all aromatic, with a hetero atom.
#[derive(Clone, Copy)]
struct Kind {
    size: usize,
    aromatic: bool,
    hetero: bool,
}

fn kind(molecule: &Molecule, atoms: &BTreeSet<usize>) -> Kind {
    Kind {
        size: atoms.len(),
        aromatic: atoms.iter().all(|&atom| molecule.atoms()[atom].aromatic),
        hetero: atoms.iter().any(|&atom| molecule.atoms()[atom].number != 6),
    }
}

/// Systems of at least two rings that share two atoms or more with a neighbour.
fn fused(rings: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let mut system: Vec<usize> = (0..rings.len()).collect();
    for i in 0..rings.len() {
        for j in i + 1..rings.len() {
            if rings[i].intersection(&rings[j]).count() >= 2 {
                let (from, to) = (system[j], system[i]);
                system.iter_mut().filter(|entry| **entry == from).for_each(|entry| *entry = to);
            }
        }
    }
    let mut systems: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (ring, &number) in system.iter().enumerate() {
        systems.entry(number).or_default().push(ring);
    }
    let several = systems.into_values().filter(|members| members.len() > 1);
    several.map(|members| members.into_iter().flat_map(|ring| rings[ring].iter().copied()).collect()).collect()
}

pub(crate) fn atom_sets(molecule: &Molecule) -> Vec<BTreeSet<usize>> {
    molecule.rings().iter().map(|ring| ring.atoms.iter().copied().collect()).collect()
}

/// nRing and the like.
pub(crate) mod counts {
    use super::*;

    const AROMATIC: [(&str, Option<bool>); 3] = [("", None), ("a", Some(true)), ("A", Some(false))];

    fn sizes(fused: bool) -> std::ops::RangeInclusive<usize> {
        if fused { 4..=12 } else { 3..=12 }
    }

    pub fn names(names: &mut Vec<String>) {
        for (fused, f) in [(false, ""), (true, "F")] {
            for (a, _) in AROMATIC {
                for h in ["", "H"] {
                    names.push(format!("n{f}{a}{h}Ring"));
                    names.extend(sizes(fused).map(|size| format!("n{size}{f}{a}{h}Ring")));
                    names.push(format!("nG12{f}{a}{h}Ring"));
                }
            }
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let rings = atom_sets(molecule);
        let kinds = |sets: &[BTreeSet<usize>]| sets.iter().map(|atoms| kind(molecule, atoms)).collect::<Vec<_>>();
        for (is_fused, list) in [(false, kinds(&rings)), (true, kinds(&fused(&rings)))] {
            for (_, aromatic) in AROMATIC {
                for hetero in [false, true] {
                    let suits = |ring: &&Kind| {
                        aromatic.is_none_or(|wanted| ring.aromatic == wanted) && (!hetero || ring.hetero)
                    };
                    let count = |size: &dyn Fn(usize) -> bool| {
                        Ok(list.iter().filter(suits).filter(|ring| size(ring.size)).count() as f64)
                    };
                    values.push(count(&|_| true));
                    values.extend(sizes(is_fused).map(|wanted| count(&|size| size == wanted)));
                    values.push(count(&|size| size >= 12));
                }
            }
        }
    }
}

/// Share of atoms in the framework. Source: Bemis and Murcko, J. Med. Chem. 39, 2887 (1996).
pub(crate) mod framework {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.push("fMF".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let in_rings: BTreeSet<usize> = molecule.rings().iter().flat_map(|ring| ring.atoms.iter().copied()).collect();
        let linkers = linkers(molecule);
        values.push(Ok((linkers + in_rings.len()) as f64 / context.full.count() as f64));
    }

    /// Atoms on a shortest way between two rings. An atom of several rings counts to the last of them.
    fn linkers(molecule: &Molecule) -> usize {
        let atoms = molecule.atoms().len();
        let mut node: Vec<usize> = (0..atoms).collect();
        for (ring, at) in molecule.rings().iter().enumerate() {
            at.atoms.iter().for_each(|&atom| node[atom] = atoms + ring);
        }
        let ring_nodes: BTreeSet<usize> = node.iter().copied().filter(|&node| node >= atoms).collect();
        if ring_nodes.len() < 2 || node.iter().all(|&node| node >= atoms) {
            return 0;
        }
        let mut neighbours = vec![Vec::new(); atoms + molecule.rings().len()];
        for bond in molecule.bonds() {
            let (a, b) = (node[bond.begin], node[bond.end]);
            if a != b {
                neighbours[a].push(b);
                neighbours[b].push(a);
            }
        }
        let mut found = BTreeSet::new();
        for &start in &ring_nodes {
            let mut parents = vec![usize::MAX; neighbours.len()];
            let mut queue = VecDeque::from([start]);
            parents[start] = start;
            while let Some(at) = queue.pop_front() {
                for &next in &neighbours[at] {
                    if parents[next] == usize::MAX {
                        parents[next] = at;
                        queue.push_back(next);
                    }
                }
            }
            for &end in ring_nodes.range(start + 1..) {
                let mut at = end;
                while parents[at] != usize::MAX && at != start {
                    if at < atoms {
                        found.insert(at);
                    }
                    at = parents[at];
                }
            }
        }
        found.len()
    }
}
