use matdock_record::body::Column;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::*;
use crate::analysis::circuit::impedance;

fn stream(frequencies: &[f64], impedances: &[Complex64]) -> Stream {
    let column = |name: &str, unit: &str| Column { name: name.into(), unit: unit.parse().unwrap() };
    Stream {
        name: "spectrum".into(),
        columns: vec![column("frequency", "Hz"), column("real", "Ohm"), column("imaginary", "Ohm")],
        data: vec![
            frequencies.to_vec(),
            impedances.iter().map(|z| z.re).collect(),
            impedances.iter().map(|z| z.im).collect(),
        ],
    }
}

fn area(value: f64) -> Fields {
    Fields::from([("area".into(), Datum::number(value, &"cm2".parse().unwrap()))])
}

/// A spectrum of 1e6 to 0.1 Hz, 57 points, with relative noise on each component.
fn spectrum(r0: f64, arcs: &[Arc], noise: f64, seed: u64) -> Stream {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let frequencies: Vec<f64> = (0..57).map(|i| 10_f64.powf(6.0 - 0.125 * f64::from(i))).collect();
    let impedances: Vec<Complex64> = frequencies
        .iter()
        .map(|&f| {
            let z = impedance(r0, arcs, f);
            let mut component = || noise * z.norm() * random.sample::<f64, _>(StandardNormal);
            z + Complex64::new(component(), component())
        })
        .collect();
    stream(&frequencies, &impedances)
}

fn analyse(stream: &Stream) -> Fields {
    ImpedanceCircuit.run(stream, &area(1.0)).unwrap()
}

fn value(fields: &Fields, name: &str) -> (f64, f64) {
    let quantity = fields[name].quantity().unwrap_or_else(|| panic!("{name}: {}", fields[name]));
    (quantity.value, quantity.uncertainty.unwrap_or(f64::NAN))
}

fn quality(fields: &Fields) -> (String, String) {
    let text = |name: &str| fields.get(name).map(ToString::to_string).unwrap_or_default();
    (text("fit_quality"), text("fit_remark"))
}

#[test]
fn the_interface_resistance_of_a_cell_is_found() {
    let arcs = [Arc { r: 400.0, tau: 2e-6, n: 0.93 }, Arc { r: 120.0, tau: 1e-3, n: 0.82 }];
    let fields = ImpedanceCircuit.run(&spectrum(50.0, &arcs, 0.003, 1), &area(0.1)).unwrap();
    let (resistance, uncertainty) = value(&fields, "interface_resistance");
    assert!((resistance - 12.0).abs() < 0.5 && uncertainty < 0.3, "{resistance} ± {uncertainty}");
    assert_eq!(fields["interface_resistance"].quantity().unwrap().unit.as_str(), "Ohm.cm2");
    assert_eq!(quality(&fields), ("good".into(), String::new()));
    for (name, unit) in ImpedanceCircuit.outputs() {
        if let Some(quantity) = fields.get(*name).and_then(Datum::quantity) {
            assert_eq!(quantity.unit.as_str(), *unit, "{name}");
        }
    }
}

/// Reference: the circuit of the Python package impedance 1.7.1, fitted by scipy 1.17.1 with modulus weighting to the
/// same spectrum; the script beside the data makes both. Tolerance: 1e-5 of values, 1e-3 of uncertainties.
#[test]
fn agrees_with_another_program() {
    let text = include_str!("../../tests/data/impedance_reference.csv");
    let rows: Vec<Vec<f64>> =
        text.lines().skip(1).map(|l| l.split(',').map(|v| v.parse().unwrap()).collect()).collect();
    let frequencies: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    let impedances: Vec<Complex64> = rows.iter().map(|row| Complex64::new(row[1], row[2])).collect();
    let fields = analyse(&stream(&frequencies, &impedances));
    for (name, expected, deviation) in REFERENCE {
        let (found, uncertainty) = value(&fields, name);
        assert!((found / expected - 1.0).abs() < 1e-5, "{name}: {found}, reference {expected}");
        assert!((uncertainty / deviation - 1.0).abs() < 1e-3, "{name}: ± {uncertainty}, reference {deviation}");
    }
}

