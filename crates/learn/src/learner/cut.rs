//! The best cut of a column from its histogram.

use pulp::NullaryFnOnce;

/// A cut between two bins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) gain: f64,
    pub(super) column: u32,
    /// Last occupied bin below, first occupied bin above (the same when only missing cells are above).
    pub(super) last: usize,
    pub(super) next: usize,
    pub(super) missing_below: bool,
}

/// Penalty on squared values of leaves.
pub(super) const PENALTY: f64 = 1.0;
const LEAST_GAIN: f64 = 1e-12;
/// Share of the mean second derivative up to which a sum counts as none.
const EMPTY: f64 = 1e-9;
/// Columns that one thread takes at a time.
const CHUNK: usize = 32;
/// Bins compared at once.
const LANES: usize = 8;
/// Most bins of a column, and more so that all come in whole groups.
const MOST: usize = 256;

/// The columns of a tree.
pub(super) struct Columns<'a> {
    pub(super) numbers: &'a [u32],
    /// Where the histogram of each begins, and where the last ends.
    pub(super) offsets: Vec<usize>,
}

/// Some columns, their part of a histogram, and where that begins.
pub(super) struct Piece<'a> {
    pub(super) places: &'a [u32],
    pub(super) cells: &'a mut [[f64; 2]],
    pub(super) start: usize,
}

impl Columns<'_> {
    pub(super) fn pieces<'b>(&self, places: &'b [u32], histogram: &'b mut [[f64; 2]]) -> Vec<Piece<'b>> {
        let (mut pieces, mut rest, mut done) = (Vec::new(), histogram, 0);
        for places in places.chunks(CHUNK) {
            let [start, end] = [places[0], places[places.len() - 1] + 1].map(|place| self.offsets[place as usize]);
            let (cells, beyond) = rest[start - done..].split_at_mut(end - start);
            pieces.push(Piece { places, cells, start });
            (rest, done) = (beyond, end);
        }
        pieces
    }

    /// Where the histogram of a column is in its piece.
    pub(super) fn range(&self, place: u32, start: usize) -> std::ops::Range<usize> {
        self.offsets[place as usize] - start..self.offsets[place as usize + 1] - start
    }
}

/// The cut with the larger gain, the first of equal ones.
pub(super) fn better(a: Option<Cut>, b: Option<Cut>) -> Option<Cut> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.gain > a.gain { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// A search for the best cut of a piece, and for the columns that may be cut at all. A type, not a closure: compiled once
/// for every kind of processor.
pub(super) struct Search<'a> {
    /// Smallest sum of second derivatives of a side.
    pub(super) leaf: f64,
    pub(super) total: [f64; 2],
    pub(super) rows: usize,
    pub(super) columns: &'a Columns<'a>,
    /// Sums of derivatives per bin of each column, those of missing cells last.
    pub(super) piece: Piece<'a>,
    /// What is to be taken off first.
    pub(super) sibling: Option<&'a [[f64; 2]]>,
}

/// Sums of all bins up to each, and how many of them there are (more, that add nothing, up to whole groups).
struct Sums {
    first: [f64; MOST],
    second: [f64; MOST],
    count: usize,
}

impl NullaryFnOnce for Search<'_> {
    type Output = (Option<Cut>, Vec<u32>);

    #[inline(always)]
    fn call(self) -> (Option<Cut>, Vec<u32>) {
        let (mut best, mut possible): (Option<Cut>, Vec<u32>) = (None, Vec::with_capacity(self.piece.places.len()));
        let mut sums = Sums { first: [0.0; MOST], second: [0.0; MOST], count: 0 };
        for &place in self.piece.places {
            let range = self.columns.range(place, self.piece.start);
            let cells = &mut self.piece.cells[range.clone()];
            if let Some(sibling) = self.sibling {
                let own = &sibling[self.piece.start..][range];
                cells.iter_mut().zip(own).for_each(|(all, part)| *all = [all[0] - part[0], all[1] - part[1]]);
            }
            let scan =
                Scan { leaf: self.leaf, total: self.total, empty: EMPTY * self.total[1] / self.rows.max(1) as f64 };
            let beat = best.map_or(LEAST_GAIN, |cut| cut.gain);
            if let Some(found) = scan.best(cells, &mut sums, beat) {
                possible.push(place);
                let column = self.columns.numbers[place as usize];
                best = found.map(|cut| Cut { column, ..cut }).or(best);
            }
        }
        (best, possible)
    }
}

struct Scan {
    leaf: f64,
    total: [f64; 2],
    /// Sums of second derivatives up to this are crumbs of differences.
    empty: f64,
}

impl Scan {
    /// The best cut if its gain is more than `beat`; nothing at all when every cut leaves too little on a side.
    #[inline(always)]
    fn best(&self, histogram: &[[f64; 2]], sums: &mut Sums, beat: f64) -> Option<Option<Cut>> {
        let (missed, known) = histogram.split_last()?;
        let mut sum = [0.0; 2];
        sums.count = known.len().min(MOST).next_multiple_of(LANES);
        for (bin, own) in known.iter().enumerate().take(MOST) {
            sum = [sum[0] + own[0], sum[1] + own[1]];
            (sums.first[bin], sums.second[bin]) = (sum[0], sum[1]);
        }
        for bin in known.len().min(MOST)..sums.count {
            (sums.first[bin], sums.second[bin]) = (0.0, f64::NEG_INFINITY);
        }
        let gaps = missed[1] > self.empty;
        let mut gain = self.highest(sums, [0.0; 2]);
        let mut more = [0.0; 2];
        if gaps {
            let other = self.highest(sums, *missed);
            if other > gain {
                (gain, more) = (other, *missed);
            }
        }
        if gain == f64::NEG_INFINITY {
            return None;
        }
        if gain <= beat {
            return Some(None);
        }
        let bin = (0..known.len()).find(|&bin| self.gain(sums, bin, more) == gain)?;
        let occupied = |bin: &usize| known[*bin][1] > self.empty;
        let last = (0..=bin).rev().find(occupied)?;
        let next = (bin + 1..known.len()).find(occupied).unwrap_or(last);
        let missing_below = if gaps { more[1] > 0.0 } else { 2.0 * sums.second[bin] >= self.total[1] };
        Some(Some(Cut { gain, column: 0, last, next, missing_below }))
    }

    /// Gain of a cut after a bin, with `more` below it, too; minus infinity when it leaves too little on a side.
    #[inline(always)]
    fn gain(&self, sums: &Sums, bin: usize, more: [f64; 2]) -> f64 {
        let [first, second] = self.total;
        let low = [sums.first[bin] + more[0], sums.second[bin] + more[1]];
        let high = [first - low[0], second - low[1]];
        let (below, above) = (low[1] + PENALTY, high[1] + PENALTY);
        let gain = (low[0] * low[0] * above + high[0] * high[0] * below) / (below * above)
            - first * first / (second + PENALTY);
        let enough = (low[1] >= self.leaf) & (high[1] >= self.leaf);
        if enough { gain } else { f64::NEG_INFINITY }
    }

    #[inline(always)]
    fn highest(&self, sums: &Sums, more: [f64; 2]) -> f64 {
        let mut most = [f64::NEG_INFINITY; LANES];
        for start in (0..sums.count).step_by(LANES) {
            for (k, most) in most.iter_mut().enumerate() {
                let gain = self.gain(sums, start + k, more);
                *most = if gain > *most { gain } else { *most };
            }
        }
        most.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b))
    }
}
