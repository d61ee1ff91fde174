//! Readings beyond a detection limit.

use super::{GpAverage, Reading, mixed};
use crate::{gp::Moments, normal};

/// Rounds of filling in censored readings per fit.
const ROUNDS: usize = 8;

/// Replaces every limit in `outputs` by the mean of its prediction from all other readings, cut at the limit (the E
/// step of a Tobit model), until that settles.
pub(super) fn fill_in(outputs: &mut [f64], limits: &[f64], average: &GpAverage, readings: &[Reading]) {
    for _ in 0..ROUNDS {
        let left_out: Vec<(f64, Vec<Moments>)> = average
            .members()
            .iter()
            .map(|member| (member.share, member.gp.with_outputs(outputs).leave_one_out()))
            .collect();
        let mut change = 0.0f64;
        for (index, reading) in readings.iter().enumerate() {
            let predicted = mixed(left_out.iter().map(|(share, moments)| (*share, moments[index])));
            let deviation = predicted.variance.sqrt();
            let filled = match reading {
                Reading::Value(_) => continue,
                Reading::Below(_) => normal::mean_below(predicted.mean, deviation, limits[index]),
                Reading::Above(_) => -normal::mean_below(-predicted.mean, deviation, -limits[index]),
            };
            // A reading cannot be further out than a few deviations of everything else.
            let filled = filled.clamp(limits[index] - 4.0, limits[index] + 4.0);
            change = change.max((filled - outputs[index]).abs());
            outputs[index] = filled;
        }
        if change < 1e-3 {
            break;
        }
    }
}
