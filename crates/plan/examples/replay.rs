//! Replays the planner against a CSV file of finished experiments, to see how many it needs.
//!
//! `cargo run --release -p matdock-plan --example replay -- TABLE.csv max|min OUTCOME INPUT,INPUT,... [SEEDS [INITIAL [SURROGATE [robust]]]]`
//! (`INPUT` may be `*`: every other column that is a number in all rows.)

use std::process::ExitCode;

use matdock_plan::{
    Direction, Goal, Parameter, ParameterKind, Pool, Scale, Settings, Value, Wanted,
    backtest::{self, Options, Table},
};
use serde::{Deserialize, de::IntoDeserializer};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match replay(&arguments) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn replay(arguments: &[String]) -> Result<String, String> {
    let [path, direction, outcome, inputs, rest @ ..] = arguments else {
        return Err(
            "usage: replay TABLE.csv max|min OUTCOME INPUT,... [SEEDS [INITIAL [SURROGATE [robust]]]]".to_owned()
        );
    };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().ok_or("empty file")?;
    let lines: Vec<Vec<&str>> = lines.collect();
    let position = |name: &str| header.iter().position(|h| *h == name).ok_or(format!("no column {name}"));
    let goal_column = position(outcome)?;
    let numeric = |column: usize| lines.iter().all(|line| line[column].parse::<f64>().is_ok());
    let columns: Vec<usize> = if inputs == "*" {
        (0..header.len()).filter(|&column| column != goal_column && numeric(column)).collect()
    } else {
        inputs.split(',').map(position).collect::<Result<_, _>>()?
    };
    let number =
        |line: &[&str], column: usize| line[column].parse::<f64>().map_err(|e| format!("{}: {e}", line[column]));
    let mut rows = Vec::new();
    let mut outcomes: Vec<Vec<Vec<f64>>> = Vec::new();
    for line in &lines {
        let row = columns.iter().map(|&c| number(line, c).map(Value::Number)).collect::<Result<Vec<_>, _>>()?;
        let value = number(line, goal_column)?;
        match rows.iter().position(|other| *other == row) {
            Some(same) => outcomes[same][0].push(value),
            None => {
                rows.push(row);
                outcomes.push(vec![vec![value]]);
            }
        }
    }
    let kind = ParameterKind::Continuous { low: -1e300, high: 1e300 / 2.0, scale: Scale::Linear, step: None };
    let parameters =
        columns.iter().map(|&c| Parameter { name: header[c].into(), unit: String::new(), kind: kind.clone() });
    let pool = Pool::new(parameters.collect(), rows, Vec::new()).map_err(|m| m.to_string())?;
    let direction = if direction == "max" { Direction::Maximise } else { Direction::Minimise };
    let goal = Goal::single(outcome.as_str(), direction);
    let count = |index: usize, otherwise: usize| {
        rest.get(index).map_or(Ok(otherwise), |t| t.parse().map_err(|e| format!("{e}")))
    };
    let options = Options { seeds: count(0, 50)?, initial: count(1, 5)?, jobs: 2, ..Options::default() };
    let table = Table { pool, outcomes };
    let surrogate = rest
        .get(2)
        .map_or(Ok(Wanted::default()), |word| Wanted::deserialize(word.as_str().into_deserializer()))
        .map_err(|error: serde::de::value::Error| error.to_string())?;
    let robust = rest.get(3).is_some_and(|word| word == "robust");
    let settings = Settings { surrogate, robust, ..Settings::default() };
    let result = backtest::run(&table, &goal, &settings, &options, &|| ()).map_err(|message| message.to_string())?;
    let figures = result.best.ok_or("the goal is a front")?;
    let (best, top) = (figures.experiments_to_best, figures.experiments_to_top.spread);
    Ok(format!(
        "{path}: {} rows, best {:.1} +- {:.1} (median {}, random {:.1}), top {:.1} +- {:.1} (random {:.1}), {:.1} ms per suggestion (most {:.1})",
        result.pool,
        best.mean,
        best.standard_error,
        best.median,
        figures.random.experiments_to_best,
        top.mean,
        top.standard_error,
        figures.random.experiments_to_top,
        1e3 * result.seconds_per_suggestion.median,
        1e3 * result.seconds_per_suggestion.max,
    ))
}
