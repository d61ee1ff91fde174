//! The best row of a long list without scoring all of it: a random sample first, then from its best rows and from the
//! best observations always on to the best of the nearest rows, until none is better.

use std::collections::{HashMap, HashSet};

use matdock_learn::{nearest, optimise::Status};
use rand::seq::index;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Appraisal, Listed, Ranking};
use crate::encode::Encoding;

/// Rows of the first sample.
const SAMPLE: usize = 2048;
/// Rows of the sample climbed from, and how far apart they are.
const STARTS: usize = 8;
const APART: f64 = 0.05;
/// Rows climbed from for the further suggestions of a batch.
pub(super) const AGAIN: usize = 2;
/// Nearest rows looked at.
const NEAREST: usize = 48;
/// Most steps of a climb.
const STEPS: usize = 30;

/// Where a climb stands.
struct Climber {
    columns: Vec<f64>,
    score: f64,
}

impl Listed {
    /// Fills an empty `ranking` from a sample and climbs from it and from `good` columns.
    pub(super) fn sample(
        &self,
        appraisal: &Appraisal<'_>,
        taken: &HashSet<usize>,
        ranking: &mut Ranking,
        good: Vec<Vec<f64>>,
        seed: u64,
    ) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let count = (SAMPLE + taken.len()).min(self.points.len());
        let rows = index::sample(&mut random, self.points.len(), count).into_iter();
        ranking.rows = self.scored(appraisal, rows.filter(|row| !taken.contains(row)).collect());
        ranking.rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        let mut from: Vec<Vec<f64>> = Vec::new();
        for &(_, row) in &ranking.rows {
            let columns = self.columns.row(row);
            if from.iter().all(|other| Encoding::distance(other, columns) > APART) {
                from.push(columns.to_vec());
            }
            if from.len() == STARTS {
                break;
            }
        }
        from.extend(good);
        self.climb(appraisal, taken, ranking, from);
    }

    /// Climbs from each of `from`, all at once; every row scored on the way joins the ranking (unsorted).
    pub(super) fn climb(
        &self,
        appraisal: &Appraisal<'_>,
        taken: &HashSet<usize>,
        ranking: &mut Ranking,
        from: Vec<Vec<f64>>,
    ) {
        let mut known: HashMap<usize, f64> = ranking.rows.iter().map(|&(score, row)| (row, score)).collect();
        let start = |columns| Climber { columns, score: f64::NEG_INFINITY };
        let mut climbers: Vec<Climber> = from.into_iter().map(start).collect();
        for _ in 0..STEPS {
            let near = self.nearest(&climbers, taken);
            let mut new: Vec<usize> = near.iter().flatten().copied().filter(|row| !known.contains_key(row)).collect();
            new.sort_unstable();
            new.dedup();
            let scored = self.scored(appraisal, new);
            known.extend(scored.iter().map(|&(score, row)| (row, score)));
            ranking.rows.extend(scored);
            let mut moved = Vec::new();
            for (climber, rows) in climbers.into_iter().zip(&near) {
                let scores = rows.iter().filter_map(|row| known.get(row).map(|score| (*score, *row)));
                let best = scores.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
                if let Some((score, row)) = best.filter(|(score, _)| *score > climber.score) {
                    moved.push(Climber { columns: self.columns.row(row).to_vec(), score });
                }
            }
            // Two on the same row go on as one.
            moved.sort_by(|a, b| b.score.total_cmp(&a.score));
            moved.dedup_by(|a, b| a.columns == b.columns);
            climbers = moved;
            if climbers.is_empty() {
                break;
            }
        }
        if !climbers.is_empty() {
            ranking.ended = Some(Status::Exhausted);
        }
    }

    /// For each climber the free rows nearest to it.
    fn nearest(&self, climbers: &[Climber], taken: &HashSet<usize>) -> Vec<Vec<usize>> {
        // A row that was taken is passed over at the end; there are few.
        let wanted = NEAREST + taken.len().min(NEAREST);
        let places: Vec<Vec<f64>> = climbers.iter().map(|climber| climber.columns.clone()).collect();
        let free = |rows: Vec<usize>| rows.into_iter().filter(|row| !taken.contains(row)).take(NEAREST).collect();
        nearest(&self.columns, &places, wanted).into_iter().map(free).collect()
    }
}
