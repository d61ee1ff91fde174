//! What a row describes: one structure, a copolymer or mixture in a cell, or components in columns of their own.

use matdock_chem::{Amount, Basis, Blend, Mixing};
use matdock_message::{Message, say};
use matdock_record::Unit;

use super::{
    Wish,
    cache::{Cache, Fresh},
    input::{Input, Row},
    sets::{Computed, Notation, Reason, Sets, Values},
};
use crate::table::Column;

/// What to make of several structures in a row.
#[derive(Debug, Clone, Default)]
pub struct Mixtures {
    /// Components with columns of their own: `role=column:amount column [unit]`; none for a single column.
    pub components: Vec<String>,
    /// What fractions count; `None` for moles, and not to name it in the headers of a single column.
    pub by: Option<Basis>,
    /// Whether amounts are parts, such as 7 to 3, and not fractions that add up to one.
    pub parts: bool,
    /// Whether each component is described for itself, too.
    pub each: bool,
}

/// Where a row's structures stand.
pub(super) struct Subject {
    components: Vec<Component>,
    mixing: Mixing,
    /// Whether the columns are those of components, so that there are columns with their fractions.
    several: bool,
    each: bool,
    /// Before the names of mixed descriptors.
    prefix: String,
}

struct Component {
    role: String,
    column: usize,
    notation: Notation,
    /// Column of the amount and what is counted; `None` for what the others leave.
    amount: Option<(usize, Kind)>,
}

/// What the numbers of an amount's column are; each with the factor to a fraction, mol, g, or mol/kg.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Fraction(Basis, f64),
    Moles(f64),
    Grams(f64),
    Molality(f64),
}

/// The structure of one component, and how much of it there is.
struct Present {
    at: usize,
    blend: Blend,
    amount: Amount,
}

impl Subject {
    /// Errors: a column is not there, a unit is none of an amount, a role occurs twice.
    pub(super) fn of(wish: &Wish, input: &Input) -> Result<Self, Message> {
        let by = wish.mixtures.by;
        let basis = by.unwrap_or_default();
        let several = !wish.mixtures.components.is_empty();
        let molecules = wish.ends.is_some() || Sets::need_molecules(&wish.sets);
        let notation =
            |column| input.notation(column).unwrap_or(if molecules { Notation::Smiles } else { Notation::Formula });
        let mut components = Vec::new();
        if several {
            if let Some(column) = &wish.column {
                return Err(say!("app-describe-column-and-components", column = column));
            }
            for text in &wish.mixtures.components {
                let component = Component::of(text, basis, input, &notation)?;
                if components.iter().any(|other: &Component| other.role == component.role) {
                    return Err(say!("app-describe-role-twice", role = component.role));
                }
                components.push(component);
            }
        } else {
            let column = input.structures(wish.column.as_deref())?;
            let role = input.headers().get(column).cloned().unwrap_or_default();
            components.push(Component { role, column, notation: notation(column), amount: None });
        }
        let prefix = if several || by.is_some() { format!("{basis}.") } else { String::new() };
        let mixing = Mixing { basis, parts: wish.mixtures.parts };
        Ok(Self { components, mixing, several, each: wish.mixtures.each && several, prefix })
    }

    /// How the structures of each column are written.
    pub(super) fn notations(&self) -> Vec<Notation> {
        self.components.iter().map(|component| component.notation).collect()
    }

    /// Headers of the columns the structures stand in.
    pub(super) fn columns(&self, input: &Input) -> String {
        let header = |component: &Component| input.headers().get(component.column).cloned().unwrap_or_default();
        self.components.iter().map(header).collect::<Vec<_>>().join(", ")
    }

    /// Headers of what [`Subject::describe`] gives: fractions of components, descriptors of the whole, and of each.
    pub(super) fn headers(&self, sets: &Sets) -> Vec<String> {
        let mut headers = Vec::new();
        if self.several {
            headers.extend(self.components.iter().map(|c| format!("{}.{}_fraction", c.role, self.mixing.basis)));
        }
        headers.extend(sets.headers().iter().map(|name| format!("{}{name}", self.prefix)));
        for component in self.components.iter().filter(|_| self.each) {
            headers.extend(sets.headers().iter().map(|name| format!("{}.{name}", component.role)));
        }
        headers
    }

