//! What the process chain of `examples/powder-film` saves: the planner with and without the intermediates, on the same
//! simulated films, from the same first experiments, one experiment at a time.
//!
//! `cargo run --release -p matdock-app --example powder -- [SEEDS [EXPERIMENTS]]`
//!
//! Both see readings with scatter, noise and failures. What counts is the noise-free resistance of the best film tried.
//!
//! `cargo run --release -p matdock-app --example powder -- machine [SEEDS [EXPERIMENTS]]`: the same line with another mill,
//! kneader, dryer and furnace, with and without what 60 films of the first line told.

use std::path::Path;

use matdock_app::campaign::Campaign;
use matdock_lab::physics::{
    powder_film::{Conditions, SENSED, optimum},
    trial,
};
use matdock_message::Message;
use matdock_plan::{Goal, Knowledge, Measured, Observation, Planner, Settings, Source, Value};
use rayon::prelude::*;

/// Levels that are to be reached \[Ohm.cm2\].
const LEVELS: [f64; 4] = [1.2, 1.0, 0.9, 0.8];

/// Films of the first line, spread over the settings, that the second may learn from.
const ELSEWHERE: usize = 60;

/// What the settings of a line amount to on the line of the equations.
type Machine = fn(Conditions) -> Conditions;

/// Another line: the mill does less at the same speed and the kneader more, the dryer is hotter than it shows and the
/// furnace colder.
fn another(Conditions(mut settings): Conditions) -> Conditions {
    settings[3] *= 0.85;
    settings[5] *= 1.3;
    settings[10] += 8.0;
    settings[12] -= 30.0;
    Conditions(settings)
}

/// What a film tells, and its noise-free resistance (infinite where it failed).
fn made(
    campaign: &Campaign,
    goal: &Goal,
    machine: Machine,
    point: Vec<Value>,
    seed: u64,
) -> Result<(Observation, f64), Message> {
    let conditions = machine(Conditions::from_fields(&campaign.settings_of(&point, None))?);
    let trial = trial(&conditions, seed);
    let reading = |name: &str| match SENSED.iter().position(|sensor| sensor.0 == name) {
        Some(sensor) => trial.sensed[sensor],
        None => trial.resistance,
    };
    let measured = |name: &str| reading(name).map_or(Measured::Missing, Measured::Value);
    let outcomes = goal.outcomes().into_iter().map(measured).collect();
    let failed = trial.failure.is_some();
    let truth = if failed { f64::INFINITY } else { conditions.film([0.0; 4]).resistance() };
    Ok((Observation { point, row: None, outcomes, failed }, truth))
}

/// What the films of the first line told.
fn elsewhere(campaign: &Campaign, goal: &Goal, seed: u64) -> Result<Knowledge, Message> {
    let settings = Settings { initial: ELSEWHERE, ..campaign.planner.clone() };
    let planner = Planner::new(campaign.space.clone(), goal.clone(), settings)?;
    let seed = 500_000 + 1000 * seed;
    let points = planner.suggest(&[], &[], ELSEWHERE, seed)?.into_iter().map(|suggestion| suggestion.point);
    let made = |(point, seed)| made(campaign, goal, |conditions| conditions, point, seed);
    let observed = points.zip(seed..).map(|one| Ok(made(one)?.0));
    let sources = vec![Source::new("first line", observed.collect::<Result<_, Message>>()?)];
    Ok(Knowledge { sources, ..Knowledge::default() })
}

/// Noise-free resistance of the best film after every experiment; infinite until one is whole.
fn run(
    campaign: &Campaign,
    goal: &Goal,
    (machine, knowledge): (Machine, Knowledge),
    experiments: usize,
    seed: u64,
) -> Result<Vec<f64>, Message> {
    let planner = Planner::new(campaign.space.clone(), goal.clone(), campaign.planner.clone())?;
    let planner = planner.with_knowledge(knowledge);
    let (mut observed, mut best, mut course) = (Vec::new(), f64::INFINITY, Vec::new());
    for number in 0..experiments as u64 {
        let suggestion = planner.suggest(&observed, &[], 1, 1000 * seed + number)?.swap_remove(0);
        let (observation, truth) = made(campaign, goal, machine, suggestion.point, 1000 * seed + number)?;
        best = best.min(truth);
        course.push(best);
        observed.push(observation);
    }
    Ok(course)
}

