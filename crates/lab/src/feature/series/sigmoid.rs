//! A passage from one level to another in an S, such as gloss while a film dries: a + b/(1 + exp(-(t - m)/s)).

use matdock_message::{Message, say};

use super::{
    Series,
    curve::{Curve, Data, Fitted},
};
use crate::feature::extractor::{Estimate, Extractor, Needs, UnitRule, fitted};

/// Rows that are fitted, at most; more are taken together.
const ROWS: usize = 4000;
/// Block means on which the begin of the fit is looked for, at most.
const COARSE_ROWS: usize = 300;
/// Middles and widths that are tried.
const MIDDLES: usize = 40;
const WIDTHS: usize = 14;
const FEWEST_ROWS: usize = 8;

const SOURCE: &str = "logistic function (Verhulst 1845), least squares";

pub(super) static EXTRACTORS: [Extractor; 3] = [
    fitted("sigmoid rise", "lab-feature-about-sigmoid-rise", UnitRule::PerAxis, Needs::Axis, |series, _| {
        series.sigmoid()?.steepest(1.0)
    })
    .from(SOURCE),
    fitted("sigmoid fall", "lab-feature-about-sigmoid-fall", UnitRule::PerAxis, Needs::Axis, |series, _| {
        series.sigmoid()?.steepest(-1.0)
    })
    .from(SOURCE),
    fitted(
        "sigmoid midpoint",
        "lab-feature-about-sigmoid-midpoint",
        UnitRule::AxisDifference,
        Needs::Axis,
        |series, _| series.sigmoid()?.midpoint(),
    )
    .from(SOURCE),
];

/// The fitted S. Parameters: a and b in units of the range, m in units of the span, ln s of s in units of the span.
#[derive(Debug, Clone)]
pub(super) struct Sigmoid {
    fitted: Fitted,
    range: f64,
    span: f64,
}

struct Logistic;

impl Curve for Logistic {
    fn at(&self, p: &[f64], x: f64, slopes: Option<&mut [f64]>) -> f64 {
        let width = p[3].exp();
        let age = (x - p[2]) / width;
        let share = 1.0 / (1.0 + (-age).exp());
        if let Some(slopes) = slopes {
            let steep = p[1] * share * (1.0 - share);
            slopes.copy_from_slice(&[1.0, share, -steep / width, -steep * age]);
        }
        p[0] + p[1] * share
    }
}

impl Series<'_> {
    fn sigmoid(&self) -> Result<Sigmoid, Message> {
        self.sigmoid.get_or_init(|| sigmoid(self)).clone()
    }
}

impl Sigmoid {
    /// The slope in the middle, b/(4 s), where it has the wanted sign.
    fn steepest(&self, sign: f64) -> Result<Estimate, Message> {
        let p = &self.fitted.parameters;
        let slope = sign * p[1] / (4.0 * p[3].exp()) * self.range / self.span;
        if slope <= 0.0 {
            return Err(if sign > 0.0 { say!("lab-feature-only-falls") } else { say!("lab-feature-only-rises") });
        }
        self.fitted.estimate(slope, &[0.0, slope / p[1], 0.0, -slope], 0.5 * slope)
    }

    /// From the begin of the axis to the middle.
    fn midpoint(&self) -> Result<Estimate, Message> {
        let middle = self.fitted.parameters[2] * self.span;
        self.fitted.estimate(middle, &[0.0, 0.0, self.span, 0.0], 0.25 * self.span)
    }
}

fn sigmoid(series: &Series<'_>) -> Result<Sigmoid, Message> {
    series.at_least(FEWEST_ROWS)?;
    let (low, high) = series.changes()?;
    let (range, span, begin) = (high - low, series.span(), series.axis[0]);
    let scaled = |most: usize| {
        let (axis, values) = series.thinned(most);
        let x: Vec<f64> = axis.iter().map(|t| (t - begin) / span).collect();
        let y: Vec<f64> = values.iter().map(|y| (y - low) / range).collect();
        (x, y)
    };
    let (x, y) = scaled(COARSE_ROWS);
    let step = 1.0 / (series.values.len() - 1) as f64;
    let start = begin_of_fit(&x, &y, step).ok_or_else(|| say!("lab-feature-no-fit", percent = 0))?;
    let (x, y) = scaled(ROWS);
    let bounds = [(-1e3, 1e3), (-1e3, 1e3), (0.0, 1.0), ((0.1 * step).ln(), 0.5_f64.ln())];
    let fitted = Data { curve: Logistic, x: &x, y: &y }.fit(&start, &bounds, series.noise() / range)?;
    let middle = fitted.parameters[2];
    if middle <= 0.0 || middle >= 1.0 {
        return Err(say!("lab-feature-no-midpoint"));
    }
    Ok(Sigmoid { fitted, range, span })
}

/// The best of a grid of middles and widths, with levels of least squares.
fn begin_of_fit(x: &[f64], y: &[f64], step: f64) -> Option<[f64; 4]> {
    let rows = x.len() as f64;
    let mean_y = y.iter().sum::<f64>() / rows;
    let (widest, narrowest) = (0.25_f64.ln(), step.max(0.3 / rows).ln());
    let mut best: Option<(f64, [f64; 4])> = None;
    for width in (0..WIDTHS).map(|k| widest + (narrowest - widest) * k as f64 / (WIDTHS - 1) as f64) {
        for middle in (1..MIDDLES).map(|k| k as f64 / MIDDLES as f64) {
            let share = |x: &f64| 1.0 / (1.0 + (-(x - middle) / width.exp()).exp());
            let shares: Vec<f64> = x.iter().map(share).collect();
            let mean = shares.iter().sum::<f64>() / rows;
            let (mut squares, mut product) = (0.0, 0.0);
            for (share, y) in shares.iter().zip(y) {
                squares += (share - mean) * (share - mean);
                product += (share - mean) * (y - mean_y);
            }
            let b = product / squares;
            let explained = b * product;
            if explained.is_finite() && best.is_none_or(|(most, _)| explained > most) {
                best = Some((explained, [mean_y - b * mean, b, middle, width]));
            }
        }
    }
    best.map(|(_, start)| start)
}
