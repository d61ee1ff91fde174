//! The search in long lists against scoring every row.

use matdock_learn::{Options, Rows};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Appraisal, Listed, Ranking};
use crate::{
    belief::Belief,
    encode::Encoding,
    goal::{Direction, Goal},
    history::{Measured, Observation},
    space::{Parameter, ParameterKind, Pool, Scale, Space, Value, key},
};

fn random_space(rows: usize, width: usize, seed: u64) -> Space {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let kind = ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
    let column = |c| Parameter { name: format!("x{c}"), unit: String::new(), kind: kind.clone() };
    let row = |_| (0..width).map(|_| Value::Number(random.random())).collect();
    let rows = (0..rows).map(row).collect();
    Space::Pool(Pool::new((0..width).map(column).collect(), rows, vec![]).unwrap())
}

struct Case {
    listed: Listed,
    belief: Belief,
    inputs: Rows,
    taken: std::collections::HashSet<Vec<crate::space::CellKey>>,
}

fn case(rows: usize, width: usize, observed: usize, seed: u64) -> Case {
    let space = random_space(rows, width, seed);
    let encoding = Encoding::new(&space);
    let listed = Listed::new(&space, &encoding).unwrap().unwrap();
    let mut inputs = Rows::new(width);
    let mut observations = Vec::new();
    for number in 0..observed {
        let x = listed.columns.row(number * 7).to_vec();
        let y = (5.0 * x[0]).sin() + x[1] * x[2 % width] - (3.0 * x[width - 1] - 1.0).powi(2);
        inputs.push(&x);
        let point = listed.points[number * 7].clone();
        observations.push(Observation { point, row: None, outcomes: vec![Measured::Value(y)], failed: false });
    }
    let goal = Goal::single("y", Direction::Maximise);
    let belief = Belief::learn(&goal, encoding.groups(), &inputs, &observations, &Options::default());
    let taken = observations.iter().map(|o| key(&o.point)).collect();
    Case { listed, belief, inputs, taken }
}

impl Case {
    /// Score of the chosen row, and the highest of all.
    fn compared(&self, seed: u64) -> (f64, f64) {
        let appraisal = Appraisal { belief: &self.belief, preferences: &[] };
        let good = || {
            let merits = self.belief.expected_merit(&self.inputs);
            let mut order: Vec<usize> = (0..merits.len()).collect();
            order.sort_by(|a, b| merits[*b].total_cmp(&merits[*a]));
            order.into_iter().take(8).map(|index| self.inputs.row(index).to_vec()).collect()
        };
        let mut ranking = Ranking::default();
        let (_, found) = self.listed.best(&appraisal, &self.taken, &mut ranking, good, seed).unwrap();
        let all = self.listed.scored(&appraisal, self.listed.free(&self.taken));
        (found, all.into_iter().map(|(score, _)| score).fold(f64::NEG_INFINITY, f64::max))
    }
}

#[test]
fn the_search_in_a_long_list_finds_nearly_the_best_score() {
    let mut lost = Vec::new();
    for seed in 0..4 {
        let (found, best) = case(25_000, 4, 15 + 10 * seed as usize, seed).compared(seed);
        assert!(found <= best + 1e-9);
        lost.push(best - found);
    }
    assert!(lost.iter().all(|lost| *lost < 0.3), "{lost:?}");
    assert!(lost.iter().filter(|lost| **lost < 1e-9).count() >= 2, "{lost:?}");
}

/// `cargo test --release -p matdock-plan --lib long_lists_measured -- --ignored --nocapture`
#[test]
#[ignore = "minutes; prints the figures of docs/figures.md"]
fn long_lists_measured() {
    for (width, observed) in [(6, 50), (6, 200), (6, 1000), (12, 100)] {
        let mut lost = Vec::new();
        for seed in 0..10 {
            let (found, best) = case(100_000, width, observed, seed).compared(seed);
            lost.push(best - found);
        }
        let same = lost.iter().filter(|lost| **lost < 1e-9).count();
        let most = lost.iter().copied().fold(0.0, f64::max);
        let mean = lost.iter().sum::<f64>() / lost.len() as f64;
        println!(
            "{width} columns, {observed} observations: same row {same} of 10, log score lost mean {mean:.4} most {most:.4}"
        );
    }
}
