//! The Kekulé form: double bonds placed in aromatic ring systems.

use std::collections::VecDeque;

use super::{BondOrder, Molecule, SmilesProblem, fused::Fusion, smiles_error::AtomProblem, table::facts};

/// How often the search may take a choice back.
const MOST_STEPS_BACK: usize = 100;
/// Wildcards of one ring system that are tried with and without a double bond.
const MOST_WILDCARDS: usize = 12;

/// The atoms of one ring system and which of them can take a double bond.
struct System {
    atoms: Vec<usize>,
    member: Vec<bool>,
    candidates: Vec<bool>,
    settled: Vec<usize>,
    wildcards: Vec<usize>,
}

impl Molecule {
    /// Turns aromatic bonds into single and double ones and takes the aromatic marks away.
    pub(super) fn kekulize(&mut self) -> Result<(), AtomProblem> {
        if !self.atoms.iter().any(|atom| atom.aromatic) && !self.bonds.iter().any(|bond| bond.aromatic) {
            return Ok(());
        }
        let counts = self.ring_counts(&self.rings);
        let ranks: Vec<usize> = (0..self.atoms.len()).collect();
        self.place_in_systems(&counts, &ranks)?;
        self.clear_aromatic(&counts)
    }

    /// Chooses the Kekulé form anew, so that it does not depend on the order of writing.
    pub(crate) fn choose_kekule_form(&mut self) {
        if !self.bonds.iter().any(|bond| bond.aromatic) {
            return;
        }
        let orders: Vec<BondOrder> = self.bonds.iter().map(|bond| bond.order).collect();
        let counts = self.ring_counts(&self.rings);
        let ranks = self.ranks();
        let placed = self.place_in_systems(&counts, &ranks).is_ok();
        for (bond, order) in self.bonds.iter_mut().zip(orders) {
            if placed {
                bond.kekule = if bond.order == BondOrder::Aromatic { BondOrder::Single } else { bond.order };
            }
            bond.order = order;
        }
    }

    /// Places the double bonds, ring system by ring system, along the ranks of the atoms.
    fn place_in_systems(&mut self, counts: &[usize], ranks: &[usize]) -> Result<(), AtomProblem> {
        let rings = std::mem::take(&mut self.rings);
        let considered: Vec<_> =
            rings.iter().filter(|ring| ring.atoms.iter().any(|&atom| self.atoms[atom].number != 0)).collect();
        let fusion = Fusion::new(&considered, usize::MAX, usize::MAX);
        let aromatic_once: Vec<bool> = rings
            .iter()
            .map(|ring| ring.atoms.iter().any(|&atom| counts[atom] == 1 && self.is_aromatic_atom(atom)))
            .collect();
        let mut result = Ok(());
        for system in fusion.systems() {
            let mut atoms = Vec::new();
            for atom in system.iter().flat_map(|&ring| &considered[ring].atoms) {
                if !atoms.contains(atom) {
                    atoms.push(*atom);
                }
            }
            let promising =
                |atom: usize| rings.iter().zip(&aromatic_once).any(|(ring, &once)| once && ring.atoms.contains(&atom));
            atoms.sort_by_key(|&atom| ranks[atom]);
            result = self.kekulize_system(atoms, counts, ranks, &promising);
            if result.is_err() {
                break;
            }
        }
        self.rings = rings;
        result
    }

    fn ring_counts(&self, rings: &[super::Ring]) -> Vec<usize> {
        let mut counts = vec![0; self.atoms.len()];
        for &atom in rings.iter().flat_map(|ring| &ring.atoms) {
            counts[atom] += 1;
        }
        counts
    }

    fn is_aromatic_atom(&self, atom: usize) -> bool {
        self.atoms[atom].aromatic || self.neighbours(atom).iter().any(|next| self.bonds[next.bond].aromatic)
    }

    fn kekulize_system(
        &mut self,
        atoms: Vec<usize>,
        counts: &[usize],
        ranks: &[usize],
        promising: &dyn Fn(usize) -> bool,
    ) -> Result<(), AtomProblem> {
        let count = self.atoms.len();
        let mut system = System {
            atoms,
            member: vec![false; count],
            candidates: vec![false; count],
            settled: Vec::new(),
            wildcards: Vec::new(),
        };
        self.mark_candidates(&mut system, counts, promising);
        if self.place_double_bonds(&system, ranks, system.candidates.clone(), system.settled.clone()) {
            return Ok(());
        }
        let wildcards = &system.wildcards[..system.wildcards.len().min(MOST_WILDCARDS)];
        for pattern in 1_u32..(1 << wildcards.len()) {
            let mut candidates = system.candidates.clone();
            for (bit, &atom) in wildcards.iter().enumerate() {
                if pattern & (1 << bit) != 0 {
                    candidates[atom] = false;
                }
            }
            for bond in &mut self.bonds {
                if bond.aromatic && system.member[bond.begin] && system.member[bond.end] {
                    bond.order = BondOrder::Single;
                }
            }
            if self.place_double_bonds(&system, ranks, candidates, Vec::new()) {
                return Ok(());
            }
        }
        let atom = system.atoms.iter().copied().find(|&atom| system.candidates[atom]).unwrap_or(system.atoms[0]);
        Err(AtomProblem { atom, problem: SmilesProblem::NotAromatic })
    }

