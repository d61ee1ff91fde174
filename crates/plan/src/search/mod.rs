//! The best point of ranges under a belief: gradients for what is continuous, exchange for what is not.

mod listed;

use std::collections::HashSet;

use matdock_learn::{
    Rows,
    optimise::{Limits, minimise},
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{
    belief::Belief,
    encode::Encoding,
    space::{CellKey, Parameter, ParameterKind, Point, Value, key},
    start,
};

pub(crate) use listed::Listed;

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
        let mut scores = self.belief.scores(columns);
        if !self.preferences.is_empty() {
            for (score, point) in scores.iter_mut().zip(points) {
                *score += self.preferences.iter().map(|preference| preference.log(point)).sum::<f64>();
            }
        }
        scores
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
}

impl Search<'_> {
    /// The best point found from spread starts and around `good` points; `None` when everything tried is taken.
    pub(crate) fn best(&self, good: &[Point], seed: u64) -> Option<(Point, f64)> {
        let mut points = start::sobol(self.encoding, self.parameters.len(), SPREAD, seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x6e65_6172);
        for point in good.iter().take(NEAR_POINTS) {
            points.extend((0..NEAR).map(|_| self.neighbour(point, &mut random)));
        }
        let mut candidates = self.scored(points);
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        let starts = distinct(&candidates, STARTS);
        let mut best = candidates.into_iter().next();
        for start in starts {
            let improved = self.improve(start, &mut random);
            if best.as_ref().is_none_or(|b| improved.score > b.score) {
                best = Some(improved);
            }
        }
        best.map(|candidate| (candidate.point, candidate.score))
    }

    /// Those of `points` that are free, with their scores.
    fn scored(&self, points: Vec<Point>) -> Vec<Candidate> {
        let free: Vec<(Point, Vec<f64>)> = points
            .into_iter()
            .filter(|point| !self.taken.contains(&key(point)))
            .filter_map(|point| self.encoding.encode(&point).ok().map(|columns| (point, columns)))
            .collect();
        let rows = Rows::collect(self.encoding.width(), free.iter().map(|(_, columns)| columns.as_slice()));
        let scores = self.appraisal.scores(free.iter().map(|(point, _)| point.as_slice()), &rows);
        let sound = free.into_iter().zip(scores).filter(|(_, score)| !score.is_nan());
        sound.map(|((point, columns), score)| Candidate { point, columns, score }).collect()
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
                    (Some(unit), _) => self.encoding.setting(index, unit + spread * step),
                    (None, Some(value)) if random.random_bool(keep) && self.parameters[index].allows(value) => {
                        value.clone()
                    }
                    _ => self.encoding.setting(index, random.random()),
                }
            })
            .collect()
    }

    fn improve(&self, start: Candidate, random: &mut ChaCha8Rng) -> Candidate {
        let numeric: Vec<usize> = (0..self.parameters.len()).filter(|&i| self.encoding.column(i).is_some()).collect();
        let continuous: Vec<usize> = numeric.iter().copied().filter(|&i| is_free(&self.parameters[i])).collect();
        let discrete: Vec<usize> = (0..self.parameters.len()).filter(|&i| !is_free(&self.parameters[i])).collect();
        // First everything with a direction as if continuous, then settings that exist.
        let mut best = self.climb(start, &numeric);
        if discrete.is_empty() {
            return best;
        }
        for _ in 0..SWEEPS {
            let before = best.score;
            for &parameter in &discrete {
                let points = self.exchanges(&best.point, parameter, random);
                for candidate in self.scored(points) {
                    if candidate.score > best.score {
                        best = candidate;
                    }
                }
            }
            if !continuous.is_empty() {
                best = self.climb(best, &continuous);
            }
            if best.score <= before + 1e-6 {
                break;
            }
        }
        best
    }

    /// Moves the given numeric parameters up the gradient; the start is kept when that does not help.
    fn climb(&self, start: Candidate, parameters: &[usize]) -> Candidate {
        let columns: Vec<usize> = parameters.iter().filter_map(|&i| self.encoding.column(i)).collect();
        if columns.is_empty() {
            return start;
        }
        let origin: Vec<f64> = columns.iter().map(|&c| start.columns[c]).collect();
        let mut full = start.columns.clone();
        let limits = Limits { evaluations: 40, gradient: 1e-4, decrease: 1e-7 };
        let function = |x: &[f64], gradient: &mut [f64]| {
            columns.iter().zip(x).for_each(|(&c, x)| full[c] = *x);
            let Some((score, slopes)) = self.appraisal.belief.score_with_gradient(&full) else {
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
        self.scored(vec![point])
            .into_iter()
            .fold(start, |start, moved| if moved.score > start.score { moved } else { start })
    }

    /// The point with one discrete setting changed, in all ways when they are few.
    fn exchanges(&self, point: &[Value], parameter: usize, random: &mut ChaCha8Rng) -> Vec<Point> {
        const FEW: usize = 24;
        let with = |value: Value| {
            let mut changed = point.to_vec();
            changed[parameter] = value;
            changed
        };
        let count = setting_count(&self.parameters[parameter]);
        if count <= FEW {
            return settings(&self.parameters[parameter], self.encoding, parameter, count)
                .into_iter()
                .map(with)
                .collect();
        }
        let column = self.encoding.column(parameter);
        let own = column.and_then(|c| self.encoding.encode(point).ok().map(|columns| columns[c]));
        let step = 1.0 / (count as f64 - 1.0);
        let near = own.into_iter().flat_map(|own| [-2.0, -1.0, 1.0, 2.0].map(|steps| own + steps * step));
        let units: Vec<f64> = near.chain((0..FEW).map(|_| random.random())).collect();
        units.into_iter().map(|unit| with(self.encoding.setting(parameter, unit))).collect()
    }
}

/// Whether a parameter can take any number of its range.
fn is_free(parameter: &Parameter) -> bool {
    matches!(parameter.kind, ParameterKind::Continuous { step: None, .. })
}

/// Number of different settings of a discrete parameter.
pub(crate) fn setting_count(parameter: &Parameter) -> usize {
    match &parameter.kind {
        ParameterKind::Continuous { step: None, .. } => usize::MAX,
        ParameterKind::Continuous { low, high, step: Some(step), .. } => ((high - low) / step + 1e-9) as usize + 1,
        ParameterKind::Integer { low, high } => {
            usize::try_from(high.abs_diff(*low)).unwrap_or(usize::MAX).saturating_add(1)
        }
        ParameterKind::Ordinal { levels } => levels.len(),
        ParameterKind::Categorical { levels } => levels.len(),
    }
}

/// All settings of a discrete parameter.
pub(crate) fn settings(parameter: &Parameter, encoding: &Encoding, index: usize, count: usize) -> Vec<Value> {
    match &parameter.kind {
        ParameterKind::Ordinal { levels } => levels.iter().map(|level| Value::Number(*level)).collect(),
        ParameterKind::Categorical { levels } => levels.iter().map(|level| Value::Level(level.clone())).collect(),
        ParameterKind::Integer { low, .. } => (0..count).map(|k| Value::Number(*low as f64 + k as f64)).collect(),
        ParameterKind::Continuous { low, high, step, .. } => match step {
            Some(step) => (0..count).map(|k| Value::Number((low + k as f64 * step).min(*high))).collect(),
            None => (0..count).map(|k| encoding.setting(index, k as f64 / (count.max(2) - 1) as f64)).collect(),
        },
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
