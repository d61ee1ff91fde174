//! Peaks by fit: Gaussian, Lorentzian or pseudo-Voigt peaks on a linear background.
//!
//! A peak found as in `peaks` is fitted in a window around it together with the peaks that overlap with it.

use std::f64::consts::{LN_2, PI};

use matdock_message::{Message, say};

use super::{
    Series,
    curve::{Curve, Data, Fitted},
    peaks::Peak,
};
use crate::feature::extractor::{Estimate, Extractor, Needs, UnitRule, fitted};

/// Half of the window, in widths of the peak.
const WINDOW: f64 = 4.0;
/// Peaks fitted at once, at most: the nearest.
const TOGETHER: usize = 6;
/// Rows that are fitted, at most; more are taken together.
const ROWS: usize = 4000;
/// Rows beyond the number of parameters that are needed.
const SPARE_ROWS: usize = 3;

const SOURCE: &str = "least squares (Marquardt, J. SIAM 11, 431, 1963)";
const VOIGT: &str = "Wertheim et al., Rev. Sci. Instrum. 45, 1369 (1974), least squares";

/// Form of a peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Gaussian = 0,
    Lorentzian = 1,
    PseudoVoigt = 2,
}

macro_rules! of_peak {
    ($name:literal, $about:literal, $unit:ident, $form:ident, $value:ident) => {
        fitted($name, $about, UnitRule::$unit, Needs::Axis, |series, number| {
            series.fitted_peak(Form::$form, number)?.$value()
        })
        .numbered()
    };
}

pub(super) static EXTRACTORS: [Extractor; 13] = [
    of_peak!("gaussian peak position", "lab-feature-about-fit-position", Axis, Gaussian, position).from(SOURCE),
    of_peak!("gaussian peak height", "lab-feature-about-fit-height", Difference, Gaussian, height).from(SOURCE),
    of_peak!("gaussian peak width", "lab-feature-about-fit-width", AxisDifference, Gaussian, width).from(SOURCE),
    of_peak!("gaussian peak area", "lab-feature-about-fit-area", TimesAxis, Gaussian, area).from(SOURCE),
    of_peak!("lorentzian peak position", "lab-feature-about-fit-position", Axis, Lorentzian, position).from(SOURCE),
    of_peak!("lorentzian peak height", "lab-feature-about-fit-height", Difference, Lorentzian, height).from(SOURCE),
    of_peak!("lorentzian peak width", "lab-feature-about-fit-width", AxisDifference, Lorentzian, width).from(SOURCE),
    of_peak!("lorentzian peak area", "lab-feature-about-fit-area", TimesAxis, Lorentzian, area).from(SOURCE),
    of_peak!("pseudo-voigt peak position", "lab-feature-about-fit-position", Axis, PseudoVoigt, position).from(VOIGT),
    of_peak!("pseudo-voigt peak height", "lab-feature-about-fit-height", Difference, PseudoVoigt, height).from(VOIGT),
    of_peak!("pseudo-voigt peak width", "lab-feature-about-fit-width", AxisDifference, PseudoVoigt, width).from(VOIGT),
    of_peak!("pseudo-voigt peak area", "lab-feature-about-fit-area", TimesAxis, PseudoVoigt, area).from(VOIGT),
    of_peak!("pseudo-voigt peak mixing", "lab-feature-about-fit-mixing", One, PseudoVoigt, mixing).from(VOIGT),
];

/// Peaks on a line. Parameters: the line at the middle of the window and its slope; then per peak its position, the
/// logarithm of its full width at half maximum, its height and, for pseudo-Voigt, its Lorentzian share.
struct Peaks(Form);

/// A fitted peak with its neighbours, the peak itself first.
#[derive(Debug, Clone)]
pub(super) struct FittedPeak {
    form: Form,
    fitted: Fitted,
    /// Units of the fit: middle and width of the peak as found, its prominence.
    middle: f64,
    width: f64,
    height: f64,
}

impl Form {
    fn parameters(self) -> usize {
        if self == Self::PseudoVoigt { 4 } else { 3 }
    }
}

impl Curve for Peaks {
    fn at(&self, p: &[f64], x: f64, mut slopes: Option<&mut [f64]>) -> f64 {
        let each = self.0.parameters();
        let mut value = p[0] + p[1] * x;
        if let Some(slopes) = slopes.as_deref_mut() {
            slopes[..2].copy_from_slice(&[1.0, x]);
        }
        for (peak, parameters) in p[2..].chunks_exact(each).enumerate() {
            let (position, width, height) = (parameters[0], parameters[1].exp(), parameters[2]);
            let share = match self.0 {
                Form::Gaussian => 0.0,
                Form::Lorentzian => 1.0,
                Form::PseudoVoigt => parameters[3],
            };
            // In half widths.
            let u = 2.0 * (x - position) / width;
            let (gauss, lorentz) = ((-LN_2 * u * u).exp(), 1.0 / (1.0 + u * u));
            let form = share * lorentz + (1.0 - share) * gauss;
            value += height * form;
            if let Some(slopes) = slopes.as_deref_mut() {
                let by_u = -2.0 * u * (share * lorentz * lorentz + (1.0 - share) * LN_2 * gauss);
                let own = &mut slopes[2 + peak * each..2 + (peak + 1) * each];
                own[..3].copy_from_slice(&[-2.0 * height * by_u / width, -height * by_u * u, form]);
                if each == 4 {
                    own[3] = height * (lorentz - gauss);
                }
            }
        }
        value
    }
}

