//! The Kekulé form: double bonds placed in aromatic ring systems.

use std::{cell::OnceCell, collections::VecDeque};

use smallvec::SmallVec;

use super::{BondOrder, Molecule, SmilesProblem, fused::Fusion, smiles_error::AtomProblem, table::facts};

/// How often the search may take a choice back.
const MOST_STEPS_BACK: usize = 100;
/// Wildcards of one ring system that are tried with and without a double bond.
const MOST_WILDCARDS: usize = 12;

/// The atoms of one ring system and which of them can take a double bond.
#[derive(Default)]
struct System {
    atoms: Vec<usize>,
    open: Vec<usize>,
    settled: Vec<usize>,
    wildcards: Vec<usize>,
}

/// What is known of each atom while the systems are gone through; false for all between two of them.
#[derive(Clone, Copy, Default)]
struct Mark {
    member: bool,
    /// Can take a double bond and has none.
    candidate: bool,
    done: bool,
}

/// Neighbours an atom may share a double bond with.
type Options = SmallVec<[usize; 4]>;

/// Which atoms are in a ring that has an aromatic atom of its own; found when first asked for.
struct Promising<'a> {
    rings: &'a [super::Ring],
    known: OnceCell<Vec<bool>>,
}

impl Promising<'_> {
    fn atom(&self, molecule: &Molecule, atom: usize) -> bool {
        let known = self.known.get_or_init(|| {
            let mut known = vec![false; molecule.atoms.len()];
            let own = |&atom: &usize| molecule.ring_count_of_atom(atom) == 1 && molecule.touches_aromatic(atom);
            for ring in self.rings.iter().filter(|ring| ring.atoms.iter().any(own)) {
                ring.atoms.iter().for_each(|&atom| known[atom] = true);
            }
            known
        });
        known[atom]
    }
}

impl Molecule {
    /// Turns aromatic bonds into single and double ones and takes the aromatic marks away.
    pub(super) fn kekulize(&mut self) -> Result<(), AtomProblem> {
        if !self.atoms.iter().any(|atom| atom.aromatic) && !self.bonds.iter().any(|bond| bond.aromatic) {
            return Ok(());
        }
        self.place_in_systems(None)?;
        self.clear_aromatic()
    }

    /// Chooses the Kekulé form anew, so that it does not depend on the order of writing.
    pub(crate) fn choose_kekule_form(&mut self) {
        if !self.bonds.iter().any(|bond| bond.aromatic) {
            return;
        }
        let orders: Vec<BondOrder> = self.bonds.iter().map(|bond| bond.order).collect();
        let ranks = self.ranks();
        let placed = self.place_in_systems(Some(&ranks)).is_ok();
        for (bond, order) in self.bonds.iter_mut().zip(orders) {
            if placed {
                bond.kekule = if bond.order == BondOrder::Aromatic { BondOrder::Single } else { bond.order };
            }
            bond.order = order;
        }
    }

    /// Places the double bonds, ring system by ring system, along the ranks of the atoms; without ranks in their order.
    fn place_in_systems(&mut self, ranks: Option<&[usize]>) -> Result<(), AtomProblem> {
        let rings = std::mem::take(&mut self.rings);
        let considered: Vec<_> =
            rings.iter().filter(|ring| ring.atoms.iter().any(|&atom| self.atoms[atom].number != 0)).collect();
        let fusion = Fusion::new(&considered, usize::MAX, usize::MAX);
        let promising = Promising { rings: &rings, known: OnceCell::new() };
        let mut marks = vec![Mark::default(); self.atoms.len()];
        let mut system = System::default();
        let mut result = Ok(());
        for numbers in fusion.systems() {
            system.atoms.clear();
            for &atom in numbers.iter().flat_map(|&ring| &considered[ring].atoms) {
                if !std::mem::replace(&mut marks[atom].member, true) {
                    system.atoms.push(atom);
                }
            }
            match ranks {
                Some(ranks) => system.atoms.sort_unstable_by_key(|&atom| ranks[atom]),
                None => system.atoms.sort_unstable(),
            }
            result = self.kekulize_system(&mut system, &mut marks, ranks, &promising);
            system.atoms.iter().for_each(|&atom| marks[atom] = Mark::default());
            if result.is_err() {
                break;
            }
        }
        self.rings = rings;
        result
    }

