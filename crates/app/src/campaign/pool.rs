//! A pool of candidates from a table, and finished tables for backtests.

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    path::Path,
    sync::Arc,
};

use matdock_chem::{Composition, FeatureSet};
use matdock_message::{Message, say};
use matdock_plan::{Parameter, ParameterKind, Point, Pool, Rules, Scale, Space, Value, backtest};
use matdock_record::{Datum, Qualifier, Quantity, Unit, body::Fields};

use super::{Campaign, Input, InputKind, Reader, file::PoolPart};
use crate::table::{self, Cell, Table};

/// The rows of a pool as people see them. Clones share the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolTable {
    inputs: Arc<Vec<Input>>,
    columns: Arc<Vec<Column>>,
    pool: Pool,
    /// Rows in the order of their labels.
    by_label: Arc<Vec<usize>>,
}

/// What people set in every row, for one input.
#[derive(Debug, Clone, PartialEq)]
enum Column {
    /// Numbers in the unit of the input.
    Numbers(Vec<f64>),
    /// For each row which of the texts it is.
    Texts { codes: Vec<usize>, texts: Vec<String> },
}

impl Column {
    fn value(&self, row: usize) -> Option<Value> {
        match self {
            Self::Numbers(numbers) => numbers.get(row).copied().map(Value::Number),
            Self::Texts { codes, .. } => codes.get(row).map(|_| Value::Level(self.text(row).to_owned())),
        }
    }

    fn text(&self, row: usize) -> &str {
        match self {
            Self::Numbers(_) => "",
            Self::Texts { codes, texts } => codes.get(row).and_then(|&code| texts.get(code)).map_or("", String::as_str),
        }
    }

    fn is(&self, row: usize, value: &Value) -> bool {
        match (self, value) {
            (Self::Numbers(numbers), Value::Number(number)) => numbers.get(row) == Some(number),
            (Self::Texts { .. }, Value::Level(level)) => self.text(row) == level,
            _ => false,
        }
    }

    /// Equal for equal cells of the column.
    fn mark(&self, row: usize) -> u64 {
        match self {
            // Zeros of both signs are one setting.
            Self::Numbers(numbers) => numbers.get(row).map_or(0, |number| (number + 0.0).to_bits()),
            Self::Texts { codes, .. } => codes.get(row).map_or(0, |&code| code as u64),
        }
    }

    /// The cells of some rows, in their order.
    fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(numbers) => Self::Numbers(rows.iter().map(|&row| numbers[row]).collect()),
            Self::Texts { codes, texts } => {
                Self::Texts { codes: rows.iter().map(|&row| codes[row]).collect(), texts: texts.clone() }
            }
        }
    }
}

impl PoolTable {
    fn new(inputs: &[Input], columns: Vec<Column>, pool: Pool) -> Self {
        let mut by_label: Vec<usize> = (0..pool.rows().len()).collect();
        by_label.sort_by(|&a, &b| pool.labels()[a].cmp(&pool.labels()[b]));
        Self { inputs: Arc::new(inputs.to_vec()), columns: Arc::new(columns), pool, by_label: Arc::new(by_label) }
    }

    /// Number of candidates.
    pub fn len(&self) -> usize {
        self.pool.rows().len()
    }

    /// Whether there is no candidate; a checked campaign never has such a pool.
    pub fn is_empty(&self) -> bool {
        self.pool.rows().is_empty()
    }

    /// What people set for a row; nothing beyond the last row.
    pub fn settings(&self, row: usize) -> Fields {
        let cells = self.inputs.iter().zip(self.columns.iter());
        cells.filter_map(|(input, column)| Some((input.name.clone(), input.datum(&column.value(row)?)))).collect()
    }

    /// What people call a row.
    pub fn label(&self, row: usize) -> &str {
        self.pool.labels().get(row).map_or("", String::as_str)
    }

    /// The row with this label, or else with these settings.
    pub fn find(&self, settings: &Fields, label: Option<&str>) -> Option<usize> {
        if let Some(label) = label {
            let at = self.by_label.partition_point(|&row| self.label(row) < label);
            return self.by_label.get(at).copied().filter(|&row| self.label(row) == label);
        }
        if settings.len() != self.inputs.len() {
            return None;
        }
        let values = self.inputs.iter().map(|input| input.value(settings.get(&input.name)?).ok());
        let values = values.collect::<Option<Vec<Value>>>()?;
        (0..self.len()).find(|&row| self.columns.iter().zip(&values).all(|(column, value)| column.is(row, value)))
    }
}

