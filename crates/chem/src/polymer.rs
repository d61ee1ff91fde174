//! Descriptors of repeat units: what is backbone, what hangs from it, and what they carry.

use std::{collections::VecDeque, sync::OnceLock};

use matdock_message::{Message, say};

use crate::{BondOrder, DescriptorValue, MissingReason, Molecule};

macro_rules! descriptors {
    ($($name:literal $unit:literal $key:literal,)*) => {
        const NAMES: [&str; [$($name),*].len()] = [$($name),*];

        fn about(name: &str) -> Option<(Message, &'static str)> {
            match name { $($name => Some((say!($key), $unit)),)* _ => None }
        }
    };
}

descriptors! {
    "polymer.unit_mass" "u" "chem-polymer-unit-mass",
    "polymer.backbone_length" "1" "chem-polymer-backbone-length",
    "polymer.backbone_atoms" "1" "chem-polymer-backbone-atoms",
    "polymer.side_atoms" "1" "chem-polymer-side-atoms",
    "polymer.side_fraction" "1" "chem-polymer-side-fraction",
    "polymer.side_groups_per_atom" "1" "chem-polymer-side-groups",
    "polymer.longest_side_group" "1" "chem-polymer-longest-side-group",
    "polymer.rotatable_fraction" "1" "chem-polymer-rotatable",
    "polymer.ring_fraction" "1" "chem-polymer-ring",
    "polymer.aromatic_fraction" "1" "chem-polymer-aromatic",
    "polymer.heteroatom_spacing" "1" "chem-polymer-heteroatom-spacing",
    "polymer.ether_oxygens" "1" "chem-polymer-ether-oxygens",
    "polymer.ether_oxygen_density" "mol/kg" "chem-polymer-ether-density",
    "polymer.backbone_ether_fraction" "1" "chem-polymer-ether-backbone",
    "polymer.anions_on_chain" "1" "chem-polymer-anions",
    "polymer.cations_on_chain" "1" "chem-polymer-cations",
}

/// Descriptors of a repeat unit with two open ends (`*`), which do not depend on where the unit begins.
///
/// ```
/// use matdock_chem::{Molecule, Polymer};
///
/// let values = Polymer::describe(&Molecule::open_repeat_unit("*CCO*")?);
/// let place = Polymer::names().iter().position(|name| name == "polymer.ether_oxygens");
/// assert_eq!(place.map(|place| values[place]), Some(Ok(1.0)));
/// # Ok::<(), matdock_chem::SmilesError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Polymer;

impl Polymer {
    /// The names, in the order of [`Polymer::describe`].
    pub fn names() -> &'static [String] {
        static OWNED: OnceLock<Vec<String>> = OnceLock::new();
        OWNED.get_or_init(|| NAMES.map(String::from).to_vec())
    }

    /// What the descriptor of this name is, in a few words; `None` for a name it does not have.
    pub fn explain(name: &str) -> Option<Message> {
        about(name).map(|(message, _)| message)
    }

    /// UCUM code of the unit of a descriptor; `1` where it has none.
    pub fn unit(name: &str) -> &'static str {
        about(name).map_or("1", |(_, unit)| unit)
    }

    /// Every descriptor of a repeat unit read with [`Molecule::open_repeat_unit`], in the order of [`Polymer::names`].
    ///
    /// Units: [`Polymer::unit`]. Source: the backbone are the atoms on any path from end to end, so that a ring in the
    /// chain belongs to it as a whole. Errors: not two open ends in one fragment; nothing to relate to.
    pub fn describe(unit: &Molecule) -> Vec<DescriptorValue> {
        match Chain::of(unit) {
            Some(chain) => chain.values(),
            None => vec![Err(MissingReason::NotARepeatUnit); NAMES.len()],
        }
    }
}

/// A repeat unit seen as a chain.
struct Chain<'a> {
    unit: &'a Molecule,
    /// Atoms along the shortest way between the ends, the ends left out.
    way: Vec<usize>,
    backbone: Vec<bool>,
}

