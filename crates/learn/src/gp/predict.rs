//! What a fitted process says.

use faer::Mat;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::Gp;
use crate::{
    kernel::{Rows, squared_distance},
    linear::Cholesky,
};

/// Points predicted at once: large enough for speed, small enough for memory.
const BLOCK: usize = 256;

/// Mean and variance of a response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Expected value.
    pub mean: f64,
    /// Variance of the response itself, without the noise of a reading.
    pub variance: f64,
}

impl Gp {
    /// Mean and variance at every row of `points`.
    ///
    /// Shape: m x d in, m out.
    pub fn predict(&self, points: &Rows) -> Vec<Moments> {
        let mut all = Vec::with_capacity(points.len());
        let size = self.len();
        for start in (0..points.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(points.len());
            let mut block = Mat::zeros(size, end - start);
            let mut means = Vec::with_capacity(end - start);
            for (column, index) in (start..end).enumerate() {
                let cross = self.cross(&self.scale(points.row(index)));
                means.push(cross.iter().zip(&self.weights).map(|(k, w)| k * w).sum::<f64>());
                block.col_as_slice_mut(column).copy_from_slice(&cross);
            }
            self.factor.half_solve(block.as_mut());
            for (column, mean) in means.into_iter().enumerate() {
                let known: f64 = block.col_as_slice(column).iter().map(|v| v * v).sum();
                all.push(Moments { mean, variance: self.bounded(known) });
            }
        }
        all
    }

    /// Mean and variance at `point`, and their gradients by the inputs.
    pub fn predict_with_gradient(&self, point: &[f64]) -> (Moments, Vec<f64>, Vec<f64>) {
        let row = self.scale(point);
        let signal = self.hyperparameters.signal;
        let mut cross = Vec::with_capacity(self.len());
        let mut slopes = Vec::with_capacity(self.len());
        for own in self.scaled.iter() {
            let (value, slope) = self.structure.kernel.value_and_slope(squared_distance(&row, own));
            cross.push(signal * value + self.mean_variance);
            slopes.push(2.0 * signal * slope);
        }
        let mut solved = cross.clone();
        self.factor.solve(&mut solved);
        let mean = cross.iter().zip(&self.weights).map(|(k, w)| k * w).sum();
        let known: f64 = cross.iter().zip(&solved).map(|(k, s)| k * s).sum();
        let mut mean_gradient = vec![0.0; row.len()];
        let mut variance_gradient = vec![0.0; row.len()];
        for (i, own) in self.scaled.iter().enumerate() {
            let (for_mean, for_variance) = (self.weights[i] * slopes[i], -2.0 * solved[i] * slopes[i]);
            for c in 0..row.len() {
                let along = (row[c] - own[c]) * self.rates[c];
                mean_gradient[c] += for_mean * along;
                variance_gradient[c] += for_variance * along;
            }
        }
        (Moments { mean, variance: self.bounded(known) }, mean_gradient, variance_gradient)
    }

    /// Joint draws of the response at the rows of `points`; the same seed gives the same draws.
    ///
    /// Shape: `count` vectors of m values.
    pub fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<f64>> {
        let (size, width) = (self.len(), points.len());
        let scaled = Rows::collect(points.width(), points.iter()).scaled(&self.rates);
        let mut block = Mat::zeros(size, width);
        let mut means = Vec::with_capacity(width);
        for (column, row) in scaled.iter().enumerate() {
            let cross = self.cross(row);
            means.push(cross.iter().zip(&self.weights).map(|(k, w)| k * w).sum::<f64>());
            block.col_as_slice_mut(column).copy_from_slice(&cross);
        }
        self.factor.half_solve(block.as_mut());
        let signal = self.hyperparameters.signal;
        let covariance = Mat::from_fn(width, width, |i, j| {
            let prior = signal * self.structure.kernel.value(squared_distance(scaled.row(i), scaled.row(j)));
            let known: f64 = block.col_as_slice(i).iter().zip(block.col_as_slice(j)).map(|(a, b)| a * b).sum();
            // A little on the diagonal keeps draws at nearly equal points possible.
            prior + self.mean_variance - known + if i == j { 1e-9 * signal } else { 0.0 }
        });
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let factor = Cholesky::new(&covariance);
        (0..count)
            .map(|_| {
                let z: Vec<f64> = (0..width).map(|_| StandardNormal.sample(&mut random)).collect();
                match &factor {
                    Some(factor) => factor.multiply(&z).iter().zip(&means).map(|(d, m)| m + d).collect(),
                    None => means.clone(),
                }
            })
            .collect()
    }

    /// For every observation the prediction of its reading from all the others.
    ///
    /// Source: Rasmussen & Williams (2006), eq. 5.12.
    pub fn leave_one_out(&self) -> Vec<Moments> {
        let inverse = self.factor.inverse();
        (0..self.len())
            .map(|i| {
                let precision = inverse[(i, i)].max(f64::MIN_POSITIVE);
                Moments { mean: self.outputs[i] - self.weights[i] / precision, variance: 1.0 / precision }
            })
            .collect()
    }

