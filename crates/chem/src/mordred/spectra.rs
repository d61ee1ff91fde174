//! Descriptors from the eigenvalues and the leading eigenvector of matrices of a structure.

use super::{
    MissingReason, Values,
    atomic::Weight,
    context::Context,
    ratio,
    symmetric::{Tridiagonal, reduce},
};
use crate::Molecule;

const ATTRIBUTES: [&str; 13] =
    ["SpAbs", "SpMax", "SpDiam", "SpAD", "SpMAD", "LogEE", "SM1", "VE1", "VE2", "VE3", "VR1", "VR2", "VR3"];

/// Larger structures get no eigenvalues: the time grows with the cube of the size.
pub(super) const MOST_ATOMS: usize = 500;

/// Whether eigenvalues can be computed: one fragment, and not too large.
fn suited(context: &Context<'_>) -> Result<(), MissingReason> {
    context.one_fragment()?;
    if context.heavy.count() > MOST_ATOMS { Err(MissingReason::TooLarge) } else { Ok(()) }
}

fn attribute_names(names: &mut Vec<String>, matrix: &str, trace: bool) {
    names.extend(ATTRIBUTES.iter().filter(|name| trace || **name != "SM1").map(|name| format!("{name}_{matrix}")));
}

fn missing(values: &mut Values, reason: MissingReason, trace: bool) {
    values.extend(std::iter::repeat_n(Err(reason), if trace { 13 } else { 12 }));
}

/// Graph energy, leading eigenvalue, spread and so on of a symmetric matrix, given row by row.
fn attributes(values: &mut Values, molecule: &Molecule, matrix: Vec<f64>, trace: bool) {
    let count = molecule.atoms().len();
    let size = count as f64;
    let sum: f64 = (0..count).map(|at| matrix[at * count + at]).sum();
    let reduced = reduce(matrix, count);
    let Some(eigenvalues) = reduced.eigenvalues() else {
        return missing(values, MissingReason::TooEntangled, trace);
    };
    let largest = eigenvalues.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
    let mean = eigenvalues.iter().sum::<f64>() / size;
    let deviation: f64 = eigenvalues.iter().map(|value| (value - mean).abs()).sum();
    values.push(Ok(eigenvalues.iter().map(|value| value.abs()).sum()));
    values.push(Ok(largest));
    values.push(Ok(largest - least));
    values.push(Ok(deviation));
    values.push(Ok(deviation / size));
    // Mordred takes e^-a along: the logarithm of one more than the sum.
    let shift = largest.max(0.0);
    let exponentials = eigenvalues.iter().map(|value| (value - shift).exp()).sum::<f64>() + (-shift).exp();
    values.push(Ok(shift + exponentials.ln()));
    if trace {
        values.push(Ok(sum));
    }
    vector_attributes(values, molecule, &reduced, largest);
}

fn vector_attributes(values: &mut Values, molecule: &Molecule, reduced: &Tridiagonal, largest: f64) {
    let size = molecule.atoms().len() as f64;
    let vector = reduced.eigenvector(largest);
    let coefficients: f64 = vector.iter().map(|x| x.abs()).sum();
    values.push(Ok(coefficients));
    values.push(Ok(coefficients / size));
    values.push(Ok((0.1 * size * coefficients).ln()));
    let bonds = molecule.bonds();
    let randic: f64 = bonds.iter().map(|bond| (vector[bond.begin] * vector[bond.end]).sqrt().recip()).sum();
    let logarithm =
        ratio((0.1 * size * randic).ln(), f64::from(u8::from(randic > 0.0)), MissingReason::NothingToAverage);
    values.push(Ok(randic));
    values.push(Ok(randic / size));
    values.push(logarithm);
}

/// From the adjacency matrix.
pub(super) mod adjacency {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        attribute_names(names, "A", false);
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        if let Err(reason) = suited(context) {
            return missing(values, reason, false);
        }
        let molecule = &context.heavy.molecule;
        let count = context.heavy.count();
        let mut matrix = vec![0.0; count * count];
        for bond in molecule.bonds() {
            matrix[bond.begin * count + bond.end] = 1.0;
            matrix[bond.end * count + bond.begin] = 1.0;
        }
        attributes(values, molecule, matrix, false);
    }
}

/// From the distance matrix.
pub(super) mod distance {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        attribute_names(names, "D", false);
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        if let Err(reason) = suited(context) {
            return missing(values, reason, false);
        }
        let matrix = context.heavy.distances.iter().map(|&distance| f64::from(distance)).collect();
        attributes(values, &context.heavy.molecule, matrix, false);
    }
}

