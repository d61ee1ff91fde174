//! Experiments made in two parts: up to a stage first, and to the end only where what was seen still promises enough.

use matdock_learn::Rows;
use matdock_message::{Message, say};

use super::{Lesson, Planner, Suggestion};
use crate::{
    belief::Belief,
    goal::Goal,
    history::{Measured, Observation},
    space::Point,
};

/// A stage after which an experiment may be ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    /// Name of the stage.
    pub until: String,
    /// The outcomes that are known then.
    pub gives: Vec<String>,
    /// What an experiment costs until then, as a share of a whole one, 0..1.
    pub cost: f64,
}

impl Partial {
    /// Refuses a stage that gives nothing or what `goal` does not speak of, or whose cost is not between 0 and 1.
    ///
    /// Errors: what is wrong.
    pub fn check(&self, goal: &Goal) -> Result<(), Message> {
        if let Some(name) = self.gives.iter().find(|name| goal.position(name).is_none()) {
            return Err(say!("plan-partial-gives", until = self.until, name = name));
        }
        if self.gives.is_empty() || !(self.cost > 0.0 && self.cost < 1.0) {
            return Err(say!("plan-partial-cost", until = self.until, cost = self.cost));
        }
        Ok(())
    }
}

/// An experiment that was made up to a stage and can still be finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Index of the observation.
    pub observation: usize,
    /// Number of the stage among the [`Partial`]s.
    pub partial: usize,
}

/// What to do next where experiments may be made in parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// A new experiment, up to a stage (its number among the [`Partial`]s) or whole.
    New {
        /// Which.
        suggestion: Box<Suggestion>,
        /// Until which stage.
        until: Option<usize>,
    },
    /// To finish an experiment that was made up to a stage.
    Finish {
        /// Which, by its place among those begun.
        begun: usize,
    },
}

/// How a new experiment compares with those that can be finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// Until which stage a new one is made first (its number among the [`Partial`]s); `None`: whole.
    pub until: Option<usize>,
    /// Those begun that promise more per cost, by their places, the best first.
    pub finish: Vec<usize>,
}

/// Draws of what will be seen.
const DRAWS: usize = 32;
/// Halvings until an index is found.
const HALVINGS: usize = 60;

/// What a new experiment is worth at most.
#[derive(Debug, Clone, Copy)]
struct Worth {
    /// Its index: the expected improvement per cost at which it is just worth while.
    index: f64,
    /// Until which stage it is made first.
    until: Option<usize>,
}

impl Planner {
    /// The planner for experiments that may be ended after one of these stages.
    ///
    /// Errors: a stage that gives an outcome the goal does not speak of, or whose cost is not between 0 and 1.
    pub fn with_partials(self, partials: Vec<Partial>) -> Result<Self, Message> {
        partials.iter().try_for_each(|partial| partial.check(&self.goal))?;
        Ok(Self { partials, ..self })
    }

    /// The stages after which experiments may be ended.
    pub fn partials(&self) -> &[Partial] {
        &self.partials
    }

    /// What promises most improvement per cost: the best new experiment, made up to a stage or whole, or to finish one of
    /// those `begun`. Without a process chain that is worth using, the new one, whole.
    ///
    /// A new experiment is worth the price per cost l at which E[max(I - l (1 - c), 0)] = l c, where c is the cost until
    /// the stage, I the improvement expected once the intermediates are known; to finish one, I / (1 - c).
    ///
    /// Errors: as [`Planner::suggest`].
    ///
    /// Source: Weitzman, Optimal search for the best alternative, Econometrica 47, 641 (1979): the reservation price of a
    /// box that is opened in two steps.
    pub fn next(&self, lesson: &Lesson, pending: &[Point], begun: &[Begun], seed: u64) -> Result<Next, Message> {
        let suggestion = self.suggest_from(lesson, pending, 1, seed)?.swap_remove(0);
        let whole = Next::New { suggestion: Box::new(suggestion.clone()), until: None };
        if self.partials.is_empty() || suggestion.predicted.is_empty() {
            return Ok(whole);
        }
        let weighed = self.weigh(lesson, begun, &suggestion.point, seed)?;
        let Some(weighed) = weighed else { return Ok(whole) };
        Ok(match weighed.finish.first() {
            Some(&begun) => Next::Finish { begun },
            None => Next::New { suggestion: Box::new(suggestion), until: weighed.until },
        })
    }

