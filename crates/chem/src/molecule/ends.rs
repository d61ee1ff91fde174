//! Repeat units of polymers: what becomes of their open ends before anything is computed.

use std::{borrow::Cow, fmt, str::FromStr};

use matdock_message::{Message, say};

use super::{
    Bond, BondOrder, Chirality, Molecule, RepeatUnit, SmilesError, SmilesProblem,
    smiles::{Parsed, parse},
};

/// What the open ends `*` of a repeat unit become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    /// A hydrogen each.
    Hydrogen,
    /// A methyl group each.
    Methyl,
    /// Joined to one another: the unit as it repeats without end.
    Ring,
    /// So many units in a row, hydrogen at both ends.
    Oligomer(u8),
}

/// Longer chains say little more about a unit and cost much.
const LONGEST_CHAIN: u8 = 20;
const COPPER: u8 = 29;
const GOLD: u8 = 79;

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hydrogen => f.write_str("H"),
            Self::Methyl => f.write_str("C"),
            Self::Ring => f.write_str("ring"),
            Self::Oligomer(units) => write!(f, "{units}mer"),
        }
    }
}

impl FromStr for Ends {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        let units = |text: &str| text.strip_suffix("mer").and_then(|units| units.trim_end_matches('-').parse().ok());
        match text {
            "H" => Ok(Self::Hydrogen),
            "C" => Ok(Self::Methyl),
            "ring" => Ok(Self::Ring),
            other => match units(other) {
                Some(units) if (1..=LONGEST_CHAIN).contains(&units) => Ok(Self::Oligomer(units)),
                _ => Err(say!("chem-ends-unknown", text = text, most = LONGEST_CHAIN)),
            },
        }
    }
}

/// Where an end is joined to the unit.
struct End {
    wildcard: usize,
    bond: usize,
    atom: usize,
}

impl Molecule {
    /// Reads a repeat unit, its ends treated as said: SMILES with ends `*` (or, where there is none, two atoms `[Cu]` or
    /// `[Au]`, or one of each, with one bond), or the BigSMILES of a homopolymer such as `{$CC$}`. A structure without open ends is read
    /// as it is.
    ///
    /// Errors: as [`Molecule::from_smiles`]; a wildcard inside the unit; for [`Ends::Ring`] and [`Ends::Oligomer`] other
    /// than two ends, and a unit too small to close; a copolymer. The message names the character and what to do.
    pub fn from_repeat_unit(text: &str, ends: Ends) -> Result<Self, SmilesError> {
        let smiles = starred(text)?;
        let mut parsed = parse(&smiles)?;
        let found = find(&parsed).map_err(|(atom, problem)| parsed.fail(&smiles, atom, problem))?;
        if !found.is_empty() {
            match ends {
                Ends::Hydrogen => found.iter().for_each(|end| parsed.molecule.cap(end.wildcard, 1)),
                Ends::Methyl => found.iter().for_each(|end| parsed.molecule.cap(end.wildcard, 6)),
                Ends::Ring | Ends::Oligomer(_) => {
                    let [first, last] = found.as_slice() else {
                        let problem = SmilesProblem::EndCount(found.len());
                        return Err(parsed.fail(&smiles, found.first().map_or(0, |end| end.wildcard), problem));
                    };
                    let joined = parsed.molecule.joined(first, last, ends);
                    let place = first.wildcard;
                    parsed.molecule = joined.map_err(|problem| parsed.fail(&smiles, place, problem))?;
                    // Atoms are no longer those written.
                    parsed.positions.clear();
                }
            }
        }
        parsed.perceived(&smiles)
    }

    /// Reads a repeat unit as [`Molecule::from_repeat_unit`] does, its ends left open as `*`. Errors: as there.
    pub fn open_repeat_unit(text: &str) -> Result<Self, SmilesError> {
        let smiles = starred(text)?;
        let mut parsed = parse(&smiles)?;
        let found = find(&parsed).map_err(|(atom, problem)| parsed.fail(&smiles, atom, problem))?;
        found.iter().for_each(|end| parsed.molecule.cap(end.wildcard, 0));
        parsed.perceived(&smiles)
    }

    fn cap(&mut self, wildcard: usize, number: u8) {
        let atom = &mut self.atoms[wildcard];
        (atom.number, atom.isotope, atom.map, atom.charge) = (number, 0, 0, 0);
        (atom.explicit_hydrogens, atom.fixed_hydrogens, atom.aromatic) = (0, number < 6, false);
    }

