//! Pictures that simulated cameras take: grey levels on a square, written as 8-bit PNG.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use matdock_record::{Quantity, Unit};

use super::chance::Chance;
use crate::driver::Image;

/// Pixels along a side.
pub(super) const SIDE: usize = 256;

/// A number per pixel. What leaves on one side comes in on the other, so that every place is like every other.
///
/// Shape: SIDE x SIDE, row by row.
#[derive(Debug, Clone)]
pub(super) struct Field(Vec<f64>);

impl Field {
    /// A number for every pixel, from its column and row.
    pub(super) fn of(mut level: impl FnMut(usize, usize) -> f64) -> Self {
        Self((0..SIDE * SIDE).map(|place| level(place % SIDE, place / SIDE)).collect())
    }

    /// A Gaussian random field of mean 0 and standard deviation 1; `length` pixels is the width of its blobs (standard
    /// deviation of the kernel that white noise is smoothed with).
    pub(super) fn random(length: f64, chance: &mut Chance) -> Self {
        let mut field = Self::of(|_, _| chance.normal()).smoothed(length);
        let count = field.0.len() as f64;
        let mean = field.0.iter().sum::<f64>() / count;
        let deviation = (field.0.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count).sqrt();
        field.0.iter_mut().for_each(|value| *value = (*value - mean) / deviation.max(1e-12));
        field
    }

    /// Smoothed with a Gaussian of standard deviation `length` pixels.
    pub(super) fn smoothed(self, length: f64) -> Self {
        let reach = (3.0 * length).ceil().min(SIDE as f64 / 2.0 - 1.0) as usize;
        let weight = |away: usize| (-0.5 * (away as f64 / length).powi(2)).exp();
        let kernel: Vec<f64> = (0..=2 * reach).map(|k| weight(k.abs_diff(reach))).collect();
        let sum: f64 = kernel.iter().sum();
        // Along the rows, then turned: twice makes both directions, and turns back.
        (0..2).fold(self, |field, _| {
            let mut turned = vec![0.0; SIDE * SIDE];
            for (y, row) in field.0.chunks_exact(SIDE).enumerate() {
                let around: Vec<f64> = (0..SIDE + 2 * reach).map(|k| row[(k + SIDE - reach) % SIDE]).collect();
                for x in 0..SIDE {
                    let part = &around[x..=x + 2 * reach];
                    turned[x * SIDE + y] = part.iter().zip(&kernel).map(|(v, w)| v * w).sum::<f64>() / sum;
                }
            }
            Self(turned)
        })
    }

    /// The value that a share of the pixels is below.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        let place = (share.clamp(0.0, 1.0) * (sorted.len() - 1) as f64) as usize;
        *sorted.select_nth_unstable_by(place, f64::total_cmp).1
    }

    /// The value of a pixel.
    pub(super) fn at(&self, x: usize, y: usize) -> f64 {
        self.0[y * SIDE + x]
    }

    /// As a camera writes it: 0 black to 1 white, with the length of a pixel.
    pub(super) fn photographed(&self, name: &str, pixel: f64, unit: &str) -> Image {
        let level = |x: u32, y: u32| (255.0 * self.at(x as usize, y as usize).clamp(0.0, 1.0)).round() as u8;
        let picture = GrayImage::from_fn(SIDE as u32, SIDE as u32, |x, y| Luma([level(x, y)]));
        let mut bytes = Cursor::new(Vec::new());
        // Writing into memory does not fail; an empty file would be flagged as unreadable.
        let written = DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png);
        let bytes = if written.is_ok() { bytes.into_inner() } else { Vec::new() };
        let unit: Option<Unit> = unit.parse().ok();
        Image { name: name.to_owned(), bytes, pixel: unit.map(|unit| Quantity::new(pixel, unit)) }
    }
}
