//! Kinds of learner compared on rows left out; the best one fitted to all rows.

use std::sync::atomic::{AtomicUsize, Ordering};

use matdock_learn::{
    learner::{Features, Fitted, Kind, Task},
    validate::{Conformal, Fold, Interval, Scores},
};
use matdock_message::{Language, Message, say};
use rayon::prelude::*;

use super::{Compared, Progress, Scrambled, SplitScores, Trained, Wish, lesson::Lesson, split::Way};
use crate::{
    dataset::Reference,
    learning::{
        known_rows::{KnownRows, LeftOutRows},
        model_file::Model,
        schema::LeftOut,
    },
    plot::{Colour, Mark, Panel},
};

/// Targets in random order are learnt so many times.
const SCRAMBLES: usize = 3;
/// Rows up to which slow learners take part unasked.
const GAUSSIAN_PROCESS_ROWS: usize = 1500;
const SUPPORT_VECTOR_ROWS: usize = 5000;
const NETWORK_ROWS: usize = 20_000;

/// A model, and its plots.
pub(super) struct Made {
    pub(super) model: Model,
    /// Predicted beside measured values, a panel for each way of leaving out rows.
    pub(super) panels: Vec<Panel>,
    /// What it was learnt from.
    pub(super) rows: KnownRows,
}

