//! Neural networks: two hidden layers, a few networks averaged.

use faer::{Mat, MatRef};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Features, Lesson, Task,
    boosting::softmax,
    folds::{folds, without},
    layers::{Adam, Layer},
    scaling::Scaling,
};

/// Networks and how columns are standardised for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Network {
    task: Task,
    scaling: Scaling,
    members: Vec<Vec<Layer>>,
    decay: f64,
}

const HIDDEN: [usize; 2] = [128, 64];
/// Weights are drawn towards zero with one of these strengths.
const DECAYS: [f64; 3] = [1e-4, 1e-2, 1e-1];
const MEMBERS: usize = 5;
const RATE: f64 = 2e-3;
const EPOCHS: usize = 400;
/// Steps without improvement after which the training ends, in epochs.
const PATIENCE: usize = 25;
/// Standardised inputs beyond this are moved to it.
const FURTHEST: f64 = 6.0;

/// Multilayer perceptrons with rectified units, trained by Adam with decoupled weight decay; each stops where it
/// predicts a part of the rows that it does not see best. The decay is chosen on these parts too.
///
/// Source: Kingma & Ba, ICLR 2015; Loshchilov & Hutter, ICLR 2019; He et al., ICCV 2015.
pub(super) fn fit(lesson: &Lesson<'_>) -> Option<Network> {
    let scaling = Scaling::of(lesson.features);
    if scaling.width() == 0 || lesson.targets.len() < 4 {
        return None;
    }
    let inputs = clipped(&scaling, lesson.features);
    let parts = folds(lesson, (MEMBERS + 1).min(lesson.targets.len()));
    let train = |part: usize, decay: f64| Training::new(lesson, &inputs, &parts[part], decay).run(part as u64);
    let first: Vec<(f64, Vec<Layer>)> = DECAYS.par_iter().map(|&decay| train(0, decay)).collect();
    let best = (0..DECAYS.len()).min_by(|&a, &b| first[a].0.total_cmp(&first[b].0))?;
    let decay = DECAYS[best];
    let others: Vec<Vec<Layer>> =
        (1..parts.len().min(MEMBERS)).into_par_iter().map(|part| train(part, decay).1).collect();
    let members = std::iter::once(first[best].1.clone()).chain(others).collect();
    Some(Network { task: lesson.task, scaling, members, decay })
}

fn clipped(scaling: &Scaling, features: &Features) -> Mat<f64> {
    let mut inputs = scaling.apply(features);
    for j in 0..inputs.ncols() {
        inputs.col_as_slice_mut(j).iter_mut().for_each(|x| *x = x.clamp(-FURTHEST, FURTHEST));
    }
    inputs
}

struct Training<'a> {
    lesson: &'a Lesson<'a>,
    inputs: &'a Mat<f64>,
    inside: Vec<usize>,
    outside: Vec<usize>,
    decay: f64,
}

impl<'a> Training<'a> {
    fn new(lesson: &'a Lesson<'a>, inputs: &'a Mat<f64>, outside: &[usize], decay: f64) -> Self {
        Self { lesson, inputs, inside: without(inputs.nrows(), outside), outside: outside.to_vec(), decay }
    }

    /// Loss outside, and the layers.
    fn run(&self, stream: u64) -> (f64, Vec<Layer>) {
        let mut random = ChaCha8Rng::seed_from_u64(self.lesson.seed ^ 0x6d_6c70);
        random.set_stream(stream);
        let sizes = [self.inputs.ncols(), HIDDEN[0], HIDDEN[1], self.lesson.task.outputs()];
        let mut layers: Vec<Layer> = sizes
            .windows(2)
            .map(|pair| {
                let scale = (2.0 / pair[0] as f64).sqrt();
                let mut draw = || -> f64 { StandardNormal.sample(&mut random) };
                Layer::new(pair[0], pair[1], || scale * draw())
            })
            .collect();
        // The last layer starts small: no prediction yet.
        if let Some(last) = layers.last_mut() {
            last.weights.iter_mut().for_each(|w| *w *= 0.1);
        }
        let mut adam = Adam::new(&layers);
        let batch = (self.inside.len() / 20).clamp(8, 64);
        let mut order = self.inside.clone();
        let outside = self.pick(&self.outside);
        let mut best = (self.loss(&layers, &outside), layers.clone());
        let mut since = 0;
        for epoch in 0..EPOCHS {
            for place in (1..order.len()).rev() {
                order.swap(place, random.random_range(0..=place));
            }
            // The rate falls as half a cosine.
            let rate = RATE * 0.5 * (1.0 + (std::f64::consts::PI * epoch as f64 / EPOCHS as f64).cos());
            for rows in order.chunks(batch) {
                self.step(&mut layers, &mut adam, rows, rate);
            }
            let loss = self.loss(&layers, &outside);
            since += 1;
            if loss < best.0 {
                best = (loss, layers.clone());
                since = 0;
            } else if since >= PATIENCE {
                break;
            }
        }
        best
    }

