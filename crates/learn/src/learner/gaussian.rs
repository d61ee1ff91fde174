//! Gaussian processes for tables.

use serde::{Deserialize, Serialize};

use super::{Features, Lesson, scaling::Scaling};
use crate::{
    gp::{Data, Fit, Gp, Hyperparameters, Prior, Structure},
    kernel::{Kernel, Rows},
};

/// The rows and what was learnt of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Gaussian {
    scaling: Scaling,
    /// Standardised, row by row.
    rows: Vec<f64>,
    targets: Vec<f64>,
    kernel: Shape,
    groups: Vec<usize>,
    lengthscales: Vec<f64>,
    signal: f64,
    noise: f64,
    mean_variance: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Shape {
    Matern52,
    Rbf,
}

/// Columns up to which each has a lengthscale of its own, and rows per column that this takes.
const OWN: usize = 40;
const ROWS_PER_COLUMN: usize = 8;
/// Standard deviations per unit of the inputs of a process, which are expected between about 0 and 1.
const UNIT: f64 = 4.0;

/// A lengthscale per column while there are few, else one for all; the kernel is that with the higher evidence.
///
/// Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006).
pub(super) fn fit(lesson: &Lesson<'_>) -> Option<Gaussian> {
    let scaling = Scaling::of(lesson.features);
    let width = scaling.width();
    if width == 0 {
        return None;
    }
    let size = lesson.targets.len();
    let inputs = rows(&scaling, lesson.features);
    let own = width <= OWN && size >= ROWS_PER_COLUMN * width;
    let groups: Vec<usize> = if own { (0..width).collect() } else { vec![0; width] };
    let mut prior = Prior::scaled_to(width);
    prior.signal_scale = 1.0;
    let data = Data::new(&inputs, lesson.targets);
    let tried =
        [(Shape::Matern52, Kernel::Matern52), (Shape::Rbf, Kernel::Rbf)].into_iter().filter_map(|(shape, kernel)| {
            let fit = Fit::new(&Structure::new(kernel, &groups), &prior, &data).ok()?;
            Some((fit.log_posterior, shape, fit.gp.hyperparameters().clone()))
        });
    let (_, kernel, learnt) = tried.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Gaussian {
        scaling,
        rows: inputs.iter().flatten().copied().collect(),
        targets: lesson.targets.to_vec(),
        kernel,
        groups,
        lengthscales: learnt.lengthscales,
        signal: learnt.signal,
        noise: learnt.noise,
        mean_variance: prior.mean_variance,
    })
}

fn rows(scaling: &Scaling, features: &Features) -> Rows {
    let inputs = scaling.apply(features);
    let mut rows = Rows::new(scaling.width());
    let mut row = vec![0.0; scaling.width()];
    for i in 0..inputs.nrows() {
        row.iter_mut().enumerate().for_each(|(j, x)| *x = inputs[(i, j)] / UNIT);
        rows.push(&row);
    }
    rows
}

impl Gaussian {
    pub(super) fn is_sound(&self, width: usize) -> bool {
        let own = self.scaling.width();
        let groups = self.groups.iter().max().map_or(0, |most| most.saturating_add(1));
        let positive = |x: &f64| x.is_finite() && *x > 0.0;
        self.scaling.is_sound(width)
            && own > 0
            && self.groups.len() == own
            && groups == self.lengthscales.len()
            && !self.targets.is_empty()
            && self.targets.len().checked_mul(own) == Some(self.rows.len())
            && self.lengthscales.iter().chain([&self.signal, &self.noise]).all(positive)
            && self.mean_variance.is_finite()
            && self.mean_variance >= 0.0
    }

    pub(super) fn predict(&self, features: &Features) -> Vec<f64> {
        let mut inputs = Rows::new(self.scaling.width());
        self.rows.chunks_exact(self.scaling.width().max(1)).for_each(|row| inputs.push(row));
        let kernel = match self.kernel {
            Shape::Matern52 => Kernel::Matern52,
            Shape::Rbf => Kernel::Rbf,
        };
        let learnt = Hyperparameters {
            lengthscales: self.lengthscales.clone(),
            signal: self.signal,
            noise: self.noise,
            warps: Vec::new(),
        };
        let structure = Structure::new(kernel, &self.groups);
        match Gp::new(structure, learnt, self.mean_variance, &Data::new(&inputs, &self.targets)) {
            Some(process) => process.means(&rows(&self.scaling, features)),
            None => vec![0.0; features.rows()],
        }
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        let count = self.lengthscales.len().max(1) as f64;
        let middle = (self.lengthscales.iter().map(|l| l.ln()).sum::<f64>() / count).exp();
        vec![
            ("lengthscales".into(), count),
            ("lengthscale".into(), UNIT * middle),
            ("signal".into(), self.signal),
            ("noise".into(), self.noise),
        ]
    }
}
