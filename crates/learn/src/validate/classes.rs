//! How good probabilities of classes are, and sets of classes that cannot be ruled out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Interval,
    score::{intervals, ranks},
};

/// How good predictions of classes are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassScores {
    /// Share of the rows whose most probable class is the right one.
    pub accuracy: Interval,
    /// The same class by class, averaged: 1 / number of classes for whoever always says the same.
    pub balanced_accuracy: Interval,
    /// Probability that a row of a class is given a higher probability of it than a row of another: 0.5 by chance. Of two
    /// classes that of the second, of more the mean over the classes.
    pub roc_auc: Interval,
    /// Mean negative logarithm of the probability of the right class; small is good.
    pub log_loss: Interval,
    /// Correlation of said and right classes (Matthews): 0 by chance.
    pub matthews: Interval,
    /// Mean over the classes of the harmonic mean of precision and recall.
    pub f1: Interval,
    /// Share of the variance of the classes that is predicted: 1 is perfect, 0 as good as the shares of the classes.
    pub brier_skill: Interval,
}

/// Smallest probability whose logarithm is taken.
const LEAST: f64 = 1e-15;

impl ClassScores {
    /// Scores of `probabilities` (row by row, one per class) beside the right `classes`; rows of the same number in
    /// `blocks` are drawn together. `None` of fewer than two rows or when all are of one class.
    ///
    /// Source: as scikit-learn defines them; of more than two classes Gorodkin, Comput. Biol. Chem. 28, 367 (2004) for the
    /// correlation, Hand & Till, Mach. Learn. 45, 171 (2001), one against the rest, for the area; skill: Brier, Mon.
    /// Weather Rev. 78, 1 (1950).
    pub fn of(classes: &[usize], probabilities: &[f64], count: usize, blocks: &[usize], seed: u64) -> Option<Self> {
        let table: Vec<(usize, &[f64])> =
            classes.iter().copied().zip(probabilities.chunks_exact(count.max(1))).collect();
        let [accuracy, balanced_accuracy, roc_auc, log_loss, matthews, f1, brier_skill] =
            intervals(blocks, seed, |rows| figures(rows.iter().filter_map(|row| table.get(*row).copied()), count))?;
        Some(Self { accuracy, balanced_accuracy, roc_auc, log_loss, matthews, f1, brier_skill })
    }
}

/// The most probable class, the first of equals.
pub fn likeliest(probabilities: &[f64]) -> usize {
    let better = |a: &usize, b: &usize| probabilities[*a].total_cmp(&probabilities[*b]).then(b.cmp(a));
    (0..probabilities.len()).max_by(better).unwrap_or(0)
}

/// How often rows of each class (first index) are taken for each class (second index).
pub fn confusion(classes: &[usize], probabilities: &[f64], count: usize) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; count]; count];
    for (class, row) in classes.iter().zip(probabilities.chunks_exact(count.max(1))) {
        if let Some(cell) = table.get_mut(*class).and_then(|cells| cells.get_mut(likeliest(row))) {
            *cell += 1;
        }
    }
    table
}

fn figures<'a>(rows: impl Iterator<Item = (usize, &'a [f64])>, count: usize) -> Option<[f64; 7]> {
    let rows: Vec<(usize, &[f64])> = rows.collect();
    let size = rows.len() as f64;
    let mut table = vec![vec![0.0; count]; count];
    for (class, row) in &rows {
        *table.get_mut(*class)?.get_mut(likeliest(row))? += 1.0;
    }
    let said: Vec<f64> = (0..count).map(|class| table.iter().map(|cells| cells[class]).sum()).collect();
    let right: Vec<f64> = table.iter().map(|cells| cells.iter().sum()).collect();
    let there: Vec<usize> = (0..count).filter(|class| right[*class] > 0.0).collect();
    if there.len() < 2 {
        return None;
    }
    let hit: f64 = (0..count).map(|class| table[class][class]).sum();
    let recall = there.iter().map(|class| table[*class][*class] / right[*class]).sum::<f64>() / there.len() as f64;
    let either: Vec<usize> = (0..count).filter(|class| right[*class] + said[*class] > 0.0).collect();
    let f1 = |class: &usize| 2.0 * table[*class][*class] / (right[*class] + said[*class]);
    let f1 = either.iter().map(f1).sum::<f64>() / either.len() as f64;
    let product = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let spread = (size * size - product(&said, &said)) * (size * size - product(&right, &right));
    let matthews = if spread > 0.0 { (hit * size - product(&said, &right)) / spread.sqrt() } else { 0.0 };
    let areas: Vec<usize> = if count == 2 { vec![1] } else { there };
    let area = areas.iter().map(|class| area(&rows, *class)).sum::<f64>() / areas.len() as f64;
    let logarithm = |(class, row): &(usize, &[f64])| -row[*class].clamp(LEAST, 1.0).ln();
    let log_loss = rows.iter().map(logarithm).sum::<f64>() / size;
    let square = |(class, row): &(usize, &[f64])| -> f64 {
        row.iter().enumerate().map(|(number, p)| (p - f64::from(u8::from(number == *class))).powi(2)).sum()
    };
    let squares: f64 = rows.iter().map(square).sum();
    let whole = size - product(&right, &right) / size;
    Some([hit / size, recall, area, log_loss, matthews, f1, 1.0 - squares / whole])
}

