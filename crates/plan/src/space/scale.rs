//! How distances along a parameter are seen.

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

/// How distances along a continuous parameter are seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Equal differences count equally.
    #[default]
    Linear,
    /// Equal ratios count equally (pressures, concentrations).
    Log,
    /// Equal differences of the square root count equally (diffusion times, counts).
    Sqrt,
    /// Equal differences of the reciprocal count equally (1/T in an Arrhenius law).
    Reciprocal,
    /// Equal differences of `ln(x / (1 - x))` count equally (shares near 0 and 1).
    Logit,
    /// Pairs of a setting and its position, both in ascending or descending order; straight lines between.
    Custom(Vec<(f64, f64)>),
}

impl Scale {
    /// Whether a setting has a position on this scale.
    pub fn has(&self, setting: f64) -> bool {
        setting.is_finite()
            && match self {
                Self::Linear | Self::Custom(_) => true,
                Self::Sqrt => setting >= 0.0,
                Self::Log | Self::Reciprocal => setting > 0.0,
                Self::Logit => setting > 0.0 && setting < 1.0,
            }
    }

    /// Position of a setting; settings the scale does not have are taken as the nearest it has.
    pub(crate) fn position(&self, setting: f64) -> f64 {
        match self {
            Self::Linear => setting,
            Self::Log => setting.max(f64::MIN_POSITIVE).ln(),
            Self::Sqrt => setting.max(0.0).sqrt(),
            Self::Reciprocal => -1.0 / setting.max(1e-300),
            Self::Logit => {
                let share = setting.clamp(1e-300, 1.0 - f64::EPSILON);
                (share / (1.0 - share)).ln()
            }
            Self::Custom(pairs) => along(pairs.iter().copied(), setting),
        }
    }

    /// The setting at a position.
    pub(crate) fn setting(&self, position: f64) -> f64 {
        match self {
            Self::Linear => position,
            Self::Log => position.exp(),
            Self::Sqrt => position.max(0.0).powi(2),
            Self::Reciprocal => -1.0 / position.min(-f64::MIN_POSITIVE),
            Self::Logit => 1.0 / (1.0 + (-position).exp()),
            Self::Custom(pairs) => {
                let turned = pairs.iter().map(|&(setting, position)| (position, setting));
                let falling = matches!(pairs.as_slice(), [(_, first), .., (_, last)] if first > last);
                if falling { along(turned.rev(), position) } else { along(turned, position) }
            }
        }
    }

    /// Refuses a scale that cannot be used from `low` to `high`; `name` is the parameter's.
    pub(super) fn check(&self, name: &str, low: f64, high: f64) -> Result<(), Message> {
        if let Self::Custom(pairs) = self {
            let finite = pairs.iter().all(|(setting, position)| setting.is_finite() && position.is_finite());
            let rising = pairs.windows(2).all(|pair| pair[0].0 < pair[1].0);
            let one_way = pairs.windows(2).all(|pair| pair[0].1 < pair[1].1)
                || pairs.windows(2).all(|pair| pair[0].1 > pair[1].1);
            if pairs.len() < 2 || !finite || !rising || !one_way {
                return Err(say!("plan-parameter-scale-pairs", name = name));
            }
        }
        if *self == Self::Log && low <= 0.0 {
            return Err(say!("plan-parameter-log", name = name, low = low));
        }
        if !self.has(low) || !self.has(high) {
            return Err(say!("plan-parameter-scale", name = name, low = low, high = high));
        }
        let width = self.position(high) - self.position(low);
        if !(width.is_finite() && width != 0.0) {
            return Err(say!("plan-parameter-range", name = name, low = low, high = high));
        }
        Ok(())
    }
}

/// Straight lines through pairs ascending in their first number, and on beyond the ends.
fn along(pairs: impl Iterator<Item = (f64, f64)>, at: f64) -> f64 {
    let mut last: Option<(f64, f64)> = None;
    let mut line = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        if let Some((x0, y0)) = last {
            line = (x0, y0, (y - y0) / (x - x0));
            if at <= x {
                break;
            }
        }
        last = Some((x, y));
    }
    let (x0, y0, slope) = line;
    y0 + slope * (at - x0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_lead_back_to_the_setting() {
        let custom = Scale::Custom(vec![(0.0, 5.0), (1.0, 4.0), (10.0, 0.0)]);
        for scale in [Scale::Linear, Scale::Log, Scale::Sqrt, Scale::Reciprocal, Scale::Logit, custom] {
            for setting in [1e-3, 0.2, 0.5, 0.9] {
                let back = scale.setting(scale.position(setting));
                assert!((back - setting).abs() < 1e-12, "{scale:?} {setting} {back}");
            }
        }
    }

    #[test]
    fn a_scale_that_does_not_fit_its_range_is_refused() {
        assert!(Scale::Logit.check("p", 0.1, 2.0).is_err());
        assert!(Scale::Reciprocal.check("p", 0.0, 2.0).is_err());
        assert!(Scale::Sqrt.check("p", -1.0, 2.0).is_err());
        assert!(Scale::Custom(vec![(0.0, 1.0)]).check("p", 0.0, 1.0).is_err());
        assert!(Scale::Custom(vec![(0.0, 1.0), (1.0, 1.0)]).check("p", 0.0, 1.0).is_err());
        assert!(Scale::Custom(vec![(0.0, 1.0), (1.0, 3.0)]).check("p", 0.0, 1.0).is_ok());
    }
}
