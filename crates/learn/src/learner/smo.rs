//! Sequential minimal optimisation: two weights of support vectors at a time.

use pulp::{Arch, NullaryFnOnce};

/// Heights of bells between all rows, column by column; columns end in zeros, to a multiple of [`BLOCK`].
#[derive(Debug, Clone)]
pub(super) struct Bells {
    size: usize,
    stride: usize,
    cells: Vec<f32>,
}

/// Rows compared at once, and rows among which the best is then looked for one by one.
const LANES: usize = 8;
const BLOCK: usize = 64;

impl Bells {
    /// None yet, between so many rows.
    pub(super) fn new(size: usize) -> Self {
        let stride = size.next_multiple_of(BLOCK);
        Self { size, stride, cells: vec![0.0; size * stride] }
    }

    pub(super) fn column(&self, row: usize) -> &[f32] {
        &self.cells[row * self.stride..][..self.size]
    }

    pub(super) fn column_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.cells[row * self.stride..][..self.size]
    }

    /// Those between some of the rows.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let mut part = Self::new(rows.len());
        for (place, &row) in rows.iter().enumerate() {
            let column = self.column(row);
            part.column_mut(place).iter_mut().zip(rows).for_each(|(cell, &other)| *cell = column[other]);
        }
        part
    }

    fn padded(&self, row: usize) -> &[f32] {
        &self.cells[row * self.stride..][..self.stride]
    }
}

/// Weights of the rows, and how far the sum of bells is below every target.
#[derive(Debug, Clone)]
pub(super) struct State {
    targets: Vec<f64>,
    pub(super) weights: Vec<f64>,
    left: Vec<f64>,
    pub(super) constant: f64,
}

impl State {
    /// No weights yet.
    pub(super) fn new(targets: Vec<f64>) -> Self {
        let mut left = targets.clone();
        left.resize(targets.len().next_multiple_of(BLOCK), 0.0);
        Self { weights: vec![0.0; targets.len()], left, constant: 0.0, targets }
    }
}

/// What holds for weights.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Largest size of a weight.
    pub(super) bound: f64,
    /// Error that costs nothing.
    pub(super) width: f64,
    /// Whether weights have the sign of their target (classes) or either (numbers).
    pub(super) one_sided: bool,
    /// Largest error at which the search ends.
    pub(super) tolerance: f64,
}

impl Limits {
    /// Smallest and largest weight of a row.
    fn range(&self, target: f64) -> (f64, f64) {
        let low = if self.one_sided && target > 0.0 { 0.0 } else { -self.bound };
        let high = if self.one_sided && target <= 0.0 { 0.0 } else { self.bound };
        (low, high)
    }
}

/// Rounds per row after which the search is given up.
const ROUNDS: usize = 200;
/// Smallest curvature.
const FLAT: f64 = 1e-12;

/// Moves the weights, from where they are, to those of least cost. A smaller bound than that they were found with is no
/// start to go on from.
///
/// Source: Fan, Chen & Lin, J. Mach. Learn. Res. 6, 1889 (2005), working set selection 2. The two weights of a row, one for
/// errors above and one for errors below, are held as one: at most one of them is not zero.
pub(super) fn solve(bells: &Bells, state: &mut State, limits: Limits) {
    let infinite = |sign: f64| vec![sign * f64::INFINITY; state.left.len()];
    let (up, down) = (infinite(-1.0), infinite(1.0));
    Arch::new().dispatch(Search { bells, state, limits, up, down });
}

/// A type, not a closure: compiled once for every kind of processor.
struct Search<'a> {
    bells: &'a Bells,
    state: &'a mut State,
    limits: Limits,
    /// What is added to what is left of a row to have the gain of a larger, or a smaller, weight; infinite where the
    /// weight is at its limit.
    up: Vec<f64>,
    down: Vec<f64>,
}

impl NullaryFnOnce for Search<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let size = self.state.weights.len();
        (0..size).for_each(|row| self.mark(row));
        for _ in 0..ROUNDS * size.max(50) {
            let (most, lowest, block) = self.extremes();
            if !most.is_finite() {
                break;
            }
            self.state.constant = if lowest.is_finite() { 0.5 * (most + lowest) } else { most };
            if most - lowest < self.limits.tolerance {
                break;
            }
            let rows = block..block + BLOCK;
            let Some(up) = rows.clone().find(|&row| self.state.left[row] + self.up[row] == most) else { break };
            let Some(down) = self.partner(up, most) else { break };
            self.step(up, down, most);
        }
    }
}

