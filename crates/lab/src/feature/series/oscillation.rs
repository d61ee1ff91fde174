//! The strongest oscillation of a series.

use std::{borrow::Cow, f64::consts::TAU};

use matdock_message::{Message, say};
use realfft::num_complex::Complex64;

use super::{Series, exceeds, statistics::mean, trend::line};
use crate::feature::{
    extractor::{Extractor, Needs, UnitRule, of_series},
    fourier,
};

/// Rows that the periodogram of uneven series looks at, at most: its cost is quadratic in them.
const UNEVEN_ROWS: usize = 1000;

/// An oscillation is one only where it fits at least so often into the series.
const FEWEST_PERIODS: f64 = 2.0;

/// An oscillation that white noise would show with at least this probability is none.
const FALSE_ALARM: f64 = 0.01;

const FEWEST_ROWS: usize = 8;

const SOURCE: &str = "Lomb, Astrophys. Space Sci. 39, 447 (1976); Scargle, Astrophys. J. 263, 835 (1982)";

pub(super) static EXTRACTORS: [Extractor; 2] = [
    of_series(
        "oscillation amplitude",
        "lab-feature-about-oscillation-amplitude",
        UnitRule::Difference,
        Needs::Axis,
        |series, _| Ok(series.oscillation()?.amplitude),
    )
    .from(SOURCE),
    of_series(
        "oscillation period",
        "lab-feature-about-oscillation-period",
        UnitRule::AxisDifference,
        Needs::Axis,
        |series, _| {
            let found = series.oscillation()?;
            if found.significant { Ok(found.period) } else { Err(say!("lab-feature-no-oscillation")) }
        },
    )
    .from(SOURCE),
];

/// A sine on a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oscillation {
    period: f64,
    amplitude: f64,
    significant: bool,
}

impl Series<'_> {
    fn oscillation(&self) -> Result<Oscillation, Message> {
        self.oscillation.get_or_init(|| self.strongest_oscillation()).clone()
    }

    fn strongest_oscillation(&self) -> Result<Oscillation, Message> {
        self.at_least(FEWEST_ROWS)?;
        let (low, high) = self.changes()?;
        let even = self.is_even();
        let (axis, values): (Cow<'_, [f64]>, Cow<'_, [f64]>) = if even {
            (Cow::Borrowed(&self.axis), Cow::Borrowed(&self.values))
        } else {
            let (axis, values) = self.thinned(UNEVEN_ROWS);
            (Cow::Owned(axis), Cow::Owned(values))
        };
        let (level, slope, middle) = line(&axis, &values);
        // In units of the range, so that squares neither overflow nor vanish.
        let scale = high - low;
        let rest: Vec<f64> =
            axis.iter().zip(values.iter()).map(|(t, y)| (y - (level + slope * (t - middle))) / scale).collect();
        let all: f64 = rest.iter().map(|y| y * y).sum();
        if !exceeds(all, 1e-18 * rest.len() as f64) {
            return Err(say!("lab-feature-no-oscillation"));
        }
        let span = axis[axis.len() - 1] - axis[0];
        let (rate, (amplitude, explained)) = if even {
            let step = span / (axis.len() - 1) as f64;
            let rate = refined(even_peak(&rest)? / step, step, &rest);
            (rate, even_sine(step, &rest, rate))
        } else {
            let rate = uneven_peak(&axis, &rest);
            (rate, sine(&axis, &rest, rate))
        };
        let rows = rest.len() as f64;
        // Probability that the highest of n/2 values of the periodogram of white noise is as high (Scargle 1982).
        let alone = (1.0 - (explained / all).clamp(0.0, 1.0)).powf(0.5 * (rows - 3.0));
        let significant = alone * 0.5 * rows < FALSE_ALARM;
        Ok(Oscillation { period: 1.0 / rate, amplitude: amplitude * scale, significant })
    }
}

