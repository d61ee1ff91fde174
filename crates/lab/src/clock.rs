//! Time as a value: the same executor runs on the clock of the wall and on virtual time.

use std::{sync::mpsc::Receiver, time::Duration};

use matdock_record::Timestamp;

use crate::driver::Arrival;

/// What the executor knows of time.
pub trait Clock: Send {
    /// The present.
    fn now(&self) -> Timestamp;

    /// Whether time jumps from event to event, so that what is computed takes none.
    fn is_virtual(&self) -> bool {
        false
    }

    /// Waits until an instrument answers or `until` is reached, whichever is first.
    ///
    /// `expecting` says that an instrument works on its own and will answer.
    fn wait(&mut self, until: Option<Timestamp>, arrivals: &Receiver<Arrival>, expecting: bool) -> Option<Arrival>;
}

/// The clock on the wall. Never runs backwards, even when somebody sets it.
#[derive(Debug, Default)]
pub struct RealClock {
    latest: Timestamp,
}

impl RealClock {
    /// The clock of this machine.
    pub fn new() -> Self {
        Self { latest: Timestamp::now() }
    }
}

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now().max(self.latest)
    }

    fn wait(&mut self, until: Option<Timestamp>, arrivals: &Receiver<Arrival>, _expecting: bool) -> Option<Arrival> {
        self.latest = self.now();
        // A long wait in slices of a day: far below what the system's timers can hold.
        let seconds = until.map_or(86_400.0, |until| until.seconds_since(self.latest).clamp(0.0, 86_400.0));
        let arrival = arrivals.recv_timeout(Duration::from_secs_f64(seconds)).ok();
        self.latest = self.now();
        arrival
    }
}

/// Time that jumps to the next event: a night in the lab in a second.
#[derive(Debug)]
pub struct VirtualClock {
    now: Timestamp,
}

impl VirtualClock {
    /// Begins at a given time.
    pub fn new(start: Timestamp) -> Self {
        Self { now: start }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn wait(&mut self, until: Option<Timestamp>, arrivals: &Receiver<Arrival>, expecting: bool) -> Option<Arrival> {
        if let Ok(arrival) = arrivals.try_recv() {
            return Some(arrival);
        }
        if expecting {
            // Instruments outside virtual time answer in no time at all.
            return arrivals.recv().ok();
        }
        self.now = until.map_or(self.now, |until| until.max(self.now));
        None
    }
}
