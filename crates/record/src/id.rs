//! Names that never repeat. Ids are UUIDv7: they sort by the time they were made.

use std::{fmt, str::FromStr};

use matdock_message::{Message, say};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id from the given source.
            pub fn new(source: &mut IdSource, now: Timestamp) -> Self {
                Self(source.next(now))
            }

            /// The sixteen bytes of the id.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id as untyped record id.
            pub fn record(self) -> RecordId {
                RecordId(self.0)
            }
        }

        impl From<RecordId> for $name {
            fn from(id: RecordId) -> Self {
                Self(id.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Message;

            fn from_str(text: &str) -> Result<Self, Message> {
                Uuid::parse_str(text).map(Self).map_err(|_| say!("record-bad-id", text = text))
            }
        }
    )*};
}

/// The id of any record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(Uuid);

impl RecordId {
    /// The sixteen bytes of the id.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RecordId {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        Uuid::parse_str(text).map(Self).map_err(|_| say!("record-bad-id", text = text))
    }
}

ids! {
    /// A campaign: goal, search space, budget and planner settings.
    CampaignId,
    /// A suggestion of the planner.
    SuggestionId,
    /// Settings somebody refused.
    VetoId,
    /// One physical specimen.
    SampleId,
    /// What material was asked for.
    MaterialSpecId,
    /// What processing was asked for.
    ProcessSpecId,
    /// Something done to a sample.
    ProcessId,
    /// What measurement was asked for.
    MeasurementSpecId,
    /// Something seen on a sample.
    MeasurementId,
    /// Values over time or another axis.
    SeriesId,
    /// A stored file.
    FileId,
}

/// The name of a stored file: the BLAKE3 hash of its bytes, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash(String);

impl FileHash {
    /// The 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FileHash {
    type Error = Message;

    fn try_from(text: String) -> Result<Self, Message> {
        let valid = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if valid { Ok(Self(text)) } else { Err(say!("record-bad-hash", text = text)) }
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> Self {
        hash.0
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where new ids come from: seeded, so that a simulated laboratory can be replayed exactly.
#[derive(Debug, Clone)]
pub struct IdSource(ChaCha20Rng);

impl IdSource {
    /// Ids that differ on every start of the program.
    pub fn from_system() -> Self {
        // The operating system's generator only fails where no program could work; time is then still unique enough.
        let seed = rand::rngs::SysRng;
        Self(ChaCha20Rng::try_from_rng(&mut { seed }).unwrap_or_else(|_| {
            ChaCha20Rng::seed_from_u64(Timestamp::now().microseconds() as u64 ^ u64::from(std::process::id()))
        }))
    }

    /// The same ids for the same seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    fn next(&mut self, now: Timestamp) -> Uuid {
        let mut random = [0_u8; 10];
        self.0.fill_bytes(&mut random);
        let milliseconds = u64::try_from(now.microseconds() / 1000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_repeat_with_the_seed() {
        let (mut a, mut b) = (IdSource::from_seed(7), IdSource::from_seed(7));
        let early = SampleId::new(&mut a, Timestamp::from_microseconds(1_000_000));
        let late = SampleId::new(&mut a, Timestamp::from_microseconds(2_000_000));
        assert!(early < late);
        assert_eq!(early, SampleId::new(&mut b, Timestamp::from_microseconds(1_000_000)));
        assert_eq!(early.to_string().parse::<SampleId>().unwrap(), early);
        assert!("no-id".parse::<SampleId>().is_err());
    }
}
