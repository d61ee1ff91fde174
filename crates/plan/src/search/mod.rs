//! The best point of ranges under a belief: gradients for what is continuous, exchange for what is not.

mod again;
mod climb;
mod listed;
mod ruled;

use std::collections::HashSet;

use matdock_learn::{
    Rows,
    optimise::{Limits, Minimum, Status, minimise_together},
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{
    belief::Belief,
    encode::Encoding,
    space::{CellKey, Parameter, Point, Ranges, Value, key},
    start,
};

pub(crate) use listed::{Listed, Ranking};

/// Spread candidates, and candidates near each of the best observations.
const SPREAD: usize = 1024;
const NEAR: usize = 24;
const NEAR_POINTS: usize = 5;
/// Of many candidates under a slow belief those that pass a rough one.
const SIFTED: usize = 128;
/// Candidates improved further.
const STARTS: usize = 6;
const SWEEPS: usize = 3;
/// Rise of a log score that is not worth looking for.
const NEGLIGIBLE: f64 = 1e-5;

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

    /// The scores at the rows of `points`, with their gradients by the columns; `None` where a model has no gradient.
    pub(crate) fn scores_with_gradients(&self, points: &Rows) -> Option<Vec<(f64, Vec<f64>)>> {
        let mut scores = self.belief.scores_with_gradients(points)?;
        for preference in self.preferences {
            for ((score, slopes), columns) in scores.iter_mut().zip(points.iter()) {
                let (log, own) = preference.log_with_gradient(columns);
                *score += log;
                slopes.iter_mut().zip(own).for_each(|(slope, own)| *slope += own);
            }
        }
        Some(scores)
    }

    fn score_with_gradient(&self, columns: &[f64]) -> Option<(f64, Vec<f64>)> {
        self.scores_with_gradients(&Rows::collect(columns.len(), [columns]))?.pop()
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
        let mut candidates = self.scored(self.sifted(points));
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        let starts = distinct(&candidates, STARTS);
        let mut best = candidates.first().cloned();
        for improved in self.improve(starts, &mut random) {
            if best.as_ref().is_none_or(|b| improved.score > b.score) {
                best = Some(improved.clone());
            }
            candidates.push(improved);
        }
        ranking.set(candidates);
        ranking.ended = best.as_ref().and_then(|candidate| candidate.ended);
        best.map(|candidate| (candidate.point, candidate.score))
    }

    /// Of very many points under a slow belief the best under a rough one.
    fn sifted(&self, points: Vec<Point>) -> Vec<Point> {
        if points.len() <= SIFTED {
            return points;
        }
        let Some(rough) = self.appraisal.belief.roughly() else { return points };
        let appraisal = Appraisal { belief: &rough, ..self.appraisal };
        let mut candidates = Search { appraisal, ..*self }.scored(points);
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        candidates.into_iter().take(SIFTED).map(|candidate| candidate.point).collect()
    }

    /// Those of `points` that are free, with their scores.
    fn scored(&self, points: Vec<Point>) -> Vec<Candidate> {
        self.scored_each(points).into_iter().flatten().collect()
    }

    /// Every point with its score; `None` for one that is not free or has no score.
    fn scored_each(&self, points: Vec<Point>) -> Vec<Option<Candidate>> {
        let encoded = |point: &Point| {
            let free = !self.taken.contains(&key(point));
            free.then(|| self.encoding.encode(point).ok()).flatten()
        };
        let columns: Vec<Option<Vec<f64>>> = points.iter().map(encoded).collect();
        let free = || points.iter().zip(&columns).filter(|(_, columns)| columns.is_some());
        let rows = Rows::collect(self.encoding.width(), columns.iter().flatten().map(Vec::as_slice));
        let mut scores = self.appraisal.scores(free().map(|(point, _)| point.as_slice()), &rows).into_iter();
        let candidate = |(point, columns): (Point, Option<Vec<f64>>)| {
            let (columns, score) = columns.and_then(|columns| Some((columns, scores.next()?)))?;
            (!score.is_nan()).then_some(Candidate { point, columns, score, ended: None })
        };
        points.into_iter().zip(columns).map(candidate).collect()
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

    /// Improves every start: first everything with a direction as if continuous, then settings that exist.
    fn improve(&self, starts: Vec<Candidate>, random: &mut ChaCha8Rng) -> Vec<Candidate> {
        let numeric: Vec<usize> = (0..self.parameters.len()).filter(|&i| self.encoding.column(i).is_some()).collect();
        let climbed = self.climb(starts, &numeric, random);
        let discrete: Vec<usize> = (0..self.parameters.len()).filter(|&i| !self.parameters[i].is_free()).collect();
        if discrete.is_empty() && self.mixtures().is_none() {
            return climbed;
        }
        let continuous: Vec<usize> = numeric.iter().copied().filter(|&i| self.parameters[i].is_free()).collect();
        climbed.into_iter().map(|best| self.settle(best, &discrete, &continuous, random)).collect()
    }

    /// The ranges, where settings of them are parts of mixtures.
    fn mixtures(&self) -> Option<&Ranges> {
        self.ranges().filter(|ranges| !ranges.blends().is_empty())
    }

    /// Exchanges discrete settings and climbs the continuous ones in turn.
    fn settle(
        &self,
        mut best: Candidate,
        discrete: &[usize],
        continuous: &[usize],
        random: &mut ChaCha8Rng,
    ) -> Candidate {
        let mut settled = false;
        for _ in 0..SWEEPS {
            let before = best.score;
            for &parameter in discrete {
                let points = self.exchanges(&best.point, parameter, random);
                best = self.better(best, points, random);
            }
            if let Some(ranges) = self.mixtures() {
                let points = self.mixture_exchanges(ranges, &best.point);
                best = self.better(best, points, random);
            }
            if !continuous.is_empty() {
                best = self.climb(vec![best.clone()], continuous, random).pop().unwrap_or(best);
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

    /// Moves the given numeric parameters of each start up the gradient; a start is kept when that does not help.
    fn climb(&self, starts: Vec<Candidate>, parameters: &[usize], random: &mut ChaCha8Rng) -> Vec<Candidate> {
        if let Some(ranges) = self.ranges().filter(|ranges| ranges.is_ruled()) {
            return starts.into_iter().map(|start| self.climb_ruled(start, ranges, random)).collect();
        }
        let columns: Vec<usize> = parameters.iter().filter_map(|&i| self.encoding.column(i)).collect();
        if columns.is_empty() {
            return starts;
        }
        let origins: Vec<Vec<f64>> =
            starts.iter().map(|start| columns.iter().map(|&c| start.columns[c]).collect()).collect();
        let limits = Limits { evaluations: 40, gradient: 1e-4, decrease: 1e-7, gain: NEGLIGIBLE };
        let function = |wanted: &[(usize, &[f64])]| {
            let mut rows = Rows::new(self.encoding.width());
            for (start, x) in wanted {
                let mut full = starts[*start].columns.clone();
                columns.iter().zip(*x).for_each(|(&c, x)| full[c] = *x);
                rows.push(&full);
            }
            let flat = || vec![(0.0, vec![0.0; rows.width()]); rows.len()];
            let scores = self.appraisal.scores_with_gradients(&rows).unwrap_or_else(flat);
            let downhill = |slopes: Vec<f64>| columns.iter().map(|&c| -slopes[c]).collect();
            scores.into_iter().map(|(score, slopes)| (-score, downhill(slopes))).collect()
        };
        let (low, high) = (vec![0.0; columns.len()], vec![1.0; columns.len()]);
        let found = minimise_together(function, &origins, &low, &high, limits);
        let moved = |(start, found): (&Candidate, &Minimum)| {
            let mut point = start.point.clone();
            for (&parameter, unit) in parameters.iter().zip(&found.point) {
                point[parameter] = self.encoding.setting(parameter, *unit);
            }
            point
        };
        let moved = self.scored_each(starts.iter().zip(&found).map(moved).collect());
        let better = |((start, moved), found): ((Candidate, Option<Candidate>), Minimum)| {
            let best = moved.filter(|moved| moved.score > start.score).unwrap_or(start);
            Candidate { ended: Some(found.status), ..best }
        };
        starts.into_iter().zip(moved).zip(found).map(better).collect()
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
