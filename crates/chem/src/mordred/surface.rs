//! Surface shared out among atoms, and sorted by other properties of the atoms.

use super::{MissingReason, Values, atomic::Weight, context::Context};
use crate::{BondOrder, Molecule, molecule::table::facts};

/// Approximate surface of each atom, and of the hydrogens together.
///
/// Units: Å². Source: Labute, J. Mol. Graph. Model. 18, 464 (2000), as RDKit has it: one hydrogen for every atom.
pub(crate) fn labute(molecule: &Molecule) -> (Vec<f64>, f64) {
    let radii: Vec<f64> = molecule.atoms().iter().map(|atom| facts(atom.number).radius_b0).collect();
    let mut hidden = vec![0.0; radii.len()];
    // What the second sphere hides of the first at the distance given.
    let cap = |own: f64, other: f64, distance: f64| other * other - (own - distance) * (own - distance) / distance;
    for bond in molecule.bonds() {
        let (a, b) = (radii[bond.begin], radii[bond.end]);
        let shorter = match bond.order {
            _ if bond.aromatic => 0.1,
            BondOrder::Double => 0.2,
            BondOrder::Triple => 0.3,
            _ => 0.0,
        };
        let distance = (a - b).abs().max(a + b - shorter).min(a + b);
        hidden[bond.begin] += cap(a, b, distance);
        hidden[bond.end] += cap(b, a, distance);
    }
    let hydrogen = facts(1).radius_b0;
    let mut hidden_hydrogen = 0.0;
    for (radius, hidden) in radii.iter().zip(&mut hidden) {
        let distance = radius + hydrogen;
        *hidden += cap(*radius, hydrogen, distance);
        hidden_hydrogen += cap(hydrogen, *radius, distance);
    }
    let pi = std::f64::consts::PI;
    let atoms = radii.iter().zip(hidden).map(|(radius, hidden)| pi * radius * (4.0 * radius - hidden)).collect();
    (atoms, pi * hydrogen * (4.0 * hydrogen - hidden_hydrogen))
}

/// Largest share of one atom in all negative or positive charge.
pub(crate) mod charges {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["RNCG", "RPCG"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let weights = &context.full.weights;
        for sign in [-1.0, 1.0] {
            if !weights.known[Weight::Charge as usize] {
                values.push(Err(MissingReason::UnknownProperty));
                continue;
            }
            let charges = weights.of(Weight::Charge).map(|charge| charge * sign).filter(|charge| *charge > 0.0);
            let (most, sum) = charges.fold((0.0_f64, 0.0), |(most, sum), charge| (most.max(charge), sum + charge));
            values.push(Ok(if sum == 0.0 { 0.0 } else { most / sum }));
        }
    }
}

const CHARGE_BINS: [f64; 13] = [-0.3, -0.25, -0.20, -0.15, -0.10, -0.05, 0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30];
const REFRACTIVITY_BINS: [f64; 9] = [1.29, 1.82, 2.24, 2.45, 2.75, 3.05, 3.63, 3.8, 4.0];
const LOG_P_BINS: [f64; 11] = [-0.4, -0.2, 0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6];
const ESTATE_BINS: [f64; 10] = [-0.390, 0.290, 0.717, 1.165, 1.540, 1.807, 2.05, 4.69, 9.17, 15.0];
const SURFACE_BINS: [f64; 9] = [4.78, 5.00, 5.410, 5.740, 6.00, 6.07, 6.45, 7.00, 11.0];

/// LabuteASA and the surface of atoms by charge, refractivity, log P and electrotopological state.
pub(crate) mod bins {
    use super::*;

    /// Name, bins given out.
    const KINDS: [(&str, usize); 5] =
        [("PEOE_VSA", 13), ("SMR_VSA", 9), ("SlogP_VSA", 11), ("EState_VSA", 10), ("VSA_EState", 9)];

