//! Atoms of a SMILES: those of the organic subset and those in brackets.

use super::{Atom, Chirality, SmilesProblem, table::number_of};

/// An atom as written, with the place where its text stopped.
pub(super) struct WrittenAtom {
    pub atom: Atom,
    pub end: usize,
}

/// Where and why an atom could not be read.
pub(super) type Problem = (usize, SmilesProblem);

const LARGEST_MAP: u32 = 999_999;

/// Reads an atom outside of brackets; `None` when no such atom begins here.
pub(super) fn organic(text: &[u8], at: usize) -> Option<WrittenAtom> {
    let next = text.get(at + 1).copied();
    let (number, aromatic, length) = match text.get(at)? {
        b'C' if next == Some(b'l') => (17, false, 2),
        b'B' if next == Some(b'r') => (35, false, 2),
        b'C' => (6, false, 1),
        b'N' => (7, false, 1),
        b'O' => (8, false, 1),
        b'S' => (16, false, 1),
        b'P' => (15, false, 1),
        b'F' => (9, false, 1),
        b'B' => (5, false, 1),
        b'I' => (53, false, 1),
        b'c' => (6, true, 1),
        b'n' => (7, true, 1),
        b'o' => (8, true, 1),
        b's' => (16, true, 1),
        b'p' => (15, true, 1),
        b'b' => (5, true, 1),
        b'*' => (0, false, 1),
        _ => return None,
    };
    Some(WrittenAtom { atom: Atom { number, aromatic, ..Atom::default() }, end: at + length })
}

/// Reads an atom in brackets; `at` is the place of the opening bracket.
pub(super) fn bracket(text: &[u8], at: usize) -> Result<WrittenAtom, Problem> {
    let mut reader = Reader { text, at: at + 1 };
    let mut atom = Atom { fixed_hydrogens: true, ..Atom::default() };
    if let Some(isotope) = reader.number(1000)? {
        atom.isotope = u16::try_from(isotope).unwrap_or_default();
    }
    (atom.number, atom.aromatic) = reader.element()?;
    atom.chirality = reader.chirality()?;
    if reader.take(b'H') {
        let count = reader.number(99)?.unwrap_or(1);
        atom.explicit_hydrogens = u8::try_from(count).unwrap_or_default();
    }
    atom.charge = reader.charge()?;
    if reader.take(b':') {
        let start = reader.at;
        atom.map = reader.number(LARGEST_MAP)?.ok_or_else(|| reader.unexpected(start))?;
    }
    if !reader.take(b']') {
        return Err(reader.unexpected(reader.at));
    }
    Ok(WrittenAtom { atom, end: reader.at })
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, at: usize) -> Problem {
        unexpected(self.text, at)
    }

    fn number(&mut self, most: u32) -> Result<Option<u32>, Problem> {
        let start = self.at;
        let mut value = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let next = value.unwrap_or(0) * 10 + u32::from(digit - b'0');
            if next > most {
                return Err((start, SmilesProblem::BadNumber));
            }
            value = Some(next);
            self.at += 1;
        }
        Ok(value)
    }

    fn element(&mut self) -> Result<(u8, bool), Problem> {
        let start = self.at;
        match self.peek() {
            Some(b'*') => {
                self.at += 1;
                Ok((0, false))
            }
            Some(b'#') => {
                self.at += 1;
                let number = self.number(118)?.ok_or_else(|| self.unexpected(self.at))?;
                Ok((u8::try_from(number).unwrap_or_default(), false))
            }
            Some(first @ b'A'..=b'Z') => {
                let two = self.text.get(start..start + 2).and_then(|two| std::str::from_utf8(two).ok());
                if let Some(number) = two.filter(|two| two.as_bytes()[1].is_ascii_lowercase()).and_then(number_of) {
                    self.at += 2;
                    return Ok((number, false));
                }
                let one = char::from(first).to_string();
                let number = number_of(&one)
                    .ok_or_else(|| (start, SmilesProblem::UnknownElement(two.unwrap_or(&one).to_owned())))?;
                self.at += 1;
                Ok((number, false))
            }
            Some(b'a'..=b'z') => self.aromatic_element(),
            _ => Err(self.unexpected(start)),
        }
    }

    fn aromatic_element(&mut self) -> Result<(u8, bool), Problem> {
        let rest = &self.text[self.at..];
        let (number, length) = match rest {
            [b's', b'e', ..] => (34, 2),
            [b'a', b's', ..] => (33, 2),
            [b't', b'e', ..] => (52, 2),
            [b's', b'i', ..] => (14, 2),
            [b'b', ..] => (5, 1),
            [b'c', ..] => (6, 1),
            [b'n', ..] => (7, 1),
            [b'o', ..] => (8, 1),
            [b'p', ..] => (15, 1),
            [b's', ..] => (16, 1),
            _ => return Err(self.unexpected(self.at)),
        };
        self.at += length;
        Ok((number, true))
    }

    /// `@`, `@@`, `@TH1`; the classes for other geometries are read and left aside.
    fn chirality(&mut self) -> Result<Chirality, Problem> {
        if !self.take(b'@') {
            return Ok(Chirality::None);
        }
        if self.take(b'@') {
            return Ok(Chirality::Clockwise);
        }
        let class = self.text.get(self.at..self.at + 2).unwrap_or_default();
        if !matches!(class, b"TH" | b"AL" | b"SP" | b"TB" | b"OH") {
            return Ok(Chirality::CounterClockwise);
        }
        self.at += 2;
        let permutation = self.number(30)?;
        Ok(match (class, permutation) {
            (b"TH", Some(2)) => Chirality::Clockwise,
            (b"TH", _) => Chirality::CounterClockwise,
            _ => Chirality::None,
        })
    }

    fn charge(&mut self) -> Result<i8, Problem> {
        let Some(sign @ (b'+' | b'-')) = self.peek() else {
            return Ok(0);
        };
        let start = self.at;
        self.at += 1;
        let unit = if sign == b'+' { 1 } else { -1 };
        let mut size: i32 = match self.number(99)? {
            Some(size) => i32::try_from(size).unwrap_or_default(),
            None => 1,
        };
        while self.peek() == Some(sign) {
            size += 1;
            self.at += 1;
        }
        i8::try_from(unit * size).map_err(|_| (start, SmilesProblem::BadNumber))
    }
}

/// The problem of a character that has no place at `at`, or of a text that ends there.
pub(super) fn unexpected(text: &[u8], at: usize) -> Problem {
    let found = text.get(at..).map(String::from_utf8_lossy).and_then(|rest| rest.chars().next());
    (at, found.map_or(SmilesProblem::Unfinished, SmilesProblem::Unexpected))
}
