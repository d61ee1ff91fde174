//! The most similar of many fingerprints.
//!
//! For each bit it is kept which fingerprints have it. Going through the lists of the bits looked for counts the shared
//! bits of all fingerprints at once, and nothing else of them is needed: few of the 2,048 bits are set in any structure.

use super::Fingerprint;

/// A fingerprint found, and how similar it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Which fingerprint: its number in the order of adding, from 0.
    pub index: usize,
    /// Tanimoto similarity, from 0 to 1.
    pub similarity: f64,
}

/// Many fingerprints of one size, ready to be searched.
#[derive(Debug, Clone, Default)]
pub struct FingerprintTable {
    /// For each bit the fingerprints that have it, ascending.
    having: Vec<Vec<u32>>,
    /// How many bits each fingerprint has.
    counts: Vec<u32>,
}

impl FingerprintTable {
    /// An empty table for fingerprints of so many bits.
    pub fn new(size: usize) -> Self {
        Self { having: vec![Vec::new(); size], counts: Vec::new() }
    }

    /// Adds a fingerprint behind the others; of a larger one the bits beyond the size of the table are left out.
    pub fn push(&mut self, fingerprint: &Fingerprint) {
        let number = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        let mut count = 0;
        for place in fingerprint.places() {
            if let Some(list) = self.having.get_mut(place) {
                list.push(number);
                count += 1;
            }
        }
        self.counts.push(count);
    }

    /// Number of fingerprints.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The `most` fingerprints most similar to one, best first; of equally similar ones the first added comes first.
    /// Those that share no bit are left out.
    pub fn most_similar(&self, to: &Fingerprint, most: usize) -> Vec<Hit> {
        let own = to.count();
        if most == 0 || own == 0 {
            return Vec::new();
        }
        let mut shared = vec![0_u32; self.counts.len()];
        for list in to.places().filter_map(|place| self.having.get(place)) {
            for &number in list {
                shared[number as usize] += 1;
            }
        }
        let mut best = Best { hits: Vec::new(), most, own, needed: vec![1; self.having.len() + 1] };
        for (index, (&both, &count)) in shared.iter().zip(&self.counts).enumerate() {
            if both >= best.needed[count as usize] {
                let similarity = f64::from(both) / (own + count as usize - both as usize) as f64;
                best.offer(Hit { index, similarity });
            }
        }
        best.hits
    }
}

struct Best {
    hits: Vec<Hit>,
    most: usize,
    /// Bits of the fingerprint looked for.
    own: usize,
    /// By the bits another one has: how many must be shared to be among the best.
    needed: Vec<u32>,
}

impl Best {
    fn offer(&mut self, hit: Hit) {
        let place = self.hits.partition_point(|other| other.similarity >= hit.similarity);
        if place >= self.most {
            return;
        }
        self.hits.insert(place, hit);
        self.hits.truncate(self.most);
        let Some(worst) = self.hits.last().filter(|_| self.hits.len() == self.most) else { return };
        let share = worst.similarity / (1.0 + worst.similarity);
        for (count, needed) in self.needed.iter_mut().enumerate() {
            // Rounding must not lose an equal one.
            *needed = ((share * (self.own + count) as f64 - 1e-6).ceil() as u32).max(1);
        }
    }
}
