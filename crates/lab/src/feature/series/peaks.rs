//! Peaks: maxima that stand out from what is around them.

use matdock_message::{Message, say};

use super::Series;
use crate::feature::extractor::{Extractor, Needs, UnitRule, of_series};

/// Least prominence of a peak, as a share of the range, and in standard deviations of the noise.
const SHARE: f64 = 0.05;
const BEYOND_NOISE: f64 = 9.0;

/// Where readings are scarce, a fast signal looks like noise: what is this share of the range is a peak all the same.
const ENOUGH: f64 = 0.5;

pub(super) static EXTRACTORS: [Extractor; 5] = [
    of_series("peak count", "lab-feature-about-peak-count", UnitRule::One, Needs::Axis, |series, _| {
        series.at_least(3)?;
        Ok(series.peaks().len() as f64)
    }),
    of_series("peak position", "lab-feature-about-peak-position", UnitRule::Axis, Needs::Axis, |series, number| {
        Ok(series.peak(number)?.position)
    })
    .numbered(),
    of_series("peak height", "lab-feature-about-peak-height", UnitRule::Value, Needs::Axis, |series, number| {
        Ok(series.peak(number)?.height)
    })
    .numbered(),
    of_series(
        "peak prominence",
        "lab-feature-about-peak-prominence",
        UnitRule::Difference,
        Needs::Axis,
        |series, number| Ok(series.peak(number)?.prominence),
    )
    .numbered(),
    of_series("peak width", "lab-feature-about-peak-width", UnitRule::AxisDifference, Needs::Axis, |series, number| {
        Ok(series.peak(number)?.width)
    })
    .numbered(),
];

/// A maximum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    pub position: f64,
    pub height: f64,
    /// Height above the higher of the two lowest readings on either side, up to the next higher reading.
    pub prominence: f64,
    /// Width at half the prominence.
    pub width: f64,
}

impl Series<'_> {
    pub(super) fn peaks(&self) -> &[Peak] {
        self.peaks.get_or_init(|| {
            let (low, high) = self.extremes();
            let (range, noise) = (high - low, self.noise());
            find(&self.axis, &self.values, (SHARE * range).max((BEYOND_NOISE * noise).min(ENOUGH * range)))
        })
    }

    pub(super) fn peak(&self, number: usize) -> Result<&Peak, Message> {
        self.at_least(3)?;
        let found = self.peaks();
        let missing = || say!("lab-feature-no-peak", number = number, found = found.len());
        found.get(number.saturating_sub(1)).ok_or_else(missing)
    }
}

/// Peaks of at least the given prominence, along the axis. A flat top counts once, at its middle.
fn find(axis: &[f64], values: &[f64], least: f64) -> Vec<Peak> {
    let tops = if least > 0.0 { high_tops(values, least) } else { tops(values) };
    let bases = [bases(values, &tops, false), bases(values, &tops, true)];
    let mut peaks = Vec::new();
    for (index, top) in tops.iter().enumerate() {
        let height = values[*top];
        let prominence = height - bases[0][index].max(bases[1][index]);
        if prominence > 0.0 && prominence >= least {
            let width = width(axis, values, *top, height - 0.5 * prominence);
            peaks.push(Peak { position: axis[*top], height, prominence, width });
        }
    }
    peaks
}

/// Rows of the local maxima.
fn tops(values: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut row = 1;
    while row + 1 < values.len() {
        if values[row - 1] < values[row] {
            let mut last = row;
            while last + 1 < values.len() && values[last + 1] == values[row] {
                last += 1;
            }
            if last + 1 < values.len() && values[last + 1] < values[row] {
                found.push((row + last) / 2);
            }
            row = last;
        }
        row += 1;
    }
    found
}

/// Rows of local maxima, those with at least the given prominence among them: readings fall by as much after each before
/// they are as high again. In noise that is far fewer than all, and leaving out the others changes no base of these.
fn high_tops(values: &[f64], least: f64) -> Vec<usize> {
    let mut found = Vec::new();
    // Rows as high as the highest since readings last rose by as much.
    let mut highest: Vec<usize> = Vec::new();
    let (mut high, mut low, mut rising) = (f64::NEG_INFINITY, f64::INFINITY, true);
    for (row, &value) in values.iter().enumerate() {
        if rising {
            if value >= high {
                if value > high {
                    highest.clear();
                    high = value;
                }
                highest.push(row);
            } else if high - value >= least {
                for flat in highest.chunk_by(|a, b| b - a == 1) {
                    let (first, last) = (flat[0], flat[flat.len() - 1]);
                    if first > 0 {
                        found.push((first + last) / 2);
                    }
                }
                (rising, low) = (false, value);
            }
        } else if value < low {
            low = value;
        } else if value - low >= least {
            (rising, high) = (true, value);
            highest.clear();
            highest.push(row);
        }
    }
    found
}

