//! Time to fit a Gaussian process and to predict 10,000 points.

use criterion::{Criterion, criterion_group, criterion_main};
use matdock_learn::{
    Kernel, Rows,
    gp::{Data, Fit, Prior, Structure},
};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const DIMENSION: usize = 6;

fn data(size: usize) -> (Rows, Vec<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut inputs = Rows::new(DIMENSION);
    let mut outputs = Vec::new();
    for _ in 0..size {
        let x: Vec<f64> = (0..DIMENSION).map(|_| random.random()).collect();
        outputs.push((6.0 * x[0]).sin() + x[1] * x[2] - (3.0 * x[3]).cos() + 0.05 * random.random::<f64>());
        inputs.push(&x);
    }
    (inputs, outputs)
}

fn fit_and_predict(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gp");
    group.sample_size(10);
    let structure = Structure::new(Kernel::Matern52, &(0..DIMENSION).collect::<Vec<_>>());
    let (points, _) = data(10_000);
    for size in [50, 200, 500, 1000, 2000, 5000] {
        let (inputs, outputs) = data(size);
        group.bench_function(format!("fit/{size}"), |bencher| {
            bencher.iter(|| Fit::new(&structure, &Prior::scaled_to(DIMENSION), &Data::new(&inputs, &outputs)));
        });
        if let Ok(fit) = Fit::new(&structure, &Prior::scaled_to(DIMENSION), &Data::new(&inputs, &outputs)) {
            group.bench_function(format!("predict 10000/{size}"), |bencher| bencher.iter(|| fit.gp.predict(&points)));
        }
    }
    group.finish();
}

criterion_group!(benches, fit_and_predict);
criterion_main!(benches);