impl Series<'_> {
    fn fitted_peak(&self, form: Form, number: usize) -> Result<FittedPeak, Message> {
        let mut known = self.fitted_peaks.borrow_mut();
        known.entry((form as usize, number)).or_insert_with(|| fit(self, form, number)).clone()
    }
}

fn fit(series: &Series<'_>, form: Form, number: usize) -> Result<FittedPeak, Message> {
    let peak = *series.peak(number)?;
    let (low, high) = (peak.position - WINDOW * peak.width, peak.position + WINDOW * peak.width);
    let first = series.axis.partition_point(|t| *t < low);
    let last = series.axis.partition_point(|t| *t <= high);
    let together = neighbours(series, &peak, number, (low, high));
    let needed = 2 + form.parameters() * together.len() + SPARE_ROWS;
    if last - first < needed {
        return Err(say!("lab-feature-narrow-peak", found = last - first, needed = needed));
    }
    let scaled = |rows: &[f64], middle: f64, unit: f64| -> Vec<f64> {
        let size = rows.len().div_ceil(ROWS).max(1);
        rows.chunks(size).map(|block| (block.iter().sum::<f64>() / block.len() as f64 - middle) / unit).collect()
    };
    let foot = peak.height - peak.prominence;
    let x = scaled(&series.axis[first..last], peak.position, peak.width);
    let y = scaled(&series.values[first..last], foot, peak.prominence);
    let (mut start, mut bounds) = (vec![0.0, 0.0], vec![(-1e6, 1e6); 2]);
    for (index, near) in together.iter().enumerate() {
        let (at, width) = ((near.position - peak.position) / peak.width, near.width / peak.width);
        start.extend([at, width.ln(), near.prominence / peak.prominence]);
        // The peak itself stays where it was found; its neighbours may lie outside the window.
        let reach = if index == 0 { 1.0 } else { width.max(1.0) };
        bounds.extend([(at - reach, at + reach), ((0.05 * width).ln(), (10.0 * width).ln()), (0.0, 1e3)]);
        if form == Form::PseudoVoigt {
            start.push(0.5);
            bounds.push((0.0, 1.0));
        }
    }
    let noise = series.noise() / peak.prominence;
    let fitted = Data { curve: Peaks(form), x: &x, y: &y }.fit(&start, &bounds, noise)?;
    Ok(FittedPeak { form, fitted, middle: peak.position, width: peak.width, height: peak.prominence })
}

/// The peak and those whose middles or feet lie in the window, the peak first, then the nearest.
fn neighbours(series: &Series<'_>, peak: &Peak, number: usize, (low, high): (f64, f64)) -> Vec<Peak> {
    let near = |other: &Peak| other.position + other.width > low && other.position - other.width < high;
    let others = series.peaks().iter().enumerate().filter(|(index, other)| index + 1 != number && near(other));
    let mut others: Vec<Peak> = others.map(|(_, other)| *other).collect();
    let away = |other: &Peak| (other.position - peak.position).abs();
    others.sort_by(|a, b| away(a).total_cmp(&away(b)));
    std::iter::once(*peak).chain(others).take(TOGETHER).collect()
}

impl FittedPeak {
    /// One number of the peak: its derivatives by position, logarithm of the width, height and share.
    fn estimate(&self, value: f64, by: [f64; 4], coarse: f64) -> Result<Estimate, Message> {
        let mut slopes = vec![0.0; self.fitted.parameters.len()];
        let own = self.form.parameters();
        slopes[2..2 + own].copy_from_slice(&by[..own]);
        self.fitted.estimate(value, &slopes, coarse)
    }

    /// Full width at half maximum.
    fn fwhm(&self) -> f64 {
        self.width * self.fitted.parameters[3].exp()
    }

    fn top(&self) -> f64 {
        self.height * self.fitted.parameters[4]
    }

    fn share(&self) -> f64 {
        match self.form {
            Form::Gaussian => 0.0,
            Form::Lorentzian => 1.0,
            Form::PseudoVoigt => self.fitted.parameters[5],
        }
    }

    fn position(&self) -> Result<Estimate, Message> {
        let value = self.middle + self.width * self.fitted.parameters[2];
        self.estimate(value, [self.width, 0.0, 0.0, 0.0], 0.5 * self.fwhm())
    }

    fn width(&self) -> Result<Estimate, Message> {
        self.estimate(self.fwhm(), [0.0, self.fwhm(), 0.0, 0.0], 0.5 * self.fwhm())
    }

    fn height(&self) -> Result<Estimate, Message> {
        self.estimate(self.top(), [0.0, 0.0, self.height, 0.0], 0.5 * self.top())
    }

    /// Height times width, by the area of the form of height and width 1.
    fn area(&self) -> Result<Estimate, Message> {
        let (gauss, lorentz) = (0.5 * (PI / LN_2).sqrt(), 0.5 * PI);
        let size = self.top() * self.fwhm();
        let form = self.share() * lorentz + (1.0 - self.share()) * gauss;
        let by = [0.0, size * form, self.height * self.fwhm() * form, size * (lorentz - gauss)];
        self.estimate(size * form, by, 0.5 * size * form)
    }

    /// Lorentzian share.
    fn mixing(&self) -> Result<Estimate, Message> {
        self.estimate(self.share(), [0.0, 0.0, 0.0, 1.0], 0.5)
    }
}
