use std::collections::BTreeMap;

use matdock_record::{IdSource, SampleId};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{
    analysis::{self, Analysis},
    driver::ActionId,
    physics::thin_film::{Conditions, optimum},
};

const START: Timestamp = Timestamp::from_microseconds(1_700_000_000_000_000);

fn sample(number: u64) -> SampleId {
    SampleId::new(&mut IdSource::from_seed(number), START)
}

fn action(sample: SampleId, capability: &str, settings: &[(&str, f64, &str)], duration: f64) -> Action {
    let datum = |(name, value, unit): &(&str, f64, &str)| {
        ((*name).to_owned(), Datum::number(*value, &unit.parse::<Unit>().unwrap()))
    };
    Action {
        id: ActionId(0),
        sample,
        step: capability.into(),
        station: format!("{capability}-1"),
        capability: capability.into(),
        settings: settings.iter().map(datum).collect(),
        duration,
    }
}

/// Makes and measures a cell, `gap` seconds between the steps; stops at the first failure.
fn make(sample: SampleId, c: &Conditions, gap: f64, uses: u64, seed: u64) -> Vec<PastAction> {
    let steps = [
        action(sample, LOAD, &[], 600.0),
        action(
            sample,
            ELECTRODE,
            &[
                ("substrate_temperature", c.substrate_temperature, "Cel"),
                ("oxygen_pressure", c.oxygen_pressure, "Pa"),
                ("nickel_fraction", c.nickel_fraction, "1"),
            ],
            4500.0,
        ),
        action(sample, ELECTROLYTE, &[("power", c.power, "W")], 5400.0),
        action(sample, LITHIUM, &[], 840.0),
        action(
            sample,
            ANNEAL,
            &[("anneal_temperature", c.anneal_temperature, "Cel"), ("anneal_time", c.anneal_time, "min")],
            60.0 * c.anneal_time + 2400.0,
        ),
        action(sample, IMPEDANCE, &[], 300.0),
    ];
    let mut past: Vec<PastAction> = Vec::new();
    let mut now = START;
    for action in steps {
        let done = ThinFilm.perform(&action, now, &past, uses, seed).unwrap();
        let ended = now.plus_seconds(done.duration);
        past.push(PastAction { action, started: now, ended, reply: done.reply });
        if !past[past.len() - 1].reply.outcome.is_success() {
            break;
        }
        now = ended.plus_seconds(gap);
    }
    past
}

fn interface_resistance(past: &[PastAction]) -> (f64, f64) {
    let spectrum = &past.last().unwrap().reply.streams[0];
    let area = Fields::from([("area".into(), Datum::number(AREA, &"cm2".parse().unwrap()))]);
    let fields = analysis::ImpedanceCircuit.run(spectrum, &area).unwrap();
    let quantity = fields["interface_resistance"].quantity().unwrap_or_else(|| panic!("{fields:#?}"));
    (quantity.value, quantity.uncertainty.unwrap())
}

#[test]
fn the_analysis_finds_what_the_equations_say() {
    let (best, truth) = optimum();
    let (mut sum, mut squares, mut finished) = (0.0, 0.0, 0.0);
    for number in 0..100 {
        let past = make(sample(number), &best, 0.0, 0, 1);
        if past.len() == 6 && past[5].reply.outcome.is_success() {
            let (found, uncertainty) = interface_resistance(&past);
            assert!(uncertainty < 0.1 * found, "{found} ± {uncertainty}");
            sum += found / truth;
            squares += (found / truth).powi(2);
            finished += 1.0;
        }
    }
    let mean: f64 = sum / finished;
    let spread = (squares / finished - mean * mean).sqrt();
    println!("{finished} of 100 finished; found/true {mean:.4}, spread {spread:.4}");
    assert!((mean - 1.0).abs() < 0.03 && (0.02..0.08).contains(&spread) && finished >= 94.0);
}

/// Over the whole range of settings, not only where the interface is good.
#[test]
fn nearly_every_cell_can_be_analysed() {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let (mut qualities, mut errors): (BTreeMap<String, usize>, Vec<f64>) = (BTreeMap::new(), Vec::new());
    for number in 0..150 {
        let mut between = |low: f64, high: f64| low + (high - low) * random.random::<f64>();
        let conditions = Conditions {
            substrate_temperature: between(350.0, 700.0),
            oxygen_pressure: 10_f64.powf(between(-1.0, 2.0)),
            nickel_fraction: between(0.3, 0.6),
            power: between(30.0, 150.0),
            anneal_temperature: between(60.0, 180.0),
            anneal_time: between(5.0, 120.0),
            waiting_time: 0.0,
        };
        let past = make(sample(number), &conditions, 0.0, 0, 1);
        if past.len() == 6 && past[5].reply.outcome.is_success() {
            let area = Fields::from([("area".into(), Datum::number(AREA, &"cm2".parse().unwrap()))]);
            let fields = analysis::ImpedanceCircuit.run(&past[5].reply.streams[0], &area).unwrap();
            *qualities.entry(fields["fit_quality"].to_string()).or_default() += 1;
            if let Some(found) = fields["interface_resistance"].quantity() {
                errors.push(found.value / conditions.resistance() - 1.0);
            }
        }
    }
    let spread = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
    println!("{qualities:?}; measured against true: {:.1} %", 100.0 * spread);
    let all: usize = qualities.values().sum();
    assert!(qualities["good"] * 100 > all * 97 && spread < 0.05, "{qualities:?}, {spread}");
}

