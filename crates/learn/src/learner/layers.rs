//! Layers of a network, and their training.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use pulp::{Arch, NullaryFnOnce};
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
    /// Whether it takes `inputs` values; how many it gives.
    pub(super) fn is_sound(&self, inputs: usize) -> Option<usize> {
        let sound = self.inputs == inputs
            && self.inputs.checked_mul(self.outputs) == Some(self.weights.len())
            && self.constants.len() == self.outputs;
        sound.then_some(self.outputs)
    }

    pub(super) fn new(inputs: usize, outputs: usize, mut draw: impl FnMut() -> f64) -> Self {
        let weights = (0..inputs * outputs).map(|_| draw()).collect();
        Self { inputs, outputs, weights, constants: vec![0.0; outputs] }
    }

    fn matrix(&self) -> MatRef<'_, f64> {
        MatRef::from_column_major_slice(&self.weights, self.inputs, self.outputs)
    }

    /// Values of the next layer, negative ones set to zero where it is hidden.
    pub(super) fn forward(&self, values: MatRef<'_, f64>, hidden: bool) -> Mat<f64> {
        let mut next = Mat::zeros(values.nrows(), self.outputs);
        (0..self.outputs).for_each(|k| next.col_as_slice_mut(k).fill(self.constants[k]));
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
                let each = below.col_as_slice_mut(k).iter_mut().zip(values.col(k).iter());
                each.for_each(|(error, x)| *error = if *x > 0.0 { *error } else { 0.0 });
            }
        }
        (slopes, constants, below)
    }
}

/// Moving means of gradients and of their squares, of the weights and then the constants.
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
        let whole = KEEP.map(|keep| 1.0 - keep.powi(self.steps));
        let step = |values, first, second, slopes, decay: f64| Step {
            values,
            first,
            second,
            slopes,
            rate: rate / whole[0],
            whole: 1.0 / whole[1],
            decay: rate * decay,
        };
        let split = layer.weights.len();
        let (first, first_constants) = self.first[number].split_at_mut(split);
        let (second, second_constants) = self.second[number].split_at_mut(split);
        let inputs = layer.inputs.max(1);
        let columns = layer.weights.chunks_exact_mut(inputs).zip(first.chunks_exact_mut(inputs));
        let arch = Arch::new();
        for (k, ((weights, first), second)) in columns.zip(second.chunks_exact_mut(inputs)).enumerate() {
            arch.dispatch(step(weights, first, second, slopes.col_as_slice(k), decay));
        }
        arch.dispatch(step(&mut layer.constants, first_constants, second_constants, constants, 0.0));
    }
}

/// A step of some values; a type, not a closure: compiled once for every kind of processor.
struct Step<'a> {
    values: &'a mut [f64],
    first: &'a mut [f64],
    second: &'a mut [f64],
    slopes: &'a [f64],
    rate: f64,
    whole: f64,
    decay: f64,
}

impl NullaryFnOnce for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let each = self.values.iter_mut().zip(self.first).zip(self.second).zip(self.slopes);
        for (((value, m), v), slope) in each {
            *m = KEEP[0] * *m + (1.0 - KEEP[0]) * slope;
            *v = KEEP[1] * *v + (1.0 - KEEP[1]) * slope * slope;
            *value -= self.rate * *m / ((*v * self.whole).sqrt() + SMALL) + self.decay * *value;
        }
    }
}