    fn kekulize_system(
        &mut self,
        system: &mut System,
        marks: &mut [Mark],
        ranks: Option<&[usize]>,
        promising: &Promising<'_>,
    ) -> Result<(), AtomProblem> {
        if !self.mark_candidates(system, marks, promising) {
            return Ok(());
        }
        system.settled.iter().for_each(|&atom| marks[atom].done = true);
        if self.place_double_bonds(system, system.settled.len(), ranks, marks) {
            return Ok(());
        }
        let wildcards = &system.wildcards[..system.wildcards.len().min(MOST_WILDCARDS)];
        for pattern in 1_u32..(1 << wildcards.len()) {
            for &atom in &system.atoms {
                (marks[atom].candidate, marks[atom].done) = (false, false);
            }
            system.open.iter().for_each(|&atom| marks[atom].candidate = true);
            for (bit, &atom) in wildcards.iter().enumerate() {
                if pattern & (1 << bit) != 0 {
                    marks[atom].candidate = false;
                }
            }
            for bond in &mut self.bonds {
                if bond.aromatic && marks[bond.begin].member && marks[bond.end].member {
                    bond.order = BondOrder::Single;
                }
            }
            if self.place_double_bonds(system, 0, ranks, marks) {
                return Ok(());
            }
        }
        let atom = system.open.first().copied().unwrap_or(system.atoms[0]);
        Err(AtomProblem { atom, problem: SmilesProblem::NotAromatic })
    }

