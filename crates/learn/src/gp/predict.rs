//! What a fitted process says.

use std::ops::Range;

use faer::Mat;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::{Gp, data::trend_columns};
use crate::{columns::dot, kernel::Rows, linear::Cholesky};

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
        let trends = trend_columns(&self.structure.trends, points);
        let mut all = Vec::with_capacity(points.len());
        for start in (0..points.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(points.len());
            let (mut block, means) = self.cross_block(points, &trends, start..end);
            self.factor.half_solve(block.as_mut());
            for (column, mean) in means.into_iter().enumerate() {
                let solved = block.col_as_slice(column);
                let prior = self.prior_variance(&at(&trends, start + column));
                all.push(Moments { mean, variance: bounded(prior, dot(solved, solved)) });
            }
        }
        all
    }

    /// Mean at every row of `points`, in O(n) each.
    pub fn means(&self, points: &Rows) -> Vec<f64> {
        let trends = trend_columns(&self.structure.trends, points);
        let mut cross = vec![0.0; self.outputs.len()];
        let mean = |(index, point): (usize, &[f64])| {
            let basis = at(&trends, index);
            self.structure.kernel.values(&self.scaled, 0, &self.scale(point), &mut cross);
            self.complete_cross(&mut cross, &basis);
            self.expected(&basis) + dot(&cross, &self.weights)
        };
        points.iter().enumerate().map(mean).collect()
    }

    /// For every row of `others` the covariances of the response there with that at the rows of `points`.
    ///
    /// Shape: m x d and k x d in, k vectors of m out.
    pub fn covariances(&self, points: &Rows, others: &Rows) -> Vec<Vec<f64>> {
        let solved = |rows: &Rows| {
            let trends = trend_columns(&self.structure.trends, rows);
            let (mut block, _) = self.cross_block(rows, &trends, 0..rows.len());
            self.factor.half_solve(block.as_mut());
            (block, trends)
        };
        let ((block, trends), (other_block, other_trends)) = (solved(points), solved(others));
        let scaled = self.scale_all(points);
        let mut prior = vec![0.0; points.len()];
        let mut of = |(number, other): (usize, &[f64])| {
            self.structure.kernel.values(&scaled, 0, &self.scale(other), &mut prior);
            let covariance = |(index, prior): (usize, &f64)| {
                let bases = trends.iter().zip(&other_trends).map(|(own, other)| own[index] * other[number]);
                let shared: f64 = self.structure.trends.iter().zip(bases).map(|(trend, h)| trend.variance * h).sum();
                let known = dot(block.col_as_slice(index), other_block.col_as_slice(number));
                self.hyperparameters.signal * prior + self.mean_variance + shared - known
            };
            prior.iter().enumerate().map(covariance).collect()
        };
        others.iter().enumerate().map(&mut of).collect()
    }

    /// Covariances of some of the points with the observations (n x m), and the means there.
    fn cross_block(&self, points: &Rows, trends: &[Vec<f64>], range: Range<usize>) -> (Mat<f64>, Vec<f64>) {
        let mut block = Mat::zeros(self.outputs.len(), range.len());
        let mut means = Vec::with_capacity(range.len());
        for (column, index) in range.enumerate() {
            let basis = at(trends, index);
            let cross = block.col_as_slice_mut(column);
            self.structure.kernel.values(&self.scaled, 0, &self.scale(points.row(index)), cross);
            self.complete_cross(cross, &basis);
            means.push(self.expected(&basis) + dot(cross, &self.weights));
        }
        (block, means)
    }

    /// What the trends are expected to add up to where their bases have the given values.
    fn expected(&self, basis: &[f64]) -> f64 {
        self.structure.trends.iter().zip(basis).map(|(trend, h)| trend.mean * h).sum()
    }

    /// Mean and variance at `point`, and their gradients by the inputs.
    pub fn predict_with_gradient(&self, point: &[f64]) -> (Moments, Vec<f64>, Vec<f64>) {
        let points = Rows::collect(self.rates.len(), [point]);
        let nothing = || (Moments { mean: 0.0, variance: 0.0 }, vec![0.0; point.len()], vec![0.0; point.len()]);
        self.predict_with_gradients(&points).pop().unwrap_or_else(nothing)
    }

    /// [`Gp::predict_with_gradient`] at every row of `points`: much cheaper than one after the other.
    pub fn predict_with_gradients(&self, points: &Rows) -> Vec<(Moments, Vec<f64>, Vec<f64>)> {
        let (size, count) = (self.outputs.len(), points.len());
        let bases: Vec<(Vec<f64>, Vec<Vec<f64>>)> =
            points.iter().map(|point| self.basis_with_gradients(point)).collect();
        let (mut cross, mut slopes) = (Mat::zeros(size, count), Mat::zeros(size, count));
        for (column, (point, (basis, _))) in points.iter().zip(&bases).enumerate() {
            let (cross, slopes) = (cross.col_as_slice_mut(column), slopes.col_as_slice_mut(column));
            self.structure.kernel.values_and_slopes(&self.scaled, 0, &self.scale(point), cross, slopes);
            self.complete_cross(cross, basis);
        }
        let means: Vec<f64> = (0..count).map(|column| dot(cross.col_as_slice(column), &self.weights)).collect();
        let known = self.factor.solve_all(&mut cross);
        let solved = cross;
        let mut all = Vec::with_capacity(count);
        for (column, (point, (basis, basis_gradients))) in points.iter().zip(&bases).enumerate() {
            let moments = Moments {
                mean: self.expected(basis) + means[column],
                variance: bounded(self.prior_variance(basis), known[column]),
            };
            let (slopes, solved) = (slopes.col_as_slice(column), solved.col_as_slice(column));
            let [mean, variance] = self.gradients(point, slopes, solved, basis, basis_gradients);
            all.push((moments, mean, variance));
        }
        all
    }

    /// Gradients of mean and variance at `point`, from the slopes of the kernel there and the covariances with the
    /// observations that were solved for.
    fn gradients(
        &self,
        point: &[f64],
        slopes: &[f64],
        solved: &[f64],
        basis: &[f64],
        basis_gradients: &[Vec<f64>],
    ) -> [Vec<f64>; 2] {
        let row = self.scale(point);
        let signal = self.hyperparameters.signal;
        let for_mean: Vec<f64> = slopes.iter().zip(&self.weights).map(|(s, w)| 2.0 * signal * s * w).collect();
        let for_variance: Vec<f64> = slopes.iter().zip(solved).map(|(s, w)| -4.0 * signal * s * w).collect();
        let mut mean_gradient = self.scaled.weighted_differences(&row, &for_mean);
        let mut variance_gradient = self.scaled.weighted_differences(&row, &for_variance);
        for (c, rate) in self.rates.iter().enumerate() {
            mean_gradient[c] *= rate;
            variance_gradient[c] *= rate;
        }
        for (warp, &c) in self.hyperparameters.warps.iter().zip(&self.structure.warped) {
            let slope = warp.bent(point[c]).slope;
            mean_gradient[c] *= slope;
            variance_gradient[c] *= slope;
        }
        let trends = self.structure.trends.iter().zip(&self.trend_columns);
        for (((trend, column), h), slopes) in trends.zip(basis).zip(basis_gradients) {
            let by_mean = trend.mean + trend.variance * dot(column, &self.weights);
            let by_variance = 2.0 * trend.variance * (h - dot(column, solved));
            for (c, slope) in slopes.iter().enumerate().take(row.len()) {
                mean_gradient[c] += by_mean * slope;
                variance_gradient[c] += by_variance * slope;
            }
        }
        [mean_gradient, variance_gradient]
    }

    fn basis_with_gradients(&self, point: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let each = self.structure.trends.iter().map(|trend| {
            let (value, gradient) = trend.basis.value_with_gradient(point);
            let sound = value.is_finite() && gradient.iter().all(|slope| slope.is_finite());
            if sound { (value, gradient) } else { (0.0, vec![0.0; point.len()]) }
        });
        each.unzip()
    }

    /// What was learnt about the trends' coefficients: their means, and the matrix of their covariances.
    ///
    /// Source: conditioning of a joint normal distribution; Rasmussen & Williams (2006), section 2.7.
    pub fn coefficients(&self) -> (Vec<f64>, Vec<Vec<f64>>) {
        let trends = &self.structure.trends;
        let moved = trends.iter().zip(&self.trend_columns);
        let means = moved.map(|(trend, column)| trend.mean + trend.variance * dot(column, &self.weights)).collect();
        let solved: Vec<Vec<f64>> = self
            .trend_columns
            .iter()
            .map(|column| {
                let mut solved = column.clone();
                self.factor.solve(&mut solved);
                solved
            })
            .collect();
        let cell = |i: usize, j: usize| {
            let (own, other) = (trends[i].variance, trends[j].variance);
            let prior = if i == j { own } else { 0.0 };
            let left = prior - own * other * dot(&self.trend_columns[i], &solved[j]);
            if i == j { left.max(1e-12 * own) } else { left }
        };
        let covariance = (0..trends.len()).map(|i| (0..trends.len()).map(|j| cell(i, j)).collect()).collect();
        (means, covariance)
    }

    /// Joint draws of the response at the rows of `points`; the same seed gives the same draws.
    ///
    /// Shape: `count` vectors of m values.
    pub fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<f64>> {
        let width = points.len();
        let trends = trend_columns(&self.structure.trends, points);
        let (mut block, means) = self.cross_block(points, &trends, 0..width);
        self.factor.half_solve(block.as_mut());
        let signal = self.hyperparameters.signal;
        let scaled = self.scale_all(points);
        let fill = |covariance: &mut Mat<f64>| {
            let mut row = vec![0.0; self.rates.len()];
            for j in 0..width {
                scaled.read(j, &mut row);
                let column = &mut covariance.col_as_slice_mut(j)[j..];
                self.structure.kernel.values(&scaled, j, &row, column);
                for (i, cell) in (j..).zip(column) {
                    let known = dot(block.col_as_slice(i), block.col_as_slice(j));
                    let shared: f64 =
                        self.structure.trends.iter().zip(&trends).map(|(t, h)| t.variance * h[i] * h[j]).sum();
                    // A little on the diagonal keeps draws at nearly equal points possible.
                    let little = if i == j { 1e-9 * signal } else { 0.0 };
                    *cell = signal * *cell + self.mean_variance + shared - known + little;
                }
            }
        };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let factor = Cholesky::new(Mat::zeros(width, width), fill);
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

    /// For every observation the prediction of its reading (its own extra noise included) from all the others; from
    /// those that are kept, where these are not all.
    ///
    /// Source: Rasmussen & Williams (2006), eq. 5.12.
    pub fn leave_one_out(&self) -> Vec<Moments> {
        let left_out = self.factor.inverse_diagonal().into_iter().enumerate().map(|(i, precision)| {
            let precision = precision.max(f64::MIN_POSITIVE);
            Moments { mean: self.outputs[i] - self.weights[i] / precision, variance: 1.0 / precision }
        });
        let Some(thinned) = &self.thinned else { return left_out.collect() };
        let mut all = self.predict(&thinned.inputs);
        for (moments, extra) in all.iter_mut().zip(&thinned.extra_noise) {
            moments.variance += self.hyperparameters.noise + extra;
        }
        for (&index, moments) in thinned.kept.iter().zip(left_out) {
            all[index] = moments;
        }
        all
    }
}

