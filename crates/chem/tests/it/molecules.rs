//! Structures read from SMILES, compared with what RDKit 2026.09.1 finds in them.

use matdock_chem::{Chirality, Hybridization, Molecule, SmilesProblem};
use proptest::prelude::*;

fn read(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).unwrap()
}

fn problem(smiles: &str) -> (usize, SmilesProblem) {
    let error = Molecule::from_smiles(smiles).unwrap_err();
    (error.position, error.problem)
}

#[test]
fn hydrogens_fill_the_valence() {
    for (smiles, formula) in [
        ("C", "CH4"),
        ("[H]C([H])([H])[H]", "CH4"),
        ("CN(=O)=O", "CH3NO2"),
        ("CS(C)(=O)=O", "C2H6O2S"),
        ("[NH4+].[Cl-]", "H4ClN"),
        ("Cl(=O)(=O)(=O)O", "HClO4"),
        ("*CC(*)c1ccccc1", "C8H8*2"),
        ("[2H]C", "CH4"),
        ("O[Si](O)(O)O", "H4O4Si"),
        ("F[P-](F)(F)(F)(F)F.[Li+]", "F6LiP"),
    ] {
        assert_eq!(read(smiles).formula(), formula, "{smiles}");
    }
}

#[test]
fn aromatic_rings_are_found_in_either_form() {
    for (smiles, aromatic) in [
        ("C1=CC=CC=C1", 6),
        ("c1ccccc1", 6),
        ("c1ccc2ccccc2c1", 10),
        ("C1=CC=CN1", 5),
        ("[nH]1cccc1", 5),
        ("O=c1cc[nH]cc1", 6),
        ("C1=CC=CC1", 0),
        ("c1ccc2cccc2cc1", 10),
        ("[cH-]1cccc1", 5),
        ("C1=CC=CC=CC=C1", 0),
        ("c1ccsc1-c1ccc[se]1", 10),
    ] {
        assert_eq!(read(smiles).atoms().iter().filter(|atom| atom.aromatic).count(), aromatic, "{smiles}");
    }
}

#[test]
fn rings_are_the_smallest_ones_and_those_that_could_replace_them() {
    for (smiles, sizes) in [
        ("C1CC2CC1CC2", vec![5, 5]),
        ("C1CC2CCC1CC2", vec![6, 6, 6]),
        ("C12C3C4C1C5C2C3C45", vec![4; 6]),
        ("C1C2CC3CC1CC(C2)C3", vec![6; 4]),
        ("CCO", vec![]),
    ] {
        let found: Vec<usize> = read(smiles).rings().iter().map(|ring| ring.atoms.len()).collect();
        assert_eq!(found, sizes, "{smiles}");
    }
}

#[test]
fn hybridisation_follows_bonds_and_lone_pairs() {
    let amide = read("CC(=O)NC#N");
    let found: Vec<_> = amide.atoms().iter().map(|atom| atom.hybridization).collect();
    use Hybridization::{Sp, Sp2, Sp3};
    assert_eq!(found, [Sp3, Sp2, Sp2, Sp2, Sp, Sp]);
}

#[test]
fn handedness_does_not_depend_on_the_order_of_writing() {
    let one = read("N[C@@H](C)C(=O)O").atoms()[1].chirality;
    assert_ne!(one, Chirality::None);
    // Two neighbours change places: the sign turns round, the molecule stays the same.
    assert_eq!(
        read("N[C@H](C(=O)O)C").atoms()[1].chirality,
        match one {
            Chirality::Clockwise => Chirality::CounterClockwise,
            _ => Chirality::Clockwise,
        }
    );
}

#[test]
fn errors_point_at_the_character() {
    assert_eq!(problem("CC(C"), (3, SmilesProblem::Unfinished));
    assert_eq!(problem("C1CC"), (2, SmilesProblem::OpenRing(1)));
    assert_eq!(problem("CC)C"), (3, SmilesProblem::Unopened));
    assert_eq!(problem("C[Zz]C"), (3, SmilesProblem::UnknownElement("Zz".to_owned())));
    assert_eq!(problem("CC&C"), (3, SmilesProblem::Unexpected('&')));
    assert_eq!(problem("CC(C)(C)(C)C"), (2, SmilesProblem::Valence("C", 5)));
    assert_eq!(problem("Cc"), (2, SmilesProblem::AromaticOutsideRing));
    assert_eq!(problem("n1cccc1"), (1, SmilesProblem::NotAromatic));
    assert_eq!(problem("C1C1"), (4, SmilesProblem::BadRing(1)));
    assert_eq!(problem(""), (1, SmilesProblem::Empty));
    let error = Molecule::from_smiles("C1CC").unwrap_err().to_string();
    assert!(error.contains("ring 1 is opened here and never closed"), "{error}");
}

#[test]
fn deep_nesting_and_long_chains_are_read_without_recursion() {
    let branches = format!("C{}C{}", "(C".repeat(20_000), ")".repeat(20_000));
    assert_eq!(read(&branches).atoms().len(), 20_002);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in r"[CNOcnos\[\]()=#1-3%+\-@H*./\\]{0,40}") {
        let _ = Molecule::from_smiles(&text);
    }

    #[test]
    fn no_unicode_makes_the_reader_panic(text in any::<String>()) {
        let _ = Molecule::from_smiles(&text);
    }
}
