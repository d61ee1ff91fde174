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
}

impl Default for Limits {
    fn default() -> Self {
        Self { evaluations: 200, gradient: 1e-6, decrease: 1e-10 }
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
    let size = start.len();
    let inside = |x: &mut [f64]| x.iter_mut().zip(low.iter().zip(high)).for_each(|(x, (l, h))| *x = x.max(*l).min(*h));
    let mut point = start.to_vec();
    inside(&mut point);
    let mut gradient = vec![0.0; size];
    let mut value = function(&point, &mut gradient);
    let mut evaluations = 1;
    if !value.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
        return Minimum { point, value, evaluations, status: Status::NotFinite };
    }
    let pairs = &mut memory.pairs;
    let mut small_steps = 0;
    let status = loop {
        let free: Vec<bool> = (0..size)
            .map(|i| !((point[i] <= low[i] && gradient[i] > 0.0) || (point[i] >= high[i] && gradient[i] < 0.0)))
            .collect();
        let steepest = (0..size).filter(|&i| free[i]).map(|i| gradient[i].abs()).fold(0.0, f64::max);
        if steepest <= limits.gradient {
            break Status::Converged;
        }
        let mut direction = descent(&gradient, &free, pairs);
        let slope = dot(&direction, &gradient);
        if slope >= 0.0 || !slope.is_finite() {
            pairs.clear();
            direction = descent(&gradient, &free, pairs);
        }
        if pairs.is_empty() {
            // Without curvature the first step has length one at most.
            let length = direction.iter().map(|d| d.abs()).fold(0.0, f64::max);
            direction.iter_mut().for_each(|d| *d /= length.max(1.0));
        }
        let mut step = 1.0;
        let mut next = vec![0.0; size];
        let mut next_gradient = vec![0.0; size];
        let found = loop {
            if evaluations >= limits.evaluations {
                break None;
            }
            (0..size).for_each(|i| next[i] = point[i] + step * direction[i]);
            inside(&mut next);
            let trial = function(&next, &mut next_gradient);
            evaluations += 1;
            let expected: f64 = (0..size).map(|i| gradient[i] * (next[i] - point[i])).sum();
            let sound = trial.is_finite() && next_gradient.iter().all(|g| g.is_finite());
            if sound && trial <= value + 1e-4 * expected {
                break Some(trial);
            }
            // Quadratic interpolation where it can be trusted, else a cut.
            let curved = trial - value - expected;
            let ratio = if sound && curved > 0.0 { -expected / (2.0 * curved) } else { 0.2 };
            step *= ratio.clamp(0.1, 0.5);
            if step < 1e-12 {
                break None;
            }
        };
        let Some(next_value) = found else {
            if evaluations < limits.evaluations && !pairs.is_empty() {
                pairs.clear();
                continue;
            }
            break if evaluations >= limits.evaluations { Status::Exhausted } else { Status::Stalled };
        };
        let moved: Vec<f64> = (0..size).map(|i| next[i] - point[i]).collect();
        let changed: Vec<f64> = (0..size).map(|i| next_gradient[i] - gradient[i]).collect();
        if dot(&moved, &changed) > 1e-12 * dot(&changed, &changed).sqrt() * dot(&moved, &moved).sqrt() {
            if pairs.len() == MEMORY {
                pairs.pop_front();
            }
            pairs.push_back((moved, changed));
        }
        let decrease = value - next_value;
        small_steps = if decrease <= limits.decrease * value.abs().max(1.0) { small_steps + 1 } else { 0 };
        point = next;
        gradient = next_gradient;
        value = next_value;
        if small_steps >= 2 {
            break Status::Converged;
        }
    };
    Minimum { point, value, evaluations, status }
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
