//! Bounded nonlinear least squares for a handful of parameters.

/// Residuals of a model and their derivatives.
pub(crate) trait Residuals {
    /// How many residuals there are.
    fn count(&self) -> usize;

    /// Writes the residuals at `parameters` and, where asked, their derivatives (row per residual).
    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64], derivatives: Option<&mut [f64]>);
}

/// Where a fit ended.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    pub(crate) parameters: Vec<f64>,
    /// Sum of squared residuals.
    pub(crate) cost: f64,
    pub(crate) converged: bool,
}

/// Minimises the sum of squared residuals between bounds.
///
/// Shape: `start` and `bounds` have one entry per parameter.
/// Source: Levenberg-Marquardt with Marquardt's scaling (J. SIAM 11, 431, 1963); a parameter that is at its bound and
/// would leave is held for the step (projected active set).
pub(crate) fn fit(problem: &impl Residuals, start: &[f64], bounds: &[(f64, f64)], iterations: usize) -> Fit {
    let (n, m) = (start.len(), problem.count());
    let clamp = |value: f64, k: usize| value.clamp(bounds[k].0, bounds[k].1);
    let mut at: Vec<f64> = start.iter().enumerate().map(|(k, &value)| clamp(value, k)).collect();
    let (mut residuals, mut trial_residuals, mut derivatives) = (vec![0.0; m], vec![0.0; m], vec![0.0; m * n]);
    problem.evaluate(&at, &mut residuals, Some(&mut derivatives));
    let mut cost = sum_of_squares(&residuals);
    let (mut damping, mut converged) = (1e-3, false);
    for _ in 0..iterations {
        let (normal, gradient) = normal_equations(&residuals, &derivatives, n);
        let held: Vec<bool> = (0..n)
            .map(|k| (at[k] <= bounds[k].0 && gradient[k] > 0.0) || (at[k] >= bounds[k].1 && gradient[k] < 0.0))
            .collect();
        let step = damped_step(&normal, &gradient, &held, damping);
        let trial: Vec<f64> = (0..n).map(|k| clamp(at[k] + step[k].clamp(-2.0, 2.0), k)).collect();
        problem.evaluate(&trial, &mut trial_residuals, None);
        let trial_cost = sum_of_squares(&trial_residuals);
        let moved = at.iter().zip(&trial).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if trial_cost <= cost {
            converged = moved < 1e-8 || cost - trial_cost <= 1e-13 * cost;
            (at, cost, damping) = (trial, trial_cost, (damping / 5.0).max(1e-12));
            if !converged {
                problem.evaluate(&at, &mut residuals, Some(&mut derivatives));
            }
        } else {
            // Also taken when the trial cost is not a number.
            converged = moved < 1e-9;
            damping *= 4.0;
        }
        if converged || damping > 1e16 {
            break;
        }
    }
    Fit { parameters: at, cost, converged }
}

/// Inverse of the normal matrix at `parameters`: the covariance in units of the residuals' variance. Row-major.
/// None where the data do not determine every parameter.
pub(crate) fn covariance(problem: &impl Residuals, parameters: &[f64]) -> Option<Vec<f64>> {
    let (n, m) = (parameters.len(), problem.count());
    let (mut residuals, mut derivatives) = (vec![0.0; m], vec![0.0; m * n]);
    problem.evaluate(parameters, &mut residuals, Some(&mut derivatives));
    let (normal, _) = normal_equations(&residuals, &derivatives, n);
    let scale: Vec<f64> = (0..n).map(|k| normal[k * n + k].sqrt()).collect();
    let correlation: Vec<f64> = (0..n * n).map(|i| normal[i] / (scale[i / n] * scale[i % n])).collect();
    let factor = cholesky(correlation, n)?;
    let mut inverse = vec![0.0; n * n];
    for k in 0..n {
        let mut unit = vec![0.0; n];
        unit[k] = 1.0;
        let column = substitute(&factor, unit);
        for row in 0..n {
            inverse[row * n + k] = column[row] / (scale[row] * scale[k]);
        }
    }
    inverse.iter().all(|value| value.is_finite()).then_some(inverse)
}

