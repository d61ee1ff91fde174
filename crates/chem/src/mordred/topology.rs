//! Indices of the molecular graph: distances, degrees and walks.

use super::{
    MissingReason, Values,
    context::{Context, FAR, Graph, number},
    ratio,
};

fn one(names: &mut Vec<String>, name: &str) {
    names.push(name.to_owned());
}

/// Atom-bond connectivity. Source: Furtula, MATCH 75, 233 (2016).
pub(crate) mod abc {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["ABC", "ABCGG"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let term = |a: f64, b: f64| ((a + b - 2.0) / (a * b)).sqrt();
        let bonds = graph.molecule.bonds();
        values.push(Ok(bonds.iter().map(|b| term(graph.degree(b.begin) as f64, graph.degree(b.end) as f64)).sum()));
        let nearer = |a: usize, b: usize| graph.row(a).iter().zip(graph.row(b)).filter(|(x, y)| x < y).count() as f64;
        values.push(Ok(bonds.iter().map(|b| term(nearer(b.begin, b.end), nearer(b.end, b.begin))).sum()));
    }
}

/// Balaban's J. Source: Chem. Phys. Lett. 89, 399 (1982).
pub(crate) mod balaban {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        one(names, "BalabanJ");
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let sums: Vec<f64> = (0..graph.count()).map(|atom| graph.row(atom).iter().map(|&d| number(d)).sum()).collect();
        let bonds = graph.molecule.bonds();
        let cycles = bonds.len() as f64 - graph.count() as f64 + 1.0;
        let sum: f64 = bonds.iter().map(|bond| (sums[bond.begin] * sums[bond.end]).sqrt().recip()).sum();
        values.push(Ok(if cycles + 1.0 == 0.0 { 0.0 } else { bonds.len() as f64 / (cycles + 1.0) * sum }));
    }
}

/// Bertz' complexity. Source: J. Am. Chem. Soc. 103, 3599 (1981).
pub(crate) mod bertz {
    use std::{
        cmp::Reverse,
        collections::{BinaryHeap, HashMap},
    };

    use super::*;
    use crate::{BondOrder, Molecule, mordred::blocks::Block};

    /// Atoms are alike when the nearest of their distances are.
    const NEAREST: usize = 100;

    pub fn names(names: &mut Vec<String>) {
        one(names, "BertzCT");
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let atoms = molecule.atoms();
        if atoms.len() < 2 {
            return values.push(Ok(0.0));
        }
        let classes = classes(context);
        let mut connections: Vec<((usize, usize, usize), f64)> = Vec::with_capacity(3 * atoms.len());
        for hinge in 0..atoms.len() {
            let links = molecule.neighbours(hinge);
            for (place, first) in links.iter().enumerate() {
                let order = order(molecule, first.bond);
                let class = classes[first.atom];
                if order > 1.0 && first.atom > hinge {
                    let key = (class.min(classes[hinge]), class.max(classes[hinge]), usize::MAX);
                    connections.push((key, order * (order - 1.0) / 2.0));
                }
                for second in &links[place + 1..] {
                    let other = classes[second.atom];
                    let key = (class.min(other), classes[hinge], class.max(other));
                    connections.push((key, order * self::order(molecule, second.bond)));
                }
            }
        }
        // Stable: a kind is summed up in the order of its parts.
        connections.sort_by_key(|(key, _)| *key);
        let kinds: Vec<f64> =
            connections.chunk_by(|a, b| a.0 == b.0).map(|kind| kind.iter().map(|part| part.1).sum()).collect();
        let mut counts = [0.0; 119];
        atoms.iter().for_each(|atom| counts[usize::from(atom.number)] += 1.0);
        let elements: Vec<f64> = counts.into_iter().filter(|&count| count > 0.0).collect();
        let total: f64 = kinds.iter().sum();
        let spread = if kinds.is_empty() { 0.0 } else { total * (entropy(kinds.iter()) + total.log2()) };
        values.push(Ok(atoms.len() as f64 * entropy(elements.iter()) + spread));
    }

