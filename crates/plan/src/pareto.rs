//! Several objectives without weights: dominance, fronts, hypervolumes and the region that would add to them.
//!
//! Throughout, every objective is to be *maximised* (turn the sign of one to be minimised), and all points of one
//! call have the same number of objectives. Points with another number, or with a number that is not finite, are
//! left out. Units: each objective keeps its own; a hypervolume has the product of them all.

/// Whether `a` is at least as good as `b` in every objective and better in one.
#[must_use]
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a >= b) && a.iter().zip(b).any(|(a, b)| a > b)
}

/// Numbers of the points that no other dominates, ascending. Equal points stand or fall together.
///
/// Source: points are visited from the highest sum down, so that none is dominated by a later one (sort-filter-skyline,
/// Chomicki et al., ICDE 2003); two objectives take one sweep.
#[must_use]
pub fn front<P: AsRef<[f64]>>(points: &[P]) -> Vec<usize> {
    let width = points.first().map_or(0, |point| point.as_ref().len());
    let mut order: Vec<usize> = (0..points.len()).filter(|&i| is_sound(points[i].as_ref(), width)).collect();
    // Lexicographic from the top: a dominating point comes before what it dominates, without sums that may overflow.
    order.sort_by(|&a, &b| descending(points[a].as_ref(), points[b].as_ref()).then(a.cmp(&b)));
    let mut chosen: Vec<usize> = Vec::new();
    for &candidate in &order {
        let point = points[candidate].as_ref();
        let beaten = |&other: &usize| dominates(points[other].as_ref(), point);
        // With two objectives the last one taken has the highest second objective so far.
        let dominated = if width <= 2 { chosen.last().is_some_and(beaten) } else { chosen.iter().any(beaten) };
        if !dominated {
            chosen.push(candidate);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// Volume that `points` dominate above `reference`; 0 when none is better than it in every objective.
///
/// Source: one and two objectives by sorting, three by a sweep over slices; more by inclusion of exclusive volumes
/// (While, Bradstreet & Barone, IEEE Trans. Evol. Comput. 16, 86 (2012), "WFG"). All exact.
#[must_use]
pub fn hypervolume<P: AsRef<[f64]>>(points: &[P], reference: &[f64]) -> f64 {
    let above = above(points, reference);
    volume(&above, reference)
}

/// A box of outcomes: from `low` (included) up to `high`, which may be infinite.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Lower corner.
    pub low: Vec<f64>,
    /// Upper corner.
    pub high: Vec<f64>,
}

/// The region above `reference` that no point dominates, as boxes that do not overlap: a new result adds to the
/// hypervolume what it cuts off from them ([`gain`]).
///
/// n points that are a front make n + 1 boxes for two objectives and about 4 n for three.
///
/// Source: local bounds with their defining points, Lacour, Klamroth & Fonseca, Comput. Oper. Res. 79, 347 (2017); for
/// what is *not* dominated applied to the local bounds themselves, as in BoTorch (Daulton, Balandat & Bakshy, NeurIPS
/// 2021). Two objectives make strips.
#[must_use]
pub fn free_cells<P: AsRef<[f64]>>(points: &[P], reference: &[f64]) -> Vec<Cell> {
    let above = above(points, reference);
    let width = reference.len();
    match width {
        0 => Vec::new(),
        1 => {
            let low = above.iter().map(|point| point[0]).fold(reference[0], f64::max);
            vec![Cell { low: vec![low], high: vec![f64::INFINITY] }]
        }
        2 => strips(above, reference),
        _ => {
            // Turned round, so that `bounds` (made for the dominated side of a minimisation) sees good as low.
            let turned = |point: &[f64]| point.iter().map(|x| -x).collect::<Vec<f64>>();
            let bounds_of_front = bounds(above.iter().map(|point| turned(point)), &turned(reference));
            let limits = bounds_of_front.into_iter().map(|bound| turned(&bound.corner));
            let infinite = vec![f64::INFINITY; width];
            bounds(limits, &infinite).iter().filter_map(|bound| bound.cell(&infinite)).collect()
        }
    }
}

/// What `point` adds to the hypervolume of the points whose [`free_cells`] these are.
#[must_use]
pub fn gain(cells: &[Cell], point: &[f64]) -> f64 {
    let part = |cell: &Cell| {
        let sides = cell.low.iter().zip(&cell.high).zip(point);
        sides.map(|((low, high), x)| (x.min(*high) - low).max(0.0)).product::<f64>()
    };
    cells.iter().map(part).sum()
}

/// Share of the front's range that the reference point lies below its worst values.
const MARGIN: f64 = 0.1;

/// A reference point for the hypervolume when nobody gave one: the worst value of each objective on the front of
/// `points`, less a tenth of the front's range.
///
/// Where the front has no range (one point, say) the range of all points counts, without that the size of the value.
/// Empty when no point is left.
///
/// Source: the rule of BoTorch's `infer_reference_point`; why slightly below the worst values: Ishibuchi et al., Evol.
/// Comput. 26, 411 (2018).
#[must_use]
pub fn reference<P: AsRef<[f64]>>(points: &[P]) -> Vec<f64> {
    let best = front(points);
    let Some(&first) = best.first() else { return Vec::new() };
    let width = points[first].as_ref().len();
    let sound: Vec<&[f64]> = points.iter().map(AsRef::as_ref).filter(|point| is_sound(point, width)).collect();
    let extent = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    (0..width)
        .map(|objective| {
            let (low, high) = extent(&mut best.iter().map(|&i| points[i].as_ref()[objective]));
            let (least, most) = extent(&mut sound.iter().map(|point| point[objective]));
            let size = if low == 0.0 { 1.0 } else { low.abs() };
            // A range that drowns in rounding is none.
            let range = [high - low, most - least].into_iter().find(|range| *range > 1e-12 * size).unwrap_or(size);
            (low - MARGIN * range).max(f64::MIN)
        })
        .collect()
}

fn is_sound(point: &[f64], width: usize) -> bool {
    point.len() == width && point.iter().all(|x| x.is_finite())
}

/// Order by the first objective that differs, highest first.
fn descending(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    let orders = a.iter().zip(b).map(|(a, b)| b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal));
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

/// The front of those points that are better than the reference everywhere, each once, from the highest first objective.
fn above<'a, P: AsRef<[f64]>>(points: &'a [P], reference: &[f64]) -> Vec<&'a [f64]> {
    let better = |point: &&[f64]| {
        is_sound(point, reference.len()) && point.iter().zip(reference).all(|(x, reference)| x > reference)
    };
    let inside: Vec<&[f64]> = points.iter().map(AsRef::as_ref).filter(better).collect();
    let mut kept: Vec<&[f64]> = front(&inside).into_iter().map(|index| inside[index]).collect();
    kept.sort_by(|a, b| descending(a, b));
    kept.dedup();
    kept
}

