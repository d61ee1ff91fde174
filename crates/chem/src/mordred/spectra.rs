//! Descriptors from the eigenvalues and the leading eigenvector of matrices of a structure.

use super::{
    DescriptorValue, MissingReason, Values, atomic::Weight, blocks::Block, context::Context, ratio,
    symmetric::Symmetric, tridiagonal::Tridiagonal,
};
use crate::Molecule;

const ATTRIBUTES: [&str; 13] =
    ["SpAbs", "SpMax", "SpDiam", "SpAD", "SpMAD", "LogEE", "SM1", "VE1", "VE2", "VE3", "VR1", "VR2", "VR3"];

/// Larger structures get no eigenvalues: the time grows with the cube of the size.
pub(crate) const MOST_ATOMS: usize = 500;

/// Whether eigenvalues can be computed: one fragment, and not too large.
fn suited(context: &Context<'_>) -> Result<(), MissingReason> {
    context.one_fragment()?;
    if context.heavy.count() > MOST_ATOMS { Err(MissingReason::TooLarge) } else { Ok(()) }
}

/// The place of SM1 among the attributes; matrices whose trace is always zero go without.
const TRACE: usize = 6;

type Attributes = [DescriptorValue; ATTRIBUTES.len()];

fn attribute_names(names: &mut Vec<String>, matrix: &str, trace: bool) {
    names.extend(
        ATTRIBUTES.iter().filter(|name| trace || **name != ATTRIBUTES[TRACE]).map(|name| format!("{name}_{matrix}")),
    );
}

fn push(values: &mut Values, attributes: &Attributes, trace: bool) {
    values.extend(attributes.iter().enumerate().filter(|(place, _)| trace || *place != TRACE).map(|(_, value)| *value));
}

/// Properties of elements the Barysz matrices are weighted with.
const PROPERTIES: usize = Weight::OF_ELEMENT.end - Weight::OF_ELEMENT.start;
/// Adjacency, distance, detour, one place free.
const GRAPHS: usize = 4;
/// These and as many Burden matrices.
const SHARED: usize = 2 * GRAPHS;
/// The shared and the Barysz matrices, which are reduced to their eigenvalues together.
const MATRICES: usize = SHARED + PROPERTIES;

/// What is taken from the eigenvalues of all matrices of a structure.
pub(crate) struct Spectra {
    adjacency: Attributes,
    distance: Attributes,
    detour: Attributes,
    /// Half the sum of the detour matrix.
    detour_index: DescriptorValue,
    barysz: [Attributes; PROPERTIES],
    /// Largest and smallest eigenvalue of the Burden matrices.
    burden: [Result<[f64; 2], MissingReason>; Weight::COUNT],
}

