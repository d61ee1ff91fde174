//! Time per suggestion through a process chain: six stages with two settings each, one intermediate per stage, and the
//! performance behind them; one thread.

use criterion::{Criterion, criterion_group, criterion_main};
use matdock_plan::{
    Direction, Goal, Measured, Observation, Parameter, ParameterKind, Planner, Scale, Settings, Space, Stage, Value,
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const STAGES: usize = 6;

fn planner() -> Option<Planner> {
    let kind = ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
    let parameter = |index| Parameter { name: format!("x{index}"), unit: String::new(), kind: kind.clone() };
    let stage =
        |outcome: String, from: Vec<String>| Stage { outcome, from: Some(from), formula: None, computed: false };
    let own = |stage: usize| [format!("x{}", 2 * stage), format!("x{}", 2 * stage + 1)];
    let mut goal = Goal::single("performance", Direction::Maximise);
    for number in 0..STAGES {
        let before = (number > 0).then(|| format!("sensed{}", number - 1));
        goal.stages.push(stage(format!("sensed{number}"), own(number).into_iter().chain(before).collect()));
    }
    goal.stages.push(stage("performance".into(), (STAGES / 2..STAGES).map(|k| format!("sensed{k}")).collect()));
    let space = Space::ranges((0..2 * STAGES).map(parameter).collect()).ok()?;
    Planner::new(space, goal, Settings::default()).ok()
}

fn observations(planner: &Planner, size: usize) -> Vec<Observation> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut observation = || {
        let x: Vec<f64> = (0..2 * STAGES).map(|_| random.random()).collect();
        let mut sensed: Vec<f64> = Vec::new();
        for pair in x.chunks(2) {
            let before = sensed.last().copied().unwrap_or(0.5);
            let noise = 0.03 * (random.random::<f64>() - 0.5);
            sensed.push((3.0 * pair[0] * before + pair[1]).sin() + 0.5 * (pair[1] - before).powi(2) + noise);
        }
        let performance = sensed[STAGES / 2..].iter().map(|s| (2.0 * s).cos()).sum::<f64>();
        let value = |name: &str| {
            let place = name.strip_prefix("sensed").and_then(|number| number.parse::<usize>().ok());
            Measured::Value(place.map_or(performance, |place| sensed[place]))
        };
        let outcomes = planner.goal().outcomes().into_iter().map(value).collect();
        let point = x.iter().map(|x| Value::Number(*x)).collect();
        Observation { point, row: None, outcomes, failed: false }
    };
    (0..size).map(|_| observation()).collect()
}

fn through_a_chain(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("suggest");
    group.sample_size(10);
    for size in [40, 200] {
        let planner = planner();
        let observed = planner.as_ref().map(|planner| observations(planner, size)).unwrap_or_default();
        group.bench_function(format!("chain of {STAGES} stages/{size}"), |bencher| {
            bencher.iter(|| planner.as_ref().map(|planner| planner.suggest(&observed, &[], 1, 1)));
        });
    }
    group.finish();
}

criterion_group!(benches, through_a_chain);
criterion_main!(benches);
