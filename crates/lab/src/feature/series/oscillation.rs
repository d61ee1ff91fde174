//! The strongest oscillation of a series.

use std::{borrow::Cow, f64::consts::TAU};

use matdock_message::{Message, say};
use realfft::num_complex::Complex64;

use super::{LANES, Series, exceeds, statistics::mean, sum, trend::line};
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
    .from(SOURCE)
    .version(2),
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
    .from(SOURCE)
    .version(2),
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

    /// Distance of even rows from begin to end.
    fn even_step(&self) -> f64 {
        self.span() / (self.axis.len() - 1) as f64
    }

    /// Whether every row is within half a step of where it would be with even steps: small differences of the steps may add
    /// up to whole periods.
    fn is_in_step(&self) -> bool {
        let (begin, step) = (self.axis[0], self.even_step());
        let off = |(row, place): (usize, &f64)| (place - (begin + row as f64 * step)).abs();
        self.axis.iter().enumerate().fold(true, |all, row| all & (off(row) <= 0.5 * step))
    }

    /// The readings at even steps, interpolated.
    fn in_step(&self) -> (Vec<f64>, Vec<f64>) {
        let (begin, step, last) = (self.axis[0], self.even_step(), self.axis.len() - 1);
        let axis: Vec<f64> = (0..=last).map(|row| begin + row as f64 * step).collect();
        let mut behind = 1;
        let between = |place: &f64| {
            while behind < last && self.axis[behind] < *place {
                behind += 1;
            }
            let (low, high) = (self.axis[behind - 1], self.axis[behind]);
            let share = ((place - low) / (high - low)).clamp(0.0, 1.0);
            self.values[behind - 1] + share * (self.values[behind] - self.values[behind - 1])
        };
        let values = axis.iter().map(between).collect();
        (axis, values)
    }

    fn strongest_oscillation(&self) -> Result<Oscillation, Message> {
        self.at_least(FEWEST_ROWS)?;
        let (low, high) = self.changes()?;
        let in_step = self.is_even() && self.is_in_step();
        // Of many rows that drift out of step, what lies between is taken instead: block means would lose fast waves.
        let even = in_step || self.is_even() && self.values.len() > UNEVEN_ROWS;
        let (axis, values): (Cow<'_, [f64]>, Cow<'_, [f64]>) = if in_step {
            (Cow::Borrowed(&self.axis), Cow::Borrowed(&self.values))
        } else if even {
            let (axis, values) = self.in_step();
            (Cow::Owned(axis), Cow::Owned(values))
        } else {
            let (axis, values) = self.thinned(UNEVEN_ROWS);
            (Cow::Owned(axis), Cow::Owned(values))
        };
        let (level, slope, middle) = if in_step { self.line() } else { line(&axis, &values) };
        // In units of the range, so that squares neither overflow nor vanish.
        let scale = high - low;
        let rest: Vec<f64> =
            axis.iter().zip(values.iter()).map(|(t, y)| (y - (level + slope * (t - middle))) / scale).collect();
        let all = sum(rest.len(), |row| rest[row] * rest[row]);
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
    let mut circle = Circle::new(0.0, TAU / (rows - 1) as f64);
    for (places, values) in input.chunks_mut(LANES).zip(rest.chunks(LANES)) {
        let (cosines, _) = circle.next();
        for ((place, value), cosine) in places.iter_mut().zip(values).zip(cosines) {
            *place = value * 0.5 * (1.0 - cosine);
        }
    }
    let mut spectrum = transform.make_output_vec();
    transform.process(&mut input, &mut spectrum).map_err(|_| say!("lab-feature-no-oscillation"))?;
    let first = ((FEWEST_PERIODS * length as f64 / rows as f64).ceil() as usize).max(1);
    let (mut highest, mut most) = (0, f64::NEG_INFINITY);
    for (place, power) in spectrum.iter().map(Complex64::norm_sqr).enumerate().skip(first) {
        if power >= most {
            (highest, most) = (place, power);
        }
    }
    if highest == 0 {
        return Err(say!("lab-feature-no-oscillation"));
    }
    let log = |place: usize| spectrum.get(place).map_or(f64::NEG_INFINITY, |value| value.norm_sqr().ln());
    let (before, at, after) = (log(highest - 1), log(highest), log(highest + 1));
    let shift = 0.5 * (before - after) / (before - 2.0 * at + after);
    let shift = if shift.is_finite() { shift.clamp(-0.5, 0.5) } else { 0.0 };
    Ok((highest as f64 + shift) / length as f64)
}

