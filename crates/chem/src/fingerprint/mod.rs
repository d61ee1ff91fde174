//! Fingerprints: structures as sets of bits, for finding similar ones and for learning from them.
//!
//! Bits and counts are those of RDKit 2026.09, so that they can be compared and mixed with fingerprints made elsewhere.

mod feature;
mod hash;
mod maccs;
mod morgan;
mod pairs;
mod similar;

use std::collections::BTreeMap;

pub use similar::{FingerprintTable, Hit};

use matdock_message::{Message, say};

use crate::Molecule;

/// What a fingerprint tells of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FingerprintKind {
    /// The surroundings of every atom out to so many bonds (ECFP; radius 2 is ECFP4).
    ///
    /// Source: Rogers and Hahn, J. Chem. Inf. Model. 50, 742 (2010).
    Morgan {
        /// How far the surroundings reach, in bonds.
        radius: usize,
    },
    /// The same with atoms told apart by what they do: donor, acceptor, aromatic, halogen, basic, acidic (FCFP).
    FeatureMorgan {
        /// How far the surroundings reach, in bonds.
        radius: usize,
    },
    /// The 166 public MACCS keys: each bit answers one question. Bit 0 is unused.
    ///
    /// Source: Durant et al., J. Chem. Inf. Comput. Sci. 42, 1273 (2002).
    Maccs,
    /// Pairs of atoms and the number of bonds between them.
    ///
    /// Source: Carhart, Smith and Venkataraghavan, J. Chem. Inf. Comput. Sci. 25, 64 (1985).
    AtomPairs,
    /// Chains of four atoms.
    ///
    /// Source: Nilakantan et al., J. Chem. Inf. Comput. Sci. 27, 82 (1987).
    Torsions,
}

/// Bits of a MACCS fingerprint; the first is unused.
const MACCS_SIZE: usize = 167;
/// A count of so many sets the bits up to its place: four bits for each kind of pair or torsion.
const COUNT_BOUNDS: [u32; 4] = [1, 2, 4, 8];

/// Makes fingerprints of one kind and size.
///
/// ```
/// use matdock_chem::{Fingerprinter, Molecule};
///
/// let morgan = Fingerprinter::named("morgan").ok_or("no such fingerprint")?;
/// let ethanol = morgan.bits(&Molecule::from_smiles("CCO")?);
/// let methanol = morgan.bits(&Molecule::from_smiles("CO")?);
/// assert_eq!((ethanol.size(), ethanol.count()), (2048, 6));
/// assert!((ethanol.tanimoto(&methanol) - 2.0 / 7.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprinter {
    kind: FingerprintKind,
    size: usize,
}

