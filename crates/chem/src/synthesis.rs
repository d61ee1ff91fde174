//! How easily a molecule can be made, estimated from how common its fragments are and how complex it is.

use std::sync::OnceLock;

use matdock_message::{Message, say};

use crate::{
    DescriptorValue, FingerprintKind, Fingerprinter, MissingReason, Molecule,
    mordred::counts::atoms::{bridgeheads, spiro},
    rdkit,
};

/// Contributions of fragments of small molecules and of the most frequent ones, packed; `data/make_synthesis.py` says where from and how.
const PACKED: &[u8] = include_bytes!("../data/synthesis_fragments.bin");
/// Contribution of a fragment that is not among them.
const UNKNOWN: f64 = -4.0;
/// A ring of more atoms is hard to close.
const LARGEST_RING: usize = 8;

/// The synthetic-accessibility score.
///
/// ```
/// use matdock_chem::{Molecule, Synthesis};
///
/// let score = |smiles| Molecule::from_smiles(smiles).map(|molecule| Synthesis::describe(&molecule)[0].unwrap_or(f64::NAN));
/// let (aspirin, taxol_core) = (score("CC(=O)Oc1ccccc1C(=O)O")?, score("CC1(C)C2CCC3(C)CCCC(=C)C3CC1CC2")?);
/// assert!(aspirin < 2.0 && taxol_core > 4.0);
/// # Ok::<(), matdock_chem::SmilesError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Synthesis;

const NAME: &str = "SAScore";

impl Synthesis {
    /// The name, in the order of [`Synthesis::describe`].
    pub fn names() -> &'static [String] {
        static OWNED: OnceLock<Vec<String>> = OnceLock::new();
        OWNED.get_or_init(|| vec![NAME.to_owned()])
    }

    /// What the descriptor of this name is, in a few words; `None` for a name it does not have.
    pub fn explain(name: &str) -> Option<Message> {
        (name == NAME).then(|| say!("chem-synthesis-score"))
    }

    /// The score of a structure, from 1 (easy to make) to 10 (hard).
    ///
    /// Units: 1. Source: Ertl and Schuffenhauer, J. Cheminform. 1, 8 (2009), with what RDKit's Contrib/SA_Score adds: one
    /// penalty for macrocycles however many, and a credit for symmetry. Errors: a structure without atoms.
    pub fn describe(molecule: &Molecule) -> Vec<DescriptorValue> {
        vec![score(molecule)]
    }
}

fn score(molecule: &Molecule) -> DescriptorValue {
    let codes = Fingerprinter::new(FingerprintKind::Morgan { radius: 2 }, Fingerprinter::USUAL_SIZE).codes(molecule);
    let fragments: u32 = codes.values().sum();
    if fragments == 0 {
        return Err(MissingReason::NothingToAverage);
    }
    let known: f64 = codes.iter().map(|(&code, &count)| contribution(code) * f64::from(count)).sum();
    let (atoms, kinds) = (molecule.atoms().len() as f64, codes.len() as f64);
    let symmetry = if atoms > kinds { 0.5 * (atoms / kinds).ln() } else { 0.0 };
    let raw = known / f64::from(fragments) - complexity(molecule) + symmetry;
    // The scale on which the worst and the best known molecules lie at 10 and 1.
    let (worst, best) = (-4.0, 2.5);
    let score = 11.0 - (raw - worst + 1.0) / (best - worst) * 9.0;
    let score = if score > 8.0 { 8.0 + (score - 8.0).ln() } else { score };
    Ok(score.clamp(1.0, 10.0))
}

/// Penalties for size, centres of handedness, spiro and bridgehead atoms, and macrocycles.
fn complexity(molecule: &Molecule) -> f64 {
    let atoms = molecule.atoms().len() as f64;
    let large = molecule.rings().iter().any(|ring| ring.atoms.len() > LARGEST_RING);
    let counted = [
        rdkit::handed_centres(molecule),
        spiro(molecule).len() as f64,
        bridgeheads(molecule).len() as f64,
        f64::from(u8::from(large)),
    ];
    atoms.powf(1.005) - atoms + counted.iter().map(|count| (count + 1.0).log10()).sum::<f64>()
}

fn contribution(code: u32) -> f64 {
    let table = table();
    let place = table.binary_search_by_key(&code, |(other, _)| *other);
    place.map_or(UNKNOWN, |place| f64::from(table[place].1) / 1000.0)
}

/// Codes of fragments, ascending, with their contributions in thousandths.
fn table() -> &'static [(u32, i16)] {
    static TABLE: OnceLock<Vec<(u32, i16)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        // The table is part of the source, and a test makes sure that all of it is read.
        let mut table = unpack(PACKED).unwrap_or_default();
        table.sort_unstable();
        table
    })
}

fn unpack(packed: &[u8]) -> Option<Vec<(u32, i16)>> {
    let (groups, rest) = packed.split_first_chunk()?;
    let groups = usize::from(u16::from_le_bytes(*groups));
    let (heads, mut body) = rest.split_at_checked(7 * groups)?;
    let mut table = Vec::new();
    for head in heads.chunks_exact(7) {
        let &[a, b, c, d, e, f, width] = head.first_chunk()?;
        let (value, count) = (i16::from_le_bytes([a, b]), u32::from_le_bytes([c, d, e, f]));
        let mut bits = Bits { bytes: body, at: 0 };
        let mut code = 0_u32;
        for _ in 0..count {
            code = code.checked_add(bits.step(width)?)?;
            table.push((code, value));
        }
        body = body.get(bits.at.div_ceil(8)..)?;
    }
    Some(table)
}

/// Bits of a text of bytes, the highest of each byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn next(&mut self) -> Option<u32> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = (byte >> (7 - self.at % 8)) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    /// A number in Rice's code.
    fn step(&mut self, width: u8) -> Option<u32> {
        let mut number = 0_u32;
        while self.next()? == 1 {
            number += 1;
        }
        for _ in 0..width {
            number = (number << 1) | self.next()?;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fragment_of_the_table_is_read() {
        let table = table();
        assert_eq!(table.len(), 113_902);
        assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let (least, most) = (table.iter().map(|(_, value)| *value).min(), table.iter().map(|(_, value)| *value).max());
        assert_eq!((least, most), (Some(-3127), Some(2802)));
    }

    #[test]
    fn a_table_that_ends_too_early_is_refused() {
        assert_eq!(unpack(&PACKED[..1000]), None);
        assert_eq!(unpack(&[]), None);
    }

    #[test]
    fn the_score_lies_between_one_and_ten() {
        for smiles in ["C", "[H][H]", "*CC*", "[Na+].[Cl-]", "C1CC12CC2", "[U]"] {
            let score = score(&Molecule::from_smiles(smiles).unwrap()).unwrap();
            assert!((1.0..=10.0).contains(&score), "{smiles}: {score}");
        }
        assert_eq!(score(&Molecule::from_smiles("").unwrap_or_default()), Err(MissingReason::NothingToAverage));
    }
}
