//! How the columns of a person's table become numbers to learn from; kept with a model, so that it reads new tables alike.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use matdock_chem::Ends;
use matdock_learn::learner::{Features, Limit, Task};
use matdock_message::{Message, say};
use matdock_record::{Qualifier, Quantity, Unit};
use serde::{Deserialize, Serialize};

use super::{
    classes,
    scale::{Scale, spans_decades},
};
use crate::{
    describe::{Notation, Sets},
    table::{Cell, ColumnKind, Table, number},
};

/// What is done with a column of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "use")]
pub enum Input {
    /// A number.
    Number {
        /// Name of the column.
        name: String,
        /// Unit of its header.
        unit: Option<String>,
        /// What is learnt of it.
        #[serde(default)]
        scale: Scale,
    },
    /// One of several names: a feature per name.
    Choice {
        /// Name of the column.
        name: String,
        /// The names, in alphabetical order.
        levels: Vec<String>,
    },
    /// A structure: its descriptors.
    Structure {
        /// Name of the column.
        name: String,
        /// How structures are written.
        notation: Notation,
        /// Sets of descriptors; none for the usual ones.
        sets: Vec<String>,
        /// What becomes of the ends of repeat units.
        ends: Option<String>,
    },
}

impl Input {
    /// Name of the column.
    pub fn name(&self) -> &str {
        match self {
            Self::Number { name, .. } | Self::Choice { name, .. } | Self::Structure { name, .. } => name,
        }
    }
}

/// What is predicted, and from which columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Column that is predicted.
    pub target: String,
    /// Unit of its header.
    pub unit: Option<String>,
    /// Whether its logarithm to base ten is learnt.
    pub logarithm: bool,
    /// Names of the classes, in order; none where the target is a number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// Columns that are learnt from.
    pub inputs: Vec<Input>,
    /// Names of all features, in order.
    pub features: Vec<String>,
}

/// What a person may say of the columns.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// Columns to learn from; none for all that can be.
    pub features: Vec<String>,
    /// Columns not to learn from.
    pub ignored: Vec<String>,
    /// Sets of descriptors for structures; none for the usual ones.
    pub sets: Vec<String>,
    /// What becomes of the ends of repeat units; hydrogen where nothing is said.
    pub ends: Option<Ends>,
    /// Whether the logarithm of the target is learnt; `None` to decide by its range.
    pub logarithm: Option<bool>,
    /// Whether the target names classes; `None` to decide by its cells.
    pub classes: Option<bool>,
    /// Whether 1000/T is learnt of temperatures; `None` where the target is a logarithm.
    pub arrhenius: Option<bool>,
}

/// A column that is not used, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// Name of the column.
    pub name: String,
    /// Why.
    pub why: String,
}

/// Rows ready to be learnt from or predicted.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Features of each row.
    pub features: Features,
    /// Row of the table (from 0) that each came from.
    pub rows: Vec<usize>,
    /// Cells that could not be read and count as missing, the first of them in words.
    pub unread: Vec<String>,
}

/// A target as learnt, and whether it is only a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// Value, or its logarithm to base ten.
    pub value: f64,
    /// On which side of it the true value lies, where it is a limit (`<` or `>`).
    pub limit: Option<Limit>,
}

/// More names than this in a column of text are names of rows rather than choices.
const MOST_LEVELS: usize = 60;
/// Share of the cells of a text column that must be readable as structures.
const READABLE: f64 = 0.9;
const TOLD: usize = 5;

