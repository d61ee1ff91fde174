//! Use cases: one file per thing a person can ask for. Closes the loop.
//!
//! This is the only place where planning and the laboratory meet. Faces (the command line, later others) call
//! these functions and show what they return.

pub mod backtest;
pub mod campaign;
pub mod chain;
mod clock_times;
pub mod comparison;
pub mod components;
pub mod cost;
pub mod dataset;
pub mod describe;
pub mod explain;
pub mod export;
pub mod front;
pub mod history;
pub mod lab_files;
pub mod learning;
pub mod learnt;
pub mod new;
pub mod partial;
pub mod plot;
pub mod propose;
pub mod record_format;
pub mod record_results;
pub mod report;
pub mod run;
pub mod show;
pub mod status;
pub mod suggest;
pub mod table;
pub mod trial_files;
pub mod verify;
pub mod veto;
pub mod warning;
pub mod watch;
