//! Columns in bins: a byte per cell, for fast searches of cuts.

use super::Features;

/// The table with every cell as the number of a bin.
pub(super) struct Bins {
    pub(super) columns: Vec<Binned>,
}

/// A column: values ascend with bins; a missing cell has the bin after the last.
pub(super) struct Binned {
    /// Bin of every row.
    pub(super) codes: Vec<u8>,
    /// Smallest and largest value of each bin.
    pub(super) ranges: Vec<(f64, f64)>,
    /// Whether a cell is missing.
    pub(super) gaps: bool,
}

/// Most bins of a column; one more code is for missing cells.
const MOST: usize = 255;

impl Bins {
    pub(super) fn of(features: &Features) -> Self {
        Self::with(features, MOST)
    }

    /// With at most so many bins, up to 255.
    pub(super) fn with(features: &Features, most: usize) -> Self {
        let mut order = Vec::with_capacity(features.rows());
        let most = most.clamp(1, MOST);
        let columns = (0..features.width()).map(|number| Binned::of(features.column(number), most, &mut order));
        Self { columns: columns.collect() }
    }
}

impl Binned {
    /// A bin per value while these are few, else bins with about as many rows each.
    fn of(column: &[f64], most: usize, order: &mut Vec<(f64, u32)>) -> Self {
        order.clear();
        let known = column.iter().enumerate().filter(|(_, x)| !x.is_nan());
        // Minus zero equals zero.
        order.extend(known.map(|(row, x)| (x + 0.0, row as u32)));
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let distinct = order.chunk_by(|a, b| a.0 == b.0).count();
        let mut codes = vec![0u8; column.len()];
        let mut ranges: Vec<(f64, f64)> = Vec::new();
        let (mut filled, mut left) = (0usize, order.len());
        let mut wanted = 0.0;
        for equal in order.chunk_by(|a, b| a.0 == b.0) {
            let value = equal[0].0;
            // A value of its own when there are few; else until the bin has its share of the rows that are left.
            let full = distinct <= most || filled as f64 + 0.5 * equal.len() as f64 > wanted;
            match ranges.last_mut() {
                Some(last) if !(full && filled > 0) => last.1 = value,
                _ => {
                    wanted = left as f64 / (most - ranges.len()).max(1) as f64;
                    ranges.push((value, value));
                    filled = 0;
                }
            }
            if ranges.len() >= most && distinct > most {
                wanted = f64::INFINITY;
            }
            let code = (ranges.len() - 1) as u8;
            equal.iter().for_each(|(_, row)| codes[*row as usize] = code);
            filled += equal.len();
            left -= equal.len();
        }
        let gaps = order.len() < column.len();
        if gaps {
            let missing = ranges.len() as u8;
            codes.iter_mut().zip(column).filter(|(_, x)| x.is_nan()).for_each(|(code, _)| *code = missing);
        }
        Self { codes, ranges, gaps }
    }

    /// The number between two bins: rows of `below` are at most it, rows of `above` more.
    pub(super) fn between(&self, below: usize, above: usize) -> f64 {
        middle(self.ranges[below].1, self.ranges[above].0)
    }
}

/// Half-way between two numbers, at least the lower and less than the higher.
pub(super) fn middle(low: f64, high: f64) -> f64 {
    let middle = low + 0.5 * (high - low);
    if middle < high { middle } else { low }
}
