//! Features: numbers taken by declared extractors from the series and images that a step yields.
//!
//! A recipe names them under `[features]`. Each is computed when its step is done; whatever is wrong with the data
//! makes it a missing value with a reason or a flagged one, never an error. `docs/features.md` has the formulas.

mod arrow;
mod components;
mod extractor;
mod fourier;
mod image;
pub(crate) mod language;
mod program;
mod series;
mod unit;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use matdock_message::{Message, say};
use matdock_record::{Datum, Qualifier, Quantity, Unit, body::Fields};

use self::{
    extractor::{Compute, Extractor},
    image::Picture,
    series::Series,
};
use crate::driver::{Image, Stream};

pub use components::Basis;
pub use extractor::{Needs, UnitRule, all};
pub use language::{is_image_file, of_file, pixel_size, source};

/// The column that stands for the image itself in `camera.image`.
pub(crate) const IMAGE: &str = "image";

/// What is added to the name of a feature for its flag.
const FLAG: &str = ".flag";

/// A feature that a recipe declares.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// What it is called.
    pub name: String,
    /// The stream or image it is taken from.
    pub stream: String,
    /// The column of the stream; `image` for an image.
    pub column: String,
    /// How it is computed.
    pub method: Method,
    /// Line of the file.
    pub line: usize,
}

/// How a feature is computed.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// By an extractor that comes with matdock.
    Extractor {
        /// Which.
        extractor: &'static Extractor,
        /// Which of several (peaks, time constants), from 1.
        number: usize,
    },
    /// By its place among the principal components of earlier series.
    Component {
        /// Which component, from 1; none: what the components leave (root mean square).
        number: Option<usize>,
        /// The file of the components.
        file: PathBuf,
        /// What is in it, with the beginning of its hash; nothing before [`crate::Recipe::resolve`].
        basis: Option<(Arc<Basis>, String)>,
    },
    /// By a program of the user's own.
    Program {
        /// The program and its arguments.
        command: Vec<String>,
        /// Folder it runs in; where matdock was started when there is none.
        directory: Option<PathBuf>,
        /// It is ended after this time \[s\].
        timeout: f64,
        /// Whether it is asked in Arrow's streaming format instead of JSON.
        arrow: bool,
    },
}

/// What a step yielded, as far as features look at it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Yield<'a> {
    /// Its series.
    pub streams: &'a [Stream],
    /// Its images.
    pub images: &'a [Image],
    /// Its values; `camera.image` missing says why there is no image.
    pub values: Option<&'a Fields>,
}

/// A number with what is known of it.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    value: f64,
    unit: Unit,
    uncertainty: Option<f64>,
    flags: Vec<Message>,
}

impl Feature {
    /// How it is computed, in a word for the records: `level 1 of mixer.torque` (name, version, source).
    pub fn described(&self) -> String {
        let how = match &self.method {
            Method::Extractor { extractor, number } if extractor.numbered => {
                format!("{} {number}, version {}", extractor.name, extractor.version)
            }
            Method::Extractor { extractor, .. } => format!("{}, version {}", extractor.name, extractor.version),
            Method::Program { command, .. } => command.join(" "),
            Method::Component { number, file, basis } => {
                let what =
                    number.map_or_else(|| "component residual".to_owned(), |number| format!("component {number}"));
                let version = basis.as_ref().map(|(_, hash)| hash.as_str()).unwrap_or_default();
                format!("{what}, {} version {version}", file.display())
            }
        };
        format!("{how}: {}.{}", self.stream, self.column)
    }

    /// Whether a program of the user's own computes it.
    pub(crate) fn is_by_program(&self) -> bool {
        matches!(self.method, Method::Program { .. })
    }

    fn of_series(&self, series: &Series<'_>) -> Result<Found, Message> {
        let Method::Extractor { extractor, number } = &self.method else { return Err(say!("lab-not-a-number")) };
        let mut flags = series.fits(extractor.needs)?;
        let value = match extractor.compute {
            Compute::Series(compute) => compute(series, *number)?,
            Compute::Fit(compute) => {
                let found = compute(series, *number)?;
                flags.extend(found.flags);
                let unit = extractor.unit.of(&series.unit, &series.axis_unit)?;
                return Ok(Found { value: found.value, unit, uncertainty: found.uncertainty, flags });
            }
            Compute::Image(_) => return Err(say!("lab-feature-no-image-column")),
        };
        let unit = extractor.unit.of(&series.unit, &series.axis_unit)?;
        // A temperature in Cel is no multiple of K: its differences are the same, what is added up over time is not.
        let value = if extractor.unit == UnitRule::TimesAxis { unit::summed(value, series)? } else { value };
        Ok(Found { value, unit, uncertainty: None, flags })
    }

