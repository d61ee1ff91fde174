//! Features in a running lab: declared in the recipe, computed when their step is done, reported with the sample.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_ipc::{reader::StreamReader, writer::StreamWriter};
use arrow_schema::{DataType, Field, Schema};
use matdock_lab::{
    Action, Executor, Happening, Image, Job, Lab, MemoryJournal, PastAction, Performed, Physics, Recipe, Reply, Stream,
    VirtualClock, drivers::Drivers,
};
use matdock_message::Message;
use matdock_record::{Datum, IdSource, Outcome, SampleId, Timestamp, body::Column, body::Fields};

const LAB: &str = r#"
[lab]
name = "kneading"
[[station]]
name = "mixer"
[[station.capability]]
name = "knead"
process_time = "10 min"
[[station]]
name = "bench"
[[station.capability]]
name = "look"
process_time = "1 min"
"#;

const RECIPE: &str = r#"
[recipe]
name = "paste"
[[step]]
name = "kneading"
capability = "knead"
[[step]]
name = "looking"
capability = "look"
after = ["kneading"]
[features]
torque_end = "level of mixer.torque during kneading"
settled_after = "plateau time of mixer.torque during kneading"
brightness = { of = "camera.image during looking", extract = "brightness" }
power = "level of mixer.power during kneading"
[outputs]
seen = "looking.seen"
"#;

/// A mixer with a torque that levels off, and a bench with a camera.
struct Kneading;

impl Physics for Kneading {
    fn capabilities(&self) -> &[&str] {
        &["knead", "look"]
    }

    fn perform(&self, action: &Action, _: Timestamp, _: &[PastAction], _: u64, _: u64) -> Result<Performed, Message> {
        let mut reply = Reply::of(Outcome::Succeeded);
        if action.capability == "knead" {
            let column = |name: &str, unit: &str| Column { name: name.into(), unit: unit.parse().unwrap() };
            let time: Vec<f64> = (0..600).map(f64::from).collect();
            let torque = time.iter().map(|t| 4.0 - 3.0 * (-t / 50.0).exp()).collect();
            let columns = vec![column("time", "s"), column("torque", "N.m")];
            reply.streams = vec![Stream { name: "mixer".into(), columns, data: vec![time, torque] }];
        } else {
            reply.values = Fields::from([("seen".into(), Datum::Flag(true))]);
            reply.images = vec![Image { name: "camera".into(), bytes: b"no image at all".into(), pixel: None }];
        }
        Ok(Performed { duration: action.duration, reply })
    }
}

fn run(recipe: &str) -> (Fields, Vec<String>) {
    let (lab, recipe) = (Lab::parse(LAB, "lab.toml").unwrap(), Recipe::parse(recipe, "recipe.toml").unwrap());
    let physics: Arc<dyn Physics> = Arc::new(Kneading);
    let drivers = Drivers::simulated(&lab, &physics, 1);
    let start = Timestamp::from_microseconds(0);
    let clock = Box::new(VirtualClock::new(start));
    let mut executor = Executor::new(lab, recipe, drivers, clock, MemoryJournal::default()).unwrap();
    let sample = SampleId::new(&mut IdSource::from_seed(1), start);
    executor.submit(Job { sample, name: "S-1".into(), settings: Fields::new() }).unwrap();
    let (mut reported, mut analysed) = (Fields::new(), Vec::new());
    loop {
        for happening in executor.advance().unwrap() {
            match happening {
                Happening::Finished { outcome, values, .. } => {
                    assert_eq!(outcome, Outcome::Succeeded);
                    reported = values;
                }
                Happening::Analysed { step, outcome, .. } => {
                    assert_eq!(outcome, Outcome::Succeeded);
                    analysed.push(step);
                }
                Happening::Idle => return (reported, analysed),
                _ => {}
            }
        }
    }
}

#[test]
fn features_are_outputs_of_the_sample_and_what_is_missing_says_why() {
    let (values, analysed) = run(RECIPE);
    assert_eq!(analysed, ["features of kneading", "features of looking"]);
    let level = values["torque_end"].quantity().unwrap();
    assert!((level.value - 4.0).abs() < 1e-4 && level.unit.as_str() == "N.m");
    assert_eq!(values["settled_after"].quantity().unwrap().unit.as_str(), "s");
    assert_eq!(values["seen"], Datum::Flag(true));
    for (name, reason) in [("power", "no column \"power\""), ("brightness", "cannot be read")] {
        assert!(matches!(&values[name], Datum::Missing(why) if why.contains(reason)), "{}", values[name]);
    }
}

