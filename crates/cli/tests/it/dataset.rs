//! Tables frozen in a dock: `dataset make`, `show`, `export`, `list`, and what learns from them.

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use super::{ok, refused};

/// Conductivities of polymers with salt: limits, gaps of every kind, a paper for each polymer.
const POLYMERS: &str = "\
smiles,temperature [Cel],salt,molar_mass [g/mol],measured,paper,conductivity [S/cm]
[Cu]OCC[Au],25,LiTFSI,5000,2024-01-05,P1,1e-6
[Cu]OCC[Au],60,LiTFSI,5000,2024-01-05,P1,3e-5
[Cu]OCC[Au],90,LiTFSI,n/a,2024-01-06,P1,2e-4
[Cu]CC(C#N)[Au],25,LiTFSI,2e4,2024-02-01,P2,<1e-10
[Cu]CC(C#N)[Au],60,NaTFSI,20 kg/mol,2024-02-01,P2,4e-9
[Cu]CC(C#N)[Au],90,NaTFSI,heavy,2024-02-02,P2,2e-8
not a polymer,25,LiTFSI,7000,2024-03-01,P3,1e-7
[Cu]OC(=O)OCC[Au],25,,7000,2024-03-01,P3,2e-8
[Cu]OC(=O)OCC[Au],60,LiTFSI,,2024-03-02,P3,
";

fn with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&ok(folder, &[arguments, &["--json"]].concat())).unwrap()
}

fn column<'a>(dataset: &'a Value, name: &str) -> &'a Value {
    dataset["columns"].as_array().unwrap().iter().find(|column| column["name"] == name).unwrap()
}

const MAKE: [&str; 7] = ["dataset", "make", "ions", "--from", "ions.csv", "--target", "conductivity"];

