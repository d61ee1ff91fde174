//! Simple paths, taken apart at the atoms where a structure falls into parts: ring systems and single bonds.

use crate::Molecule;

/// Steps a search for paths through ring systems may take in one structure.
const MOST_STEPS: usize = 3_000_000;

/// Two-connected parts of a structure with what is known of the simple paths inside each.
pub(super) struct Blocks {
    list: Vec<Block>,
    /// For each atom the blocks it belongs to.
    of_atom: Vec<Vec<usize>>,
    /// Too many paths to follow them all.
    pub too_entangled: bool,
}

struct Block {
    atoms: Vec<usize>,
    /// Longest simple path between two of its atoms, row by row.
    longest: Vec<f64>,
    /// Sum over its simple paths between two atoms of the products of the weights of their bonds.
    weighted: Vec<f64>,
}

impl Block {
    fn place(&self, atom: usize) -> usize {
        self.atoms.iter().position(|&other| other == atom).unwrap_or_default()
    }
}

impl Blocks {
    pub fn new(molecule: &Molecule) -> Self {
        let mut blocks =
            Self { list: Vec::new(), of_atom: vec![Vec::new(); molecule.atoms().len()], too_entangled: false };
        let mut steps = 0;
        for bonds in two_connected(molecule) {
            let mut atoms: Vec<usize> =
                bonds.iter().flat_map(|&bond| [molecule.bonds()[bond].begin, molecule.bonds()[bond].end]).collect();
            atoms.sort_unstable();
            atoms.dedup();
            let index = blocks.list.len();
            for &atom in &atoms {
                blocks.of_atom[atom].push(index);
            }
            let block = follow(molecule, atoms, &bonds, &mut steps);
            blocks.list.push(block);
        }
        blocks.too_entangled = steps > MOST_STEPS;
        blocks
    }

    /// Length of the longest simple path from an atom to every other; 0 to atoms it is not connected with.
    pub fn longest_from(&self, start: usize) -> Vec<f64> {
        let mut longest = vec![0.0; self.of_atom.len()];
        let mut open = vec![(start, usize::MAX)];
        while let Some((atom, from)) = open.pop() {
            for &index in self.of_atom[atom].iter().filter(|&&index| index != from) {
                let block = &self.list[index];
                let size = block.atoms.len();
                let row = &block.longest[block.place(atom) * size..][..size];
                for (&next, length) in block.atoms.iter().zip(row) {
                    if next != atom {
                        longest[next] = longest[atom] + length;
                        open.push((next, index));
                    }
                }
            }
        }
        longest
    }

    /// Sum over all simple paths from an atom of the products of the weights of their bonds.
    pub fn weighted_from(&self, start: usize) -> f64 {
        let mut total = 0.0;
        let mut open = vec![(start, usize::MAX, 1.0)];
        while let Some((atom, from, weight)) = open.pop() {
            for &index in self.of_atom[atom].iter().filter(|&&index| index != from) {
                let block = &self.list[index];
                let size = block.atoms.len();
                let row = &block.weighted[block.place(atom) * size..][..size];
                for (&next, factor) in block.atoms.iter().zip(row) {
                    if next != atom {
                        total += weight * factor;
                        open.push((next, index, weight * factor));
                    }
                }
            }
        }
        total
    }
}

/// Follows every simple path inside one block. A bond weighs one over the root of the product of its atoms' degrees.
fn follow(molecule: &Molecule, atoms: Vec<usize>, bonds: &[usize], steps: &mut usize) -> Block {
    let size = atoms.len();
    let mut inside = vec![Vec::new(); size];
    let place = |atom: usize| atoms.binary_search(&atom).unwrap_or_default();
    for &bond in bonds {
        let ends = [molecule.bonds()[bond].begin, molecule.bonds()[bond].end];
        let degrees = ends.map(|atom| molecule.neighbours(atom).len() as f64);
        let weight = 1.0 / (degrees[0] * degrees[1]).sqrt();
        let [a, b] = ends.map(place);
        inside[a].push((b, weight));
        inside[b].push((a, weight));
    }
    let mut longest = vec![0.0_f64; size * size];
    let mut weighted = vec![0.0; size * size];
    let mut visited = vec![false; size];
    for start in 0..size {
        // Atom, its next neighbour to try, and the weight of the path to it.
        let mut path = vec![(start, 0, 1.0)];
        visited[start] = true;
        while let Some((atom, next, weight)) = path.last_mut() {
            let (from, product) = (*atom, *weight);
            let Some(&(to, factor)) = inside[from].get(*next).filter(|_| *steps <= MOST_STEPS) else {
                visited[from] = false;
                path.pop();
                continue;
            };
            *next += 1;
            if visited[to] {
                continue;
            }
            *steps += 1;
            visited[to] = true;
            let length = path.len() as f64;
            path.push((to, 0, product * factor));
            let cell = start * size + to;
            longest[cell] = longest[cell].max(length);
            weighted[cell] += product * factor;
        }
    }
    Block { atoms, longest, weighted }
}

/// The bonds of each two-connected part (Tarjan's method, without recursion).
fn two_connected(molecule: &Molecule) -> Vec<Vec<usize>> {
    let count = molecule.atoms().len();
    let mut order = vec![0_usize; count];
    let mut low = vec![0_usize; count];
    let mut time = 0;
    let mut parts = Vec::new();
    let mut bonds: Vec<usize> = Vec::new();
    for root in 0..count {
        if order[root] != 0 {
            continue;
        }
        time += 1;
        (order[root], low[root]) = (time, time);
        let mut stack: Vec<(usize, usize, usize)> = vec![(root, usize::MAX, 0)];
        while let Some((atom, arrival, next)) = stack.last_mut() {
            let (from, arrival) = (*atom, *arrival);
            if let Some(link) = molecule.neighbours(from).get(*next) {
                *next += 1;
                if link.bond == arrival {
                    continue;
                }
                if order[link.atom] == 0 {
                    time += 1;
                    (order[link.atom], low[link.atom]) = (time, time);
                    bonds.push(link.bond);
                    stack.push((link.atom, link.bond, 0));
                } else if order[link.atom] < order[from] {
                    bonds.push(link.bond);
                    low[from] = low[from].min(order[link.atom]);
                }
                continue;
            }
            stack.pop();
            let Some(&(parent, _, _)) = stack.last() else { continue };
            low[parent] = low[parent].min(low[from]);
            if low[from] >= order[parent]
                && let Some(start) = bonds.iter().rposition(|&bond| bond == arrival)
            {
                parts.push(bonds.split_off(start));
            }
        }
    }
    parts
}
