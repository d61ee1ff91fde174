//! Function networks of which the first quantities are cheap: the planner with a process chain making every experiment
//! whole, and making them up to a stage first. What counts is the regret after so much cost, in whole experiments.
//!
//! `cargo run --release -p matdock-plan --example partial -- [SEEDS [BUDGET [PROBLEM [COST]]]]`

mod network_problems;

use matdock_message::Message;
use matdock_plan::{Begun, Lesson, Measured, Next, Observation, Partial, Planner, Settings, Value};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use network_problems::{Problem, problems};

/// What a run did and reached.
#[derive(Default)]
struct Run {
    /// Cost spent, and the regret then, after every experiment that was finished.
    course: Vec<(f64, f64)>,
    whole: usize,
    begun: usize,
    finished: usize,
}

fn run(problem: &Problem, budget: f64, cost: Option<f64>, seed: u64) -> Result<Run, Message> {
    let (goal, last, first) = (problem.goal(true), problem.links.len() - 1, 2 * (problem.inputs + 1));
    let numbers: Vec<usize> = goal.outcomes().iter().filter_map(|name| name[1..].parse().ok()).collect();
    // Half of the quantities are known early.
    let early = problem.links.len() / 2;
    let gives = (0..early).map(|number| format!("y{number}")).collect();
    let partials = cost.map(|cost| Partial { until: "half".to_owned(), gives, cost }).into_iter().collect();
    let settings = Settings { initial: first, ..Settings::default() };
    let planner = Planner::new(problem.space()?, goal, settings)?.with_partials(partials)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut observed, mut open): (Vec<Observation>, Vec<Begun>) = (Vec::new(), Vec::new());
    let (mut run, mut spent, mut best, mut number) = (Run::default(), 0.0, f64::NEG_INFINITY, 0);
    let measure = |point: &[Value], known: usize| -> Vec<Measured> {
        let x: Vec<f64> = point.iter().filter_map(Value::number).collect();
        let values = (problem.function)(&x);
        let seen = |number: &usize| if *number < known { Measured::Value(values[*number]) } else { Measured::Missing };
        numbers.iter().map(seen).collect()
    };
    while spent < budget {
        let next = if observed.len() < first {
            let point: Vec<Value> = (0..problem.inputs).map(|_| Value::Number(random.random())).collect();
            Err(point)
        } else {
            Ok(planner.next(&Lesson::new(observed.clone()), &[], &open, 1000 * seed + number)?)
        };
        number += 1;
        let finished = match next {
            Err(point) => {
                let outcomes = measure(&point, last + 1);
                observed.push(Observation { point, row: None, outcomes, failed: false });
                // The first ones are the same for both and not counted.
                observed.len() - 1
            }
            Ok(Next::New { suggestion, until: Some(partial) }) => {
                spent += planner.partials()[partial].cost;
                run.begun += 1;
                open.push(Begun { observation: observed.len(), partial });
                let outcomes = measure(&suggestion.point, early);
                observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: false });
                continue;
            }
            Ok(Next::New { suggestion, until: None }) => {
                spent += 1.0;
                run.whole += 1;
                let outcomes = measure(&suggestion.point, last + 1);
                observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: false });
                observed.len() - 1
            }
            Ok(Next::Finish { begun }) => {
                let Begun { observation, partial } = open.remove(begun);
                spent += 1.0 - planner.partials()[partial].cost;
                run.finished += 1;
                observed[observation].outcomes = measure(&observed[observation].point.clone(), last + 1);
                observation
            }
        };
        let value = observed[finished].outcomes.iter().zip(&numbers).find(|(_, number)| **number == last);
        best = best.max(value.and_then(|(measured, _)| measured.value()).unwrap_or(f64::NEG_INFINITY));
        run.course.push((spent, problem.best - best));
    }
    Ok(run)
}

fn main() -> Result<(), Message> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: f64| words.get(place).and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seeds, budget, cost) = (number(0, 20.0).max(1.0) as u64, number(1, 30.0), number(3, 0.3));
    println!("{seeds} seeds; until half of the quantities are known an experiment costs {cost} of a whole one");
    for problem in problems().iter().filter(|problem| words.get(2).is_none_or(|name| name == problem.name)) {
        let all = |cost: Option<f64>| -> Result<Vec<Run>, Message> {
            (0..seeds).into_par_iter().map(|seed| run(problem, budget, cost, seed)).collect()
        };
        let (whole, parts) = (all(None)?, all(Some(cost))?);
        for share in [0.25, 0.5, 0.75, 1.0] {
            let at = |runs: &[Run]| middle(runs.iter().map(|run| regret(run, share * budget)).collect());
            println!(
                "{:12} cost {:5.1}: regret whole {:.3e}, in parts {:.3e}",
                problem.name,
                share * budget,
                at(&whole),
                at(&parts)
            );
        }
        let target = middle(whole.iter().map(|run| regret(run, budget)).collect());
        let mut ratios: Vec<f64> = Vec::new();
        for (whole, parts) in whole.iter().zip(&parts) {
            let spent = |run: &Run| run.course.iter().find(|(_, r)| *r <= target).map_or(budget, |(spent, _)| *spent);
            ratios.push(spent(parts).max(1.0) / spent(whole).max(1.0));
        }
        let count = |of: fn(&Run) -> usize| parts.iter().map(of).sum::<usize>() as f64 / seeds as f64;
        println!(
            "{:12} cost to the regret that whole experiments end at: {:.2} of theirs (median of {seeds}); {:.1} whole, {:.1} begun, {:.1} of them finished",
            problem.name,
            middle(ratios),
            count(|run| run.whole),
            count(|run| run.begun),
            count(|run| run.finished)
        );
    }
    Ok(())
}

/// Regret when so much is spent.
fn regret(run: &Run, spent: f64) -> f64 {
    run.course
        .iter()
        .take_while(|(cost, _)| *cost <= spent + 1e-9)
        .map(|(_, regret)| *regret)
        .last()
        .unwrap_or(f64::NAN)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { 0.5 * (values[half - 1] + values[half]) }
}
