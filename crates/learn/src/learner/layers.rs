//! Layers of a network, and their training.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use serde::{Deserialize, Serialize};

/// Weights between two layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Layer {
    inputs: usize,
    outputs: usize,
    /// Inputs x outputs, column by column.
    pub(super) weights: Vec<f64>,
    constants: Vec<f64>,
}

impl Layer {
    pub(super) fn new(inputs: usize, outputs: usize, mut draw: impl FnMut() -> f64) -> Self {
        let weights = (0..inputs * outputs).map(|_| draw()).collect();
        Self { inputs, outputs, weights, constants: vec![0.0; outputs] }
    }

    /// Whether it takes `inputs` values; how many it gives.
    pub(super) fn is_sound(&self, inputs: usize) -> Option<usize> {
        let sound = self.inputs == inputs
            && self.inputs.checked_mul(self.outputs) == Some(self.weights.len())
            && self.constants.len() == self.outputs;
        sound.then_some(self.outputs)
    }

    fn matrix(&self) -> MatRef<'_, f64> {
        MatRef::from_column_major_slice(&self.weights, self.inputs, self.outputs)
    }

    /// Values of the next layer, negative ones set to zero where it is hidden.
    pub(super) fn forward(&self, values: MatRef<'_, f64>, hidden: bool) -> Mat<f64> {
        let mut next = Mat::from_fn(values.nrows(), self.outputs, |_, k| self.constants[k]);
        matmul(&mut next, Accum::Add, values, self.matrix(), 1.0, Par::Seq);
        if hidden {
            (0..self.outputs).for_each(|k| next.col_as_slice_mut(k).iter_mut().for_each(|x| *x = x.max(0.0)));
        }
        next
    }

    /// Gradients by weights and constants, and by the values of the layer before (where these are above zero).
    pub(super) fn backward(
        &self,
        values: MatRef<'_, f64>,
        errors: &Mat<f64>,
        hidden: bool,
    ) -> (Mat<f64>, Vec<f64>, Mat<f64>) {
        let mut slopes = Mat::zeros(self.inputs, self.outputs);
        matmul(&mut slopes, Accum::Replace, values.transpose(), errors.as_ref(), 1.0, Par::Seq);
        let constants = (0..self.outputs).map(|k| errors.col_as_slice(k).iter().sum()).collect();
        let mut below = Mat::zeros(0, 0);
        if hidden {
            below = Mat::zeros(values.nrows(), self.inputs);
            matmul(&mut below, Accum::Replace, errors.as_ref(), self.matrix().transpose(), 1.0, Par::Seq);
            for k in 0..self.inputs {
                let own = values.col(k);
                below
                    .col_as_slice_mut(k)
                    .iter_mut()
                    .zip(own.iter())
                    .filter(|(_, x)| **x <= 0.0)
                    .for_each(|(e, _)| *e = 0.0);
            }
        }
        (slopes, constants, below)
    }
}

/// Moving means of gradients and of their squares.
pub(super) struct Adam {
    first: Vec<Vec<f64>>,
    second: Vec<Vec<f64>>,
    steps: i32,
}

const KEEP: [f64; 2] = [0.9, 0.999];
const SMALL: f64 = 1e-8;

impl Adam {
    pub(super) fn new(layers: &[Layer]) -> Self {
        let zeros: Vec<Vec<f64>> = layers.iter().map(|l| vec![0.0; l.weights.len() + l.constants.len()]).collect();
        Self { first: zeros.clone(), second: zeros, steps: 0 }
    }

    pub(super) fn begin(&mut self) {
        self.steps += 1;
    }

    /// A step against the gradient; the weights, not the constants, decay.
    pub(super) fn update(
        &mut self,
        number: usize,
        layer: &mut Layer,
        slopes: &Mat<f64>,
        constants: &[f64],
        rate: f64,
        decay: f64,
    ) {
        let rates = [1.0 - KEEP[0].powi(self.steps), 1.0 - KEEP[1].powi(self.steps)];
        let step = |m: &mut f64, v: &mut f64, slope: f64| {
            *m = KEEP[0] * *m + (1.0 - KEEP[0]) * slope;
            *v = KEEP[1] * *v + (1.0 - KEEP[1]) * slope * slope;
            rate * (*m / rates[0]) / ((*v / rates[1]).sqrt() + SMALL)
        };
        let split = layer.weights.len();
        let (m, m_constants) = self.first[number].split_at_mut(split);
        let (v, v_constants) = self.second[number].split_at_mut(split);
        let inputs = layer.inputs.max(1);
        let columns =
            layer.weights.chunks_exact_mut(inputs).zip(m.chunks_exact_mut(inputs)).zip(v.chunks_exact_mut(inputs));
        for (k, ((weights, m), v)) in columns.enumerate() {
            for (((weight, m), v), slope) in weights.iter_mut().zip(m).zip(v).zip(slopes.col_as_slice(k)) {
                *weight -= step(m, v, *slope) + rate * decay * *weight;
            }
        }
        let each = layer.constants.iter_mut().zip(m_constants).zip(v_constants).zip(constants);
        for (((constant, m), v), slope) in each {
            *constant -= step(m, v, *slope);
        }
    }
}
