//! Series as sequences of symbols.

use super::{Standard, mean};

/// Longest run of readings above the mean.
pub(super) fn longest_above_mean(z: &[f64]) -> f64 {
    let middle = mean(z);
    longest(z[..z.len() - 1].iter().map(|y| y - middle > 0.0))
}

/// Longest run of falling steps.
pub(super) fn longest_fall(z: &[f64]) -> f64 {
    longest(z.windows(2).map(|pair| pair[1] < pair[0]))
}

/// Longest distance between symbols that do not count, the ends of the sequence taken for such.
fn longest(counting: impl ExactSizeIterator<Item = bool>) -> f64 {
    let (last, mut begin, mut best) = (counting.len().saturating_sub(1), 0, 0);
    for (place, counts) in counting.enumerate() {
        if !counts || place == last {
            best = best.max(place - begin);
            begin = place;
        }
    }
    best as f64
}

/// Three groups of as equal size as can be: 0, 1, 2 from low to high.
fn terciles(values: &[f64]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let limits = [quantile(&sorted, 1.0 / 3.0), quantile(&sorted, 2.0 / 3.0)];
    values.iter().map(|value| limits.iter().filter(|limit| value > *limit).count()).collect()
}

/// Interpolated between the middles of the rows.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len() as f64 - 0.5).clamp(0.0, (sorted.len() - 1) as f64);
    let low = place.floor() as usize;
    let (below, above) = (sorted[low], sorted[(low + 1).min(sorted.len() - 1)]);
    below + (place - low as f64) * (above - below)
}

/// Entropy \[nat\] of successive pairs of terciles.
pub(super) fn pair_entropy(z: &[f64]) -> f64 {
    let groups = terciles(z);
    let mut counts = [0_usize; 9];
    groups.windows(2).for_each(|pair| counts[pair[0] * 3 + pair[1]] += 1);
    let all = (z.len() - 1) as f64;
    counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / all).map(|p| -p * p.ln()).sum()
}

/// Sum of the variances of the columns of the matrix of transitions between terciles, of every so-manieth reading that
/// the autocorrelation takes to vanish.
pub(super) fn transitions(s: &Standard) -> f64 {
    let step = s.first_zero().max(1);
    let thinned: Vec<f64> = s.z.iter().step_by(step).copied().collect();
    if thinned.len() < 2 {
        return 0.0;
    }
    let groups = terciles(&thinned);
    let mut share = [[0.0; 3]; 3];
    groups.windows(2).for_each(|pair| share[pair[0]][pair[1]] += 1.0 / (thinned.len() - 1) as f64);
    let variance = |column: usize| super::deviation(&share.map(|row| row[column])).powi(2);
    (0..3).map(variance).sum()
}
