//! `matdock advise`: whether a table can answer a question, what it lacks, and which command comes next.

use std::{collections::BTreeMap, path::PathBuf};

use matdock_learn::{
    learner::{Features, Fitted, Kind, Task},
    validate::{Split, rank_correlation},
};
use matdock_message::{Language, Message, say};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::schema::{Columns, Schema};
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
    /// The dataset the table belongs to.
    pub dataset: Option<Reference>,
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
    /// R2 to expect with two and with four times as many rows, from the learning curve.
    pub r2_with_more: Option<[f64; 2]>,
    /// Share of the known rows that fulfil the wish.
    pub wish_known: Option<f64>,
    /// The answer in words, with its reasons.
    pub text: Vec<String>,
    /// Commands to run next.
    pub next: Vec<String>,
}

/// Fewest rows from which something can be found.
const FEWEST: usize = 15;
/// Rows drawn for the tests when there are more.
const MOST: usize = 1200;
const FOLDS: usize = 5;
/// Targets in random order learnt at most to know what chance reaches, how many before the first look, and how far above
/// it a signal is; three times as far needs no more of them.
const SCRAMBLES: usize = 12;
const FIRST_SCRAMBLES: usize = 4;
const CLEAR: f64 = 4.0;
/// R2 from which predictions are of use.
const USEFUL: f64 = 0.5;
/// A rank correlation beyond which a column gives the target away.
const GIVEN_AWAY: f64 = 0.995;
const TRIED: [&str; 3] = ["ridge", "random-forest", "boosting"];

/// Answers whether a table can predict its target.
///
/// # Errors
/// The table cannot be read, or has no such column or nothing to learn from.
pub fn advise(question: &Question) -> Result<Advice, Message> {
    let table = table::read(&question.table)?;
    let (mut schema, _) = Schema::of(&table, &question.target, &question.columns)?;
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
                schema.prepare(&table, rows, Some(&question.dock))?.features
            }
            // Nothing else is there to learn from.
            Err(_) => Features::new(vec![vec![Some(0.0); known.len()]])
                .map_err(|error| say!("app-learn-features", reason = error))?,
        }
    };
    let copies = copies(&features);
    let mut advice = Advice {
        verdict: Verdict::TooFew,
        rows: known.len(),
        features: features.width(),
        leaks,
        duplicates: same_target(&copies, &known),
        learner: None,
        r2: None,
        r2_by_chance: None,
        above_chance: None,
        r2_ceiling: ceiling(&copies, &known),
        r2_with_more: None,
        wish_known: question.wish.map(|wish| share_of(wish, &known, schema.logarithm)),
        text: Vec::new(),
        next: Vec::new(),
    };
    if known.len() >= FEWEST {
        advice.look(&features, &known, &copies, question.seed);
    }
    advice.verdict = advice.judged();
    advice.put_into_words(question);
    Ok(advice)
}

/// Single columns that order the rows as the target does.
fn leaks(schema: &Schema, features: &Features, targets: &[f64]) -> Vec<String> {
    let plain = schema.inputs.iter().filter(|input| matches!(input, super::schema::Input::Number { .. }));
    let given_away = |input: &&super::schema::Input| {
        let Some(number) = schema.features.iter().position(|name| name == input.name()) else { return false };
        let known = features.column(number).iter().zip(targets).filter(|(x, _)| x.is_finite());
        let (x, y): (Vec<f64>, Vec<f64>) = known.map(|(x, y)| (*x, *y)).unzip();
        x.len() >= FEWEST && 2 * x.len() > targets.len() && rank_correlation(&x, &y).abs() > GIVEN_AWAY
    };
    plain.filter(given_away).map(|input| input.name().to_owned()).collect()
}

/// A number for each row, the same for rows with the same features.
fn copies(features: &Features) -> Vec<usize> {
    let mut numbers: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    (0..features.rows())
        .map(|row| {
            let key = (0..features.width()).map(|column| features.column(column)[row].to_bits()).collect();
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        })
        .collect()
}

fn by_number(copies: &[usize], targets: &[f64]) -> BTreeMap<usize, Vec<f64>> {
    let mut groups: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    copies.iter().zip(targets).for_each(|(group, y)| groups.entry(*group).or_default().push(*y));
    groups
}

/// Rows that repeat another one, target included.
fn same_target(copies: &[usize], targets: &[f64]) -> usize {
    let repeated = |values: &Vec<f64>| {
        let mut values = values.clone();
        values.sort_by(f64::total_cmp);
        values.windows(2).filter(|pair| pair[0] == pair[1]).count()
    };
    by_number(copies, targets).values().map(repeated).sum()
}

