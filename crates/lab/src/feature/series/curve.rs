//! Curves fitted to a series by least squares: how well, and how sure of each parameter.

use matdock_message::{Message, say};

use crate::{
    analysis::least_squares::{self, Residuals},
    feature::extractor::Estimate,
};

/// A curve that explains less than this share of the variance is none.
const LEAST: f64 = 0.5;
/// One that explains less than this share is flagged, unless what is left is noise.
const GOOD: f64 = 0.95;
/// What is left is noise up to this multiple of the noise of the series.
const NOISY: f64 = 1.5;

/// A curve along a scaled axis.
pub(super) trait Curve {
    /// Its value at `x`; where asked also the derivative by each parameter.
    fn at(&self, parameters: &[f64], x: f64, slopes: Option<&mut [f64]>) -> f64;
}

/// What a curve is fitted to.
pub(super) struct Data<'a, C> {
    pub curve: C,
    pub x: &'a [f64],
    pub y: &'a [f64],
}

/// A curve of least squares.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub parameters: Vec<f64>,
    /// Of the parameters, row-major; none where the data do not determine all of them.
    covariance: Option<Vec<f64>>,
    /// What is wrong with it, but not so much that nothing can be said.
    flags: Vec<Message>,
}

impl<C: Curve> Residuals for Data<'_, C> {
    fn count(&self) -> usize {
        self.x.len()
    }

    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64], derivatives: Option<&mut [f64]>) {
        let rows = self.x.iter().zip(self.y).zip(residuals);
        match derivatives {
            None => rows.for_each(|((x, y), residual)| *residual = self.curve.at(parameters, *x, None) - y),
            Some(slopes) => {
                for (((x, y), residual), slopes) in rows.zip(slopes.chunks_exact_mut(parameters.len())) {
                    *residual = self.curve.at(parameters, *x, Some(slopes)) - y;
                }
            }
        }
    }
}

impl<C: Curve> Data<'_, C> {
    /// Refines the parameters from `start`; `noise` is the standard deviation of the noise of `y`.
    ///
    /// # Errors
    /// The curve explains less than half of the variance.
    pub fn fit(&self, start: &[f64], bounds: &[(f64, f64)], noise: f64) -> Result<Fitted, Message> {
        let fit = least_squares::fit(self, start, bounds, 200);
        let rows = self.y.len() as f64;
        let mean = self.y.iter().sum::<f64>() / rows;
        let all: f64 = self.y.iter().map(|y| (y - mean) * (y - mean)).sum();
        let explained = 1.0 - fit.cost / all;
        if explained.is_nan() || explained < LEAST {
            return Err(say!("lab-feature-no-fit", percent = percent(explained)));
        }
        let freedom = (rows - fit.parameters.len() as f64).max(1.0);
        let variance = fit.cost / freedom;
        let mut flags = Vec::new();
        if explained < GOOD && variance.sqrt() > NOISY * noise {
            flags.push(say!("lab-feature-poor-fit", percent = percent(explained)));
        }
        if !fit.converged {
            flags.push(say!("lab-feature-unsettled-fit"));
        }
        let scaled = |inverse: Vec<f64>| inverse.into_iter().map(|value| value * variance).collect();
        let covariance = least_squares::covariance(self, &fit.parameters).map(scaled);
        Ok(Fitted { parameters: fit.parameters, covariance, flags })
    }
}

impl Fitted {
    /// A number that follows from the parameters; `slopes` are its derivatives by them.
    ///
    /// # Errors
    /// The data do not determine it: its standard uncertainty is unknown or above `coarse`.
    pub fn estimate(&self, value: f64, slopes: &[f64], coarse: f64) -> Result<Estimate, Message> {
        let count = slopes.len();
        let variance = self.covariance.as_ref().map(|covariance| {
            let entry = |i: usize| slopes[i / count] * slopes[i % count] * covariance[i];
            (0..count * count).map(entry).sum::<f64>()
        });
        match variance.map(|variance| variance.max(0.0).sqrt()) {
            Some(uncertainty) if uncertainty <= coarse => {
                Ok(Estimate { value, uncertainty: Some(uncertainty), flags: self.flags.clone() })
            }
            _ => Err(say!("lab-feature-undetermined")),
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}", 100.0 * share.clamp(0.0, 1.0))
}
