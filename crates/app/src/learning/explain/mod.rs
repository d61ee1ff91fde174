//! `matdock explain MODEL`: which features a model needs, what they do, and how sure that is.

mod effects;
mod importance;
mod page;
mod pictures;
mod sparse;
mod units;
mod words;

use std::path::{Path, PathBuf};

use matdock_learn::{
    learner::{Kind, Task},
    validate::{Interval, Split},
};
use matdock_message::{Language, Message, say};
use serde::Serialize;

use self::units::{Origin, Unit};
pub use self::{
    effects::{Direction, Effect, Pair},
    sparse::{Formula, Selected, Sparse},
    words::text,
};
use super::{
    known_rows::{KnownRows, LeftOutRows},
    model_file::{self, Model},
    train::Progress,
};
use crate::{plot, table};

/// What a model has learnt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelExplained {
    /// Name of the model.
    pub model: String,
    /// What it predicts, and its unit.
    pub target: String,
    /// Unit of the target.
    pub unit: Option<String>,
    /// Whether its logarithm to base ten was learnt; effects are in decades then.
    pub logarithm: bool,
    /// Class whose probability the effects are of; none of numbers.
    pub class: Option<String>,
    /// Kind of learner.
    pub learner: Kind,
    /// Rows it was learnt from.
    pub rows: usize,
    /// How rows were left out for importance.
    pub split: String,
    /// Features, and how many of them were looked at closely.
    pub features: usize,
    /// Features looked at closely, those that say the same counted as one.
    pub looked_at: usize,
    /// How good the model is: share of the variance predicted on rows left out.
    pub r2: Option<Interval>,
    /// The same with targets in random order.
    pub r2_by_chance: f64,
    /// Of classes: area under the curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<Interval>,
    /// The same with targets in random order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roc_auc_by_chance: Option<f64>,
    /// Whether it is no better than chance: then nothing here means anything.
    pub no_better_than_chance: bool,
    /// Features, most important first.
    pub importance: Vec<Importance>,
    /// Columns of the table, each with all its features.
    pub columns: Vec<Shared>,
    /// Families of descriptors.
    pub families: Vec<Shared>,
    /// Weight of every feature, in units of the target per unit of the feature; empty where the learner is not linear.
    pub coefficients: Vec<(String, f64)>,
    /// What the most important features do to the prediction.
    pub effects: Vec<Effect>,
    /// What the two most important ones do together.
    pub pair: Option<Pair>,
    /// A linear look at the same rows.
    pub sparse: Option<Sparse>,
    /// The answer in English and Japanese.
    pub summary: Summary,
    /// What a reader should know.
    pub warnings: Vec<String>,
    /// The folder with the files.
    pub folder: PathBuf,
    /// The files in it.
    pub files: Vec<PathBuf>,
}

/// The answer in words.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// In English.
    pub en: Vec<String>,
    /// In Japanese.
    pub ja: Vec<String>,
}

/// How much a feature matters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Importance {
    /// The feature, or the column of a choice.
    pub feature: String,
    /// Its unit.
    pub unit: Option<String>,
    /// What it is, of descriptors.
    pub meaning: String,
    /// Column of the table it comes from, and its family of descriptors.
    pub column: String,
    /// Family of descriptors.
    pub family: String,
    /// Share of the variance that is lost on rows left out when it says nothing.
    pub loss: Interval,
    /// Whether the loss is above zero for sure enough (95 %).
    pub sure: bool,
    /// Mean size of its contributions (SHAP), in units of what is learnt; none where the learner has none.
    pub shap: Option<f64>,
    /// Rank correlation of contribution and feature, -1 to 1.
    pub shap_direction: Option<f64>,
    /// Whether the target rises or falls with it; none where it was not looked at.
    pub direction: Option<Direction>,
    /// Features that say almost the same: importance is of all of them together.
    pub together_with: Vec<String>,
}

/// How much several features matter together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shared {
    /// Column or family.
    pub name: String,
    /// Number of its features.
    pub features: usize,
    /// Share of the variance that is lost without all of them.
    pub loss: Interval,
}

/// Features looked at closely, groups of them, and effects drawn.
const CLOSELY: usize = 30;
const GROUPS: usize = 20;
const EFFECTS: usize = 9;