/// From the detour matrix: longest simple paths.
pub(super) mod detour {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        attribute_names(names, "Dt", true);
        names.push("DetourIndex".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let entangled = if context.blocks.too_entangled { Err(MissingReason::TooEntangled) } else { Ok(()) };
        if let Err(reason) = suited(context).and(entangled) {
            missing(values, reason, true);
            return values.push(Err(reason));
        }
        let mut matrix = Vec::with_capacity(context.heavy.count().pow(2));
        for atom in 0..context.heavy.count() {
            matrix.extend(context.blocks.longest_from(atom));
        }
        let half = (0.5 * matrix.iter().sum::<f64>()).trunc();
        attributes(values, &context.heavy.molecule, matrix, true);
        values.push(Ok(half));
    }
}

/// From the Barysz matrix: distances weighted with a property and bond orders.
pub(super) mod barysz {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        for weight in &Weight::ALL[Weight::OF_ELEMENT] {
            attribute_names(names, &format!("Dz{}", weight.suffix()), true);
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        for &weight in &Weight::ALL[Weight::OF_ELEMENT] {
            match matrix(context, weight) {
                Ok(matrix) => attributes(values, &context.heavy.molecule, matrix, true),
                Err(reason) => missing(values, reason, true),
            }
        }
    }

    fn matrix(context: &Context<'_>, weight: Weight) -> Result<Vec<f64>, MissingReason> {
        suited(context)?;
        let graph = &context.heavy;
        if !graph.weights.known[weight as usize] {
            return Err(MissingReason::UnknownProperty);
        }
        let property: Vec<f64> = graph.weights.of(weight).collect();
        let carbon = weight.of_carbon();
        let count = graph.count();
        let mut matrix = vec![f64::INFINITY; count * count];
        for bond in graph.molecule.bonds() {
            let divisor = property[bond.begin] * property[bond.end] * bond.order.number();
            let length = ratio(carbon * carbon, divisor, MissingReason::NotPositive)?;
            matrix[bond.begin * count + bond.end] = length;
            matrix[bond.end * count + bond.begin] = length;
        }
        for at in 0..count {
            matrix[at * count + at] = 0.0;
        }
        shorten(&mut matrix, count);
        for (at, value) in property.iter().enumerate() {
            matrix[at * count + at] = 1.0 - ratio(carbon, *value, MissingReason::NotPositive)?;
        }
        Ok(matrix)
    }

    /// Lengths of the shortest ways (Floyd and Warshall).
    fn shorten(matrix: &mut [f64], count: usize) {
        let mut through = vec![0.0; count];
        for middle in 0..count {
            through.copy_from_slice(&matrix[middle * count..(middle + 1) * count]);
            for (from, row) in matrix.chunks_exact_mut(count).enumerate() {
                let first = row[middle];
                if from == middle || first == f64::INFINITY {
                    continue;
                }
                for (direct, second) in row.iter_mut().zip(&through) {
                    let way = first + second;
                    *direct = if way < *direct { way } else { *direct };
                }
            }
        }
    }
}

/// Extreme eigenvalues of the Burden matrix with a property on its diagonal.
pub(super) mod bcut {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        for weight in Weight::ALL {
            names.extend(["1h", "1l"].map(|end| format!("BCUT{}-{end}", weight.suffix())));
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let suited = suited(context);
        let burden = if suited.is_ok() { burden(context) } else { Vec::new() };
        for weight in Weight::ALL {
            let extremes = suited.and_then(|()| {
                if !context.heavy.weights.known[weight as usize] {
                    return Err(MissingReason::UnknownProperty);
                }
                Ok(extremes(&burden, context.heavy.weights.of(weight)))
            });
            values.push(extremes.map(|(high, _)| high));
            values.push(extremes.map(|(_, low)| low));
        }
    }

    fn burden(context: &Context<'_>) -> Vec<f64> {
        let graph = &context.heavy;
        let count = graph.count();
        let mut matrix = vec![0.001; count * count];
        for bond in graph.molecule.bonds() {
            let terminal = graph.degree(bond.begin) == 1 || graph.degree(bond.end) == 1;
            let value = bond.order.number() / 10.0 + if terminal { 0.01 } else { 0.0 };
            matrix[bond.begin * count + bond.end] = value;
            matrix[bond.end * count + bond.begin] = value;
        }
        matrix
    }

    fn extremes(burden: &[f64], weights: impl Iterator<Item = f64>) -> (f64, f64) {
        let mut matrix = burden.to_vec();
        let count = matrix.len().isqrt();
        for (at, weight) in weights.enumerate() {
            matrix[at * count + at] = weight;
        }
        reduce(matrix, count).extremes()
    }
}
