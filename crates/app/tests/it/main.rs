//! The closed loop as a whole, on real docks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod by_hand;
mod comparison;
mod control;
mod features;
mod instruments;
mod kill;
mod knowledge;
mod space;
mod trial_files;
