//! Minimisation of smooth functions within bounds: projected L-BFGS.
//!
//! Source: Nocedal & Wright, Numerical Optimization (2006), algorithms 7.4 and 16.5, with the gradient
//! projected on the bounds and an Armijo search along the projected path.

use std::collections::VecDeque;

use serde::Serialize;

/// How the search ended, from good to bad. A failure is a value, never silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The projected gradient or the progress is below the tolerance.
    Converged,
    /// The allowed evaluations are used up.
    Exhausted,
    /// No step along the search direction lowers the function.
    Stalled,
    /// The function is not finite at the start.
    NotFinite,
}

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Most evaluations of the function.
    pub evaluations: usize,
    /// Largest component of the projected gradient that counts as zero.
    pub gradient: f64,
    /// Relative decrease per step that counts as none.
    pub decrease: f64,
    /// What the curvature seen so far leaves to gain, if that is nothing; zero goes by the others alone.
    pub gain: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { evaluations: 200, gradient: 1e-6, decrease: 1e-10, gain: 0.0 }
    }
}

/// Where the search ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The best point seen.
    pub point: Vec<f64>,
    /// The function there.
    pub value: f64,
    /// Evaluations used.
    pub evaluations: usize,
    /// How it ended.
    pub status: Status,
}

const MEMORY: usize = 10;
/// Steps after which the curvature seen tells what is left to gain.
const ENOUGH_PAIRS: usize = 4;

/// What a search has learnt of the curvature; a search for the minimum of a like function can go on with it.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Steps and the changes of the gradient along them.
    pairs: VecDeque<(Vec<f64>, Vec<f64>)>,
}

impl Memory {
    /// The memory for a function that is `factor` times as large.
    pub fn scaled(mut self, factor: f64) -> Self {
        self.pairs.iter_mut().flat_map(|(_, changed)| changed).for_each(|change| *change *= factor);
        self
    }

    /// What the next step is expected to gain where the function has this gradient; `None` where nothing is known.
    pub(crate) fn gain(&self, gradient: &[f64]) -> Option<f64> {
        let step = descent(gradient, &vec![true; gradient.len()], &self.pairs);
        (!self.pairs.is_empty()).then(|| -0.5 * dot(&step, gradient))
    }
}

/// Finds a local minimum of `function` within `low..=high` from `start` (moved into the bounds first).
///
/// Shape: `start`, `low`, `high` and the gradient have one length. `function` writes its gradient into the
/// second argument and returns the value; a value that is not finite is treated as a wall.
pub fn minimise(
    function: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: &[f64],
    low: &[f64],
    high: &[f64],
    limits: Limits,
) -> Minimum {
    minimise_further(function, start, low, high, limits, &mut Memory::default())
}

/// [`minimise`], from what an earlier search has learnt; `memory` then holds what this one adds.
pub fn minimise_further(
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: &[f64],
    low: &[f64],
    high: &[f64],
    limits: Limits,
    memory: &mut Memory,
) -> Minimum {
    let function = |point: &[f64], _, gradient: &mut [f64]| function(point, gradient);
    minimise_sparing(function, start, [low, high], limits, memory)
}

/// [`minimise_further`] of a function whose gradient is dear: it is told too above which value nobody wants the gradient,
/// and may then leave what is in it.
pub(crate) fn minimise_sparing(
    mut function: impl FnMut(&[f64], f64, &mut [f64]) -> f64,
    start: &[f64],
    [low, high]: [&[f64]; 2],
    limits: Limits,
    memory: &mut Memory,
) -> Minimum {
    let mut search = Search::new(start, low, high, limits, std::mem::take(memory));
    let mut gradient = vec![0.0; start.len()];
    while let Some(point) = search.wants() {
        let value = function(point, search.acceptable(), &mut gradient);
        search.tell(value, &gradient);
    }
    let (found, learnt) = search.end();
    *memory = learnt;
    found
}

