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
        let plain: Vec<f64> = classes.iter().map(|classes| entropy(classes, atoms, |_, _| 1.0)).collect();
        let bonds: f64 = molecule.bonds().iter().map(|bond| bond.kekule.number()).sum();
        values.extend(plain.iter().map(|&content| Ok(content)));
        values.extend(plain.iter().map(|content| Ok(atoms * content)));
        values.extend(plain.iter().map(|&content| ratio(content, atoms.log2(), MissingReason::NothingToAverage)));
        values.extend(plain.iter().map(|&content| match bonds {
            ..=0.0 => Err(MissingReason::NothingToAverage),
            bonds => ratio(content, bonds.log2(), MissingReason::NothingToAverage),
        }));
        values.extend(plain.iter().map(|content| Ok(atoms.log2() - content)));
        values.extend(classes.iter().map(|classes| Ok(entropy(classes, atoms, |atom, _| molecule.atom_mass(atom)))));
        let by_number = |atom: usize, count: f64| count * f64::from(molecule.atoms()[atom].number);
        values.extend(classes.iter().map(|classes| Ok(entropy(classes, atoms, by_number))));
    }
}

/// One class: its last atom and how many there are.
type Class = (usize, f64);

fn entropy(classes: &[Class], atoms: f64, weight: impl Fn(usize, f64) -> f64) -> f64 {
    -classes.iter().map(|&(atom, count)| weight(atom, count) * (count / atoms) * (count / atoms).log2()).sum::<f64>()
}

fn classes(molecule: &Molecule) -> Vec<Vec<Class>> {
    let count = molecule.atoms().len();
    let mut codes: [Vec<u64>; ORDERS] = Default::default();
    let mut tree = Tree::new(molecule);
    // Hydrogens on one atom have the same surroundings.
    let parent = |atom: usize| match (molecule.atoms()[atom].number, molecule.neighbours(atom)) {
        (1, [only]) => Some(only.atom),
        _ => None,
    };
    for atom in 0..count {
        if atom > 0 && parent(atom).is_some() && parent(atom) == parent(atom - 1) {
            codes.iter_mut().for_each(|codes| codes.extend_from_within(atom - 1..));
            continue;
        }
        codes[0].push(u64::from(molecule.atoms()[atom].number));
        tree.plant(atom);
        for code in &mut codes[1..] {
            tree.expand();
            code.push(tree.code());
        }
    }
    codes.iter().map(|codes| group(codes)).collect()
}

/// Classes in the order of their codes.
fn group(codes: &[u64]) -> Vec<Class> {
    let mut order: Vec<(u64, usize)> = codes.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let mut classes: Vec<Class> = Vec::new();
    let mut last = None;
    for (code, atom) in order {
        match classes.last_mut().filter(|_| last == Some(code)) {
            Some(class) => *class = (atom, class.1 + 1.0),
            None => classes.push((atom, 1.0)),
        }
        last = Some(code);
    }
    classes
}

struct Node {
    atom: usize,
    /// Of the branch from the root to this node.
    trail: u64,
    children: std::ops::Range<usize>,
}

/// A tree of surroundings. As in Mordred, an atom is used up when its children are looked for, so that one atom may
/// stand in several branches of one level.
struct Tree<'a> {
    molecule: &'a Molecule,
    /// Of each atom: element and degree.
    labels: Vec<u64>,
    nodes: Vec<Node>,
    visited: Vec<bool>,
    stack: Vec<usize>,
}

impl<'a> Tree<'a> {
    fn new(molecule: &'a Molecule) -> Self {
        let label =
            |(atom, at): (usize, &crate::Atom)| u64::from(at.number) * 64 + molecule.neighbours(atom).len() as u64;
        let labels = molecule.atoms().iter().enumerate().map(label).collect();
        Self { molecule, labels, nodes: Vec::new(), visited: vec![false; molecule.atoms().len()], stack: Vec::new() }
    }

    fn plant(&mut self, atom: usize) {
        self.visited.fill(false);
        self.visited[atom] = true;
        self.nodes.clear();
        let trail = extend(0, self.labels[atom]);
        self.nodes.push(Node { atom, trail, children: 0..0 });
    }

    /// Grows every leaf, in the order of walking down the tree.
    fn expand(&mut self) {
        self.stack.clear();
        self.stack.push(0);
        while let Some(place) = self.stack.pop() {
            let (atom, trail) = (self.nodes[place].atom, self.nodes[place].trail);
            self.visited[atom] = true;
            let children = self.nodes[place].children.clone();
            if !children.is_empty() {
                self.stack.extend(children.rev());
                continue;
            }
            let start = self.nodes.len();
            for next in self.molecule.neighbours(atom) {
                if !self.visited[next.atom] {
                    let bond = self.molecule.bonds()[next.bond].kekule as u64 + 1;
                    let trail = extend(extend(trail, bond), self.labels[next.atom]);
                    self.nodes.push(Node { atom: next.atom, trail, children: 0..0 });
                }
            }
            self.nodes[place].children = start..self.nodes.len();
        }
    }

    /// The branches, in any order.
    fn code(&self) -> u64 {
        let leaves = self.nodes.iter().filter(|node| node.children.is_empty());
        leaves.fold(0, |sum, leaf| sum.wrapping_add(mix(leaf.trail)))
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
