//! Fit of the circuit to a spectrum, and the streams of the cells of the thin-film example.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run should stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use matdock_lab::{
    Action, ActionId, PastAction, Physics, Stream,
    analysis::{Analysis, ImpedanceCircuit},
    physics::ThinFilm,
};
use matdock_record::{Datum, IdSource, SampleId, Timestamp, body::Fields};

type Step = (&'static str, f64, &'static [(&'static str, f64, &'static str)]);

const STEPS: [Step; 6] = [
    ("load", 720.0, &[]),
    (
        "deposit-electrode",
        4500.0,
        &[("substrate_temperature", 575.0, "Cel"), ("oxygen_pressure", 15.8, "Pa"), ("nickel_fraction", 0.47, "1")],
    ),
    ("deposit-electrolyte", 4200.0, &[("power", 73.0, "W")]),
    ("evaporate-lithium", 840.0, &[]),
    ("anneal", 5040.0, &[("anneal_temperature", 134.0, "Cel"), ("anneal_time", 44.0, "min")]),
    ("impedance", 480.0, &[]),
];

/// All that is seen while one cell is made and measured.
fn make(number: u64) -> Vec<Stream> {
    let mut now = Timestamp::from_microseconds(1_700_000_000_000_000);
    let sample = SampleId::new(&mut IdSource::from_seed(number), now);
    let (mut past, mut streams): (Vec<PastAction>, Vec<Stream>) = (Vec::new(), Vec::new());
    for (capability, duration, settings) in STEPS {
        let setting = |(name, value, unit): &(&str, f64, &str)| {
            ((*name).to_owned(), Datum::number(*value, &unit.parse().expect("a unit")))
        };
        let action = Action {
            id: ActionId(past.len() as u64),
            sample,
            step: capability.into(),
            station: capability.into(),
            capability: capability.into(),
            settings: settings.iter().map(setting).collect(),
            duration,
        };
        let mut done = ThinFilm.perform(&action, now, &past, number, 1).expect("a sound action");
        let ended = now.plus_seconds(done.duration);
        streams.append(&mut done.reply.streams);
        past.push(PastAction { action, started: now, ended, reply: done.reply });
        now = ended.plus_seconds(120.0);
    }
    streams
}

fn run(c: &mut Criterion) {
    let spectrum = make(1).into_iter().find(|stream| stream.name == "spectrum").expect("a spectrum");
    let area = Fields::from([("area".to_owned(), Datum::number(0.1, &"cm2".parse().expect("a unit")))]);
    c.bench_function("fit of one spectrum", |b| b.iter(|| ImpedanceCircuit.run(black_box(&spectrum), &area)));
    let mut group = c.benchmark_group("streams");
    group.sample_size(10);
    group.bench_function("60 cells", |b| b.iter(|| (0..60).map(|number| make(number).len()).sum::<usize>()));
    group.finish();
}

criterion_group!(benches, run);
criterion_main!(benches);
