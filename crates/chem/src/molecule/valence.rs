//! The valence model: which valences an atom may have, how many hydrogens fill it, how many electrons stay unpaired.
//!
//! Source: the RDKit Book, "Valence calculation and allowed valences": a charged atom takes the valences of the
//! neutral element with as many electrons. Sums of bond orders are kept doubled so that aromatic bonds count 3.

use super::{Atom, BondOrder, Molecule, smiles_error::AtomProblem, table::facts};

impl Molecule {
    /// Twice what a bond adds to the valence of `atom`.
    pub(super) fn doubled_contribution(&self, bond: usize, atom: usize) -> i32 {
        let bond = &self.bonds[bond];
        match bond.order {
            BondOrder::Single => 2,
            BondOrder::Double => 4,
            BondOrder::Triple => 6,
            BondOrder::Quadruple => 8,
            BondOrder::Aromatic => 3,
            BondOrder::Dative => 2 * i32::from(bond.end == atom),
            BondOrder::Any => 0,
        }
    }

    pub(super) fn touches_aromatic(&self, atom: usize) -> bool {
        self.atoms[atom].aromatic || self.neighbours(atom).iter().any(|next| self.bonds[next.bond].aromatic)
    }

    /// The usual case in one pass: a neutral atom beside usual bonds, with room for all of them in its first valence.
    /// Returns bonds with written hydrogens, and hydrogens that are missing.
    fn plain_valences(&self, index: usize) -> Option<(i8, u8)> {
        let atom = &self.atoms[index];
        if atom.charge != 0 || atom.number < 2 {
            return None;
        }
        let mut aromatic = atom.aromatic;
        let mut doubled = 2 * usize::from(atom.explicit_hydrogens);
        for next in self.neighbours(index) {
            let bond = &self.bonds[next.bond];
            aromatic |= bond.aromatic;
            doubled += match bond.order {
                BondOrder::Single => 2,
                BondOrder::Double => 4,
                BondOrder::Triple => 6,
                BondOrder::Aromatic => 3,
                _ => return None,
            };
        }
        let valences = facts(atom.number).valences;
        let first = usize::try_from(valences[0]).ok()?;
        // Aromatic bonds may add up to more than there is in the Kekulé form.
        if aromatic && valences.len() == 1 && (2 * first + 1..=2 * first + 3).contains(&doubled) {
            doubled = 2 * first;
        }
        let sum = doubled.div_ceil(2);
        let missing = first.checked_sub(sum)?.checked_sub(usize::from(atom.radicals))?;
        Some((i8::try_from(sum).ok()?, if atom.fixed_hydrogens { 0 } else { u8::try_from(missing).ok()? }))
    }

    fn doubled_bonds(&self, atom: usize) -> i32 {
        self.neighbours(atom).iter().map(|next| self.doubled_contribution(next.bond, atom)).sum()
    }

    /// Bonds and written hydrogens; an error when there are more than the element allows and `strict`.
    pub(super) fn explicit_valence(&self, index: usize, strict: bool) -> Result<i32, AtomProblem> {
        let atom = &self.atoms[index];
        let own = facts(atom.number).valences;
        let like = like_element(atom, own);
        let valences = facts(like).valences;
        let mut doubled = self.doubled_bonds(index) + 2 * i32::from(atom.explicit_hydrogens);
        let default = i32::from(valences[0]);
        if doubled > 2 * default && self.touches_aromatic(index) {
            let mut nearest = default;
            for valence in valences.iter().map(|&valence| i32::from(valence)) {
                if valence == -1 || 2 * valence > doubled {
                    break;
                }
                nearest = valence;
            }
            // A pyrrole-like nitrogen: its aromatic bonds add up to more than it has in the Kekulé form.
            if doubled - 2 * nearest <= 3 {
                doubled = 2 * nearest;
            }
        }
        let valence = (doubled + 1) / 2;
        if strict {
            let mut most = i32::from(valences[valences.len() - 1]);
            let mut shift = 0;
            if can_be_hypervalent(atom, like) {
                most = i32::from(own[own.len() - 1]);
                shift = -i32::from(atom.charge);
            }
            if atom.number == 1 && atom.charge == -1 {
                most = 2;
            }
            if most >= 0 && own[own.len() - 1] >= 0 && valence + shift > most {
                return Err(AtomProblem::valence(index, atom.number, valence));
            }
        }
        Ok(valence)
    }