fn sum_of_squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

fn normal_equations(residuals: &[f64], derivatives: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut normal, mut gradient) = (vec![0.0; n * n], vec![0.0; n]);
    for (residual, row) in residuals.iter().zip(derivatives.chunks_exact(n)) {
        for i in 0..n {
            gradient[i] += row[i] * residual;
            for j in 0..=i {
                normal[i * n + j] += row[i] * row[j];
            }
        }
    }
    for i in 0..n {
        for j in i + 1..n {
            normal[i * n + j] = normal[j * n + i];
        }
    }
    (normal, gradient)
}

/// The step of Levenberg and Marquardt; held parameters stay, and none moves where the equations have no solution.
fn damped_step(normal: &[f64], gradient: &[f64], held: &[bool], damping: f64) -> Vec<f64> {
    let n = gradient.len();
    let largest = (0..n).map(|k| normal[k * n + k]).fold(f64::MIN_POSITIVE, f64::max);
    let scale: Vec<f64> = (0..n).map(|k| normal[k * n + k].max(1e-14 * largest).sqrt()).collect();
    let mut damped = vec![0.0; n * n];
    let mut right = vec![0.0; n];
    for i in 0..n {
        for j in 0..n {
            if !held[i] && !held[j] {
                damped[i * n + j] = normal[i * n + j] / (scale[i] * scale[j]);
            }
        }
        damped[i * n + i] = 1.0 + damping;
        right[i] = if held[i] { 0.0 } else { -gradient[i] / scale[i] };
    }
    match cholesky(damped, n) {
        Some(factor) => substitute(&factor, right).iter().zip(&scale).map(|(step, s)| step / s).collect(),
        None => vec![0.0; n],
    }
}

/// Lower factor of a symmetric positive definite matrix (row-major); None for any other.
fn cholesky(mut a: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
            let rest = a[i * n + j] - known;
            a[i * n + j] = if i == j { rest.sqrt() } else { rest / a[j * n + j] };
        }
        // Below this the correlation is beyond what the arithmetic resolves.
        if a[i * n + i].is_nan() || a[i * n + i] < 1e-7 {
            return None;
        }
    }
    Some(a)
}

/// Solves with the lower factor and its transpose.
fn substitute(factor: &[f64], mut x: Vec<f64>) -> Vec<f64> {
    let n = x.len();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| factor[i * n + k] * x[k]).sum();
        x[i] = (x[i] - known) / factor[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| factor[k * n + i] * x[k]).sum();
        x[i] = (x[i] - known) / factor[i * n + i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// y = a exp(-b t) at t = 0..5.
    struct Decay([f64; 6]);

    impl Residuals for Decay {
        fn count(&self) -> usize {
            6
        }

        fn evaluate(&self, p: &[f64], residuals: &mut [f64], derivatives: Option<&mut [f64]>) {
            let curve = |t: usize| (-p[1] * t as f64).exp();
            for (t, residual) in residuals.iter_mut().enumerate() {
                *residual = p[0] * curve(t) - self.0[t];
            }
            if let Some(derivatives) = derivatives {
                for (t, row) in derivatives.chunks_exact_mut(2).enumerate() {
                    row.copy_from_slice(&[curve(t), -p[0] * t as f64 * curve(t)]);
                }
            }
        }
    }

    #[test]
    fn finds_a_decay_and_respects_a_bound() {
        let data = Decay(std::array::from_fn(|t| 3.0 * (-0.5 * t as f64).exp()));
        let free = fit(&data, &[1.0, 0.0], &[(0.0, 10.0), (0.0, 5.0)], 100);
        assert!(free.converged && (free.parameters[0] - 3.0).abs() < 1e-6 && (free.parameters[1] - 0.5).abs() < 1e-6);
        let bounded = fit(&data, &[1.0, 0.0], &[(0.0, 10.0), (0.0, 0.3)], 100);
        assert!(bounded.converged && bounded.parameters[1] == 0.3, "{bounded:?}");
        assert!(covariance(&data, &free.parameters).is_some());
    }
}
