//! The interface behind which a model of an outcome stands: a mixture of normals with gradients, and joint draws.

mod average;
mod censored;
mod choice;
mod outcome;
mod outlier;

use std::{fmt::Debug, sync::Arc};

pub use average::{GpAverage, Member};
pub use choice::{Candidate, Choice, Family, Wanted};
pub use outcome::{Explained, Explanation, Options, OutcomeModel, Outcomes, Reading, Readings, Separate};
pub use outlier::{Outlier, Side};

use crate::{gp::Moments, kernel::Rows, optimise::Status};

/// One part of a mixture of normals at many points.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its share, 0 to 1; all shares add up to 1.
    pub share: f64,
    /// Mean and variance at each point.
    pub moments: Vec<Moments>,
}

/// One part of a mixture of normals at one point, with its gradients by the inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Slope {
    /// Its share, 0 to 1; all shares add up to 1.
    pub share: f64,
    /// Mean and variance.
    pub moments: Moments,
    /// Gradient of the mean.
    pub mean: Vec<f64>,
    /// Gradient of the variance.
    pub variance: Vec<f64>,
}

/// What one part of a mixture would learn from one more reading, for k places it may be taken at.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookahead {
    /// Its share, 0 to 1; all shares add up to 1.
    pub share: f64,
    /// Its mean at each of m points.
    pub means: Vec<f64>,
    /// What it expects of the reading at each place, with the noise.
    pub readings: Vec<Moments>,
    /// For each place by how much the mean at each point rises when the reading is one standard deviation above what is
    /// expected (k x m).
    pub changes: Vec<Vec<f64>>,
    /// For each place by how much the mean there rises then.
    pub own: Vec<f64>,
}

/// A model of one outcome, on a scale where readings have about mean 0 and variance 1.
pub trait Surrogate: Debug + Send + Sync {
    /// The response, without the noise of a reading, at each of the m rows of `points`, as a mixture of normals.
    fn components(&self, points: &Rows) -> Vec<Component>;

    /// [`Surrogate::components`] at one point with gradients; `None` from a model that has none (it jumps).
    fn slopes(&self, point: &[f64]) -> Option<Vec<Slope>>;

    /// Joint draws of the response at the m rows of `points`: `count` vectors of m values, the same for the same
    /// seed.
    fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<f64>>;

    /// Every observation predicted from all others, with the variance of a reading.
    fn leave_one_out(&self) -> Vec<Moments>;

    /// Variance of a reading around the response.
    fn noise(&self) -> f64;

    /// The model with one more experiment that gave what is expected there: for experiments under way.
    fn believing(&self, input: &[f64]) -> Arc<dyn Surrogate>;

    /// `count` models, each of which knows without noise what the response at `points` is: joint draws of it (for
    /// `count` = 1 what is expected). `points` hold the input of every observation. `None` from a model that cannot.
    fn settled(&self, _points: &Rows, _count: usize, _seed: u64) -> Option<Vec<Arc<dyn Surrogate>>> {
        None
    }

    /// The same model without the observations with these numbers, what was learnt about scales kept; `None` from a
    /// model that cannot.
    fn without(&self, _left_out: &[usize]) -> Option<Arc<dyn Surrogate>> {
        None
    }

    /// [`Surrogate::slopes`] at each row of `points`; cheaper than one after the other.
    fn slopes_of(&self, points: &Rows) -> Option<Vec<Vec<Slope>>> {
        points.iter().map(|point| self.slopes(point)).collect()
    }

    /// At each row of `points` the part of the mixture that its position from 0 to 1 along the shares falls into.
    fn parts(&self, positions: &[f64], points: &Rows) -> Vec<Moments> {
        let parts = self.components(points);
        let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
        let unknown = Moments { mean: 0.0, variance: 1.0 };
        let moments = |(row, position): (usize, &f64)| {
            parts.get(at_position(&shares, *position)).map_or(unknown, |part| part.moments[row])
        };
        positions.iter().enumerate().map(moments).collect()
    }

    /// [`Surrogate::parts`] with gradients.
    fn part_slopes(&self, positions: &[f64], points: &Rows) -> Option<Vec<Slope>> {
        let each = self.slopes_of(points)?.into_iter().zip(positions);
        each.map(|(mut parts, position)| {
            let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
            (!parts.is_empty()).then(|| parts.swap_remove(at_position(&shares, *position)))
        })
        .collect()
    }

    /// What a reading at each of `places` would teach of the response at the rows of `points`, for every part of the
    /// mixture; `None` from a model that cannot say.
    fn lookahead(&self, _points: &Rows, _places: &Rows) -> Option<Vec<Lookahead>> {
        None
    }

    /// Mean of the mixture at each row of `points`; cheaper than with the variance.
    fn means(&self, points: &Rows) -> Vec<f64> {
        self.predict(points).iter().map(|moments| moments.mean).collect()
    }

    /// Lengthscale of each group of columns, in ranges; `None` from a model that has none.
    fn lengthscales(&self) -> Option<Vec<f64>> {
        None
    }

    /// Number of observations it is computed from, when there are too many for all of them.
    fn kept(&self) -> Option<usize> {
        None
    }

    /// How the search for its hyperparameters ended, of several parts the worst; `None` from a model without such a search.
    fn status(&self) -> Option<Status> {
        None
    }

    /// Mean and variance of the mixture at each row of `points`.
    fn predict(&self, points: &Rows) -> Vec<Moments> {
        let components = self.components(points);
        (0..points.len()).map(|index| mixed(components.iter().map(|c| (c.share, c.moments[index])))).collect()
    }
}

/// Which of the `shares` a position from 0 to 1 along them falls into.
pub(crate) fn at_position(shares: &[f64], position: f64) -> usize {
    let mut reached = 0.0;
    let place = shares.iter().position(|share| {
        reached += share;
        position < reached
    });
    place.unwrap_or(shares.len().saturating_sub(1))
}

/// Moments of a mixture of normals.
pub fn mixed(parts: impl Iterator<Item = (f64, Moments)> + Clone) -> Moments {
    let mean: f64 = parts.clone().map(|(share, m)| share * m.mean).sum();
    let variance = parts.map(|(share, m)| share * (m.variance + (m.mean - mean).powi(2))).sum();
    Moments { mean, variance }
}
