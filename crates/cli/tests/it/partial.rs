//! Experiments made up to a stage first: proposed, recorded, paid at their own cost, and finished where it is worth while.

use std::path::Path;

use serde_json::Value;

use super::{example, ok};

const PARTIAL: &str = r#"
[cost]
experiment = 10
hours = 12
unit = "EUR"

[[partial]]
until = "drying"
cost = 0.3
"#;

/// An example whose experiments may be ended after drying, in a folder of its own.
fn until_drying(name: &str, gives: &str, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(example(name)).unwrap().map(Result::unwrap).filter(|file| file.path().is_file()) {
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let campaign = folder.path().join("campaign.toml");
    let text = change(std::fs::read_to_string(&campaign).unwrap());
    std::fs::write(campaign, format!("{text}{PARTIAL}gives = [{gives}]\n")).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&ok(folder, arguments)).unwrap()
}

/// Numbers of suggestions in a list.
fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().map(|list| list.iter().filter_map(|one| one["number"].as_u64()).collect()).unwrap_or_default()
}

#[test]
fn a_lab_ends_films_after_drying_and_pays_only_for_that() {
    let gives = r#""torque_end", "torque_time", "viscosity", "coating_force", "gloss_drop""#;
    let folder = until_drying("powder-film", gives, |text| text.replace("initial = 15", "initial = 10"));
    let run = ["run", "campaign.toml", "--experiments", "20", "--no-comparison"];
    let told = ok(folder.path(), &run);
    let status = json(folder.path(), &["status", "campaign.toml", "--json"]);
    let partial = status["experiments"]["partial"].as_f64().unwrap();
    assert!((1.0..10.0).contains(&partial), "{status}");
    let close = |value: &Value, wanted: f64| assert!((value.as_f64().unwrap() - wanted).abs() < 1e-9, "{value}");
    close(&status["spent"]["finished"]["cost"], 10.0 * (20.0 - 0.7 * partial));
    close(&status["spared"]["cost"], 7.0 * partial);
    close(&status["spared"]["hours"], 8.4 * partial);
    assert!(status["spared_seconds"].as_f64().unwrap() > 3600.0 * partial, "sintering alone takes hours: {status}");
    assert!(told.contains("Not spent because samples were ended after a stage"), "{told}");
    let films = ok(folder.path(), &["export", "--what", "samples"]);
    assert!(films.contains("ended after drying: what was seen promises less"), "{films}");
}

#[test]
fn by_hand_half_made_films_are_named_with_what_finishing_costs_and_are_finished() {
    let gives = r#""torque_end", "viscosity", "gloss_drop", "spots""#;
    let folder = until_drying("powder-by-hand", gives, |text| text);
    let here = folder.path();
    ok(here, &["suggest", ".", "-n", "8"]);
    ok(here, &["record", ".", "round1-filled.csv", "--from", &example("powder-by-hand/trials")]);

    // What is made until drying first says so, and costs three tenths; as it is priced before.
    let status = json(here, &["status", ".", "--json"]);
    assert_eq!(status["spent"]["next"]["cost"], 3.0, "{status}");
    let told = ok(here, &["suggest", ".", "-n", "2", "--out", "round2.csv"]);
    assert!(told.contains("Until drying first: suggestions 9, 10, at 30 % of the cost"), "{told}");
    assert!(told.contains("(3 EUR, 3.6 h)"), "{told}");
    let status = ok(here, &["status", "."]);
    assert!(status.contains("Under way: 6 EUR, 7.2 h more"), "{status}");

    let sheet = "suggestion,torque_end [N.m],viscosity [Pa.s],gloss_drop [%/min],spots,outcome\n\
                 9,3.2,2.1,9,3,partial\n10,3.4,2.3,10,3,partial\n";
    std::fs::write(here.join("seen.csv"), sheet).unwrap();
    ok(here, &["record", ".", "seen.csv"]);
    let status = ok(here, &["status", "."]);
    assert!(status.contains("Spent: 86 EUR, 103.2 h"), "{status}");
    assert!(status.contains("Made until drying only: suggestions 9, 10. To finish one costs 70 %"), "{status}");

    // Both films look good: they come first, and stand in the sheet.
    let next = json(here, &["suggest", ".", "--out", "round3.csv", "--json"]);
    let mut finish = numbers(&next["finish"]);
    finish.sort_unstable();
    assert_eq!(finish, [9, 10]);
    assert!(std::fs::read_to_string(here.join("round3.csv")).unwrap().lines().any(|line| line.starts_with("9,")));
    let told = ok(here, &["record", ".", "9", "--set", "polarisation_resistance=0.7"]);
    assert!(told.contains("Finished: 1 that were made up to a stage before"), "{told}");
    let status = json(here, &["status", ".", "--json"]);
    assert_eq!(status["half_made"].as_array().unwrap().len(), 1);
    assert_eq!(status["best"]["suggestion"], 9);
    assert_eq!(status["best"]["values"]["gloss_drop"]["quantity"]["value"], 9.0, "what was seen before is kept");
    assert_eq!(status["spent"]["finished"]["cost"], 93.0);
}

#[test]
fn money_left_for_a_part_of_an_experiment_is_enough_for_that_part() {
    let gives = r#""torque_end", "viscosity", "gloss_drop", "spots""#;
    let poor = |text: String| text.replace("experiments = 30", "experiments = 30\ncost = 87");
    let folder = until_drying("powder-by-hand", gives, poor);
    let here = folder.path();
    ok(here, &["suggest", ".", "-n", "8"]);
    ok(here, &["record", ".", "round1-filled.csv", "--from", &example("powder-by-hand/trials")]);

    // 7 EUR are left: two films until drying, none to the end.
    let told = ok(here, &["suggest", ".", "-n", "4"]);
    assert!(told.contains("Until drying first: suggestions 9, 10, at 30 % of the cost"), "{told}");
    let status = json(here, &["status", ".", "--json"]);
    assert_eq!(status["spent"]["left_cost"], 1.0, "{status}");
}
