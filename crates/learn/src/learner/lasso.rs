//! Lasso and elastic net: linear models in which most weights are zero.

use faer::{Accum, Mat, Par, linalg::matmul::matmul};
use rayon::prelude::*;

use super::{
    Lesson,
    folds::{folds, without},
    ridge::Linear,
    scaling::Scaling,
};

/// Penalties along a path, from the smallest that leaves no weight down to this share of it.
const STEPS: usize = 100;
const END: f64 = 1e-3;
/// Parts of the cross-validation.
const PARTS: usize = 5;
/// Columns up to which products of all pairs are kept.
const PAIRS: usize = 3000;
/// Largest change of a weight (targets and columns standardised) at which a search ends, along the path and at its end.
const ROUGH: f64 = 1e-4;
const FINE: f64 = 1e-9;
/// Most rounds of a search.
const ROUNDS: usize = 1000;

/// Lasso: the penalty with the smallest cross-validated error.
///
/// Source: Tibshirani, J. R. Stat. Soc. B 58, 267 (1996); coordinate descent along a path: Friedman, Hastie & Tibshirani,
/// J. Stat. Softw. 33, 1 (2010).
pub(super) fn lasso(lesson: &Lesson<'_>) -> Option<Linear> {
    fit(lesson, &[1.0])
}

/// Elastic net: penalty and share of the absolute values in it with the smallest cross-validated error.
///
/// Source: Zou & Hastie, J. R. Stat. Soc. B 67, 301 (2005).
pub(super) fn elastic_net(lesson: &Lesson<'_>) -> Option<Linear> {
    fit(lesson, &[0.1, 0.5, 0.9])
}

fn fit(lesson: &Lesson<'_>, shares: &[f64]) -> Option<Linear> {
    let scaling = Scaling::of(lesson.features);
    if scaling.width() == 0 {
        return None;
    }
    let inputs = scaling.apply(lesson.features);
    let whole = Quadratic::of(inputs.as_ref(), lesson.targets);
    let parts = folds(lesson, PARTS.min(lesson.targets.len()));
    let mut best = (f64::INFINITY, 1.0, f64::INFINITY);
    let grids: Vec<Vec<f64>> = shares.iter().map(|share| penalties(whole.largest() / share)).collect();
    // Per part: errors for each share and penalty.
    let errors: Vec<Vec<Vec<f64>>> =
        parts.par_iter().map(|part| left_out(&whole, &inputs, lesson.targets, part, shares, &grids)).collect();
    for (number, (share, grid)) in shares.iter().zip(&grids).enumerate() {
        for (step, penalty) in grid.iter().enumerate() {
            let error: f64 = errors.iter().map(|part| part[number][step]).sum();
            if error < best.0 {
                best = (error, *share, *penalty);
            }
        }
    }
    let (_, share, penalty) = best;
    let mut state = whole;
    for step in penalties(state.largest() / share).into_iter().take_while(|step| *step > penalty) {
        state.descend(step * share, step * (1.0 - share), ROUGH);
    }
    if penalty.is_finite() {
        state.descend(penalty * share, penalty * (1.0 - share), FINE);
    }
    let weights = state.weights;
    let used = weights.iter().filter(|w| **w != 0.0).count();
    weights.iter().all(|w| w.is_finite()).then(|| Linear {
        scaling,
        weights: vec![weights],
        constants: vec![0.0],
        task: lesson.task,
        settings: vec![
            ("penalty".into(), penalty),
            ("share-absolute".into(), share),
            ("columns-used".into(), used as f64),
        ],
    })
}

/// Sums of squared errors on the rows of a part, fitted without them.
fn left_out(
    whole: &Quadratic<'_>,
    inputs: &Mat<f64>,
    targets: &[f64],
    part: &[usize],
    shares: &[f64],
    grids: &[Vec<f64>],
) -> Vec<Vec<f64>> {
    let rows = without(targets.len(), part);
    let width = inputs.ncols();
    let count = rows.len().max(1) as f64;
    let pick = |rows: &[usize], means: &[f64]| Mat::from_fn(rows.len(), width, |i, j| inputs[(rows[i], j)] - means[j]);
    let means: Vec<f64> = (0..width).map(|j| rows.iter().map(|&row| inputs[(row, j)]).sum::<f64>() / count).collect();
    let mean = rows.iter().map(|&row| targets[row]).sum::<f64>() / count;
    let train = pick(&rows, &means);
    let test = pick(part, &means);
    let own: Vec<f64> = rows.iter().map(|&row| targets[row] - mean).collect();
    let start = match &whole.form {
        // Products of the rows that stay are those of all without those that go.
        Form::Pairs(pairs) => {
            let all = targets.len() as f64 / count;
            let mut left = Mat::from_fn(width, width, |i, j| all * pairs[(i, j)] - means[i] * means[j]);
            let gone = pick(part, &vec![0.0; width]);
            matmul(&mut left, Accum::Add, gone.transpose(), gone.as_ref(), -1.0 / count, Par::Seq);
            Quadratic::with(train.as_ref(), &own, Form::Pairs(std::sync::Arc::new(left)))
        }
        Form::Columns(..) => Quadratic::of(train.as_ref(), &own),
    };
    let path = |(share, grid): (&f64, &Vec<f64>)| {
        let mut state = start.clone();
        let errors = grid.iter().map(|penalty| {
            state.descend(penalty * share, penalty * (1.0 - share), ROUGH);
            let mut sums = vec![mean; part.len()];
            for (place, weight) in state.weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                sums.iter_mut().zip(test.col_as_slice(place)).for_each(|(sum, x)| *sum += weight * x);
            }
            sums.iter().zip(part).map(|(sum, &row)| (targets[row] - sum).powi(2)).sum()
        });
        errors.collect()
    };
    shares.iter().zip(grids).map(path).collect()
}