    /// The unit closed onto itself, or repeated.
    fn joined(&self, first: &End, last: &End, ends: Ends) -> Result<Self, SmilesProblem> {
        let (atoms, bonds) = (self.atoms.len(), self.bonds.len());
        if self.bonds[first.bond].order != self.bonds[last.bond].order {
            return Err(SmilesProblem::EndOrder);
        }
        let units = match ends {
            Ends::Oligomer(units) => usize::from(units),
            _ => 1,
        };
        let mut long = Self::default();
        for unit in 0..units {
            long.atoms.extend_from_slice(&self.atoms);
            let moved = |bond: &Bond| Bond { begin: bond.begin + unit * atoms, end: bond.end + unit * atoms, ..*bond };
            long.bonds.extend(self.bonds.iter().map(moved));
        }
        let mut gone = (vec![false; long.atoms.len()], vec![false; long.bonds.len()]);
        let close = ends == Ends::Ring;
        if close {
            let adjacent = |bond: &Bond| {
                [bond.begin, bond.end] == [first.atom, last.atom] || [bond.begin, bond.end] == [last.atom, first.atom]
            };
            if first.atom == last.atom || self.bonds.iter().any(adjacent) {
                return Err(SmilesProblem::TooSmallToClose);
            }
        } else {
            long.cap(first.wildcard, 1);
            long.cap(last.wildcard + (units - 1) * atoms, 1);
        }
        for junction in 0..if close { 1 } else { units - 1 } {
            let next = if close { 0 } else { junction + 1 };
            let (kept, dropped) = (last.bond + junction * bonds, first.bond + next * bonds);
            let (open, onto) = (last.wildcard + junction * atoms, first.atom + next * atoms);
            let before = long.place_of(onto, dropped);
            let bond = &mut long.bonds[kept];
            if bond.begin == open {
                bond.begin = onto
            } else {
                bond.end = onto
            }
            let after = long.place_of(onto, kept);
            // The neighbour has another place in the order now, which turns the handedness round for every place moved.
            let moved = before.abs_diff(if after > before { after - 1 } else { after });
            if moved % 2 == 1 {
                let chirality = &mut long.atoms[onto].chirality;
                *chirality = match chirality {
                    Chirality::None => Chirality::None,
                    Chirality::Clockwise => Chirality::CounterClockwise,
                    Chirality::CounterClockwise => Chirality::Clockwise,
                };
            }
            gone.0[open] = true;
            gone.0[first.wildcard + next * atoms] = true;
            gone.1[dropped] = true;
        }
        Ok(long.without(&gone.0, &gone.1))
    }

    /// Place of a bond among those of an atom.
    fn place_of(&self, atom: usize, bond: usize) -> usize {
        self.bonds[..bond].iter().filter(|other| other.begin == atom || other.end == atom).count()
    }

    fn without(self, atoms: &[bool], bonds: &[bool]) -> Self {
        let mut number = vec![0; atoms.len()];
        let mut next = 0;
        for (at, gone) in atoms.iter().enumerate() {
            number[at] = next;
            next += usize::from(!gone);
        }
        let with = |gone: &[bool]| gone.iter().map(|gone| !gone).collect::<Vec<_>>();
        let kept = self.atoms.into_iter().zip(with(atoms)).filter(|(_, kept)| *kept).map(|(atom, _)| atom);
        let remaining = self.bonds.into_iter().zip(with(bonds)).filter(|(_, kept)| *kept).map(|(bond, _)| bond);
        let renumbered = remaining.map(|bond| Bond { begin: number[bond.begin], end: number[bond.end], ..bond });
        let mut left = Self { atoms: kept.collect(), bonds: renumbered.collect(), ..Self::default() };
        left.link();
        left
    }
}

