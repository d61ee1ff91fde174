//! Candidates given one by one: the rows of a pool, or ranges with only a few points.

use std::{collections::HashSet, sync::Arc};

use matdock_learn::{Rows, optimise::Status};
use matdock_message::Message;

use super::{Appraisal, Candidate, again::RISE, climb::AGAIN};
use crate::{
    encode::Encoding,
    space::{CellKey, Parameter, Point, PointIndex, Ranges, Space, Value},
};

/// Ranges with at most this many points are searched one by one.
const LISTED: usize = 4096;

/// Lists up to this long are scored row by row; in longer ones the best row is searched for.
const SCORED: usize = 20_000;
/// Rows scored anew at once.
const ANEW: usize = 256;

/// Candidates given one by one, with their columns.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) points: Arc<Vec<Point>>,
    pub(crate) columns: Arc<Rows>,
    index: Arc<PointIndex>,
}

/// Candidates with their scores as they were when made, the highest first: what the next suggestion of a batch begins
/// from. Rows of a list or points of ranges.
#[derive(Default)]
pub(crate) struct Ranking {
    pub(super) rows: Vec<(f64, usize)>,
    pub(super) points: Vec<Candidate>,
    /// How the search for the latest suggestion ended; `None` where candidates were only scored.
    pub(crate) ended: Option<Status>,
}

impl Ranking {
    /// The points of ranges, each with its score.
    pub(crate) fn top(&self) -> impl Iterator<Item = (Point, f64)> {
        self.points.iter().map(|candidate| (candidate.point.clone(), candidate.score))
    }

    fn sort(&mut self) {
        self.rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    }
}

impl Listed {
    /// The candidates of a space; `None` where there are too many combinations of settings.
    pub(crate) fn new(space: &Space, encoding: &Encoding) -> Result<Option<Self>, Message> {
        let (points, index) = match space {
            Space::Pool(pool) => pool.shared(),
            Space::Ranges(ranges) => match all_points(ranges) {
                Some(points) => {
                    let index = PointIndex::new(&points);
                    (Arc::new(points), Arc::new(index))
                }
                None => return Ok(None),
            },
        };
        let mut columns = Rows::new(encoding.width());
        for point in points.iter() {
            columns.push(&encoding.encode(point)?);
        }
        Ok(Some(Self { points, columns: Arc::new(columns), index }))
    }

    /// Numbers of the candidates in `taken`.
    pub(super) fn taken(&self, taken: &HashSet<Vec<CellKey>>) -> HashSet<usize> {
        taken.iter().filter_map(|key| self.index.find(&self.points, &point(key))).collect()
    }

    /// Numbers of the candidates that are still free.
    pub(crate) fn free(&self, taken: &HashSet<Vec<CellKey>>) -> Vec<usize> {
        let taken = self.taken(taken);
        (0..self.points.len()).filter(|index| !taken.contains(index)).collect()
    }

    /// The free candidate with the highest score: among all of a list up to 20,000 rows, beyond that by search.
    ///
    /// `ranking` is empty for the first suggestion of a batch and kept between the others. These believe the ones before
    /// them, which lowers scores; so rows are scored anew from the top of the ranking, until no old score is as high as
    /// a new one (lazy greedy, Minoux 1978). `good` are the columns of the best observations.
    pub(crate) fn best(
        &self,
        appraisal: &Appraisal<'_>,
        taken: &HashSet<Vec<CellKey>>,
        ranking: &mut Ranking,
        good: impl FnOnce() -> Vec<Vec<f64>>,
        seed: u64,
    ) -> Option<(Point, f64)> {
        let taken = self.taken(taken);
        let long = self.points.len() > SCORED;
        ranking.ended = Some(Status::Converged);
        if !ranking.rows.is_empty() {
            ranking.rows.retain(|(_, row)| !taken.contains(row));
            self.refresh(appraisal, ranking);
            if long {
                let from = ranking.rows.iter().take(AGAIN).map(|(_, row)| self.columns.row(*row).to_vec()).collect();
                self.climb(appraisal, &taken, ranking, from);
            }
        } else if long {
            self.sample(appraisal, &taken, ranking, good(), seed);
        } else {
            let free: Vec<usize> = (0..self.points.len()).filter(|row| !taken.contains(row)).collect();
            ranking.rows = self.scored(appraisal, free);
        }
        ranking.sort();
        ranking.rows.first().map(|&(score, row)| (self.points[row].clone(), score))
    }

