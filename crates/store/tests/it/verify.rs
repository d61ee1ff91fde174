//! A check of the dock finds what was altered, wherever it was altered.

use std::{fs, path::Path};

use matdock_record::Record;
use matdock_store::{Dock, Mode, Query, VerifyReport};
use rand::{RngExt, SeedableRng};

use crate::{
    examples::{Maker, assert_whole, open},
    faults::sqlite,
};

fn verify(place: &Path) -> VerifyReport {
    Dock::open(place, Mode::Read).unwrap().verify(&mut |done, total| assert!(done <= total)).unwrap()
}

fn ids(report: &VerifyReport) -> Vec<&'static str> {
    report.problems.iter().map(|problem| problem.id()).collect()
}

#[test]
fn a_whole_dock_is_counted_and_orphans_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    Maker::new(1).fill(&dock, "first");
    let orphan = dock.put_object(b"never committed").unwrap();
    let mut last = (0, 0);
    let report = dock.verify(&mut |done, total| last = (done, total)).unwrap();
    assert_eq!((report.records, report.journal_lines, report.objects), (6, 2, 3));
    assert_eq!((report.problems, report.orphans), (vec![], vec![orphan]));
    assert_eq!(last, (11, 11));
}

#[test]
fn every_alteration_of_the_tables_is_found() {
    // Somebody who removes the triggers first and puts them back afterwards.
    let drop = "DROP TRIGGER record_no_update; DROP TRIGGER record_no_delete; DROP TRIGGER record_in_order; \
                DROP TRIGGER journal_line_no_update; DROP TRIGGER journal_line_no_delete";
    for (alteration, expected) in [
        ("UPDATE record SET json = replace(json, '300.1', '300.2') WHERE position = 3", "store-record-damaged"),
        ("UPDATE record SET hash = lower(hex(zeroblob(32))) WHERE position = 3", "store-record-damaged"),
        ("UPDATE record SET json = x'ff' WHERE position = 3", "store-database-damaged"),
        ("UPDATE record SET version = 7 WHERE position = 3", "store-record-damaged"),
        ("UPDATE record SET campaign = NULL WHERE position = 3", "store-columns-differ"),
        ("UPDATE record SET at = 0 WHERE position = 3", "store-columns-differ"),
        ("UPDATE record SET kind = 'file' WHERE position = 3", "store-columns-differ"),
        ("DELETE FROM record WHERE position = 4", "store-records-missing"),
        ("DELETE FROM record WHERE position = 3", "store-unknown-record"),
        ("UPDATE journal_line SET entry = '{}' WHERE sequence = 1", "store-journal-damaged"),
        ("UPDATE journal_line SET at = 1 WHERE sequence = 2", "store-journal-damaged"),
        ("DELETE FROM journal_line WHERE sequence = 1", "store-journal-damaged"),
        ("CREATE TABLE more (a)", "store-schema-altered"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        Maker::new(1).fill(&open(folder.path()), "first");
        let errors = sqlite(folder.path(), &[drop, alteration]);
        assert!(errors.iter().all(|error| error.contains("cannot store BLOB")), "{errors:?}");
        let report = verify(folder.path());
        let found = ids(&report);
        assert!(found.iter().filter(|id| **id == "store-schema-altered").count() >= 5, "{found:?}");
        if errors.is_empty() {
            assert!(found.contains(&expected), "{alteration}: {found:?}");
        }
    }
}

#[test]
fn every_alteration_of_the_objects_is_found() {
    for (alter, expected) in [
        (&(|file: &Path| fs::remove_file(file).unwrap()) as &dyn Fn(&Path), "store-object-lost"),
        (&|file: &Path| fs::write(file, b"").unwrap(), "store-object-altered"),
        (&|file: &Path| fs::write(file, b"other").unwrap(), "store-object-altered"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let dock = open(folder.path());
        let all = Maker::new(1).fill(&dock, "first");
        let hash = all[5].body.objects()[0].as_str();
        let file = folder.path().join("objects").join(&hash[..1]).join(hash);
        alter(&file);
        let report = verify(folder.path());
        assert_eq!(ids(&report), [expected]);
        assert!(report.problems[0].to_string().contains(file.to_str().unwrap()), "{}", report.problems[0]);
    }
}

/// Everything a person could read, or the first fault told.
fn read_all(dock: &Dock, names: &[&str]) -> Result<(Vec<Record>, usize), &'static str> {
    let all = dock.records(&Query { all_versions: true, ..Query::default() }).map_err(|error| error.id())?;
    let mut lines = 0;
    for name in names {
        lines += dock.journal(name).map_err(|error| error.id())?.len();
    }
    Ok((all, lines))
}

#[test]
fn a_damaged_database_file_is_told_and_never_read_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let names = ["a", "b", "c", "d"];
    let expected: Vec<Record> =
        names.iter().zip(1..).flat_map(|(name, seed)| Maker::new(seed).fill(&dock, name)).collect();
    drop(dock);
    let file = folder.path().join("dock.sqlite");
    let whole = fs::read(&file).unwrap();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    let mut damages: Vec<Vec<u8>> =
        vec![vec![], b"garbage".to_vec(), vec![0; 4096], whole[..whole.len() / 2].to_vec(), whole[..4096].to_vec()];
    let mut header = whole.clone();
    header[..100].fill(0x5a);
    damages.push(header);
    for flips in [1, 1, 1, 1, 5, 50, 500] {
        for _ in 0..12 {
            let mut bytes = whole.clone();
            for _ in 0..flips {
                let place = random.random_range(0..bytes.len());
                bytes[place] ^= 1 << random.random_range(0..8);
            }
            damages.push(bytes);
        }
    }
    let (mut refused, mut told, mut harmless) = (0, 0, 0);
    for damage in &damages {
        for entry in ["dock.sqlite-wal", "dock.sqlite-shm"] {
            let _ = fs::remove_file(folder.path().join(entry));
        }
        fs::write(&file, damage).unwrap();
        let dock = match Dock::open(folder.path(), Mode::Write) {
            Ok(dock) => dock,
            Err(error) => {
                assert!(
                    ["store-database-damaged", "store-tables-missing", "store-newer-format", "store-database"]
                        .contains(&error.id()),
                    "{error}"
                );
                refused += 1;
                continue;
            }
        };
        let report = dock.verify(&mut |_, _| {}).unwrap();
        let same = read_all(&dock, &names).is_ok_and(|(records, lines)| records == expected && lines == 8);
        if report.problems.is_empty() {
            assert!(same, "verify found nothing wrong, but not everything can be read");
            harmless += 1;
        } else {
            told += 1;
        }
    }
    println!("{} damages: {refused} refused on opening, {told} told by verify, {harmless} harmless", damages.len());
    assert!(refused > 10 && told > 10);
    fs::write(&file, &whole).unwrap();
    assert_whole(&open(folder.path()));
}