impl<'a> Chain<'a> {
    fn of(unit: &'a Molecule) -> Option<Self> {
        let wildcards: Vec<usize> = (0..unit.atoms().len()).filter(|&atom| unit.atoms()[atom].number == 0).collect();
        let [start, end] = wildcards[..] else { return None };
        let way = shortest(unit, start, end)?;
        let way: Vec<usize> = way.into_iter().filter(|&atom| atom != start && atom != end).collect();
        let backbone = between(unit, start, end);
        (!way.is_empty()).then_some(Self { unit, way, backbone })
    }

    fn is_wildcard(&self, atom: usize) -> bool {
        self.unit.atoms()[atom].number == 0
    }

    /// Heavy atoms but the ends, of the chain's own fragment.
    fn atoms(&self) -> impl Iterator<Item = usize> + '_ {
        let own = self.way.first().map(|&atom| self.unit.fragments()[atom]);
        let heavy = |atom: &usize| self.unit.atoms()[*atom].number > 1;
        (0..self.unit.atoms().len()).filter(heavy).filter(move |&atom| Some(self.unit.fragments()[atom]) == own)
    }

    fn values(&self) -> Vec<DescriptorValue> {
        let unit = self.unit;
        let backbone: Vec<usize> = self.atoms().filter(|&atom| self.backbone[atom]).collect();
        let all = self.atoms().count() as f64;
        let side = all - backbone.len() as f64;
        let size = backbone.len() as f64;
        let share =
            |condition: &dyn Fn(usize) -> bool| backbone.iter().filter(|&&atom| condition(atom)).count() as f64 / size;
        let in_ring = |atom: usize| unit.rings().iter().any(|ring| ring.atoms.contains(&atom));
        let heteroatoms = self.way.iter().filter(|&&atom| !matches!(unit.atoms()[atom].number, 1 | 6)).count();
        let ethers: Vec<usize> = self.atoms().filter(|&atom| self.is_ether(atom)).collect();
        let ethers_in_backbone = ethers.iter().filter(|&&atom| self.backbone[atom]).count() as f64;
        let or_missing = |numerator: f64, denominator: f64| match denominator > 0.0 {
            true => Ok(numerator / denominator),
            false => Err(MissingReason::NothingToAverage),
        };
        let (groups, longest) = self.side_groups();
        let mass = unit.molar_mass();
        let length = self.way.len() as f64;
        vec![
            Ok(mass),
            Ok(length),
            Ok(size),
            Ok(side),
            Ok(side / all),
            Ok(groups as f64 / size),
            Ok(longest as f64),
            Ok(self.rotatable() as f64 / length),
            Ok(share(&in_ring)),
            Ok(share(&|atom| unit.atoms()[atom].aromatic)),
            or_missing(length, heteroatoms as f64),
            Ok(ethers.len() as f64),
            or_missing(1000.0 * ethers.len() as f64, mass),
            or_missing(ethers_in_backbone, ethers.len() as f64),
            Ok(self.charged(-1) as f64),
            Ok(self.charged(1) as f64),
        ]
    }

    /// An oxygen between two carbons neither of which is a carbonyl; across the end of the unit the next one counts.
    fn is_ether(&self, atom: usize) -> bool {
        let unit = self.unit;
        let centre = &unit.atoms()[atom];
        let links = unit.neighbours(atom);
        let carbonyl = |carbon: usize| {
            unit.neighbours(carbon).iter().any(|next| {
                unit.bonds()[next.bond].order == BondOrder::Double
                    && matches!(unit.atoms()[next.atom].number, 7 | 8 | 16)
            })
        };
        let partner = |next: usize| {
            if self.is_wildcard(next) { self.across(next) } else { Some(next) }
        };
        let suits = |next: usize| partner(next).is_some_and(|next| unit.atoms()[next].number == 6 && !carbonyl(next));
        centre.number == 8 && !centre.aromatic && links.len() == 2 && links.iter().all(|next| suits(next.atom))
    }

    /// The atom behind an end, in the next unit.
    fn across(&self, end: usize) -> Option<usize> {
        let joint = self.unit.neighbours(end).first()?.atom;
        match (self.way.first(), self.way.last()) {
            (Some(&first), Some(&last)) if first == last => Some(first),
            (Some(&first), Some(&last)) => Some(if joint == first { last } else { first }),
            _ => None,
        }
    }

    /// Single bonds of the way outside rings, the one to the next unit included.
    fn rotatable(&self) -> usize {
        let turns = |pair: &[usize]| {
            self.unit.bond_between(pair[0], pair[1]).is_some_and(|bond| {
                let ring = self.unit.rings().iter().any(|ring| pair.iter().all(|atom| ring.atoms.contains(atom)));
                self.unit.bonds()[bond].order == BondOrder::Single && !ring
            })
        };
        self.way.windows(2).filter(|pair| turns(pair)).count() + 1
    }

    /// Number of groups that hang from the backbone, and the most atoms in a row from it into one of them.
    fn side_groups(&self) -> (usize, usize) {
        let mut depth = vec![0_usize; self.unit.atoms().len()];
        let mut groups = 0;
        let mut longest = 0;
        let mut open: VecDeque<usize> = self.atoms().filter(|&atom| self.backbone[atom]).collect();
        while let Some(atom) = open.pop_front() {
            for next in self.unit.neighbours(atom) {
                let other = next.atom;
                if self.backbone[other]
                    || depth[other] > 0
                    || self.is_wildcard(other)
                    || self.unit.atoms()[other].number == 1
                {
                    continue;
                }
                depth[other] = depth[atom] + 1;
                groups += usize::from(self.backbone[atom]);
                longest = longest.max(depth[other]);
                open.push_back(other);
            }
        }
        (groups, longest)
    }

    /// Charged atoms of the chain that no neighbour of the opposite charge makes up for, as in a nitro group.
    fn charged(&self, sign: i8) -> usize {
        let charge = |atom: usize| self.unit.atoms()[atom].charge.signum();
        let bare = |atom: &usize| {
            charge(*atom) == sign && self.unit.neighbours(*atom).iter().all(|next| charge(next.atom) != -sign)
        };
        self.atoms().filter(bare).count()
    }
}

