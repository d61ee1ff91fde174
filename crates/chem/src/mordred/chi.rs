//! Molecular connectivity: sums over small parts of the structure, sorted into paths, clusters, path-clusters and
//! chains (parts with a ring). Source: Kier and Hall, Molecular Connectivity in Structure-Activity Analysis (1986).

use super::{MissingReason, Values, atomic::Weight, context::Context, ratio};

/// Largest number of bonds of a part.
const MOST_BONDS: usize = 7;
/// Parts looked at in one structure before giving up.
const MOST_PARTS: usize = 5_000_000;

/// Sum and number of parts of one kind and size.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    count: f64,
    /// With sigma and with valence electrons.
    sums: [f64; 2],
    /// A product that is not positive.
    faulty: [bool; 2],
}

impl Sum {
    /// Adds a part of which the products of the factors of its atoms are given.
    fn add(&mut self, products: [f64; 2]) {
        self.count += 1.0;
        for (which, product) in products.into_iter().enumerate() {
            self.sums[which] += product;
            // Not a number either.
            self.faulty[which] |= !matches!(product, 0.0..);
        }
    }

    fn sum(&self, which: usize) -> Result<f64, MissingReason> {
        if self.faulty[which] { Err(MissingReason::NotPositive) } else { Ok(self.sums[which]) }
    }
}

/// Parts of each size by kind; the place is the number of bonds.
#[derive(Default)]
pub(crate) struct Parts {
    chains: [Sum; MOST_BONDS + 1],
    clusters: [Sum; MOST_BONDS + 1],
    path_clusters: [Sum; MOST_BONDS + 1],
    paths: [Sum; MOST_BONDS + 1],
    entangled: bool,
}

/// What each atom multiplies a part with: one over the root of its electrons, of their sign, so that a product is
/// negative where the product of electrons is. NaN for none.
fn factors(context: &Context<'_>) -> Vec<[f64; 2]> {
    let rows = &context.heavy.weights.rows;
    let factor = |delta: f64| if delta == 0.0 { f64::NAN } else { delta.abs().sqrt().recip().copysign(delta) };
    let both = |row: &[f64; Weight::COUNT]| {
        [Weight::SigmaElectrons, Weight::ValenceElectrons].map(|w| factor(row[w as usize]))
    };
    rows.iter().map(both).collect()
}

/// A growing part of the structure.
struct Growth {
    /// The two atoms of each bond.
    ends: Vec<[usize; 2]>,
    /// The bonds beside each bond, one behind the other, and where those of a bond begin.
    beside: Vec<usize>,
    starts: Vec<usize>,
    factors: Vec<[f64; 2]>,
    /// Bonds that are in the part, wait to be tried, or were tried before.
    seen: Vec<bool>,
    /// Bonds of the part on each atom.
    degrees: Vec<u8>,
    branched: usize,
    middle: usize,
    /// Which bonds are in rings, how many of the part are, and the size of the smallest ring.
    in_ring: Vec<bool>,
    ring_bonds: usize,
    smallest_ring: usize,
    parts: Parts,
    steps: usize,
}

impl Growth {
    /// Grows the part, of `bonds` bonds on `atoms` atoms, by each of the waiting bonds from `first` on.
    fn grow(&mut self, waiting: &mut Vec<usize>, first: usize, bonds: usize, atoms: usize, products: [f64; 2]) {
        let end = waiting.len();
        for place in first..end {
            if self.steps > MOST_PARTS {
                return;
            }
            self.steps += 1;
            let bond = waiting[place];
            let (mut new_atoms, mut new_products) = (atoms, products);
            for atom in self.ends[bond] {
                if self.degrees[atom] == 0 {
                    new_atoms += 1;
                    new_products = std::array::from_fn(|which| new_products[which] * self.factors[atom][which]);
                }
                self.change_degree(atom, 1);
            }
            self.ring_bonds += usize::from(self.in_ring[bond]);
            let new_bonds = bonds + 1;
            self.record(new_bonds, new_atoms, new_products);
            if new_bonds + 1 == MOST_BONDS {
                self.finish(&waiting[place + 1..end], bond, new_atoms, new_products);
            } else {
                let from = waiting.len();
                waiting.extend_from_within(place + 1..end);
                self.wait_for_neighbours(bond, waiting);
                self.grow(waiting, from, new_bonds, new_atoms, new_products);
                for &new in &waiting[from + (end - place - 1)..] {
                    self.seen[new] = false;
                }
                waiting.truncate(from);
            }
            self.ring_bonds -= usize::from(self.in_ring[bond]);
            for atom in self.ends[bond] {
                self.change_degree(atom, -1);
            }
        }
    }

    /// The same for the last bond, one of those waiting or of those beside the one added `before`. Of the largest
    /// parts, only chains and paths are asked for.
    fn finish(&mut self, waiting: &[usize], before: usize, atoms: usize, products: [f64; 2]) {
        let chain = MOST_BONDS > atoms;
        let unbranched = self.branched == 0;
        // No path, and not enough of a ring for one bond to close it.
        if !chain && !unbranched && self.ring_bonds + 1 < self.smallest_ring {
            return;
        }
        let beside = &self.beside[self.starts[before]..self.starts[before + 1]];
        let new = beside.iter().filter(|&&bond| !self.seen[bond]);
        for &bond in waiting.iter().chain(new) {
            if self.steps > MOST_PARTS {
                return;
            }
            self.steps += 1;
            let [a, b] = self.ends[bond];
            let (outside, degree) = match (self.degrees[a], self.degrees[b]) {
                (0, degree) => (a, degree),
                (degree, 0) => (b, degree),
                _ => {
                    self.parts.chains[MOST_BONDS].add(products);
                    continue;
                }
            };
            if chain || (unbranched && degree == 1) {
                let products = std::array::from_fn(|which| products[which] * self.factors[outside][which]);
                let sums = if chain { &mut self.parts.chains } else { &mut self.parts.paths };
                sums[MOST_BONDS].add(products);
            }
        }
    }

