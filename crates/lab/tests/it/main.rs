//! Larger tests of the laboratory.

mod crash;
mod deadlock;
mod example;
mod harness;
mod people_and_programs;
mod service;
#[path = "../../src/test_lab.rs"]
mod test_lab;
