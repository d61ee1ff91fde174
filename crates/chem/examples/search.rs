//! Measures how fast structures are read and given fingerprints, and the most similar of a million are found, on one
//! core.
//!
//! `cargo run --release -p matdock-chem --example search -- STRUCTURES.smi [COUNT]` with one SMILES per line. The Morgan
//! fingerprints of the file are repeated, each time with eight other bits changed, until there are COUNT (a million).

use std::{error::Error, time::Instant};

use matdock_chem::{FingerprintTable, Fingerprinter, Molecule};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PASSES: usize = 25;
const QUERIES: usize = 50;
const CHANGED: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a file with one SMILES per line")?;
    let count: usize = std::env::args().nth(2).map_or(Ok(1_000_000), |count| count.parse())?;
    let text = std::fs::read_to_string(path)?;
    let maker = Fingerprinter::named("morgan").ok_or("no such fingerprint")?;
    let mut prints = Vec::new();
    let mut passes = Vec::new();
    for _ in 0..PASSES {
        let start = Instant::now();
        let read = text.lines().filter_map(|line| Molecule::from_smiles(line).ok());
        prints = read.map(|molecule| maker.bits(&molecule)).collect();
        passes.push(prints.len() as f64 / start.elapsed().as_secs_f64());
    }
    passes.sort_by(f64::total_cmp);
    println!(
        "structures read and given Morgan bits: {:.0} per second in the fastest of {PASSES} passes, {:.0} in the median one",
        passes[PASSES - 1],
        passes[PASSES / 2]
    );
    let mut table = FingerprintTable::new(maker.size());
    let mut state = 1_u64;
    let mut random = move |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end
    };
    for at in 0..count {
        let changes: Vec<usize> = (0..CHANGED).map(|_| random(maker.size())).collect();
        table.push(&prints[at % prints.len()].toggled(&changes));
    }
    let mut milliseconds = Vec::new();
    let mut sum = 0.0;
    for query in 0..QUERIES {
        let start = Instant::now();
        let hits = table.most_similar(&prints[query * 7919 % prints.len()], 10);
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
        sum += hits.iter().map(|hit| hit.similarity).sum::<f64>();
    }
    milliseconds.sort_by(f64::total_cmp);
    println!(
        "{} fingerprints, {QUERIES} queries: median {:.1} ms, slowest {:.1} ms, mean similarity {:.3}",
        table.len(),
        milliseconds[QUERIES / 2],
        milliseconds[QUERIES - 1],
        sum / (10 * QUERIES) as f64
    );
    Ok(())
}