/// Volume of a front sorted from the highest first objective.
fn volume(front: &[&[f64]], reference: &[f64]) -> f64 {
    match (front, reference) {
        ([], _) | (_, []) => 0.0,
        (_, [reference]) => front[0][0] - reference,
        (_, [first, second]) => {
            let mut reached = *second;
            let mut total = 0.0;
            for point in front {
                total += (point[0] - first) * (point[1] - reached).max(0.0);
                reached = reached.max(point[1]);
            }
            total
        }
        (_, [first, second, third]) => slices(front, [*first, *second, *third]),
        _ => exclusive_sum(front, reference),
    }
}

/// Three objectives: slices between neighbouring first objectives, each as thick as the area of a growing staircase.
fn slices(front: &[&[f64]], reference: [f64; 3]) -> f64 {
    // Steps with ascending second and descending third objective.
    let mut steps: Vec<(f64, f64)> = Vec::new();
    let (mut area, mut total) = (0.0, 0.0);
    for (number, point) in front.iter().enumerate() {
        let (y, z) = (point[1], point[2]);
        // The first step at least as far in y; steps before it and not higher than z vanish.
        let at = steps.partition_point(|step| step.0 < y);
        let right = steps.get(at).map_or(reference[2], |step| step.1);
        if z > right {
            let from = steps[..at].partition_point(|step| step.1 > z);
            let mut left = from.checked_sub(1).map_or(reference[1], |before| steps[before].0);
            for step in &steps[from..at] {
                area += (step.0 - left) * (z - step.1);
                left = step.0;
            }
            area += (y - left) * (z - right);
            let to = at + usize::from(steps.get(at).is_some_and(|step| step.0 == y));
            steps.splice(from..to, [(y, z)]);
        }
        let until = front.get(number + 1).map_or(reference[0], |next| next[0]);
        total += area * (point[0] - until);
    }
    total
}

