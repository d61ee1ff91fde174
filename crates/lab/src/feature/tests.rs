//! Features as a recipe declares them, on series that can be worked out by hand.

use matdock_record::body::Column;
use proptest::prelude::*;

use super::*;

pub(super) fn feature(name: &str, how: &str, column: &str) -> Feature {
    let method = language::read_extractor(how, column).unwrap();
    Feature { name: name.into(), stream: "mixer".into(), column: column.into(), method, line: 1 }
}

pub(super) fn stream(columns: [(&str, &str); 2], data: Vec<Vec<f64>>) -> Stream {
    let columns = columns.map(|(name, unit)| Column { name: name.into(), unit: unit.parse().unwrap() });
    Stream { name: "mixer".into(), columns: columns.into(), data }
}

/// A torque over time.
pub(super) fn torque(axis: Vec<f64>, value: impl Fn(f64) -> f64) -> Stream {
    let values = axis.iter().map(|t| value(*t)).collect();
    stream([("time", "s"), ("torque", "N.m")], vec![axis, values])
}

pub(super) fn seconds(count: usize) -> Vec<f64> {
    (0..count).map(|row| row as f64).collect()
}

fn fields(how: &str, stream: Stream) -> Fields {
    compute(&[feature("f", how, "torque")], Yield { streams: &[stream], ..Yield::default() })
}

/// Value and unit.
pub(super) fn value(how: &str, stream: Stream) -> (f64, String) {
    match &fields(how, stream)["f"] {
        Datum::Quantity(found) => (found.value, found.unit.to_string()),
        other => panic!("{how}: {other}"),
    }
}

pub(super) fn missing(how: &str, stream: Stream) -> String {
    match &fields(how, stream)["f"] {
        Datum::Missing(why) => why.clone(),
        other => panic!("{how}: {other}"),
    }
}

pub(super) fn noise(row: f64) -> f64 {
    // Golden ratio: spread evenly, no two neighbours alike.
    (row * 0.618_033_988_749_895).fract() - 0.5
}

#[test]
fn a_torque_that_levels_off_has_a_level_a_plateau_time_a_rise_time_and_a_time_constant() {
    let kneading = || torque(seconds(1001), |t| 5.0 - 4.0 * (-t / 60.0).exp() + 0.02 * noise(t));
    let near = |how: &str, wanted: f64, within: f64, unit: &str| {
        let (found, of) = value(how, kneading());
        assert!((found - wanted).abs() < within, "{how}: {found} instead of {wanted}");
        assert_eq!(of, unit, "{how}");
    };
    near("level", 5.0, 0.005, "N.m");
    near("maximum", 5.0, 0.02, "N.m");
    // 60 s times ln 20, from the band of 5 %; the running mean and the noise shift it a little.
    near("plateau time", 60.0 * 20.0_f64.ln(), 12.0, "s");
    near("rise time", 60.0 * 9.0_f64.ln(), 3.0, "s");
    near("time constant", 60.0, 0.5, "s");
    near("integral", 5000.0 - 240.0, 3.0, "N.m.s");
}

#[test]
fn units_follow_from_column_and_axis() {
    let heating = || stream([("time", "min"), ("torque", "Cel")], vec![seconds(11), (20..31).map(f64::from).collect()]);
    assert_eq!(value("slope", heating()), (1.0, "K/min".into()));
    assert_eq!(value("range", heating()), (10.0, "K".into()));
    assert_eq!(value("level", heating()), (29.5, "Cel".into()));
    // 25 Cel on average, over 10 minutes.
    let (integral, unit) = value("integral", heating());
    assert!((integral - 2981.5).abs() < 1e-9 && unit == "K.min", "{integral} {unit}");
    let per = || stream([("time", "m/s"), ("torque", "mm")], vec![seconds(11), seconds(11)]);
    assert_eq!(value("slope", per()), (1.0, "mm/(m/s)".into()));
}