    /// Describes a row. Errors: a structure or an amount cannot be read; the message names the component where there
    /// are several.
    pub(super) fn describe(&self, row: &Row, sets: &Sets, cache: Option<&Cache>) -> Result<Computed, Message> {
        let cell = |column: usize| row.cells.get(column).map_or("", |cell| cell.trim());
        let mut present = Vec::new();
        for (at, component) in self.components.iter().enumerate() {
            let read = component.read(cell, self.mixing).map_err(|what| self.of_component(component, what))?;
            present.extend(read.map(|(blend, amount)| Present { at, blend, amount }));
        }
        if present.is_empty() {
            return Err(say!("app-describe-empty"));
        }
        let pairs: Vec<(Blend, Amount)> = present.iter().map(|p| (p.blend.clone(), p.amount)).collect();
        let (fractions, scaled) = Blend::fractions(&pairs, self.mixing)?;
        let mut made = Made::new(self, sets.headers().len());
        made.scaled = scaled || present.iter().any(|present| present.blend.scaled);
        for (present, &fraction) in present.iter().zip(&fractions) {
            let component = &self.components[present.at];
            if fraction > 0.0 || self.each {
                let values = made.parts(component, &present.blend, sets, cache);
                let values = values.map_err(|what| self.of_component(component, what))?;
                made.add(present.at, fraction, values);
            }
        }
        Ok(made.computed())
    }

    fn of_component(&self, component: &Component, what: Message) -> Message {
        match self.several {
            true => say!("app-describe-of-component", component = component.role, what = what),
            false => what,
        }
    }
}

impl Component {
    fn of(text: &str, basis: Basis, input: &Input, notation: &dyn Fn(usize) -> Notation) -> Result<Self, Message> {
        let text = text.trim();
        let header = |name: &str| input.headers().iter().any(|header| header == name);
        let (role, rest) = match text.split_once('=') {
            Some((role, rest)) if !header(text) => (Some(role.trim()), rest.trim()),
            _ => (None, text),
        };
        let (structure, amount) = match rest.rsplit_once(':') {
            Some((structure, amount)) if !header(rest) => (structure.trim(), Some(amount.trim())),
            _ => (rest, None),
        };
        let column = input.structures(Some(structure))?;
        let amount = match amount {
            None => None,
            Some(written) => {
                let said = Column::parse(written);
                let place = input.structures(Some(&said.name)).or_else(|_| input.structures(Some(written)))?;
                let header = input.headers().get(place).map(|header| Column::parse(header));
                let unit = said.unit.or_else(|| header.and_then(|header| header.unit));
                Some((place, Kind::of(unit.as_deref(), basis).map_err(|what| input.at_column(place, what))?))
            }
        };
        let role = role.unwrap_or(structure).to_owned();
        Ok(Self { role, column, notation: notation(column), amount })
    }

    /// The structure and how much there is of it; `None` where there is none.
    fn read<'a>(&self, cell: impl Fn(usize) -> &'a str, mixing: Mixing) -> Result<Option<(Blend, Amount)>, Message> {
        let structure = cell(self.column);
        let amount = match self.amount {
            None => Amount::Rest,
            Some((column, kind)) => match (cell(column), structure) {
                ("", "") => return Ok(None),
                ("", _) => return Err(say!("app-describe-no-amount")),
                (text, _) => kind.amount(text)?,
            },
        };
        let none = matches!(
            amount,
            Amount::Fraction(_, 0.0) | Amount::Moles(0.0) | Amount::Grams(0.0) | Amount::Molality(0.0)
        );
        match (structure, none || self.amount.is_none()) {
            ("", true) => Ok(None),
            ("", false) => Err(say!("app-describe-no-structure")),
            _ => Blend::parse(structure, mixing).map(|blend| Some((blend, amount))),
        }
    }
}

impl Kind {
    /// What a unit says: `%`, `mol%`, `wt%`, `mol`, `g`, `mol/kg`, and any that can be converted into one of them.
    fn of(unit: Option<&str>, basis: Basis) -> Result<Self, Message> {
        let text = unit.unwrap_or("1").trim();
        match text {
            "1" => return Ok(Self::Fraction(basis, 1.0)),
            "%" => return Ok(Self::Fraction(basis, 100.0)),
            "mol%" | "mol-%" | "mol %" => return Ok(Self::Fraction(Basis::Mole, 100.0)),
            "wt%" | "wt-%" | "wt %" | "w%" | "mass%" | "m%" | "w/w%" => return Ok(Self::Fraction(Basis::Mass, 100.0)),
            "vol%" | "vol-%" | "vol %" | "v%" => return Err(say!("app-describe-volume")),
            _ => {}
        }
        let unit: Unit = text.parse()?;
        // To UCUM a mole is a number, so what has moles in it is looked at first.
        for target in ["mol/kg", "mol", "g", "1"] {
            if target.contains("mol") && !text.contains("mol") {
                continue;
            }
            let wanted: Unit = target.parse()?;
            if unit.fits(&wanted) {
                // Numbers are divided by it, which keeps 70 % at exactly 0.7.
                let factor = wanted.convert(1.0, &unit)?;
                return Ok(match target {
                    "mol/kg" => Self::Molality(factor),
                    "mol" => Self::Moles(factor),
                    "g" => Self::Grams(factor),
                    _ => Self::Fraction(basis, factor),
                });
            }
        }
        Err(say!("app-describe-amount-unit", unit = text))
    }

