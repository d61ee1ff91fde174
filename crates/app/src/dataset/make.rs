//! `matdock dataset make`: a table is frozen.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use matdock_chem::Ends;
use matdock_message::{Language, Message, say};
use matdock_record::Timestamp;
use matdock_store::{Dock, Mode};
use serde::Serialize;

use super::{
    Dataset, Options, Source,
    columns::{self, Kind},
    from_dock, groups,
    versions::{self, FORMAT, Name},
};
use crate::{
    describe::{self, Lookups, Sets},
    learning::{Columns, Input},
    record_format::{self, RecordFormat},
    table::{self, Format, SheetExtras, Table},
};

/// What to freeze.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Name of the dataset.
    pub name: String,
    /// What it is made from.
    pub from: From,
    /// What is said of it.
    pub options: Options,
}

/// What a dataset is made from.
#[derive(Debug, Clone)]
pub enum From {
    /// A table in a file.
    File(PathBuf),
    /// The experiments of the dock that fulfil conditions such as `campaign=films`.
    Experiments(Vec<String>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Made {
    /// The dataset.
    #[serde(flatten)]
    pub dataset: Dataset,
    /// Whether it is new; an equal one was there otherwise.
    pub new: bool,
    /// What does not fit the record format, with its place; the table is kept as it is.
    pub problems: Vec<String>,
    /// Columns that the record format does not know.
    pub unknown_columns: Vec<String>,
    /// Structures whose descriptors are kept in the dock now.
    pub descriptors: Lookups,
}

/// Freezes a table as the next version of a dataset; descriptors of its structures are kept in the dock.
///
/// The dock is made where there is none.
///
/// # Errors
/// The table cannot be read or has no rows, a column that is named is not there, or the disk refuses.
pub fn make(wish: &Wish, dock: &Path, language: Language) -> Result<Made, Message> {
    let name = Name::parse(&wish.name)?;
    if name.version.is_some() {
        return Err(say!("app-dataset-name-version", name = name.name));
    }
    let mut options = wish.options.clone();
    let (table, bytes, file, source) = match &wish.from {
        From::File(path) => of_file(path)?,
        From::Experiments(conditions) => {
            let (table, ignored) = from_dock::experiments(&Dock::open(dock, Mode::Read)?, conditions)?;
            options.ignored.extend(ignored.into_iter().filter(|name| Some(name) != options.target.as_ref()));
            let bytes = table::to_bytes(&table, Format::Csv, &SheetExtras::default())?;
            let source = Source { experiments: Some(conditions.clone()), ..Source::default() };
            (table, bytes, "table.csv".to_owned(), source)
        }
    };
    if table.rows.is_empty() {
        return Err(table.in_file(say!("app-dataset-no-rows")));
    }
    let said = options.target.iter().chain(&options.groups).chain(&options.ignored);
    said.map(|name| table.column(name)).collect::<Result<Vec<_>, _>>()?;
    let ends: Option<Ends> = options.ends.as_deref().map(str::parse).transpose()?;
    let wished = Columns { sets: options.sets.clone(), ends, ..Columns::default() };
    check_sets(&options.sets)?;
    let format = options.format.as_deref().map(RecordFormat::named).transpose()?;
    if let Some(format) = &format {
        let names = format.columns.iter().filter(|asked| !asked.learn && table.find(&asked.name).is_some());
        let names = names.map(|asked| asked.name.clone());
        options.ignored.extend(names.filter(|name| options.target.as_ref() != Some(name)).collect::<Vec<_>>());
    }
    let checked = format.map(|format| record_format::check(&table, &format)).unwrap_or_default();
    let columns = columns::of(&table);
    let groups = groups::of(&table, &columns, &options.groups, options.target.as_deref());
    let dataset = Dataset {
        format: FORMAT,
        name: name.name,
        version: 0,
        hash: versions::hash(&bytes),
        file,
        source,
        made: Timestamp::now().to_string(),
        matdock: env!("CARGO_PKG_VERSION").to_owned(),
        rows: table.rows.len(),
        repeated_rows: repeated(&table),
        options,
        columns,
        groups,
    };
    Dock::begin(dock)?;
    let (dataset, new) = versions::keep(dock, dataset, &bytes)?;
    // Behind the making: what is computed is kept bit by bit, and can be computed again.
    let descriptors = describe_structures(&table, &dataset, &wished, dock)?;
    let problems = checked.problems.iter().map(|what| what.text(language)).collect();
    Ok(Made { dataset, new, problems, unknown_columns: checked.unknown, descriptors })
}

fn of_file(path: &Path) -> Result<(Table, Vec<u8>, String, Source), Message> {
    let unreadable = |error: std::io::Error| {
        say!("place-file", file = path.display(), what = say!("table-unreadable", reason = error))
    };
    let table = table::read(path)?;
    let (file, _) = table::file_of(path);
    let bytes = std::fs::read(&file).map_err(unreadable)?;
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or("csv").to_lowercase();
    let source =
        Source { file: Some(path.display().to_string()), sheet: table.source.sheet.clone(), experiments: None };
    Ok((table, bytes, format!("table.{extension}"), source))
}

fn check_sets(sets: &[String]) -> Result<(), Message> {
    let known = |name: &String| {
        describe::Notation::ALL.iter().any(|n| Sets::of(std::slice::from_ref(name), &[*n], None, false).is_ok())
    };
    match sets.iter().find(|name| !known(name)) {
        Some(name) => Err(say!("app-describe-unknown-set", name = name, sets = Sets::names().join(", "))),
        None => Ok(()),
    }
}

/// Rows that repeat an earlier one in every cell.
fn repeated(table: &Table) -> usize {
    let mut known: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut count = 0;
    for (row, cells) in table.rows.iter().enumerate() {
        let mut hasher = DefaultHasher::new();
        cells.iter().for_each(|cell| cell.to_string().hash(&mut hasher));
        let alike = known.entry(hasher.finish()).or_default();
        if alike.iter().any(|earlier| table.rows[*earlier] == *cells) {
            count += 1;
        } else {
            alike.push(row);
        }
    }
    count
}

/// Computes the descriptors of every structure that are not in the dock yet.
fn describe_structures(table: &Table, dataset: &Dataset, wished: &Columns, dock: &Path) -> Result<Lookups, Message> {
    let mut all = Lookups::default();
    for (place, column) in dataset.columns.iter().enumerate() {
        let skipped = dataset.options.ignored.contains(&column.name);
        if skipped || !matches!(column.kind, Kind::Smiles | Kind::Formula) {
            continue;
        }
        let Ok(input @ Input::Structure { notation, .. }) = Input::of(table, place, wished) else { continue };
        let texts: std::collections::BTreeSet<String> = table
            .rows
            .iter()
            .filter_map(|row| row.get(place))
            .filter(|c| !c.is_empty())
            .map(ToString::to_string)
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for set in input.sets()? {
            let (_, lookups) = set.numbers_of(&texts, notation, Some(dock));
            all.found += lookups.found;
            all.computed += lookups.computed;
        }
    }
    Ok(all)
}
