//! Interface resistance from an impedance spectrum.
//!
//! The circuit R0 - (R1||CPE1) - (R2||CPE2) is fitted by complex nonlinear least squares with modulus weighting
//! (Macdonald and Garber, J. Electrochem. Soc. 124, 1022, 1977; Boukamp, Solid State Ionics 20, 31, 1986; Brug et al.,
//! J. Electroanal. Chem. 176, 275, 1984). Arc 1 is the faster one, the electrolyte; arc 2, the slower one, is taken for
//! the interface: its double layer has a capacitance some thousand times that of the electrolyte film.
//!
//! How well it fits is judged by comparison with the noise that the data show themselves, without any model (fifth
//! differences along the frequency axis), by runs of residuals of one sign (Wald and Wolfowitz, Ann. Math. Stat. 11,
//! 147, 1940), by whether one arc would do as well (F test), and by where the arcs lie.

use matdock_message::{Message, say};
use matdock_record::{Datum, Qualifier, Quantity, Unit, body::Fields};
use num_complex::Complex64;

use super::{
    Analysis, Named,
    circuit::{Arc, LOWEST_EXPONENT, Spectrum},
    column,
    least_squares::{self, Fit, Residuals},
    setting,
};
use crate::driver::Stream;

const FEWEST_POINTS: usize = 12;
/// Frequencies \[Hz\] and impedances \[Ohm\] outside are no measurement.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 1e-9..=1e15;

/// Fit of an equivalent circuit with two arcs to an impedance spectrum; yields the interface resistance.
///
/// Input: stream `spectrum` with `frequency` \[Hz\] (rising or falling), `real` and `imaginary` \[Ohm\]; setting `area`
/// \[cm2\] of the cell. Output: `R0`, `R1`, `R2` \[Ohm\], `Q1`, `Q2` \[F.s^(n-1), given as F\], `n1`, `n2`, each with
/// one standard deviation from the covariance of the fit; `interface_resistance` = R2 * area \[Ohm.cm2\];
/// `relative_residual` (root mean square of |Z - fit|/|Z| per component), `reduced_chi_square`; `fit_quality` `good`,
/// `doubtful` or `bad`, and `fit_remark` with the reason where it is not good. When it is bad the interface resistance
/// is missing, with that reason.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImpedanceCircuit;

impl Analysis for ImpedanceCircuit {
    fn name(&self) -> &'static str {
        "impedance-circuit"
    }

    fn stream(&self) -> &'static str {
        "spectrum"
    }

    fn columns(&self) -> &'static [Named] {
        &[("frequency", "Hz"), ("real", "Ohm"), ("imaginary", "Ohm")]
    }

    fn settings(&self) -> &'static [Named] {
        &[("area", "cm2")]
    }

    fn outputs(&self) -> &'static [Named] {
        &[
            ("interface_resistance", "Ohm.cm2"),
            ("R0", "Ohm"),
            ("R1", "Ohm"),
            ("Q1", "F"),
            ("n1", "1"),
            ("R2", "Ohm"),
            ("Q2", "F"),
            ("n2", "1"),
            ("relative_residual", "1"),
            ("reduced_chi_square", "1"),
            ("fit_quality", "1"),
            ("fit_remark", "1"),
        ]
    }

    fn run(&self, stream: &Stream, settings: &Fields) -> Result<Fields, Message> {
        let area = setting(settings, "area", "cm2")?;
        let (frequencies, impedances) = read(stream)?;
        let result = CircuitFit::of(&frequencies, &impedances);
        result.fields(area)
    }
}

/// Frequencies and impedances that can be fitted.
fn read(stream: &Stream) -> Result<(Vec<f64>, Vec<Complex64>), Message> {
    let frequencies = column(stream, "frequency", "Hz")?;
    let real = column(stream, "real", "Ohm")?;
    let imaginary = column(stream, "imaginary", "Ohm")?;
    if frequencies.len() < FEWEST_POINTS {
        return Err(say!("lab-analysis-too-few-points", found = frequencies.len(), needed = FEWEST_POINTS));
    }
    let impedances: Vec<Complex64> = real.iter().zip(&imaginary).map(|(re, im)| Complex64::new(*re, *im)).collect();
    for (row, (f, z)) in frequencies.iter().zip(&impedances).enumerate() {
        if !PLAUSIBLE.contains(f) {
            return Err(say!("lab-analysis-frequency-range", row = row + 1, value = f));
        }
        if !PLAUSIBLE.contains(&z.norm()) {
            return Err(say!("lab-analysis-impedance-range", row = row + 1, value = z));
        }
    }
    let rising = frequencies[1] > frequencies[0];
    if let Some(row) = frequencies.windows(2).position(|pair| (pair[1] > pair[0]) != rising || pair[1] == pair[0]) {
        return Err(say!("lab-analysis-frequency-order", row = row + 2, value = frequencies[row + 1]));
    }
    Ok((frequencies, impedances))
}

/// How far a fit can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Quality {
    Good,
    Doubtful,
    Bad,
}

