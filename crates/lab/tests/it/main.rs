//! Larger tests of the laboratory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod crash;
mod deadlock;
mod example;
mod features;
mod harness;
mod live;
mod no_loss;
mod people_and_programs;
mod service;
#[path = "../../src/test_lab.rs"]
mod test_lab;
