//! Principal components: many correlated columns as a few.

use faer::{Mat, Side};

/// Columns that hardly vary say nothing.
const CONSTANT: f64 = 1e-12;
/// Columns this much correlated say the same.
const DUPLICATE: f64 = 1.0 - 1e-9;

/// Scores of the rows of `table` on the first principal components of its standardised columns, as many as keep
/// `share` of the variance but at most `most`. Constant columns and copies of others count for nothing. `None` when
/// no column varies or a number is not finite.
///
/// Units: none (standardised). Shape: n x d to n x k, k at most `most`.
///
/// Source: Jolliffe, Principal Component Analysis (2002), chapter 3, on the correlation matrix.
pub fn principal_components(table: &[Vec<f64>], share: f64, most: usize) -> Option<Vec<Vec<f64>>> {
    let columns = standardised(table);
    let (rows, width) = (table.len(), columns.len());
    if width == 0 || columns.iter().flatten().any(|x| !x.is_finite()) {
        return None;
    }
    // The smaller of the two matrices with the same spectrum.
    let by_rows = rows < width;
    let size = rows.min(width);
    let mut products = Mat::<f64>::zeros(size, size);
    for j in 0..size {
        for i in 0..size {
            products[(i, j)] = if by_rows {
                columns.iter().map(|column| column[i] * column[j]).sum()
            } else {
                columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).sum()
            };
        }
    }
    let eigen = products.self_adjoint_eigen(Side::Lower).ok()?;
    let total: f64 = (0..size).map(|i| products[(i, i)]).sum();
    let (values, vectors) = (eigen.S(), eigen.U());
    let mut kept = 0.0;
    let mut scores: Vec<Vec<f64>> = vec![Vec::new(); rows];
    // Eigenvalues come in ascending order.
    for index in (0..size).rev().take(most) {
        let value = values.column_vector()[index];
        if value <= 1e-10 * total || kept >= share * total {
            break;
        }
        kept += value;
        let vector = vectors.col(index);
        let mut component: Vec<f64> = (0..rows)
            .map(|row| {
                if by_rows { vector[row] * value.sqrt() } else { (0..width).map(|c| columns[c][row] * vector[c]).sum() }
            })
            .collect();
        // A component has no sign of its own: the row that stands out most is positive.
        let largest = component.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
        component.iter_mut().for_each(|x| *x *= largest.signum());
        scores.iter_mut().zip(component).for_each(|(row, x)| row.push(x));
    }
    (kept > 0.0).then_some(scores)
}

/// Columns with mean 0 and variance 1, without constant ones and copies.
fn standardised(table: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rows = table.len();
    let width = table.first().map_or(0, Vec::len);
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for place in 0..width {
        let column: Vec<f64> = table.iter().map(|row| row.get(place).copied().unwrap_or(f64::NAN)).collect();
        let largest = column.iter().map(|x| x.abs()).fold(0.0, f64::max);
        if largest == 0.0 {
            continue;
        }
        // Divided first, so that squares neither overflow nor vanish.
        let scaled: Vec<f64> = column.iter().map(|x| x / largest).collect();
        let mean = scaled.iter().sum::<f64>() / rows as f64;
        let variance = scaled.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / rows as f64;
        if variance < CONSTANT {
            continue;
        }
        let column: Vec<f64> = scaled.iter().map(|x| (x - mean) / variance.sqrt()).collect();
        let correlation =
            |other: &Vec<f64>| other.iter().zip(&column).map(|(a, b)| a * b).sum::<f64>().abs() / rows as f64;
        if columns.iter().all(|other| correlation(other) < DUPLICATE) {
            columns.push(column);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_of_a_line_are_the_line() {
        let table: Vec<Vec<f64>> =
            (0..5).map(|k| vec![f64::from(k), 1e9 * f64::from(k * k), 7.0, f64::from(2 * k)]).collect();
        let scores = principal_components(&table, 0.9, 5).unwrap();
        assert_eq!(scores[0].len(), 1, "one direction holds nearly everything");
        assert!(scores.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert!(principal_components(&[vec![1.0], vec![1.0]], 0.9, 5).is_none());
        assert!(principal_components(&[vec![1.0], vec![f64::NAN]], 0.9, 5).is_none());
    }

    #[test]
    fn distances_are_those_of_the_standardised_columns_when_everything_is_kept() {
        let table = [
            [1.0, 2.0, 0.5, 1.5, 9.0],
            [3.0, 1.0, 0.7, -1.0, 4.0],
            [0.0, 5.0, 0.1, 0.5, 5.0],
            [2.0, 2.0, 0.9, 0.0, 1.0],
        ];
        let table: Vec<Vec<f64>> = table.iter().map(|row| row.to_vec()).collect();
        let columns = standardised(&table);
        let scores = principal_components(&table, 1.0, 10).unwrap();
        for a in 0..4 {
            for b in 0..4 {
                let plain: f64 = columns.iter().map(|c| (c[a] - c[b]).powi(2)).sum();
                let turned: f64 = scores[a].iter().zip(&scores[b]).map(|(x, y)| (x - y).powi(2)).sum();
                assert!((plain - turned).abs() < 1e-9, "{a} {b} {plain} {turned}");
            }
        }
    }
}
