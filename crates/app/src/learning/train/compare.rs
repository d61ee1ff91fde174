//! Kinds of learner compared on rows left out; the best one fitted to all rows.

use std::sync::atomic::{AtomicUsize, Ordering};

use matdock_learn::{
    learner::{Features, Fitted, Kind, LearnerError, Task, squared_error},
    validate::{ClassScores, ClassSets, Conformal, Fold, Interval, Scores, confusion},
};
use matdock_message::{Message, say};
use rayon::prelude::*;

use super::{
    Compared, Figures, Progress, Scrambled, SplitScores, Trained, Wish,
    lesson::{Lesson, Scrambling},
    split::Way,
};
use crate::{
    dataset::Reference,
    learning::{
        known_rows::{KnownRows, LeftOutRows},
        left_out_plot,
        model_file::Model,
        schema::LeftOut,
    },
    plot::Panel,
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
        let task = self.schema.task();
        let kinds = if wish.learners.is_empty() { self.suitable() } else { wish.learners.clone() };
        if let Some(kind) = kinds.iter().find(|kind| task != Task::Number && **kind == Kind::GaussianProcess) {
            return Err(say!("app-learn-no-class-learner", name = kind));
        }
        let folds: Vec<Vec<Fold>> =
            ways.iter().map(|way| way.split.folds(&self.targets, wish.folds, wish.seed)).collect();
        if let Some(empty) = folds.iter().position(Vec::is_empty) {
            return Err(say!("app-learn-no-folds", kind = ways[empty].kind));
        }
        let scrambles: Vec<Scrambling> =
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
                    let predicted = predict_fold(kind, task, &self.prepared.features, known, fold, wish.seed);
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
        let mut left_out_first: Vec<Option<Vec<f64>>> = Vec::new();
        let mut panels = Vec::new();
        for (number, (way, folds)) in ways.iter().zip(&folds).enumerate() {
            let found = if number == 0 { nested.clone() } else { predicted(kind, &known(folds)?, folds) };
            let found = spread(size, folds, &found);
            let error = |(row, p): (usize, &Option<Vec<f64>>)| {
                Some((self.counted(row, *p.as_ref()?.first()?) - self.targets[row]).abs())
            };
            let errors: Vec<Option<f64>> = found.iter().enumerate().map(error).collect();
            let Some(scores) = self.scores(&found, way, wish.seed) else { continue };
            let tested: Vec<Vec<usize>> = folds.iter().map(|fold| fold.test.clone()).collect();
            let (coverage, set_size) = match task {
                _ if folds.len() < 2 => (None, None),
                Task::Number => (Conformal::coverage(&self.domain, &errors, &way.blocks, &tested, 0.9), None),
                Task::Class { .. } => self.sets_hold(&found, &tested),
            };
            splits.push(SplitScores {
                kind: way.kind.clone(),
                folds: folds.len(),
                rows: found.iter().flatten().count(),
                scores,
                coverage_90: coverage.map(|(inside, all)| share(inside, all)),
                set_size,
            });
            panels.extend(left_out_plot::panels(&self.schema, &way.kind, &found, &self.targets, wish.language));
            if number == 0 {
                errors_of_first = errors;
                left_out_first = found;
            }
        }
        let by_chance: Vec<Figures> = scrambles
            .iter()
            .filter_map(|order| {
                let known = folds[0].par_iter().map(|fold| order.known(&fold.train, wish.seed));
                let known: Vec<Vec<f64>> = known.collect::<Result<_, _>>().ok()?;
                let found = spread(size, &folds[0], &predicted(kind, &known, &folds[0]));
                scores_of(task, &counted(task, &found, |row, p| order.counted(row, p)), &order.targets, None, wish.seed)
            })
            .collect();
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let draws: Vec<f64> = by_chance.iter().map(|figures| figures.explained().mean).collect();
        let scrambled = Scrambled {
            r2: mean(draws.clone()),
            draws,
            roc_auc: (task != Task::Number).then(|| mean(by_chance.iter().map(|f| f.main().1.mean).collect())),
        };
        let every: Vec<usize> = (0..size).collect();
        let unfit = |error: LearnerError| say!("app-learn-learner", name = kind, reason = error);
        let learnt = self.known(&every, wish.seed).map_err(unfit)?;
        let fitted = Fitted::fit(kind, task, &self.prepared.features, &learnt, wish.seed).map_err(unfit)?;
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
            classes: self.schema.classes.clone(),
            confusion: self.confusion(&left_out_first),
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
        let intervals = match task {
            Task::Number => {
                let groups = ways.first().map_or_else(|| (0..size).collect(), |way| way.blocks.clone());
                Conformal::new(&self.domain, &errors_of_first, &groups)
            }
            Task::Class { .. } => None,
        };
        let sets = match task {
            Task::Number => None,
            Task::Class { count } => {
                let (classes, probabilities, _) = self.known_classes(&left_out_first);
                Some(ClassSets::new(&classes, &probabilities, count, 0.9))
            }
        };
        let Self { schema, prepared, domain, labels, .. } = self;
        left_out_first.resize(size, None);
        let kind = ways.first().map_or_else(String::new, |way| way.kind.clone());
        let left_out =
            LeftOutRows { kind, folds: folds.into_iter().next().unwrap_or_default(), predicted: left_out_first };
        let rows = KnownRows { features: prepared.features, targets: learnt, left_out };
        Ok(Made { model: Model::new(schema, fitted, domain, (intervals, sets), labels, card), panels, rows })
    }

    /// Classes and probabilities of the rows that were left out, and which rows these are.
    fn known_classes(&self, predicted: &[Option<Vec<f64>>]) -> (Vec<usize>, Vec<f64>, Vec<usize>) {
        let rows: Vec<usize> = (0..predicted.len()).filter(|row| predicted[*row].is_some()).collect();
        let classes = rows.iter().map(|row| self.targets[*row] as usize).collect();
        (classes, rows.iter().filter_map(|row| predicted[*row].clone()).flatten().collect(), rows)
    }

    fn confusion(&self, predicted: &[Option<Vec<f64>>]) -> Vec<Vec<usize>> {
        let (classes, probabilities, _) = self.known_classes(predicted);
        confusion(&classes, &probabilities, self.schema.classes.len())
    }

    /// How often sets hold the class, and how many classes are in them.
    fn sets_hold(
        &self,
        predicted: &[Option<Vec<f64>>],
        tested: &[Vec<usize>],
    ) -> (Option<(usize, usize)>, Option<f64>) {
        let (classes, probabilities, rows) = self.known_classes(predicted);
        let place = |row: &usize| rows.binary_search(row).ok();
        let folds: Vec<Vec<usize>> = tested.iter().map(|fold| fold.iter().filter_map(place).collect()).collect();
        let found = ClassSets::coverage(&classes, &probabilities, self.schema.classes.len(), &folds, 0.9);
        (found.map(|(inside, all, _)| (inside, all)), found.map(|(_, _, size)| size))
    }

    /// Kinds that suit the number of rows.
    fn suitable(&self) -> Vec<Kind> {
        let rows = self.targets.len();
        let suits = |kind: &Kind| match kind.name() {
            "gaussian-process" => rows <= GAUSSIAN_PROCESS_ROWS && self.schema.classes.is_empty(),
            "support-vector" => rows <= SUPPORT_VECTOR_ROWS,
            "network" => rows <= NETWORK_ROWS,
            // Of the others, so only when it is asked for.
            "stack" => false,
            _ => true,
        };
        Kind::ALL.iter().copied().filter(suits).collect()
    }

    fn scores(&self, predicted: &[Option<Vec<f64>>], way: &Way, seed: u64) -> Option<Figures> {
        let task = self.schema.task();
        let predicted = counted(task, predicted, |row, p| self.counted(row, p));
        scores_of(task, &predicted, &self.targets, Some(&way.blocks), seed)
    }

    /// Sum of squared errors of each fold; none where the learner could not be fitted.
    fn squares(&self, folds: &[Fold], predicted: &[Option<Vec<f64>>]) -> Vec<Option<f64>> {
        let sum = |(fold, found): (&Fold, &Option<Vec<f64>>)| {
            let found = found.as_ref()?;
            let task = self.schema.task();
            let targets: Vec<f64> = fold.test.iter().map(|row| self.targets[*row]).collect();
            let counted: Vec<f64> = match task {
                Task::Number => fold.test.iter().zip(found).map(|(row, p)| self.counted(*row, *p)).collect(),
                Task::Class { .. } => found.clone(),
            };
            let sum = squared_error(task, &counted, &targets) * targets.len() as f64;
            sum.is_finite().then_some(sum)
        };
        folds.iter().zip(predicted).map(sum).collect()
    }
}

