//! A weighted mean of other learners.

use serde::{Deserialize, Serialize};

use super::{
    Fitted, Kind, Lesson, Task,
    folds::{folds, without},
};

/// Learners and their weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stack {
    members: Vec<(f64, Fitted)>,
}

/// What may be in a stack.
const MEMBERS: [Kind; 6] =
    [Kind::Ridge, Kind::ExtraTrees, Kind::Boosting, Kind::SupportVector, Kind::Network, Kind::GaussianProcess];
/// Numbers only.
const NUMBERS_ONLY: Kind = Kind::GaussianProcess;
const PARTS: usize = 5;
/// Weights below this are left out.
const SMALLEST: f64 = 0.03;

/// Weights, none negative and 1 together, that predict rows left out in turn best.
///
/// Source: Breiman, Stacked regressions, Mach. Learn. 24, 49 (1996).
pub(super) fn fit(lesson: &Lesson<'_>) -> Option<Stack> {
    let size = lesson.targets.len();
    if size < 2 * PARTS {
        return Some(Stack { members: vec![(1.0, whole(Kind::Ridge, lesson)?)] });
    }
    let outputs = lesson.task.outputs();
    let kinds: Vec<Kind> =
        MEMBERS.into_iter().filter(|kind| lesson.task == Task::Number || *kind != NUMBERS_ONLY).collect();
    let mut left_out = vec![vec![0.0; size * outputs]; kinds.len()];
    for part in folds(lesson, PARTS) {
        let inside = without(size, &part);
        let (features, test) = (lesson.features.select(&inside), lesson.features.select(&part));
        let targets: Vec<f64> = inside.iter().map(|&row| lesson.targets[row]).collect();
        for (kind, own) in kinds.iter().copied().zip(&mut left_out) {
            let fitted = Fitted::fit(kind, lesson.task, &features, &targets, lesson.seed).ok()?;
            let values = fitted.predict(&test);
            for (&row, values) in part.iter().zip(values.chunks_exact(outputs)) {
                own[row * outputs..][..outputs].copy_from_slice(values);
            }
        }
    }
    let wanted: Vec<f64> = match lesson.task {
        Task::Number => lesson.targets.to_vec(),
        Task::Class { count } => {
            lesson.targets.iter().flat_map(|y| (0..count).map(move |k| f64::from(u8::from(*y == k as f64)))).collect()
        }
    };
    let mut weights = weights(&left_out, &wanted);
    weights.iter_mut().filter(|w| **w < SMALLEST).for_each(|w| *w = 0.0);
    let total: f64 = weights.iter().sum();
    let used = kinds.into_iter().zip(weights).filter(|(_, weight)| *weight > 0.0);
    let members = used.map(|(kind, weight)| Some((weight / total, whole(kind, lesson)?))).collect::<Option<_>>()?;
    Some(Stack { members })
}

fn whole(kind: Kind, lesson: &Lesson<'_>) -> Option<Fitted> {
    Fitted::fit(kind, lesson.task, lesson.features, lesson.targets, lesson.seed).ok()
}

/// Rounds of the search for weights.
const ROUNDS: usize = 2000;

/// Weights on the simplex with the smallest squared error, by exchanges between pairs.
fn weights(columns: &[Vec<f64>], wanted: &[f64]) -> Vec<f64> {
    let count = columns.len();
    let errors: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().zip(wanted).map(|(p, y)| p - y).collect()).collect();
    let product = |a: usize, b: usize| errors[a].iter().zip(&errors[b]).map(|(x, y)| x * y).sum::<f64>();
    let products: Vec<Vec<f64>> = (0..count).map(|a| (0..count).map(|b| product(a, b)).collect()).collect();
    let mut weights = vec![1.0 / count as f64; count];
    for _ in 0..ROUNDS {
        let mut most = 0.0f64;
        for a in 0..count {
            for b in 0..a {
                let slope: f64 = (0..count).map(|k| weights[k] * (products[a][k] - products[b][k])).sum();
                let curvature = products[a][a] + products[b][b] - 2.0 * products[a][b];
                if curvature <= 0.0 {
                    continue;
                }
                let change = (-slope / curvature).clamp(-weights[a], weights[b]);
                weights[a] += change;
                weights[b] -= change;
                most = most.max(change.abs());
            }
        }
        if most < 1e-9 {
            break;
        }
    }
    weights
}

impl Stack {
    pub(super) fn is_sound(&self, task: super::Task, width: usize) -> bool {
        let sound = |(weight, member): &(f64, Fitted)| {
            let nested = matches!(member.model, super::Model::Stack(_));
            weight.is_finite() && !nested && (member.task, member.width) == (task, width) && member.is_sound()
        };
        !self.members.is_empty() && self.members.iter().all(sound)
    }

    pub(super) fn predict(&self, features: &super::Features) -> Vec<f64> {
        let mut sums = Vec::new();
        for (weight, member) in &self.members {
            let values = member.predict(features);
            sums.resize(values.len(), 0.0);
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
        }
        sums
    }

    pub(super) fn settings(&self) -> Vec<(String, f64)> {
        self.members.iter().map(|(weight, member)| (member.kind().name().to_owned(), *weight)).collect()
    }
}
