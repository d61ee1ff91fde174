//! Mixtures: which structures there are, and what fraction each is of the whole.

use std::{fmt, str::FromStr};

use matdock_message::{Message, say};

use crate::{Composition, Molecule, RepeatUnit, molecule::parse_amount};

/// What fractions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Basis {
    /// Moles: of repeat units, of molecules, of formula units.
    #[default]
    Mole,
    /// Masses.
    Mass,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mole => "mole",
            Self::Mass => "mass",
        })
    }
}

impl FromStr for Basis {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        match text {
            "mole" => Ok(Self::Mole),
            "mass" => Ok(Self::Mass),
            other => Err(say!("chem-blend-basis", text = other)),
        }
    }
}

/// How amounts are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mixing {
    /// What fractions count, those read without a unit and those that come out.
    pub basis: Basis,
    /// Whether amounts are parts, such as 7 to 3, and not fractions that add up to one.
    pub parts: bool,
}

/// How much of a component there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// A fraction of all moles or of the whole mass.
    Fraction(Basis, f64),
    /// Units: mol.
    Moles(f64),
    /// Units: g.
    Grams(f64),
    /// Moles per kilogram of the component that is [`Amount::Rest`]. Units: mol/kg.
    Molality(f64),
    /// What the others leave of the whole.
    Rest,
}

impl Amount {
    /// A number above or equal to zero, or a percentage: `0.7`, `70%`. `None` for any other text.
    pub fn number(text: &str) -> Option<f64> {
        parse_amount(text)
    }
}

/// A structure and its fraction.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// SMILES, or formula.
    pub structure: String,
    /// Fraction of the whole, from above 0 to 1.
    pub fraction: f64,
}

/// What something consists of. Fractions add up to one; nothing has the fraction zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    /// The parts, in the order of writing.
    pub parts: Vec<Part>,
    /// Whether amounts close to one in all, as after rounding, were scaled to exactly one.
    pub scaled: bool,
}

/// Fractions rounded to two digits may add up to this much more or less than one.
const ROUNDING: f64 = 0.0101;
/// Sums closer to one than this are one.
const EXACT: f64 = 1e-9;
const GRAMS_PER_KILOGRAM: f64 = 1000.0;

/// Molar mass of a structure. Units: g/mol.
type MolarMass<'a> = &'a dyn Fn(&str) -> Result<f64, Message>;

impl Blend {
    /// Reads what stands in a cell: one structure, a copolymer as BigSMILES (`{$CC$:0.7,$CC(C)$:0.3}`, without amounts as
    /// many units of each), or several of those with their fractions, `*CC*:0.7|*CCO*:0.3`, numbers or `70%`.
    ///
    /// A `|` separates in no SMILES and in no formula. Errors: a part without an amount, amounts that do not add up.
    pub fn parse(text: &str, mixing: Mixing) -> Result<Self, Message> {
        if !text.contains('|') {
            return Self::one(text, mixing);
        }
        let mut components = Vec::new();
        for part in text.split('|').map(str::trim) {
            let (structure, amount) = part.rsplit_once(':').ok_or_else(|| say!("chem-blend-no-amount", part = part))?;
            let amount = parse_amount(amount)
                .ok_or_else(|| say!("chem-blend-no-number", part = structure, amount = amount.trim()))?;
            let blend = Self::one(structure.trim(), mixing)?;
            components.push((blend, Amount::Fraction(mixing.basis, amount)));
        }
        let mixed = Self::mix(&components, mixing)?;
        Ok(Self { scaled: mixed.scaled || components.iter().any(|(blend, _)| blend.scaled), ..mixed })
    }

    fn one(text: &str, mixing: Mixing) -> Result<Self, Message> {
        let Some(units) = RepeatUnit::all_of(text).map_err(|error| error.message())? else {
            return Ok(Self { parts: vec![Part { structure: text.trim().to_owned(), fraction: 1.0 }], scaled: false });
        };
        let single = units.len() == 1;
        let component = |unit: RepeatUnit| {
            let amount = match unit.amount {
                Some(amount) => Amount::Fraction(mixing.basis, amount),
                None => Amount::Moles(1.0),
            };
            let amount = if single { Amount::Moles(1.0) } else { amount };
            (Self { parts: vec![Part { structure: unit.smiles, fraction: 1.0 }], scaled: false }, amount)
        };
        Self::mix(&units.into_iter().map(component).collect::<Vec<_>>(), mixing)
    }

    /// Components in their amounts as one. Those with nothing of them drop out.
    ///
    /// Amounts of different kinds are converted with the molar masses of the parts (of polymers, of the repeat unit).
    /// Errors: nothing there; fractions that do not add up to one; kinds of amounts that say nothing together.
    pub fn mix(components: &[(Self, Amount)], mixing: Mixing) -> Result<Self, Message> {
        let (fractions, scaled) = Self::fractions(components, mixing)?;
        let parts = components.iter().zip(&fractions).flat_map(|((blend, _), &share)| {
            let part = move |part: &Part| Part { structure: part.structure.clone(), fraction: part.fraction * share };
            blend.parts.iter().map(part)
        });
        Ok(Self { parts: parts.filter(|part| part.fraction > 0.0).collect(), scaled })
    }

