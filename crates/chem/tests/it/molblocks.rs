//! Molblocks and SDF records.
//!
//! `molblock_reference.sdf` was written by `benches/peers/chem/molblock_reference.py fingerprint_structures.smi … 60` with
//! RDKit 2026.09.1, `drawn_reference.sdf` by `benches/peers/chem/drawn_reference.py` with the same.

use matdock_chem::{Molecule, SdfRecord};

const REFERENCE: &str = include_str!("../molblock_reference.sdf");
const DRAWN: &str = include_str!("../drawn_reference.sdf");

/// A block with these atoms (symbols) and bonds (numbers of atoms from 1, kind), and what else is to stand in it.
fn block(atoms: &[&str], bonds: &[(usize, usize, usize)], more: &str) -> String {
    let atoms: Vec<String> = atoms.iter().map(|symbol| format!("{:>10}{:>10}{:>10} {symbol}", 0.0, 0.0, 0.0)).collect();
    let bonds: Vec<String> = bonds.iter().map(|(a, b, kind)| format!("{a:>3}{b:>3}{kind:>3}  0")).collect();
    let counts = format!("{:>3}{:>3}  0  0  0  0            999 V2000", atoms.len(), bonds.len());
    format!("name\n\n\n{counts}\n{}\n{}\n{more}M  END\n", atoms.join("\n"), bonds.join("\n"))
}

fn canonical(block: &str) -> String {
    Molecule::from_molblock(block).map_or_else(|error| error.to_string(), |molecule| molecule.canonical_smiles())
}

/// Compares the structure of each record with the SMILES in its data; returns how many there are.
fn compare(reference: &str) -> usize {
    let texts = reference.split("$$$$\n").filter(|text| !text.trim().is_empty());
    let compare = |text| {
        let record = SdfRecord::parse(text);
        assert_eq!(record.molecule().unwrap().canonical_smiles(), record.properties[0].1, "{}", record.name);
    };
    texts.map(compare).count()
}

#[test]
fn structures_are_those_rdkit_reads() {
    assert_eq!(compare(REFERENCE), 60);
}

#[test]
fn handedness_and_double_bonds_are_read_as_drawn() {
    assert_eq!(compare(DRAWN), 53);
}

#[test]
fn coordinates_that_are_none_tell_nothing() {
    let drawn = |x: &str, y: &str| {
        format!(
            "name\n\n\n  4  3  0  0  0  0            999 V2000\n\
             {x:>10}    0.0000    0.0000 C\n    1.0000{y:>10}    0.0000 F\n\
             \u{20}  -1.0000    0.5000    0.0000 Cl\n    0.0000   -1.0000    0.0000 Br\n\
             \u{20} 1  2  1  1\n  1  3  1  0\n  1  4  1  0\nM  END\n"
        )
    };
    assert_eq!(canonical(&drawn("0.0", "0.5")), "F[C@H](Cl)Br");
    for odd in ["NaN", "inf", "1e300", "-1e308", "far", ""] {
        assert_eq!(canonical(&drawn("0.0", odd)), "FC(Cl)Br", "{odd}");
        assert_eq!(canonical(&drawn(odd, odd)), "FC(Cl)Br", "{odd}");
    }
}

#[test]
fn charges_isotopes_radicals_and_hydrogens_are_read() {
    assert_eq!(canonical(&block(&["N", "C"], &[(1, 2, 1)], "M  CHG  1   1   1\n")), "C[NH3+]");
    assert_eq!(canonical(&block(&["C", "O"], &[(1, 2, 1)], "M  ISO  1   1  13\n")), "[13CH3]O");
    assert_eq!(canonical(&block(&["C", "C"], &[(1, 2, 1)], "M  RAD  1   2   2\n")), "[CH2]C");
    assert_eq!(canonical(&block(&["C", "H", "Cl"], &[(1, 2, 1), (1, 3, 1)], "")), "CCl");
    assert_eq!(canonical(&block(&["C   0  5", "*"], &[(1, 2, 1)], "")), "*[CH2-]");
    let ring: Vec<_> = (1..=6).map(|at| (at, at % 6 + 1, 4)).collect();
    assert_eq!(canonical(&block(&["C"; 6], &ring, "")), "c1ccccc1");
}

#[test]
fn data_of_a_record_have_names() {
    let text = block(&["O"], &[], "") + "> 25 <melting point> (7)\n273.15\n\n>  <remark>\ntwo\nlines\n\n";
    let record = SdfRecord::parse(&text);
    let expected = [("melting point", "273.15"), ("remark", "two lines")];
    assert_eq!(record.properties, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(record.name, "name");
}

#[test]
fn errors_name_the_line() {
    let refused = |block: &str, line: usize, part: &str| {
        let error = Molecule::from_molblock(block).unwrap_err();
        assert!(error.line == line && error.to_string().contains(part), "{error}");
    };
    refused("", 1, "ends before");
    refused("a\nb\nc\nd\n", 4, "fourth line");
    refused(&block(&["C", "Xy"], &[(1, 2, 1)], ""), 6, "\"Xy\" is no element");
    refused(&block(&["C", "C"], &[(1, 3, 1)], ""), 7, "no bond");
    refused(&block(&["C", "C"], &[(1, 2, 7)], ""), 7, "kind 7");
    refused(&block(&["C", "C"], &[(1, 2, 1), (2, 1, 1)], ""), 6, "two bonds");
    refused(&block(&["C", "O"], &[(1, 2, 3)], ""), 6, "O has 3 bonds");
    refused(&block(&["C"], &[], "M  CHG  1   9   1\n"), 7, "charge");
    refused("a\n\n\n  2  1  0  0  0  0            999 V2000\n", 5, "ends before");
    refused("a\n\n\n  0  0  0  0  0  0            999 V3000\nM  END\n", 4, "no atom");
}
