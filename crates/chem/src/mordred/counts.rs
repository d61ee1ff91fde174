//! Counts of atoms and bonds and sums of their properties.

use super::{MissingReason, Values, atomic, atomic::Weight, context::Context, ratio};
use crate::{BondOrder, Hybridization};

fn count_atoms(context: &Context<'_>, number: u8) -> f64 {
    let molecule = if number == 1 { &context.full.molecule } else { &*context.heavy.molecule };
    molecule.atoms().iter().filter(|atom| atom.number == number).count() as f64
}

/// nAromAtom, nAromBond.
pub(crate) mod aromatic {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["nAromAtom", "nAromBond"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        values.push(Ok(molecule.atoms().iter().filter(|atom| atom.aromatic).count() as f64));
        values.push(Ok(molecule.bonds().iter().filter(|bond| bond.aromatic).count() as f64));
    }
}

/// Atoms by element and place.
pub(crate) mod atoms {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Molecule;

    const ELEMENTS: [(&str, u8); 11] = [
        ("nH", 1),
        ("nB", 5),
        ("nC", 6),
        ("nN", 7),
        ("nO", 8),
        ("nS", 16),
        ("nP", 15),
        ("nF", 9),
        ("nCl", 17),
        ("nBr", 35),
        ("nI", 53),
    ];

    pub fn names(names: &mut Vec<String>) {
        names.extend(["nAtom", "nHeavyAtom", "nSpiro", "nBridgehead", "nHetero"].map(String::from));
        names.extend(ELEMENTS.iter().map(|(name, _)| (*name).to_owned()));
        names.push("nX".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let count = |test: fn(u8) -> bool| molecule.atoms().iter().filter(|atom| test(atom.number)).count() as f64;
        values.push(Ok(context.full.count() as f64));
        values.push(Ok(context.heavy.count() as f64));
        values.push(Ok(spiro(molecule).len() as f64));
        values.push(Ok(bridgeheads(molecule).len() as f64));
        values.push(Ok(count(|number| !matches!(number, 1 | 6))));
        values.extend(ELEMENTS.iter().map(|(_, number)| Ok(count_atoms(context, *number))));
        values.push(Ok(count(|number| matches!(number, 9 | 17 | 35 | 53 | 85 | 117))));
    }

    /// Atoms that are all two rings share.
    pub(crate) fn spiro(molecule: &Molecule) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for (i, ring) in molecule.rings().iter().enumerate() {
            for other in &molecule.rings()[i + 1..] {
                let mut shared = ring.atoms.iter().filter(|atom| other.atoms.contains(atom));
                if let (Some(&atom), None) = (shared.next(), shared.next()) {
                    found.insert(atom);
                }
            }
        }
        found
    }

    /// Ends of the ways of two bonds or more that two rings share.
    pub(crate) fn bridgeheads(molecule: &Molecule) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for (i, ring) in molecule.rings().iter().enumerate() {
            for other in &molecule.rings()[i + 1..] {
                let shared: Vec<usize> = ring.bonds.iter().copied().filter(|bond| other.bonds.contains(bond)).collect();
                if shared.len() < 2 {
                    continue;
                }
                let ends: Vec<usize> = shared
                    .iter()
                    .flat_map(|&bond| [molecule.bonds()[bond].begin, molecule.bonds()[bond].end])
                    .collect();
                found.extend(ends.iter().copied().filter(|atom| ends.iter().filter(|end| *end == atom).count() == 1));
            }
        }
        found
    }
}

/// Bonds by kind.
pub(crate) mod bonds {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        let kinds = ["", "O", "S", "D", "T", "A", "M", "KS", "KD"];
        names.extend(kinds.map(|kind| format!("nBonds{kind}")));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let (heavy, full) = (context.heavy.molecule.bonds(), context.full.molecule.bonds());
        let order = |wanted: BondOrder| heavy.iter().filter(|bond| bond.order == wanted).count() as f64;
        values.push(Ok(full.len() as f64));
        values.push(Ok(heavy.len() as f64));
        values.push(Ok(full.iter().filter(|bond| bond.order == BondOrder::Single).count() as f64));
        values.push(Ok(order(BondOrder::Double)));
        values.push(Ok(order(BondOrder::Triple)));
        values.push(Ok(heavy.iter().filter(|bond| bond.aromatic).count() as f64));
        values.push(Ok(heavy.iter().filter(|bond| bond.aromatic || bond.order != BondOrder::Single).count() as f64));
        values.push(Ok(full.iter().filter(|bond| bond.kekule == BondOrder::Single).count() as f64));
        values.push(Ok(heavy.iter().filter(|bond| bond.kekule == BondOrder::Double).count() as f64));
    }
}

/// Carbon atoms by hybridisation and carbon neighbours.
pub(crate) mod carbon_types {
    use super::*;

