//! `matdock advise`: whether a table can answer a question, what it lacks, and which command comes next.

mod words;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use matdock_learn::{
    learner::{Features, Kind, Task},
    validate::Split,
};
use matdock_message::{Language, Message, say};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::{
    evidence::{CLEAR, Chance, Curve, FEWEST, ceiling, copies, leaks, near_copies, r2, same_target, share_of},
    schema::{Columns, Schema},
    train::{Progress, REPEATED},
};
use crate::{dataset::Reference, table};

/// What is asked of a table.
#[derive(Debug, Clone)]
pub struct Question {
    /// The table.
    pub table: PathBuf,
    /// Column that is to be predicted.
    pub target: String,
    /// What is wished of new materials.
    pub wish: Option<Wished>,
    /// What is said of the columns.
    pub columns: Columns,
    /// The dataset the table belongs to, and the columns it leaves out by itself.
    pub dataset: Option<Reference>,
    /// Columns that are left out beyond those.
    pub ignored: Vec<String>,
    /// Dock that keeps descriptors.
    pub dock: PathBuf,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Language of the answer.
    pub language: Language,
}

/// Values a new material should have.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Wished {
    /// More than this.
    Above(f64),
    /// Less than this.
    Below(f64),
}

impl std::str::FromStr for Wished {
    type Err = Message;

    /// Reads `>1e-2` or `<5`.
    fn from_str(text: &str) -> Result<Self, Message> {
        let number = |rest: &str| rest.trim_start_matches('=').trim().parse::<f64>().ok().filter(|x| x.is_finite());
        let wished = match text.trim().split_at_checked(1) {
            Some((">", rest)) => number(rest).map(Self::Above),
            Some(("<", rest)) => number(rest).map(Self::Below),
            _ => None,
        };
        wished.ok_or_else(|| say!("app-advise-wish", text = text))
    }
}

/// The answer in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The table predicts the target well enough to be used.
    Suited,
    /// There is something in it, but more rows are needed.
    MoreRows,
    /// What is wished for lies beyond the table: search for it by experiments.
    Search,
    /// Nothing but chance was found.
    NoSignal,
    /// Too few rows to say anything.
    TooFew,
}

/// Which kind of learner suits a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// A linear model of few columns does as well as any other and can be read.
    SparseLinear,
    /// A linear model does as well as any other, but needs many columns.
    Linear,
    /// Trees: the response bends, jumps or depends on combinations.
    Trees,
    /// A Gaussian process: few rows, a smooth response.
    GaussianProcess,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// The answer.
    pub verdict: Verdict,
    /// Rows with a target.
    pub rows: usize,
    /// Number of features.
    pub features: usize,
    /// Columns that give the target away; they were not learnt from.
    pub leaks: Vec<String>,
    /// Rows that occur more than once, target included.
    pub duplicates: usize,
    /// Rows that are nearly another one, target included.
    pub near_duplicates: usize,
    /// Names of the classes; none where the target is a number. R2 is the Brier skill of classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The best kind of learner tried, and its R2 on rows left out at random.
    pub learner: Option<Kind>,
    /// R2 of the best.
    pub r2: Option<f64>,
    /// R2 of the best that chance reached, targets in random order.
    pub r2_by_chance: Option<f64>,
    /// How many of its own scatters the score is above what chance reaches.
    pub above_chance: Option<f64>,
    /// Largest R2 that the scatter of repeated rows allows.
    pub r2_ceiling: Option<f64>,
    /// R2 of every kind tried.
    pub learners: Vec<(Kind, f64)>,
    /// What suits the table.
    pub tool: Option<Tool>,
    /// Column whose groups (structures) were left out whole, and R2 then.
    pub unseen: Option<(String, f64)>,
    /// R2 to expect with two and with four times as many rows, from the learning curve.
    pub r2_with_more: Option<[f64; 2]>,
    /// Rows from which an R2 of 0.5 is to be expected, where it is not reached.
    pub rows_needed: Option<usize>,
    /// Share of the known rows that fulfil the wish.
    pub wish_known: Option<f64>,
    /// The answer in words, with its reasons.
    pub text: Vec<String>,
    /// Commands to run next.
    pub next: Vec<String>,
}