    /// The free candidate with the highest score among those that are `wanted`; of very many a part is looked at.
    pub(crate) fn best_where(
        &self,
        appraisal: &Appraisal<'_>,
        taken: &HashSet<Vec<CellKey>>,
        wanted: impl Fn(&Point) -> bool,
    ) -> Option<(Point, f64)> {
        let mut free = self.free(taken);
        free.retain(|&row| wanted(&self.points[row]));
        let stride = free.len().div_ceil(SCORED).max(1);
        let scored = self.scored(appraisal, free.into_iter().step_by(stride).collect());
        let best = scored.into_iter().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        best.map(|(score, row)| (self.points[row].clone(), score))
    }

    /// Scores of rows; those that have none are left out.
    pub(super) fn scored(&self, appraisal: &Appraisal<'_>, rows: Vec<usize>) -> Vec<(f64, usize)> {
        let columns = self.columns.select(&rows);
        let scores = appraisal.scores_of_list(rows.iter().map(|&row| self.points[row].as_slice()), &columns);
        scores.into_iter().zip(rows).filter(|(score, _)| !score.is_nan()).collect()
    }

    fn refresh(&self, appraisal: &Appraisal<'_>, ranking: &mut Ranking) {
        let (mut best, mut done) = (f64::NEG_INFINITY, 0);
        while done < ranking.rows.len() && ranking.rows[done].0 + RISE > best {
            let until = (done + ANEW).min(ranking.rows.len());
            let rows = ranking.rows[done..until].iter().map(|(_, row)| *row).collect();
            let scored = self.scored(appraisal, rows);
            best = scored.iter().map(|(score, _)| *score).fold(best, f64::max);
            let count = scored.len();
            ranking.rows.splice(done..until, scored);
            done += count;
        }
        ranking.sort();
    }
}

fn point(key: &[CellKey]) -> Point {
    let value = |cell: &CellKey| match cell {
        CellKey::Number(bits) => Value::Number(f64::from_bits(*bits)),
        CellKey::Level(level) => Value::Level(level.clone()),
        CellKey::Absent => Value::Absent,
    };
    key.iter().map(value).collect()
}

/// Every allowed point of ranges that have only a few.
fn all_points(ranges: &Ranges) -> Option<Vec<Point>> {
    let counts: Vec<usize> = ranges.parameters().iter().map(Parameter::count).collect();
    let total = counts.iter().try_fold(1usize, |total, count| total.checked_mul(*count));
    if counts.contains(&usize::MAX) || (!ranges.is_ruled() && total.is_none_or(|total| total > LISTED)) {
        return None;
    }
    let mut walk = Walk { ranges, points: Vec::new(), visits: 0 };
    let mut point = vec![Value::Absent; counts.len()];
    walk.visit(0, &mut point).then_some(walk.points)
}

/// Goes through all combinations of settings, parents of conditions first.
struct Walk<'a> {
    ranges: &'a Ranges,
    points: Vec<Point>,
    visits: usize,
}

/// Combinations gone through before a space counts as large.
const VISITS: usize = 100_000;

impl Walk<'_> {
    /// Whether it got to the end.
    fn visit(&mut self, depth: usize, point: &mut Point) -> bool {
        self.visits += 1;
        if self.visits > VISITS || self.points.len() > LISTED {
            return false;
        }
        let Some(&index) = self.ranges.order().get(depth) else {
            if !self.ranges.is_ruled() || self.ranges.allows(point) {
                self.points.push(point.clone());
            }
            return true;
        };
        if !self.ranges.is_there(index, point) {
            point[index] = Value::Absent;
            return self.visit(depth + 1, point);
        }
        let parameter = &self.ranges.parameters()[index];
        let mut settings = parameter.settings(parameter.count());
        if self.ranges.is_optional(index) && !settings.contains(&Value::Number(0.0)) {
            settings.push(Value::Number(0.0));
        }
        for value in settings {
            point[index] = value;
            if self.ranges.may_add_up(index, point) && !self.visit(depth + 1, point) {
                return false;
            }
        }
        point[index] = Value::Absent;
        true
    }
}