    /// Hydrogens that fill the valence of an atom on which none is written.
    pub(super) fn missing_hydrogens(&self, index: usize, strict: bool) -> Result<i32, AtomProblem> {
        let atom = &self.atoms[index];
        if atom.fixed_hydrogens || atom.number == 0 {
            return Ok(0);
        }
        if self.neighbours(index).iter().any(|next| self.bonds[next.bond].order == BondOrder::Any) {
            return Ok(0);
        }
        let explicit = i32::from(atom.explicit_valence);
        if explicit == 0 && atom.number == 1 && atom.radicals == 0 {
            return Ok(i32::from(atom.charge == 0));
        }
        let own = facts(atom.number).valences;
        let mut like = like_element(atom, own);
        if like == 0 {
            return Ok(0);
        }
        let default = facts(like).default_valence();
        if default == -1 {
            return Ok(0);
        }
        let mut used = explicit + i32::from(atom.radicals);
        if can_be_hypervalent(atom, like) {
            like = atom.number;
            used -= i32::from(atom.charge);
        }
        let valences = facts(like).valences;
        if self.touches_aromatic(index) {
            let allowed = used <= default || valences.iter().any(|&valence| i32::from(valence) == used);
            return match allowed || !strict {
                true => Ok((default - used).max(0)),
                false => Err(AtomProblem::valence(index, atom.number, used)),
            };
        }
        if let Some(room) = valences.iter().map(|&valence| i32::from(valence) - used).find(|&room| room >= 0) {
            return Ok(room);
        }
        if strict && valences[valences.len() - 1] != -1 && own[own.len() - 1] > 0 {
            return Err(AtomProblem::valence(index, atom.number, used));
        }
        Ok(0)
    }

    /// Hydrogens on each atom when multiple bonds between carbon atoms become single and every atom takes the
    /// hydrogens its valence leaves room for, in the Kekulé form of the bonds given; `None` where an atom has too many bonds for that.
    pub(crate) fn saturated_hydrogens(&self, kekule: &[super::Bond]) -> Option<Vec<usize>> {
        let mut plain = self.clone();
        for (bond, form) in plain.bonds.iter_mut().zip(kekule) {
            let carbons = self.atoms[bond.begin].number == 6 && self.atoms[bond.end].number == 6;
            bond.order = if carbons { BondOrder::Single } else { form.kekule };
            bond.aromatic = false;
        }
        for atom in &mut plain.atoms {
            (atom.explicit_hydrogens, atom.implicit_hydrogens, atom.radicals) = (0, 0, 0);
            (atom.fixed_hydrogens, atom.aromatic) = (false, false);
        }
        plain.update_valences(true).ok()?;
        // Hydrogens that are atoms count as well.
        Some((0..plain.atoms.len()).map(|atom| plain.total_hydrogens(atom)).collect())
    }

    /// Computes the valences of every atom anew.
    pub(super) fn update_valences(&mut self, strict: bool) -> Result<(), AtomProblem> {
        for index in 0..self.atoms.len() {
            self.update_valence(index, strict)?;
        }
        Ok(())
    }

    pub(super) fn update_valence(&mut self, index: usize, strict: bool) -> Result<(), AtomProblem> {
        if let Some((explicit, missing)) = self.plain_valences(index) {
            let atom = &mut self.atoms[index];
            (atom.explicit_valence, atom.implicit_hydrogens) = (explicit, missing);
            return Ok(());
        }
        let explicit = self.explicit_valence(index, strict)?;
        self.atoms[index].explicit_valence = i8::try_from(explicit).unwrap_or(i8::MAX);
        let missing = self.missing_hydrogens(index, strict)?;
        self.atoms[index].implicit_hydrogens = u8::try_from(missing).unwrap_or_default();
        Ok(())
    }

    /// Unpaired electrons of atoms whose hydrogens are written out.
    pub(super) fn assign_radicals(&mut self) {
        for index in 0..self.atoms.len() {
            let atom = self.atoms[index];
            if !atom.fixed_hydrogens || atom.number == 0 {
                continue;
            }
            let element = facts(atom.number);
            let (outer, charge) = (i32::from(element.outer_electrons), i32::from(atom.charge));
            let radicals = if element.valences == [-1] {
                match self.neighbours(index).is_empty() {
                    true => (outer - charge).max(0) % 2,
                    false => 0,
                }
            } else {
                let valence = (self.doubled_bonds(index) + 2 * i32::from(atom.explicit_hydrogens)) / 2;
                let shell = if atom.number <= 2 { 2 } else { 8 };
                let mut unpaired = shell - outer - valence + charge;
                if unpaired < 0 {
                    unpaired = 0;
                    if element.valences.len() > 1 {
                        let rooms = element.valences.iter().map(|&allowed| i32::from(allowed) - valence + charge);
                        unpaired = rooms.into_iter().find(|&room| room >= 0).unwrap_or(0);
                    }
                }
                let early = outer - valence - charge;
                if early >= 0 { unpaired.min(early) } else { unpaired }
            };
            self.atoms[index].radicals = u8::try_from(radicals).unwrap_or_default();
        }
    }
}

/// The element with as many electrons as the charged atom; the element itself where any valence is allowed.
fn like_element(atom: &Atom, own: &[i8]) -> u8 {
    if own == [-1] {
        return atom.number;
    }
    u8::try_from((i32::from(atom.number) - i32::from(atom.charge)).clamp(0, 118)).unwrap_or_default()
}

fn can_be_hypervalent(atom: &Atom, like: u8) -> bool {
    (like > 16 && matches!(atom.number, 15 | 16)) || (like > 34 && matches!(atom.number, 33 | 34))
}
