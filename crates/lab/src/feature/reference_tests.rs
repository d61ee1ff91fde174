//! Extractors against numpy, scipy and scikit-image on the same numbers.

use std::{f64::consts::TAU, io::Cursor};

use ::image::{DynamicImage, GrayImage, ImageFormat};

use super::{
    tests::{seconds, torque, value},
    *,
};

/// By `tests/data/extractors_reference.py` with numpy 2.4.6, scipy 1.17.1 and scikit-image 0.26.0. Tolerances are relative:
/// 1e-9 for one formula written twice, 1e-6 where grey levels are 32-bit here; those of fits are in docs/features.md.
const REFERENCE: &str = include_str!("../../tests/data/extractors_reference.csv");

/// A linear congruential generator, 0..1.
fn draws(seed: u64, count: usize) -> Vec<f64> {
    let step = |state: &mut u64, _| {
        *state = (*state * 1_103_515_245 + 12_345) % (1 << 31);
        Some(*state as f64 / f64::from(1_u32 << 31))
    };
    (0..count).scan(seed, step).collect()
}

/// Places whose steps are drawn between `least` and `least + spread`.
fn uneven(seed: u64, count: usize, least: f64, spread: f64) -> Vec<f64> {
    let step = |place: &mut f64, draw: f64| {
        *place += least + spread * draw;
        Some(*place)
    };
    draws(seed, count).into_iter().scan(0.0, step).collect()
}

fn series(name: &str) -> Stream {
    let noisy = |axis: Vec<f64>, seed: u64, size: f64, curve: &dyn Fn(f64) -> f64| {
        let noise = draws(seed, axis.len());
        let rows = std::cell::Cell::new(0);
        torque(axis, |t| curve(t) + size * (noise[rows.replace(rows.get() + 1)] - 0.5))
    };
    let wave = |t: f64| 3.0 + 0.01 * t + 0.7 * (TAU * t / 7.3 + 0.4).sin();
    match name {
        "kneading" => noisy(seconds(1001), 11, 0.04, &|t| 5.0 - 4.0 * (-t / 60.0).exp()),
        "uneven" => noisy(uneven(5, 300, 0.5, 1.0), 12, 0.5, &|t| 3.0 + 0.01 * t),
        "even wave" => noisy(seconds(500), 13, 0.4, &wave),
        "uneven wave" => noisy(uneven(6, 500, 0.6, 0.8), 13, 0.4, &wave),
        _ => noisy(seconds(2000), 14, 0.002, &|t| 2.0 + 3.0 * (-t / 20.0).exp() - (-t / 300.0).exp()),
    }
}

/// A picture: `level` for every pixel from a draw, then spots (x, y, radius, change, whether it replaces the level).
fn picture(side: u32, seed: u64, level: impl Fn(u32, f64) -> f64, spots: &[(f64, f64, f64, f64, bool)]) -> Image {
    let noise = draws(seed, (side * side) as usize);
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let mut grey = level(x, noise[(y * side + x) as usize]);
        for (cx, cy, radius, change, replaces) in spots {
            if (f64::from(x) - cx).powi(2) + (f64::from(y) - cy).powi(2) <= radius * radius {
                grey = if *replaces { *change } else { grey + change };
            }
        }
        // Below zero it wraps around, as the bytes of the reference do.
        ::image::Luma([(grey.floor() as i64).rem_euclid(256) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
    Image { name: "mixer".into(), bytes: bytes.into_inner(), pixel: None }
}

fn pellet() -> Image {
    let at: Vec<f64> = draws(99, 80).iter().map(|draw| (128.0 * draw).floor()).collect();
    let spot = |(number, at): (usize, &[f64])| (at[0], at[1], (3 + number % 7) as f64, -110.0, false);
    let spots: Vec<_> = at.chunks(2).enumerate().map(spot).collect();
    picture(128, 777, |_, draw| 150.0 + (30.0 * draw).floor(), &spots)
}

fn film() -> Image {
    let spots =
        [(40.0, 40.0, 10.0), (200.0, 90.0, 10.0), (128.0, 200.0, 10.0), (90.0, 150.0, 250.0), (220.0, 210.0, 250.0)];
    let spots = spots.map(|(x, y, level)| (x, y, 3.0, level, true));
    let ripple = |x: u32| 20.0 * (TAU * f64::from(x) / 12.8).sin();
    picture(256, 31, |x, draw| 120.0 + ripple(x) + (25.0 * draw).floor(), &spots)
}

/// Name of the series or picture, extractor, value, relative tolerance.
fn wanted() -> Vec<(&'static str, &'static str, f64, f64)> {
    let number = |text: &str| text.parse::<f64>().unwrap();
    let row = |line: &'static str| match line.split(',').collect::<Vec<_>>()[..] {
        [name, how, value, within] => (name, how, number(value), number(within)),
        _ => panic!("{line}"),
    };
    REFERENCE.lines().skip(1).map(row).collect()
}

fn check(name: &str, how: &str, found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within * wanted.abs().max(1e-12), "{name}, {how}: {found} instead of {wanted}");
}

#[test]
fn extractors_of_series_are_those_of_numpy_and_scipy() {
    for (name, how, reference, within) in wanted().into_iter().filter(|row| !["pellet", "film"].contains(&row.0)) {
        check(name, how, value(how, series(name)).0, reference, within);
    }
}

#[test]
fn extractors_of_images_are_those_of_numpy_scipy_and_scikit_image() {
    let pictures = [("pellet", [pellet()]), ("film", [film()])];
    for (name, how, reference, within) in wanted() {
        let Some((_, images)) = pictures.iter().find(|(known, _)| *known == name) else { continue };
        let method = language::read_extractor(how, IMAGE).unwrap();
        let feature = Feature { name: "f".into(), stream: "mixer".into(), column: IMAGE.into(), method, line: 1 };
        let found = compute(&[feature], Yield { images, ..Yield::default() });
        let found = found["f"].quantity().unwrap_or_else(|| panic!("{name}, {how}: {}", found["f"])).value;
        check(name, how, found, reference, within);
    }
}
