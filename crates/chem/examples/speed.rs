//! Measures how fast structures are read and described, on one core.
//!
//! `cargo run --release -p matdock-chem --example speed -- STRUCTURES.smi` with one SMILES per line.

use std::{error::Error, time::Instant};

use matdock_chem::{Molecule, Mordred};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a file with one SMILES per line")?;
    let text = std::fs::read_to_string(path)?;
    // What is built once is built before the clock runs.
    Mordred::describe(&Molecule::from_smiles("CCO")?);
    let mut seconds = Vec::new();
    let mut slowest = (0.0, "");
    for smiles in text.lines() {
        let start = Instant::now();
        let described = Molecule::from_smiles(smiles).map(|molecule| Mordred::describe(&molecule));
        let taken = start.elapsed().as_secs_f64();
        if described.is_ok() {
            seconds.push(taken);
        }
        if taken > slowest.0 {
            slowest = (taken, smiles);
        }
    }
    let total: f64 = seconds.iter().sum();
    seconds.sort_by(f64::total_cmp);
    let at = |share: f64| seconds.get((share * seconds.len() as f64) as usize).copied().unwrap_or_default() * 1e3;
    println!(
        "{} structures, {:.0} per second, median {:.3} ms, 99 % below {:.3} ms",
        seconds.len(),
        seconds.len() as f64 / total,
        at(0.5),
        at(0.99)
    );
    println!("slowest {:.3} ms: {}", slowest.0 * 1e3, slowest.1);
    Ok(())
}
