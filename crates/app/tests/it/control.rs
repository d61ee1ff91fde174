//! A person steps in while a lab runs: pause and resume, a sample given up, a station taken out of service.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
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

/// Does as scripted: at every look, what the lab is doing decides what is typed.
struct Person<F> {
    script: F,
    typed: Vec<Command>,
    notices: Vec<String>,
    experiments: Vec<Experiment>,
    /// What stations were doing in the past: (station, sample).
    seen: Vec<(String, String)>,
}

impl<F: FnMut(&Progress<'_>) -> Vec<&'static str>> Watcher for Person<F> {
    fn progress(&mut self, progress: &Progress<'_>) {
        for station in &progress.lab.stations {
            self.seen.extend(station.doing.iter().map(|doing| (station.name.clone(), doing.sample.clone())));
        }
        let typed = (self.script)(progress).into_iter().map(|line| Command::parse(line).unwrap());
        self.typed.extend(typed);
    }

    fn finished(&mut self, experiment: &Experiment) {
        self.experiments.push(experiment.clone());
    }

    fn waiting(&mut self, reasons: &[Message]) {
        self.notices.extend(reasons.iter().map(ToString::to_string));
    }

    fn commands(&mut self) -> Option<Vec<Command>> {
        Some(std::mem::take(&mut self.typed))
    }

    fn notice(&mut self, notice: &Message) {
        self.notices.push(notice.to_string());
    }
}

fn person<F: FnMut(&Progress<'_>) -> Vec<&'static str>>(script: F) -> Person<F> {
    Person { script, typed: Vec::new(), notices: Vec::new(), experiments: Vec::new(), seen: Vec::new() }
}

fn run_it(campaign: &Campaign, watcher: &mut dyn Watcher) -> End {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), campaign, watcher).unwrap()
}

fn run_in(folder: &Path, campaign: &Campaign, watcher: &mut dyn Watcher) -> Result<End, Message> {
    let setup = run::setup(campaign).unwrap();
    let dock = Dock::open(folder, Mode::Write).unwrap();
    let stop = AtomicBool::new(false);
    let wiring = Wiring { person: Arc::new(Nobody), stop: &stop, after_entry: None };
    let end = run::run(&dock, campaign, &setup, &wiring, watcher);
    assert!(verify::verify(&dock, &mut |_, _| {}).unwrap().problems.is_empty());
    end
}

/// Nobody at the keyboard any more.
struct Gone<W>(W);

impl<W: Watcher> Watcher for Gone<W> {
    fn progress(&mut self, progress: &Progress<'_>) {
        self.0.progress(progress);
    }
    fn finished(&mut self, experiment: &Experiment) {
        self.0.finished(experiment);
    }
    fn waiting(&mut self, reasons: &[Message]) {
        self.0.waiting(reasons);
    }
    /// What was typed before the person went counts.
    fn commands(&mut self) -> Option<Vec<Command>> {
        self.0.commands().filter(|typed| !typed.is_empty())
    }
    fn notice(&mut self, notice: &Message) {
        self.0.notice(notice);
    }
}

fn thin_film(experiments: u32) -> Campaign {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/thin-film");
    let mut campaign = Campaign::read(&path).unwrap();
    campaign.budget.experiments = Some(experiments);
    campaign
}

/// Two ovens that can do the same, and nothing else.
fn two_ovens(folder: &Path) -> Campaign {
    let oven = |name: &str| {
        format!(
            "[[station]]\nname = '{name}'\n[[station.capability]]\nname = 'bake'\nprocess_time = '1 h'\n\
             [station.capability.parameters]\ntemperature = {{ unit = 'Cel', min = 0, max = 500 }}\n"
        )
    };
    let lab = format!("[lab]\nname = 'ovens'\nin_flight = 2\n{}{}", oven("left oven"), oven("right"));
    std::fs::write(folder.join("lab.toml"), lab).unwrap();
    let recipe = "[recipe]\nname = 'bake'\n[[step]]\nname = 'bake'\ncapability = 'bake'\n\
                  parameters = { temperature = '$temperature' }\n[outputs]\ncolour = 'bake.colour'\n";
    std::fs::write(folder.join("recipe.toml"), recipe).unwrap();
    let campaign = "[campaign]\nname = 'ovens'\nseed = 1\n[budget]\nexperiments = 8\n[[objective]]\noutcome = 'colour'\n\
                    direction = 'maximise'\n[[parameter]]\nname = 'temperature'\nunit = 'Cel'\ntype = 'continuous'\n\
                    min = 20\nmax = 400\n[planner]\ninitial = 20\n[lab]\nlab = 'lab.toml'\nrecipe = 'recipe.toml'\n";
    std::fs::write(folder.join("campaign.toml"), campaign).unwrap();
    Campaign::read(folder).unwrap()
}

