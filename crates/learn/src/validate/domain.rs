//! Where a model has seen something: distances to the known rows.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::learner::Features;

/// The known rows as points, each column in units of its spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// Columns that vary: number, middle and spread.
    scales: Vec<(usize, f64, f64)>,
    /// Lowest and highest known value of each of these columns.
    ranges: Vec<(f64, f64)>,
    points: Vec<Vec<f64>>,
    /// Nearest other known rows of each, while it is made and tested; not kept with a model.
    #[serde(skip)]
    neighbours: Vec<Vec<(usize, f64)>>,
    /// Distance beyond which a place is farther from the known rows than 95 % of them are from one another.
    edge: f64,
}

/// Where a row lies beside those known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// As near as known rows are to one another.
    Inside,
    /// Somewhat farther off.
    Edge,
    /// Far from all that is known: a prediction is a guess there.
    Outside,
}

/// Columns up to which distances are exact; more are projected at random onto as many.
///
/// Source: Johnson & Lindenstrauss, Contemp. Math. 26, 189 (1984).
const EXACT: usize = 32;
/// How many spreads a single column may be off at most: rare descriptors have no meaningful spread.
const FARTHEST: f64 = 6.0;
/// Rows whose mean distance counts.
const NEAR: usize = 3;
/// Nearest known rows found for every known row.
const NEIGHBOURS: usize = 30;
/// Share of the known rows inside, and how many times its distance the edge reaches.
const INSIDE: f64 = 0.95;
const EDGE: f64 = 1.5;

impl Domain {
    /// Of these rows.
    pub fn new(features: &Features) -> Self {
        let (mut scales, mut ranges) = (Vec::new(), Vec::new());
        for number in 0..features.width() {
            let known: Vec<f64> = features.column(number).iter().copied().filter(|x| x.is_finite()).collect();
            let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
            let spread = (known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / known.len().max(1) as f64).sqrt();
            if spread.is_finite() && spread > 1e-12 * mean.abs() && spread > 0.0 {
                scales.push((number, mean, spread));
                let range = known.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
                ranges.push(range);
            }
        }
        let mut own = Self { scales, ranges, points: Vec::new(), neighbours: Vec::new(), edge: 0.0 };
        own.points = own.place(features);
        let near = |row: usize| own.nearest_but(&own.points[row], NEIGHBOURS, Some(row));
        own.neighbours = (0..own.points.len()).map(near).collect();
        let mut distances: Vec<f64> =
            (0..own.points.len()).map(|row| mean_distance(own.nearest_of_known(row, NEAR))).collect();
        distances.sort_by(f64::total_cmp);
        let place = (INSIDE * distances.len().saturating_sub(1) as f64).round() as usize;
        own.edge = distances.get(place).copied().filter(|edge| edge.is_finite()).unwrap_or(0.0);
        own
    }

    /// These rows as points.
    pub fn place(&self, features: &Features) -> Vec<Vec<f64>> {
        let width = self.scales.len();
        let projected = width > EXACT;
        let mut points = vec![vec![0.0; if projected { EXACT } else { width }]; features.rows()];
        let mut random = ChaCha8Rng::seed_from_u64(0);
        for (index, (number, mean, spread)) in self.scales.iter().enumerate() {
            let weights: Vec<f64> = if projected {
                let scale = (1.0 / EXACT as f64).sqrt();
                (0..EXACT).map(|_| StandardNormal.sample(&mut random)).map(|z: f64| scale * z).collect()
            } else {
                Vec::new()
            };
            for (point, x) in points.iter_mut().zip(features.column(*number)) {
                // A cell that is missing says nothing.
                let z = if x.is_finite() { ((x - mean) / spread).clamp(-FARTHEST, FARTHEST) } else { 0.0 };
                if projected {
                    point.iter_mut().zip(&weights).for_each(|(p, weight)| *p += weight * z);
                } else {
                    point[index] = z;
                }
            }
        }
        points
    }

    /// The `count` known rows nearest to a point of [`Domain::place`], nearest first, with their distance: the root mean
    /// square difference of a column, in spreads.
    pub fn nearest(&self, point: &[f64], count: usize) -> Vec<(usize, f64)> {
        self.nearest_but(point, count, None)
    }

