//! Ring systems: which rings share bonds.

use super::Ring;

/// So many rings are compared each with each.
const FEW: usize = 8;

/// Each pair of rings, once for every bond they share, sorted.
fn shared_bonds(rings: &[&Ring]) -> Vec<(usize, usize)> {
    let on = |(at, ring): (usize, &&Ring)| ring.bonds.iter().map(move |&bond| (bond, at)).collect::<Vec<_>>();
    let mut places: Vec<(usize, usize)> = rings.iter().enumerate().flat_map(on).collect();
    places.sort_unstable();
    let mut pairs = Vec::new();
    for group in places.chunk_by(|a, b| a.0 == b.0) {
        for (at, &(_, first)) in group.iter().enumerate() {
            pairs.extend(group[at + 1..].iter().map(|&(_, second)| (first, second)));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// For each ring, the rings that share bonds with it.
pub(super) struct Fusion {
    pub neighbours: Vec<Vec<usize>>,
}

impl Fusion {
    /// Rings larger than `largest` have no neighbours; rings that share more than `overlap` bonds are none.
    pub fn new(rings: &[&Ring], largest: usize, overlap: usize) -> Self {
        let mut neighbours = vec![Vec::new(); rings.len()];
        let mut link = |a: usize, b: usize, shared: usize| {
            if (1..=overlap).contains(&shared) && rings[a].bonds.len().max(rings[b].bonds.len()) <= largest {
                neighbours[a].push(b);
                neighbours[b].push(a);
            }
        };
        if rings.len() <= FEW {
            for (i, a) in rings.iter().enumerate() {
                for (j, b) in rings.iter().enumerate().skip(i + 1) {
                    link(i, j, a.bonds.iter().filter(|bond| b.bonds.contains(bond)).count());
                }
            }
        } else {
            let shared = shared_bonds(rings);
            shared.chunk_by(|a, b| a == b).for_each(|pair| link(pair[0].0, pair[0].1, pair.len()));
        }
        Self { neighbours }
    }

    /// The ring systems, each in the order of walking from ring to ring.
    pub fn systems(&self) -> Vec<Vec<usize>> {
        let mut done = vec![false; self.neighbours.len()];
        let mut systems = Vec::new();
        for start in 0..done.len() {
            if done[start] {
                continue;
            }
            systems.push(self.walk(start, &mut done));
        }
        systems
    }

    fn walk(&self, start: usize, done: &mut [bool]) -> Vec<usize> {
        let mut system = Vec::new();
        let mut open = vec![start];
        while let Some(ring) = open.pop() {
            if done[ring] {
                continue;
            }
            done[ring] = true;
            system.push(ring);
            open.extend(self.neighbours[ring].iter().rev().filter(|&&next| !done[next]));
        }
        system
    }

    /// Calls `take` with every choice of `size` rings of a system that hang together, each once.
    ///
    /// Source: the ESU algorithm of Wernicke, IEEE/ACM Trans. Comput. Biol. Bioinform. 3, 347 (2006).
    pub fn connected(&self, system: &[usize], size: usize, take: &mut dyn FnMut(&[usize])) {
        if size == 1 {
            return system.iter().for_each(|&ring| take(&[ring]));
        }
        let mut near = vec![false; self.neighbours.len()];
        let mut chosen = Vec::with_capacity(size);
        for &root in system {
            near[root] = true;
            let beside: Vec<usize> = self.neighbours[root].iter().copied().filter(|&next| next > root).collect();
            beside.iter().for_each(|&ring| near[ring] = true);
            chosen.push(root);
            self.extend(&mut chosen, beside.clone(), size, &mut near, take);
            chosen.pop();
            beside.iter().for_each(|&ring| near[ring] = false);
            near[root] = false;
        }
    }

    /// Adds each of the rings beside the chosen ones in turn. `near` marks the chosen ones and all beside them.
    fn extend(
        &self,
        chosen: &mut Vec<usize>,
        mut beside: Vec<usize>,
        size: usize,
        near: &mut [bool],
        take: &mut dyn FnMut(&[usize]),
    ) {
        while let Some(ring) = beside.pop() {
            chosen.push(ring);
            if chosen.len() == size {
                take(chosen);
            } else {
                let new = self.neighbours[ring].iter().copied().filter(|&next| next > chosen[0] && !near[next]);
                let new: Vec<usize> = new.collect();
                new.iter().for_each(|&next| near[next] = true);
                let further = beside.iter().chain(&new).copied().collect();
                self.extend(chosen, further, size, near, take);
                new.iter().for_each(|&next| near[next] = false);
            }
            chosen.pop();
        }
    }
}
