//! Time limits of a recipe: lags between steps and exposure in places.

use matdock_message::say;
use matdock_record::Timestamp;

use super::{
    setup::Setup,
    state::{Flight, Place, Progress},
};
use crate::recipe::Exposure;

impl Flight {
    /// Adds the time since the last change to the exposures that count at present.
    pub fn accrue(&mut self, setup: &Setup, at: Timestamp) {
        for (index, exposure) in setup.recipe.exposures.iter().enumerate() {
            if self.counts(setup, exposure) {
                self.spent[index] += at.microseconds().saturating_sub(self.since.microseconds());
            }
        }
        self.since = at;
    }

    fn counts(&self, setup: &Setup, exposure: &Exposure) -> bool {
        let begun = exposure.after.is_none_or(|step| matches!(self.steps[step], Progress::Done { .. }));
        let over = exposure.until.is_some_and(|step| self.steps[step] != Progress::Waiting);
        if !begun || over || self.verdict.is_some() || self.through(setup) {
            return false;
        }
        let named = |name: &str| exposure.at.iter().any(|place| place == name);
        match self.place {
            Place::At(_) if exposure.at.is_empty() => !self.steps.contains(&Progress::Running),
            Place::Moving { .. } if exposure.at.is_empty() => true,
            Place::At(station) => named(&setup.lab.stations[station].name),
            Place::Moving { from, to } => named(setup.unit_name(setup.mover(from, to))),
            Place::Outside | Place::Lost { .. } | Place::Gone => false,
        }
    }

    /// Latest time at which a step may begin for the lags that already run.
    pub fn latest_begin(&self, setup: &Setup, step: usize) -> Option<Timestamp> {
        let ends = setup.recipe.lags.iter().filter(|lag| lag.to == step).filter_map(|lag| {
            match (lag.max, self.steps[lag.from]) {
                (Some(max), Progress::Done { ended }) => Some(ended.plus_seconds(max)),
                _ => None,
            }
        });
        ends.min()
    }

    /// Earliest time at which a step may begin.
    pub fn earliest_begin(&self, setup: &Setup, step: usize) -> Timestamp {
        let begins =
            setup.recipe.lags.iter().filter(|lag| lag.to == step).filter_map(|lag| match self.steps[lag.from] {
                Progress::Done { ended } => Some(ended.plus_seconds(lag.min)),
                _ => None,
            });
        begins.max().unwrap_or(Timestamp::from_microseconds(i64::MIN))
    }

    /// The first limit that will pass if nothing happens: when, and what to say then.
    pub fn next_limit(&self, setup: &Setup) -> Option<(Timestamp, String)> {
        if self.verdict.is_some() || self.through(setup) {
            return None;
        }
        let mut first: Option<(Timestamp, String)> = None;
        let mut offer = |at: Timestamp, why: &dyn Fn() -> String| {
            if first.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                first = Some((at, why()));
            }
        };
        for lag in &setup.recipe.lags {
            let (Some(max), Progress::Done { ended }) = (lag.max, self.steps[lag.from]) else { continue };
            if self.steps[lag.to] == Progress::Waiting {
                let name = |step: usize| &setup.recipe.steps[step].name;
                offer(ended.plus_seconds(max), &|| {
                    say!("lab-lag-passed", from = name(lag.from), to = name(lag.to), max = max).to_string()
                });
            }
        }
        for (index, exposure) in setup.recipe.exposures.iter().enumerate() {
            if self.counts(setup, exposure) {
                let left = exposure.max - self.spent[index] as f64 / 1e6;
                offer(self.since.plus_seconds(left.max(0.0)), &|| {
                    say!("lab-exposure-passed", name = exposure.name, max = exposure.max).to_string()
                });
            }
        }
        first
    }
}
