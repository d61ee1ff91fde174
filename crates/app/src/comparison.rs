//! What the closed loop saves, by simulation: against random search in experiments, against one person working by
//! hand in lab time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use matdock_lab::{
    Clock, Executor, Happening, Job, MemoryJournal, VirtualClock,
    drivers::{Drivers, Nobody, Person},
    simulate,
};
use matdock_message::Message;
use matdock_plan::{Direction, Planner, Settings, Space};
use matdock_record::{Datum, IdSource, Outcome, SampleId, Timestamp, body::Fields};
use rayon::prelude::*;
use serde::Serialize;

use crate::{campaign::Campaign, history::History, propose::mix, run::Setup};

/// The figures, with everything they rest on.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The outcome compared.
    pub outcome: String,
    /// The value to reach (unit of the outcome): `good` or `stop_at` where it was reached, else the best measured value.
    /// For a target the distance from it.
    pub level: f64,
    /// Experiments the closed loop needed to reach it.
    pub loop_experiments: usize,
    /// Random experiments that were simulated.
    pub random_simulated: usize,
    /// How many of them reached the level.
    pub random_reached: usize,
    /// Expected random experiments until the level: simulated / reached; with none reached a lower limit.
    pub random_experiments: f64,
    /// Factor in experiments: random / closed loop.
    pub experiments_factor: f64,
    /// Experiments in both lab times below.
    pub experiments: usize,
    /// Lab time of the closed loop \[s\].
    pub loop_seconds: f64,
    /// Lab time of one person, one sample at a time \[s\].
    pub hand_seconds: f64,
    /// Working hours per day of the person.
    pub hand_hours_per_day: f64,
    /// Working days per week of the person.
    pub hand_days_per_week: u32,
    /// Factor in lab time: by hand / closed loop.
    pub time_factor: f64,
}

/// Random experiments are simulated in rounds of this many ...
const ROUND: usize = 400;
/// ... until this many reached the level (the error of the factor is then about a quarter) ...
const ENOUGH: usize = 15;
/// ... or this many rounds are done.
const ROUNDS: usize = 10;
const HOURS_PER_DAY: f64 = 8.0;
const DAYS_PER_WEEK: u32 = 5;

/// Compares a finished campaign of a simulated lab; `None` while it has no usable result or the goal is not a single
/// simple one, and when `stop` is set on the way.
///
/// # Errors
/// The simulation fails.
pub fn compare(
    campaign: &Campaign,
    setup: &Setup,
    history: &History,
    loop_seconds: f64,
    stop: &AtomicBool,
) -> Result<Option<Comparison>, Message> {
    // Reaching a value of one objective says nothing about a front.
    if campaign.goal.is_front() {
        return Ok(None);
    }
    let objective = campaign.main_objective();
    let merit = |value: f64| objective.direction.merit(value);
    let merits: Vec<Option<f64>> =
        history.experiments.iter().map(|e| value(campaign, &e.outcome, &e.values).map(merit)).collect();
    let Some(best) = merits.iter().flatten().copied().max_by(f64::total_cmp) else { return Ok(None) };
    let first_of = |values: &[Option<f64>]| values.first().copied().flatten();
    let asked = first_of(&campaign.good)
        .or(first_of(&campaign.stop_at))
        .map(|value| if objective.direction.window().is_some() { -value } else { merit(value) });
    let level = asked.filter(|asked| best >= *asked).unwrap_or(best);
    let Some(first) = merits.iter().position(|merit| merit.is_some_and(|merit| merit >= level)) else {
        return Ok(None);
    };
    let (mut found, mut reached) = (Vec::new(), 0);
    for round in 0..ROUNDS {
        let values = random_values(campaign, setup, round, stop)?;
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        reached += values.iter().flatten().filter(|value| merit(**value) >= level).count();
        found.extend(values);
        if reached >= ENOUGH {
            break;
        }
    }
    let random_experiments = found.len() as f64 / reached.max(1) as f64;
    let hand_seconds = by_hand(setup, history)?;
    Ok(Some(Comparison {
        outcome: objective.outcome.clone(),
        level: if matches!(objective.direction, Direction::Maximise) { level } else { -level },
        loop_experiments: first + 1,
        random_simulated: found.len(),
        random_reached: reached,
        random_experiments,
        experiments_factor: random_experiments / (first + 1) as f64,
        experiments: history.experiments.len(),
        loop_seconds,
        hand_seconds,
        hand_hours_per_day: HOURS_PER_DAY,
        hand_days_per_week: DAYS_PER_WEEK,
        time_factor: hand_seconds / loop_seconds.max(1.0),
    }))
}

