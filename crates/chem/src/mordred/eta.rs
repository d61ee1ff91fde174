//! Extended topochemical atom indices. Source: Roy and Ghosh, J. Chem. Inf. Comput. Sci. 44, 559 (2004);
//! Roy and Das, SAR QSAR Environ. Res. 22, 451 (2011).

use super::{
    DescriptorValue, MissingReason, Values,
    atomic::period,
    context::{Context, Graph},
};
use crate::{BondOrder, Molecule, molecule::table::facts};

fn outer(number: u8) -> f64 {
    f64::from(facts(number).outer_electrons)
}

/// Core count alpha; NaN where the element has no valence shell to relate it to.
fn core(number: u8) -> f64 {
    if number == 1 {
        return 0.0;
    }
    (f64::from(number) - outer(number)) / (outer(number) * (period(number) - 1.0))
}

/// Electronegativity epsilon.
fn epsilon(number: u8) -> f64 {
    0.3 * outer(number) - core(number)
}

/// All 45 indices.
pub(crate) mod all {
    use super::*;

    const NAMES: [&str; 45] = [
        "ETA_alpha",
        "AETA_alpha",
        "ETA_shape_p",
        "ETA_shape_y",
        "ETA_shape_x",
        "ETA_beta",
        "AETA_beta",
        "ETA_beta_s",
        "AETA_beta_s",
        "ETA_beta_ns",
        "AETA_beta_ns",
        "ETA_beta_ns_d",
        "AETA_beta_ns_d",
        "ETA_eta",
        "AETA_eta",
        "ETA_eta_L",
        "AETA_eta_L",
        "ETA_eta_R",
        "AETA_eta_R",
        "ETA_eta_RL",
        "AETA_eta_RL",
        "ETA_eta_F",
        "AETA_eta_F",
        "ETA_eta_FL",
        "AETA_eta_FL",
        "ETA_eta_B",
        "AETA_eta_B",
        "ETA_eta_BR",
        "AETA_eta_BR",
        "ETA_dAlpha_A",
        "ETA_dAlpha_B",
        "ETA_epsilon_1",
        "ETA_epsilon_2",
        "ETA_epsilon_3",
        "ETA_epsilon_4",
        "ETA_epsilon_5",
        "ETA_dEpsilon_A",
        "ETA_dEpsilon_B",
        "ETA_dEpsilon_C",
        "ETA_dEpsilon_D",
        "ETA_dBeta",
        "AETA_dBeta",
        "ETA_psi_1",
        "ETA_dPsi_A",
        "ETA_dPsi_B",
    ];