    fn order(molecule: &Molecule, bond: usize) -> f64 {
        let bond = &molecule.bonds()[bond];
        if bond.aromatic { 1.5 } else { bond.order.number() }
    }

    fn entropy<'a>(counts: impl Iterator<Item = &'a f64> + Clone) -> f64 {
        let total: f64 = counts.clone().sum();
        -counts.filter(|count| **count > 0.0).map(|count| count / total * (count / total).log2()).sum::<f64>()
    }

    /// Atoms with the same distances, bonds counting one over their order, get the same number.
    fn classes(context: &Context<'_>) -> Vec<usize> {
        let count = context.heavy.count();
        let sums: Vec<u64> = if count > NEAREST {
            nearest(&context.heavy.molecule)
        } else {
            let distances = weighted_distances(context);
            distances.chunks_exact(count).map(|row| row.iter().copied().map(mix).fold(0, u64::wrapping_add)).collect()
        };
        let mut known: HashMap<u64, usize> = HashMap::with_capacity(count);
        let number = |sum| {
            let next = known.len();
            *known.entry(sum).or_insert(next)
        };
        sums.into_iter().map(number).collect()
    }

    /// Numbers whose sums over the distances two different atoms share by chance once in 2^64.
    fn mix(distance: u32) -> u64 {
        let product = (u64::from(distance) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (product ^ (product >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }

    /// For each atom that sum over its nearest distances.
    fn nearest(molecule: &Molecule) -> Vec<u64> {
        let count = molecule.atoms().len();
        let mut distances = vec![FAR; count];
        let mut met = Vec::new();
        // Atoms by their distance, round and round: no bond is longer than six sixths.
        let mut waiting: [Vec<usize>; 7] = Default::default();
        let mut sum_of = |start: usize| {
            let (mut sum, mut settled, mut distance) = (0_u64, 0, 0);
            distances[start] = 0;
            met.push(start);
            waiting[0].push(start);
            while settled < NEAREST && waiting.iter().any(|atoms| !atoms.is_empty()) {
                let Some(atom) = waiting[distance as usize % 7].pop() else {
                    distance += 1;
                    continue;
                };
                if distances[atom] < distance {
                    continue;
                }
                settled += 1;
                sum = sum.wrapping_add(mix(distance));
                for next in molecule.neighbours(atom) {
                    let further = distance + step(molecule, next.bond);
                    if further < distances[next.atom] {
                        distances[next.atom] = further;
                        met.push(next.atom);
                        waiting[further as usize % 7].push(next.atom);
                    }
                }
            }
            waiting.iter_mut().for_each(Vec::clear);
            met.drain(..).for_each(|atom| distances[atom] = FAR);
            // Atoms of other fragments are as far as can be.
            sum.wrapping_add(mix(u32::MAX).wrapping_mul((NEAREST - settled) as u64))
        };
        (0..count).map(&mut sum_of).collect()
    }

    /// Length of a bond in sixths: one over its order.
    fn step(molecule: &Molecule, bond: usize) -> u32 {
        let bond = &molecule.bonds()[bond];
        match bond.order {
            _ if bond.aromatic => 4,
            BondOrder::Double => 3,
            BondOrder::Triple => 2,
            _ => 6,
        }
    }

    /// Distances in sixths of a bond, row by row, where a bond counts one over its order.
    pub(crate) fn weighted_distances(context: &Context<'_>) -> Vec<u32> {
        let molecule = &context.heavy.molecule;
        context.blocks.between(0, u32::MAX, |block, inner| shortest(molecule, block, inner), |a, b| a + b)
    }

    const FAR: u32 = u32::MAX / 2;
    /// In larger blocks distances are found atom by atom, in time that grows with the square of the size only.
    const LARGE_BLOCK: usize = 100;

    /// Distances from one atom (Dijkstra).
    fn walk(start: usize, links: &[Vec<(usize, u32)>], row: &mut [u32]) {
        let mut waiting = BinaryHeap::from([Reverse((0, start))]);
        row[start] = 0;
        while let Some(Reverse((distance, atom))) = waiting.pop() {
            if distance > row[atom] {
                continue;
            }
            for &(next, step) in &links[atom] {
                if distance + step < row[next] {
                    row[next] = distance + step;
                    waiting.push(Reverse((row[next], next)));
                }
            }
        }
    }

    /// Distances inside a block, in sixths of a bond (Floyd and Warshall in small ones).
    fn shortest(molecule: &Molecule, block: &Block, matrix: &mut Vec<u32>) {
        let count = block.atoms.len();
        matrix.resize(count * count, FAR);
        let step = |bond: usize| step(molecule, bond);
        if count > LARGE_BLOCK {
            let mut links = vec![Vec::new(); count];
            for &(a, b, bond) in &block.bonds {
                links[a].push((b, step(bond)));
                links[b].push((a, step(bond)));
            }
            return matrix.chunks_exact_mut(count).enumerate().for_each(|(start, row)| walk(start, &links, row));
        }
        for &(a, b, bond) in &block.bonds {
            (matrix[a * count + b], matrix[b * count + a]) = (step(bond), step(bond));
        }
        if count > 2 {
            pulp::Arch::new().dispatch(Shorten { matrix, count });
        }
    }

    /// Distances that are to become the shortest.
    struct Shorten<'a> {
        matrix: &'a mut [u32],
        count: usize,
    }

    impl pulp::NullaryFnOnce for Shorten<'_> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            shorten(self.matrix, self.count);
        }
    }

    #[inline(always)]
    fn shorten(matrix: &mut [u32], count: usize) {
        let mut through = vec![0; count];
        for middle in 0..count {
            through.copy_from_slice(&matrix[middle * count..][..count]);
            for from in (0..count).filter(|&from| from != middle) {
                let row = &mut matrix[from * count..][..count];
                let first = row[middle];
                row.iter_mut().zip(&through).for_each(|(way, second)| *way = (*way).min(first + second));
            }
        }
    }
}