    const TYPES: [(usize, usize); 9] = [(1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (1, 3), (2, 3), (3, 3), (4, 3)];

    pub fn names(names: &mut Vec<String>) {
        names.extend(TYPES.iter().map(|(carbons, sp)| format!("C{carbons}SP{sp}")));
        names.extend(["HybRatio", "FCSP3"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let mut counts = [[0.0; 8]; 4];
        let (mut carbons, mut tetrahedral) = (0.0, 0.0);
        for (index, atom) in molecule.atoms().iter().enumerate().filter(|(_, atom)| atom.number == 6) {
            let sp = match atom.hybridization {
                Hybridization::Sp => 1,
                Hybridization::Sp2 => 2,
                Hybridization::Sp3 | Hybridization::Sp3d | Hybridization::Sp3d2 => 3,
                Hybridization::S | Hybridization::Unknown => 0,
            };
            let bonded = molecule.neighbours(index).iter().filter(|next| molecule.atoms()[next.atom].number == 6);
            counts[sp][bonded.count().min(7)] += 1.0;
            carbons += 1.0;
            tetrahedral += f64::from(u8::from(molecule.total_degree(index) == 4));
        }
        values.extend(TYPES.iter().map(|&(bonded, sp)| Ok(counts[sp][bonded])));
        let [sp2, sp3] = [2, 3].map(|sp: usize| counts[sp].iter().sum::<f64>());
        values.push(ratio(sp3, sp2 + sp3, MissingReason::NothingToAverage));
        values.push(Ok(if carbons == 0.0 { 0.0 } else { tetrahedral / carbons }));
    }
}

/// Sums and means of properties relative to carbon.
pub(crate) mod constitutional {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        for prefix in ["S", "M"] {
            names.extend(Weight::ALL[Weight::OF_ELEMENT].iter().map(|weight| format!("{prefix}{}", weight.suffix())));
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let weights = &context.full.weights;
        let sums: Vec<_> = Weight::ALL[Weight::OF_ELEMENT]
            .iter()
            .map(|&weight| match weights.known[weight as usize] {
                true => Ok(weights.of(weight).map(|value| value / weight.of_carbon()).sum::<f64>()),
                false => Err(MissingReason::UnknownProperty),
            })
            .collect();
        values.extend(&sums);
        values.extend(sums.iter().map(|sum| sum.map(|sum| sum / context.full.count() as f64)));
    }
}

/// Fragment complexity. Source: Nilakantan et al., J. Chem. Inf. Model. 46, 1069 (2006).
pub(crate) mod fragment_complexity {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.push("fragCpx".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let (atoms, bonds) = (molecule.atoms().len() as f64, molecule.bonds().len() as f64);
        let hetero = molecule.atoms().iter().filter(|atom| atom.number != 6).count() as f64;
        values.push(Ok((bonds * bonds - atoms * atoms + atoms).abs() + hetero / 100.0));
    }
}

fn known(value: f64) -> Result<f64, MissingReason> {
    if value.is_nan() { Err(MissingReason::UnknownProperty) } else { Ok(value) }
}

/// McGowan volume.
pub(crate) mod mcgowan {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.push("VMcGowan".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.full.molecule;
        let atoms: f64 = molecule.atoms().iter().map(|atom| atomic::mcgowan_volume(atom.number)).sum();
        values.push(known(atoms - molecule.bonds().len() as f64 * 6.56));
    }
}

/// Sums of polarisabilities.
pub(crate) mod polarizability {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["apol", "bpol"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.full.molecule;
        let of = |atom: usize| atomic::polarizability(molecule.atoms()[atom].number);
        values.push(known((0..molecule.atoms().len()).map(of).sum()));
        values.push(known(molecule.bonds().iter().map(|bond| (of(bond.begin) - of(bond.end)).abs()).sum()));
    }
}

/// Van der Waals volume from atoms, bonds and rings. Source: Zhao et al., J. Org. Chem. 68, 7368 (2003).
pub(crate) mod vdw_volume {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.push("Vabc".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.full.molecule;
        let volume = |number: u8| 4.0 / 3.0 * std::f64::consts::PI * radius(number).powi(3);
        let atoms: f64 = molecule.atoms().iter().map(|atom| volume(atom.number)).sum();
        let rings = context.heavy.molecule.rings();
        let aromatic = rings.iter().filter(|ring| ring.atoms.iter().all(|&atom| molecule.atoms()[atom].aromatic));
        let aromatic = aromatic.count() as f64;
        let others = rings.len() as f64 - aromatic;
        values.push(known(atoms - 5.92 * molecule.bonds().len() as f64 - 14.7 * aromatic - 3.8 * others));
    }

    /// Bondi's radius, Å.
    fn radius(number: u8) -> f64 {
        match number {
            1 => 1.20,
            5 => 2.13,
            6 => 1.70,
            7 => 1.55,
            8 => 1.52,
            9 => 1.47,
            14 => 2.10,
            15 | 16 => 1.80,
            17 => 1.75,
            33 | 35 => 1.85,
            34 => 1.90,
            _ => f64::NAN,
        }
    }
}

/// Exact molecular weight.
pub(crate) mod weight {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["MW", "AMW"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let mass = context.heavy.molecule.isotope_mass();
        values.push(Ok(mass));
        values.push(Ok(mass / context.full.count() as f64));
    }
}
