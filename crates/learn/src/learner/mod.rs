//! Learners for tables: fitted to columns of numbers, they predict a number or the probabilities of classes.
//!
//! Everything a learner chooses for itself (penalties, depths, rounds) it chooses on the rows it is given, so that a
//! validation around it stays honest. The same data and seed give the same learner on any number of threads.

mod bins;
mod boosting;
mod censored;
mod check;
mod cut;
mod draws;
mod effects;
mod features;
mod folds;
mod forest;
mod gaussian;
mod grow;
mod importance;
mod lasso;
#[cfg(test)]
mod laws;
mod layers;
mod leafwise;
mod logistic;
mod neighbours;
mod network;
mod ridge;
mod scaling;
mod shap;
mod smo;
mod stability;
mod stack;
mod svm;
#[cfg(test)]
mod tests;
mod tree;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use boosting::Boosting;
pub use censored::{Limit, beyond_limits};
pub use effects::{squared_error, variance};
pub use features::Features;
use forest::Forest;
use gaussian::Gaussian;
pub use importance::Importance;
use neighbours::Neighbours;
use network::Network;
use ridge::Linear;
pub use shap::Contributions;
pub use stability::{LassoPath, Stability, lasso_path, stability_selection};
use stack::Stack;
use svm::SupportVectors;

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// A number.
    Number,
    /// Which of `count` classes; targets are 0, 1, ... `count` - 1.
    Class {
        /// Number of classes.
        count: usize,
    },
}

impl Task {
    /// Number of values per row of a prediction: one, or a probability per class.
    pub fn outputs(self) -> usize {
        match self {
            Self::Number => 1,
            Self::Class { count } => count,
        }
    }
}

/// Kinds of learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Linear, squares of the weights penalised.
    Ridge,
    /// Linear, absolute values of the weights penalised: most are zero.
    Lasso,
    /// Linear, both penalised.
    ElasticNet,
    /// A smooth function held flat, small errors for free.
    SupportVector,
    /// Mean of trees, each grown on a random draw of the rows.
    RandomForest,
    /// Mean of trees whose cuts are drawn at random.
    ExtraTrees,
    /// Sum of small trees, each fitted to what those before it left over.
    Boosting,
    /// Layers of rectified sums.
    Network,
    /// A random function conditioned on the rows; numbers only.
    GaussianProcess,
    /// What the most similar rows had.
    Neighbours,
    /// A weighted mean of the others.
    Stack,
}

impl Kind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::Ridge,
        Self::Lasso,
        Self::ElasticNet,
        Self::SupportVector,
        Self::RandomForest,
        Self::ExtraTrees,
        Self::Boosting,
        Self::Network,
        Self::GaussianProcess,
        Self::Neighbours,
        Self::Stack,
    ];

    /// Its name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ridge => "ridge",
            Self::Lasso => "lasso",
            Self::ElasticNet => "elastic-net",
            Self::SupportVector => "support-vector",
            Self::RandomForest => "random-forest",
            Self::ExtraTrees => "extra-trees",
            Self::Boosting => "boosting",
            Self::Network => "network",
            Self::GaussianProcess => "gaussian-process",
            Self::Neighbours => "neighbours",
            Self::Stack => "stack",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A name no learner has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no learner is called {0:?}")]
pub struct UnknownKind(pub String);

/// Why there is no learner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LearnerError {
    /// No rows.
    #[error("no rows")]
    Empty,
    /// A column has another length than the first.
    #[error("column {column} has {rows} rows instead of {expected}")]
    Ragged {
        /// Its number, from 0.
        column: usize,
        /// Its length.
        rows: usize,
        /// Length of the first column.
        expected: usize,
    },
    /// Not as many targets as rows.
    #[error("{targets} targets for {rows} rows")]
    Length {
        /// Rows of the table.
        rows: usize,
        /// Number of targets.
        targets: usize,
    },
    /// A cell is infinite or larger than 1e100.
    #[error("the number in column {column}, row {row} is infinite or too large")]
    Cell {
        /// Number of the column, from 0.
        column: usize,
        /// Number of the row, from 0.
        row: usize,
    },
    /// A target is missing, infinite, too large, or not the number of a class.
    #[error("the target of row {row} is missing, too large or not the number of a class")]
    Target {
        /// Number of the row, from 0.
        row: usize,
    },
    /// A task with no class.
    #[error("there are no classes")]
    NoClasses,
    /// The method does not predict classes.
    #[error("{0} does not predict classes")]
    Unsupported(Kind),
}

