//! Numbers a model can learn from, computed from what a material consists of.

use std::{cell::OnceCell, fmt};

use matdock_message::{Language, Message, say};

use super::{
    Composition, MagpieProperty, OxidationFeature,
    oxidation::Oxidation,
    summary::{MagpieSummaries, Share, Summary},
};
use crate::{Element, Property, element::Column};

/// How the values of one property over the elements of a material become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// Mean, weighted with the atomic fractions.
    Mean,
    /// Mean distance from the weighted mean, weighted with the atomic fractions.
    Deviation,
    /// Smallest value.
    Minimum,
    /// Largest value.
    Maximum,
    /// Largest minus smallest.
    Range,
    /// Value of the most abundant element; of several equally abundant ones, the smallest value.
    Mode,
    /// Value of the most electronegative element: the formal anion.
    Anion,
    /// Mean over the other elements, weighted with their fractions: the formal cations.
    Cation,
}

impl Statistic {
    /// Every statistic.
    pub const ALL: [Self; 8] =
        [Self::Mean, Self::Deviation, Self::Minimum, Self::Maximum, Self::Range, Self::Mode, Self::Anion, Self::Cation];

    /// Name behind the point in a feature's name, such as `mean`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Deviation => "deviation",
            Self::Minimum => "min",
            Self::Maximum => "max",
            Self::Range => "range",
            Self::Mode => "mode",
            Self::Anion => "anion",
            Self::Cation => "cation",
        }
    }

    fn describe(self, property: &str) -> Message {
        match self {
            Self::Mean => say!("chem-statistic-mean", property = property),
            Self::Deviation => say!("chem-statistic-deviation", property = property),
            Self::Minimum => say!("chem-statistic-min", property = property),
            Self::Maximum => say!("chem-statistic-max", property = property),
            Self::Range => say!("chem-statistic-range", property = property),
            Self::Mode => say!("chem-statistic-mode", property = property),
            Self::Anion => say!("chem-statistic-anion", property = property),
            Self::Cation => say!("chem-statistic-cation", property = property),
        }
    }
}

/// A number computed from a composition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// A statistic over an element property: `electronegativity.mean`.
    Of(Property, Statistic),
    /// A statistic over an element property of the Magpie set: `MagpieData mean Electronegativity`.
    Magpie(MagpieProperty, Statistic),
    /// Share of one kind of orbital in all valence electrons: `p_valence.fraction`.
    ValenceFraction(Property),
    /// Pauling's ionic character 1 - exp(-(difference of electronegativity)^2 / 4) of the most different pair.
    IonicCharacterMax,
    /// Ionic character of every pair of elements, weighted with the product of their fractions.
    IonicCharacterMean,
    /// Number of different elements.
    Elements,
    /// Number of atoms in the formula as written: the size of the molecule, where there is one.
    Atoms,
    /// p-norm of the atomic fractions.
    StoichiometryNorm(u8),
    /// Atomic fraction of the most electronegative element.
    AnionFraction,
    /// How far the electrons the others have to give miss what the most electronegative element lacks to eight, per atom.
    OctetImbalance,
    /// Product of the formal charges over the sum of the covalent radii: how strongly an ionic picture binds.
    CoulombStrength,
    /// Pauling's estimate of the bond between anion and cations: geometric mean of what holds either together, plus
    /// what their difference in electronegativity adds.
    BondStrength,
    /// From the oxidation states that make the formula neutral: `oxidation.neutral`.
    Oxidation(OxidationFeature),
}

/// Why a feature has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum Missing {
    /// The property is not known of this element.
    Property {
        /// Which element.
        element: Element,
        /// Which property.
        property: ElementProperty,
    },
    /// The feature compares elements, and the material has only one.
    SingleElement,
    /// With the oxidation states its elements have in compounds the formula is not neutral.
    NotNeutral,
    /// There are too many ways to give the elements oxidation states to try them all.
    TooManyStates,
}

impl Missing {
    /// The reason as a sentence in the reader's language.
    pub fn message(&self) -> Message {
        match self {
            Self::Property { element, property } => {
                say!("chem-missing-property", element = element, property = property.name())
            }
            Self::SingleElement => say!("chem-missing-single-element"),
            Self::NotNeutral => say!("chem-missing-not-neutral"),
            Self::TooManyStates => say!("chem-missing-too-many-states"),
        }
    }
}

const ORBITALS: [Property; 4] = [Property::SValence, Property::PValence, Property::DValence, Property::FValence];
const NORMS: [u8; 4] = [2, 3, 5, 7];

