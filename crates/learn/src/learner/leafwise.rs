//! Small trees on first and second derivatives, the leaf with the largest gain cut first.

use rayon::prelude::*;

use super::{bins::Bins, tree::Tree};

/// A tree with its cuts as numbers of bins.
pub(super) struct Grown {
    pub(super) tree: Tree,
    /// Last bin that goes below, per node.
    last: Vec<u8>,
}

/// Grows trees on binned columns.
pub(super) struct Leafwise<'a> {
    bins: &'a Bins,
    /// Smallest sum of second derivatives of a leaf.
    leaf: f64,
    /// Histograms that are free to be used again.
    spare: Vec<Vec<[f64; 2]>>,
}

const LEAVES: usize = 31;
/// Penalty on squared values of leaves.
const PENALTY: f64 = 1.0;
const LEAST_GAIN: f64 = 1e-12;
/// Cells from which a histogram is computed on several threads.
const PARALLEL: usize = 200_000;
/// Columns that one thread takes at a time.
const CHUNK: usize = 32;

#[derive(Debug, Clone, Copy)]
struct Cut {
    gain: f64,
    column: u32,
    /// Last bin below, first occupied bin above.
    last: usize,
    next: usize,
    missing_below: bool,
}

struct Leaf {
    rows: Vec<u32>,
    histogram: Vec<[f64; 2]>,
    cut: Option<Cut>,
    node: usize,
}

/// A node in the order of growth.
struct Node {
    total: [f64; 2],
    cut: Option<(Cut, usize, usize)>,
}

impl<'a> Leafwise<'a> {
    pub(super) fn new(bins: &'a Bins, leaf: f64) -> Self {
        Self { bins, leaf, spare: Vec::new() }
    }

    /// A tree on some rows and columns; `slopes` has minus the first and the second derivative of each row.
    pub(super) fn grow(&mut self, slopes: &[[f64; 2]], rows: &[u32], columns: &[u32]) -> Grown {
        let mut offsets = vec![0];
        for &column in columns {
            let binned = &self.bins.columns[column as usize];
            offsets.push(offsets[offsets.len() - 1] + binned.ranges.len() + 1);
        }
        let mut nodes = Vec::new();
        let mut open = Vec::new();
        let histogram = self.filled(slopes, rows, columns, &offsets);
        let root = self.leaf(slopes, rows.to_vec(), histogram, columns, &offsets, &mut nodes);
        open.push(root);
        for _ in 1..LEAVES {
            let gain = |leaf: &Leaf| leaf.cut.map_or(f64::NEG_INFINITY, |cut| cut.gain);
            let best = (0..open.len()).max_by(|&a, &b| gain(&open[a]).total_cmp(&gain(&open[b])).then(b.cmp(&a)));
            let Some(best) = best.filter(|&best| open[best].cut.is_some()) else { break };
            let leaf = open.swap_remove(best);
            let Some(cut) = leaf.cut else { break };
            let binned = &self.bins.columns[cut.column as usize];
            let missing = binned.ranges.len();
            let is_below = |row: &u32| {
                let code = usize::from(binned.codes[*row as usize]);
                if code == missing { cut.missing_below } else { code <= cut.last }
            };
            let (below, above): (Vec<u32>, Vec<u32>) = leaf.rows.iter().copied().partition(is_below);
            // The smaller side is summed up, the larger is what is left.
            let small = if below.len() <= above.len() { &below } else { &above };
            let own = self.filled(slopes, small, columns, &offsets);
            let mut other = leaf.histogram;
            other.iter_mut().zip(&own).for_each(|(all, part)| *all = [all[0] - part[0], all[1] - part[1]]);
            let (first, second) = if below.len() <= above.len() { (own, other) } else { (other, own) };
            let first = self.leaf(slopes, below, first, columns, &offsets, &mut nodes);
            let second = self.leaf(slopes, above, second, columns, &offsets, &mut nodes);
            nodes[leaf.node].cut = Some((cut, first.node, second.node));
            open.push(first);
            open.push(second);
        }
        self.spare.extend(open.into_iter().map(|leaf| leaf.histogram));
        self.finished(&nodes)
    }

    fn leaf(
        &self,
        slopes: &[[f64; 2]],
        rows: Vec<u32>,
        histogram: Vec<[f64; 2]>,
        columns: &[u32],
        offsets: &[usize],
        nodes: &mut Vec<Node>,
    ) -> Leaf {
        let add = |sum: [f64; 2], row: &u32| {
            let own = slopes[*row as usize];
            [sum[0] + own[0], sum[1] + own[1]]
        };
        let total = rows.iter().fold([0.0; 2], add);
        let one =
            |place: usize| self.best(&histogram[offsets[place]..offsets[place + 1]], columns[place], total, rows.len());
        let better = |a: Option<Cut>, b: Option<Cut>| match (a, b) {
            (Some(a), Some(b)) => Some(if b.gain > a.gain { b } else { a }),
            (a, b) => a.or(b),
        };
        let enough = total[1] >= 2.0 * self.leaf;
        let cut = if !enough {
            None
        } else if offsets[columns.len()] > PARALLEL {
            let parts: Vec<Option<Cut>> = (0..columns.len()).into_par_iter().map(one).collect();
            parts.into_iter().fold(None, better)
        } else {
            (0..columns.len()).map(one).fold(None, better)
        };
        nodes.push(Node { total, cut: None });
        Leaf { rows, histogram, cut, node: nodes.len() - 1 }
    }

