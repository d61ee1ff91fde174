//! `matdock train`: learners compared on rows left out in honest ways, the best one kept with what it can be trusted with.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use matdock_learn::{
    learner::{Features, Fitted, Kind, Task},
    validate::{Conformal, Domain, Fold, Interval, Scores, Split, rank_correlation},
};
use matdock_message::{Language, Message, say};
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    model_file::{self, Model},
    schema::{Columns, LeftOut, Prepared, Schema, Target},
};
use crate::{
    plot::{self, Colour, Mark, Panel},
    table::{self, Table},
};

/// What to learn.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The table.
    pub table: PathBuf,
    /// Column that is to be predicted.
    pub target: String,
    /// Kinds of learner to compare; none for those that suit the number of rows.
    pub learners: Vec<Kind>,
    /// Ways to leave out rows: `random`, `group:COLUMN`, `cluster`, `time:COLUMN`, `extrapolate`. The first decides which
    /// learner is kept. None for `random`, and groups of the same structure where structures repeat.
    pub splits: Vec<String>,
    /// What is said of the columns.
    pub columns: Columns,
    /// Name of the model; `None` for that of the table and target.
    pub name: Option<String>,
    /// Number of folds.
    pub folds: usize,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Language of the card.
    pub language: Language,
}

/// What came of it; also the model card in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Name of the model.
    pub name: String,
    /// File the table was read from, and the BLAKE3 hash of its bytes.
    pub table: String,
    /// BLAKE3 hash of the table's file.
    pub hash: String,
    /// Target, its unit, and whether its logarithm to base ten was learnt (scores and errors are in it then).
    pub target: String,
    /// Unit of the target.
    pub unit: Option<String>,
    /// Whether the logarithm of the target was learnt.
    pub logarithm: bool,
    /// Kind of learner that was kept.
    pub learner: Kind,
    /// What it chose for itself.
    pub settings: Vec<(String, f64)>,
    /// Rows learnt from.
    pub rows: usize,
    /// Number of features.
    pub features: usize,
    /// Scores for every way of leaving out rows.
    pub splits: Vec<SplitScores>,
    /// How the kinds of learner compare on the first of them.
    pub learners: Vec<Compared>,
    /// The same with targets in random order: what chance alone reaches.
    pub y_scramble: Scrambled,
    /// Columns that were not used.
    pub left_out: Vec<(String, String)>,
    /// What a reader of the scores should know.
    pub warnings: Vec<String>,
    /// Version of the program.
    pub matdock: String,
    /// Seed.
    pub seed: u64,
}

/// How well rows left out in one way are predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitScores {
    /// The way, as on the command line.
    pub kind: String,
    /// Number of folds.
    pub folds: usize,
    /// Rows predicted.
    pub rows: usize,
    /// The scores.
    #[serde(flatten)]
    pub scores: Scores,
    /// How often an interval of 90 % holds the value; none with too few rows.
    pub coverage_90: Option<Interval>,
}

/// One kind of learner beside the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Kind.
    pub learner: Kind,
    /// Scores on the first way of leaving out rows; none where the learner could not be fitted.
    pub scores: Option<Scores>,
}

/// Scores with the targets in random order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scrambled {
    /// Mean R2 over the draws.
    pub r2: f64,
    /// R2 of each draw.
    pub draws: Vec<f64>,
}

/// How far it has come: learners fitted, of all there are to fit.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Fewest rows from which something can be said.
const FEWEST: usize = 8;
/// Targets in random order are learnt so many times.
const SCRAMBLES: usize = 3;
/// Rows up to which slow learners take part unasked.
const GAUSSIAN_PROCESS_ROWS: usize = 1500;
const SUPPORT_VECTOR_ROWS: usize = 5000;
const NETWORK_ROWS: usize = 20_000;
/// How much lower R2 of unseen groups must be before it is told.
const GAP: f64 = 0.15;
/// A rank correlation beyond which a column is suspected to give the target away.
const GIVEN_AWAY: f64 = 0.99;
/// Share of rows whose structure occurs more than once, from which on structures are left out together.
const REPEATED: f64 = 0.2;

