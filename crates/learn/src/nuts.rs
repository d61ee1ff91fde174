//! Draws from a smooth probability density: the no-U-turn sampler.
//!
//! Source: Hoffman & Gelman, J. Mach. Learn. Res. 15, 1593 (2014), step size by dual averaging (algorithm 5), with
//! multinomial choice within a trajectory and the generalised turning criterion of Betancourt, A conceptual
//! introduction to Hamiltonian Monte Carlo, arXiv:1701.02434 (2017).

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// How long to sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Steps that only find the step size and the scales.
    pub warmup: usize,
    /// Draws to keep.
    pub draws: usize,
    /// One of this many steps is kept.
    pub thinning: usize,
    /// Trajectories have at most two to this power steps.
    pub depth: usize,
}

/// What was drawn and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The draws kept.
    pub draws: Vec<Vec<f64>>,
    /// Mean probability of acceptance after the warmup; near 0.8 when all is well.
    pub acceptance: f64,
    /// Trajectories after the warmup that left the region where the density can be followed.
    pub divergences: usize,
    /// Evaluations of the density.
    pub evaluations: usize,
}

/// Wanted probability of acceptance.
const TARGET: f64 = 0.8;
/// An error of the energy above which a trajectory counts as lost.
const LOST: f64 = 1000.0;

/// Draws from the density whose logarithm `function` returns (up to a constant) after writing its gradient into the
/// second argument. The same seed gives the same draws. `None` when the density is not finite at `start`.
///
/// Shape: `start`, the gradient and every draw have one length.
pub fn sample(
    function: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: &[f64],
    settings: Settings,
    seed: u64,
) -> Option<Chain> {
    let random = ChaCha8Rng::seed_from_u64(seed);
    let mut sampler = Sampler { function, random, scales: vec![1.0; start.len()], step: 0.1, evaluations: 0 };
    let mut state = sampler.state(start.to_vec());
    if !state.is_sound() {
        return None;
    }
    sampler.step = sampler.reasonable_step(&state);
    let mut stepping = Stepping::new(sampler.step);
    let mut seen: Vec<Vec<f64>> = Vec::new();
    // The scales are learnt from the second quarter and used in the second half of the warmup.
    let half = settings.warmup / 2;
    for number in 0..settings.warmup {
        let moved = sampler.advance(&mut state, settings.depth);
        sampler.step = stepping.learn(moved.acceptance());
        if (half / 2..half).contains(&number) {
            seen.push(state.position.clone());
        }
        if number + 1 == half && seen.len() >= 8 {
            sampler.scales = deviations(&seen);
            sampler.step = sampler.reasonable_step(&state);
            stepping = Stepping::new(sampler.step);
        }
    }
    if settings.warmup > 0 {
        sampler.step = stepping.settled();
    }
    let mut chain =
        Chain { draws: Vec::with_capacity(settings.draws), acceptance: 0.0, divergences: 0, evaluations: 0 };
    let steps = settings.draws * settings.thinning.max(1);
    for number in 0..steps {
        let moved = sampler.advance(&mut state, settings.depth);
        chain.acceptance += moved.acceptance() / steps as f64;
        chain.divergences += usize::from(moved.lost);
        if (number + 1) % settings.thinning.max(1) == 0 {
            chain.draws.push(state.position.clone());
        }
    }
    chain.evaluations = sampler.evaluations;
    Some(chain)
}

/// A place, how fast it is left, and the density there.
#[derive(Debug, Clone)]
struct State {
    position: Vec<f64>,
    momentum: Vec<f64>,
    gradient: Vec<f64>,
    log_density: f64,
}

impl State {
    fn is_sound(&self) -> bool {
        self.log_density.is_finite() && self.gradient.iter().all(|g| g.is_finite())
    }
}

/// A stretch of a trajectory.
struct Stretch {
    first: State,
    last: State,
    chosen: State,
    /// Log of the sum of the weights of its states.
    log_weight: f64,
    /// Sum of the momenta.
    sum: Vec<f64>,
    /// Whether it turned back or was lost: it must not be continued.
    ended: bool,
    lost: bool,
    accepted: f64,
    steps: usize,
}

/// How a step of the chain went.
struct Move {
    accepted: f64,
    steps: usize,
    lost: bool,
}

impl Move {
    fn acceptance(&self) -> f64 {
        self.accepted / self.steps.max(1) as f64
    }
}

