//! Numbers of a column.

use matdock_record::Qualifier;

use crate::table::{Table, number};

/// The number in each row; of a limit such as `<1e-10` the limit.
pub(super) fn of(table: &Table, column: usize) -> Vec<Option<f64>> {
    (0..table.rows.len()).map(|row| measured(table, row, column).map(|(value, _)| value)).collect()
}

/// The number in a cell, and whether it is a limit.
pub(super) fn measured(table: &Table, row: usize, column: usize) -> Option<(f64, Qualifier)> {
    let found = number::parse(table.cell(row, column)).ok().flatten()?;
    Some((found.value, found.qualifier))
}

/// The value below which a share of rising numbers lies, between two of them in proportion.
pub(super) fn quantile(rising: &[f64], share: f64) -> f64 {
    let place = share * rising.len().saturating_sub(1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (rising.get(below), rising.get(above)) {
        (Some(low), Some(high)) => low + (place - below as f64) * (high - low),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn quantiles_lie_between_neighbours() {
        let rising = [1.0, 2.0, 4.0, 8.0];
        let quantile = |share| super::quantile(&rising, share);
        assert_eq!([0.0, 0.5, 1.0].map(quantile), [1.0, 3.0, 8.0]);
        assert_eq!(super::quantile(&[], 0.5), 0.0);
    }
}
