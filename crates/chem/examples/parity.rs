//! Compares descriptors with reference values and measures their speed.
//!
//! `cargo run --release -p matdock-chem --example parity -- REFERENCE.csv [mordred|rdkit] [COLUMN]`
//!
//! The file has a column `smiles` and one for each descriptor, empty where it has no value, as
//! `benches/peers/chem/mordred_reference.py` or `rdkit_reference.py` writes it. With COLUMN the differences in that column are listed.

use std::{collections::HashMap, error::Error, time::Instant};

use matdock_chem::{DescriptorValue, Molecule, Mordred, Rdkit};

const TOLERANCE: f64 = 1e-6;

#[derive(Default)]
struct Column {
    cells: usize,
    different: usize,
    example: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a file of reference values")?;
    let rdkit = arguments.next().is_some_and(|set| set == "rdkit");
    let names = if rdkit { Rdkit::names() } else { Mordred::names() };
    let describe = if rdkit { Rdkit::describe } else { Mordred::describe };
    let wanted = arguments.next();
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').map(str::trim).collect();
    let place: HashMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let unknown: Vec<&&str> = header[1..].iter().filter(|name| !place.contains_key(**name)).collect();
    println!("{} names, {} of the reference unknown: {unknown:?}", place.len(), unknown.len());
    let rows: Vec<(&str, Vec<&str>)> = lines.map(split).collect();
    let start = Instant::now();
    let mut slowest = (0.0, "");
    let mut described: Vec<Option<Vec<DescriptorValue>>> = Vec::new();
    for (smiles, _) in &rows {
        let begin = Instant::now();
        described.push(Molecule::from_smiles(smiles).ok().map(|molecule| describe(&molecule)));
        let seconds = begin.elapsed().as_secs_f64();
        if seconds > slowest.0 {
            slowest = (seconds, smiles);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let mut columns: Vec<Column> = header.iter().map(|_| Column::default()).collect();
    let mut bad_rows: HashMap<&str, usize> = HashMap::new();
    for ((smiles, cells), values) in rows.iter().zip(&described) {
        let Some(values) = values else {
            println!("not read: {smiles}");
            continue;
        };
        for (at, cell) in cells.iter().enumerate() {
            let Some(&place) = place.get(header[at + 1]) else { continue };
            let column = &mut columns[at + 1];
            column.cells += 1;
            if equal(cell, values[place]) {
                continue;
            }
            *bad_rows.entry(smiles).or_default() += 1;
            column.different += 1;
            let example = format!("expected {cell:?}, found {:?}: {smiles}", values[place]);
            if wanted.as_deref() == Some(header[at + 1]) {
                println!("{example}");
            }
            if column.example.is_empty() || column.example.len() > example.len() {
                column.example = example;
            }
        }
    }
    report(&header, &columns, &bad_rows);
    println!(
        "{} structures, {:.0} per second, slowest {:.4} s: {}",
        rows.len(),
        rows.len() as f64 / seconds,
        slowest.0,
        slowest.1
    );
    Ok(())
}

fn report(header: &[&str], columns: &[Column], bad_rows: &HashMap<&str, usize>) {
    let mut worst: Vec<(&str, &Column)> =
        header.iter().copied().zip(columns).filter(|(_, column)| column.different > 0).collect();
    worst.sort_by_key(|(_, column)| std::cmp::Reverse(column.different));
    for (name, column) in &worst {
        println!("{name}: {} of {}: {}", column.different, column.cells, column.example);
    }
    let mut rows: Vec<_> = bad_rows.iter().collect();
    rows.sort_by_key(|(smiles, count)| (std::cmp::Reverse(**count), **smiles));
    for (smiles, count) in rows.iter().take(60) {
        println!("{count} cells differ: {smiles}");
    }
    let cells: usize = columns.iter().map(|column| column.cells).sum();
    let different: usize = columns.iter().map(|column| column.different).sum();
    let equal = columns.iter().filter(|column| column.cells > 0 && column.different == 0).count();
    let share = 100.0 * (cells - different) as f64 / cells.max(1) as f64;
    println!("{share:.4} % of {cells} cells equal; {equal} of {} columns without a difference", columns.len() - 1);
}

fn equal(cell: &str, value: DescriptorValue) -> bool {
    match (cell.parse::<f64>(), value) {
        (Ok(expected), Ok(found)) => (expected - found).abs() <= TOLERANCE * expected.abs().max(found.abs()).max(1e-3),
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// The SMILES, quoted or not, and the other cells.
fn split(line: &str) -> (&str, Vec<&str>) {
    let (smiles, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\",").unwrap_or((quoted, "")),
        None => line.split_once(',').unwrap_or((line, "")),
    };
    (smiles, rest.split(',').collect())
}