/// Predictions for the rows of a fold; none where the learner cannot be fitted.
fn predict_fold(
    kind: Kind,
    task: Task,
    features: &Features,
    known: &[f64],
    fold: &Fold,
    seed: u64,
) -> Option<Vec<f64>> {
    let fitted = Fitted::fit(kind, task, &features.select(&fold.train), known, seed).ok()?;
    let predicted = fitted.predict(&features.select(&fold.test));
    predicted.iter().all(|value| value.is_finite()).then_some(predicted)
}

/// Predictions by row: a number, or a probability per class.
fn spread(size: usize, folds: &[Fold], predicted: &[Option<Vec<f64>>]) -> Vec<Option<Vec<f64>>> {
    let mut rows = vec![None; size];
    for (fold, predicted) in folds.iter().zip(predicted) {
        let Some(predicted) = predicted else { continue };
        let outputs = predicted.len() / fold.test.len().max(1);
        for (row, values) in fold.test.iter().zip(predicted.chunks_exact(outputs.max(1))) {
            rows[*row] = Some(values.to_vec());
        }
    }
    rows
}

/// Predictions of numbers as they count beside limits.
fn counted(task: Task, predicted: &[Option<Vec<f64>>], number: impl Fn(usize, f64) -> f64) -> Vec<Option<Vec<f64>>> {
    let counted = |(row, p): (usize, &Option<Vec<f64>>)| match (task, p.as_deref()) {
        (Task::Number, Some([value])) => Some(vec![number(row, *value)]),
        _ => p.clone(),
    };
    predicted.iter().enumerate().map(counted).collect()
}

