//! Fingerprints and canonical SMILES, compared with those of RDKit.
//!
//! `fingerprint_reference.csv` was written by `benches/peers/chem/fingerprint_reference.py fingerprint_structures.smi …`
//! with RDKit 2026.09.1; the structures are taken from AqSolDB, ZINC and a collection of polymers so that every MACCS
//! key and every element they have occurs.

use matdock_chem::{FingerprintKind, FingerprintTable, Fingerprinter, Molecule};

const REFERENCE: &str = include_str!("../fingerprint_reference.csv");

fn morgan(smiles: &str) -> matdock_chem::Fingerprint {
    Fingerprinter::named("morgan").unwrap().bits(&Molecule::from_smiles(smiles).unwrap())
}

/// FNV-1a, 64 bits.
fn digest(parts: impl Iterator<Item = String>) -> String {
    let text = parts.collect::<Vec<_>>().join(" ");
    let step = |digest: u64, byte: u8| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

#[test]
fn fingerprints_are_those_of_rdkit() {
    let makers: Vec<_> = Fingerprinter::NAMES.iter().map(|name| (name, Fingerprinter::named(name).unwrap())).collect();
    let mut wrong = Vec::new();
    for line in REFERENCE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let molecule = Molecule::from_smiles(cells[0]).unwrap();
        for ((name, maker), expected) in makers.iter().zip(cells[2..].chunks(2)) {
            let bits = maker.bits(&molecule);
            let places = format!("{}:{}", bits.count(), digest(bits.places().map(|place| place.to_string())));
            let counts = maker.counts(&molecule);
            let counts = digest(counts.iter().map(|(place, count)| format!("{place}:{count}")));
            if [places.as_str(), counts.as_str()] != *expected {
                wrong.push(format!("{name} of {}", cells[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

#[test]
fn canonical_smiles_are_those_of_rdkit() {
    for line in REFERENCE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(Molecule::from_smiles(cells[0]).unwrap().canonical_smiles(), cells[1], "{}", cells[0]);
    }
}

#[test]
fn size_and_radius_can_be_chosen() {
    let molecule = Molecule::from_smiles("CCO").unwrap();
    let count = |radius, size| Fingerprinter::new(FingerprintKind::Morgan { radius }, size).bits(&molecule).count();
    // Three atoms, then two ends; everything has been seen beyond that.
    assert_eq!((count(0, 2048), count(1, 2048), count(5, 2048)), (3, 6, 6));
    assert_eq!(Fingerprinter::new(FingerprintKind::Torsions, 64).bits(&molecule).size(), 64);
}

#[test]
fn the_most_similar_come_first_whatever_the_order_of_adding() {
    let smiles = ["c1ccccc1", "CCCCO", "CCO", "CCN", "CCO", "[Na+]"];
    let mut table = FingerprintTable::new(2048);
    smiles.iter().for_each(|smiles| table.push(&morgan(smiles)));
    let hits = table.most_similar(&morgan("OCC"), 3);
    let found: Vec<_> = hits.iter().map(|hit| hit.index).collect();
    assert_eq!(found, [2, 4, 1]);
    assert_eq!(hits[1].similarity, 1.0);
    assert_eq!(hits[2].similarity, morgan("CCO").tanimoto(&morgan("CCCCO")));
}

#[test]
fn a_search_leaves_nothing_out() {
    let prints: Vec<_> = REFERENCE.lines().skip(1).map(|line| morgan(line.split(',').next().unwrap())).collect();
    let mut table = FingerprintTable::new(2048);
    prints.iter().for_each(|print| table.push(print));
    for print in prints.iter().step_by(7) {
        let mut all: Vec<_> = prints.iter().map(|other| print.tanimoto(other)).enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let found: Vec<_> = table.most_similar(print, 20).iter().map(|hit| (hit.index, hit.similarity)).collect();
        assert_eq!(found, all[..found.len()]);
        assert!(found.len() == 20 || all[found.len()].1 == 0.0);
    }
}