/// Eccentric connectivity.
pub(crate) mod eccentric {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        one(names, "ECIndex");
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let sum = (0..graph.count()).map(|atom| eccentricity(graph, atom) * graph.degree(atom) as f64).sum();
        values.push(Ok(sum));
    }
}

fn eccentricity(graph: &Graph<'_>, atom: usize) -> f64 {
    graph.row(atom).iter().copied().max().map_or(0.0, number)
}

/// Molecular distance edge between carbon, oxygen and nitrogen atoms of given degrees.
pub(crate) mod distance_edge {
    use super::*;

    const ELEMENTS: [(&str, u8, usize); 3] = [("C", 6, 4), ("O", 8, 2), ("N", 7, 3)];

    pub fn names(names: &mut Vec<String>) {
        for (symbol, _, most) in ELEMENTS {
            for a in 1..=most {
                names.extend((a..=most).map(|b| format!("MDE{symbol}-{a}{b}")));
            }
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let of_degree = |number: u8, degree: usize| -> Vec<usize> {
            let suits = |&at: &usize| graph.molecule.atoms()[at].number == number && graph.degree(at) == degree;
            (0..graph.count()).filter(suits).collect()
        };
        let logarithms_of: [f64; 64] = std::array::from_fn(|distance| (distance as f64).ln());
        let logarithm = |a: usize, b: usize| {
            let known = logarithms_of.get(usize::from(graph.row(a)[b])).copied();
            known.unwrap_or_else(|| graph.distance(a, b).ln())
        };
        for (_, number, most) in ELEMENTS {
            let by_degree: Vec<Vec<usize>> = (1..=most).map(|degree| of_degree(number, degree)).collect();
            for a in 0..most {
                for b in a..most {
                    let (mut count, mut logarithms) = (0.0, 0.0);
                    for &first in &by_degree[a] {
                        for &second in by_degree[b].iter().filter(|&&second| a != b || first < second) {
                            count += 1.0;
                            logarithms += logarithm(first, second);
                        }
                    }
                    let mean = if count == 0.0 { 0.0 } else { (logarithms / count).exp() };
                    values.push(ratio(count, mean, MissingReason::NothingToAverage));
                }
            }
        }
    }
}

/// Topological charge indices. Source: Galvez et al., J. Chem. Inf. Comput. Sci. 34, 520 (1994).
pub(crate) mod charge {
    use super::*;

