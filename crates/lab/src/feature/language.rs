//! Reads features as a recipe writes them: `slope of camera.gloss during drying`.

use matdock_message::{Message, say};
use matdock_record::Quantity;

use super::{Feature, IMAGE, Method, extractor};
use crate::reader::{self, Section, nearest};

/// How long a program of the user's own may take where the recipe does not say \[s\].
const PROGRAM_SECONDS: f64 = 60.0;

/// A feature and the step it belongs to.
pub(crate) struct Declared {
    pub step: String,
    pub feature: Feature,
}

/// Where a feature comes from: `mixer.torque during kneading`.
struct Source<'a> {
    stream: &'a str,
    column: &'a str,
    step: &'a str,
}

/// Reads the table `[features]`.
///
/// # Errors
/// What is wrong, with the line and how to write it.
pub(crate) fn read(root: &Section<'_>) -> Result<Vec<Declared>, Message> {
    let mut declared: Vec<Declared> = Vec::new();
    for (name, text, section) in root.texts_or_sections("features")? {
        let read = match (&text, &section) {
            (_, Some(section)) => read_table(&name, section)?,
            (Some((text, line)), None) => {
                read_sentence(&name, text, *line).map_err(|what| reader::at_line(root.file(), *line, &what))?
            }
            (None, None) => continue,
        };
        declared.push(read);
    }
    Ok(declared)
}

fn read_sentence(name: &str, text: &str, line: usize) -> Result<Declared, Message> {
    let wrong = || say!("lab-feature-sentence", name = name, text = text);
    let (how, source) = text.split_once(" of ").ok_or_else(wrong)?;
    let source = read_source(name, source)?;
    let method = read_extractor(how, source.column)?;
    Ok(source.declared(name, method, line))
}

fn read_table(name: &str, section: &Section<'_>) -> Result<Declared, Message> {
    let text = section.required_text("of")?;
    let source = read_source(name, &text).map_err(|what| section.fault_at("of", &what))?;
    let command: Vec<String> = section.texts("program")?.into_iter().map(|(part, _)| part).collect();
    let timeout = section.seconds("timeout")?;
    if let Some(file) = section.text("components")? {
        let how = section.required_text("extract")?;
        let number = read_component(&how).map_err(|what| section.fault_at("extract", &what))?;
        section.close()?;
        let method = Method::Component { number, file: file.into(), basis: None };
        return Ok(source.declared(name, method, section.line()));
    }
    let method = match (section.text("extract")?, command.is_empty()) {
        (Some(how), true) => read_extractor(&how, source.column).map_err(|what| section.fault_at("extract", &what))?,
        (None, false) => {
            let timeout = timeout.unwrap_or(PROGRAM_SECONDS);
            Method::Program { command, directory: None, timeout, arrow: read_format(section)? }
        }
        _ => return Err(section.fault(&say!("lab-feature-table", name = name))),
    };
    section.close()?;
    Ok(source.declared(name, method, section.line()))
}

/// `component 2`, or `component residual` for none.
fn read_component(text: &str) -> Result<Option<usize>, Message> {
    let wrong = || say!("lab-components-extract", text = text);
    match text.trim().strip_prefix("component").map(str::trim).ok_or_else(wrong)? {
        "residual" => Ok(None),
        number => number.parse().ok().filter(|number| *number >= 1).map(Some).ok_or_else(wrong),
    }
}

/// Stream, column and step of `xrd.intensity during scan`.
///
/// # Errors
/// How to write it.
pub fn source(text: &str) -> Result<(String, String, String), Message> {
    let source = read_source("components", text)?;
    Ok((source.stream.to_owned(), source.column.to_owned(), source.step.to_owned()))
}

/// `format = "arrow"` or `"json"`.
fn read_format(section: &Section<'_>) -> Result<bool, Message> {
    match section.text("format")?.as_deref() {
        Some("arrow") => Ok(true),
        Some("json") | None => Ok(false),
        Some(_) => Err(section.fault_at("format", &say!("lab-choice", key = "format", choices = "json, arrow"))),
    }
}

