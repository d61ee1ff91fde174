//! Median regret after 60 experiments, five of them random, on functions of numbers and names:
//! `cargo run --release -p matdock-plan --example mixed -- [SEEDS]`

use std::f64::consts::{E, PI};

use matdock_message::Message;
use matdock_plan::{
    Direction, Goal, Measured, Observation, Parameter, ParameterKind, Planner, Point, Scale, Settings, Space, Value,
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;

const EXPERIMENTS: usize = 60;
const GIVEN: usize = 5;

struct Problem {
    name: &'static str,
    parameters: Vec<Parameter>,
    function: fn(&[Value]) -> f64,
    minimum: f64,
}

fn parameter(name: &str, kind: ParameterKind) -> Parameter {
    Parameter { name: name.to_owned(), unit: String::new(), kind }
}

fn number(name: &str, low: f64, high: f64) -> Parameter {
    parameter(name, ParameterKind::Continuous { low, high, scale: Scale::Linear, step: None })
}

fn names(name: &str, levels: &[&str]) -> Parameter {
    parameter(name, ParameterKind::Categorical { levels: levels.iter().map(|&level| level.to_owned()).collect() })
}

fn at(point: &[Value], index: usize) -> f64 {
    point.get(index).and_then(Value::number).unwrap_or(f64::NAN)
}

fn level(point: &[Value], index: usize) -> &str {
    match point.get(index) {
        Some(Value::Level(level)) => level,
        _ => "",
    }
}

/// Ackley's function of three numbers, two whole numbers and a category that stands for a sixth coordinate.
fn ackley(point: &[Value]) -> f64 {
    let last = match level(point, 5) {
        "a" => -6.0,
        "b" => -2.0,
        "c" => 0.0,
        "d" => 3.0,
        _ => 7.0,
    };
    let numbers = [at(point, 0) - 3.7, at(point, 1) - 3.7, at(point, 2) - 3.7, at(point, 3) - 2.0, at(point, 4) + 4.0];
    let mean = |of: fn(f64) -> f64| (numbers.iter().map(|x| of(*x)).sum::<f64>() + of(last)) / 6.0;
    -20.0 * (-0.2 * mean(|x| x * x).sqrt()).exp() - mean(|x| (2.0 * PI * x).cos()).exp() + 20.0 + E
}

/// Func-2C of Ru et al., CoCaBO (ICML 2020): each category adds one of three functions of the same two numbers.
fn two_categories(point: &[Value]) -> f64 {
    let (u, v) = (2.0 * at(point, 2), 2.0 * at(point, 3));
    let part = |index: usize| match level(point, index) {
        "rosenbrock" => (100.0 * (v - u * u).powi(2) + (1.0 - u).powi(2)) / 300.0,
        "camel" => ((4.0 - 2.1 * u * u + u.powi(4) / 3.0) * u * u + u * v + (4.0 * v * v - 4.0) * v * v) / 10.0,
        _ => {
            let term = |at_one: f64, power: i32| (at_one - u + u * v.powi(power)).powi(2);
            (term(1.5, 1) + term(2.25, 2) + term(2.625, 3)) / 50.0
        }
    };
    part(0) + part(1)
}

fn problems() -> [Problem; 2] {
    let whole = |name| parameter(name, ParameterKind::Integer { low: -10, high: 10 });
    let mut six: Vec<Parameter> = ["x1", "x2", "x3"].map(|name| number(name, -15.0, 15.0)).to_vec();
    six.extend([whole("n1"), whole("n2"), names("level", &["a", "b", "c", "d", "e"])]);
    let kinds = ["rosenbrock", "camel", "beale"];
    let four = vec![names("first", &kinds), names("second", &kinds), number("u", -1.0, 1.0), number("v", -1.0, 1.0)];
    [
        Problem {
            name: "Ackley, 3 numbers, 2 whole numbers, 1 category",
            parameters: six,
            function: ackley,
            minimum: 0.0,
        },
        Problem { name: "Func-2C", parameters: four, function: two_categories, minimum: -0.206325690699 },
    ]
}

fn random_point(parameters: &[Parameter], random: &mut ChaCha8Rng) -> Point {
    let mut drawn = |parameter: &Parameter| {
        let share: f64 = random.random();
        match &parameter.kind {
            ParameterKind::Continuous { low, high, .. } => Value::Number(low + (high - low) * share),
            ParameterKind::Integer { low, high } => {
                Value::Number((*low as f64 + ((high - low + 1) as f64 * share).floor()).min(*high as f64))
            }
            ParameterKind::Categorical { levels } => {
                let index = (levels.len() as f64 * share) as usize;
                levels.get(index).cloned().map_or(Value::Absent, Value::Level)
            }
            _ => Value::Absent,
        }
    };
    parameters.iter().map(&mut drawn).collect()
}

fn regret(problem: &Problem, seed: u64) -> Result<f64, Message> {
    let settings = Settings { initial: GIVEN, ..Settings::default() };
    let space = Space::ranges(problem.parameters.clone())?;
    let planner = Planner::new(space, Goal::single("y", Direction::Minimise), settings)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed + 77);
    let mut observed: Vec<Observation> = Vec::new();
    let mut best = f64::INFINITY;
    for number in 0..EXPERIMENTS {
        let point = if number < GIVEN {
            random_point(&problem.parameters, &mut random)
        } else {
            let suggested = planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)?;
            suggested.into_iter().next().map(|suggestion| suggestion.point).unwrap_or_default()
        };
        let value = (problem.function)(&point);
        best = best.min(value);
        observed.push(Observation { point, row: None, outcomes: vec![Measured::Value(value)], failed: false });
    }
    Ok(best - problem.minimum)
}

fn main() -> Result<(), String> {
    let seeds: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20).max(1);
    for problem in problems() {
        let each = (0..seeds).into_par_iter().map(|seed| regret(&problem, seed));
        let mut regrets = each.collect::<Result<Vec<f64>, _>>().map_err(|message| message.to_string())?;
        regrets.sort_by(f64::total_cmp);
        let at = |share: f64| regrets.get((share * (seeds - 1) as f64).round() as usize).copied().unwrap_or(f64::NAN);
        println!(
            "{}: median {:.2e}, quartiles {:.2e} {:.2e} ({seeds} seeds)",
            problem.name,
            at(0.5),
            at(0.25),
            at(0.75)
        );
    }
    Ok(())
}
