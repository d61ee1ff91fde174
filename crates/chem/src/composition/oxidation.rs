//! Oxidation states that make a formula neutral.
//!
//! Source: Davies, Butler, Isayev and Walsh, J. Open Source Softw. 4, 1361 (2019) (SMACT): every element takes one of its
//! states; what adds up to no charge is counted, and Pauling's rule asks that every cation is less electronegative than
//! every anion. Of several the one taken follows that rule, has the fewest atoms in uncommon states and the mildest charges.

use std::{fmt, sync::OnceLock};

use matdock_message::{Message, say};

use super::{Composition, Missing};
use crate::{Element, Property};

const TABLE: &str = include_str!("../../data/oxidation_states.csv");
/// Steps a search may take; alloys of many elements that can be anions need more.
const MOST_STEPS: usize = 200_000;
/// Charge per atom that is none: amounts are written as decimals.
const NEUTRAL: f64 = 1e-6;

/// A feature from the oxidation states of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OxidationFeature {
    /// Number of ways to give every element one of its states so that the charges add up to none.
    Assignments,
    /// 1 where there is such a way, else 0.
    Neutral,
    /// The same, also where one element has two neighbouring states at once (mixed valence).
    NeutralMixed,
    /// 1 where in such a way every cation is less electronegative than every anion, else 0.
    Pauling,
    /// Electronegativity of the least electronegative anion less that of the most electronegative cation.
    PaulingMargin,
    /// Mean state of the cations.
    CationMean,
    /// Mean state of the anions.
    AnionMean,
    /// Highest less lowest state.
    Range,
    /// Mean size of the states.
    MeanSize,
}

impl OxidationFeature {
    /// Every one of them.
    pub const ALL: [Self; 9] = [
        Self::Assignments,
        Self::Neutral,
        Self::NeutralMixed,
        Self::Pauling,
        Self::PaulingMargin,
        Self::CationMean,
        Self::AnionMean,
        Self::Range,
        Self::MeanSize,
    ];

    pub(super) fn describe(self) -> Message {
        match self {
            Self::Assignments => say!("chem-oxidation-assignments"),
            Self::Neutral => say!("chem-oxidation-neutral"),
            Self::NeutralMixed => say!("chem-oxidation-neutral-mixed"),
            Self::Pauling => say!("chem-oxidation-pauling"),
            Self::PaulingMargin => say!("chem-oxidation-pauling-margin"),
            Self::CationMean => say!("chem-oxidation-cation-mean"),
            Self::AnionMean => say!("chem-oxidation-anion-mean"),
            Self::Range => say!("chem-oxidation-range"),
            Self::MeanSize => say!("chem-oxidation-mean-size"),
        }
    }
}

impl fmt::Display for OxidationFeature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Assignments => "oxidation.assignments",
            Self::Neutral => "oxidation.neutral",
            Self::NeutralMixed => "oxidation.neutral_mixed",
            Self::Pauling => "oxidation.pauling",
            Self::PaulingMargin => "oxidation.pauling_margin",
            Self::CationMean => "oxidation.cation_mean",
            Self::AnionMean => "oxidation.anion_mean",
            Self::Range => "oxidation.range",
            Self::MeanSize => "oxidation.mean_size",
        })
    }
}

/// States an element has in compounds: common ones first.
#[derive(Debug, Clone, Default)]
struct States {
    all: Vec<i8>,
    common: usize,
}

impl States {
    fn of(element: Element) -> &'static Self {
        static TABLE: OnceLock<Vec<States>> = OnceLock::new();
        &TABLE.get_or_init(read)[usize::from(element.atomic_number()) - 1]
    }

    fn uncommon(&self, state: i8) -> bool {
        !self.all[..self.common].contains(&state)
    }

    fn limits(&self) -> (f64, f64) {
        let bound = |pick: fn(i8, i8) -> i8| self.all.iter().copied().reduce(pick).map_or(0.0, f64::from);
        (bound(i8::min), bound(i8::max))
    }
}

/// The table is part of the source and a test reads it strictly.
fn read() -> Vec<States> {
    let mut table = vec![States::default(); 118];
    for (symbol, states) in TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(','))
    {
        let Some(element) = Element::from_symbol(symbol) else { continue };
        let (common, others) = states.split_once(';').unwrap_or((states, ""));
        let numbers = |text: &str| -> Vec<i8> { text.split(' ').filter_map(|state| state.parse().ok()).collect() };
        let common = numbers(common);
        let entry = States { common: common.len(), all: [common, numbers(others)].concat() };
        table[usize::from(element.atomic_number()) - 1] = entry;
    }
    table
}

