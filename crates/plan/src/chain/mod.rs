//! Process chains: the stages of a goal as a graph of models, and whether that pays.

pub(crate) mod compare;

use std::sync::Arc;

use matdock_learn::{
    Chain, Chained, Options, OutcomeModel, Outcomes, Rows, Sensed,
    chain::{Comparison, Graph, Node, Relation, Stated},
};
use matdock_message::{Message, say};
use serde::Serialize;

use crate::{
    belief::reading,
    encode::Encoding,
    expression::Formula,
    goal::{Goal, Stage},
    history::Observation,
    knowledge::Source,
    space::{Parameter, Value},
};

/// The stages of a goal in a search space.
#[derive(Debug, Clone)]
pub(crate) struct Stages {
    graph: Graph,
    /// Names of the nodes, in an order in which each comes after those it depends on.
    names: Vec<String>,
    /// For every node the number of its outcome.
    outcomes: Vec<usize>,
    /// For every node the formula that may hold, or that it is computed by.
    stated: Vec<Option<Stated>>,
    /// For every node whether it is only sensed, neither wanted nor bounded.
    intermediate: Vec<bool>,
}

/// Experiments of earlier campaigns with the same intermediates, on another machine or with another product.
#[derive(Debug, Clone)]
pub(crate) struct Elsewhere {
    inputs: Rows,
    observed: Vec<Observation>,
}

/// Most experiments that are carried over; more of them tell little and cost time.
const MOST: usize = 200;

impl Elsewhere {
    /// None.
    pub(crate) fn none(width: usize) -> Self {
        Self { inputs: Rows::new(width), observed: Vec::new() }
    }

    /// Those of `sources` that the encoding can describe; of too many, evenly.
    pub(crate) fn new(sources: &[Source], outcomes: usize, encoding: &Encoding) -> Self {
        let all =
            sources.iter().flat_map(|source| source.observed()).filter(|o| o.outcomes.len() == outcomes && !o.failed);
        let fitting: Vec<(Vec<f64>, &Observation)> =
            all.filter_map(|o| encoding.encode(&o.point).ok().map(|columns| (columns, o))).collect();
        let count = fitting.len().min(MOST);
        let mut elsewhere = Self::none(encoding.width());
        for (columns, observation) in (0..count).map(|k| &fitting[k * fitting.len() / count.max(1)]) {
            elsewhere.inputs.push(columns);
            elsewhere.observed.push((*observation).clone());
        }
        elsewhere
    }
}

/// A formula of settings and quantities upstream.
#[derive(Debug)]
struct Known {
    formula: Formula,
    /// Where every name of the formula comes from: parameters, then the quantities of the chain.
    names: Vec<Origin>,
    encoding: Encoding,
}

/// Where a name gets its number from.
#[derive(Debug, Clone, Copy)]
enum Origin {
    /// A parameter and the place of its column among the node's.
    Parameter(usize, usize),
    /// Place among the nodes upstream.
    Upstream(usize),
    /// Nowhere: the node does not depend on it.
    Nothing,
}

impl Relation for Known {
    fn value(&self, columns: &[f64], upstream: &[f64]) -> Option<f64> {
        let number = |origin: &Origin| match *origin {
            Origin::Parameter(parameter, place) => {
                columns.get(place).and_then(|unit| self.encoding.number(parameter, *unit))
            }
            Origin::Upstream(place) => upstream.get(place).copied(),
            Origin::Nothing => None,
        };
        let point: Vec<Value> =
            self.names.iter().map(|origin| number(origin).map_or(Value::Absent, Value::Number)).collect();
        self.formula.value(&point)
    }
}

/// How an outcome behind intermediates is predicted, and how well both ways do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Through {
    /// Name of the outcome.
    pub outcome: String,
    /// Whether it is predicted through the chain; else directly from the settings.
    pub chain: bool,
    /// Both ways compared on experiments left out in turn; `None` while there are too few.
    pub comparison: Option<Comparison>,
    /// Whether experiments of earlier campaigns count for what follows from the intermediates.
    pub elsewhere: bool,
}

/// Readings below which a quantity has no model.
const FEWEST: usize = 3;
/// Experiments from which on the chain has to be as good as the direct model to be used.
const ENOUGH: usize = 10;

