//! Files of trials by hand, picked up as they are dropped.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use super::{example, ok};

/// A watch that is ended when the test is over.
struct Watching {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watching {
    fn begin(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matdock"));
        let watch = ["record", ".", "--watch", "trials", "--settle", "0.1", "--json"];
        command.current_dir(folder).args(watch).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What is noticed next.
    fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

/// Drops a file of an example trial into the folder of another one.
fn drop_file(folder: &Path, from: &str, name: &str, to: &str) {
    let to = folder.join("trials").join(to);
    std::fs::create_dir_all(&to).unwrap();
    std::fs::copy(example(&format!("powder-by-hand/trials/{from}/{name}")), to.join(name)).unwrap();
}

#[test]
fn files_are_told_one_by_one_and_recorded_when_all_are_there_and_the_rest_is_typed_in() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::copy(example("powder-by-hand/campaign.toml"), here.join("campaign.toml")).unwrap();
    std::fs::create_dir(here.join("trials")).unwrap();
    ok(here, &["suggest", ".", "-n", "3"]);
    let mut watching = Watching::begin(here);

    drop_file(here, "trial-01", "torque.csv", "film 2");
    let told = watching.next();
    assert_eq!((&told["file"]["suggestion"], &told["file"]["file"]), (&2.into(), &"torque.csv".into()), "{told}");
    assert!(told["file"]["values"]["torque_end"]["quantity"]["value"].as_f64().unwrap() > 7.0, "{told}");

    // A picture that was cut short is told with its reason and left where it is; the trial counts for the rest.
    drop_file(here, "trial-08", "surface.png", "film 2");
    let told = watching.next();
    assert!(told["file"]["values"]["spots"]["missing"].as_str().unwrap().contains("surface.png"), "{told}");
    drop_file(here, "trial-01", "drying.csv", "film 2");
    assert_eq!(watching.next()["file"]["file"], "drying.csv");
    let told = watching.next();
    let rest = told["recorded"]["to_type_in"].as_array().unwrap();
    assert_eq!(rest.len(), 2, "viscosity and resistance: {told}");

    // A folder of a trial nobody suggested.
    drop_file(here, "trial-01", "torque.csv", "film 77");
    assert!(watching.next()["problem"].as_str().unwrap().contains("77"));

    ok(here, &["record", ".", "2", "--set", "polarisation_resistance=1.2", "--set", "viscosity=3"]);
    let status: Value = serde_json::from_str(&ok(here, &["status", ".", "--json"])).unwrap();
    let values = &status["best"]["values"];
    assert_eq!(values["polarisation_resistance"]["quantity"]["value"], 1.2);
    assert!(values["torque_end"]["quantity"]["value"].as_f64().unwrap() > 7.0, "{values}");
    assert!(values["spots"]["missing"].as_str().unwrap().contains("surface.png"), "{values}");
}

#[test]
fn what_cannot_be_watched_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::copy(example("powder-by-hand/campaign.toml"), here.join("campaign.toml")).unwrap();
    let told = super::refused(here, &["record", ".", "--watch", "trials"]);
    assert!(told.contains("trials"), "{told}");
    std::fs::create_dir(here.join("trials")).unwrap();
    let told = super::refused(here, &["record", ".", "--watch", "trials", "--settle", "-1"]);
    assert!(told.contains("-1"), "{told}");
    let told = super::refused(here, &["record", ".", "7", "--watch", "trials"]);
    assert!(told.contains("--watch"), "{told}");
}