/// Frequency of the highest value of the periodogram (Hann window), in cycles per row.
fn even_peak(rest: &[f64]) -> Result<f64, Message> {
    let (rows, length) = (rest.len(), rest.len().next_power_of_two());
    let transform = fourier::forward(length);
    let mut input = transform.make_input_vec();
    let turn = Complex64::from_polar(1.0, TAU / (rows - 1) as f64);
    let mut angle = Complex64::new(1.0, 0.0);
    for (place, value) in input.iter_mut().zip(rest) {
        *place = value * 0.5 * (1.0 - angle.re);
        angle *= turn;
    }
    let mut spectrum = transform.make_output_vec();
    transform.process(&mut input, &mut spectrum).map_err(|_| say!("lab-feature-no-oscillation"))?;
    let power: Vec<f64> = spectrum.iter().map(Complex64::norm_sqr).collect();
    let first = (FEWEST_PERIODS * length as f64 / rows as f64).ceil() as usize;
    let candidates = first.max(1)..power.len();
    let highest = candidates.max_by(|a, b| power[*a].total_cmp(&power[*b]));
    let highest = highest.ok_or_else(|| say!("lab-feature-no-oscillation"))?;
    let log = |place: usize| power.get(place).map_or(f64::NEG_INFINITY, |power| power.ln());
    let (before, at, after) = (log(highest - 1), log(highest), log(highest + 1));
    let shift = 0.5 * (before - after) / (before - 2.0 * at + after);
    let shift = if shift.is_finite() { shift.clamp(-0.5, 0.5) } else { 0.0 };
    Ok((highest as f64 + shift) / length as f64)
}

/// A better frequency, from the difference of the phases in both halves.
fn refined(rate: f64, step: f64, rest: &[f64]) -> f64 {
    let half = rest.len() / 2;
    let turn = Complex64::from_polar(1.0, -TAU * rate * step);
    let (mut angle, mut halves) = (Complex64::new(1.0, 0.0), [Complex64::ZERO; 2]);
    for (row, value) in rest.iter().take(2 * half).enumerate() {
        halves[row / half] += angle * value;
        angle *= turn;
    }
    let apart = (halves[1] * halves[0].conj()).arg() / (TAU * half as f64 * step);
    // More than half a step of the periodogram off: the halves do not show the same oscillation.
    if apart.is_finite() && apart.abs() * rest.len() as f64 * step < 0.5 { rate + apart } else { rate }
}

/// Frequency of the highest value of the periodogram of least squares (Lomb and Scargle).
fn uneven_peak(axis: &[f64], rest: &[f64]) -> f64 {
    let span = axis[axis.len() - 1] - axis[0];
    let (lowest, highest) = (FEWEST_PERIODS / span, 0.5 * (axis.len() - 1) as f64 / span);
    let count = 2 * axis.len();
    let rate = |k: usize| lowest + (highest - lowest).max(0.0) * k as f64 / count as f64;
    let power = |rate: f64| sine(axis, rest, rate).1;
    let best = (0..=count).map(|k| (power(rate(k)), k)).max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0, |(_, k)| k);
    // Golden section between the neighbours.
    let (mut low, mut high) = (rate(best.saturating_sub(1)), rate((best + 1).min(count)));
    for _ in 0..30 {
        let (a, b) = (high - 0.618_034 * (high - low), low + 0.618_034 * (high - low));
        if power(a) > power(b) { high = b } else { low = a }
    }
    0.5 * (low + high)
}

/// Amplitude of the sine of least squares at a frequency, and the squares it explains.
fn sine(axis: &[f64], rest: &[f64], rate: f64) -> (f64, f64) {
    let middle = mean(axis);
    fit(axis.iter().map(|t| (TAU * rate * (t - middle)).sin_cos()).map(|(s, c)| Complex64::new(c, s)), rest)
}

/// The same for even steps: angles by multiplication.
fn even_sine(step: f64, rest: &[f64], rate: f64) -> (f64, f64) {
    let turn = Complex64::from_polar(1.0, TAU * rate * step);
    let begin = Complex64::from_polar(1.0, -TAU * rate * step * 0.5 * (rest.len() - 1) as f64);
    fit(std::iter::successors(Some(begin), |angle| Some(angle * turn)), rest)
}

/// Cosine and sine of least squares: amplitude and squares explained.
fn fit(angles: impl Iterator<Item = Complex64>, rest: &[f64]) -> (f64, f64) {
    let (mut cc, mut ss, mut cs, mut yc, mut ys) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (Complex64 { re: c, im: s }, y) in angles.zip(rest) {
        cc += c * c;
        ss += s * s;
        cs += c * s;
        yc += y * c;
        ys += y * s;
    }
    let determinant = cc * ss - cs * cs;
    if !exceeds(determinant, 1e-9 * cc * ss) {
        // At the highest frequency of even rows every sine vanishes; only the cosine is left.
        let a = if cc > 0.0 { yc / cc } else { 0.0 };
        return (a.abs(), a * yc);
    }
    let (a, b) = ((yc * ss - ys * cs) / determinant, (ys * cc - yc * cs) / determinant);
    (a.hypot(b), a * yc + b * ys)
}
