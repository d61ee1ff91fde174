//! The files of the thin-film example speak the language of this nature.

use matdock_record::{Datum, Unit};

use super::{
    ThinFilm,
    thin_film::{RANGES, number},
};
use crate::{Lab, Physics, Recipe, analysis, lab::Limit, recipe::Work};

#[test]
fn the_example_lab_and_recipe_fit_the_physics() {
    let lab = Lab::parse(include_str!("../../../../examples/thin-film/lab.toml"), "lab.toml").unwrap();
    let recipe = Recipe::parse(include_str!("../../../../examples/thin-film/recipe.toml"), "recipe.toml").unwrap();
    let mut names: Vec<&str> = RANGES.iter().map(|range| range.0).collect();
    names.sort_unstable();
    assert_eq!(recipe.parameters(), names);
    for step in &recipe.steps {
        match &step.work {
            Work::Station { capability, settings, .. } => {
                assert!(ThinFilm.capabilities().contains(&capability.as_str()), "{capability}");
                let (_, offered) = lab.offering(capability).next().unwrap();
                let limits: Vec<&str> = offered.parameters.iter().map(|p| p.name.as_str()).collect();
                let mut given: Vec<&str> = settings.keys().map(String::as_str).collect();
                given.sort_unstable_by_key(|name| limits.iter().position(|limit| limit == name));
                assert_eq!(given, limits, "{capability}");
            }
            Work::Analysis { analysis: name, stream, settings, .. } => {
                let analysis = analysis::by_name(name).unwrap();
                assert_eq!(analysis.stream(), stream);
                assert!(analysis.settings().iter().all(|(name, _)| settings.contains_key(*name)));
                assert!(recipe.outputs.iter().all(|o| analysis.outputs().iter().any(|(name, _)| *name == o.value)));
            }
        }
    }
    for (name, unit, low, high, _) in RANGES {
        let unit: Unit = unit.parse().unwrap();
        let limits = lab.stations.iter().flat_map(|s| &s.capabilities).flat_map(|c| &c.parameters);
        let limit = limits.filter(|p| p.name == name).map(|p| &p.limit).next().unwrap();
        assert!(matches!(limit, Limit::Number { min, max, .. } if *min <= low && *max >= high), "{name}");
        for value in [low, high] {
            let settings = [(name.to_owned(), Datum::number(value, &unit))].into();
            assert_eq!(number(&settings, name, "test").unwrap(), value);
        }
    }
}
