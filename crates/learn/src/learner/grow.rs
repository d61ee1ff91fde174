//! Trees grown to the end on weighted rows: exact best cuts of binned columns, or the best of random cuts.

use rand_chacha::{ChaCha8Rng, rand_core::Rng};

use super::{
    Features,
    bins::{Binned, Bins},
    draws::Draws,
    tree::Tree,
};

/// How cuts are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cuts {
    /// The best of all.
    Best,
    /// The best of one random cut per column.
    Random,
}

/// What trees are grown on.
pub(super) struct Ground<'a> {
    pub(super) features: &'a Features,
    pub(super) bins: &'a Bins,
    /// Row by row, `outputs` values each.
    pub(super) targets: &'a [f64],
    pub(super) outputs: usize,
    pub(super) cuts: Cuts,
    /// Columns that are tried per cut.
    pub(super) tried: usize,
    /// Smallest weight of a leaf.
    pub(super) leaf: f64,
    /// The table row by row, where random cuts are drawn for all columns and there is one output; else empty.
    pub(super) by_rows: &'a [f64],
}

/// A cut of the rows of a node.
#[derive(Debug, Clone, Copy)]
struct Cut {
    gain: f64,
    column: usize,
    at: f64,
    missing_below: bool,
}

/// A node that is still to be cut.
struct Open {
    start: usize,
    end: usize,
    /// So many columns, from the first of the list, vary here or have not been looked at.
    varying: usize,
    /// The cut it is above of.
    above_of: Option<usize>,
}

/// Gains that differ by less than this share count as equal.
const ALIKE: f64 = 1e-12;
/// Share of the sum of squares that may be left for a cut to count as perfect.
const PERFECT: f64 = 1e-12;

struct Grower<'a> {
    ground: &'a Ground<'a>,
    random: &'a mut ChaCha8Rng,
    rows: Vec<u32>,
    columns: Vec<u32>,
    /// Of the rows of the node: weight, and weight times targets.
    weights: Vec<f64>,
    sums: Vec<f64>,
    /// Per bin: weight, then sums.
    histogram: Vec<f64>,
    total: Vec<f64>,
    cells: Vec<f64>,
    draws: Draws<'a>,
}

/// Rows of a node from which all columns are drawn at once, and the share of them that must vary.
const AT_ONCE: usize = 3;
const VARYING: usize = 4;

impl Ground<'_> {
    /// A tree on the rows whose weight is above 0.
    pub(super) fn grow(&self, weights: &[f64], random: &mut ChaCha8Rng) -> Tree {
        let stride = self.outputs + 1;
        let rows: Vec<u32> = (0..weights.len() as u32).filter(|&row| weights[row as usize] > 0.0).collect();
        let mut grower = Grower {
            ground: self,
            random,
            columns: (0..self.bins.columns.len() as u32).collect(),
            weights: vec![0.0; rows.len()],
            sums: vec![0.0; rows.len() * self.outputs],
            cells: vec![0.0; rows.len()],
            rows,
            histogram: vec![0.0; 256 * stride],
            total: vec![0.0; stride],
            draws: Draws::new(self.by_rows, self.bins.columns.len(), self.bins.columns.iter().any(|own| own.gaps)),
        };
        // The number of outputs known when compiled makes one and few outputs fast.
        match self.outputs {
            1 => grower.tree::<1>(weights),
            3 => grower.tree::<3>(weights),
            _ => grower.tree::<0>(weights),
        }
    }
}

