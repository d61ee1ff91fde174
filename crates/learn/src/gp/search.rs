//! Where the posterior of the hyperparameters is highest: several starts, on few observations first.

use super::{
    Prior, Structure,
    fit::{Posterior, group_count, scale_count},
};
use crate::optimise::{Limits, Memory, Minimum, Status, minimise_sparing};

const LENGTHSCALE_RANGE: (f64, f64) = (1e-2, 1e4);
const NOISE_HIGHEST: f64 = 4.0;
const SIGNAL_RANGE: (f64, f64) = (1e-2, 1e4);
/// Greatest logarithm of the shape of a bend either way.
const SHAPE_RANGE: f64 = 2.5;
/// Sizes of thinned sets on which hyperparameters are searched first: the starts are compared on the smallest, and
/// with more rows than the largest nothing changes any more that matters.
const THINNED: [usize; 3] = [80, 180, 400];
/// Observations from which the smallest thinned set is used.
pub(crate) const MANY: usize = THINNED[0] * 3 / 2;
/// Evaluations from a start at a time, how many times they may be continued, and evaluations on every larger set.
const FIRST: usize = 14;
const FURTHER: usize = 5;
const REFINED: usize = 30;
/// Evaluations after which, and after as many more, it is asked whether a search is hopeless: how many times the last
/// gain may still come; and before the first step, how many times what it is expected to gain.
const GLANCE: usize = 2;
const STILL: f64 = 4.0;
const AT_MOST: f64 = 10.0;
/// A start is given up when it is this much behind the best (in log posterior), and when it is as close as this to it:
/// then it is on the way to the same place.
const PROMISING: f64 = 15.0;
const SAME: f64 = 0.02;
/// When a search ends, with few observations and with many: the slope by a logarithm and the decrease that count as none,
/// and what is left to gain. That is far below what the data can tell: a factor of e is a gain of 1.
const FINE: Limits = Limits { evaluations: FIRST, gradient: 1e-2, decrease: 1e-5, gain: 0.0 };
const ROUGH: Limits = Limits { evaluations: FIRST, gradient: 0.3, decrease: 1e-3, gain: 0.03 };

/// Where a search ended: a search of a like posterior begins there.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    /// Logarithms, as in [`super::fit::unpack`].
    pub(super) point: Vec<f64>,
    memory: Memory,
    /// Number of observations searched on.
    pub(crate) rows: usize,
    /// Minus the log posterior there.
    pub(crate) value: f64,
}

impl Ended {
    /// Number of hyperparameters.
    pub(crate) fn shape(&self) -> usize {
        self.point.len()
    }
}

fn starts(structure: &Structure, prior: &Prior) -> Vec<Vec<f64>> {
    let noise = prior.noise_location;
    let start = |shorter: f64, noise: f64| {
        let mut theta: Vec<f64> = structure.locations(prior).into_iter().map(|at| at - shorter).collect();
        theta.push(noise);
        if prior.signal_scale > 0.0 {
            theta.push(0.0);
        }
        theta.resize(theta.len() + 2 * structure.warped.len(), 0.0);
        theta
    };
    vec![start(1.5, noise - 1.0), start(0.0, noise + 1.5)]
}

fn bounds(structure: &Structure, prior: &Prior) -> (Vec<f64>, Vec<f64>) {
    let groups = group_count(structure);
    let mut low = vec![LENGTHSCALE_RANGE.0.ln(); groups];
    let mut high = vec![LENGTHSCALE_RANGE.1.ln(); groups];
    low.push(prior.noise_floor.clamp(1e-13, NOISE_HIGHEST).ln());
    high.push(NOISE_HIGHEST.ln());
    if prior.signal_scale > 0.0 {
        low.push(SIGNAL_RANGE.0.ln());
        high.push(SIGNAL_RANGE.1.ln());
    }
    low.resize(low.len() + 2 * structure.warped.len(), -SHAPE_RANGE);
    high.resize(low.len(), SHAPE_RANGE);
    (low, high)
}

