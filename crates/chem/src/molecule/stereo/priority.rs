//! Priorities of atoms around stereocentres, in the way of Cahn, Ingold and Prelog.
//!
//! Source: Labute, J. Chem. Comput. Group (1996), "An efficient algorithm for the determination of topological RS
//! chirality", as RDKit uses it: atoms are ranked by element and isotope, then, round by round, by the ranks around them.

use super::Arrangement;
use crate::{BondOrder, Chirality, Molecule, molecule::table::facts};

/// Ranks by element, isotope and atom number, refined by what is around.
pub(super) fn priorities(molecule: &Molecule) -> Vec<usize> {
    /// Isotopes are told by how far they are from the commonest; the middle of what fits.
    const MIDDLE: i64 = 512;
    let nature = |atom: &crate::Atom| {
        let commonest = facts(atom.number).isotope_mass.round() as i64;
        let excess = match i64::from(atom.isotope) {
            0 => 0,
            isotope if isotope >= commonest => isotope - commonest + 1,
            isotope => isotope - commonest,
        };
        (i64::from(atom.number), (excess + MIDDLE).max(0) % (2 * MIDDLE), i64::from(atom.map))
    };
    let natures: Vec<_> = molecule.atoms.iter().map(nature).collect();
    refined(molecule, dense(&natures))
}

/// Ranks refined by what is known of handedness and arrangement by now.
pub(super) fn reranked(
    molecule: &Molecule,
    ranks: &[usize],
    handed: &[Option<Chirality>],
    arrangements: &[Option<Arrangement>],
) -> Vec<usize> {
    let value = |(atom, &rank): (usize, &usize)| {
        let code = match handed[atom] {
            Some(Chirality::CounterClockwise) => 10,
            Some(Chirality::Clockwise) => 20,
            _ => 0,
        };
        let bonds = molecule.neighbours(atom).iter().map(|next| match arrangements[next.bond].map(|a| a.together) {
            Some(false) => 1,
            Some(true) => 2,
            None => 0,
        });
        (rank, code + bonds.sum::<usize>())
    };
    let values: Vec<_> = ranks.iter().enumerate().map(value).collect();
    refined(molecule, dense(&values))
}

/// The place of each value among the different values.
fn dense<T: Ord>(values: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].cmp(&values[b]));
    let mut ranks = vec![0; values.len()];
    let mut rank = 0;
    for (at, &index) in order.iter().enumerate() {
        if at > 0 && values[order[at - 1]] != values[index] {
            rank += 1;
        }
        ranks[index] = rank;
    }
    ranks
}

fn refined(molecule: &Molecule, mut ranks: Vec<usize>) -> Vec<usize> {
    /// Of very large molecules, what is further away than so many bonds tells no neighbours apart.
    const FURTHEST: usize = 20;
    let count = ranks.len();
    let most_rounds = if count > super::super::canonical::LARGE { FURTHEST } else { count / 2 + 1 };
    let classes = |ranks: &[usize]| ranks.iter().max().map_or(0, |most| most + 1);
    let mut before = 0;
    for _ in 0..most_rounds {
        let now = classes(&ranks);
        if now >= count || now <= before {
            break;
        }
        before = now;
        let around = |atom: usize| {
            let mut list: Vec<usize> = Vec::new();
            for next in molecule.neighbours(atom) {
                list.extend(std::iter::repeat_n(ranks[next.atom] + 1, weight(molecule, next.bond, next.atom)));
            }
            list.sort_unstable_by(|a, b| b.cmp(a));
            list.extend(std::iter::repeat_n(0, molecule.atoms[atom].hydrogens()));
            (ranks[atom], list)
        };
        let keys: Vec<_> = (0..count).map(around).collect();
        ranks = dense(&keys);
    }
    ranks
}

/// How often a neighbour counts: twice the order of the bond; once across a double bond to phosphorus.
fn weight(molecule: &Molecule, bond: usize, neighbour: usize) -> usize {
    let phosphorus = molecule.atoms[neighbour].number == 15 && matches!(molecule.neighbours(neighbour).len(), 3 | 4);
    match molecule.bonds[bond].order {
        BondOrder::Double if phosphorus => 1,
        BondOrder::Single | BondOrder::Dative => 2,
        BondOrder::Double => 4,
        BondOrder::Triple => 6,
        BondOrder::Quadruple => 8,
        BondOrder::Aromatic => 3,
        BondOrder::Any => 0,
    }
}
