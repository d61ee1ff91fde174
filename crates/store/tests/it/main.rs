//! The dock from outside: laws, faults, crashes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at any fault")]

mod examples;
mod faults;
mod full_disk;
mod kill;
mod laws;
mod queries;
mod verify;
