//! The numbers of a series as a Parquet object.

use matdock_record::body::Column;

/// The numbers of a series, column by column.
///
/// Shape: `data[c][r]` is row `r` of column `c`; all columns have the same number of rows. Units: per column, UCUM.
/// A missing reading is NaN here and null in the Parquet object; infinite numbers are refused.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesData {
    /// Name and unit of each column, the axis (time, frequency, angle) first.
    pub columns: Vec<Column>,
    /// The numbers.
    pub data: Vec<Vec<f64>>,
}
