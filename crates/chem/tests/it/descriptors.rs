//! Mordred's and RDKit's descriptors, compared with the reference implementations.
//!
//! `rdkit_reference.csv` was written by `benches/peers/chem/rdkit_reference.py rdkit_structures.smi … 9` with RDKit
//! 2026.09.1; the structures are of ESOL, FreeSolv, Lipophilicity, AqSolDB and capped repeat units, chosen so that nearly
//! every descriptor and every missing value occurs, without those of which `docs/figures.md` says that they differ.
//!
//! `mordred_reference.csv` was written by `benches/peers/chem/mordred_reference.py mordred_structures.smi … 9` with
//! mordredcommunity 2.0.7 on RDKit 2026.09.1. Fifty structures were chosen by hand; two hundred of ESOL, FreeSolv, Lipophilicity,
//! AqSolDB and capped repeat units so that every column has its missing values, zeros, signs and orders of magnitude as often
//! as they can have them. Values have eight or nine digits.

use matdock_chem::{DescriptorValue, MissingReason, Molecule, Mordred, Pattern, Polymer, Rdkit, Synthesis};

const REFERENCE: &str = include_str!("../mordred_reference.csv");
/// Written by `benches/peers/chem/synthesis_reference.py` with RDKit 2026.09.1: 60 structures each of AqSolDB, ZINC and
/// repeat units, drawn at random (seed 7), less one whose centres of handedness are counted otherwise.
const SYNTHESIS_REFERENCE: &str = include_str!("../synthesis_reference.csv");
const RDKIT_REFERENCE: &str = include_str!("../rdkit_reference.csv");

fn value(smiles: &str, name: &str) -> Result<f64, MissingReason> {
    let place = Mordred::names().iter().position(|other| other == name).unwrap();
    Mordred::describe(&Molecule::from_smiles(smiles).unwrap())[place]
}

#[test]
fn names_are_those_of_mordred_in_its_order() {
    let header: Vec<&str> = REFERENCE.lines().next().unwrap().trim().split(',').skip(1).collect();
    assert_eq!(Mordred::names(), header);
    assert_eq!(header.len(), 1613);
}

/// Cells of a reference that a set does not compute.
fn differences(reference: &str, names: &[String], describe: fn(&Molecule) -> Vec<DescriptorValue>) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in reference.lines().skip(1) {
        let (smiles, cells) = line.trim_end().split_once(',').unwrap();
        let values = describe(&Molecule::from_smiles(smiles).unwrap());
        for ((name, cell), value) in names.iter().zip(cells.split(',')).zip(values) {
            let equal = match (cell.parse::<f64>(), value) {
                (Ok(expected), Ok(found)) => (expected - found).abs() <= 1e-6 * expected.abs().max(1e-2),
                (Err(_), Err(_)) => true,
                _ => false,
            };
            if !equal {
                wrong.push(format!("{smiles} {name}: expected {cell}, found {value:?}"));
            }
        }
    }
    wrong
}

#[test]
fn values_are_those_of_mordred() {
    let wrong = differences(REFERENCE, Mordred::names(), Mordred::describe);
    assert!(wrong.is_empty(), "{} cells differ: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

#[test]
fn values_are_those_of_rdkit() {
    let header: Vec<&str> = RDKIT_REFERENCE.lines().next().unwrap().trim().split(',').skip(1).collect();
    assert_eq!(Rdkit::names(), header);
    let wrong = differences(RDKIT_REFERENCE, Rdkit::names(), Rdkit::describe);
    assert!(wrong.is_empty(), "{} cells differ: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

/// Equal to RDKit's score with the same fragments, and close to that with all of RDKit's fragments.
#[test]
fn synthetic_accessibility_is_that_of_rdkit() {
    for line in SYNTHESIS_REFERENCE.lines().skip(1) {
        let cells: Vec<&str> = line.rsplitn(3, ',').collect();
        let number = |at: usize| cells[at].parse::<f64>().unwrap();
        let found = Synthesis::describe(&Molecule::from_smiles(cells[2]).unwrap())[0].unwrap();
        assert!((found - number(0)).abs() < 1e-6, "{}: {found} instead of {}", cells[2], number(0));
        assert!((found - number(1)).abs() < 0.25, "{}: {found}, with all fragments {}", cells[2], number(1));
    }
}

#[test]
fn a_value_that_does_not_exist_says_why() {
    assert_eq!(value("[Na+].[Cl-]", "SpMax_A"), Err(MissingReason::SeveralFragments));
    assert_eq!(value("*CC*", "Mv"), Err(MissingReason::UnknownProperty));
    assert_eq!(value("CCO", "MAXaaCH"), Err(MissingReason::NothingToAverage));
    assert_eq!(value("F[P-](F)(F)(F)(F)F", "ETA_eta_R"), Err(MissingReason::NoAlkane));
    assert_eq!(value(&"C".repeat(501), "SpMax_A"), Err(MissingReason::TooLarge));
    assert_eq!(value(&"C".repeat(5_000), "nAtom"), Err(MissingReason::TooManyAtoms));
    assert!(MissingReason::NoAlkane.message().to_string().contains("four bonds"));
}

#[test]
fn every_reason_for_a_missing_value_occurs() {
    let cage = "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5\
                c1c1c6c2c3c41";
    let (long, longer) = ("C".repeat(501), "C".repeat(5_000));
    let structures =
        ["[Na+].[Cl-]", "*CC*", "CCO", "C", "CC", "F[P-](F)(F)(F)(F)F", cage, &long, &longer, "OCC(O)C[N+](=O)[O-]"];
    let mut found: Vec<MissingReason> = Vec::new();
    for smiles in structures {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let values = Mordred::describe(&molecule).into_iter().chain(Rdkit::describe(&molecule));
        found.extend(values.chain(Polymer::describe(&molecule)).filter_map(Result::err));
    }
    found.sort();
    found.dedup();
    let all = [
        MissingReason::SeveralFragments,
        MissingReason::UnknownProperty,
        MissingReason::NothingToAverage,
        MissingReason::NoSpread,
        MissingReason::NotPositive,
        MissingReason::NoAlkane,
        MissingReason::TooEntangled,
        MissingReason::TooLarge,
        MissingReason::TooManyAtoms,
        MissingReason::NotARepeatUnit,
    ];
    assert_eq!(found, all);
}

#[test]
fn a_cage_does_not_explode() {
    let fullerene = "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c\
                     %11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41";
    assert_eq!(value(fullerene, "nC"), Ok(60.0));
    assert_eq!(value(fullerene, "DetourIndex"), Err(MissingReason::TooEntangled));
}

#[test]
fn patterns_find_groups() {
    let count =
        |smarts: &str, smiles: &str| Pattern::parse(smarts).unwrap().count(&Molecule::from_smiles(smiles).unwrap());
    assert_eq!(count("[OX2H]", "OCC(O)CO"), 3);
    assert_eq!(count("c1ccccc1", "c1ccc2ccccc2c1"), 2);
    assert_eq!(count("[$(C(=O)[OH]),$(S(=O)(=O)[OH])]", "OC(=O)CS(=O)(=O)O"), 2);
    assert_eq!(count("C!@C", "C1CC1CC"), 2);
    assert_eq!(count("[!#6;!#1]", "CCOCN"), 2);
    assert_eq!(Pattern::parse("[C").unwrap_err().position, 3);
}
