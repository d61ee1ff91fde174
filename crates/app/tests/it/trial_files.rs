//! Files that a person drops per trial, turned into intermediates; whatever is wrong with them.

use std::path::Path;

use matdock_app::{
    campaign::Campaign,
    record_results::{Brought, Recorded, record_with_files},
    suggest, verify,
};
use matdock_message::Message;
use matdock_record::{Body, Datum, IdSource, Timestamp};
use matdock_store::{Dock, Mode, Query};

const AT: Timestamp = Timestamp::from_microseconds(1_780_000_000_000_000);

const CAMPAIGN: &str = r#"
[campaign]
name = "sensors"
seed = 1
[[objective]]
outcome = "resistance"
unit = "Ohm"
direction = "minimise"
[[intermediate]]
name = "torque_end"
unit = "N.m"
feature = "level of torque in torque.csv"
[[intermediate]]
name = "settled"
unit = "min"
feature = "time constant of torque in torque.csv"
[[intermediate]]
name = "gloss"
feature = "brightness of surface.png"
pixel = "20 um"
[[parameter]]
name = "speed"
type = "continuous"
min = 1
max = 2
"#;

struct Desk {
    folder: tempfile::TempDir,
    dock: Dock,
    campaign: Campaign,
}

impl Desk {
    /// Three suggestions that wait for results.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("campaign.toml"), CAMPAIGN).unwrap();
        let dock = Dock::open(&folder.path().join("dock"), Mode::Write).unwrap();
        let campaign = Campaign::read(folder.path()).unwrap();
        suggest::suggest(&dock, &campaign, 3, AT, &mut IdSource::from_seed(1)).unwrap();
        Self { folder, dock, campaign }
    }

    fn put(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn record(&self, brought: Brought<'_>, from: &str) -> Result<Recorded, Message> {
        let from = self.folder.path().join(from);
        record_with_files(&self.dock, &self.campaign, brought, Some(&from), false, AT, &mut IdSource::from_system())
    }

    fn trial(&self, number: u32) -> Recorded {
        let values = [("resistance".to_owned(), "3.5".to_owned())];
        self.record(Brought::Trial { number, values: &values, failed: None }, &format!("trial-{number:02}")).unwrap()
    }
}

/// A torque that levels off at 4 N.m with a time constant of 60 s.
fn torque(rows: usize) -> String {
    let row = |k: usize| format!("{},{:.4}\n", 5 * k, 4.0 + 3.0 * (-(5.0 * k as f64) / 60.0).exp());
    std::iter::once("time [s],torque [N.m]\n".to_owned()).chain((0..rows).map(row)).collect()
}

