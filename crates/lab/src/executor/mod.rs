//! Does recipes on a lab: intent before act, several samples at once, no deadlock, no silent retry.
//!
//! Every change goes through the journal: an entry is written, then taken into the state, then acted upon. After a
//! crash the same entries give the same state, and the instruments are asked about what was open.

mod claims;
mod dispatch;
mod happening;
mod interim;
mod limits;
mod programs;
mod restore;
mod safety;
mod settle;
pub(crate) mod setup;
mod snapshot;
mod state;

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_record::{Outcome, SampleId, Timestamp, body::Fields};

pub use happening::Happening;
pub use snapshot::{Doing, SampleNow, Snapshot, StationNow};

use self::{programs::Programs, setup::Setup, state::State};
use crate::{
    Action, ActionId, Clock, Entry, Event, Image, Journal, Lab, Recipe, Reply, Stream,
    driver::{Begun, Request},
    drivers::Drivers,
};

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

/// The engine. All it knows follows from its journal.
pub struct Executor<J: Journal> {
    setup: Setup,
    state: State,
    drivers: Drivers,
    clock: Box<dyn Clock>,
    journal: J,
    /// Answers that are known and when they come.
    answers: BTreeMap<ActionId, (Timestamp, Reply)>,
    /// Series of actions that go on, as far as instruments told them.
    so_far: BTreeMap<ActionId, Vec<Stream>>,
    /// Streams that an analysis still waits for.
    streams: Vec<(ActionId, Stream)>,
    /// Images that a feature still waits for.
    images: Vec<(ActionId, Image)>,
    programs: Programs,
    stopping: bool,
    broken: Option<Message>,
}

impl<J: Journal> Executor<J> {
    /// An executor with nothing to do yet.
    ///
    /// # Errors
    /// The lab has a station without driver.
    pub fn new(lab: Lab, recipe: Recipe, drivers: Drivers, clock: Box<dyn Clock>, journal: J) -> Result<Self, Message> {
        let setup = Setup::new(lab, recipe);
        for unit in 0..=setup.robot() {
            let name = setup.unit_name(unit);
            if !drivers.by_name.contains_key(name) {
                return Err(say!("lab-no-driver", station = name));
            }
        }
        let state = State::new(&setup);
        Ok(Self {
            setup,
            state,
            drivers,
            clock,
            journal,
            answers: BTreeMap::new(),
            so_far: BTreeMap::new(),
            streams: Vec::new(),
            images: Vec::new(),
            programs: Programs::default(),
            stopping: false,
            broken: None,
        })
    }

    /// The journal.
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// Ends the executor and hands back its journal.
    pub fn into_journal(self) -> J {
        self.journal
    }

    /// The present, in lab time.
    pub fn now(&self) -> Timestamp {
        self.clock.now().max(self.state.last)
    }

    /// How many more samples may be submitted now.
    pub fn capacity(&self) -> usize {
        let limit = self.setup.lab.in_flight.min(self.setup.recipe.in_flight.unwrap_or(usize::MAX));
        if self.stopping { 0 } else { limit.saturating_sub(self.state.active.len()) }
    }

    /// Accepts a sample.
    ///
    /// # Errors
    /// A setting is missing or outside the limits of the lab, the sample is known already, or the journal cannot be
    /// written.
    pub fn submit(&mut self, job: Job) -> Result<(), Message> {
        if self.state.by_id.contains_key(&job.sample) {
            return Err(say!("lab-sample-twice", name = job.name));
        }
        // Before it is written down: an entry that cannot be taken in must not be in the journal.
        self.setup.ways(&job.settings).map_err(|what| say!("lab-sample", name = job.name, what = what))?;
        self.write(Event::Accepted { sample: job.sample, name: job.name, settings: job.settings })
    }

    /// Begins what can begin, then goes to the next event.
    ///
    /// # Errors
    /// The journal cannot be written, or simulated nature cannot answer: nothing more is done.
    pub fn advance(&mut self) -> Result<Vec<Happening>, Message> {
        self.advance_to(None)
    }

    /// As [`Executor::advance`], but waits at most until `until`; nothing happened when the answer is empty.
    ///
    /// # Errors
    /// As [`Executor::advance`].
    pub fn advance_until(&mut self, until: Timestamp) -> Result<Vec<Happening>, Message> {
        self.advance_to(Some(until))
    }

