//! Simple paths, taken apart at the atoms where a structure falls into parts: ring systems and single bonds.

use smallvec::{SmallVec, smallvec};

use crate::Molecule;

/// Numbers of a block: most are single bonds.
type Numbers = SmallVec<[f64; 4]>;
/// A bond of a block: two places among its atoms, and the bond.
type InnerBond = (usize, usize, usize);

/// Steps a search for paths through ring systems may take in one structure.
const MOST_STEPS: usize = 3_000_000;

/// Two-connected parts of a structure with what is known of the simple paths inside each.
pub(crate) struct Blocks {
    /// From a first atom of each fragment outwards: all but the first atom of a block are met in it for the first time.
    list: Vec<Block>,
    atoms: usize,
    /// Too many paths to follow them all.
    pub too_entangled: bool,
}

/// One part. Its matrices have a row for each of its atoms, in their order.
pub(crate) struct Block {
    pub atoms: SmallVec<[usize; 2]>,
    pub bonds: SmallVec<[InnerBond; 1]>,
    /// Longest simple path between two of its atoms.
    longest: Numbers,
    /// Sum over its simple paths between two atoms of the products of the weights of their bonds.
    weighted: Numbers,
}

impl Blocks {
    pub fn new(molecule: &Molecule) -> Self {
        let mut steps = 0;
        let mut list = Vec::new();
        let mut places = vec![usize::MAX; molecule.atoms().len()];
        for (first, bonds) in two_connected(molecule).into_iter().rev() {
            let mut atoms: SmallVec<[usize; 2]> = smallvec![first];
            places[first] = 0;
            let mut place = |atom: usize| {
                if places[atom] == usize::MAX {
                    places[atom] = atoms.len();
                    atoms.push(atom);
                }
                places[atom]
            };
            let bonds: SmallVec<[InnerBond; 1]> = bonds
                .into_iter()
                .map(|bond| (place(molecule.bonds()[bond].begin), place(molecule.bonds()[bond].end), bond))
                .collect();
            atoms.iter().for_each(|&atom| places[atom] = usize::MAX);
            let (longest, weighted) = follow(molecule, &atoms, &bonds, &mut steps);
            list.push(Block { atoms, bonds, longest, weighted });
        }
        Self { list, atoms: molecule.atoms().len(), too_entangled: steps > MOST_STEPS }
    }

    /// A value for every two atoms, row by row: inside each block from the matrix of its atoms that `inside` writes,
    /// joined where a way leads through several blocks; `same` on the diagonal, `apart` between fragments.
    pub fn between<T: Copy>(
        &self,
        same: T,
        apart: T,
        inside: impl Fn(&Block, &mut Vec<T>),
        join: impl Fn(T, T) -> T,
    ) -> Vec<T> {
        let mut inner = Vec::new();
        let count = self.atoms;
        let mut matrix = vec![apart; count * count];
        (0..count).for_each(|atom| matrix[atom * count + atom] = same);
        let mut seen = vec![false; count];
        let mut met = Vec::with_capacity(count);
        for block in &self.list {
            inner.clear();
            inside(block, &mut inner);
            let size = block.atoms.len();
            let entry = block.atoms[0];
            if !seen[entry] {
                met.clear();
                met.push(entry);
            }
            block.atoms.iter().for_each(|&atom| seen[atom] = true);
            for (place, &atom) in block.atoms.iter().enumerate().skip(1) {
                let step = inner[place];
                for &other in &met {
                    let value = if other == entry { step } else { join(matrix[entry * count + other], step) };
                    matrix[atom * count + other] = value;
                    matrix[other * count + atom] = value;
                }
                for (before, &other) in block.atoms.iter().enumerate().take(place).skip(1) {
                    let value = inner[before * size + place];
                    matrix[atom * count + other] = value;
                    matrix[other * count + atom] = value;
                }
            }
            met.extend(&block.atoms[1..]);
        }
        matrix
    }