fn shortest(unit: &Molecule, start: usize, end: usize) -> Option<Vec<usize>> {
    let mut before = vec![usize::MAX; unit.atoms().len()];
    before[start] = start;
    let mut open = VecDeque::from([start]);
    while let Some(atom) = open.pop_front() {
        if atom == end {
            let mut way = vec![end];
            let mut at = end;
            while at != start {
                at = before[at];
                way.push(at);
            }
            way.reverse();
            return Some(way);
        }
        for next in unit.neighbours(atom) {
            if before[next.atom] == usize::MAX {
                before[next.atom] = atom;
                open.push_back(next.atom);
            }
        }
    }
    None
}

/// Atoms on any path between two ends: with the ends joined, those of the block (biconnected component) of that joint.
///
/// Source: Hopcroft and Tarjan, Commun. ACM 16, 372 (1973), without recursion.
fn between(unit: &Molecule, start: usize, end: usize) -> Vec<bool> {
    let count = unit.atoms().len();
    let mut found = vec![0_usize; count];
    let mut low = vec![0_usize; count];
    let mut inside = vec![false; count];
    // Begun along the joint start - end, everything that reaches back to `start` before leaving `end` is in its block.
    (found[start], low[start], found[end], low[end]) = (1, 1, 2, 1);
    let mut clock = 2;
    let mut stack = vec![(end, 0_usize)];
    let mut block = vec![end];
    while let Some(&(atom, at)) = stack.last() {
        let top = stack.len() - 1;
        match unit.neighbours(atom).get(at) {
            Some(next) => {
                stack[top].1 += 1;
                let parent = if top == 0 { start } else { stack[top - 1].0 };
                let other = next.atom;
                if found[other] == 0 {
                    clock += 1;
                    (found[other], low[other]) = (clock, clock);
                    stack.push((other, 0));
                    block.push(other);
                } else if other != parent || top == 0 {
                    low[atom] = low[atom].min(found[other]);
                }
            }
            None => {
                stack.pop();
                if let Some(&(parent, _)) = stack.last() {
                    low[parent] = low[parent].min(low[atom]);
                    if low[atom] >= found[parent] {
                        // A block of its own hangs from `parent`; it is not on the way.
                        while let Some(top) = block.pop() {
                            if top == atom {
                                break;
                            }
                        }
                    }
                }
            }
        }
    }
    block.into_iter().for_each(|atom| inside[atom] = true);
    (inside[start], inside[end]) = (false, false);
    inside
}