/// Prior variance less what is known, never below rounding.
fn bounded(prior: f64, known: f64) -> f64 {
    (prior - known).max(1e-12 * prior)
}

/// Basis values of one point.
fn at(trends: &[Vec<f64>], index: usize) -> Vec<f64> {
    trends.iter().map(|column| column[index]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gp::{Data, Fit, Prior, Structure},
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
        let structure = Structure::new(kernel, &[0, 1]);
        let gp = Fit::new(&structure, &Prior::scaled_to(2), &Data::new(&inputs, &outputs)).unwrap().gp;
        (inputs, outputs, gp)
    }

    #[test]
    fn a_smooth_response_is_learnt() {
        for kernel in [Kernel::Matern52, Kernel::Rbf] {
            let (inputs, outputs, gp) = example(kernel);
            let means = gp.means(&inputs);
            assert!(gp.predict(&inputs).iter().zip(means).all(|(moments, mean)| moments.mean == mean));
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
    fn gradients_of_many_points_are_those_of_each() {
        for kernel in [Kernel::Matern52, Kernel::Rbf] {
            let (_, _, gp) = example(kernel);
            for count in [3, 12] {
                let points: Vec<[f64; 2]> = (0..count).map(|i| [0.07 * i as f64, 0.9 - 0.05 * i as f64]).collect();
                let points = Rows::collect(2, points.iter().map(|point| point.as_slice()));
                let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-7);
                for (point, (moments, mean, variance)) in points.iter().zip(gp.predict_with_gradients(&points)) {
                    let alone = gp.predict_with_gradient(point);
                    assert!(near(&[moments.mean, moments.variance], &[alone.0.mean, alone.0.variance]));
                    assert!(near(&mean, &alone.1) && near(&variance, &alone.2));
                }
            }
        }
    }

    #[test]
    fn gradients_of_bent_inputs_are_those_of_the_prediction() {
        let (inputs, outputs, _) = example(Kernel::Matern52);
        let structure = Structure { warped: vec![0, 1], ..Structure::new(Kernel::Matern52, &[0, 1]) };
        let gp = Fit::new(&structure, &Prior::scaled_to(2), &Data::new(&inputs, &outputs)).unwrap().gp;
        let at = |x: [f64; 2]| gp.predict(&Rows::collect(2, [x.as_slice()]))[0];
        for point in [[0.37, 0.61], [0.92, 0.03]] {
            let (_, mean, variance) = gp.predict_with_gradient(&point);
            for c in 0..2 {
                let (mut up, mut down) = (point, point);
                up[c] += 1e-5;
                down[c] -= 1e-5;
                assert!((mean[c] - (at(up).mean - at(down).mean) / 2e-5).abs() < 1e-5);
                assert!((variance[c] - (at(up).variance - at(down).variance) / 2e-5).abs() < 1e-5);
            }
        }
        let fewer = gp.without_observations(&[3]).unwrap();
        let more = fewer.with_observation(inputs.row(3), outputs[3]);
        assert!((more.log_evidence() - gp.log_evidence()).abs() < 1e-8);
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
    fn a_reading_moves_means_by_their_covariance_with_it() {
        let (_, _, gp) = example(Kernel::Matern52);
        let points = Rows::collect(2, [[0.2, 0.9].as_slice(), [0.5, 0.1].as_slice()]);
        let place = [0.45, 0.3];
        let at = gp.predict(&Rows::collect(2, [place.as_slice()]))[0];
        let expected = gp.covariances(&points, &Rows::collect(2, [place.as_slice()]));
        let before = gp.means(&points);
        let after = gp.with_observation(&place, at.mean + 1.0).means(&points);
        for ((covariance, before), after) in expected[0].iter().zip(before).zip(after) {
            let moved = covariance / (at.variance + gp.hyperparameters().noise);
            assert!((after - before - moved).abs() < 1e-6, "{} {moved}", after - before);
        }
        let own = gp.covariances(&points, &points);
        assert!((own[1][1] - gp.predict(&points)[1].variance).abs() < 1e-9);
    }

    #[test]
    fn few_repeated_or_constant_data_are_safe() {
        for outputs in [vec![0.0], vec![0.0, 0.0], vec![-1.0, 1.0, 0.0], vec![1.0, 1.0, -2.0]] {
            let inputs = Rows::collect(2, outputs.iter().map(|_| [0.5, 0.5].as_slice()));
            let structure = Structure::new(Kernel::Rbf, &[0, 1]);
            let fit = Fit::new(&structure, &Prior::scaled_to(2), &Data::new(&inputs, &outputs)).unwrap();
            let moments = fit.gp.predict(&Rows::collect(2, [[0.1, 0.2].as_slice()]))[0];
            assert!(moments.mean.is_finite() && moments.variance > 0.0);
        }
    }
}
