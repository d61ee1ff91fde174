//! What a candidate is expected to add to the hypervolume of a front, with its gradient.

use matdock_learn::{Component, Moments, OutcomeModel, Slope, Surrogate, normal};

use super::gain::{Sloped, log_nearer, log_sum, mix};
use super::merit::distance_moments;
use crate::{
    goal::{Direction, Objective},
    pareto,
};

/// What one objective of a front wants of its outcome, on the standardised scale of its model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Want {
    pub(super) outcome: usize,
    weight: f64,
    wish: Wish,
    /// Worst acceptable merit, where people gave one.
    reference: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
enum Wish {
    /// Up (1) or down (-1).
    Way(f64),
    /// Into a window.
    Window(f64, f64),
}

/// Nearer to a window than this counts as inside, so that the search goes on to where that is sure.
const INSIDE: f64 = 1e-3;

impl Want {
    pub(super) fn new(objective: &Objective, outcome: usize, model: Option<&OutcomeModel>) -> Self {
        let forward = |value: f64| model.map_or(value, |model| model.warp().forward(value));
        let (wish, reference) = match objective.direction.window() {
            None => {
                let sign = if objective.direction == Direction::Minimise { -1.0 } else { 1.0 };
                (Wish::Way(sign), objective.reference.map(|value| sign * forward(value)))
            }
            Some((low, high)) => {
                // The model of a front's outcome is straight, so a distance is scaled alike everywhere.
                let distance = |reach: f64| (forward(high) - forward(high + reach)).min(-2.0 * INSIDE);
                (Wish::Window(forward(low), forward(high)), objective.reference.map(distance))
            }
        };
        Self { outcome, weight: objective.weight, wish, reference: reference.filter(|r| r.is_finite()) }
    }

    /// How good a value is, the higher the better.
    pub(super) fn merit(&self, value: f64) -> f64 {
        match self.wish {
            Wish::Way(sign) => sign * value,
            Wish::Window(low, high) => (-(low - value).max(value - high)).min(-INSIDE),
        }
    }

    /// The merit that is expected.
    fn expected(&self, m: Moments) -> f64 {
        match self.wish {
            Wish::Way(sign) => sign * m.mean,
            Wish::Window(low, high) => (-distance_moments(m, low, high).0.value).min(-INSIDE),
        }
    }

    /// The outcome (its unit) at a merit; for a window the distance from it.
    pub(super) fn backward(&self, merit: f64, model: &OutcomeModel) -> f64 {
        match self.wish {
            Wish::Way(sign) => model.warp().backward(sign * merit),
            Wish::Window(_, high) => model.warp().backward(high - merit) - model.warp().backward(high),
        }
    }

    /// The merits multiplied with the objective's weight, for one compromise among a front.
    pub(super) fn weighted(&self, merit: f64) -> f64 {
        self.weight * merit
    }

    /// Log of the expected part of the merit above `cut`.
    fn log_above(&self, m: Moments, cut: f64) -> Sloped {
        match self.wish {
            Wish::Way(sign) => {
                let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
                let z = (sign * m.mean - cut) / deviation;
                let (value, slope) = normal::log_improvement(z);
                Sloped {
                    value: deviation.ln() + value,
                    by_mean: sign * slope / deviation,
                    by_variance: (1.0 - slope * z) / (2.0 * deviation * deviation),
                }
            }
            Wish::Window(low, high) => log_nearer(m, low, high, -cut.min(-INSIDE)),
        }
    }

    /// Probability of a merit above `cut`.
    fn probability_above(&self, m: Moments, cut: f64) -> f64 {
        let deviation = m.variance.sqrt().max(f64::MIN_POSITIVE);
        let below = |value: f64| normal::cumulative((value - m.mean) / deviation);
        match self.wish {
            Wish::Way(sign) => normal::cumulative((sign * m.mean - cut) / deviation),
            Wish::Window(low, high) => (below(high - cut) - below(low + cut)).max(0.0),
        }
    }
}

