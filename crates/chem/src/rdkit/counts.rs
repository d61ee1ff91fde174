//! Counts of atoms, bonds and rings.

use super::{connectivity, groups, shared_atoms, stereo};
use crate::{
    BondOrder, DescriptorValue, Molecule, Ring,
    mordred::{Values, context::Context},
};

pub(super) const NAMES: [&str; 25] = [
    "FractionCSP3",
    "HeavyAtomCount",
    "NHOHCount",
    "NOCount",
    "NumAliphaticCarbocycles",
    "NumAliphaticHeterocycles",
    "NumAliphaticRings",
    "NumAmideBonds",
    "NumAromaticCarbocycles",
    "NumAromaticHeterocycles",
    "NumAromaticRings",
    "NumAtomStereoCenters",
    "NumBridgeheadAtoms",
    "NumHAcceptors",
    "NumHDonors",
    "NumHeteroatoms",
    "NumHeterocycles",
    "NumRotatableBonds",
    "NumSaturatedCarbocycles",
    "NumSaturatedHeterocycles",
    "NumSaturatedRings",
    "NumSpiroAtoms",
    "NumUnspecifiedAtomStereoCenters",
    "Phi",
    "RingCount",
];

/// Carbocycles, heterocycles and both of one kind.
fn rings(molecule: &Molecule, is_kind: impl Fn(&Molecule, &Ring) -> bool) -> [f64; 3] {
    let of_kind = || molecule.rings().iter().filter(|ring| is_kind(molecule, ring));
    let hetero = of_kind().filter(|ring| ring.atoms.iter().any(|&atom| molecule.atoms()[atom].number != 6)).count();
    let all = of_kind().count();
    [(all - hetero) as f64, hetero as f64, all as f64]
}

fn aromatic(molecule: &Molecule, ring: &Ring) -> bool {
    ring.bonds.iter().all(|&bond| molecule.bonds()[bond].aromatic)
}

fn saturated(molecule: &Molecule, ring: &Ring) -> bool {
    let single = |bond: &crate::Bond| bond.order == BondOrder::Single && !bond.aromatic;
    ring.bonds.iter().all(|&bond| single(&molecule.bonds()[bond]))
}

pub(super) fn compute(context: &Context<'_>, rotatable: DescriptorValue, values: &mut Values) {
    let molecule = &context.heavy.molecule;
    let atoms = || molecule.atoms().iter().enumerate();
    let count = |test: &dyn Fn(u8) -> bool| atoms().filter(|(_, atom)| test(atom.number)).count() as f64;
    let carbons = count(&|number| number == 6);
    let tetrahedral = atoms().filter(|(at, atom)| atom.number == 6 && molecule.total_degree(*at) == 4).count() as f64;
    let bonded_hydrogens = |(at, atom): (usize, &crate::Atom)| match atom.number {
        7 | 8 => molecule.total_hydrogens(at) as f64,
        _ => 0.0,
    };
    let [acceptors, donors] = context.hydrogen_bonds();
    let [spiro, bridgeheads] = shared_atoms(molecule);
    let [stereo, unspecified] = stereo::centres(molecule);
    values.push(Ok(if carbons == 0.0 { 0.0 } else { tetrahedral / carbons }));
    values.push(Ok(count(&|number| number > 1)));
    values.push(Ok(atoms().map(bonded_hydrogens).sum()));
    values.push(Ok(count(&|number| matches!(number, 7 | 8))));
    values.extend(rings(molecule, |molecule, ring| !aromatic(molecule, ring)).map(Ok));
    values.push(Ok(groups::amides(molecule)));
    values.extend(rings(molecule, aromatic).map(Ok));
    values.extend([stereo, bridgeheads, acceptors, donors].map(Ok));
    values.push(Ok(count(&|number| !matches!(number, 1 | 6))));
    values.push(Ok(rings(molecule, |_, _| true)[1]));
    values.push(rotatable);
    values.extend(rings(molecule, saturated).map(Ok));
    values.extend([spiro, unspecified].map(Ok));
    values.push(connectivity::flexibility(context));
    values.push(Ok(molecule.rings().len() as f64));
}