/// Reference: scipy 1.17.1 `theilslopes`, numpy 2.4.6 `polyfit`, `std(ddof=1)`, `trapezoid`; linear congruential numbers.
#[test]
fn statistics_are_those_of_numpy_and_scipy() {
    let state = std::cell::Cell::new(12_345_u64);
    let draw = |_| {
        state.set((state.get() * 1_103_515_245 + 12_345) % (1 << 31));
        state.get() as f64 / f64::from(1_u32 << 31)
    };
    let numbers = torque(seconds(60), draw);
    for (how, wanted) in [
        ("robust slope", -0.000_227_490_390_994_046_88),
        ("slope", -0.000_425_526_626_262_157_33),
        ("standard deviation", 0.260_688_708_437_147_1),
        ("integral", 29.834_834_063_658_49),
    ] {
        let (found, _) = value(how, numbers.clone());
        assert!((found - wanted).abs() < 1e-12, "{how}: {found}");
    }
}

#[test]
fn an_oscillation_has_a_period_and_an_amplitude_evenly_sampled_or_not() {
    let wave = |t: f64| 3.0 + 0.01 * t + 0.7 * (t / 7.3 * std::f64::consts::TAU + 0.4).sin() + 0.2 * noise(t);
    let uneven: Vec<f64> =
        seconds(500).iter().map(|t| t + 0.4 * noise(*t * 3.0) + if *t > 250.0 { 90.0 } else { 0.0 }).collect();
    for axis in [seconds(500), uneven] {
        let (period, unit) = value("oscillation period", torque(axis.clone(), wave));
        assert!((period - 7.3).abs() < 0.01 && unit == "s", "{period}");
        let (amplitude, unit) = value("oscillation amplitude", torque(axis, wave));
        assert!((amplitude - 0.7).abs() < 0.05 && unit == "N.m", "{amplitude}");
    }
    // Up and down from row to row, however many rows there are.
    for rows in [63, 64] {
        let (amplitude, _) =
            value("oscillation amplitude", torque(seconds(rows), |t| if t % 2.0 < 1.0 { 1.0 } else { -1.0 }));
        assert!((amplitude - 1.0).abs() < 0.1, "{rows}: {amplitude}");
    }
    // A clock that drifts by 2 % over 5,000 rows: 25 steps out of step in the middle.
    let drifting: Vec<f64> = seconds(5000).iter().map(|row| row * (0.99 + 0.02 * row / 5000.0)).collect();
    let (period, _) = value("oscillation period", torque(drifting, |t| (t / 23.0 * std::f64::consts::TAU).sin()));
    assert!((period - 23.0).abs() < 0.01, "{period}");
    let flat = torque(seconds(300), |t| 1.0 + 0.001 * t);
    assert!(missing("oscillation period", flat).contains("oscillation"));
}

#[test]
fn two_time_constants_are_told_apart_from_one() {
    let two = torque(seconds(2000), |t| 2.0 + 3.0 * (-t / 20.0).exp() - 1.0 * (-t / 300.0).exp() + 0.001 * noise(t));
    let (fast, _) = value("double time constant 1", two.clone());
    let (slow, _) = value("double time constant 2", two);
    assert!((fast - 20.0).abs() < 0.5 && (slow - 300.0).abs() < 6.0, "{fast} {slow}");
    let one = torque(seconds(2000), |t| 2.0 + 3.0 * (-t / 100.0).exp() + 0.001 * noise(t));
    assert!(missing("double time constant 1", one).contains("one exponential"));
    assert!(missing("time constant", torque(seconds(100), |t| t)).contains("longer"));
}