/// Fits learners to a table, keeps the best with a model card in `folder` (the models of a dock).
///
/// # Errors
/// The table cannot be read, has no such column, too few rows, or nothing to learn from.
pub fn train(wish: &Wish, folder: &Path, progress: Progress<'_>) -> Result<(Trained, PathBuf), Message> {
    let table = table::read(&wish.table)?;
    let bytes = std::fs::read(&wish.table).map_err(|error| {
        say!("place-file", file = wish.table.display(), what = say!("table-unreadable", reason = error))
    })?;
    let name = match &wish.name {
        Some(name) => name.clone(),
        None => usual_name(&wish.table, &wish.target),
    };
    model_file::check_name(&name)?;
    let splits_said: Vec<Said> = wish.splits.iter().map(|text| Said::of(text, &table)).collect::<Result<_, _>>()?;
    let mut columns = wish.columns.clone();
    // What tells groups or time apart is not learnt from unless it is asked for.
    columns.ignored.extend(splits_said.iter().filter_map(Said::column).filter(|name| !columns.features.contains(name)));
    let (schema, left_out) = Schema::of(&table, &wish.target, &columns)?;
    let lesson = Lesson::of(&table, schema)?;
    let splits = lesson.splits(&table, &splits_said)?;
    let trained = lesson.compare(wish, name, left_out, &splits, model_file::hash(&bytes), progress)?;
    let path = trained.model.save(folder, wish.language)?;
    table::save(plot::svg(&trained.panels, trained.panels.len().min(3))?.as_bytes(), &path.join("predicted.svg"))?;
    Ok((trained.model.card, path))
}

/// The kind of learner of this name.
///
/// # Errors
/// There is none; the message lists them.
pub fn kind(name: &str) -> Result<Kind, Message> {
    let names = || Kind::ALL.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    name.parse().map_err(|_| say!("app-learn-no-kind", name = name, kinds = names()))
}

fn usual_name(table: &Path, target: &str) -> String {
    let stem = table.file_stem().and_then(|stem| stem.to_str()).unwrap_or("table");
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    format!("{stem}-{target}").chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}

/// A way to leave out rows as a person wrote it.
enum Said {
    Random,
    Group(String),
    Cluster,
    Time(String),
    Extrapolate,
}

impl Said {
    fn of(text: &str, table: &Table) -> Result<Self, Message> {
        let named = |name: &str| -> Result<String, Message> {
            table.column(name)?;
            Ok(name.to_owned())
        };
        match text.split_once(':') {
            None if text == "random" => Ok(Self::Random),
            None if text == "cluster" => Ok(Self::Cluster),
            None if text == "extrapolate" => Ok(Self::Extrapolate),
            Some(("group", name)) => named(name).map(Self::Group),
            Some(("time", name)) => named(name).map(Self::Time),
            _ => Err(say!("app-learn-split", text = text)),
        }
    }

    fn column(&self) -> Option<String> {
        match self {
            Self::Group(name) | Self::Time(name) => Some(name.clone()),
            Self::Random | Self::Cluster | Self::Extrapolate => None,
        }
    }
}

/// A way to leave out rows, ready: its name, and which rows resemble each other.
struct Way {
    kind: String,
    split: Split,
    blocks: Vec<usize>,
}

/// The rows to learn from.
struct Lesson {
    schema: Schema,
    prepared: Prepared,
    targets: Vec<f64>,
    limits: usize,
    without_target: usize,
    domain: Domain,
    labels: Vec<String>,
}

struct Made {
    model: Model,
    /// Predicted beside measured values, a panel for each way of leaving out rows.
    panels: Vec<Panel>,
}

impl Lesson {
    fn of(table: &Table, schema: Schema) -> Result<Self, Message> {
        let targets = schema.targets(table)?;
        let known: Vec<(usize, Target)> =
            targets.iter().enumerate().filter_map(|(row, target)| Some((row, (*target)?))).collect();
        if known.len() < FEWEST {
            return Err(table.in_file(say!("app-learn-few-rows", rows = known.len(), fewest = FEWEST)));
        }
        let prepared = schema.prepare(table, known.iter().map(|(row, _)| *row).collect())?;
        let label = |row: &usize| {
            let line = table.source.lines.get(*row).copied().unwrap_or(*row as u64 + 2);
            let text = schema.structures().and_then(|name| table.find(name)).map(|column| table.cell(*row, column));
            text.map_or_else(|| format!("line {line}"), |text| format!("line {line}: {text}"))
        };
        Ok(Self {
            domain: Domain::new(&prepared.features),
            labels: prepared.rows.iter().map(label).collect(),
            targets: known.iter().map(|(_, target)| target.value).collect(),
            limits: known.iter().filter(|(_, target)| target.limit).count(),
            without_target: table.rows.len() - known.len(),
            prepared,
            schema,
        })
    }

