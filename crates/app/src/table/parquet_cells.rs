//! Cells of Parquet files, whatever their type.

use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, RecordBatch, cast::AsArray, types};
use arrow_schema::{DataType, Schema, TimeUnit};
use matdock_message::{Message, say};

use super::{Cell, read::field};

/// Whole numbers below it are exact.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Errors: a column holds what a cell cannot, such as lists.
pub(crate) fn check(schema: &Schema) -> Result<(), Message> {
    match schema.fields().iter().find(|field| !is_known(field.data_type())) {
        Some(field) => Err(say!("table-parquet-type", name = field.name(), kind = field.data_type().to_string())),
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
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(_, _)
        | DataType::Decimal32(_, _)
        | DataType::Decimal64(_, _)
        | DataType::Decimal128(_, _)
        | DataType::Decimal256(_, _) => true,
        other => other.is_integer() || matches!(other, DataType::Float16 | DataType::Float32 | DataType::Float64),
    }
}

/// The type a column has in a file written: numbers stay numbers, everything else is text.
pub(crate) fn written_as(kind: &DataType) -> DataType {
    match kind {
        DataType::Boolean => DataType::Boolean,
        DataType::Dictionary(_, value) => written_as(value),
        DataType::UInt64 => DataType::Utf8,
        kind if kind.is_integer() => DataType::Int64,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        _ => DataType::Utf8,
    }
}

/// The columns of a batch as text.
pub(crate) fn texts(batch: &RecordBatch) -> Vec<Vec<String>> {
    batch.columns().iter().map(cells).collect()
}

/// The columns of a batch as cells: numbers, flags and dates by their type, text as in a CSV file.
pub(super) fn typed(batch: &RecordBatch) -> Vec<Vec<Cell>> {
    let one = |column: &ArrayRef| {
        let kind = value_type(column.data_type());
        cells(column).into_iter().map(|text| cell(text, kind)).collect()
    };
    batch.columns().iter().map(one).collect()
}

fn value_type(kind: &DataType) -> &DataType {
    if let DataType::Dictionary(_, value) = kind { value_type(value) } else { kind }
}

fn cell(text: String, kind: &DataType) -> Cell {
    if text.is_empty() {
        return Cell::Empty;
    }
    match kind {
        DataType::Boolean => Cell::Flag(text == "true"),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) | DataType::Time32(_) | DataType::Time64(_) => {
            Cell::Date(text)
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            text.parse::<f64>().map_or_else(|_| text.as_str().into(), Cell::from)
        }
        // Longer numbers are identifiers.
        kind if kind.is_integer() => match text.parse::<f64>() {
            Ok(number) if number.abs() < MOST_EXACT => Cell::Number(number),
            _ => Cell::Text(text),
        },
        _ => field(text.trim()),
    }
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
        DataType::Date64 => {
            let day = |count: i64| date(i32::try_from(count.div_euclid(86_400_000)).unwrap_or(i32::MAX));
            let days = column.as_primitive::<types::Date64Type>();
            days.iter().map(|count| count.map_or_else(String::new, day)).collect()
        }
        DataType::Time32(TimeUnit::Second) => {
            let count = column.as_primitive::<types::Time32SecondType>().iter();
            count.map(|count| clock(count.map(|count| i64::from(count) * 1_000_000_000))).collect()
        }
        DataType::Time32(_) => {
            let count = column.as_primitive::<types::Time32MillisecondType>().iter();
            count.map(|count| clock(count.map(|count| i64::from(count) * 1_000_000))).collect()
        }
        DataType::Time64(TimeUnit::Microsecond) => {
            let count = column.as_primitive::<types::Time64MicrosecondType>().iter();
            count.map(|count| clock(count.map(|count| count.saturating_mul(1000)))).collect()
        }
        DataType::Time64(_) => column.as_primitive::<types::Time64NanosecondType>().iter().map(clock).collect(),
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
        DataType::Decimal32(_, _) => decimals::<types::Decimal32Type>(column),
        DataType::Decimal64(_, _) => decimals::<types::Decimal64Type>(column),
        DataType::Decimal128(_, _) => decimals::<types::Decimal128Type>(column),
        DataType::Decimal256(_, _) => decimals::<types::Decimal256Type>(column),
        _ => vec![String::new(); column.len()],
    }
}

fn decimals<T: types::DecimalType + ArrowPrimitiveType>(column: &ArrayRef) -> Vec<String> {
    let decimals = column.as_primitive::<T>();
    let value = |at| if column.is_null(at) { String::new() } else { decimals.value_as_string(at) };
    (0..column.len()).map(value).collect()
}

/// A time of day from nanoseconds since midnight.
fn clock(count: Option<i64>) -> String {
    let time = count.and_then(|count| {
        let start = jiff::civil::Time::midnight();
        start.checked_add(jiff::SignedDuration::from_nanos(count)).ok()
    });
    time.map_or_else(String::new, |time| time.to_string())
}

fn date(days: i32) -> String {
    let start = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(days);
    span.and_then(|span| start.checked_add(span)).map_or_else(|_| String::new(), |date| date.to_string())
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
