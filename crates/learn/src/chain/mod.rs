//! A process chain: what is sensed during the process as the middle layer of the model.
//!
//! Every quantity of the chain has a model of its own, whose inputs are settings and quantities upstream of it. What is
//! expected of a new experiment follows paths through the graph: along each, every quantity takes a value that its
//! model holds possible, and the next ones are predicted from it.
//!
//! Source: Astudillo & Frazier, Bayesian optimization of function networks, NeurIPS 2021 (the graph of processes and
//! the paths through it).

mod graph;
mod known;
mod paths;
mod sense;
mod validate;

use std::sync::Arc;

use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{
    gp::Moments,
    kernel::Rows,
    surrogate::{Options, OutcomeModel, Outcomes, Reading, Readings},
};

pub use graph::{Graph, GraphError, Node};
pub use known::{Relation, Stated};
pub use sense::{Domain, Quality, Told};
pub use validate::{Comparison, Fold, folds, log_density};

use paths::Paths;

/// Where a quantity upstream stands among the inputs of a model: 0.5 at its mean, and one standard deviation of it is
/// as far as one of a setting that is spread evenly over its range.
const MIDDLE: f64 = 0.5;
const SPREAD: f64 = 0.288_675_134_594_812_9;
/// Readings below which a quantity is not modelled.
const FEWEST: usize = 3;

/// What was read of one quantity, one entry per experiment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sensed {
    /// What was read; `None` where nothing was.
    pub readings: Vec<Option<Reading>>,
    /// Known standard uncertainty of each reading, in its unit; 0 where it is not known, empty where none is.
    pub uncertainties: Vec<f64>,
}

/// The learnt models of a graph.
#[derive(Debug, Clone)]
pub struct Chain {
    graph: Graph,
    models: Vec<Option<NodeModel>>,
    settings: Rows,
    stated: Vec<Option<Stated>>,
    /// How many of the first experiments were made on another machine.
    elsewhere: usize,
}

/// The model of one quantity.
#[derive(Debug, Clone)]
struct NodeModel {
    outcome: OutcomeModel,
    /// The experiments it was learnt from.
    rows: Vec<usize>,
    /// For every experiment its value, bent and standardised: read, or what is expected.
    values: Vec<f64>,
}

impl Chain {
    /// Learns the models of `graph` from experiments at the encoded `settings` (n x d), with what was read of each node
    /// (one [`Sensed`] of n entries per node).
    ///
    /// A quantity of which something is `stated` (one per node; fewer: nothing) is expected to follow that, or computed by it.
    ///
    /// The first `elsewhere` experiments were made on another machine: they do not tell which settings give which
    /// intermediates, but what follows from the intermediates.
    ///
    /// An experiment in which a quantity upstream was not read counts for what lies downstream all the same: with the
    /// value that is expected there, and a noise that says how far that may be off.
    pub fn learn(
        graph: Graph,
        settings: &Rows,
        sensed: &[Sensed],
        stated: &[Option<Stated>],
        elsewhere: usize,
        options: &Options,
    ) -> Self {
        let stated = stated.to_vec();
        let mut chain = Self { graph, models: Vec::new(), settings: settings.clone(), stated, elsewhere };
        let none = Sensed::default();
        for node in 0..chain.graph.nodes().len() {
            let options = Options { explanations: Vec::new(), ..options.clone() };
            let model = chain.learn_node(node, sensed.get(node).unwrap_or(&none), &options);
            chain.models.push(model);
        }
        chain
    }

