//! Real programs and people at the stations, on the clock of the wall.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use matdock_lab::{
    ActionId, Executor, Happening, Job, Lab, MemoryJournal, RealClock, Recipe, Reply,
    drivers::{Drivers, Person, Task},
    lab::DriverSettings,
};
use matdock_message::Message;
use matdock_record::{Datum, IdSource, Outcome, SampleId, body::Fields};

const RECIPE: &str = "[recipe]\nname = \"r\"\n[[step]]\nname = \"look\"\ncapability = \"look\"\nduration = \"1 s\"\n\
                      parameters = { temperature = \"20 Cel\" }\n";

fn lab(driver: &str, timeout: &str) -> Lab {
    let text = format!(
        "[lab]\nname = \"l\"\n[[station]]\nname = \"bench\"\non_uncertain = \"continue\"\ntimeout = \"{timeout}\"\n\
         driver = {driver}\n[[station.capability]]\nname = \"look\"\n[station.capability.parameters]\n\
         temperature = {{ unit = \"K\", min = 200, max = 400 }}\n"
    );
    Lab::parse(&text, "lab.toml").unwrap()
}

fn script(text: &str) -> String {
    format!("{{ kind = \"process\", program = \"sh\", arguments = [\"-c\", '''{text}'''], output_limit_kib = 64 }}")
}

/// Makes one sample; its outcome and values.
fn make(lab: Lab, person: &Arc<dyn Person>) -> (Outcome, Fields) {
    make_by(RECIPE, lab, person)
}

fn make_by(recipe: &str, lab: Lab, person: &Arc<dyn Person>) -> (Outcome, Fields) {
    let drivers = Drivers::connect(&lab, 1, person).unwrap();
    let recipe = Recipe::parse(recipe, "recipe.toml").unwrap();
    let clock = Box::new(RealClock::new());
    let mut executor = Executor::new(lab, recipe, drivers, clock, MemoryJournal::default()).unwrap();
    let sample = SampleId::new(&mut IdSource::from_seed(1), executor.now());
    executor.submit(Job { sample, name: "S-1".into(), settings: Fields::new() }).unwrap();
    let mut result = None;
    loop {
        for happening in executor.advance().unwrap() {
            match happening {
                Happening::Finished { outcome, values, .. } => result = Some((outcome, values)),
                Happening::Idle | Happening::Waiting(_) => return result.expect("a result"),
                _ => {}
            }
        }
    }
}

fn nobody() -> Arc<dyn Person> {
    Arc::new(matdock_lab::drivers::Nobody)
}

#[test]
fn a_program_gets_the_action_and_answers_with_values_and_streams() {
    let answer = r#"read line; case "$line" in *'"capability":"look"'*293.15*) ;; *) exit 3;; esac
        echo '{"values": {"gloss": {"value": 4.5, "unit": "%", "uncertainty": 0.1}, "colour": "red"},
        "streams": [{"name": "log", "columns": [{"name": "time", "unit": "s"}], "data": [[0, 1, 2]]}]}'"#;
    let (outcome, values) = make(lab(&script(answer), "30 s"), &nobody());
    assert_eq!(outcome, Outcome::Succeeded);
    assert_eq!(values["colour"], Datum::Text("red".into()));
    assert_eq!(values["gloss"].to_string(), "4.5 ± 0.1 %");
}