    /// Numbers of the groups that the cells of a column make; rows with an empty cell are groups of their own.
    fn groups(&self, table: &Table, name: &str) -> Result<Vec<usize>, Message> {
        let column = table.column(name)?;
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let group = |(index, row): (usize, &usize)| {
            let text = table.cell(*row, column).to_string();
            let key = if text.is_empty() { format!("\u{0}{index}") } else { text };
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        };
        Ok(self.prepared.rows.iter().enumerate().map(group).collect())
    }

    fn splits(&self, table: &Table, said: &[Said]) -> Result<Vec<Way>, Message> {
        let each: Vec<usize> = (0..self.targets.len()).collect();
        let way = |kind: &str, split| Way { kind: kind.to_owned(), split, blocks: each.clone() };
        let mut ways = Vec::new();
        for one in said {
            ways.push(match one {
                Said::Random => way("random", Split::Random),
                Said::Extrapolate => way("extrapolate", Split::Extrapolate),
                Said::Cluster => way("cluster", Split::Cluster(self.domain.place(&self.prepared.features))),
                Said::Group(name) => self.grouped(table, name)?,
                Said::Time(name) => {
                    let column = table.column(name)?;
                    let time = |row: &usize| match table.cell(*row, column) {
                        table::Cell::Date(date) => {
                            model_file::seconds(date).ok_or_else(|| table.at(*row, column, say!("app-learn-no-time")))
                        }
                        _ => {
                            table.number(*row, column)?.ok_or_else(|| table.at(*row, column, say!("app-learn-no-time")))
                        }
                    };
                    let times = self.prepared.rows.iter().map(time).collect::<Result<_, _>>()?;
                    way(&format!("time:{name}"), Split::Time(times))
                }
            });
        }
        if ways.is_empty() {
            ways.push(way("random", Split::Random));
            // The same structure on both sides would be recognised rather than predicted.
            if let Some(name) = self.schema.structures() {
                let grouped = self.grouped(table, name)?;
                let mut sizes = BTreeMap::new();
                grouped.blocks.iter().for_each(|group| *sizes.entry(*group).or_insert(0usize) += 1);
                let repeated: usize = sizes.values().filter(|size| **size > 1).sum();
                if repeated as f64 >= REPEATED * self.targets.len() as f64 && sizes.len() > 2 {
                    ways.push(grouped);
                }
            }
        }
        Ok(ways)
    }

    fn grouped(&self, table: &Table, name: &str) -> Result<Way, Message> {
        let blocks = self.groups(table, name)?;
        if blocks.iter().max().is_none_or(|most| *most == 0) {
            return Err(table.in_file(say!("app-learn-one-group", name = name)));
        }
        Ok(Way { kind: format!("group:{name}"), split: Split::Group(blocks.clone()), blocks })
    }

