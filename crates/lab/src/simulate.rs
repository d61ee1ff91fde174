//! How a lab would do with many samples: the executor on virtual time with the planned durations.

use std::collections::{BTreeMap, HashMap};

use matdock_message::{Message, say};
use matdock_record::{IdSource, SampleId, Timestamp, body::Fields};

use crate::{
    Action, Executor, Happening, Job, Lab, MemoryJournal, Recipe, VirtualClock,
    driver::MOVE,
    drivers::Drivers,
    recipe::{Lag, Work},
};

/// How many samples a simulation may have: each is remembered until the end.
const SAMPLES: std::ops::RangeInclusive<usize> = 1..=100_000;

/// What a simulated run of many samples showed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Simulation {
    /// How many samples were made.
    pub samples: usize,
    /// How many of them did not get through (a time limit passed).
    pub lost: usize,
    /// Why, each reason once.
    pub reasons: Vec<String>,
    /// Begin of the first to end of the last \[s\].
    pub makespan: f64,
    /// Samples per day.
    pub per_day: f64,
    /// Share of the time in use, 0..1, per station in the order of the lab, the robot last.
    pub utilisation: Vec<(String, f64)>,
    /// Number of samples on their way: from this time \[s\] on, this many.
    pub in_flight: Vec<(f64, usize)>,
    /// Everything that was done.
    pub bars: Vec<Bar>,
    /// When it began.
    pub start: Timestamp,
}

/// One thing done to one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Station or robot.
    pub station: String,
    /// Number of the sample, from 1.
    pub sample: usize,
    /// Step of the recipe, or where a move goes.
    pub step: String,
    /// True for a move.
    pub moved: bool,
    /// Begin, from the begin of the run \[s\].
    pub start: f64,
    /// End \[s\].
    pub end: f64,
}

/// Runs `samples` samples with the same settings through the lab in virtual time, every step as long as planned.
/// The `seed` makes the samples' ids.
///
/// # Errors
/// None or more than 100000 samples, the recipe cannot run on this lab, or a setting is missing.
pub fn simulate(
    lab: &Lab,
    recipe: &Recipe,
    samples: usize,
    settings: &Fields,
    seed: u64,
) -> Result<Simulation, Message> {
    if !SAMPLES.contains(&samples) {
        return Err(say!("lab-simulation-samples", samples = samples, min = SAMPLES.start(), max = SAMPLES.end()));
    }
    // Midnight of a day without meaning: a chart shows the time since the begin.
    let start = Timestamp::from_microseconds(0);
    let clock = Box::new(VirtualClock::new(start));
    let journal = MemoryJournal::default();
    // What is seen is made up only where an analysis would ask for it: throughput does not depend on results.
    let recipe = without_analyses(recipe);
    let mut executor = Executor::new(lab.clone(), recipe, Drivers::planned(lab), clock, journal)?;
    let mut ids = IdSource::from_seed(seed);
    let mut simulation = Simulation { samples, start, ..Simulation::default() };
    let mut numbers: HashMap<SampleId, usize> = HashMap::new();
    loop {
        while executor.capacity() > 0 && numbers.len() < samples {
            let sample = SampleId::new(&mut ids, executor.now());
            let number = numbers.len() + 1;
            numbers.insert(sample, number);
            executor.submit(Job { sample, name: format!("S-{number}"), settings: settings.clone() })?;
        }
        for happening in executor.advance()? {
            match happening {
                Happening::Ended { action, started, ended, .. } => {
                    let number = numbers.get(&action.sample).copied().unwrap_or_default();
                    simulation.bars.push(bar(&action, number, start, started, ended));
                }
                Happening::Finished { outcome, .. } => {
                    if let Some(reason) = outcome.reason().map(str::to_owned) {
                        simulation.lost += 1;
                        if !simulation.reasons.contains(&reason) {
                            simulation.reasons.push(reason);
                        }
                    }
                }
                Happening::Waiting(reasons) => {
                    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                    return Err(say!("lab-simulation-stuck", reasons = reasons.join(" ")));
                }
                Happening::Idle => {
                    simulation.sum_up(lab);
                    return Ok(simulation);
                }
                _ => {}
            }
        }
    }
}

fn bar(action: &Action, sample: usize, start: Timestamp, from: Timestamp, to: Timestamp) -> Bar {
    let moved = action.capability == MOVE;
    let target = action.settings.get("to").map(ToString::to_string).unwrap_or_default();
    Bar {
        station: action.station.clone(),
        sample,
        step: if moved { target } else { action.step.clone() },
        moved,
        start: from.seconds_since(start),
        end: to.seconds_since(start),
    }
}