    pub fn names(names: &mut Vec<String>) {
        names.extend(NAMES.map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        if let Err(reason) = context.one_fragment() {
            return values.extend(std::iter::repeat_n(Err(reason), NAMES.len()));
        }
        let molecule = &context.heavy.molecule;
        let size = molecule.atoms().len() as f64;
        let mut with_average = |value: DescriptorValue| {
            values.push(value);
            values.push(value.map(|value| value / size));
        };
        let alpha = known(molecule.atoms().iter().map(|atom| core(atom.number)).sum());
        let alkane = alkane(molecule);
        with_average(alpha);
        let shape = |degree: usize| {
            let atoms = molecule.atoms().iter().enumerate().filter(|(at, _)| molecule.neighbours(*at).len() == degree);
            let sum: f64 = atoms.map(|(_, atom)| core(atom.number)).sum();
            super::super::ratio(sum, alpha?, MissingReason::NothingToAverage)
        };
        values.extend([1, 3, 4].map(shape));
        let mobile = Mobile::new(molecule);
        let [beta, sigma, rest, delta] = mobile.sums().map(known);
        let mut with_average = |value: DescriptorValue| {
            values.push(value);
            values.push(value.map(|value| value / size));
        };
        [beta, sigma, rest, delta].into_iter().for_each(&mut with_average);
        let gamma = mobile.gamma(molecule);
        let own = composites(&context.heavy, &gamma);
        own.into_iter().for_each(&mut with_average);
        let skeleton = molecule.atoms().iter().filter(|atom| atom.number != 1).count() as f64;
        let reference = alkane.map_or_else(|reason| [Err(reason); 2], |()| of_skeleton(&context.heavy));
        for value in reference {
            values.push(value);
            values.push(value.map(|value| value / skeleton));
        }
        let mut with_average = |value: DescriptorValue| {
            values.push(value);
            values.push(value.map(|value| value / size));
        };
        (0..2).map(|which: usize| Ok(reference[which]? - own[which]?)).for_each(&mut with_average);
        let rings = molecule.rings().len() as f64;
        let branching = |rings: f64| match molecule.atoms().len() {
            0 | 1 => Err(MissingReason::NothingToAverage),
            2 => Ok(1.0 - reference[1]? + 0.086 * rings),
            _ => Ok(2.0_f64.sqrt() + 0.5 * (size - 3.0) - reference[1]? + 0.086 * rings),
        };
        [0.0, rings].map(branching).into_iter().for_each(&mut with_average);
        let of_alkane = alkane.map(|()| 0.5 * skeleton);
        let excess = |sign: f64| Ok((sign * (alpha? - of_alkane?) / size).max(0.0));
        values.extend([1.0, -1.0].map(excess));
        let epsilons = epsilons(context);
        values.extend(epsilons);
        values.extend([(0, 2), (0, 3), (2, 3), (1, 4)].map(|(a, b): (usize, usize)| Ok(epsilons[a]? - epsilons[b]?)));
        let change = rest.and_then(|rest| Ok(rest - sigma?));
        values.push(change);
        values.push(change.map(|change| change / size));
        let psi =
            alpha.and_then(|alpha| super::super::ratio(alpha, size * epsilons[1]?, MissingReason::NothingToAverage));
        values.push(psi);
        values.push(psi.map(|psi| (0.714 - psi).max(0.0)));
        values.push(psi.map(|psi| (psi - 0.714).max(0.0)));
    }
}

fn known(value: f64) -> DescriptorValue {
    if value.is_finite() { Ok(value) } else { Err(MissingReason::UnknownProperty) }
}

fn heavy_degree(molecule: &Molecule, atom: usize) -> f64 {
    molecule.neighbours(atom).iter().filter(|next| molecule.atoms()[next.atom].number != 1).count() as f64
}

/// Whether the alkane of the same skeleton exists.
fn alkane(molecule: &Molecule) -> Result<(), MissingReason> {
    let crowded = molecule
        .bonds()
        .iter()
        .any(|bond| molecule.neighbours(bond.begin).len() > 4 || molecule.neighbours(bond.end).len() > 4);
    if crowded { Err(MissingReason::NoAlkane) } else { Ok(()) }
}

/// Valence electron mobile counts of each atom: sigma, pi, and lone pairs beside aromatic rings.
struct Mobile {
    counts: Vec<[f64; 3]>,
}

impl Mobile {
    fn new(molecule: &Molecule) -> Self {
        let mut in_ring = vec![false; molecule.atoms().len()];
        molecule.rings().iter().flat_map(|ring| &ring.atoms).for_each(|&atom| in_ring[atom] = true);
        let epsilons: Vec<f64> = molecule.atoms().iter().map(|atom| epsilon(atom.number)).collect();
        let atoms = 0..molecule.atoms().len();
        let counts = atoms.map(|index| Self::of_atom(molecule, index, &epsilons, in_ring[index])).collect();
        Self { counts }
    }

    fn of_atom(molecule: &Molecule, index: usize, epsilons: &[f64], in_ring: bool) -> [f64; 3] {
        let atom = &molecule.atoms()[index];
        let (mut sigma, mut rest) = (0.0, 0.0);
        for next in molecule.neighbours(index).iter().filter(|next| molecule.atoms()[next.atom].number != 1) {
            let apart = (epsilons[next.atom] - epsilons[index]).abs();
            sigma += if apart <= 0.3 { 0.5 } else { 0.75 };
            let bond = &molecule.bonds()[next.bond];
            if bond.kekule == BondOrder::Single {
                continue;
            }
            let times = if bond.kekule == BondOrder::Triple { 2.0 } else { 1.0 };
            rest += times
                * match bond.aromatic {
                    true => 2.0,
                    false if apart > 0.3 => 1.5,
                    false => 1.0,
                };
        }
        let lone = outer(atom.number) - f64::from(atom.total_valence()) > 0.0;
        let beside = molecule.neighbours(index).iter().any(|next| molecule.atoms()[next.atom].aromatic);
        let delta = if !atom.aromatic && !in_ring && lone && beside { 0.5 } else { 0.0 };
        [sigma, rest, delta]
    }

