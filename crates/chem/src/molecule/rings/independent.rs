//! Splits rings into independent ones and those made up of them.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::Ring;

/// Which rings are covered, and by how much.
struct Cover {
    /// For each bond the rings it is in.
    with_bond: Vec<Vec<usize>>,
    covered: Vec<bool>,
    /// For each ring how many of its bonds are covered.
    overlaps: Vec<usize>,
}

impl Cover {
    /// Covers the bonds of a ring and tells which rings have more of theirs covered now.
    fn take(&mut self, ring: &Ring, touched: &mut Vec<usize>) {
        for &bond in &ring.bonds {
            if !std::mem::replace(&mut self.covered[bond], true) {
                self.with_bond[bond].iter().for_each(|&other| self.overlaps[other] += 1);
                touched.extend(&self.with_bond[bond]);
            }
        }
    }
}

/// Of the smallest rings first, and of equally small ones those that share most with the ones before, a ring is
/// independent when it adds a bond.
pub(super) fn split(mut rings: Vec<Ring>, bonds: usize, independent: &mut Vec<Ring>, extra: &mut Vec<Ring>) {
    rings.sort_by_key(|ring| ring.atoms.len());
    let mut cover =
        Cover { with_bond: vec![Vec::new(); bonds], covered: vec![false; bonds], overlaps: vec![0; rings.len()] };
    for (at, ring) in rings.iter().enumerate() {
        ring.bonds.iter().for_each(|&bond| cover.with_bond[bond].push(at));
    }
    let mut open = vec![true; rings.len()];
    let mut kept = vec![false; rings.len()];
    let mut touched = Vec::new();
    for group in groups(&rings) {
        for at in group.clone() {
            if cover.overlaps[at] == rings[at].bonds.len() {
                open[at] = false;
            }
            if !open[at] {
                continue;
            }
            kept[at] = true;
            cover.take(&rings[at], &mut touched);
            touched.clear();
            // Most covered first, then the first; a ring that gets more covered is entered again.
            let mut waiting: BinaryHeap<(usize, Reverse<usize>)> =
                (at + 1..group.end).filter(|&j| open[j]).map(|j| (cover.overlaps[j], Reverse(j))).collect();
            while let Some((overlap, Reverse(chosen))) = waiting.pop() {
                if !open[chosen] || overlap != cover.overlaps[chosen] {
                    continue;
                }
                open[chosen] = false;
                if overlap < rings[chosen].bonds.len() {
                    kept[chosen] = true;
                    cover.take(&rings[chosen], &mut touched);
                    let later = touched.drain(..).filter(|&j| j > at && j < group.end && open[j]);
                    waiting.extend(later.map(|j| (cover.overlaps[j], Reverse(j))));
                }
            }
        }
    }
    for (ring, kept) in rings.into_iter().zip(kept) {
        if kept { independent.push(ring) } else { extra.push(ring) }
    }
}

/// Places of rings of equal size.
fn groups(rings: &[Ring]) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let sizes = rings.chunk_by(|a, b| a.atoms.len() == b.atoms.len());
    sizes
        .map(|group| {
            let range = start..start + group.len();
            start = range.end;
            range
        })
        .collect()
}
