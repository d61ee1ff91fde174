//! Levels with names as columns.

use std::collections::HashMap;

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::descriptors;

/// More levels than this share columns.
const MOST_COLUMNS: usize = 64;

/// Columns for every level of a parameter.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    numbers: HashMap<String, usize>,
    codes: Vec<Vec<f64>>,
    groups: Vec<usize>,
}

impl Levels {
    /// Levels of which nothing is known: any two are one unit apart.
    ///
    /// Many levels share columns of random signs, which tells any two of them apart about equally well (random
    /// projection of one column per level: Achlioptas, J. Comput. Syst. Sci. 66, 671, 2003).
    pub(super) fn different(levels: &[String]) -> Self {
        let codes = codes(levels.len());
        let groups = vec![0; codes.first().map_or(0, Vec::len)];
        Self { numbers: numbers(levels), codes, groups }
    }

    /// Levels with descriptors: near where these are near. A small part keeps levels with equal descriptors apart.
    pub(super) fn alike(levels: &[String], table: &[Vec<f64>]) -> Self {
        let Some(described) = descriptors::components(table) else { return Self::different(levels) };
        let own = codes(levels.len());
        let width = described.first().map_or(0, Vec::len);
        let own_width = own.first().map_or(0, Vec::len);
        let codes = described
            .into_iter()
            .zip(own)
            .map(|(described, own)| described.into_iter().chain(own.into_iter().map(|c| OWN * c)).collect())
            .collect();
        // Measured on published tables (example `substances`): a lengthscale for each component finds the best row
        // sooner than one for all, and three tenths of a unit is enough to tell substances apart.
        let groups = (0..width).chain(std::iter::repeat_n(width, own_width)).collect();
        Self { numbers: numbers(levels), codes, groups }
    }

    pub(super) fn code(&self, level: &str) -> Option<&[f64]> {
        self.numbers.get(level).map(|&number| self.codes[number].as_slice())
    }

    pub(super) fn groups(&self) -> &[usize] {
        &self.groups
    }
}

/// Weight of the part that tells levels with equal descriptors apart.
const OWN: f64 = 0.3;

fn numbers(levels: &[String]) -> HashMap<String, usize> {
    levels.iter().enumerate().map(|(number, level)| (level.clone(), number)).collect()
}

fn codes(count: usize) -> Vec<Vec<f64>> {
    if count < 2 {
        return vec![Vec::new(); count];
    }
    if count <= MOST_COLUMNS {
        let one = std::f64::consts::FRAC_1_SQRT_2;
        return (0..count).map(|own| (0..count).map(|other| if own == other { one } else { 0.0 }).collect()).collect();
    }
    // Two random rows of signs differ in half of their places; each of those adds twice this, squared.
    let size = (0.5 / MOST_COLUMNS as f64).sqrt();
    let mut random = ChaCha8Rng::seed_from_u64(0x6c65_7665_6c73);
    (0..count)
        .map(|_| {
            let signs: u64 = random.random();
            (0..MOST_COLUMNS).map(|place| if signs >> place & 1 == 1 { size } else { -size }).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::Encoding;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|k| format!("level {k}")).collect()
    }

    #[test]
    fn few_levels_are_one_unit_apart_and_many_about_that() {
        let few = codes(5);
        assert!((Encoding::distance(&few[0], &few[3]) - 1.0).abs() < 1e-12);
        let many = codes(10_000);
        assert_eq!(many[0].len(), MOST_COLUMNS);
        for pair in many.windows(2) {
            let distance = Encoding::distance(&pair[0], &pair[1]);
            assert!((0.6..1.4).contains(&distance), "{distance}");
        }
    }

    #[test]
    fn levels_with_equal_descriptors_still_differ() {
        let table = vec![vec![1.0, 5.0], vec![1.0, 5.0], vec![3.0, 1.0]];
        let levels = Levels::alike(&names(3), &table);
        let code = |k: usize| levels.code(&format!("level {k}")).unwrap();
        let same = Encoding::distance(code(0), code(1));
        assert!(same > 0.0 && same < Encoding::distance(code(0), code(2)));
    }
}
