//! Copolymers, mixtures, and what a dock keeps, as a person meets them.

use std::{fs, path::Path};

use matdock_chem::Basis;

use super::{
    tests::{run, table, wish},
    *,
};

struct Written(crate::table::Table);

impl Written {
    fn of(path: &Path) -> Self {
        Self(crate::table::read(path).unwrap())
    }

    fn text(&self, row: usize, name: &str) -> String {
        self.0.cell(row, self.0.find(name).unwrap_or_else(|| panic!("no column {name}"))).to_string()
    }

    fn number(&self, row: usize, name: &str) -> f64 {
        self.text(row, name).parse().unwrap()
    }
}

fn described(folder: &tempfile::TempDir, text: &str, change: impl Fn(&mut Wish)) -> (Described, Written) {
    let input = table(folder, "in.csv", text);
    let mut wish = wish(&input, "out.csv");
    change(&mut wish);
    let described = run(&wish).unwrap();
    let written = Written::of(&wish.output);
    (described, written)
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-4 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[test]
fn a_copolymer_in_a_cell_is_the_mean_of_its_units() {
    let folder = tempfile::tempdir().unwrap();
    let text = "smiles\n\"{$CC$:0.75,$CC(C)$:0.25}\"\n*CC*:0.5|CCO:0.5\n\"{$CC$,$CC(C)$}\"\nCCO\n*CC*:0.5|C(:0.5\n";
    let (described, written) = described(&folder, text, |wish| wish.ends = Some(Ends::Hydrogen));
    assert_eq!((described.rows, described.unreadable), (5, 1));
    near(written.number(0, "nC@H"), 2.25);
    near(written.number(1, "nO@H"), 0.5);
    near(written.number(2, "nC@H"), 2.5);
    near(written.number(3, "nC@H"), 2.0);
    assert!(
        written.text(4, "error").starts_with("part 2 of the mixture: SMILES \"C(\""),
        "{}",
        written.text(4, "error")
    );
}

#[test]
fn a_table_of_polymers_and_salts_is_described_by_molality() {
    let folder = tempfile::tempdir().unwrap();
    let text = "psmiles,salt_smiles,molality [mol/kg]\n*CCO*,[Li+].[Cl-],1\n*CCO*,,\n*CCO*,[Li+].[Cl-],\n*CCO*,,0.5\n";
    let (described, written) = described(&folder, text, |wish| {
        wish.ends = Some(Ends::Hydrogen);
        wish.mixtures.components = vec!["polymer=psmiles".into(), "salt=salt_smiles:molality".into()];
        wish.mixtures.each = true;
    });
    assert_eq!((described.rows, described.unreadable), (4, 2));
    near(written.number(0, "salt.mole_fraction"), 1.0 / 23.6996);
    near(written.number(0, "mole.nO@H"), 22.6996 / 23.6996);
    near(written.number(0, "salt.nHeavyAtom@H"), 2.0);
    // A salt in two pieces has no such eigenvalue, so the mixture has none.
    assert!(written.text(0, "missing").contains("salt: "), "{}", written.text(0, "missing"));
    assert_eq!(written.text(0, "mole.SpMax_A@H"), "");
    assert_eq!(written.text(1, "salt.mole_fraction"), "0");
    assert!(written.text(1, "missing").contains("there is no salt"), "{}", written.text(1, "missing"));
    assert!(written.text(2, "error").starts_with("salt: there is a structure without"));
    assert!(written.text(3, "error").starts_with("salt: there is an amount without"));
}

#[test]
fn fractions_by_mass_and_by_mole_are_converted() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "smiles_1,x_1 [mol%],smiles_2,x_2 [mol%]\n*CC*,50,*CC(C)*,50\n*CC*,33.3,*CC(C)*,66.6\n*CC*,50,*CC(C)*,70\n";
    let (described, written) = described(&folder, text, |wish| {
        wish.ends = Some(Ends::Hydrogen);
        wish.mixtures.components = vec!["smiles_1:x_1".into(), "smiles_2:x_2".into()];
        wish.mixtures.by = Some(Basis::Mass);
    });
    assert_eq!((described.rows, described.unreadable, described.scaled), (3, 1, 1));
    near(written.number(0, "smiles_1.mass_fraction"), 0.4);
    near(written.number(0, "mass.nC@H"), 2.6);
    assert!(written.text(2, "error").contains("add up to 1.2"), "{}", written.text(2, "error"));
}

