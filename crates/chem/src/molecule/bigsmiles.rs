//! BigSMILES of linear homo- and copolymers: which repeat units there are, and how much of each.

use super::{SmilesError, SmilesProblem};

/// A kind of repeat unit in a polymer.
#[derive(Debug, Clone, PartialEq)]
pub struct RepeatUnit {
    /// The unit as SMILES, its ends written as `*`.
    pub smiles: String,
    /// How much of it there is, as written behind the unit (`{$CC$:0.7,$CC(C)$:0.3}`); `None` where nothing is said.
    pub amount: Option<f64>,
}

impl RepeatUnit {
    /// The repeat units of a BigSMILES such as `{$CC$}` or `{$CC$:0.7,$CC(C)$:0.3}`; `None` for any other text.
    ///
    /// Units that alternate, `{<A<,>B>}`, become one; with several on a side, each pair is one. End groups (behind `;`)
    /// are left out, as there are few of them in a long chain.
    /// Source: Lin et al., ACS Cent. Sci. 5, 1523 (2019). Amounts behind units are an addition.
    ///
    /// Errors: blocks or graft chains, units whose bonding descriptors do not match, an amount that is no number.
    pub fn all_of(bigsmiles: &str) -> Result<Option<Vec<Self>>, SmilesError> {
        let text = bigsmiles.trim();
        if !text.starts_with('{') {
            return Ok(None);
        }
        let fail = |at: usize, problem| {
            let position = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
            SmilesError { smiles: text.to_owned(), position, problem }
        };
        let Some(end) = text.find('}') else { return Err(fail(text.len() - 1, SmilesProblem::Unfinished)) };
        if let Some(again) = text.get(1..).and_then(|rest| rest.find('{')) {
            return Err(fail(again + 1, SmilesProblem::Blocks));
        }
        if let Some(behind) = text.get(end + 1..).and_then(|rest| rest.chars().next()) {
            return Err(fail(end + 1, SmilesProblem::Unexpected(behind)));
        }
        let inner = text.get(1..end).unwrap_or_default();
        let inner = inner.split(';').next().unwrap_or_default();
        let (before, inner) = without_terminals(inner);
        let mut at = 1 + before;
        let mut units = Vec::new();
        for written in inner.split(',') {
            units.push(Written::read(written).map_err(|problem| fail(at, problem))?);
            at += written.len() + 1;
        }
        let stated = units.iter().filter(|unit| unit.amount.is_some()).count();
        if stated != 0 && stated != units.len() {
            return Err(fail(0, SmilesProblem::SomeAmounts));
        }
        joined(&units).map(Some).ok_or_else(|| fail(0, SmilesProblem::UnitsDoNotJoin))
    }
}

/// A unit as it stands in the BigSMILES.
struct Written<'a> {
    first: Descriptor<'a>,
    inner: &'a str,
    last: Descriptor<'a>,
    amount: Option<f64>,
}

/// A bonding descriptor: `$` joins any of its number, `<` joins `>`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Descriptor<'a> {
    kind: char,
    number: &'a str,
}

impl<'a> Written<'a> {
    fn read(text: &'a str) -> Result<Self, SmilesProblem> {
        let text = text.trim();
        let (unit, amount) = match text.rsplit_once(':') {
            Some((unit, amount)) if at_end(unit.trim_end()).is_some() => {
                (unit.trim_end(), Some(parse_amount(amount).ok_or(SmilesProblem::Amount(amount.trim().to_owned()))?))
            }
            _ => (text, None),
        };
        let (first, rest) = at_start(unit).ok_or(SmilesProblem::BondingDescriptor)?;
        let (last, inner) = at_end(rest).ok_or(SmilesProblem::BondingDescriptor)?;
        Ok(Self { first, inner: inner.trim(), last, amount })
    }

