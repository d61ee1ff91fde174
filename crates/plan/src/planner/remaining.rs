//! How much is still to be gained, and how surely: when to stop.

use std::collections::HashSet;

use matdock_learn::Rows;
use matdock_message::Message;
use serde::{Deserialize, Serialize};

use super::{Lesson, Planner, Situation};
use crate::{belief::Belief, history::Observation, pareto};

/// What the best experiment of the whole space is expected to be better than the best so far.
///
/// For one outcome that goes up or down, or to a target, figures are in the unit of the outcome; for several
/// objectives added up, in units of merit; for a Pareto front they are shares of the hypervolume reached so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remaining {
    /// Expected gain.
    pub expected: f64,
    /// Gain that is exceeded with a probability of 90 %.
    pub low: f64,
    /// Gain that is exceeded with a probability of 10 %.
    pub high: f64,
    /// Probability that something better than the best so far exists: by more than 1 % of the spread of what was
    /// seen.
    pub probability: f64,
}

/// Joint draws of the response over the space, and places each is looked at.
const DRAWS: usize = 128;
const PLACES: usize = 384;
/// The same through a process chain, where every draw of every quantity has a covariance matrix of its own.
const CHAIN_DRAWS: usize = 64;
const CHAIN_PLACES: usize = 128;
/// Experiments below which nothing is said.
const FEWEST: usize = 8;
/// Gains below this share of the spread of the observed merits count as none.
const NOTHING: f64 = 0.01;

/// Of gains in ascending order; `None` of none.
fn summary(gains: &[f64], nothing: f64) -> Option<Remaining> {
    let at = |share: f64| gains.get((gains.len().saturating_sub(1) as f64 * share).round() as usize).copied();
    let above = gains.iter().filter(|gain| **gain > nothing).count();
    let count = gains.len() as f64;
    let (low, high) = (at(0.1)?, at(0.9)?);
    Some(Remaining { expected: gains.iter().sum::<f64>() / count, low, high, probability: above as f64 / count })
}

impl Planner {
    /// What is still to be gained, from joint draws of the response at places spread over the space and around the
    /// best ones; `None` while there is no model, or fewer than eight experiments that count: a model of so few does
    /// not know how far an outcome can go, nor does one of readings that are all the same.
    ///
    /// Every draw is one possible truth: its gain is the best value anywhere less its value where the best is
    /// believed to be.
    ///
    /// Errors: an observation that does not fit the space.
    pub fn remaining(&self, observed: &[Observation], seed: u64) -> Result<Option<Remaining>, Message> {
        self.remaining_from(&Lesson::new(observed.to_vec()), seed)
    }

    /// [`Planner::remaining`] from a lesson, so that a model already fitted serves here too.
    ///
    /// Errors: as [`Planner::remaining`].
    pub fn remaining_from(&self, lesson: &Lesson, seed: u64) -> Result<Option<Remaining>, Message> {
        let situation = self.situation(lesson.observed(), &[], seed)?;
        Ok(self.remaining_under(self.learn_bent(lesson, &situation), &situation))
    }

    fn remaining_under(&self, belief: &Belief, situation: &Situation<'_>) -> Option<Remaining> {
        let (inputs, observed) = (&situation.inputs, situation.observed);
        if !belief.has_model() || inputs.is_empty() || self.all_equal(situation) {
            return None;
        }
        let merits = belief.expected_merit(inputs);
        if observed.iter().filter(|observation| belief.counts(observation)).count() < FEWEST {
            return None;
        }
        let counting = |index: &usize| belief.counts(&observed[*index]);
        let believed = (0..merits.len()).filter(counting).max_by(|&a, &b| merits[a].total_cmp(&merits[b]))?;
        let (draws, most) = if belief.through().is_empty() { (DRAWS, PLACES) } else { (CHAIN_DRAWS, CHAIN_PLACES) };
        let mut places = Rows::collect(inputs.width(), [inputs.row(believed)]);
        self.places(belief, situation, most).iter().for_each(|columns| places.push(columns));
        if let Some((reference, _)) = belief.reference() {
            return self.remaining_front(belief, situation, &reference);
        }
        let draws = belief.draw_wanted(&places, draws, situation.seed);
        let mut gains: Vec<f64> = draws
            .iter()
            .map(|draw| {
                let most = draw.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                most - draw.first().copied().unwrap_or(most)
            })
            .filter(|gain| gain.is_finite())
            .collect();
        gains.sort_by(f64::total_cmp);
        summary(&gains, NOTHING * belief.spread_of_wanted(observed))
    }

    /// By which share the hypervolume of all places is larger than that of those already seen, draw by draw.
    fn remaining_front(&self, belief: &Belief, situation: &Situation<'_>, reference: &[f64]) -> Option<Remaining> {
        let [_, believed] = belief.fronts(&situation.inputs, situation.observed)?;
        let seen = believed.len();
        let mut places =
            Rows::collect(situation.inputs.width(), believed.iter().map(|&index| situation.inputs.row(index)));
        // Exact hypervolumes of many objectives take long, so fewer draws and places have to do.
        let (draws, most) = if reference.len() <= 3 { (DRAWS, PLACES) } else { (DRAWS / 4, PLACES / 8) };
        let all = self.places(belief, situation, PLACES);
        let stride = all.len().div_ceil(most).max(1);
        all.iter().step_by(stride).for_each(|columns| places.push(columns));
        let gain = |draw: Vec<Vec<f64>>| {
            let before = pareto::hypervolume(draw.get(..seen)?, reference);
            let gain = pareto::hypervolume(&draw, reference) / before - 1.0;
            gain.is_finite().then_some(gain.max(0.0))
        };
        let draws = belief.draw_merits(&places, draws, situation.seed);
        let mut gains: Vec<f64> = draws.into_iter().filter_map(gain).collect();
        gains.sort_by(f64::total_cmp);
        summary(&gains, NOTHING)
    }

    /// Columns of at most about `most` places, spread over what is left of the space, and the most promising of many more.
    fn places(&self, belief: &Belief, situation: &Situation<'_>, most: usize) -> Vec<Vec<f64>> {
        let columns: Vec<Vec<f64>> = match &self.listed {
            Some(listed) => {
                let free = listed.free(&situation.taken);
                let stride = free.len().div_ceil(16 * most).max(1);
                free.into_iter().step_by(stride).map(|row| listed.columns.row(row).to_vec()).collect()
            }
            None => {
                let points = self.anywhere(8 * most, situation.seed);
                points.iter().filter_map(|point| self.encoding.encode(point).ok()).collect()
            }
        };
        if columns.len() <= most {
            return columns;
        }
        let rows = Rows::collect(self.encoding.width(), columns.iter().map(Vec::as_slice));
        let scores = belief.roughly().as_ref().unwrap_or(belief).scores(&rows);
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        // Two thirds where something may be gained, the rest anywhere.
        let promising = order.iter().take(2 * most / 3);
        let stride = (columns.len() * 3).div_ceil(most);
        let chosen: HashSet<usize> = promising.copied().chain((0..columns.len()).step_by(stride)).collect();
        let mut chosen: Vec<usize> = chosen.into_iter().collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|index| columns[index].clone()).collect()
    }
}