    /// Finds the atoms that can take a double bond and makes every aromatic bond of the system single.
    fn mark_candidates(&mut self, system: &mut System, counts: &[usize], promising: &dyn Fn(usize) -> bool) {
        let involved = |atom: usize| self.atoms[atom].number == 0 || self.is_aromatic_atom(atom);
        for &atom in &system.atoms {
            system.member[atom] = true;
        }
        if !system.atoms.iter().any(|&atom| involved(atom)) {
            return;
        }
        let mut single = Vec::new();
        for &atom in &system.atoms {
            let at = self.atoms[atom];
            if !involved(atom) {
                system.settled.push(atom);
                continue;
            }
            let (mut orders, mut ignored, mut plain) = (0, 0, 0);
            for next in self.neighbours(atom) {
                let bond = &self.bonds[next.bond];
                let other = &self.atoms[next.atom];
                plain += usize::from(other.number != 0 && !other.aromatic && system.member[next.atom]);
                if bond.aromatic && matches!(bond.order, BondOrder::Single | BondOrder::Double | BondOrder::Aromatic) {
                    orders += 1;
                    single.push(next.bond);
                } else {
                    let contribution = (self.doubled_contribution(next.bond, atom) + 1) / 2;
                    orders += contribution;
                    ignored += usize::from(contribution == 0);
                }
            }
            if at.number == 0 && plain < counts[atom] && promising(atom) {
                system.candidates[atom] = true;
                system.wildcards.push(atom);
            } else {
                system.candidates[atom] = self.can_take_double(atom, orders, ignored);
            }
        }
        for bond in single {
            self.bonds[bond].order = BondOrder::Single;
        }
    }

    fn can_take_double(&self, index: usize, orders: i32, ignored: usize) -> bool {
        let atom = &self.atoms[index];
        let hydrogens = i32::try_from(self.atoms[index].hydrogens()).unwrap_or_default();
        let orders = orders + hydrogens;
        let mut charge = i32::from(atom.charge);
        if is_early(atom.number) || (atom.number == 6 && charge > 0) {
            charge = -charge;
        }
        let valences = facts(atom.number).valences;
        let mut valence = i32::from(valences[0]) + charge;
        let total = atom.total_valence();
        for &next in &valences[1..] {
            if total <= valence || next <= 0 {
                break;
            }
            valence = i32::from(next) + charge;
        }
        let radicals = i32::from(atom.radicals);
        let degree = self.neighbours(index).len() + usize::from(atom.implicit_hydrogens) - ignored;
        let degree = i32::try_from(degree).unwrap_or(i32::MAX);
        let crowded = total == 5 && orders == 4 && valence == 3 && degree == 3;
        if crowded && radicals == 0 && charge == 0 && hydrogens == 0 && matches!(atom.number, 7 | 15 | 33) {
            valence = 5;
        }
        if degree + radicals >= valence {
            return false;
        }
        valence == orders + 1 + radicals || (radicals == 0 && atom.fixed_hydrogens && valence == orders + 2)
    }

