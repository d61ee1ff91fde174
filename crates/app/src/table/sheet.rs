//! Excel workbooks: reading a sheet, and writing one that people can fill in.

use std::{collections::BTreeMap, io::Cursor};

use calamine::{Data, ExcelDateTime as FoundDate, Reader, Xlsx};
use matdock_message::{Message, say};
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatBorder, Workbook as NewWorkbook, Worksheet, XlsxError,
};

use super::{
    Cell, Source, Table,
    read::{FoundRow, assemble},
};

type Workbook = Xlsx<Cursor<Vec<u8>>>;

/// Number of columns a sheet can have.
const WIDEST: usize = 16_384;

/// What a sheet for people has beside its table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SheetExtras {
    /// Name of the sheet with the table; `table` if empty.
    pub name: String,
    /// Lines of a second sheet that tells how to fill in the first, and the name of that sheet.
    pub instructions: Option<(String, Vec<String>)>,
    /// Columns (by name) whose cells are chosen from a list.
    pub choices: Vec<(String, Vec<String>)>,
    /// Columns (by name) that people fill in; the others are greyed.
    pub to_fill: Vec<String>,
}

pub(super) fn read(bytes: Vec<u8>, file: &str, sheet: Option<&str>) -> Result<Table, Message> {
    let place = |what: Message| say!("place-file", file = file, what = what);
    let broken = |error: calamine::XlsxError| place(say!("table-broken-workbook", reason = error));
    let mut workbook: Workbook = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let names = workbook.sheet_names();
    let name = match sheet {
        Some(wanted) if names.iter().any(|name| name == wanted) => wanted.to_owned(),
        Some(wanted) => return Err(place(say!("table-no-sheet", sheet = wanted, sheets = names.join(", ")))),
        None => names.first().cloned().ok_or_else(|| place(say!("table-no-sheets")))?,
    };
    let found = rows(&mut workbook, &name).map_err(broken)?;
    assemble(found, Source { file: file.to_owned(), sheet: Some(name), ..Source::default() })
}

/// Every row with its sheet row; columns counted from column A.
///
/// Read cell by cell: a single stray cell in the far corner would otherwise ask for memory for the whole sheet.
fn rows(workbook: &mut Workbook, sheet: &str) -> Result<Vec<FoundRow>, calamine::XlsxError> {
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut reader = workbook.worksheet_cells_reader(sheet)?;
    while let Some(found) = reader.next_cell()? {
        let (row, column) = found.get_position();
        let value = cell(&Data::from(found.get_value().clone()));
        let column = column as usize;
        if !value.is_empty() && column < WIDEST {
            let cells = rows.entry(row).or_default();
            cells.resize(cells.len().max(column + 1), Cell::Empty);
            cells[column] = value;
        }
    }
    Ok(rows.into_iter().map(|(row, cells)| FoundRow { line: u64::from(row) + 1, cells }).collect())
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::Int(number) => (*number as f64).into(),
        Data::Float(number) => (*number).into(),
        Data::String(text) => text.as_str().into(),
        Data::Bool(flag) => (*flag).into(),
        Data::DateTime(date) => self::date(date),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Date(text.clone()),
        Data::Error(fault) => Cell::Fault(fault.to_string()),
    }
}

fn date(date: &FoundDate) -> Cell {
    if date.is_duration() {
        return Cell::Date(format!("PT{}S", (date.as_f64() * 86_400_000.0).round() / 1000.0));
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if date.as_f64() < 1.0 {
        return Cell::Date(time);
    }
    let midnight = (hour, minute, second) == (0, 0, 0);
    let day = format!("{year:04}-{month:02}-{day:02}");
    Cell::Date(if midnight { day } else { format!("{day}T{time}") })
}

/// Letters of a column of a sheet, `A` for 0.
pub(super) fn letters(mut column: usize) -> String {
    let mut reversed = Vec::new();
    loop {
        reversed.push(char::from(b'A' + (column % 26) as u8));
        match column / 26 {
            0 => return reversed.iter().rev().collect(),
            rest => column = rest - 1,
        }
    }
}

pub(super) fn to_bytes(table: &Table, extras: &SheetExtras) -> Result<Vec<u8>, Message> {
    write(table, extras).map_err(|error| say!("table-unwritable-workbook", reason = error))
}

fn write(table: &Table, extras: &SheetExtras) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = NewWorkbook::new();
    // A fixed date: the same table gives the same bytes.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let sheet = workbook.add_worksheet();
    sheet.set_name(if extras.name.is_empty() { "table" } else { &extras.name })?;
    write_header(sheet, table)?;
    write_rows(sheet, table, extras)?;
    add_choices(sheet, table, extras)?;
    sheet.set_autofit_max_width(400);
    sheet.autofit();
    if let Some((name, lines)) = &extras.instructions {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        sheet.set_column_width(0, 100)?;
        let wrapped = Format::new().set_text_wrap();
        for (row, line) in (0..).zip(lines) {
            sheet.write_string_with_format(row, 0, line, &wrapped)?;
        }
    }
    workbook.save_to_buffer()
}