#[cfg(test)]
mod tests {
    use matdock_message::Language;

    use super::*;

    fn value(unit: &str, name: &str) -> DescriptorValue {
        let unit = Molecule::open_repeat_unit(unit).unwrap();
        let place = Polymer::names().iter().position(|known| known == &format!("polymer.{name}")).unwrap();
        Polymer::describe(&unit)[place]
    }

    #[test]
    fn backbone_and_side_groups_of_common_polymers() {
        let polystyrene = "*CC(*)c1ccccc1";
        assert_eq!(value(polystyrene, "backbone_atoms"), Ok(2.0));
        assert_eq!(value(polystyrene, "side_atoms"), Ok(6.0));
        assert_eq!(value(polystyrene, "longest_side_group"), Ok(4.0));
        assert_eq!(value(polystyrene, "side_groups_per_atom"), Ok(0.5));
        assert_eq!(value(polystyrene, "rotatable_fraction"), Ok(1.0));
        // The whole ring of poly(phenylene oxide) is backbone, its methyl groups are not.
        let ppo = "*Oc1c(C)cc(*)cc1C";
        assert_eq!(value(ppo, "backbone_atoms"), Ok(7.0));
        assert_eq!(value(ppo, "backbone_length"), Ok(5.0));
        assert_eq!(value(ppo, "ring_fraction"), Ok(6.0 / 7.0));
        assert_eq!(value(ppo, "side_atoms"), Ok(2.0));
        assert_eq!(value(ppo, "ether_oxygens"), Ok(1.0));
        // A ring joined by one shared atom hangs from the backbone.
        assert_eq!(value("*CC1(CCC1)C*", "backbone_atoms"), Ok(3.0));
    }

    #[test]
    fn nothing_depends_on_where_the_unit_begins() {
        for name in NAMES {
            let name = name.trim_start_matches("polymer.");
            assert_eq!(value("*CCO*", name), value("*OCC*", name), "{name}");
            assert_eq!(value("*CCO*", name), value("*COC*", name), "{name}");
        }
        assert_eq!(value("*CCO*", "heteroatom_spacing"), Ok(3.0));
        // 1000 / 44.053 g/mol
        assert!((value("*CCO*", "ether_oxygen_density").unwrap() - 22.6999).abs() < 1e-3);
        assert_eq!(value("*OC(=O)C*", "ether_oxygens"), Ok(0.0), "an ester is no ether");
    }

    #[test]
    fn ions_on_the_chain_are_told_from_those_beside_it() {
        let lithium_sulfonate = "*CC(*)c1ccc(cc1)S(=O)(=O)[O-].[Li+]";
        assert_eq!(value(lithium_sulfonate, "anions_on_chain"), Ok(1.0));
        assert_eq!(value(lithium_sulfonate, "cations_on_chain"), Ok(0.0));
        assert_eq!(value("*CC(*)[N+](=O)[O-]", "anions_on_chain"), Ok(0.0), "a nitro group is neutral");
    }

    #[test]
    fn what_is_no_repeat_unit_has_no_such_descriptors() {
        for smiles in ["CCO", "*CC", "*C(*)C*"] {
            assert_eq!(value(smiles, "backbone_atoms"), Err(MissingReason::NotARepeatUnit), "{smiles}");
        }
        assert_eq!(value("*CC*", "heteroatom_spacing"), Err(MissingReason::NothingToAverage));
    }

    #[test]
    fn every_descriptor_is_explained() {
        for name in Polymer::names() {
            for language in [Language::English, Language::Japanese] {
                let text = Polymer::explain(name).unwrap().text(language);
                assert!(!text.contains("chem-"), "{name}");
            }
        }
    }
}
