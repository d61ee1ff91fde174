//! Reads chemical formulas. See [`crate::Composition::parse`] for what is understood.

use std::borrow::Cow;

use matdock_message::{Message, say};

use crate::Element;

/// Amounts outside this range are typing errors, and would overflow when brackets multiply them.
const AMOUNTS: std::ops::RangeInclusive<f64> = 1e-9..=1e9;
const DEEPEST: usize = 20;
const LONGEST: usize = 2000;

/// A formula that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct FormulaError {
    /// The formula as it was given.
    pub formula: String,
    /// Where the problem is: the number of the character, from 1.
    pub position: usize,
    /// What the problem is.
    pub problem: FormulaProblem,
}

/// What can be wrong with a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormulaProblem {
    /// No element in it, or only zero amounts.
    Empty,
    /// A symbol that no element has.
    UnknownElement(String),
    /// A character that has no place in a formula.
    Unexpected(char),
    /// A closing bracket without its opening one, or of another kind.
    Unopened(char),
    /// A bracket never closed.
    Unclosed(char),
    /// Brackets nested deeper than any compound needs.
    TooDeep,
    /// A number that is no amount: zero divisor, too large, too small, or badly written.
    BadAmount(String),
    /// Longer than any formula.
    TooLong,
    /// `Li.5` may mean 0.5 or a part beginning with 5.
    AmbiguousPoint,
}

impl FormulaError {
    /// The error as a sentence in the reader's language.
    pub fn message(&self) -> Message {
        let (formula, position) = (shorten(&self.formula), self.position);
        match &self.problem {
            FormulaProblem::Empty => say!("chem-formula-empty", formula = formula),
            FormulaProblem::UnknownElement(symbol) => {
                say!("chem-formula-unknown-element", formula = formula, position = position, symbol = symbol)
            }
            FormulaProblem::Unexpected(found) => {
                say!("chem-formula-unexpected", formula = formula, position = position, found = found)
            }
            FormulaProblem::Unopened(bracket) => {
                say!("chem-formula-unopened", formula = formula, position = position, bracket = bracket)
            }
            FormulaProblem::Unclosed(bracket) => {
                say!("chem-formula-unclosed", formula = formula, position = position, bracket = bracket)
            }
            FormulaProblem::TooDeep => {
                say!("chem-formula-too-deep", formula = formula, position = position, most = DEEPEST)
            }
            FormulaProblem::BadAmount(text) => {
                say!("chem-formula-bad-amount", formula = formula, position = position, text = shorten(text))
            }
            FormulaProblem::TooLong => say!("chem-formula-too-long", formula = formula, most = LONGEST),
            FormulaProblem::AmbiguousPoint => {
                say!("chem-formula-ambiguous-point", formula = formula, position = position)
            }
        }
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Elements and their amounts, by atomic number.
pub(super) type Amounts = Vec<(Element, f64)>;

pub(super) fn parse(formula: &str) -> Result<Amounts, FormulaError> {
    let text: Cow<'_, str> = match formula.is_ascii() && !formula.contains('*') {
        true => formula.into(),
        false => formula.chars().map(plain).collect::<String>().into(),
    };
    let mut parser = Parser { text: &text, at: 0 };
    let found = match text.len() <= LONGEST || text.chars().count() <= LONGEST {
        true => parser.formula(),
        false => Err((text.char_indices().nth(LONGEST).map_or(0, |(at, _)| at), FormulaProblem::TooLong)),
    };
    let total = found.and_then(|mut amounts| {
        amounts.retain(|(_, amount)| *amount != 0.0);
        amounts.sort_unstable_by_key(|(element, _)| *element);
        match amounts.iter().find(|(_, amount)| !AMOUNTS.contains(amount)) {
            Some((_, amount)) => Err((0, FormulaProblem::BadAmount(amount.to_string()))),
            None if amounts.is_empty() => Err((0, FormulaProblem::Empty)),
            None => Ok(amounts),
        }
    });
    total.map_err(|(at, problem)| {
        let position = text.char_indices().take_while(|(byte, _)| *byte < at).count() + 1;
        FormulaError { formula: formula.to_owned(), position, problem }
    })
}

/// Typographic forms as the plain characters they stand for. Superscripts stay: they mark a charge.
fn plain(character: char) -> char {
    let shifted = |first: u32, to: char| char::from_u32(u32::from(character) - first + u32::from(to));
    match character {
        '₀'..='₉' => shifted(0x2080, '0').unwrap_or(character),
        '\u{ff01}'..='\u{ff5e}' => shifted(0xff01, '!').unwrap_or(character),
        '•' | '∙' | '⋅' | '・' | '*' => '·',
        '\u{3000}' => ' ',
        other => other,
    }
}

/// Reads `text`; `at` is the byte where the next character begins.
struct Parser<'a> {
    text: &'a str,
    at: usize,
}

