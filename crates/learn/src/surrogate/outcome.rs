//! The model of one outcome in its own unit, and of several outcomes together.

use std::{fmt::Debug, sync::Arc};

use super::{
    Choice, Outlier, Side, Surrogate, Wanted,
    choice::{self, Lesson, Tried},
    outlier::{self, Learnt},
};
use crate::{
    gp::{Data, FitError, Trend},
    kernel::{Kernel, Rows},
    warp::Warp,
};

/// A result as an instrument gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A number.
    Value(f64),
    /// Below a detection limit.
    Below(f64),
    /// Above a detection limit.
    Above(f64),
}

impl Reading {
    /// The number or the limit.
    pub fn number(self) -> f64 {
        match self {
            Self::Value(number) | Self::Below(number) | Self::Above(number) => number,
        }
    }
}

/// How outcomes are modelled. The default is sensible.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Kernels to average over.
    pub kernels: Vec<Kernel>,
    /// Whether a model that expects a rougher response with less noise takes part.
    pub rough: bool,
    /// Whether a model that expects a very smooth response read without noise takes part.
    pub exact: bool,
    /// See [`crate::gp::Prior::names_apart`].
    pub names_apart: bool,
    /// By how much the log likelihood must rise before skewed outcomes are bent; infinite for never.
    pub bend_evidence: f64,
    /// The kind of model.
    pub wanted: Wanted,
    /// Whether readings that all others contradict count less.
    pub robust: bool,
    /// On which side a surprise may be a discovery.
    pub discoveries: Side,
    /// Explanations that may hold: for each a process with its trends takes part beside the one without any.
    pub explanations: Vec<Explanation>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kernels: vec![Kernel::Matern52],
            rough: false,
            exact: false,
            names_apart: false,
            bend_evidence: 10.0,
            wanted: Wanted::default(),
            robust: true,
            discoveries: Side::Both,
            explanations: Vec::new(),
        }
    }
}

/// The model of one outcome: what it is on a bent and standardised scale, and the way back to its unit.
#[derive(Debug, Clone)]
pub struct OutcomeModel {
    warp: Warp,
    surrogate: Arc<dyn Surrogate>,
    outputs: Vec<f64>,
    tried: Option<Arc<Tried>>,
    outliers: Vec<Outlier>,
    explained: Vec<Explained>,
    bend_is_clear: bool,
}

/// Trends that may hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The trends.
    pub trends: Vec<Trend>,
    /// How likely it is beforehand: odds against the process without trends.
    pub odds: f64,
    /// Variance of what the trends leave open, 1 for that of a process without any.
    pub signal: f64,
    /// Lengthscales that are expected, one per group of columns, from a like response; empty for none in particular.
    pub lengthscales: Vec<f64>,
}

impl Explanation {
    /// Trends that may hold together, of which nothing else is known.
    pub fn new(trends: Vec<Trend>, odds: f64) -> Self {
        Self { trends, odds, signal: 1.0, lengthscales: Vec::new() }
    }
}

/// What the data say of an explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Share of the processes with it, 0 to 1.
    pub share: f64,
    /// Expected coefficient of each of its trends, on the standardised scale; empty where no such process is left.
    pub coefficients: Vec<f64>,
}

/// Readings of one outcome and where they were taken.
#[derive(Debug, Clone, Copy)]
pub struct Readings<'a> {
    /// Where: n x d, scaled to about 0..1.
    pub inputs: &'a Rows,
    /// As in [`crate::gp::Structure::groups`].
    pub groups: &'a [usize],
    /// What was read (n).
    pub readings: &'a [Reading],
    /// Known standard uncertainty of each reading, in the unit of the outcome; 0 where it is not known, empty where
    /// none is.
    pub uncertainties: &'a [f64],
}

impl OutcomeModel {
    /// Learns from `readings` (n) at `inputs` (n x d, scaled to about 0..1); `groups` as in
    /// [`crate::gp::Structure::groups`].
    ///
    /// Errors: see [`FitError`].
    pub fn fit(inputs: &Rows, groups: &[usize], readings: &[Reading], options: &Options) -> Result<Self, FitError> {
        Self::learn(&Readings { inputs, groups, readings, uncertainties: &[] }, options)
    }