    fn learn_node(&self, node: usize, sensed: &Sensed, options: &Options) -> Option<NodeModel> {
        let upstream = &self.graph.nodes().get(node)?.upstream;
        let stated = self.stated.get(node).cloned().flatten();
        if let Some(Stated { relation, computed: true }) = stated {
            return self.compute_node(node, relation, options);
        }
        let counts = |row: usize| !upstream.is_empty() || row >= self.elsewhere;
        let read: Vec<(usize, Reading)> = sensed
            .readings
            .iter()
            .enumerate()
            .filter_map(|(row, reading)| reading.filter(|_| counts(row)).map(|r| (row, r)))
            .collect();
        if read.len() < FEWEST || upstream.iter().any(|&other| self.models[other].is_none()) {
            return None;
        }
        let rows: Vec<usize> = read.iter().map(|(row, _)| *row).filter(|&row| row < self.settings.len()).collect();
        let readings: Vec<Reading> = read.into_iter().map(|(_, reading)| reading).take(rows.len()).collect();
        let known = |row: &usize| sensed.uncertainties.get(*row).copied().unwrap_or(0.0);
        let mut uncertainties: Vec<f64> = rows.iter().map(known).collect();
        let inputs = Rows::collect(
            self.width(node),
            rows.iter().map(|&row| self.measured_input(node, row)).collect::<Vec<_>>().iter().map(Vec::as_slice),
        );
        let groups = self.graph.input_groups(node);
        let known = stated.and_then(|stated| self.explanation(node, stated.relation, &inputs));
        let options = match known {
            // A bent outcome would not follow the formula.
            Some(known) => &Options { explanations: vec![known], bend_evidence: f64::INFINITY, ..options.clone() },
            None => options,
        };
        let learn = |uncertainties: &[f64]| {
            let readings = Readings { inputs: &inputs, groups: &groups, readings: &readings, uncertainties };
            OutcomeModel::learn(&readings, options).ok()
        };
        let mut outcome = learn(&uncertainties)?;
        if self.add_upstream_uncertainty(node, &outcome, &rows, &inputs, &mut uncertainties) {
            outcome = learn(&uncertainties)?;
        }
        let values = self.values(node, &outcome, &rows, sensed);
        Some(NodeModel { outcome, rows, values })
    }

    /// A quantity nobody measures, computed wherever all it depends on was read.
    fn compute_node(&self, node: usize, relation: Arc<dyn Relation>, options: &Options) -> Option<NodeModel> {
        let upstream = &self.graph.nodes().get(node)?.upstream;
        let known = |row: &usize| {
            upstream.iter().all(|&other| self.models[other].as_ref().is_some_and(|model| model.rows.contains(row)))
        };
        let rows: Vec<usize> = (0..self.settings.len()).filter(known).collect();
        let (outcome, rows) = self.computed(node, relation, rows, options.bend_evidence)?;
        let values = self.values(node, &outcome, &rows, &Sensed::default());
        Some(NodeModel { outcome, rows, values })
    }

    /// Variance of `node` in an experiment in which it was not read, on the scale of its model.
    fn variance(&self, node: usize, row: usize) -> f64 {
        let model = self.models[node].as_ref().filter(|model| !model.rows.contains(&row));
        let Some(model) = model else { return 0.0 };
        let own = &self.graph.nodes()[node];
        let input = self.measured_input(node, row);
        let moments = model.outcome.surrogate().predict(&Rows::collect(input.len(), [input.as_slice()]));
        let spread = moments.first().map_or(1.0, |m| m.variance) + model.outcome.surrogate().noise();
        if !self.is_computed(node) {
            return spread;
        }
        let slopes = model.outcome.surrogate().slopes(&input).unwrap_or_default();
        let through = own.upstream.iter().enumerate().map(|(place, &other)| {
            let slope: f64 = slopes.iter().map(|part| part.share * part.mean[own.columns.len() + place]).sum();
            (slope * SPREAD).powi(2) * self.variance(other, row)
        });
        spread + through.sum::<f64>()
    }

    /// Whether a quantity is computed rather than read.
    pub fn is_computed(&self, node: usize) -> bool {
        self.stated.get(node).is_some_and(|stated| stated.as_ref().is_some_and(|stated| stated.computed))
    }

