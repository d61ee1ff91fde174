//! The stations that make and measure films from powder: what each does and what its sensors show.

use std::f64::consts::TAU;

use matdock_message::{Message, say};
use matdock_record::{Datum, IdSource, Outcome, SampleId, Timestamp, Unit, body::Column};
use num_complex::Complex64;

use super::{
    chance::Chance,
    powder_film::{Coat, Conditions, Dried, Failure, Film, Milled, Paste, SENSED, number},
    powder_pictures::{self, Ripples},
};
use crate::{
    analysis::circuit::{Arc, impedance},
    driver::{Action, PastAction, Performed, Physics, Reply, Stream},
};

/// A line for electrode films whose nature obeys the equations of [`super::powder_film`].
///
/// Its sensors show series and pictures, from which the recipe takes its features; the impedance is a raw spectrum, never
/// the resistance.
#[derive(Debug, Clone, Copy, Default)]
pub struct PowderFilm;

const DOSE: &str = "dose";
const MILL: &str = "mill";
const KNEAD: &str = "knead";
const COAT: &str = "coat";
const DRY: &str = "dry";
const SINTER: &str = "sinter";
const MICROSCOPY: &str = "microscopy";
const IMPEDANCE: &str = "impedance";
const CAPABILITIES: [&str; 8] = [DOSE, MILL, KNEAD, COAT, DRY, SINTER, MICROSCOPY, IMPEDANCE];

/// Area of a film \[cm2\].
const AREA: f64 = 0.5;
/// Two films made alike differ by this (relative standard deviation), whatever was sensed.
const REPRODUCIBILITY: f64 = 0.04;
/// By how much samples differ in what they bear.
const TOLERANCE: f64 = 0.03;
/// Noise of each component of the impedance, relative to its size.
const METER_NOISE: f64 = 0.004;
/// By what the zero of the torque sensor moves with every use \[N.m\].
const TORQUE_DRIFT: f64 = 0.002;
/// By what share the lamp of the gloss meter fades with every use.
const LAMP_FADES: f64 = 0.0003;
/// By what share the beads of the mill lose their effect with every use.
const BEADS_WEAR: f64 = 0.0004;

/// A trial as a table of results would show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What was sensed, in the order and units of [`SENSED`]; none where the trial ended before.
    pub sensed: [Option<f64>; 7],
    /// Polarisation resistance \[Ohm.cm2\]; none where the trial failed.
    pub resistance: Option<f64>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// Makes and measures one film without a laboratory, with the same scatter, sensor noise and failures; the same `seed`
/// gives the same sample. Drift and breakdowns are left out.
pub fn trial(conditions: &Conditions, seed: u64) -> Trial {
    let sample = SampleId::new(&mut IdSource::from_seed(seed), Timestamp::from_microseconds(0));
    let film = conditions.film(scatter(seed, sample));
    let failure = film.failure(tolerance(seed, sample));
    let mut chance = Chance::new(seed, sample, "sensors", 0);
    let mut shown = film.sensed();
    for (value, (_, _, noise)) in shown.iter_mut().zip(SENSED) {
        *value *= (noise * chance.normal()).exp();
    }
    // What is sensed before the trial ends, in the order of the sensors.
    let seen = match failure {
        None => SENSED.len(),
        Some(Failure::Overload) => 0,
        Some(Failure::Stiff | Failure::Jam) => 3,
        Some(Failure::Crack) => 5,
    };
    let resistance = film.resistance() * (REPRODUCIBILITY * chance.normal()).exp();
    Trial {
        sensed: std::array::from_fn(|k| (k < seen).then_some(shown[k])),
        resistance: failure.is_none().then_some(resistance),
        failure,
    }
}

/// By how much each stage of a sample is off its average.
fn scatter(seed: u64, sample: SampleId) -> [f64; 4] {
    let mut own = Chance::new(seed, sample, "batch", 0);
    std::array::from_fn(|_| own.normal())
}

fn tolerance(seed: u64, sample: SampleId) -> f64 {
    1.0 + TOLERANCE * Chance::new(seed, sample, "tolerance", 0).normal()
}

impl Physics for PowderFilm {
    fn capabilities(&self) -> &[&str] {
        &CAPABILITIES
    }

