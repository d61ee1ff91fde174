//! Places kept for samples under a time limit.
//!
//! A step that others have to follow within a time limit begins only when a place is claimed for each of them: one
//! that is free, or one whose holder is expected to have left in time. Others do not get a claimed place, so the
//! limit is kept unless something takes longer than planned.

use matdock_record::Timestamp;

use super::{
    setup::Setup,
    state::{Flight, Place, Progress, State},
};

/// A place kept free for a step of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    pub station: usize,
    /// Number of the entry that made it: earlier claims go first.
    pub order: u64,
    /// When the place was expected to be free, where it was not yet.
    pub free_at: Option<Timestamp>,
}

/// A claim about to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub step: usize,
    pub station: usize,
    pub free_at: Option<Timestamp>,
}

/// The time plan of a sample, from step to step.
struct Course {
    here: usize,
    time: Timestamp,
    /// Planned ends of steps.
    ends: Vec<(usize, Timestamp)>,
}

impl State {
    /// The places to claim before a step may begin at the station where the sample stands, one for every step that has
    /// to follow within a time limit. `None` when no place can be had in time.
    pub fn claims_to_begin(&self, setup: &Setup, index: usize, step: usize, now: Timestamp) -> Option<Vec<Wanted>> {
        let flight = &self.flights[index];
        let mut claims = Vec::new();
        if setup.chains[step].is_empty() {
            return Some(claims);
        }
        let here = flight.station()?;
        let end = now.plus_seconds(flight.duration(step, here));
        let mut course = Course { here, time: end, ends: vec![(step, end)] };
        for next in &setup.chains[step] {
            if flight.steps[*next] != Progress::Waiting || flight.ways[*next].is_empty() {
                continue;
            }
            match flight.claims.get(next) {
                Some(claim) => course.go(setup, flight, *next, claim.station, claim.free_at),
                None => {
                    let (station, free_at) = self.place_in_time(setup, index, *next, &course, now)?;
                    claims.push(Wanted { step: *next, station, free_at });
                    course.go(setup, flight, *next, station, free_at);
                }
            }
        }
        Some(claims)
    }

    /// A station with a place for a step, and when the place will be free if it is not yet.
    fn place_in_time(
        &self,
        setup: &Setup,
        index: usize,
        step: usize,
        course: &Course,
        now: Timestamp,
    ) -> Option<(usize, Option<Timestamp>)> {
        let flight = &self.flights[index];
        let ways = flight.ways[step].iter().map(|way| way.station).filter(|station| self.out[*station].is_none());
        let free = |station: &usize| {
            *station == course.here || flight.stands_in(*station) || self.free_for(setup, *station, index) > 0
        };
        if let Some(station) = ways.clone().find(free) {
            return Some((station, None));
        }
        ways.into_iter().find_map(|station| {
            let latest = course.latest_departure(setup, flight, step, station)?;
            // Half of the slack is left for what takes longer than planned.
            let slack = latest.seconds_since(course.time).max(0.0);
            let wanted = course.time.plus_seconds(0.5 * slack);
            let free_at = self.free_at(setup, index, station, now)?;
            (latest >= course.time && free_at <= wanted).then_some((station, Some(free_at)))
        })
    }

    /// When a place of a full station is expected to be free for one more claim.
    fn free_at(&self, setup: &Setup, index: usize, station: usize, now: Timestamp) -> Option<Timestamp> {
        let takes = |other: &Flight| other.stands_in(station) || other.claim_on(station).is_some();
        let mut leaving = Vec::new();
        let mut staying = 0;
        for other in self.active.iter().filter(|other| **other != index) {
            let flight = &self.flights[*other];
            if takes(flight) {
                match self.leaves_at(setup, flight, station, now) {
                    Some(time) => leaving.push(time),
                    None => staying += 1,
                }
            }
        }
        leaving.sort_unstable();
        // So many have to be gone that one place is left.
        let must_go = (staying + leaving.len() + 1).checked_sub(setup.lab.stations[station].places)?;
        let last = must_go.checked_sub(1).and_then(|last| leaving.get(last))?;
        Some(last.plus_seconds(setup.lab.transfer_time(Some(station), None).max(setup.lab.robot.move_time)))
    }

    /// When a sample is expected to leave a station; `None` where that cannot be foreseen.
    fn leaves_at(&self, setup: &Setup, flight: &Flight, station: usize, now: Timestamp) -> Option<Timestamp> {
        let planned = flight.busy.and_then(|id| self.open.get(&id));
        let time = planned.map_or(now, |open| open.started.plus_seconds(open.action.duration)).max(now);
        let here = match flight.place {
            Place::At(here) | Place::Moving { to: Some(here), .. } => here,
            _ => return None,
        };
        let mut course = Course { here, time, ends: Vec::new() };
        if flight.verdict.is_none() {
            for step in (0..flight.steps.len()).filter(|step| flight.steps[*step] == Progress::Waiting) {
                let ways = &flight.ways[step];
                let Some(first) = ways.first() else { continue };
                let claim = flight.claims.get(&step);
                let claimed = claim.map(|claim| claim.station);
                let free_at = claim.and_then(|claim| claim.free_at);
                let stays = claimed.is_none() && ways.iter().any(|way| way.station == course.here);
                let target = if stays { Some(course.here) } else { claimed };
                if target != Some(course.here) && course.here == station {
                    if claimed.is_some() {
                        // It stays until the place it goes to is free.
                        return Some(free_at.map_or(course.time, |free| free.max(course.time)));
                    }
                    // Without a claim it may have to wait for those before it.
                    return Some(course.time.plus_seconds(first.duration));
                }
                course.go(setup, flight, step, target?, free_at);
            }
        }
        (course.here == station).then_some(course.time)
    }
}

impl Course {
    /// Goes on to a step at a station, not before its place is free.
    fn go(&mut self, setup: &Setup, flight: &Flight, step: usize, station: usize, free_at: Option<Timestamp>) {
        let begin = free_at.map_or(self.time, |free| free.max(self.time));
        let seconds = self.transfer(setup, station) + flight.duration(step, station);
        self.time = begin.plus_seconds(seconds);
        self.here = station;
        self.ends.push((step, self.time));
    }

    fn transfer(&self, setup: &Setup, station: usize) -> f64 {
        if station == self.here { 0.0 } else { setup.lab.transfer_time(Some(self.here), Some(station)) }
    }

    /// Latest time to leave for a station so that a step there begins within its limits.
    fn latest_departure(&self, setup: &Setup, flight: &Flight, step: usize, station: usize) -> Option<Timestamp> {
        let limits = setup.recipe.lags.iter().filter(|lag| lag.to == step).filter_map(|lag| {
            let planned = self.ends.iter().find(|(from, _)| *from == lag.from).map(|(_, end)| *end);
            let ended = match flight.steps[lag.from] {
                Progress::Done { ended } => Some(ended),
                _ => planned,
            };
            Some(ended?.plus_seconds(lag.max? - self.transfer(setup, station)))
        });
        limits.min()
    }
}
