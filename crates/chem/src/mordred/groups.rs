//! Counts of groups that patterns describe, and rules of thumb built on them.

use std::sync::OnceLock;

use super::{MissingReason, Values, context::Context, crippen, ratio};
use crate::Pattern;

/// Patterns of this file are constants; a test reads them all.
fn patterns(cell: &'static OnceLock<Vec<Pattern>>, smarts: &[&str]) -> &'static [Pattern] {
    cell.get_or_init(|| smarts.iter().filter_map(|smarts| Pattern::parse(smarts).ok()).collect())
}

/// Acidic and basic groups, as CDK counts them.
pub(crate) mod acid_base {
    use super::*;

    pub(crate) const SMARTS: [&str; 2] = [
        "[$([O;H1]-[C,S,P]=O),$([*;-;!$(*~[*;+])]),$([NH](S(=O)=O)C(F)(F)F),$(n1nnnc1)]",
        "[$([NH2]-[CX4]),$([NH](-[CX4])-[CX4]),$(N(-[CX4])(-[CX4])-[CX4]),$([*;+;!$(*~[*;-])]),$(N=C-N),$(N-C=N)]",
    ];

    pub fn names(names: &mut Vec<String>) {
        names.extend(["nAcid", "nBase"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        static CELL: OnceLock<Vec<Pattern>> = OnceLock::new();
        let patterns = patterns(&CELL, &SMARTS);
        values.extend(patterns.iter().map(|pattern| Ok(pattern.count(&context.heavy.molecule) as f64)));
    }
}

/// Acceptors, then donors of hydrogen bonds, as RDKit counts them.
pub(crate) const HYDROGEN_BONDS: [&str; 2] = [
    "[$([O,S;H1;v2]-[!$(*=[O,N,P,S])]),$([O,S;H0;v2]),$([O,S;-]),$([N;v3;!$(N-*=!@[O,N,P,S])]),$([nX2,o,s;+0])]",
    "[N&!H0&v3,N&!H0&+1&v4,O&H1&+0,S&H1&+0,n&H1&+0]",
];

pub(crate) fn hydrogen_bonds(context: &Context<'_>) -> [f64; 2] {
    static CELL: OnceLock<Vec<Pattern>> = OnceLock::new();
    let patterns = patterns(&CELL, &HYDROGEN_BONDS);
    [0, 1].map(|which: usize| patterns.get(which).map_or(0.0, |p| p.count(&context.heavy.molecule) as f64))
}

/// nHBAcc, nHBDon.
pub(crate) mod hydrogen_bond {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["nHBAcc", "nHBDon"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        values.extend(context.hydrogen_bonds().map(Ok));
    }
}

/// Lipinski's rule of five and Ghose's filter: 1 where passed.
pub(crate) mod filters {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend(["Lipinski", "GhoseFilter"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let mass = context.heavy.molecule.isotope_mass();
        let [log_p, refractivity] = crippen::totals(context);
        let [acceptors, donors] = context.hydrogen_bonds();
        let lipinski = donors <= 5.0 && acceptors <= 10.0 && mass <= 500.0 && log_p <= 5.0;
        let ghose = (160.0..=480.0).contains(&mass)
            && (20..=70).contains(&context.full.count())
            && (-0.4..=5.6).contains(&log_p)
            && (40.0..=130.0).contains(&refractivity);
        values.extend([lipinski, ghose].map(|passed| Ok(f64::from(u8::from(passed)))));
    }
}

/// Solubility after Filter-it.
pub(crate) mod solubility {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.push("FilterItLogS".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let mut sum = 0.89823 - 0.10369 * molecule.molar_mass().sqrt();
        let mut in_ring = vec![false; molecule.atoms().len()];
        molecule.rings().iter().flat_map(|ring| &ring.atoms).for_each(|&atom| in_ring[atom] = true);
        for (index, atom) in molecule.atoms().iter().enumerate() {
            let hydrogens = molecule.total_hydrogens(index);
            let valence = atom.total_valence();
            let degree = molecule.total_degree(index);
            sum += match (atom.number, atom.aromatic, hydrogens) {
                (7, false, 0) if degree == 3 && valence == 3 => 0.71535,
                (7, false, 2) if degree == 3 && valence == 3 => 0.41056,
                (7, true, 0) if degree == 3 => 0.82535,
                (8, false, 0) if degree == 2 && valence == 2 => 0.31464,
                (8, false, 0) if degree == 1 && valence == 2 => 0.14787,
                (8, false, 1) if degree == 2 && valence == 2 => 0.62998,
                (6, false, 2) if !in_ring[index] => -0.35634,
                (6, false, 3) if !in_ring[index] => -0.33888,
                (6, false, 0) if in_ring[index] => -0.21912,
                (6, false, 2) => -0.23057,
                (6, true, _) if atom.hydrogens() == 0 => -0.37570,
                (6, true, _) if atom.hydrogens() == 1 => -0.22435,
                (9, false, _) => -0.21728,
                (17, false, _) => -0.49721,
                (35, false, _) => -0.57982,
                (53, false, _) => -0.51547,
                _ => 0.0,
            };
        }
        values.push(Ok(sum));
    }
}

/// Bonds that turn freely, by RDKit's strict definition.
pub(crate) mod rotatable {
    use super::*;

    pub(crate) const SMARTS: [&str; 1] = ["[!$(*#*)&!d1&!$(C(F)(F)F)&!$(C(Cl)(Cl)Cl)&!$(C(Br)(Br)Br)\
        &!$(C([CH3])([CH3])[CH3])&!$([CD3](=[N,O,S])-!@[#7,O,S!D1])&!$([#7,O,S!D1]-!@[CD3]=[N,O,S])\
        &!$([CD3](=[N+])-!@[#7!D1])&!$([#7!D1]-!@[CD3]=[N+])]-,:;!@[!$(*#*)&!d1&!$(C(F)(F)F)\
        &!$(C(Cl)(Cl)Cl)&!$(C(Br)(Br)Br)&!$(C([CH3])([CH3])[CH3])]"];

    pub fn names(names: &mut Vec<String>) {
        names.extend(["nRot", "RotRatio"].map(String::from));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        static CELL: OnceLock<Vec<Pattern>> = OnceLock::new();
        let molecule = &context.heavy.molecule;
        let count = patterns(&CELL, &SMARTS).first().map_or(0, |pattern| pattern.count(molecule)) as f64;
        values.push(Ok(count));
        values.push(ratio(count, molecule.bonds().len() as f64, MissingReason::NothingToAverage));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_read() {
        for smarts in acid_base::SMARTS.iter().chain(&HYDROGEN_BONDS).chain(&rotatable::SMARTS) {
            assert!(Pattern::parse(smarts).is_ok(), "{smarts}");
        }
    }
}
