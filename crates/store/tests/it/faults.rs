//! Bad input and bad luck: a clear message, and the dock stays whole.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use matdock_record::{Body, Datum, FileHash, Quantity, Record, SampleId, Unit, body::Column};
use matdock_store::{Batch, Dock, JournalLine, Mode, Query, SeriesData};

use crate::examples::{Maker, assert_whole, corrected, line, open};

fn refused(place: &Path, mode: Mode) -> &'static str {
    let error = Dock::open(place, mode).unwrap_err();
    assert!(error.to_string().contains(place.file_name().unwrap().to_str().unwrap()), "{error}");
    error.id()
}

fn nowhere() -> FileHash {
    "ab".repeat(32).try_into().unwrap()
}

#[test]
fn a_place_that_is_no_dock_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    assert_eq!(refused(&file, Mode::Write), "store-place-is-file");
    assert_eq!(refused(&folder.path().join("nothing"), Mode::Read), "store-no-dock");
    assert!(!folder.path().join("nothing").exists());
    for mode in [Mode::Write, Mode::Read] {
        let expected = if mode == Mode::Write { "store-not-a-dock" } else { "store-no-dock" };
        assert_eq!(refused(folder.path(), mode), expected);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(refused(&file.join("below"), Mode::Write), "store-disk-fault");
}

#[test]
fn a_newer_or_damaged_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Maker::new(1).fill(&open(folder.path()), "first");
    let format = folder.path().join("format");
    for (text, id) in [
        ("matdock-dock 2\n", "store-newer-format"),
        ("matdock-dock 0\n", "store-format-damaged"),
        ("", "store-format-damaged"),
        ("\u{0}\u{1}", "store-format-damaged"),
    ] {
        fs::write(&format, text).unwrap();
        for mode in [Mode::Write, Mode::Read] {
            assert_eq!(refused(folder.path(), mode), id);
        }
    }
    // A dock whose `format` was lost is still that dock.
    fs::remove_file(&format).unwrap();
    assert_eq!(refused(folder.path(), Mode::Read), "store-format-missing");
    fs::write(folder.path().join("notes.txt"), "text").unwrap();
    let error = Dock::open(folder.path(), Mode::Write).unwrap_err();
    assert_eq!(error.id(), "store-format-missing");
    assert!(error.to_string().contains(format.to_str().unwrap()), "{error}");
    fs::remove_file(folder.path().join("notes.txt")).unwrap();
    let dock = open(folder.path());
    assert_eq!(dock.records(&Query::default()).unwrap().len(), 6);
    drop(dock);
    sqlite(folder.path(), &["INSERT INTO _sqlx_migrations VALUES (99, 'later', 0, 1, x'00', 0)"]);
    for mode in [Mode::Write, Mode::Read] {
        assert_eq!(refused(folder.path(), mode), "store-newer-format");
    }
}

#[test]
fn a_second_writer_is_refused_with_the_process_that_writes() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let error = Dock::open(folder.path(), Mode::Write).unwrap_err();
    assert_eq!(error.id(), "store-second-writer");
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(dock);
    open(folder.path());
}

#[test]
fn a_batch_that_does_not_fit_is_refused_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let mut maker = Maker::new(1);
    let all = maker.fill(&dock, "first");
    let good = maker.sample(2, None);
    let check = |id: &str, record: Record| {
        let batch = Batch { records: vec![good.clone(), record], journal: vec![line("first", 3)] };
        assert_eq!(dock.commit(&batch).unwrap_err().id(), id);
    };
    check("store-wrong-version", all[2].clone());
    check("store-wrong-version", good.clone());
    check("store-wrong-version", corrected(&corrected(&all[2], "a"), "b"));
    let changed = |change: &dyn Fn(&mut Record)| {
        let mut record = corrected(&all[3], "a");
        change(&mut record);
        record
    };
    check("store-wrong-version", changed(&|record| record.version = 0));
    check("store-wrong-version", changed(&|record| record.version = u32::MAX));
    check("store-kind-changed", changed(&|record| record.body = all[2].body.clone()));
    let mut unknown = Maker::new(9);
    let stranger: SampleId = unknown.sample(1, None).id.into();
    check("store-unknown-record", unknown.process(stranger));
    check("store-wrong-kind", unknown.process(all[3].id.into()));
    check("store-wrong-kind", changed(&|record| record.provenance.suggestion = Some(all[2].id.into())));
    check("store-unknown-object", unknown.campaign("other", nowhere()));
    let text = dock.put_object(b"text").unwrap();
    check("store-campaign-exists", unknown.campaign("first", text));
    let nan = Datum::Quantity(Quantity::new(f64::NAN, Unit::one()));
    check(
        "store-unreadable-record",
        changed(&|record| {
            let Body::Process(process) = &mut record.body else { unreachable!() };
            process.actual.insert("pressure".into(), nan.clone());
        }),
    );
    for (id, lines) in [
        ("store-journal-order", vec![line("first", 2)]),
        ("store-journal-order", vec![line("first", 4)]),
        ("store-journal-order", vec![line("new", 0)]),
        ("store-journal-order", vec![line("new", 1), line("new", 1)]),
        ("store-journal-order", vec![JournalLine { sequence: u64::MAX, ..line("new", 1) }]),
        ("store-journal-name", vec![line("", 1)]),
        ("store-journal-name", vec![line("a\nb", 1)]),
    ] {
        let batch = Batch { records: vec![good.clone()], journal: lines };
        assert_eq!(dock.commit(&batch).unwrap_err().id(), id);
    }
    assert_eq!(dock.records(&Query::default()).unwrap(), all);
    assert_eq!(dock.journal("first").unwrap(), [line("first", 1), line("first", 2)]);
    dock.commit(&Batch { records: vec![good], journal: vec![line("first", 3)] }).unwrap();
    assert_whole(&dock);
}

