//! What is believed about outcomes and success, and how much a candidate is expected to improve.

use matdock_learn::{Feasibility, Moments, Options, Reading, Rows, Surrogate, normal};

use crate::{
    goal::{Direction, Goal},
    history::{Measured, Observation},
    planner::Prediction,
};

/// How outcomes add up to one number, the higher the better.
#[derive(Debug, Clone)]
enum Merit {
    /// One outcome, up (1) or down (-1), on the bent scale of its model.
    Single { outcome: usize, sign: f64 },
    /// A weighted sum, each outcome in units of its scale.
    Sum(Vec<Term>),
}

#[derive(Debug, Clone, Copy)]
struct Term {
    outcome: usize,
    direction: Direction,
    /// Weight divided by scale.
    factor: f64,
}

/// Everything learnt from the observations.
#[derive(Debug, Clone)]
pub(crate) struct Belief {
    goal: Goal,
    names: Vec<String>,
    /// One per outcome of the goal; none where nothing was measured.
    surrogates: Vec<Option<Surrogate>>,
    feasibility: Feasibility,
    merit: Merit,
    /// Highest expected merit where an observation kept the bounds.
    best: Option<f64>,
}

/// A normal distribution of the merit with its share in a mixture, and gradients by the columns.
struct Component {
    share: f64,
    mean: f64,
    variance: f64,
    mean_gradient: Vec<f64>,
    variance_gradient: Vec<f64>,
}

impl Belief {
    /// Learns from `observed` at the encoded points `inputs`.
    pub(crate) fn learn(
        goal: &Goal,
        groups: &[usize],
        inputs: &Rows,
        observed: &[Observation],
        options: &Options,
    ) -> Self {
        let names: Vec<String> = goal.outcomes().into_iter().map(str::to_owned).collect();
        let failed: Vec<bool> = observed.iter().map(|o| o.failed).collect();
        let single = single(goal);
        let surrogates: Vec<Option<Surrogate>> = (0..names.len())
            .map(|outcome| {
                let readings: Vec<(usize, Reading)> = observed
                    .iter()
                    .enumerate()
                    .filter_map(|(index, o)| reading(o.outcomes[outcome]).map(|r| (index, r)))
                    .collect();
                let rows = Rows::collect(inputs.width(), readings.iter().map(|(index, _)| inputs.row(*index)));
                let readings: Vec<Reading> = readings.into_iter().map(|(_, reading)| reading).collect();
                // Sums and targets need the outcome as it is; bounds and one direction only its order.
                let in_sum = single.is_none() && goal.objectives.iter().any(|o| o.outcome == names[outcome]);
                let bend_evidence = if in_sum { f64::INFINITY } else { options.bend_evidence };
                let options = Options { bend_evidence, ..options.clone() };
                Surrogate::fit(&rows, groups, &readings, &options).ok()
            })
            .collect();
        let merit = match single {
            Some((outcome, sign)) => Merit::Single { outcome, sign },
            None => Merit::Sum(terms(goal, observed)),
        };
        let feasibility = Feasibility::fit(inputs, &failed);
        let mut belief = Self { goal: goal.clone(), names, surrogates, feasibility, merit, best: None };
        belief.best = belief.best_expected(inputs, observed);
        belief
    }

    /// Highest expected merit among the observations that count. Not the best reading: noise lifts that one, and
    /// the search would then take everything near it for no improvement.
    ///
    /// Source: Picheny, Wagner & Ginsbourger, Struct. Multidiscip. Optim. 48, 607 (2013), expected improvement with
    /// plug-in.
    fn best_expected(&self, inputs: &Rows, observed: &[Observation]) -> Option<f64> {
        if !self.has_model() {
            return None;
        }
        let counting = observed.iter().enumerate().filter(|(_, observation)| self.counted(observation).is_some());
        let rows = Rows::collect(inputs.width(), counting.map(|(index, _)| inputs.row(index)));
        self.expected_merit(&rows).into_iter().max_by(f64::total_cmp)
    }

    /// Whether any objective has a model.
    pub(crate) fn has_model(&self) -> bool {
        match &self.merit {
            Merit::Single { outcome, .. } => self.surrogates[*outcome].is_some(),
            Merit::Sum(terms) => terms.iter().all(|term| self.surrogates[term.outcome].is_some()),
        }
    }