    /// The known rows (up to 30) nearest to a known row, without itself; none of a domain that was read from a file.
    pub fn nearest_of_known(&self, row: usize, count: usize) -> &[(usize, f64)] {
        let near = self.neighbours.get(row).map_or(&[][..], Vec::as_slice);
        &near[..near.len().min(count)]
    }

    fn nearest_but(&self, point: &[f64], count: usize, without: Option<usize>) -> Vec<(usize, f64)> {
        let columns = self.scales.len().max(1) as f64;
        let distance = |known: &[f64]| -> f64 { known.iter().zip(point).map(|(a, b)| (a - b).powi(2)).sum::<f64>() };
        let mut all: Vec<(usize, f64)> = self
            .points
            .iter()
            .enumerate()
            .filter(|(row, _)| Some(*row) != without)
            .map(|(row, known)| (row, distance(known)))
            .collect();
        let order = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
        if count < all.len() && count > 0 {
            all.select_nth_unstable_by(count - 1, order);
        }
        all.truncate(count);
        all.sort_by(order);
        all.iter().map(|(row, square)| (*row, (square / columns).sqrt())).collect()
    }

    /// Where a row with these nearest known rows lies.
    pub fn judge(&self, nearest: &[(usize, f64)]) -> Place {
        let nearest = &nearest[..nearest.len().min(NEAR)];
        match mean_distance(nearest) {
            distance if distance <= self.edge => Place::Inside,
            distance if distance <= EDGE * self.edge => Place::Edge,
            _ => Place::Outside,
        }
    }

    /// Whether its parts fit together, after it was read from a file.
    pub fn is_sound(&self) -> bool {
        let scale = |(_, mean, spread): &(usize, f64, f64)| mean.is_finite() && *spread > 0.0;
        self.ranges.len() == self.scales.len() && self.scales.iter().all(scale)
    }

    /// Columns in which a row is beyond all known values.
    pub fn beyond(&self, features: &Features, row: usize) -> Vec<usize> {
        let outside = |(index, (number, ..)): (usize, &(usize, f64, f64))| {
            let x = features.column(*number).get(row).copied()?;
            let (low, high) = self.ranges[index];
            let slack = 1e-9 * (high - low);
            (x < low - slack || x > high + slack).then_some(*number)
        };
        self.scales.iter().enumerate().filter_map(outside).collect()
    }
}

fn mean_distance(nearest: &[(usize, f64)]) -> f64 {
    if nearest.is_empty() {
        return f64::INFINITY;
    }
    nearest.iter().map(|(_, distance)| distance).sum::<f64>() / nearest.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(width: usize) -> Features {
        let column = |number: usize| (0..100).map(|row| ((row * (number % 16 + 1)) % 17) as f64).collect();
        Features::from_columns((0..width).map(column).collect()).unwrap()
    }

    #[test]
    fn known_rows_are_inside_and_far_ones_outside() {
        for width in [2, 100] {
            let known = square(width);
            let domain = Domain::new(&known);
            let far = Features::from_columns(vec![vec![8.0, 60.0]; width]).unwrap();
            let points = domain.place(&far);
            let inside = (0..100).filter(|row| domain.judge(domain.nearest_of_known(*row, 5)) == Place::Inside).count();
            assert!(inside >= 94, "{width}: {inside}");
            assert_eq!(domain.judge(&domain.nearest(&points[1], 5)), Place::Outside, "{width}");
            assert_eq!(domain.beyond(&far, 1).len(), width);
            assert_eq!(domain.beyond(&far, 0), Vec::<usize>::new());
        }
    }

    #[test]
    fn the_nearest_row_of_a_copy_is_the_row_itself() {
        let known = square(3);
        let domain = Domain::new(&known);
        let copy = domain.place(&known.select(&[42]));
        let (row, distance) = domain.nearest(&copy[0], 1)[0];
        assert!(distance < 1e-12);
        assert_eq!(known.select(&[row]).column(0), known.select(&[42]).column(0));
    }

    #[test]
    fn without_rows_or_columns_everything_is_outside() {
        let none = Domain::new(&Features::from_columns(vec![vec![1.0, 1.0]]).unwrap());
        assert_eq!(none.judge(&[]), Place::Outside);
        assert!(none.nearest(&[], 3).iter().all(|(_, distance)| *distance == 0.0));
    }
}