fn write_header(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    for (place, column) in (0u16..).zip(&table.columns) {
        sheet.write_string_with_format(0, place, column.header(), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn write_rows(sheet: &mut Worksheet, table: &Table, extras: &SheetExtras) -> Result<(), XlsxError> {
    let given = Format::new().set_font_color(0x0060_6060);
    let plain = Format::new();
    for (row, cells) in (1u32..).zip(&table.rows) {
        for ((place, cell), column) in (0u16..).zip(cells).zip(&table.columns) {
            let grey = !extras.to_fill.is_empty() && !extras.to_fill.contains(&column.name);
            let format = if grey { &given } else { &plain };
            match cell {
                Cell::Empty => {}
                Cell::Number(number) => {
                    sheet.write_number_with_format(row, place, *number, format)?;
                }
                Cell::Flag(flag) => {
                    sheet.write_boolean_with_format(row, place, *flag, format)?;
                }
                Cell::Text(text) | Cell::Date(text) | Cell::Fault(text) => {
                    sheet.write_string_with_format(row, place, text, format)?;
                }
            }
        }
    }
    Ok(())
}

/// Cells of these columns offer their choices. A list too long for Excel is left out: the reader checks anyway.
fn add_choices(sheet: &mut Worksheet, table: &Table, extras: &SheetExtras) -> Result<(), XlsxError> {
    let last = u32::try_from(table.rows.len()).unwrap_or(u32::MAX).clamp(1, 1_048_575);
    for (name, choices) in &extras.choices {
        let column = table.find(name).and_then(|column| u16::try_from(column).ok());
        let list = DataValidation::new().allow_list_strings(choices);
        if let (Some(column), Ok(list), false) = (column, list, choices.iter().any(|choice| choice.contains(','))) {
            sheet.add_data_validation(1, column, last, column, &list)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Worksheet)) -> Vec<u8> {
        let mut workbook = NewWorkbook::new();
        write(workbook.add_worksheet());
        workbook.save_to_buffer().unwrap()
    }

    #[test]
    fn columns_have_letters() {
        let all: Vec<String> = [0, 25, 26, 701, 702].into_iter().map(letters).collect();
        assert_eq!(all, ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn an_error_names_the_cell_of_the_sheet() {
        // The table begins in C3, and E5 holds a fault.
        let bytes = written(|sheet| {
            sheet.write(2, 2, "a").unwrap();
            sheet.write(2, 4, "y [m]").unwrap();
            sheet.write(3, 2, 1.5).unwrap();
            sheet.write(3, 4, true).unwrap();
            sheet.write(4, 2, "x").unwrap();
            sheet.write_formula(4, 4, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        });
        let table = read(bytes, "t.xlsx", None).unwrap();
        assert_eq!(table.columns.len(), 2);
        assert_eq!(table.rows[0], [Cell::Number(1.5), Cell::Flag(true)]);
        let error = table.number(1, 1).unwrap_err().to_string();
        assert!(error.starts_with("t.xlsx, sheet Sheet1, cell E5 (y): "), "{error}");
        assert!(table.number(0, 1).unwrap_err().to_string().contains("E4"));
    }

    #[test]
    fn a_stray_cell_in_the_far_corner_is_named_and_costs_no_memory() {
        let bytes = written(|sheet| {
            sheet.write(0, 0, "a").unwrap();
            sheet.write(1, 0, 1).unwrap();
            sheet.write(1_048_575, 16_383, "x").unwrap();
        });
        let error = read(bytes, "t.xlsx", None).unwrap_err().to_string();
        assert!(error.contains("line 1048576"), "{error}");
    }

    #[test]
    fn a_date_in_a_number_column_is_told() {
        let bytes = written(|sheet| {
            sheet.write(0, 0, "a").unwrap();
            let format = Format::new().set_num_format("yyyy-mm-dd");
            sheet.write_with_format(1, 0, ExcelDateTime::from_ymd(2026, 3, 4).unwrap(), &format).unwrap();
        });
        let table = read(bytes, "t.xlsx", None).unwrap();
        assert_eq!(table.cell(0, 0), &Cell::Date("2026-03-04".into()));
        assert!(table.number(0, 0).unwrap_err().to_string().contains("date"));
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut table = Table::new(["id", "x [K]", "outcome", "ok"]);
        table.push(vec!["s1".into(), 1.25.into(), Cell::Empty, true.into()]);
        table.push(vec!["=1+1".into(), Cell::Empty, "failed".into(), false.into()]);
        let extras = SheetExtras {
            name: "results".into(),
            instructions: Some(("how to".into(), vec!["Fill in.".into()])),
            choices: vec![("outcome".into(), vec!["succeeded".into(), "failed".into()])],
            to_fill: vec!["outcome".into()],
        };
        let bytes = to_bytes(&table, &extras).unwrap();
        assert_eq!(bytes, to_bytes(&table, &extras).unwrap());
        let back = read(bytes.clone(), "t.xlsx", None).unwrap();
        assert_eq!((&back.columns, &back.rows), (&table.columns, &table.rows));
        assert!(read(bytes.clone(), "t.xlsx", Some("how to")).is_ok());
        let error = read(bytes, "t.xlsx", Some("other")).unwrap_err().to_string();
        assert!(error.contains("results, how to"), "{error}");
    }

    #[test]
    fn a_broken_workbook_is_refused() {
        let mut bytes = written(|sheet| {
            sheet.write(0, 0, "a").unwrap();
        });
        assert!(read(bytes.clone(), "t.xlsx", None).is_ok());
        let half = bytes.len() / 2;
        bytes.truncate(half);
        for broken in [bytes, b"PK\x03\x04".to_vec(), b"a,b\n".to_vec(), Vec::new()] {
            let error = read(broken, "t.xlsx", None).unwrap_err().to_string();
            assert!(error.starts_with("t.xlsx: "), "{error}");
        }
        assert!(read(written(|_| {}), "t.xlsx", None).unwrap_err().to_string().contains("no header"));
    }
}