impl Grower<'_> {
    fn tree<const M: usize>(&mut self, weights: &[f64]) -> Tree {
        let mut tree = Tree::default();
        let mut open = vec![Open { start: 0, end: self.rows.len(), varying: self.columns.len(), above_of: None }];
        let mut beyond = Vec::with_capacity(self.rows.len());
        while let Some(mut node) = open.pop() {
            let pure = self.gather::<M>(weights, &node);
            let cover = self.total[0];
            let mean: Vec<f64> = self.total[1..].iter().map(|sum| sum / cover).collect();
            let own = tree.push(cover, &mean);
            if let Some(cut) = node.above_of {
                tree.above[cut] = own as u32;
            }
            if pure || cover < 2.0 * self.ground.leaf {
                continue;
            }
            let Some(cut) = self.best::<M>(&mut node) else { continue };
            let middle = node.start + self.partition(&node, &cut, &mut beyond);
            if middle == node.start || middle == node.end {
                continue;
            }
            tree.split(own, cut.column, cut.at, cut.missing_below);
            let Open { start, end, varying, .. } = node;
            open.push(Open { start: middle, end, varying, above_of: Some(own) });
            open.push(Open { start, end: middle, varying, above_of: None });
        }
        tree
    }

    /// Weights and sums of the rows of a node, and their total; whether all targets are alike.
    fn gather<const M: usize>(&mut self, weights: &[f64], node: &Open) -> bool {
        let outputs = if M > 0 { M } else { self.ground.outputs };
        let targets = self.ground.targets;
        self.total.fill(0.0);
        let first = self.rows[node.start] as usize * outputs;
        let mut pure = true;
        for (place, &row) in self.rows[node.start..node.end].iter().enumerate() {
            let weight = weights[row as usize];
            self.weights[place] = weight;
            self.total[0] += weight;
            for output in 0..outputs {
                let y = targets[row as usize * outputs + output];
                pure &= y == targets[first + output];
                self.sums[place * outputs + output] = weight * y;
                self.total[output + 1] += weight * y;
            }
        }
        pure
    }

    /// The best cut of the columns that are tried; those that turn out constant are set behind the others.
    fn best<const M: usize>(&mut self, node: &mut Open) -> Option<Cut> {
        let squares = self.squares::<M>(node);
        let whole = gain_of(&self.total);
        let perfect = squares - PERFECT * (squares - whole);
        let many = node.end - node.start >= AT_ONCE && VARYING * node.varying >= self.columns.len();
        if many && !self.ground.by_rows.is_empty() {
            return self.best_of_all(node, whole, perfect);
        }
        let mut best: Option<Cut> = None;
        let (mut next, mut found) = (0, 0);
        while next < node.varying && found < self.ground.tried {
            let other = next + self.below(node.varying - next);
            self.columns.swap(next, other);
            let column = self.columns[next] as usize;
            let cut = match self.ground.cuts {
                Cuts::Best => self.search::<M>(node, column),
                Cuts::Random => self.draw::<M>(node, column),
            };
            let Some(cut) = cut else {
                node.varying -= 1;
                self.columns.swap(next, node.varying);
                continue;
            };
            (next, found) = (next + 1, found + 1);
            if is_better(&cut, best, whole) {
                best = Some(cut);
                if cut.gain >= perfect {
                    break;
                }
            }
        }
        best
    }

    /// The best of random cuts of all columns that vary.
    fn best_of_all(&mut self, node: &mut Open, whole: f64, perfect: f64) -> Option<Cut> {
        let rows = node.start..node.end;
        self.draws.look(&self.rows[rows.clone()]);
        let mut next = 0;
        while next < node.varying {
            let other = next + self.below(node.varying - next);
            self.columns.swap(next, other);
            let column = self.columns[next] as usize;
            let (low, high, gaps) =
                (self.draws.lows[column], self.draws.highs[column], self.draws.missing[column] > 0.0);
            let Some((at, missing_below)) = self.somewhere(low, high, gaps) else {
                node.varying -= 1;
                self.columns.swap(next, node.varying);
                continue;
            };
            (self.draws.cuts[column], self.draws.missing_below[column]) = (at, missing_below);
            next += 1;
        }
        self.draws.add_up(&self.rows[rows], &self.weights, &self.sums);
        let mut best: Option<Cut> = None;
        for &column in &self.columns[..node.varying] {
            let column = column as usize;
            let (at, gaps) = (self.draws.cuts[column], self.draws.missing[column] > 0.0);
            let left = [self.draws.weights[column], self.draws.sums[column]];
            let cut = self.judged(column, at, gaps.then_some(self.draws.missing_below[column]), &left);
            if is_better(&cut, best, whole) {
                best = Some(cut);
                if cut.gain >= perfect {
                    break;
                }
            }
        }
        best
    }

    /// Weighted sum of squares of the targets of a node.
    fn squares<const M: usize>(&self, node: &Open) -> f64 {
        let outputs = if M > 0 { M } else { self.ground.outputs };
        let count = node.end - node.start;
        let each = self.weights[..count].iter().zip(self.sums.chunks_exact(outputs));
        each.map(|(weight, sums)| sums.iter().map(|s| s * s).sum::<f64>() / weight).sum()
    }

    /// A random number below `count`.
    fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.random.next_u32()) * count as u64) >> 32) as usize
    }

    /// Brings the rows below a cut to the front of the node's; returns how many they are.
    fn partition(&mut self, node: &Open, cut: &Cut, beyond: &mut Vec<u32>) -> usize {
        let cells = self.ground.features.column(cut.column);
        let rows = &mut self.rows[node.start..node.end];
        beyond.clear();
        let mut count = 0;
        for place in 0..rows.len() {
            let row = rows[place];
            let cell = cells[row as usize];
            if if cell.is_nan() { cut.missing_below } else { cell <= cut.at } {
                rows[count] = row;
                count += 1;
            } else {
                beyond.push(row);
            }
        }
        rows[count..].copy_from_slice(beyond);
        count
    }

    /// The best cut of one column; `None` when it is constant here. A gain of minus infinity: every cut leaves too
    /// little on a side.
    fn search<const M: usize>(&mut self, node: &Open, column: usize) -> Option<Cut> {
        let binned = &self.ground.bins.columns[column];
        let rows = &self.rows[node.start..node.end];
        let outputs = if M > 0 { M } else { self.ground.outputs };
        let stride = outputs + 1;
        let first = binned.codes[rows[0] as usize];
        if rows.iter().all(|&row| binned.codes[row as usize] == first) {
            return None;
        }
        let bins = binned.ranges.len() + usize::from(binned.gaps);
        // Which bins have rows, a bit each; with many rows nearly all have.
        let mut occupied = [if rows.len() > 2 * bins { u64::MAX } else { 0 }; 4];
        let each = rows.iter().zip(&self.weights).zip(self.sums.chunks_exact(outputs));
        for ((&row, weight), sums) in each {
            let code = binned.codes[row as usize];
            occupied[usize::from(code >> 6)] |= 1 << (code & 63);
            let slot = &mut self.histogram[usize::from(code) * stride..][..stride];
            slot[0] += weight;
            slot[1..].iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        }
        Some(self.scan::<M>(binned, column, &occupied))
    }

    /// Reads and clears the histogram.
    fn scan<const M: usize>(&mut self, binned: &Binned, column: usize, occupied: &[u64; 4]) -> Cut {
        let outputs = if M > 0 { M } else { self.ground.outputs };
        let stride = outputs + 1;
        let total = &self.total[..stride];
        let leaf = self.ground.leaf;
        let missing = binned.ranges.len();
        let mut missed = [0.0; 8];
        let mut many = Vec::new();
        let missed: &mut [f64] = if stride <= 8 {
            &mut missed[..stride]
        } else {
            many.resize(stride, 0.0);
            &mut many
        };
        if binned.gaps {
            let slot = &mut self.histogram[missing * stride..][..stride];
            missed.copy_from_slice(slot);
            slot.fill(0.0);
        }
        let mut best = Cut { gain: f64::NEG_INFINITY, column, at: f64::INFINITY, missing_below: true };
        let mut bins = (f64::NAN, usize::MAX, usize::MAX);
        let mut left = [0.0; 8];
        let mut long = Vec::new();
        let left: &mut [f64] = if stride <= 8 {
            &mut left[..stride]
        } else {
            long.resize(stride, 0.0);
            &mut long
        };
        let mut before = usize::MAX;
        let mut consider = |left: &[f64], extra: Option<&[f64]>, below: usize, above: usize| {
            let with = |i: usize| left[i] + extra.map_or(0.0, |extra| extra[i]);
            let low = with(0);
            let high = total[0] - low;
            if low < leaf || high < leaf {
                return;
            }
            let (mut a, mut b) = (0.0, 0.0);
            for (i, all) in total.iter().enumerate().skip(1) {
                let sum = with(i);
                a += sum * sum;
                b += (all - sum) * (all - sum);
            }
            let gain = a / low + b / high;
            if gain > best.gain {
                best.gain = gain;
                best.missing_below = if missed[0] > 0.0 { extra.is_some() } else { 2.0 * low >= total[0] };
                bins = (0.0, below, above);
            }
        };
        for (word, bits) in occupied.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let bin = 64 * word + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if bin >= missing {
                    break;
                }
                let slot = &mut self.histogram[bin * stride..][..stride];
                if slot[0] <= 0.0 {
                    continue;
                }
                if before != usize::MAX {
                    consider(left, None, before, bin);
                    if missed[0] > 0.0 {
                        consider(left, Some(missed), before, bin);
                    }
                }
                left.iter_mut().zip(&mut *slot).for_each(|(sum, own)| *sum += std::mem::take(own));
                before = bin;
            }
        }
        if missed[0] > 0.0 && before != usize::MAX {
            consider(left, None, before, usize::MAX);
        }
        let (_, below, above) = bins;
        if below != usize::MAX {
            // All that is known on one side, what is missing on the other.
            best.at = if above == usize::MAX { f64::MAX } else { binned.between(below, above) };
        }
        best
    }

    /// A random cut of one column; `None` when it is constant here.
    ///
    /// Source: Geurts, Ernst & Wehenkel, Mach. Learn. 63, 3 (2006).
    fn draw<const M: usize>(&mut self, node: &Open, column: usize) -> Option<Cut> {
        let outputs = if M > 0 { M } else { self.ground.outputs };
        let cells = self.ground.features.column(column);
        let rows = &self.rows[node.start..node.end];
        let picked = &mut self.cells[..rows.len()];
        let (low, high, gaps) = pick(cells, rows, picked);
        let (at, missing_below) = self.somewhere(low, high, gaps)?;
        let picked = &self.cells[..self.rows[node.start..node.end].len()];
        let mut left = [0.0; 8];
        let mut long = Vec::new();
        let stride = outputs + 1;
        let left: &mut [f64] = if stride <= 8 {
            &mut left[..stride]
        } else {
            long.resize(stride, 0.0);
            &mut long
        };
        let is_below = |cell: f64| cell <= at || cell.is_nan() & missing_below;
        if outputs == 1 {
            left.copy_from_slice(&sums_where(picked, &self.weights, &self.sums, is_below));
        } else {
            let each = picked.iter().zip(&self.weights).zip(self.sums.chunks_exact(outputs));
            for ((_, weight), sums) in each.filter(|((cell, _), _)| is_below(**cell)) {
                left[0] += weight;
                left[1..].iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
            }
        }
        Some(self.judged(column, at, gaps.then_some(missing_below), left))
    }

    /// A random place between two numbers, and whether missing cells go below; `None` when all is the same.
    fn somewhere(&mut self, low: f64, high: f64, gaps: bool) -> Option<(f64, bool)> {
        if !(low < high || gaps && low <= high) {
            return None;
        }
        let share = f64::from(self.random.next_u32()) / 2f64.powi(32);
        let missing_below = if gaps { self.random.next_u32() & 1 == 0 } else { true };
        let drawn = low + share * (high - low);
        let at = match low < high {
            true if drawn < high => drawn,
            true => low,
            false => f64::MAX,
        };
        // With one value besides the gaps these must go apart.
        Some((at, missing_below && low < high))
    }

    /// A cut with so much weight, and these sums, below it.
    fn judged(&self, column: usize, at: f64, missing_below: Option<bool>, left: &[f64]) -> Cut {
        let below = left[0];
        let above = self.total[0] - below;
        let gain = if below < self.ground.leaf || above < self.ground.leaf {
            f64::NEG_INFINITY
        } else {
            let right: f64 = self.total[1..].iter().zip(&left[1..]).map(|(all, own)| (all - own) * (all - own)).sum();
            gain_of(left) + right / above
        };
        let missing_below = missing_below.unwrap_or(2.0 * below >= self.total[0]);
        Cut { gain, column, at, missing_below }
    }
}

