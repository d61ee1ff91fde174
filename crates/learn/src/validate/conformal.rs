//! Intervals from errors of rows that were left out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Domain;

/// How far predictions were off for rows that were left out, relative to how hard these rows were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conformal {
    /// Error of each row over its difficulty, rising.
    ratios: Vec<f64>,
    /// Error of each row, in the order of the rows.
    errors: Vec<f64>,
    mean: f64,
    /// Groups of rows that were left out together.
    groups: usize,
}

/// Rows whose errors tell how hard a place is, and what part of the difficulty they make.
const NEIGHBOURS: usize = 15;
const LOCAL: f64 = 0.5;

impl Conformal {
    /// From absolute errors of all rows of `domain`, each predicted by a model that had not seen it; a row that was never
    /// left out has none. `None` when there is no error.
    ///
    /// Source: cross-validation residuals, Vovk, Ann. Math. Artif. Intell. 74, 9 (2015); divided by a difficulty as in
    /// Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018), eq. 16: here half the mean error, half that of the rows nearby.
    ///
    /// Shape: an error and a group per row of `domain`. Rows with the same number in `groups` were left out together: what is new will have none of its own group nearby, so
    /// neither has a row when its difficulty is judged.
    pub fn new(domain: &Domain, errors: &[Option<f64>], groups: &[usize]) -> Option<Self> {
        let known: Vec<f64> = errors.iter().flatten().copied().collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        if known.is_empty() || !mean.is_finite() {
            return None;
        }
        let errors: Vec<f64> = errors.iter().map(|error| error.unwrap_or(mean)).collect();
        let own = Self { ratios: Vec::new(), errors, mean, groups: count(groups) };
        let ratio = |row: usize| own.errors[row] / own.difficulty(&strangers(domain, row, groups, |_| true));
        let mut ratios: Vec<f64> = (0..own.errors.len()).map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        Some(Self { ratios, ..own })
    }

    /// Half the width of the interval that holds a new value with this probability (0 to 1), at a place with these
    /// nearest known rows; `None` with too few errors to say.
    pub fn half_width(&self, nearest: &[(usize, f64)], probability: f64) -> Option<f64> {
        Some(quantile(&self.ratios, self.groups, probability)? * self.difficulty(nearest))
    }

    /// Nearest known rows that [`Conformal::half_width`] asks for.
    pub const NEIGHBOURS: usize = NEIGHBOURS;

    /// How often intervals hold the value for rows of `folds`, each made without the errors of its own fold; `groups` as for
    /// [`Conformal::new`].
    pub fn coverage(
        domain: &Domain,
        errors: &[Option<f64>],
        groups: &[usize],
        folds: &[Vec<usize>],
        probability: f64,
    ) -> Option<(usize, usize)> {
        let (mut inside, mut all) = (0, 0);
        for fold in folds {
            let mut others = errors.to_vec();
            fold.iter().for_each(|row| others[*row] = None);
            let without: Vec<usize> = (0..errors.len()).filter(|row| others[*row].is_some()).collect();
            let known: Vec<f64> = without.iter().filter_map(|row| others[*row]).collect();
            let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
            let filled = others.iter().map(|error| error.unwrap_or(mean)).collect();
            let kept: Vec<usize> = without.iter().map(|row| groups[*row]).collect();
            let own = Self { ratios: Vec::new(), errors: filled, mean, groups: count(&kept) };
            let near = |row: usize| strangers(domain, row, groups, |other| others[other].is_some());
            let mut ratios: Vec<f64> =
                without.iter().filter_map(|row| Some(others[*row]? / own.difficulty(&near(*row)))).collect();
            ratios.sort_by(f64::total_cmp);
            let Some(factor) = quantile(&ratios, own.groups, probability) else { continue };
            for row in fold {
                if let Some(error) = errors[*row] {
                    all += 1;
                    inside += usize::from(error <= factor * own.difficulty(&near(*row)));
                }
            }
        }
        (all > 0).then_some((inside, all))
    }

    fn difficulty(&self, nearest: &[(usize, f64)]) -> f64 {
        let near = nearest.iter().take(NEIGHBOURS).filter_map(|(row, _)| self.errors.get(*row));
        let (sum, count) = near.fold((0.0, 0usize), |(sum, count), error| (sum + error, count + 1));
        let local = if count > 0 { sum / count as f64 } else { self.mean };
        ((1.0 - LOCAL) * self.mean + LOCAL * local).max(f64::MIN_POSITIVE)
    }
}