    /// Widens the uncertainty of readings whose quantities upstream were not read, by how far these may be off times
    /// the slope of the model there. Returns whether there are any.
    ///
    /// Source: McHutchon & Rasmussen, Gaussian process training with input noise, NeurIPS 2011.
    fn add_upstream_uncertainty(
        &self,
        node: usize,
        outcome: &OutcomeModel,
        rows: &[usize],
        inputs: &Rows,
        uncertainties: &mut [f64],
    ) -> bool {
        let own = &self.graph.nodes()[node];
        let mut any = false;
        for (number, &row) in rows.iter().enumerate() {
            let missing: Vec<(usize, &NodeModel)> = own
                .upstream
                .iter()
                .enumerate()
                .filter_map(|(place, &other)| self.models[other].as_ref().map(|model| (place, model)))
                .filter(|(_, model)| !model.rows.contains(&row))
                .collect();
            if missing.is_empty() {
                continue;
            }
            let Some(slopes) = outcome.surrogate().slopes(inputs.row(number)) else { continue };
            any = true;
            let variance: f64 = missing
                .iter()
                .map(|(place, _)| {
                    let column = own.columns.len() + place;
                    let slope: f64 = slopes.iter().map(|part| part.share * part.mean[column]).sum();
                    let spread = self.variance(own.upstream[*place], row);
                    (slope * SPREAD).powi(2) * spread
                })
                .sum();
            // From the scale of the model to the unit of the outcome, where the reading is expected.
            let warp = outcome.warp();
            let z = outcome.outputs().get(number).copied().unwrap_or(0.0);
            let half = 0.5 * (warp.backward(z + variance.sqrt()) - warp.backward(z - variance.sqrt()));
            uncertainties[number] = uncertainties[number].hypot(half);
        }
        any
    }

    /// The value of `node` in every experiment: as read, else as expected.
    fn values(&self, node: usize, outcome: &OutcomeModel, rows: &[usize], sensed: &Sensed) -> Vec<f64> {
        let read = |row: usize| sensed.readings.get(row).copied().flatten();
        let mut values: Vec<f64> = (0..self.settings.len())
            .map(|row| read(row).map_or(f64::NAN, |reading| outcome.warp().forward(reading.number())))
            .collect();
        for (&row, &value) in rows.iter().zip(outcome.outputs()) {
            values[row] = value;
        }
        for (row, value) in values.iter_mut().enumerate().filter(|(_, value)| value.is_nan()) {
            let input = self.measured_input(node, row);
            let expected = outcome.surrogate().means(&Rows::collect(input.len(), [input.as_slice()]));
            *value = expected.first().copied().unwrap_or(0.0);
        }
        values
    }

    /// Number of inputs of the model of `node`. What depends on nothing has one that never changes.
    fn width(&self, node: usize) -> usize {
        self.graph.nodes().get(node).map_or(0, |node| (node.columns.len() + node.upstream.len()).max(1))
    }

    /// Inputs of the model of `node` in an experiment: settings, and quantities upstream as read or expected.
    fn measured_input(&self, node: usize, row: usize) -> Vec<f64> {
        let value = |other: usize| self.models[other].as_ref().and_then(|model| model.values.get(row)).copied();
        self.input(node, self.settings.row(row), |other| value(other).unwrap_or(0.0))
    }

    fn input(&self, node: usize, settings: &[f64], upstream: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut input = Vec::with_capacity(self.width(node));
        self.fill(node, settings, upstream, &mut input);
        input
    }

