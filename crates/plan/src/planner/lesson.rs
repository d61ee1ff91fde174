//! Observations and what is learnt from them: fitted once for suggestions, the model and what is still to be gained.

use std::sync::OnceLock;

use matdock_learn::{Options, OutcomeModel};

use super::{Planner, Situation};
use crate::{belief::Belief, history::Observation};

/// Observations and what a planner learns from them, when it is first asked for and then once.
///
/// For one planner only, and for those that differ from it by [`Planner::refusing`] and [`Planner::with_costs`].
#[derive(Debug, Default)]
pub struct Lesson {
    observed: Vec<Observation>,
    /// For suggestions and reports.
    plain: OnceLock<Belief>,
    /// Bent on the slightest evidence.
    bent: OnceLock<Belief>,
}

impl Lesson {
    /// What can be learnt from `observed`.
    pub fn new(observed: Vec<Observation>) -> Self {
        Self { observed, ..Self::default() }
    }

    /// The observations.
    pub fn observed(&self) -> &[Observation] {
        &self.observed
    }
}

impl Planner {
    pub(super) fn learn<'l>(&self, lesson: &'l Lesson, situation: &Situation<'_>) -> &'l Belief {
        lesson.plain.get_or_init(|| self.learn_bending(situation, Options::default().bend_evidence))
    }

    /// With outcomes bent on the slightest evidence: straight, one over decades would promise values beyond zero.
    pub(super) fn learn_bent<'l>(&self, lesson: &'l Lesson, situation: &Situation<'_>) -> &'l Belief {
        lesson.bent.get_or_init(|| {
            let plain = self.learn(lesson, situation);
            let clear = |outcome: usize| plain.outcome(outcome).is_none_or(OutcomeModel::bend_is_clear);
            let same = (0..plain.outcome_names().len()).all(clear);
            if same { plain.clone() } else { self.learn_bending(situation, 0.0) }
        })
    }
}
