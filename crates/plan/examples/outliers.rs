//! Median true regret of the condition recommended when one reading in ten is grossly wrong, and when none is, with
//! and without readings that all others contradict counting less (`robust`).
//!
//! `cargo run --release -p matdock-plan --example outliers -- [SEEDS [EVALUATIONS [PROBLEM]]]`

mod problems;

use matdock_message::Message;
use matdock_plan::{Direction, Goal, Measured, Observation, Planner, Settings, Value};
use problems::Problem;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;

/// How many of the readings are wrong, and by how much, in standard deviations of the function over its ranges.
const SHARE: f64 = 0.1;
const WRONG: (f64, f64) = (1.0, 5.0);
/// Points the standard deviation of a function is taken from.
const SAMPLE: usize = 4096;

fn deviation(problem: &Problem) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(12345);
    let mut anywhere =
        || problem.ranges.iter().map(|(low, high)| random.random_range(*low..=*high)).collect::<Vec<f64>>();
    let values: Vec<f64> = (0..SAMPLE).map(|_| (problem.function)(&anywhere())).collect();
    let mean = values.iter().sum::<f64>() / SAMPLE as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / SAMPLE as f64).sqrt()
}

/// True regret of the condition recommended and of the best one tried.
fn search(problem: &Problem, reach: f64, robust: bool, evaluations: usize, seed: u64) -> Result<(f64, f64), Message> {
    let settings = Settings { initial: 2 * problem.ranges.len(), robust, ..Settings::default() };
    let planner = Planner::new(problem.space()?, Goal::single("y", Direction::Minimise), settings)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut observed, mut truth) = (Vec::new(), Vec::new());
    for number in 0..evaluations {
        for suggestion in planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)? {
            let x: Vec<f64> = suggestion.point.iter().filter_map(Value::number).collect();
            let value = (problem.function)(&x);
            truth.push(value - problem.minimum);
            let sign = if random.random::<bool>() { 1.0 } else { -1.0 };
            let (wrong, by) = (random.random::<f64>() < SHARE, sign * random.random_range(WRONG.0..WRONG.1));
            let outcomes = vec![Measured::Value(value + if wrong { reach * by } else { 0.0 })];
            observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: false });
        }
    }
    let recommended = planner.model(&observed, seed)?.best_believed();
    let at = |index: Option<usize>| index.map_or(f64::INFINITY, |index| truth[index]);
    Ok((at(recommended.map(|(index, _)| index)), truth.iter().copied().fold(f64::INFINITY, f64::min)))
}

fn quartiles(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[(share * (values.len() - 1) as f64).round() as usize];
    format!("{:.1e} [{:.1e}, {:.1e}]", at(0.5), at(0.25), at(0.75))
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|argument| argument.parse::<usize>().ok());
    let (seeds, evaluations) = (number(0).unwrap_or(20).max(1), number(1).unwrap_or(40).max(1));
    let wanted = |problem: &Problem| match arguments.get(2) {
        Some(word) => problem.name.contains(word.as_str()),
        None => ["Branin", "Hartmann-6", "Rosenbrock-4", "Levy-8"].contains(&problem.name),
    };
    println!("| function | readings wrong | robust | regret recommended [quartiles] | best tried |");
    println!("|---|---|---|---|---|");
    for problem in problems::all().into_iter().filter(wanted) {
        let deviation = deviation(&problem);
        for (share, reach) in [("none", 0.0), ("10 %", deviation)] {
            for robust in [false, true] {
                let each = (0..seeds as u64).into_par_iter();
                let found = each.map(|seed| search(&problem, reach, robust, evaluations, seed));
                let found = found.collect::<Result<Vec<_>, _>>().map_err(|message| message.to_string())?;
                let (recommended, tried): (Vec<f64>, Vec<f64>) = found.into_iter().unzip();
                let (recommended, tried) = (quartiles(recommended), quartiles(tried));
                println!("| {} | {share} | {robust} | {recommended} | {tried} |", problem.name);
            }
        }
    }
    Ok(())
}
