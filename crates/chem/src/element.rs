//! The chemical elements and what is known of each.
//!
//! The numbers, their units and their primary sources are in `data/elements.csv`.

use std::{fmt, sync::OnceLock};

use matdock_message::{Message, say};

const TABLE: &str = include_str!("../data/elements.csv");

/// A chemical element, from hydrogen to oganesson. Elements compare by atomic number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element(u8);

/// The block of the periodic table an element stands in: which subshell is being filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Block {
    /// Groups 1, 2, and helium.
    S,
    /// Groups 13 to 18.
    P,
    /// Groups 3 to 12.
    D,
    /// Lanthanides and actinides.
    F,
}

struct Row {
    symbol: &'static str,
    name: &'static str,
    block: Block,
}

/// One value for each element, by atomic number.
pub(crate) type Column = [f64; 118];

struct Table {
    rows: Vec<Row>,
    columns: [Column; Property::ALL.len()],
    /// By [`place`] of the symbol.
    by_symbol: [Option<Element>; 26 * 27],
}

impl Element {
    /// The element with `atomic_number` protons; `None` outside 1 to 118.
    pub fn from_atomic_number(atomic_number: u8) -> Option<Self> {
        (1..=table().rows.len()).contains(&usize::from(atomic_number)).then_some(Self(atomic_number))
    }

    /// The element with this symbol, spelt exactly (`Co` is cobalt, `CO` is nothing).
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        table().by_symbol.get(place(symbol)?).copied().flatten()
    }

    /// Every element, by atomic number.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=118).filter_map(Self::from_atomic_number)
    }

    /// Number of protons.
    pub fn atomic_number(self) -> u8 {
        self.0
    }

    /// Symbol, such as `Fe`.
    pub fn symbol(self) -> &'static str {
        self.row().symbol
    }

    /// English name (IUPAC, American spelling).
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Block of the periodic table.
    pub fn block(self) -> Block {
        self.row().block
    }

    /// Standard atomic weight. Units: u, or g/mol of atoms.
    pub fn mass(self) -> f64 {
        // A test makes sure that every element has one.
        self.get(Property::Mass).unwrap_or_default()
    }

    /// A property of the element; `None` where no source knows it, never a made-up zero.
    ///
    /// Units: [`Property::unit`]. Source: the header of `data/elements.csv`.
    pub fn get(self, property: Property) -> Option<f64> {
        Some(property.column()[usize::from(self.0) - 1]).filter(|value| !value.is_nan())
    }

    fn row(self) -> &'static Row {
        &table().rows[usize::from(self.0) - 1]
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

macro_rules! properties {
    ($($variant:ident $name:literal $unit:literal $column:literal $key:literal $doc:literal,)*) => {
        /// A numeric property of an element.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Property {
            $(#[doc = $doc] $variant,)*
        }

        impl Property {
            /// Every property, in the order of their declaration.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Name used in the names of features, such as `electronegativity`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// UCUM code of its unit; `1` where it has none.
            pub fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit,)* }
            }

            /// What it is, in a few words.
            pub fn describe(self) -> Message {
                match self { $(Self::$variant => say!($key),)* }
            }

            fn header(self) -> &'static str {
                match self { $(Self::$variant => $column,)* }
            }
        }
    };
}

properties! {
    AtomicNumber "atomic_number" "1" "atomic_number" "chem-property-atomic-number" "Number of protons.",
    Mass "mass" "u" "mass [u]" "chem-property-mass" "Standard atomic weight.",
    Period "period" "1" "period" "chem-property-period" "Row of the periodic table.",
    Group "group" "1" "group" "chem-property-group" "Column of the periodic table, 1 to 18; the f-block is in 3.",
    SValence "s_valence" "1" "s" "chem-property-s-valence" "Valence electrons in s orbitals.",
    PValence "p_valence" "1" "p" "chem-property-p-valence" "Valence electrons in p orbitals.",
    DValence "d_valence" "1" "d" "chem-property-d-valence" "Valence electrons in d orbitals.",
    FValence "f_valence" "1" "f" "chem-property-f-valence" "Valence electrons in f orbitals.",
    Valence "valence" "1" "" "chem-property-valence" "All valence electrons.",
    Electronegativity "electronegativity" "1" "electronegativity" "chem-property-electronegativity" "Electronegativity on Pauling's scale.",
    CovalentRadius "covalent_radius" "pm" "covalent_radius [pm]" "chem-property-covalent-radius" "Covalent radius (Cordero).",
    AtomicRadius "atomic_radius" "pm" "atomic_radius [pm]" "chem-property-atomic-radius" "Atomic radius (Slater).",
    MeltingPoint "melting_point" "K" "melting_point [K]" "chem-property-melting-point" "Melting point of the element.",
    BoilingPoint "boiling_point" "K" "boiling_point [K]" "chem-property-boiling-point" "Boiling (or sublimation) point of the element at 1 atm.",
    IonisationEnergy "ionisation_energy" "eV" "ionisation_energy [eV]" "chem-property-ionisation-energy" "First ionisation energy.",
    ElectronAffinity "electron_affinity" "eV" "electron_affinity [eV]" "chem-property-electron-affinity" "Electron affinity.",
    Density "density" "g/cm3" "density [g/cm3]" "chem-property-density" "Density of the element near room temperature.",
    AtomisationEnthalpy "atomisation_enthalpy" "kJ/mol" "atomisation_enthalpy [kJ/mol]" "chem-property-atomisation-enthalpy" "Enthalpy of the gaseous atom against the element: how strongly the element holds together.",
    Polarisability "polarisability" "[bohr]3" "polarisability [bohr3]" "chem-property-polarisability" "Static dipole polarisability of the free atom, in atomic units.",
    Pettifor "pettifor" "1" "pettifor" "chem-property-pettifor" "Place on Pettifor's chemical scale.",
    MendeleevNumber "mendeleev_number" "1" "mendeleev" "chem-property-mendeleev-number" "Mendeleev number.",
}

