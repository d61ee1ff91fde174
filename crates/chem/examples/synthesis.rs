//! Compares the synthetic-accessibility score with reference values.
//!
//! `cargo run --release -p matdock-chem --example synthesis -- REFERENCE.csv`
//!
//! The file is written by `benches/peers/chem/synthesis_reference.py`.

use std::error::Error;

use matdock_chem::{Molecule, Synthesis};

fn main() -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(std::env::args().nth(1).ok_or("name a file of reference values")?)?;
    let (mut found, mut full, mut packed, mut different) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for line in text.lines().skip(1) {
        let mut cells = line.trim_end().rsplitn(3, ',');
        let mut number = || cells.next().unwrap_or_default().parse::<f64>();
        let (of_packed, of_all) = (number()?, number()?);
        let smiles = cells.next().unwrap_or_default().trim_matches('"');
        let Ok(molecule) = Molecule::from_smiles(smiles) else {
            println!("not read: {smiles}");
            continue;
        };
        let score = Synthesis::describe(&molecule).first().copied().and_then(Result::ok).unwrap_or(f64::NAN);
        if score.is_nan() || (score - of_packed).abs() > 1e-6 {
            different += 1;
            if different <= 40 {
                println!("{score:.4} instead of {of_packed:.4}: {smiles}");
            }
        }
        found.push(score);
        full.push(of_all);
        packed.push(of_packed);
    }
    let count = found.len() as f64;
    let off: Vec<f64> = found.iter().zip(&full).map(|(a, b)| (a - b).abs()).collect();
    println!("{count} structures, {different} differ from the same fragments in RDKit by more than 1e-6");
    println!(
        "all fragments in RDKit: mean absolute difference {:.4}, largest {:.2}, rank correlation {:.5}",
        off.iter().sum::<f64>() / count,
        off.iter().copied().fold(0.0, f64::max),
        correlation(&ranks(&found), &ranks(&full))
    );
    Ok(())
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for run in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let first = order.partition_point(|&at| values[at] < values[run[0]]);
        run.iter().for_each(|&at| ranks[at] = first as f64 + (run.len() as f64 - 1.0) / 2.0);
    }
    ranks
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (of_a, of_b) = (mean(a), mean(b));
    let product = |x: &[f64], m: f64, y: &[f64], n: f64| x.iter().zip(y).map(|(x, y)| (x - m) * (y - n)).sum::<f64>();
    product(a, of_a, b, of_b) / (product(a, of_a, a, of_a) * product(b, of_b, b, of_b)).sqrt()
}
