//! Finished experiments from CSV files, for the examples that replay them.

use matdock_plan::{Measured, Observation, Parameter, ParameterKind, Pool, Scale, Value, backtest::Table};

/// Rows with equal settings once, with all their values.
pub struct Read {
    pub rows: Vec<Vec<Value>>,
    pub values: Vec<Vec<f64>>,
}

impl Read {
    /// Mean of the values of each row.
    pub fn means(&self) -> Vec<f64> {
        self.values.iter().map(|values| values.iter().sum::<f64>() / values.len() as f64).collect()
    }

    /// As the experiments of an earlier campaign, with the given value for each row.
    pub fn observations(&self, values: &[f64]) -> Vec<Observation> {
        let observation = |(row, value): (&Vec<Value>, &f64)| {
            let outcomes = vec![Measured::Value(*value)];
            Observation { point: row.clone(), row: None, outcomes, failed: false }
        };
        self.rows.iter().zip(values).map(observation).collect()
    }
}

/// An input the file does not have counts as 0.
pub fn read(path: &str, inputs: &[&str], outcome: &str) -> Result<Read, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut lines = text.lines().map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
    let header = lines.next().ok_or("empty file")?;
    let at = |name: &str| header.iter().position(|h| *h == name);
    let goal = at(outcome).ok_or(format!("{path}: no column {outcome}"))?;
    let columns: Vec<Option<usize>> = inputs.iter().map(|name| at(name)).collect();
    let value = |text: &str| text.parse().map_or_else(|_| Value::Level(text.to_owned()), Value::Number);
    let mut read = Read { rows: Vec::new(), values: Vec::new() };
    for line in lines {
        let row: Vec<Value> = columns.iter().map(|c| c.map_or(Value::Number(0.0), |c| value(line[c]))).collect();
        let number: f64 = line[goal].parse().map_err(|error| format!("{path}: {}: {error}", line[goal]))?;
        match read.rows.iter().position(|other| *other == row) {
            Some(same) => read.values[same].push(number),
            None => {
                read.rows.push(row);
                read.values.push(vec![number]);
            }
        }
    }
    Ok(read)
}

/// A pool of the rows, which knows the levels of the sources too.
pub fn table(read: &Read, inputs: &[&str], sources: &[&Read]) -> Result<Table, String> {
    let column = |(index, name): (usize, &&str)| {
        let rows = read.rows.iter().chain(sources.iter().flat_map(|source| &source.rows));
        let mut levels: Vec<String> = Vec::new();
        for row in rows {
            if let Value::Level(level) = &row[index]
                && !levels.contains(level)
            {
                levels.push(level.clone());
            }
        }
        let kind = if levels.is_empty() {
            ParameterKind::Continuous { low: -1e300, high: 1e300 / 2.0, scale: Scale::Linear, step: None }
        } else {
            ParameterKind::Categorical { levels }
        };
        Parameter { name: (*name).to_owned(), unit: String::new(), kind }
    };
    let columns: Vec<Parameter> = inputs.iter().enumerate().map(column).collect();
    let outcomes = read.values.iter().map(|values| vec![values.clone()]).collect();
    let pool = Pool::new(columns, read.rows.clone(), Vec::new()).map_err(|m| m.to_string())?;
    Ok(Table { pool, outcomes })
}