/// Explains a model, with plots and a report in `folder` (that of the model where none is given).
///
/// # Errors
/// There is no such model, the rows it was learnt from are not there, or the disk refuses.
pub fn explain(
    models: &Path,
    name: &Path,
    data: Option<&Path>,
    report: Option<&Path>,
    language: Language,
    progress: Progress<'_>,
) -> Result<ModelExplained, Message> {
    let model = Model::read(models, name)?;
    let own = Model::file(models, name).parent().map_or_else(PathBuf::new, Path::to_owned);
    let known = known(&model, &own, data)?;
    if known.features.width() != model.schema.features.len() || model.fitted.width() != known.features.width() {
        return Err(say!("app-learn-model-altered"));
    }
    let mut explained = look(&model, &known, language, progress);
    let folder = own.join("explained");
    std::fs::create_dir_all(&folder)
        .map_err(|error| say!("app-file-unwritable", file = folder.display(), reason = error))?;
    let mut drawn = Vec::new();
    for picture in pictures::all(&explained, &model, &known, language) {
        let text = plot::svg(&picture.panels, picture.columns)?;
        let path = folder.join(format!("{}.svg", picture.name));
        table::save(text.as_bytes(), &path)?;
        explained.files.push(path);
        drawn.push((picture, text));
    }
    let page = report.map_or_else(|| own.join("explained.html"), Path::to_owned);
    table::save(page::html(&explained, &model, &drawn, language).as_bytes(), &page)?;
    explained.files.insert(0, page);
    explained.folder = folder;
    Ok(explained)
}

/// The rows the model was learnt from: kept beside it, or read again.
fn known(model: &Model, folder: &Path, data: Option<&Path>) -> Result<KnownRows, Message> {
    if let Some(hash) = &model.rows
        && let Some(known) = KnownRows::read(folder, hash)?
    {
        return Ok(known);
    }
    let Some(file) = data else { return Err(say!("app-explain-model-no-rows", table = model.card.table)) };
    let table = table::read(file)?;
    let bytes = std::fs::read(table::file_of(file).0)
        .map_err(|error| say!("place-file", file = file.display(), what = say!("table-unreadable", reason = error)))?;
    if model_file::hash(&bytes) != model.card.hash {
        return Err(table.in_file(say!("app-explain-model-other-table", name = model.card.name)));
    }
    let targets = model.schema.targets(&table)?;
    let rows: Vec<usize> = (0..targets.len()).filter(|row| targets[*row].is_some()).collect();
    let targets: Vec<f64> = targets.iter().flatten().map(|target| target.value).collect();
    let features = model.schema.prepare(&table, rows, None)?.features;
    let folds = Split::Random.folds(&targets, 10, model.card.seed);
    let predicted = vec![None; targets.len()];
    Ok(KnownRows { features, targets, left_out: LeftOutRows { kind: "random".to_owned(), folds, predicted } })
}

