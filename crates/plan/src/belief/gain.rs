//! Logarithms of expected improvements and probabilities, with their slopes.

use matdock_learn::{Component, Moments, Slope, normal};

/// Log expected improvement over `best` at each point, of a mixture whose means count times `sign`.
///
/// Source: Ament et al., Unexpected improvements to expected improvement, NeurIPS 2023.
pub(super) fn log_improvements(parts: &[Component], sign: f64, best: f64) -> Vec<f64> {
    let count = parts.first().map_or(0, |part| part.moments.len());
    let log = |index: usize| {
        log_sum(parts.iter().map(|part| {
            let m = part.moments[index];
            let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
            part.share.ln() + deviation.ln() + normal::log_improvement((sign * m.mean - best) / deviation).0
        }))
    };
    (0..count).map(log).collect()
}

/// [`log_improvements`] at one point, with its gradient.
pub(super) fn log_improvement_with_gradient(parts: &[Slope], sign: f64, best: f64) -> (f64, Vec<f64>) {
    let each = parts.iter().map(|part| {
        let m = part.moments;
        let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
        let z = (sign * m.mean - best) / deviation;
        let (value, slope) = normal::log_improvement(z);
        // By the mean, and by the variance of ln(deviation) + value(z).
        let by_variance = (1.0 - slope * z) / (2.0 * deviation * deviation);
        Sloped { value: deviation.ln() + value, by_mean: sign * slope / deviation, by_variance }
    });
    mix(parts, &each.collect::<Vec<_>>())
}

/// Log of the gain over `best` at the upper confidence bound, `optimism` standard deviations above the mean, with its
/// derivatives. Where the bound is not above `best` the logarithm goes on as a straight line, so that candidates keep
/// their order.
pub(super) fn log_optimistic(m: Moments, optimism: f64, best: f64) -> Sloped {
    const SOFT: f64 = 0.1;
    let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
    let steps = (m.mean + optimism * deviation - best) / SOFT;
    // Softplus, whose logarithm below -30 is its argument to rounding.
    let (log, slope) = if steps < -30.0 {
        (steps, 1.0)
    } else {
        let soft = steps.max(0.0) + (-steps.abs()).exp().ln_1p();
        (soft.ln(), 1.0 / (1.0 + (-steps).exp()) / soft)
    };
    let by_mean = slope / SOFT;
    Sloped { value: SOFT.ln() + log, by_mean, by_variance: by_mean * optimism / (2.0 * deviation) }
}

/// A number that depends on a mean and a variance, with its derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sloped {
    pub(super) value: f64,
    pub(super) by_mean: f64,
    pub(super) by_variance: f64,
}

/// Log of the mixture of `each` (logarithms) and its gradient.
pub(super) fn mix(parts: &[Slope], each: &[Sloped]) -> (f64, Vec<f64>) {
    let logs = parts.iter().zip(each).map(|(part, one)| part.share.ln() + one.value);
    let total = log_sum(logs.clone());
    let mut gradient = vec![0.0; parts.first().map_or(0, |part| part.mean.len())];
    for ((part, one), log) in parts.iter().zip(each).zip(logs) {
        let weight = (log - total).exp();
        for (c, sum) in gradient.iter_mut().enumerate() {
            *sum += weight * (one.by_mean * part.mean[c] + one.by_variance * part.variance[c]);
        }
    }
    (total, gradient)
}

/// Logarithm of a sum given by logarithms.
pub(super) fn log_sum(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if most.is_finite() { most + logs.map(|l| (l - most).exp()).sum::<f64>().ln() } else { -1e300 }
}

/// Log of how much nearer than `reach` a normal response is expected to come to the window `low..high`:
/// `E[max(0, reach - distance)]`, with its derivatives.
///
/// The improvement is a trapezium in the response, a sum of four hinges whose expectations are known. Of the
/// side that is nearer the window the first hinge is the largest, so that nothing is lost far away.
pub(super) fn log_nearer(m: Moments, low: f64, high: f64, reach: f64) -> Sloped {
    let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
    let mirrored = m.mean > 0.5 * (low + high);
    let (mean, low, high) = if mirrored { (-m.mean, -high, -low) } else { (m.mean, low, high) };
    // E[(y - k)+] = deviation exp(value(z)).
    let hinges: Vec<(f64, f64, f64)> = [(1.0, low - reach), (-1.0, low), (-1.0, high), (1.0, high + reach)]
        .map(|(sign, at)| {
            let z = (mean - at) / deviation;
            let (value, slope) = normal::log_improvement(z);
            (sign, value, slope)
        })
        .to_vec();
    let first = hinges[0].1;
    let sum: f64 = hinges.iter().map(|(sign, value, _)| sign * (value - first).exp()).sum();
    let sum = sum.max(1e-14);
    let value = deviation.ln() + first + sum.ln();
    // E' by the mean is Phi(z) = exp(value) slope, by the deviation the density; both over E.
    let by_mean: f64 = hinges.iter().map(|(sign, value, slope)| sign * (value - first).exp() * slope).sum();
    let zs = [low - reach, low, high, high + reach].map(|at| (mean - at) / deviation);
    let by_deviation: f64 =
        hinges.iter().zip(zs).map(|((sign, value, slope), z)| sign * (value - first).exp() * (1.0 - slope * z)).sum();
    let by_mean = by_mean / (sum * deviation);
    let by_variance = by_deviation / (sum * 2.0 * deviation * deviation);
    let sound = |slope: f64| if slope.is_finite() { slope } else { 0.0 };
    Sloped { value, by_mean: sound(if mirrored { -by_mean } else { by_mean }), by_variance: sound(by_variance) }
}

