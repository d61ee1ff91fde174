//! What beliefs are worth over ranges when they are right and when they are wrong, and what correcting a creeping
//! instrument is worth: median regret, and experiments until the regret is below a level.
//! (`knowledge` does the same on pools, with earlier campaigns.)
//!
//! `cargo run --release -p matdock-plan --example beliefs -- [SEEDS [EVALUATIONS [CASE]]]`

mod problems;

use matdock_message::Message;
use matdock_plan::{
    Direction, DriftWanted, ExpectedTrend, Goal, Guess, Knowledge, Measured, Observation, Planner, Settings, Space,
    Value,
};
use problems::Problem;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;

/// A function, what is known of it, and what an instrument adds from one experiment to the next.
struct Task {
    problem: Problem,
    optimum: &'static [f64],
    /// Number of a parameter with which the function falls everywhere.
    falls_with: Option<usize>,
    level: f64,
    creep: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Case {
    Nothing,
    Guess { right: bool },
    Trend { right: bool },
    Drift { creeps: bool, wanted: DriftWanted },
}

const CASES: [(&str, Case); 10] = [
    ("no knowledge", Case::Nothing),
    ("right guess", Case::Guess { right: true }),
    ("wrong guess", Case::Guess { right: false }),
    ("right trend", Case::Trend { right: true }),
    ("wrong trend", Case::Trend { right: false }),
    ("creeping, drift = false", Case::Drift { creeps: true, wanted: DriftWanted::Ignore }),
    ("creeping, drift = \"auto\"", Case::Drift { creeps: true, wanted: DriftWanted::Auto }),
    ("creeping, drift = true", Case::Drift { creeps: true, wanted: DriftWanted::Correct }),
    ("steady, drift = \"auto\"", Case::Drift { creeps: false, wanted: DriftWanted::Auto }),
    ("steady, drift = true", Case::Drift { creeps: false, wanted: DriftWanted::Correct }),
];
/// How sure a guess is, and how far a right one is off (standard deviation, in ranges).
const CONFIDENCE: f64 = 0.7;
const OFF: f64 = 0.05;
/// A wrong guess is the worst of so many places.
const PLACES: usize = 20;

fn tasks() -> Vec<Task> {
    let task = |name: &str, optimum, falls_with, level, creep| {
        let problem = problems::all().into_iter().find(|problem| problem.name == name)?;
        Some(Task { problem, optimum, falls_with, level, creep })
    };
    let tasks = [
        task("Branin", &[std::f64::consts::PI, 2.275], None, 0.1, 1.0),
        task("Hartmann-3 on a slope", &[0.114_614, 0.555_649, 0.852_547, 1.0], Some(3), 0.1, 0.05),
    ];
    tasks.into_iter().flatten().collect()
}

fn guess(task: &Task, right: bool, space: &Space, seed: u64) -> Result<Guess, Message> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let ranges = &task.problem.ranges;
    let mut place = || -> Vec<f64> { ranges.iter().map(|(low, high)| random.random_range(*low..=*high)).collect() };
    let wrong =
        (0..PLACES).map(|_| place()).max_by(|a, b| (task.problem.function)(a).total_cmp(&(task.problem.function)(b)));
    let near = task.optimum.iter().zip(ranges).map(|(x, (low, high))| {
        // The sum of twelve evenly distributed numbers less six is nearly normal.
        let normal: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
        (x + OFF * (high - low) * normal).clamp(*low, *high)
    });
    let near: Vec<f64> = near.collect();
    let at = if right { near } else { wrong.unwrap_or_default() };
    let named: Vec<(String, Value)> =
        at.into_iter().enumerate().map(|(index, x)| (format!("x{index}"), Value::Number(x))).collect();
    Guess::new(&named, CONFIDENCE, space)
}

/// Lowest regret so far after every experiment; `None` where the case makes no sense for the task.
fn regrets(task: &Task, case: Case, evaluations: usize, seed: u64) -> Result<Option<Vec<f64>>, Message> {
    let problem = &task.problem;
    let (space, goal) = (problem.space()?, Goal::single("y", Direction::Minimise));
    let mut settings = Settings { initial: 2 * problem.ranges.len(), ..Settings::default() };
    let (mut knowledge, mut creep) = (Knowledge::default(), 0.0);
    match case {
        Case::Nothing => {}
        Case::Guess { right } => knowledge.guesses = vec![guess(task, right, &space, seed)?],
        Case::Trend { right } => {
            let Some(parameter) = task.falls_with else { return Ok(None) };
            let name = format!("x{parameter}");
            knowledge.trends = vec![ExpectedTrend::new("y", &name, !right, (None, None), &space, &goal)?];
        }
        Case::Drift { creeps, wanted } => {
            settings.drift = wanted;
            creep = if creeps { task.creep } else { 0.0 };
        }
    }
    let planner = Planner::new(space, goal, settings)?.with_knowledge(knowledge);
    let (mut observed, mut lowest) = (Vec::new(), Vec::new());
    let mut best = f64::INFINITY;
    for number in 0..evaluations {
        for suggestion in planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)? {
            let x: Vec<f64> = suggestion.point.iter().filter_map(Value::number).collect();
            let value = (problem.function)(&x);
            best = best.min(value - problem.minimum);
            let outcomes = vec![Measured::Value(value + creep * number as f64)];
            observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: false });
        }
        lowest.push(best);
    }
    Ok(Some(lowest))
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: usize| {
        arguments.get(index).map_or(Ok(default), |text| text.parse::<usize>().map_err(|error| error.to_string()))
    };
    let (seeds, evaluations) = (number(0, 20)?.max(1), number(1, 30)?.max(1));
    println!(
        "| function | case | median regret after {} | after {evaluations} | experiments to the level |",
        evaluations / 2
    );
    println!("|---|---|---|---|---|");
    for task in tasks() {
        for (name, case) in CASES.iter().filter(|(name, _)| arguments.get(2).is_none_or(|word| name.contains(word))) {
            let each = (0..seeds as u64).into_par_iter().map(|seed| regrets(&task, *case, evaluations, seed));
            let each = each.collect::<Result<Vec<_>, _>>().map_err(|message| message.to_string())?;
            let each: Vec<Vec<f64>> = each.into_iter().flatten().collect();
            if each.is_empty() {
                continue;
            }
            let median = |mut values: Vec<f64>| {
                values.sort_by(f64::total_cmp);
                values[values.len() / 2]
            };
            let after = |count: usize| median(each.iter().map(|regrets| regrets[count.max(1) - 1]).collect());
            let reached = |regrets: &Vec<f64>| match regrets.iter().position(|regret| *regret <= task.level) {
                Some(index) => index as f64 + 1.0,
                None => f64::INFINITY,
            };
            let experiments = median(each.iter().map(reached).collect());
            let shown = if experiments.is_finite() { experiments.to_string() } else { format!("> {evaluations}") };
            let (half, whole) = (after(evaluations / 2), after(evaluations));
            println!("| {} | {name} | {half:.1e} | {whole:.1e} | {shown} to {} |", task.problem.name, task.level);
        }
    }
    Ok(())
}
