//! The element properties of the Magpie set, which many published models of inorganic materials begin with.
//!
//! The numbers and their sources are in `data/magpie.csv`; they differ in places from [`crate::Property`], which has
//! newer sources.

use std::{fmt, sync::OnceLock};

use matdock_message::{Message, say};

use crate::{Element, element::Column};

const TABLE: &str = include_str!("../../data/magpie.csv");

macro_rules! properties {
    ($($variant:ident $name:literal $unit:literal $key:literal $doc:literal,)*) => {
        /// An element property of the Magpie set (Ward et al., npj Comput. Mater. 2, 16028 (2016)), as the Python
        /// package matminer names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MagpieProperty {
            $(#[doc = $doc] $variant,)*
        }

        impl MagpieProperty {
            /// Every property, in matminer's order.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// matminer's name, such as `GSvolume_pa`.
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
        }
    };
}

properties! {
    Number "Number" "1" "chem-property-atomic-number" "Number of protons.",
    MendeleevNumber "MendeleevNumber" "1" "chem-property-mendeleev-number" "Mendeleev number (Villars 2004).",
    AtomicWeight "AtomicWeight" "u" "chem-property-mass" "Atomic weight.",
    MeltingT "MeltingT" "K" "chem-property-melting-point" "Melting point of the element.",
    Column "Column" "1" "chem-property-group" "Column of the periodic table; lanthanides and actinides are in 3.",
    Row "Row" "1" "chem-property-period" "Row of the periodic table.",
    CovalentRadius "CovalentRadius" "pm" "chem-property-covalent-radius" "Covalent radius.",
    Electronegativity "Electronegativity" "1" "chem-property-electronegativity" "Electronegativity on Pauling's scale.",
    NsValence "NsValence" "1" "chem-magpie-s-electrons" "s electrons outside the noble-gas core.",
    NpValence "NpValence" "1" "chem-magpie-p-electrons" "p electrons outside the noble-gas core.",
    NdValence "NdValence" "1" "chem-magpie-d-electrons" "d electrons outside the noble-gas core, full shells included.",
    NfValence "NfValence" "1" "chem-magpie-f-electrons" "f electrons outside the noble-gas core, full shells included.",
    NValence "NValence" "1" "chem-magpie-electrons" "Electrons outside the noble-gas core.",
    NsUnfilled "NsUnfilled" "1" "chem-magpie-s-free" "Free places in an s subshell that holds an electron.",
    NpUnfilled "NpUnfilled" "1" "chem-magpie-p-free" "Free places in a p subshell that holds an electron.",
    NdUnfilled "NdUnfilled" "1" "chem-magpie-d-free" "Free places in a d subshell that holds an electron.",
    NfUnfilled "NfUnfilled" "1" "chem-magpie-f-free" "Free places in an f subshell that holds an electron.",
    NUnfilled "NUnfilled" "1" "chem-magpie-free" "Free places in subshells that hold an electron.",
    GsVolumePa "GSvolume_pa" "Ao3" "chem-magpie-volume" "Volume per atom of the element's ground state at 0 K (density functional theory).",
    GsBandgap "GSbandgap" "eV" "chem-magpie-bandgap" "Band gap of the element's ground state at 0 K (density functional theory).",
    GsMagmom "GSmagmom" "1" "chem-magpie-moment" "Magnetic moment per atom of the element's ground state at 0 K, in Bohr magnetons.",
    SpaceGroupNumber "SpaceGroupNumber" "1" "chem-magpie-space-group" "Number of the space group of the element's ground state.",
}

impl MagpieProperty {
    /// Its value for an element; `None` where the set has none.
    ///
    /// Units: [`MagpieProperty::unit`]. Source: the header of `data/magpie.csv`.
    pub fn of(self, element: Element) -> Option<f64> {
        Some(self.column()[usize::from(element.atomic_number()) - 1]).filter(|value| !value.is_nan())
    }
}

impl fmt::Display for MagpieProperty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl MagpieProperty {
    /// Its value for every element, by atomic number; NaN where the set has none.
    pub(super) fn column(self) -> &'static Column {
        static READ: OnceLock<[Column; MagpieProperty::ALL.len()]> = OnceLock::new();
        &READ.get_or_init(read)[self as usize]
    }

    /// The values of all properties for an element, in their order.
    pub(super) fn row(element: Element) -> &'static [f64; Self::ALL.len()] {
        static TURNED: OnceLock<Vec<[f64; MagpieProperty::ALL.len()]>> = OnceLock::new();
        let row = |place: usize| Self::ALL.map(|property| property.column()[place]);
        let rows = TURNED.get_or_init(|| (0..118).map(row).collect());
        &rows[usize::from(element.atomic_number()) - 1]
    }
}

/// A faulty field counts as not known here; a test reads the table strictly.
fn read() -> [Column; MagpieProperty::ALL.len()] {
    let mut columns = [[f64::NAN; 118]; MagpieProperty::ALL.len()];
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).take(118);
    for (place, line) in lines.enumerate() {
        for (column, field) in columns.iter_mut().zip(line.split(',').skip(1)) {
            column[place] = field.parse::<f64>().ok().filter(|number| number.is_finite()).unwrap_or(f64::NAN);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_property_and_element_in_order() {
        let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!(header[1..], MagpieProperty::ALL.map(MagpieProperty::name));
        for (element, line) in Element::all().zip(lines) {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), header.len(), "{line}");
            assert_eq!(fields[0], element.symbol());
            for field in fields.iter().skip(1).filter(|field| !field.is_empty()) {
                assert!(field.parse::<f64>().unwrap().is_finite(), "{line}");
            }
        }
    }

    #[test]
    fn iron_and_a_noble_gas() {
        let of = |property: MagpieProperty, symbol| property.of(Element::from_symbol(symbol).unwrap());
        assert_eq!(of(MagpieProperty::GsMagmom, "Fe"), Some(2.1106628));
        assert_eq!(of(MagpieProperty::NdUnfilled, "Fe"), Some(4.0));
        assert_eq!(of(MagpieProperty::Electronegativity, "Ne"), None);
    }
}
