//! Walks over bonds, to and fro.

use super::{
    Values,
    context::{Context, Graph},
};

const LONGEST: usize = 10;
/// In larger structures walks are followed from one atom after the other.
const LARGE: usize = 200;

/// Walks, and those that come back.
pub(crate) mod all {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend((1..=LONGEST).map(|length| format!("MWC{length:02}")));
        names.push("TMWC10".to_owned());
        names.extend((2..=LONGEST).map(|length| format!("SRW{length:02}")));
        names.push("TSRW10".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let graph = &context.heavy;
        let count = graph.count();
        let mut ends = vec![1.0; count];
        let mut all = Vec::with_capacity(LONGEST);
        for length in 1..=LONGEST {
            ends = (0..count).map(|atom| graph.molecule.neighbours(atom).iter().map(|n| ends[n.atom]).sum()).collect();
            let walks: f64 = ends.iter().sum();
            all.push(if length == 1 { 0.5 * walks } else { (walks + 1.0).ln() });
        }
        let counts = if count > LARGE { returning_one_by_one(graph) } else { returning_at_once(graph) };
        let returning: Vec<f64> = counts[2..].iter().map(|count| (count + 1.0).ln()).collect();
        values.extend(all.iter().map(|&walks| Ok(walks)));
        values.push(Ok(count as f64 + all.iter().sum::<f64>()));
        values.extend(returning.iter().map(|&walks| Ok(walks)));
        values.push(Ok(count as f64 + returning.iter().sum::<f64>()));
    }
}

/// Walks of each length that come back, from powers of the adjacency matrix up to half of the longest walk. Whole numbers,
/// so that the order of adding is of no account, and each power is as its mirror image.
fn returning_at_once(graph: &Graph<'_>) -> [f64; LONGEST + 1] {
    let count = graph.count();
    let mut powers: Vec<Vec<f64>> = vec![adjacency(graph)];
    for length in 1..LONGEST / 2 {
        let last = &powers[length - 1];
        let mut next = Vec::with_capacity(count * count);
        for atom in 0..count {
            next_row(&mut next, last, count, graph.molecule.neighbours(atom));
        }
        powers.push(next);
    }
    let product = |length: usize| inner_product(&powers[length / 2 - 1], &powers[length - length / 2 - 1]);
    std::array::from_fn(|length| if length < 2 { 0.0 } else { product(length) })
}

/// The same in memory and time that grow with the number of atoms.
fn returning_one_by_one(graph: &Graph<'_>) -> [f64; LONGEST + 1] {
    const HALF: usize = LONGEST / 2;
    let mut sums = [0.0; LONGEST + 1];
    // Numbers of walks from one atom to the others, and the atoms that are reached.
    let mut rows: [Vec<f64>; HALF + 1] = std::array::from_fn(|_| vec![0.0; graph.count()]);
    let mut reached: [Vec<usize>; HALF + 1] = Default::default();
    for start in 0..graph.count() {
        rows[0][start] = 1.0;
        reached[0].push(start);
        for length in 1..=HALF {
            let (before, behind) = rows.split_at_mut(length);
            let (last, row) = (&before[length - 1], &mut behind[0]);
            let (before, behind) = reached.split_at_mut(length);
            for &atom in &before[length - 1] {
                for next in graph.molecule.neighbours(atom) {
                    if row[next.atom] == 0.0 {
                        behind[0].push(next.atom);
                    }
                    row[next.atom] += last[atom];
                }
            }
        }
        for (length, sum) in sums.iter_mut().enumerate().skip(2) {
            let (a, b) = (length / 2, length - length / 2);
            *sum += reached[a].iter().map(|&atom| rows[a][atom] * rows[b][atom]).sum::<f64>();
        }
        for (row, reached) in rows.iter_mut().zip(&mut reached) {
            reached.drain(..).for_each(|atom| row[atom] = 0.0);
        }
    }
    sums
}

/// Bonds between atoms, row by row.
fn adjacency(graph: &Graph<'_>) -> Vec<f64> {
    graph.distances.iter().map(|&distance| f64::from(u8::from(distance == 1))).collect()
}

/// Adds the sum of the rows of some atoms to a matrix.
fn next_row(matrix: &mut Vec<f64>, last: &[f64], count: usize, links: &[crate::Neighbour]) {
    let row = |link: &crate::Neighbour| &last[link.atom * count..(link.atom + 1) * count];
    match links {
        [] => matrix.resize(matrix.len() + count, 0.0),
        [a] => matrix.extend_from_slice(row(a)),
        [a, b] => matrix.extend(row(a).iter().zip(row(b)).map(|(x, y)| x + y)),
        [a, b, c, more @ ..] => {
            let start = matrix.len();
            matrix.extend(row(a).iter().zip(row(b)).zip(row(c)).map(|((x, y), z)| x + y + z));
            for link in more {
                matrix[start..].iter_mut().zip(row(link)).for_each(|(sum, x)| *sum += x);
            }
        }
    }
}

/// Sum of products, of whole numbers: the order of adding them is of no account.
fn inner_product(a: &[f64], b: &[f64]) -> f64 {
    const SIDE_BY_SIDE: usize = 8;
    let (a_parts, b_parts) = (a.chunks_exact(SIDE_BY_SIDE), b.chunks_exact(SIDE_BY_SIDE));
    let rest: f64 = a_parts.remainder().iter().zip(b_parts.remainder()).map(|(x, y)| x * y).sum();
    let mut sums = [0.0; SIDE_BY_SIDE];
    for (a, b) in a_parts.zip(b_parts) {
        (0..SIDE_BY_SIDE).for_each(|l| sums[l] += a[l] * b[l]);
    }
    rest + sums.iter().sum::<f64>()
}