const REFERENCE: [(&str, f64, f64); 7] = [
    ("R0", 50.1478423, 0.16362),
    ("R1", 398.038695, 0.84307),
    ("Q1", 1.16947152e-08, 1.8952e-10),
    ("n1", 0.93202341, 0.0012006),
    ("R2", 121.438645, 0.90647),
    ("Q2", 8.35368713e-06, 4.6012e-07),
    ("n2", 0.811545271, 0.007508),
];

/// Errors divided by stated uncertainties must look standard normal over a wide range of circuits.
#[test]
fn stated_uncertainties_are_true() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let (mut scores, mut good, all) = (Vec::new(), 0, 400);
    for seed in 0..all {
        let mut between = |low: f64, high: f64| low * (high / low).powf(random.random::<f64>());
        let (r0, r1) = (between(1.0, 100.0), between(30.0, 3000.0));
        let r2 = r1 * between(0.05, 10.0);
        let fast = between(1e-6, 1e-4);
        let slow = fast * between(30.0, 2000.0);
        let (n1, n2) = (between(0.8, 0.97), between(0.7, 0.97));
        let arcs = [Arc { r: r1, tau: fast, n: n1 }, Arc { r: r2, tau: slow, n: n2 }];
        let fields = analyse(&spectrum(r0, &arcs, between(0.001, 0.008), seed));
        if quality(&fields).0 == "good" {
            good += 1;
            for (name, truth) in [("R1", r1), ("R2", r2), ("n2", n2), ("Q2", arcs[1].q())] {
                let (found, uncertainty) = value(&fields, name);
                scores.push((found - truth) / uncertainty);
            }
        }
    }
    let spread = (scores.iter().map(|s| s * s).sum::<f64>() / scores.len() as f64).sqrt();
    let beyond = scores.iter().filter(|s| s.abs() > 3.0).count() as f64 / scores.len() as f64;
    println!("good: {good} of {all}; spread of scores {spread:.3}; beyond 3 sigma {:.2} %", 100.0 * beyond);
    assert!(good > all * 85 / 100, "only {good} of {all} are good");
    assert!((0.9..1.1).contains(&spread) && beyond < 0.01, "spread {spread}, beyond 3 sigma {beyond}");
}

