//! Which features a learner needs, on rows it was not fitted to.

use matdock_learn::{
    learner::{Features, Fitted, Kind, squared_error, variance},
    validate::{Fold, Interval, rank_correlation},
};
use rayon::prelude::*;

use super::units::Unit;
use crate::learning::{known_rows::KnownRows, train::Progress};

/// Folds that are learnt again, when there are many rows and when there are few.
const FOLDS: usize = 5;
const FOLDS_OF_FEW: usize = 10;
const FEW: usize = 200;
/// Draws of other cells, and rows of a fold that are looked at.
const REPEATS: usize = 5;
const ROWS: usize = 400;
/// Rows whose contributions are added up.
const CONTRIBUTING: usize = 200;

/// A learner fitted without the rows of a fold.
pub(super) struct Refitted {
    pub(super) fitted: Fitted,
    test: Vec<usize>,
    /// Rows predicted over rows learnt from.
    ratio: f64,
}

/// The learner again, without the rows of some folds.
pub(super) fn refit(kind: Kind, model: &Fitted, known: &KnownRows, seed: u64, progress: Progress<'_>) -> Vec<Refitted> {
    let all = &known.left_out.folds;
    let wanted = if known.targets.len() <= FEW { FOLDS_OF_FEW } else { FOLDS }.min(all.len());
    let chosen: Vec<&Fold> = (0..wanted).filter_map(|number| all.get(number * all.len() / wanted)).collect();
    let refit = |(number, fold): (usize, &&Fold)| {
        let targets: Vec<f64> = fold.train.iter().map(|row| known.targets[*row]).collect();
        let fitted = Fitted::fit(kind, model.task(), &known.features.select(&fold.train), &targets, seed).ok()?;
        progress(number + 1, wanted);
        let step = fold.test.len().div_ceil(ROWS).max(1);
        let test = fold.test.iter().copied().step_by(step).collect();
        Some(Refitted { fitted, test, ratio: fold.test.len() as f64 / fold.train.len() as f64 })
    };
    chosen.iter().enumerate().filter_map(refit).collect()
}

/// Share of the variance that is lost without what each unit says, with the range it lies in with 90 % probability.
///
/// Source: the range by the corrected variance of repeated learning, Nadeau & Bengio, Mach. Learn. 52, 239 (2003).
pub(super) fn losses(refitted: &[Refitted], known: &KnownRows, units: &[Unit], seed: u64) -> Vec<Interval> {
    let groups: Vec<Vec<usize>> = units.iter().map(|unit| unit.features.clone()).collect();
    let mut by_fold: Vec<Vec<f64>> = Vec::new();
    let mut weights = Vec::new();
    for one in refitted {
        let targets: Vec<f64> = one.test.iter().map(|row| known.targets[*row]).collect();
        let whole = variance(one.fitted.task(), &known.targets);
        let features = known.features.select(&one.test);
        let rises = one.fitted.exchange(&features, &targets, &known.features, &groups, REPEATS, seed);
        let mean = |draws: &Vec<f64>| draws.iter().sum::<f64>() / draws.len() as f64 / whole;
        by_fold.push(rises.iter().map(mean).collect());
        weights.push(one.test.len() as f64);
    }
    let ratio = refitted.iter().map(|one| one.ratio).sum::<f64>() / refitted.len().max(1) as f64;
    (0..units.len()).map(|unit| interval(&by_fold, &weights, unit, ratio)).collect()
}

fn interval(by_fold: &[Vec<f64>], weights: &[f64], unit: usize, ratio: f64) -> Interval {
    let count = by_fold.len() as f64;
    let weight = weights.iter().sum::<f64>().max(1.0);
    let mean = by_fold.iter().zip(weights).map(|(fold, w)| w * fold[unit]).sum::<f64>() / weight;
    let spread = by_fold.iter().map(|fold| (fold[unit] - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    let half = 1.645 * (spread * (1.0 / count.max(1.0) + ratio)).sqrt();
    Interval { mean, low: mean - half, high: mean + half }
}

/// How much each feature seems to matter, roughly, to choose those that are looked at closely; and contributions where
/// the learner has them: row by row, for output `output`.
pub(super) fn screen(model: &Fitted, known: &KnownRows, output: usize, seed: u64) -> (Vec<f64>, Option<Vec<Vec<f64>>>) {
    let step = known.targets.len().div_ceil(CONTRIBUTING).max(1);
    let rows: Vec<usize> = (0..known.targets.len()).step_by(step).collect();
    let sample = known.features.select(&rows);
    let width = known.features.width();
    if let Some(found) = model.contributions(&sample) {
        let place = output.min(found.outputs.saturating_sub(1));
        // Of two classes boosting has one value, that of the second.
        let of_row = |row: &[f64]| row.chunks_exact(found.outputs).map(|cell| cell[place]).collect::<Vec<f64>>();
        let table: Vec<Vec<f64>> = found.values.chunks_exact((width * found.outputs).max(1)).map(of_row).collect();
        return (mean_sizes(&table, width), Some(table));
    }
    // Trees that imitate the learner tell which features it looks at.
    let predicted = model.predict(&known.features);
    let outputs = model.task().outputs().max(1);
    let imitated: Vec<f64> = predicted.chunks_exact(outputs).map(|row| row[output.min(outputs - 1)]).collect();
    let task = matdock_learn::learner::Task::Number;
    let trees = Fitted::fit(Kind::RandomForest, task, &known.features, &imitated, seed).ok();
    let found = trees.and_then(|trees| trees.contributions(&sample));
    let table: Vec<Vec<f64>> =
        found.iter().flat_map(|found| found.values.chunks_exact(width.max(1))).map(<[f64]>::to_vec).collect();
    (mean_sizes(&table, width), None)
}

fn mean_sizes(table: &[Vec<f64>], width: usize) -> Vec<f64> {
    let size = |feature: usize| table.iter().map(|row| row[feature].abs()).sum::<f64>() / table.len().max(1) as f64;
    (0..width).into_par_iter().map(size).collect()
}

/// Mean size of the contributions of a unit, and the rank correlation of contribution and feature.
pub(super) fn contributions(table: &[Vec<f64>], features: &Features, unit: &Unit) -> (f64, Option<f64>) {
    let step = features.rows().div_ceil(CONTRIBUTING).max(1);
    let sums: Vec<f64> = table.iter().map(|row| unit.features.iter().map(|feature| row[*feature]).sum()).collect();
    let size = sums.iter().map(|sum| sum.abs()).sum::<f64>() / sums.len().max(1) as f64;
    let column = features.column(unit.features[0]).iter().step_by(step);
    let known = column.zip(&sums).filter(|(x, _)| x.is_finite());
    let (x, sums): (Vec<f64>, Vec<f64>) = known.map(|(x, sum)| (*x, *sum)).unzip();
    let direction = (!unit.choice && x.len() >= 5).then(|| rank_correlation(&x, &sums));
    (size, direction)
}

/// Share of the variance that linear learning of a few columns explains on rows left out; see `sparse`.
pub(super) fn explained(task: matdock_learn::learner::Task, pairs: &[(f64, f64)]) -> f64 {
    let (predicted, targets): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    1.0 - squared_error(task, &predicted, &targets) / variance(task, &targets)
}
