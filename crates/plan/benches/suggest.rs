//! Time per suggestion in six continuous dimensions, one thread.

use criterion::{Criterion, criterion_group, criterion_main};
use matdock_plan::{
    Direction, Goal, Measured, Observation, Parameter, ParameterKind, Planner, Scale, Settings, Space, Value,
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn history(size: usize) -> Vec<Observation> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    (0..size)
        .map(|_| {
            let x: Vec<f64> = (0..6).map(|_| random.random()).collect();
            let y = (6.0 * x[0]).sin() + x[1] * x[2] - (3.0 * x[3]).cos() + 0.05 * random.random::<f64>();
            let point = x.into_iter().map(Value::Number).collect();
            Observation { point, row: None, outcomes: vec![Measured::Value(y)], failed: false }
        })
        .collect()
}

fn suggest(criterion: &mut Criterion) {
    let parameters = (0..6).map(|index| Parameter {
        name: format!("x{index}"),
        unit: String::new(),
        kind: ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
    });
    let space = Space::ranges(parameters.collect());
    let goal = Goal::single("y", Direction::Minimise);
    let planner = space.and_then(|space| Planner::new(space, goal, Settings::default()));
    let mut group = criterion.benchmark_group("suggest");
    group.sample_size(10);
    for size in [50, 200, 500, 1000] {
        let observed = history(size);
        group.bench_function(format!("6 dimensions/{size}"), |bencher| {
            bencher.iter(|| planner.as_ref().map(|planner| planner.suggest(&observed, &[], 1, 1)));
        });
    }
    group.finish();
}

criterion_group!(benches, suggest);
criterion_main!(benches);