struct Sampler<F> {
    function: F,
    random: ChaCha8Rng,
    /// Expected standard deviation of each coordinate.
    scales: Vec<f64>,
    step: f64,
    evaluations: usize,
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Sampler<F> {
    fn state(&mut self, position: Vec<f64>) -> State {
        let mut gradient = vec![0.0; position.len()];
        let log_density = (self.function)(&position, &mut gradient);
        self.evaluations += 1;
        State { momentum: vec![0.0; position.len()], position, gradient, log_density }
    }

    /// Minus the energy: log density of position and momentum.
    fn joint(&self, state: &State) -> f64 {
        let kinetic: f64 = state.momentum.iter().zip(&self.scales).map(|(p, s)| (p * s).powi(2)).sum();
        state.log_density - 0.5 * kinetic
    }

    fn kick(&mut self, state: &mut State) {
        for (p, scale) in state.momentum.iter_mut().zip(&self.scales) {
            let z: f64 = StandardNormal.sample(&mut self.random);
            *p = z / scale;
        }
    }

    /// One leapfrog step forward (1) or backward (-1).
    fn leap(&mut self, from: &State, direction: f64) -> State {
        let step = direction * self.step;
        let mut momentum: Vec<f64> =
            from.momentum.iter().zip(&from.gradient).map(|(p, g)| p + 0.5 * step * g).collect();
        let places = from.position.iter().zip(momentum.iter().zip(&self.scales));
        let position = places.map(|(q, (p, s))| q + step * p * s * s).collect();
        let mut next = self.state(position);
        momentum.iter_mut().zip(&next.gradient).for_each(|(p, g)| *p += 0.5 * step * g);
        next.momentum = momentum;
        next
    }

    /// A step size at which a single step is accepted about half of the time.
    fn reasonable_step(&mut self, state: &State) -> f64 {
        let mut from = state.clone();
        self.kick(&mut from);
        let before = self.joint(&from);
        self.step = 0.5;
        let mut growing = None;
        for _ in 0..30 {
            let next = self.leap(&from, 1.0);
            let change = self.joint(&next) - before;
            let grow = next.is_sound() && change > -std::f64::consts::LN_2;
            if *growing.get_or_insert(grow) != grow {
                break;
            }
            self.step *= if grow { 2.0 } else { 0.5 };
        }
        self.step.clamp(1e-6, 4.0)
    }

    /// One step of the chain.
    fn advance(&mut self, state: &mut State, depth: usize) -> Move {
        self.kick(state);
        let start = self.joint(state);
        let mut whole = Stretch {
            first: state.clone(),
            last: state.clone(),
            chosen: state.clone(),
            log_weight: 0.0,
            sum: state.momentum.clone(),
            ended: false,
            lost: false,
            accepted: 0.0,
            steps: 0,
        };
        for level in 0..depth {
            let forward: bool = self.random.random();
            let edge = if forward { whole.last.clone() } else { whole.first.clone() };
            let part = self.stretch(&edge, if forward { 1.0 } else { -1.0 }, level, start);
            whole.accepted += part.accepted;
            whole.steps += part.steps;
            whole.lost |= part.lost;
            if part.ended {
                break;
            }
            // The new half is preferred, which moves further.
            if self.random.random::<f64>().ln() < part.log_weight - whole.log_weight {
                whole.chosen = part.chosen.clone();
            }
            self.join(&mut whole, part, forward);
            if whole.ended {
                break;
            }
        }
        *state = whole.chosen;
        Move { accepted: whole.accepted, steps: whole.steps, lost: whole.lost }
    }

    /// Two to the power `level` steps from `edge`.
    fn stretch(&mut self, edge: &State, direction: f64, level: usize, start: f64) -> Stretch {
        if level == 0 {
            let next = self.leap(edge, direction);
            let change = self.joint(&next) - start;
            let lost = !next.is_sound() || change.is_nan() || change < -LOST;
            return Stretch {
                first: next.clone(),
                last: next.clone(),
                sum: next.momentum.clone(),
                chosen: next,
                log_weight: if lost { f64::NEG_INFINITY } else { change },
                ended: lost,
                lost,
                accepted: if lost { 0.0 } else { change.min(0.0).exp() },
                steps: 1,
            };
        }
        let mut near = self.stretch(edge, direction, level - 1, start);
        if near.ended {
            return near;
        }
        let edge = if direction > 0.0 { near.last.clone() } else { near.first.clone() };
        let far = self.stretch(&edge, direction, level - 1, start);
        near.accepted += far.accepted;
        near.steps += far.steps;
        near.lost |= far.lost;
        if far.ended {
            near.ended = true;
            return near;
        }
        let total = log_add(near.log_weight, far.log_weight);
        if self.random.random::<f64>().ln() < far.log_weight - total {
            near.chosen = far.chosen.clone();
        }
        self.join(&mut near, far, direction > 0.0);
        near
    }

    /// Adds `part` at the end (or the beginning) of `whole` and sees whether it turns.
    fn join(&self, whole: &mut Stretch, part: Stretch, forward: bool) {
        whole.log_weight = log_add(whole.log_weight, part.log_weight);
        whole.sum.iter_mut().zip(&part.sum).for_each(|(a, b)| *a += b);
        if forward {
            whole.last = part.last;
        } else {
            whole.first = part.first;
        }
        let along = |state: &State| -> f64 {
            state.momentum.iter().zip(&whole.sum).zip(&self.scales).map(|((p, r), s)| p * r * s * s).sum()
        };
        whole.ended = along(&whole.first) <= 0.0 || along(&whole.last) <= 0.0;
    }
}

/// The step size by dual averaging.
struct Stepping {
    centre: f64,
    error: f64,
    log_settled: f64,
    count: f64,
}

impl Stepping {
    fn new(step: f64) -> Self {
        Self { centre: (10.0 * step).ln(), error: 0.0, log_settled: step.ln(), count: 0.0 }
    }