impl Search<'_> {
    /// Which ways the weight of a row may go.
    fn mark(&mut self, row: usize) {
        let (low, high) = self.limits.range(self.state.targets[row]);
        let (weight, width) = (self.state.weights[row], self.limits.width);
        self.up[row] = match weight {
            w if w >= high => f64::NEG_INFINITY,
            w if w < 0.0 => width,
            _ => -width,
        };
        self.down[row] = match weight {
            w if w <= low => f64::INFINITY,
            w if w > 0.0 => -width,
            _ => width,
        };
    }

    /// Largest gain of a larger weight, smallest of a smaller one, and the block with the first.
    #[inline(always)]
    fn extremes(&self) -> (f64, f64, usize) {
        let (mut most, mut lowest, mut at) = (f64::NEG_INFINITY, f64::INFINITY, 0);
        let blocks = self.state.left.as_chunks::<BLOCK>().0.iter();
        let blocks = blocks.zip(self.up.as_chunks::<BLOCK>().0).zip(self.down.as_chunks::<BLOCK>().0);
        for (number, ((left, up), down)) in blocks.enumerate() {
            let (mut high, mut low) = ([f64::NEG_INFINITY; LANES], [f64::INFINITY; LANES]);
            for first in (0..BLOCK).step_by(LANES) {
                for k in 0..LANES {
                    let (rise, fall) = (left[first + k] + up[first + k], left[first + k] + down[first + k]);
                    high[k] = if rise > high[k] { rise } else { high[k] };
                    low[k] = if fall < low[k] { fall } else { low[k] };
                }
            }
            let high = high.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
            lowest = low.iter().fold(lowest, |a, b| a.min(*b));
            if high > most {
                (most, at) = (high, number * BLOCK);
            }
        }
        (most, lowest, at)
    }

    /// The row whose weight gives most when it goes down as that of `up` goes up.
    #[inline(always)]
    fn partner(&self, up: usize, most: f64) -> Option<usize> {
        let column = self.bells.padded(up);
        // Every bell has height 1.
        let gain = |left: f64, down: f64, bell: f32| {
            let gap = most - (left + down);
            let curvature = 2.0 - 2.0 * f64::from(bell);
            let gain = gap * gap / if curvature > FLAT { curvature } else { FLAT };
            if gap > 0.0 { gain } else { 0.0 }
        };
        let (mut best, mut at) = (0.0, 0);
        let blocks = self.state.left.as_chunks::<BLOCK>().0.iter();
        let blocks = blocks.zip(self.down.as_chunks::<BLOCK>().0).zip(column.as_chunks::<BLOCK>().0);
        for (number, ((left, down), bells)) in blocks.enumerate() {
            let mut gains = [0.0; LANES];
            for first in (0..BLOCK).step_by(LANES) {
                for k in 0..LANES {
                    let own = gain(left[first + k], down[first + k], bells[first + k]);
                    gains[k] = if own > gains[k] { own } else { gains[k] };
                }
            }
            let own = gains.iter().fold(0.0f64, |a, b| a.max(*b));
            if own > best {
                (best, at) = (own, number * BLOCK);
            }
        }
        let own = |row: usize| gain(self.state.left[row], self.down[row], column[row]);
        (at..at + BLOCK).find(|&row| best > 0.0 && own(row) == best)
    }

    /// Moves two weights against each other, to their limits or to zero at most.
    #[inline(always)]
    fn step(&mut self, up: usize, down: usize, most: f64) {
        let (rising, falling) = (self.bells.padded(up), self.bells.padded(down));
        let curvature = (2.0 - 2.0 * f64::from(rising[down])).max(FLAT);
        let gap = most - (self.state.left[down] + self.down[down]);
        let to = |row: usize, rises: bool| {
            let (low, high) = self.limits.range(self.state.targets[row]);
            match (rises, self.state.weights[row]) {
                (true, weight) => {
                    if weight < 0.0 {
                        0.0
                    } else {
                        high
                    }
                }
                (false, weight) => {
                    if weight > 0.0 {
                        0.0
                    } else {
                        low
                    }
                }
            }
        };
        let (to_up, to_down) = (to(up, true), to(down, false));
        let (room_up, room_down) = (to_up - self.state.weights[up], self.state.weights[down] - to_down);
        let step = (gap / curvature).min(room_up).min(room_down);
        let weights = &mut self.state.weights;
        weights[up] = if step < room_up { weights[up] + step } else { to_up };
        weights[down] = if step < room_down { weights[down] - step } else { to_down };
        for ((left, a), b) in self.state.left.iter_mut().zip(rising).zip(falling) {
            *left -= step * (f64::from(*a) - f64::from(*b));
        }
        self.mark(up);
        self.mark(down);
    }
}
