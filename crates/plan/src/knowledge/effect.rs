//! The effect of one parameter on its own, as an earlier campaign found it.

use std::sync::Arc;

use matdock_learn::{Basis, OutcomeModel, Rows};

/// Places along a column, and experiments that are averaged over.
const PLACES: usize = 25;
const EXPERIMENTS: usize = 64;

/// The effects of the columns that are `wanted`, each averaged over the other settings at `inputs`.
///
/// Source: partial dependence, Friedman, Ann. Stat. 29, 1189 (2001).
pub(super) fn effects(model: &OutcomeModel, inputs: &Rows, wanted: impl Fn(usize) -> bool) -> Vec<Arc<dyn Basis>> {
    let count = inputs.len().min(EXPERIMENTS);
    let chosen: Vec<usize> = (0..count).map(|k| k * inputs.len() / count.max(1)).collect();
    let around = inputs.select(&chosen);
    let average = |rows: &Rows| model.surrogate().means(rows).iter().sum::<f64>() / rows.len().max(1) as f64;
    let overall = average(&around);
    let at = |column: usize, unit: f64| {
        let moved = around.iter().map(|row| {
            let mut row = row.to_vec();
            row[column] = unit;
            row
        });
        let moved: Vec<Vec<f64>> = moved.collect();
        average(&Rows::collect(around.width(), moved.iter().map(Vec::as_slice))) - overall
    };
    let effect = |column: usize| -> Arc<dyn Basis> {
        let values = (0..PLACES).map(|place| at(column, place as f64 / (PLACES - 1) as f64)).collect();
        Arc::new(Effect { column, values })
    };
    (0..inputs.width()).filter(|&column| wanted(column)).map(effect).collect()
}

/// Straight between places evenly along 0..1, level outside.
#[derive(Debug)]
struct Effect {
    column: usize,
    values: Vec<f64>,
}

impl Effect {
    /// Value and slope.
    fn at(&self, x: f64) -> (f64, f64) {
        let steps = self.values.len() - 1;
        let along = x.clamp(0.0, 1.0) * steps as f64;
        let place = (along as usize).min(steps - 1);
        let rise = self.values[place + 1] - self.values[place];
        let slope = if (0.0..1.0).contains(&x) { rise * steps as f64 } else { 0.0 };
        (self.values[place] + rise * (along - place as f64), slope)
    }
}

impl Basis for Effect {
    fn values(&self, points: &Rows) -> Vec<f64> {
        points.iter().map(|row| self.at(row[self.column]).0).collect()
    }

    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let (value, slope) = self.at(point[self.column]);
        let mut gradient = vec![0.0; point.len()];
        gradient[self.column] = slope;
        (value, gradient)
    }
}