/// One way to give every element a state; of mixed valence the mean of two.
#[derive(Debug, Clone, PartialEq)]
struct Assignment {
    states: Vec<f64>,
    /// Atoms in uncommon states.
    uncommon: f64,
    /// Mean size of the states.
    size: f64,
    /// As [`OxidationFeature::PaulingMargin`]; nothing where an electronegativity is not known.
    margin: Option<f64>,
}

impl Assignment {
    fn follows_pauling(&self) -> bool {
        self.margin.is_some_and(|margin| margin > 0.0)
    }

    fn is_better_than(&self, other: &Self) -> bool {
        let order = other
            .follows_pauling()
            .cmp(&self.follows_pauling())
            .then(self.uncommon.total_cmp(&other.uncommon))
            .then(self.size.total_cmp(&other.size));
        order.is_lt()
    }
}

/// What the oxidation states of a formula allow.
#[derive(Debug, Clone)]
pub(super) struct Oxidation {
    amounts: Vec<(Element, f64)>,
    atoms: f64,
    count: usize,
    best: Option<Assignment>,
    /// The search was given up.
    too_many: bool,
}

impl Oxidation {
    pub(super) fn of(composition: &Composition) -> Self {
        let amounts: Vec<_> = composition.amounts().collect();
        let mut found = Self { amounts, atoms: composition.atoms(), count: 0, best: None, too_many: false };
        found.search();
        found
    }

    fn search(&mut self) {
        if self.amounts.len() == 1 {
            // An element by itself has the state 0.
            (self.count, self.best) =
                (1, Some(Assignment { states: vec![0.0], uncommon: 0.0, size: 0.0, margin: None }));
            return;
        }
        let close = NEUTRAL * self.atoms;
        let amounts = self.amounts.clone();
        let mut search = Search::new(&amounts, usize::MAX);
        let (mut count, mut best) = (0, None);
        let whole = search.run((-close, close), &mut |states, _| {
            count += 1;
            self.keep(&mut best, self.assignment(states, None));
        });
        self.too_many = !whole;
        let mut steps = search.steps;
        // Mixed valence: one element has two neighbouring states at once.
        for (mixed, &(element, amount)) in amounts.iter().enumerate().filter(|_| count == 0) {
            let mut states = States::of(element).all.clone();
            states.sort_unstable();
            for pair in states.windows(2) {
                let [low, high] = [f64::from(pair[0]), f64::from(pair[1])];
                let mut search = Search::new(&amounts, mixed);
                search.steps = steps;
                let whole = search.run((-high * amount + close, -low * amount - close), &mut |states, charge| {
                    let mean = -charge / amount;
                    self.keep(&mut best, self.assignment(states, Some((mixed, pair, mean))));
                });
                self.too_many |= !whole;
                steps = search.steps;
            }
        }
        (self.count, self.best) = (count, best);
    }

    fn keep(&self, best: &mut Option<Assignment>, new: Assignment) {
        if best.as_ref().is_none_or(|best| new.is_better_than(best)) {
            *best = Some(new);
        }
    }

    /// With the element that has two states, the two and their mean.
    fn assignment(&self, states: &[i8], mixed: Option<(usize, &[i8], f64)>) -> Assignment {
        let mut means: Vec<f64> = states.iter().copied().map(f64::from).collect();
        let mut uncommon = 0.0;
        for (at, (element, amount)) in self.amounts.iter().enumerate() {
            let known = States::of(*element);
            let share = |state: i8| if known.uncommon(state) { *amount } else { 0.0 };
            uncommon += match mixed {
                Some((place, &[low, high], mean)) if place == at => {
                    let of_high = (mean - f64::from(low)) / f64::from(high - low);
                    share(high) * of_high + share(low) * (1.0 - of_high)
                }
                _ => share(states[at]),
            };
        }
        if let Some((place, _, mean)) = mixed {
            means[place] = mean;
        }
        let size = self.amounts.iter().zip(&means).map(|((_, amount), state)| amount * state.abs()).sum::<f64>();
        Assignment { margin: self.margin(&means), uncommon, size: size / self.atoms, states: means }
    }

