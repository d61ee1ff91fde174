//! Walks of the search for rings.

use std::collections::VecDeque;

use super::{NONE, Search, Site, small};

/// Rings met on one walk, one behind the other.
#[derive(Default)]
pub(super) struct Met {
    atoms: Vec<usize>,
    ends: Vec<usize>,
}

impl Met {
    pub fn clear(&mut self) {
        self.atoms.clear();
        self.ends.clear();
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn ring(&self, at: usize) -> &[usize] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.atoms[start..self.ends[at]]
    }
}

impl Search<'_> {
    /// Tells bonds in rings from bridges: walks down a tree and finds how far up the bonds below each atom reach.
    pub(super) fn find_bridges(&mut self, atoms: &[usize]) {
        let mut path: Vec<(usize, usize)> = Vec::new();
        let mut order = 0;
        self.walk += 2;
        for &start in atoms {
            if self.sites[start].degree < 2 || self.sites[start].walk == self.walk {
                continue;
            }
            let mut enter = Some((start, NONE));
            loop {
                if let Some((atom, bond)) = enter.take() {
                    // Here the parent is the bond it was reached by, and the depth its place in the order of coming.
                    let site = &mut self.sites[atom];
                    (site.walk, site.depth, site.earliest, site.parent) = (self.walk, order, order, bond);
                    order += 1;
                    path.push((atom, 0));
                }
                let Some((atom, place)) = path.last_mut() else { break };
                let atom = *atom;
                let Some(&next) = self.molecule.neighbours(atom).get(*place) else {
                    path.pop();
                    let Site { parent, earliest, .. } = self.sites[atom];
                    if let Some(&(above, _)) = path.last() {
                        let above = &mut self.sites[above];
                        self.links[parent as usize].bridge = earliest > above.depth;
                        above.earliest = above.earliest.min(earliest);
                    }
                    continue;
                };
                *place += 1;
                let link = &mut self.links[next.bond];
                if !link.active || self.sites[atom].parent == small(next.bond) {
                    continue;
                }
                if self.sites[next.atom].walk == self.walk {
                    link.bridge = false;
                    self.sites[atom].earliest = self.sites[atom].earliest.min(self.sites[next.atom].depth);
                } else {
                    enter = Some((next.atom, small(next.bond)));
                }
            }
        }
    }

    /// Adds all smallest rings through an atom that avoid the forbidden ones to `met`.
    pub(super) fn smallest_rings(&mut self, root: usize, forbidden: &[usize], met: &mut Met) {
        let mut size = usize::MAX;
        self.walk += 2;
        let (arrived, left) = (self.walk, self.walk + 1);
        for &atom in forbidden {
            self.sites[atom].walk = left;
        }
        self.sites[root].depth = 0;
        self.sites[root].parent = NONE;
        self.queue.clear();
        self.queue.push(root);
        let mut at = 0;
        while let Some(&current) = self.queue.get(at) {
            at += 1;
            let site = &mut self.sites[current];
            site.walk = left;
            let (depth, parent) = (site.depth + 1, site.parent);
            if depth as usize > size {
                break;
            }
            for next in self.molecule.neighbours(current) {
                let (link, other) = (self.links[next.bond], &mut self.sites[next.atom]);
                if !link.active || link.bridge || other.walk == left || parent == small(next.atom) {
                    continue;
                }
                if other.walk != arrived {
                    (other.parent, other.walk, other.depth) = (small(current), arrived, depth);
                    self.queue.push(next.atom);
                    continue;
                }
                let start = met.atoms.len();
                if !self.stitch(root, current, next.atom, &mut met.atoms) {
                    met.atoms.truncate(start);
                    continue;
                }
                let length = met.atoms.len() - start;
                if length > size {
                    met.atoms.truncate(start);
                    return;
                }
                size = length;
                met.ends.push(met.atoms.len());
            }
        }
    }

    /// Adds the ring of two paths that meet; false when they parted after the root.
    fn stitch(&self, root: usize, current: usize, meeting: usize, ring: &mut Vec<usize>) -> bool {
        let start = ring.len();
        let above = |atom: usize| self.sites[atom].parent;
        let mut at = current;
        ring.push(at);
        while above(at) != NONE {
            at = above(at) as usize;
            ring.push(at);
        }
        ring[start..].reverse();
        let own = ring.len();
        ring.push(meeting);
        let mut at = meeting;
        while above(at) != NONE && above(at) as usize != root {
            at = above(at) as usize;
            ring.push(at);
        }
        // Both paths lead to the root; when they have one atom in common, they have the first behind the root.
        ring[own - 1] == root || ring[start + 1] != at
    }

    /// The shortest way along ring atoms from one atom to its neighbour that makes a ring not known yet.
    pub(super) fn path_ring(&mut self, start: usize, end: usize) -> Option<Vec<usize>> {
        const MOST: usize = 20_000;
        let mut queue = VecDeque::from([vec![start]]);
        while let Some(path) = queue.pop_front() {
            if queue.len() > MOST {
                return None;
            }
            let last = path[path.len() - 1];
            for next in self.molecule.neighbours(last) {
                let mut longer = path.clone();
                longer.push(next.atom);
                if next.atom == end {
                    if last != start && self.number_of(&longer).is_err() {
                        return Some(longer);
                    }
                } else if self.sites[next.atom].on_ring && !path.contains(&next.atom) {
                    queue.push_back(longer);
                }
            }
        }
        None
    }
}
