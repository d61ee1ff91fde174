//! Sequential minimal optimisation: two weights of support vectors at a time.

use faer::Mat;

/// A weight between 0 and the bound that counts with its sign for a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    row: usize,
    sign: f64,
    /// Where the sum of bells should be at the row when the weight is inside its bounds.
    wanted: f64,
    weight: f64,
}

impl Entry {
    pub(super) fn new(row: usize, sign: f64, wanted: f64) -> Self {
        Self { row, sign, wanted, weight: 0.0 }
    }

    fn may_rise(&self, bound: f64) -> bool {
        if self.sign > 0.0 { self.weight < bound } else { self.weight > 0.0 }
    }

    fn may_fall(&self, bound: f64) -> bool {
        if self.sign > 0.0 { self.weight > 0.0 } else { self.weight < bound }
    }
}

/// Rounds per entry after which the search is given up.
const ROUNDS: usize = 100;
/// Smallest curvature.
const FLAT: f64 = 1e-12;

/// Signed weight of every row, and the constant.
///
/// Source: Fan, Chen & Lin, J. Mach. Learn. Res. 6, 1889 (2005), working set selection 2.
pub(super) fn solve(kernel: &Mat<f32>, mut entries: Vec<Entry>, bound: f64, tolerance: f64) -> (Vec<f64>, f64) {
    let size = kernel.nrows();
    // Sum of bells at every row.
    let mut sums = vec![0.0f64; size];
    let mut constant = 0.0;
    for _ in 0..ROUNDS * entries.len().max(100) {
        let lack = |entry: &Entry, sums: &[f64]| entry.wanted - sums[entry.row];
        let mut first: Option<(f64, usize)> = None;
        let mut lowest = f64::INFINITY;
        for (number, entry) in entries.iter().enumerate() {
            let own = lack(entry, &sums);
            if entry.may_rise(bound) && first.is_none_or(|(most, _)| own > most) {
                first = Some((own, number));
            }
            if entry.may_fall(bound) && own < lowest {
                lowest = own;
            }
        }
        let Some((most, up)) = first else { break };
        constant = if lowest.is_finite() { 0.5 * (most + lowest) } else { most };
        if most - lowest < tolerance {
            break;
        }
        let column = kernel.col_as_slice(entries[up].row);
        let own = f64::from(column[entries[up].row]);
        let mut second: Option<(f64, usize, f64)> = None;
        for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.may_fall(bound)) {
            let gap = most - lack(entry, &sums);
            if gap > 0.0 {
                // Every bell has height 1.
                let curvature = (own + 1.0 - 2.0 * f64::from(column[entry.row])).max(FLAT);
                let gain = gap * gap / curvature;
                if second.is_none_or(|(best, ..)| gain > best) {
                    second = Some((gain, number, gap / curvature));
                }
            }
        }
        let Some((_, down, step)) = second else { break };
        let room = |entry: &Entry, rises: bool| {
            if (entry.sign > 0.0) == rises { bound - entry.weight } else { entry.weight }
        };
        let step = step.min(room(&entries[up], true)).min(room(&entries[down], false));
        for (number, change) in [(up, step), (down, -step)] {
            let entry = &mut entries[number];
            entry.weight = (entry.weight + entry.sign * change).clamp(0.0, bound);
        }
        let other = kernel.col_as_slice(entries[down].row);
        for ((sum, a), b) in sums.iter_mut().zip(column).zip(other) {
            *sum += step * (f64::from(*a) - f64::from(*b));
        }
    }
    let mut weights = vec![0.0; size];
    entries.iter().for_each(|entry| weights[entry.row] += entry.sign * entry.weight);
    (weights, constant)
}
