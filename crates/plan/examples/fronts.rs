//! Hypervolume the planner reaches on problems with several objectives and known fronts, beside random search.
//!
//! `cargo run --release -p matdock-plan --example fronts -- [SEEDS [EVALUATIONS [NOISE [PROBLEM]]]]`; NOISE is a share of
//! each objective's range, PROBLEM a part of a name. Hypervolumes are of the true values at the settings tried.

use std::f64::consts::PI;

use matdock_plan::{
    Combine, Direction, Goal, Measured, Objective, Observation, Parameter, ParameterKind, Planner, Scale, Settings,
    Space, Value, pareto,
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// All objectives are minimised.
struct Problem {
    name: &'static str,
    dimensions: usize,
    range: (f64, f64),
    reference: Vec<f64>,
    /// Hypervolume of the true front above the reference.
    most: f64,
    /// Rough size of each objective, for the noise.
    spread: Vec<f64>,
    function: fn(&[f64]) -> Vec<f64>,
}

/// Branin and Currin on the unit square, minimised (Belakaria et al., NeurIPS 2019).
fn branin_currin(x: &[f64]) -> Vec<f64> {
    let (a, b) = (15.0 * x[0] - 5.0, 15.0 * x[1]);
    let bend = b - 5.1 / (4.0 * PI * PI) * a * a + 5.0 / PI * a - 6.0;
    let branin = bend * bend + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * a.cos() + 10.0;
    let factor = if x[1] == 0.0 { 1.0 } else { 1.0 - (-1.0 / (2.0 * x[1])).exp() };
    let top = 2300.0 * x[0].powi(3) + 1900.0 * x[0] * x[0] + 2092.0 * x[0] + 60.0;
    let bottom = 100.0 * x[0].powi(3) + 500.0 * x[0] * x[0] + 4.0 * x[0] + 20.0;
    vec![branin, factor * top / bottom]
}

/// Zitzler, Deb & Thiele, Evol. Comput. 8, 173 (2000).
fn zdt1(x: &[f64]) -> Vec<f64> {
    let g = 1.0 + 9.0 * x[1..].iter().sum::<f64>() / (x.len() - 1) as f64;
    vec![x[0], g * (1.0 - (x[0] / g).sqrt())]
}

/// Deb, Thiele, Laumanns & Zitzler, CEC 2002; three objectives.
fn dtlz2(x: &[f64]) -> Vec<f64> {
    let g: f64 = x[2..].iter().map(|x| (x - 0.5).powi(2)).sum();
    let (first, second) = (0.5 * PI * x[0], 0.5 * PI * x[1]);
    vec![(1.0 + g) * first.cos() * second.cos(), (1.0 + g) * first.cos() * second.sin(), (1.0 + g) * first.sin()]
}

/// Crash safety of a vehicle: mass, acceleration, intrusion (Tanabe & Ishibuchi 2020, RE3-5-4).
fn vehicle_safety(x: &[f64]) -> Vec<f64> {
    let (a, b, c, d, e) = (x[0], x[1], x[2], x[3], x[4]);
    let mass = 1640.2823 + 2.3573285 * a + 2.3220035 * b + 4.5688768 * c + 7.7213633 * d + 4.4559504 * e;
    let acceleration =
        6.5856 + 1.15 * a - 1.0427 * b + 0.9738 * c + 0.8364 * d - 0.3695 * a * d + 0.0861 * a * e + 0.3628 * b * d
            - 0.1106 * a * a
            - 0.3437 * c * c
            + 0.1764 * d * d;
    let intrusion = -0.0551 + 0.0181 * a + 0.1024 * b + 0.0421 * c - 0.0073 * a * b + 0.024 * b * c
        - 0.0118 * b * d
        - 0.0204 * c * d
        - 0.008 * c * e
        - 0.0241 * b * b
        + 0.0109 * d * d;
    vec![mass, acceleration, intrusion]
}

fn problems() -> Vec<Problem> {
    vec![
        Problem {
            name: "Branin-Currin",
            dimensions: 2,
            range: (0.0, 1.0),
            reference: vec![18.0, 6.0],
            most: 59.360_112_874_366_22,
            spread: vec![50.0, 3.0],
            function: branin_currin,
        },
        Problem {
            name: "ZDT1 (d = 6)",
            dimensions: 6,
            range: (0.0, 1.0),
            reference: vec![11.0, 11.0],
            most: 120.0 + 2.0 / 3.0,
            spread: vec![0.3, 1.5],
            function: zdt1,
        },
        Problem {
            name: "DTLZ2 (d = 6, 3 objectives)",
            dimensions: 6,
            range: (0.0, 1.0),
            reference: vec![1.1; 3],
            most: 1.331 - PI / 6.0,
            spread: vec![0.4; 3],
            function: dtlz2,
        },
        Problem {
            name: "VehicleSafety (3 objectives)",
            dimensions: 5,
            range: (1.0, 3.0),
            reference: vec![1_864.720_22, 11.819_939_45, 0.290_399_938_4],
            most: 246.816_070_819_459,
            spread: vec![10.0, 1.5, 0.08],
            function: vehicle_safety,
        },
    ]
}

/// Hypervolumes after each evaluation.
fn curve(values: &[Vec<f64>], reference: &[f64]) -> Vec<f64> {
    let turned: Vec<Vec<f64>> = values.iter().map(|point| point.iter().map(|y| -y).collect()).collect();
    let corner: Vec<f64> = reference.iter().map(|r| -r).collect();
    (1..=turned.len()).map(|count| pareto::hypervolume(&turned[..count], &corner)).collect()
}

fn planned(
    problem: &Problem,
    evaluations: usize,
    noise: f64,
    seed: u64,
) -> Result<Vec<Vec<f64>>, matdock_message::Message> {
    let (low, high) = problem.range;
    let kind = ParameterKind::Continuous { low, high, scale: Scale::Linear, step: None };
    let parameters =
        (0..problem.dimensions).map(|i| Parameter { name: format!("x{i}"), unit: String::new(), kind: kind.clone() });
    let objective = |(i, reference): (usize, &f64)| Objective {
        outcome: format!("y{i}"),
        direction: Direction::Minimise,
        weight: 1.0,
        scale: None,
        reference: Some(*reference),
    };
    let objectives = problem.reference.iter().enumerate().map(objective).collect();
    let goal = Goal { objectives, combine: Combine::Pareto, bounds: Vec::new(), stages: Vec::new() };
    let settings = Settings { initial: 2 * (problem.dimensions + 1), ..Settings::default() };
    let planner = Planner::new(Space::ranges(parameters.collect())?, goal, settings)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut observed, mut values) = (Vec::new(), Vec::new());
    for number in 0..evaluations {
        for suggestion in planner.suggest(&observed, &[], 1, 1000 * seed + number as u64)? {
            let x: Vec<f64> = suggestion.point.iter().filter_map(Value::number).collect();
            let truth = (problem.function)(&x);
            let read = |(y, spread): (&f64, &f64)| {
                let z: f64 = StandardNormal.sample(&mut random);
                Measured::Value(y + noise * spread * z)
            };
            let outcomes = truth.iter().zip(&problem.spread).map(read).collect();
            values.push(truth);
            observed.push(Observation { point: suggestion.point, row: None, outcomes, failed: false });
        }
    }
    Ok(values)
}