/// [`minimise`] from several starts side by side: `function` gets the points that the searches still under way want to
/// know, each with the number of its start, and gives the value and the gradient at each.
pub fn minimise_together(
    mut function: impl FnMut(&[(usize, &[f64])]) -> Vec<(f64, Vec<f64>)>,
    starts: &[Vec<f64>],
    low: &[f64],
    high: &[f64],
    limits: Limits,
) -> Vec<Minimum> {
    let new = |start: &Vec<f64>| Search::new(start, low, high, limits, Memory::default());
    let mut searches: Vec<Search<'_>> = starts.iter().map(new).collect();
    loop {
        let under_way = searches.iter().enumerate();
        let wanted: Vec<(usize, &[f64])> =
            under_way.filter_map(|(start, search)| search.wants().map(|point| (start, point))).collect();
        if wanted.is_empty() {
            break;
        }
        let found = function(&wanted);
        let under_way = searches.iter_mut().filter(|search| search.wants().is_some());
        under_way.zip(found).for_each(|(search, (value, gradient))| search.tell(value, &gradient));
    }
    searches.into_iter().map(|search| search.end().0).collect()
}

/// A search that is told the function at the points it wants to know.
struct Search<'a> {
    low: &'a [f64],
    high: &'a [f64],
    limits: Limits,
    memory: Memory,
    /// The best point so far, with the function and its gradient there; nothing is known of it at first.
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    evaluations: usize,
    small_steps: usize,
    direction: Vec<f64>,
    step: f64,
    next: Vec<f64>,
    status: Option<Status>,
}

impl<'a> Search<'a> {
    fn new(start: &[f64], low: &'a [f64], high: &'a [f64], limits: Limits, memory: Memory) -> Self {
        let mut next = start.to_vec();
        bound(&mut next, low, high);
        Self {
            low,
            high,
            limits,
            memory,
            point: next.clone(),
            value: f64::NAN,
            gradient: Vec::new(),
            evaluations: 0,
            small_steps: 0,
            direction: Vec::new(),
            step: 1.0,
            next,
            status: None,
        }
    }

    /// The point to be told of next; `None` when the search has ended.
    fn wants(&self) -> Option<&[f64]> {
        self.status.is_none().then_some(self.next.as_slice())
    }

    fn end(self) -> (Minimum, Memory) {
        let Self { point, value, evaluations, .. } = self;
        (Minimum { point, value, evaluations, status: self.status.unwrap_or(Status::NotFinite) }, self.memory)
    }

    /// How the function is expected to change up to the point to be told of next, by its gradient.
    fn expected(&self) -> f64 {
        let moved = self.next.iter().zip(&self.point).map(|(next, point)| next - point);
        self.gradient.iter().zip(moved).map(|(slope, moved)| slope * moved).sum()
    }

    /// The highest value with which the point to be told of next is gone to.
    fn acceptable(&self) -> f64 {
        if self.evaluations == 0 { f64::INFINITY } else { self.value + 1e-4 * self.expected() }
    }

    fn tell(&mut self, value: f64, gradient: &[f64]) {
        self.evaluations += 1;
        let sound = value.is_finite() && gradient.iter().all(|g| g.is_finite());
        if self.evaluations == 1 {
            (self.value, self.gradient) = (value, gradient.to_vec());
            return if sound { self.set_out() } else { self.status = Some(Status::NotFinite) };
        }
        let expected = self.expected();
        if sound && value <= self.acceptable() {
            return self.move_on(value, gradient);
        }
        // Quadratic interpolation where it can be trusted, else a cut.
        let curved = value - self.value - expected;
        let ratio = if sound && curved > 0.0 { -expected / (2.0 * curved) } else { 0.2 };
        self.step *= ratio.clamp(0.1, 0.5);
        if self.step >= 1e-12 {
            self.try_step();
        } else if self.evaluations < self.limits.evaluations && !self.memory.pairs.is_empty() {
            self.memory.pairs.clear();
            self.set_out();
        } else {
            self.stop_short();
        }
    }

