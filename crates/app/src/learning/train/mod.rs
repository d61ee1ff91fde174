//! `matdock train`: learners compared on rows left out in honest ways, the best one kept with what it can be trusted with.

mod compare;
mod figures;
mod lesson;
mod split;
mod warnings;

use std::path::{Path, PathBuf};

use matdock_learn::{learner::Kind, validate::Interval};
use matdock_message::{Language, Message, say};
use matdock_store::Dock;
use serde::{Deserialize, Serialize};

pub(super) use self::compare::share;
pub use self::figures::Figures;
pub(super) use self::split::REPEATED;
use self::{lesson::Lesson, split::Said};
use super::{
    model_file,
    schema::{Columns, Input, Schema},
};
use crate::{dataset::Reference, plot, table};

/// What to learn.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The table.
    pub table: PathBuf,
    /// The dataset it belongs to.
    pub dataset: Option<Reference>,
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
    /// The dataset the table belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<Reference>,
    /// Target, its unit, and whether its logarithm to base ten was learnt (scores and errors are in it then).
    pub target: String,
    /// Unit of the target.
    pub unit: Option<String>,
    /// Whether the logarithm of the target was learnt.
    pub logarithm: bool,
    /// Names of the classes; none where the target is a number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// How often rows of each class are taken for each class, on the first way of leaving out rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confusion: Vec<Vec<usize>>,
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
    pub scores: Figures,
    /// How often an interval of 90 % holds the value; none with too few rows.
    pub coverage_90: Option<Interval>,
    /// Of classes: how many there are in a set that holds the class with 90 %, on average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_size: Option<f64>,
}

/// One kind of learner beside the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Kind.
    pub learner: Kind,
    /// Scores on the first way of leaving out rows; none where the learner could not be fitted.
    pub scores: Option<Figures>,
}

/// Scores with the targets in random order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scrambled {
    /// Mean R2 over the draws; of classes the Brier skill.
    pub r2: f64,
    /// R2 of each draw.
    pub draws: Vec<f64>,
    /// Of classes: mean area under the curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<f64>,
}

/// How far it has come: learners fitted, of all there are to fit.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Fewest rows from which something can be said.
const FEWEST: usize = 8;

/// Fits learners to a table, keeps the best with a model card among the models of a dock, which is made where there is none.
///
/// # Errors
/// The table cannot be read, has no such column, too few rows, or nothing to learn from.
pub fn train(wish: &Wish, dock: &Path, progress: Progress<'_>) -> Result<(Trained, PathBuf), Message> {
    let table = table::read(&wish.table)?;
    let (file, _) = table::file_of(&wish.table);
    let bytes = std::fs::read(&file).map_err(|error| {
        say!("place-file", file = wish.table.display(), what = say!("table-unreadable", reason = error))
    })?;
    let name = match &wish.name {
        Some(name) => name.clone(),
        None => usual_name(wish.dataset.as_ref().map_or(&file, |dataset| Path::new(&dataset.name)), &wish.target),
    };
    model_file::check_name(&name)?;
    let splits_said: Vec<Said> = wish.splits.iter().map(|text| Said::of(text, &table)).collect::<Result<_, _>>()?;
    let mut columns = wish.columns.clone();
    // What tells groups or time apart is not learnt from unless it is asked for, or is a structure with descriptors.
    let structure = |name: &str| {
        let input = table.column(name).and_then(|place| Input::of(&table, place, &columns));
        matches!(input, Ok(Input::Structure { .. }))
    };
    let apart = splits_said.iter().filter_map(Said::column);
    let apart: Vec<String> = apart.filter(|name| !columns.features.contains(name) && !structure(name)).collect();
    columns.ignored.extend(apart);
    let (schema, left_out) = Schema::of(&table, &wish.target, &columns)?;
    let lesson = Lesson::of(&table, schema, Some(dock))?;
    let splits = lesson.splits(&table, &splits_said)?;
    let mut trained = lesson.compare(wish, name, left_out, &splits, model_file::hash(&bytes), progress)?;
    Dock::begin(dock)?;
    let path = trained.model.save(&trained.rows, &dock.join(model_file::FOLDER), wish.language)?;
    let columns = if trained.model.schema.classes.is_empty() { trained.panels.len().min(3) } else { 2 };
    table::save(plot::svg(&trained.panels, columns)?.as_bytes(), &path.join("predicted.svg"))?;
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