fn value(campaign: &Campaign, outcome: &Outcome, values: &Fields) -> Option<f64> {
    let name = &campaign.main_objective().outcome;
    let quantity = values.get(name).and_then(Datum::quantity)?.to(&campaign.unit_of(name)).ok()?;
    outcome.is_success().then_some(quantity.value)
}

/// Outcomes of random experiments in the same lab: the same recipe, noise, failures and breakdowns. In ranges the points
/// are scrambled Sobol points, each of them uniformly random.
fn random_values(
    campaign: &Campaign,
    setup: &Setup,
    round: usize,
    stop: &AtomicBool,
) -> Result<Vec<Option<f64>>, Message> {
    const CHUNK: usize = 20;
    let chunks: Result<Vec<Vec<Option<f64>>>, Message> = (0..ROUND / CHUNK)
        .into_par_iter()
        .map(|chunk| {
            if stop.load(Ordering::Relaxed) {
                return Ok(Vec::new());
            }
            random_chunk(campaign, setup, CHUNK, mix(campaign.seed, !((round * ROUND + chunk) as u64)))
        })
        .collect();
    Ok(chunks?.concat())
}

fn random_chunk(campaign: &Campaign, setup: &Setup, count: usize, seed: u64) -> Result<Vec<Option<f64>>, Message> {
    let settings = Settings { initial: count, random_start: true, ..Settings::default() };
    let space: Space = campaign.space.clone();
    let planner = Planner::new(space, campaign.goal.clone(), settings)?;
    let points = planner.suggest(&[], &[], count, seed)?;
    let person: Arc<dyn Person> = Arc::new(Nobody);
    let drivers = Drivers::connect(&setup.lab, seed, &person)?;
    let clock: Box<dyn Clock> = Box::new(VirtualClock::new(Timestamp::from_microseconds(0)));
    let mut lab = Executor::new(setup.lab.clone(), setup.recipe.clone(), drivers, clock, MemoryJournal::default())?;
    let mut ids = IdSource::from_seed(seed);
    let mut waiting = points.into_iter().enumerate().map(|(index, suggestion)| Job {
        sample: SampleId::new(&mut ids, Timestamp::from_microseconds(0)),
        name: format!("R-{index}"),
        settings: campaign.settings_of(&suggestion.point, suggestion.row),
    });
    let mut values = Vec::with_capacity(count);
    loop {
        while lab.capacity() > 0 {
            let Some(job) = waiting.next() else { break };
            lab.submit(job)?;
        }
        for happening in lab.advance()? {
            match happening {
                Happening::Finished { outcome, values: found, .. } => values.push(value(campaign, &outcome, &found)),
                // Nothing goes on, and nothing more can come in: a small space has fewer conditions than were asked for.
                Happening::Idle | Happening::Waiting(_) if waiting.len() == 0 || lab.capacity() == 0 => {
                    return Ok(values);
                }
                _ => {}
            }
        }
    }
}

/// Lab time of one person who does the same experiments one at a time \[s\].
///
/// The person begins every step and carries every sample within working hours; a step that is running goes on
/// after hours. Begins on a Monday morning.
fn by_hand(setup: &Setup, history: &History) -> Result<f64, Message> {
    let mut lab = setup.lab.clone();
    lab.in_flight = 1;
    let mut recipe = setup.recipe.clone();
    recipe.in_flight = None;
    let mut now = 0.0;
    for experiment in &history.experiments {
        let mut bars = simulate(&lab, &recipe, 1, &experiment.settings, 0)?.bars;
        bars.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut before = 0.0;
        for bar in bars {
            // Pauses that the recipe asks for pass at any hour.
            now += (bar.start - before).max(0.0);
            now = at_work(now) + (bar.end - bar.start);
            before = bar.end;
        }
    }
    Ok(now)
}

/// The next moment within working hours, `seconds` after Monday 0:00 of the work plan (the day begins with work).
fn at_work(seconds: f64) -> f64 {
    const DAY: f64 = 86_400.0;
    let day = (seconds / DAY).floor();
    let in_day = seconds - day * DAY;
    let (mut day, start) = if in_day < HOURS_PER_DAY * 3600.0 { (day, in_day) } else { (day + 1.0, 0.0) };
    let weekday = day.rem_euclid(7.0);
    if weekday >= f64::from(DAYS_PER_WEEK) {
        day += 7.0 - weekday;
        return day * DAY;
    }
    day * DAY + start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_works_by_day_and_on_weekdays() {
        let hour = 3600.0;
        assert_eq!(at_work(0.0), 0.0);
        assert_eq!(at_work(7.9 * hour), 7.9 * hour);
        assert_eq!(at_work(9.0 * hour), 24.0 * hour);
        let friday_evening = (4.0 * 24.0 + 10.0) * hour;
        assert_eq!(at_work(friday_evening), 7.0 * 24.0 * hour);
    }
}
