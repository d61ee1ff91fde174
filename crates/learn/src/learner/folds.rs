//! Parts of the rows that are left out in turn.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Lesson, Task};

/// The rows in `count` parts, at random; every part has its share of each class, or of the range of the targets.
pub(super) fn folds(lesson: &Lesson<'_>, count: usize) -> Vec<Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(lesson.seed ^ 0x66_6f6c_6473);
    let mut order: Vec<usize> = (0..lesson.targets.len()).collect();
    for place in (1..order.len()).rev() {
        order.swap(place, random.random_range(0..=place));
    }
    if matches!(lesson.task, Task::Class { .. }) {
        order.sort_by(|&a, &b| lesson.targets[a].total_cmp(&lesson.targets[b]));
    }
    let mut parts = vec![Vec::new(); count.max(1)];
    order.into_iter().enumerate().for_each(|(place, row)| parts[place % count.max(1)].push(row));
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts.retain(|part| !part.is_empty());
    parts
}

/// The rows that are not in a part.
pub(super) fn without(size: usize, part: &[usize]) -> Vec<usize> {
    let mut inside = vec![true; size];
    part.iter().for_each(|&row| inside[row] = false);
    (0..size).filter(|&row| inside[row]).collect()
}