    /// Beta, and its sigma, other and delta parts.
    fn sums(&self) -> [f64; 4] {
        let [mut sigma, mut rest, mut delta] = [0.0; 3];
        for [s, r, d] in &self.counts {
            sigma += s / 2.0;
            rest += r / 2.0 + d;
            delta += d;
        }
        [sigma + rest, sigma, rest, delta]
    }

    fn gamma(&self, molecule: &Molecule) -> Vec<f64> {
        let beta = self.counts.iter().map(|counts| counts.iter().sum::<f64>());
        beta.zip(molecule.atoms())
            .map(|(beta, atom)| if beta == 0.0 { f64::NAN } else { core(atom.number) / beta })
            .collect()
    }
}

/// Sums over pairs of atoms, and over bonded ones only.
fn composites(graph: &Graph<'_>, gamma: &[f64]) -> [DescriptorValue; 2] {
    let (mut all, mut local) = (0.0, 0.0);
    let mut terms = vec![0.0; gamma.len()];
    for (i, own) in gamma.iter().enumerate() {
        let others = gamma.iter().zip(graph.row(i)).skip(i + 1);
        for (term, (other, &distance)) in terms.iter_mut().zip(others.clone()) {
            *term = (own * other).sqrt() / f64::from(distance);
        }
        for (term, (_, &distance)) in terms.iter().zip(others) {
            all += term;
            if distance == 1 {
                local += term;
            }
        }
    }
    [known(all), known(local)]
}

/// The same for the alkane of the skeleton.
fn of_skeleton(graph: &Graph<'_>) -> [DescriptorValue; 2] {
    let molecule = &graph.molecule;
    let gamma: Vec<f64> = (0..graph.count())
        .map(|atom| if molecule.atoms()[atom].number == 1 { 0.0 } else { 1.0 / heavy_degree(molecule, atom) })
        .collect();
    composites(graph, &gamma)
}

/// Mean electronegativities: all atoms, heavy atoms, the alkane, the saturated skeleton, and without hydrogens on carbon.
fn epsilons(context: &Context<'_>) -> [DescriptorValue; 5] {
    let (heavy, full) = (&context.heavy.molecule, &context.full.molecule);
    let mean = |sum: f64, count: f64| known(sum / count);
    let sum = |molecule: &Molecule| molecule.atoms().iter().map(|atom| epsilon(atom.number)).sum::<f64>();
    let size = heavy.atoms().len() as f64;
    let polar: Vec<f64> = full
        .atoms()
        .iter()
        .enumerate()
        .filter(|(at, atom)| {
            let on_carbon = full.neighbours(*at).first().is_some_and(|next| full.atoms()[next.atom].number == 6);
            atom.number != 1 || !on_carbon
        })
        .map(|(_, atom)| epsilon(atom.number))
        .collect();
    [
        mean(sum(full), full.atoms().len() as f64),
        mean(sum(heavy), size),
        of_alkane(heavy, full),
        of_saturated(heavy, full),
        mean(polar.iter().sum(), polar.len() as f64),
    ]
}

fn of_alkane(heavy: &Molecule, full: &Molecule) -> DescriptorValue {
    alkane(full)?;
    let skeleton = heavy.atoms().iter().enumerate().filter(|(_, atom)| atom.number != 1);
    let (mut sum, mut count) = (0.0, 0.0);
    for (at, _) in skeleton {
        let hydrogens = 4.0 - heavy_degree(heavy, at);
        sum += epsilon(6) + hydrogens * epsilon(1);
        count += 1.0 + hydrogens;
    }
    known(sum / count)
}

/// Multiple bonds between carbon atoms become single; the hydrogens follow the valences.
fn of_saturated(heavy: &Molecule, full: &Molecule) -> DescriptorValue {
    let hydrogens = heavy.saturated_hydrogens(full.bonds()).ok_or(MissingReason::NoAlkane)?;
    let (mut sum, mut count) = (0.0, 0.0);
    for (atom, hydrogens) in heavy.atoms().iter().zip(hydrogens).filter(|(atom, _)| atom.number != 1) {
        sum += epsilon(atom.number) + hydrogens as f64 * epsilon(1);
        count += 1.0 + hydrogens as f64;
    }
    known(sum / count)
}
