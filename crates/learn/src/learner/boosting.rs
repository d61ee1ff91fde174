//! Gradient boosting: small trees, each fitted to what those before it left over.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Features, Lesson, Task, bins::Bins, folds::folds, leafwise::Leafwise, tree::Tree};

/// A sum of small trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Boosting {
    pub(super) task: Task,
    pub(super) width: usize,
    /// Sums: one, or one per class; with two classes the logarithm of the odds of the second.
    pub(super) outputs: usize,
    pub(super) starts: Vec<f64>,
    /// Round by round, one per output.
    pub(super) trees: Vec<Tree>,
    pub(super) leaf: f64,
}

/// Share of what a tree finds that is taken over.
const RATE: f64 = 0.05;
const MOST_ROUNDS: usize = 2500;
/// Rounds without improvement after which a trial ends.
const PATIENCE: usize = 60;
/// Share of the rows, and of the columns, that a tree sees.
const ROWS: f64 = 0.8;
const COLUMNS: f64 = 0.5;
/// Rows per bin of a column: with few rows, fine bins cost time and tell nothing.
const ROWS_PER_BIN: usize = 16;
/// Rows from which the number of rounds is chosen on one part instead of five.
const MANY: usize = 2000;

/// Boosted trees, grown leaf by leaf with second derivatives; the number of rounds is where rows left out are predicted
/// best.
///
/// Source: Friedman, Ann. Stat. 29, 1189 (2001); gains: Chen & Guestrin, XGBoost, KDD 2016; histograms and growth: Ke et
/// al., LightGBM, NIPS 2017.
pub(super) fn fit(lesson: &Lesson<'_>) -> Boosting {
    let size = lesson.targets.len();
    let bins = Bins::with(lesson.features, (size / ROWS_PER_BIN).clamp(16, 255));
    let booster = Booster::new(lesson, &bins);
    let parts = if size < 10 { 2 } else { 5 };
    let parts = folds(lesson, parts.min(size));
    let tried = if size < MANY { parts.len() } else { 1 };
    let curves: Vec<Vec<f64>> = parts[..tried]
        .par_iter()
        .map(|out| {
            let mut inside = vec![true; size];
            out.iter().for_each(|&row| inside[row] = false);
            let rows: Vec<u32> = (0..size as u32).filter(|&row| inside[row as usize]).collect();
            booster.run(&rows, out, MOST_ROUNDS).1
        })
        .collect();
    // The shortest ends the comparison: beyond it not all parts are known.
    let shortest = curves.iter().map(Vec::len).min().unwrap_or(0);
    let mean = |round: usize| curves.iter().map(|curve| curve[round]).sum::<f64>();
    let rounds = (0..shortest).min_by(|&a, &b| mean(a).total_cmp(&mean(b))).unwrap_or(0);
    let all: Vec<u32> = (0..size as u32).collect();
    let (trees, _) = booster.run(&all, &[], rounds);
    Boosting {
        task: lesson.task,
        width: lesson.features.width(),
        outputs: booster.outputs,
        starts: booster.starts.clone(),
        trees,
        leaf: booster.leaf,
    }
}

struct Booster<'a> {
    lesson: &'a Lesson<'a>,
    bins: &'a Bins,
    outputs: usize,
    starts: Vec<f64>,
    leaf: f64,
}

impl<'a> Booster<'a> {
    fn new(lesson: &'a Lesson<'a>, bins: &'a Bins) -> Self {
        let size = lesson.targets.len() as f64;
        // Half a row more per class, so that no share is 0.
        let share = |class: f64, classes: usize| {
            let count = lesson.targets.iter().filter(|y| **y == class).count() as f64;
            (count + 0.5) / (size + 0.5 * classes as f64)
        };
        let starts = match lesson.task {
            Task::Number | Task::Class { count: 0 | 1 } => vec![0.0],
            Task::Class { count: 2 } => vec![(share(1.0, 2) / share(0.0, 2)).ln()],
            Task::Class { count } => (0..count).map(|class| share(class as f64, count).ln()).collect(),
        };
        let leaf = (size / 100.0).floor().clamp(3.0, 20.0);
        // Second derivatives of classes are at most a quarter.
        let leaf = if lesson.task == Task::Number { leaf } else { 0.1 * leaf };
        Self { lesson, bins, outputs: starts.len(), starts, leaf }
    }

