//! A laboratory that can be made to fail and to crash, the same way every time.

use std::sync::{Arc, Mutex};

use matdock_lab::{
    Action, Entry, Event, Executor, Happening, Image, Job, Journal, Lab, MemoryJournal, PastAction, Performed, Physics,
    Recipe, Reply, Stream, VirtualClock,
    driver::{ActionId, Begun, Driver, Request, Status},
    drivers::{Drivers, SimulatedDriver},
};
use matdock_message::Message;
use matdock_record::{Datum, IdSource, Outcome, SampleId, Timestamp, Unit, body::Fields};

/// A nature whose answers show to which sample they belong.
pub struct MarkingPhysics;

impl Physics for MarkingPhysics {
    fn capabilities(&self) -> &[&str] {
        &[]
    }

    fn perform(
        &self,
        action: &Action,
        start: Timestamp,
        past: &[PastAction],
        uses: u64,
        seed: u64,
    ) -> Result<Performed, Message> {
        let wait = past.last().map_or(0.0, |last| start.seconds_since(last.ended));
        let value = uses as f64 + 1e-3 * wait + past.len() as f64 / 3.0 + seed as f64;
        let mut values = Fields::from([("seen".to_owned(), Datum::number(value, &Unit::one()))]);
        if let Some(mark) = action.settings.get("temperature") {
            values.insert(format!("mark-{}", action.step), mark.clone());
        }
        let reply = Reply { values, ..Reply::of(Outcome::Succeeded) };
        let columns = vec![];
        let reply = Reply { streams: vec![Stream { name: "log".into(), columns, data: vec![] }], ..reply };
        // Nothing takes exactly as long as planned.
        Ok(Performed { duration: action.duration * (1.0 + 0.03 * ((uses % 3) as f64)), reply })
    }
}

/// Now and then fails, is slow, or loses the answer: decided by the number of the action alone.
pub struct FaultyDriver {
    inner: SimulatedDriver,
    seed: u64,
}

impl FaultyDriver {
    fn change(&self, id: ActionId, begun: Begun) -> Begun {
        let Begun::Until(due, reply) = begun else { return begun };
        let dice =
            (id.0 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(self.seed).wrapping_mul(0xD134_2543_DE82_EF95)
                >> 40;
        match dice % 100 {
            0 => Begun::Until(due, Reply::of(Outcome::Failed("broken".into()))),
            1 => Begun::Until(due, Reply::of(Outcome::Uncertain("unclear".into()))),
            2 => Begun::Until(due.plus_seconds(1e8), reply),
            3 => Begun::Until(due.plus_seconds(600.0), reply),
            _ => Begun::Until(due, reply),
        }
    }
}

impl Driver for FaultyDriver {
    fn start(&mut self, request: &Request<'_>) -> Result<Begun, Message> {
        self.inner.start(request).map(|begun| self.change(request.action.id, begun))
    }

    fn ask(&mut self, request: &Request<'_>) -> Status {
        match self.inner.ask(request) {
            Status::Running(begun) => Status::Running(self.change(request.action.id, begun)),
            other => other,
        }
    }
}

/// A journal that stops the program, as it were, before it has kept a certain number of entries more.
pub struct CrashingJournal {
    pub kept: Arc<Mutex<MemoryJournal>>,
    pub crash_at: Option<usize>,
}

impl Journal for CrashingJournal {
    fn append(&mut self, entry: &Entry) -> Result<(), Message> {
        if self.crash_at.is_some_and(|at| self.kept.lock().unwrap().entries.len() >= at) {
            return Err(Message::new("lab-waiting-stopped"));
        }
        // Through text, as a real journal keeps it.
        let text = serde_json::to_string(entry).unwrap();
        let read: Entry = serde_json::from_str(&text).unwrap();
        let streams = match (&entry.event, read) {
            (Event::Returned { reply, .. }, mut read) => {
                if let Event::Returned { reply: kept, .. } = &mut read.event {
                    kept.streams.clone_from(&reply.streams);
                    kept.images.clone_from(&reply.images);
                }
                read
            }
            (_, read) => read,
        };
        self.kept.lock().unwrap().append(&streams)
    }

    fn stream(&self, action: ActionId, name: &str) -> Result<Stream, Message> {
        self.kept.lock().unwrap().stream(action, name)
    }

    fn image(&self, action: ActionId, name: &str) -> Result<Image, Message> {
        self.kept.lock().unwrap().image(action, name)
    }
}

/// What to run.
pub struct World {
    pub lab: Lab,
    pub recipe: Recipe,
    pub samples: usize,
    pub faults: Option<u64>,
    /// The thin-film example with its own nature, instead of the marking one.
    pub example: bool,
}

impl World {
    fn drivers(&self) -> Drivers {
        if self.example {
            let nobody: Arc<dyn matdock_lab::drivers::Person> = Arc::new(matdock_lab::drivers::Nobody);
            return Drivers::connect(&self.lab, 7, &nobody).unwrap();
        }
        let physics: Arc<dyn Physics> = Arc::new(MarkingPhysics);
        let Some(seed) = self.faults else { return Drivers::simulated(&self.lab, &physics, 7) };
        let mut drivers = Drivers::planned(&self.lab);
        for station in &self.lab.stations {
            let inner = SimulatedDriver::new(physics.clone(), 7);
            drivers.insert(&station.name, Box::new(FaultyDriver { inner, seed }));
        }
        drivers.insert(&self.lab.robot.name, Box::new(FaultyDriver { inner: SimulatedDriver::planned(), seed }));
        drivers
    }

