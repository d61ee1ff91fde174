//! Features of images made in memory.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat};
use matdock_record::Datum;
use proptest::prelude::*;

use super::*;
use crate::feature::{Feature, Yield, all, compute, language::read_extractor};

/// Bright discs on noise, as `tests/data/features_reference.py` makes them.
fn discs() -> GrayImage {
    const DISCS: [[i32; 3]; 6] = [[20, 20, 9], [60, 30, 13], [40, 60, 6], [80, 65, 11], [10, 70, 4], [75, 10, 7]];
    let mut state = 777_u64;
    GrayImage::from_fn(96, 80, |x, y| {
        let (x, y) = (x as i32, y as i32);
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        let inside = DISCS.iter().filter(|[cx, cy, r]| (x - cx).pow(2) + (y - cy).pow(2) <= r * r).count();
        image::Luma([(60 + (state >> 16) % 40) as u8 + 110 * inside as u8])
    })
}

fn file(picture: GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn fields(bytes: Vec<u8>, pixel: Option<&str>) -> matdock_record::body::Fields {
    let pixel = pixel.map(|text| crate::reader::quantity(text).unwrap());
    let image = Image { name: "camera".into(), bytes, pixel };
    let features: Vec<Feature> = all()
        .filter(|extractor| extractor.is_of_image())
        .map(|extractor| Feature {
            name: extractor.name.into(),
            stream: "camera".into(),
            column: "image".into(),
            method: read_extractor(extractor.name, "image").unwrap(),
            line: 1,
        })
        .collect();
    compute(&features, Yield { images: &[image], ..Yield::default() })
}

/// Reference: scikit-image 0.26.0 (`graycomatrix`, `graycoprops`, `threshold_otsu`, `label`, `regionprops`) and numpy
/// 2.4.6, by `tests/data/features_reference.py`; agreement to 1e-6 (grey levels are 32-bit here).
#[test]
fn texture_particles_and_spectrum_are_those_of_scikit_image_and_numpy() {
    let fields = fields(file(discs(), ImageFormat::Png), None);
    for (name, wanted) in [
        ("texture contrast", 10.546_870_836_109_258),
        ("texture correlation", 0.834_237_918_163_971),
        ("texture energy", 0.146_942_651_021_295_4),
        ("texture homogeneity", 0.397_272_777_547_904),
        ("particle count", 6.0),
        ("particle size", 16.579_493_817_373_36),
        ("particle d10", 9.946_744_62),
        ("particle d50", 15.860_796_22),
        ("particle d90", 23.930_940_61),
        ("particle share", 0.191_406_25),
        ("pore count", 1.0),
        ("pore d50", 88.920_287_75),
        ("brightness", 0.393_220_486_111_111),
        ("brightness deviation", 0.175_440_176_857_717_26),
        ("brightness skewness", 1.417_544_352_161_414_8),
        ("roughness slope", -2.566_874_399_171_146_7),
    ] {
        let found = fields[name].quantity().unwrap_or_else(|| panic!("{name}: {}", fields[name])).value;
        assert!((found - wanted).abs() < 1e-6 * wanted.abs(), "{name}: {found} instead of {wanted}");
    }
}

#[test]
fn lengths_are_in_the_unit_of_the_pixel_size_in_any_file_format() {
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::Jpeg] {
        let fields = fields(file(discs(), format), Some("0.5 um"));
        let size = fields["particle size"].quantity().unwrap();
        assert_eq!(size.unit.as_str(), "um", "{format:?}");
        assert!((size.value - 8.29).abs() < 0.3, "{format:?}: {}", size.value);
        assert_eq!(fields["particle share"].quantity().unwrap().unit.as_str(), "1");
    }
}

#[test]
fn ripples_and_spots_are_found_where_there_are_some() {
    let noise = |x: u32, y: u32| ((x * 7919 + y * 104_729 + x * y * 31) % 17) as f64;
    let picture = |ripple: f64, spots: bool| {
        GrayImage::from_fn(256, 256, |x, y| {
            let spot =
                spots && [(40, 40), (200, 90), (128, 200)].iter().any(|(cx, cy)| x.abs_diff(*cx) + y.abs_diff(*cy) < 5);
            let level = 120.0 + ripple * (f64::from(x) / 12.8 * std::f64::consts::TAU).sin() + noise(x, y);
            image::Luma([if spot { 10 } else { level as u8 }])
        })
    };
    let rippled = fields(file(picture(20.0, false), ImageFormat::Png), Some("2 um"));
    let wavelength = rippled["ripple wavelength"].quantity().unwrap();
    assert!((wavelength.value - 25.6).abs() < 1.5 && wavelength.unit.as_str() == "um", "{}", wavelength.value);
    let spotted = fields(file(picture(0.0, true), ImageFormat::Png), None);
    assert_eq!(spotted["dark defect count"].quantity().unwrap().value, 3.0);
    assert_eq!(spotted["bright defect count"].quantity().unwrap().value, 0.0);
    let share = spotted["defect share"].quantity().unwrap().value;
    assert!((share - 3.0 * 41.0 / 65536.0).abs() < 1e-9, "{share}");
}

#[test]
fn an_image_that_says_nothing_gives_missing_values_with_the_reason() {
    let whole = file(discs(), ImageFormat::Png);
    let of_level =
        |level: u8, side: u32| file(GrayImage::from_pixel(side, side, image::Luma([level])), ImageFormat::Png);
    for (bytes, reason) in [
        (of_level(0, 64), "black"),
        (of_level(90, 64), "same everywhere"),
        (of_level(90, 8), "8 x 8 pixels"),
        (whole[..whole.len() / 2].to_vec(), "cannot be read"),
        (Vec::new(), "cannot be read"),
        (b"GIF89a".to_vec(), "cannot be read"),
    ] {
        for (name, datum) in fields(bytes, None) {
            assert!(matches!(&datum, Datum::Missing(why) if why.contains(reason)), "{name}: {datum}");
        }
    }
    let white = GrayImage::from_fn(64, 64, |x, _| image::Luma([if x < 40 { 255 } else { 100 }]));
    let overexposed = fields(file(white, ImageFormat::Png), None);
    assert!(overexposed["brightness.flag"].to_string().contains("overexposed"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_image_gives_finite_numbers_or_reasons(
        width in 1_u32..70,
        height in 1_u32..70,
        levels in proptest::collection::vec(any::<u8>(), 4900),
        few in 1_u8..255,
        cut in 0.0..2.0,
    ) {
        let picture = GrayImage::from_fn(width, height, |x, y| image::Luma([levels[(y * 70 + x) as usize] / few * few]));
        let mut bytes = file(picture, ImageFormat::Png);
        bytes.truncate((cut * bytes.len() as f64) as usize);
        for (name, datum) in fields(bytes, None) {
            match datum {
                Datum::Quantity(found) => prop_assert!(found.value.is_finite(), "{name}"),
                Datum::Missing(why) => prop_assert!(!why.is_empty(), "{name}"),
                other => prop_assert!(name.ends_with(".flag"), "{name}: {other}"),
            }
        }
    }
}
