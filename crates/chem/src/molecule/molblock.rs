//! Reads molblocks: the connection tables of MDL molfiles (V2000 and V3000), of which SDF files are made.
//!
//! Source: BIOVIA, CTFile Formats (2020). Queries are no structures.

use super::{
    Atom, Bond, BondOrder, Chirality, MolblockError, MolblockProblem, Molecule,
    stereo::drawn::{Drawing, Mark},
    table::{facts, number_of},
};

type Lines<'a> = std::iter::Enumerate<std::str::Lines<'a>>;

/// More is no molecule.
const MOST: usize = 100_000;

/// A molecule being read, and the line of each atom.
#[derive(Default)]
struct Reading {
    molecule: Molecule,
    lines: Vec<usize>,
    /// Valences that say how many hydrogens an atom has.
    valences: Vec<(usize, i32)>,
    drawing: Drawing,
}

/// One record of an SDF file.
///
/// ```
/// use matdock_chem::SdfRecord;
///
/// let record = SdfRecord::parse("water\n\n\n  1  0\n    0.0       0.0       0.0    O\nM  END\n> <pH>\n7\n");
/// assert_eq!(record.properties, [("pH".to_owned(), "7".to_owned())]);
/// assert_eq!(record.molecule()?.formula(), "H2O");
/// # Ok::<(), matdock_chem::MolblockError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdfRecord<'a> {
    /// First line: what it is called.
    pub name: &'a str,
    /// Named data, in order; several lines are joined.
    pub properties: Vec<(String, String)>,
    molblock: &'a str,
}

impl<'a> SdfRecord<'a> {
    /// Takes a record apart; `text` goes to the line before `$$$$`.
    pub fn parse(text: &'a str) -> Self {
        let mut properties: Vec<(String, String)> = Vec::new();
        let mut open = false;
        let mut data = false;
        for line in text.lines() {
            let line = line.trim_end();
            data |= line.starts_with("M  END");
            match property_name(line).filter(|_| data || line.contains('<')) {
                Some(name) => {
                    properties.push((name.to_owned(), String::new()));
                    open = true;
                }
                None if line.is_empty() => open = false,
                None => {
                    if let Some((_, value)) = properties.last_mut().filter(|_| open) {
                        if !value.is_empty() {
                            value.push(' ');
                        }
                        value.push_str(line);
                    }
                }
            }
        }
        Self { name: text.lines().next().unwrap_or_default().trim(), properties, molblock: text }
    }

    /// The structure, perceived. Errors: see [`Molecule::from_molblock`].
    pub fn molecule(&self) -> Result<Molecule, MolblockError> {
        Molecule::from_molblock(self.molblock)
    }
}

/// The name in `> 25 <melting point> (7)`.
fn property_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('>')?;
    let (_, name) = rest.split_once('<')?;
    Some(name.split_once('>')?.0.trim())
}

impl Molecule {
    /// Reads a structure from a molblock (V2000 or V3000) and perceives it; what follows its end is left aside.
    ///
    /// # Errors
    /// A text that is no molblock, an impossible valence, or aromatic bonds without a Kekulé form; the error names the
    /// line.
    pub fn from_molblock(text: &str) -> Result<Self, MolblockError> {
        let mut lines = text.lines().enumerate();
        let Some((at, counts)) = lines.nth(3) else {
            return Err(MolblockError { line: text.lines().count() + 1, problem: MolblockProblem::Ended });
        };
        let mut reading = Reading::default();
        if counts.contains("V3000") {
            reading.read_v3000(&mut lines)?;
        } else {
            reading.read_v2000(&mut lines, at, counts)?;
        }
        reading.finish()
    }
}

fn error(at: usize, problem: MolblockProblem) -> MolblockError {
    MolblockError { line: at + 1, problem }
}

fn next<'a>(lines: &mut Lines<'a>, last: &mut usize) -> Result<&'a str, MolblockError> {
    let (at, line) = lines.next().ok_or_else(|| error(*last + 1, MolblockProblem::Ended))?;
    *last = at;
    Ok(line)
}

