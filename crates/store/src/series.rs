//! The numbers of a series as a Parquet object.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, cast::AsArray, types::Float64Type};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use matdock_message::{Message, say};
use matdock_record::{FileHash, body::Column};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::WriterProperties,
};

/// Key of the field metadata that holds the UCUM code.
const UNIT: &str = "unit";

/// The numbers of a series, column by column.
///
/// Shape: `data[c][r]` is row `r` of column `c`; all columns have the same number of rows. Units: per column, UCUM.
/// A missing reading is NaN here and null in the Parquet object; infinite numbers are refused.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesData {
    /// Name and unit of each column, the axis (time, frequency, angle) first; names differ.
    pub columns: Vec<Column>,
    /// The numbers.
    pub data: Vec<Vec<f64>>,
}

impl SeriesData {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.data.first().map_or(0, Vec::len)
    }

    fn check(&self) -> Result<(), Message> {
        if self.columns.is_empty() || self.columns.len() != self.data.len() {
            return Err(say!("store-series-columns", names = self.columns.len(), columns = self.data.len()));
        }
        for (index, (column, values)) in self.columns.iter().zip(&self.data).enumerate() {
            if column.name.is_empty() || self.columns[..index].iter().any(|other| other.name == column.name) {
                return Err(say!("store-series-name", name = column.name, number = index + 1));
            }
            if values.len() != self.rows() {
                return Err(say!(
                    "store-series-ragged",
                    name = column.name,
                    rows = values.len(),
                    first = self.columns[0].name,
                    expected = self.rows()
                ));
            }
            if let Some(row) = values.iter().position(|value| value.is_infinite()) {
                return Err(say!("store-series-infinite", name = column.name, row = row + 1));
            }
        }
        Ok(())
    }

    /// As Parquet; the same numbers give the same bytes.
    pub(crate) fn to_parquet(&self) -> Result<Vec<u8>, Message> {
        self.check()?;
        let fault = |error: &dyn std::fmt::Display| say!("store-series-encoding", what = error);
        let fields: Vec<Field> = self
            .columns
            .iter()
            .map(|column| {
                let unit = HashMap::from([(UNIT.to_owned(), column.unit.as_str().to_owned())]);
                Field::new(&column.name, DataType::Float64, true).with_metadata(unit)
            })
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays = self.data.iter().map(|values| {
            let present = values.iter().map(|value| (!value.is_nan()).then_some(*value));
            Arc::new(present.collect::<Float64Array>()) as ArrayRef
        });
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.collect()).map_err(|error| fault(&error))?;
        // Splitting the bytes puts signs and exponents of smooth curves side by side, which compresses well.
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_dictionary_enabled(false)
            .set_encoding(Encoding::BYTE_STREAM_SPLIT)
            .build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).map_err(|error| fault(&error))?;
        writer.write(&batch).map_err(|error| fault(&error))?;
        writer.close().map_err(|error| fault(&error))?;
        Ok(bytes)
    }

    /// From Parquet; `hash` names the object in errors.
    pub(crate) fn from_parquet(hash: &FileHash, bytes: Bytes) -> Result<Self, Message> {
        let fault = |error: &dyn std::fmt::Display| say!("store-no-series", hash = hash, what = error);
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| fault(&error))?;
        let schema = Arc::clone(builder.schema());
        let mut columns = Vec::new();
        for field in schema.fields() {
            if field.data_type() != &DataType::Float64 {
                return Err(fault(&format_args!("{}: {}", field.name(), field.data_type())));
            }
            let unit = field.metadata().get(UNIT).map_or("1", String::as_str).parse()?;
            columns.push(Column { name: field.name().clone(), unit });
        }
        let mut data = vec![Vec::new(); columns.len()];
        for batch in builder.build().map_err(|error| fault(&error))? {
            let batch = batch.map_err(|error| fault(&error))?;
            for (values, array) in data.iter_mut().zip(batch.columns()) {
                let array = array.as_primitive::<Float64Type>();
                if array.null_count() == 0 {
                    values.extend_from_slice(array.values());
                } else {
                    values.extend(array.iter().map(|value| value.unwrap_or(f64::NAN)));
                }
            }
        }
        Ok(Self { columns, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<Column> {
        names.iter().map(|name| Column { name: (*name).into(), unit: "Cel".parse().unwrap() }).collect()
    }

    fn hash() -> FileHash {
        "0".repeat(64).try_into().unwrap()
    }

    #[test]
    fn a_missing_reading_stays_missing_and_nothing_else_changes() {
        let series = SeriesData {
            columns: columns(&["time", "温度"]),
            data: vec![vec![0.0, 0.1, 0.2], vec![25.0, f64::NAN, -0.0]],
        };
        let back = SeriesData::from_parquet(&hash(), series.to_parquet().unwrap().into()).unwrap();
        assert_eq!(back.columns, series.columns);
        assert_eq!(back.data[0], series.data[0]);
        assert!(back.data[1][1].is_nan() && back.data[1][2].is_sign_negative());
        assert_eq!(series.to_parquet().unwrap(), series.to_parquet().unwrap());
    }

    #[test]
    fn faulty_series_are_refused_with_the_place() {
        for (names, data, id) in [
            (&["a", "b"][..], vec![vec![1.0]], "store-series-columns"),
            (&[], vec![], "store-series-columns"),
            (&["a", "a"], vec![vec![1.0], vec![1.0]], "store-series-name"),
            (&["a", ""], vec![vec![1.0], vec![1.0]], "store-series-name"),
            (&["a", "b"], vec![vec![1.0], vec![]], "store-series-ragged"),
            (&["a"], vec![vec![1.0, f64::INFINITY]], "store-series-infinite"),
        ] {
            let series = SeriesData { columns: columns(names), data };
            assert_eq!(series.to_parquet().unwrap_err().id(), id);
        }
        let none = SeriesData { columns: columns(&["a"]), data: vec![vec![]] };
        assert_eq!(SeriesData::from_parquet(&hash(), none.to_parquet().unwrap().into()).unwrap(), none);
        let error = SeriesData::from_parquet(&hash(), Bytes::from_static(b"no parquet")).unwrap_err();
        assert_eq!(error.id(), "store-no-series");
    }
}
