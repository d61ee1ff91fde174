//! The chambers around one robot that make and measure thin-film cells: what each does and what its gauges show.

use matdock_message::{Message, say};
use matdock_record::{
    Datum, Outcome, Timestamp, Unit,
    body::{Column, Fields},
};
use num_complex::Complex64;

use super::{
    chance::Chance,
    thin_film::{AREA, Cell, LITHIUM_MELTS, STRESS_LIMIT, number},
    trace::Programme,
};
use crate::{
    analysis::circuit::{Arc, impedance},
    driver::{Action, PastAction, Performed, Physics, Reply, Stream},
};

/// A cluster tool for thin-film batteries whose cells obey the equations of [`super::thin_film`].
///
/// The measurement gives a raw spectrum, never the resistance: that is for the analysis to find.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThinFilm;

const LOAD: &str = "load";
const ELECTRODE: &str = "deposit-electrode";
const ELECTROLYTE: &str = "deposit-electrolyte";
const LITHIUM: &str = "evaporate-lithium";
const ANNEAL: &str = "anneal";
const IMPEDANCE: &str = "impedance";
const CAPABILITIES: [&str; 6] = [LOAD, ELECTRODE, ELECTROLYTE, LITHIUM, ANNEAL, IMPEDANCE];

/// Two cells made alike differ by this (relative standard deviation).
const REPRODUCIBILITY: f64 = 0.03;
/// Noise of each component of the impedance, relative to its size.
const METER_NOISE: f64 = 0.004;
const ADHESION_SPREAD: f64 = 0.03;

impl Physics for ThinFilm {
    fn capabilities(&self) -> &[&str] {
        &CAPABILITIES
    }

    fn perform(
        &self,
        action: &Action,
        start: Timestamp,
        past: &[PastAction],
        uses: u64,
        seed: u64,
    ) -> Result<Performed, Message> {
        let attempt = past.iter().filter(|earlier| earlier.action.step == action.step).count();
        let mut chance = Chance::new(seed, action.sample, &action.step, attempt);
        let planned = if action.duration.is_finite() && action.duration > 0.0 { action.duration } else { 600.0 };
        let duration = planned * (1.0 + 0.01 * chance.share());
        let (risk, when_broken) = match action.capability.as_str() {
            ELECTRODE => (0.004, say!("lab-physics-plasma-lost")),
            ELECTROLYTE => (0.005, say!("lab-physics-plasma-lost")),
            LITHIUM => (0.003, say!("lab-physics-source-empty")),
            IMPEDANCE => (0.006, say!("lab-physics-contact-lost")),
            _ => (0.0, say!("lab-physics-contact-lost")),
        };
        let broken = (chance.share() < risk).then(|| (0.2 + 0.7 * chance.share()) * duration);
        if action.capability == IMPEDANCE {
            let cell = cell(past, start)?;
            return Ok(measure(action, &cell, duration, broken, seed, &mut chance));
        }
        let programme = programme(action, duration)?;
        let end = broken.unwrap_or(duration);
        let stream = programme.run(end, &mut chance);
        let mut reply = Reply::of(Outcome::Succeeded);
        reply.actual = actual(action, uses, &mut chance);
        reply.streams = vec![stream];
        if broken.is_some() {
            reply.outcome = Outcome::Failed(when_broken.to_string());
        } else if action.capability == ANNEAL {
            let mut cell = cell(past, start)?;
            anneal(&mut cell, &action.settings)?;
            reply.outcome = fate(&cell, seed, action);
        }
        Ok(Performed { duration: end, reply })
    }
}

/// The cell after everything that was done to it, waiting included, up to `now`.
fn cell(past: &[PastAction], now: Timestamp) -> Result<Cell, Message> {
    let mut cell = Cell::default();
    let mut since = past.first().map_or(now, |first| first.started);
    for earlier in past {
        cell.wait(earlier.started.seconds_since(since) / 60.0);
        since = earlier.ended;
        let settings = &earlier.action.settings;
        let number = |name: &'static str| number(settings, name, &earlier.action.capability);
        let uses = uses_of(earlier);
        // Annealing changes a cell whether it comes off or not; a film that was broken off is no film.
        let done = matches!(earlier.reply.outcome, Outcome::Succeeded | Outcome::Uncertain(_));
        match earlier.action.capability.as_str() {
            ELECTRODE if done => cell.grow_electrode(
                number("substrate_temperature")?,
                number("oxygen_pressure")?,
                number("nickel_fraction")? - 0.00008 * uses,
            ),
            ELECTROLYTE if done => cell.cover(number("power")? * (1.0 - 0.0005 * uses).max(0.5)),
            LITHIUM if done => cell.lithium = true,
            ANNEAL => anneal(&mut cell, settings)?,
            _ => {}
        }
    }
    cell.wait(now.seconds_since(since) / 60.0);
    Ok(cell)
}

/// How often the target had been used, as the chamber's own counter reported.
fn uses_of(earlier: &PastAction) -> f64 {
    earlier.reply.actual.get("target_uses").and_then(Datum::quantity).map_or(0.0, |uses| uses.value.clamp(0.0, 2000.0))
}

fn anneal(cell: &mut Cell, settings: &Fields) -> Result<(), Message> {
    cell.anneal(number(settings, "anneal_temperature", ANNEAL)?, number(settings, "anneal_time", ANNEAL)?);
    Ok(())
}

