//! What the process chain of `examples/powder-film` saves: the planner with and without the intermediates, on the same
//! simulated films, from the same first experiments, one experiment at a time.
//!
//! `cargo run --release -p matdock-app --example powder -- [SEEDS [EXPERIMENTS]]`
//!
//! Both see readings with scatter, noise and failures. What counts is the noise-free resistance of the best film tried.

use std::path::Path;

use matdock_app::campaign::Campaign;
use matdock_lab::physics::{
    powder_film::{Conditions, SENSED, optimum},
    trial,
};
use matdock_message::Message;
use matdock_plan::{Goal, Measured, Observation, Planner};
use rayon::prelude::*;

/// Levels that are to be reached \[Ohm.cm2\].
const LEVELS: [f64; 4] = [1.2, 1.0, 0.9, 0.8];

/// Noise-free resistance of the best film after every experiment; infinite until one is whole.
fn run(campaign: &Campaign, goal: &Goal, experiments: usize, seed: u64) -> Result<Vec<f64>, Message> {
    let planner = Planner::new(campaign.space.clone(), goal.clone(), campaign.planner.clone())?;
    let (mut observed, mut best, mut course) = (Vec::new(), f64::INFINITY, Vec::new());
    for number in 0..experiments as u64 {
        let suggestion = planner.suggest(&observed, &[], 1, 1000 * seed + number)?.swap_remove(0);
        let conditions = Conditions::from_fields(&campaign.settings_of(&suggestion.point, None))?;
        let trial = trial(&conditions, 1000 * seed + number);
        if trial.failure.is_none() {
            best = f64::min(best, conditions.film([0.0; 4]).resistance());
        }
        course.push(best);
        let reading = |name: &str| match SENSED.iter().position(|sensor| sensor.0 == name) {
            Some(sensor) => trial.sensed[sensor],
            None => trial.resistance,
        };
        let measured = |name: &str| reading(name).map_or(Measured::Missing, Measured::Value);
        let outcomes = goal.outcomes().into_iter().map(measured).collect();
        observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: trial.failure.is_some() });
    }
    Ok(course)
}

fn main() -> Result<(), Message> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: usize| words.get(place).and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seeds, experiments) = (number(0, 50).max(1), number(1, 60).max(1));
    let campaign =
        Campaign::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/powder-film/campaign.toml"))?;
    let direct = Goal { stages: Vec::new(), ..campaign.goal.clone() };
    let all = |goal: &Goal| -> Result<Vec<Vec<f64>>, Message> {
        (0..seeds as u64).into_par_iter().map(|seed| run(&campaign, goal, experiments, seed)).collect()
    };
    let (direct, chain) = (all(&direct)?, all(&campaign.goal)?);
    println!("{seeds} seeds, {experiments} experiments; known optimum {:.3} Ohm.cm2", optimum().1);
    println!("{:>34} {:>10} {:>10}", "", "direct", "chain");
    for after in [campaign.planner.initial, 30, 45, 60].into_iter().filter(|after| *after <= experiments) {
        let at = |runs: &[Vec<f64>]| middle(runs.iter().map(|run| run[after - 1]).collect());
        println!("median best after {after:3} experiments   {:>10.3} {:>10.3}", at(&direct), at(&chain));
    }
    let end = middle(direct.iter().map(|run| run[experiments - 1]).collect());
    for level in LEVELS.into_iter().chain([end]) {
        let (without, with) = (reached(&direct, level), reached(&chain, level));
        let saved: Vec<f64> = without.iter().zip(&with).map(|(without, with)| without - with).collect();
        println!(
            "experiments to {level:.3} Ohm.cm2 (median)   {:>10} {:>10}   reached by {} and {} runs; mean saving {:.1}",
            shown(middle(without.clone()), experiments),
            shown(middle(with.clone()), experiments),
            without.iter().filter(|count| **count <= experiments as f64).count(),
            with.iter().filter(|count| **count <= experiments as f64).count(),
            saved.iter().sum::<f64>() / saved.len() as f64,
        );
    }
    let better = direct.iter().zip(&chain).filter(|(without, with)| with.last() < without.last()).count();
    println!("the chain ends better on {better} of {seeds} seeds");
    Ok(())
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
