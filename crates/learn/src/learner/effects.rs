//! What predictions do when cells are changed: errors without what a column says, and effects of columns.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;

use super::{Features, Fitted, Task};

impl Fitted {
    /// By how much [`squared_error`] rises when cells are replaced by those of rows drawn at random from `donors`, all
    /// columns of a group from the same row, for each group and each of `repeats` draws. The rows had better not be those
    /// it was fitted to.
    ///
    /// Source: Breiman, Mach. Learn. 45, 5 (2001); of groups: Au et al., Data Min. Knowl. Discov. 36, 1401 (2022).
    pub fn exchange(
        &self,
        features: &Features,
        targets: &[f64],
        donors: &Features,
        groups: &[Vec<usize>],
        repeats: usize,
        seed: u64,
    ) -> Vec<Vec<f64>> {
        let whole = squared_error(self.task(), &self.predict(features), targets);
        let one = |table: &mut Features, (number, group): (usize, &Vec<usize>)| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(number as u64);
            let rise = |_| {
                let draw = |_| if donors.rows() > 0 { random.random_range(0..donors.rows()) } else { 0 };
                let rows: Vec<usize> = (0..features.rows()).map(draw).collect();
                for column in group {
                    let cells = donors.column(*column);
                    table.replace(*column, rows.iter().filter_map(|row| cells.get(*row).copied()).collect());
                }
                squared_error(self.task(), &self.predict(table), targets) - whole
            };
            let rises = (0..repeats.max(1)).map(rise).collect();
            group.iter().for_each(|column| table.replace(*column, features.column(*column).to_vec()));
            rises
        };
        groups.par_iter().enumerate().map_init(|| features.clone(), one).collect()
    }

    /// Predictions of every row with some of its cells set to others, for each of the `settings` (lists of column and
    /// value): from them come partial dependence (their means) and individual curves.
    ///
    /// Shape: settings x (rows x outputs).
    ///
    /// Source: Friedman, Ann. Stat. 29, 1189 (2001), section 8.2; individual curves: Goldstein et al., J. Comput. Graph.
    /// Stat. 24, 44 (2015).
    pub fn with_cells(&self, features: &Features, settings: &[Vec<(usize, f64)>]) -> Vec<Vec<f64>> {
        let one = |table: &mut Features, setting: &Vec<(usize, f64)>| {
            setting.iter().for_each(|(column, value)| table.replace(*column, vec![*value; features.rows()]));
            let predicted = self.predict(table);
            setting.iter().for_each(|(column, _)| table.replace(*column, features.column(*column).to_vec()));
            predicted
        };
        settings.par_iter().map_init(|| features.clone(), one).collect()
    }
}

/// Mean squared error; of classes that of the probabilities, summed over the classes (1 for the class a row has).
///
/// Source: of classes Brier, Mon. Weather Rev. 78, 1 (1950).
pub fn squared_error(task: Task, predicted: &[f64], targets: &[f64]) -> f64 {
    let count = targets.len().max(1) as f64;
    let sum: f64 = match task {
        Task::Number => predicted.iter().zip(targets).map(|(p, y)| (p - y).powi(2)).sum(),
        Task::Class { count: classes } => {
            let of_row = |(row, y): (&[f64], &f64)| -> f64 {
                let own = |class: usize| f64::from(u8::from(class as f64 == *y));
                row.iter().enumerate().map(|(class, p)| (p - own(class)).powi(2)).sum()
            };
            predicted.chunks_exact(classes.max(1)).zip(targets).map(of_row).sum()
        }
    };
    sum / count
}

/// [`squared_error`] of whoever only knows the mean of the targets, or the shares of the classes.
pub fn variance(task: Task, targets: &[f64]) -> f64 {
    let count = targets.len().max(1) as f64;
    let everywhere = match task {
        Task::Number => vec![targets.iter().map(|y| y / count).sum()],
        Task::Class { count: classes } => {
            let share = |class: usize| targets.iter().filter(|y| **y == class as f64).count() as f64 / count;
            (0..classes).map(share).collect()
        }
    };
    squared_error(task, &everywhere.repeat(targets.len()), targets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::{Kind, tests::friedman};

    fn line() -> (Features, Vec<f64>) {
        let (features, _) = friedman(80, 5, 3);
        let targets = (0..80).map(|i| 4.0 * features.column(1)[i] - features.column(2)[i]).collect();
        (features, targets)
    }

    #[test]
    fn columns_shuffled_together_cost_what_they_say_together() {
        let (features, targets) = line();
        let fitted = Fitted::fit(Kind::Ridge, Task::Number, &features, &targets, 1).unwrap();
        let groups = [vec![1], vec![2], vec![1, 2], vec![0]];
        let rises = fitted.exchange(&features, &targets, &features, &groups, 10, 5);
        let whole = variance(Task::Number, &targets);
        let mean = |place: usize| rises[place].iter().sum::<f64>() / 10.0 / whole;
        assert!(mean(0) > 5.0 * mean(1) && mean(1) > 0.02, "{rises:?}");
        // All that is known is gone: as bad as a random order of the predictions.
        assert!((mean(2) - 2.0).abs() < 0.4, "{}", mean(2));
        assert!(mean(3).abs() < 0.01);
        assert_eq!(rises, fitted.exchange(&features, &targets, &features, &groups, 10, 5));
    }

    #[test]
    fn the_effect_of_a_column_of_a_linear_model_is_its_weight() {
        let (features, targets) = line();
        let fitted = Fitted::fit(Kind::Ridge, Task::Number, &features, &targets, 1).unwrap();
        let weight = fitted.coefficients().unwrap()[1];
        let predicted = fitted.with_cells(&features, &[vec![(1, 0.2)], vec![(1, 0.7)]]);
        for (low, high) in predicted[0].iter().zip(&predicted[1]) {
            assert!((high - low - 0.5 * weight).abs() < 1e-9);
        }
    }

    #[test]
    fn certain_and_right_classes_have_no_error() {
        let task = Task::Class { count: 2 };
        assert_eq!(squared_error(task, &[1.0, 0.0, 0.0, 1.0], &[0.0, 1.0]), 0.0);
        assert_eq!(variance(task, &[0.0, 1.0]), 0.5);
        assert_eq!(variance(Task::Number, &[1.0, 3.0]), 1.0);
    }
}