#[test]
fn a_feature_that_is_misspelt_names_its_line_and_what_was_meant() {
    for (wrong, reason) in [
        ("x = \"levl of mixer.torque during kneading\"", "did you mean \"level\""),
        ("x = \"level of mixer.torque during kneeding\"", "kneading"),
        ("x = \"level of mixer during kneading\"", "STREAM.COLUMN"),
        ("x = \"level mixer.torque\"", "EXTRACTOR of STREAM.COLUMN during STEP"),
        ("x = \"peak position of mixer.torque during kneading\"", "peak position 1"),
        ("x = \"brightness of mixer.torque during kneading\"", "looks at images"),
        ("x = { of = \"mixer.torque during kneading\" }", "either \"extract\" or \"program\""),
        ("x = { of = \"mixer.torque during kneading\", extract = \"part 1\", components = \"b.csv\" }", "component 1"),
        ("x = 3", "x"),
        ("seen = \"level of mixer.torque during kneading\"", "both an output and a feature"),
    ] {
        let steps = RECIPE.split("[features]").next().unwrap();
        let text = format!("{steps}[outputs]\nseen = \"looking.seen\"\n[features]\n{wrong}\n");
        let error = Recipe::parse(&text, "recipe.toml").unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("recipe.toml"), "{wrong}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn a_program_of_the_users_own_answers_or_its_feature_is_missing_with_the_reason() {
    let answer = |script: &str| {
        let feature = format!(
            "{{ of = \"mixer.torque during kneading\", program = [\"sh\", \"-c\", '''{script}'''], timeout = \"2 s\" }}"
        );
        let steps = RECIPE.split("[features]").next().unwrap();
        run(&format!("{steps}[features]\nown = {feature}\n")).0
    };
    let fields = answer(r#"cat > /dev/null; echo '{"value": 2.5, "unit": "N.m", "uncertainty": 0.1}'"#);
    let own = fields["own"].quantity().unwrap();
    assert_eq!((own.value, own.unit.as_str(), own.uncertainty), (2.5, "N.m", Some(0.1)));
    // It gets the columns with names and units and the numbers.
    let script = r#"read json; case "$json" in *'"name":"torque","unit":"N.m"'*'"data":[[0.0,1.0'*) echo '{"value": 1, "flag": "shaky"}';; esac"#;
    let fields = answer(script);
    assert_eq!(fields["own"].quantity().unwrap().unit.as_str(), "1");
    assert!(fields["own.flag"].to_string().contains("shaky"));
    for (script, reason) in [
        ("exit 3", "ended with code 3"),
        ("kill -9 $$", "lost"),
        ("echo nonsense", "did not answer"),
        (r#"echo '{"value": "high"}'"#, "did not answer"),
        (r#"echo '{"value": 1, "unit": "furlong"}'"#, "did not answer"),
        (r#"echo '{"value": 1e999}'"#, "did not answer"),
        (r#"echo '{"missing": "no torque to speak of"}'"#, "no torque to speak of"),
        ("", "did not answer"),
        ("sleep 60", "did not end within 2 s"),
    ] {
        let own = &answer(script)["own"];
        assert!(matches!(own, Datum::Missing(why) if why.contains(reason)), "{script}: {own}");
    }
}

/// Arrow both ways: what the program reads has names, units and missing readings, and its first row is the answer.
#[cfg(unix)]
#[test]
fn a_program_may_be_asked_in_arrow_and_answer_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let unit = std::collections::HashMap::from([("unit".to_owned(), "N.m".to_owned())]);
    let fields = vec![
        Field::new("value", DataType::Float64, true).with_metadata(unit),
        Field::new("flag", DataType::Utf8, true),
    ];
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Float64Array::from(vec![2.5])), Arc::new(StringArray::from(vec!["shaky"]))];
    let schema = Arc::new(Schema::new(fields));
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    writer.write(&RecordBatch::try_new(schema, columns).unwrap()).unwrap();
    std::fs::write(path("answer"), writer.into_inner().unwrap()).unwrap();
    let ask = |script: &str| {
        let steps = RECIPE.split("[features]").next().unwrap();
        let program = format!("program = [\"sh\", \"-c\", \"{script}\"], format = \"arrow\"");
        run(&format!("{steps}[features]\nown = {{ of = \"mixer.torque during kneading\", {program} }}\n")).0
    };
    let fields = ask(&format!("cat > {}; cat {}", path("asked"), path("answer")));
    let own = fields["own"].quantity().unwrap();
    assert_eq!((own.value, own.unit.as_str()), (2.5, "N.m"));
    assert!(fields["own.flag"].to_string().contains("shaky"));
    let asked = std::fs::read(path("asked")).unwrap();
    let batch = StreamReader::try_new(std::io::Cursor::new(asked), None).unwrap().next().unwrap().unwrap();
    let schema = batch.schema();
    assert_eq!(schema.metadata()["feature"], "own");
    assert_eq!((schema.field(1).name().as_str(), schema.field(1).metadata()["unit"].as_str()), ("torque", "N.m"));
    assert_eq!(batch.num_rows(), 600);
    // An answer in JSON is understood as well; anything else is no answer.
    let fields = ask("cat > /dev/null; echo '{ }' | sed 's/ /\\\"value\\\":7/'");
    assert_eq!(fields["own"].quantity().unwrap().value, 7.0);
    for script in ["echo nonsense", "true", "exit 3"] {
        assert!(matches!(&ask(script)["own"], Datum::Missing(why) if !why.is_empty()), "{script}");
    }
}

/// A bench that hands over a series, and a program of one's own that takes a second for the features of the first sample.
#[cfg(unix)]
#[test]
fn the_lab_goes_on_while_a_program_of_the_users_own_computes() {
    let answer = r#"cat > /dev/null; echo '{"streams": [{"name": "log", "columns": [{"name": "time", "unit": "s"}, {"name": "force", "unit": "N"}], "data": [[0, 1], [2, 3]]}]}'"#;
    let lab = format!(
        "[lab]\nname = 'l'\nin_flight = 1\n[[station]]\nname = 'bench'\ndriver = {{ kind = 'process', program = 'sh', \
         arguments = ['-c', \"\"\"{answer}\"\"\"] }}\n[[station.capability]]\nname = 'press'\nprocess_time = '1 s'\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let slow = format!("mkdir {0}/first 2> /dev/null && sleep 1; echo '{{\"value\": 1}}'", folder.path().display());
    let recipe = format!(
        "[recipe]\nname = 'r'\n[[step]]\nname = 'pressing'\ncapability = 'press'\n[features]\n\
         own = {{ of = 'log.force during pressing', program = ['sh', '-c', \"\"\"{slow}\"\"\"] }}\n\
         hangs = {{ of = 'log.force during pressing', program = ['sleep', '60'], timeout = '1 s' }}\n"
    );
    let (lab, recipe) = (Lab::parse(&lab, "lab.toml").unwrap(), Recipe::parse(&recipe, "recipe.toml").unwrap());
    let nobody: Arc<dyn matdock_lab::drivers::Person> = Arc::new(matdock_lab::drivers::Nobody);
    let drivers = Drivers::connect(&lab, 1, &nobody).unwrap();
    let clock = Box::new(matdock_lab::RealClock::new());
    let mut executor = Executor::new(lab, recipe, drivers, clock, MemoryJournal::default()).unwrap();
    let mut ids = IdSource::from_seed(1);
    let (mut waiting, mut told) = (2, Vec::new());
    'run: loop {
        while waiting > 0 && executor.capacity() > 0 {
            let (sample, name) = (SampleId::new(&mut ids, executor.now()), format!("S-{}", 3 - waiting));
            executor.submit(Job { sample, name, settings: Fields::new() }).unwrap();
            waiting -= 1;
        }
        for happening in executor.advance().unwrap() {
            match happening {
                Happening::Ended { action, .. } if action.capability == "press" => told.push("pressed"),
                Happening::Finished { outcome, values, .. } => {
                    assert_eq!(outcome, Outcome::Succeeded);
                    assert_eq!(values["own"].quantity().unwrap().value, 1.0);
                    assert!(
                        matches!(&values["hangs"], Datum::Missing(why) if why.contains("1 s")),
                        "{}",
                        values["hangs"]
                    );
                    told.push("finished");
                }
                Happening::Idle => break 'run,
                _ => {}
            }
        }
    }
    // Only one sample at a time may be in the lab: the first has left before its features are there.
    assert_eq!(told, ["pressed", "pressed", "finished", "finished"]);
}