/// Candidates: what people see, what the planner sees, and which rows of the table each of them is.
struct Candidates {
    table: PoolTable,
    pool: Pool,
    members: Vec<Vec<usize>>,
}

/// Reads the pool a campaign file names.
pub(super) fn read(
    part: &PoolPart,
    folder: &Path,
    inputs: &[Input],
    merge: bool,
    rules: &RulesFor<'_>,
) -> Result<(Space, PoolTable), Message> {
    let table = table::read(&folder.join(&part.table))?;
    let rows = selected(&table, part)?;
    if rows.len() < 2 {
        return Err(table.in_file(say!("app-pool-small", rows = rows.len())));
    }
    let rows = allowed(&table, rows, inputs, rules)?;
    let candidates = candidates(&table, &rows, inputs, part.label.as_deref(), merge)?;
    Ok((Space::Pool(candidates.pool), candidates.table))
}

/// The rules for parameters that are known only once the table is read.
pub(super) type RulesFor<'a> = dyn Fn(&[Parameter]) -> Result<Rules, Message> + 'a;

/// Those rows that keep the rules.
fn allowed(table: &Table, rows: Vec<usize>, inputs: &[Input], rules: &RulesFor<'_>) -> Result<Vec<usize>, Message> {
    let columns = inputs.iter().map(|input| table.column(&input.name)).collect::<Result<Vec<_>, _>>()?;
    let mut points: Vec<Point> = Vec::with_capacity(rows.len());
    for &row in &rows {
        let fields = fields(table, row, inputs, &columns)?;
        let values = inputs.iter().zip(&columns).map(|(input, &column)| match fields.get(&input.name) {
            Some(datum) => input.value(datum).map_err(|what| table.at(row, column, what)),
            None => Ok(Value::Absent),
        });
        points.push(values.collect::<Result<_, _>>()?);
    }
    let seen = |(index, input): (usize, &Input)| {
        let kind = if input.is_number() {
            ParameterKind::Continuous { low: 0.0, high: 1.0, scale: Scale::Linear, step: None }
        } else {
            let levels: BTreeSet<String> = points.iter().map(|point| point[index].to_string()).collect();
            ParameterKind::Categorical { levels: levels.into_iter().collect() }
        };
        Parameter { name: input.name.clone(), unit: input.unit.to_string(), kind }
    };
    let rules = rules(&inputs.iter().enumerate().map(seen).collect::<Vec<_>>())?.rules;
    let keeps = |point: &Point| rules.iter().all(|rule| rule.allows(point));
    let kept: Vec<usize> = rows.iter().zip(&points).filter(|(_, point)| keeps(point)).map(|(row, _)| *row).collect();
    if kept.len() < 2 && kept.len() < rows.len() {
        return Err(table.in_file(say!("app-pool-rules", rows = rows.len(), left = kept.len())));
    }
    Ok(kept)
}

/// The rows that fit `where`.
fn selected(table: &Table, part: &PoolPart) -> Result<Vec<usize>, Message> {
    let mut rows: Vec<usize> = (0..table.rows.len()).collect();
    for (name, wanted) in &part.only {
        let column = table.column(name)?;
        let wanted = match wanted {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        rows.retain(|row| match (table.cell(*row, column), wanted.parse::<f64>()) {
            (Cell::Number(number), Ok(wanted)) => *number == wanted,
            (cell, _) => cell.to_string() == wanted,
        });
    }
    if rows.is_empty() && !part.only.is_empty() {
        return Err(table.in_file(say!("app-pool-empty")));
    }
    Ok(rows)
}

/// A table of finished experiments as a pool with outcomes.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The candidates and their outcomes.
    pub table: backtest::Table,
    /// The candidates as people see them.
    pub labels: PoolTable,
    /// Rows of the table that lie outside the campaign's ranges and are left out.
    pub left_out: usize,
}

