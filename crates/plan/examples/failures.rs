//! Regret and wasted experiments where experiments fail outside a region nobody knows, or outcomes are bounded.
//!
//! `cargo run --release -p matdock-plan --example failures -- [SEEDS [PROBLEM]]`; PROBLEM is a part of a name.

#[expect(dead_code, reason = "two functions of many")]
mod problems;

use std::f64::consts::PI;

use matdock_plan::{
    Bound, Direction, Goal, Measured, Observation, Parameter, ParameterKind, Planner, Scale, Settings, Space, Value,
};
use rayon::prelude::*;

/// Settings are from 0 to 1; the first outcome is minimised, the others must be at most 0.
struct Problem {
    name: &'static str,
    dimensions: usize,
    evaluations: usize,
    /// Rows per side of a grid that is measured beforehand.
    known: usize,
    minimum: f64,
    outcomes: fn(&[f64]) -> Vec<f64>,
    works: fn(&[f64]) -> bool,
}

fn branin(u: &[f64]) -> Vec<f64> {
    vec![problems::branin(&[15.0 * u[0] - 5.0, 15.0 * u[1]])]
}

fn hartmann(u: &[f64]) -> Vec<f64> {
    vec![problems::hartmann(u)]
}

/// Gramacy et al., Technometrics 58, 1 (2016).
fn gramacy(u: &[f64]) -> Vec<f64> {
    let wavy = 1.5 - u[0] - 2.0 * u[1] - 0.5 * (2.0 * PI * (u[0] * u[0] - 2.0 * u[1])).sin();
    vec![u[0] + u[1], wavy, u[0] * u[0] + u[1] * u[1] - 1.5]
}

/// Simulation 1 of Gardner et al., ICML 2014.
fn gardner(u: &[f64]) -> Vec<f64> {
    let (x, y) = (6.0 * u[0], 6.0 * u[1]);
    vec![(2.0 * x).cos() * y.cos() + x.sin(), x.cos() * y.cos() - x.sin() * y.sin() - 0.5]
}

fn from_centre(u: &[f64]) -> f64 {
    u.iter().map(|u| (u - 0.5).powi(2)).sum::<f64>().sqrt()
}

fn sum(u: &[f64]) -> f64 {
    u.iter().sum()
}

/// One in five fails, whatever the settings.
fn by_chance(u: &[f64]) -> bool {
    (1e4 * (12.9898 * u[0] + 78.233 * u[1]).sin()).rem_euclid(1.0) > 0.2
}

const BRANIN: f64 = 0.397_887_357_729_739;
const HARTMANN: f64 = -3.322_368_011_415_51;

fn problems() -> Vec<Problem> {
    let problem = |name, dimensions, minimum, outcomes: fn(&[f64]) -> Vec<f64>, works: fn(&[f64]) -> bool| Problem {
        name,
        dimensions,
        evaluations: if dimensions == 2 { 40 } else { 60 },
        known: 0,
        minimum,
        outcomes,
        works,
    };
    let known = Problem {
        evaluations: 30,
        known: 9,
        ..problem("Branin, known disc", 2, BRANIN, branin, |u| from_centre(u) < 0.4)
    };
    vec![
        problem("Branin, disc", 2, BRANIN, branin, |u| from_centre(u) < 0.4),
        // Here the best that works is where it begins to fail.
        problem("Branin, half-space", 2, BRANIN_HALF, branin, |u| sum(u) < 0.6),
        problem("Branin, thin band", 2, BRANIN, branin, |u| (sum(u) - 0.7).abs() < 0.05),
        known,
        problem("Branin, one in five", 2, BRANIN, branin, by_chance),
        problem("Hartmann-6, half-space", 6, HARTMANN, hartmann, |u| sum(u) < 2.5),
        problem("Hartmann-6, ball", 6, HARTMANN, hartmann, |u| from_centre(u) < 0.75),
        problem("Gramacy, 2 bounds", 2, 0.599_788, gramacy, |_| true),
        problem("Gardner, 1 bound", 2, -2.0, gardner, |_| true),
    ]
}
/// Branin's minimum over `sum(u) <= 0.6`, from a fine grid.
const BRANIN_HALF: f64 = 2.385_958_680_627;