    fn pick(&self, rows: &[usize]) -> Mat<f64> {
        let mut picked = Mat::zeros(rows.len(), self.inputs.ncols());
        for j in 0..self.inputs.ncols() {
            let column = self.inputs.col_as_slice(j);
            picked.col_as_slice_mut(j).iter_mut().zip(rows).for_each(|(cell, &row)| *cell = column[row]);
        }
        picked
    }

    fn step(&self, layers: &mut [Layer], adam: &mut Adam, rows: &[usize], rate: f64) {
        let mut through = vec![self.pick(rows)];
        for (number, layer) in layers.iter().enumerate() {
            let next = layer.forward(through[number].as_ref(), number + 1 < layers.len());
            through.push(next);
        }
        let last = through.len() - 1;
        let mut errors = Mat::zeros(rows.len(), through[last].ncols());
        let count = rows.len() as f64;
        for (i, &row) in rows.iter().enumerate() {
            let y = self.lesson.targets[row];
            let own: Vec<f64> = (0..through[last].ncols()).map(|k| through[last][(i, k)]).collect();
            match self.lesson.task {
                Task::Number => errors[(i, 0)] = (own[0] - y) / count,
                Task::Class { .. } => softmax(&own).into_iter().enumerate().for_each(|(k, p)| {
                    errors[(i, k)] = (p - f64::from(u8::from(y == k as f64))) / count;
                }),
            }
        }
        adam.begin();
        for number in (0..layers.len()).rev() {
            let (slopes, constants, below) = layers[number].backward(through[number].as_ref(), &errors, number > 0);
            adam.update(number, &mut layers[number], &slopes, &constants, rate, self.decay);
            errors = below;
        }
    }

    fn loss(&self, layers: &[Layer], outside: &Mat<f64>) -> f64 {
        let values = forward(layers, outside.as_ref());
        let each = self.outside.iter().enumerate().map(|(i, &row)| {
            let y = self.lesson.targets[row];
            let own: Vec<f64> = (0..values.ncols()).map(|k| values[(i, k)]).collect();
            match self.lesson.task {
                Task::Number => (own[0] - y).powi(2),
                Task::Class { .. } => -softmax(&own)[y as usize].max(1e-15).ln(),
            }
        });
        each.sum::<f64>() / self.outside.len().max(1) as f64
    }
}

fn forward(layers: &[Layer], inputs: MatRef<'_, f64>) -> Mat<f64> {
    let mut values = inputs.to_owned();
    for (number, layer) in layers.iter().enumerate() {
        values = layer.forward(values.as_ref(), number + 1 < layers.len());
    }
    values
}

impl Network {
    pub(super) fn is_sound(&self, task: Task, width: usize) -> bool {
        let own = |layers: &Vec<Layer>| {
            let last = layers.iter().try_fold(self.scaling.width(), |inputs, layer| layer.is_sound(inputs));
            !layers.is_empty() && last == Some(task.outputs())
        };
        self.task == task && self.scaling.is_sound(width) && !self.members.is_empty() && self.members.iter().all(own)
    }

    pub(super) fn predict(&self, features: &Features) -> Vec<f64> {
        let inputs = clipped(&self.scaling, features);
        let outputs = self.task.outputs();
        let mut values = vec![0.0; features.rows() * outputs];
        for layers in &self.members {
            let own = forward(layers, inputs.as_ref());
            for (i, values) in values.chunks_exact_mut(outputs).enumerate() {
                let row: Vec<f64> = (0..outputs).map(|k| own[(i, k)]).collect();
                let row = if self.task == Task::Number { row } else { softmax(&row) };
                values.iter_mut().zip(row).for_each(|(sum, own)| *sum += own / self.members.len() as f64);
            }
        }
        values
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        vec![("networks".into(), self.members.len() as f64), ("weight-decay".into(), self.decay)]
    }
}
