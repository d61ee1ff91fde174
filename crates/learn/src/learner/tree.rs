//! A tree of cuts.

use serde::{Deserialize, Serialize};

/// Cuts and leaves, each cut before what is below it and that before what is above it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Tree {
    /// Column of a cut, [`LEAF`] for a leaf.
    pub(super) columns: Vec<u32>,
    /// Rows with at most this go below (the next node), the others above.
    pub(super) cuts: Vec<f64>,
    /// Whether rows with a missing cell go below.
    pub(super) missing_below: Vec<bool>,
    /// Number of the node above the cut.
    pub(super) above: Vec<u32>,
    /// Weight of the rows that came by.
    pub(super) covers: Vec<f64>,
    /// Of leaves, `outputs` values per node.
    pub(super) values: Vec<f64>,
}

/// Column of a leaf.
pub(super) const LEAF: u32 = u32::MAX;

impl Tree {
    /// Adds a leaf; returns its number.
    pub(super) fn push(&mut self, cover: f64, values: &[f64]) -> usize {
        self.columns.push(LEAF);
        self.cuts.push(0.0);
        self.missing_below.push(false);
        self.above.push(0);
        self.covers.push(cover);
        self.values.extend_from_slice(values);
        self.columns.len() - 1
    }

    /// Makes a leaf a cut. `above` is set when that node is known.
    pub(super) fn split(&mut self, node: usize, column: usize, cut: f64, missing_below: bool) {
        self.columns[node] = column as u32;
        self.cuts[node] = cut;
        self.missing_below[node] = missing_below;
    }

    /// Whether every row of `width` cells comes to a leaf with `outputs` values.
    pub(super) fn is_sound(&self, width: usize, outputs: usize) -> bool {
        let nodes = self.columns.len();
        let lists = [self.cuts.len(), self.missing_below.len(), self.above.len(), self.covers.len()];
        // What is below and above a cut comes after it, so that every way ends.
        let goes_on = |node: usize| {
            let above = self.above[node] as usize;
            (self.columns[node] as usize) < width && node + 1 < above && above < nodes
        };
        nodes > 0
            && lists.iter().all(|length| *length == nodes)
            && nodes.checked_mul(outputs) == Some(self.values.len())
            && self.values.iter().all(|value| value.is_finite())
            && (0..nodes).all(|node| self.columns[node] == LEAF || goes_on(node))
    }

    /// Number of the leaf of a row.
    pub(super) fn leaf(&self, row: &[f64]) -> usize {
        let mut node = 0;
        while self.columns[node] != LEAF {
            let cell = row[self.columns[node] as usize];
            let below = if cell.is_nan() { self.missing_below[node] } else { cell <= self.cuts[node] };
            node = if below { node + 1 } else { self.above[node] as usize };
        }
        node
    }
}
