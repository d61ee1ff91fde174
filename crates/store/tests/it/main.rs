//! The dock from outside: laws, faults, crashes.

mod examples;
mod faults;
mod full_disk;
mod kill;
mod laws;
mod queries;
mod verify;