/// Statistics of the Magpie set, with matminer's names, in its order.
const MAGPIE: [(Statistic, &str); 6] = [
    (Statistic::Minimum, "minimum"),
    (Statistic::Maximum, "maximum"),
    (Statistic::Range, "range"),
    (Statistic::Mean, "mean"),
    (Statistic::Deviation, "avg_dev"),
    (Statistic::Mode, "mode"),
];

impl Feature {
    /// Every feature.
    pub fn all() -> Vec<Self> {
        let oxidation = OxidationFeature::ALL.map(Self::Oxidation);
        [Self::own(), Self::magpie(), oxidation.to_vec()].concat()
    }

    /// The 132 features of the Magpie set, in matminer's order.
    pub(super) fn magpie() -> Vec<Self> {
        let of = |property| MAGPIE.map(move |(statistic, _)| Self::Magpie(property, statistic));
        MagpieProperty::ALL.into_iter().flat_map(of).collect()
    }

    /// The features from matdock's own table of the elements.
    pub(super) fn own() -> Vec<Self> {
        let of = |property| Statistic::ALL.map(move |statistic| Self::Of(property, statistic));
        let mut all: Vec<Self> = Property::ALL.into_iter().flat_map(of).collect();
        all.extend(ORBITALS.map(Self::ValenceFraction));
        all.extend([Self::IonicCharacterMax, Self::IonicCharacterMean, Self::Elements, Self::Atoms]);
        all.extend(NORMS.map(Self::StoichiometryNorm));
        all.extend([Self::AnionFraction, Self::OctetImbalance, Self::CoulombStrength, Self::BondStrength]);
        all
    }

