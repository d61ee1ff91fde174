//! Figures on the search for the best row.

use serde::Serialize;

use super::{
    replay::Run,
    spread::{Spread, spread},
    worth::Worth,
};

/// [`Spread`] of the experiments until a top row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopSpread {
    /// Which share of the rows counts as top, in percent.
    pub percent: f64,
    /// The spread.
    #[serde(flatten)]
    pub spread: Spread,
}

/// Random search on the same table, exact expectation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Random {
    /// Mean experiments until the best row.
    pub experiments_to_best: f64,
    /// Mean experiments until a top row.
    pub experiments_to_top: f64,
    /// Mean best value after each experiment.
    pub best_so_far: Vec<f64>,
}

/// How the best row was found. Experiments are counted with the random first ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Best {
    /// The best row of the table, from 0 (the first when there are several).
    #[serde(skip)]
    pub row: usize,
    /// Experiments until the best row was tried.
    pub experiments_to_best: Spread,
    /// Experiments until a top row was tried.
    pub experiments_to_top: TopSpread,
    /// Repetitions that did not reach the best row within the budget (counted with the budget).
    pub unfinished: usize,
    /// Random search for comparison.
    pub random: Random,
    /// Mean over repetitions of the best value so far (for one objective in its unit, else the merit), per experiment.
    pub best_so_far: Vec<f64>,
}

impl Best {
    pub(super) fn new(worth: &Worth, runs: &[Run]) -> Self {
        let pool = worth.merit.len();
        let best: Vec<f64> = runs.iter().map(|run| run.tried.len() as f64).collect();
        let first_top =
            |run: &Run| run.tried.iter().position(|&row| worth.top[row]).map_or(run.tried.len(), |at| at + 1);
        let top: Vec<f64> = runs.iter().map(|run| first_top(run) as f64).collect();
        let longest = runs.iter().map(|run| run.tried.len()).max().unwrap_or(0);
        let mut curve = vec![0.0; longest];
        for run in runs {
            let mut so_far = f64::NEG_INFINITY;
            for (at, sum) in curve.iter_mut().enumerate() {
                if let Some(&row) = run.tried.get(at) {
                    so_far = so_far.max(worth.merit[row]);
                }
                *sum += worth.shown * so_far / runs.len() as f64;
            }
        }
        let expected = |good: &[bool]| (pool as f64 + 1.0) / (good.iter().filter(|good| **good).count() as f64 + 1.0);
        Self {
            row: worth.best.iter().position(|best| *best).unwrap_or_default(),
            experiments_to_best: spread(&best),
            experiments_to_top: TopSpread { percent: worth.percent, spread: spread(&top) },
            unfinished: runs.iter().filter(|run| !run.finished).count(),
            random: Random {
                experiments_to_best: expected(&worth.best),
                experiments_to_top: expected(&worth.top),
                best_so_far: random_curve(&worth.merit, longest).iter().map(|m| worth.shown * m).collect(),
            },
            best_so_far: curve,
        }
    }
}

/// Expected best of `t` rows drawn without replacement, for t = 1 to `longest`: the row of rank i is the best
/// of them with probability C(N - i, t - 1) / C(N, t).
fn random_curve(merit: &[f64], longest: usize) -> Vec<f64> {
    let mut sorted = merit.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let size = sorted.len() as f64;
    (1..=longest)
        .map(|drawn| {
            let drawn = drawn as f64;
            let mut probability = drawn / size;
            let mut expected = 0.0;
            for (rank, merit) in sorted.iter().enumerate() {
                expected += probability * merit;
                let left = size - rank as f64 - 1.0;
                probability *= if left > 0.0 { ((left - drawn + 1.0) / left).max(0.0) } else { 0.0 };
            }
            expected
        })
        .collect()
}