    /// Trees on `rows`, and the loss on the rows `out` after 0, 1, ... rounds.
    fn run(&self, rows: &[u32], out: &[usize], most: usize) -> (Vec<Tree>, Vec<f64>) {
        let size = self.lesson.targets.len();
        let outputs = self.outputs;
        let mut random = ChaCha8Rng::seed_from_u64(self.lesson.seed ^ 0x62_6f6f_7374);
        let mut sums = self.starts.repeat(size);
        let mut slopes = vec![[0.0; 2]; size];
        let mut trees = Vec::new();
        let mut curve = vec![self.loss(&sums, out)];
        let mut best = 0;
        let mut leafwise = Leafwise::new(self.bins, self.leaf);
        for round in 0..most {
            let bag = drawn(rows, ROWS, &mut random);
            let others = without(rows, &bag).chain(out.iter().copied()).collect::<Vec<usize>>();
            let before = sums.clone();
            for output in 0..outputs {
                rows.iter().for_each(|&row| {
                    slopes[row as usize] =
                        self.slope(&before[row as usize * outputs..][..outputs], row as usize, output);
                });
                let all: Vec<u32> = (0..self.bins.columns.len() as u32).collect();
                let columns = drawn(&all, if all.len() < 20 { 1.0 } else { COLUMNS }, &mut random);
                let mut grown = leafwise.grow(&slopes, &bag, &columns);
                grown.shrink(RATE);
                for (leaf, rows) in &grown.rows {
                    let value = grown.tree.values[*leaf];
                    rows.iter().for_each(|&row| sums[row as usize * outputs + output] += value);
                }
                for &row in &others {
                    sums[row * outputs + output] += grown.value(self.bins, row);
                }
                trees.push(grown.tree);
            }
            if !out.is_empty() {
                curve.push(self.loss(&sums, out));
                if curve[round + 1] < curve[best] {
                    best = round + 1;
                }
                if round + 1 >= best + PATIENCE {
                    break;
                }
            }
        }
        (trees, curve)
    }

    /// Minus the first derivative of the loss, and the second.
    fn slope(&self, sums: &[f64], row: usize, output: usize) -> [f64; 2] {
        let y = self.lesson.targets[row];
        match self.lesson.task {
            Task::Number => [y - sums[0], 1.0],
            Task::Class { count: 0..=2 } => {
                let p = 1.0 / (1.0 + (-sums[0]).exp());
                [y - p, (p * (1.0 - p)).max(1e-9)]
            }
            Task::Class { count } => {
                let p = softmax(sums)[output];
                let own = f64::from(u8::from(y == output as f64));
                let factor = count as f64 / (count as f64 - 1.0);
                [own - p, (factor * p * (1.0 - p)).max(1e-9)]
            }
        }
    }

    fn loss(&self, sums: &[f64], out: &[usize]) -> f64 {
        let each = out.iter().map(|&row| {
            let own = &sums[row * self.outputs..][..self.outputs];
            let y = self.lesson.targets[row];
            match self.lesson.task {
                Task::Number => (y - own[0]).powi(2),
                task => {
                    let shares = shares(task, own);
                    -shares.get(y as usize).copied().unwrap_or(0.0).max(1e-15).ln()
                }
            }
        });
        each.sum::<f64>() / out.len().max(1) as f64
    }
}

/// A random share of a list, in its order, one at least.
fn drawn(list: &[u32], share: f64, random: &mut ChaCha8Rng) -> Vec<u32> {
    let mut wanted = ((share * list.len() as f64).ceil() as usize).clamp(1, list.len().max(1));
    let mut left = list.len();
    let mut take = |_: &&u32| {
        let taken = random.random_range(0..left) < wanted;
        left -= 1;
        wanted -= usize::from(taken);
        taken
    };
    list.iter().filter(|item| take(item)).copied().collect()
}

/// The items of a list that are not in a part of it, in its order.
fn without<'a>(list: &'a [u32], part: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
    let mut part = part.iter().peekable();
    list.iter().filter(move |item| part.next_if_eq(item).is_none()).map(|item| *item as usize)
}

/// Shares of classes from sums.
pub(super) fn shares(task: Task, sums: &[f64]) -> Vec<f64> {
    match task {
        Task::Class { count: 1 } => vec![1.0],
        Task::Class { count: 2 } => {
            let second = 1.0 / (1.0 + (-sums[0]).exp());
            vec![1.0 - second, second]
        }
        _ => softmax(sums),
    }
}

/// Exponentials that add up to 1.
pub(super) fn softmax(sums: &[f64]) -> Vec<f64> {
    let most = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut shares: Vec<f64> = sums.iter().map(|sum| (sum - most).exp()).collect();
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);
    shares
}

impl Boosting {
    pub(super) fn is_sound(&self, task: Task, width: usize) -> bool {
        let outputs = match task {
            Task::Class { count } if count > 2 => count,
            _ => 1,
        };
        self.task == task
            && (self.width, self.outputs) == (width, outputs)
            && self.starts.len() == outputs
            && self.trees.iter().all(|tree| tree.is_sound(width, 1))
    }

    pub(super) fn predict(&self, features: &Features) -> Vec<f64> {
        let cells = features.by_rows(self.width);
        let values = |row: &[f64]| {
            let mut sums = self.starts.clone();
            for (number, tree) in self.trees.iter().enumerate() {
                sums[number % self.outputs] += tree.values[tree.leaf(row)];
            }
            if self.task == Task::Number { sums } else { shares(self.task, &sums) }
        };
        cells.par_chunks_exact(self.width.max(1)).flat_map_iter(values).collect()
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        let rounds = self.trees.len() / self.outputs.max(1);
        vec![("rounds".into(), rounds as f64), ("rate".into(), RATE), ("rows-per-leaf".into(), self.leaf)]
    }
}
