//! Scores of numbers or of classes, told alike.

use matdock_learn::validate::{ClassScores, Interval, Scores};
use serde::{Deserialize, Serialize};

use super::Scrambled;

/// How good predictions are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Figures {
    /// Of numbers.
    Numbers(Scores),
    /// Of classes.
    Classes(ClassScores),
}

impl Figures {
    /// Share of the variance that is predicted: R2, of classes the Brier skill.
    pub fn explained(&self) -> Interval {
        match self {
            Self::Numbers(scores) => scores.r2,
            Self::Classes(scores) => scores.brier_skill,
        }
    }

    /// The figure that is told first: R2, of classes the area under the curve.
    pub fn main(&self) -> (&'static str, Interval) {
        match self {
            Self::Numbers(scores) => ("R2", scores.r2),
            Self::Classes(scores) => ("ROC AUC", scores.roc_auc),
        }
    }

    /// All figures with their names.
    pub fn named(&self) -> Vec<(&'static str, Interval)> {
        match self {
            Self::Numbers(s) => vec![("R2", s.r2), ("MAE", s.mae), ("RMSE", s.rmse), ("Spearman", s.spearman)],
            Self::Classes(s) => vec![
                ("accuracy", s.accuracy),
                ("balanced accuracy", s.balanced_accuracy),
                ("ROC AUC", s.roc_auc),
                ("log loss", s.log_loss),
                ("Matthews", s.matthews),
                ("F1", s.f1),
            ],
        }
    }

    /// Whether chance reaches as far.
    pub fn within_chance(&self, scrambled: &Scrambled) -> bool {
        match self {
            Self::Numbers(s) => s.r2.low <= scrambled.draws.iter().copied().fold(0.0, f64::max),
            Self::Classes(s) => s.roc_auc.low <= scrambled.roc_auc.unwrap_or(0.5).max(0.5),
        }
    }
}
