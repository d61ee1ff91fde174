//! Texts that are almost structures, formulas or patterns are read or refused, never too much.

use matdock_chem::{Composition, Fingerprinter, Molecule, Pattern, SdfRecord};
use proptest::prelude::*;

const STRUCTURES: &str = include_str!("../fingerprint_structures.smi");
const DRAWN: &str = include_str!("../drawn_reference.sdf");
const FORMULAS: [&str; 4] = ["Li1.3Al0.3Ti1.7(PO4)3", "CuSO4.5H2O", "[Co(NH3)6]Cl3", "Ba0.5Sr0.5TiO3"];
const PATTERNS: [&str; 3] = ["[CX3](=O)[OX2H1]", "[$([N;!H0;v3,v4&+1]),n&H1&+0]", "[R]@1@[R]@[R]@[R]@[R]@1"];

/// One of the texts with a few characters put in, replaced or cut away.
fn almost(texts: Vec<String>) -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), "[CNOSPclnos()\\[\\]=#$:/\\\\.%0-9@H+*~&,;!-]{0,3}", 0..3_usize);
    (prop::sample::select(texts), prop::collection::vec(change, 1..5)).prop_map(|(text, changes)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, put, cut) in changes {
            let at = at.index(characters.len() + 1);
            let end = (at + cut).min(characters.len());
            characters.splice(at..end, put.chars());
        }
        characters.into_iter().collect()
    })
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

proptest! {
    #[test]
    fn what_is_almost_a_smiles_is_refused_or_has_a_canonical_form(
        text in almost(STRUCTURES.lines().map(str::to_owned).collect())
    ) {
        if let Ok(molecule) = Molecule::from_smiles(&text) {
            let canonical = molecule.canonical_smiles();
            prop_assert!(Molecule::from_smiles(&canonical).is_ok(), "{} gave {}", text, canonical);
            for name in Fingerprinter::NAMES {
                prop_assert!(Fingerprinter::named(name).unwrap().bits(&molecule).count() <= 2048);
            }
        }
    }

    #[test]
    fn what_is_almost_a_formula_or_a_pattern_does_no_harm(
        formula in almost(owned(&FORMULAS)),
        pattern in almost(owned(&PATTERNS)),
    ) {
        let molecule = Molecule::from_smiles("OC(=O)c1ccccc1N.[Na+]").unwrap();
        if let Ok(composition) = Composition::parse(&formula) {
            prop_assert!(composition.molar_mass() > 0.0);
        }
        if let Ok(pattern) = Pattern::parse(&pattern) {
            prop_assert!(pattern.count(&molecule) <= 1 << 20);
        }
    }

    #[test]
    fn what_is_almost_a_molblock_is_refused_or_has_a_canonical_form(
        text in almost(DRAWN.split("$$$$\n").map(str::to_owned).collect())
    ) {
        if let Ok(molecule) = SdfRecord::parse(&text).molecule() {
            let canonical = molecule.canonical_smiles();
            prop_assert!(Molecule::from_smiles(&canonical).is_ok(), "{} gave {}", text, canonical);
        }
    }
}
