//! The best point of ranges under a belief: gradients for what is continuous, exchange for what is not.

mod again;
mod climb;
mod listed;
mod ruled;

use std::collections::HashSet;

use matdock_learn::{
    Rows,
    optimise::{Limits, Status, minimise},
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{
    belief::Belief,
    encode::Encoding,
    space::{CellKey, Parameter, Point, Value, key},
    start,
};

pub(crate) use listed::{Listed, Ranking};

/// Spread candidates, and candidates near each of the best observations.
const SPREAD: usize = 1024;
const NEAR: usize = 24;
const NEAR_POINTS: usize = 5;
/// Candidates improved further.
const STARTS: usize = 6;
const SWEEPS: usize = 3;

/// Something besides the expected improvement that makes settings preferable: what they cost, what people believe.
pub(crate) trait Preference: Send + Sync {
    /// Added to the log score of `point`.
    fn log(&self, point: &[Value]) -> f64;

    /// The same by columns, with its gradient; zeros from a preference that has none.
    fn log_with_gradient(&self, columns: &[f64]) -> (f64, Vec<f64>) {
        (0.0, vec![0.0; columns.len()])
    }
}

/// What candidates are compared by.
#[derive(Clone, Copy)]
pub(crate) struct Appraisal<'a> {
    pub(crate) belief: &'a Belief,
    pub(crate) preferences: &'a [&'a dyn Preference],
}

impl Appraisal<'_> {
    /// Scores of `points`, whose columns are the rows of `columns`.
    pub(crate) fn scores<'p>(&self, points: impl Iterator<Item = &'p [Value]>, columns: &Rows) -> Vec<f64> {
        self.preferred(self.belief.scores(columns), points)
    }

    /// The same for rows of a list.
    pub(crate) fn scores_of_list<'p>(&self, points: impl Iterator<Item = &'p [Value]>, columns: &Rows) -> Vec<f64> {
        self.preferred(self.belief.scores_of_list(columns), points)
    }

    fn preferred<'p>(&self, mut scores: Vec<f64>, points: impl Iterator<Item = &'p [Value]>) -> Vec<f64> {
        if !self.preferences.is_empty() {
            for (score, point) in scores.iter_mut().zip(points) {
                *score += self.preferences.iter().map(|preference| preference.log(point)).sum::<f64>();
            }
        }
        scores
    }

    /// The score at one point, and its gradient by the columns; `None` where a model has no gradient.
    pub(crate) fn score_with_gradient(&self, columns: &[f64]) -> Option<(f64, Vec<f64>)> {
        let (mut score, mut slopes) = self.belief.score_with_gradient(columns)?;
        for preference in self.preferences {
            let (log, own) = preference.log_with_gradient(columns);
            score += log;
            slopes.iter_mut().zip(own).for_each(|(slope, own)| *slope += own);
        }
        Some((score, slopes))
    }
}

/// Finds the allowed points with the highest scores.
pub(crate) struct Search<'a> {
    pub(crate) parameters: &'a [Parameter],
    pub(crate) encoding: &'a Encoding,
    pub(crate) appraisal: Appraisal<'a>,
    /// Never proposed.
    pub(crate) taken: &'a HashSet<Vec<CellKey>>,
}

#[derive(Clone)]
struct Candidate {
    point: Point,
    columns: Vec<f64>,
    score: f64,
    /// How the search that led to it ended; `None` for one that was only scored.
    ended: Option<Status>,
}

