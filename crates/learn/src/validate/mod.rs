//! What a learner can be trusted with: rows left out in different ways, intervals, and where nothing is known.

mod classes;
mod conformal;
mod domain;
mod score;
mod split;

pub use classes::{ClassScores, ClassSets, confusion, likeliest};
pub use conformal::Conformal;
pub use domain::{Domain, Place};
pub use score::{Interval, Scores};
pub use split::{Fold, Split};

/// Spearman's rank correlation of two columns of the same length; 0 where one does not vary.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    score::correlation(&score::ranks(a), &score::ranks(b))
}