impl Schema {
    /// Decides what each column of a table is used for; columns that cannot be used are told.
    ///
    /// # Errors
    /// There is no such target, it holds no numbers, or nothing is left to learn from.
    pub fn of(table: &Table, target: &str, said: &Columns) -> Result<(Self, Vec<LeftOut>), Message> {
        let place = table.column(target)?;
        for name in said.features.iter().chain(&said.ignored) {
            table.column(name)?;
        }
        if said.features.iter().any(|name| name == target) {
            return Err(table.in_file(say!("app-learn-target-as-feature", name = target)));
        }
        let unit = table.columns[place].unit.clone();
        let mut schema = Self {
            target: target.to_owned(),
            unit,
            logarithm: false,
            classes: classes::of(table, place, said.classes)?,
            inputs: Vec::new(),
            features: Vec::new(),
        };
        let values: Vec<f64> = schema.targets(table)?.into_iter().flatten().map(|target| target.value).collect();
        if values.iter().all(|value| *value == values[0]) {
            return Err(table.at_header(place, say!("app-learn-same-targets")));
        }
        schema.logarithm = match said.logarithm {
            _ if !schema.classes.is_empty() => false,
            Some(wished) => wished,
            None => spans_decades(&values),
        };
        if schema.logarithm && values.iter().any(|value| *value <= 0.0) {
            return Err(table.at_header(place, say!("app-learn-no-logarithm")));
        }
        let arrhenius = said.arrhenius.unwrap_or(schema.logarithm || target.to_lowercase().starts_with("log"));
        let mut left_out = Vec::new();
        for (number, column) in table.columns.iter().enumerate() {
            let wanted = said.features.is_empty() || said.features.contains(&column.name);
            if number == place || !wanted || said.ignored.contains(&column.name) {
                continue;
            }
            match input(table, number, said) {
                Ok(input) => schema.inputs.push(input.scaled(table, number, arrhenius)),
                Err(why) => left_out.push(LeftOut { name: column.name.clone(), why: why.to_string() }),
            }
        }
        if schema.inputs.is_empty() {
            return Err(table.in_file(say!("app-learn-no-features")));
        }
        schema.features = schema.names()?;
        Ok((schema, left_out))
    }

    fn names(&self) -> Result<Vec<String>, Message> {
        let mut names = Vec::new();
        let several = self.inputs.iter().filter(|input| matches!(input, Input::Structure { .. })).count() > 1;
        for input in &self.inputs {
            match input {
                Input::Number { name, scale, .. } => names.push(scale.feature(name)),
                Input::Choice { name, levels } => names.extend(levels.iter().map(|level| format!("{name} = {level}"))),
                Input::Structure { name, .. } => {
                    let sets = input.sets()?;
                    let descriptors = sets.iter().flat_map(Sets::headers);
                    names.extend(descriptors.map(|d| if several { format!("{name}: {d}") } else { d.clone() }));
                }
            }
        }
        Ok(names)
    }

    /// The targets of all rows; none where the cell is empty.
    ///
    /// # Errors
    /// A cell that is no number, named; a limit or zero where logarithms are learnt.
    pub fn targets(&self, table: &Table) -> Result<Vec<Option<Target>>, Message> {
        let column = table.column(&self.target)?;
        if !self.classes.is_empty() {
            return classes::targets(table, column, &self.classes);
        }
        let unit = Conversion::of(table, column, self.unit.as_deref())?;
        let mut found = Vec::with_capacity(table.rows.len());
        for row in 0..table.rows.len() {
            let target = unit.read(table, row, column)?.map(|quantity| -> Result<Target, Message> {
                let value = if self.logarithm { quantity.value.log10() } else { quantity.value };
                if !value.is_finite() {
                    return Err(table.at(row, column, say!("app-learn-no-logarithm")));
                }
                let limit = match quantity.qualifier {
                    Qualifier::Equal => None,
                    Qualifier::Below => Some(Limit::Below),
                    Qualifier::Above => Some(Limit::Above),
                };
                Ok(Target { value, limit })
            });
            found.push(target.transpose()?);
        }
        if found.iter().all(Option::is_none) {
            return Err(table.at_header(column, say!("app-learn-no-targets")));
        }
        Ok(found)
    }

