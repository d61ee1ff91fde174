//! Material lots with measured properties, and what is only sensed, as inputs of a process chain.

use std::{fmt::Write as _, path::Path};

use serde_json::Value;

use super::ok;

/// Lot, specific surface [m2/g], moisture [%].
const LOTS: [(&str, f64, f64); 10] = [
    ("L01", 8.9, 0.12),
    ("L02", 6.2, 0.30),
    ("L03", 14.5, 0.22),
    ("L04", 4.1, 0.05),
    ("L05", 7.4, 0.41),
    ("L06", 18.2, 0.18),
    ("L07", 5.0, 0.26),
    ("L08", 10.8, 0.35),
    ("L09", 12.9, 0.07),
    ("L10", 16.1, 0.33),
];

const CAMPAIGN: &str = r#"
[campaign]
name = "lots"

[[objective]]
outcome = "resistance"
unit = "Ohm.cm2"
direction = "minimise"
from = ["viscosity", "humidity"]

[[intermediate]]
name = "humidity"              # of the room; nobody sets it
unit = "%"
from = []

[[intermediate]]
name = "viscosity"
unit = "Pa.s"
from = ["powder_lot", "solvent_share"]

[[parameter]]
name = "powder_lot"
LOT

[[parameter]]
name = "solvent_share"
unit = "%"
type = "continuous"
min = 15
max = 40
"#;

const DESCRIBED: &str = "type = \"substance\"\ntable = \"lots.csv\"\nlabel = \"lot\"";

/// Forty films of made-up physics: the surface of the powder thickens the slurry, and humid air spoils the film.
fn folder(lot: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let mut lots = "lot,surface [m2/g],moisture [%]\n".to_owned();
    LOTS.iter().for_each(|(name, surface, moisture)| writeln!(lots, "{name},{surface},{moisture}").unwrap());
    let mut films = "powder_lot,solvent_share [%],humidity [%],viscosity [Pa.s],resistance [Ohm.cm2]\n".to_owned();
    for film in 0..40 {
        let draw = |step: f64| (0.5 + step * f64::from(film)).fract();
        let (name, surface, _) = LOTS[film as usize % LOTS.len()];
        let (solvent, humidity) = (15.0 + 25.0 * draw(0.618_034), 40.0 + 20.0 * draw(0.754_878));
        let viscosity = 0.5 + 0.15 * surface - 0.05 * (solvent - 27.0) + 0.02 * draw(0.569_840);
        let resistance = 0.5 + 0.4 * (viscosity - 1.4).powi(2) + 0.03 * (humidity - 40.0);
        writeln!(films, "{name},{solvent:.2},{humidity:.1},{viscosity:.3},{resistance:.3}").unwrap();
    }
    std::fs::write(here("campaign.toml"), CAMPAIGN.replace("LOT", lot)).unwrap();
    std::fs::write(here("lots.csv"), lots).unwrap();
    std::fs::write(here("films.csv"), films).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&ok(folder, arguments)).unwrap()
}

/// Share of the variance of films of lots never used before that is explained through the chain.
fn explained(lot: &str) -> f64 {
    let folder = folder(lot);
    let told =
        json(folder.path(), &["chain", "compare", ".", "--data", "films.csv", "--split", "group:powder_lot", "--json"]);
    let scores = told["quantities"][0]["scores"].as_array().unwrap();
    let chain = scores.iter().find(|score| score[0] == "chain").unwrap_or_else(|| panic!("{told}"));
    chain[1]["explained"].as_f64().unwrap()
}

#[test]
fn properties_of_a_lot_predict_films_of_a_lot_never_used() {
    let names: Vec<String> = LOTS.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
    let (described, named) =
        (explained(DESCRIBED), explained(&format!("type = \"categorical\"\nlevels = [{}]", names.join(", "))));
    assert!(described > 0.5 && named < 0.2, "{described} with the properties, {named} with the names alone");
}

#[test]
fn the_chain_tells_the_share_of_the_lot_and_of_what_nobody_sets() {
    let folder = folder(DESCRIBED);
    ok(folder.path(), &["record", ".", "films.csv"]);
    let told = ok(folder.path(), &["chain", "show", "."]);
    let says = |what: &str| assert!(told.contains(what), "{what}: {told}");
    says("powder_lot: 88 points of 100");
    says("humidity [%], read 40 times; it depends on nothing that is set");
    says("humidity does not help to predict resistance from the settings");
    says("once it is read it explains 15 points of 100");
}

#[test]
fn a_lot_that_is_used_up_is_not_suggested_and_its_results_stay() {
    let folder = folder(DESCRIBED);
    let here = folder.path();
    ok(here, &["record", ".", "films.csv"]);
    // All lots but two are used up.
    let gone: Vec<String> = LOTS[2..].iter().map(|(name, ..)| format!("\"{name}\"")).collect();
    let used_up = format!("{DESCRIBED}\nused_up = [{}]", gone.join(", "));
    std::fs::write(here.join("campaign.toml"), CAMPAIGN.replace("LOT", &used_up)).unwrap();
    let next = json(here, &["suggest", ".", "-n", "4", "--json"]);
    for one in next["new"].as_array().unwrap() {
        let lot = one["settings"]["powder_lot"]["text"].as_str().unwrap_or_else(|| panic!("{one}"));
        assert!(["L01", "L02"].contains(&lot), "{lot}");
    }
    assert_eq!(json(here, &["status", ".", "--json"])["experiments"]["succeeded"], 40);

    // One that is gone from the table as well is missed, with what to do.
    let table = std::fs::read_to_string(here.join("lots.csv")).unwrap();
    let rest: Vec<&str> = table.lines().filter(|line| !line.starts_with("L10")).collect();
    std::fs::write(here.join("lots.csv"), rest.join("\n")).unwrap();
    std::fs::write(here.join("campaign.toml"), CAMPAIGN.replace("LOT", DESCRIBED)).unwrap();
    let told = super::refused(here, &["status", "."]);
    assert!(told.contains("powder_lot = L10") && told.contains("used_up"), "{told}");
}