impl Stages {
    /// The graph of `goal`; `None` for a goal without stages.
    ///
    /// Errors: a stage that depends on something unknown, or in a circle on itself.
    pub(crate) fn new(goal: &Goal, parameters: &[Parameter], encoding: &Encoding) -> Result<Option<Self>, Message> {
        if goal.stages.is_empty() {
            return Ok(None);
        }
        let all: Vec<String> = goal.outcomes().into_iter().map(str::to_owned).collect();
        let order = ordered(goal, &all, parameters)?;
        let mut nodes = Vec::with_capacity(order.len());
        for (place, name) in order.iter().enumerate() {
            let upstream: Vec<usize> =
                parents(goal, name).iter().filter_map(|other| order.iter().position(|n| n == other)).collect();
            debug_assert!(upstream.iter().all(|&other| other < place));
            let from = goal.stages.iter().find(|stage| &stage.outcome == name).and_then(|stage| stage.from.as_ref());
            let named = |parameter: &Parameter| from.is_none_or(|from| from.contains(&parameter.name));
            let own = parameters.iter().enumerate().filter(|(_, parameter)| named(parameter));
            nodes.push(Node { columns: own.flat_map(|(index, _)| encoding.columns_of(index)).collect(), upstream });
        }
        let stated = order
            .iter()
            .zip(&nodes)
            .map(|(name, node)| statement(goal, name, node, &order, parameters, encoding))
            .collect::<Result<Vec<_>, _>>()?;
        let outcomes = order.iter().map(|name| all.iter().position(|other| other == name).unwrap_or(0)).collect();
        // Ordered above, and columns come from the encoding itself: no graph is refused here.
        let Ok(graph) = Graph::new(nodes, encoding.groups()) else { return Ok(None) };
        let intermediate = order.iter().map(|name| goal.is_intermediate(name)).collect();
        Ok(Some(Self { graph, names: order, outcomes, stated, intermediate }))
    }

    /// The graph of its quantities.
    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// For every quantity, in the order of the graph, the number of its outcome.
    pub(crate) fn outcomes(&self) -> &[usize] {
        &self.outcomes
    }

    /// What was read of every quantity in an experiment, in the order of the graph; limits count as not read.
    pub(crate) fn read(&self, observation: &Observation) -> Vec<Option<f64>> {
        self.outcomes.iter().map(|&outcome| observation.outcomes.get(outcome)?.value()).collect()
    }

    /// Names of the quantities, in the order of the graph.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The chain learnt from `observed` at the encoded points `inputs`, and what was sensed of each quantity.
    /// Experiments `elsewhere` come first in it.
    pub(crate) fn chain(
        &self,
        elsewhere: &Elsewhere,
        inputs: &Rows,
        observed: &[Observation],
        options: &Options,
    ) -> (Chain, Vec<Sensed>) {
        let (mut settings, mut all) = (elsewhere.inputs.clone(), elsewhere.observed.clone());
        inputs.iter().for_each(|row| settings.push(row));
        all.extend_from_slice(observed);
        let sensed: Vec<Sensed> = self.outcomes.iter().map(|&outcome| sensed(&all, outcome)).collect();
        let before = elsewhere.observed.len();
        (Chain::learn(self.graph_read(&sensed), &settings, &sensed, &self.stated, before, options), sensed)
    }

    /// The graph without the way through quantities that were hardly ever read: what depends on one of them depends on its
    /// inputs instead. Those a formula needs stay.
    fn graph_read(&self, sensed: &[Sensed]) -> Graph {
        let mut graph = self.graph.clone();
        for (node, sensed) in sensed.iter().enumerate() {
            let read = sensed.readings.iter().flatten().count();
            let computed = self.stated[node].as_ref().is_some_and(|stated| stated.computed);
            if read < FEWEST && !computed && !self.is_in_formula(node) {
                graph = graph.bypassing(node);
            }
        }
        graph
    }

    /// Whether a quantity that depends on `node` has a formula.
    pub(crate) fn is_in_formula(&self, node: usize) -> bool {
        let nodes = self.graph.nodes().iter().zip(&self.stated);
        nodes.into_iter().any(|(other, stated)| stated.is_some() && other.upstream.contains(&node))
    }