type Fault = (usize, FormulaProblem);

/// A bracket being read: where it opened, what closes it, and what it holds so far.
struct Open {
    at: usize,
    opening: char,
    closing: char,
    amounts: Amounts,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Whether a digit stands right behind the one-byte character here.
    fn digit_follows(&self) -> bool {
        self.text.as_bytes().get(self.at + 1).is_some_and(u8::is_ascii_digit)
    }

    fn skip_blanks(&mut self) {
        while let Some(blank) = self.peek().filter(|c| c.is_whitespace()) {
            self.at += blank.len_utf8();
        }
    }

    /// Parts joined by points, each with its factor.
    fn formula(&mut self) -> Result<Amounts, Fault> {
        let mut total = Amounts::new();
        loop {
            self.skip_blanks();
            let factor = self.amount(true)?.unwrap_or(1.0);
            let (start, part) = (self.at, self.part()?);
            if part.is_empty() {
                return Err((start, self.peek().map_or(FormulaProblem::Empty, FormulaProblem::Unexpected)));
            }
            add(&mut total, &part, factor);
            match self.peek() {
                None => return Ok(total),
                // A part ends before a joining point or at the end.
                Some(point) => self.at += point.len_utf8(),
            }
        }
    }

    /// Elements and bracketed groups up to a joining point or the end.
    fn part(&mut self) -> Result<Amounts, Fault> {
        let mut open: Vec<Open> = Vec::new();
        let mut amounts = Amounts::new();
        loop {
            self.skip_blanks();
            let at = self.at;
            let Some(character) = self.peek() else { break };
            if let Some(closing) = closing(character) {
                if open.len() == DEEPEST {
                    return Err((at, FormulaProblem::TooDeep));
                }
                self.at += 1;
                open.push(Open { at, opening: character, closing, amounts: std::mem::take(&mut amounts) });
            } else if matches!(character, ')' | ']' | '}') {
                self.at += 1;
                let group = open.pop().filter(|group| group.closing == character);
                let Some(group) = group else { return Err((at, FormulaProblem::Unopened(character))) };
                let inside = std::mem::replace(&mut amounts, group.amounts);
                let factor = self.amount_behind()?;
                add(&mut amounts, &inside, factor);
            } else if character.is_ascii_uppercase() {
                let element = self.element()?;
                let amount = self.amount_behind()?;
                add_one(&mut amounts, element, amount);
            } else if open.is_empty() && (matches!(character, '·' | '.') || !amounts.is_empty() && self.charge()) {
                break;
            } else {
                return Err((at, FormulaProblem::Unexpected(character)));
            }
        }
        match open.pop() {
            Some(group) => Err((group.at, FormulaProblem::Unclosed(group.opening))),
            None => Ok(amounts),
        }
    }

    /// The longest symbol that is an element: `Co` is cobalt, `CO` is carbon and oxygen.
    fn element(&mut self) -> Result<Element, Fault> {
        let (at, rest) = (self.at, self.rest());
        let lower = rest.bytes().skip(1).take_while(u8::is_ascii_lowercase).take(3).count();
        let symbol = rest.get(..=lower).unwrap_or_default();
        self.at += symbol.len();
        Element::from_symbol(symbol).ok_or_else(|| (at, FormulaProblem::UnknownElement(symbol.to_owned())))
    }

    fn amount_behind(&mut self) -> Result<f64, Fault> {
        self.skip_blanks();
        let point_first = self.peek() == Some('.') && self.digit_follows();
        if point_first && !self.hydrate_follows(self.at) {
            return Err((self.at, FormulaProblem::AmbiguousPoint));
        }
        Ok(self.amount(false)?.unwrap_or(1.0))
    }

    /// A decimal or a fraction of decimals, if one stands here.
    fn amount(&mut self, factor: bool) -> Result<Option<f64>, Fault> {
        let at = self.at;
        let Some(number) = self.decimal(factor)? else { return Ok(None) };
        if self.peek() != Some('/') {
            return Ok(Some(number));
        }
        self.at += 1;
        match self.decimal(factor)?.map(|divisor| number / divisor) {
            Some(fraction) if fraction == 0.0 || AMOUNTS.contains(&fraction) => Ok(Some(fraction)),
            _ => Err((at, FormulaProblem::BadAmount(self.since(at).to_owned()))),
        }
    }