impl Fingerprinter {
    /// Names for [`Fingerprinter::named`].
    pub const NAMES: [&'static str; 5] = ["morgan", "fcfp", "maccs", "atom-pairs", "torsions"];
    /// Bits of a fingerprint when nothing else is asked for.
    pub const USUAL_SIZE: usize = 2048;

    /// A fingerprint of so many bits, at least 4; MACCS keys have 167 whatever is asked for.
    pub fn new(kind: FingerprintKind, size: usize) -> Self {
        let size = if kind == FingerprintKind::Maccs { MACCS_SIZE } else { size.clamp(4, 1 << 24) };
        Self { kind, size }
    }

    /// A fingerprint by its name, with radius 2 and 2048 bits unless the name goes on with others: `morgan:3` has radius
    /// 3, `morgan:3:1024` so many bits, `atom-pairs:4096` so many bits (radius to 10, 16 to 65,536 bits).
    pub fn named(name: &str) -> Option<Self> {
        let mut parts = name.split(':');
        let kind = parts.next()?;
        let numbers: Vec<usize> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let (radius, size) = match (kind, numbers.as_slice()) {
            (_, []) => (2, Self::USUAL_SIZE),
            ("morgan" | "fcfp", &[radius]) => (radius, Self::USUAL_SIZE),
            ("morgan" | "fcfp", &[radius, size]) => (radius, size),
            ("atom-pairs" | "torsions", &[size]) => (2, size),
            _ => return None,
        };
        let kind = match kind {
            "morgan" => FingerprintKind::Morgan { radius },
            "fcfp" => FingerprintKind::FeatureMorgan { radius },
            "maccs" => FingerprintKind::Maccs,
            "atom-pairs" => FingerprintKind::AtomPairs,
            "torsions" => FingerprintKind::Torsions,
            _ => return None,
        };
        (radius <= 10 && (16..=1 << 16).contains(&size)).then(|| Self::new(kind, size))
    }

    /// Number of bits.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What the fingerprint tells.
    pub fn kind(&self) -> FingerprintKind {
        self.kind
    }

    /// The fingerprint as bits. Pairs and torsions have four bits each, for at least 1, 2, 4 and 8 of a kind.
    pub fn bits(&self, molecule: &Molecule) -> Fingerprint {
        let mut bits = Fingerprint::empty(self.size);
        match self.kind {
            FingerprintKind::Maccs => maccs::keys(molecule, &mut bits),
            FingerprintKind::Morgan { .. } | FingerprintKind::FeatureMorgan { .. } => {
                let size = self.size;
                match size.is_power_of_two() {
                    true => self.visit(molecule, &mut |code| bits.set(code as usize & (size - 1))),
                    false => self.visit(molecule, &mut |code| bits.set(code as usize % size)),
                }
            }
            FingerprintKind::AtomPairs | FingerprintKind::Torsions => {
                let bounds = COUNT_BOUNDS.len();
                for (code, count) in self.folded_counts(molecule, self.size / bounds) {
                    for at in (0..bounds).filter(|&at| count >= COUNT_BOUNDS[at]) {
                        bits.set(code as usize * bounds + at);
                    }
                }
            }
        }
        bits
    }

    /// What the bits tell; of MACCS keys, what the one at `place` does.
    pub fn explain(&self, place: usize) -> Message {
        let size = self.size;
        match self.kind {
            FingerprintKind::Morgan { radius } => say!("chem-fingerprint-morgan", size = size, radius = radius),
            FingerprintKind::FeatureMorgan { radius } => say!("chem-fingerprint-fcfp", size = size, radius = radius),
            FingerprintKind::AtomPairs => say!("chem-fingerprint-atom-pairs", size = size),
            FingerprintKind::Torsions => say!("chem-fingerprint-torsions", size = size),
            FingerprintKind::Maccs => maccs::explain(place),
        }
    }

    /// How often each place of the fingerprint occurs; places that do not occur are left out. MACCS keys occur once.
    pub fn counts(&self, molecule: &Molecule) -> BTreeMap<u32, u32> {
        match self.kind {
            FingerprintKind::Maccs => {
                let bits = self.bits(molecule);
                bits.places().filter_map(|place| Some((u32::try_from(place).ok()?, 1))).collect()
            }
            _ => self.folded_counts(molecule, self.size),
        }
    }

    /// How often each surrounding, pair or torsion occurs, by its whole code.
    pub(crate) fn codes(&self, molecule: &Molecule) -> BTreeMap<u32, u32> {
        let mut counts = BTreeMap::new();
        self.visit(molecule, &mut |code| *counts.entry(code).or_default() += 1);
        counts
    }

    fn folded_counts(&self, molecule: &Molecule, size: usize) -> BTreeMap<u32, u32> {
        let size = u32::try_from(size.max(1)).unwrap_or(u32::MAX);
        let mut counts = BTreeMap::new();
        self.visit(molecule, &mut |code| *counts.entry(code % size).or_default() += 1);
        counts
    }

    /// Calls `take` with the code of everything the fingerprint tells.
    fn visit(&self, molecule: &Molecule, take: &mut dyn FnMut(u32)) {
        match self.kind {
            FingerprintKind::Morgan { radius } => {
                morgan::environments(molecule, &morgan::connectivity(molecule), radius, take);
            }
            FingerprintKind::FeatureMorgan { radius } => {
                morgan::environments(molecule, &feature::features(molecule), radius, take);
            }
            FingerprintKind::AtomPairs => pairs::pairs(molecule, take),
            FingerprintKind::Torsions => pairs::torsions(molecule, take),
            FingerprintKind::Maccs => {}
        }
    }
}

/// A set of bits that tells what occurs in a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    words: Vec<u64>,
    size: usize,
}

impl Fingerprint {
    fn empty(size: usize) -> Self {
        Self { words: vec![0; size.div_ceil(64)], size }
    }

    fn set(&mut self, place: usize) {
        if let Some(word) = self.words.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    /// The fingerprint with the bits at these places turned round.
    pub fn toggled(&self, places: &[usize]) -> Self {
        let mut other = self.clone();
        for place in places.iter().filter(|&&place| place < self.size) {
            other.words[place / 64] ^= 1 << (place % 64);
        }
        other
    }

    /// Number of bits, set or not.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether a bit is set.
    pub fn has(&self, place: usize) -> bool {
        self.words.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    /// Number of bits that are set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The places of the bits that are set, ascending.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                (bit < 64).then_some(64 * at + bit)
            })
        })
    }

    /// The bits, 64 to a word, the first in the lowest place.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Tanimoto similarity: bits set in both over bits set in either, from 0 to 1; 0 where none is set.
    pub fn tanimoto(&self, other: &Self) -> f64 {
        let both: u32 = self.words.iter().zip(&other.words).map(|(a, b)| (a & b).count_ones()).sum();
        let either = self.count() + other.count() - both as usize;
        if either == 0 { 0.0 } else { f64::from(both) / either as f64 }
    }
}
