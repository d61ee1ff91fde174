//! Replays the planner against a table with substances, with and without their descriptors.
//!
//! `cargo run -p matdock-plan --example substances -- POOL.csv OUTCOME ORDINAL,... SUBSTANCE=TABLE.csv:LABEL,... SEEDS BUDGET BATCH`
//! (an empty `TABLE.csv:LABEL` sees the substance as a plain category; the outcome is maximised).

use std::{collections::HashMap, process::ExitCode};

use matdock_plan::{
    Direction, Goal, Parameter, ParameterKind, Pool, Settings, Value,
    backtest::{self, Options, Table},
};

type Lines = Vec<HashMap<String, String>>;

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

fn read(path: &str) -> Result<(Vec<String>, Lines), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().ok_or("empty file")?;
    let rows = lines.map(|line| header.iter().cloned().zip(line).collect()).collect();
    Ok((header, rows))
}

fn substance(source: &str, used: &[String]) -> Result<ParameterKind, String> {
    let levels = used.to_vec();
    let Some((path, label)) = source.split_once(':') else { return Ok(ParameterKind::Categorical { levels }) };
    let (header, rows) = read(path)?;
    let number = |row: &HashMap<String, String>, name: &String| row.get(name).and_then(|cell| cell.parse::<f64>().ok());
    let numeric: Vec<&String> =
        header.iter().filter(|name| rows.iter().all(|row| number(row, name).is_some())).collect();
    let described = |level: &String| {
        let row = rows.iter().find(|row| row.get(label) == Some(level)).ok_or(format!("{path} has no {level}"))?;
        Ok(numeric.iter().filter_map(|name| number(row, name)).collect())
    };
    let descriptors = used.iter().map(described).collect::<Result<_, String>>()?;
    Ok(ParameterKind::Substance { levels, descriptors })
}

fn replay(arguments: &[String]) -> Result<String, String> {
    let [path, outcome, ordinals, substances, seeds, budget, batch] = arguments else {
        return Err(
            "usage: substances POOL.csv OUTCOME ORDINAL,... SUBSTANCE=TABLE:LABEL,... SEEDS BUDGET BATCH".to_owned()
        );
    };
    let (_, rows) = read(path)?;
    let cell = |row: &HashMap<String, String>, name: &str| row.get(name).cloned().ok_or(format!("no column {name}"));
    let mut parameters = Vec::new();
    let mut points: Vec<Vec<Value>> = vec![Vec::new(); rows.len()];
    let number = |text: String| text.parse::<f64>().map_err(|error| format!("{text}: {error}"));
    for name in ordinals.split(',').filter(|name| !name.is_empty()) {
        let values = rows.iter().map(|row| number(cell(row, name)?)).collect::<Result<Vec<f64>, String>>()?;
        let mut levels = values.clone();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        points.iter_mut().zip(values).for_each(|(point, value)| point.push(Value::Number(value)));
        parameters.push(Parameter { name: name.into(), unit: String::new(), kind: ParameterKind::Ordinal { levels } });
    }
    for item in substances.split(',') {
        let (name, source) = item.split_once('=').ok_or("SUBSTANCE=TABLE:LABEL")?;
        let values = rows.iter().map(|row| cell(row, name)).collect::<Result<Vec<String>, String>>()?;
        let mut levels = values.clone();
        levels.sort();
        levels.dedup();
        parameters.push(Parameter { name: name.into(), unit: String::new(), kind: substance(source, &levels)? });
        points.iter_mut().zip(values).for_each(|(point, value)| point.push(Value::Level(value)));
    }
    let outcomes =
        rows.iter().map(|row| Ok(vec![vec![number(cell(row, outcome)?)?]])).collect::<Result<_, String>>()?;
    let pool = Pool::new(parameters, points, Vec::new()).map_err(|m| m.to_string())?;
    let whole = |text: &String| text.parse::<usize>().map_err(|error| error.to_string());
    let budget = whole(budget)?;
    let options = Options {
        seeds: whole(seeds)?,
        budget: (budget > 0).then_some(budget),
        batch: whole(batch)?,
        jobs: 1,
        ..Options::default()
    };
    let goal = Goal::single(outcome.as_str(), Direction::Maximise);
    let result = backtest::run(&Table { pool, outcomes }, &goal, &Settings::default(), &options, &|| ())
        .map_err(|message| message.to_string())?;
    let best = result.best.ok_or("no best row")?;
    let at = |count: usize| best.best_so_far.get(count - 1).copied().unwrap_or(f64::NAN);
    Ok(format!(
        "best after {:.1} +- {:.1} (median {}), top after {:.1} +- {:.1}; best value after 15 {:.2}, 25 {:.2}, 50 {:.2}",
        best.experiments_to_best.mean,
        best.experiments_to_best.standard_error,
        best.experiments_to_best.median,
        best.experiments_to_top.spread.mean,
        best.experiments_to_top.spread.standard_error,
        at(15),
        at(25),
        at(50),
    ))
}
