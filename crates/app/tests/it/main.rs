//! The closed loop as a whole, on real docks.

mod by_hand;
mod kill;