    /// The features of `rows`, read as those the schema was made from. Cells that cannot be read count as missing.
    /// Descriptors that the `dock` has are taken from there.
    ///
    /// # Errors
    /// A column is not there, or its unit is another kind of quantity.
    pub fn prepare(&self, table: &Table, rows: Vec<usize>, dock: Option<&Path>) -> Result<Prepared, Message> {
        let mut columns: Vec<Vec<Option<f64>>> = Vec::with_capacity(self.features.len());
        let mut unread = Vec::new();
        let mut tell = |what: Message| {
            if unread.len() < TOLD {
                unread.push(what.to_string());
            }
        };
        for input in &self.inputs {
            let column = table.column(input.name())?;
            match input {
                Input::Number { unit, scale, .. } => {
                    let unit = Conversion::of(table, column, unit.as_deref())?;
                    let cell = |row: &usize| match unit.read(table, *row, column) {
                        Ok(quantity) => quantity.and_then(|quantity| scale.apply(quantity.value)),
                        Err(what) => {
                            tell(what);
                            None
                        }
                    };
                    columns.push(rows.iter().map(cell).collect());
                }
                Input::Choice { levels, .. } => {
                    let texts: Vec<String> = rows.iter().map(|row| table.cell(*row, column).to_string()).collect();
                    for (row, text) in rows.iter().zip(&texts) {
                        if !text.is_empty() && !levels.contains(text) {
                            tell(table.at(*row, column, say!("app-learn-new-choice", name = text)));
                        }
                    }
                    for level in levels {
                        let cell = |text: &String| (!text.is_empty()).then(|| f64::from(u8::from(text == level)));
                        columns.push(texts.iter().map(cell).collect());
                    }
                }
                Input::Structure { notation, .. } => {
                    for set in input.sets()? {
                        let (described, problems) = describe(table, column, &rows, &set, *notation, dock);
                        problems.into_iter().for_each(&mut tell);
                        columns.extend(described);
                    }
                }
            }
        }
        let features = Features::new(columns).map_err(|error| say!("app-learn-features", reason = error))?;
        Ok(Prepared { features, rows, unread })
    }

    /// What is learnt: a number, or classes.
    pub fn task(&self) -> Task {
        match self.classes.len() {
            0 => Task::Number,
            count => Task::Class { count },
        }
    }

    /// The column with the structures, if there is one: rows of the same structure resemble each other.
    pub fn structures(&self) -> Option<&str> {
        let mut found = self.inputs.iter().filter(|input| matches!(input, Input::Structure { .. }));
        found.next().map(Input::name)
    }
}

impl Input {
    /// What a column is used for. Errors: it is not used; the message says why.
    pub(crate) fn of(table: &Table, column: usize, said: &Columns) -> Result<Self, Message> {
        input(table, column, said)
    }

    /// The same, a number on the scale it is learnt on.
    fn scaled(self, table: &Table, column: usize, arrhenius: bool) -> Self {
        let Self::Number { name, unit, .. } = self else { return self };
        let inverse = Scale::of_temperature(&name, unit.as_deref()).filter(|_| arrhenius);
        let read = |row| table.number(row, column).ok().flatten();
        let decades = || spans_decades(&(0..table.rows.len()).filter_map(read).collect::<Vec<f64>>());
        let scale = inverse.unwrap_or_else(|| if decades() { Scale::Logarithm } else { Scale::Plain });
        Self::Number { name, unit, scale }
    }

    /// The descriptors of a structure, a list of each kind.
    pub(crate) fn sets(&self) -> Result<Vec<Sets>, Message> {
        let Self::Structure { notation, sets, ends, .. } = self else { return Ok(Vec::new()) };
        let ends: Option<Ends> = ends.as_deref().map(str::parse).transpose()?;
        Ok(vec![Sets::of(sets, &[*notation], ends, false)?])
    }
}

