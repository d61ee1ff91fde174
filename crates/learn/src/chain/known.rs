//! Relations that are known beforehand: resistance times area, Arrhenius' law.

use std::{fmt::Debug, sync::Arc};

use super::{Chain, MIDDLE, SPREAD};
use crate::{
    gp::{Basis, Trend},
    kernel::Rows,
    surrogate::Explanation,
    warp::Warp,
};

/// A known relation between a quantity and what it depends on.
pub trait Relation: Debug + Send + Sync {
    /// The value at the given columns of the settings (in the order of the node's) and quantities upstream (each in its
    /// own unit, in the order of the node's); `None` where it has none.
    fn value(&self, columns: &[f64], upstream: &[f64]) -> Option<f64>;
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
        let slope = |place: usize| {
            let (mut up, mut down) = (point.to_vec(), point.to_vec());
            up[place] += STEP;
            down[place] -= STEP;
            (self.value(&up) - self.value(&down)) / (2.0 * STEP)
        };
        (self.value(point), (0..point.len()).map(slope).collect())
    }
}

impl Chain {
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
        Some(Explanation { trends: vec![Trend { basis, mean: 1.0, variance: FACTOR * FACTOR }], odds: 1.0 })
    }
}
