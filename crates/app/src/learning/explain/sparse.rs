//! What few columns tell: the Lasso path, which columns survive resampling, and their formula.

use matdock_learn::learner::{Fitted, Kind, Task, lasso_path, stability_selection};
use serde::Serialize;

use super::importance;
use crate::learning::{known_rows::KnownRows, schema::Schema};

/// A linear look at the rows, whatever the model is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sparse {
    /// Columns that are among the first the Lasso chooses on random halves of the rows, most frequent first.
    pub selected: Vec<Selected>,
    /// Share of the halves from which on a column counts as stable.
    pub threshold: f64,
    /// Expected number of columns that are stable by chance.
    pub by_chance: f64,
    /// The formula of the stable columns; none where there is no stable one.
    pub formula: Option<Formula>,
    /// Penalties of the path, falling.
    #[serde(skip)]
    pub penalties: Vec<f64>,
    /// Weights along the path in spreads of column and target: of the columns selected, and some others.
    #[serde(skip)]
    pub path: Vec<(usize, Vec<f64>)>,
}

/// A column and how often it is chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Selected {
    /// The feature.
    pub feature: String,
    /// Share of the halves that chose it.
    pub probability: f64,
    /// Mean sign of its weight there, -1 to 1.
    pub sign: f64,
    /// Whether it counts as stable.
    pub stable: bool,
    #[serde(skip)]
    pub(super) number: usize,
}

/// A linear formula.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Formula {
    /// Value where every term is zero.
    pub constant: f64,
    /// Features and weights, in units of the target per unit of the feature.
    pub terms: Vec<(String, f64)>,
    /// R2 on rows left out; the columns were chosen on all rows, which flatters it.
    pub r2: f64,
}

/// Columns named beside the stable ones, and in a formula at most.
const NAMED: usize = 12;
const TERMS: usize = 8;
/// Paths of columns that are drawn.
const DRAWN: usize = 40;

/// The linear look; `None` for more than two classes, or where nothing varies.
pub(super) fn sparse(known: &KnownRows, task: Task, schema: &Schema, seed: u64) -> Option<Sparse> {
    if matches!(task, Task::Class { count } if count != 2) {
        return None;
    }
    let features = &known.features;
    let path = lasso_path(features, &known.targets).ok()?;
    let stability = stability_selection(features, &known.targets, 1.0, seed).ok()?;
    let mut order: Vec<usize> = (0..features.width()).filter(|j| stability.shares[*j] > 0.0).collect();
    order.sort_by(|a, b| stability.shares[*b].total_cmp(&stability.shares[*a]).then(a.cmp(b)));
    let stable = stability.stable();
    let selected = order
        .iter()
        .take(stable.len().max(NAMED))
        .map(|number| Selected {
            feature: schema.features.get(*number).cloned().unwrap_or_default(),
            probability: stability.shares[*number],
            sign: stability.signs[*number],
            stable: stability.shares[*number] >= stability.threshold,
            number: *number,
        })
        .collect();
    let scale = spread(&known.targets);
    let mut drawn: Vec<(usize, Vec<f64>)> = (0..features.width())
        .filter(|j| path.weights.iter().any(|weights| weights[*j] != 0.0))
        .map(|j| {
            let own = spread(features.column(j)) / scale;
            (j, path.weights.iter().map(|weights| weights[j] * own).collect())
        })
        .collect();
    let place = |j: &usize| order.iter().position(|other| other == j).unwrap_or(usize::MAX);
    drawn.sort_by_key(|(j, _)| place(j));
    drawn.truncate(DRAWN);
    Some(Sparse {
        selected,
        threshold: stability.threshold,
        by_chance: stability.by_chance,
        formula: formula(known, &stable, task, schema, seed),
        penalties: path.penalties,
        path: drawn,
    })
}

fn spread(column: &[f64]) -> f64 {
    let known: Vec<f64> = column.iter().copied().filter(|x| x.is_finite()).collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    (known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / known.len().max(1) as f64).sqrt()
}

fn formula(known: &KnownRows, stable: &[usize], task: Task, schema: &Schema, seed: u64) -> Option<Formula> {
    // Of classes the weights would be of probabilities, which are not linear.
    if task != Task::Number || stable.is_empty() {
        return None;
    }
    let columns: Vec<usize> = stable.iter().copied().take(TERMS).collect();
    let table = |rows: Option<&[usize]>| {
        let pick = |column: &usize| match rows {
            Some(rows) => rows.iter().map(|row| known.features.column(*column)[*row]).collect(),
            None => known.features.column(*column).to_vec(),
        };
        matdock_learn::learner::Features::from_columns(columns.iter().map(pick).collect()).ok()
    };
    let fitted = Fitted::fit(Kind::Ridge, task, &table(None)?, &known.targets, seed).ok()?;
    let weights = fitted.coefficients()?;
    let zero = matdock_learn::learner::Features::from_columns(vec![vec![0.0]; columns.len()]).ok()?;
    let mut pairs = Vec::new();
    for fold in &known.left_out.folds {
        let targets: Vec<f64> = fold.train.iter().map(|row| known.targets[*row]).collect();
        let fitted = Fitted::fit(Kind::Ridge, task, &table(Some(&fold.train))?, &targets, seed).ok()?;
        let predicted = fitted.predict(&table(Some(&fold.test))?);
        pairs.extend(predicted.into_iter().zip(fold.test.iter().map(|row| known.targets[*row])));
    }
    let name = |column: &usize| schema.features.get(*column).cloned().unwrap_or_default();
    Some(Formula {
        constant: fitted.predict(&zero).first().copied()?,
        terms: columns.iter().map(name).zip(weights).collect(),
        r2: importance::explained(task, &pairs),
    })
}
