//! What readings are on the whole.

use matdock_message::Message;

use super::{Series, median, sum};
use crate::feature::extractor::{Extractor, Needs, UnitRule, of_series};

/// Share of the axis, at its end, that the level is taken from.
const END: f64 = 0.1;

pub(super) static EXTRACTORS: [Extractor; 7] = [
    of_series("level", "lab-feature-about-level", UnitRule::Value, Needs::Axis, level),
    of_series("mean", "lab-feature-about-mean", UnitRule::Value, Needs::Spacing, |series, _| Ok(mean(&series.values))),
    of_series("minimum", "lab-feature-about-minimum", UnitRule::Value, Needs::Readings, |series, _| {
        Ok(series.extremes().0)
    }),
    of_series("maximum", "lab-feature-about-maximum", UnitRule::Value, Needs::Readings, |series, _| {
        Ok(series.extremes().1)
    }),
    of_series("range", "lab-feature-about-range", UnitRule::Difference, Needs::Readings, |series, _| {
        let (low, high) = series.extremes();
        Ok(high - low)
    }),
    of_series("standard deviation", "lab-feature-about-deviation", UnitRule::Difference, Needs::Spacing, deviation),
    of_series("integral", "lab-feature-about-integral", UnitRule::TimesAxis, Needs::Axis, integral),
];

/// Mean of readings.
pub(super) fn mean(values: &[f64]) -> f64 {
    // Halves first, so that the sum of very large numbers stays finite.
    let n = values.len() as f64;
    let sum = sum(values.len(), |row| values[row]);
    if sum.is_finite() { sum / n } else { values.iter().map(|value| value / n).sum() }
}

/// Median of the readings in the last tenth of the axis.
fn level(series: &Series<'_>, _: usize) -> Result<f64, Message> {
    let end = series.axis[series.axis.len() - 1];
    let first = series.axis.partition_point(|t| *t < end - END * series.span());
    Ok(median(&mut series.values[first..].to_vec()))
}

/// Square root of the sum of squared deviations from the mean over n - 1.
fn deviation(series: &Series<'_>, _: usize) -> Result<f64, Message> {
    series.at_least(2)?;
    let mean = mean(&series.values);
    let values = &series.values[..];
    let squares = sum(values.len(), |row| (values[row] - mean) * (values[row] - mean));
    Ok((squares / (values.len() - 1) as f64).sqrt())
}

/// Trapezoidal rule.
fn integral(series: &Series<'_>, _: usize) -> Result<f64, Message> {
    series.at_least(2)?;
    let (t, y) = (&series.axis[..], &series.values[..]);
    Ok(sum(y.len() - 1, |row| 0.5 * (t[row + 1] - t[row]) * (y[row] + y[row + 1])))
}
