//! Chance that repeats: each sample and purpose has its own stream of random numbers.

use matdock_record::SampleId;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// A source of random numbers for one purpose, such as the noise of one step on one sample.
#[derive(Debug, Clone)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// Depends on all arguments and on nothing else.
    pub(crate) fn new(seed: u64, sample: SampleId, purpose: &str, attempt: usize) -> Self {
        // FNV-1a tells purposes apart; the mixing is done by ChaCha itself.
        let hash = purpose
            .bytes()
            .chain((attempt as u64).to_le_bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..24].copy_from_slice(sample.as_bytes());
        key[24..].copy_from_slice(&hash.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Normal, mean 0, standard deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        self.0.sample(StandardNormal)
    }

    /// Even between 0 and 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.0.random()
    }
}
