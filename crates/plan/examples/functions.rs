//! Median regret of the planner on test functions with known optima, from its own first experiments.
//! (`benches/peers` compares it with other planners from given ones.)
//!
//! `cargo run --release -p matdock-plan --example functions -- [SEEDS [EVALUATIONS [SURROGATE [PROBLEM]]]]`

mod problems;

use matdock_plan::{Direction, Goal, Measured, Observation, Planner, Settings, Value, Wanted};
use problems::Problem;
use rayon::prelude::*;
use serde::{Deserialize, de::IntoDeserializer};

fn regret(
    problem: &Problem,
    evaluations: usize,
    surrogate: Wanted,
    seed: u64,
) -> Result<f64, matdock_message::Message> {
    let settings = Settings { initial: (2 * problem.ranges.len()).min(20), surrogate, ..Settings::default() };
    let planner = Planner::new(problem.space()?, Goal::single("y", Direction::Minimise), settings)?;
    let mut observed = Vec::new();
    let mut best = f64::INFINITY;
    for number in 0..evaluations {
        for suggestion in planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)? {
            let x: Vec<f64> = suggestion.point.iter().filter_map(Value::number).collect();
            let value = (problem.function)(&x);
            best = best.min(value);
            let outcomes = vec![Measured::Value(value)];
            observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: false });
        }
    }
    Ok(best - problem.minimum)
}

fn main() -> Result<(), String> {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let seeds = numbers.first().copied().unwrap_or(20).max(1);
    let evaluations = numbers.get(1).copied().unwrap_or(60);
    let words: Vec<String> = std::env::args().skip(3).collect();
    let surrogate = words.first().map_or(Ok(Wanted::default()), |word| {
        Wanted::deserialize(word.as_str().into_deserializer())
            .map_err(|error: serde::de::value::Error| error.to_string())
    })?;
    for problem in
        problems::all().into_iter().filter(|problem| words.get(1).is_none_or(|word| problem.name.contains(word)))
    {
        let begun = std::time::Instant::now();
        let each = (0..seeds as u64).into_par_iter().map(|seed| regret(&problem, evaluations, surrogate, seed));
        let mut regrets = each.collect::<Result<Vec<f64>, _>>().map_err(|message| message.to_string())?;
        regrets.sort_by(f64::total_cmp);
        let at = |share: f64| regrets[(share * (seeds - 1) as f64).round() as usize];
        println!(
            "{}: regret median {:.2e}, quartiles {:.2e} {:.2e} ({seeds} seeds, {evaluations} evaluations, {:.1} s)",
            problem.name,
            at(0.5),
            at(0.25),
            at(0.75),
            begun.elapsed().as_secs_f64(),
        );
    }
    Ok(())
}