/// For every top the lowest reading between it and the next higher reading to its left (or, from behind, right).
///
/// Tops that are lower have been passed on the way; each is taken from the stack once, so this is linear.
fn bases(values: &[f64], tops: &[usize], from_behind: bool) -> Vec<f64> {
    let mut lowest = vec![0.0; tops.len()];
    let mut passed: Vec<(f64, f64)> = Vec::new();
    let end = if from_behind { values.len() - 1 } else { 0 };
    let mut from = end;
    // What lies before the first top is higher than it where the series begins by falling.
    if let Some(value) = values.get(end) {
        passed.push((*value, f64::INFINITY));
    }
    let order: Vec<usize> = if from_behind { (0..tops.len()).rev().collect() } else { (0..tops.len()).collect() };
    for index in order {
        let top = tops[index];
        let between = if from_behind { &values[top..=from] } else { &values[from..=top] };
        let mut low = between.iter().copied().fold(f64::INFINITY, f64::min);
        while let Some((height, before)) = passed.last().copied() {
            if height > values[top] {
                break;
            }
            low = low.min(before).min(height);
            passed.pop();
        }
        lowest[index] = low;
        passed.push((values[top], low));
        from = top;
    }
    lowest
}

/// Distance on the axis between the crossings of `level` on both sides of a top, interpolated.
fn width(axis: &[f64], values: &[f64], top: usize, level: f64) -> f64 {
    let crossing = |low: usize, high: usize| {
        let share = (level - values[low]) / (values[high] - values[low]);
        axis[low] + share.clamp(0.0, 1.0) * (axis[high] - axis[low])
    };
    let left = values[..top].iter().rposition(|value| *value <= level);
    let right = values[top..].iter().position(|value| *value <= level).map(|place| top + place);
    let left = left.map_or(axis[0], |low| crossing(low, low + 1));
    let right = right.map_or(axis[axis.len() - 1], |low| crossing(low, low - 1));
    right - left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Vec<f64> {
        (0..count).map(|row| row as f64).collect()
    }

    /// Reference: scipy 1.17.1, `find_peaks(prominence=0)` and `peak_widths(rel_height=0.5)`.
    #[test]
    fn peaks_are_those_of_scipy() {
        let values = [5.0, 1.0, 4.0, 0.0, 3.0, 3.0, 2.0, 6.0, 2.0, 7.0, 1.0, 2.0];
        let found = find(&rows(12), &values, 0.0);
        let expected = [(2.0, 3.0, 0.875), (4.0, 1.0, 5.0 / 3.0), (7.0, 4.0, 1.0), (9.0, 6.0, 1.1)];
        assert_eq!(found.len(), expected.len());
        for (peak, (position, prominence, width)) in found.iter().zip(expected) {
            assert_eq!((peak.position, peak.prominence), (position, prominence));
            assert!((peak.width - width).abs() < 1e-12, "{peak:?}");
        }
    }

    #[test]
    fn high_tops_are_those_of_all_that_stand_out() {
        let mut state = 7_u64;
        for levels in [4, 40, 100_000] {
            let draw = |_| {
                state = (state * 1_103_515_245 + 12_345) % (1 << 31);
                (state * levels / (1 << 31)) as f64 / levels as f64
            };
            let mut values: Vec<f64> = (0..400).map(draw).collect();
            (1..400).for_each(|row| values[row] = 0.5 * (values[row] + values[row - 1]));
            for least in [0.05, 0.2, 0.5] {
                let mut all = find(&rows(400), &values, 0.0);
                all.retain(|peak| peak.prominence >= least);
                assert_eq!(find(&rows(400), &values, least), all, "{levels} {least}");
            }
        }
    }

    /// Reference as above, `prominence=0.05 * range`, on numbers of a linear congruential generator.
    #[test]
    fn peaks_of_noise_are_those_of_scipy() {
        let mut state = 12_345_u64;
        let draw = |_| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            state as f64 / f64::from(1_u32 << 31)
        };
        let values: Vec<f64> = (0..60).map(draw).collect();
        let (low, high) = values.iter().fold((1.0_f64, 0.0_f64), |(l, h), v| (l.min(*v), h.max(*v)));
        let found = find(&rows(60), &values, 0.05 * (high - low));
        let sum = |part: fn(&Peak) -> f64| found.iter().map(part).sum::<f64>();
        assert_eq!((found.len(), sum(|p| p.position)), (18, 578.0));
        assert!((sum(|p| p.prominence) - 8.648_549_604_229_629).abs() < 1e-12);
        assert!((sum(|p| p.width) - 32.847_247_705_446_19).abs() < 1e-12);
    }
}