    /// The next step size to try, after a move accepted with the given probability.
    fn learn(&mut self, acceptance: f64) -> f64 {
        self.count += 1.0;
        let share = 1.0 / (self.count + 10.0);
        self.error = (1.0 - share) * self.error + share * (TARGET - acceptance);
        let log_step = self.centre - self.count.sqrt() / 0.05 * self.error;
        let weight = self.count.powf(-0.75);
        self.log_settled = weight * log_step + (1.0 - weight) * self.log_settled;
        log_step.exp().clamp(1e-6, 10.0)
    }

    fn settled(&self) -> f64 {
        self.log_settled.exp().clamp(1e-6, 10.0)
    }
}

/// Standard deviations of the coordinates, drawn towards a small value where there are few draws.
fn deviations(draws: &[Vec<f64>]) -> Vec<f64> {
    let count = draws.len() as f64;
    let width = draws.first().map_or(0, Vec::len);
    (0..width)
        .map(|index| {
            let mean = draws.iter().map(|d| d[index]).sum::<f64>() / count;
            let variance = draws.iter().map(|d| (d[index] - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
            (count / (count + 5.0) * variance + 5.0 / (count + 5.0)).sqrt()
        })
        .collect()
}

fn log_add(a: f64, b: f64) -> f64 {
    let most = a.max(b);
    if most == f64::NEG_INFINITY { most } else { most + ((a - most).exp() + (b - most).exp()).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Settings = Settings { warmup: 300, draws: 3000, thinning: 1, depth: 8 };

    #[test]
    fn a_correlated_normal_distribution_has_its_moments() {
        // Variances 1 and 4, correlation 0.8: precision matrix by hand.
        let (a, b, c) = (1.0 / 0.36, 0.25 / 0.36, -0.8 / (2.0 * 0.36));
        let density = |x: &[f64], g: &mut [f64]| {
            let y = [x[0] - 1.0, x[1] + 2.0];
            g[0] = -(a * y[0] + c * y[1]);
            g[1] = -(b * y[1] + c * y[0]);
            -0.5 * (a * y[0] * y[0] + b * y[1] * y[1] + 2.0 * c * y[0] * y[1])
        };
        let chain = sample(density, &[0.0, 0.0], LONG, 1).unwrap();
        let mean = |f: &dyn Fn(&[f64]) -> f64| chain.draws.iter().map(|d| f(d)).sum::<f64>() / 3000.0;
        assert!((mean(&|d| d[0]) - 1.0).abs() < 0.1 && (mean(&|d| d[1]) + 2.0).abs() < 0.2);
        assert!((mean(&|d| (d[0] - 1.0).powi(2)) - 1.0).abs() < 0.15);
        assert!((mean(&|d| (d[0] - 1.0) * (d[1] + 2.0)) - 1.6).abs() < 0.25);
        assert!((0.7..0.95).contains(&chain.acceptance), "{}", chain.acceptance);
        assert_eq!(chain.divergences, 0);
    }

    #[test]
    fn the_tails_of_a_log_half_cauchy_variable_are_reached() {
        // Density 1 / (pi cosh x): variance pi^2 / 4, and 2 atan(e^-3) / pi beyond 3.
        let density = |x: &[f64], g: &mut [f64]| {
            let mut total = 0.0;
            for (x, g) in x.iter().zip(g) {
                *g = -x.tanh();
                total -= x.cosh().ln();
            }
            total
        };
        let chain = sample(density, &[0.0; 5], LONG, 2).unwrap();
        let all: Vec<f64> = chain.draws.iter().flatten().copied().collect();
        let variance = all.iter().map(|x| x * x).sum::<f64>() / all.len() as f64;
        assert!((variance / 2.467401 - 1.0).abs() < 0.1, "{variance}");
        let beyond = all.iter().filter(|x| **x > 3.0).count() as f64 / all.len() as f64;
        assert!((beyond / 0.031683 - 1.0).abs() < 0.3, "{beyond}");
    }

    #[test]
    fn the_same_seed_repeats_and_a_broken_start_is_refused() {
        let density = |x: &[f64], g: &mut [f64]| {
            g[0] = -x[0];
            if x[0] > 5.0 { f64::NAN } else { -0.5 * x[0] * x[0] }
        };
        let short = Settings { warmup: 50, draws: 20, thinning: 2, depth: 6 };
        assert_eq!(sample(density, &[1.0], short, 3), sample(density, &[1.0], short, 3));
        assert!(sample(density, &[6.0], short, 3).is_none());
    }
}