/// Log probability of lying between `low` and `high`, with its derivatives.
pub(super) fn log_within(m: Moments, low: f64, high: f64) -> Sloped {
    let deviation = m.variance.sqrt();
    let (a, b) = ((low - m.mean) / deviation, (high - m.mean) / deviation);
    let log_of = |z: f64| normal::log_cumulative(z);
    // The tail with less mass on its far side keeps the difference exact.
    let (near, far) = if a > 0.0 { (log_of(-a), log_of(-b)) } else { (log_of(b), log_of(a)) };
    let value = (near + (-(far - near).exp()).ln_1p()).max(-1e6);
    let relative = |z: f64| {
        if z.is_finite() { (-0.5 * z * z - 0.5 * (2.0 * std::f64::consts::PI).ln() - value).exp() } else { 0.0 }
    };
    let weighted = |z: f64| if z.is_finite() { z * relative(z) } else { 0.0 };
    let by_mean = (relative(a) - relative(b)) / deviation;
    let by_variance = (weighted(a) - weighted(b)) / (2.0 * m.variance);
    let sound = |slope: f64| if slope.is_finite() { slope } else { 0.0 };
    Sloped { value, by_mean: sound(by_mean), by_variance: sound(by_variance) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean over many equally likely slices of a normal distribution.
    fn expectation(m: Moments, of: impl Fn(f64) -> f64) -> f64 {
        let steps = 200_000;
        let width = 20.0 / f64::from(steps);
        (0..steps)
            .map(|i| {
                let z = -10.0 + (f64::from(i) + 0.5) * width;
                normal::density(z) * width * of(m.mean + z * m.variance.sqrt())
            })
            .sum()
    }

    #[test]
    fn the_optimistic_gain_is_that_of_the_bound_and_keeps_its_order() {
        let at = |mean: f64| log_optimistic(Moments { mean, variance: 0.25 }, 2.0, 1.0).value;
        assert!((at(1.5) - 1.5f64.ln()).abs() < 1e-6);
        let far: Vec<f64> = (0..2000).map(|i| at(-10.0 + 0.01 * f64::from(i))).collect();
        assert!(far.is_sorted() && far.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn the_optimistic_gain_has_the_right_slopes() {
        for mean in [-4.0, 0.0, 0.99, 3.0] {
            let at = |mean: f64, variance: f64| log_optimistic(Moments { mean, variance }, 2.0, 1.0);
            let found = at(mean, 0.25);
            let by_mean = (at(mean + 1e-6, 0.25).value - at(mean - 1e-6, 0.25).value) / 2e-6;
            let by_variance = (at(mean, 0.25 + 1e-6).value - at(mean, 0.25 - 1e-6).value) / 2e-6;
            assert!((found.by_mean - by_mean).abs() < 1e-5 && (found.by_variance - by_variance).abs() < 1e-5);
        }
    }

    #[test]
    fn nearer_to_a_window_agrees_with_summing_it_up() {
        for (mean, variance) in [(0.0, 1.0), (2.0, 0.3), (-3.0, 0.5), (0.6, 0.01)] {
            let m = Moments { mean, variance };
            let exact = expectation(m, |y| (0.4 - (0.2 - y).max(y - 0.8).max(0.0)).max(0.0));
            let found = log_nearer(m, 0.2, 0.8, 0.4);
            assert!((found.value - exact.ln()).abs() < 1e-4, "{mean} {variance}: {} {}", found.value, exact.ln());
            let at = |mean: f64, variance: f64| log_nearer(Moments { mean, variance }, 0.2, 0.8, 0.4).value;
            let numeric = (at(mean + 1e-6, variance) - at(mean - 1e-6, variance)) / 2e-6;
            assert!((found.by_mean - numeric).abs() < 1e-4 * numeric.abs().max(1.0), "{} {numeric}", found.by_mean);
            let numeric = (at(mean, variance + 1e-7) - at(mean, variance - 1e-7)) / 2e-7;
            assert!((found.by_variance - numeric).abs() < 1e-4 * numeric.abs().max(1.0));
        }
    }

    #[test]
    fn a_window_far_away_still_has_a_direction() {
        let m = Moments { mean: -300.0, variance: 1.0 };
        let found = log_nearer(m, 0.0, 0.0, 1.0);
        assert!(found.value.is_finite() && found.value < -1e4 && found.by_mean > 0.0);
    }

    #[test]
    fn the_probability_to_lie_within_has_the_right_slopes() {
        for (mean, variance) in [(0.0, 1.0), (5.0, 0.5), (-4.0, 2.0)] {
            let found = log_within(Moments { mean, variance }, -1.0, 1.5);
            let at = |mean: f64, variance: f64| log_within(Moments { mean, variance }, -1.0, 1.5).value;
            let numeric = (at(mean + 1e-6, variance) - at(mean - 1e-6, variance)) / 2e-6;
            assert!((found.by_mean - numeric).abs() < 1e-5 * numeric.abs().max(1.0));
            let numeric = (at(mean, variance + 1e-6) - at(mean, variance - 1e-6)) / 2e-6;
            assert!((found.by_variance - numeric).abs() < 1e-5 * numeric.abs().max(1.0));
        }
    }
}
