//! Particles and pores: bright and dark regions, told apart by one threshold.

use matdock_message::{Message, say};

use super::{Picture, blobs};
use crate::feature::extractor::{Extractor, UnitRule, of_image};

/// Regions below are noise \[pixels\].
const SMALLEST: usize = 5;

/// Share of the variance between both classes that normally distributed levels without any classes have: 2/pi.
const NO_CLASSES: f64 = 0.66;

const SOURCE: &str = "Otsu, IEEE Trans. Syst. Man Cybern. 9, 62 (1979)";

macro_rules! of_regions {
    ($name:literal, $about:literal, $unit:ident, $kind:expr, $value:expr) => {
        of_image($name, $about, UnitRule::$unit, |picture| picture.regions($kind).and_then($value)).from(SOURCE)
    };
}

pub(super) static EXTRACTORS: [Extractor; 12] = [
    of_regions!("particle count", "lab-feature-about-particle-count", One, Kind::Bright, |r| Ok(r.count())),
    of_regions!("particle size", "lab-feature-about-particle-size", Length, Kind::Bright, Regions::mean),
    of_regions!("particle d10", "lab-feature-about-particle-quantile", Length, Kind::Bright, |r| r.quantile(0.1)),
    of_regions!("particle d50", "lab-feature-about-particle-quantile", Length, Kind::Bright, |r| r.quantile(0.5)),
    of_regions!("particle d90", "lab-feature-about-particle-quantile", Length, Kind::Bright, |r| r.quantile(0.9)),
    of_regions!("particle share", "lab-feature-about-particle-share", One, Kind::Bright, |r| Ok(r.share)),
    of_regions!("pore count", "lab-feature-about-pore-count", One, Kind::Dark, |r| Ok(r.count())),
    of_regions!("pore size", "lab-feature-about-pore-size", Length, Kind::Dark, Regions::mean),
    of_regions!("pore d10", "lab-feature-about-pore-quantile", Length, Kind::Dark, |r| r.quantile(0.1)),
    of_regions!("pore d50", "lab-feature-about-pore-quantile", Length, Kind::Dark, |r| r.quantile(0.5)),
    of_regions!("pore d90", "lab-feature-about-pore-quantile", Length, Kind::Dark, |r| r.quantile(0.9)),
    of_regions!("pore share", "lab-feature-about-pore-share", One, Kind::Dark, |r| Ok(r.share)),
];

/// Which side of the threshold.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Bright = 0,
    Dark = 1,
}

/// The regions on one side of the threshold.
#[derive(Debug, Clone)]
pub(super) struct Regions {
    /// Diameters of circles of the same area \[pixels\], rising.
    diameters: Vec<f64>,
    /// Share of all pixels on this side, regions too small for a count included.
    share: f64,
}

impl Picture {
    fn regions(&self, kind: Kind) -> Result<&Regions, Message> {
        self.regions[kind as usize].get_or_init(|| self.find_regions(kind)).as_ref().map_err(Clone::clone)
    }

    fn find_regions(&self, kind: Kind) -> Result<Regions, Message> {
        // Grey levels are not negative: adding a half rounds.
        let levels = self.levels.get_or_init(|| self.grey.iter().map(|grey| (grey * 255.0 + 0.5) as u8).collect());
        let mut histogram = [0_u64; 256];
        levels.iter().for_each(|level| histogram[usize::from(*level)] += 1);
        let (threshold, separation) = otsu(&histogram);
        if separation < NO_CLASSES {
            return Err(say!("lab-feature-no-classes"));
        }
        let bright = matches!(kind, Kind::Bright);
        let marked: Vec<bool> = levels.iter().map(|level| (usize::from(*level) > threshold) == bright).collect();
        let share = marked.iter().filter(|marked| **marked).count() as f64 / marked.len() as f64;
        let diameter = |area: usize| (4.0 * area as f64 / std::f64::consts::PI).sqrt();
        let areas = blobs::areas(&marked, self.width).into_iter().filter(|area| *area >= SMALLEST);
        let mut diameters: Vec<f64> = areas.map(diameter).collect();
        diameters.sort_by(f64::total_cmp);
        Ok(Regions { diameters, share })
    }
}

impl Regions {
    fn count(&self) -> f64 {
        self.diameters.len() as f64
    }

    fn mean(&self) -> Result<f64, Message> {
        if self.diameters.is_empty() {
            return Err(say!("lab-feature-no-regions"));
        }
        Ok(self.diameters.iter().sum::<f64>() / self.count())
    }

    /// By number, interpolated between the regions.
    fn quantile(&self, share: f64) -> Result<f64, Message> {
        let Some(last) = self.diameters.len().checked_sub(1) else { return Err(say!("lab-feature-no-regions")) };
        let place = share * last as f64;
        let low = place.floor() as usize;
        let (below, above) = (self.diameters[low], self.diameters[(low + 1).min(last)]);
        Ok(below + (place - low as f64) * (above - below))
    }
}

/// The level up to which pixels are dark, and the share of the variance that lies between dark and bright.
fn otsu(histogram: &[u64; 256]) -> (usize, f64) {
    let all: f64 = histogram.iter().map(|count| *count as f64).sum();
    let sum: f64 = histogram.iter().enumerate().map(|(level, count)| level as f64 * *count as f64).sum();
    let mean = sum / all;
    let away = |(level, count): (usize, &u64)| (level as f64 - mean) * (level as f64 - mean) * *count as f64;
    let variance: f64 = histogram.iter().enumerate().map(away).sum::<f64>() / all;
    let (mut dark, mut dark_sum, mut best) = (0.0, 0.0, (0, 0.0));
    for (level, count) in histogram.iter().enumerate() {
        dark += *count as f64;
        dark_sum += level as f64 * *count as f64;
        let bright = all - dark;
        if dark == 0.0 || bright == 0.0 || *count == 0 {
            continue;
        }
        let apart = dark_sum / dark - (sum - dark_sum) / bright;
        let between = dark * bright * apart * apart / (all * all);
        if between > best.1 {
            best = (level, between);
        }
    }
    (best.0, if variance > 0.0 { best.1 / variance } else { 0.0 })
}