    /// The feature of this name, as its display spells it: `electronegativity.mean`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|feature| feature.to_string() == name)
    }

    /// UCUM code of its unit; `1` where it has none.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Of(property, _) => property.unit(),
            Self::Magpie(property, _) => property.unit(),
            Self::CoulombStrength => "pm-1",
            Self::BondStrength => "kJ/mol",
            _ => "1",
        }
    }

    /// What it is, in the reader's language.
    pub fn describe(self, language: Language) -> String {
        let message = match self {
            Self::Of(property, statistic) => statistic.describe(&property.describe().text(language)),
            Self::Magpie(property, statistic) => statistic.describe(&property.describe().text(language)),
            Self::ValenceFraction(property) => {
                say!("chem-feature-valence-fraction", property = property.describe().text(language))
            }
            Self::IonicCharacterMax => say!("chem-feature-ionic-character-max"),
            Self::IonicCharacterMean => say!("chem-feature-ionic-character-mean"),
            Self::Elements => say!("chem-feature-elements"),
            Self::Atoms => say!("chem-feature-atoms"),
            Self::StoichiometryNorm(power) => say!("chem-feature-stoichiometry-norm", power = power),
            Self::AnionFraction => say!("chem-feature-anion-fraction"),
            Self::OctetImbalance => say!("chem-feature-octet-imbalance"),
            Self::CoulombStrength => say!("chem-feature-coulomb-strength"),
            Self::BondStrength => say!("chem-feature-bond-strength"),
            Self::Oxidation(feature) => feature.describe(),
        };
        message.text(language)
    }

    /// Its value for a material.
    ///
    /// Units: [`Feature::unit`]. Errors: [`Missing`] where an element property it needs is not known, or where it
    /// compares elements and there is only one.
    /// Source: statistics, norms and ionic character as in Ward et al., npj Comput. Mater. 2, 16028 (2016); bond
    /// strength after Pauling, J. Am. Chem. Soc. 54, 3570 (1932), with the enthalpy of atomisation in place of the
    /// energy of the single bond.
    pub fn compute(self, composition: &Composition) -> Result<f64, Missing> {
        self.of(&Parts::of(composition))
    }

    /// The property and the statistic of it that [`Summary`] has, if that is what the feature is.
    fn summarised(self) -> Option<(ElementProperty, Statistic)> {
        match self {
            Self::Of(_, Statistic::Anion | Statistic::Cation) => None,
            Self::Of(property, statistic) => Some((ElementProperty::Own(property), statistic)),
            Self::Magpie(property, statistic) => Some((ElementProperty::Magpie(property), statistic)),
            _ => None,
        }
    }

    /// The values of several features; those of one property that follow one another are computed together.
    pub(super) fn compute_all(features: &[Self], composition: &Composition) -> Vec<Result<f64, Missing>> {
        let parts = Parts::of(composition);
        let property = |feature: &Self| feature.summarised().map(|(property, _)| property);
        let mut values = Vec::with_capacity(features.len());
        for run in features.chunk_by(|a, b| property(a) == property(b)) {
            match run.first().and_then(property).map(|property| parts.summarise(property)) {
                Some(Ok(summary)) => {
                    values.extend(run.iter().filter_map(|feature| {
                        feature.summarised().map(|(_, statistic)| Ok(summary.statistic(statistic)))
                    }))
                }
                Some(Err(missing)) => values.extend(run.iter().map(|_| Err(missing))),
                None => values.extend(run.iter().map(|feature| feature.of(&parts))),
            }
        }
        values
    }

    fn of(self, parts: &Parts<'_>) -> Result<f64, Missing> {
        match self {
            Self::Of(property, Statistic::Anion) => value_of(parts.ions()?.anion.0, property),
            Self::Of(property, Statistic::Cation) => parts.ions()?.cation_mean(property),
            Self::Of(property, statistic) => Ok(parts.summarise(ElementProperty::Own(property))?.statistic(statistic)),
            Self::Magpie(property, statistic) => {
                Ok(parts.summarise(ElementProperty::Magpie(property))?.statistic(statistic))
            }
            Self::ValenceFraction(orbital) => {
                let mean = |property| Ok(parts.summarise(ElementProperty::Own(property))?.mean);
                Ok(mean(orbital)? / mean(Property::Valence)?)
            }
            Self::IonicCharacterMax => {
                let electronegativity = parts.summarise(ElementProperty::Own(Property::Electronegativity))?;
                Ok(ionic_character(electronegativity.statistic(Statistic::Range)))
            }
            Self::IonicCharacterMean => parts.ionic_character_mean(),
            Self::Elements => Ok(parts.fractions.len() as f64),
            Self::Atoms => Ok(parts.atoms),
            Self::StoichiometryNorm(power) => Ok(parts.norm(power)),
            Self::AnionFraction => Ok(parts.ions()?.anion.1),
            Self::OctetImbalance => parts.ions()?.octet_imbalance(),
            Self::CoulombStrength => parts.ions()?.coulomb_strength(),
            Self::BondStrength => parts.ions()?.bond_strength(),
            Self::Oxidation(feature) => parts.oxidation().feature(feature),
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(property, statistic) => write!(f, "{property}.{}", statistic.name()),
            Self::Magpie(property, statistic) => {
                let name = MAGPIE.iter().find(|(own, _)| own == statistic).map_or("", |(_, name)| name);
                write!(f, "MagpieData {name} {property}")
            }
            Self::ValenceFraction(property) => write!(f, "{property}.fraction"),
            Self::IonicCharacterMax => f.write_str("ionic_character.max"),
            Self::IonicCharacterMean => f.write_str("ionic_character.mean"),
            Self::Elements => f.write_str("stoichiometry.elements"),
            Self::Atoms => f.write_str("stoichiometry.atoms"),
            Self::StoichiometryNorm(power) => write!(f, "stoichiometry.norm{power}"),
            Self::AnionFraction => f.write_str("stoichiometry.anion_fraction"),
            Self::OctetImbalance => f.write_str("ions.octet_imbalance"),
            Self::CoulombStrength => f.write_str("ions.coulomb_strength"),
            Self::BondStrength => f.write_str("ions.bond_strength"),
            Self::Oxidation(feature) => write!(f, "{feature}"),
        }
    }
}

fn value_of(element: Element, property: Property) -> Result<f64, Missing> {
    element.get(property).ok_or(Missing::Property { element, property: ElementProperty::Own(property) })
}

fn mean(values: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let weight: f64 = values.clone().map(|(weight, _)| weight).sum();
    values.map(|(weight, value)| weight * value).sum::<f64>() / weight
}

fn ionic_character(difference: f64) -> f64 {
    1.0 - (-0.25 * difference * difference).exp()
}

/// An element property, of matdock's own table or of the Magpie set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementProperty {
    /// Of matdock's table.
    Own(Property),
    /// Of the Magpie set.
    Magpie(MagpieProperty),
}

impl ElementProperty {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own(property) => property.name(),
            Self::Magpie(property) => property.name(),
        }
    }

    fn column(self) -> &'static Column {
        match self {
            Self::Own(property) => property.column(),
            Self::Magpie(property) => property.column(),
        }
    }
}

/// A material as the atomic fractions of its elements.
struct Parts<'a> {
    composition: &'a Composition,
    oxidation: OnceCell<Oxidation>,
    magpie: OnceCell<MagpieSummaries>,
    fractions: Vec<(Element, f64)>,
    shares: Vec<Share>,
    atoms: f64,
}

