//! What programs of the user's own are asked and answer in Arrow's streaming format (IPC).

use std::{collections::HashMap, io::Cursor, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BinaryArray, Float64Array, RecordBatch,
    cast::AsArray,
    types::{Float32Type, Float64Type, Int64Type},
};
use arrow_ipc::{reader::StreamReader, writer::StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::{Feature, IMAGE, program::Answer};
use crate::driver::{Image, Stream};

/// The key of a column's metadata for its unit.
const UNIT: &str = "unit";

/// A series as one batch: a nullable number per column, its unit in the metadata of the column.
pub(super) fn of_series(feature: &Feature, stream: &Stream) -> Result<Vec<u8>, ArrowError> {
    let field = |column: &matdock_record::body::Column| {
        let unit = HashMap::from([(UNIT.to_owned(), column.unit.to_string())]);
        Field::new(&column.name, DataType::Float64, true).with_metadata(unit)
    };
    let present = |value: &f64| value.is_finite().then_some(*value);
    let numbers = |column: &Vec<f64>| -> ArrayRef { Arc::new(column.iter().map(present).collect::<Float64Array>()) };
    written(feature, stream.columns.iter().map(field).collect(), stream.data.iter().map(numbers).collect())
}

/// An image as one binary cell: the file as it came.
pub(super) fn of_image(feature: &Feature, image: &Image) -> Result<Vec<u8>, ArrowError> {
    let file: ArrayRef = Arc::new(BinaryArray::from_vec(vec![image.bytes.as_slice()]));
    written(feature, vec![Field::new(IMAGE, DataType::Binary, false)], vec![file])
}

fn written(feature: &Feature, fields: Vec<Field>, columns: Vec<ArrayRef>) -> Result<Vec<u8>, ArrowError> {
    let about = [("feature", &feature.name), ("stream", &feature.stream), ("column", &feature.column)];
    let about: HashMap<String, String> = about.map(|(key, text)| (key.to_owned(), text.clone())).into();
    let schema = Arc::new(Schema::new(fields).with_metadata(about));
    let batch = RecordBatch::try_new(schema.clone(), columns)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    writer.into_inner()
}

/// The first row of what a program answers: `value`, its unit in the metadata of the column or in `unit`,
/// `uncertainty`, `flag`, `missing`.
///
/// # Errors
/// It is no Arrow stream.
pub(super) fn answer(bytes: &[u8]) -> Result<Answer, String> {
    // The reader is not made for hostile bytes.
    let read = std::panic::catch_unwind(|| read(bytes));
    read.unwrap_or_else(|_| Err(ArrowError::ParseError("stream".to_owned()))).map_err(|why| why.to_string())
}

fn read(bytes: &[u8]) -> Result<Answer, ArrowError> {
    let mut reader = StreamReader::try_new(Cursor::new(bytes), None)?;
    let batch = reader.next().ok_or_else(|| ArrowError::ParseError("no batch".to_owned()))??;
    let cell = |name: &str| batch.column_by_name(name).filter(|column| !column.is_empty() && column.is_valid(0));
    let number = |name: &str| cell(name).and_then(number);
    let text = |name: &str| cell(name).and_then(text);
    let metadata =
        batch.schema_ref().field_with_name("value").ok().and_then(|field| field.metadata().get(UNIT).cloned());
    let unit = text(UNIT).or(metadata).map(|unit| unit.parse());
    let unit = unit.transpose().map_err(|why: matdock_message::Message| ArrowError::ParseError(why.to_string()))?;
    Ok(Answer {
        value: number("value"),
        unit,
        uncertainty: number("uncertainty"),
        flag: text("flag"),
        missing: text("missing"),
    })
}

fn number(column: &ArrayRef) -> Option<f64> {
    let float = column.as_primitive_opt::<Float64Type>().map(|values| values.value(0));
    let single = || column.as_primitive_opt::<Float32Type>().map(|values| f64::from(values.value(0)));
    let whole = || column.as_primitive_opt::<Int64Type>().map(|values| values.value(0) as f64);
    float.or_else(single).or_else(whole)
}

fn text(column: &ArrayRef) -> Option<String> {
    let plain = column.as_string_opt::<i32>().map(|values| values.value(0).to_owned());
    plain.or_else(|| column.as_string_opt::<i64>().map(|values| values.value(0).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_an_answer_or_a_reason() {
        let whole = {
            let schema = Arc::new(Schema::new(vec![Field::new("value", DataType::Float64, true)]));
            let column: ArrayRef = Arc::new(Float64Array::from(vec![2.5]));
            let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
            writer.write(&RecordBatch::try_new(schema, vec![column]).unwrap()).unwrap();
            writer.finish().unwrap();
            writer.into_inner().unwrap()
        };
        assert_eq!(answer(&whole).unwrap().value, Some(2.5));
        for place in 0..whole.len() {
            let mut broken = whole.clone();
            broken[place] ^= 0x5a;
            // Whatever comes of it, it comes back.
            let _ = answer(&broken);
            let _ = answer(&whole[..place]);
        }
        assert!(answer(b"nonsense").is_err() && answer(b"").is_err());
    }
}
