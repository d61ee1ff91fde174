//! What the executor and the instruments say to each other.

use matdock_message::Message;
use matdock_record::{Outcome, Quantity, SampleId, Timestamp, body::Column, body::Fields};
use serde::{Deserialize, Serialize};

/// Name of one action within a journal: counts up, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionId(pub u64);

/// One thing an instrument is asked to do with one sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Which action.
    pub id: ActionId,
    /// On which sample.
    pub sample: SampleId,
    /// The step of the recipe.
    pub step: String,
    /// The station that does it.
    pub station: String,
    /// What the station is asked for, such as `anneal`.
    pub capability: String,
    /// Settings, in the units of the capability's parameters.
    pub settings: Fields,
    /// Planned duration \[s\].
    pub duration: f64,
}

/// Numbers seen during an action: one axis (time, frequency) and what was seen along it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stream {
    /// What it is called, such as `chamber` or `spectrum`.
    pub name: String,
    /// The columns, the axis first.
    pub columns: Vec<Column>,
    /// The numbers, one vector per column, all of one length.
    pub data: Vec<Vec<f64>>,
}

/// A picture taken during an action.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Image {
    /// What it is called, such as `camera`.
    pub name: String,
    /// The file as the camera wrote it: PNG, JPEG or TIFF.
    pub bytes: Vec<u8>,
    /// Length of the side of a pixel, where it is known.
    pub pixel: Option<Quantity>,
}

impl Image {
    /// Under which name the size of a pixel is among the values of its step: `camera.pixel`.
    pub fn pixel_key(&self) -> String {
        format!("{}.pixel", self.name)
    }

    /// Media type by the first bytes of the file, such as `image/png`.
    pub fn media_type(&self) -> &'static str {
        match image::guess_format(&self.bytes) {
            Ok(format) => format.to_mime_type(),
            Err(_) => "application/octet-stream",
        }
    }
}

/// What came back from an instrument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// How it ended.
    pub outcome: Outcome,
    /// What the instrument says it did (measured settings).
    #[serde(default)]
    pub actual: Fields,
    /// What was seen, for measurements.
    #[serde(default)]
    pub values: Fields,
    /// Series; kept beside the journal, not in it.
    #[serde(skip)]
    pub streams: Vec<Stream>,
    /// Images; kept beside the journal, not in it.
    #[serde(skip)]
    pub images: Vec<Image>,
}

/// Something that was already done to a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct PastAction {
    /// What was asked.
    pub action: Action,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// What came back.
    pub reply: Reply,
}

/// The made-up nature behind a simulated lab.
///
/// It is a pure function of what was done so far, so that a simulated laboratory that is stopped and started
/// again finds its samples as they were.
pub trait Physics: Send + Sync {
    /// Capabilities this nature knows how to answer.
    fn capabilities(&self) -> &[&str];

    /// Does `action` at `start` to a sample with the given past.
    ///
    /// `uses` is how many actions the station had done before, for slow drifts of a target; `seed` makes noise and
    /// breakdowns, together with the identity of the sample and the step.
    ///
    /// # Errors
    /// The action makes no sense to this nature (an unknown capability, a missing setting): a fault of the lab file.
    fn perform(
        &self,
        action: &Action,
        start: Timestamp,
        past: &[PastAction],
        uses: u64,
        seed: u64,
    ) -> Result<Performed, Message>;
}

/// What nature answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Performed {
    /// How long it really took \[s\].
    pub duration: f64,
    /// What the instrument reports.
    pub reply: Reply,
}

/// Name of the capability of a robot.
pub const MOVE: &str = "move";

/// What a driver is told about an action.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What to do.
    pub action: &'a Action,
    /// When it is to begin, or began.
    pub start: Timestamp,
    /// What was done to the sample before (moves and streams left out), in order.
    pub past: &'a [PastAction],
    /// How many actions the station had begun before.
    pub uses: u64,
    /// After this time without an answer the action counts as lost \[s\].
    pub timeout: Option<f64>,
}

/// How an action began.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// The answer is already known and comes at this time (simulated instruments).
    Until(Timestamp, Reply),
    /// The answer comes later, as an [`Arrival`].
    Running,
}

/// What an instrument says of an action after matdock was restarted.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// It never began: it is safe to begin it now.
    NotStarted,
    /// It goes on; the answer comes as if nothing had happened.
    Running(Begun),
    /// It has ended.
    Done(Reply),
    /// Nobody can tell.
    Unknown,
}

/// What an instrument that works on its own tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// Of which action.
    pub action: ActionId,
    /// What.
    pub news: News,
}

/// What is told of an action that goes on or has ended.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// It has ended.
    Ended(Reply),
    /// It goes on; its series until now, which take the place of those told before.
    SoFar(Vec<Stream>),
}

/// Code that talks to an instrument.
pub trait Driver: Send {
    /// Begins an action. Never waits for its end.
    ///
    /// # Errors
    /// The action could not begin; nothing was done.
    fn start(&mut self, request: &Request<'_>) -> Result<Begun, Message>;

    /// Asks after a restart what became of an action that was begun.
    fn ask(&mut self, request: &Request<'_>) -> Status;

    /// Ends an action before its end; asked only of what the lab file calls `stoppable`, perhaps more than once. True where
    /// it ends at once; else its answer comes when the instrument gives it.
    fn stop(&mut self, _request: &Request<'_>) -> bool {
        false
    }
}

impl Reply {
    /// An answer without numbers.
    pub fn of(outcome: Outcome) -> Self {
        Self { outcome, actual: Fields::new(), values: Fields::new(), streams: Vec::new(), images: Vec::new() }
    }
}
