//! Numbers as people write them in cells.

use matdock_message::{Message, say};
use matdock_record::Qualifier;

use super::Cell;

/// A number with its qualifier and uncertainty, still in the unit of its column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    pub(crate) value: f64,
    pub(crate) qualifier: Qualifier,
    pub(crate) uncertainty: Option<f64>,
}

impl Measured {
    pub(super) fn is_plain(&self) -> bool {
        self.qualifier == Qualifier::Equal && self.uncertainty.is_none()
    }
}

/// Reads a cell as a number; `None` where it is empty.
pub(crate) fn parse(cell: &Cell) -> Result<Option<Measured>, Message> {
    let plain = |value| Measured { value, qualifier: Qualifier::Equal, uncertainty: None };
    match cell {
        Cell::Empty => Ok(None),
        Cell::Number(value) => Ok(Some(plain(*value))),
        Cell::Text(text) => parse_text(text).map(Some),
        Cell::Fault(fault) => Err(say!("table-fault", fault = fault)),
        Cell::Date(date) => Err(say!("table-date-for-number", date = date)),
        Cell::Flag(flag) => Err(say!("table-not-a-number", text = flag)),
    }
}

/// Text short enough for an error.
pub(super) fn shorten(cell: &Cell) -> String {
    let text = cell.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn parse_text(text: &str) -> Result<Measured, Message> {
    let wrong = || say!("table-not-a-number", text = shorten(&Cell::Text(text.to_owned())));
    let narrow: String = text.chars().map(narrow).collect();
    if stands_for_nothing(&narrow) {
        return Err(say!("table-stands-for-nothing", text = text));
    }
    let trimmed = narrow.trim();
    let unsigned = trimmed.trim_start_matches(['<', '>', '≤', '≥', '=']);
    let qualifier = match &trimmed[..trimmed.len() - unsigned.len()] {
        "" => Qualifier::Equal,
        "<" | "<=" | "≤" => Qualifier::Below,
        ">" | ">=" | "≥" => Qualifier::Above,
        _ => return Err(wrong()),
    };
    let (number, uncertainty) = match unsigned.split_once('±').or_else(|| unsigned.split_once("+-")) {
        Some((number, spread)) => (number.trim().to_owned(), Some(decimal(spread.trim())?.ok_or_else(wrong)?)),
        None => in_last_digits(unsigned.trim()).unwrap_or_else(|| (unsigned.trim().to_owned(), None)),
    };
    let value = decimal(&number)?.ok_or_else(wrong)?;
    let usable = uncertainty.is_none_or(|u| u >= 0.0 && qualifier == Qualifier::Equal);
    if usable { Ok(Measured { value, qualifier, uncertainty }) } else { Err(wrong()) }
}

/// Full-width digits and signs, and the minus sign, as plain ones.
fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{2212}' | '\u{2013}' => '-',
        '\u{3000}' | '\u{a0}' => ' ',
        '≦' => '≤',
        '≧' => '≥',
        other => other,
    }
}

/// Words people write where there is no value. They would be read as zero, or as a category, if nobody objected.
fn stands_for_nothing(text: &str) -> bool {
    let word = text.trim().trim_matches('.').to_lowercase();
    let words = [
        "nan", "inf", "-inf", "+inf", "infinity", "n.d", "nd", "n/a", "na", "null", "none", "-", "--", "?", "n.a",
        "bdl", "lod",
    ];
    words.contains(&word.as_str()) || word.starts_with('#')
}

/// `3.2(1)` is 3.2 with an uncertainty of one in its last digit, 0.1.
fn in_last_digits(text: &str) -> Option<(String, Option<f64>)> {
    let (number, rest) = text.split_once('(')?;
    let (digits, exponent) = rest.split_once(')')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let places = number.rsplit_once(['.', ',']).map_or(0, |(_, behind)| behind.len());
    let spread = format!("{digits}e-{places}").parse::<f64>().ok()?;
    let scale = format!("1{exponent}")
        .parse::<f64>()
        .ok()
        .filter(|_| exponent.is_empty() || exponent.starts_with(['e', 'E']))?;
    let spread = Some(spread * scale).filter(|u| u.is_finite())?;
    Some((format!("{number}{exponent}"), Some(spread)))
}

/// A finite decimal number. A comma is a decimal comma where it cannot separate thousands.
fn decimal(text: &str) -> Result<Option<f64>, Message> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-' | 'e' | 'E');
    if !text.chars().all(plain) {
        return Ok(None);
    }
    let written = match text.split_once(',') {
        None => text.to_owned(),
        Some((front, behind)) => {
            let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
            let whole = front.trim_start_matches(['+', '-']);
            let thousands = digits == 3 && (1..=3).contains(&whole.len()) && whole != "0";
            if thousands || text.contains('.') || behind.contains(',') {
                return Err(say!("table-ambiguous-comma", text = text));
            }
            format!("{front}.{behind}")
        }
    };
    Ok(written.parse::<f64>().ok().filter(|value| value.is_finite()))
}

