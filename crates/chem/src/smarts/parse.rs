//! Reads SMARTS.

use super::{AtomTest, BondTest, Pattern, PatternBond};
use crate::{BondOrder, SmilesError, SmilesProblem, molecule::table::number_of};

type Problem = (usize, SmilesProblem);

/// Patterns inside patterns go no deeper than this.
const DEEPEST: usize = 20;
const LONGEST: usize = 10_000;

pub(super) fn parse(smarts: &str) -> Result<Pattern, SmilesError> {
    let fail = |(at, problem): Problem| SmilesError {
        smiles: smarts.to_owned(),
        position: smarts.get(..at).unwrap_or_default().chars().count() + 1,
        problem,
    };
    if smarts.len() > LONGEST {
        return Err(fail((0, SmilesProblem::TooLong)));
    }
    let mut parser = Parser { text: smarts.as_bytes(), at: 0 };
    let pattern = parser.pattern(0).map_err(fail)?;
    if parser.at < parser.text.len() {
        return Err(fail(parser.unexpected()));
    }
    Ok(pattern)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self) -> Problem {
        let found = self.text.get(self.at..).map(String::from_utf8_lossy).and_then(|rest| rest.chars().next());
        (self.at, found.map_or(SmilesProblem::Unfinished, SmilesProblem::Unexpected))
    }

    fn number(&mut self) -> Result<Option<usize>, Problem> {
        let start = self.at;
        let mut value = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let next = value.unwrap_or(0) * 10 + usize::from(digit - b'0');
            if next > 999 {
                return Err((start, SmilesProblem::BadNumber));
            }
            value = Some(next);
            self.at += 1;
        }
        Ok(value)
    }

    /// A pattern up to the end of the text or a bracket that closes no branch.
    fn pattern(&mut self, depth: usize) -> Result<Pattern, Problem> {
        if depth > DEEPEST {
            return Err((self.at, SmilesProblem::TooLong));
        }
        let mut pattern = Pattern { atoms: Vec::new(), links: Vec::new(), degrees: Vec::new(), elements: 0 };
        let mut current: Option<usize> = None;
        let mut branches = Vec::new();
        let mut rings: Vec<(usize, usize, Option<BondTest>)> = Vec::new();
        let mut bond: Option<BondTest> = None;
        while let Some(next) = self.peek() {
            match next {
                b'(' => {
                    branches.push(current.ok_or_else(|| self.unexpected())?);
                    self.at += 1;
                }
                b')' => {
                    let Some(atom) = branches.pop() else { break };
                    current = Some(atom);
                    self.at += 1;
                }
                b'0'..=b'9' | b'%' => {
                    let from = current.ok_or_else(|| self.unexpected())?;
                    let number = self.ring_number()?;
                    match rings.iter().position(|ring| ring.0 == number) {
                        None => rings.push((number, from, bond.take())),
                        Some(place) => {
                            let (_, to, opening) = rings.remove(place);
                            let test = opening.or(bond.take()).unwrap_or(BondTest::SingleOrAromatic);
                            if to == from {
                                return Err((self.at, SmilesProblem::BadRing(u32::try_from(number).unwrap_or(0))));
                            }
                            pattern.links[from.max(to)].push(PatternBond {
                                from: from.min(to),
                                to: from.max(to),
                                test,
                            });
                        }
                    }
                }
                b'[' | b'*' | b'A'..=b'Z' | b'a'..=b'z' => {
                    let test = if next == b'[' { self.bracket(depth)? } else { self.bare()? };
                    let index = pattern.atoms.len();
                    pattern.atoms.push(test);
                    let link = current.map(|from| PatternBond {
                        from,
                        to: index,
                        test: bond.take().unwrap_or(BondTest::SingleOrAromatic),
                    });
                    pattern.links.push(link.into_iter().collect());
                    current = Some(index);
                }
                b'.' if current.is_some() && bond.is_none() => {
                    current = None;
                    self.at += 1;
                }
                _ if current.is_some() && bond.is_none() => bond = Some(self.bond()?),
                _ => return Err(self.unexpected()),
            }
        }
        match rings.first() {
            Some(ring) => Err((self.at, SmilesProblem::OpenRing(u32::try_from(ring.0).unwrap_or(0)))),
            None if pattern.atoms.is_empty() || bond.is_some() || !branches.is_empty() => Err(self.unexpected()),
            None => {
                pattern.prepare();
                Ok(pattern)
            }
        }
    }

    fn ring_number(&mut self) -> Result<usize, Problem> {
        let digits = if self.take(b'%') { 2 } else { 1 };
        let mut number = 0;
        for _ in 0..digits {
            match self.peek() {
                Some(digit @ b'0'..=b'9') => number = number * 10 + usize::from(digit - b'0'),
                _ => return Err(self.unexpected()),
            }
            self.at += 1;
        }
        Ok(number)
    }

    /// An atom outside of brackets.
    fn bare(&mut self) -> Result<AtomTest, Problem> {
        let two = self.text.get(self.at..self.at + 2).unwrap_or_default();
        if two == b"Cl" || two == b"Br" {
            self.at += 2;
            return Ok(AtomTest::Element(if two == b"Cl" { 17 } else { 35 }, false));
        }
        let test = match self.peek() {
            Some(b'*') => AtomTest::Any,
            Some(b'A') => AtomTest::Aromatic(false),
            Some(b'a') => AtomTest::Aromatic(true),
            Some(b'C') => AtomTest::Element(6, false),
            Some(b'N') => AtomTest::Element(7, false),
            Some(b'O') => AtomTest::Element(8, false),
            Some(b'S') => AtomTest::Element(16, false),
            Some(b'P') => AtomTest::Element(15, false),
            Some(b'F') => AtomTest::Element(9, false),
            Some(b'B') => AtomTest::Element(5, false),
            Some(b'I') => AtomTest::Element(53, false),
            Some(b'c') => AtomTest::Element(6, true),
            Some(b'n') => AtomTest::Element(7, true),
            Some(b'o') => AtomTest::Element(8, true),
            Some(b's') => AtomTest::Element(16, true),
            Some(b'p') => AtomTest::Element(15, true),
            Some(b'b') => AtomTest::Element(5, true),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(test)
    }

    fn bracket(&mut self, depth: usize) -> Result<AtomTest, Problem> {
        self.at += 1;
        let mut low = Vec::new();
        loop {
            let mut either = Vec::new();
            loop {
                let mut both = Vec::new();
                while !matches!(self.peek(), Some(b',' | b';' | b']') | None) {
                    if both.is_empty() || !self.take(b'&') {
                        both.push(self.negated(depth, both.is_empty())?);
                    }
                }
                if both.is_empty() {
                    return Err(self.unexpected());
                }
                either.push(join(both, AtomTest::All));
                if !self.take(b',') {
                    break;
                }
            }
            low.push(join(either, AtomTest::One));
            if !self.take(b';') {
                break;
            }
        }
        if self.take(b':') {
            self.number()?;
        }
        if !self.take(b']') {
            return Err(self.unexpected());
        }
        Ok(join(low, AtomTest::All))
    }

    fn negated(&mut self, depth: usize, first: bool) -> Result<AtomTest, Problem> {
        if self.take(b'!') {
            // `!` before `!` takes itself back; a loop keeps the depth bounded.
            let mut times = 1;
            while self.take(b'!') {
                times += 1;
            }
            let test = self.primitive(depth, first)?;
            return Ok(if times % 2 == 1 { AtomTest::Not(Box::new(test)) } else { test });
        }
        self.primitive(depth, first)
    }

    fn primitive(&mut self, depth: usize, first: bool) -> Result<AtomTest, Problem> {
        let Some(next) = self.peek() else { return Err(self.unexpected()) };
        if next == b'$' {
            return self.inner(depth);
        }
        if let Some(symbol) = self.text.get(self.at..self.at + 2).and_then(|two| std::str::from_utf8(two).ok())
            && next.is_ascii_uppercase()
            && symbol.as_bytes()[1].is_ascii_lowercase()
            && let Some(number) = number_of(symbol)
        {
            self.at += 2;
            return Ok(AtomTest::Element(number, false));
        }
        if let Some(number) = aromatic_pair(self.text.get(self.at..self.at + 2).unwrap_or_default()) {
            self.at += 2;
            return Ok(AtomTest::Element(number, true));
        }
        let start = self.at;
        self.at += 1;
        Ok(match next {
            b'*' => AtomTest::Any,
            b'#' => AtomTest::Number(
                self.number()?.and_then(|n| u8::try_from(n).ok()).ok_or((start, SmilesProblem::BadNumber))?,
            ),
            b'D' => AtomTest::Degree(self.number()?.unwrap_or(1)),
            b'd' => AtomTest::HeavyDegree(self.number()?.unwrap_or(1)),
            b'X' => AtomTest::Connections(self.number()?.unwrap_or(1)),
            b'v' => AtomTest::Valence(self.number()?.and_then(|n| i32::try_from(n).ok()).unwrap_or(1)),
            b'H' if first && matches!(self.peek(), Some(b']' | b'+' | b'-' | b':')) => AtomTest::Number(1),
            b'H' => AtomTest::Hydrogens(self.number()?.unwrap_or(1)),
            b'h' => AtomTest::AttachedHydrogens(self.number()?.unwrap_or(1)),
            b'R' => AtomTest::Rings(self.number()?),
            b'r' => AtomTest::RingSize(self.number()?),
            b'x' => AtomTest::RingBonds(self.number()?),
            b'+' | b'-' => self.charge(next)?,
            b'0'..=b'9' => {
                self.at = start;
                AtomTest::Isotope(self.number()?.and_then(|n| u16::try_from(n).ok()).unwrap_or_default())
            }
            b'@' => {
                self.take(b'@');
                AtomTest::Any
            }
            _ => {
                self.at = start;
                match next {
                    b'K' | b'V' | b'W' | b'Y' | b'U' => {
                        self.at += 1;
                        AtomTest::Element(number_of(&char::from(next).to_string()).unwrap_or_default(), false)
                    }
                    _ => self.bare()?,
                }
            }
        })
    }

    fn charge(&mut self, sign: u8) -> Result<AtomTest, Problem> {
        let start = self.at;
        let mut size = self.number()?;
        while size.is_none_or(|size| size < 99) && self.take(sign) {
            size = Some(size.unwrap_or(1) + 1);
        }
        let size = i8::try_from(size.unwrap_or(1)).map_err(|_| (start, SmilesProblem::BadNumber))?;
        Ok(AtomTest::Charge(if sign == b'+' { size } else { -size }))
    }

    fn inner(&mut self, depth: usize) -> Result<AtomTest, Problem> {
        self.at += 1;
        if !self.take(b'(') {
            return Err(self.unexpected());
        }
        let pattern = self.pattern(depth + 1)?;
        if !self.take(b')') {
            return Err(self.unexpected());
        }
        Ok(AtomTest::Inner(Box::new(pattern)))
    }

    fn bond(&mut self) -> Result<BondTest, Problem> {
        let mut low = Vec::new();
        loop {
            let mut either = Vec::new();
            loop {
                let mut both = Vec::new();
                while let Some(test) = self.bond_primitive()? {
                    both.push(test);
                    self.take(b'&');
                }
                if both.is_empty() {
                    return Err(self.unexpected());
                }
                either.push(if both.len() == 1 { both.remove(0) } else { BondTest::All(both) });
                if !self.take(b',') {
                    break;
                }
            }
            low.push(if either.len() == 1 { either.remove(0) } else { BondTest::One(either) });
            if !self.take(b';') {
                break;
            }
        }
        Ok(if low.len() == 1 { low.remove(0) } else { BondTest::All(low) })
    }

    fn bond_primitive(&mut self) -> Result<Option<BondTest>, Problem> {
        let negated = self.take(b'!');
        let test = match self.peek() {
            Some(b'-') => BondTest::Order(BondOrder::Single),
            Some(b'=') => BondTest::Order(BondOrder::Double),
            Some(b'#') => BondTest::Order(BondOrder::Triple),
            Some(b'$') => BondTest::Order(BondOrder::Quadruple),
            Some(b':') => BondTest::Order(BondOrder::Aromatic),
            Some(b'~') => BondTest::Any,
            Some(b'@') => BondTest::InRing,
            Some(b'/' | b'\\') => BondTest::SingleOrAromatic,
            _ if negated => return Err(self.unexpected()),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(if negated { BondTest::Not(Box::new(test)) } else { test }))
    }
}

fn aromatic_pair(two: &[u8]) -> Option<u8> {
    match two {
        b"se" => Some(34),
        b"as" => Some(33),
        b"te" => Some(52),
        b"si" => Some(14),
        _ => None,
    }
}

/// Tests together: those that are soonest done come first.
fn join(mut tests: Vec<AtomTest>, several: fn(Vec<AtomTest>) -> AtomTest) -> AtomTest {
    tests.sort_by_key(AtomTest::effort);
    if tests.len() == 1 { tests.remove(0) } else { several(tests) }
}

impl AtomTest {
    /// 0 for what an atom tells by itself, more for what takes a look around.
    fn effort(&self) -> usize {
        match self {
            Self::Inner(_) => 2,
            Self::Hydrogens(_) | Self::HeavyDegree(_) | Self::RingSize(Some(_)) | Self::RingBonds(Some(_)) => 1,
            Self::Not(test) => test.effort(),
            Self::All(tests) | Self::One(tests) => tests.iter().map(Self::effort).max().unwrap_or_default(),
            _ => 0,
        }
    }
}
