//! Properties of atoms that descriptors are weighted with.

use super::{gasteiger, tables};
use crate::{Molecule, molecule::table::facts};

/// A property atoms are weighted with, in the order of Mordred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Charge,
    ValenceElectrons,
    SigmaElectrons,
    IntrinsicState,
    AtomicNumber,
    Mass,
    Volume,
    Sanderson,
    Pauling,
    AllredRochow,
    Polarizability,
    Ionization,
}

impl Weight {
    pub const COUNT: usize = 12;
    pub const ALL: [Self; Self::COUNT] = [
        Self::Charge,
        Self::ValenceElectrons,
        Self::SigmaElectrons,
        Self::IntrinsicState,
        Self::AtomicNumber,
        Self::Mass,
        Self::Volume,
        Self::Sanderson,
        Self::Pauling,
        Self::AllredRochow,
        Self::Polarizability,
        Self::Ionization,
    ];
    /// Those that depend on the element alone.
    pub const OF_ELEMENT: std::ops::Range<usize> = 4..Self::COUNT;

    pub fn suffix(self) -> &'static str {
        ["c", "dv", "d", "s", "Z", "m", "v", "se", "pe", "are", "p", "i"][self as usize]
    }

    /// The value of carbon.
    pub fn of_carbon(self) -> f64 {
        of_element(6)[self as usize - Self::OF_ELEMENT.start]
    }
}

/// Weights of every atom; NaN where there is none.
pub(crate) struct AtomWeights {
    pub rows: Vec<[f64; Weight::COUNT]>,
    /// Whether every atom has the weight.
    pub known: [bool; Weight::COUNT],
    /// Gasteiger charge of each atom, that of its hydrogens apart.
    pub own_charges: Vec<f64>,
    /// Whether Gasteiger's method has parameters for every atom.
    pub charges_complete: bool,
}

impl AtomWeights {
    pub fn of(&self, weight: Weight) -> impl Iterator<Item = f64> + '_ {
        self.rows.iter().map(move |row| row[weight as usize])
    }
}

pub(crate) fn weights(molecule: &Molecule) -> AtomWeights {
    let charges = gasteiger::charges(molecule);
    let rows: Vec<[f64; Weight::COUNT]> = (0..molecule.atoms().len())
        .map(|index| {
            let charge = charges.atoms[index] + charges.hydrogens[index];
            let degree = sigma_electrons(molecule, index);
            let valence = valence_electrons(molecule, index);
            let [z, m, v, se, pe, are, p, i] = of_element(molecule.atoms()[index].number);
            let state = intrinsic_state(molecule, index, degree, valence);
            [charge, valence, degree, state, z, m, v, se, pe, are, p, i]
        })
        .collect();
    let known = std::array::from_fn(|weight| rows.iter().all(|row| row[weight].is_finite()));
    AtomWeights { rows, known, own_charges: charges.atoms, charges_complete: charges.complete }
}

fn lookup(table: &[f64], number: u8) -> f64 {
    usize::from(number).checked_sub(1).and_then(|at| table.get(at)).copied().unwrap_or(f64::NAN)
}

fn of_element(number: u8) -> [f64; 8] {
    let radius = lookup(&tables::VDW_RADIUS, number);
    [
        f64::from(number),
        lookup(&tables::MASS, number),
        4.0 / 3.0 * std::f64::consts::PI * radius.powi(3),
        lookup(&tables::SANDERSON, number),
        lookup(&tables::PAULING, number),
        lookup(&tables::ALLRED_ROCHOW, number),
        lookup(&tables::POLARIZABILITY, number),
        lookup(&tables::IONIZATION, number),
    ]
}

/// Dipole polarisability. Units: Å³.
pub(crate) fn polarizability(number: u8) -> f64 {
    lookup(&tables::POLARIZABILITY, number)
}

/// McGowan volume. Units: cm³/mol.
pub(crate) fn mcgowan_volume(number: u8) -> f64 {
    lookup(&tables::MCGOWAN, number)
}

/// Row of the periodic table; NaN for the wildcard.
pub(crate) fn period(number: u8) -> f64 {
    match number {
        0 => f64::NAN,
        1..=2 => 1.0,
        3..=10 => 2.0,
        11..=18 => 3.0,
        19..=36 => 4.0,
        37..=54 => 5.0,
        55..=86 => 6.0,
        _ => 7.0,
    }
}

/// Kier and Hall's valence delta. Source: J. Pharm. Sci. 72, 1170 (1983).
fn valence_electrons(molecule: &Molecule, index: usize) -> f64 {
    let atom = &molecule.atoms()[index];
    if atom.number == 1 {
        return 0.0;
    }
    let outer = f64::from(facts(atom.number).outer_electrons);
    let hydrogens = molecule.total_hydrogens(index) as f64;
    let valence = outer - f64::from(atom.charge);
    (valence - hydrogens) / (f64::from(atom.number) - outer - 1.0)
}

/// Neighbours other than hydrogen.
fn sigma_electrons(molecule: &Molecule, index: usize) -> f64 {
    molecule.neighbours(index).iter().filter(|next| molecule.atoms()[next.atom].number != 1).count() as f64
}

fn intrinsic_state(molecule: &Molecule, index: usize, degree: f64, valence: f64) -> f64 {
    if degree == 0.0 {
        return f64::NAN;
    }
    ((2.0 / period(molecule.atoms()[index].number)).powi(2) * valence + 1.0) / degree
}