/// The front that experiments are expected to be on, and the region that would add to it.
#[derive(Debug, Clone)]
pub(super) struct Front {
    reference: Vec<f64>,
    points: Vec<Vec<f64>>,
    /// Per objective the merits at which cells begin and end, ascending; the first is the reference.
    cuts: Vec<Vec<f64>>,
    /// Per cell and objective the numbers of its lower and upper cut; one past the last cut is infinity.
    cells: Vec<Vec<(usize, usize)>>,
}

/// A front with more cells is thinned: the time of a search grows with them.
const MOST_CELLS: usize = 3000;

impl Front {
    /// The front of `points` above the reference, which is found where none was given; `None` without a point.
    pub(super) fn new(wants: &[Want], points: Vec<Vec<f64>>) -> Option<Self> {
        let found = pareto::reference(&points);
        if found.len() != wants.len() {
            return None;
        }
        // A front found first may be narrow: measured from just below it, its ends would never be worth moving.
        let found = found.into_iter().enumerate().map(|(objective, worst)| worst.min(worst_of(&points, objective)));
        let reference: Vec<f64> = wants.iter().zip(found).map(|(want, r)| want.reference.unwrap_or(r)).collect();
        let mut front: Vec<Vec<f64>> = pareto::front(&points).into_iter().map(|index| points[index].clone()).collect();
        front.retain(|point| point.iter().zip(&reference).all(|(x, r)| x > r));
        front.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        front.dedup();
        let mut cells = pareto::free_cells(&front, &reference);
        while cells.len() > MOST_CELLS && front.len() > 2 {
            front = thinned(front, &reference);
            cells = pareto::free_cells(&front, &reference);
        }
        let cuts: Vec<Vec<f64>> = (0..wants.len())
            .map(|objective| {
                let mut cuts: Vec<f64> = front.iter().map(|point| point[objective]).collect();
                cuts.push(reference[objective]);
                cuts.sort_by(f64::total_cmp);
                cuts.dedup();
                cuts
            })
            .collect();
        let number = |objective: usize, at: f64| cuts[objective].partition_point(|cut| *cut < at);
        let sides = |cell: &pareto::Cell| {
            (0..wants.len()).map(|j| (number(j, cell.low[j]), number(j, cell.high[j]))).collect::<Vec<_>>()
        };
        let cells = cells.iter().map(sides).collect();
        Some(Self { reference, points: front, cuts, cells })
    }

    /// Worst acceptable merits.
    pub(super) fn reference(&self) -> &[f64] {
        &self.reference
    }

    /// The front with one more point.
    pub(super) fn with(&self, wants: &[Want], point: Vec<f64>) -> Option<Self> {
        self.again(wants, self.points.iter().cloned().chain([point]).collect())
    }

    /// The front of other points with the same reference.
    pub(super) fn again(&self, wants: &[Want], points: Vec<Vec<f64>>) -> Option<Self> {
        let fixed: Vec<Want> =
            wants.iter().zip(&self.reference).map(|(want, r)| Want { reference: Some(*r), ..*want }).collect();
        Self::new(&fixed, points)
    }

    /// By how much a point is ahead of the front: the smallest lead it has, in its best objective, over any member
    /// that differs from it. Negative when it is dominated.
    pub(super) fn lead(&self, point: &[f64]) -> f64 {
        let others = self.points.iter().filter(|other| other.as_slice() != point);
        let over = |other: &Vec<f64>| point.iter().zip(other).map(|(x, y)| x - y).fold(f64::NEG_INFINITY, f64::max);
        others.map(over).fold(f64::INFINITY, f64::min).clamp(-1e300, 1e300)
    }