fn look(model: &Model, known: &KnownRows, language: Language, progress: Progress<'_>) -> ModelExplained {
    let card = &model.card;
    let task = model.fitted.task();
    let output = match task {
        Task::Class { count: 2 } => 1,
        _ => most_frequent(&known.targets, model.schema.classes.len()),
    };
    let origins = units::origins(&model.schema, language);
    let refitted = importance::refit(card.learner, &model.fitted, known, card.seed, progress);
    let (strengths, table) = importance::screen(&model.fitted, known, output, card.seed);
    let units = units::units(&origins, &model.schema, &known.features, &strengths, CLOSELY);
    let losses = importance::losses(&refitted, known, &units, card.seed);
    let spread = matdock_learn::learner::variance(task, &known.targets).sqrt();
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by(|a, b| losses[*b].mean.total_cmp(&losses[*a].mean).then(a.cmp(b)));
    let again: Vec<_> = refitted.iter().map(|one| &one.fitted).collect();
    let effects: Vec<Effect> = order
        .iter()
        .take(EFFECTS)
        .map(|place| effects::effect(&model.fitted, &again, &known.features, &units[*place], &origins, output, spread))
        .collect();
    let importance = order
        .iter()
        .map(|place| {
            let (unit, loss) = (&units[*place], losses[*place]);
            let shap = table.as_ref().map(|table| importance::contributions(table, &known.features, unit));
            let effect = effects.iter().find(|effect| effect.feature == unit.name);
            let direction = effect.map(|effect| effect.direction);
            of_unit(unit, loss, shap, direction, &origins, &model.schema.features)
        })
        .collect();
    let ordered: Vec<&Unit> = order.iter().map(|place| &units[*place]).filter(|unit| !unit.choice).collect();
    let pair = match ordered.as_slice() {
        [a, b, ..] => Some(effects::pair(&model.fitted, &known.features, [a, b], output)),
        _ => None,
    };
    let shared = |key: &dyn Fn(&Origin) -> Option<String>| {
        let groups = units::grouped(&origins, &strengths, GROUPS, key);
        let losses = importance::losses(&refitted, known, &groups, card.seed);
        let one = |(unit, loss): (&Unit, &Interval)| Shared {
            name: unit.name.clone(),
            features: unit.features.len(),
            loss: *loss,
        };
        let mut shared: Vec<Shared> = groups.iter().zip(&losses).map(one).collect();
        shared.sort_by(|a, b| b.loss.mean.total_cmp(&a.loss.mean));
        shared
    };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let first = card.splits.first();
    let main = first.map(|split| split.scores.main());
    let mut explained = ModelExplained {
        model: card.name.clone(),
        target: model.schema.target.clone(),
        unit: model.schema.unit.clone(),
        logarithm: model.schema.logarithm,
        class: model.schema.classes.get(output).cloned(),
        learner: card.learner,
        rows: known.targets.len(),
        split: known.left_out.kind.clone(),
        features: known.features.width(),
        looked_at: units.len(),
        no_better_than_chance: first.is_none_or(|split| split.scores.within_chance(&card.y_scramble)),
        r2: first.map(|split| split.scores.explained()),
        r2_by_chance: card.y_scramble.r2,
        roc_auc: main.filter(|_| task != Task::Number).map(|(_, figure)| figure),
        roc_auc_by_chance: card.y_scramble.roc_auc,
        importance,
        columns: shared(&|origin| some(&origin.source)),
        families: shared(&|origin| some(&origin.family).map(|family| format!("{}: {family}", origin.source))),
        coefficients: coefficients(model),
        effects,
        pair,
        sparse: sparse::sparse(known, task, &model.schema, card.seed),
        summary: Summary::default(),
        warnings: Vec::new(),
        folder: PathBuf::new(),
        files: Vec::new(),
    };
    let lines = |language| words::summary(&explained).iter().map(|what| what.text(language)).collect();
    let summary = Summary { en: lines(Language::English), ja: lines(Language::Japanese) };
    explained.warnings = words::warnings(&explained).iter().map(|what| what.text(language)).collect();
    explained.summary = summary;
    explained
}

/// The class that most rows have; 0 of numbers.
fn most_frequent(targets: &[f64], classes: usize) -> usize {
    let rows = |class: &usize| targets.iter().filter(|y| **y == *class as f64).count();
    (0..classes).max_by_key(|class| (rows(class), std::cmp::Reverse(*class))).unwrap_or(0)
}

fn of_unit(
    unit: &Unit,
    loss: Interval,
    shap: Option<(f64, Option<f64>)>,
    direction: Option<Direction>,
    origins: &[Origin],
    names: &[String],
) -> Importance {
    let origin = unit.features.first().and_then(|first| origins.get(*first)).cloned().unwrap_or_default();
    let others = if unit.choice { &[] } else { unit.features.get(1..).unwrap_or_default() };
    Importance {
        feature: unit.name.clone(),
        unit: origin.unit,
        meaning: origin.meaning,
        column: origin.source,
        family: origin.family,
        loss,
        sure: loss.low > 0.0,
        shap: shap.map(|(size, _)| size),
        shap_direction: shap.and_then(|(_, direction)| direction),
        direction,
        together_with: others.iter().filter_map(|other| names.get(*other).cloned()).collect(),
    }
}

/// Weights other than zero, the one that moves the target most first.
fn coefficients(model: &Model) -> Vec<(String, f64)> {
    let weights = model.fitted.coefficients().unwrap_or_default();
    let mut named: Vec<(String, f64)> =
        model.schema.features.iter().cloned().zip(weights).filter(|(_, weight)| *weight != 0.0).collect();
    named.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    named
}
