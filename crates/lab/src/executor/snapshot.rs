//! What is going on in the lab at a moment.

use matdock_record::{SampleId, Timestamp};

use super::{
    Executor,
    state::{Open, Place, Progress},
};
use crate::Journal;

/// What is going on in the lab at a moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// The moment.
    pub now: Timestamp,
    /// True while nothing new is begun.
    pub paused: bool,
    /// The stations in the order of the lab, the robot last.
    pub stations: Vec<StationNow>,
    /// Every sample that has not left.
    pub samples: Vec<SampleNow>,
    /// Samples accepted so far.
    pub accepted: usize,
    /// Samples with a result.
    pub finished: usize,
    /// Of these: succeeded.
    pub succeeded: usize,
}

/// A station at a moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StationNow {
    /// Its name.
    pub name: String,
    /// Why it is out of service, if it is.
    pub out: Option<String>,
    /// What it does.
    pub doing: Vec<Doing>,
    /// Names of the samples in it.
    pub holds: Vec<String>,
}

/// An action going on.
#[derive(Debug, Clone, PartialEq)]
pub struct Doing {
    /// Name of the sample.
    pub sample: String,
    /// The step; for a move, where to.
    pub step: String,
    /// Since when.
    pub since: Timestamp,
    /// Planned end.
    pub until: Timestamp,
}

/// A sample at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleNow {
    /// Its id.
    pub id: SampleId,
    /// Its short name.
    pub name: String,
    /// Station or robot; `outside` before it comes in.
    pub at: String,
    /// The step going on.
    pub step: Option<String>,
    /// Steps done.
    pub done: usize,
    /// Steps of the recipe.
    pub steps: usize,
    /// Whether it has its result and only has to leave.
    pub finished: bool,
}

impl<J: Journal> Executor<J> {
    /// What is going on.
    pub fn snapshot(&self) -> Snapshot {
        let units = self.setup.lab.stations.len() + 1;
        Snapshot {
            now: self.clock.now(),
            paused: self.state.paused,
            stations: (0..units).map(|unit| self.station_now(unit)).collect(),
            samples: self.state.active.iter().map(|index| self.sample_now(*index)).collect(),
            accepted: self.state.flights.len(),
            finished: self.state.finished,
            succeeded: self.state.succeeded,
        }
    }

    fn station_now(&self, unit: usize) -> StationNow {
        let flights = self.state.active.iter().map(|index| &self.state.flights[*index]);
        let holds = flights.filter(|flight| match flight.place {
            Place::At(station) => station == unit,
            Place::Moving { from, to } => self.setup.mover(from, to) == unit,
            Place::Lost { from, .. } => from == Some(unit),
            Place::Outside | Place::Gone => false,
        });
        StationNow {
            name: self.setup.unit_name(unit).to_owned(),
            out: self.state.out[unit].clone(),
            holds: holds.map(|flight| flight.name.clone()).collect(),
            doing: self.state.open.values().filter(|open| open.unit == unit).map(|open| self.doing(open)).collect(),
        }
    }

    fn doing(&self, open: &Open) -> Doing {
        let to = open.action.settings.get("to").map(ToString::to_string);
        Doing {
            sample: self.state.flights[open.flight].name.clone(),
            step: if open.step.is_some() { open.action.step.clone() } else { to.unwrap_or_default() },
            since: open.started,
            until: open.started.plus_seconds(open.action.duration),
        }
    }

    fn sample_now(&self, index: usize) -> SampleNow {
        let flight = &self.state.flights[index];
        let at = match flight.place {
            Place::At(station) => self.setup.unit_name(station),
            Place::Moving { from, to } => self.setup.unit_name(self.setup.mover(from, to)),
            Place::Lost { from: Some(station), .. } => self.setup.unit_name(station),
            Place::Outside | Place::Lost { .. } | Place::Gone => "outside",
        };
        let running = flight.steps.iter().position(|step| *step == Progress::Running);
        SampleNow {
            id: flight.id,
            name: flight.name.clone(),
            at: at.to_owned(),
            step: running.map(|step| self.setup.recipe.steps[step].name.clone()),
            done: flight.steps.iter().filter(|step| matches!(step, Progress::Done { .. })).count(),
            steps: flight.steps.len(),
            finished: flight.finished,
        }
    }
}