fn observation(problem: &Problem, point: Vec<Value>) -> Observation {
    let u: Vec<f64> = point.iter().filter_map(Value::number).collect();
    let failed = !(problem.works)(&u);
    let read = |y| if failed { Measured::Missing } else { Measured::Value(y) };
    Observation { point, row: None, outcomes: (problem.outcomes)(&u).into_iter().map(read).collect(), failed }
}

fn planner(problem: &Problem) -> Result<Planner, matdock_message::Message> {
    let kind = ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
    let parameter = |i| Parameter { name: format!("u{i}"), unit: String::new(), kind: kind.clone() };
    let bounds = (problem.outcomes)(&vec![0.5; problem.dimensions]).len() - 1;
    let bound = |i| Bound { outcome: format!("bound{i}"), low: None, high: Some(0.0) };
    let goal = Goal { bounds: (0..bounds).map(bound).collect(), ..Goal::single("y", Direction::Minimise) };
    let settings = Settings { initial: 2 * (problem.dimensions + 1), ..Settings::default() };
    Planner::new(Space::ranges((0..problem.dimensions).map(parameter).collect())?, goal, settings)
}

/// Regret of the best that counts, experiments that failed, and those that broke a bound, of the evaluations.
fn run(problem: &Problem, seed: u64) -> Result<(f64, usize, usize), matdock_message::Message> {
    let planner = planner(problem)?;
    let side = problem.known;
    let at = |i: usize| Value::Number((i as f64 + 0.5) / side as f64);
    let mut observed: Vec<Observation> =
        (0..side * side).map(|i| observation(problem, vec![at(i % side), at(i / side)])).collect();
    let before = observed.len();
    for number in 0..problem.evaluations {
        for suggestion in planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)? {
            observed.push(observation(problem, suggestion.point));
        }
    }
    let value = |measured: &Measured| match measured {
        Measured::Value(value) => *value,
        _ => f64::INFINITY,
    };
    let kept = |o: &&Observation| o.outcomes[1..].iter().all(|bound| value(bound) <= 1e-6);
    let best = observed.iter().filter(kept).map(|o| value(&o.outcomes[0])).fold(f64::INFINITY, f64::min);
    let new = &observed[before..];
    let failed = new.iter().filter(|o| o.failed).count();
    Ok((best - problem.minimum, failed, new.iter().filter(|o| !o.failed && !kept(o)).count()))
}

fn main() -> Result<(), matdock_message::Message> {
    let mut arguments = std::env::args().skip(1);
    let seeds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(20u64).max(1);
    let wanted = arguments.next().unwrap_or_default();
    for problem in problems().iter().filter(|problem| problem.name.contains(&wanted)) {
        let begun = std::time::Instant::now();
        let runs = (0..seeds)
            .into_par_iter()
            .map(|seed| run(problem, seed))
            .collect::<Result<Vec<_>, matdock_message::Message>>()?;
        let mut regrets: Vec<f64> = runs.iter().map(|(regret, ..)| *regret).collect();
        regrets.sort_by(f64::total_cmp);
        let at = |share: f64| regrets[(share * (regrets.len() - 1) as f64).round() as usize];
        let mean = |of: fn(&(f64, usize, usize)) -> usize| runs.iter().map(of).sum::<usize>() as f64 / seeds as f64;
        println!(
            "{:23} {} evaluations: regret median {:.1e} [{:.1e}, {:.1e}], failed {:.1}, bounds broken {:.1} ({seeds} seeds, {:.1} s)",
            problem.name,
            problem.evaluations,
            at(0.5),
            at(0.25),
            at(0.75),
            mean(|run| run.1),
            mean(|run| run.2),
            begun.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