    /// Log of the expected gain of hypervolume for one candidate: `parts[objective]` are its shares and moments.
    fn log_gain(&self, wants: &[Want], parts: &[Vec<(f64, Moments)>]) -> f64 {
        let tables: Vec<Vec<f64>> = wants
            .iter()
            .zip(parts)
            .zip(&self.cuts)
            .map(|((want, parts), cuts)| {
                let log =
                    |cut: &f64| log_sum(parts.iter().map(|(share, m)| share.ln() + want.log_above(*m, *cut).value));
                cuts.iter().map(log).collect()
            })
            .collect();
        // Relative to all of what is above the reference, so that products of many small numbers stay numbers.
        let relative: Vec<Vec<f64>> =
            tables.iter().map(|table| table.iter().map(|log| (log - table[0]).exp()).chain([0.0]).collect()).collect();
        let side = |(&(low, high), table): (&(usize, usize), &Vec<f64>)| (table[low] - table[high]).max(0.0);
        let sum: f64 = self.cells.iter().map(|cell| cell.iter().zip(&relative).map(side).product::<f64>()).sum();
        if sum > 1e-250 {
            return sum.ln() + tables.iter().map(|table| table[0]).sum::<f64>();
        }
        log_sum(self.cells.iter().map(|cell| log_volume(cell, &tables)))
    }

    /// [`Front::log_gain`] with its gradient.
    fn log_gain_with_gradient(&self, wants: &[Want], slopes: &[Vec<Slope>]) -> (f64, Vec<f64>) {
        let each: Vec<Vec<(f64, Vec<f64>)>> = wants
            .iter()
            .zip(slopes)
            .zip(&self.cuts)
            .map(|((want, parts), cuts)| {
                let at = |cut: &f64| {
                    let logs: Vec<Sloped> = parts.iter().map(|part| want.log_above(part.moments, *cut)).collect();
                    mix(parts, &logs)
                };
                cuts.iter().map(at).collect()
            })
            .collect();
        let tables: Vec<Vec<f64>> = each.iter().map(|table| table.iter().map(|(log, _)| *log).collect()).collect();
        let logs: Vec<f64> = self.cells.iter().map(|cell| log_volume(cell, &tables)).collect();
        let total = log_sum(logs.iter().copied());
        // How the total follows from every entry of the tables.
        let mut by_entry: Vec<Vec<f64>> = tables.iter().map(|table| vec![0.0; table.len()]).collect();
        for (cell, log) in self.cells.iter().zip(logs) {
            let weight = (log - total).exp();
            if !(weight > 0.0 && weight.is_finite()) {
                continue;
            }
            for ((&(low, high), table), by) in cell.iter().zip(&tables).zip(&mut by_entry) {
                let ratio = table.get(high).map_or(0.0, |above| (above - table[low]).exp());
                let share = weight / (1.0 - ratio);
                by[low] += share;
                if let Some(by) = by.get_mut(high) {
                    *by -= share * ratio;
                }
            }
        }
        let mut gradient = vec![0.0; slopes.first().and_then(|parts| parts.first()).map_or(0, |part| part.mean.len())];
        for (table, by) in each.iter().zip(by_entry) {
            for ((_, slope), by) in table.iter().zip(by).filter(|(_, by)| *by != 0.0 && by.is_finite()) {
                gradient.iter_mut().zip(slope).for_each(|(sum, slope)| *sum += by * slope);
            }
        }
        (total, gradient)
    }

    /// Probability that a candidate is not dominated and better than the reference.
    fn probability(&self, wants: &[Want], parts: &[Vec<(f64, Moments)>]) -> f64 {
        let tables: Vec<Vec<f64>> = wants
            .iter()
            .zip(parts)
            .zip(&self.cuts)
            .map(|((want, parts), cuts)| {
                let above = |cut: &f64| parts.iter().map(|(share, m)| share * want.probability_above(*m, *cut)).sum();
                cuts.iter().map(above).chain([0.0]).collect()
            })
            .collect();
        let side = |(&(low, high), table): (&(usize, usize), &Vec<f64>)| (table[low] - table[high]).max(0.0);
        let sum: f64 = self.cells.iter().map(|cell| cell.iter().zip(&tables).map(side).product::<f64>()).sum();
        sum.clamp(0.0, 1.0)
    }
}

/// The worst value of an objective, outliers cut off at three standard deviations.
fn worst_of(points: &[Vec<f64>], objective: usize) -> f64 {
    let values: Vec<f64> = points.iter().map(|point| point[objective]).filter(|x| x.is_finite()).collect();
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
    values.into_iter().fold(f64::INFINITY, f64::min).max(mean - 3.0 * spread)
}