/// Penalties in equal ratios, descending.
pub(super) fn penalties(largest: f64) -> Vec<f64> {
    (0..STEPS).map(|step| largest * END.powf(step as f64 / (STEPS - 1) as f64)).collect()
}

/// Half the mean squared error as a function of the weights.
#[derive(Clone)]
pub(super) struct Quadratic<'a> {
    pub(super) weights: Vec<f64>,
    /// Minus the gradient; with many columns not kept.
    slopes: Vec<f64>,
    curvatures: Vec<f64>,
    form: Form<'a>,
}

#[derive(Clone)]
enum Form<'a> {
    /// Mean products of all pairs of columns.
    Pairs(std::sync::Arc<Mat<f64>>),
    /// The columns themselves, and what is left of the targets.
    Columns(faer::MatRef<'a, f64>, Vec<f64>),
}

impl<'a> Quadratic<'a> {
    /// With all weights zero. Columns and targets have mean 0.
    pub(super) fn of(inputs: faer::MatRef<'a, f64>, targets: &[f64]) -> Self {
        let (count, width) = (inputs.nrows().max(1) as f64, inputs.ncols());
        let form = if width <= PAIRS {
            let mut pairs = Mat::zeros(width, width);
            matmul(&mut pairs, Accum::Replace, inputs.transpose(), inputs, 1.0 / count, Par::Seq);
            Form::Pairs(std::sync::Arc::new(pairs))
        } else {
            Form::Columns(inputs, targets.to_vec())
        };
        Self::with(inputs, targets, form)
    }

    fn with(inputs: faer::MatRef<'a, f64>, targets: &[f64], form: Form<'a>) -> Self {
        let (count, width) = (inputs.nrows().max(1) as f64, inputs.ncols());
        let mut slopes = vec![0.0; width];
        for (place, slope) in slopes.iter_mut().enumerate() {
            *slope = inputs.col(place).iter().zip(targets).map(|(x, y)| x * y).sum::<f64>() / count;
        }
        let curvature = |place| inputs.col(place).iter().map(|x| x * x).sum::<f64>() / count;
        let curvatures = (0..width).map(curvature).collect();
        Self { weights: vec![0.0; width], slopes, curvatures, form }
    }

    /// The smallest penalty that leaves all weights zero.
    pub(super) fn largest(&self) -> f64 {
        self.slopes.iter().fold(0.0, |most: f64, slope| most.max(slope.abs())).max(1e-12)
    }

    /// Weights that minimise the function plus `absolute` times their absolute values plus half `square` times their
    /// squares, from where they are.
    pub(super) fn descend(&mut self, absolute: f64, square: f64, tolerance: f64) {
        let width = self.weights.len();
        let mut active: Vec<usize> = (0..width).filter(|&place| self.weights[place] != 0.0).collect();
        for _ in 0..ROUNDS {
            // Among the weights in use, to the end.
            for _ in 0..ROUNDS {
                let most = active.iter().fold(0.0f64, |most, &place| most.max(self.update(place, absolute, square)));
                if most <= tolerance {
                    break;
                }
            }
            // Then over all.
            let mut most = 0.0f64;
            for place in 0..width {
                most = most.max(self.update(place, absolute, square));
            }
            active = (0..width).filter(|&place| self.weights[place] != 0.0).collect();
            if most <= tolerance {
                return;
            }
        }
    }

    /// The best weight of one column, the others held; returns by how much it changed.
    fn update(&mut self, place: usize, absolute: f64, square: f64) -> f64 {
        let own = self.weights[place];
        let curvature = self.curvatures[place];
        if curvature <= 1e-12 {
            return 0.0;
        }
        let count = match &self.form {
            Form::Pairs(_) => 1.0,
            Form::Columns(inputs, _) => inputs.nrows().max(1) as f64,
        };
        let slope = match &self.form {
            Form::Pairs(_) => self.slopes[place],
            Form::Columns(inputs, left) => inputs.col(place).iter().zip(left).map(|(x, r)| x * r).sum::<f64>() / count,
        };
        let free = slope + curvature * own;
        let new = free.signum() * (free.abs() - absolute).max(0.0) / (curvature + square);
        let change = new - own;
        if change == 0.0 {
            return 0.0;
        }
        self.weights[place] = new;
        match &mut self.form {
            Form::Pairs(pairs) => {
                let column = pairs.col_as_slice(place);
                self.slopes.iter_mut().zip(column).for_each(|(slope, pair)| *slope -= change * pair);
            }
            Form::Columns(inputs, left) => {
                left.iter_mut().zip(inputs.col(place).iter()).for_each(|(r, x)| *r -= change * x);
            }
        }
        change.abs()
    }
}
