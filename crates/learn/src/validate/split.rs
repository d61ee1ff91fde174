//! Which rows are put to the test, and which may be learnt from meanwhile.

use std::collections::BTreeMap;

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

/// How rows are divided into those learnt from and those predicted.
#[derive(Debug, Clone, PartialEq)]
pub enum Split {
    /// At random: what to expect of a row like those there are.
    Random,
    /// At random, every class in every fold as often as in all rows.
    Stratified,
    /// Rows with the same number stay together: what to expect of a polymer, paper or batch never seen.
    Group(Vec<usize>),
    /// Like [`Split::Group`], with groups found as clusters of these points (one per row): what to expect of a region
    /// never seen.
    Cluster(Vec<Vec<f64>>),
    /// Rows are predicted from those before them: what to expect of tomorrow. A time per row, in any unit.
    Time(Vec<f64>),
    /// The fifth with the highest targets is predicted from the others: what to expect beyond all that is known.
    Extrapolate,
}

/// Rows learnt from, and rows predicted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// Rows learnt from.
    pub train: Vec<usize>,
    /// Rows predicted.
    pub test: Vec<usize>,
}

/// Share of the rows that is predicted when extrapolating.
const BEYOND: f64 = 0.2;
const CLUSTER_ROUNDS: usize = 50;

impl Split {
    /// The folds of `targets.len()` rows, about `count` of them (one of an extrapolation). Folds that would leave nothing
    /// to learn from or nothing to predict are left out.
    pub fn folds(&self, targets: &[f64], count: usize, seed: u64) -> Vec<Fold> {
        let size = targets.len();
        let count = count.clamp(2, size.max(2));
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let parts: Vec<usize> = match self {
            Self::Random => {
                let mut parts: Vec<usize> = (0..size).map(|row| row % count).collect();
                parts.shuffle(&mut random);
                parts
            }
            Self::Stratified => stratified(targets, count, &mut random),
            Self::Group(groups) => spread(groups, count, &mut random),
            Self::Cluster(points) => clusters(points, count, &mut random),
            Self::Time(times) => return forward(times, count),
            Self::Extrapolate => {
                let mut order: Vec<usize> = (0..size).collect();
                order.sort_by(|a, b| targets[*a].total_cmp(&targets[*b]).then(a.cmp(b)));
                let known = size - (BEYOND * size as f64).round() as usize;
                return kept(vec![Fold { test: order.split_off(known.min(size)), train: order }]);
            }
        };
        let fold = |part: usize| {
            let (test, train) = (0..size).partition(|&row| parts.get(row) == Some(&part));
            Fold { train, test }
        };
        kept((0..count).map(fold).collect())
    }
}

fn kept(folds: Vec<Fold>) -> Vec<Fold> {
    folds.into_iter().filter(|fold| !fold.train.is_empty() && !fold.test.is_empty()).collect()
}

/// Rows in random order dealt out class by class, so that every part has its share of each.
fn stratified(classes: &[f64], count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.shuffle(random);
    order.sort_by(|a, b| classes[*a].total_cmp(&classes[*b]));
    let mut parts = vec![0; classes.len()];
    order.iter().enumerate().for_each(|(place, row)| parts[*row] = place % count);
    parts
}

/// Groups dealt out to `count` parts of about the same size, largest groups first, equal ones in random order.
fn spread(groups: &[usize], count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    groups.iter().for_each(|group| *sizes.entry(*group).or_default() += 1);
    let mut order: Vec<(usize, usize)> = sizes.into_iter().collect();
    order.shuffle(random);
    order.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let mut filled = vec![0; count];
    let mut part_of = BTreeMap::new();
    for (group, size) in order {
        let part = (0..count).min_by_key(|part| filled[*part]).unwrap_or(0);
        filled[part] += size;
        part_of.insert(group, part);
    }
    groups.iter().map(|group| part_of[group]).collect()
}

/// Blocks of time, each predicted from all before it; the first is only learnt from. Rows of the same time stay together.
fn forward(times: &[f64], count: usize) -> Vec<Fold> {
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|a, b| times[*a].total_cmp(&times[*b]).then(a.cmp(b)));
    let size = order.len();
    let border = |block: usize| {
        let mut place = block * size / (count + 1);
        while place > 0 && place < size && times[order[place]] == times[order[place - 1]] {
            place += 1;
        }
        place
    };
    let fold = |block: usize| {
        let (from, to) = (border(block), border(block + 1));
        Fold { train: order[..from].to_vec(), test: order[from..to.max(from)].to_vec() }
    };
    kept((1..=count).map(fold).collect())
}