    /// Settings of the sample of that number; the temperature tells whose they are.
    pub fn job(&self, number: usize) -> Job {
        let mut settings = crate::test_lab::cell_settings();
        if self.example {
            let films =
                matdock_lab::physics::thin_film::RANGES.iter().chain(&matdock_lab::physics::powder_film::RANGES);
            for (name, unit, low, high, _) in films {
                let share = (number as f64 * 0.618).fract();
                settings.insert((*name).to_owned(), Datum::number(low + share * (high - low), &unit.parse().unwrap()));
            }
        }
        let name = if self.example { "mark" } else { "substrate_temperature" };
        settings.insert(name.into(), Datum::number(100.0 + number as f64, &"Cel".parse().unwrap()));
        let mut ids = IdSource::from_seed(number as u64);
        let sample = SampleId::new(&mut ids, Timestamp::from_microseconds(0));
        Job { sample, name: format!("S-{number}"), settings }
    }

    /// Runs until everything is done, restarting after every crash; crashes where `crashes` says (number of entries).
    pub fn run(&self, crashes: &[usize]) -> Vec<Entry> {
        let kept = Arc::new(Mutex::new(MemoryJournal::default()));
        let mut crashes = crashes.iter().copied();
        while !self.runs_through(&kept, crashes.next()).unwrap_or(false) {}
        std::mem::take(&mut kept.lock().unwrap().entries)
    }

    /// True when all is done; an error is the crash.
    fn runs_through(&self, kept: &Arc<Mutex<MemoryJournal>>, crash_at: Option<usize>) -> Result<bool, Message> {
        let entries = kept.lock().unwrap().entries.clone();
        let journal = CrashingJournal { kept: kept.clone(), crash_at };
        let clock = Box::new(VirtualClock::new(entries.last().map_or(Timestamp::from_microseconds(0), |last| last.at)));
        let (lab, recipe) = (self.lab.clone(), self.recipe.clone());
        let (mut executor, _) = Executor::restore(lab, recipe, self.drivers(), clock, journal, &entries)?;
        let mut accepted = entries.iter().filter(|entry| matches!(entry.event, Event::Accepted { .. })).count();
        loop {
            while executor.capacity() > 0 && accepted < self.samples {
                executor.submit(self.job(accepted))?;
                accepted += 1;
            }
            for happening in executor.advance()? {
                match happening {
                    Happening::Idle => return Ok(true),
                    Happening::Waiting(_) => {
                        // Somebody comes, looks at the first thing out of service, and puts it back.
                        let out = executor.snapshot().stations.into_iter().find(|station| station.out.is_some());
                        let station = out.expect("nothing goes on, and nothing is out of service").name;
                        executor.put_back(&station)?;
                    }
                    _ => {}
                }
            }
        }
    }
}

/// What happened, without what restarts add and without the numbers of the entries.
pub fn history(entries: &[Entry]) -> Vec<(Timestamp, Event)> {
    let real = entries.iter().filter(|entry| !matches!(entry.event, Event::Adopted { .. } | Event::Begun { .. }));
    real.map(|entry| (entry.at, entry.event.clone())).collect()
}

/// What must hold in every journal of a finished run.
pub fn check_history(world: &World, entries: &[Entry]) {
    let mut open: Vec<Action> = Vec::new();
    let mut finished: Vec<SampleId> = Vec::new();
    let mut tries = std::collections::BTreeMap::<(SampleId, String), (u32, bool)>::new();
    for (index, entry) in entries.iter().enumerate() {
        assert_eq!(entry.sequence, index as u64);
        match &entry.event {
            Event::Intent { action, attempt } => {
                assert!(open.iter().all(|other| other.sample != action.sample), "a sample in two places: {action:?}");
                if action.capability != "move" {
                    let known = tries.entry((action.sample, action.step.clone())).or_default();
                    known.0 += 1;
                    assert_eq!(known.0, *attempt);
                    assert!(!known.1, "done again after it had succeeded: {action:?}");
                    assert!(*attempt == 1 || action.capability == "measure-impedance", "not repeatable: {action:?}");
                }
                open.push(action.clone());
            }
            Event::Returned { action, reply, .. } => {
                let position = open.iter().position(|other| other.id == *action).expect("an answer without a question");
                let action = open.remove(position);
                if let Some(known) = tries.get_mut(&(action.sample, action.step.clone())) {
                    known.1 |= reply.outcome.is_success() && action.capability != "move";
                }
            }
            Event::Finished { sample, outcome, values } => {
                assert!(!finished.contains(sample), "finished twice");
                finished.push(*sample);
                let number = (0..world.samples).find(|number| world.job(*number).sample == *sample).unwrap();
                if let Some(Datum::Quantity(mark)) = values.get("mark-electrolyte") {
                    assert_eq!(mark.value, 100.0 + number as f64, "the result of another sample");
                } else {
                    assert!(world.example || !outcome.is_success());
                }
            }
            _ => {}
        }
    }
    assert!(open.is_empty() && finished.len() == world.samples);
}
