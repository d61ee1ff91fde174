//! Periods and frequencies.

use std::f64::consts::PI;

use super::{correlation::autocovariance, mean};
use crate::feature::fourier;

/// Power density over angular frequency per row, of the whole series with a rectangular window.
fn power(z: &[f64]) -> (Vec<f64>, f64) {
    let (rows, length) = (z.len(), z.len().next_power_of_two());
    let transform = fourier::forward(length);
    let (mut input, mut spectrum) = (transform.make_input_vec(), transform.make_output_vec());
    let middle = mean(z);
    input.iter_mut().zip(z).for_each(|(place, value)| *place = value - middle);
    // Lengths fit by construction.
    let _ = transform.process(&mut input, &mut spectrum);
    let last = spectrum.len() - 1;
    let density = |(place, value): (usize, &realfft::num_complex::Complex64)| {
        let sides = if place == 0 || place == last { 1.0 } else { 2.0 };
        sides * value.norm_sqr() / rows as f64 / (2.0 * PI)
    };
    (spectrum.iter().enumerate().map(density).collect(), 2.0 * PI / length as f64)
}

/// Power in the lowest fifth of the frequencies.
pub(super) fn low_frequency_share(z: &[f64]) -> f64 {
    let (power, step) = power(z);
    power[..power.len() / 5].iter().sum::<f64>() * step
}

/// Frequency that half of the power lies below, in radians per row.
pub(super) fn median_frequency(z: &[f64]) -> f64 {
    let (power, step) = power(z);
    let half = 0.5 * power.iter().sum::<f64>();
    let mut below = 0.0;
    let place = power.iter().position(|value| {
        below += value;
        below > half
    });
    place.unwrap_or(0) as f64 * step
}

/// First lag at which the autocovariance of the series without its spline has a peak that stands out 0.01 from the
/// trough before; 0 where none does. Source: Wang et al., IEEE Int. Conf. Syst. Man Cybern. (2007).
pub(super) fn periodicity(z: &[f64]) -> f64 {
    const STANDS_OUT: f64 = 0.01;
    let rest = without_spline(z);
    let most = z.len().div_ceil(3);
    let sums = autocovariance(&rest, false);
    let covariance: Vec<f64> = (1..=most).map(|lag| sums[lag] / (z.len() - lag) as f64).collect();
    let mut trough = None;
    for (before, c) in covariance.windows(3).enumerate() {
        let (into, out) = (c[1] - c[0], c[2] - c[1]);
        if into < 0.0 && out > 0.0 {
            trough = Some(c[1]);
        } else if into > 0.0 && out < 0.0 && c[1] >= 0.0 && trough.is_some_and(|trough| c[1] - trough >= STANDS_OUT) {
            return (before + 1) as f64;
        }
    }
    0.0
}

/// What a cubic spline of least squares with one knot in the middle leaves.
fn without_spline(z: &[f64]) -> Vec<f64> {
    let rows = z.len();
    let knot = (rows / 2 - 1) as f64;
    let scale = |place: f64| 2.0 * place / (rows - 1) as f64 - 1.0;
    let middle = scale(knot);
    let mut basis: Vec<Vec<f64>> =
        (0..4).map(|power| (0..rows).map(|k| scale(k as f64).powi(power)).collect()).collect();
    basis.push((0..rows).map(|k| (scale(k as f64) - middle).max(0.0).powi(3)).collect());
    let mut rest = z.to_vec();
    // Gram-Schmidt, twice for all digits.
    for place in 0..basis.len() {
        let (done, open) = basis.split_at_mut(place);
        let own = &mut open[0];
        for _ in 0..2 {
            done.iter().for_each(|other| take_away(own, other));
        }
        let size = own.iter().map(|v| v * v).sum::<f64>().sqrt();
        own.iter_mut().for_each(|v| *v /= size);
        take_away(&mut rest, own);
    }
    rest
}

/// Takes the part along a vector of length 1 away.
fn take_away(from: &mut [f64], along: &[f64]) {
    let part: f64 = from.iter().zip(along).map(|(a, b)| a * b).sum();
    from.iter_mut().zip(along).for_each(|(a, b)| *a -= part * b);
}
