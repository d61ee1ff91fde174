//! Does the way through the intermediates predict better? Both ways learnt anew without the experiments to be predicted.

use matdock_learn::{OutcomeModel, chain::log_density};
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Serialize;

/// Experiments that are predicted from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Numbers of the experiments known.
    pub known: Vec<usize>,
    /// Numbers of the experiments predicted.
    pub left_out: Vec<usize>,
}

/// `size` experiments in `count` folds at random, each predicted from all others.
pub fn folds_at_random(size: usize, count: usize, seed: u64) -> Vec<Fold> {
    let each: Vec<usize> = (0..size).collect();
    folds_by_group(&each, count, seed)
}

/// Experiments in `count` folds of whole groups, each predicted from all others: what is known of one member of a group
/// does not help with another. `groups` names the group of each experiment.
pub fn folds_by_group(groups: &[usize], count: usize, seed: u64) -> Vec<Fold> {
    let mut names: Vec<usize> = groups.to_vec();
    names.sort_unstable();
    names.dedup();
    names.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let members = |name: usize| (0..groups.len()).filter(move |&row| groups[row] == name);
    // The largest first, each to the fold with the fewest experiments so far.
    names.sort_by_key(|&name| std::cmp::Reverse(members(name).count()));
    let mut left_out: Vec<Vec<usize>> = vec![Vec::new(); count.clamp(1, names.len().max(1))];
    for name in names {
        if let Some(fold) = left_out.iter_mut().min_by_key(|fold| fold.len()) {
            fold.extend(members(name));
        }
    }
    let fold = |mut left_out: Vec<usize>| {
        left_out.sort_unstable();
        Fold { known: (0..groups.len()).filter(|row| !left_out.contains(row)).collect(), left_out }
    };
    left_out.into_iter().filter(|rows| !rows.is_empty()).map(fold).collect()
}

/// Experiments in `count` + 1 stretches of time, each but the first predicted from all before it. `times` is when each was
/// made; those made at the same time stay together.
pub fn folds_by_time(times: &[f64], count: usize) -> Vec<Fold> {
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
    let stretches = count.saturating_add(1);
    let begin = |stretch: usize| {
        let place = stretch * order.len() / stretches;
        order.get(place).map_or(order.len(), |&first| order.partition_point(|&row| times[row] < times[first]))
    };
    let fold = |stretch: usize| {
        let (from, to) = (begin(stretch), if stretch + 1 == stretches { order.len() } else { begin(stretch + 1) });
        Fold { known: order[..from].to_vec(), left_out: order[from..to].to_vec() }
    };
    (1..stretches).map(fold).filter(|fold| !fold.known.is_empty() && !fold.left_out.is_empty()).collect()
}

/// A way to predict a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// From the settings, as if there were no intermediates.
    Direct,
    /// From the settings, through the chain.
    Chain,
    /// The one of the two that the known experiments speak for: what the planner does.
    Chosen,
    /// From the settings and the intermediates as they were read: late in the process.
    Read,
}

impl Way {
    /// All ways, in the order of [`Compared::scores`].
    pub const ALL: [Self; 4] = [Self::Direct, Self::Chain, Self::Chosen, Self::Read];
}

/// How well readings that were left out are predicted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// Share of the variance of the readings that is explained; below 0 worse than their mean.
    pub explained: f64,
    /// Its standard error.
    pub explained_error: f64,
    /// Root mean square error (unit of the quantity).
    pub error: f64,
    /// Its standard error.
    pub error_error: f64,
    /// Mean log probability density of a reading (1 / unit of the quantity).
    pub log_density: f64,
    /// Its standard error.
    pub log_density_error: f64,
}

/// By how much one way predicts better than another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gain {
    /// Difference of the mean log probability densities; above 0 better.
    pub log_density: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Standard errors beyond which a difference counts.
const BEYOND_CHANCE: f64 = 2.0;

impl Gain {
    /// 1 better, -1 worse, 0 not to be told from chance.
    pub fn verdict(&self) -> i8 {
        let beyond = self.log_density.abs() > BEYOND_CHANCE * self.standard_error;
        if !beyond {
            0
        } else if self.log_density > 0.0 {
            1
        } else {
            -1
        }
    }
}

/// The ways to predict one quantity, compared on experiments left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// Name of the quantity.
    pub outcome: String,
    /// Whether it is sensed on the way rather than wanted or bounded.
    pub intermediate: bool,
    /// Readings predicted.
    pub readings: usize,
    /// Parts they were left out in.
    pub folds: usize,
    /// Parts in which the known experiments spoke for the chain.
    pub chain_chosen: usize,
    /// Every way and how well it predicts.
    pub scores: Vec<(Way, Score)>,
    /// The chain against the direct way.
    pub chain_gain: Gain,
    /// What is chosen against the direct way.
    pub chosen_gain: Gain,
    /// With the intermediates read against the direct way.
    pub read_gain: Gain,
}

/// A reading that was left out: by every way what was expected, and its log probability density.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Predicted {
    reading: f64,
    expected: [f64; Way::ALL.len()],
    log_density: [f64; Way::ALL.len()],
}

