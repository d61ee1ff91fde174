//! A column of a stream along its axis, made ready for extractors.

mod catch22;
mod curve;
mod oscillation;
mod peak_fit;
mod peaks;
mod relaxation;
mod sigmoid;
mod statistics;
mod trend;

use std::{
    borrow::Cow,
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
};

use matdock_message::{Message, say};
use matdock_record::Unit;

pub(super) use self::trend::line;
use self::{
    catch22::Standard, oscillation::Oscillation, peak_fit::FittedPeak, peaks::Peak, relaxation::Relaxation,
    sigmoid::Sigmoid, trend::Smooth,
};
use super::extractor::{Extractor, Needs};
use crate::driver::Stream;

/// All extractors of series, by subject.
pub(super) static EXTRACTORS: [&[Extractor]; 8] = [
    &statistics::EXTRACTORS,
    &trend::EXTRACTORS,
    &peaks::EXTRACTORS,
    &peak_fit::EXTRACTORS,
    &oscillation::EXTRACTORS,
    &relaxation::EXTRACTORS,
    &sigmoid::EXTRACTORS,
    &catch22::EXTRACTORS,
];

/// Numbers worked on at a time.
const LANES: usize = 8;

/// A step this many times the usual one is a gap.
const GAP: f64 = 10.0;

/// The readings of one column with their place on the axis.
///
/// Shape: as many `values` as `axis`, all finite. Where the axis goes one way, it rises strictly.
pub(super) struct Series<'a> {
    pub axis: Cow<'a, [f64]>,
    pub values: Cow<'a, [f64]>,
    pub axis_unit: Unit,
    pub unit: Unit,
    /// What was wrong with the readings, but not so much that nothing can be said.
    flags: Vec<Message>,
    /// How the steps of the axis are; or why there is no order.
    spacing: Result<Spacing, Message>,
    extremes: OnceCell<(f64, f64)>,
    line: OnceCell<(f64, f64, f64)>,
    noise: OnceCell<f64>,
    peaks: OnceCell<Vec<Peak>>,
    smooth: OnceCell<Result<Smooth, Message>>,
    standard: OnceCell<Result<Standard, Message>>,
    oscillation: OnceCell<Result<Oscillation, Message>>,
    relaxation: [OnceCell<Result<Relaxation, Message>>; 2],
    sigmoid: OnceCell<Result<Sigmoid, Message>>,
    /// By form and number.
    fitted_peaks: RefCell<BTreeMap<(usize, usize), Result<FittedPeak, Message>>>,
}

/// How the steps of an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    Even,
    Uneven,
    Gaps,
}

impl<'a> Series<'a> {
    /// The column of a stream, without missing readings and in rising order.
    ///
    /// # Errors
    /// No such column, or (almost) no readings.
    pub fn of(stream: &'a Stream, column: &str) -> Result<Self, Message> {
        let place = stream.columns.iter().position(|known| known.name == column);
        let known = || stream.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let absent = || say!("lab-feature-no-column", stream = stream.name, column = column, known = known());
        let place = place.ok_or_else(absent)?;
        let (Some(axis), Some(values)) = (stream.data.first(), stream.data.get(place)) else { return Err(absent()) };
        let rows = axis.len().min(values.len());
        let (mut axis, mut values) = (Cow::Borrowed(&axis[..rows]), Cow::Borrowed(&values[..rows]));
        let mut flags = Vec::new();
        if !(all_finite(&axis) && all_finite(&values)) {
            keep(&mut axis, &mut values, |_, (t, y)| t.is_finite() && y.is_finite());
            if 2 * values.len() < rows {
                return Err(say!("lab-feature-many-missing", kept = values.len(), rows = rows));
            }
            flags.push(say!("lab-feature-missing-readings", missing = rows - values.len(), rows = rows));
        }
        if values.is_empty() {
            return Err(say!("lab-feature-no-readings"));
        }
        if axis.len() > 1 && axis.windows(2).all(|pair| pair[1] <= pair[0]) {
            axis.to_mut().reverse();
            values.to_mut().reverse();
        }
        let before = values.len();
        // Without a branch per row; the row is looked for only where there is one.
        let forwards = axis.windows(2).fold(true, |forwards, pair| forwards & (pair[1] >= pair[0]));
        let backwards = || axis.windows(2).position(|pair| pair[1] < pair[0]);
        let spacing = match if forwards { None } else { backwards() } {
            Some(row) => Err(say!("lab-feature-backwards", axis = stream.columns[0].name, row = row + 2)),
            None => {
                if !axis.windows(2).fold(true, |rising, pair| rising & (pair[1] > pair[0])) {
                    keep(&mut axis, &mut values, |earlier, (t, _)| earlier.is_none_or(|earlier| t > earlier));
                    flags.push(say!("lab-feature-repeated", repeated = before - values.len()));
                }
                if axis.len() < 2 && before > 1 {
                    Err(say!("lab-feature-standstill", axis = stream.columns[0].name))
                } else {
                    Ok(spacing(&axis))
                }
            }
        };
        Ok(Self {
            axis,
            values,
            axis_unit: stream.columns[0].unit.clone(),
            unit: stream.columns[place].unit.clone(),
            flags,
            spacing,
            extremes: OnceCell::new(),
            line: OnceCell::new(),
            noise: OnceCell::new(),
            peaks: OnceCell::new(),
            smooth: OnceCell::new(),
            standard: OnceCell::new(),
            oscillation: OnceCell::new(),
            relaxation: [OnceCell::new(), OnceCell::new()],
            sigmoid: OnceCell::new(),
            fitted_peaks: RefCell::default(),
        })
    }

