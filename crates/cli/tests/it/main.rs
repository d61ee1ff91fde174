//! The command as people use it: what it prints, and what it says when something is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod budget;
mod dataset;
mod learning;
mod lots;
mod partial;
mod watch;

use std::{path::Path, process::Command};

/// Runs `matdock` in a folder; standard output, standard error and whether it succeeded.
fn matdock(folder: &Path, arguments: &[&str]) -> (String, String, bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_matdock"));
    command.current_dir(folder).args(arguments).env("LANG", "C.UTF-8").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.success())
}

fn ok(folder: &Path, arguments: &[&str]) -> String {
    let (out, err, success) = matdock(folder, arguments);
    assert!(success, "{arguments:?}: {err}{out}");
    out
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let (out, err, success) = matdock(folder, arguments);
    assert!(!success, "{arguments:?} succeeded: {out}");
    err
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

const TABLE: &str = "\
name,solvent,temperature [Cel],yield [%]
a,water,40,12
b,water,60,31
c,water,80,25
d,ethanol,40,18
e,ethanol,60,55
f,ethanol,80,40
";

fn with_table() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("table.csv"), TABLE).unwrap();
    folder
}

#[test]
fn a_pool_campaign_from_a_table_to_a_backtest() {
    let folder = with_table();
    let here = folder.path();
    let made = ok(
        here,
        &[
            "new",
            "trial",
            "--pool",
            "table.csv",
            "--inputs",
            "solvent,temperature",
            "--maximize",
            "yield",
            "--label",
            "name",
        ],
    );
    insta::assert_snapshot!(made);
    insta::assert_snapshot!("new_campaign_file", std::fs::read_to_string(here.join("trial/campaign.toml")).unwrap());
    let out = ok(here, &["backtest", "trial", "--seeds", "20", "--initial", "2", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((json["seeds"].as_u64(), json["pool"].as_u64()), (Some(20), Some(6)));
    assert_eq!(json["best_row"], "e");
    assert_eq!(json["random"]["experiments_to_best"].as_f64(), Some(3.5));
    for key in ["mean", "median", "q1", "q3"] {
        assert!(json["experiments_to_best"][key].as_f64().is_some_and(|v| (1.0..=6.0).contains(&v)), "{key}");
        assert!(json["experiments_to_top"][key].is_number(), "{key}");
    }
    assert!(json["best_so_far"].as_array().is_some_and(|curve| curve.last().and_then(|v| v.as_f64()) == Some(55.0)));
    assert!(json["seconds_per_suggestion"]["median"].is_number() && json["experiments_to_top"]["percent"] == 5.0);
    let same = |jobs| {
        let mut json: serde_json::Value =
            serde_json::from_str(&ok(here, &["backtest", "trial", "--seeds", "6", "--jobs", jobs, "--json"])).unwrap();
        json.as_object_mut().unwrap().remove("seconds_per_suggestion");
        json
    };
    assert_eq!(same("1"), same("2"));
}

#[test]
fn suggestions_are_printed_and_results_recorded() {
    let folder = with_table();
    let here = folder.path();
    ok(
        here,
        &[
            "new",
            "trial",
            "--pool",
            "table.csv",
            "--inputs",
            "solvent,temperature",
            "--maximize",
            "yield",
            "--label",
            "name",
        ],
    );
    insta::assert_snapshot!(ok(here, &["suggest", "trial", "-n", "2", "--out", "sheet.csv"]));
    let sheet = std::fs::read_to_string(here.join("sheet.csv")).unwrap();
    let header = sheet.lines().next().unwrap();
    assert_eq!(header, "suggestion,row,solvent,temperature [Cel],yield [%],outcome,reason");
    let mut filled: Vec<String> = sheet.lines().map(str::to_owned).collect();
    filled[1] = filled[1].replace(",,,", ",33,,");
    filled[2] = filled[2].replace(",,,", ",,failed,spilled");
    std::fs::write(here.join("sheet.csv"), filled.join("\n")).unwrap();
    insta::assert_snapshot!(ok(here, &["record", "trial", "sheet.csv"]));
    let status: serde_json::Value = serde_json::from_str(&ok(here, &["status", "trial", "--json"])).unwrap();
    assert_eq!(status["experiments"]["succeeded"], 1);
    assert_eq!(status["experiments"]["failed"], 1);
    let samples = ok(here, &["export", "--what", "samples"]);
    assert!(samples.contains("spilled") && samples.lines().next().unwrap().contains("temperature [Cel]"), "{samples}");
    assert!(ok(here, &["show", "S-1"]).contains("result"));
    assert!(ok(here, &["verify"]).contains("0 problems"));
    ok(here, &["report", "trial", "--out", "report"]);
    assert!(here.join("report/best-so-far.svg").exists() && here.join("report/report.md").exists());
}

#[test]
fn the_digital_laboratory_runs_stops_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let campaign = example("thin-film/campaign.toml");
    let first: serde_json::Value =
        serde_json::from_str(&ok(here, &["run", &campaign, "--experiments", "4", "--json", "--no-comparison"]))
            .unwrap();
    assert_eq!(first["end"], "budget");
    assert_eq!(first["status"]["experiments"]["finished"], 4);
    let out = ok(here, &["run", &campaign, "--experiments", "8", "--json", "--no-comparison"]);
    let second: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(second["status"]["experiments"]["finished"], 8);
    assert!(ok(here, &["verify"]).contains("0 problems"));
    let series = ok(here, &["export", "--what", "series", "--where", "sample=S-1", "--where", "name=spectrum"]);
    assert!(series.lines().next().unwrap().contains("frequency [Hz]"), "{series}");
    assert!(series.lines().count() > 30);
}

#[test]
fn the_powder_line_runs_and_senses_what_its_chain_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let campaign = example("powder-film/campaign.toml");
    let out = ok(here, &["run", &campaign, "--experiments", "6", "--json", "--no-comparison"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["status"]["experiments"]["finished"], 6);
    let samples = ok(here, &["export", "--what", "samples"]);
    let head = samples.lines().next().unwrap();
    for sensed in ["torque_end", "torque_time", "viscosity", "coating_force", "gloss_drop", "ripple", "porosity"] {
        assert!(head.contains(sensed), "{sensed}: {head}");
    }
}

#[test]
fn a_chain_with_three_sensors_goes_on_a_sheet_and_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let campaign = example("powder-by-hand");
    ok(here, &["suggest", &campaign, "-n", "8", "--out", "round1.csv"]);
    let (sheet, trials) = (example("powder-by-hand/round1-filled.csv"), example("powder-by-hand/trials"));
    insta::assert_snapshot!(ok(here, &["record", &campaign, &sheet, "--from", &trials]).replace(&trials, "TRIALS"));
    let shown = ok(here, &["chain", "show", &campaign, "--out", "report"]);
    // A cell left empty is no reading; a failed film was sensed until it cracked.
    assert!(
        shown.contains("torque_end [N.m], read 7 times") && shown.contains("viscosity [Pa.s], read 6 times"),
        "{shown}"
    );
    assert!(shown.contains("polarisation_resistance [Ohm.cm2], read 7 times"), "{shown}");
    assert!(std::fs::read_to_string(here.join("report/chain.svg")).unwrap().contains("torque_end"));
    // The viscosity of film 2 was not read: it is told from the torque, too few readings to rely on.
    let told = ok(here, &["chain", "sense", &campaign, "2", "--quantity", "viscosity"]);
    assert!(told.contains("told from torque_end") && told.contains("it was not read"), "{told}");
    assert!(told.contains("too few to say"), "{told}");
    assert!(refused(here, &["chain", "sense", &campaign, "2", "--quantity", "colour"]).contains("torque_end"));
}

