//! Function networks: the planner with and without the intermediates, from the same first experiments.
//!
//! Problems and budget of Astudillo & Frazier, Bayesian optimization of function networks, NeurIPS 2021: 2 (d + 1) random
//! first experiments, 100 more; the highest last quantity is wanted.
//!
//! `cargo run --release -p matdock-plan --example networks -- [SEEDS [ITERATIONS [PROBLEM]]]`

mod network_problems;

use matdock_message::Message;
use matdock_plan::{Measured, Observation, Planner, Settings, Value};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use network_problems::{Problem, problems};

/// Regret after the first experiments and after every further one.
fn regrets(problem: &Problem, iterations: usize, chain: bool, seed: u64) -> Result<Vec<f64>, Message> {
    let (space, goal, last) = (problem.space()?, problem.goal(chain), problem.links.len() - 1);
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
        let (direct, along) = (direct[iterations], &chain);
        let chain = chain[iterations];
        println!("{:12} {direct:>12.3e} {chain:>12.3e} {reached:>28}   {seconds:.3} s a suggestion", problem.name);
        let along: Vec<String> = (0..=iterations).step_by(5).map(|at| format!("{at} {:.2e}", along[at])).collect();
        println!("  chain after {}", along.join(", "));
    }
    Ok(())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { 0.5 * (values[half - 1] + values[half]) }
}