    /// Learns from readings whose uncertainty may be known.
    ///
    /// Censored readings are filled in by expectation: each is replaced by the mean of its prediction from
    /// all other readings, cut at the limit (the E step of a Tobit model), until that settles; then the
    /// hyperparameters are fitted again. Readings that all others contradict count less, see [`Outlier`].
    ///
    /// Errors: see [`FitError`].
    pub fn learn(readings: &Readings<'_>, options: &Options) -> Result<Self, FitError> {
        let (learnt, outliers) = outlier::learn(readings, options)?;
        let Learnt { warp, outputs, extra_noise, average, clear } = learnt;
        let explained: Vec<Explained> = (0..options.explanations.len()).map(|e| average.explained(e)).collect();
        let exact: Vec<bool> = (0..outputs.len())
            .map(|index| readings.is_exact(index) && outliers.iter().all(|outlier| outlier.reading != index))
            .collect();
        let data = Data { inputs: readings.inputs, outputs: &outputs, extra_noise: &extra_noise };
        let lesson = Lesson { data, groups: readings.groups, exact: &exact };
        let (surrogate, tried) = choice::choose(average, &lesson, options);
        let tried = Some(Arc::new(tried));
        Ok(Self { warp, surrogate, outputs, tried, outliers, explained, bend_is_clear: clear })
    }

    /// A model given from elsewhere, on the scale of `warp`; `outputs` are what it was learnt from, on that scale.
    pub fn new(warp: Warp, surrogate: Arc<dyn Surrogate>, outputs: Vec<f64>) -> Self {
        Self {
            warp,
            surrogate,
            outputs,
            tried: None,
            outliers: Vec::new(),
            explained: Vec::new(),
            bend_is_clear: false,
        }
    }

    /// The map between the outcome and what the surrogate sees.
    pub fn warp(&self) -> &Warp {
        &self.warp
    }

    /// Which kinds of model were tried and which one was chosen; `None` for a model given from elsewhere.
    pub fn choice(&self) -> Option<&Choice> {
        self.tried.as_ref().map(|tried| tried.choice())
    }

    /// Readings that count less because all others contradict them.
    pub fn outliers(&self) -> &[Outlier] {
        &self.outliers
    }

    /// Whether [`Options::bend_evidence`] made no difference: any value between the one given and zero gives this very
    /// model. So does any value where it is infinite, because then no bend is wanted.
    pub fn bend_is_clear(&self) -> bool {
        self.bend_is_clear
    }

    /// What the data say of each of [`Options::explanations`].
    pub fn explained(&self) -> &[Explained] {
        &self.explained
    }

    /// The model on the bent and standardised scale.
    pub fn surrogate(&self) -> &dyn Surrogate {
        self.surrogate.as_ref()
    }

    /// Bent and standardised outcomes, censored ones filled in, in the order of the readings.
    pub fn outputs(&self) -> &[f64] {
        &self.outputs
    }

    /// The model with one more experiment that gave what it expects there: for experiments under way.
    pub fn believing(&self, input: &[f64]) -> Self {
        let expected = self.surrogate.predict(&Rows::collect(input.len(), [input]));
        let mut outputs = self.outputs.clone();
        outputs.push(expected.first().map_or(0.0, |moments| moments.mean));
        Self { surrogate: self.surrogate.believing(input), outputs, ..self.clone() }
    }
}

impl OutcomeModel {
    /// The model without the readings with these numbers, what was learnt about scales kept; `None` from a kind of
    /// model that cannot.
    pub fn without(&self, left_out: &[usize]) -> Option<Self> {
        let surrogate = self.surrogate.without(left_out)?;
        let kept = self.outputs.iter().enumerate().filter(|(number, _)| !left_out.contains(number));
        Some(Self { surrogate, outputs: kept.map(|(_, output)| *output).collect(), ..self.clone() })
    }
}

/// Models of several outcomes at once. Outcomes learnt apart are [`Separate`]; a process chain puts a graph of
/// models behind this.
pub trait Outcomes: Debug + Send + Sync {
    /// The model of outcome number `outcome`; `None` where nothing was measured.
    fn outcome(&self, outcome: usize) -> Option<&OutcomeModel>;

