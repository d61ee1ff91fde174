//! Answers of programs and people as JSON.

use std::{collections::BTreeMap, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use matdock_message::{Message, say};
use matdock_record::{Datum, Outcome, Quantity, Unit, body::Column, body::Fields};
use serde::{Deserialize, Serialize};

use crate::{Image, Reply, Stream};

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
    #[serde(default)]
    images: Vec<WireImage>,
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
    data: Vec<Vec<Option<f64>>>,
}

/// What a program tells while it works.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSoFar {
    so_far: Vec<WireStream>,
}

/// How a line begins that tells series so far.
pub(crate) const SO_FAR: &[u8] = b"{\"so_far\"";

/// The series a program tells while it works; `None` where the line cannot be read, which harms nothing.
pub(crate) fn parse_so_far(line: &str) -> Option<Vec<Stream>> {
    let told: WireSoFar = serde_json::from_str(line).ok()?;
    told.so_far.into_iter().map(|told| stream(told).ok()).collect()
}

fn stream(WireStream { name, columns, data }: WireStream) -> Result<Stream, Message> {
    let rows = data.first().map_or(0, Vec::len);
    if columns.len() != data.len() || data.iter().any(|column| column.len() != rows) {
        return Err(say!("lab-bad-reply", what = format!("stream {name}: columns, data")));
    }
    // A missing reading is null.
    let data = data.into_iter().map(|column| column.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect()).collect();
    Ok(Stream { name, columns, data })
}

/// An image as a file or as its bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireImage {
    name: String,
    #[serde(default)]
    file: Option<String>,
    #[serde(default)]
    base64: Option<String>,
    #[serde(default)]
    pixel: Option<Quantity>,
}

/// Largest image file that is read.
const MOST_IMAGE_BYTES: u64 = 256 << 20;

impl WireImage {
    /// The image; files are looked for in `folder`.
    fn open(self, folder: Option<&Path>) -> Result<Image, Message> {
        let fault = |what: &dyn std::fmt::Display| say!("lab-feature-image-unreadable", name = self.name, what = what);
        let bytes = match (&self.file, &self.base64) {
            (Some(file), None) => {
                let path = folder.map_or_else(|| file.into(), |folder| folder.join(file));
                let size = std::fs::metadata(&path).map_err(|why| fault(&format_args!("{}: {why}", path.display())))?;
                if size.len() > MOST_IMAGE_BYTES {
                    return Err(fault(&format_args!("> {} MiB", MOST_IMAGE_BYTES >> 20)));
                }
                std::fs::read(&path).map_err(|why| fault(&format_args!("{}: {why}", path.display())))?
            }
            (None, Some(text)) => STANDARD.decode(text.trim()).map_err(|why| fault(&why))?,
            _ => return Err(fault(&"file / base64")),
        };
        let pixel = self.pixel.filter(|pixel| pixel.value > 0.0 && pixel.value.is_finite());
        Ok(Image { name: self.name, bytes, pixel })
    }
}

/// Bytes as text, for programs.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
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

/// Reads the JSON answer of a program or a person; files it names are looked for in `folder`.
pub(crate) fn parse_reply(json: &str, folder: Option<&Path>) -> Result<Reply, Message> {
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
    let streams = wire.streams.into_iter().map(stream).collect::<Result<_, _>>()?;
    let (mut values, mut images) = (fields(wire.values), Vec::new());
    for image in wire.images {
        let name = format!("{}.image", image.name);
        match image.open(folder) {
            Ok(image) => images.push(image),
            // What the step did is not undone by a picture that is not there.
            Err(why) => drop(values.insert(name, Datum::Missing(why.to_string()))),
        }
    }
    Ok(Reply { outcome, actual: fields(wire.actual), values, streams, images })
}
