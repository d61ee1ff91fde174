//! The laboratory of the thin-film example.

use matdock_lab::{Lab, ParameterRange, ParameterValues, Recipe, check, simulate};
use matdock_record::{Datum, body::Fields};

const LAB: &str = include_str!("../../../../examples/thin-film/lab.toml");
const RECIPE: &str = include_str!("../../../../examples/thin-film/recipe.toml");

pub fn files() -> (Lab, Recipe) {
    (Lab::parse(LAB, "lab.toml").unwrap(), Recipe::parse(RECIPE, "recipe.toml").unwrap())
}

#[test]
fn the_example_passes_the_check() {
    let (lab, recipe) = files();
    let ranges: Vec<ParameterRange> = matdock_lab::physics::thin_film::RANGES
        .iter()
        .map(|(name, unit, low, high, _)| ParameterRange {
            name: (*name).to_owned(),
            unit: unit.parse().unwrap(),
            values: ParameterValues::Range { low: *low, high: *high },
        })
        .collect();
    let report = check(&lab, &recipe, Some(&ranges));
    assert!(report.problems.is_empty() && report.warnings.is_empty(), "{:#?} {:#?}", report.problems, report.warnings);
    println!("one sample {:?} s, bottleneck {:?}", report.duration, report.bottleneck);
}

#[test]
fn several_samples_in_flight_use_the_chambers_better() {
    let (lab, recipe) = files();
    let settings: Fields = matdock_lab::physics::thin_film::RANGES
        .iter()
        .map(|(name, unit, low, high, _)| {
            ((*name).to_owned(), Datum::number((low + high) / 2.0, &unit.parse().unwrap()))
        })
        .collect();
    let mut rates = Vec::new();
    for in_flight in [1, 3, 6] {
        let run = simulate(&Lab { in_flight, ..lab.clone() }, &recipe, 50, &settings, 1).unwrap();
        assert_eq!(run.lost, 0, "{:?}", run.reasons);
        println!("{in_flight} in flight: {:.2} samples a day, {:.3?}", run.per_day, run.utilisation);
        rates.push(run.per_day);
    }
    assert!(rates[1] > 1.8 * rates[0] && rates[2] >= rates[1], "{rates:?}");
}
