//! Small trees on first and second derivatives, the leaf with the largest gain cut first.

use pulp::Arch;
use rayon::prelude::*;

use super::{
    bins::Bins,
    cut::{Columns, Cut, PENALTY, Piece, Search, better},
    tree::Tree,
};

/// A tree with its cuts as numbers of bins.
pub(super) struct Grown {
    pub(super) tree: Tree,
    /// Last bin that goes below, per node.
    last: Vec<u8>,
    /// Nodes of the leaves, with the rows they were grown on.
    pub(super) rows: Vec<(usize, Vec<u32>)>,
    /// Place of every node in the order of growth.
    order: Vec<usize>,
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
/// Cells from which a histogram is computed on several threads.
const PARALLEL: usize = 200_000;
/// Columns whose histograms are filled together.
const TOGETHER: usize = 4;

struct Leaf {
    rows: Vec<u32>,
    total: [f64; 2],
    histogram: Vec<[f64; 2]>,
    /// Places of the columns that may be cut here: what leaves too little on a side does so further down, too.
    places: Vec<u32>,
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
        let columns = Columns { numbers: columns, offsets };
        let mut nodes = Vec::new();
        let mut places: Vec<u32> = (0..columns.numbers.len() as u32).collect();
        // A bin for missing cells is always there, used or not.
        places.retain(|&place| {
            columns.range(place, 0).len() > 2 || self.bins.columns[columns.numbers[place as usize] as usize].gaps
        });
        let mut root = self.leaf(slopes, rows.to_vec(), &mut nodes);
        if root.total[1] >= 2.0 * self.leaf {
            root.histogram = self.filled(slopes, rows, &columns, &places);
            self.examine(&mut root, None, &columns, &places);
        }
        let mut open = vec![root];
        while open.len() < LEAVES {
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
            let [below, above] = divided(&leaf.rows, is_below);
            let mut sides = [self.leaf(slopes, below, &mut nodes), self.leaf(slopes, above, &mut nodes)];
            nodes[leaf.node].cut = Some((cut, sides[0].node, sides[1].node));
            let last = open.len() + sides.len() >= LEAVES;
            if last || sides.iter().all(|side| side.total[1] < 2.0 * self.leaf) {
                self.spare.push(leaf.histogram);
            } else {
                // The smaller side is summed up, the larger is what is left.
                let [first, second] = &mut sides;
                let (small, large) =
                    if first.rows.len() <= second.rows.len() { (first, second) } else { (second, first) };
                small.histogram = self.filled(slopes, &small.rows, &columns, &leaf.places);
                large.histogram = leaf.histogram;
                self.examine(large, Some(&small.histogram), &columns, &leaf.places);
                self.examine(small, None, &columns, &leaf.places);
            }
            open.extend(sides);
        }
        let histograms = open.iter_mut().map(|leaf| std::mem::take(&mut leaf.histogram));
        self.spare.extend(histograms.filter(|histogram| !histogram.is_empty()));
        let mut grown = self.finished(&nodes);
        grown.rows = open.into_iter().map(|leaf| (grown.order[leaf.node], leaf.rows)).collect();
        grown
    }

    fn leaf(&self, slopes: &[[f64; 2]], rows: Vec<u32>, nodes: &mut Vec<Node>) -> Leaf {
        let add = |sum: [f64; 2], row: &u32| {
            let own = slopes[*row as usize];
            [sum[0] + own[0], sum[1] + own[1]]
        };
        let total = rows.iter().fold([0.0; 2], add);
        nodes.push(Node { total, cut: None });
        Leaf { rows, total, histogram: Vec::new(), places: Vec::new(), cut: None, node: nodes.len() - 1 }
    }

