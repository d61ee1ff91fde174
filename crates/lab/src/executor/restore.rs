//! Going on after a stop or a crash.

use matdock_message::{Message, say};
use matdock_record::Outcome;

use super::{Executor, Happening};
use crate::{
    ActionId, Clock, Entry, Event, Journal, Lab, Recipe, Reply,
    driver::{Begun, Request, Status},
    drivers::Drivers,
};

impl<J: Journal> Executor<J> {
    /// Goes on after a stop or a crash: replays the journal, then asks the instruments about every open action.
    /// The happenings are those that the crash had kept from being told.
    ///
    /// # Errors
    /// The journal does not fit the lab and recipe, or cannot be written.
    pub fn restore(
        lab: Lab,
        recipe: Recipe,
        drivers: Drivers,
        clock: Box<dyn Clock>,
        journal: J,
        entries: &[Entry],
    ) -> Result<(Self, Vec<Happening>), Message> {
        let mut executor = Self::new(lab, recipe, drivers, clock, journal)?;
        for entry in entries {
            executor.state.apply(&executor.setup, entry)?;
        }
        let mut seen = Vec::new();
        let undecided = executor.state.undecided.clone();
        executor.settle(&mut seen)?;
        let open: Vec<ActionId> = executor.state.open.keys().copied().collect();
        for id in open {
            executor.ask(id)?;
            executor.cut(id);
        }
        if let Some((index, step, share, values)) = undecided {
            executor.tell(index, step, share, values, &mut seen)?;
        }
        Ok((executor, seen))
    }

    /// Asks the instrument what became of an action, then adopts, begins or gives it up.
    fn ask(&mut self, id: ActionId) -> Result<(), Message> {
        let Some(open) = self.state.open.get(&id) else { return Ok(()) };
        let (start, now) = (open.started, self.now());
        let request = Request { past: &self.state.flights[open.flight].past, ..self.request(open) };
        let name = self.setup.unit_name(open.unit);
        let Some(driver) = self.drivers.by_name.get_mut(name) else { return Ok(()) };
        match driver.ask(&request) {
            Status::NotStarted => {
                self.write(Event::Begun { action: id })?;
                return self.start(id);
            }
            Status::Running(Begun::Running) => {}
            Status::Running(Begun::Until(due, reply)) => {
                self.answers.insert(id, (due.max(start), reply));
            }
            Status::Done(reply) => {
                self.answers.insert(id, (now, reply));
            }
            Status::Unknown => {
                let why = say!("lab-unknown-end").to_string();
                self.answers.insert(id, (now, Reply::of(Outcome::Uncertain(why))));
                return Ok(());
            }
        }
        self.write(Event::Adopted { action: id })
    }
}
