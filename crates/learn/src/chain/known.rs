//! Relations that are known beforehand: resistance times area, Arrhenius' law.

use std::{fmt::Debug, sync::Arc};

use super::{Chain, MIDDLE, SPREAD};
use crate::{
    gp::{Basis, Moments, Trend},
    kernel::Rows,
    surrogate::{Component, Explanation, OutcomeModel, Slope, Surrogate},
    warp::Warp,
};

/// A known relation between a quantity and what it depends on.
pub trait Relation: Debug + Send + Sync {
    /// The value at the given columns of the settings (in the order of the node's) and quantities upstream (each in its
    /// own unit, in the order of the node's); `None` where it has none.
    fn value(&self, columns: &[f64], upstream: &[f64]) -> Option<f64>;
}

/// A relation that is stated of a quantity.
#[derive(Debug, Clone)]
pub struct Stated {
    /// The relation.
    pub relation: Arc<dyn Relation>,
    /// Whether nobody measures the quantity: then it is what the relation says. Else it is expected to follow it, up to a
    /// factor and a constant, as far as the data bear that out.
    pub computed: bool,
}

/// A relation as a function of the inputs of a node's model, standardised over the experiments.
#[derive(Debug)]
struct Standardised {
    relation: Arc<dyn Relation>,
    columns: usize,
    /// From the scale of the models upstream to their units.
    warps: Vec<Warp>,
    mean: f64,
    deviation: f64,
}

/// Standard deviation of the factor in front of a relation; 1 is expected.
const FACTOR: f64 = 1.0;
/// Step of the differences that give the gradient, in parts of a range.
const STEP: f64 = 1e-6;

impl Standardised {
    fn raw(&self, input: &[f64]) -> Option<f64> {
        let (columns, upstream) = input.split_at_checked(self.columns)?;
        let upstream: Vec<f64> =
            upstream.iter().zip(&self.warps).map(|(u, warp)| warp.backward((u - MIDDLE) / SPREAD)).collect();
        self.relation.value(columns, &upstream).filter(|value| value.is_finite())
    }

    fn value(&self, input: &[f64]) -> f64 {
        self.raw(input).map_or(0.0, |value| (value - self.mean) / self.deviation)
    }
}

impl Basis for Standardised {
    fn values(&self, points: &Rows) -> Vec<f64> {
        points.iter().map(|input| self.value(input)).collect()
    }

    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        (self.value(point), differences(point, |input| self.value(input)))
    }
}

/// The model of a quantity that is computed and never read.
#[derive(Debug)]
struct Computed {
    relation: Standardised,
    warp: Warp,
    /// What was computed of the experiments, bent and standardised.
    outputs: Vec<f64>,
}

impl Computed {
    /// Without scatter; where the relation has no value nothing is known.
    fn moments(&self, input: &[f64]) -> Moments {
        let known = |value: f64| Moments { mean: self.warp.forward(value), variance: 0.0 };
        self.relation.raw(input).map_or(Moments { mean: 0.0, variance: 1.0 }, known)
    }
}

/// A model without anything learnt does not change by what is left out or believed.
#[derive(Debug, Clone)]
struct Unchanging(Arc<Computed>);

impl Surrogate for Unchanging {
    fn components(&self, points: &Rows) -> Vec<Component> {
        vec![Component { share: 1.0, moments: points.iter().map(|input| self.0.moments(input)).collect() }]
    }

    fn slopes(&self, point: &[f64]) -> Option<Vec<Slope>> {
        let mean = differences(point, |input| self.0.moments(input).mean);
        let variance = vec![0.0; point.len()];
        Some(vec![Slope { share: 1.0, moments: self.0.moments(point), mean, variance }])
    }

    fn sample(&self, points: &Rows, count: usize, _seed: u64) -> Vec<Vec<f64>> {
        vec![points.iter().map(|input| self.0.moments(input).mean).collect(); count]
    }

    fn leave_one_out(&self) -> Vec<Moments> {
        self.0.outputs.iter().map(|&mean| Moments { mean, variance: f64::MIN_POSITIVE }).collect()
    }

    fn noise(&self) -> f64 {
        0.0
    }

    fn believing(&self, _input: &[f64]) -> Arc<dyn Surrogate> {
        Arc::new(self.clone())
    }

    fn without(&self, _left_out: &[usize]) -> Option<Arc<dyn Surrogate>> {
        Some(Arc::new(self.clone()))
    }
}

/// The gradient by differences.
fn differences(point: &[f64], value: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let slope = |place: usize| {
        let (mut up, mut down) = (point.to_vec(), point.to_vec());
        up[place] += STEP;
        down[place] -= STEP;
        (value(&up) - value(&down)) / (2.0 * STEP)
    };
    (0..point.len()).map(slope).collect()
}

impl Chain {
    /// The model of a `node` that is computed by the `relation`, and those of `rows`, in which everything it depends on was
    /// read, that it has a value for; `None` where these are too few or all the same.
    pub(super) fn computed(
        &self,
        node: usize,
        relation: Arc<dyn Relation>,
        rows: Vec<usize>,
        bend_evidence: f64,
    ) -> Option<(OutcomeModel, Vec<usize>)> {
        let own = self.graph.nodes().get(node)?;
        let warps: Option<Vec<Warp>> = own.upstream.iter().map(|&other| self.model(other).map(|m| *m.warp())).collect();
        let relation = Standardised { relation, columns: own.columns.len(), warps: warps?, mean: 0.0, deviation: 1.0 };
        let value = |row: usize| Some((row, relation.raw(&self.measured_input(node, row))?));
        let (rows, values): (Vec<usize>, Vec<f64>) = rows.into_iter().filter_map(value).unzip();
        if values.len() < super::FEWEST || values.iter().all(|value| *value == values[0]) {
            return None;
        }
        let warp = Warp::fit(&values, bend_evidence);
        let outputs: Vec<f64> = values.iter().map(|&value| warp.forward(value)).collect();
        let surrogate = Unchanging(Arc::new(Computed { relation, warp, outputs: outputs.clone() }));
        Some((OutcomeModel::new(warp, Arc::new(surrogate), outputs), rows))
    }

    /// The relation as something that may hold of `node`, seen at the `inputs` of its experiments; `None` where it says
    /// nothing about them.
    pub(super) fn explanation(&self, node: usize, relation: Arc<dyn Relation>, inputs: &Rows) -> Option<Explanation> {
        let own = self.graph.nodes().get(node)?;
        let warps: Option<Vec<Warp>> = own.upstream.iter().map(|&other| self.model(other).map(|m| *m.warp())).collect();
        let plain = Standardised { relation, columns: own.columns.len(), warps: warps?, mean: 0.0, deviation: 1.0 };
        let values: Vec<f64> = inputs.iter().filter_map(|input| plain.raw(input)).collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count.max(1.0);
        let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count.max(1.0)).sqrt();
        if values.len() < super::FEWEST || !(deviation.is_finite() && deviation > 0.0) {
            return None;
        }
        let basis = Arc::new(Standardised { mean, deviation, ..plain });
        Some(Explanation::new(vec![Trend { basis, mean: 1.0, variance: FACTOR * FACTOR }], 1.0))
    }
}
