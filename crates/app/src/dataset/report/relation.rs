//! How columns of numbers go together.

use matdock_learn::validate::rank_correlation;
use rayon::prelude::*;

use crate::{
    dataset::{Dataset, columns::Kind, numbers},
    table::Table,
};

/// A column of numbers.
pub(super) struct Numeric {
    /// Number of the column.
    pub(super) place: usize,
    /// Value in each row.
    pub(super) values: Vec<Option<f64>>,
    /// Rank correlation with the target; none without a target or too few common rows.
    pub(super) with_target: Option<f64>,
}

/// Fewest rows in which both columns have a value.
const FEWEST: usize = 4;

/// All columns of numbers that vary: the target first, then those nearest to it, then as in the table.
pub(super) fn numeric(dataset: &Dataset, table: &Table) -> Vec<Numeric> {
    let varies = |(_, column): &(usize, &_)| {
        let column: &crate::dataset::Column = column;
        column.kind == Kind::Number && column.different > 1
    };
    let places: Vec<usize> = dataset.columns.iter().enumerate().filter(varies).map(|(place, _)| place).collect();
    let target = dataset.options.target.as_deref().and_then(|name| table.find(name));
    let targets = target.map(|place| numbers::of(table, place));
    let one = |place: usize| {
        let values = numbers::of(table, place);
        let with_target = targets.as_ref().and_then(|targets| spearman(&values, targets));
        Numeric { place, values, with_target }
    };
    let mut all: Vec<Numeric> = places.into_par_iter().map(one).collect();
    let rank = |column: &Numeric| match (Some(column.place) == target, column.with_target) {
        (true, _) => f64::INFINITY,
        (false, Some(with)) => with.abs(),
        (false, None) => -1.0,
    };
    // Stable: columns that are as near stay in the order of the table.
    all.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    all
}

/// Spearman's rank correlation over the rows that have both values.
pub(super) fn spearman(a: &[Option<f64>], b: &[Option<f64>]) -> Option<f64> {
    let (a, b): (Vec<f64>, Vec<f64>) = a.iter().zip(b).filter_map(|(a, b)| Some(((*a)?, (*b)?))).unzip();
    (a.len() >= FEWEST).then(|| rank_correlation(&a, &b)).filter(|value| value.is_finite())
}

/// Rank correlations of each column with each, row after row.
pub(super) fn matrix(columns: &[&Numeric]) -> Vec<Vec<Option<f64>>> {
    (0..columns.len())
        .into_par_iter()
        .map(|row| {
            let with = |other: usize| match row == other {
                true => Some(1.0),
                false => spearman(&columns[row].values, &columns[other].values),
            };
            (0..columns.len()).map(with).collect()
        })
        .collect()
}
