//! Time of the 132 Magpie features of a formula, reading it included.
#![allow(missing_docs, clippy::expect_used, reason = "a bench may fail loudly; criterion's macros write functions")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use matdock_chem::{Composition, FeatureSet};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FORMULAS: [&str; 8] = [
    "Al2O3",
    "NaCl",
    "Li1.3Al0.3Ti1.7(PO4)3",
    "Ag0.5Ge1Pb1.75S4",
    "CuSO4·5H2O",
    "Fe0.620C0.000953Mn0.000521Si0.00102Cr0.000110Ni0.192Mo0.0176V0.000112Nb0.0000616Co0.146Al0.00318Ti0.0185",
    "Pb(Mg1/3Nb2/3)O3",
    "GaAs",
];

fn magpie(c: &mut Criterion) {
    let set = FeatureSet::named("magpie").expect("a ready-made set");
    let mut group = c.benchmark_group("magpie");
    group.throughput(Throughput::Elements(FORMULAS.len() as u64));
    group.bench_function("formulas", |b| {
        b.iter(|| {
            for formula in FORMULAS {
                black_box(set.compute(&Composition::parse(black_box(formula)).expect("a formula")));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, magpie);
criterion_main!(benches);
