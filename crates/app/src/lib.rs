//! Use cases: one file per thing a person can ask for. Closes the loop.

pub mod table;
