//! What a feature does to the prediction: partial dependence, its direction, and pairs.

use matdock_learn::{
    learner::{Features, Fitted},
    validate::rank_correlation,
};
use serde::Serialize;

use super::units::{Origin, Unit};

/// Whether the target rises or falls with a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// It rises.
    Rises,
    /// It falls.
    Falls,
    /// First up, then down: there is a best value in between.
    RisesThenFalls,
    /// First down, then up.
    FallsThenRises,
    /// Up and down more than once.
    Changes,
    /// Hardly at all.
    Flat,
    /// A choice: it has no order.
    Choice,
}

/// What a feature does to the prediction, all others as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// The feature, or the column of a choice.
    pub feature: String,
    /// Its unit.
    pub unit: Option<String>,
    /// Values it is set to.
    pub at: Vec<f64>,
    /// The choices it is set to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Mean prediction; of classes the probability of the class that is explained.
    pub mean: Vec<f64>,
    /// Low end of what nine of ten single rows do, each moved to the common mean.
    pub low: Vec<f64>,
    /// High end.
    pub high: Vec<f64>,
    /// Whether the target rises or falls with it.
    pub direction: Direction,
    /// How many learners fitted without some of the rows agree on that, of how many; none where there is no direction.
    pub agreed: Option<[usize; 2]>,
    /// Values of the known rows.
    #[serde(skip)]
    pub known: Vec<f64>,
}

impl Effect {
    /// How far the drawn lines reach from low to high.
    pub(super) fn height(&self) -> f64 {
        let low = self.low.iter().chain(&self.mean).copied().fold(f64::INFINITY, f64::min);
        let high = self.high.iter().chain(&self.mean).copied().fold(f64::NEG_INFINITY, f64::max);
        if high > low { high - low } else { 0.0 }
    }
}

/// What two features do to the prediction together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The two features.
    pub features: [String; 2],
    /// Values of the first and of the second.
    pub at: [Vec<f64>; 2],
    /// Mean prediction: for every value of the first a list over those of the second.
    pub mean: Vec<Vec<f64>>,
    /// Known rows in the plane.
    #[serde(skip)]
    pub known: Vec<(f64, f64)>,
}

/// Rows whose predictions are averaged.
const ROWS: usize = 200;
const PAIR_ROWS: usize = 60;
/// Values along a feature, and along each of a pair.
const STEPS: usize = 21;
const PAIR_STEPS: usize = 14;
/// Share of the rise and fall that is taken for noise; effects smaller than this share of the target's spread are flat.
const NOISE: f64 = 0.15;
const FLAT: f64 = 0.02;

/// Every n-th row, so that at most `most` are left.
fn sample(features: &Features, most: usize) -> Features {
    let step = features.rows().div_ceil(most).max(1);
    features.select(&(0..features.rows()).step_by(step).collect::<Vec<_>>())
}

fn known(features: &Features, column: usize) -> Vec<f64> {
    let mut known: Vec<f64> = features.column(column).iter().copied().filter(|x| x.is_finite()).collect();
    known.sort_by(f64::total_cmp);
    known
}

/// Different values from the second to the ninety-eighth of a hundred rows.
fn grid(known: &[f64], steps: usize) -> Vec<f64> {
    let mut different = known.to_vec();
    different.dedup();
    if different.len() <= steps / 2 {
        return different;
    }
    let at = |share: f64| known.get((share * (known.len() - 1) as f64).round() as usize).copied().unwrap_or(0.0);
    let mut places: Vec<f64> = (0..steps).map(|step| at(0.02 + 0.96 * step as f64 / (steps - 1) as f64)).collect();
    places.dedup();
    places
}

/// The cells that put a unit at a value of its first feature: those that go along with it move as they do in the rows
/// nearest to the value.
fn setting(features: &Features, unit: &Unit, value: f64) -> Vec<(usize, f64)> {
    let mut setting = vec![(unit.features[0], value)];
    if unit.features.len() > 1 {
        let column = features.column(unit.features[0]);
        let mut near: Vec<usize> = (0..features.rows()).filter(|row| column[*row].is_finite()).collect();
        near.sort_by(|a, b| (column[*a] - value).abs().total_cmp(&(column[*b] - value).abs()).then(a.cmp(b)));
        near.truncate(5);
        for other in &unit.features[1..] {
            let cells: Vec<f64> =
                near.iter().map(|row| features.column(*other)[*row]).filter(|x| x.is_finite()).collect();
            if !cells.is_empty() {
                setting.push((*other, cells.iter().sum::<f64>() / cells.len() as f64));
            }
        }
    }
    setting
}

