//! Extreme eigenvalues of Burden matrices. Source: Burden, J. Chem. Inf. Comput. Sci. 29, 225 (1989), bonds as RDKit
//! weighs them: one over the root of their order.

use crate::{
    MissingReason, Molecule,
    mordred::{
        Values,
        atomic::{AtomWeights, Weight, weights},
        context::Context,
        crippen, spectra,
        symmetric::Symmetric,
    },
};

/// Properties on the diagonal.
const PROPERTIES: usize = 4;

/// Of masses, Gasteiger charges, contributions to log P and to molar refractivity: the largest and the smallest.
pub(super) fn extremes(context: &Context<'_>, values: &mut Values) {
    let molecule = &context.heavy.molecule;
    if molecule.atoms().iter().all(|atom| atom.number != 1) {
        return of(molecule, &context.heavy.weights, &context.crippen, values);
    }
    // RDKit takes the atoms of hydrogen out first.
    let bare = molecule.without_hydrogen_atoms();
    of(&bare, &weights(&bare), &crippen::contributions(&bare), values);
}

fn of(molecule: &Molecule, weights: &AtomWeights, crippen: &[[f64; 2]], values: &mut Values) {
    let count = molecule.atoms().len();
    if count > spectra::MOST_ATOMS || count == 0 {
        let reason = if count == 0 { MissingReason::NothingToAverage } else { MissingReason::TooLarge };
        return values.extend([Err(reason); 2 * PROPERTIES]);
    }
    // RDKit gives up on all of them when it has no parameters for the charges.
    if !weights.known[Weight::Charge as usize] || !weights.charges_complete {
        return values.extend([Err(MissingReason::UnknownProperty); 2 * PROPERTIES]);
    }
    let mut matrices = Symmetric::zeros(count);
    matrices.triangle.fill([0.001; PROPERTIES]);
    for bond in molecule.bonds() {
        let weight = bond.order.number().sqrt().recip();
        *matrices.at(bond.begin.max(bond.end), bond.begin.min(bond.end)) = [weight; PROPERTIES];
    }
    for (atom, &[log_p, refractivity]) in crippen.iter().enumerate() {
        *matrices.at(atom, atom) = [molecule.atom_mass(atom), weights.own_charges[atom], log_p, refractivity];
    }
    let (largest, least) = matrices.reduce().form.extremes();
    for property in 0..PROPERTIES {
        values.extend([Ok(largest[property]), Ok(least[property])]);
    }
}