impl Search<'_> {
    /// The best point found from spread starts and around `good` points; `None` when everything tried is taken.
    /// `ranking` is empty for the first suggestion of a batch and kept between the others.
    pub(crate) fn best(&self, good: &[Point], ranking: &mut Ranking, seed: u64) -> Option<(Point, f64)> {
        if !ranking.points.is_empty() {
            return self.again(ranking, seed);
        }
        let mut points = start::spread(self.encoding, SPREAD, seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x6e65_6172);
        for point in good.iter().take(NEAR_POINTS) {
            let near = (0..NEAR).map(|_| self.neighbour(point, &mut random)).collect();
            points.extend(self.allowed(near, &mut random));
        }
        let mut candidates = self.scored(points);
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        let starts = distinct(&candidates, STARTS);
        let mut best = candidates.first().cloned();
        for start in starts {
            let improved = self.improve(start, &mut random);
            if best.as_ref().is_none_or(|b| improved.score > b.score) {
                best = Some(improved.clone());
            }
            candidates.push(improved);
        }
        ranking.set(candidates);
        ranking.ended = best.as_ref().and_then(|candidate| candidate.ended);
        best.map(|candidate| (candidate.point, candidate.score))
    }

    /// Those of `points` that are free, with their scores.
    fn scored(&self, points: Vec<Point>) -> Vec<Candidate> {
        let free: Vec<(Point, Vec<f64>)> = points
            .into_iter()
            .filter(|point| !self.taken.contains(&key(point)))
            .filter_map(|point| self.encoding.encode(&point).ok().map(|columns| (point, columns)))
            .collect();
        let rows = self.rows(&free);
        let scores = self.appraisal.scores(free.iter().map(|(point, _)| point.as_slice()), &rows);
        let sound = free.into_iter().zip(scores).filter(|(_, score)| !score.is_nan());
        sound.map(|((point, columns), score)| Candidate { point, columns, score, ended: None }).collect()
    }

    /// A point near `point`: numbers moved a little, some discrete settings changed.
    fn neighbour(&self, point: &[Value], random: &mut ChaCha8Rng) -> Point {
        let spread = [0.01, 0.05, 0.15][random.random_range(0..3)];
        let columns = self.encoding.encode(point).unwrap_or_default();
        let keep = 1.0 - 1.0 / self.parameters.len() as f64;
        (0..self.parameters.len())
            .map(|index| {
                let step: f64 = StandardNormal.sample(random);
                match (self.encoding.column(index).and_then(|c| columns.get(c)), point.get(index)) {
                    // A component that is left out stays so, an absent setting too.
                    (_, Some(value)) if self.stays_out(index, value) => value.clone(),
                    (Some(unit), _) => self.encoding.setting(index, unit + spread * step),
                    (None, Some(value)) if random.random_bool(keep) && self.parameters[index].allows(value) => {
                        value.clone()
                    }
                    _ => self.encoding.setting(index, random.random()),
                }
            })
            .collect()
    }

    fn stays_out(&self, parameter: usize, value: &Value) -> bool {
        let optional = || self.ranges().is_some_and(|ranges| ranges.is_optional(parameter));
        *value == Value::Absent || (*value == Value::Number(0.0) && optional())
    }

    fn improve(&self, start: Candidate, random: &mut ChaCha8Rng) -> Candidate {
        let numeric: Vec<usize> = (0..self.parameters.len()).filter(|&i| self.encoding.column(i).is_some()).collect();
        let continuous: Vec<usize> = numeric.iter().copied().filter(|&i| self.parameters[i].is_free()).collect();
        let discrete: Vec<usize> = (0..self.parameters.len()).filter(|&i| !self.parameters[i].is_free()).collect();
        // First everything with a direction as if continuous, then settings that exist.
        let mut best = self.climb(start, &numeric, random);
        let mixtures = self.ranges().filter(|ranges| !ranges.blends().is_empty());
        if discrete.is_empty() && mixtures.is_none() {
            return best;
        }
        let mut settled = false;
        for _ in 0..SWEEPS {
            let before = best.score;
            for &parameter in &discrete {
                let points = self.exchanges(&best.point, parameter, random);
                best = self.better(best, points, random);
            }
            if let Some(ranges) = mixtures {
                let points = self.mixture_exchanges(ranges, &best.point);
                best = self.better(best, points, random);
            }
            if !continuous.is_empty() {
                best = self.climb(best, &continuous, random);
            }
            if best.score <= before + 1e-6 {
                settled = true;
                break;
            }
        }
        let own = if settled { Status::Converged } else { Status::Exhausted };
        Candidate { ended: best.ended.max(Some(own)), ..best }
    }

    /// The best of `best` and the allowed ones of `points`.
    fn better(&self, best: Candidate, points: Vec<Point>, random: &mut ChaCha8Rng) -> Candidate {
        let points = self.allowed(points, random);
        self.scored(points).into_iter().fold(best, |best, other| if other.score > best.score { other } else { best })
    }

    /// Moves the given numeric parameters up the gradient; the start is kept when that does not help.
    fn climb(&self, start: Candidate, parameters: &[usize], random: &mut ChaCha8Rng) -> Candidate {
        if let Some(ranges) = self.ranges().filter(|ranges| ranges.is_ruled()) {
            return self.climb_ruled(start, ranges, random);
        }
        let columns: Vec<usize> = parameters.iter().filter_map(|&i| self.encoding.column(i)).collect();
        if columns.is_empty() {
            return start;
        }
        let origin: Vec<f64> = columns.iter().map(|&c| start.columns[c]).collect();
        let mut full = start.columns.clone();
        let limits = Limits { evaluations: 40, gradient: 1e-4, decrease: 1e-7 };
        let function = |x: &[f64], gradient: &mut [f64]| {
            columns.iter().zip(x).for_each(|(&c, x)| full[c] = *x);
            let Some((score, slopes)) = self.appraisal.score_with_gradient(&full) else {
                gradient.fill(0.0);
                return 0.0;
            };
            columns.iter().zip(gradient).for_each(|(&c, g)| *g = -slopes[c]);
            -score
        };
        let found = minimise(function, &origin, &vec![0.0; columns.len()], &vec![1.0; columns.len()], limits);
        let mut point = start.point.clone();
        for (&parameter, unit) in parameters.iter().zip(&found.point) {
            point[parameter] = self.encoding.setting(parameter, *unit);
        }
        let best = self
            .scored(vec![point])
            .into_iter()
            .fold(start, |start, moved| if moved.score > start.score { moved } else { start });
        Candidate { ended: Some(found.status), ..best }
    }

    /// The point with one discrete setting changed, in all ways when they are few.
    fn exchanges(&self, point: &[Value], parameter: usize, random: &mut ChaCha8Rng) -> Vec<Point> {
        const FEW: usize = 24;
        let with = |value: Value| {
            let mut changed = point.to_vec();
            changed[parameter] = value;
            changed
        };
        let absent = point[parameter] == Value::Absent;
        if absent || self.ranges().is_some_and(|ranges| ranges.blend_of(parameter).is_some()) {
            return Vec::new();
        }
        let count = self.parameters[parameter].count();
        if count <= FEW {
            return self.parameters[parameter].settings(count).into_iter().map(with).collect();
        }
        let column = self.encoding.column(parameter);
        let own = column.and_then(|c| self.encoding.encode(point).ok().map(|columns| columns[c]));
        let step = 1.0 / (count as f64 - 1.0);
        let near = own.into_iter().flat_map(|own| [-2.0, -1.0, 1.0, 2.0].map(|steps| own + steps * step));
        let units: Vec<f64> = near.chain((0..FEW).map(|_| random.random())).collect();
        units.into_iter().map(|unit| with(self.encoding.setting(parameter, unit))).collect()
    }
}

/// The first `count` candidates that are not near one another.
fn distinct(sorted: &[Candidate], count: usize) -> Vec<Candidate> {
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in sorted {
        if chosen.len() == count {
            break;
        }
        if chosen.iter().all(|other| Encoding::distance(&other.columns, &candidate.columns) > 0.05) {
            chosen.push(candidate.clone());
        }
    }
    chosen
}

#[cfg(test)]
mod tests;
