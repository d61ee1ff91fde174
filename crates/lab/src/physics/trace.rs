//! What the gauges of a chamber show while a controller follows its programme.

use matdock_record::body::Column;

use super::chance::Chance;
use crate::driver::Stream;

/// Longest step that is written at 10 Hz \[s\]; longer ones at 1 Hz.
const SHORT: f64 = 900.0;
/// Pressure with all valves shut \[Pa\].
const BASE_PRESSURE: f64 = 2e-5;
/// Pressure at which gas flows 10 mL/min \[Pa\].
const FLOW_PRESSURE: f64 = 1.0;

/// A programme of a chamber: set points over time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Programme {
    /// Whole time \[s\].
    pub(crate) duration: f64,
    /// Time to heat and time to cool \[s\].
    pub(crate) ramp: f64,
    /// Temperature in between \[Cel\].
    pub(crate) temperature: f64,
    /// Pressure at the begin \[Pa\].
    pub(crate) from_pressure: f64,
    /// Pressure while gas flows \[Pa\]; None: pumping only.
    pub(crate) pressure: Option<f64>,
    /// Power \[W\] while the chamber works; 0 for none.
    pub(crate) power: f64,
}

const ROOM: f64 = 25.0;

impl Programme {
    fn temperature_at(&self, time: f64) -> f64 {
        let edge = time.min(self.duration - time).max(0.0);
        let share = if self.ramp > 0.0 { (edge / self.ramp).min(1.0) } else { 1.0 };
        ROOM + (self.temperature - ROOM) * share
    }

    fn works_at(&self, time: f64) -> bool {
        time >= self.ramp && time <= self.duration - self.ramp
    }

    /// What is seen until `end` \[s\]: time, temperature, pressure, gas flow, power.
    ///
    /// Heaters follow their set point as a damped second-order system (they overshoot a little), gauges as a
    /// first-order one; all show slowly wandering noise and the steps of their converters.
    pub(crate) fn run(&self, end: f64, chance: &mut Chance) -> Stream {
        let step = if self.duration <= SHORT { 0.1 } else { 1.0 };
        let rows = (end / step).clamp(1.0, 200_000.0) as usize;
        let mut data: Vec<Vec<f64>> = (0..5).map(|_| Vec::with_capacity(rows)).collect();
        let (mut heat, mut heating, mut wander) = (ROOM, 0.0, 0.0);
        let (mut pressure, mut flow, mut power) = (self.from_pressure.ln(), 0.0, 0.0);
        // Natural frequencies and time constants of the controllers [1/s, s].
        let (heater, pump, valve, supply) = (0.05, 25.0, 4.0, 2.0);
        for row in 0..rows {
            let time = row as f64 * step;
            let works = self.works_at(time);
            heating += step * (heater * heater * (self.temperature_at(time) - heat) - 1.3 * heater * heating);
            heat += step * heating;
            wander += step.min(1.0) * 0.05 * (chance.normal() * 0.4 - wander);
            let (goal, lag) = match self.pressure {
                Some(gas) if time >= 0.3 * self.ramp && time <= self.duration - 0.3 * self.ramp => (gas.ln(), valve),
                _ => (BASE_PRESSURE.ln(), pump),
            };
            pressure += (step / lag).min(1.0) * (goal - pressure);
            let shown_pressure = (pressure + 0.004 * chance.normal()).exp();
            let gas = if lag == valve { 10.0 * (goal.exp() / FLOW_PRESSURE).powf(0.4) } else { 0.0 };
            flow += (step / valve).min(1.0) * (gas - flow);
            power += (step / supply).min(1.0) * (if works { self.power } else { 0.0 } - power);
            let noise = chance.normal();
            data[0].push(time);
            data[1].push(steps(heat + wander + 0.05 * noise, 0.1));
            data[2].push(digits(shown_pressure));
            data[3].push(steps(flow * (1.0 + 0.002 * noise), 0.01));
            data[4].push(steps(power * (1.0 + 0.005 * wander + 0.001 * noise), 0.05));
        }
        Stream { name: "chamber".to_owned(), columns: columns(), data }
    }
}

fn columns() -> Vec<Column> {
    let units = [("time", "s"), ("temperature", "Cel"), ("pressure", "Pa"), ("gas_flow", "mL/min"), ("power", "W")];
    // All codes are valid (a test reads them), so none is left out.
    units
        .iter()
        .filter_map(|(name, unit)| Some(Column { name: (*name).to_owned(), unit: unit.parse().ok()? }))
        .collect()
}

/// Rounded to the step of a converter.
fn steps(value: f64, step: f64) -> f64 {
    // Division by the whole reciprocal keeps the shortest decimal form, which also stores small.
    (value / step).round() / (1.0 / step).round()
}

/// Rounded to three digits, as a vacuum gauge shows them.
fn digits(value: f64) -> f64 {
    let exponent = value.log10().floor() as i32 - 2;
    if exponent < 0 {
        let scale = 10_f64.powi(-exponent);
        (value * scale).round() / scale
    } else {
        let scale = 10_f64.powi(exponent);
        (value / scale).round() * scale
    }
}