/// Area under the curve of true over false positives, from ranks.
fn area(rows: &[(usize, &[f64])], class: usize) -> f64 {
    let ranks = ranks(&rows.iter().map(|(_, row)| row[class]).collect::<Vec<f64>>());
    let own = rows.iter().filter(|(own, _)| *own == class).count() as f64;
    let sum: f64 = rows.iter().zip(&ranks).filter(|((own, _), _)| *own == class).map(|(_, rank)| rank).sum();
    (sum - own * (own - 1.0) / 2.0) / (own * (rows.len() as f64 - own))
}

/// From which probability on a class cannot be ruled out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassSets {
    /// Per class the smallest probability that does not rule it out; 0 for classes with too few rows to say.
    least: Vec<f64>,
}

impl ClassSets {
    /// From the probabilities of rows that were left out, so that the set of a new row holds its class with this
    /// probability (0 to 1), whatever the class.
    ///
    /// Source: label-conditional conformal prediction, Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World
    /// (2005), section 4.5; one minus the probability as in Sadinle, Lei & Wasserman, J. Am. Stat. Assoc. 114, 223 (2019).
    pub fn new(classes: &[usize], probabilities: &[f64], count: usize, probability: f64) -> Self {
        let mut own: Vec<Vec<f64>> = vec![Vec::new(); count];
        for (class, row) in classes.iter().zip(probabilities.chunks_exact(count.max(1))) {
            if let (Some(list), Some(p)) = (own.get_mut(*class), row.get(*class)) {
                list.push(*p);
            }
        }
        let least = |list: &mut Vec<f64>| {
            list.sort_by(|a, b| b.total_cmp(a));
            let place = ((list.len() + 1) as f64 * probability).ceil() as usize;
            place.checked_sub(1).and_then(|place| list.get(place)).copied().unwrap_or(0.0)
        };
        Self { least: own.iter_mut().map(least).collect() }
    }

    /// The classes that cannot be ruled out.
    pub fn set(&self, probabilities: &[f64]) -> Vec<usize> {
        let cannot = |class: &usize| self.least.get(*class).is_none_or(|least| probabilities[*class] >= *least);
        (0..probabilities.len()).filter(cannot).collect()
    }

