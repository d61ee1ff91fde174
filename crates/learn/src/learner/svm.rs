//! Support vectors: a smooth function held flat, errors up to a width for free.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use pulp::{Arch, NullaryFnOnce};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Features, Lesson, Task,
    folds::{folds, without},
    logistic::Sigmoid,
    scaling::Scaling,
    smo::{self, Bells, Limits, State},
};
use crate::kernel::exp_of_negative;

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
/// Rows that the choice is made on, those that the best settings are compared on again, and those used, at most.
const TRIALS: usize = 1000;
const AGAIN: usize = 3000;
const MOST: usize = 8192;
/// Settings that are compared again.
const BEST: usize = 8;
/// How many times larger an error must be than with a smaller bound for larger ones to be left out.
const WORSE: f64 = 1.02;
const PARTS: usize = 3;
/// Largest error of the searches: in trials, of what is kept.
const ROUGH: f64 = 1e-2;
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
    let few = Problem::of(lesson, &inputs, &some(size, TRIALS, lesson.seed));
    let squares = Squares::of(few.inputs.as_ref());
    let parts = few.parts(lesson);
    let mut trials = few.compare(&squares, &parts, few.grid(squares.scale()));
    if size > TRIALS {
        let more = Problem::of(lesson, &inputs, &some(size, AGAIN, lesson.seed));
        let best: Vec<Chosen> = trials.iter().take(BEST).map(|(_, chosen)| *chosen).collect();
        trials = more.compare(&Squares::of(more.inputs.as_ref()), &more.parts(lesson), best);
    }
    let (_, chosen) = *trials.first()?;
    let sigmoids = match lesson.task {
        Task::Number => Vec::new(),
        Task::Class { .. } => few.sigmoids(&squares, &parts, &chosen),
    };
    let used = some(size, MOST, lesson.seed);
    let whole = Problem::of(lesson, &inputs, &used);
    let bells = if size <= TRIALS { squares.bells(chosen.gamma) } else { bells(whole.inputs.as_ref(), chosen.gamma) };
    let all: Vec<usize> = (0..used.len()).collect();
    let mut machines = whole.machines(&all);
    machines.iter_mut().for_each(|machine| smo::solve(&bells, machine, whole.limits(&chosen, TOLERANCE)));
    let kept: Vec<usize> =
        all.into_iter().filter(|&row| machines.iter().any(|machine| machine.weights[row] != 0.0)).collect();
    let row = |&row: &usize| (0..inputs.ncols()).map(move |j| (row, j));
    let rows = kept.iter().flat_map(row).map(|(row, j)| inputs[(used[row], j)]).collect();
    let weights = machines.iter().map(|machine| kept.iter().map(|&row| machine.weights[row]).collect()).collect();
    let constants = machines.iter().map(|machine| machine.constant).collect();
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

/// Rows to learn from, and the targets of every machine.
struct Problem {
    inputs: Mat<f64>,
    /// Per output: a number, or 1 for the class and -1 for the others.
    targets: Vec<Vec<f64>>,
    task: Task,
    rows: Vec<usize>,
}

