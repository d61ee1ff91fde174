//! How a series goes: slope, time to the plateau, rise time.

use matdock_message::{Message, say};

use super::{Series, exceeds, extremes, median, statistics::mean, sum};
use crate::feature::extractor::{Extractor, Needs, UnitRule, of_series};

/// Readings that the robust slope compares at most: pairs are quadratic in them.
const COMPARED: usize = 400;

/// Half the width of the band around the plateau, as a share of the range.
const BAND: f64 = 0.05;

/// The plateau has to begin before this share of the axis, else the series still changes at its end.
const LATEST: f64 = 0.85;

/// A change smaller than this many standard deviations of the smoothed noise is none.
const BEYOND_NOISE: f64 = 8.0;

pub(super) static EXTRACTORS: [Extractor; 4] = [
    of_series("slope", "lab-feature-about-slope", UnitRule::PerAxis, Needs::Axis, slope),
    of_series("robust slope", "lab-feature-about-robust-slope", UnitRule::PerAxis, Needs::Axis, robust_slope)
        .from("Sen, J. Am. Stat. Assoc. 63, 1379 (1968)"),
    of_series("plateau time", "lab-feature-about-plateau", UnitRule::AxisDifference, Needs::Axis, plateau),
    of_series("rise time", "lab-feature-about-rise", UnitRule::AxisDifference, Needs::Axis, rise)
        .from("IEEE Std 181-2011, 10 % to 90 %"),
];

/// Least squares.
fn slope(series: &Series<'_>, _: usize) -> Result<f64, Message> {
    series.at_least(2)?;
    Ok(series.line().1)
}

/// Value at the middle of the axis, slope, and the middle, of the line of least squares.
pub(in crate::feature) fn line(axis: &[f64], values: &[f64]) -> (f64, f64, f64) {
    let (middle, level) = (mean(axis), mean(values));
    let above = sum(axis.len(), |row| (axis[row] - middle) * (values[row] - level));
    let below = sum(axis.len(), |row| (axis[row] - middle) * (axis[row] - middle));
    (level, if below > 0.0 { above / below } else { 0.0 }, middle)
}

/// Median of the slopes between all pairs of readings; of block means where there are many (Theil and Sen).
fn robust_slope(series: &Series<'_>, _: usize) -> Result<f64, Message> {
    series.at_least(2)?;
    let (axis, values) = series.thinned(COMPARED);
    let mut slopes = Vec::with_capacity(axis.len() * axis.len() / 2);
    for (i, (t, y)) in axis.iter().zip(&values).enumerate() {
        let later = axis[i + 1..].iter().zip(&values[i + 1..]);
        slopes.extend(later.map(|(later, value)| (value - y) / (later - t)));
    }
    if slopes.is_empty() { Err(say!("lab-feature-few", found = 1, needed = 2)) } else { Ok(median(&mut slopes)) }
}

/// A series without its fastest noise, and what is needed to tell a change from noise.
pub(super) struct Smooth {
    /// Rows a value is the mean of.
    width: usize,
    values: Vec<f64>,
    level: f64,
    range: f64,
    noise: f64,
}

impl Smooth {
    /// Running means over a hundredth of the rows.
    fn of(series: &Series<'_>) -> Result<Self, Message> {
        series.at_least(5)?;
        series.changes()?;
        let width = (series.values.len() / 100).max(1);
        let values = running_mean(&series.values, width);
        let place = |row: usize| mean(&series.axis[row..row + width]);
        let (begin, end) = (place(0), place(values.len() - 1));
        let (mut first, mut rest) = (0, values.len());
        // The first row in the last tenth; few places are looked at, so that their means cost little.
        while first < rest {
            let middle = (first + rest) / 2;
            if place(middle) < end - 0.1 * (end - begin) { first = middle + 1 } else { rest = middle }
        }
        let level = median(&mut values[first..].to_vec());
        let (low, high) = extremes(&values);
        let noise = series.noise() / (width as f64).sqrt();
        if !exceeds(high - low, BEYOND_NOISE * noise) {
            return Err(say!("lab-feature-no-change"));
        }
        Ok(Self { width, values, level, range: high - low, noise })
    }

    /// Mean place on the axis of the rows behind a value.
    fn place(&self, series: &Series<'_>, row: usize) -> f64 {
        mean(&series.axis[row..row + self.width])
    }
}

impl Series<'_> {
    fn smooth(&self) -> Result<&Smooth, Message> {
        self.smooth.get_or_init(|| Smooth::of(self)).as_ref().map_err(Clone::clone)
    }
}

fn running_mean(values: &[f64], width: usize) -> Vec<f64> {
    if width <= 1 {
        return values.to_vec();
    }
    // Sums of deviations from a reading: no digits are lost where the numbers are large.
    let reference = values[0];
    let mut sum: f64 = values[..width].iter().map(|value| value - reference).sum();
    let mut means = vec![reference + sum / width as f64; values.len() - width + 1];
    for ((mean, gone), new) in means[1..].iter_mut().zip(values).zip(&values[width..]) {
        sum += (new - reference) - (gone - reference);
        *mean = reference + sum / width as f64;
    }
    means
}

/// Standard deviation of independent noise on a smooth curve: second differences have 6 times its variance.
pub(super) fn noise(values: &[f64]) -> f64 {
    if values.len() < 3 {
        return 0.0;
    }
    // The mean of absolute values, not of squares: a
    // single jump is no noise. Mean |x| of a normal distribution is sqrt(2/pi) standard deviations.
    let rows = values.len() - 2;
    let sum = sum(rows, |row| ((values[row] - values[row + 1]) - (values[row + 1] - values[row + 2])).abs());
    sum / rows as f64 / (6.0 * std::f64::consts::FRAC_2_PI).sqrt()
}

/// Time from the begin until the series stays within the band around its level.
fn plateau(series: &Series<'_>, _: usize) -> Result<f64, Message> {
    let smooth = series.smooth()?;
    let band = BAND * smooth.range + 3.0 * smooth.noise;
    let last = smooth.values.iter().rposition(|value| (value - smooth.level).abs() > band);
    let final_row = smooth.values.len() - 1;
    let reached = smooth.place(series, last.map_or(0, |last| (last + 1).min(final_row)));
    let (begin, end) = (smooth.place(series, 0), smooth.place(series, final_row));
    if reached - begin > LATEST * (end - begin) {
        return Err(say!("lab-feature-no-plateau"));
    }
    Ok(reached - series.axis[0])
}

/// Time in which the change from the first value to the level goes from 10 % to 90 %.
fn rise(series: &Series<'_>, _: usize) -> Result<f64, Message> {
    let smooth = series.smooth()?;
    let change = smooth.level - smooth.values[0];
    if !exceeds(change.abs(), BEYOND_NOISE * smooth.noise) || change.abs() < 0.1 * smooth.range {
        return Err(say!("lab-feature-no-change"));
    }
    let reach = |share: f64| {
        let part = |value: f64| (value - smooth.values[0]) / change - share;
        let at = smooth.values.iter().position(|value| part(*value) >= 0.0)?;
        let Some(before) = at.checked_sub(1) else { return Some(smooth.place(series, 0)) };
        let (low, high) = (part(smooth.values[before]), part(smooth.values[at]));
        let (begin, end) = (smooth.place(series, before), smooth.place(series, at));
        Some(begin + (end - begin) * (-low / (high - low)))
    };
    match (reach(0.1), reach(0.9)) {
        (Some(begin), Some(end)) => Ok(end - begin),
        _ => Err(say!("lab-feature-no-plateau")),
    }
}
