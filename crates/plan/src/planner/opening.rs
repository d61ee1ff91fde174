//! Experiments without a model: the first ones, and those while nothing usable was measured.

use std::collections::HashSet;

use super::{
    Planner, Situation,
    suggestion::{Purpose, Suggestion},
};
use crate::{
    belief::Belief,
    encode::Encoding,
    search::Listed,
    space::{Point, Value, key},
    start,
};

/// Candidates for the initial experiments.
const INITIAL_CANDIDATES: usize = 512;
/// Rows of a pool looked at while there is no model.
const UNINFORMED: usize = 20_000;

impl Planner {
    /// Space-filling experiments.
    pub(super) fn initial(&self, situation: &mut Situation<'_>, count: usize) -> Vec<Suggestion> {
        if count == 0 {
            return Vec::new();
        }
        let mut known: Vec<Vec<f64>> =
            situation.inputs.iter().map(<[f64]>::to_vec).chain(situation.pending.iter().cloned()).collect();
        if self.listed.is_none() {
            // Away from what was refused, too.
            known.extend(self.refused.iter().filter_map(|point| self.encoding.encode(point).ok()));
        }
        let chosen: Vec<Point> = match &self.listed {
            Some(listed) => {
                let free = self.payable_rows(listed, situation);
                let rows = if self.settings.random_start {
                    start::any(&free, count, situation.seed)
                } else {
                    start::representatives(&listed.columns, &free, &known, count, situation.seed)
                };
                rows.into_iter().map(|row| listed.points[row].clone()).collect()
            }
            None => self.spread(situation, known, count),
        };
        chosen.into_iter().map(|point| self.plain(situation, point, Purpose::Initial, 1.0)).collect()
    }

    /// Whether what is left of the budget covers an experiment after the one `before`.
    fn covers(&self, point: &[Value], before: Option<&Point>) -> bool {
        self.costs.as_ref().is_none_or(|costs| costs.covers(point, before))
    }

    /// Free rows of a pool, only those that what is left of the budget covers if there are any.
    fn payable_rows(&self, listed: &Listed, situation: &Situation<'_>) -> Vec<usize> {
        let covers = |row: &usize| self.covers(&listed.points[*row], situation.before);
        preferring(listed.free(&situation.taken), covers)
    }

    /// Points spread over the ranges, those that are too dear for what is left with dear settings as they were.
    fn spread_payable(&self, situation: &Situation<'_>, count: usize) -> Vec<Point> {
        let points = start::spread(&self.encoding, count, situation.seed);
        let (Some(costs), Some(before)) = (&self.costs, situation.before) else { return points };
        let covers = |point: &Point| self.covers(point, situation.before);
        let with_cheaper = points.into_iter().flat_map(|point| {
            let mut same = if covers(&point) { Vec::new() } else { costs.unchanged(&point, before) };
            same.retain(|point| self.space.contains(point));
            same.push(point);
            same
        });
        preferring(with_cheaper.collect(), covers)
    }

    /// Up to `count` allowed points spread over the space, tried or not.
    pub(super) fn anywhere(&self, count: usize, seed: u64) -> Vec<Point> {
        match &self.listed {
            Some(listed) => {
                let all: Vec<usize> = (0..listed.points.len()).collect();
                start::any(&all, count, seed).into_iter().map(|row| listed.points[row].clone()).collect()
            }
            None => {
                let points = start::spread(&self.encoding, count, seed);
                let mut seen = HashSet::new();
                points.into_iter().filter(|point| seen.insert(key(point))).collect()
            }
        }
    }

    /// Points of a Sobol sequence; once there are experiments, those that are furthest from them.
    fn spread(&self, situation: &Situation<'_>, mut known: Vec<Vec<f64>>, count: usize) -> Vec<Point> {
        if known.is_empty() {
            let points = start::spread(&self.encoding, count, situation.seed);
            let mut seen = HashSet::new();
            return points.into_iter().filter(|point| seen.insert(key(point))).collect();
        }
        let mut candidates = self.spread_payable(situation, INITIAL_CANDIDATES.max(2 * count));
        candidates.retain(|point| !situation.taken.contains(&key(point)));
        let mut columns: Vec<Vec<f64>> =
            candidates.iter().map(|point| self.encoding.encode(point).unwrap_or_default()).collect();
        let mut chosen = Vec::new();
        while chosen.len() < count {
            let Some(next) = start::furthest(&columns, &known) else { break };
            known.push(columns.swap_remove(next));
            let point = candidates.swap_remove(next);
            let same = key(&point);
            chosen.push(point);
            // The same settings may come up again where steps are coarse.
            let again: Vec<bool> = candidates.iter().map(|other| key(other) == same).collect();
            retain_unless(&mut candidates, &again);
            retain_unless(&mut columns, &again);
        }
        chosen
    }

    /// Without any measured outcome: far from what was tried, where success is likely.
    pub(super) fn uninformed(&self, situation: &mut Situation<'_>, belief: &Belief, count: usize) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        let mut known: Vec<Vec<f64>> =
            situation.inputs.iter().map(<[f64]>::to_vec).chain(situation.pending.iter().cloned()).collect();
        for _ in 0..count {
            let points: Vec<Point> = match &self.listed {
                Some(listed) => {
                    let mut free = self.payable_rows(listed, situation);
                    if free.len() > UNINFORMED {
                        free = start::any(&free, UNINFORMED, situation.seed);
                    }
                    free.into_iter().map(|row| listed.points[row].clone()).collect()
                }
                None => self
                    .spread_payable(situation, INITIAL_CANDIDATES)
                    .into_iter()
                    .filter(|point| !situation.taken.contains(&key(point)))
                    .collect(),
            };
            let scored = points.into_iter().filter_map(|point| {
                let columns = self.encoding.encode(&point).ok()?;
                let room = known.iter().map(|k| Encoding::distance(k, &columns)).fold(1e3, f64::min);
                let score = (room.max(1e-9) * belief.rough_success(&columns)).ln();
                Some((point, columns, score))
            });
            let Some((point, columns, score)) = scored.max_by(|a, b| a.2.total_cmp(&b.2)) else { break };
            known.push(columns.clone());
            let success = belief.success(&columns);
            let suggestion = self.plain(situation, point, Purpose::Explore, success);
            suggestions.push(Suggestion { score, ..suggestion });
        }
        suggestions
    }
}

/// Those of `all` that are `wanted`; all of them where none is.
fn preferring<T>(all: Vec<T>, wanted: impl Fn(&T) -> bool) -> Vec<T> {
    let flags: Vec<bool> = all.iter().map(wanted).collect();
    if !flags.contains(&true) {
        return all;
    }
    all.into_iter().zip(flags).filter(|(_, wanted)| *wanted).map(|(one, _)| one).collect()
}

fn retain_unless<T>(items: &mut Vec<T>, drop: &[bool]) {
    let mut flags = drop.iter();
    items.retain(|_| !flags.next().copied().unwrap_or(false));
}
