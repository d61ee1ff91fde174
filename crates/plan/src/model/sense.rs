//! Soft sensors of a process chain: a quantity of one experiment told from what was read before it.

use matdock_learn::chain::{Domain, Quality};
use serde::Serialize;

use super::Model;
use crate::planner::Prediction;

/// A quantity of one experiment, told from what was read before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SoftReading {
    /// What a reading is expected to be, with its 90 % interval.
    pub predicted: Prediction,
    /// What was read of it (not used for the prediction); `None` where nothing was.
    pub measured: Option<f64>,
    /// Quantities before it that were read and that it is told from.
    pub from: Vec<String>,
    /// Quantities before it that were not read: what is expected of them takes their place.
    pub missing: Vec<String>,
    /// How far the experiment lies from what has been seen.
    pub domain: Domain,
    /// The observation most like it.
    pub nearest: Option<usize>,
    /// What lies furthest outside the range of the other experiments, and whether above it.
    pub beyond: Option<(String, bool)>,
    /// How well it is told, every reading from all others.
    pub quality: Option<Quality>,
}

impl Model {
    /// The quantities of a process chain in observation number `observation`, each told from what was read before it there
    /// and from all other observations: those that depend on other quantities, or the one called `wanted`. Empty for a goal
    /// without a chain, and for quantities that were hardly read.
    pub fn soft_readings(&self, observation: usize, wanted: Option<&str>) -> Vec<SoftReading> {
        let (Some(stages), Some(observed)) = (self.stages.as_ref(), self.observed.get(observation)) else {
            return Vec::new();
        };
        let options = matdock_learn::Options { robust: false, ..matdock_learn::Options::default() };
        let (chain, _) = stages.best_chain(&self.elsewhere, &self.inputs, &self.observed, &options);
        let row = chain.elsewhere() + observation;
        let asked = |node: &usize| match wanted {
            Some(name) => stages.names()[*node] == name,
            None => !chain.graph().nodes()[*node].upstream.is_empty() && !stages.is_computed(*node),
        };
        let soft = |node: usize| {
            const HALF_WIDTH: f64 = 1.6448536269514722;
            let told = chain.told(node, row)?;
            let warp = chain.model(node)?.warp();
            let (mean, deviation) = (told.reading.mean, told.reading.variance.sqrt());
            let predicted = Prediction {
                outcome: stages.names()[node].clone(),
                mean: warp.expected(mean, deviation),
                low: warp.backward(mean - HALF_WIDTH * deviation),
                high: warp.backward(mean + HALF_WIDTH * deviation),
            };
            let name = |other: &usize| stages.names()[*other].clone();
            let before = (0..node).filter(|&other| chain.graph().depends_on(node, other) && !stages.is_computed(other));
            let inputs = self.inputs_of(stages, chain.graph(), node);
            let own = &chain.graph().nodes()[node];
            let input_name = |place: usize| {
                let column = own.columns.get(place);
                let upstream = place.checked_sub(own.columns.len()).and_then(|place| own.upstream.get(place));
                let is_it = |(_, columns, other): &&(String, Vec<usize>, Option<usize>)| match (column, upstream) {
                    (Some(column), _) => columns.contains(column),
                    (None, upstream) => other.is_some() && other.as_ref() == upstream,
                };
                inputs.iter().find(is_it).map(|(name, ..)| name.clone())
            };
            Some(SoftReading {
                predicted,
                measured: observed.outcomes.get(stages.outcomes()[node]).and_then(|measured| measured.value()),
                missing: before.filter(|other| !told.read.contains(other)).map(|other| name(&other)).collect(),
                from: told.read.iter().filter(|&&other| !stages.is_computed(other)).map(name).collect(),
                domain: told.domain,
                nearest: told.nearest.and_then(|nearest| nearest.checked_sub(chain.elsewhere())),
                beyond: told.beyond.and_then(|(place, above)| Some((input_name(place)?, above))),
                quality: chain.quality(node),
            })
        };
        (0..stages.names().len()).filter(asked).filter_map(soft).collect()
    }
}