    fn fill(&self, node: usize, settings: &[f64], upstream: impl Fn(usize) -> f64, input: &mut Vec<f64>) {
        let node = &self.graph.nodes()[node];
        input.clear();
        input.extend(node.columns.iter().map(|&column| settings[column]));
        input.extend(node.upstream.iter().map(|&other| MIDDLE + SPREAD * upstream(other)));
        if input.is_empty() {
            input.push(MIDDLE);
        }
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The model of a quantity given its inputs; `None` where too little was read.
    pub fn model(&self, node: usize) -> Option<&OutcomeModel> {
        self.models.get(node)?.as_ref().map(|model| &model.outcome)
    }

    /// The experiments on this machine that a quantity was learnt from.
    pub fn rows(&self, node: usize) -> &[usize] {
        let rows = self.models.get(node).and_then(Option::as_ref).map_or(&[][..], |model| &model.rows);
        // In order: those from elsewhere are the first.
        &rows[rows.partition_point(|&row| row < self.elsewhere)..]
    }

    /// How many of the first experiments were made on another machine.
    pub fn elsewhere(&self) -> usize {
        self.elsewhere
    }

    /// The model of a quantity given the settings alone: through the chain.
    pub fn outcome(self: &Arc<Self>, node: usize) -> Option<OutcomeModel> {
        let model = &self.models.get(node)?.as_ref()?.outcome;
        let paths = Paths::new(Arc::clone(self), node);
        Some(OutcomeModel::new(*model.warp(), Arc::new(paths), model.outputs().to_vec()))
    }

    /// [`Chain::outcome`] told in less time, for sifting many points.
    fn rough_outcome(self: &Arc<Self>, node: usize) -> Option<OutcomeModel> {
        let model = &self.models.get(node)?.as_ref()?.outcome;
        let paths = Paths::new(Arc::clone(self), node).few();
        Some(OutcomeModel::new(*model.warp(), Arc::new(paths), model.outputs().to_vec()))
    }

    /// The model of readings of a quantity in an experiment in which some quantities upstream were `read` already: one value
    /// per node in its unit, `None` (or nothing) where it was not.
    pub fn outcome_given(self: &Arc<Self>, node: usize, read: &[Option<f64>]) -> Option<OutcomeModel> {
        let model = &self.models.get(node)?.as_ref()?.outcome;
        let bent = |(other, value): (usize, &Option<f64>)| Some(self.model(other)?.warp().forward((*value)?));
        let paths = Paths::from_read(Arc::clone(self), node, read.iter().enumerate().map(bent).collect()).scattering();
        Some(OutcomeModel::new(*model.warp(), Arc::new(paths), model.outputs().to_vec()))
    }

    /// Joint draws of every quantity at the m rows of `points` (settings), bent and standardised: for each of `count`
    /// draws, for each node, m values (none where there is no model). The same for the same seed.
    pub fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<Vec<f64>>> {
        let mut draws: Vec<Vec<Vec<f64>>> = vec![Vec::with_capacity(self.models.len()); count];
        for (node, model) in self.models.iter().enumerate() {
            let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(node as u64 + 1));
            let Some(surrogate) = model.as_ref().map(|model| model.outcome.surrogate()) else {
                draws.iter_mut().for_each(|draw| draw.push(Vec::new()));
                continue;
            };
            if self.graph.nodes()[node].upstream.is_empty() {
                // The same inputs in every draw; in an order of their own, for the parts of a mixture come in turn.
                let mut own = surrogate.sample(&self.inputs(node, points, &[]), count, seed);
                own.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
                draws.iter_mut().zip(own).for_each(|(draw, values)| draw.push(values));
                continue;
            }
            for (number, draw) in draws.iter_mut().enumerate() {
                let inputs = self.inputs(node, points, draw);
                let own = surrogate.sample(&inputs, 1, seed.wrapping_add(number as u64));
                draw.push(own.into_iter().next().unwrap_or_default());
            }
        }
        draws
    }

    /// Inputs of the model of `node` at each row of `points`, with the given values of the nodes before it.
    fn inputs(&self, node: usize, points: &Rows, values: &[Vec<f64>]) -> Rows {
        let mut inputs = Rows::new(self.width(node));
        let mut input = Vec::with_capacity(self.width(node));
        for (row, settings) in points.iter().enumerate() {
            let value = |other: usize| values.get(other).and_then(|of| of.get(row)).copied().unwrap_or(0.0);
            self.fill(node, settings, value, &mut input);
            inputs.push(&input);
        }
        inputs
    }

