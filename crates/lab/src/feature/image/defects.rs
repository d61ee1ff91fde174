//! Defects: spots much darker or brighter than what is around them.

use matdock_message::{Message, say};

use super::{Picture, blobs};
use crate::feature::{
    extractor::{Extractor, UnitRule, of_image},
    series::median,
};

/// What is around a pixel: a square with this share of the shorter side, to each side of it.
const AROUND: usize = 16;
/// A spot is this many robust standard deviations away, but at least this much grey.
const OUTLYING: f64 = 6.0;
const LEAST: f64 = 3.0 / 255.0;
/// Smaller spots are noise \[pixels\].
const SMALLEST: usize = 4;
/// Pixels that the robust standard deviation is taken from.
const LOOKED_AT: usize = 100_000;

pub(super) static EXTRACTORS: [Extractor; 3] = [
    of_image("dark defect count", "lab-feature-about-dark-defects", UnitRule::One, |p| {
        Ok(p.defects()?.counts[0] as f64)
    }),
    of_image("bright defect count", "lab-feature-about-bright-defects", UnitRule::One, |p| {
        Ok(p.defects()?.counts[1] as f64)
    }),
    of_image("defect share", "lab-feature-about-defect-share", UnitRule::One, |p| Ok(p.defects()?.share)),
];

/// Spots of an image.
#[derive(Debug, Clone, Copy)]
pub(super) struct Defects {
    /// Dark and bright ones.
    counts: [usize; 2],
    /// Share of the pixels in spots of either kind.
    share: f64,
}

impl Picture {
    fn defects(&self) -> Result<Defects, Message> {
        self.defects.get_or_init(|| self.find_defects()).clone()
    }

    fn find_defects(&self) -> Result<Defects, Message> {
        let radius = self.width.min(self.height) / AROUND;
        let background = box_means(&self.grey, self.width, self.height, radius);
        let rest: Vec<f32> = self.grey.iter().zip(&background).map(|(grey, around)| grey - around).collect();
        let step = rest.len().div_ceil(LOOKED_AT).max(1);
        let mut sizes: Vec<f64> = rest.iter().step_by(step).map(|value| f64::from(value.abs())).collect();
        if sizes.is_empty() {
            return Err(say!("lab-feature-image-flat"));
        }
        // Median absolute deviation of normally distributed noise: 0.6745 standard deviations.
        let limit = (OUTLYING * median(&mut sizes) / 0.6745).max(LEAST) as f32;
        let mut found = Defects { counts: [0; 2], share: 0.0 };
        for (kind, sign) in [(0, -1.0_f32), (1, 1.0)] {
            let marked: Vec<bool> = rest.iter().map(|value| sign * value > limit).collect();
            let areas = blobs::areas(&marked, self.width).into_iter().filter(|area| *area >= SMALLEST);
            for area in areas {
                found.counts[kind] += 1;
                found.share += area as f64 / rest.len() as f64;
            }
        }
        Ok(found)
    }
}

/// Mean over the square around every pixel, as far as it lies in the image.
fn box_means(grey: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    // Sums of everything above and to the left.
    let mut sums = vec![0.0_f64; (width + 1) * (height + 1)];
    for y in 0..height {
        let mut row = 0.0;
        for x in 0..width {
            row += f64::from(grey[y * width + x]);
            sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
        }
    }
    let mut means = Vec::with_capacity(grey.len());
    for y in 0..height {
        let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(height));
        let (above, below) = (&sums[top * (width + 1)..], &sums[bottom * (width + 1)..]);
        for x in 0..width {
            let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
            let sum = below[right] - below[left] - above[right] + above[left];
            means.push((sum / ((bottom - top) * (right - left)) as f64) as f32);
        }
    }
    means
}
