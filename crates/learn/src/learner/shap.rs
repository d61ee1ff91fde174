//! What each column contributed to a prediction.

use rayon::prelude::*;

use super::{
    Features, Fitted, Model, Task,
    tree::{LEAF, Tree},
};

/// Contributions of columns to predictions (Shapley values).
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// Values per row: one for numbers and for two classes (of the second), else one per class.
    pub outputs: usize,
    /// What is predicted when nothing is known, per output.
    pub base: Vec<f64>,
    /// Row by row, column by column, per output: `base` plus those of a row are its prediction.
    pub values: Vec<f64>,
}

impl Fitted {
    /// What each column contributed to the predictions of `features`: exact for forests, boosting (of classes: to the
    /// logarithm of the odds) and linear learners of numbers; `None` for the others.
    ///
    /// Units: those of the target. Shape: rows x columns x outputs.
    ///
    /// Source: Lundberg et al., Nat. Mach. Intell. 2, 56 (2020), algorithm 2 (path-dependent).
    pub fn contributions(&self, features: &Features) -> Option<Contributions> {
        let width = self.width;
        let scale = if self.task == Task::Number { self.scale } else { super::Standard { mean: 0.0, scale: 1.0 } };
        let (trees, outputs, start, share) = match &self.model {
            Model::Constant(values) => {
                let outputs = values.len();
                let values_of = vec![0.0; features.rows() * width * outputs];
                return Some(Contributions { outputs, base: values.clone(), values: values_of });
            }
            Model::Linear(model) if self.task == Task::Number => return Some(self.linear(model, features)),
            Model::Forest(model) => {
                (&model.trees, model.outputs, vec![0.0; model.outputs], 1.0 / model.trees.len().max(1) as f64)
            }
            Model::Boosting(model) => (&model.trees, model.outputs, model.starts.clone(), 1.0),
            _ => return None,
        };
        // Trees of boosting take turns between outputs; those of forests have all.
        let turns = matches!(self.model, Model::Boosting(_));
        let place = |number: usize| if turns { (number % outputs, 1) } else { (0, outputs) };
        let mut base = start;
        for (number, tree) in trees.iter().enumerate() {
            let (first, count) = place(number);
            expected(tree, count).iter().zip(&mut base[first..]).for_each(|(e, b)| *b += share * e);
        }
        let cells = features.by_rows(width);
        let of_row = |row: &[f64]| {
            let mut values = vec![0.0; width * outputs];
            for (number, tree) in trees.iter().enumerate() {
                let (first, count) = place(number);
                let mut walk = Walk { tree, row, count, first, outputs, values: &mut values };
                walk.visit(0, &[], Step { column: LEAF, zero: 1.0, one: 1.0, weight: 1.0 });
            }
            values.iter_mut().for_each(|value| *value *= share * scale.scale);
            values
        };
        let values = cells.par_chunks_exact(width.max(1)).flat_map_iter(of_row).collect();
        base.iter_mut().for_each(|b| *b = scale.mean + scale.scale * *b);
        Some(Contributions { outputs, base, values })
    }

    /// Weight times distance from the mean of the column.
    fn linear(&self, model: &super::Linear, features: &Features) -> Contributions {
        let weights = self.coefficients().unwrap_or_default();
        let inputs = model.scaling.apply(features);
        let mut values = vec![0.0; features.rows() * self.width];
        for (place, (column, scale)) in model.scaling.columns().enumerate() {
            for (row, z) in inputs.col_as_slice(place).iter().enumerate() {
                values[row * self.width + column] = weights[column] * scale * z;
            }
        }
        let constant = model.constants.first().copied().unwrap_or(0.0);
        Contributions { outputs: 1, base: vec![self.scale.mean + self.scale.scale * constant], values }
    }
}

/// Mean of the leaves, weighted with the rows that came there.
fn expected(tree: &Tree, outputs: usize) -> Vec<f64> {
    let mut sums = vec![0.0; outputs];
    for node in (0..tree.columns.len()).filter(|&node| tree.columns[node] == LEAF) {
        let share = tree.covers[node] / tree.covers[0];
        sums.iter_mut().zip(&tree.values[node * outputs..]).for_each(|(sum, value)| *sum += share * value);
    }
    sums
}