    /// How a new experiment at `point` is best made, and which of those `begun` promise more per cost. `None` where no
    /// process chain tells.
    ///
    /// Errors: an observation or point that does not fit the space.
    pub fn weigh(
        &self,
        lesson: &Lesson,
        begun: &[Begun],
        point: &Point,
        seed: u64,
    ) -> Result<Option<Weighed>, Message> {
        let situation = self.situation(lesson.observed(), &[], seed)?;
        let belief = self.learn(lesson, &situation);
        let Some(new) = self.worth(belief, point, seed) else { return Ok(None) };
        let worth = |(place, begun): (usize, &Begun)| {
            let observation = lesson.observed().get(begun.observation)?;
            Some((self.worth_finishing(belief, observation, begun.partial)?, place))
        };
        let mut finish: Vec<(f64, usize)> = begun.iter().enumerate().filter_map(worth).collect();
        finish.retain(|(index, _)| *index > new.index);
        finish.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(Some(Weighed { until: new.until, finish: finish.into_iter().map(|(_, place)| place).collect() }))
    }

    /// Whether an experiment of which the intermediates of a stage were seen is still worth finishing, compared with what
    /// it was worth before; `None` where the process chain does not tell.
    ///
    /// Errors: a point that does not fit the space.
    pub fn is_worth_finishing(
        &self,
        lesson: &Lesson,
        seen: &Observation,
        partial: usize,
        seed: u64,
    ) -> Result<Option<bool>, Message> {
        let situation = self.situation(lesson.observed(), &[], seed)?;
        let belief = self.learn(lesson, &situation);
        let before = self.worth(belief, &seen.point, seed).map(|worth| worth.index);
        let now = self.worth_finishing(belief, seen, partial);
        Ok(now.zip(before).map(|(now, before)| now >= before))
    }

    /// What a new experiment is worth, the best way it can be made.
    fn worth(&self, belief: &Belief, point: &Point, seed: u64) -> Option<Worth> {
        let columns = self.encoding.encode(point).ok()?;
        let (row, success) = (Rows::collect(columns.len(), [columns.as_slice()]), belief.success(&columns));
        let nothing = belief.improvement_given(&row, &[])?;
        let whole = Worth { index: success * nothing, until: None };
        let staged = self.partials.iter().enumerate().filter_map(|(number, partial)| {
            let gives: Vec<usize> = partial.gives.iter().filter_map(|name| self.goal.position(name)).collect();
            let improvements = belief.improvements_after(&row, &gives, DRAWS, seed)?;
            Some(Worth { index: reservation(&improvements, success, partial.cost), until: Some(number) })
        });
        std::iter::once(whole).chain(staged).max_by(|a, b| a.index.total_cmp(&b.index).then(b.until.cmp(&a.until)))
    }

    /// What it is worth to finish an experiment made up to a stage.
    fn worth_finishing(&self, belief: &Belief, observation: &Observation, partial: usize) -> Option<f64> {
        let columns = self.encoding.encode(&observation.point).ok()?;
        let read: Vec<Option<f64>> = observation.outcomes.iter().map(|measured: &Measured| measured.value()).collect();
        let row = Rows::collect(columns.len(), [columns.as_slice()]);
        Some(belief.improvement_given(&row, &read)? / (1.0 - self.partials.get(partial)?.cost))
    }
}

/// The price per cost at which an experiment is just worth while whose first part costs `cost` and succeeds with
/// probability `success`, and which then promises one of `improvements`.
fn reservation(improvements: &[f64], success: f64, cost: f64) -> f64 {
    let left = |price: f64| {
        let gains = improvements.iter().map(|improvement| (improvement - price * (1.0 - cost)).max(0.0));
        success * gains.sum::<f64>() / improvements.len().max(1) as f64 - price * cost
    };
    let most = improvements.iter().copied().fold(0.0, f64::max);
    let (mut low, mut high) = (0.0, most / cost);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if left(middle) > 0.0 { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_experiment_that_tells_its_end_early_is_worth_more() {
        // Certain: the same as a whole experiment, improvement over cost.
        assert!((reservation(&[2.0; 4], 1.0, 0.3) - 2.0).abs() < 1e-9);
        // One in four promises 8, which is 2 on average; the others are not finished.
        let price = reservation(&[0.0, 0.0, 0.0, 8.0], 1.0, 0.3);
        assert!((0.25 * (8.0 - 0.7 * price) - 0.3 * price).abs() < 1e-9 && price > 4.0, "{price}");
        assert_eq!(reservation(&[0.0; 3], 1.0, 0.5), 0.0);
        assert!(reservation(&[1.0, 3.0], 0.5, 0.5) < reservation(&[1.0, 3.0], 1.0, 0.5));
    }
}
