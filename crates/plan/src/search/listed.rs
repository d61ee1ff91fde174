//! Candidates given one by one: the rows of a pool, or ranges with only a few points.

use std::collections::HashSet;

use matdock_learn::Rows;
use matdock_message::Message;

use super::{Appraisal, setting_count, settings};
use crate::{
    encode::Encoding,
    space::{CellKey, Parameter, Point, Space, key},
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
            Space::Ranges(parameters) => match all_points(parameters, encoding) {
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

/// Every point of ranges that have only a few.
fn all_points(parameters: &[Parameter], encoding: &Encoding) -> Option<Vec<Point>> {
    let counts: Vec<usize> = parameters.iter().map(setting_count).collect();
    counts.iter().try_fold(1usize, |total, count| total.checked_mul(*count).filter(|total| *total <= LISTED))?;
    let mut points: Vec<Point> = vec![Vec::new()];
    for (index, parameter) in parameters.iter().enumerate() {
        let settings = settings(parameter, encoding, index, counts[index]);
        points = points
            .into_iter()
            .flat_map(|point| settings.iter().map(move |value| point.iter().cloned().chain([value.clone()]).collect()))
            .collect();
    }
    Some(points)
}