impl<'a> Parts<'a> {
    fn of(composition: &'a Composition) -> Self {
        let fractions: Vec<_> = composition.fractions().collect();
        let (oxidation, magpie) = (OnceCell::new(), OnceCell::new());
        let shares = Share::all(&fractions);
        Self { composition, oxidation, magpie, fractions, shares, atoms: composition.atoms() }
    }

    fn oxidation(&self) -> &Oxidation {
        self.oxidation.get_or_init(|| Oxidation::of(self.composition))
    }

    fn summarise(&self, property: ElementProperty) -> Result<Summary, Missing> {
        let summary = match property {
            ElementProperty::Own(property) => Summary::of(&self.shares, property.column()),
            ElementProperty::Magpie(property) => {
                self.magpie.get_or_init(|| Summary::of_magpie(&self.shares))[property as usize]
            }
        };
        if summary.mean.is_nan() {
            let column = property.column();
            let unknown = |share: &&Share| column[usize::from(share.element.atomic_number()) - 1].is_nan();
            if let Some(share) = self.shares.iter().find(unknown) {
                return Err(Missing::Property { element: share.element, property });
            }
        }
        Ok(summary)
    }

    fn ionic_character_mean(&self) -> Result<f64, Missing> {
        let mut total = 0.0;
        for (index, (element, fraction)) in self.fractions.iter().enumerate() {
            let value = value_of(*element, Property::Electronegativity)?;
            for (other, other_fraction) in &self.fractions[index + 1..] {
                let difference = value - value_of(*other, Property::Electronegativity)?;
                total += fraction * other_fraction * ionic_character(difference);
            }
        }
        Ok(total)
    }

    fn norm(&self, power: u8) -> f64 {
        let sum: f64 = self.fractions.iter().map(|(_, fraction)| fraction.powi(i32::from(power))).sum();
        sum.powf(1.0 / f64::from(power))
    }

    fn ions(&self) -> Result<Ions, Missing> {
        let mut anion: Option<((Element, f64), f64)> = None;
        for (element, fraction) in &self.fractions {
            let electronegativity = value_of(*element, Property::Electronegativity)?;
            if anion.is_none_or(|(_, largest)| electronegativity > largest) {
                anion = Some(((*element, *fraction), electronegativity));
            }
        }
        let (anion, _) = anion.ok_or(Missing::SingleElement)?;
        let cations: Vec<_> = self.fractions.iter().filter(|(element, _)| *element != anion.0).copied().collect();
        if cations.is_empty() { Err(Missing::SingleElement) } else { Ok(Ions { anion, cations }) }
    }
}

/// A material seen as ions: the most electronegative element against all others.
struct Ions {
    anion: (Element, f64),
    cations: Vec<(Element, f64)>,
}

impl Ions {
    fn cation_mean(&self, property: Property) -> Result<f64, Missing> {
        let values: Result<Vec<_>, Missing> =
            self.cations.iter().map(|(element, fraction)| Ok((*fraction, value_of(*element, property)?))).collect();
        Ok(mean(values?.into_iter()))
    }

    /// Electrons one anion lacks to a full shell of eight (or, of many valence electrons, none).
    fn anion_charge(&self) -> Result<f64, Missing> {
        Ok((8.0 - value_of(self.anion.0, Property::Valence)?).max(0.0))
    }

    fn octet_imbalance(&self) -> Result<f64, Missing> {
        let given = self.cation_mean(Property::Valence)? * (1.0 - self.anion.1);
        Ok((given - self.anion_charge()? * self.anion.1).abs())
    }

    /// z+ z- / (r+ + r-), with z- the electrons the anion lacks and z+ what neutrality then asks of the cations.
    fn coulomb_strength(&self) -> Result<f64, Missing> {
        let taken = self.anion_charge()?;
        let given = taken * self.anion.1 / (1.0 - self.anion.1);
        let distance = self.cation_mean(Property::CovalentRadius)? + value_of(self.anion.0, Property::CovalentRadius)?;
        Ok(taken * given / distance)
    }