/// Log of the expected part of one cell, from logs of what is expected above every cut.
fn log_volume(cell: &[(usize, usize)], tables: &[Vec<f64>]) -> f64 {
    let side = |(&(low, high), table): (&(usize, usize), &Vec<f64>)| {
        let ratio = table.get(high).map_or(0.0, |above| (above - table[low]).exp());
        table[low] + (-ratio).ln_1p()
    };
    let sum: f64 = cell.iter().zip(tables).map(side).sum();
    if sum.is_nan() { f64::NEG_INFINITY } else { sum }
}

/// The half of a front that makes most of its hypervolume, each point by what it alone adds.
fn thinned(front: Vec<Vec<f64>>, reference: &[f64]) -> Vec<Vec<f64>> {
    let keep = front.len() / 2;
    let whole = |point: &[f64]| point.iter().zip(reference).map(|(x, r)| (x - r).ln()).sum::<f64>();
    let mut order: Vec<usize> = (0..front.len()).collect();
    order.sort_by(|&a, &b| whole(&front[b]).total_cmp(&whole(&front[a])).then(a.cmp(&b)));
    let mut kept: Vec<usize> = order.into_iter().take(keep).collect();
    // The ends of the front stay, whatever they add.
    for objective in 0..reference.len() {
        let most = (0..front.len()).max_by(|&a, &b| front[a][objective].total_cmp(&front[b][objective]));
        kept.extend(most.filter(|most| !kept.contains(most)));
    }
    kept.truncate(front.len() - 1);
    kept.sort_unstable();
    kept.into_iter().map(|index| front[index].clone()).collect()
}

/// Log expected gains of hypervolume at many points; `components[objective]` are the parts of its model there.
pub(super) fn log_gains(front: &Front, wants: &[Want], components: &[Vec<Component>], count: usize) -> Vec<f64> {
    (0..count).map(|index| front.log_gain(wants, &parts_at(components, index))).collect()
}

/// [`log_gains`] at one point with its gradient; `None` where a model has none.
pub(super) fn log_gain_with_gradient(
    front: &Front,
    wants: &[Want],
    models: &[&dyn Surrogate],
    point: &[f64],
) -> Option<(f64, Vec<f64>)> {
    let slopes: Option<Vec<Vec<Slope>>> = models.iter().map(|model| model.slopes(point)).collect();
    Some(front.log_gain_with_gradient(wants, &slopes?))
}

/// Probability that the first point adds nothing to the front.
pub(super) fn exploration(front: &Front, wants: &[Want], components: &[Vec<Component>]) -> f64 {
    1.0 - front.probability(wants, &parts_at(components, 0))
}

/// Merits expected at each point.
pub(super) fn expected(wants: &[Want], moments: &[Vec<Moments>], count: usize) -> Vec<Vec<f64>> {
    (0..count)
        .map(|index| wants.iter().zip(moments).map(|(want, moments)| want.expected(moments[index])).collect())
        .collect()
}

