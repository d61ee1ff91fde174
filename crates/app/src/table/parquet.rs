//! Parquet: every column a typed column, what is missing is null.

use std::{fs::File, path::Path, sync::Arc, thread};

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use matdock_message::{Message, say};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::Compression,
    errors::ParquetError,
    file::properties::WriterProperties,
};

use super::{Cell, Source, Table, parquet_cells, read::check_headers};

/// Cells that fit into the memory of a common computer; a compressed file does not tell by its size.
const MOST_CELLS: u64 = 100_000_000;
/// Name of threads that read Parquet files: a panic there is a damaged file, told as such.
pub const PARQUET_THREAD: &str = "parquet";

/// Reads a table: headers are the names of the columns, numbers, flags, dates and text become cells of that kind.
///
/// On a thread of its own: the library refuses most damaged files, and panics on some.
pub(super) fn read(path: &Path, file: &str) -> Result<Table, Message> {
    let place = |what: Message| say!("place-file", file = file, what = what);
    thread::scope(|scope| {
        let reader =
            thread::Builder::new().name(PARQUET_THREAD.to_owned()).spawn_scoped(scope, || read_rows(path, file));
        let reader = reader.map_err(|error| place(say!("table-unreadable", reason = error)))?;
        reader.join().unwrap_or_else(|_| Err(place(say!("table-parquet-damaged"))))
    })
}

fn read_rows(path: &Path, file: &str) -> Result<Table, Message> {
    let place = |what: Message| say!("place-file", file = file, what = what);
    let broken = |error: &dyn std::fmt::Display| place(say!("table-parquet", reason = error));
    let opened = File::open(path).map_err(|error| place(say!("table-unreadable", reason = error)))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|error| broken(&error))?;
    let schema = builder.schema().clone();
    parquet_cells::check(&schema).map_err(place)?;
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(u64::MAX);
    let width = schema.fields().len();
    if rows.saturating_mul(width as u64) > MOST_CELLS {
        return Err(place(say!("table-too-many-cells", rows = rows, columns = width)));
    }
    let mut table = Table::new(schema.fields().iter().map(|field| field.name()));
    table.source = Source { file: file.to_owned(), places: (0..width).collect(), ..Source::default() };
    if width == 0 {
        return Err(place(say!("table-no-header")));
    }
    check_headers(&table)?;
    let mut line = 0;
    for batch in builder.build().map_err(|error| broken(&error))? {
        let batch = batch.map_err(|error| broken(&error))?;
        let mut columns: Vec<_> = parquet_cells::typed(&batch).into_iter().map(Vec::into_iter).collect();
        for _ in 0..batch.num_rows() {
            let row: Vec<Cell> = columns.iter_mut().map(|cells| cells.next().unwrap_or_default()).collect();
            // Rows in which nothing stands are left out, as from every file.
            line += 1;
            if row.iter().any(|cell| !cell.is_empty()) {
                table.rows.push(row);
                table.source.lines.push(line);
            }
        }
    }
    Ok(table)
}

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

    fn read_bytes(bytes: &[u8]) -> Result<Table, Message> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path(), "t.parquet")
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut table = Table::new(["x [K]", "limit", "name", "ok", "nothing"]);
        table.push(vec![1.5.into(), "<1e-10".into(), "007".into(), true.into()]);
        table.push(vec![Cell::Empty, 2.0.into(), "a b".into(), false.into()]);
        let back = read_bytes(&to_bytes(&table).unwrap()).unwrap();
        assert_eq!((&back.columns, &back.rows), (&table.columns, &table.rows));
        assert_eq!(back.columns[0].unit.as_deref(), Some("K"));
        let error = back.number(0, 1).unwrap_err().to_string();
        assert!(error.starts_with("t.parquet, line 1, column 2 (limit)"), "{error}");
    }

    #[test]
    fn numbers_dates_and_names_of_other_programs_are_read() {
        use arrow_array::{
            Date32Array, Decimal128Array, DictionaryArray, Float32Array, Int64Array, TimestampMillisecondArray, types,
        };
        let names: DictionaryArray<types::Int32Type> = [Some("oil"), None, Some("air")].into_iter().collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("single", Arc::new(Float32Array::from(vec![Some(0.1), None, Some(f32::NAN)]))),
            ("long", Arc::new(Int64Array::from(vec![5, -7, i64::MAX]))),
            ("day", Arc::new(Date32Array::from(vec![Some(20_000), None, Some(i32::MAX)]))),
            ("moment", Arc::new(TimestampMillisecondArray::from(vec![Some(0), None, Some(i64::MAX)]))),
            ("price", Arc::new(Decimal128Array::from(vec![125, 250, 0]).with_precision_and_scale(9, 2).unwrap())),
            ("name", Arc::new(names)),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let table = read_bytes(&bytes).unwrap();
        let row = |cells: &[Cell]| cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
        assert_eq!(row(&table.rows[0]), "0.1 | 5 | 2024-10-04 | 1970-01-01T00:00:00 | 1.25 | oil");
        assert_eq!(row(&table.rows[1]), " | -7 |  |  | 2.5 | ");
        assert_eq!(row(&table.rows[2]), " | 9223372036854775807 |  |  | 0 | air");
        assert_eq!(table.rows[0][2], Cell::Date("2024-10-04".into()));
        assert!(matches!(table.rows[2][1], Cell::Text(_)), "a number of too many digits stays as it is");
    }

    #[test]
    fn a_damaged_file_is_refused_or_read_and_never_a_panic() {
        let mut table = Table::new(["x", "name"]);
        (0..40).for_each(|row| table.push(vec![f64::from(row).into(), format!("n{}", row % 7).into()]));
        let whole = to_bytes(&table).unwrap();
        for length in 0..whole.len() {
            assert!(read_bytes(&whole[..length]).is_err(), "cut after {length} bytes");
        }
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x55;
            let _ = read_bytes(&bytes);
        }
    }

    #[test]
    fn a_table_without_rows_is_a_file_too() {
        assert!(to_bytes(&Table::new(["a"])).unwrap().starts_with(b"PAR1"));
        assert!(to_bytes(&Table::default()).unwrap().starts_with(b"PAR1"));
    }
}
