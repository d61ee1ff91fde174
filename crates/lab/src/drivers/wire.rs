//! Answers of programs and people as JSON.

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_record::{Datum, Outcome, Quantity, Unit, body::Column, body::Fields};
use serde::{Deserialize, Serialize};

use crate::{Reply, Stream};

/// The JSON form of a [`Reply`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireReply {
    #[serde(default = "succeeded")]
    outcome: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    actual: BTreeMap<String, WireDatum>,
    #[serde(default)]
    values: BTreeMap<String, WireDatum>,
    #[serde(default)]
    streams: Vec<WireStream>,
}

fn succeeded() -> String {
    "succeeded".to_owned()
}

/// A setting or value: `{"value": 450, "unit": "Cel"}`, a number, a text, a flag, or `{"missing": "why"}`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum WireDatum {
    Quantity(Quantity),
    Number(f64),
    Flag(bool),
    Text(String),
    Missing { missing: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireStream {
    name: String,
    columns: Vec<Column>,
    data: Vec<Vec<f64>>,
}

impl From<WireDatum> for Datum {
    fn from(datum: WireDatum) -> Self {
        match datum {
            WireDatum::Quantity(quantity) => Self::Quantity(quantity),
            WireDatum::Number(number) => Self::number(number, &Unit::one()),
            WireDatum::Flag(flag) => Self::Flag(flag),
            WireDatum::Text(text) => Self::Text(text),
            WireDatum::Missing { missing } => Self::Missing(missing),
        }
    }
}

impl From<&Datum> for WireDatum {
    fn from(datum: &Datum) -> Self {
        match datum {
            Datum::Quantity(quantity) => Self::Quantity(quantity.clone()),
            Datum::Flag(flag) => Self::Flag(*flag),
            Datum::Text(text) => Self::Text(text.clone()),
            Datum::Missing(reason) => Self::Missing { missing: reason.clone() },
        }
    }
}

/// Reads the JSON answer of a program or a person.
pub(crate) fn parse_reply(json: &str) -> Result<Reply, Message> {
    let bad = |what: &str| say!("lab-bad-reply", what = what);
    let wire: WireReply = serde_json::from_str(json).map_err(|error| bad(&error.to_string()))?;
    let reason = || wire.reason.clone().unwrap_or_else(|| "-".to_owned());
    let outcome = match wire.outcome.as_str() {
        "succeeded" => Outcome::Succeeded,
        "failed" => Outcome::Failed(reason()),
        "aborted" => Outcome::Aborted(reason()),
        "uncertain" => Outcome::Uncertain(reason()),
        other => return Err(bad(&format!("outcome = {other}"))),
    };
    let fields = |map: BTreeMap<String, WireDatum>| -> Fields { map.into_iter().map(|(k, v)| (k, v.into())).collect() };
    let mut streams = Vec::new();
    for WireStream { name, columns, data } in wire.streams {
        let rows = data.first().map_or(0, Vec::len);
        if columns.len() != data.len() || data.iter().any(|column| column.len() != rows) {
            return Err(bad(&format!("stream {name}: columns, data")));
        }
        streams.push(Stream { name, columns, data });
    }
    Ok(Reply { outcome, actual: fields(wire.actual), values: fields(wire.values), streams })
}
