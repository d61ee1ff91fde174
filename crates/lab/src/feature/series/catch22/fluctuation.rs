//! Fluctuation analysis: how the size of fluctuations grows with the length of the windows they are seen in.
//!
//! Source: Peng et al., Phys. Rev. E 49, 1685 (1994); windows evenly spaced in their logarithm, from 5 rows to half.

use super::ends;

const WINDOWS: usize = 50;
const FEWEST_WINDOWS: usize = 12;
/// Points on each of the two lines.
const FEWEST_POINTS: usize = 6;

/// Where the log-log curve of the ranges bends: share of the windows before the bend.
pub(super) fn rescaled_range(z: &[f64]) -> f64 {
    bend(z, 1, |window| {
        let (low, high) = ends(window);
        (high - low) * (high - low)
    })
}

/// The same of root mean squares, of every second reading.
pub(super) fn detrended(z: &[f64]) -> f64 {
    bend(z, 2, |window| window.iter().map(|y| y * y).sum::<f64>() / window.len() as f64)
}

fn bend(z: &[f64], step: usize, size: impl Fn(&[f64]) -> f64) -> f64 {
    let lengths = lengths(z.len());
    if lengths.len() < FEWEST_WINDOWS {
        return 0.0;
    }
    let mut sum = 0.0;
    let sums: Vec<f64> = (0..z.len() / step)
        .map(|k| {
            sum += z[k * step];
            sum
        })
        .collect();
    let fluctuation = |length: &usize| {
        let windows = sums.chunks_exact(*length);
        let count = windows.len().max(1) as f64;
        (windows.map(|window| size(&without_line(window))).sum::<f64>() / count).sqrt()
    };
    let sizes: Vec<f64> = lengths.iter().map(|length| fluctuation(length).ln()).collect();
    let lengths: Vec<f64> = lengths.iter().map(|length| (*length as f64).ln()).collect();
    let all = sizes.len();
    // The point of the bend belongs to both lines.
    let misfit = |k: usize| rest(&lengths[..k], &sizes[..k]) + rest(&lengths[k - 1..], &sizes[k - 1..]);
    let places = FEWEST_POINTS..all - FEWEST_POINTS + 1;
    let best = places.min_by(|a, b| misfit(*a).total_cmp(&misfit(*b))).unwrap_or(all);
    best as f64 / all as f64
}

fn lengths(rows: usize) -> Vec<usize> {
    let (low, high) = (5.0_f64.ln(), ((rows / 2) as f64).ln());
    let length = |k: usize| (low + (high - low) * k as f64 / (WINDOWS - 1) as f64).exp().round() as usize;
    let mut lengths: Vec<usize> = (0..WINDOWS).map(length).collect();
    lengths.dedup();
    lengths
}

/// What the line of least squares over the rows leaves.
fn without_line(window: &[f64]) -> Vec<f64> {
    let middle = 0.5 * (window.len() - 1) as f64;
    let level = window.iter().sum::<f64>() / window.len() as f64;
    let (mut above, mut below) = (0.0, 0.0);
    for (k, y) in window.iter().enumerate() {
        let t = k as f64 - middle;
        above += t * (y - level);
        below += t * t;
    }
    let slope = above / below;
    window.iter().enumerate().map(|(k, y)| y - level - slope * (k as f64 - middle)).collect()
}

/// Root of the squares that a line of least squares leaves.
fn rest(x: &[f64], y: &[f64]) -> f64 {
    let (level, slope, middle) = super::super::line(x, y);
    x.iter().zip(y).map(|(x, y)| (y - level - slope * (x - middle)).powi(2)).sum::<f64>().sqrt()
}