    fn change_degree(&mut self, atom: usize, step: i8) {
        let before = self.degrees[atom];
        let after = before.saturating_add_signed(step);
        self.degrees[atom] = after;
        self.middle = self.middle + usize::from(after == 2) - usize::from(before == 2);
        self.branched = self.branched + usize::from(after >= 3) - usize::from(before >= 3);
    }

    fn wait_for_neighbours(&mut self, bond: usize, waiting: &mut Vec<usize>) {
        for &next in &self.beside[self.starts[bond]..self.starts[bond + 1]] {
            if !self.seen[next] {
                self.seen[next] = true;
                waiting.push(next);
            }
        }
    }

    fn record(&mut self, bonds: usize, atoms: usize, products: [f64; 2]) {
        let sums = if bonds >= atoms {
            &mut self.parts.chains
        } else if self.branched == 0 {
            &mut self.parts.paths
        } else if self.middle > 0 {
            &mut self.parts.path_clusters
        } else {
            &mut self.parts.clusters
        };
        sums[bonds].add(products);
    }
}

pub(crate) fn parts(context: &Context<'_>) -> Parts {
    let molecule = &context.heavy.molecule;
    let ends: Vec<[usize; 2]> = molecule.bonds().iter().map(|bond| [bond.begin, bond.end]).collect();
    let mut beside = Vec::with_capacity(8 * ends.len());
    let mut starts = vec![0];
    for ends in &ends {
        beside.extend(ends.iter().flat_map(|&atom| molecule.neighbours(atom)).map(|next| next.bond));
        starts.push(beside.len());
    }
    let mut growth = Growth {
        ends,
        beside,
        starts,
        factors: factors(context),
        seen: (0..molecule.bonds().len()).map(|bond| !super::paths::takes_part(molecule, bond)).collect(),
        degrees: vec![0; molecule.atoms().len()],
        branched: 0,
        middle: 0,
        in_ring: (0..molecule.bonds().len()).map(|bond| molecule.ring_count_of_bond(bond) > 0).collect(),
        ring_bonds: 0,
        smallest_ring: molecule.rings().iter().map(|ring| ring.atoms.len()).min().unwrap_or(usize::MAX),
        parts: Parts::default(),
        steps: 0,
    };
    for factor in growth.factors.clone() {
        growth.parts.paths[0].add(factor);
    }
    let mut waiting = Vec::new();
    for bond in 0..molecule.bonds().len() {
        // Bonds before this one stay seen: every part is grown from its first bond only.
        if std::mem::replace(&mut growth.seen[bond], true) {
            continue;
        }
        waiting.push(bond);
        growth.grow(&mut waiting, 0, 0, 0, [1.0; 2]);
        waiting.clear();
    }
    growth.parts.entangled = growth.steps > MOST_PARTS;
    growth.parts
}

/// Chi indices.
pub(crate) mod indices {
    use super::*;

    const KINDS: [(&str, std::ops::Range<usize>); 3] = [("ch", 3..8), ("c", 3..7), ("pc", 4..7)];

    pub fn names(names: &mut Vec<String>) {
        for (kind, sizes) in KINDS {
            for delta in ["d", "dv"] {
                names.extend(sizes.clone().map(|size| format!("X{kind}-{size}{delta}")));
            }
        }
        for delta in ["d", "dv"] {
            for average in ["", "A"] {
                names.extend((0..=MOST_BONDS).map(|size| format!("{average}Xp-{size}{delta}")));
            }
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let parts = parts(context);
        let known = [Weight::SigmaElectrons, Weight::ValenceElectrons].map(|w| context.heavy.weights.known[w as usize]);
        let checked = |sum: &Sum, which: usize| match (parts.entangled, known[which]) {
            (true, _) => Err(MissingReason::TooEntangled),
            (_, false) => Err(MissingReason::UnknownProperty),
            _ => sum.sum(which),
        };
        let lists = [&parts.chains, &parts.clusters, &parts.path_clusters];
        for ((_, sizes), sums) in KINDS.into_iter().zip(lists) {
            for which in 0..2 {
                values.extend(sizes.clone().map(|size| checked(&sums[size], which)));
            }
        }
        for which in 0..2 {
            values.extend(parts.paths.iter().map(|sum| checked(sum, which)));
            let average = |sum: &Sum| ratio(checked(sum, which)?, sum.count, MissingReason::NothingToAverage);
            values.extend(parts.paths.iter().map(average));
        }
    }
}

/// Kier's kappa shape indices.
pub(crate) mod kappa {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend((1..=3).map(|order| format!("Kier{order}")));
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let atoms = context.heavy.count() as f64;
        let [one, two, three] = super::super::paths::short_paths(&context.heavy.molecule);
        let most = [
            0.5 * atoms * (atoms - 1.0),
            0.5 * (atoms - 1.0) * (atoms - 2.0),
            if context.heavy.count().is_multiple_of(2) {
                0.25 * (atoms - 2.0).powi(2)
            } else {
                0.25 * (atoms - 1.0) * (atoms - 3.0)
            },
        ];
        for (order, paths) in [one, two, three].into_iter().enumerate() {
            let least = atoms - (order + 1) as f64;
            let factor = if order == 2 { 4.0 } else { 2.0 };
            values.push(ratio(factor * most[order] * least, paths * paths, MissingReason::NothingToAverage));
        }
    }
}
