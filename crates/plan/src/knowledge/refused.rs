//! Settings somebody refused.

use crate::{
    encode::Encoding,
    search::Preference,
    space::{Point, Value},
};

/// Keeps the search away from refused settings and from what is practically the same.
pub(crate) struct Refused<'a> {
    encoding: &'a Encoding,
    columns: Vec<Vec<f64>>,
}

/// How near practically the same is (share of the range of a parameter).
const SAME: f64 = 0.05;

impl<'a> Refused<'a> {
    pub(crate) fn new(points: &[Point], encoding: &'a Encoding) -> Self {
        Self { encoding, columns: points.iter().filter_map(|point| encoding.encode(point).ok()).collect() }
    }
}

impl Preference for Refused<'_> {
    fn log(&self, point: &[Value]) -> f64 {
        self.encoding.encode(point).map_or(0.0, |columns| self.log_with_gradient(&columns).0)
    }

    /// `ln(1 - exp(-d^2 / 2 SAME^2))` for every refused point at distance d: nothing far away, shut at it.
    fn log_with_gradient(&self, columns: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; columns.len()];
        let mut sum = 0.0;
        for own in &self.columns {
            let square: f64 = own.iter().zip(columns).map(|(a, b)| (a - b) * (a - b)).sum();
            let half = (0.5 * square / (SAME * SAME)).max(1e-12);
            let open = -(-half).exp_m1();
            sum += open.ln();
            let by_half = (1.0 - open) / open;
            for ((slope, a), b) in gradient.iter_mut().zip(columns).zip(own) {
                *slope += by_half * (a - b) / (SAME * SAME);
            }
        }
        (sum, gradient)
    }
}