/// What a column is used for; the reason where it is not.
fn input(table: &Table, column: usize, said: &Columns) -> Result<Input, Message> {
    let name = table.columns[column].name.clone();
    let unit = table.columns[column].unit.clone();
    let structure = |notation: Notation, open: bool| {
        let ends = match notation {
            Notation::Smiles => said.ends.or_else(|| open.then_some(Ends::Hydrogen)),
            Notation::Formula => None,
        };
        let usual = match notation {
            Notation::Smiles => "rdkit",
            Notation::Formula => "magpie",
        };
        let suits = |set: &&String| Sets::of(&[(*set).clone()], &[notation], None, false).is_ok();
        let mut sets: Vec<String> = said.sets.iter().filter(suits).cloned().collect();
        if sets.is_empty() {
            sets.push(usual.to_owned());
            if open {
                sets.push("polymer".to_owned());
            }
        }
        Input::Structure { name: name.clone(), notation, sets, ends: ends.map(|ends| ends.to_string()) }
    };
    match table.kind(column) {
        ColumnKind::Empty => Err(say!("app-learn-column-empty")),
        ColumnKind::Constant => Err(say!("app-learn-column-constant")),
        // Short SMILES such as "CCO" read as formulas; the name of the column tells.
        ColumnKind::Formula if name.to_lowercase().contains("smiles") => {
            let open = smiles(table, column);
            Ok(structure(if open.is_some() { Notation::Smiles } else { Notation::Formula }, open.unwrap_or(false)))
        }
        ColumnKind::Formula => Ok(structure(Notation::Formula, false)),
        ColumnKind::Integer | ColumnKind::Numeric => Ok(Input::Number { name, unit, scale: Scale::Plain }),
        ColumnKind::Identifier if matches!(table.cell(0, column), Cell::Number(_)) => {
            Err(say!("app-learn-column-identifier"))
        }
        ColumnKind::Identifier | ColumnKind::Categorical => {
            if let Some(open) = smiles(table, column) {
                return Ok(structure(Notation::Smiles, open));
            }
            if formulas(table, column) {
                return Ok(structure(Notation::Formula, false));
            }
            let cells = table.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
            let levels: BTreeSet<String> = cells.clone().map(ToString::to_string).collect();
            let numbers = cells.clone().filter(|cell| number::parse(cell).is_ok()).count();
            if numbers as f64 > 0.5 * cells.count() as f64 {
                return Ok(Input::Number { name, unit, scale: Scale::Plain });
            }
            if table.kind(column) == ColumnKind::Identifier {
                return Err(say!("app-learn-column-identifier"));
            }
            if levels.len() > MOST_LEVELS {
                return Err(say!("app-learn-column-levels", count = levels.len()));
            }
            Ok(Input::Choice { name, levels: levels.into_iter().collect() })
        }
    }
}

/// Whether a column of text holds formulas, most of them readable and of several elements.
fn formulas(table: &Table, column: usize) -> bool {
    let cells = table.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
    let texts: BTreeSet<String> = cells.map(ToString::to_string).collect();
    let read: Vec<_> = texts.iter().filter_map(|text| matdock_chem::Composition::parse(text).ok()).collect();
    let compounds = read.iter().filter(|composition| composition.elements() > 1).count();
    texts.len() > 2 && read.len() as f64 >= READABLE * texts.len() as f64 && 2 * compounds >= texts.len()
}

/// Whether a column of text holds SMILES, and whether they have open ends.
fn smiles(table: &Table, column: usize) -> Option<bool> {
    let texts: BTreeSet<String> = table
        .rows
        .iter()
        .filter_map(|row| row.get(column))
        .filter(|cell| !cell.is_empty())
        .map(ToString::to_string)
        .collect();
    let named = table.columns[column].name.to_lowercase().contains("smiles");
    // Short words such as "CO" or "Sn" read as SMILES too.
    let typical = texts.iter().filter(|text| text.contains(['=', '(', '#', '[', '*', '1'])).count();
    if !named && (texts.len() < 3 || 2 * typical < texts.len()) {
        return None;
    }
    let sample: Vec<&String> = texts.iter().take(200).collect();
    let readable = sample.iter().filter(|text| matdock_chem::Molecule::from_smiles(text).is_ok()).count();
    let enough = readable as f64 >= READABLE * sample.len() as f64 || named && readable > 0;
    // Ends are also written as copper and gold.
    let open = |text: &&String| text.contains('*') || text.contains("[Cu]") && text.contains("[Au]");
    enough.then(|| texts.iter().any(|text| open(&text)))
}