#[test]
fn the_same_question_has_the_same_answer() {
    let (best, _) = optimum();
    let (once, again) = (make(sample(1), &best, 120.0, 5, 7), make(sample(1), &best, 120.0, 5, 7));
    assert_eq!(once, again);
    let other_seed = make(sample(1), &best, 120.0, 5, 8);
    let other_sample = make(sample(2), &best, 120.0, 5, 7);
    assert_ne!(once[1].reply.streams, other_seed[1].reply.streams);
    assert_ne!(once[1].reply.streams, other_sample[1].reply.streams);
    // Streams are not kept in the journal; the answer must not need them.
    let mut bare = once.clone();
    bare.iter_mut().for_each(|earlier| earlier.reply.streams.clear());
    let measured = ThinFilm.perform(&once[5].action, once[5].started, &bare[..5], 5, 7).unwrap();
    assert_eq!(measured.reply, once[5].reply);
}

#[test]
fn waiting_wear_and_heat_matter() {
    let (best, _) = optimum();
    let prompt = interface_resistance(&make(sample(1), &best, 60.0, 0, 7)).0;
    let late = interface_resistance(&make(sample(1), &best, 7200.0, 0, 7)).0;
    let worn = interface_resistance(&make(sample(1), &best, 60.0, 1000, 7)).0;
    assert!(late > 1.2 * prompt && worn > 1.3 * prompt, "{prompt} {late} {worn}");
    let hot = make(sample(1), &Conditions { anneal_temperature: 175.0, power: 140.0, ..best }, 60.0, 0, 7);
    let Outcome::Failed(reason) = &hot.last().unwrap().reply.outcome else { panic!("still whole") };
    assert!(reason.contains("came off") && hot.len() == 5, "{reason}");
    let molten = Conditions { anneal_temperature: 190.0, power: 60.0, substrate_temperature: 400.0, ..best };
    assert!(make(sample(1), &molten, 60.0, 0, 7)[4].reply.outcome.reason().unwrap().contains("melted"));
}

#[test]
fn an_unfinished_cell_cannot_be_measured() {
    let past = make(sample(1), &optimum().0, 60.0, 0, 7);
    let measure = |past: &[PastAction]| {
        ThinFilm.perform(&action(sample(1), IMPEDANCE, &[], 300.0), START.plus_seconds(1e5), past, 0, 7).unwrap()
    };
    for steps in 0..4 {
        assert!(!measure(&past[..steps]).reply.outcome.is_success(), "after {steps} steps");
    }
    assert!(measure(&past[..5]).reply.outcome.is_success());
}

#[test]
fn streams_look_like_a_chamber() {
    let (best, _) = optimum();
    let past = make(sample(1), &best, 60.0, 0, 7);
    for earlier in &past {
        for stream in &earlier.reply.streams {
            let rows = stream.data[0].len();
            assert_eq!(stream.columns.len(), stream.data.len());
            assert!(rows > 20 && stream.data.iter().all(|column| column.len() == rows));
            assert!(stream.data.iter().flatten().all(|value| value.is_finite()));
        }
    }
    let electrode = &past[1].reply.streams[0];
    let names: Vec<&str> = electrode.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["time", "temperature", "pressure", "gas_flow", "power"]);
    let middle = electrode.data[0].len() / 2;
    assert!((electrode.data[1][middle] - best.substrate_temperature).abs() < 3.0, "{}", electrode.data[1][middle]);
    assert!((electrode.data[2][middle] / best.oxygen_pressure - 1.0).abs() < 0.05);
    assert!((electrode.data[4][middle] - 60.0).abs() < 2.0 && electrode.data[3][middle] > 1.0);
    let hottest = electrode.data[1].iter().copied().fold(0.0, f64::max);
    assert!(hottest < best.substrate_temperature + 15.0, "{hottest}");
    let load = &past[0].reply.streams[0];
    assert!(load.data[2][0] > 9e4 && load.data[2][load.data[2].len() - 1] < 1e-4);
    assert!((load.data[0][1] - 0.1).abs() < 1e-9, "short steps are seen at 10 Hz");
}

#[test]
fn broken_runs_happen_now_and_then() {
    let (best, _) = optimum();
    let finished = (0..400).filter(|number| make(sample(*number), &best, 0.0, 0, 3).len() == 6);
    let share = 1.0 - finished.count() as f64 / 400.0;
    assert!((0.002..0.04).contains(&share), "{share}");
}

#[test]
fn a_fault_of_the_lab_file_is_told() {
    let perform = |action: Action| ThinFilm.perform(&action, START, &[], 0, 1).unwrap_err();
    assert_eq!(perform(action(sample(1), "polish", &[], 1.0)).id(), "lab-physics-unknown-capability");
    assert_eq!(perform(action(sample(1), ELECTROLYTE, &[], 1.0)).id(), "lab-physics-setting-missing");
    let negative = [("power", -5.0, "W")];
    assert_eq!(perform(action(sample(1), ELECTROLYTE, &negative, 1.0)).id(), "lab-physics-setting-range");
    let volts = [("power", 5.0, "V")];
    assert_eq!(perform(action(sample(1), ELECTROLYTE, &volts, 1.0)).id(), "record-unit-mismatch");
}
