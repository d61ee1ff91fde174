//! The most similar of many fingerprints.
//!
//! Source: Swamidass and Baldi, J. Chem. Inf. Model. 47, 302 (2007): of two fingerprints with `a` and `b` bits set no
//! more than the lesser can be shared, so the similarity is at most min(a, b) / max(a, b). Fingerprints are kept by how
//! many bits they have, the counts nearest to the one looked for are tried first, and counts that cannot win are left
//! out.

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
    /// Words of one fingerprint.
    width: usize,
    /// For each number of bits: who has so many, and their words, one after the other.
    by_count: Vec<(Vec<u32>, Vec<u64>)>,
    length: usize,
}

impl FingerprintTable {
    /// An empty table for fingerprints of so many bits.
    pub fn new(size: usize) -> Self {
        Self { width: size.div_ceil(64), by_count: vec![Default::default(); size + 1], length: 0 }
    }

    /// Adds a fingerprint behind the others. One of another size is added as if none of its bits were set.
    pub fn push(&mut self, fingerprint: &Fingerprint) {
        let fits = fingerprint.words.len() == self.width;
        let count = if fits { fingerprint.count() } else { 0 };
        let number = u32::try_from(self.length).unwrap_or(u32::MAX);
        self.length += 1;
        if let Some((numbers, words)) = self.by_count.get_mut(count) {
            numbers.push(number);
            match fits {
                true => words.extend_from_slice(&fingerprint.words),
                false => words.resize(words.len() + self.width, 0),
            }
        }
    }

    /// Number of fingerprints.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The `most` fingerprints most similar to one, best first; of equally similar ones the first added comes first.
    /// Those that share no bit are left out.
    pub fn most_similar(&self, to: &Fingerprint, most: usize) -> Vec<Hit> {
        let own = to.count();
        if most == 0 || own == 0 || to.words.len() != self.width {
            return Vec::new();
        }
        let mut order: Vec<usize> =
            (1..self.by_count.len()).filter(|&count| !self.by_count[count].0.is_empty()).collect();
        let bound = |count: usize| count.min(own) as f64 / count.max(own) as f64;
        order.sort_by(|&a, &b| bound(b).total_cmp(&bound(a)));
        let mut best = Best { hits: Vec::with_capacity(most.min(self.length) + 1), most };
        for count in order {
            // An equal similarity can still win by coming first.
            if best.worst().is_some_and(|worst| bound(count) < worst) {
                break;
            }
            self.scan(to, own, count, &mut best);
        }
        best.hits
    }

    fn scan(&self, to: &Fingerprint, own: usize, count: usize, best: &mut Best) {
        let (numbers, words) = &self.by_count[count];
        // Shared bits needed to be no worse than the worst hit; checked in whole numbers, so that most are rejected cheaply.
        let mut needed = best.needed(own + count);
        for (&number, candidate) in numbers.iter().zip(words.chunks_exact(self.width.max(1))) {
            let both: u32 = candidate.iter().zip(&to.words).map(|(a, b)| (a & b).count_ones()).sum();
            if both < needed {
                continue;
            }
            let similarity = f64::from(both) / (own + count - both as usize) as f64;
            best.offer(Hit { index: number as usize, similarity });
            needed = best.needed(own + count);
        }
    }
}

struct Best {
    hits: Vec<Hit>,
    most: usize,
}

impl Best {
    fn worst(&self) -> Option<f64> {
        self.hits.last().filter(|_| self.hits.len() >= self.most).map(|hit| hit.similarity)
    }

    /// Least number of shared bits that can still be among the best, when both together have `sum` bits.
    fn needed(&self, sum: usize) -> u32 {
        let exact = self.worst().map_or(1.0, |worst| worst * sum as f64 / (1.0 + worst));
        // Rounding must not lose an equal one.
        ((exact - 1e-6).ceil() as u32).max(1)
    }

    fn offer(&mut self, hit: Hit) {
        let before = |other: &Hit| {
            other.similarity > hit.similarity || (other.similarity == hit.similarity && other.index < hit.index)
        };
        let place = self.hits.partition_point(before);
        if place < self.most {
            self.hits.insert(place, hit);
            self.hits.truncate(self.most);
        }
    }
}
