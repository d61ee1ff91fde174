//! The search where settings have to keep rules together.

use matdock_learn::optimise::Status;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Candidate, Search};
use crate::space::{Point, Ranges, Value};

/// Gradients taken per climb.
const EVALUATIONS: usize = 40;
/// Steps shorter than this share of a range end a climb.
const SHORTEST: f64 = 1e-6;

impl Search<'_> {
    /// Those of `points` that keep the rules; the others are mended where that is possible.
    pub(super) fn allowed(&self, points: Vec<Point>, random: &mut ChaCha8Rng) -> Vec<Point> {
        let Some(ranges) = self.ranges().filter(|ranges| ranges.is_ruled()) else { return points };
        let mend = |mut point: Point| {
            let units: Vec<f64> = (0..point.len()).map(|_| random.random()).collect();
            ranges.complete(&mut point, |index| ranges.parameters()[index].setting(units[index]));
            if ranges.allows(&point) { Some(point) } else { ranges.repair(point, random) }
        };
        points.into_iter().filter_map(mend).collect()
    }

    /// Moves continuous settings and mixtures up the gradient within what the rules allow; the start is kept when
    /// that does not help.
    ///
    /// Source: spectral projected gradient (Birgin, Martinez & Raydan, SIAM J. Optim. 10, 1196, 2000), with repair in
    /// place of an exact projection.
    pub(super) fn climb_ruled(&self, start: Candidate, ranges: &Ranges, random: &mut ChaCha8Rng) -> Candidate {
        let appraisal = self.appraisal;
        let Some((mut score, mut slopes)) = appraisal.score_with_gradient(&start.columns) else { return start };
        let (mut point, mut columns) = (start.point.clone(), start.columns.clone());
        let mut moving = self.moving(ranges, &point);
        let size = |slopes: &[f64], moving: &[(usize, usize)]| {
            moving.iter().map(|&(_, c)| slopes[c] * slopes[c]).sum::<f64>().sqrt()
        };
        let mut step = 0.2 / size(&slopes, &moving).max(1e-12);
        let mut ended = Status::Exhausted;
        for _ in 0..EVALUATIONS {
            let length = step * size(&slopes, &moving);
            if !(length.is_finite() && length > SHORTEST) {
                ended = if length.is_finite() { Status::Converged } else { Status::Stalled };
                break;
            }
            let step_now = if length > 1.0 { step / length } else { step };
            let mut moved = point.clone();
            for &(parameter, column) in &moving {
                let unit = columns[column] + step_now * slopes[column];
                let low = if ranges.is_optional(parameter) { SHORTEST } else { 0.0 };
                if let Some(number) = self.encoding.number(parameter, unit.clamp(low, 1.0)) {
                    moved[parameter] = Value::Number(number);
                }
            }
            let next = self.settled(ranges, moved, random).and_then(|moved| {
                let columns = self.encoding.encode(&moved).ok()?;
                let (score, slopes) = appraisal.score_with_gradient(&columns)?;
                Some((moved, columns, score, slopes))
            });
            let Some((next_point, next_columns, next_score, next_slopes)) = next.filter(|next| next.2 > score) else {
                step = 0.25 * step_now;
                continue;
            };
            let (mut square, mut curve) = (0.0, 0.0);
            for &(_, c) in &moving {
                let way = next_columns[c] - columns[c];
                square += way * way;
                curve -= way * (next_slopes[c] - slopes[c]);
            }
            step = if curve > 1e-12 * square {
                (square / curve).clamp(0.1 * step_now, 10.0 * step_now)
            } else {
                4.0 * step_now
            };
            (point, columns, score, slopes) = (next_point, next_columns, next_score, next_slopes);
            moving = self.moving(ranges, &point);
        }
        let better = |start: Candidate, moved: Candidate| if moved.score > start.score { moved } else { start };
        let best = self.scored(vec![point]).into_iter().fold(start, better);
        Candidate { ended: Some(ended), ..best }
    }

    /// Parameters that move with the gradient at `point`, and their columns.
    fn moving(&self, ranges: &Ranges, point: &[Value]) -> Vec<(usize, usize)> {
        let moves = |&index: &usize| {
            let zero = ranges.is_optional(index) && point[index] == Value::Number(0.0);
            let moves = ranges.blend_of(index).is_some() || self.parameters[index].is_free();
            moves && !zero && point[index] != Value::Absent
        };
        let all = (0..point.len()).filter(moves);
        all.filter_map(|index| self.encoding.column(index).map(|column| (index, column))).collect()
    }

    /// `point` with its mixtures adding up and the rules kept.
    fn settled(&self, ranges: &Ranges, mut point: Point, random: &mut ChaCha8Rng) -> Option<Point> {
        for blend in ranges.blends() {
            let mut amounts = blend.amounts(&point)?;
            if !blend.settle(&mut amounts) {
                return None;
            }
            blend.put(&amounts, &mut point);
        }
        ranges.complete(&mut point, |index| ranges.parameters()[index].setting(0.5));
        if ranges.allows(&point) { Some(point) } else { ranges.repair(point, random) }
    }

    /// The point with other components in its mixtures, or with steps moved from one component to another.
    pub(super) fn mixture_exchanges(&self, ranges: &Ranges, point: &[Value]) -> Vec<Point> {
        let mut found = Vec::new();
        for blend in ranges.blends() {
            let Some(amounts) = blend.amounts(point) else { continue };
            for other in blend.exchanged(&amounts).into_iter().chain(blend.shifted(&amounts)) {
                let mut moved = point.to_vec();
                blend.put(&other, &mut moved);
                found.push(moved);
            }
        }
        found
    }

    pub(super) fn ranges(&self) -> Option<&Ranges> {
        self.encoding.ranges()
    }
}
