//! Intervals of 90 % of extra trees on the folds of a plain table: `intervals TABLE.csv FOLDS.csv`, files as for the example
//! `learners`. Prints the share of values inside and the mean width; `benches/peers/intervals.py` does so for MAPIE.

use std::{env, error::Error};

use matdock_learn::{
    learner::{Features, Fitted, Kind, Task},
    validate::{Conformal, Domain},
};

#[path = "table/mod.rs"]
mod table;

const PARTS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, folds] = arguments.as_slice() else { return Err("TABLE.csv FOLDS.csv".into()) };
    let (features, targets) = table::read(path)?;
    let folds = table::folds(folds)?;
    let (mut inside, mut all, mut width) = (0, 0, 0.0);
    for fold in 0..=folds.iter().max().copied().unwrap_or(-1) {
        let (train, test) = table::divided(&folds, fold);
        let known = features.select(&train);
        let own: Vec<f64> = train.iter().map(|&row| targets[row]).collect();
        let domain = Domain::new(&known);
        let groups: Vec<usize> = (0..train.len()).collect();
        let conformal = Conformal::new(&domain, &left_out(&known, &own)?, &groups).ok_or("no errors")?;
        let new = features.select(&test);
        let values = Fitted::fit(Kind::ExtraTrees, Task::Number, &known, &own, fold as u64)?.predict(&new);
        for ((&row, value), place) in test.iter().zip(values).zip(domain.place(&new)) {
            let nearest = domain.nearest(&place, Conformal::NEIGHBOURS);
            let half = conformal.half_width(&nearest, 0.9).ok_or("too few rows")?;
            inside += usize::from((targets[row] - value).abs() <= half);
            all += 1;
            width += 2.0 * half;
        }
    }
    println!("inside {:.4} of {all} mean width {:.5}", inside as f64 / all as f64, width / all as f64);
    Ok(())
}

/// Error of every row, from trees grown without its part of the rows.
fn left_out(features: &Features, targets: &[f64]) -> Result<Vec<Option<f64>>, Box<dyn Error>> {
    let mut errors = vec![None; targets.len()];
    for part in 0..PARTS {
        // Spread over the table, which may be sorted.
        let (out, rows): (Vec<usize>, Vec<usize>) = (0..targets.len()).partition(|row| row % PARTS == part);
        let own: Vec<f64> = rows.iter().map(|&row| targets[row]).collect();
        let fitted = Fitted::fit(Kind::ExtraTrees, Task::Number, &features.select(&rows), &own, part as u64)?;
        for (row, value) in out.iter().zip(fitted.predict(&features.select(&out))) {
            errors[*row] = Some((targets[*row] - value).abs());
        }
    }
    Ok(errors)
}
