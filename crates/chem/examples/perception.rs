//! Compares perception with reference values and measures its speed.
//!
//! `cargo run --release -p matdock-chem --example perception -- REFERENCE.csv...`
//!
//! Each file has the columns smiles, ok, formula, canonical_smiles and some of the counts named below, as RDKit computes them.

use std::{collections::HashMap, error::Error, time::Instant};

use matdock_chem::Molecule;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args().skip(1) {
        compare(&path)?;
    }
    Ok(())
}

fn compare(path: &str) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let header = fields(lines.next().unwrap_or_default());
    let column: HashMap<&str, usize> = header.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let rows: Vec<Vec<String>> = lines.map(fields).collect();
    let start = Instant::now();
    let molecules: Vec<_> = rows.iter().map(|row| Molecule::from_smiles(&row[column["smiles"]])).collect();
    let seconds = start.elapsed().as_secs_f64();
    let mut wrong: HashMap<&str, usize> = HashMap::new();
    let mut shown = 0;
    for (row, molecule) in rows.iter().zip(&molecules) {
        let smiles = &row[column["smiles"]];
        let readable = row[column["ok"]] == "1";
        let differences = match molecule {
            Ok(_) if !readable => vec![("ok", "0".to_owned(), "1".to_owned())],
            Err(_) if !readable => Vec::new(),
            Err(error) => vec![("ok", "1".to_owned(), error.to_string())],
            Ok(molecule) => differences(molecule, row, &column),
        };
        for (name, expected, found) in differences {
            *wrong.entry(name).or_default() += 1;
            shown += 1;
            if shown <= 40 {
                println!("{name}: expected {expected}, found {found}: {smiles}");
            }
        }
    }
    println!("{path}: {} structures, {:.0} per second, differences {wrong:?}", rows.len(), rows.len() as f64 / seconds);
    Ok(())
}

fn differences<'a>(
    molecule: &Molecule,
    row: &[String],
    column: &HashMap<&'a str, usize>,
) -> Vec<(&'a str, String, String)> {
    let aromatic_rings =
        molecule.rings().iter().filter(|ring| ring.bonds.iter().all(|&bond| molecule.bonds()[bond].aromatic));
    let counts = [
        ("n_heavy", molecule.atoms().iter().filter(|atom| atom.number > 1).count()),
        ("n_atoms_with_h", molecule.atoms().iter().map(|atom| 1 + atom.hydrogens()).sum()),
        ("n_bonds", molecule.bonds().len()),
        ("n_fragments", molecule.fragment_count()),
        ("n_rings", molecule.rings().len()),
        ("n_aromatic_rings", aromatic_rings.count()),
        ("n_aromatic_atoms", molecule.atoms().iter().filter(|atom| atom.aromatic).count()),
        ("radical_electrons", molecule.atoms().iter().map(|atom| usize::from(atom.radicals)).sum()),
    ];
    let mut differences = Vec::new();
    for (name, found) in counts {
        let Some((&name, &at)) = column.get_key_value(name) else { continue };
        if row[at].parse::<f64>().ok() != Some(found as f64) {
            differences.push((name, row[at].clone(), found.to_string()));
        }
    }
    if let Some((&name, &at)) = column.get_key_value("formula")
        && row[at] != molecule.formula()
    {
        differences.push((name, row[at].clone(), molecule.formula()));
    }
    if let Some((&name, &at)) = column.get_key_value("canonical_smiles") {
        let found = molecule.canonical_smiles();
        if row[at] != found {
            differences.push((name, row[at].clone(), found));
        }
    }
    differences
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap_or(&mut String::new()).push(other),
        }
    }
    fields
}