#[test]
fn what_cannot_be_computed_is_missing_with_its_reason() {
    let constant = || torque(seconds(100), |_| 4.0);
    let backwards = || torque([0.0, 1.0, 2.0, 1.5, 3.0, 4.0].into(), |t| t);
    let empty = || torque(vec![], |t| t);
    let most_missing = || torque(seconds(100), |t| if t < 60.0 { f64::NAN } else { t });
    for (how, stream, reason) in [
        ("plateau time", constant(), "never changes"),
        ("rise time", constant(), "never changes"),
        ("time constant", constant(), "never changes"),
        ("oscillation period", constant(), "never changes"),
        ("peak position 1", constant(), "no peak"),
        ("level", backwards(), "backwards at row 4"),
        ("slope", backwards(), "backwards at row 4"),
        ("plateau time", torque(seconds(100), |t| t), "no plateau"),
        ("rise time", torque(seconds(3), |t| t), "only 3 readings"),
        ("mean", empty(), "no readings"),
        ("level", most_missing(), "more than half"),
        ("slope", torque(vec![1.0; 10], |t| t), "does not move"),
    ] {
        let why = missing(how, stream);
        assert!(why.contains(reason), "{how}: {why}");
    }
    let absent = compute(&[feature("f", "level", "torque")], Yield::default());
    assert!(absent["f"].to_string().contains("mixer"), "{}", absent["f"]);
    let other = stream([("time", "s"), ("power", "W")], vec![seconds(5), seconds(5)]);
    assert!(missing("level", other).contains("time, power"));
}

#[test]
fn what_can_be_computed_all_the_same_is_flagged() {
    let some_missing = torque(seconds(100), |t| if t < 10.0 { f64::NAN } else { 2.0 });
    let gap = torque((0..100).map(|row| f64::from(row) + if row > 50 { 500.0 } else { 0.0 }).collect(), |t| t);
    let changed = torque((0..100).map(|row| f64::from(row) + f64::from((row - 50).max(0)) * 2.0).collect(), |_| 2.0);
    let backwards = torque([0.0, 1.0, 2.0, 1.5, 3.0, 4.0].into(), |t| t);
    for (how, stream, reason) in [
        ("level", some_missing, "10 of 100 readings are missing"),
        ("slope", gap, "gaps"),
        ("mean", changed, "distance between readings"),
        ("mean", backwards.clone(), "backwards"),
    ] {
        let fields = fields(how, stream);
        assert!(matches!(fields["f"], Datum::Quantity(_)));
        assert!(fields["f.flag"].to_string().contains(reason), "{how}: {}", fields["f.flag"]);
    }
    assert!(!fields("maximum", backwards).contains_key("f.flag"));
    let falling = torque(seconds(100).into_iter().rev().collect(), |t| 2.0 * t);
    assert_eq!(value("slope", falling).0, 2.0);
}

fn reading() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -1e3..1e3,
        2 => Just(1.0),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-0.0), Just(1e300), Just(-1e300), Just(1e-300)],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_series_gives_a_finite_number_or_a_reason(
        values in proptest::collection::vec(reading(), 0..80),
        axis in proptest::collection::vec(reading(), 0..80),
        kind in 0..4,
    ) {
        let rows = values.len();
        let axis = match kind {
            0 => seconds(rows),
            1 => seconds(rows).iter().map(|t| t * t).collect(),
            2 => seconds(rows).iter().map(|t| 1e-9 * (t / 4.0).floor()).collect(),
            _ => axis,
        };
        let stream = stream([("time", "s"), ("torque", "N.m")], vec![axis, values]);
        let features: Vec<Feature> = all()
            .filter(|extractor| !extractor.is_of_image())
            .map(|extractor| {
                let how = if extractor.numbered { format!("{} 1", extractor.name) } else { extractor.name.to_owned() };
                feature(extractor.name, &how, "torque")
            })
            .collect();
        let fields = compute(&features, Yield { streams: &[stream], ..Yield::default() });
        for feature in &features {
            match &fields[&feature.name] {
                Datum::Quantity(found) => prop_assert!(found.value.is_finite()),
                Datum::Missing(why) => prop_assert!(!why.is_empty()),
                other => prop_assert!(false, "{other}"),
            }
        }
    }
}

#[test]
fn every_extractor_is_explained() {
    for extractor in all() {
        let text = extractor.about().to_string();
        assert!(!text.is_empty() && !text.starts_with("lab-"), "{}: {text}", extractor.name);
    }
}
