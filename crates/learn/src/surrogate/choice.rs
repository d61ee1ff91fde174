//! Which kind of model an outcome gets.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::{GpAverage, Member, Options, Surrogate};
use crate::{
    forest::Forest,
    gp::{Data, FitError, SparseFit, Structure},
    kernel::Kernel,
};

/// Kinds of model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Gaussian processes, averaged: for smooth responses.
    GaussianProcess,
    /// The same with processes that expect a rougher response with less noise.
    RoughGaussianProcess,
    /// The same with inputs bent one by one: for responses that change faster at one end of a range.
    WarpedGaussianProcess,
    /// Gaussian processes sampled under a prior that lets few columns matter: for many columns and few experiments.
    Saas,
    /// A forest of randomised trees: for responses that jump.
    Forest,
}

/// Which kind is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// Gaussian processes, unless another kind predicts readings left out clearly better.
    Auto,
    /// Gaussian processes.
    #[default]
    GaussianProcess,
    /// Gaussian processes, with inputs bent where the data are clearly more probable then.
    WarpedGaussianProcess,
    /// Gaussian processes sampled under a prior that lets few columns matter.
    Saas,
    /// A forest of randomised trees.
    Forest,
}

/// One kind that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate {
    /// Its kind.
    pub family: Family,
    /// Mean log probability density of readings, each predicted from all others, on the scale where readings have
    /// mean 0 and variance 1. The higher the better; 1.42 below zero is what a guess without any model gets.
    pub score: f64,
}

/// What was tried and what was chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Every kind tried, the default first.
    pub candidates: Vec<Candidate>,
    /// The kind chosen.
    pub chosen: Family,
}

/// What was tried. Where that is the default kind alone, how well it predicts is found out when somebody asks.
#[derive(Debug)]
pub(super) struct Tried {
    choice: OnceLock<Choice>,
    default: Arc<dyn Surrogate>,
    outputs: Vec<f64>,
    exact: Vec<bool>,
}

impl Tried {
    pub(super) fn choice(&self) -> &Choice {
        self.choice.get_or_init(|| {
            let each = log_densities(self.default.as_ref(), &self.outputs, &self.exact);
            Choice { candidates: vec![Candidate::of(Family::GaussianProcess, &each)], chosen: Family::GaussianProcess }
        })
    }
}

impl Candidate {
    fn of(family: Family, log_densities: &[f64]) -> Self {
        Self { family, score: log_densities.iter().sum::<f64>() / log_densities.len().max(1) as f64 }
    }
}

/// What a model is learnt from.
pub(super) struct Lesson<'a> {
    /// Bent and standardised.
    pub(super) data: Data<'a>,
    pub(super) groups: &'a [usize],
    /// Whether a reading is a number and no limit: the others do not count when kinds are compared.
    pub(super) exact: &'a [bool],
}

/// Readings below which kinds cannot be told apart.
const FEWEST: usize = 12;
/// Another kind is chosen when its readings left out are more probable by this factor (logarithm) in all, and by this
/// many standard errors of the mean.
const MARGIN: f64 = 3.0;
const ERRORS: f64 = 2.0;
/// Columns from which the sparse prior is tried, and most readings for which it is affordable.
const MANY_COLUMNS: usize = 10;
const MOST_SAMPLED: usize = 300;
/// The same data give the same model.
const SEED: u64 = 0x006c_6561_726e;

