//! Reads very many texts that are almost structures, and tells whether any of them was too much.
//!
//! `cargo run --release -p matdock-chem --example fuzz -- STRUCTURES.smi COUNT [SEED]`
//!
//! Structures from the file (one SMILES per line), formulas and patterns are changed at random places and read; of what
//! can be read the canonical SMILES, fingerprints and patterns found are computed. Told are panics and the slowest.

use std::{error::Error, panic, time::Instant};

use matdock_chem::{Composition, Fingerprinter, Molecule, Pattern};

const LETTERS: &[u8] = b"CNOSPFIBrlcnosp[]()=#-+$:/\\.%0123456789@HX*~&,;!RvDxahKZTe<>{} _\xc3\xa9";
const FORMULAS: [&str; 6] =
    ["Li1.3Al0.3Ti1.7(PO4)3", "CuSO4.5H2O", "Ba0.5Sr0.5TiO3", "Fe2O3", "[Co(NH3)6]Cl3", "C6H12O6"];
const PATTERNS: [&str; 6] = [
    "[CX3](=O)[OX2H1]",
    "[$([N;!H0;v3,v4&+1]),$([O,S;H1;+0]),n&H1&+0]",
    "*1~*~*~*~*~*~1",
    "[!#6;!#1;!H0]~*~*~*~[CH2]~*",
    "[R]@1@[R]@[R]@[R]@[R]@[R]@[R]@1",
    "c:n.[F,Cl,Br,I]",
];

/// A small generator of random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % end.max(1)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a file with one SMILES per line")?;
    let count: usize = arguments.next().ok_or("say how many")?.parse()?;
    let seed: u64 = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let text = std::fs::read_to_string(path)?;
    let smiles: Vec<&str> = text.lines().collect();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let benzene = Molecule::from_smiles("OC(=O)c1ccccc1N.[Na+]")?;
    let (mut read, mut panics, mut slowest) = (0_usize, 0_usize, (0.0, String::new()));
    panic::set_hook(Box::new(|_| {}));
    for at in 0..count {
        let sources: &[&str] = match at % 10 {
            0 => &FORMULAS,
            1 => &PATTERNS,
            _ => &smiles,
        };
        let input = changed(sources, &mut random);
        let start = Instant::now();
        let outcome = panic::catch_unwind(|| take(&input, at % 10, &benzene));
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(readable) => read += usize::from(readable),
            Err(_) => {
                panics += 1;
                println!("panic: {input:?}");
            }
        }
        if seconds > slowest.0 {
            slowest = (seconds, input);
        }
    }
    println!("{count} texts, {read} of them readable, {panics} panics, slowest {:.3} s: {:?}", slowest.0, slowest.1);
    Ok(())
}

/// A text from the sources with one to four changes.
fn changed(sources: &[&str], random: &mut Random) -> String {
    let mut text = sources[random.below(sources.len())].as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(text.len() + 1);
        match random.below(6) {
            0 if at < text.len() => drop(text.remove(at)),
            1 => text.insert(at, LETTERS[random.below(LETTERS.len())]),
            2 if at < text.len() => text[at] = LETTERS[random.below(LETTERS.len())],
            3 => text.truncate(at),
            4 => {
                let other = sources[random.below(sources.len())].as_bytes();
                let from = random.below(other.len() + 1);
                text.splice(at..at, other[from..].iter().copied());
            }
            _ => {
                let end = (at + random.below(8)).min(text.len());
                let piece = text[at.min(end)..end].to_vec();
                for _ in 0..random.below(6) {
                    text.splice(at..at, piece.iter().copied());
                }
            }
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads a text as what it should be and uses what comes of it; whether it could be read.
fn take(text: &str, kind: usize, benzene: &Molecule) -> bool {
    match kind {
        0 => Composition::parse(text).is_ok(),
        1 => Pattern::parse(text).is_ok_and(|pattern| pattern.count(benzene) < usize::MAX),
        _ => Molecule::from_smiles(text).is_ok_and(|molecule| {
            let again = Molecule::from_smiles(&molecule.canonical_smiles());
            let bits = |name| Fingerprinter::named(name).map_or(0, |maker| maker.bits(&molecule).count());
            again.is_ok() && bits("morgan") + bits("torsions") < usize::MAX
        }),
    }
}