/// A column on the way to a node: share of the ways that are open when it is not known, and when it is; weight of all
/// subsets of the size of its place.
#[derive(Debug, Clone, Copy)]
struct Step {
    column: u32,
    zero: f64,
    one: f64,
    weight: f64,
}

struct Walk<'a> {
    tree: &'a Tree,
    row: &'a [f64],
    count: usize,
    first: usize,
    outputs: usize,
    values: &'a mut [f64],
}

impl Walk<'_> {
    fn visit(&mut self, node: usize, path: &[Step], step: Step) {
        let mut path = path.to_vec();
        extend(&mut path, step);
        let tree = self.tree;
        let column = tree.columns[node];
        if column == LEAF {
            for place in 1..path.len() {
                let own = path[place];
                let weight = unwound(&path, place) * (own.one - own.zero);
                let start = own.column as usize * self.outputs + self.first;
                let leaf = &tree.values[node * self.count..][..self.count];
                self.values[start..].iter_mut().zip(leaf).for_each(|(sum, value)| *sum += weight * value);
            }
            return;
        }
        let cell = self.row[column as usize];
        let below = if cell.is_nan() { tree.missing_below[node] } else { cell <= tree.cuts[node] };
        let (low, high) = (node + 1, tree.above[node] as usize);
        let (taken, other) = if below { (low, high) } else { (high, low) };
        let mut known = Step { column, zero: 1.0, one: 1.0, weight: 0.0 };
        if let Some(place) = (1..path.len()).find(|&place| path[place].column == column) {
            known = path[place];
            unwind(&mut path, place);
        }
        let share = |child: usize| tree.covers[child] / tree.covers[node];
        self.visit(taken, &path, Step { zero: known.zero * share(taken), ..known });
        self.visit(other, &path, Step { zero: known.zero * share(other), one: 0.0, ..known });
    }
}

/// Adds a step.
fn extend(path: &mut Vec<Step>, step: Step) {
    let length = path.len();
    path.push(Step { weight: if length == 0 { 1.0 } else { 0.0 }, ..step });
    let all = (length + 1) as f64;
    for i in (0..length).rev() {
        let weight = path[i].weight;
        path[i + 1].weight += step.one * weight * (i + 1) as f64 / all;
        path[i].weight = step.zero * weight * (length - i) as f64 / all;
    }
}

/// Takes a step out again.
fn unwind(path: &mut Vec<Step>, place: usize) {
    let last = path.len() - 1;
    let Step { zero, one, .. } = path[place];
    let all = (last + 1) as f64;
    let mut next = path[last].weight;
    for j in (0..last).rev() {
        if one != 0.0 {
            let before = path[j].weight;
            path[j].weight = next * all / ((j + 1) as f64 * one);
            next = before - path[j].weight * zero * (last - j) as f64 / all;
        } else {
            path[j].weight *= all / (zero * (last - j) as f64);
        }
    }
    for j in place..last {
        let weight = path[j].weight;
        path[j] = Step { weight, ..path[j + 1] };
    }
    path.pop();
}

