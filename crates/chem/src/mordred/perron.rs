//! The leading eigenvector of an adjacency matrix, every coefficient with its digits.
//!
//! In a connected structure that eigenvector is positive everywhere (Perron and Frobenius), but far from the branched
//! parts of a structure its coefficients fall below what usual methods resolve, and vanish or change sign there.
//! Here no number is ever subtracted from another, so that small coefficients come out as exactly as large ones.

use crate::Molecule;

/// How far the bounds of the eigenvalue may be apart at the end, relative to it.
const CLOSE: f64 = 1e-14;
/// How far the shift stays above the eigenvalue, relative to it. Two equal ends of a long chain have eigenvalues that
/// differ in no digit; at this distance both grow alike, and neither takes all from the other by rounding.
const DISTANCE: f64 = 1e-8;
/// Rounds at most; about ten are needed.
const MOST_ROUNDS: usize = 200;

/// The leading eigenvector of the adjacency matrix of a connected structure, of length 1; `None` where it does not settle.
///
/// Source: Noda, Numer. Math. 17, 382 (1971), with linear equations solved after Alfa, Xue and Ye, Math. Comput. 71, 217
/// (2002).
pub(crate) fn vector(molecule: &Molecule) -> Option<Vec<f64>> {
    let count = molecule.atoms().len();
    let mut vector = vec![1.0; count];
    if count > 1 {
        let mut rounds = 0..MOST_ROUNDS;
        loop {
            rounds.next()?;
            // The eigenvalue lies between the smallest and the largest of these quotients.
            let quotients: Vec<f64> = (0..count).map(|atom| around(molecule, &vector, atom) / vector[atom]).collect();
            let (least, most) =
                quotients.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), &q| (least.min(q), most.max(q)));
            if !(most - least).is_finite() {
                return None;
            }
            if most - least <= CLOSE * most {
                break;
            }
            let shift = most + DISTANCE * most;
            let growth = solve(molecule, &vector, quotients.iter().map(|quotient| shift - quotient).collect());
            let largest = growth.iter().zip(&vector).map(|(z, x)| z * x).fold(0.0, f64::max);
            vector.iter_mut().zip(&growth).for_each(|(x, z)| *x *= z / largest);
        }
    }
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    Some(vector.into_iter().map(|x| x / length).collect())
}

fn around(molecule: &Molecule, vector: &[f64], atom: usize) -> f64 {
    molecule.neighbours(atom).iter().map(|next| vector[next.atom]).sum()
}

/// Solves B z = 1, where B has minus `vector[j] / vector[i]` for bonded atoms i and j, and rows that add up to `rests`.
fn solve(molecule: &Molecule, vector: &[f64], mut rests: Vec<f64>) -> Vec<f64> {
    let count = vector.len();
    let mut weights = vec![0.0; count * count];
    for bond in molecule.bonds() {
        weights[bond.begin * count + bond.end] = vector[bond.end] / vector[bond.begin];
        weights[bond.end * count + bond.begin] = vector[bond.begin] / vector[bond.end];
    }
    let mut sides = vec![1.0; count];
    let mut pivots = vec![0.0; count];
    for pivot in 0..count {
        let (above, below) = weights.split_at_mut((pivot + 1) * count);
        let row = &above[pivot * count..];
        pivots[pivot] = rests[pivot] + row[pivot + 1..].iter().sum::<f64>();
        for (step, other) in below.chunks_exact_mut(count).enumerate() {
            let factor = other[pivot] / pivots[pivot];
            if factor == 0.0 {
                continue;
            }
            let at = pivot + 1 + step;
            for (column, weight) in row.iter().enumerate().skip(pivot + 1) {
                if column != at {
                    other[column] += factor * weight;
                }
            }
            rests[at] += factor * rests[pivot];
            sides[at] += factor * sides[pivot];
        }
    }
    let mut solution = vec![0.0; count];
    for at in (0..count).rev() {
        let known: f64 = (at + 1..count).map(|column| weights[at * count + column] * solution[column]).sum();
        solution[at] = (sides[at] + known) / pivots[at];
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The coefficients of a chain of n atoms are sines of k pi / (n + 1).
    #[test]
    fn the_vector_of_a_chain_is_a_sine() {
        let vector = vector(&Molecule::from_smiles(&"C".repeat(9)).unwrap()).unwrap();
        let sine = |k: usize| (k as f64 * std::f64::consts::PI / 10.0).sin();
        let length = (1..=9).map(|k| sine(k).powi(2)).sum::<f64>().sqrt();
        for (at, x) in vector.iter().enumerate() {
            assert!((x - sine(at + 1) / length).abs() < 1e-13, "{at}: {x}");
        }
    }

    #[test]
    fn far_from_a_branched_end_coefficients_stay_positive() {
        let vector = vector(&Molecule::from_smiles(&format!("CC(C)(C)C(C)(C){}", "C".repeat(200))).unwrap()).unwrap();
        let last = vector.last().copied().unwrap();
        assert!(last > 0.0 && last < 1e-50, "{last}");
    }

    #[test]
    fn one_atom_and_none_have_their_vector() {
        assert_eq!(vector(&Molecule::from_smiles("C").unwrap()), Some(vec![1.0]));
    }
}