/// A fitted learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    kind: Kind,
    task: Task,
    /// Columns it was fitted to.
    width: usize,
    scale: Standard,
    model: Model,
}

/// From targets to mean 0 and variance 1, and back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Standard {
    mean: f64,
    scale: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Model {
    /// The same everywhere: nothing varies, or there is one row.
    Constant(Vec<f64>),
    Linear(Linear),
    Forest(Forest),
    Boosting(Boosting),
    Neighbours(Neighbours),
    SupportVectors(SupportVectors),
    Network(Network),
    Gaussian(Gaussian),
    Stack(Stack),
}

/// What the methods are given: sound, with two rows at least and something that varies.
struct Lesson<'a> {
    task: Task,
    features: &'a Features,
    /// Standardised, or numbers of classes.
    targets: &'a [f64],
    seed: u64,
}

impl Fitted {
    /// Fits a learner.
    ///
    /// Shape: as many `targets` as rows of `features`. The same seed gives the same learner.
    ///
    /// Errors: see [`LearnerError`]. One row, one class, or columns that do not vary give a constant.
    pub fn fit(kind: Kind, task: Task, features: &Features, targets: &[f64], seed: u64) -> Result<Self, LearnerError> {
        check(task, features, targets)?;
        let scale = Standard::of(task, targets);
        let constant = |values| Self { kind, task, width: features.width(), scale, model: Model::Constant(values) };
        let same = targets.iter().all(|y| y == &targets[0]);
        let varies = |number| {
            let column = features.column(number);
            column.iter().any(|x| *x != column[0] && !(x.is_nan() && column[0].is_nan()))
        };
        if same || scale.scale <= 0.0 || !(0..features.width()).any(varies) {
            return Ok(constant(everywhere(task, targets)));
        }
        let standard: Vec<f64> = targets.iter().map(|y| (y - scale.mean) / scale.scale).collect();
        let lesson = Lesson { task, features, targets: &standard, seed };
        let model = match kind {
            Kind::GaussianProcess if task != Task::Number => return Err(LearnerError::Unsupported(kind)),
            Kind::Ridge if task != Task::Number => logistic::fit(&lesson, 0.0).map(Model::Linear),
            Kind::Lasso if task != Task::Number => logistic::fit(&lesson, 1.0).map(Model::Linear),
            Kind::ElasticNet if task != Task::Number => logistic::fit(&lesson, 0.5).map(Model::Linear),
            Kind::Ridge => ridge::fit(&lesson).map(Model::Linear),
            Kind::Lasso => lasso::lasso(&lesson).map(Model::Linear),
            Kind::ElasticNet => lasso::elastic_net(&lesson).map(Model::Linear),
            Kind::Boosting => Some(Model::Boosting(boosting::fit(&lesson))),
            Kind::Neighbours => neighbours::fit(&lesson).map(Model::Neighbours),
            Kind::SupportVector => svm::fit(&lesson).map(Model::SupportVectors),
            Kind::Network => network::fit(&lesson).map(Model::Network),
            Kind::GaussianProcess => gaussian::fit(&lesson).map(Model::Gaussian),
            Kind::Stack => stack::fit(&lesson).map(Model::Stack),
            Kind::RandomForest => Some(Model::Forest(forest::random_forest(&lesson))),
            Kind::ExtraTrees => Some(Model::Forest(forest::extra_trees(&lesson))),
        };
        Ok(match model {
            Some(model) => Self { kind, task, width: features.width(), scale, model },
            None => constant(everywhere(task, targets)),
        })
    }