impl Quality {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
        }
    }
}

/// The fitted circuit, arcs from fast to slow, and what is known of its accuracy.
#[derive(Debug)]
struct CircuitFit {
    r0: f64,
    arcs: [Arc; 2],
    /// Of ln R0, then of ln R, ln tau, n of each arc; None where the data do not determine them.
    covariance: Option<Vec<f64>>,
    relative_residual: f64,
    reduced_chi_square: f64,
    quality: Quality,
    remark: Option<Message>,
}

impl CircuitFit {
    fn of(frequencies: &[f64], impedances: &[Complex64]) -> Self {
        let spectrum = Spectrum::new(frequencies, impedances);
        let mut two = best_fit(&spectrum, 2);
        if two.parameters[2] > two.parameters[5] {
            for k in 1..4 {
                two.parameters.swap(k, k + 3);
            }
        }
        let one = best_fit(&spectrum, 1);
        let p = &two.parameters;
        let arc = |k: usize| Arc { r: p[k].exp(), tau: p[k + 1].exp(), n: p[k + 2] };
        let freedom = (spectrum.count() - p.len()) as f64;
        let variance = two.cost / freedom;
        let covariance = least_squares::covariance(&spectrum, p)
            .map(|inverse| inverse.iter().map(|value| value * variance).collect::<Vec<f64>>());
        // A difference of nothing but rounding is no evidence for a second arc.
        let second_arc = (one.cost - two.cost) / 3.0 / variance.max(1e-12);
        let noise = noise(impedances).max(1e-3);
        let mut fit = Self {
            r0: p[0].exp(),
            arcs: [arc(1), arc(4)],
            covariance,
            relative_residual: variance.sqrt(),
            reduced_chi_square: variance / (noise * noise),
            quality: Quality::Good,
            remark: None,
        };
        fit.judge(frequencies, &spectrum, &two, second_arc);
        fit
    }

    /// Standard deviation of the parameter number `k`.
    fn deviation(&self, k: usize) -> Option<f64> {
        self.covariance.as_ref().map(|c| c[k * 7 + k].max(0.0).sqrt()).filter(|d| d.is_finite())
    }

    fn judge(&mut self, frequencies: &[f64], spectrum: &Spectrum, fit: &Fit, second_arc: f64) {
        use Quality::{Bad, Doubtful};
        let percent = |share: f64| format!("{:.1}", 100.0 * share.min(99.99));
        let ends = [frequencies[0], frequencies[frequencies.len() - 1]];
        let (slowest, fastest) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let [fast, slow] = self.arcs;
        let (residual, chi) = (self.relative_residual, self.reduced_chi_square);
        let resistance = self.deviation(4).unwrap_or(f64::INFINITY);
        let systematic = residual > 1e-3 && runs(&residuals(spectrum, &fit.parameters)) < -3.5;
        let mut judgements = [
            (!fit.converged, Bad, say!("lab-analysis-not-converged")),
            (second_arc < 4.0, Bad, say!("lab-analysis-one-arc")),
            (residual > 0.05, Bad, say!("lab-analysis-residual", percent = percent(residual))),
            (resistance > 0.5, Bad, say!("lab-analysis-undetermined", percent = percent(resistance))),
            (slow.peak() < slowest / 3.0, Bad, say!("lab-analysis-out-of-range")),
            (chi > 10.0 && residual > 5e-3, Bad, say!("lab-analysis-residual", percent = percent(residual))),
            (residual > 0.02, Doubtful, say!("lab-analysis-residual", percent = percent(residual))),
            (resistance > 0.15, Doubtful, say!("lab-analysis-undetermined", percent = percent(resistance))),
            (slow.peak() < slowest || slow.peak() > fastest, Doubtful, say!("lab-analysis-out-of-range")),
            (slow.tau < 5.0 * fast.tau, Doubtful, say!("lab-analysis-overlap")),
            (slow.n <= LOWEST_EXPONENT, Doubtful, say!("lab-analysis-exponent")),
            (chi > 4.0 || systematic, Doubtful, say!("lab-analysis-systematic")),
        ]
        .into_iter();
        if let Some((_, quality, remark)) = judgements.find(|(applies, _, _)| *applies) {
            (self.quality, self.remark) = (quality, Some(remark));
        }
    }