    fn compare(
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
        let predicted = |kind: Kind, targets: &[f64], folds: &[Fold]| -> Vec<Option<Vec<f64>>> {
            folds
                .par_iter()
                .map(|fold| {
                    let predicted = predict_fold(kind, &self.prepared.features, targets, fold, wish.seed);
                    count();
                    predicted
                })
                .collect()
        };
        let size = self.targets.len();
        // Every kind on the first way; which one is kept there is decided without the rows it is judged by.
        let by_kind: Vec<Vec<Option<Vec<f64>>>> =
            kinds.iter().map(|kind| predicted(*kind, &self.targets, &folds[0])).collect();
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
        let mut panels = Vec::new();
        for (number, (way, folds)) in ways.iter().zip(&folds).enumerate() {
            let found = if number == 0 { nested.clone() } else { predicted(kind, &self.targets, folds) };
            let found = spread(size, folds, &found);
            let errors: Vec<Option<f64>> =
                found.iter().zip(&self.targets).map(|(p, y)| p.map(|p| (p - y).abs())).collect();
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
            }
        }
        let draws: Vec<f64> = scrambles
            .iter()
            .filter_map(|targets| {
                let found = spread(size, &folds[0], &predicted(kind, targets, &folds[0]));
                let pairs: (Vec<f64>, Vec<f64>) =
                    found.iter().zip(targets).filter_map(|(p, y)| Some((*y, (*p)?))).unzip();
                let each: Vec<usize> = (0..pairs.0.len()).collect();
                Some(Scores::of(&pairs.0, &pairs.1, &each, wish.seed)?.r2.mean)
            })
            .collect();
        let scrambled = Scrambled { r2: draws.iter().sum::<f64>() / draws.len().max(1) as f64, draws };
        let fitted = Fitted::fit(kind, Task::Number, &self.prepared.features, &self.targets, wish.seed)
            .map_err(|error| say!("app-learn-learner", name = kind, reason = error))?;
        count();
        let warnings = self.warnings(&splits, &scrambled, wish.language);
        let card = Trained {
            name,
            table: wish.table.display().to_string(),
            hash,
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
        let Self { schema, domain, labels, .. } = self;
        Ok(Made { model: Model::new(schema, fitted, domain, intervals, labels, card), panels })
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

    fn scrambled(&self, seed: u64) -> Vec<f64> {
        let mut targets = self.targets.clone();
        targets.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        targets
    }

    fn scores(&self, predicted: &[Option<f64>], way: &Way, seed: u64) -> Option<Scores> {
        let known: Vec<usize> = (0..predicted.len()).filter(|row| predicted[*row].is_some()).collect();
        let measured: Vec<f64> = known.iter().map(|row| self.targets[*row]).collect();
        let found: Vec<f64> = known.iter().filter_map(|row| predicted[*row]).collect();
        let blocks: Vec<usize> = known.iter().map(|row| way.blocks[*row]).collect();
        Scores::of(&measured, &found, &blocks, seed)
    }

    /// Sum of squared errors of each fold; none where the learner could not be fitted.
    fn squares(&self, folds: &[Fold], predicted: &[Option<Vec<f64>>]) -> Vec<Option<f64>> {
        let sum = |(fold, found): (&Fold, &Option<Vec<f64>>)| {
            let found = found.as_ref()?;
            let sum: f64 = fold.test.iter().zip(found).map(|(row, p)| (self.targets[*row] - p).powi(2)).sum();
            sum.is_finite().then_some(sum)
        };
        folds.iter().zip(predicted).map(sum).collect()
    }

    fn warnings(&self, splits: &[SplitScores], scrambled: &Scrambled, language: Language) -> Vec<String> {
        let mut told: Vec<Message> = Vec::new();
        let rows = self.targets.len();
        let chance = scrambled.draws.iter().copied().fold(0.0, f64::max);
        if let Some(first) = splits.first() {
            if first.scores.r2.low <= chance {
                told.push(say!("app-learn-warn-chance"));
            }
            for other in &splits[1..] {
                if first.scores.r2.mean - other.scores.r2.mean > GAP {
                    let (seen, unseen) =
                        (format!("{:.2}", first.scores.r2.mean), format!("{:.2}", other.scores.r2.mean));
                    told.push(say!(
                        "app-learn-warn-gap",
                        kind = other.kind,
                        seen = seen,
                        unseen = unseen,
                        first = first.kind
                    ));
                }
            }
        }
        for split in splits {
            if let Some(coverage) = split.coverage_90
                && (coverage.high < 0.88 || coverage.low > 0.92)
            {
                let percent = format!("{:.0}", 100.0 * coverage.mean);
                told.push(say!("app-learn-warn-coverage", kind = split.kind, percent = percent));
            }
        }
        if rows < 30 {
            told.push(say!("app-learn-warn-few", rows = rows));
        }
        if self.prepared.features.width() > rows {
            told.push(say!("app-learn-warn-wide", features = self.prepared.features.width(), rows = rows));
        }
        if self.limits > 0 {
            told.push(say!("app-learn-warn-limits", rows = self.limits));
        }
        if self.without_target > 0 {
            told.push(say!("app-learn-warn-no-target", rows = self.without_target));
        }
        for (number, name) in self.schema.features.iter().enumerate() {
            let column = self.prepared.features.column(number);
            let (x, y): (Vec<f64>, Vec<f64>) =
                column.iter().zip(&self.targets).filter(|(x, _)| x.is_finite()).map(|(x, y)| (*x, *y)).unzip();
            if x.len() >= FEWEST && 2 * x.len() > rows && rank_correlation(&x, &y).abs() > GIVEN_AWAY {
                told.push(say!("app-learn-warn-leak", name = name));
            }
        }
        let unread = self.prepared.unread.iter().cloned();
        told.iter().map(|what| what.text(language)).chain(unread).collect()
    }
}

/// Predictions for the rows of a fold; none where the learner cannot be fitted.
fn predict_fold(kind: Kind, features: &Features, targets: &[f64], fold: &Fold, seed: u64) -> Option<Vec<f64>> {
    let known: Vec<f64> = fold.train.iter().map(|row| targets[*row]).collect();
    let fitted = Fitted::fit(kind, Task::Number, &features.select(&fold.train), &known, seed).ok()?;
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