    /// The same unit at both ends: `$` and `$`, or `<` and `>`.
    fn repeats(&self) -> bool {
        let kinds = (self.first.kind, self.last.kind);
        self.first.number == self.last.number && matches!(kinds, ('$', '$') | ('<', '>') | ('>', '<'))
    }

    fn both(&self, kind: char) -> bool {
        self.first == self.last && self.first.kind == kind
    }
}

/// An amount such as `0.7` or `70%`. None: no number, or one below zero.
pub(crate) fn parse_amount(text: &str) -> Option<f64> {
    let text = text.trim();
    let (number, unit) = text.strip_suffix('%').map_or((text, 1.0), |number| (number.trim_end(), 100.0));
    // "inf" and "nan" are words, not numbers.
    let plain = number.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    number.parse::<f64>().ok().filter(|amount| plain && amount.is_finite()).map(|amount| amount / unit)
}

/// The units as those of a chain; `None` where the descriptors do not join.
fn joined(units: &[Written<'_>]) -> Option<Vec<RepeatUnit>> {
    let number = units.first().map(|unit| unit.first.number);
    let alike = units.iter().all(|unit| Some(unit.first.number) == number);
    let ends_alike =
        |unit: &Written<'_>| (unit.first.kind == '$') == units.first().is_some_and(|u| u.first.kind == '$');
    if units.len() == 1 || (alike && units.iter().all(|unit| unit.repeats() && ends_alike(unit))) {
        let one = |unit: &Written<'_>| RepeatUnit { smiles: format!("*{}*", unit.inner), amount: unit.amount };
        return Some(units.iter().map(one).collect());
    }
    let side = |kind: char| units.iter().filter(|unit| unit.both(kind)).collect::<Vec<_>>();
    let (one, other) = (side('<'), side('>'));
    if !alike || one.is_empty() || other.is_empty() || one.len() + other.len() != units.len() {
        return None;
    }
    let total = |side: &[&Written<'_>]| side.iter().filter_map(|unit| unit.amount).sum::<f64>();
    let (all_one, all_other) = (total(&one), total(&other));
    // Long chains need as many of either.
    if (all_one - all_other).abs() > 0.01 * all_one.max(all_other) {
        return None;
    }
    let pair = |a: &Written<'_>, b: &Written<'_>| RepeatUnit {
        smiles: format!("*{}{}*", a.inner, b.inner),
        amount: a.amount.zip(b.amount).map(|(a, b)| if a * b == 0.0 { 0.0 } else { 2.0 * a * b / all_other }),
    };
    Some(one.iter().flat_map(|a| other.iter().map(move |b| pair(a, b))).collect())
}

/// The text without what the object ends with outside, as in `{[]$CC$[]}` or `{[$][$]CC[$][$]}`, and how much was cut
/// off its beginning.
fn without_terminals(text: &str) -> (usize, &str) {
    let text = text.trim_end();
    let start = text.len() - text.trim_start().len();
    let inner = text.trim_start();
    let cut = match inner.strip_prefix("[]") {
        Some(_) => 2,
        None => match at_start(inner) {
            Some((_, rest)) if inner.starts_with('[') && at_start(rest).is_some() => inner.len() - rest.len(),
            _ => 0,
        },
    };
    let inner = inner.get(cut..).unwrap_or_default();
    let inner = match inner.strip_suffix("[]") {
        Some(rest) => rest,
        None => match at_end(inner) {
            Some((_, rest)) if inner.ends_with(']') && at_end(rest).is_some() => rest,
            _ => inner,
        },
    };
    (start + cut, inner)
}

fn at_start(text: &str) -> Option<(Descriptor<'_>, &str)> {
    let (number, kind, rest) = match text.strip_prefix('[') {
        None => ("", text.chars().next()?, text.get(1..)?),
        Some(bracketed) => {
            let (inside, rest) = bracketed.split_once(']')?;
            (inside.get(1..)?, inside.chars().next()?, rest)
        }
    };
    is_descriptor(kind, number).then_some((Descriptor { kind, number }, rest))
}

fn at_end(text: &str) -> Option<(Descriptor<'_>, &str)> {
    let (number, kind, rest) = match text.strip_suffix(']') {
        None => ("", text.chars().next_back()?, text.get(..text.len() - 1)?),
        Some(bracketed) => {
            let (rest, inside) = bracketed.rsplit_once('[')?;
            (inside.get(1..)?, inside.chars().next()?, rest)
        }
    };
    is_descriptor(kind, number).then_some((Descriptor { kind, number }, rest))
}

fn is_descriptor(kind: char, number: &str) -> bool {
    matches!(kind, '$' | '<' | '>') && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<(String, Option<f64>)> {
        let units = RepeatUnit::all_of(text).unwrap().unwrap();
        units.into_iter().map(|unit| (unit.smiles, unit.amount)).collect()
    }

    fn check(text: &str, expected: &[(&str, Option<f64>)]) {
        let expected: Vec<_> = expected.iter().map(|(smiles, amount)| ((*smiles).to_owned(), *amount)).collect();
        assert_eq!(units(text), expected, "{text}");
    }

    #[test]
    fn homopolymers_have_one_unit_however_their_ends_are_written() {
        for text in ["{$CC$}", "{[$]CC[$]}", "{[][$]CC[$][]}", "{[$][$]CC[$][$]}", " {[$1]CC[$1]} ", "{[]<CC>;[]}"] {
            check(text, &[("*CC*", None)]);
        }
        check("{$CC$;[$]C,[$][H]}", &[("*CC*", None)]);
    }

    #[test]
    fn copolymers_have_several_units_with_or_without_amounts() {
        check("{$CC$,$CC(C)$}", &[("*CC*", None), ("*CC(C)*", None)]);
        check("{$CC$:0.7,$CC(C)$:0.3}", &[("*CC*", Some(0.7)), ("*CC(C)*", Some(0.3))]);
        check("{[][$]CC[$]:70%, [$]CC(C)[$] : 30%[]}", &[("*CC*", Some(0.7)), ("*CC(C)*", Some(0.3))]);
        check("{<CC(C)O>,>C(C)CO<}", &[("*CC(C)O*", None), ("*C(C)CO*", None)]);
    }

    #[test]
    fn units_that_alternate_are_taken_in_pairs() {
        check("{<C(=O)CC(=O)<,>OCCO>}", &[("*C(=O)CC(=O)OCCO*", None)]);
        let nylons = "{<C(=O)CC(=O)<:0.5,>NCCN>:0.4,>NCCCN>:0.1}";
        let shares: Vec<f64> = units(nylons).into_iter().filter_map(|(_, amount)| amount).collect();
        assert!((shares[0] - 0.8).abs() < 1e-12 && (shares[1] - 0.2).abs() < 1e-12, "{shares:?}");
    }

    #[test]
    fn other_text_is_no_bigsmiles() {
        assert_eq!(RepeatUnit::all_of("*CC*"), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let refused = |text: &str, position: usize, part: &str| {
            let error = RepeatUnit::all_of(text).unwrap_err();
            assert!(
                error.position == position && error.to_string().contains(part),
                "{text}: {} {error}",
                error.position
            );
        };
        refused("{$CC$", 5, "ends too early");
        refused("{$CC$}C", 7, "has no place here");
        refused("{$CC$}{$CC(C)$}", 7, "blocks");
        refused("{$CC$,CC}", 7, "bonding descriptor");
        refused("{$CC$:0.7,$CC(C)$}", 1, "every");
        refused("{$CC$:x,$CC(C)$:1}", 2, "\"x\"");
        refused("{$CC$,<CO>}", 1, "join");
        refused("{<CC<:0.5,>CO>:0.3}", 1, "join");
        refused("{}", 2, "bonding descriptor");
        refused("{$é$x}", 2, "bonding descriptor");
    }
}
