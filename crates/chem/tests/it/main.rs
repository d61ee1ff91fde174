//! Behaviour of the crate as its users see it.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod descriptors;
mod fingerprints;
mod molblocks;
mod molecules;
mod robustness;
