//! Does recipes on a lab: intent before act, several samples at once, no deadlock, no silent retry.

use matdock_message::Message;
use matdock_record::{Outcome, SampleId, Timestamp, body::Fields};

use crate::{Action, Clock, Entry, Journal, Lab, Recipe, drivers::Drivers};

/// A sample to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub sample: SampleId,
    /// Its short name, such as `S-17`.
    pub name: String,
    /// Its conditions: the campaign parameters.
    pub settings: Fields,
}

/// Something that happened, for whoever watches.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// An action began (a step or a move).
    Begun {
        /// Which.
        action: Action,
        /// When.
        at: Timestamp,
    },
    /// An action ended.
    Ended {
        /// Which.
        action: Action,
        /// When it began.
        started: Timestamp,
        /// When it ended.
        ended: Timestamp,
        /// How.
        outcome: Outcome,
    },
    /// An analysis was made.
    Analysed {
        /// Of which sample.
        sample: SampleId,
        /// Step of the recipe.
        step: String,
        /// How it ended.
        outcome: Outcome,
    },
    /// A sample has its result.
    Finished {
        /// Which.
        sample: SampleId,
        /// How it ended.
        outcome: Outcome,
        /// What it reports.
        values: Fields,
    },
    /// A sample left the lab; another may come.
    Left {
        /// Which.
        sample: SampleId,
    },
    /// A station or the robot went out of service by itself.
    StationOut {
        /// Which.
        station: String,
        /// Why.
        reason: String,
    },
    /// Nothing can go on until somebody does something; why.
    Waiting(Vec<Message>),
    /// Nothing is left to do.
    Idle,
}

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
}

/// The engine. All it knows follows from its journal.
pub struct Executor<J: Journal> {
    _lab: Lab,
    _journal: J,
}

impl<J: Journal> Executor<J> {
    /// An executor with nothing to do yet.
    ///
    /// # Errors
    /// The recipe cannot be done on this lab.
    pub fn new(
        lab: Lab,
        _recipe: Recipe,
        _drivers: Drivers,
        _clock: Box<dyn Clock>,
        journal: J,
    ) -> Result<Self, Message> {
        Ok(Self { _lab: lab, _journal: journal })
    }

    /// Goes on after a stop or a crash: replays the journal, then asks the instruments about every open action.
    /// The happenings are those between the last entry and now.
    ///
    /// # Errors
    /// The journal does not fit the lab and recipe.
    pub fn restore(
        lab: Lab,
        recipe: Recipe,
        drivers: Drivers,
        clock: Box<dyn Clock>,
        journal: J,
        _entries: &[Entry],
    ) -> Result<(Self, Vec<Happening>), Message> {
        Ok((Self::new(lab, recipe, drivers, clock, journal)?, Vec::new()))
    }

    /// The journal.
    pub fn journal(&self) -> &J {
        &self._journal
    }

    /// How many more samples may be submitted now.
    pub fn capacity(&self) -> usize {
        0
    }

    /// Accepts a sample.
    ///
    /// # Errors
    /// A setting is missing or outside the limits of the lab.
    pub fn submit(&mut self, _job: Job) -> Result<(), Message> {
        Ok(())
    }

    /// Begins what can begin, then goes to the next event.
    ///
    /// # Errors
    /// The journal cannot be written: nothing more is done.
    pub fn advance(&mut self) -> Result<Vec<Happening>, Message> {
        Ok(vec![Happening::Idle])
    }

    /// As [`Executor::advance`], but waits at most until `until`; nothing happened when the answer is empty.
    ///
    /// # Errors
    /// As [`Executor::advance`].
    pub fn advance_until(&mut self, _until: Timestamp) -> Result<Vec<Happening>, Message> {
        Ok(vec![Happening::Idle])
    }

    /// Begins nothing new from now on; what runs goes on.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn pause(&mut self) -> Result<(), Message> {
        Ok(())
    }

    /// Goes on after a pause.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn resume(&mut self) -> Result<(), Message> {
        Ok(())
    }

    /// Gives up a sample: what is being done to it is finished, then it is taken out.
    ///
    /// # Errors
    /// No such sample, or the journal cannot be written.
    pub fn abort(&mut self, _sample: SampleId, _reason: &str) -> Result<(), Message> {
        Ok(())
    }

    /// Takes a station (or the robot) out of service; the others go on.
    ///
    /// # Errors
    /// No such station, or the journal cannot be written.
    pub fn take_out(&mut self, _station: &str, _reason: &str) -> Result<(), Message> {
        Ok(())
    }

    /// Puts a station (or the robot) back into service. Lost samples in it count as removed by hand.
    ///
    /// # Errors
    /// No such station, or the journal cannot be written.
    pub fn put_back(&mut self, _station: &str) -> Result<(), Message> {
        Ok(())
    }

    /// Waits for what is being done and begins nothing new; a restart goes on from there.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn finish_running_and_stop(&mut self) -> Result<Vec<Happening>, Message> {
        Ok(Vec::new())
    }

    /// What is going on.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::default()
    }
}
