//! Time constants of an approach to an end value: y = a + b exp(-t/tau), or the sum of two.

use matdock_message::{Message, say};

use super::{Series, exceeds, statistics::mean};
use crate::{
    analysis::least_squares::{self, Residuals},
    feature::extractor::{Extractor, Needs, UnitRule, of_series},
};

/// Block means that are fitted, at most.
const ROWS: usize = 400;
/// Time constants tried before the best is refined.
const TRIED: usize = 48;
const FEWEST_ROWS: usize = 8;
/// An exponential that explains less than this share of the squares is none.
const EXPLAINED: f64 = 0.5;
/// A second exponential has to lower the residual by this much (F test, some 5 standard deviations).
const SECOND: f64 = 12.0;

pub(super) static EXTRACTORS: [Extractor; 2] = [
    of_series(
        "time constant",
        "lab-feature-about-time-constant",
        UnitRule::AxisDifference,
        Needs::Axis,
        |series, _| Ok(series.relaxation(1)?[0]),
    ),
    of_series(
        "double time constant",
        "lab-feature-about-double-time-constant",
        UnitRule::AxisDifference,
        Needs::Axis,
        |series, number| Ok(series.relaxation(2)?[number.clamp(1, 2) - 1]),
    )
    .numbered(),
];

/// Time constants, the shorter first; twice the same for a single exponential.
pub(super) type Relaxation = [f64; 2];

/// Readings to fit; the values without their mean and in units of their range.
struct Data {
    time: Vec<f64>,
    values: Vec<f64>,
    squares: f64,
    shortest: f64,
    span: f64,
}

impl Series<'_> {
    fn relaxation(&self, terms: usize) -> Result<Relaxation, Message> {
        self.relaxation[terms - 1].get_or_init(|| relaxation(self, terms)).clone()
    }
}

fn relaxation(series: &Series<'_>, terms: usize) -> Result<Relaxation, Message> {
    series.at_least(FEWEST_ROWS)?;
    let (low, high) = series.changes()?;
    let (axis, values) = series.thinned(ROWS);
    let (begin, level) = (axis[0], mean(&values));
    let values: Vec<f64> = values.iter().map(|y| (y - level) / (high - low)).collect();
    let time: Vec<f64> = axis.iter().map(|t| t - begin).collect();
    let span = time[time.len() - 1];
    let squares = values.iter().map(|y| y * y).sum();
    let data = Data { time, values, squares, shortest: span / (axis.len() - 1) as f64, span };
    let (one, residual) = data.one();
    let unexplained = (1.0 - EXPLAINED) * data.squares;
    let bound = |tau: f64| if tau > data.span { Err(say!("lab-feature-relaxation-slow")) } else { Ok(tau) };
    if terms == 1 {
        if residual > unexplained || one < 0.6 * data.shortest {
            return Err(say!("lab-feature-no-relaxation"));
        }
        return bound(one).map(|tau| [tau, tau]);
    }
    let (two, left) = data.two();
    if left > unexplained {
        return Err(say!("lab-feature-no-relaxation"));
    }
    let freedom = data.values.len() as f64 - 5.0;
    let gained = 0.5 * (residual - left) * freedom / left.max(1e-18 * data.squares);
    if freedom < 3.0 || gained < SECOND || two[1] < 2.0 * two[0] || residual < 1e-14 * data.squares {
        return Err(say!("lab-feature-one-time-constant"));
    }
    bound(two[1]).map(|slow| [two[0], slow])
}

impl Data {
    /// exp(-t/tau) without its mean.
    fn term(&self, tau: f64) -> Vec<f64> {
        let mut term: Vec<f64> = self.time.iter().map(|t| (-t / tau).exp()).collect();
        let middle = mean(&term);
        term.iter_mut().for_each(|value| *value -= middle);
        term
    }

    fn bounds(&self) -> (f64, f64) {
        ((0.3 * self.shortest).ln(), (3.0 * self.span).ln())
    }

