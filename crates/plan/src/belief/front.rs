//! The belief about several objectives that make a Pareto front.

use std::sync::Arc;

use matdock_learn::{Component, Moments, Reading, Rows, Surrogate};

use super::{
    Belief,
    gain::log_sum,
    hypervolume::{self, Front, Want},
    merit::Merit,
    reading,
};
use crate::{history::Observation, pareto};

/// One possible truth about the responses where experiments were made: the front it makes, and what each objective's
/// model would be, knowing it.
///
/// What is expected of a candidate is compared with a front that follows the same draw, so that settings already
/// measured promise nothing, however uncertain their readings were.
///
/// Source: Daulton, Balandat & Bakshy, Parallel Bayesian optimization of multiple noisy objectives with expected
/// hypervolume improvement, NeurIPS 2021.
#[derive(Debug, Clone)]
pub(super) struct Truth {
    front: Front,
    models: Vec<Arc<dyn Surrogate>>,
}

/// Truths that are averaged over; where readings have less noise (variance in units of their spread) one is enough.
const TRUTHS: usize = 8;
const LITTLE_NOISE: f64 = 0.01;

impl Belief {
    /// Draws of the truth; `None` where a model cannot give them.
    pub(super) fn draw_truths(&self, inputs: &Rows, observed: &[Observation]) -> Option<Vec<Truth>> {
        let (Merit::Front(wants), Some(front)) = (&self.merit, &self.front) else { return None };
        let counting = observed.iter().enumerate().filter(|(_, observation)| self.counts(observation));
        let rows = Rows::collect(inputs.width(), counting.map(|(index, _)| inputs.row(index)));
        let noise = |want: &Want| self.outcome(want.outcome).map_or(0.0, |model| model.surrogate().noise());
        let count = if wants.iter().all(|want| noise(want) <= LITTLE_NOISE) { 1 } else { TRUTHS };
        let mut draws = Vec::with_capacity(wants.len());
        for (number, want) in wants.iter().enumerate() {
            let model = self.outcome(want.outcome)?;
            draws.push(model.surrogate().settled(inputs, count, number as u64)?.into_iter());
        }
        (0..count)
            .map(|_| {
                let models: Vec<Arc<dyn Surrogate>> = draws.iter_mut().map(Iterator::next).collect::<Option<_>>()?;
                Some(Truth { front: front.again(wants, merits_of(wants, &models, &rows))?, models })
            })
            .collect()
    }

    /// The truths when the experiment at `input` gives what each of them expects.
    pub(super) fn truths_with(&self, input: &[f64]) -> Vec<Truth> {
        let Merit::Front(wants) = &self.merit else { return Vec::new() };
        let row = Rows::collect(input.len(), [input]);
        let with = |truth: &Truth| {
            let point = merits_of(wants, &truth.models, &row).pop()?;
            let models = truth.models.iter().map(|model| model.believing(input)).collect();
            Some(Truth { front: truth.front.with(wants, point)?, models })
        };
        self.truths.iter().filter_map(with).collect()
    }

    /// The front of what is expected where an observation counted. Not of the readings: noise lifts the best of them.
    pub(super) fn front_expected(&self, inputs: &Rows, observed: &[Observation]) -> Option<Front> {
        let Merit::Front(wants) = &self.merit else { return None };
        if !self.has_model() {
            return None;
        }
        let counting = observed.iter().enumerate().filter(|(_, observation)| self.counts(observation));
        let rows = Rows::collect(inputs.width(), counting.map(|(index, _)| inputs.row(index)));
        Front::new(wants, self.expected_merits(wants, &rows))
    }

    /// The front when the experiment at `input` gives what is expected of it.
    pub(super) fn front_with(&self, input: &[f64]) -> Option<Front> {
        let (Merit::Front(wants), Some(front)) = (&self.merit, &self.front) else { return self.front.clone() };
        let point = self.expected_merits(wants, &Rows::collect(input.len(), [input])).pop()?;
        front.with(wants, point)
    }

    pub(super) fn front_gains(&self, wants: &[Want], points: &Rows) -> Vec<f64> {
        let Some(front) = &self.front else { return vec![0.0; points.len()] };
        if self.truths.is_empty() {
            return hypervolume::log_gains(front, wants, &self.parts(wants, points), points.len());
        }
        let gains = |truth: &Truth| {
            let parts: Vec<Vec<Component>> = truth.models.iter().map(|model| model.components(points)).collect();
            hypervolume::log_gains(&truth.front, wants, &parts, points.len())
        };
        let each: Vec<Vec<f64>> = self.truths.iter().map(gains).collect();
        let count = (each.len() as f64).ln();
        (0..points.len()).map(|index| log_sum(each.iter().map(|gains| gains[index])) - count).collect()
    }

    pub(super) fn front_gain_with_gradient(&self, wants: &[Want], point: &[f64]) -> Option<(f64, Vec<f64>)> {
        let Some(front) = &self.front else { return Some((0.0, vec![0.0; point.len()])) };
        if self.truths.is_empty() {
            let models = wants.iter().map(|want| Some(self.outcome(want.outcome)?.surrogate()));
            let models: Vec<&dyn Surrogate> = models.collect::<Option<_>>()?;
            return hypervolume::log_gain_with_gradient(front, wants, &models, point);
        }
        let gain = |truth: &Truth| {
            let models: Vec<&dyn Surrogate> = truth.models.iter().map(AsRef::as_ref).collect();
            hypervolume::log_gain_with_gradient(&truth.front, wants, &models, point)
        };
        let each: Vec<(f64, Vec<f64>)> = self.truths.iter().map(gain).collect::<Option<_>>()?;
        let total = log_sum(each.iter().map(|(log, _)| *log));
        let mut gradient = vec![0.0; point.len()];
        for (log, slope) in &each {
            let weight = (log - total).exp();
            gradient.iter_mut().zip(slope).for_each(|(sum, slope)| *sum += weight * slope);
        }
        Some((total - (each.len() as f64).ln(), gradient))
    }