    fn perform(
        &self,
        action: &Action,
        _: Timestamp,
        past: &[PastAction],
        uses: u64,
        seed: u64,
    ) -> Result<Performed, Message> {
        let attempt = past.iter().filter(|earlier| earlier.action.step == action.step).count();
        let mut chance = Chance::new(seed, action.sample, &action.step, attempt);
        let planned = if action.duration.is_finite() && action.duration > 0.0 { action.duration } else { 600.0 };
        let duration = planned * (1.0 + 0.01 * chance.share());
        let mut made = Made::of(past, seed, action.sample)?;
        made.next(action, uses)?;
        let (tolerance, ripples) = (tolerance(seed, action.sample), Ripples::of(seed, action.sample));
        let mut reply = Reply::of(Outcome::Succeeded);
        if action.capability == MILL {
            reply.actual.insert("mill_uses".to_owned(), Datum::number(uses as f64, &Unit::one()));
        }
        let incomplete = || say!("lab-physics-incomplete-film");
        let failure = match action.capability.as_str() {
            DOSE => None,
            MILL => {
                reply.streams = vec![mill(action, duration, &mut chance)?];
                None
            }
            KNEAD => {
                let paste = made.paste.ok_or_else(incomplete)?;
                reply.streams = vec![mixer(action, &paste, uses, &mut chance)?];
                paste.failure(tolerance)
            }
            COAT => {
                let coat = made.coat.ok_or_else(incomplete)?;
                reply.streams = vec![viscometer(&coat.paste, &mut chance), blade(action, &coat, &mut chance)?];
                coat.failure(tolerance)
            }
            DRY => {
                let dried = made.dried.ok_or_else(incomplete)?;
                let (lamp, failure) = ((1.0 - LAMP_FADES * uses as f64).max(0.5), dried.failure(tolerance));
                reply.streams = vec![gloss(action, &dried, duration, lamp, &mut chance)?];
                let cracked = failure == Some(Failure::Crack);
                reply.images = vec![powder_pictures::surface(&dried, ripples, cracked, lamp, &mut chance)];
                failure
            }
            SINTER => {
                reply.streams = vec![furnace(action, duration, &mut chance)?];
                None
            }
            MICROSCOPY => {
                let film = made.film.ok_or_else(incomplete)?;
                reply.streams = vec![profile(&film, ripples, &mut chance)];
                reply.images = vec![powder_pictures::section(&film, &mut chance)];
                None
            }
            _ => {
                let film = made.film.ok_or_else(incomplete)?;
                let lost = chance.share() < 0.006;
                reply.streams = vec![spectrum(&film, action.sample, seed, lost, &mut chance)];
                if lost {
                    reply.outcome = Outcome::Failed(say!("lab-physics-contact-lost").to_string());
                }
                None
            }
        };
        if let Some(failure) = failure {
            reply.outcome = Outcome::Failed(said(failure).to_string());
        }
        Ok(Performed { duration, reply })
    }
}

fn said(failure: Failure) -> Message {
    match failure {
        Failure::Overload => say!("lab-physics-overload"),
        Failure::Stiff => say!("lab-physics-stiff"),
        Failure::Jam => say!("lab-physics-jam"),
        Failure::Crack => say!("lab-physics-crack"),
    }
}

/// What there is of a film.
#[derive(Debug, Clone, Copy)]
struct Made {
    scatter: [f64; 4],
    shares: Option<[f64; 3]>,
    milled: Option<Milled>,
    paste: Option<Paste>,
    coat: Option<Coat>,
    dried: Option<Dried>,
    film: Option<Film>,
}

impl Made {
    fn of(past: &[PastAction], seed: u64, sample: SampleId) -> Result<Self, Message> {
        let scatter = scatter(seed, sample);
        let mut made = Self { scatter, shares: None, milled: None, paste: None, coat: None, dried: None, film: None };
        for earlier in past.iter().filter(|earlier| earlier.reply.outcome.is_success()) {
            let uses = earlier.reply.actual.get("mill_uses").and_then(Datum::quantity).map_or(0.0, |uses| uses.value);
            made.next(&earlier.action, uses.clamp(0.0, 2000.0) as u64)?;
        }
        Ok(made)
    }

    /// One step further.
    fn next(&mut self, action: &Action, uses: u64) -> Result<(), Message> {
        let set = |name: &'static str| number(&action.settings, name, &action.capability);
        let [milling, kneading, drying, sintering] = self.scatter;
        match action.capability.as_str() {
            DOSE => self.shares = Some([set("solvent_share")?, set("binder_share")?, set("dispersant_share")?]),
            MILL => {
                let speed = set("mill_speed")? * (1.0 - BEADS_WEAR * uses as f64).max(0.5);
                let time = set("mill_time")?;
                self.milled = self.shares.map(|shares| Milled::new(shares, speed, time, milling));
            }
            KNEAD => {
                let (speed, time) = (set("kneading_speed")?, set("kneading_time")?);
                let temperature = set("kneading_temperature")?;
                self.paste = self.milled.map(|milled| milled.knead(speed, time, temperature, kneading));
            }
            COAT => {
                let (gap, speed) = (set("coating_gap")?, set("coating_speed")?);
                self.coat = self.paste.map(|paste| paste.coat(gap, speed));
            }
            DRY => {
                let (temperature, air) = (set("drying_temperature")?, set("air_flow")?);
                self.dried = self.coat.map(|coat| coat.dry(temperature, air, drying));
            }
            SINTER => {
                let (temperature, time) = (set("sintering_temperature")?, set("sintering_time")?);
                self.film = self.dried.map(|dried| dried.sinter(temperature, time, sintering));
            }
            MICROSCOPY | IMPEDANCE => {}
            other => {
                let known = CAPABILITIES.join(", ");
                return Err(say!("lab-physics-unknown-capability", name = other, known = known));
            }
        }
        Ok(())
    }
}