    pub fn names(names: &mut Vec<String>) {
        names.push("LabuteASA".to_owned());
        for (kind, count) in KINDS {
            names.extend((1..=count).map(|bin| format!("{kind}{bin}")));
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let (surface, hydrogens) = &context.surface;
        values.push(Ok(surface.iter().sum::<f64>() + hydrogens));
        for ((_, given), sums) in KINDS.iter().zip(super::all_bins(context)) {
            values.extend(sums[..*given].iter().map(|&sum| Ok(sum)));
        }
    }
}

/// Surface by charge, refractivity, log P and electrotopological state, and states by surface: a sum for each bin.
pub(crate) fn all_bins(context: &Context<'_>) -> [Vec<f64>; 5] {
    let (surface, _) = &context.surface;
    let refractivity = context.crippen.iter().map(|[_, refractivity]| *refractivity);
    let log_p = context.crippen.iter().map(|[log_p, _]| *log_p);
    [
        sort(&CHARGE_BINS, context.heavy.weights.own_charges.iter().copied(), surface),
        sort(&REFRACTIVITY_BINS, refractivity, surface),
        sort(&LOG_P_BINS, log_p, surface),
        sort(&ESTATE_BINS, context.estate.iter().copied(), surface),
        sort(&SURFACE_BINS, surface.iter().copied(), &context.estate),
    ]
}

/// Sums of `amounts` by the bin that each key falls into. A key that is no number falls into the last.
fn sort(edges: &[f64], keys: impl Iterator<Item = f64>, amounts: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; edges.len() + 1];
    for (key, amount) in keys.zip(amounts) {
        let bin = edges.iter().take_while(|&&edge| key >= edge || key.is_nan()).count();
        sums[bin] += amount;
    }
    sums
}

/// Topological polar surface. Units: Å². Source: Ertl et al., J. Med. Chem. 43, 3714 (2000).
pub(crate) mod polar {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["TopoPSA(NO)", "TopoPSA"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let (mut light, mut heavy) = (0.0, 0.0);
        for (index, atom) in molecule.atoms().iter().enumerate() {
            match atom.number {
                7 => light += nitrogen(&Surroundings::new(molecule, index)),
                8 => light += oxygen(&Surroundings::new(molecule, index)),
                15 => heavy += phosphorus(&Surroundings::new(molecule, index)),
                16 => heavy += sulfur(&Surroundings::new(molecule, index)),
                _ => {}
            }
        }
        values.push(Ok(light));
        values.push(Ok(light + heavy));
    }

    /// Charge, hydrogens, and bonds to other atoms by kind.
    struct Surroundings {
        charge: i8,
        hydrogens: usize,
        neighbours: usize,
        /// Single, double, triple, aromatic.
        bonds: [usize; 4],
        small_ring: bool,
        aromatic: bool,
    }

    impl Surroundings {
        fn new(molecule: &Molecule, index: usize) -> Self {
            let atom = &molecule.atoms()[index];
            let others = || molecule.neighbours(index).iter().filter(|next| molecule.atoms()[next.atom].number != 1);
            let mut bonds = [0; 4];
            for next in others() {
                let bond = &molecule.bonds()[next.bond];
                match bond.order {
                    _ if bond.aromatic => bonds[3] += 1,
                    BondOrder::Single => bonds[0] += 1,
                    BondOrder::Double => bonds[1] += 1,
                    BondOrder::Triple => bonds[2] += 1,
                    _ => {}
                }
            }
            Self {
                charge: atom.charge,
                hydrogens: molecule.total_hydrogens(index),
                neighbours: others().count(),
                bonds,
                small_ring: molecule.rings().iter().any(|ring| ring.atoms.len() == 3 && ring.atoms.contains(&index)),
                aromatic: atom.aromatic,
            }
        }
    }

