//! Instruments that exist only in a simulation.

use std::sync::Arc;

use matdock_message::Message;
use matdock_record::Outcome;

use crate::{
    Physics, Reply,
    driver::{Begun, Driver, MOVE, Request, Status},
};

/// An instrument of a made-up nature. It keeps nothing: all it answers follows from the journal, so that a
/// simulated lab that is stopped and started again goes on as if it had never stopped.
pub struct SimulatedDriver {
    physics: Option<Arc<dyn Physics>>,
    seed: u64,
}

impl SimulatedDriver {
    /// An instrument of the given nature.
    pub fn new(physics: Arc<dyn Physics>, seed: u64) -> Self {
        Self { physics: Some(physics), seed }
    }

    /// An instrument that takes as long as planned, succeeds and sees nothing.
    pub fn planned() -> Self {
        Self { physics: None, seed: 0 }
    }

    fn perform(&self, request: &Request<'_>) -> Result<Begun, Message> {
        let Request { action, start, past, uses, .. } = *request;
        match &self.physics {
            Some(physics) if action.capability != MOVE => {
                let performed = physics.perform(action, start, past, uses, self.seed)?;
                let duration =
                    if performed.duration.is_finite() { performed.duration.max(0.0) } else { action.duration };
                Ok(Begun::Until(start.plus_seconds(duration), performed.reply))
            }
            _ => Ok(Begun::Until(start.plus_seconds(action.duration), Reply::of(Outcome::Succeeded))),
        }
    }
}

impl Driver for SimulatedDriver {
    fn start(&mut self, request: &Request<'_>) -> Result<Begun, Message> {
        self.perform(request)
    }

    fn ask(&mut self, request: &Request<'_>) -> Status {
        match self.perform(request) {
            Ok(begun) => Status::Running(begun),
            Err(what) => Status::Done(Reply::of(Outcome::Failed(what.to_string()))),
        }
    }

    fn stop(&mut self, _request: &Request<'_>) -> bool {
        true
    }
}
