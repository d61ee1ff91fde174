//! How bright and how glossy an image is.

use matdock_message::Message;

use super::Picture;
use crate::feature::extractor::{Extractor, UnitRule, of_image};

/// Levels the histogram tells apart.
const LEVELS: usize = 4096;

pub(super) static EXTRACTORS: [Extractor; 6] = [
    of_image("brightness", "lab-feature-about-brightness", UnitRule::One, |picture| Ok(moments(picture).0)),
    of_image("brightness deviation", "lab-feature-about-brightness-deviation", UnitRule::One, |picture| {
        Ok(moments(picture).1)
    }),
    of_image("brightness skewness", "lab-feature-about-brightness-skewness", UnitRule::One, |picture| {
        Ok(moments(picture).2)
    })
    .from("perceived gloss: Motoyoshi et al., Nature 447, 206 (2007)"),
    of_image("dark level", "lab-feature-about-dark-level", UnitRule::One, |picture| quantile(picture, 0.05)),
    of_image("bright level", "lab-feature-about-bright-level", UnitRule::One, |picture| quantile(picture, 0.95)),
    of_image("highlight share", "lab-feature-about-highlight-share", UnitRule::One, highlights),
];

/// Mean, standard deviation (over n) and skewness of the grey levels.
fn moments(picture: &Picture) -> (f64, f64, f64) {
    *picture.moments.get_or_init(|| find_moments(picture))
}

fn find_moments(picture: &Picture) -> (f64, f64, f64) {
    let n = picture.grey.len() as f64;
    let mean = picture.grey.iter().map(|level| f64::from(*level)).sum::<f64>() / n;
    let (mut squares, mut cubes) = (0.0, 0.0);
    for level in &picture.grey {
        let away = f64::from(*level) - mean;
        squares += away * away;
        cubes += away * away * away;
    }
    let deviation = (squares / n).sqrt();
    (mean, deviation, cubes / n / (deviation * deviation * deviation))
}

/// Level that a share of the pixels is below, to 1/4096.
fn quantile(picture: &Picture, share: f64) -> Result<f64, Message> {
    let mut histogram = vec![0_usize; LEVELS];
    for level in &picture.grey {
        histogram[((f64::from(*level) * LEVELS as f64) as usize).min(LEVELS - 1)] += 1;
    }
    let wanted = share * picture.grey.len() as f64;
    let mut below = 0;
    let place = histogram.iter().position(|count| {
        below += count;
        below as f64 >= wanted
    });
    Ok(place.unwrap_or(LEVELS - 1) as f64 / (LEVELS - 1) as f64)
}

/// Share of the pixels more than two standard deviations brighter than the mean: specular reflexes.
fn highlights(picture: &Picture) -> Result<f64, Message> {
    let (mean, deviation, _) = moments(picture);
    let bright = picture.grey.iter().filter(|level| f64::from(**level) > mean + 2.0 * deviation).count();
    Ok(bright as f64 / picture.grey.len() as f64)
}
