//! Where Mordred departs from the formulas of the literature, and those formulas.

use matdock_message::{Message, say};

use super::{DescriptorValue, MissingReason, Mordred, context::Context, eta, perron, spectra};
use crate::Molecule;

/// What the formula of the literature does otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Correction {
    /// The sum of exponentials without the one that Mordred adds. Source: Estrada, Chem. Phys. Lett. 319, 713 (2000).
    Estrada,
    /// The positive leading eigenvector. Source: Balaban, Ciubotariu and Medeleanu, J. Chem. Inf. Comput. Sci. 31, 517
    /// (1991).
    Eigenvector,
    /// Graphs without hydrogens. Source: Roy and Ghosh, J. Chem. Inf. Comput. Sci. 44, 559 (2004).
    Hydrogens,
    /// No distance between fragments, where Mordred takes 10^8 bonds.
    Fragments,
}

impl Correction {
    fn of(name: &str) -> Option<Self> {
        const EIGENVECTOR: [&str; 6] = ["VE1_A", "VE2_A", "VE3_A", "VR1_A", "VR2_A", "VR3_A"];
        const DISTANCES: [&str; 7] =
            ["BalabanJ", "ECIndex", "Diameter", "Radius", "TopoShapeIndex", "PetitjeanIndex", "WPath"];
        match name {
            name if name.starts_with("LogEE_") => Some(Self::Estrada),
            name if EIGENVECTOR.contains(&name) => Some(Self::Eigenvector),
            name if name.starts_with("ETA_") || name.starts_with("AETA_") => Some(Self::Hydrogens),
            name if DISTANCES.contains(&name) || name.starts_with("MDE") => Some(Self::Fragments),
            _ => None,
        }
    }
}

/// What the formula of the literature does otherwise than Mordred; `None` where they are the same.
pub(super) fn explain(name: &str) -> Option<Message> {
    Correction::of(name).map(|correction| match correction {
        Correction::Estrada => say!("chem-corrected-estrada"),
        Correction::Eigenvector => say!("chem-corrected-eigenvector"),
        Correction::Hydrogens => say!("chem-corrected-hydrogens"),
        Correction::Fragments => say!("chem-corrected-fragments"),
    })
}

/// Puts the values of the literature in the places of Mordred's.
pub(super) fn correct(molecule: &Molecule, values: &mut [DescriptorValue]) {
    let mut vector = eigenvector(molecule).into_iter();
    let bare = without_hydrogens(molecule);
    let mut topochemical = bare.as_ref().map(of_bare).into_iter().flatten();
    let several = molecule.fragment_count() != 1;
    for (name, value) in Mordred::names().iter().zip(values) {
        match Correction::of(name) {
            Some(Correction::Estrada) => *value = value.map(without_one),
            Some(Correction::Eigenvector) => *value = vector.next().unwrap_or(*value),
            Some(Correction::Hydrogens) => *value = topochemical.next().unwrap_or(*value),
            Some(Correction::Fragments) if several => *value = Err(MissingReason::SeveralFragments),
            Some(Correction::Fragments) | None => {}
        }
    }
}

/// ln(s) from ln(1 + s).
fn without_one(logarithm: f64) -> f64 {
    match logarithm < 1.0 {
        true => logarithm.exp_m1().ln(),
        false => logarithm + (-(-logarithm).exp()).ln_1p(),
    }
}

/// Sums of the coefficients of the leading eigenvector and of the inverse roots of their products over bonds, with
/// means and logarithms; nothing where Mordred has no value for a reason that stays.
fn eigenvector(molecule: &Molecule) -> Vec<DescriptorValue> {
    let size = molecule.atoms().len();
    if molecule.fragment_count() != 1 || size > spectra::MOST_ATOMS {
        return Vec::new();
    }
    let Some(vector) = perron::vector(molecule) else {
        return vec![Err(MissingReason::TooEntangled); 6];
    };
    let root = |bond: &crate::Bond| vector[bond.begin].sqrt().recip() * vector[bond.end].sqrt().recip();
    let sums = [vector.iter().sum::<f64>(), molecule.bonds().iter().map(root).sum()];
    let size = size as f64;
    let all = |sum: f64| {
        let logarithm = if sum > 0.0 { Ok((0.1 * size * sum).ln()) } else { Err(MissingReason::NothingToAverage) };
        [Ok(sum), Ok(sum / size), logarithm]
    };
    sums.into_iter().flat_map(all).collect()
}