    /// The fraction each component is of the whole, and whether they were scaled to one. Errors: as [`Blend::mix`].
    pub fn fractions(components: &[(Self, Amount)], mixing: Mixing) -> Result<(Vec<f64>, bool), Message> {
        let amounts: Vec<Amount> = components.iter().map(|(_, amount)| *amount).collect();
        if amounts == [Amount::Rest] {
            return Ok((vec![1.0], false));
        }
        let (from, numbers, scaled) = share(&amounts, mixing)?;
        let mass_of = |at: usize| components[at].0.mean_mass(mixing.basis, &molar_mass);
        let mut all = Vec::with_capacity(numbers.len());
        for (at, (number, from)) in numbers.into_iter().zip(from).enumerate() {
            all.push(match (from, mixing.basis) {
                _ if number == 0.0 => 0.0,
                (Basis::Mole, Basis::Mass) => number * mass_of(at)?,
                (Basis::Mass, Basis::Mole) => number / mass_of(at)?,
                _ => number,
            });
        }
        let sum: f64 = all.iter().sum();
        if sum.is_nan() || sum <= 0.0 || sum.is_infinite() {
            return Err(say!("chem-blend-nothing"));
        }
        all.iter_mut().for_each(|fraction| *fraction /= sum);
        Ok((all, scaled))
    }

    /// Mass of a mole of the whole. Units: g/mol.
    fn mean_mass(&self, basis: Basis, mass: MolarMass<'_>) -> Result<f64, Message> {
        let mut sum = 0.0;
        for part in &self.parts {
            let mass = mass(&part.structure)?;
            sum += match basis {
                Basis::Mole => part.fraction * mass,
                Basis::Mass => part.fraction / mass,
            };
        }
        Ok(if basis == Basis::Mole { sum } else { 1.0 / sum })
    }
}

/// Amounts as numbers of one scale, each by moles or by mass, and whether they were taken as one in all though they are
/// not quite.
fn share(amounts: &[Amount], mixing: Mixing) -> Result<(Vec<Basis>, Vec<f64>, bool), Message> {
    let rest: Vec<usize> = (0..amounts.len()).filter(|&at| amounts[at] == Amount::Rest).collect();
    if rest.len() > 1 {
        return Err(say!("chem-blend-rests"));
    }
    let kind = amounts.iter().find_map(|amount| match amount {
        Amount::Fraction(basis, _) => Some(*basis),
        _ => None,
    });
    let fractions = |basis: Basis| {
        amounts.iter().all(|a| matches!(a, Amount::Rest) || matches!(a, Amount::Fraction(other, _) if *other == basis))
    };
    match (kind, rest.as_slice()) {
        (Some(basis), rest) if fractions(basis) => {
            let number = |amount: &Amount| if let Amount::Fraction(_, number) = amount { *number } else { 0.0 };
            let mut numbers: Vec<f64> = amounts.iter().map(number).collect();
            let sum: f64 = numbers.iter().sum();
            let off = if rest.is_empty() { (sum - 1.0).abs() } else { (sum - 1.0).max(0.0) };
            if off > ROUNDING && !(mixing.parts && rest.is_empty()) {
                return Err(say!("chem-blend-sum", sum = short(sum)));
            }
            rest.iter().for_each(|&at| numbers[at] = (1.0 - sum).max(0.0));
            Ok((vec![basis; numbers.len()], numbers, off > EXACT && off <= ROUNDING))
        }
        (None, []) => {
            let moles_or_grams = |amount: &Amount| match amount {
                Amount::Moles(number) => Ok((Basis::Mole, *number)),
                Amount::Grams(number) => Ok((Basis::Mass, *number)),
                _ => Err(say!("chem-blend-no-rest")),
            };
            let both = amounts.iter().map(moles_or_grams).collect::<Result<Vec<_>, Message>>()?;
            let (from, numbers) = both.into_iter().unzip();
            Ok((from, numbers, false))
        }
        // A lone component without an amount is everything there is.
        (None, _) => {
            let per_kilogram = |amount: &Amount| match amount {
                Amount::Molality(number) => Ok((Basis::Mole, *number)),
                Amount::Rest => Ok((Basis::Mass, GRAMS_PER_KILOGRAM)),
                _ => Err(say!("chem-blend-rest-of-what")),
            };
            let both = amounts.iter().map(per_kilogram).collect::<Result<Vec<_>, Message>>()?;
            let (from, numbers) = both.into_iter().unzip();
            Ok((from, numbers, false))
        }
        (Some(_), _) => Err(say!("chem-blend-kinds")),
    }
}

/// Molar mass of a repeat unit without its ends, of a molecule or of a formula. Units: g/mol.
fn molar_mass(structure: &str) -> Result<f64, Message> {
    // What is no SMILES may be a formula; the error of the SMILES is the one to tell where it is neither.
    let mass = match Molecule::open_repeat_unit(structure) {
        Ok(molecule) => molecule.molar_mass(),
        Err(error) => Composition::parse(structure).map_err(|_| error.message())?.molar_mass(),
    };
    if mass > 0.0 { Ok(mass) } else { Err(say!("chem-blend-no-mass", part = structure)) }
}