    /// Whether a quantity is computed rather than read.
    pub(crate) fn is_computed(&self, node: usize) -> bool {
        self.stated.get(node).is_some_and(|stated| stated.as_ref().is_some_and(|stated| stated.computed))
    }

    /// The chain that knows the experiments `elsewhere`, where that predicts the outcomes at its end no worse.
    pub(crate) fn best_chain(
        &self,
        elsewhere: &Elsewhere,
        inputs: &Rows,
        observed: &[Observation],
        options: &Options,
    ) -> (Chain, Vec<Sensed>) {
        let nothing = Elsewhere::none(inputs.width());
        let alone = self.chain(&nothing, inputs, observed, options);
        if elsewhere.observed.is_empty() {
            return alone;
        }
        let carried = self.chain(elsewhere, inputs, observed, options);
        let behind = (0..self.names.len()).filter(|&node| !self.graph.nodes()[node].upstream.is_empty());
        let gain = |node: usize| {
            let enough = carried.0.rows(node).len() >= ENOUGH;
            let compared = carried.0.compared_with(node, &alone.0, &carried.1[node]).filter(|_| enough);
            compared.map_or(0.0, |c| c.gain * c.experiments as f64)
        };
        if behind.map(gain).sum::<f64>() >= 0.0 { carried } else { alone }
    }

    /// Learns the chain from `observed` at the encoded points `inputs`, and decides for every outcome behind
    /// intermediates whether to predict it through the chain or with its model in `direct` (one per outcome; intermediates
    /// have none).
    pub(crate) fn learn(
        &self,
        inputs: &Rows,
        observed: &[Observation],
        elsewhere: &Elsewhere,
        options: &Options,
        mut direct: Vec<Option<OutcomeModel>>,
    ) -> (Arc<dyn Outcomes>, Vec<Through>) {
        let (chain, sensed) = self.best_chain(elsewhere, inputs, observed, options);
        let chain = Arc::new(chain);
        let mut through = Vec::new();
        for (node, &outcome) in self.outcomes.iter().enumerate() {
            if self.graph.nodes()[node].upstream.is_empty() || self.intermediate[node] {
                continue;
            }
            let (used, comparison) = self.decide(&chain, node, direct[outcome].as_ref(), &sensed[node]);
            let elsewhere = chain.elsewhere() > 0;
            through.push(Through { outcome: self.names[node].clone(), chain: used, comparison, elsewhere });
            if used {
                direct[outcome] = None;
            }
        }
        // What depends on settings alone is the same both ways, but for what is known of it beforehand.
        for (node, &outcome) in self.outcomes.iter().enumerate() {
            let knows = direct[outcome].as_ref().is_some_and(|model| !model.explained().is_empty());
            if self.graph.nodes()[node].upstream.is_empty() && chain.model(node).is_some() && !knows {
                direct[outcome] = None;
            }
        }
        (Arc::new(Chained::new(chain, self.outcomes.clone(), direct)), through)
    }

    /// Whether to predict `node` through the chain rather than with its `direct` model, and the comparison of both.
    pub(crate) fn decide(
        &self,
        chain: &Chain,
        node: usize,
        direct: Option<&OutcomeModel>,
        sensed: &Sensed,
    ) -> (bool, Option<Comparison>) {
        let comparison = direct.and_then(|model| chain.compared(node, model, sensed));
        let enough = chain.rows(node).len() >= ENOUGH;
        let used = chain.model(node).is_some() && comparison.is_none_or(|c| !enough || c.chain_is_as_good());
        (used, comparison)
    }
}

/// What was read of an outcome, experiment by experiment.
fn sensed(observed: &[Observation], outcome: usize) -> Sensed {
    let measured = |o: &Observation| o.outcomes.get(outcome).copied();
    Sensed {
        readings: observed.iter().map(|o| measured(o).and_then(reading)).collect(),
        uncertainties: observed.iter().map(|o| measured(o).map_or(0.0, |m| m.uncertainty())).collect(),
    }
}