/// Rows drawn for the tests when there are more.
const MOST: usize = 1200;
const FOLDS: usize = 5;
/// Targets in random order learnt at most to know what chance reaches, and how many before the first look.
const SCRAMBLES: usize = 12;
const FIRST_SCRAMBLES: usize = 4;
/// Shares of the rows for the learning curve.
const CURVE: [f64; 4] = [0.4, 0.6, 0.8, 1.0];
/// R2 from which predictions are of use, and Brier skill of classes.
const USEFUL: f64 = 0.5;
const USEFUL_OF_CLASSES: f64 = 0.25;
/// R2 by which a plainer learner may be worse than the best one and be preferred.
const AS_GOOD: f64 = 0.02;
/// Rows up to which a Gaussian process is tried.
const GAUSSIAN_PROCESS_ROWS: usize = 300;
/// Most times as many rows that are worth a word.
const MOST_MORE: f64 = 100.0;
/// What decides whether there is a signal, and what is tried besides.
const TRIED: [Kind; 3] = [Kind::Ridge, Kind::RandomForest, Kind::Boosting];
const BESIDES: [Kind; 2] = [Kind::Lasso, Kind::GaussianProcess];

/// Answers whether a table can predict its target.
///
/// # Errors
/// The table cannot be read, or has no such column or nothing to learn from.
pub fn advise(question: &Question, progress: Progress<'_>) -> Result<Advice, Message> {
    let table = table::read(&question.table)?;
    let (mut schema, _) = Schema::of(&table, &question.target, &question.columns)?;
    if question.wish.is_some() && !schema.classes.is_empty() {
        return Err(say!("app-advise-wish-of-classes", target = question.target));
    }
    let targets = schema.targets(&table)?;
    let rows: Vec<usize> = (0..targets.len()).filter(|row| targets[*row].is_some()).collect();
    let known: Vec<f64> = targets.iter().flatten().map(|target| target.value).collect();
    let prepared = schema.prepare(&table, rows.clone(), Some(&question.dock))?;
    let leaks = leaks(&schema, &prepared.features, &known);
    let features = if leaks.is_empty() {
        prepared.features
    } else {
        let mut columns = question.columns.clone();
        columns.ignored.extend(leaks.iter().cloned());
        match Schema::of(&table, &question.target, &columns) {
            Ok((without, _)) => {
                schema = without;
                schema.prepare(&table, rows.clone(), Some(&question.dock))?.features
            }
            // Nothing else is there to learn from.
            Err(_) => Features::new(vec![vec![Some(0.0); known.len()]])
                .map_err(|error| say!("app-learn-features", reason = error))?,
        }
    };
    let groups = schema.structures().map(|name| grouped(&table, name, &rows)).transpose()?;
    let table = Rows { copies: copies(&features), features, targets: known, groups: groups.flatten() };
    let mut advice = Advice {
        verdict: Verdict::TooFew,
        rows: table.targets.len(),
        features: table.features.width(),
        leaks,
        duplicates: same_target(&table.copies, &table.targets),
        near_duplicates: 0,
        classes: schema.classes.clone(),
        learner: None,
        r2: None,
        r2_by_chance: None,
        above_chance: None,
        r2_ceiling: if schema.classes.len() > 2 { None } else { ceiling(&table.copies, &table.targets) },
        learners: Vec::new(),
        tool: None,
        unseen: None,
        r2_with_more: None,
        rows_needed: None,
        wish_known: question.wish.map(|wish| share_of(wish, &table.targets, schema.logarithm)),
        text: Vec::new(),
        next: Vec::new(),
    };
    if table.targets.len() >= FEWEST {
        advice.look(&table, question.seed, &Steps::new(progress));
    }
    advice.verdict = advice.judged();
    advice.put_into_words(question);
    Ok(advice)
}

