//! Partial charges by equalising orbital electronegativities along bonds.
//!
//! Source: Gasteiger and Marsili, Tetrahedron 36, 3219 (1980); parameters of further elements from PyBabel, as RDKit
//! has them. Elements without parameters get NaN as soon as they are bonded.

use crate::{Hybridization, Molecule};

const ROUNDS: usize = 12;
const HYDROGEN: [f64; 3] = [7.17, 6.24, -0.56];
/// Electronegativity of the hydrogen cation. Units: eV.
const HYDROGEN_CATION: f64 = 20.02;

/// Charges of the atoms and, apart, of the hydrogens counted on them. Units: e.
pub(crate) struct Charges {
    pub atoms: Vec<f64>,
    pub hydrogens: Vec<f64>,
    /// Whether there are parameters for every atom.
    pub complete: bool,
}

pub(crate) fn charges(molecule: &Molecule) -> Charges {
    let count = molecule.atoms().len();
    let mut charges = split_formal_charges(molecule);
    let mut hydrogens = vec![0.0; count];
    let found: Vec<Option<[f64; 3]>> = (0..count).map(|atom| parameters(molecule, atom)).collect();
    let complete = found.iter().all(Option::is_some);
    let parameters: Vec<[f64; 3]> = found.into_iter().map(Option::unwrap_or_default).collect();
    let cation: Vec<f64> = molecule
        .atoms()
        .iter()
        .zip(&parameters)
        .map(|(atom, [a, b, c])| if atom.number == 1 { HYDROGEN_CATION } else { a + b + c })
        .collect();
    let mut negativity = vec![0.0; count];
    let mut damping = 0.5;
    for _ in 0..ROUNDS {
        for atom in 0..count {
            let [a, b, c] = parameters[atom];
            negativity[atom] = a + charges[atom] * (b + c * charges[atom]);
        }
        for atom in 0..count {
            let own = negativity[atom];
            let mut gained = 0.0;
            for next in molecule.neighbours(atom) {
                let step = negativity[next.atom] - own;
                gained += step
                    / if step < 0.0 {
                        cation[next.atom]
                    } else {
                        (cation[atom] - cation[next.atom]) + cation[next.atom]
                    };
            }
            let held = molecule.atoms()[atom].hydrogens() as f64;
            if held > 0.0 {
                let charge = hydrogens[atom] / held;
                let step = HYDROGEN[0] + charge * (HYDROGEN[1] + HYDROGEN[2] * charge) - own;
                let each = step
                    / if step < 0.0 { HYDROGEN_CATION } else { (cation[atom] - HYDROGEN_CATION) + HYDROGEN_CATION };
                gained += held * each;
                hydrogens[atom] -= held * each * damping;
            }
            charges[atom] += damping * gained;
        }
        damping *= 0.5;
    }
    Charges { atoms: charges, hydrogens, complete }
}

/// A formal charge is shared among atoms of the element that are conjugated with its atom across one between them.
fn split_formal_charges(molecule: &Molecule) -> Vec<f64> {
    let atoms = molecule.atoms();
    let mut charges: Vec<f64> = vec![0.0; atoms.len()];
    for (index, atom) in atoms.iter().enumerate() {
        if atom.charge == 0 || charges[index].abs() > 1e-10 {
            continue;
        }
        let mut formal = f64::from(atom.charge);
        let mut sharing = vec![index];
        for first in molecule.neighbours(index).iter().filter(|next| molecule.bonds()[next.bond].conjugated) {
            for second in molecule.neighbours(first.atom) {
                let along = second.bond != first.bond && molecule.bonds()[second.bond].conjugated;
                if along && atoms[second.atom].number == atom.number {
                    formal += f64::from(atoms[second.atom].charge);
                    sharing.push(second.atom);
                }
            }
        }
        for &member in &sharing {
            charges[member] = formal / sharing.len() as f64;
        }
    }
    charges
}

fn parameters(molecule: &Molecule, index: usize) -> Option<[f64; 3]> {
    use Hybridization::{Sp, Sp2, Sp3};
    let atom = &molecule.atoms()[index];
    if atom.number == 1 && !matches!(atom.hybridization, Sp | Sp2 | Sp3) {
        return Some(HYDROGEN);
    }
    Some(match (atom.number, atom.hybridization) {
        (6, Sp3) => [7.98, 9.18, 1.88],
        (6, Sp2) => [8.79, 9.32, 1.51],
        (6, Sp) => [10.39, 9.45, 0.73],
        (7, Sp3) => [11.54, 10.82, 1.36],
        (7, Sp2) => [12.87, 11.15, 0.85],
        (7, Sp) => [15.68, 11.7, -0.27],
        (8, Sp3) => [14.18, 12.92, 1.39],
        (8, Sp2) => [17.07, 13.79, 0.47],
        (9, Sp3) => [14.66, 13.85, 2.31],
        (17, Sp3) => [11.00, 9.69, 1.35],
        (35, Sp3) => [10.08, 8.47, 1.16],
        (53, Sp3) => [9.9, 7.96, 0.96],
        (16, Sp2) => [10.88, 9.49, 1.33],
        (16, Sp) => [0.0; 3],
        (16, Sp3) => [10.14, 9.13, 1.38],
        (16, _) => {
            let oxygens = molecule.neighbours(index).iter().filter(|next| molecule.atoms()[next.atom].number == 8);
            if oxygens.count() == 2 { [12.00, 10.81, 1.20] } else { [10.14, 9.13, 1.38] }
        }
        (15, Sp3) => [8.90, 8.24, 0.96],
        (15, Sp2) => [9.665, 8.530, 0.735],
        (14, Sp3) => [7.300, 6.567, 0.657],
        (14, Sp2) => [7.905, 6.748, 0.443],
        (14, Sp) => [9.065, 7.027, -0.002],
        (5, Sp3) => [5.980, 6.820, 1.605],
        (5, Sp2) => [6.420, 6.807, 1.322],
        (4, Sp3) => [3.845, 6.755, 3.165],
        (4, Sp2) => [4.005, 6.725, 3.035],
        (12, Sp2) => [3.565, 5.572, 2.197],
        (12, Sp3) => [3.300, 5.587, 2.447],
        (12, Sp) => [4.040, 5.472, 1.823],
        (13, Sp3) => [5.375, 4.953, 0.867],
        (13, Sp2) => [5.795, 5.020, 0.695],
        _ => return None,
    })
}