impl Property {
    /// Its value for every element, by atomic number; NaN where no source knows it.
    pub(crate) fn column(self) -> &'static Column {
        &table().columns[self as usize]
    }

    /// The property of this name, as [`Property::name`] spells it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|property| property.name() == name)
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn table() -> &'static Table {
    static READ: OnceLock<Table> = OnceLock::new();
    READ.get_or_init(|| {
        let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let mut rows = Vec::new();
        let mut columns = [[f64::NAN; 118]; Property::ALL.len()];
        for (place, line) in lines.take(118).enumerate() {
            let (row, values) = read_row(&header, line);
            rows.push(row);
            for (column, value) in columns.iter_mut().zip(values) {
                column[place] = value.unwrap_or(f64::NAN);
            }
        }
        let mut by_symbol = [None; 26 * 27];
        for (number, row) in (1..).zip(&rows) {
            if let Some(entry) = place(row.symbol).and_then(|place| by_symbol.get_mut(place)) {
                *entry = Some(Element(number));
            }
        }
        Table { rows, columns, by_symbol }
    })
}

/// Where a symbol of one or two letters stands in a table of all of them.
fn place(symbol: &str) -> Option<usize> {
    let letter = |byte: u8, first: u8| (first..first + 26).contains(&byte).then(|| usize::from(byte - first));
    match symbol.as_bytes() {
        [one] => Some(27 * letter(*one, b'A')?),
        [one, two] => Some(27 * letter(*one, b'A')? + 1 + letter(*two, b'a')?),
        _ => None,
    }
}

/// The table is part of the source and tests read it strictly, so a faulty field is simply not known here.
fn read_row(header: &[&str], line: &'static str) -> (Row, [Option<f64>; Property::ALL.len()]) {
    let fields: Vec<&'static str> = line.split(',').collect();
    let field = |column: &str| {
        header.iter().position(|name| *name == column).and_then(|at| fields.get(at)).copied().unwrap_or_default()
    };
    let number = |column: &str| field(column).parse::<f64>().ok().filter(|value| value.is_finite());
    let mut values = Property::ALL.map(|property| number(property.header()));
    values[Property::Valence as usize] = ["s", "p", "d", "f"].into_iter().map(number).sum();
    let block = match field("block") {
        "s" => Block::S,
        "p" => Block::P,
        "d" => Block::D,
        _ => Block::F,
    };
    (Row { symbol: field("symbol"), name: field("name"), block }, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iron_is_as_the_handbook_says() {
        let iron = Element::from_symbol("Fe").unwrap();
        assert_eq!((iron.atomic_number(), iron.name(), iron.block()), (26, "Iron", Block::D));
        for (property, expected) in [
            (Property::Mass, 55.845),
            (Property::Group, 8.0),
            (Property::Period, 4.0),
            (Property::Valence, 8.0),
            (Property::Electronegativity, 1.83),
            (Property::MeltingPoint, 1811.15),
        ] {
            assert_eq!(iron.get(property), Some(expected), "{property}");
        }
    }

    /// A full d or f shell is not valence beyond the block it belongs to.
    #[test]
    fn valence_electrons_are_those_that_bond() {
        let valence = |symbol| Element::from_symbol(symbol).and_then(|e| e.get(Property::Valence));
        for (symbol, electrons) in [("Na", 1.0), ("Zn", 2.0), ("Ga", 3.0), ("Pb", 4.0), ("Cu", 11.0), ("Hf", 4.0)] {
            assert_eq!(valence(symbol), Some(electrons), "{symbol}");
        }
    }

    #[test]
    fn what_is_not_known_is_missing() {
        let helium = Element::from_symbol("He").unwrap();
        assert_eq!(helium.get(Property::Electronegativity), None);
        assert_eq!(helium.get(Property::MeltingPoint), None);
        assert_eq!(Element::from_symbol("fe"), None);
        assert_eq!(Element::from_atomic_number(0), None);
        assert_eq!(Element::from_atomic_number(119), None);
    }

    #[test]
    fn the_table_is_complete_and_every_field_is_a_number() {
        assert_eq!(Element::all().count(), 118);
        let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        for property in Property::ALL.into_iter().filter(|p| *p != Property::Valence) {
            assert!(header.contains(&property.header()), "{property}");
        }
        for (number, line) in (1..).zip(lines) {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), header.len(), "{line}");
            assert_eq!(fields[0], number.to_string());
            assert!(fields[3].parse::<f64>().unwrap() > 0.0, "{line}");
            for field in fields.iter().skip(7).filter(|field| !field.is_empty()) {
                assert!(field.parse::<f64>().unwrap().is_finite(), "{line}");
            }
        }
    }

    #[test]
    fn properties_are_found_by_name() {
        for property in Property::ALL {
            assert_eq!(Property::from_name(property.name()), Some(property));
            assert!(!property.describe().text(matdock_message::Language::Japanese).contains("chem-"));
        }
    }
}