/// The rows of a table, as learnt from.
struct Rows {
    features: Features,
    targets: Vec<f64>,
    /// Which rows have the same features.
    copies: Vec<usize>,
    /// Which rows have the same structure, and the name of its column, where structures repeat.
    groups: Option<(String, Vec<usize>)>,
}

impl Rows {
    /// Some of the rows where there are many.
    fn drawn(&self, random: &mut ChaCha8Rng) -> Self {
        let mut drawn: Vec<usize> = (0..self.targets.len()).collect();
        drawn.shuffle(random);
        drawn.truncate(MOST);
        drawn.sort_unstable();
        let of = |numbers: &[usize]| drawn.iter().map(|row| numbers[*row]).collect();
        Self {
            features: self.features.select(&drawn),
            targets: drawn.iter().map(|row| self.targets[*row]).collect(),
            copies: of(&self.copies),
            groups: self.groups.as_ref().map(|(name, groups)| (name.clone(), of(groups))),
        }
    }
}

/// How many tests are done, of how many that are known to come.
struct Steps<'p> {
    progress: Progress<'p>,
    done: AtomicUsize,
    all: AtomicUsize,
}

impl<'p> Steps<'p> {
    fn new(progress: Progress<'p>) -> Self {
        Self { progress, done: AtomicUsize::new(0), all: AtomicUsize::new(0) }
    }

    fn expect(&self, more: usize) {
        self.all.fetch_add(more, Ordering::Relaxed);
    }

    fn done(&self) {
        let done = 1 + self.done.fetch_add(1, Ordering::Relaxed);
        (self.progress)(done, self.all.load(Ordering::Relaxed).max(done));
    }
}

/// Numbers of the structures in a column, where enough of them are in several rows.
fn grouped(table: &table::Table, name: &str, rows: &[usize]) -> Result<Option<(String, Vec<usize>)>, Message> {
    let column = table.column(name)?;
    let mut numbers: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut groups = Vec::with_capacity(rows.len());
    for row in rows {
        let next = numbers.len();
        let (number, count) = numbers.entry(table.cell(*row, column).to_string()).or_insert((next, 0));
        *count += 1;
        groups.push(*number);
    }
    let repeated: usize = numbers.values().map(|(_, count)| *count).filter(|count| *count > 1).sum();
    let enough = repeated as f64 >= REPEATED * rows.len() as f64 && numbers.len() > FOLDS;
    Ok(enough.then(|| (name.to_owned(), groups)))
}