fn short(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fractions(text: &str, mixing: Mixing) -> Vec<f64> {
        Blend::parse(text, mixing).unwrap().parts.iter().map(|part| part.fraction).collect()
    }

    fn close(found: &[f64], expected: &[f64]) {
        let near = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near, "{found:?} is not {expected:?}");
    }

    const MOLE: Mixing = Mixing { basis: Basis::Mole, parts: false };
    const MASS: Mixing = Mixing { basis: Basis::Mass, parts: false };
    const PARTS: Mixing = Mixing { basis: Basis::Mole, parts: true };

    #[test]
    fn a_cell_holds_one_structure_or_several_with_their_fractions() {
        close(&fractions("CCO", MOLE), &[1.0]);
        close(&fractions("*CC*:0.7|*CCO*:0.3", MOLE), &[0.7, 0.3]);
        close(&fractions("*CC*: 70 % | *CCO*: 30 %", MASS), &[0.7, 0.3]);
        close(&fractions("{$CC$:0.5,$CC(C)$:0.5}:0.8|CCO:0.2", MOLE), &[0.4, 0.4, 0.2]);
        close(&fractions("A:7|B:3", PARTS), &[0.7, 0.3]);
        close(&fractions("*CC*:1|*CCO*:0", MOLE), &[1.0]);
    }

    #[test]
    fn as_many_units_of_each_are_meant_where_nothing_is_said() {
        close(&fractions("{$CC$,$CC(C)$}", MOLE), &[0.5, 0.5]);
        // 28.054 and 42.081 g/mol
        close(&fractions("{$CC$,$CC(C)$}", MASS), &[0.4, 0.6]);
    }

    #[test]
    fn rounded_fractions_are_scaled_and_it_is_told() {
        let thirds = Blend::parse("A:0.33|B:0.33|C:0.33", MOLE).unwrap();
        assert!(thirds.scaled && (thirds.parts[0].fraction - 1.0 / 3.0).abs() < 1e-12);
        assert!(!Blend::parse("A:0.1|B:0.2|C:0.7", MOLE).unwrap().scaled);
    }

    #[test]
    fn amounts_are_converted_with_molar_masses() {
        let one = |structure: &str| Blend::parse(structure, MOLE).unwrap();
        // 1 mol of LiCl (42.39 g/mol, RDKit's atomic weights) in 1 kg of poly(ethylene oxide), 22.6996 mol of units.
        let salt = [(one("*CCO*"), Amount::Rest), (one("[Li+].[Cl-]"), Amount::Molality(1.0))];
        let (found, _) = Blend::fractions(&salt, MOLE).unwrap();
        close(&found, &[22.6996 / 23.6996, 1.0 / 23.6996]);
        let (found, _) = Blend::fractions(&salt, MASS).unwrap();
        close(&found, &[1000.0 / 1042.39, 42.39 / 1042.39]);
        let filler = [(one("*CCO*"), Amount::Rest), (one("Al2O3"), Amount::Fraction(Basis::Mass, 0.1))];
        let (found, _) = Blend::fractions(&filler, MOLE).unwrap();
        let (unit, oxide) = (0.9 / 44.053, 0.1 / 101.961);
        close(&found, &[unit / (unit + oxide), oxide / (unit + oxide)]);
        let weighed = [(one("*CCO*"), Amount::Grams(44.053)), (one("[Li+].[Cl-]"), Amount::Moles(1.0))];
        close(&Blend::fractions(&weighed, MOLE).unwrap().0, &[0.5, 0.5]);
    }

    #[test]
    fn what_says_no_amount_is_refused() {
        let refused = |text: &str, part: &str| {
            let error = Blend::parse(text, MOLE).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        };
        refused("*CC*|*CCO*", "\"*CC*\"");
        refused("*CC*:a|*CCO*:1", "\"a\"");
        refused("*CC*:0.7|*CCO*:0.7", "add up to 1.4");
        refused("{$CC$:0.2,$CCO$:0.3}", "add up to 0.5");
        refused("*CC*:0|*CCO*:0", "add up to 0");
        refused("*CC*:NaN|*CCO*:inf", "NaN");
        let one = |structure: &str| Blend::parse(structure, MOLE).unwrap();
        let mixed = |amounts: [Amount; 2], part: &str| {
            let [a, b] = amounts.map(|amount| (one("CCO"), amount));
            let error = Blend::mix(&[a, b], MOLE).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        };
        mixed([Amount::Rest, Amount::Rest], "one component");
        mixed([Amount::Molality(1.0), Amount::Moles(1.0)], "mol/kg");
        mixed([Amount::Rest, Amount::Grams(1.0)], "rest");
        mixed([Amount::Fraction(Basis::Mole, 0.5), Amount::Fraction(Basis::Mass, 0.5)], "same kind");
        mixed([Amount::Moles(0.0), Amount::Moles(0.0)], "nothing");
    }
}
