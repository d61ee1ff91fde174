//! Programs of the user's own compute features beside the lab: instruments go on, and a sample may have left before its
//! features are there. In virtual time nothing takes time, so there they are waited for.

use std::{
    collections::BTreeSet,
    sync::mpsc::{self, Receiver, Sender},
    thread,
};

use matdock_record::body::Fields;

use crate::{
    Image, Stream,
    feature::{self, Feature, Yield},
};

/// How often results are looked for \[s\].
pub(super) const LOOK_EVERY: f64 = 0.1;

/// Features that were computed, of a step of a flight.
pub(super) struct Computed {
    pub flight: usize,
    pub step: usize,
    pub values: Fields,
}

/// What programs are at work on.
pub(super) struct Programs {
    running: BTreeSet<(usize, usize)>,
    sender: Sender<Computed>,
    results: Receiver<Computed>,
}

impl Default for Programs {
    fn default() -> Self {
        let (sender, results) = mpsc::channel();
        Self { running: BTreeSet::new(), sender, results }
    }
}

impl Programs {
    /// Whether nothing is being computed.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Whether features of this step are being computed.
    pub fn is_at(&self, flight: usize, step: usize) -> bool {
        self.running.contains(&(flight, step))
    }

    /// Whether anything of this flight is being computed.
    pub fn is_busy_with(&self, flight: usize) -> bool {
        self.running.range((flight, 0)..=(flight, usize::MAX)).next().is_some()
    }

    /// Begins to compute features of a step from what it yielded.
    pub fn begin(
        &mut self,
        (flight, step): (usize, usize),
        features: Vec<Feature>,
        streams: Vec<Stream>,
        images: Vec<Image>,
        values: Option<Fields>,
    ) {
        self.running.insert((flight, step));
        let sender = self.sender.clone();
        thread::spawn(move || {
            let seen = Yield { streams: &streams, images: &images, values: values.as_ref() };
            let values = feature::compute(&features, seen);
            // A closed channel only means that matdock ends.
            let _ = sender.send(Computed { flight, step, values });
        });
    }

    /// What was computed, if anything.
    pub fn next(&mut self) -> Option<Computed> {
        let computed = self.results.try_recv().ok()?;
        self.running.remove(&(computed.flight, computed.step));
        Some(computed)
    }
}
