//! Rewrites groups that are often drawn with too many bonds: nitro and azide groups, perchlorates, bonds to metals.

use super::{BondOrder, Molecule, table::facts};

impl Molecule {
    /// Rewrites neutral five-valent nitrogen and phosphorus and oxo-halogens into charged forms.
    pub(super) fn clean_up(&mut self) {
        if !self.atoms.iter().any(|atom| matches!(atom.number, 7 | 15 | 17 | 35 | 53)) {
            return;
        }
        self.clean_nitrogens();
        for index in 0..self.atoms.len() {
            match self.atoms[index].number {
                15 => self.clean_phosphorus(index),
                17 | 35 | 53 => self.clean_halogen(index),
                _ => {}
            }
        }
    }

    fn written_valence(&self, index: usize) -> i32 {
        self.explicit_valence(index, false).unwrap_or_default()
    }

    fn partner(&self, index: usize, number: u8, order: BondOrder) -> Option<super::Neighbour> {
        self.neighbours(index).iter().copied().find(|next| {
            let atom = &self.atoms[next.atom];
            atom.number == number && atom.charge == 0 && self.bonds[next.bond].order == order
        })
    }

    fn separate_charges(&mut self, positive: usize, negative: super::Neighbour, order: BondOrder) {
        self.set_order(negative.bond, order);
        self.atoms[positive].charge = 1;
        self.atoms[negative.atom].charge = -1;
    }

    fn set_order(&mut self, bond: usize, order: BondOrder) {
        self.bonds[bond].order = order;
        self.bonds[bond].kekule = order;
    }

    /// `N(=O)=O` becomes `[N+](=O)[O-]`, `N=N#N` becomes `N=[N+]=[N-]`.
    fn clean_nitrogens(&mut self) {
        let mut crowded = Vec::new();
        for index in 0..self.atoms.len() {
            let atom = self.atoms[index];
            if atom.number != 7 || atom.charge != 0 || self.written_valence(index) != 5 {
                continue;
            }
            crowded.push(index);
            if let Some(oxygen) = self.partner(index, 8, BondOrder::Double) {
                self.separate_charges(index, oxygen, BondOrder::Single);
            }
        }
        for index in crowded {
            if let Some(nitrogen) = self.partner(index, 7, BondOrder::Triple) {
                self.separate_charges(index, nitrogen, BondOrder::Double);
            }
        }
    }

    /// `C=P(=O)X` becomes `C=[P+]([O-])X`.
    fn clean_phosphorus(&mut self, index: usize) {
        if self.atoms[index].charge != 0 || self.neighbours(index).len() != 3 || self.written_valence(index) != 5 {
            return;
        }
        let doubly = |next: &&super::Neighbour| self.bonds[next.bond].order == BondOrder::Double;
        let carbon_or_nitrogen = self
            .neighbours(index)
            .iter()
            .filter(doubly)
            .any(|next| matches!(self.atoms[next.atom].number, 6 | 7) && self.neighbours(next.atom).len() >= 2);
        let mut oxygens = self.neighbours(index).iter().filter(doubly);
        let oxygen =
            oxygens.rfind(|next| self.atoms[next.atom].number == 8 && self.atoms[next.atom].charge == 0).copied();
        if let Some(oxygen) = oxygen.filter(|_| carbon_or_nitrogen) {
            self.separate_charges(index, oxygen, BondOrder::Single);
        }
    }

    /// `Cl(=O)(=O)(=O)O` becomes `[Cl+3]([O-])([O-])([O-])O`.
    fn clean_halogen(&mut self, index: usize) {
        if self.atoms[index].charge != 0 || !matches!(self.written_valence(index), 3 | 5 | 7) {
            return;
        }
        if self.neighbours(index).iter().any(|next| self.atoms[next.atom].number != 8) {
            return;
        }
        let doubles: Vec<_> = self
            .neighbours(index)
            .iter()
            .copied()
            .filter(|next| self.bonds[next.bond].order == BondOrder::Double)
            .collect();
        for next in &doubles {
            self.set_order(next.bond, BondOrder::Single);
            self.atoms[next.atom].charge = -1;
        }
        self.atoms[index].charge = i8::try_from(doubles.len()).unwrap_or_default();
    }

    /// A bond from a non-metal that has too many of them to a metal becomes dative.
    pub(super) fn clean_up_metals(&mut self) {
        if !self.atoms.iter().any(|atom| is_metal(atom.number)) {
            return;
        }
        for index in 0..self.atoms.len() {
            if !self.is_crowded_non_metal(index) {
                continue;
            }
            let metals = self.neighbours(index).iter().copied().filter(|next| {
                self.bonds[next.bond].order == BondOrder::Single && is_metal(self.atoms[next.atom].number)
            });
            let datives = |atom: usize| {
                self.neighbours(atom).iter().filter(|n| self.bonds[n.bond].order == BondOrder::Dative).count()
            };
            if let Some(metal) = metals.min_by_key(|next| datives(next.atom)) {
                let bond = &mut self.bonds[metal.bond];
                (bond.order, bond.kekule) = (BondOrder::Dative, BondOrder::Dative);
                (bond.begin, bond.end) = (index, metal.atom);
            }
        }
    }

    fn is_crowded_non_metal(&mut self, index: usize) -> bool {
        let number = self.atoms[index].number;
        if is_metal(number) || matches!(number, 1 | 2 | 9 | 10) {
            return false;
        }
        if !self.neighbours(index).iter().any(|next| is_metal(self.atoms[next.atom].number)) {
            return false;
        }
        // Not strict: it cannot fail.
        let _ = self.update_valence(index, false);
        let atom = &self.atoms[index];
        let valence = i32::from(atom.explicit_valence);
        let like = i32::from(atom.number) - i32::from(atom.charge);
        let Some(like) = u8::try_from(like).ok().filter(|&like| like > 0) else {
            return false;
        };
        let valences = facts(like).valences;
        let most = i32::from(valences[valences.len() - 1]);
        most > 0 && (valence > most || (valence == most && atom.aromatic && self.total_degree(index) == 4))
    }
}

/// Whether an element counts as a metal; germanium and antimony do.
fn is_metal(number: u8) -> bool {
    !matches!(number, 0..=2 | 5..=10 | 14..=18 | 33..=36 | 52..=54 | 85 | 86)
}