    /// Joint draws at the m rows of `points`, on each outcome's bent and standardised scale: for each of `count`
    /// draws, for each outcome, m values (none where there is no model).
    fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<Vec<f64>>>;

    /// The models with one more experiment that gave what is expected there.
    fn believing(&self, input: &[f64]) -> Arc<dyn Outcomes>;

    /// Models that say much the same in less time, for sifting many points; `None` where these are quick.
    fn roughly(&self) -> Option<Arc<dyn Outcomes>> {
        None
    }

    /// The model of an outcome in an experiment of which others were `read` already, one value per outcome in its unit;
    /// `None` where these do not tell anything of it.
    fn given(&self, _outcome: usize, _read: &[Option<f64>]) -> Option<OutcomeModel> {
        None
    }
}

/// Outcomes that are independent given the settings.
#[derive(Debug, Clone)]
pub struct Separate(pub Vec<Option<OutcomeModel>>);

impl Outcomes for Separate {
    fn outcome(&self, outcome: usize) -> Option<&OutcomeModel> {
        self.0.get(outcome).and_then(Option::as_ref)
    }

    fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<Vec<f64>>> {
        let mut draws = vec![Vec::with_capacity(self.0.len()); count];
        for (number, model) in self.0.iter().enumerate() {
            let own = seed.wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(number as u64 + 1));
            let each = model.as_ref().map_or(Vec::new(), |model| model.surrogate().sample(points, count, own));
            let mut each = each.into_iter();
            draws.iter_mut().for_each(|draw| draw.push(each.next().unwrap_or_default()));
        }
        draws
    }

    fn believing(&self, input: &[f64]) -> Arc<dyn Outcomes> {
        let models = self.0.iter().map(|model| model.as_ref().map(|model| model.believing(input)));
        Arc::new(Self(models.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_below_the_limit_is_not_taken_for_the_limit() {
        // y = x, but everything below 0.5 reads "< 0.5".
        let mut inputs = Rows::new(1);
        let mut readings = Vec::new();
        for i in 0..15 {
            let x = f64::from(i) / 14.0;
            inputs.push(&[x]);
            readings.push(if x < 0.5 { Reading::Below(0.5) } else { Reading::Value(x) });
        }
        let learnt = OutcomeModel::fit(&inputs, &[0], &readings, &Options::default()).unwrap();
        let at =
            |x: f64| learnt.warp().backward(learnt.surrogate().predict(&Rows::collect(1, [[x].as_slice()]))[0].mean);
        assert!(at(0.1) < 0.49, "{}", at(0.1));
        assert!((at(0.8) - 0.8).abs() < 0.05, "{}", at(0.8));
    }

    #[test]
    fn shares_add_up_and_outcomes_of_any_scale_are_learnt() {
        for scale in [1e-12, 1.0, 1e12] {
            let mut inputs = Rows::new(1);
            let mut readings = Vec::new();
            for i in 0..10 {
                let x = f64::from(i) / 9.0;
                inputs.push(&[x]);
                readings.push(Reading::Value(scale * (3.0 + (5.0 * x).sin())));
            }
            let learnt = OutcomeModel::fit(&inputs, &[0], &readings, &Options::default()).unwrap();
            let components = learnt.surrogate().components(&inputs);
            assert!((components.iter().map(|c| c.share).sum::<f64>() - 1.0).abs() < 1e-12);
            let z = learnt.surrogate().predict(&Rows::collect(1, [[0.5].as_slice()]))[0].mean;
            assert!((learnt.warp().backward(z) / scale - 3.598).abs() < 0.1);
        }
    }

    #[test]
    fn believing_a_result_lowers_the_uncertainty_there() {
        let mut inputs = Rows::new(1);
        [0.0, 0.5, 1.0].iter().for_each(|x| inputs.push(&[*x]));
        let readings = [1.0, 3.0, 2.0].map(Reading::Value);
        let learnt = OutcomeModel::fit(&inputs, &[0], &readings, &Options::default()).unwrap();
        let point = Rows::collect(1, [[0.25].as_slice()]);
        let (before, after) =
            (learnt.surrogate().predict(&point)[0], learnt.believing(&[0.25]).surrogate().predict(&point)[0]);
        assert!(after.variance < before.variance);
    }
}
