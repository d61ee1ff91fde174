//! Features computed by a program of the user's own: JSON in, JSON out.

use std::path::Path;

use matdock_message::{Message, say};
use matdock_record::{Unit, body::Column};
use serde::{Deserialize, Serialize};

use super::{Feature, Found, IMAGE, Yield, image_named, stream_named};
use crate::drivers::process::ask_program;

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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    value: Option<f64>,
    #[serde(default)]
    unit: Option<Unit>,
    #[serde(default)]
    uncertainty: Option<f64>,
    #[serde(default)]
    flag: Option<String>,
    #[serde(default)]
    missing: Option<String>,
}

/// Asks the program for the feature.
///
/// # Errors
/// Nothing to look at, or the program does not answer as it should.
pub(super) fn run(
    feature: &Feature,
    command: &[String],
    directory: Option<&Path>,
    timeout: f64,
    seen: Yield<'_>,
) -> Result<Found, Message> {
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
        let stream = stream_named(&feature.stream, seen)?;
        if !stream.columns.iter().any(|column| column.name == feature.column) {
            let known = stream.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(say!("lab-feature-no-column", stream = stream.name, column = feature.column, known = known));
        }
        let present = |column: &Vec<f64>| column.iter().map(|value| value.is_finite().then_some(*value)).collect();
        question.columns = &stream.columns;
        question.data = stream.data.iter().map(present).collect();
    }
    let name = command.join(" ");
    let wrong = |what: &dyn std::fmt::Display| say!("lab-feature-program-answer", program = name, what = what);
    let json = serde_json::to_string(&question).map_err(|what| wrong(&what))?;
    let text = ask_program(command, directory, &json, timeout)?;
    let answer: Answer = serde_json::from_str(text.trim()).map_err(|what| wrong(&what))?;
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
