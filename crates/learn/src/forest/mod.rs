//! A forest of randomised regression trees: for responses that jump.

mod tree;

use std::sync::Arc;

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{
    gp::{FitError, Moments},
    kernel::Rows,
    surrogate::{Component, Slope, Surrogate},
};
use tree::{Ground, Tree};

/// Many trees, each grown on a random draw of the observations with random cuts. Expected is the mean of the trees;
/// the variance is how much they differ plus the spread within their leaves, scaled so that observations left out
/// of the trees are predicted as well as possible.
#[derive(Debug, Clone)]
pub struct Forest {
    data: Arc<Data>,
    trees: Vec<Tree>,
    seed: u64,
    leaf: usize,
    left_out: Vec<Moments>,
    calibration: Calibration,
    log_density: f64,
}

/// What a forest was grown on.
#[derive(Debug, Clone)]
struct Data {
    inputs: Rows,
    outputs: Vec<f64>,
    weights: Vec<f64>,
    groups: Vec<usize>,
}

/// From the differences of trees to a variance.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Calibration {
    /// Factor of the variance between and within trees.
    factor: f64,
    /// Variance of a reading.
    noise: f64,
}

const TREES: usize = 100;
/// Fewest observations of a leaf that are tried.
const LEAVES: [usize; 3] = [1, 2, 4];
/// Factors and noise variances that are tried.
const FACTORS: [f64; 6] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0];
const NOISES: [f64; 8] = [1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0];
/// Smallest variance of a response.
const SMALLEST: f64 = 1e-8;

impl Forest {
    /// Grows a forest on standardised `outputs` (n) at `inputs` (n x d); columns with the same number in `groups` (d)
    /// are the levels of one category. `weights` (n, 0 to 1) say how far each observation counts. The same seed
    /// gives the same forest.
    ///
    /// The fewest observations of a leaf, the scale of the variance and the noise are those that predict the
    /// observations outside each tree's draw best (log density).
    ///
    /// Errors: see [`FitError`].
    ///
    /// Source: Geurts, Ernst & Wehenkel, Mach. Learn. 63, 3 (2006); draws with replacement and predictions from the
    /// trees that did not see an observation as in Breiman, Mach. Learn. 45, 5 (2001).
    pub fn fit(inputs: &Rows, groups: &[usize], outputs: &[f64], weights: &[f64], seed: u64) -> Result<Self, FitError> {
        let size = outputs.len();
        if size == 0 {
            return Err(FitError::Empty);
        }
        let finite = outputs.iter().chain(weights).chain(inputs.iter().flatten()).all(|x| x.is_finite());
        if inputs.len() != size || weights.len() != size || inputs.width() != groups.len() || !finite {
            return Err(FitError::Data);
        }
        let data = Data {
            inputs: inputs.clone(),
            outputs: outputs.to_vec(),
            weights: weights.iter().map(|w| w.clamp(1e-6, 1.0)).collect(),
            groups: groups.to_vec(),
        };
        let data = Arc::new(data);
        let grown = LEAVES.iter().filter(|&&leaf| leaf == 1 || 4 * leaf <= size).map(|&leaf| {
            let (trees, left_out) = grow(&data, leaf, seed);
            let (calibration, log_density) = Calibration::of(&left_out, &data);
            Self { data: data.clone(), trees, seed, leaf, left_out, calibration, log_density }
        });
        grown.max_by(|a, b| a.log_density.total_cmp(&b.log_density)).ok_or(FitError::Empty)
    }

    /// Mean over trees, the differences of the trees from it, and the mean variance within leaves.
    fn at(&self, point: &[f64]) -> (f64, Vec<f64>, f64) {
        let leaves: Vec<(f64, f64)> = self.trees.iter().map(|tree| tree.leaf(point)).collect();
        let count = leaves.len().max(1) as f64;
        let mean = leaves.iter().map(|(mean, _)| mean).sum::<f64>() / count;
        let within = leaves.iter().map(|(_, variance)| variance).sum::<f64>() / count;
        (mean, leaves.iter().map(|(own, _)| own - mean).collect(), within)
    }

    fn moments(&self, point: &[f64]) -> Moments {
        let (mean, differences, within) = self.at(point);
        let between = differences.iter().map(|d| d * d).sum::<f64>() / differences.len().max(1) as f64;
        Moments { mean, variance: (self.calibration.factor * (between + within)).max(SMALLEST) }
    }
}

impl Surrogate for Forest {
    fn components(&self, points: &Rows) -> Vec<Component> {
        vec![Component { share: 1.0, moments: points.iter().map(|point| self.moments(point)).collect() }]
    }

    fn slopes(&self, _point: &[f64]) -> Option<Vec<Slope>> {
        None
    }

