//! A disk without room: what was kept stays, what does not fit is refused, and with room again work goes on.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use matdock_message::Message;
use matdock_store::{Batch, Dock, Mode, Query};

use crate::examples::{Maker, assert_whole, line, open, spectrum};

/// Where the child that may not write large files finds its dock.
const PLACE: &str = "MATDOCK_TEST_FULL";

/// Commits until it fails; returns how many were acknowledged, and why it failed.
fn fill_up(dock: &Dock, maker: &mut Maker, first: u64, most: u64) -> (u64, Option<Message>) {
    for number in first..most {
        let series = spectrum(300, 4, number);
        let done = dock.put_series(&series).and_then(|object| {
            let sample = maker.sample(number as u32, None);
            let runs = maker.measurement(sample.id.into(), &series, object);
            let records = [vec![sample], runs.to_vec()].concat();
            dock.commit(&Batch { records, journal: vec![line("run", number + 1)] })
        });
        if let Err(error) = done {
            return (number, Some(error));
        }
    }
    (most, None)
}

fn begin(dock: &Dock, maker: &mut Maker) {
    let text = dock.put_object(b"text").unwrap();
    let campaign = maker.campaign("c", text);
    dock.commit(&Batch { records: vec![campaign], journal: vec![] }).unwrap();
}

fn samples(dock: &Dock) -> u64 {
    dock.records(&Query { kind: Some("sample"), ..Query::default() }).unwrap().len() as u64
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mount = |arguments: &[&str]| {
        let status = Command::new(arguments[0])
            .args(&arguments[1..])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    if !mount(&["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs"]) {
        println!("not tested: mounting is not permitted here");
        return;
    }
    let place = folder.path().join("dock");
    let dock = open(&place);
    let mut maker = Maker::new(1);
    begin(&dock, &mut maker);
    let (acknowledged, error) = fill_up(&dock, &mut maker, 0, 10_000);
    assert_eq!(error.unwrap().id(), "store-disk-full");
    assert_eq!(samples(&dock), acknowledged);
    // The same process goes on when there is room again, and so does the next one.
    assert!(mount(&["mount", "-o", "remount,size=16m"]));
    assert_eq!(fill_up(&dock, &mut maker, acknowledged, acknowledged + 5), (acknowledged + 5, None));
    assert_whole(&dock);
    drop(dock);
    let dock = open(&place);
    assert_eq!(samples(&dock), acknowledged + 5);
    assert_whole(&dock);
    drop(dock);
    assert!(mount(&["umount"]));
    println!("{acknowledged} commits before the disk was full, all there");
}

/// What the child does that may not write files beyond a size; otherwise nothing.
#[test]
fn the_limited_child() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let dock = open(Path::new(&place));
    let mut maker = Maker::new(1);
    begin(&dock, &mut maker);
    let (acknowledged, error) = fill_up(&dock, &mut maker, 0, 10_000);
    println!("\nacknowledged {acknowledged} then {}", error.unwrap().id());
}

#[test]
fn a_limit_on_the_size_of_files_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("dock");
    // Without the signal the write fails as it does on a full disk. The shell counts in blocks of 512 or 1024 bytes.
    let script = "ulimit -f 600 && trap '' XFSZ && exec \"$0\" full_disk::the_limited_child --exact --nocapture";
    let output = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .env(PLACE, &place)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let Some((_, told)) = text.split_once("\nacknowledged ") else {
        panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr))
    };
    let (acknowledged, id) = told.lines().next().unwrap().split_once(" then ").unwrap();
    assert!(["store-disk-full", "store-disk-fault"].contains(&id), "{id}");
    let acknowledged: u64 = acknowledged.parse().unwrap();
    assert_whole(&Dock::open(&place, Mode::Read).unwrap());
    let dock = open(&place);
    assert_eq!(samples(&dock), acknowledged);
    println!("{acknowledged} commits before the limit, all there");
    let mut maker = Maker::new(1);
    maker.ids = matdock_record::IdSource::from_system();
    assert_eq!(fill_up(&dock, &mut maker, acknowledged, acknowledged + 5).1, None);
    assert_whole(&dock);
}
