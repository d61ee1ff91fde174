//! Test functions with known optima, for the examples that measure the planner.

use std::f64::consts::{E, PI};

use matdock_message::Message;
use matdock_plan::{Parameter, ParameterKind, Scale, Space};

/// A function to be minimised over ranges.
pub struct Problem {
    pub name: &'static str,
    pub ranges: Vec<(f64, f64)>,
    pub minimum: f64,
    /// Value at three tenths of every range, from the Python comparison (`benches/peers/problems.py`).
    check: Option<f64>,
    pub function: fn(&[f64]) -> f64,
}

impl Problem {
    /// Where it is searched.
    pub fn space(&self) -> Result<Space, Message> {
        let parameters = self.ranges.iter().enumerate().map(|(index, &(low, high))| Parameter {
            name: format!("x{index}"),
            unit: String::new(),
            kind: ParameterKind::Continuous { low, high, scale: Scale::Linear, step: None },
        });
        Space::ranges(parameters.collect())
    }
}

/// Over -5..10 and 0..15.
pub fn branin(x: &[f64]) -> f64 {
    let bend = x[1] - 5.1 / (4.0 * PI * PI) * x[0] * x[0] + 5.0 / PI * x[0] - 6.0;
    bend * bend + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x[0].cos() + 10.0
}

/// Hartmann-6, over 0..1.
pub fn hartmann(x: &[f64]) -> f64 {
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
    let hill = |i: usize| (0..6).map(|j| A[i][j] * (x[j] - P[i][j]).powi(2)).sum::<f64>();
    -[1.0, 1.2, 3.0, 3.2].iter().enumerate().map(|(i, height)| height * (-hill(i)).exp()).sum::<f64>()
}

/// The optimum of these two lies so far from where it usually is, so that it is not the centre.
const ACKLEY_SHIFT: f64 = 3.7;
const LEVY_SHIFT: f64 = 2.3;

fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let shifted = || x.iter().map(|x| x - ACKLEY_SHIFT);
    let (squares, waves) =
        (shifted().map(|x| x * x).sum::<f64>(), shifted().map(|x| (2.0 * PI * x).cos()).sum::<f64>());
    -20.0 * (-0.2 * (squares / n).sqrt()).exp() - (waves / n).exp() + 20.0 + E
}

fn levy(x: &[f64]) -> f64 {
    let w: Vec<f64> = x.iter().map(|x| 1.0 + (x - LEVY_SHIFT - 1.0) / 4.0).collect();
    let (first, last) = (w[0], w[w.len() - 1]);
    let middle = w[..w.len() - 1].iter().map(|w| (w - 1.0).powi(2) * (1.0 + 10.0 * (PI * w + 1.0).sin().powi(2)));
    (PI * first).sin().powi(2) + middle.sum::<f64>() + (last - 1.0).powi(2) * (1.0 + (2.0 * PI * last).sin().powi(2))
}

fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|p| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2)).sum()
}

/// Hartmann-3 on the first three of many columns; the others do nothing.
fn hartmann_3(x: &[f64]) -> f64 {
    const A: [[f64; 3]; 4] = [[3.0, 10.0, 30.0], [0.1, 10.0, 35.0], [3.0, 10.0, 30.0], [0.1, 10.0, 35.0]];
    const P: [[f64; 3]; 4] =
        [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]];
    let hill = |i: usize| (0..3).map(|j| A[i][j] * (x[j] - P[i][j]).powi(2)).sum::<f64>();
    -[1.0, 1.2, 3.0, 3.2].iter().enumerate().map(|(i, height)| height * (-hill(i)).exp()).sum::<f64>()
}

/// Hartmann-3, lower the higher the fourth is.
fn hartmann_slope(x: &[f64]) -> f64 {
    hartmann_3(x) - 2.0 * x[3].sqrt()
}

/// Branin that changes fast at the lower end of the first range and at the upper end of the second.
fn bent_branin(x: &[f64]) -> f64 {
    branin(&[15.0 * (1.0 - (1.0 - x[0]).powi(5)) - 5.0, 15.0 * x[1].powi(5)])
}

/// A bowl in stairs, twelve along each axis.
fn stairs(x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(i, x)| ((12.0 * (x - [0.83, 0.31, 0.57, 0.12][i % 4]).abs()).ceil() / 7.0).powi(2)).sum()
}

/// All of them; what differs from the Python comparison is told.
pub fn all() -> Vec<Problem> {
    let problems = vec![
        Problem {
            name: "Branin",
            ranges: vec![(-5.0, 10.0), (0.0, 15.0)],
            minimum: 0.397_887_357_729_739,
            check: Some(23.846_560_461_005_08),
            function: branin,
        },
        Problem {
            name: "Hartmann-6",
            ranges: vec![(0.0, 1.0); 6],
            minimum: -3.322_368_011_415_51,
            check: Some(-1.018_818_055_673_479),
            function: hartmann,
        },
        Problem {
            name: "Ackley-5",
            ranges: vec![(-15.0, 15.0); 5],
            minimum: 0.0,
            check: Some(19.110_034_539_715_99),
            function: ackley,
        },
        Problem {
            name: "Levy-8",
            ranges: vec![(-10.0, 10.0); 8],
            minimum: 0.0,
            check: Some(262.602_939_614_457_57),
            function: levy,
        },
        Problem {
            name: "Rosenbrock-4",
            ranges: vec![(-5.0, 10.0); 4],
            minimum: 0.0,
            check: Some(175.5),
            function: rosenbrock,
        },
        Problem {
            name: "Hartmann-3 of 30",
            ranges: vec![(0.0, 1.0); 30],
            minimum: -3.862_782_147_820_756,
            check: None,
            function: hartmann_3,
        },
        Problem {
            name: "Hartmann-3 on a slope",
            ranges: vec![(0.0, 1.0); 4],
            minimum: -5.862_782_147_820_756,
            check: None,
            function: hartmann_slope,
        },
        Problem {
            name: "Bent Branin",
            ranges: vec![(0.0, 1.0); 2],
            minimum: 0.397_887_357_729_739,
            check: None,
            function: bent_branin,
        },
        Problem { name: "Stairs-4", ranges: vec![(0.0, 1.0); 4], minimum: 4.0 / 49.0, check: None, function: stairs },
    ];
    for problem in &problems {
        let there: Vec<f64> = problem.ranges.iter().map(|(low, high)| low + 0.3 * (high - low)).collect();
        let value = (problem.function)(&there);
        if let Some(check) = problem.check.filter(|check| (value - check).abs() > 1e-9 * check.abs()) {
            eprintln!("{} differs from the Python comparison: {value} instead of {check}", problem.name);
        }
    }
    problems
}