/// The structure without the hydrogens that are atoms of its graph (isotopes); `None` where there are none.
fn without_hydrogens(molecule: &Molecule) -> Option<Molecule> {
    let written = molecule.atoms().iter().any(|atom| atom.number == 1);
    written.then(|| molecule.without_hydrogen_isotopes()).flatten()
}

fn of_bare(molecule: &Molecule) -> Vec<DescriptorValue> {
    let mut values = Vec::new();
    eta::all::compute(&Context::new(molecule), &mut values);
    if molecule.atoms().iter().any(|atom| atom.number == 1) {
        // Hydrogen alone, or between two atoms: without it nothing is left, or nothing that hangs together.
        values.fill(Err(MissingReason::NothingToAverage));
    }
    values
}

#[cfg(test)]
mod tests {
    use matdock_message::Language;

    use super::*;

    fn both(smiles: &str, name: &str) -> [DescriptorValue; 2] {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let place = Mordred::names().iter().position(|other| other == name).unwrap();
        [Mordred::describe(&molecule)[place], Mordred::describe_corrected(&molecule)[place]]
    }

    fn close(value: DescriptorValue, expected: f64) {
        let found = value.unwrap();
        assert!((found - expected).abs() <= 1e-9 * expected.abs(), "expected {expected}, found {found}");
    }

    /// Ethane has the eigenvalues 1 and -1.
    #[test]
    fn the_estrada_index_is_the_sum_of_exponentials() {
        let sum = 1_f64.exp() + (-1_f64).exp();
        let [reference, corrected] = both("CC", "LogEE_A");
        close(reference, (1.0 + sum).ln());
        close(corrected, sum.ln());
    }

    /// Computed with 80 digits (mpmath 1.3, powers of the matrix). With those of a processor the vector of the first
    /// loses its small coefficients, and that of the second, whose ends are alike, one of its halves.
    #[test]
    fn the_leading_eigenvector_is_positive_however_long_the_chain() {
        let one = format!("CC(C)(C)C(C)(C){}", "C".repeat(100));
        close(both(&one, "VR1_A")[1], 5.837_581_090_145_74e25);
        let two = format!("CC(C)(C)C(C)(C){}C(C)(C)C(C)(C)C", "C".repeat(80));
        close(both(&two, "VR1_A")[1], 110_101_724_872.719);
        close(both(&two, "VE1_A")[1], 4.172_237_974_800_7);
        // Where the usual way has digits enough both agree.
        let [reference, corrected] = both("CC(C)(C)CCO", "VR1_A");
        close(corrected, reference.unwrap());
    }

    #[test]
    fn a_structure_of_several_fragments_has_no_distance_between_them() {
        assert_eq!(both("CCO.O", "Diameter"), [Ok(1e8), Err(MissingReason::SeveralFragments)]);
        assert_eq!(both("CCO", "Diameter"), [Ok(2.0), Ok(2.0)]);
    }

    #[test]
    fn deuterium_is_hydrogen_to_topochemical_indices() {
        let [reference, corrected] = both("[2H]C([2H])([2H])O", "ETA_eta");
        close(corrected, both("CO", "ETA_eta")[0].unwrap());
        assert_eq!(reference, corrected);
        let [reference, corrected] = both("[2H]C([2H])([2H])O", "AETA_eta");
        close(corrected, 5.0 / 2.0 * reference.unwrap());
        assert_eq!(both("[2H]C([2H])([2H])[2H]", "ETA_eta"), [Err(MissingReason::UnknownProperty), Ok(0.0)]);
        assert_eq!(both("[H][H]", "ETA_eta")[1], Err(MissingReason::NothingToAverage));
    }

    #[test]
    fn what_changes_is_told_in_both_languages() {
        let changed = Mordred::names().iter().filter(|name| explain(name).is_some()).count();
        assert_eq!(changed, 11 + 6 + 45 + 26);
        for name in Mordred::names() {
            for language in [Language::English, Language::Japanese] {
                let text = explain(name).map(|message| message.text(language)).unwrap_or_default();
                assert!(!text.contains("chem-"), "{name}: {text}");
            }
        }
    }
}
