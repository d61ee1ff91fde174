//! One randomised regression tree.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::kernel::Rows;

/// A split, or a leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Node {
    /// Rows with `column` at most `cut` go to the next node, the others to number `above`.
    Split {
        column: usize,
        cut: f64,
        above: usize,
    },
    Leaf {
        mean: f64,
        variance: f64,
    },
}

/// A tree whose cuts are drawn at random, the best of a few kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// What trees are grown on.
pub(super) struct Ground<'a> {
    pub(super) inputs: &'a Rows,
    pub(super) outputs: &'a [f64],
    /// The columns of each parameter: one, or those of all levels of a category.
    pub(super) parameters: &'a [Vec<usize>],
    /// Fewest rows of a leaf.
    pub(super) leaf: usize,
}

/// How often the rows of a leaf are cut at most: a guard against endless depth.
const DEEPEST: usize = 64;

impl Tree {
    /// Grows a tree on the rows numbered `rows`, each with its weight (0 or more, one per row of the ground).
    pub(super) fn grow(ground: &Ground<'_>, weights: &[f64], rows: &mut [usize], random: &mut ChaCha8Rng) -> Self {
        let mut tree = Self { nodes: Vec::with_capacity(2 * rows.len()) };
        tree.add(ground, weights, rows, 0, random);
        tree
    }

    /// Mean and variance of the leaf a point falls into.
    pub(super) fn leaf(&self, point: &[f64]) -> (f64, f64) {
        let mut at = 0;
        loop {
            match self.nodes.get(at) {
                Some(Node::Split { column, cut, above }) => at = if point[*column] <= *cut { at + 1 } else { *above },
                Some(Node::Leaf { mean, variance }) => return (*mean, *variance),
                None => return (0.0, 1.0),
            }
        }
    }

    fn add(&mut self, ground: &Ground<'_>, weights: &[f64], rows: &mut [usize], depth: usize, random: &mut ChaCha8Rng) {
        let own = self.nodes.len();
        let (mean, variance) = moments(ground.outputs, weights, rows);
        self.nodes.push(Node::Leaf { mean, variance });
        if rows.len() < 2 * ground.leaf || depth >= DEEPEST || variance <= 1e-12 {
            return;
        }
        let Some((column, cut)) = best_cut(ground, weights, rows, random) else { return };
        let count = partition(rows, |&row| ground.inputs.row(row)[column] <= cut);
        let (below, above) = rows.split_at_mut(count);
        self.add(ground, weights, below, depth + 1, random);
        self.nodes[own] = Node::Split { column, cut, above: self.nodes.len() };
        self.add(ground, weights, above, depth + 1, random);
    }
}

/// The best of one random cut per parameter (more for a category, whose cuts each set one level apart); `None` when
/// all rows are alike or every cut leaves too few rows on a side.
///
/// Source: Geurts, Ernst & Wehenkel, Extremely randomized trees, Mach. Learn. 63, 3 (2006).
fn best_cut(ground: &Ground<'_>, weights: &[f64], rows: &[usize], random: &mut ChaCha8Rng) -> Option<(usize, f64)> {
    let mut best: Option<(f64, (usize, f64))> = None;
    let mut consider = |column: usize, random: &mut ChaCha8Rng| {
        let cells = rows.iter().map(|&row| ground.inputs.row(row)[column]);
        let (low, high) = cells.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
        let cut = low + random.random::<f64>() * (high - low);
        if low < high
            && let Some(gain) = gain(ground, weights, rows, column, cut)
            && best.is_none_or(|(most, _)| gain > most)
        {
            best = Some((gain, (column, cut)));
        }
    };
    for columns in ground.parameters {
        match columns.as_slice() {
            [only] => consider(*only, random),
            several => {
                for _ in 0..several.len().isqrt().max(1) {
                    consider(several[random.random_range(0..several.len())], random);
                }
            }
        }
    }
    best.map(|(_, cut)| cut)
}

/// By how much a cut lowers the weighted sum of squares; `None` when a side keeps too few rows.
fn gain(ground: &Ground<'_>, weights: &[f64], rows: &[usize], column: usize, cut: f64) -> Option<f64> {
    // Count, weight and weighted sum below and above.
    let mut sides = [(0usize, 0.0f64, 0.0f64); 2];
    for &row in rows {
        let side = &mut sides[usize::from(ground.inputs.row(row)[column] > cut)];
        side.0 += 1;
        side.1 += weights[row];
        side.2 += weights[row] * ground.outputs[row];
    }
    let sound = sides.iter().all(|(count, weight, _)| *count >= ground.leaf && *weight > 0.0);
    sound.then(|| sides.iter().map(|(_, weight, sum)| sum * sum / weight).sum())
}

/// Weighted mean and variance.
fn moments(outputs: &[f64], weights: &[f64], rows: &[usize]) -> (f64, f64) {
    let total: f64 = rows.iter().map(|&row| weights[row]).sum();
    if total <= 0.0 {
        return (0.0, 1.0);
    }
    let mean = rows.iter().map(|&row| weights[row] * outputs[row]).sum::<f64>() / total;
    let variance = rows.iter().map(|&row| weights[row] * (outputs[row] - mean).powi(2)).sum::<f64>() / total;
    (mean, variance)
}

/// Brings the rows for which `first` holds to the front, in their order; returns how many they are.
fn partition(rows: &mut [usize], first: impl Fn(&usize) -> bool) -> usize {
    let (mut front, back): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| first(row));
    let count = front.len();
    front.extend(back);
    rows.copy_from_slice(&front);
    count
}
