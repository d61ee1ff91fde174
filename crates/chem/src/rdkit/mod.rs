//! The 217 two-dimensional descriptors of RDKit's list, by their names.
//!
//! Names and values are those of `rdkit.Chem.Descriptors.descList` in RDKit 2026.09. Where RDKit gives no number, the
//! value here is [`MissingReason`].

mod burden;
mod connectivity;
mod counts;
mod explain;
mod groups;
mod qed;
mod stereo;

use std::sync::OnceLock;

use matdock_message::Message;

use crate::{
    DescriptorValue, FingerprintKind, Fingerprinter, MissingReason, Molecule,
    molecule::table::facts,
    mordred::{
        Values,
        atomic::Weight,
        context::{self, Context},
        counts as mordred_counts, crippen, groups as mordred_groups, surface, topology,
    },
};

/// RDKit's descriptors of two-dimensional structures.
///
/// ```
/// use matdock_chem::{Molecule, Rdkit};
///
/// let values = Rdkit::describe(&Molecule::from_smiles("CCO")?);
/// let place = Rdkit::names().iter().position(|name| name == "HeavyAtomCount");
/// assert_eq!(place.map(|place| values[place]), Some(Ok(3.0)));
/// # Ok::<(), matdock_chem::SmilesError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Rdkit;

/// Names between those that are numbered.
const BEFORE_SURFACES: [&str; 47] = [
    "MaxAbsEStateIndex",
    "MaxEStateIndex",
    "MinAbsEStateIndex",
    "MinEStateIndex",
    "qed",
    "SPS",
    "MolWt",
    "HeavyAtomMolWt",
    "ExactMolWt",
    "NumValenceElectrons",
    "NumRadicalElectrons",
    "MaxPartialCharge",
    "MinPartialCharge",
    "MaxAbsPartialCharge",
    "MinAbsPartialCharge",
    "FpDensityMorgan1",
    "FpDensityMorgan2",
    "FpDensityMorgan3",
    "BCUT2D_MWHI",
    "BCUT2D_MWLOW",
    "BCUT2D_CHGHI",
    "BCUT2D_CHGLO",
    "BCUT2D_LOGPHI",
    "BCUT2D_LOGPLOW",
    "BCUT2D_MRHI",
    "BCUT2D_MRLOW",
    "AvgIpc",
    "BalabanJ",
    "BertzCT",
    "Chi0",
    "Chi0n",
    "Chi0v",
    "Chi1",
    "Chi1n",
    "Chi1v",
    "Chi2n",
    "Chi2v",
    "Chi3n",
    "Chi3v",
    "Chi4n",
    "Chi4v",
    "HallKierAlpha",
    "Ipc",
    "Kappa1",
    "Kappa2",
    "Kappa3",
    "LabuteASA",
];

/// Surfaces by charge, refractivity and log P, then those by electrotopological state: kind and number of bins.
const SURFACES: [(&str, usize); 5] =
    [("PEOE_VSA", 14), ("SMR_VSA", 10), ("SlogP_VSA", 12), ("EState_VSA", 11), ("VSA_EState", 10)];

/// The bins of a kind in the order of their names as text, in which RDKit lists them.
fn in_order_of_names(kind: &str, bins: usize) -> Vec<(String, usize)> {
    let mut names: Vec<(String, usize)> = (0..bins).map(|bin| (format!("{kind}{}", bin + 1), bin)).collect();
    names.sort();
    names
}

impl Rdkit {
    /// The names, in the order of [`Rdkit::describe`].
    pub fn names() -> &'static [String] {
        static NAMES: OnceLock<Vec<String>> = OnceLock::new();
        NAMES.get_or_init(|| {
            let mut names: Vec<String> = BEFORE_SURFACES.map(String::from).into();
            for (place, (kind, bins)) in SURFACES.into_iter().enumerate() {
                names.extend(in_order_of_names(kind, bins).into_iter().map(|(name, _)| name));
                if place == 2 {
                    names.push("TPSA".to_owned());
                }
            }
            names.extend(counts::NAMES.map(String::from));
            names.extend(["MolLogP", "MolMR"].map(String::from));
            names.extend(groups::FRAGMENTS.iter().map(|(name, _)| format!("fr_{name}")));
            names
        })
    }

    /// What the descriptor of this name is, in a few words; `None` for a name it does not have.
    pub fn explain(name: &str) -> Option<Message> {
        explain::explain(name)
    }

    /// What values a descriptor takes.
    pub fn kind(name: &str) -> crate::ValueKind {
        crate::about::kind(name)
    }

    /// Who defined a descriptor.
    pub fn source(name: &str) -> &'static str {
        crate::about::rdkit(name)
    }

    /// UCUM code of the unit of a descriptor; `1` where it has none.
    pub fn unit(name: &str) -> &'static str {
        explain::unit(name)
    }

    /// Every descriptor of a structure, in the order of [`Rdkit::names`].
    ///
    /// Units and sources: those of RDKit's documentation. Errors: a value that does not exist says why.
    pub fn describe(molecule: &Molecule) -> Vec<DescriptorValue> {
        if !context::suited(molecule) {
            return vec![Err(MissingReason::TooManyAtoms); Self::names().len()];
        }
        let context = Context::new(molecule);
        let mut values = Vec::with_capacity(Self::names().len());
        let totals = crippen::totals(&context);
        states(&context, &mut values);
        let polar = first(|values| surface::polar::compute(&context, values));
        let rotatable = first(|values| mordred_groups::rotatable::compute(&context, values));
        let estimate = qed::estimate(&context, totals[0], polar.unwrap_or_default(), rotatable.unwrap_or_default());
        values.push(Ok(estimate));
        values.push(stereo::spacial_score(molecule));
        masses_and_electrons(molecule, &mut values);
        charges(&context, &mut values);
        values.extend((1..=3).map(|radius| Ok(fingerprint_density(molecule, radius))));
        burden::extremes(&context, &mut values);
        graph(&context, &mut values);
        surfaces(&context, polar, &mut values);
        counts::compute(&context, rotatable, &mut values);
        values.extend(totals.map(Ok));
        groups::fragments(molecule, &mut values);
        for value in &mut values {
            *value = match *value {
                Ok(number) if !number.is_finite() => Err(MissingReason::NothingToAverage),
                // A zero has no sign.
                other => other.map(|number| number + 0.0),
            };
        }
        values
    }
}

