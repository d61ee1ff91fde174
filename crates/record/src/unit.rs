//! Units of measure as UCUM codes (Unified Code for Units of Measure), checked when they enter.

use std::{fmt, str::FromStr};

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

/// A valid UCUM code such as `Cel`, `Pa`, `S/cm`, `Ohm.cm2`; `1` for numbers without unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit(String);

/// What people write, and the UCUM code they mean.
const COMMON_SPELLINGS: [(&str, &str); 16] = [
    ("°C", "Cel"),
    ("degC", "Cel"),
    ("C°", "Cel"),
    ("℃", "Cel"),
    ("Ω", "Ohm"),
    ("ohm", "Ohm"),
    ("ohms", "Ohm"),
    ("µm", "um"),
    ("μm", "um"),
    ("Å", "Ao"),
    ("Torr", "mm[Hg]"),
    ("torr", "mm[Hg]"),
    ("ppm", "[ppm]"),
    ("°", "deg"),
    ("sec", "s"),
    ("hours", "h"),
];

impl Unit {
    /// The unit of plain numbers, written `1`.
    pub fn one() -> Self {
        Self("1".to_owned())
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for plain numbers (unit `1`).
    pub fn is_one(&self) -> bool {
        self.0 == "1"
    }

    /// True when values can be converted between both units (same dimension).
    pub fn fits(&self, other: &Self) -> bool {
        self == other || octofhir_ucum::is_comparable(&self.0, &other.0).unwrap_or(false)
    }

    /// `value` of this unit in `target`. Source: UCUM 2.2, special units (`Cel`) included.
    ///
    /// # Errors
    /// The dimensions differ, or the result is no finite number.
    pub fn convert(&self, value: f64, target: &Self) -> Result<f64, Message> {
        if self == target {
            return Ok(value);
        }
        octofhir_ucum::convert(value, &self.0, &target.0)
            .ok()
            .filter(|converted| converted.is_finite())
            .ok_or_else(|| say!("record-unit-mismatch", from = self, to = target))
    }
}

impl FromStr for Unit {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        let code = text.trim();
        if code.is_empty() || code == "-" {
            return Ok(Self::one());
        }
        if code.len() <= 80 && octofhir_ucum::validate(code).is_ok() {
            return Ok(Self(code.to_owned()));
        }
        match COMMON_SPELLINGS.iter().find(|(spelling, _)| *spelling == code) {
            Some((_, ucum)) => Err(say!("record-unit-spelling", text = code, ucum = ucum)),
            None => Err(say!("record-unit-unknown", text = code.chars().take(40).collect::<String>())),
        }
    }
}

impl TryFrom<String> for Unit {
    type Error = Message;

    fn try_from(text: String) -> Result<Self, Message> {
        text.parse()
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str) -> Unit {
        code.parse().unwrap()
    }

    #[test]
    fn converts_between_units_of_one_dimension_only() {
        for (value, from, to, expected) in [
            (400.0, "Cel", "K", 673.15),
            (1.0, "bar", "Pa", 1e5),
            (1e-3, "S/cm", "S/m", 0.1),
            (1.0, "kOhm.cm2", "Ohm.m2", 0.1),
            (5.0, "%", "1", 0.05),
        ] {
            let converted = unit(from).convert(value, &unit(to)).unwrap();
            assert!((converted - expected).abs() <= 1e-12 * expected.abs(), "{value} {from} = {converted} {to}");
        }
        let error = unit("nm").convert(1.0, &unit("Pa")).unwrap_err();
        assert_eq!(error.id(), "record-unit-mismatch");
        assert!(!unit("nm").fits(&unit("Pa")) && unit("nm").fits(&unit("m")));
    }

    #[test]
    fn a_common_misspelling_names_the_right_code() {
        let error = "°C".parse::<Unit>().unwrap_err();
        assert!(error.to_string().contains("Cel"), "{error}");
        assert_eq!("furlongs per".parse::<Unit>().unwrap_err().id(), "record-unit-unknown");
    }
}
