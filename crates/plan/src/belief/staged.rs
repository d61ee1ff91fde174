//! What is expected of an experiment of which intermediates are known, or will be.

use matdock_learn::Rows;

use super::{Belief, Merit, log_improvements};

impl Belief {
    /// Expected improvement, in units of [`Belief::expected_merit`], of finishing an experiment at the one row of `point`
    /// of which `read` was seen (one value per outcome, in its unit). `None` for a merit other than one outcome up or
    /// down, and where that outcome is not predicted through the process chain.
    pub(crate) fn improvement_given(&self, point: &Rows, read: &[Option<f64>]) -> Option<f64> {
        let Merit::Single { outcome, sign } = &self.merit else { return None };
        let model = self.outcomes.given(*outcome, read)?;
        let parts = model.surrogate().components(point);
        log_improvements(&parts, *sign, self.best?).first().map(|log| log.exp()).filter(|gain| gain.is_finite())
    }

    /// What [`Belief::improvement_given`] will be when the outcomes `gives` have been seen: equally likely draws.
    pub(crate) fn improvements_after(
        &self,
        point: &Rows,
        gives: &[usize],
        count: usize,
        seed: u64,
    ) -> Option<Vec<f64>> {
        let draws = self.outcomes.sample(point, count, seed);
        let improvement = |draw: &Vec<Vec<f64>>| {
            let mut read = vec![None; self.names.len()];
            for &outcome in gives {
                let value = *draw.get(outcome)?.first()?;
                *read.get_mut(outcome)? = Some(self.outcome(outcome)?.warp().backward(value));
            }
            self.improvement_given(point, &read)
        };
        draws.iter().map(improvement).collect()
    }
}