/// Whether a cut is clearly better than the best so far, or than none.
fn is_better(cut: &Cut, best: Option<Cut>, whole: f64) -> bool {
    cut.gain > best.map_or(whole * (1.0 - ALIKE), |best| best.gain * (1.0 + ALIKE))
}

/// Rows taken at once, so that they need not wait for each other.
const LANES: usize = 4;

/// Copies the cells of some rows; returns the smallest and largest, and whether one is missing.
fn pick(cells: &[f64], rows: &[u32], picked: &mut [f64]) -> (f64, f64, bool) {
    let (mut lows, mut highs, mut gaps) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES], [false; LANES]);
    let (groups, rest) = rows.as_chunks::<LANES>();
    let (picked, picked_rest) = picked.as_chunks_mut::<LANES>();
    let mut look = |k: usize, cell: f64| {
        lows[k] = if cell < lows[k] { cell } else { lows[k] };
        highs[k] = if cell > highs[k] { cell } else { highs[k] };
        gaps[k] |= cell.is_nan();
        cell
    };
    for (rows, picked) in groups.iter().zip(picked) {
        for k in 0..LANES {
            picked[k] = look(k, cells[rows[k] as usize]);
        }
    }
    rest.iter().zip(picked_rest).for_each(|(&row, picked)| *picked = look(0, cells[row as usize]));
    let low = lows.iter().fold(f64::INFINITY, |a, b| a.min(*b));
    let high = highs.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    (low, high, gaps.contains(&true))
}

