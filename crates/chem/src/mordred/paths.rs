//! Counts of simple paths and identification numbers built on them.

use super::{MissingReason, Values, context::Context};
use crate::Molecule;

const LONGEST: usize = 10;
/// Steps a search for paths may take in one structure.
const MOST_STEPS: usize = 20_000_000;

/// Whether a bond takes part in paths: those to hydrogen atoms do not.
pub(crate) fn takes_part(molecule: &Molecule, bond: usize) -> bool {
    let bond = &molecule.bonds()[bond];
    molecule.atoms()[bond.begin].number != 1 && molecule.atoms()[bond.end].number != 1
}

/// Number of simple paths of 1, 2 and 3 bonds.
pub(crate) fn short_paths(molecule: &Molecule) -> [f64; 3] {
    let degree =
        |atom: usize| molecule.neighbours(atom).iter().filter(|next| takes_part(molecule, next.bond)).count() as f64;
    let bonds =
        || (0..molecule.bonds().len()).filter(|&bond| takes_part(molecule, bond)).map(|bond| molecule.bonds()[bond]);
    let heavy = |atom: &usize| molecule.atoms()[*atom].number != 1;
    let two = (0..molecule.atoms().len()).filter(heavy).map(|atom| degree(atom) * (degree(atom) - 1.0) / 2.0).sum();
    let ends: f64 = bonds().map(|bond| (degree(bond.begin) - 1.0) * (degree(bond.end) - 1.0)).sum();
    let mut triangles = 0;
    for bond in bonds() {
        let common =
            molecule.neighbours(bond.begin).iter().filter(|n| molecule.bond_between(n.atom, bond.end).is_some());
        triangles += common.count();
    }
    [bonds().count() as f64, two, ends - triangles as f64]
}

/// Paths from one atom after the other.
struct Count {
    /// Neighbours and the orders of the bonds to them, and where those of an atom begin.
    links: Vec<(u32, f64)>,
    starts: Vec<u32>,
    visited: Vec<bool>,
    numbers: [u64; LONGEST + 1],
    /// Sums of the products of bond orders.
    products: [f64; LONGEST + 1],
    steps: usize,
}

impl Count {
    /// Lengthens a path from `start` that has come to `atom` by a bond, its `length`th.
    fn follow(&mut self, start: u32, atom: u32, length: usize, product: f64) {
        if self.steps > MOST_STEPS {
            return;
        }
        let (from, to) = (self.starts[atom as usize], self.starts[atom as usize + 1]);
        let (mut number, mut products) = (0, 0.0);
        for place in from..to {
            let (to, order) = self.links[place as usize];
            if self.visited[to as usize] {
                continue;
            }
            self.steps += 1;
            let weight = product * order;
            // Each path is met from both ends and counted from the smaller one.
            if start < to {
                number += 1;
                products += weight;
            }
            if length < LONGEST {
                self.visited[to as usize] = true;
                self.follow(start, to, length + 1, weight);
                self.visited[to as usize] = false;
            }
        }
        self.numbers[length] += number;
        self.products[length] += products;
    }
}

/// Paths of each length: their number, and the sum of the products of their bond orders.
fn count(molecule: &Molecule) -> Option<([f64; LONGEST + 1], [f64; LONGEST + 1])> {
    let atoms = molecule.atoms().len();
    let (mut links, mut starts) = (Vec::with_capacity(2 * molecule.bonds().len()), Vec::with_capacity(atoms + 1));
    starts.push(0);
    for atom in 0..atoms {
        let bonded = molecule.neighbours(atom).iter().filter(|link| takes_part(molecule, link.bond));
        links.extend(bonded.map(|link| (link.atom as u32, molecule.bonds()[link.bond].order.number())));
        starts.push(links.len() as u32);
    }
    let mut count = Count {
        links,
        starts,
        visited: vec![false; atoms],
        numbers: [0; LONGEST + 1],
        products: [0.0; LONGEST + 1],
        steps: 0,
    };
    for start in 0..atoms {
        count.visited[start] = true;
        count.follow(start as u32, start as u32, 1, 1.0);
        count.visited[start] = false;
    }
    (count.steps <= MOST_STEPS).then_some((count.numbers.map(|number| number as f64), count.products))
}

/// Path counts.
pub(crate) mod path_count {
    use super::*;

    pub fn names(names: &mut Vec<String>) {
        names.extend((2..=LONGEST).map(|length| format!("MPC{length}")));
        names.push("TMPC10".to_owned());
        names.extend((1..=LONGEST).map(|length| format!("piPC{length}")));
        names.push("TpiPC10".to_owned());
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let Some((numbers, products)) = count(&context.heavy.molecule) else {
            return values.extend(std::iter::repeat_n(Err(MissingReason::TooEntangled), 2 * LONGEST + 1));
        };
        let atoms = context.heavy.count() as f64;
        values.extend(numbers[2..].iter().map(|&number| Ok(number)));
        values.push(Ok(atoms + numbers.iter().sum::<f64>()));
        values.extend(products[1..].iter().map(|product| Ok((product + 1.0).ln())));
        values.push(Ok((atoms + products.iter().sum::<f64>() + 1.0).ln()));
    }
}

/// Randić's identification number and its parts. Source: J. Chem. Inf. Comput. Sci. 24, 164 (1984).
pub(crate) mod identification {
    use super::*;

    /// Suffix, and which atomic numbers count.
    type Kind = (&'static str, fn(u8) -> bool);

    const KINDS: [Kind; 6] = [
        ("", |_| true),
        ("_h", |number| !matches!(number, 1 | 6)),
        ("_C", |number| number == 6),
        ("_N", |number| number == 7),
        ("_O", |number| number == 8),
        ("_X", |number| matches!(number, 9 | 17 | 35 | 53 | 85 | 117)),
    ];

    pub fn names(names: &mut Vec<String>) {
        for (kind, _) in KINDS {
            names.extend(["MID", "AMID"].map(|prefix| format!("{prefix}{kind}")));
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let entangled = if context.blocks.too_entangled { Err(MissingReason::TooEntangled) } else { Ok(()) };
        if let Err(reason) = context.one_fragment().and(entangled) {
            return values.extend(std::iter::repeat_n(Err(reason), 2 * KINDS.len()));
        }
        let atoms = context.heavy.molecule.atoms();
        let numbers: Vec<f64> = context.blocks.weighted().into_iter().map(|sum| 1.0 + sum / 2.0).collect();
        for (_, counts) in KINDS {
            let sum: f64 =
                numbers.iter().zip(atoms).filter(|(_, atom)| counts(atom.number)).map(|(number, _)| number).sum();
            values.push(Ok(sum));
            values.push(Ok(sum / atoms.len() as f64));
        }
    }
}
