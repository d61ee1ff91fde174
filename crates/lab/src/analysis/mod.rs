//! From raw streams to the numbers a campaign is about.
//!
//! An analysis reads one stream of a measurement and yields named quantities with units and uncertainties. It is
//! pure: the same stream and settings give the same result.

pub(crate) mod circuit;
mod impedance;
pub(crate) mod least_squares;

use matdock_message::{Message, say};
use matdock_record::{Datum, Unit, body::Fields};

pub use impedance::ImpedanceCircuit;

use crate::driver::Stream;

/// A name and the unit (UCUM code) that goes with it.
pub type Named = (&'static str, &'static str);

/// Turns one stream into quantities.
pub trait Analysis: Send + Sync {
    /// What recipes call it, such as `impedance-circuit`.
    fn name(&self) -> &'static str;

    /// The stream it reads, such as `spectrum`.
    fn stream(&self) -> &'static str;

    /// The columns it needs in that stream; any unit of the same dimension will do.
    fn columns(&self) -> &'static [Named];

    /// The settings it needs.
    fn settings(&self) -> &'static [Named];

    /// What it yields; unit `1` also stands for words.
    fn outputs(&self) -> &'static [Named];

    /// Analyses `stream`.
    ///
    /// # Errors
    /// The stream or a setting is not what the analysis needs (missing, of the wrong unit, no number, too short).
    /// Data that are readable but poor are no error: they come back with a flag.
    fn run(&self, stream: &Stream, settings: &Fields) -> Result<Fields, Message>;
}

/// The names that [`by_name`] knows.
pub const NAMES: [&str; 1] = ["impedance-circuit"];

/// The analysis of that name.
pub fn by_name(name: &str) -> Option<Box<dyn Analysis>> {
    match name {
        "impedance-circuit" => Some(Box::new(ImpedanceCircuit)),
        _ => None,
    }
}

/// The numbers of the column `name`, in `unit`; finite, and as many as the other columns have.
fn column(stream: &Stream, name: &str, unit: &str) -> Result<Vec<f64>, Message> {
    let place = stream.columns.iter().position(|column| column.name == name);
    let (Some(place), Some(data)) = (place, place.and_then(|place| stream.data.get(place))) else {
        return Err(say!("lab-analysis-column-missing", stream = stream.name, column = name));
    };
    if data.len() != stream.data.first().map_or(0, Vec::len) {
        return Err(say!("lab-analysis-column-length", stream = stream.name, column = name));
    }
    let found = &stream.columns[place].unit;
    // Every unit used here has its zero in common with its relatives, so that a factor converts it.
    let factor = found.convert(1.0, &unit.parse()?).map_err(|_| {
        say!("lab-analysis-column-unit", stream = stream.name, column = name, found = found, wanted = unit)
    })?;
    let wrong = |row: usize| say!("lab-analysis-not-finite", stream = stream.name, column = name, row = row + 1);
    let scale = |(row, value): (usize, &f64)| Some(value * factor).filter(|v| v.is_finite()).ok_or_else(|| wrong(row));
    data.iter().enumerate().map(scale).collect()
}

/// The positive number `name` among the settings, with its uncertainty, in `unit`.
fn setting(settings: &Fields, name: &str, unit: &str) -> Result<(f64, f64), Message> {
    let wanted: Unit = unit.parse()?;
    let Some(found) = settings.get(name).and_then(Datum::quantity) else {
        return Err(say!("lab-analysis-setting-missing", name = name, unit = unit));
    };
    let quantity = found.to(&wanted)?;
    let uncertainty = quantity.uncertainty.unwrap_or(0.0);
    if quantity.value > 0.0 && quantity.value.is_finite() && uncertainty.is_finite() {
        Ok((quantity.value, uncertainty))
    } else {
        Err(say!("lab-analysis-setting-positive", name = name, value = quantity))
    }
}