#[test]
fn a_program_that_misbehaves_leads_to_a_clear_outcome_and_never_to_a_hang() {
    let begin = Instant::now();
    let cases = [
        ("garbage", "echo 'hello, I am no JSON'", "30 s", "uncertain", "not the JSON"),
        ("silence", "true", "30 s", "uncertain", "not the JSON"),
        ("a number that is none", "echo '{\"values\": {\"x\": NaN}}'", "30 s", "uncertain", "not the JSON"),
        (
            "crooked streams",
            "echo '{\"streams\": [{\"name\": \"a\", \"columns\": [], \"data\": [[1]]}]}'",
            "30 s",
            "uncertain",
            "stream a",
        ),
        (
            "a failure it reports",
            "echo '{\"outcome\": \"failed\", \"reason\": \"lamp burnt\"}'",
            "30 s",
            "failed",
            "lamp burnt",
        ),
        ("exit 1", "echo 'no vacuum' >&2; exit 1", "30 s", "failed", "no vacuum"),
        ("killed", "kill -9 $$", "30 s", "uncertain", "signal"),
        ("hang", "sleep 60", "1 s", "uncertain", "within"),
        ("hanging child", "sleep 60 & wait", "1 s", "uncertain", "within"),
        ("huge output", "yes matdock", "30 s", "uncertain", "64 KiB"),
        ("child that keeps the pipe", "echo '{}'; sleep 60 >/dev/null & exit 0", "30 s", "succeeded", ""),
    ];
    for (name, text, timeout, word, reason) in cases {
        let (outcome, _) = make(lab(&script(text), timeout), &nobody());
        assert_eq!(outcome.word(), word, "{name}: {outcome}");
        assert!(outcome.reason().unwrap_or_default().contains(reason), "{name}: {outcome}");
    }
    let missing = "{ kind = \"process\", program = \"/nowhere/program\" }";
    let (outcome, _) = make(lab(missing, "30 s"), &nobody());
    assert!(matches!(&outcome, Outcome::Failed(why) if why.contains("/nowhere/program")), "{outcome}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// A person who answers in the terminal, as it were, or drops files.
#[derive(Default)]
struct Helper {
    told: Mutex<Vec<Task>>,
    refused: Mutex<Vec<Message>>,
    files: Vec<&'static str>,
}

impl Person for Helper {
    fn tell(&self, task: &Task) {
        self.told.lock().unwrap().push(task.clone());
        if let (Some(file), Some(text)) = (&task.answer_file, self.files.first()) {
            std::fs::write(file, text).unwrap();
        }
    }

    fn answer(&self, _action: ActionId) -> Option<Reply> {
        self.files.is_empty().then(|| Reply::of(Outcome::Failed("dropped it".into())))
    }

    fn refuse(&self, _action: ActionId, why: &Message) {
        let mut refused = self.refused.lock().unwrap();
        refused.push(why.clone());
        if let (Some(file), Some(text)) = (&self.told.lock().unwrap()[0].answer_file, self.files.get(refused.len())) {
            std::fs::write(file, text).unwrap();
        }
    }
}

#[test]
fn a_person_answers_in_the_terminal() {
    let helper: Arc<Helper> = Arc::default();
    let person: Arc<dyn Person> = helper.clone();
    let (outcome, _) = make(lab("{ kind = \"manual\", instructions = \"mind the glass\" }", "30 s"), &person);
    assert_eq!(outcome, Outcome::Failed("dropped it".into()));
    let told = helper.told.lock().unwrap();
    assert_eq!(told[0].instructions.as_deref(), Some("mind the glass"));
    assert_eq!(told[0].action.settings["temperature"].to_string(), "293.15 K");
}

#[test]
fn a_person_answers_by_file_and_may_correct_it() {
    let folder = tempfile::tempdir().unwrap();
    let helper = Arc::new(Helper { files: vec!["{ half", "{\"values\": {\"gloss\": 4}}"], ..Helper::default() });
    let person: Arc<dyn Person> = helper.clone();
    let driver = format!("{{ kind = \"manual\", folder = '{}' }}", folder.path().display());
    let (outcome, values) = make(lab(&driver, "30 s"), &person);
    assert_eq!((outcome, values["gloss"].to_string()), (Outcome::Succeeded, "4".into()));
    assert_eq!(helper.refused.lock().unwrap().len(), 1);
}

#[test]
fn a_program_that_tells_its_readings_as_they_come_is_stopped_by_a_rule() {
    let folder = tempfile::tempdir().unwrap();
    let flag = folder.path().join("stop").display().to_string();
    let told = |torque: &str| {
        let columns = r#"[{"name": "time", "unit": "s"}, {"name": "torque", "unit": "N.m"}]"#;
        format!(r#"[{{"name": "mixer", "columns": {columns}, "data": [[0, 0.1, 0.2], {torque}]}}]"#)
    };
    let (first, last) = (told("[9, 9, 9]"), told("[9, 9, 9]"));
    let answer = format!(
        r#"read line; case "$line" in *'"stop"'*) touch {flag};;
        *) echo '{{"so_far": {first}}}'; echo '{{"so_far": nonsense'; n=0
        while ! test -e {flag} && test $n -lt 400; do sleep 0.05; n=$((n + 1)); done
        echo '{{"streams": {last}}}';; esac"#
    );
    let mut lab = lab(&script(&answer), "30 s");
    lab.stations[0].capabilities[0].stoppable = true;
    let recipe = RECIPE.replace("1 s", "20 s")
        + "[features]\nhigh = \"mean of mixer.torque during look\"\n[live]\nat = [\"5 %\"]\n[[stop]]\nwhen = \"high > 3 N.m\"\n";
    let begin = Instant::now();
    let (outcome, values) = make_by(&recipe, lab, &nobody());
    assert!(outcome.reason().is_some_and(|why| why.contains("high > 3 N.m")), "{outcome} {values:?}");
    assert!(matches!(outcome, Outcome::Partial(_)), "{outcome}");
    assert!(!values.contains_key("high"), "part of a step is no whole one: {values:?}");
    assert!(begin.elapsed() < Duration::from_secs(15), "it ended at once");
}

/// Makes one sample in a lab that was stopped while the program was at work.
fn go_on_after_crash(script: &str, status: bool) -> Outcome {
    let driver =
        format!("{{ kind = \"process\", program = \"sh\", status = {status}, arguments = [\"-c\", '''{script}'''] }}");
    let lab = lab(&driver, "30 s");
    let recipe = Recipe::parse(RECIPE, "recipe.toml").unwrap();
    let start = |journal: MemoryJournal| {
        let entries = journal.entries.clone();
        let drivers = Drivers::connect(&lab, 1, &nobody()).unwrap();
        let clock = Box::new(RealClock::new());
        Executor::restore(lab.clone(), recipe.clone(), drivers, clock, journal, &entries).unwrap().0
    };
    let mut executor = start(MemoryJournal::default());
    let sample = SampleId::new(&mut IdSource::from_seed(1), executor.now());
    executor.submit(Job { sample, name: "S-1".into(), settings: Fields::new() }).unwrap();
    while executor.snapshot().stations[0].doing.is_empty() {
        executor.advance().unwrap();
    }
    let mut executor = start(executor.into_journal());
    loop {
        for happening in executor.advance().unwrap() {
            if let Happening::Finished { outcome, .. } = happening {
                return outcome;
            }
        }
    }
}

#[test]
fn after_a_crash_the_program_is_asked_and_nothing_is_done_twice() {
    let folder = tempfile::tempdir().unwrap();
    let log = |name: &str| format!("echo x >> {}; sleep 3", folder.path().join(name).display());
    let times = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default().lines().count();
    // It cannot say what became of it: a person has to look.
    assert_eq!(go_on_after_crash(&log("silent"), false).word(), "uncertain");
    let asked = |name: &str, answer: &str| {
        format!("read line; case \"$line\" in *\\\"status\\\"*) {answer};; *) {};; esac", log(name))
    };
    assert_eq!(go_on_after_crash(&asked("done", "echo '{}'"), true), Outcome::Succeeded);
    // It says running, then done.
    let flag = folder.path().join("asked");
    let twice = format!("if test -e {0}; then echo '{{}}'; else touch {0}; echo '\"running\"'; fi", flag.display());
    assert_eq!(go_on_after_crash(&asked("running", &twice), true), Outcome::Succeeded);
    assert_eq!(go_on_after_crash(&asked("garbage", "echo what"), true).word(), "uncertain");
    for name in ["silent", "done", "running", "garbage"] {
        // The program outlives the executor; on a busy machine it may only be about to write.
        let until = Instant::now() + Duration::from_secs(5);
        while times(name) == 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(times(name), 1, "{name}");
    }
}

/// Needs a shell, as the other programs here do.
#[cfg(unix)]
#[test]
fn paths_of_a_lab_file_are_taken_from_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("programs")).unwrap();
    std::fs::write(folder.path().join("programs/look.sh"), "echo '{\"values\": {\"colour\": \"green\"}}'\n").unwrap();
    let text = "{ kind = \"process\", program = \"sh\", arguments = [\"programs/look.sh\"] }";
    let mut lab = lab(text, "30 s");
    lab.resolve(folder.path());
    let (outcome, values) = make(lab, &nobody());
    assert_eq!((outcome, &values["colour"]), (Outcome::Succeeded, &Datum::Text("green".into())));
}

#[test]
fn only_paths_are_resolved_not_names_of_installed_programs() {
    let base = std::env::temp_dir();
    let resolved = |driver: &str| {
        let mut lab = lab(driver, "30 s");
        lab.resolve(&base);
        lab.stations.remove(0).driver
    };
    let program = |name: &str| match resolved(&format!("{{ kind = 'process', program = '{name}' }}")) {
        DriverSettings::Process { program, .. } => program,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(program("python3"), "python3");
    assert_eq!(program("bin/furnace"), base.join("bin/furnace").to_str().unwrap());
    let absolute = base.join("furnace").to_str().unwrap().to_owned();
    assert_eq!(program(&absolute), absolute);
    match resolved("{ kind = 'manual', folder = 'answers' }") {
        DriverSettings::Manual { folder, .. } => assert_eq!(folder.as_deref(), base.join("answers").to_str()),
        other => unreachable!("{other:?}"),
    }
}