/// Machines fitted without a part of the rows.
struct Without<'a> {
    part: &'a [usize],
    inside: Vec<usize>,
    bells: Bells,
    machines: Vec<State>,
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
        Self { inputs: own, targets, task: lesson.task, rows: rows.to_vec() }
    }

    fn limits(&self, chosen: &Chosen, tolerance: f64) -> Limits {
        Limits { bound: chosen.bound, width: chosen.width, one_sided: self.task != Task::Number, tolerance }
    }

    /// Machines that have learnt nothing yet, one per output, for some of the rows.
    fn machines(&self, some: &[usize]) -> Vec<State> {
        self.targets.iter().map(|targets| State::new(some.iter().map(|&row| targets[row]).collect())).collect()
    }

    fn parts(&self, lesson: &Lesson<'_>) -> Vec<Vec<usize>> {
        let own: Vec<f64> = self.rows.iter().map(|&row| lesson.targets[row]).collect();
        folds(&Lesson { targets: &own, ..*lesson }, PARTS.min(own.len()))
    }

    fn without<'a>(&self, bells: &Bells, part: &'a [usize]) -> Without<'a> {
        let inside = without(self.rows.len(), part);
        Without { part, bells: bells.select(&inside), machines: self.machines(&inside), inside }
    }

    /// All settings; `scale` is half the mean squared distance.
    fn grid(&self, scale: f64) -> Vec<Chosen> {
        let widths = if self.task == Task::Number { &WIDTHS[..] } else { &[0.0] };
        let of_gamma = |gamma: &f64| {
            let gamma = gamma / scale;
            BOUNDS.iter().flat_map(move |&bound| widths.iter().map(move |&width| Chosen { gamma, bound, width }))
        };
        GAMMAS.iter().flat_map(of_gamma).collect()
    }

    /// Cross-validated errors of settings, ascending.
    fn compare(&self, squares: &Squares, parts: &[Vec<usize>], mut settings: Vec<Chosen>) -> Vec<(f64, Chosen)> {
        // Each search goes on from where that with a smaller bound ended.
        settings.sort_by(|a, b| a.gamma.total_cmp(&b.gamma).then(a.bound.total_cmp(&b.bound)));
        let of_gamma = |settings: &[Chosen]| {
            let bells = squares.bells(settings[0].gamma);
            let mut trials: Vec<Without<'_>> = parts.iter().map(|part| self.without(&bells, part)).collect();
            let mut loss = |chosen: &Chosen| -> f64 {
                let limits = self.limits(chosen, ROUGH);
                let each = trials.iter_mut().map(|trial| {
                    trial.machines.iter_mut().for_each(|machine| smo::solve(&trial.bells, machine, limits));
                    self.loss(trial, &bells)
                });
                each.sum()
            };
            let (mut compared, mut lowest) = (Vec::new(), f64::INFINITY);
            for of_bound in settings.chunk_by(|a, b| a.bound == b.bound) {
                let own: Vec<(f64, Chosen)> = of_bound.iter().map(|chosen| (loss(chosen), *chosen)).collect();
                let least = own.iter().fold(f64::INFINITY, |least, (loss, _)| least.min(*loss));
                compared.extend(own);
                // Larger bounds take longest, and would do worse still.
                if least > WORSE * lowest {
                    break;
                }
                lowest = lowest.min(least);
            }
            compared
        };
        let groups: Vec<&[Chosen]> = settings.chunk_by(|a, b| a.gamma == b.gamma).collect();
        let mut trials: Vec<(f64, Chosen)> = groups.into_par_iter().flat_map_iter(of_gamma).collect();
        trials.sort_by(|a, b| a.0.total_cmp(&b.0));
        trials
    }

    /// Squared errors of the rows left out, of classes hinge losses squared.
    fn loss(&self, trial: &Without<'_>, bells: &Bells) -> f64 {
        let mut sum = 0.0;
        for (machine, targets) in trial.machines.iter().zip(&self.targets) {
            for (row, value) in trial.part.iter().zip(trial.left_out(machine, bells)) {
                sum += match self.task {
                    Task::Number => (value - targets[*row]).powi(2),
                    Task::Class { .. } => (1.0 - targets[*row] * value).max(0.0).powi(2),
                };
            }
        }
        sum
    }

    fn sigmoids(&self, squares: &Squares, parts: &[Vec<usize>], chosen: &Chosen) -> Vec<Sigmoid> {
        let bells = squares.bells(chosen.gamma);
        let mut sums = vec![vec![0.0; self.rows.len()]; self.targets.len()];
        for part in parts {
            let mut trial = self.without(&bells, part);
            trial.machines.iter_mut().for_each(|m| smo::solve(&trial.bells, m, self.limits(chosen, TOLERANCE)));
            for (sums, machine) in sums.iter_mut().zip(&trial.machines) {
                trial.part.iter().zip(trial.left_out(machine, &bells)).for_each(|(&row, value)| sums[row] = value);
            }
        }
        sums.iter().zip(&self.targets).map(|(sums, targets)| Sigmoid::of(sums, targets)).collect()
    }
}

impl Without<'_> {
    /// Values of the rows left out.
    fn left_out(&self, machine: &State, bells: &Bells) -> Vec<f64> {
        let mut values = vec![machine.constant; self.part.len()];
        for (&row, weight) in self.inside.iter().zip(&machine.weights).filter(|(_, weight)| **weight != 0.0) {
            let column = bells.column(row);
            values.iter_mut().zip(self.part).for_each(|(value, &other)| *value += weight * f64::from(column[other]));
        }
        values
    }
}

/// Squared distances between rows.
struct Squares(Mat<f32>);

impl Squares {
    fn of(inputs: MatRef<'_, f64>) -> Self {
        let norms = norms(inputs);
        Self(squares((inputs, &norms), (inputs, &norms)))
    }

