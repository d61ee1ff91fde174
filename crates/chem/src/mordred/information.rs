//! Neighbourhood information content: entropy over classes of atoms with equal surroundings.
//!
//! Source: Basak, in Devillers and Balaban (eds.), Topological Indices and Related Descriptors (1999). Two atoms are
//! alike when the trees grown from them, atoms with their degrees and bonds in the Kekulé form, have the same branches.

use super::{MissingReason, Values, context::Context, ratio};
use crate::Molecule;

const ORDERS: usize = 6;

/// IC, TIC, SIC, BIC, CIC, MIC and ZMIC of orders 0 to 5.
pub(crate) mod contents {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        for kind in ["IC", "TIC", "SIC", "BIC", "CIC", "MIC", "ZMIC"] {
            names.extend((0..ORDERS).map(|order| format!("{kind}{order}")));
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.full.molecule;
        let classes = classes(molecule);
        let atoms = molecule.atoms().len() as f64;
        let atom_of = |atom: usize| &molecule.atoms()[atom];
        let contents: Vec<[f64; 3]> = classes
            .iter()
            .map(|classes| {
                entropies(classes, atoms, |atom, count| {
                    [1.0, molecule.atom_mass(atom), count * f64::from(atom_of(atom).number)]
                })
            })
            .collect();
        let plain: Vec<f64> = contents.iter().map(|content| content[0]).collect();
        let bonds: f64 = molecule.bonds().iter().map(|bond| bond.kekule.number()).sum();
        values.extend(plain.iter().map(|&content| Ok(content)));
        values.extend(plain.iter().map(|content| Ok(atoms * content)));
        values.extend(plain.iter().map(|&content| ratio(content, atoms.log2(), MissingReason::NothingToAverage)));
        values.extend(plain.iter().map(|&content| match bonds {
            ..=0.0 => Err(MissingReason::NothingToAverage),
            bonds => ratio(content, bonds.log2(), MissingReason::NothingToAverage),
        }));
        values.extend(plain.iter().map(|content| Ok(atoms.log2() - content)));
        for which in [1, 2] {
            values.extend(contents.iter().map(|content| Ok(content[which])));
        }
    }
}

/// One class: its last atom and how many there are.
type Class = (usize, f64);

/// Entropies over classes with several weights.
fn entropies<const W: usize>(classes: &[Class], atoms: f64, weights: impl Fn(usize, f64) -> [f64; W]) -> [f64; W] {
    let mut sums = [0.0; W];
    for &(atom, count) in classes {
        let share = count / atoms;
        let logarithm = share.log2();
        let weights = weights(atom, count);
        (0..W).for_each(|which| sums[which] += weights[which] * share * logarithm);
    }
    sums.map(|sum| -sum)
}

fn classes(molecule: &Molecule) -> Vec<Vec<Class>> {
    let count = molecule.atoms().len();
    // Code, last atom, and number of atoms.
    let mut codes: [Vec<(u64, usize, usize)>; ORDERS] = std::array::from_fn(|_| Vec::with_capacity(count));
    let mut tree = Tree::new(molecule);
    // Hydrogens on one atom have the same surroundings.
    let parent = |atom: usize| match (molecule.atoms()[atom].number, molecule.neighbours(atom)) {
        (1, [only]) => Some(only.atom),
        _ => None,
    };
    let mut before = None;
    for atom in 0..count {
        let parent = parent(atom);
        if parent.is_some() && parent == before {
            codes.iter_mut().filter_map(|codes| codes.last_mut()).for_each(|(_, last, number)| {
                *last = atom;
                *number += 1;
            });
            continue;
        }
        before = parent;
        codes[0].push((u64::from(molecule.atoms()[atom].number), atom, 1));
        tree.plant(atom);
        for codes in &mut codes[1..] {
            tree.expand();
            codes.push((tree.code(), atom, 1));
        }
    }
    codes.into_iter().map(group).collect()
}

/// Classes in the order of their codes.
fn group(mut codes: Vec<(u64, usize, usize)>) -> Vec<Class> {
    codes.sort_unstable();
    let class = |class: &[(u64, usize, usize)]| {
        let last = class.iter().map(|(_, last, _)| *last).max().unwrap_or_default();
        (last, class.iter().map(|(.., number)| *number).sum::<usize>() as f64)
    };
    codes.chunk_by(|a, b| a.0 == b.0).map(class).collect()
}

/// A branch that may still grow: the atom it ends at and the trail that leads there.
#[derive(Clone, Copy)]
struct Leaf {
    atom: usize,
    trail: u64,
}

/// A tree of surroundings. As in Mordred, an atom is used up when its children are looked for, so that one atom may
/// stand in several branches of one level.
struct Tree<'a> {
    molecule: &'a Molecule,
    /// Of each atom: element and degree.
    labels: Vec<u64>,
    /// Of each bond: its order in the Kekulé form.
    orders: Vec<u64>,
    /// In the order of walking down the tree.
    leaves: Vec<Leaf>,
    grown: Vec<Leaf>,
    /// Sum over the branches that do not grow further.
    ended: u64,
    /// The last tree in which an atom was used up.
    used: Vec<usize>,
    planted: usize,
}

impl<'a> Tree<'a> {
    fn new(molecule: &'a Molecule) -> Self {
        let label =
            |(atom, at): (usize, &crate::Atom)| u64::from(at.number) * 64 + molecule.neighbours(atom).len() as u64;
        Self {
            molecule,
            labels: molecule.atoms().iter().enumerate().map(label).collect(),
            orders: molecule.bonds().iter().map(|bond| bond.kekule as u64 + 1).collect(),
            leaves: Vec::new(),
            grown: Vec::new(),
            ended: 0,
            used: vec![0; molecule.atoms().len()],
            planted: 0,
        }
    }

    fn plant(&mut self, atom: usize) {
        self.planted += 1;
        self.used[atom] = self.planted;
        self.ended = 0;
        self.leaves.clear();
        self.leaves.push(Leaf { atom, trail: extend(0, self.labels[atom]) });
    }

    /// Grows every leaf.
    fn expand(&mut self) {
        self.grown.clear();
        for leaf in &self.leaves {
            self.used[leaf.atom] = self.planted;
            let before = self.grown.len();
            for next in self.molecule.neighbours(leaf.atom) {
                if self.used[next.atom] != self.planted {
                    let trail = extend(extend(leaf.trail, self.orders[next.bond]), self.labels[next.atom]);
                    self.grown.push(Leaf { atom: next.atom, trail });
                }
            }
            if self.grown.len() == before {
                self.ended = self.ended.wrapping_add(mix(leaf.trail));
            }
        }
        std::mem::swap(&mut self.leaves, &mut self.grown);
    }

    /// The branches, in any order.
    fn code(&self) -> u64 {
        self.leaves.iter().fold(self.ended, |sum, leaf| sum.wrapping_add(mix(leaf.trail)))
    }
}

/// Two different trails agree by chance once in 2^63 or so.
fn extend(trail: u64, label: u64) -> u64 {
    let product = (trail ^ label.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    product ^ (product >> 32)
}

fn mix(value: u64) -> u64 {
    let product = (value ^ (value >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    product ^ (product >> 32)
}