/// A better frequency, from the difference of the phases in both halves.
fn refined(rate: f64, step: f64, rest: &[f64]) -> f64 {
    let half = rest.len() / 2;
    let turn = -TAU * rate * step;
    let turned = |begin: usize| {
        let mut circle = Circle::new(turn * begin as f64, turn);
        let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
        for values in rest[begin..begin + half].chunks(LANES) {
            let (cosines, sines) = circle.next();
            for (k, value) in values.iter().enumerate() {
                re[k] += cosines[k] * value;
                im[k] += sines[k] * value;
            }
        }
        Complex64::new(re.iter().sum(), im.iter().sum())
    };
    let halves = [turned(0), turned(half)];
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
    let mut products = Products::default();
    for (t, y) in axis.iter().zip(rest) {
        let (sine, cosine) = (TAU * rate * (t - middle)).sin_cos();
        products.add(0, cosine, sine, *y);
    }
    products.solved()
}

/// The same for even steps: angles by multiplication.
fn even_sine(step: f64, rest: &[f64], rate: f64) -> (f64, f64) {
    let turn = TAU * rate * step;
    let mut circle = Circle::new(-0.5 * turn * (rest.len() - 1) as f64, turn);
    let mut products = Products::default();
    for values in rest.chunks(LANES) {
        let (cosines, sines) = circle.next();
        for (k, value) in values.iter().enumerate() {
            products.add(k, cosines[k], sines[k], *value);
        }
    }
    products.solved()
}

/// Cosines and sines of angles in equal steps, [`LANES`] at a time: each lane is turned on its own, so that none waits for
/// another.
struct Circle {
    cosines: [f64; LANES],
    sines: [f64; LANES],
    turn: Complex64,
}

impl Circle {
    fn new(begin: f64, step: f64) -> Self {
        let angle = |k: usize| (begin + step * k as f64).sin_cos();
        Self {
            cosines: std::array::from_fn(|k| angle(k).1),
            sines: std::array::from_fn(|k| angle(k).0),
            turn: Complex64::from_polar(1.0, step * LANES as f64),
        }
    }

    fn next(&mut self) -> ([f64; LANES], [f64; LANES]) {
        let now = (self.cosines, self.sines);
        for k in 0..LANES {
            self.cosines[k] = now.0[k] * self.turn.re - now.1[k] * self.turn.im;
            self.sines[k] = now.0[k] * self.turn.im + now.1[k] * self.turn.re;
        }
        now
    }
}

/// Sums of products of cosine, sine and reading, in lanes.
#[derive(Default)]
struct Products {
    cc: [f64; LANES],
    ss: [f64; LANES],
    cs: [f64; LANES],
    yc: [f64; LANES],
    ys: [f64; LANES],
}

impl Products {
    #[inline(always)]
    fn add(&mut self, lane: usize, c: f64, s: f64, y: f64) {
        self.cc[lane] += c * c;
        self.ss[lane] += s * s;
        self.cs[lane] += c * s;
        self.yc[lane] += y * c;
        self.ys[lane] += y * s;
    }

    /// Cosine and sine of least squares: amplitude and squares explained.
    fn solved(&self) -> (f64, f64) {
        let [cc, ss, cs, yc, ys] = [self.cc, self.ss, self.cs, self.yc, self.ys].map(|lanes| lanes.iter().sum::<f64>());
        let determinant = cc * ss - cs * cs;
        if !exceeds(determinant, 1e-9 * cc.max(ss).powi(2)) {
            // At the highest frequency of even rows every sine, or every cosine, vanishes; only the other is left.
            let (squares, product) = if cc >= ss { (cc, yc) } else { (ss, ys) };
            let a = if squares > 0.0 { product / squares } else { 0.0 };
            return (a.abs(), a * product);
        }
        let (a, b) = ((yc * ss - ys * cs) / determinant, (ys * cc - yc * cs) / determinant);
        (a.hypot(b), a * yc + b * ys)
    }
}