    fn margin(&self, states: &[f64]) -> Option<f64> {
        let (mut cation, mut anion) = (f64::NEG_INFINITY, f64::INFINITY);
        for ((element, _), &state) in self.amounts.iter().zip(states) {
            let electronegativity = element.get(Property::Electronegativity)?;
            match state {
                state if state > 0.0 => cation = cation.max(electronegativity),
                state if state < 0.0 => anion = anion.min(electronegativity),
                _ => {}
            }
        }
        Some(anion - cation).filter(|margin| margin.is_finite())
    }

    /// Errors: no assignment is neutral, or there are too many to try.
    pub(super) fn feature(&self, feature: OxidationFeature) -> Result<f64, Missing> {
        if self.too_many {
            return Err(Missing::TooManyStates);
        }
        let flag = |is: bool| Ok(f64::from(u8::from(is)));
        let best = || self.best.as_ref().ok_or(Missing::NotNeutral);
        let mean = |sign: f64| {
            let best = best()?;
            let suits = |state: &f64| state * sign > 0.0;
            let chosen = self.amounts.iter().zip(&best.states).filter(|(_, state)| suits(state));
            let (sum, weight) =
                chosen.fold((0.0, 0.0), |(sum, weight), ((_, amount), state)| (sum + amount * state, weight + amount));
            if weight == 0.0 { Err(Missing::SingleElement) } else { Ok(sum / weight) }
        };
        match feature {
            OxidationFeature::Assignments => Ok(self.count as f64),
            OxidationFeature::Neutral => flag(self.count > 0),
            OxidationFeature::NeutralMixed => flag(self.best.is_some()),
            OxidationFeature::Pauling => match &self.best {
                Some(best) if self.amounts.len() > 1 => {
                    self.margin_of(best).map(|_| ()).and(flag(best.follows_pauling()))
                }
                found => flag(found.is_some()),
            },
            OxidationFeature::PaulingMargin => self.margin_of(best()?),
            OxidationFeature::CationMean => mean(1.0),
            OxidationFeature::AnionMean => mean(-1.0),
            OxidationFeature::Range => {
                let states = &best()?.states;
                let (least, most) =
                    states.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), &s| (s.min(l), s.max(m)));
                Ok(most - least)
            }
            OxidationFeature::MeanSize => Ok(best()?.size),
        }
    }

    fn margin_of(&self, best: &Assignment) -> Result<f64, Missing> {
        let unknown = self.amounts.iter().find(|(element, _)| element.get(Property::Electronegativity).is_none());
        match (best.margin, unknown) {
            (Some(margin), _) => Ok(margin),
            (None, Some(&(element, _))) => {
                let property = super::ElementProperty::Own(Property::Electronegativity);
                Err(Missing::Property { element, property })
            }
            (None, None) => Err(Missing::SingleElement),
        }
    }
}

/// Tries states element by element, leaving out what can no longer come to the charge wanted.
struct Search<'a> {
    amounts: &'a [(Element, f64)],
    /// Place of the element that is left out.
    without: usize,
    /// Least and greatest charge the elements from a place on can bring.
    rests: Vec<(f64, f64)>,
    states: Vec<i8>,
    steps: usize,
}

impl<'a> Search<'a> {
    fn new(amounts: &'a [(Element, f64)], without: usize) -> Self {
        let mut rests = vec![(0.0, 0.0); amounts.len() + 1];
        for (at, (element, amount)) in amounts.iter().enumerate().rev() {
            let (least, most) = if at == without { (0.0, 0.0) } else { States::of(*element).limits() };
            rests[at] = (rests[at + 1].0 + amount * least, rests[at + 1].1 + amount * most);
        }
        Self { amounts, without, rests, states: vec![0; amounts.len()], steps: 0 }
    }

    /// Hands on all states whose charge lies between two; false where there were too many to try.
    fn run(&mut self, wanted: (f64, f64), take: &mut dyn FnMut(&[i8], f64)) -> bool {
        self.step(0, 0.0, wanted, take)
    }