impl Posterior<'_> {
    /// The most probable hyperparameters and how the search for them ended.
    ///
    /// With few observations all starts are tried, wherever `near` is. With many, the posterior of a model of the same
    /// shape is searched from `near` alone; one of another shape has a start of its own besides.
    ///
    /// A search from `near` ends early where it is sure not to come below `give_up`; `give_up` is infinite for never.
    pub(super) fn search(&self, near: Option<&Ended>, give_up: f64) -> Option<(Ended, Status)> {
        let size = self.residuals.len();
        let thinned = |count: usize| {
            let chosen: Vec<usize> = (0..count).map(|i| i * size / count).collect();
            self.thinned(&chosen)
        };
        let thinned: Vec<Posterior<'_>> =
            THINNED.into_iter().filter(|count| 3 * count <= 2 * size).map(thinned).collect();
        let whole = (2 * size < 3 * THINNED[2]).then_some(self);
        let levels: Vec<&Posterior<'_>> = thinned.iter().chain(whole).collect();
        let (last, before) = levels.split_last()?;
        let Some((first, between)) = before.split_first() else {
            let mut own = starts(self.structure, self.prior);
            if let Some(near) = near.filter(|_| !self.structure.warped.is_empty()) {
                own.insert(0, self.adapted(near).point);
            }
            let (ended, status, _) = last.best_of_starts(&own, FINE)?;
            return Some((ended, status));
        };
        let own = starts(self.structure, self.prior);
        let same_shape = |near: &&Ended| near.point.len() == own[0].len();
        if let Some(near) = near.filter(same_shape)
            && let Some(found) = last.refined(near, ROUGH, give_up)
        {
            return Some(found);
        }
        let own = if near.is_some() { &own[..1] } else { &own[..] };
        let (mut ended, _, mut value) = first.best_of_starts(own, ROUGH)?;
        for level in between {
            if let Some((finer, _)) = level.refined(&ended, ROUGH, f64::INFINITY) {
                ended = finer;
            }
        }
        if let Some(other) = near.map(|near| self.adapted(near)) {
            let mut unused = vec![0.0; ended.point.len()];
            value = last.negative_log(&ended.point, &mut unused);
            if last.negative_log_below(&other.point, value, &mut unused) < value {
                ended = other;
            }
        }
        match last.refined(&ended, ROUGH, give_up) {
            Some(found) => Some(found),
            None => value.is_finite().then_some((ended, Status::Stalled)),
        }
    }

    /// The end of a search of a posterior of another shape as a start for this one.
    pub(super) fn adapted(&self, near: &Ended) -> Ended {
        let mut point = near.point.clone();
        point.resize(scale_count(self.structure, self.prior), 0.0);
        point.resize(point.len() + 2 * self.structure.warped.len(), 0.0);
        Ended { point, memory: Memory::default(), rows: near.rows, value: f64::INFINITY }
    }

    /// On from where a search on other observations or of a like model ended; `None` when nothing is finite there.
    fn refined(&self, from: &Ended, limits: Limits, give_up: f64) -> Option<(Ended, Status)> {
        let rows = self.residuals.len();
        let mut memory = from.memory.clone().scaled(rows as f64 / from.rows as f64);
        let mut point = from.point.clone();
        if give_up.is_finite() {
            let mut gradient = vec![0.0; point.len()];
            let value = self.negative_log(&point, &mut gradient);
            let hopeless = |gain: f64| value.is_finite() && value - AT_MOST * gain > give_up;
            if memory.gain(&gradient).is_some_and(hopeless) {
                return Some((Ended { point, memory, rows, value }, Status::Exhausted));
            }
            let begun = self.search_from(&point, GLANCE, limits, &mut memory);
            let further = self.search_from(&begun.point, GLANCE, limits, &mut memory);
            if further.value - STILL * (begun.value - further.value) > give_up {
                let ended = Ended { point: further.point, memory, rows, value: further.value };
                return Some((ended, Status::Exhausted));
            }
            point = further.point;
        }
        let mut found = self.search_from(&point, REFINED, limits, &mut memory);
        if found.status == Status::Exhausted {
            // What the other search taught of the curvature may mislead.
            memory = Memory::default();
            found = self.search_from(&found.point, REFINED, limits, &mut memory);
        }
        let Minimum { point, value, status, .. } = found;
        value.is_finite().then_some((Ended { point, memory, rows, value }, status))
    }

    fn search_from(&self, start: &[f64], evaluations: usize, limits: Limits, memory: &mut Memory) -> Minimum {
        let (low, high) = bounds(self.structure, self.prior);
        let limits = Limits { evaluations, ..limits };
        let function =
            |theta: &[f64], enough: f64, gradient: &mut [f64]| self.negative_log_below(theta, enough, gradient);
        minimise_sparing(function, start, [&low, &high], limits, memory)
    }

    /// Every start for a while, then the best of them to the end, then the others as long as they may still pass it.
    fn best_of_starts(&self, starts: &[Vec<f64>], limits: Limits) -> Option<(Ended, Status, f64)> {
        let tried = starts.iter().map(|start| {
            let mut memory = Memory::default();
            let found = self.search_from(start, FIRST, limits, &mut memory);
            (memory, found)
        });
        let mut sound: Vec<(Memory, Minimum)> = tried.filter(|(_, found)| found.value.is_finite()).collect();
        sound.sort_by(|a, b| a.1.value.total_cmp(&b.1.value));
        let mut ended: Option<(Memory, Minimum)> = None;
        for (mut memory, mut found) in sound {
            let lead = ended.as_ref().map(|(_, best)| best.value);
            for _ in 0..FURTHER {
                let hopeless =
                    lead.is_some_and(|lead| (found.value - lead).abs() < SAME || found.value > lead + PROMISING);
                if found.status != Status::Exhausted || hopeless {
                    break;
                }
                let before = found.value;
                found = self.search_from(&found.point, FIRST, limits, &mut memory);
                if lead.is_some_and(|lead| before - found.value < 0.5 * (found.value - lead - SAME)) {
                    break;
                }
            }
            if lead.is_none_or(|lead| found.value < lead) {
                ended = Some((memory, found));
            }
        }
        let (memory, found) = ended?;
        let Minimum { point, value, status, .. } = found;
        Some((Ended { point, memory, rows: self.residuals.len(), value }, status, value))
    }
}