/// The number in some columns; 0 where they are empty.
fn columns(line: &str, from: usize, to: usize) -> Option<i64> {
    let text = line.get(from..to.min(line.len())).unwrap_or_default().trim();
    if text.is_empty() { Some(0) } else { text.parse().ok() }
}

/// A coordinate; what is none tells nothing of handedness.
fn coordinate(text: Option<&str>) -> f64 {
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(f64::NAN)
}

impl Reading {
    fn read_v2000(&mut self, lines: &mut Lines<'_>, at: usize, counts: &str) -> Result<(), MolblockError> {
        let count = |from, to| columns(counts, from, to).and_then(|n| usize::try_from(n).ok()).filter(|&n| n <= MOST);
        let (Some(atoms), Some(bonds)) = (count(0, 3), count(3, 6)) else {
            return Err(error(at, MolblockProblem::Counts));
        };
        let mut last = at;
        for _ in 0..atoms {
            let line = next(lines, &mut last)?;
            self.atom_v2000(line, last)?;
        }
        for _ in 0..bonds {
            let line = next(lines, &mut last)?;
            let number = |from, to| columns(line, from, to).unwrap_or(-1);
            let kind = number(6, 9);
            let mark = match number(9, 12) {
                1 => Mark::Up,
                6 => Mark::Down,
                3 if kind == 2 => Mark::Either,
                4 => Mark::Either,
                _ => Mark::Plain,
            };
            self.bond([number(0, 3), number(3, 6)], kind, mark, last)?;
        }
        self.properties_v2000(lines)
    }

    fn atom_v2000(&mut self, line: &str, at: usize) -> Result<(), MolblockError> {
        let bad = || error(at, MolblockProblem::Atom);
        let symbol = line.get(31..34.min(line.len())).unwrap_or_default().trim();
        let mut atom = element(symbol).ok_or_else(|| match symbol {
            "" => bad(),
            symbol => error(at, MolblockProblem::UnknownElement(symbol.to_owned())),
        })?;
        let difference = columns(line, 34, 36).ok_or_else(bad)?;
        if difference != 0 && atom.number != 0 {
            let mass = facts(atom.number).weight.round() as i64 + difference;
            atom.isotope = u16::try_from(mass).map_err(|_| bad())?;
        }
        match columns(line, 36, 39).ok_or_else(bad)? {
            4 => atom.radicals = 1,
            code @ 1..=7 => atom.charge = i8::try_from(4 - code).unwrap_or_default(),
            _ => {}
        }
        let valence = columns(line, 48, 51).ok_or_else(bad)?;
        self.push(atom, valence, at);
        self.drawing.points.push([0, 10, 20].map(|from| coordinate(line.get(from..from + 10))));
        Ok(())
    }

    /// `valence` 0 says nothing, 15 and -1 say none.
    fn push(&mut self, atom: Atom, valence: i64, at: usize) {
        match valence {
            1..=14 => self.valences.push((self.lines.len(), i32::try_from(valence).unwrap_or_default())),
            15 | -1 => self.valences.push((self.lines.len(), 0)),
            _ => {}
        }
        self.molecule.atoms.push(atom);
        self.lines.push(at);
    }

    fn bond(&mut self, [begin, end]: [i64; 2], kind: i64, mark: Mark, at: usize) -> Result<(), MolblockError> {
        let count = self.molecule.atoms.len();
        let place = |number: i64| usize::try_from(number - 1).ok().filter(|&place| place < count);
        let (Some(begin), Some(end)) = (place(begin), place(end)) else {
            return Err(error(at, MolblockProblem::Bond));
        };
        let order = match kind {
            1 => BondOrder::Single,
            2 => BondOrder::Double,
            3 => BondOrder::Triple,
            4 => BondOrder::Aromatic,
            8 => BondOrder::Any,
            9 => BondOrder::Dative,
            _ => return Err(error(at, MolblockProblem::BondKind(kind))),
        };
        if begin == end {
            return Err(error(at, MolblockProblem::Bond));
        }
        if order == BondOrder::Aromatic {
            self.molecule.atoms[begin].aromatic = true;
            self.molecule.atoms[end].aromatic = true;
        }
        self.molecule.bonds.push(Bond::new(begin, end, order));
        self.drawing.marks.push(mark);
        Ok(())
    }

