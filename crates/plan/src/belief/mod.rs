//! What is believed about outcomes and success, and how much a candidate is expected to improve.

mod front;
mod gain;
mod hypervolume;
mod lookahead;
mod merit;
mod staged;

use std::sync::Arc;

use matdock_learn::{
    Component, Explanation, Feasibility, Moments, Options, OutcomeModel, Outcomes, Reading, Readings, Rows, Separate,
    Slope, normal,
};

use crate::{
    chain::{Elsewhere, Stages, Through},
    goal::{Bound, Goal},
    history::{Measured, Observation},
    planner::Prediction,
};

use front::Truth;
use gain::{Sloped, log_improvement_with_gradient, log_improvements, log_nearer, log_within, mix};
use hypervolume::Front;
use merit::{Merit, distance_moments};

pub(crate) use merit::deviation;

/// Everything learnt from the observations.
#[derive(Debug, Clone)]
pub(crate) struct Belief {
    goal: Goal,
    names: Vec<String>,
    outcomes: Arc<dyn Outcomes>,
    feasibility: Feasibility,
    merit: Merit,
    /// Highest expected merit where an observation kept the bounds.
    best: Option<f64>,
    /// For several objectives that make a front.
    front: Option<Front>,
    /// Possible truths about the front, equally likely; none where a model cannot give them.
    truths: Vec<Truth>,
    /// Standard deviations above the expected merit that a candidate of a list is credited with.
    optimism: f64,
    /// Which outcomes are predicted through intermediates.
    through: Vec<Through>,
}

/// Of a list the search exploits or explores in turn: the former finds the best row soonest when the model is right, the
/// latter when it is not. The turns are those of the Thue-Morse sequence, fair to batches of any even size too.
const OPTIMISM: [f64; 2] = [1.0, 2.0];

/// The power of the probability of success by which, in the same turns, what is expected of a candidate is multiplied.
/// With the plain product (power 1) the search never stops failing: what nobody has measured always promises more than
/// what is left to gain where experiments succeed, however unlikely success is there.
const CAUTION: [f64; 2] = [20.0, 8.0];

impl Belief {
    /// Learns from `observed` at the encoded points `inputs`.
    pub(crate) fn learn(
        goal: &Goal,
        groups: &[usize],
        inputs: &Rows,
        observed: &[Observation],
        options: &Options,
    ) -> Self {
        Self::learn_with(goal, groups, inputs, observed, options, &[])
    }

    /// [`Belief::learn`] with explanations that may hold, for each outcome (see [`Options::explanations`]).
    pub(crate) fn learn_with(
        goal: &Goal,
        groups: &[usize],
        inputs: &Rows,
        observed: &[Observation],
        options: &Options,
        explanations: &[Vec<Explanation>],
    ) -> Self {
        Self::learn_chain(goal, None, groups, inputs, observed, options, explanations)
    }

