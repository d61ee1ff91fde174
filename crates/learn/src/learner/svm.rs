//! Support vectors: a smooth function held flat, errors up to a width for free.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Features, Lesson, Task,
    folds::{folds, without},
    logistic::Sigmoid,
    scaling::Scaling,
    smo::{self, Entry},
};

/// A sum of bells around the support vectors, per output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SupportVectors {
    task: Task,
    scaling: Scaling,
    /// Standardised, row by row.
    rows: Vec<f64>,
    /// Per output, a weight per row, and what is added.
    weights: Vec<Vec<f64>>,
    constants: Vec<f64>,
    /// For classes, from the sum to a probability.
    sigmoids: Vec<Sigmoid>,
    chosen: Chosen,
}

/// What is chosen by cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Chosen {
    /// Factor of the squared distance.
    gamma: f64,
    /// Largest weight.
    bound: f64,
    /// Error that costs nothing.
    width: f64,
}

/// Multiples of one divided by the number of columns.
const GAMMAS: [f64; 4] = [0.1, 0.3, 1.0, 3.0];
const BOUNDS: [f64; 4] = [1.0, 5.0, 25.0, 125.0];
const WIDTHS: [f64; 2] = [0.02, 0.1];
/// Rows that the choice is made on, and that are used, at most.
const TRIALS: usize = 1000;
const MOST: usize = 8192;
const PARTS: usize = 3;
const TOLERANCE: f64 = 1e-3;

/// Support vector regression, or one machine per class against the others with probabilities by a sigmoid.
///
/// Source: Drucker et al., NIPS 9, 155 (1996); Cortes & Vapnik, Mach. Learn. 20, 273 (1995); Platt, in Advances in Large
/// Margin Classifiers (1999).
pub(super) fn fit(lesson: &Lesson<'_>) -> Option<SupportVectors> {
    let scaling = Scaling::of(lesson.features);
    if scaling.width() == 0 {
        return None;
    }
    let inputs = scaling.apply(lesson.features);
    let size = inputs.nrows();
    let few = some(size, TRIALS, lesson.seed);
    let problem = Problem::of(lesson, &inputs, &few);
    let chosen = problem.choose(lesson);
    let used = if size <= MOST { (0..size).collect() } else { some(size, MOST, lesson.seed) };
    let whole = Problem::of(lesson, &inputs, &used);
    let kernel = kernel(&whole.squares, chosen.gamma);
    let sigmoids = match lesson.task {
        Task::Number => Vec::new(),
        Task::Class { .. } => problem.sigmoids(lesson, &chosen),
    };
    let all: Vec<usize> = (0..used.len()).collect();
    let machines = whole.machines(&kernel, &all, &chosen);
    let kept: Vec<usize> =
        all.into_iter().filter(|&row| machines.iter().any(|(weights, _)| weights[row] != 0.0)).collect();
    let row = |&row: &usize| (0..inputs.ncols()).map(move |j| (row, j));
    let rows = kept.iter().flat_map(row).map(|(row, j)| inputs[(used[row], j)]).collect();
    let weights = machines.iter().map(|(weights, _)| kept.iter().map(|&row| weights[row]).collect()).collect();
    let constants = machines.iter().map(|(_, constant)| *constant).collect();
    Some(SupportVectors { task: lesson.task, scaling, rows, weights, constants, sigmoids, chosen })
}

/// So many rows at random, ascending; all when there are fewer.
fn some(size: usize, most: usize, seed: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x73_7672);
    let mut order: Vec<usize> = (0..size).collect();
    for place in 0..most.min(size) {
        order.swap(place, random.random_range(place..size));
    }
    order.truncate(most);
    order.sort_unstable();
    order
}

/// Rows to learn from, as squared distances between them and the targets of every machine.
struct Problem {
    squares: Mat<f32>,
    /// Per output: a number, or 1 for the class and -1 for the others.
    targets: Vec<Vec<f64>>,
    task: Task,
    rows: Vec<usize>,
}

