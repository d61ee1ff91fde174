//! Parquet: every column a typed column, what is missing is null.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use matdock_message::{Message, say};
use parquet::{arrow::ArrowWriter, basic::Compression, errors::ParquetError, file::properties::WriterProperties};

use super::{Cell, Table};

pub(super) fn to_bytes(table: &Table) -> Result<Vec<u8>, Message> {
    write(table).map_err(|error| say!("table-unwritable-parquet", reason = error))
}

fn write(table: &Table) -> Result<Vec<u8>, ParquetError> {
    let arrays: Vec<ArrayRef> = (0..table.columns.len()).map(|column| array(table, column)).collect();
    let fields = table.columns.iter().zip(&arrays);
    let fields: Vec<Field> = fields.map(|(c, array)| Field::new(c.header(), array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(Default::default())).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema.clone(), Some(properties))?;
    if !arrays.is_empty() {
        writer.write(&RecordBatch::try_new(schema, arrays)?)?;
    }
    writer.close()?;
    Ok(bytes)
}

/// Numbers as Float64 and flags as Boolean where nothing else is in the column, otherwise text.
fn array(table: &Table, column: usize) -> ArrayRef {
    let cells = || (0..table.rows.len()).map(move |row| table.cell(row, column));
    let void = |cell: &Cell| matches!(cell, Cell::Empty | Cell::Fault(_));
    let all = |kind: DataType| match kind {
        DataType::Float64 => cells().all(|cell| void(cell) || matches!(cell, Cell::Number(_))),
        _ => cells().all(|cell| void(cell) || matches!(cell, Cell::Flag(_))),
    };
    let some = cells().any(|cell| !void(cell));
    if some && all(DataType::Float64) {
        let number = |cell: &Cell| if let Cell::Number(value) = cell { Some(*value) } else { None };
        return Arc::new(cells().map(number).collect::<Float64Array>());
    }
    if some && all(DataType::Boolean) {
        let flag = |cell: &Cell| if let Cell::Flag(value) = cell { Some(*value) } else { None };
        return Arc::new(cells().map(flag).collect::<BooleanArray>());
    }
    Arc::new(cells().map(|cell| (!void(cell)).then(|| cell.to_string())).collect::<StringArray>())
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    #[test]
    fn columns_keep_their_types_and_nulls() {
        let mut table = Table::new(["x [K]", "name", "ok"]);
        table.push(vec![1.5.into(), "a".into(), true.into()]);
        table.push(vec![Cell::Empty, 2.0.into(), Cell::Fault("#N/A".into())]);
        let bytes = to_bytes(&table).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file.reopen().unwrap()).unwrap();
        let batch = reader.build().unwrap().next().unwrap().unwrap();
        assert_eq!(batch.schema().field(0).name(), "x [K]");
        let types: Vec<&DataType> = batch.columns().iter().map(|array| array.data_type()).collect();
        assert_eq!(types, [&DataType::Float64, &DataType::Utf8, &DataType::Boolean]);
        assert!(batch.column(0).is_null(1) && batch.column(2).is_null(1) && !batch.column(1).is_null(1));
    }

    #[test]
    fn a_table_without_rows_is_a_file_too() {
        assert!(to_bytes(&Table::new(["a"])).unwrap().starts_with(b"PAR1"));
        assert!(to_bytes(&Table::default()).unwrap().starts_with(b"PAR1"));
    }
}
