//! Batches: median regret on Hartmann-6 in batches of 8 and 24, and the time of 96 suggestions at once.
//!
//! `cargo run --release -p matdock-plan --example batches -- [SEEDS]`

use std::time::Instant;

use matdock_plan::{
    Direction, Goal, Measured, Observation, Parameter, ParameterKind, Planner, Pool, Scale, Settings, Space, Value,
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const A: [[f64; 6]; 4] = [
    [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
    [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
    [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
    [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
];
const P: [[f64; 6]; 4] = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
const MINIMUM: f64 = -3.322_368_011_415_51;

fn hartmann(x: &[f64]) -> f64 {
    let hill = |i: usize| (0..6).map(|j| A[i][j] * (x[j] - P[i][j]).powi(2)).sum::<f64>();
    -[1.0, 1.2, 3.0, 3.2].iter().enumerate().map(|(i, height)| height * (-hill(i)).exp()).sum::<f64>()
}

fn parameters() -> Vec<Parameter> {
    let kind = ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
    (0..6).map(|index| Parameter { name: format!("x{index}"), unit: String::new(), kind: kind.clone() }).collect()
}

fn observation(point: Vec<Value>) -> Observation {
    let x: Vec<f64> = point.iter().filter_map(Value::number).collect();
    Observation { point, row: None, outcomes: vec![Measured::Value(hartmann(&x))], failed: false }
}

fn regret(planner: &Planner, batch: usize, evaluations: usize, seed: u64) -> Result<f64, matdock_message::Message> {
    let mut observed: Vec<Observation> = Vec::new();
    while observed.len() < evaluations {
        let suggested = planner.suggest(&observed, &[], batch, 1000 * seed + observed.len() as u64)?;
        observed.extend(suggested.into_iter().map(|suggestion| observation(suggestion.point)));
    }
    let values = observed.iter().filter_map(|o| match o.outcomes[0] {
        Measured::Value(value) => Some(value - MINIMUM),
        _ => None,
    });
    Ok(values.fold(f64::INFINITY, f64::min))
}

fn random_points(count: usize, seed: u64) -> Vec<Vec<Value>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| (0..6).map(|_| Value::Number(random.random())).collect()).collect()
}

fn main() -> Result<(), matdock_message::Message> {
    let seeds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20u64).max(1);
    let goal = Goal::single("y", Direction::Minimise);
    let settings = |initial| Settings { initial, ..Settings::default() };
    let ranges = Planner::new(Space::ranges(parameters())?, goal.clone(), settings(12))?;
    for (batch, evaluations) in [(8, 92), (24, 132)] {
        let begun = Instant::now();
        let mut regrets =
            (0..seeds).map(|seed| regret(&ranges, batch, evaluations, seed)).collect::<Result<Vec<f64>, _>>()?;
        regrets.sort_by(f64::total_cmp);
        let at = |share: f64| regrets[(share * (regrets.len() - 1) as f64).round() as usize];
        println!(
            "Hartmann-6, batches of {batch}, {evaluations} evaluations: regret median {:.2e}, quartiles {:.2e} {:.2e} ({seeds} seeds, {:.1} s)",
            at(0.5),
            at(0.25),
            at(0.75),
            begun.elapsed().as_secs_f64()
        );
    }
    let pool = |rows| Pool::new(parameters(), random_points(rows, 7), Vec::new()).map(Space::Pool);
    let spaces = [
        ("ranges", Space::ranges(parameters())?),
        ("pool of 10,000", pool(10_000)?),
        ("pool of 100,000", pool(100_000)?),
    ];
    for (name, space) in spaces {
        let planner = Planner::new(space.clone(), goal.clone(), settings(0))?;
        for size in [50, 200] {
            let points = match &space {
                Space::Pool(pool) => pool.rows()[..size].to_vec(),
                Space::Ranges(_) => random_points(size, 3),
            };
            let observed: Vec<Observation> = points.into_iter().map(observation).collect();
            for count in [1, 96] {
                let begun = Instant::now();
                planner.suggest(&observed, &[], count, 1)?;
                println!("{name}, {size} observations, {count} suggestions: {:.3} s", begun.elapsed().as_secs_f64());
            }
        }
    }
    Ok(())
}
