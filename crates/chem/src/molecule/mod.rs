//! Molecular structures: read from SMILES and perceived as RDKit perceives them.
//!
//! Perceived are implicit hydrogens, rings, aromaticity, the Kekulé form, conjugation, hybridisation and radicals, so
//! that numbers computed from a [`Molecule`] can be compared with those of RDKit and Mordred.

mod aromatic;
mod bigsmiles;
mod canonical;
mod cleanup;
mod ends;
mod fused;
mod hydrogens;
mod kekule;
mod molblock;
mod molblock_error;
mod perceive;
mod rank;
mod rings;
mod smiles;
mod smiles_atom;
mod smiles_error;
mod stereo;
pub(crate) mod table;
mod valence;

pub(crate) use self::bigsmiles::parse_amount;
use self::table::{facts, isotope_mass};
pub use self::{
    bigsmiles::RepeatUnit,
    ends::Ends,
    molblock::SdfRecord,
    molblock_error::{MolblockError, MolblockProblem},
    rings::Ring,
    smiles_error::{SmilesError, SmilesProblem},
};
use crate::{Composition, Element};

/// What kind of bond joins two atoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BondOrder {
    /// One electron pair.
    Single,
    /// Two electron pairs.
    Double,
    /// Three electron pairs.
    Triple,
    /// Four electron pairs.
    Quadruple,
    /// Delocalised in an aromatic system.
    Aromatic,
    /// Both electrons come from the beginning atom.
    Dative,
    /// Written `~`: a bond of unknown kind.
    Any,
}

impl BondOrder {
    /// Bond order as a number; 1.5 for aromatic, 1 for dative, 0 for unknown bonds.
    pub fn number(self) -> f64 {
        match self {
            Self::Single | Self::Dative => 1.0,
            Self::Double => 2.0,
            Self::Triple => 3.0,
            Self::Quadruple => 4.0,
            Self::Aromatic => 1.5,
            Self::Any => 0.0,
        }
    }
}

/// Direction written beside a single bond (`/`, `\`), which tells how double bonds are arranged, or that this is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// None written.
    #[default]
    None,
    /// `/`, from the beginning to the end atom.
    Up,
    /// `\`, from the beginning to the end atom.
    Down,
    /// Of a double bond: drawn as not known, crossed or beside a wavy bond.
    Either,
}

/// Handedness of a tetrahedral atom.
///
/// Seen from its first neighbour (in the order of [`Molecule::neighbours`]), the others, the implicit hydrogen last,
/// run the way named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Chirality {
    /// Not tetrahedral, or not told.
    #[default]
    None,
    /// With the clock.
    Clockwise,
    /// Against the clock.
    CounterClockwise,
}

/// Hybridisation of an atom's orbitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Hybridization {
    /// Not known, as for a wildcard.
    #[default]
    Unknown,
    /// s: no more than one partner.
    S,
    /// sp: linear.
    Sp,
    /// sp2: trigonal.
    Sp2,
    /// sp3: tetrahedral.
    Sp3,
    /// sp3d: trigonal bipyramidal.
    Sp3d,
    /// sp3d2: octahedral.
    Sp3d2,
}

/// One atom of a [`Molecule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Atom {
    /// Atomic number; 0 for the wildcard `*`.
    pub number: u8,
    /// Formal charge.
    pub charge: i8,
    /// Mass number; 0 when not told.
    pub isotope: u16,
    /// Number behind a colon in brackets; 0 when not told.
    pub map: u32,
    /// Unpaired electrons.
    pub radicals: u8,
    /// Whether it belongs to an aromatic ring.
    pub aromatic: bool,
    /// Hybridisation.
    pub hybridization: Hybridization,
    /// Handedness.
    pub chirality: Chirality,
    pub(crate) explicit_hydrogens: u8,
    pub(crate) implicit_hydrogens: u8,
    /// Hydrogens were written out: none is added to fill the valence.
    pub(crate) fixed_hydrogens: bool,
    pub(crate) explicit_valence: i8,
}

impl Atom {
    /// Hydrogens on the atom that are no atoms of their own in the molecule.
    pub fn hydrogens(&self) -> usize {
        usize::from(self.explicit_hydrogens) + usize::from(self.implicit_hydrogens)
    }

    /// Element symbol; `*` for the wildcard.
    pub fn symbol(&self) -> &'static str {
        facts(self.number).symbol
    }

    /// Valence used: bonds and hydrogens.
    pub(crate) fn total_valence(&self) -> i32 {
        i32::from(self.explicit_valence) + i32::from(self.implicit_hydrogens)
    }
}

