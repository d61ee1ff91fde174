//! Drivers that come with matdock, and how a lab file is connected to them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
};

use matdock_message::{Message, say};

use crate::{
    Lab, Physics,
    driver::{Action, ActionId, Arrival, Driver, Reply},
    lab::DriverSettings,
};

mod manual;
pub(crate) mod process;
mod simulated;
pub(crate) mod wire;

pub use manual::ManualDriver;
pub use process::ProcessDriver;
pub use simulated::SimulatedDriver;

/// All drivers of a lab, by the name of station or robot, and the mailbox of their answers.
pub struct Drivers {
    pub(crate) by_name: BTreeMap<String, Box<dyn Driver>>,
    pub(crate) arrivals: Receiver<Arrival>,
    sender: Sender<Arrival>,
}

/// The person at a manual station, as a face shows tasks and takes answers.
pub trait Person: Send + Sync {
    /// Tells the person what to do; after a restart it may be told again.
    fn tell(&self, task: &Task);

    /// The person's answer to a task, as soon as there is one. Called several times a second; must not wait.
    fn answer(&self, action: ActionId) -> Option<Reply>;

    /// Tells the person that an answer could not be used.
    fn refuse(&self, action: ActionId, why: &Message);
}

/// Something a person is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// What.
    pub action: Action,
    /// Instructions of the lab file.
    pub instructions: Option<String>,
    /// The file that can be dropped as an answer, where the lab file names a folder.
    pub answer_file: Option<std::path::PathBuf>,
}

/// Nobody: for labs without manual stations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Person for Nobody {
    fn tell(&self, _task: &Task) {}

    fn answer(&self, _action: ActionId) -> Option<Reply> {
        None
    }

    fn refuse(&self, _action: ActionId, _why: &Message) {}
}

impl Default for Drivers {
    fn default() -> Self {
        let (sender, arrivals) = mpsc::channel();
        Self { by_name: BTreeMap::new(), arrivals, sender }
    }
}

impl Drivers {
    /// Where a driver that works on its own puts its answers.
    pub fn mailbox(&self) -> Sender<Arrival> {
        self.sender.clone()
    }

    /// Sets the driver of a station or of the robot.
    pub fn insert(&mut self, name: &str, driver: Box<dyn Driver>) {
        self.by_name.insert(name.to_owned(), driver);
    }

    /// Connects everything as the lab file says. `seed` is that of simulated nature.
    ///
    /// # Errors
    /// An unknown physics.
    pub fn connect(lab: &Lab, seed: u64, person: &Arc<dyn Person>) -> Result<Self, Message> {
        let mut drivers = Self::default();
        let stations = lab.stations.iter().map(|station| (&station.name, &station.driver));
        for (name, settings) in stations.chain([(&lab.robot.name, &lab.robot.driver)]) {
            let driver: Box<dyn Driver> = match settings {
                DriverSettings::Simulated { physics: None } => Box::new(SimulatedDriver::planned()),
                DriverSettings::Simulated { physics: Some(name) } => {
                    Box::new(SimulatedDriver::new(physics(name)?, seed))
                }
                DriverSettings::Manual { folder, instructions } => Box::new(ManualDriver::new(
                    person.clone(),
                    folder.as_ref().map(Into::into),
                    instructions.clone(),
                    drivers.mailbox(),
                )),
                DriverSettings::Process { .. } => Box::new(ProcessDriver::new(settings, drivers.mailbox())?),
            };
            drivers.insert(name, driver);
        }
        Ok(drivers)
    }

    /// Every station simulated: each action takes as long as planned and succeeds.
    pub fn planned(lab: &Lab) -> Self {
        let mut drivers = Self::default();
        for name in lab.stations.iter().map(|station| &station.name).chain([&lab.robot.name]) {
            drivers.insert(name, Box::new(SimulatedDriver::planned()));
        }
        drivers
    }

    /// Every station simulated with one nature.
    pub fn simulated(lab: &Lab, physics: &Arc<dyn Physics>, seed: u64) -> Self {
        let mut drivers = Self::planned(lab);
        for station in &lab.stations {
            drivers.insert(&station.name, Box::new(SimulatedDriver::new(physics.clone(), seed)));
        }
        drivers
    }
}

/// The made-up nature of that name.
fn physics(name: &str) -> Result<Arc<dyn Physics>, Message> {
    let known = || crate::physics::NAMES.join(", ");
    let found =
        crate::physics::by_name(name).ok_or_else(|| say!("lab-unknown-physics", name = name, known = known()))?;
    Ok(Arc::from(found))
}