    /// Walks the system and places double bonds, taking choices back that lead nowhere.
    fn place_double_bonds(
        &mut self,
        system: &System,
        ranks: &[usize],
        mut candidates: Vec<bool>,
        settled: Vec<usize>,
    ) -> bool {
        let mut is_done = vec![false; self.atoms.len()];
        settled.iter().for_each(|&atom| is_done[atom] = true);
        let mut done = settled;
        let mut stack: VecDeque<usize> = VecDeque::new();
        let mut choices: Vec<(usize, VecDeque<usize>)> = Vec::new();
        let mut placed: Vec<usize> = Vec::new();
        let mut steps_back = 0;
        while done.len() < system.atoms.len() || !stack.is_empty() {
            let next = stack.pop_front().or_else(|| system.atoms.iter().copied().find(|&atom| !is_done[atom]));
            let Some(current) = next else { return true };
            done.push(current);
            is_done[current] = true;
            let open = candidates[current];
            let retried = choices.iter().position(|(atom, _)| *atom == current);
            let mut options = match retried {
                Some(at) => choices[at].1.clone(),
                None => self.options(system, ranks, current, &candidates, &is_done, &mut stack),
            };
            if !open {
                continue;
            }
            if let Some(partner) = options.pop_front() {
                let Some(bond) = self.bond_between(current, partner) else { continue };
                self.bonds[bond].order = BondOrder::Double;
                (candidates[current], candidates[partner]) = (false, false);
                placed.push(bond);
                match retried {
                    Some(at) if options.is_empty() => {
                        choices.remove(at);
                    }
                    Some(at) => choices[at].1 = options,
                    None if !options.is_empty() => choices.push((current, options)),
                    None => {}
                }
            } else if self.atoms[current].number != 0 {
                let Some(&(choice, _)) = choices.last().filter(|_| steps_back < MOST_STEPS_BACK) else {
                    placed.iter().for_each(|&bond| self.bonds[bond].order = BondOrder::Single);
                    return false;
                };
                steps_back += 1;
                self.take_back(choice, &mut done, &mut is_done, &mut stack, &mut candidates, &mut placed);
            }
        }
        true
    }

    /// The neighbours an atom may share a double bond with; those not met yet go on the stack.
    fn options(
        &self,
        system: &System,
        ranks: &[usize],
        current: usize,
        candidates: &[bool],
        is_done: &[bool],
        stack: &mut VecDeque<usize>,
    ) -> VecDeque<usize> {
        let mut options = VecDeque::new();
        let links = self.neighbours(current);
        let mut last = None;
        // By rank; an atom has few neighbours.
        while let Some(next) =
            links.iter().filter(|next| Some(ranks[next.atom]) > last).min_by_key(|next| ranks[next.atom])
        {
            last = Some(ranks[next.atom]);
            if is_done[next.atom] || !system.member[next.atom] {
                continue;
            }
            if !stack.contains(&next.atom) {
                stack.push_back(next.atom);
            }
            let free =
                self.bonds[next.bond].aromatic || self.atoms[current].number == 0 || self.atoms[next.atom].number == 0;
            if candidates[current] && candidates[next.atom] && free {
                options.push_back(next.atom);
            }
        }
        options
    }

    fn take_back(
        &mut self,
        choice: usize,
        done: &mut Vec<usize>,
        is_done: &mut [bool],
        stack: &mut VecDeque<usize>,
        candidates: &mut [bool],
        placed: &mut Vec<usize>,
    ) {
        let Some(first) = done.iter().position(|&atom| atom == choice) else { return };
        for &atom in done[first..].iter().rev() {
            stack.push_front(atom);
            is_done[atom] = false;
        }
        done.truncate(first);
        placed.retain(|&bond| {
            let Some(ends) = self.bonds.get(bond).map(|bond| [bond.begin, bond.end]) else { return false };
            let kept = ends.iter().any(|&atom| is_done[atom]);
            if !kept {
                self.bonds[bond].order = BondOrder::Single;
                ends.iter().for_each(|&atom| candidates[atom] = true);
            }
            kept
        });
    }

    /// Takes the aromatic marks away; written hydrogens of pyrrole-like atoms become implicit.
    fn clear_aromatic(&mut self, ring_counts: &[usize]) -> Result<(), AtomProblem> {
        for bond in &mut self.bonds {
            bond.aromatic = false;
            if bond.order == BondOrder::Aromatic {
                bond.order = BondOrder::Single;
            }
        }
        for (atom, &rings) in ring_counts.iter().enumerate() {
            let at = &mut self.atoms[atom];
            if !at.aromatic {
                continue;
            }
            if rings == 0 {
                return Err(AtomProblem { atom, problem: SmilesProblem::AromaticOutsideRing });
            }
            at.aromatic = false;
            if matches!(at.number, 7 | 15) && at.charge == 0 && at.explicit_hydrogens == 1 {
                at.fixed_hydrogens = false;
                at.explicit_hydrogens = 0;
                self.update_valence(atom, false)?;
            }
        }
        Ok(())
    }
}

/// Whether an element stands left of carbon, so that a positive charge lowers its valence.
fn is_early(number: u8) -> bool {
    matches!(number, 3..=5 | 11..=13 | 19..=22 | 30..=32 | 37..=41 | 48..=51 | 55..=61 | 72 | 73 | 80..=83 | 87..=93 | 104..=118)
}
