//! The nearest rows of a long list.

use pulp::{Arch, NullaryFnOnce};

use crate::kernel::Rows;

/// For each of `places` the numbers of the `count` rows nearest to it, the nearest first; of equally near ones the first.
///
/// Shape: `rows` m x d, every place d numbers.
pub fn nearest(rows: &Rows, places: &[Vec<f64>], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new(); places.len()];
    }
    let mut all = Vec::with_capacity(places.len());
    for places in places.chunks(LANES) {
        let mut found: Vec<Nearest> = places.iter().map(|_| Nearest::new(count)).collect();
        Arch::new().dispatch(Pass { rows, places, found: &mut found });
        all.extend(found.into_iter().map(Nearest::numbers));
    }
    all
}

/// Places looked at in one pass over the rows.
const LANES: usize = 8;
/// Rows are kept up to so many times what is wanted before the furthest are dropped.
const SLACK: usize = 4;

/// The nearest rows so far, with their squared distances.
struct Nearest {
    wanted: usize,
    found: Vec<(f64, usize)>,
    /// Squared distance from which on a row is not among them.
    reach: f64,
}

impl Nearest {
    fn new(wanted: usize) -> Self {
        Self { wanted, found: Vec::with_capacity(SLACK * wanted), reach: f64::INFINITY }
    }

    fn push(&mut self, squared: f64, row: usize) {
        self.found.push((squared, row));
        if self.found.len() == SLACK * self.wanted {
            self.found.select_nth_unstable_by(self.wanted, by_distance);
            self.found.truncate(self.wanted);
            self.reach = self.found.iter().map(|(squared, _)| *squared).fold(0.0, f64::max);
        }
    }

    fn numbers(mut self) -> Vec<usize> {
        self.found.sort_unstable_by(by_distance);
        self.found.into_iter().take(self.wanted).map(|(_, row)| row).collect()
    }
}

fn by_distance(a: &(f64, usize), b: &(f64, usize)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

struct Pass<'a> {
    rows: &'a Rows,
    places: &'a [Vec<f64>],
    found: &'a mut [Nearest],
}

impl NullaryFnOnce for Pass<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let lane = |k: usize, column: usize| self.places.get(k).and_then(|place| place.get(column)).copied();
        let centres: Vec<[f64; LANES]> =
            (0..self.rows.width()).map(|column| std::array::from_fn(|k| lane(k, column).unwrap_or(0.0))).collect();
        let mut reaches = [f64::NEG_INFINITY; LANES];
        reaches.iter_mut().zip(&*self.found).for_each(|(reach, found)| *reach = found.reach);
        for (number, row) in self.rows.values().chunks_exact(self.rows.width().max(1)).enumerate() {
            let mut squares = [0.0; LANES];
            for (x, centre) in row.iter().zip(&centres) {
                for k in 0..LANES {
                    let difference = x - centre[k];
                    squares[k] += difference * difference;
                }
            }
            // Most rows are near to none: asked without a branch per place.
            let mut any = false;
            for k in 0..LANES {
                any |= squares[k] < reaches[k];
            }
            if any {
                for ((found, reach), squared) in self.found.iter_mut().zip(&mut reaches).zip(squares) {
                    if squared < *reach {
                        found.push(squared, number);
                        *reach = found.reach;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::squared_distance;

    #[test]
    fn the_nearest_rows_are_found_whatever_their_order() {
        let rows: Vec<[f64; 3]> =
            (0..500).map(|i| [0.618, 0.755, 0.57].map(|step| (f64::from(i / 2) * step).fract())).collect();
        let rows = Rows::collect(3, rows.iter().map(|row| row.as_slice()));
        let places: Vec<Vec<f64>> = (0..11).map(|i| vec![0.1 * f64::from(i), 0.5, 0.03 * f64::from(i)]).collect();
        for count in [1, 7, 600] {
            for (place, found) in places.iter().zip(nearest(&rows, &places, count)) {
                let mut expected: Vec<usize> = (0..rows.len()).collect();
                expected.sort_by(|&a, &b| {
                    let at = |row: usize| squared_distance(rows.row(row), place);
                    at(a).total_cmp(&at(b)).then(a.cmp(&b))
                });
                expected.truncate(count);
                assert_eq!(found, expected);
            }
        }
        assert_eq!(nearest(&rows, &places[..1], 0), [[0usize; 0]]);
    }
}