    /// Takes the step that was tried.
    fn move_on(&mut self, value: f64, gradient: &[f64]) {
        let moved: Vec<f64> = self.next.iter().zip(&self.point).map(|(next, point)| next - point).collect();
        let changed: Vec<f64> = gradient.iter().zip(&self.gradient).map(|(next, before)| next - before).collect();
        let pairs = &mut self.memory.pairs;
        if dot(&moved, &changed) > 1e-12 * dot(&changed, &changed).sqrt() * dot(&moved, &moved).sqrt() {
            if pairs.len() == MEMORY {
                pairs.pop_front();
            }
            pairs.push_back((moved, changed));
        }
        let decrease = self.value - value;
        let is_small = decrease <= self.limits.decrease * self.value.abs().max(1.0);
        self.small_steps = if is_small { self.small_steps + 1 } else { 0 };
        self.point.copy_from_slice(&self.next);
        self.gradient.copy_from_slice(gradient);
        self.value = value;
        if self.small_steps >= 2 { self.status = Some(Status::Converged) } else { self.set_out() }
    }

    /// Chooses a direction from the point reached.
    fn set_out(&mut self) {
        let Self { point, gradient, low, high, .. } = self;
        let free: Vec<bool> = (0..point.len())
            .map(|i| !((point[i] <= low[i] && gradient[i] > 0.0) || (point[i] >= high[i] && gradient[i] < 0.0)))
            .collect();
        let steepest = gradient.iter().zip(&free).filter(|(_, free)| **free).map(|(g, _)| g.abs()).fold(0.0, f64::max);
        if steepest <= self.limits.gradient {
            self.status = Some(Status::Converged);
            return;
        }
        let pairs = &mut self.memory.pairs;
        self.direction = descent(gradient, &free, pairs);
        let slope = dot(&self.direction, gradient);
        if pairs.len() >= ENOUGH_PAIRS && slope <= 0.0 && -0.5 * slope <= self.limits.gain {
            self.status = Some(Status::Converged);
            return;
        }
        if slope >= 0.0 || !slope.is_finite() {
            pairs.clear();
            self.direction = descent(gradient, &free, pairs);
        }
        if pairs.is_empty() {
            // Without curvature the first step has length one at most.
            let length = self.direction.iter().map(|d| d.abs()).fold(0.0, f64::max);
            self.direction.iter_mut().for_each(|d| *d /= length.max(1.0));
        }
        self.step = 1.0;
        self.try_step();
    }

    fn try_step(&mut self) {
        if self.evaluations >= self.limits.evaluations {
            return self.stop_short();
        }
        for ((next, point), direction) in self.next.iter_mut().zip(&self.point).zip(&self.direction) {
            *next = point + self.step * direction;
        }
        bound(&mut self.next, self.low, self.high);
    }

    fn stop_short(&mut self) {
        let spent = self.evaluations >= self.limits.evaluations;
        self.status = Some(if spent { Status::Exhausted } else { Status::Stalled });
    }
}

fn bound(point: &mut [f64], low: &[f64], high: &[f64]) {
    point.iter_mut().zip(low.iter().zip(high)).for_each(|(x, (l, h))| *x = x.max(*l).min(*h));
}

