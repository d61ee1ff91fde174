//! What speaks for and against a table: columns that give the target away, copies, scatter, chance, the learning curve.

use std::collections::BTreeMap;

use matdock_learn::{
    learner::{Features, Fitted, Kind, Task, squared_error, variance},
    validate::{Fold, rank_correlation},
};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{
    advise::Wished,
    schema::{Input, Schema},
};

/// How many of its scatters above chance a signal is, and fewest rows for one.
pub(super) const CLEAR: f64 = 4.0;
pub(super) const FEWEST: usize = 15;
/// A rank correlation beyond which a column gives the target away.
const GIVEN_AWAY: f64 = 0.995;

/// Single columns that order the rows as the target does.
pub(super) fn leaks(schema: &Schema, features: &Features, targets: &[f64]) -> Vec<String> {
    let plain = schema.inputs.iter().filter(|input| matches!(input, Input::Number { .. }));
    let given_away = |input: &&Input| {
        let Input::Number { name, scale, .. } = input else { return false };
        let feature = scale.feature(name);
        let Some(number) = schema.features.iter().position(|name| *name == feature) else { return false };
        let known = features.column(number).iter().zip(targets).filter(|(x, _)| x.is_finite());
        let (x, y): (Vec<f64>, Vec<f64>) = known.map(|(x, y)| (*x, *y)).unzip();
        let told = match schema.task() {
            Task::Number => rank_correlation(&x, &y).abs() > GIVEN_AWAY,
            Task::Class { count } => ranges_apart(&x, &y, count),
        };
        x.len() >= FEWEST && 2 * x.len() > targets.len() && told
    };
    plain.filter(given_away).map(|input| input.name().to_owned()).collect()
}