    /// How often sets hold the class of rows of `folds`, each made without the rows of its own fold, and how many classes
    /// are in a set on average.
    pub fn coverage(
        classes: &[usize],
        probabilities: &[f64],
        count: usize,
        folds: &[Vec<usize>],
        probability: f64,
    ) -> Option<(usize, usize, f64)> {
        let table: Vec<&[f64]> = probabilities.chunks_exact(count.max(1)).collect();
        let (mut inside, mut all, mut sizes) = (0, 0, 0);
        for fold in folds {
            let own: BTreeSet<usize> = fold.iter().copied().collect();
            let rows: Vec<usize> = (0..table.len()).filter(|row| !own.contains(row)).collect();
            let known: Vec<usize> = rows.iter().map(|row| classes[*row]).collect();
            let theirs: Vec<f64> = rows.iter().flat_map(|row| table[*row].iter().copied()).collect();
            let sets = Self::new(&known, &theirs, count, probability);
            for row in fold.iter().filter(|row| **row < table.len()) {
                let set = sets.set(table[*row]);
                all += 1;
                sizes += set.len();
                inside += usize::from(set.contains(&classes[*row]));
            }
        }
        (all > 0).then(|| (inside, all, sizes as f64 / all as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_classes_are_those_of_scikit_learn() {
        // scikit-learn 1.9.1: accuracy_score, balanced_accuracy_score, roc_auc_score, log_loss, matthews_corrcoef,
        // f1_score(average="macro"), of PLACE below.
        let second = [0.1, 0.4, 0.35, 0.8, 0.65, 0.3];
        let probabilities: Vec<f64> = second.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let classes = [0, 0, 1, 1, 0, 1];
        let each = [0, 1, 2, 3, 4, 5];
        let scores = ClassScores::of(&classes, &probabilities, 2, &each, 1).unwrap();
        let near = |found: Interval, wanted: f64| assert!((found.mean - wanted).abs() < 1e-12, "{found:?} {wanted}");
        near(scores.accuracy, 0.5);
        near(scores.balanced_accuracy, 0.5);
        near(scores.roc_auc, 5.0 / 9.0);
        near(scores.log_loss, 0.690_491_124_010_219_7);
        near(scores.matthews, 0.0);
        near(scores.f1, 0.485_714_285_714_285_7);
        let brier = [0.1f64, 0.4, 0.65, 0.2, 0.65, 0.7].iter().map(|e| e * e).sum::<f64>() / 6.0;
        near(scores.brier_skill, 1.0 - brier / 0.25);
        let [a, b, c] = [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.2, 0.45, 0.35]];
        let three = [a, b, c, [0.1, 0.3, 0.6], [0.5, 0.3, 0.2]].concat();
        let scores = ClassScores::of(&[0, 1, 2, 2, 1], &three, 3, &each, 1).unwrap();
        near(scores.accuracy, 0.6);
        near(scores.balanced_accuracy, 2.0 / 3.0);
        near(scores.roc_auc, (1.0 + 4.5 / 6.0 + 1.0) / 3.0);
        near(scores.matthews, 7.0 / 16.0);
        assert_eq!(ClassScores::of(&[1, 1], &[0.5, 0.5, 0.1, 0.9], 2, &each, 1), None);
    }

    /// Rows whose probabilities are right: the class of each is drawn by a fixed rule with them.
    fn honest(size: usize) -> (Vec<usize>, Vec<f64>) {
        let share = |i: usize, step: usize| ((i * step) % size) as f64 / size as f64;
        let second: Vec<f64> = (0..size).map(|i| 0.05 + 0.9 * share(i, 7919)).collect();
        let classes = second.iter().enumerate().map(|(i, p)| usize::from(share(i, 104_729) < *p)).collect();
        (classes, second.iter().flat_map(|p| [1.0 - p, *p]).collect())
    }

    #[test]
    fn sets_hold_the_class_as_often_as_they_promise() {
        let (classes, probabilities) = honest(2003);
        let folds: Vec<Vec<usize>> = (0..5).map(|fold| (0..2003).filter(|row| row % 5 == fold).collect()).collect();
        let (inside, all, size) = ClassSets::coverage(&classes, &probabilities, 2, &folds, 0.9).unwrap();
        let share = inside as f64 / all as f64;
        assert!((0.88..0.92).contains(&share), "{share}");
        assert!(size > 1.0 && size < 2.0, "{size}");
        let sets = ClassSets::new(&classes, &probabilities, 2, 0.9);
        assert_eq!(sets.set(&[0.98, 0.02]), [0]);
        assert_eq!(sets.set(&[0.5, 0.5]), [0, 1]);
    }

    #[test]
    fn a_class_with_too_few_rows_is_never_ruled_out() {
        let sets = ClassSets::new(&[0, 0, 1], &[0.9, 0.1, 0.8, 0.2, 0.3, 0.7], 2, 0.9);
        assert_eq!(sets.set(&[1.0, 0.0]), [0, 1]);
    }

    #[test]
    fn a_table_of_confusions_counts_every_row() {
        let table = confusion(&[0, 0, 1], &[0.9, 0.1, 0.2, 0.8, 0.3, 0.7], 2);
        assert_eq!(table, [[1, 1], [0, 1]]);
    }
}
