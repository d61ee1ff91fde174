//! What ending films early saves in `examples/powder-film`: every film made to its end, ended after drying when its chance
//! to be the best falls below a limit, or when what was seen promises too little for the rest (reservation price). One film at a
//! time; what counts is the noise-free resistance of the best film finished, after so many hours of lab time.
//!
//! `cargo run --release -p matdock-app --example early -- [SEEDS [HOURS [BELOW]]]`

use std::path::Path;

use matdock_app::campaign::Campaign;
use matdock_lab::physics::{
    powder_film::{Conditions, RANGES, SENSED, optimum},
    trial,
};
use matdock_message::Message;
use matdock_plan::{Lesson, Measured, Observation, Partial, Planner, SoFar};
use rayon::prelude::*;

/// What ends a film after drying.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    Never,
    Chance(f64),
    Worth,
}

/// What is known after drying: the first five of [`SENSED`].
const EARLY: usize = 5;

#[derive(Default)]
struct Run {
    /// Hours spent and best resistance then, film by film.
    course: Vec<(f64, f64)>,
    ended: usize,
    spared: f64,
}

/// Hours until a film is dry, and of the rest.
fn hours(conditions: &Conditions) -> (f64, f64) {
    let of = |name: &str| RANGES.iter().position(|range| range.0 == name).map_or(0.0, |place| conditions.0[place]);
    ((10.0 + 10.0 + of("mill_time") + 10.0 + of("kneading_time") + 8.0 + 60.0) / 60.0, 5.45 + of("sintering_time"))
}

fn run(campaign: &Campaign, rule: Rule, budget: f64, seed: u64) -> Result<Run, Message> {
    let gives: Vec<String> = SENSED.iter().take(EARLY).map(|sensor| sensor.0.to_owned()).collect();
    let partial = Partial { until: "drying".to_owned(), gives, cost: 0.33 };
    let partials = if rule == Rule::Worth { vec![partial] } else { Vec::new() };
    let planner = Planner::new(campaign.space.clone(), campaign.goal.clone(), campaign.planner.clone())?;
    let planner = planner.with_partials(partials)?;
    let names = campaign.goal.outcomes();
    let (mut observed, mut early): (Vec<Observation>, Vec<SoFar>) = (Vec::new(), Vec::new());
    let mut whole: Vec<usize> = Vec::new();
    let (mut run, mut spent, mut best, mut least) = (Run::default(), 0.0, f64::INFINITY, f64::INFINITY);
    let mut number = 0;
    while spent < budget {
        let lesson = Lesson::new(observed.clone());
        let suggestion = planner.suggest_from(&lesson, &[], 1, 1000 * seed + number)?.swap_remove(0);
        let conditions = Conditions::from_fields(&campaign.settings_of(&suggestion.point, None))?;
        let made = trial(&conditions, 1000 * seed + number);
        number += 1;
        let (first, rest) = hours(&conditions);
        let reading = |name: &str, known: usize| match SENSED.iter().position(|sensor| sensor.0 == name) {
            Some(sensor) => made.sensed[sensor].filter(|_| sensor < known),
            None => made.resistance.filter(|_| known == SENSED.len()),
        };
        let observation = |known: usize| {
            let measured = |name: &&str| reading(name, known).map_or(Measured::Missing, Measured::Value);
            let outcomes = names.iter().map(measured).collect();
            Observation { point: suggestion.point.clone(), row: None, outcomes, failed: made.failure.is_some() }
        };
        spent += first;
        let seen: SoFar = made.sensed.iter().take(EARLY).copied().collect();
        let judged = made.failure.is_none() && observed.len() >= campaign.planner.initial;
        let ended = judged
            && match rule {
                Rule::Never => false,
                Rule::Worth => planner.is_worth_finishing(&lesson, &observation(EARLY), 0, seed)? == Some(false),
                Rule::Chance(below) => {
                    let past: Vec<Observation> = whole.iter().map(|&place| observed[place].clone()).collect();
                    let before: Vec<SoFar> = whole.iter().map(|&place| early[place].clone()).collect();
                    let forecast = planner.forecast(&past, &before, &suggestion.point, &seen)?;
                    forecast.is_some_and(|forecast| forecast.chance < below)
                }
            };
        let mut known = observation(if ended { EARLY } else { SENSED.len() });
        if ended {
            run.ended += 1;
            run.spared += rest;
            // What will hardly be better than the best counts as worse.
            if let (Rule::Chance(_), Some(outcome)) = (rule, known.outcomes.first_mut()) {
                *outcome = Measured::Above(least);
            }
        } else {
            if made.failure.is_none() {
                spent += rest;
                best = f64::min(best, conditions.film([0.0; 4]).resistance());
                least = f64::min(least, made.resistance.unwrap_or(f64::INFINITY));
            }
            whole.push(observed.len());
        }
        observed.push(known);
        early.push(seen);
        run.course.push((spent, best));
    }
    Ok(run)
}

fn main() -> Result<(), Message> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: f64| words.get(place).and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seeds, budget, below) = (number(0, 10.0).max(1.0) as u64, number(1, 500.0), number(2, 0.02));
    let campaign =
        Campaign::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/powder-film/campaign.toml"))?;
    println!("{seeds} seeds, {budget} h of lab time; known optimum {:.3} Ohm.cm2", optimum().1);
    let rules = [("to the end", Rule::Never), ("by chance", Rule::Chance(below)), ("by worth", Rule::Worth)];
    for (name, rule) in rules {
        let runs: Vec<Run> =
            (0..seeds).into_par_iter().map(|seed| run(&campaign, rule, budget, seed)).collect::<Result<_, _>>()?;
        let at = |share: f64| {
            let best =
                |run: &Run| run.course.iter().take_while(|c| c.0 <= share * budget).last().map_or(f64::NAN, |c| c.1);
            middle(runs.iter().map(best).collect())
        };
        let mean = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
        println!(
            "{name:10}: median best {:.3} at half of the time, {:.3} at the end; {:.1} films, {:.1} of them ended early, {:.0} h spared",
            at(0.5),
            at(1.0),
            mean(&|run| run.course.len() as f64),
            mean(&|run| run.ended as f64),
            mean(&|run| run.spared)
        );
    }
    Ok(())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { 0.5 * (values[half - 1] + values[half]) }
}