/// Scores of the rows that were predicted; every row for itself where no blocks are given.
fn scores_of(
    task: Task,
    predicted: &[Option<Vec<f64>>],
    targets: &[f64],
    blocks: Option<&[usize]>,
    seed: u64,
) -> Option<Figures> {
    let known: Vec<usize> = (0..predicted.len()).filter(|row| predicted[*row].is_some()).collect();
    let measured: Vec<f64> = known.iter().map(|row| targets[*row]).collect();
    let found: Vec<f64> = known.iter().filter_map(|row| predicted[*row].clone()).flatten().collect();
    let blocks: Vec<usize> = known.iter().map(|row| blocks.map_or(*row, |blocks| blocks[*row])).collect();
    match task {
        Task::Number => Scores::of(&measured, &found, &blocks, seed).map(Figures::Numbers),
        Task::Class { count } => {
            let classes: Vec<usize> = measured.iter().map(|y| *y as usize).collect();
            ClassScores::of(&classes, &found, count, &blocks, seed).map(Figures::Classes)
        }
    }
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
pub(in crate::learning) fn share(inside: usize, all: usize) -> Interval {
    let (n, p) = (all as f64, inside as f64 / all as f64);
    let z = 1.644_853_626_951_472_2_f64;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Interval { mean: p, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}
