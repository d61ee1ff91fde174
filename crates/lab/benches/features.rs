//! Twelve sensors over 1,000 s at 100 Hz, and an image of four megapixels, into features.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::{hint::black_box, io::Cursor};

use criterion::{Criterion, criterion_group, criterion_main};
use image::{DynamicImage, GrayImage, ImageFormat};
use matdock_lab::{
    Image, Recipe, Stream,
    feature::{Feature, Yield, all, compute},
    recipe::Work,
};
use matdock_record::body::Column;

/// Features as a recipe declares them.
fn declared(lines: &[String]) -> Vec<Feature> {
    let text = format!(
        "[recipe]\nname = \"r\"\n[[step]]\nname = \"s\"\ncapability = \"c\"\n[features]\n{}\n",
        lines.join("\n")
    );
    let recipe = Recipe::parse(&text, "recipe.toml").unwrap();
    match &recipe.steps.last().unwrap().work {
        Work::Features { features, .. } => features.clone(),
        _ => Vec::new(),
    }
}

/// What is asked of every channel: no fits of peaks and sigmoids, which are for spectra, and no general set.
fn is_cheap(name: &str) -> bool {
    let dear = ["catch22", "gaussian", "lorentzian", "pseudo-voigt", "sigmoid", "robust slope", "double time constant"];
    dear.iter().all(|dear| !name.starts_with(dear))
}

fn series(c: &mut Criterion) {
    let noise = |row: usize| (row as f64 * 0.618_033_988_749_895).fract() - 0.5;
    let time: Vec<f64> = (0..100_000).map(|row| row as f64 * 0.01).collect();
    let channel = |k: usize| {
        let value = |(row, t): (usize, &f64)| {
            let (wave, noise) = (0.3 * (t * (1.0 + k as f64)).sin(), 0.2 * noise(row * (k + 1)));
            5.0 - 4.0 * (-t / (60.0 + k as f64)).exp() + wave + noise
        };
        time.iter().enumerate().map(value).collect::<Vec<f64>>()
    };
    let name = |k: usize| format!("channel{k}");
    let mut columns = vec![Column { name: "time".into(), unit: "s".parse().unwrap() }];
    columns.extend((0..12).map(|k| Column { name: name(k), unit: "N.m".parse().unwrap() }));
    let data = [time.clone()].into_iter().chain((0..12).map(channel)).collect();
    let stream = Stream { name: "mixer".into(), columns, data };
    let of_series = || all().filter(|extractor| !extractor.is_of_image());
    let lines = |wanted: &dyn Fn(&str) -> bool, channels: usize| {
        let mut lines = Vec::new();
        for (number, extractor) in of_series().filter(|extractor| wanted(extractor.name)).enumerate() {
            let count = if extractor.numbered { " 1" } else { "" };
            for k in 0..channels {
                lines.push(format!("f{number}_{k} = \"{}{count} of mixer.{} during s\"", extractor.name, name(k)));
            }
        }
        declared(&lines)
    };
    let streams = [stream];
    let seen = || Yield { streams: &streams, ..Yield::default() };
    let cheap = lines(&is_cheap, 12);
    c.bench_function(&format!("{} features of 12 channels of 100,000 rows", cheap.len()), |b| {
        b.iter(|| black_box(compute(&cheap, seen())));
    });
    for extractor in of_series() {
        let one = lines(&|name| name == extractor.name, 1);
        c.bench_function(&format!("{} of 100,000 rows", extractor.name), |b| {
            b.iter(|| black_box(compute(&one, seen())));
        });
    }
}

fn images(c: &mut Criterion) {
    let picture = GrayImage::from_fn(2000, 2000, |x, y| {
        let noise = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729) ^ x.wrapping_mul(y)) % 40;
        let (dx, dy) = (i64::from(x % 50) - 25, i64::from(y % 50) - 25);
        image::Luma([(60 + noise + if dx * dx + dy * dy < 150 { 110 } else { 0 }) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
    let images = [Image { name: "camera".into(), bytes: bytes.into_inner(), pixel: None }];
    let seen = || Yield { images: &images, ..Yield::default() };
    let of_image = || all().filter(|extractor| extractor.is_of_image()).enumerate();
    let line = |(number, name): (usize, &str)| format!("f{number} = \"{name} of camera.image during s\"");
    let every = declared(&of_image().map(|(number, extractor)| line((number, extractor.name))).collect::<Vec<_>>());
    c.bench_function(&format!("{} features of an image of 4 megapixels", every.len()), |b| {
        b.iter(|| black_box(compute(&every, seen())));
    });
    for name in ["brightness", "roughness slope", "texture contrast", "particle count", "defect share"] {
        let one = declared(&[line((0, name))]);
        c.bench_function(&format!("{name} of an image of 4 megapixels"), |b| {
            b.iter(|| black_box(compute(&one, seen())));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = series, images
}
criterion_main!(benches);