fn picture(level: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::GrayImage::from_fn(64, 64, |x, _| image::Luma([if x % 8 == 0 { level / 2 } else { level }]));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn files_of_a_trial_become_intermediates_and_are_kept() {
    let desk = Desk::new();
    desk.put("trial-01/torque.csv", torque(200));
    desk.put("trial-01/surface.png", picture(200));
    let recorded = desk.trial(1);
    assert_eq!((recorded.recorded, recorded.incomplete), (1, 0));
    let values = &recorded.from_files[0].values;
    let number = |name: &str| values[name].quantity().unwrap();
    assert!((number("torque_end").value - 4.0).abs() < 1e-3);
    // In the unit of the campaign, whatever the file has.
    assert!((number("settled").value - 1.0).abs() < 1e-3 && number("settled").unit.as_str() == "min");
    let records = desk.dock.records(&Query::default()).unwrap();
    let files: Vec<_> = records.iter().filter(|record| matches!(record.body, Body::File(_))).collect();
    assert_eq!(files.len(), 2);
    for record in &files {
        let Body::File(file) = &record.body else { unreachable!() };
        let original = std::fs::read(desk.folder.path().join("trial-01").join(&file.name)).unwrap();
        assert_eq!(desk.dock.object(&file.object).unwrap(), original);
    }
    // From the result back to the files: result <- features <- files.
    let measurement = |name: &str| {
        let of = |record: &&matdock_record::Record| matches!(&record.body, Body::Measurement(m) if m.name == name);
        let found = records.iter().find(of).unwrap();
        let Body::Measurement(run) = &found.body else { unreachable!() };
        (found.id, run)
    };
    let (features, run) = measurement("features of files");
    assert_eq!(run.from, files.iter().map(|file| file.id).collect::<Vec<_>>());
    assert_eq!(run.settings["torque_end"], Datum::Text("level, version 1: torque.csv.torque".into()));
    assert!(measurement("result").1.from.contains(&features));
    assert!(verify::verify(&desk.dock, &mut |_, _| {}).unwrap().problems.is_empty());
}

/// The torque once a second as a logger with a clock wrote it, `time` the clock at each.
fn by_the_clock(time: impl Fn(u32) -> String) -> String {
    let row = |k: u32| format!("{},{:.4}\n", time(k), 4.0 + 3.0 * (-f64::from(k) / 60.0).exp());
    std::iter::once("time,torque [N.m]\n".to_owned()).chain((0..600).map(row)).collect()
}

#[test]
fn a_log_may_have_the_times_of_a_clock() {
    let desk = Desk::new();
    let of_day = |seconds: u32| format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let read = |desk: &Desk, number: u32, log: String| {
        desk.put(&format!("trial-{number:02}/torque.csv"), log);
        desk.put(&format!("trial-{number:02}/surface.png"), picture(200));
        desk.trial(number).from_files.remove(0).values
    };
    let settled = |values: &matdock_record::body::Fields| values["settled"].quantity().map(|q| q.value);
    let near =
        |values: &matdock_record::body::Fields| assert!((settled(values).unwrap() - 1.0).abs() < 0.02, "{values:?}");
    near(&read(&desk, 1, by_the_clock(|k| format!("2026-11-22 {}", of_day(36_000 + k)))));
    // Past midnight, and one reading in five from half-time on.
    near(&read(&desk, 2, by_the_clock(|k| of_day(86_300 + if k < 300 { k } else { 5 * k - 1200 }))));
    // The clock was put back while it ran.
    let back = read(&desk, 3, by_the_clock(|k| of_day(36_000 + if k < 300 { k } else { k - 60 })));
    assert!(matches!(&back["settled"], Datum::Missing(why) if why.contains("backwards")), "{back:?}");
    let odd = read(&Desk::new(), 1, by_the_clock(|k| format!("reading {k}")));
    assert!(matches!(&odd["settled"], Datum::Missing(why) if why.contains("10:03:05")), "{odd:?}");
}

#[test]
fn a_bad_file_is_missing_with_its_reason_and_the_record_goes_on() {
    let backwards = "time [s],torque [N.m]\n0,1\n5,2\n3,3\n9,4\n12,5\n".to_owned();
    let no_numbers = "time [s],torque [N.m]\n0,error\n1,NaN\n2,---\n3,\n".to_owned();
    let gaps = torque(200).lines().filter(|line| !line.starts_with('6')).collect::<Vec<_>>().join("\n");
    let holes = torque(200).replace(",4.1", ",x4.1");
    let whole = picture(200);
    for (file, bytes, outcome, reason) in [
        ("torque.csv", backwards.into_bytes(), "torque_end", "backwards"),
        ("torque.csv", no_numbers.into_bytes(), "torque_end", "missing"),
        ("torque.csv", torque(2).into_bytes(), "settled", "readings"),
        ("torque.csv", Vec::new(), "torque_end", "empty"),
        ("torque.csv", b"\xff\xfe\0\0".to_vec(), "torque_end", "UTF-16"),
        ("torque.csv", b"time [furlong],torque [N.m]\n0,1\n".to_vec(), "torque_end", "furlong"),
        ("torque.csv", b"time [s],moment [N.m]\n0,1\n1,2\n".to_vec(), "torque_end", "torque"),
        ("torque.csv", torque(200).replace("N.m", "K").into_bytes(), "torque_end", "N.m"),
        ("surface.png", picture(0), "gloss", "black"),
        ("surface.png", whole[..whole.len() / 2].to_vec(), "gloss", "cannot be read"),
        ("surface.png", b"no image".to_vec(), "gloss", "cannot be read"),
        ("torque.csv", gaps.into_bytes(), "torque_end.flag", "gaps"),
        ("torque.csv", holes.into_bytes(), "torque_end.flag", "readings are missing"),
    ] {
        let desk = Desk::new();
        desk.put(&format!("trial-01/{file}"), bytes);
        let recorded = desk.trial(1);
        assert_eq!(recorded.recorded, 1, "{reason}");
        let datum = &recorded.from_files[0].values[outcome];
        assert!(datum.to_string().contains(reason), "{outcome}, {reason}: {datum}");
        // The other file is not there at all.
        let other = if file == "torque.csv" { "gloss" } else { "settled" };
        assert!(matches!(&recorded.from_files[0].values[other], Datum::Missing(why) if why.contains("trial-01")));
        assert!(verify::verify(&desk.dock, &mut |_, _| {}).unwrap().problems.is_empty());
    }
}

#[test]
fn a_sheet_takes_what_is_not_typed_in_from_the_folders_of_its_trials() {
    let desk = Desk::new();
    desk.put("trials/trial-1/torque.csv", torque(200));
    desk.put("trials/Versuch 002/torque.csv", torque(200));
    desk.put(
        "sheet.csv",
        "suggestion,resistance [Ohm],torque_end [N.m],outcome,reason\n1,3,,,\n2,4,9.5,,\n3,,,failed,burnt\n",
    );
    let sheet = desk.folder.path().join("sheet.csv");
    let recorded = desk.record(Brought::Sheet(&sheet), "trials").unwrap();
    assert_eq!((recorded.recorded, recorded.failed, recorded.from_files.len()), (3, 1, 3));
    let result = |name: &str| {
        let samples = desk.dock.find(name).unwrap();
        let query = Query { sample: Some(samples[0].id.into()), kind: Some("measurement"), ..Query::default() };
        let found = desk.dock.records(&query).unwrap().into_iter().find_map(|record| match record.body {
            Body::Measurement(run) if run.name == "result" => Some(run.values),
            _ => None,
        });
        found.unwrap()
    };
    assert!((result("S-1")["torque_end"].quantity().unwrap().value - 4.0).abs() < 1e-3);
    // What was typed in counts.
    assert_eq!(result("S-2")["torque_end"].quantity().unwrap().value, 9.5);
    assert!(result("S-3")["torque_end"].to_string().contains("no folder for suggestion 3"));
}

#[test]
fn a_mistake_is_named_before_anything_is_stored() {
    let desk = Desk::new();
    desk.put("trial-01/torque.csv", torque(200));
    let refused = |number, name: &str, value: &str, from: &str| {
        let values = [(name.to_owned(), value.to_owned())];
        desk.record(Brought::Trial { number, values: &values, failed: None }, from).unwrap_err().to_string()
    };
    assert!(refused(1, "resistence", "3", "trial-01").contains("torque_end"));
    assert!(refused(1, "resistance", "high", "trial-01").contains("\"high\" is not a number"));
    assert!(refused(1, "resistance", "3", "trail-01").contains("trail-01"));
    assert!(refused(9, "resistance", "3", "trial-01").contains('9'));
    desk.put("trials/trial-1/x", "");
    desk.put("trials/trial-01/x", "");
    desk.put("sheet.csv", "suggestion,resistance [Ohm]\n1,3\n");
    let sheet = desk.folder.path().join("sheet.csv");
    assert!(desk.record(Brought::Sheet(&sheet), "trials").unwrap_err().to_string().contains("two folders"));
    for (wrong, reason) in [
        ("levl of torque in torque.csv", "did you mean \"level\""),
        ("level of torque in ../torque.csv", "not understood"),
        ("level of torque", "not understood"),
        ("brightness of torque.csv", "looks at images"),
        ("level of surface.png", "series"),
    ] {
        let text = CAMPAIGN.replace("level of torque in torque.csv", wrong);
        desk.put("wrong/campaign.toml", text);
        let error = Campaign::read(Path::new(&desk.folder.path().join("wrong"))).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("line 9"), "{wrong}: {error}");
    }
}
