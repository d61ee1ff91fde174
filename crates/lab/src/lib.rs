//! Recipes, stations, scheduling, execution, drivers and the simulated laboratory.

pub mod driver;