    /// Probability that an experiment adds nothing to the front.
    pub(super) fn front_exploration(&self, wants: &[Want], point: &Rows) -> f64 {
        let Some(front) = &self.front else { return 1.0 };
        hypervolume::exploration(front, wants, &self.parts(wants, point))
    }

    /// The sum of the expected merits by weight.
    pub(super) fn compromise(&self, wants: &[Want], points: &Rows) -> Vec<f64> {
        let sum = |merits: Vec<f64>| wants.iter().zip(merits).map(|(want, merit)| want.weighted(merit)).sum();
        self.expected_merits(wants, points).into_iter().map(sum).collect()
    }

    /// How promising the surroundings of each row of `points` are, the higher the better: the expected merit, or how
    /// far ahead of the front it is.
    pub(crate) fn promise(&self, points: &Rows) -> Vec<f64> {
        match (&self.merit, &self.front) {
            (Merit::Front(wants), Some(front)) => {
                self.expected_merits(wants, points).iter().map(|merits| front.lead(merits)).collect()
            }
            _ => self.expected_merit(points),
        }
    }

    /// Numbers of the observations on the front: by their readings, and by what is expected there.
    pub(crate) fn fronts(&self, inputs: &Rows, observed: &[Observation]) -> Option<[Vec<usize>; 2]> {
        let Merit::Front(wants) = &self.merit else { return None };
        let counting: Vec<usize> = (0..observed.len()).filter(|&index| self.counts(&observed[index])).collect();
        let rows = Rows::collect(inputs.width(), counting.iter().map(|&index| inputs.row(index)));
        let expected = self.expected_merits(wants, &rows);
        let read: Vec<Vec<f64>> = counting.iter().filter_map(|&index| self.merits_read(&observed[index])).collect();
        let chosen = |merits: &[Vec<f64>]| pareto::front(merits).into_iter().map(|index| counting[index]).collect();
        Some([chosen(&read), chosen(&expected)])
    }

    /// Merits of an observation's readings, one per objective of a front; `None` when one is missing.
    pub(crate) fn merits_read(&self, observation: &Observation) -> Option<Vec<f64>> {
        let Merit::Front(wants) = &self.merit else { return None };
        let merit = |want: &Want| {
            let value = reading(*observation.outcomes.get(want.outcome)?).map(Reading::number)?;
            Some(want.merit(self.outcome(want.outcome)?.warp().forward(value)))
        };
        wants.iter().map(merit).collect()
    }

    /// Reference point of the front: as merits, and in the units of the outcomes.
    pub(crate) fn reference(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        let (Merit::Front(wants), Some(front)) = (&self.merit, &self.front) else { return None };
        let back = |(want, merit): (&Want, &f64)| Some(want.backward(*merit, self.outcome(want.outcome)?));
        let units: Option<Vec<f64>> = wants.iter().zip(front.reference()).map(back).collect();
        Some((front.reference().to_vec(), units?))
    }

    /// How much of an outcome's unit one unit of merit is, multiplied over all objectives of a front.
    pub(crate) fn unit_of_hypervolume(&self) -> f64 {
        let Merit::Front(wants) = &self.merit else { return 1.0 };
        let size = |want: &Want| {
            let warp = self.outcome(want.outcome)?.warp();
            Some((warp.backward(1.0) - warp.backward(0.0)).abs())
        };
        wants.iter().map(|want| size(want).unwrap_or(1.0)).product()
    }

    /// Joint draws of the merits at the rows of `points`: `count` draws, each with the merits at every row.
    pub(crate) fn draw_merits(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<Vec<f64>>> {
        let Merit::Front(wants) = &self.merit else { return Vec::new() };
        let merits = |draw: &Vec<Vec<f64>>, index: usize| -> Vec<f64> {
            let merit = |want: &Want| draw.get(want.outcome).and_then(|d| d.get(index)).map(|z| want.merit(*z));
            wants.iter().map(|want| merit(want).unwrap_or(f64::NEG_INFINITY)).collect()
        };
        let draws = self.outcomes.sample(points, count, seed);
        draws.iter().map(|draw| (0..points.len()).map(|index| merits(draw, index)).collect()).collect()
    }

    fn expected_merits(&self, wants: &[Want], points: &Rows) -> Vec<Vec<f64>> {
        let predict = |want: &Want| match self.outcome(want.outcome) {
            Some(model) => model.surrogate().predict(points),
            None => vec![Moments { mean: 0.0, variance: 1.0 }; points.len()],
        };
        let moments: Vec<Vec<Moments>> = wants.iter().map(predict).collect();
        hypervolume::expected(wants, &moments, points.len())
    }

    fn parts(&self, wants: &[Want], points: &Rows) -> Vec<Vec<Component>> {
        wants.iter().map(|want| self.components(want.outcome, points)).collect()
    }
}

/// Merits expected by given models of the objectives at each row of `points`.
fn merits_of(wants: &[Want], models: &[Arc<dyn Surrogate>], points: &Rows) -> Vec<Vec<f64>> {
    let moments: Vec<Vec<Moments>> = models.iter().map(|model| model.predict(points)).collect();
    hypervolume::expected(wants, &moments, points.len())
}
