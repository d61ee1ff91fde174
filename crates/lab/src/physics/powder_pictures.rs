//! Pictures of films from powder: the surface after drying and a section of the sintered film.
//!
//! - Surface (0.02 mm per pixel): ripples of the blade across the coating direction, brighter where they lean towards
//!   the lamp, by 0.035 per um of their height; grain of the matt surface; tracks of agglomerates, dark, along the
//!   coating direction, on average 2 per um of scratches (head of [`super::powder_film`]). A film that cracked shows the
//!   cells of mud between its cracks.
//! - Section (0.1 um per pixel): pores are the places where a Gaussian random field with blobs of 0.12 + 0.1 z um (z:
//!   agglomerates) is low; their share is the porosity, give or take 2 % from one field of view to the next.
//!
//! Both have the noise of a camera; the lamp of the surface fades with use.

use std::f64::consts::TAU;

use matdock_record::SampleId;

use super::{
    chance::Chance,
    picture::{Field, SIDE},
    powder_film::{Dried, Film},
};
use crate::driver::Image;

/// Length of a pixel of the surface \[mm\] and of a section \[um\].
const SURFACE_PIXEL: f64 = 0.02;
const SECTION_PIXEL: f64 = 0.1;
/// By how much the porosity differs from one field of view to the next, relative.
const FIELD_OF_VIEW: f64 = 0.02;
/// Cells of mud along a side, and width of the cracks between them in pixels.
const CELLS: usize = 4;
const CRACK: f64 = 4.0;

/// The ripples of a film: they belong to it, whoever looks at them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ripples {
    /// Wavelength \[mm\].
    pub period: f64,
    /// Where they begin \[rad\].
    pub phase: f64,
}

impl Ripples {
    pub(super) fn of(seed: u64, sample: SampleId) -> Self {
        let mut own = Chance::new(seed, sample, "ripples", 0);
        Self { period: 0.8 + 0.4 * own.share(), phase: TAU * own.share() }
    }
}

/// The dried surface; `lamp` is how bright the lamp still is.
pub(super) fn surface(dried: &Dried, ripples: Ripples, cracked: bool, lamp: f64, chance: &mut Chance) -> Image {
    let (grain, bend) = (Field::random(1.2, chance), waves(chance));
    let tracks = tracks(2.0 * dried.scratches(), chance);
    let cells = cracked.then(|| cells(chance));
    let contrast = 0.035 * dried.ripple.min(10.0);
    let field = Field::of(|x, y| {
        let along = TAU * x as f64 * SURFACE_PIXEL / ripples.period + ripples.phase + 0.5 * bend(x, y);
        let track = tracks.iter().map(|track| track.darkness(x, y)).fold(0.0, f64::max);
        let broken = cells.as_ref().map_or(0.0, |cells| cells.at(x, y));
        let level = 0.5 + contrast * along.sin() + 0.025 * grain.at(x, y) + 0.01 * chance.normal();
        lamp * (level * (1.0 - 0.75 * track) * (1.0 - 0.92 * broken))
    });
    field.photographed("camera", SURFACE_PIXEL, "mm")
}

/// A section of the sintered film.
pub(super) fn section(film: &Film, chance: &mut Chance) -> Image {
    let share = film.porosity * (FIELD_OF_VIEW * chance.normal()).exp();
    let blobs = Field::random(film.pore_length() / SECTION_PIXEL, chance);
    let cut = blobs.quantile(share);
    let sharp = Field::of(|x, y| if blobs.at(x, y) < cut { 0.2 } else { 0.7 });
    let shading = waves(chance);
    let soft = sharp.smoothed(0.7);
    let field = Field::of(|x, y| soft.at(x, y) + 0.015 * shading(x, y) + 0.03 * chance.normal());
    field.photographed("microscope", SECTION_PIXEL, "um")
}

/// A gentle waviness over the whole picture, from -1 to 1.
fn waves(chance: &mut Chance) -> impl Fn(usize, usize) -> f64 + use<> {
    let (a, b) = (TAU * chance.share(), TAU * chance.share());
    move |x, y| {
        let at = |place: usize, times: f64| TAU * times * place as f64 / SIDE as f64;
        0.5 * ((at(y, 1.0) + at(x, 1.0) + a).sin() + (at(y, 2.0) - at(x, 1.0) + b).sin())
    }
}

/// What an agglomerate scratches: from row `begin` on along the coating direction.
struct Track {
    column: f64,
    begin: usize,
    rows: usize,
    lean: f64,
}

impl Track {
    fn darkness(&self, x: usize, y: usize) -> f64 {
        let along = (y + SIDE - self.begin) % SIDE;
        if along >= self.rows {
            return 0.0;
        }
        let away = x as f64 - self.column - self.lean * along as f64;
        (-0.5 * (away / 1.3).powi(2)).exp()
    }
}

/// As many tracks as Poisson's law has with this mean; at most 40.
fn tracks(mean: f64, chance: &mut Chance) -> Vec<Track> {
    let (limit, mut product, mut tracks) = ((-mean.min(20.0)).exp(), chance.share(), Vec::new());
    while product > limit && tracks.len() < 40 {
        let begin = (chance.share() * SIDE as f64) as usize % SIDE;
        let rows = 15 + (chance.share() * 60.0) as usize;
        tracks.push(Track { column: chance.share() * SIDE as f64, begin, rows, lean: 0.1 * (chance.share() - 0.5) });
        product *= chance.share();
    }
    tracks
}

/// 1 on the cracks between cells around scattered points, 0 inside.
fn cells(chance: &mut Chance) -> Field {
    let step = SIDE as f64 / CELLS as f64;
    let mut place = |cell: usize| (cell as f64 + 0.15 + 0.7 * chance.share()) * step;
    let points: Vec<(f64, f64)> = (0..CELLS * CELLS).map(|k| (place(k % CELLS), place(k / CELLS))).collect();
    let side = SIDE as f64;
    let around = |a: f64, b: f64| {
        let away = (a - b).abs();
        away.min(side - away)
    };
    Field::of(|x, y| {
        let (mut first, mut second) = (f64::INFINITY, f64::INFINITY);
        for (px, py) in &points {
            let away = around(x as f64, *px).hypot(around(y as f64, *py));
            if away < first {
                (first, second) = (away, first);
            } else if away < second {
                second = away;
            }
        }
        if second - first < CRACK { 1.0 } else { 0.0 }
    })
    .smoothed(0.7)
}
