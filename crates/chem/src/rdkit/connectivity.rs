//! Connectivity and shape of the molecular graph.
//!
//! Source: Hall and Kier, Rev. Comput. Chem. 2, 367 (1991).

use crate::{
    DescriptorValue, Hybridization, MissingReason, Molecule,
    molecule::table::facts,
    mordred::{
        Values,
        context::{Context, FAR},
        paths::short_paths,
        ratio,
        topology::bertz::weighted_distances,
    },
};

/// One over the root of a number; 0 for 0.
fn inverse_root(number: f64) -> f64 {
    if number == 0.0 { 0.0 } else { number.sqrt().recip() }
}

/// Of each atom one over the root of its valence electrons without hydrogens, by themselves and as Hall and Kier scale
/// them for heavier elements.
fn factors(molecule: &Molecule) -> Vec<[f64; 2]> {
    let of = |atom: &crate::Atom| {
        let outer = f64::from(facts(atom.number).outer_electrons);
        let left = outer - atom.hydrogens() as f64;
        let scaled = match atom.number {
            0 | 1 => 0.0,
            2..=10 => left,
            number => left / (f64::from(number) - outer - 1.0),
        };
        [inverse_root(left), inverse_root(scaled)]
    };
    molecule.atoms().iter().map(of).collect()
}

fn times(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] * b[0], a[1] * b[1]]
}

/// Sums over paths of 2, 3 and 4 bonds of the products of their atoms; a ring of 3 or 4 atoms counts as a path.
struct Paths<'a> {
    molecule: &'a Molecule,
    factors: &'a [[f64; 2]],
    sums: [[f64; 2]; 5],
    path: Vec<usize>,
}

impl Paths<'_> {
    const LONGEST: usize = 4;

    fn follow(&mut self, atom: usize, product: [f64; 2]) {
        self.path.push(atom);
        let bonds = self.path.len();
        for next in self.molecule.neighbours(atom) {
            let other = next.atom;
            if self.molecule.atoms()[other].number == 1 {
                continue;
            }
            let start = self.path[0];
            // Each ring is met from each of its atoms and both ways round.
            let once = bonds >= 3 && self.path[1..].iter().all(|&atom| atom > start) && self.path[1] < atom;
            if other == start && once {
                (0..2).for_each(|which| self.sums[bonds][which] += product[which]);
            }
            if self.path.contains(&other) {
                continue;
            }
            let longer = times(product, self.factors[other]);
            if start < other {
                (0..2).for_each(|which| self.sums[bonds][which] += longer[which]);
            }
            if bonds < Self::LONGEST {
                self.follow(other, longer);
            }
        }
        self.path.pop();
    }

    /// A ring of three with a bond to another atom is four bonds in a row, too: the atom where they meet counts twice.
    fn add_rings_on_a_bond(&mut self) {
        for ring in self.molecule.rings().iter().filter(|ring| ring.atoms.len() == 3) {
            let all = ring.atoms.iter().fold([1.0; 2], |product, &atom| times(product, self.factors[atom]));
            for &atom in &ring.atoms {
                let outside = self.molecule.neighbours(atom).iter().map(|next| next.atom);
                let outside = outside.filter(|other| !ring.atoms.contains(other));
                for other in outside.filter(|&other| self.molecule.atoms()[other].number != 1) {
                    let product = times(times(all, self.factors[atom]), self.factors[other]);
                    (0..2).for_each(|which| self.sums[4][which] += product[which]);
                }
            }
        }
    }
}

/// Chi0 to Chi4v, in the order of their names.
pub(super) fn chi(context: &Context<'_>, values: &mut Values) {
    let molecule = &context.heavy.molecule;
    let factors = factors(molecule);
    let mut sums = [[0.0; 2]; 5];
    for factor in &factors {
        (0..2).for_each(|which| sums[0][which] += factor[which]);
    }
    for bond in molecule.bonds() {
        let product = times(factors[bond.begin], factors[bond.end]);
        (0..2).for_each(|which| sums[1][which] += product[which]);
    }
    let mut paths = Paths { molecule, factors: &factors, sums, path: Vec::with_capacity(5) };
    for atom in (0..factors.len()).filter(|&atom| molecule.atoms()[atom].number != 1) {
        paths.follow(atom, factors[atom]);
    }
    paths.add_rings_on_a_bond();
    let degree = |atom: usize| molecule.neighbours(atom).len() as f64;
    let simple = [
        (0..factors.len()).map(|atom| inverse_root(degree(atom))).sum(),
        molecule.bonds().iter().map(|bond| inverse_root(degree(bond.begin) * degree(bond.end))).sum::<f64>(),
    ];
    for order in 0..5 {
        values.extend(simple.get(order).map(|&sum| Ok(sum)));
        let sums = if order < 2 { sums[order] } else { paths.sums[order] };
        values.extend(sums.map(|sum: f64| if sum.is_nan() { Err(MissingReason::NotPositive) } else { Ok(sum) }));
    }
}

/// Balaban's J over distances in which a bond counts one over its order.
///
/// Source: Chem. Phys. Lett. 89, 399 (1982).
pub(super) fn balaban(context: &Context<'_>) -> f64 {
    let graph = &context.heavy;
    let count = graph.count();
    let distance = |sixths: &u32| if *sixths == u32::MAX { FAR } else { f64::from(*sixths) / 6.0 };
    let distances = weighted_distances(context);
    let sums: Vec<f64> = distances.chunks_exact(count.max(1)).map(|row| row.iter().map(distance).sum()).collect();
    let bonds = graph.molecule.bonds();
    let cycles = bonds.len() as f64 - count as f64 + 1.0;
    let sum: f64 = bonds.iter().map(|bond| inverse_root(sums[bond.begin] * sums[bond.end])).sum();
    if cycles + 1.0 == 0.0 { 0.0 } else { bonds.len() as f64 / (cycles + 1.0) * sum }
}