fn main() -> Result<(), matdock_message::Message> {
    let numbers: Vec<f64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let seeds = numbers.first().map_or(20, |seeds| (*seeds as u64).max(1));
    let evaluations = numbers.get(1).map_or(60, |count| *count as usize);
    let noise = numbers.get(2).copied().unwrap_or(0.0);
    let wanted = std::env::args().nth(4).unwrap_or_default();
    for problem in problems().into_iter().filter(|problem| problem.name.contains(&wanted)) {
        let begun = std::time::Instant::now();
        let each = (0..seeds).into_par_iter().map(|seed| {
            let values = planned(&problem, evaluations, noise, seed)?;
            let mut random = ChaCha8Rng::seed_from_u64(!seed);
            let (low, high) = problem.range;
            let point = |random: &mut ChaCha8Rng| -> Vec<f64> {
                (0..problem.dimensions).map(|_| random.random_range(low..high)).collect()
            };
            let draws: Vec<Vec<f64>> = (0..evaluations).map(|_| (problem.function)(&point(&mut random))).collect();
            Ok((curve(&values, &problem.reference), curve(&draws, &problem.reference)))
        });
        let curves = each.collect::<Result<Vec<_>, matdock_message::Message>>()?;
        let show = |name: &str, curves: Vec<&Vec<f64>>| {
            let mut text = format!("  {name}:");
            for at in [20, 30, 40, 60, 80, 100].into_iter().filter(|at| *at <= evaluations) {
                let mut values: Vec<f64> = curves.iter().map(|curve| curve[at - 1]).collect();
                values.sort_by(f64::total_cmp);
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                let missing = problem.most - mean;
                text += &format!(" [{at}] {mean:.4} (log10 difference {:.2})", missing.max(1e-12).log10());
            }
            println!("{text}");
        };
        println!("{}: most {:.4}, {seeds} seeds, {:.1} s", problem.name, problem.most, begun.elapsed().as_secs_f64());
        show("planner", curves.iter().map(|(planned, _)| planned).collect());
        show("random ", curves.iter().map(|(_, random)| random).collect());
    }
    Ok(())
}
