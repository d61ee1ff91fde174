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
        let rest = without_background(&self.grey, self.width, self.height, radius);
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

/// Every pixel without the mean over the square around it, as far as that lies in the image.
fn without_background(grey: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let row = |y: usize| &grey[y * width..(y + 1) * width];
    let mut rest = Vec::with_capacity(grey.len());
    // Sums over the rows around, per column; rows come in below and go out above.
    let mut columns = vec![0.0_f64; width];
    let add = |columns: &mut [f64], y: usize, sign: f64| {
        columns.iter_mut().zip(row(y)).for_each(|(sum, grey)| *sum += sign * f64::from(*grey));
    };
    (0..radius.min(height)).for_each(|y| add(&mut columns, y, 1.0));
    for y in 0..height {
        if y + radius < height {
            add(&mut columns, y + radius, 1.0);
        }
        if y > radius {
            add(&mut columns, y - radius - 1, -1.0);
        }
        let rows = (y + radius + 1).min(height) - y.saturating_sub(radius);
        let mut sum: f64 = columns[..radius.min(width)].iter().sum();
        for (x, grey) in row(y).iter().enumerate() {
            if x + radius < width {
                sum += columns[x + radius];
            }
            if x > radius {
                sum -= columns[x - radius - 1];
            }
            let count = ((x + radius + 1).min(width) - x.saturating_sub(radius)) * rows;
            rest.push(grey - (sum / count as f64) as f32);
        }
    }
    rest
}
