//! The hash all hashed fingerprints of RDKit are built on: `hash_combine` of Boost in 32 bits.

/// Mixes a value into a hash.
pub(super) fn combine(seed: u32, value: u32) -> u32 {
    seed ^ value.wrapping_add(0x9e37_79b9).wrapping_add(seed << 6).wrapping_add(seed >> 2)
}

/// The hash of a sequence.
pub(super) fn sequence(values: impl IntoIterator<Item = u32>) -> u32 {
    values.into_iter().fold(0, combine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_methyl_carbon_hashes_as_everywhere_else() {
        // Carbon, four bonds, three hydrogens, no charge, no isotope: the best known bit of all Morgan fingerprints.
        assert_eq!(sequence([6, 4, 3, 0, 0]), 2_246_728_737);
    }
}
