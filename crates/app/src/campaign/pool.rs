//! A pool of candidates from a table, and finished tables for backtests.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use matdock_chem::{Composition, FeatureSet};
use matdock_message::{Message, say};
use matdock_plan::{Parameter, ParameterKind, Point, Pool, Rules, Scale, Space, Value, backtest};
use matdock_record::{Datum, Unit, body::Fields};

use super::{Campaign, Input, InputKind, Reader, file::PoolPart};
use crate::table::{self, Cell, Table};

/// The rows of a pool as people see them.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolTable {
    settings: Vec<Fields>,
    labels: Vec<String>,
}

impl PoolTable {
    /// Number of candidates.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no candidate; a checked campaign never has such a pool.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// What people set for a row; nothing beyond the last row.
    pub fn settings(&self, row: usize) -> Fields {
        self.settings.get(row).cloned().unwrap_or_default()
    }

    /// What people call a row.
    pub fn label(&self, row: usize) -> &str {
        self.labels.get(row).map_or("", String::as_str)
    }

    /// The row with this label, or else with these settings.
    pub fn find(&self, settings: &Fields, label: Option<&str>) -> Option<usize> {
        match label {
            Some(label) => self.labels.iter().position(|known| known == label),
            None => self.settings.iter().position(|known| known == settings),
        }
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
        members
            .iter()
            .filter_map(|row| table.quantity(*row, column, unit).transpose())
            .map(|quantity| quantity.map(|q| q.value))
            .collect::<Result<Vec<f64>, Message>>()
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
    let columns = inputs.iter().map(|input| table.column(&input.name)).collect::<Result<Vec<_>, _>>()?;
    let mut settings: Vec<Fields> = Vec::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for &row in rows {
        let fields = fields(table, row, inputs, &columns)?;
        // Fields print exactly (shortest text that reads back to the same number), so equal text is equal settings.
        let key = fields.values().map(|datum| format!("{datum}\u{1f}")).collect::<String>();
        match known.get(&key) {
            Some(&first) if merge => {
                if let Some(group) = members.get_mut(first) {
                    group.push(row);
                }
            }
            Some(&first) => {
                let first = members.get(first).and_then(|group| group.first()).copied().unwrap_or_default();
                let line = table.source.lines.get(first).copied().unwrap_or(first as u64 + 2);
                return Err(table.at(row, columns[0], say!("app-pool-duplicate", line = line)));
            }
            None => {
                known.insert(key, settings.len());
                settings.push(fields);
                members.push(vec![row]);
            }
        }
    }
    let labels = labels(table, &members, inputs, label)?;
    let (place, groups) = (columns.as_slice(), members.as_slice());
    let (parameters, points) = columns_for_planner(&settings, inputs, |index, column| {
        let row = groups.get(index).and_then(|group| group.first()).copied().unwrap_or_default();
        move |what| table.at(row, place[column], what)
    })?;
    let pool = Pool::new(parameters, points, labels.clone()).map_err(|what| table.in_file(what))?;
    Ok(Candidates { table: PoolTable { settings, labels }, pool, members })
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
    settings: &[Fields],
    inputs: &[Input],
    at: impl Fn(usize, usize) -> At,
) -> Result<(Vec<Parameter>, Vec<Point>), Message> {
    let mut parameters = Vec::new();
    let mut points: Vec<Point> = vec![Vec::new(); settings.len()];
    let mut add = |parameter: Parameter, values: Vec<Value>| {
        if values.windows(2).any(|pair| pair[0] != pair[1]) {
            parameters.push(parameter);
            points.iter_mut().zip(values).for_each(|(point, value)| point.push(value));
        }
    };
    for (column, input) in inputs.iter().enumerate() {
        match &input.kind {
            InputKind::Formula(set) => {
                for (parameter, values) in features(settings, input, set, |row| at(row, column))? {
                    add(parameter, values);
                }
            }
            InputKind::Substance(substance) => {
                let names: Vec<String> = settings
                    .iter()
                    .map(|fields| fields.get(&input.name).map(ToString::to_string).unwrap_or_default())
                    .collect();
                if let Some(row) = names.iter().position(|name| !substance.knows(name)) {
                    let what = say!("app-substance-unknown", name = input.name, level = names[row]);
                    return Err(at(row, column)(what));
                }
                let levels: BTreeSet<String> = names.iter().cloned().collect();
                let kind = substance.described(&input.name, levels.into_iter().collect())?;
                let values = names.into_iter().map(Value::Level).collect();
                add(Parameter { name: input.name.clone(), unit: String::new(), kind }, values);
            }
            InputKind::Plain(kind) => {
                let values = settings
                    .iter()
                    .enumerate()
                    .map(|(row, fields)| {
                        let datum = fields.get(&input.name);
                        let datum = datum.ok_or_else(|| say!("app-setting-missing", name = input.name))?;
                        input.value(datum).map_err(at(row, column))
                    })
                    .collect::<Result<Vec<_>, Message>>()?;
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
    settings: &[Fields],
    input: &Input,
    set: &str,
    at: impl Fn(usize) -> At,
) -> Result<Vec<(Parameter, Vec<Value>)>, Message> {
    let set = FeatureSet::named(set).map_err(|error| error.message())?;
    let mut rows = Vec::with_capacity(settings.len());
    for (row, fields) in settings.iter().enumerate() {
        let text = fields.get(&input.name).map(ToString::to_string).unwrap_or_default();
        let composition = Composition::parse(&text).map_err(|error| at(row)(error.message()))?;
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