impl Spectra {
    pub fn new(context: &Context<'_>) -> Self {
        let missing = |reason| [Err(reason); ATTRIBUTES.len()];
        if let Err(reason) = suited(context) {
            return Self {
                adjacency: missing(reason),
                distance: missing(reason),
                detour: missing(reason),
                detour_index: Err(reason),
                barysz: [missing(reason); PROPERTIES],
                burden: [Err(reason); Weight::COUNT],
            };
        }
        // Eight matrices at a time are what a wide processor takes at once.
        let (mut shared, detour_index) = graph_matrices(context);
        bcut::fill(context, &mut shared, GRAPHS, 0..GRAPHS);
        let (weighted, reasons) = barysz::matrices(context);
        let mut burden = Symmetric::<{ Weight::COUNT - GRAPHS }>::zeros(context.heavy.count());
        bcut::fill(context, &mut burden, 0, GRAPHS..Weight::COUNT);
        let traces: [f64; MATRICES] = join(&shared.trace(), &weighted.trace());
        let (shared, weighted) = (shared.reduce(), weighted.reduce());
        let values = Eigenvalues::new(join_forms(&shared.form, &weighted.form).eigenvalues());
        let of_graphs = shared.eigenvectors(std::array::from_fn(|l| if l < GRAPHS { values.largest[l] } else { 0.0 }));
        let of_weighted = weighted.eigenvectors(std::array::from_fn(|l| values.largest[SHARED + l]));
        let molecule = &context.heavy.molecule;
        let graph = |at: usize| attributes(molecule, &values, at, traces[at], |atom| of_graphs[atom][at]);
        let burden = burden.reduce().form.extremes();
        Self {
            adjacency: graph(0),
            distance: graph(1),
            detour: if detour_index.is_ok() { graph(2) } else { missing(MissingReason::TooEntangled) },
            detour_index,
            barysz: std::array::from_fn(|at| match reasons[at] {
                Some(reason) => missing(reason),
                None => attributes(molecule, &values, SHARED + at, traces[SHARED + at], |atom| of_weighted[atom][at]),
            }),
            burden: std::array::from_fn(|weight| match context.heavy.weights.known[weight] {
                false => Err(MissingReason::UnknownProperty),
                true if weight < GRAPHS => Ok([values.largest[GRAPHS + weight], values.least[GRAPHS + weight]]),
                true => Ok([burden.0[weight - GRAPHS], burden.1[weight - GRAPHS]]),
            }),
        }
    }
}

/// Numbers of the first and of the second matrices one behind the other.
fn join<const A: usize, const B: usize, const N: usize>(first: &[f64; A], second: &[f64; B]) -> [f64; N] {
    std::array::from_fn(|at| if at < A { first[at] } else { second[at - A] })
}

/// Reduced matrices side by side.
fn join_forms(first: &Tridiagonal<SHARED>, second: &Tridiagonal<PROPERTIES>) -> Tridiagonal<MATRICES> {
    let rows = |first: &[[f64; SHARED]], second: &[[f64; PROPERTIES]]| -> Vec<[f64; MATRICES]> {
        first.iter().zip(second).map(|(a, b)| join(a, b)).collect()
    };
    Tridiagonal { diagonal: rows(&first.diagonal, &second.diagonal), coupling: rows(&first.coupling, &second.coupling) }
}

/// Adjacency, distance and detour matrix, places free behind them, and half the sum of the last.
fn graph_matrices(context: &Context<'_>) -> (Symmetric<SHARED>, DescriptorValue) {
    let count = context.heavy.count();
    let mut matrices = Symmetric::zeros(count);
    for bond in context.heavy.molecule.bonds() {
        matrices.at(bond.begin.max(bond.end), bond.begin.min(bond.end))[0] = 1.0;
    }
    let detour = if context.blocks.too_entangled { Vec::new() } else { context.blocks.longest() };
    for row in 0..count {
        for (column, &distance) in context.heavy.row(row)[..row].iter().enumerate() {
            matrices.at(row, column)[1] = f64::from(distance);
            matrices.at(row, column)[2] = detour.get(row * count + column).copied().unwrap_or_default();
        }
    }
    let half = (0.5 * detour.iter().sum::<f64>()).trunc();
    (matrices, if context.blocks.too_entangled { Err(MissingReason::TooEntangled) } else { Ok(half) })
}

/// The eigenvalues of each matrix, and what is soon told of them.
struct Eigenvalues {
    all: Vec<[f64; MATRICES]>,
    largest: [f64; MATRICES],
    least: [f64; MATRICES],
    sum: [f64; MATRICES],
    /// Sum without their signs.
    energy: [f64; MATRICES],
}

impl Eigenvalues {
    fn new(all: Vec<[f64; MATRICES]>) -> Self {
        let (mut largest, mut least) = ([f64::NEG_INFINITY; MATRICES], [f64::INFINITY; MATRICES]);
        let (mut sum, mut energy) = ([0.0; MATRICES], [0.0; MATRICES]);
        for row in &all {
            for at in 0..MATRICES {
                largest[at] = largest[at].max(row[at]);
                least[at] = least[at].min(row[at]);
                sum[at] += row[at];
                energy[at] += row[at].abs();
            }
        }
        Self { all, largest, least, sum, energy }
    }
}