    const MOST: usize = 10;

    pub fn names(names: &mut Vec<String>) {
        for kind in ["GGI", "JGI"] {
            names.extend((1..=MOST).map(|order| format!("{kind}{order}")));
        }
        one(names, "JGT10");
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let count = graph.count();
        let inverses: [f64; MOST + 2] =
            std::array::from_fn(|distance| if distance == 0 { 0.0 } else { (distance as f64).powi(-2) });
        // How near the neighbours of one atom are to another.
        let nearness = |of: usize, to: &[u16]| -> f64 {
            graph.molecule.neighbours(of).iter().map(|next| inverses[usize::from(to[next.atom])]).sum()
        };
        let (mut sums, mut pairs) = ([0.0; MOST + 1], [0.0; MOST + 1]);
        for i in 0..count {
            let row = graph.row(i);
            for (j, &distance) in row[..i].iter().enumerate() {
                let order = usize::from(distance);
                if order <= MOST {
                    sums[order] += (nearness(i, graph.row(j)) - nearness(j, row)).abs();
                    pairs[order] += 1.0;
                }
            }
        }
        let mean = |order: usize| if pairs[order] == 0.0 { 0.0 } else { sums[order] / pairs[order] };
        values.extend(sums[1..].iter().map(|&sum| Ok(sum)));
        values.extend((1..=MOST).map(|order| Ok(mean(order))));
        values.push(Ok((1..=MOST).map(mean).sum()));
    }
}

/// Diameter, radius and shape.
pub(crate) mod shape {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["Diameter", "Radius", "TopoShapeIndex", "PetitjeanIndex"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let eccentricities = (0..graph.count()).map(|atom| eccentricity(graph, atom));
        let diameter = eccentricities.clone().fold(0.0, f64::max);
        let radius = eccentricities.fold(FAR, f64::min);
        values.push(Ok(diameter));
        values.push(Ok(radius));
        values.push(ratio(diameter - radius, radius, MissingReason::NothingToAverage));
        values.push(ratio(diameter - radius, diameter, MissingReason::NothingToAverage));
    }
}

/// Vertex adjacency information.
pub(crate) mod vertex_adjacency {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        one(names, "VAdjMat");
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let heavy = |atom: usize| molecule.atoms()[atom].number != 1;
        let bonds = molecule.bonds().iter().filter(|bond| heavy(bond.begin) && heavy(bond.end)).count();
        values.push(if bonds == 0 { Err(MissingReason::NothingToAverage) } else { Ok(1.0 + (bonds as f64).log2()) });
    }
}

/// Wiener's index and his polarity number.
pub(crate) mod wiener {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["WPath", "WPol"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let distances = &context.heavy.distances;
        values.push(Ok((0.5 * distances.iter().map(|&distance| number(distance)).sum::<f64>()).trunc()));
        values.push(Ok((distances.iter().filter(|&&distance| distance == 3).count() / 2) as f64));
    }
}

/// Zagreb indices.
pub(crate) mod zagreb {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["Zagreb1", "Zagreb2", "mZagreb1", "mZagreb2"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let degrees: Vec<f64> = (0..graph.count()).map(|atom| graph.degree(atom) as f64).collect();
        let products = || graph.molecule.bonds().iter().map(|bond| degrees[bond.begin] * degrees[bond.end]);
        values.push(Ok(degrees.iter().map(|degree| degree * degree).sum()));
        values.push(Ok(products().sum()));
        values.push(match degrees.contains(&0.0) {
            true => Err(MissingReason::NothingToAverage),
            false => Ok(degrees.iter().map(|degree| (degree * degree).recip()).sum()),
        });
        values.push(Ok(products().map(f64::recip).sum()));
    }
}