/// Two-loop recursion on the free components.
fn descent(gradient: &[f64], free: &[bool], pairs: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let masked = |v: &[f64]| -> Vec<f64> { v.iter().zip(free).map(|(v, f)| if *f { *v } else { 0.0 }).collect() };
    let mut direction: Vec<f64> = masked(gradient).iter().map(|g| -g).collect();
    let usable: Vec<(Vec<f64>, Vec<f64>)> = pairs
        .iter()
        .map(|(moved, changed)| (masked(moved), masked(changed)))
        .filter(|(moved, changed)| dot(moved, changed) > 0.0)
        .collect();
    let mut factors = Vec::with_capacity(usable.len());
    for (moved, changed) in usable.iter().rev() {
        let factor = dot(moved, &direction) / dot(moved, changed);
        direction.iter_mut().zip(changed).for_each(|(d, c)| *d -= factor * c);
        factors.push(factor);
    }
    if let Some((moved, changed)) = usable.last() {
        let scale = dot(moved, changed) / dot(changed, changed);
        direction.iter_mut().for_each(|d| *d *= scale);
    }
    for ((moved, changed), factor) in usable.iter().zip(factors.iter().rev()) {
        let correction = factor - dot(changed, &direction) / dot(moved, changed);
        direction.iter_mut().zip(moved).for_each(|(d, m)| *d += correction * m);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(x: &[f64], gradient: &mut [f64]) -> f64 {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        gradient[0] = -2.0 * a - 400.0 * x[0] * b;
        gradient[1] = 200.0 * b;
        a * a + 100.0 * b * b
    }

    #[test]
    fn the_rosenbrock_valley_is_followed_to_its_end() {
        let found = minimise(rosenbrock, &[-1.2, 1.0], &[-5.0; 2], &[5.0; 2], Limits::default());
        assert_eq!(found.status, Status::Converged);
        assert!((found.point[0] - 1.0).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn searches_side_by_side_end_where_each_ends_alone() {
        let starts = [vec![-1.2, 1.0], vec![0.0, 0.0], vec![2.0, -3.0]];
        let all = |points: &[(usize, &[f64])]| {
            let at = |(_, point): &(usize, &[f64])| {
                let mut gradient = vec![0.0; 2];
                (rosenbrock(point, &mut gradient), gradient)
            };
            points.iter().map(at).collect()
        };
        let together = minimise_together(all, &starts, &[-5.0; 2], &[5.0; 2], Limits::default());
        for (start, found) in starts.iter().zip(together) {
            assert_eq!(found, minimise(rosenbrock, start, &[-5.0; 2], &[5.0; 2], Limits::default()));
        }
    }

    #[test]
    fn gradients_nobody_wants_change_nothing() {
        let spared = std::cell::Cell::new(0);
        let sparing = |x: &[f64], enough: f64, gradient: &mut [f64]| {
            let mut own = vec![0.0; 2];
            let value = rosenbrock(x, &mut own);
            if value <= enough {
                gradient.copy_from_slice(&own)
            } else {
                spared.set(spared.get() + 1)
            }
            value
        };
        let (start, low, high) = ([-1.2, 1.0], [-5.0; 2], [5.0; 2]);
        let found = minimise_sparing(sparing, &start, [&low, &high], Limits::default(), &mut Memory::default());
        assert_eq!(found, minimise(rosenbrock, &start, &low, &high, Limits::default()));
        assert!(spared.get() > 0);
    }

    #[test]
    fn bounds_hold() {
        // Within x <= 0.5 the minimum is at (0.5, 0.25).
        let found = minimise(rosenbrock, &[-1.2, 1.0], &[-5.0; 2], &[0.5, 5.0], Limits::default());
        assert!((found.point[0] - 0.5).abs() < 1e-6 && (found.point[1] - 0.25).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn a_wall_and_a_broken_start_are_reported() {
        let wall = |x: &[f64], g: &mut [f64]| {
            g[0] = 2.0 * (x[0] - 3.0);
            if x[0] > 2.0 { f64::NAN } else { (x[0] - 3.0).powi(2) }
        };
        let found = minimise(wall, &[0.0], &[-5.0], &[5.0], Limits::default());
        assert!(found.value.is_finite() && found.point[0] > 1.9);
        let broken = minimise(wall, &[4.0], &[-5.0], &[5.0], Limits::default());
        assert_eq!(broken.status, Status::NotFinite);
    }
}
