//! Outcomes made nearly normal: standardised, and bent when they are skewed.

/// The bend applied before standardising.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bend {
    /// None.
    Straight,
    /// Logarithm, for positive outcomes that spread over decades.
    Log,
    /// Yeo-Johnson power, 0 to 2; 1 is straight.
    Power(f64),
}

/// An increasing map from outcomes (any unit, any scale) to about mean 0 and variance 1, and back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warp {
    bend: Bend,
    /// Applied before the bend.
    centre: f64,
    scale: f64,
    /// Applied after the bend.
    mean: f64,
    deviation: f64,
}

/// Below this many values a bend cannot be told from chance.
const FEWEST: usize = 8;
/// Standard deviation of the prior on the power around 1.
const POWER_PRIOR: f64 = 0.5;

impl Warp {
    /// The map that suits `values`: standardised, and bent when that raises the log likelihood by more than
    /// `evidence` (infinite: never).
    ///
    /// The bend is the one with the highest normal likelihood (Box & Cox 1964, Yeo & Johnson 2000), with a
    /// prior that holds it straight unless the data say otherwise. Constant values get scale 1.
    pub fn fit(values: &[f64], evidence: f64) -> Self {
        let straight = Self::with_bend(Bend::Straight, values);
        if evidence.is_infinite() || values.len() < FEWEST || spread(values) == 0.0 {
            return straight;
        }
        let mut best = (straight.log_slopes(values), straight);
        let mut consider = |bend: Bend, penalty: f64| {
            let warp = Self::with_bend(bend, values);
            let score = warp.log_slopes(values) - penalty;
            if score.is_finite() && score > best.0 {
                best = (score, warp);
            }
        };
        for tenth in (0..=20).filter(|&tenth| tenth != 10) {
            let power = f64::from(tenth) / 10.0;
            let z = (power - 1.0) / POWER_PRIOR;
            consider(Bend::Power(power), 0.5 * z * z + evidence);
        }
        if values.iter().all(|&value| value > 0.0) {
            consider(Bend::Log, 2.0 + evidence);
        }
        best.1
    }

    /// The bend chosen.
    pub fn bend(&self) -> Bend {
        self.bend
    }

    fn with_bend(bend: Bend, values: &[f64]) -> Self {
        let (centre, scale) = if bend == Bend::Log { (0.0, 1.0) } else { centre_and_scale(values) };
        let mut warp = Self { bend, centre, scale, mean: 0.0, deviation: 1.0 };
        let bent: Vec<f64> = values.iter().map(|&value| warp.forward(value)).collect();
        (warp.mean, warp.deviation) = centre_and_scale(&bent);
        warp
    }

    /// Standardised, bent value of an outcome.
    pub fn forward(&self, value: f64) -> f64 {
        let bent = match self.bend {
            Bend::Straight => (value - self.centre) / self.scale,
            Bend::Log => value.max(f64::MIN_POSITIVE).ln(),
            Bend::Power(power) => yeo_johnson((value - self.centre) / self.scale, power),
        };
        (bent - self.mean) / self.deviation
    }

    /// The outcome that maps to `z`.
    pub fn backward(&self, z: f64) -> f64 {
        let bent = z * self.deviation + self.mean;
        match self.bend {
            Bend::Straight => bent * self.scale + self.centre,
            Bend::Log => bent.min(700.0).exp(),
            Bend::Power(power) => yeo_johnson_inverse(bent, power) * self.scale + self.centre,
        }
    }

    /// Expected outcome when the standardised value is normal.
    ///
    /// Source: the mean over 32 equally likely slices of the distribution, robust where the map is steep.
    pub fn expected(&self, mean: f64, deviation: f64) -> f64 {
        if self.bend == Bend::Straight {
            return self.backward(mean);
        }
        const HALF: [f64; 16] = [
            0.0392, 0.1176, 0.1970, 0.2776, 0.3601, 0.4450, 0.5334, 0.6261, 0.7245, 0.8305, 0.9467, 1.0775, 1.2299,
            1.4178, 1.6759, 2.1539,
        ];
        let sum: f64 =
            HALF.iter().map(|z| self.backward(mean + z * deviation) + self.backward(mean - z * deviation)).sum();
        sum / 32.0
    }