/// Number of atoms that can be handed, told or not.
pub(crate) fn handed_centres(molecule: &Molecule) -> f64 {
    stereo::centres(molecule)[0]
}

/// The first value of a family.
fn first(compute: impl FnOnce(&mut Values)) -> DescriptorValue {
    let mut values = Vec::new();
    compute(&mut values);
    values.first().copied().unwrap_or(Err(MissingReason::NothingToAverage))
}

/// Largest and smallest number; missing where there is none.
fn extremes(numbers: impl Iterator<Item = f64>) -> [DescriptorValue; 2] {
    let (most, least) =
        numbers.fold((f64::NEG_INFINITY, f64::INFINITY), |(most, least), x| (most.max(x), least.min(x)));
    [most, least].map(|x| if x.is_finite() { Ok(x) } else { Err(MissingReason::NothingToAverage) })
}

fn states(context: &Context<'_>, values: &mut Values) {
    let [most, least] = extremes(context.estate.iter().copied());
    let [most_size, least_size] = extremes(context.estate.iter().map(|state| state.abs()));
    values.extend([most_size, most, least_size, least]);
}

fn masses_and_electrons(molecule: &Molecule, values: &mut Values) {
    let atoms = molecule.atoms();
    let heavy = (0..atoms.len()).filter(|&atom| atoms[atom].number != 1).map(|atom| molecule.atom_mass(atom)).sum();
    values.extend([molecule.molar_mass(), heavy, molecule.isotope_mass()].map(Ok));
    let valence = |atom: &crate::Atom| {
        let outer = f64::from(facts(atom.number).outer_electrons) - f64::from(atom.charge);
        outer + atom.hydrogens() as f64
    };
    values.push(Ok(atoms.iter().map(valence).sum()));
    values.push(Ok(atoms.iter().map(|atom| f64::from(atom.radicals)).sum()));
}

fn charges(context: &Context<'_>, values: &mut Values) {
    if !context.heavy.weights.known[Weight::Charge as usize] {
        values.extend([Err(MissingReason::UnknownProperty); 4]);
        return;
    }
    let [most, least] = extremes(context.heavy.weights.own_charges.iter().copied());
    values.extend([most, least]);
    let sizes = |of: fn(f64, f64) -> f64| Ok(of(most?.abs(), least?.abs()));
    values.extend([sizes(f64::max), sizes(f64::min)]);
}

/// Different surroundings per heavy atom.
fn fingerprint_density(molecule: &Molecule, radius: usize) -> f64 {
    let heavy = molecule.atoms().iter().filter(|atom| atom.number > 1).count();
    let kind = FingerprintKind::Morgan { radius };
    let different = Fingerprinter::new(kind, usize::MAX).counts(molecule).len();
    if heavy == 0 { 0.0 } else { different as f64 / heavy as f64 }
}

fn graph(context: &Context<'_>, values: &mut Values) {
    let [information, mean_information] = connectivity::polynomial_information(context);
    values.push(mean_information);
    values.push(Ok(connectivity::balaban(context)));
    topology::bertz::compute(context, values);
    connectivity::chi(context, values);
    values.push(Ok(connectivity::alpha(context)));
    values.push(information);
    values.extend(connectivity::kappas(context).map(Ok));
}

fn surfaces(context: &Context<'_>, polar: DescriptorValue, values: &mut Values) {
    let (surface, hydrogens) = &context.surface;
    values.push(Ok(surface.iter().sum::<f64>() + hydrogens));
    for (place, ((kind, bins), sums)) in SURFACES.into_iter().zip(surface::all_bins(context)).enumerate() {
        values.extend(in_order_of_names(kind, bins).into_iter().map(|(_, bin)| Ok(sums[bin])));
        if place == 2 {
            values.push(polar);
        }
    }
}

/// Spiro and bridgehead atoms.
fn shared_atoms(molecule: &Molecule) -> [f64; 2] {
    [mordred_counts::atoms::spiro(molecule).len() as f64, mordred_counts::atoms::bridgeheads(molecule).len() as f64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_value_for_every_name() {
        for smiles in ["C", "[Na+].[Cl-]", "*CC*", "[H][H]", "c1ccccc1C(=O)O", "C1CC1"] {
            let molecule = Molecule::from_smiles(smiles).unwrap();
            assert_eq!(Rdkit::describe(&molecule).len(), Rdkit::names().len(), "{smiles}");
        }
        assert_eq!(Rdkit::names().len(), 217);
    }
}
