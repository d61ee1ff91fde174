//! Features computed by a program of the user's own: JSON or Arrow in, JSON or Arrow out.

use matdock_message::{Message, say};
use matdock_record::{Unit, body::Column};
use serde::{Deserialize, Serialize};

use super::{Feature, Found, IMAGE, Method, Yield, arrow, image_named, stream_named};
use crate::{driver::Stream, drivers::process::ask_program};

/// What the program reads on its standard input.
#[derive(Serialize)]
struct Question<'a> {
    feature: &'a str,
    stream: &'a str,
    column: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    columns: &'a [Column],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<Vec<Option<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

/// What it prints on its standard output.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub value: Option<f64>,
    #[serde(default)]
    pub unit: Option<Unit>,
    #[serde(default)]
    pub uncertainty: Option<f64>,
    #[serde(default)]
    pub flag: Option<String>,
    #[serde(default)]
    pub missing: Option<String>,
}

/// Asks the program for the feature.
///
/// # Errors
/// Nothing to look at, or the program does not answer as it should.
pub(super) fn run(feature: &Feature, seen: Yield<'_>) -> Result<Found, Message> {
    let Method::Program { command, directory, timeout, arrow } = &feature.method else {
        return Err(say!("lab-not-a-number"));
    };
    let name = command.join(" ");
    let wrong = |what: &dyn std::fmt::Display| say!("lab-feature-program-answer", program = name, what = what);
    let question = if *arrow { in_arrow(feature, seen, &wrong)? } else { in_json(feature, seen, &wrong)? };
    let bytes = ask_program(command, directory.as_deref(), question, *timeout)?;
    // A program may answer in JSON whatever it was asked in.
    let json = bytes.trim_ascii_start().starts_with(b"{");
    let answer = match *arrow && !json {
        true => arrow::answer(&bytes).map_err(|what| wrong(&what))?,
        false => serde_json::from_slice::<Answer>(bytes.trim_ascii()).map_err(|what| wrong(&what))?,
    };
    let value = match (answer.value, answer.missing) {
        (Some(value), None) => value,
        (None, Some(why)) => return Err(say!("lab-feature-program-missing", program = name, why = why)),
        _ => return Err(wrong(&"value")),
    };
    let flags = answer.flag.filter(|flag| flag != "good" && !flag.is_empty());
    let flags = flags.map(|flag| say!("lab-feature-program-flag", program = name, flag = flag));
    Ok(Found {
        value,
        unit: answer.unit.unwrap_or_else(Unit::one),
        uncertainty: answer.uncertainty,
        flags: flags.into_iter().collect(),
    })
}

type Wrong<'a> = &'a dyn Fn(&dyn std::fmt::Display) -> Message;

fn in_arrow(feature: &Feature, seen: Yield<'_>, wrong: Wrong<'_>) -> Result<Vec<u8>, Message> {
    let written = if feature.column == IMAGE {
        arrow::of_image(feature, image_named(&feature.stream, seen)?)
    } else {
        arrow::of_series(feature, series_of(feature, seen)?)
    };
    written.map_err(|what| wrong(&what))
}

fn in_json(feature: &Feature, seen: Yield<'_>, wrong: Wrong<'_>) -> Result<Vec<u8>, Message> {
    let mut question = Question {
        feature: &feature.name,
        stream: &feature.stream,
        column: &feature.column,
        columns: &[],
        data: Vec::new(),
        image: None,
    };
    if feature.column == IMAGE {
        question.image = Some(crate::drivers::wire::to_base64(&image_named(&feature.stream, seen)?.bytes));
    } else {
        let stream = series_of(feature, seen)?;
        let present = |column: &Vec<f64>| column.iter().map(|value| value.is_finite().then_some(*value)).collect();
        question.columns = &stream.columns;
        question.data = stream.data.iter().map(present).collect();
    }
    let mut json = serde_json::to_vec(&question).map_err(|what| wrong(&what))?;
    json.push(b'\n');
    Ok(json)
}

/// The stream the feature is taken from; it has the column.
fn series_of<'a>(feature: &Feature, seen: Yield<'a>) -> Result<&'a Stream, Message> {
    let stream = stream_named(&feature.stream, seen)?;
    if stream.columns.iter().any(|column| column.name == feature.column) {
        return Ok(stream);
    }
    let known = stream.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    Err(say!("lab-feature-no-column", stream = stream.name, column = feature.column, known = known))
}
