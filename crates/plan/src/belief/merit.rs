//! How outcomes become one number, the higher the better.

use matdock_learn::{Moments, OutcomeModel, Reading, Side, normal};

use super::{gain::Sloped, hypervolume::Want, reading};
use crate::{
    goal::{Direction, Goal},
    history::Observation,
};

/// How outcomes add up to one number, the higher the better.
#[derive(Debug, Clone)]
pub(super) enum Merit {
    /// One outcome, up (1) or down (-1), on the bent scale of its model.
    Single { outcome: usize, sign: f64 },
    /// Minus the distance of one outcome from a window, on the standardised scale of its model.
    Window { outcome: usize, low: f64, high: f64 },
    /// A weighted sum, each outcome in units of its scale.
    Sum(Vec<Term>),
    /// Each objective for itself, on the standardised scale of its model. As one number their sum by weight: a
    /// compromise that is on the front.
    Front(Vec<Want>),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) outcome: usize,
    direction: Direction,
    /// Weight divided by scale.
    factor: f64,
}

/// On which side a surprising reading of an outcome may be a discovery.
pub(super) fn discoveries(goal: &Goal, outcome: &str) -> Side {
    match goal.objectives.as_slice() {
        [only] if only.outcome == outcome => match only.direction {
            Direction::Maximise => Side::High,
            Direction::Minimise => Side::Low,
            Direction::Target(_) | Direction::Window { .. } => Side::Both,
        },
        _ => Side::Both,
    }
}

/// Whether a goal needs an outcome as it is: one direction and bounds only need its order, so that its model may
/// bend it.
pub(super) fn needs_straight(goal: &Goal, outcome: &str) -> bool {
    match goal.objectives.as_slice() {
        [only] => only.outcome == outcome && only.direction.window().is_some(),
        several => several.iter().any(|objective| objective.outcome == outcome),
    }
}

impl Merit {
    /// The merit under `goal`; `model` gives the model of an outcome.
    pub(super) fn new<'a>(
        goal: &Goal,
        observed: &[Observation],
        model: impl Fn(usize) -> Option<&'a OutcomeModel>,
    ) -> Self {
        if goal.is_front() {
            let want = |objective: &crate::goal::Objective| {
                let outcome = goal.position(&objective.outcome)?;
                Some(Want::new(objective, outcome, model(outcome)))
            };
            return Self::Front(goal.objectives.iter().filter_map(want).collect());
        }
        let [objective] = goal.objectives.as_slice() else { return Self::Sum(terms(goal, observed)) };
        let outcome = goal.position(&objective.outcome).unwrap_or(0);
        match objective.direction.window() {
            None => Self::Single { outcome, sign: if objective.direction == Direction::Minimise { -1.0 } else { 1.0 } },
            Some((low, high)) => {
                let forward = |value: f64| model(outcome).map_or(value, |model| model.warp().forward(value));
                Self::Window { outcome, low: forward(low), high: forward(high) }
            }
        }
    }

    /// The outcomes it is made of.
    pub(super) fn outcomes(&self) -> Vec<usize> {
        match self {
            Self::Single { outcome, .. } | Self::Window { outcome, .. } => vec![*outcome],
            Self::Sum(terms) => terms.iter().map(|term| term.outcome).collect(),
            Self::Front(wants) => wants.iter().map(|want| want.outcome).collect(),
        }
    }

    /// Merit of given outcomes (in their units); `None` when one it needs is missing. `forward` takes an outcome
    /// to the scale of its model.
    pub(super) fn of(
        &self,
        number: impl Fn(usize) -> Option<f64>,
        forward: impl Fn(usize, f64) -> Option<f64>,
    ) -> Option<f64> {
        match self {
            Self::Single { outcome, sign } => Some(sign * forward(*outcome, number(*outcome)?)?),
            Self::Window { outcome, low, high } => {
                let window = Direction::Window { low: *low, high: *high };
                Some(window.merit(forward(*outcome, number(*outcome)?)?))
            }
            Self::Sum(terms) => terms.iter().map(|term| Some(term.merit(number(term.outcome)?))).sum(),
            Self::Front(wants) => wants
                .iter()
                .map(|want| Some(want.weighted(want.merit(forward(want.outcome, number(want.outcome)?)?))))
                .sum(),
        }
    }
}

impl Term {
    fn merit(&self, value: f64) -> f64 {
        self.factor * self.direction.merit(value)
    }

