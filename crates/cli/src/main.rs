//! The `matdock` command.
fn main() {}