#[test]
fn a_table_is_frozen_with_what_its_columns_hold() {
    let folder = with("ions.csv", POLYMERS);
    let here = folder.path();
    let made = json(here, &[&MAKE[..], &["--group", "smiles", "--note", "first look"]].concat());
    assert_eq!((&made["version"], &made["rows"], &made["new"]), (&1.into(), &9.into(), &true.into()));
    let kinds: Vec<&str> =
        made["columns"].as_array().unwrap().iter().map(|column| column["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["smiles", "number", "choice", "number", "date", "choice", "number"]);
    let target = column(&made, "conductivity");
    assert_eq!((&target["unit"], &target["known"], &target["below"]), (&"S/cm".into(), &8.into(), &1.into()));
    let mass = column(&made, "molar_mass");
    let reasons: Vec<&str> =
        mass["missing"].as_array().unwrap().iter().map(|missing| missing["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["empty", "said-to-be-nothing", "own-unit", "no-number"]);
    assert_eq!(mass["units_in_cells"][0][0], "kg/mol");
    assert_eq!(column(&made, "smiles")["missing"][0]["examples"][0]["text"], "not a polymer");
    assert_eq!(column(&made, "measured")["dates"], serde_json::json!(["2024-01-05", "2024-03-02"]));
    assert_eq!((&made["groups"][0]["name"], &made["groups"][0]["groups"]), (&"smiles".into(), &4.into()));
    assert_eq!(made["descriptors"], serde_json::json!({ "found": 0, "computed": 3 }));

    let shown = ok(here, &["dataset", "show", "ions"]);
    assert!(shown.contains("first look") && shown.contains("< 1"), "{shown}");
    assert!(shown.contains("kg/mol (1)"), "{shown}");
    assert!(ok(here, &["dataset", "list"]).contains("ions@1"));
}

#[test]
fn the_same_table_adds_nothing_and_a_changed_one_is_the_next_version() {
    let folder = with("ions.csv", POLYMERS);
    let here = folder.path();
    ok(here, &MAKE);
    let again = json(here, &MAKE);
    assert_eq!((&again["version"], &again["new"]), (&1.into(), &false.into()));
    assert_eq!(again["descriptors"], serde_json::json!({ "found": 3, "computed": 0 }), "computed once");
    std::fs::write(here.join("ions.csv"), POLYMERS.replace("1e-6", "2e-6")).unwrap();
    assert_eq!(json(here, &MAKE)["version"], 2);
    assert_eq!(json(here, &[&MAKE[..], &["--group", "paper"]].concat())["version"], 3, "something else is said of it");
    let version = |name: &str| json(here, &["dataset", "show", name])["hash"].clone();
    assert_ne!(version("ions@1"), version("ions"));
    assert_eq!(version("ions@2"), version("ions@3"));
    let sums = std::fs::read_to_string(here.join("dock/datasets/ions/1/b3sums")).unwrap();
    assert!(sums.contains(version("ions@1").as_str().unwrap()), "{sums}");
    let frozen = std::fs::read_to_string(here.join("dock/datasets/ions/1/table.csv")).unwrap();
    assert_eq!(frozen, POLYMERS, "the rows as they came");
    assert!(refused(here, &["dataset", "show", "ions@4"]).contains("ions@1, ions@2, ions@3"));
}

/// Sixty alloys in eight batches.
fn alloys() -> String {
    let mut text = String::from("carbon [%],temperature [Cel],quench,batch,strength [MPa]\n");
    for row in 0..60 {
        let x = |step: usize| ((row * step) % 97) as f64 / 97.0;
        let strength = 300.0 + 400.0 * x(31) - 160.0 * x(53) + [120.0, 60.0, 0.0][row % 3];
        let quench = ["water", "oil", "air"][row % 3];
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:.4},{:.1},{quench},{},{strength:.1}", x(31), 200.0 + 400.0 * x(53), row % 8);
    }
    text
}

#[test]
fn a_dataset_is_learnt_from_by_name_with_what_was_said_of_it() {
    let folder = with("alloys.csv", &alloys());
    let here = folder.path();
    let make = ["dataset", "make", "steel", "--from", "alloys.csv", "--target", "strength", "--group", "batch"];
    let made = json(here, &make);
    let advice = json(here, &["advise", "steel"]);
    assert_eq!(advice["verdict"], "suited", "{advice}");
    assert!(advice["next"][0].as_str().unwrap().starts_with("matdock train steel --target strength"), "{advice}");
    let card = json(here, &["train", "steel", "--learner", "ridge"]);
    assert_eq!((&card["name"], &card["table"]), (&"steel-strength".into(), &"steel@1".into()));
    assert_eq!(card["dataset"], serde_json::json!({ "name": "steel", "version": 1, "hash": made["hash"] }));
    assert_eq!((&card["splits"][0]["kind"], &card["splits"][1]["kind"]), (&"group:batch".into(), &"random".into()));
    assert_eq!(card["features"], 5, "the batch is no feature");
    assert_eq!(json(here, &["train", "steel@1", "--learner", "ridge", "--split", "random"])["splits"][1], Value::Null);
    assert!(ok(here, &["show", "steel-strength"]).contains("steel@1"));
    let known = json(here, &["predict", "steel-strength", "steel"]);
    assert_eq!(known["rows"].as_array().unwrap().len(), 60);

    let neither = refused(here, &["train", "bronze", "--target", "strength"]);
    assert!(neither.contains("neither a file nor a dataset") && neither.contains("steel"), "{neither}");
    std::fs::write(here.join("steel"), "no table").unwrap();
    assert!(refused(here, &["train", "steel"]).contains("--target"), "a file of that name comes first");
}

#[test]
fn new_rows_come_from_parquet_and_predictions_go_there() {
    let folder = with("alloys.csv", &alloys());
    let here = folder.path();
    ok(here, &["dataset", "make", "steel", "--from", "alloys.csv", "--target", "strength"]);
    ok(here, &["dataset", "export", "steel", "-o", "steel.parquet"]);
    ok(here, &["train", "steel.parquet", "--target", "strength", "--learner", "ridge", "--name", "m"]);
    ok(here, &["predict", "m", "steel.parquet", "-o", "predicted.parquet"]);
    let again = json(here, &["dataset", "make", "predicted", "--from", "predicted.parquet"]);
    assert_eq!(column(&again, "strength predicted")["unit"], "MPa");
    assert_eq!(column(&again, "strength predicted")["known"], 60);
}

#[test]
fn an_export_has_values_alone_and_a_reason_for_every_gap() {
    let folder = with("ions.csv", POLYMERS);
    let here = folder.path();
    ok(here, &MAKE);
    let plain = json(here, &["dataset", "export", "ions", "-o", "plain.csv"]);
    assert_eq!((&plain["columns"], &plain["missing"]), (&9.into(), &6.into()));
    let text = std::fs::read_to_string(here.join("plain.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with("conductivity [S/cm],conductivity limit,missing because"), "{text}");
    assert!(lines[4].ends_with(",1e-10,<,"), "{text}");
    assert!(lines[5].ends_with("molar_mass: unit in the cell (20 kg/mol)"), "{text}");
    let wide = json(here, &["dataset", "export", "ions", "-o", "wide.parquet", "--descriptors"]);
    assert!(wide["columns"].as_u64().unwrap() > 200);
    let back = json(here, &["dataset", "make", "wide", "--from", "wide.parquet"]);
    assert_eq!(column(&back, "smiles: MolWt@H")["known"], 8, "the row whose structure cannot be read stays, without");
    assert_eq!(column(&back, "smiles")["known"], 8);
    assert!(refused(here, &["dataset", "export", "ions", "-o", "ions.ods"]).contains("parquet"));
}

#[test]
fn the_page_draws_everything_and_escapes_what_the_table_says() {
    let mut text = String::from("<script>alert(1)</script>,\"a & \"\"b\"\" [<u>]\",kind,y\n");
    for row in 0..40 {
        let x = (row * 31) % 41;
        let _ = writeln!(text, "{x},{},<b>{}</b>,{}", 10f64.powi(row % 9), row % 6, 2 * x);
    }
    let folder = with("odd.csv", &text);
    let here = folder.path();
    ok(here, &["dataset", "make", "odd", "--from", "odd.csv", "--target", "y", "--note", "<i>note</i>"]);
    ok(here, &["dataset", "show", "odd", "-o", "odd.html"]);
    let page = std::fs::read_to_string(here.join("odd.html")).unwrap();
    for said in ["<script", "<b>", "<i>", "<u>"] {
        assert!(!page.contains(said), "{said} was taken over as it stands");
    }
    for wanted in ["&lt;script&gt;", "Which columns go together", "Distributions", "Groups", "kind (6)", "1.00"] {
        assert!(page.contains(wanted), "no {wanted}");
    }
    assert!(!page.contains("http://") || !page.contains("src="), "nothing is loaded from elsewhere");
    let japanese = ok(here, &["dataset", "show", "odd", "-o", "odd.html", "--lang", "ja"]);
    assert!(japanese.contains("予測する列"), "{japanese}");
    assert!(std::fs::read_to_string(here.join("odd.html")).unwrap().contains("分布"));
}

#[test]
fn experiments_of_several_campaigns_become_a_table() {
    let folder = super::with_table();
    let here = folder.path();
    for name in ["one", "two"] {
        ok(here, &["new", name, "--pool", "table.csv", "--inputs", "solvent,temperature", "--maximize", "yield"]);
        ok(here, &["suggest", name, "-n", "2"]);
        ok(here, &["record", name, "1", "--set", "yield=31"]);
        ok(here, &["record", name, "2", "--set", "yield=<5"]);
    }
    let make = ["dataset", "make", "runs", "--from-dock", "--target", "yield"];
    let both = json(here, &make);
    assert_eq!((&both["rows"], &both["version"]), (&4.into(), &1.into()));
    assert_eq!(column(&both, "yield")["below"], 2, "{both}");
    assert!(both["options"]["ignored"].to_string().contains("suggestion"));
    let one = json(here, &[&make[..], &["--where", "campaign=one"]].concat());
    assert_eq!((&one["rows"], &one["version"]), (&2.into(), &2.into()));
    let named = json(here, &[&make[..], &["--where", "campaign=one", "--where", "campaign=two"]].concat());
    assert_eq!(named["rows"], 4);
    assert!(refused(here, &[&make[..], &["--where", "campaign=three"]].concat()).contains("three"));
}

#[test]
fn bad_tables_are_told_with_what_to_do() {
    let folder = with("ions.csv", POLYMERS);
    let here = folder.path();
    let make = |name: &str, bytes: &[u8], arguments: &[&str]| {
        std::fs::write(here.join(name), bytes).unwrap();
        super::matdock(here, &[&["dataset", "make", "bad", "--from", name], arguments].concat())
    };
    let check = |made: (String, String, bool), text: &str| assert!(!made.2 && made.1.contains(text), "{made:?}");
    check(make("twice.csv", b"a,b,a\n1,2,3\n", &[]), "already the name of column 1");
    check(make("empty.csv", b"a,b\n", &[]), "no rows");
    check(make("t.csv", b"a,b\n1,2\n", &["--target", "c"]), "no column \"c\"");
    check(make("t.csv", b"a,b\n1,2\n", &["--group", "c"]), "no column \"c\"");
    check(make("t.csv", b"a,b\n1,2\n", &["--set", "magic"]), "magic");
    check(make("t.parquet", b"PAR1 and nothing", &[]), "t.parquet");
    check(make("t.xlsx", b"PK\x03\x04", &[]), "t.xlsx");
    ok(here, &["dataset", "make", "ions", "--from", "ions.csv"]);
    ok(here, &["dataset", "export", "ions", "-o", "whole.parquet"]);
    let mut whole = std::fs::read(here.join("whole.parquet")).unwrap();
    check(make("cut.parquet", &whole[..whole.len() / 2], &[]), "cut.parquet");
    (4..200).for_each(|place| whole[place] ^= 0x5a);
    let damaged = make("damaged.parquet", &whole, &[]);
    assert!(!damaged.1.contains("panicked"), "{damaged:?}");
    check(damaged, "damaged.parquet");
    assert!(refused(here, &["dataset", "make", "../up", "--from", "ions.csv"]).contains("../up"));
    assert!(refused(here, &["dataset", "show", "none"]).contains("ions"));
    let units = make("units.csv", b"a,length\n1,5 mm\n2,2 cm\n3,7 mm\n4,<1 mm\n", &[]);
    assert!(units.2 && units.0.contains("mm (2)") || units.0.contains("mm (3)"), "{units:?}");
    let few = make("few.csv", b"a,b,c\n1,,k\n2,,k\n3,,k\n", &[]);
    assert!(few.2 && few.0.contains("3 rows") && few.0.contains("Nothing is in: b"), "{few:?}");
}

#[test]
fn a_dataset_that_was_changed_is_refused() {
    let folder = with("ions.csv", POLYMERS);
    let here = folder.path();
    ok(here, &MAKE);
    let check = |file: &str, change: &dyn Fn(&str) -> String| {
        let path = here.join("dock/datasets/ions/1").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(&text)).unwrap();
        let error = refused(here, &["dataset", "show", "ions"]);
        assert!(error.contains("changed since it was frozen"), "{file}: {error}");
        let (out, _, sound) = super::matdock(here, &["verify"]);
        assert!(!sound && out.contains("ions/1"), "{file}: {out}");
        std::fs::write(&path, text).unwrap();
    };
    check("table.csv", &|text| text.replace("3e-5", "3e-4"));
    check("table.csv", &|text| text[..text.len() - 3].to_owned());
    check("dataset.json", &|text| text.replace("S/cm", "mS/cm"));
    ok(here, &["dataset", "show", "ions"]);
    ok(here, &["verify"]);
}

#[test]
fn a_killed_make_leaves_the_old_or_the_new_version_and_never_half_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let rows = |version: usize| (0..4000).map(|row| format!("{row},{},{version}\n", row % 7)).collect::<String>();
    let mut version = 0;
    let (mut killed, mut done) = (0, 0);
    for turn in 0..40u64 {
        std::fs::write(here.join("t.csv"), format!("a,b,c\n{}", rows(turn as usize))).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_matdock"))
            .current_dir(here)
            .args(["dataset", "make", "t", "--from", "t.csv"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros((turn * 7919) % 60_000));
        let _ = child.kill();
        let made = child.wait().unwrap().success();
        killed += usize::from(!made);
        done += usize::from(made);
        let versions = std::fs::read_dir(here.join("dock/datasets/t")).into_iter().flatten().flatten();
        let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<usize>().ok()).max().unwrap_or(0);
        assert!(newest == version || newest == version + 1, "{version} and then {newest}");
        assert!(!made || newest == version + 1);
        version = newest;
        if version > 0 {
            let shown = json(here, &["dataset", "show", "t"]);
            assert_eq!((&shown["version"], &shown["rows"]), (&version.into(), &4000.into()));
        }
    }
    assert!(killed > 0, "{killed} killed, {done} done");
}

#[test]
fn a_filled_in_record_format_is_checked_and_told_what_does_not_fit() {
    let folder = with(
        "filled.csv",
        "sample,repeat_unit,ionic_conductivity [S/m],conductivity_temperature [K],colour\n\
         P1,*CCO*,1e-3,333,red\nP2,*CCO(*,<1e-10,300,\nP3,*CC*,2e-4,,\n",
    );
    let here = folder.path();
    ok(here, &["dataset", "template", "ion-conductor", "-o", "empty.xlsx"]);
    let empty = refused(here, &["dataset", "make", "empty", "--from", "empty.xlsx"]);
    assert!(empty.contains("empty.xlsx"), "{empty}");
    let made = json(here, &["dataset", "make", "ions", "--from", "filled.csv", "--format", "ion-conductor"]);
    let problems: Vec<&str> = made["problems"].as_array().unwrap().iter().map(|what| what.as_str().unwrap()).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("line 3") && problems[0].contains("*CCO(*"), "{problems:?}");
    assert!(problems[1].contains("line 4") && problems[1].contains("conductivity_temperature"), "{problems:?}");
    assert_eq!(made["unknown_columns"][0], "colour");
}

#[test]
fn a_dock_begun_by_training_takes_datasets_and_campaigns_too() {
    let rows: String = (0..20).map(|k| format!("{k}.5,{},{}\n", k * k % 7, 2 * k + k * k % 7)).collect();
    let folder = with("few.csv", &format!("a,b,y\n{rows}"));
    let here = folder.path();
    ok(here, &["train", "few.csv", "--target", "y", "--learner", "ridge"]);
    ok(here, &["dataset", "make", "few", "--from", "few.csv"]);
    ok(here, &["verify"]);
}
