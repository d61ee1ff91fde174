//! How a series goes together with itself some rows later.

use crate::feature::fourier;

use super::{Standard, deviation, ends, histogram, mean};

/// By lag from 0, 1 at lag 0.
pub(super) fn autocorrelation(values: &[f64]) -> Vec<f64> {
    let covariance = autocovariance(values, true);
    covariance.iter().map(|value| value / covariance[0]).collect()
}

/// Sums of products with the series some rows later, by lag from 0; zero beyond its end.
pub(super) fn autocovariance(values: &[f64], centred: bool) -> Vec<f64> {
    let middle = if centred { mean(values) } else { 0.0 };
    let length = 2 * values.len().next_power_of_two();
    let (forward, back) = (fourier::forward(length), fourier::back(length));
    let (mut input, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
    input.iter_mut().zip(values).for_each(|(place, value)| *place = value - middle);
    let mut products = back.make_output_vec();
    // Lengths fit by construction.
    if forward.process(&mut input, &mut spectrum).is_ok() {
        spectrum.iter_mut().for_each(|value| *value = value.norm_sqr().into());
        if back.process(&mut spectrum, &mut products).is_err() {
            products.fill(0.0);
        }
    }
    products.truncate(values.len());
    products.iter_mut().for_each(|value| *value /= length as f64);
    products
}

/// First lag at which the correlation is not above zero.
pub(super) fn first_zero(correlation: &[f64]) -> usize {
    correlation.iter().position(|value| *value <= 0.0).unwrap_or(correlation.len())
}

/// Lag at which the autocorrelation falls below 1/e, interpolated.
pub(super) fn first_fall_to_1_over_e(s: &Standard) -> f64 {
    let threshold = (-1.0_f64).exp();
    let crossing = s.correlation.windows(2).position(|pair| pair[1] < threshold);
    crossing.map_or(s.z.len() as f64, |lag| {
        let (before, after) = (s.correlation[lag], s.correlation[lag + 1]);
        lag as f64 + (threshold - before) / (after - before)
    })
}

/// First lag at which the autocorrelation has a minimum.
pub(super) fn first_minimum(s: &Standard) -> f64 {
    let lag = s.correlation.windows(3).position(|c| c[1] < c[0] && c[1] < c[2]);
    lag.map_or(s.z.len() as f64, |lag| (lag + 1) as f64)
}

/// Mean cube of the steps: zero where a series looks the same from behind.
pub(super) fn time_reversibility(z: &[f64]) -> f64 {
    let cubes: f64 = z.windows(2).map(|pair| (pair[1] - pair[0]).powi(3)).sum();
    cubes / (z.len() - 1) as f64
}

/// First minimum of the mutual information with lags to 40, of normally distributed numbers of the same correlation.
pub(super) fn first_minimum_of_information(z: &[f64]) -> f64 {
    let most = 40.min(z.len().div_ceil(2));
    let information = |lag: usize| {
        let together = pearson(&z[..z.len() - lag], &z[lag..]);
        -0.5 * (1.0 - together * together).ln()
    };
    let values: Vec<f64> = (1..=most).map(information).collect();
    let minimum = values.windows(3).position(|v| v[1] < v[0] && v[1] < v[2]);
    minimum.map_or(most as f64, |place| (place + 1) as f64)
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - mean_a) * (y - mean_b);
        aa += (x - mean_a) * (x - mean_a);
        bb += (y - mean_b) * (y - mean_b);
    }
    let size = (aa * bb).sqrt();
    if size > 0.0 { ab / size } else { 0.0 }
}

/// How far the distances between successive points of the embedding in two dimensions are from an exponential
/// distribution: mean difference of the histograms.
pub(super) fn embedding_distances(s: &Standard) -> f64 {
    let (z, rows) = (&s.z, s.z.len());
    let lag = s.first_zero().min(rows / 10).max(1);
    let distance = |row: usize| (z[row + 1] - z[row]).hypot(z[row + lag] - z[row + lag + 1]);
    let distances: Vec<f64> = (0..rows - lag - 1).map(distance).collect();
    let spread = deviation(&distances);
    if spread < 0.001 {
        return 0.0;
    }
    let (low, high) = ends(&distances);
    let count = distances.len() as f64;
    let bins = ((high - low) / (3.5 * spread / count.cbrt())).ceil().max(1.0) as usize;
    let (middle, width) = (mean(&distances), (high - low) / bins as f64);
    let counts = histogram(&distances, (low, high), bins);
    let differences = counts.iter().enumerate().map(|(bin, found)| {
        let at = low + (bin as f64 + 0.5) * width;
        (*found as f64 / count - (-at / middle).exp() / middle).abs()
    });
    differences.sum::<f64>() / bins as f64
}
