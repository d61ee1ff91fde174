//! Canonical SMILES: one text for one structure, whatever the order its atoms were written in.
//!
//! Source: Weininger, Weininger and Weininger, J. Chem. Inf. Comput. Sci. 29, 97 (1989); ranks as Schneider, Sahnoun and
//! Landrum, J. Chem. Inf. Model. 55, 2111 (2015), with the choices of RDKit 2026.09, so that the same text comes out.

mod directions;
mod handed;
mod large;
mod part;
mod rank;
mod traverse;
mod write;

use self::{directions::Directions, write::Marks};
use super::{Molecule, stereo::Stereo};

/// More fragments are taken apart first.
const FEW_FRAGMENTS: usize = 8;
/// Atoms of a fragment beyond which time counts for more than RDKit's order of writing.
pub(super) const LARGE: usize = 2000;

impl Molecule {
    /// The canonical SMILES of the structure: the same text for every order of writing its atoms, and RDKit's. Isotopes,
    /// charges, atom numbers, handedness and the arrangement of double bonds are part of it. Fragments of more than
    /// 2,000 atoms are walked in an order of our own.
    ///
    /// ```
    /// use matdock_chem::Molecule;
    ///
    /// assert_eq!(Molecule::from_smiles("C(O)C")?.canonical_smiles(), "CCO");
    /// # Ok::<(), matdock_chem::SmilesError>(())
    /// ```
    pub fn canonical_smiles(&self) -> String {
        let stereo = Stereo::of(self);
        if self.fragment_count() <= FEW_FRAGMENTS {
            return self.smiles_by(&stereo, |atoms| self.canonical_ranks(atoms, &stereo));
        }
        // What is kept for each atom of a molecule is kept for the atoms of a fragment only.
        let mut texts: Vec<String> = part::parts(self, &stereo)
            .map(|(part, stereo)| part.smiles_by(&stereo, |atoms| part.canonical_ranks(atoms, &stereo)))
            .collect();
        texts.sort_unstable();
        texts.join(".")
    }

    fn canonical_ranks(&self, atoms: &[usize], stereo: &Stereo) -> Vec<usize> {
        if atoms.len() > LARGE { large::ranks(self, atoms, stereo) } else { rank::ranks(self, atoms, stereo) }
    }

    /// SMILES whose walk follows the ranks of the atoms of each fragment.
    fn smiles_by(&self, stereo: &Stereo, ranks: impl Fn(&[usize]) -> Vec<usize>) -> String {
        let mut parts: Vec<String> = self
            .fragment_atoms()
            .iter()
            .filter_map(|atoms| {
                let ranks = ranks(atoms);
                let start = atoms.iter().copied().min_by_key(|&atom| ranks[atom])?;
                let walk = traverse::Walk::new(self, start, &ranks);
                let directions = Directions::new(self, stereo, &walk).found;
                let chirality = handed::written(self, stereo, &walk);
                Some(write::smiles(self, &walk, &Marks { chirality, directions }))
            })
            .collect();
        parts.sort_unstable();
        parts.join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same molecule written in an order that the seed tells.
    fn shuffled(molecule: &Molecule, seed: u64) -> String {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 33) as usize
        };
        let mut ranks: Vec<usize> = (0..molecule.atoms.len()).collect();
        for at in (1..ranks.len()).rev() {
            ranks.swap(at, next() % (at + 1));
        }
        molecule.smiles_by(&Stereo::of(molecule), |_| ranks.clone())
    }

    fn canonical(smiles: &str) -> String {
        Molecule::from_smiles(smiles).map_or_else(|error| error.to_string(), |molecule| molecule.canonical_smiles())
    }

    #[test]
    fn every_order_of_writing_has_the_same_canonical_smiles() {
        for smiles in [
            "CC(C)(C)OC(=O)N1CCC(CC1)c1nc2ccccc2[nH]1",
            "C[C@H](N)C(=O)O",
            "C/C=C/C(/N=C/C)=C/C",
            "C[C@H]1CC[C@@H](O)CC1",
            "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O",
            "[Na+].[O-]C(=O)c1ccccc1.O",
            "*CC(*)(C)C(=O)OCC",
            "C1=C\\CC/C=C\\CC/1",
            "[13CH3][N+](C)(C)CC#N",
            "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3\
             c3c8c4c4c9c5c1c1c6c2c3c41",
        ] {
            let smiles = smiles.replace("\\\\", "\\");
            let molecule = Molecule::from_smiles(&smiles).unwrap_or_default();
            let expected = molecule.canonical_smiles();
            assert!(!expected.is_empty(), "{smiles}");
            for seed in 1..20 {
                let other = shuffled(&molecule, seed);
                assert_eq!(canonical(&other), expected, "{smiles} written {other}");
            }
        }
    }

    #[test]
    fn very_large_molecules_too_are_written_the_same_from_every_order() {
        let chain = "CC(c1ccccc1)".repeat(300);
        let ring = format!("C1{}1", "CN".repeat(1100));
        let brush = format!("{}O", "CC(CC[C@H](F)Cl)".repeat(260));
        for smiles in [chain, ring, brush] {
            let molecule = Molecule::from_smiles(&smiles).unwrap_or_default();
            let expected = molecule.canonical_smiles();
            assert!(expected.len() > LARGE, "{smiles}");
            for seed in 1..4 {
                assert!(canonical(&shuffled(&molecule, seed)) == expected, "{smiles}, seed {seed}");
            }
        }
    }

    #[test]
    fn many_fragments_are_written_like_few() {
        let salts = ["C[C@H](N)C(=O)[O-]", "[Na+]", "F/C=C/F", "c1ccncc1"];
        let few = canonical(&salts.join("."));
        let mut expected: Vec<&str> = few.split('.').flat_map(|part| [part; 5]).collect();
        expected.sort_unstable();
        assert_eq!(canonical(&vec![salts.join("."); 5].join(".")), expected.join("."));
    }

    #[test]
    fn what_means_nothing_is_left_out() {
        assert_eq!(canonical("C[C@H](C)O"), "CC(C)O");
        assert_eq!(canonical("C/C=C(/C)C"), "CC=C(C)C");
        assert_eq!(canonical("OC(C)=O"), "CC(=O)O");
        assert_eq!(canonical("[CH3][CH2][OH]"), "CCO");
    }
}