/// A table of finished experiments as a pool with outcomes, for a backtest. A campaign over ranges takes the rows within
/// its ranges.
///
/// Rows with the same settings are one candidate with several measured values. A row without a value is a failed
/// experiment. `data` is the table; without it the campaign's own pool table is used.
///
/// # Errors
/// A column is missing, a cell does not fit; names the cell.
pub fn finished_table(campaign: &Campaign, data: Option<&Path>) -> Result<Finished, Message> {
    let parsed = super::file::parse(&campaign.text, &campaign.path.display().to_string())?;
    let part = parsed.pool.as_ref().map(toml::Spanned::get_ref);
    let folder = campaign.path.parent().unwrap_or(Path::new(""));
    let table = match (data, part) {
        (Some(path), _) => table::read(path)?,
        (None, Some(part)) => table::read(&folder.join(&part.table))?,
        (None, None) => return Err(say!("app-backtest-no-data")),
    };
    let mut rows = match part {
        Some(part) if part.only.keys().all(|name| table.find(name).is_some()) => selected(&table, part)?,
        _ => (0..table.rows.len()).collect(),
    };
    let given = rows.len();
    if part.is_none() {
        rows = within(&table, rows, &campaign.inputs)?;
    }
    let file = campaign.path.display().to_string();
    let reader = Reader { text: &campaign.text, file: &file, folder, merge: true };
    rows = allowed(&table, rows, &campaign.inputs, &|parameters| reader.rules_only(&parsed, parameters))?;
    let left_out = given - rows.len();
    if rows.len() < 2 && left_out > 0 {
        return Err(table.in_file(say!("app-backtest-outside", rows = given, inside = rows.len())));
    }
    let label = part.and_then(|part| part.label.as_deref()).filter(|name| table.find(name).is_some());
    let candidates = candidates(&table, &rows, &campaign.inputs, label, true)?;
    let columns = campaign
        .outcomes
        .iter()
        .map(|outcome| Ok((table.column(&outcome.name)?, &outcome.unit)))
        .collect::<Result<Vec<_>, Message>>()?;
    let measured = |members: &[usize], column: usize, unit: &Unit| {
        let value = |row: &usize| {
            let quantity = table.quantity(*row, column, unit).transpose()?;
            let limit = |q: &Quantity| table.at(*row, column, say!("app-backtest-limit", value = q));
            Some(quantity.and_then(|q| if q.qualifier == Qualifier::Equal { Ok(q.value) } else { Err(limit(&q)) }))
        };
        members.iter().filter_map(value).collect::<Result<Vec<f64>, Message>>()
    };
    let outcomes = candidates
        .members
        .iter()
        .map(|members| columns.iter().map(|(column, unit)| measured(members, *column, unit)).collect())
        .collect::<Result<Vec<Vec<Vec<f64>>>, Message>>()?;
    let table = backtest::Table { pool: candidates.pool, outcomes };
    Ok(Finished { table, labels: candidates.table, left_out })
}

/// Those rows whose settings lie within the ranges and levels of a campaign; steps are not asked for.
fn within(table: &Table, rows: Vec<usize>, inputs: &[Input]) -> Result<Vec<usize>, Message> {
    let columns = inputs.iter().map(|input| table.column(&input.name)).collect::<Result<Vec<_>, _>>()?;
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let fields = fields(table, row, inputs, &columns)?;
        let inside = inputs.iter().zip(&columns).map(|(input, &column)| {
            let datum = fields.get(&input.name).ok_or_else(|| say!("app-setting-missing", name = input.name))?;
            input.value(datum).map(|value| input.spans(&value)).map_err(|what| table.at(row, column, what))
        });
        if inside.collect::<Result<Vec<bool>, Message>>()?.iter().all(|inside| *inside) {
            kept.push(row);
        }
    }
    Ok(kept)
}