/// Means over the rows, and the curve of every row, of output `output`.
fn curves(model: &Fitted, features: &Features, settings: &[Vec<(usize, f64)>], output: usize) -> Vec<Vec<f64>> {
    let outputs = model.task().outputs().max(1);
    let place = output.min(outputs - 1);
    let of = |predicted: Vec<f64>| predicted.chunks_exact(outputs).map(|row| row[place]).collect();
    model.with_cells(features, settings).into_iter().map(of).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// What a unit does; `spread` is the standard deviation of what is predicted.
pub(super) fn effect(
    model: &Fitted,
    again: &[&Fitted],
    features: &Features,
    unit: &Unit,
    origins: &[Origin],
    output: usize,
    spread: f64,
) -> Effect {
    let rows = sample(features, ROWS);
    let first = unit.features[0];
    let (at, settings, choices) = if unit.choice {
        let one = |chosen: &usize| -> Vec<(usize, f64)> {
            unit.features.iter().map(|level| (*level, f64::from(u8::from(level == chosen)))).collect()
        };
        let names: Vec<String> = unit.features.iter().filter_map(|level| origins.get(*level)?.level.clone()).collect();
        let places: Vec<f64> = (0..unit.features.len()).map(|place| place as f64).collect();
        (places, unit.features.iter().map(one).collect::<Vec<_>>(), names)
    } else {
        let at = grid(&known(features, first), STEPS);
        let settings = at.iter().map(|value| setting(features, unit, *value)).collect();
        (at, settings, Vec::new())
    };
    let curves_of = curves(model, &rows, &settings, output);
    let means: Vec<f64> = curves_of.iter().map(|values| mean(values)).collect();
    let common = mean(&means);
    // Each row's curve around its own mean.
    let own: Vec<f64> =
        (0..rows.rows()).map(|row| mean(&curves_of.iter().map(|v| v[row]).collect::<Vec<_>>())).collect();
    let end = |values: &Vec<f64>, share: f64| {
        let mut moved: Vec<f64> = values.iter().zip(&own).map(|(y, own)| y - own + common).collect();
        moved.sort_by(f64::total_cmp);
        moved.get((share * moved.len().saturating_sub(1) as f64).round() as usize).copied().unwrap_or(common)
    };
    let direction = if unit.choice { Direction::Choice } else { direction(&means, spread) };
    let agreed = matches!(direction, Direction::Rises | Direction::Falls).then(|| {
        let sign = if direction == Direction::Rises { 1.0 } else { -1.0 };
        let agrees = |other: &&&Fitted| {
            let found = curves(other, &rows, &settings, output);
            rank_correlation(&at, &found.iter().map(|values| mean(values)).collect::<Vec<_>>()) * sign > 0.5
        };
        [again.iter().filter(agrees).count(), again.len()]
    });
    let shown = if unit.choice {
        let column = |row: usize| unit.features.iter().position(|level| features.column(*level)[row] > 0.5);
        (0..features.rows()).filter_map(column).map(|level| level as f64).collect()
    } else {
        known(features, first)
    };
    Effect {
        feature: unit.name.clone(),
        unit: origins.get(first).and_then(|origin| origin.unit.clone()),
        at,
        choices,
        low: curves_of.iter().map(|values| end(values, 0.1)).collect(),
        high: curves_of.iter().map(|values| end(values, 0.9)).collect(),
        mean: means,
        direction,
        agreed,
        known: shown,
    }
}

/// How a curve goes, small bends apart.
fn direction(means: &[f64], spread: f64) -> Direction {
    let (low, high) = means.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(*y), h.max(*y)));
    let range = high - low;
    if range.is_nan() || range <= FLAT * spread || range <= 0.0 {
        return Direction::Flat;
    }
    // Turning points farther apart than the noise.
    let mut turns: Vec<f64> = Vec::new();
    let mut extreme = means[0];
    let mut sign = 0.0;
    for y in means {
        let step = y - extreme;
        if sign == 0.0 && step.abs() > NOISE * range {
            sign = step.signum();
            turns.push(sign);
            extreme = *y;
        } else if sign != 0.0 && step * sign > 0.0 {
            extreme = *y;
        } else if sign != 0.0 && step.abs() > NOISE * range {
            sign = -sign;
            turns.push(sign);
            extreme = *y;
        }
    }
    match turns.as_slice() {
        [up] if *up > 0.0 => Direction::Rises,
        [_] => Direction::Falls,
        [up, _] if *up > 0.0 => Direction::RisesThenFalls,
        [_, _] => Direction::FallsThenRises,
        [] => Direction::Flat,
        _ => Direction::Changes,
    }
}

/// What two units do together.
pub(super) fn pair(model: &Fitted, features: &Features, units: [&Unit; 2], output: usize) -> Pair {
    let rows = sample(features, PAIR_ROWS);
    let at = units.map(|unit| even(&known(features, unit.features[0])));
    let both = |a: &f64| {
        let first = setting(features, units[0], *a);
        let with = |b: &f64| [first.clone(), setting(features, units[1], *b)].concat();
        at[1].iter().map(with).collect::<Vec<_>>()
    };
    let settings: Vec<Vec<(usize, f64)>> = at[0].iter().flat_map(both).collect();
    let means: Vec<f64> = curves(model, &rows, &settings, output).iter().map(|values| mean(values)).collect();
    let columns = units.map(|unit| features.column(unit.features[0]));
    Pair {
        features: units.map(|unit| unit.name.clone()),
        mean: means.chunks(at[1].len().max(1)).map(<[f64]>::to_vec).collect(),
        known: columns[0].iter().copied().zip(columns[1].iter().copied()).collect(),
        at,
    }
}

/// Values at equal distances over the middle 96 % of the rows.
fn even(known: &[f64]) -> Vec<f64> {
    let places = grid(known, STEPS);
    let (Some(low), Some(high)) = (places.first(), places.last()) else { return Vec::new() };
    (0..PAIR_STEPS).map(|step| low + (high - low) * step as f64 / (PAIR_STEPS - 1) as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_rise_fall_or_have_a_best_place() {
        let of = |f: fn(f64) -> f64| direction(&(0..21).map(|i| f(f64::from(i) / 20.0)).collect::<Vec<_>>(), 1.0);
        assert_eq!(of(|x| x), Direction::Rises);
        assert_eq!(of(|x| -x + 0.02 * (40.0 * x).sin()), Direction::Falls);
        assert_eq!(of(|x| -(x - 0.4).powi(2)), Direction::RisesThenFalls);
        assert_eq!(of(|x| (x - 0.4).powi(2)), Direction::FallsThenRises);
        assert_eq!(of(|x| (12.0 * x).sin()), Direction::Changes);
        assert_eq!(of(|x| 0.001 * x), Direction::Flat);
        assert_eq!(direction(&[], 1.0), Direction::Flat);
    }
}
