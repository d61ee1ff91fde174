//! What knowledge is worth: experiments a pool needs with an earlier campaign, with one whose outcomes were shuffled, and
//! with right and wrong guesses of the optimum.
//!
//! `cargo run --release -p matdock-plan --example knowledge -- max|min OUTCOME INPUT,INPUT,... POOL.csv SOURCE.csv SEEDS BUDGET [KIND ...]`
//! (kinds: none source shuffled guess wrong; default all. An input the source does not have counts as 0 there.)

mod tables;

use std::process::ExitCode;

use matdock_plan::{
    Direction, Goal, Guess, Knowledge, Settings, Source, Space, Value,
    backtest::{self, Options},
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

fn measure(arguments: &[String]) -> Result<(), String> {
    let [direction, outcome, inputs, pool_path, source_path, seeds, budget, kinds @ ..] = arguments else {
        return Err("usage: knowledge max|min OUTCOME INPUT,... POOL.csv SOURCE.csv SEEDS BUDGET [KIND ...]".to_owned());
    };
    let inputs: Vec<&str> = inputs.split(',').collect();
    let (pool, source) = (tables::read(pool_path, &inputs, outcome)?, tables::read(source_path, &inputs, outcome)?);
    let table = tables::table(&pool, &inputs, &[&source])?;
    let points = &pool.rows;
    let space = Space::Pool(table.pool.clone());
    let sign = if direction == "max" { 1.0 } else { -1.0 };
    let goal = Goal::single(outcome.as_str(), if sign > 0.0 { Direction::Maximise } else { Direction::Minimise });
    let means = pool.means();
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| (sign * means[b]).total_cmp(&(sign * means[a])));
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
            let mut measured = source.means();
            let mut knowledge = Knowledge::default();
            match kind.as_str() {
                "none" => {}
                "source" | "shuffled" => {
                    if kind == "shuffled" {
                        measured.shuffle(&mut random);
                    }
                    knowledge.sources = vec![Source::new("source", source.observations(&measured))];
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
