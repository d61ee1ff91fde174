//! A process chain as learnt: what explains what, which sensors pay, and why a sample came out as it did.

use matdock_learn::{
    Chain, Options,
    chain::{Comparison, Graph},
};
use matdock_message::Message;
use serde::Serialize;

use super::Model;
use crate::{Through, chain::Stages};

/// A process chain as it was learnt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainView {
    /// Its quantities, each after those it depends on.
    pub quantities: Vec<Quantity>,
    /// How the outcomes behind intermediates are predicted.
    pub through: Vec<Through>,
    /// For every intermediate and every outcome behind it, what the sensor is worth.
    pub sensors: Vec<Sensor>,
}

/// An intermediate or outcome of a chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quantity {
    /// Its name.
    pub name: String,
    /// Whether it is sensed on the way rather than wanted or bounded.
    pub intermediate: bool,
    /// Number of experiments it was read in.
    pub readings: usize,
    /// Whether it is computed by a formula and never read.
    pub computed: bool,
    /// Share of its variance that its inputs explain, every reading predicted from all others; below 0 worse than the
    /// mean; `None` where too little was read.
    pub explained: Option<f64>,
    /// What it depends on.
    pub links: Vec<Link>,
}

/// A quantity depends on a parameter or on another quantity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// Name of the parameter or quantity.
    pub from: String,
    /// By how much the share of the variance that is explained falls when the model is learnt anew without it; `None`
    /// where that cannot be told.
    pub share: Option<f64>,
}

/// What an intermediate is worth for predicting an outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sensor {
    /// Name of the intermediate.
    pub intermediate: String,
    /// Name of the outcome.
    pub outcome: String,
    /// The chain compared with one that does without the intermediate, both predicting from the settings.
    pub comparison: Comparison,
    /// The largest share of the variance that a quantity which depends on it directly owes to it once it is read; `None`
    /// where that cannot be told.
    pub read: Option<f64>,
}

/// Experiments below which nothing is said against a sensor.
const JUDGED: usize = 20;
/// Share of the variance from which on a reading says something.
const SAYS_SOMETHING: f64 = 0.03;

impl Sensor {
    /// Whether there are enough experiments to judge the sensor.
    pub fn is_judged(&self) -> bool {
        self.comparison.experiments >= JUDGED
    }

    /// Whether the outcome is predicted better from the settings with the sensor than without it, beyond chance.
    pub fn helps(&self) -> bool {
        self.comparison.gain > self.comparison.standard_error
    }

    /// Whether the outcome is predicted no better with the sensor than without it, beyond chance, and nothing that depends
    /// on it owes it anything once it is read.
    pub fn is_useless(&self) -> bool {
        self.is_judged() && !self.helps() && self.read.is_none_or(|share| share < SAYS_SOMETHING)
    }
}

/// Why a quantity of one experiment came out as it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// The quantity.
    pub quantity: String,
    /// How many standard deviations it lies above the mean of the experiments.
    pub deviation: f64,
    /// What its inputs have to do with it, strongest first.
    pub influences: Vec<Contribution>,
}

/// What one input of a quantity does to it in one experiment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// Name of the parameter or quantity.
    pub from: String,
    /// By how many standard deviations of the quantity it moves what is expected, against its value in the other
    /// experiments.
    pub effect: f64,
    /// How many standard deviations it lies above the mean of the experiments itself; `None` for a level.
    pub deviation: Option<f64>,
}

/// Least deviation of a quantity that is worth an explanation \[standard deviations\].
const WORTH_EXPLAINING: f64 = 0.2;
/// Weakest influence that is followed \[standard deviations\].
const WEAKEST: f64 = 0.1;

impl Model {
    /// How the outcomes behind intermediates are predicted, and why so; empty for a goal without a process chain.
    pub fn through(&self) -> &[Through] {
        self.belief.through()
    }

