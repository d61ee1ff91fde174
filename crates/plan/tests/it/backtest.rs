//! Replaying finished tables.

use std::sync::atomic::{AtomicUsize, Ordering};

use matdock_plan::{
    Direction, Goal, Pool, Settings, Value,
    backtest::{self, Options, Replicates, Table},
};

use crate::continuous;

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

#[test]
fn a_hill_is_climbed_far_faster_than_at_random() {
    let calls = AtomicUsize::new(0);
    let options = Options { seeds: 8, jobs: 2, ..Options::default() };
    let count = || {
        calls.fetch_add(1, Ordering::Relaxed);
    };
    let result = backtest::run(&hill(), &goal(), &Settings::default(), &options, &count).unwrap();
    assert_eq!(calls.into_inner(), 8);
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
    let (one, two) = (run(&options(1)), run(&options(2)));
    assert_eq!(one.experiments_to_best, two.experiments_to_best);
    assert_eq!(one.best_so_far, two.best_so_far);
}

#[test]
fn given_first_rows_and_a_budget_are_kept() {
    let options =
        Options { seeds: 2, initial_rows: Some(vec![vec![99, 98], vec![0]]), budget: Some(2), ..Options::default() };
    let result = run(&options);
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
