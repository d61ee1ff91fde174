//! Nearest neighbours: what similar rows had.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Features, Lesson, Task, scaling::Scaling};

/// The rows themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Neighbours {
    task: Task,
    scaling: Scaling,
    /// Standardised, row by row.
    rows: Vec<f64>,
    targets: Vec<f64>,
    count: usize,
    /// Power of the distance that a neighbour's weight falls with.
    power: f64,
}

const COUNTS: [usize; 8] = [1, 2, 3, 5, 8, 12, 20, 35];
const POWERS: [f64; 3] = [0.0, 1.0, 2.0];
/// Rows that are left out in turn to choose, at most.
const TRIALS: usize = 2000;
const BLOCK: usize = 256;

/// Number of neighbours, and how their weight falls with distance, by leave-one-out.
///
/// Source: Cover & Hart, IEEE Trans. Inf. Theory 13, 21 (1967); Dudani, IEEE Trans. Syst. Man Cybern. 6, 325 (1976).
pub(super) fn fit(lesson: &Lesson<'_>) -> Option<Neighbours> {
    let scaling = Scaling::of(lesson.features);
    if scaling.width() == 0 {
        return None;
    }
    let inputs = scaling.apply(lesson.features);
    let size = inputs.nrows();
    let step = size.div_ceil(TRIALS);
    let tried: Vec<usize> = (0..size).step_by(step).collect();
    let mut model = Neighbours {
        task: lesson.task,
        scaling,
        rows: (0..size).flat_map(|i| (0..inputs.ncols()).map(|j| inputs[(i, j)]).collect::<Vec<f64>>()).collect(),
        targets: lesson.targets.to_vec(),
        count: 1,
        power: 1.0,
    };
    let own = Mat::from_fn(tried.len(), inputs.ncols(), |i, j| inputs[(tried[i], j)]);
    let near = model.nearest(own.as_ref(), COUNTS[COUNTS.len() - 1] + 1);
    // A row is not its own neighbour.
    let near: Vec<Vec<(f64, usize)>> = near
        .into_iter()
        .zip(&tried)
        .map(|(list, row)| list.into_iter().filter(|(_, other)| other != row).collect())
        .collect();
    let mut best = (f64::INFINITY, 1, 1.0);
    for count in COUNTS.into_iter().filter(|&count| count < size.max(2)) {
        for power in POWERS {
            (model.count, model.power) = (count, power);
            let loss: f64 = near.iter().zip(&tried).map(|(list, &row)| model.loss(&model.vote(list), row)).sum();
            if loss < best.0 {
                best = (loss, count, power);
            }
        }
    }
    (_, model.count, model.power) = best;
    Some(model)
}

impl Neighbours {
    fn loss(&self, values: &[f64], row: usize) -> f64 {
        let y = self.targets[row];
        match self.task {
            Task::Number => (values[0] - y).powi(2),
            // Brier's score: a share of 0 is no catastrophe.
            Task::Class { .. } => {
                values.iter().enumerate().map(|(k, p)| (p - f64::from(u8::from(y == k as f64))).powi(2)).sum()
            }
        }
    }

    /// Squared distances and numbers of the nearest rows of each point, nearest first.
    fn nearest(&self, points: MatRef<'_, f64>, count: usize) -> Vec<Vec<(f64, usize)>> {
        let width = self.scaling.width();
        let own = MatRef::from_row_major_slice(&self.rows, self.targets.len(), width);
        let norms: Vec<f64> = self.rows.chunks_exact(width).map(|row| row.iter().map(|x| x * x).sum()).collect();
        let blocks: Vec<usize> = (0..points.nrows()).step_by(BLOCK).collect();
        let of_block = |&first: &usize| {
            let last = (first + BLOCK).min(points.nrows());
            let block = points.subrows(first, last - first);
            let mut products = Mat::zeros(self.targets.len(), last - first);
            matmul(&mut products, Accum::Replace, own, block.transpose(), 1.0, Par::Seq);
            let of_point = |place: usize| {
                let square: f64 = block.row(place).iter().map(|x| x * x).sum();
                let column = products.col_as_slice(place);
                let distance = |row: usize| (square + norms[row] - 2.0 * column[row]).max(0.0);
                let mut list: Vec<(f64, usize)> = (0..norms.len()).map(|row| (distance(row), row)).collect();
                let order = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
                if count < list.len() {
                    list.select_nth_unstable_by(count, order);
                    list.truncate(count);
                }
                list.sort_by(order);
                list
            };
            (0..last - first).map(of_point).collect::<Vec<_>>()
        };
        blocks.par_iter().flat_map_iter(of_block).collect()
    }

    /// The weighted mean, or shares, of the nearest rows.
    fn vote(&self, near: &[(f64, usize)]) -> Vec<f64> {
        let mut values = vec![0.0; self.task.outputs()];
        let mut total = 0.0;
        for (square, row) in near.iter().take(self.count) {
            // Rounding in the squares makes equal rows seem this far apart.
            let weight = (square + 1e-10 * self.scaling.width() as f64).powf(-0.5 * self.power);
            total += weight;
            match self.task {
                Task::Number => values[0] += weight * self.targets[*row],
                Task::Class { .. } => values[self.targets[*row] as usize] += weight,
            }
        }
        values.iter_mut().for_each(|value| *value /= total.max(f64::MIN_POSITIVE));
        values
    }

    pub(super) fn is_sound(&self, task: Task, width: usize) -> bool {
        let class = |y: &f64| match task {
            Task::Number => y.is_finite(),
            Task::Class { count } => *y >= 0.0 && *y < count as f64,
        };
        self.task == task
            && self.scaling.is_sound(width)
            && self.scaling.width() > 0
            && self.targets.len().checked_mul(self.scaling.width()) == Some(self.rows.len())
            && self.count > 0
            && !self.targets.is_empty()
            && self.targets.iter().all(class)
    }

    pub(super) fn predict(&self, features: &Features) -> Vec<f64> {
        let points = self.scaling.apply(features);
        self.nearest(points.as_ref(), self.count).iter().flat_map(|list| self.vote(list)).collect()
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        vec![("neighbours".into(), self.count as f64), ("distance-power".into(), self.power)]
    }
}
