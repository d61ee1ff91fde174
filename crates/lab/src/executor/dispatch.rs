//! What to begin next: a rule that looks only at the state and the time, so that it repeats exactly.

use matdock_record::{Datum, SampleId, Timestamp, body::Fields};

use super::{
    claims::Wanted,
    setup::Setup,
    state::{Flight, Open, Place, Progress, State},
};
use crate::{Action, ActionId, driver::MOVE};

/// What can begin now, and when to look again if nothing can.
pub(super) struct Choice {
    pub begin: Option<(Action, u32)>,
    pub wake: Option<Timestamp>,
}

impl Choice {
    fn look_again(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }
}

/// A time in which a sample needs the robot: it can leave from `ready` on, has to by `latest`, and takes `seconds`.
struct Window {
    flight: usize,
    ready: Timestamp,
    latest: Timestamp,
    seconds: f64,
}

/// Chooses the next action: samples under a time limit first, then those that are furthest.
pub(super) fn choose(state: &State, setup: &Setup, now: Timestamp) -> Choice {
    let mut choice = Choice { begin: None, wake: None };
    if state.paused {
        return choice;
    }
    let windows = windows(state, setup, now);
    let mut order: Vec<(Timestamp, std::cmp::Reverse<usize>, usize)> = Vec::with_capacity(state.active.len());
    for index in &state.active {
        let flight = &state.flights[*index];
        if flight.busy.is_some() || matches!(flight.place, Place::Lost { .. } | Place::Moving { .. }) {
            continue;
        }
        let done = flight.steps.iter().filter(|step| matches!(step, Progress::Done { .. })).count();
        let limit = (0..flight.steps.len())
            .filter(|step| flight.steps[*step] == Progress::Waiting)
            .filter_map(|step| flight.latest_begin(setup, step))
            .min();
        order.push((limit.unwrap_or(Timestamp::from_microseconds(i64::MAX)), std::cmp::Reverse(done), *index));
    }
    order.sort_unstable();
    for (_, _, index) in order {
        let chooser = Chooser { state, setup, now, index, windows: &windows };
        choice.begin = chooser.next(&mut choice);
        if choice.begin.is_some() {
            break;
        }
    }
    choice
}

/// When samples under a time limit will need the robot.
fn windows(state: &State, setup: &Setup, now: Timestamp) -> Vec<Window> {
    let mut found = Vec::new();
    for index in &state.active {
        let flight = &state.flights[*index];
        let Some(station) = flight.station() else { continue };
        let running = flight.busy.and_then(|id| state.open.get(&id));
        let ready = running.map_or(now, |open| open.started.plus_seconds(open.action.duration));
        for lag in &setup.recipe.lags {
            let Some(max) = lag.max else { continue };
            let ended = match flight.steps[lag.from] {
                Progress::Done { ended } => ended,
                Progress::Running => ready,
                Progress::Waiting => continue,
            };
            let claim = flight.claims.get(&lag.to).filter(|claim| claim.station != station);
            let Some(target) = claim.map(|claim| claim.station) else { continue };
            let seconds = setup.lab.transfer_time(Some(station), Some(target));
            let latest = ended.plus_seconds(max - seconds);
            found.push(Window { flight: *index, ready: ready.max(now), latest, seconds });
        }
    }
    found
}

struct Chooser<'a> {
    state: &'a State,
    setup: &'a Setup,
    now: Timestamp,
    index: usize,
    windows: &'a [Window],
}

