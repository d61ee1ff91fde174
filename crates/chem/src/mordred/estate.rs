//! Electrotopological states. Source: Hall and Kier, J. Chem. Inf. Comput. Sci. 35, 1039 (1995).

use super::{
    MissingReason, Values,
    context::{Context, Graph},
};
use crate::{
    BondOrder, Molecule,
    molecule::table::{facts, number_of},
};

/// State of each atom: its own value and what the others withdraw.
pub(crate) fn indices(graph: &Graph<'_>) -> Vec<f64> {
    let molecule = &graph.molecule;
    let own: Vec<f64> = (0..graph.count()).map(|atom| intrinsic(molecule, atom)).collect();
    let mut states = own.clone();
    for i in 0..graph.count() {
        for (j, &distance) in graph.row(i).iter().enumerate().skip(i + 1) {
            if distance == Graph::APART {
                continue;
            }
            let length = f64::from(distance) + 1.0;
            let step = (own[i] - own[j]) / (length * length);
            states[i] += step;
            states[j] -= step;
        }
    }
    states
}

fn intrinsic(molecule: &Molecule, index: usize) -> f64 {
    let degree = molecule.neighbours(index).len();
    if degree == 0 {
        return 0.0;
    }
    let atom = &molecule.atoms()[index];
    let shell: f64 = match atom.number {
        0..=2 => 1.0,
        3..=10 => 2.0,
        11..=18 => 3.0,
        19..=36 => 4.0,
        37..=54 => 5.0,
        55..=86 => 6.0,
        _ => 7.0,
    };
    let valence = f64::from(facts(atom.number).outer_electrons) - atom.hydrogens() as f64;
    (4.0 / (shell * shell) * valence + 1.0) / degree as f64
}

/// Atom types: number, sum, largest and smallest state of the atoms of each.
pub(crate) mod types {
    use std::sync::OnceLock;

    use super::*;

    /// Bonds (s single, d double, t triple, a aromatic), element and hydrogens.
    const TYPES: [&str; 79] = [
        "sLi", "ssBe", "ssssBe", "ssBH", "sssB", "ssssB", "sCH3", "dCH2", "ssCH2", "tCH", "dsCH", "aaCH", "sssCH",
        "ddC", "tsC", "dssC", "aasC", "aaaC", "ssssC", "sNH3", "sNH2", "ssNH2", "dNH", "ssNH", "aaNH", "tN", "sssNH",
        "dsN", "aaN", "sssN", "ddsN", "aasN", "ssssN", "sOH", "dO", "ssO", "aaO", "sF", "sSiH3", "ssSiH2", "sssSiH",
        "ssssSi", "sPH2", "ssPH", "sssP", "dsssP", "sssssP", "sSH", "dS", "ssS", "aaS", "dssS", "ddssS", "sCl",
        "sGeH3", "ssGeH2", "sssGeH", "ssssGe", "sAsH2", "ssAsH", "sssAs", "sssdAs", "sssssAs", "sSeH", "dSe", "ssSe",
        "aaSe", "dssSe", "ddssSe", "sBr", "sSnH3", "ssSnH2", "sssSnH", "ssssSn", "sI", "sPbH3", "ssPbH2", "sssPbH",
        "ssssPb",
    ];
    /// Of these types any number of hydrogens will do.
    const ANY_HYDROGENS: [&str; 9] = ["sLi", "ssBe", "ssssBe", "sssB", "ssssB", "sF", "sCl", "sBr", "sI"];

    struct Type {
        number: u8,
        /// Single, double, triple, aromatic.
        bonds: [usize; 4],
        hydrogens: Option<usize>,
        name: &'static str,
    }