    /// Sums of derivatives per bin of each column.
    fn filled(&mut self, slopes: &[[f64; 2]], rows: &[u32], columns: &[u32], offsets: &[usize]) -> Vec<[f64; 2]> {
        let mut histogram = self.spare.pop().unwrap_or_default();
        histogram.clear();
        histogram.resize(offsets[columns.len()], [0.0; 2]);
        let own: Vec<[f64; 2]> = rows.iter().map(|&row| slopes[row as usize]).collect();
        let fill = |columns: &[u32], offsets: &[usize], part: &mut [[f64; 2]]| {
            for (place, &column) in columns.iter().enumerate() {
                let codes = &self.bins.columns[column as usize].codes;
                let part = &mut part[offsets[place] - offsets[0]..offsets[place + 1] - offsets[0]];
                for (&row, slope) in rows.iter().zip(&own) {
                    let slot = &mut part[usize::from(codes[row as usize])];
                    *slot = [slot[0] + slope[0], slot[1] + slope[1]];
                }
            }
        };
        if rows.len() * columns.len() < PARALLEL {
            fill(columns, offsets, &mut histogram);
            return histogram;
        }
        let mut parts = Vec::new();
        let mut rest = histogram.as_mut_slice();
        for first in (0..columns.len()).step_by(CHUNK) {
            let last = (first + CHUNK).min(columns.len());
            let (part, beyond) = rest.split_at_mut(offsets[last] - offsets[first]);
            parts.push((first, last, part));
            rest = beyond;
        }
        parts.into_par_iter().for_each(|(first, last, part)| fill(&columns[first..last], &offsets[first..=last], part));
        histogram
    }

    /// The best cut of a column from its histogram.
    fn best(&self, histogram: &[[f64; 2]], column: u32, total: [f64; 2], rows: usize) -> Option<Cut> {
        let missing = histogram.len() - 1;
        let missed = histogram[missing];
        // Differences of sums leave crumbs where there is nothing.
        let empty = 1e-9 * total[1] / rows.max(1) as f64;
        let gaps = missed[1] > empty;
        let whole = total[0] * total[0] / (total[1] + PENALTY);
        let mut best: Option<Cut> = None;
        let mut left = [0.0; 2];
        let mut before = None;
        let mut consider = |low: [f64; 2], last: usize, next: usize, missing_below: bool| {
            let high = [total[0] - low[0], total[1] - low[1]];
            if low[1] < self.leaf || high[1] < self.leaf {
                return;
            }
            let gain = low[0] * low[0] / (low[1] + PENALTY) + high[0] * high[0] / (high[1] + PENALTY) - whole;
            if gain > best.map_or(LEAST_GAIN, |best| best.gain) {
                let missing_below = if gaps { missing_below } else { 2.0 * low[1] >= total[1] };
                best = Some(Cut { gain, column, last, next, missing_below });
            }
        };
        for (bin, own) in histogram[..missing].iter().enumerate().filter(|(_, own)| own[1] > empty) {
            if let Some(before) = before {
                consider(left, before, bin, false);
                if gaps {
                    consider([left[0] + missed[0], left[1] + missed[1]], before, bin, true);
                }
            }
            left = [left[0] + own[0], left[1] + own[1]];
            before = Some(bin);
        }
        if let Some(before) = before.filter(|_| gaps) {
            consider(left, before, before, false);
        }
        best
    }

    /// The nodes in the order of a [`Tree`].
    fn finished(&self, nodes: &[Node]) -> Grown {
        let mut tree = Tree::default();
        let mut last = Vec::with_capacity(nodes.len());
        let mut open = vec![(0, None)];
        while let Some((number, above_of)) = open.pop() {
            let node: &Node = &nodes[number];
            let own = tree.push(node.total[1], &[node.total[0] / (node.total[1] + PENALTY)]);
            if let Some(cut) = above_of {
                tree.above[cut as usize] = own as u32;
            }
            last.push(0);
            if let Some((cut, below, above)) = node.cut {
                let binned = &self.bins.columns[cut.column as usize];
                let at = if cut.next > cut.last { binned.between(cut.last, cut.next) } else { f64::MAX };
                tree.split(own, cut.column as usize, at, cut.missing_below);
                last[own] = cut.last as u8;
                open.push((above, Some(own as u32)));
                open.push((below, None));
            }
        }
        Grown { tree, last }
    }
}

impl Grown {
    /// Multiplies the values of the leaves.
    pub(super) fn shrink(&mut self, rate: f64) {
        self.tree.values.iter_mut().for_each(|value| *value *= rate);
    }

    /// Value of a row of the binned table.
    pub(super) fn value(&self, bins: &Bins, row: usize) -> f64 {
        let tree = &self.tree;
        let mut node = 0;
        while tree.columns[node] != super::tree::LEAF {
            let binned = &bins.columns[tree.columns[node] as usize];
            let code = binned.codes[row];
            let missing = usize::from(code) == binned.ranges.len();
            let below = if missing { tree.missing_below[node] } else { code <= self.last[node] };
            node = if below { node + 1 } else { tree.above[node] as usize };
        }
        tree.values[node]
    }
}