/// Graph energy, leading eigenvalue, spread and so on of one matrix, of which the trace and the leading eigenvector are given.
fn attributes(
    molecule: &Molecule,
    values: &Eigenvalues,
    at: usize,
    trace: f64,
    vector: impl Fn(usize) -> f64,
) -> Attributes {
    // A method that does not settle leaves no number.
    if !values.sum[at].is_finite() {
        return [Err(MissingReason::TooEntangled); ATTRIBUTES.len()];
    }
    let size = molecule.atoms().len() as f64;
    let (largest, least) = (values.largest[at], values.least[at]);
    let mean = values.sum[at] / size;
    let deviation: f64 = values.all.iter().map(|row| (row[at] - mean).abs()).sum();
    // Mordred takes e^-a along: the logarithm of one more than the sum.
    let shift = largest.max(0.0);
    let exponentials = values.all.iter().map(|row| (row[at] - shift).exp()).sum::<f64>() + (-shift).exp();
    let coefficients: f64 = (0..molecule.atoms().len()).map(|atom| vector(atom).abs()).sum();
    let bonds = molecule.bonds();
    let randic: f64 = bonds.iter().map(|bond| (vector(bond.begin) * vector(bond.end)).sqrt().recip()).sum();
    let logarithm =
        ratio((0.1 * size * randic).ln(), f64::from(u8::from(randic > 0.0)), MissingReason::NothingToAverage);
    [
        Ok(values.energy[at]),
        Ok(largest),
        Ok(largest - least),
        Ok(deviation),
        Ok(deviation / size),
        Ok(shift + exponentials.ln()),
        Ok(trace),
        Ok(coefficients),
        Ok(coefficients / size),
        Ok((0.1 * size * coefficients).ln()),
        Ok(randic),
        Ok(randic / size),
        logarithm,
    ]
}

/// From the adjacency matrix.
pub(crate) mod adjacency {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        attribute_names(names, "A", false);
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        push(values, &context.spectra().adjacency, false);
    }
}

/// From the distance matrix.
pub(crate) mod distance {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        attribute_names(names, "D", false);
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        push(values, &context.spectra().distance, false);
    }
}

/// From the detour matrix: longest simple paths.
pub(crate) mod detour {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        attribute_names(names, "Dt", true);
        names.push("DetourIndex".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        push(values, &context.spectra().detour, true);
        values.push(context.spectra().detour_index);
    }
}

/// From the Barysz matrix: distances weighted with a property and bond orders.
pub(crate) mod barysz {
    use super::*;

    /// A number for each property.
    type Row = [f64; PROPERTIES];

