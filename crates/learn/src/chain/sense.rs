//! Soft sensors: a quantity of one experiment, told from what was read before it.

use std::sync::Arc;

use serde::Serialize;

use super::{Chain, paths::Paths};
use crate::{
    gp::Moments,
    kernel::Rows,
    surrogate::{OutcomeModel, Surrogate},
};

/// How far a prediction lies from what has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// As sure as nine in ten of the experiments, each without itself.
    Inside,
    /// As sure as the least sure of them.
    Edge,
    /// Less sure than any of them.
    Outside,
}

/// A quantity told from what was read before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What a reading is expected to be, bent and standardised.
    pub reading: Moments,
    /// Whether the model has seen such inputs.
    pub domain: Domain,
    /// The experiment with the most similar inputs.
    pub nearest: Option<usize>,
    /// The input (columns of the node, then nodes upstream) that lies furthest outside the range of the others, and whether
    /// above it.
    pub beyond: Option<(usize, bool)>,
    /// Nodes upstream that were read.
    pub read: Vec<usize>,
}

/// How well a quantity is told from what was read before it, every reading from all others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// Readings.
    pub readings: usize,
    /// Share of their variance that is explained; below 0 worse than their mean.
    pub explained: f64,
    /// Root mean square error (unit of the quantity).
    pub error: f64,
}

/// Share of the experiments that lie inside.
const INSIDE: f64 = 0.9;
/// Part of a range by which an input has to lie beyond it to be named.
const BEYOND: f64 = 1e-6;

impl Chain {
    /// `node` in experiment `row`, from what was read upstream of it there and all other experiments. `None` where there is no
    /// model, or one that cannot leave out.
    pub fn told(&self, node: usize, row: usize) -> Option<Told> {
        let rest = Arc::new(self.without(&[row])?);
        let model = rest.models.get(node)?.as_ref()?;
        let was_read = |other: usize| self.models[other].as_ref().is_some_and(|own| own.rows.contains(&row));
        let order: Vec<usize> =
            (0..node).filter(|&other| self.graph.depends_on(node, other) && was_read(other)).collect();
        let mut read = vec![None; self.graph.nodes().len()];
        order.iter().for_each(|&other| read[other] = self.value(other, row));
        let settings = Rows::collect(self.settings.width(), [self.settings.row(row)]);
        let response = *Paths::from_read(Arc::clone(&rest), node, read).scattering().predict(&settings).first()?;
        let noise = model.outcome.surrogate().noise();
        let inputs: Vec<Vec<f64>> = model.rows.iter().map(|&other| rest.measured_input(node, other)).collect();
        let own = rest.measured_input(node, row);
        Some(Told {
            reading: Moments { variance: response.variance + noise, ..response },
            domain: domain(&model.outcome, &own),
            nearest: nearest(&inputs, &own).map(|place| model.rows[place]),
            beyond: beyond(&inputs, &own),
            read: order,
        })
    }

    /// How well `node` is told from what was read before it.
    pub fn quality(&self, node: usize) -> Option<Quality> {
        let model = self.model(node)?;
        let (warp, readings) = (model.warp(), self.rows(node).len());
        let unit = |z: &f64| warp.backward(*z);
        let skipped = model.outputs().len() - readings;
        let outputs: Vec<f64> = model.outputs()[skipped..].iter().map(unit).collect();
        let left_out = model.surrogate().leave_one_out();
        let expected = left_out.iter().skip(skipped).map(|m| warp.expected(m.mean, m.variance.sqrt()));
        let squares: f64 = outputs.iter().zip(expected).map(|(y, e)| (y - e).powi(2)).sum();
        let count = readings.max(1) as f64;
        Some(Quality { readings, explained: self.explained(node)?, error: (squares / count).sqrt() })
    }
}

/// How sure a model is at `input`, beside how sure it is of each of its experiments without that one.
fn domain(model: &OutcomeModel, input: &[f64]) -> Domain {
    let surrogate = model.surrogate();
    let mut seen: Vec<f64> = surrogate.leave_one_out().iter().map(|m| m.variance - surrogate.noise()).collect();
    seen.sort_by(f64::total_cmp);
    let variance = surrogate.predict(&Rows::collect(input.len(), [input])).first().map_or(1.0, |m| m.variance);
    let at = |share: f64| seen.get(((seen.len() as f64 - 1.0) * share).ceil() as usize).copied().unwrap_or(0.0);
    match variance {
        variance if variance <= at(INSIDE) => Domain::Inside,
        variance if variance <= at(1.0) => Domain::Edge,
        _ => Domain::Outside,
    }
}

fn nearest(inputs: &[Vec<f64>], own: &[f64]) -> Option<usize> {
    let distance = |other: &[f64]| other.iter().zip(own).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    (0..inputs.len()).min_by(|&a, &b| distance(&inputs[a]).total_cmp(&distance(&inputs[b])))
}

fn beyond(inputs: &[Vec<f64>], own: &[f64]) -> Option<(usize, bool)> {
    let far = |(place, value): (usize, &f64)| {
        let low = inputs.iter().map(|input| input[place]).fold(f64::INFINITY, f64::min);
        let high = inputs.iter().map(|input| input[place]).fold(f64::NEG_INFINITY, f64::max);
        let (below, above) = (low - value, value - high);
        (below.max(above) > BEYOND).then_some((place, above > below, below.max(above)))
    };
    let furthest = own.iter().enumerate().filter_map(far).max_by(|a, b| a.2.total_cmp(&b.2));
    furthest.map(|(place, above, _)| (place, above))
}