    /// Sum of the logarithms of the map's slopes at `values`: up to a constant, also their normal log likelihood when
    /// the map was fitted to them.
    pub(crate) fn log_slopes(&self, values: &[f64]) -> f64 {
        let jacobian: f64 = values
            .iter()
            .map(|&value| match self.bend {
                Bend::Straight => -self.scale.ln(),
                Bend::Log => -value.ln(),
                Bend::Power(power) => {
                    let u = (value - self.centre) / self.scale;
                    (power - 1.0) * u.signum() * u.abs().ln_1p() - self.scale.ln()
                }
            })
            .sum();
        jacobian - values.len() as f64 * self.deviation.ln()
    }
}

/// Mean and standard deviation, computed without overflow; deviation 1 for constant values.
fn centre_and_scale(values: &[f64]) -> (f64, f64) {
    let largest = values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    if values.is_empty() || largest == 0.0 {
        return (0.0, 1.0);
    }
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / largest).sum::<f64>() / count;
    let variance = values.iter().map(|value| (value / largest - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    let deviation = variance.sqrt();
    // Differences at the level of rounding are none.
    let scale = if deviation > 1e-12 * mean.abs() { deviation * largest } else { largest };
    (mean * largest, scale)
}

fn spread(values: &[f64]) -> f64 {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    high - low
}

fn yeo_johnson(u: f64, power: f64) -> f64 {
    let curved = |size: f64, power: f64| {
        if power == 0.0 { size.ln_1p() } else { ((1.0 + size).powf(power) - 1.0) / power }
    };
    if u >= 0.0 { curved(u, power) } else { -curved(-u, 2.0 - power) }
}

fn yeo_johnson_inverse(bent: f64, power: f64) -> f64 {
    let straight = |size: f64, power: f64| {
        if power == 0.0 { size.min(700.0).exp_m1() } else { (1.0 + power * size).powf(1.0 / power) - 1.0 }
    };
    if bent >= 0.0 { straight(bent, power) } else { -straight(-bent, 2.0 - power) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward_and_backward_undo_each_other_at_any_scale() {
        for scale in [1e-12, 1.0, 1e12] {
            let values: Vec<f64> = (0..30).map(|i| scale * (0.3 * f64::from(i)).exp()).collect();
            for bend in [Bend::Straight, Bend::Log, Bend::Power(0.0), Bend::Power(0.4), Bend::Power(2.0)] {
                let warp = Warp::with_bend(bend, &values);
                for value in &values {
                    let back = warp.backward(warp.forward(*value));
                    assert!((back - value).abs() < 1e-6 * value.abs().max(0.1 * scale), "{bend:?}: {value} {back}");
                }
            }
        }
    }

    #[test]
    fn decades_are_bent_and_symmetric_values_left_straight() {
        let decades: Vec<f64> = (0..20).map(|i| 10f64.powf(-9.0 + 0.3 * f64::from(i * 7 % 20))).collect();
        assert_eq!(Warp::fit(&decades, 0.5).bend(), Bend::Log);
        let even: Vec<f64> = (0..20).map(|i| -3.0 + 0.3 * f64::from(i)).collect();
        assert_eq!(Warp::fit(&even, 0.5).bend(), Bend::Straight);
    }

    #[test]
    fn constant_and_single_values_are_safe() {
        for values in [vec![5.0], vec![0.0, 0.0], vec![1e-300, 1e-300], vec![1e300, -1e300]] {
            let warp = Warp::fit(&values, 0.5);
            assert!(warp.forward(values[0]).is_finite());
            assert!(warp.backward(1.0).is_finite());
        }
    }

    #[test]
    fn the_expected_outcome_of_a_log_normal_is_above_its_median() {
        let values: Vec<f64> = (0..20).map(|i| 10f64.powf(-9.0 + 0.3 * f64::from(i))).collect();
        let warp = Warp::with_bend(Bend::Log, &values);
        let deviation = 0.5 / warp.deviation;
        let (expected, median) = (warp.expected(0.0, deviation), warp.backward(0.0));
        // exp(sigma^2 / 2) with sigma 0.5, less the tail beyond the last slice.
        assert!((expected / median - 1.133).abs() < 0.02, "{}", expected / median);
    }
}