impl Lesson {
    /// Compares the kinds, keeps the best.
    pub(super) fn compare(
        self,
        wish: &Wish,
        name: String,
        left_out: Vec<LeftOut>,
        ways: &[Way],
        hash: String,
        progress: Progress<'_>,
    ) -> Result<Made, Message> {
        let kinds = if wish.learners.is_empty() { self.suitable() } else { wish.learners.clone() };
        let folds: Vec<Vec<Fold>> =
            ways.iter().map(|way| way.split.folds(&self.targets, wish.folds, wish.seed)).collect();
        if let Some(empty) = folds.iter().position(Vec::is_empty) {
            return Err(say!("app-learn-no-folds", kind = ways[empty].kind));
        }
        let scrambles: Vec<Vec<f64>> =
            (0..SCRAMBLES as u64).map(|draw| self.scrambled(wish.seed ^ (draw + 1))).collect();
        let all = kinds.len() * folds[0].len()
            + folds[1..].iter().map(Vec::len).sum::<usize>()
            + SCRAMBLES * folds[0].len()
            + 1;
        let done = AtomicUsize::new(0);
        let count = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
        let predicted = |kind: Kind, known: &[Vec<f64>], folds: &[Fold]| -> Vec<Option<Vec<f64>>> {
            folds
                .par_iter()
                .zip(known)
                .map(|(fold, known)| {
                    let predicted = predict_fold(kind, &self.prepared.features, known, fold, wish.seed);
                    count();
                    predicted
                })
                .collect()
        };
        let known = |folds: &[Fold]| -> Result<Vec<Vec<f64>>, Message> {
            let each = folds.par_iter().map(|fold| self.known(&fold.train, wish.seed));
            each.collect::<Result<_, _>>().map_err(|error| say!("app-learn-features", reason = error))
        };
        let size = self.targets.len();
        let known_first = known(&folds[0])?;
        // Every kind on the first way; which one is kept there is decided without the rows it is judged by.
        let by_kind: Vec<Vec<Option<Vec<f64>>>> =
            kinds.iter().map(|kind| predicted(*kind, &known_first, &folds[0])).collect();
        let compared: Vec<Compared> = kinds
            .iter()
            .zip(&by_kind)
            .map(|(kind, predicted)| Compared {
                learner: *kind,
                scores: self.scores(&spread(size, &folds[0], predicted), &ways[0], wish.seed),
            })
            .collect();
        let squares: Vec<Vec<Option<f64>>> =
            by_kind.iter().map(|predicted| self.squares(&folds[0], predicted)).collect();
        let chosen = best(&squares, None).ok_or_else(|| say!("app-learn-no-learner"))?;
        let nested: Vec<Option<Vec<f64>>> = (0..folds[0].len())
            .map(|fold| by_kind[best(&squares, Some(fold)).unwrap_or(chosen)].get(fold).cloned().flatten())
            .collect();
        let kind = kinds[chosen];
        let mut splits = Vec::new();
        let mut errors_of_first = Vec::new();
        let mut left_out_first = Vec::new();
        let mut panels = Vec::new();
        for (number, (way, folds)) in ways.iter().zip(&folds).enumerate() {
            let found = if number == 0 { nested.clone() } else { predicted(kind, &known(folds)?, folds) };
            let found = spread(size, folds, &found);
            let error = |(row, p): (usize, &Option<f64>)| p.map(|p| (self.counted(row, p) - self.targets[row]).abs());
            let errors: Vec<Option<f64>> = found.iter().enumerate().map(error).collect();
            let Some(scores) = self.scores(&found, way, wish.seed) else { continue };
            let tested: Vec<Vec<usize>> = folds.iter().map(|fold| fold.test.clone()).collect();
            let coverage =
                (folds.len() > 1).then(|| Conformal::coverage(&self.domain, &errors, &tested, 0.9)).flatten();
            splits.push(SplitScores {
                kind: way.kind.clone(),
                folds: folds.len(),
                rows: found.iter().flatten().count(),
                scores,
                coverage_90: coverage.map(|(inside, all)| share(inside, all)),
            });
            panels.push(self.panel(&way.kind, &found, wish.language));
            if number == 0 {
                errors_of_first = errors;
                left_out_first = found.iter().map(|value| value.map(|value| vec![value])).collect();
            }
        }
        let draws: Vec<f64> = scrambles
            .iter()
            .filter_map(|targets| {
                let pick = |fold: &Fold| fold.train.iter().map(|row| targets[*row]).collect();
                let known: Vec<Vec<f64>> = folds[0].iter().map(pick).collect();
                let found = spread(size, &folds[0], &predicted(kind, &known, &folds[0]));
                let pairs: (Vec<f64>, Vec<f64>) =
                    found.iter().zip(targets).filter_map(|(p, y)| Some((*y, (*p)?))).unzip();
                let each: Vec<usize> = (0..pairs.0.len()).collect();
                Some(Scores::of(&pairs.0, &pairs.1, &each, wish.seed)?.r2.mean)
            })
            .collect();
        let scrambled = Scrambled { r2: draws.iter().sum::<f64>() / draws.len().max(1) as f64, draws };
        let every: Vec<usize> = (0..size).collect();
        let fitted = self.known(&every, wish.seed);
        let fitted = fitted
            .and_then(|known| Fitted::fit(kind, Task::Number, &self.prepared.features, &known, wish.seed))
            .map_err(|error| say!("app-learn-learner", name = kind, reason = error))?;
        count();
        let warnings = self.warnings(&splits, &scrambled, wish.language);
        let card = Trained {
            name,
            table: wish.dataset.as_ref().map_or_else(|| wish.table.display().to_string(), Reference::title),
            hash,
            dataset: wish.dataset.clone(),
            target: self.schema.target.clone(),
            unit: self.schema.unit.clone(),
            logarithm: self.schema.logarithm,
            learner: kind,
            settings: fitted.settings(),
            rows: size,
            features: self.prepared.features.width(),
            splits,
            learners: compared,
            y_scramble: scrambled,
            left_out: left_out.into_iter().map(|column| (column.name, column.why)).collect(),
            warnings,
            matdock: env!("CARGO_PKG_VERSION").to_owned(),
            seed: wish.seed,
        };
        let intervals = Conformal::new(&self.domain, &errors_of_first);
        let Self { schema, prepared, targets, domain, labels, .. } = self;
        left_out_first.resize(size, None);
        let kind = ways.first().map_or_else(String::new, |way| way.kind.clone());
        let left_out =
            LeftOutRows { kind, folds: folds.into_iter().next().unwrap_or_default(), predicted: left_out_first };
        let rows = KnownRows { features: prepared.features, targets, left_out };
        Ok(Made { model: Model::new(schema, fitted, domain, intervals, labels, card), panels, rows })
    }