/// One bond of a [`Molecule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bond {
    /// Atom it begins at.
    pub begin: usize,
    /// Atom it ends at.
    pub end: usize,
    /// Kind of bond.
    pub order: BondOrder,
    /// Kind of bond in the Kekulé form: aromatic bonds are single or double.
    pub kekule: BondOrder,
    /// Whether it belongs to an aromatic ring.
    pub aromatic: bool,
    /// Whether it is conjugated with its neighbours.
    pub conjugated: bool,
    /// Direction written in the SMILES, or drawn.
    pub direction: Direction,
}

impl Bond {
    fn new(begin: usize, end: usize, order: BondOrder) -> Self {
        let aromatic = order == BondOrder::Aromatic;
        Self { begin, end, order, kekule: order, aromatic, conjugated: false, direction: Direction::None }
    }

    /// The atom at the other end.
    pub fn other(&self, atom: usize) -> usize {
        if self.begin == atom { self.end } else { self.begin }
    }
}

/// A neighbour of an atom and the bond that leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// The atom.
    pub atom: usize,
    /// The bond.
    pub bond: usize,
}

/// A structure: atoms and bonds with everything perceived. One molecule may consist of several fragments.
///
/// ```
/// use matdock_chem::Molecule;
///
/// let phenol = Molecule::from_smiles("Oc1ccccc1")?;
/// assert_eq!(phenol.formula(), "C6H6O");
/// assert_eq!(phenol.rings().len(), 1);
/// # Ok::<(), matdock_chem::SmilesError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Molecule {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) bonds: Vec<Bond>,
    starts: Vec<u32>,
    links: Vec<Neighbour>,
    rings: Vec<Ring>,
    /// For each atom and each bond the number of rings it is in.
    atom_rings: Vec<u32>,
    bond_rings: Vec<u32>,
    fragments: Vec<u32>,
    fragment_count: usize,
}

impl Molecule {
    /// Atoms, in the order of the SMILES.
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Bonds.
    pub fn bonds(&self) -> &[Bond] {
        &self.bonds
    }

