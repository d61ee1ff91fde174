//! Linear models of classes, and probabilities from one number.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use serde::{Deserialize, Serialize};

use super::{
    Lesson,
    boosting::softmax,
    folds::{folds, without},
    ridge::Linear,
    scaling::Scaling,
};

const STEPS: usize = 12;
/// Last penalty of the path as a share of the first.
const END: f64 = 1e-4;
const PARTS: usize = 4;
const ROUNDS: usize = 300;
const TOLERANCE: f64 = 1e-4;

/// Multinomial logistic regression. `share` of the penalty is on absolute values of the weights, the rest on squares;
/// its size has the smallest cross-validated loss.
///
/// Source: Friedman, Hastie & Tibshirani, J. Stat. Softw. 33, 1 (2010); search: Beck & Teboulle, SIAM J. Imaging Sci. 2,
/// 183 (2009).
pub(super) fn fit(lesson: &Lesson<'_>, share: f64) -> Option<Linear> {
    let scaling = Scaling::of(lesson.features);
    if scaling.width() == 0 {
        return None;
    }
    let inputs = scaling.apply(lesson.features);
    let classes = lesson.task.outputs();
    let indicators = Mat::from_fn(inputs.nrows(), classes, |i, k| f64::from(u8::from(lesson.targets[i] == k as f64)));
    let whole = Path::of(inputs.clone(), indicators.clone(), share);
    let penalties: Vec<f64> =
        (0..STEPS).map(|step| whole.largest / share.max(0.01) * END.powf(step as f64 / (STEPS - 1) as f64)).collect();
    let mut losses = [0.0; STEPS];
    for part in folds(lesson, PARTS.min(inputs.nrows())) {
        let inside = without(inputs.nrows(), &part);
        let pick = |m: &Mat<f64>, rows: &[usize]| Mat::from_fn(rows.len(), m.ncols(), |i, j| m[(rows[i], j)]);
        let mut path = Path::of(pick(&inputs, &inside), pick(&indicators, &inside), share);
        let (test, truth) = (pick(&inputs, &part), pick(&indicators, &part));
        for (loss, penalty) in losses.iter_mut().zip(&penalties) {
            path.search(*penalty);
            let shares = path.shares(test.as_ref());
            for i in 0..part.len() {
                let own = (0..classes).map(|k| truth[(i, k)] * shares[(i, k)]).sum::<f64>();
                *loss -= own.max(1e-15).ln();
            }
        }
    }
    let best = (0..STEPS).min_by(|&a, &b| losses[a].total_cmp(&losses[b]))?;
    let mut path = whole;
    penalties[..=best].iter().for_each(|penalty| path.search(*penalty));
    let weights: Vec<Vec<f64>> = (0..classes).map(|k| path.weights.col_as_slice(k).to_vec()).collect();
    let finite = weights.iter().flatten().chain(&path.constants).all(|w| w.is_finite());
    finite.then(|| Linear {
        scaling,
        weights,
        constants: path.constants,
        task: lesson.task,
        settings: vec![("penalty".into(), penalties[best]), ("share-absolute".into(), share)],
    })
}

/// Weights along falling penalties.
struct Path {
    inputs: Mat<f64>,
    indicators: Mat<f64>,
    share: f64,
    largest: f64,
    /// Bound of the curvature of the loss.
    curvature: f64,
    weights: Mat<f64>,
    constants: Vec<f64>,
}

impl Path {
    fn of(inputs: Mat<f64>, indicators: Mat<f64>, share: f64) -> Self {
        let (width, classes, count) = (inputs.ncols(), indicators.ncols(), inputs.nrows().max(1) as f64);
        let constants = (0..classes)
            .map(|k| ((indicators.col_as_slice(k).iter().sum::<f64>() + 0.5) / (count + 0.5 * classes as f64)).ln())
            .collect();
        let mut path = Self {
            inputs,
            indicators,
            share,
            largest: 0.0,
            curvature: 1.0,
            weights: Mat::zeros(width, classes),
            constants,
        };
        let (slopes, _) = path.slopes(&path.weights, &path.constants);
        path.largest = (0..classes).flat_map(|k| slopes.col_as_slice(k)).fold(1e-9, |most: f64, s| most.max(s.abs()));
        path.curvature = 0.5 * path.stretch() * 1.02 + 1e-9;
        path
    }

