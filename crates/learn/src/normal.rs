//! The normal distribution, stable far into its tails.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Density of the standard normal distribution at `z`.
pub fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// Probability that a standard normal variable is below `z`.
pub fn cumulative(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// `ln` of [`cumulative`], exact to rounding where the probability itself underflows.
pub fn log_cumulative(z: f64) -> f64 {
    if z > -1.0 { cumulative(z).ln() } else { -0.5 * z * z + (0.5 * scaled_erfc(-z * FRAC_1_SQRT_2)).ln() }
}

/// `exp(x^2) erfc(x)` for `x >= 0`.
fn scaled_erfc(x: f64) -> f64 {
    if x < 10.0 {
        return (x * x).exp() * libm::erfc(x);
    }
    // Asymptotic series (Abramowitz & Stegun 7.1.23); the next term is below 1e-12 here.
    let t = 1.0 / (2.0 * x * x);
    (1.0 - t * (1.0 - 3.0 * t * (1.0 - 5.0 * t * (1.0 - 7.0 * t * (1.0 - 9.0 * t))))) / (x * PI.sqrt())
}

/// The standard normal value that is exceeded with probability `1 - p`; infinite at 0 and 1.
///
/// Source: bisection and Newton steps on [`cumulative`], to rounding.
pub fn quantile(p: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return if p >= 1.0 { f64::INFINITY } else { f64::NEG_INFINITY };
    }
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if cumulative(middle) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// `ln(phi(z) + z Phi(z))`, the logarithm of expected improvement in units of the standard deviation, and
/// its derivative by `z`.
///
/// Source: Ament et al., Unexpected improvements to expected improvement, NeurIPS 2023 (eq. 9), with an
/// asymptotic series for the far tail.
pub fn log_improvement(z: f64) -> (f64, f64) {
    if z > -1.0 {
        let h = density(z) + z * cumulative(z);
        return (h.ln(), cumulative(z) / h);
    }
    let base = -0.5 * z * z - 0.5 * (2.0 * PI).ln();
    let value = if z > -50.0 {
        // 1 - |z| sqrt(pi/2) erfcx(|z|/sqrt 2)
        let rest = 1.0 + z * (0.5 * PI).sqrt() * scaled_erfc(-z * FRAC_1_SQRT_2);
        base + rest.max(f64::MIN_POSITIVE).ln()
    } else {
        let t = 1.0 / (z * z);
        base + t.ln() + (-3.0 * t * (1.0 - 5.0 * t * (1.0 - 7.0 * t))).ln_1p()
    };
    (value, (log_cumulative(z) - value).exp())
}

/// Mean of a normal variable given that it lies below `limit`.
///
/// Source: the inverse Mills ratio.
pub fn mean_below(mean: f64, deviation: f64, limit: f64) -> f64 {
    if deviation <= 0.0 {
        return mean.min(limit);
    }
    let z = (limit - mean) / deviation;
    let ratio = (-0.5 * z * z - 0.5 * (2.0 * PI).ln() - log_cumulative(z)).exp();
    // Rounding in the far tail must not carry the mean past the limit.
    (mean - deviation * ratio).min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_agree_with_reference_values() {
        // mpmath 1.3, 50 digits: log(ncdf(z)) and log(npdf(z) + z ncdf(z)).
        for (z, expected) in [(-5.0, -15.064998393988725), (-20.0, -203.9171553710973), (-40.0, -804.6084420137538)] {
            assert!((log_cumulative(z) - expected).abs() < 1e-10 * f64::abs(expected), "{z}");
        }
    }

    #[test]
    fn log_improvement_is_smooth_where_its_forms_meet() {
        for z in [-1.0, -50.0, -10.0 * 2f64.sqrt()] {
            let (below, above) = (log_improvement(z - 1e-9), log_improvement(z + 1e-9));
            assert!((below.0 - above.0).abs() < 1e-6, "{z}: {below:?} {above:?}");
        }
        for z in [-1e6, -300.0, -49.0, -3.0, 0.0, 4.0] {
            let (value, slope) = log_improvement(z);
            assert!(value.is_finite() && slope > 0.0);
            let step = 1e-6 * f64::max(1.0, f64::abs(z));
            let numeric = (log_improvement(z + step).0 - log_improvement(z - step).0) / (2.0 * step);
            assert!((slope - numeric).abs() < 1e-4 * slope.abs().max(1.0), "{z}: {slope} {numeric}");
        }
    }

    #[test]
    fn a_truncated_mean_stays_below_the_limit() {
        assert!((mean_below(0.0, 1.0, 0.0) + 0.7978845608).abs() < 1e-9);
        assert!(mean_below(5.0, 1.0, -40.0) <= -40.0);
        assert_eq!(mean_below(1.0, 0.0, 2.0), 1.0);
    }
}
