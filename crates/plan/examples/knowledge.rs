//! What knowledge is worth: experiments a pool needs with an earlier campaign, with one whose outcomes were shuffled, and
//! with right and wrong guesses of the optimum.
//!
//! `cargo run --release -p matdock-plan --example knowledge -- max|min OUTCOME INPUT,INPUT,... POOL.csv SOURCE.csv SEEDS BUDGET [KIND ...]`
//! (kinds: none source shuffled guess wrong; default all. An input the source does not have counts as 0 there.)

use std::process::ExitCode;

use matdock_plan::{
    Direction, Goal, Guess, Knowledge, Measured, Observation, Parameter, ParameterKind, Pool, Scale, Settings, Source,
    Space, Value,
    backtest::{self, Options, Table},
};
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match measure(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

/// Rows with equal settings once, with all their values.
struct Read {
    rows: Vec<Vec<String>>,
    values: Vec<Vec<f64>>,
}

fn read(path: &str, inputs: &[&str], outcome: &str) -> Result<Read, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut lines = text.lines().map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
    let header = lines.next().ok_or("empty file")?;
    let at = |name: &str| header.iter().position(|h| *h == name);
    let goal = at(outcome).ok_or(format!("{path}: no column {outcome}"))?;
    let columns: Vec<Option<usize>> = inputs.iter().map(|name| at(name)).collect();
    let mut read = Read { rows: Vec::new(), values: Vec::new() };
    for line in lines {
        let row: Vec<String> = columns.iter().map(|c| c.map_or("0".to_owned(), |c| line[c].to_owned())).collect();
        let value: f64 = line[goal].parse().map_err(|error| format!("{path}: {}: {error}", line[goal]))?;
        match read.rows.iter().position(|other| *other == row) {
            Some(same) => read.values[same].push(value),
            None => {
                read.rows.push(row);
                read.values.push(vec![value]);
            }
        }
    }
    Ok(read)
}

fn value(text: &str) -> Value {
    text.parse().map_or_else(|_| Value::Level(text.to_owned()), Value::Number)
}

fn measure(arguments: &[String]) -> Result<(), String> {
    let [direction, outcome, inputs, pool_path, source_path, seeds, budget, kinds @ ..] = arguments else {
        return Err("usage: knowledge max|min OUTCOME INPUT,... POOL.csv SOURCE.csv SEEDS BUDGET [KIND ...]".to_owned());
    };
    let inputs: Vec<&str> = inputs.split(',').collect();
    let (pool, source) = (read(pool_path, &inputs, outcome)?, read(source_path, &inputs, outcome)?);
    let column = |(index, name): (usize, &&str)| {
        let mut levels: Vec<String> = Vec::new();
        for row in pool.rows.iter().chain(&source.rows) {
            if !levels.contains(&row[index]) {
                levels.push(row[index].clone());
            }
        }
        let number = levels.iter().all(|level| level.parse::<f64>().is_ok());
        let kind = if number {
            ParameterKind::Continuous { low: -1e300, high: 1e300 / 2.0, scale: Scale::Linear, step: None }
        } else {
            ParameterKind::Categorical { levels }
        };
        Parameter { name: (*name).to_owned(), unit: String::new(), kind }
    };
    let columns: Vec<Parameter> = inputs.iter().enumerate().map(column).collect();
    let points: Vec<Vec<Value>> = pool.rows.iter().map(|row| row.iter().map(|cell| value(cell)).collect()).collect();
    let outcomes: Vec<Vec<Vec<f64>>> = pool.values.iter().map(|values| vec![values.clone()]).collect();
    let made = Pool::new(columns, points.clone(), Vec::new()).map_err(|m| m.to_string())?;
    let space = Space::Pool(made.clone());
    let table = Table { pool: made, outcomes };
    let sign = if direction == "max" { 1.0 } else { -1.0 };
    let goal = Goal::single(outcome.as_str(), if sign > 0.0 { Direction::Maximise } else { Direction::Minimise });
    let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| (sign * mean(&pool.values[b])).total_cmp(&(sign * mean(&pool.values[a]))));
    let guess_at = |row: usize| -> Result<Guess, String> {
        let at: Vec<(String, Value)> = inputs.iter().map(|i| (*i).to_owned()).zip(points[row].clone()).collect();
        Guess::new(&at, 0.7, &space).map_err(|m| m.to_string())
    };
    let number = |text: &String| text.parse::<usize>().map_err(|error| error.to_string());
    let all = ["none", "source", "shuffled", "guess", "wrong"].map(str::to_owned).to_vec();
    let kinds = if kinds.is_empty() { all } else { kinds.to_vec() };
    let options = Options { initial: 5, budget: Some(number(budget)?), ..Options::default() };
    for kind in &kinds {
        let (mut best, mut top) = (Vec::new(), Vec::new());
        let begun = std::time::Instant::now();
        for seed in 0..number(seeds)? {
            let mut random = ChaCha8Rng::seed_from_u64(seed as u64);
            let mut measured = source.values.clone();
            let mut knowledge = Knowledge::default();
            match kind.as_str() {
                "none" => {}
                "source" | "shuffled" => {
                    if kind == "shuffled" {
                        measured.shuffle(&mut random);
                    }
                    let seen = source.rows.iter().zip(&measured).map(|(row, values)| Observation {
                        point: row.iter().map(|cell| value(cell)).collect(),
                        row: None,
                        outcomes: vec![Measured::Value(mean(values))],
                        failed: false,
                    });
                    knowledge.sources = vec![Source::new("source", seen.collect())];
                }
                // Not the best row itself, but one among the best tenth; or one among the worst half.
                "guess" => knowledge.guesses = vec![guess_at(order[1 + seed % (order.len() / 10)])?],
                "wrong" => knowledge.guesses = vec![guess_at(order[order.len() - 1 - seed % (order.len() / 2)])?],
                other => return Err(format!("no kind {other}")),
            }
            let options = Options { seeds: 1, first_seed: seed as u64, knowledge, ..options.clone() };
            let settings = Settings::default();
            let result = backtest::run(&table, &goal, &settings, &options, &|| ()).map_err(|m| m.to_string())?;
            let figures = result.best.ok_or("the goal is a front")?;
            best.push(figures.experiments_to_best.mean);
            top.push(figures.experiments_to_top.spread.mean);
        }
        let shown = |values: &[f64]| {
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
            format!("{mean:.1} +- {:.1}", (variance / count).sqrt())
        };
        let seconds = begun.elapsed().as_secs_f64();
        println!("{pool_path} {kind}: best {}, top 5 % {} ({seconds:.0} s)", shown(&best), shown(&top));
    }
    Ok(())
}
