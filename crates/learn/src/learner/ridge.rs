//! Linear models, and ridge regression.

use faer::{Accum, Mat, Par, Side, linalg::matmul::matmul};
use serde::{Deserialize, Serialize};

use super::{Features, Lesson, Task, boosting::softmax, scaling::Scaling};

/// Weights of standardised columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Linear {
    pub(super) scaling: Scaling,
    /// One list per output; for classes the output is the logarithm of the odds.
    pub(super) weights: Vec<Vec<f64>>,
    pub(super) constants: Vec<f64>,
    pub(super) task: Task,
    pub(super) settings: Vec<(String, f64)>,
}

impl Linear {
    pub(super) fn is_sound(&self, task: Task, width: usize) -> bool {
        self.task == task
            && self.scaling.is_sound(width)
            && (self.weights.len(), self.constants.len()) == (task.outputs(), task.outputs())
            && self.weights.iter().all(|weights| weights.len() == self.scaling.width())
    }

    pub(super) fn predict(&self, features: &Features) -> Vec<f64> {
        let inputs = self.scaling.apply(features);
        let (rows, outputs) = (inputs.nrows(), self.weights.len());
        let mut values = vec![0.0; rows * outputs];
        for (output, (weights, constant)) in self.weights.iter().zip(&self.constants).enumerate() {
            let mut sums = vec![*constant; rows];
            for (place, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                sums.iter_mut().zip(inputs.col_as_slice(place)).for_each(|(sum, x)| *sum += weight * x);
            }
            sums.iter().enumerate().for_each(|(row, sum)| values[row * outputs + output] = *sum);
        }
        if self.task != Task::Number {
            values.chunks_exact_mut(outputs).for_each(|sums| sums.copy_from_slice(&softmax(sums)));
        }
        values
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        self.settings.clone()
    }

    pub(super) fn coefficients(&self, width: usize) -> Option<Vec<f64>> {
        match (self.task, self.weights.as_slice()) {
            (Task::Number, [only]) => Some(self.scaling.in_units(only, width)),
            (Task::Class { count: 2 }, [first, second]) => {
                let odds: Vec<f64> = second.iter().zip(first).map(|(b, a)| b - a).collect();
                Some(self.scaling.in_units(&odds, width))
            }
            _ => None,
        }
    }
}

/// Penalties that are tried, per row: powers of ten of these exponents.
const LOWEST: f64 = -7.0;
const HIGHEST: f64 = 4.0;
const STEPS: usize = 45;

/// Ridge regression; the penalty has the smallest leave-one-out error of a grid, in closed form.
///
/// Source: Hoerl & Kennard, Technometrics 12, 55 (1970); leave-one-out: Golub, Heath & Wahba, Technometrics 21, 215
/// (1979).
pub(super) fn fit(lesson: &Lesson<'_>) -> Option<Linear> {
    let scaling = Scaling::of(lesson.features);
    if scaling.width() == 0 {
        return None;
    }
    let inputs = scaling.apply(lesson.features);
    let targets = lesson.targets;
    let spectrum = Spectrum::of(&inputs, targets)?;
    let grid = (0..STEPS).map(|step| {
        let exponent = LOWEST + (HIGHEST - LOWEST) * step as f64 / (STEPS - 1) as f64;
        targets.len() as f64 * 10f64.powf(exponent)
    });
    let scored = grid.map(|penalty| (spectrum.left_out(penalty, targets), penalty));
    let (_, penalty) = scored.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let weights = spectrum.weights(penalty, &inputs);
    weights.iter().all(|w| w.is_finite()).then(|| Linear {
        scaling,
        weights: vec![weights],
        constants: vec![0.0],
        task: lesson.task,
        settings: vec![("penalty".into(), penalty / targets.len() as f64)],
    })
}

/// Left singular vectors and squared singular values of the inputs.
struct Spectrum {
    /// Rows x rank.
    vectors: Mat<f64>,
    squares: Vec<f64>,
    /// Targets in the directions of the vectors.
    projected: Vec<f64>,
}

/// Squared singular values below this share of the largest count as zero.
const RANK: f64 = 1e-12;

impl Spectrum {
    /// From the eigenvectors of the smaller of both products of the inputs with themselves.
    fn of(inputs: &Mat<f64>, targets: &[f64]) -> Option<Self> {
        let (rows, width) = (inputs.nrows(), inputs.ncols());
        let wide = width >= rows;
        let size = rows.min(width);
        let mut product = Mat::zeros(size, size);
        let (left, right) = match wide {
            true => (inputs.as_ref(), inputs.transpose()),
            false => (inputs.transpose(), inputs.as_ref()),
        };
        matmul(&mut product, Accum::Replace, left, right, 1.0, Par::Seq);
        let eigen = product.self_adjoint_eigen(Side::Lower).ok()?;
        let values: Vec<f64> = (0..size).map(|i| eigen.S()[i]).collect();
        let largest = values.iter().copied().fold(0.0, f64::max);
        let kept: Vec<usize> = (0..size).filter(|&i| values[i] > RANK * largest).collect();
        let squares: Vec<f64> = kept.iter().map(|&i| values[i]).collect();
        let chosen = Mat::from_fn(size, kept.len(), |row, place| eigen.U()[(row, kept[place])]);
        let vectors = if wide {
            chosen
        } else {
            let mut vectors = Mat::zeros(rows, kept.len());
            matmul(&mut vectors, Accum::Replace, inputs.as_ref(), chosen.as_ref(), 1.0, Par::Seq);
            for (place, square) in squares.iter().enumerate() {
                let length = square.sqrt();
                vectors.col_as_slice_mut(place).iter_mut().for_each(|x| *x /= length);
            }
            vectors
        };
        let onto = |place| vectors.col_as_slice(place).iter().zip(targets).map(|(u, y)| u * y).sum();
        let projected = (0..kept.len()).map(onto).collect();
        Some(Self { vectors, squares, projected })
    }

    /// Mean squared leave-one-out error; the constant (1/n of the leverage) is fitted with the rest.
    fn left_out(&self, penalty: f64, targets: &[f64]) -> f64 {
        let count = targets.len() as f64;
        let mut fitted = vec![0.0; targets.len()];
        let mut leverage = vec![1.0 / count; targets.len()];
        for (place, square) in self.squares.iter().enumerate() {
            let shrunk = square / (square + penalty);
            let along = shrunk * self.projected[place];
            let vector = self.vectors.col_as_slice(place);
            for ((f, h), u) in fitted.iter_mut().zip(&mut leverage).zip(vector) {
                *f += along * u;
                *h += shrunk * u * u;
            }
        }
        let each = fitted.iter().zip(&leverage).zip(targets);
        each.map(|((f, h), y)| ((y - f) / (1.0 - h).max(1e-9)).powi(2)).sum::<f64>() / count
    }

    /// `X^T U (S^2 + penalty)^-1 U^T y`.
    fn weights(&self, penalty: f64, inputs: &Mat<f64>) -> Vec<f64> {
        let mut along = vec![0.0; inputs.nrows()];
        for (place, square) in self.squares.iter().enumerate() {
            let factor = self.projected[place] / (square + penalty);
            along.iter_mut().zip(self.vectors.col_as_slice(place)).for_each(|(a, u)| *a += factor * u);
        }
        (0..inputs.ncols()).map(|j| inputs.col_as_slice(j).iter().zip(&along).map(|(x, a)| x * a).sum()).collect()
    }
}