/// Sum of the weights without a step.
fn unwound(path: &[Step], place: usize) -> f64 {
    let last = path.len() - 1;
    let Step { zero, one, .. } = path[place];
    let all = (last + 1) as f64;
    let mut next = path[last].weight;
    let mut sum = 0.0;
    for j in (0..last).rev() {
        if one != 0.0 {
            let own = next * all / ((j + 1) as f64 * one);
            sum += own;
            next = path[j].weight - own * zero * (last - j) as f64 / all;
        } else {
            sum += path[j].weight * all / (zero * (last - j) as f64);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::{Kind, Standard, forest::Forest, tests::friedman};

    /// Expected prediction of a tree when only the columns of a set are known.
    fn partly(tree: &Tree, row: &[f64], known: usize, node: usize) -> f64 {
        if tree.columns[node] == LEAF {
            return tree.values[node];
        }
        let column = tree.columns[node] as usize;
        let (low, high) = (node + 1, tree.above[node] as usize);
        if known >> column & 1 == 1 {
            return partly(tree, row, known, if row[column] <= tree.cuts[node] { low } else { high });
        }
        let part = |child: usize| tree.covers[child] / tree.covers[node] * partly(tree, row, known, child);
        part(low) + part(high)
    }

    #[test]
    fn contributions_are_the_shapley_values_over_all_subsets() {
        let (features, targets) = friedman(80, 5, 3);
        let fitted = Fitted::fit(Kind::RandomForest, Task::Number, &features, &targets, 1).unwrap();
        let Model::Forest(forest) = &fitted.model else { unreachable!() };
        let own = fitted.contributions(&features.select(&[3])).unwrap();
        let row = features.select(&[3]).by_rows(5);
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        for column in 0..5 {
            let mut expected = 0.0;
            for set in (0..32usize).filter(|set| set >> column & 1 == 0) {
                let size = set.count_ones() as usize;
                let weight = factorial(size) * factorial(4 - size) / factorial(5);
                for tree in &forest.trees {
                    let gain = partly(tree, &row, set | 1 << column, 0) - partly(tree, &row, set, 0);
                    expected += weight * gain / forest.trees.len() as f64;
                }
            }
            assert!((own.values[column] - fitted.scale.scale * expected).abs() < 1e-9);
        }
    }

    /// `shap.TreeExplainer` 0.51.0 (`tree_path_dependent`) of a `DecisionTreeRegressor` of scikit-learn 1.9.1.
    #[test]
    fn contributions_to_a_tree_are_those_of_shap() {
        const L: u32 = LEAF;
        let values = vec![
            10.125,
            7.035_714_285_714_286,
            3.25,
            5.0,
            2.666_666_666_666_666_5,
            8.55,
            7.416_666_666_666_667,
            10.25,
            14.45,
            12.583_333_333_333_334,
            10.75,
            13.5,
            17.25,
            16.25,
            18.25,
        ];
        let tree = Tree {
            columns: vec![0, 2, 0, L, L, 1, L, L, 1, 0, L, L, 1, L, L],
            cuts: vec![13.5, 0.5, 0.5, 0.0, 0.0, 6.0, 0.0, 0.0, 7.0, 16.5, 0.0, 0.0, 9.0, 0.0, 0.0],
            missing_below: vec![false; 15],
            above: vec![8, 5, 4, 0, 0, 7, 0, 0, 12, 11, 0, 0, 14, 0, 0],
            covers: vec![24.0, 14.0, 4.0, 1.0, 3.0, 10.0, 6.0, 4.0, 10.0, 6.0, 2.0, 4.0, 4.0, 2.0, 2.0],
            values,
        };
        assert!(tree.is_sound(3, 1));
        let model = Model::Forest(Forest { task: Task::Number, width: 3, outputs: 1, trees: vec![tree], tried: 3 });
        let scale = Standard { mean: 0.0, scale: 1.0 };
        let fitted = Fitted { kind: Kind::RandomForest, task: Task::Number, width: 3, scale, model };
        let columns = vec![vec![3.0, 20.0, 12.0], vec![8.0, 1.0, 5.0], vec![2.0, 6.0, 0.0]];
        let own = fitted.contributions(&Features::from_columns(columns).unwrap()).unwrap();
        let expected = [
            [-2.911_706_349_206_35, 1.545_436_507_936_508, 1.491_269_841_269_841],
            [4.371_296_296_296_295, -1.406_481_481_481_481_9, 0.410_185_185_185_185_2],
            [-3.920_304_232_804_232_6, -0.681_216_931_216_931_3, -2.856_812_169_312_169_3],
        ];
        assert!((own.base[0] - 10.125).abs() < 1e-12);
        for (found, expected) in own.values.iter().zip(expected.as_flattened()) {
            assert!((found - expected).abs() < 1e-12, "{:?}", own.values);
        }
    }

    #[test]
    fn contributions_add_up_to_the_prediction() {
        let (features, targets) = friedman(120, 6, 3);
        for kind in [Kind::Ridge, Kind::Lasso, Kind::RandomForest, Kind::ExtraTrees, Kind::Boosting] {
            let fitted = Fitted::fit(kind, Task::Number, &features, &targets, 1).unwrap();
            let own = fitted.contributions(&features).unwrap();
            for (values, predicted) in own.values.chunks(6).zip(fitted.predict(&features)) {
                let sum = own.base[0] + values.iter().sum::<f64>();
                assert!((sum - predicted).abs() < 1e-8, "{kind}: {sum} {predicted}");
            }
        }
    }
}
