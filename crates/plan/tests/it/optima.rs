//! Known optima are found in few evaluations.

use std::f64::consts::PI;

use matdock_plan::{Planner, Settings, Space};

use crate::{continuous, minimise, numbers, observation};

/// Best value after `evaluations` one by one.
fn best_after(space: Space, function: impl Fn(&[f64]) -> f64, evaluations: usize, seed: u64) -> f64 {
    let planner = Planner::new(space, minimise(), Settings { initial: 6, ..Settings::default() }).unwrap();
    let mut observed = Vec::new();
    let mut best = f64::INFINITY;
    for number in 0..evaluations {
        let suggestion = planner.suggest(&observed, &[], 1, seed + number as u64).unwrap().remove(0);
        let value = function(&numbers(&suggestion.point));
        best = best.min(value);
        observed.push(observation(suggestion.point, value));
    }
    best
}

#[test]
fn branin_in_30_evaluations() {
    // Minimum 0.397887 (Surjanovic & Bingham, Virtual Library of Simulation Experiments).
    let branin = |x: &[f64]| {
        let bend = x[1] - 5.1 / (4.0 * PI * PI) * x[0] * x[0] + 5.0 / PI * x[0] - 6.0;
        bend * bend + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x[0].cos() + 10.0
    };
    let space = Space::ranges(vec![continuous("a", -5.0, 10.0), continuous("b", 0.0, 15.0)]).unwrap();
    let regret = best_after(space, branin, 30, 1) - 0.397887;
    assert!(regret < 0.1, "regret {regret}");
}

#[test]
fn hartmann_6_in_50_evaluations() {
    // Minimum -3.32237 (same source).
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
    let hartmann = |x: &[f64]| {
        let hill = |i: usize| (0..6).map(|j| A[i][j] * (x[j] - P[i][j]).powi(2)).sum::<f64>();
        -[1.0, 1.2, 3.0, 3.2].iter().enumerate().map(|(i, height)| height * (-hill(i)).exp()).sum::<f64>()
    };
    let names = ["a", "b", "c", "d", "e", "f"];
    let space = Space::ranges(names.map(|name| continuous(name, 0.0, 1.0)).to_vec()).unwrap();
    let regret = best_after(space, hartmann, 50, 3) + 3.32237;
    // 0.2 is the second-best basin and a little.
    assert!(regret < 0.25, "regret {regret}");
}