    pub(crate) fn outcome_names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn surrogate(&self, outcome: usize) -> Option<&Surrogate> {
        self.surrogates[outcome].as_ref()
    }

    /// The belief when the experiment at `input` gives what is expected of it.
    pub(crate) fn believing(&self, input: &[f64]) -> Self {
        let surrogates = self.surrogates.iter().map(|s| s.as_ref().map(|s| s.believing(input))).collect();
        Self { surrogates, ..self.clone() }
    }

    /// Index and merit of the best observation: not failed, objectives measured, bounds kept.
    pub(crate) fn best_observed(&self, observed: &[Observation]) -> Option<(usize, f64)> {
        // A reading beyond a detection limit is no best value while there is a real one.
        let exact =
            observed.iter().any(|observation| self.is_exact(observation) && self.counted(observation).is_some());
        let mut best: Option<(usize, f64)> = None;
        for (index, observation) in observed.iter().enumerate() {
            let merit = self.counted(observation).filter(|_| !exact || self.is_exact(observation));
            if let Some(merit) = merit.filter(|merit| best.is_none_or(|(_, most)| *merit > most)) {
                best = Some((index, merit));
            }
        }
        best
    }

    /// Whether no objective of an observation is a mere limit.
    fn is_exact(&self, observation: &Observation) -> bool {
        let exact = |outcome: usize| !matches!(observation.outcomes[outcome], Measured::Below(_) | Measured::Above(_));
        match &self.merit {
            Merit::Single { outcome, .. } => exact(*outcome),
            Merit::Sum(terms) => terms.iter().all(|term| exact(term.outcome)),
        }
    }

    /// Measured merit of an observation that counts: not failed, objectives measured, bounds kept.
    fn counted(&self, observation: &Observation) -> Option<f64> {
        let number = |outcome: usize| reading(observation.outcomes[outcome]).map(Reading::number);
        if observation.failed || !self.keeps_bounds(number) {
            return None;
        }
        self.merit_of(number)
    }

    /// Merit of given outcomes; `None` when an objective is missing.
    pub(crate) fn merit_of(&self, number: impl Fn(usize) -> Option<f64>) -> Option<f64> {
        match &self.merit {
            Merit::Single { outcome, sign } => {
                let surrogate = self.surrogates[*outcome].as_ref()?;
                number(*outcome).map(|value| sign * surrogate.warp().forward(value))
            }
            Merit::Sum(terms) => terms.iter().map(|term| Some(term.merit(number(term.outcome)?))).sum(),
        }
    }

    fn keeps_bounds(&self, number: impl Fn(usize) -> Option<f64>) -> bool {
        self.goal.bounds.iter().all(|bound| {
            let value = self.goal.position(&bound.outcome).and_then(&number);
            value.is_some_and(|value| {
                bound.low.is_none_or(|low| value >= low) && bound.high.is_none_or(|high| value <= high)
            })
        })
    }

    /// Expected outcomes with 90 % intervals of a reading, at each row of `points`.
    pub(crate) fn predictions(&self, points: &Rows) -> Vec<Vec<Prediction>> {
        const HALF_WIDTH: f64 = 1.6448536269514722;
        let mut all = vec![Vec::new(); points.len()];
        for (name, surrogate) in self.names.iter().zip(&self.surrogates) {
            let Some(surrogate) = surrogate else { continue };
            let noise = surrogate.noise();
            for (row, moments) in all.iter_mut().zip(surrogate.predict(points)) {
                let reach = HALF_WIDTH * (moments.variance + noise).sqrt();
                let warp = surrogate.warp();
                row.push(Prediction {
                    outcome: name.clone(),
                    mean: warp.expected(moments.mean, moments.variance.sqrt()),
                    low: warp.backward(moments.mean - reach),
                    high: warp.backward(moments.mean + reach),
                });
            }
        }
        all
    }

    /// Probability that an experiment does not fail.
    pub(crate) fn success(&self, point: &[f64]) -> f64 {
        self.feasibility.probability(point)
    }

    /// Probability that the merit at `point` is not above the best so far: the share of exploration.
    pub(crate) fn exploration(&self, point: &[f64]) -> f64 {
        let rows = Rows::collect(point.len(), [point]);
        let Some(best) = self.best else { return 1.0 };
        let components = self.moments(&rows).pop().unwrap_or_default();
        components.iter().map(|(share, m)| share * normal::cumulative((best - m.mean) / m.variance.sqrt())).sum::<f64>()
    }