#[test]
fn poor_data_are_flagged() {
    let one = [Arc { r: 400.0, tau: 1e-4, n: 0.9 }];
    let close = [Arc { r: 400.0, tau: 1e-4, n: 0.95 }, Arc { r: 300.0, tau: 3e-4, n: 0.95 }];
    let slow = [Arc { r: 400.0, tau: 1e-5, n: 0.9 }, Arc { r: 300.0, tau: 30.0, n: 0.9 }];
    let two = [Arc { r: 400.0, tau: 1e-5, n: 0.9 }, Arc { r: 300.0, tau: 1e-2, n: 0.9 }];
    let three = [two[0], Arc { r: 500.0, tau: 1e-3, n: 1.0 }, Arc { r: 300.0, tau: 0.2, n: 1.0 }];
    for (name, arcs, noise, expected) in [
        ("one arc", &one[..], 0.003, "bad"),
        ("one arc without noise", &one[..], 0.0, "bad"),
        ("overlapping arcs", &close[..], 0.001, "doubtful"),
        ("interface below the lowest frequency", &slow[..], 0.003, "bad"),
        ("much noise", &two[..], 0.1, "bad"),
        ("some noise", &two[..], 0.03, "doubtful"),
        ("a third arc", &three[..], 0.003, "bad"),
        ("two arcs", &two[..], 0.003, "good"),
        ("two arcs without noise", &two[..], 0.0, "good"),
    ] {
        for seed in 0..5 {
            let fields = analyse(&spectrum(20.0, arcs, noise, seed));
            let (found, remark) = quality(&fields);
            assert_eq!(found, expected, "{name}: {remark}");
            assert_eq!(matches!(fields["interface_resistance"], Datum::Missing(_)), expected == "bad", "{name}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let arcs = [Arc { r: 400.0, tau: 1e-5, n: 0.9 }, Arc { r: 300.0, tau: 1e-2, n: 0.9 }];
    let sound = spectrum(20.0, &arcs, 0.003, 0);
    let check = |expected: &str, spoil: &dyn Fn(&mut Stream)| {
        let mut stream = sound.clone();
        spoil(&mut stream);
        assert_eq!(ImpedanceCircuit.run(&stream, &area(1.0)).unwrap_err().id(), expected);
    };
    check("lab-analysis-not-finite", &|s| s.data[1][3] = f64::NAN);
    check("lab-analysis-frequency-order", &|s| s.data[0].swap(4, 5));
    check("lab-analysis-frequency-order", &|s| s.data[0][7] = s.data[0][6]);
    check("lab-analysis-frequency-range", &|s| s.data[0][7] = -1.0);
    check("lab-analysis-impedance-range", &|s| (s.data[1][2], s.data[2][2]) = (0.0, 0.0));
    check("lab-analysis-too-few-points", &|s| s.data.iter_mut().for_each(|c| c.truncate(11)));
    check("lab-analysis-column-length", &|s| s.data[2].truncate(11));
    check("lab-analysis-column-missing", &|s| s.columns[2].name = "phase".into());
    check("lab-analysis-column-missing", &|s| s.data.truncate(2));
    check("lab-analysis-column-unit", &|s| s.columns[1].unit = "V".parse().unwrap());
    assert_eq!(ImpedanceCircuit.run(&sound, &Fields::new()).unwrap_err().id(), "lab-analysis-setting-missing");
    assert_eq!(ImpedanceCircuit.run(&sound, &area(0.0)).unwrap_err().id(), "lab-analysis-setting-positive");
    assert!(ImpedanceCircuit.run(&Stream::default(), &area(1.0)).is_err());
}

#[test]
fn order_and_units_of_the_columns_do_not_matter() {
    let arcs = [Arc { r: 400.0, tau: 1e-5, n: 0.9 }, Arc { r: 300.0, tau: 1e-2, n: 0.9 }];
    let falling = spectrum(20.0, &arcs, 0.003, 0);
    let mut rising = falling.clone();
    rising.data.iter_mut().for_each(|column| column.reverse());
    rising.columns[1].unit = "kOhm".parse().unwrap();
    rising.data[1].iter_mut().for_each(|value| *value /= 1000.0);
    rising.columns.swap(1, 2);
    rising.data.swap(1, 2);
    let (a, b) = (value(&analyse(&falling), "R2"), value(&analyse(&rising), "R2"));
    assert!((a.0 / b.0 - 1.0).abs() < 1e-6 && (a.1 / b.1 - 1.0).abs() < 1e-4, "{a:?} {b:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_gives_an_error_or_finite_numbers(
        rows in prop::collection::vec((-12.0..16.0_f64, prop::num::f64::ANY, -1e20..1e20_f64), 0..40),
        sorted: bool,
        tame: bool,
    ) {
        let mut frequencies: Vec<f64> = rows.iter().map(|row| 10_f64.powf(row.0)).collect();
        if sorted {
            frequencies.sort_by(f64::total_cmp);
        }
        let size = |value: f64| if tame { value.clamp(-1e6, 1e6) } else { value };
        let impedances: Vec<Complex64> = rows.iter().map(|row| Complex64::new(size(row.1), size(row.2))).collect();
        if let Ok(fields) = ImpedanceCircuit.run(&stream(&frequencies, &impedances), &area(1.0)) {
            for (name, datum) in &fields {
                if let Some(quantity) = datum.quantity() {
                    prop_assert!(quantity.value.is_finite(), "{name}");
                    prop_assert!(quantity.uncertainty.is_none_or(f64::is_finite), "{name}");
                }
            }
        }
    }
}
