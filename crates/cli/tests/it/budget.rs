//! Budgets in money and hours: what the next experiment changes counts.

use super::{ok, refused};

const CAMPAIGN: &str = r#"
[campaign]
name = "x"
[budget]
cost = 220
[cost]
experiment = 5
hours = 1
unit = "EUR"
[[objective]]
outcome = "y"
direction = "maximise"
[[parameter]]
name = "target"
type = "categorical"
levels = ["Ti", "Zr"]
change_cost = 100
[[parameter]]
name = "heat"
type = "continuous"
min = 0
max = 1
[planner]
initial = 2
"#;

fn folder(campaign: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
    folder
}

#[test]
fn a_dear_change_that_is_not_covered_is_not_suggested() {
    let folder = folder(CAMPAIGN);
    let here = folder.path();
    // The first sets the target (105), a change would be 105 more: 10 are left, enough for the target as it is.
    std::fs::write(here.join("own.csv"), "target,heat,y\nTi,0.1,1\nZr,0.4,9\n").unwrap();
    ok(here, &["record", ".", "own.csv"]);
    let status: serde_json::Value = serde_json::from_str(&ok(here, &["status", ".", "--json"])).unwrap();
    assert_eq!((&status["spent"]["left_cost"], &status["spent"]["next"]["cost"]), (&10.0.into(), &5.0.into()));
    assert!(ok(here, &["status", "."]).contains("Next suggestion would cost: 5 EUR"));
    // Of four, two are covered.
    let suggested: serde_json::Value = serde_json::from_str(&ok(here, &["suggest", ".", "-n", "4", "--json"])).unwrap();
    let new = suggested["new"].as_array().unwrap();
    assert_eq!(new.len(), 2, "{suggested}");
    assert!(new.iter().all(|suggestion| suggestion["settings"]["target"]["text"] == "Zr"));
    assert!(refused(here, &["suggest", "."]).contains("budget"));
}

#[test]
fn the_first_experiment_sets_everything() {
    let folder = folder(&CAMPAIGN.replace("cost = 220", "cost = 50"));
    let error = refused(folder.path(), &["suggest", "."]);
    assert!(error.contains("would cost 105 EUR") && error.contains("50 EUR"), "{error}");
}