    /// Takes what is of a sibling from the histogram of a leaf, and finds its best cut.
    fn examine(&self, leaf: &mut Leaf, sibling: Option<&[[f64; 2]]>, columns: &Columns<'_>, places: &[u32]) {
        let (total, rows) = (leaf.total, leaf.rows.len());
        if total[1] < 2.0 * self.leaf {
            return;
        }
        let arch = Arch::new();
        let one = |piece: Piece<'_>| arch.dispatch(Search { leaf: self.leaf, total, rows, columns, piece, sibling });
        let pieces = columns.pieces(places, &mut leaf.histogram);
        let found: Vec<(Option<Cut>, Vec<u32>)> = if columns.offsets[columns.numbers.len()] > PARALLEL {
            pieces.into_par_iter().map(one).collect()
        } else {
            pieces.into_iter().map(one).collect()
        };
        for (cut, places) in found {
            leaf.cut = better(leaf.cut, cut);
            leaf.places.extend(places);
        }
    }

    /// Sums of derivatives per bin of some columns; those of others are left as they are.
    fn filled(&mut self, slopes: &[[f64; 2]], rows: &[u32], columns: &Columns<'_>, places: &[u32]) -> Vec<[f64; 2]> {
        let mut histogram = self.spare.pop().unwrap_or_default();
        histogram.resize(columns.offsets[columns.numbers.len()], [0.0; 2]);
        let own: Vec<[f64; 2]> = rows.iter().map(|&row| slopes[row as usize]).collect();
        let codes = |place: u32| self.bins.columns[columns.numbers[place as usize] as usize].codes.as_slice();
        let fill = |piece: Piece<'_>| {
            let Piece { places, cells, start } = piece;
            places.iter().for_each(|&place| cells[columns.range(place, start)].fill([0.0; 2]));
            for group in places.chunks(TOGETHER) {
                let ranges: Vec<_> = group.iter().map(|&place| columns.range(place, start)).collect();
                match <[_; TOGETHER]>::try_from(ranges).ok().and_then(|ranges| cells.get_disjoint_mut(ranges).ok()) {
                    // Several columns at once: additions to one bin would wait for each other.
                    Some(parts) => add_all(rows, &own, std::array::from_fn(|k| codes(group[k])), parts),
                    None => group.iter().for_each(|&place| {
                        add_all(rows, &own, [codes(place)], [&mut cells[columns.range(place, start)]]);
                    }),
                }
            }
        };
        let pieces = columns.pieces(places, &mut histogram);
        if rows.len() * places.len() < PARALLEL {
            pieces.into_iter().for_each(fill);
        } else {
            pieces.into_par_iter().for_each(fill);
        }
        histogram
    }

    /// The nodes in the order of a [`Tree`].
    fn finished(&self, nodes: &[Node]) -> Grown {
        let mut tree = Tree::default();
        let mut last = Vec::with_capacity(nodes.len());
        let mut order = vec![0; nodes.len()];
        let mut open = vec![(0, None)];
        while let Some((number, above_of)) = open.pop() {
            let node: &Node = &nodes[number];
            let own = tree.push(node.total[1], &[node.total[0] / (node.total[1] + PENALTY)]);
            order[number] = own;
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
        Grown { tree, last, rows: Vec::new(), order }
    }
}

/// Those that are as said, and the others.
fn divided(rows: &[u32], is_below: impl Fn(&u32) -> bool) -> [Vec<u32>; 2] {
    let [mut below, mut above] = [vec![0; rows.len()], vec![0; rows.len()]];
    let mut count = 0;
    // Written to both sides without asking, where the next is not yet.
    for (place, row) in rows.iter().enumerate() {
        below[count] = *row;
        above[place - count] = *row;
        count += usize::from(is_below(row));
    }
    below.truncate(count);
    above.truncate(rows.len() - count);
    [below, above]
}

/// Adds the derivatives of rows to their bins, column by column side by side.
fn add_all<const N: usize>(rows: &[u32], slopes: &[[f64; 2]], codes: [&[u8]; N], parts: [&mut [[f64; 2]]; N]) {
    for (&row, slope) in rows.iter().zip(slopes) {
        for k in 0..N {
            let slot = &mut parts[k][usize::from(codes[k][row as usize])];
            *slot = [slot[0] + slope[0], slot[1] + slope[1]];
        }
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
