//! Cells of Parquet files as text, whatever their type.

use arrow_array::{Array, ArrayRef, RecordBatch, cast::AsArray, types};
use arrow_schema::{DataType, Schema, TimeUnit};
use matdock_message::{Message, say};

use super::input::Row;

/// Errors: a column holds what a cell cannot, such as lists.
pub(super) fn check(schema: &Schema) -> Result<(), Message> {
    match schema.fields().iter().find(|field| !is_known(field.data_type())) {
        Some(field) => {
            Err(say!("app-describe-parquet-type", name = field.name(), kind = field.data_type().to_string()))
        }
        None => Ok(()),
    }
}

fn is_known(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, value) => is_known(value),
        DataType::Null
        | DataType::Boolean
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Date32
        | DataType::Timestamp(_, _)
        | DataType::Decimal128(_, _) => true,
        other => other.is_integer() || matches!(other, DataType::Float16 | DataType::Float32 | DataType::Float64),
    }
}

/// The type a column has in a file written: numbers stay numbers, everything else is text.
pub(super) fn written_as(kind: &DataType) -> DataType {
    match kind {
        DataType::Boolean => DataType::Boolean,
        DataType::Dictionary(_, value) => written_as(value),
        DataType::UInt64 => DataType::Utf8,
        kind if kind.is_integer() => DataType::Int64,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        _ => DataType::Utf8,
    }
}

/// Rows of a batch, `before` of them in the file before it.
pub(super) fn rows(batch: &RecordBatch, before: u64) -> Vec<Row> {
    let mut columns: Vec<Vec<String>> = batch.columns().iter().map(cells).collect();
    let row = |at: usize| {
        let cells = columns.iter_mut().map(|column| column.get_mut(at).map(std::mem::take).unwrap_or_default());
        Row { line: before + at as u64 + 1, cells: cells.collect(), problem: None }
    };
    (0..batch.num_rows()).map(row).collect()
}

macro_rules! numbers {
    ($column:expr, $($kind:pat => $native:ident),* $(,)?) => {
        match $column.data_type() {
            $($kind => Some($column.as_primitive::<types::$native>().iter().map(text).collect()),)*
            _ => None,
        }
    };
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn cells(column: &ArrayRef) -> Vec<String> {
    let numbers: Option<Vec<String>> = numbers!(
        column,
        DataType::Int8 => Int8Type,
        DataType::Int16 => Int16Type,
        DataType::Int32 => Int32Type,
        DataType::Int64 => Int64Type,
        DataType::UInt8 => UInt8Type,
        DataType::UInt16 => UInt16Type,
        DataType::UInt32 => UInt32Type,
        DataType::UInt64 => UInt64Type,
        DataType::Float16 => Float16Type,
        DataType::Float32 => Float32Type,
        DataType::Float64 => Float64Type,
    );
    if let Some(numbers) = numbers {
        // A number that is none, NaN or infinite, is a cell with nothing in it.
        let finite = |cell: String| if matches!(cell.as_str(), "NaN" | "inf" | "-inf") { String::new() } else { cell };
        return numbers.into_iter().map(finite).collect();
    }
    let bytes =
        |value: Option<&[u8]>| value.map_or_else(String::new, |bytes| String::from_utf8_lossy(bytes).into_owned());
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().iter().map(text).collect(),
        DataType::LargeUtf8 => column.as_string::<i64>().iter().map(text).collect(),
        DataType::Utf8View => column.as_string_view().iter().map(text).collect(),
        DataType::Binary => column.as_binary::<i32>().iter().map(bytes).collect(),
        DataType::LargeBinary => column.as_binary::<i64>().iter().map(bytes).collect(),
        DataType::BinaryView => column.as_binary_view().iter().map(bytes).collect(),
        DataType::Boolean => column.as_boolean().iter().map(text).collect(),
        DataType::Dictionary(_, _) => {
            let dictionary = column.as_any_dictionary();
            let values = cells(dictionary.values());
            let value = |(at, key): (usize, usize)| match column.is_null(at) {
                true => String::new(),
                false => values.get(key).cloned().unwrap_or_default(),
            };
            if values.is_empty() {
                return vec![String::new(); column.len()];
            }
            dictionary.normalized_keys().into_iter().enumerate().map(value).collect()
        }
        DataType::Date32 => {
            column.as_primitive::<types::Date32Type>().iter().map(|day| day.map_or_else(String::new, date)).collect()
        }
        DataType::Timestamp(unit, zone) => {
            let (unit, zoned) = (*unit, zone.is_some());
            let count: Vec<Option<i64>> = match unit {
                TimeUnit::Second => column.as_primitive::<types::TimestampSecondType>().iter().collect(),
                TimeUnit::Millisecond => column.as_primitive::<types::TimestampMillisecondType>().iter().collect(),
                TimeUnit::Microsecond => column.as_primitive::<types::TimestampMicrosecondType>().iter().collect(),
                TimeUnit::Nanosecond => column.as_primitive::<types::TimestampNanosecondType>().iter().collect(),
            };
            count.into_iter().map(|count| count.map_or_else(String::new, |count| time(count, unit, zoned))).collect()
        }
        DataType::Decimal128(_, _) => {
            let decimals = column.as_primitive::<types::Decimal128Type>();
            let value = |at| if column.is_null(at) { String::new() } else { decimals.value_as_string(at) };
            (0..column.len()).map(value).collect()
        }
        _ => vec![String::new(); column.len()],
    }
}

fn date(days: i32) -> String {
    let start = jiff::civil::date(1970, 1, 1);
    start.checked_add(jiff::Span::new().days(days)).map_or_else(|_| String::new(), |date| date.to_string())
}

fn time(count: i64, unit: TimeUnit, zoned: bool) -> String {
    let time = match unit {
        TimeUnit::Second => jiff::Timestamp::from_second(count),
        TimeUnit::Millisecond => jiff::Timestamp::from_millisecond(count),
        TimeUnit::Microsecond => jiff::Timestamp::from_microsecond(count),
        TimeUnit::Nanosecond => jiff::Timestamp::from_nanosecond(i128::from(count)),
    };
    let text = time.map_or_else(|_| String::new(), |time| time.to_string());
    // Without a zone it is a time on some clock, not a point in time.
    if zoned { text } else { text.trim_end_matches('Z').to_owned() }
}