    fn of_components(&self, series: &Series<'_>) -> Result<Found, Message> {
        let Method::Component { number, basis: Some((basis, _)), .. } = &self.method else {
            return Err(say!("lab-components-empty"));
        };
        let mut flags = series.fits(Needs::Axis)?;
        let place = basis.place(series)?;
        if place.residual > basis.usual {
            let (residual, usual) = (format!("{:.4}", place.residual), format!("{:.4}", basis.usual));
            flags.push(say!("lab-components-unlike", residual = residual, usual = usual));
        }
        let value = match number {
            None => Some(place.residual),
            Some(number) => place.scores.get(number.saturating_sub(1)).copied(),
        };
        let value = value.ok_or_else(|| say!("lab-components-number", count = basis.count()))?;
        Ok(Found { value, unit: unit::difference(basis.unit())?, uncertainty: None, flags })
    }

    fn of_image(&self, picture: &Picture) -> Result<Found, Message> {
        let Method::Extractor { extractor, .. } = &self.method else { return Err(say!("lab-not-a-number")) };
        let Compute::Image(compute) = extractor.compute else { return Err(say!("lab-feature-image-only")) };
        let value = compute(picture)?;
        let (value, unit) = picture.in_units(value, extractor.unit)?;
        Ok(Found { value, unit, uncertainty: None, flags: picture.flags.clone() })
    }
}

/// Computes features of one step. Every feature gets a value or a missing value with the reason; a value that is not
/// to be trusted fully gets `NAME.flag` with the reason.
pub fn compute(features: &[Feature], seen: Yield<'_>) -> Fields {
    let mut series: BTreeMap<(&str, &str), Result<Series<'_>, Message>> = BTreeMap::new();
    let mut pictures: BTreeMap<&str, Result<Picture, Message>> = BTreeMap::new();
    let mut fields = Fields::new();
    for feature in features {
        let found = match &feature.method {
            Method::Program { .. } => program::run(feature, seen),
            Method::Extractor { .. } if feature.column == IMAGE => {
                let open =
                    || image_named(&feature.stream, seen).and_then(|image| Picture::open(image, pixel(image, seen)));
                let picture = pictures.entry(&feature.stream).or_insert_with(open);
                picture.as_ref().map_err(Clone::clone).and_then(|picture| feature.of_image(picture))
            }
            Method::Extractor { .. } | Method::Component { .. } => {
                let open = || stream_named(&feature.stream, seen).and_then(|s| Series::of(s, &feature.column));
                let series = series.entry((&feature.stream, &feature.column)).or_insert_with(open);
                series.as_ref().map_err(Clone::clone).and_then(|series| match feature.method {
                    Method::Component { .. } => feature.of_components(series),
                    _ => feature.of_series(series),
                })
            }
        };
        insert(&mut fields, &feature.name, found);
    }
    fields
}

fn insert(fields: &mut Fields, name: &str, found: Result<Found, Message>) {
    let datum = match found {
        Ok(found) if !found.value.is_finite() => Datum::Missing(say!("lab-not-a-number").to_string()),
        Ok(Found { value, unit, uncertainty, flags }) => {
            if !flags.is_empty() {
                let text = flags.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                fields.insert(format!("{name}{FLAG}"), Datum::Text(text));
            }
            let uncertainty = uncertainty.filter(|u| u.is_finite() && *u >= 0.0);
            Datum::Quantity(Quantity { value, unit, uncertainty, qualifier: Qualifier::Equal })
        }
        Err(why) => Datum::Missing(why.to_string()),
    };
    fields.insert(name.to_owned(), datum);
}

fn pixel(image: &Image, seen: Yield<'_>) -> Option<Quantity> {
    let noted = || seen.values?.get(&image.pixel_key())?.quantity().cloned();
    image.pixel.clone().or_else(noted).filter(|pixel| pixel.value > 0.0 && pixel.value.is_finite())
}

fn stream_named<'a>(name: &str, seen: Yield<'a>) -> Result<&'a Stream, Message> {
    seen.streams.iter().find(|stream| stream.name == name).ok_or_else(|| say!("lab-no-stream", name = name))
}

fn image_named<'a>(name: &str, seen: Yield<'a>) -> Result<&'a Image, Message> {
    if let Some(image) = seen.images.iter().find(|image| image.name == name) {
        return Ok(image);
    }
    match seen.values.and_then(|values| values.get(&format!("{name}.{IMAGE}"))) {
        Some(Datum::Missing(why)) => Err(say!("lab-feature-image-lost", name = name, why = why)),
        _ => Err(say!("lab-feature-no-image", name = name)),
    }
}

#[cfg(test)]
mod fit_tests;
#[cfg(test)]
mod reference_tests;
#[cfg(test)]
mod tests;