/// Any number of objectives: what each point adds to the ones after it.
fn exclusive_sum(front: &[&[f64]], reference: &[f64]) -> f64 {
    let mut total = 0.0;
    for (number, point) in front.iter().enumerate() {
        let whole: f64 = point.iter().zip(reference).map(|(x, reference)| x - reference).product();
        let cut = |other: &&[f64]| other.iter().zip(*point).map(|(a, b)| a.min(*b)).collect::<Vec<f64>>();
        let limited: Vec<Vec<f64>> = front[number + 1..].iter().map(cut).collect();
        total += whole - volume(&above(&limited, reference), reference);
    }
    total
}

fn strips(front: Vec<&[f64]>, reference: &[f64]) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(front.len() + 1);
    let mut right = f64::INFINITY;
    let mut floor = reference[1];
    for point in front {
        cells.push(Cell { low: vec![point[0], floor], high: vec![right, f64::INFINITY] });
        (right, floor) = (point[0], point[1]);
    }
    cells.push(Cell { low: vec![reference[0], floor], high: vec![right, f64::INFINITY] });
    cells
}

/// A corner up to which nothing is dominated (all objectives minimised), and per objective the point that sets it.
#[derive(Debug, Clone)]
struct LocalBound {
    corner: Vec<f64>,
    defining: Vec<Vec<f64>>,
}

impl LocalBound {
    /// Its box of the dominated region below `limit`, turned round again; `None` when empty.
    fn cell(&self, limit: &[f64]) -> Option<Cell> {
        let width = self.corner.len();
        let from = |objective: usize| {
            let before = self.defining[..objective].iter().map(|point| point[objective]);
            before.fold(f64::NEG_INFINITY, f64::max)
        };
        let low: Vec<f64> = (0..width).map(|j| if j == 0 { self.corner[0] } else { from(j) }).collect();
        let high: Vec<f64> = (0..width).map(|j| if j == 0 { limit[0] } else { self.corner[j] }).collect();
        let empty = low.iter().zip(&high).any(|(low, high)| low >= high);
        (!empty).then_some(Cell { low, high })
    }
}