fn parts_at(components: &[Vec<Component>], index: usize) -> Vec<Vec<(f64, Moments)>> {
    let at = |parts: &Vec<Component>| {
        parts.iter().filter_map(|part| Some((part.share, *part.moments.get(index)?))).collect()
    };
    components.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    fn up(outcome: usize) -> Want {
        Want { outcome, weight: 1.0, wish: Wish::Way(1.0), reference: Some(0.0) }
    }

    fn slope(mean: f64, variance: f64, along: usize) -> Slope {
        let mut gradients = [vec![0.0; 4], vec![0.0; 4]];
        gradients[0][2 * along] = 1.0;
        gradients[1][2 * along + 1] = 1.0;
        let [mean_slope, variance_slope] = gradients;
        Slope { share: 1.0, moments: Moments { mean, variance }, mean: mean_slope, variance: variance_slope }
    }

    #[test]
    fn the_expected_gain_is_the_mean_over_many_draws() {
        let window = Want { outcome: 2, weight: 1.0, wish: Wish::Window(0.0, 0.5), reference: Some(-3.0) };
        let wants = [up(0), Want { wish: Wish::Way(-1.0), reference: Some(-4.0), ..up(1) }, window];
        let points = vec![vec![2.0, -1.0, -1.0], vec![1.0, -2.0, -0.2], vec![0.5, -3.0, -0.1], vec![3.0, -3.5, -2.0]];
        let front = Front::new(&wants, points.clone()).unwrap();
        let moments = [(2.0, 1.0), (1.5, 0.5), (1.0, 0.8)].map(|(mean, variance)| Moments { mean, variance });
        let parts: Vec<Vec<(f64, Moments)>> = moments.iter().map(|m| vec![(0.25, *m), (0.75, *m)]).collect();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let cells = pareto::free_cells(&points, front.reference());
        let count = 200_000;
        let gains: Vec<f64> = (0..count)
            .map(|_| {
                let draw = |m: Moments, random: &mut ChaCha8Rng| {
                    let z: f64 = StandardNormal.sample(random);
                    m.mean + z * m.variance.sqrt()
                };
                let merits: Vec<f64> =
                    wants.iter().zip(moments).map(|(want, m)| want.merit(draw(m, &mut random))).collect();
                pareto::gain(&cells, &merits)
            })
            .collect();
        let mean = gains.iter().sum::<f64>() / count as f64;
        let found = front.log_gain(&wants, &parts).exp();
        assert!((found / mean - 1.0).abs() < 0.02, "{found} {mean}");
        let share = gains.iter().filter(|gain| **gain > 0.0).count() as f64 / count as f64;
        assert!((front.probability(&wants, &parts) - share).abs() < 0.01);
    }

    #[test]
    fn its_slopes_are_right_even_far_below_the_front() {
        let wants = [up(0), up(1)];
        let front = Front::new(&wants, vec![vec![1.0, 3.0], vec![2.0, 2.0], vec![3.0, 1.0]]).unwrap();
        for numbers in [[1.5, 0.3, 1.7, 0.5], [-40.0, 0.2, -60.0, 0.1], [5.0, 0.1, 6.0, 0.1], [2.5, 1e-4, 0.3, 1e-4]] {
            let at = |n: [f64; 4]| {
                front.log_gain_with_gradient(&wants, &[vec![slope(n[0], n[1], 0)], vec![slope(n[2], n[3], 1)]])
            };
            let (value, gradient) = at(numbers);
            let parts = [(numbers[0], numbers[1]), (numbers[2], numbers[3])]
                .map(|(mean, variance)| vec![(1.0, Moments { mean, variance })]);
            assert!(value.is_finite() && (front.log_gain(&wants, &parts) - value).abs() < 1e-9 * value.abs().max(1.0));
            for (along, found) in gradient.iter().enumerate() {
                let step = 1e-7 * numbers[along].abs();
                let (mut more, mut less) = (numbers, numbers);
                more[along] += step;
                less[along] -= step;
                let numeric = (at(more).0 - at(less).0) / (2.0 * step);
                assert!(
                    (found - numeric).abs() < 1e-3 * numeric.abs().max(1.0),
                    "{numbers:?} {along}: {found} {numeric}"
                );
            }
        }
    }

    #[test]
    fn a_front_of_many_is_thinned_but_keeps_its_ends() {
        let wants: Vec<Want> = (0..5).map(up).collect();
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let points: Vec<Vec<f64>> = (0..60)
            .map(|_| {
                let draws: Vec<f64> = (0..5).map(|_| f64::abs(StandardNormal.sample(&mut random)) + 0.01).collect();
                let size = draws.iter().map(|x| x * x).sum::<f64>().sqrt();
                draws.iter().map(|x| x / size).collect()
            })
            .collect();
        let front = Front::new(&wants, points.clone()).unwrap();
        assert!(front.cells.len() <= MOST_CELLS, "{}", front.cells.len());
        let most = points.iter().map(|point| point[0]).fold(0.0, f64::max);
        assert!(front.points.iter().any(|point| point[0] == most));
    }
}