    fn decimal(&mut self, factor: bool) -> Result<Option<f64>, Fault> {
        let at = self.at;
        let mut points = 0;
        while let Some(character) = self.peek() {
            let point = character == '.'
                && points == 0
                && self.at > at
                && self.digit_follows()
                && (factor || !self.hydrate_follows(self.at));
            if !point && !character.is_ascii_digit() {
                break;
            }
            points += usize::from(point);
            self.at += 1;
        }
        if self.at == at {
            return Ok(None);
        }
        let text = self.since(at);
        match text.parse::<f64>() {
            Ok(amount) if amount == 0.0 || AMOUNTS.contains(&amount) => Ok(Some(amount)),
            _ => Err((at, FormulaProblem::BadAmount(text.to_owned()))),
        }
    }

    fn since(&self, at: usize) -> &'a str {
        self.text.get(at..self.at).unwrap_or_default()
    }

    /// Whether a point here joins crystal water: `.5H2O` or `.0.5H2O` up to the end.
    fn hydrate_follows(&self, point: usize) -> bool {
        let text = self.text.get(point + 1..).unwrap_or_default();
        let whole = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let behind =
            whole.strip_prefix('.').map_or(whole, |part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
        behind.trim_end() == "H2O"
    }

    /// Steps over a charge at the end: `^2-`, `^+`, `²⁺`. Returns whether there was one.
    fn charge(&mut self) -> bool {
        let text = self.rest().trim_end();
        let sign = |c: char| matches!(c, '+' | '-' | '−' | '–');
        let plain = text.strip_prefix('^').is_some_and(|charge| {
            let rest = charge.trim_start_matches(|c: char| c.is_ascii_digit());
            let mut characters = rest.chars();
            let signed = characters.next().is_some_and(sign);
            let behind = characters.as_str();
            signed && (behind.is_empty() || (rest == charge && behind.chars().all(|c| c.is_ascii_digit())))
        });
        let digits = text.trim_end_matches(['⁺', '⁻']);
        let raised = digits.len() < text.len()
            && digits.chars().all(|c| matches!(c, '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹'));
        if plain || raised {
            self.at = self.text.len();
        }
        plain || raised
    }
}

fn closing(bracket: char) -> Option<char> {
    match bracket {
        '(' => Some(')'),
        '[' => Some(']'),
        '{' => Some('}'),
        _ => None,
    }
}

fn add(total: &mut Amounts, part: &Amounts, factor: f64) {
    for (element, amount) in part {
        add_one(total, *element, amount * factor);
    }
}

/// Formulas have few elements, so looking through all is the quickest way.
fn add_one(total: &mut Amounts, element: Element, amount: f64) {
    match total.iter_mut().find(|(known, _)| *known == element) {
        Some((_, sum)) => *sum += amount,
        None => total.push((element, amount)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(formula: &str, position: usize, problem: FormulaProblem) {
        let error = parse(formula).unwrap_err();
        assert_eq!((error.position, &error.problem), (position, &problem), "{formula}: {error}");
        let japanese = error.message().text(matdock_message::Language::Japanese);
        assert!(!japanese.contains("chem-formula"), "{japanese}");
    }

    #[test]
    fn an_error_names_the_character() {
        use FormulaProblem::*;
        check("", 1, Empty);
        check("  ", 3, Empty);
        check("Li0", 1, Empty);
        check("5", 2, Empty);
        check("Xx2O", 1, UnknownElement("Xx".into()));
        check("Li2Oo", 4, UnknownElement("Oo".into()));
        check("al2O3", 1, Unexpected('a'));
        check("CeO2-x", 5, Unexpected('-'));
        check("Al2(SO4", 4, Unclosed('('));
        check("AlO)3", 4, Unopened(')'));
        check("Al(O]3", 5, Unopened(']'));
        check("Mg1/0O", 3, BadAmount("1/0".into()));
        check("Li9999999999", 3, BadAmount("9999999999".into()));
        check("Li.5CoO2", 3, AmbiguousPoint);
        check("MgO·", 5, Empty);
        check("MgO··MgO", 5, Unexpected('·'));
    }

    #[test]
    fn brackets_nest_only_so_deep() {
        let formula = format!("{}O{}", "(".repeat(21), ")".repeat(21));
        check(&formula, 21, FormulaProblem::TooDeep);
        assert!(parse(&"(".repeat(100_000)).is_err());
    }
}