/// Whether the cell is still whole.
fn fate(cell: &Cell, seed: u64, action: &Action) -> Outcome {
    let adhesion = 1.0 + ADHESION_SPREAD * Chance::new(seed, action.sample, "adhesion", 0).normal();
    if cell.stress > STRESS_LIMIT * adhesion {
        Outcome::Failed(say!("lab-physics-delaminated").to_string())
    } else if cell.hottest_with_lithium > LITHIUM_MELTS {
        Outcome::Failed(say!("lab-physics-lithium-melted").to_string())
    } else {
        Outcome::Succeeded
    }
}

/// What the chamber is made to do.
fn programme(action: &Action, duration: f64) -> Result<Programme, Message> {
    let set = |name: &'static str| number(&action.settings, name, &action.capability);
    let cold = Programme {
        duration,
        ramp: 0.25 * duration,
        temperature: 25.0,
        from_pressure: 2e-5,
        pressure: None,
        power: 0.0,
    };
    Ok(match action.capability.as_str() {
        LOAD => Programme { from_pressure: 101_325.0, ..cold },
        ELECTRODE => {
            set("nickel_fraction")?;
            let (temperature, pressure) = (set("substrate_temperature")?, Some(set("oxygen_pressure")?));
            Programme { temperature, pressure, power: 60.0, ramp: 0.35 * duration, ..cold }
        }
        ELECTROLYTE => Programme { power: set("power")?, pressure: Some(0.8), ramp: 0.1 * duration, ..cold },
        LITHIUM => Programme { temperature: 35.0, power: 120.0, ramp: 0.2 * duration, ..cold },
        ANNEAL => {
            let (temperature, hold) = (set("anneal_temperature")?, 60.0 * set("anneal_time")?);
            Programme { temperature, ramp: 0.5 * (duration - hold).max(0.0), ..cold }
        }
        other => {
            let known = CAPABILITIES.join(", ");
            return Err(say!("lab-physics-unknown-capability", name = other, known = known));
        }
    })
}

/// What the chamber says it did: its settings as its own gauges saw them, and the age of its target.
fn actual(action: &Action, uses: u64, chance: &mut Chance) -> Fields {
    let mut actual = Fields::new();
    for (name, datum) in &action.settings {
        if let Some(quantity) = datum.quantity().filter(|_| name != "nickel_fraction" && name != "anneal_time") {
            let spread = if quantity.unit.as_str() == "Cel" { 0.5 } else { 0.004 * quantity.value };
            let seen = quantity.value + spread * chance.normal();
            if seen.is_finite() {
                actual.insert(name.clone(), Datum::number((seen * 1e4).round() / 1e4, &quantity.unit));
            }
        }
    }
    if matches!(action.capability.as_str(), ELECTRODE | ELECTROLYTE) {
        actual.insert("target_uses".to_owned(), Datum::number(uses as f64, &Unit::one()));
    }
    actual
}

/// An impedance spectrum from 1 MHz to 0.1 Hz, eight points per decade.
fn measure(
    action: &Action,
    cell: &Cell,
    duration: f64,
    broken: Option<f64>,
    seed: u64,
    chance: &mut Chance,
) -> Performed {
    let failed = |duration: f64, streams: Vec<Stream>, why: &Message| {
        let reply = Reply { streams, ..Reply::of(Outcome::Failed(why.to_string())) };
        Performed { duration, reply }
    };
    let (Some(resistance), Some(power), true) = (cell.resistance(), cell.power, cell.lithium) else {
        return failed(0.1 * duration, Vec::new(), &say!("lab-physics-incomplete-cell"));
    };
    if !fate(cell, seed, action).is_success() {
        return failed(0.1 * duration, Vec::new(), &say!("lab-physics-no-contact"));
    }
    // These belong to the cell: measuring it again finds the same ones.
    let mut own = Chance::new(seed, action.sample, "cell", 0);
    let mut spread = |relative: f64| (relative * own.normal()).exp();
    let interface = resistance * spread(REPRODUCIBILITY) / AREA;
    let electrolyte = 40.0 * (1.0 + 0.15 * (power / 80.0).ln().powi(2)) * spread(0.04) / AREA;
    let contact = 12.0 * spread(0.1);
    let arcs = [
        Arc { r: electrolyte, tau: electrolyte * 6e-8 * AREA * spread(0.05), n: 0.95 },
        Arc { r: interface, tau: interface * 4e-5 * AREA * spread(0.1), n: (0.86 * spread(0.01)).min(0.95) },
    ];
    let points = if broken.is_some() { 23 } else { 57 };
    let mut data = vec![Vec::with_capacity(points), Vec::with_capacity(points), Vec::with_capacity(points)];
    for point in 0..points {
        let frequency = 10_f64.powf(6.0 - 0.125 * point as f64);
        let z = impedance(contact, &arcs, frequency);
        let noise = Complex64::new(chance.normal(), chance.normal()) * METER_NOISE * z.norm();
        for (column, value) in data.iter_mut().zip([frequency, z.re + noise.re, z.im + noise.im]) {
            column.push(value);
        }
    }
    let units = [("frequency", "Hz"), ("real", "Ohm"), ("imaginary", "Ohm")];
    let column = |(name, unit): &(&str, &str)| Some(Column { name: (*name).to_owned(), unit: unit.parse().ok()? });
    let columns = units.iter().filter_map(column).collect();
    let streams = vec![Stream { name: "spectrum".to_owned(), columns, data }];
    match broken {
        Some(duration) => failed(duration, streams, &say!("lab-physics-contact-lost")),
        None => Performed { duration, reply: Reply { streams, ..Reply::of(Outcome::Succeeded) } },
    }
}

#[cfg(test)]
#[path = "cluster_tool_tests.rs"]
mod tests;