/// The known rows nearest to a known row that are of other groups and accepted.
fn strangers(domain: &Domain, row: usize, groups: &[usize], accept: impl Fn(usize) -> bool) -> Vec<(usize, f64)> {
    let found = domain.nearest_of_known(row, 2 * NEIGHBOURS).iter();
    found.filter(|(other, _)| groups[*other] != groups[row] && accept(*other)).take(NEIGHBOURS).copied().collect()
}

fn count(groups: &[usize]) -> usize {
    groups.iter().collect::<BTreeSet<_>>().len()
}

/// The value that a new one does not exceed with this probability; `None` where there are too few groups of values to
/// tell. A new row is of a new group, so it is the number of groups that is small or large.
fn quantile(rising: &[f64], groups: usize, probability: f64) -> Option<f64> {
    let share = probability * (1.0 + 1.0 / groups.max(1) as f64);
    // Rounding must not ask for one value more.
    let place = (rising.len() as f64 * share - 1e-9).ceil() as usize;
    rising.get(place.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use rand::RngExt;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    use super::*;
    use crate::learner::Features;

    /// Places on a line; errors grow along it.
    fn line(count: usize) -> (Domain, Vec<Option<f64>>) {
        let x: Vec<f64> = (0..count).map(|i| i as f64 / count as f64).collect();
        let noise = |i: usize| ((i * 7919) % 1000) as f64 / 1000.0;
        let errors = x.iter().enumerate().map(|(i, x)| Some(noise(i) * (0.1 + x))).collect();
        (Domain::new(&Features::from_columns(vec![x]).unwrap()), errors)
    }

    #[test]
    fn intervals_hold_what_they_promise_and_are_wider_where_errors_were_larger() {
        let (domain, errors) = line(400);
        let conformal = Conformal::new(&domain, &errors, &alone(400)).unwrap();
        let width = |row| conformal.half_width(domain.nearest_of_known(row, Conformal::NEIGHBOURS), 0.9).unwrap();
        assert!(width(390) > 1.5 * width(10));
        let inside = (0..400).filter(|row| errors[*row].unwrap() <= width(*row)).count();
        assert!((350..=375).contains(&inside), "{inside}");
        let folds: Vec<Vec<usize>> = (0..5).map(|fold| (0..400).filter(|row| row % 5 == fold).collect()).collect();
        let (inside, all) = Conformal::coverage(&domain, &errors, &alone(400), &folds, 0.9).unwrap();
        assert_eq!(all, 400);
        assert!((345..=375).contains(&inside), "{inside}");
    }

    fn alone(rows: usize) -> Vec<usize> {
        (0..rows).collect()
    }

    #[test]
    fn intervals_hold_for_new_groups_whose_rows_are_off_by_the_same() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let (groups, size) = (60, 10);
        let group: Vec<usize> = (0..groups * size).map(|row| row / size).collect();
        let offset: Vec<f64> = (0..groups).map(|_| random.random::<f64>()).collect();
        let x = group.iter().map(|group| (group * 37 % groups) as f64 + 0.01 * random.random::<f64>()).collect();
        let domain = Domain::new(&Features::from_columns(vec![x]).unwrap());
        let errors: Vec<Option<f64>> =
            group.iter().map(|group| Some(offset[*group] + 0.05 * random.random::<f64>())).collect();
        let folds: Vec<Vec<usize>> =
            (0..10).map(|fold| (0..groups * size).filter(|row| group[*row] % 10 == fold).collect()).collect();
        let share = |groups: &[usize]| {
            let (inside, all) = Conformal::coverage(&domain, &errors, groups, &folds, 0.9).unwrap();
            inside as f64 / all as f64
        };
        assert!(share(&group) > 0.87, "{}", share(&group));
        assert!(share(&alone(groups * size)) < 0.8, "{}", share(&alone(groups * size)));
    }

    #[test]
    fn too_few_errors_give_no_interval() {
        let (domain, errors) = line(8);
        assert_eq!(Conformal::new(&domain, &errors, &alone(8)).unwrap().half_width(&[], 0.9), None);
        assert_eq!(Conformal::new(&domain, &[None; 8], &alone(8)), None);
    }
}