/// Descriptors of the structures in `rows`, column by column, and what could not be read.
fn describe(
    table: &Table,
    column: usize,
    rows: &[usize],
    sets: &Sets,
    notation: Notation,
    dock: Option<&Path>,
) -> (Vec<Vec<Option<f64>>>, Vec<Message>) {
    let texts: Vec<String> = rows.iter().map(|row| table.cell(*row, column).to_string()).collect();
    let different: BTreeSet<&str> = texts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let different: Vec<&str> = different.into_iter().collect();
    let (computed, _) = sets.numbers_of(&different, notation, dock);
    let computed: BTreeMap<&str, Result<Vec<Option<f64>>, Message>> = different.into_iter().zip(computed).collect();
    let mut columns = vec![Vec::with_capacity(rows.len()); sets.headers().len()];
    let mut problems = Vec::new();
    for (row, text) in rows.iter().zip(&texts) {
        let values = match computed.get(text.as_str()) {
            Some(Ok(values)) => Some(values),
            Some(Err(what)) => {
                problems.push(table.at(*row, column, what.clone()));
                None
            }
            None => None,
        };
        for (place, column) in columns.iter_mut().enumerate() {
            column.push(values.and_then(|values| values.get(place).copied().flatten()).filter(|x| x.is_finite()));
        }
    }
    (columns, problems)
}

/// From the unit of a column to the one that was learnt.
enum Conversion {
    /// The same unit, or none is known of one of both.
    Same,
    Between(Unit, Unit),
}

impl Conversion {
    fn of(table: &Table, column: usize, learnt: Option<&str>) -> Result<Self, Message> {
        let written = table.columns[column].unit.as_deref();
        let (Some(written), Some(learnt)) = (written, learnt) else { return Ok(Self::Same) };
        if written == learnt {
            return Ok(Self::Same);
        }
        let parse = |text: &str| text.parse::<Unit>().map_err(|what| table.at_header(column, what));
        let (from, to) = (parse(written)?, parse(learnt)?);
        if !from.fits(&to) {
            return Err(table.at_header(column, say!("table-unit-misfit", unit = written, wanted = to)));
        }
        Ok(Self::Between(from, to))
    }

    fn read(&self, table: &Table, row: usize, column: usize) -> Result<Option<Quantity>, Message> {
        let (from, to) = match self {
            Self::Same => (Unit::one(), Unit::one()),
            Self::Between(from, to) => (from.clone(), to.clone()),
        };
        let Some(quantity) = table.measured(row, column, from)? else { return Ok(None) };
        quantity.to(&to).map(Some).map_err(|what| table.at(row, column, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unreadable_formula_leaves_the_column_a_column_of_formulas() {
        let mut table = Table::new(["formula", "melting_point"]);
        for (number, formula) in "NaCl KBr MgO CaF2 Al2O3 SiO2 FeS ZnSe Li2O BaO D2O".split(' ').enumerate() {
            table.push(vec![formula.into(), (number as f64).into()]);
        }
        let (schema, left_out) = Schema::of(&table, "melting_point", &Columns::default()).unwrap();
        assert_eq!(left_out, []);
        assert!(matches!(schema.inputs[..], [Input::Structure { notation: Notation::Formula, .. }]));
        let prepared = schema.prepare(&table, (0..11).collect(), None).unwrap();
        assert!(prepared.unread[0].contains("D2O"), "{:?}", prepared.unread);
    }
}