/// Weight, and sum of the only output, of the rows whose cell is as wanted.
fn sums_where(cells: &[f64], weights: &[f64], sums: &[f64], is_wanted: impl Fn(f64) -> bool) -> [f64; 2] {
    let mut totals = [[0.0; LANES]; 2];
    let mut add = |k: usize, cell: f64, weight: f64, sum: f64| {
        let wanted = is_wanted(cell);
        totals[0][k] += if wanted { weight } else { 0.0 };
        totals[1][k] += if wanted { sum } else { 0.0 };
    };
    let (groups, rest) = cells.as_chunks::<LANES>();
    let (weights, sums) = (&weights[..cells.len()], &sums[..cells.len()]);
    let (weights, weights_rest) = weights.as_chunks::<LANES>();
    let (sums, sums_rest) = sums.as_chunks::<LANES>();
    for ((cells, weights), sums) in groups.iter().zip(weights).zip(sums) {
        (0..LANES).for_each(|k| add(k, cells[k], weights[k], sums[k]));
    }
    let rest = rest.iter().zip(weights_rest).zip(sums_rest);
    rest.for_each(|((cell, weight), sum)| add(0, *cell, *weight, *sum));
    totals.map(|totals| totals.iter().sum())
}

/// Squared sums by weight: how much of the sum of squares the mean explains.
fn gain_of(total: &[f64]) -> f64 {
    total[1..].iter().map(|sum| sum * sum).sum::<f64>() / total[0]
}