#[test]
fn a_filler_may_be_a_formula_beside_molecules() {
    let folder = tempfile::tempdir().unwrap();
    let text = "psmiles,filler formula,filler [wt%]\n*CCO*,Al2O3,10\n";
    let (_, written) = described(&folder, text, |wish| {
        wish.ends = Some(Ends::Hydrogen);
        wish.mixtures.components = vec!["polymer=psmiles".into(), "filler=filler formula:filler".into()];
        wish.mixtures.by = Some(Basis::Mass);
    });
    near(written.number(0, "filler.mass_fraction"), 0.1);
    near(written.number(0, "mass.MagpieData maximum Number@H"), 0.9 * 8.0 + 0.1 * 13.0);
}

#[test]
fn what_components_cannot_be_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.csv", "smiles_1,x [K],smiles_2,v [vol%]\nC,1,CC,2\n");
    let refused = |components: &[&str], part: &str| {
        let mut wish = wish(&input, "out.csv");
        wish.mixtures.components = components.iter().map(|text| (*text).to_owned()).collect();
        let error = run(&wish).unwrap_err().to_string();
        assert!(error.contains(part) && !wish.output.exists(), "{error}");
    };
    refused(&["smiles_1:x"], "no unit of an amount");
    refused(&["smiles_1:v"], "by volume");
    refused(&["smiles_3:x"], "smiles_3");
    refused(&["a=smiles_1", "a=smiles_2"], "named twice");
}

#[test]
fn a_dock_keeps_descriptors_and_the_table_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let text = "smiles\nCCO\nOCC\n*CC*\nC(\nCCO\n";
    let rows: String = (1..520).map(|n| format!("{}O\n", "C".repeat(1 + n % 5))).collect();
    let text = format!("{text}{rows}");
    let dock = folder.path().join("dock");
    let mut tables = Vec::new();
    for known in [false, true] {
        let (described, _) = described(&folder, &text, |wish| {
            wish.ends = Some(Ends::Hydrogen);
            wish.sets = vec!["mordred".into()];
            wish.dock = Some(dock.clone());
        });
        let kept = described.kept.unwrap();
        assert_eq!(kept.found + kept.computed, 523, "{kept:?}");
        assert_eq!(kept.computed == 0, known, "{kept:?}");
        tables.push(fs::read(folder.path().join("out.csv")).unwrap());
    }
    assert_eq!(tables[0], tables[1]);
}

#[test]
fn columns_that_say_nothing_of_their_notation_are_read_as_the_sets_need() {
    let folder = tempfile::tempdir().unwrap();
    let text = "structure\nCCO\n";
    let (molecules, _) = described(&folder, text, |wish| wish.sets = vec!["maccs".into()]);
    assert_eq!((molecules.notation, molecules.unreadable), (Notation::Smiles, 0));
    let (formulas, _) = described(&folder, text, |_| {});
    assert_eq!((formulas.notation, formulas.unreadable), (Notation::Formula, 0));
}

#[test]
fn identifiers_with_zeros_in_front_and_columns_named_twice() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.csv", "\u{feff}id,formula\r\n007,NaCl\r\n008,KCl\r\n");
    run(&wish(&input, "out.parquet")).unwrap();
    let again = Input::open(&input.with_file_name("out.parquet")).unwrap().next_block(9).unwrap().unwrap();
    assert_eq!(again[0].cells[..2], ["007", "NaCl"]);
    let input = table(&folder, "twice.csv", "formula,x,x\nNaCl,1,2\n");
    let error = run(&wish(&input, "o.csv")).unwrap_err().to_string();
    assert!(error.contains("two columns \"x\""), "{error}");
    let input = table(&folder, "header.csv", "formula,x\n");
    assert_eq!(run(&wish(&input, "o.csv")).unwrap().rows, 0);
}
