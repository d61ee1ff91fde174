//! Values with all that makes them values: unit, uncertainty, qualifier; and what stands where a value is missing.

use std::fmt;

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

use crate::Unit;

/// Whether a number is the value or a limit of detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Qualifier {
    /// The value itself.
    #[default]
    #[serde(rename = "=")]
    Equal,
    /// The true value is below the number.
    #[serde(rename = "<")]
    Below,
    /// The true value is above the number.
    #[serde(rename = ">")]
    Above,
}

impl Qualifier {
    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::Below => "<",
            Self::Above => ">",
        }
    }

    fn is_equal(&self) -> bool {
        *self == Self::Equal
    }
}

/// A number with its unit, its uncertainty and its qualifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// The number; always finite.
    pub value: f64,
    /// Unit of value and uncertainty.
    pub unit: Unit,
    /// One standard deviation, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<f64>,
    /// `=`, or `<` and `>` for results outside a detection limit.
    #[serde(default, skip_serializing_if = "Qualifier::is_equal")]
    pub qualifier: Qualifier,
}

impl Quantity {
    /// An exact quantity.
    pub fn new(value: f64, unit: Unit) -> Self {
        Self { value, unit, uncertainty: None, qualifier: Qualifier::Equal }
    }

    /// Reads `3.2`, `<1e-10`, `> 5`, `3.2 ± 0.1` or `3.2 +- 0.1`, all in `unit`.
    ///
    /// # Errors
    /// No number, or a number that is not finite (`NaN`, `inf`).
    pub fn parse(text: &str, unit: &Unit) -> Result<Self, Message> {
        let trimmed = text.trim();
        let (qualifier, rest) = match trimmed.chars().next() {
            Some('<' | '≤' | '＜') => (Qualifier::Below, after_sign(trimmed)),
            Some('>' | '≥' | '＞') => (Qualifier::Above, after_sign(trimmed)),
            _ => (Qualifier::Equal, trimmed),
        };
        let (value, uncertainty) = match rest.split_once('±').or_else(|| rest.split_once("+-")) {
            Some((value, uncertainty)) => (value, Some(number(uncertainty, text)?.abs())),
            None => (rest, None),
        };
        Ok(Self { value: number(value, text)?, unit: unit.clone(), uncertainty, qualifier })
    }

    /// The same quantity in another unit.
    ///
    /// # Errors
    /// The dimensions differ.
    pub fn to(&self, unit: &Unit) -> Result<Self, Message> {
        let value = self.unit.convert(self.value, unit)?;
        // Differences, so that the zero of a scale such as Cel does not enter an uncertainty.
        let uncertainty = match self.uncertainty {
            Some(u) => Some((self.unit.convert(self.value + u, unit)? - value).abs()),
            None => None,
        };
        Ok(Self { value, unit: unit.clone(), uncertainty, qualifier: self.qualifier })
    }
}

fn after_sign(text: &str) -> &str {
    text.trim_start_matches(['<', '>', '≤', '≥', '＜', '＞', '='])
}

fn number(text: &str, whole: &str) -> Result<f64, Message> {
    let minus = text.trim().replace('\u{2212}', "-");
    minus
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
        .ok_or_else(|| say!("record-bad-number", text = whole.chars().take(60).collect::<String>()))
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.qualifier.sign(), self.value)?;
        if let Some(uncertainty) = self.uncertainty {
            write!(f, " ± {uncertainty}")?;
        }
        if !self.unit.is_one() {
            write!(f, " {}", self.unit)?;
        }
        Ok(())
    }
}

/// What a field of a record can hold. A missing value says why it is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    /// A number with its unit.
    Quantity(Quantity),
    /// A choice or a name, such as a substance.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// No value, and the reason.
    Missing(String),
}

impl Datum {
    /// A number in a unit.
    pub fn number(value: f64, unit: &Unit) -> Self {
        Self::Quantity(Quantity::new(value, unit.clone()))
    }

    /// The quantity, where it is one.
    pub fn quantity(&self) -> Option<&Quantity> {
        match self {
            Self::Quantity(quantity) => Some(quantity),
            _ => None,
        }
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantity(quantity) => quantity.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Flag(flag) => flag.fmt(f),
            Self::Missing(reason) => write!(f, "— ({reason})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_uncertainties_are_read() {
        let unit: Unit = "S/cm".parse().unwrap();
        let limit = Quantity::parse("<1e-10", &unit).unwrap();
        assert_eq!((limit.qualifier, limit.value), (Qualifier::Below, 1e-10));
        let value = Quantity::parse("3.2 ± 0.1", &unit).unwrap();
        assert_eq!((value.value, value.uncertainty), (3.2, Some(0.1)));
        for bad in ["", "abc", "NaN", "inf", "1e999", "<", "±", "3 ± x"] {
            assert_eq!(Quantity::parse(bad, &unit).unwrap_err().id(), "record-bad-number", "{bad}");
        }
    }

    #[test]
    fn an_uncertainty_is_converted_as_a_difference() {
        let value = Quantity::parse("400 ± 2", &"Cel".parse().unwrap()).unwrap().to(&"K".parse().unwrap()).unwrap();
        assert_eq!(value.value, 673.15);
        assert!((value.uncertainty.unwrap() - 2.0).abs() < 1e-9);
    }

    proptest::proptest! {
        #[test]
        fn reading_a_quantity_never_panics(text in ".{0,30}") {
            let _ = Quantity::parse(&text, &Unit::one());
        }

        #[test]
        fn numbers_survive_json(value in proptest::num::f64::NORMAL) {
            let quantity = Quantity::new(value, Unit::one());
            let back: Quantity = serde_json::from_str(&serde_json::to_string(&quantity).unwrap()).unwrap();
            proptest::prop_assert_eq!(back.value.to_bits(), value.to_bits());
        }
    }
}
