//! More observations than an exact process can take: the ones that are kept.

use super::Data;
use crate::{columns::Columns, kernel::Rows};

/// Which observations a process is computed from when there are too many for all of them.
#[derive(Debug, Clone)]
pub(super) struct Thinned {
    /// Their numbers, ascending.
    pub(super) kept: Vec<usize>,
    /// Inputs of all observations.
    pub(super) inputs: Rows,
    /// Extra noise of all observations.
    pub(super) extra_noise: Vec<f64>,
}

/// Share of the kept observations that have the highest values, and that have the lowest.
const EXTREME: f64 = 0.1;
/// Candidates per kept observation among which the most spread ones are looked for.
const CANDIDATES: usize = 4;

/// Numbers of the `limit` observations to keep, ascending: those with the highest and the lowest values, because an
/// optimum is near one of them, and of the rest those that are furthest from one another.
///
/// Source: greedy k-centre selection; Gonzalez, Theor. Comput. Sci. 38, 293 (1985).
pub(super) fn chosen(data: &Data<'_>, limit: usize) -> Vec<usize> {
    let size = data.len();
    if size <= limit {
        return (0..size).collect();
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| data.outputs[a].total_cmp(&data.outputs[b]));
    let extreme = (EXTREME * limit as f64) as usize;
    let mut kept: Vec<usize> = order[..extreme].iter().chain(&order[size - extreme..]).copied().collect();
    let rest = &order[extreme..size - extreme];
    let candidates: Vec<usize> = match rest.len().div_ceil(CANDIDATES * limit) {
        0 | 1 => rest.to_vec(),
        step => rest.iter().step_by(step).copied().collect(),
    };
    let columns = Columns::scaled(&data.inputs.select(&candidates), &vec![1.0; data.inputs.width()]);
    let mut room = vec![f64::INFINITY; candidates.len()];
    let mut squares = vec![0.0; candidates.len()];
    let mut next = kept.first().copied();
    while kept.len() < limit {
        let Some(latest) = next else { break };
        columns.distances(data.inputs.row(latest), &mut squares);
        room.iter_mut().zip(&squares).for_each(|(room, square)| *room = room.min(*square));
        let Some((furthest, _)) = room.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else { break };
        // A row that is taken has no room left, not even for its own repetitions.
        room[furthest] = -1.0;
        kept.push(candidates[furthest]);
        next = Some(candidates[furthest]);
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_and_spread_rows_are_kept_once_each() {
        let mut inputs = Rows::new(1);
        let mut outputs = Vec::new();
        for i in 0..200 {
            // Nearly all rows are repetitions of one another.
            let x = if i % 20 == 0 { i as f64 / 200.0 } else { 0.5 };
            inputs.push(&[x]);
            outputs.push((i as f64 * 0.7).sin());
        }
        outputs[7] = 9.0;
        outputs[8] = -9.0;
        let kept = chosen(&Data::new(&inputs, &outputs), 60);
        assert_eq!(kept.len(), 60);
        assert!(kept.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(kept.contains(&7) && kept.contains(&8));
        assert!((0..200).step_by(20).all(|spread| kept.contains(&spread)));
        assert_eq!(chosen(&Data::new(&inputs, &outputs), 200).len(), 200);
    }
}