    pub fn names(names: &mut Vec<String>) {
        for weight in &Weight::ALL[Weight::OF_ELEMENT] {
            attribute_names(names, &format!("Dz{}", weight.suffix()), true);
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        for attributes in &context.spectra().barysz {
            push(values, attributes, true);
        }
    }

    /// The matrices, and why there is none where so.
    pub(crate) fn matrices(context: &Context<'_>) -> (Symmetric<PROPERTIES>, [Option<MissingReason>; PROPERTIES]) {
        let graph = &context.heavy;
        let count = graph.count();
        let mut rows: Vec<Row> =
            graph.weights.rows.iter().map(|row| std::array::from_fn(|at| row[Weight::OF_ELEMENT.start + at])).collect();
        let reasons = std::array::from_fn(|at| match () {
            () if !graph.weights.known[Weight::OF_ELEMENT.start + at] => Some(MissingReason::UnknownProperty),
            () if rows.iter().any(|row| row[at] == 0.0) => Some(MissingReason::NotPositive),
            () => None,
        });
        for row in &mut rows {
            (0..PROPERTIES).filter(|&at| reasons[at].is_some()).for_each(|at| row[at] = 1.0);
        }
        let carbon: Row = std::array::from_fn(|at| Weight::ALL[Weight::OF_ELEMENT.start + at].of_carbon());
        let distances = context.blocks.between(
            [0.0; PROPERTIES],
            [0.0; PROPERTIES],
            |block, inner| shortest(&graph.molecule, block, &rows, &carbon, inner),
            |a, b| std::array::from_fn(|at| a[at] + b[at]),
        );
        let mut matrices = Symmetric::zeros(count);
        for (row, property) in rows.iter().enumerate() {
            for column in 0..row {
                *matrices.at(row, column) = distances[row * count + column];
            }
            *matrices.at(row, row) = std::array::from_fn(|at| 1.0 - carbon[at] / property[at]);
        }
        (matrices, reasons)
    }

    /// Lengths of the shortest ways inside a block (Floyd and Warshall).
    fn shortest(molecule: &Molecule, block: &Block, rows: &[Row], carbon: &Row, matrix: &mut Vec<Row>) {
        let count = block.atoms.len();
        matrix.resize(count * count, [f64::INFINITY; PROPERTIES]);
        for &(a, b, bond) in &block.bonds {
            let (first, second) = (&rows[block.atoms[a]], &rows[block.atoms[b]]);
            let order = molecule.bonds()[bond].order.number();
            let length: Row = std::array::from_fn(|at| carbon[at] * carbon[at] / (first[at] * second[at] * order));
            matrix[a * count + b] = length;
            matrix[b * count + a] = length;
        }
        if count > 2 {
            pulp::Arch::new().dispatch(Shorten { matrix, count });
        }
    }

    /// Distances that are to become the shortest.
    struct Shorten<'a> {
        matrix: &'a mut [Row],
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
    fn shorten(matrix: &mut [Row], count: usize) {
        for middle in 0..count {
            for from in (0..count).filter(|&from| from != middle) {
                let first = matrix[from * count + middle];
                for to in 0..from {
                    let second = matrix[middle * count + to];
                    let direct = matrix[from * count + to];
                    let way: Row = std::array::from_fn(|at| {
                        let way = first[at] + second[at];
                        if way < direct[at] { way } else { direct[at] }
                    });
                    matrix[from * count + to] = way;
                    matrix[to * count + from] = way;
                }
            }
        }
    }
}

/// Extreme eigenvalues of the Burden matrix with a property on its diagonal.
pub(crate) mod bcut {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        for weight in Weight::ALL {
            names.extend(["1h", "1l"].map(|end| format!("BCUT{}-{end}", weight.suffix())));
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        for extremes in context.spectra().burden {
            values.extend([0, 1].map(|end: usize| extremes.map(|extremes| extremes[end])));
        }
    }

    /// Writes the Burden matrices of some weights, from a place on.
    pub(super) fn fill<const L: usize>(
        context: &Context<'_>,
        matrices: &mut Symmetric<L>,
        place: usize,
        weights: std::ops::Range<usize>,
    ) {
        let graph = &context.heavy;
        let places = place..place + weights.len();
        matrices.triangle.iter_mut().for_each(|entry| entry[places.clone()].fill(0.001));
        for bond in graph.molecule.bonds() {
            let terminal = graph.degree(bond.begin) == 1 || graph.degree(bond.end) == 1;
            let value = bond.order.number() / 10.0 + if terminal { 0.01 } else { 0.0 };
            matrices.at(bond.begin.max(bond.end), bond.begin.min(bond.end))[places.clone()].fill(value);
        }
        for (atom, row) in graph.weights.rows.iter().enumerate() {
            for (weight, value) in weights.clone().zip(&mut matrices.at(atom, atom)[places.clone()]) {
                *value = if graph.weights.known[weight] { row[weight] } else { 0.0 };
            }
        }
    }
}
