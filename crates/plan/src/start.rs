//! Experiments before there is a model: spread over the space.

use matdock_learn::Rows;
use rand::seq::index;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{encode::Encoding, space::Point};

/// `count` allowed points spread over ranges; fewer where the rules leave fewer.
pub(crate) fn spread(encoding: &Encoding, count: usize, seed: u64) -> Vec<Point> {
    encoding.ranges().map_or_else(Vec::new, |ranges| ranges.draw(count, seed))
}

/// The candidate of `candidates` furthest from everything in `taken`; the first when nothing is taken.
pub(crate) fn furthest(candidates: &[Vec<f64>], taken: &[Vec<f64>]) -> Option<usize> {
    let room = |candidate: &[f64]| {
        taken.iter().map(|other| Encoding::distance(candidate, other)).fold(f64::INFINITY, f64::min)
    };
    let mut best: Option<(usize, f64)> = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let room = room(candidate);
        if best.is_none_or(|(_, most)| room > most) {
            best = Some((index, room));
        }
    }
    best.map(|(index, _)| index)
}

/// Rows a subset is compared on, and subsets compared.
const REFERENCES: usize = 400;
const TRIALS: usize = 60;

/// `count` of the `free` candidates that, with those `taken`, stand for all `rows` best: of several random
/// subsets the one with the smallest mean distance from a row to its nearest member.
pub(crate) fn representatives(rows: &Rows, free: &[usize], taken: &[Vec<f64>], count: usize, seed: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let count = count.min(free.len());
    let stride = rows.len().div_ceil(REFERENCES).max(1);
    let references: Vec<&[f64]> = rows.iter().step_by(stride).collect();
    let reached: Vec<f64> = references
        .iter()
        .map(|row| taken.iter().map(|other| Encoding::distance(row, other)).fold(f64::INFINITY, f64::min))
        .collect();
    let mut best: Option<(f64, Vec<usize>)> = None;
    for _ in 0..TRIALS {
        let chosen: Vec<usize> = index::sample(&mut random, free.len(), count).iter().map(|i| free[i]).collect();
        let total: f64 = references
            .iter()
            .zip(&reached)
            .map(|(row, reached)| chosen.iter().map(|&c| Encoding::distance(row, rows.row(c))).fold(*reached, f64::min))
            .sum();
        if best.as_ref().is_none_or(|(least, _)| total < *least) {
            best = Some((total, chosen));
        }
    }
    best.map(|(_, chosen)| chosen).unwrap_or_default()
}

/// `count` of the `free` candidates, each equally likely.
pub(crate) fn any(free: &[usize], count: usize, seed: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    index::sample(&mut random, free.len(), count.min(free.len())).iter().map(|i| free[i]).collect()
}