    /// Charges, radicals and isotopes behind the bonds; they replace those of the atom lines.
    fn properties_v2000(&mut self, lines: &mut Lines<'_>) -> Result<(), MolblockError> {
        let (mut charged, mut labelled) = (false, false);
        while let Some((at, line)) = lines.next() {
            match line.get(..6).unwrap_or(line).trim_end() {
                "M  END" => return Ok(()),
                kind @ ("M  CHG" | "M  RAD" | "M  ISO") => {
                    if kind == "M  ISO" && !std::mem::replace(&mut labelled, true) {
                        self.molecule.atoms.iter_mut().for_each(|atom| atom.isotope = 0);
                    }
                    if kind != "M  ISO" && !std::mem::replace(&mut charged, true) {
                        self.molecule.atoms.iter_mut().for_each(|atom| (atom.charge, atom.radicals) = (0, 0));
                    }
                    self.property_v2000(kind, line, at)?;
                }
                // A label for an atom, or data of old, on the next line.
                kind if kind.starts_with("A  ") || kind.starts_with("G  ") => drop(lines.next()),
                _ => {}
            }
        }
        Ok(())
    }

    fn property_v2000(&mut self, kind: &str, line: &str, at: usize) -> Result<(), MolblockError> {
        let bad = || error(at, MolblockProblem::Property);
        let numbers: Option<Vec<i64>> =
            line.get(6..).unwrap_or_default().split_ascii_whitespace().map(|text| text.parse().ok()).collect();
        let numbers = numbers.ok_or_else(bad)?;
        for pair in numbers.get(1..).unwrap_or_default().chunks_exact(2) {
            let place = usize::try_from(pair[0] - 1).map_err(|_| bad())?;
            let atom = self.molecule.atoms.get_mut(place).ok_or_else(bad)?;
            let fits = match kind {
                "M  CHG" => i8::try_from(pair[1]).map(|charge| atom.charge = charge).is_ok(),
                "M  ISO" => u16::try_from(pair[1]).map(|isotope| atom.isotope = isotope).is_ok(),
                _ => {
                    atom.radicals = radicals(pair[1]);
                    true
                }
            };
            if !fits {
                return Err(bad());
            }
        }
        Ok(())
    }

    fn read_v3000(&mut self, lines: &mut Lines<'_>) -> Result<(), MolblockError> {
        let mut last = 3;
        let mut block = String::new();
        // V3000 numbers its atoms freely.
        let mut places = std::collections::BTreeMap::new();
        loop {
            let first = next(lines, &mut last)?;
            let at = last;
            if first.starts_with("M  END") {
                return Ok(());
            }
            let Some(rest) = first.strip_prefix("M  V30 ") else { continue };
            let mut line = rest.trim_end().to_owned();
            while line.ends_with('-') {
                line.pop();
                line.push_str(next(lines, &mut last)?.strip_prefix("M  V30 ").unwrap_or_default().trim_end());
                if line.len() > MOST {
                    return Err(error(at, MolblockProblem::Atom));
                }
            }
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            match (words.first().copied(), block.as_str()) {
                (Some("BEGIN"), _) => block = words.get(1).copied().unwrap_or_default().to_owned(),
                (Some("END"), _) => block.clear(),
                (_, "ATOM") => {
                    places.insert(words.first().copied().unwrap_or_default().to_owned(), self.lines.len() as i64 + 1);
                    self.atom_v3000(&words, at)?;
                }
                (_, "BOND") => {
                    let [_, kind, begin, end] = words.get(..4).unwrap_or_default() else {
                        return Err(error(at, MolblockProblem::Bond));
                    };
                    let place = |number: &str| places.get(number).copied().unwrap_or(-1);
                    let mark = match words.iter().find_map(|word| word.strip_prefix("CFG=")) {
                        Some("1") => Mark::Up,
                        Some("2") => Mark::Either,
                        Some("3") => Mark::Down,
                        _ => Mark::Plain,
                    };
                    self.bond([place(begin), place(end)], kind.parse().unwrap_or(-1), mark, at)?;
                }
                _ => {}
            }
        }
    }

