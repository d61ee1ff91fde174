//! What holds for any sequence of commits.

use std::collections::BTreeMap;

use matdock_record::Record;
use matdock_store::{Batch, Dock, JournalLine, Mode, Query, SeriesData};
use proptest::prelude::*;

use crate::examples::{Maker, assert_whole, corrected, line, open, spectrum};

/// One commit: new samples, corrections of known records (by place), journal lines of two journals.
#[derive(Debug, Clone)]
struct Step {
    samples: u8,
    corrections: Vec<prop::sample::Index>,
    lines: Vec<bool>,
    reopen: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let corrections = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    (0_u8..4, corrections, prop::collection::vec(any::<bool>(), 0..4), prop::bool::weighted(0.2))
        .prop_map(|(samples, corrections, lines, reopen)| Step { samples, corrections, lines, reopen })
}

/// The batch of a step, and what the dock should hold after it.
fn batch(maker: &mut Maker, step: &Step, number: usize, all: &mut Vec<Record>, lines: &mut Vec<JournalLine>) -> Batch {
    let mut batch = Batch::default();
    for _ in 0..step.samples {
        let sample = maker.sample(number as u32, None);
        let process = maker.process(sample.id.into());
        // The process refers to a sample that comes after it.
        batch.records.extend([process, sample]);
    }
    for place in &step.corrections {
        if !all.is_empty() {
            let id = place.get(all).id;
            let known = all.iter().chain(&batch.records).filter(|record| record.id == id);
            let latest = known.max_by_key(|record| record.version).unwrap();
            batch.records.push(corrected(latest, &format!("corrected {number}")));
        }
    }
    for other in &step.lines {
        let journal = if *other { "日誌" } else { "journal" };
        let count = lines.iter().chain(&batch.journal).filter(|line| line.journal == journal).count();
        batch.journal.push(line(journal, count as u64 + 1));
    }
    all.extend(batch.records.clone());
    lines.extend(batch.journal.clone());
    batch
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_committed_is_read_back(steps in prop::collection::vec(step(), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let mut dock = open(folder.path());
        let mut maker = Maker::new(1);
        let text = dock.put_object(b"text").unwrap();
        let mut all = vec![maker.campaign("c", text)];
        let mut lines = vec![];
        dock.commit(&Batch { records: all.clone(), journal: vec![] }).unwrap();
        for (number, step) in steps.iter().enumerate() {
            dock.commit(&batch(&mut maker, step, number, &mut all, &mut lines)).unwrap();
            if step.reopen {
                drop(dock);
                dock = open(folder.path());
            }
        }
        let reader = Dock::open(folder.path(), Mode::Read).unwrap();
        for dock in [&dock, &reader] {
            prop_assert_eq!(&dock.records(&Query { all_versions: true, ..Query::default() }).unwrap(), &all);
            let mut versions: BTreeMap<_, Vec<Record>> = BTreeMap::new();
            for record in &all {
                versions.entry(record.id).or_default().push(record.clone());
            }
            for (id, versions) in &versions {
                prop_assert_eq!(dock.record(*id).unwrap(), versions.last().cloned());
                prop_assert_eq!(&dock.versions(*id).unwrap(), versions);
                prop_assert!(versions.iter().zip(1..).all(|(record, number)| record.version == number));
            }
            for journal in ["journal", "日誌"] {
                let expected: Vec<_> = lines.iter().filter(|line| line.journal == journal).cloned().collect();
                prop_assert_eq!(dock.journal(journal).unwrap(), expected);
            }
            assert_whole(dock);
        }
    }

    #[test]
    fn a_series_is_read_back_bit_by_bit(
        rows in 0_usize..40, columns in 1_usize..4, values in prop::collection::vec(prop::num::f64::ANY, 160),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let dock = open(folder.path());
        let mut series = SeriesData { data: vec![], ..spectrum(0, columns, 0) };
        let finite = values.iter().map(|v| if v.is_infinite() { 0.0 } else { *v });
        let values: Vec<f64> = finite.collect();
        series.data = (0..columns).map(|c| values[c * rows..(c + 1) * rows].to_vec()).collect();
        let hash = dock.put_series(&series).unwrap();
        prop_assert_eq!(&dock.put_series(&series).unwrap(), &hash);
        let back = dock.series(&hash).unwrap();
        prop_assert_eq!(&back.columns, &series.columns);
        let bits = |series: &SeriesData| -> Vec<Vec<u64>> {
            let plain = |v: &f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
            series.data.iter().map(|column| column.iter().map(plain).collect()).collect()
        };
        prop_assert_eq!(bits(&back), bits(&series));
    }
}
