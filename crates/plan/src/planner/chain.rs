//! The process chain of a goal, tried on experiments left out.

use std::sync::Arc;

use matdock_learn::{OutcomeModel, Rows};
use matdock_message::Message;
use rayon::prelude::*;

use super::Planner;
use crate::{
    belief::Belief,
    chain::{
        Stages,
        compare::{Compared, Fold, Predicted, Tally},
    },
    history::Observation,
};

impl Planner {
    /// Predicts the experiments left out in each of `folds` directly from the settings, through the chain, and with the
    /// intermediates as they were read, and compares. One entry for every quantity that depends on others and was read
    /// often enough; none for a goal without a process chain. `progress` is called once per fold, from any thread.
    ///
    /// All models are learnt anew for every fold.
    ///
    /// Errors: an observation that does not fit the space.
    pub fn compare_chain(
        &self,
        observed: &[Observation],
        folds: &[Fold],
        progress: &(dyn Fn() + Sync),
    ) -> Result<Vec<Compared>, Message> {
        let Some(stages) = &self.stages else { return Ok(Vec::new()) };
        let found = folds.par_iter().map(|fold| {
            let found = self.predict_fold(stages, observed, fold);
            progress();
            found
        });
        let found = found.collect::<Result<Vec<_>, Message>>()?;
        let mut tallies = vec![Tally::default(); stages.names().len()];
        for fold in found {
            for (tally, (chosen, predicted)) in tallies.iter_mut().zip(fold) {
                tally.chain_chosen += usize::from(chosen && !predicted.is_empty());
                tally.folds.push(predicted);
            }
        }
        let each = stages.names().iter().zip(&tallies);
        Ok(each.filter_map(|(name, tally)| tally.compared(name, self.goal.is_intermediate(name))).collect())
    }

    /// For every quantity whether the chain was chosen, and the readings predicted.
    fn predict_fold(
        &self,
        stages: &Stages,
        observed: &[Observation],
        fold: &Fold,
    ) -> Result<Vec<(bool, Vec<Predicted>)>, Message> {
        let select = |rows: &[usize]| rows.iter().filter_map(|&row| observed.get(row).cloned()).collect::<Vec<_>>();
        let (known, left_out) = (select(&fold.known), select(&fold.left_out));
        let situation = self.situation(&known, &[], 0)?;
        let points = self.situation(&left_out, &[], 0)?.inputs;
        let options = self.options(matdock_learn::Options::default().bend_evidence);
        let groups = self.encoding.groups();
        let explanations = self.explanations().of_outcomes();
        let direct = Belief::learn_with(&self.goal, groups, &situation.inputs, &known, &options, &explanations);
        let (chain, sensed) = stages.best_chain(&self.elsewhere(), &situation.inputs, &known, &options);
        let chain = Arc::new(chain);
        let predict = |(node, &outcome): (usize, &usize)| {
            let none = (false, Vec::new());
            if stages.graph().nodes()[node].upstream.is_empty() || stages.is_computed(node) {
                return none;
            }
            let through = chain.outcome_given(node, &[]);
            let (Some(alone), Some(through)) = (direct.outcome(outcome), through) else { return none };
            let (chosen, _) = stages.decide(&chain, node, Some(alone), &sensed[node]);
            let predicted = left_out.iter().enumerate().filter_map(|(row, observation)| {
                let reading = observation.outcomes.get(outcome)?.value()?;
                let read: Vec<Option<f64>> = stages.read(observation);
                let late: OutcomeModel = chain.outcome_given(node, &read)?;
                let point = Rows::collect(points.width(), [points.row(row)]);
                let best = if chosen { &through } else { alone };
                Predicted::new(reading, &point, [alone, &through, best, &late])
            });
            (chosen, predicted.collect())
        };
        Ok(stages.outcomes().iter().enumerate().map(predict).collect())
    }
}
