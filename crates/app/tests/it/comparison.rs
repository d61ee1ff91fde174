//! The comparison of the closed loop with random search and work by hand.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use matdock_app::{
    campaign::Campaign,
    comparison::compare,
    history::{Experiment, History},
    run::{self, End, Progress, Watcher, Wiring},
};
use matdock_lab::drivers::Nobody;
use matdock_message::Message;
use matdock_store::{Dock, Mode};

struct Nothing;

impl Watcher for Nothing {
    fn progress(&mut self, _: &Progress<'_>) {}
    fn finished(&mut self, _: &Experiment) {}
    fn waiting(&mut self, _: &[Message]) {}
}

/// Four conditions in all: fewer than are simulated at a time.
const CAMPAIGN: &str = r#"
[campaign]
name = "small"
[[objective]]
outcome = "interface_resistance"
unit = "Ohm.cm2"
direction = "target"
target = 12
good = 40
[[parameter]]
name = "substrate_temperature"
unit = "Cel"
type = "ordinal"
levels = [500, 575]
[[parameter]]
name = "anneal_time"
unit = "min"
type = "ordinal"
levels = [45, 80]
[lab]
lab = "lab.toml"
recipe = "recipe.toml"
"#;

#[test]
fn a_space_of_four_conditions_is_compared_and_comes_to_an_end() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/thin-film");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::copy(example.join("lab.toml"), here.join("lab.toml")).unwrap();
    let recipe = std::fs::read_to_string(example.join("recipe.toml")).unwrap();
    let fixed = [
        ("oxygen_pressure", "16 Pa"),
        ("nickel_fraction", "0.47 1"),
        ("power", "73 W"),
        ("anneal_temperature", "134 Cel"),
    ];
    let recipe =
        fixed.iter().fold(recipe, |text, (name, value)| text.replace(&format!("\"${name}\""), &format!("\"{value}\"")));
    std::fs::write(here.join("recipe.toml"), recipe).unwrap();
    std::fs::write(here.join("campaign.toml"), CAMPAIGN).unwrap();

    let campaign = Campaign::read(here).unwrap();
    let setup = run::setup(&campaign).unwrap();
    let dock = Dock::open(&here.join("dock"), Mode::Write).unwrap();
    let stop = AtomicBool::new(false);
    let wiring = Wiring { person: Arc::new(Nobody), stop: &stop, after_entry: None };
    assert_eq!(run::run(&dock, &campaign, &setup, &wiring, &mut Nothing).unwrap(), End::NothingLeft);
    let history = History::read(&dock, &campaign).unwrap().unwrap();
    assert_eq!(history.experiments.len(), 4);

    let comparison = compare(&campaign, &setup, &history, 1e5, &stop).unwrap().unwrap();
    assert_eq!(comparison.level, 40.0, "the distance from the target that counts as good");
    assert!(comparison.random_simulated > 0 && comparison.random_reached > 0);
    assert!(comparison.hand_seconds > 0.0);
}
