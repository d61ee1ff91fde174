//! A run is killed at any moment and begun again: no result is lost, made twice, or given to the wrong sample.
//!
//! The run is a process of its own (this test binary started again for one test), killed with SIGKILL. In the end it
//! has to have exactly the results of a run that was never disturbed.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::Duration,
};

use matdock_app::{
    campaign::Campaign,
    export::{self, Only, What},
    history::Experiment,
    run::{self, Progress, Watcher, Wiring},
    table::{Format, SheetExtras, to_bytes},
    verify,
};
use matdock_lab::drivers::Nobody;
use matdock_message::Message;
use matdock_store::{Dock, JournalLine, Mode};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const EXPERIMENTS: u32 = 5;
const KILLS: u32 = 200;

struct Nothing;

impl Watcher for Nothing {
    fn progress(&mut self, _: &Progress<'_>) {}
    fn finished(&mut self, _: &Experiment) {}
    fn waiting(&mut self, _: &[Message]) {}
}

/// With `stops` on films from powder, most of which are ended early.
fn campaign(experiments: u32, stops: bool) -> Campaign {
    let example = if stops { "../../examples/powder-film" } else { "../../examples/thin-film" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(example);
    let mut campaign = Campaign::read(&path).unwrap();
    if stops {
        campaign.planner.initial = 10;
        campaign.stop_early = Some(0.9);
    }
    campaign.budget.experiments = Some(experiments);
    campaign
}

/// Runs to the end; after journal entry `kill_at` the process kills itself.
fn run_here(folder: &Path, experiments: u32, stops: bool, kill_at: Option<u64>) {
    let campaign = campaign(experiments, stops);
    let setup = run::setup(&campaign).unwrap();
    let dock = Dock::open(folder, Mode::Write).unwrap();
    let after = move |sequence: u64| {
        if kill_at == Some(sequence) {
            let me = std::process::id().to_string();
            Command::new("kill").args(["-KILL", &me]).status().unwrap();
            thread::sleep(Duration::from_secs(60));
        }
    };
    let stop = AtomicBool::new(false);
    let wiring = Wiring { person: Arc::new(Nobody), stop: &stop, after_entry: Some(&after) };
    run::run(&dock, &campaign, &setup, &wiring, &mut Nothing).unwrap();
}

/// Not a test of its own: the process that is killed.
#[test]
fn child() {
    let Some(folder) = std::env::var_os("MATDOCK_KILL_TEST_DOCK") else { return };
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let experiments = number("MATDOCK_KILL_TEST_EXPERIMENTS").unwrap() as u32;
    let stops = number("MATDOCK_KILL_TEST_STOPS") == Some(1);
    run_here(Path::new(&folder), experiments, stops, number("MATDOCK_KILL_TEST_AT"));
}

fn start(folder: &Path, experiments: u32, stops: bool, kill_at: Option<u64>) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "kill::child", "--nocapture"]).env("MATDOCK_KILL_TEST_DOCK", folder);
    command.env("MATDOCK_KILL_TEST_EXPERIMENTS", experiments.to_string());
    command.env("MATDOCK_KILL_TEST_STOPS", u8::from(stops).to_string());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(at) = kill_at {
        command.env("MATDOCK_KILL_TEST_AT", at.to_string());
    }
    command.spawn().unwrap()
}

/// Every sample with its settings and results, and every record by name and values, as text to compare.
fn everything(folder: &Path, stops: bool) -> (String, Vec<JournalLine>) {
    let dock = Dock::open(folder, Mode::Read).unwrap();
    let verified = verify::verify(&dock, &mut |_, _| {}).unwrap();
    assert!(verified.problems.is_empty(), "{:?}", verified.problems);
    let text = |what| {
        let table = export::export(&dock, what, &Only::default()).unwrap();
        String::from_utf8(to_bytes(&table, Format::Csv, &SheetExtras::default()).unwrap()).unwrap()
    };
    let samples = text(What::Samples);
    let entries = dock.journal(&run::journal_name(&campaign(1, stops))).unwrap();
    (samples, entries)
}

fn undisturbed(experiments: u32, stops: bool) -> (tempfile::TempDir, PathBuf, String, Vec<JournalLine>) {
    let folder = tempfile::tempdir().unwrap();
    let dock = folder.path().join("dock");
    run_here(&dock, experiments, stops, None);
    let (samples, entries) = everything(&dock, stops);
    assert_eq!(samples.lines().count(), 1 + experiments as usize);
    (folder, dock, samples, entries)
}

#[test]
fn killed_after_every_journal_entry_once() {
    const FEW: u32 = 2;
    let (_keep, _, expected, entries) = undisturbed(FEW, false);
    for at in 0..entries.len() as u64 {
        let folder = tempfile::tempdir().unwrap();
        let dock = folder.path().join("dock");
        assert!(!start(&dock, FEW, false, Some(at)).wait().unwrap().success(), "not killed at entry {at}");
        assert!(start(&dock, FEW, false, None).wait().unwrap().success(), "no way on after entry {at}");
        let (samples, _) = everything(&dock, false);
        assert_eq!(samples, expected, "after a kill at entry {at}");
    }
    println!("killed after each of {} journal entries; every result as undisturbed", entries.len());
}

/// The last moments before, at and after samples are ended early.
#[test]
fn killed_while_samples_are_ended_early() {
    const SOME: u32 = 24;
    let (_keep, _, expected, entries) = undisturbed(SOME, true);
    let stops: Vec<usize> = (1..entries.len()).filter(|at| entries[*at].entry["event"] == "stop_asked").collect();
    assert!(stops.len() >= 2 && expected.contains("partial"), "{} stops of {}", stops.len(), entries.len());
    for at in [stops[0] - 1, stops[stops.len() - 1]] {
        let folder = tempfile::tempdir().unwrap();
        let dock = folder.path().join("dock");
        assert!(!start(&dock, SOME, true, Some(at as u64)).wait().unwrap().success(), "not killed at entry {at}");
        assert!(start(&dock, SOME, true, None).wait().unwrap().success(), "no way on after entry {at}");
        let (samples, _) = everything(&dock, true);
        assert_eq!(samples, expected, "after a kill at entry {at}");
    }
    println!("{} samples ended early; every result as undisturbed", stops.len());
}

#[test]
fn killed_at_random_moments() {
    let (_keep, _, expected, _) = undisturbed(EXPERIMENTS, false);
    let mut chance = ChaCha8Rng::seed_from_u64(20_260_531);
    let (mut kills, mut campaigns) = (0, 0);
    while kills < KILLS {
        let folder = tempfile::tempdir().unwrap();
        let dock = folder.path().join("dock");
        loop {
            let mut child = start(&dock, EXPERIMENTS, false, None);
            thread::sleep(Duration::from_micros(chance.random_range(5_000..150_000)));
            match child.try_wait().unwrap() {
                Some(status) => {
                    assert!(status.success());
                    break;
                }
                None => {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    kills += 1;
                }
            }
        }
        let (samples, _) = everything(&dock, false);
        assert_eq!(samples, expected, "after {kills} kills");
        campaigns += 1;
    }
    println!("killed {kills} times at random moments of {campaigns} campaigns; every result as undisturbed");
}