impl Problem {
    fn of(lesson: &Lesson<'_>, inputs: &Mat<f64>, rows: &[usize]) -> Self {
        let own = Mat::from_fn(rows.len(), inputs.ncols(), |i, j| inputs[(rows[i], j)]);
        let of = |row: &usize| lesson.targets[*row];
        let against = |class: f64| rows.iter().map(|row| if of(row) == class { 1.0 } else { -1.0 }).collect();
        let targets = match lesson.task {
            Task::Number => vec![rows.iter().map(of).collect()],
            Task::Class { count: 2 } => vec![against(1.0)],
            Task::Class { count } => (0..count).map(|class| against(class as f64)).collect(),
        };
        Self { squares: squares(own.as_ref(), own.as_ref()), targets, task: lesson.task, rows: rows.to_vec() }
    }

    /// Weights (of all rows) and constant of every output, from some of the rows.
    fn machines(&self, kernel: &Mat<f32>, some: &[usize], chosen: &Chosen) -> Vec<(Vec<f64>, f64)> {
        let part = Mat::from_fn(some.len(), some.len(), |i, j| kernel[(some[i], some[j])]);
        let one = |targets: &Vec<f64>| {
            let entries: Vec<Entry> = match self.task {
                Task::Number => {
                    let up = some.iter().enumerate().map(|(row, &n)| Entry::new(row, 1.0, targets[n] - chosen.width));
                    let down =
                        some.iter().enumerate().map(|(row, &n)| Entry::new(row, -1.0, targets[n] + chosen.width));
                    up.chain(down).collect()
                }
                Task::Class { .. } => {
                    some.iter().enumerate().map(|(row, &n)| Entry::new(row, targets[n], targets[n])).collect()
                }
            };
            let (own, constant) = smo::solve(&part, entries, chosen.bound, TOLERANCE);
            let mut weights = vec![0.0; targets.len()];
            some.iter().zip(own).for_each(|(&row, weight)| weights[row] = weight);
            (weights, constant)
        };
        self.targets.iter().map(one).collect()
    }

    fn parts(&self, lesson: &Lesson<'_>) -> Vec<Vec<usize>> {
        let own: Vec<f64> = self.rows.iter().map(|&row| lesson.targets[row]).collect();
        folds(&Lesson { targets: &own, ..*lesson }, PARTS.min(own.len()))
    }

    /// Sums for the rows left out in turn, per output.
    fn left_out(&self, parts: &[Vec<usize>], kernel: &Mat<f32>, chosen: &Chosen) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![0.0; self.rows.len()]; self.targets.len()];
        for part in parts {
            let inside = without(self.rows.len(), part);
            for (own, (weights, constant)) in sums.iter_mut().zip(self.machines(kernel, &inside, chosen)) {
                for &row in part {
                    let column = kernel.col_as_slice(row);
                    own[row] = constant + weights.iter().zip(column).map(|(w, k)| w * f64::from(*k)).sum::<f64>();
                }
            }
        }
        sums
    }

    /// Settings with the smallest cross-validated error.
    fn choose(&self, lesson: &Lesson<'_>) -> Chosen {
        let parts = self.parts(lesson);
        let columns = self.squares_scale();
        let widths = if self.task == Task::Number { &WIDTHS[..] } else { &[0.0] };
        let trial = |gamma: &f64| {
            let gamma = gamma / columns;
            let kernel = kernel(&self.squares, gamma);
            let settings =
                BOUNDS.iter().flat_map(|&bound| widths.iter().map(move |&width| Chosen { gamma, bound, width }));
            settings.map(|chosen| (self.loss(&self.left_out(&parts, &kernel, &chosen)), chosen)).collect::<Vec<_>>()
        };
        let trials: Vec<Vec<(f64, Chosen)>> = GAMMAS.par_iter().map(trial).collect();
        let best = trials.into_iter().flatten().min_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(Chosen { gamma: 1.0 / columns, bound: 1.0, width: 0.1 }, |(_, chosen)| chosen)
    }

    /// Half the mean squared distance: the number of columns when they are standardised.
    fn squares_scale(&self) -> f64 {
        let size = self.squares.nrows();
        let sum: f64 = (0..size).map(|j| self.squares.col_as_slice(j).iter().map(|s| f64::from(*s)).sum::<f64>()).sum();
        (0.5 * sum / (size * size) as f64).max(1e-12)
    }

    /// Squared errors, of classes hinge losses squared.
    fn loss(&self, sums: &[Vec<f64>]) -> f64 {
        let each = sums.iter().zip(&self.targets).flat_map(|(sums, targets)| sums.iter().zip(targets));
        match self.task {
            Task::Number => each.map(|(sum, y)| (sum - y).powi(2)).sum(),
            Task::Class { .. } => each.map(|(sum, y)| (1.0 - y * sum).max(0.0).powi(2)).sum(),
        }
    }

    fn sigmoids(&self, lesson: &Lesson<'_>, chosen: &Chosen) -> Vec<Sigmoid> {
        let kernel = kernel(&self.squares, chosen.gamma);
        let sums = self.left_out(&self.parts(lesson), &kernel, chosen);
        sums.iter().zip(&self.targets).map(|(sums, targets)| Sigmoid::of(sums, targets)).collect()
    }
}

