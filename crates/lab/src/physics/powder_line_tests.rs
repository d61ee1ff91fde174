use std::collections::BTreeMap;

use matdock_record::body::Fields;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{
    Executor, Happening, Job, Lab, MemoryJournal, Recipe, VirtualClock,
    drivers::Drivers,
    physics::powder_film::{RANGES, truth},
};

fn files() -> (Lab, Recipe) {
    let lab = Lab::parse(include_str!("../../../../examples/powder-film/lab.toml"), "lab.toml").unwrap();
    let recipe = Recipe::parse(include_str!("../../../../examples/powder-film/recipe.toml"), "recipe.toml").unwrap();
    (lab, recipe)
}

fn random_settings(random: &mut ChaCha8Rng) -> Fields {
    let setting = |(name, unit, low, high, log): &(&str, &str, f64, f64, bool)| {
        let share: f64 = random.random();
        let value = if *log { low * (high / low).powf(share) } else { low + (high - low) * share };
        ((*name).to_owned(), Datum::number(value, &unit.parse().unwrap()))
    };
    RANGES.iter().map(setting).collect()
}

#[test]
fn the_example_recipe_sets_every_setting_and_reports_every_sensor() {
    let (_, recipe) = files();
    let mut names: Vec<&str> = RANGES.iter().map(|range| range.0).collect();
    names.sort_unstable();
    assert_eq!(recipe.parameters(), names);
    for (name, unit, _) in SENSED {
        assert!(recipe.outputs.iter().any(|output| output.name == name), "{name}");
        assert!(unit.parse::<Unit>().is_ok(), "{unit}");
    }
    let (lab, _) = files();
    for (name, _, low, high, _) in RANGES {
        let mut limits = lab.stations.iter().flat_map(|s| &s.capabilities).flat_map(|c| &c.parameters);
        let limit = &limits.find(|p| p.name == name).unwrap().limit;
        assert!(matches!(limit, crate::lab::Limit::Number { min, max, .. } if *min <= low && *max >= high), "{name}");
    }
}

/// Random films, eight on their way at once: the lab reports what the equations say, or a failure with its reason and
/// what was sensed until then.
#[test]
fn the_example_lab_makes_and_measures_films() {
    let (lab, recipe) = files();
    let mut random = ChaCha8Rng::seed_from_u64(21);
    let begin = Timestamp::from_microseconds(1_700_000_000_000_000);
    let physics: std::sync::Arc<dyn Physics> = std::sync::Arc::new(PowderFilm);
    let drivers = Drivers::simulated(&lab, &physics, 5);
    let clock = Box::new(VirtualClock::new(begin));
    let mut executor = Executor::new(lab, recipe, drivers, clock, MemoryJournal::default()).unwrap();
    let mut ids = IdSource::from_seed(5);
    let mut submitted: BTreeMap<SampleId, Fields> = BTreeMap::new();
    let (mut ratios, mut failures, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    'run: loop {
        while executor.capacity() > 0 && submitted.len() < 30 {
            let settings = random_settings(&mut random);
            let sample = SampleId::new(&mut ids, executor.now());
            submitted.insert(sample, settings.clone());
            executor.submit(Job { sample, name: format!("S-{}", submitted.len()), settings }).unwrap();
        }
        for happening in executor.advance().unwrap() {
            match happening {
                Happening::Finished { sample, outcome: Outcome::Succeeded, values } => {
                    let settings = &submitted[&sample];
                    let film = Conditions::from_fields(settings).unwrap().film([0.0; 4]);
                    for ((name, unit, _), expected) in SENSED.iter().zip(film.sensed()) {
                        // Kneaded too shortly, the torque has no time constant yet.
                        let Some(found) = values[*name].quantity() else { continue };
                        let found = found.to(&unit.parse().unwrap()).unwrap().value;
                        seen.push((found / expected).ln().abs());
                    }
                    match values["polarisation_resistance"].quantity() {
                        Some(found) => ratios.push(found.value / truth(settings).unwrap()),
                        None => failures.push((values["polarisation_resistance"].to_string(), values)),
                    }
                }
                Happening::Finished { outcome, values, .. } => failures.push((outcome.to_string(), values)),
                Happening::Waiting(why) => panic!("{why:?}"),
                Happening::Idle => break 'run,
                _ => {}
            }
        }
    }
    ratios.sort_by(f64::total_cmp);
    println!("measured/true {ratios:.2?}; {:#?}", failures.iter().map(|f| &f.0).collect::<Vec<_>>());
    seen.sort_by(f64::total_cmp);
    println!("{} readings of sensors; off by {:.3?} to {:.3?}", seen.len(), seen[seen.len() / 2], seen[seen.len() - 1]);
    assert!(
        seen.len() > 6 * ratios.len() && seen[seen.len() / 2] < 0.06 && seen[seen.len() * 9 / 10] < 0.3,
        "{seen:.2?}"
    );
    assert_eq!(ratios.len() + failures.len(), 30);
    assert!((3..=15).contains(&failures.len()), "{failures:#?}");
    assert!(ratios[0] > 0.7 && ratios[ratios.len() - 1] < 1.4, "{ratios:?}");
    let cracked = failures.iter().filter(|(why, _)| why.contains("cracked"));
    assert!(cracked.clone().count() > 0, "{failures:#?}");
    assert!(cracked.clone().all(|(_, values)| values.contains_key("torque_end") && !values.contains_key("porosity")));
}

