//! What is learnt from the history of a campaign: fitted once, for everything that asks.

use std::collections::BTreeMap;

use matdock_message::Message;
use matdock_plan::{Lesson, Model, Observation, Planner, Remaining};
use matdock_record::{Datum, Unit};

use crate::{
    campaign::Campaign,
    cost,
    history::{Experiment, History},
    status::Best,
};

/// The planner's view of a history, and the model of it.
#[derive(Debug)]
pub struct Learnt {
    planner: Planner,
    lesson: Lesson,
    /// The experiment number of each observation.
    pub numbers: Vec<u32>,
    /// The model; none while too little was measured.
    pub model: Option<Model>,
    /// Units of the outcomes.
    units: BTreeMap<String, Unit>,
}

impl Learnt {
    /// Learns from a history.
    ///
    /// # Errors
    /// The history does not fit the campaign file.
    pub fn from(campaign: &Campaign, history: &History) -> Result<Self, Message> {
        let (observations, numbers) = history.observations(campaign)?;
        let (planner, lesson) = (campaign.planner()?, Lesson::new(observations));
        // Too little measured is no fault here: the campaign is young.
        let model = planner.model_from(&lesson, campaign.seed).ok();
        let units = campaign.outcomes.iter().map(|outcome| (outcome.name.clone(), outcome.unit.clone())).collect();
        Ok(Self { planner, lesson, numbers, model, units })
    }

    /// What the planner sees.
    pub fn observations(&self) -> &[Observation] {
        self.lesson.observed()
    }

    /// The observations with what is learnt from them, for the planner.
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// The planner as it proposes the next experiments: without what was refused, with the costs.
    pub fn planner(&self, campaign: &Campaign, history: &History) -> Planner {
        let planner = self.planner.clone().refusing(history.vetoed_points(campaign));
        match cost::of_planner(campaign, history) {
            Some(costs) => planner.with_costs(costs),
            None => planner,
        }
    }

    /// The model with places to look at drawn from `seed`; none while too little was measured.
    pub fn model_from(&self, seed: u64) -> Option<Model> {
        self.planner.model_from(&self.lesson, seed).ok()
    }

    /// What is still to be gained; none while there is no model.
    ///
    /// # Errors
    /// As [`Planner::remaining`].
    pub fn remaining(&self, campaign: &Campaign) -> Result<Option<Remaining>, Message> {
        self.planner.remaining_from(&self.lesson, campaign.seed)
    }

    /// The experiment with the best measured value.
    pub fn best(&self, history: &History) -> Option<Best> {
        self.experiment(history, self.model.as_ref()?.best_observed()?)
    }

    /// The experiment whose conditions the model believes best.
    pub fn recommended(&self, history: &History) -> Option<Best> {
        self.experiment(history, self.model.as_ref()?.best_believed()?.0)
    }

    /// The experiment behind an observation, with what the model expects of its conditions.
    pub fn experiment(&self, history: &History, index: usize) -> Option<Best> {
        let model = self.model.as_ref()?;
        let number = self.numbers.get(index)?;
        let experiment: &Experiment = history.experiments.iter().find(|e| e.number == *number)?;
        let predicted = self.observations().get(index).and_then(|o| model.predict(&o.point).ok()).unwrap_or_default();
        Some(Best {
            experiment: experiment.number,
            sample: experiment.name.clone(),
            suggestion: experiment.suggestion,
            row: experiment.row.clone(),
            settings: experiment.settings.clone(),
            values: experiment.values.iter().map(|(name, datum)| (name.clone(), self.in_unit(name, datum))).collect(),
            predicted,
        })
    }

    /// What was measured in the unit the campaign states, beside which it is shown; as it is where that cannot be.
    fn in_unit(&self, name: &str, datum: &Datum) -> Datum {
        let converted = self.units.get(name).and_then(|unit| datum.quantity()?.to(unit).ok());
        converted.map_or_else(|| datum.clone(), Datum::Quantity)
    }
}