fn main() -> Result<(), Message> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let machine = words.first().is_some_and(|word| word == "machine");
    words.drain(..usize::from(machine));
    let number = |place: usize, default: usize| words.get(place).and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seeds, experiments) = (number(0, if machine { 20 } else { 50 }).max(1), number(1, 60).max(1));
    let campaign =
        Campaign::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/powder-film/campaign.toml"))?;
    let direct = Goal { stages: Vec::new(), ..campaign.goal.clone() };
    let all = |goal: &Goal, machine: Machine, known: bool| -> Result<Vec<Vec<f64>>, Message> {
        let each = (0..seeds as u64).into_par_iter().map(|seed| {
            let knowledge = if known { elsewhere(&campaign, goal, seed)? } else { Knowledge::default() };
            run(&campaign, goal, (machine, knowledge), experiments, seed)
        });
        each.collect()
    };
    if machine {
        let nothing = all(&campaign.goal, another, false)?;
        println!("Without the first line (left) and with what it told, through the chain (right):");
        compare(&campaign, &nothing, &all(&campaign.goal, another, true)?);
        println!("Without the chain, both:");
        compare(&campaign, &all(&direct, another, false)?, &all(&direct, another, true)?);
    } else {
        println!("Without the chain (left) and with it (right); known optimum {:.3} Ohm.cm2:", optimum().1);
        compare(&campaign, &all(&direct, |same| same, false)?, &all(&campaign.goal, |same| same, false)?);
    }
    Ok(())
}

fn compare(campaign: &Campaign, direct: &[Vec<f64>], chain: &[Vec<f64>]) {
    let (seeds, experiments) = (direct.len(), direct.first().map_or(0, Vec::len));
    println!("{seeds} seeds, {experiments} experiments");
    for after in [campaign.planner.initial, 30, 45, 60].into_iter().filter(|after| *after <= experiments) {
        let at = |runs: &[Vec<f64>]| middle(runs.iter().map(|run| run[after - 1]).collect());
        println!("median best after {after:3} experiments   {:>10.3} {:>10.3}", at(direct), at(chain));
    }
    let end = middle(direct.iter().map(|run| run[experiments - 1]).collect());
    for level in LEVELS.into_iter().chain([end]) {
        let (without, with) = (reached(direct, level), reached(chain, level));
        let saved: Vec<f64> = without.iter().zip(&with).map(|(without, with)| without - with).collect();
        let mean = saved.iter().sum::<f64>() / seeds as f64;
        let squares: f64 = saved.iter().map(|one| (one - mean).powi(2)).sum();
        let error = (squares / (seeds as f64 - 1.0).max(1.0) / seeds as f64).sqrt();
        println!(
            "experiments to {level:.3} Ohm.cm2 (median)   {:>10} {:>10}   reached by {} and {} runs; mean saving {:.1} ± {:.1}",
            shown(middle(without.clone()), experiments),
            shown(middle(with.clone()), experiments),
            without.iter().filter(|count| **count <= experiments as f64).count(),
            with.iter().filter(|count| **count <= experiments as f64).count(),
            mean,
            error,
        );
    }
    let better = direct.iter().zip(chain).filter(|(without, with)| with.last() < without.last()).count();
    println!("the right one ends better on {better} of {seeds} seeds");
}

/// Experiments until every run reached the level; one more than there were where it did not.
fn reached(runs: &[Vec<f64>], level: f64) -> Vec<f64> {
    let count = |run: &Vec<f64>| run.iter().position(|best| *best <= level).unwrap_or(run.len()) + 1;
    runs.iter().map(|run| count(run) as f64).collect()
}

fn shown(count: f64, experiments: usize) -> String {
    if count > experiments as f64 { format!("> {experiments}") } else { format!("{count}") }
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { 0.5 * (values[half - 1] + values[half]) }
}
