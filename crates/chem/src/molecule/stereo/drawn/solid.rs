//! Handedness from the places of atoms in space.

use super::{
    super::centre::counts,
    vector::{Vector, cross, difference, dot},
};
use crate::{Chirality, Molecule};

/// The handedness of an atom with three or four neighbours, by the volume that the first three span; where these are in
/// one plane with the atom, by that of the first two and the fourth.
pub(super) fn handedness(molecule: &Molecule, points: &[Vector], atom: usize) -> Chirality {
    /// A volume that is as good as flat, Å³.
    const FLAT: f64 = 0.1;
    let links = molecule.neighbours(atom).iter().filter(|next| counts(molecule, next.bond, atom));
    let arms: Vec<Vector> = links.map(|next| difference(points[next.atom], points[atom])).collect();
    let degree = arms.len() + molecule.hydrogens_to_come(atom);
    // A lone pair of sulfur or selenium stays in its place.
    let fits = degree == 4 || (degree == 3 && matches!(molecule.atoms[atom].number, 16 | 34));
    let (true, [a, b, c, rest @ ..]) = (fits, arms.as_slice()) else { return Chirality::None };
    let volume = |third: &Vector| dot(*a, cross(*b, *third));
    let mut found = volume(c);
    if let Some(fourth) = rest.first().filter(|_| found.abs() <= FLAT) {
        found = -volume(fourth);
    }
    match found {
        volume if volume > FLAT => Chirality::CounterClockwise,
        volume if volume < -FLAT => Chirality::Clockwise,
        _ => Chirality::None,
    }
}

impl Molecule {
    /// Hydrogens that an atom will have beside those that are atoms of their own. Its written valence must be known.
    fn hydrogens_to_come(&self, index: usize) -> usize {
        let missing = self.missing_hydrogens(index, false).unwrap_or_default();
        usize::from(self.atoms[index].explicit_hydrogens) + usize::try_from(missing).unwrap_or_default()
    }
}
