//! Fourier transforms of real numbers, planned once per length.

use std::{cell::RefCell, sync::Arc};

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

thread_local! {
    // A plan costs more than its use. Lengths are powers of two, so there are few.
    static PLANNER: RefCell<RealFftPlanner<f64>> = RefCell::new(RealFftPlanner::new());
}

/// From `length` real numbers to `length / 2 + 1` complex ones.
pub(super) fn forward(length: usize) -> Arc<dyn RealToComplex<f64>> {
    PLANNER.with_borrow_mut(|planner| planner.plan_fft_forward(length))
}

/// The way back, `length` times as large.
pub(super) fn back(length: usize) -> Arc<dyn ComplexToReal<f64>> {
    PLANNER.with_borrow_mut(|planner| planner.plan_fft_inverse(length))
}
