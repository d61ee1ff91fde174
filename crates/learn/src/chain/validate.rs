//! Experiments left out in turn: does the way through the intermediates predict better than the direct one?

use serde::Serialize;

use super::{Chain, Sensed, paths::FOLDS};
use crate::{
    gp::Moments,
    surrogate::{Options, OutcomeModel, Reading},
    warp::Warp,
};

/// Experiments that are left out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Their numbers.
    pub rows: Vec<usize>,
}

impl Fold {
    /// Whether an experiment is among them.
    pub fn has(&self, row: usize) -> bool {
        self.rows.contains(&row)
    }
}

/// `size` experiments in `count` folds, dealt out in turn: neighbours in time come into different ones.
pub fn folds(size: usize, count: usize) -> Vec<Fold> {
    let count = count.clamp(1, size.max(1));
    (0..count).map(|fold| Fold { rows: (fold..size).step_by(count).collect() }).collect()
}

/// How well both ways predict experiments that were left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// Experiments compared.
    pub experiments: usize,
    /// Mean log probability density of a reading through the chain, minus that directly; above 0 the chain is better.
    pub gain: f64,
    /// Standard error of that difference.
    pub standard_error: f64,
    /// Share of the variance of the readings that is explained through the chain; below 0 worse than their mean.
    pub chain_explains: f64,
    /// The same directly from the settings.
    pub direct_explains: f64,
}

impl Comparison {
    /// Whether the chain predicts no worse than the direct model.
    pub fn chain_is_as_good(&self) -> bool {
        self.gain >= 0.0
    }
}

/// A prediction of a reading that was left out, with the map to its unit.
type LeftOut<'a> = (&'a Warp, Vec<Moments>);

impl Chain {
    /// Compares this chain and the `direct` model of what was `sensed` of `node`; both know the experiments of other
    /// folds only, with the scales learnt from all. `None` where too little was read, or a model cannot leave out.
    pub fn compared(&self, node: usize, direct: &OutcomeModel, sensed: &Sensed) -> Option<Comparison> {
        let rows = self.rows(node);
        let alone = self.left_out_directly(direct, rows)?;
        compared(rows, sensed, &(self.model(node)?.warp(), self.cross_validated(node, FOLDS)?), &(direct.warp(), alone))
    }

    /// Compares this chain with one that does without the quantity `sensor`: what depends on it is predicted from the
    /// inputs of `sensor` instead. `all` is what was sensed of every node; scales are learnt anew.
    pub fn compared_without(
        &self,
        node: usize,
        sensor: usize,
        all: &[Sensed],
        options: &Options,
    ) -> Option<Comparison> {
        let graph = self.graph().bypassing(sensor);
        let without = Self::learn(graph, &self.settings, all, &self.stated, self.elsewhere, options);
        self.compared_with(node, &without, all.get(node)?)
    }

    /// Compares this chain with `other`, which was learnt from the same experiments on this machine; `sensed` is what this
    /// chain was learnt from.
    pub fn compared_with(&self, node: usize, other: &Self, sensed: &Sensed) -> Option<Comparison> {
        let left_out = |chain: &Self| chain.cross_validated(node, FOLDS);
        let own = (self.model(node)?.warp(), left_out(self)?);
        compared(self.rows(node), sensed, &own, &(other.model(node)?.warp(), left_out(other)?))
    }

    /// Share of the variance of `node` that its inputs as they were explain, every reading predicted from all others.
    /// Below 0 they are worse than the mean.
    pub fn explained(&self, node: usize) -> Option<f64> {
        let model = self.model(node)?;
        let all = model.outputs();
        // Those from elsewhere come first, and are not what is to be explained.
        let outputs = &all[all.len() - self.rows(node).len()..];
        let left_out = model.surrogate().leave_one_out();
        let left_out = &left_out[left_out.len() - outputs.len().min(left_out.len())..];
        let errors = outputs.iter().zip(left_out).map(|(z, m)| (z - m.mean).powi(2));
        let mean = outputs.iter().sum::<f64>() / outputs.len() as f64;
        let total: f64 = outputs.iter().map(|z| (z - mean).powi(2)).sum();
        Some(1.0 - errors.sum::<f64>() / total.max(f64::MIN_POSITIVE))
    }

    /// [`Chain::explained`] when `node` is learnt anew without `columns` and without the node `upstream`.
    pub fn explained_without(
        &self,
        node: usize,
        columns: &[usize],
        upstream: Option<usize>,
        sensed: &Sensed,
        options: &Options,
    ) -> Option<f64> {
        let mut other = Self { graph: self.graph.without_inputs(node, columns, upstream), ..self.clone() };
        let model = other.learn_node(node, sensed, options);
        other.models[node] = model;
        other.explained(node)
    }

    /// Predictions of the readings at `rows` by the direct model, left out in the same folds.
    fn left_out_directly(&self, direct: &OutcomeModel, rows: &[usize]) -> Option<Vec<Moments>> {
        let mut all = vec![Moments { mean: 0.0, variance: 1.0 }; rows.len()];
        if direct.outputs().len() != rows.len() {
            return None;
        }
        for fold in self.folds(FOLDS) {
            let own: Vec<usize> = (0..rows.len()).filter(|&place| fold.has(rows[place])).collect();
            if own.is_empty() {
                continue;
            }
            let rest = direct.without(&own)?;
            let points = self.settings.select(&own.iter().map(|&place| rows[place]).collect::<Vec<_>>());
            let noise = direct.surrogate().noise();
            for (place, m) in own.into_iter().zip(rest.surrogate().predict(&points)) {
                all[place] = Moments { variance: m.variance + noise, ..m };
            }
        }
        Some(all)
    }
}

/// Compares predictions of the readings of the experiments `rows`. Limits are left out.
fn compared(rows: &[usize], sensed: &Sensed, chain: &LeftOut<'_>, other: &LeftOut<'_>) -> Option<Comparison> {
    let (mut gains, mut squares, mut readings) = (Vec::new(), [0.0; 2], Vec::new());
    for ((&row, through), alone) in rows.iter().zip(&chain.1).zip(&other.1) {
        let Some(Some(Reading::Value(reading))) = sensed.readings.get(row).copied() else { continue };
        gains.push(log_density(reading, chain.0, *through) - log_density(reading, other.0, *alone));
        for (sum, (warp, m)) in squares.iter_mut().zip([(chain.0, through), (other.0, alone)]) {
            *sum += (reading - warp.expected(m.mean, m.variance.sqrt())).powi(2);
        }
        readings.push(reading);
    }
    if gains.len() < 2 {
        return None;
    }
    let count = gains.len() as f64;
    let gain = gains.iter().sum::<f64>() / count;
    let variance = gains.iter().map(|g| (g - gain).powi(2)).sum::<f64>() / (count - 1.0);
    let mean = readings.iter().sum::<f64>() / count;
    let total = readings.iter().map(|r| (r - mean).powi(2)).sum::<f64>().max(f64::MIN_POSITIVE);
    Some(Comparison {
        experiments: gains.len(),
        gain,
        standard_error: (variance / count).sqrt(),
        chain_explains: 1.0 - squares[0] / total,
        direct_explains: 1.0 - squares[1] / total,
    })
}

/// Log probability density of a reading in its own unit, by its moments bent and standardised.
pub fn log_density(reading: f64, warp: &Warp, m: Moments) -> f64 {
    let variance = m.variance.max(f64::MIN_POSITIVE);
    let z = warp.forward(reading);
    -0.5 * ((z - m.mean).powi(2) / variance + (2.0 * std::f64::consts::PI * variance).ln())
        + warp.log_slopes(&[reading])
}