#[test]
fn a_trial_without_the_laboratory_is_like_one_with_it() {
    let mut random = ChaCha8Rng::seed_from_u64(9);
    let mut kinds = BTreeMap::new();
    for seed in 0..500 {
        let conditions = Conditions::from_fields(&random_settings(&mut random)).unwrap();
        let one = trial(&conditions, seed);
        assert_eq!(one, trial(&conditions, seed));
        assert_eq!(one.failure.is_none(), one.resistance.is_some());
        assert_eq!(one.failure.is_none(), one.sensed[6].is_some());
        *kinds.entry(format!("{:?}", one.failure)).or_insert(0) += 1;
    }
    println!("{kinds:?}");
    assert!(kinds["Some(Crack)"] > 50 && kinds["Some(Jam)"] > 10 && kinds["None"] > 250, "{kinds:?}");
}

#[test]
fn torque_levels_off_and_gloss_falls_as_the_sensors_say() {
    let conditions = crate::physics::powder_film::optimum().0;
    let film = conditions.film([0.0; 4]);
    let setting = |name: &str, value: f64, unit: &str| (name.to_owned(), Datum::number(value, &unit.parse().unwrap()));
    let sample = SampleId::new(&mut IdSource::from_seed(1), Timestamp::from_microseconds(0));
    let action = |settings: Fields| Action {
        id: crate::driver::ActionId(0),
        sample,
        step: "step".into(),
        station: "station".into(),
        capability: "capability".into(),
        settings,
        duration: 3600.0,
    };
    let mut chance = Chance::new(1, sample, "test", 0);
    let kneading = action(
        [
            setting("kneading_time", 90.0, "min"),
            setting("kneading_speed", 32.6, "1/min"),
            setting("kneading_temperature", 36.8, "Cel"),
        ]
        .into(),
    );
    let torque = &mixer(&kneading, &film.dried.coat.paste, 100, &mut chance).unwrap().data[1];
    let last = torque[torque.len() - 600..].iter().sum::<f64>() / 600.0;
    assert!((last / (film.dried.coat.paste.torque + 0.2) - 1.0).abs() < 0.08, "{last}");
    assert!(torque[0] > 1.8 * last);
    let drying = action([setting("drying_temperature", 61.0, "Cel")].into());
    let gloss = &gloss(&drying, &film.dried, 3600.0, 1.0, &mut chance).unwrap().data[1];
    let steepest = gloss.windows(31).map(|w| (w[0] - w[30]) * 2.0).fold(0.0, f64::max);
    assert!((steepest / film.dried.gloss_drop - 1.0).abs() < 0.2, "{steepest} {}", film.dried.gloss_drop);
    assert!(gloss[gloss.len() - 1] < 35.0 && gloss[0] > 80.0);
}

#[test]
fn a_recipe_in_the_wrong_order_is_told_what_is_missing() {
    let sample = SampleId::new(&mut IdSource::from_seed(1), Timestamp::from_microseconds(0));
    let action = Action {
        id: crate::driver::ActionId(0),
        sample,
        step: "measuring".into(),
        station: "rig".into(),
        capability: IMPEDANCE.into(),
        settings: Fields::new(),
        duration: 60.0,
    };
    let start = Timestamp::from_microseconds(0);
    let why = PowderFilm.perform(&action, start, &[], 0, 1).unwrap_err();
    assert!(why.to_string().contains("no film yet"), "{why}");
    let unknown = Action { capability: "fly".into(), ..action };
    assert!(PowderFilm.perform(&unknown, start, &[], 0, 1).unwrap_err().to_string().contains("fly"));
}

#[test]
fn pictures_show_the_porosity_the_ripples_and_the_cracks() {
    let sample = SampleId::new(&mut IdSource::from_seed(1), Timestamp::from_microseconds(0));
    let film = crate::physics::powder_film::optimum().0.film([0.0; 4]);
    let look = |image: crate::driver::Image, name: &str, features: &str| {
        let text = format!(
            "[recipe]\nname = 'r'\n[[step]]\nname = 's'\ncapability = 'c'\n[features]\nf = '{features} of {name}.image during s'"
        );
        let recipe = Recipe::parse(&text, "recipe.toml").unwrap();
        let crate::recipe::Work::Features { features, .. } = &recipe.steps[1].work else { panic!("no features") };
        let seen = crate::feature::Yield { images: &[image], ..Default::default() };
        crate::feature::compute(features, seen)["f"].quantity().cloned()
    };
    let chance = |attempt: usize| Chance::new(1, sample, "test", attempt);
    let section = || powder_pictures::section(&film, &mut chance(0));
    let porosity = look(section(), "microscope", "pore share").unwrap().value;
    assert!((porosity / film.porosity - 1.0).abs() < 0.08, "{porosity} {}", film.porosity);
    assert_eq!(look(section(), "microscope", "pore d50").unwrap().unit.as_str(), "um");
    let ripples = Ripples::of(1, sample);
    let surface = |cracked: bool| powder_pictures::surface(&film.dried, ripples, cracked, 1.0, &mut chance(1));
    let dark = |cracked: bool| look(surface(cracked), "camera", "dark level").unwrap().value;
    assert!(dark(true) < 0.2 && dark(false) > 0.35, "{} {}", dark(true), dark(false));
    assert_eq!(surface(true), surface(true), "pictures repeat");
}