    fn parsed() -> &'static [Type] {
        static TABLE: OnceLock<Vec<Type>> = OnceLock::new();
        TABLE.get_or_init(|| TYPES.iter().map(|name| parse(name)).collect())
    }

    fn parse(name: &'static str) -> Type {
        let element = name.find(|letter: char| letter.is_ascii_uppercase()).unwrap_or_default();
        let (letters, rest) = name.split_at(element);
        let (symbol, hydrogens) = match rest[1..].find('H') {
            Some(at) => (&rest[..=at], rest[at + 2..].parse().unwrap_or(1)),
            None => (rest, 0),
        };
        let bonds = ['s', 'd', 't', 'a'].map(|kind| letters.matches(kind).count());
        let any = ANY_HYDROGENS.contains(&name);
        Type { number: number_of(symbol).unwrap_or_default(), bonds, hydrogens: (!any).then_some(hydrogens), name }
    }

    pub fn names(names: &mut Vec<String>) {
        for prefix in ["N", "S", "MAX", "MIN"] {
            names.extend(TYPES.iter().map(|name| format!("{prefix}{name}")));
        }
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let molecule = &context.heavy.molecule;
        let mut counts = [0.0; TYPES.len()];
        let mut sums = [0.0; TYPES.len()];
        let mut most = [f64::NEG_INFINITY; TYPES.len()];
        let mut least = [f64::INFINITY; TYPES.len()];
        for (atom, &state) in context.estate.iter().enumerate() {
            if let Some(at) = type_of(molecule, atom) {
                counts[at] += 1.0;
                sums[at] += state;
                most[at] = most[at].max(state);
                least[at] = least[at].min(state);
            }
        }
        let of_some = |value: f64| if value.is_finite() { Ok(value) } else { Err(MissingReason::NothingToAverage) };
        values.extend(counts.map(Ok));
        values.extend(sums.map(Ok));
        values.extend(most.map(of_some));
        values.extend(least.map(of_some));
    }

    fn type_of(molecule: &Molecule, index: usize) -> Option<usize> {
        let atom = &molecule.atoms()[index];
        let links = molecule.neighbours(index);
        let mut bonds = [0; 4];
        for link in links {
            match molecule.bonds()[link.bond].order {
                BondOrder::Single => bonds[0] += 1,
                BondOrder::Double => bonds[1] += 1,
                BondOrder::Triple => bonds[2] += 1,
                BondOrder::Aromatic => bonds[3] += 1,
                _ => {}
            }
        }
        let hydrogens = molecule.total_hydrogens(index);
        let oxo = |link: &&crate::Neighbour| {
            let other = &molecule.atoms()[link.atom];
            let plain = other.number == 8 && !other.aromatic;
            plain && molecule.neighbours(link.atom).len() == 1 && molecule.total_hydrogens(link.atom) == 0
        };
        let oxos = links.iter().filter(oxo).count();
        parsed().iter().position(|kind| {
            if kind.number != atom.number {
                return false;
            }
            match kind.name {
                // Nitro and sulfone groups: the two terminal oxygens may be drawn with any bond.
                "ddsN" => !atom.aromatic && links.len() == 3 && hydrogens == 0 && oxos >= 2 && bonds[0] + bonds[3] >= 1,
                "ddssS" => {
                    let inner = links.iter().filter(|link| !oxo(link));
                    let single = |link: &&crate::Neighbour| molecule.bonds()[link.bond].order == BondOrder::Single;
                    let wanted = links.len() - oxos.min(2);
                    let terminal_single = links.iter().filter(oxo).filter(single).count();
                    let singles = inner.filter(single).count() + terminal_single.min(oxos.saturating_sub(2));
                    !atom.aromatic && links.len() == 4 && hydrogens == 0 && oxos >= 2 && singles >= wanted
                }
                "aasN" => {
                    atom.aromatic && links.len() == 3 && hydrogens == 0 && bonds[3] >= 2 && bonds[3] + bonds[0] == 3
                }
                _ => {
                    let aromatic = kind.bonds[3] > 0;
                    let aliphatic = aromatic || !atom.aromatic;
                    aliphatic
                        && links.len() == kind.bonds.iter().sum::<usize>()
                        && bonds == kind.bonds
                        && kind.hydrogens.is_none_or(|wanted| wanted == hydrogens)
                }
            }
        })
    }
}