    /// Expected merit at each row of `points`.
    pub(crate) fn expected_merit(&self, points: &Rows) -> Vec<f64> {
        self.moments(points).iter().map(|parts| parts.iter().map(|(share, m)| share * m.mean).sum()).collect()
    }

    /// Log of expected improvement, times the probabilities to keep the bounds and not to fail, at each row.
    pub(crate) fn scores(&self, points: &Rows) -> Vec<f64> {
        let mut scores: Vec<f64> = match self.best {
            Some(best) => self.moments(points).iter().map(|parts| log_improvement(parts, best)).collect(),
            None => vec![0.0; points.len()],
        };
        for bound in &self.goal.bounds {
            let outcome = self.goal.position(&bound.outcome);
            let Some(surrogate) = outcome.and_then(|outcome| self.surrogates[outcome].as_ref()) else { continue };
            let (low, high) = limits(surrogate, bound.low, bound.high);
            for (score, moments) in scores.iter_mut().zip(surrogate.predict(points)) {
                *score += log_within(moments, low, high).0;
            }
        }
        if !self.feasibility.is_certain() {
            scores
                .iter_mut()
                .zip(points.iter())
                .for_each(|(s, p)| *s += self.feasibility.log_probability_with_gradient(p).0);
        }
        scores
    }

    /// [`Belief::scores`] at one point, and its gradient by the columns.
    pub(crate) fn score_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let (mut score, mut gradient) = match self.best {
            Some(best) => log_improvement_with_gradient(&self.components(point), best, point.len()),
            None => (0.0, vec![0.0; point.len()]),
        };
        for bound in &self.goal.bounds {
            let outcome = self.goal.position(&bound.outcome);
            let Some(surrogate) = outcome.and_then(|outcome| self.surrogates[outcome].as_ref()) else { continue };
            let (low, high) = limits(surrogate, bound.low, bound.high);
            let (moments, by_mean, by_variance) = mixed_with_gradient(surrogate, point);
            let (value, slope_mean, slope_variance) = log_within(moments, low, high);
            score += value;
            for c in 0..point.len() {
                gradient[c] += slope_mean * by_mean[c] + slope_variance * by_variance[c];
            }
        }
        let (success, success_gradient) = self.feasibility.log_probability_with_gradient(point);
        gradient.iter_mut().zip(success_gradient).for_each(|(g, s)| *g += s);
        (score + success, gradient)
    }

    /// The merit at each row as a mixture of normals.
    fn moments(&self, points: &Rows) -> Vec<Vec<(f64, Moments)>> {
        let mut all: Vec<Vec<(f64, Moments)>> = vec![Vec::new(); points.len()];
        match &self.merit {
            Merit::Single { outcome, sign } => {
                for member in self.surrogates[*outcome].iter().flat_map(Surrogate::members) {
                    for (row, m) in all.iter_mut().zip(member.gp.predict(points)) {
                        row.push((member.share, Moments { mean: sign * m.mean, variance: m.variance }));
                    }
                }
            }
            Merit::Sum(terms) => {
                all.iter_mut().for_each(|row| row.push((1.0, Moments { mean: 0.0, variance: 0.0 })));
                for term in terms {
                    let Some(surrogate) = &self.surrogates[term.outcome] else { continue };
                    for (row, m) in all.iter_mut().zip(surrogate.predict(points)) {
                        let (part, ..) = term.moments(surrogate, m);
                        row[0].1.mean += part.mean;
                        row[0].1.variance += part.variance;
                    }
                }
            }
        }
        all
    }

    fn components(&self, point: &[f64]) -> Vec<Component> {
        match &self.merit {
            Merit::Single { outcome, sign } => self.surrogates[*outcome]
                .iter()
                .flat_map(Surrogate::members)
                .map(|member| {
                    let (m, mut mean_gradient, variance_gradient) = member.gp.predict_with_gradient(point);
                    mean_gradient.iter_mut().for_each(|g| *g *= sign);
                    let (share, mean, variance) = (member.share, sign * m.mean, m.variance);
                    Component { share, mean, variance, mean_gradient, variance_gradient }
                })
                .collect(),
            Merit::Sum(terms) => {
                let zero = vec![0.0; point.len()];
                let mut sum = Component {
                    share: 1.0,
                    mean: 0.0,
                    variance: 0.0,
                    mean_gradient: zero.clone(),
                    variance_gradient: zero,
                };
                for term in terms {
                    let Some(surrogate) = &self.surrogates[term.outcome] else { continue };
                    let (m, by_mean, by_variance) = mixed_with_gradient(surrogate, point);
                    let (part, mean_slopes, variance_slopes) = term.moments(surrogate, m);
                    sum.mean += part.mean;
                    sum.variance += part.variance;
                    for c in 0..point.len() {
                        sum.mean_gradient[c] += mean_slopes.0 * by_mean[c] + mean_slopes.1 * by_variance[c];
                        sum.variance_gradient[c] += variance_slopes.0 * by_mean[c] + variance_slopes.1 * by_variance[c];
                    }
                }
                vec![sum]
            }
        }
    }
}

