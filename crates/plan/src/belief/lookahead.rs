//! What one more experiment is expected to teach about which condition is best.

use matdock_learn::{Lookahead, Moments, Rows};

use super::{Belief, Merit};

/// Equally likely slices of a reading, in standard deviations.
const SLICES: [f64; 16] = [
    -1.8627, -1.3180, -1.0100, -0.7764, -0.5791, -0.4023, -0.2372, -0.0784, 0.0784, 0.2372, 0.4023, 0.5791, 0.7764,
    1.0100, 1.3180, 1.8627,
];
/// Standard deviation of the noise, in those of what was measured, below which a reading is as good as exact.
const EXACT: f64 = 0.02;

impl Belief {
    /// Whether readings of the goal's only outcome scatter so much that the best reading need not be the best
    /// condition; never for a goal that looking ahead is not made for.
    pub(crate) fn is_noisy(&self) -> bool {
        let Merit::Single { outcome, .. } = &self.merit else { return false };
        self.outcome(*outcome).is_some_and(|model| model.surrogate().noise() > EXACT * EXACT)
    }

    /// By how much the expected merit of the condition recommended is expected to rise with one more experiment, for
    /// one at each row of `places`, in units of [`Belief::expected_merit`]; times the probability that the experiment
    /// counts. One of `conditions`, already tried, is recommended, or the new one itself. `None` for a merit other
    /// than one outcome up or down, without conditions, and from a model that cannot look ahead.
    ///
    /// Source: Scott, Frazier & Powell, The correlated knowledge gradient for simulation optimization of continuous
    /// parameters, SIAM J. Optim. 21, 996 (2011), eq. 3.4; the integral over the reading by slices, the reading of a
    /// mixture by those of its parts.
    pub(crate) fn knowledge_gradients(&self, conditions: &Rows, places: &Rows) -> Option<Vec<f64>> {
        let Merit::Single { outcome, sign } = &self.merit else { return None };
        let parts = self.outcome(*outcome)?.surrogate().lookahead(conditions, places)?;
        let now: Vec<f64> =
            (0..conditions.len()).map(|index| parts.iter().map(|p| p.share * p.means[index]).sum()).collect();
        let before = now.iter().map(|mean| sign * mean).max_by(f64::total_cmp)?;
        let chances = self.with_probabilities(vec![0.0; places.len()], places);
        let gain = |place: usize| {
            let own: f64 = parts.iter().map(|part| part.share * part.readings[place].mean).sum();
            let mut risen = 0.0;
            for drawn in &parts {
                let (expected, deviation) = (drawn.readings[place].mean, drawn.readings[place].variance.sqrt());
                for slice in SLICES {
                    let reading = expected + slice * deviation;
                    let best = best_after(*sign, &parts, place, reading, &now, own);
                    risen += drawn.share / SLICES.len() as f64 * (best - before);
                }
            }
            if risen.is_finite() { risen.max(0.0) * chances[place].exp() } else { 0.0 }
        };
        Some((0..places.len()).map(gain).collect())
    }
}

/// Highest merit expected after `reading` at `place`, of the conditions expected to be at `now` and the place itself.
fn best_after(sign: f64, parts: &[Lookahead], place: usize, reading: f64, now: &[f64], own: f64) -> f64 {
    let steps: Vec<f64> = parts
        .iter()
        .map(|part| {
            let Moments { mean, variance } = part.readings[place];
            part.share * (reading - mean) / variance.sqrt().max(f64::MIN_POSITIVE)
        })
        .collect();
    let moved =
        |change: &dyn Fn(&Lookahead) -> f64| -> f64 { parts.iter().zip(&steps).map(|(p, s)| s * change(p)).sum() };
    let tried = now.iter().enumerate().map(|(index, mean)| sign * (mean + moved(&|part| part.changes[place][index])));
    tried.fold(sign * (own + moved(&|part| part.own[place])), f64::max)
}