    /// The process chain as learnt; `None` for a goal without one.
    ///
    /// Every link and every sensor is a model learnt anew: seconds for a few hundred experiments.
    pub fn chain(&self) -> Option<ChainView> {
        let stages = self.stages.as_ref()?;
        let options = Options { robust: false, ..Options::default() };
        let (chain, sensed) = stages.best_chain(&self.elsewhere, &self.inputs, &self.observed, &options);
        let quantity = |(node, name): (usize, &String)| {
            let computed = stages.is_computed(node);
            let explained = chain.explained(node).filter(|_| !computed);
            let lost = |columns: &[usize], upstream: Option<usize>| {
                let without = chain.explained_without(node, columns, upstream, &sensed[node], &options)?;
                Some((explained? - without.max(0.0)).clamp(0.0, 1.0))
            };
            let links = self.inputs_of(stages, chain.graph(), node).into_iter().map(|(from, columns, upstream)| {
                let share = lost(&columns, upstream);
                Link { from, share }
            });
            Quantity {
                name: name.clone(),
                intermediate: self.belief.goal().is_intermediate(name),
                computed,
                readings: chain.rows(node).len(),
                explained,
                links: links.collect(),
            }
        };
        let quantities: Vec<Quantity> = stages.names().iter().enumerate().map(quantity).collect();
        let pairs =
            quantities.iter().enumerate().filter(|(_, quantity)| quantity.intermediate).flat_map(|(sensor, _)| {
                let behind = quantities.iter().enumerate().filter(|(_, quantity)| !quantity.intermediate);
                behind.map(move |(node, _)| (sensor, node))
            });
        // Without what a formula needs there is no chain to compare with.
        let needed = |sensor: usize| stages.is_computed(sensor) || stages.is_in_formula(sensor);
        let judged = pairs.filter(|(sensor, node)| chain.graph().depends_on(*node, *sensor) && !needed(*sensor));
        let sensors = judged.filter_map(|(sensor, node)| {
            let comparison = chain.compared_without(node, sensor, &sensed, &options)?;
            let (intermediate, outcome) = (quantities[sensor].name.clone(), quantities[node].name.clone());
            let links = quantities.iter().flat_map(|quantity| &quantity.links).filter(|link| link.from == intermediate);
            let read = links.filter_map(|link| link.share).max_by(f64::total_cmp);
            Some(Sensor { intermediate, outcome, comparison, read })
        });
        let sensors = sensors.collect();
        Some(ChainView { quantities, through: self.belief.through().to_vec(), sensors })
    }

    /// Why `outcome` of observation number `observation` came out as it did: the outcome first, then the intermediates it
    /// depends on, along the strongest influences. Empty for a goal without a chain.
    ///
    /// Errors: an observation or outcome that is not there.
    pub fn causes(&self, observation: usize, outcome: &str) -> Result<Vec<Cause>, Message> {
        let Some(stages) = self.stages.as_ref() else { return Ok(Vec::new()) };
        let options = Options { robust: false, ..Options::default() };
        let (chain, _) = stages.best_chain(&self.elsewhere, &self.inputs, &self.observed, &options);
        let mut causes: Vec<Cause> = Vec::new();
        let mut next = stages.names().iter().position(|name| name == outcome);
        while let Some(node) = next {
            let Some(cause) = self.cause(stages, &chain, node, observation) else { break };
            // Sorted by strength; what pulls the other way is no cause.
            let counts = |one: &&Contribution| {
                stages.names().contains(&one.from) && one.effect * cause.deviation > 0.0 && one.effect.abs() >= WEAKEST
            };
            let far = |one: &&Contribution| one.deviation.is_some_and(|d| d.abs() >= WORTH_EXPLAINING);
            let strongest = cause.influences.iter().filter(counts).find(far);
            next = strongest.and_then(|one| stages.names().iter().position(|name| *name == one.from));
            causes.push(cause);
        }
        Ok(causes)
    }

    fn cause(&self, stages: &Stages, chain: &Chain, node: usize, observation: usize) -> Option<Cause> {
        let row = chain.elsewhere() + observation;
        let deviation = chain.value(node, row)?;
        let inputs = self.inputs_of(stages, chain.graph(), node);
        let own = &chain.graph().nodes()[node];
        let places: Vec<Vec<usize>> = inputs
            .iter()
            .map(|(_, columns, upstream)| match upstream {
                Some(other) => {
                    let place = own.upstream.iter().position(|o| o == other).unwrap_or(0);
                    vec![own.columns.len() + place]
                }
                None => columns.iter().filter_map(|column| own.columns.iter().position(|c| c == column)).collect(),
            })
            .collect();
        let effects = chain.influences(node, row, &places);
        let named = inputs.into_iter().zip(effects).map(|((from, columns, upstream), effect)| {
            let deviation = match (upstream, columns.as_slice()) {
                (Some(other), _) => chain.value(other, row),
                (None, [column]) => self.column_deviation(*column, observation),
                _ => None,
            };
            Contribution { from, effect, deviation }
        });
        let mut influences: Vec<Contribution> = named.collect();
        influences.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
        Some(Cause { quantity: stages.names()[node].clone(), deviation, influences })
    }

    /// How many standard deviations an observation lies above the mean of all in one column.
    fn column_deviation(&self, column: usize, observation: usize) -> Option<f64> {
        let values: Vec<f64> = self.inputs.iter().map(|row| row[column]).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
        let deviation = (values.get(observation)? - mean) / variance.sqrt();
        deviation.is_finite().then_some(deviation)
    }

    /// What a node depends on: name, columns of a parameter, or the node upstream.
    pub(super) fn inputs_of(
        &self,
        stages: &Stages,
        graph: &Graph,
        node: usize,
    ) -> Vec<(String, Vec<usize>, Option<usize>)> {
        let own = &graph.nodes()[node];
        let parameters = self.space.parameters().iter().enumerate().filter_map(|(index, parameter)| {
            let columns: Vec<usize> = self.encoding.columns_of(index).collect();
            let uses = !columns.is_empty() && columns.iter().all(|column| own.columns.contains(column));
            uses.then(|| (parameter.name.clone(), columns, None))
        });
        let upstream = own.upstream.iter().map(|&other| (stages.names()[other].clone(), Vec::new(), Some(other)));
        parameters.chain(upstream).collect()
    }
}
