//! Roughness: how much of an image's structure is fine and how much coarse.

use std::f64::consts::TAU;

use matdock_message::{Message, say};
use realfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use super::Picture;
use crate::feature::{
    extractor::{Extractor, UnitRule, of_image},
    fourier,
    series::line,
};

/// Largest side of a tile; spectra of tiles are averaged.
const TILE: usize = 512;
/// Frequencies that the line is laid through: from this many periods per tile to a quarter per pixel.
const FEWEST_PERIODS: usize = 3;
const FEWEST_POINTS: usize = 4;
/// A ripple has this many times the power that the line lets expect.
const STANDS_OUT: f64 = 6.0;

pub(super) static EXTRACTORS: [Extractor; 2] = [
    of_image("roughness slope", "lab-feature-about-roughness-slope", UnitRule::One, slope)
        .from("Jacobs et al., Surf. Topogr.: Metrol. Prop. 5, 013001 (2017)"),
    of_image("ripple wavelength", "lab-feature-about-ripple", UnitRule::Length, ripple),
];

/// Mean power around circles of constant frequency.
///
/// Shape: `power[k]` at k periods per tile of `side` pixels.
#[derive(Debug, Clone)]
pub(super) struct Spectrum {
    side: usize,
    power: Vec<f64>,
}

impl Picture {
    fn spectrum(&self) -> &Spectrum {
        self.spectrum.get_or_init(|| {
            let smaller = self.width.min(self.height).min(TILE);
            // The largest power of two.
            let side = (smaller / 2 + 1).next_power_of_two().min(smaller);
            let (columns, rows) = (self.width / side, self.height / side);
            let (left, top) = ((self.width - columns * side) / 2, (self.height - rows * side) / 2);
            let mut power = vec![0.0; side / 2 + 1];
            let down_transform = FftPlanner::<f64>::new().plan_fft_forward(side);
            for tile in 0..columns * rows {
                let (x, y) = (left + tile % columns * side, top + tile / columns * side);
                self.add_tile((x, y), down_transform.as_ref(), &mut power);
            }
            power.iter_mut().for_each(|power| *power /= (columns * rows) as f64);
            Spectrum { side, power }
        })
    }

    fn add_tile(&self, (x, y): (usize, usize), down_transform: &dyn Fft<f64>, power: &mut [f64]) {
        let side = down_transform.len();
        let row = |down: usize| &self.grey[(y + down) * self.width + x..][..side];
        let mean = (0..side).flat_map(row).map(|grey| f64::from(*grey)).sum::<f64>() / (side * side) as f64;
        let window: Vec<f64> = (0..side).map(|k| 0.5 * (1.0 - (TAU * k as f64 / side as f64).cos())).collect();
        let along = fourier::forward(side);
        let half = side / 2 + 1;
        // Transposed on the way, so that the second transform finds its numbers side by side.
        let mut columns = vec![Complex64::ZERO; side * half];
        let (mut input, mut line) = (along.make_input_vec(), along.make_output_vec());
        for down in 0..side {
            for (place, (grey, w)) in input.iter_mut().zip(row(down).iter().zip(&window)) {
                *place = (f64::from(*grey) - mean) * w * window[down];
            }
            // Lengths fit by construction.
            if along.process(&mut input, &mut line).is_err() {
                return;
            }
            line.iter().enumerate().for_each(|(k, value)| columns[k * side + down] = *value);
        }
        down_transform.process(&mut columns);
        let mut counts = vec![0.0; power.len()];
        let mut sums = vec![0.0; power.len()];
        for (place, value) in columns.iter().enumerate() {
            let (right, down) = (place / side, place % side);
            let down = down.min(side - down);
            let around = ((right * right + down * down) as f64).sqrt().round() as usize;
            // The other half of the plane is the same.
            let weight = if right == 0 || right == side / 2 { 1.0 } else { 2.0 };
            if let (Some(sum), Some(count)) = (sums.get_mut(around), counts.get_mut(around)) {
                *sum += weight * value.norm_sqr();
                *count += weight;
            }
        }
        for ((power, sum), count) in power.iter_mut().zip(sums).zip(counts) {
            *power += sum / f64::max(count, 1.0);
        }
    }
}

impl Spectrum {
    /// Logarithms of frequency and power, between the coarsest and the finest that count.
    fn logarithms(&self) -> Result<(Vec<f64>, Vec<f64>), Message> {
        let places = FEWEST_PERIODS..=self.side / 4;
        if places.clone().count() < FEWEST_POINTS {
            let smallest = 4 * (FEWEST_PERIODS + FEWEST_POINTS - 1);
            return Err(say!("lab-feature-image-tiny", width = self.side, height = self.side, smallest = smallest));
        }
        if self.power[places.clone()].iter().any(|power| *power <= 0.0) {
            return Err(say!("lab-feature-image-flat"));
        }
        Ok(places.map(|k| ((k as f64).ln(), self.power[k].ln())).unzip())
    }
}

fn slope(picture: &Picture) -> Result<f64, Message> {
    let (frequency, power) = picture.spectrum().logarithms()?;
    Ok(line(&frequency, &power).1)
}

/// The wavelength that stands out most from the line through the spectrum.
fn ripple(picture: &Picture) -> Result<f64, Message> {
    let spectrum = picture.spectrum();
    let (frequency, power) = spectrum.logarithms()?;
    let (level, slope, middle) = line(&frequency, &power);
    let above = frequency.iter().zip(&power).map(|(f, p)| p - (level + slope * (f - middle)));
    let best = above.zip(&frequency).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((above, frequency)) if above > STANDS_OUT.ln() => Ok(spectrum.side as f64 / frequency.exp()),
        _ => Err(say!("lab-feature-no-ripple")),
    }
}
