//! The table a learner sees.

use super::LearnerError;

/// Columns of numbers, a row per sample; a cell may be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    rows: usize,
    /// Not a number where missing.
    columns: Vec<Vec<f64>>,
}

/// Largest size of a number in a table: squares of larger ones cannot be added up.
pub(super) const LARGEST: f64 = 1e100;

impl Features {
    /// The table of `columns`, all of one length; a cell that is `None` is missing.
    ///
    /// Errors: columns of different lengths; a number that is not finite or larger than 1e100.
    pub fn new(columns: Vec<Vec<Option<f64>>>) -> Result<Self, LearnerError> {
        for (number, column) in columns.iter().enumerate() {
            if let Some(row) = column.iter().position(|cell| cell.is_some_and(|x| x.is_nan() || x.abs() > LARGEST)) {
                return Err(LearnerError::Cell { column: number, row });
            }
        }
        let plain = |column: Vec<Option<f64>>| column.into_iter().map(|cell| cell.unwrap_or(f64::NAN)).collect();
        Self::from_columns(columns.into_iter().map(plain).collect())
    }

    /// The same, where a cell that is not a number is missing.
    ///
    /// Errors: as [`Features::new`].
    pub fn from_columns(columns: Vec<Vec<f64>>) -> Result<Self, LearnerError> {
        let rows = columns.first().map_or(0, Vec::len);
        for (number, column) in columns.iter().enumerate() {
            if column.len() != rows {
                return Err(LearnerError::Ragged { column: number, rows: column.len(), expected: rows });
            }
            if let Some(row) = column.iter().position(|x| x.abs() > LARGEST) {
                return Err(LearnerError::Cell { column: number, row });
            }
        }
        Ok(Self { rows, columns })
    }

    /// Number of samples.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Some samples, in the given order; numbers beyond the last row are left out.
    pub fn select(&self, rows: &[usize]) -> Self {
        let within: Vec<usize> = rows.iter().copied().filter(|&row| row < self.rows).collect();
        let pick = |column: &Vec<f64>| within.iter().map(|&row| column[row]).collect();
        Self { rows: within.len(), columns: self.columns.iter().map(pick).collect() }
    }

    /// One column, not a number where a cell is missing; empty when there is no such column.
    pub fn column(&self, number: usize) -> &[f64] {
        self.columns.get(number).map_or(&[], Vec::as_slice)
    }

    /// Puts other cells in the place of a column, as many as there are rows.
    pub(super) fn replace(&mut self, number: usize, cells: Vec<f64>) {
        if let Some(column) = self.columns.get_mut(number).filter(|column| column.len() == cells.len()) {
            *column = cells;
        }
    }

    /// Cells row by row, of columns up to `width` (missing where there is no such column).
    pub(super) fn by_rows(&self, width: usize) -> Vec<f64> {
        let mut cells = vec![f64::NAN; self.rows * width];
        // In blocks, so that neither table leaves the cache.
        const BLOCK: usize = 64;
        for first in (0..width.min(self.columns.len())).step_by(BLOCK) {
            let last = (first + BLOCK).min(width.min(self.columns.len()));
            for row in 0..self.rows {
                let out = &mut cells[row * width + first..row * width + last];
                out.iter_mut().zip(&self.columns[first..last]).for_each(|(cell, column)| *cell = column[row]);
            }
        }
        cells
    }
}
