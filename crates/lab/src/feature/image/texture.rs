//! Texture: how the grey levels of neighbouring pixels go together.

use matdock_message::Message;

use super::Picture;
use crate::feature::extractor::{Extractor, UnitRule, of_image};

/// Grey levels that are told apart.
const LEVELS: usize = 32;

/// Neighbours: right, below right, below, below left.
const DIRECTIONS: [(isize, usize); 4] = [(1, 0), (1, 1), (0, 1), (-1, 1)];

const SOURCE: &str = "Haralick et al., IEEE Trans. Syst. Man Cybern. 3, 610 (1973)";

pub(super) static EXTRACTORS: [Extractor; 4] = [
    of_image("texture contrast", "lab-feature-about-texture-contrast", UnitRule::One, |p| Ok(p.texture().contrast))
        .from(SOURCE),
    of_image("texture correlation", "lab-feature-about-texture-correlation", UnitRule::One, |p| {
        Ok(p.texture().correlation)
    })
    .from(SOURCE),
    of_image("texture energy", "lab-feature-about-texture-energy", UnitRule::One, |p| Ok(p.texture().energy))
        .from(SOURCE),
    of_image("texture homogeneity", "lab-feature-about-texture-homogeneity", UnitRule::One, texture_homogeneity)
        .from(SOURCE),
];

fn texture_homogeneity(picture: &Picture) -> Result<f64, Message> {
    Ok(picture.texture().homogeneity)
}

/// Means over the four directions.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Texture {
    contrast: f64,
    correlation: f64,
    energy: f64,
    homogeneity: f64,
}

impl Picture {
    fn texture(&self) -> Texture {
        *self.texture.get_or_init(|| {
            let level = |grey: &f32| ((f64::from(*grey) * LEVELS as f64) as usize).min(LEVELS - 1);
            let levels: Vec<u8> = self.grey.iter().map(|grey| level(grey) as u8).collect();
            let mut mean = Texture::default();
            for direction in DIRECTIONS {
                let found = properties(&pairs(&levels, self.width, self.height, direction));
                let part = 1.0 / DIRECTIONS.len() as f64;
                mean.contrast += part * found.contrast;
                mean.correlation += part * found.correlation;
                mean.energy += part * found.energy;
                mean.homogeneity += part * found.homogeneity;
            }
            mean
        })
    }
}

/// How often each pair of levels is found in neighbours; both ways, so that it is symmetric.
fn pairs(levels: &[u8], width: usize, height: usize, (right, down): (isize, usize)) -> Vec<f64> {
    let mut counts = vec![0_u64; LEVELS * LEVELS];
    for row in 0..height.saturating_sub(down) {
        let here = &levels[row * width..(row + 1) * width];
        let there = &levels[(row + down) * width..(row + down + 1) * width];
        let (here, there) = match right {
            1 => (&here[..width - 1], &there[1..]),
            -1 => (&here[1..], &there[..width - 1]),
            _ => (here, there),
        };
        for (a, b) in here.iter().zip(there) {
            counts[usize::from(*a) * LEVELS + usize::from(*b)] += 1;
        }
    }
    let both = |place: usize| counts[place] + counts[place % LEVELS * LEVELS + place / LEVELS];
    let all: u64 = (0..counts.len()).map(both).sum();
    (0..counts.len()).map(|place| both(place) as f64 / all.max(1) as f64).collect()
}

/// Shape: `share[a * LEVELS + b]`, summing to 1 and symmetric.
fn properties(share: &[f64]) -> Texture {
    let cells = || share.iter().enumerate().map(|(place, p)| ((place / LEVELS) as f64, (place % LEVELS) as f64, *p));
    let mean: f64 = cells().map(|(a, _, p)| p * a).sum();
    let variance: f64 = cells().map(|(a, _, p)| p * (a - mean) * (a - mean)).sum();
    let together: f64 = cells().map(|(a, b, p)| p * (a - mean) * (b - mean)).sum();
    Texture {
        contrast: cells().map(|(a, b, p)| p * (a - b) * (a - b)).sum(),
        homogeneity: cells().map(|(a, b, p)| p / (1.0 + (a - b) * (a - b))).sum(),
        energy: share.iter().map(|p| p * p).sum::<f64>().sqrt(),
        // One level only: neighbours are as alike as can be.
        correlation: if variance > 1e-30 { together / variance } else { 1.0 },
    }
}
