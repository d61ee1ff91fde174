//! Tables and folds of the comparisons with other programs.

use std::{error::Error, fs};

use matdock_learn::learner::Features;

/// Columns but the last, and the last.
pub(crate) fn read(path: &str) -> Result<(Features, Vec<f64>), Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines();
    let width = lines.next().map_or(0, |header| header.split(',').count());
    let mut columns = vec![Vec::new(); width];
    for line in lines {
        for (column, cell) in columns.iter_mut().zip(line.split(',')) {
            column.push(if cell.is_empty() { f64::NAN } else { cell.parse()? });
        }
    }
    let targets = columns.pop().unwrap_or_default();
    Ok((Features::from_columns(columns)?, targets))
}

/// Number of the fold of every row, -1 for rows that are never tested.
pub(crate) fn folds(path: &str) -> Result<Vec<i64>, Box<dyn Error>> {
    Ok(fs::read_to_string(path)?.lines().map(|line| line.trim().parse()).collect::<Result<_, _>>()?)
}

/// Rows to learn from, and rows of a fold.
pub(crate) fn divided(folds: &[i64], fold: i64) -> (Vec<usize>, Vec<usize>) {
    (0..folds.len()).partition(|&row| folds[row] != fold)
}