    fn scale(&self, point: &[f64]) -> Vec<f64> {
        point.iter().zip(&self.rates).map(|(x, r)| x * r).collect()
    }

    /// Prior variance less what is known, never below rounding.
    fn bounded(&self, known: f64) -> f64 {
        let prior = self.hyperparameters.signal + self.mean_variance;
        (prior - known).max(1e-12 * prior)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gp::{Fit, Prior, Structure},
        kernel::Kernel,
    };

    fn example(kernel: Kernel) -> (Rows, Vec<f64>, Gp) {
        let mut inputs = Rows::new(2);
        let mut outputs = Vec::new();
        for i in 0..12 {
            let x = [i as f64 / 11.0, (i * 5 % 12) as f64 / 11.0];
            inputs.push(&x);
            outputs.push((4.0 * x[0]).sin() + 0.5 * x[1]);
        }
        let structure = Structure { kernel, groups: vec![0, 1] };
        let gp = Fit::new(&structure, &Prior::scaled_to(2), &inputs, &outputs).unwrap().gp;
        (inputs, outputs, gp)
    }

    #[test]
    fn a_smooth_response_is_learnt() {
        for kernel in [Kernel::Matern52, Kernel::Rbf] {
            let (inputs, outputs, gp) = example(kernel);
            for (moments, y) in gp.predict(&inputs).iter().zip(&outputs) {
                assert!((moments.mean - y).abs() < 0.1, "{moments:?} {y}");
            }
        }
    }

    #[test]
    fn gradients_are_those_of_the_prediction() {
        let (_, _, gp) = example(Kernel::Matern52);
        let at = |x: [f64; 2]| gp.predict(&Rows::collect(2, [x.as_slice()]))[0];
        let point = [0.37, 0.61];
        let (moments, mean, variance) = gp.predict_with_gradient(&point);
        assert!((moments.mean - at(point).mean).abs() < 1e-9);
        for c in 0..2 {
            let (mut up, mut down) = (point, point);
            up[c] += 1e-5;
            down[c] -= 1e-5;
            assert!((mean[c] - (at(up).mean - at(down).mean) / 2e-5).abs() < 1e-5);
            assert!((variance[c] - (at(up).variance - at(down).variance) / 2e-5).abs() < 1e-5);
        }
    }

    #[test]
    fn leaving_one_out_agrees_with_doing_it() {
        let (inputs, outputs, gp) = example(Kernel::Matern52);
        let without = Rows::collect(2, inputs.iter().skip(1));
        let numbers = gp.hyperparameters().clone();
        let direct = Gp::new(gp.structure().clone(), numbers.clone(), 1.0, &without, &outputs[1..]).unwrap();
        let expected = direct.predict(&Rows::collect(2, [inputs.row(0)]))[0];
        let found = gp.leave_one_out()[0];
        assert!((found.mean - expected.mean).abs() < 1e-6);
        assert!((found.variance - expected.variance - numbers.noise).abs() < 1e-6);
    }

    #[test]
    fn draws_have_the_predicted_moments_and_repeat() {
        let (_, _, gp) = example(Kernel::Rbf);
        let points = Rows::collect(2, [[0.2, 0.9].as_slice(), [0.21, 0.9].as_slice()]);
        let draws = gp.sample(&points, 4000, 7);
        assert_eq!(draws, gp.sample(&points, 4000, 7));
        let moments = gp.predict(&points)[0];
        let mean = draws.iter().map(|d| d[0]).sum::<f64>() / 4000.0;
        assert!((mean - moments.mean).abs() < 5.0 * (moments.variance / 4000.0).sqrt() + 1e-3);
        assert!(draws.iter().all(|d| (d[0] - d[1]).abs() < 0.5));
    }

    #[test]
    fn one_more_observation_agrees_with_a_new_process() {
        let (inputs, outputs, gp) = example(Kernel::Matern52);
        let grown = gp.with_observation(&[0.5, 0.5], 1.3);
        let mut all = inputs;
        all.push(&[0.5, 0.5]);
        let mut y = outputs;
        y.push(1.3);
        let direct = Gp::new(gp.structure().clone(), gp.hyperparameters().clone(), 1.0, &all, &y).unwrap();
        let point = Rows::collect(2, [[0.1, 0.8].as_slice()]);
        assert!((grown.predict(&point)[0].mean - direct.predict(&point)[0].mean).abs() < 1e-9);
    }

    #[test]
    fn few_repeated_or_constant_data_are_safe() {
        for outputs in [vec![0.0], vec![0.0, 0.0], vec![-1.0, 1.0, 0.0], vec![1.0, 1.0, -2.0]] {
            let inputs = Rows::collect(2, outputs.iter().map(|_| [0.5, 0.5].as_slice()));
            let structure = Structure { kernel: Kernel::Rbf, groups: vec![0, 1] };
            let fit = Fit::new(&structure, &Prior::scaled_to(2), &inputs, &outputs).unwrap();
            let moments = fit.gp.predict(&Rows::collect(2, [[0.1, 0.2].as_slice()]))[0];
            assert!(moments.mean.is_finite() && moments.variance > 0.0);
        }
    }
}
