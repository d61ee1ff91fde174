//! Learners: Gaussian processes, their validation and explanation. Pure: same data and seed, same bytes.

pub mod gp;
mod kernel;
mod linear;
pub mod normal;
pub mod optimise;

pub use kernel::{Kernel, Rows};
