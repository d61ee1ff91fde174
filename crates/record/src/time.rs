//! Points in time.

use std::{fmt, str::FromStr};

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z. Time is a value: only faces and real clocks read the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The wall clock of this machine.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_microsecond())
    }

    /// From microseconds since the epoch.
    pub const fn from_microseconds(microseconds: i64) -> Self {
        Self(microseconds)
    }

    /// Microseconds since the epoch.
    pub fn microseconds(self) -> i64 {
        self.0
    }

    /// This time and `seconds` \[s\] later, to the microsecond; saturates at the ends of time.
    #[must_use]
    pub fn plus_seconds(self, seconds: f64) -> Self {
        // A float beyond the range of i64 is cut to its ends by `as`, NaN becomes 0.
        Self(self.0.saturating_add((seconds * 1e6).round() as i64))
    }

    /// Seconds \[s\] from `earlier` to this time.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / 1e6
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(time) => write!(f, "{time:.3}"),
            Err(_) => write!(f, "{} us", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        let time: jiff::Timestamp = text.parse().map_err(|_| say!("record-bad-time", text = text))?;
        Ok(Self(time.as_microsecond()))
    }
}

/// As text, so that people can read stored records; with microseconds, so that nothing is lost.
impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(time) => serializer.collect_str(&format_args!("{time:.6}")),
            Err(_) => serializer.serialize_i64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Microseconds(i64),
        }
        match Form::deserialize(deserializer)? {
            Form::Text(text) => text.parse().map_err(serde::de::Error::custom),
            Form::Microseconds(value) => Ok(Self(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_survives_text() {
        let time = Timestamp::from_microseconds(1_700_000_000_123_456);
        let text = serde_json::to_string(&time).unwrap();
        assert_eq!(text, "\"2023-11-14T22:13:20.123456Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), time);
        assert_eq!(time.plus_seconds(1.5).seconds_since(time), 1.5);
    }
}
