//! The lab is stopped at every boundary between two journal entries and goes on as if nothing had happened.

use matdock_lab::{Event, Lab, Recipe};

use crate::{
    harness::{World, check_history, history},
    test_lab::{CELL_LAB, CELL_RECIPE},
};

fn world(samples: usize, faults: Option<u64>) -> World {
    // Every instrument can lose an answer, so each needs a limit.
    let lab = CELL_LAB.replace("[[station]]\n", "[[station]]\ntimeout = \"6 h\"\n").replace("\ntimeout = \"5 h\"", "");
    let lab = lab.replace("move_time = \"40 s\"", "move_time = \"40 s\"\ntimeout = \"30 min\"");
    let mut lab = Lab::parse(&lab, "lab.toml").unwrap();
    lab.in_flight = 4;
    World { lab, recipe: Recipe::parse(CELL_RECIPE, "recipe.toml").unwrap(), samples, faults, example: false }
}

#[test]
fn a_crash_at_every_boundary_changes_nothing() {
    let world = world(5, None);
    let whole = world.run(&[]);
    check_history(&world, &whole);
    assert!(whole.iter().all(|e| !matches!(&e.event, Event::Finished { outcome, .. } if !outcome.is_success())));
    let expected = history(&whole);
    for boundary in 0..whole.len() {
        let entries = world.run(&[boundary]);
        check_history(&world, &entries);
        let found = history(&entries);
        if let Some(place) = (0..expected.len()).find(|place| found.get(*place) != expected.get(*place)) {
            panic!(
                "crash after {boundary} entries, then at {place}: {:?}\nnot {:?}",
                found.get(place),
                expected[place]
            );
        }
        assert_eq!(found.len(), expected.len());
    }
    println!("{} crashes, one at every journal boundary: nothing lost, doubled or misattributed", whole.len());
}

#[test]
fn crashes_and_faults_together_lose_and_double_nothing() {
    let mut boundaries = 0;
    let mut ended = [0, 0, 0, 0];
    for seed in 0..12 {
        let world = world(6, Some(seed));
        let whole = world.run(&[]);
        check_history(&world, &whole);
        let expected = history(&whole);
        for entry in &whole {
            if let Event::Finished { outcome, .. } = &entry.event {
                let word = ["succeeded", "failed", "aborted", "uncertain"].iter().position(|w| *w == outcome.word());
                ended[word.unwrap()] += 1;
            }
        }
        for boundary in (0..whole.len()).step_by(3) {
            let entries = world.run(&[boundary]);
            check_history(&world, &entries);
            assert_eq!(history(&entries), expected, "seed {seed}, crash after {boundary} entries");
            boundaries += 1;
        }
        // Again and again, every few entries.
        let often: Vec<usize> = (1..400).map(|n| n * 9).collect();
        assert_eq!(history(&world.run(&often)), expected, "seed {seed}, crash every few entries");
    }
    println!("{boundaries} crashes in runs with faults; succeeded, failed, aborted, uncertain: {ended:?}");
    assert!(ended[0] > 20 && ended[1] > 0 && ended[3] > 0, "{ended:?}");
}

#[test]
fn the_thin_film_example_measures_the_same_after_crashes() {
    let (lab, recipe) = crate::example::files();
    let world = World { lab, recipe, samples: 8, faults: None, example: true };
    let whole = world.run(&[]);
    check_history(&world, &whole);
    let expected = history(&whole);
    let analysed = expected.iter().filter(|(_, event)| matches!(event, Event::Analysed { .. })).count();
    assert!(analysed > 0, "nothing was measured");
    for boundary in (0..whole.len()).step_by(7) {
        assert_eq!(history(&world.run(&[boundary])), expected, "crash after {boundary} entries");
    }
}