    fn atom_v3000(&mut self, words: &[&str], at: usize) -> Result<(), MolblockError> {
        let bad = || error(at, MolblockProblem::Atom);
        let symbol = words.get(1).copied().ok_or_else(bad)?;
        let mut atom = element(symbol).ok_or_else(|| error(at, MolblockProblem::UnknownElement(symbol.to_owned())))?;
        let mut valence = 0;
        for (key, value) in words.get(6..).unwrap_or_default().iter().filter_map(|word| word.split_once('=')) {
            let number = || value.parse::<i64>().map_err(|_| error(at, MolblockProblem::Property));
            match key {
                "CHG" => atom.charge = i8::try_from(number()?).map_err(|_| bad())?,
                "MASS" => atom.isotope = u16::try_from(number()?).map_err(|_| bad())?,
                "RAD" => atom.radicals = radicals(number()?),
                "VAL" => valence = number()?,
                _ => {}
            }
        }
        self.push(atom, valence, at);
        self.drawing.points.push([2, 3, 4].map(|at| coordinate(words.get(at).copied())));
        Ok(())
    }

    fn finish(mut self) -> Result<Molecule, MolblockError> {
        if self.molecule.atoms.is_empty() {
            return Err(error(3, MolblockProblem::Empty));
        }
        self.molecule.link();
        let mut seen = std::collections::BTreeSet::new();
        for bond in &self.molecule.bonds {
            if !seen.insert((bond.begin.min(bond.end), bond.begin.max(bond.end))) {
                return Err(error(self.lines[bond.begin], MolblockProblem::BondTwice));
            }
        }
        for (index, valence) in std::mem::take(&mut self.valences) {
            let used = self.molecule.explicit_valence(index, false).unwrap_or_default();
            let atom = &mut self.molecule.atoms[index];
            atom.fixed_hydrogens = true;
            atom.explicit_hydrogens = u8::try_from((valence - used).max(0)).unwrap_or_default();
        }
        // Groups drawn with too many bonds are put right before double bonds are looked at, hydrogens go afterwards.
        self.molecule.read_drawn_centres(&self.drawing);
        self.molecule.clean_up();
        self.molecule.read_drawn_arrangements(&self.drawing);
        match self.molecule.perceive() {
            Ok(()) => {
                self.write_hydrogens_of_centres();
                Ok(self.molecule)
            }
            Err((atom, problem)) => {
                let line = self.lines.get(atom).copied().unwrap_or_default();
                Err(error(line, MolblockProblem::Structure(problem)))
            }
        }
    }

    /// As a SMILES would have them: the hydrogen of a centre is written.
    fn write_hydrogens_of_centres(&mut self) {
        for index in 0..self.molecule.atoms.len() {
            let three = self.molecule.neighbours(index).len() == 3;
            let atom = &mut self.molecule.atoms[index];
            let alone = atom.implicit_hydrogens == 1 && atom.explicit_hydrogens == 0;
            if atom.chirality != Chirality::None && three && alone {
                (atom.implicit_hydrogens, atom.explicit_hydrogens) = (0, 1);
                atom.explicit_valence = atom.explicit_valence.saturating_add(1);
            }
        }
    }
}

/// Singlets and triplets have two unpaired electrons, doublets one.
fn radicals(code: i64) -> u8 {
    match code {
        1 | 3 => 2,
        2 => 1,
        _ => 0,
    }
}

fn element(symbol: &str) -> Option<Atom> {
    let (number, isotope) = match symbol {
        "*" | "A" | "Q" | "X" | "R" | "R#" => (0, 0),
        "D" => (1, 2),
        "T" => (1, 3),
        symbol => (number_of(symbol)?, 0),
    };
    Some(Atom { number, isotope, ..Atom::default() })
}