/// The number a CSV field holds, if it is written so that nothing is lost by keeping the number alone.
pub(super) fn exact(field: &str) -> Option<f64> {
    let digits = field.trim_start_matches('-');
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    // Zeros in front are no digits that could be lost: 0.04844956574237247 has 16.
    let significant = digits.split(['e', 'E']).next().unwrap_or_default().trim_start_matches(['0', '.']);
    let many = significant.bytes().filter(u8::is_ascii_digit).count() > 17;
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit())
        && field.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value = (numeric && !leading_zero && !many).then(|| field.parse::<f64>().ok()).flatten();
    value.filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, value: f64, qualifier: Qualifier, uncertainty: Option<f64>) {
        let measured = parse(&text.into()).unwrap().unwrap();
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        assert!(close(measured.value, value), "{text}: {measured:?}");
        assert_eq!(measured.qualifier, qualifier, "{text}");
        match (measured.uncertainty, uncertainty) {
            (Some(a), Some(b)) => assert!(close(a, b), "{text}: {a}"),
            (a, b) => assert_eq!(a, b, "{text}"),
        }
    }

    #[test]
    fn numbers_as_people_write_them() {
        use Qualifier::*;
        check("3.2", 3.2, Equal, None);
        check(" -4e-3 ", -0.004, Equal, None);
        check("−4", -4.0, Equal, None);
        check("３．２", 3.2, Equal, None);
        check("<1e-10", 1e-10, Below, None);
        check("≤ 5", 5.0, Below, None);
        check("<=5", 5.0, Below, None);
        check("> 5", 5.0, Above, None);
        check("＞5", 5.0, Above, None);
        check("3.2 ± 0.1", 3.2, Equal, Some(0.1));
        check("3.2+-0.1", 3.2, Equal, Some(0.1));
        check("3.2(1)", 3.2, Equal, Some(0.1));
        check("12.34(56)", 12.34, Equal, Some(0.56));
        check("1.5(2)e-4", 1.5e-4, Equal, Some(2e-5));
        check("3,5", 3.5, Equal, None);
        check("0,125", 0.125, Equal, None);
        check("1234,5", 1234.5, Equal, None);
    }

    proptest! {
        #[test]
        fn every_number_a_program_writes_in_full_is_kept_as_a_number(value in -1e15..1e15_f64, decimals in 0..25_i32) {
            let value = value * 10f64.powi(-decimals);
            for written in [value.to_string(), format!("{value:e}")] {
                let digits = written.trim_start_matches(['-', '0', '.']).split('e').next().unwrap().len();
                prop_assert!(digits <= 18 && exact(&written) == Some(value), "{written}");
            }
        }
    }

    #[test]
    fn zeros_in_front_of_a_fraction_are_no_digits_that_could_be_lost() {
        assert_eq!(exact("0.04844956574237247"), Some(0.048_449_565_742_372_47));
        assert_eq!(exact("0.000000000000000012345678901234567"), Some(1.234_567_890_123_456_7e-17));
        assert_eq!(exact("123456789012345678"), None, "an identifier");
    }

    #[test]
    fn what_is_no_number_is_refused_with_a_reason() {
        for (text, key) in [
            ("abc", "table-not-a-number"),
            ("5 mm", "table-not-a-number"),
            ("1e999", "table-not-a-number"),
            ("<>5", "table-not-a-number"),
            ("<", "table-not-a-number"),
            ("3 ± -1", "table-not-a-number"),
            ("<3 ± 1", "table-not-a-number"),
            ("1.2.3", "table-not-a-number"),
            ("NaN", "table-stands-for-nothing"),
            ("inf", "table-stands-for-nothing"),
            ("#DIV/0!", "table-stands-for-nothing"),
            ("n.d.", "table-stands-for-nothing"),
            ("-", "table-stands-for-nothing"),
            ("1,234", "table-ambiguous-comma"),
            ("1.234,5", "table-ambiguous-comma"),
            ("1,234,567", "table-ambiguous-comma"),
        ] {
            assert_eq!(parse(&text.into()).unwrap_err().id(), key, "{text}");
        }
        assert_eq!(parse(&Cell::Fault("#N/A".into())).unwrap_err().id(), "table-fault");
        assert_eq!(parse(&Cell::Date("2026-03-04".into())).unwrap_err().id(), "table-date-for-number");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            if let Ok(Some(measured)) = parse(&Cell::Text(text)) {
                prop_assert!(measured.value.is_finite());
                prop_assert!(measured.uncertainty.is_none_or(f64::is_finite));
            }
        }

        #[test]
        fn every_finite_number_reads_back(value in prop::num::f64::NORMAL) {
            prop_assert_eq!(parse(&value.to_string().into()).unwrap().unwrap().value.to_bits(), value.to_bits());
        }
    }
}