impl Predicted {
    /// Of a reading at one point, by the models of all ways, in order.
    pub(crate) fn new(
        reading: f64,
        point: &matdock_learn::Rows,
        ways: [&OutcomeModel; Way::ALL.len()],
    ) -> Option<Self> {
        let mut own = Self { reading, expected: [0.0; 4], log_density: [0.0; 4] };
        for (place, model) in ways.into_iter().enumerate() {
            let response = *model.surrogate().predict(point).first()?;
            let noise = model.surrogate().noise();
            own.expected[place] = model.warp().expected(response.mean, response.variance.sqrt());
            let of_reading = matdock_learn::Moments { variance: response.variance + noise, ..response };
            own.log_density[place] = log_density(reading, model.warp(), of_reading);
        }
        let finite = own.expected.iter().chain(&own.log_density).all(|value| value.is_finite());
        finite.then_some(own)
    }
}

/// What was found of one quantity, fold by fold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) folds: Vec<Vec<Predicted>>,
    pub(crate) chain_chosen: usize,
}

impl Tally {
    /// The comparison; `None` where fewer than two folds have readings.
    pub(crate) fn compared(&self, outcome: &str, intermediate: bool) -> Option<Compared> {
        let folds: Vec<&[Predicted]> = self.folds.iter().map(Vec::as_slice).filter(|fold| !fold.is_empty()).collect();
        if folds.len() < 2 {
            return None;
        }
        let estimate = |of: &dyn Fn(&[Predicted]) -> f64| jackknife(&folds, of);
        let score = |place: usize| {
            let (explained, explained_error) = estimate(&|all| 1.0 - squares(all, place) / spread(all));
            let (error, error_error) = estimate(&|all| (squares(all, place) / all.len() as f64).sqrt());
            let (log_density, log_density_error) = estimate(&|all| mean(all, |one| one.log_density[place]));
            Score { explained, explained_error, error, error_error, log_density, log_density_error }
        };
        let gain = |place: usize| {
            let (log_density, standard_error) =
                estimate(&|all| mean(all, |one| one.log_density[place] - one.log_density[0]));
            Gain { log_density, standard_error }
        };
        Some(Compared {
            outcome: outcome.to_owned(),
            intermediate,
            readings: folds.iter().map(|fold| fold.len()).sum(),
            folds: folds.len(),
            chain_chosen: self.chain_chosen,
            scores: Way::ALL.into_iter().enumerate().map(|(place, way)| (way, score(place))).collect(),
            chain_gain: gain(1),
            chosen_gain: gain(2),
            read_gain: gain(3),
        })
    }
}

fn mean(all: &[Predicted], of: impl Fn(&Predicted) -> f64) -> f64 {
    all.iter().map(of).sum::<f64>() / all.len().max(1) as f64
}

fn squares(all: &[Predicted], way: usize) -> f64 {
    all.iter().map(|one| (one.reading - one.expected[way]).powi(2)).sum()
}

fn spread(all: &[Predicted]) -> f64 {
    let middle = mean(all, |one| one.reading);
    all.iter().map(|one| (one.reading - middle).powi(2)).sum::<f64>().max(f64::MIN_POSITIVE)
}

/// A figure of all readings and its standard error, from the figures without one fold each.
///
/// Source: Efron & Stein, Ann. Statist. 9, 586 (1981), the jackknife, with folds for single readings because those of one
/// fold are predicted by the same models.
fn jackknife(folds: &[&[Predicted]], of: &dyn Fn(&[Predicted]) -> f64) -> (f64, f64) {
    let all = |skipped: Option<usize>| {
        let kept = folds.iter().enumerate().filter(|(number, _)| Some(*number) != skipped);
        of(&kept.flat_map(|(_, fold)| fold.iter().copied()).collect::<Vec<_>>())
    };
    let without: Vec<f64> = (0..folds.len()).map(|skipped| all(Some(skipped))).collect();
    let count = without.len() as f64;
    let middle = without.iter().sum::<f64>() / count;
    let variance = without.iter().map(|value| (value - middle).powi(2)).sum::<f64>() * (count - 1.0) / count;
    (all(None), variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_random_every_experiment_is_left_out_once_and_never_known_then() {
        let folds = folds_at_random(23, 5, 7);
        let mut all: Vec<usize> = folds.iter().flat_map(|fold| fold.left_out.clone()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..23).collect::<Vec<_>>());
        assert!(folds.iter().all(|fold| fold.left_out.len() >= 4 && fold.known.len() + fold.left_out.len() == 23));
        assert!(folds.iter().all(|fold| fold.known.iter().all(|row| !fold.left_out.contains(row))));
        assert_eq!(folds, folds_at_random(23, 5, 7));
    }

    #[test]
    fn a_group_is_left_out_as_a_whole() {
        let groups = [0, 0, 1, 1, 1, 2, 3, 3, 3, 3];
        for fold in folds_by_group(&groups, 3, 1) {
            assert!(fold.known.iter().all(|&row| fold.left_out.iter().all(|&other| groups[row] != groups[other])));
        }
    }

    #[test]
    fn in_time_only_what_was_before_is_known() {
        let times = [5.0, 1.0, 1.0, 3.0, 4.0, 2.0, 6.0, 6.0];
        let folds = folds_by_time(&times, 3);
        assert_eq!(folds.len(), 3);
        for fold in &folds {
            assert!(fold.known.iter().all(|&row| fold.left_out.iter().all(|&later| times[row] < times[later])));
        }
        let left_out: usize = folds.iter().map(|fold| fold.left_out.len()).sum();
        assert_eq!(left_out, 6, "all but the first stretch: {folds:?}");
    }

    #[test]
    fn a_gain_within_two_standard_errors_is_none() {
        let verdict = |log_density: f64| Gain { log_density, standard_error: 0.1 }.verdict();
        assert_eq!([verdict(0.3), verdict(0.1), verdict(-0.3)], [1, 0, -1]);
    }
}