    fn fields(&self, (area, area_uncertainty): (f64, f64)) -> Result<Fields, Message> {
        let (ohm, farad, one): (Unit, Unit, Unit) = ("Ohm".parse()?, "F".parse()?, Unit::one());
        let mut fields = Fields::new();
        let mut put = |name: &str, value: f64, uncertainty: Option<f64>, unit: &Unit| {
            fields.insert(name.to_owned(), datum(value, uncertainty, unit));
        };
        put("R0", self.r0, self.deviation(0).map(|d| d * self.r0), &ohm);
        for (k, arc) in self.arcs.iter().enumerate() {
            let first = 1 + 3 * k;
            put(&format!("R{}", k + 1), arc.r, self.deviation(first).map(|d| d * arc.r), &ohm);
            put(&format!("n{}", k + 1), arc.n, self.deviation(first + 2), &one);
            put(&format!("Q{}", k + 1), arc.q(), self.q_deviation(k), &farad);
        }
        put("relative_residual", self.relative_residual, None, &one);
        put("reduced_chi_square", self.reduced_chi_square, None, &one);
        let remark = self.remark.as_ref().map(ToString::to_string);
        let interface = match (&remark, self.quality) {
            (Some(reason), Quality::Bad) => Datum::Missing(reason.clone()),
            _ => {
                let value = self.arcs[1].r * area;
                let relative = |d: f64| d.hypot(area_uncertainty / area);
                datum(value, self.deviation(4).map(|d| relative(d) * value), &"Ohm.cm2".parse()?)
            }
        };
        fields.insert("interface_resistance".to_owned(), interface);
        fields.insert("fit_quality".to_owned(), Datum::Text(self.quality.word().to_owned()));
        if let Some(remark) = remark {
            fields.insert("fit_remark".to_owned(), Datum::Text(remark));
        }
        Ok(fields)
    }

    /// Standard deviation of Q: ln Q = n ln tau - ln R, propagated with the covariance.
    fn q_deviation(&self, k: usize) -> Option<f64> {
        let (covariance, arc, first) = (self.covariance.as_ref()?, self.arcs[k], 1 + 3 * k);
        let slope = [-1.0, arc.n, arc.tau.ln()];
        let pairs = (0..9).map(|i| slope[i / 3] * slope[i % 3] * covariance[(first + i / 3) * 7 + first + i % 3]);
        Some(pairs.sum::<f64>().max(0.0).sqrt() * arc.q()).filter(|d| d.is_finite())
    }
}

fn datum(value: f64, uncertainty: Option<f64>, unit: &Unit) -> Datum {
    if !value.is_finite() {
        return Datum::Missing(say!("lab-analysis-not-determined").to_string());
    }
    let uncertainty = uncertainty.filter(|d| d.is_finite());
    Datum::Quantity(Quantity { value, unit: unit.clone(), uncertainty, qualifier: Qualifier::Equal })
}

/// The lowest of several fits: a few steps from every start, all steps from the two that got furthest.
fn best_fit(spectrum: &Spectrum, arcs: usize) -> Fit {
    let bounds = spectrum.bounds(arcs);
    let starts = spectrum.starts(arcs, 4);
    let mut tried: Vec<Fit> = starts.iter().map(|start| least_squares::fit(spectrum, start, &bounds, 12)).collect();
    tried.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    tried.truncate(2);
    for fit in &mut tried {
        *fit = least_squares::fit(spectrum, &fit.parameters, &bounds, 300);
    }
    tried.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    // There is always a start: the grid of time constants does not depend on the data.
    let middle = || Fit { parameters: bounds.iter().map(|b| 0.5 * (b.0 + b.1)).collect(), cost: 1.0, converged: false };
    tried.into_iter().next().unwrap_or_else(middle)
}

fn residuals(spectrum: &Spectrum, parameters: &[f64]) -> Vec<f64> {
    let mut found = vec![0.0; spectrum.count()];
    spectrum.evaluate(parameters, &mut found, None);
    found
}

/// Relative noise of the data by themselves: fifth differences take away all that is smooth; independent noise of
/// variance s2 leaves 252 s2 (the sum of the squared binomial coefficients).
fn noise(impedances: &[Complex64]) -> f64 {
    const DIFFERENCE: [f64; 6] = [1.0, -5.0, 10.0, -10.0, 5.0, -1.0];
    let squares: Vec<f64> = impedances
        .windows(6)
        .map(|z| {
            let difference: Complex64 = z.iter().zip(DIFFERENCE).map(|(z, factor)| z * factor).sum();
            let size = z.iter().map(|z| z.norm()).sum::<f64>() / 6.0;
            (difference / size).norm_sqr() / (2.0 * 252.0)
        })
        .collect();
    (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt()
}

/// Standard score of the number of runs of one sign, real and imaginary residuals together: far below zero when the
/// model bends where the data do not. Source: Wald and Wolfowitz 1940.
fn runs(residuals: &[f64]) -> f64 {
    let (mut found, mut expected, mut variance) = (0.0, 0.0, 0.0);
    for part in 0..2 {
        let positive: Vec<bool> = residuals.iter().skip(part).step_by(2).map(|r| *r > 0.0).collect();
        let above = positive.iter().filter(|p| **p).count() as f64;
        let (below, all) = (positive.len() as f64 - above, positive.len() as f64);
        let product = 2.0 * above * below;
        found += 1.0 + positive.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64;
        expected += 1.0 + product / all;
        variance += product * (product - all) / (all * all * (all - 1.0));
    }
    if variance > 0.0 { (found - expected) / variance.sqrt() } else { f64::NEG_INFINITY }
}

#[cfg(test)]
#[path = "impedance_tests.rs"]
mod tests;