    /// Predicted beside measured values of rows left out.
    fn panel(&self, kind: &str, predicted: &[Option<f64>], language: Language) -> Panel {
        let points: Vec<(f64, f64)> =
            predicted.iter().zip(&self.targets).filter_map(|(p, y)| Some((*y, (*p)?))).collect();
        let ends = points
            .iter()
            .flat_map(|(y, p)| [*y, *p])
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
        let target = match (&self.schema.unit, self.schema.logarithm) {
            (Some(unit), false) => format!("{} [{unit}]", self.schema.target),
            (Some(unit), true) => format!("log10 {} [{unit}]", self.schema.target),
            (None, false) => self.schema.target.clone(),
            (None, true) => format!("log10 {}", self.schema.target),
        };
        Panel {
            title: kind.to_owned(),
            x: say!("app-learn-measured", target = target).text(language),
            y: say!("app-learn-predicted", target = target).text(language),
            marks: vec![
                Mark::Line(String::new(), vec![(ends.0, ends.0), (ends.1, ends.1)], Colour::Grey),
                Mark::Points(String::new(), points, Colour::Blue),
            ],
            ..Panel::default()
        }
    }

    /// Kinds that suit the number of rows.
    fn suitable(&self) -> Vec<Kind> {
        let rows = self.targets.len();
        let suits = |kind: &Kind| match kind.name() {
            "gaussian-process" => rows <= GAUSSIAN_PROCESS_ROWS,
            "support-vector" => rows <= SUPPORT_VECTOR_ROWS,
            "network" => rows <= NETWORK_ROWS,
            // Of the others, so only when it is asked for.
            "stack" => false,
            _ => true,
        };
        Kind::ALL.iter().copied().filter(suits).collect()
    }

    fn scores(&self, predicted: &[Option<f64>], way: &Way, seed: u64) -> Option<Scores> {
        let known: Vec<usize> = (0..predicted.len()).filter(|row| predicted[*row].is_some()).collect();
        let measured: Vec<f64> = known.iter().map(|row| self.targets[*row]).collect();
        let found: Vec<f64> = known.iter().filter_map(|row| Some(self.counted(*row, predicted[*row]?))).collect();
        let blocks: Vec<usize> = known.iter().map(|row| way.blocks[*row]).collect();
        Scores::of(&measured, &found, &blocks, seed)
    }

    /// Sum of squared errors of each fold; none where the learner could not be fitted.
    fn squares(&self, folds: &[Fold], predicted: &[Option<Vec<f64>>]) -> Vec<Option<f64>> {
        let sum = |(fold, found): (&Fold, &Option<Vec<f64>>)| {
            let found = found.as_ref()?;
            let sum: f64 =
                fold.test.iter().zip(found).map(|(row, p)| (self.targets[*row] - self.counted(*row, *p)).powi(2)).sum();
            sum.is_finite().then_some(sum)
        };
        folds.iter().zip(predicted).map(sum).collect()
    }
}

/// Predictions for the rows of a fold; none where the learner cannot be fitted.
fn predict_fold(kind: Kind, features: &Features, known: &[f64], fold: &Fold, seed: u64) -> Option<Vec<f64>> {
    let fitted = Fitted::fit(kind, Task::Number, &features.select(&fold.train), known, seed).ok()?;
    let predicted = fitted.predict(&features.select(&fold.test));
    predicted.iter().all(|value| value.is_finite()).then_some(predicted)
}

/// Predictions by row.
fn spread(size: usize, folds: &[Fold], predicted: &[Option<Vec<f64>>]) -> Vec<Option<f64>> {
    let mut rows = vec![None; size];
    for (fold, predicted) in folds.iter().zip(predicted) {
        for (row, value) in fold.test.iter().zip(predicted.iter().flatten()) {
            rows[*row] = Some(*value);
        }
    }
    rows
}

/// The learner with the smallest sum of squares over all folds but one; those that failed somewhere come last.
fn best(squares: &[Vec<Option<f64>>], without: Option<usize>) -> Option<usize> {
    let total = |each: &Vec<Option<f64>>| -> Option<f64> {
        each.iter().enumerate().filter(|(fold, _)| Some(*fold) != without).map(|(_, sum)| *sum).sum()
    };
    let sound = squares.iter().enumerate().filter_map(|(number, each)| Some((number, total(each)?)));
    sound.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(number, _)| number)
}

/// A share and where it lies with 90 % probability.
///
/// Source: Wilson, J. Am. Stat. Assoc. 22, 209 (1927).
fn share(inside: usize, all: usize) -> Interval {
    let (n, p) = (all as f64, inside as f64 / all as f64);
    let z = 1.644_853_626_951_472_2_f64;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Interval { mean: p, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}
