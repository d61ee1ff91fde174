//! Random forests and extremely randomised trees.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Features, Lesson, Task,
    bins::Bins,
    grow::{Cuts, Ground},
    tree::Tree,
};

/// The mean of many trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Forest {
    pub(super) task: Task,
    /// Columns it was grown on.
    pub(super) width: usize,
    /// Values per leaf: one, or the share of each class; with two classes that of the second.
    pub(super) outputs: usize,
    pub(super) trees: Vec<Tree>,
    pub(super) tried: usize,
}

const TREES: u64 = 100;

/// Random forest: every tree on a draw of the rows with replacement, grown to the end. All columns are tried per cut for
/// numbers, the square root of their number for classes.
///
/// Source: Breiman, Mach. Learn. 45, 5 (2001); a missing cell goes where the gain is larger (Twala et al., Pattern
/// Recognit. Lett. 29, 950 (2008)).
pub(super) fn random_forest(lesson: &Lesson<'_>) -> Forest {
    grown(lesson, Cuts::Best)
}

/// Extremely randomised trees: the best of one random cut per column, on all rows.
///
/// Source: Geurts, Ernst & Wehenkel, Mach. Learn. 63, 3 (2006).
pub(super) fn extra_trees(lesson: &Lesson<'_>) -> Forest {
    grown(lesson, Cuts::Random)
}

fn grown(lesson: &Lesson<'_>, cuts: Cuts) -> Forest {
    let width = lesson.features.width();
    let tried = match lesson.task {
        Task::Number => width,
        Task::Class { .. } => width.isqrt(),
    };
    let (outputs, targets) = outputs(lesson.task, lesson.targets);
    let bins = Bins::of(lesson.features);
    let at_once = cuts == Cuts::Random && outputs == 1 && tried == width;
    let by_rows = if at_once { lesson.features.by_rows(width) } else { Vec::new() };
    let ground = Ground {
        features: lesson.features,
        bins: &bins,
        targets: &targets,
        outputs,
        cuts,
        tried: tried.max(1),
        leaf: 1.0,
        by_rows: &by_rows,
    };
    let size = lesson.targets.len();
    // Each tree has its own stream, so that the order they are grown in does not matter.
    let tree = |number: u64| {
        let mut random = ChaCha8Rng::seed_from_u64(lesson.seed);
        random.set_stream(number);
        let mut weights = vec![if cuts == Cuts::Random { 1.0 } else { 0.0 }; size];
        if cuts == Cuts::Best {
            (0..size).for_each(|_| weights[random.random_range(0..size)] += 1.0);
        }
        ground.grow(&weights, &mut random)
    };
    let trees = (0..TREES).into_par_iter().map(tree).collect();
    Forest { task: lesson.task, width, outputs, trees, tried: ground.tried }
}

/// Targets of trees: one number, or an indicator per class (the variance of which is Gini's impurity).
fn outputs(task: Task, targets: &[f64]) -> (usize, Vec<f64>) {
    match task {
        Task::Number | Task::Class { count: 1 | 2 } => (1, targets.to_vec()),
        Task::Class { count } => {
            let mut indicators = vec![0.0; count * targets.len()];
            targets.iter().enumerate().for_each(|(row, class)| indicators[row * count + *class as usize] = 1.0);
            (count, indicators)
        }
    }
}

impl Forest {
    pub(super) fn is_sound(&self, task: Task, width: usize) -> bool {
        let outputs = match task {
            Task::Class { count } if count > 2 => count,
            _ => 1,
        };
        self.task == task
            && (self.width, self.outputs) == (width, outputs)
            && !self.trees.is_empty()
            && self.trees.iter().all(|tree| tree.is_sound(width, outputs))
    }

    pub(super) fn predict(&self, features: &Features) -> Vec<f64> {
        let cells = features.by_rows(self.width);
        let outputs = self.outputs;
        let means = |row: &[f64]| {
            let mut sums = vec![0.0; outputs];
            for tree in &self.trees {
                let leaf = &tree.values[tree.leaf(row) * outputs..][..outputs];
                sums.iter_mut().zip(leaf).for_each(|(sum, value)| *sum += value);
            }
            let means = sums.iter().map(|sum| sum / self.trees.len() as f64);
            match self.task {
                Task::Class { count: 2 } => means.flat_map(|share| [1.0 - share, share]).collect::<Vec<f64>>(),
                _ => means.collect(),
            }
        };
        cells.par_chunks_exact(self.width.max(1)).flat_map_iter(means).collect()
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        vec![("trees".into(), self.trees.len() as f64), ("columns-per-cut".into(), self.tried as f64)]
    }
}