/// Hall and Kier's alpha: radii of the atoms compared with that of an sp3 carbon.
pub(super) fn alpha(context: &Context<'_>) -> f64 {
    let of = |atom: &crate::Atom| match (atom.number, atom.hybridization) {
        (0 | 1, _) => 0.0,
        (6, Hybridization::Sp) => -0.22,
        (6, Hybridization::Sp2) => -0.13,
        (6, _) => 0.0,
        (7, Hybridization::Sp) => -0.29,
        (7 | 8, Hybridization::Sp2) => -0.20,
        (7 | 8, _) => -0.04,
        (9, _) => -0.07,
        (15, Hybridization::Sp2) => 0.30,
        (15, _) => 0.43,
        (16, Hybridization::Sp2) => 0.22,
        (16, _) => 0.35,
        (17, _) => 0.29,
        (35, _) => 0.48,
        (53, _) => 0.73,
        (number, _) => facts(number).radius_b0 / facts(6).radius_b0 - 1.0,
    };
    context.heavy.molecule.atoms().iter().map(of).sum()
}

/// Number of atoms other than hydrogen.
fn heavy_atoms(molecule: &Molecule) -> f64 {
    molecule.atoms().iter().filter(|atom| atom.number > 1).count() as f64
}

/// Kappa shape indices of orders 1 to 3.
pub(super) fn kappas(context: &Context<'_>) -> [f64; 3] {
    let molecule = &context.heavy.molecule;
    let alpha = alpha(context);
    let atoms = heavy_atoms(molecule);
    let [_, two, three] = short_paths(molecule);
    let three = three + triangles(molecule);
    let kappa = |paths: f64, factor: f64, base: f64| {
        let denominator = (paths + alpha) * (paths + alpha);
        if denominator == 0.0 { 0.0 } else { factor * base * base / denominator }
    };
    let third = if atoms % 2.0 == 1.0 { atoms + alpha - 1.0 } else { atoms + alpha - 2.0 };
    [
        kappa(molecule.bonds().len() as f64, atoms + alpha, atoms + alpha - 1.0),
        kappa(two, atoms + alpha - 1.0, atoms + alpha - 2.0),
        kappa(three, third, atoms + alpha - 3.0),
    ]
}

/// Rings of three, which count as paths of three bonds.
fn triangles(molecule: &Molecule) -> f64 {
    let corners = molecule.bonds().iter().map(|bond| {
        let common = molecule.neighbours(bond.begin).iter();
        common.filter(|next| molecule.bond_between(next.atom, bond.end).is_some()).count()
    });
    (corners.sum::<usize>() / 3) as f64
}

/// Kier's flexibility index.
pub(super) fn flexibility(context: &Context<'_>) -> DescriptorValue {
    let [first, second, _] = kappas(context);
    ratio(first * second, heavy_atoms(&context.heavy.molecule), MissingReason::NothingToAverage)
}

/// Information content of the coefficients of the characteristic polynomial of the adjacency matrix, all and their mean.
///
/// Source: Bonchev and Trinajstić, J. Chem. Phys. 67, 4517 (1977). RDKit loses digits in structures of some 50 atoms and
/// more; here the coefficients are whole numbers.
pub(super) fn polynomial_information(context: &Context<'_>) -> [DescriptorValue; 2] {
    let Some(coefficients) = polynomial(context) else { return [Err(MissingReason::TooLarge); 2] };
    let total: f64 = coefficients.iter().sum();
    let shares = coefficients.iter().map(|x| x / total).filter(|share| *share > 0.0);
    let mean = -shares.map(|share| share * share.log2()).sum::<f64>();
    [Ok(total * mean), Ok(mean)]
}

/// Sizes of the coefficients, by Le Verrier's method; `None` where they would leave 128 bits or take too long.
fn polynomial(context: &Context<'_>) -> Option<Vec<f64>> {
    const MOST_ATOMS: usize = 200;
    let graph = &context.heavy;
    let count = graph.count();
    if count > MOST_ATOMS {
        return None;
    }
    let mut coefficients = vec![1.0_f64];
    let mut power = vec![0_i128; count * count];
    for bond in graph.molecule.bonds() {
        power[bond.begin * count + bond.end] = 1;
        power[bond.end * count + bond.begin] = 1;
    }
    let mut next = vec![0_i128; count * count];
    for order in 1..=count {
        let trace = (0..count).try_fold(0_i128, |sum, at| sum.checked_add(power[at * count + at]))?;
        let coefficient = trace / i128::try_from(order).ok()?;
        coefficients.push(coefficient.unsigned_abs() as f64);
        for at in 0..count {
            power[at * count + at] = power[at * count + at].checked_sub(coefficient)?;
        }
        next.fill(0);
        for (atom, row) in next.chunks_exact_mut(count).enumerate() {
            for link in graph.molecule.neighbours(atom) {
                let source = &power[link.atom * count..(link.atom + 1) * count];
                for (sum, x) in row.iter_mut().zip(source) {
                    *sum = sum.checked_add(*x)?;
                }
            }
        }
        std::mem::swap(&mut power, &mut next);
    }
    Some(coefficients)
}