impl Source<'_> {
    fn declared(&self, name: &str, method: Method, line: usize) -> Declared {
        let (stream, column) = (self.stream.to_owned(), self.column.to_owned());
        Declared {
            step: self.step.to_owned(),
            feature: Feature { name: name.to_owned(), stream, column, method, line },
        }
    }
}

fn read_source<'a>(name: &str, text: &'a str) -> Result<Source<'a>, Message> {
    let wrong = || say!("lab-feature-source", name = name, text = text);
    let (place, step) = text.rsplit_once(" during ").ok_or_else(wrong)?;
    let (stream, column) = place.trim().split_once('.').ok_or_else(wrong)?;
    let source = Source { stream: stream.trim(), column: column.trim(), step: step.trim() };
    if source.stream.is_empty() || source.column.is_empty() || source.step.is_empty() {
        return Err(wrong());
    }
    Ok(source)
}

/// Reads a feature of a file that a person drops: `level of torque in torque.csv`, `level of torque.csv`, `brightness of
/// gloss.png`.
///
/// # Errors
/// What is wrong and how to write it.
pub fn of_file(name: &str, text: &str) -> Result<Feature, Message> {
    let wrong = || say!("lab-feature-file", name = name, text = text);
    let (how, source) = text.split_once(" of ").ok_or_else(wrong)?;
    let (column, file) = match source.rsplit_once(" in ") {
        Some((column, file)) => (column.trim(), file.trim()),
        None => ("", source.trim()),
    };
    // A plain name: no other folder is meant.
    if file.is_empty() || !file.contains('.') || file.contains(['/', '\\']) || file.contains("..") {
        return Err(wrong());
    }
    let column = match (is_image_file(file), column) {
        (true, "") => IMAGE,
        (true, _) => return Err(wrong()),
        (false, column) => column,
    };
    let method = read_extractor(how, column)?;
    Ok(Feature { name: name.to_owned(), stream: file.to_owned(), column: column.to_owned(), method, line: 0 })
}

/// Whether a file is an image, by its name.
pub fn is_image_file(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| ["png", "jpg", "jpeg", "tif", "tiff"].contains(&ending.as_str()))
}

/// Reads the length of the side of a pixel, such as `0.5 um`.
///
/// # Errors
/// It is no length above 0.
pub fn pixel_size(text: &str) -> Result<Quantity, Message> {
    let read = reader::quantity(text).ok().filter(|pixel| pixel.value > 0.0 && pixel.value.is_finite());
    read.ok_or_else(|| say!("lab-feature-pixel", text = text))
}

/// Reads `level`, `peak position 2`, `catch22 DN_HistogramMode_5`.
pub(super) fn read_extractor(text: &str, column: &str) -> Result<Method, Message> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (stem, number) = match words.rsplit_once(' ') {
        Some((stem, last)) if last.bytes().all(|byte| byte.is_ascii_digit()) => (stem, last.parse::<usize>().ok()),
        _ => (words.as_str(), None),
    };
    let known = || extractor::all().filter(|known| (column == IMAGE) == known.is_of_image());
    let found = known()
        .find(|known| known.name == words)
        .or_else(|| known().find(|known| known.numbered && known.name == stem))
        .ok_or_else(|| unknown(&words, stem, column))?;
    match (found.numbered, number) {
        (false, _) => Ok(Method::Extractor { extractor: found, number: 1 }),
        (true, Some(number)) if (1..=found.highest()).contains(&number) => {
            Ok(Method::Extractor { extractor: found, number })
        }
        (true, _) => Err(say!("lab-feature-number", extractor = found.name, most = found.highest())),
    }
}

fn unknown(words: &str, stem: &str, column: &str) -> Message {
    if let Some(other) = extractor::all().find(|known| known.name == words || known.name == stem) {
        return match other.is_of_image() {
            true => say!("lab-feature-wants-image", extractor = other.name),
            false => say!("lab-feature-wants-series", extractor = other.name),
        };
    }
    let known = || extractor::all().filter(|known| (column == IMAGE) == known.is_of_image()).map(|known| known.name);
    match nearest(stem, known()) {
        Some(near) => say!("lab-feature-unknown-near", name = words, near = near),
        None => say!("lab-feature-unknown", name = words, known = known().collect::<Vec<_>>().join(", ")),
    }
}