    /// For every input of the model of `node` (its columns, then the nodes upstream), by how much it moves what is
    /// expected in experiment `row` from what would be expected with that input as in the other experiments, on average
    /// (bent and standardised; columns together as given by `groups`).
    pub fn influences(&self, node: usize, row: usize, groups: &[Vec<usize>]) -> Vec<f64> {
        let Some(model) = self.model(node) else { return vec![0.0; groups.len()] };
        let all = Rows::collect(
            self.width(node),
            (0..self.settings.len())
                .map(|row| self.measured_input(node, row))
                .collect::<Vec<_>>()
                .iter()
                .map(Vec::as_slice),
        );
        let own = all.row(row).to_vec();
        let expected = model.surrogate().means(&Rows::collect(own.len(), [own.as_slice()]));
        let expected = expected.first().copied().unwrap_or(0.0);
        let influence = |inputs: &Vec<usize>| {
            let mut moved = Rows::new(own.len());
            for other in all.iter() {
                let mut point = own.clone();
                inputs.iter().for_each(|&input| point[input] = other[input]);
                moved.push(&point);
            }
            expected - model.surrogate().means(&moved).iter().sum::<f64>() / all.len() as f64
        };
        groups.iter().map(influence).collect()
    }

    /// The value of `node` in experiment `row` as read (or, where it was not, as expected), bent and standardised.
    pub fn value(&self, node: usize, row: usize) -> Option<f64> {
        self.models.get(node)?.as_ref()?.values.get(row).copied()
    }

    /// The chain with one more experiment at `settings` that gave what is expected there.
    pub fn believing(&self, settings: &[f64]) -> Self {
        let point = Rows::collect(settings.len(), [settings]);
        let mut believing = self.clone();
        let mut values: Vec<Vec<f64>> = Vec::with_capacity(self.models.len());
        believing.settings.push(settings);
        for (node, model) in self.models.iter().enumerate() {
            let Some(model) = model else {
                values.push(Vec::new());
                continue;
            };
            let inputs = self.inputs(node, &point, &values);
            let expected = model.outcome.surrogate().means(&inputs).first().copied().unwrap_or(0.0);
            let mut next = NodeModel { outcome: model.outcome.believing(inputs.row(0)), ..model.clone() };
            next.rows.push(self.settings.len());
            next.values.push(expected);
            believing.models[node] = Some(next);
            values.push(vec![expected]);
        }
        believing
    }

    /// The chain as if the experiments `left_out` had never been made; what was learnt about scales is kept.
    fn without(&self, left_out: &[usize]) -> Option<Self> {
        let mut rest = self.clone();
        for model in rest.models.iter_mut().flatten() {
            let gone: Vec<usize> = model
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| left_out.contains(row))
                .map(|(place, _)| place)
                .collect();
            model.outcome = model.outcome.without(&gone)?;
            model.rows.retain(|row| !left_out.contains(row));
        }
        Some(rest)
    }

    /// The experiments on this machine in folds.
    fn folds(&self, count: usize) -> Vec<Fold> {
        let mut folds = folds(self.settings.len().saturating_sub(self.elsewhere), count);
        folds.iter_mut().flat_map(|fold| &mut fold.rows).for_each(|row| *row += self.elsewhere);
        folds
    }

    /// Predicts every experiment in which `node` was read from the settings and the experiments of other folds:
    /// moments of the reading, bent and standardised, in the order of [`Chain::rows`].
    pub fn cross_validated(&self, node: usize, count: usize) -> Option<Vec<Moments>> {
        let model = self.models.get(node)?.as_ref()?;
        let rows = self.rows(node);
        let mut all = vec![Moments { mean: 0.0, variance: 1.0 }; rows.len()];
        let noise = model.outcome.surrogate().noise();
        for fold in self.folds(count) {
            let own: Vec<usize> = (0..rows.len()).filter(|&place| fold.has(rows[place])).collect();
            if own.is_empty() {
                continue;
            }
            let rest = Arc::new(self.without(&fold.rows)?);
            let points = self.settings.select(&own.iter().map(|&place| rows[place]).collect::<Vec<_>>());
            let moments = crate::surrogate::Surrogate::predict(&Paths::new(rest, node).scattering(), &points);
            for (place, m) in own.into_iter().zip(moments) {
                all[place] = Moments { variance: m.variance + noise, ..m };
            }
        }
        Some(all)
    }
}

