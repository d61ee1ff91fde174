//! How fast a dock keeps and finds things on this machine's disk.

#![expect(clippy::unwrap_used, reason = "a measurement may stop at any fault")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use matdock_store::{Batch, Mode, Query};

#[path = "../tests/it/examples.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod examples;

use examples::{Maker, line, open, spectrum};

fn commits(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let mut maker = Maker::new(1);
    maker.fill(&dock, "c");
    let mut number = 2;
    c.bench_function("commit of one journal line", |b| {
        b.iter(|| {
            number += 1;
            dock.commit(&Batch { records: vec![], journal: vec![line("c", number)] }).unwrap();
        });
    });
    let mut number = 0;
    c.bench_function("commit of sample, process and journal line", |b| {
        b.iter(|| {
            number += 1;
            let sample = maker.sample(number, None);
            let process = maker.process(sample.id.into());
            let journal = vec![line("d", u64::from(number))];
            dock.commit(&Batch { records: vec![sample, process], journal }).unwrap();
        });
    });
}

fn series(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let mut seed = 0;
    c.bench_function("put series of 10,000 x 5", |b| {
        b.iter(|| {
            seed += 1;
            dock.put_series(&spectrum(10_000, 5, seed)).unwrap()
        });
    });
    c.bench_function("put series of 100 x 5", |b| {
        b.iter(|| {
            seed += 1;
            dock.put_series(&spectrum(100, 5, seed)).unwrap()
        });
    });
    let hash = dock.put_series(&spectrum(10_000, 5, 0)).unwrap();
    c.bench_function("read series of 10,000 x 5", |b| b.iter(|| dock.series(black_box(&hash)).unwrap()));
}

fn queries(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let mut maker = Maker::new(1);
    let all = maker.fill(&dock, "c");
    for number in 2..=1000 {
        let sample = maker.sample(number, None);
        let runs: Vec<_> = (0..9).map(|_| maker.process(sample.id.into())).collect();
        dock.commit(&Batch { records: [vec![sample], runs].concat(), journal: vec![] }).unwrap();
    }
    let of_sample = Query { sample: Some(all[2].id.into()), ..Query::default() };
    c.bench_function("records of one sample among 10,000", |b| b.iter(|| dock.records(&of_sample).unwrap()));
    let of_campaign = Query { campaign: Some(maker.campaign), ..Query::default() };
    c.bench_function("all 10,000 records of a campaign", |b| b.iter(|| dock.records(&of_campaign).unwrap()));
    c.bench_function("verify 10,000 records", |b| b.iter(|| dock.verify(&mut |_, _| {}).unwrap()));
    drop(dock);
    c.bench_function("open for writing", |b| b.iter(|| open(folder.path())));
    c.bench_function("open for reading", |b| {
        b.iter(|| matdock_store::Dock::open(folder.path(), Mode::Read).unwrap());
    });
}

/// 60 experiments of 60 commits each, with 6 series per experiment: what the thin-film example keeps.
fn campaign(c: &mut Criterion) {
    let mut group = c.benchmark_group("campaign");
    group.sample_size(10);
    group.bench_function("60 experiments, 3,600 commits, 360 series", |b| {
        b.iter(|| {
            let folder = tempfile::tempdir().unwrap();
            let dock = open(folder.path());
            let mut maker = Maker::new(1);
            maker.fill(&dock, "c");
            let mut next = 0;
            for experiment in 0..60 {
                let sample = maker.sample(experiment, None);
                let id = sample.id.into();
                for commit in 0..60 {
                    next += 1;
                    let mut batch = Batch { records: vec![], journal: vec![line("d", next)] };
                    match commit {
                        0 => batch.records.push(sample.clone()),
                        _ if commit % 10 == 0 => batch.records.push(maker.process(id)),
                        _ if commit % 10 == 5 => {
                            let series = spectrum(600, 5, next);
                            let object = dock.put_series(&series).unwrap();
                            batch.records.extend(maker.measurement(id, &series, object));
                        }
                        _ => {}
                    }
                    dock.commit(&batch).unwrap();
                }
            }
        });
    });
    group.finish();
}

criterion_group!(benches, commits, series, queries, campaign);
criterion_main!(benches);
