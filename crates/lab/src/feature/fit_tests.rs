//! Fitted curves against scipy, and what becomes of data that do not determine them.

use super::{
    tests::{feature, missing, noise, seconds, stream, torque, value},
    *,
};

/// Numbers of a linear congruential generator, as `tests/data/peak_fit_reference.py` makes them.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = (self.0 * 1_103_515_245 + 12_345) % (1 << 31);
        self.0 as f64 / f64::from(1_u32 << 31) - 0.5
    }
}

fn peak(form: &str, share: f64, [middle, width, height]: [f64; 3]) -> impl Fn(f64) -> f64 {
    let share = match form {
        "gaussian" => 0.0,
        "lorentzian" => 1.0,
        _ => share,
    };
    move |x| {
        let u = 2.0 * (x - middle) / width;
        height * (share / (1.0 + u * u) + (1.0 - share) * (-std::f64::consts::LN_2 * u * u).exp())
    }
}

fn near(how: &str, of: &Stream, wanted: f64, unit: &str) {
    let (found, of) = value(how, of.clone());
    assert!((found / wanted - 1.0).abs() < 2e-6, "{how}: {found} instead of {wanted}");
    assert_eq!(of, unit, "{how}");
}

/// Reference: scipy 1.17.1 `curve_fit`, numpy 2.4.6, by `tests/data/peak_fit_reference.py`; agreement to 2e-6.
#[test]
fn fitted_peaks_are_those_of_scipy() {
    let axis: Vec<f64> = (0..261).map(|k| 24.4 + 0.02 * f64::from(k)).collect();
    let mut draw = Draw(4711);
    let noise: Vec<f64> = axis.iter().map(|_| 2.0 * draw.next()).collect();
    for (form, second, wanted) in [
        ("gaussian", [28.4, 1.1, 20.0], GAUSSIAN),
        ("lorentzian", [28.4, 1.1, 20.0], LORENTZIAN),
        ("pseudo-voigt", [28.6, 1.1, 30.0], PSEUDO_VOIGT),
    ] {
        let (a, b) = (peak(form, 0.35, [27.0, 0.8, 50.0]), peak(form, 0.7, second));
        let line = |x: f64| 10.0 + 0.2 * (x - 27.0);
        let counts = axis.iter().zip(&noise).map(|(x, noise)| line(*x) + a(*x) + b(*x) + noise).collect();
        let angle = stream([("angle", "deg"), ("torque", "N.m")], vec![axis.clone(), counts]);
        for ((name, unit), wanted) in
            [("position", "deg"), ("width", "deg"), ("height", "N.m"), ("area", "N.m.deg")].into_iter().zip(wanted)
        {
            near(&format!("{form} peak {name} 1"), &angle, wanted, unit);
        }
    }
}

const GAUSSIAN: [f64; 4] = [27.000_158_810_381, 0.793_006_723_629, 50.010_442_388_840, 42.215_289_903_007];
const LORENTZIAN: [f64; 4] = [27.000_646_478_877, 0.789_785_977_758, 50.085_859_205_355, 62.136_161_962_482];
const PSEUDO_VOIGT: [f64; 4] = [26.999_620_292_176, 0.790_705_193_613, 49.924_390_241_411, 48.770_040_646_390];

/// Reference as above.
#[test]
fn a_fitted_sigmoid_is_that_of_scipy() {
    let mut draw = Draw(4711);
    for _ in 0..261 {
        draw.next();
    }
    let gloss: Vec<f64> = seconds(601)
        .into_iter()
        .map(|t| 88.0 - 60.0 / (1.0 + (-(t - 250.0) / 20.0).exp()) + 3.0 * draw.next())
        .collect();
    let drying = stream([("time", "s"), ("torque", "%")], vec![seconds(601), gloss]);
    near("sigmoid fall", &drying, 0.745_509_443_467, "%/s");
    near("sigmoid midpoint", &drying, 249.985_020_780_459, "s");
    let fall = compute(
        &[feature("f", "sigmoid fall", "torque")],
        Yield { streams: std::slice::from_ref(&drying), ..Yield::default() },
    );
    let uncertainty = fall["f"].quantity().unwrap().uncertainty.unwrap();
    assert!((uncertainty / 0.005_433_291_6 - 1.0).abs() < 1e-3, "{uncertainty}");
    assert!(missing("sigmoid rise", drying).contains("falls"));
}

#[test]
fn a_fit_that_says_nothing_is_missing_and_a_poor_one_flagged() {
    let hill = |t: f64| 5.0 * (-((t - 150.0) / 20.0).powi(2)).exp() + 0.1 * noise(t);
    let (found, _) = value("gaussian peak width 1", torque(seconds(300), hill));
    assert!((found - 20.0 * 2.0 * std::f64::consts::LN_2.sqrt()).abs() < 0.1, "{found}");
    for (how, stream, reason) in [
        ("gaussian peak height 2", torque(seconds(300), hill), "no peak 2"),
        (
            "gaussian peak height 1",
            torque(vec![0.0, 1.0, 2.0, 3.0], |t| if t == 1.0 { 1.0 } else { 0.0 }),
            "readings around",
        ),
        ("sigmoid rise", torque(seconds(100), noise), "explains"),
        ("sigmoid rise", torque(seconds(100), |_| 2.0), "never changes"),
        ("sigmoid midpoint", torque(seconds(6), |t| t), "only 6 readings"),
    ] {
        let why = missing(how, stream);
        assert!(why.contains(reason), "{how}: {why}");
    }
    // Two flanks that no Gaussian has.
    let tent =
        torque(seconds(300), |t| (50.0 - (t - 150.0).abs()).max(0.0) * if (t as i64) % 60 < 30 { 1.0 } else { 0.4 });
    let fields =
        compute(&[feature("f", "gaussian peak height 1", "torque")], Yield { streams: &[tent], ..Yield::default() });
    assert!(fields.get("f.flag").is_some_and(|flag| flag.to_string().contains("poor")), "{fields:?}");
}