#[test]
fn a_missing_or_altered_object_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let column = Column { name: "time".into(), unit: "s".parse().unwrap() };
    let hash = dock.put_series(&SeriesData { columns: vec![column], data: vec![vec![1.0, 2.0]] }).unwrap();
    assert_eq!(dock.object(&nowhere()).unwrap_err().id(), "store-object-missing");
    let file = folder.path().join("objects").join(&hash.as_str()[..1]).join(hash.as_str());
    let whole = fs::read(&file).unwrap();
    for damaged in [&whole[1..], &[], b"other"] {
        fs::write(&file, damaged).unwrap();
        let error = dock.series(&hash).unwrap_err();
        assert_eq!(error.id(), "store-object-altered");
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
    }
    // Putting the same bytes again mends it.
    drop(dock);
    let dock = open(folder.path());
    assert_eq!(dock.put_object(&whole).unwrap(), hash);
    assert_eq!(dock.series(&hash).unwrap().data, [[1.0, 2.0]]);
    let text = dock.put_object(b"no series").unwrap();
    assert_eq!(dock.series(&text).unwrap_err().id(), "store-no-series");
}

#[test]
fn a_lost_part_of_the_dock_is_named() {
    for part in ["dock.sqlite", "objects"] {
        let folder = tempfile::tempdir().unwrap();
        Maker::new(1).fill(&open(folder.path()), "first");
        fs::rename(folder.path().join(part), folder.path().join("elsewhere")).unwrap();
        for mode in [Mode::Write, Mode::Read] {
            assert_eq!(Dock::open(folder.path(), mode).unwrap_err().id(), "store-part-missing", "{part}");
        }
    }
}

#[test]
fn a_database_without_tables_is_told_plainly() {
    let empty: &dyn Fn(&Path) = &|place| fs::write(place.join("dock.sqlite"), b"").unwrap();
    let no_migrations: &dyn Fn(&Path) = &|place| assert!(sqlite(place, &["DROP TABLE _sqlx_migrations"]).is_empty());
    let none_done: &dyn Fn(&Path) = &|place| assert!(sqlite(place, &["DELETE FROM _sqlx_migrations"]).is_empty());
    for damage in [empty, no_migrations, none_done] {
        let folder = tempfile::tempdir().unwrap();
        Maker::new(1).fill(&open(folder.path()), "first");
        damage(folder.path());
        for mode in [Mode::Write, Mode::Read] {
            assert_eq!(refused(folder.path(), mode), "store-tables-missing");
        }
    }
}

/// Runs SQL on the database of a closed dock with the triggers in force, as somebody with another program would.
pub fn sqlite(place: &Path, statements: &[&'static str]) -> Vec<String> {
    use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(place.join("dock.sqlite"));
        let mut connection = options.connect().await.unwrap();
        let mut errors = vec![];
        for statement in statements {
            if let Err(error) = sqlx::raw_sql(*statement).execute(&mut connection).await {
                errors.push(error.to_string());
            }
        }
        connection.close().await.unwrap();
        errors
    })
}

#[test]
fn the_tables_themselves_forbid_changes() {
    let folder = tempfile::tempdir().unwrap();
    Maker::new(1).fill(&open(folder.path()), "first");
    let statements = [
        "UPDATE record SET json = '{}'",
        "DELETE FROM record",
        "UPDATE journal_line SET entry = '1' WHERE sequence = 1",
        "DELETE FROM journal_line WHERE sequence = 2",
        "INSERT OR REPLACE INTO record SELECT * FROM record WHERE position = 1",
        "REPLACE INTO journal_line SELECT * FROM journal_line",
        "INSERT INTO record SELECT 8, id, version + 1, kind, at, campaign, sample, suggestion, name, json, hash FROM record",
    ];
    assert_eq!(sqlite(folder.path(), &statements).len(), statements.len());
    assert_whole(&open(folder.path()));
}

fn run(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn a_read_only_folder_can_be_read_and_says_that_it_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    if !run("mount", &["-t", "tmpfs", "-o", "size=8m", "tmpfs", place]) {
        println!("not tested: mounting is not permitted here");
        return;
    }
    let dock = folder.path().join("dock");
    let all = Maker::new(1).fill(&open(&dock), "first");
    assert!(run("mount", &["-o", "remount,ro", place]));
    let seen = Dock::open(&dock, Mode::Read).and_then(|dock| dock.records(&Query::default()));
    let write = Dock::open(&dock, Mode::Write).map(|_| ());
    let new = Dock::open(&folder.path().join("new"), Mode::Write).map(|_| ());
    assert!(run("umount", &[place]));
    assert_eq!(seen.unwrap(), all);
    assert_eq!(write.unwrap_err().id(), "store-not-writable");
    assert_eq!(new.unwrap_err().id(), "store-not-writable");
}