fn candidates(
    table: &Table,
    rows: &[usize],
    inputs: &[Input],
    label: Option<&str>,
    merge: bool,
) -> Result<Candidates, Message> {
    if inputs.is_empty() {
        return Err(say!("app-pool-no-parameters"));
    }
    let places = inputs.iter().map(|input| table.column(&input.name)).collect::<Result<Vec<_>, _>>()?;
    let given = inputs.iter().zip(&places).map(|(input, &place)| column(table, rows, input, place));
    let given = given.collect::<Result<Vec<Column>, Message>>()?;
    let mut members: Vec<Vec<usize>> = Vec::new();
    // Which of the rows stands for each candidate.
    let mut first: Vec<usize> = Vec::new();
    let mut known: HashMap<Vec<u64>, usize> = HashMap::with_capacity(rows.len());
    for (index, &row) in rows.iter().enumerate() {
        match known.entry(given.iter().map(|column| column.mark(index)).collect()) {
            Entry::Occupied(candidate) if merge => members[*candidate.get()].push(row),
            Entry::Occupied(candidate) => {
                let first = members[*candidate.get()].first().copied().unwrap_or_default();
                let line = table.source.lines.get(first).copied().unwrap_or(first as u64 + 2);
                return Err(table.at(row, places[0], say!("app-pool-duplicate", line = line)));
            }
            Entry::Vacant(place) => {
                place.insert(members.len());
                members.push(vec![row]);
                first.push(index);
            }
        }
    }
    drop(known);
    let columns: Vec<Column> = given.iter().map(|column| column.select(&first)).collect();
    drop(given);
    let labels = labels(table, &members, inputs, label)?;
    let (place, groups) = (places.as_slice(), members.as_slice());
    let (parameters, points) = columns_for_planner(&columns, members.len(), inputs, |index, column| {
        let row = groups.get(index).and_then(|group| group.first()).copied().unwrap_or_default();
        move |what| table.at(row, place[column], what)
    })?;
    let pool = Pool::new(parameters, points, labels).map_err(|what| table.in_file(what))?;
    Ok(Candidates { table: PoolTable::new(inputs, columns, pool.clone()), pool, members })
}

/// The cells of an input in some rows of a table.
fn column(table: &Table, rows: &[usize], input: &Input, place: usize) -> Result<Column, Message> {
    let empty = |row: usize| table.at(row, place, say!("app-pool-cell-empty", name = input.name));
    if input.is_number() {
        let number = |&row: &usize| table.quantity(row, place, &input.unit)?.map(|q| q.value).ok_or_else(|| empty(row));
        return Ok(Column::Numbers(rows.iter().map(number).collect::<Result<_, _>>()?));
    }
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut texts = Vec::new();
    let mut codes = Vec::with_capacity(rows.len());
    for &row in rows {
        let text = table.text(row, place)?.ok_or_else(|| empty(row))?;
        let code = *known.entry(text).or_insert_with_key(|text| {
            texts.push(text.clone());
            texts.len() - 1
        });
        codes.push(code);
    }
    Ok(Column::Texts { codes, texts })
}

fn fields(table: &Table, row: usize, inputs: &[Input], columns: &[usize]) -> Result<Fields, Message> {
    let mut fields = Fields::new();
    for (input, &column) in inputs.iter().zip(columns) {
        let datum = if input.is_number() {
            table.quantity(row, column, &input.unit)?.map(|q| Datum::number(q.value, &input.unit))
        } else {
            table.text(row, column)?.map(Datum::Text)
        };
        let datum = datum.ok_or_else(|| table.at(row, column, say!("app-pool-cell-empty", name = input.name)))?;
        fields.insert(input.name.clone(), datum);
    }
    Ok(fields)
}

fn labels(
    table: &Table,
    members: &[Vec<usize>],
    inputs: &[Input],
    label: Option<&str>,
) -> Result<Vec<String>, Message> {
    let formula = inputs.iter().find(|input| matches!(input.kind, InputKind::Formula(_)));
    let name = label.or(formula.map(|input| input.name.as_str()));
    let Some(name) = name else { return Ok((1..=members.len()).map(|number| number.to_string()).collect()) };
    let column = table.column(name)?;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut labels = Vec::with_capacity(members.len());
    for (index, group) in members.iter().enumerate() {
        let row = group.first().copied().unwrap_or_default();
        let text = table.text(row, column)?.unwrap_or_else(|| (index + 1).to_string());
        let count = seen.entry(text.clone()).and_modify(|count| *count += 1).or_insert(1);
        labels.push(if *count == 1 { text } else { format!("{text} ({count})") });
    }
    Ok(labels)
}

