//! What atoms do, for feature-class fingerprints.
//!
//! Source: definitions adapted by RDKit from Gobbi and Poppinger, Biotechnol. Bioeng. 61, 47 (1998).

use std::sync::LazyLock;

use crate::{Molecule, Pattern};

/// Donor, acceptor, aromatic, halogen, basic, acidic: a bit each.
const FEATURES: [&str; 6] = [
    "[$([N;!H0;v3,v4&+1]),$([O,S;H1;+0]),n&H1&+0]",
    "[$([O,S;H1;v2;!$(*-*=[O,N,P,S])]),$([O,S;H0;v2]),$([O,S;-]),$([N;v3;!$(N-*=[O,N,P,S])]),n&H0&+0,\
     $([o,s;+0;!$([o,s]:n);!$([o,s]:c:n)])]",
    "[a]",
    "[F,Cl,Br,I]",
    "[#7;+,$([N;H2&+0][$([C,a]);!$([C,a](=O))]),$([N;H1&+0]([$([C,a]);!$([C,a](=O))])[$([C,a]);!$([C,a](=O))]),\
     $([N;H0&+0]([C;!$(C(=O))])([C;!$(C(=O))])[C;!$(C(=O))])]",
    "[$([C,S](=[O,S,P])-[O;H1,-1])]",
];

static PATTERNS: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| FEATURES.iter().filter_map(|smarts| Pattern::parse(smarts).ok()).collect());

/// For each atom the features it has, a bit each.
pub(super) fn features(molecule: &Molecule) -> Vec<u32> {
    let of = |atom: usize| {
        let bit = |(at, pattern): (usize, &Pattern)| u32::from(pattern.matches_at(molecule, atom)) << at;
        PATTERNS.iter().enumerate().map(bit).sum()
    };
    (0..molecule.atoms().len()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_understood() {
        assert_eq!(PATTERNS.len(), FEATURES.len());
    }
}