impl Term {
    fn merit(&self, value: f64) -> f64 {
        self.factor
            * match self.direction {
                Direction::Minimise => -value,
                Direction::Maximise => value,
                Direction::Target(target) => -(value - target).abs(),
            }
    }

    /// Moments of the merit from those of the standardised outcome, with the derivatives of mean and
    /// variance by the outcome's mean and variance. A distance from a target is a folded normal variable.
    fn moments(&self, surrogate: &Surrogate, m: Moments) -> (Moments, (f64, f64), (f64, f64)) {
        let warp = surrogate.warp();
        // The warp of a sum is straight, so two points give its slope.
        let (offset, slope) = (warp.backward(0.0), warp.backward(1.0) - warp.backward(0.0));
        let (mean, variance) = (offset + slope * m.mean, slope * slope * m.variance);
        let factor = self.factor;
        let Direction::Target(target) = self.direction else {
            let sign = if self.direction == Direction::Minimise { -factor } else { factor };
            let moments = Moments { mean: sign * mean, variance: factor * factor * variance };
            return (moments, (sign * slope, 0.0), (0.0, factor * factor * slope * slope));
        };
        let deviation = variance.sqrt();
        let gap = mean - target;
        let z = gap / deviation;
        let centred = 1.0 - 2.0 * normal::cumulative(-z);
        let folded = 2.0 * deviation * normal::density(z) + gap * centred;
        let left = (gap * gap + variance - folded * folded).max(1e-6 * variance);
        let by_variance = normal::density(z) / deviation;
        let moments = Moments { mean: -factor * folded, variance: factor * factor * left };
        let mean_slopes = (-factor * centred * slope, -factor * by_variance * slope * slope);
        let squared = factor * factor;
        let variance_slopes = (
            squared * 2.0 * (gap - folded * centred) * slope,
            squared * (1.0 - 2.0 * folded * by_variance) * slope * slope,
        );
        (moments, mean_slopes, variance_slopes)
    }
}