    /// [`Belief::learn_with`], with outcomes predicted through the `stages` of the goal where that pays.
    pub(crate) fn learn_chain(
        goal: &Goal,
        stages: Option<(&Stages, &Elsewhere)>,
        groups: &[usize],
        inputs: &Rows,
        observed: &[Observation],
        options: &Options,
        explanations: &[Vec<Explanation>],
    ) -> Self {
        let names: Vec<String> = goal.outcomes().into_iter().map(str::to_owned).collect();
        let models = (0..names.len()).map(|outcome| {
            // Predicted through the chain alone: only what is wanted or bounded decides what to try.
            if stages.is_some() && goal.is_intermediate(&names[outcome]) {
                return None;
            }
            let readings: Vec<(usize, Reading)> = observed
                .iter()
                .enumerate()
                .filter_map(|(index, o)| reading(o.outcomes[outcome]).map(|r| (index, r)))
                .collect();
            let rows = Rows::collect(inputs.width(), readings.iter().map(|(index, _)| inputs.row(*index)));
            let uncertainties: Vec<f64> =
                readings.iter().map(|(index, _)| observed[*index].outcomes[outcome].uncertainty()).collect();
            let readings: Vec<Reading> = readings.into_iter().map(|(_, reading)| reading).collect();
            let straight = merit::needs_straight(goal, &names[outcome]);
            let bend_evidence = if straight { f64::INFINITY } else { options.bend_evidence };
            let discoveries = merit::discoveries(goal, &names[outcome]);
            let explanations = explanations.get(outcome).cloned().unwrap_or_default();
            let options = Options { bend_evidence, discoveries, explanations, ..options.clone() };
            OutcomeModel::learn(
                &Readings { inputs: &rows, groups, readings: &readings, uncertainties: &uncertainties },
                &options,
            )
            .ok()
        });
        let models: Vec<Option<OutcomeModel>> = models.collect();
        let (outcomes, through): (Arc<dyn Outcomes>, Vec<Through>) = match stages {
            Some((stages, elsewhere)) => stages.learn(inputs, observed, elsewhere, options, models),
            None => (Arc::new(Separate(models)), Vec::new()),
        };
        let failed: Vec<bool> = observed.iter().map(|o| o.failed).collect();
        let merit = Merit::new(goal, observed, |outcome| outcomes.outcome(outcome));
        let feasibility = Feasibility::fit(inputs, groups, &failed);
        let optimism = OPTIMISM[observed.len().count_ones() as usize % OPTIMISM.len()];
        let (goal, truths) = (goal.clone(), Vec::new());
        let (best, front) = (None, None);
        let mut belief = Self { goal, names, outcomes, feasibility, merit, best, front, truths, optimism, through };
        belief.best = belief.best_expected(inputs, observed);
        belief.front = belief.front_expected(inputs, observed);
        belief.truths = belief.draw_truths(inputs, observed).unwrap_or_default();
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

    /// Whether every objective has a model.
    pub(crate) fn has_model(&self) -> bool {
        self.merit.outcomes().iter().all(|&outcome| self.outcomes.outcome(outcome).is_some())
    }

    /// What is wanted.
    pub(crate) fn goal(&self) -> &Goal {
        &self.goal
    }

    /// How the outcomes behind intermediates are predicted.
    pub(crate) fn through(&self) -> &[Through] {
        &self.through
    }

    /// Whether an outcome is predicted through the chain: an intermediate, or behind some.
    pub(crate) fn is_through_chain(&self, name: &str) -> bool {
        let through = self.through.iter().find(|through| through.outcome == name);
        through.map_or_else(|| self.goal.is_intermediate(name), |through| through.chain)
    }

    pub(crate) fn outcome_names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn outcome(&self, outcome: usize) -> Option<&OutcomeModel> {
        self.outcomes.outcome(outcome)
    }

    /// The belief when the experiment at `input` gives what is expected of it.
    pub(crate) fn believing(&self, input: &[f64]) -> Self {
        let (front, truths) = (self.front_with(input), self.truths_with(input));
        let rows = Rows::collect(input.len(), [input]);
        let expected = self.expected_merit(&rows).first().copied().filter(|merit| merit.is_finite());
        // What is expected of it is what others have to beat; else they would crowd around it.
        let best = match (self.best, expected) {
            (Some(best), Some(expected)) if self.probably_counts(&rows) => Some(best.max(expected)),
            (best, _) => best,
        };
        Self { outcomes: self.outcomes.believing(input), front, truths, best, ..self.clone() }
    }

    /// Probability that an experiment keeps every bound.
    pub(crate) fn kept(&self, row: &Rows) -> f64 {
        let kept = |bound: &Bound| {
            let (model, low, high) = self.limits(bound)?;
            let moments = model.surrogate().predict(row);
            moments.first().map(|m| log_within(*m, low, high).value.exp())
        };
        self.goal.bounds.iter().map(|bound| kept(bound).unwrap_or(1.0)).product()
    }

    /// Whether an experiment is more likely than not to succeed and to keep every bound.
    fn probably_counts(&self, row: &Rows) -> bool {
        self.kept(row) * self.feasibility.probability(row.row(0)) > 0.5
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
        let limit = |outcome: usize| matches!(observation.outcomes[outcome], Measured::Below(_) | Measured::Above(_));
        !self.merit.outcomes().into_iter().any(limit)
    }

    /// Measured merit of an observation that counts: not failed, objectives measured, bounds kept.
    fn counted(&self, observation: &Observation) -> Option<f64> {
        let number = |outcome: usize| reading(observation.outcomes[outcome]).map(Reading::number);
        if observation.failed || !self.keeps_bounds(number) {
            return None;
        }
        let forward = |outcome: usize, value: f64| self.outcome(outcome).map(|model| model.warp().forward(value));
        self.merit.of(number, forward)
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
        for (outcome, name) in self.names.iter().enumerate() {
            let Some(model) = self.outcome(outcome) else { continue };
            let noise = model.surrogate().noise();
            for (row, moments) in all.iter_mut().zip(model.surrogate().predict(points)) {
                let reach = HALF_WIDTH * (moments.variance + noise).sqrt();
                let warp = model.warp();
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

    /// Probability that an experiment at `point` does not fail, for people: in keeping with how often left-out ones
    /// did.
    pub(crate) fn success(&self, point: &[f64]) -> f64 {
        self.feasibility.corrected_probability(point)
    }

    /// The same as far as places are compared by it.
    pub(crate) fn rough_success(&self, point: &[f64]) -> f64 {
        self.feasibility.probability(point)
    }

    /// Probability that the merit at `point` is not above the best so far: the share of exploration.
    pub(crate) fn exploration(&self, point: &[f64]) -> f64 {
        let Some(best) = self.best else { return 1.0 };
        let rows = Rows::collect(point.len(), [point]);
        let below = |m: Moments, at: f64| normal::cumulative((at - m.mean) / m.variance.sqrt());
        let first = |component: Component| component.moments.first().map(|m| (component.share, *m));
        match &self.merit {
            Merit::Single { outcome, sign } => {
                let parts = self.components(*outcome, &rows).into_iter().filter_map(first);
                parts.map(|(share, m)| share * below(Moments { mean: sign * m.mean, ..m }, best)).sum()
            }
            Merit::Window { outcome, low, high } => {
                let parts = self.components(*outcome, &rows).into_iter().filter_map(first);
                parts.map(|(share, m)| share * (1.0 - (below(m, high - best) - below(m, low + best)))).sum()
            }
            Merit::Sum(_) => self.summed(&rows).first().map_or(1.0, |m| below(*m, best)),
            Merit::Front(wants) => self.front_exploration(wants, &rows),
        }
    }

    /// Expected merit at each row of `points`.
    pub(crate) fn expected_merit(&self, points: &Rows) -> Vec<f64> {
        match &self.merit {
            Merit::Single { outcome, sign } => {
                let Some(model) = self.outcome(*outcome) else { return vec![0.0; points.len()] };
                model.surrogate().means(points).iter().map(|mean| sign * mean).collect()
            }
            Merit::Window { outcome, low, high } => {
                let Some(model) = self.outcome(*outcome) else { return vec![0.0; points.len()] };
                let moments = model.surrogate().predict(points);
                moments.iter().map(|m| -distance_moments(*m, *low, *high).0.value).collect()
            }
            Merit::Sum(_) => self.summed(points).iter().map(|m| m.mean).collect(),
            Merit::Front(wants) => self.compromise(wants, points),
        }
    }

    /// Whether an observation counts for the best: not failed, objectives measured, bounds kept.
    pub(crate) fn counts(&self, observation: &Observation) -> bool {
        self.counted(observation).is_some()
    }

    /// Joint draws of what the goal wants, the higher the better, at the rows of `points`: `count` vectors. One
    /// outcome in its own unit, a sum in units of merit.
    pub(crate) fn draw_wanted(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<f64>> {
        let draws = self.outcomes.sample(points, count, seed);
        let wanted = |draw: &Vec<Vec<f64>>, index: usize| {
            let number = |outcome: usize| {
                let z = draw.get(outcome)?.get(index)?;
                Some(self.outcome(outcome)?.warp().backward(*z))
            };
            self.wanted(number).unwrap_or(f64::NEG_INFINITY)
        };
        draws.iter().map(|draw| (0..points.len()).map(|index| wanted(draw, index)).collect()).collect()
    }

    /// How good outcomes are: one outcome in its own unit, a sum in units of merit.
    fn wanted(&self, number: impl Fn(usize) -> Option<f64>) -> Option<f64> {
        match (&self.merit, self.goal.objectives.as_slice()) {
            (Merit::Single { outcome, .. } | Merit::Window { outcome, .. }, [objective]) => {
                number(*outcome).map(|value| objective.direction.merit(value))
            }
            _ => self.merit.of(number, |_, value| Some(value)),
        }
    }

    /// Standard deviation of how good the observations were, in the units of [`Belief::draw_wanted`].
    pub(crate) fn spread_of_wanted(&self, observed: &[Observation]) -> f64 {
        let number = |o: &Observation, outcome: usize| reading(o.outcomes[outcome]).map(Reading::number);
        let values: Vec<f64> = observed.iter().filter_map(|o| self.wanted(|outcome| number(o, outcome))).collect();
        deviation(&values)
    }

    /// Log of expected improvement, in every other turn of the gain at the upper confidence bound, times the
    /// probability to keep the bounds and a power of that not to fail, at each row.
    pub(crate) fn scores(&self, points: &Rows) -> Vec<f64> {
        let gains = match self.best {
            Some(best) => self.log_gains(points, best),
            None => vec![0.0; points.len()],
        };
        self.with_probabilities(gains, points)
    }

    /// Scores of candidates of a list: log of the gain at the upper confidence bound, times the probabilities to keep
    /// the bounds and not to fail.
    ///
    /// Expected improvement counts how much better a row may be, but of a list only finding the best one matters.
    ///
    /// Source: Srinivas, Krause, Kakade & Seeger, Gaussian process optimization in the bandit setting, ICML 2010.
    pub(crate) fn scores_of_list(&self, points: &Rows) -> Vec<f64> {
        match self.best.filter(|_| self.is_safe()).and_then(|best| self.optimistic_gains(points, best)) {
            Some(gains) => self.with_probabilities(gains, points),
            None => self.scores(points),
        }
    }

    /// Log gains at the upper confidence bound; `None` for a merit that has no such bound.
    fn optimistic_gains(&self, points: &Rows, best: f64) -> Option<Vec<f64>> {
        let moments: Vec<Moments> = match &self.merit {
            Merit::Single { outcome, sign } => {
                let predicted = self.outcome(*outcome)?.surrogate().predict(points);
                predicted.into_iter().map(|m| Moments { mean: sign * m.mean, ..m }).collect()
            }
            Merit::Sum(_) => self.summed(points),
            _ => return None,
        };
        Some(moments.into_iter().map(|m| gain::log_optimistic(m, self.optimism, best).value).collect())
    }

    /// Whether it is the turn of the less optimistic bound, which over ranges alternates with expected improvement.
    fn exploits(&self) -> bool {
        self.optimism == OPTIMISM[0] && self.is_safe()
    }

    /// Whether nothing has failed and nothing is bounded. Otherwise expected improvement has to be weighed against the
    /// chance of success: a bound below the best value says nothing about by how much, and the search would go where
    /// the model knows least because experiments fail there.
    fn is_safe(&self) -> bool {
        self.feasibility.is_certain() && self.goal.bounds.is_empty()
    }

    /// `scores` plus the log probabilities to keep the bounds and not to fail.
    fn with_probabilities(&self, mut scores: Vec<f64>, points: &Rows) -> Vec<f64> {
        for bound in &self.goal.bounds {
            let Some((model, low, high)) = self.limits(bound) else { continue };
            for (score, moments) in scores.iter_mut().zip(model.surrogate().predict(points)) {
                *score += log_within(moments, low, high).value;
            }
        }
        if !self.feasibility.is_certain() {
            let (success, caution) = (self.feasibility.log_probabilities(points), self.caution());
            scores.iter_mut().zip(success).for_each(|(score, log)| *score += caution * log);
        }
        scores
    }

    /// [`Belief::scores`] at each row of `points`, with the gradients by the columns; `None` where a model has none.
    pub(crate) fn scores_with_gradients(&self, points: &Rows) -> Option<Vec<(f64, Vec<f64>)>> {
        let mut scores = match self.best {
            Some(best) => self.log_gains_with_gradients(points, best)?,
            None => vec![(0.0, vec![0.0; points.width()]); points.len()],
        };
        for bound in &self.goal.bounds {
            let Some((model, low, high)) = self.limits(bound) else { continue };
            for ((score, gradient), parts) in scores.iter_mut().zip(model.surrogate().slopes_of(points)?) {
                let slope = mixed_slope(&parts);
                let within = log_within(slope.moments, low, high);
                *score += within.value;
                add(gradient, &slope, within);
            }
        }
        let caution = self.caution();
        for ((score, gradient), point) in scores.iter_mut().zip(points.iter()) {
            let (success, slopes) = self.feasibility.log_probability_with_gradient(point);
            gradient.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += caution * slope);
            *score += caution * success;
        }
        Some(scores)
    }

    /// What is believed, told in less time, for sifting many points; `None` where it is quick.
    pub(crate) fn roughly(&self) -> Option<Self> {
        Some(Self { outcomes: self.outcomes.roughly()?, ..self.clone() })
    }

    /// Power of the probability of success in the score.
    fn caution(&self) -> f64 {
        let turn = OPTIMISM.iter().position(|optimism| *optimism == self.optimism);
        CAUTION[turn.unwrap_or(0)]
    }

    fn log_gains(&self, points: &Rows, best: f64) -> Vec<f64> {
        match &self.merit {
            Merit::Single { .. } if self.exploits() => self.optimistic_gains(points, best).unwrap_or_default(),
            Merit::Single { outcome, sign } => log_improvements(&self.components(*outcome, points), *sign, best),
            Merit::Window { outcome, low, high } => {
                let components = self.components(*outcome, points);
                let log = |index: usize| {
                    gain::log_sum(components.iter().map(|component| {
                        let m = component.moments[index];
                        component.share.ln() + log_nearer(m, *low, *high, reach(best)).value
                    }))
                };
                (0..points.len()).map(log).collect()
            }
            Merit::Sum(_) => {
                let component = Component { share: 1.0, moments: self.summed(points) };
                log_improvements(&[component], 1.0, best)
            }
            Merit::Front(wants) => self.front_gains(wants, points),
        }
    }

    fn log_gains_with_gradients(&self, points: &Rows, best: f64) -> Option<Vec<(f64, Vec<f64>)>> {
        let slopes = |outcome: usize| self.outcome(outcome)?.surrogate().slopes_of(points);
        let gain = |parts: &Vec<Slope>| match &self.merit {
            Merit::Single { sign, .. } if self.exploits() => {
                let slope = mixed_slope(parts);
                let m = Moments { mean: sign * slope.moments.mean, ..slope.moments };
                let gain = gain::log_optimistic(m, self.optimism, best);
                let mut gradient = vec![0.0; points.width()];
                add(&mut gradient, &slope, Sloped { by_mean: sign * gain.by_mean, ..gain });
                (gain.value, gradient)
            }
            Merit::Single { sign, .. } => log_improvement_with_gradient(parts, *sign, best),
            Merit::Window { low, high, .. } => {
                let nearer = |slope: &Slope| log_nearer(slope.moments, *low, *high, reach(best));
                mix(parts, &parts.iter().map(nearer).collect::<Vec<_>>())
            }
            Merit::Sum(_) | Merit::Front(_) => log_improvement_with_gradient(parts, 1.0, best),
        };
        match &self.merit {
            Merit::Single { outcome, .. } | Merit::Window { outcome, .. } => {
                Some(slopes(*outcome)?.iter().map(gain).collect())
            }
            Merit::Sum(_) => Some(self.summed_slopes(points)?.into_iter().map(|slope| gain(&vec![slope])).collect()),
            Merit::Front(wants) => points.iter().map(|point| self.front_gain_with_gradient(wants, point)).collect(),
        }
    }

    fn components(&self, outcome: usize, points: &Rows) -> Vec<Component> {
        self.outcome(outcome).map_or(Vec::new(), |model| model.surrogate().components(points))
    }

    /// A sum of outcomes at each row, taken for normal.
    fn summed(&self, points: &Rows) -> Vec<Moments> {
        let mut all = vec![Moments { mean: 0.0, variance: 0.0 }; points.len()];
        let Merit::Sum(terms) = &self.merit else { return all };
        for term in terms {
            let Some(model) = self.outcome(term.outcome) else { continue };
            for (sum, m) in all.iter_mut().zip(model.surrogate().predict(points)) {
                let (mean, variance) = term.moments(model, m);
                sum.mean += mean.value;
                sum.variance += variance.value;
            }
        }
        all
    }

    fn summed_slopes(&self, points: &Rows) -> Option<Vec<Slope>> {
        let zero = vec![0.0; points.width()];
        let moments = Moments { mean: 0.0, variance: 0.0 };
        let mut sums = vec![Slope { share: 1.0, moments, mean: zero.clone(), variance: zero }; points.len()];
        let Merit::Sum(terms) = &self.merit else { return None };
        for term in terms {
            let model = self.outcome(term.outcome)?;
            for (sum, parts) in sums.iter_mut().zip(model.surrogate().slopes_of(points)?) {
                let slope = mixed_slope(&parts);
                let (mean, variance) = term.moments(model, slope.moments);
                sum.moments.mean += mean.value;
                sum.moments.variance += variance.value;
                add(&mut sum.mean, &slope, mean);
                add(&mut sum.variance, &slope, variance);
            }
        }
        Some(sums)
    }

    /// The model of a bounded outcome, and the bounds on its bent scale.
    fn limits(&self, bound: &Bound) -> Option<(&OutcomeModel, f64, f64)> {
        let model = self.outcome(self.goal.position(&bound.outcome)?)?;
        let forward = |value: f64| model.warp().forward(value);
        Some((model, bound.low.map_or(f64::NEG_INFINITY, forward), bound.high.map_or(f64::INFINITY, forward)))
    }
}

/// How near to the window an experiment has to come to be better; never nothing, so that inside the window the
/// search goes on to where the response is most surely inside.
fn reach(best: f64) -> f64 {
    const LEAST: f64 = 1e-3;
    (-best).max(LEAST)
}

/// Adds the gradient of `value`, a function of the moments of `slope`.
fn add(gradient: &mut [f64], slope: &Slope, value: Sloped) {
    for (c, sum) in gradient.iter_mut().enumerate() {
        *sum += value.by_mean * slope.mean[c] + value.by_variance * slope.variance[c];
    }
}

/// A mixture as one part, with its gradients.
fn mixed_slope(parts: &[Slope]) -> Slope {
    let moments = matdock_learn::mixed(parts.iter().map(|part| (part.share, part.moments)));
    let width = parts.first().map_or(0, |part| part.mean.len());
    let mut sum = Slope { share: 1.0, moments, mean: vec![0.0; width], variance: vec![0.0; width] };
    for part in parts {
        for c in 0..width {
            sum.mean[c] += part.share * part.mean[c];
            let from_mean = 2.0 * (part.moments.mean - moments.mean) * part.mean[c];
            sum.variance[c] += part.share * (part.variance[c] + from_mean);
        }
    }
    sum
}

pub(crate) fn reading(measured: Measured) -> Option<Reading> {
    match measured {
        Measured::Value(value) | Measured::Uncertain { value, .. } => Some(Reading::Value(value)),
        Measured::Below(limit) => Some(Reading::Below(limit)),
        Measured::Above(limit) => Some(Reading::Above(limit)),
        Measured::Missing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goal::Direction;

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

    #[test]
    fn where_experiments_fail_improvement_is_weighed_against_success() {
        let observe = |failed: &[bool]| {
            let outcomes = |failed: bool| vec![if failed { Measured::Missing } else { Measured::Value(1.0) }];
            let observation =
                |&failed: &bool| Observation { point: Vec::new(), row: None, outcomes: outcomes(failed), failed };
            let observed: Vec<Observation> = failed.iter().map(observation).collect();
            let inputs = Rows::collect(1, failed.iter().map(|_| [0.5].as_slice()));
            let goal = Goal::single("y", Direction::Maximise);
            Belief::learn(&goal, &[0], &inputs, &observed, &Options::default())
        };
        assert!(observe(&[false; 3]).exploits());
        assert!(!observe(&[false, false, true]).exploits());
    }
}
