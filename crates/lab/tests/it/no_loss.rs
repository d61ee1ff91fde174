//! As long as everything takes as long as planned, no sample breaks a time limit, however full the lab is.

use matdock_lab::{Lab, Recipe, simulate};
use matdock_record::{Datum, body::Fields};

#[test]
fn the_example_loses_no_sample_at_any_anneal_time_and_load() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/thin-film");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut lab = Lab::parse(&read("lab.toml"), "lab.toml").unwrap();
    let recipe = Recipe::parse(&read("recipe.toml"), "recipe.toml").unwrap();
    let number = |value: f64, unit: &str| Datum::number(value, &unit.parse().unwrap());
    for anneal_time in [5.0, 40.0, 90.0, 120.0, 150.0, 200.0, 300.0] {
        for in_flight in 3..=6 {
            lab.in_flight = in_flight;
            let settings = Fields::from([
                ("substrate_temperature".into(), number(500.0, "Cel")),
                ("oxygen_pressure".into(), number(1.0, "Pa")),
                ("nickel_fraction".into(), number(0.45, "1")),
                ("power".into(), number(80.0, "W")),
                ("anneal_temperature".into(), number(120.0, "Cel")),
                ("anneal_time".into(), number(anneal_time, "min")),
            ]);
            let simulation = simulate(&lab, &recipe, 40, &settings, 1).unwrap();
            assert_eq!(simulation.lost, 0, "{anneal_time} min, {in_flight} in flight: {:?}", simulation.reasons);
        }
    }
}
