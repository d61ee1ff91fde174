//! How the readings are distributed.

use super::{ends, histogram, mean};
use crate::feature::series::median;

/// Middle of the fullest of some bins; the mean of the middles where several are.
pub(super) fn mode(z: &[f64], bins: usize) -> f64 {
    let (low, high) = ends(z);
    let counts = histogram(z, (low, high), bins);
    let fullest = counts.iter().copied().max().unwrap_or(0);
    let width = (high - low) / bins as f64;
    let full = counts.iter().enumerate().filter(|(_, count)| **count == fullest);
    let middles: Vec<f64> = full.map(|(bin, _)| low + (bin as f64 + 0.5) * width).collect();
    mean(&middles)
}

/// Mutual information between the series and itself some rows later, both in bins of equal width.
pub(super) fn mutual_information(z: &[f64], lag: usize, bins: usize) -> f64 {
    // Bins a little wider than the series.
    const BEYOND: f64 = 0.1;
    let (low, high) = ends(z);
    let width = (high - low + 2.0 * BEYOND) / bins as f64;
    let bin = |value: f64| (((value - low + BEYOND) / width) as usize).min(bins - 1);
    let pairs = (z.len() - lag) as f64;
    let mut joint = vec![0.0; bins * bins];
    for (now, later) in z.iter().zip(&z[lag..]) {
        joint[bin(*now) * bins + bin(*later)] += 1.0 / pairs;
    }
    let row = |a: usize| joint[a * bins..(a + 1) * bins].iter().sum::<f64>();
    let column = |b: usize| joint.iter().skip(b).step_by(bins).sum::<f64>();
    let (rows, columns): (Vec<f64>, Vec<f64>) = ((0..bins).map(row).collect(), (0..bins).map(column).collect());
    let terms = joint.iter().enumerate().filter(|(_, p)| **p > 0.0);
    terms.map(|(place, p)| p * (p / (rows[place / bins] * columns[place % bins])).ln()).sum()
}

/// Share of the steps larger than 0.04 standard deviations.
pub(super) fn large_steps(z: &[f64]) -> f64 {
    let large = z.windows(2).filter(|pair| (pair[1] - pair[0]).abs() * 1000.0 > 40.0).count();
    large as f64 / (z.len() - 1) as f64
}

/// Where in the series the outliers of one sign are: median over rising thresholds of the median row above them, from
/// -1 (begin) to 1 (end), as long as more than 2 % are above.
pub(super) fn outliers(z: &[f64], sign: f64) -> f64 {
    const STEP: f64 = 0.01;
    const LEAST_PERCENT: f64 = 2.0;
    let rows = z.len() as f64;
    let mut above: Vec<(f64, f64)> =
        z.iter().enumerate().map(|(row, y)| (sign * y, (row + 1) as f64)).filter(|(y, _)| *y >= 0.0).collect();
    let positive = above.len() as f64;
    let highest = above.iter().map(|(y, _)| *y).fold(0.0, f64::max);
    if highest < STEP {
        return 0.0;
    }
    let thresholds = (highest / STEP + 1.0) as usize;
    let (mut middles, mut last, mut single) = (Vec::with_capacity(thresholds), 0, thresholds - 1);
    for number in 0..thresholds {
        // Rows stay in order, so that their median is in the middle.
        above.retain(|(y, _)| *y >= number as f64 * STEP);
        let Some(upper) = above.get(above.len() / 2) else {
            single = single.min(number);
            break;
        };
        let lower = above[(above.len() - 1) / 2];
        middles.push(0.5 * (lower.1 + upper.1) / (0.5 * rows) - 1.0);
        if (above.len() as f64 - 1.0) * 100.0 / positive > LEAST_PERCENT {
            last = number;
        }
        if above.len() == 1 {
            single = single.min(number);
        }
    }
    let kept = (last.min(single) + 1).min(middles.len());
    if kept == 0 { 0.0 } else { median(&mut middles[..kept]) }
}
