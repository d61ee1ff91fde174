//! A writer is killed at random moments; nothing that it acknowledged may be lost, and nothing may be half there.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use matdock_record::IdSource;
use matdock_store::{Batch, Dock, Mode, Query};
use rand::RngExt;
use rand::SeedableRng;

use crate::examples::{Maker, assert_whole, line, open, spectrum};

/// Where the writing child finds its dock.
const PLACE: &str = "MATDOCK_TEST_KILL";
const KILLS: usize = 60;

/// One commit of the child: a sample, its measurement with series, two journal lines.
fn experiment(dock: &Dock, maker: &mut Maker, number: u64) -> Batch {
    let series = spectrum(200, 3, number);
    let object = dock.put_series(&series).unwrap();
    let sample = maker.sample(number as u32, None);
    let runs = maker.measurement(sample.id.into(), &series, object);
    let journal = vec![line("run", 2 * number - 1), line("run", 2 * number)];
    Batch { records: [vec![sample], runs.to_vec()].concat(), journal }
}

/// What the child does when this test binary is started again as the writer; otherwise nothing.
#[test]
fn the_writing_child() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let dock = open(Path::new(&place));
    let mut maker = Maker::new(1);
    maker.ids = IdSource::from_system();
    if dock.campaign("c").unwrap().is_none() {
        let text = dock.put_object(b"text").unwrap();
        dock.commit(&Batch { records: vec![maker.campaign("c", text)], journal: vec![] }).unwrap();
    }
    let mut number = dock.journal("run").unwrap().len() as u64 / 2;
    loop {
        number += 1;
        dock.commit(&experiment(&dock, &mut maker, number)).unwrap();
        println!("acknowledged {number}");
    }
}

fn start(place: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::the_writing_child", "--exact", "--nocapture"])
        .env(PLACE, place)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the child after a while; returns the last number it acknowledged.
fn kill_after(mut child: Child, wait: Duration) -> u64 {
    let output = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        // The name of the test is printed on the line of the first number.
        lines.filter_map(|line| line.split_once("acknowledged ")?.1.parse::<u64>().ok()).last()
    });
    std::thread::sleep(wait);
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(!status.success(), "the child is to die by the kill only");
    reader.join().unwrap().unwrap_or_default()
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("dock");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let began = Instant::now();
    let (mut acknowledged, mut beyond, mut orphans) = (0, 0, 0);
    for kill in 0..KILLS {
        // The first ones hit the making of the dock.
        let most = if kill < 15 { 12_000 } else { 90_000 };
        let last = kill_after(start(&place), Duration::from_micros(random.random_range(0..most)));
        acknowledged = acknowledged.max(last);

        let dock = match Dock::open(&place, Mode::Read) {
            Ok(dock) => dock,
            Err(error) => {
                assert!(["store-no-dock", "store-format-missing"].contains(&error.id()), "{error}");
                assert_eq!(acknowledged, 0, "{error}");
                continue;
            }
        };
        let lines = dock.journal("run").unwrap().len() as u64;
        let count = |kind| dock.records(&Query { kind: Some(kind), ..Query::default() }).unwrap().len() as u64;
        let samples = count("sample");
        assert!(samples >= acknowledged, "{acknowledged} acknowledged, {samples} there");
        assert!(samples <= acknowledged + 1, "at most one commit was under way");
        assert_eq!((lines, count("measurement"), count("series")), (2 * samples, samples, samples));
        let names: Vec<String> =
            dock.find(&format!("S-{samples}")).unwrap().iter().map(|record| record.id.to_string()).collect();
        assert_eq!(names.len(), usize::from(samples > 0));
        beyond += u64::from(samples > acknowledged);
        acknowledged = samples;
        if kill % 5 == 4 || kill + 1 == KILLS {
            assert_whole(&dock);
            orphans = dock.verify(&mut |_, _| {}).unwrap().orphans.len();
        }
    }
    println!(
        "{KILLS} kills in {:.1} s: {acknowledged} commits, none lost, none half there; \
         {beyond} were on the disk before they could be acknowledged; {orphans} objects without record",
        began.elapsed().as_secs_f64()
    );
    assert!(acknowledged > 0);
}
