//! The files of the thin-film example speak the language of this nature.

use std::{collections::BTreeMap, sync::Arc};

use matdock_record::{Datum, IdSource, Outcome, SampleId, Timestamp, Unit, body::Fields};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    ThinFilm,
    thin_film::{RANGES, number, truth},
};
use crate::{
    Executor, Happening, Job, Lab, MemoryJournal, Physics, Recipe, VirtualClock, analysis, drivers::Drivers,
    lab::Limit, recipe::Work,
};

fn files() -> (Lab, Recipe) {
    let lab = Lab::parse(include_str!("../../../../examples/thin-film/lab.toml"), "lab.toml").unwrap();
    let recipe = Recipe::parse(include_str!("../../../../examples/thin-film/recipe.toml"), "recipe.toml").unwrap();
    (lab, recipe)
}

#[test]
fn the_example_lab_and_recipe_fit_the_physics() {
    let (lab, recipe) = files();
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
            Work::Features { .. } => {}
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

/// Random cells, six on their way at once: what the lab reports is what the equations say, or a failure with a reason.
#[test]
fn the_example_lab_makes_and_measures_cells() {
    let (lab, recipe) = files();
    let mut random = ChaCha8Rng::seed_from_u64(21);
    let begin = Timestamp::from_microseconds(1_700_000_000_000_000);
    let physics: Arc<dyn Physics> = Arc::new(ThinFilm);
    let drivers = Drivers::simulated(&lab, &physics, 5);
    let clock = Box::new(VirtualClock::new(begin));
    let mut executor = Executor::new(lab, recipe, drivers, clock, MemoryJournal::default()).unwrap();
    let mut ids = IdSource::from_seed(5);
    let mut submitted: BTreeMap<SampleId, Fields> = BTreeMap::new();
    let (mut ratios, mut failures) = (Vec::new(), Vec::new());
    'run: loop {
        while executor.capacity() > 0 && submitted.len() < 30 {
            let settings: Fields = RANGES
                .iter()
                .map(|(name, unit, low, high, log)| {
                    let share: f64 = random.random();
                    let value = if *log { low * (high / low).powf(share) } else { low + (high - low) * share };
                    ((*name).to_owned(), Datum::number(value, &unit.parse().unwrap()))
                })
                .collect();
            let sample = SampleId::new(&mut ids, executor.now());
            submitted.insert(sample, settings.clone());
            executor.submit(Job { sample, name: format!("S-{}", submitted.len()), settings }).unwrap();
        }
        for happening in executor.advance().unwrap() {
            match happening {
                Happening::Finished { sample, outcome: Outcome::Succeeded, values } => {
                    match values["interface_resistance"].quantity() {
                        Some(found) => ratios.push(found.value / truth(&submitted[&sample]).unwrap()),
                        None => failures.push(values["interface_resistance"].to_string()),
                    }
                }
                Happening::Finished { outcome, .. } => failures.push(outcome.to_string()),
                Happening::Waiting(why) => panic!("{why:?}"),
                Happening::Idle => break 'run,
                _ => {}
            }
        }
    }
    let hours = executor.now().seconds_since(begin) / 3600.0;
    ratios.sort_by(f64::total_cmp);
    println!("{hours:.1} h; measured/true {ratios:.2?}; {failures:#?}");
    assert_eq!(ratios.len() + failures.len(), 30);
    assert!((1..=12).contains(&failures.len()), "{failures:#?}");
    // Waiting only ever raises the resistance, and the time limits of the recipe bound by how much.
    assert!(ratios[0] > 0.85 && ratios[ratios.len() / 2] < 1.25, "{ratios:?}");
}