/// Clusters by k-means with spread first centres.
///
/// Source: Arthur & Vassilvitskii, k-means++, SODA 2007.
fn clusters(points: &[Vec<f64>], count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let distance = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum() };
    let Some(first) = points.get(random.random_range(0..points.len().max(1))) else { return Vec::new() };
    let mut centres = vec![first.clone()];
    let mut nearest: Vec<f64> = points.iter().map(|point| distance(point, first)).collect();
    while centres.len() < count {
        let mut left = random.random::<f64>() * nearest.iter().sum::<f64>();
        let place = nearest.iter().position(|d| {
            left -= d;
            left < 0.0
        });
        // Everything coincides with a centre: there are no more clusters.
        let Some(centre) = place.map(|place| points[place].clone()) else { break };
        nearest.iter_mut().zip(points).for_each(|(d, point)| *d = d.min(distance(point, &centre)));
        centres.push(centre);
    }
    let closest = |centres: &[Vec<f64>], point: &[f64]| {
        let by_distance =
            |a: &usize, b: &usize| distance(&centres[*a], point).total_cmp(&distance(&centres[*b], point));
        (0..centres.len()).min_by(by_distance).unwrap_or(0)
    };
    let mut labels: Vec<usize> = Vec::new();
    for _ in 0..CLUSTER_ROUNDS {
        let found: Vec<usize> = points.iter().map(|point| closest(&centres, point)).collect();
        if found == labels {
            break;
        }
        labels = found;
        for (number, centre) in centres.iter_mut().enumerate() {
            let own = || points.iter().zip(&labels).filter(|(_, label)| **label == number).map(|(point, _)| point);
            let size = own().count();
            if size > 0 {
                centre.fill(0.0);
                own().for_each(|point| centre.iter_mut().zip(point).for_each(|(c, x)| *c += x / size as f64));
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(folds: &[Fold]) -> Vec<usize> {
        let mut rows: Vec<usize> = folds.iter().flat_map(|fold| fold.test.clone()).collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn at_random_every_row_is_predicted_once_and_never_learnt_from_then() {
        let folds = Split::Random.folds(&[0.0; 23], 5, 7);
        assert_eq!(folds.len(), 5);
        assert_eq!(tested(&folds), (0..23).collect::<Vec<_>>());
        assert!(folds.iter().all(|fold| fold.test.iter().all(|row| !fold.train.contains(row))));
        assert_eq!(folds, Split::Random.folds(&[0.0; 23], 5, 7));
        assert_ne!(folds, Split::Random.folds(&[0.0; 23], 5, 8));
    }

    #[test]
    fn every_fold_has_its_share_of_each_class() {
        let classes: Vec<f64> = (0..50).map(|row| f64::from(u8::from(row % 5 == 0))).collect();
        for fold in Split::Stratified.folds(&classes, 5, 3) {
            let rare = fold.test.iter().filter(|row| classes[**row] == 1.0).count();
            assert_eq!((fold.test.len(), rare), (10, 2));
        }
    }

    #[test]
    fn groups_stay_together_and_folds_are_of_like_size() {
        let groups = vec![4, 4, 4, 9, 9, 1, 1, 2, 3, 3, 3, 5];
        let folds = Split::Group(groups.clone()).folds(&[0.0; 12], 3, 1);
        assert_eq!(tested(&folds), (0..12).collect::<Vec<_>>());
        for fold in &folds {
            assert!(fold.test.iter().all(|a| fold.train.iter().all(|b| groups[*a] != groups[*b])));
            assert!((3..=5).contains(&fold.test.len()), "{fold:?}");
        }
        assert!(Split::Group(vec![7; 4]).folds(&[0.0; 4], 3, 1).is_empty());
    }

    #[test]
    fn clusters_are_left_out_whole() {
        let points: Vec<Vec<f64>> = (0..30).map(|i| vec![f64::from(i % 3) * 10.0 + f64::from(i) * 0.01, 0.0]).collect();
        let folds = Split::Cluster(points).folds(&[0.0; 30], 3, 2);
        assert_eq!(folds.len(), 3);
        assert!(folds.iter().all(|fold| fold.test.iter().all(|row| row % 3 == fold.test[0] % 3)));
        assert!(Split::Cluster(vec![vec![1.0]; 5]).folds(&[0.0; 5], 3, 2).is_empty());
    }

    #[test]
    fn time_goes_forward() {
        let times = [5.0, 1.0, 2.0, 2.0, 4.0, 3.0];
        let folds = Split::Time(times.to_vec()).folds(&[0.0; 6], 2, 0);
        for fold in &folds {
            assert!(fold.train.iter().all(|a| fold.test.iter().all(|b| times[*a] < times[*b])), "{fold:?}");
        }
        assert_eq!(folds.len(), 2);
    }

    #[test]
    fn extrapolation_predicts_the_highest_from_the_others() {
        let folds = Split::Extrapolate.folds(&[3.0, 9.0, 1.0, 2.0, 0.0], 5, 0);
        assert_eq!(folds, [Fold { train: vec![4, 2, 3, 0], test: vec![1] }]);
    }
}