    fn bells(&self, gamma: f64) -> Bells {
        let mut bells = Bells::new(self.0.nrows());
        for row in 0..self.0.nrows() {
            let (squares, bells) = (self.0.col_as_slice(row), bells.column_mut(row));
            heights(squares, gamma, bells);
        }
        bells
    }

    /// Half the mean squared distance: the number of columns when they are standardised.
    fn scale(&self) -> f64 {
        let size = self.0.nrows();
        let sum: f64 = (0..size).map(|j| self.0.col_as_slice(j).iter().map(|s| f64::from(*s)).sum::<f64>()).sum();
        (0.5 * sum / (size * size) as f64).max(1e-12)
    }
}

/// Bells between all rows, without all squared distances at once.
fn bells(inputs: MatRef<'_, f64>, gamma: f64) -> Bells {
    const STRIP: usize = 256;
    let norms = norms(inputs);
    let size = inputs.nrows();
    let mut bells = Bells::new(size);
    for first in (0..size).step_by(STRIP) {
        let count = STRIP.min(size - first);
        // From the diagonal down; what is above it is the same.
        let below = (inputs.subrows(first, size - first), &norms[first..]);
        let strip = squares(below, (inputs.subrows(first, count), &norms[first..first + count]));
        for place in 0..count {
            heights(strip.col_as_slice(place), gamma, &mut bells.column_mut(first + place)[first..]);
        }
        for row in first + count..size {
            for column in first..first + count {
                bells.column_mut(row)[column] = bells.column(column)[row];
            }
        }
    }
    bells
}

fn norms(rows: MatRef<'_, f64>) -> Vec<f64> {
    let mut norms = vec![0.0; rows.nrows()];
    for j in 0..rows.ncols() {
        norms.iter_mut().zip(rows.col(j).iter()).for_each(|(norm, x)| *norm += x * x);
    }
    norms
}

/// Squared distances of the rows of one table (down) to those of another, each with its squared norms.
fn squares(a: (MatRef<'_, f64>, &[f64]), b: (MatRef<'_, f64>, &[f64])) -> Mat<f32> {
    let mut products = Mat::zeros(a.0.nrows(), b.0.nrows());
    matmul(&mut products, Accum::Replace, a.0, b.0.transpose(), 1.0, Par::Seq);
    let mut squares = Mat::zeros(a.0.nrows(), b.0.nrows());
    for (j, across) in b.1.iter().enumerate() {
        let each = squares.col_as_slice_mut(j).iter_mut().zip(products.col_as_slice(j)).zip(a.1);
        each.for_each(|((square, product), down)| *square = (down + across - 2.0 * product).max(0.0) as f32);
    }
    squares
}

/// Sum of products, in eight sums so that the compiler computes several at once.
fn product(weights: &[f64], bells: &[f32]) -> f64 {
    let (weights, weights_rest) = weights.as_chunks::<8>();
    let (bells, bells_rest) = bells.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (weights, bells) in weights.iter().zip(bells) {
        (0..8).for_each(|k| sums[k] += weights[k] * f64::from(bells[k]));
    }
    let rest = weights_rest.iter().zip(bells_rest).map(|(weight, bell)| weight * f64::from(*bell));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

fn heights(squares: &[f32], gamma: f64, bells: &mut [f32]) {
    Arch::new().dispatch(Heights { squares, gamma, bells });
}

/// Bells of squared distances; a type, not a closure: compiled once for every kind of processor.
struct Heights<'a> {
    squares: &'a [f32],
    gamma: f64,
    bells: &'a mut [f32],
}

impl NullaryFnOnce for Heights<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (bell, square) in self.bells.iter_mut().zip(self.squares) {
            *bell = exp_of_negative((-self.gamma * f64::from(*square)).max(-700.0)) as f32;
        }
    }
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
        let own = MatRef::from_row_major_slice(&self.rows, self.rows.len() / width.max(1), width).to_owned();
        let own_norms = norms(own.as_ref());
        let of_block = |&first: &usize| {
            let block = points.as_ref().subrows(first, BLOCK.min(points.nrows() - first));
            let squares = squares((own.as_ref(), &own_norms), (block, &norms(block)));
            let mut bells = vec![0.0; own.nrows()];
            let of_point = |place: usize| {
                heights(squares.col_as_slice(place), self.chosen.gamma, &mut bells);
                let machines = self.weights.iter().zip(&self.constants);
                self.shares(machines.map(|(weights, constant)| constant + product(weights, &bells)).collect())
            };
            (0..squares.ncols()).flat_map(of_point).collect::<Vec<f64>>()
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
