//! Median true regret of the condition recommended after noisy readings: the noise is a share of the standard deviation
//! of the function over its space, the first five experiments are random.
//!
//! `cargo run --release -p matdock-plan --example noise -- [SEEDS [EVALUATIONS [auto|never [PROBLEM]]]]`
//! (`replicates` of the planner)

mod problems;

use matdock_message::Message;
use matdock_plan::{Direction, Goal, Measured, Observation, Planner, ReplicatesWanted, Settings, Value};
use problems::Problem;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

const FIRST: usize = 5;
const NOISE: [f64; 3] = [0.0, 0.05, 0.2];
/// Points the standard deviation of a function is taken from.
const SAMPLE: usize = 4096;

fn anywhere(problem: &Problem, random: &mut ChaCha8Rng) -> Vec<f64> {
    problem.ranges.iter().map(|&(low, high)| low + (high - low) * random.random::<f64>()).collect()
}

fn deviation(problem: &Problem) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(12345);
    let values: Vec<f64> = (0..SAMPLE).map(|_| (problem.function)(&anywhere(problem, &mut random))).collect();
    let mean = values.iter().sum::<f64>() / SAMPLE as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / SAMPLE as f64).sqrt()
}

/// What one repetition comes to.
struct Found {
    /// True regret of the condition recommended, of the best reading, and of the best condition tried.
    recommended: f64,
    read: f64,
    tried: f64,
    /// Share of experiments that repeat an earlier one.
    repeated: f64,
}

fn search(
    problem: &Problem,
    noise: f64,
    evaluations: usize,
    replicates: ReplicatesWanted,
    seed: u64,
) -> Result<Found, Message> {
    let settings = Settings { replicates, ..Settings::default() };
    let planner = Planner::new(problem.space()?, Goal::single("y", Direction::Minimise), settings)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut observed: Vec<Observation> = Vec::new();
    let mut truth = Vec::new();
    let mut repeated = 0;
    for number in 0..evaluations {
        let point = if number < FIRST {
            anywhere(problem, &mut random).into_iter().map(Value::Number).collect()
        } else {
            let suggestions = planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)?;
            suggestions.into_iter().next().map(|suggestion| suggestion.point).unwrap_or_default()
        };
        let x: Vec<f64> = point.iter().filter_map(Value::number).collect();
        let value = (problem.function)(&x);
        truth.push(value - problem.minimum);
        repeated += usize::from(observed.iter().any(|observation| observation.point == point));
        let z: f64 = StandardNormal.sample(&mut random);
        let outcomes = vec![Measured::Value(value + noise * z)];
        observed.push(Observation { point, row: None, outcomes, failed: false });
    }
    let model = planner.model(&observed, seed)?;
    let at = |index: Option<usize>| index.map_or(f64::INFINITY, |index| truth[index]);
    Ok(Found {
        recommended: at(model.best_believed().map(|(index, _)| index)),
        read: at(model.best_observed()),
        tried: truth.iter().copied().fold(f64::INFINITY, f64::min),
        repeated: repeated as f64 / evaluations as f64,
    })
}

fn quartiles(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[(share * (values.len() - 1) as f64).round() as usize];
    format!("{:.2e} [{:.1e}, {:.1e}]", at(0.5), at(0.25), at(0.75))
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|argument| argument.parse::<usize>().ok());
    let (seeds, evaluations) = (number(0).unwrap_or(20).max(1), number(1).unwrap_or(60));
    let auto = arguments.get(2).is_some_and(|word| word == "auto");
    let replicates = if auto { ReplicatesWanted::Auto } else { ReplicatesWanted::Never };
    let wanted = |problem: &Problem| match arguments.get(3) {
        Some(word) => problem.name.contains(word.as_str()),
        None => ["Branin", "Hartmann-6"].contains(&problem.name),
    };
    println!("problem, noise: regret recommended, of the best reading, of the best tried; share repeated");
    for problem in problems::all().into_iter().filter(wanted) {
        let deviation = deviation(&problem);
        for share in NOISE {
            let each = (0..seeds as u64).into_par_iter();
            let found = each.map(|seed| search(&problem, share * deviation, evaluations, replicates, seed));
            let found = found.collect::<Result<Vec<Found>, _>>().map_err(|message| message.to_string())?;
            let repeated = found.iter().map(|one| one.repeated).sum::<f64>() / seeds as f64;
            let of = |pick: fn(&Found) -> f64| quartiles(found.iter().map(pick).collect());
            println!(
                "{}, {:.0} %: {}, {}, {}; {repeated:.2} ({seeds} seeds, {evaluations} evaluations)",
                problem.name,
                100.0 * share,
                of(|one| one.recommended),
                of(|one| one.read),
                of(|one| one.tried),
            );
        }
    }
    Ok(())
}
