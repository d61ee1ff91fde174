//! Recipes, stations, scheduling, execution, drivers and the simulated laboratory.

pub mod analysis;
pub mod check;
pub mod clock;
pub mod driver;
pub mod drivers;
pub mod executor;
pub mod feature;
pub mod gantt;
pub mod journal;
pub mod lab;
pub mod live;
pub mod physics;
mod reader;
pub mod recipe;
pub mod simulate;
#[cfg(test)]
mod test_lab;

pub use check::{CheckReport, ParameterRange, ParameterValues, check};
pub use clock::{Clock, RealClock, VirtualClock};
pub use driver::{Action, ActionId, Driver, Image, PastAction, Performed, Physics, Reply, Stream};
pub use executor::{Executor, Happening, Job, Snapshot, out_of_service};
pub use gantt::gantt_svg;
pub use journal::{Entry, Event, Journal, MemoryJournal};
pub use lab::Lab;
pub use recipe::Recipe;
pub use simulate::{Simulation, simulate};