impl Chooser<'_> {
    fn flight(&self) -> &Flight {
        &self.state.flights[self.index]
    }

    fn next(&self, choice: &mut Choice) -> Option<(Action, u32)> {
        let flight = self.flight();
        if flight.through(self.setup) {
            // A result may still be computed from what was seen, but the sample itself can go.
            return self.way_out(choice);
        }
        if flight.place == Place::Outside {
            return self.way_in(choice);
        }
        let here = flight.station()?;
        let ready = || (0..flight.steps.len()).filter(|step| flight.ready(self.setup, *step));
        let at_station: Option<(Action, u32)> = ready().find_map(|step| self.start(step, here, choice));
        at_station.or_else(|| ready().find_map(|step| self.carry(step, Some(here), choice)))
    }

    /// Begins a step where the sample stands.
    fn start(&self, step: usize, here: usize, choice: &mut Choice) -> Option<(Action, u32)> {
        let (flight, state) = (self.flight(), self.state);
        let way = flight.ways[step].iter().find(|way| way.station == here)?;
        let at_work = state.open.values().filter(|open| open.unit == here && open.step.is_some()).count();
        if state.out[here].is_some() || at_work >= self.setup.lab.stations[here].parallel {
            return None;
        }
        let earliest = flight.earliest_begin(self.setup, step);
        if earliest > self.now {
            choice.look_again(earliest);
            return None;
        }
        let claims = state.claims_to_begin(self.setup, self.index, step, self.now)?;
        if !claims.is_empty() {
            if !state.is_safe_with(self.setup, self.index, flight.place, &claims) {
                return None;
            }
            if !self.robot_will_be_free(step, here, way.duration, &claims) {
                return None;
            }
        }
        let action = Action {
            id: ActionId(state.next_action),
            sample: flight.id,
            step: self.setup.recipe.steps[step].name.clone(),
            station: self.setup.lab.stations[here].name.clone(),
            capability: self.setup.capability(step, here)?.name.clone(),
            settings: way.settings.clone(),
            duration: way.duration,
        };
        Some((action, flight.attempts[step] + 1))
    }

    /// A step with a time limit behind it begins only when the robot can take the sample away in time, all others
    /// under a limit considered.
    fn robot_will_be_free(&self, step: usize, here: usize, duration: f64, claims: &[Wanted]) -> bool {
        let end = self.now.plus_seconds(duration);
        let mine = self.setup.recipe.lags.iter().filter(|lag| lag.from == step).filter_map(|lag| {
            let target = claims.iter().find(|wanted| wanted.step == lag.to)?.station;
            let seconds = self.setup.lab.transfer_time(Some(here), Some(target));
            Some((end, end.plus_seconds(lag.max? - seconds), seconds))
        });
        mine.into_iter().all(|(ready, latest, seconds)| {
            self.windows.iter().filter(|window| window.flight != self.index).all(|other| {
                let after_other = other.ready.plus_seconds(other.seconds) <= latest;
                let before_other = ready.plus_seconds(seconds) <= other.latest;
                after_other || before_other
            })
        })
    }

    fn way_in(&self, choice: &mut Choice) -> Option<(Action, u32)> {
        let flight = self.flight();
        // No new sample while something it needs is out of service: it would only stand in the way.
        let in_service = |ways: &Vec<super::setup::Way>| {
            ways.is_empty() || ways.iter().any(|way| self.state.out[way.station].is_none())
        };
        if !flight.ways.iter().all(in_service) {
            return None;
        }
        match self.setup.lab.entrance {
            Some(entrance) => self.transfer(None, Some(entrance), ""),
            None => (0..flight.steps.len())
                .filter(|step| flight.ready(self.setup, *step))
                .find_map(|step| self.carry(step, None, choice)),
        }
    }

    fn way_out(&self, _choice: &mut Choice) -> Option<(Action, u32)> {
        let here = self.flight().station()?;
        match self.setup.lab.entrance {
            Some(entrance) if entrance != here => self.transfer(Some(here), Some(entrance), ""),
            _ => self.transfer(Some(here), None, ""),
        }
    }

    /// Brings the sample to a station that can do a step.
    fn carry(&self, step: usize, from: Option<usize>, choice: &mut Choice) -> Option<(Action, u32)> {
        let flight = self.flight();
        let ways = &flight.ways[step];
        let in_service = |station: usize| self.state.out[station].is_none();
        if ways.iter().any(|way| Some(way.station) == from && in_service(way.station)) {
            return None;
        }
        let claimed = flight.claims.get(&step).map(|claim| claim.station);
        let first = ways.iter().filter(|way| Some(way.station) == claimed);
        let others = ways.iter().filter(|way| Some(way.station) != claimed);
        let earliest = flight.earliest_begin(self.setup, step);
        for way in first.chain(others).filter(|way| Some(way.station) != from) {
            let seconds = self.setup.lab.transfer_time(from, Some(way.station));
            if earliest > self.now.plus_seconds(seconds) {
                choice.look_again(earliest.plus_seconds(-seconds));
                continue;
            }
            let found = self.transfer(from, Some(way.station), &self.setup.recipe.steps[step].name);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn transfer(&self, from: Option<usize>, to: Option<usize>, step: &str) -> Option<(Action, u32)> {
        let (state, setup) = (self.state, self.setup);
        let mover = setup.mover(from, to);
        let moving = |open: &Open| open.unit == mover && open.step.is_none();
        if state.out[mover].is_some() || state.open.values().any(moving) {
            return None;
        }
        if from.is_some_and(|station| state.out[station].is_some()) {
            return None;
        }
        let full = |station: usize| state.out[station].is_some() || state.free_for(setup, station, self.index) == 0;
        if to.is_some_and(full) {
            return None;
        }
        let seconds = setup.lab.transfer_time(from, to);
        if mover == setup.robot() && self.is_in_the_way(seconds) {
            return None;
        }
        let place = to.map_or(Place::Gone, Place::At);
        if to.is_some() && !state.is_safe_with(setup, self.index, place, &[]) {
            return None;
        }
        let name = |place: Option<usize>| place.map_or("outside", |station| setup.unit_name(station));
        let ends = [("from", name(from)), ("to", name(to))];
        let settings: Fields = ends.map(|(key, name)| (key.to_owned(), Datum::Text(name.to_owned()))).into();
        Some((self.move_action(mover, step, settings, seconds, self.flight().id), 1))
    }

    fn move_action(&self, mover: usize, step: &str, settings: Fields, duration: f64, sample: SampleId) -> Action {
        Action {
            id: ActionId(self.state.next_action),
            sample,
            step: step.to_owned(),
            station: self.setup.unit_name(mover).to_owned(),
            capability: MOVE.to_owned(),
            settings,
            duration,
        }
    }

    /// True when the robot would come too late for another sample under a time limit.
    fn is_in_the_way(&self, seconds: f64) -> bool {
        let end = self.now.plus_seconds(seconds);
        self.windows.iter().any(|window| {
            window.flight != self.index && window.ready < end && end > window.latest && self.now <= window.latest
        })
    }
}
