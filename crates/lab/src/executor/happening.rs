//! What whoever watches is told.

use matdock_message::Message;
use matdock_record::{Outcome, SampleId, Timestamp, body::Fields};

use crate::Action;

/// Something that happened, for whoever watches.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// An action began (a step or a move).
    Begun {
        /// Which.
        action: Action,
        /// When.
        at: Timestamp,
    },
    /// An action ended.
    Ended {
        /// Which.
        action: Action,
        /// When it began.
        started: Timestamp,
        /// When it ended.
        ended: Timestamp,
        /// How.
        outcome: Outcome,
    },
    /// An analysis was made.
    Analysed {
        /// Of which sample.
        sample: SampleId,
        /// Step of the recipe.
        step: String,
        /// How it ended.
        outcome: Outcome,
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
    /// A sample is ended early, by a rule of the recipe or by whoever runs the lab.
    Stopped {
        /// Which.
        sample: SampleId,
        /// Why.
        reason: String,
        /// Planned time of the steps that are left out \[s\].
        spared: f64,
    },
    /// A sample has its result.
    Finished {
        /// Which.
        sample: SampleId,
        /// How it ended.
        outcome: Outcome,
        /// What it reports.
        values: Fields,
    },
    /// A sample left the lab; another may come.
    Left {
        /// Which.
        sample: SampleId,
    },
    /// A station or the robot went out of service by itself.
    StationOut {
        /// Which.
        station: String,
        /// Why.
        reason: String,
    },
    /// Nothing can go on until somebody does something; why.
    Waiting(Vec<Message>),
    /// Nothing is left to do.
    Idle,
}