    fn advance_to(&mut self, limit: Option<Timestamp>) -> Result<Vec<Happening>, Message> {
        if let Some(why) = &self.broken {
            return Err(why.clone());
        }
        let done = self.next_event(limit);
        if let Err(why) = &done {
            self.broken = Some(why.clone());
        }
        done
    }

    /// One round after the other, each of them at most one event or one begin, so that a restart between any two
    /// journal entries finds the same choices as an uninterrupted run.
    fn next_event(&mut self, limit: Option<Timestamp>) -> Result<Vec<Happening>, Message> {
        loop {
            let mut seen = Vec::new();
            if self.take_computed(&mut seen)? || self.end_one(&mut seen)? || self.break_limit()? {
                self.settle(&mut seen)?;
                return Ok(seen);
            }
            if self.look(&mut seen)? {
                return Ok(seen);
            }
            let now = self.now();
            let mut wake = None;
            if !self.stopping {
                let choice = dispatch::choose(&self.state, &self.setup, now);
                if let Some((action, attempt)) = choice.begin {
                    seen.push(Happening::Begun { action: action.clone(), at: now });
                    self.begin(action, attempt)?;
                    return Ok(seen);
                }
                wake = choice.wake;
            }
            let next = self.next_time(wake);
            let idle = next.is_none() && self.programs.is_idle();
            if self.state.open.is_empty() && (idle || self.stopping) {
                return Ok(vec![self.nothing_to_do()]);
            }
            if limit.is_some_and(|limit| now >= limit) {
                return Ok(Vec::new());
            }
            let look = (!self.programs.is_idle()).then(|| now.plus_seconds(programs::LOOK_EVERY));
            let until = [next, limit, look].into_iter().flatten().min();
            let expecting = self.state.open.keys().any(|id| !self.answers.contains_key(id));
            if let Some(arrival) = self.clock.wait(until, &self.drivers.arrivals, expecting) {
                self.take(arrival, self.now());
            }
        }
    }

    /// The next time at which something is due by itself.
    fn next_time(&self, wake: Option<Timestamp>) -> Option<Timestamp> {
        let answers = self.answers.values().map(|(due, _)| *due);
        let timeouts = self.state.open.values().filter_map(|open| self.gives_up_at(open));
        let flights = self.state.active.iter().map(|index| &self.state.flights[*index]);
        let limits = flights.filter_map(|flight| Some(just_after(flight.next_limit(&self.setup)?.0)));
        let looks = self.state.open.values().filter_map(|open| self.next_look(open));
        answers.chain(timeouts).chain(limits).chain(looks).chain(wake).min()
    }

    fn gives_up_at(&self, open: &state::Open) -> Option<Timestamp> {
        Some(open.started.plus_seconds(self.timeout(open.unit)?))
    }

    fn timeout(&self, unit: usize) -> Option<f64> {
        self.setup.lab.stations.get(unit).map_or(self.setup.lab.robot.timeout, |station| station.timeout)
    }

    /// Journals an intent, then acts.
    fn begin(&mut self, action: Action, attempt: u32) -> Result<(), Message> {
        let id = action.id;
        self.write(Event::Intent { action, attempt })?;
        self.start(id)
    }

    /// Tells the driver to begin an action that is journaled.
    fn start(&mut self, id: ActionId) -> Result<(), Message> {
        let Some(open) = self.state.open.get(&id) else { return Ok(()) };
        let (start, unit) = (open.started, open.unit);
        let request = self.request(open);
        let name = self.setup.unit_name(unit);
        let Some(driver) = self.drivers.by_name.get_mut(name) else { return Ok(()) };
        let request = Request { past: &self.state.flights[open.flight].past, ..request };
        match driver.start(&request) {
            Ok(Begun::Until(due, reply)) => {
                self.answers.insert(id, (due.max(start), reply));
            }
            Ok(Begun::Running) => {}
            Err(why) => {
                self.answers.insert(id, (start, Reply::of(Outcome::Failed(why.to_string()))));
            }
        }
        Ok(())
    }

