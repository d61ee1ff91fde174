//! What the executor writes down before and after everything it does.

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_record::{Outcome, SampleId, Timestamp, body::Fields};
use serde::{Deserialize, Serialize};

use crate::driver::{Action, ActionId, Image, Reply, Stream};

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// 0, 1, 2 ... without gaps.
    pub sequence: u64,
    /// When it was written, in lab time.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// A sample was accepted for processing.
    Accepted {
        /// Which.
        sample: SampleId,
        /// Its short name.
        name: String,
        /// Its conditions.
        settings: Fields,
    },
    /// Something is about to be done: a step at a station, or a move by the robot.
    Intent {
        /// What.
        action: Action,
        /// 1 at first; 2 when a repeatable action is tried again.
        attempt: u32,
    },
    /// It is over.
    Returned {
        /// Which action.
        action: ActionId,
        /// Begin.
        started: Timestamp,
        /// End.
        ended: Timestamp,
        /// What came back; the streams are passed beside, not written here.
        reply: Reply,
    },
    /// After a restart an action was found going on.
    Adopted {
        /// Which action.
        action: ActionId,
    },
    /// After a restart an action was found not begun, and was begun.
    Begun {
        /// Which action.
        action: ActionId,
    },
    /// Something was computed from what was seen.
    Analysed {
        /// Of which sample.
        sample: SampleId,
        /// Step of the recipe.
        step: String,
        /// How it ended.
        outcome: Outcome,
        /// What came out.
        values: Fields,
    },
    /// A sample has its result. It may still have to be taken out.
    Finished {
        /// Which.
        sample: SampleId,
        /// How it ended.
        outcome: Outcome,
        /// What it reports.
        values: Fields,
    },
    /// Nothing new is begun from now on.
    Paused,
    /// Work goes on.
    Resumed,
    /// Somebody gave up a sample.
    AbortAsked {
        /// Which.
        sample: SampleId,
        /// Why.
        reason: String,
    },
    /// Features of what a step has yielded so far were computed.
    Interim {
        /// Of which sample.
        sample: SampleId,
        /// Step of the recipe.
        step: String,
        /// Share of the planned time of the step that has passed; 1 at its end.
        share: f64,
        /// All that was seen of the sample until then, by the names of the outputs.
        values: Fields,
    },
    /// A sample is ended early: what was seen counts.
    StopAsked {
        /// Which.
        sample: SampleId,
        /// Why.
        reason: String,
        /// Planned time of the steps that are left out \[s\].
        spared: f64,
        /// Outcomes that are as good as known all the same: beyond these limits.
        limits: Fields,
    },
    /// A rule of the recipe was broken: a time limit passed.
    LimitPassed {
        /// Of which sample.
        sample: SampleId,
        /// Which limit.
        reason: String,
    },
    /// A station or the robot went out of service.
    StationOut {
        /// Which.
        station: String,
        /// Why.
        reason: String,
    },
    /// It is back; what a person found lost there has been removed.
    StationBack {
        /// Which.
        station: String,
    },
}

/// Where the executor writes; the dock implements it.
pub trait Journal {
    /// Keeps an entry. It is durable when this returns.
    ///
    /// # Errors
    /// It could not be kept; the executor stops before acting.
    fn append(&mut self, entry: &Entry) -> Result<(), Message>;

    /// Reads back a stream of an earlier action, for an analysis after a restart.
    ///
    /// # Errors
    /// There is no such stream, or it cannot be read.
    fn stream(&self, action: ActionId, name: &str) -> Result<Stream, Message>;

    /// Reads back an image of an earlier action, for a feature after a restart.
    ///
    /// # Errors
    /// There is no such image, or it cannot be read.
    fn image(&self, action: ActionId, name: &str) -> Result<Image, Message>;
}

/// A journal in memory, for simulations and tests.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    /// Everything written so far.
    pub entries: Vec<Entry>,
    streams: BTreeMap<(ActionId, String), Stream>,
    images: BTreeMap<(ActionId, String), Image>,
}

impl Journal for MemoryJournal {
    fn append(&mut self, entry: &Entry) -> Result<(), Message> {
        let mut kept = entry.clone();
        if let Event::Returned { action, reply, .. } = &mut kept.event {
            self.streams.extend(reply.streams.drain(..).map(|stream| ((*action, stream.name.clone()), stream)));
            self.images.extend(reply.images.drain(..).map(|image| ((*action, image.name.clone()), image)));
        }
        self.entries.push(kept);
        Ok(())
    }

    fn stream(&self, action: ActionId, name: &str) -> Result<Stream, Message> {
        self.streams.get(&(action, name.to_owned())).cloned().ok_or_else(|| say!("lab-no-stream", name = name))
    }

    fn image(&self, action: ActionId, name: &str) -> Result<Image, Message> {
        self.images.get(&(action, name.to_owned())).cloned().ok_or_else(|| say!("lab-feature-no-image", name = name))
    }
}
