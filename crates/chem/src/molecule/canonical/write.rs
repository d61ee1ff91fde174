//! Writes the pieces of a walk as SMILES.

use super::traverse::{Piece, Walk};
use crate::{BondOrder, Chirality, Direction, Molecule, molecule::table::facts};

/// What is written beside atoms and bonds.
pub(super) struct Marks {
    pub chirality: Vec<Chirality>,
    pub directions: Vec<Direction>,
}

pub(super) fn smiles(molecule: &Molecule, walk: &Walk, marks: &Marks) -> String {
    let mut text = String::new();
    // Bonds of open rings, by ring number less one.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut closed: Vec<usize> = Vec::new();
    for &piece in &walk.pieces {
        match piece {
            Piece::Atom(index) => {
                // A ring number is free again only on the next atom.
                closed.drain(..).for_each(|number| open[number] = None);
                push_atom(&mut text, molecule, index, marks.chirality[index]);
            }
            Piece::Bond(bond, from) => text.push_str(bond_symbol(molecule, bond, from, marks.directions[bond])),
            Piece::Open(bond) => {
                let number = open.iter().position(Option::is_none).unwrap_or_else(|| {
                    open.push(None);
                    open.len() - 1
                });
                open[number] = Some(bond);
                push_ring_number(&mut text, number + 1);
            }
            Piece::Close(bond) => {
                if let Some(number) = open.iter().position(|&opened| opened == Some(bond)) {
                    closed.push(number);
                    push_ring_number(&mut text, number + 1);
                }
            }
            Piece::BranchOpen => text.push('('),
            Piece::BranchClose => text.push(')'),
        }
    }
    text
}

fn push_ring_number(text: &mut String, number: usize) {
    match number {
        ..10 => text.push_str(&number.to_string()),
        10..100 => text.push_str(&format!("%{number}")),
        _ => text.push_str(&format!("%({number})")),
    }
}

fn bond_symbol(molecule: &Molecule, index: usize, from: usize, direction: Direction) -> &'static str {
    let bond = &molecule.bonds[index];
    let (a, b) = (&molecule.atoms[bond.begin], &molecule.atoms[bond.end]);
    let aromatic = a.aromatic && b.aromatic && (a.number != 0 || b.number != 0);
    match bond.order {
        BondOrder::Single | BondOrder::Aromatic if direction == Direction::Up => "/",
        BondOrder::Single | BondOrder::Aromatic if direction == Direction::Down => "\\",
        BondOrder::Single if aromatic && !bond.aromatic => "-",
        BondOrder::Single => "",
        BondOrder::Double if aromatic && bond.aromatic => "",
        BondOrder::Double => "=",
        BondOrder::Triple => "#",
        BondOrder::Quadruple => "$",
        BondOrder::Aromatic if aromatic => "",
        BondOrder::Aromatic => ":",
        BondOrder::Dative if bond.begin == from => "->",
        BondOrder::Dative => "<-",
        BondOrder::Any => "~",
    }
}

/// Elements that may stand without brackets.
fn is_organic(number: u8) -> bool {
    matches!(number, 0 | 5..=9 | 15..=17 | 35 | 53)
}

fn is_metal(number: u8) -> bool {
    !matches!(number, 0..=2 | 5..=10 | 14..=18 | 33..=36 | 52..=54 | 85 | 86)
}

fn needs_brackets(molecule: &Molecule, index: usize) -> bool {
    let atom = &molecule.atoms[index];
    let hidden = matches!(atom.number, 7 | 15) && atom.aromatic && atom.explicit_hydrogens > 0;
    let unusual = atom.total_valence() != facts(atom.number).default_valence() && atom.hydrogens() > 0;
    !is_organic(atom.number)
        || atom.charge != 0
        || atom.isotope != 0
        || atom.map != 0
        || atom.radicals != 0
        || hidden
        || unusual
        || molecule.neighbours(index).iter().any(|next| is_metal(molecule.atoms[next.atom].number))
}

fn push_atom(text: &mut String, molecule: &Molecule, index: usize, chirality: Chirality) {
    let atom = &molecule.atoms[index];
    let brackets = chirality != Chirality::None || needs_brackets(molecule, index);
    if brackets {
        text.push('[');
        if atom.isotope != 0 {
            text.push_str(&atom.isotope.to_string());
        }
    }
    let symbol = atom.symbol();
    if atom.aromatic {
        text.push_str(&symbol.to_lowercase());
    } else {
        text.push_str(symbol);
    }
    if !brackets {
        return;
    }
    match chirality {
        Chirality::None => {}
        Chirality::Clockwise => text.push_str("@@"),
        Chirality::CounterClockwise => text.push('@'),
    }
    match atom.hydrogens() {
        0 => {}
        1 => text.push('H'),
        count => text.push_str(&format!("H{count}")),
    }
    match atom.charge {
        0 => {}
        1 => text.push('+'),
        -1 => text.push('-'),
        charge => text.push_str(&format!("{charge:+}")),
    }
    if atom.map != 0 {
        text.push_str(&format!(":{}", atom.map));
    }
    text.push(']');
}
