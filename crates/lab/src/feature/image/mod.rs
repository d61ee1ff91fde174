//! Images made ready for extractors.

mod blobs;
mod brightness;
mod defects;
mod particles;
mod roughness;
mod texture;

use std::cell::OnceCell;

use image::{ImageReader, Limits};
use matdock_message::{Message, say};
use matdock_record::{Quantity, Unit};

use self::{defects::Defects, particles::Regions, roughness::Spectrum, texture::Texture};
use super::extractor::{Extractor, UnitRule};
use crate::driver::Image;

/// All extractors of images, by subject.
pub(super) static EXTRACTORS: [&[Extractor]; 5] = [
    &brightness::EXTRACTORS,
    &roughness::EXTRACTORS,
    &texture::EXTRACTORS,
    &particles::EXTRACTORS,
    &defects::EXTRACTORS,
];

/// Most pixels that are looked at, and most memory a file may ask for.
const MOST_PIXELS: u64 = 100_000_000;
const MOST_BYTES: u64 = 1 << 30;
/// Images with a side below this are too small for anything.
const SMALLEST: u32 = 16;
/// More white pixels than this share: overexposed.
const OVEREXPOSED: f64 = 0.2;

/// An image in grey levels.
///
/// Shape: `grey[y * width + x]`. Units: 0 black to 1 white, as stored (no gamma is undone).
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub grey: Vec<f32>,
    pixel: Option<Quantity>,
    pub flags: Vec<Message>,
    moments: OnceCell<(f64, f64, f64)>,
    spectrum: OnceCell<Spectrum>,
    texture: OnceCell<Texture>,
    levels: OnceCell<Vec<u8>>,
    /// Bright and dark ones.
    regions: [OnceCell<Result<Regions, Message>>; 2],
    defects: OnceCell<Result<Defects, Message>>,
}

impl Picture {
    /// Reads a PNG, JPEG or TIFF file.
    ///
    /// # Errors
    /// No image, a truncated one, a tiny, a huge, or one that is everywhere the same.
    pub fn open(image: &Image, pixel: Option<Quantity>) -> Result<Self, Message> {
        let unreadable =
            |what: &dyn std::fmt::Display| say!("lab-feature-image-unreadable", name = image.name, what = what);
        let reader = ImageReader::new(std::io::Cursor::new(&image.bytes)).with_guessed_format();
        let mut reader = reader.map_err(|what| unreadable(&what))?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_BYTES);
        reader.limits(limits);
        let decoded = reader.decode().map_err(|what| unreadable(&what))?;
        let (width, height) = (decoded.width(), decoded.height());
        if width < SMALLEST || height < SMALLEST {
            return Err(say!("lab-feature-image-tiny", width = width, height = height, smallest = SMALLEST));
        }
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(say!("lab-feature-image-huge", width = width, height = height));
        }
        let grey: Vec<f32> = match decoded.as_luma8() {
            Some(grey) => grey.as_raw().iter().map(|level| f32::from(*level) / 255.0).collect(),
            None => decoded.into_luma16().into_raw().into_iter().map(|level| f32::from(level) / 65535.0).collect(),
        };
        Self::of(width as usize, height as usize, grey, pixel)
    }

    fn of(width: usize, height: usize, grey: Vec<f32>, pixel: Option<Quantity>) -> Result<Self, Message> {
        let ends = |(low, high): (f32, f32), level: &f32| (low.min(*level), high.max(*level));
        let (low, high) = grey.iter().fold((1.0, 0.0), ends);
        if high <= 2.0 / 255.0 {
            return Err(say!("lab-feature-image-black"));
        }
        if high - low < 1.0 / 65535.0 {
            return Err(say!("lab-feature-image-flat"));
        }
        let white = grey.iter().filter(|level| **level >= 1.0).count();
        let mut flags = Vec::new();
        if white as f64 > OVEREXPOSED * grey.len() as f64 {
            let percent = format!("{:.0}", 100.0 * white as f64 / grey.len() as f64);
            flags.push(say!("lab-feature-image-overexposed", percent = percent));
        }
        Ok(Self {
            width,
            height,
            grey,
            pixel,
            flags,
            moments: OnceCell::new(),
            spectrum: OnceCell::new(),
            texture: OnceCell::new(),
            levels: OnceCell::new(),
            regions: [OnceCell::new(), OnceCell::new()],
            defects: OnceCell::new(),
        })
    }

    /// A number of pixels as a length, where the size of a pixel is known; anything else as it is.
    pub fn in_units(&self, value: f64, rule: UnitRule) -> Result<(f64, Unit), Message> {
        match (&self.pixel, rule) {
            (Some(pixel), UnitRule::Length) => Ok((value * pixel.value, pixel.unit.clone())),
            _ => Ok((value, Unit::one())),
        }
    }
}

#[cfg(test)]
mod tests;
