//! What the values of a property over the elements of a material are summed up to.

use super::{MagpieProperty, Statistic};
use crate::{Element, element::Column};

/// An element of a material.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) element: Element,
    /// Its share of the atoms.
    fraction: f64,
    /// Whether no other is more abundant.
    is_most: bool,
}

impl Share {
    pub(super) fn all(fractions: &[(Element, f64)]) -> Vec<Self> {
        let largest = fractions.iter().map(|(_, fraction)| *fraction).fold(0.0, f64::max);
        // Amounts written with a few digits are equal where they agree to 1e-5, as in matminer.
        let is_most = |fraction: f64| largest - fraction <= 1e-8 + 1e-5 * largest;
        let share = |&(element, fraction): &(Element, f64)| Self { element, fraction, is_most: is_most(fraction) };
        fractions.iter().map(share).collect()
    }
}

/// Summaries of every property of the Magpie set, in its order.
pub(super) type MagpieSummaries = [Summary; MagpieProperty::ALL.len()];

/// The statistics of one property over a material.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summary {
    pub(super) mean: f64,
    deviation: f64,
    minimum: f64,
    maximum: f64,
    mode: f64,
}

impl Summary {
    /// Of one property, by its values for every element; all NaN where one that is needed is.
    pub(super) fn of(shares: &[Share], column: &Column) -> Self {
        let [summary] = summaries(shares, |element| [column[usize::from(element.atomic_number()) - 1]]);
        summary
    }

    /// Of every property of the Magpie set at once, which is far quicker than one after the other.
    pub(super) fn of_magpie(shares: &[Share]) -> MagpieSummaries {
        summaries(shares, |element| *MagpieProperty::row(element))
    }

    /// Anion and cation are no statistics of a property alone and have been seen to before.
    pub(super) fn statistic(&self, statistic: Statistic) -> f64 {
        match statistic {
            Statistic::Mean | Statistic::Anion | Statistic::Cation => self.mean,
            Statistic::Deviation => self.deviation,
            Statistic::Minimum => self.minimum,
            Statistic::Maximum => self.maximum,
            Statistic::Range => self.maximum - self.minimum,
            Statistic::Mode => self.mode,
        }
    }
}

/// Summaries of N properties side by side, from their values for an element.
fn summaries<const N: usize>(shares: &[Share], values_of: impl Fn(Element) -> [f64; N]) -> [Summary; N] {
    let (mut weight, mut mean, mut deviation) = (0.0, [0.0; N], [0.0; N]);
    let (mut minimum, mut maximum, mut mode) = ([f64::INFINITY; N], [f64::NEG_INFINITY; N], [f64::INFINITY; N]);
    for share in shares {
        let values = values_of(share.element);
        weight += share.fraction;
        for k in 0..N {
            mean[k] += share.fraction * values[k];
            minimum[k] = if values[k] < minimum[k] { values[k] } else { minimum[k] };
            maximum[k] = if values[k] > maximum[k] { values[k] } else { maximum[k] };
        }
        if share.is_most {
            (0..N).for_each(|k| mode[k] = if values[k] < mode[k] { values[k] } else { mode[k] });
        }
    }
    mean.iter_mut().for_each(|mean| *mean /= weight);
    for share in shares {
        let values = values_of(share.element);
        (0..N).for_each(|k| deviation[k] += share.fraction * (values[k] - mean[k]).abs());
    }
    std::array::from_fn(|k| Summary {
        mean: mean[k],
        deviation: deviation[k] / weight,
        minimum: minimum[k],
        maximum: maximum[k],
        mode: mode[k],
    })
}