    fn amount(self, text: &str) -> Result<Amount, Message> {
        let number = Amount::number(text).ok_or_else(|| say!("app-describe-no-number", text = text))?;
        Ok(match self {
            Self::Fraction(basis, _) if text.ends_with('%') => Amount::Fraction(basis, number),
            Self::Fraction(basis, factor) => Amount::Fraction(basis, number / factor),
            Self::Moles(factor) => Amount::Moles(number / factor),
            Self::Grams(factor) => Amount::Grams(number / factor),
            Self::Molality(factor) => Amount::Molality(number / factor),
        })
    }
}

/// A row under way.
struct Made<'a> {
    subject: &'a Subject,
    fractions: Vec<Option<f64>>,
    whole: Vec<Option<f64>>,
    each: Vec<Option<Vec<Option<f64>>>>,
    reasons: Vec<(Option<String>, Reason, usize)>,
    open: bool,
    scaled: bool,
    fresh: Vec<Fresh>,
    hits: usize,
}

impl<'a> Made<'a> {
    fn new(subject: &'a Subject, width: usize) -> Self {
        let count = subject.components.len();
        Self {
            subject,
            fractions: vec![Some(0.0); count],
            whole: vec![Some(0.0); width],
            each: vec![None; count],
            reasons: Vec::new(),
            open: false,
            scaled: false,
            fresh: Vec::new(),
            hits: 0,
        }
    }

    /// Mean over the parts of a component.
    fn parts(
        &mut self,
        component: &Component,
        blend: &Blend,
        sets: &Sets,
        cache: Option<&Cache>,
    ) -> Result<Vec<Option<f64>>, Message> {
        let mut mean: Option<Vec<Option<f64>>> = None;
        let alone = blend.parts.len() == 1;
        for (at, part) in blend.parts.iter().enumerate() {
            let computed = sets.compute(&part.structure, component.notation, cache);
            let Values { values, open, fresh, hits } = computed.map_err(|what| match alone {
                true => what,
                false => say!("app-describe-of-part", part = at + 1, what = what),
            })?;
            self.open |= open;
            self.hits += hits;
            self.fresh.extend(fresh);
            let name = match (self.subject.several, alone) {
                (false, true) => None,
                (true, true) => Some(component.role.clone()),
                (_, false) => Some(part.structure.clone()),
            };
            self.count(name.as_deref(), &values);
            let values = values.into_iter().map(Result::ok);
            mean = Some(match mean {
                None => {
                    values.map(|value| value.map(|value| if alone { value } else { part.fraction * value })).collect()
                }
                Some(mut mean) => {
                    let both = |sum: Option<f64>, value: Option<f64>| Some(sum? + part.fraction * value?);
                    mean.iter_mut().zip(values).for_each(|(sum, value)| *sum = both(*sum, value));
                    mean
                }
            });
        }
        Ok(mean.unwrap_or_default())
    }

    fn count(&mut self, name: Option<&str>, values: &[Result<f64, Reason>]) {
        for missing in values.iter().filter_map(|value| value.err()) {
            match self.reasons.iter_mut().find(|(of, known, _)| *known == missing && of.as_deref() == name) {
                Some((_, _, cells)) => *cells += 1,
                None => self.reasons.push((name.map(str::to_owned), missing, 1)),
            }
        }
    }

    fn add(&mut self, at: usize, fraction: f64, values: Vec<Option<f64>>) {
        self.fractions[at] = Some(fraction);
        if self.subject.each {
            self.each[at] = Some(values.clone());
        }
        if fraction == 1.0 {
            self.whole = values;
        } else if fraction > 0.0 {
            let both = |sum: Option<f64>, value: Option<f64>| Some(sum? + fraction * value?);
            self.whole.iter_mut().zip(values).for_each(|(sum, value)| *sum = both(*sum, value));
        }
    }

    fn computed(self) -> Computed {
        let width = self.whole.len();
        let mut reasons: Vec<(Message, usize)> = Vec::new();
        for (of, reason, cells) in self.reasons {
            let reason = reason.message();
            let reason = match of {
                Some(component) => say!("app-describe-of-component", component = component, what = reason),
                None => reason,
            };
            reasons.push((reason, cells));
        }
        let mut values = if self.subject.several { self.fractions } else { Vec::new() };
        values.extend(self.whole);
        if self.subject.each {
            for (component, described) in self.subject.components.iter().zip(self.each) {
                if described.is_none() {
                    let absent = say!("app-describe-absent", component = component.role);
                    reasons.push((absent, width));
                }
                values.extend(described.unwrap_or_else(|| vec![None; width]));
            }
        }
        Computed { values, reasons, open: self.open, scaled: self.scaled, fresh: self.fresh, hits: self.hits }
    }
}