/// The outcomes of a chain, with joint draws through it.
#[derive(Debug, Clone)]
pub struct Chained {
    chain: Arc<Chain>,
    /// For every node the number of its outcome.
    places: Vec<usize>,
    outcomes: Vec<Option<OutcomeModel>>,
    /// Whether an outcome is predicted through the chain rather than directly from the settings.
    through: Vec<bool>,
}

impl Chained {
    /// Node number i of `chain` is outcome number `places[i]`; where `direct` has a model for an outcome, that one is
    /// used instead.
    pub fn new(chain: Arc<Chain>, places: Vec<usize>, direct: Vec<Option<OutcomeModel>>) -> Self {
        let through: Vec<bool> = direct.iter().map(Option::is_none).collect();
        let mut outcomes = direct;
        for (node, &place) in places.iter().enumerate() {
            if let Some(outcome) = outcomes.get_mut(place).filter(|outcome| outcome.is_none()) {
                *outcome = chain.outcome(node);
            }
        }
        Self { chain, places, outcomes, through }
    }
}

impl Outcomes for Chained {
    fn outcome(&self, outcome: usize) -> Option<&OutcomeModel> {
        self.outcomes.get(outcome).and_then(Option::as_ref)
    }

    fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<Vec<f64>>> {
        let nodes = self.chain.sample(points, count, seed);
        let mut draws = vec![vec![Vec::new(); self.outcomes.len()]; count];
        for (draw, mut values) in draws.iter_mut().zip(nodes) {
            for (node, &place) in self.places.iter().enumerate() {
                draw[place] = std::mem::take(&mut values[node]);
            }
        }
        for (number, model) in self.outcomes.iter().enumerate().filter(|(number, _)| !self.through[*number]) {
            let own = seed.wrapping_add(0x5851_f42d_4c95_7f2du64.wrapping_mul(number as u64 + 1));
            let each = model.as_ref().map_or(Vec::new(), |model| model.surrogate().sample(points, count, own));
            for (draw, values) in draws.iter_mut().zip(each) {
                draw[number] = values;
            }
        }
        draws
    }

    fn believing(&self, input: &[f64]) -> Arc<dyn Outcomes> {
        let direct = self.outcomes.iter().zip(&self.through).map(|(model, through)| match (model, through) {
            (Some(model), false) => Some(model.believing(input)),
            _ => None,
        });
        let direct: Vec<Option<OutcomeModel>> = direct.collect();
        Arc::new(Self::new(Arc::new(self.chain.believing(input)), self.places.clone(), direct))
    }

    /// Along fewer paths.
    fn roughly(&self) -> Option<Arc<dyn Outcomes>> {
        let mut outcomes = self.outcomes.clone();
        for (node, &place) in self.places.iter().enumerate() {
            let is_behind = self.chain.graph().nodes().get(node).is_some_and(|node| !node.upstream.is_empty());
            if is_behind && self.through.get(place) == Some(&true) {
                outcomes[place] = self.chain.rough_outcome(node);
            }
        }
        Some(Arc::new(Self { outcomes, ..self.clone() }))
    }

    fn given(&self, outcome: usize, read: &[Option<f64>]) -> Option<OutcomeModel> {
        let node = self.places.iter().position(|&place| place == outcome)?;
        let upstream = !self.chain.graph().nodes().get(node)?.upstream.is_empty();
        let through = upstream && self.through.get(outcome).copied().unwrap_or(false);
        let values: Vec<Option<f64>> = self.places.iter().map(|&place| read.get(place).copied().flatten()).collect();
        if through { self.chain.outcome_given(node, &values) } else { None }
    }
}

#[cfg(test)]
mod tests;