fn stream(name: &str, columns: &[(&str, &str)], data: Vec<Vec<f64>>) -> Stream {
    let column = |(name, unit): &(&str, &str)| Some(Column { name: (*name).to_owned(), unit: unit.parse().ok()? });
    Stream { name: name.to_owned(), columns: columns.iter().filter_map(column).collect(), data }
}

/// Times \[s\] from 0 to `end` in steps, at most 20,000 of them.
fn times(end: f64, step: f64) -> impl Iterator<Item = f64> {
    let rows = (end / step).clamp(2.0, 20_000.0) as usize;
    (0..rows).map(move |row| row as f64 * step)
}

/// Rounded to a step of the converter.
fn steps(value: f64, per_unit: f64) -> f64 {
    (value * per_unit).round() / per_unit
}

/// Rounded to four digits.
fn digits(value: f64) -> f64 {
    let scale = 10_f64.powf(3.0 - value.abs().max(1e-12).log10().floor());
    (value * scale).round() / scale
}

/// Rows of times and what `row` shows at each.
fn series<const N: usize>(times: impl Iterator<Item = f64>, mut row: impl FnMut(f64) -> [f64; N]) -> Vec<Vec<f64>> {
    let mut data = vec![Vec::new(); N + 1];
    for time in times {
        data[0].push(time);
        for (column, value) in data[1..].iter_mut().zip(row(time)) {
            column.push(value);
        }
    }
    data
}

/// Heat and power of the mill: heating up to an even temperature.
fn mill(action: &Action, duration: f64, chance: &mut Chance) -> Result<Stream, Message> {
    let speed = number(&action.settings, "mill_speed", MILL)?;
    let (power, warm) = (40.0 * (speed / 8.0).powf(2.5), 22.0 + 12.0 * (speed / 8.0).powi(2));
    let data = series(times(duration, 5.0), |time| {
        let temperature = warm + (22.0 - warm) * (-time / 600.0).exp() + 0.1 * chance.normal();
        [steps(temperature, 10.0), steps(power * (1.0 + 0.02 * chance.normal()), 10.0)]
    });
    Ok(stream("mill", &[("time", "s"), ("temperature", "Cel"), ("power", "W")], data))
}

/// Torque of the kneader: lumps first, then levelling off; the blades make it swing, its zero drifts.
fn mixer(action: &Action, paste: &Paste, uses: u64, chance: &mut Chance) -> Result<Stream, Message> {
    let set = |name: &'static str| number(&action.settings, name, KNEAD);
    let (minutes, speed, warm) = (set("kneading_time")?, set("kneading_speed")?, set("kneading_temperature")?);
    let zero = TORQUE_DRIFT * uses as f64;
    let (phase, mut wander) = (TAU * chance.share(), 0.0);
    let data = series(times(60.0 * minutes, 1.0), |time| {
        wander += 0.02 * (0.2 * chance.normal() - wander);
        let falling = (-time / (60.0 * paste.settling)).exp();
        let swing = 0.04 * (TAU * speed / 60.0 * time * 0.37 + phase).sin();
        let torque = paste.torque * (1.0 + 1.2 * falling) * (1.0 + swing + 0.02 * chance.normal() + 0.2 * wander);
        [steps(torque + zero, 1000.0), steps(warm + 2.0 * falling + 0.1 * chance.normal(), 10.0)]
    });
    Ok(stream("mixer", &[("time", "s"), ("torque", "N.m"), ("temperature", "Cel")], data))
}

/// Force on the blade while it goes over 100 mm.
fn blade(action: &Action, coat: &Coat, chance: &mut Chance) -> Result<Stream, Message> {
    let speed = number(&action.settings, "coating_speed", COAT)?;
    let (phase, mut wander) = (TAU * chance.share(), 0.0);
    let data = series(times(100.0 / speed, 0.2 / speed), |time| {
        let path = time * speed;
        wander += 0.02 * (0.1 * chance.normal() - wander);
        let swing = 0.03 * (TAU * path / 7.0 + phase).sin();
        let force = coat.force * (1.0 - (-path / 4.0).exp()) * (1.0 + swing + 0.03 * chance.normal() + wander);
        [steps(force, 1000.0)]
    });
    Ok(stream("blade", &[("time", "s"), ("force", "N")], data))
}

