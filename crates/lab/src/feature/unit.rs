//! Units of what is computed from a column and its axis.

use matdock_message::{Message, say};
use matdock_record::Unit;

use super::series::Series;

/// Units whose zero is not the zero of their dimension, and the units of their differences (UCUM special units).
const SCALES: [(&str, &str); 2] = [("Cel", "K"), ("[degF]", "[degR]")];

/// The unit of differences of values in `unit`.
pub(super) fn difference(unit: &Unit) -> Result<Unit, Message> {
    match SCALES.iter().find(|(scale, _)| *scale == unit.as_str()) {
        Some((_, of_difference)) => of_difference.parse(),
        None => Ok(unit.clone()),
    }
}

/// `a/b`.
pub(super) fn ratio(a: &Unit, b: &Unit) -> Result<Unit, Message> {
    if b.is_one() {
        return Ok(a.clone());
    }
    if a == b {
        return Ok(Unit::one());
    }
    combined(format!("{a}/{}", grouped(b)))
}

/// `a.b`.
pub(super) fn product(a: &Unit, b: &Unit) -> Result<Unit, Message> {
    match (a.is_one(), b.is_one()) {
        (_, true) => Ok(a.clone()),
        (true, false) => Ok(b.clone()),
        (false, false) => combined(format!("{a}.{}", grouped(b))),
    }
}

fn grouped(unit: &Unit) -> String {
    if unit.as_str().contains(['.', '/']) { format!("({unit})") } else { unit.to_string() }
}

fn combined(code: String) -> Result<Unit, Message> {
    code.parse().map_err(|_| say!("lab-feature-unit", unit = code))
}

/// An integral of a column, in the unit of its differences: an offset of the scale counts for the whole span.
pub(super) fn summed(integral: f64, series: &Series<'_>) -> Result<f64, Message> {
    let of_difference = difference(&series.unit)?;
    if of_difference == series.unit {
        return Ok(integral);
    }
    let (zero, one) = (series.unit.convert(0.0, &of_difference)?, series.unit.convert(1.0, &of_difference)?);
    Ok(integral * (one - zero) + zero * series.span())
}
