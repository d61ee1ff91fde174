//! From words to expressions, checked on the way.

use matdock_message::{Message, say};

use super::{
    Name,
    evaluate::{Comparison, Function, Number, Operator, Text, Truth},
    nearest,
    token::{Kind, Token, tokens, wrong},
};

/// Deeper nesting is refused, so that no text can exhaust the stack.
const DEEPEST: usize = 64;
/// Longer texts are refused.
const LONGEST: usize = 20_000;

pub(super) fn condition(text: &str, names: &[Name<'_>]) -> Result<Truth, Message> {
    let parsed = whole(text, names, |parser| {
        let (term, place) = parser.any_of()?;
        parser.truth(term, place)
    });
    parsed.map_err(|what| say!("plan-expression", text = shown(text), what = what))
}

pub(super) fn formula(text: &str, names: &[Name<'_>]) -> Result<Number, Message> {
    let parsed = whole(text, names, |parser| {
        let (term, place) = parser.sum()?;
        parser.number(term, place)
    });
    parsed.map_err(|what| say!("plan-expression", text = shown(text), what = what))
}

fn whole<T>(
    text: &str,
    names: &[Name<'_>],
    read: impl Fn(&mut Parser<'_>) -> Result<T, Message>,
) -> Result<T, Message> {
    if text.len() > LONGEST {
        return Err(wrong(LONGEST, &say!("plan-expression-long", most = LONGEST)));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0, names };
    let found = read(&mut parser)?;
    match parser.peek() {
        Kind::End => Ok(found),
        _ => Err(parser.unexpected()),
    }
}

fn shown(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= 120 { text.to_owned() } else { text.chars().take(117).chain("...".chars()).collect() }
}

/// What a part of the text stands for.
enum Term {
    Number(Number),
    Text(Text),
    Truth(Truth),
}

struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    names: &'a [Name<'a>],
}

/// A term and where it begins.
type Placed = (Term, usize);

impl Parser<'_> {
    fn token(&self) -> &Token {
        // The last token is the end and is never passed.
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> &Kind {
        &self.token().kind
    }

    fn place(&self) -> usize {
        self.token().place
    }

    fn take(&mut self) -> Token {
        let token = self.token().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    /// Takes this sign if it comes next.
    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.peek(), Kind::Sign(found) if *found == sign);
        if is {
            self.take();
        }
        is
    }

    /// Takes this word if it comes next; a parameter of that name goes first.
    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Kind::Word(found) if found.eq_ignore_ascii_case(word));
        let is = is && !self.names.iter().any(|name| matches!(self.peek(), Kind::Word(found) if found == name.name));
        if is {
            self.take();
        }
        is
    }

    fn unexpected(&self) -> Message {
        let what = match self.peek() {
            Kind::End => say!("plan-expression-end"),
            kind => say!("plan-expression-unexpected", word = kind),
        };
        wrong(self.place(), &what)
    }

    fn closing(&mut self) -> Result<(), Message> {
        if self.sign(")") { Ok(()) } else { Err(wrong(self.place(), &say!("plan-expression-bracket"))) }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Message>) -> Result<T, Message> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(wrong(self.place(), &say!("plan-expression-deep")));
        }
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn any_of(&mut self) -> Result<Placed, Message> {
        self.joined("or", Self::all_of, Truth::Or)
    }

    fn all_of(&mut self) -> Result<Placed, Message> {
        self.joined("and", Self::denied, Truth::And)
    }

    fn joined(
        &mut self,
        word: &str,
        part: impl Fn(&mut Self) -> Result<Placed, Message>,
        join: impl Fn(Vec<Truth>) -> Truth,
    ) -> Result<Placed, Message> {
        let (first, start) = part(self)?;
        if !self.word(word) {
            return Ok((first, start));
        }
        let mut parts = vec![self.truth(first, start)?];
        loop {
            let (next, place) = part(self)?;
            parts.push(self.truth(next, place)?);
            if !self.word(word) {
                return Ok((Term::Truth(join(parts)), start));
            }
        }
    }

    fn denied(&mut self) -> Result<Placed, Message> {
        let start = self.place();
        if !self.word("not") {
            return self.comparison();
        }
        let (inner, place) = self.deeper(Self::denied)?;
        Ok((Term::Truth(Truth::Not(Box::new(self.truth(inner, place)?))), start))
    }

    fn comparison(&mut self) -> Result<Placed, Message> {
        let (mut left, start) = self.sum()?;
        let mut place = start;
        let mut parts = Vec::new();
        loop {
            let sign = self.place();
            let denied = self.word("not");
            if self.word("in") {
                parts.push(self.among(left, place, denied)?);
                break;
            }
            if denied {
                return Err(self.unexpected());
            }
            let comparison = match self.peek() {
                Kind::Sign("=") => Comparison::Equal,
                Kind::Sign("!=") => Comparison::Different,
                Kind::Sign("<") => Comparison::Less,
                Kind::Sign("<=") => Comparison::AtMost,
                Kind::Sign(">") => Comparison::More,
                Kind::Sign(">=") => Comparison::AtLeast,
                _ if parts.is_empty() => return Ok((left, start)),
                _ => break,
            };
            self.take();
            let (right, right_place) = self.sum()?;
            let again = right.copy();
            parts.push(self.compared(comparison, (left, place), (right, right_place), sign)?);
            (left, place) = (again, right_place);
        }
        let truth = if parts.len() == 1 { parts.remove(0) } else { Truth::And(parts) };
        Ok((Term::Truth(truth), start))
    }

    fn compared(&self, comparison: Comparison, left: Placed, right: Placed, sign: usize) -> Result<Truth, Message> {
        let (left, right) = (self.as_level(left, &right), right);
        let (right, left) = (self.as_level(right, &left), left);
        if let ((Term::Text(left_text), left_place), (Term::Text(right_text), right_place)) = (&left, &right) {
            let equal = match comparison {
                Comparison::Equal => true,
                Comparison::Different => false,
                _ => return Err(wrong(sign, &say!("plan-expression-order", name = self.text_name(left_text)))),
            };
            self.known_level(left_text, right_text, *right_place)?;
            self.known_level(right_text, left_text, *left_place)?;
            return Ok(Truth::Texts { left: left_text.clone(), right: right_text.clone(), equal });
        }
        let place = left.1;
        match (left.0, right.0) {
            (Term::Number(left), Term::Number(right)) => Ok(Truth::Numbers(comparison, left, right)),
            (Term::Text(text), Term::Number(_)) | (Term::Number(_), Term::Text(text)) => {
                Err(wrong(place, &say!("plan-expression-kinds", name = self.text_name(&text))))
            }
            _ => Err(wrong(sign, &say!("plan-expression-truths"))),
        }
    }

    /// A plain number beside a name with levels is meant as the level of that name.
    fn as_level(&self, term: Placed, other: &Placed) -> Placed {
        match (&term.0, &other.0) {
            (Term::Number(Number::Constant(number)), Term::Text(Text::Parameter(_))) => {
                (Term::Text(Text::Constant(number.to_string())), term.1)
            }
            _ => term,
        }
    }

    fn among(&mut self, left: Term, place: usize, denied: bool) -> Result<Truth, Message> {
        if !self.sign("(") {
            return Err(wrong(self.place(), &say!("plan-expression-list")));
        }
        let mut parts = Vec::new();
        loop {
            let sign = self.place();
            let item = self.sum()?;
            parts.push(self.compared(Comparison::Equal, (left.copy(), place), item, sign)?);
            if !self.sign(",") {
                break;
            }
        }
        self.closing()?;
        let truth = Truth::Or(parts);
        Ok(if denied { Truth::Not(Box::new(truth)) } else { truth })
    }

    /// Refuses a level that the name beside it does not have.
    fn known_level(&self, name: &Text, level: &Text, place: usize) -> Result<(), Message> {
        let (Text::Parameter(index), Text::Constant(level)) = (name, level) else { return Ok(()) };
        let Name { name, levels: Some(levels) } = &self.names[*index] else { return Ok(()) };
        if levels.contains(level) {
            return Ok(());
        }
        const SHOWN: usize = 12;
        let near = nearest(level, levels.iter().map(String::as_str));
        let what = match near {
            Some(near) => say!("plan-expression-level-near", name = name, level = level, near = near),
            None => {
                let more = if levels.len() > SHOWN { ", ..." } else { "" };
                let all = levels.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ") + more;
                say!("plan-expression-level", name = name, level = level, levels = all)
            }
        };
        Err(wrong(place, &what))
    }

    fn text_name(&self, text: &Text) -> String {
        match text {
            Text::Parameter(index) => self.names[*index].name.to_owned(),
            Text::Constant(text) => format!("'{text}'"),
        }
    }

    fn sum(&mut self) -> Result<Placed, Message> {
        self.operations(&[("+", Operator::Plus), ("-", Operator::Minus)], Self::product)
    }

    fn product(&mut self) -> Result<Placed, Message> {
        self.operations(&[("*", Operator::Times), ("/", Operator::Over)], Self::signed)
    }

    fn operations(
        &mut self,
        operators: &[(&str, Operator)],
        part: impl Fn(&mut Self) -> Result<Placed, Message>,
    ) -> Result<Placed, Message> {
        let (mut left, start) = part(self)?;
        let mut count = 0;
        'next: loop {
            for (sign, operator) in operators {
                if self.sign(sign) {
                    // A long chain is as deep a tree as brackets are.
                    count += 1;
                    if count > 16 * DEEPEST {
                        return Err(wrong(self.place(), &say!("plan-expression-deep")));
                    }
                    let (right, place) = part(self)?;
                    let (a, b) = (self.number(left, start)?, self.number(right, place)?);
                    left = Term::Number(Number::Operation(*operator, Box::new(a), Box::new(b)));
                    continue 'next;
                }
            }
            return Ok((left, start));
        }
    }

    fn signed(&mut self) -> Result<Placed, Message> {
        let start = self.place();
        if self.sign("-") {
            let (inner, place) = self.deeper(Self::signed)?;
            return Ok((Term::Number(Number::Negative(Box::new(self.number(inner, place)?))), start));
        }
        if self.sign("+") {
            return self.deeper(Self::signed);
        }
        let (base, place) = self.atom()?;
        if !self.sign("^") {
            return Ok((base, place));
        }
        let base = self.number(base, place)?;
        let (power, power_place) = self.deeper(Self::signed)?;
        let power = self.number(power, power_place)?;
        Ok((Term::Number(Number::Operation(Operator::Power, Box::new(base), Box::new(power))), start))
    }

    fn atom(&mut self) -> Result<Placed, Message> {
        let place = self.place();
        let term = match self.peek().clone() {
            Kind::Number(number) => {
                self.take();
                Term::Number(Number::Constant(number))
            }
            Kind::Text(text) => {
                self.take();
                Term::Text(Text::Constant(text))
            }
            Kind::Name(name) => {
                self.take();
                self.named(&name, place)?
            }
            Kind::Word(word) => {
                self.take();
                if self.sign("(") { self.call(&word, place)? } else { self.named(&word, place)? }
            }
            Kind::Sign("(") => {
                self.take();
                let (inner, _) = self.deeper(Self::any_of)?;
                self.closing()?;
                inner
            }
            _ => return Err(self.unexpected()),
        };
        Ok((term, place))
    }

    fn named(&self, word: &str, place: usize) -> Result<Term, Message> {
        if let Some(index) = self.names.iter().position(|name| name.name == word) {
            return Ok(match self.names[index].levels {
                Some(_) => Term::Text(Text::Parameter(index)),
                None => Term::Number(Number::Parameter(index)),
            });
        }
        if matches!(word, "true" | "false") {
            return Ok(Term::Text(Text::Constant(word.to_owned())));
        }
        let near = nearest(word, self.names.iter().map(|name| name.name))
            .or_else(|| self.names.iter().map(|n| n.name).find(|n| n.contains(word)).map(str::to_owned));
        let what = match near {
            Some(near) => say!("plan-expression-name-near", name = word, near = near),
            None => say!("plan-expression-name", name = word),
        };
        Err(wrong(place, &what))
    }

    fn call(&mut self, word: &str, place: usize) -> Result<Term, Message> {
        let function = Function::ALL.iter().find(|(name, _)| *name == word).map(|(_, function)| *function);
        let Some(function) = function else {
            let all = Function::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            return Err(wrong(place, &say!("plan-expression-function", name = word, functions = all)));
        };
        let mut arguments = Vec::new();
        loop {
            let (term, at) = self.deeper(Self::sum)?;
            arguments.push(self.number(term, at)?);
            if !self.sign(",") {
                break;
            }
        }
        self.closing()?;
        if arguments.len() > 1 && !function.takes_many() {
            return Err(wrong(place, &say!("plan-expression-arguments", name = word)));
        }
        Ok(Term::Number(Number::Call(function, arguments)))
    }

    fn number(&self, term: Term, place: usize) -> Result<Number, Message> {
        match term {
            Term::Number(number) => Ok(number),
            Term::Text(text) => Err(wrong(place, &say!("plan-expression-no-number", name = self.text_name(&text)))),
            Term::Truth(_) => Err(wrong(place, &say!("plan-expression-truths"))),
        }
    }

    fn truth(&self, term: Term, place: usize) -> Result<Truth, Message> {
        match term {
            Term::Truth(truth) => Ok(truth),
            Term::Number(_) | Term::Text(_) => Err(wrong(place, &say!("plan-expression-no-comparison"))),
        }
    }
}

impl Term {
    fn copy(&self) -> Self {
        match self {
            Self::Number(number) => Self::Number(number.clone()),
            Self::Text(text) => Self::Text(text.clone()),
            Self::Truth(truth) => Self::Truth(truth.clone()),
        }
    }
}