#[test]
fn lab_files_are_checked_and_simulated() {
    let folder = tempfile::tempdir().unwrap();
    let (lab, recipe) = (example("thin-film/lab.toml"), example("thin-film/recipe.toml"));
    let out = ok(folder.path(), &["lab", "check", &lab, &recipe, "--campaign", &example("thin-film")]);
    insta::assert_snapshot!(out);
    let out = ok(folder.path(), &["lab", "simulate", &lab, &recipe, "--samples", "6", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(json["samples_per_day"].as_f64().is_some_and(|v| v > 1.0));
    assert!(std::fs::read_to_string(folder.path().join("gantt.svg")).unwrap().starts_with("<svg"));
}

#[test]
fn mistakes_are_named_with_their_place() {
    let folder = with_table();
    let here = folder.path();
    let check = |name: &str, text: &str| {
        std::fs::write(here.join("campaign.toml"), text).unwrap();
        insta::with_settings!({ snapshot_suffix => name }, {
            insta::assert_snapshot!("mistake", refused(here, &["suggest", "campaign.toml"]));
        });
    };
    let head = "[campaign]\nname = \"x\"\n[[objective]]\noutcome = \"y\"\ndirection = \"maximise\"\n";
    let parameter = "[[parameter]]\nname = \"t\"\ntype = \"continuous\"\n";
    check("broken_toml", "[campaign\nname = 1");
    check("unknown_key", &format!("{head}colour = 3\n"));
    check("unknown_direction", &head.replace("maximise", "best"));
    check("no_parameter", head);
    check("impossible_range", &format!("{head}{parameter}min = 5\nmax = 2\n"));
    check("missing_max", &format!("{head}{parameter}min = 5\n"));
    check("log_of_zero", &format!("{head}{parameter}min = 0\nmax = 2\nscale = \"log\"\n"));
    check("not_finite", &format!("{head}{parameter}min = nan\nmax = 2\n"));
    check("unit", &format!("{head}{parameter}min = 0\nmax = 2\nunit = \"°C\"\n"));
    check("pool_without_table", &format!("{head}{parameter}[pool]\ntable = \"none.csv\"\n"));
    check("reserved_name", &format!("{head}{}min = 1\nmax = 2\n", parameter.replace("\"t\"", "\"suggestion\"")));
    check("name_twice", &format!("{head}{}min = 1\nmax = 2\n", parameter.replace("\"t\"", "\"y\"")));
    check("unit_in_name", &format!("{head}{}min = 1\nmax = 2\n", parameter.replace("\"t\"", "\"t [K]\"")));
    check("share_without_pool", &format!("{head}{parameter}min = 1\nmax = 2\n[planner]\ninitial = \"5 %\"\n"));
    check("too_wide", &format!("{head}{parameter}min = -1e308\nmax = 1e308\n"));
    let pool = format!("{head}[pool]\ntable = \"pool.csv\"\n{parameter}");
    for (name, table) in [
        ("pool_missing_cell", "t,y\n1,5\n,6\n3,7\n"),
        ("pool_text_in_number", "t,y\n1,\nwarm,\n3,\n"),
        ("pool_duplicate", "t,y\n1,\n2,\n1,\n"),
        ("pool_one_row", "t,y\n1,\n"),
        ("pool_empty", "t,y\n"),
        ("pool_nan", "t,y\n1,\nNaN,\n"),
        ("pool_other_unit", "t [nm],y\n1,\n2,\n"),
        ("pool_no_column", "s,y\n1,\n2,\n"),
    ] {
        std::fs::write(here.join("pool.csv"), table).unwrap();
        let pool = if name == "pool_other_unit" { pool.replace("type", "unit = \"Pa\"\ntype") } else { pool.clone() };
        check(name, &pool);
    }
}

#[test]
fn errors_are_json_and_japanese_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let (out, err, success) = matdock(folder.path(), &["status", "nothing.toml", "--json", "--lang", "ja"]);
    assert!(!success);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["error"]["id"], "app-campaign-unreadable");
    assert!(err.contains("エラー") && err.contains("読めません"), "{err}");
    let help = ok(folder.path(), &["--help", "--lang", "ja"]);
    assert!(help.contains("使い方") && help.contains("動詞"), "{help}");
}

#[test]
fn a_second_writer_is_told_who_holds_the_dock() {
    let folder = with_table();
    let here = folder.path();
    ok(here, &["new", "trial", "--pool", "table.csv", "--inputs", "solvent,temperature", "--maximize", "yield"]);
    let dock = matdock_store::Dock::open(&here.join("dock"), matdock_store::Mode::Write).unwrap();
    let error = refused(here, &["suggest", "trial"]);
    assert!(error.contains(&std::process::id().to_string()), "{error}");
    drop(dock);
    ok(here, &["suggest", "trial"]);
}
