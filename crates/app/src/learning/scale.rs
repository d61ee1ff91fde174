//! Numbers as they are learnt: as written, by their logarithm, or temperatures as Arrhenius' law has them.

use serde::{Deserialize, Serialize};

/// What is learnt of a column of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// The number.
    #[default]
    Plain,
    /// Its logarithm to base ten: it spans decades.
    Logarithm,
    /// 1000/T of a temperature in kelvin.
    Kelvin,
    /// 1000/T of a temperature in degrees Celsius.
    Celsius,
}

const ZERO_CELSIUS: f64 = 273.15;
/// Ratio of high to low numbers from which their logarithm is learnt.
const DECADES: f64 = 300.0;

impl Scale {
    /// The scale of a temperature on which the logarithm of a rate or a conductivity is a straight line; none for other
    /// columns. The unit decides, or, where there is none, the end of the name (`temperature_C`, `T (K)`).
    ///
    /// Source: Arrhenius, Z. Phys. Chem. 4, 226 (1889).
    pub(super) fn of_temperature(name: &str, unit: Option<&str>) -> Option<Self> {
        match unit {
            Some("K") => return Some(Self::Kelvin),
            Some("Cel") => return Some(Self::Celsius),
            Some(_) => return None,
            None => {}
        }
        let name = name.trim().to_lowercase();
        let words: Vec<&str> =
            name.split(|c: char| !c.is_alphanumeric() && c != '°').filter(|w| !w.is_empty()).collect();
        let (last, before) = words.split_last()?;
        if !before.iter().any(|word| word.contains("temperature") || ["temp", "t"].contains(word)) {
            return None;
        }
        match *last {
            "k" | "kelvin" => Some(Self::Kelvin),
            "c" | "°c" | "celsius" | "degc" => Some(Self::Celsius),
            _ => None,
        }
    }

    /// What is learnt of a number; none where there is nothing, such as the logarithm of 0.
    pub(super) fn apply(self, number: f64) -> Option<f64> {
        let inverse = |kelvin: f64| (kelvin > 0.0).then(|| 1000.0 / kelvin);
        match self {
            Self::Plain => Some(number),
            Self::Logarithm => (number > 0.0).then(|| number.log10()),
            Self::Kelvin => inverse(number),
            Self::Celsius => inverse(number + ZERO_CELSIUS),
        }
    }

    /// Name of the feature of a column.
    pub fn feature(self, column: &str) -> String {
        match self {
            Self::Plain => column.to_owned(),
            Self::Logarithm => format!("log10({column})"),
            Self::Kelvin | Self::Celsius => format!("1000/T ({column})"),
        }
    }

    /// UCUM code of the unit of the feature, for a column of this unit.
    pub fn unit(self, column: Option<&str>) -> Option<String> {
        match self {
            Self::Plain => column.map(str::to_owned),
            Self::Logarithm => None,
            Self::Kelvin | Self::Celsius => Some("kK-1".to_owned()),
        }
    }
}

/// Whether numbers, all above 0, span decades.
pub(super) fn spans_decades(values: &[f64]) -> bool {
    let mut rising = values.to_vec();
    rising.sort_by(f64::total_cmp);
    let at = |share: f64| rising.get((share * rising.len().saturating_sub(1) as f64).round() as usize).copied();
    match (rising.first(), at(0.02), at(0.98)) {
        (Some(lowest), Some(low), Some(high)) => *lowest > 0.0 && high / low > DECADES,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_are_known_by_their_unit_or_name() {
        for (name, unit, scale) in [
            ("temperature", Some("Cel"), Some(Scale::Celsius)),
            ("T", Some("K"), Some(Scale::Kelvin)),
            ("temperature_C", None, Some(Scale::Celsius)),
            ("T (K)", None, Some(Scale::Kelvin)),
            ("Measuring temperature (°C)", None, Some(Scale::Celsius)),
            ("temperature", None, None),
            ("share_C", None, None),
            ("temperature_C", Some("%"), None),
            ("", None, None),
        ] {
            assert_eq!(Scale::of_temperature(name, unit), scale, "{name}");
        }
    }

    #[test]
    fn what_has_no_logarithm_or_is_below_absolute_zero_is_missing() {
        assert_eq!(Scale::Kelvin.apply(250.0), Some(4.0));
        assert!(Scale::Celsius.apply(-23.15).is_some_and(|x| (x - 4.0).abs() < 1e-12));
        assert_eq!(Scale::Celsius.apply(-300.0), None);
        assert_eq!(Scale::Logarithm.apply(0.0), None);
        assert_eq!(Scale::Logarithm.apply(1000.0), Some(3.0));
    }
}
