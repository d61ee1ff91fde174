//! Agreement with the reference implementation.

use matdock_record::body::Column;

use super::*;
use crate::driver::Stream;

const REFERENCE: &str = include_str!("../../../../tests/data/catch22_reference.csv");

/// The series of `tests/data/catch22_reference.py`: noise, a noisy sine, a noisy relaxation, a random walk.
fn series(kind: usize) -> Vec<f64> {
    let (mut state, mut walk) = (12_345_u64, 0.0);
    (0..500)
        .map(|row| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            let (draw, t) = (state as f64 / f64::from(1_u32 << 31), f64::from(row));
            walk += draw - 0.5;
            [draw, (t * 0.21).sin() + 0.3 * draw, (-t / 80.0).exp() + 0.05 * draw, walk][kind]
        })
        .collect()
}

fn value(name: &str, values: Vec<f64>) -> f64 {
    let column = |name: &str| Column { name: name.into(), unit: "1".parse().unwrap() };
    let time = (0..values.len()).map(|row| row as f64).collect();
    let stream = Stream { name: "s".into(), columns: vec![column("t"), column("y")], data: vec![time, values] };
    let series = Series::of(&stream, "y").unwrap();
    let extractor = EXTRACTORS.iter().find(|e| e.name.strip_prefix("catch22 ") == Some(name)).unwrap();
    let crate::feature::extractor::Compute::Series(compute) = extractor.compute else { panic!("{name}") };
    compute(&series, 1).unwrap()
}

/// Reference: pycatch22 0.4.5 on the z-scored series. Tolerance 1e-6: it widens the bins of histograms by some 1e-6.
#[test]
fn all_22_features_are_those_of_pycatch22() {
    let mut compared = 0;
    for line in REFERENCE.lines().skip(1) {
        let [kind, name, wanted] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (wanted, found): (f64, f64) = (wanted.parse().unwrap(), value(name, series(kind.parse().unwrap())));
        let near = (found - wanted).abs() <= 1e-6 * wanted.abs().max(1.0);
        assert!(near, "series {kind}, {name}: {found} instead of {wanted}");
        compared += 1;
    }
    assert_eq!(compared, 4 * 22);
}
