//! Samples are looked at before they are finished, and ended early by a rule.

use matdock_lab::{Entry, Event, Lab, Recipe};
use matdock_record::{Datum, Outcome, SampleId};

use crate::harness::{World, check_history, history};

const LAB: &str = include_str!("../../../../examples/powder-film/lab.toml");
const RECIPE: &str = include_str!("../../../../examples/powder-film/recipe.toml");

fn world(more: &str) -> World {
    let lab = Lab::parse(LAB, "lab.toml").unwrap();
    let recipe = Recipe::parse(&format!("{RECIPE}\n{more}"), "recipe.toml").unwrap();
    World { lab, recipe, samples: 5, faults: None, example: true }
}

/// How every sample ended, and when the last thing was done to it.
fn ends(entries: &[Entry]) -> Vec<(SampleId, Outcome, Vec<String>)> {
    let mut ends = Vec::new();
    for entry in entries {
        if let Event::Finished { sample, outcome, values } = &entry.event {
            let seen = values.iter().filter(|(_, datum)| matches!(datum, Datum::Quantity(_)));
            ends.push((*sample, outcome.clone(), seen.map(|(name, _)| name.clone()).collect()));
        }
    }
    ends.sort_by_key(|(sample, ..)| *sample);
    ends
}

#[test]
fn looking_alone_changes_no_result() {
    let (plain, looked) = (world("").run(&[]), world("[live]\n").run(&[]));
    assert_eq!(ends(&plain), ends(&looked));
    let shares = looked.iter().filter_map(|entry| match &entry.event {
        Event::Interim { sample, step, share, values } if step == "kneading" => {
            Some((*sample, *share, values["torque_end"].quantity()?.value, values.contains_key("viscosity")))
        }
        _ => None,
    });
    let shares: Vec<_> = shares.collect();
    // The torque falls until it has levelled off, so that its level so far is not yet that of the end.
    let level = |of: SampleId, wanted: f64| shares.iter().find(|s| s.0 == of && s.1 == wanted).map(|s| s.2);
    let fell = |of: &SampleId| level(*of, 0.25) > level(*of, 0.5) && level(*of, 0.5) > level(*of, 1.0);
    assert!(shares.iter().any(|(sample, ..)| fell(sample)), "{shares:?}");
    assert!(shares.iter().all(|(.., viscosity)| !viscosity), "known only after the next step");
}

#[test]
fn a_rule_ends_samples_early_and_what_was_seen_counts() {
    let world = world("[[stop]]\nwhen = 'torque_end > 2 N.m'\nfrom = '50 %'\n");
    let entries = world.run(&[]);
    check_history(&world, &entries);
    let stopped: Vec<_> = ends(&entries).into_iter().filter(|(_, o, _)| matches!(o, Outcome::Partial(_))).collect();
    assert!(!stopped.is_empty(), "{:?}", ends(&entries));
    for (sample, outcome, seen) in &stopped {
        assert!(outcome.reason().unwrap().contains("torque_end > 2 N.m"), "{outcome}");
        assert!(seen.contains(&"torque_end".to_owned()), "the features of the step that was finished: {seen:?}");
        assert!(!seen.contains(&"porosity".to_owned()), "{seen:?}");
        let spared = entries.iter().find_map(|entry| match &entry.event {
            Event::StopAsked { sample: own, spared, .. } if own == sample => Some(*spared),
            _ => None,
        });
        assert!(spared.unwrap() > 5.5 * 3600.0, "at least the sintering: {spared:?} s");
        let sintered = entries.iter().any(|entry| {
            matches!(&entry.event, Event::Intent { action, .. } if action.sample == *sample && action.step == "sintering")
        });
        assert!(!sintered);
    }
}

/// The line with a kneader that can be stopped.
fn stoppable(more: &str) -> World {
    let lab = LAB.replace("name = \"knead\"\n", "name = \"knead\"\nstoppable = true\n");
    World { lab: Lab::parse(&lab, "lab.toml").unwrap(), ..world(more) }
}

#[test]
fn a_step_that_can_be_stopped_is_cut_short() {
    let world = stoppable("[[stop]]\nwhen = 'torque_end > 2 N.m'\nfrom = '50 %'\n");
    let entries = world.run(&[]);
    check_history(&world, &entries);
    let begun = |id| {
        entries.iter().find_map(|entry| match &entry.event {
            Event::Intent { action, .. } if action.id == id => Some(action.clone()),
            _ => None,
        })
    };
    let mut cut = 0;
    for entry in &entries {
        let Event::Returned { action, started, ended, reply } = &entry.event else { continue };
        let action = begun(*action).unwrap();
        if matches!(reply.outcome, Outcome::Partial(_)) {
            cut += 1;
            assert_eq!(action.step, "kneading");
            let lasted = ended.seconds_since(*started);
            assert!((lasted - 0.5 * action.duration).abs() < 1.0, "{lasted} s of {} s", action.duration);
            let (_, outcome, seen) = ends(&entries).into_iter().find(|end| end.0 == action.sample).unwrap();
            assert!(matches!(outcome, Outcome::Partial(_)), "{outcome}");
            assert!(!seen.contains(&"torque_end".to_owned()), "half a step tells no end of the torque: {seen:?}");
        }
    }
    assert!(cut >= 1);
    let spared = |entries: &[Entry]| -> f64 {
        let spared = |entry: &Entry| match entry.event {
            Event::StopAsked { spared, .. } => Some(spared),
            _ => None,
        };
        entries.iter().filter_map(spared).sum()
    };
    let plain = self::world("[[stop]]\nwhen = 'torque_end > 2 N.m'\nfrom = '50 %'\n").run(&[]);
    assert!(spared(&entries) > spared(&plain), "the rest of the step is spared too");
}

#[test]
fn a_crash_at_every_boundary_cuts_the_same_steps_short() {
    let world = stoppable("[[stop]]\nwhen = 'torque_end > 2 N.m'\n");
    let whole = world.run(&[]);
    let expected = history(&whole);
    for boundary in 0..whole.len() {
        assert_eq!(history(&world.run(&[boundary])), expected, "crash after {boundary} entries");
    }
}

#[test]
fn a_crash_at_every_boundary_ends_the_same_samples_early() {
    let world = world("[[stop]]\nwhen = 'torque_end > 2 N.m'\n");
    let whole = world.run(&[]);
    let expected = history(&whole);
    assert!(expected.iter().any(|(_, event)| matches!(event, Event::StopAsked { .. })));
    for boundary in 0..whole.len() {
        assert_eq!(history(&world.run(&[boundary])), expected, "crash after {boundary} entries");
    }
}
