//! Made-up natures for simulated laboratories.
//!
//! Everything a nature answers follows from the seed, the sample and what was done to it before; nothing is kept
//! between two questions, so that a simulated laboratory can be stopped, started and replayed.

mod chance;
mod cluster_tool;
#[cfg(test)]
mod example_tests;
mod picture;
pub mod powder_film;
mod powder_line;
mod powder_pictures;
pub mod thin_film;
mod trace;

pub use cluster_tool::ThinFilm;
pub use powder_line::{PowderFilm, Trial, trial};

use crate::driver::Physics;

/// The names that [`by_name`] knows.
pub const NAMES: [&str; 2] = ["thin-film", "powder-film"];

/// The nature of that name.
pub fn by_name(name: &str) -> Option<Box<dyn Physics>> {
    match name {
        "thin-film" => Some(Box::new(ThinFilm)),
        "powder-film" => Some(Box::new(PowderFilm)),
        _ => None,
    }
}