/// The ends of a unit, in the order of writing.
fn find(parsed: &Parsed) -> Result<Vec<End>, (usize, SmilesProblem)> {
    let molecule = &parsed.molecule;
    let joints = |atom: usize| molecule.bonds.iter().enumerate().filter(move |(_, b)| b.begin == atom || b.end == atom);
    let of = |number: u8| {
        let atoms = molecule.atoms.iter().enumerate().filter(move |(_, atom)| atom.number == number);
        atoms.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let single = |atom: &usize| joints(*atom).count() == 1;
    let mut wildcards = of(0);
    if let Some(inside) = wildcards.iter().find(|atom| !single(atom)) {
        return Err((*inside, SmilesProblem::WildcardInside));
    }
    let metals = of(COPPER).into_iter().chain(of(GOLD)).collect::<Vec<_>>();
    if wildcards.is_empty() && metals.len() == 2 && metals.iter().all(single) {
        wildcards = metals;
        wildcards.sort_unstable();
    }
    let end = |wildcard: usize| {
        let (bond, joint) = joints(wildcard).next()?;
        Some((End { wildcard, bond, atom: joint.other(wildcard) }, joint.order))
    };
    let mut ends = Vec::new();
    for (end, order) in wildcards.into_iter().filter_map(end) {
        if order != BondOrder::Single {
            return Err((end.wildcard, SmilesProblem::EndOrder));
        }
        ends.push(end);
    }
    Ok(ends)
}

/// BigSMILES of one repeat unit as SMILES with ends `*`; other text as it is.
fn starred(text: &str) -> Result<Cow<'_, str>, SmilesError> {
    let Some(units) = RepeatUnit::all_of(text)? else { return Ok(text.into()) };
    match <[RepeatUnit; 1]>::try_from(units) {
        Ok([unit]) => Ok(unit.smiles.into()),
        Err(_) => {
            let before = text.split(',').next().unwrap_or_default().chars().count();
            Err(SmilesError { smiles: text.to_owned(), position: before + 1, problem: SmilesProblem::Copolymer })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(text: &str, ends: Ends) -> String {
        Molecule::from_repeat_unit(text, ends).map_or_else(|error| format!("{error}"), |molecule| molecule.formula())
    }

    #[test]
    fn ends_become_what_is_asked_for() {
        for polystyrene in [
            "*CC(*)c1ccccc1",
            "[Cu]CC([Cu])c1ccccc1",
            "[Au]CC([Au])c1ccccc1",
            "[Cu]CC([Au])c1ccccc1",
            "{$CC(c1ccccc1)$}",
        ] {
            assert_eq!(formula(polystyrene, Ends::Hydrogen), "C8H10");
            assert_eq!(formula(polystyrene, Ends::Methyl), "C10H14");
            assert_eq!(formula(polystyrene, Ends::Oligomer(3)), "C24H26");
        }
        assert_eq!(formula("*OCC*", Ends::Ring), "C2H4O");
        assert_eq!(formula("{<OCC>}", Ends::Oligomer(2)), "C4H10O2");
        assert_eq!(formula("{[][<]OCC[>][]}", Ends::Hydrogen), "C2H6O");
        assert_eq!(formula("{<C(=O)CC(=O)<,>OCCO>}", Ends::Hydrogen), "C5H8O4");
        assert_eq!(formula("CCO", Ends::Methyl), "C2H6O");
    }

    #[test]
    fn a_chain_is_joined_end_to_start() {
        let chain = Molecule::from_repeat_unit("*NCC(=O)*", Ends::Oligomer(3));
        let bonds = chain.map(|chain| {
            let number = |atom: usize| chain.atoms()[atom].number;
            chain
                .bonds()
                .iter()
                .filter(|b| [number(b.begin), number(b.end)].contains(&7) && number(b.other(b.begin)) != 0)
                .count()
        });
        // Three N-C bonds inside the units, two between them.
        assert_eq!(bonds, Ok(5));
    }

    #[test]
    fn handedness_survives_a_new_order_of_neighbours() {
        // Both are the dimer of the same unit, written out by hand with hydrogens at the ends.
        let joined = Molecule::from_repeat_unit("*O[C@@H](C)C(=O)*", Ends::Oligomer(2));
        let written = Molecule::from_smiles("[H]O[C@@H](C)C(=O)O[C@@H](C)C([H])=O");
        let turns = |molecule: Result<Molecule, SmilesError>| {
            molecule
                .map(|m| m.atoms().iter().map(|a| a.chirality).filter(|c| *c != Chirality::None).collect::<Vec<_>>())
        };
        assert_eq!(turns(joined), turns(written));
    }

    #[test]
    fn units_that_cannot_be_treated_so_say_why() {
        let refused = |text: &str, ends: Ends, part: &str| {
            let error = formula(text, ends);
            assert!(error.contains(part), "{text}: {error}");
        };
        refused("*C*", Ends::Ring, "too small");
        refused("*CC*", Ends::Ring, "too small");
        refused("*CC(*)C*", Ends::Ring, "3 open ends");
        refused("C*C", Ends::Hydrogen, "inside");
        refused("*=CC=*", Ends::Hydrogen, "single bond");
        refused("{$CC$,$CCC$}", Ends::Hydrogen, "several");
        refused("{CC}", Ends::Hydrogen, "bonding descriptor");
        refused("{$CC$", Ends::Hydrogen, "ends");
        assert!(
            "4-mer".parse() == Ok(Ends::Oligomer(4))
                && "99mer".parse::<Ends>().is_err()
                && "x".parse::<Ends>().is_err()
        );
    }
}
