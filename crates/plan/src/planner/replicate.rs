//! Where readings are noisy: which experiment teaches most about which condition is best, a new one or one again.

use std::collections::HashSet;

use matdock_learn::Rows;
use serde::{Deserialize, Serialize};

use super::{Planner, Situation};
use crate::{
    belief::Belief,
    search::Preference,
    space::{Point, Space, key},
};

/// Whether a condition that was tried may be proposed again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplicatesWanted {
    /// Over ranges, when that is expected to teach more about which condition is best than any new experiment; rows of a
    /// pool once.
    #[default]
    Auto,
    /// As `Auto`, rows of a pool too.
    Pool,
    /// Never.
    Never,
}

/// Why a condition is proposed again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Replicate {
    /// Index of the observation whose condition it is.
    pub observation: usize,
    /// What the best new experiment is expected to raise the expected value of the condition recommended by, as a share
    /// of what the replicate is (0 where nothing new is left, else up to 1).
    pub new: f64,
}

/// Conditions that may be recommended, those of them that may be repeated, and new candidates: the best of each.
const CONDITIONS: usize = 32;
const REPEATED: usize = 8;
const NEW: usize = 24;
/// Where nothing new is left, replicates go on until their expected gain is below this (standard deviations of what was
/// measured).
const NOTHING: f64 = 0.01;

/// A point with its score, and why it is one that was tried.
pub(super) type Chosen = (Point, f64, Option<Replicate>);

impl Planner {
    /// Where readings are noisy, that of `found` (the best new one first), other `new` candidates and the best
    /// conditions tried which teaches most; else what was found.
    ///
    /// Source: as in Picheny, Wagner & Ginsbourger, Struct. Multidiscip. Optim. 48, 607 (2013), section 4, new and tried
    /// conditions compete under one criterion; it is the knowledge gradient of the condition recommended.
    pub(super) fn teaching_most(
        &self,
        found: Option<(Point, f64)>,
        new: impl Iterator<Item = (Point, f64)>,
        situation: &Situation<'_>,
        belief: &Belief,
        preferences: &[&dyn Preference],
    ) -> Option<Chosen> {
        let plain = found.map(|(point, score)| (point, score, None));
        let wanted = match self.settings.replicates {
            ReplicatesWanted::Auto => matches!(self.space, Space::Ranges(_)),
            ReplicatesWanted::Pool => true,
            ReplicatesWanted::Never => false,
        };
        if !wanted || !belief.is_noisy() {
            return plain;
        }
        let mut candidates: Vec<Chosen> = plain.iter().cloned().collect();
        candidates.extend(new.take(NEW).map(|(point, score)| (point, score, None)));
        let fresh = candidates.len();
        let good = self.recommendable(situation, belief);
        candidates.extend(good.iter().take(REPEATED).map(|&observation| {
            let replicate = Replicate { observation, new: 0.0 };
            (situation.observed[observation].point.clone(), 0.0, Some(replicate))
        }));
        let width = self.encoding.width();
        let conditions = Rows::collect(width, good.iter().map(|&index| situation.inputs.row(index)));
        let mut places = Rows::new(width);
        for (point, ..) in &candidates {
            places.push(&self.encoding.encode(point).ok()?);
        }
        let Some(gains) = belief.knowledge_gradients(&conditions, &places) else { return plain };
        let weighed: Vec<f64> = gains
            .iter()
            .zip(&candidates)
            .map(|(gain, (point, ..))| gain.ln() + preferences.iter().map(|p| p.log(point)).sum::<f64>())
            .collect();
        let best = (0..weighed.len()).max_by(|&a, &b| weighed[a].total_cmp(&weighed[b]).then(b.cmp(&a)))?;
        if (fresh == 0 && gains[best] < NOTHING) || gains[best] <= 0.0 {
            return plain;
        }
        let (point, score, replicate) = candidates.swap_remove(best);
        let Some(replicate) = replicate else { return Some((point, score, None)) };
        let other = weighed[..fresh].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let new = (other - weighed[best]).exp().clamp(0.0, 1.0);
        Some((point, weighed[best], Some(Replicate { new, ..replicate })))
    }

    /// Observations of different conditions that may be recommended, the best first.
    fn recommendable(&self, situation: &Situation<'_>, belief: &Belief) -> Vec<usize> {
        let merits = belief.expected_merit(&situation.inputs);
        let mut order: Vec<usize> =
            (0..merits.len()).filter(|&index| belief.counts(&situation.observed[index])).collect();
        order.sort_by(|a, b| merits[*b].total_cmp(&merits[*a]));
        let mut seen: HashSet<_> = self.refused.iter().map(|point| key(point)).collect();
        let point = |index: &usize| &situation.observed[*index].point;
        order.retain(|index| self.space.contains(point(index)) && seen.insert(key(point(index))));
        order.truncate(CONDITIONS);
        order
    }
}