/// Local upper bounds of `points` (all objectives minimised) below `limit`.
///
/// Source: Lacour, Klamroth & Fonseca 2017, algorithm 1 with defining points.
fn bounds(points: impl Iterator<Item = Vec<f64>>, limit: &[f64]) -> Vec<LocalBound> {
    let width = limit.len();
    let dummy = |objective: usize| {
        let mut point = vec![f64::NEG_INFINITY; width];
        point[objective] = limit[objective];
        point
    };
    let mut bounds = vec![LocalBound { corner: limit.to_vec(), defining: (0..width).map(dummy).collect() }];
    for point in points {
        let hit = |bound: &LocalBound| bound.corner.iter().zip(&point).all(|(corner, x)| x < corner);
        let (changed, kept): (Vec<LocalBound>, Vec<LocalBound>) = bounds.into_iter().partition(hit);
        bounds = kept;
        for bound in &changed {
            for objective in 0..width {
                let others = (0..width).filter(|&k| k != objective).map(|k| bound.defining[k][objective]);
                if point[objective] >= others.fold(f64::NEG_INFINITY, f64::max) {
                    let mut new = bound.clone();
                    new.corner[objective] = point[objective];
                    new.defining[objective].clone_from(&point);
                    bounds.push(new);
                }
            }
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::RngExt;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    use super::*;

    #[test]
    fn a_front_of_two_objectives_by_hand() {
        let points = [[1.0, 3.0], [2.0, 2.0], [1.5, 1.5], [3.0, 1.0], [2.0, 2.0]];
        assert!(dominates(&points[1], &points[2]) && !dominates(&points[1], &points[4]));
        assert_eq!(front(&points), [0, 1, 3, 4]);
        assert_eq!(hypervolume(&points, &[0.0, 0.0]), 6.0);
        assert_eq!(reference(&points), [1.0 - 0.2, 1.0 - 0.2]);
        let cells = free_cells(&points, &[0.0, 0.0]);
        assert_eq!(cells.len(), 4);
        assert_eq!(gain(&cells, &[3.0, 3.0]), 3.0);
    }

    #[test]
    fn cells_of_a_known_front_of_three_are_few() {
        // Hypervolume by hand: 1 + 1 + 1 cubes of 1 x 1 x 2 overlapping in the unit cube.
        let points = [[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]];
        assert_eq!(hypervolume(&points, &[0.0; 3]), 4.0);
        let cells = free_cells(&points, &[0.0; 3]);
        assert!(cells.len() <= 15, "{}", cells.len());
        assert_eq!(gain(&cells, &[2.0, 2.0, 2.0]), 4.0);
    }

    #[test]
    fn a_reference_point_is_there_even_with_one_point_or_one_value() {
        assert_eq!(reference(&[[2.0, -4.0]]), [1.8, -4.4]);
        assert_eq!(reference(&[[0.0, 1.0], [0.0, 1.0]]), [-0.1, 0.9]);
        // One point on the front, but others tell the range.
        assert_eq!(reference(&[[10.0, 10.0], [0.0, 0.0]]), [9.0, 9.0]);
        assert!(reference::<Vec<f64>>(&[]).is_empty());
        assert_eq!(reference(&[vec![f64::NAN, 1.0], vec![10.0, 20.0]]), [9.0, 18.0]);
    }

    #[test]
    fn what_is_not_a_point_is_left_out() {
        let points = [vec![1.0, 1.0], vec![f64::NAN, 9.0], vec![5.0], vec![f64::INFINITY, 1.0]];
        assert_eq!(front(&points), [0]);
        assert_eq!(hypervolume(&points, &[0.0, 0.0]), 1.0);
        assert_eq!(hypervolume(&points, &[2.0, 0.0]), 0.0);
        assert_eq!(hypervolume::<Vec<f64>>(&[], &[]), 0.0);
        assert!(free_cells(&points, &[]).is_empty());
    }

    /// Share of the unit cube the points dominate, counted on a grid of cells: exact for points on the grid.
    fn counted(points: &[Vec<f64>], objectives: usize, side: usize) -> f64 {
        let cells = side.pow(objectives as u32);
        let middle = |cell: usize, objective: usize| (cell / side.pow(objective as u32) % side) as f64 + 0.5;
        let inside = |cell: &usize| points.iter().any(|p| (0..objectives).all(|j| middle(*cell, j) < p[j]));
        (0..cells).filter(inside).count() as f64
    }

    fn on_grid() -> impl Strategy<Value = Vec<Vec<f64>>> {
        (1..6usize).prop_flat_map(|objectives| {
            let coordinate = (0..7u8).prop_map(f64::from);
            prop::collection::vec(prop::collection::vec(coordinate, objectives), 1..12)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        #[test]
        fn fronts_are_those_of_pairwise_comparison(points in on_grid()) {
            let slow: Vec<usize> =
                (0..points.len()).filter(|&i| !points.iter().any(|other| dominates(other, &points[i]))).collect();
            prop_assert_eq!(front(&points), slow);
        }

        #[test]
        fn hypervolumes_are_those_counted(points in on_grid()) {
            let objectives = points[0].len();
            prop_assert_eq!(hypervolume(&points, &vec![0.0; objectives]), counted(&points, objectives, 6));
        }

        #[test]
        fn every_free_place_is_in_one_cell(points in on_grid(), seed in 0..1000u64) {
            let objectives = points[0].len();
            let reference = vec![0.0; objectives];
            let cells = free_cells(&points, &reference);
            let before = hypervolume(&points, &reference);
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            for _ in 0..40 {
                let place: Vec<f64> = (0..objectives).map(|_| 7.0 * random.random::<f64>()).collect();
                let inside = |cell: &&Cell| {
                    cell.low.iter().zip(&cell.high).zip(&place).all(|((low, high), x)| low <= x && x < high)
                };
                let free = !points.iter().any(|point| point.iter().zip(&place).all(|(p, x)| p >= x));
                prop_assert_eq!(cells.iter().filter(inside).count(), usize::from(free));
                let mut with = points.clone();
                with.push(place.clone());
                let added = hypervolume(&with, &reference) - before;
                prop_assert!((gain(&cells, &place) - added).abs() < 1e-9 * before.max(1.0));
            }
        }
    }

    #[test]
    fn large_fronts_of_three_agree_with_the_general_way() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let points: Vec<Vec<f64>> = (0..300)
            .map(|_| {
                let raw: Vec<f64> = (0..3).map(|_| random.random::<f64>() + 1e-3).collect();
                let length = raw.iter().map(|x| x * x).sum::<f64>().sqrt();
                raw.iter().map(|x| x / length).collect()
            })
            .collect();
        let sorted = above(&points, &[0.0; 3]);
        let (fast, slow) = (volume(&sorted, &[0.0; 3]), exclusive_sum(&sorted, &[0.0; 3]));
        assert!((fast - slow).abs() < 1e-12, "{fast} {slow}");
        let cells = free_cells(&points, &[0.0; 3]);
        assert!(cells.len() < 5 * sorted.len(), "{} cells", cells.len());
        assert!((gain(&cells, &[1.0; 3]) - (1.0 - fast)).abs() < 1e-12);
    }
}