/// The planner's parameters and points. Columns in which all rows agree say nothing and are left out.
fn columns_for_planner<At: Fn(Message) -> Message>(
    columns: &[Column],
    rows: usize,
    inputs: &[Input],
    at: impl Fn(usize, usize) -> At,
) -> Result<(Vec<Parameter>, Vec<Point>), Message> {
    let mut parameters = Vec::new();
    let mut points: Vec<Point> = vec![Vec::with_capacity(columns.len()); rows];
    let mut add = |parameter: Parameter, values: Vec<Value>| {
        if values.windows(2).any(|pair| pair[0] != pair[1]) {
            parameters.push(parameter);
            points.iter_mut().zip(values).for_each(|(point, value)| point.push(value));
        }
    };
    for ((place, input), column) in inputs.iter().enumerate().zip(columns) {
        for row in 0..rows {
            column.value(row).map_or(Ok(()), |value| input.admits(&value)).map_err(|what| at(row, place)(what))?;
        }
        match &input.kind {
            InputKind::Formula(set) => {
                for (parameter, values) in features(column, rows, input, set, |row| at(row, place))? {
                    add(parameter, values);
                }
            }
            InputKind::Substance(substance) => {
                let names: Vec<&str> = (0..rows).map(|row| column.text(row)).collect();
                if let Some(row) = names.iter().position(|name| !substance.knows(name)) {
                    let what = say!("app-substance-unknown", name = input.name, level = names[row]);
                    return Err(at(row, place)(what));
                }
                let levels: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
                let kind = substance.described(&input.name, levels.into_iter().collect())?;
                let values = names.into_iter().map(|name| Value::Level(name.to_owned())).collect();
                add(Parameter { name: input.name.clone(), unit: String::new(), kind }, values);
            }
            InputKind::Plain(kind) => {
                let values: Vec<Value> = (0..rows).filter_map(|row| column.value(row)).collect();
                let kind = found_kind(kind, &values);
                add(Parameter { name: input.name.clone(), unit: input.unit.to_string(), kind }, values);
            }
        }
    }
    if parameters.is_empty() { Err(say!("app-pool-constant")) } else { Ok((parameters, points)) }
}

/// The kind of a column with the ranges and levels that the table has.
fn found_kind(kind: &ParameterKind, values: &[Value]) -> ParameterKind {
    let numbers = || values.iter().filter_map(Value::number);
    let low = numbers().fold(f64::INFINITY, f64::min);
    let high = numbers().fold(f64::NEG_INFINITY, f64::max);
    match kind {
        ParameterKind::Continuous { scale, .. } => {
            // A logarithm needs positive numbers; with others in the table differences have to do. So with other scales.
            let scale = if scale.has(low) && scale.has(high) { scale.clone() } else { Scale::Linear };
            ParameterKind::Continuous { low, high, scale, step: None }
        }
        ParameterKind::Integer { .. } if numbers().all(|v| v.fract() == 0.0 && v.abs() < 9e15) => {
            ParameterKind::Integer { low: low as i64, high: high as i64 }
        }
        ParameterKind::Integer { .. } => ParameterKind::Continuous { low, high, scale: Scale::Linear, step: None },
        ParameterKind::Ordinal { .. } => {
            let mut levels: Vec<f64> = numbers().collect();
            levels.sort_by(f64::total_cmp);
            levels.dedup();
            ParameterKind::Ordinal { levels }
        }
        // Described before; a campaign over ranges that is replayed on a table.
        ParameterKind::Substance { .. } => kind.clone(),
        ParameterKind::Categorical { .. } => {
            let mut levels: Vec<String> = values.iter().map(ToString::to_string).collect();
            levels.sort();
            levels.dedup();
            ParameterKind::Categorical { levels }
        }
    }
}

/// The features of a column of formulas. Features that some formula lacks are left out.
fn features<At: Fn(Message) -> Message>(
    column: &Column,
    count: usize,
    input: &Input,
    set: &str,
    at: impl Fn(usize) -> At,
) -> Result<Vec<(Parameter, Vec<Value>)>, Message> {
    let set = FeatureSet::named(set).map_err(|error| error.message())?;
    let mut rows = Vec::with_capacity(count);
    for row in 0..count {
        let composition = Composition::parse(column.text(row)).map_err(|error| at(row)(error.message()))?;
        rows.push(set.compute(&composition));
    }
    let mut found = Vec::new();
    for (index, feature) in set.features().iter().enumerate() {
        let column = rows.iter().map(|row| row.get(index).and_then(|value| value.as_ref().ok()).copied());
        let Some(values) = column.collect::<Option<Vec<f64>>>() else { continue };
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let kind = ParameterKind::Continuous { low, high, scale: Scale::Linear, step: None };
        let name = format!("{}.{feature}", input.name);
        let parameter = Parameter { name, unit: feature.unit().to_owned(), kind };
        found.push((parameter, values.into_iter().map(Value::Number).collect()));
    }
    Ok(found)
}
