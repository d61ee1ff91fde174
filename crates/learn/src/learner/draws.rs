//! Random cuts of all columns at once: row by row, so that the processor takes several columns together.

use pulp::{Arch, NullaryFnOnce};

/// A table row by row, and what is found of every column for the rows of a node.
pub(super) struct Draws<'a> {
    table: &'a [f64],
    /// Whether a cell of the table is missing.
    gaps: bool,
    pub(super) lows: Vec<f64>,
    pub(super) highs: Vec<f64>,
    /// Above zero where a cell is missing.
    pub(super) missing: Vec<f64>,
    /// Where each is cut (minus infinity: not at all), and whether missing cells go below.
    pub(super) cuts: Vec<f64>,
    pub(super) missing_below: Vec<bool>,
    /// Weight and sum of targets below the cut.
    pub(super) weights: Vec<f64>,
    pub(super) sums: Vec<f64>,
}

impl<'a> Draws<'a> {
    pub(super) fn new(table: &'a [f64], width: usize, gaps: bool) -> Self {
        let zeros = || vec![0.0; width];
        Self {
            table,
            gaps,
            lows: zeros(),
            highs: zeros(),
            missing: zeros(),
            cuts: zeros(),
            missing_below: vec![false; width],
            weights: zeros(),
            sums: zeros(),
        }
    }

    /// Finds the range of every column; no column is cut yet.
    pub(super) fn look(&mut self, rows: &[u32]) {
        self.lows.fill(f64::INFINITY);
        self.highs.fill(f64::NEG_INFINITY);
        self.missing.fill(0.0);
        self.cuts.fill(f64::NEG_INFINITY);
        self.missing_below.fill(false);
        Arch::new().dispatch(Look { draws: self, rows });
    }

    /// Adds up what is below the cuts; `weights` and `sums` are of the rows.
    pub(super) fn add_up(&mut self, rows: &[u32], weights: &[f64], sums: &[f64]) {
        self.weights.fill(0.0);
        self.sums.fill(0.0);
        Arch::new().dispatch(AddUp { draws: self, rows, weights, sums });
    }

    /// The cells of some rows, the last again where there are fewer.
    #[inline(always)]
    fn cells(&self, rows: &[u32]) -> [&'a [f64]; TOGETHER] {
        let width = self.lows.len();
        std::array::from_fn(|k| &self.table[rows[k.min(rows.len() - 1)] as usize * width..][..width])
    }
}

/// Rows taken together, so that what is found is read and written once for all of them.
const TOGETHER: usize = 4;

/// Types, not closures: compiled once for every kind of processor.
struct Look<'a, 'b> {
    draws: &'b mut Draws<'a>,
    rows: &'b [u32],
}

impl NullaryFnOnce for Look<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let width = self.draws.lows.len();
        for rows in self.rows.chunks(TOGETHER) {
            let cells = self.draws.cells(rows);
            let (lows, highs) = (&mut self.draws.lows[..width], &mut self.draws.highs[..width]);
            for column in 0..width {
                let (mut low, mut high) = (lows[column], highs[column]);
                for cells in &cells {
                    let cell = cells[column];
                    low = if cell < low { cell } else { low };
                    high = if cell > high { cell } else { high };
                }
                (lows[column], highs[column]) = (low, high);
            }
            if self.draws.gaps {
                for cells in &cells {
                    let missing = self.draws.missing.iter_mut().zip(*cells);
                    missing.for_each(|(missing, cell)| *missing += f64::from(u8::from(cell.is_nan())));
                }
            }
        }
    }
}

struct AddUp<'a, 'b> {
    draws: &'b mut Draws<'a>,
    rows: &'b [u32],
    weights: &'b [f64],
    sums: &'b [f64],
}

impl NullaryFnOnce for AddUp<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let width = self.draws.lows.len();
        let parts = self.rows.chunks(TOGETHER).zip(self.weights.chunks(TOGETHER)).zip(self.sums.chunks(TOGETHER));
        for ((rows, own_weights), own_sums) in parts {
            let table = self.draws.cells(rows);
            // Rows that are there only to fill up weigh nothing.
            let own = |values: &[f64], k: usize| if k < rows.len() { values[k] } else { 0.0 };
            let own_weights: [f64; TOGETHER] = std::array::from_fn(|k| own(own_weights, k));
            let own_sums: [f64; TOGETHER] = std::array::from_fn(|k| own(own_sums, k));
            let Draws { cuts, missing_below, weights, sums, .. } = &mut *self.draws;
            let (cuts, missing_below) = (&cuts[..width], &missing_below[..width]);
            let (weights, sums) = (&mut weights[..width], &mut sums[..width]);
            for column in 0..width {
                let (mut weight, mut sum) = (weights[column], sums[column]);
                for k in 0..TOGETHER {
                    let cell = table[k][column];
                    let is_below = (cell <= cuts[column]) | (cell.is_nan() & missing_below[column]);
                    weight += if is_below { own_weights[k] } else { 0.0 };
                    sum += if is_below { own_sums[k] } else { 0.0 };
                }
                (weights[column], sums[column]) = (weight, sum);
            }
        }
    }
}