    /// Predictions: a number per row, or row by row a probability per class. A column the table does not have counts
    /// as missing.
    pub fn predict(&self, features: &Features) -> Vec<f64> {
        let mut values = match &self.model {
            Model::Constant(values) => return values.repeat(features.rows()),
            Model::Linear(model) => model.predict(features),
            Model::Forest(model) => model.predict(features),
            Model::Boosting(model) => model.predict(features),
            Model::Neighbours(model) => model.predict(features),
            Model::SupportVectors(model) => model.predict(features),
            Model::Network(model) => model.predict(features),
            Model::Gaussian(model) => model.predict(features),
            Model::Stack(model) => model.predict(features),
        };
        if self.task == Task::Number {
            values.iter_mut().for_each(|y| *y = self.scale.mean + self.scale.scale * *y);
        }
        values
    }

    /// What kind it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it predicts.
    pub fn task(&self) -> Task {
        self.task
    }

    /// Number of columns it was fitted to.
    pub fn width(&self) -> usize {
        self.width
    }

    /// What was chosen, by name: penalty, number of trees, ... Penalties and widths are for standardised columns and
    /// targets.
    pub fn settings(&self) -> Vec<(String, f64)> {
        match &self.model {
            Model::Constant(_) => Vec::new(),
            Model::Linear(model) => model.settings(),
            Model::Forest(model) => model.settings(),
            Model::Boosting(model) => model.settings(),
            Model::Neighbours(model) => model.settings(),
            Model::SupportVectors(model) => model.settings(),
            Model::Network(model) => model.settings(),
            Model::Gaussian(model) => model.settings(),
            Model::Stack(model) => model.settings(),
        }
    }

    /// Weight of each column, in units of the target (for two classes: of the logarithm of the odds) per unit of the
    /// column; `None` when the learner is not linear or there are more than two classes.
    pub fn coefficients(&self) -> Option<Vec<f64>> {
        match &self.model {
            Model::Linear(model) => {
                let mut weights = model.coefficients(self.width)?;
                weights.iter_mut().for_each(|w| *w *= self.scale.scale);
                Some(weights)
            }
            _ => None,
        }
    }
}

impl Standard {
    fn of(task: Task, targets: &[f64]) -> Self {
        let count = targets.len() as f64;
        if task != Task::Number {
            return Self { mean: 0.0, scale: 1.0 };
        }
        let mean = targets.iter().map(|y| y / count).sum::<f64>();
        let range = targets.iter().fold(0.0f64, |most, y| most.max((y - mean).abs()));
        if range <= 0.0 {
            return Self { mean, scale: 0.0 };
        }
        let variance = targets.iter().map(|y| ((y - mean) / range).powi(2)).sum::<f64>() / count;
        Self { mean, scale: range * variance.sqrt() }
    }
}

/// Whether a learner can be fitted.
fn check(task: Task, features: &Features, targets: &[f64]) -> Result<(), LearnerError> {
    if targets.is_empty() {
        return Err(LearnerError::Empty);
    }
    if features.width() > 0 && features.rows() != targets.len() {
        return Err(LearnerError::Length { rows: features.rows(), targets: targets.len() });
    }
    let sound = |y: f64| match task {
        Task::Number => y.abs() <= features::LARGEST,
        Task::Class { count } => y >= 0.0 && y < count as f64 && y.fract() == 0.0,
    };
    match targets.iter().position(|y| !sound(*y)) {
        _ if task.outputs() == 0 => Err(LearnerError::NoClasses),
        Some(row) => Err(LearnerError::Target { row }),
        None => Ok(()),
    }
}

/// What a constant predicts: the mean, or the shares of the classes.
fn everywhere(task: Task, targets: &[f64]) -> Vec<f64> {
    let count = targets.len() as f64;
    match task {
        Task::Number => vec![targets.iter().map(|y| y / count).sum()],
        Task::Class { count: classes } => {
            let mut shares = vec![0.0; classes];
            targets.iter().for_each(|y| shares[*y as usize] += 1.0 / count);
            shares
        }
    }
}