    /// Neighbours of an atom in the order of their bonds; empty beyond the last atom.
    pub fn neighbours(&self, atom: usize) -> &[Neighbour] {
        match (self.starts.get(atom), self.starts.get(atom + 1)) {
            (Some(&start), Some(&end)) => &self.links[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The bond between two atoms.
    pub fn bond_between(&self, a: usize, b: usize) -> Option<usize> {
        self.neighbours(a).iter().find(|next| next.atom == b).map(|next| next.bond)
    }

    /// The symmetrised smallest set of smallest rings.
    pub fn rings(&self) -> &[Ring] {
        &self.rings
    }

    /// Number of rings an atom is in.
    pub fn ring_count_of_atom(&self, atom: usize) -> usize {
        self.atom_rings.get(atom).map_or(0, |&count| count as usize)
    }

    /// Number of rings a bond is in.
    pub fn ring_count_of_bond(&self, bond: usize) -> usize {
        self.bond_rings.get(bond).map_or(0, |&count| count as usize)
    }

    /// For each atom, the number of the fragment it belongs to, from 0.
    pub fn fragments(&self) -> &[u32] {
        &self.fragments
    }

    /// Number of fragments: parts without a bond between them.
    pub fn fragment_count(&self) -> usize {
        self.fragment_count
    }

    /// Bonds on an atom, hydrogens that are no atoms of their own included.
    pub fn total_degree(&self, atom: usize) -> usize {
        self.neighbours(atom).len() + self.atoms[atom].hydrogens()
    }

    /// Hydrogens on an atom, those that are atoms included.
    pub fn total_hydrogens(&self, atom: usize) -> usize {
        self.atoms[atom].hydrogens() + self.neighbours(atom).iter().filter(|n| self.atoms[n.atom].number == 1).count()
    }

    /// Sum of formal charges.
    pub fn charge(&self) -> i32 {
        self.atoms.iter().map(|atom| i32::from(atom.charge)).sum()
    }

    /// Mass of one mole: standard atomic weights, or the mass of a named isotope. Units: g/mol.
    pub fn molar_mass(&self) -> f64 {
        self.sum_of_masses(|number| facts(number).weight)
    }

    /// Mass of one molecule of the commonest isotopes, or the mass of a named isotope, less the electrons of its charge. Units: u.
    pub fn isotope_mass(&self) -> f64 {
        /// Mass of the electron, u (CODATA 2018).
        const ELECTRON: f64 = 0.000_548_579_909_065;
        self.sum_of_masses(|number| facts(number).isotope_mass) - f64::from(self.charge()) * ELECTRON
    }

    /// Mass of an atom: its isotope's, or the standard atomic weight. Units: u.
    pub(crate) fn atom_mass(&self, index: usize) -> f64 {
        match self.atoms[index].isotope {
            0 => facts(self.atoms[index].number).weight,
            isotope => isotope_mass(self.atoms[index].number, isotope),
        }
    }

    fn sum_of_masses(&self, of_element: impl Fn(u8) -> f64) -> f64 {
        let hydrogen = of_element(1);
        let mass = |atom: &Atom| match atom.isotope {
            0 => of_element(atom.number),
            isotope => isotope_mass(atom.number, isotope),
        };
        self.atoms.iter().map(|atom| mass(atom) + hydrogen * atom.hydrogens() as f64).sum()
    }

    /// What it consists of, implicit hydrogens included; `None` where it has open ends (`*`), whose element nobody knows.
    pub fn composition(&self) -> Option<Composition> {
        let mut amounts = [0.0; 119];
        for atom in &self.atoms {
            amounts[usize::from(atom.number)] += 1.0;
            amounts[1] += atom.hydrogens() as f64;
        }
        if amounts[0] > 0.0 {
            return None;
        }
        let element = |number: u8| Element::from_atomic_number(number);
        let known = (1..).zip(&amounts[1..]).filter_map(|(number, amount)| Some((element(number)?, *amount)));
        Composition::from_amounts(known)
    }

    /// Formula in Hill order as RDKit writes it: carbon, hydrogen (also where there is no carbon), then the others by
    /// symbol; charge at the end.
    pub fn formula(&self) -> String {
        let mut counts = [0_usize; 119];
        for atom in &self.atoms {
            counts[usize::from(atom.number)] += 1;
            counts[1] += atom.hydrogens();
        }
        let mut order: Vec<u8> = (0..119).filter(|&number| counts[usize::from(number)] > 0).collect();
        let first = |number: u8| match number {
            6 => 0,
            1 => 1,
            _ => 2,
        };
        order.sort_by_key(|&number| (first(number), facts(number).symbol));
        let mut text = String::new();
        for number in order {
            text.push_str(facts(number).symbol);
            if counts[usize::from(number)] > 1 {
                text.push_str(&counts[usize::from(number)].to_string());
            }
        }
        match self.charge() {
            0 => {}
            1 => text.push('+'),
            -1 => text.push('-'),
            charge => text.push_str(&format!("{charge:+}")),
        }
        text
    }

    /// Rebuilds neighbour lists and fragments after atoms or bonds were added or removed.
    fn link(&mut self) {
        let count = self.atoms.len();
        self.starts.clear();
        self.starts.resize(count + 1, 0);
        for bond in &self.bonds {
            self.starts[bond.begin + 1] += 1;
            self.starts[bond.end + 1] += 1;
        }
        for at in 0..count {
            self.starts[at + 1] += self.starts[at];
        }
        self.links.clear();
        self.links.resize(2 * self.bonds.len(), Neighbour { atom: 0, bond: 0 });
        for (index, bond) in self.bonds.iter().enumerate() {
            for (from, to) in [(bond.begin, bond.end), (bond.end, bond.begin)] {
                let place = &mut self.starts[from];
                self.links[*place as usize] = Neighbour { atom: to, bond: index };
                *place += 1;
            }
        }
        // Each start has moved on to the next one.
        self.starts.rotate_right(1);
        self.starts[0] = 0;
        self.find_fragments();
    }

    fn find_fragments(&mut self) {
        const UNSEEN: u32 = u32::MAX;
        self.fragments.clear();
        self.fragments.resize(self.atoms.len(), UNSEEN);
        let mut open = Vec::with_capacity(self.atoms.len());
        let mut count = 0;
        for start in 0..self.atoms.len() {
            if self.fragments[start] != UNSEEN {
                continue;
            }
            self.fragments[start] = count;
            open.push(start);
            while let Some(atom) = open.pop() {
                for link in self.starts[atom]..self.starts[atom + 1] {
                    let next = self.links[link as usize].atom;
                    if self.fragments[next] == UNSEEN {
                        self.fragments[next] = count;
                        open.push(next);
                    }
                }
            }
            count += 1;
        }
        self.fragment_count = count as usize;
    }
}