    /// Largest eigenvalue of the mean products of inputs and constant, by power iteration.
    fn stretch(&self) -> f64 {
        let count = self.inputs.nrows().max(1) as f64;
        let mut v = vec![1.0; self.inputs.nrows()];
        let mut value = 0.0;
        for _ in 0..50 {
            let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-300);
            v.iter_mut().for_each(|x| *x /= norm);
            let constant: f64 = v.iter().sum();
            let mut next = vec![constant; v.len()];
            for j in 0..self.inputs.ncols() {
                let column = self.inputs.col_as_slice(j);
                let along: f64 = column.iter().zip(&v).map(|(x, y)| x * y).sum();
                next.iter_mut().zip(column).for_each(|(n, x)| *n += along * x);
            }
            value = next.iter().zip(&v).map(|(a, b)| a * b).sum::<f64>() / count;
            v = next;
        }
        value
    }

    /// Gradient of the mean loss by weights and constants.
    fn slopes(&self, weights: &Mat<f64>, constants: &[f64]) -> (Mat<f64>, Vec<f64>) {
        let count = self.inputs.nrows().max(1) as f64;
        let mut errors = shares(self.inputs.as_ref(), weights, constants);
        errors -= &self.indicators;
        let mut slopes = Mat::zeros(weights.nrows(), weights.ncols());
        matmul(&mut slopes, Accum::Replace, self.inputs.transpose(), errors.as_ref(), 1.0 / count, Par::Seq);
        let constants = (0..errors.ncols()).map(|k| errors.col_as_slice(k).iter().sum::<f64>() / count).collect();
        (slopes, constants)
    }

    fn shares(&self, inputs: MatRef<'_, f64>) -> Mat<f64> {
        shares(inputs, &self.weights, &self.constants)
    }

    /// Accelerated proximal gradient steps, from where the weights are.
    fn search(&mut self, penalty: f64) {
        let (absolute, square) = (penalty * self.share, penalty * (1.0 - self.share));
        let rate = 1.0 / (self.curvature + square);
        let mut ahead = self.weights.clone();
        let mut constants_ahead = self.constants.clone();
        let mut momentum = 1.0f64;
        for _ in 0..ROUNDS {
            let (slopes, constant_slopes) = self.slopes(&ahead, &constants_ahead);
            let next_momentum = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
            let carry = (momentum - 1.0) / next_momentum;
            momentum = next_momentum;
            let mut most = 0.0f64;
            let mut against = 0.0;
            for k in 0..self.weights.ncols() {
                let columns = self
                    .weights
                    .col_as_slice_mut(k)
                    .iter_mut()
                    .zip(ahead.col_as_slice_mut(k))
                    .zip(slopes.col_as_slice(k));
                for ((weight, ahead), slope) in columns {
                    let free = *ahead - rate * (slope + square * *ahead);
                    let new = free.signum() * (free.abs() - rate * absolute).max(0.0);
                    let change = new - *weight;
                    against += (*ahead - new) * change;
                    most = most.max(change.abs());
                    *weight = new;
                    *ahead = new + carry * change;
                }
                let new = constants_ahead[k] - rate * constant_slopes[k];
                let change = new - self.constants[k];
                most = most.max(change.abs());
                self.constants[k] = new;
                constants_ahead[k] = new + carry * change;
            }
            // Momentum that leads uphill is dropped.
            if against > 0.0 {
                momentum = 1.0;
            }
            if most < TOLERANCE {
                break;
            }
        }
    }
}

fn shares(inputs: MatRef<'_, f64>, weights: &Mat<f64>, constants: &[f64]) -> Mat<f64> {
    let mut sums = Mat::from_fn(inputs.nrows(), weights.ncols(), |_, k| constants[k]);
    matmul(&mut sums, Accum::Add, inputs, weights.as_ref(), 1.0, Par::Seq);
    for i in 0..sums.nrows() {
        let row: Vec<f64> = (0..sums.ncols()).map(|k| sums[(i, k)]).collect();
        softmax(&row).into_iter().enumerate().for_each(|(k, share)| sums[(i, k)] = share);
    }
    sums
}

/// From a number to a probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Sigmoid {
    slope: f64,
    constant: f64,
}

impl Sigmoid {
    /// The sigmoid with the largest likelihood; `signs` are 1 and -1.
    ///
    /// Source: Lin, Lin & Weng, Mach. Learn. 68, 267 (2007), the targets of Platt.
    pub(super) fn of(numbers: &[f64], signs: &[f64]) -> Self {
        let yes = signs.iter().filter(|s| **s > 0.0).count() as f64;
        let no = signs.len() as f64 - yes;
        let wanted = |sign: f64| if sign > 0.0 { (yes + 1.0) / (yes + 2.0) } else { 1.0 / (no + 2.0) };
        let mut own = Self { slope: 0.0, constant: ((yes + 1.0) / (no + 1.0)).ln() };
        let loss = |own: &Self| -> f64 {
            let each = numbers.iter().zip(signs);
            each.map(|(x, s)| {
                let z = own.slope * x + own.constant;
                z.max(0.0) + (-z.abs()).exp().ln_1p() - wanted(*s) * z
            })
            .sum()
        };
        for _ in 0..100 {
            let (mut g, mut h) = ([0.0; 2], [1e-9, 0.0, 1e-9]);
            for (x, s) in numbers.iter().zip(signs) {
                let p = own.at(*x);
                let (error, curvature) = (p - wanted(*s), p * (1.0 - p));
                g = [g[0] + error * x, g[1] + error];
                h = [h[0] + curvature * x * x, h[1] + curvature * x, h[2] + curvature];
            }
            let determinant = (h[0] * h[2] - h[1] * h[1]).max(1e-18);
            let step = [(h[2] * g[0] - h[1] * g[1]) / determinant, (h[0] * g[1] - h[1] * g[0]) / determinant];
            let before = loss(&own);
            let at = |share: f64| Self { slope: own.slope - share * step[0], constant: own.constant - share * step[1] };
            let tried = (0..20).map(|halvings| at(0.5f64.powi(halvings)));
            let Some(better) = tried.into_iter().find(|next| loss(next) < before) else { break };
            own = better;
            if before - loss(&own) < 1e-10 * before.abs() {
                break;
            }
        }
        own
    }

    pub(super) fn at(&self, number: f64) -> f64 {
        1.0 / (1.0 + (-(self.slope * number + self.constant)).exp())
    }
}