/// The outcome and sign of a goal that is one outcome up or down.
fn single(goal: &Goal) -> Option<(usize, f64)> {
    let [objective] = goal.objectives.as_slice() else { return None };
    let sign = match objective.direction {
        Direction::Maximise => 1.0,
        Direction::Minimise => -1.0,
        Direction::Target(_) => return None,
    };
    goal.position(&objective.outcome).map(|outcome| (outcome, sign))
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

pub(crate) fn reading(measured: Measured) -> Option<Reading> {
    match measured {
        Measured::Value(value) => Some(Reading::Value(value)),
        Measured::Below(limit) => Some(Reading::Below(limit)),
        Measured::Above(limit) => Some(Reading::Above(limit)),
        Measured::Missing => None,
    }
}

fn log_improvement(parts: &[(f64, Moments)], best: f64) -> f64 {
    let logs = parts.iter().map(|(share, m)| {
        let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
        share.ln() + deviation.ln() + normal::log_improvement((m.mean - best) / deviation).0
    });
    log_sum(logs)
}

fn log_sum(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if most.is_finite() { most + logs.map(|l| (l - most).exp()).sum::<f64>().ln() } else { -1e300 }
}

fn log_improvement_with_gradient(parts: &[Component], best: f64, width: usize) -> (f64, Vec<f64>) {
    let each: Vec<(f64, f64, f64)> = parts
        .iter()
        .map(|part| {
            let deviation = part.variance.sqrt().max(f64::MIN_POSITIVE);
            let z = (part.mean - best) / deviation;
            let (value, slope) = normal::log_improvement(z);
            // d/d mean, and d/d variance of ln(deviation) + value(z).
            (
                part.share.ln() + deviation.ln() + value,
                slope / deviation,
                (1.0 - slope * z) / (2.0 * deviation * deviation),
            )
        })
        .collect();
    let total = log_sum(each.iter().map(|(value, ..)| *value));
    let mut gradient = vec![0.0; width];
    for (part, (value, by_mean, by_variance)) in parts.iter().zip(&each) {
        let weight = (value - total).exp();
        for (c, sum) in gradient.iter_mut().enumerate() {
            *sum += weight * (by_mean * part.mean_gradient[c] + by_variance * part.variance_gradient[c]);
        }
    }
    (total, gradient)
}

fn mixed_with_gradient(surrogate: &Surrogate, point: &[f64]) -> (Moments, Vec<f64>, Vec<f64>) {
    let each: Vec<_> =
        surrogate.members().iter().map(|member| (member.share, member.gp.predict_with_gradient(point))).collect();
    let mean: f64 = each.iter().map(|(share, (m, ..))| share * m.mean).sum();
    let variance = each.iter().map(|(share, (m, ..))| share * (m.variance + (m.mean - mean).powi(2))).sum();
    let mut by_mean = vec![0.0; point.len()];
    let mut by_variance = vec![0.0; point.len()];
    for (share, (m, mean_gradient, variance_gradient)) in &each {
        for c in 0..point.len() {
            by_mean[c] += share * mean_gradient[c];
            by_variance[c] += share * (variance_gradient[c] + 2.0 * (m.mean - mean) * mean_gradient[c]);
        }
    }
    (Moments { mean, variance }, by_mean, by_variance)
}

/// Bounds on the bent scale.
fn limits(surrogate: &Surrogate, low: Option<f64>, high: Option<f64>) -> (f64, f64) {
    let forward = |value: f64| surrogate.warp().forward(value);
    (low.map_or(f64::NEG_INFINITY, forward), high.map_or(f64::INFINITY, forward))
}

/// Log probability of lying between `low` and `high`, and its derivatives by mean and variance.
fn log_within(m: Moments, low: f64, high: f64) -> (f64, f64, f64) {
    let deviation = m.variance.sqrt();
    let (a, b) = ((low - m.mean) / deviation, (high - m.mean) / deviation);
    let log_of = |z: f64| normal::log_cumulative(z);
    // The tail with less mass on its far side keeps the difference exact.
    let (near, far) = if a > 0.0 { (log_of(-a), log_of(-b)) } else { (log_of(b), log_of(a)) };
    let value = (near + (-(far - near).exp()).ln_1p()).max(-1e6);
    let relative = |z: f64| {
        if z.is_finite() { (-0.5 * z * z - 0.5 * (2.0 * std::f64::consts::PI).ln() - value).exp() } else { 0.0 }
    };
    let weighted = |z: f64| if z.is_finite() { z * relative(z) } else { 0.0 };
    let by_mean = (relative(a) - relative(b)) / deviation;
    let by_variance = (weighted(a) - weighted(b)) / (2.0 * m.variance);
    let sound = |slope: f64| if slope.is_finite() { slope } else { 0.0 };
    (value, sound(by_mean), sound(by_variance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lucky_reading_does_not_set_the_mark_to_beat() {
        // The same experiment eight times; one reading strays.
        let observed: Vec<Observation> = [1.0, 1.1, 0.9, 1.0, 3.0, 1.1, 0.9, 1.0]
            .map(|y| Observation { point: Vec::new(), row: None, outcomes: vec![Measured::Value(y)], failed: false })
            .to_vec();
        let inputs = Rows::collect(1, observed.iter().map(|_| [0.5].as_slice()));
        let goal = Goal::single("y", Direction::Maximise);
        let belief = Belief::learn(&goal, &[0], &inputs, &observed, &Options::default());
        let (index, reading) = belief.best_observed(&observed).unwrap();
        assert_eq!(index, 4);
        assert!(belief.best.unwrap() < 0.5 * reading, "{:?} {reading}", belief.best);
    }
}