    fn bond_strength(&self) -> Result<f64, Missing> {
        let holds = |property| Ok((self.cation_mean(property)?, value_of(self.anion.0, property)?));
        let (cations, anion) = holds(Property::AtomisationEnthalpy)?;
        let (low, high) = holds(Property::Electronegativity)?;
        // One electronvolt is 96.485 kJ/mol; enthalpies of atomisation are never negative.
        Ok((cations * anion).max(0.0).sqrt() + 96.485 * (high - low).powi(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(formula: &str, feature: &str, expected: f64) {
        let composition = Composition::parse(formula).unwrap();
        let value = Feature::from_name(feature).unwrap().compute(&composition).unwrap();
        assert!((value - expected).abs() < 1e-9, "{feature} of {formula}: {value}, not {expected}");
    }

    /// Worked by hand from the element table: chi(Al) = 1.61, chi(O) = 3.44; fractions 0.4 and 0.6.
    #[test]
    fn statistics_of_alumina_by_hand() {
        check("Al2O3", "electronegativity.mean", 0.4 * 1.61 + 0.6 * 3.44);
        check("Al2O3", "electronegativity.range", 1.83);
        check("Al2O3", "electronegativity.min", 1.61);
        check("Al2O3", "electronegativity.max", 3.44);
        // 0.4 |1.61 - 2.708| + 0.6 |3.44 - 2.708|
        check("Al2O3", "electronegativity.deviation", 0.8784);
        check("Al2O3", "electronegativity.mode", 3.44);
        check("Al2O3", "electronegativity.anion", 3.44);
        check("Al2O3", "melting_point.cation", 933.473);
        check("Al2O3", "atomic_number.mean", 0.4 * 13.0 + 0.6 * 8.0);
        check("Al2O3", "valence.mean", 0.4 * 3.0 + 0.6 * 6.0);
        // p electrons: 0.4 * 1 + 0.6 * 4 = 2.8 of 4.8
        check("Al2O3", "p_valence.fraction", 2.8 / 4.8);
        check("Al2O3", "stoichiometry.norm2", 0.52f64.sqrt());
        check("Al2O3", "stoichiometry.elements", 2.0);
        check("Al2O3", "stoichiometry.anion_fraction", 0.6);
        check("Al2O3", "stoichiometry.atoms", 5.0);
        check("Al2O3", "ionic_character.max", 1.0 - (-0.25f64 * 1.83 * 1.83).exp());
        check("Al2O3", "ionic_character.mean", 0.24 * (1.0 - (-0.25f64 * 1.83 * 1.83).exp()));
        check("Al2O3", "ions.octet_imbalance", 0.0);
        // z- = 2, z+ = 3, radii 121 and 66 pm
        check("Al2O3", "ions.coulomb_strength", 6.0 / 187.0);
        check("Al2O3", "ions.bond_strength", (330.9f64 * 249.229).sqrt() + 96.485 * 1.83 * 1.83);
    }

    #[test]
    fn of_equally_abundant_elements_the_mode_is_the_smaller_value() {
        check("NaCl", "melting_point.mode", 171.65);
    }

    #[test]
    fn cations_are_averaged_among_themselves() {
        check("MgAl2O4", "group.cation", (2.0 + 2.0 * 13.0) / 3.0);
    }

    #[test]
    fn a_feature_of_unknown_ingredients_is_missing_with_its_reason() {
        let mean = |formula: &str, name: &str| {
            Feature::from_name(name).unwrap().compute(&Composition::parse(formula).unwrap())
        };
        let helium = Element::from_symbol("He").unwrap();
        let expected = Missing::Property { element: helium, property: ElementProperty::Own(Property::MeltingPoint) };
        assert_eq!(mean("HeNa2", "melting_point.mean"), Err(expected));
        assert_eq!(mean("Fe", "group.anion"), Err(Missing::SingleElement));
        assert!(mean("Fe", "group.mean").is_ok());
        assert_eq!(
            expected.to_string(),
            "melting_point of He is not known; leave the feature or the material out, or give a value"
        );
    }

    #[test]
    fn no_feature_is_ever_nan() {
        for element in Element::all() {
            for partner in ["O", "Fe", "He", "Og"] {
                let composition = Composition::parse(&format!("{element}2{partner}")).unwrap();
                for feature in Feature::all() {
                    if let Ok(value) = feature.compute(&composition) {
                        assert!(value.is_finite(), "{feature} of {composition}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_feature_has_a_name_of_its_own_and_is_described_in_both_languages() {
        let mut names: Vec<String> = Feature::all().iter().map(Feature::to_string).collect();
        for feature in Feature::all() {
            assert_eq!(Feature::from_name(&feature.to_string()), Some(feature));
            for language in [Language::English, Language::Japanese] {
                assert!(!feature.describe(language).contains("chem-"), "{feature}");
            }
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), Feature::all().len());
    }
}