#[test]
fn a_sample_that_is_given_up_is_aborted_and_the_others_go_on() {
    let mut told = false;
    let mut watcher = person(|progress| {
        let on_its_way = progress.lab.samples.iter().any(|sample| sample.name == "S-2" && sample.at != "outside");
        if on_its_way && !std::mem::replace(&mut told, true) {
            vec!["abort S-2 the film has a hole", "abort S-99", "out nowhere", "status"]
        } else {
            Vec::new()
        }
    });
    let (folder, campaign) = (tempfile::tempdir().unwrap(), thin_film(6));
    assert_eq!(run_in(folder.path(), &campaign, &mut watcher).unwrap(), End::Budget);
    let dock = Dock::open(folder.path(), Mode::Read).unwrap();
    let (_, learnt_from) = History::read(&dock, &campaign).unwrap().unwrap().observations(&campaign).unwrap();
    let aborted = watcher.experiments.iter().find(|e| e.name == "S-2").unwrap().number;
    assert!(learnt_from.len() == 5 && !learnt_from.contains(&aborted), "{aborted} in {learnt_from:?}");
    let outcome = |name: &str| &watcher.experiments.iter().find(|e| e.name == name).unwrap().outcome;
    assert_eq!(*outcome("S-2"), Outcome::Aborted("the film has a hole".into()));
    assert_eq!(watcher.experiments.len(), 6);
    assert!(watcher.experiments.iter().filter(|e| e.outcome.is_success()).count() >= 3);
    for (notice, said) in watcher.notices.iter().zip(["S-2", "S-99", "nowhere", "load-lock"]) {
        assert!(notice.contains(said), "{notice}");
    }
}

#[test]
fn with_one_station_out_of_service_the_other_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut typed = 0;
    let mut watcher = person(|progress| {
        typed += 1;
        let line = match (typed, progress.counts.finished) {
            (1, _) => "out \"left oven\" door is stuck",
            (_, 6) => "back \"left oven\"",
            _ => return Vec::new(),
        };
        vec![line]
    });
    assert_eq!(run_it(&two_ovens(folder.path()), &mut watcher), End::Budget);
    let left: Vec<&str> = watcher.seen.iter().filter(|(s, _)| s == "left oven").map(|(_, n)| n.as_str()).collect();
    assert!(!left.is_empty(), "used again after it was put back");
    assert!(left.iter().all(|name| ["S-7", "S-8"].contains(name)), "{left:?}");
    assert!(watcher.notices[0].contains("back \"left oven\""), "says what to type: {}", watcher.notices[0]);
}

#[test]
fn a_lab_in_which_nothing_can_go_on_waits_and_says_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let mut looks = 0;
    let mut watcher = person(|progress| {
        looks += 1;
        let out = progress.lab.stations.iter().filter(|station| station.out.is_some()).count();
        match looks {
            1 => vec!["out right", "out \"left oven\""],
            4 if out == 2 => vec!["back right"],
            _ => Vec::new(),
        }
    });
    assert_eq!(run_it(&two_ovens(folder.path()), &mut watcher), End::Budget);
    assert!(watcher.notices.iter().filter(|notice| notice.ends_with("type: back right")).count() > 1);
}

#[test]
fn with_nobody_to_type_anything_a_run_ends_with_what_to_do_and_goes_on_when_started_again() {
    let (files, dock) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let campaign = two_ovens(files.path());
    let mut looks = 0;
    let mut first = Gone(person(|_| {
        looks += 1;
        if looks == 1 { vec!["out right no power", "out \"left oven\"", "pause"] } else { Vec::new() }
    }));
    let stuck = run_in(dock.path(), &campaign, &mut first).unwrap_err();
    assert!(stuck.to_string().contains("no power") && stuck.to_string().contains("type: back right"), "{stuck}");
    // Still out of service, and told so at once; now somebody puts one back.
    let mut looks = 0;
    let mut second = Gone(person(|_| {
        looks += 1;
        if looks == 1 { vec!["back right"] } else { Vec::new() }
    }));
    assert_eq!(run_in(dock.path(), &campaign, &mut second).unwrap(), End::Budget);
    assert!(second.0.notices[0].contains("left oven") && second.0.notices[1].contains("no power"));
    assert_eq!(second.0.experiments.len(), 8);
}

/// Everything that counts of an experiment.
fn results(experiments: &[Experiment]) -> Vec<String> {
    experiments.iter().map(|e| format!("{} {:?} {:?} {}", e.name, e.settings, e.values, e.outcome)).collect()
}

#[test]
fn a_pause_changes_no_result() {
    let mut undisturbed = person(|_| Vec::new());
    run_it(&thin_film(6), &mut undisturbed);
    let (mut looks, mut pauses) = (0, 0);
    let mut paused = person(|progress| {
        looks += 1;
        match (progress.lab.paused, looks % 20) {
            (true, _) => vec!["resume"],
            (false, 0) => {
                pauses += 1;
                vec!["pause"]
            }
            _ => Vec::new(),
        }
    });
    run_it(&thin_film(6), &mut paused);
    assert_eq!(results(&paused.experiments), results(&undisturbed.experiments));
    assert!(pauses > 3, "{pauses} pauses");
}