/// Viscosity of the slurry in a minute of shear at 10/s: the structure it had at rest breaks down first.
fn viscometer(paste: &Paste, chance: &mut Chance) -> Stream {
    let read = paste.viscosity * (SENSED[2].2 * chance.normal()).exp();
    let data = series(times(60.0, 0.5), |time| {
        [digits(read * (1.0 + 0.6 * (-time / 8.0).exp()) * (1.0 + 0.01 * chance.normal()))]
    });
    stream("viscometer", &[("time", "s"), ("viscosity", "Pa.s")], data)
}

/// Gloss of the drying surface: it falls from wet to matt in an S.
fn gloss(action: &Action, dried: &Dried, duration: f64, lamp: f64, chance: &mut Chance) -> Result<Stream, Message> {
    let warm = number(&action.settings, "drying_temperature", DRY)?;
    let falls = dried.gloss_drop * (SENSED[4].2 * chance.normal()).exp();
    let middle = dried.runs_dry() + 0.75 * 60.0 * FALL / falls;
    let data = series(times(duration, 1.0), |time| {
        let fallen = 1.0 / (1.0 + (-4.0 * (time - middle) / 60.0 * falls / FALL).exp());
        let gloss = lamp * (88.0 - FALL * fallen) + 0.4 * chance.normal();
        let temperature = warm + (22.0 - warm) * (-time / 120.0).exp() + 0.1 * chance.normal();
        [steps(gloss, 10.0), steps(temperature, 10.0)]
    });
    Ok(stream("camera", &[("time", "s"), ("gloss", "%"), ("temperature", "Cel")], data))
}

/// By how much the gloss falls from wet to dry \[%\].
const FALL: f64 = 60.0;

/// Temperature of the furnace: heating and cooling alike, a hold between.
fn furnace(action: &Action, duration: f64, chance: &mut Chance) -> Result<Stream, Message> {
    let hot = number(&action.settings, "sintering_temperature", SINTER)?;
    let hold = 3600.0 * number(&action.settings, "sintering_time", SINTER)?;
    let ramp = (0.5 * (duration - hold)).max(1.0);
    let data = series(times(duration, 20.0), |time| {
        let share = (time.min(duration - time).max(0.0) / ramp).min(1.0);
        [steps(22.0 + (hot - 22.0) * share + 0.5 * chance.normal(), 10.0)]
    });
    Ok(stream("furnace", &[("time", "s"), ("temperature", "Cel")], data))
}

/// Height of the surface along 10 mm.
fn profile(film: &Film, Ripples { period, phase }: Ripples, chance: &mut Chance) -> Stream {
    let data = series(times(10.0, 0.01), |path| {
        let wave = (TAU * path / period + phase).sin() + 0.25 * (TAU * path / (0.37 * period)).sin();
        [steps(film.dried.ripple * wave + 0.03 * chance.normal(), 1000.0)]
    });
    stream("profile", &[("path", "mm"), ("height", "um")], data)
}

/// An impedance spectrum from 1 MHz to 0.1 Hz, eight points per decade; half of it where the contact is lost.
fn spectrum(film: &Film, sample: SampleId, seed: u64, lost: bool, chance: &mut Chance) -> Stream {
    // These belong to the film: measuring it again finds the same ones.
    let mut own = Chance::new(seed, sample, "film", 0);
    let mut spread = |relative: f64| (relative * own.normal()).exp();
    let electrode = film.resistance() * spread(REPRODUCIBILITY) / AREA;
    let boundary = 1.2 * spread(0.04) / AREA;
    let contact = 0.9 * spread(0.1) / AREA;
    let arcs = [
        Arc { r: boundary, tau: 2e-5 * spread(0.05), n: 0.93 },
        Arc { r: electrode, tau: 2e-2 * electrode * AREA * spread(0.1), n: (0.88 * spread(0.01)).min(0.95) },
    ];
    let points = if lost { 23 } else { 57 };
    let frequencies = (0..points).map(|point| 10_f64.powf(6.0 - 0.125 * f64::from(point)));
    let data = series(frequencies, |frequency| {
        let z = impedance(contact, &arcs, frequency);
        let noise = Complex64::new(chance.normal(), chance.normal()) * METER_NOISE * z.norm();
        [z.re + noise.re, z.im + noise.im]
    });
    stream("spectrum", &[("frequency", "Hz"), ("real", "Ohm"), ("imaginary", "Ohm")], data)
}

#[cfg(test)]
#[path = "powder_line_tests.rs"]
mod tests;
