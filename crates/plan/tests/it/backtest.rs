//! Replaying finished tables.

use std::sync::atomic::{AtomicUsize, Ordering};

use matdock_plan::{
    Bound, Combine, Direction, Goal, Objective, Pool, Settings, Value,
    backtest::{self, Options, Replicates, Table},
};

use crate::{continuous, numbers};

/// A hill with its top at (0.7, 0.2) on a grid of 10 x 10, with two replicates a row.
fn hill() -> Table {
    let unit = |i: usize| i as f64 / 9.0;
    let rows: Vec<Vec<Value>> =
        (0..100).map(|i| vec![Value::Number(unit(i % 10)), Value::Number(unit(i / 10))]).collect();
    let outcomes = (0..100)
        .map(|i| {
            let y = -(unit(i % 10) - 0.7).powi(2) - (unit(i / 10) - 0.2).powi(2);
            vec![vec![y - 0.001, y + 0.001]]
        })
        .collect();
    Table {
        pool: Pool::new(vec![continuous("a", 0.0, 1.0), continuous("b", 0.0, 1.0)], rows, vec![]).unwrap(),
        outcomes,
    }
}

fn goal() -> Goal {
    Goal::single("y", Direction::Maximise)
}

fn run(options: &Options) -> backtest::Backtest {
    backtest::run(&hill(), &goal(), &Settings::default(), options, &|| ()).unwrap()
}

fn run_best(options: &Options) -> backtest::Best {
    run(options).best.unwrap()
}

#[test]
fn a_hill_is_climbed_far_faster_than_at_random() {
    let calls = AtomicUsize::new(0);
    let options = Options { seeds: 8, jobs: 2, ..Options::default() };
    let count = || {
        calls.fetch_add(1, Ordering::Relaxed);
    };
    let result = backtest::run(&hill(), &goal(), &Settings::default(), &options, &count).unwrap();
    assert_eq!(calls.into_inner(), 8);
    assert!(result.front.is_none());
    let result = result.best.unwrap();
    assert_eq!(result.random.experiments_to_best, 50.5);
    assert_eq!(result.random.experiments_to_top, 101.0 / 6.0);
    assert!(result.experiments_to_best.mean < 15.0, "{result:?}");
    assert!(result.best_so_far.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(result.random.best_so_far.windows(2).all(|pair| pair[0] <= pair[1]));
    assert_eq!(result.unfinished, 0);
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let options = |jobs| Options { seeds: 4, jobs, batch: 2, replicates: Replicates::Draw, ..Options::default() };
    let (one, two) = (run_best(&options(1)), run_best(&options(2)));
    assert_eq!(one.experiments_to_best, two.experiments_to_best);
    assert_eq!(one.best_so_far, two.best_so_far);
}

#[test]
fn given_first_rows_and_a_budget_are_kept() {
    let options =
        Options { seeds: 2, initial_rows: Some(vec![vec![99, 98], vec![0]]), budget: Some(2), ..Options::default() };
    let result = run_best(&options);
    assert_eq!(result.unfinished, 2);
    assert_eq!(result.experiments_to_best.mean, 2.0);
}

#[test]
fn what_cannot_be_replayed_is_refused() {
    let refused = |table: &Table, options: &Options| {
        backtest::run(table, &goal(), &Settings::default(), options, &|| ()).unwrap_err().id()
    };
    let options = Options::default();
    let mut short = hill();
    short.outcomes.pop();
    assert_eq!(refused(&short, &options), "plan-backtest-table");
    let mut broken = hill();
    broken.outcomes[3][0][0] = f64::NAN;
    assert_eq!(refused(&broken, &options), "plan-backtest-number");
    let mut failed = hill();
    failed.outcomes.iter_mut().for_each(|row| row[0].clear());
    assert_eq!(refused(&failed, &options), "plan-backtest-best");
    assert_eq!(refused(&hill(), &Options { jobs: 0, ..options.clone() }), "plan-backtest-option");
    let twice = Some(vec![vec![1, 1]; 50]);
    assert_eq!(refused(&hill(), &Options { initial_rows: twice, ..options }), "plan-backtest-initial");
}

fn front_of(objectives: &[(&str, Direction)]) -> Goal {
    let objective = |(outcome, direction): &(&str, Direction)| Objective {
        outcome: (*outcome).to_owned(),
        direction: *direction,
        weight: 1.0,
        scale: None,
        reference: None,
    };
    Goal {
        objectives: objectives.iter().map(objective).collect(),
        combine: Combine::Pareto,
        bounds: vec![],
        stages: Vec::new(),
    }
}

/// Two hills: what is good for one outcome is bad for the other.
fn two_hills() -> (Table, Goal) {
    let mut table = hill();
    for (row, outcomes) in table.pool.rows().iter().zip(&mut table.outcomes) {
        let x = numbers(row);
        outcomes.push(vec![(x[0] - 0.2).powi(2) + (x[1] - 0.6).powi(2)]);
    }
    (table, front_of(&[("y", Direction::Maximise), ("z", Direction::Minimise)]))
}

#[test]
fn a_front_is_found_faster_than_at_random() {
    let (table, goal) = two_hills();
    let options = Options { seeds: 6, jobs: 2, ..Options::default() };
    let result = backtest::run(&table, &goal, &Settings::default(), &options, &|| ()).unwrap();
    assert!(result.best.is_none());
    let front = result.front.unwrap();
    assert!(front.rows.len() > 5 && front.rows.len() < 30, "{:?}", front.rows);
    let shares: Vec<f64> = front.experiments_to_share.iter().map(|s| s.share).collect();
    assert_eq!(shares, [0.9, 0.95, 0.99]);
    let last = front.experiments_to_share[2];
    assert!(last.unfinished == 0 && last.spread.mean < 0.7 * last.random, "{last:?}");
    for curve in [&front.hypervolume_share, &front.random.hypervolume_share, &front.front_rows] {
        assert!(curve.windows(2).all(|pair| pair[0] <= pair[1]));
    }
    assert!(front.hypervolume_share.last().is_some_and(|share| (0.99..=1.0).contains(share)));
}

#[test]
fn a_front_in_batches_within_bounds_and_a_budget() {
    let (table, mut goal) = two_hills();
    goal.objectives[1].direction = Direction::Target(0.1);
    goal.bounds.push(Bound { outcome: "y".into(), low: Some(-0.3), high: None });
    let options = |jobs| Options { seeds: 3, jobs, batch: 4, budget: Some(12), ..Options::default() };
    let run = |jobs| backtest::run(&table, &goal, &Settings::default(), &options(jobs), &|| ()).unwrap().front.unwrap();
    let front = run(1);
    assert_eq!(front, run(2));
    assert_eq!(front.hypervolume_share.len(), 12);
    let kept = |row: &usize| table.outcomes[*row][0].iter().sum::<f64>() / 2.0 >= -0.3;
    assert!(front.rows.iter().all(kept));
}

#[test]
fn a_front_nobody_is_on_is_refused() {
    let (table, mut goal) = two_hills();
    goal.bounds.push(Bound { outcome: "z".into(), low: Some(5.0), high: None });
    let refused = backtest::run(&table, &goal, &Settings::default(), &Options::default(), &|| ()).unwrap_err();
    assert_eq!(refused.id(), "plan-backtest-best");
}