/// Names of the intermediates that an outcome depends on.
fn parents<'g>(goal: &'g Goal, outcome: &str) -> Vec<&'g str> {
    let stage = goal.stages.iter().position(|stage| stage.outcome == outcome);
    let intermediates = goal.stages.iter().filter(|stage| goal.is_intermediate(&stage.outcome));
    match stage.map(|place| &goal.stages[place]) {
        Some(Stage { from: Some(from), .. }) => {
            goal.stages.iter().map(|s| s.outcome.as_str()).filter(|name| from.iter().any(|f| f == name)).collect()
        }
        // Without a word an intermediate depends on those before it, an outcome on all of them.
        _ => {
            let before = stage.filter(|_| goal.is_intermediate(outcome)).unwrap_or(usize::MAX);
            let before = |name: &str| goal.stages.iter().position(|s| s.outcome == name).is_some_and(|at| at < before);
            intermediates.map(|stage| stage.outcome.as_str()).filter(|name| before(name) && *name != outcome).collect()
        }
    }
}

/// What is stated of the quantity `name`, whose node is `node`.
fn statement(
    goal: &Goal,
    name: &str,
    node: &Node,
    order: &[String],
    parameters: &[Parameter],
    encoding: &Encoding,
) -> Result<Option<Stated>, Message> {
    let Some(stage) = goal.stages.iter().find(|stage| stage.outcome == name) else { return Ok(None) };
    let computed = goal.is_computed(name);
    let Some(text) = &stage.formula else {
        return if stage.computed { Err(say!("plan-stage-computed", outcome = name)) } else { Ok(None) };
    };
    if stage.computed && !computed {
        return Err(say!("plan-stage-computed-end", outcome = name));
    }
    let mut names: Vec<Origin> = Vec::new();
    for index in 0..parameters.len() {
        let place = encoding.column(index).and_then(|column| node.columns.iter().position(|own| *own == column));
        names.push(place.map_or(Origin::Nothing, |place| Origin::Parameter(index, place)));
    }
    for other in 0..order.len() {
        let place = node.upstream.iter().position(|upstream| *upstream == other);
        names.push(place.map_or(Origin::Nothing, Origin::Upstream));
    }
    let known: Vec<Parameter> =
        parameters.iter().cloned().chain(order.iter().map(|name| Parameter::number(name, ""))).collect();
    let formula = Formula::parse(text, &known)?;
    let outside = formula.parameters().into_iter().find(|&place| matches!(names[place], Origin::Nothing));
    if let Some(place) = outside {
        return Err(say!("plan-stage-formula", outcome = name, name = known[place].name));
    }
    Ok(Some(Stated { relation: Arc::new(Known { formula, names, encoding: encoding.clone() }), computed }))
}

/// Those of `names` that depend on one another, without what only depends on them.
fn circle<'n>(goal: &Goal, mut names: Vec<&'n str>) -> Vec<&'n str> {
    loop {
        let needed = |name: &&str| names.iter().any(|other| parents(goal, other).contains(name));
        let inside: Vec<&str> = names.iter().copied().filter(needed).collect();
        if inside.len() == names.len() {
            return inside;
        }
        names = inside;
    }
}

/// All outcomes, each after those it depends on.
fn ordered(goal: &Goal, all: &[String], parameters: &[Parameter]) -> Result<Vec<String>, Message> {
    for (place, stage) in goal.stages.iter().enumerate() {
        if goal.stages[..place].iter().any(|other| other.outcome == stage.outcome) {
            return Err(say!("plan-stage-twice", outcome = stage.outcome));
        }
        for name in stage.from.iter().flatten() {
            let stands_before = goal.stages.iter().any(|other| &other.outcome == name);
            if !stands_before && parameters.iter().all(|parameter| &parameter.name != name) {
                return Err(say!("plan-stage-unknown", outcome = stage.outcome, name = name));
            }
        }
    }
    let mut order: Vec<String> = Vec::with_capacity(all.len());
    while order.len() < all.len() {
        let ready = |name: &&String| {
            !order.contains(name) && parents(goal, name).iter().all(|parent| order.iter().any(|known| known == parent))
        };
        let Some(next) = all.iter().find(ready) else {
            let circle = circle(goal, all.iter().filter(|name| !order.contains(name)).map(String::as_str).collect());
            return Err(say!("plan-stage-circle", names = circle.join(", ")));
        };
        order.push(next.clone());
    }
    Ok(order)
}