/// Share of the variance that is not scatter between rows with the same features; `None` with fewer than five repeats that
/// differ.
fn ceiling(copies: &[usize], targets: &[f64]) -> Option<f64> {
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

fn share_of(wish: Wished, targets: &[f64], logarithm: bool) -> f64 {
    let natural = |y: f64| if logarithm { 10f64.powf(y) } else { y };
    let fulfils = |y: &&f64| match wish {
        Wished::Above(least) => natural(**y) > least,
        Wished::Below(most) => natural(**y) < most,
    };
    targets.iter().filter(fulfils).count() as f64 / targets.len().max(1) as f64
}

impl Advice {
    /// The tests: learners on rows left out, the same by chance, the learning curve.
    fn look(&mut self, features: &Features, targets: &[f64], copies: &[usize], seed: u64) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut drawn: Vec<usize> = (0..targets.len()).collect();
        drawn.shuffle(&mut random);
        drawn.truncate(MOST);
        drawn.sort_unstable();
        let features = features.select(&drawn);
        let targets: Vec<f64> = drawn.iter().map(|row| targets[*row]).collect();
        // Copies of a row stay on one side, or they would be recognised rather than predicted.
        let split = Split::Group(drawn.iter().map(|row| copies[*row]).collect());
        let folds = split.folds(&targets, FOLDS, seed);
        if folds.is_empty() {
            return;
        }
        let kinds: Vec<Kind> = TRIED.iter().filter_map(|name| name.parse().ok()).collect();
        let best_of = |orders: &[Vec<f64>]| -> Vec<Option<(Kind, f64)>> {
            let jobs: Vec<(usize, Kind)> =
                (0..orders.len()).flat_map(|order| kinds.iter().map(move |kind| (order, *kind))).collect();
            let tested: Vec<Option<f64>> =
                jobs.par_iter().map(|(order, kind)| r2(*kind, &features, &orders[*order], &folds, 1.0, seed)).collect();
            let of = |order: usize| {
                let own = jobs.iter().zip(&tested).filter(|((number, _), _)| *number == order);
                own.filter_map(|((_, kind), r2)| Some((*kind, (*r2)?))).max_by(|a, b| a.1.total_cmp(&b.1))
            };
            (0..orders.len()).map(of).collect()
        };
        let mut orders = vec![targets.clone()];
        orders.extend((0..SCRAMBLES).map(|_| {
            let mut shuffled = targets.clone();
            shuffled.shuffle(&mut random);
            shuffled
        }));
        let mut found = best_of(&orders[..=FIRST_SCRAMBLES]);
        let Some((kind, best)) = found[0] else { return };
        if Chance::of(&found[1..]).is_open(best) {
            found.extend(best_of(&orders[FIRST_SCRAMBLES + 1..]));
        }
        let chance = Chance::of(&found[1..]);
        self.learner = Some(kind);
        self.r2 = Some(best);
        self.r2_by_chance = chance.most;
        self.above_chance = Some(chance.above(best));
        let curve: Vec<(f64, f64)> = [0.4, 0.6, 0.8, 1.0]
            .into_par_iter()
            .filter_map(|part| {
                let r2 = r2(kind, &features, &targets, &folds, part, seed)?;
                Some((part * targets.len() as f64, r2))
            })
            .collect();
        self.r2_with_more = extrapolated(&curve, targets.len() as f64, self.r2_ceiling.unwrap_or(1.0));
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
            _ if r2 < USEFUL => Verdict::MoreRows,
            _ => Verdict::Suited,
        }
    }

    fn put_into_words(&mut self, question: &Question) {
        let two = |value: f64| format!("{value:.2}");
        let (target, rows) = (&question.target, self.rows);
        let mut told = vec![match self.verdict {
            Verdict::Suited => say!("app-advise-suited", target = target, rows = rows),
            Verdict::MoreRows => say!("app-advise-more-rows", target = target, rows = rows),
            Verdict::Search => say!("app-advise-search", target = target),
            Verdict::NoSignal => say!("app-advise-no-signal", target = target, rows = rows),
            Verdict::TooFew => say!("app-advise-too-few", rows = rows, fewest = FEWEST),
        }];
        for name in &self.leaks {
            told.push(say!("app-advise-leak", name = name));
        }
        if self.duplicates > 0 {
            told.push(say!("app-advise-duplicates", rows = self.duplicates));
        }
        if let (Some(r2), Some(chance), Some(kind)) = (self.r2, self.r2_by_chance, self.learner) {
            told.push(say!("app-advise-signal", learner = kind, r2 = two(r2), chance = two(chance)));
        }
        if let Some(ceiling) = self.r2_ceiling {
            told.push(say!("app-advise-ceiling", r2 = two(ceiling)));
        }
        if let Some([twice, four]) = self.r2_with_more
            && matches!(self.verdict, Verdict::Suited | Verdict::MoreRows | Verdict::Search)
        {
            told.push(say!("app-advise-curve", twice = two(twice), four = two(four)));
        }
        if let Some(share) = self.wish_known {
            told.push(say!("app-advise-wish-known", percent = format!("{:.0}", 100.0 * share)));
        }
        self.text = told.iter().map(|what| what.text(question.language)).collect();
        let table = match &question.dataset {
            Some(dataset) => quoted(&dataset.name),
            None => quoted(&question.table.display().to_string()),
        };
        let target = quoted(target);
        let listed = |option: &str, names: &[String]| match names {
            [] => String::new(),
            names => format!(" --{option} {}", quoted(&names.join(","))),
        };
        let ignored = [&question.columns.ignored[..], &self.leaks].concat();
        let train = format!(
            "matdock train {table} --target {target}{}{}",
            listed("features", &question.columns.features),
            listed("ignore", &ignored)
        );
        self.next = match self.verdict {
            Verdict::Suited | Verdict::MoreRows => vec![train],
            // Ranges to search in, filled in by a person who knows what can be set.
            Verdict::Search => vec!["matdock new search --template process".to_owned(), train],
            Verdict::NoSignal | Verdict::TooFew => Vec::new(),
        };
    }
}