/// The recipe without what is computed: analyses take no time and no place.
pub(crate) fn without_analyses(recipe: &Recipe) -> Recipe {
    let mut bare = recipe.clone();
    let keep: Vec<usize> =
        (0..recipe.steps.len()).filter(|step| matches!(recipe.steps[*step].work, Work::Station { .. })).collect();
    let new = |old: usize| keep.iter().position(|kept| *kept == old);
    bare.steps = keep.iter().map(|step| recipe.steps[*step].clone()).collect();
    for (step, old) in bare.steps.iter_mut().zip(&keep) {
        // What waited for an analysis waits for what was analysed.
        let before = |candidate: &usize| recipe.is_before(*candidate, *old);
        step.after = keep.iter().copied().filter(before).filter_map(new).collect();
    }
    bare.lags = recipe
        .lags
        .iter()
        .filter_map(|lag| Some(Lag { from: new(lag.from)?, to: new(lag.to)?, ..lag.clone() }))
        .collect();
    for exposure in &mut bare.exposures {
        exposure.after = exposure.after.and_then(new);
        exposure.until = exposure.until.and_then(new);
    }
    bare.outputs.clear();
    bare.live.clear();
    bare.stops.clear();
    bare
}

impl Simulation {
    fn sum_up(&mut self, lab: &Lab) {
        self.makespan = self.bars.iter().map(|bar| bar.end).fold(0.0, f64::max);
        if self.makespan > 0.0 {
            self.per_day = self.samples as f64 * 86_400.0 / self.makespan;
        }
        let names = lab.stations.iter().map(|station| (&station.name, station.parallel)).chain([(&lab.robot.name, 1)]);
        let utilisation = names.map(|(name, parallel)| {
            let busy: f64 = self.bars.iter().filter(|bar| bar.station == *name).map(|bar| bar.end - bar.start).sum();
            let share = if self.makespan > 0.0 { busy / (self.makespan * parallel as f64) } else { 0.0 };
            (name.clone(), share)
        });
        self.utilisation = utilisation.collect();
        self.in_flight = in_flight(&self.bars);
    }
}

/// Number of samples between their first and last bar, as steps over time.
fn in_flight(bars: &[Bar]) -> Vec<(f64, usize)> {
    let mut spans: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for bar in bars {
        let span = spans.entry(bar.sample).or_insert((bar.start, bar.end));
        *span = (span.0.min(bar.start), span.1.max(bar.end));
    }
    let mut changes: Vec<(f64, i64)> = spans.values().flat_map(|(from, to)| [(*from, 1), (*to, -1)]).collect();
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut curve: Vec<(f64, usize)> = Vec::new();
    let mut count = 0_i64;
    for (time, change) in changes {
        count += change;
        let now = (time, usize::try_from(count).unwrap_or_default());
        match curve.last_mut().filter(|last| last.0 == time) {
            Some(last) => *last = now,
            None => curve.push(now),
        }
    }
    curve
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_lab::{CELL_LAB, CELL_RECIPE, cell_settings};

    #[test]
    fn more_samples_in_flight_give_more_samples_a_day() {
        let recipe = Recipe::parse(CELL_RECIPE, "recipe.toml").unwrap();
        let mut rates = Vec::new();
        for in_flight in [1, 3, 6] {
            let mut lab = Lab::parse(CELL_LAB, "lab.toml").unwrap();
            lab.in_flight = in_flight;
            let run = simulate(&lab, &recipe, 30, &cell_settings(), 1).unwrap();
            assert_eq!((run.samples, run.lost), (30, 0));
            assert!(run.utilisation.iter().all(|(_, share)| (0.0..=1.0).contains(share)), "{:?}", run.utilisation);
            assert!(run.in_flight.iter().all(|(_, count)| *count <= in_flight));
            rates.push(run.per_day);
        }
        println!("samples per day with 1, 3, 6 in flight: {rates:?}");
        assert!(rates[1] > 1.5 * rates[0] && rates[2] >= rates[1], "{rates:?}");
    }

    #[test]
    fn a_number_of_samples_that_cannot_be_simulated_is_refused() {
        let lab = Lab::parse(CELL_LAB, "lab.toml").unwrap();
        let recipe = Recipe::parse(CELL_RECIPE, "recipe.toml").unwrap();
        for samples in [0, 100_001, usize::MAX] {
            let what = simulate(&lab, &recipe, samples, &cell_settings(), 1).unwrap_err().to_string();
            assert!(what.contains("1 to 100000") && what.contains(&samples.to_string()), "{what}");
        }
    }

    #[test]
    fn nothing_is_in_two_places_and_no_station_does_too_much() {
        let lab = Lab::parse(CELL_LAB, "lab.toml").unwrap();
        let recipe = Recipe::parse(CELL_RECIPE, "recipe.toml").unwrap();
        let run = simulate(&lab, &recipe, 20, &cell_settings(), 1).unwrap();
        let overlap = |a: &Bar, b: &Bar| a.start < b.end && b.start < a.end;
        for (index, bar) in run.bars.iter().enumerate() {
            for other in &run.bars[index + 1..] {
                assert!(bar.sample != other.sample || !overlap(bar, other), "{bar:?} and {other:?}");
            }
            let at_once = run.bars.iter().filter(|other| {
                other.station == bar.station
                    && other.moved == bar.moved
                    && other.start <= bar.start
                    && bar.start < other.end
            });
            let allowed = lab.station(&bar.station).map_or(1, |station| lab.stations[station].parallel);
            assert!(at_once.count() <= allowed, "{bar:?}");
        }
    }
}