fn best(scores: &[(Kind, f64)]) -> Option<(Kind, f64)> {
    scores.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The plainest kind of learner that is as good as the best one.
fn tool(scores: &[(Kind, f64)]) -> Tool {
    let r2 = |kind: Kind| scores.iter().find(|(own, _)| *own == kind).map_or(f64::NEG_INFINITY, |(_, r2)| *r2);
    let most = best(scores).map_or(0.0, |(_, r2)| r2);
    let as_good = |kind: Kind| r2(kind) >= most - AS_GOOD;
    match () {
        () if as_good(Kind::Lasso) => Tool::SparseLinear,
        () if as_good(Kind::Ridge) => Tool::Linear,
        () if as_good(Kind::GaussianProcess) => Tool::GaussianProcess,
        () => Tool::Trees,
    }
}

impl Advice {
    /// The tests: learners on rows left out, the same by chance, whole groups left out, the learning curve.
    fn look(&mut self, table: &Rows, seed: u64, steps: &Steps<'_>) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let drawn = table.drawn(&mut random);
        let (features, targets, task) = (&drawn.features, &drawn.targets, self.task());
        self.near_duplicates = near_copies(features, targets, &drawn.copies);
        // Copies of a row stay on one side, or they would be recognised rather than predicted.
        let folds = Split::Group(drawn.copies.clone()).folds(targets, FOLDS, seed);
        if folds.is_empty() {
            return;
        }
        let tested = |orders: &[Vec<f64>], kinds: &[Kind]| -> Vec<Vec<(Kind, f64)>> {
            let jobs: Vec<(usize, Kind)> =
                (0..orders.len()).flat_map(|order| kinds.iter().map(move |kind| (order, *kind))).collect();
            let scores: Vec<Option<f64>> = jobs
                .par_iter()
                .map(|(order, kind)| {
                    let r2 = r2(*kind, task, features, &orders[*order], &folds, 1.0, seed);
                    steps.done();
                    r2
                })
                .collect();
            let of = |order: usize| {
                let own = jobs.iter().zip(&scores).filter(|((number, _), _)| *number == order);
                own.filter_map(|((_, kind), r2)| Some((*kind, (*r2)?))).collect()
            };
            (0..orders.len()).map(of).collect()
        };
        let mut orders = vec![targets.clone()];
        orders.extend((0..SCRAMBLES).map(|_| {
            let mut shuffled = targets.clone();
            shuffled.shuffle(&mut random);
            shuffled
        }));
        steps.expect((1 + FIRST_SCRAMBLES) * TRIED.len() + BESIDES.len() + CURVE.len());
        let mut found = tested(&orders[..=FIRST_SCRAMBLES], &TRIED);
        let Some((kind, best)) = best(&found[0]) else { return };
        if Chance::of(&found[1..]).is_open(best) {
            steps.expect((SCRAMBLES - FIRST_SCRAMBLES) * TRIED.len());
            found.extend(tested(&orders[FIRST_SCRAMBLES + 1..], &TRIED));
        }
        let chance = Chance::of(&found[1..]);
        self.learner = Some(kind);
        self.r2 = Some(best);
        self.r2_by_chance = chance.most;
        self.above_chance = Some(chance.above(best));
        self.learners = found.swap_remove(0);
        if matches!(self.judged(), Verdict::NoSignal) {
            return;
        }
        let suits = |kind: &Kind| *kind != Kind::GaussianProcess || targets.len() <= GAUSSIAN_PROCESS_ROWS;
        let besides: Vec<Kind> = BESIDES.into_iter().filter(suits).collect();
        self.learners.extend(tested(&orders[..1], &besides).into_iter().flatten());
        self.tool = Some(tool(&self.learners));
        if let Some((name, groups)) = &drawn.groups {
            let folds = Split::Group(groups.clone()).folds(targets, FOLDS, seed);
            self.unseen = r2(kind, task, features, targets, &folds, 1.0, seed).map(|r2| (name.clone(), r2));
        }
        let rows = targets.len() as f64;
        let curve: Vec<(f64, f64)> = CURVE
            .into_par_iter()
            .filter_map(|part| {
                let r2 = r2(kind, task, features, targets, &folds, part, seed);
                steps.done();
                Some((part * rows, r2?))
            })
            .collect();
        if let Some(curve) = Curve::through(&curve, self.r2_ceiling.unwrap_or(1.0)) {
            self.r2_with_more = Some([curve.at(2.0 * rows), curve.at(4.0 * rows)]);
            let needed = curve.rows_for(self.useful(), MOST_MORE * rows).filter(|_| best < self.useful());
            self.rows_needed = needed.map(|needed| needed.ceil() as usize);
        }
    }

    fn task(&self) -> Task {
        match self.classes.len() {
            0 => Task::Number,
            count => Task::Class { count },
        }
    }

    /// R2 from which predictions are of use.
    fn useful(&self) -> f64 {
        if self.classes.is_empty() { USEFUL } else { USEFUL_OF_CLASSES }
    }

    fn judged(&self) -> Verdict {
        let (Some(r2), Some(chance), Some(above)) = (self.r2, self.r2_by_chance, self.above_chance) else {
            return Verdict::TooFew;
        };
        if r2 <= chance.max(0.0) || above < CLEAR {
            return Verdict::NoSignal;
        }
        match self.wish_known {
            Some(0.0) => Verdict::Search,
            _ if r2 < self.useful() => Verdict::MoreRows,
            _ => Verdict::Suited,
        }
    }
}