    /// Whether an extractor with these needs can be used: the flags of its value, or why not.
    pub fn fits(&self, needs: Needs) -> Result<Vec<Message>, Message> {
        let mut flags = self.flags.clone();
        match (needs, &self.spacing) {
            (Needs::Readings | Needs::Image, _) | (_, Ok(Spacing::Even)) => {}
            (Needs::Spacing, Err(why)) => flags.push(why.clone()),
            (Needs::Axis | Needs::EvenAxis, Err(why)) => return Err(why.clone()),
            (Needs::EvenAxis, Ok(_)) => return Err(say!("lab-feature-uneven")),
            (Needs::Spacing, Ok(Spacing::Uneven)) => flags.push(say!("lab-feature-uneven")),
            (Needs::Spacing | Needs::Axis, Ok(Spacing::Gaps)) => flags.push(say!("lab-feature-gaps")),
            (Needs::Axis, Ok(Spacing::Uneven)) => {}
        }
        Ok(flags)
    }

    /// Length of the axis.
    pub fn span(&self) -> f64 {
        self.axis[self.axis.len() - 1] - self.axis[0]
    }

    /// Whether all steps of the axis are about the same.
    pub fn is_even(&self) -> bool {
        self.spacing == Ok(Spacing::Even)
    }

    /// Refuses series with too few readings.
    pub fn at_least(&self, needed: usize) -> Result<(), Message> {
        match self.values.len() {
            found if found < needed => Err(say!("lab-feature-few", found = found, needed = needed)),
            _ => Ok(()),
        }
    }

    /// Lowest and highest reading.
    pub fn extremes(&self) -> (f64, f64) {
        *self.extremes.get_or_init(|| extremes(&self.values))
    }

    /// Value at the middle of the axis, slope, and the middle, of the line of least squares.
    pub fn line(&self) -> (f64, f64, f64) {
        *self.line.get_or_init(|| line(&self.axis, &self.values))
    }

    /// Standard deviation of the noise.
    pub fn noise(&self) -> f64 {
        *self.noise.get_or_init(|| trend::noise(&self.values))
    }

    /// Refuses series that never change.
    pub fn changes(&self) -> Result<(f64, f64), Message> {
        let (low, high) = self.extremes();
        if high - low <= 1e-12 * high.abs().max(low.abs()) {
            Err(say!("lab-feature-constant"))
        } else {
            Ok((low, high))
        }
    }

    /// Means of at most `most` blocks of rows, with their mean places on the axis.
    pub fn thinned(&self, most: usize) -> (Vec<f64>, Vec<f64>) {
        let size = self.values.len().div_ceil(most.max(1)).max(1);
        let mean = |block: &[f64]| sum(block.len(), |row| block[row]) / block.len() as f64;
        (self.axis.chunks(size).map(mean).collect(), self.values.chunks(size).map(mean).collect())
    }
}

/// Keeps the rows that pass; `pass` is told the axis of the row kept before.
fn keep(axis: &mut Cow<'_, [f64]>, values: &mut Cow<'_, [f64]>, pass: impl Fn(Option<f64>, (f64, f64)) -> bool) {
    let (mut kept_axis, mut kept_values): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for (t, y) in axis.iter().zip(values.iter()) {
        if pass(kept_axis.last().copied(), (*t, *y)) {
            kept_axis.push(*t);
            kept_values.push(*y);
        }
    }
    (*axis, *values) = (Cow::Owned(kept_axis), Cow::Owned(kept_values));
}

fn spacing(axis: &[f64]) -> Spacing {
    if axis.len() < 3 {
        return Spacing::Even;
    }
    let mean = (axis[axis.len() - 1] - axis[0]) / (axis.len() - 1) as f64;
    if axis.windows(2).fold(true, |even, pair| even & (((pair[1] - pair[0]) - mean).abs() <= 0.5 * mean)) {
        return Spacing::Even;
    }
    let mut steps: Vec<f64> = axis.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let middle = median(&mut steps);
    // An axis in equal ratios (frequencies) has no gaps, only growing steps.
    let jump = |steps: &[f64]| steps.windows(2).any(|two| two[1] > GAP * two[0] && two[1] > GAP * middle);
    let in_order: Vec<f64> = axis.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if jump(&in_order) { Spacing::Gaps } else { Spacing::Uneven }
}

fn all_finite(values: &[f64]) -> bool {
    values.iter().fold(true, |finite, value| finite & value.is_finite())
}

/// Lowest and highest; eight at a time.
fn extremes(values: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    for block in values.chunks(LANES) {
        for ((value, low), high) in block.iter().zip(&mut low).zip(&mut high) {
            *low = if value < low { *value } else { *low };
            *high = if value > high { *value } else { *high };
        }
    }
    (low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(f64::NEG_INFINITY, f64::max))
}

/// Sum of `count` terms; eight sums at a time, so that none waits for the one before.
fn sum(count: usize, term: impl Fn(usize) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let whole = count - count % LANES;
    for begin in (0..whole).step_by(LANES) {
        sums.iter_mut().enumerate().for_each(|(lane, sum)| *sum += term(begin + lane));
    }
    sums.iter().sum::<f64>() + (whole..count).map(term).sum::<f64>()
}

/// Whether `a` is above `b`; false where one of them is no number.
pub(super) fn exceeds(a: f64, b: f64) -> bool {
    a > b
}

/// Median; the mean of the middle two for an even number. Not of an empty slice. Changes the order.
pub(super) fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    match below.iter().copied().reduce(f64::max) {
        Some(lower) if even => lower + 0.5 * (upper - lower),
        _ => upper,
    }
}
