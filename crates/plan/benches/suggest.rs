//! Time per suggestion: six continuous dimensions, and pools; one thread.

use criterion::{Criterion, criterion_group, criterion_main};
use matdock_plan::{
    Direction, Goal, Measured, Observation, Parameter, ParameterKind, Planner, Point, Pool, Scale, Settings, Space,
    Value,
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn random_points(size: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..size).map(|_| (0..6).map(|_| random.random()).collect()).collect()
}

fn observation(point: Point, x: &[f64], random: &mut ChaCha8Rng) -> Observation {
    let y = (6.0 * x[0]).sin() + x[1] * x[2] - (3.0 * x[3]).cos() + 0.05 * random.random::<f64>();
    Observation { point, row: None, outcomes: vec![Measured::Value(y)], failed: false }
}

fn numbers(x: &[f64]) -> Point {
    x.iter().map(|x| Value::Number(*x)).collect()
}

fn columns() -> Vec<Parameter> {
    let kind = ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
    let column = |index| Parameter { name: format!("x{index}"), unit: String::new(), kind: kind.clone() };
    (0..6).map(column).collect()
}

fn planner(space: Space) -> Option<Planner> {
    Planner::new(space, Goal::single("y", Direction::Minimise), Settings::default()).ok()
}

fn over_ranges(criterion: &mut Criterion) {
    let planner = Space::ranges(columns()).ok().and_then(planner);
    let mut group = criterion.benchmark_group("suggest");
    group.sample_size(10);
    for size in [50, 200, 500, 1000] {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let points = random_points(size, 1);
        let observed: Vec<Observation> = points.iter().map(|x| observation(numbers(x), x, &mut random)).collect();
        group.bench_function(format!("6 dimensions/{size}"), |bencher| {
            bencher.iter(|| planner.as_ref().map(|planner| planner.suggest(&observed, &[], 1, 1)));
        });
    }
    group.finish();
}

/// 100,000 rows of numbers, and the 1,728 combinations of 12, 12 and 12 categories; 50 observations of each.
fn from_pools(criterion: &mut Criterion) {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let rows = random_points(100_000, 3);
    let observed: Vec<Observation> =
        rows.iter().step_by(2000).map(|x| observation(numbers(x), x, &mut random)).collect();
    let long = Pool::new(columns(), rows.iter().map(|x| numbers(x)).collect(), Vec::new());

    let levels: Vec<String> = (0..12).map(|level| format!("level {level}")).collect();
    let kind = ParameterKind::Categorical { levels: levels.clone() };
    let column = |index| Parameter { name: format!("x{index}"), unit: String::new(), kind: kind.clone() };
    let places = |number: usize| [number % 12, number / 12 % 12, number / 144];
    let point = |number: usize| places(number).map(|level| Value::Level(levels[level].clone())).to_vec();
    let of_levels: Vec<Observation> = (0..1728)
        .step_by(35)
        .map(|number| {
            let x = places(number).map(|level| level as f64 / 11.0);
            observation(point(number), &[x[0], x[1], x[2], x[0]], &mut random)
        })
        .collect();
    let categories = Pool::new((0..3).map(column).collect(), (0..1728).map(point).collect(), Vec::new());

    let mut group = criterion.benchmark_group("suggest");
    group.sample_size(10);
    for (name, pool, observed) in [("100000 rows", long, observed), ("1728 rows of categories", categories, of_levels)]
    {
        let planner = pool.ok().and_then(|pool| planner(Space::Pool(pool)));
        group.bench_function(format!("pool/{name}"), |bencher| {
            bencher.iter(|| planner.as_ref().map(|planner| planner.suggest(&observed, &[], 1, 1)));
        });
    }
    group.finish();
}

criterion_group!(benches, over_ranges, from_pools);
criterion_main!(benches);