    /// Finds the atoms that can take a double bond and makes every aromatic bond of the system single; false where
    /// nothing is to be placed.
    fn mark_candidates(&mut self, system: &mut System, marks: &mut [Mark], promising: &Promising<'_>) -> bool {
        system.open.clear();
        system.settled.clear();
        system.wildcards.clear();
        let mut single: SmallVec<[usize; 32]> = SmallVec::new();
        for &atom in &system.atoms {
            let at = self.atoms[atom];
            if at.number != 0 && !self.touches_aromatic(atom) {
                system.settled.push(atom);
                continue;
            }
            let (mut orders, mut ignored, mut plain) = (0, 0, 0);
            for next in self.neighbours(atom) {
                let bond = &self.bonds[next.bond];
                let other = &self.atoms[next.atom];
                plain += usize::from(other.number != 0 && !other.aromatic && marks[next.atom].member);
                if bond.aromatic && matches!(bond.order, BondOrder::Single | BondOrder::Double | BondOrder::Aromatic) {
                    orders += 1;
                    single.push(next.bond);
                } else {
                    let contribution = (self.doubled_contribution(next.bond, atom) + 1) / 2;
                    orders += contribution;
                    ignored += usize::from(contribution == 0);
                }
            }
            let wildcard = at.number == 0 && plain < self.ring_count_of_atom(atom) && promising.atom(self, atom);
            if wildcard {
                system.wildcards.push(atom);
            }
            if wildcard || self.can_take_double(atom, orders, ignored) {
                marks[atom].candidate = true;
                system.open.push(atom);
            }
        }
        for bond in single {
            self.bonds[bond].order = BondOrder::Single;
        }
        system.settled.len() < system.atoms.len()
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

    /// Walks the system and places double bonds, taking choices back that lead nowhere. So many of the settled atoms are
    /// done from the start.
    fn place_double_bonds(
        &mut self,
        system: &System,
        settled: usize,
        ranks: Option<&[usize]>,
        marks: &mut [Mark],
    ) -> bool {
        let mut done = system.settled[..settled].to_vec();
        let mut stack: VecDeque<usize> = VecDeque::with_capacity(system.atoms.len());
        let mut choices: Vec<(usize, Options)> = Vec::new();
        let mut placed: Vec<usize> = Vec::with_capacity(system.atoms.len() / 2);
        let mut steps_back = 0;
        // All atoms of the system before this place are done.
        let mut first_open = 0;
        while done.len() < system.atoms.len() || !stack.is_empty() {
            let next = stack.pop_front().or_else(|| {
                first_open += system.atoms[first_open..].iter().take_while(|&&atom| marks[atom].done).count();
                system.atoms.get(first_open).copied()
            });
            let Some(current) = next else { return true };
            done.push(current);
            marks[current].done = true;
            let open = marks[current].candidate;
            let retried = choices.iter().position(|(atom, _)| *atom == current);
            let mut options = match retried {
                Some(at) => choices[at].1.clone(),
                None => self.options(ranks, current, marks, &mut stack),
            };
            if !open {
                continue;
            }
            if let Some(partner) = (!options.is_empty()).then(|| options.remove(0)) {
                let Some(bond) = self.bond_between(current, partner) else { continue };
                self.bonds[bond].order = BondOrder::Double;
                (marks[current].candidate, marks[partner].candidate) = (false, false);
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
                first_open = 0;
                self.take_back(choice, &mut done, marks, &mut stack, &mut placed);
            }
        }
        true
    }

    /// The neighbours an atom may share a double bond with; those not met yet go on the stack.
    fn options(&self, ranks: Option<&[usize]>, current: usize, marks: &[Mark], stack: &mut VecDeque<usize>) -> Options {
        let mut links: SmallVec<[super::Neighbour; 4]> = SmallVec::new();
        let open = |next: &&super::Neighbour| marks[next.atom].member && !marks[next.atom].done;
        links.extend(self.neighbours(current).iter().filter(open).copied());
        match ranks {
            Some(ranks) => links.sort_unstable_by_key(|next| ranks[next.atom]),
            None => links.sort_unstable_by_key(|next| next.atom),
        }
        let mut options = Options::new();
        for next in links {
            if !stack.contains(&next.atom) {
                stack.push_back(next.atom);
            }
            let free =
                self.bonds[next.bond].aromatic || self.atoms[current].number == 0 || self.atoms[next.atom].number == 0;
            if marks[current].candidate && marks[next.atom].candidate && free {
                options.push(next.atom);
            }
        }
        options
    }

    fn take_back(
        &mut self,
        choice: usize,
        done: &mut Vec<usize>,
        marks: &mut [Mark],
        stack: &mut VecDeque<usize>,
        placed: &mut Vec<usize>,
    ) {
        let Some(first) = done.iter().position(|&atom| atom == choice) else { return };
        for &atom in done[first..].iter().rev() {
            stack.push_front(atom);
            marks[atom].done = false;
        }
        done.truncate(first);
        placed.retain(|&bond| {
            let Some(ends) = self.bonds.get(bond).map(|bond| [bond.begin, bond.end]) else { return false };
            let kept = ends.iter().any(|&atom| marks[atom].done);
            if !kept {
                self.bonds[bond].order = BondOrder::Single;
                ends.iter().for_each(|&atom| marks[atom].candidate = true);
            }
            kept
        });
    }

    /// Takes the aromatic marks away; written hydrogens of pyrrole-like atoms become implicit.
    fn clear_aromatic(&mut self) -> Result<(), AtomProblem> {
        for bond in &mut self.bonds {
            bond.aromatic = false;
            if bond.order == BondOrder::Aromatic {
                bond.order = BondOrder::Single;
            }
        }
        for atom in 0..self.atoms.len() {
            if !self.atoms[atom].aromatic {
                continue;
            }
            if self.ring_count_of_atom(atom) == 0 {
                return Err(AtomProblem { atom, problem: SmilesProblem::AromaticOutsideRing });
            }
            let at = &mut self.atoms[atom];
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