/// Squared distances of the rows of `a` (down) to those of `b`.
fn squares(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f32> {
    let mut products = Mat::zeros(a.nrows(), b.nrows());
    matmul(&mut products, Accum::Replace, a, b.transpose(), 1.0, Par::Seq);
    let norms =
        |m: MatRef<'_, f64>| -> Vec<f64> { (0..m.nrows()).map(|i| m.row(i).iter().map(|x| x * x).sum()).collect() };
    let (down, across) = (norms(a), norms(b));
    Mat::from_fn(a.nrows(), b.nrows(), |i, j| (down[i] + across[j] - 2.0 * products[(i, j)]).max(0.0) as f32)
}

/// Bells of the squared distances.
fn kernel(squares: &Mat<f32>, gamma: f64) -> Mat<f32> {
    Mat::from_fn(squares.nrows(), squares.ncols(), |i, j| (-gamma as f32 * squares[(i, j)]).exp())
}

impl SupportVectors {
    pub(super) fn is_sound(&self, task: Task, width: usize) -> bool {
        let own = self.scaling.width();
        let rows = self.weights.first().map_or(0, Vec::len);
        let sums = match task {
            Task::Class { count } if count > 2 => count,
            _ => 1,
        };
        let sigmoids = if task == Task::Number { 0 } else { sums };
        self.task == task
            && self.scaling.is_sound(width)
            && own > 0
            && rows.checked_mul(own) == Some(self.rows.len())
            && (self.weights.len(), self.constants.len(), self.sigmoids.len()) == (sums, sums, sigmoids)
            && self.weights.iter().all(|weights| weights.len() == rows)
    }

    pub(super) fn predict(&self, features: &Features) -> Vec<f64> {
        const BLOCK: usize = 512;
        let points = self.scaling.apply(features);
        let width = self.scaling.width();
        let own = MatRef::from_row_major_slice(&self.rows, self.rows.len() / width.max(1), width);
        let of_block = |&first: &usize| {
            let block = points.as_ref().subrows(first, BLOCK.min(points.nrows() - first));
            let kernel = kernel(&squares(own, block), self.chosen.gamma);
            let of_point = |place: usize| {
                let column = kernel.col_as_slice(place);
                let sums: Vec<f64> = self
                    .weights
                    .iter()
                    .zip(&self.constants)
                    .map(|(weights, constant)| {
                        constant + weights.iter().zip(column).map(|(w, k)| w * f64::from(*k)).sum::<f64>()
                    })
                    .collect();
                self.shares(sums)
            };
            (0..kernel.ncols()).flat_map(of_point).collect::<Vec<f64>>()
        };
        let blocks: Vec<usize> = (0..points.nrows()).step_by(BLOCK).collect();
        blocks.par_iter().flat_map_iter(of_block).collect()
    }

    fn shares(&self, sums: Vec<f64>) -> Vec<f64> {
        let each =
            |sums: &[f64]| -> Vec<f64> { sums.iter().zip(&self.sigmoids).map(|(sum, own)| own.at(*sum)).collect() };
        match self.task {
            Task::Number => sums,
            Task::Class { count: 2 } => each(&sums).into_iter().flat_map(|share| [1.0 - share, share]).collect(),
            Task::Class { .. } => {
                let shares = each(&sums);
                let total: f64 = shares.iter().sum();
                shares.iter().map(|share| share / total.max(f64::MIN_POSITIVE)).collect()
            }
        }
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        let vectors = self.weights.first().map_or(0, Vec::len);
        let mut settings = vec![("gamma".into(), self.chosen.gamma), ("c".into(), self.chosen.bound)];
        if self.task == Task::Number {
            settings.push(("epsilon".into(), self.chosen.width));
        }
        settings.push(("support-vectors".into(), vectors as f64));
        settings
    }
}
