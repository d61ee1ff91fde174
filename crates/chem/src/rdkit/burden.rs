//! Extreme eigenvalues of Burden matrices. Source: Burden, J. Chem. Inf. Comput. Sci. 29, 225 (1989), bonds as RDKit
//! weighs them: one over the root of their order.

use crate::{
    MissingReason,
    mordred::{Values, atomic::Weight, context::Context, spectra, symmetric::Symmetric},
};

/// Properties on the diagonal.
const PROPERTIES: usize = 4;

/// Of masses, Gasteiger charges, contributions to log P and to molar refractivity: the largest and the smallest.
pub(super) fn extremes(context: &Context<'_>, values: &mut Values) {
    let graph = &context.heavy;
    let molecule = &graph.molecule;
    if graph.count() > spectra::MOST_ATOMS || graph.count() == 0 {
        let reason = if graph.count() == 0 { MissingReason::NothingToAverage } else { MissingReason::TooLarge };
        return values.extend([Err(reason); 2 * PROPERTIES]);
    }
    // RDKit gives up on all of them when it has no parameters for the charges.
    if !graph.weights.known[Weight::Charge as usize] || !graph.weights.charges_complete {
        return values.extend([Err(MissingReason::UnknownProperty); 2 * PROPERTIES]);
    }
    let mut matrices = Symmetric::zeros(graph.count());
    matrices.triangle.fill([0.001; PROPERTIES]);
    for bond in molecule.bonds() {
        let weight = bond.order.number().sqrt().recip();
        *matrices.at(bond.begin.max(bond.end), bond.begin.min(bond.end)) = [weight; PROPERTIES];
    }
    for atom in 0..graph.count() {
        let [log_p, refractivity] = context.crippen[atom];
        *matrices.at(atom, atom) = [molecule.atom_mass(atom), graph.weights.own_charges[atom], log_p, refractivity];
    }
    let (largest, least) = matrices.reduce().form.extremes();
    for property in 0..PROPERTIES {
        values.extend([Ok(largest[property]), Ok(least[property])]);
    }
}
