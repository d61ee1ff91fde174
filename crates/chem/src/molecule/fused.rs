//! Ring systems: which rings share bonds.

use super::Ring;

/// For each ring, the rings that share bonds with it.
pub(super) struct Fusion {
    pub neighbours: Vec<Vec<usize>>,
}

impl Fusion {
    /// Rings larger than `largest` have no neighbours; rings that share more than `overlap` bonds are none.
    pub fn new(rings: &[&Ring], largest: usize, overlap: usize) -> Self {
        let mut neighbours = vec![Vec::new(); rings.len()];
        for (i, a) in rings.iter().enumerate() {
            for (j, b) in rings.iter().enumerate().skip(i + 1) {
                if a.bonds.len() > largest || b.bonds.len() > largest {
                    continue;
                }
                let shared = a.bonds.iter().filter(|bond| b.bonds.contains(bond)).count();
                if (1..=overlap).contains(&shared) {
                    neighbours[i].push(j);
                    neighbours[j].push(i);
                }
            }
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

    /// Whether the chosen rings hang together.
    pub fn connected(&self, chosen: &[usize]) -> bool {
        if chosen.len() < 2 {
            return true;
        }
        let mut done = vec![true; self.neighbours.len()];
        for &ring in chosen {
            done[ring] = false;
        }
        self.walk(chosen[0], &mut done).len() == chosen.len()
    }
}
