//! Candidates given one by one: the rows of a pool, or ranges with only a few points.

use std::collections::HashSet;

use matdock_learn::Rows;
use matdock_message::Message;

use super::Appraisal;
use crate::{
    encode::Encoding,
    space::{CellKey, Parameter, Point, Ranges, Space, Value, key},
};

/// Ranges with at most this many points are searched one by one.
const LISTED: usize = 4096;

/// Candidates given one by one, with their columns.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) points: Vec<Point>,
    pub(crate) columns: Vec<Vec<f64>>,
}

impl Listed {
    /// The candidates of a space; `None` where there are too many combinations of settings.
    pub(crate) fn new(space: &Space, encoding: &Encoding) -> Result<Option<Self>, Message> {
        let points = match space {
            Space::Pool(pool) => pool.rows().to_vec(),
            Space::Ranges(ranges) => match all_points(ranges) {
                Some(points) => points,
                None => return Ok(None),
            },
        };
        let columns = points.iter().map(|point| encoding.encode(point)).collect::<Result<_, _>>()?;
        Ok(Some(Self { points, columns }))
    }

    /// Numbers of the candidates that are still free.
    pub(crate) fn free(&self, taken: &HashSet<Vec<CellKey>>) -> Vec<usize> {
        (0..self.points.len()).filter(|&index| !taken.contains(&key(&self.points[index]))).collect()
    }

    /// The free candidate with the highest score.
    pub(crate) fn best(&self, appraisal: &Appraisal<'_>, taken: &HashSet<Vec<CellKey>>) -> Option<(Point, f64)> {
        let free = self.free(taken);
        let width = self.columns.first().map_or(0, Vec::len);
        let rows = Rows::collect(width, free.iter().map(|&row| self.columns[row].as_slice()));
        let scores = appraisal.scores(free.iter().map(|&row| self.points[row].as_slice()), &rows);
        let best = free.into_iter().zip(scores).filter(|(_, s)| !s.is_nan()).max_by(|a, b| a.1.total_cmp(&b.1));
        best.map(|(row, score)| (self.points[row].clone(), score))
    }
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
