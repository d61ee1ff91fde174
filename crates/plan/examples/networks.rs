//! Function networks: the planner with and without the intermediates, from the same first experiments.
//!
//! Problems and budget of Astudillo & Frazier, Bayesian optimization of function networks, NeurIPS 2021: 2 (d + 1) random
//! first experiments, 100 more; the highest last quantity is wanted.
//!
//! `cargo run --release -p matdock-plan --example networks -- [SEEDS [ITERATIONS [PROBLEM]]]`

use std::f64::consts::{E, PI};

use matdock_message::Message;
use matdock_plan::{
    Direction, Goal, Measured, Observation, Parameter, ParameterKind, Planner, Scale, Settings, Space, Stage, Value,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

struct Problem {
    name: &'static str,
    inputs: usize,
    best: f64,
    /// For every quantity its inputs (numbers from 0) and the quantities before that it depends on.
    links: Vec<(Vec<usize>, Vec<usize>)>,
    function: fn(&[f64]) -> Vec<f64>,
}

fn dropwave(x: &[f64]) -> Vec<f64> {
    let distance = x.iter().map(|x| (10.24 * x - 5.12).powi(2)).sum::<f64>().sqrt();
    vec![distance, (1.0 + (12.0 * distance).cos()) / (2.0 + 0.5 * distance * distance)]
}

fn alpine(x: &[f64]) -> Vec<f64> {
    let mut values: Vec<f64> = Vec::new();
    for z in x.iter().map(|x| 10.0 * x) {
        values.push(z.sqrt() * z.sin() * values.last().copied().unwrap_or(1.0));
    }
    values
}

fn ackley(x: &[f64]) -> Vec<f64> {
    let z: Vec<f64> = x.iter().map(|x| 4.0 * x - 2.0).collect();
    let mean = |of: fn(f64) -> f64| z.iter().map(|z| of(*z)).sum::<f64>() / z.len() as f64;
    let (squares, waves) = (mean(|z| z * z), mean(|z| (2.0 * PI * z).cos()));
    vec![squares, waves, 20.0 * (-0.2 * squares.sqrt()).exp() + waves.exp() - 20.0 - E]
}

fn rosenbrock(x: &[f64]) -> Vec<f64> {
    let z: Vec<f64> = x.iter().map(|x| 4.0 * x - 2.0).collect();
    let mut values: Vec<f64> = Vec::new();
    for pair in z.windows(2) {
        let step = 100.0 * (pair[1] - pair[0] * pair[0]).powi(2) + (pair[0] - 1.0).powi(2);
        values.push(values.last().copied().unwrap_or(0.0) - step);
    }
    values
}

fn problems() -> Vec<Problem> {
    let all = |count: usize| (0..count).collect::<Vec<usize>>();
    let before = |k: usize| if k == 0 { vec![] } else { vec![k - 1] };
    vec![
        Problem {
            name: "dropwave",
            inputs: 2,
            best: 1.0,
            links: vec![(all(2), vec![]), (vec![], vec![0])],
            function: dropwave,
        },
        Problem {
            name: "alpine2",
            inputs: 6,
            best: 2.808_131_180_007f64.powi(6),
            links: (0..6).map(|k| (vec![k], before(k))).collect(),
            function: alpine,
        },
        Problem {
            name: "ackley",
            inputs: 6,
            best: 0.0,
            links: vec![(all(6), vec![]), (all(6), vec![]), (vec![], vec![0, 1])],
            function: ackley,
        },
        Problem {
            name: "rosenbrock",
            inputs: 3,
            best: 0.0,
            links: (0..2).map(|k| (vec![k, k + 1], before(k))).collect(),
            function: rosenbrock,
        },
    ]
}

/// Regret after the first experiments and after every further one.
fn regrets(problem: &Problem, iterations: usize, chain: bool, seed: u64) -> Result<Vec<f64>, Message> {
    let kind = || ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
    let parameter = |index: usize| Parameter { name: format!("x{index}"), unit: String::new(), kind: kind() };
    let space = Space::ranges((0..problem.inputs).map(parameter).collect())?;
    let last = problem.links.len() - 1;
    let mut goal = Goal::single(format!("y{last}"), Direction::Maximise);
    if chain {
        let link = |(number, (inputs, before)): (usize, &(Vec<usize>, Vec<usize>))| {
            let inputs = inputs.iter().map(|input| format!("x{input}"));
            let from = inputs.chain(before.iter().map(|before| format!("y{before}"))).collect();
            Stage { outcome: format!("y{number}"), from: Some(from), formula: None, computed: false }
        };
        goal.stages = problem.links.iter().enumerate().map(link).collect();
    }
    let outcomes: Vec<usize> = goal.outcomes().iter().filter_map(|name| name[1..].parse().ok()).collect();
    let first = 2 * (problem.inputs + 1);
    let planner = Planner::new(space, goal, Settings { initial: first, ..Settings::default() })?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut observed, mut best, mut regrets) = (Vec::new(), f64::NEG_INFINITY, Vec::new());
    for number in 0..first + iterations {
        let point = if number < first {
            (0..problem.inputs).map(|_| Value::Number(random.random())).collect()
        } else {
            planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)?.swap_remove(0).point
        };
        let x: Vec<f64> = point.iter().filter_map(Value::number).collect();
        let values = (problem.function)(&x);
        best = best.max(values[last]);
        if number + 1 >= first {
            regrets.push(problem.best - best);
        }
        let outcomes = outcomes.iter().map(|&number| Measured::Value(values[number])).collect();
        observed.push(Observation { point, row: None, outcomes, failed: false });
    }
    Ok(regrets)
}

fn main() -> Result<(), Message> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: usize| words.get(place).and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seeds, iterations) = (number(0, 20).max(1), number(1, 100).max(1));
    println!("{:12} {:>12} {:>12} {:>28}", "problem", "direct", "chain", "iterations to direct's end");
    for problem in problems().iter().filter(|problem| words.get(2).is_none_or(|name| name == problem.name)) {
        let median = |chain: bool| -> Result<Vec<f64>, Message> {
            let runs: Vec<Vec<f64>> = (0..seeds as u64)
                .into_par_iter()
                .map(|seed| regrets(problem, iterations, chain, seed))
                .collect::<Result<_, _>>()?;
            Ok((0..=iterations).map(|at| middle(runs.iter().map(|run| run[at]).collect())).collect())
        };
        let begun = std::time::Instant::now();
        let direct = median(false)?;
        let between = begun.elapsed().as_secs_f64();
        let chain = median(true)?;
        let reached = chain.iter().position(|regret| *regret <= direct[iterations]);
        let reached = reached.map_or("never".to_owned(), |at| format!("{at} of {iterations}"));
        let seconds = (begun.elapsed().as_secs_f64() - between) / (seeds * iterations) as f64;
        let (direct, chain) = (direct[iterations], chain[iterations]);
        println!("{:12} {direct:>12.3e} {chain:>12.3e} {reached:>28}   {seconds:.3} s a suggestion", problem.name);
    }
    Ok(())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { 0.5 * (values[half - 1] + values[half]) }
}