/// Whether every class has a range of its own.
fn ranges_apart(values: &[f64], classes: &[f64], count: usize) -> bool {
    let range = |class: usize| {
        let own = values.iter().zip(classes).filter(|(_, y)| **y == class as f64).map(|(x, _)| *x);
        own.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let mut ranges: Vec<(f64, f64)> = (0..count).map(range).filter(|(low, high)| low <= high).collect();
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranges.len() > 1 && ranges.windows(2).all(|pair| pair[0].1 < pair[1].0)
}

/// A number for each row, the same for rows with the same features.
pub(super) fn copies(features: &Features) -> Vec<usize> {
    let mut numbers: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    (0..features.rows())
        .map(|row| {
            let key = (0..features.width()).map(|column| features.column(column)[row].to_bits()).collect();
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        })
        .collect()
}

pub(super) fn by_number(copies: &[usize], targets: &[f64]) -> BTreeMap<usize, Vec<f64>> {
    let mut groups: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    copies.iter().zip(targets).for_each(|(group, y)| groups.entry(*group).or_default().push(*y));
    groups
}

/// Rows that repeat another one, target included.
pub(super) fn same_target(copies: &[usize], targets: &[f64]) -> usize {
    let repeated = |values: &Vec<f64>| {
        let mut values = values.clone();
        values.sort_by(f64::total_cmp);
        values.windows(2).filter(|pair| pair[0] == pair[1]).count()
    };
    by_number(copies, targets).values().map(repeated).sum()
}

/// Share of the variance that is not scatter between rows with the same features; `None` with fewer than five repeats that
/// differ.
pub(super) fn ceiling(copies: &[usize], targets: &[f64]) -> Option<f64> {
    let (mut squares, mut free) = (0.0, 0usize);
    for values in by_number(copies, targets).values() {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        squares += values.iter().map(|y| (y - mean).powi(2)).sum::<f64>();
        free += values.len() - 1;
    }
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    let variance = targets.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / targets.len() as f64;
    (free >= 5 && squares > 0.0 && variance > 0.0).then(|| 1.0 - squares / free as f64 / variance)
}

pub(super) fn share_of(wish: Wished, targets: &[f64], logarithm: bool) -> f64 {
    let natural = |y: f64| if logarithm { 10f64.powf(y) } else { y };
    let fulfils = |y: &&f64| match wish {
        Wished::Above(least) => natural(**y) > least,
        Wished::Below(most) => natural(**y) < most,
    };
    targets.iter().filter(fulfils).count() as f64 / targets.len().max(1) as f64
}

/// R2 of the best learner on targets in random order.
pub(super) struct Chance {
    pub(super) most: Option<f64>,
    mean: f64,
    spread: f64,
}

impl Chance {
    /// From the scores of several kinds of learner for every draw.
    pub(super) fn of(draws: &[Vec<(Kind, f64)>]) -> Self {
        let best = |scores: &Vec<(Kind, f64)>| scores.iter().map(|(_, r2)| *r2).max_by(f64::total_cmp);
        let known: Vec<f64> = draws.iter().filter_map(best).collect();
        let count = known.len().max(1) as f64;
        let mean = known.iter().sum::<f64>() / count;
        let spread = (known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
        Self { most: known.into_iter().max_by(f64::total_cmp), mean, spread }
    }

    /// How many of its own scatters a score is above what chance reaches.
    pub(super) fn above(&self, r2: f64) -> f64 {
        (r2 - self.mean) / self.spread.max(0.01)
    }

    /// Whether more draws could change the answer: the score is above all draws, but not far above.
    pub(super) fn is_open(&self, r2: f64) -> bool {
        r2 > self.most.unwrap_or(0.0).max(0.0) && self.above(r2) < 3.0 * CLEAR
    }
}

/// R2 (of classes the Brier skill) on rows left out, learnt from the first `part` of the others.
pub(super) fn r2(
    kind: Kind,
    task: Task,
    features: &Features,
    targets: &[f64],
    folds: &[Fold],
    part: f64,
    seed: u64,
) -> Option<f64> {
    let (mut squares, mut count) = (0.0, 0.0);
    for fold in folds {
        let mut train = fold.train.clone();
        train.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        train.truncate((part * train.len() as f64).round() as usize);
        let known: Vec<f64> = train.iter().map(|row| targets[*row]).collect();
        let fitted = Fitted::fit(kind, task, &features.select(&train), &known, seed).ok()?;
        let tested: Vec<f64> = fold.test.iter().map(|row| targets[*row]).collect();
        let size = tested.len() as f64;
        squares += squared_error(task, &fitted.predict(&features.select(&fold.test)), &tested) * size;
        count += size;
    }
    let r2 = 1.0 - squares / count / variance(task, targets);
    r2.is_finite().then_some(r2)
}

/// R2 by the number of rows: what is not explained falls as a power of it, down to what scatters.
///
/// Source: the power law of learning curves, Cortes et al., NIPS 1993.
pub(super) struct Curve {
    /// Logarithms of the number of rows and of what is not explained, in the middle of the points.
    middle: (f64, f64),
    slope: f64,
    ceiling: f64,
}

impl Curve {
    /// Through points of rows and R2; `None` with fewer than three of them.
    pub(super) fn through(points: &[(f64, f64)], ceiling: f64) -> Option<Self> {
        let rest: Vec<(f64, f64)> = points
            .iter()
            .map(|(n, r2)| (n.ln(), (ceiling - r2).max(1e-3).ln()))
            .filter(|(n, _)| n.is_finite())
            .collect();
        if rest.len() < 3 {
            return None;
        }
        let count = rest.len() as f64;
        let (x, y) = rest.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a / count, y + b / count));
        let slope = rest.iter().map(|(a, b)| (a - x) * (b - y)).sum::<f64>()
            / rest.iter().map(|(a, _)| (a - x).powi(2)).sum::<f64>();
        // More rows never harm in the long run, and no law is steeper than 1 / n.
        Some(Self { middle: (x, y), slope: slope.clamp(-1.0, 0.0), ceiling })
    }

    /// R2 to expect of so many rows.
    pub(super) fn at(&self, rows: f64) -> f64 {
        self.ceiling - (self.middle.1 + self.slope * (rows.ln() - self.middle.0)).exp()
    }

    /// Rows from which an R2 is to be expected; `None` where more than `most` would be needed.
    pub(super) fn rows_for(&self, r2: f64, most: f64) -> Option<f64> {
        let rest = (self.ceiling - r2).ln() - self.middle.1;
        let rows = (self.middle.0 + rest / self.slope).exp();
        (self.slope < 0.0 && rows <= most).then_some(rows)
    }
}

/// Rows that are nearly another one: features as good as the same, and the target too, without being copies.
pub(super) fn near_copies(features: &Features, targets: &[f64], copies: &[usize]) -> usize {
    let spread = |values: &[f64]| {
        let known: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        let count = known.len().max(1) as f64;
        let mean = known.iter().sum::<f64>() / count;
        (known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt()
    };
    // What varies, in spreads; missing counts as the mean.
    let columns: Vec<Vec<f64>> = (0..features.width())
        .filter_map(|number| {
            let column = features.column(number);
            let spread = spread(column);
            let scaled = |x: &f64| if x.is_finite() { x / spread } else { 0.0 };
            (spread > 0.0).then(|| column.iter().map(scaled).collect())
        })
        .collect();
    let rows = targets.len();
    let far = NEAR * NEAR * columns.len() as f64;
    let same_target = NEAR_TARGET * spread(targets);
    let near = |a: usize, b: usize| {
        (targets[a] - targets[b]).abs() <= same_target && copies[a] != copies[b] && {
            let mut sum = 0.0;
            columns.iter().all(|column| {
                sum += (column[a] - column[b]).powi(2);
                sum <= far
            })
        }
    };
    (0..rows).into_par_iter().filter(|a| (0..*a).any(|b| near(*a, b))).count()
}

/// How far from each other rows are that nearly repeat each other, in spreads of a feature and of the target.
const NEAR: f64 = 1e-3;
const NEAR_TARGET: f64 = 1e-2;
