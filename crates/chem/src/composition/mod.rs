//! What a material consists of, by amount of each element.

mod feature;
mod feature_set;
mod magpie;
mod oxidation;
mod parse;
mod summary;

use std::{fmt, str::FromStr};

use crate::Element;

pub use feature::{ElementProperty, Feature, Missing, Statistic};
pub use feature_set::{FeatureSet, UnknownFeature};
pub use magpie::MagpieProperty;
pub use oxidation::OxidationFeature;
pub use parse::{FormulaError, FormulaProblem};

/// The elements of a material and how much of each, as one formula unit has them.
///
/// Elements without any amount (`Li0CoO2`) are left out, so every amount is positive and there is at
/// least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// By atomic number.
    amounts: Vec<(Element, f64)>,
}

impl Composition {
    /// Reads a chemical formula: `Al2O3`, `Li1.3Al0.3Ti1.7(PO4)3`, `Pb(Mg1/3Nb2/3)O3`, `CuSO4·5H2O`, `[Fe(CN)6]^3-`.
    ///
    /// Amounts are decimals or fractions; `( )`, `[ ]` and `{ }` nest; `·`, `*` and `.` join parts, each of which
    /// may begin with a factor. A point between digits is a decimal point, except before a closing `H2O`
    /// (`CuSO4.5H2O` is the hydrate). A charge is written `^2-` or with superscripts, and is left out of the
    /// composition. Sub- and superscripts and full-width letters are understood; blanks are ignored.
    ///
    /// Errors: [`FormulaError`] names the character and what is wrong there.
    pub fn parse(formula: &str) -> Result<Self, FormulaError> {
        parse::parse(formula).map(|amounts| Self { amounts })
    }

    /// From amounts of different elements, by atomic number; `None` where there is nothing of any.
    pub(crate) fn from_amounts(amounts: impl Iterator<Item = (Element, f64)>) -> Option<Self> {
        let amounts: Vec<_> = amounts.filter(|(_, amount)| *amount > 0.0).collect();
        (!amounts.is_empty()).then_some(Self { amounts })
    }

    /// Elements and their amounts in the formula unit, by atomic number.
    pub fn amounts(&self) -> impl Iterator<Item = (Element, f64)> {
        self.amounts.iter().copied()
    }

    /// Elements and their atomic fractions, which add up to 1, by atomic number.
    pub fn fractions(&self) -> impl Iterator<Item = (Element, f64)> {
        let atoms = self.atoms();
        self.amounts().map(move |(element, amount)| (element, amount / atoms))
    }

    /// Number of atoms in the formula unit.
    pub fn atoms(&self) -> f64 {
        self.amounts.iter().map(|(_, amount)| amount).sum()
    }

    /// Number of different elements.
    pub fn elements(&self) -> usize {
        self.amounts.len()
    }

    /// Mass of one mole of formula units. Units: g/mol. Source: standard atomic weights, see [`Element::mass`].
    pub fn molar_mass(&self) -> f64 {
        self.amounts().map(|(element, amount)| amount * element.mass()).sum()
    }

    /// The formula in Hill order: carbon, hydrogen, then by symbol; without carbon, all by symbol.
    ///
    /// Reading it again gives an equal composition.
    pub fn hill(&self) -> String {
        let carbon = self.amounts.iter().any(|(element, _)| element.symbol() == "C");
        let mut ordered: Vec<_> = self.amounts().collect();
        ordered.sort_by_key(|(element, _)| match element.symbol() {
            "C" if carbon => (0, ""),
            "H" if carbon => (1, ""),
            symbol => (2, symbol),
        });
        let write = |(element, amount): (Element, f64)| match amount {
            1.0 => element.to_string(),
            _ => format!("{element}{amount}"),
        };
        ordered.into_iter().map(write).collect()
    }
}

impl fmt::Display for Composition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hill())
    }
}

impl FromStr for Composition {
    type Err = FormulaError;

    fn from_str(formula: &str) -> Result<Self, FormulaError> {
        Self::parse(formula)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(formula: &str, hill: &str) {
        assert_eq!(Composition::parse(formula).unwrap().hill(), hill, "{formula}");
    }

    #[test]
    fn formulas_as_people_write_them() {
        check("Al2O3", "Al2O3");
        check("SiC", "CSi");
        check("CH3COOH", "C2H4O2");
        check("Li1.3Al0.3Ti1.7(PO4)3", "Al0.3Li1.3O12P3Ti1.7");
        check("{[Co(NH3)6]Cl3}2", "Cl6Co2H36N12");
        check("Pb(Mg1/3Nb2/3)O3", "Mg0.3333333333333333Nb0.6666666666666666O3Pb");
        check("CuSO4·5H2O", "CuH10O9S");
        check("CuSO4*5H2O", "CuH10O9S");
        check("CuSO4.5H2O", "CuH10O9S");
        check("CaSO4·0.5H2O", "CaHO4.5S");
        check("MgO.Al2O3", "Al2MgO4");
        check("Li₂O", "Li2O");
        check("Ｌｉ２Ｏ", "Li2O");
        check(" Li 2 O ", "Li2O");
        check("[Fe(CN)6]^3-", "C6FeN6");
        check("Cu²⁺", "Cu");
        check("Li0CoO2", "CoO2");
    }

    /// IUPAC 2021 weights: 2 x 26.9815385 + 3 x 15.999.
    #[test]
    fn molar_mass_of_alumina() {
        let alumina = Composition::parse("Al2O3").unwrap();
        assert!((alumina.molar_mass() - 101.960_077).abs() < 1e-6);
        assert_eq!(alumina.atoms(), 5.0);
        let fractions: Vec<f64> = alumina.fractions().map(|(_, fraction)| fraction).collect();
        assert_eq!(fractions, [0.6, 0.4], "oxygen before aluminium");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = Composition::parse(&text);
        }

        #[test]
        fn text_like_a_formula_is_read_or_refused(text in r"[A-Za-z0-9()\[\]{}./·*^+\-₂²⁺ ]{0,40}") {
            if let Err(error) = Composition::parse(&text) {
                prop_assert!(error.position <= text.chars().count() + 1);
            }
        }

        #[test]
        fn a_hill_formula_reads_back_as_itself(parts in prop::collection::btree_map(1u8..=118, 0.001f64..500.0, 1..9)) {
            let formula: String = parts
                .iter()
                .map(|(number, amount)| format!("{}{amount}", Element::from_atomic_number(*number).unwrap()))
                .collect();
            let composition = Composition::parse(&formula).unwrap();
            prop_assert_eq!(&Composition::parse(&composition.hill()).unwrap(), &composition);
            let total: f64 = composition.fractions().map(|(_, fraction)| fraction).sum();
            prop_assert!((total - 1.0).abs() < 1e-12);
        }
    }
}