    /// Normal draws with the covariance of the trees.
    fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<f64>> {
        let each: Vec<(f64, Vec<f64>, f64)> = points.iter().map(|point| self.at(point)).collect();
        let between = (self.calibration.factor / self.trees.len().max(1) as f64).sqrt();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut normals =
            move |count: usize| -> Vec<f64> { (0..count).map(|_| StandardNormal.sample(&mut random)).collect() };
        (0..count)
            .map(|_| {
                let shared = normals(self.trees.len());
                let own = normals(each.len());
                let draw = |((mean, differences, within), z): (&(f64, Vec<f64>, f64), f64)| {
                    let common: f64 = differences.iter().zip(&shared).map(|(d, z)| d * z).sum();
                    mean + between * common + (self.calibration.factor * within).sqrt() * z
                };
                each.iter().zip(own).map(draw).collect()
            })
            .collect()
    }

    fn leave_one_out(&self) -> Vec<Moments> {
        self.left_out.iter().map(|m| self.calibration.reading(*m)).collect()
    }

    fn noise(&self) -> f64 {
        self.calibration.noise
    }

    /// Grown anew with the observation: the trees then split it off.
    fn believing(&self, input: &[f64]) -> Arc<dyn Surrogate> {
        let expected = self.moments(input).mean;
        let mut data = Data::clone(&self.data);
        data.inputs.push(input);
        data.outputs.push(expected);
        data.weights.push(1.0);
        let (trees, left_out) = grow(&data, self.leaf, self.seed);
        Arc::new(Self { data: Arc::new(data), trees, left_out, ..self.clone() })
    }
}

impl Calibration {
    /// The calibration with the highest log density of the outputs, and that density.
    fn of(left_out: &[Moments], data: &Data) -> (Self, f64) {
        let mut best = (Self { factor: 1.0, noise: 1.0 }, f64::NEG_INFINITY);
        for factor in FACTORS {
            for noise in NOISES {
                let trial = Self { factor, noise };
                let each = left_out.iter().zip(&data.outputs).zip(&data.weights);
                let total = each
                    .map(|((m, y), weight)| {
                        let m = trial.reading(*m);
                        -0.5 * weight * ((y - m.mean).powi(2) / m.variance + m.variance.ln())
                    })
                    .sum();
                if total > best.1 {
                    best = (trial, total);
                }
            }
        }
        best
    }

    fn reading(self, m: Moments) -> Moments {
        Moments { mean: m.mean, variance: (self.factor * m.variance).max(SMALLEST) + self.noise }
    }
}

/// The trees, and for every observation mean and variance (between and within) of the trees that did not see it.
fn grow(data: &Data, leaf: usize, seed: u64) -> (Vec<Tree>, Vec<Moments>) {
    let parameters = parameters(&data.groups);
    let ground = Ground { inputs: &data.inputs, outputs: &data.outputs, parameters: &parameters, leaf };
    let size = data.outputs.len();
    // Sum, sum of squares, variance within, number of trees.
    let mut unseen = vec![(0.0, 0.0, 0.0, 0usize); size];
    let trees = (0..TREES as u64).map(|number| {
        // Each tree has its own stream, so that one more observation changes few draws.
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x666f_7265_7374);
        random.set_stream(number);
        let mut times = vec![0.0f64; size];
        (0..size).for_each(|_| times[random.random_range(0..size)] += 1.0);
        let mut rows: Vec<usize> = (0..size).filter(|&row| times[row] > 0.0).collect();
        let weights: Vec<f64> = times.iter().zip(&data.weights).map(|(t, w)| t * w).collect();
        let tree = Tree::grow(&ground, &weights, &mut rows, &mut random);
        for (row, sums) in unseen.iter_mut().enumerate().filter(|(row, _)| times[*row] == 0.0) {
            let (mean, variance) = tree.leaf(data.inputs.row(row));
            *sums = (sums.0 + mean, sums.1 + mean * mean, sums.2 + variance, sums.3 + 1);
        }
        tree
    });
    let trees: Vec<Tree> = trees.collect();
    let whole = Moments { mean: 0.0, variance: 1.0 };
    let left_out = unseen.into_iter().map(|(sum, squares, within, count)| {
        if count < 2 {
            return whole;
        }
        let count = count as f64;
        let mean = sum / count;
        Moments { mean, variance: (squares / count - mean * mean).max(0.0) + within / count }
    });
    (trees, left_out.collect())
}

/// The columns of each group.
fn parameters(groups: &[usize]) -> Vec<Vec<usize>> {
    let mut columns = vec![Vec::new(); groups.iter().max().map_or(0, |most| most + 1)];
    groups.iter().enumerate().for_each(|(column, &group)| columns[group].push(column));
    columns.retain(|own: &Vec<usize>| !own.is_empty());
    columns
}

#[cfg(test)]
mod tests;
