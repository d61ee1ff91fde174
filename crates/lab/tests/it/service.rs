//! Pausing, giving up samples, stations out of service, and what it costs.

use std::time::Instant;

use matdock_lab::{Executor, Happening, Lab, MemoryJournal, Recipe, VirtualClock, drivers::Drivers};
use matdock_record::{Outcome, SampleId, Timestamp, body::Fields};

use crate::{
    harness::World,
    test_lab::{CELL_LAB, CELL_RECIPE},
};

type Finished = Vec<(SampleId, Outcome, Fields)>;

fn world() -> World {
    let lab = Lab::parse(CELL_LAB, "lab.toml").unwrap();
    World { lab, recipe: Recipe::parse(CELL_RECIPE, "recipe.toml").unwrap(), samples: 3, faults: None, example: false }
}

fn executor(world: &World) -> Executor<MemoryJournal> {
    let clock = Box::new(VirtualClock::new(Timestamp::from_microseconds(0)));
    let drivers = Drivers::planned(&world.lab);
    let journal = MemoryJournal::default();
    let mut executor = Executor::new(world.lab.clone(), world.recipe.clone(), drivers, clock, journal).unwrap();
    for number in 0..world.samples {
        executor.submit(world.job(number)).unwrap();
    }
    executor
}

/// Goes on until nothing can go on; what finished, and whether somebody is waited for.
fn drain(executor: &mut Executor<MemoryJournal>) -> (Finished, bool) {
    let mut finished = Vec::new();
    loop {
        for happening in executor.advance().unwrap() {
            match happening {
                Happening::Finished { sample, outcome, values } => finished.push((sample, outcome, values)),
                Happening::Idle => return (finished, false),
                Happening::Waiting(_) => return (finished, true),
                _ => {}
            }
        }
    }
}

#[test]
fn a_pause_lets_what_runs_end_and_begins_nothing() {
    let world = world();
    let mut executor = executor(&world);
    while executor.snapshot().stations.iter().all(|station| station.name == "load-lock" || station.doing.is_empty()) {
        executor.advance().unwrap();
    }
    executor.pause().unwrap();
    let (finished, waiting) = drain(&mut executor);
    assert!(waiting && finished.is_empty());
    let snapshot = executor.snapshot();
    assert!(snapshot.paused && snapshot.stations.iter().all(|station| station.doing.is_empty()));
    executor.resume().unwrap();
    let (finished, waiting) = drain(&mut executor);
    assert!(!waiting && finished.iter().all(|(_, outcome, _)| outcome.is_success()));
    assert_eq!(finished.len(), 3);
}

#[test]
fn a_sample_that_is_given_up_leaves_and_the_others_go_on() {
    let world = world();
    let mut executor = executor(&world);
    for _ in 0..12 {
        executor.advance().unwrap();
    }
    let first = world.job(0).sample;
    let mut seen = executor.abort(first, "cracked").unwrap();
    // One that is still outside is finished at once.
    let last = world.job(2).sample;
    seen.extend(executor.abort(last, "not needed").unwrap());
    assert!(seen.iter().any(|happening| matches!(happening, Happening::Finished { sample, .. } if *sample == last)));
    let (mut finished, waiting) = drain(&mut executor);
    assert!(!waiting);
    finished.extend(seen.into_iter().filter_map(|happening| match happening {
        Happening::Finished { sample, outcome, values } => Some((sample, outcome, values)),
        _ => None,
    }));
    let outcome = |id: SampleId| finished.iter().find(|(sample, _, _)| *sample == id).map(|(_, outcome, _)| outcome);
    assert_eq!(outcome(first), Some(&Outcome::Aborted("cracked".into())));
    assert_eq!(outcome(world.job(1).sample), Some(&Outcome::Succeeded));
    assert!(executor.snapshot().samples.is_empty());
    assert_eq!(executor.abort(first, "again").unwrap_err().id(), "lab-unknown-sample");
}

#[test]
fn a_station_out_of_service_stops_only_those_who_need_it() {
    let world = world();
    let mut executor = executor(&world);
    executor.take_out("lithium", "the source is empty").unwrap();
    let (finished, waiting) = drain(&mut executor);
    // No new sample is taken in, since every one of them needs lithium.
    assert!(waiting && finished.is_empty());
    executor.put_back("lithium").unwrap();
    while executor.snapshot().samples.iter().all(|sample| sample.done < 2) {
        executor.advance().unwrap();
    }
    executor.take_out("electrode", "target worn").unwrap();
    let (finished, waiting) = drain(&mut executor);
    assert!(waiting && !finished.is_empty(), "those past the electrode get through");
    executor.put_back("electrode").unwrap();
    let (rest, waiting) = drain(&mut executor);
    assert!(!waiting);
    assert_eq!(finished.len() + rest.len(), 3);
    assert_eq!(executor.take_out("litium", "x").unwrap_err().id(), "lab-unknown-station-near");
}

#[test]
fn a_stop_waits_for_what_runs_and_takes_no_new_sample() {
    let world = world();
    let mut executor = executor(&world);
    for _ in 0..8 {
        executor.advance().unwrap();
    }
    executor.finish_running_and_stop().unwrap();
    assert_eq!(executor.capacity(), 0);
    assert!(executor.snapshot().stations.iter().all(|station| station.doing.is_empty()));
}

#[test]
fn a_sample_with_impossible_settings_is_refused() {
    let world = world();
    let mut executor = executor(&world);
    let mut job = world.job(3);
    job.settings.remove("anneal_time");
    let error = executor.submit(job).unwrap_err();
    assert!(error.to_string().contains("anneal_time"), "{error}");
    assert_eq!(executor.submit(world.job(0)).unwrap_err().id(), "lab-sample-twice");
    assert_eq!(executor.journal().entries.len(), 3);
}

#[test]
fn sixty_samples_of_fifteen_steps_cost_well_below_a_second() {
    let mut recipe = "[recipe]\nname = \"long\"\n".to_owned();
    for step in 0..15 {
        let after = if step == 0 { String::new() } else { format!("after = [\"t{}\"]\n", step - 1) };
        let capability = ["deposit-electrode", "evaporate-lithium", "measure-impedance"][step % 3];
        let settings = if step % 3 == 0 { "parameters = { power = \"80 W\" }\nduration = \"10 min\"\n" } else { "" };
        recipe += &format!("[[step]]\nname = \"t{step}\"\ncapability = \"{capability}\"\n{settings}{after}");
    }
    let lab = Lab::parse(CELL_LAB, "lab.toml").unwrap();
    let recipe = Recipe::parse(&recipe, "recipe.toml").unwrap();
    let begin = Instant::now();
    let run = matdock_lab::simulate(&lab, &recipe, 60, &Fields::new(), 1).unwrap();
    let spent = begin.elapsed();
    println!("60 samples, {} actions: {spent:?}", run.bars.len());
    assert_eq!(run.lost, 0);
    assert!(spent.as_secs_f64() < 1.0, "{spent:?}");
}