    fn request<'a>(&self, open: &'a state::Open) -> Request<'a> {
        let timeout = self.timeout(open.unit);
        Request { action: &open.action, start: open.started, past: &[], uses: open.uses, timeout }
    }

    /// Writes an entry and takes it in.
    fn write(&mut self, event: Event) -> Result<(), Message> {
        if let Some(why) = &self.broken {
            return Err(why.clone());
        }
        let entry = Entry { sequence: self.state.sequence, at: self.now(), event };
        let done = self.journal.append(&entry).and_then(|()| self.state.apply(&self.setup, &entry));
        if let Err(why) = &done {
            self.broken = Some(why.clone());
        }
        done
    }

    /// True while nothing new is begun.
    pub fn is_paused(&self) -> bool {
        self.state.paused
    }

    /// Begins nothing new from now on; what runs goes on.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn pause(&mut self) -> Result<(), Message> {
        if self.state.paused { Ok(()) } else { self.write(Event::Paused) }
    }

    /// Goes on after a pause.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn resume(&mut self) -> Result<(), Message> {
        if self.state.paused { self.write(Event::Resumed) } else { Ok(()) }
    }

    /// Gives up a sample: what is being done to it is finished, then it is taken out.
    ///
    /// # Errors
    /// No such sample on its way, or the journal cannot be written.
    pub fn abort(&mut self, sample: SampleId, reason: &str) -> Result<Vec<Happening>, Message> {
        let known = self.state.by_id.get(&sample).is_some_and(|index| !self.state.flights[*index].finished);
        if !known {
            return Err(say!("lab-unknown-sample", sample = sample));
        }
        self.write(Event::AbortAsked { sample, reason: reason.to_owned() })?;
        let mut seen = Vec::new();
        self.settle(&mut seen)?;
        Ok(seen)
    }

    /// Ends a sample early: what is being done to it is ended where the station can, else finished; then it is taken out.
    /// What was seen counts.
    ///
    /// `limits` are outcomes that are as good as known all the same.
    ///
    /// # Errors
    /// No such sample on its way, or the journal cannot be written.
    pub fn stop_early(&mut self, sample: SampleId, reason: &str, limits: Fields) -> Result<Vec<Happening>, Message> {
        let index = self.state.by_id.get(&sample).copied();
        let index = index.filter(|index| !self.state.flights[*index].finished);
        let index = index.ok_or_else(|| say!("lab-unknown-sample", sample = sample))?;
        let mut seen = Vec::new();
        self.stop_flight(index, reason.to_owned(), limits, &mut seen)?;
        Ok(seen)
    }

    /// Takes a station (or the robot) out of service; the others go on. What it is doing is finished.
    ///
    /// # Errors
    /// No such station, or the journal cannot be written.
    pub fn take_out(&mut self, station: &str, reason: &str) -> Result<(), Message> {
        self.known_unit(station)?;
        self.write(Event::StationOut { station: station.to_owned(), reason: reason.to_owned() })
    }

    /// Puts a station (or the robot) back into service. Lost samples in it count as removed by hand.
    ///
    /// # Errors
    /// No such station, or the journal cannot be written.
    pub fn put_back(&mut self, station: &str) -> Result<(), Message> {
        self.known_unit(station)?;
        self.write(Event::StationBack { station: station.to_owned() })
    }

    /// Whether the lab has a station (or robot) of that name.
    ///
    /// # Errors
    /// It has not; names what it has.
    pub fn known_unit(&self, name: &str) -> Result<(), Message> {
        if name == self.setup.lab.robot.name {
            return Ok(());
        }
        crate::lab::find_station(&self.setup.lab.stations, name).map(|_| ())
    }

    /// Begins nothing new any more; a restart goes on from there. What is being done is still to be waited for, with
    /// [`Executor::advance`] as long as [`Executor::is_working`].
    pub fn begin_stop(&mut self) {
        self.stopping = true;
    }

    /// Whether something is being done at an instrument.
    pub fn is_working(&self) -> bool {
        !self.state.open.is_empty()
    }

    /// Waits for what is being done and begins nothing new; a restart goes on from there.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn finish_running_and_stop(&mut self) -> Result<Vec<Happening>, Message> {
        self.begin_stop();
        let mut seen = Vec::new();
        while self.is_working() {
            seen.extend(self.advance()?);
        }
        Ok(seen)
    }
}

fn just_after(time: Timestamp) -> Timestamp {
    Timestamp::from_microseconds(time.microseconds().saturating_add(1))
}

/// What to tell a person of a station that is out of service, and what to type when it is well again.
pub fn out_of_service(station: &str, reason: &str) -> Message {
    let typed = if station.contains(char::is_whitespace) { format!("\"{station}\"") } else { station.to_owned() };
    say!("lab-waiting-out", station = station, reason = reason, typed = typed)
}

/// What a sample reports when nothing was seen.
fn nothing() -> Fields {
    Fields::new()
}
