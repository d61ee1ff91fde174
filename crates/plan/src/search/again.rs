//! The further suggestions of a batch, from what was looked at for the ones before.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Candidate, Ranking, Search, distinct};
use crate::{space::Point, start};

/// New spread candidates per suggestion, and candidates improved further.
const SPREAD: usize = 128;
const STARTS: usize = 2;
/// Candidates scored anew at once.
const ANEW: usize = 64;
/// How far a score may have risen since it was made. Believing a suggestion lowers scores, save for bounds that are kept
/// more surely.
pub(super) const RISE: f64 = 0.1;

impl Search<'_> {
    /// The best point as [`Search::best`], when `ranking` holds candidates of an earlier suggestion: these are scored
    /// anew from the top, until no old score is as high as a new one (lazy greedy, Minoux 1978), and fewer are improved.
    pub(super) fn again(&self, ranking: &mut Ranking, seed: u64) -> Option<(Point, f64)> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let fresh = self.scored(start::spread(self.encoding, SPREAD, seed));
        let mut best = fresh.iter().map(|candidate| candidate.score).fold(f64::NEG_INFINITY, f64::max);
        let mut renewed = fresh;
        let mut old = std::mem::take(&mut ranking.points).into_iter().peekable();
        while old.peek().is_some_and(|candidate| candidate.score + RISE > best) {
            let points = old.by_ref().take(ANEW).map(|candidate| candidate.point).collect();
            let scored = self.scored(points);
            best = scored.iter().map(|candidate| candidate.score).fold(best, f64::max);
            renewed.extend(scored);
        }
        renewed.sort_by(|a, b| b.score.total_cmp(&a.score));
        let starts = distinct(&renewed, STARTS);
        renewed.extend(self.improve(starts, &mut random));
        renewed.extend(old);
        ranking.set(renewed);
        ranking.ended = ranking.points.first().and_then(|candidate| candidate.ended);
        ranking.points.first().map(|candidate| (candidate.point.clone(), candidate.score))
    }
}

impl Ranking {
    /// Keeps candidates over ranges, the highest score first.
    pub(super) fn set(&mut self, mut candidates: Vec<Candidate>) {
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        self.points = candidates;
    }
}
