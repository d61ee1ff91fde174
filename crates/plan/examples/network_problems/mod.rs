//! Function networks with known optima (Astudillo & Frazier, Bayesian optimization of function networks, NeurIPS 2021).

use std::f64::consts::{E, PI};

use matdock_message::Message;
use matdock_plan::{Direction, Goal, Parameter, ParameterKind, Scale, Space, Stage};

/// A function network whose best value is known.
pub struct Problem {
    /// Its name.
    pub name: &'static str,
    /// Number of settings, each from 0 to 1.
    pub inputs: usize,
    /// The highest value of the last quantity.
    pub best: f64,
    /// For every quantity its inputs (numbers from 0) and the quantities before that it depends on.
    pub links: Vec<(Vec<usize>, Vec<usize>)>,
    /// All quantities at given settings.
    pub function: fn(&[f64]) -> Vec<f64>,
}

fn dropwave(x: &[f64]) -> Vec<f64> {
    let distance = x.iter().map(|x| (10.24 * x - 5.12).powi(2)).sum::<f64>().sqrt();
    vec![distance, (1.0 + (12.0 * distance).cos()) / (2.0 + 0.5 * distance * distance)]
}

fn alpine(x: &[f64]) -> Vec<f64> {
    let mut values: Vec<f64> = Vec::new();
    for z in x.iter().map(|x| 10.0 * x) {
        values.push(z.sqrt() * z.sin() * values.last().copied().unwrap_or(1.0));
    }
    values
}

fn ackley(x: &[f64]) -> Vec<f64> {
    let z: Vec<f64> = x.iter().map(|x| 4.0 * x - 2.0).collect();
    let mean = |of: fn(f64) -> f64| z.iter().map(|z| of(*z)).sum::<f64>() / z.len() as f64;
    let (squares, waves) = (mean(|z| z * z), mean(|z| (2.0 * PI * z).cos()));
    vec![squares, waves, 20.0 * (-0.2 * squares.sqrt()).exp() + waves.exp() - 20.0 - E]
}

fn rosenbrock(x: &[f64]) -> Vec<f64> {
    let z: Vec<f64> = x.iter().map(|x| 4.0 * x - 2.0).collect();
    let mut values: Vec<f64> = Vec::new();
    for pair in z.windows(2) {
        let step = 100.0 * (pair[1] - pair[0] * pair[0]).powi(2) + (pair[0] - 1.0).powi(2);
        values.push(values.last().copied().unwrap_or(0.0) - step);
    }
    values
}

/// All problems.
pub fn problems() -> Vec<Problem> {
    let all = |count: usize| (0..count).collect::<Vec<usize>>();
    let before = |k: usize| if k == 0 { vec![] } else { vec![k - 1] };
    vec![
        Problem {
            name: "dropwave",
            inputs: 2,
            best: 1.0,
            links: vec![(all(2), vec![]), (vec![], vec![0])],
            function: dropwave,
        },
        Problem {
            name: "alpine2",
            inputs: 6,
            best: 2.808_131_180_007f64.powi(6),
            links: (0..6).map(|k| (vec![k], before(k))).collect(),
            function: alpine,
        },
        Problem {
            name: "ackley",
            inputs: 6,
            best: 0.0,
            links: vec![(all(6), vec![]), (all(6), vec![]), (vec![], vec![0, 1])],
            function: ackley,
        },
        Problem {
            name: "rosenbrock",
            inputs: 3,
            best: 0.0,
            links: (0..2).map(|k| (vec![k, k + 1], before(k))).collect(),
            function: rosenbrock,
        },
    ]
}

impl Problem {
    /// The settings.
    pub fn space(&self) -> Result<Space, Message> {
        let kind = || ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let parameter = |index: usize| Parameter { name: format!("x{index}"), unit: String::new(), kind: kind() };
        Space::ranges((0..self.inputs).map(parameter).collect())
    }

    /// The highest last quantity, with or without the quantities before it.
    pub fn goal(&self, chain: bool) -> Goal {
        let mut goal = Goal::single(format!("y{}", self.links.len() - 1), Direction::Maximise);
        if chain {
            let link = |(number, (inputs, before)): (usize, &(Vec<usize>, Vec<usize>))| {
                let inputs = inputs.iter().map(|input| format!("x{input}"));
                let from = inputs.chain(before.iter().map(|before| format!("y{before}"))).collect();
                Stage { outcome: format!("y{number}"), from: Some(from), formula: None, computed: false }
            };
            goal.stages = self.links.iter().enumerate().map(link).collect();
        }
        goal
    }
}
