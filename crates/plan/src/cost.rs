//! What experiments cost: some settings are dear to change.

use crate::{
    search::Preference,
    space::{Point, Value},
};

/// What an experiment costs, in any one unit, and how much of the budget is left.
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    /// What every experiment costs.
    pub experiment: f64,
    /// Per parameter what it costs besides to set it to another value than in the experiment before.
    pub changes: Vec<f64>,
    /// Share of the budget that is left, 0 to 1; none without a budget.
    pub left: Option<f64>,
    /// What must not be exceeded: an experiment that costs more is not proposed while another one can be.
    pub limits: Vec<Limit>,
}

/// What one experiment may cost at most, in one kind of cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// What every experiment costs.
    pub experiment: f64,
    /// Per parameter what it costs besides to change it.
    pub changes: Vec<f64>,
    /// What is left.
    pub left: f64,
}

/// `experiment`, and those of `changes` whose setting is another one than before; at first all of them.
fn total(experiment: f64, changes: &[f64], point: &[Value], before: Option<&Point>) -> f64 {
    let changed = |index: usize| before.is_none_or(|before| before.get(index) != point.get(index));
    let changes = changes.iter().enumerate().filter(|(index, _)| changed(*index));
    experiment + changes.map(|(_, change)| change).sum::<f64>()
}

/// Weight of the costs where there is no budget.
const WITHOUT_BUDGET: f64 = 0.5;
/// An experiment counts as costing at least this share of the dearest: one that is nearly free has to gain something too.
const LEAST: f64 = 0.02;

impl Costs {
    /// Whether some experiments cost more than others.
    pub(crate) fn matter(&self) -> bool {
        self.experiment >= 0.0 && self.changes.iter().any(|change| *change > 0.0)
    }

    /// What an experiment costs after the one with the settings `before`; the first has to set everything.
    pub(crate) fn of(&self, point: &[Value], before: Option<&Point>) -> f64 {
        total(self.experiment, &self.changes, point, before)
    }

    /// Whether what is left covers an experiment.
    pub(crate) fn covers(&self, point: &[Value], before: Option<&Point>) -> bool {
        self.limits.iter().all(|limit| total(limit.experiment, &limit.changes, point, before) <= limit.left)
    }

    /// Copies of `point` with dear settings left as they were: each alone, and all of them.
    pub(crate) fn unchanged(&self, point: &[Value], before: &Point) -> Vec<Point> {
        let dear: Vec<usize> = (0..point.len()).filter(|&i| self.changes.get(i).is_some_and(|c| *c > 0.0)).collect();
        let kept = |which: &[usize]| {
            let mut copy = point.to_vec();
            which.iter().for_each(|&index| {
                if let (Some(cell), Some(old)) = (copy.get_mut(index), before.get(index)) {
                    cell.clone_from(old);
                }
            });
            copy
        };
        let alone = dear.iter().map(|index| kept(&[*index]));
        alone.chain([kept(&dear)]).collect()
    }

    /// Brings `points` into an order with few dear changes: each the cheapest after the one before.
    pub(crate) fn ordered<T>(&self, mut items: Vec<T>, point: impl Fn(&T) -> &Point, before: Option<&Point>) -> Vec<T> {
        let mut ordered: Vec<T> = Vec::with_capacity(items.len());
        while !items.is_empty() {
            let last = ordered.last().map(&point).or(before);
            let cost = |index: &usize| self.of(point(&items[*index]), last);
            let next = (0..items.len()).min_by(|a, b| cost(a).total_cmp(&cost(b)).then(a.cmp(b))).unwrap_or(0);
            ordered.push(items.remove(next));
        }
        ordered
    }
}

/// Improvement per cost, the cost counting less as the budget is used up: at last only the gain counts.
///
/// Source: Snoek, Larochelle & Adams, NeurIPS 2012 (improvement per second); the cooling: Lee, Perrone, Archambeau &
/// Seeger, Cost-aware Bayesian optimization, 2020.
pub(crate) struct Charged<'a> {
    pub(crate) costs: &'a Costs,
    pub(crate) before: Option<&'a Point>,
}

impl Preference for Charged<'_> {
    fn log(&self, point: &[Value]) -> f64 {
        let most = self.costs.experiment + self.costs.changes.iter().sum::<f64>();
        if !(most > 0.0 && most.is_finite()) {
            return 0.0;
        }
        if !self.costs.covers(point, self.before) {
            return f64::NEG_INFINITY;
        }
        let weight = self.costs.left.unwrap_or(WITHOUT_BUDGET).clamp(0.0, 1.0);
        -weight * (self.costs.of(point, self.before) / most).max(LEAST).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dear_changes_count_and_come_late() {
        let costs = Costs { experiment: 1.0, changes: vec![9.0, 0.0], left: Some(1.0), limits: Vec::new() };
        let point = |a: f64, b: f64| vec![Value::Number(a), Value::Number(b)];
        let before = point(1.0, 1.0);
        assert_eq!(costs.of(&point(1.0, 2.0), Some(&before)), 1.0);
        assert_eq!(costs.of(&point(2.0, 1.0), Some(&before)), 10.0);
        let charged = Charged { costs: &costs, before: Some(&before) };
        let saved = charged.log(&point(1.0, 2.0)) - charged.log(&point(2.0, 1.0));
        assert!((saved - 10f64.ln()).abs() < 1e-12);
        let used_up = Costs { left: Some(0.0), ..costs.clone() };
        let charged = Charged { costs: &used_up, before: Some(&before) };
        assert_eq!(charged.log(&point(1.0, 2.0)), charged.log(&point(2.0, 1.0)));
        let limit = Limit { experiment: 1.0, changes: vec![9.0, 0.0], left: 5.0 };
        let short = Costs { limits: vec![limit], ..costs.clone() };
        let charged = Charged { costs: &short, before: Some(&before) };
        assert!(charged.log(&point(1.0, 2.0)).is_finite());
        assert_eq!(charged.log(&point(2.0, 1.0)), f64::NEG_INFINITY);
        let batch = vec![point(2.0, 1.0), point(1.0, 3.0), point(2.0, 2.0), point(1.0, 4.0)];
        let firsts: Vec<Value> =
            costs.ordered(batch, |p| p, Some(&before)).into_iter().map(|mut p| p.remove(0)).collect();
        assert_eq!(firsts, [1.0, 1.0, 2.0, 2.0].map(Value::Number));
        assert_eq!(costs.unchanged(&point(2.0, 2.0), &before), [point(1.0, 2.0), point(1.0, 2.0)]);
    }
}
