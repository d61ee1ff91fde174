//! A table of descriptors as a few columns.

use matdock_learn::principal_components;

/// Share of the variance the columns keep, and most columns.
const KEPT: f64 = 0.95;
const MOST: usize = 5;

/// The first principal components of standardised descriptors, scaled so that the mean distance of two rows is one
/// unit. `None` when all rows agree.
///
/// Shape: n rows of any width to n rows of at most five.
///
/// Source: Jolliffe, Principal Component Analysis (2002), chapter 3, on the correlation matrix.
pub(super) fn components(table: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let rows = principal_components(table, KEPT, MOST)?;
    let size = rows.len() as f64;
    // Twice the variance is the mean squared distance.
    let variance: f64 = rows.iter().flatten().map(|x| x * x).sum::<f64>() / size;
    let rate = 1.0 / (2.0 * variance * size / (size - 1.0)).sqrt();
    rate.is_finite().then(|| rows.into_iter().map(|row| row.into_iter().map(|x| x * rate).collect()).collect())
}