/// A name as it is typed in a shell: in quotation marks where it needs them.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ',');
    if name.chars().all(plain) { name.to_owned() } else { format!("\"{name}\"") }
}

/// R2 of the best learner on targets in random order.
struct Chance {
    most: Option<f64>,
    mean: f64,
    spread: f64,
}

impl Chance {
    fn of(draws: &[Option<(Kind, f64)>]) -> Self {
        let known: Vec<f64> = draws.iter().flatten().map(|(_, r2)| *r2).collect();
        let count = known.len().max(1) as f64;
        let mean = known.iter().sum::<f64>() / count;
        let spread = (known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
        Self { most: known.into_iter().max_by(f64::total_cmp), mean, spread }
    }

    /// How many of its own scatters a score is above what chance reaches.
    fn above(&self, r2: f64) -> f64 {
        (r2 - self.mean) / self.spread.max(0.01)
    }

    /// Whether more draws could change the answer: the score is above all draws, but not far above.
    fn is_open(&self, r2: f64) -> bool {
        r2 > self.most.unwrap_or(0.0).max(0.0) && self.above(r2) < 3.0 * CLEAR
    }
}

/// R2 on rows left out, learnt from the first `part` of the others.
fn r2(
    kind: Kind,
    features: &Features,
    targets: &[f64],
    folds: &[matdock_learn::validate::Fold],
    part: f64,
    seed: u64,
) -> Option<f64> {
    let (mut squares, mut spread) = (0.0, 0.0);
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    for fold in folds {
        let mut train = fold.train.clone();
        train.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        train.truncate((part * train.len() as f64).round() as usize);
        let known: Vec<f64> = train.iter().map(|row| targets[*row]).collect();
        let fitted = Fitted::fit(kind, Task::Number, &features.select(&train), &known, seed).ok()?;
        for (row, predicted) in fold.test.iter().zip(fitted.predict(&features.select(&fold.test))) {
            squares += (targets[*row] - predicted).powi(2);
            spread += (targets[*row] - mean).powi(2);
        }
    }
    let r2 = 1.0 - squares / spread;
    r2.is_finite().then_some(r2)
}

/// R2 with two and four times as many rows: what is not explained falls as a power of the number of rows, down to what
/// scatters.
///
/// Source: the power law of learning curves, Cortes et al., NIPS 1993.
fn extrapolated(curve: &[(f64, f64)], rows: f64, ceiling: f64) -> Option<[f64; 2]> {
    let rest: Vec<(f64, f64)> =
        curve.iter().map(|(n, r2)| (n.ln(), (ceiling - r2).max(1e-3).ln())).filter(|(n, _)| n.is_finite()).collect();
    if rest.len() < 3 {
        return None;
    }
    let count = rest.len() as f64;
    let (x, y) = rest.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a / count, y + b / count));
    let slope = rest.iter().map(|(a, b)| (a - x) * (b - y)).sum::<f64>()
        / rest.iter().map(|(a, _)| (a - x).powi(2)).sum::<f64>();
    // More rows never harm in the long run, and no law is steeper than 1 / n.
    let slope = slope.clamp(-1.0, 0.0);
    let at = |n: f64| ceiling - (y + slope * (n.ln() - x)).exp();
    Some([at(2.0 * rows), at(4.0 * rows)])
}