/// The model wanted by `options`; `average` is the default kind, already fitted. A kind that cannot be fitted is left
/// out, so that the default remains.
pub(super) fn choose(average: GpAverage, lesson: &Lesson<'_>, options: &Options) -> (Arc<dyn Surrogate>, Tried) {
    let default: Arc<dyn Surrogate> = Arc::new(average.clone());
    let tried = |choice| Tried {
        choice,
        default: Arc::clone(&default),
        outputs: lesson.data.outputs.to_vec(),
        exact: lesson.exact.to_vec(),
    };
    let others = others(lesson, options);
    if others.is_empty() {
        return (Arc::clone(&default), tried(OnceLock::new()));
    }
    let of = |surrogate: &dyn Surrogate| log_densities(surrogate, lesson.data.outputs, lesson.exact);
    let mut densities = vec![(Family::GaussianProcess, of(default.as_ref()))];
    let mut chosen = (Family::GaussianProcess, Arc::clone(&default));
    for family in others {
        let Ok(surrogate) = fit(family, &average, lesson, options) else { continue };
        let own = of(surrogate.as_ref());
        let current = densities.iter().find(|(family, _)| *family == chosen.0);
        if options.wanted != Wanted::Auto || current.is_some_and(|(_, current)| is_better(&own, current)) {
            chosen = (family, surrogate);
        }
        densities.push((family, own));
    }
    let candidates = densities.iter().map(|(family, each)| Candidate::of(*family, each)).collect();
    (chosen.1, tried(OnceLock::from(Choice { candidates, chosen: chosen.0 })))
}

/// The kinds to try beside the default.
fn others(lesson: &Lesson<'_>, options: &Options) -> Vec<Family> {
    let size = lesson.data.len();
    match options.wanted {
        Wanted::GaussianProcess => Vec::new(),
        Wanted::WarpedGaussianProcess => vec![Family::WarpedGaussianProcess],
        Wanted::Saas => vec![Family::Saas],
        Wanted::Forest => vec![Family::Forest],
        Wanted::Auto if size < FEWEST => Vec::new(),
        Wanted::Auto => {
            let columns = lesson.groups.iter().max().map_or(0, |most| most + 1);
            let mut families = vec![Family::Forest, Family::WarpedGaussianProcess];
            if !options.rough {
                families.push(Family::RoughGaussianProcess);
            }
            if columns >= MANY_COLUMNS && size <= MOST_SAMPLED {
                families.push(Family::Saas);
            }
            families
        }
    }
}

fn fit(
    family: Family,
    average: &GpAverage,
    lesson: &Lesson<'_>,
    options: &Options,
) -> Result<Arc<dyn Surrogate>, FitError> {
    let Lesson { data, groups, .. } = lesson;
    Ok(match family {
        Family::GaussianProcess => Arc::new(GpAverage::fit(data, groups, options)?),
        Family::RoughGaussianProcess => {
            Arc::new(GpAverage::fit(data, groups, &Options { rough: true, ..options.clone() })?)
        }
        Family::WarpedGaussianProcess => Arc::new(average.bent(data, groups).ok_or(FitError::Empty)?),
        Family::Saas => {
            let kernel = options.kernels.first().copied().unwrap_or(Kernel::Matern52);
            let fit = SparseFit::new(&Structure::new(kernel, groups), data, SEED)?;
            let (share, status) = (1.0 / fit.gps.len() as f64, fit.status());
            Arc::new(GpAverage::of(fit.gps.into_iter().map(|gp| Member::new(share, gp, status)).collect()))
        }
        Family::Forest => {
            let noise = average.noise().max(1e-6);
            let extra = (0..data.len()).map(|index| data.extra_noise.get(index).copied().unwrap_or(0.0));
            let weights: Vec<f64> = extra.map(|extra| noise / (noise + extra)).collect();
            Arc::new(Forest::fit(data.inputs, groups, data.outputs, &weights, SEED)?)
        }
    })
}

/// Log density of every exact reading, predicted from all others.
fn log_densities(surrogate: &dyn Surrogate, outputs: &[f64], exact: &[bool]) -> Vec<f64> {
    let each = surrogate.leave_one_out().into_iter().zip(outputs).zip(exact);
    let density = |m: crate::gp::Moments, y: f64| {
        let variance = m.variance.max(f64::MIN_POSITIVE);
        -0.5 * ((y - m.mean).powi(2) / variance + (2.0 * std::f64::consts::PI * variance).ln())
    };
    each.filter(|(_, exact)| **exact).map(|((m, y), _)| density(m, *y)).collect()
}

fn is_better(own: &[f64], other: &[f64]) -> bool {
    let count = own.len() as f64;
    let gains: Vec<f64> = own.iter().zip(other).map(|(a, b)| a - b).collect();
    let total: f64 = gains.iter().sum();
    let mean = total / count;
    let variance = gains.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    total > MARGIN && mean > ERRORS * (variance / count).sqrt()
}
