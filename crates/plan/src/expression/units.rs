//! The unit of what a formula yields.

use matdock_message::{Message, say};
use matdock_record::Unit;

use super::evaluate::{Function, Number, Operator};

/// What is known of the unit of a part of a formula.
type Known = Option<Unit>;

impl Number {
    /// The unit that follows from those of the names (in their order); `None` where a written number, which may stand
    /// for a quantity of any unit, leaves it open.
    ///
    /// Errors: units that cannot be added, or a function of something that has a unit.
    pub(super) fn unit(&self, units: &[Unit]) -> Result<Known, Message> {
        match self {
            Self::Constant(_) => Ok(None),
            Self::Parameter(index) => Ok(units.get(*index).cloned()),
            Self::Negative(inner) => inner.unit(units),
            Self::Operation(operator, left, right) => {
                let (a, b) = (left.unit(units)?, right.unit(units)?);
                match (operator, a, b) {
                    (Operator::Plus | Operator::Minus, a, b) => same(a, b),
                    (Operator::Times, Some(a), Some(b)) => joined(&a, '.', &b),
                    (Operator::Over, Some(a), Some(b)) => joined(&a, '/', &b),
                    (Operator::Power, Some(a), _) => powered(&a, right),
                    _ => Ok(None),
                }
            }
            Self::Call(function, arguments) => {
                let mut found = None;
                for argument in arguments {
                    found = same(found, argument.unit(units)?)?;
                }
                match (function, found) {
                    (Function::Sqrt, _) => Ok(None),
                    (
                        Function::Abs
                        | Function::Min
                        | Function::Max
                        | Function::Floor
                        | Function::Ceil
                        | Function::Round,
                        found,
                    ) => Ok(found),
                    (_, Some(unit)) if !unit.fits(&Unit::one()) => Err(say!("plan-formula-unit-function", unit = unit)),
                    _ => Ok(Some(Unit::one())),
                }
            }
        }
    }
}

/// Both are of one kind; numbers are not converted, so that they have to be the same.
fn same(a: Known, b: Known) -> Result<Known, Message> {
    match (a, b) {
        (Some(a), Some(b)) if a != b && !equal(&a, &b) => Err(say!("plan-formula-unit-sum", first = a, second = b)),
        (a, b) => Ok(a.or(b)),
    }
}

/// Whether one of the one unit is one of the other.
pub(super) fn equal(a: &Unit, b: &Unit) -> bool {
    a == b || a.convert(1.0, b).is_ok_and(|factor| (factor - 1.0).abs() < 1e-9)
}

fn joined(a: &Unit, sign: char, b: &Unit) -> Result<Known, Message> {
    let brackets = |unit: &Unit| if unit.is_one() { "1".to_owned() } else { format!("({unit})") };
    Ok(format!("{}{sign}{}", brackets(a), brackets(b)).parse().ok())
}

fn powered(base: &Unit, exponent: &Number) -> Result<Known, Message> {
    let exponent = match exponent {
        Number::Constant(number) => *number,
        Number::Negative(inner) => match inner.as_ref() {
            Number::Constant(number) => -number,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    if base.is_one() {
        return Ok(Some(Unit::one()));
    }
    if exponent.fract() != 0.0 || exponent.abs() > 8.0 {
        return Ok(None);
    }
    // UCUM raises only plain units to a power: the product is written out.
    let count = exponent.abs() as usize;
    let product = vec![format!("({base})"); count.max(1)].join(".");
    let text = if exponent < 0.0 { format!("1/({product})") } else { product };
    Ok(if count == 0 { Some(Unit::one()) } else { text.parse().ok() })
}

#[cfg(test)]
mod tests {
    use super::super::{Formula, tests::parameters};
    use matdock_record::Unit;

    fn unit(text: &str, x: &str, thickness: &str) -> Result<Option<Unit>, String> {
        let units: Vec<Unit> = [x, thickness, "1", "1"].iter().map(|unit| unit.parse().unwrap()).collect();
        Formula::parse(text, &parameters()).unwrap().unit(&units).map_err(|error| error.to_string())
    }

    #[test]
    fn units_follow_from_those_of_the_names() {
        let area = unit("x * `film thickness`", "Ohm", "cm2").unwrap().unwrap();
        assert!(super::equal(&area, &"Ohm.cm2".parse().unwrap()));
        let rate = unit("x / `film thickness` ^ 2", "um", "s").unwrap().unwrap();
        assert!(super::equal(&rate, &"um/s2".parse().unwrap()));
        assert!(unit("x + `film thickness`", "s", "cm").unwrap_err().contains("cm"));
        assert!(unit("x + `film thickness`", "s", "min").is_err());
        assert!(unit("exp(x)", "K", "1").is_err());
        // A number may be a quantity: nothing can be said.
        assert_eq!(unit("exp(-0.6 / (8.6e-5 * x))", "K", "1").unwrap(), Some(Unit::one()));
        assert_eq!(unit("2 * x", "K", "1").unwrap(), None);
    }
}