    /// The first row of a table that fits; rows leave out bonds they do not ask for.
    fn nitrogen(at: &Surroundings) -> f64 {
        let [single, double, triple, aromatic] = at.bonds;
        match (at.neighbours, at.hydrogens, at.charge) {
            (1, 0, 0) if triple == 1 => 23.79,
            (1, 1, 0) if double == 1 => 23.85,
            (1, 2, 0) if single == 1 => 26.02,
            (1, 2, 1) if double == 1 => 25.59,
            (1, 3, 1) if single == 1 => 27.64,
            (2, 0, 0) if single == 1 && double == 1 => 12.36,
            (2, 0, 0) if triple == 1 && double == 1 => 13.60,
            (2, 1, 0) if single == 2 && at.small_ring => 21.94,
            (2, 1, 0) if single == 2 => 12.03,
            (2, 0, 1) if triple == 1 && single == 1 => 4.36,
            (2, 1, 1) if double == 1 && single == 1 => 13.97,
            (2, 2, 1) if single == 2 => 16.61,
            (2, 0, 0) if aromatic == 2 => 12.89,
            (2, 1, 0) if aromatic == 2 => 15.79,
            (2, 1, 1) if aromatic == 2 => 14.14,
            (3, 0, 0) if single == 3 && at.small_ring => 3.01,
            (3, 0, 0) if single == 3 => 3.24,
            (3, 0, 0) if single == 1 && double == 2 => 11.68,
            (3, 0, 1) if single == 2 && double == 1 => 3.01,
            (3, 1, 1) if single == 3 => 4.44,
            (3, 0, 0) if aromatic == 3 => 4.41,
            (3, 0, 0) if single == 1 && aromatic == 2 => 4.93,
            (3, 0, 0) if double == 1 && aromatic == 2 => 8.39,
            (3, 0, 1) if aromatic == 3 => 4.10,
            (3, 0, 1) if single == 1 && aromatic == 2 => 3.88,
            (4, 0, 1) if single == 4 => 0.0,
            _ => (30.5 - at.neighbours as f64 * 8.2 + at.hydrogens as f64 * 1.5).max(0.0),
        }
    }

    fn oxygen(at: &Surroundings) -> f64 {
        let [single, double, _, aromatic] = at.bonds;
        match (at.neighbours, at.hydrogens, at.charge) {
            (1, 0, 0) if double == 1 => 17.07,
            (1, 1, 0) if single == 1 => 20.23,
            (1, 0, -1) if single == 1 => 23.06,
            (2, 0, 0) if single == 2 && at.small_ring => 12.53,
            (2, 0, 0) if single == 2 => 9.23,
            (2, 0, 0) if aromatic == 2 => 13.14,
            _ => (28.5 - at.neighbours as f64 * 8.6 + at.hydrogens as f64 * 1.5).max(0.0),
        }
    }

    /// Bonds to hydrogen count among the single bonds here.
    fn with_hydrogens(at: &Surroundings) -> (usize, [usize; 4]) {
        let [single, double, triple, aromatic] = at.bonds;
        (at.hydrogens, [single + at.hydrogens, double, triple, aromatic])
    }

    fn phosphorus(at: &Surroundings) -> f64 {
        if at.charge != 0 || at.aromatic {
            return 0.0;
        }
        match with_hydrogens(at) {
            (1, [3, 1, 0, 0]) => 23.47,
            (0, [3, 0, 0, 0]) => 13.59,
            (0, [1, 1, 0, 0]) => 34.14,
            (0, [3, 1, 0, 0]) => 9.81,
            _ => 0.0,
        }
    }

    fn sulfur(at: &Surroundings) -> f64 {
        if at.charge != 0 {
            return 0.0;
        }
        match (at.aromatic, with_hydrogens(at)) {
            (true, (0, [0, 0, 0, 2])) => 28.24,
            (true, (0, [0, 1, 0, 2])) => 21.70,
            (false, (1, [2, 0, 0, 0])) => 38.80,
            (false, (0, [2, 0, 0, 0])) => 25.30,
            (false, (0, [0, 1, 0, 0])) => 32.09,
            (false, (0, [2, 1, 0, 0])) => 19.21,
            (false, (0, [2, 2, 0, 0])) => 8.38,
            _ => 0.0,
        }
    }
}
