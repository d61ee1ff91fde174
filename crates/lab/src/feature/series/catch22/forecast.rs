//! How well the next reading follows from the last ones.

use super::{Standard, correlation, deviation};

/// Standard deviation of what the mean of three readings leaves of the next.
pub(super) fn error_of_mean_of_three(z: &[f64]) -> f64 {
    let rest: Vec<f64> = z.windows(4).map(|y| y[3] - (y[0] + y[1] + y[2]) / 3.0).collect();
    deviation(&rest)
}

/// First zero of the autocorrelation of the steps over that of the series.
pub(super) fn correlation_length_ratio(s: &Standard) -> f64 {
    let steps: Vec<f64> = s.z.windows(2).map(|pair| pair[1] - pair[0]).collect();
    correlation::first_zero(&correlation::autocorrelation(&steps)) as f64 / s.first_zero() as f64
}
