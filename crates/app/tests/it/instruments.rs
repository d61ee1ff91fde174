//! The closed loop with programs as instruments, on the clock of the wall: one that works, and all the ways to fail.
#![cfg(unix)] // The programs are shell scripts.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use matdock_app::{
    campaign::Campaign,
    history::{Experiment, History},
    run::{self, Command, End, Progress, Watcher, Wiring},
    verify,
};
use matdock_lab::drivers::Nobody;
use matdock_message::Message;
use matdock_record::Outcome;
use matdock_store::{Dock, Mode};

/// Puts the bench back into service whenever told that it is out.
#[derive(Default)]
struct Technician {
    told: Vec<String>,
    typed: Vec<Command>,
}

impl Watcher for Technician {
    fn progress(&mut self, _: &Progress<'_>) {}
    fn finished(&mut self, _: &Experiment) {}
    fn waiting(&mut self, _: &[Message]) {}

    fn commands(&mut self) -> Option<Vec<Command>> {
        Some(std::mem::take(&mut self.typed))
    }

    fn notice(&mut self, notice: &Message) {
        let notice = notice.to_string();
        if let Some((_, typed)) = notice.split_once("type: ") {
            self.typed.push(Command::parse(typed).unwrap());
        }
        self.told.push(notice);
    }
}

fn run_it(campaign: &Campaign) -> (Vec<Experiment>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let setup = run::setup(campaign).unwrap();
    assert!(!setup.virtual_time);
    let dock = Dock::open(folder.path(), Mode::Write).unwrap();
    let stop = AtomicBool::new(false);
    let wiring = Wiring { person: Arc::new(Nobody), stop: &stop, after_entry: None };
    let mut technician = Technician::default();
    assert_eq!(run::run(&dock, campaign, &setup, &wiring, &mut technician).unwrap(), End::Budget);
    let problems = verify::verify(&dock, &mut |_, _| {}).unwrap().problems;
    assert!(problems.is_empty(), "{problems:?}");
    (History::read(&dock, campaign).unwrap().unwrap().experiments, technician.told)
}

#[test]
fn the_example_with_an_instrument_of_ones_own_runs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/own-instrument");
    let begin = Instant::now();
    let (experiments, told) = run_it(&Campaign::read(&path).unwrap());
    assert_eq!(experiments.len(), 12);
    assert!(experiments.iter().all(|e| e.outcome.is_success()), "{told:?}");
    let bright = |e: &Experiment| e.values["brightness"].quantity().unwrap().value;
    let best = experiments.iter().map(bright).fold(0.0, f64::max);
    // The brightest there is: 90 % (see measure.sh).
    assert!(best > 75.0, "{best}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// A campaign of two samples whose instrument does `script`. The station stops when an end is uncertain.
fn campaign(folder: &Path, program: &str, script: &str) -> Campaign {
    let lab = format!(
        "[lab]\nname = 'l'\n[[station]]\nname = 'bench'\ntimeout = '2 s'\n[station.driver]\nkind = 'process'\n\
         program = '{program}'\narguments = ['-c', '''{script}''']\n[[station.capability]]\nname = 'look'\n\
         process_time = '1 s'\n[station.capability.parameters]\nx = {{ min = 0, max = 1, unit = '1' }}\n"
    );
    std::fs::write(folder.join("lab.toml"), lab).unwrap();
    let recipe = "[recipe]\nname = 'r'\n[[step]]\nname = 'look'\ncapability = 'look'\nparameters = { x = '$x' }\n\
                  [outputs]\ny = 'look.y'\n";
    std::fs::write(folder.join("recipe.toml"), recipe).unwrap();
    let campaign = "[campaign]\nname = 'c'\nseed = 1\n[budget]\nexperiments = 2\n[[objective]]\noutcome = 'y'\n\
                    direction = 'maximise'\n[[parameter]]\nname = 'x'\ntype = 'continuous'\nmin = 0\nmax = 1\n\
                    [planner]\ninitial = 2\n[lab]\nlab = 'lab.toml'\nrecipe = 'recipe.toml'\n";
    std::fs::write(folder.join("campaign.toml"), campaign).unwrap();
    Campaign::read(folder).unwrap()
}

#[test]
fn whatever_an_instrument_does_the_campaign_goes_on_and_the_dock_stays_whole() {
    let cases = [
        ("garbage", "sh", "echo hello, I am no JSON", "uncertain", "not the JSON"),
        ("hangs", "sh", "sleep 60", "uncertain", "did not end within"),
        ("exit 1", "sh", "echo no vacuum >&2; exit 1", "failed", "no vacuum"),
        ("missing", "/nowhere/program", "", "failed", "/nowhere/program"),
        ("100 MB", "sh", "head -c 100000000 /dev/zero", "uncertain", "16384 KiB"),
        ("100 MB of errors", "sh", "head -c 100000000 /dev/zero >&2; exit 2", "failed", "code 2"),
        ("no value", "sh", "echo '{}'", "succeeded", ""),
    ];
    for (name, program, script, word, reason) in cases {
        let folder = tempfile::tempdir().unwrap();
        let (experiments, told) = run_it(&campaign(folder.path(), program, &script.replace('\'', "\"")));
        assert_eq!(experiments.len(), 2, "{name}");
        for experiment in &experiments {
            let outcome: &Outcome = &experiment.outcome;
            assert_eq!(outcome.word(), word, "{name}: {outcome}");
            assert!(outcome.reason().unwrap_or_default().contains(reason), "{name}: {outcome}");
        }
        // Nobody knows what became of the sample: a person is told what to look at and what to type.
        let out = told.iter().filter(|told| told.contains(reason) && told.ends_with("type: back bench")).count();
        assert_eq!(out, if word == "uncertain" { 2 } else { 0 }, "{name}: {told:?}");
    }
}

/// Presses Ctrl-C as soon as the instrument is at work.
struct Impatient<'a>(&'a AtomicBool);

impl Watcher for Impatient<'_> {
    fn progress(&mut self, progress: &Progress<'_>) {
        if progress.lab.stations.iter().any(|station| station.name == "bench" && !station.doing.is_empty()) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    fn finished(&mut self, _: &Experiment) {}
    fn waiting(&mut self, _: &[Message]) {}
}

#[test]
fn a_stop_waits_for_the_instrument_and_the_next_run_goes_on() {
    let (files, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let script = "echo x >> done; sleep 0.6; echo \"{\\\"values\\\": {\\\"y\\\": 3}}\"";
    let campaign = campaign(files.path(), "sh", script);
    let setup = run::setup(&campaign).unwrap();
    let dock = Dock::open(folder.path(), Mode::Write).unwrap();
    let mut ends = Vec::new();
    while ends.last() != Some(&End::Budget) {
        assert!(ends.len() < 4, "{ends:?}");
        let stop = AtomicBool::new(false);
        let wiring = Wiring { person: Arc::new(Nobody), stop: &stop, after_entry: None };
        ends.push(run::run(&dock, &campaign, &setup, &wiring, &mut Impatient(&stop)).unwrap());
    }
    assert_eq!(ends, [End::Stopped, End::Stopped, End::Budget]);
    let experiments = History::read(&dock, &campaign).unwrap().unwrap().experiments;
    assert!(experiments.len() == 2 && experiments.iter().all(|e| e.outcome.is_success()), "{experiments:?}");
    let done = std::fs::read_to_string(files.path().join("done")).unwrap();
    assert_eq!(done.lines().count(), 2, "nothing is done twice");
}