    /// Moments of the merit from those of the standardised outcome, with the derivatives of mean and
    /// variance by the outcome's mean and variance.
    pub(super) fn moments(&self, model: &OutcomeModel, m: Moments) -> (Sloped, Sloped) {
        let warp = model.warp();
        // The warp of a sum is straight, so two points give its slope.
        let (offset, slope) = (warp.backward(0.0), warp.backward(1.0) - warp.backward(0.0));
        let own = Moments { mean: offset + slope * m.mean, variance: slope * slope * m.variance };
        let factor = self.factor;
        let (mean, variance) = match self.direction.window() {
            Some((low, high)) => distance_moments(own, low, high),
            None => {
                let sign = if self.direction == Direction::Minimise { 1.0 } else { -1.0 };
                let mean = Sloped { value: sign * own.mean, by_mean: sign, by_variance: 0.0 };
                (mean, Sloped { value: own.variance, by_mean: 0.0, by_variance: 1.0 })
            }
        };
        let scaled = |s: Sloped, by: f64| Sloped {
            value: by * s.value,
            by_mean: by * s.by_mean * slope,
            by_variance: by * s.by_variance * slope * slope,
        };
        (scaled(mean, -factor), scaled(variance, factor * factor))
    }
}

/// Mean and variance of the distance of a normal response from the window `low..high`, with derivatives.
///
/// The distance is a hinge on either side; first and second moments of a hinge are known, and the two are never
/// above zero together.
pub(super) fn distance_moments(m: Moments, low: f64, high: f64) -> (Sloped, Sloped) {
    let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
    let hinge = |gap: f64| {
        let z = gap / deviation;
        let (above, density) = (normal::cumulative(z), normal::density(z));
        let first = gap * above + deviation * density;
        let second = (m.variance + gap * gap) * above + gap * deviation * density;
        (first, second, above, density)
    };
    let (up, down) = (hinge(m.mean - high), hinge(low - m.mean));
    let first = up.0 + down.0;
    let by_mean = up.2 - down.2;
    let by_variance = (up.3 + down.3) / (2.0 * deviation);
    let mean = Sloped { value: first, by_mean, by_variance };
    let left = (up.1 + down.1 - first * first).max(1e-6 * m.variance);
    let variance = Sloped {
        value: left,
        by_mean: 2.0 * (up.0 - down.0) - 2.0 * first * by_mean,
        by_variance: up.2 + down.2 - 2.0 * first * by_variance,
    };
    (mean, variance)
}

fn terms(goal: &Goal, observed: &[Observation]) -> Vec<Term> {
    goal.objectives
        .iter()
        .filter_map(|objective| {
            let outcome = goal.position(&objective.outcome)?;
            let values: Vec<f64> =
                observed.iter().filter_map(|o| reading(o.outcomes[outcome]).map(Reading::number)).collect();
            let scale = objective.scale.unwrap_or_else(|| deviation(&values));
            Some(Term { outcome, direction: objective.direction, factor: objective.weight / scale })
        })
        .collect()
}

/// Standard deviation; 1 where it says nothing.
pub(crate) fn deviation(values: &[f64]) -> f64 {
    let warp = matdock_learn::Warp::fit(values, f64::INFINITY);
    let deviation = warp.backward(1.0) - warp.backward(0.0);
    if deviation.is_finite() && deviation > 0.0 { deviation } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_from_a_target_is_a_folded_normal_variable() {
        // Mean of |y| for a standard normal y: sqrt(2 / pi), variance 1 - 2 / pi.
        let (mean, variance) = distance_moments(Moments { mean: 0.0, variance: 1.0 }, 0.0, 0.0);
        assert!((mean.value - 0.797_884_560_802_865_4).abs() < 1e-12);
        assert!((variance.value - 0.363_380_227_632_418_6).abs() < 1e-12);
    }

    #[test]
    fn moments_of_the_distance_have_the_right_slopes() {
        for (mean, variance) in [(0.0, 1.0), (1.5, 0.3), (-2.0, 0.7)] {
            let at = |mean: f64, variance: f64| distance_moments(Moments { mean, variance }, -0.5, 0.8);
            let found = at(mean, variance);
            let h = 1e-6;
            for part in [0, 1] {
                let pick = |pair: (Sloped, Sloped)| if part == 0 { pair.0 } else { pair.1 };
                let by_mean = (pick(at(mean + h, variance)).value - pick(at(mean - h, variance)).value) / (2.0 * h);
                let by_variance = (pick(at(mean, variance + h)).value - pick(at(mean, variance - h)).value) / (2.0 * h);
                assert!((pick(found).by_mean - by_mean).abs() < 1e-6);
                assert!((pick(found).by_variance - by_variance).abs() < 1e-6);
            }
        }
    }
}