    /// Lengths of the longest simple paths between the atoms row by row; 0 between fragments.
    pub fn longest(&self) -> Vec<f64> {
        self.between(0.0, 0.0, |block, inner| inner.extend_from_slice(&block.longest), |a, b| a + b)
    }

    /// For each atom the sum over all simple paths from it of the products of the weights of their bonds.
    pub fn weighted(&self) -> Vec<f64> {
        // Of each atom with the empty path: the paths outwards, then all of them.
        let mut outwards = vec![1.0; self.atoms];
        for block in self.list.iter().rev() {
            outwards[block.atoms[0]] += block.outwards(0, &outwards);
        }
        let mut all = outwards.clone();
        for block in &self.list {
            let entry = block.atoms[0];
            let elsewhere = all[entry] - block.outwards(0, &outwards);
            for (place, &atom) in block.atoms.iter().enumerate().skip(1) {
                let back = block.weighted[place * block.atoms.len()] * elsewhere;
                all[atom] = outwards[atom] + block.outwards(place, &outwards) + back;
            }
        }
        all.iter().map(|sum| sum - 1.0).collect()
    }
}

impl Block {
    /// Sum over the paths from one of its atoms through the block and on outwards.
    fn outwards(&self, place: usize, outwards: &[f64]) -> f64 {
        let row = &self.weighted[place * self.atoms.len()..][..self.atoms.len()];
        row.iter().zip(&self.atoms).skip(1).map(|(weight, &atom)| weight * outwards[atom]).sum()
    }
}

/// Follows every simple path inside one block. A bond weighs one over the root of the product of its atoms' degrees.
///
/// Returned are the longest paths and the sums of weights between its atoms.
fn follow(molecule: &Molecule, atoms: &[usize], bonds: &[InnerBond], steps: &mut usize) -> (Numbers, Numbers) {
    let degree = |place: usize| molecule.neighbours(atoms[place]).len() as f64;
    let weight = |a: usize, b: usize| 1.0 / (degree(a) * degree(b)).sqrt();
    if let &[(a, b, _)] = bonds {
        let weight = weight(a, b);
        *steps += 2;
        return (smallvec![0.0, 1.0, 1.0, 0.0], smallvec![0.0, weight, weight, 0.0]);
    }
    let size = atoms.len();
    let mut inside: Vec<SmallVec<[(usize, f64); 4]>> = vec![SmallVec::new(); size];
    for &(a, b, _) in bonds {
        inside[a].push((b, weight(a, b)));
        inside[b].push((a, weight(a, b)));
    }
    if bonds.len() == size {
        return follow_ring(&inside, steps);
    }
    let mut longest: Numbers = smallvec![0.0; size * size];
    let mut weighted: Numbers = smallvec![0.0; size * size];
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
    (longest, weighted)
}

/// The same for a ring: from each of its atoms there are two ways round.
fn follow_ring(inside: &[SmallVec<[(usize, f64); 4]>], steps: &mut usize) -> (Numbers, Numbers) {
    let size = inside.len();
    let mut longest: Numbers = smallvec![0.0; size * size];
    let mut weighted: Numbers = smallvec![0.0; size * size];
    *steps += 2 * size * (size - 1);
    for start in 0..size {
        for way in 0..2 {
            let (mut before, (mut at, mut product)) = (start, inside[start][way]);
            for length in 1..size {
                let cell = start * size + at;
                longest[cell] = f64::max(longest[cell], length as f64);
                weighted[cell] += product;
                let on = usize::from(inside[at][0].0 == before);
                let (next, factor) = inside[at][on];
                (before, at, product) = (at, next, product * factor);
            }
        }
    }
    (longest, weighted)
}

/// Each two-connected part, from outside inwards: the atom it hangs on and its bonds (Tarjan's method, without recursion).
fn two_connected(molecule: &Molecule) -> Vec<(usize, SmallVec<[usize; 1]>)> {
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
                parts.push((parent, bonds.drain(start..).collect()));
            }
        }
    }
    parts
}