    fn step(&mut self, at: usize, charge: f64, wanted: (f64, f64), take: &mut dyn FnMut(&[i8], f64)) -> bool {
        self.steps += 1;
        let (least, most) = self.rests[at];
        if self.steps > MOST_STEPS {
            return false;
        }
        if charge + most < wanted.0 || charge + least > wanted.1 {
            return true;
        }
        let Some(&(element, amount)) = self.amounts.get(at) else {
            take(&self.states, charge);
            return true;
        };
        if at == self.without {
            self.states[at] = 0;
            return self.step(at + 1, charge, wanted, take);
        }
        for &state in &States::of(element).all {
            self.states[at] = state;
            if !self.step(at + 1, charge + amount * f64::from(state), wanted, take) {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(formula: &str, feature: OxidationFeature) -> Result<f64, Missing> {
        Oxidation::of(&Composition::parse(formula).unwrap()).feature(feature)
    }

    #[test]
    fn states_that_add_up_to_no_charge_are_found() {
        for (formula, assignments) in [("NaCl", 1.0), ("Al2O3", 1.0), ("FeO", 1.0), ("Fe3O4", 0.0), ("Al3Ni", 0.0)] {
            assert_eq!(value(formula, OxidationFeature::Assignments), Ok(assignments), "{formula}");
        }
        let natural = Oxidation::of(&Composition::parse("LiFePO4").unwrap());
        let states = natural.best.clone().unwrap().states;
        let by_symbol: Vec<(&str, f64)> = natural.amounts.iter().map(|(e, _)| e.symbol()).zip(states).collect();
        assert_eq!(by_symbol, [("Li", 1.0), ("O", -2.0), ("P", 5.0), ("Fe", 2.0)]);
    }

    #[test]
    fn amounts_of_dopants_are_taken_as_written() {
        for formula in ["Li1.3Al0.3Ti1.7(PO4)3", "Pb(Mg1/3Nb2/3)O3", "Zr0.92Y0.08O1.96", "Li6.4La3Zr1.4Ta0.6O12"] {
            assert_eq!(value(formula, OxidationFeature::Neutral), Ok(1.0), "{formula}");
        }
        assert_eq!(value("Li1.3Al0.3Ti1.7(PO4)3", OxidationFeature::AnionMean), Ok(-2.0));
        assert_eq!(value("Zr0.92Y0.08O1.97", OxidationFeature::Neutral), Ok(0.0));
    }

    #[test]
    fn mixed_valence_has_the_mean_of_two_states() {
        for (formula, cations) in [("Fe3O4", 8.0 / 3.0), ("LiMn2O4", 8.0 / 3.0), ("Li0.5CoO2", 8.0 / 3.0)] {
            assert_eq!(value(formula, OxidationFeature::Neutral), Ok(0.0), "{formula}");
            assert_eq!(value(formula, OxidationFeature::NeutralMixed), Ok(1.0), "{formula}");
            let mean = value(formula, OxidationFeature::CationMean).unwrap();
            assert!((mean - cations).abs() < 1e-12, "{formula}: {mean}");
        }
    }

    #[test]
    fn a_cation_is_less_electronegative_than_an_anion() {
        assert_eq!(value("NaCl", OxidationFeature::Pauling), Ok(1.0));
        let margin = value("NaCl", OxidationFeature::PaulingMargin).unwrap();
        assert!((margin - (3.16 - 0.93)).abs() < 1e-12);
        // Gold is the more electronegative of the two, and has no negative state here.
        assert_eq!(value("AuH3", OxidationFeature::Pauling), Ok(0.0));
        assert_eq!(value("AlNi", OxidationFeature::PaulingMargin), Err(Missing::NotNeutral));
        assert_eq!(value("Fe", OxidationFeature::Pauling), Ok(1.0));
        assert_eq!(value("Fe", OxidationFeature::CationMean), Err(Missing::SingleElement));
    }

    #[test]
    fn alloys_of_many_elements_take_bounded_time() {
        let all: String = Element::all().map(|element| element.to_string()).collect();
        assert!(value(&all, OxidationFeature::Assignments).is_err() || value(&all, OxidationFeature::Neutral).is_ok());
        let carbides = "CNSiPSGeAsSeSnSbTeClBrIB";
        assert_eq!(value(carbides, OxidationFeature::Neutral), Err(Missing::TooManyStates));
    }

    #[test]
    fn the_table_is_read_whole() {
        let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.next(), Some("symbol,states"));
        for line in lines {
            let (symbol, states) = line.split_once(',').unwrap();
            let element = Element::from_symbol(symbol).unwrap();
            let written = states.split([' ', ';']).filter(|state| !state.is_empty()).count();
            assert_eq!(States::of(element).all.len(), written, "{line}");
            assert!(States::of(element).all.iter().all(|&state| state != 0), "{line}");
        }
    }
}