    fn grid(&self) -> Vec<f64> {
        let (low, high) = self.bounds();
        (0..TRIED).map(|k| (low + (high - low) * k as f64 / (TRIED - 1) as f64).exp()).collect()
    }

    /// The best single time constant and the squares it leaves.
    fn one(&self) -> (f64, f64) {
        let grid = self.grid();
        let terms: Vec<Vec<f64>> = grid.iter().map(|tau| self.term(*tau)).collect();
        let share = |term: &Vec<f64>| dot(term, &self.values) / dot(term, term).max(f64::MIN_POSITIVE);
        let best = lowest(&terms, |term| -share(term) * dot(term, &self.values));
        let b = share(&terms[best]);
        let (taus, left) = self.fit(&[b], &[grid[best]]);
        (taus[0], left)
    }

    /// The best two time constants, the shorter first, and the squares they leave.
    fn two(&self) -> ([f64; 2], f64) {
        let grid = self.grid();
        let terms: Vec<Vec<f64>> = grid.iter().map(|tau| self.term(*tau)).collect();
        let pairs: Vec<(usize, usize)> = (0..TRIED).flat_map(|i| (i + 1..TRIED).map(move |j| (i, j))).collect();
        let best = lowest(&pairs, |(i, j)| -self.pair(&terms[*i], &terms[*j]).1);
        let (i, j) = pairs[best];
        let (taus, left) = self.fit(&self.pair(&terms[i], &terms[j]).0, &[grid[i], grid[j]]);
        ([taus[0].min(taus[1]), taus[0].max(taus[1])], left)
    }

    /// Factors of two terms by least squares, and the squares they explain.
    fn pair(&self, a: &[f64], b: &[f64]) -> ([f64; 2], f64) {
        let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
        let (ya, yb) = (dot(a, &self.values), dot(b, &self.values));
        let determinant = aa * bb - ab * ab;
        if !exceeds(determinant, 1e-10 * aa * bb) {
            return ([0.0; 2], 0.0);
        }
        let factors = [(ya * bb - yb * ab) / determinant, (yb * aa - ya * ab) / determinant];
        (factors, factors[0] * ya + factors[1] * yb)
    }

    /// Refines the best of the grid.
    fn fit(&self, factors: &[f64], taus: &[f64]) -> (Vec<f64>, f64) {
        let terms = taus.len();
        let start: Vec<f64> =
            [0.0].into_iter().chain(factors.iter().copied()).chain(taus.iter().map(|t| t.ln())).collect();
        let mut bounds = vec![(-1e6, 1e6); 1 + terms];
        bounds.resize(1 + 2 * terms, self.bounds());
        let fit = least_squares::fit(self, &start, &bounds, 200);
        (fit.parameters[1 + terms..].iter().map(|log| log.exp()).collect(), fit.cost)
    }
}

/// Parameters: the end value, a factor per term, the logarithm of a time constant per term.
impl Residuals for Data {
    fn count(&self) -> usize {
        self.values.len()
    }

    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64], mut derivatives: Option<&mut [f64]>) {
        let (all, terms) = (parameters.len(), parameters.len() / 2);
        for (row, (t, y)) in self.time.iter().zip(&self.values).enumerate() {
            residuals[row] = parameters[0] - y;
            if let Some(slopes) = derivatives.as_deref_mut() {
                slopes[row * all] = 1.0;
            }
            for term in 0..terms {
                let (factor, age) = (parameters[1 + term], t / parameters[1 + terms + term].exp());
                let value = (-age).exp();
                residuals[row] += factor * value;
                if let Some(slopes) = derivatives.as_deref_mut() {
                    slopes[row * all + 1 + term] = value;
                    slopes[row * all + 1 + terms + term] = factor * value * age;
                }
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Place of the lowest value.
fn lowest<T>(items: &[T], value: impl Fn(&T) -> f64) -> usize {
    let values = items.iter().map(value).enumerate();
    values.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(place, _)| place)
}
